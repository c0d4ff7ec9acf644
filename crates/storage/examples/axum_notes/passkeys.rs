//! Passkeys for the notes: what a script asks for and sends, and the script.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use doorward_domain::{
    AddPasskey, AddPasskeyError, LogInByPasskey, LogInStep, ProvePasskeyError, RecoveryCode, RecoveryCodes,
};
use doorward_passkeys::{creation_options, request_options};
use serde_json::json;

use super::{COOKIES, LoggedIn, Notes, Site, UNAVAILABLE, Visitor};

pub(crate) fn routes() -> Router<Arc<Notes>> {
    Router::new()
        .route("/passkeys.js", get(|| async { ([(header::CONTENT_TYPE, "text/javascript")], SCRIPT) }))
        .route("/passkeys/options", post(begin))
        .route("/passkeys", post(add))
        .route("/log_in/passkey/options", post(request))
        .route("/log_in/passkey", post(log_in))
}

async fn begin(State(notes): Site, from: Visitor, LoggedIn(visit): LoggedIn) -> Result<String, StatusCode> {
    let creation = notes.auth.from(&from.0).begin_passkey(&visit).await.map_err(|error| refusal_to_add(&error))?;
    Ok(creation_options(&creation))
}

async fn add(
    State(notes): Site,
    from: Visitor,
    LoggedIn(visit): LoggedIn,
    answer: String,
) -> Result<Response, StatusCode> {
    let added = notes.auth.from(&from.0).add_passkey(&visit, AddPasskey::new(&answer)).await;
    let added = added.map_err(|error| refusal_to_add(&error))?;
    let codes = added.recovery_codes.as_ref().into_iter().flat_map(RecoveryCodes::iter);
    let codes: Vec<_> = codes.map(RecoveryCode::expose_secret).collect();
    let cookie = COOKIES.set_session(&added.token.expose_secret(), None);
    Ok(([(header::SET_COOKIE, cookie)], Json(json!({ "recovery_codes": codes }))).into_response())
}

async fn request(State(notes): Site, from: Visitor) -> Result<String, StatusCode> {
    let request = notes.auth.from(&from.0).request_passkey_log_in().map_err(|_| UNAVAILABLE)?;
    Ok(request_options(&request))
}

async fn log_in(State(notes): Site, from: Visitor, answer: String) -> Result<Response, StatusCode> {
    let log_in = LogInByPasskey::new(&answer).replacing(from.1.as_ref());
    match notes.auth.from(&from.0).log_in_by_passkey(log_in).await {
        Ok(LogInStep::Done(logged_in)) => {
            let cookie = COOKIES.set_session(&logged_in.token.expose_secret(), None);
            Ok(([(header::SET_COOKIE, cookie)], Json(json!({}))).into_response())
        }
        Ok(_) => Ok(Json(json!({})).into_response()),
        Err(ProvePasskeyError::Failed(_)) => Err(UNAVAILABLE),
        Err(_) => Err(StatusCode::UNPROCESSABLE_ENTITY),
    }
}

/// 403: log in once more first.
const fn refusal_to_add(error: &AddPasskeyError) -> StatusCode {
    match error {
        AddPasskeyError::NotRecent => StatusCode::FORBIDDEN,
        AddPasskeyError::Failed(_) => UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Shows the button of the page, which is hidden where there is no script or the browser has no passkeys.
const SCRIPT: &str = r#"
const send = async (path, body) => {
    const answer = await fetch(path, { method: "POST", body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
};
const add = async () => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await send("/passkeys/options"));
    const { recovery_codes } = await send("/passkeys", await navigator.credentials.create({ publicKey }));
    if (recovery_codes.length) alert("Keep these recovery codes:\n" + recovery_codes.join("\n"));
};
const logIn = async () => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await send("/log_in/passkey/options"));
    await send("/log_in/passkey", await navigator.credentials.get({ publicKey }));
    location.assign("/");
};
for (const button of document.querySelectorAll("[data-passkey]")) {
    if (!self.PublicKeyCredential?.parseRequestOptionsFromJSON) break;
    button.hidden = false;
    const act = button.dataset.passkey === "add" ? add : logIn;
    button.addEventListener("click", () => act().catch((error) => alert("That did not work: " + error.message)));
}
"#;
