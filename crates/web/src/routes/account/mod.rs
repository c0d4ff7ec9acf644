//! What users do with their account.

mod account_deletion;
mod activity;
pub(super) mod email;
mod password_change;
mod reauthentication;
mod sessions;
mod username_change;

use doorward_domain::Visit;
use doorward_domain::browser::ReturnPath;
use rocket::{Route, get, routes};

use crate::answer::{Answer, Page, SeeOther};
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::LoggedIn;
use crate::views::{AccountView, View};

pub(super) fn routes() -> Vec<Route> {
    [
        routes![show],
        sessions::routes(),
        password_change::routes(),
        username_change::routes(),
        account_deletion::routes(),
        reauthentication::routes(),
        activity::routes(),
    ]
    .concat()
}

#[get("/account")]
fn show(logged_in: LoggedIn) -> Page {
    let account = AccountView::of(&logged_in.0.user);
    Page::new(View::Account { account }, Some(&logged_in.0))
}

/// The page whose form it is once more, where the form was made for another account than the one that is logged in by now: in
/// another tab of the browser, as a rule. A program that sends no `account` means whoever is logged in.
fn meant_for_another(fields: &Fields<'_>, visit: &Visit, page: &'static str) -> Option<Answer> {
    let account = fields.once("account");
    let is_own = account.is_empty() || account == visit.user.id.to_string();
    (!is_own).then(|| SeeOther::to(page).saying(Flash::AnotherAccount).into())
}

/// Asks for the password first, and comes back to this page.
fn reauthenticate_first(page: &str) -> SeeOther {
    reauthentication::reauthenticate_for(&ReturnPath::parse(page).unwrap_or_default())
}
