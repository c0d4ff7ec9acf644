//! A cache of the home pages of logged-in users, which are requested most.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::views::UserView;

/// How many pages are kept, of about 4 KB each.
const MOST: usize = 512;

/// The HTML of each user's home page, with the tag of its language. The page depends on these two only.
#[derive(Clone, Default)]
pub(crate) struct HomePages(Arc<Mutex<HashMap<UserView, Rendered>>>);

struct Rendered {
    lang: String,
    html: Arc<[u8]>,
}

impl HomePages {
    /// The page of this user in this language, if it is the last that was rendered for them.
    pub(crate) fn find(&self, user: &UserView, lang: &str) -> Option<Arc<[u8]>> {
        let pages = self.lock();
        let rendered = pages.get(user).filter(|rendered| rendered.lang == lang)?;
        Some(Arc::clone(&rendered.html))
    }

    /// Keeps a page. If there are too many users, all other pages are dropped first.
    pub(crate) fn keep(&self, user: UserView, lang: &str, html: Arc<[u8]>) {
        let mut pages = self.lock();
        if pages.len() >= MOST && !pages.contains_key(&user) {
            pages.clear();
        }
        pages.insert(user, Rendered { lang: lang.to_owned(), html });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserView, Rendered>> {
        // Each entry is whole at any time.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for HomePages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HomePages({})", self.lock().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_found_by_its_user_and_language_alone_and_not_too_many_are_kept() {
        let user = |number: usize| UserView { username: format!("ada{number}"), ..UserView::sample() };
        let pages = HomePages::default();
        let keep = |number, lang| pages.keep(user(number), lang, format!("{number} {lang}").into_bytes().into());
        let find = |number, lang| pages.find(&user(number), lang).map(|html| String::from_utf8(html.to_vec()).unwrap());
        keep(0, "en");
        assert_eq!((find(0, "en").as_deref(), find(0, "de"), find(1, "en")), (Some("0 en"), None, None));
        keep(0, "de");
        assert_eq!((find(0, "en"), find(0, "de").as_deref()), (None, Some("0 de")));
        (0..MOST).for_each(|number| keep(number, "en"));
        assert_eq!((find(0, "en").as_deref(), format!("{pages:?}")), (Some("0 en"), format!("HomePages({MOST})")));
        keep(MOST, "en");
        assert_eq!(
            (find(0, "en"), find(MOST, "en").is_some(), format!("{pages:?}")),
            (None, true, "HomePages(1)".to_owned())
        );
    }
}
