use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::config::{Settings, SignUp, SiteConfig};
use crate::mails::Mails;
use crate::pages::{Notice, Pages, Reader};
use crate::views::{UserView, View};

fn compiled_in() -> Languages {
    Languages::load(None, Languages::ENGLISH).unwrap()
}

/// A folder with these files of texts, and a template that uses `own-text`.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("locales")).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join("locales").join(name), text).unwrap();
    }
    fs::write(folder.path().join("own.html.tera"), r#"{{ t(lang=lang, key="own-text") }}"#).unwrap();
    folder
}

fn refusal(files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    let said = Languages::load(Some(folder.path()), Languages::ENGLISH).unwrap_err().to_string();
    assert!(!said.contains('\n'), "{said}");
    said
}

fn text(languages: &Languages, tag: &str, key: &str) -> String {
    languages.texts(tag).unwrap().text(key, &fluent_bundle::FluentArgs::new()).unwrap()
}

#[test]
fn six_languages_are_compiled_in_and_arabic_is_written_from_the_right() {
    let languages = compiled_in();
    assert_eq!(languages.tags().collect::<Vec<_>>(), ["ar", "de", "en", "es", "fr", "pt-BR"]);
    let directions: Vec<_> = languages.tags().map(|tag| languages.direction(tag)).collect();
    assert_eq!(directions, ["rtl", "ltr", "ltr", "ltr", "ltr", "ltr"]);
    let names: Vec<_> = languages.tags().map(|tag| text(&languages, tag, "language-name")).collect();
    assert_eq!(names, ["العربية", "Deutsch", "English", "Español", "Français", "Português (Brasil)"]);
}

#[test]
fn a_tag_finds_the_closest_language_that_there_is() {
    let languages = compiled_in();
    for (asked, found) in [
        ("de", Some("de")),
        ("de-CH", Some("de")),
        ("DE-at", Some("de")),
        ("pt", Some("pt-BR")),
        ("pt-PT", Some("pt-BR")),
        ("pt-BR", Some("pt-BR")),
        ("es-419", Some("es")),
        ("ar-EG", Some("ar")),
        ("en-GB", Some("en")),
        ("nl", None),
        ("zh-TW", None),
        ("", None),
        ("../de", None),
        ("de; Path=/", None),
    ] {
        assert_eq!(languages.find(asked), found, "{asked}");
    }
}

#[test]
fn a_browser_gets_the_first_of_its_languages_that_there_is() {
    let languages = Languages::load(None, "fr").unwrap();
    for (header, found) in [
        ("de-CH,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.1, de;q=0.9", "de"),
        ("nl, pt;q=0.5, en;q=0.4", "pt-BR"),
        ("de;q=0, es;q=0.1", "es"),
        ("nl, *;q=0.5, de;q=0.4", "fr"),
        ("*", "fr"),
        ("nl", "fr"),
        ("", "fr"),
    ] {
        assert_eq!(languages.accepted([header]), found, "{header}");
    }
    assert_eq!(languages.accepted([]), "fr");
}

#[test]
fn a_folder_says_things_in_other_words_and_adds_languages() {
    let dutch = COMPILED_IN[2].1.replace("language-name = English", "language-name = Nederlands");
    let own = "own-text = Ours";
    let files = [("ar.ftl", own), ("de.ftl", own), ("es.ftl", own), ("fr.ftl", own), ("pt-br.ftl", own)];
    let (english, dutch) = (format!("welcome = Hi\n{own}"), format!("{dutch}\n{own}"));
    let folder = folder(&[&files[..], &[("en.ftl", &english), ("nl.ftl", &dutch), ("notes.txt", "")]].concat());
    let languages = Languages::load(Some(folder.path()), "nl-BE").unwrap();
    assert_eq!(text(&languages, "en", "welcome"), "Hi");
    assert_eq!(text(&languages, "en", "log-in"), "Log In", "what it does not say stays");
    assert_eq!(text(&languages, "nl", "language-name"), "Nederlands");
    assert_eq!((languages.find("nl-NL"), languages.default()), (Some("nl"), "nl"));
}

#[test]
fn a_missing_message_or_variable_stops_the_start_and_is_named() {
    let said = refusal(&[("nl.ftl", "language-name = Nederlands")]);
    assert!(said.contains("language nl lacks the message `account`"), "{said}");
    let said = refusal(&[("de.ftl", "own-text = Unseres")]);
    assert!(said.contains("language ar lacks the message `own-text`"), "{said}");
    let said = refusal(&[("fr.ftl", "hello = Bonjour, { $name }")]);
    assert!(
        said.contains("language fr, message `hello`") && said.contains("$name") && said.contains("$username"),
        "{said}"
    );
    let said = refusal(&[("fr.ftl", "hello = Bonjour")]);
    assert!(said.contains("its variables are none, and have to be $username"), "{said}");
}

#[test]
fn a_text_that_cannot_be_written_stops_the_start_and_is_named() {
    let said = refusal(&[("en.ftl", "welcome = { -brand }")]);
    assert!(said.contains("language en, message `welcome`") && said.contains("-brand"), "{said}");
    let said = refusal(&[("en.ftl", "welcome = Hi\n\nhello = Hi\nhello = Ho")]);
    assert!(said.contains("en.ftl, line 3") && said.contains("`hello` is there twice"), "{said}");
    let said = refusal(&[("en.ftl", "welcome = Hi\n\nhello = { $\n")]);
    assert!(said.contains("en.ftl, line 3"), "{said}");
    let said = refusal(&[("long_name_of_a_language.ftl", "")]);
    assert!(said.contains("is not named after a language"), "{said}");
}

#[test]
fn a_text_that_no_template_uses_stops_the_start_and_is_named() {
    let own = "\nunused-text = Nobody's";
    let files = ["ar.ftl", "de.ftl", "en.ftl", "es.ftl", "fr.ftl", "pt-BR.ftl"].map(|name| (name, own));
    let said = refusal(&files);
    assert!(said.contains("language ar: no template uses the message `unused-text`"), "{said}");
}

#[test]
fn a_default_language_without_texts_stops_the_start_and_is_named() {
    let said = Languages::load(None, "nl").unwrap_err().to_string();
    assert!(said.contains("DEFAULT_LANGUAGE") && said.contains("`nl`") && said.contains("pt-BR"), "{said}");
}

/// A page that looks up a missing text by a code would fail at a visitor's request.
#[test]
fn every_text_is_asked_for_by_a_page_or_a_mail_and_every_one_that_is_asked_for_is_there() {
    let config = SiteConfig::read(Settings::read(TempDir::new().unwrap().path()).unwrap(), 8_000).unwrap();
    let languages = Arc::new(compiled_in());
    let pages = Pages::load("Doorward", None, &languages).unwrap();
    let closed = pages.clone().for_sign_up(SignUp::Closed);
    let with_mail = pages.clone().with_mail();
    let with_passkeys = pages.clone().with_passkeys();
    let mails = Mails::load(&config, &languages).unwrap();
    for tag in languages.tags() {
        let reader = Reader { lang: tag, here: "/" };
        for pages in [&pages, &with_mail, &with_passkeys, &closed] {
            for view in View::samples() {
                for user in [None, Some(UserView::sample())] {
                    pages.render(&view, reader, user, None).unwrap();
                }
            }
            for notice in Notice::samples() {
                pages.render(&View::Home {}, reader, None, Some(notice)).unwrap();
            }
        }
        assert!(mails.samples(tag).all(|written| written.is_ok()), "{tag}");
        let texts = languages.texts(tag).unwrap();
        let asked = texts.asked.lock().unwrap().clone();
        let unused: Vec<_> = texts.messages().keys().filter(|key| !asked.contains(*key)).collect();
        assert!(unused.is_empty(), "{tag}: {unused:?}");
    }
}

proptest! {
    #[test]
    fn any_text_finds_an_offered_language_or_none(sent in "\\PC{0,40}") {
        static LANGUAGES: LazyLock<Languages> = LazyLock::new(compiled_in);
        let languages = &*LANGUAGES;
        prop_assert!(languages.find(&sent).is_none_or(|tag| languages.tags().any(|known| known == tag)));
        prop_assert!(languages.tags().any(|known| known == languages.accepted([&*sent])));
    }
}
