use std::time::Duration;

use rocket::http::{ContentType, Cookie, Status};

use crate::support::{NAVIGATION, PASSWORD, form, plan, read, site};

#[tokio::test]
async fn the_form_is_as_password_managers_want_it() {
    let page = site().await.get("/sign_up").await;
    assert_eq!(page.status, Status::Ok);
    for part in
        ["type=\"text\"", "autocomplete=\"username\"", "autocapitalize=\"none\"", "spellcheck=\"false\"", "required"]
    {
        assert!(page.input("username").contains(part), "{part}");
    }
    for part in ["type=\"password\"", "autocomplete=\"new-password\"", "required"] {
        assert!(page.input("password").contains(part), "{part}");
    }
    assert!(page.body.contains("novalidate") && !page.body.contains("maxlength"));
    assert!(page.body.contains("href=\"/log_in\"") && page.text().contains("Already have an account? Log In."));
    assert!(page.text().contains("At least 15 characters. A few random words work well."));
    assert!(!page.title().starts_with("Error"));
}

#[tokio::test]
async fn a_new_user_is_sent_to_log_in_and_told_once() {
    let site = site().await;
    let answer = site.post("/sign_up", &form("Ada", PASSWORD)).await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")));
    assert!(site.get("/log_in").await.text().contains("Account created. Please log in."));
    assert!(!site.get("/log_in").await.text().contains("Account created"));
    assert!(!site.is_logged_in().await);
    assert_eq!(site.query("SELECT username || ' ' || username_key FROM users").await, ["Ada ada"]);
    assert!(site.query("SELECT password_hash FROM passwords").await[0].starts_with("$argon2id$v=19$"));
}

#[tokio::test]
async fn a_broken_rule_is_named_beside_its_field_and_the_username_is_kept() {
    let site = site().await;
    let weak = "passwordpassword";
    for (username, password, field, message) in [
        ("", PASSWORD, "username", "Enter a username"),
        ("no spaces", PASSWORD, "username", "@ . + - _"),
        ("-dash", PASSWORD, "username", "letter or a digit"),
        (&"a".repeat(65), PASSWORD, "username", "64"),
        ("ada", "", "password", "Enter a password"),
        ("ada", "fourteen chars", "password", "15 characters"),
        ("ada", &"long ".repeat(300), "password", "1024 bytes"),
        ("ada", "seven\u{7}quiet lanterns", "password", "Control characters"),
        ("ada", weak, "password", "Use rarer words"),
    ] {
        let page = site.post("/sign_up", &form(username, password)).await;
        assert_eq!(page.status, Status::UnprocessableEntity, "{username} {password}");
        assert!(page.title().starts_with("Error: "), "{}", page.title());
        assert!(page.text().contains("There is a problem"));
        assert!(page.text().contains(message), "{message}: {}", page.text());
        let input = page.input(field);
        assert!(input.contains("aria-invalid=\"true\"") && input.contains("aria-describedby="), "{input}");
        assert!(input.contains(&format!("{field}-error")), "{input}");
        let error = page.body.find(&format!("id=\"{field}-error\"")).unwrap();
        assert!(error < page.body.find(input).unwrap(), "the error stands before the input");
        assert!(page.body.contains(&format!("href=\"#{field}\"")));
        assert!(page.input("username").contains(&format!("value=\"{username}\"")));
        assert!(!page.input("password").contains("value="));
        assert!(password.is_empty() || !page.body.contains(password));
    }
    assert_eq!(site.query("SELECT username FROM users").await, Vec::<String>::new());
}

#[tokio::test]
async fn both_fields_are_judged_at_once() {
    let page = site().await.post("/sign_up", "").await;
    assert!(page.text().contains("Enter a username") && page.text().contains("Enter a password"));
}

#[tokio::test]
async fn a_taken_name_is_refused_in_any_case() {
    let site = site().await;
    site.sign_up("Ada").await;
    for username in ["Ada", "ADA"] {
        let page = site.post("/sign_up", &form(username, "another good password")).await;
        assert_eq!(page.status, Status::UnprocessableEntity);
        assert!(page.text().contains("That username is already taken."));
    }
    assert_eq!(site.query("SELECT username FROM users").await, ["Ada"]);
}

/// Phones and pasting leave such characters: a space, a tab, a no-break space, a zero-width space, a byte order mark.
#[tokio::test]
async fn white_space_around_a_username_is_dropped_wherever_one_is_typed() {
    for around in ["+", "%09", "%c2%a0", "%e2%80%8b", "%ef%bb%bf", "%20%e2%80%8e"] {
        let site = site().await;
        let with = |name: &str| format!("username={around}{name}{around}&password={}", PASSWORD.replace(' ', "+"));
        assert_eq!(site.post("/sign_up", &with("Ada")).await.status, Status::SeeOther, "{around}");
        assert_eq!(site.query("SELECT username || '|' || username_key FROM users").await, ["Ada|ada"], "{around}");
        assert_eq!(site.post("/sign_up", &with("ada")).await.status, Status::UnprocessableEntity, "it is taken");
        site.post("/log_in", &with("aDa")).await;
        assert!(site.is_logged_in().await, "{around}");
        let renamed = site.post("/account/username", &format!("username={around}Bob{around}")).await;
        assert_eq!(renamed.location(), Some("/account"), "{around}");
        assert_eq!(site.query("SELECT username || '|' || username_key FROM users").await, ["Bob|bob"], "{around}");
    }
}

#[tokio::test]
async fn passwords_that_attackers_try_first_are_refused_with_advice() {
    let site = site().await;
    for (password, advice) in [
        ("Password1234567!", "rarer words"),
        ("correct horse battery staple", "words that nobody has put together before"),
        ("Welcome to Doorward", "rarer words"),
        ("ada.lovelace ada.lovelace", "nothing to do with either"),
        ("1qaz2wsx3edc4rfv", "Use a few random words."),
        ("localhost ada localhost", "nothing to do with either"),
    ] {
        let page = site.post("/sign_up", &form("ada.lovelace", password)).await;
        assert_eq!(page.status, Status::UnprocessableEntity, "{password}");
        assert!(page.text().contains(advice), "{password}: {}", page.text());
    }
    assert_eq!(site.post("/sign_up", &form("ada.lovelace", PASSWORD)).await.status, Status::SeeOther);
}

#[tokio::test]
async fn names_that_pass_for_the_site_are_kept_for_it_and_who_has_one_keeps_it() {
    let site = site().await;
    for username in ["admin", "Support", "post-master", "DOORWARD", "abuse@localhost"] {
        let page = site.post("/sign_up", &form(username, PASSWORD)).await;
        assert_eq!(page.status, Status::UnprocessableEntity, "{username}");
        assert!(page.text().contains("That username is kept for this site itself"), "{}", page.text());
        assert!(page.input("username").contains(&format!("value=\"{username}\"")));
    }
    site.arrive("ada").await;
    let page = site.post("/account/username", "username=security").await;
    assert!(page.text().contains("That username is kept for this site itself"), "{}", page.text());
    // A name that was taken before the list existed.
    site.execute("UPDATE users SET username = 'Admin', username_key = 'admin'").await;
    assert!(site.is_logged_in().await);
    assert_eq!(site.post("/account/username", "username=ADMIN").await.location(), Some("/account"));
    site.post("/log_in", &form("admin", PASSWORD)).await;
    assert!(site.is_logged_in().await);
}

#[tokio::test]
async fn bytes_that_are_no_visible_text_are_refused() {
    let site = site().await;
    for body in [
        "username=ada%00&password=seven+quiet+lanterns",
        "username=ada&password=seven+quiet+lanterns%00",
        "username=ada&password=seven+quiet+lanterns%ff",
        "username=ada%ff&password=seven+quiet+lanterns",
        "username=a%0d%0ada&password=seven+quiet+lanterns",
        "username=a%e2%80%8bda&password=seven+quiet+lanterns",
    ] {
        assert_eq!(site.post("/sign_up", body).await.status, Status::UnprocessableEntity, "{body}");
    }
    assert_eq!(site.query("SELECT username FROM users").await, Vec::<String>::new());
}

#[tokio::test]
async fn a_field_sent_twice_or_under_an_alias_is_refused() {
    let site = site().await;
    for body in [
        "username=ada&username=bob&password=seven+quiet+lanterns",
        "username=ada&password=seven+quiet+lanterns&password=seven+quiet+lanterns",
        "username[x]=ada&password=seven+quiet+lanterns",
        "username.y=ada&password=seven+quiet+lanterns",
        "username=ada&password[]=seven+quiet+lanterns",
        "username=ada&username[x]=bob&password=seven+quiet+lanterns",
    ] {
        assert_eq!(site.post("/sign_up", body).await.status, Status::UnprocessableEntity, "{body}");
    }
    assert_eq!(site.query("SELECT username FROM users").await, Vec::<String>::new());
}

#[tokio::test]
async fn unexpected_fields_change_nothing() {
    let site = site().await;
    let body = format!("{}&id=1&standing=closed&password_hash=x&created_at=0&is_admin=true", form("ada", PASSWORD));
    assert_eq!(site.post("/sign_up", &body).await.status, Status::SeeOther);
    assert_eq!(site.try_log_in("ada", PASSWORD).await.location(), Some("/"));
}

#[tokio::test]
async fn a_logged_in_user_has_no_need_to_sign_up() {
    let site = site().await;
    site.arrive("ada").await;
    assert_eq!(site.get("/sign_up").await.location(), Some("/"));
    assert_eq!(site.post("/sign_up", &form("eve", PASSWORD)).await.location(), Some("/"));
    assert_eq!(site.query("SELECT username FROM users").await, ["ada"]);
}

#[tokio::test]
async fn the_way_to_the_wanted_page_survives_a_sign_up() {
    let site = site().await;
    let page = site.get("/sign_up?next=/account").await;
    assert!(page.input("next").contains("value=\"/account\""));
    assert!(page.body.contains("href=\"/log_in?next=/account\""));
    let refused = site.post("/sign_up", "next=/account").await;
    assert!(refused.input("next").contains("value=\"/account\""));
    let answer = site.post("/sign_up", &format!("{}&next=/account", form("ada", PASSWORD))).await;
    assert_eq!(answer.location(), Some("/log_in?next=/account"));
}

#[tokio::test]
async fn the_least_length_is_a_setting() {
    let site = plan().set("passwords.min_length = 8").open().await;
    assert!(site.get("/sign_up").await.text().contains("At least 8 characters."));
    assert_eq!(site.post("/sign_up", &form("ada", "vQ7#xk2!z")).await.status, Status::SeeOther);
}

#[tokio::test]
async fn forty_who_want_one_name_at_once_make_one_account_and_no_error() {
    let site = site().await;
    let form = form("ada", PASSWORD);
    let statuses = rocket::futures::future::join_all((0..40).map(|_| site.post("/sign_up", &form))).await;
    let count = |status| statuses.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(Status::SeeOther), count(Status::UnprocessableEntity)), (1, 39));
}

/// As by a double click, where the browser ignores the first answer.
#[tokio::test]
async fn a_sign_up_that_a_browser_sends_twice_ends_twice_where_the_first_would_have() {
    let site = site().await;
    site.get_with("/sign_up", &[NAVIGATION]).await;
    let sign_up = |password| site.client.post("/sign_up").header(ContentType::Form).body(form("ada", password));
    for request in [sign_up(PASSWORD), sign_up(PASSWORD), sign_up("eleven purple kettles")] {
        let answer = read(request.dispatch().await).await;
        assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in")), "{}", answer.text());
    }
    assert!(site.get("/log_in").await.text().contains("Account created. Please log in."));
    assert_eq!(site.query("SELECT username FROM users").await, ["ada"]);
    assert_eq!(site.try_log_in("ada", "eleven purple kettles").await.status, Status::UnprocessableEntity);
    assert_eq!(site.try_log_in("ada", PASSWORD).await.status, Status::SeeOther, "the password that came first");
}

#[tokio::test]
async fn a_name_is_taken_for_another_browser_for_a_program_and_after_a_minute() {
    let site = site().await;
    let sign_up = async || site.post("/sign_up", &form("ada", PASSWORD)).await.status;
    site.get_with("/sign_up", &[NAVIGATION]).await;
    let cookie = site.client.cookies().get("doorward-browser").unwrap().clone();
    assert_eq!(sign_up().await, Status::SeeOther);
    for value in ["", "x", "018f0000-0000-7000-8000-000000000000"] {
        let other = Cookie::build(("doorward-browser", value)).path("/");
        let request = site.client.post("/sign_up").header(ContentType::Form).body(form("ada", PASSWORD));
        let answer = read(request.private_cookie(other).dispatch().await).await;
        assert_eq!(answer.status, Status::UnprocessableEntity, "{value}");
    }
    site.clock.advance(Duration::from_secs(59));
    assert_eq!(sign_up().await, Status::SeeOther);
    site.clock.advance(Duration::from_secs(1));
    assert_eq!(sign_up().await, Status::UnprocessableEntity);
    assert!(cookie.http_only() == Some(true) && cookie.max_age().is_none() && cookie.expires().is_none());
}

/// Programs have no use for that cookie.
#[tokio::test]
async fn only_a_browser_that_asks_for_a_form_is_named_and_once() {
    let site = site().await;
    for (path, headers) in
        [("/log_in", &[][..]), ("/", &[NAVIGATION]), ("/log_in", &[NAVIGATION, ("Sec-Purpose", "prefetch")])]
    {
        assert_eq!(site.get_with(path, headers).await.header("set-cookie"), None, "{path} {headers:?}");
    }
    let named = site.get_with("/log_in", &[("Upgrade-Insecure-Requests", "1")]).await;
    assert!(named.header("set-cookie").unwrap().starts_with("doorward-browser="));
    assert_eq!(site.get_with("/sign_up", &[NAVIGATION]).await.header("set-cookie"), None);
}
