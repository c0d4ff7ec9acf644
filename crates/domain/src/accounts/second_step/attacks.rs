//! Attacks by a person who knows a password, and has no second factor for it.

use pollster::block_on;

use crate::accounts::fixtures::*;
use crate::accounts::second_factor::fixtures::*;
use crate::accounts::{
    ChangeFactorError, Credentials, FinishLogIn, LogIn, LogInStep, LoggedIn, SecondStepError, SetUpTotp,
    SetUpTotpError, Trust,
};
use crate::authentication::{AuthenticationMethod, AuthenticationMethods};
use crate::client::Client;
use crate::known_device::DeviceTokens;
use crate::password::PasswordHash;
use crate::repository::UserRepository as _;
use crate::second_factor::{RecoveryCodes, TotpSecret};
use crate::{SecondFactorRepository, UserId};

const BOB: Credentials<'static> = Credentials { username: "Bob", ..ADA };

/// Bob has an app of his own.
fn bob_with_factor(service: &TestService) -> (UserId, RecoveryCodes, TotpSecret) {
    let visit = visit_by(service, &log_in_bob(service).token);
    let secret = service.draw_totp_secret().unwrap();
    let codes = set_up(service, &visit, &secret, &code_now(service, &secret)).unwrap().recovery_codes.unwrap();
    service.clock.advance(A_MINUTE);
    (visit.user.id, codes, secret)
}

/// Logs in on this device, by the password.
fn log_in_on(service: &TestService, device: &DeviceTokens, typed: Credentials<'_>) -> LogInStep {
    block_on(service.from(&Client::default()).log_in(LogIn::new(typed).by_device(device))).unwrap()
}

/// Logs in on this device by both steps; it is trusted from then on.
fn finish_on(service: &TestService, device: &DeviceTokens, typed: Credentials<'_>, code: &str) -> LoggedIn {
    let token = pending_in(service, &Client::default(), typed);
    let finish = FinishLogIn::new(&token, code).by_device(device).trusting(Trust::Wished);
    block_on(service.from(&Client::default()).finish_log_in(finish)).unwrap().done().unwrap()
}

#[test]
fn the_codes_of_another_user_prove_nothing() {
    let (service, codes, secret) = service_with_factor();
    let (_, bobs_codes, bobs_secret) = bob_with_factor(&service);
    let of_bob = [code_now(&service, &bobs_secret), bobs_codes.iter().next().unwrap().expose_secret()];
    let of_ada = [code_now(&service, &secret), codes.iter().next().unwrap().expose_secret()];
    for (typed, wrong, right) in [(ADA, &of_bob, &of_ada), (BOB, &of_ada, &of_bob)] {
        let token = pending_in(&service, &Client::default(), typed);
        for code in wrong {
            assert!(matches!(finish(&service, &token, code), Err(SecondStepError::Wrong)));
        }
        assert_eq!(finish(&service, &token, &right[0]).unwrap().user.username.as_str(), typed.username);
    }
}

/// The attacker can write to the database, and knows no key.
#[test]
fn the_sealed_secret_of_another_user_does_not_open() {
    let (service, ..) = service_with_factor();
    let ada = stored_user(&service, "Ada").unwrap().user.id;
    let (bob, _, bobs_secret) = bob_with_factor(&service);
    let [adas, bobs] = [ada, bob].map(|user| block_on(service.store.factors_of(user)).unwrap().totp.unwrap().secret);
    block_on(service.store.reseal(ada, &adas, &bobs)).unwrap();
    let code = code_now(&service, &bobs_secret);
    assert!(matches!(finish(&service, &pending(&service), &code), Err(SecondStepError::Wrong)));
    assert_eq!(block_on(service.count_unopened_secrets()).unwrap(), 1);
}

/// Two people who share a browser.
#[test]
fn a_device_is_trusted_by_the_account_that_trusts_it_and_by_no_other() {
    let (service, _, secret) = service_that_trusts(days(30));
    let (_, bobs_codes, _) = bob_with_factor(&service);
    let device = finish_on(&service, &DeviceTokens::default(), ADA, &code_now(&service, &secret)).device_tokens;
    assert!(matches!(log_in_on(&service, &device, ADA), LogInStep::Done(_)));
    assert!(matches!(log_in_on(&service, &device, BOB), LogInStep::SecondFactor(_)));
    let device = finish_on(&service, &device, BOB, &bobs_codes.iter().next().unwrap().expose_secret()).device_tokens;
    for typed in [ADA, BOB] {
        assert!(matches!(log_in_on(&service, &device, typed), LogInStep::Done(_)));
    }
}

#[test]
fn a_session_of_a_trusted_device_says_that_no_factor_was_proved() {
    let (service, _, secret) = service_that_trusts(days(30));
    let trusted = finish_on(&service, &DeviceTokens::default(), ADA, &code_now(&service, &secret));
    let logged_in = log_in_on(&service, &trusted.device_tokens, ADA).done().unwrap();
    let by_password = AuthenticationMethods::NONE.with(AuthenticationMethod::Password);
    assert_eq!(visit_by(&service, &logged_in.token).session.authentication.methods, by_password);
}

#[test]
fn trust_ends_with_the_account_also_once_it_is_reopened() {
    let (service, _, secret) = service_that_trusts(days(30));
    let trusted = finish_on(&service, &DeviceTokens::default(), ADA, &code_now(&service, &secret));
    block_on(service.close_account(trusted.user.id)).unwrap();
    block_on(service.reopen_account(trusted.user.id)).unwrap();
    assert!(matches!(log_in_on(&service, &trusted.device_tokens, ADA), LogInStep::SecondFactor(_)));
}

/// The factor is turned off, and another one turned on.
#[test]
fn nothing_of_a_factor_from_before_counts_for_the_next_one() {
    let (service, codes, secret) = service_that_trusts(days(30));
    let trusted = finish_on(&service, &DeviceTokens::default(), ADA, &code_now(&service, &secret));
    let visit = visit_by(&service, &trusted.token);
    let [used, other] = [0, 1].map(|at| codes.iter().nth(at).unwrap().expose_secret());
    let waiting = pending(&service);
    let token = block_on(service.from(&Client::default()).turn_off_second_factor(&visit, &used)).unwrap();
    let next = service.draw_totp_secret().unwrap();
    set_up(&service, &visit_by(&service, &token), &next, &code_now(&service, &next)).unwrap();
    service.clock.advance(A_MINUTE);
    let right = code_now(&service, &next);
    assert!(matches!(finish(&service, &waiting, &right), Err(SecondStepError::Expired)));
    for code in [&code_now(&service, &secret), &other] {
        assert!(matches!(finish(&service, &pending(&service), code), Err(SecondStepError::Wrong)));
    }
    assert!(matches!(log_in_on(&service, &trusted.device_tokens, ADA), LogInStep::SecondFactor(_)));
    finish(&service, &pending(&service), &right).unwrap();
}

/// One guess a second for an hour, in new log-ins and in a session that was stolen: ten, and then one a minute are looked at.
#[test]
fn no_mix_of_ways_looks_at_more_codes_than_one_of_them() {
    let (service, codes, _) = service_with_factor();
    let code = codes.iter().next().unwrap().expose_secret();
    let visit = visit_by(&service, &finish(&service, &pending(&service), &code).unwrap().token);
    let service = throttled(service);
    let app = service.draw_totp_secret().unwrap();
    let here = Client::default();
    let (mut looked_at, mut token) = (0, pending(&service));
    for second in 0..3600 {
        service.clock.advance(A_SECOND);
        // A session stays recent by the password, which is known.
        let mut visit = visit.clone();
        visit.session.authentication.at = crate::clock::Clock::now(&service.clock);
        let is_turned_away = match second % 3 {
            0 => match finish(&service, &token, "000000") {
                Err(SecondStepError::Throttled(_)) => true,
                Err(SecondStepError::Wrong) => false,
                Err(SecondStepError::Ended) => {
                    token = pending(&service);
                    false
                }
                // The log-in waited for five minutes, and has expired.
                finished => {
                    assert!(matches!(finished, Err(SecondStepError::Expired)), "{finished:?}");
                    token = pending(&service);
                    true
                }
            },
            1 => match block_on(service.from(&here).turn_off_second_factor(&visit, "000000")) {
                Err(ChangeFactorError::Throttled(_)) => true,
                turned_off => {
                    assert!(matches!(turned_off, Err(ChangeFactorError::Wrong)), "{turned_off:?}");
                    false
                }
            },
            _ => {
                match block_on(service.from(&here).set_up_totp(&visit, SetUpTotp::new(&app, "").replacing("000000"))) {
                    Err(SetUpTotpError::Throttled(_)) => true,
                    replaced => {
                        assert!(matches!(replaced, Err(SetUpTotpError::CurrentWrong)), "{replaced:?}");
                        false
                    }
                }
            }
        };
        looked_at += u32::from(!is_turned_away);
    }
    assert!((60..=70).contains(&looked_at), "{looked_at}");
}

/// As after a change of the parameters: the version of the credentials stays.
#[test]
fn a_password_whose_hash_is_out_of_date_leads_to_the_second_step_and_is_renewed() {
    let (service, _, secret) = service_with_factor();
    let stored = stored_user(&service, "Ada").unwrap();
    let old = PasswordHash::from_stored(OUT_OF_DATE);
    block_on(service.store.replace_password_hash(stored.user.id, &stored.password_hash.unwrap(), &old)).unwrap();
    let token = pending_in(&service, &Client::default(), Credentials { password: "password", ..ADA });
    assert_ne!(hash_of(&service, "Ada"), old);
    finish(&service, &token, &code_now(&service, &secret)).unwrap();
}
