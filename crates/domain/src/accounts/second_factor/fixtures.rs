//! Services whose users have second factors.

use std::time::Duration;

use pollster::block_on;

use crate::accounts::fixtures::*;
use crate::accounts::{
    Credentials, FinishLogIn, LogIn, LogInStep, LoggedIn, SecondStepError, SetUpTotp, SetUpTotpError, TotpSetUp, Visit,
};
use crate::client::Client;
use crate::clock::Clock as _;
use crate::second_factor::{PendingLogInToken, RecoveryCodes, SealingKeys, SecondFactorRules, TotpSecret, TotpStep};
use crate::testing::keep_out_of_the_log;

pub(in crate::accounts) fn keys(current: &[u8], former: &[&[u8]]) -> SealingKeys {
    SealingKeys::derive(current, former.iter().copied()).unwrap()
}

fn rules() -> SecondFactorRules {
    SecondFactorRules::new("Notes", keys(&[7; 32], &[]))
}

/// The same service with second factors.
fn with_second_factors(service: TestService, rules: SecondFactorRules) -> TestService {
    TestService { second_factor: Some(rules), ..service }
}

/// A service where Ada is logged in, and has no second factor yet.
pub(in crate::accounts) fn visit_of_ada_without_factor() -> (TestService, Visit) {
    let (service, visit) = visit_of_ada();
    (with_second_factors(service, rules()), visit)
}

/// A service where Ada set up an authenticator app a minute ago.
pub(in crate::accounts) fn service_with_factor() -> (TestService, RecoveryCodes, TotpSecret) {
    let (service, visit) = visit_of_ada_without_factor();
    turned_on(service, &visit)
}

/// Like [`service_with_factor`], where devices are trusted for `trust`.
pub(in crate::accounts) fn service_that_trusts(trust: Duration) -> (TestService, RecoveryCodes, TotpSecret) {
    let (service, visit) = visit_of_ada();
    turned_on(with_second_factors(service, SecondFactorRules { trust, ..rules() }), &visit)
}

/// Like [`service_with_factor`], where the service sends mails, and knows devices.
pub(in crate::accounts) fn mail_service_with_factor() -> (TestService, RecoveryCodes, TotpSecret) {
    let (service, visit) = visit_of_ada_with_address();
    turned_on(with_second_factors(service, rules()), &visit)
}

fn turned_on(service: TestService, visit: &Visit) -> (TestService, RecoveryCodes, TotpSecret) {
    let secret = service.draw_totp_secret().unwrap();
    keep_out_of_the_log(&secret.expose_secret());
    let code = code_now(&service, &secret);
    let codes = set_up(&service, visit, &secret, &code).unwrap().recovery_codes.unwrap();
    for code in codes.iter() {
        keep_out_of_the_log(&code.expose_secret());
    }
    service.clock.advance(A_MINUTE);
    (service, codes, secret)
}

pub(in crate::accounts) fn set_up(
    service: &TestService,
    visit: &Visit,
    secret: &TotpSecret,
    code: &str,
) -> Result<TotpSetUp, SetUpTotpError> {
    block_on(service.from(&Client::default()).set_up_totp(visit, SetUpTotp::new(secret, code)))
}

/// Sets up another app, once an operator has removed the one before.
pub(in crate::accounts) fn replace_app(service: &TestService, visit: &Visit) {
    let removed = block_on(service.remove_second_factor(visit.user.id)).unwrap();
    assert_eq!(removed, crate::repository::SecondFactorRemoval::Removed);
    let secret = service.draw_totp_secret().unwrap();
    set_up(service, visit, &secret, &code_now(service, &secret)).unwrap();
}

/// The code that the app shows `steps` time steps from now.
pub(in crate::accounts) fn code_after(service: &TestService, secret: &TotpSecret, steps: i64) -> String {
    let now = TotpStep::at(service.clock.now());
    secret.code(TotpStep::from_number(now.number() + steps))
}

pub(in crate::accounts) fn code_now(service: &TestService, secret: &TotpSecret) -> String {
    code_after(service, secret, 0)
}

/// A log-in by Ada's password, which waits for her code.
pub(in crate::accounts) fn pending(service: &TestService) -> PendingLogInToken {
    pending_in(service, &Client::default(), ADA)
}

pub(in crate::accounts) fn pending_in(
    service: &TestService,
    client: &Client,
    typed: Credentials<'_>,
) -> PendingLogInToken {
    let step = block_on(service.from(client).log_in(LogIn::new(typed))).unwrap();
    let LogInStep::SecondFactor(proved) = step else { panic!("{step:?}") };
    let token = block_on(service.from(client).begin_second_step(&proved, None)).unwrap().waits().unwrap();
    keep_out_of_the_log(&token.expose_secret());
    token
}

pub(in crate::accounts) fn finish(
    service: &TestService,
    token: &PendingLogInToken,
    code: &str,
) -> Result<LoggedIn, SecondStepError> {
    let finished = block_on(service.from(&Client::default()).finish_log_in(FinishLogIn::new(token, code)));
    finished.map(|step| step.done().unwrap())
}
