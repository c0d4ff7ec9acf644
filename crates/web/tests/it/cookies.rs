use rocket::http::Status;

use crate::support::{plan, site};

/// In process only the header is judged; `program.rs` sends the same to a running program, which parses it too.
#[tokio::test]
async fn a_cookie_name_sent_twice_or_encoded_is_refused() {
    let site = site().await;
    site.arrive("ada").await;
    let ask = async |cookies: &'static str| site.get_with("/account", &[("Cookie", cookies)]).await;
    assert_eq!(ask("doorward=x; theme=dark; theme=light").await.status, Status::Ok);
    for cookies in [
        "doorward=x; doorward=x",
        "doorward=x; doorward=y",
        "%64oorward=x",
        "doorward=x; %64oorward=x",
        "doorward=x; doorward-flash=x; doorward-flash=y",
        "doorward=x; doorward%2Dflash=x",
    ] {
        let answer = ask(cookies).await;
        assert_eq!(answer.status, Status::Forbidden, "{cookies}");
        assert!(!answer.text().contains("ada"));
    }
}

#[tokio::test]
async fn under_https_every_cookie_is_bound_to_the_host_and_secure() {
    let site = plan().throttled().set("public_url = 'https://example.org'").open().await;
    let mut sent = Vec::new();
    for answer in [
        site.get("/account").await,
        site.post("/sign_up", &crate::support::form("ada", crate::support::PASSWORD)).await,
        site.try_log_in("ada", crate::support::PASSWORD).await,
        site.get("/log_out").await,
        site.get("/log_in").await,
    ] {
        sent.extend(answer.all("set-cookie").map(str::to_owned).collect::<Vec<_>>());
    }
    assert!(sent.iter().any(|cookie| cookie.starts_with("__Host-doorward=") && cookie.contains("SameSite=Lax")));
    assert!(
        sent.iter().any(|cookie| cookie.starts_with("__Host-doorward-flash=") && cookie.contains("SameSite=Strict"))
    );
    assert!(
        sent.iter().any(|cookie| cookie.starts_with("__Host-doorward-device=") && cookie.contains("SameSite=Strict"))
    );
    for cookie in sent {
        assert!(cookie.starts_with("__Host-doorward"), "{cookie}");
        for part in ["; HttpOnly", "; Secure", "; Path=/", "; SameSite="] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
        assert!(!cookie.contains("Domain") && cookie.len() < 4_096, "{cookie}");
    }
}

#[tokio::test]
async fn nobody_else_can_write_a_flash_message() {
    let site = site().await;
    let ask = async |cookie: rocket::http::Cookie<'static>, is_ours: bool| {
        let request = site.client.get("/log_in");
        let request = if is_ours { request.private_cookie(cookie) } else { request.cookie(cookie) };
        let page = crate::support::read(request.dispatch().await).await;
        assert_eq!(page.status, Status::Ok);
        (page.text().contains("Successfully"), page.text().contains("You won"))
    };
    for value in ["logged_out", "1:%C3%A9", "1:é", "7:successYou won", "<script>", ""] {
        assert_eq!(ask(("doorward-flash", value).into(), false).await, (false, false), "{value}");
    }
    assert_eq!(ask(("doorward-flash", "You won").into(), true).await, (false, false), "a code that there is not");
    assert_eq!(ask(("doorward-flash", "logged_out").into(), true).await, (true, false));
}
