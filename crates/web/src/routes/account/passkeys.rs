use doorward_domain::passkey::PasskeyNameError;
use doorward_domain::{AddPasskey, AddPasskeyError, ChangePasskeyError, PasskeyAdded, PasskeyId, PasskeyName, Visit};
use rocket::form::Form;
use rocket::http::{ContentType, Status};
use rocket::serde::json::serde_json::json;
use rocket::{Route, State, get, post, routes};

use super::{meant_for_another, reauthenticate_first, reauthentication, recovery_codes};
use crate::answer::{Answer, Page, SeeOther};
use crate::config::PublicUrl;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{Identified, LoggedIn, Service};
use crate::interrupted::Interrupted;
use crate::metrics::Action;
use crate::reply::{Done, Refusal, Reply, unfit_code};
use crate::sent::Sent;
use crate::views::{PasskeySignals, PasskeysPage, PasswordState, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, options, add, rename, remove, well_known]
}

pub(super) const PAGE: &str = "/account/passkeys";

#[get("/account/passkeys")]
async fn show(identified: Identified, service: Service<'_>) -> Result<Page, Failure> {
    let page = page(&identified.0, &service).await?;
    Ok(Page::new(View::Passkeys { page }, Some(&identified.0)))
}

/// The options for the browser's authenticators. Errors in the form are reported before an authenticator is asked.
#[post("/account/passkeys/options", data = "<sent>")]
async fn options(identified: Identified, sent: Sent, service: Service<'_>) -> Result<Reply, Failure> {
    let visit = &identified.0;
    if let Some(refusal) = unfit_form(&sent, visit) {
        return Ok(refusal.into());
    }
    if service.has_recent_log_in(visit) && needs_code(visit) && sent.code().trim().is_empty() {
        return Ok(Refusal::of_code("empty", &"that needs a code").into());
    }
    match service.traced(Action::BeginPasskey, service.begin_passkey(visit)).await {
        Ok(creation) => Ok(creation.into()),
        Err(error) => not_added(error),
    }
}

#[post("/account/passkeys", data = "<sent>")]
async fn add(identified: Identified, sent: Sent, service: Service<'_>) -> Result<Reply, Failure> {
    let visit = &identified.0;
    if let Some(refusal) = unfit_form(&sent, visit) {
        return Ok(refusal.into());
    }
    let name = PasskeyName::parse(sent.name()).ok();
    let add = AddPasskey::new(&sent.credential).named(name.as_ref()).proved_by(sent.code());
    match service.traced(Action::AddPasskey, service.add_passkey(visit, add)).await {
        Ok(added) => Ok(finish(&added, visit, &service)),
        Err(error) => not_added(error),
    }
}

#[post("/account/passkeys/<id>", data = "<fields>")]
async fn rename(
    logged_in: LoggedIn,
    id: &str,
    fields: Form<Fields<'_>>,
    service: Service<'_>,
) -> Result<Answer, Failure> {
    let (visit, typed) = (&logged_in.0, fields.once("name"));
    let Some(id) = PasskeyId::parse(id) else { return Ok(Answer::Error(Status::NotFound)) };
    if let Some(page) = meant_for_another(&fields, visit, PAGE) {
        return Ok(page);
    }
    let name = match PasskeyName::parse(typed) {
        Ok(name) => name,
        Err(error) => {
            let page = page(visit, &service).await?.name_refused(id, typed, error);
            return Ok(Page::refused(View::Passkeys { page }, Some(visit)).into());
        }
    };
    match service.traced(Action::RenamePasskey, service.rename_passkey(visit, id, &name)).await {
        Ok(()) => Ok(SeeOther::to(PAGE).saying(Flash::PasskeyRenamed).into()),
        Err(error) => not_changed(error, id, visit, &service).await,
    }
}

/// Needs a code, too, in a session that has proved no second factor.
#[post("/account/passkeys/<id>/delete", data = "<fields>")]
async fn remove(
    logged_in: LoggedIn,
    id: &str,
    fields: Form<Fields<'_>>,
    service: Service<'_>,
) -> Result<Answer, Failure> {
    let (visit, code) = (&logged_in.0, fields.once("code"));
    let Some(id) = PasskeyId::parse(id) else { return Ok(Answer::Error(Status::NotFound)) };
    if let Some(page) = meant_for_another(&fields, visit, PAGE) {
        return Ok(page);
    }
    if service.has_recent_log_in(visit) && needs_code(visit) && code.trim().is_empty() {
        let page = page(visit, &service).await?.removal_refused(id, "empty");
        return Ok(Page::refused(View::Passkeys { page }, Some(visit)).into());
    }
    match service.traced(Action::RemovePasskey, service.remove_passkey(visit, id, code)).await {
        Ok(token) => {
            service.set_session(&visit.session, &token);
            Ok(SeeOther::to(PAGE).saying(Flash::PasskeyRemoved).into())
        }
        Err(error) => not_changed(error, id, visit, &service).await,
    }
}

/// The URL where password managers look for the page (W3C, A Well-Known URL for Relying Party Passkey Endpoints).
#[get("/.well-known/passkey-endpoints")]
fn well_known(public_url: &State<PublicUrl>) -> (ContentType, String) {
    let url = format!("{}{PAGE}", public_url.origin());
    (ContentType::JSON, json!({ "enroll": url, "manage": url }).to_string())
}

pub(super) async fn page(visit: &Visit, service: &Service<'_>) -> Result<PasskeysPage, Failure> {
    let user = &visit.user;
    let passkeys = service.passkeys_of(user.id).await?;
    let handle = service.user_handle_of(user.id).await?;
    let codes_left = service.second_factor_of(user.id).await?.recovery_codes_left;
    let has_password = service.has_password(user.id).await?;
    let signal = |(site, handle)| PasskeySignals::of(site, user, handle, &passkeys);
    Ok(PasskeysPage {
        takes_code: needs_code(visit),
        is_required: service.is_second_factor_due(user),
        password: PasswordState::of(has_password, passkeys.len(), codes_left),
        signal: service.passkey_site().zip(handle).map(signal),
        ..PasskeysPage::of(&passkeys)
    })
}

/// Whether adding or removing a passkey, or removing the password, needs a code.
pub(super) const fn needs_code(visit: &Visit) -> bool {
    !visit.user.second_factors.is_empty() && !visit.session.authentication.methods.prove_second_factor()
}

/// What is wrong with the fields around the button, if anything is.
fn unfit_form(sent: &Sent, visit: &Visit) -> Option<Refusal> {
    if !sent.account().is_empty() && sent.account() != visit.user.id.to_string() {
        let refusal = Refusal::of_code("another_account", &"the form was made for another account");
        return Some(refusal.leading_to(PAGE).saying(Flash::AnotherAccount));
    }
    // The name may be left out.
    match PasskeyName::parse(sent.name()) {
        Ok(_) | Err(PasskeyNameError::Empty) => None,
        Err(error @ PasskeyNameError::BadCharacter) => Some(Refusal::of_code("name_bad_character", &error)),
        Err(error) => Some(Refusal::of_code("name_too_long", &error)),
    }
}

/// Shows the recovery codes that came with the passkey, if any did.
fn finish(added: &PasskeyAdded, visit: &Visit, service: &Service<'_>) -> Reply {
    service.set_session(&visit.session, &added.token);
    match &added.recovery_codes {
        Some(codes) => {
            recovery_codes::keep_first(codes, visit, service);
            Done::leading_to(recovery_codes::PAGE).into()
        }
        None => Done::leading_to(PAGE).saying(Flash::PasskeyAdded).into(),
    }
}

/// The response if no passkey was added.
fn not_added(error: AddPasskeyError) -> Result<Reply, Failure> {
    let code = match &error {
        AddPasskeyError::NotOffered => return Ok(Reply::Error(Status::NotFound)),
        AddPasskeyError::Ended => return Ok(Reply::Error(Status::Unauthorized)),
        AddPasskeyError::NotRecent => {
            let refusal = Refusal::with_status(Status::Forbidden, "not_recent", &error);
            return Ok(refusal.leading_to(reauthentication::path_for(PAGE)).into());
        }
        AddPasskeyError::Throttled(throttled) => {
            let refusal = Refusal::with_status(Status::TooManyRequests, "throttled", &error);
            return Ok(refusal.for_seconds(throttled.retry_after.as_secs()).into());
        }
        AddPasskeyError::Unfit(unfit) => unfit_code(*unfit),
        AddPasskeyError::Expired => "expired",
        AddPasskeyError::Wrong => "wrong",
        AddPasskeyError::TooMany => "too_many",
        AddPasskeyError::AlreadyAdded => "already_added",
        AddPasskeyError::Superseded => "superseded",
        _ => return Err(error.into()),
    };
    Ok(Refusal::of_code(code, &error).into())
}

async fn not_changed(
    error: ChangePasskeyError,
    id: PasskeyId,
    visit: &Visit,
    service: &Service<'_>,
) -> Result<Answer, Failure> {
    let page = async || page(visit, service).await;
    let refused = |page| Ok(Page::refused(View::Passkeys { page }, Some(visit)).into());
    match error {
        ChangePasskeyError::NotRecent => Ok(reauthenticate_first(PAGE).into()),
        ChangePasskeyError::NotFound => Ok(Answer::Error(Status::NotFound)),
        ChangePasskeyError::LastWayIn => refused(page().await?.refused("last_way_in")),
        ChangePasskeyError::Wrong => refused(page().await?.removal_refused(id, "wrong")),
        error => {
            let page = page().await?;
            Interrupted::from(error).in_form(|| View::Passkeys { page }, Some(visit))
        }
    }
}
