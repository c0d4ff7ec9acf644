use pollster::block_on;

use crate::accounts::fixtures::{
    A_MINUTE, A_MOMENT, ADA, ADAS, CHANGED, OTHERS, RACES, TestService, address, at_once, changes_nothing, cost_of,
    emails_of, in_short, just_before, link_of, log_in, mail_service, mail_service_of_ada, mail_service_with, refused,
    rows_of, send_mails, sent, service, service_of_ada, service_with, sign_up, sign_up_with_email, steps_of, takes,
    throttled, try_to_log_in, verify,
};
use crate::accounts::{CreateUserError, Credentials, Failed, ReadEmailError, RenameUserError, SignUp, SignUpError};
use crate::client::Client;
use crate::email_address::EmailAddressError;
use crate::mail::{Addresses, MailKind, MailRules};
use crate::password::PasswordError;
use crate::repository::Emails;
use crate::testing::{ManualClock, NoEntropy};
use crate::username::UsernameError;

#[test]
fn a_user_who_signed_up_can_log_in_by_any_spelling_of_the_name() {
    let service = service_of_ada();
    for username in ["Ada", "ada", "ADA"] {
        let logged_in = try_to_log_in(&service, Credentials { username, ..ADA }).unwrap();
        assert_eq!(logged_in.user.username.as_str(), "Ada");
    }
}

#[test]
fn sign_up_names_what_is_wrong_with_each_field_at_once() {
    let typed = Credentials { username: "no spaces", password: "short" };
    let Err(SignUpError::Unfit { username, password, .. }) =
        block_on(service().from(&Client::default()).sign_up(typed))
    else {
        panic!()
    };
    assert_eq!(username, Some(UsernameError::BadCharacter));
    assert_eq!(password, Some(PasswordError::TooShort { min_chars: 15 }));
}

#[test]
fn the_username_may_not_be_the_password() {
    let typed = Credentials { username: "ada.lovelace.1815", password: "ada.lovelace.1815" };
    let Err(SignUpError::Unfit { username: None, password, .. }) =
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

/// As a double click or a slow network does.
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

#[test]
fn without_randomness_a_sign_up_fails() {
    let refusal = block_on(service_with(ManualClock::default(), NoEntropy).from(&Client::default()).sign_up(ADA));
    assert!(matches!(refusal, Err(SignUpError::Failed(Failed::Hashing(_)))));
}

fn name_is_refused_with(service: &TestService, username: &str, email: &str) -> bool {
    let refusal = changes_nothing(service, || sign_up_with_email(service, username, email));
    let not_own = Some(UsernameError::NotOwnAddress);
    matches!(refusal, Err(SignUpError::Unfit { username, password: None, email: None }) if username == not_own)
}

#[test]
fn an_address_given_at_sign_up_is_pending_and_gets_a_mail_to_verify_it() {
    let service = mail_service();
    let ada = sign_up_with_email(&service, "Ada", &format!("\u{feff}{ADAS} ")).unwrap();
    assert_eq!(emails_of(&service, ada.id), Emails { verified: None, pending: Some(address(ADAS)) });
    let letters = send_mails(&service);
    assert_eq!(in_short(&letters), [(MailKind::VerifyEmail, ADAS)]);
    assert_eq!((letters[0].to.user_id, letters[0].to.username.as_str()), (ada.id, "Ada"));
    verify(&service, &link_of(&letters, MailKind::VerifyEmail)).unwrap();
    assert_eq!(emails_of(&service, ada.id), Emails { verified: Some(address(ADAS)), pending: None });
    log_in(&service);
}

#[test]
fn an_address_may_be_left_out_where_none_is_required() {
    let service = mail_service();
    for (username, email) in [("Ada", ""), ("Bob", " \u{200b}")] {
        let user = sign_up_with_email(&service, username, email).unwrap();
        assert_eq!(emails_of(&service, user.id), Emails::default());
    }
    assert_eq!(sent(&service), []);
}

#[test]
fn where_no_mails_are_sent_an_address_is_not_taken() {
    let service = service();
    let ada = sign_up_with_email(&service, "Ada", ADAS).unwrap();
    assert_eq!(emails_of(&service, ada.id), Emails::default());
    assert!(takes(&service, "anybody@example.org"));
}

#[test]
fn another_users_address_is_pending_like_any_other_and_its_owner_is_told_at_the_stored_spelling() {
    let (service, ada) = mail_service_of_ada();
    let bob = sign_up_with_email(&service, "Bob", &ADAS.to_uppercase()).unwrap();
    assert_eq!(emails_of(&service, bob.id), Emails { verified: None, pending: Some(address(ADAS)) });
    let letters = send_mails(&service);
    assert_eq!(in_short(&letters), [(MailKind::AccountExists, ADAS)]);
    assert_eq!((letters[0].to.user_id, letters[0].to.username.as_str()), (ada.id, "Ada"));
    assert!(letters[0].link.is_none());
    assert_eq!(emails_of(&service, ada.id).verified, Some(address(ADAS)));
}

#[test]
fn a_sign_up_costs_and_writes_as_much_with_another_users_address_as_with_an_unknown_one() {
    let costs = [ADAS, OTHERS].map(|email| {
        let service = throttled(mail_service_of_ada().0);
        let (mut rows, mut steps) = ([0; 4], 0);
        let cost = cost_of(&service, || {
            let sign_up = || drop(sign_up_with_email(&service, "Bob", email).unwrap());
            rows = rows_of(&service, || steps = steps_of(&service, sign_up));
        });
        assert_eq!(
            (cost.0, rows),
            (1, [1, 0, 5, 0]),
            "names, passwords, mails of the network, the address, the account"
        );
        steps
    });
    assert_eq!(costs[0], costs[1]);
}

#[test]
fn an_address_that_is_pending_elsewhere_can_be_verified_by_any_user() {
    let service = mail_service();
    for name in ["Ada", "Bob"] {
        sign_up_with_email(&service, name, ADAS).unwrap();
    }
    assert_eq!(sent(&service), [(MailKind::VerifyEmail, ADAS.to_owned()), (MailKind::VerifyEmail, ADAS.to_owned())]);
}

#[test]
fn a_new_username_with_an_at_sign_is_the_address_that_is_given_with_it_or_refused() {
    let service = mail_service();
    assert!(name_is_refused_with(&service, ADAS, ""));
    assert!(name_is_refused_with(&service, ADAS, OTHERS));
    assert!(name_is_refused_with(&service, "ada@localhost", OTHERS), "it looks like one");
    assert!(name_is_refused_with(&service, "a@b@c", OTHERS));
    let ada = sign_up_with_email(&service, &ADAS.to_uppercase(), ADAS).unwrap();
    assert_eq!(ada.username.key(), ADAS.to_lowercase());
}

#[test]
fn an_operator_gives_no_new_username_with_an_at_sign() {
    let (service, ada) = mail_service_of_ada();
    let created = changes_nothing(&service, || block_on(service.create_user(OTHERS, None, None)));
    assert!(matches!(created, Err(CreateUserError::Username(UsernameError::NotOwnAddress))));
    let renamed = changes_nothing(&service, || block_on(service.rename_user(ada.id, OTHERS)));
    assert!(matches!(renamed, Err(RenameUserError::Unfit(UsernameError::NotOwnAddress))));
}

#[test]
fn an_unfit_address_is_told_along_with_the_other_unfit_fields() {
    let service = mail_service();
    let typed = Credentials { username: "no spaces", password: "short" };
    let Err(ReadEmailError::Unfit(unfit)) = block_on(service.read_sign_up_email("ada@localhost")) else { panic!() };
    let sign_up = SignUp::new(typed).with_email(Err(unfit));
    let refusal = changes_nothing(&service, || block_on(service.from(&Client::default()).sign_up(sign_up)));
    let Err(SignUpError::Unfit { username, password, email }) = refusal else { panic!("{refusal:?}") };
    assert_eq!(username, Some(UsernameError::BadCharacter));
    assert_eq!(password, Some(PasswordError::TooShort { min_chars: 15 }));
    assert_eq!(email, Some(EmailAddressError::BadFormat));
    assert!(matches!(
        sign_up_with_email(&service, "Ada", "ada@localhost"),
        Err(SignUpError::Unfit { username: None, password: None, email: Some(EmailAddressError::BadFormat) })
    ));
}

#[test]
fn a_sign_up_that_one_browser_sends_twice_leads_to_one_mail() {
    let service = mail_service();
    let here = Client::default().in_browser(Some(service.name_browser().unwrap()));
    for _ in 0..2 {
        let email = block_on(service.read_sign_up_email(ADAS)).unwrap();
        block_on(service.from(&here).sign_up(SignUp::new(ADA).with_email(Ok(email)))).unwrap();
    }
    assert_eq!(sent(&service), [(MailKind::VerifyEmail, ADAS.to_owned())]);
}

#[test]
fn a_refused_sign_up_sends_nothing() {
    let (service, _) = mail_service_of_ada();
    let taken = changes_nothing(&service, || sign_up_with_email(&service, "Ada", OTHERS));
    assert!(matches!(taken, Err(SignUpError::UsernameTaken)));
    assert_eq!(sent(&service), []);
}

#[test]
fn where_an_address_is_required_a_sign_up_without_one_is_refused() {
    let service = mail_service_with(MailRules { addresses: Addresses::REQUIRED, ..MailRules::default() });
    for email in ["", " "] {
        let refusal = changes_nothing(&service, || sign_up_with_email(&service, "Ada", email));
        let empty = Some(EmailAddressError::Empty);
        assert!(matches!(refusal, Err(SignUpError::Unfit { username: None, password: None, email }) if email == empty));
    }
    sign_up_with_email(&service, "Ada", ADAS).unwrap();
    assert_eq!(sent(&service), [(MailKind::VerifyEmail, ADAS.to_owned())]);
}

#[test]
fn mails_of_sign_ups_are_held_to_the_limit_of_the_address_and_the_sign_ups_are_not() {
    let (service, _) = mail_service_of_ada();
    let service = throttled(service);
    for number in 0..6 {
        sign_up_with_email(&service, &format!("bob{number}"), ADAS).unwrap();
    }
    assert_eq!(sent(&service).len(), 3);
    assert!(sign_up(&service, "Carol").is_ok());
}
