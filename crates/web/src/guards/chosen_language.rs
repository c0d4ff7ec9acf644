use std::convert::Infallible;

use doorward_domain::Language;
use rocket::request::{FromRequest, Outcome, Request};

use crate::reader;

/// The language that somebody chose in this browser, where the site offers it.
pub(crate) struct ChosenLanguage(pub(crate) Option<Language>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for ChosenLanguage {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self(reader::chosen_language(request)))
    }
}
