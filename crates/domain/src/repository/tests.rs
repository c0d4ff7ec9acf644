use std::time::Duration;

use uuid::Uuid;

use crate::client::BrowserId;
use crate::clock::Timestamp;
use crate::repository::{Admission, NewSession, Settlement};
use crate::session::Session;
use crate::testing::SeededEntropy;
use crate::testing::fixtures::{NOON, new_session, session_of};
use crate::throttle::{Counter, CounterKey, CounterState, Limit};
use crate::token::TokenHash;
use crate::user::UserId;

const MOMENT: Duration = Duration::from_micros(1);

fn counter(name: &str) -> Counter {
    Counter::new(CounterKey::of(name, &[]), Limit::Backoff { free: 1, longest: Duration::from_hours(1) })
}

fn state(attempts: u32) -> CounterState {
    CounterState { attempts, free_at: NOON, forgotten_at: NOON.plus(Limit::MEMORY) }
}

#[test]
fn a_settlement_is_about_what_is_taken_back_and_what_is_forgotten() {
    let [tried, right] = ["tried", "right"].map(counter);
    let none = Settlement::default();
    let taken_back = Settlement { taken_back: vec![tried], ..none.clone() };
    let forgotten = Settlement { forgotten: vec![right.key], ..none.clone() };
    let both = Settlement { taken_back: vec![tried], forgotten: vec![right.key] };
    assert_eq!([&none, &taken_back, &forgotten, &both].map(Settlement::is_empty), [true, false, false, false]);
    assert_eq!(both.keys().collect::<Vec<_>>(), [tried.key, right.key]);
}

#[test]
fn a_forgotten_counter_is_not_taken_back_and_an_unknown_one_is_left_alone() {
    let [tried, right, unknown] = ["tried", "right", "unknown"].map(counter);
    let settlement = Settlement { taken_back: vec![tried, right, unknown], forgotten: vec![right.key] };
    let settled = settlement.settle(|key| (*key != unknown.key).then(|| state(2)), NOON);
    assert_eq!(settled, [(tried.key, Some(state(1))), (right.key, None)]);
}

#[test]
fn an_attempt_counts_on_all_counters_or_waits_for_the_one_that_is_free_last() {
    let [first, second, third] = ["first", "second", "third"].map(counter);
    let counted = Admission::count_all(&[first, second], |_| None, NOON).unwrap();
    assert_eq!(
        counted.iter().map(|(key, state)| (*key, state.attempts)).collect::<Vec<_>>(),
        [(first.key, 1), (second.key, 1)]
    );
    let wait = |seconds| NOON.plus(Duration::from_secs(seconds));
    let waits = |key: &CounterKey| {
        let free_at = if *key == second.key { wait(9) } else { wait(3) };
        Some(CounterState { attempts: 5, free_at, forgotten_at: wait(900) })
    };
    let refused = Admission::count_all(&[first, second, third], waits, NOON).unwrap_err();
    assert_eq!(refused, Admission::WaitUntil { free_at: wait(9), counter: second.key });
}

/// A session of the user in this browser, asked for at this time.
fn session_at(created_at: Timestamp, browser: Option<BrowserId>, user: UserId) -> Session {
    let session = session_of(user, &SeededEntropy::default());
    Session { created_at, client: session.client.in_browser(browser), ..session }
}

#[test]
fn of_two_sessions_in_a_browser_the_one_that_was_asked_for_last_counts() {
    let [ada, bob] = [1, 2].map(|number| UserId::from_uuid(Uuid::from_u128(number)));
    let [here, there] = [3, 4].map(|number| Some(BrowserId::from_uuid(Uuid::from_u128(number))));
    let new: NewSession = new_session(&session_at(NOON, here, ada), TokenHash::from_bytes([1; 32]));
    let is_beside = |at, browser, user| {
        let other = session_at(at, browser, user);
        (new.is_overtaken_by(&other), new.takes_the_place_of(&other))
    };
    assert_eq!(is_beside(NOON.minus(MOMENT), here, ada), (false, true));
    assert_eq!(is_beside(NOON, here, ada), (false, true));
    assert_eq!(is_beside(NOON.plus(MOMENT), here, ada), (true, false));
    assert_eq!(is_beside(NOON.plus(BrowserId::SENT_TWICE).minus(MOMENT), here, ada), (true, false));
    assert_eq!(is_beside(NOON.plus(BrowserId::SENT_TWICE), here, ada), (false, false), "it was set back, or waited");
    for (browser, user) in [(there, ada), (here, bob), (None, ada)] {
        assert_eq!(is_beside(NOON, browser, user), (false, false));
        assert_eq!(is_beside(NOON.plus(MOMENT), browser, user), (false, false));
    }
    let nowhere = new_session(&session_at(NOON, None, ada), TokenHash::from_bytes([1; 32]));
    assert!(!nowhere.takes_the_place_of(&session_at(NOON, None, ada)), "a browser that nobody knows is none");
}
