use pollster::block_on;

use crate::accounts::fixtures::{
    A_MOMENT, A_SECOND, ADA, CHANGED, WRONG, days, firefox_at, log_in, log_in_bob, service_of_ada, visit_by,
    visit_of_ada,
};
use crate::accounts::{Credentials, LogIn};
use crate::activity::Event;

#[test]
fn activity_is_listed_newest_first_with_device_and_address() {
    let service = service_of_ada();
    let at = |last_byte| {
        service.clock.advance(A_SECOND);
        firefox_at(last_byte)
    };
    let log_in_at = |typed, from| block_on(service.from(&at(from)).log_in(LogIn::new(typed)));
    assert!(log_in_at(WRONG, 1).is_err());
    let [here, third, fourth, _fifth] = [2, 3, 4, 5].map(|from| log_in_at(ADA, from).unwrap().done().unwrap());
    let visit = visit_by(&service, &here.token);
    block_on(service.from(&at(6)).log_out(&third.token)).unwrap();
    block_on(service.from(&at(7)).end_session(&visit, fourth.session.id)).unwrap();
    block_on(service.from(&at(8)).end_other_sessions(&visit)).unwrap();
    let renamed = block_on(service.from(&at(9)).change_username(&visit, "Lovelace")).unwrap().unwrap();
    let visit = visit_by(&service, &renamed);
    assert!(block_on(service.from(&at(10)).reauthenticate(&visit, WRONG.password)).is_err());
    block_on(service.from(&at(11)).change_password(&visit, ADA.password, CHANGED.password)).unwrap();
    assert!(log_in_at(Credentials { username: "Lovelace", ..ADA }, 12).is_err());
    log_in_bob(&service);

    let told = |before, most| block_on(service.activity_of(&visit, before, most)).unwrap();
    let all = told(None, 100);
    let events: Vec<_> = all.iter().rev().map(|activity| activity.event).collect();
    let since = [
        Event::LoggedOut,
        Event::SessionEnded,
        Event::SessionsEnded,
        Event::UsernameChanged,
        Event::ReauthenticationFailed,
        Event::PasswordChanged,
        Event::LogInFailed,
    ];
    assert_eq!(events, [&[Event::LogInFailed][..], &[Event::LoggedIn; 4], &since].concat());
    for (activity, seconds) in all.iter().rev().zip(1..) {
        assert_eq!(activity.client, firefox_at(seconds));
        assert_eq!(activity.at, here.user.created_at.plus(u32::from(seconds) * A_SECOND));
    }
    assert_eq!(told(Some(all[2].id), 4), all[3..7]);
}

#[test]
fn activity_older_than_ninety_days_is_not_listed() {
    let (service, here) = visit_of_ada();
    let told = || block_on(service.activity_of(&here, None, 100)).unwrap().len();
    service.clock.advance(days(90));
    assert_eq!(told(), 1);
    service.clock.advance(A_MOMENT);
    assert_eq!(told(), 0);
    log_in(&service);
    assert_eq!(told(), 1);
}
