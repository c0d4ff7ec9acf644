use std::num::NonZeroU32;
use std::time::Duration;

use pollster::block_on;

use crate::accounts::fixtures::{
    ADA, changes_nothing, days, events_of, is_good, just_before, kept_session_of_ada, log_in, log_in_as, log_in_bob,
    refused, rename, service, service_of_ada, takes, visit_by,
};
use crate::accounts::{Credentials, Swept};
use crate::activity::Event;
use crate::client::Client;
use crate::repository::{ActivityRepository as _, SessionRepository as _};
use crate::session::SessionKind;

#[test]
fn a_sweep_deletes_what_ran_out_and_leaves_the_rest() {
    let service = service_of_ada();
    let sweep = || block_on(service.sweep()).unwrap();
    log_in_as(&service, ADA, SessionKind::Kept);
    rename(&service, &visit_by(&service, &log_in_bob(&service).token), "Robert").unwrap();
    service.clock.advance(days(90) + Duration::from_millis(1));
    let kept = log_in_as(&service, ADA, SessionKind::Kept);
    let ordinary = log_in(&service);
    let renamed = rename(&service, &visit_by(&service, &ordinary.token), "Lovelace").unwrap().unwrap();
    assert!(refused(&service, Credentials { username: "nobody", ..ADA }));

    // Two log-ins and a name of long ago, and an attempt at a name that no user has.
    assert_eq!(sweep(), Swept { sessions: 2, activity: 4, names: 1, counters: 0, devices: 0 });
    assert_eq!(changes_nothing(&service, sweep), Swept { sessions: 0, activity: 0, names: 0, counters: 0, devices: 0 });
    assert!(is_good(&service, &kept.token) && is_good(&service, &renamed));
    assert_eq!(events_of(&service, kept.user.id).len(), 3);
    assert!(takes(&service, "Bob") && !takes(&service, "Ada"));
}

#[test]
fn a_sweep_judges_each_session_by_the_limits_of_its_kind() {
    let (service, kept) = kept_session_of_ada();
    let ordinary = log_in(&service);
    let mut passed = Duration::ZERO;
    for (until, swept, is_left) in [
        (just_before(Duration::from_hours(2)), 0, [true, true]),
        (Duration::from_hours(2), 1, [false, true]),
        (just_before(days(14)), 0, [false, true]),
        (days(14), 1, [false, false]),
    ] {
        service.clock.advance(until.saturating_sub(passed));
        passed = until;
        assert_eq!(block_on(service.sweep()).unwrap().sessions, swept);
        let found = [&ordinary, &kept].map(|of| block_on(service.store.find_by_token(&of.token.hash())).unwrap());
        assert_eq!(found.map(|session| session.is_some()), is_left);
    }
}

#[test]
fn a_sweep_goes_on_until_nothing_is_left() {
    let service = service();
    for count in [499, 500, 501, 1_001] {
        for _attempt in 0..count {
            let attempt = service.from(&Client::default()).activity(None, Event::LogInFailed).unwrap();
            block_on(service.store.record(&attempt)).unwrap();
        }
        assert_eq!(
            block_on(service.sweep()).unwrap(),
            Swept { sessions: 0, activity: count, names: 0, counters: 0, devices: 0 }
        );
    }
}

#[test]
fn links_and_invitations_that_ran_out_or_were_used_up_are_swept() {
    let service = service_of_ada();
    let ada = log_in(&service).user.id;
    let bob = log_in_bob(&service).user.id;
    let one = NonZeroU32::MIN;
    block_on(service.make_reset_link(ada, days(1))).unwrap();
    let link = block_on(service.make_reset_link(bob, days(2))).unwrap().token;
    block_on(service.make_invitation(one, days(1))).unwrap();
    let used = block_on(service.make_invitation(one, days(9))).unwrap().token;
    let grace = Credentials { username: "Grace", ..ADA };
    block_on(service.from(&Client::default()).sign_up_invited(grace, &used)).unwrap();
    let invitation = block_on(service.make_invitation(one, days(2))).unwrap().token;
    service.clock.advance(days(1));
    let sweep = || (block_on(service.sweep_links()).unwrap(), block_on(service.sweep_invitations()).unwrap());
    assert_eq!(sweep(), (1, 2));
    assert_eq!(changes_nothing(&service, sweep), (0, 0));
    assert!(block_on(service.find_reset(&link)).is_ok() && block_on(service.find_invitation(&invitation)).is_ok());
}
