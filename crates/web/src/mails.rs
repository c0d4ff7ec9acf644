//! The texts of mails, rendered by Tera.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use doorward_domain::{Letter, MailKind, Timestamp};
use doorward_mail::Written;
use rocket::serde::Serialize;
use tera::Tera;

use crate::config::SiteConfig;
use crate::languages::{self, Languages};
use crate::pages::{PagesError, read_templates};
use crate::views::{ClientView, Moment, WaitView};

const COMPILED_IN: [(&str, &str); 28] = [
    ("mail/account_closed.txt", include_str!("../templates/mail/account_closed.txt.tera")),
    ("mail/account_deleted.txt", include_str!("../templates/mail/account_deleted.txt.tera")),
    ("mail/account_deleted_by_operator.txt", include_str!("../templates/mail/account_deleted_by_operator.txt.tera")),
    ("mail/account_exists.txt", include_str!("../templates/mail/account_exists.txt.tera")),
    ("mail/account_reopened.txt", include_str!("../templates/mail/account_reopened.txt.tera")),
    ("mail/email_set_by_operator.txt", include_str!("../templates/mail/email_set_by_operator.txt.tera")),
    ("mail/logged_in.txt", include_str!("../templates/mail/logged_in.txt.tera")),
    ("mail/passkey_added.txt", include_str!("../templates/mail/passkey_added.txt.tera")),
    ("mail/passkey_refused.txt", include_str!("../templates/mail/passkey_refused.txt.tera")),
    ("mail/passkey_removed.txt", include_str!("../templates/mail/passkey_removed.txt.tera")),
    ("mail/passkey_renamed.txt", include_str!("../templates/mail/passkey_renamed.txt.tera")),
    ("mail/password_changed.txt", include_str!("../templates/mail/password_changed.txt.tera")),
    ("mail/password_removed.txt", include_str!("../templates/mail/password_removed.txt.tera")),
    ("mail/password_reset.txt", include_str!("../templates/mail/password_reset.txt.tera")),
    ("mail/recovery_code_used.txt", include_str!("../templates/mail/recovery_code_used.txt.tera")),
    ("mail/recovery_codes_made.txt", include_str!("../templates/mail/recovery_codes_made.txt.tera")),
    ("mail/reset_password.txt", include_str!("../templates/mail/reset_password.txt.tera")),
    ("mail/second_factor_removed.txt", include_str!("../templates/mail/second_factor_removed.txt.tera")),
    ("mail/second_factor_replaced.txt", include_str!("../templates/mail/second_factor_replaced.txt.tera")),
    ("mail/second_factor_turned_off.txt", include_str!("../templates/mail/second_factor_turned_off.txt.tera")),
    ("mail/second_factor_turned_on.txt", include_str!("../templates/mail/second_factor_turned_on.txt.tera")),
    ("mail/second_step_guessed.txt", include_str!("../templates/mail/second_step_guessed.txt.tera")),
    ("mail/second_step_throttled.txt", include_str!("../templates/mail/second_step_throttled.txt.tera")),
    ("mail/undo_email.txt", include_str!("../templates/mail/undo_email.txt.tera")),
    ("mail/username_changed.txt", include_str!("../templates/mail/username_changed.txt.tera")),
    ("mail/username_changed_by_operator.txt", include_str!("../templates/mail/username_changed_by_operator.txt.tera")),
    ("mail/verify_email.txt", include_str!("../templates/mail/verify_email.txt.tera")),
    ("mail/words.txt", include_str!("../templates/mail/words.txt.tera")),
];

/// The templates of mails, of one site.
#[derive(Debug, Clone)]
pub struct Mails {
    tera: Tera,
    languages: Arc<Languages>,
    site_name: String,
    /// The origin of the public URL.
    origin: String,
}

/// The variables of every template.
#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
struct Content<'a> {
    /// The tag of the recipient's language.
    lang: &'a str,
    site_name: &'a str,
    url: &'a str,
    username: &'a str,
    client: ClientView,
    at: Moment,
    link: Option<String>,
    /// How long the link is valid.
    good_for: Option<WaitView>,
}

impl Mails {
    /// The compiled-in templates. Those of the settings' folder replace them: `folder/mail/reset_password.txt.tera`. Every
    /// mail is rendered once, so that a template that cannot be used is found now.
    ///
    /// # Errors
    /// [`PagesError`] names the file or the template.
    pub fn load(config: &SiteConfig, languages: &Arc<Languages>) -> Result<Self, PagesError> {
        let mut templates: HashMap<_, _> =
            COMPILED_IN.iter().map(|&(name, text)| (name.to_owned(), text.to_owned())).collect();
        if let Some(folder) = &config.template_dir {
            templates.extend(read_templates(folder, "txt")?);
        }
        let mut tera = Tera::default();
        // The mails are plain text.
        tera.autoescape_on(Vec::new());
        languages::register(&mut tera, languages);
        tera.add_raw_templates(templates).map_err(PagesError::from_tera)?;
        let (site_name, origin) = (config.site_name.clone(), config.public_url.origin().to_owned());
        let mails = Self { tera, languages: Arc::clone(languages), site_name, origin };
        let written: Result<Vec<_>, _> = mails.samples(mails.languages.default()).collect();
        written.map_err(PagesError::from_tera)?;
        Ok(mails)
    }

    /// Writes the mail; `None`, with a line in the log, if its template fails.
    #[must_use]
    pub fn write(&self, letter: &Letter) -> Option<Written> {
        let link = letter.link.as_ref().zip(path_of(letter.kind));
        let content = Content {
            lang: self.language_of(letter),
            site_name: &self.site_name,
            url: &self.origin,
            username: letter.to.username.as_str(),
            client: ClientView::of(&letter.client),
            at: Moment::of(letter.at),
            link: link.map(|(link, path)| format!("{}{path}{}", self.origin, link.token.expose_secret())),
            good_for: link.map(|(link, _)| WaitView::of(link.ends_at.since(link.made_at))),
        };
        let written = self.render(letter.kind, &content);
        if let Err(error) = &written {
            let error = PagesError::from_tera(tera::Error::msg(error));
            tracing::error!(mail.kind = letter.kind.code(), %error, "a mail cannot be written");
        }
        written.ok()
    }

    /// The tag of the site's language for the recipient.
    fn language_of(&self, letter: &Letter) -> &str {
        let found = letter.to.language.as_ref().and_then(|language| self.languages.find(language.as_str()));
        found.unwrap_or_else(|| self.languages.default())
    }

    /// Each mail in this language in each of its states: with each unit of a link's lifetime, and from a known and an unknown client.
    pub(crate) fn samples(&self, lang: &str) -> impl Iterator<Item = tera::Result<(MailKind, Written)>> {
        MailKind::all().flat_map(move |kind| {
            let states = [
                (Duration::from_secs(1), ClientView::sample()),
                (Duration::from_mins(10), ClientView::web_view()),
                (Duration::from_hours(24), ClientView::unknown()),
            ];
            states.map(|(life, client)| Ok((kind, self.render(kind, &self.sample(lang, life, client))?)))
        })
    }

    fn sample<'a>(&'a self, lang: &'a str, life: Duration, client: ClientView) -> Content<'a> {
        Content {
            lang,
            site_name: &self.site_name,
            url: &self.origin,
            username: "Ada",
            client,
            at: Moment::of(Timestamp::from_unix_micros(1_767_225_605_000_000)),
            link: Some(format!("{}/reset/c2V2ZW4gcXVpZXQgbGFudGVybnMgYW5kIGEgaGFsZi4", self.origin)),
            good_for: Some(WaitView::of(life)),
        }
    }

    fn render(&self, kind: MailKind, content: &Content<'_>) -> Result<Written, tera::Error> {
        let name = format!("mail/{}.txt", kind.code());
        let whole = self.tera.render(&name, &tera::Context::from_serialize(content)?)?;
        let parts = whole.trim_start().strip_prefix("Subject: ").and_then(|whole| whole.split_once("\n\n"));
        let (subject, text) = parts
            .ok_or_else(|| tera::Error::msg(format!("{name} does not begin with `Subject: ` and an empty line")))?;
        Ok(Written { subject: subject.trim().to_owned(), text: wrapped(text.trim()) })
    }
}

/// The path of the link in a mail of this kind.
const fn path_of(kind: MailKind) -> Option<&'static str> {
    match kind {
        MailKind::VerifyEmail => Some("/verify_email/"),
        MailKind::ResetPassword => Some("/reset/"),
        MailKind::UndoEmail => Some("/undo_email/"),
        _ => None,
    }
}

/// The most characters of a line (RFC 5322 §2.1.1 asks for 78), unless a single word has more: no link is broken.
const LINE: usize = 72;

/// The text with its long lines broken at spaces.
fn wrapped(text: &str) -> String {
    let mut wrapped = String::with_capacity(text.len() + text.len() / LINE + 1);
    for line in text.lines() {
        let mut length = 0;
        for (number, word) in line.split(' ').enumerate() {
            let of_word = word.chars().count();
            if number > 0 && length + 1 + of_word > LINE {
                wrapped.push('\n');
                length = 0;
            } else if number > 0 {
                wrapped.push(' ');
                length += 1;
            }
            wrapped.push_str(word);
            length += of_word;
        }
        wrapped.push('\n');
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_line_is_broken_at_its_spaces_and_a_link_is_not() {
        let link = format!("https://example.org/reset/{}", "x".repeat(80));
        let text = format!("{}\n\n{link}\n--", "word ".repeat(20).trim());
        let lines: Vec<_> = wrapped(&text).lines().map(str::to_owned).collect();
        assert_eq!(lines, ["word ".repeat(14).trim(), "word ".repeat(6).trim(), "", &link, "--"]);
    }

    proptest! {
        #[test]
        fn only_spaces_become_line_breaks(text in "[a-zé \n]{0,300}") {
            let wrapped = wrapped(&text);
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&wrapped), words(&text));
            for line in wrapped.lines() {
                prop_assert!(line.chars().count() <= LINE || !line.trim().contains(' '), "{}", line);
            }
        }
    }
}
