use std::sync::Arc;

use doorward_domain::link::LinkToken;
use doorward_domain::{LinkError, ResetPasswordError, User};
use rocket::form::Form;
use rocket::http::Status;
use rocket::{Route, State, get, post, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::auth::SiteAuth;
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::RequestClient;
use crate::views::{LinkExpiredNote, PasswordResetForm, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, submit]
}

/// Changes nothing, however often it is asked for: programs that look at mail open links, too.
#[get("/reset/<token>")]
async fn show(token: &str, auth: &State<Arc<SiteAuth>>) -> Result<Answer, Failure> {
    let Some(user) = find_user(token, auth).await? else { return Ok(expired()) };
    Ok(Page::new(View::PasswordReset { form: PasswordResetForm::empty(token, &user, auth.policy()) }, None).into())
}

#[post("/reset", data = "<fields>")]
async fn submit(
    fields: Form<Fields<'_>>,
    client: RequestClient,
    auth: &State<Arc<SiteAuth>>,
) -> Result<Answer, Failure> {
    let (typed, new) = (fields.once("token"), fields.once("new_password"));
    let Some(token) = LinkToken::parse(typed) else { return Ok(expired()) };
    let Err(error) = client.traced(auth.from(&client.client).reset_password(&token, new)).await else {
        return Ok(SeeOther::to("/log_in").saying(Flash::PasswordReset).into());
    };
    // The form once more, which names the account, as long as the link is good.
    let form = |user: &User| PasswordResetForm::empty(typed, user, auth.policy());
    Ok(match error {
        ResetPasswordError::Expired => expired(),
        ResetPasswordError::Unfit(error) => match find_user(typed, auth).await? {
            Some(user) => Page::refused(View::PasswordReset { form: form(&user).refused(&error) }, None).into(),
            None => expired(),
        },
        ResetPasswordError::Throttled(throttled) => match find_user(typed, auth).await? {
            Some(user) => Page::throttled(View::PasswordReset { form: form(&user) }, None, throttled).into(),
            None => expired(),
        },
        error => return Err(error.into()),
    })
}

/// Whose password the link sets, where it is good.
async fn find_user(token: &str, auth: &SiteAuth) -> Result<Option<User>, Failure> {
    let Some(token) = LinkToken::parse(token) else { return Ok(None) };
    match auth.find_reset(&token).await {
        Ok(user) => Ok(Some(user)),
        Err(LinkError::Expired) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// One page for a link that is used, out of date or unknown.
pub(super) fn expired() -> Answer {
    Page::new(View::LinkExpired { note: LinkExpiredNote {} }, None).with_status(Status::Gone).into()
}
