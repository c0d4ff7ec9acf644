use std::time::Duration;

use pollster::block_on;

use crate::accounts::fixtures::*;
use crate::accounts::second_factor::fixtures::*;
use crate::accounts::{FinishLogIn, LogIn, LogInError, LogInStep, LoggedIn, PasswordProved, SecondStepError, Trust};
use crate::activity::Event;
use crate::authentication::AuthenticationMethod;
use crate::client::{BrowserId, Client};
use crate::known_device::DeviceTokens;
use crate::mail::MailKind;
use crate::second_factor::{PendingLogIn, PendingLogInToken};
use crate::session::SessionKind;
use crate::throttle::Throttled;
use crate::user::Standing;

const TRUST: Duration = days(30);

/// Runs an action fifty times at the same moment.
fn fifty<T: Send>(action: impl Fn() -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..50).map(|_| scope.spawn(&action)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn a_user_with_a_second_factor_is_not_logged_in_by_the_password_alone() {
    let (service, _, secret) = service_with_factor();
    let step = block_on(service.from(&Client::default()).log_in(LogIn::new(ADA))).unwrap();
    let LogInStep::SecondFactor(proved) = step else { panic!("{step:?}") };
    assert!(!format!("{proved:?}").contains(ADA.password));
    let token = begin(&service, &proved);
    assert!(!format!("{token:?}").contains(&token.expose_secret()));
    let pending = crate::token::SessionToken::parse(&token.expose_secret()).unwrap();
    assert!(is_over(&service, &pending), "it opens no session");
    assert_eq!(
        block_on(service.from(&Client::default()).find_pending_log_in(&token)).unwrap().username.as_str(),
        "Ada"
    );
    let logged_in = finish(&service, &token, &code_now(&service, &secret)).unwrap();
    let visit = visit_by(&service, &logged_in.token);
    let methods = visit.session.authentication.methods;
    assert!(methods.contain(AuthenticationMethod::Password) && methods.contain(AuthenticationMethod::Totp));
    assert!(events_of(&service, visit.user.id).contains(&Event::LoggedIn));
}

/// The service was started without rules for second factors, over the same store.
#[test]
fn a_service_without_second_factors_does_not_log_in_a_user_who_has_one() {
    let (mut service, _, secret) = service_with_factor();
    let token = pending(&service);
    service.second_factor = None;
    let step = block_on(service.from(&Client::default()).log_in(LogIn::new(ADA))).unwrap();
    assert!(matches!(step, LogInStep::SecondFactor(_)) && step.done().is_none());
    assert!(matches!(finish(&service, &token, &code_now(&service, &secret)), Err(SecondStepError::Wrong)));
}

#[test]
fn a_wrong_password_is_refused_before_anything_is_said_of_a_second_factor() {
    let (service, ..) = service_with_factor();
    assert!(refused(&service, WRONG));
}

#[test]
fn a_code_is_good_once_in_any_log_in_and_ends_the_codes_before_it() {
    let (service, _, secret) = service_with_factor();
    let (one, other) = (pending(&service), pending(&service));
    let before = code_now(&service, &secret);
    service.clock.advance(Duration::from_secs(30));
    let code = code_now(&service, &secret);
    finish(&service, &one, &code).unwrap();
    for used in [&code, &before] {
        assert!(matches!(finish(&service, &other, used), Err(SecondStepError::Wrong)), "{used}");
    }
    service.clock.advance(Duration::from_secs(30));
    finish(&service, &other, &code_now(&service, &secret)).unwrap();
}

/// One step is 30 seconds.
#[test]
fn codes_of_one_step_ahead_and_behind_are_good_and_of_two_are_not() {
    for (steps, is_right) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
        let (service, _, secret) = service_with_factor();
        service.clock.advance(Duration::from_mins(2));
        let finished = finish(&service, &pending(&service), &code_after(&service, &secret, steps));
        assert_eq!(finished.is_ok(), is_right, "{steps}");
    }
}

#[test]
fn spaces_and_dashes_in_a_code_do_not_count() {
    for separate in [" 123 456 ", "123-456", "123\u{a0}456", "1-2-3-4-5-6"] {
        let (service, _, secret) = service_with_factor();
        let code = code_now(&service, &secret);
        let mut digits = code.chars();
        let typed: String =
            separate.chars().map(|char| if char.is_ascii_digit() { digits.next().unwrap() } else { char }).collect();
        finish(&service, &pending(&service), &typed).unwrap();
    }
}

#[test]
fn a_recovery_code_stands_in_once_and_says_how_many_are_left() {
    let (service, codes, secret) = service_with_factor();
    let first = codes.iter().next().unwrap().expose_secret();
    let logged_in = finish(&service, &pending(&service), &first.to_lowercase().replace('-', " ")).unwrap();
    assert_eq!(logged_in.recovery_codes_left, Some(9));
    let methods = logged_in.session.authentication.methods;
    assert!(methods.contain(AuthenticationMethod::RecoveryCode) && !methods.contain(AuthenticationMethod::Totp));
    let events = events_of(&service, logged_in.user.id);
    assert!(events.contains(&Event::RecoveryCodeUsed), "{events:?}");
    assert!(matches!(finish(&service, &pending(&service), &first), Err(SecondStepError::Wrong)));
    let by_app = finish(&service, &pending(&service), &code_now(&service, &secret)).unwrap();
    assert_eq!(by_app.recovery_codes_left, None);
}

/// The notice is also sent by mail, if the service sends any.
#[test]
fn the_third_wrong_code_of_a_log_in_is_told_to_its_user_once() {
    let (service, ..) = service_with_factor();
    let ada = stored_user(&service, "ada").unwrap().user.id;
    let told = || events_of(&service, ada).into_iter().filter(|event| *event == Event::SecondStepGuessed).count();
    let token = pending(&service);
    for (tried, expected) in [(1, 0), (2, 0), (3, 1), (4, 1), (5, 1)] {
        let _wrong = finish(&service, &token, "000000");
        assert_eq!(told(), expected, "{tried}");
    }
}

/// After the fifth, even the right code is refused.
#[test]
fn a_log_in_ends_with_its_fifth_wrong_code() {
    let (service, _, secret) = service_with_factor();
    let token = pending(&service);
    for _ in 1..PendingLogIn::MOST_TRIES {
        assert!(matches!(finish(&service, &token, "000000"), Err(SecondStepError::Wrong)));
    }
    assert!(matches!(finish(&service, &token, "000000"), Err(SecondStepError::Ended)));
    let code = code_now(&service, &secret);
    assert!(matches!(finish(&service, &token, &code), Err(SecondStepError::Expired)));
    assert!(matches!(
        block_on(service.from(&Client::default()).find_pending_log_in(&token)),
        Err(SecondStepError::Expired)
    ));
    finish(&service, &pending(&service), &code).unwrap();
}

/// The cost does not depend on what is wrong, nor on whether a code was right once.
#[test]
fn a_wrong_code_costs_the_same_for_any_reason() {
    let (service, codes, _) = service_with_factor();
    let used = codes.iter().next().unwrap().expose_secret();
    finish(&service, &pending(&service), &used).unwrap();
    let costs: Vec<_> = ["000000", "", "nonsense", &used, "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", "１２３４５６"]
        .into_iter()
        .map(|wrong| {
            let token = pending(&service);
            steps_of(&service, || assert!(matches!(finish(&service, &token, wrong), Err(SecondStepError::Wrong))))
        })
        .collect();
    assert!(costs.iter().all(|steps| *steps == costs[0]), "{costs:?}");
}

#[test]
fn a_log_in_waits_for_five_minutes_and_not_a_moment_longer() {
    for (waited, is_good) in [(just_before(PendingLogIn::LIFETIME), true), (PendingLogIn::LIFETIME, false)] {
        let (service, _, secret) = service_with_factor();
        let token = pending(&service);
        service.clock.advance(waited);
        let found = block_on(service.from(&Client::default()).find_pending_log_in(&token));
        assert_eq!(found.is_ok(), is_good);
        let finished = finish(&service, &token, &code_now(&service, &secret));
        assert_eq!(finished.is_ok(), is_good, "{finished:?}");
        assert!(is_good || matches!(finished, Err(SecondStepError::Expired)));
    }
}

#[test]
fn a_log_in_goes_on_only_in_the_browser_in_which_it_began() {
    let (service, _, secret) = service_with_factor();
    let browser = || Client::default().in_browser(Some(service.name_browser().unwrap()));
    let (here, elsewhere) = (browser(), browser());
    let token = pending_in(&service, &here, ADA);
    for stranger in [&elsewhere, &Client::default()] {
        let code = code_now(&service, &secret);
        let finished = block_on(service.from(stranger).finish_log_in(FinishLogIn::new(&token, &code)));
        assert!(matches!(finished, Err(SecondStepError::Expired)), "{finished:?}");
        assert!(block_on(service.from(stranger).find_pending_log_in(&token)).is_err());
    }
    let code = code_now(&service, &secret);
    block_on(service.from(&here).finish_log_in(FinishLogIn::new(&token, &code))).unwrap().done().unwrap();
}

/// Ended by another log-in in the same browser, of any user, and by one that brings the token of the log-in before.
#[test]
fn of_the_log_ins_of_one_browser_the_last_one_goes_on() {
    let (service, _, secret) = service_with_factor();
    let here = Client::default().in_browser(Some(service.name_browser().unwrap()));
    let first = pending_in(&service, &here, ADA);
    let second = pending_in(&service, &here, ADA);
    let third = {
        let LogInStep::SecondFactor(proved) = block_on(service.from(&here).log_in(LogIn::new(ADA))).unwrap() else {
            panic!("a second factor is asked for");
        };
        block_on(service.from(&Client::default()).begin_second_step(&proved, Some(&second))).unwrap().waits().unwrap()
    };
    let code = code_now(&service, &secret);
    for ended in [&first, &second] {
        let finished = block_on(service.from(&here).finish_log_in(FinishLogIn::new(ended, &code)));
        assert!(matches!(finished, Err(SecondStepError::Expired)), "{finished:?}");
    }
    finish(&service, &third, &code).unwrap();
}

/// The changes are another password, a closed account, a removed factor and a deleted account.
#[test]
fn a_log_in_ends_with_any_change_of_the_credentials() {
    let changes: [fn(&TestService, &crate::accounts::Visit); 4] = [
        |service, visit| drop(change_password(service, visit, ADA.password, CHANGED.password).unwrap()),
        |service, visit| {
            block_on(service.close_account(visit.user.id)).unwrap();
        },
        |service, visit| {
            block_on(service.remove_second_factor(visit.user.id)).unwrap();
        },
        |service, visit| delete_account(service, visit, ADA.password).unwrap(),
    ];
    for change in changes {
        let (service, codes, _) = service_with_factor();
        let code = codes.iter().next().unwrap().expose_secret();
        let visit = visit_by(&service, &finish(&service, &pending(&service), &code).unwrap().token);
        let token = pending(&service);
        change(&service, &visit);
        let other = codes.iter().nth(1).unwrap().expose_secret();
        let finished = finish(&service, &token, &other);
        assert!(matches!(finished, Err(SecondStepError::Expired)), "{finished:?}");
    }
}

/// A log-in that began before ends, too.
#[test]
fn a_log_in_that_waited_when_the_account_was_closed_ends_also_once_it_is_reopened() {
    let (service, _, secret) = service_with_factor();
    let (token, id) = (pending(&service), stored_user(&service, "Ada").unwrap().user.id);
    block_on(service.close_account(id)).unwrap();
    block_on(service.reopen_account(id)).unwrap();
    let finished = finish(&service, &token, &code_now(&service, &secret));
    assert!(matches!(finished, Err(SecondStepError::Expired)), "{finished:?}");
}

#[test]
fn a_log_in_that_was_ended_goes_on_no_more() {
    let (service, _, secret) = service_with_factor();
    let (ended, other) = (pending(&service), pending(&service));
    block_on(service.end_pending_log_in(&ended)).unwrap();
    block_on(service.end_pending_log_in(&ended)).unwrap();
    let code = code_now(&service, &secret);
    assert!(matches!(finish(&service, &ended, &code), Err(SecondStepError::Expired)));
    finish(&service, &other, &code).unwrap();
}

/// Either password may be verified first. The browser shows the answer to the later one, and drops the other.
#[test]
fn of_a_log_in_that_a_browser_sends_twice_the_later_one_goes_on() {
    for order in [[0, 1], [1, 0]] {
        let (service, _, secret) = service_with_factor();
        let here = Client::default().in_browser(Some(service.name_browser().unwrap()));
        let proved = [0, 1].map(|_| {
            service.clock.advance(A_MOMENT);
            match block_on(service.from(&here).log_in(LogIn::new(ADA))).unwrap() {
                LogInStep::SecondFactor(proved) => proved,
                step => panic!("{step:?}"),
            }
        });
        let mut tokens = [None, None];
        for at in order {
            tokens[at] = block_on(service.from(&here).begin_second_step(&proved[at], None)).unwrap().waits();
        }
        let [first, second] = tokens;
        assert_eq!(first.is_some(), order == [0, 1]);
        let code = code_now(&service, &secret);
        let finish = FinishLogIn::new(second.as_ref().unwrap(), &code);
        assert!(matches!(block_on(service.from(&here).finish_log_in(finish)), Ok(LogInStep::Done(_))));
    }
}

/// Log-ins in two browsers, or far apart in one, each begin on their own.
#[test]
fn a_log_in_elsewhere_or_from_long_after_overtakes_none() {
    let browser = |service: &TestService| Client::default().in_browser(Some(service.name_browser().unwrap()));
    let (service, ..) = service_with_factor();
    let LogInStep::SecondFactor(early) = block_on(service.from(&Client::default()).log_in(LogIn::new(ADA))).unwrap()
    else {
        panic!("a second factor is asked for");
    };
    let (here, elsewhere) = (browser(&service), browser(&service));
    service.clock.advance(A_MOMENT);
    pending_in(&service, &elsewhere, ADA);
    block_on(service.from(&here).begin_second_step(&early, None)).unwrap().waits().unwrap();
    service.clock.advance(just_before(BrowserId::SENT_TWICE));
    pending_in(&service, &here, ADA);
    block_on(service.from(&here).begin_second_step(&early, None)).unwrap().waits().unwrap();
}

#[test]
fn a_closed_account_that_was_reopened_asks_for_the_factor_still() {
    let (service, _, secret) = service_with_factor();
    let id = stored_user(&service, "Ada").unwrap().user.id;
    block_on(service.close_account(id)).unwrap();
    assert!(refused(&service, ADA));
    block_on(service.reopen_account(id)).unwrap();
    assert_eq!(stored_user(&service, "Ada").unwrap().user.standing, Standing::Active);
    finish(&service, &pending(&service), &code_now(&service, &secret)).unwrap();
}

/// The tenth is tried and the eleventh is refused, in any log-in; the user is told once.
#[test]
fn ten_wrong_codes_in_ten_minutes_throttle_the_second_step_of_the_account() {
    let (service, _, secret) = service_with_factor();
    let service = throttled(service);
    for _ in 0..2 {
        let token = pending(&service);
        for _ in 0..5 {
            assert!(matches!(finish(&service, &token, "000000"), Err(SecondStepError::Wrong | SecondStepError::Ended)));
        }
    }
    let token = pending(&service);
    for _ in 0..3 {
        let finished = finish(&service, &token, &code_now(&service, &secret));
        let Err(SecondStepError::Throttled(Throttled { retry_after, .. })) = finished else { panic!("{finished:?}") };
        assert_eq!(retry_after, A_MINUTE);
    }
    let id = stored_user(&service, "Ada").unwrap().user.id;
    let told = events_of(&service, id).into_iter().filter(|event| *event == Event::SecondStepThrottled).count();
    assert_eq!(told, 1);
    service.clock.advance(A_MINUTE);
    finish(&service, &pending(&service), &code_now(&service, &secret)).unwrap();
}

#[test]
fn an_operator_lifts_the_wait_of_the_second_step_too() {
    let (service, codes, _) = service_with_factor();
    let service = throttled(service);
    for _ in 0..2 {
        let token = pending(&service);
        for _ in 0..5 {
            finish(&service, &token, "000000").unwrap_err();
        }
    }
    let ada = stored_user(&service, "Ada").unwrap().user.into();
    assert!(block_on(service.throttled_until(&ada)).unwrap().is_some());
    block_on(service.forgive_waits(&ada)).unwrap();
    finish(&service, &pending(&service), &codes.iter().next().unwrap().expose_secret()).unwrap();
}

#[test]
fn right_codes_do_not_count() {
    let (service, _, secret) = service_with_factor();
    let service = throttled(service);
    for _ in 0..12 {
        finish(&service, &pending(&service), &code_now(&service, &secret)).unwrap();
        service.clock.advance(Duration::from_secs(30));
    }
}

/// An attacker who does not know the password gets no further than the password.
#[test]
fn wrong_passwords_count_nothing_for_the_second_step() {
    let (service, _, secret) = service_with_factor();
    let service = throttled(service);
    for _ in 0..5 {
        assert!(refused(&service, WRONG));
    }
    service.clock.advance(days(1));
    finish(&service, &pending(&service), &code_now(&service, &secret)).unwrap();
}

#[test]
fn wrong_codes_are_told_of_with_the_next_log_in() {
    let (service, _, secret) = service_with_factor();
    finish(&service, &pending(&service), "000000").unwrap_err();
    let logged_in = finish(&service, &pending(&service), &code_now(&service, &secret)).unwrap();
    assert_eq!(logged_in.failed_attempts.unwrap().count, 1);
}

#[test]
fn of_fifty_right_codes_at_once_one_starts_a_session() {
    for is_app in [true, false] {
        let (service, codes, secret) = service_with_factor();
        let code = if is_app { code_now(&service, &secret) } else { codes.iter().next().unwrap().expose_secret() };
        let tokens: Vec<_> = (0..5).map(|_| pending(&service)).collect();
        let next = std::sync::atomic::AtomicUsize::new(0);
        let finished = fifty(|| {
            let token = &tokens[next.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % tokens.len()];
            block_on(service.from(&Client::default()).finish_log_in(FinishLogIn::new(token, &code)))
        });
        let begun = finished.iter().filter(|step| matches!(step, Ok(LogInStep::Done(_)))).count();
        assert_eq!(begun, 1, "{finished:?}");
        let sessions = block_on(service.sessions_of_user(stored_user(&service, "Ada").unwrap().user.id)).unwrap();
        assert_eq!(sessions.len(), 2, "that of the set-up, and this one");
    }
}

/// As a double click does.
#[test]
fn a_second_step_that_is_sent_twice_counts_once() {
    let (service, _, secret) = service_with_factor();
    let here = Client::default().in_browser(Some(service.name_browser().unwrap()));
    let token = pending_in(&service, &here, ADA);
    let code = code_now(&service, &secret);
    let send = || block_on(service.from(&here).finish_log_in(FinishLogIn::new(&token, &code)));
    assert!(matches!(send(), Ok(LogInStep::Done(_))));
    assert!(matches!(send(), Ok(LogInStep::Overtaken)));
    service.clock.advance(BrowserId::SENT_TWICE);
    assert!(matches!(send(), Err(SecondStepError::Expired)));
}

/// The code is right in every request, including those that are told that another one was quicker.
#[test]
fn a_second_step_that_is_sent_several_times_at_once_counts_no_wrong_code() {
    for _ in 0..RACES {
        let (service, _, secret) = service_with_factor();
        let service = throttled(service);
        let here = Client::default().in_browser(Some(service.name_browser().unwrap()));
        let (token, code) = (pending_in(&service, &here, ADA), code_now(&service, &secret));
        let send = || block_on(service.from(&here).finish_log_in(FinishLogIn::new(&token, &code)));
        let finished: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..PendingLogIn::MOST_TRIES).map(|_| scope.spawn(send)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(finished.iter().all(Result::is_ok), "{finished:?}");
        let wrong_codes = (0..).take_while(|_| {
            !matches!(finish(&service, &pending(&service), "000000"), Err(SecondStepError::Throttled(_)))
        });
        assert_eq!(wrong_codes.count(), 10, "none of those before counts");
    }
}

#[test]
fn debug_shows_no_code_that_was_typed() {
    let (service, codes, _) = service_with_factor();
    let (token, code) = (pending(&service), codes.iter().next().unwrap().expose_secret());
    let secret = service.draw_totp_secret().unwrap();
    let set_up = crate::accounts::SetUpTotp::new(&secret, "123456").replacing(&code);
    let shown = format!("{:?} {set_up:?}", FinishLogIn::new(&token, &code));
    assert!(!shown.contains(&code) && !shown.contains("123456"), "{shown}");
}

#[test]
fn no_code_is_asked_for_on_a_trusted_device_until_the_trust_ends() {
    let (service, _, secret) = service_that_trusts(TRUST);
    let (trusted, _) = finish_trusting(&service, &secret, Trust::Wished);
    let log_in = |device: &DeviceTokens| {
        let log_in = LogIn::new(ADA).by_device(device);
        block_on(service.from(&Client::default()).log_in(log_in)).unwrap()
    };
    assert!(matches!(log_in(&trusted), LogInStep::Done(_)));
    assert!(matches!(log_in(&DeviceTokens::default()), LogInStep::SecondFactor(_)), "another device is not trusted");
    let wrong = LogIn::new(WRONG).by_device(&trusted);
    assert!(matches!(block_on(service.from(&Client::default()).log_in(wrong)), Err(LogInError::Refused)));
    service.clock.advance(just_before(TRUST));
    assert!(matches!(log_in(&trusted), LogInStep::Done(_)));
    service.clock.advance(A_MOMENT);
    assert!(matches!(log_in(&trusted), LogInStep::SecondFactor(_)), "a log-in does not prolong it");
}

#[test]
fn nothing_is_trusted_without_a_wish_nor_where_the_service_trusts_none() {
    let (service, _, secret) = service_that_trusts(TRUST);
    let (device, _) = finish_trusting(&service, &secret, Trust::NotWished);
    let log_in = |service: &TestService, device: &DeviceTokens| {
        block_on(service.from(&Client::default()).log_in(LogIn::new(ADA).by_device(device))).unwrap()
    };
    assert!(matches!(log_in(&service, &device), LogInStep::SecondFactor(_)));
    let (mut service, _, secret) = service_that_trusts(TRUST);
    let (device, _) = finish_trusting(&service, &secret, Trust::Wished);
    service.second_factor.as_mut().unwrap().trust = Duration::ZERO;
    assert!(matches!(log_in(&service, &device), LogInStep::SecondFactor(_)), "the service trusts no device any more");
}

#[test]
fn trust_ends_with_a_change_of_password_or_factor_and_with_the_device() {
    let changes: [fn(&TestService, &LoggedIn); 2] = [
        |service, logged_in| {
            let visit = visit_by(service, &logged_in.token);
            let known = block_on(service.known_devices_of(&visit)).unwrap();
            block_on(service.from(&Client::default()).forget_device(&visit, known[0].id)).unwrap();
        },
        |service, logged_in| {
            let visit = visit_by(service, &logged_in.token);
            replace_app(service, &visit);
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let (service, _, secret) = service_that_trusts(TRUST);
        let (device, logged_in) = finish_trusting(&service, &secret, Trust::Wished);
        change(&service, &logged_in);
        let step = block_on(service.from(&Client::default()).log_in(LogIn::new(ADA).by_device(&device))).unwrap();
        assert!(matches!(step, LogInStep::SecondFactor(_)), "{number}: {step:?}");
    }
    let (service, _, secret) = service_that_trusts(TRUST);
    let (device, logged_in) = finish_trusting(&service, &secret, Trust::Wished);
    let visit = visit_by(&service, &logged_in.token);
    change_password(&service, &visit, ADA.password, CHANGED.password).unwrap();
    let step = block_on(service.from(&Client::default()).log_in(LogIn::new(CHANGED).by_device(&device))).unwrap();
    assert!(matches!(step, LogInStep::SecondFactor(_)), "{step:?}");
}

/// As after a plain log-in: the browser's earlier session ends, and the new one is of the kind that was asked for.
#[test]
fn a_finished_log_in_is_of_its_kind_and_takes_the_place_of_the_session_before() {
    let (service, _, secret) = service_with_factor();
    let before = finish(&service, &pending(&service), &code_now(&service, &secret)).unwrap();
    service.clock.advance(Duration::from_secs(30));
    let here = Client::default();
    let LogInStep::SecondFactor(proved) =
        block_on(service.from(&here).log_in(LogIn::new(ADA).of_kind(SessionKind::Kept))).unwrap()
    else {
        panic!("a second factor is asked for");
    };
    let token = begin(&service, &proved);
    assert!(is_good(&service, &before.token), "it lives on until the code is right");
    let code = code_now(&service, &secret);
    let finish = FinishLogIn::new(&token, &code).replacing(Some(&before.token));
    let after = block_on(service.from(&here).finish_log_in(finish)).unwrap().done().unwrap();
    assert_eq!(after.session.kind, SessionKind::Kept);
    assert!(is_over(&service, &before.token));
}

#[test]
fn a_log_in_on_a_new_device_is_told_of_once_the_code_was_right() {
    let (service, _, secret) = mail_service_with_factor();
    send_mails(&service);
    let token = pending(&service);
    assert_eq!(sent(&service), []);
    finish(&service, &token, &code_now(&service, &secret)).unwrap();
    assert_eq!(sent(&service), [(MailKind::Notice(Event::LoggedIn), ADAS.to_owned())]);
}

#[test]
fn a_secret_that_a_former_key_sealed_is_sealed_anew_when_it_is_used() {
    let (mut service, _, secret) = service_with_factor();
    let id = stored_user(&service, "Ada").unwrap().user.id;
    service.second_factor.as_mut().unwrap().keys = keys(&[8; 32], &[&[7; 32]]);
    let before = block_on(crate::SecondFactorRepository::factors_of(&service.store, id)).unwrap().totp.unwrap();
    finish(&service, &pending(&service), "000000").unwrap_err();
    finish(&service, &pending(&service), &code_now(&service, &secret)).unwrap();
    let after = block_on(crate::SecondFactorRepository::factors_of(&service.store, id)).unwrap().totp.unwrap();
    assert_ne!(before.secret, after.secret);
    service.second_factor.as_mut().unwrap().keys = keys(&[8; 32], &[]);
    service.clock.advance(Duration::from_secs(30));
    finish(&service, &pending(&service), &code_now(&service, &secret)).unwrap();
    assert_eq!(block_on(service.count_unopened_secrets()).unwrap(), 0);
    service.second_factor.as_mut().unwrap().keys = keys(&[9; 32], &[]);
    assert_eq!(block_on(service.count_unopened_secrets()).unwrap(), 1);
    service.clock.advance(Duration::from_secs(30));
    assert!(matches!(finish(&service, &pending(&service), &code_now(&service, &secret)), Err(SecondStepError::Wrong)));
}

#[test]
fn log_ins_that_waited_too_long_are_swept() {
    let (service, ..) = service_with_factor();
    pending(&service);
    assert_eq!(block_on(service.sweep_pending_log_ins()).unwrap(), 0);
    service.clock.advance(PendingLogIn::LIFETIME);
    assert_eq!(block_on(service.sweep_pending_log_ins()).unwrap(), 1);
}

/// The operator removes the factor at the moment of a log-in. In either order, no session begins with a code that had
/// ended.
#[test]
fn a_log_in_and_the_end_of_the_factor_at_once_leave_both_answered() {
    for _ in 0..RACES {
        let (service, codes, _) = service_with_factor();
        let id = stored_user(&service, "Ada").unwrap().user.id;
        let (token, code) = (pending(&service), codes.iter().next().unwrap().expose_secret());
        let (finished, removal) =
            at_once(|| finish(&service, &token, &code), || block_on(service.remove_second_factor(id)).unwrap());
        assert_eq!(removal, crate::repository::SecondFactorRemoval::Removed);
        match finished {
            Ok(logged_in) => assert!(is_good(&service, &logged_in.token)),
            Err(error) => assert!(matches!(error, SecondStepError::Expired | SecondStepError::Wrong), "{error:?}"),
        }
        assert!(log_in_with_password(&service, ADA).is_some(), "no code is asked for any more");
    }
}

fn begin(service: &TestService, proved: &PasswordProved) -> PendingLogInToken {
    block_on(service.from(&Client::default()).begin_second_step(proved, None)).unwrap().waits().unwrap()
}

/// The result of a log-in whose password is enough.
fn log_in_with_password(service: &TestService, typed: crate::accounts::Credentials<'_>) -> Option<LoggedIn> {
    block_on(service.from(&Client::default()).log_in(LogIn::new(typed))).unwrap().done()
}

/// Returns the device that logged in, and the session.
fn finish_trusting(
    service: &TestService,
    secret: &crate::second_factor::TotpSecret,
    trust: Trust,
) -> (DeviceTokens, LoggedIn) {
    let (token, code) = (pending(service), code_now(service, secret));
    let finish = FinishLogIn::new(&token, &code).trusting(trust);
    let logged_in = block_on(service.from(&Client::default()).finish_log_in(finish)).unwrap().done().unwrap();
    (logged_in.device_tokens.clone(), logged_in)
}

#[test]
fn without_randomness_no_log_in_waits() {
    let (service, ..) = service_with_factor();
    let LogInStep::SecondFactor(proved) = block_on(service.from(&Client::default()).log_in(LogIn::new(ADA))).unwrap()
    else {
        panic!("a second factor is asked for");
    };
    let crate::accounts::AuthService { store, clock, hasher, rules, mail, second_factor, .. } = service;
    let entropy = crate::testing::NoEntropy;
    let service =
        crate::accounts::AuthService { store, clock, entropy, hasher, rules, mail, second_factor, passkeys: None };
    assert!(block_on(service.from(&Client::default()).begin_second_step(&proved, None)).is_err());
}
