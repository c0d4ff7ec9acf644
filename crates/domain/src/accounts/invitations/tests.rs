use std::num::NonZeroU32;

use pollster::block_on;

use crate::accounts::fixtures::{
    A_MINUTE, A_MOMENT, ADA, ADAS, CHANGED, RACES, TestService, at_once, changes_nothing, cost_of, days, emails_of,
    just_before, link_of, log_in, mail_service, refused, send_mails, sent, service, service_of_ada, sign_up, verify,
};
use crate::accounts::{Credentials, LinkError, SignUp, SignUpError};
use crate::client::Client;
use crate::invitation::Invitation;
use crate::link::LinkToken;
use crate::mail::MailKind;
use crate::testing::{SeededEntropy, keep_out_of_the_log};
use crate::user::User;

fn invite(service: &TestService, uses: u32) -> LinkToken {
    let made = block_on(service.make_invitation(NonZeroU32::new(uses).unwrap(), days(7))).unwrap();
    keep_out_of_the_log(&made.token.expose_secret());
    made.token
}

fn find(service: &TestService, invitation: &LinkToken) -> Option<Invitation> {
    match block_on(service.find_invitation(invitation)) {
        Ok(found) => Some(found),
        Err(LinkError::Expired) => None,
        Err(LinkError::Failed(error)) => panic!("{error}"),
    }
}

fn uses_left(service: &TestService, invitation: &LinkToken) -> u32 {
    find(service, invitation).map_or(0, |found| found.uses_left)
}

fn accept_from(
    service: &TestService,
    client: &Client,
    typed: Credentials<'_>,
    invitation: &LinkToken,
) -> Result<User, SignUpError> {
    block_on(service.from(client).sign_up_invited(typed, invitation))
}

fn accept(service: &TestService, username: &str, invitation: &LinkToken) -> Result<User, SignUpError> {
    accept_from(service, &Client::default(), Credentials { username, ..ADA }, invitation)
}

fn unknown() -> LinkToken {
    LinkToken::generate(&SeededEntropy::default()).unwrap()
}

/// A client that names its browser.
fn browser(service: &TestService) -> Client {
    Client::default().in_browser(Some(service.name_browser().unwrap()))
}

#[test]
fn an_invitation_for_two_signs_up_two_users_and_no_third() {
    let service = service();
    let invitation = invite(&service, 2);
    assert_eq!(accept(&service, "Ada", &invitation).unwrap(), log_in(&service).user);
    assert_eq!(changes_nothing(&service, || uses_left(&service, &invitation)), 1);
    accept(&service, "Bob", &invitation).unwrap();
    let refusal = changes_nothing(&service, || accept(&service, "Carol", &invitation));
    assert!(matches!(refusal, Err(SignUpError::InvitationExpired)));
    assert_eq!(find(&service, &invitation), None);
}

#[test]
fn an_invitation_is_good_for_its_lifetime_and_not_a_moment_longer() {
    let service = service();
    let invitation = invite(&service, 9);
    service.clock.advance(just_before(days(7)));
    accept(&service, "Ada", &invitation).unwrap();
    service.clock.advance(A_MOMENT);
    assert!(matches!(accept(&service, "Bob", &invitation), Err(SignUpError::InvitationExpired)));
    assert_eq!(find(&service, &invitation), None);
}

#[test]
fn a_sign_up_that_is_refused_uses_nothing_up() {
    let service = service_of_ada();
    let invitation = invite(&service, 1);
    assert!(matches!(accept(&service, "ada", &invitation), Err(SignUpError::UsernameTaken)));
    assert!(matches!(accept(&service, "no spaces", &invitation), Err(SignUpError::Unfit { username: Some(_), .. })));
    let unfit = Credentials { username: "ada.lovelace.1815", password: "ada.lovelace.1815" };
    let refusal = accept_from(&service, &Client::default(), unfit, &invitation);
    assert!(matches!(refusal, Err(SignUpError::Unfit { password: Some(_), .. })));
    assert_eq!(uses_left(&service, &invitation), 1);
    accept(&service, "Bob", &invitation).unwrap();
}

#[test]
fn an_invitation_that_is_good_for_nothing_costs_no_hash_and_tells_nothing_of_the_name() {
    let service = service_of_ada();
    let used = invite(&service, 1);
    accept(&service, "Bob", &used).unwrap();
    let cost = cost_of(&service, || {
        for invitation in [&unknown(), &used] {
            for username in ["ada", "nobody", "no spaces", "admin"] {
                let refusal = changes_nothing(&service, || accept(&service, username, invitation));
                assert!(matches!(refusal, Err(SignUpError::InvitationExpired)), "{username}: {refusal:?}");
            }
        }
    });
    assert_eq!(cost, (0, 0));
}

/// The last use as well: the browser that made it is not told that the invitation is used up.
#[test]
fn an_invited_sign_up_that_one_browser_sends_twice_is_one_account_and_one_use() {
    for uses in [1, 2] {
        let service = service();
        let (invitation, here, elsewhere) = (invite(&service, uses), browser(&service), browser(&service));
        let ada = accept_from(&service, &here, ADA, &invitation).unwrap();
        assert_eq!(accept_from(&service, &here, ADA, &invitation).unwrap(), ada);
        assert_eq!(accept_from(&service, &here, CHANGED, &invitation).unwrap(), ada);
        assert!(refused(&service, CHANGED) && !refused(&service, ADA));
        assert_eq!(uses_left(&service, &invitation), uses - 1);
        for other in [&elsewhere, &Client::default()] {
            match (uses, accept_from(&service, other, ADA, &invitation)) {
                (1, Err(SignUpError::InvitationExpired)) | (2, Err(SignUpError::UsernameTaken)) => {}
                (_, refusal) => panic!("{refusal:?}"),
            }
        }
        service.clock.advance(A_MINUTE);
        assert!(accept_from(&service, &here, ADA, &invitation).is_err());
    }
}

#[test]
fn an_invited_sign_up_that_is_sent_twice_at_once_succeeds_twice_and_uses_up_one_use() {
    for race in 0..RACES {
        let (service, uses) = (service(), if race % 2 == 0 { 1 } else { 2 });
        let (invitation, here) = (invite(&service, uses), browser(&service));
        let accept = || accept_from(&service, &here, ADA, &invitation).unwrap();
        let (one, other) = at_once(accept, accept);
        assert_eq!(one, other);
        assert_eq!(uses_left(&service, &invitation), uses - 1);
    }
}

#[test]
fn of_two_who_want_the_last_use_at_once_one_signs_up() {
    for _race in 0..RACES {
        let service = service();
        let invitation = invite(&service, 1);
        let (ada, bob) = at_once(|| accept(&service, "Ada", &invitation), || accept(&service, "Bob", &invitation));
        assert!(matches!(
            (ada, bob),
            (Ok(_), Err(SignUpError::InvitationExpired)) | (Err(SignUpError::InvitationExpired), Ok(_))
        ));
    }
}

#[test]
fn an_invitation_and_a_link_to_set_a_password_do_not_stand_in_for_each_other() {
    let service = service();
    let invitation = invite(&service, 1);
    let ada = sign_up(&service, "Ada").unwrap();
    let link = block_on(service.make_reset_link(ada.id, days(1))).unwrap().token;
    assert!(matches!(block_on(service.find_reset(&invitation)), Err(LinkError::Expired)));
    assert!(matches!(accept(&service, "Bob", &link), Err(SignUpError::InvitationExpired)));
}

#[test]
fn an_invited_user_gives_an_address_like_any_other() {
    let service = mail_service();
    let invitation = invite(&service, 1);
    let accept = |username| {
        let email = block_on(service.read_sign_up_email(ADAS)).unwrap();
        let sign_up = SignUp::new(Credentials { username, ..ADA }).with_email(Ok(email));
        block_on(service.from(&Client::default()).sign_up_invited(sign_up, &invitation))
    };
    let ada = accept("Ada").unwrap();
    verify(&service, &link_of(&send_mails(&service), MailKind::VerifyEmail)).unwrap();
    assert_eq!(emails_of(&service, ada.id).verified.unwrap().as_str(), ADAS);
    let refusal = changes_nothing(&service, || accept("Bob"));
    assert!(matches!(refusal, Err(SignUpError::InvitationExpired)));
    assert_eq!(sent(&service), [], "whoever does not sign up gives no address");
}
