use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use pollster::block_on;

use super::*;
use crate::known_device::DeviceTokens;
use crate::password::{PasswordError, Pepper, Peppers};
use crate::repository::{ActivityRepository as _, SessionRepository as _, UserRepository as _};
use crate::session::{SessionId, SessionKind, SessionLimits};
use crate::testing::log_watch::LogReader;
use crate::testing::{ManualClock, MemoryStore, NoEntropy, SeededEntropy, cheap_hasher, keep_out_of_the_log};
use crate::token::SessionToken;
use crate::user::{Standing, User};
use crate::username::{Username, UsernameError};

const ADA: Credentials<'static> = Credentials { username: "Ada", password: "seven quiet lanterns" };
const WRONG: Credentials<'static> = Credentials { username: "Ada", password: "eight quiet lanterns" };
const CHANGED: Credentials<'static> = Credentials { username: "Ada", password: "a dozen noisy kettles" };

const A_MOMENT: Duration = Duration::from_micros(1);
const A_SECOND: Duration = Duration::from_secs(1);
const A_MINUTE: Duration = Duration::from_mins(1);
/// After so long a log-in is no recent one any more.
const NOT_RECENT: Duration = Duration::from_mins(10);
/// How often a race is run.
const RACES: usize = 50;

const fn days(days: u64) -> Duration {
    Duration::from_hours(24 * days)
}

fn firefox_at(last_byte: u8) -> Client {
    let user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
    Client::new(Some(user_agent), Some([192, 0, 2, last_byte].into()))
}

const fn just_before(end: Duration) -> Duration {
    end.saturating_sub(A_MOMENT)
}

type TestService<C = ManualClock, E = SeededEntropy> = AuthService<MemoryStore, C, E>;

fn service_with<C: Clock, E: Entropy>(clock: C, entropy: E) -> TestService<C, E> {
    for secret in [ADA.password, WRONG.password, CHANGED.password] {
        keep_out_of_the_log(secret);
    }
    // What is throttled has tests of its own.
    let rules = Rules { throttle: None, ..Rules::new(PasswordPolicy::new(15, "Notes")) };
    AuthService::with_ports(MemoryStore::default(), clock, entropy).hasher(cheap_hasher()).rules(rules).start().unwrap()
}

fn service() -> TestService {
    service_with(ManualClock::default(), SeededEntropy::default())
}

/// A service where Ada has signed up.
fn service_of_ada() -> TestService {
    let service = service();
    sign_up(&service, ADA.username).unwrap();
    service
}

/// One where Ada stays logged in as well.
fn kept_session_of_ada() -> (TestService, LoggedIn) {
    let service = service_of_ada();
    let logged_in = log_in_as(&service, ADA, SessionKind::Kept);
    (service, logged_in)
}

/// One where Ada is just making a request.
fn visit_of_ada() -> (TestService, Visit) {
    let service = service_of_ada();
    let visit = visit_by(&service, &log_in(&service).token);
    (service, visit)
}

/// With Ada's password.
fn sign_up(service: &TestService, username: &str) -> Result<User, SignUpError> {
    block_on(service.from(&Client::default()).sign_up(Credentials { username, ..ADA }))
}

/// Takes the name if it can.
fn takes(service: &TestService, username: &str) -> bool {
    match sign_up(service, username) {
        Ok(_) => true,
        Err(SignUpError::UsernameTaken) => false,
        Err(error) => panic!("{error}"),
    }
}

fn try_to_log_in<C: Clock, E: Entropy>(
    service: &TestService<C, E>,
    typed: Credentials<'_>,
) -> Result<LoggedIn, LogInError> {
    block_on(service.from(&Client::default()).log_in(LogIn::new(typed))).map(|step| step.done().unwrap())
}

fn log_in_as(service: &TestService, typed: Credentials<'_>, kind: SessionKind) -> LoggedIn {
    let logged_in =
        block_on(service.from(&Client::default()).log_in(LogIn::new(typed).of_kind(kind))).unwrap().done().unwrap();
    keep_out_of_the_log(&logged_in.token.expose_secret());
    logged_in
}

fn log_in(service: &TestService) -> LoggedIn {
    log_in_as(service, ADA, SessionKind::Ordinary)
}

/// Somebody else, who is logged in.
fn log_in_bob(service: &TestService) -> LoggedIn {
    sign_up(service, "Bob").unwrap();
    log_in_as(service, Credentials { username: "Bob", ..ADA }, SessionKind::Ordinary)
}

fn refused<C: Clock, E: Entropy>(service: &TestService<C, E>, typed: Credentials<'_>) -> bool {
    matches!(try_to_log_in(service, typed), Err(LogInError::Refused))
}

fn visit_by(service: &TestService, token: &SessionToken) -> Visit {
    block_on(service.resume(token)).unwrap()
}

fn is_good(service: &TestService, token: &SessionToken) -> bool {
    block_on(service.resume(token)).is_ok()
}

fn is_over(service: &TestService, token: &SessionToken) -> bool {
    matches!(block_on(service.resume(token)), Err(ResumeError::Unknown))
}

fn end_session(service: &TestService, visit: &Visit, id: SessionId) -> Result<(), EndSessionError> {
    block_on(service.from(&Client::default()).end_session(visit, id))
}

fn end_other_sessions(service: &TestService, visit: &Visit) -> Result<u64, EndSessionError> {
    block_on(service.from(&Client::default()).end_other_sessions(visit))
}

fn confirm(service: &TestService, visit: &Visit, password: &str) -> Result<Option<SessionToken>, ConfirmError> {
    block_on(service.from(&Client::default()).confirm(visit, password))
}

fn change_password(
    service: &TestService,
    visit: &Visit,
    current: &str,
    new: &str,
) -> Result<SessionToken, ChangePasswordError> {
    block_on(service.from(&Client::default()).change_password(visit, current, new))
}

fn rename(service: &TestService, visit: &Visit, username: &str) -> Result<Option<SessionToken>, ChangeUsernameError> {
    block_on(service.from(&Client::default()).change_username(visit, username))
}

fn delete_account(service: &TestService, visit: &Visit, password: &str) -> Result<(), DeleteAccountError> {
    block_on(service.from(&Client::default()).delete_account(visit, password))
}

fn stored_user(service: &TestService, username: &str) -> Option<StoredUser> {
    block_on(service.store.find_by_username(&Username::parse(username).unwrap())).unwrap()
}

/// What happened to the user, newest first. What happens in one millisecond has no order.
fn events_of(service: &TestService, user: UserId) -> Vec<Event> {
    let activity = block_on(service.store.activity_of(user, None, 1_000)).unwrap();
    activity.into_iter().map(|activity| activity.event).collect()
}

/// Empties the record of what happened, to anybody and to nobody; how much there was.
fn forget_activity(service: &TestService) -> u32 {
    let tomorrow = ActivityId::floor(service.clock.now().plus(days(1)));
    block_on(service.store.delete_activity(tomorrow, 1_000)).unwrap()
}

/// How many hashes `action` computes, and how much it writes down.
fn cost_of(service: &TestService, action: impl FnOnce()) -> (u64, u32) {
    forget_activity(service);
    let before = service.hashing_stats().hashes;
    action();
    (service.hashing_stats().hashes - before, forget_activity(service))
}

/// Frees all names that are reserved; how many there were.
fn free_names(service: &TestService) -> u32 {
    let in_a_year = service.clock.now().plus(days(365));
    block_on(service.store.release_names(in_a_year, 1_000)).unwrap()
}

/// Asserts it of all but passwords and tokens, which the store's `Debug` does not show.
fn changes_nothing<T>(service: &TestService, action: impl FnOnce() -> T) -> T {
    let before = format!("{:?}", service.store);
    let result = action();
    assert_eq!(format!("{:?}", service.store), before);
    result
}

/// Does both at once, on a thread each.
fn at_once<A, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    let start = Barrier::new(2);
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            start.wait();
            other()
        });
        start.wait();
        (one(), other.join().unwrap())
    })
}

#[test]
fn who_signed_up_can_log_in_by_any_spelling_of_the_name() {
    let service = service_of_ada();
    for username in ["Ada", "ada", "ADA"] {
        let logged_in = try_to_log_in(&service, Credentials { username, ..ADA }).unwrap();
        assert_eq!(logged_in.user.username.as_str(), "Ada");
    }
}

#[test]
fn sign_up_names_what_is_wrong_with_each_field_at_once() {
    let typed = Credentials { username: "no spaces", password: "short" };
    let Err(SignUpError::Unfit { username, password }) = block_on(service().from(&Client::default()).sign_up(typed))
    else {
        panic!()
    };
    assert_eq!(username, Some(UsernameError::BadCharacter));
    assert_eq!(password, Some(PasswordError::TooShort { min_chars: 15 }));
}

#[test]
fn the_username_may_not_be_the_password() {
    let typed = Credentials { username: "ada.lovelace.1815", password: "ada.lovelace.1815" };
    let Err(SignUpError::Unfit { username: None, password }) =
        block_on(service().from(&Client::default()).sign_up(typed))
    else {
        panic!()
    };
    assert_eq!(password.unwrap().code(), "too_guessable");
}

#[test]
fn a_taken_name_is_refused_and_its_owner_unharmed() {
    let service = service_of_ada();
    let thief = Credentials { username: "ADA", password: "another good password" };
    assert!(matches!(block_on(service.from(&Client::default()).sign_up(thief)), Err(SignUpError::UsernameTaken)));
    assert!(refused(&service, thief));
    log_in(&service);
}

/// As a double click does, or a slow network.
#[test]
fn a_sign_up_that_one_browser_sends_twice_is_one_account_with_the_password_that_came_first() {
    let service = service();
    let [here, elsewhere] = [(); 2].map(|()| Client::default().in_browser(Some(service.name_browser().unwrap())));
    let sign_up = |typed, client: &Client| block_on(service.from(client).sign_up(typed));
    let ada = sign_up(ADA, &here).unwrap();
    assert_eq!(sign_up(ADA, &here).unwrap(), ada);
    assert_eq!(sign_up(CHANGED, &here).unwrap(), ada);
    assert!(refused(&service, CHANGED) && !refused(&service, ADA));
    for other in [&elsewhere, &Client::default()] {
        assert!(matches!(sign_up(ADA, other), Err(SignUpError::UsernameTaken)));
    }
    service.clock.advance(just_before(A_MINUTE));
    assert_eq!(sign_up(ADA, &here).unwrap(), ada);
    service.clock.advance(A_MOMENT);
    assert!(matches!(sign_up(ADA, &here), Err(SignUpError::UsernameTaken)));
}

#[test]
fn a_sign_up_that_is_sent_twice_at_once_succeeds_twice() {
    for _ in 0..RACES {
        let service = service();
        let here = Client::default().in_browser(Some(service.name_browser().unwrap()));
        let sign_up = || block_on(service.from(&here).sign_up(ADA)).unwrap();
        let (one, other) = at_once(sign_up, sign_up);
        assert_eq!(one, other);
    }
}

/// In a browser that is known by no cookie it cannot be told from two.
#[test]
fn a_log_in_that_one_browser_sends_twice_leaves_one_session() {
    let service = service_of_ada();
    let log_in = |client: &Client| block_on(service.from(client).log_in(LogIn::new(ADA))).unwrap().done().unwrap();
    let [here, elsewhere] = [(); 2].map(|()| Client::default().in_browser(Some(service.name_browser().unwrap())));
    let tokens = [&here, &elsewhere, &here, &Client::default(), &Client::default()].map(|client| log_in(client).token);
    assert_eq!(tokens.each_ref().map(|token| is_good(&service, token)), [false, true, true, true, true]);
}

#[test]
fn every_refused_log_in_costs_exactly_one_hash() {
    let service = service_of_ada();
    let closed = Credentials { username: "closed", ..ADA };
    let closed_id = sign_up(&service, closed.username).unwrap().id;
    block_on(service.close_account(closed_id)).unwrap();
    let broken = Credentials { username: "broken", ..ADA };
    let broken_id = sign_up(&service, broken.username).unwrap().id;
    let old = stored_user(&service, broken.username).unwrap().password_hash;
    let garbage = PasswordHash::from_stored("$argon2id$v=19$m=19456,t=2,p=4294967295$c2FsdHNhbHQ$AAAA");
    block_on(service.store.replace_password_hash(broken_id, &old, &garbage)).unwrap();
    let too_long = "x".repeat(1025);
    sign_up(&service, "0").unwrap();

    for (what, typed) in [
        ("wrong password", WRONG),
        ("unknown name", Credentials { username: "nobody", ..ADA }),
        ("unfit name", Credentials { username: "no spaces", ..ADA }),
        ("unfit name, for which somebody's stands in", Credentials { username: "_0", ..ADA }),
        ("empty name", Credentials { username: "", ..ADA }),
        ("control character in the name", Credentials { username: "Ada\0", ..ADA }),
        ("empty password", Credentials { password: "", ..ADA }),
        ("too long a password", Credentials { password: &too_long, ..ADA }),
        ("control character in the password", Credentials { password: "seven quiet lanterns\0", ..ADA }),
        ("closed account", closed),
        ("a stored hash that does not parse", broken),
    ] {
        assert_eq!(cost_of(&service, || assert!(refused(&service, typed), "{what}")), (1, 1), "{what}");
    }
    assert_eq!(cost_of(&service, || drop(log_in(&service))), (1, 1), "a right one too");
}

#[test]
fn a_log_in_ends_this_browsers_earlier_session_and_no_other() {
    let service = service_of_ada();
    let (here, elsewhere) = (log_in(&service), log_in(&service));
    let again = block_on(service.from(&Client::default()).log_in(LogIn::new(ADA).replacing(Some(&here.token))))
        .unwrap()
        .done()
        .unwrap();
    assert!(is_over(&service, &here.token));
    assert!(is_good(&service, &elsewhere.token));
    assert!(is_good(&service, &again.token));
}

#[test]
fn a_refused_log_in_leaves_the_earlier_session_alone() {
    let service = service_of_ada();
    let here = log_in(&service);
    let refusal = block_on(service.from(&Client::default()).log_in(LogIn::new(WRONG).replacing(Some(&here.token))));
    assert!(matches!(refusal, Err(LogInError::Refused)));
    assert!(is_good(&service, &here.token));
}

#[test]
fn every_log_in_has_a_token_of_its_own() {
    let service = service_of_ada();
    assert_ne!(log_in(&service).token.hash(), log_in(&service).token.hash());
}

#[test]
fn a_log_out_ends_the_session_for_every_copy_of_the_token() {
    let service = service_of_ada();
    let token = log_in(&service).token;
    block_on(service.from(&Client::default()).log_out(&token)).unwrap();
    assert!(is_over(&service, &token));
    changes_nothing(&service, || block_on(service.from(&Client::default()).log_out(&token))).unwrap();
}

#[test]
fn an_idle_session_expires_and_is_gone() {
    let service = service_of_ada();
    let token = log_in(&service).token;
    service.clock.advance(Duration::from_hours(2));
    assert!(matches!(block_on(service.resume(&token)), Err(ResumeError::Expired)));
    assert!(is_over(&service, &token));
}

#[test]
fn to_recognize_a_session_changes_nothing_and_follows_the_same_rules() {
    let (service, LoggedIn { token, .. }) = kept_session_of_ada();
    let recognized = |expected: &str| {
        let visit = changes_nothing(&service, || block_on(service.recognize(&token)));
        let outcome = visit.map_or_else(|error| error.to_string(), |visit| visit.user.username.to_string());
        assert_eq!(outcome, expected);
    };
    recognized("Ada");
    service.clock.advance(days(8));
    recognized("Ada");
    service.clock.advance(days(6));
    recognized("the session has expired");
    assert!(matches!(block_on(service.resume(&token)), Err(ResumeError::Expired)));
    recognized("there is no such session");
}

#[test]
fn use_keeps_a_session_alive_until_its_limit_in_all() {
    let service = service_of_ada();
    let token = log_in(&service).token;
    for _hour in 1..24 {
        service.clock.advance(Duration::from_hours(1));
        assert!(is_good(&service, &token));
    }
    service.clock.advance(Duration::from_hours(1));
    assert!(matches!(block_on(service.resume(&token)), Err(ResumeError::Expired)));
}

#[test]
fn a_session_is_marked_as_seen_at_most_once_a_minute() {
    let service = service_of_ada();
    let LoggedIn { token, session, .. } = log_in(&service);
    let seen = || block_on(service.store.find_by_token(&token.hash())).unwrap().unwrap().session.last_seen_at;
    service.clock.advance(Duration::from_secs(59));
    visit_by(&service, &token);
    assert_eq!(seen(), session.created_at);
    service.clock.advance(A_SECOND);
    let visit = visit_by(&service, &token);
    assert_eq!(seen(), service.clock.now());
    assert_eq!(visit.session.last_seen_at, service.clock.now());
}

#[test]
fn closing_an_account_ends_its_sessions_and_reopening_lets_in_again() {
    let service = service_of_ada();
    let LoggedIn { user, token, .. } = log_in(&service);
    block_on(service.close_account(user.id)).unwrap();
    assert!(is_over(&service, &token));
    assert!(refused(&service, ADA));
    block_on(service.reopen_account(user.id)).unwrap();
    assert!(is_over(&service, &token));
    log_in(&service);
}

/// What the reference implementation makes of “password”, with parameters that are not ours.
const OUT_OF_DATE: &str = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

#[test]
fn an_out_of_date_hash_is_renewed_by_a_right_password_and_by_no_other() {
    let service = service_of_ada();
    let stored = || stored_user(&service, "ada").unwrap();
    let old = PasswordHash::from_stored(OUT_OF_DATE);
    let user = stored();
    block_on(service.store.replace_password_hash(user.user.id, &user.password_hash, &old)).unwrap();

    assert!(refused(&service, WRONG));
    assert_eq!(stored().password_hash, old);
    let right = Credentials { password: "password", ..ADA };
    try_to_log_in(&service, right).unwrap();
    let renewed = stored().password_hash;
    assert!(renewed.expose_secret().starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    try_to_log_in(&service, right).unwrap();
    assert_eq!(stored().password_hash, renewed);
}

#[test]
fn of_two_right_log_ins_with_an_out_of_date_hash_at_once_both_succeed() {
    let right = Credentials { password: "password", ..ADA };
    for _ in 0..RACES / 5 {
        let service = Arc::new(service_of_ada());
        let user = stored_user(&service, "ada").unwrap();
        let old = PasswordHash::from_stored(OUT_OF_DATE);
        block_on(service.store.replace_password_hash(user.user.id, &user.password_hash, &old)).unwrap();
        let start = Arc::new(Barrier::new(2));
        let log_ins = [(); 2].map(|()| {
            let (service, start) = (Arc::clone(&service), Arc::clone(&start));
            thread::spawn(move || {
                start.wait();
                try_to_log_in(&service, right).is_ok()
            })
        });
        assert_eq!(log_ins.map(|log_in| log_in.join().unwrap()), [true, true]);
        let renewed = stored_user(&service, "ada").unwrap().password_hash;
        assert!(renewed.expose_secret().starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        assert!(!refused(&service, right));
    }
}

#[test]
fn a_new_pepper_reaches_a_hash_at_the_next_log_in_and_the_old_one_may_go() {
    let peppers = |current: Option<u32>, former: &[u32]| {
        let pepper = |version: u32| Pepper::new(version, format!("the secret of version {version}")).unwrap();
        Peppers::new(current.map(pepper), former.iter().copied().map(pepper).collect()).unwrap()
    };
    let mut service = service_of_ada();
    for (current, former, key_id) in [
        (Some(1), &[][..], Some("keyid=AAAAAQ$")),
        (Some(2), &[1], Some("keyid=AAAAAg$")),
        (Some(3), &[2, 1], Some("keyid=AAAAAw$")),
        (None, &[3], None),
        (None, &[], None),
    ] {
        service.hasher = cheap_hasher().with_peppers(peppers(current, former));
        assert!(refused(&service, WRONG));
        log_in(&service);
        let hash = stored_user(&service, "ada").unwrap().password_hash;
        let named = hash.expose_secret().split_inclusive(['$', ',']).find(|part| part.starts_with("keyid"));
        assert_eq!(named, key_id);
    }
}

#[test]
fn without_the_pepper_of_a_hash_a_log_in_is_refused_and_the_hash_is_kept() {
    let pepper = |version| Pepper::new(version, *b"a secret of ours").unwrap();
    let mut service = service();
    service.hasher = cheap_hasher().with_peppers(Peppers::new(Some(pepper(1)), Vec::new()).unwrap());
    sign_up(&service, ADA.username).unwrap();
    service.hasher = cheap_hasher().with_peppers(Peppers::new(Some(pepper(2)), Vec::new()).unwrap());
    assert!(refused(&service, ADA));
    service.hasher = cheap_hasher().with_peppers(Peppers::new(Some(pepper(2)), vec![pepper(1)]).unwrap());
    log_in(&service);
}

#[test]
fn without_randomness_nobody_signs_up() {
    let refusal = block_on(service_with(ManualClock::default(), NoEntropy).from(&Client::default()).sign_up(ADA));
    assert!(matches!(refusal, Err(SignUpError::Failed(Failed::Hashing(_)))));
}

#[test]
fn without_randomness_nobody_logs_in() {
    let AuthService { store, clock, hasher, rules, .. } = service_of_ada();
    let service = AuthService { store, clock, entropy: NoEntropy, hasher, rules };
    assert!(matches!(try_to_log_in(&service, ADA), Err(LogInError::Failed(Failed::Entropy(_)))));
    assert!(refused(&service, WRONG), "a refusal that cannot be written down is one all the same");
}

/// A clock on which each look takes 5 ms.
#[derive(Default)]
struct TickingClock(ManualClock);

impl Clock for TickingClock {
    fn now(&self) -> Timestamp {
        self.0.advance(Duration::from_millis(5));
        self.0.now()
    }
}

#[test]
fn events_say_what_happened_to_whom_and_how_long_it_took() {
    let service = service_with(TickingClock::default(), SeededEntropy::default());
    let lines = Arc::new(Mutex::new(Vec::new()));
    let written = Arc::clone(&lines);
    let reader = LogReader(move |line: &str| written.lock().unwrap().push(line.to_owned()));
    let id = tracing::subscriber::with_default(reader, || {
        let id = block_on(service.from(&Client::default()).sign_up(ADA)).unwrap().id;
        assert!(refused(&service, WRONG));
        let token = try_to_log_in(&service, ADA).unwrap().token;
        block_on(service.from(&Client::default()).log_out(&token)).unwrap();
        id
    });
    let lines: Vec<_> = lines.lock().unwrap().iter().filter(|line| line.contains("accounts")).cloned().collect();
    for (line, parts) in lines.iter().zip([
        &["signed up", &format!("user.id={id}"), "duration_ms=10"][..],
        &["log-in refused", "log_in.outcome=refused", "duration_ms=10", "hashing.depth=0"],
        &["logged in", "log_in.outcome=success", &format!("user.id={id}"), "duration_ms=10", "hashing.depth=0"],
        &["logged out"],
    ]) {
        for part in parts {
            assert!(line.contains(part), "{part} in {line}");
        }
    }
    assert_eq!(lines.len(), 4, "{lines:?}");
}

#[test]
fn debug_shows_no_secret() {
    assert_eq!(format!("{ADA:?}"), "Credentials([redacted])");
    let service = service_of_ada();
    let logged_in = log_in(&service);
    let shown = format!("{service:?} {logged_in:?} {ADA:?}");
    for secret in [ADA.password, &logged_in.token.expose_secret(), "$argon2id"] {
        assert!(!shown.contains(secret));
    }
}

/// Uses a session again after each `pause`; how long after the log-in it is found to be over.
fn lifetime(kind: SessionKind, pause: Duration) -> Duration {
    let service = service_of_ada();
    let LoggedIn { mut token, session, .. } = log_in_as(&service, ADA, kind);
    loop {
        service.clock.advance(pause);
        match block_on(service.resume(&token)) {
            Ok(visit) => token = visit.renewed_token.unwrap_or(token),
            Err(ResumeError::Expired) => return service.clock.now().since(session.created_at),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_session_lasts_as_long_as_its_kind_does() {
    let an_hour = Duration::from_hours(1);
    for (kind, idle, max) in
        [(SessionKind::Ordinary, 2 * an_hour, 24 * an_hour), (SessionKind::Kept, days(14), days(30))]
    {
        assert_eq!(lifetime(kind, idle), idle, "{kind:?}");
        assert!(lifetime(kind, just_before(idle)) > idle, "{kind:?}");
        assert_eq!(lifetime(kind, an_hour), max, "{kind:?}");
    }
}

#[test]
fn the_cookie_of_a_kept_session_is_kept_for_what_is_left_of_it_and_no_other_is() {
    let (service, LoggedIn { session: kept, .. }) = kept_session_of_ada();
    let ordinary = log_in(&service).session;
    for left in (0..=30).rev().chain([0]) {
        assert_eq!(service.kept_for(&kept), Some(days(left)));
        assert_eq!(service.kept_for(&ordinary), None);
        service.clock.advance(days(1));
    }
}

#[test]
fn the_token_of_a_kept_session_is_renewed_after_seven_days_and_the_old_one_ends_a_minute_later() {
    let (service, LoggedIn { token: old, .. }) = kept_session_of_ada();
    let renewed = |token| visit_by(&service, token).renewed_token;
    service.clock.advance(just_before(days(7)));
    assert!(renewed(&old).is_none());
    service.clock.advance(A_MOMENT);
    let new = renewed(&old).unwrap();
    keep_out_of_the_log(&new.expose_secret());

    service.clock.advance(just_before(A_MINUTE));
    assert!(renewed(&new).is_none() && renewed(&old).is_none(), "both are good, and there is no third");
    service.clock.advance(just_before(A_MINUTE));
    assert!(renewed(&old).is_none(), "a minute from the arrival of the new one on");
    service.clock.advance(A_MOMENT);
    assert!(is_over(&service, &old), "whoever comes first");
    assert!(renewed(&new).is_none());
    service.clock.advance(days(7));
    assert!(renewed(&new).is_some());
}

#[test]
fn a_renewed_token_that_never_arrived_is_followed_by_another() {
    let (service, LoggedIn { token: old, .. }) = kept_session_of_ada();
    let renewed = || visit_by(&service, &old).renewed_token;
    service.clock.advance(days(7));
    let lost = renewed().unwrap();
    service.clock.advance(just_before(A_MINUTE));
    assert!(renewed().is_none());
    service.clock.advance(A_MOMENT);
    let another = renewed().unwrap();
    assert!(is_over(&service, &lost));
    assert!(is_good(&service, &another));
    service.clock.advance(A_MINUTE);
    assert!(is_over(&service, &old));
    assert!(is_good(&service, &another));
}

#[test]
fn the_token_of_an_ordinary_session_is_never_renewed() {
    let mut service = service_of_ada();
    service.rules.sessions = service.rules.kept_sessions;
    let token = log_in(&service).token;
    for _week in 0..4 {
        service.clock.advance(days(7));
        assert!(visit_by(&service, &token).renewed_token.is_none());
    }
}

#[test]
fn two_requests_at_once_get_one_new_token() {
    let service = service_of_ada();
    for _race in 0..RACES {
        let old = log_in_as(&service, ADA, SessionKind::Kept).token;
        service.clock.advance(days(7));
        let renewed = || visit_by(&service, &old).renewed_token;
        let (one, other) = at_once(renewed, renewed);
        assert!(one.is_some() != other.is_some());
        assert!(is_good(&service, &one.or(other).unwrap()) && is_good(&service, &old));
    }
}

#[test]
fn sessions_are_listed_for_their_user_alone_without_those_that_expired() {
    let service = service_of_ada();
    let expired = log_in(&service);
    service.clock.advance(Duration::from_hours(1));
    let kept = log_in_as(&service, ADA, SessionKind::Kept);
    service.clock.advance(Duration::from_hours(1));
    let bob = log_in_bob(&service);
    let here = log_in(&service);

    let listed = |token| {
        let sessions = block_on(service.sessions_of(&visit_by(&service, token))).unwrap();
        sessions.into_iter().map(|session| session.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(&here.token), [here.session.id, kept.session.id]);
    assert_eq!(listed(&bob.token), [bob.session.id]);
    assert!(matches!(block_on(service.resume(&expired.token)), Err(ResumeError::Expired)));
}

#[test]
fn a_listed_session_says_where_the_log_in_came_from() {
    let service = service_of_ada();
    let token = block_on(service.from(&firefox_at(7)).log_in(LogIn::new(ADA))).unwrap().done().unwrap().token;
    let sessions = block_on(service.sessions_of(&visit_by(&service, &token))).unwrap();
    assert_eq!(sessions[0].client, firefox_at(7));
}

#[test]
fn another_session_is_ended_after_a_recent_log_in_alone() {
    let (service, here) = visit_of_ada();
    let (elsewhere, bob) = (log_in(&service), log_in_bob(&service));
    end_session(&service, &here, elsewhere.session.id).unwrap();
    assert!(is_over(&service, &elsewhere.token));
    assert!(is_good(&service, &bob.token));

    let elsewhere = log_in(&service);
    service.clock.advance(NOT_RECENT);
    let refusal = changes_nothing(&service, || end_session(&service, &here, elsewhere.session.id));
    assert!(matches!(refusal, Err(EndSessionError::NotRecent)));
    assert!(is_good(&service, &elsewhere.token));
}

#[test]
fn ones_own_session_is_ended_without_a_recent_log_in() {
    let service = service_of_ada();
    let (here, elsewhere) = (log_in(&service), log_in(&service));
    service.clock.advance(NOT_RECENT);
    end_session(&service, &visit_by(&service, &here.token), here.session.id).unwrap();
    assert!(is_over(&service, &here.token));
    assert!(is_good(&service, &elsewhere.token));
}

#[test]
fn only_a_session_of_ones_own_can_be_ended() {
    let (service, here) = visit_of_ada();
    let ended = log_in(&service).session.id;
    end_session(&service, &here, ended).unwrap();
    let unknown = SessionId::parse("00000000-0000-0000-0000-000000000000").unwrap();
    let bob = log_in_bob(&service);
    for id in [ended, unknown, bob.session.id] {
        let refusal = changes_nothing(&service, || end_session(&service, &here, id));
        assert!(matches!(refusal, Err(EndSessionError::NotFound)));
    }
    assert!(is_good(&service, &bob.token));
}

#[test]
fn a_session_that_was_ended_ends_no_others() {
    let service = service_of_ada();
    let (here, there) = (log_in(&service), log_in(&service));
    let [here, there] = [&here, &there].map(|logged_in| visit_by(&service, &logged_in.token));
    end_session(&service, &here, there.session.id).unwrap();
    for ended in [
        changes_nothing(&service, || end_session(&service, &there, here.session.id)),
        changes_nothing(&service, || end_session(&service, &there, there.session.id)),
        changes_nothing(&service, || end_other_sessions(&service, &there)).map(drop),
    ] {
        assert!(matches!(ended, Err(EndSessionError::Ended)), "{ended:?}");
    }
    end_session(&service, &here, here.session.id).unwrap();
}

/// Neither a log-out nor a log-in that brings it along.
#[test]
fn a_former_token_past_its_minute_ends_nothing() {
    let service = service_of_ada();
    let old = log_in_as(&service, ADA, SessionKind::Kept).token;
    service.clock.advance(days(7));
    let new = visit_by(&service, &old).renewed_token.unwrap();
    assert!(is_good(&service, &new));
    service.clock.advance(SessionLimits::RENEWAL_GRACE);
    changes_nothing(&service, || block_on(service.from(&Client::default()).log_out(&old))).unwrap();
    sign_up(&service, "Bob").unwrap();
    let (bob, known) = (Credentials { username: "Bob", ..ADA }, DeviceTokens::default());
    block_on(service.from(&Client::default()).log_in(LogIn::new(bob).replacing(Some(&old)).by_device(&known)))
        .unwrap()
        .done()
        .unwrap();
    assert!(is_good(&service, &new));
    block_on(service.from(&Client::default()).log_out(&new)).unwrap();
    assert!(is_over(&service, &new));
}

#[test]
fn of_two_that_end_each_other_at_once_exactly_one_is_left() {
    for race in 0..RACES {
        let service = service_of_ada();
        let (one, other) = (log_in(&service), log_in(&service));
        let [here, there] = [&one, &other].map(|logged_in| visit_by(&service, &logged_in.token));
        let end = |by: &Visit, rival: &Visit| match race % 2 {
            0 => end_session(&service, by, rival.session.id),
            _ => end_other_sessions(&service, by).map(drop),
        };
        let ended = at_once(|| end(&here, &there), || end(&there, &here));
        assert!(matches!(ended, (Ok(()), Err(EndSessionError::Ended)) | (Err(EndSessionError::Ended), Ok(()))));
        assert_ne!(is_good(&service, &one.token), is_good(&service, &other.token));
    }
}

#[test]
fn all_other_sessions_are_ended_after_a_recent_log_in_alone() {
    let service = service_of_ada();
    let (bob, token) = (log_in_bob(&service).token, log_in(&service).token);
    let here = visit_by(&service, &token);
    let others = [log_in(&service).token, log_in_as(&service, ADA, SessionKind::Kept).token];
    assert_eq!(end_other_sessions(&service, &here).unwrap(), 2);
    assert!(others.iter().all(|other| is_over(&service, other)));
    assert!(is_good(&service, &token) && is_good(&service, &bob));
    assert_eq!(changes_nothing(&service, || end_other_sessions(&service, &here)).unwrap(), 0);

    let other = log_in(&service).token;
    service.clock.advance(NOT_RECENT);
    let refusal = changes_nothing(&service, || end_other_sessions(&service, &here));
    assert!(matches!(refusal, Err(EndSessionError::NotRecent)));
    assert!(is_good(&service, &other));
}

#[test]
fn a_confirmation_makes_the_log_in_recent_again_and_brings_another_token() {
    let service = service_of_ada();
    let old = log_in(&service).token;
    let is_recent = |token| service.has_recent_log_in(&visit_by(&service, token));
    service.clock.advance(just_before(NOT_RECENT));
    assert!(is_recent(&old));
    service.clock.advance(A_MOMENT);
    assert!(!is_recent(&old));

    let new = confirm(&service, &visit_by(&service, &old), ADA.password).unwrap().unwrap();
    assert!(is_over(&service, &old));
    assert!(is_recent(&new));
    service.clock.advance(NOT_RECENT);
    assert!(!is_recent(&new));
}

#[test]
fn a_confirmation_by_the_very_request_that_renewed_the_token_leaves_only_its_own() {
    let (service, LoggedIn { token: old, .. }) = kept_session_of_ada();
    service.clock.advance(days(7));
    let here = visit_by(&service, &old);
    let new = confirm(&service, &here, ADA.password).unwrap().unwrap();
    assert!(is_over(&service, &old));
    assert!(is_over(&service, &here.renewed_token.unwrap()));
    assert!(is_good(&service, &new));
}

#[test]
fn a_wrong_confirmation_is_refused_and_written_down_at_the_cost_of_one_hash() {
    let service = service_of_ada();
    let LoggedIn { token, user, .. } = log_in(&service);
    service.clock.advance(NOT_RECENT);
    let here = visit_by(&service, &token);
    let too_long = "x".repeat(1025);
    for password in [WRONG.password, "", &too_long, "seven quiet lanterns\0"] {
        let cost = cost_of(&service, || {
            assert!(matches!(confirm(&service, &here, password), Err(ConfirmError::Refused)));
            assert_eq!(events_of(&service, user.id), [Event::ConfirmationFailed]);
        });
        assert_eq!(cost, (1, 1), "{password}");
        assert!(!service.has_recent_log_in(&visit_by(&service, &token)));
    }
    let cost = cost_of(&service, || drop(confirm(&service, &here, ADA.password).unwrap()));
    assert_eq!(cost, (1, 0), "a right one");
}

#[test]
fn a_session_that_ended_meanwhile_is_not_confirmed() {
    let (service, here) = visit_of_ada();
    end_session(&service, &here, here.session.id).unwrap();
    assert!(matches!(confirm(&service, &here, ADA.password), Err(ConfirmError::Ended)));
}

#[test]
fn a_changed_password_ends_all_sessions_but_this_one_which_gets_another_token() {
    let (service, LoggedIn { token: old, .. }) = kept_session_of_ada();
    service.clock.advance(days(7));
    let mut ended = vec![log_in(&service).token, log_in_as(&service, ADA, SessionKind::Kept).token];
    let bob = log_in_bob(&service).token;
    let here = visit_by(&service, &old);
    assert!(!service.has_recent_log_in(&here));
    let new = change_password(&service, &here, ADA.password, CHANGED.password).unwrap();
    keep_out_of_the_log(&new.expose_secret());

    ended.extend([old, here.renewed_token.unwrap()]);
    assert!(ended.iter().all(|token| is_over(&service, token)));
    assert!(is_good(&service, &bob));
    let again = visit_by(&service, &new);
    assert_eq!((again.session.id, again.session.renewed_at), (here.session.id, service.clock.now()));
    assert!(again.renewed_token.is_none());
    assert!(service.has_recent_log_in(&again));
    assert!(refused(&service, ADA));
    log_in_as(&service, CHANGED, SessionKind::Ordinary);
}

#[test]
fn a_change_of_password_names_what_is_wrong_with_either_at_once_and_changes_nothing() {
    let service = service();
    let ada = Credentials { username: "ada.lovelace.1815", ..ADA };
    sign_up(&service, ada.username).unwrap();
    let LoggedIn { token, user, .. } = log_in_as(&service, ada, SessionKind::Ordinary);
    let (here, elsewhere) = (visit_by(&service, &token), log_in_as(&service, ada, SessionKind::Ordinary).token);
    for (current, new, wrong, unfit) in [
        (WRONG.password, CHANGED.password, Some(WrongPassword), None),
        (WRONG.password, "short", Some(WrongPassword), Some("too_short")),
        ("", "", Some(WrongPassword), Some("empty")),
        (ADA.password, "short", None, Some("too_short")),
        (ADA.password, "seven quiet lanterns\0", None, Some("bad_character")),
        (ADA.password, ada.username, None, Some("too_guessable")),
    ] {
        forget_activity(&service);
        let refusal = change_password(&service, &here, current, new);
        let Err(ChangePasswordError::Refused { current, new }) = refusal else { panic!("{refusal:?}") };
        assert_eq!((current, new.as_ref().map(PasswordError::code)), (wrong, unfit));
        assert_eq!(events_of(&service, user.id), wrong.map(|_| Event::ConfirmationFailed).as_slice());
    }
    assert!(is_good(&service, &token) && is_good(&service, &elsewhere));
    assert!(refused(&service, Credentials { username: ada.username, ..CHANGED }));
    log_in_as(&service, ada, SessionKind::Ordinary);
}

#[test]
fn a_session_that_ended_meanwhile_changes_no_password() {
    let (service, here) = visit_of_ada();
    end_session(&service, &here, here.session.id).unwrap();
    let refusal = changes_nothing(&service, || change_password(&service, &here, ADA.password, CHANGED.password));
    assert!(matches!(refusal, Err(ChangePasswordError::Ended)));
    log_in(&service);
}

#[test]
fn a_username_is_not_changed_to_what_it_cannot_be() {
    let (service, here) = visit_of_ada();
    log_in_bob(&service);
    let change = |username| changes_nothing(&service, || rename(&service, &here, username));
    assert!(matches!(change("no spaces"), Err(ChangeUsernameError::Unfit(UsernameError::BadCharacter))));
    assert!(matches!(change("BOB"), Err(ChangeUsernameError::UsernameTaken)));
    service.clock.advance(NOT_RECENT);
    assert!(matches!(change("Lovelace"), Err(ChangeUsernameError::NotRecent)));
}

#[test]
fn another_spelling_of_the_username_reserves_nothing() {
    let (service, here) = visit_of_ada();
    forget_activity(&service);
    assert!(rename(&service, &here, "ADA").unwrap().is_some());
    assert_eq!(block_on(service.find_user("ada")).unwrap().unwrap().username.as_str(), "ADA");
    assert_eq!(log_in(&service).user.username.as_str(), "ADA");
    assert_eq!(free_names(&service), 0);
    assert!(events_of(&service, here.user.id).contains(&Event::UsernameChanged));
}

#[test]
fn the_same_spelling_of_the_username_changes_nothing() {
    let (service, here) = visit_of_ada();
    let token = changes_nothing(&service, || rename(&service, &here, "Ada")).unwrap();
    assert!(token.is_none());
}

#[test]
fn a_changed_username_is_the_one_to_log_in_with_and_the_session_goes_on() {
    let service = service_of_ada();
    let token = log_in(&service).token;
    let token = rename(&service, &visit_by(&service, &token), "Lovelace").unwrap().unwrap();
    assert!(refused(&service, ADA));
    log_in_as(&service, Credentials { username: "lovelace", ..ADA }, SessionKind::Ordinary);
    assert_eq!(visit_by(&service, &token).user.username.as_str(), "Lovelace");
}

#[test]
fn a_username_that_was_given_up_is_nobodys_for_thirty_days() {
    let (service, here) = visit_of_ada();
    rename(&service, &here, "Lovelace").unwrap();
    let bob = visit_by(&service, &log_in_bob(&service).token);
    assert!(matches!(rename(&service, &bob, "ada"), Err(ChangeUsernameError::UsernameTaken)));
    service.clock.advance(just_before(days(30)));
    assert!(!takes(&service, "ada"));
    service.clock.advance(A_MOMENT);
    assert!(takes(&service, "ada"));
}

#[test]
fn who_gave_a_username_up_can_go_back_to_it() {
    let service = service_of_ada();
    let mut token = log_in(&service).token;
    for username in ["Lovelace", "Ada"] {
        token = rename(&service, &visit_by(&service, &token), username).unwrap().unwrap();
    }
    assert_eq!(log_in(&service).user.username.as_str(), "Ada");
    assert!(!takes(&service, "lovelace"));
    assert_eq!(free_names(&service), 1);
}

#[test]
fn a_change_of_the_username_gives_this_session_a_new_token_and_leaves_the_others() {
    let service = service_of_ada();
    let (here, there) = (log_in(&service).token, log_in(&service).token);
    let token = rename(&service, &visit_by(&service, &here), "Lovelace").unwrap().unwrap();
    assert!(is_over(&service, &here) && is_good(&service, &there));
    assert_eq!(visit_by(&service, &token).user.username.as_str(), "Lovelace");
}

#[test]
fn a_confirmation_by_a_token_that_was_just_renewed_leaves_one_token() {
    let (service, LoggedIn { token: old, .. }) = kept_session_of_ada();
    service.clock.advance(days(7));
    let newer = visit_by(&service, &old).renewed_token.unwrap();
    let confirmed = confirm(&service, &visit_by(&service, &old), ADA.password).unwrap().unwrap();
    assert!(is_over(&service, &old) && is_over(&service, &newer) && is_good(&service, &confirmed));
}

#[test]
fn whose_session_ended_meanwhile_is_told_so_and_not_that_the_password_is_wrong() {
    let (service, here) = visit_of_ada();
    block_on(service.end_all_sessions(here.user.id)).unwrap();
    let change =
        block_on(service.from(&Client::default()).change_password(&here, ADA.password, "another good password"));
    assert!(matches!(change, Err(ChangePasswordError::Ended)));
    let (service, here) = visit_of_ada();
    let again = here.clone();
    delete_account(&service, &here, ADA.password).unwrap();
    assert!(matches!(delete_account(&service, &again, ADA.password), Err(DeleteAccountError::Ended)));
    assert!(matches!(confirm(&service, &again, ADA.password), Err(ConfirmError::Ended)));
}

#[test]
fn who_was_renamed_during_a_visit_is_asked_for_their_own_password() {
    let (service, before_the_change) = visit_of_ada();
    rename(&service, &before_the_change, "Lovelace").unwrap();
    service.clock.advance(days(30));
    let successor = Credentials { username: "ada", password: "another good password" };
    block_on(service.from(&Client::default()).sign_up(successor)).unwrap();
    let refusal = confirm(&service, &before_the_change, successor.password);
    assert!(matches!(refusal, Err(ConfirmError::Refused)));
    assert!(confirm(&service, &before_the_change, ADA.password).is_ok());
    delete_account(&service, &before_the_change, ADA.password).unwrap();
    assert!(block_on(service.find_user("ada")).unwrap().is_some());
}

#[test]
fn nobody_is_left_to_rename_after_a_deletion() {
    let (service, here) = visit_of_ada();
    delete_account(&service, &here, ADA.password).unwrap();
    let refusal = changes_nothing(&service, || rename(&service, &here, "Lovelace"));
    assert!(matches!(refusal, Err(ChangeUsernameError::Ended)));
}

#[test]
fn a_deleted_account_is_gone_with_everything_and_its_names_reserved_for_thirty_days() {
    let service = service_of_ada();
    let mut tokens = [log_in(&service).token, log_in_as(&service, ADA, SessionKind::Kept).token];
    tokens[0] = rename(&service, &visit_by(&service, &tokens[0]), "Lovelace").unwrap().unwrap();
    let bob = log_in_bob(&service);
    let here = visit_by(&service, &tokens[0]);
    delete_account(&service, &here, ADA.password).unwrap();

    assert!(stored_user(&service, "Lovelace").is_none());
    assert!(tokens.iter().all(|token| is_over(&service, token)));
    assert_eq!(events_of(&service, here.user.id), []);
    assert!(is_good(&service, &bob.token));
    assert_eq!(events_of(&service, bob.user.id), [Event::LoggedIn]);
    for is_free in [false, true] {
        assert_eq!(["ada", "lovelace"].map(|username| takes(&service, username)), [is_free; 2]);
        service.clock.advance(days(30));
    }
}

#[test]
fn a_wrong_password_deletes_nothing_and_is_written_down() {
    let service = service_of_ada();
    let LoggedIn { token, user, .. } = log_in(&service);
    let here = visit_by(&service, &token);
    let cost = cost_of(&service, || {
        assert!(matches!(delete_account(&service, &here, WRONG.password), Err(DeleteAccountError::Refused)));
        assert_eq!(events_of(&service, user.id), [Event::ConfirmationFailed]);
    });
    assert_eq!(cost, (1, 1));
    assert!(is_good(&service, &token));
    assert_eq!(log_in(&service).user, user);
}

#[test]
fn what_happened_is_told_newest_first_with_device_and_address() {
    let service = service_of_ada();
    let at = |last_byte| {
        service.clock.advance(A_SECOND);
        firefox_at(last_byte)
    };
    let log_in_at = |typed, from| block_on(service.from(&at(from)).log_in(LogIn::new(typed)));
    assert!(log_in_at(WRONG, 1).is_err());
    let [here, third, fourth, _fifth] = [2, 3, 4, 5].map(|from| log_in_at(ADA, from).unwrap().done().unwrap());
    let visit = visit_by(&service, &here.token);
    block_on(service.from(&at(6)).log_out(&third.token)).unwrap();
    block_on(service.from(&at(7)).end_session(&visit, fourth.session.id)).unwrap();
    block_on(service.from(&at(8)).end_other_sessions(&visit)).unwrap();
    let renamed = block_on(service.from(&at(9)).change_username(&visit, "Lovelace")).unwrap().unwrap();
    let visit = visit_by(&service, &renamed);
    assert!(block_on(service.from(&at(10)).confirm(&visit, WRONG.password)).is_err());
    block_on(service.from(&at(11)).change_password(&visit, ADA.password, CHANGED.password)).unwrap();
    block_on(service.close_account(visit.user.id)).unwrap();
    assert!(log_in_at(Credentials { username: "Lovelace", ..CHANGED }, 12).is_err());
    log_in_bob(&service);

    let told = |before, most| block_on(service.activity_of(&visit, before, most)).unwrap();
    let all = told(None, 100);
    let events: Vec<_> = all.iter().rev().map(|activity| activity.event).collect();
    let since = [
        Event::LoggedOut,
        Event::SessionEnded,
        Event::SessionsEnded,
        Event::UsernameChanged,
        Event::ConfirmationFailed,
        Event::PasswordChanged,
        Event::LogInFailed,
    ];
    assert_eq!(events, [&[Event::LogInFailed][..], &[Event::LoggedIn; 4], &since].concat());
    for (activity, seconds) in all.iter().rev().zip(1..) {
        assert_eq!(activity.client, firefox_at(seconds));
        assert_eq!(activity.at, here.user.created_at.plus(u32::from(seconds) * A_SECOND));
    }
    assert_eq!(told(Some(all[2].id), 4), all[3..7]);
}

#[test]
fn what_happened_more_than_ninety_days_ago_is_not_told() {
    let (service, here) = visit_of_ada();
    let told = || block_on(service.activity_of(&here, None, 100)).unwrap().len();
    service.clock.advance(days(90));
    assert_eq!(told(), 1);
    service.clock.advance(A_MOMENT);
    assert_eq!(told(), 0);
    log_in(&service);
    assert_eq!(told(), 1);
}

#[test]
fn a_log_in_tells_of_the_attempts_that_failed_since_the_one_before() {
    let service = service_of_ada();
    let log_in_later = || {
        service.clock.advance(A_MINUTE);
        log_in(&service)
    };
    let fail = || {
        service.clock.advance(A_MINUTE);
        assert!(refused(&service, WRONG));
        service.clock.now()
    };
    assert_eq!(log_in_later().failed_attempts, None);
    let here = visit_by(&service, &log_in_later().token);
    let since = fail();
    assert!(confirm(&service, &here, WRONG.password).is_err());
    end_session(&service, &here, here.session.id).unwrap();
    fail();
    assert_eq!(log_in_later().failed_attempts, Some(FailedAttempts { count: 3, since }));
    assert_eq!(log_in_later().failed_attempts, None);

    let failures: Vec<_> = (0..FailedAttempts::MOST + 3).map(|_| fail()).collect();
    let most = FailedAttempts { count: FailedAttempts::MOST, since: failures[3] };
    assert_eq!(log_in_later().failed_attempts, Some(most));
    assert_eq!(log_in_later().failed_attempts, None);
}

#[test]
fn an_administrator_finds_a_user_by_any_spelling() {
    let service = service_of_ada();
    let find = |username| block_on(service.find_user(username)).unwrap();
    for username in ["Ada", "ada", "ADA"] {
        assert_eq!(find(username), Some(log_in(&service).user));
    }
    for username in ["adam", "no spaces", ""] {
        assert_eq!(find(username), None);
    }
}

#[test]
fn an_administrator_closes_an_account_of_one_user_alone() {
    let service = service_of_ada();
    let (ada, bob) = (log_in(&service), log_in_bob(&service));
    block_on(service.close_account(ada.user.id)).unwrap();
    assert_eq!(block_on(service.find_user("ada")).unwrap().unwrap().standing, Standing::Closed);
    assert!(!takes(&service, "ada"));
    assert!(is_good(&service, &bob.token));
    block_on(service.reopen_account(ada.user.id)).unwrap();
    assert_eq!(log_in(&service).user, ada.user);
}

#[test]
fn an_administrator_ends_all_sessions_of_one_user_alone() {
    let service = service_of_ada();
    let (ada, kept, bob) = (log_in(&service), log_in_as(&service, ADA, SessionKind::Kept), log_in_bob(&service));
    forget_activity(&service);
    let end_all = || block_on(service.end_all_sessions(ada.user.id)).unwrap();
    assert_eq!(end_all(), 2);
    assert!(is_over(&service, &ada.token) && is_over(&service, &kept.token));
    assert!(is_good(&service, &bob.token));
    assert_eq!(events_of(&service, ada.user.id), [Event::SessionsEnded]);
    assert_eq!(changes_nothing(&service, end_all), 0);
}

#[test]
fn a_sweep_deletes_what_ran_out_and_leaves_the_rest() {
    let service = service_of_ada();
    let sweep = || block_on(service.sweep()).unwrap();
    log_in_as(&service, ADA, SessionKind::Kept);
    rename(&service, &visit_by(&service, &log_in_bob(&service).token), "Robert").unwrap();
    service.clock.advance(days(90) + Duration::from_millis(1));
    let kept = log_in_as(&service, ADA, SessionKind::Kept);
    let ordinary = log_in(&service);
    let renamed = rename(&service, &visit_by(&service, &ordinary.token), "Lovelace").unwrap().unwrap();
    assert!(refused(&service, Credentials { username: "nobody", ..ADA }));

    // Two log-ins and a name of long ago, and the attempt at nobody's.
    assert_eq!(sweep(), Swept { sessions: 2, activity: 4, names: 1, counters: 0, devices: 0 });
    assert_eq!(changes_nothing(&service, sweep), Swept { sessions: 0, activity: 0, names: 0, counters: 0, devices: 0 });
    assert!(is_good(&service, &kept.token) && is_good(&service, &renamed));
    assert_eq!(events_of(&service, kept.user.id).len(), 3);
    assert!(takes(&service, "Bob") && !takes(&service, "Ada"));
}

#[test]
fn a_sweep_judges_each_session_by_the_limits_of_its_kind() {
    let (service, kept) = kept_session_of_ada();
    let ordinary = log_in(&service);
    let mut passed = Duration::ZERO;
    for (until, swept, is_left) in [
        (just_before(Duration::from_hours(2)), 0, [true, true]),
        (Duration::from_hours(2), 1, [false, true]),
        (just_before(days(14)), 0, [false, true]),
        (days(14), 1, [false, false]),
    ] {
        service.clock.advance(until.saturating_sub(passed));
        passed = until;
        assert_eq!(block_on(service.sweep()).unwrap().sessions, swept);
        let found = [&ordinary, &kept].map(|of| block_on(service.store.find_by_token(&of.token.hash())).unwrap());
        assert_eq!(found.map(|session| session.is_some()), is_left);
    }
}

#[test]
fn a_sweep_goes_on_until_nothing_is_left() {
    let service = service();
    for count in [499, 500, 501, 1_001] {
        for _attempt in 0..count {
            let attempt = service.from(&Client::default()).activity(None, Event::LogInFailed).unwrap();
            block_on(service.store.record(&attempt)).unwrap();
        }
        assert_eq!(
            block_on(service.sweep()).unwrap(),
            Swept { sessions: 0, activity: count, names: 0, counters: 0, devices: 0 }
        );
    }
}

/// A log-in that came too late, or just before it was undone.
fn assert_leads_nowhere(service: &TestService, logged_in: Result<LoggedIn, LogInError>) {
    match logged_in {
        Ok(LoggedIn { token, .. }) => assert!(is_over(service, &token)),
        Err(error) => assert!(matches!(error, LogInError::Refused)),
    }
    assert!(refused(service, ADA));
}

#[test]
fn no_log_in_with_the_old_password_survives_a_change_of_it_at_the_same_time() {
    for _race in 0..RACES {
        let (service, here) = visit_of_ada();
        let change = || change_password(&service, &here, ADA.password, CHANGED.password);
        let (changed, logged_in) = at_once(change, || try_to_log_in(&service, ADA));
        assert!(is_good(&service, &changed.unwrap()));
        assert_leads_nowhere(&service, logged_in);
    }
}

#[test]
fn of_two_password_changes_at_once_one_succeeds() {
    const OTHER: &str = "nine purple umbrellas";
    for race in 0..RACES {
        let (service, here) = visit_of_ada();
        let elsewhere = visit_by(&service, &log_in(&service).token);
        let there = [&here, &elsewhere][race % 2];
        let (one, other) = at_once(
            || change_password(&service, &here, ADA.password, CHANGED.password),
            || change_password(&service, there, ADA.password, OTHER),
        );
        let (token, refusal, password) = match (one, other) {
            (Ok(token), Err(refusal)) => (token, refusal, CHANGED.password),
            (Err(refusal), Ok(token)) => (token, refusal, OTHER),
            both => panic!("{both:?}"),
        };
        // A loser in another browser was logged out by the winner.
        assert!(matches!(
            refusal,
            ChangePasswordError::Refused { current: Some(WrongPassword), new: None } | ChangePasswordError::Ended
        ));
        assert!(is_good(&service, &token));
        assert!(try_to_log_in(&service, Credentials { password, ..ADA }).is_ok());
    }
}

#[test]
fn no_log_in_survives_a_deletion_at_the_same_time() {
    for _race in 0..RACES {
        let (service, here) = visit_of_ada();
        let delete = || delete_account(&service, &here, ADA.password);
        let (deleted, logged_in) = at_once(delete, || try_to_log_in(&service, ADA));
        deleted.unwrap();
        assert_leads_nowhere(&service, logged_in);
    }
}

#[test]
fn of_a_deletion_and_a_password_change_at_once_one_succeeds() {
    for race in 0..RACES {
        let (service, here) = visit_of_ada();
        let delete_a_little_later = || {
            (0..race % 20).for_each(|_| assert!(refused(&service, WRONG)));
            delete_account(&service, &here, ADA.password)
        };
        let change = || change_password(&service, &here, ADA.password, CHANGED.password);
        match at_once(change, delete_a_little_later) {
            (Ok(token), Err(DeleteAccountError::Refused)) => assert!(is_good(&service, &token)),
            (Err(ChangePasswordError::Ended), Ok(())) => assert!(stored_user(&service, "ada").is_none()),
            both => panic!("{both:?}"),
        }
    }
}

#[test]
fn a_session_that_is_used_while_it_is_ended_is_over() {
    let service = service_of_ada();
    for _race in 0..RACES {
        let there = log_in_as(&service, ADA, SessionKind::Kept);
        service.clock.advance(days(7));
        let here = visit_by(&service, &log_in(&service).token);
        let end = || end_session(&service, &here, there.session.id);
        let (ended, used) = at_once(end, || block_on(service.resume(&there.token)));
        ended.unwrap();
        assert!(is_over(&service, &there.token));
        match used {
            Ok(visit) => assert!(visit.renewed_token.is_none_or(|renewed| is_over(&service, &renewed))),
            Err(error) => assert!(matches!(error, ResumeError::Unknown)),
        }
    }
}

#[test]
fn of_many_confirmations_at_once_all_count_and_one_brings_a_token() {
    let service = service_of_ada();
    for _race in 0..RACES {
        let old = log_in(&service).token;
        let here = visit_by(&service, &old);
        let tokens: Vec<_> = thread::scope(|scope| {
            let confirmations = [(); 20].map(|()| scope.spawn(|| confirm(&service, &here, ADA.password)));
            confirmations.into_iter().filter_map(|thread| thread.join().unwrap().unwrap()).collect()
        });
        assert_eq!(tokens.len(), 1);
        assert!(is_good(&service, &tokens[0]));
        assert!(is_over(&service, &old));
    }
}
