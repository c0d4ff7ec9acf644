//! The pages that look the same to every visitor without a session, rendered once for each language.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::pages::Reader;
use crate::views::View;

/// The HTML of these pages, by the template and the tag of the language.
#[derive(Clone, Default)]
pub(crate) struct PreparedPages(HashMap<(&'static str, String), Prepared>);

#[derive(Clone)]
struct Prepared {
    view: View,
    here: &'static str,
    html: Arc<[u8]>,
}

impl PreparedPages {
    /// Keeps the HTML of this page in this language, at this path.
    pub(crate) fn keep(&mut self, view: View, lang: &str, here: &'static str, html: String) {
        let prepared = Prepared { html: html.into_bytes().into(), view, here };
        self.0.insert((prepared.view.template(), lang.to_owned()), prepared);
    }

    /// The HTML of this page for this reader, if it was kept exactly so: with nothing typed in it, and at its own path.
    pub(crate) fn find(&self, view: &View, Reader { lang, here }: Reader<'_>) -> Option<Arc<[u8]>> {
        let prepared = self.0.get(&(view.template(), lang.to_owned()))?;
        (prepared.here == here && prepared.view == *view).then(|| Arc::clone(&prepared.html))
    }
}

impl fmt::Debug for PreparedPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PreparedPages({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use doorward_domain::browser::ReturnPath;
    use doorward_domain::{PasswordPolicy, Rules, SessionKind};

    use super::*;
    use crate::views::LogInForm;

    #[test]
    fn a_page_is_found_only_as_it_was_kept() {
        let rules = Rules::new(PasswordPolicy::new(PasswordPolicy::DEFAULT_MIN_CHARS, "Notes"));
        let form = |next: &str| LogInForm::empty(&rules, &ReturnPath::parse(next).unwrap_or_default());
        let of = |form| View::LogIn { form };
        let mut pages = PreparedPages::default();
        pages.keep(of(form("/")), "en", "/log_in", "the form".to_owned());
        let found = |view: View, lang, here| pages.find(&view, Reader { lang, here }).is_some();
        assert!(found(of(form("/")), "en", "/log_in"));
        assert!(!found(of(form("/")), "de", "/log_in"));
        assert!(!found(of(form("/")), "en", "/log_in?next=/"));
        assert!(!found(of(form("/account")), "en", "/log_in"));
        assert!(!found(of(form("/").filled_in("ada", SessionKind::Ordinary)), "en", "/log_in"));
        assert!(!found(of(form("/").filled_in("", SessionKind::Kept)), "en", "/log_in"));
        assert!(!found(View::Home {}, "en", "/"));
    }
}
