use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;

use pollster::block_on;

use crate::accounts::fixtures::{
    A_MINUTE, A_MOMENT, ADA, ADAS, CHANGED, OUT_OF_DATE, RACES, TestService, WRONG, change_password, cost_of, days,
    delete_account, end_other_sessions, end_session, events_of, firefox_at, hash_of, in_short, is_good, is_over,
    log_in, mail_service, mail_service_of_ada, reauthenticate, refused, rename, send_mails, sent, service,
    service_of_ada, service_with, sign_up, sign_up_with_email, sign_up_without_a_password, stored_user, throttled,
    try_to_log_in, visit_by,
};
use crate::accounts::{AuthService, Credentials, Failed, LogIn, LogInError, LogInStep, LoggedIn};
use crate::activity::{Event, FailedAttempts};
use crate::client::Client;
use crate::clock::{Clock, Timestamp};
use crate::known_device::DeviceTokens;
use crate::mail::MailKind;
use crate::password::{PasswordHash, Pepper, Peppers};
use crate::repository::{SessionRepository as _, UserRepository as _};
use crate::testing::log_watch::LogReader;
use crate::testing::{ManualClock, NoEntropy, SeededEntropy, cheap_hasher};
use crate::user::UserId;

/// A clock on which each reading takes 5 ms.
#[derive(Default)]
struct TickingClock(ManualClock);

impl Clock for TickingClock {
    fn now(&self) -> Timestamp {
        self.0.advance(Duration::from_millis(5));
        self.0.now()
    }
}

/// Without a browser cookie, the two requests cannot be told from two log-ins.
#[test]
fn a_log_in_that_one_browser_sends_twice_leaves_one_session() {
    let service = service_of_ada();
    let log_in = |client: &Client| block_on(service.from(client).log_in(LogIn::new(ADA))).unwrap().done().unwrap();
    let [here, elsewhere] = [(); 2].map(|()| Client::default().in_browser(Some(service.name_browser().unwrap())));
    let tokens = [&here, &elsewhere, &here, &Client::default(), &Client::default()].map(|client| log_in(client).token);
    assert_eq!(tokens.each_ref().map(|token| is_good(&service, token)), [false, true, true, true, true]);
}

/// The browser waits for the answer to the second request, whose session has begun.
#[test]
fn of_two_log_ins_of_one_browser_the_one_that_was_asked_for_last_counts() {
    let service = service_of_ada();
    let here = Client::default().in_browser(Some(service.name_browser().unwrap()));
    let log_in = || block_on(service.from(&here).log_in(LogIn::new(ADA))).unwrap();
    let second = log_in().done().unwrap();
    service.clock.set_back(A_MOMENT);
    assert!(matches!(log_in(), LogInStep::Overtaken));
    assert!(is_good(&service, &second.token));
    assert_eq!(block_on(service.store.sessions_of(second.user.id, 10)).unwrap().len(), 1);
    assert_eq!(events_of(&service, second.user.id), [Event::LoggedIn]);
}

#[test]
fn every_refused_log_in_costs_exactly_one_hash() {
    let service = service_of_ada();
    let closed = Credentials { username: "closed", ..ADA };
    let closed_id = sign_up(&service, closed.username).unwrap().id;
    block_on(service.close_account(closed_id)).unwrap();
    let broken = Credentials { username: "broken", ..ADA };
    let broken_id = sign_up(&service, broken.username).unwrap().id;
    let old = hash_of(&service, broken.username);
    let garbage = PasswordHash::from_stored("$argon2id$v=19$m=19456,t=2,p=4294967295$c2FsdHNhbHQ$AAAA");
    block_on(service.store.replace_password_hash(broken_id, &old, &garbage)).unwrap();
    let without = Credentials { username: "without", ..ADA };
    sign_up_without_a_password(&service, without.username);
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
        ("an account without a password", without),
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
fn an_out_of_date_hash_is_renewed_by_a_right_password_and_by_no_other() {
    let service = service_of_ada();
    let old = PasswordHash::from_stored(OUT_OF_DATE);
    let id = stored_user(&service, "ada").unwrap().user.id;
    block_on(service.store.replace_password_hash(id, &hash_of(&service, "ada"), &old)).unwrap();

    assert!(refused(&service, WRONG));
    assert_eq!(hash_of(&service, "ada"), old);
    let right = Credentials { password: "password", ..ADA };
    try_to_log_in(&service, right).unwrap();
    let renewed = hash_of(&service, "ada");
    assert!(renewed.expose_secret().starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    try_to_log_in(&service, right).unwrap();
    assert_eq!(hash_of(&service, "ada"), renewed);
}

#[test]
fn of_two_right_log_ins_with_an_out_of_date_hash_at_once_both_succeed() {
    let right = Credentials { password: "password", ..ADA };
    for _ in 0..RACES / 5 {
        let service = Arc::new(service_of_ada());
        let id = stored_user(&service, "ada").unwrap().user.id;
        let old = PasswordHash::from_stored(OUT_OF_DATE);
        block_on(service.store.replace_password_hash(id, &hash_of(&service, "ada"), &old)).unwrap();
        let start = Arc::new(Barrier::new(2));
        let log_ins = [(); 2].map(|()| {
            let (service, start) = (Arc::clone(&service), Arc::clone(&start));
            thread::spawn(move || {
                start.wait();
                try_to_log_in(&service, right).is_ok()
            })
        });
        assert_eq!(log_ins.map(|log_in| log_in.join().unwrap()), [true, true]);
        let renewed = hash_of(&service, "ada");
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
        let hash = hash_of(&service, "ada");
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
fn without_randomness_a_log_in_fails() {
    let AuthService { store, clock, hasher, rules, mail, .. } = service_of_ada();
    let service =
        AuthService { store, clock, entropy: NoEntropy, hasher, rules, mail, second_factor: None, passkeys: None };
    assert!(matches!(try_to_log_in(&service, ADA), Err(LogInError::Failed(Failed::Entropy(_)))));
    assert!(refused(&service, WRONG), "a refusal that cannot be written down is one all the same");
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
    assert!(reauthenticate(&service, &here, WRONG.password).is_err());
    end_session(&service, &here, here.session.id).unwrap();
    fail();
    assert_eq!(log_in_later().failed_attempts, Some(FailedAttempts { count: 3, since }));
    assert_eq!(log_in_later().failed_attempts, None);

    let failures: Vec<_> = (0..FailedAttempts::MOST + 3).map(|_| fail()).collect();
    let most = FailedAttempts { count: FailedAttempts::MOST, since: failures[3] };
    assert_eq!(log_in_later().failed_attempts, Some(most));
    assert_eq!(log_in_later().failed_attempts, None);
}

/// The recipient of each notice, with its event.
fn told(service: &TestService) -> Vec<(Event, String)> {
    let mails = sent(service).into_iter().map(|(kind, to)| match kind {
        MailKind::Notice(event) => (event, to),
        kind => panic!("{kind:?}"),
    });
    mails.collect()
}

fn to_ada(event: Event) -> Vec<(Event, String)> {
    vec![(event, ADAS.to_owned())]
}

fn log_in_by_device(service: &TestService, known: &DeviceTokens) -> LoggedIn {
    let log_in = LogIn::new(ADA).by_device(known);
    block_on(service.from(&firefox_at(9)).log_in(log_in)).unwrap().done().unwrap()
}

#[test]
fn a_log_in_from_a_device_that_is_not_known_is_told_once_a_device_and_the_first_of_an_account_is_not() {
    let service = throttled(mail_service_of_ada().0);
    let nothing = DeviceTokens::default();
    let first = log_in_by_device(&service, &nothing).device_tokens;
    assert_eq!(told(&service), []);
    service.clock.advance(A_MINUTE);
    let second = log_in_by_device(&service, &nothing).device_tokens;
    let letters = send_mails(&service);
    assert_eq!(in_short(&letters), [(MailKind::Notice(Event::LoggedIn), ADAS)]);
    assert_eq!((&letters[0].client, letters[0].at), (&firefox_at(9), service.clock.now()));
    assert!(letters[0].link.is_none());
    for known in [&first, &second, &first, &second] {
        service.clock.advance(A_MINUTE);
        log_in_by_device(&service, known);
        assert_eq!(told(&service), []);
    }
    service.clock.advance(days(90));
    log_in_by_device(&service, &first);
    assert_eq!(told(&service), to_ada(Event::LoggedIn), "it is known no longer");
}

#[test]
fn a_service_that_sends_mails_knows_devices_without_a_throttle_and_another_one_does_not() {
    let (service, nothing) = (mail_service_of_ada().0, DeviceTokens::default());
    let first = log_in_by_device(&service, &nothing).device_tokens;
    service.clock.advance(A_MINUTE);
    log_in_by_device(&service, &nothing);
    assert_eq!(told(&service), to_ada(Event::LoggedIn));
    service.clock.advance(days(89));
    log_in_by_device(&service, &first);
    assert_eq!(told(&service), []);
    let service = service_of_ada();
    assert_eq!(log_in_by_device(&service, &nothing).device_tokens.expose_secret(), nothing.expose_secret());
    assert!(service.device_memory().is_zero());
}

#[test]
fn the_first_log_in_that_is_still_written_down_is_told_of_an_old_account() {
    let service = throttled(mail_service_of_ada().0);
    service.clock.advance(service.rules.activity_retention);
    log_in_by_device(&service, &DeviceTokens::default());
    assert_eq!(told(&service), to_ada(Event::LoggedIn));
}

#[test]
fn a_refused_log_in_sends_no_notice() {
    let service = throttled(mail_service_of_ada().0);
    log_in(&service);
    for _ in 0..8 {
        assert!(try_to_log_in(&service, WRONG).is_err());
    }
    assert_eq!(told(&service), []);
}

#[test]
fn each_notice_goes_to_the_verified_address_and_has_no_link() {
    let (service, ada) = mail_service_of_ada();
    let visit = visit_by(&service, &log_in(&service).token);
    let token = change_password(&service, &visit, ADA.password, CHANGED.password).unwrap();
    assert_eq!(told(&service), to_ada(Event::PasswordChanged));
    let visit = visit_by(&service, &token);
    let token = rename(&service, &visit, "Augusta").unwrap().unwrap();
    let letters = send_mails(&service);
    assert_eq!(in_short(&letters), [(MailKind::Notice(Event::UsernameChanged), ADAS)]);
    assert_eq!((letters[0].to.username.as_str(), letters[0].link.is_none()), ("Augusta", true));
    block_on(service.rename_user(ada.id, "Ada")).unwrap();
    assert_eq!(told(&service), to_ada(Event::UsernameChangedByOperator));
    let link = block_on(service.make_reset_link(ada.id, A_MINUTE)).unwrap().token;
    assert_eq!(told(&service), [], "nothing has happened yet");
    block_on(service.from(&Client::default()).reset_password(&link, ADA.password)).unwrap();
    assert_eq!(told(&service), to_ada(Event::PasswordReset));
    assert!(is_over(&service, &token));
    block_on(service.close_account(ada.id)).unwrap();
    assert_eq!(told(&service), to_ada(Event::AccountClosed));
    block_on(service.close_account(ada.id)).unwrap();
    assert_eq!(told(&service), [], "it was closed before");
    block_on(service.reopen_account(ada.id)).unwrap();
    assert_eq!(told(&service), to_ada(Event::AccountReopened));
    let visit = visit_by(&service, &log_in(&service).token);
    delete_account(&service, &visit, ADA.password).unwrap();
    assert_eq!(told(&service), to_ada(Event::AccountDeleted));
}

#[test]
fn a_deletion_by_an_operator_is_told_and_nothing_that_waited_before_it() {
    let (service, ada) = mail_service_of_ada();
    block_on(service.close_account(ada.id)).unwrap();
    block_on(service.delete_user(ada.id)).unwrap();
    assert_eq!(told(&service), to_ada(Event::AccountDeletedByOperator));
}

#[test]
fn events_that_need_no_notice_send_none() {
    let (service, ada) = mail_service_of_ada();
    let logged_in = log_in(&service);
    let visit = visit_by(&service, &logged_in.token);
    assert!(reauthenticate(&service, &visit, WRONG.password).is_err());
    log_in_by_device(&service, &logged_in.device_tokens);
    end_other_sessions(&service, &visit).unwrap();
    end_session(&service, &visit, visit.session.id).unwrap();
    block_on(service.end_all_sessions(ada.id)).unwrap();
    block_on(service.forgive_waits(&ada)).unwrap();
    block_on(service.create_user("Grace", Some(ADA.password), None)).unwrap();
    assert_eq!(told(&service), []);
}

#[test]
fn no_notice_goes_to_an_unverified_address_or_is_queued_where_no_mails_are_sent() {
    let everything = |service: &TestService, ada: UserId| {
        let visit = visit_by(service, &log_in(service).token);
        change_password(service, &visit, ADA.password, CHANGED.password).unwrap();
        block_on(service.close_account(ada)).unwrap();
        block_on(service.delete_user(ada)).unwrap();
        assert_eq!(told(service), []);
        assert_eq!(block_on(service.queued_mails(10)).unwrap(), []);
    };
    let service = mail_service();
    everything(&service, sign_up(&service, "Ada").unwrap().id);
    let service = mail_service();
    let ada = sign_up_with_email(&service, "Ada", ADAS).unwrap();
    send_mails(&service);
    everything(&service, ada.id);
    let (service, ada) = mail_service_of_ada();
    everything(&TestService { mail: None, ..service }, ada.id);
}
