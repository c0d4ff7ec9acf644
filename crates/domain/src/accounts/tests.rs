use pollster::block_on;

use super::fixtures::{log_in, service_of_ada};
use crate::accounts::AuthService;
use crate::client::Client;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::repository::{ActivityRepository, DeviceRepository, SessionRepository, UserRepository};
use crate::testing::MemoryStore;
use crate::token::SessionToken;

type Service<S, C, E> = AuthService<S, C, E>;

/// Who asks for one port alone is served by a store that has no other: that this compiles is the promise.
fn logged_in_as<S: SessionRepository, C: Clock, E: Entropy>(
    service: &Service<S, C, E>,
    token: &SessionToken,
) -> Option<(String, usize)> {
    let visit = block_on(service.resume(token)).ok()?;
    let sessions = block_on(service.sessions_of(&visit)).unwrap().len();
    assert!(service.has_recent_log_in(&visit));
    Some((visit.user.username.as_str().to_owned(), sessions))
}

fn log_out<S: SessionRepository, C: Clock, E: Entropy>(service: &Service<S, C, E>, token: &SessionToken) {
    block_on(service.from(&Client::default()).log_out(token)).unwrap();
}

fn close<S: UserRepository, C: Clock, E: Entropy>(service: &Service<S, C, E>, username: &str) {
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
fn activity_and_devices_are_listed_by_a_port_each() {
    fn events<S: ActivityRepository, C: Clock, E: Entropy>(service: &Service<S, C, E>, visit: &super::Visit) -> usize {
        block_on(service.activity_of(visit, None, 9)).unwrap().len()
    }
    fn devices<S: DeviceRepository, C: Clock, E: Entropy>(service: &Service<S, C, E>, visit: &super::Visit) -> usize {
        block_on(service.known_devices_of(visit)).unwrap().len()
    }
    let service: Service<MemoryStore, _, _> = service_of_ada();
    let visit = block_on(service.resume(&log_in(&service).token)).unwrap();
    assert_eq!((events(&service, &visit), devices(&service, &visit)), (1, 0));
}
