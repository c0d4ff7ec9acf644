//! Services whose users have passkeys.

use std::sync::Arc;

use pollster::block_on;

use crate::accounts::fixtures::*;
use crate::accounts::second_factor::fixtures::visit_of_ada_without_factor;
use crate::accounts::{
    AddPasskey, AddPasskeyError, LogInByPasskey, LogInStep, LoggedIn, PasskeyAdded, ProvePasskeyError, Visit,
};
use crate::client::Client;
use crate::passkey::{ChallengeKeys, PasskeyRules, RelyingParty};
use crate::second_factor::RecoveryCodes;
use crate::testing::{FakeAuthenticator, FakeVerifier, keep_out_of_the_log};
use crate::token::SessionToken;

pub(in crate::accounts) fn rules() -> PasskeyRules {
    let site =
        RelyingParty { id: "example.org".into(), name: "Notes".into(), origins: vec!["https://example.org".into()] };
    let keys = ChallengeKeys::derive(&[9; 32], []).unwrap();
    PasskeyRules { site, keys, verifier: Arc::new(FakeVerifier) }
}

/// A service where Ada is logged in by her password, and has no second factor yet.
pub(in crate::accounts) fn visit_of_ada_without_passkey() -> (TestService, Visit) {
    let (service, visit) = visit_of_ada_without_factor();
    (TestService { passkeys: Some(rules()), ..service }, visit)
}

/// A service where Ada has a passkey, and is logged in where she added it.
pub(in crate::accounts) fn visit_of_ada_with_passkey() -> (TestService, Visit, FakeAuthenticator) {
    let (service, visit) = visit_of_ada_without_passkey();
    let mut authenticator = FakeAuthenticator::new(1);
    let added = add(&service, &visit, &mut authenticator).unwrap();
    let visit = visit_by(&service, &added.token);
    (service, visit, authenticator)
}

pub(in crate::accounts) fn add(
    service: &TestService,
    visit: &Visit,
    authenticator: &mut FakeAuthenticator,
) -> Result<PasskeyAdded, AddPasskeyError> {
    let here = Client::default();
    let creation = block_on(service.from(&here).begin_passkey(visit))?;
    let answer = authenticator.register(&creation);
    let added = block_on(service.from(&here).add_passkey(visit, AddPasskey::new(&answer)))?;
    for code in added.recovery_codes.iter().flat_map(RecoveryCodes::iter) {
        keep_out_of_the_log(&code.expose_secret());
    }
    keep_out_of_the_log(&added.token.expose_secret());
    Ok(added)
}

pub(in crate::accounts) fn log_in_by_passkey(
    service: &TestService,
    authenticator: &mut FakeAuthenticator,
) -> Result<LoggedIn, ProvePasskeyError> {
    let request = service.from(&Client::default()).request_passkey_log_in()?;
    send(service, &authenticator.assert(&request)).map(|step| step.done().unwrap())
}

/// Sends an answer to a request to log in.
pub(in crate::accounts) fn send(service: &TestService, answer: &str) -> Result<LogInStep, ProvePasskeyError> {
    block_on(service.from(&Client::default()).log_in_by_passkey(LogInByPasskey::new(answer)))
}

pub(in crate::accounts) fn reauthenticate_by_passkey(
    service: &TestService,
    visit: &Visit,
    authenticator: &mut FakeAuthenticator,
) -> Result<SessionToken, ProvePasskeyError> {
    let here = Client::default();
    let request = block_on(service.from(&here).request_passkey_reauthentication(visit))?;
    block_on(service.from(&here).reauthenticate_by_passkey(visit, &authenticator.assert(&request)))
}
