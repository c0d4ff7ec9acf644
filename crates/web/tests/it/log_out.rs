use rocket::http::{Header, Status};

use crate::support::{Answer, TestSite, read, site};

fn is_log_out(answer: &Answer) -> bool {
    (answer.status, answer.location()) == (Status::SeeOther, Some("/log_in"))
}

async fn log_out_by(site: &TestSite, way: &str) -> Answer {
    match way {
        "GET" => site.get("/log_out").await,
        "DELETE" => read(site.client.delete("/log_out").dispatch().await).await,
        _ => site.post("/log_out", "_method=delete").await,
    }
}

#[tokio::test]
async fn each_way_out_ends_the_session_in_the_store_and_says_so_once() {
    for way in ["GET", "DELETE", "the button"] {
        let site = site().await;
        site.arrive("ada").await;
        let cookie = site.session_cookie().unwrap();
        let answer = log_out_by(&site, way).await;
        assert!(is_log_out(&answer), "{way}");
        assert!(site.session_cookie().is_none(), "{way}");
        assert!(site.get("/log_in").await.text().contains("Successfully logged out."), "{way}");
        assert!(!site.get("/log_in").await.text().contains("Successfully"), "{way}");
        assert_eq!(site.query("SELECT '' || count(*) FROM sessions").await, ["0"], "{way}");
        let replayed = site.account_with_session(&cookie).await;
        assert_eq!(replayed.status, Status::SeeOther, "{way}: a copy of the cookie is worth nothing");
    }
}

#[tokio::test]
async fn logging_out_without_a_session_is_harmless() {
    let site = site().await;
    for way in ["GET", "DELETE", "the button"] {
        assert!(is_log_out(&log_out_by(&site, way).await), "{way}");
    }
}

#[tokio::test]
async fn the_removal_is_one_that_browsers_obey() {
    let site = crate::support::plan().set("public_url = 'https://example.org'").open().await;
    site.arrive("ada").await;
    let answer = site.get("/log_out").await;
    let removal = answer.all("set-cookie").find(|cookie| cookie.starts_with("__Host-doorward=;")).unwrap();
    assert!(removal.contains("; Secure") && removal.contains("; Path=/") && removal.contains("Max-Age=0"), "{removal}");
}

#[tokio::test]
async fn a_get_that_the_visitor_did_not_ask_for_shows_a_button_and_changes_nothing() {
    let site = site().await;
    site.arrive("ada").await;
    for header in [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Sec-Purpose", "prefetch"),
        ("Sec-Purpose", "prefetch;prerender"),
        ("Purpose", "prefetch"),
        ("Sec-Fetch-Dest", "image"),
        ("Sec-Fetch-Dest", "iframe"),
        // From a browser that sends only this.
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
    ] {
        let page = site.get_with("/log_out", &[header]).await;
        assert_eq!(page.status, Status::Ok, "{header:?}");
        assert!(page.body.contains("value=\"delete\"") && page.text().contains("Log Out"), "{header:?}");
        assert!(page.all("set-cookie").next().is_none(), "{header:?}");
        assert!(site.is_logged_in().await, "{header:?}");
    }
}

#[tokio::test]
async fn a_get_that_the_visitor_asked_for_logs_out() {
    for headers in [
        [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Dest", "document")],
        [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Dest", "document")],
        [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Dest", "empty")],
    ] {
        let site = site().await;
        site.arrive("ada").await;
        assert!(is_log_out(&site.get_with("/log_out", &headers).await), "{headers:?}");
        assert!(!site.is_logged_in().await);
    }
}

#[tokio::test]
async fn a_head_changes_nothing() {
    let site = site().await;
    site.arrive("ada").await;
    let answer = read(site.client.head("/log_out").dispatch().await).await;
    assert_eq!((answer.status, answer.body.as_str()), (Status::Ok, ""));
    assert!(answer.all("set-cookie").next().is_none());
    assert!(site.is_logged_in().await);
}

#[tokio::test]
async fn a_head_leaves_the_message_for_who_reads_it() {
    let site = site().await;
    site.sign_up("ada").await;
    read(site.client.head("/log_in").dispatch().await).await;
    assert!(site.get("/log_in").await.text().contains("Account created."));
}

#[tokio::test]
async fn every_page_of_a_user_has_the_way_out() {
    let site = site().await;
    site.arrive("ada").await;
    for path in [
        "/",
        "/account",
        "/account/sessions",
        "/account/activity",
        "/account/password",
        "/account/username",
        "/account/delete",
    ] {
        let page = site.get(path).await;
        assert!(page.body.contains("action=\"/log_out\"") && page.body.contains("value=\"delete\""), "{path}");
    }
}

#[tokio::test]
async fn the_method_field_counts_for_nothing_in_an_address_or_another_encoding() {
    let site = site().await;
    site.arrive("ada").await;
    for path in ["/log_out?_method=delete", "/log_out?_method=get"] {
        assert_eq!(site.post(path, "").await.status, Status::MethodNotAllowed, "{path}");
    }
    let multipart = "multipart/form-data; boundary=x";
    let part = "--x\r\nContent-Disposition: form-data; name=\"_method\"\r\n\r\ndelete\r\n--x--\r\n";
    for (content_type, body) in [(multipart, part), ("text/plain", "_method=delete")] {
        let request = site.client.post("/log_out").header(Header::new("Content-Type", content_type)).body(body);
        assert_eq!(read(request.dispatch().await).await.status, Status::MethodNotAllowed, "{content_type}");
    }
    assert!(site.is_logged_in().await);
}
