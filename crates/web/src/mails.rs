//! Mails: what they say, rendered by Tera.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use doorward_domain::{Letter, MailKind, Throttled, Timestamp};
use doorward_mail::Written;
use rocket::serde::Serialize;
use rocket_dyn_templates::tera::{self, Tera};

use crate::config::SiteConfig;
use crate::pages::{PagesError, read_templates};
use crate::views::{ClientView, Moment, WaitView};

/// The words that mails have in common, and those for codes.
const SHARED: [(&str, &str); 2] = [
    ("mail/words.txt", include_str!("../../../templates/mail/words.txt.tera")),
    ("messages.html", include_str!("../../../templates/messages.html.tera")),
];

const COMPILED_IN: [(&str, &str); 14] = [
    ("mail/account_closed.txt", include_str!("../../../templates/mail/account_closed.txt.tera")),
    ("mail/account_deleted.txt", include_str!("../../../templates/mail/account_deleted.txt.tera")),
    (
        "mail/account_deleted_by_operator.txt",
        include_str!("../../../templates/mail/account_deleted_by_operator.txt.tera"),
    ),
    ("mail/account_exists.txt", include_str!("../../../templates/mail/account_exists.txt.tera")),
    ("mail/account_reopened.txt", include_str!("../../../templates/mail/account_reopened.txt.tera")),
    ("mail/email_set_by_operator.txt", include_str!("../../../templates/mail/email_set_by_operator.txt.tera")),
    ("mail/logged_in.txt", include_str!("../../../templates/mail/logged_in.txt.tera")),
    ("mail/password_changed.txt", include_str!("../../../templates/mail/password_changed.txt.tera")),
    ("mail/password_reset.txt", include_str!("../../../templates/mail/password_reset.txt.tera")),
    ("mail/reset_password.txt", include_str!("../../../templates/mail/reset_password.txt.tera")),
    ("mail/undo_email.txt", include_str!("../../../templates/mail/undo_email.txt.tera")),
    ("mail/username_changed.txt", include_str!("../../../templates/mail/username_changed.txt.tera")),
    (
        "mail/username_changed_by_operator.txt",
        include_str!("../../../templates/mail/username_changed_by_operator.txt.tera"),
    ),
    ("mail/verify_email.txt", include_str!("../../../templates/mail/verify_email.txt.tera")),
];

/// The templates of mails, of one site.
#[derive(Debug, Clone)]
pub struct Mails {
    tera: Tera,
    site_name: String,
    /// Where visitors find the site.
    origin: String,
}

/// What every template gets.
#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
struct Content<'a> {
    site_name: &'a str,
    url: &'a str,
    username: &'a str,
    client: ClientView,
    at: String,
    link: Option<String>,
    /// How long the link is good, as “10 minutes”.
    good_for: Option<String>,
}

impl Mails {
    /// The compiled-in templates, with those of the settings' folder in their place: `folder/mail/reset_password.txt.tera`. Every
    /// mail is written once, so that a template that cannot be used shows now.
    ///
    /// # Errors
    /// [`PagesError`] names the file or the template.
    pub fn load(config: &SiteConfig) -> Result<Self, PagesError> {
        let compiled_in = SHARED.iter().chain(&COMPILED_IN);
        let mut templates: HashMap<_, _> =
            compiled_in.map(|&(name, text)| (name.to_owned(), text.to_owned())).collect();
        if let Some(folder) = &config.template_dir {
            templates.extend(replacements(folder)?);
        }
        let mut tera = Tera::default();
        // It is plain text.
        tera.autoescape_on(Vec::new());
        tera.add_raw_templates(templates).map_err(PagesError::from_tera)?;
        let (site_name, origin) = (config.site_name.clone(), config.public_url.origin().to_owned());
        let mails = Self { tera, site_name, origin };
        for kind in MailKind::all() {
            mails.render(kind, &mails.sample()).map_err(PagesError::from_tera)?;
        }
        Ok(mails)
    }

    /// What the mail says; `None`, with a line in the log, where its template fails.
    #[must_use]
    pub fn write(&self, letter: &Letter) -> Option<Written> {
        let link = letter.link.as_ref().zip(path_of(letter.kind));
        let content = Content {
            site_name: &self.site_name,
            url: &self.origin,
            username: letter.to.username.as_str(),
            client: ClientView::of(&letter.client),
            at: Moment::of(letter.at).text,
            link: link.map(|(link, path)| format!("{}{path}{}", self.origin, link.token.expose_secret())),
            good_for: link.map(|(link, _)| good_for(link.ends_at.since(link.made_at))),
        };
        let written = self.render(letter.kind, &content);
        if let Err(error) = &written {
            let error = PagesError::from_tera(tera::Error::msg(error));
            tracing::error!(mail.kind = letter.kind.code(), %error, "a mail cannot be written");
        }
        written.ok()
    }

    /// One of each mail, as somebody may get it.
    #[must_use]
    pub fn samples(&self) -> Vec<(MailKind, Written)> {
        let sample = self.sample();
        MailKind::all().filter_map(|kind| Some((kind, self.render(kind, &sample).ok()?))).collect()
    }

    fn sample(&self) -> Content<'_> {
        Content {
            site_name: &self.site_name,
            url: &self.origin,
            username: "Ada",
            client: ClientView::sample(),
            at: Moment::of(Timestamp::from_unix_micros(1_767_225_605_000_000)).text,
            link: Some(format!("{}/reset/c2V2ZW4gcXVpZXQgbGFudGVybnMgYW5kIGEgaGFsZi4", self.origin)),
            good_for: Some(good_for(Duration::from_mins(10))),
        }
    }

    fn render(&self, kind: MailKind, content: &Content<'_>) -> Result<Written, tera::Error> {
        let name = format!("mail/{}.txt", kind.code());
        let whole = self.tera.render(&name, &tera::Context::from_serialize(content)?)?;
        let parts = whole.trim_start().strip_prefix("Subject: ").and_then(|whole| whole.split_once("\n\n"));
        let (subject, text) = parts
            .ok_or_else(|| tera::Error::msg(format!("{name} does not begin with `Subject: ` and an empty line")))?;
        Ok(Written { subject: subject.trim().to_owned(), text: format!("{}\n", text.trim()) })
    }
}

/// Where the link of such a mail leads.
const fn path_of(kind: MailKind) -> Option<&'static str> {
    match kind {
        MailKind::VerifyEmail => Some("/verify_email/"),
        MailKind::ResetPassword => Some("/reset/"),
        MailKind::UndoEmail => Some("/undo_email/"),
        _ => None,
    }
}

fn good_for(duration: Duration) -> String {
    let WaitView { count, unit } = WaitView::of(Throttled { retry_after: duration });
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// Those of the site's own folder. Its `messages.html` is for pages, and may be used by both.
fn replacements(folder: &Path) -> Result<Vec<(String, String)>, PagesError> {
    let messages = read_templates(folder, "html")?.into_iter().filter(|(name, _)| name == "messages.html");
    Ok(messages.chain(read_templates(folder, "txt")?).collect())
}
