use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::client::Client;
use crate::clock::Timestamp;
use crate::known_device::KnownDeviceId;
use crate::user::UserId;

const NOON: Timestamp = Timestamp::from_unix_micros(1_767_225_600_000_000);
const A_MOMENT: Duration = Duration::from_micros(1);

fn seconds(seconds: u64) -> Timestamp {
    NOON.plus(Duration::from_secs(seconds))
}

/// Makes this number of attempts, each as soon as it may; returns when each was counted, in seconds.
fn as_soon_as_possible(limit: Limit, attempts: usize) -> Vec<u64> {
    let (mut state, mut now, mut counted) = (None, NOON, Vec::new());
    for _ in 0..attempts {
        if let Err(until) = limit.count(state, now) {
            assert_eq!(limit.count(state, until.minus(A_MOMENT)), Err(until));
            now = until;
        }
        state = Some(limit.count(state, now).unwrap());
        counted.push(now.since(NOON).as_secs());
    }
    counted
}

#[test]
fn five_attempts_are_free_and_then_waits_double_up_to_an_hour() {
    let counted = as_soon_as_possible(ThrottleRules::default().pair, 20);
    let waits: Vec<_> = counted.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let doubling = [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600, 3600];
    assert_eq!(waits, doubling);
}

#[test]
fn a_name_waits_ten_seconds_at_the_most() {
    let counted = as_soon_as_possible(ThrottleRules::default().name, 12);
    let waits: Vec<_> = counted.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 10, 10, 10]);
}

#[test]
fn a_rate_lets_its_attempts_through_at_once_and_then_one_at_a_time() {
    let counted = as_soon_as_possible(ThrottleRules::default().failures, 13);
    assert_eq!(counted, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 12, 18]);
}

#[test]
fn a_backoff_is_forgotten_after_a_quarter_of_an_hour_and_a_day_for_an_hours_wait() {
    let pair = ThrottleRules::default().pair;
    assert_eq!(pair.memory_after(4), Duration::from_mins(15));
    assert_eq!(pair.memory_after(40), Duration::from_hours(24) + Duration::from_mins(15));
    let state = CounterState { attempts: 9, free_at: seconds(60), forgotten_at: seconds(60) };
    let anew = pair.count(Some(state), seconds(60)).unwrap();
    assert_eq!((anew.attempts, anew.free_at), (1, seconds(60)));
    let state = CounterState { forgotten_at: seconds(61), ..state };
    assert_eq!(pair.count(Some(state), seconds(60)).unwrap().attempts, 10);
}

#[test]
fn an_attempt_that_is_taken_back_leaves_the_counter_as_it_was() {
    let ThrottleRules { name, failures, .. } = ThrottleRules::default();
    for limit in [name, failures] {
        let five = (0..5).fold(None, |state, _| Some(limit.count(state, NOON).unwrap()));
        let six = limit.count(five, seconds(2)).unwrap();
        let back = limit.take_back(six, seconds(2)).unwrap();
        assert_eq!(back.attempts, 5);
        assert!(limit.count(Some(back), seconds(2)).is_ok());
        let all = (0..5).try_fold(back, |state, _| limit.take_back(state, seconds(2)));
        assert_eq!(all, None);
    }
}

/// Like two requests of a double click: the one that read the clock first may be counted last.
#[test]
fn a_free_attempt_does_not_wait_for_one_that_came_a_moment_later() {
    let ThrottleRules { pair, name, .. } = ThrottleRules::default();
    for limit in [pair, name] {
        let four = (0..4).fold(None, |state, _| Some(limit.count(state, NOON).unwrap()));
        let five = limit.count(four, NOON.minus(A_MOMENT)).unwrap();
        assert_eq!(five.attempts, 5);
        assert!(limit.count(Some(five), NOON).is_err(), "the sixth waits");
    }
}

#[test]
fn a_clock_that_is_set_back_prolongs_no_wait_by_more_than_the_clock_skew() {
    let ThrottleRules { pair, name, failures, .. } = ThrottleRules::default();
    let used_up = |limit: Limit| {
        let (mut state, mut now) = (None, NOON);
        for _ in 0..12 {
            state = Some(limit.count(state, now).unwrap_or_else(|until| {
                now = until;
                limit.count(state, now).unwrap()
            }));
        }
        (state.unwrap(), now)
    };
    for limit in [pair, name, failures] {
        let (state, now) = used_up(limit);
        let longest = limit.wait_after(state.attempts).max(limit.interval());
        assert_eq!(limit.count(Some(state), now), Err(now.plus(longest)), "it has to wait");
        let slightly_back = now.minus(Limit::CLOCK_SKEW);
        assert_eq!(limit.count(Some(state), slightly_back), Err(now.plus(longest)), "clocks may differ");
        let counted = limit.count(Some(state), slightly_back.minus(A_MOMENT)).unwrap();
        assert_eq!(counted.attempts, state.attempts + 1);
        // From then on it is as it was before: what was counted is not forgotten.
        let years_back = Timestamp::from_unix_micros(0);
        let counted = limit.count(Some(state), years_back).unwrap();
        let next = limit.count(Some(counted), years_back).unwrap_err();
        assert!(next.since(years_back) <= limit.wait_after(counted.attempts).max(limit.interval()), "{next:?}");
    }
}

#[test]
fn limits_at_their_edges_make_sense() {
    let none_free = Limit::Backoff { free: 0, longest: Duration::from_secs(3) };
    assert_eq!(as_soon_as_possible(none_free, 4), [0, 1, 3, 6]);
    assert_eq!(none_free.wait_after(u32::MAX), Duration::from_secs(3));
    assert_eq!(Limit::Rate { attempts: 0, period: Duration::from_secs(9) }.interval(), Duration::from_secs(9));
    assert_eq!(as_soon_as_possible(Limit::Rate { attempts: 1, period: Duration::from_secs(9) }, 3), [0, 9, 18]);
    let never = Limit::Backoff { free: 1, longest: Duration::ZERO };
    assert_eq!(as_soon_as_possible(never, 40), [0; 40]);
}

fn keys(counters: &[Counter]) -> Vec<CounterKey> {
    counters.iter().map(|counter| counter.key).collect()
}

/// Of both ways, each counter once.
fn by_stranger(name: &str, from: &str) -> Vec<CounterKey> {
    let ways = ThrottleRules::default().by_stranger(Some(name), Some(from.parse().unwrap()));
    let mut keys = keys(&ways.concat());
    keys.sort();
    keys.dedup();
    keys
}

#[test]
fn networks_are_an_ipv4_address_an_ipv6_64_and_its_48() {
    assert_eq!(by_stranger("ada", "192.0.2.7").len(), 8);
    assert_eq!(by_stranger("ada", "2001:db8:1:2::3").len(), 11);
    assert_eq!(by_stranger("ada", "2001:db8:1:2::3"), by_stranger("ada", "2001:db8:1:2:ffff::"));
    assert_eq!(by_stranger("ada", "::ffff:192.0.2.7"), by_stranger("ada", "192.0.2.7"));
    let shared = |one: &str, other: &str| {
        let (one, other) = (by_stranger("ada", one), by_stranger("ada", other));
        one.iter().filter(|key| other.contains(key)).count()
    };
    // Those of the name and the account; of the /48 too, which is one newcomer.
    assert_eq!(shared("192.0.2.7", "192.0.2.8"), 3);
    assert_eq!(shared("2001:db8:1:2::", "2001:db8:1:3::"), 7);
    assert_eq!(shared("2001:db8:1:2::", "2001:db8:2:2::"), 3);
}

#[test]
fn the_network_around_a_network_may_ten_times_as_much() {
    let limits = |from: &str| {
        let counters = ThrottleRules::default().for_name(Some(from.parse().unwrap()));
        counters.iter().map(|counter| counter.limit).collect::<Vec<_>>()
    };
    let hour = Duration::from_hours(1);
    let [near, wide] = [20, 200].map(|attempts| Limit::Rate { attempts, period: hour });
    assert_eq!((limits("192.0.2.7"), limits("2001:db8::1")), (vec![near], vec![near, wide]));
}

#[test]
fn no_two_kinds_of_counters_share_a_key() {
    let rules = ThrottleRules::default();
    let from = Some("2001:db8::1".parse().unwrap());
    let same = Uuid::from_bytes(*CounterKey::of("id", &[]).as_bytes().first_chunk().unwrap());
    let (id, user_id) = (KnownDeviceId::from_uuid(same), UserId::from_uuid(same));
    let device = KnownDevice {
        id,
        user_id,
        client: Client::default(),
        created_at: NOON,
        last_log_in_at: NOON,
        trusted_until: None,
    };
    // All have one id and one name; the counters of `by_anybody` are the same for all of them.
    let anybody = keys(&rules.by_anybody(Some("ada"), from));
    let mut all = [
        rules.by_stranger(Some("ada"), from).concat(),
        rules.by_stranger(Some("bob"), Some("192.0.2.7".parse().unwrap())).concat(),
        rules.by_stranger(Some("carol"), None).concat(),
        rules.by_stranger(None, Some("198.51.100.7".parse().unwrap())).concat(),
    ]
    .map(|counters| keys(&counters).into_iter().collect::<HashSet<_>>().into_iter().collect::<Vec<_>>())
    .concat();
    for own in [
        rules.by_known_device(&device, "ada", from),
        rules.by_session(SessionId::from_uuid(same), "ada", from),
        rules.for_sign_up(from),
        rules.for_sign_up(None),
    ] {
        all.extend(keys(&own).into_iter().filter(|key| !anybody.contains(key)));
    }
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
    assert_ne!(CounterKey::of("a", &[b"bc"]), CounterKey::of("ab", &[b"c"]));
    assert_ne!(CounterKey::of("a", &[b"b", b"c"]), CounterKey::of("a", &[b"bc"]));
}

proptest! {
    #[test]
    fn no_attempt_is_counted_before_its_time_and_the_count_never_goes_back(
        free in 0_u32..8,
        longest in 0_u64..100,
        attempts in 1_u32..8,
        gaps in proptest::collection::vec(0_u64..200, 1..60),
    ) {
        for limit in [
            Limit::Backoff { free, longest: Duration::from_secs(longest) },
            Limit::Rate { attempts, period: Duration::from_mins(1) },
        ] {
            let (mut state, mut now): (Option<CounterState>, _) = (None, NOON);
            for gap in &gaps {
                now = now.plus(Duration::from_secs(*gap));
                match limit.count(state, now) {
                    Ok(next) => {
                        prop_assert!(state.is_none_or(|state| state.free_at <= now || state.forgotten_at <= now));
                        prop_assert!(next.forgotten_at >= next.free_at && next.forgotten_at > now);
                        state = Some(next);
                    }
                    Err(until) => {
                        prop_assert_eq!(state.map(|state| state.free_at), Some(until));
                        prop_assert!(until > now);
                    }
                }
            }
        }
    }

    /// At any moments, at most twice the attempts are counted in a period.
    #[test]
    fn a_rate_holds(attempts in 1_u32..20, gaps in proptest::collection::vec(0_u64..8_000, 1..200)) {
        let limit = Limit::Rate { attempts, period: Duration::from_mins(1) };
        let (mut state, mut now, mut counted) = (None, NOON, Vec::new());
        for gap in gaps {
            now = now.plus(Duration::from_millis(gap));
            if let Ok(next) = limit.count(state, now) {
                state = Some(next);
                counted.push(now);
            }
        }
        for (index, from) in counted.iter().enumerate() {
            let within = counted[index..].iter().filter(|at| at.since(*from) < Duration::from_mins(1)).count();
            prop_assert!(within <= 2 * attempts as usize);
        }
    }
}

#[test]
fn every_limit_has_a_name_of_its_own() {
    let codes: HashSet<_> = LimitName::ALL.iter().map(|name| name.code()).collect();
    assert_eq!(codes.len(), LimitName::ALL.len());
}

#[test]
fn attempts_at_a_name_are_remembered_as_long_as_its_longest_limit() {
    let two_hours = Limit::Backoff { free: 5, longest: Duration::from_hours(2) };
    let rules = ThrottleRules { name: two_hours, ..ThrottleRules::default() };
    assert_eq!(rules.longest_memory(), Limit::MEMORY + Duration::from_hours(2 * 24));
}

#[test]
fn a_wait_is_told_in_whole_seconds_rounded_up_and_at_least_one() {
    let told = |micros| Throttled::for_wait(Duration::from_micros(micros), LimitName::Pair).retry_after.as_secs();
    assert_eq!([0, 1, 999_999, 1_000_000, 1_000_001, 2_500_000, 10_000_000].map(told), [1, 1, 1, 1, 2, 3, 10]);
}

#[test]
fn debug_does_not_show_a_counters_key() {
    assert_eq!(format!("{:?}", CounterKey::of("pair", &[b"ada"])), "CounterKey([redacted])");
}
