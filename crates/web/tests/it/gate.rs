use rocket::http::{ContentType, Header, Method, Status};

use crate::support::{Answer, MAIL, PASSWORD, TestSite, form, plan, read, site};

/// Sends `method` to `path` with these headers and the form of a log-in.
async fn send(site: &TestSite, method: Method, path: &str, headers: &[(&'static str, &'static str)]) -> Answer {
    let mut request = site.client.req(method, path.to_owned()).header(ContentType::Form).body(form("ada", PASSWORD));
    for &(name, value) in headers {
        request = request.header(Header::new(name, value));
    }
    read(request.dispatch().await).await
}

#[tokio::test]
async fn every_route_that_changes_something_refuses_other_sites_and_changes_nothing() {
    let site = plan().set(MAIL).open().await;
    site.arrive("ada").await;
    let before = site.dump().await;
    let unsafe_routes: Vec<_> = site
        .client
        .rocket()
        .routes()
        .filter(|route| !matches!(route.method, Method::Get))
        .map(|route| (route.method, route.uri.path().replace(['<', '>'], "")))
        .collect();
    assert!(!unsafe_routes.is_empty());
    for (method, path) in unsafe_routes {
        for headers in [
            &[("Sec-Fetch-Site", "cross-site")][..],
            &[("Sec-Fetch-Site", "same-site"), ("Origin", "http://localhost:8000")],
            &[("Origin", "https://evil.example")],
            &[("Origin", "null")],
            &[("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
            &[("Origin", "http://localhost:8000"), ("Origin", "http://localhost:8000")],
        ] {
            let answer = send(&site, method, &path, headers).await;
            assert_eq!(answer.status, Status::Forbidden, "{method} {path} {headers:?}");
            assert!(answer.all("set-cookie").next().is_none());
        }
    }
    assert_eq!(site.dump().await, before);
    assert!(site.is_logged_in().await);
}

#[tokio::test]
async fn spelling_the_path_otherwise_does_not_get_past_the_gate() {
    let site = site().await;
    site.arrive("ada").await;
    let before = site.dump().await;
    for path in ["//log_out", "/log_out/", "/LOG_OUT", "/%6cog_out", "/log_out?x", "/./log_out", "/nothing"] {
        let answer = send(&site, Method::Delete, path, &[("Sec-Fetch-Site", "cross-site")]).await;
        assert_eq!(answer.status, Status::Forbidden, "{path}");
    }
    assert_eq!(site.dump().await, before);
}

#[tokio::test]
async fn our_own_pages_and_programs_pass() {
    let site = site().await;
    site.sign_up("ada").await;
    for headers in [
        &[("Sec-Fetch-Site", "same-origin")][..],
        &[("Sec-Fetch-Site", "none")],
        &[("Sec-Fetch-Site", "same-origin"), ("Origin", "null")],
        &[("Origin", "http://localhost:8000")],
        &[],
    ] {
        assert_eq!(send(&site, Method::Post, "/log_in", headers).await.status, Status::SeeOther, "{headers:?}");
    }
}

#[tokio::test]
async fn the_method_field_is_refused_but_from_the_log_out_button() {
    let site = site().await;
    site.arrive("ada").await;
    let before = site.dump().await;
    // The values that Rocket takes for the method.
    for method in ["get", "head", "trace", "put", "patch", "delete", "DELETE", "deleteX"] {
        let body = format!("_method={method}&{}", form("ada", PASSWORD));
        for path in ["/log_in", "/sign_up", "/account/delete", "/account", "/nothing"] {
            assert_eq!(site.post(path, &body).await.status, Status::BadRequest, "{method} {path}");
            let crossed = site.post_with(path, &body, &[("Sec-Fetch-Site", "cross-site")]).await;
            assert_eq!(crossed.status, Status::Forbidden, "{method} {path}");
        }
        if !method.eq_ignore_ascii_case("delete") {
            assert_eq!(
                site.post("/log_out", &format!("_method={method}")).await.status,
                Status::BadRequest,
                "{method}"
            );
        }
    }
    assert_eq!(site.dump().await, before);
    for body in ["&&_method=get", "_method.x=get"] {
        assert_eq!(
            site.post("/log_out", body).await.status,
            Status::BadRequest,
            "{body}: Rocket takes it for one, too"
        );
    }
    for body in ["x=1&_method=delete", "_method=post", "_method=x", ""] {
        assert_eq!(site.post("/log_out", body).await.status, Status::MethodNotAllowed, "{body}");
        let log_in = format!("{body}&{}", form("ada", PASSWORD));
        assert_eq!(site.post("/log_in", &log_in).await.location(), Some("/"), "{body}: it is a field like any other");
    }
    let crossed = site.post_with("/log_out", "_method=delete", &[("Sec-Fetch-Site", "cross-site")]).await;
    assert_eq!(crossed.status, Status::Forbidden);
    assert!(site.is_logged_in().await);
    assert_eq!(site.post("/log_out", "_method=delete&x=1").await.location(), Some("/log_in"));
    assert!(!site.is_logged_in().await);
}

/// The body cannot change that, as a proxy limits POSTs.
#[tokio::test]
async fn a_request_counts_under_the_method_that_it_was_sent_with() {
    let site = site().await;
    site.sign_up("ada").await;
    let before = site.dump().await;
    for method in
        [Method::Get, Method::Head, Method::Put, Method::Patch, Method::Options, Method::Trace, Method::Delete]
    {
        for named in ["x", "post", "get", "head", "put", "patch", "options", "trace", "delete", ""] {
            let body = format!("_method={named}&{}", form("ada", PASSWORD));
            let request = site.client.req(method, "/log_in").header(ContentType::Form).body(body);
            let answer = read(request.dispatch().await).await;
            let expected = match method {
                _ if named == method.as_str().to_lowercase() && method != Method::Options => Status::BadRequest,
                Method::Get | Method::Head => Status::Ok,
                _ => Status::MethodNotAllowed,
            };
            assert_eq!((answer.status, answer.location()), (expected, None), "{method} {named}");
        }
    }
    assert_eq!(site.dump().await, before);
}

/// Neither an image of `/account`, a script, nor an answer to `fetch`; links are allowed.
#[tokio::test]
async fn nothing_is_a_part_of_another_sites_page() {
    let site = site().await;
    site.arrive("ada").await;
    for fetch_site in ["cross-site", "same-site"] {
        for (mode, dest) in [("no-cors", "image"), ("no-cors", "script"), ("cors", "empty"), ("no-cors", "empty")] {
            let headers = [("Sec-Fetch-Site", fetch_site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)];
            for path in ["/account", "/", "/log_out", "/assets/x"] {
                assert_eq!(site.get_with(path, &headers).await.status, Status::Forbidden, "{path} {headers:?}");
            }
        }
        let link = [("Sec-Fetch-Site", fetch_site), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];
        assert_eq!(site.get_with("/account", &link).await.status, Status::Ok);
    }
    let ours = [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "style")];
    assert_eq!(site.get_with("/", &ours).await.status, Status::Ok);
    assert!(site.is_logged_in().await);
}
