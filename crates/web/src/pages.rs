//! Renders pages by Tera, from a view and its reader.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use doorward_domain::{MailRules, Rules};
use fluent_bundle::FluentValue;
use rocket::serde::Serialize;
use tera::{Tera, Value};

use crate::assets::Assets;
use crate::config::SignUp;
use crate::flash::Flash;
use crate::home_pages::HomePages;
use crate::languages::{self, Languages};
use crate::prepared_pages::PreparedPages;
use crate::views::{FlashView, UserView, View, WaitView};

/// The templates that the pages share.
const SHARED: [(&str, &str); 2] = [
    ("base.html", include_str!("../templates/base.html.tera")),
    ("macros.html", include_str!("../templates/macros.html.tera")),
];

/// The templates and the assets of a site.
#[derive(Debug, Clone)]
pub struct Pages {
    tera: Tera,
    assets: Assets,
    languages: Arc<Languages>,
    site_name: String,
    sign_up: SignUp,
    /// Whether a page depends only on its input.
    purity: Purity,
    prepared: PreparedPages,
    /// The home pages, if pages depend only on their input.
    homes: Option<HomePages>,
    /// Whether the site sends mails.
    has_mail: bool,
    /// Whether browsers make passkeys for the site.
    has_passkeys: bool,
}

impl Pages {
    /// The compiled-in templates and assets. Those of `folder` replace them: `folder/log_in.html.tera`,
    /// `folder/assets/style.css`. Every page is rendered once in every state, so that a template that cannot be used is
    /// found now and not by a visitor. The default language is enough, as all languages have the same messages.
    ///
    /// # Errors
    /// [`PagesError`] names the file or the template.
    pub fn load(site_name: &str, folder: Option<&Path>, languages: &Arc<Languages>) -> Result<Self, PagesError> {
        let assets_folder = folder.map(|folder| folder.join("assets"));
        let assets = Assets::load(assets_folder.as_deref())
            .map_err(|source| PagesError::Unreadable { path: assets_folder.unwrap_or_default(), source })?;
        let mut templates: HashMap<String, String> =
            SHARED.iter().chain(View::TEMPLATES).map(|&(name, text)| (name.to_owned(), text.to_owned())).collect();
        if let Some(folder) = folder {
            templates.extend(read_templates(folder, "html")?);
        }

        let purity = if templates.values().any(|text| tells_more(text)) { Purity::Impure } else { Purity::Pure };
        let mut tera = Tera::default();
        // Every template is HTML, regardless of its name.
        tera.autoescape_on(vec![""]);
        tera.set_escape_fn(escape);
        let paths = assets.clone();
        tera.register_function("asset", move |arguments: &HashMap<String, Value>| asset_path(&paths, arguments));
        languages::register(&mut tera, languages);
        tera.add_raw_templates(templates).map_err(PagesError::from_tera)?;
        let (site_name, languages) = (site_name.to_owned(), Arc::clone(languages));
        let (sign_up, prepared, homes) = (SignUp::Open, PreparedPages::default(), None);
        // Samples are rendered with passkeys, as the pages then show more.
        let (has_mail, has_passkeys) = (false, true);
        let pages =
            Self { tera, assets, languages, site_name, sign_up, purity, prepared, homes, has_mail, has_passkeys };
        let reader = Reader { lang: pages.languages.default(), here: "/" };
        for view in View::samples() {
            for user in [None, Some(UserView::sample())] {
                pages.render(&view, reader, user, None).map_err(PagesError::from_tera)?;
            }
        }
        for notice in Notice::samples() {
            pages.render(&View::Home {}, reader, None, Some(notice)).map_err(PagesError::from_tera)?;
        }
        Ok(Self { has_passkeys: false, ..pages })
    }

    /// The template engine, loaded.
    #[must_use]
    pub const fn tera(&self) -> &Tera {
        &self.tera
    }

    /// The assets.
    #[must_use]
    pub const fn assets(&self) -> &Assets {
        &self.assets
    }

    /// The languages.
    #[must_use]
    pub const fn languages(&self) -> &Arc<Languages> {
        &self.languages
    }

    /// A message about this user at this site, for a text that is not a page; `None` if there is no such message.
    pub(crate) fn heading(&self, lang: &str, key: &str, username: &str) -> Option<String> {
        let variables = [("site", &*self.site_name), ("username", username)];
        let variables = variables.into_iter().map(|(name, text)| (name, FluentValue::from(text))).collect();
        self.languages.texts(lang)?.text(key, &variables).ok()
    }

    /// The pages of a site where these may sign up.
    #[must_use]
    pub fn for_sign_up(self, sign_up: SignUp) -> Self {
        Self { sign_up, ..self }
    }

    /// The pages of a site that sends mails.
    #[must_use]
    pub fn with_mail(self) -> Self {
        Self { has_mail: true, ..self }
    }

    /// The pages of a site that browsers make passkeys for.
    #[must_use]
    pub fn with_passkeys(self) -> Self {
        Self { has_passkeys: true, ..self }
    }

    /// Renders the pages that every visitor without a session sees on a site with these rules, in each language, unless a
    /// template uses the time or a random number. Call it last.
    ///
    /// # Errors
    /// [`PagesError`] names the template.
    pub fn prepared(mut self, rules: &Rules, mail: Option<&MailRules>) -> Result<Self, PagesError> {
        if self.purity == Purity::Impure {
            return Ok(self);
        }
        let languages = Arc::clone(&self.languages);
        for lang in languages.tags() {
            for (here, view) in View::of_strangers(rules, mail) {
                let html = self.render(&view, Reader { lang, here }, None, None).map_err(PagesError::from_tera)?;
                self.prepared.keep(view, lang, here, html);
            }
        }
        self.homes = Some(HomePages::default());
        Ok(self)
    }

    /// The HTML of a view.
    ///
    /// # Errors
    /// The template engine's error.
    pub fn render(
        &self,
        view: &View,
        reader: Reader<'_>,
        user: Option<UserView>,
        notice: Option<Notice>,
    ) -> Result<String, tera::Error> {
        self.fill(&self.shell(view, reader, user, notice))
    }

    fn fill(&self, shell: &Shell<'_>) -> Result<String, tera::Error> {
        self.tera.render(shell.view.template(), &tera::Context::from_serialize(shell)?)
    }

    /// The HTML of a page as it is sent: rendered at the start, cached for the same user, or rendered now.
    pub(crate) fn page(&self, shell: &Shell<'_>) -> Option<Arc<[u8]>> {
        let &Shell { lang, here, view, ref user, ref flash, ref wait, .. } = shell;
        let render = || match self.fill(shell) {
            Ok(html) => Some(html.into_bytes().into()),
            Err(error) => {
                tracing::error!(cause = %PagesError::from_tera(error), "a page cannot be rendered");
                None
            }
        };
        if flash.is_some() || wait.is_some() {
            return render();
        }
        match (user, view, &self.homes) {
            (None, ..) => self.prepared.find(view, Reader { lang, here }).or_else(render),
            (Some(user), View::Home {}, Some(homes)) if here == "/" => homes.find(user, lang).or_else(|| {
                let html: Arc<[u8]> = render()?;
                homes.keep(user.clone(), lang, Arc::clone(&html));
                Some(html)
            }),
            _ => render(),
        }
    }

    /// A page with the variables of every template.
    pub(crate) fn shell<'a>(
        &'a self,
        view: &'a View,
        Reader { lang, here }: Reader<'a>,
        user: Option<UserView>,
        notice: Option<Notice>,
    ) -> Shell<'a> {
        let (flash, wait) = match notice {
            None => (None, None),
            Some(Notice::Flash(flash)) => (Some(FlashView::of(flash)), None),
            Some(Notice::Wait(wait)) => (None, Some(WaitView::of(wait))),
        };
        let has_sign_up = self.sign_up != SignUp::Closed;
        let dir = self.languages.direction(lang);
        Shell {
            lang,
            dir,
            here,
            site_name: &self.site_name,
            has_sign_up,
            has_mail: self.has_mail,
            has_passkeys: self.has_passkeys,
            user,
            flash,
            wait,
            view,
        }
    }
}

/// Whether a page depends only on its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purity {
    Pure,
    /// A template uses the time, or a random number.
    Impure,
}

/// The reader of a page. `Debug` does not show the path, which may be a one-time link.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reader<'a> {
    /// The tag of their language, one of the site's.
    pub lang: &'a str,
    /// The path on this site to which the reader returns after choosing another language.
    pub here: &'a str,
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reader({}, [redacted])", self.lang)
    }
}

/// A message that any page may show above its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Something happened before.
    Flash(Flash),
    /// Something was tried too often.
    Wait(Duration),
}

impl Notice {
    /// One of each.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let waits = [1, 2, 120, 7_200].map(Duration::from_secs);
        Flash::samples().into_iter().map(Self::Flash).chain(waits.map(Self::Wait)).collect()
    }
}

/// The variables of every template, besides those of its page.
#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
pub(crate) struct Shell<'a> {
    lang: &'a str,
    /// `ltr` or `rtl`.
    dir: &'static str,
    here: &'a str,
    site_name: &'a str,
    /// Whether there is a form to sign up, for visitors who may.
    has_sign_up: bool,
    /// Whether the site sends mails.
    has_mail: bool,
    /// Whether browsers make passkeys for the site.
    has_passkeys: bool,
    user: Option<UserView>,
    flash: Option<FlashView>,
    wait: Option<WaitView>,
    #[serde(flatten)]
    view: &'a View,
}

/// Escapes as Tera does, except for `/`, which is harmless in quoted attributes: escaping it makes every path unreadable.
fn escape(text: &str) -> String {
    tera::escape_html(text).replace("&#x2F;", "/")
}

/// Whether a template may use the time, or a random number.
fn tells_more(template: &str) -> bool {
    let dense: String = template.split_whitespace().collect();
    dense.contains("now(") || dense.contains("get_random(")
}

fn asset_path(assets: &Assets, arguments: &HashMap<String, Value>) -> tera::Result<Value> {
    let name = arguments.get("name").and_then(Value::as_str).unwrap_or_default();
    assets.path_of(name).map(Value::from).ok_or_else(|| tera::Error::msg(format!("there is no asset `{name}`")))
}

/// The `*.html.tera` of a folder and of the folders in it, or those of another extension, by the names that templates use:
/// `log_in.html`, `mail/reset_password.txt`.
pub(crate) fn read_templates(folder: &Path, extension: &str) -> Result<Vec<(String, String)>, PagesError> {
    let suffix = format!(".{extension}.tera");
    let mut templates = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let unreadable = |source| PagesError::Unreadable { path: next.clone(), source };
        for entry in next.read_dir().map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
            if let Some(stem) = name.strip_suffix(&suffix) {
                let text = fs::read_to_string(&path).map_err(|source| PagesError::Unreadable { path, source })?;
                templates.push((format!("{stem}.{extension}"), text));
            }
        }
    }
    Ok(templates)
}

/// Why pages cannot be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PagesError {
    /// A file or folder cannot be read.
    #[error("DOORWARD_TEMPLATE_DIR: {}: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// A template cannot be parsed or rendered.
    #[error("DOORWARD_TEMPLATE_DIR: {0}")]
    Template(String),
}

impl PagesError {
    /// Joins Tera's nested causes, which have several lines, into one line.
    pub(crate) fn from_tera(error: tera::Error) -> Self {
        let mut causes = Vec::new();
        let mut next: Option<&dyn Error> = Some(&error);
        while let Some(cause) = next {
            causes.push(cause.to_string().split_whitespace().collect::<Vec<_>>().join(" "));
            next = cause.source();
        }
        Self::Template(causes.join(": "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(folder: Option<&Path>) -> Result<Pages, PagesError> {
        Pages::load("Doorward", folder, &Arc::new(Languages::load(None, Languages::ENGLISH).unwrap()))
    }

    #[test]
    fn debug_does_not_show_a_one_time_link() {
        let reader = Reader { lang: "en", here: "/reset/MARKER" };
        assert_eq!(format!("{reader:?}"), "Reader(en, [redacted])");
    }

    #[test]
    fn characters_of_markup_are_escaped_and_nothing_is_unescaped() {
        assert_eq!(escape("</a href=\"'&\">"), "&lt;/a href=&quot;&#x27;&amp;&quot;&gt;");
        assert_eq!(escape("&#x2F;"), "&amp;#x2F;");
    }

    #[test]
    fn pages_are_prepared_in_each_language_unless_a_template_asks_for_the_time_or_for_chance() {
        let rules = Rules::new(doorward_domain::PasswordPolicy::new(15, "Doorward"));
        let prepared = |pages: Pages| format!("{:?}", pages.prepared(&rules, None).unwrap().prepared);
        assert_eq!(prepared(load(None).unwrap()), "PreparedPages(24)");
        for impure in ["{{ now() | date(format=\"%Y\") }}", "{{ now () }}", "{{ get_random(end=6) }}"] {
            let folder = tempfile::TempDir::new().unwrap();
            fs::write(folder.path().join("footer.html.tera"), impure).unwrap();
            assert_eq!(prepared(load(Some(folder.path())).unwrap()), "PreparedPages(0)", "{impure}");
        }
    }
}
