use pollster::block_on;

use crate::accounts::fixtures::{
    ADA, ADAS, OTHERS, TestService, delete_account, give_email, link_in, log_in, mail_service, mail_service_of_ada,
    send_mails, service, sign_up, stored_user, verify, visit_by,
};
use crate::accounts::{Credentials, Letter, SignUp};
use crate::client::Client;
use crate::language::Language;
use crate::mail::MailKind;
use crate::user::UserId;

fn language(tag: &str) -> Language {
    Language::parse(tag).unwrap()
}

fn save(service: &TestService, user: UserId, tag: &str) {
    block_on(service.save_language(user, &language(tag))).unwrap();
}

/// The code of each mail and the tag of its language, in order.
fn in_short(letters: &[Letter]) -> Vec<(&'static str, Option<&str>)> {
    let mut short: Vec<_> =
        letters.iter().map(|letter| (letter.kind.code(), letter.to.language.as_ref().map(Language::as_str))).collect();
    short.sort_unstable();
    short
}

#[test]
fn a_user_has_the_language_of_the_sign_up_and_so_has_the_first_mail() {
    let service = mail_service();
    let email = block_on(service.read_sign_up_email(ADAS));
    let sign_up = SignUp::new(ADA).with_email(Ok(email.unwrap())).in_language(Some(language("pt-br")));
    let ada = block_on(service.from(&Client::default()).sign_up(sign_up)).unwrap();
    assert_eq!(ada.language, Some(language("pt-BR")));
    assert_eq!(visit_by(&service, &log_in(&service).token).user, ada);
    let letters = send_mails(&service);
    assert_eq!(in_short(&letters), [("verify_email", Some("pt-BR"))]);
    assert_eq!(verify(&service, &link_in(&letters[0])).unwrap(), ada);
}

#[test]
fn a_user_who_chooses_no_language_has_none() {
    let service = service();
    assert_eq!(sign_up(&service, ADA.username).unwrap().language, None);
    assert_eq!(stored_user(&service, ADA.username).unwrap().user.language, None);
}

#[test]
fn a_saved_language_counts_from_the_next_request_on() {
    let service = service();
    let ada = sign_up(&service, ADA.username).unwrap();
    let token = log_in(&service).token;
    for tag in ["ar", "de"] {
        save(&service, ada.id, tag);
        assert_eq!(visit_by(&service, &token).user.language, Some(language(tag)));
    }
}

#[test]
fn saving_the_language_of_a_deleted_user_is_no_error() {
    let service = service();
    let ada = sign_up(&service, ADA.username).unwrap();
    let visit = visit_by(&service, &log_in(&service).token);
    delete_account(&service, &visit, ADA.password).unwrap();
    save(&service, ada.id, "de");
    assert!(stored_user(&service, ADA.username).is_none());
}

#[test]
fn a_mail_that_waits_stays_in_the_language_that_was_chosen_when_it_was_queued() {
    let (service, ada) = mail_service_of_ada();
    block_on(service.mail_reset_link(&ada)).unwrap();
    save(&service, ada.id, "de");
    let ada = visit_by(&service, &log_in(&service).token).user;
    block_on(service.mail_reset_link(&ada)).unwrap();
    let letters = send_mails(&service);
    let resets = letters.into_iter().filter(|letter| letter.kind == MailKind::ResetPassword).collect::<Vec<_>>();
    assert_eq!(in_short(&resets), [("reset_password", None), ("reset_password", Some("de"))]);
}

/// The recipient's language counts, not that of the request.
#[test]
fn each_mail_is_in_the_language_of_its_recipient() {
    let (service, ada) = mail_service_of_ada();
    save(&service, ada.id, "de");
    let client = Client::default();
    block_on(service.from(&client).request_reset(ADAS)).unwrap();
    assert_eq!(in_short(&send_mails(&service)), [("reset_password", Some("de"))]);

    let email = block_on(service.read_sign_up_email(ADAS));
    let bob = SignUp::new(Credentials { username: "Bob", ..ADA }).with_email(Ok(email.unwrap()));
    block_on(service.from(&client).sign_up(bob.in_language(Some(language("ar"))))).unwrap();
    assert_eq!(in_short(&send_mails(&service)), [("account_exists", Some("de"))]);

    let visit = visit_by(&service, &log_in(&service).token);
    give_email(&service, &visit, OTHERS).unwrap();
    let letters = send_mails(&service);
    assert!(in_short(&letters).iter().all(|(_, language)| *language == Some("de")), "{:?}", in_short(&letters));
    assert!(letters.len() >= 2);

    delete_account(&service, &visit, ADA.password).unwrap();
    assert_eq!(in_short(&send_mails(&service)), [("account_deleted", Some("de"))]);
}
