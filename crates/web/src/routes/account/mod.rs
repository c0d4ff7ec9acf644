//! The pages of a user's own account.

mod account_deletion;
mod activity;
pub(super) mod email;
mod passkey_reauthentication;
mod passkeys;
mod password_change;
mod password_removal;
mod reauthentication;
mod recovery_codes;
mod second_factor;
pub(super) mod second_factor_totp;
mod sessions;
mod username_change;

use doorward_domain::Visit;
use doorward_domain::browser::ReturnPath;
use rocket::{Route, get, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{LoggedIn, Service};
use crate::views::{AccountView, View};

pub(super) fn routes() -> Vec<Route> {
    [
        routes![show],
        sessions::routes(),
        password_change::routes(),
        username_change::routes(),
        account_deletion::routes(),
        reauthentication::routes(),
        second_factor::routes(),
        second_factor_totp::routes(),
        recovery_codes::routes(),
        activity::routes(),
    ]
    .concat()
}

pub(super) fn with_passkeys() -> Vec<Route> {
    [passkeys::routes(), passkey_reauthentication::routes(), password_removal::routes()].concat()
}

#[get("/account")]
async fn show(logged_in: LoggedIn, service: Service<'_>) -> Result<Page, Failure> {
    let user = &logged_in.0.user;
    let left = if user.second_factors.is_empty() {
        None
    } else {
        Some(service.second_factor_of(user.id).await?.recovery_codes_left)
    };
    Ok(Page::new(View::Account { account: AccountView::of(user, left) }, Some(&logged_in.0)))
}

/// Redirects to the form's page if the form was made for another account than the one that is logged in now, usually from
/// another tab. A program that sends no `account` means the logged-in one.
fn meant_for_another(fields: &Fields<'_>, visit: &Visit, page: &'static str) -> Option<Answer> {
    let account = fields.once("account");
    let is_own = account.is_empty() || account == visit.user.id.to_string();
    (!is_own).then(|| SeeOther::to(page).saying(Flash::AnotherAccount).into())
}

/// Asks for the password first, and comes back to this page.
fn reauthenticate_first(page: &str) -> SeeOther {
    reauthentication::reauthenticate_for(&ReturnPath::parse(page).unwrap_or_default())
}
