use pollster::block_on;

use super::fixtures::{days, log_in, mail_service, service, service_of_ada, throttled};
use super::passkeys::fixtures as passkeys;
use super::second_factor::fixtures::service_that_trusts;
use crate::accounts::AuthService;
use crate::client::Client;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::repository::{SessionRepository, UserRepository};
use crate::token::SessionToken;

/// Generic over stores: this port is all that it requires of one.
fn logged_in_as<S: SessionRepository, C: Clock, E: Entropy>(
    service: &AuthService<S, C, E>,
    token: &SessionToken,
) -> Option<(String, usize)> {
    let visit = block_on(service.resume(token)).ok()?;
    let sessions = block_on(service.sessions_of(&visit)).unwrap().len();
    assert!(service.has_recent_log_in(&visit));
    Some((visit.user.username.as_str().to_owned(), sessions))
}

fn log_out<S: SessionRepository, C: Clock, E: Entropy>(service: &AuthService<S, C, E>, token: &SessionToken) {
    block_on(service.from(&Client::default()).log_out(token)).unwrap();
}

fn close<S: UserRepository, C: Clock, E: Entropy>(service: &AuthService<S, C, E>, username: &str) {
    let user = block_on(service.find_user(username)).unwrap().unwrap();
    block_on(service.close_account(user.id)).unwrap();
}

#[test]
fn a_use_case_asks_for_no_port_that_it_does_not_need() {
    let service = service_of_ada();
    let (first, second) = (log_in(&service), log_in(&service));
    assert_eq!(logged_in_as(&service, &first.token), Some(("Ada".to_owned(), 2)));
    log_out(&service, &first.token);
    assert_eq!(logged_in_as(&service, &first.token), None);
    close(&service, "ada");
    assert_eq!(logged_in_as(&service, &second.token), None);
}

#[test]
fn a_device_is_known_as_long_as_it_holds_throttling_off_tells_of_strangers_or_is_trusted() {
    let (trusting, ..) = service_that_trusts(days(30));
    assert_eq!([service(), mail_service(), throttled(service())].map(|it| it.device_memory()), [0, 90, 90].map(days));
    assert_eq!((trusting.device_memory(), trusting.trust()), (days(30), days(30)));
    assert_eq!(
        (service().trust(), service().mail().is_some(), mail_service().mail().is_some()),
        (days(0), false, true)
    );
}

#[test]
fn a_service_has_passkeys_where_it_was_built_with_rules_for_them() {
    let AuthService { store, clock, entropy, hasher, rules, .. } = service();
    assert_eq!(service().passkey_site().map(|site| &*site.id), None);
    let built = AuthService::with_ports(store, clock, entropy).hasher(hasher).rules(rules);
    let built = built.passkeys(passkeys::rules()).start().unwrap();
    assert_eq!(built.passkey_site().map(|site| &*site.id), Some("example.org"));
}
