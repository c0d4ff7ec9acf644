use std::time::Duration;

use rocket::http::{ContentType, Header, Status};

use crate::support::{Answer, NAVIGATION, PASSWORD, form, plan, read, site};

#[tokio::test]
async fn the_form_is_as_password_managers_want_it() {
    let page = site().await.get("/log_in").await;
    assert_eq!(page.status, Status::Ok);
    for part in [
        "type=\"text\"",
        "autocomplete=\"username webauthn\"",
        "autocapitalize=\"none\"",
        "spellcheck=\"false\"",
        "required",
    ] {
        assert!(page.input("username").contains(part), "{part}");
    }
    for part in ["type=\"password\"", "autocomplete=\"current-password\"", "required"] {
        assert!(page.input("password").contains(part), "{part}");
    }
    assert!(page.body.contains("novalidate") && !page.body.contains("maxlength"));
    assert!(page.body.contains("href=\"/sign_up\"") && page.text().contains("Don't have an account? Sign Up."));
}

#[tokio::test]
async fn a_logged_in_user_sees_the_name_and_a_way_out() {
    let site = site().await;
    let anonymous = site.get("/").await;
    assert!(anonymous.body.contains("href=\"/log_in\"") && anonymous.body.contains("href=\"/sign_up\""));
    assert!(!anonymous.text().contains("Log Out"));
    site.arrive("Ada").await;
    let home = site.get("/").await;
    assert!(home.text().contains("Ada") && home.text().contains("Log Out"));
    assert!(!home.body.contains("href=\"/sign_up\""));
}

#[tokio::test]
async fn the_session_cookie_is_private_and_goes_with_the_browser() {
    let site = site().await;
    site.sign_up("ada").await;
    let answer = site.try_log_in("ada", PASSWORD).await;
    let cookie = answer.all("set-cookie").find(|cookie| cookie.starts_with("doorward=")).unwrap();
    for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    for part in ["Max-Age", "Expires", "Domain", "Secure"] {
        assert!(!cookie.contains(part), "{cookie}");
    }
    let value = site.client.cookies().get_private("doorward").unwrap().value().to_owned();
    assert_eq!(value.len(), 43, "32 random bytes and nothing else");
    assert!(!site.dump().await.concat().contains(&value), "the store holds the hash only");
}

#[tokio::test]
async fn every_refusal_is_the_same_to_the_byte() {
    let site = site().await;
    for username in ["known1", "closed"] {
        site.sign_up(username).await;
    }
    site.get("/log_in").await;
    let closed = site.auth().find_user("closed").await.unwrap().unwrap();
    site.auth().close_account(closed.id).await.unwrap();
    site.sign_up("broken").await;
    site.get("/log_in").await;
    site.execute("UPDATE passwords SET password_hash = 'not a hash' WHERE user_id = (SELECT id FROM users WHERE username_key = 'broken')").await;

    let like_known = |answer: Answer, username: &str| {
        assert_eq!(answer.status, Status::UnprocessableEntity, "{username}");
        let headers: Vec<_> = answer.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        (headers.join("\n"), answer.body.replace(username, "known1"))
    };
    let wrong = like_known(site.try_log_in("known1", "eight quiet lanterns").await, "known1");
    assert!(wrong.1.contains("Username or password are incorrect"));
    for (username, password) in [
        ("nobody", PASSWORD),
        ("closed", PASSWORD),
        ("closed", "eight quiet lanterns"),
        ("broken", PASSWORD),
        ("no way", PASSWORD),
        ("-minus", PASSWORD),
        ("known1", ""),
        ("known1", "x"),
        ("known1", "nul\0 in the password"),
    ] {
        assert_eq!(like_known(site.try_log_in(username, password).await, username), wrong, "{username} {password:?}");
    }
    let too_long = "x".repeat(2_000);
    assert_eq!(like_known(site.try_log_in("known1", &too_long).await, "known1"), wrong);
}

#[tokio::test]
async fn passwords_of_any_length_count_whole() {
    let site = site().await;
    for length in [15, 64, 72, 73, 128, 1_000, 1_024] {
        let words = "Nine quiet lanterns, 4 brass kettles & a patient heron: ";
        let password: String = words.chars().cycle().take(length).collect();
        let username = format!("user{length}");
        let answer = site.post("/sign_up", &form(&username, &password)).await;
        assert_eq!(answer.status, Status::SeeOther, "{length}: {}", answer.text());
        for at in [14, 63, 71, 72, 127, 999].into_iter().filter(|at| *at < length) {
            let mut other = password.clone().into_bytes();
            other[at] = if other[at] == b'X' { b'Y' } else { b'X' };
            let other = String::from_utf8(other).unwrap();
            assert_eq!(site.try_log_in(&username, &other).await.status, Status::UnprocessableEntity, "{length} {at}");
        }
        for other in [format!("{password} "), password.to_uppercase(), password[..password.len() - 1].to_owned()] {
            assert_eq!(site.try_log_in(&username, &other).await.status, Status::UnprocessableEntity, "{length}");
        }
        assert_eq!(site.try_log_in(&username, &password).await.status, Status::SeeOther, "{length}");
        site.get("/log_out").await;
    }
}

#[tokio::test]
async fn nothing_but_a_form_is_taken() {
    let site = site().await;
    site.sign_up("ada").await;
    let json = format!("{{\"username\":\"ada\",\"password\":\"{PASSWORD}\"}}");
    for (content_type, body) in [
        ("application/json", json),
        ("text/plain", form("ada", PASSWORD)),
        ("application/x-www-form-urlencodedx", form("ada", PASSWORD)),
        ("", form("ada", PASSWORD)),
    ] {
        for path in ["/log_in", "/sign_up"] {
            let mut request = site.client.post(path).body(&body);
            if !content_type.is_empty() {
                request = request.header(Header::new("Content-Type", content_type));
            }
            let answer = read(request.dispatch().await).await;
            assert_eq!(answer.status, Status::UnsupportedMediaType, "{path} {content_type}");
        }
    }
    assert!(!site.is_logged_in().await);
}

/// Neither in clear nor encrypted.
#[tokio::test]
async fn no_token_is_on_a_page_or_in_an_address() {
    let site = site().await;
    site.sign_up("ada").await;
    let logged_in = site.client.post("/log_in").header(ContentType::Form).body(form("ada", PASSWORD)).dispatch().await;
    let token = logged_in.cookies().get_private("doorward").unwrap().value().to_owned();
    drop(logged_in);
    let cookie = site.session_cookie().unwrap();
    let pages = ["/", "/account", "/account/sessions", "/account/activity", "/account/password", "/nothing", "/log_in"];
    for path in pages.into_iter().chain(["/account/username", "/account/delete", "/account/reauthenticate", "/log_out"])
    {
        let answer = site.get(path).await;
        let shown = [&answer.body, answer.location().unwrap_or_default()].concat();
        assert!(!shown.contains(&token) && !shown.contains(&cookie), "{path}: {shown}");
    }
}

#[tokio::test]
async fn a_refusal_keeps_the_username_and_the_way_but_not_the_password() {
    let site = site().await;
    let page = site.post("/log_in", &format!("{}&next=/account", form("<Ada> \"&'", "guessed marker"))).await;
    assert_eq!(page.status, Status::UnprocessableEntity);
    assert!(page.title().starts_with("Error: "));
    assert!(page.text().contains("There is a problem"));
    assert!(page.input("username").contains("value=\"&lt;Ada"), "{}", page.input("username"));
    assert!(page.input("username").contains("aria-invalid=\"true\""));
    assert!(page.input("next").contains("value=\"/account\""));
    assert!(!page.input("password").contains("value=") && !page.body.contains("guessed marker"));
    assert!(page.all("set-cookie").next().is_none());
}

#[tokio::test]
async fn a_log_in_leads_to_the_wanted_page_of_this_site_and_to_no_other() {
    let site = site().await;
    site.sign_up("ada").await;
    for (next, expected) in [
        ("/account", "/account"),
        ("/?a=b", "/?a=b"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/%5cevil", "/"),
        ("/\r\nX: y", "/"),
        ("/%0d%0aX:%20y", "/"),
        ("/..//evil", "/"),
        ("evil", "/"),
    ] {
        let next = url::form_urlencoded::byte_serialize(next.as_bytes()).collect::<String>();
        let answer = site.post("/log_in", &format!("{}&next={next}", form("ada", PASSWORD))).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(expected)), "{next}");
    }
}

#[tokio::test]
async fn a_log_in_ends_the_earlier_session_of_this_browser() {
    let site = site().await;
    site.arrive("ada").await;
    let earlier = site.session_cookie().unwrap();
    assert_eq!(site.try_log_in("ada", PASSWORD).await.status, Status::SeeOther);
    assert_ne!(site.session_cookie().unwrap(), earlier);
    assert_eq!(site.account_with_session(&earlier).await.status, Status::SeeOther);
    assert!(site.is_logged_in().await);
    assert_eq!(site.query("SELECT '' || count(*) FROM sessions").await, ["1"]);
}

#[tokio::test]
async fn a_refused_log_in_leaves_who_is_logged_in_alone() {
    let site = site().await;
    site.arrive("ada").await;
    assert_eq!(site.try_log_in("ada", "wrong").await.status, Status::UnprocessableEntity);
    assert!(site.is_logged_in().await);
}

#[tokio::test]
async fn a_logged_in_user_is_sent_from_the_forms_to_the_wanted_page_of_this_site_and_to_no_other() {
    let site = site().await;
    site.arrive("ada").await;
    for (next, expected) in [
        ("", "/"),
        ("?next=/account/sessions", "/account/sessions"),
        ("?next=/account?a=b%26c=d", "/account?a=b&c=d"),
        ("?next=//evil.example", "/"),
        ("?next=https://evil.example", "/"),
        ("?next=/log_out", "/"),
        ("?next=/%2509/evil", "/"),
    ] {
        for form in ["/log_in", "/sign_up"] {
            let answer = site.get(&format!("{form}{next}")).await;
            assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(expected)), "{form}{next}");
        }
        let answer = site.post("/sign_up", next.trim_start_matches('?')).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(expected)), "{next}");
    }
}

#[tokio::test]
async fn a_session_past_its_limit_is_over_on_the_server() {
    let site = site().await;
    site.arrive("ada").await;
    site.clock.advance(Duration::from_hours(2));
    assert!(!site.is_logged_in().await);
    assert_eq!(site.query("SELECT '' || count(*) FROM sessions").await, ["0"]);
}

#[tokio::test]
async fn a_tampered_cookie_is_an_anonymous_visitor() {
    let site = site().await;
    site.arrive("ada").await;
    let good = site.session_cookie().unwrap();
    assert_eq!(site.account_with_session(&good).await.status, Status::Ok);
    for position in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        let tampered = String::from_utf8(bytes).unwrap();
        let answer = site.account_with_session(&tampered).await;
        // The last character of base64 may have unused bits.
        let is_same = position + 2 >= good.len() && answer.status == Status::Ok;
        assert!(answer.status == Status::SeeOther || is_same, "{position}");
    }
    let long = "A".repeat(4_000);
    for value in ["", "%", "%ff", "not base64!", &good[..good.len() / 2], long.as_str(), "\u{1}"] {
        assert_eq!(site.account_with_session(value).await.status, Status::SeeOther, "{value}");
    }
}

#[tokio::test]
async fn the_value_of_one_cookie_is_worth_nothing_under_the_name_of_the_other() {
    let site = site().await;
    site.arrive("ada").await;
    site.get("/sign_up").await;
    let stranger = crate::support::site().await;
    stranger.get("/account").await;
    let flash = stranger.client.cookies().get("doorward-flash").unwrap().value().to_owned();
    assert_eq!(site.account_with_session(&flash).await.status, Status::SeeOther);
}

#[tokio::test]
async fn a_form_in_another_encoding_is_judged_by_the_same_rules() {
    let site = site().await;
    site.sign_up("ada").await;
    let part =
        |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let multipart =
        |parts: &[(&str, &str)]| parts.iter().map(|&(name, value)| part(name, value)).collect::<String>() + "--b--\r\n";
    let content = rocket::http::ContentType::new("multipart", "form-data").with_params(("boundary", "b"));
    let send = async |body: String| {
        let request = site.client.post("/log_in").header(content.clone()).body(body);
        crate::support::read(request.dispatch().await).await
    };
    let good = [("username", "ada"), ("password", PASSWORD)];
    assert_eq!(send(multipart(&good)).await.status, Status::SeeOther);
    let twice = [good[0], good[0], good[1]];
    assert_eq!(send(multipart(&twice)).await.status, Status::UnprocessableEntity);
}

/// As by a double click, where the browser ignores the first answer.
#[tokio::test]
async fn a_log_in_that_a_browser_sends_twice_leaves_one_session() {
    let site = site().await;
    site.sign_up("ada").await;
    site.get_with("/log_in", &[NAVIGATION]).await;
    let log_in = || site.client.post("/log_in").header(ContentType::Form).body(form("ada", PASSWORD));
    for request in [log_in(), log_in()] {
        site.clock.advance(Duration::from_millis(120));
        let answer = read(request.header(Header::new(NAVIGATION.0, NAVIGATION.1)).dispatch().await).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/")));
    }
    assert!(site.is_logged_in().await);
    assert_eq!(site.query("SELECT 'one' FROM sessions").await, ["one"]);
}

/// Any first log-in leads to a page with advice, unless a cookie came back.
#[tokio::test]
async fn a_browser_that_keeps_no_cookies_is_told_what_to_do() {
    let site = plan().set("public_url = 'https://example.org'").open().await;
    site.sign_up("ada").await;
    for (next, found_out_at) in [("", "/log_in/cookies"), ("&next=/account", "/log_in/cookies?next=/account")] {
        // Shows the message, and so removes the last cookie.
        site.get("/log_in").await;
        assert_eq!(site.client.cookies().iter().count(), 0);
        let without = site.client.get(found_out_at);
        let answer = site.post_with("/log_in", &(form("ada", PASSWORD) + next), &[NAVIGATION]).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(found_out_at)));
        let page = read(without.dispatch().await).await;
        assert_eq!(page.status, Status::Ok);
        assert!(
            page.text().contains("You are not logged in.") && page.text().contains("Allow cookies"),
            "{}",
            page.text()
        );
        let log_in = found_out_at.replace("/cookies", "");
        assert!(page.body.contains(&format!("href=\"https://example.org{log_in}\"")), "{}", page.body);
        let wanted = if next.is_empty() { "/" } else { "/account" };
        assert_eq!(site.get(found_out_at).await.location(), Some(wanted), "who has the cookie goes on");
        site.get("/log_out").await;
    }
}

#[tokio::test]
async fn a_program_without_cookies_logs_in_as_ever_and_so_does_a_browser_with_any() {
    let site = site().await;
    site.sign_up("ada").await;
    site.get("/log_in").await;
    assert_eq!(site.try_log_in("ada", PASSWORD).await.location(), Some("/"));
    site.get("/log_out").await;
    let answer = site.post_with("/log_in", &form("ada", PASSWORD), &[NAVIGATION]).await;
    assert_eq!(answer.location(), Some("/"), "the message came back");
}

/// For example by plain HTTP where the public URL is `https`: browsers take none of our cookies there.
#[tokio::test]
async fn a_visitor_who_opened_the_site_at_another_address_is_told_the_right_one() {
    let site = plan().set("public_url = 'https://example.org'").open().await;
    let answer = site.post_with("/log_in", &form("ada", PASSWORD), &[("Origin", "http://example.org")]).await;
    assert_eq!(answer.status, Status::Forbidden);
    assert!(answer.body.contains("href=\"https://example.org\""), "{}", answer.body);
    assert!(!site.get("/nothing").await.body.contains("example.org"));
}
