use std::sync::{Arc, Mutex};
use std::time::Duration;

use pollster::block_on;

use crate::accounts::fixtures::{
    A_MINUTE, A_MOMENT, A_SECOND, ADA, ADAS, CHANGED, OTHERS, TestService, at_once, change_password, changes_nothing,
    days, emails_of, events_of, firefox_at, forget_activity, give_email, in_short, just_before, link_in, link_of,
    log_in, mail_service, mail_service_of_ada, mail_service_with, next_letter, send_mails, sent, service, sign_up,
    sign_up_with_email, throttled, verify, visit_by, visit_of_ada_with_address,
};
use crate::accounts::{Credentials, Letter, LinkError, LogIn, MailFailure, NextMail};
use crate::activity::Event;
use crate::client::Client;
use crate::clock::Clock as _;
use crate::link::LinkToken;
use crate::mail::{MailKind, MailRules};
use crate::repository::EmailState;
use crate::testing::log_watch::LogReader;
use crate::throttle::Limit;

const AN_HOUR: Duration = Duration::from_hours(1);

const LEASE: Duration = <TestService>::MAIL_LEASE;

fn request_reset(service: &TestService, login: &str) {
    block_on(service.from(&firefox_at(7)).request_reset(login)).unwrap();
}

fn fail(service: &TestService, letter: &Letter, failure: MailFailure) {
    block_on(service.mail_failed(letter, failure)).unwrap();
}

fn queued(service: &TestService) -> usize {
    block_on(service.queued_mails(100)).unwrap().len()
}

fn resets_a_password(service: &TestService, link: &LinkToken) -> bool {
    match block_on(service.find_reset(link)) {
        Ok(_) => true,
        Err(LinkError::Expired) => false,
        Err(LinkError::Failed(error)) => panic!("{error}"),
    }
}

/// Ada has changed her password, and a notice of it is queued.
fn notice_to_ada() -> TestService {
    let (service, visit) = visit_of_ada_with_address();
    change_password(&service, &visit, ADA.password, CHANGED.password).unwrap();
    service
}

/// A service that sends at most this number of mails an hour.
fn service_that_sends(attempts: u32) -> TestService {
    let sent = Limit::Rate { attempts, period: AN_HOUR };
    mail_service_with(MailRules { sent, ..MailRules::default() })
}

#[test]
fn a_mail_says_whom_it_is_about_and_from_where_and_when_it_was_asked_for() {
    let (service, ada) = mail_service_of_ada();
    request_reset(&service, "ADA");
    let asked_at = service.clock.now();
    service.clock.advance(A_MINUTE);
    let letter = next_letter(&service).unwrap();
    assert_eq!((letter.kind, letter.at, &letter.client), (MailKind::ResetPassword, asked_at, &firefox_at(7)));
    assert_eq!((letter.to.user_id, letter.to.username.as_str()), (ada.id, "Ada"));
    assert_eq!((letter.to.address.as_str(), letter.tries()), (ADAS, 0));
    let ends_at = service.clock.now().plus(Duration::from_mins(10));
    assert_eq!(letter.link.as_ref().unwrap().ends_at, ends_at, "from its sending");
}

#[test]
fn the_user_is_told_that_a_link_was_asked_for_when_it_goes_out() {
    let (service, ada) = mail_service_of_ada();
    forget_activity(&service);
    request_reset(&service, "ada");
    assert!(!events_of(&service, ada.id).contains(&Event::ResetRequested));
    service.clock.advance(A_MINUTE);
    send_mails(&service);
    let lately = block_on(service.activity_of_user(ada.id, None, 10)).unwrap();
    assert_eq!((lately[0].event, &lately[0].client), (Event::ResetRequested, &firefox_at(7)));
}

#[test]
fn a_mail_that_was_handed_over_is_not_sent_again() {
    let service = notice_to_ada();
    assert_eq!(sent(&service).len(), 1);
    service.clock.advance(days(1));
    assert_eq!((sent(&service).len(), queued(&service)), (0, 0));
}

#[test]
fn a_worker_has_its_mail_alone_until_the_lease_ends() {
    let service = notice_to_ada();
    let first = next_letter(&service).unwrap();
    assert!(next_letter(&service).is_none());
    service.clock.advance(just_before(LEASE));
    assert!(next_letter(&service).is_none());
    service.clock.advance(A_MOMENT);
    let second = next_letter(&service).unwrap();
    assert_eq!((first.id, first.kind), (second.id, second.kind), "so that a mail server may tell");
    // A worker whose lease has ended settles nothing.
    block_on(service.mail_sent(&first)).unwrap();
    assert_eq!(queued(&service), 1);
    block_on(service.mail_sent(&second)).unwrap();
    assert_eq!(queued(&service), 0);
}

#[test]
fn of_two_workers_at_once_one_gets_the_mail() {
    let service = notice_to_ada();
    let (one, other) = at_once(|| next_letter(&service), || next_letter(&service));
    assert!(one.is_some() != other.is_some());
}

#[test]
fn a_mail_is_tried_again_after_1_5_15_and_60_minutes_and_hourly() {
    let service = notice_to_ada();
    for (tries, minutes) in (0..).zip([1, 5, 15, 60, 60, 60]) {
        let letter = next_letter(&service).unwrap();
        assert_eq!(letter.tries(), tries);
        fail(&service, &letter, MailFailure::ForNow);
        service.clock.advance(just_before(Duration::from_mins(minutes)));
        assert!(next_letter(&service).is_none(), "{minutes} minutes");
        service.clock.advance(A_MOMENT);
    }
    assert_eq!(sent(&service), [(MailKind::Notice(Event::PasswordChanged), ADAS.to_owned())]);
}

#[test]
fn a_notice_is_tried_for_a_day_and_dropped() {
    let service = notice_to_ada();
    let began_at = service.clock.now();
    let mut last_tried_at = began_at;
    while let Some(letter) = next_letter(&service) {
        last_tried_at = service.clock.now();
        fail(&service, &letter, MailFailure::ForNow);
        let due_at = block_on(service.queued_mails(1)).unwrap()[0].due_at;
        service.clock.advance(due_at.since(last_tried_at));
    }
    assert_eq!(queued(&service), 0);
    let tried_for = last_tried_at.since(began_at);
    assert!((days(1).saturating_sub(AN_HOUR)..days(1)).contains(&tried_for), "{tried_for:?}");
}

#[test]
fn a_mail_to_set_a_password_is_of_no_use_after_ten_minutes() {
    let (service, ada) = mail_service_of_ada();
    for (wait, is_sent) in [(just_before(Duration::from_mins(10)), true), (Duration::from_mins(10), false)] {
        forget_activity(&service);
        request_reset(&service, "ada");
        service.clock.advance(wait);
        assert_eq!(sent(&service).len(), usize::from(is_sent));
        assert_eq!(events_of(&service, ada.id).contains(&Event::ResetRequested), is_sent);
        assert_eq!(queued(&service), 0);
        service.clock.advance(A_MINUTE);
    }
}

#[test]
fn a_mail_that_is_refused_for_good_is_dropped_and_what_it_tells_of_stays() {
    let service = notice_to_ada();
    let letter = next_letter(&service).unwrap();
    fail(&service, &letter, MailFailure::ForGood);
    assert_eq!(queued(&service), 0);
    service.clock.advance(days(1));
    assert_eq!(sent(&service), []);
}

#[test]
fn a_site_that_has_sent_too_many_mails_waits_and_loses_none() {
    let service = service_that_sends(2);
    for name in ["Ada", "Bob", "Carol"] {
        sign_up_with_email(&service, name, &format!("{name}@example.org")).unwrap();
    }
    for _ in 0..2 {
        let letter = next_letter(&service).unwrap();
        block_on(service.mail_sent(&letter)).unwrap();
    }
    let half_an_hour = Duration::from_mins(30);
    let free_at = service.clock.now().plus(half_an_hour);
    assert!(matches!(block_on(service.next_mail()).unwrap(), NextMail::WaitUntil(until) if until == free_at));
    service.clock.advance(just_before(half_an_hour));
    assert!(next_letter(&service).is_none());
    service.clock.advance(A_MOMENT);
    let last = next_letter(&service).unwrap();
    assert_eq!(last.tries(), 0, "it was not tried");
    block_on(service.mail_sent(&last)).unwrap();
    assert_eq!(queued(&service), 0);
}

#[test]
fn mails_that_were_not_sent_do_not_count_for_the_site() {
    let service = service_that_sends(1);
    let ada = sign_up_with_email(&service, "Ada", ADAS).unwrap();
    for minutes in [1, 5, 15] {
        let letter = next_letter(&service).unwrap();
        fail(&service, &letter, MailFailure::ForNow);
        service.clock.advance(Duration::from_mins(minutes));
    }
    fail(&service, &next_letter(&service).unwrap(), MailFailure::ForGood);
    // A mail that is dropped does not count either.
    block_on(service.set_email(&ada, ADAS, EmailState::Pending)).unwrap();
    block_on(service.set_email(&ada, OTHERS, EmailState::Pending)).unwrap();
    assert_eq!(in_short(&[next_letter(&service).unwrap()]), [(MailKind::VerifyEmail, OTHERS)]);
    sign_up_with_email(&service, "Bob", "bob@example.com").unwrap();
    assert!(matches!(block_on(service.next_mail()).unwrap(), NextMail::WaitUntil(_)));
}

/// Mails that people ask for are limited for all of them; notices are not.
#[test]
fn notices_are_held_to_the_limit_of_the_site_alone() {
    let (service, _) = mail_service_of_ada();
    let service = throttled(service);
    let mut visit = visit_by(&service, &log_in(&service).token);
    for (old, new) in [(ADA, CHANGED), (CHANGED, ADA)].into_iter().cycle().take(8) {
        let token = change_password(&service, &visit, old.password, new.password).unwrap();
        visit = visit_by(&service, &token);
    }
    assert_eq!(sent(&service).len(), 8);
}

#[test]
fn of_several_links_to_set_a_password_the_one_that_was_asked_for_last_counts() {
    let (service, _) = mail_service_of_ada();
    for _ in 0..2 {
        request_reset(&service, "ada");
        service.clock.advance(A_SECOND);
    }
    let letters = send_mails(&service);
    assert_eq!(
        letters.iter().map(|letter| resets_a_password(&service, &link_in(letter))).collect::<Vec<_>>(),
        [false, true]
    );

    // The first mail is late, as a mail server may make it.
    request_reset(&service, "ada");
    let late = next_letter(&service).unwrap();
    fail(&service, &late, MailFailure::ForNow);
    service.clock.advance(A_SECOND);
    request_reset(&service, "ada");
    let link = link_of(&send_mails(&service), MailKind::ResetPassword);
    service.clock.advance(A_MINUTE);
    assert_eq!((sent(&service), queued(&service)), (vec![], 0));
    assert!(resets_a_password(&service, &link) && !resets_a_password(&service, &link_in(&late)));
}

#[test]
fn a_link_to_set_a_password_goes_to_no_address_that_is_not_the_users_any_more() {
    let (service, visit) = visit_of_ada_with_address();
    give_email(&service, &visit, OTHERS).unwrap();
    let link = link_of(&send_mails(&service), MailKind::VerifyEmail);
    request_reset(&service, "ada");
    verify(&service, &link).unwrap();
    assert_eq!(sent(&service), [(MailKind::UndoEmail, ADAS.to_owned())]);
    assert_eq!(queued(&service), 0);
    assert!(!events_of(&service, visit.user.id).contains(&Event::ResetRequested));
}

#[test]
fn no_link_goes_to_a_user_who_was_closed_or_deleted_meanwhile() {
    for is_deleted in [false, true] {
        let (service, visit) = visit_of_ada_with_address();
        request_reset(&service, "ada");
        give_email(&service, &visit, OTHERS).unwrap();
        assert_eq!(queued(&service), 3);
        let told_of = if is_deleted {
            block_on(service.delete_user(visit.user.id)).unwrap();
            Event::AccountDeletedByOperator
        } else {
            block_on(service.close_account(visit.user.id)).unwrap();
            Event::AccountClosed
        };
        assert_eq!(sent(&service), [(MailKind::Notice(told_of), ADAS.to_owned())]);
        assert_eq!(queued(&service), 0);
        assert_eq!(block_on(service.links_of_user(visit.user.id)).unwrap(), []);
    }
}

/// A worker that crashes leaves no word of whether it has sent the mail.
#[test]
fn after_a_crash_a_second_letter_comes_whose_link_works_as_well_as_the_first() {
    for used in [0, 1] {
        let (service, _) = mail_service_of_ada();
        request_reset(&service, "ada");
        let letters = [(); 2].map(|()| {
            let letter = next_letter(&service).unwrap();
            service.clock.advance(LEASE);
            letter
        });
        assert_eq!(letters[0].id, letters[1].id);
        let links = letters.each_ref().map(link_in);
        assert_ne!(links[0].hash(), links[1].hash());
        assert!(links.iter().all(|link| resets_a_password(&service, link)));
        let client = Client::default();
        block_on(service.from(&client).reset_password(&links[used], CHANGED.password)).unwrap();
        assert!(links.iter().all(|link| !resets_a_password(&service, link)));
    }
}

#[test]
fn after_a_crash_both_links_to_verify_an_address_work_and_one_is_used() {
    for used in [0, 1] {
        let service = mail_service();
        let ada = sign_up_with_email(&service, "Ada", ADAS).unwrap();
        let links = [(); 2].map(|()| {
            let letter = next_letter(&service).unwrap();
            service.clock.advance(LEASE);
            link_in(&letter)
        });
        assert!(links.iter().all(|link| block_on(service.find_verification(link)).is_ok()));
        verify(&service, &links[used]).unwrap();
        assert!(links.iter().all(|link| block_on(service.find_verification(link)).is_err()));
        assert!(emails_of(&service, ada.id).verified.is_some());
        assert_eq!((sent(&service), queued(&service)), (vec![], 0), "a third one is of no use");
    }
}

#[test]
fn after_a_crash_all_links_to_put_an_address_back_work_until_one_is_used() {
    let (service, visit) = visit_of_ada_with_address();
    give_email(&service, &visit, OTHERS).unwrap();
    let mut letters = Vec::new();
    for _ in 0..2 {
        letters.extend(std::iter::from_fn(|| next_letter(&service)));
        service.clock.advance(LEASE);
    }
    let links: Vec<_> = letters.iter().filter(|letter| letter.kind == MailKind::UndoEmail).map(link_in).collect();
    assert_eq!(links.len(), 2);
    assert!(links.iter().all(|link| block_on(service.find_undo(link)).is_ok()));
    block_on(service.from(&Client::default()).undo_email(&links[1])).unwrap();
    assert!(links.iter().all(|link| block_on(service.find_undo(link)).is_err()));
}

#[test]
fn mails_without_a_recipient_are_not_sent_but_swept() {
    let (service, _) = mail_service_of_ada();
    for number in 0..3 {
        request_reset(&service, &format!("nobody{number}"));
    }
    assert_eq!((sent(&service), queued(&service)), (vec![], 0));
    assert_eq!(block_on(service.sweep_mails()).unwrap(), 3);
    assert_eq!(changes_nothing(&service, || block_on(service.sweep_mails())).unwrap(), 0);
}

#[test]
fn a_service_that_sends_no_mails_has_none_to_send() {
    let service = TestService { mail: None, ..notice_to_ada() };
    assert!(matches!(changes_nothing(&service, || block_on(service.next_mail())).unwrap(), NextMail::Idle));
}

/// The watch ends the process at a token or an address in any line, so the log has to be read here.
#[test]
fn the_log_tells_of_mails_by_their_kind_and_has_no_token_and_no_address() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let written = Arc::clone(&lines);
    let reader = LogReader(move |line: &str| written.lock().unwrap().push(line.to_lowercase()));
    let mut tokens = Vec::new();
    tracing::subscriber::with_default(reader, || {
        let (service, visit) = visit_of_ada_with_address();
        for login in [ADAS, ADAS, "nobody@example.com"] {
            request_reset(&service, login);
        }
        for failure in [MailFailure::ForNow, MailFailure::ForGood] {
            fail(&service, &next_letter(&service).unwrap(), failure);
        }
        service.clock.advance(A_MINUTE);
        give_email(&service, &visit, OTHERS).unwrap();
        let letters = send_mails(&service);
        tokens.extend(letters.iter().map(|letter| link_in(letter).expose_secret().to_lowercase()));
        verify(&service, &link_of(&letters, MailKind::VerifyEmail)).unwrap();
        let client = Client::default();
        let typed = Credentials { username: OTHERS, ..ADA };
        block_on(service.from(&client).log_in_by_email(LogIn::new(typed))).unwrap();
        let undo = link_of(&letters, MailKind::UndoEmail);
        let reset = block_on(service.from(&client).undo_email(&undo)).unwrap();
        tokens.push(reset.expose_secret().to_lowercase());
    });
    let lines = lines.lock().unwrap();
    for part in ["mail sent", "mail.kind=", "refused for good", "address given", "address put back"] {
        assert!(lines.iter().any(|line| line.contains(part)), "{part} in {lines:?}");
    }
    assert_eq!(tokens.len(), 4);
    let addresses = [ADAS, OTHERS, "nobody@example.com"].map(str::to_lowercase);
    for secret in tokens.iter().chain(&addresses) {
        assert!(lines.iter().all(|line| !line.contains(secret.as_str())), "{secret}");
    }
}

#[test]
fn debug_shows_no_token_and_no_address_of_a_letter() {
    let (service, _) = mail_service_of_ada();
    request_reset(&service, "ada");
    let letter = next_letter(&service).unwrap();
    let shown = format!("{letter:?} {service:?}").to_lowercase();
    assert!(!shown.contains(&ADAS.to_lowercase()));
    assert!(!shown.contains(&link_in(&letter).expose_secret().to_lowercase()));
}

#[test]
fn nothing_is_queued_where_no_mails_are_sent() {
    let service = service();
    let ada = sign_up(&service, "Ada").unwrap();
    block_on(service.set_email(&ada, ADAS, EmailState::Verified)).unwrap();
    let visit = visit_by(&service, &log_in(&service).token);
    change_password(&service, &visit, ADA.password, CHANGED.password).unwrap();
    block_on(service.set_email(&ada, OTHERS, EmailState::Verified)).unwrap();
    block_on(service.close_account(ada.id)).unwrap();
    assert_eq!(queued(&service), 0);
}
