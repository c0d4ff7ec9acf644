use rocket::http::{ContentType, Header, Method, Status};

use crate::support::{Answer, PASSWORD, plan, read, site};

const GOLDEN: [(&str, &str); 8] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("cache-control", "no-store"),
];

const OF_PROGRAMS: &str = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

fn assert_golden(answer: &Answer, what: &str) {
    assert_set(answer, &GOLDEN, what);
}

fn assert_golden_for_programs(answer: &Answer, what: &str) {
    let mut golden = GOLDEN;
    golden[0].1 = OF_PROGRAMS;
    assert_set(answer, &golden, what);
}

fn assert_set(answer: &Answer, golden: &[(&str, &str)], what: &str) {
    for &(name, value) in golden {
        assert_eq!(answer.all(name).collect::<Vec<_>>(), [value], "{what}: {name}");
    }
    for (name, _) in &answer.headers {
        let name = name.to_lowercase();
        assert!(!name.starts_with("access-control-"), "{what}: {name}");
        assert!(!["server", "x-powered-by", "strict-transport-security"].contains(&name.as_str()), "{what}: {name}");
    }
    let says_what_it_is = answer.header("content-type").is_some_and(|content| {
        content.ends_with("; charset=utf-8") || ["application/json", "application/problem+json"].contains(&content)
    });
    assert!(answer.body.is_empty() || says_what_it_is, "{what}: {:?}", answer.header("content-type"));
}

#[tokio::test]
async fn every_answer_carries_the_whole_set() {
    let site = site().await;
    site.sign_up("ada").await;
    let too_large = "x".repeat(33 * 1024);
    let throttled = plan().throttled().open().await;
    while throttled.try_log_in("ada", "wrong").await.status == Status::UnprocessableEntity {}
    let [broken, gone] = [crate::support::site().await, crate::support::site().await];
    broken.arrive("ada").await;
    broken.execute("UPDATE users SET standing = 'none'").await;
    gone.arrive("ada").await;
    gone.store.clone().disconnect().await;
    let answers = [
        (Status::Ok, site.get_with("/", &[("Origin", "https://evil.example")]).await),
        (Status::Ok, site.get("/log_in").await),
        (Status::Ok, site.post("/log_in/passkey/options", "").await),
        (Status::UnprocessableEntity, site.post("/log_in/passkey", "").await),
        (Status::TooManyRequests, throttled.try_log_in("ada", "wrong").await),
        (Status::InternalServerError, broken.get_with("/account", &[("Origin", "https://evil.example")]).await),
        (Status::ServiceUnavailable, gone.get("/account").await),
        (Status::NotFound, site.get_with("/nothing", &[("Accept", "application/json")]).await),
        (Status::SeeOther, site.get("/account").await),
        (Status::SeeOther, site.try_log_in("ada", PASSWORD).await),
        (Status::UnprocessableEntity, site.try_log_in("ada", "wrong").await),
        (Status::Forbidden, site.post_with("/log_in", "", &[("Sec-Fetch-Site", "cross-site")]).await),
        (Status::NotFound, site.get("/nothing").await),
        (Status::NotFound, site.get("/assets/nothing.css").await),
        (Status::MethodNotAllowed, read(site.client.put("/log_in").dispatch().await).await),
        (Status::PayloadTooLarge, site.post("/log_in", &too_large).await),
        (
            Status::UnsupportedMediaType,
            read(site.client.post("/log_in").header(ContentType::Plain).body("x").dispatch().await).await,
        ),
        (
            Status::BadRequest,
            read(site.client.post("/log_in").header(ContentType::Form).body(b"username=\xff").dispatch().await).await,
        ),
    ];
    for (status, answer) in answers {
        assert_eq!(answer.status, status);
        assert_golden(&answer, &status.to_string());
    }
    for path in ["/health/live", "/health/ready", "/health/nothing", "//%68ealth/live"] {
        assert_golden_for_programs(&site.get(path).await, path);
    }
}

#[tokio::test]
async fn under_https_browsers_are_told_to_stay_there() {
    let https = "public_url = 'https://example.org'";
    let with_subdomains = "public_url = 'https://example.org'\n[hsts]\ninclude_subdomains = true";
    let http = "[hsts]\ninclude_subdomains = true";
    for (settings, expected) in [
        (https, Some("max-age=63072000")),
        (with_subdomains, Some("max-age=63072000; includeSubDomains")),
        (http, None),
    ] {
        let site = plan().set(settings).open().await;
        for path in ["/", "/nothing"] {
            assert_eq!(site.get(path).await.header("strict-transport-security"), expected, "{settings} {path}");
        }
    }
}

#[tokio::test]
async fn assets_are_kept_for_ever_under_names_that_change_with_them() {
    let site = site().await;
    let page = site.get("/log_in").await;
    for (extension, content_type) in [("css", "text/css"), ("js", "text/javascript"), ("svg", "image/svg+xml")] {
        let path = page
            .body
            .split('"')
            .find(|part| part.starts_with("/assets/") && part.ends_with(&format!(".{extension}")))
            .unwrap_or_else(|| panic!("no .{extension} on the page"));
        let asset = site.get(path).await;
        assert_eq!(asset.status, Status::Ok, "{path}");
        assert_eq!(asset.header("cache-control"), Some("public, max-age=31536000, immutable"));
        assert!(asset.header("content-type").unwrap().starts_with(content_type), "{:?}", asset.header("content-type"));
        assert!(asset.all("set-cookie").next().is_none());
        assert_eq!(asset.header("x-content-type-options"), Some("nosniff"));
    }
}

#[tokio::test]
async fn a_method_that_a_path_does_not_know_is_told_which_it_knows() {
    let site = site().await;
    for (method, path, allow) in [
        (Method::Put, "/log_in", "GET, HEAD, POST"),
        (Method::Delete, "/", "GET, HEAD"),
        (Method::Post, "/log_out", "DELETE, GET, HEAD"),
        (Method::Options, "/account", "GET, HEAD"),
        (Method::Trace, "/", "GET, HEAD"),
        (Method::Post, "/assets/style.css", "GET, HEAD"),
    ] {
        let answer = read(site.client.req(method, path).dispatch().await).await;
        assert_eq!((answer.status, answer.header("allow")), (Status::MethodNotAllowed, Some(allow)), "{method} {path}");
    }
    assert_eq!(read(site.client.put("/nothing").dispatch().await).await.status, Status::NotFound);
}

#[tokio::test]
async fn errors_have_a_page_of_the_site_or_a_problem_document() {
    let site = site().await;
    for (accept, is_json) in [
        ("text/html,application/xhtml+xml,*/*;q=0.8", false),
        ("*/*", false),
        ("", false),
        ("application/json", true),
        ("application/problem+json", true),
        ("application/json;q=0.5, text/html", false),
        ("text/html;q=0.5, application/json", true),
        ("application/json, */*;q=0.1", true),
    ] {
        let mut request = site.client.get("/nothing");
        if !accept.is_empty() {
            request = request.header(Header::new("Accept", accept));
        }
        let answer = read(request.dispatch().await).await;
        assert_eq!(answer.status, Status::NotFound, "{accept}");
        if is_json {
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{accept}");
            let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(problem, serde_json::json!({ "status": 404, "title": "Not Found" }));
        } else {
            assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{accept}");
            assert!(answer.title().contains("Doorward") && answer.body.contains("href=\"/\""), "{}", answer.title());
        }
    }
}

#[tokio::test]
async fn refused_forms_are_problem_documents_for_programs() {
    let site = site().await;
    let json = &[("Accept", "application/json")];
    let refused = site.post_with("/log_in", "username=ada&password=x", json).await;
    assert_eq!(refused.status, Status::UnprocessableEntity);
    let problem: serde_json::Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!(problem["detail"], "Username or password are incorrect");
    let refused = site.post_with("/sign_up", "username=a+b&password=short", json).await;
    let problem: serde_json::Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!(problem["errors"][0], serde_json::json!({ "field": "username", "code": "bad_character" }));
    assert_eq!(problem["errors"][1]["code"], "too_short");
    // A weak password is only reported where nothing else is wrong.
    let refused = site.post_with("/sign_up", "username=ada&password=passwordpassword", json).await;
    let problem: serde_json::Value = serde_json::from_str(&refused.body).unwrap();
    assert_eq!(problem["errors"].as_array().unwrap().len(), 1);
    assert_eq!(problem["errors"][0]["code"], "too_guessable");
    assert!(!problem["errors"][0]["reason"].as_str().unwrap().is_empty());
}
