use std::time::Duration;

use pollster::block_on;

use crate::accounts::fixtures::{
    A_MOMENT, ADA, ADAS, CHANGED, NOT_RECENT, OTHERS, RACES, TestService, address, at_once, change_password,
    changes_nothing, days, emails_of, end_session, events_of, forget_activity, give_email, in_short, is_over,
    just_before, link_in, link_of, log_in, log_in_as, log_in_bob, mail_service, mail_service_of_ada, next_letter,
    refused, rows_of, send_mails, sent, sign_up, sign_up_with_email, steps_of, throttled, verify, visit_by,
    visit_of_ada_with_address,
};
use crate::accounts::{
    Credentials, EmailGiven, EmailLinkError, GiveEmailError, LinkError, MailFailure, ResetPasswordError, SetEmailError,
    Visit,
};
use crate::activity::Event;
use crate::client::Client;
use crate::clock::Clock as _;
use crate::email_address::EmailAddressError;
use crate::link::LinkToken;
use crate::mail::MailKind;
use crate::repository::{EmailState, Emails};
use crate::session::SessionKind;
use crate::testing::keep_out_of_the_log;
use crate::throttle::Throttled;
use crate::user::User;

const A_STRANGERS: &str = "nobody@example.com";

fn reject(service: &TestService, link: &LinkToken) -> Result<(), LinkError> {
    block_on(service.from(&Client::default()).reject_email(link))
}

/// Puts the address back, and returns the link to set a password.
fn undo(service: &TestService, link: &LinkToken) -> Result<LinkToken, EmailLinkError> {
    let reset = block_on(service.from(&Client::default()).undo_email(link))?;
    keep_out_of_the_log(&reset.expose_secret());
    Ok(reset)
}

fn reset(service: &TestService, link: &LinkToken, new: &str) -> Result<User, ResetPasswordError> {
    block_on(service.from(&Client::default()).reset_password(link, new))
}

fn request_reset(service: &TestService, login: &str) {
    block_on(service.from(&Client::default()).request_reset(login)).unwrap();
}

fn verification_has_expired(service: &TestService, link: &LinkToken) -> bool {
    let refused = changes_nothing(service, || (verify(service, link), reject(service, link)));
    let found = block_on(service.find_verification(link));
    matches!(refused, (Err(EmailLinkError::Expired), Err(LinkError::Expired)))
        && matches!(found, Err(LinkError::Expired))
}

fn undo_has_expired(service: &TestService, link: &LinkToken) -> bool {
    let refused = changes_nothing(service, || undo(service, link));
    let found = block_on(service.find_undo(link));
    matches!(refused, Err(EmailLinkError::Expired)) && matches!(found, Err(LinkError::Expired))
}

fn verified_of(service: &TestService, user: &User) -> String {
    emails_of(service, user.id).verified.unwrap().as_str().to_owned()
}

/// Moves Ada's account to the other address, as an attacker in it does. Returns both links to put hers back, in the
/// order of their mails.
fn take_over(service: &TestService, visit: &Visit) -> [LinkToken; 2] {
    give_email(service, visit, OTHERS).unwrap();
    let at_once = send_mails(service);
    verify(service, &link_of(&at_once, MailKind::VerifyEmail)).unwrap();
    let afterwards = send_mails(service);
    [&at_once, &afterwards].map(|letters| link_of(letters, MailKind::UndoEmail))
}

#[test]
fn a_given_address_is_pending_until_its_link_is_used() {
    let service = mail_service();
    let ada = sign_up(&service, "Ada").unwrap();
    let visit = visit_by(&service, &log_in(&service).token);
    forget_activity(&service);
    assert_eq!(give_email(&service, &visit, &format!(" {ADAS}\n")).unwrap(), EmailGiven::Pending);
    assert_eq!(emails_of(&service, ada.id), Emails { verified: None, pending: Some(address(ADAS)) });
    let letters = send_mails(&service);
    assert_eq!(in_short(&letters), [(MailKind::VerifyEmail, ADAS)]);
    assert_eq!(letters[0].to.username.as_str(), "Ada");
    service.clock.advance(Duration::from_secs(1));
    assert_eq!(verify(&service, &link_in(&letters[0])).unwrap().id, ada.id);
    assert_eq!(emails_of(&service, ada.id), Emails { verified: Some(address(ADAS)), pending: None });
    assert_eq!(verified_of(&service, &ada), ADAS);
    assert!(events_of(&service, ada.id).starts_with(&[Event::EmailVerified, Event::EmailGiven]));
    assert_eq!(sent(&service), [], "there was no address before");
}

#[test]
fn an_address_is_given_after_a_recent_log_in_in_a_session_that_goes_on() {
    let (service, visit) = visit_of_ada_with_address();
    let unfit = changes_nothing(&service, || give_email(&service, &visit, "ada@localhost"));
    assert!(matches!(unfit, Err(GiveEmailError::Unfit(EmailAddressError::BadFormat))));
    service.clock.advance(NOT_RECENT);
    let late = changes_nothing(&service, || give_email(&service, &visit, OTHERS));
    assert!(matches!(late, Err(GiveEmailError::NotRecent)));
    let visit = visit_by(&service, &log_in(&service).token);
    assert_eq!(sent(&service).len(), 1, "of the device");
    end_session(&service, &visit, visit.session.id).unwrap();
    let ended = changes_nothing(&service, || give_email(&service, &visit, OTHERS));
    assert!(matches!(ended, Err(GiveEmailError::Ended)));
    assert_eq!(sent(&service), []);
}

#[test]
fn the_own_verified_address_is_left_as_it_is_in_any_spelling() {
    let (service, visit) = visit_of_ada_with_address();
    for typed in [ADAS, &ADAS.to_uppercase()] {
        let given = changes_nothing(&service, || give_email(&service, &visit, typed));
        assert_eq!(given.unwrap(), EmailGiven::Unchanged);
    }
    assert_eq!(verified_of(&service, &visit.user), ADAS);
}

#[test]
fn the_address_before_is_told_at_once_and_its_link_is_drawn_when_the_mail_is_sent() {
    let (service, visit) = visit_of_ada_with_address();
    assert_eq!(give_email(&service, &visit, OTHERS).unwrap(), EmailGiven::Pending);
    let emails = Emails { verified: Some(address(ADAS)), pending: Some(address(OTHERS)) };
    assert_eq!(emails_of(&service, visit.user.id), emails, "the address before stays the verified one");
    assert_eq!(block_on(service.links_of_user(visit.user.id)).unwrap(), []);
    service.clock.advance(Duration::from_hours(1));
    let letters = send_mails(&service);
    assert_eq!(in_short(&letters), [(MailKind::UndoEmail, ADAS), (MailKind::VerifyEmail, OTHERS)]);
    for letter in &letters {
        let lifetime = Duration::from_hours(if letter.kind == MailKind::UndoEmail { 72 } else { 24 });
        assert_eq!(letter.link.as_ref().unwrap().ends_at, service.clock.now().plus(lifetime));
    }
}

#[test]
fn to_give_the_pending_address_again_sends_its_mail_once_more_and_tells_the_verified_one_nothing() {
    let (service, visit) = visit_of_ada_with_address();
    give_email(&service, &visit, OTHERS).unwrap();
    let first = link_of(&send_mails(&service), MailKind::VerifyEmail);
    service.clock.advance(A_MOMENT);
    assert_eq!(give_email(&service, &visit, &OTHERS.to_lowercase()).unwrap(), EmailGiven::Pending);
    let again = send_mails(&service);
    assert_eq!(again.len(), 1);
    assert!(verification_has_expired(&service, &first), "a later link ends it");
    verify(&service, &link_of(&again, MailKind::VerifyEmail)).unwrap();
}

#[test]
fn a_mail_that_is_over_the_limit_leaves_the_link_before_it_good() {
    let service = throttled(mail_service());
    let ada = sign_up_with_email(&service, "Ada", ADAS).unwrap();
    let here = visit_by(&service, &log_in(&service).token);
    for _ in 0..2 {
        service.clock.advance(A_MOMENT);
        assert_eq!(give_email(&service, &here, ADAS).unwrap(), EmailGiven::Pending);
    }
    let letters = send_mails(&service);
    assert_eq!(letters.len(), 3, "with that of the sign-up");
    assert!(matches!(give_email(&service, &here, ADAS), Err(GiveEmailError::Throttled(_))), "with that of the sign-up");
    verify(&service, &link_in(letters.last().unwrap())).unwrap();
    assert_eq!(verified_of(&service, &ada), ADAS);
}

/// An error would tell whose address it is, as requests by a name count for the address behind it.
#[test]
fn an_address_that_was_sent_too_many_mails_causes_no_error() {
    for asked_for in ["ada", ADAS, "nobody"] {
        let service = throttled(mail_service_of_ada().0);
        let bob = visit_by(&service, &log_in_bob(&service).token);
        for _ in 0..3 {
            request_reset(&service, asked_for);
        }
        for _ in 0..2 {
            assert_eq!(give_email(&service, &bob, ADAS).unwrap(), EmailGiven::Pending, "{asked_for}");
        }
    }
}

#[test]
fn an_account_that_asks_for_too_many_mails_is_told_so_for_any_addresses() {
    let (service, _) = mail_service_of_ada();
    let service = throttled(service);
    let visit = || visit_by(&service, &log_in(&service).token);
    let here = visit();
    for typed in ["one@example.com", "two@example.com", "three@example.com"] {
        assert_eq!(give_email(&service, &here, typed).unwrap(), EmailGiven::Pending);
    }
    let refusal = give_email(&service, &here, "four@example.com");
    let twenty_minutes = Duration::from_mins(20);
    assert!(
        matches!(refusal, Err(GiveEmailError::Throttled(Throttled { retry_after, .. })) if retry_after == twenty_minutes)
    );
    assert_eq!(emails_of(&service, here.user.id).pending, Some(address("three@example.com")));
    service.clock.advance(twenty_minutes);
    let here = visit();
    assert_eq!(give_email(&service, &here, "four@example.com").unwrap(), EmailGiven::Pending);
    assert!(matches!(give_email(&service, &here, "five@example.com"), Err(GiveEmailError::Throttled(_))));
}

#[test]
fn another_users_verified_address_is_given_like_any_other_and_its_owner_is_told() {
    let (service, ada) = mail_service_of_ada();
    let bob = visit_by(&service, &log_in_bob(&service).token);
    for _ in 0..2 {
        assert_eq!(give_email(&service, &bob, &ADAS.to_uppercase()).unwrap(), EmailGiven::Pending);
        assert_eq!(emails_of(&service, bob.user.id), Emails { verified: None, pending: Some(address(ADAS)) });
        let letters = send_mails(&service);
        assert_eq!(in_short(&letters), [(MailKind::AccountExists, ADAS)], "as it is stored");
        assert_eq!((letters[0].to.user_id, letters[0].to.username.as_str()), (ada.id, "Ada"));
        assert!(letters[0].link.is_none());
    }
}

#[test]
fn to_give_another_users_address_writes_as_much_as_to_give_an_unknown_one() {
    let rows = [ADAS, A_STRANGERS].map(|typed| {
        let service = throttled(mail_service_of_ada().0);
        let bob = visit_by(&service, &log_in_bob(&service).token);
        let mut steps = 0;
        let rows = rows_of(&service, || {
            let give = || assert_eq!(give_email(&service, &bob, typed).unwrap(), EmailGiven::Pending);
            steps = steps_of(&service, give);
        });
        (rows, steps)
    });
    assert_eq!(rows[0].0, [1, 1, 3, 0], "counted for the account, the network and the address");
    assert_eq!(rows[0], rows[1]);
}

#[test]
fn to_look_at_a_verification_changes_nothing_however_often_and_it_works_once() {
    let service = mail_service();
    let ada = sign_up_with_email(&service, "Ada", ADAS).unwrap();
    let link = link_of(&send_mails(&service), MailKind::VerifyEmail);
    for _ in 0..3 {
        let found = changes_nothing(&service, || block_on(service.find_verification(&link))).unwrap();
        assert_eq!((found.user.id, found.address.as_str()), (ada.id, ADAS));
        assert_eq!(found.emails, Emails { verified: None, pending: Some(address(ADAS)) });
    }
    verify(&service, &link).unwrap();
    assert!(verification_has_expired(&service, &link));
    assert_eq!(verified_of(&service, &ada), ADAS);
}

#[test]
fn a_verification_is_good_for_a_day_from_its_sending() {
    let service = mail_service();
    sign_up_with_email(&service, "Ada", ADAS).unwrap();
    service.clock.advance(just_before(days(1)));
    let link = link_of(&send_mails(&service), MailKind::VerifyEmail);
    service.clock.advance(just_before(days(1)));
    assert!(block_on(service.find_verification(&link)).is_ok());
    service.clock.advance(A_MOMENT);
    assert!(verification_has_expired(&service, &link));
}

#[test]
fn a_recipient_who_knows_nothing_of_an_account_takes_the_address_off_it() {
    let (service, visit) = visit_of_ada_with_address();
    give_email(&service, &visit, OTHERS).unwrap();
    let link = link_of(&send_mails(&service), MailKind::VerifyEmail);
    service.clock.advance(Duration::from_secs(1));
    reject(&service, &link).unwrap();
    assert_eq!(emails_of(&service, visit.user.id), Emails { verified: Some(address(ADAS)), pending: None });
    assert_eq!(events_of(&service, visit.user.id)[0], Event::EmailRejected);
    assert!(verification_has_expired(&service, &link));
    assert_eq!(sent(&service), []);
}

#[test]
fn of_two_accounts_the_first_to_verify_an_address_has_it_and_the_other_is_told() {
    let service = mail_service();
    let [ada, bob] = ["Ada", "Bob"].map(|name| sign_up_with_email(&service, name, ADAS).unwrap());
    let letters = send_mails(&service);
    assert_eq!(in_short(&letters), [(MailKind::VerifyEmail, ADAS); 2], "neither has it yet");
    let link_for = |user: &User| link_in(letters.iter().find(|letter| letter.to.user_id == user.id).unwrap());
    verify(&service, &link_for(&bob)).unwrap();
    let too_late = changes_nothing(&service, || verify(&service, &link_for(&ada)));
    assert!(matches!(too_late, Err(EmailLinkError::TakenByAnother)));
    assert_eq!(emails_of(&service, ada.id), Emails { verified: None, pending: Some(address(ADAS)) });
    assert_eq!(verified_of(&service, &bob), ADAS);
}

#[test]
fn of_two_accounts_that_verify_an_address_at_once_one_has_it() {
    for _race in 0..RACES {
        let service = mail_service();
        for name in ["Ada", "Bob"] {
            sign_up_with_email(&service, name, ADAS).unwrap();
        }
        let letters = send_mails(&service);
        let both = at_once(|| verify(&service, &link_in(&letters[0])), || verify(&service, &link_in(&letters[1])));
        assert!(
            matches!(both, (Ok(_), Err(EmailLinkError::TakenByAnother)) | (Err(EmailLinkError::TakenByAnother), Ok(_))),
            "{both:?}"
        );
    }
}

#[test]
fn of_two_that_use_one_verification_at_once_one_succeeds() {
    for _race in 0..RACES {
        let service = mail_service();
        let ada = sign_up_with_email(&service, "Ada", ADAS).unwrap();
        let link = link_of(&send_mails(&service), MailKind::VerifyEmail);
        let both = at_once(|| verify(&service, &link), || reject(&service, &link));
        let is_verified = emails_of(&service, ada.id).verified.is_some();
        match both {
            (Ok(_), Err(LinkError::Expired)) => assert!(is_verified),
            (Err(EmailLinkError::Expired), Ok(())) => assert!(!is_verified),
            both => panic!("{both:?}"),
        }
        let link = {
            let visit = visit_by(&service, &log_in(&service).token);
            give_email(&service, &visit, OTHERS).unwrap();
            link_of(&send_mails(&service), MailKind::VerifyEmail)
        };
        let both = at_once(|| verify(&service, &link), || verify(&service, &link));
        assert!(matches!(both, (Ok(_), Err(EmailLinkError::Expired)) | (Err(EmailLinkError::Expired), Ok(_))));
    }
}

#[test]
fn a_link_for_an_address_that_was_replaced_does_nothing() {
    let (service, visit) = visit_of_ada_with_address();
    give_email(&service, &visit, A_STRANGERS).unwrap();
    let link = link_of(&send_mails(&service), MailKind::VerifyEmail);
    service.clock.advance(A_MOMENT);
    give_email(&service, &visit, OTHERS).unwrap();
    assert!(verification_has_expired(&service, &link));
    assert_eq!(
        sent(&service),
        [(MailKind::UndoEmail, ADAS.to_owned()), (MailKind::VerifyEmail, OTHERS.to_owned())],
        "once more"
    );
    assert!(verification_has_expired(&service, &link));
}

#[test]
fn a_mail_to_an_address_that_was_replaced_before_it_was_sent_is_dropped() {
    let (service, visit) = visit_of_ada_with_address();
    for typed in [A_STRANGERS, OTHERS] {
        give_email(&service, &visit, typed).unwrap();
        service.clock.advance(A_MOMENT);
    }
    let mails = sent(&service);
    assert!(mails.iter().all(|(_, to)| to != A_STRANGERS));
    assert!(mails.contains(&(MailKind::VerifyEmail, OTHERS.to_owned())));
}

#[test]
fn a_change_of_the_password_meanwhile_does_not_matter_to_a_verification() {
    let (service, visit) = visit_of_ada_with_address();
    give_email(&service, &visit, OTHERS).unwrap();
    let link = link_of(&send_mails(&service), MailKind::VerifyEmail);
    change_password(&service, &visit, ADA.password, CHANGED.password).unwrap();
    verify(&service, &link).unwrap();
    assert_eq!(verified_of(&service, &visit.user), OTHERS);
}

#[test]
fn a_verified_change_ends_the_links_to_set_a_password_and_the_former_address_is_told_again() {
    let (service, visit) = visit_of_ada_with_address();
    request_reset(&service, "ada");
    let reset_link = link_of(&send_mails(&service), MailKind::ResetPassword);
    give_email(&service, &visit, OTHERS).unwrap();
    let link = link_of(&send_mails(&service), MailKind::VerifyEmail);
    assert!(block_on(service.find_reset(&reset_link)).is_ok());
    verify(&service, &link).unwrap();
    assert!(matches!(block_on(service.find_reset(&reset_link)), Err(LinkError::Expired)));
    let letters = send_mails(&service);
    assert_eq!(in_short(&letters), [(MailKind::UndoEmail, ADAS)]);
    let found = block_on(service.find_undo(&link_in(&letters[0]))).unwrap();
    assert_eq!((found.user.id, found.address.as_str()), (visit.user.id, ADAS));
    assert_eq!(found.emails.verified, Some(address(OTHERS)));
}

/// An attacker was in the account for a while.
#[test]
fn an_undo_puts_the_address_back_and_ends_every_way_in_of_an_attacker() {
    let (service, ada) = mail_service_of_ada();
    let service = throttled(service);
    let thief = log_in_as(&service, ADA, SessionKind::Kept);
    let [_, link] = take_over(&service, &visit_by(&service, &thief.token));
    assert_eq!(block_on(service.known_devices_of_user(ada.id)).unwrap().len(), 1);
    request_reset(&service, OTHERS);
    let reset_link = link_of(&send_mails(&service), MailKind::ResetPassword);
    give_email(&service, &visit_by(&service, &thief.token), A_STRANGERS).unwrap();
    let pending = link_of(&send_mails(&service), MailKind::VerifyEmail);
    service.clock.advance(Duration::from_secs(1));
    undo(&service, &link).unwrap();
    assert_eq!(emails_of(&service, ada.id), Emails { verified: Some(address(ADAS)), pending: None });
    assert_eq!(verified_of(&service, &ada), ADAS);
    assert!(is_over(&service, &thief.token));
    assert_eq!(block_on(service.known_devices_of_user(ada.id)).unwrap(), []);
    assert!(matches!(block_on(service.find_reset(&reset_link)), Err(LinkError::Expired)));
    assert!(verification_has_expired(&service, &pending));
    assert_eq!(events_of(&service, ada.id)[0], Event::EmailUndone);
    assert!(undo_has_expired(&service, &link));
}

#[test]
fn to_look_at_an_undo_changes_nothing_however_often() {
    let (service, visit) = visit_of_ada_with_address();
    for link in take_over(&service, &visit) {
        for _ in 0..3 {
            let found = changes_nothing(&service, || block_on(service.find_undo(&link))).unwrap();
            assert_eq!((found.user.id, found.address.as_str()), (visit.user.id, ADAS));
        }
    }
    assert_eq!(verified_of(&service, &visit.user), OTHERS);
}

#[test]
fn the_link_that_follows_an_undo_sets_a_password_once_and_soon() {
    let (service, visit) = visit_of_ada_with_address();
    let [_, link] = take_over(&service, &visit);
    let reset_link = undo(&service, &link).unwrap();
    reset(&service, &reset_link, CHANGED.password).unwrap();
    assert!(matches!(reset(&service, &reset_link, ADA.password), Err(ResetPasswordError::Expired)));
    assert!(refused(&service, ADA));
    log_in_as(&service, CHANGED, SessionKind::Ordinary);

    let (service, visit) = visit_of_ada_with_address();
    let [_, link] = take_over(&service, &visit);
    let reset_link = undo(&service, &link).unwrap();
    service.clock.advance(Duration::from_mins(10));
    assert!(matches!(block_on(service.find_reset(&reset_link)), Err(LinkError::Expired)));
}

#[test]
fn an_undo_survives_all_changes_of_the_password_by_an_attacker() {
    for resets in [0, 2] {
        let (service, visit) = visit_of_ada_with_address();
        let links = take_over(&service, &visit);
        change_password(&service, &visit, ADA.password, CHANGED.password).unwrap();
        for _ in 0..resets {
            request_reset(&service, OTHERS);
            let letters = send_mails(&service);
            reset(&service, &link_of(&letters, MailKind::ResetPassword), "nine purple umbrellas").unwrap();
            service.clock.advance(A_MOMENT);
        }
        let reset_link = undo(&service, &links[0]).unwrap();
        reset(&service, &reset_link, ADA.password).unwrap();
        assert_eq!(verified_of(&service, &visit.user), ADAS);
        log_in(&service);
    }
}

#[test]
fn both_links_to_put_an_address_back_work_until_one_is_used() {
    for used in [0, 1] {
        let (service, visit) = visit_of_ada_with_address();
        let links = take_over(&service, &visit);
        undo(&service, &links[used]).unwrap();
        assert_eq!(verified_of(&service, &visit.user), ADAS);
        assert!(links.iter().all(|link| undo_has_expired(&service, link)));
    }
}

/// A user who clicks at once gets rid of the pending address.
#[test]
fn an_undo_before_the_verification_leaves_nothing_pending() {
    let (service, visit) = visit_of_ada_with_address();
    give_email(&service, &visit, OTHERS).unwrap();
    let letters = send_mails(&service);
    undo(&service, &link_of(&letters, MailKind::UndoEmail)).unwrap();
    assert_eq!(emails_of(&service, visit.user.id), Emails { verified: Some(address(ADAS)), pending: None });
    assert!(verification_has_expired(&service, &link_of(&letters, MailKind::VerifyEmail)));
}

#[test]
fn an_undo_is_good_for_three_days_from_its_sending() {
    let (service, visit) = visit_of_ada_with_address();
    let [first, second] = take_over(&service, &visit);
    service.clock.advance(just_before(days(3)));
    assert!(block_on(service.find_undo(&first)).is_ok() && block_on(service.find_undo(&second)).is_ok());
    service.clock.advance(A_MOMENT);
    assert!(undo_has_expired(&service, &first) && undo_has_expired(&service, &second));
    assert_eq!(verified_of(&service, &visit.user), OTHERS);
}

#[test]
fn of_two_that_put_an_address_back_at_once_one_gets_a_link() {
    for _race in 0..RACES {
        let (service, visit) = visit_of_ada_with_address();
        let [one, other] = take_over(&service, &visit);
        let both = at_once(|| undo(&service, &one), || undo(&service, &other));
        let reset_link = match both {
            (Ok(link), Err(EmailLinkError::Expired)) | (Err(EmailLinkError::Expired), Ok(link)) => link,
            both => panic!("{both:?}"),
        };
        reset(&service, &reset_link, CHANGED.password).unwrap();
    }
}

#[test]
fn an_address_that_another_user_has_by_now_is_not_put_back() {
    let (service, visit) = visit_of_ada_with_address();
    let [link, _] = take_over(&service, &visit);
    let bob = sign_up_with_email(&service, "Bob", ADAS).unwrap();
    verify(&service, &link_of(&send_mails(&service), MailKind::VerifyEmail)).unwrap();
    let refusal = changes_nothing(&service, || undo(&service, &link));
    assert!(matches!(refusal, Err(EmailLinkError::TakenByAnother)));
    assert_eq!((verified_of(&service, &bob), verified_of(&service, &visit.user)), (ADAS.to_owned(), OTHERS.to_owned()));
}

#[test]
fn a_link_about_an_address_is_good_for_nothing_else() {
    let (service, visit) = visit_of_ada_with_address();
    give_email(&service, &visit, OTHERS).unwrap();
    let letters = send_mails(&service);
    let [verification, undo_link] = [MailKind::VerifyEmail, MailKind::UndoEmail].map(|kind| link_of(&letters, kind));
    for link in [&verification, &undo_link] {
        assert!(matches!(reset(&service, link, CHANGED.password), Err(ResetPasswordError::Expired)));
    }
    assert!(verification_has_expired(&service, &undo_link));
    assert!(undo_has_expired(&service, &verification));
}

#[test]
fn no_link_of_a_closed_account_does_anything() {
    let (service, visit) = visit_of_ada_with_address();
    give_email(&service, &visit, OTHERS).unwrap();
    let letters = send_mails(&service);
    block_on(service.close_account(visit.user.id)).unwrap();
    assert!(verification_has_expired(&service, &link_of(&letters, MailKind::VerifyEmail)));
    assert!(undo_has_expired(&service, &link_of(&letters, MailKind::UndoEmail)));
}

#[test]
fn an_address_that_an_operator_sets_is_verified_at_their_word_and_the_one_before_is_told() {
    let service = mail_service();
    let ada = sign_up(&service, "Ada").unwrap();
    block_on(service.set_email(&ada, ADAS, EmailState::Verified)).unwrap();
    assert_eq!((verified_of(&service, &ada), sent(&service)), (ADAS.to_owned(), vec![]));
    assert_eq!(events_of(&service, ada.id), [Event::EmailSetByOperator]);
    block_on(service.set_email(&ada, OTHERS, EmailState::Verified)).unwrap();
    assert_eq!(sent(&service), [(MailKind::Notice(Event::EmailSetByOperator), ADAS.to_owned())]);
}

/// An attacker who stole the account cannot take it back from its rescued owner.
#[test]
fn no_link_puts_an_address_back_that_an_operator_has_replaced() {
    let (service, visit) = visit_of_ada_with_address();
    give_email(&service, &visit, OTHERS).unwrap();
    let undo = link_of(&send_mails(&service), MailKind::UndoEmail);
    let ada = block_on(service.find_user("ada")).unwrap().unwrap();
    block_on(service.set_email(&ada, "rescued@example.org", EmailState::Verified)).unwrap();
    assert!(undo_has_expired(&service, &undo));
}

#[test]
fn an_address_that_an_operator_gives_to_be_verified_is_pending_until_then() {
    let (service, ada) = mail_service_of_ada();
    block_on(service.set_email(&ada, OTHERS, EmailState::Pending)).unwrap();
    let letters = send_mails(&service);
    let told = (MailKind::Notice(Event::EmailSetByOperator), ADAS);
    assert_eq!(in_short(&letters), [told, (MailKind::VerifyEmail, OTHERS)]);
    assert_eq!(verified_of(&service, &ada), ADAS);
    verify(&service, &link_in(&letters[1])).unwrap();
    assert_eq!(sent(&service), [(MailKind::UndoEmail, ADAS.to_owned())]);
}

#[test]
fn an_operator_gives_no_user_the_address_or_name_of_another() {
    let (mut service, _) = mail_service_of_ada();
    let mail = service.mail.take();
    let carol = sign_up(&service, "carol@example.org").unwrap();
    service.mail = mail;
    let bob = sign_up(&service, "Bob").unwrap();
    for state in [EmailState::Pending, EmailState::Verified] {
        for typed in [&ADAS.to_uppercase(), "Carol@Example.org"] {
            let refusal = changes_nothing(&service, || block_on(service.set_email(&bob, typed, state)));
            assert!(matches!(refusal, Err(SetEmailError::TakenByAnother)), "{typed}");
        }
    }
    let unfit = block_on(service.set_email(&bob, "bob@localhost", EmailState::Verified));
    assert!(matches!(unfit, Err(SetEmailError::Unfit(EmailAddressError::BadFormat))));
    block_on(service.set_email(&carol, "carol@example.org", EmailState::Verified)).unwrap();
    block_on(service.delete_user(bob.id)).unwrap();
    let gone = block_on(service.set_email(&bob, OTHERS, EmailState::Verified));
    assert!(matches!(gone, Err(SetEmailError::NoSuchUser)));
}

#[test]
fn an_address_is_freed_with_its_account() {
    let (service, ada) = mail_service_of_ada();
    block_on(service.delete_user(ada.id)).unwrap();
    send_mails(&service);
    let bob = sign_up_with_email(&service, "Bob", ADAS).unwrap();
    verify(&service, &link_of(&send_mails(&service), MailKind::VerifyEmail)).unwrap();
    assert_eq!(verified_of(&service, &bob), ADAS);
    assert!(refused(&service, Credentials { username: ADAS, ..ADA }));
}

/// The attacker's own address gets a notice of the next change too, with a link.
#[test]
fn an_attacker_takes_no_link_of_the_owner_by_an_undo_of_their_own() {
    let (service, visit) = visit_of_ada_with_address();
    let links = take_over(&service, &visit);
    service.clock.advance(Duration::from_secs(1));
    give_email(&service, &visit, A_STRANGERS).unwrap();
    let thiefs = link_of(&send_mails(&service), MailKind::UndoEmail);
    service.clock.advance(Duration::from_secs(1));
    let thiefs_reset = undo(&service, &thiefs).unwrap();
    assert_eq!(verified_of(&service, &visit.user), OTHERS);
    undo(&service, &links[1]).unwrap();
    assert_eq!(verified_of(&service, &visit.user), ADAS);
    let refusal = reset(&service, &thiefs_reset, CHANGED.password);
    assert!(matches!(refusal, Err(ResetPasswordError::Expired)));
    assert!(links.iter().all(|link| undo_has_expired(&service, link)));
}

/// A mail server may defer a mail for days.
#[test]
fn an_undo_takes_back_the_mails_that_would_undo_it() {
    let (service, visit) = visit_of_ada_with_address();
    let [link, _] = take_over(&service, &visit);
    service.clock.advance(Duration::from_secs(1));
    give_email(&service, &visit, A_STRANGERS).unwrap();
    while let Some(letter) = next_letter(&service) {
        block_on(service.mail_failed(&letter, MailFailure::ForNow)).unwrap();
    }
    undo(&service, &link).unwrap();
    service.clock.advance(Duration::from_mins(1));
    assert_eq!(sent(&service), []);
}

/// A user moved to a new address, and an attacker changes that one.
#[test]
fn an_undo_of_the_later_of_two_changes_leaves_the_earlier_one_to_be_undone() {
    let (service, visit) = visit_of_ada_with_address();
    let moved = take_over(&service, &visit);
    service.clock.advance(Duration::from_secs(1));
    give_email(&service, &visit, A_STRANGERS).unwrap();
    let letters = send_mails(&service);
    verify(&service, &link_of(&letters, MailKind::VerifyEmail)).unwrap();
    undo(&service, &link_of(&letters, MailKind::UndoEmail)).unwrap();
    assert_eq!(verified_of(&service, &visit.user), OTHERS);
    assert_eq!(sent(&service), [], "the one after the verification is of no use");
    undo(&service, &moved[0]).unwrap();
    assert_eq!(verified_of(&service, &visit.user), ADAS);
}

/// The attacker knows the password, or has set it, and may be quicker than a user who types a new one.
#[test]
fn after_an_undo_no_password_opens_the_account_until_one_is_set_by_the_link() {
    let (service, visit) = visit_of_ada_with_address();
    let [link, _] = take_over(&service, &visit);
    change_password(&service, &visit, ADA.password, CHANGED.password).unwrap();
    let reset_link = undo(&service, &link).unwrap();
    assert!(refused(&service, ADA) && refused(&service, CHANGED));
    service.clock.advance(Duration::from_mins(10));
    assert!(matches!(reset(&service, &reset_link, ADA.password), Err(ResetPasswordError::Expired)));
    send_mails(&service);
    request_reset(&service, "ada");
    let letters = send_mails(&service);
    assert_eq!(in_short(&letters), [(MailKind::ResetPassword, ADAS)], "whoever was too slow asks for another one");
    reset(&service, &link_in(&letters[0]), ADA.password).unwrap();
    log_in(&service);
}
