//! Recent activity.

use std::collections::BTreeSet;

use doorward_domain::{Activity, Event, Rules};
use rocket::serde::Serialize;

use super::{ClientView, Content, Given, Moment, days};

/// A page of recent activity.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ActivityPage {
    /// The entries, newest first.
    pub entries: Vec<ActivityEntry>,
    /// The page of earlier activity, if there is any.
    pub older_url: Option<String>,
    /// For how many days activity is kept.
    pub kept_days: u64,
}

/// An entry of the list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde", rename_all = "snake_case")]
pub enum ActivityEntry {
    /// Something that happened.
    One(ActivityView),
    /// Failed attempts to log in with nothing else between them.
    Attempts(AttemptsView),
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct ActivityView {
    /// The code of the event.
    pub event: &'static str,
    /// Whether it is a reason to look twice.
    pub is_failed_attempt: bool,
    /// Whether the operator of the site did it, from no browser.
    pub is_by_operator: bool,
    /// When it happened.
    pub at: Moment,
    /// The client that it came from.
    pub client: ClientView,
}

/// Failed attempts to log in, in a row.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct AttemptsView {
    /// How many attempts there were.
    pub count: usize,
    /// From how many network addresses they came.
    pub addresses: usize,
    /// When the first one was.
    pub first: Moment,
    /// When the last one was.
    pub last: Moment,
    /// The last attempts, newest first.
    pub shown: Vec<ActivityView>,
    /// How many more attempts there are.
    pub more: usize,
}

impl ActivityPage {
    /// How many events are read for a page: more than it shows, as attempts in a row are one entry.
    pub(crate) const READ: u32 = 500;

    /// How many entries a page has.
    const ENTRIES: usize = 50;

    /// The page of these events. If one more than [`READ`](Self::READ) was read, there are older ones.
    pub(crate) fn of(activity: &[Activity], rules: &Rules) -> Self {
        let most = usize::try_from(Self::READ).unwrap_or(usize::MAX);
        let read = activity.get(..most).unwrap_or(activity);
        let is_failed = |activity: &Activity| activity.event == Event::LogInFailed;
        let rows = read.chunk_by(|one, next| is_failed(one) && is_failed(next));
        let entries = rows.flat_map(|rows| rows.chunks(if rows.len() >= AttemptsView::LEAST { rows.len() } else { 1 }));
        let shown: Vec<_> = entries.take(Self::ENTRIES).collect();
        let count: usize = shown.iter().map(|rows| rows.len()).sum();
        let last = shown.last().and_then(|rows| rows.last()).filter(|_| activity.len() > count);
        Self {
            entries: shown.into_iter().filter_map(ActivityEntry::of).collect(),
            older_url: last.map(|last| format!("/account/activity?before={}", last.id)),
            kept_days: days(rules.activity_retention),
        }
    }
}

impl ActivityEntry {
    /// The entry of one event, or of attempts in a row, newest first.
    fn of(rows: &[Activity]) -> Option<Self> {
        match rows {
            [] => None,
            [one] => Some(Self::One(ActivityView::of(one))),
            [last, .., first] => {
                let addresses: BTreeSet<_> = rows.iter().map(|attempt| attempt.client.address).collect();
                let shown: Vec<_> = rows.iter().take(AttemptsView::SHOWN).map(ActivityView::of).collect();
                Some(Self::Attempts(AttemptsView {
                    count: rows.len(),
                    addresses: addresses.len(),
                    first: Moment::of(first.at),
                    last: Moment::of(last.at),
                    more: rows.len() - shown.len(),
                    shown,
                }))
            }
        }
    }
}

impl AttemptsView {
    /// The least number of attempts in a row that share an entry.
    const LEAST: usize = 3;

    /// How many of the attempts are listed one by one.
    const SHOWN: usize = 20;
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

impl Content for ActivityPage {
    fn samples(_: &Given) -> Vec<Self> {
        let happened = |event: Event, client| ActivityView {
            event: event.code(),
            is_failed_attempt: event.is_failed_attempt(),
            is_by_operator: event.is_by_operator(),
            at: Moment::sample(),
            client,
        };
        let lately = Event::ALL.iter().map(|&event| happened(event, ClientView::longest()));
        let others = [ClientView::unknown(), ClientView::web_view()].map(|client| happened(Event::LoggedIn, client));
        let attempts = |count, addresses, more| {
            let shown = vec![happened(Event::LogInFailed, ClientView::longest()); 3];
            ActivityEntry::Attempts(AttemptsView {
                count,
                addresses,
                first: Moment::sample(),
                last: Moment::sample(),
                shown,
                more,
            })
        };
        let runs = [attempts(3, 1, 0), attempts(60, 55, 57)];
        let entries = lately.chain(others).map(ActivityEntry::One).chain(runs).collect();
        let older_url = Some("/account/activity?before=01890a5d-ac96-774b-bcce-b302099a8057".to_owned());
        let pages = [(Vec::new(), None), (entries, older_url)];
        pages.map(|(entries, older_url)| Self { entries, older_url, kept_days: 90 }).into()
    }
}
