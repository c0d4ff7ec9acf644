use pollster::block_on;

use crate::accounts::fixtures::*;
use crate::accounts::passkeys::fixtures::*;
use crate::accounts::second_factor::fixtures::pending;
use crate::accounts::{LogIn, LogInByPasskey, LogInStep, ProvePasskeyError, Trust};
use crate::activity::Event;
use crate::authentication::{AuthenticationMethod, AuthenticationMethods};
use crate::client::{BrowserId, Client};
use crate::clock::Clock as _;
use crate::mail::{Addresses, MailKind, MailRules};
use crate::passkey::{Backup, Challenge, UnfitAnswer};
use crate::second_factor::PendingLogInToken;
use crate::session::SessionKind;
use crate::testing::FakeAuthenticator;

const BY_PASSKEY: AuthenticationMethods = AuthenticationMethods::NONE.with(AuthenticationMethod::Passkey);

fn finish(
    service: &TestService,
    token: &PendingLogInToken,
    authenticator: &mut FakeAuthenticator,
) -> Result<LogInStep, ProvePasskeyError> {
    let here = Client::default();
    let request = block_on(service.from(&here).request_passkey_second_step(token))?;
    let answer = authenticator.assert(&request);
    block_on(service.from(&here).log_in_by_passkey(LogInByPasskey::new(&answer).finishing(token)))
}

#[test]
fn a_passkey_is_a_whole_log_in() {
    let (service, visit, mut authenticator) = visit_of_ada_with_passkey();
    let here = Client::default();
    let request = service.from(&here).request_passkey_log_in().unwrap();
    assert!(request.allow.is_empty() && request.rp_id == "example.org");
    let answer = authenticator.assert(&request);
    let log_in = LogInByPasskey::new(&answer).of_kind(SessionKind::Kept);
    let logged_in = block_on(service.from(&here).log_in_by_passkey(log_in)).unwrap().done().unwrap();
    assert_eq!((logged_in.user.id, logged_in.session.kind), (visit.user.id, SessionKind::Kept));
    assert_eq!(logged_in.session.authentication.methods, BY_PASSKEY);
    assert!(is_good(&service, &logged_in.token));
    assert!(events_of(&service, visit.user.id).contains(&Event::LoggedIn));
    let [passkey] = &block_on(service.passkeys_of(visit.user.id)).unwrap()[..] else { panic!("she has one") };
    assert_eq!(passkey.last_used_at, Some(service.clock.now()));
}

#[test]
fn an_answer_is_good_once_for_five_minutes_and_for_its_purpose() {
    let (service, visit, mut authenticator) = visit_of_ada_with_passkey();
    let here = Client::default();
    let answer = authenticator.assert(&service.from(&here).request_passkey_log_in().unwrap());
    send(&service, &answer).unwrap();
    assert!(matches!(send(&service, &answer), Err(ProvePasskeyError::Expired)), "it was answered");
    let late = authenticator.assert(&service.from(&here).request_passkey_log_in().unwrap());
    service.clock.advance(Challenge::LIFETIME);
    assert!(matches!(send(&service, &late), Err(ProvePasskeyError::Expired)), "it has ended");
    let request = block_on(service.from(&here).request_passkey_reauthentication(&visit)).unwrap();
    let other = authenticator.assert(&request);
    assert!(matches!(send(&service, &other), Err(ProvePasskeyError::Expired)), "it is for another purpose");
    let to_log_in = authenticator.assert(&service.from(&here).request_passkey_log_in().unwrap());
    let refusal = block_on(service.from(&here).reauthenticate_by_passkey(&visit, &to_log_in));
    assert!(matches!(refusal, Err(ProvePasskeyError::Expired)));
    let refusal = send(&service, "soon");
    assert!(matches!(refusal, Err(ProvePasskeyError::Unfit(UnfitAnswer::Malformed))));
}

#[test]
fn an_answer_is_good_in_the_browser_that_asked_alone() {
    let (service, _, mut authenticator) = visit_of_ada_with_passkey();
    let in_browser = |number| {
        let browser = Some(BrowserId::from_uuid(uuid::Uuid::from_u128(number)));
        Client { browser, ..Client::default() }
    };
    let answer = authenticator.assert(&service.from(&in_browser(1)).request_passkey_log_in().unwrap());
    let send = |client: &Client| block_on(service.from(client).log_in_by_passkey(LogInByPasskey::new(&answer)));
    assert!(matches!(send(&in_browser(2)), Err(ProvePasskeyError::Expired)));
    assert!(matches!(send(&Client::default()), Err(ProvePasskeyError::Expired)));
    send(&in_browser(1)).unwrap();
}

#[test]
fn a_passkey_that_no_user_has_is_unknown() {
    let (service, _, _) = visit_of_ada_with_passkey();
    let mut stranger = FakeAuthenticator::new(7);
    assert!(matches!(log_in_by_passkey(&service, &mut stranger), Err(ProvePasskeyError::Unknown)));
}

#[test]
fn another_key_another_user_and_a_closed_account_are_refused_alike() {
    let (service, visit, mut authenticator) = visit_of_ada_with_passkey();
    let bobs = visit_by(&service, &log_in_bob(&service).token);
    let mut bobs_authenticator = FakeAuthenticator::new(2);
    add(&service, &bobs, &mut bobs_authenticator).unwrap();
    forget_activity(&service);
    let mut forged = FakeAuthenticator { key: 9, ..authenticator.clone() };
    assert!(matches!(log_in_by_passkey(&service, &mut forged), Err(ProvePasskeyError::Refused)));
    assert_eq!(events_of(&service, visit.user.id), [Event::LogInFailed]);
    let mut as_bob = FakeAuthenticator { user_handle: bobs_authenticator.user_handle, ..authenticator.clone() };
    assert!(matches!(log_in_by_passkey(&service, &mut as_bob), Err(ProvePasskeyError::Refused)));
    let mut nobodys = FakeAuthenticator { user_handle: None, ..authenticator.clone() };
    assert!(matches!(log_in_by_passkey(&service, &mut nobodys), Err(ProvePasskeyError::Refused)));
    let refusal = reauthenticate_by_passkey(&service, &visit, &mut bobs_authenticator);
    assert!(matches!(refusal, Err(ProvePasskeyError::Refused)));
    assert!(events_of(&service, bobs.user.id).contains(&Event::ReauthenticationFailed));
    let request = service.from(&Client::default()).request_passkey_log_in().unwrap();
    let while_closed = authenticator.assert(&request);
    block_on(service.close_account(visit.user.id)).unwrap();
    assert!(matches!(send(&service, &while_closed), Err(ProvePasskeyError::Refused)));
    assert!(matches!(log_in_by_passkey(&service, &mut authenticator), Err(ProvePasskeyError::Refused)));
}

#[test]
fn a_passkey_does_not_log_in_a_user_whose_address_has_to_be_verified_first() {
    let service = TestService { passkeys: Some(rules()), ..mail_service() };
    sign_up_with_email(&service, "Ada", ADAS).unwrap();
    let visit = visit_by(&service, &log_in(&service).token);
    let mut authenticator = FakeAuthenticator::new(1);
    add(&service, &visit, &mut authenticator).unwrap();
    let by_email = |service: &TestService, authenticator: &mut FakeAuthenticator| {
        let here = service.from(&Client::default()).request_passkey_log_in().unwrap();
        let answer = authenticator.assert(&here);
        block_on(service.from(&Client::default()).log_in_by_passkey_by_email(LogInByPasskey::new(&answer)))
    };
    assert!(
        by_email(&service, &mut authenticator).unwrap().done().is_some(),
        "it is asked for only where it is required"
    );
    let strict = MailRules { addresses: Addresses::REQUIRED, ..MailRules::default() };
    let service = TestService { mail: Some(strict), ..service };
    let LogInStep::AddressUnverified(token) = by_email(&service, &mut authenticator).unwrap() else { panic!() };
    assert_eq!(block_on(service.find_unverified(&token)).unwrap().0.id, visit.user.id);
}

/// Each use raises the counter of an authenticator that counts. An answer with a lower one is reported once.
#[test]
fn a_counter_that_goes_back_is_refused_and_its_owner_is_told() {
    let (service, visit) = visit_of_ada_with_address();
    let service = TestService { passkeys: Some(rules()), ..service };
    let mut authenticator = FakeAuthenticator { counter: 5, ..FakeAuthenticator::new(1) };
    add(&service, &visit, &mut authenticator).unwrap();
    let mut copy = authenticator.clone();
    log_in_by_passkey(&service, &mut authenticator).unwrap();
    log_in_by_passkey(&service, &mut authenticator).unwrap();
    send_mails(&service);
    let request = service.from(&Client::default()).request_passkey_log_in().unwrap();
    let answer = copy.assert(&request);
    assert!(matches!(send(&service, &answer), Err(ProvePasskeyError::CounterWentBack)));
    assert!(matches!(send(&service, &answer), Err(ProvePasskeyError::Expired)), "which is told once");
    assert!(events_of(&service, visit.user.id).contains(&Event::PasskeyRefused));
    let told: Vec<_> = sent(&service).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(told, [MailKind::Notice(Event::PasskeyRefused)]);
    log_in_by_passkey(&service, &mut authenticator).unwrap();
}

#[test]
fn a_counter_of_zero_is_none() {
    let (service, _, mut authenticator) = visit_of_ada_with_passkey();
    for _ in 0..2 {
        log_in_by_passkey(&service, &mut authenticator).unwrap();
    }
}

#[test]
fn a_passkey_may_become_synced_and_never_one_of_another_kind() {
    for (before, after, is_fine) in [
        (Backup::Eligible, Backup::Synced, true),
        (Backup::Synced, Backup::Eligible, true),
        (Backup::ThisDeviceOnly, Backup::Eligible, false),
        (Backup::ThisDeviceOnly, Backup::Synced, false),
        (Backup::Synced, Backup::ThisDeviceOnly, false),
    ] {
        let (service, visit) = visit_of_ada_without_passkey();
        let mut authenticator = FakeAuthenticator { backup: before, ..FakeAuthenticator::new(1) };
        add(&service, &visit, &mut authenticator).unwrap();
        authenticator.backup = after;
        let logged_in = log_in_by_passkey(&service, &mut authenticator);
        let [passkey] = &block_on(service.passkeys_of(visit.user.id)).unwrap()[..] else { panic!("she has one") };
        if is_fine {
            logged_in.unwrap();
            assert_eq!(passkey.backup, after);
        } else {
            assert!(matches!(logged_in, Err(ProvePasskeyError::BackupChanged)), "{before:?} {after:?}");
            assert_eq!(passkey.backup, before);
            assert!(events_of(&service, visit.user.id).contains(&Event::PasskeyRefused));
        }
    }
}

#[test]
fn after_the_password_a_passkey_is_the_second_factor() {
    let (service, visit, mut authenticator) = visit_of_ada_with_passkey();
    let token = pending(&service);
    let request = block_on(service.from(&Client::default()).request_passkey_second_step(&token)).unwrap();
    let allowed: Vec<_> = request.allow.iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(allowed, [authenticator.credential_id()]);
    // A passkey that is a second factor need not name its user.
    authenticator.user_handle = None;
    let logged_in = finish(&service, &token, &mut authenticator).unwrap().done().unwrap();
    assert_eq!(logged_in.user.id, visit.user.id);
    let both = BY_PASSKEY.with(AuthenticationMethod::Password);
    assert_eq!(logged_in.session.authentication.methods, both);
    assert!(matches!(finish(&service, &token, &mut authenticator), Err(ProvePasskeyError::Ended)));
}

#[test]
fn a_second_step_that_is_sent_twice_is_overtaken() {
    let (service, _, mut authenticator) = visit_of_ada_with_passkey();
    let here = Client::default();
    let token = pending(&service);
    let request = block_on(service.from(&here).request_passkey_second_step(&token)).unwrap();
    let answer = authenticator.assert(&request);
    let send = || block_on(service.from(&here).log_in_by_passkey(LogInByPasskey::new(&answer).finishing(&token)));
    assert!(matches!(send(), Ok(LogInStep::Done(_))));
    assert!(matches!(send(), Ok(LogInStep::Overtaken)));
}

#[test]
fn a_second_step_is_finished_by_its_users_passkey_alone_and_while_it_waits() {
    let (service, visit, mut authenticator) = visit_of_ada_with_passkey();
    let bobs = visit_by(&service, &log_in_bob(&service).token);
    let mut bobs_authenticator = FakeAuthenticator::new(2);
    add(&service, &bobs, &mut bobs_authenticator).unwrap();
    let token = pending(&service);
    let refusal = finish(&service, &token, &mut bobs_authenticator);
    assert!(matches!(refusal, Err(ProvePasskeyError::Refused)));
    assert!(events_of(&service, bobs.user.id).contains(&Event::SecondStepFailed));
    // The answer is sent for another pending log-in.
    let other = pending(&service);
    let here = Client::default();
    let request = block_on(service.from(&here).request_passkey_second_step(&token)).unwrap();
    let answer = authenticator.assert(&request);
    let refusal = block_on(service.from(&here).log_in_by_passkey(LogInByPasskey::new(&answer).finishing(&other)));
    assert!(matches!(refusal, Err(ProvePasskeyError::Expired)));
    assert!(send(&service, &answer).is_err(), "nor is it a whole log-in");
    service.clock.advance(crate::second_factor::PendingLogIn::LIFETIME);
    assert!(matches!(finish(&service, &token, &mut authenticator), Err(ProvePasskeyError::Ended)));
    assert!(is_good(&service, &log_in_by_passkey(&service, &mut authenticator).unwrap().token));
    let _ = visit;
}

#[test]
fn a_device_is_trusted_by_a_second_step_with_a_passkey() {
    let (service, visit) = visit_of_ada_without_passkey();
    let mut second_factor = service.second_factor.clone().unwrap();
    second_factor.trust = days(30);
    let service = TestService { second_factor: Some(second_factor), ..service };
    let mut authenticator = FakeAuthenticator::new(1);
    add(&service, &visit, &mut authenticator).unwrap();
    let here = Client::default();
    let token = pending(&service);
    let request = block_on(service.from(&here).request_passkey_second_step(&token)).unwrap();
    let answer = authenticator.assert(&request);
    let log_in = LogInByPasskey::new(&answer).finishing(&token).trusting(Trust::Wished);
    let logged_in = block_on(service.from(&here).log_in_by_passkey(log_in)).unwrap().done().unwrap();
    let again = LogIn::new(ADA).by_device(&logged_in.device_tokens);
    assert!(matches!(block_on(service.from(&here).log_in(again)), Ok(LogInStep::Done(_))));
}

#[test]
fn a_passkey_reauthenticates_and_gives_the_session_a_new_token() {
    let (service, visit, mut authenticator) = visit_of_ada_with_passkey();
    service.clock.advance(NOT_RECENT);
    let before = log_in_by_passkey(&service, &mut authenticator).unwrap();
    service.clock.advance(NOT_RECENT);
    let stale = visit_by(&service, &before.token);
    assert!(!service.from(&Client::default()).has_recent_log_in(&stale));
    let token = reauthenticate_by_passkey(&service, &stale, &mut authenticator).unwrap();
    assert!(is_over(&service, &before.token));
    let now = visit_by(&service, &token);
    assert!(service.from(&Client::default()).has_recent_log_in(&now));
    assert_eq!(now.session.authentication.methods, BY_PASSKEY);
    block_on(service.from(&Client::default()).log_out(&token)).unwrap();
    assert!(matches!(reauthenticate_by_passkey(&service, &now, &mut authenticator), Err(ProvePasskeyError::Ended)));
    let _ = visit;
}

#[test]
fn a_service_without_passkeys_asks_for_none() {
    let (service, visit, mut authenticator) = visit_of_ada_with_passkey();
    let token = pending(&service);
    let answer = authenticator.assert(&service.from(&Client::default()).request_passkey_log_in().unwrap());
    let service = TestService { passkeys: None, ..service };
    assert!(matches!(service.from(&Client::default()).request_passkey_log_in(), Err(ProvePasskeyError::NotOffered)));
    assert!(matches!(finish(&service, &token, &mut authenticator), Err(ProvePasskeyError::NotOffered)));
    assert!(matches!(
        reauthenticate_by_passkey(&service, &visit, &mut authenticator),
        Err(ProvePasskeyError::NotOffered)
    ));
    assert!(matches!(send(&service, &answer), Err(ProvePasskeyError::NotOffered)));
}

#[test]
fn a_user_without_a_passkey_is_asked_for_none() {
    let (service, visit) = visit_of_ada_without_passkey();
    let request = block_on(service.from(&Client::default()).request_passkey_reauthentication(&visit));
    assert!(matches!(request, Err(ProvePasskeyError::NotOffered)));
}
