use std::sync::Arc;

use doorward_domain::Language;
use rocket::form::Form;
use rocket::http::Status;
use rocket::{Route, State, post, routes};

use crate::answer::{Answer, SeeOther};
use crate::failure::Failure;
use crate::forms::Fields;
use crate::guards::{Service, Visitor};
use crate::languages::Languages;

pub(super) fn routes() -> Vec<Route> {
    routes![choose]
}

/// Keeps the language in this browser, and with the account of a logged-in user.
#[post("/language", data = "<fields>")]
async fn choose(
    visitor: Visitor,
    fields: Form<Fields<'_>>,
    languages: &State<Arc<Languages>>,
    service: Service<'_>,
) -> Result<Answer, Failure> {
    let tag = languages.find(fields.once("language"));
    let Some((tag, language)) = tag.and_then(|tag| Some((tag, Language::parse(tag)?))) else {
        return Ok(Answer::Error(Status::UnprocessableEntity));
    };
    if let Some(visit) = &visitor.0 {
        service.save_language(visit.user.id, &language).await?;
    }
    service.cookies.set_language(service.jar, tag);
    Ok(SeeOther::to(fields.next().as_str()).into())
}
