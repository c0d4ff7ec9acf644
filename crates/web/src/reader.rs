//! Who reads a page: in which language, and where they are.

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

/// The longest address of a page that its form for the language leads back to.
const LONGEST: usize = 1_024;

/// The tag of the language of whoever sent the request: the one that is saved with their account, else the one that they chose in
/// this browser, else the first of those that the browser asks for, else the default. A saved one is this browser's from now on.
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

/// The language that whoever sent the request reads, as far as their browser tells.
pub(crate) fn read_language(request: &Request<'_>) -> Option<Language> {
    Language::parse(language_of(request, languages_of(request)?, None))
}

/// The language that somebody chose in this browser, where the site offers it.
pub(crate) fn chosen_language(request: &Request<'_>) -> Option<Language> {
    Language::parse(chosen_tag(request, languages_of(request)?)?)
}

fn chosen_tag<'r>(request: &'r Request<'_>, languages: &'r Languages) -> Option<&'r str> {
    cookies::language(request).and_then(|tag| languages.find(tag))
}

fn languages_of<'r>(request: &'r Request<'_>) -> Option<&'r Languages> {
    request.rocket().state::<Arc<Languages>>().map(Arc::as_ref)
}

/// The page that the request is for; of a form that was sent, the page that it is on, empty again; the home page where there is none.
pub(crate) fn here(request: &Request<'_>) -> ReturnPath {
    let uri = request.uri();
    // What was refused at the gate has lost its address.
    let is_known =
        uri.path() != REFUSED && (request.method() == Method::Get || allowed_methods(request).contains("GET"));
    let whole = if request.method() == Method::Get { uri.to_string() } else { uri.path().to_string() };
    let page = ReturnPath::parse(&whole).filter(|_| is_known && whole.len() <= LONGEST);
    page.unwrap_or_default()
}
