use std::time::Duration;

use pollster::block_on;

use crate::accounts::fixtures::{
    A_MOMENT, A_SECOND, ADA, ADAS, CHANGED, OTHERS, TestService, change_password, changes_nothing, cost_of, days,
    emails_of, events_of, firefox_at, forget_activity, give_email, in_short, is_good, just_before, link_in, link_of,
    log_in, mail_service, mail_service_of_ada, mail_service_with, rows_of, send_mails, sent, service_of_ada, sign_up,
    sign_up_with_email, steps_of, stored_user, takes, throttled, verify, visit_by,
};
use crate::accounts::{Credentials, LinkError, LogIn, LogInError, LogInStep, LoggedIn};
use crate::activity::Event;
use crate::client::Client;
use crate::link::LinkToken;
use crate::mail::{Addresses, MailKind, MailRules};
use crate::repository::{EmailState, Emails};
use crate::testing::keep_out_of_the_log;
use crate::throttle::Throttled;
use crate::user::User;

const WRONG_PASSWORD: &str = "eight quiet lanterns";

fn try_from(service: &TestService, client: &Client, username: &str, password: &str) -> Result<LogInStep, LogInError> {
    block_on(service.from(client).log_in_by_email(LogIn::new(Credentials { username, password })))
}

fn try_by(service: &TestService, username: &str, password: &str) -> Result<LogInStep, LogInError> {
    try_from(service, &Client::default(), username, password)
}

fn log_in_by(service: &TestService, username: &str) -> LoggedIn {
    try_by(service, username, ADA.password).unwrap().done().unwrap()
}

fn refused_by(service: &TestService, username: &str, password: &str) -> bool {
    matches!(try_by(service, username, password), Err(LogInError::Refused))
}

/// A service where every account needs an address.
fn strict_service() -> TestService {
    mail_service_with(MailRules { addresses: Addresses::REQUIRED, ..MailRules::default() })
}

/// That service, where Ada has signed up and not read her mail.
fn strict_service_of_ada() -> (TestService, User) {
    let service = strict_service();
    let ada = sign_up_with_email(&service, "Ada", ADAS).unwrap();
    (service, ada)
}

/// The token of a user whose password was right and whose address is not verified.
fn held_back(service: &TestService, username: &str, password: &str) -> LinkToken {
    let LogInStep::AddressUnverified(token) = try_by(service, username, password).unwrap() else { panic!() };
    keep_out_of_the_log(&token.expose_secret());
    token
}

fn resend(service: &TestService, token: &LinkToken) -> Result<(), LinkError> {
    block_on(service.from(&Client::default()).resend_verification(token))
}

fn has_expired(service: &TestService, token: &LinkToken) -> bool {
    let refusal = changes_nothing(service, || resend(service, token));
    let found = block_on(service.find_unverified(token));
    matches!(refusal, Err(LinkError::Expired)) && matches!(found, Err(LinkError::Expired))
}

/// An address with this number of characters. The longest allowed has 254, which is more than a username can have.
fn long_address(chars: usize) -> String {
    let domain = format!("{}.{}.{}.example.org", "b".repeat(63), "c".repeat(63), "d".repeat(60));
    format!("{}@{domain}", "A".repeat(chars - domain.len() - 1))
}

#[test]
fn a_user_with_a_verified_address_logs_in_by_the_name_and_by_the_address_in_any_case() {
    let (service, ada) = mail_service_of_ada();
    for typed in ["Ada", "ada", ADAS, &ADAS.to_lowercase(), &ADAS.to_uppercase(), &format!(" {ADAS}\t")] {
        assert!(refused_by(&service, typed, WRONG_PASSWORD), "{typed:?}");
        let logged_in = log_in_by(&service, typed);
        assert_eq!((logged_in.user.id, logged_in.user.username.as_str()), (ada.id, "Ada"), "{typed:?}");
        assert!(is_good(&service, &logged_in.token));
    }
}

#[test]
fn an_address_that_no_username_can_be_opens_its_account_too() {
    for typed in [long_address(254), long_address(230), "_ada!#$%&'*+/=?^`{|}~@example.org".to_owned()] {
        keep_out_of_the_log(&typed);
        let service = mail_service();
        let ada = sign_up_with_email(&service, "Ada", &typed).unwrap();
        assert!(refused_by(&service, &typed, ADA.password), "it is not verified");
        verify(&service, &link_of(&send_mails(&service), MailKind::VerifyEmail)).unwrap();
        assert_eq!(log_in_by(&service, &typed).user.id, ada.id);
        assert_eq!(log_in_by(&service, &typed.to_uppercase()).user.id, ada.id);
    }
}

#[test]
fn a_pending_address_opens_nothing() {
    let (service, ada) = mail_service_of_ada();
    let visit = visit_by(&service, &log_in(&service).token);
    give_email(&service, &visit, OTHERS).unwrap();
    assert!(refused_by(&service, OTHERS, ADA.password));
    verify(&service, &link_of(&send_mails(&service), MailKind::VerifyEmail)).unwrap();
    assert_eq!(log_in_by(&service, OTHERS).user.id, ada.id);
    assert!(refused_by(&service, ADAS, ADA.password), "the former one");
}

#[test]
fn every_refusal_by_an_address_costs_one_hash_and_writes_as_much_as_a_wrong_password() {
    let (service, _) = mail_service_of_ada();
    let closed = sign_up_with_email(&service, "Closed", "closed@example.org").unwrap();
    verify(&service, &link_of(&send_mails(&service), MailKind::VerifyEmail)).unwrap();
    block_on(service.close_account(closed.id)).unwrap();
    sign_up_with_email(&service, "Pending", "pending@example.org").unwrap();
    let (long, service) = (long_address(254), throttled(service));
    let logins = [
        ("Ada", WRONG_PASSWORD),
        (ADAS, WRONG_PASSWORD),
        ("nobody", ADA.password),
        ("nobody@example.org", ADA.password),
        (&long, ADA.password),
        ("_nobody@example.org", ADA.password),
        ("nobody@localhost", ADA.password),
        ("closed@example.org", ADA.password),
        ("pending@example.org", ADA.password),
    ];
    for (network, (typed, password)) in (1..).zip(logins) {
        let client = firefox_at(network);
        let refuse = || {
            assert!(matches!(try_from(&service, &client, typed, password), Err(LogInError::Refused)), "{typed}");
        };
        let mut rows = [0; 4];
        let cost = cost_of(&service, || rows = rows_of(&service, refuse));
        assert_eq!((cost.0, rows[0], rows[1], rows[3]), (1, 0, 1, 0), "{typed}");
    }
    assert_eq!(cost_of(&service, || drop(log_in_by(&service, ADAS))), (1, 1), "a right one too");
}

#[test]
fn every_refusal_by_something_like_an_address_asks_the_store_as_often() {
    let long = long_address(254);
    let steps = [ADAS, "nobody@example.org", "closed@example.org", "_nobody@example.org", &long].map(|typed| {
        let service = throttled(mail_service_of_ada().0);
        let closed = sign_up(&service, "Closed").unwrap();
        block_on(service.set_email(&closed, "closed@example.org", EmailState::Verified)).unwrap();
        block_on(service.close_account(closed.id)).unwrap();
        steps_of(&service, || assert!(refused_by(&service, typed, WRONG_PASSWORD), "{typed}"))
    });
    assert_eq!(steps, [steps[0]; 5]);
}

#[test]
fn a_first_attempt_at_an_unknown_address_counts_on_as_many_counters_as_one_at_a_known_address() {
    let counters =
        [("Ada", ADA.password), (ADAS, WRONG_PASSWORD), ("nobody@example.org", ""), (&long_address(254), "")].map(
            |(typed, password)| {
                let service = throttled(mail_service_of_ada().0);
                let password = if password == ADA.password { WRONG_PASSWORD } else { password };
                rows_of(&service, || assert!(refused_by(&service, typed, password)))
            },
        );
    assert_eq!(counters, [counters[0]; 4]);
}

#[test]
fn attempts_by_the_name_and_by_the_address_count_together() {
    let service = throttled(mail_service_of_ada().0);
    let upper = ADAS.to_uppercase();
    for typed in ["ada", ADAS, "ADA", &upper, ADAS] {
        assert!(refused_by(&service, typed, WRONG_PASSWORD));
    }
    for typed in [ADAS, "ada"] {
        let waits = try_by(&service, typed, ADA.password);
        assert!(matches!(waits, Err(LogInError::Throttled(Throttled { retry_after: A_SECOND, .. }))), "{typed}");
    }
    service.clock.advance(A_SECOND);
    log_in_by(&service, ADAS);
}

#[test]
fn attempts_at_an_unknown_address_count_like_those_at_a_name() {
    for typed in ["nobody@example.org".to_owned(), long_address(254), long_address(220)] {
        let service = throttled(mail_service());
        for typed in [&typed, &typed.to_uppercase(), &typed, &typed, &typed] {
            assert!(refused_by(&service, typed, WRONG_PASSWORD));
        }
        assert!(matches!(try_by(&service, &typed, WRONG_PASSWORD), Err(LogInError::Throttled(_))), "{typed}");
        assert!(refused_by(&service, &long_address(210), WRONG_PASSWORD), "another one does not wait for it");
    }
}

/// Usernames from before the service sent mails stay.
#[test]
fn a_username_with_an_at_sign_wins_over_an_address() {
    let (mut service, ada) = mail_service_of_ada();
    let mail = service.mail.take();
    let named = block_on(service.from(&Client::default()).sign_up(Credentials { username: ADAS, ..CHANGED })).unwrap();
    service.mail = mail;
    let logged_in = try_by(&service, ADAS, CHANGED.password).unwrap().done().unwrap();
    assert_eq!(logged_in.user.id, named.id);
    assert!(refused_by(&service, ADAS, ADA.password));
    assert_eq!(log_in_by(&service, "ada").user.id, ada.id);
}

#[test]
fn where_no_mails_are_sent_an_address_opens_nothing_and_a_name_does() {
    let service = service_of_ada();
    let ada = stored_user(&service, "ada").unwrap().user;
    block_on(service.set_email(&ada.into(), ADAS, EmailState::Verified)).unwrap();
    assert!(refused_by(&service, ADAS, ADA.password));
    log_in_by(&service, "ada");
}

#[test]
fn without_a_verified_address_the_right_password_is_held_back_where_one_is_required() {
    let (service, ada) = strict_service_of_ada();
    send_mails(&service);
    forget_activity(&service);
    let token = held_back(&service, "ada", ADA.password);
    assert_eq!(events_of(&service, ada.id), []);
    assert_eq!(block_on(service.sessions_of_user(ada.id)).unwrap(), []);
    let (user, emails) = changes_nothing(&service, || block_on(service.find_unverified(&token))).unwrap();
    assert_eq!((user.id, emails.pending.is_some(), emails.verified), (ada.id, true, None));
    let cost = cost_of(&service, || assert!(refused_by(&service, "ada", WRONG_PASSWORD)));
    assert_eq!((cost, cost_of(&service, || drop(try_by(&service, "nobody", WRONG_PASSWORD)))), ((1, 1), (1, 1)));
    assert_eq!(cost_of(&service, || drop(held_back(&service, "ada", ADA.password))), (1, 0));
}

#[test]
fn a_user_who_was_held_back_logs_in_once_the_address_is_verified() {
    let (service, ada) = strict_service_of_ada();
    held_back(&service, "ada", ADA.password);
    assert!(refused_by(&service, ADAS, ADA.password), "nobody has that address yet");
    verify(&service, &link_of(&send_mails(&service), MailKind::VerifyEmail)).unwrap();
    for typed in ["ada", ADAS] {
        assert_eq!(log_in_by(&service, typed).user.id, ada.id);
    }
    let visit = visit_by(&service, &log_in_by(&service, "ada").token);
    give_email(&service, &visit, OTHERS).unwrap();
    log_in_by(&service, "ada");
}

#[test]
fn an_account_without_any_address_is_held_back_where_one_is_required() {
    let mut service = mail_service();
    sign_up(&service, "Ada").unwrap();
    service.mail = Some(MailRules { addresses: Addresses::REQUIRED, ..MailRules::default() });
    let token = held_back(&service, "ada", ADA.password);
    let (_, emails) = block_on(service.find_unverified(&token)).unwrap();
    assert_eq!(emails, Emails::default());
    changes_nothing(&service, || resend(&service, &token)).unwrap();
}

#[test]
fn a_right_password_that_is_held_back_is_no_failed_attempt() {
    let service = throttled(strict_service_of_ada().0);
    for _ in 0..8 {
        held_back(&service, "ada", ADA.password);
    }
}

#[test]
fn a_user_who_was_held_back_has_the_mail_sent_once_more() {
    let (service, ada) = strict_service_of_ada();
    let first = link_of(&send_mails(&service), MailKind::VerifyEmail);
    service.clock.advance(A_MOMENT);
    let token = held_back(&service, "ada", ADA.password);
    resend(&service, &token).unwrap();
    let letters = send_mails(&service);
    assert_eq!(in_short(&letters), [(MailKind::VerifyEmail, ADAS)]);
    assert_eq!(letters[0].to.user_id, ada.id);
    assert!(block_on(service.find_verification(&first)).is_err(), "a later one ends it");
    service.clock.advance(A_MOMENT);
    resend(&service, &token).unwrap();
    let again = send_mails(&service);
    verify(&service, &link_in(&again[0])).unwrap();
    changes_nothing(&service, || resend(&service, &token)).unwrap();
    log_in_by(&service, "ada");
}

#[test]
fn a_user_who_was_held_back_with_another_users_address_sends_no_link_to_it() {
    let (service, ada) = strict_service_of_ada();
    verify(&service, &link_of(&send_mails(&service), MailKind::VerifyEmail)).unwrap();
    sign_up_with_email(&service, "Bob", &ADAS.to_lowercase()).unwrap();
    assert_eq!(sent(&service), [(MailKind::AccountExists, ADAS.to_owned())]);
    let token = held_back(&service, "bob", ADA.password);
    resend(&service, &token).unwrap();
    assert_eq!(sent(&service), [(MailKind::AccountExists, ADAS.to_owned())]);
    assert_eq!(emails_of(&service, ada.id).verified.unwrap().as_str(), ADAS);
}

#[test]
fn more_than_three_mails_to_verify_an_address_are_not_sent_without_an_error() {
    let service = throttled(strict_service());
    sign_up_with_email(&service, "Ada", ADAS).unwrap();
    let token = held_back(&service, "ada", ADA.password);
    for _ in 0..8 {
        service.clock.advance(A_MOMENT);
        resend(&service, &token).unwrap();
    }
    assert_eq!(block_on(service.queued_mails(100)).unwrap().len(), 3, "with the one of the sign-up");
    let links = send_mails(&service);
    verify(&service, &link_in(links.last().unwrap())).unwrap();
}

#[test]
fn a_user_who_was_held_back_is_known_for_an_hour_and_with_that_password_alone() {
    let (service, ada) = strict_service_of_ada();
    let token = held_back(&service, "ada", ADA.password);
    service.clock.advance(just_before(Duration::from_hours(1)));
    assert!(block_on(service.find_unverified(&token)).is_ok());
    service.clock.advance(A_MOMENT);
    assert!(has_expired(&service, &token));

    let token = held_back(&service, "ada", ADA.password);
    let mail = service.mail.clone();
    let service = TestService { mail: None, ..service };
    let visit = visit_by(&service, &log_in_by(&service, "ada").token);
    change_password(&service, &visit, ADA.password, CHANGED.password).unwrap();
    let service = TestService { mail, ..service };
    assert!(has_expired(&service, &token));

    let token = held_back(&service, "ada", CHANGED.password);
    block_on(service.close_account(ada.id)).unwrap();
    assert!(has_expired(&service, &token));
    let made_up = LinkToken::parse(&"A".repeat(43)).unwrap();
    assert!(has_expired(&service, &made_up));
}

#[test]
fn the_token_of_a_user_who_was_held_back_is_no_link() {
    let (service, _) = strict_service_of_ada();
    let link = link_of(&send_mails(&service), MailKind::VerifyEmail);
    let token = held_back(&service, "ada", ADA.password);
    assert!(block_on(service.find_verification(&token)).is_err());
    assert!(block_on(service.find_undo(&token)).is_err());
    assert!(block_on(service.find_reset(&token)).is_err());
    assert!(block_on(service.find_unverified(&link)).is_err());
}

#[test]
fn a_user_who_verifies_no_address_in_a_week_is_deleted_and_the_name_is_free() {
    let (service, ada) = strict_service_of_ada();
    let sweep = || block_on(service.sweep_unverified()).unwrap();
    sign_up_with_email(&service, "Bob", OTHERS).unwrap();
    let letters = send_mails(&service);
    let bobs = letters.iter().find(|letter| letter.to.username.as_str() == "Bob").unwrap();
    verify(&service, &link_in(bobs)).unwrap();
    service.clock.advance(just_before(days(7)));
    assert_eq!(changes_nothing(&service, sweep), 0);
    service.clock.advance(A_MOMENT);
    assert_eq!(sweep(), 1);
    assert!(block_on(service.find_user("ada")).unwrap().is_none());
    assert_eq!(emails_of(&service, ada.id), Emails::default());
    assert_eq!(sent(&service), [], "nobody is told");
    log_in_by(&service, "bob");
    assert!(takes(&service, "Ada") && !takes(&service, "Bob"));
}

#[test]
fn no_user_is_deleted_for_an_address_where_none_is_required() {
    let (mut service, _) = strict_service_of_ada();
    service.clock.advance(days(30));
    for mail in [Some(MailRules::default()), None] {
        service.mail = mail;
        assert_eq!(changes_nothing(&service, || block_on(service.sweep_unverified())).unwrap(), 0);
    }
    service.mail = Some(MailRules::default());
    sign_up_with_email(&service, "Bob", OTHERS).unwrap();
    service.clock.advance(days(30));
    service.mail = Some(MailRules { addresses: Addresses::REQUIRED, ..MailRules::default() });
    assert_eq!(block_on(service.sweep_unverified()).unwrap(), 1, "Ada, who had to");
    assert!(block_on(service.find_user("bob")).unwrap().is_some());
}

#[test]
fn a_log_in_by_an_address_is_written_down_like_any_other() {
    let (service, ada) = mail_service_of_ada();
    forget_activity(&service);
    assert!(refused_by(&service, ADAS, WRONG_PASSWORD));
    service.clock.advance(A_SECOND);
    let logged_in = log_in_by(&service, ADAS);
    assert_eq!(logged_in.failed_attempts.unwrap().count, 1);
    assert!(events_of(&service, ada.id).starts_with(&[Event::LoggedIn, Event::LogInFailed]));
}
