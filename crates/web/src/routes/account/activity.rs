use doorward_domain::ActivityId;
use rocket::{Route, get, routes};

use crate::answer::Page;
use crate::failure::Failure;
use crate::guards::{LoggedIn, Service};
use crate::views::{ActivityPage, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}

#[get("/account/activity?<before>")]
async fn show(logged_in: LoggedIn, before: Option<&str>, service: Service<'_>) -> Result<Page, Failure> {
    let before = before.and_then(ActivityId::parse);
    let activity = service.activity_of(&logged_in.0, before, ActivityPage::READ + 1).await?;
    let page = ActivityPage::of(&activity, service.rules());
    Ok(Page::new(View::Activity { page }, Some(&logged_in.0)))
}
