//! The reader of a page: their language, and the page they are on.

use std::sync::Arc;

use doorward_domain::Language;
use doorward_domain::browser::ReturnPath;
use rocket::http::Method;
use rocket::request::Request;

use crate::audience::Audience;
use crate::catchers::allowed_methods;
use crate::cookies::{self, Cookies};
use crate::gate::REFUSED;
use crate::languages::Languages;

/// The longest path to which a page's form for the language leads back.
const LONGEST: usize = 1_024;

/// The tag of the reader's language: the one saved with their account, else the one chosen in this browser, else the first
/// of those that the browser asks for, else the default. A saved one is kept in this browser from now on.
pub(crate) fn language_of<'r>(request: &'r Request<'_>, languages: &'r Languages, saved: Option<&str>) -> &'r str {
    let chosen = chosen_tag(request, languages);
    let Some(saved) = saved.and_then(|tag| languages.find(tag)) else {
        return chosen.unwrap_or_else(|| languages.accepted(request.headers().get("accept-language")));
    };
    if chosen != Some(saved)
        && Audience::of(request) == Audience::Present
        && let Ok(cookies) = Cookies::of(request)
    {
        cookies.set_language(request.cookies(), saved);
    }
    saved
}

/// The language of the reader, as far as their browser tells.
pub(crate) fn read_language(request: &Request<'_>) -> Option<Language> {
    Language::parse(language_of(request, languages_of(request)?, None))
}

/// The language that was chosen in this browser, if the site offers it.
pub(crate) fn chosen_language(request: &Request<'_>) -> Option<Language> {
    Language::parse(chosen_tag(request, languages_of(request)?)?)
}

fn chosen_tag<'r>(request: &'r Request<'_>, languages: &'r Languages) -> Option<&'r str> {
    cookies::language(request).and_then(|tag| languages.find(tag))
}

fn languages_of<'r>(request: &'r Request<'_>) -> Option<&'r Languages> {
    request.rocket().state::<Arc<Languages>>().map(Arc::as_ref)
}

/// The page that the request is for. For a sent form, it is the form's page, empty again; if there is no such page, the home page.
pub(crate) fn here(request: &Request<'_>) -> ReturnPath {
    let uri = request.uri();
    // A request that the gate refused has lost its path.
    let is_known =
        uri.path() != REFUSED && (request.method() == Method::Get || allowed_methods(request).contains("GET"));
    let whole = if request.method() == Method::Get { uri.to_string() } else { uri.path().to_string() };
    let page = ReturnPath::parse(&whole).filter(|_| is_known && whole.len() <= LONGEST);
    page.unwrap_or_default()
}
