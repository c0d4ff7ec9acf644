use std::time::Duration;

use rocket::http::Status;

use crate::support::{PASSWORD, form, plan, read, site};

/// In process only the header is checked; `program.rs` sends the same to a running program, which parses it too.
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
        site.post("/sign_up", &form("ada", PASSWORD)).await,
        site.try_log_in("ada", PASSWORD).await,
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
async fn only_the_site_can_write_a_flash_message() {
    let site = site().await;
    let ask = async |cookie: rocket::http::Cookie<'static>, is_ours: bool| {
        let request = site.client.get("/log_in");
        let request = if is_ours { request.private_cookie(cookie) } else { request.cookie(cookie) };
        let page = read(request.dispatch().await).await;
        assert_eq!(page.status, Status::Ok);
        (page.text().contains("Successfully"), page.text().contains("You won"))
    };
    for value in ["logged_out", "1:%C3%A9", "1:é", "7:successYou won", "<script>", ""] {
        assert_eq!(ask(("doorward-flash", value).into(), false).await, (false, false), "{value}");
    }
    assert_eq!(ask(("doorward-flash", "You won").into(), true).await, (false, false), "a code that there is not");
    assert_eq!(ask(("doorward-flash", "logged_out").into(), true).await, (true, false));
}

/// Headers of browsers when they fetch a page that their user may go to next.
const ASKED_AHEAD: [(&str, &str); 6] = [
    ("Sec-Purpose", "prefetch"),
    ("Sec-Purpose", "prefetch;prerender"),
    ("Purpose", "prefetch"),
    ("Purpose", "preview"),
    ("X-Moz", "prefetch"),
    ("X-Purpose", "preview"),
];

#[tokio::test]
async fn a_page_that_is_fetched_ahead_leaves_the_message_for_the_person() {
    let site = site().await;
    for header in ASKED_AHEAD {
        site.get("/log_out").await;
        for path in ["/", "/log_in", "/sign_up", "/log_out", "/account", "/nothing"] {
            let ahead = site.get_with(path, &[header]).await;
            assert!(!ahead.text().contains("Successfully logged out."), "{header:?} {path}");
            assert!(ahead.all("set-cookie").next().is_none(), "{header:?} {path}: {:?}", ahead.headers);
        }
        assert!(site.get("/log_in").await.text().contains("Successfully logged out."), "{header:?}");
        assert!(!site.get("/log_in").await.text().contains("Successfully logged out."), "{header:?}");
    }
}

#[tokio::test]
async fn a_page_that_is_fetched_ahead_neither_uses_nor_ends_the_session() {
    let site = site().await;
    site.sign_up("ada").await;
    site.post("/log_in", &format!("{}&keep=yes", form("ada", PASSWORD))).await;
    let sessions = "SELECT hex(token_hash) || ' ' || last_seen_at || ' ' || renewed_at FROM sessions";
    let begun = site.query(sessions).await;
    // The token can be renewed after a week, and the session ends after 30 days.
    for days in [7, 30] {
        site.clock.advance(Duration::from_hours(24 * days));
        for header in ASKED_AHEAD {
            for path in ["/", "/account"] {
                let ahead = site.get_with(path, &[header]).await;
                assert!(ahead.all("set-cookie").next().is_none() && !ahead.text().contains("Please log in again."));
            }
        }
        read(site.client.head("/").dispatch().await).await;
        assert_eq!(site.query(sessions).await, begun, "after {days} days");
    }
    assert!(site.get("/").await.text().contains("Please log in again."), "it is the person who is told");
    assert_eq!(site.query(sessions).await, Vec::<String>::new());
}
