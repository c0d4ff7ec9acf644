//! The access rules of each route.

use std::time::Duration;

use doorward_domain::testing::keep_out_of_the_log;
use doorward_domain::{Client, Credentials, LogIn};
use rocket::http::{ContentType, Header, Method, Status};

use crate::support::{Answer, MAIL, PASSWORD, TestSite, plan, read, site};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Anyone,
    LoggedIn,
    /// Logged in, with the password in the form.
    WithPassword,
    /// Logged in, the password typed within ten minutes.
    RecentLogIn,
    /// The same, for a change of a second factor: `second_factor.rs` has its tests.
    SecondFactor,
    /// The same, for changes of passkeys and actions by them: `passkeys.rs` has their tests.
    Passkeys,
}
use Access::{Anyone, LoggedIn, Passkeys, RecentLogIn, SecondFactor, WithPassword};

/// The clients that a route is for, on which the rights of another site's page and the policy of the answers depend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Surface {
    /// People in a browser.
    Pages,
    /// Programs without cookies.
    Programs,
}
use Surface::{Pages, Programs};

/// A route that is missing here fails `every_route_is_in_the_access_matrix`.
const MATRIX: [(&str, Surface, Access); 41] = [
    ("DELETE /log_out", Pages, Anyone),
    ("GET /", Pages, Anyone),
    ("GET /.refused", Pages, Anyone),
    ("GET /.well-known/change-password", Pages, Anyone),
    ("GET /account", Pages, LoggedIn),
    ("GET /account/activity?<before>", Pages, LoggedIn),
    ("GET /account/confirm?<next>", Pages, Anyone),
    ("GET /account/delete", Pages, LoggedIn),
    ("GET /account/password", Pages, LoggedIn),
    ("GET /account/reauthenticate?<next>", Pages, LoggedIn),
    ("GET /account/second_factor", Pages, LoggedIn),
    ("GET /account/second_factor/recovery_codes", Pages, SecondFactor),
    ("GET /account/second_factor/recovery_codes.txt", Pages, SecondFactor),
    ("GET /account/second_factor/totp", Pages, SecondFactor),
    ("GET /account/sessions", Pages, LoggedIn),
    ("GET /account/username?<username>", Pages, LoggedIn),
    ("GET /assets/<name>", Pages, Anyone),
    ("GET /health/live", Programs, Anyone),
    ("GET /health/ready", Programs, Anyone),
    ("GET /log_in/code?<recovery_code>", Pages, Anyone),
    ("GET /log_in/cookies?<next>", Pages, Anyone),
    ("GET /log_in?<next>", Pages, Anyone),
    ("GET /log_out", Pages, Anyone),
    ("GET /reset/<token>", Pages, Anyone),
    ("GET /sign_up?<next>&<invite>", Pages, Anyone),
    ("POST /account/confirm", Pages, Anyone),
    ("POST /account/delete", Pages, WithPassword),
    ("POST /account/password", Pages, WithPassword),
    ("POST /account/reauthenticate", Pages, WithPassword),
    ("POST /account/second_factor/off", Pages, SecondFactor),
    ("POST /account/second_factor/recovery_codes", Pages, SecondFactor),
    ("POST /account/second_factor/totp", Pages, SecondFactor),
    ("POST /account/sessions/forget_device", Pages, RecentLogIn),
    ("POST /account/sessions/log_out", Pages, RecentLogIn),
    ("POST /account/sessions/log_out_others", Pages, RecentLogIn),
    ("POST /account/username", Pages, RecentLogIn),
    ("POST /language", Pages, Anyone),
    ("POST /log_in", Pages, Anyone),
    ("POST /log_in/code", Pages, Anyone),
    ("POST /reset", Pages, Anyone),
    ("POST /sign_up", Pages, Anyone),
];

/// The routes that a site has in addition if it sends mails.
const WITH_MAIL: [(&str, Surface, Access); 10] = [
    ("GET /account/email", Pages, LoggedIn),
    ("GET /check_mail", Pages, Anyone),
    ("GET /forgot_password", Pages, Anyone),
    ("GET /undo_email/<token>", Pages, Anyone),
    ("GET /verify_email/<token>", Pages, Anyone),
    ("POST /account/email", Pages, RecentLogIn),
    ("POST /check_mail", Pages, Anyone),
    ("POST /forgot_password", Pages, Anyone),
    ("POST /undo_email", Pages, Anyone),
    ("POST /verify_email", Pages, Anyone),
];

/// The routes that a site has in addition if browsers make passkeys for it, as they do for `localhost`.
const WITH_PASSKEYS: [(&str, Surface, Access); 13] = [
    ("GET /.well-known/passkey-endpoints", Pages, Anyone),
    ("GET /account/passkeys", Pages, LoggedIn),
    ("POST /account/passkeys", Pages, Passkeys),
    ("POST /account/passkeys/<id>", Pages, Passkeys),
    ("POST /account/passkeys/<id>/delete", Pages, Passkeys),
    ("POST /account/passkeys/options", Pages, Passkeys),
    ("POST /account/password/delete", Pages, Passkeys),
    ("POST /account/reauthenticate/passkey", Pages, Passkeys),
    ("POST /account/reauthenticate/passkey/options", Pages, Passkeys),
    ("POST /log_in/code/passkey", Pages, Anyone),
    ("POST /log_in/code/passkey/options", Pages, Anyone),
    ("POST /log_in/passkey", Pages, Anyone),
    ("POST /log_in/passkey/options", Pages, Anyone),
];

/// Rocket's router ignores empty segments.
#[tokio::test]
async fn a_trailing_slash_means_the_same_for_every_method() {
    let site = site().await;
    site.sign_up("ada").await;
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
    let style = site.get("/").await.body.split('"').find(|part| part.starts_with("/assets/")).unwrap().to_owned();
    let paths = MATRIX.map(|(route, ..)| route.split([' ', '?']).nth(1).unwrap());
    for path in paths.into_iter().chain(["/nothing", style.as_str()]).filter(|path| !path.contains('<')) {
        for method in methods.map(|method| method.parse().unwrap()) {
            let plain = ask(&site, method, path, "").await;
            for other in [format!("{path}/"), format!("{path}//"), format!("/{path}"), path.replace('o', "%6F")] {
                let asked = ask(&site, method, &other, "").await;
                assert_eq!(
                    (asked.status, asked.header("allow")),
                    (plain.status, plain.header("allow")),
                    "{method} {other}"
                );
            }
        }
    }
    site.try_log_in("ada", PASSWORD).await;
    assert!(site.is_logged_in().await);
    assert_eq!(site.post("/log_out/", "_method=delete").await.location(), Some("/log_in"));
    assert!(!site.is_logged_in().await);
}

/// The routes with this access: method and path.
fn routes(access: &[Access]) -> impl Iterator<Item = (Method, &'static str)> {
    MATRIX.into_iter().filter(|(_, _, needed)| access.contains(needed)).map(|(route, ..)| {
        let (method, uri) = route.split_once(' ').unwrap();
        (method.parse().unwrap(), uri.split('?').next().unwrap())
    })
}

async fn ask(site: &TestSite, method: Method, path: &str, form: &str) -> Answer {
    let request = site.client.req(method, path.to_owned()).header(ContentType::Form).body(form);
    read(request.dispatch().await).await
}

/// A site on which Ada is logged in here and in another browser, with the id of the other session.
async fn site_of_ada() -> (TestSite, String) {
    let site = site().await;
    site.arrive("ada").await;
    let (first, elsewhere) = (site.session_cookie().unwrap(), "SELECT lower(hex(id)) FROM sessions");
    let here = site.query(elsewhere).await;
    // Without its cookie this browser counts as another one.
    let copy = site.client.post("/log_in").header(ContentType::Form).body(crate::support::form("ada", PASSWORD));
    let answer = copy.cookie(rocket::http::Cookie::new("doorward", "none")).dispatch().await;
    assert_eq!(answer.status(), Status::SeeOther);
    drop(answer);
    assert_ne!(site.session_cookie().unwrap(), first);
    assert_eq!(site.query(elsewhere).await.len(), 2);
    (site, here[0].clone())
}

#[tokio::test]
async fn every_route_is_in_the_access_matrix() {
    let known = |site: &TestSite| {
        let routes = site.client.rocket().routes().map(|route| format!("{} {}", route.method, route.uri));
        let mut known: Vec<_> = routes.collect();
        known.sort();
        known
    };
    let all = |more: &[&[(&'static str, Surface, Access)]]| {
        let mut all: Vec<_> = MATRIX.iter().chain(more.concat().iter()).map(|(route, ..)| *route).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(known(&plan().set("public_url = 'http://example.org'").open().await), all(&[]));
    assert_eq!(known(&site().await), all(&[&WITH_PASSKEYS]));
    assert_eq!(known(&plan().set(MAIL).open().await), all(&[&WITH_PASSKEYS, &WITH_MAIL]));
}

/// Another site's page may link to a page, but not to a route for programs. It can neither embed a route nor send anything to one.
#[tokio::test]
async fn another_sites_page_gets_as_far_as_the_surface_of_a_route_lets_it() {
    let site = plan().set(MAIL).open().await;
    let routes = MATRIX.into_iter().chain(WITH_MAIL).chain(WITH_PASSKEYS);
    let routes = routes.filter(|(route, ..)| *route != "GET /.refused");
    for (route, surface, _) in routes {
        let (method, uri) = route.split_once(' ').unwrap();
        let (method, path) = (method.parse::<Method>().unwrap(), uri.split('?').next().unwrap());
        let path = path.replace(['<', '>'], "");
        let ask = async |mode: &'static str| {
            let request = site.client.req(method, path.clone()).header(ContentType::Form);
            let request = request.header(Header::new("Sec-Fetch-Site", "cross-site"));
            read(request.header(Header::new("Sec-Fetch-Mode", mode)).dispatch().await).await
        };
        let (link, part) = (ask("navigate").await, ask("no-cors").await);
        let leads_here = surface == Pages && method == Method::Get;
        assert_eq!(link.status == Status::Forbidden, !leads_here, "{route}");
        assert_eq!(part.status, Status::Forbidden, "{route}");
    }
}

#[tokio::test]
async fn the_policy_of_an_answer_is_that_of_the_surface_of_its_route() {
    let site = plan().set(MAIL).open().await;
    for (route, surface, _) in MATRIX.into_iter().chain(WITH_MAIL).chain(WITH_PASSKEYS) {
        let (method, uri) = route.split_once(' ').unwrap();
        let answer = ask(&site, method.parse().unwrap(), uri.split('?').next().unwrap(), "").await;
        let policy = answer.header("content-security-policy").unwrap();
        assert_eq!(policy.contains("script-src"), surface == Pages, "{route}: {policy}");
        assert!(policy.starts_with("default-src 'none'; "), "{route}: {policy}");
    }
}

#[tokio::test]
async fn the_routes_of_mail_change_nothing_for_who_may_not_use_them() {
    let site = plan().set(MAIL).open().await;
    site.sign_up("ada").await;
    let before = site.dump().await;
    for (route, _, access) in WITH_MAIL {
        let (method, path) = route.split_once(' ').unwrap();
        let form = format!("email=eve@example.org&token={}&answer=verify", "A".repeat(43));
        if (method, path) == ("POST", "/forgot_password") {
            continue;
        }
        let path = path.replace("<token>", &"A".repeat(43));
        let answer = ask(&site, method.parse().unwrap(), &path, &form).await;
        let expected = match (access, path.as_str()) {
            (LoggedIn | RecentLogIn, _) => (Status::SeeOther, Some("/log_in?next=/account/email")),
            (_, "/check_mail") => (Status::SeeOther, Some("/log_in")),
            (_, "/forgot_password") => (Status::Ok, None),
            _ => (Status::Gone, None),
        };
        assert_eq!((answer.status, answer.location()), expected, "{route}");
    }
    assert_eq!(site.dump().await, before);
    site.try_log_in("ada", PASSWORD).await;
    let before = site.query("SELECT count(*) || '' FROM emails").await;
    site.clock.advance(Duration::from_secs(601));
    let answer = site.post("/account/email", "email=eve@example.org").await;
    assert_eq!(answer.location(), Some("/account/reauthenticate?next=/account/email"));
    assert_eq!(site.query("SELECT count(*) || '' FROM emails").await, before);
}

#[tokio::test]
async fn routes_that_need_a_log_in_do_nothing_without_one() {
    let site = site().await;
    site.sign_up("ada").await;
    let before = site.dump().await;
    for (method, path) in routes(&[LoggedIn, WithPassword, RecentLogIn, SecondFactor]) {
        let form = format!("password={0}&current_password={0}&new_password=a+dozen+noisy+kettles&username=eve", "x");
        let answer = ask(&site, method, path, &form).await;
        let has_page = !["/log_out", "/forget", "/off"].iter().any(|action| path.contains(action));
        let expected = if has_page { format!("/log_in?next={path}") } else { "/log_in".to_owned() };
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some(expected.as_str())), "{method} {path}");
        assert!(site.get("/log_in").await.text().contains("Please log in to continue."));
    }
    assert_eq!(site.dump().await, before);
}

#[tokio::test]
async fn routes_that_need_a_recent_log_in_ask_for_the_password_after_ten_minutes() {
    let (site, other) = site_of_ada().await;
    site.clock.advance(Duration::from_secs(601));
    // A device with the id of that session.
    let device = "INSERT INTO known_devices SELECT id, user_id, randomblob(32), NULL, NULL, NULL, created_at, created_at, NULL FROM sessions";
    site.execute(&format!("{device} WHERE lower(hex(id)) = '{other}'")).await;
    let before = site.dump().await;
    let form = format!("session={other}&device={other}&username=eve");
    for (method, path) in routes(&[RecentLogIn]) {
        let answer = ask(&site, method, path, &form).await;
        let location = answer.location().unwrap_or_default();
        assert_eq!(answer.status, Status::SeeOther, "{path}");
        assert!(location.starts_with("/account/reauthenticate"), "{path}: {location}");
    }
    assert_eq!(site.dump().await, before);
    // The other routes need no recent log-in.
    for (method, path) in routes(&[LoggedIn]) {
        assert_eq!(ask(&site, method, path, "").await.status, Status::Ok, "{path}");
    }
    let reauthenticated =
        site.post("/account/reauthenticate", &format!("password={}&next=/account", PASSWORD.replace(' ', "+"))).await;
    assert_eq!((reauthenticated.status, reauthenticated.location()), (Status::SeeOther, Some("/account")));
    for (method, path) in routes(&[RecentLogIn]) {
        let location = ask(&site, method, path, &form).await.location().unwrap_or_default().to_owned();
        assert!(
            location.starts_with("/account") && !location.starts_with("/account/reauthenticate"),
            "{path}: {location}"
        );
    }
    assert_eq!(site.query("SELECT username || (SELECT count(*) FROM sessions) FROM users").await, ["eve1"]);
}

/// Even with a recent log-in.
#[tokio::test]
async fn routes_that_need_the_password_do_nothing_without_it() {
    let (site, _) = site_of_ada().await;
    let accounts = "SELECT hex(id) || username || password_hash FROM users JOIN passwords ON user_id = id UNION ALL \
                    SELECT hex(id) || hex(token_hash) || authenticated_at FROM sessions";
    let before = site.query(accounts).await;
    for (method, path) in routes(&[WithPassword]) {
        for form in ["", "password=x", "current_password=x&new_password=a+dozen+noisy+kettles"] {
            let answer = ask(&site, method, path, form).await;
            assert_eq!(answer.status, Status::UnprocessableEntity, "{path} {form}");
        }
    }
    assert_eq!(site.query(accounts).await, before);
}

#[tokio::test]
async fn reading_changes_nothing() {
    for is_logged_in in [false, true] {
        let site = site().await;
        site.sign_up("ada").await;
        if is_logged_in {
            site.try_log_in("ada", PASSWORD).await;
        }
        let before = site.dump().await;
        let paths: Vec<_> = MATRIX.into_iter().filter_map(|(route, ..)| route.strip_prefix("GET ")).collect();
        for path in paths.iter().map(|path| path.split('?').next().unwrap()).chain(["/assets/x", "/nothing"]) {
            for method in [Method::Get, Method::Head, Method::Options, Method::Trace] {
                // The only page whose GET changes something.
                if (method, path) != (Method::Get, "/log_out") {
                    ask(&site, method, path, "").await;
                }
            }
        }
        assert_eq!(site.dump().await, before);
        assert_eq!(site.is_logged_in().await, is_logged_in);
    }
}

#[tokio::test]
async fn a_bearer_token_opens_no_page() {
    let site = site().await;
    site.sign_up("ada").await;
    let log_in = LogIn::new(Credentials { username: "ada", password: PASSWORD });
    let token = site.auth().from(&Client::default()).log_in(log_in).await.unwrap().done().unwrap().token;
    keep_out_of_the_log(&token.expose_secret());
    assert!(site.auth().resume(&token).await.is_ok(), "there is a session for it");
    let bearer = || Header::new("Authorization", format!("Bearer {}", token.expose_secret()));
    let page = read(site.client.get("/account").header(bearer()).dispatch().await).await;
    assert_eq!((page.status, page.location()), (Status::SeeOther, Some("/log_in?next=/account")));
    let elsewhere = Header::new("Sec-Fetch-Site", "cross-site");
    let form = site.client.post("/account/sessions/log_out_others").header(bearer()).header(elsewhere);
    assert_eq!(read(form.dispatch().await).await.status, Status::Forbidden, "nor does it open the gate");
}
