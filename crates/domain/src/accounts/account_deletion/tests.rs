use pollster::block_on;

use crate::accounts::fixtures::{
    ADA, CHANGED, RACES, WRONG, assert_leads_nowhere, at_once, change_password, cost_of, days, delete_account,
    events_of, is_good, is_over, log_in, log_in_as, log_in_bob, refused, rename, service_of_ada, stored_user, takes,
    try_to_log_in, visit_by, visit_of_ada,
};
use crate::accounts::{ChangePasswordError, DeleteAccountError, LoggedIn};
use crate::activity::Event;
use crate::client::Client;
use crate::session::SessionKind;

#[test]
fn a_deleted_account_is_gone_with_everything_and_its_names_reserved_for_thirty_days() {
    let service = service_of_ada();
    let mut tokens = [log_in(&service).token, log_in_as(&service, ADA, SessionKind::Kept).token];
    tokens[0] = rename(&service, &visit_by(&service, &tokens[0]), "Lovelace").unwrap().unwrap();
    let bob = log_in_bob(&service);
    let here = visit_by(&service, &tokens[0]);
    delete_account(&service, &here, ADA.password).unwrap();

    assert!(stored_user(&service, "Lovelace").is_none());
    assert!(tokens.iter().all(|token| is_over(&service, token)));
    assert_eq!(events_of(&service, here.user.id), []);
    assert!(is_good(&service, &bob.token));
    assert_eq!(events_of(&service, bob.user.id), [Event::LoggedIn]);
    for is_free in [false, true] {
        assert_eq!(["ada", "lovelace"].map(|username| takes(&service, username)), [is_free; 2]);
        service.clock.advance(days(30));
    }
}

#[test]
fn a_wrong_password_deletes_nothing_and_is_written_down() {
    let service = service_of_ada();
    let LoggedIn { token, user, .. } = log_in(&service);
    let here = visit_by(&service, &token);
    let cost = cost_of(&service, || {
        assert!(matches!(delete_account(&service, &here, WRONG.password), Err(DeleteAccountError::Refused)));
        assert_eq!(events_of(&service, user.id), [Event::ReauthenticationFailed]);
    });
    assert_eq!(cost, (1, 1));
    assert!(is_good(&service, &token));
    assert_eq!(log_in(&service).user, user);
}

#[test]
fn no_log_in_survives_a_deletion_at_the_same_time() {
    for _race in 0..RACES {
        let (service, here) = visit_of_ada();
        let delete = || delete_account(&service, &here, ADA.password);
        let (deleted, logged_in) = at_once(delete, || try_to_log_in(&service, ADA));
        deleted.unwrap();
        assert_leads_nowhere(&service, logged_in);
    }
}

#[test]
fn of_a_deletion_and_a_password_change_at_once_one_succeeds() {
    for race in 0..RACES {
        let (service, here) = visit_of_ada();
        let delete_a_little_later = || {
            (0..race % 20).for_each(|_| assert!(refused(&service, WRONG)));
            delete_account(&service, &here, ADA.password)
        };
        let change = || change_password(&service, &here, ADA.password, CHANGED.password);
        match at_once(change, delete_a_little_later) {
            (Ok(token), Err(DeleteAccountError::Refused)) => assert!(is_good(&service, &token)),
            (Err(ChangePasswordError::Ended), Ok(())) => assert!(stored_user(&service, "ada").is_none()),
            both => panic!("{both:?}"),
        }
    }
}

#[test]
fn an_account_with_a_password_is_deleted_by_nothing_else() {
    let (service, visit) = visit_of_ada();
    let without = block_on(service.from(&Client::default()).delete_passwordless_account(&visit));
    assert!(matches!(without, Err(DeleteAccountError::Refused)));
    assert!(stored_user(&service, "ada").is_some());
}
