use pollster::block_on;

use super::fixtures::*;
use crate::accounts::fixtures::*;
use crate::accounts::second_factor::fixtures::{
    code_now, finish, pending, service_that_trusts, set_up, visit_of_ada_without_factor,
};
use crate::accounts::{
    AddPasskey, AddPasskeyError, ChangePasskeyError, LogIn, LogInStep, SetUpTotpError, Trust, Visit,
};
use crate::activity::Event;
use crate::authentication::{AuthenticationMethod, AuthenticationMethods};
use crate::client::Client;
use crate::mail::MailKind;
use crate::passkey::{Backup, Challenge, Passkey, PasskeyId, PasskeyName, UnfitAnswer};
use crate::second_factor::RecoveryCode;
use crate::testing::FakeAuthenticator;

fn name(typed: &str) -> PasskeyName {
    PasskeyName::parse(typed).unwrap()
}

fn passkeys(service: &TestService, visit: &Visit) -> Vec<Passkey> {
    block_on(service.passkeys_of(visit.user.id)).unwrap()
}

fn remove(
    service: &TestService,
    visit: &Visit,
    id: PasskeyId,
) -> Result<crate::token::SessionToken, ChangePasskeyError> {
    block_on(service.from(&Client::default()).remove_passkey(visit, id, ""))
}

fn asks_for_a_second_factor(service: &TestService) -> bool {
    let step = block_on(service.from(&Client::default()).log_in(LogIn::new(ADA))).unwrap();
    matches!(step, LogInStep::SecondFactor(_))
}

#[test]
fn a_passkey_is_a_second_factor_from_its_addition_on_and_brings_ten_recovery_codes() {
    let (service, visit) = visit_of_ada_without_passkey();
    let other = log_in(&service);
    assert!(!asks_for_a_second_factor(&service));
    let added = add(&service, &visit, &mut FakeAuthenticator::new(1)).unwrap();
    assert_eq!(added.recovery_codes.as_ref().unwrap().iter().count(), 10);
    let now = visit_by(&service, &added.token);
    assert!(now.session.authentication.methods.contain(AuthenticationMethod::Passkey));
    assert_eq!(now.user.second_factors, AuthenticationMethods::NONE.with(AuthenticationMethod::Passkey));
    assert!(is_good(&service, &other.token), "other sessions stay");
    assert!(asks_for_a_second_factor(&service));
    let code = added.recovery_codes.unwrap().iter().next().unwrap().expose_secret();
    finish(&service, &pending(&service), &code).unwrap();
    assert!(events_of(&service, visit.user.id).contains(&Event::PasskeyAdded));
    let [passkey] = &passkeys(&service, &now)[..] else { panic!("she has one") };
    assert_eq!((passkey.backup, passkey.rp_id.as_str(), &passkey.name), (Backup::Synced, "example.org", &None));
    assert_eq!(passkey.last_used_at, None);
}

#[test]
fn a_second_passkey_leaves_the_recovery_codes_and_the_handle() {
    let (service, visit, authenticator) = visit_of_ada_with_passkey();
    let mut second = FakeAuthenticator::new(2);
    let added = add(&service, &visit, &mut second).unwrap();
    assert!(added.recovery_codes.is_none());
    assert_eq!(second.user_handle, authenticator.user_handle);
    assert_eq!(block_on(service.user_handle_of(visit.user.id)).unwrap(), second.user_handle);
    assert_eq!(passkeys(&service, &visit).len(), 2);
}

#[test]
fn an_authenticator_is_told_which_passkeys_the_account_has() {
    let (service, visit, authenticator) = visit_of_ada_with_passkey();
    let creation = block_on(service.from(&Client::default()).begin_passkey(&visit)).unwrap();
    let excluded: Vec<_> = creation.exclude.into_iter().map(|(id, _)| id).collect();
    assert_eq!(excluded, [authenticator.credential_id()]);
    assert_eq!((creation.username.as_str(), creation.site.name.as_str()), ("Ada", "Notes"));
}

#[test]
fn an_addition_needs_a_recent_log_in_and_a_service_that_has_passkeys() {
    let (service, visit) = visit_of_ada_without_factor();
    let refusal = add(&service, &visit, &mut FakeAuthenticator::new(1));
    assert!(matches!(refusal, Err(AddPasskeyError::NotOffered)));
    let (service, visit, mut authenticator) = visit_of_ada_with_passkey();
    let creation = block_on(service.from(&Client::default()).begin_passkey(&visit)).unwrap();
    let answer = authenticator.register(&creation);
    service.clock.advance(NOT_RECENT);
    assert!(matches!(add(&service, &visit, &mut authenticator), Err(AddPasskeyError::NotRecent)));
    let late = block_on(service.from(&Client::default()).add_passkey(&visit, AddPasskey::new(&answer)));
    assert!(matches!(late, Err(AddPasskeyError::NotRecent)));
    let [passkey] = &passkeys(&service, &visit)[..] else { panic!("she has one") };
    let rename = block_on(service.from(&Client::default()).rename_passkey(&visit, passkey.id, &name("Blue key")));
    assert!(matches!(rename, Err(ChangePasskeyError::NotRecent)));
    assert!(matches!(remove(&service, &visit, passkey.id), Err(ChangePasskeyError::NotRecent)));
}

#[test]
fn a_challenge_adds_one_passkey_in_its_session_within_five_minutes() {
    let (service, visit) = visit_of_ada_without_passkey();
    let here = Client::default();
    let other = visit_by(&service, &log_in(&service).token);
    let creation = block_on(service.from(&here).begin_passkey(&visit)).unwrap();
    let answer = FakeAuthenticator::new(1).register(&creation);
    let add = |visit: &Visit, answer: &str| block_on(service.from(&here).add_passkey(visit, AddPasskey::new(answer)));
    assert!(matches!(add(&other, &answer), Err(AddPasskeyError::Expired)), "it is of another session");
    let to_log_in = service.from(&here).request_passkey_log_in().unwrap();
    let of_log_in = FakeAuthenticator::new(1).assert(&to_log_in).replacen("get", "create", 1);
    assert!(matches!(add(&visit, &of_log_in), Err(AddPasskeyError::Expired)), "it is for another purpose");
    let visit = visit_by(&service, &add(&visit, &answer).unwrap().token);
    let again = answer.replacen(" 1 ", " 2 ", 1);
    assert!(matches!(add(&visit, &again), Err(AddPasskeyError::Expired)), "it was answered");
    let creation = block_on(service.from(&here).begin_passkey(&visit)).unwrap();
    let late = FakeAuthenticator::new(3).register(&creation);
    service.clock.advance(Challenge::LIFETIME);
    assert!(matches!(add(&visit, &late), Err(AddPasskeyError::Expired)), "it has ended");
    assert_eq!(passkeys(&service, &visit).len(), 1);
}

#[test]
fn a_malformed_answer_adds_nothing() {
    let (service, visit) = visit_of_ada_without_passkey();
    let refusal = block_on(service.from(&Client::default()).add_passkey(&visit, AddPasskey::new("soon")));
    assert!(matches!(refusal, Err(AddPasskeyError::Unfit(UnfitAnswer::Malformed))));
}

#[test]
fn a_passkey_is_one_accounts_and_an_account_has_twenty_at_the_most() {
    let (service, mut visit, authenticator) = visit_of_ada_with_passkey();
    let bobs = visit_by(&service, &log_in_bob(&service).token);
    for visit in [&visit, &bobs] {
        let again = add(&service, visit, &mut authenticator.clone());
        assert!(matches!(again, Err(AddPasskeyError::AlreadyAdded)));
    }
    for number in 2..=20 {
        let added = add(&service, &visit, &mut FakeAuthenticator::new(number)).unwrap();
        visit = visit_by(&service, &added.token);
    }
    let too_many = add(&service, &visit, &mut FakeAuthenticator::new(21));
    assert!(matches!(too_many, Err(AddPasskeyError::TooMany)));
    assert_eq!(passkeys(&service, &visit).len(), Passkey::MOST);
}

/// A password and a trusted device do not suffice to add a passkey, which would log in from then on.
#[test]
fn a_session_that_has_proved_no_factor_adds_a_passkey_or_an_app_by_a_code_alone() {
    let (service, codes, _) = service_that_trusts(days(30));
    let service = TestService { passkeys: Some(rules()), ..service };
    let mut codes = codes.iter().map(RecoveryCode::expose_secret);
    let token = pending(&service);
    let code = codes.next().unwrap();
    let finish = crate::accounts::FinishLogIn::new(&token, &code).trusting(Trust::Wished);
    let here = Client::default();
    let trusted = block_on(service.from(&here).finish_log_in(finish)).unwrap().done().unwrap();
    let log_in = LogIn::new(ADA).by_device(&trusted.device_tokens);
    let logged_in = block_on(service.from(&here).log_in(log_in)).unwrap().done().unwrap();
    let visit = visit_by(&service, &logged_in.token);
    let add = |proof: &str| {
        let creation = block_on(service.from(&here).begin_passkey(&visit)).unwrap();
        let answer = FakeAuthenticator::new(1).register(&creation);
        block_on(service.from(&here).add_passkey(&visit, AddPasskey::new(&answer).proved_by(proof)))
    };
    for wrong in ["", "000000"] {
        assert!(matches!(add(wrong), Err(AddPasskeyError::Wrong)), "{wrong}");
    }
    let added = add(&codes.next().unwrap()).unwrap();
    assert!(added.recovery_codes.is_none());
    assert!(visit_by(&service, &added.token).session.authentication.methods.prove_second_factor());
    // A user with a passkey alone adds an app in the same way.
    let (service, visit, _) = visit_of_ada_with_passkey();
    let mut unproved = visit.clone();
    unproved.session.authentication.methods = AuthenticationMethods::NONE.with(AuthenticationMethod::Password);
    let secret = service.draw_totp_secret().unwrap();
    let code = code_now(&service, &secret);
    assert!(matches!(set_up(&service, &unproved, &secret, &code), Err(SetUpTotpError::CurrentWrong)));
    let done = set_up(&service, &visit, &secret, &code).unwrap();
    assert!(done.recovery_codes.is_none(), "those of the passkey stay");
}

#[test]
fn an_app_that_is_turned_off_leaves_the_passkey_and_its_recovery_codes() {
    let (service, visit, _) = visit_of_ada_with_passkey();
    let secret = service.draw_totp_secret().unwrap();
    let visit = visit_by(&service, &set_up(&service, &visit, &secret, &code_now(&service, &secret)).unwrap().token);
    service.clock.advance(A_MINUTE);
    let here = Client::default();
    let off = block_on(service.from(&here).turn_off_second_factor(&visit, &code_now(&service, &secret))).unwrap();
    let visit = visit_by(&service, &off);
    assert_eq!(visit.user.second_factors, AuthenticationMethods::NONE.with(AuthenticationMethod::Passkey));
    assert_eq!(block_on(service.second_factor_of(visit.user.id)).unwrap().recovery_codes_left, 10);
    let again = block_on(service.from(&here).turn_off_second_factor(&visit, "000000"));
    assert!(matches!(again, Err(crate::accounts::ChangeFactorError::NotSetUp)));
}

#[test]
fn the_last_passkey_takes_the_recovery_codes_along() {
    let (service, visit, _) = visit_of_ada_with_passkey();
    let [passkey] = &passkeys(&service, &visit)[..] else { panic!("she has one") };
    let visit = visit_by(&service, &remove(&service, &visit, passkey.id).unwrap());
    assert!(visit.user.second_factors.is_empty() && passkeys(&service, &visit).is_empty());
    assert_eq!(block_on(service.second_factor_of(visit.user.id)).unwrap().recovery_codes_left, 0);
    assert!(!asks_for_a_second_factor(&service));
    assert!(events_of(&service, visit.user.id).contains(&Event::PasskeyRemoved));
    assert!(matches!(remove(&service, &visit, passkey.id), Err(ChangePasskeyError::NotFound)));
}

/// A password and a trusted device, or an earlier session, do not suffice to remove the factor.
#[test]
fn a_session_that_has_proved_no_factor_removes_a_passkey_by_a_code_alone() {
    let (service, visit) = visit_of_ada_without_passkey();
    let before = visit_by(&service, &log_in(&service).token);
    let added = add(&service, &visit, &mut FakeAuthenticator::new(1)).unwrap();
    let codes = added.recovery_codes.unwrap();
    let remove =
        |proof: &str| block_on(service.from(&Client::default()).remove_passkey(&before, added.passkey.id, proof));
    for wrong in ["", "000000"] {
        assert!(matches!(remove(wrong), Err(ChangePasskeyError::Wrong)), "{wrong}");
    }
    assert!(asks_for_a_second_factor(&service));
    assert!(events_of(&service, visit.user.id).contains(&Event::SecondStepFailed));
    remove(&codes.iter().next().unwrap().expose_secret()).unwrap();
    assert!(!asks_for_a_second_factor(&service));
}

/// A factor that was proved hours ago does not prove who uses the session now.
#[test]
fn after_a_reauthentication_by_the_password_alone_a_factor_is_asked_for_again() {
    let (service, visit, mut authenticator) = visit_of_ada_with_passkey();
    let again = reauthenticate(&service, &visit, ADA.password).unwrap().unwrap();
    let visit = visit_by(&service, &again);
    assert!(!visit.session.authentication.methods.prove_second_factor());
    let [passkey] = &passkeys(&service, &visit)[..] else { panic!("she has one") };
    assert!(matches!(remove(&service, &visit, passkey.id), Err(ChangePasskeyError::Wrong)));
    let again = reauthenticate_by_passkey(&service, &visit, &mut authenticator).unwrap();
    remove(&service, &visit_by(&service, &again), passkey.id).unwrap();
}

#[test]
fn a_passkey_is_named_and_removed_by_its_user_alone() {
    let (service, visit, _) = visit_of_ada_with_passkey();
    let [passkey] = &passkeys(&service, &visit)[..] else { panic!("she has one") };
    let bobs = visit_by(&service, &log_in_bob(&service).token);
    let rename = |visit: &Visit, typed: &str| {
        block_on(service.from(&Client::default()).rename_passkey(visit, passkey.id, &name(typed)))
    };
    assert!(matches!(rename(&bobs, "Mine"), Err(ChangePasskeyError::NotFound)));
    assert!(matches!(remove(&service, &bobs, passkey.id), Err(ChangePasskeyError::NotFound)));
    rename(&visit, " Blue key ").unwrap();
    assert_eq!(passkeys(&service, &visit)[0].name, Some(name("Blue key")));
    assert!(events_of(&service, visit.user.id).contains(&Event::PasskeyRenamed));
    assert!(!events_of(&service, bobs.user.id).contains(&Event::PasskeyRenamed));
}

#[test]
fn an_operator_removes_passkeys_with_the_other_factors() {
    let (service, visit, mut authenticator) = visit_of_ada_with_passkey();
    block_on(service.remove_second_factor(visit.user.id)).unwrap();
    assert!(passkeys(&service, &visit).is_empty() && !asks_for_a_second_factor(&service));
    assert!(log_in_by_passkey(&service, &mut authenticator).is_err());
}

#[test]
fn the_user_is_told_by_mail_what_happens_to_passkeys() {
    let (service, visit) = visit_of_ada_with_address();
    let service = TestService { passkeys: Some(rules()), ..service };
    send_mails(&service);
    let added = add(&service, &visit, &mut FakeAuthenticator::new(1)).unwrap();
    let visit = visit_by(&service, &added.token);
    block_on(service.from(&Client::default()).rename_passkey(&visit, added.passkey.id, &name("Blue key"))).unwrap();
    remove(&service, &visit, added.passkey.id).unwrap();
    let told: Vec<_> = sent(&service).into_iter().map(|(kind, _)| kind).collect();
    let expected = [Event::PasskeyAdded, Event::PasskeyRemoved, Event::PasskeyRenamed];
    assert_eq!(told, expected.map(MailKind::Notice));
}

#[test]
fn passkeys_of_another_site_are_found() {
    let (service, _, _) = visit_of_ada_with_passkey();
    assert_eq!(block_on(service.another_rp_id()).unwrap(), None);
    let mut rules = rules();
    rules.site.id = "example.net".into();
    let service = TestService { passkeys: Some(rules), ..service };
    assert_eq!(block_on(service.another_rp_id()).unwrap().as_deref(), Some("example.org"));
    let service = TestService { passkeys: None, ..service };
    assert_eq!(block_on(service.another_rp_id()).unwrap().as_deref(), Some("example.org"), "any of a service without");
}

#[test]
fn answered_challenges_are_forgotten_once_no_clock_that_is_behind_takes_them() {
    let (service, _, mut authenticator) = visit_of_ada_with_passkey();
    log_in_by_passkey(&service, &mut authenticator).unwrap();
    assert_eq!(block_on(service.sweep_challenges()).unwrap(), 0);
    service.clock.advance(just_before(Challenge::LIFETIME * 2));
    assert_eq!(block_on(service.sweep_challenges()).unwrap(), 0);
    service.clock.advance(A_MOMENT);
    assert_eq!(block_on(service.sweep_challenges()).unwrap(), 2);
}
