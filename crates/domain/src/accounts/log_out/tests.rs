use pollster::block_on;

use crate::accounts::fixtures::{changes_nothing, is_over, log_in, service_of_ada};
use crate::client::Client;

#[test]
fn a_log_out_ends_the_session_for_every_copy_of_the_token() {
    let service = service_of_ada();
    let token = log_in(&service).token;
    block_on(service.from(&Client::default()).log_out(&token)).unwrap();
    assert!(is_over(&service, &token));
    changes_nothing(&service, || block_on(service.from(&Client::default()).log_out(&token))).unwrap();
}
