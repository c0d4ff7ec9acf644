//! Every view as a page.

use std::path::Path;
use std::sync::Arc;

use doorward_web::languages::Languages;
use doorward_web::pages::{Pages, PagesError, Reader};
use doorward_web::views::{ActivityEntry, UserView, View};

use rocket::http::Status;

use crate::support::{PASSWORD, plan, site};

fn load(site_name: &str, folder: Option<&Path>) -> Result<Pages, PagesError> {
    Pages::load(site_name, folder, &Arc::new(Languages::load(None, Languages::ENGLISH).unwrap()))
}

fn pages() -> Pages {
    load("Doorward", None).unwrap().with_passkeys()
}

/// Renders a page in English.
fn render(pages: &Pages, view: &View, user: Option<UserView>) -> String {
    pages.render(view, Reader { lang: "en", here: "/" }, user, None).unwrap()
}

#[test]
fn every_view_becomes_a_whole_page_in_every_language() {
    let pages = pages();
    let tags: Vec<_> = pages.languages().tags().collect();
    for (view, tag) in View::samples().iter().flat_map(|view| tags.iter().map(move |tag| (view, *tag))) {
        let user = Some(UserView { id: String::new(), username: "Ada".to_owned() });
        let html = pages.render(view, Reader { lang: tag, here: "/" }, user, None).unwrap();
        let one = |part: &str| assert_eq!(html.matches(part).count(), 1, "{part} in {view:?}");
        let direction = if tag == "ar" { "rtl" } else { "ltr" };
        one(&format!("<html lang=\"{tag}\" dir=\"{direction}\">"));
        one(&format!("value=\"{tag}\" selected>"));
        for part in ["<title>", "<main", "<h1", "</html>"] {
            one(part);
        }
        for leftover in ["{{", "{%", "style=", "onclick", "javascript:", "http://", "data:"] {
            assert!(!html.contains(leftover), "{leftover} in {view:?}");
        }
    }
}

#[test]
fn every_code_has_a_text() {
    let pages = pages();
    for view in View::samples() {
        let html = render(&pages, &view, None);
        if html.contains("-error\"") {
            let from = html.find("-error\"").unwrap();
            let error = &html[from..from + html[from..].find("</p>").unwrap()];
            let text = error.rsplit("</span>").next().unwrap().trim();
            assert!(text.len() > 10, "{view:?}: {error}");
        }
    }
}

/// No page asks for a hint or a secret question, and each field can be filled by a password manager or by pasting.
#[test]
fn no_page_asks_for_anything_else() {
    let (pages, mut names) = (pages(), std::collections::BTreeSet::new());
    for view in View::samples() {
        let user = UserView { id: "1".to_owned(), username: "Ada".to_owned() };
        let html = render(&pages, &view, Some(user));
        names.extend(html.split(" name=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        for hindrance in ["onpaste", "maxlength", "autocomplete=\"off\""] {
            assert!(!html.contains(hindrance), "{hindrance} in {view:?}");
        }
    }
    let ours = [
        "_method",
        "account",
        "answer",
        "code",
        "color-scheme",
        "current_code",
        "current_password",
        "device",
        "email",
        "invite",
        "keep",
        "language",
        "login",
        "name",
        "new_password",
        "next",
        "password",
        "session",
        "token",
        "trust",
        "username",
        "viewport",
    ];
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ours);
}

#[test]
fn nothing_typed_becomes_markup() {
    let pages = pages();
    let nasty = "<script>alert(1)</script>\"'{{7777*7777}}</title>";
    let mut views = vec![View::Home {}, View::LogOut {}];
    for mut view in View::samples() {
        match &mut view {
            View::SignUp { form } => {
                form.username = nasty.to_owned();
                if let Some(email) = &mut form.email {
                    email.typed = nasty.to_owned();
                }
            }
            View::Email { form } => {
                form.email = nasty.to_owned();
                (form.verified, form.pending) = (Some(nasty.to_owned()), Some(nasty.to_owned()));
            }
            View::EmailVerification { form } | View::EmailUndo { form } => {
                (form.username, form.address, form.token.0) = (nasty.to_owned(), nasty.to_owned(), nasty.to_owned());
            }
            View::CheckMail { note } => note.address = Some(nasty.to_owned()),
            View::LogIn { form } => form.username = nasty.to_owned(),
            View::UsernameChange { form } => form.username = nasty.to_owned(),
            View::PasswordReset { form } => {
                (form.username, form.token.0) = (nasty.to_owned(), nasty.to_owned());
            }
            View::Reauthentication { form } => form.next = Some(nasty.to_owned()),
            View::Account { .. } | View::PasswordChange { .. } | View::AccountDeletion { .. } => {}
            View::SecondFactorTotp { form } => {
                (form.key.0, form.url.0, form.qr_code) = (nasty.to_owned(), nasty.to_owned(), None);
            }
            View::RecoveryCodes { page } => page.codes[0].0 = nasty.to_owned(),
            View::Passkeys { page } => {
                for passkey in &mut page.passkeys {
                    (passkey.id, passkey.name) = (nasty.to_owned(), Some(nasty.to_owned()));
                    passkey.typed = passkey.error.map(|_| nasty.to_owned());
                }
            }
            View::SitePage { page } => page.title = nasty.to_owned(),
            View::Sessions { page } => {
                for session in &mut page.sessions {
                    session.client.address = Some(nasty.to_owned());
                }
            }
            View::Activity { page } => {
                for entry in &mut page.entries {
                    let clients = match entry {
                        ActivityEntry::One(one) => vec![&mut one.client],
                        ActivityEntry::Attempts(run) => {
                            run.shown.iter_mut().map(|attempt| &mut attempt.client).collect()
                        }
                    };
                    for client in clients {
                        client.address = Some(nasty.to_owned());
                    }
                }
            }
            _ => continue,
        }
        views.push(view);
    }
    let named = load(nasty, None).unwrap();
    for view in views {
        for pages in [&pages, &named] {
            let html = render(pages, &view, Some(UserView { id: nasty.to_owned(), username: nasty.to_owned() }));
            assert!(
                !html.contains("<script>alert") && !html.contains("\"'{{") && !html.contains("60481729"),
                "{view:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_page_with_everything_on_it_weighs_less_than_30_kb() {
    let site = site().await;
    site.arrive("ada").await;
    for number in 0..60 {
        assert_eq!(
            site.try_log_in("ada", &format!("wrong password {number}")).await.status,
            Status::UnprocessableEntity
        );
        site.try_log_in("ada", PASSWORD).await;
    }
    for path in [
        "/",
        "/account",
        "/account/activity",
        "/account/sessions",
        "/account/password",
        "/account/second_factor/totp",
        "/account/passkeys",
    ] {
        let page = site.get(path).await;
        let mut weight = page.body.len();
        for asset in
            page.body.split('"').filter(|part| part.starts_with("/assets/")).collect::<std::collections::BTreeSet<_>>()
        {
            weight += site.get(asset).await.body.len();
        }
        assert!(weight < 30_000, "{path} weighs {weight} bytes");
    }
}

#[tokio::test]
async fn a_folder_replaces_templates_and_assets_of_the_same_name() {
    let folder = tempfile::TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "home.html.tera",
        "{% extends \"base.html\" %}{% block content %}{% include \"own/greeting.html\" %}{% endblock %}",
    );
    write("own/greeting.html.tera", "<h1>Welcome to {{ site_name }}</h1>");
    write("assets/style.css", "body { color: teal }");
    let settings = format!("template_dir = {:?}\nsite_name = 'A & B'", folder.path().display().to_string());
    let site = plan().set(Box::leak(settings.into_boxed_str())).open().await;
    let home = site.get("/").await;
    assert!(home.body.contains("<h1>Welcome to A &amp; B</h1>"), "{}", home.body);
    let style = home.body.split('"').find(|part| part.starts_with("/assets/style-")).unwrap();
    assert_eq!(site.get(style).await.body, "body { color: teal }");
}

#[test]
fn a_template_that_cannot_be_used_is_named_in_one_line_before_anybody_sees_it() {
    for (text, part) in
        [("{% if %}", "home"), ("{{ no_such_name }}", "no_such_name"), ("{% extends \"x.html\" %}", "x.html")]
    {
        let folder = tempfile::TempDir::new().unwrap();
        std::fs::write(folder.path().join("home.html.tera"), text).unwrap();
        let message = load("Doorward", Some(folder.path())).unwrap_err().to_string();
        assert!(message.contains("DOORWARD_TEMPLATE_DIR") && message.contains(part), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}
