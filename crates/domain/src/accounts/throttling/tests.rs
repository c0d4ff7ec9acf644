use std::num::NonZeroUsize;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use pollster::block_on;

use crate::accounts::{AuthService, ChangePasswordError, Credentials, LogIn, LogInError, LoggedIn, SignUpError, Visit};
use crate::activity::Event;
use crate::client::Client;
use crate::known_device::DeviceTokens;
use crate::password::{HashingCost, PasswordError, PasswordHasher, PasswordPolicy, PoolConfig, WorkerPool};
use crate::repository::{ActivityRepository as _, UserRepository as _};
use crate::rules::Rules;
use crate::testing::{ManualClock, MemoryStore, SeededEntropy, cheap_hasher, fixtures, keep_out_of_the_log};
use crate::throttle::{LimitName, Throttled};
use crate::user::User;

const PASSWORD: &str = "seven quiet lanterns";
const OTHER_PASSWORD: &str = "a dozen noisy kettles";
const WRONG: &str = "eight quiet lanterns";
const A_SECOND: Duration = Duration::from_secs(1);
const A_MINUTE: Duration = Duration::from_mins(1);

/// The outcome of an attempt at a password.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Answer {
    In,
    Refused,
    Wait(Duration),
}
use Answer::{In, Refused, Wait};

struct Site {
    auth: AuthService<MemoryStore, ManualClock, SeededEntropy>,
    clock: ManualClock,
}

/// A service with the default throttle, where Ada has signed up.
fn site() -> Site {
    site_with(cheap_hasher())
}

fn site_with(hasher: PasswordHasher) -> Site {
    for secret in [PASSWORD, OTHER_PASSWORD, WRONG] {
        keep_out_of_the_log(secret);
    }
    let clock = ManualClock::default();
    let rules = Rules::new(PasswordPolicy::new(15, "Notes"));
    let auth = AuthService::with_ports(MemoryStore::default(), clock.clone(), SeededEntropy::default())
        .hasher(hasher)
        .rules(rules)
        .start()
        .unwrap();
    Site { auth, clock }
}

/// A pool in which every job has waited too long.
fn pool_without_time() -> PasswordHasher {
    let config = PoolConfig { max_wait: Duration::ZERO, ..PoolConfig::for_workers(NonZeroUsize::MIN) };
    PasswordHasher::new(HashingCost::cheap(), WorkerPool::start(config).unwrap())
}

fn site_of_ada() -> Site {
    let site = site();
    site.sign_up("Ada", "198.51.100.1").unwrap();
    site
}

fn at(address: &str) -> Client {
    Client::new(None, Some(address.parse().unwrap()))
}

/// Addresses of a bot net.
fn bot(number: u32) -> String {
    std::net::Ipv4Addr::from_bits(0xCB00_0000 + number).to_string()
}

impl Site {
    fn sign_up(&self, username: &str, from: &str) -> Result<User, SignUpError> {
        block_on(self.auth.from(&at(from)).sign_up(Credentials { username, password: PASSWORD }))
    }

    fn try_to_log_in(
        &self,
        username: &str,
        password: &str,
        from: &str,
        known: &DeviceTokens,
    ) -> Result<LoggedIn, LogInError> {
        let typed = Credentials { username, password };
        let log_in = block_on(self.auth.from(&at(from)).log_in(LogIn::new(typed).by_device(known)));
        log_in.map(|step| step.done().unwrap())
    }

    fn log_in_by(&self, known: &DeviceTokens, username: &str, password: &str, from: &str) -> Answer {
        match self.try_to_log_in(username, password, from, known) {
            Ok(_) => In,
            Err(LogInError::Refused) => Refused,
            Err(LogInError::Throttled(Throttled { retry_after, .. })) => Wait(retry_after),
            Err(LogInError::Failed(error)) => panic!("{error}"),
        }
    }

    fn log_in(&self, username: &str, password: &str, from: &str) -> Answer {
        self.log_in_by(&DeviceTokens::default(), username, password, from)
    }

    /// Returns the answers to this number of wrong attempts.
    fn guess(&self, times: usize, username: &str, from: &str) -> Vec<Answer> {
        (0..times).map(|_| self.log_in(username, WRONG, from)).collect()
    }

    /// A device that Ada has logged in with before.
    fn known_device(&self) -> DeviceTokens {
        self.try_to_log_in("ada", PASSWORD, "198.51.100.1", &DeviceTokens::default()).unwrap().device_tokens
    }

    fn visit(&self) -> Visit {
        let token = self.try_to_log_in("ada", PASSWORD, "198.51.100.1", &DeviceTokens::default()).unwrap().token;
        block_on(self.auth.resume(&token)).unwrap()
    }

    fn hashes(&self) -> u64 {
        self.auth.hashing_stats().hashes
    }
}

#[test]
fn ten_wrong_passwords_bring_a_wait_and_then_the_right_one_is_let_in() {
    let site = site_of_ada();
    let answers = site.guess(10, "ada", "192.0.2.7");
    assert_eq!(answers, [[Refused; 5], [Wait(A_SECOND); 5]].concat());
    assert_eq!(site.log_in("ada", PASSWORD, "192.0.2.7"), Wait(A_SECOND));
    site.clock.advance(A_SECOND);
    assert_eq!(site.log_in("ada", WRONG, "192.0.2.7"), Refused);
    site.clock.advance(A_SECOND);
    assert_eq!(site.log_in("ada", PASSWORD, "192.0.2.7"), Wait(A_SECOND));
    site.clock.advance(A_SECOND);
    assert_eq!(site.log_in("ada", PASSWORD, "192.0.2.7"), In);
}

#[test]
fn waits_grow_to_an_hour_and_end_by_themselves() {
    let site = site_of_ada();
    let mut waits = Vec::new();
    for _ in 0..20 {
        match site.log_in("ada", WRONG, "192.0.2.7") {
            Wait(wait) => {
                waits.push(wait.as_secs());
                site.clock.advance(wait);
                assert_eq!(site.log_in("ada", WRONG, "192.0.2.7"), Refused);
            }
            answer => assert_eq!(answer, Refused),
        }
    }
    let expected: Vec<u64> = (0..12).map(|power| 1 << power).chain([3600; 3]).collect();
    assert_eq!(waits, expected);
    site.clock.advance(Duration::from_hours(26));
    assert_eq!(site.guess(5, "ada", "192.0.2.7"), [Refused; 5]);
}

/// A hundred addresses try at one moment, and others after them.
#[test]
fn strangers_cannot_lock_the_owner_out() {
    let site = site_of_ada();
    let (known, visit) = (site.known_device(), site.visit());
    let mut tried = 0;
    for number in 0..100 {
        tried += site.guess(6, "ada", &bot(number)).into_iter().filter(|answer| *answer == Refused).count();
    }
    assert_eq!(tried, 10, "strangers share the name's free attempts, newcomers and others each");
    // With a known device, from any address, even from one of the attackers'.
    for from in ["198.51.100.1", "2001:db8::1", &bot(1)] {
        assert_eq!(site.log_in_by(&known, "ada", PASSWORD, from), In);
    }
    // An open session stays open, and may reauthenticate.
    assert!(block_on(site.auth.from(&at(&bot(1))).reauthenticate(&visit, PASSWORD)).is_ok());
    // With a new device, within ten seconds.
    for seconds in [1, 2, 4, 8, 10, 10, 10] {
        site.clock.advance(Duration::from_secs(seconds));
        // A newcomer, and an address that was turned away before.
        assert_eq!(site.log_in("ada", WRONG, &bot(u32::try_from(200 + seconds).unwrap())), Refused);
        assert_eq!(site.log_in("ada", WRONG, &bot(u32::try_from(400 + seconds).unwrap())), Refused);
    }
    assert_eq!(site.log_in("ada", PASSWORD, "198.51.100.1"), Wait(10 * A_SECOND));
    site.clock.advance(10 * A_SECOND);
    assert_eq!(site.log_in("ada", PASSWORD, "198.51.100.1"), In);
}

#[test]
fn a_known_device_is_exempt_from_the_limits_of_the_name() {
    let site = site_of_ada();
    let known = site.known_device();
    let from = "192.0.2.7";
    while site.log_in("ada", WRONG, from) == Refused {}
    while site.log_in("bob", WRONG, from) == Refused {}
    assert_eq!(site.log_in_by(&known, "ADA", PASSWORD, from), In);
    // The device has a limit of its own.
    let answers: Vec<_> = (0..7).map(|_| site.log_in_by(&known, "ada", WRONG, from)).collect();
    assert_eq!(answers, [[Refused; 5].to_vec(), vec![Wait(A_SECOND); 2]].concat());
    site.clock.advance(A_SECOND);
    assert_eq!(site.log_in_by(&known, "ada", PASSWORD, from), In);
    // The device is known to this account alone, and for ninety days.
    assert!(matches!(site.log_in_by(&known, "bob", WRONG, from), Wait(_)));
    while site.log_in("ada", WRONG, from) == Refused {}
    site.clock.advance(Duration::from_hours(24 * 90));
    site.guess(5, "ada", from);
    assert_eq!(site.log_in_by(&known, "ada", PASSWORD, from), Wait(A_SECOND));
}

/// Successes count, too.
#[test]
fn a_known_device_and_a_session_are_held_to_a_rate() {
    let site = site_of_ada();
    let (known, visit) = (site.known_device(), site.visit());
    let log_in = || site.log_in_by(&known, "ada", PASSWORD, "192.0.2.7");
    // First as a known device, then as a stranger, until the account has had sixty attempts: two brought the device and
    // the visit.
    let answers: Vec<_> = (0..59).map(|_| log_in()).collect();
    assert_eq!(answers, [vec![In; 58], vec![Wait(A_SECOND)]].concat());
    assert!(
        block_on(site.auth.from(&at("192.0.2.8")).reauthenticate(&visit, PASSWORD)).is_err(),
        "a session is one of all ways"
    );
    site.clock.advance(A_MINUTE);
    let mut reauthenticated = 0;
    let mut token = Some(visit);
    while let Some(visit) = token {
        let renewed = block_on(site.auth.from(&at("192.0.2.7")).reauthenticate(&visit, PASSWORD)).ok().flatten();
        reauthenticated += u32::from(renewed.is_some());
        token = renewed.map(|token| block_on(site.auth.resume(&token)).unwrap());
    }
    assert_eq!(reauthenticated, 30);
}

/// Whether or not a user has the name.
#[test]
fn all_spellings_of_a_name_share_one_counter() {
    let site = site_of_ada();
    for name in ["ada", "nobody"] {
        let upper = name.to_uppercase();
        let answers: Vec<_> =
            [name, &upper].iter().cycle().take(7).map(|name| site.log_in(name, WRONG, "192.0.2.7")).collect();
        assert_eq!(answers, [[Refused; 5].to_vec(), vec![Wait(A_SECOND); 2]].concat(), "{name}");
        site.clock.advance(A_MINUTE);
    }
}

#[test]
fn names_that_no_user_can_have_share_one_counter_of_their_network() {
    let site = site_of_ada();
    let unfit = ["a da", "ａｄａ", "ada\0", "", "correct horse battery staple"];
    let answers: Vec<_> = unfit.iter().cycle().take(7).map(|name| site.log_in(name, WRONG, "192.0.2.7")).collect();
    assert_eq!(answers, [[Refused; 5].to_vec(), vec![Wait(A_SECOND); 2]].concat());
    assert_eq!(site.log_in("", WRONG, "198.51.100.7"), Refused, "others do not wait for it");
    assert_eq!(site.log_in("ada", WRONG, "192.0.2.7"), Refused, "nor does a name");
}

/// Neither `Ada` nor `ada` with a space is another name than `ada`.
#[test]
fn spellings_of_a_name_share_its_counter() {
    let site = site_of_ada();
    let spellings = ["ada", " ada", "ADA\t", "\u{200b}Ada", "ada\u{a0}"];
    let answers: Vec<_> = spellings.iter().cycle().take(7).map(|name| site.log_in(name, WRONG, "192.0.2.7")).collect();
    assert_eq!(answers, [[Refused; 5].to_vec(), vec![Wait(A_SECOND); 2]].concat());
    for name in spellings {
        assert_eq!(site.log_in(name, WRONG, "192.0.2.7"), Wait(A_SECOND), "{name:?}");
    }
}

/// Names that a user has and names that no user has get the same answers to the same attempts.
#[test]
fn a_wait_does_not_tell_whether_a_user_has_the_name() {
    let answers = |name| {
        let site = site_of_ada();
        let from_one = site.guess(8, name, "192.0.2.7");
        let from_many = (0..8).map(|number| site.log_in(name, WRONG, &bot(number)));
        let hashes = |answers: &[Answer]| answers.iter().filter(|answer| **answer == Refused).count();
        let answers = [from_one, from_many.collect()].concat();
        // One hash is for the sign-up.
        assert_eq!(site.hashes(), 1 + u64::try_from(hashes(&answers)).unwrap());
        answers
    };
    assert_eq!(answers("ada"), answers("nobody"));
}

#[test]
fn one_network_may_fail_ten_times_a_minute_and_try_thirty_times() {
    let site = site_of_ada();
    let spray = |count: usize, from: &dyn Fn(usize) -> String| {
        (0..count).map(|number| site.log_in(&format!("name{number}"), WRONG, &from(number))).collect::<Vec<_>>()
    };
    let ten = |wait| [vec![Refused; 10], vec![Wait(wait); 2]].concat();
    assert_eq!(spray(12, &|_| "192.0.2.7".to_owned()), ten(6 * A_SECOND));
    assert_eq!(site.log_in("ada", PASSWORD, "192.0.2.7"), Wait(6 * A_SECOND));
    site.clock.advance(A_MINUTE);
    // Another address of the /64 each time.
    assert_eq!(spray(12, &|number| format!("2001:db8:1:2::{number:x}")), ten(6 * A_SECOND));
    site.clock.advance(Duration::from_hours(1));
    // Another /64 of the /48 each time: ten times as much.
    let answers = spray(102, &|number| format!("2001:db8:9:{number:x}::1"));
    assert_eq!(answers.iter().filter(|answer| **answer == Refused).count(), 100);

    site.clock.advance(Duration::from_hours(1));
    let known_to_nobody = DeviceTokens::default();
    let answers: Vec<_> = (0..31).map(|_| site.log_in_by(&known_to_nobody, "ada", PASSWORD, "192.0.2.9")).collect();
    assert_eq!(answers, [vec![In; 30], vec![Wait(2 * A_SECOND)]].concat());
}

/// The counters of the network, of the name and of other users stay.
#[test]
fn a_success_clears_the_counter_of_its_name_and_network_alone() {
    let site = site_of_ada();
    site.sign_up("Bob", "198.51.100.2").unwrap();
    site.guess(4, "bob", "192.0.2.7");
    site.guess(4, "ada", "192.0.2.7");
    assert_eq!(site.log_in("ada", PASSWORD, "192.0.2.7"), In);
    // The counter of the pair starts again.
    assert_eq!(site.guess(2, "ada", "192.0.2.7"), [Refused; 2]);
    // The network has had ten failures, and Ada's name six: three counted for newcomers, and three for others.
    assert_eq!(site.guess(2, "bob", "192.0.2.7"), [Wait(6 * A_SECOND); 2]);
    let answers: Vec<_> = (0..6).map(|number| site.log_in("ada", WRONG, &bot(number))).collect();
    assert_eq!(answers, [vec![Refused; 4], vec![Wait(A_SECOND); 2]].concat());
}

#[test]
fn every_place_that_takes_a_password_is_throttled() {
    let site = site_of_ada();
    let here = at("192.0.2.7");
    let tries: [&dyn Fn(&Visit) -> bool; 3] = [
        &|visit| {
            let answer = block_on(site.auth.from(&here).reauthenticate(visit, WRONG));
            matches!(answer, Err(crate::ReauthenticateError::Throttled(Throttled { retry_after: A_SECOND, .. })))
        },
        &|visit| {
            let answer = block_on(site.auth.from(&here).change_password(visit, WRONG, OTHER_PASSWORD));
            matches!(answer, Err(crate::ChangePasswordError::Throttled(Throttled { retry_after: A_SECOND, .. })))
        },
        &|visit| {
            let answer = block_on(site.auth.from(&here).delete_account(visit, WRONG));
            matches!(answer, Err(crate::DeleteAccountError::Throttled(Throttled { retry_after: A_SECOND, .. })))
        },
    ];
    for is_throttled in tries {
        let (here, elsewhere) = (site.visit(), site.visit());
        let hashes = site.hashes();
        let answers: Vec<_> = (0..30).map(|_| is_throttled(&here)).collect();
        assert_eq!(answers, [vec![false; 5], vec![true; 25]].concat());
        assert_eq!(site.hashes() - hashes, 5, "what is turned away costs no hash");
        // The session waits, for the other places as well as for this one.
        assert!(tries.iter().all(|is_throttled| is_throttled(&here)));
        assert!(!is_throttled(&elsewhere));
        assert_eq!(site.log_in("ada", PASSWORD, "192.0.2.8"), In);
    }
    let visit = site.visit();
    for _ in 0..4 {
        assert!(block_on(site.auth.from(&here).reauthenticate(&visit, WRONG)).is_err());
    }
    block_on(site.auth.from(&here).change_password(&visit, PASSWORD, OTHER_PASSWORD)).unwrap();
}

#[test]
fn sign_ups_from_one_address_are_limited() {
    let site = site();
    let sign_up = |number: usize, from: &str| match site.sign_up(&format!("user{number}"), from) {
        Ok(_) | Err(SignUpError::UsernameTaken) => None,
        Err(SignUpError::Throttled(throttled)) => {
            assert_eq!(throttled.limit, LimitName::SignUps);
            Some(throttled.retry_after)
        }
        Err(error) => panic!("{error}"),
    };
    // Names that are taken count: a client that asks for many learns who has signed up.
    let waits: Vec<_> = (0..30).map(|number| sign_up(number / 2, "192.0.2.7")).collect();
    assert_eq!(waits, [vec![None; 20], vec![Some(3 * A_MINUTE); 10]].concat());
    assert_eq!(sign_up(99, "192.0.2.8"), None);
    assert_eq!(sign_up(99, "::ffff:192.0.2.7"), Some(3 * A_MINUTE));
    site.clock.advance(3 * A_MINUTE);
    assert_eq!(sign_up(100, "192.0.2.7"), None);
    // Unfit input costs nothing that is worth limiting, and people need several attempts at a password.
    for _ in 0..30 {
        let unfit = Credentials { username: "user101", password: "short" };
        let answer = block_on(site.auth.from(&at("192.0.2.9")).sign_up(unfit));
        assert!(matches!(answer, Err(SignUpError::Unfit { .. })));
    }
    assert_eq!(sign_up(101, "192.0.2.9"), None);
}

/// With a pool that has no time for any job: judging and hashing fail.
#[test]
fn a_sign_up_that_is_refused_anyway_costs_no_estimate_and_no_hash() {
    let site = site_with(pool_without_time());
    block_on(site.auth.store.insert(&fixtures::new_user("Ada", &SeededEntropy::default()))).unwrap();
    let sign_up =
        |username, password| block_on(site.auth.from(&Client::default()).sign_up(Credentials { username, password }));
    let guessable = "passwordpassword";
    let refusal = sign_up("no spaces", guessable);
    assert!(matches!(refusal, Err(SignUpError::Unfit { username: Some(_), password: None, .. })), "{refusal:?}");
    let refusal = sign_up("bob", "short");
    assert!(matches!(refusal, Err(SignUpError::Unfit { username: None, password: Some(_), .. })), "{refusal:?}");
    for password in [guessable, PASSWORD] {
        assert!(matches!(sign_up("ADA", password), Err(SignUpError::UsernameTaken)));
        assert!(matches!(sign_up("bob", password), Err(SignUpError::Failed(_))), "this one is judged");
    }
}

/// A client that wants many passwords judged gets no further than any other.
#[test]
fn new_passwords_are_counted_before_they_are_judged() {
    let site = site();
    let sign_up =
        |password, from| match block_on(site.auth.from(&at(from)).sign_up(Credentials { username: "ada", password })) {
            Err(SignUpError::Unfit { password: Some(PasswordError::TooGuessable { .. }), .. }) => None,
            Err(SignUpError::Throttled(throttled)) => Some(throttled.retry_after),
            other => panic!("{other:?}"),
        };
    // More passwords than names may be tried: people need several attempts.
    let waits: Vec<_> = (0..70).map(|_| sign_up("passwordpassword", "192.0.2.7")).collect();
    assert_eq!(waits, [vec![None; 60], vec![Some(A_MINUTE); 10]].concat());
    assert_eq!(sign_up(PASSWORD, "192.0.2.7"), Some(A_MINUTE), "nor is a good one judged");
    assert_eq!(sign_up("passwordpassword", "192.0.2.8"), None);
    assert_eq!(site.hashes(), 0);
    site.clock.advance(A_MINUTE);
    site.sign_up("ada", "192.0.2.7").unwrap();
}

#[test]
fn a_change_of_password_judges_the_new_one_only_after_the_right_one_and_counts_it() {
    let site = site_of_ada();
    let visit = site.visit();
    let change = |current, new| block_on(site.auth.from(&at("192.0.2.7")).change_password(&visit, current, new));
    let refusal = change(WRONG, "passwordpassword");
    let Err(ChangePasswordError::Refused { current: Some(_), new: None }) = refusal else { panic!("{refusal:?}") };
    for number in 0..60 {
        site.clock.advance(2 * A_SECOND);
        let refusal = change(PASSWORD, "passwordpassword");
        let Err(ChangePasswordError::Refused { current: None, new: Some(_) }) = refusal else {
            panic!("{number}: {refusal:?}")
        };
    }
    // One more has come back in these two minutes.
    assert!(matches!(change(PASSWORD, "passwordpassword"), Err(ChangePasswordError::Refused { .. })));
    assert!(matches!(change(PASSWORD, OTHER_PASSWORD), Err(ChangePasswordError::Throttled(_))));
}

#[test]
fn names_asked_for_by_a_change_are_limited_like_sign_ups() {
    let site = site_of_ada();
    let visit = site.visit();
    site.sign_up("taken", "198.51.100.2").unwrap();
    let change = || block_on(site.auth.from(&at("192.0.2.7")).change_username(&visit, "Taken"));
    for _ in 0..20 {
        assert!(matches!(change(), Err(crate::ChangeUsernameError::UsernameTaken)));
    }
    assert!(matches!(change(), Err(crate::ChangeUsernameError::Throttled(_))));
}

#[test]
fn of_fifty_guesses_at_once_no_more_are_tried_than_allowed() {
    for _ in 0..20 {
        let site = Arc::new(site_of_ada());
        let start = Arc::new(Barrier::new(50));
        let guess = || {
            let (site, start) = (Arc::clone(&site), Arc::clone(&start));
            thread::spawn(move || {
                start.wait();
                site.log_in("ada", WRONG, "192.0.2.7")
            })
        };
        let guesses: Vec<_> = (0..50).map(|_| guess()).collect();
        let answers: Vec<_> = guesses.into_iter().map(|guess| guess.join().unwrap()).collect();
        assert_eq!(answers.iter().filter(|answer| **answer == Refused).count(), 5);
        assert_eq!(site.hashes(), 1 + 5);
    }
}

/// It counts neither for the visitor, who tries again, nor in the table, which a flood of such attempts would fill.
#[test]
fn attempts_that_the_pool_had_no_time_for_do_not_count() {
    let site = site_with(pool_without_time());
    for number in 0..40 {
        let typed = Credentials { username: "ada", password: WRONG };
        let answer = block_on(site.auth.from(&at("192.0.2.7")).log_in(LogIn::new(typed)));
        assert!(matches!(answer, Err(LogInError::Failed(_))), "{number}: {answer:?}");
        assert!(matches!(site.sign_up("bob", "192.0.2.7"), Err(SignUpError::Failed(_))));
    }
    site.clock.advance(Duration::from_hours(48));
    // The rate of all attempts was taken back as well.
    assert_eq!(block_on(site.auth.sweep()).unwrap().counters, 0);
}

/// Three hours of made-up names, each from an address of its own, swept as the program does.
#[test]
fn a_flood_of_made_up_names_leaves_no_more_rows_than_the_sweep_allows() {
    const EVERY: Duration = Duration::from_mins(5);
    const GUESSES: u32 = 40;
    let site = site();
    let (mut most, mut live) = (0, 0_u64);
    for round in 0..36 {
        for number in 0..GUESSES {
            let number = round * GUESSES + number;
            // Seven counters each: of the name and of its pair, of the newcomer, and four rates that last at most a
            // minute.
            assert_eq!(site.log_in(&format!("made.up.{number}"), WRONG, &bot(number)), Refused);
        }
        live += 7 * u64::from(GUESSES);
        site.clock.advance(EVERY);
        live -= block_on(site.auth.sweep()).unwrap().counters;
        most = most.max(live);
    }
    // A name and its pair live for a quarter of an hour, the newcomer for two hours, and all until the next sweep.
    assert_eq!(most, (2 * 2 + 23) * u64::from(GUESSES));
    site.clock.advance(Duration::from_hours(2));
    live -= block_on(site.auth.sweep()).unwrap().counters;
    assert_eq!(live, 0);
}

/// The notice comes once in a quarter of an hour, for any number of attempts.
#[test]
fn the_owner_is_told_that_attempts_were_turned_away() {
    let site = site_of_ada();
    let user = site.visit().user.id;
    let notices = || {
        let activity = block_on(site.auth.store.activity_of(user, None, 1_000)).unwrap();
        activity.iter().filter(|activity| activity.event == Event::Throttled).count()
    };
    site.guess(100, "ada", "192.0.2.7");
    assert_eq!(notices(), 1);
    site.clock.advance(A_MINUTE);
    site.guess(100, "ada", "192.0.2.7");
    assert_eq!(notices(), 1);
    site.clock.advance(Duration::from_mins(15));
    site.guess(100, "ada", "192.0.2.7");
    assert_eq!(notices(), 2);
}

#[test]
fn a_client_without_an_address_is_throttled_like_one() {
    let site = site_of_ada();
    let log_in = |username: &str| {
        let typed = Credentials { username, password: WRONG };
        let answer = block_on(site.auth.from(&Client::default()).log_in(LogIn::new(typed)));
        matches!(answer, Err(LogInError::Throttled(_)))
    };
    let answers: Vec<_> = (0..12).map(|number| log_in(&format!("name{number}"))).collect();
    assert_eq!(answers, [vec![false; 10], vec![true; 2]].concat());
}

#[test]
fn without_rules_nothing_is_throttled() {
    let mut site = site_of_ada();
    site.auth.rules.throttle = None;
    assert_eq!(site.guess(50, "ada", "192.0.2.7"), [Refused; 50]);
    assert_eq!(block_on(site.auth.sweep()).unwrap().counters, 0);
}

/// Forty networks that never rest: in the first hour they have far more attempts than the name has free moments.
#[test]
fn strangers_with_a_few_networks_cannot_keep_a_new_device_out() {
    let site = site_of_ada();
    let mut is_busy = 0;
    for second in 0..4_000_u32 {
        site.clock.advance(A_SECOND);
        // The attackers come first in each second, as a machine sends their attempts.
        let tried = (0..40).filter(|number| site.log_in("ada", WRONG, &bot(*number)) == Refused).count();
        is_busy += u32::from(tried > 0);
        // A visitor with a new device comes every ten minutes once the first half hour is over, and tries for ten
        // seconds.
        if second >= 1_800 && second % 600 < 10 {
            let from = format!("198.51.100.{}", 2 + second / 600);
            let answer = site.log_in("ada", PASSWORD, &from);
            assert!(second % 600 < 9 || answer == In, "{second}: {answer:?}");
        }
    }
    assert!(is_busy > 300, "they did not try hard: {is_busy}");
}

/// Two new networks try each second.
#[test]
fn a_bot_net_has_few_guesses_a_day() {
    let site = site_of_ada();
    let mut tried = 0;
    for second in 0..86_400 {
        site.clock.advance(A_SECOND);
        tried += (0..2).filter(|half| site.log_in("ada", WRONG, &bot(2 * second + half)) == Refused).count();
    }
    assert!((17_000..=17_300).contains(&tried), "{tried}");
}

/// With the stolen cookies of a hundred known devices.
#[test]
fn an_attacker_with_cookies_of_known_devices_guesses_as_slowly_as_strangers() {
    let site = site_of_ada();
    let mut stolen = Vec::new();
    while stolen.len() < 100 {
        match site.try_to_log_in("ada", PASSWORD, "198.51.100.1", &DeviceTokens::default()) {
            Ok(logged_in) => stolen.push(logged_in.device_tokens),
            Err(_) => site.clock.advance(A_MINUTE),
        }
    }
    site.clock.advance(Duration::from_hours(1));
    // From another network of one /48 each time: five attempts as known devices, and as many as any stranger has.
    let from = |number: usize| format!("2001:db8:7:{number:x}::1");
    let answers: Vec<_> =
        (0..200).map(|number| site.log_in_by(&stolen[number % 100], "ada", WRONG, &from(number))).collect();
    assert_eq!(answers.iter().filter(|answer| **answer == Refused).count(), 5 + 3 + 5);
}

#[test]
fn a_changed_password_makes_old_device_cookies_worthless_and_so_does_forgetting() {
    let site = site_of_ada();
    let (old, visit) = (site.known_device(), site.visit());
    let is_known = |device: &DeviceTokens, password| {
        // Strangers have used up their attempts.
        while (0..20).any(|number| site.log_in("ada", WRONG, &bot(number)) == Refused) {}
        let answer = site.log_in_by(device, "ada", password, "192.0.2.7");
        site.clock.advance(A_MINUTE);
        answer == In
    };
    assert!(is_known(&old, PASSWORD));
    block_on(site.auth.from(&at("198.51.100.1")).change_password(&visit, PASSWORD, OTHER_PASSWORD)).unwrap();
    assert!(!is_known(&old, OTHER_PASSWORD));
    site.clock.advance(Duration::from_hours(1));
    let logged_in = site.try_to_log_in("ada", OTHER_PASSWORD, "198.51.100.1", &old).unwrap();
    let (new, visit) = (logged_in.device_tokens, block_on(site.auth.resume(&logged_in.token)).unwrap());
    assert!(is_known(&new, OTHER_PASSWORD));
    let devices = block_on(site.auth.known_devices_of(&visit)).unwrap();
    assert_eq!(devices.len(), 1);
    block_on(site.auth.from(&at("198.51.100.1")).forget_device(&visit, devices[0].id)).unwrap();
    assert!(!is_known(&new, OTHER_PASSWORD));
    assert!(matches!(
        block_on(site.auth.from(&at("198.51.100.1")).forget_device(&visit, devices[0].id)),
        Err(crate::EndSessionError::NotFound)
    ));
}

/// With any number of sessions, known devices and networks, the account has sixty a minute and the network twice that.
#[test]
fn no_account_and_no_network_gets_more_hashes_than_a_minute_has() {
    let site = site_of_ada();
    let hash_all = |from: &dyn Fn(usize) -> String, account: &dyn Fn(usize) -> String| {
        let before = site.hashes();
        for number in 0..400 {
            let typed = account(number);
            let _any_answer = site.log_in(&typed, PASSWORD, &from(number));
        }
        site.hashes() - before
    };
    let here = |_: usize| "192.0.2.7".to_owned();
    let visits: Vec<_> = (0..20)
        .map(|number| {
            let token = site.try_to_log_in("ada", PASSWORD, &bot(number), &DeviceTokens::default()).unwrap().token;
            block_on(site.auth.resume(&token)).unwrap()
        })
        .collect();
    site.clock.advance(A_MINUTE);
    let before = site.hashes();
    for number in 0..400 {
        let _any_answer = block_on(site.auth.from(&at(&here(0))).delete_account(&visits[number % 20], WRONG));
    }
    assert_eq!(site.hashes() - before, 60, "by twenty sessions of one account");
    site.clock.advance(A_MINUTE);
    assert_eq!(hash_all(&|number| bot(u32::try_from(number).unwrap()), &|_| "ada".to_owned()), 60);
    site.clock.advance(A_MINUTE);
    // One network and twenty accounts, each of which has a device of its own there.
    let mut devices = Vec::new();
    for number in 0..20 {
        let (username, elsewhere) = (format!("user{number}"), bot(5_000 + number));
        site.sign_up(&username, &elsewhere).unwrap();
        devices
            .push(site.try_to_log_in(&username, PASSWORD, &elsewhere, &DeviceTokens::default()).unwrap().device_tokens);
    }
    site.clock.advance(A_MINUTE);
    let before = site.hashes();
    for number in 0..400 {
        site.log_in_by(&devices[number % 20], &format!("user{}", number % 20), PASSWORD, "192.0.2.7");
    }
    assert_eq!(site.hashes() - before, 120);
}
