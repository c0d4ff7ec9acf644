use std::time::Duration;

use pollster::block_on;

use crate::accounts::Credentials;
use crate::accounts::fixtures::{
    ADA, ADAS, CHANGED, OTHERS, TestService, cost_of, firefox_at, give_email, in_short, link_of, log_in_as,
    mail_service, mail_service_of_ada, refused, rows_of, send_mails, sent, sign_up, sign_up_with_email, steps_of,
    throttled, verify, visit_by,
};
use crate::client::Client;
use crate::mail::MailKind;
use crate::repository::EmailState;
use crate::session::SessionKind;
use crate::throttle::ThrottleRules;
use crate::user::User;

const TWENTY_MINUTES: Duration = Duration::from_mins(20);

fn request_from(service: &TestService, client: &Client, login: &str) {
    block_on(service.from(client).request_reset(login)).unwrap();
}

fn request(service: &TestService, login: &str) {
    request_from(service, &Client::default(), login);
}

/// Signs up a user whose username holds an `@`, as before the service sent mails.
fn sign_up_by_any_name(service: &mut TestService, username: &str) -> User {
    let mail = service.mail.take();
    let user = sign_up(service, username).unwrap();
    service.mail = mail;
    user
}

/// A service of Ada, and of all kinds of users that a request must not tell apart.
fn everybody() -> TestService {
    let (mut service, _) = mail_service_of_ada();
    let closed = sign_up_with_email(&service, "Closed", "closed@example.org").unwrap();
    verify(&service, &link_of(&send_mails(&service), MailKind::VerifyEmail)).unwrap();
    block_on(service.close_account(closed.id)).unwrap();
    sign_up_with_email(&service, "Pending", "pending@example.org").unwrap();
    sign_up(&service, "Without").unwrap();
    sign_up_by_any_name(&mut service, "named@example.org");
    send_mails(&service);
    service
}

/// What may be typed: the logins that get a mail, and those that do not.
const KNOWN: [&str; 4] = ["Ada", " ADA", ADAS, "ada.lovelace@EXAMPLE.org\r\n"];
const OTHER: [&str; 9] = [
    "nobody",
    "nobody@example.org",
    "Closed",
    "closed@example.org",
    "Pending",
    "pending@example.org",
    "Without",
    "named@example.org",
    "no spaces \0",
];

#[test]
fn a_link_goes_to_the_stored_address_by_the_name_and_by_the_address_in_any_spelling() {
    for login in KNOWN {
        let (service, ada) = mail_service_of_ada();
        request(&service, login);
        let letters = send_mails(&service);
        assert_eq!(in_short(&letters), [(MailKind::ResetPassword, ADAS)], "{login:?}");
        assert_eq!((letters[0].to.user_id, letters[0].to.username.as_str()), (ada.id, "Ada"));
        let link = link_of(&letters, MailKind::ResetPassword);
        block_on(service.from(&Client::default()).reset_password(&link, CHANGED.password)).unwrap();
        assert!(refused(&service, ADA));
        log_in_as(&service, CHANGED, SessionKind::Ordinary);
    }
}

#[test]
fn no_other_login_gets_a_link() {
    for login in OTHER {
        let service = everybody();
        request(&service, login);
        assert_eq!(sent(&service), [], "{login:?}");
    }
}

#[test]
fn a_request_writes_as_much_for_every_login_and_hashes_nothing() {
    for login in [&KNOWN[..], &OTHER].concat() {
        let service = throttled(everybody());
        let client = firefox_at(7);
        let rows = rows_of(&service, || request_from(&service, &client, login));
        assert_eq!(rows, [1, 1, 2, 0], "a mail, what happened, the address, the network: {login:?}");
        // The event belongs to no user until the mail goes out.
        assert_eq!(cost_of(&service, || request_from(&service, &client, login)), (0, 1), "{login:?}");
    }
}

#[test]
fn a_request_asks_the_store_as_often_for_every_login() {
    let steps: Vec<_> = [&KNOWN[..], &OTHER]
        .concat()
        .into_iter()
        .map(|login| {
            let service = throttled(everybody());
            let once = steps_of(&service, || request(&service, login));
            for _ in 0..3 {
                assert_eq!(steps_of(&service, || request(&service, login)), once, "{login:?}");
            }
            once
        })
        .collect();
    assert_eq!(steps, vec![5; KNOWN.len() + OTHER.len()], "four reads, and one step that writes");
}

#[test]
fn a_request_over_a_limit_writes_as_much_as_another_but_on_no_counter() {
    for login in [&KNOWN[..], &OTHER].concat() {
        let service = throttled(everybody());
        for _ in 0..3 {
            request(&service, login);
        }
        assert_eq!(rows_of(&service, || request(&service, login)), [1, 1, 0, 0], "{login:?}");
    }
}

#[test]
fn a_username_that_is_an_address_without_proof_does_not_hide_whose_it_is() {
    let (mut service, ada) = mail_service_of_ada();
    sign_up_by_any_name(&mut service, ADAS);
    request(&service, ADAS);
    let letters = send_mails(&service);
    assert_eq!(letters[0].to.user_id, ada.id);
    assert_eq!(letters.len(), 1);
}

/// The user signed up with that address as the name, and then verified another one.
#[test]
fn a_username_that_is_another_users_address_does_not_hide_whose_it_is() {
    let (service, ada) = mail_service_of_ada();
    sign_up_with_email(&service, ADAS, ADAS).unwrap();
    assert_eq!(sent(&service), [(MailKind::AccountExists, ADAS.to_owned())]);
    let thief = Credentials { username: ADAS, ..ADA };
    let visit = visit_by(&service, &log_in_as(&service, thief, SessionKind::Ordinary).token);
    give_email(&service, &visit, OTHERS).unwrap();
    verify(&service, &link_of(&send_mails(&service), MailKind::VerifyEmail)).unwrap();
    request(&service, ADAS);
    let letters = send_mails(&service);
    assert_eq!(in_short(&letters), [(MailKind::ResetPassword, ADAS)]);
    assert_eq!(letters[0].to.user_id, ada.id);
}

#[test]
fn a_user_named_by_one_address_who_has_verified_another_gets_the_link_at_the_other() {
    let mut service = mail_service();
    let ada = sign_up_by_any_name(&mut service, OTHERS);
    block_on(service.set_email(&ada, ADAS, EmailState::Verified)).unwrap();
    request(&service, OTHERS);
    assert_eq!(sent(&service), [(MailKind::ResetPassword, ADAS.to_owned())]);
}

/// By the name and by the address, from any network.
#[test]
fn a_flood_to_one_address_is_three_mails_and_then_one_each_twenty_minutes() {
    let service = throttled(mail_service_of_ada().0);
    send_mails(&service);
    let requested = |times: u8| {
        let flood = (0..times).map(|number| {
            service.clock.advance(Duration::from_micros(1));
            request_from(&service, &firefox_at(number), if number % 2 == 0 { "ada" } else { ADAS });
            sent(&service).len()
        });
        flood.sum::<usize>()
    };
    assert_eq!(requested(50), 3);
    service.clock.advance(TWENTY_MINUTES);
    assert_eq!(requested(50), 1);
    service.clock.advance(Duration::from_hours(1));
    assert_eq!(requested(50), 3);
}

#[test]
fn one_network_asks_for_twenty_mails_an_hour_and_others_do_not_wait_for_it() {
    let service = throttled(mail_service_of_ada().0);
    let (flooding, other) = (firefox_at(1), firefox_at(2));
    for number in 0..20 {
        request_from(&service, &flooding, &format!("nobody{number}"));
    }
    request_from(&service, &flooding, "ada");
    assert_eq!(sent(&service), []);
    request_from(&service, &other, "ada");
    assert_eq!(sent(&service), [(MailKind::ResetPassword, ADAS.to_owned())]);
    service.clock.advance(Duration::from_mins(3));
    request_from(&service, &flooding, "ada");
    assert_eq!(sent(&service), [(MailKind::ResetPassword, ADAS.to_owned())], "one each three minutes");
}

#[test]
fn without_a_throttle_neither_an_address_nor_a_network_is_limited() {
    let (service, _) = mail_service_of_ada();
    assert_eq!(service.rules.throttle, None::<ThrottleRules>);
    for _ in 0..25 {
        service.clock.advance(Duration::from_micros(1));
        request_from(&service, &firefox_at(1), "ada");
        assert_eq!(sent(&service), [(MailKind::ResetPassword, ADAS.to_owned())]);
    }
}
