use rocket::{Route, post, routes};

use crate::failure::Failure;
use crate::guards::{Identified, Service};
use crate::metrics::Action;
use crate::reply::{Done, Reply};
use crate::sent::Sent;

pub(super) fn routes() -> Vec<Route> {
    routes![options, submit]
}

#[post("/account/reauthenticate/passkey/options")]
async fn options(identified: Identified, service: Service<'_>) -> Result<Reply, Failure> {
    match service.request_passkey_reauthentication(&identified.0).await {
        Ok(request) => Ok(request.into()),
        Err(error) => Reply::unproved(error),
    }
}

#[post("/account/reauthenticate/passkey", data = "<sent>")]
async fn submit(identified: Identified, sent: Sent, service: Service<'_>) -> Result<Reply, Failure> {
    let visit = &identified.0;
    match service
        .traced(Action::ReauthenticateByPasskey, service.reauthenticate_by_passkey(visit, &sent.credential))
        .await
    {
        Ok(token) => {
            service.set_session(&visit.session, &token);
            Ok(Done::leading_to(sent.next().as_str()).into())
        }
        Err(error) => Reply::unproved(error),
    }
}
