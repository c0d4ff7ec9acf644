//! A path that is accepted stays on this site, also as a browser resolves it.
#![cfg_attr(not(test), no_main)]

use doorward_domain::browser::ReturnPath;
use url::Url;

pub fn target(next: &str) {
    if let Some(path) = ReturnPath::parse(next) {
        assert_eq!(path.as_str(), next);
        let base = Url::parse("https://site.example/log_in").unwrap();
        let followed = base.join(path.as_str()).unwrap();
        assert_eq!(followed.origin(), base.origin());
        let page = base.join(&path.appended_to("/log_in")).unwrap();
        let carried = page.query_pairs().find(|(name, _)| name == "next");
        assert_eq!(carried.map_or("/".to_owned(), |(_, value)| value.into_owned()), next);
    }
}

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|next: &str| target(next));
