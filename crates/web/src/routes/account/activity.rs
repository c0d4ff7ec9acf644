use std::sync::Arc;

use doorward_domain::ActivityId;
use rocket::{Route, State, get, routes};

use crate::answer::Page;
use crate::auth::SiteAuth;
use crate::failure::Failure;
use crate::guards::LoggedIn;
use crate::views::{ActivityPage, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}

#[get("/account/activity?<before>")]
async fn show(logged_in: LoggedIn, before: Option<&str>, auth: &State<Arc<SiteAuth>>) -> Result<Page, Failure> {
    let before = before.and_then(ActivityId::parse);
    let activity = auth.activity_of(&logged_in.0, before, ActivityPage::READ + 1).await?;
    let page = ActivityPage::of(&activity, auth.rules());
    Ok(Page::new(View::Activity { page }, Some(&logged_in.0)))
}
