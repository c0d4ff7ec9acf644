//! Shared by the tests of the use cases.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use pollster::block_on;

use crate::accounts::{
    AuthService, ChangePasswordError, ChangeUsernameError, Credentials, DeleteAccountError, EmailGiven, EmailLinkError,
    EndSessionError, GiveEmailError, Letter, LogIn, LogInError, LoggedIn, NextMail, ReadEmailError,
    ReauthenticateError, ResumeError, SignUp, SignUpError, Visit,
};
use crate::activity::{ActivityId, Event};
use crate::client::Client;
use crate::clock::Clock;
use crate::email_address::EmailAddress;
use crate::entropy::Entropy;
use crate::link::LinkToken;
use crate::mail::{MailKind, MailRules};
use crate::password::{PasswordHash, PasswordPolicy};
use crate::repository::{ActivityRepository as _, Emails, UserRepository as _};
use crate::rules::Rules;
use crate::session::{SessionId, SessionKind};
use crate::testing::{ManualClock, MemoryStore, SeededEntropy, cheap_hasher, fixtures, keep_out_of_the_log};
use crate::throttle::ThrottleRules;
use crate::token::SessionToken;
use crate::user::{NewUser, StoredUser, User, UserId};
use crate::username::Username;

pub(super) const ADA: Credentials<'static> = Credentials { username: "Ada", password: "seven quiet lanterns" };

pub(super) const WRONG: Credentials<'static> = Credentials { username: "Ada", password: "eight quiet lanterns" };

pub(super) const CHANGED: Credentials<'static> = Credentials { username: "Ada", password: "a dozen noisy kettles" };

/// Ada's address, as she types it.
pub(super) const ADAS: &str = "Ada.Lovelace@Example.org";

/// Another address: one that Ada moves to, or a thief's.
pub(super) const OTHERS: &str = "Countess@Example.net";

/// The hash of “password” by the reference implementation, with parameters that are not ours.
pub(super) const OUT_OF_DATE: &str =
    "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

pub(super) const A_MOMENT: Duration = Duration::from_micros(1);

pub(super) const A_SECOND: Duration = Duration::from_secs(1);

pub(super) const A_MINUTE: Duration = Duration::from_mins(1);

/// A log-in of this age is no longer recent.
pub(super) const NOT_RECENT: Duration = Duration::from_mins(10);

/// How many times a race is run.
pub(super) const RACES: usize = 50;

pub(super) const fn days(days: u64) -> Duration {
    Duration::from_hours(24 * days)
}

pub(super) fn firefox_at(last_byte: u8) -> Client {
    let user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
    Client::new(Some(user_agent), Some([192, 0, 2, last_byte].into()))
}

pub(super) const fn just_before(end: Duration) -> Duration {
    end.saturating_sub(A_MOMENT)
}

pub(super) type TestService<C = ManualClock, E = SeededEntropy> = AuthService<MemoryStore, C, E>;

pub(super) fn service_with<C: Clock, E: Entropy>(clock: C, entropy: E) -> TestService<C, E> {
    for secret in [ADA.password, WRONG.password, CHANGED.password] {
        keep_out_of_the_log(secret);
    }
    // Throttling has tests of its own.
    let rules = Rules { throttle: None, ..Rules::new(PasswordPolicy::new(15, "Notes")) };
    AuthService::with_ports(MemoryStore::default(), clock, entropy).hasher(cheap_hasher()).rules(rules).start().unwrap()
}

/// A service that sends mails, and throttles nothing.
pub(super) fn mail_service() -> TestService {
    mail_service_with(MailRules::default())
}

pub(super) fn mail_service_with(mail: MailRules) -> TestService {
    for address in [ADAS, OTHERS] {
        keep_out_of_the_log(address);
        keep_out_of_the_log(&address.to_lowercase());
    }
    let AuthService { store, clock, entropy, hasher, rules, .. } = service();
    AuthService::with_ports(store, clock, entropy).hasher(hasher).rules(rules).mail(mail).start().unwrap()
}

/// The same service with the usual throttle.
pub(super) fn throttled(service: TestService) -> TestService {
    let rules = Rules { throttle: Some(ThrottleRules::default()), ..service.rules };
    TestService { rules, ..service }
}

/// Ada signs up with her address and verifies it.
pub(super) fn sign_ada_up_by_mail(service: &TestService) -> User {
    sign_up_with_email(service, ADA.username, ADAS).unwrap();
    verify(service, &link_in(&send_mails(service)[0])).unwrap()
}

/// A service that sends mails, where Ada has verified her address.
pub(super) fn mail_service_of_ada() -> (TestService, User) {
    let service = mail_service();
    let ada = sign_ada_up_by_mail(&service);
    (service, ada)
}

/// The same, and the request that Ada is making.
pub(super) fn visit_of_ada_with_address() -> (TestService, Visit) {
    let (service, _) = mail_service_of_ada();
    let visit = visit_by(&service, &log_in(&service).token);
    (service, visit)
}

pub(super) fn service() -> TestService {
    service_with(ManualClock::default(), SeededEntropy::default())
}

/// A service where Ada has signed up.
pub(super) fn service_of_ada() -> TestService {
    let service = service();
    sign_up(&service, ADA.username).unwrap();
    service
}

/// A service where Ada has signed up, and her kept session.
pub(super) fn kept_session_of_ada() -> (TestService, LoggedIn) {
    let service = service_of_ada();
    let logged_in = log_in_as(&service, ADA, SessionKind::Kept);
    (service, logged_in)
}

/// A service where Ada has signed up, and the request that she is making.
pub(super) fn visit_of_ada() -> (TestService, Visit) {
    let service = service_of_ada();
    let visit = visit_by(&service, &log_in(&service).token);
    (service, visit)
}

/// Signs up with Ada's password.
pub(super) fn sign_up(service: &TestService, username: &str) -> Result<User, SignUpError> {
    block_on(service.from(&Client::default()).sign_up(Credentials { username, ..ADA }))
}

/// Signs up with Ada's password, and an address.
pub(super) fn sign_up_with_email(service: &TestService, username: &str, email: &str) -> Result<User, SignUpError> {
    let read = block_on(service.read_sign_up_email(email)).map_err(|error| match error {
        ReadEmailError::Unfit(error) => error,
        ReadEmailError::Failed(error) => panic!("{error}"),
    });
    let sign_up = SignUp::new(Credentials { username, ..ADA }).with_email(read);
    block_on(service.from(&Client::default()).sign_up(sign_up))
}

pub(super) fn address(typed: &str) -> EmailAddress {
    EmailAddress::parse(typed).unwrap()
}

pub(super) fn emails_of(service: &TestService, user: UserId) -> Emails {
    block_on(service.emails_of_user(user)).unwrap()
}

pub(super) fn give_email(service: &TestService, visit: &Visit, typed: &str) -> Result<EmailGiven, GiveEmailError> {
    block_on(service.from(&Client::default()).give_email(visit, typed))
}

pub(super) fn verify(service: &TestService, link: &LinkToken) -> Result<User, EmailLinkError> {
    block_on(service.from(&Client::default()).verify_email(link))
}

/// The next mail, which is not handed over yet.
pub(super) fn next_letter(service: &TestService) -> Option<Letter> {
    let letter = match block_on(service.next_mail()).unwrap() {
        NextMail::Letter(letter) => letter,
        NextMail::Idle => return None,
        wait @ NextMail::WaitUntil(_) => panic!("{wait:?}"),
    };
    if let Some(link) = &letter.link {
        keep_out_of_the_log(&link.token.expose_secret());
    }
    Some(*letter)
}

/// Hands over every mail that is due.
pub(super) fn send_mails(service: &TestService) -> Vec<Letter> {
    let mut sent = Vec::new();
    while let Some(letter) = next_letter(service) {
        block_on(service.mail_sent(&letter)).unwrap();
        sent.push(letter);
    }
    sent
}

/// The kind and the address of each letter, sorted, as letters sent at the same time have no order.
pub(super) fn in_short(letters: &[Letter]) -> Vec<(MailKind, &str)> {
    let mut short: Vec<_> = letters.iter().map(|letter| (letter.kind, letter.to.address.as_str())).collect();
    short.sort_by_key(|(kind, address)| (kind.code(), *address));
    short
}

/// Hands over every mail that is due, and returns their kinds and addresses.
pub(super) fn sent(service: &TestService) -> Vec<(MailKind, String)> {
    in_short(&send_mails(service)).into_iter().map(|(kind, address)| (kind, address.to_owned())).collect()
}

pub(super) fn link_in(letter: &Letter) -> LinkToken {
    letter.link.as_ref().unwrap().token.clone()
}

/// The link of the only mail of this kind among them.
pub(super) fn link_of(letters: &[Letter], kind: MailKind) -> LinkToken {
    let mut of_kind = letters.iter().filter(|letter| letter.kind == kind);
    let letter = of_kind.next().unwrap();
    assert!(of_kind.next().is_none());
    link_in(letter)
}

/// How many reads and writes of the store `action` takes.
pub(super) fn steps_of(service: &TestService, action: impl FnOnce()) -> u64 {
    let before = service.store.steps();
    action();
    service.store.steps() - before
}

/// How many rows `action` adds: mails, with or without a recipient; activity; counters; links.
pub(super) fn rows_of(service: &TestService, action: impl FnOnce()) -> [usize; 4] {
    let rows = || {
        let store = format!("{:?}", service.store);
        ["QueuedMail {", "Activity {", "CounterState {", "Link {"].map(|row| store.matches(row).count())
    };
    forget_activity(service);
    let before = rows();
    action();
    let after = rows();
    std::array::from_fn(|table| after[table] - before[table])
}

/// Signs up with this name, and tells whether it was free.
pub(super) fn takes(service: &TestService, username: &str) -> bool {
    match sign_up(service, username) {
        Ok(_) => true,
        Err(SignUpError::UsernameTaken) => false,
        Err(error) => panic!("{error}"),
    }
}

pub(super) fn try_to_log_in<C: Clock, E: Entropy>(
    service: &TestService<C, E>,
    typed: Credentials<'_>,
) -> Result<LoggedIn, LogInError> {
    block_on(service.from(&Client::default()).log_in(LogIn::new(typed))).map(|step| step.done().unwrap())
}

pub(super) fn log_in_as(service: &TestService, typed: Credentials<'_>, kind: SessionKind) -> LoggedIn {
    let logged_in =
        block_on(service.from(&Client::default()).log_in(LogIn::new(typed).of_kind(kind))).unwrap().done().unwrap();
    keep_out_of_the_log(&logged_in.token.expose_secret());
    logged_in
}

pub(super) fn log_in(service: &TestService) -> LoggedIn {
    log_in_as(service, ADA, SessionKind::Ordinary)
}

/// Signs up another user, Bob, and logs him in.
pub(super) fn log_in_bob(service: &TestService) -> LoggedIn {
    sign_up(service, "Bob").unwrap();
    log_in_as(service, Credentials { username: "Bob", ..ADA }, SessionKind::Ordinary)
}

pub(super) fn refused<C: Clock, E: Entropy>(service: &TestService<C, E>, typed: Credentials<'_>) -> bool {
    matches!(try_to_log_in(service, typed), Err(LogInError::Refused))
}

pub(super) fn visit_by(service: &TestService, token: &SessionToken) -> Visit {
    block_on(service.resume(token)).unwrap()
}

pub(super) fn is_good(service: &TestService, token: &SessionToken) -> bool {
    block_on(service.resume(token)).is_ok()
}

pub(super) fn is_over(service: &TestService, token: &SessionToken) -> bool {
    matches!(block_on(service.resume(token)), Err(ResumeError::Unknown))
}

pub(super) fn end_session(service: &TestService, visit: &Visit, id: SessionId) -> Result<(), EndSessionError> {
    block_on(service.from(&Client::default()).end_session(visit, id))
}

pub(super) fn end_other_sessions(service: &TestService, visit: &Visit) -> Result<u64, EndSessionError> {
    block_on(service.from(&Client::default()).end_other_sessions(visit))
}

pub(super) fn reauthenticate(
    service: &TestService,
    visit: &Visit,
    password: &str,
) -> Result<Option<SessionToken>, ReauthenticateError> {
    block_on(service.from(&Client::default()).reauthenticate(visit, password))
}

pub(super) fn change_password(
    service: &TestService,
    visit: &Visit,
    current: &str,
    new: &str,
) -> Result<SessionToken, ChangePasswordError> {
    block_on(service.from(&Client::default()).change_password(visit, current, new))
}

pub(super) fn rename(
    service: &TestService,
    visit: &Visit,
    username: &str,
) -> Result<Option<SessionToken>, ChangeUsernameError> {
    block_on(service.from(&Client::default()).change_username(visit, username))
}

pub(super) fn delete_account(service: &TestService, visit: &Visit, password: &str) -> Result<(), DeleteAccountError> {
    block_on(service.from(&Client::default()).delete_account(visit, password))
}

pub(super) fn stored_user(service: &TestService, username: &str) -> Option<StoredUser> {
    block_on(service.store.find_by_username(&Username::parse(username).unwrap())).unwrap()
}

pub(super) fn hash_of(service: &TestService, username: &str) -> PasswordHash {
    stored_user(service, username).and_then(|stored| stored.password_hash).unwrap()
}

/// A user who has no password, as one who logs in by other credentials.
pub(super) fn sign_up_without_a_password(service: &TestService, username: &str) -> UserId {
    let user = NewUser { password_hash: None, ..fixtures::new_user(username, &service.entropy) };
    block_on(service.store.insert(&user)).unwrap();
    user.id
}

/// The events of the user's activity, newest first. Events of the same millisecond have no order.
pub(super) fn events_of(service: &TestService, user: UserId) -> Vec<Event> {
    let activity = block_on(service.store.activity_of(user, None, 1_000)).unwrap();
    activity.into_iter().map(|activity| activity.event).collect()
}

/// Deletes all activity, with and without a user, and returns how many entries there were.
pub(super) fn forget_activity(service: &TestService) -> u32 {
    let tomorrow = ActivityId::floor(service.clock.now().plus(days(1)));
    block_on(service.store.delete_activity(tomorrow, 1_000)).unwrap()
}

/// How many hashes `action` computes, and how many entries of activity it records.
pub(super) fn cost_of(service: &TestService, action: impl FnOnce()) -> (u64, u32) {
    forget_activity(service);
    let before = service.hashing_stats().hashes;
    action();
    (service.hashing_stats().hashes - before, forget_activity(service))
}

/// Asserts that nothing changes, except that it cannot see passwords and tokens, which the store's `Debug` does not show.
pub(super) fn changes_nothing<T>(service: &TestService, action: impl FnOnce() -> T) -> T {
    let before = format!("{:?}", service.store);
    let result = action();
    assert_eq!(format!("{:?}", service.store), before);
    result
}

/// Runs both at the same time, each on its own thread.
pub(super) fn at_once<A, B: Send>(one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
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

/// Asserts that a log-in that raced with a change was refused, or that its session has ended.
pub(super) fn assert_leads_nowhere(service: &TestService, logged_in: Result<LoggedIn, LogInError>) {
    match logged_in {
        Ok(LoggedIn { token, .. }) => assert!(is_over(service, &token)),
        Err(error) => assert!(matches!(error, LogInError::Refused)),
    }
    assert!(refused(service, ADA));
}
