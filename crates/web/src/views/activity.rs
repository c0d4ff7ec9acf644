//! What happened lately.

use doorward_domain::{Activity, Event, Rules};
use rocket::serde::Serialize;

use super::{ClientView, Moment, View, days};

/// A page of what happened lately.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ActivityPage {
    /// What happened, newest first.
    pub activity: Vec<ActivityView>,
    /// The page with what happened before, where there is more.
    pub older_url: Option<String>,
    /// For how many days it is kept.
    pub kept_days: u64,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ActivityView {
    /// What.
    pub event: &'static str,
    /// Whether it is a reason to look twice.
    pub is_failed_attempt: bool,
    /// Whether the operator of the site did it, from no browser.
    pub is_by_operator: bool,
    /// When.
    pub at: Moment,
    /// From where.
    pub client: ClientView,
}

impl ActivityPage {
    /// The first `most` of this; if there is more, with a way to it.
    pub(crate) fn of(activity: &[Activity], most: u32, rules: &Rules) -> Self {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let shown = activity.get(..most).unwrap_or(activity);
        let older = shown.last().filter(|_| activity.len() > most);
        Self {
            activity: shown.iter().map(ActivityView::of).collect(),
            older_url: older.map(|last| format!("/account/activity?before={}", last.id)),
            kept_days: days(rules.activity_retention),
        }
    }
}

impl ActivityView {
    fn of(activity: &Activity) -> Self {
        Self {
            event: activity.event.code(),
            is_failed_attempt: activity.event.is_failed_attempt(),
            is_by_operator: activity.event.is_by_operator(),
            at: Moment::of(activity.at),
            client: ClientView::of(&activity.client),
        }
    }
}

/// One of each state.
pub(super) fn samples() -> Vec<View> {
    let happened = |event: Event, client| ActivityView {
        event: event.code(),
        is_failed_attempt: event.is_failed_attempt(),
        is_by_operator: event.is_by_operator(),
        at: Moment::sample(),
        client,
    };
    let lately = Event::ALL.iter().map(|&event| happened(event, ClientView::longest()));
    let activity = lately
        .chain([ClientView::unknown(), ClientView::web_view()].map(|client| happened(Event::LoggedIn, client)))
        .collect();
    let older_url = Some("/account/activity?before=01890a5d-ac96-774b-bcce-b302099a8057".to_owned());
    let pages = [(Vec::new(), None), (activity, older_url)];
    pages
        .map(|(activity, older_url)| View::Activity { page: ActivityPage { activity, older_url, kept_days: 90 } })
        .into()
}
