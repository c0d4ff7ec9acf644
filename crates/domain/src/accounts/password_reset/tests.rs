use std::time::Duration;

use pollster::block_on;

use crate::accounts::fixtures::{
    A_MOMENT, ADA, CHANGED, RACES, TestService, assert_leads_nowhere, at_once, change_password, changes_nothing,
    cost_of, days, events_of, forget_activity, hash_of, is_good, is_over, just_before, log_in, log_in_as, log_in_bob,
    refused, rename, service_of_ada, sign_up, sign_up_without_a_password, stored_user, try_to_log_in, visit_by,
    visit_of_ada,
};
use crate::accounts::{Credentials, LinkError, MakeLinkError, ResetPasswordError};
use crate::activity::Event;
use crate::client::Client;
use crate::link::{Link, LinkToken};
use crate::password::PasswordError;
use crate::rules::Rules;
use crate::session::SessionKind;
use crate::testing::{SeededEntropy, keep_out_of_the_log};
use crate::throttle::{Limit, ThrottleRules};
use crate::user::{User, UserId};

fn link_for(service: &TestService, user: UserId) -> LinkToken {
    let made = block_on(service.make_reset_link(user, Link::RESET_BY_OPERATOR)).unwrap();
    keep_out_of_the_log(&made.token.expose_secret());
    made.token
}

/// A service where Ada has signed up and has a link.
fn link_for_ada() -> (TestService, UserId, LinkToken) {
    let service = service_of_ada();
    let ada = stored_user(&service, "ada").unwrap().user.id;
    let link = link_for(&service, ada);
    (service, ada, link)
}

fn find(service: &TestService, link: &LinkToken) -> Option<User> {
    match block_on(service.find_reset(link)) {
        Ok(user) => Some(user),
        Err(LinkError::Expired) => None,
        Err(LinkError::Failed(error)) => panic!("{error}"),
    }
}

fn reset(service: &TestService, link: &LinkToken, new: &str) -> Result<User, ResetPasswordError> {
    block_on(service.from(&Client::default()).reset_password(link, new))
}

fn has_expired(service: &TestService, link: &LinkToken) -> bool {
    let refusal = changes_nothing(service, || reset(service, link, CHANGED.password));
    find(service, link).is_none() && matches!(refusal, Err(ResetPasswordError::Expired))
}

#[test]
fn a_link_sets_a_password_and_ends_all_sessions() {
    let (service, ada, link) = link_for_ada();
    let sessions = [log_in(&service).token, log_in_as(&service, ADA, SessionKind::Kept).token];
    let bob = log_in_bob(&service).token;
    forget_activity(&service);
    let user = reset(&service, &link, CHANGED.password).unwrap();
    assert_eq!((user.id, user.username.as_str()), (ada, "Ada"));
    assert_eq!(events_of(&service, ada), [Event::PasswordReset]);
    assert!(sessions.iter().all(|token| is_over(&service, token)) && is_good(&service, &bob));
    assert!(refused(&service, ADA));
    log_in_as(&service, CHANGED, SessionKind::Ordinary);
    assert!(has_expired(&service, &link), "it is used");
}

#[test]
fn to_look_at_a_link_changes_nothing_however_often() {
    let (service, ada, link) = link_for_ada();
    for _ in 0..3 {
        assert_eq!(changes_nothing(&service, || find(&service, &link)).map(|user| user.id), Some(ada));
    }
    reset(&service, &link, CHANGED.password).unwrap();
}

#[test]
fn a_link_is_good_for_its_lifetime_and_not_a_moment_longer() {
    let (service, ada, link) = link_for_ada();
    assert_eq!(events_of(&service, ada), [Event::ResetLinkMade]);
    service.clock.advance(just_before(days(3)));
    assert!(find(&service, &link).is_some());
    service.clock.advance(A_MOMENT);
    assert!(has_expired(&service, &link));
    let short = block_on(service.make_reset_link(ada, A_MOMENT)).unwrap();
    assert!(find(&service, &short.token).is_some());
    service.clock.advance(A_MOMENT);
    assert!(has_expired(&service, &short.token));
}

#[test]
fn a_link_that_was_replaced_or_made_up_has_expired_as_any_other() {
    let (service, ada, link) = link_for_ada();
    let newer = link_for(&service, ada);
    let unknown = LinkToken::generate(&SeededEntropy::default()).unwrap();
    assert!(has_expired(&service, &link) && has_expired(&service, &unknown));
    reset(&service, &newer, CHANGED.password).unwrap();
}

#[test]
fn a_changed_password_ends_a_link_and_a_changed_name_does_not() {
    let (service, here) = visit_of_ada();
    let link = link_for(&service, here.user.id);
    rename(&service, &here, "Augusta").unwrap();
    assert_eq!(find(&service, &link).map(|user| user.username.as_str().to_owned()), Some("Augusta".to_owned()));
    let here =
        visit_by(&service, &log_in_as(&service, Credentials { username: "augusta", ..ADA }, SessionKind::Kept).token);
    change_password(&service, &here, ADA.password, CHANGED.password).unwrap();
    assert!(has_expired(&service, &link));
}

#[test]
fn a_link_of_a_closed_account_is_good_for_nothing_until_it_is_reopened() {
    let (service, ada, link) = link_for_ada();
    block_on(service.close_account(ada)).unwrap();
    assert!(has_expired(&service, &link));
    block_on(service.reopen_account(ada)).unwrap();
    reset(&service, &link, CHANGED.password).unwrap();
}

#[test]
fn a_user_without_a_password_sets_the_first_one_by_a_link() {
    let (service, _, _) = link_for_ada();
    let grace = sign_up_without_a_password(&service, "Grace");
    let typed = Credentials { username: "grace", ..CHANGED };
    assert!(refused(&service, typed));
    reset(&service, &link_for(&service, grace), typed.password).unwrap();
    log_in_as(&service, typed, SessionKind::Ordinary);
}

#[test]
fn an_unfit_password_is_refused_and_leaves_the_link_good() {
    let service = service_of_ada();
    let user = sign_up(&service, "ada.lovelace.1815").unwrap();
    let link = link_for(&service, user.id);
    for (new, code) in [
        ("short", "too_short"),
        ("", "empty"),
        ("seven quiet lanterns\0", "bad_character"),
        ("ada.lovelace.1815", "too_guessable"),
    ] {
        let refusal = changes_nothing(&service, || reset(&service, &link, new));
        let Err(ResetPasswordError::Unfit(error)) = refusal else { panic!("{refusal:?}") };
        assert_eq!(PasswordError::code(&error), code);
    }
    reset(&service, &link, CHANGED.password).unwrap();
}

#[test]
fn an_unknown_user_gets_no_link() {
    let service = service_of_ada();
    let nobody = UserId::new(crate::testing::fixtures::NOON, &SeededEntropy::default()).unwrap();
    let refusal = changes_nothing(&service, || block_on(service.make_reset_link(nobody, days(1))));
    assert!(matches!(refusal, Err(MakeLinkError::NoSuchUser)), "{refusal:?}");
}

#[test]
fn a_link_that_is_good_for_nothing_costs_no_hash_and_writes_nothing_down() {
    let (service, _, link) = link_for_ada();
    let unknown = LinkToken::generate(&SeededEntropy::default()).unwrap();
    let cost = cost_of(&service, || {
        for new in [CHANGED.password, "short"] {
            assert!(matches!(reset(&service, &unknown, new), Err(ResetPasswordError::Expired)));
        }
    });
    assert_eq!(cost, (0, 0));
    assert_eq!(cost_of(&service, || drop(reset(&service, &link, CHANGED.password).unwrap())), (1, 1));
}

#[test]
fn passwords_that_are_judged_for_a_link_count_and_a_link_that_has_expired_counts_nothing() {
    let service = service_of_ada();
    let limit = Limit::Rate { attempts: 2, period: Duration::from_hours(1) };
    let throttle = Some(ThrottleRules { new_passwords: limit, ..ThrottleRules::default() });
    let rules = Rules { throttle, ..service.rules };
    let service = TestService { rules, ..service };
    let link = link_for(&service, stored_user(&service, "ada").unwrap().user.id);
    let unknown = LinkToken::generate(&SeededEntropy::default()).unwrap();
    for _ in 0..3 {
        assert!(matches!(reset(&service, &unknown, CHANGED.password), Err(ResetPasswordError::Expired)));
    }
    for new in ["password password", "ada ada ada ada ada"] {
        assert!(matches!(reset(&service, &link, new), Err(ResetPasswordError::Unfit(_))));
    }
    let before = hash_of(&service, "ada");
    let refusal = reset(&service, &link, CHANGED.password);
    let Err(ResetPasswordError::Throttled(throttled)) = refusal else { panic!("{refusal:?}") };
    assert_eq!(hash_of(&service, "ada"), before);
    service.clock.advance(throttled.retry_after);
    reset(&service, &link, CHANGED.password).unwrap();
}

#[test]
fn of_two_that_use_a_link_at_once_one_sets_the_password() {
    for _race in 0..RACES {
        let (service, _, link) = link_for_ada();
        let other = "nine purple umbrellas";
        let both = at_once(|| reset(&service, &link, CHANGED.password), || reset(&service, &link, other));
        let password = match both {
            (Ok(_), Err(ResetPasswordError::Expired)) => CHANGED.password,
            (Err(ResetPasswordError::Expired), Ok(_)) => other,
            both => panic!("{both:?}"),
        };
        assert!(try_to_log_in(&service, Credentials { password, ..ADA }).is_ok());
    }
}

#[test]
fn no_log_in_with_the_old_password_survives_a_reset_at_the_same_time() {
    for _race in 0..RACES {
        let (service, _, link) = link_for_ada();
        let (set, logged_in) = at_once(|| reset(&service, &link, CHANGED.password), || try_to_log_in(&service, ADA));
        set.unwrap();
        assert_leads_nowhere(&service, logged_in);
    }
}
