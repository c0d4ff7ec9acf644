//! The language of pages and mails.

use rocket::http::{ContentType, Cookie, Header, Status};

use crate::support::{Answer, MAIL, PASSWORD, TestSite, form, plan, read, site};

const GERMAN: (&str, &str) = ("Accept-Language", "de-CH, en;q=0.5");

/// The cookie of a browser in which no language was chosen.
const UNKNOWN: &str = "none";

impl TestSite {
    async fn choose(&self, language: &str, next: &str) -> Answer {
        self.post("/language", &format!("language={language}&next={next}")).await
    }

    /// Gets a page with this cookie instead of this browser's.
    async fn get_in(&self, chosen: &'static str, path: &str) -> Answer {
        let request = self.client.get(path.to_owned()).cookie(Cookie::new("doorward-language", chosen));
        read(request.header(Header::new(GERMAN.0, GERMAN.1)).dispatch().await).await
    }

    async fn log_in_in(&self, chosen: &'static str) -> Answer {
        let request = self.client.post("/log_in").cookie(Cookie::new("doorward-language", chosen));
        read(request.header(ContentType::Form).body(form("ada", PASSWORD)).dispatch().await).await
    }

    async fn saved_language(&self) -> String {
        self.query("SELECT coalesce(language, 'none') FROM users WHERE username_key = 'ada'").await.remove(0)
    }
}

fn is_in(answer: &Answer, tag: &str, text: &str) -> bool {
    answer.body.contains(&format!("<html lang=\"{tag}\"")) && answer.text().contains(text)
}

fn language_cookie(answer: &Answer) -> Option<&str> {
    answer.all("set-cookie").find(|cookie| cookie.starts_with("doorward-language="))
}

#[tokio::test]
async fn a_page_is_in_the_language_that_the_browser_asks_for() {
    let site = site().await;
    let home = site.get_with("/", &[GERMAN]).await;
    assert!(is_in(&home, "de", "Willkommen bei Doorward"), "{}", home.text());
    assert_eq!(home.header("content-language"), Some("de"));
    assert_eq!(home.header("vary"), Some("Accept-Language, Cookie"));
    assert!(language_cookie(&home).is_none(), "nobody has chosen");
    for (asked, tag) in [("pt-PT", "pt-BR"), ("nl, *;q=0.1", "en"), ("x;q=1;;,", "en"), ("en;q=0.1, ar;q=0.2", "ar")] {
        let page = site.get_with("/log_in", &[("Accept-Language", asked)]).await;
        assert_eq!(page.header("content-language"), Some(tag), "{asked}");
    }
    let missing = site.get_with("/nothing", &[GERMAN]).await;
    assert!(is_in(&missing, "de", "404"), "{}", missing.text());
}

#[tokio::test]
async fn a_language_is_chosen_for_a_year_and_leads_back() {
    let site = site().await;
    let answer = site.choose("fr", "/log_in?next=/account").await;
    assert_eq!((answer.status, answer.location()), (Status::SeeOther, Some("/log_in?next=/account")));
    let cookie = "doorward-language=fr; HttpOnly; SameSite=Lax; Path=/; Max-Age=31536000";
    assert_eq!(language_cookie(&answer), Some(cookie));
    let page = site.get_with("/log_in", &[GERMAN]).await;
    assert!(is_in(&page, "fr", "Mot de passe"), "{}", page.text());
    assert_eq!(site.choose("de", "//evil.example").await.location(), Some("/"));
    let secure = plan().set("public_url = 'https://id.example.org'").open().await.choose("fr", "/").await;
    assert!(language_cookie(&secure).unwrap().contains("; Secure"), "{secure:?}");
}

#[tokio::test]
async fn an_unknown_language_and_looking_change_nothing() {
    let site = site().await;
    site.arrive("ada").await;
    site.choose("es", "/").await;
    let before = site.dump().await;
    for unknown in ["nl", "", "e s", "../de", "es&language=es"] {
        let answer = site.choose(unknown, "/").await;
        assert_eq!(answer.status, Status::UnprocessableEntity, "{unknown}");
        assert!(language_cookie(&answer).is_none(), "{unknown}");
    }
    assert_eq!(site.get("/language?language=fr").await.status, Status::MethodNotAllowed);
    let elsewhere = [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example")];
    assert_eq!(site.post_with("/language", "language=fr", &elsewhere).await.status, Status::Forbidden);
    assert_eq!(site.dump().await, before);
    assert_eq!(site.get("/").await.header("content-language"), Some("es"));
}

#[tokio::test]
async fn the_form_at_the_foot_leads_back_to_the_page_that_it_is_on() {
    let site = site().await;
    let next = async |path: &str| site.get(path).await.input("next").to_owned();
    assert!(next("/nothing?a=b&c").await.contains("value=\"/nothing?a=b&amp;c\""));
    assert!(next(&format!("/?{}", "long".repeat(300))).await.contains("value=\"/\""));
    let refused = site.post("/sign_up", "username=&password=").await;
    assert!(refused.body.contains("name=\"next\" value=\"/sign_up\""), "{}", refused.body);
    let crossed = site.post_with("/log_in", "", &[("Sec-Fetch-Site", "cross-site")]).await;
    assert_eq!(crossed.status, Status::Forbidden);
    assert!(crossed.body.contains("name=\"next\" value=\"/\""), "{}", crossed.body);
}

#[tokio::test]
async fn a_language_is_kept_with_the_account_and_counts_in_every_browser() {
    let site = site().await;
    site.arrive("ada").await;
    assert_eq!(site.saved_language().await, "none");
    site.choose("es", "/").await;
    assert_eq!(site.saved_language().await, "es");
    let home = site.get_in(UNKNOWN, "/").await;
    assert!(is_in(&home, "es", "Cerrar sesión"), "{}", home.text());
    assert!(language_cookie(&home).unwrap().starts_with("doorward-language=es; "), "it is this browser's from now on");
    site.get("/log_out").await;
    assert_eq!(site.get_in(UNKNOWN, "/").await.header("content-language"), Some("de"));

    site.log_in_in(UNKNOWN).await;
    assert_eq!(site.saved_language().await, "es", "nobody has chosen another one in this browser");
    site.get("/log_out").await;
    site.log_in_in("pt-BR").await;
    assert_eq!(site.saved_language().await, "pt-BR");
    assert_eq!(site.get_in("fr", "/").await.header("content-language"), Some("pt-BR"));
}

#[tokio::test]
async fn a_new_user_has_the_language_that_was_chosen_before() {
    let site = site().await;
    site.choose("ar", "/sign_up").await;
    site.sign_up("ada").await;
    assert_eq!(site.saved_language().await, "ar");
    let home = site.get("/").await;
    assert!(home.body.contains("<html lang=\"ar\" dir=\"rtl\">"), "{}", home.body);
}

#[tokio::test]
async fn a_mail_is_in_the_language_of_its_recipient() {
    let site = plan().set(MAIL).open().await;
    let sign_up = format!("{}&email=ada%40example.org", form("ada", PASSWORD));
    site.post_with("/sign_up", &sign_up, &[GERMAN]).await;
    let mail = site.mail().await;
    assert!(mail.text.contains("Guten Tag") && mail.link().starts_with("/verify_email/"), "{mail:?}");
    assert_eq!(site.saved_language().await, "none", "that was asked for by the browser, and not chosen");
    let (page, token) = mail.link().rsplit_once('/').map(|(page, token)| (page.to_owned(), token.to_owned())).unwrap();
    site.post(&page, &format!("token={token}")).await;
    site.try_log_in("ada", PASSWORD).await;
    site.choose("fr", "/").await;
    // The browser that requests it prefers German.
    site.post_with("/forgot_password", "login=ada", &[GERMAN]).await;
    let mail = site.mail().await;
    assert!(mail.text.contains("mot de passe") && mail.link().starts_with("/reset/"), "{mail:?}");
    assert!(mail.text.lines().all(|line| line.chars().count() <= 72 || line.contains("/reset/")), "{}", mail.text);
}

#[tokio::test]
async fn a_site_has_a_language_for_who_asks_for_none() {
    let site = plan().set("default_language = 'pt'").open().await;
    assert_eq!(site.get("/").await.header("content-language"), Some("pt-BR"));
    assert_eq!(site.get_with("/", &[("Accept-Language", "nl")]).await.header("content-language"), Some("pt-BR"));
    assert_eq!(site.get_with("/", &[GERMAN]).await.header("content-language"), Some("de"));
}

#[tokio::test]
async fn errors_of_a_form_are_in_the_visitors_language_and_problem_documents_in_none() {
    let site = site().await;
    let weak = form("ada", "Password1234567!");
    let page = site.post_with("/sign_up", &weak, &[GERMAN]).await;
    assert!(is_in(&page, "de", "Wörter") && page.title().starts_with("Fehler: "), "{}", page.text());
    let json = ("Accept", "application/json");
    let [german, english] =
        [site.post_with("/sign_up", &weak, &[json, GERMAN]).await, site.post_with("/sign_up", &weak, &[json]).await];
    assert_eq!((german.status, &german.body), (english.status, &english.body));
    assert!(german.header("content-language").is_none() && german.body.contains("too_guessable"), "{}", german.body);
}
