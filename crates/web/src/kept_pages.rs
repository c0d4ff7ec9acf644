//! Pages that come again and again, kept as they were rendered.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// The HTML of pages, by everything that went into them.
#[derive(Default)]
pub(crate) struct KeptPages(RwLock<HashMap<Vec<u8>, Arc<[u8]>>>);

impl KeptPages {
    /// How many are kept: with some 3 KiB each, less than 2 MiB. One more, and all are rendered anew.
    const MOST: usize = 512;

    /// The page that these inputs make, which `render` makes of them. `None` where it does.
    pub(crate) fn get_or(&self, inputs: Vec<u8>, render: impl FnOnce() -> Option<String>) -> Option<Arc<[u8]>> {
        if let Some(kept) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&inputs) {
            return Some(Arc::clone(kept));
        }
        let page: Arc<[u8]> = render()?.into_bytes().into();
        let mut pages = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= Self::MOST {
            pages.clear();
        }
        pages.insert(inputs, Arc::clone(&page));
        Some(page)
    }
}

/// Shows no page: there are names in them.
impl fmt::Debug for KeptPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeptPages([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(kept: &KeptPages, inputs: &str, rendered: &str) -> Arc<[u8]> {
        kept.get_or(inputs.as_bytes().to_vec(), || Some(rendered.to_owned())).unwrap()
    }

    #[test]
    fn a_page_is_rendered_once_for_the_same_inputs() {
        let kept = KeptPages::default();
        assert_eq!(&*page(&kept, "ada", "Hello, ada"), b"Hello, ada");
        assert_eq!(&*page(&kept, "ada", "another time"), b"Hello, ada");
        assert_eq!(&*page(&kept, "bob", "Hello, bob"), b"Hello, bob");
    }

    #[test]
    fn a_page_that_cannot_be_rendered_is_tried_again() {
        let kept = KeptPages::default();
        assert_eq!(kept.get_or(Vec::new(), || None), None);
        assert_eq!(&*page(&kept, "", "now it can"), b"now it can");
    }

    #[test]
    fn no_more_are_kept_than_there_is_room_for() {
        let kept = KeptPages::default();
        for number in 0..=KeptPages::MOST {
            page(&kept, &number.to_string(), "x");
        }
        assert_eq!(kept.0.read().unwrap().len(), 1);
        assert_eq!(&*page(&kept, "0", "anew"), b"anew");
    }
}
