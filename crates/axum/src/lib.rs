//! Doorward's users, sessions and log-ins in an axum service.
//!
//! ```no_run
#![doc = include_str!("../examples/first_service.rs")]
//! ```
//!
//! # Map
//! | item | what it is |
//! | --- | --- |
//! | [`Accounts`] | the shared state of a service: the use cases ([`AuthService`](doorward_domain::AuthService)) and their [`Site`] |
//! | [`Accounts::gate`] | the one layer: it refuses other sites' changes, reads the session token, sets cookies, and sends `no-store` |
//! | [`Visitor`] | extracts the visitor, logged in or not; signs them up, logs them in and out |
//! | [`LoggedIn`] | extracts the logged-in user; as an `Option`, `None` without one |
//! | [`StartSession`], [`RenewSession`], [`EndSession`] | parts of a response that give a client a session or its new token, or remove it |
//! | `KeepLogIn` | the same for a log-in that waits for a second factor |
//! | [`Refusal`] | the response for an error of a use case |
//! | [`Sweep`] | deletes expired data, every five minutes |
//! | [`serve`], [`stop_signal`] | serves, and stops once the requests in flight are answered |
//!
//! # Whose session it is
//! A browser has its session in a cookie, a program sends the token as `Authorization: Bearer TOKEN`; the extractors take either.
//! The response to a program sets no cookie: a renewed token is in the header `Session-Token`
//! ([`SentSession`](doorward_domain::sent_session::SentSession) says more). A bearer token beside a session cookie is refused with 400.
//!
//! # Types of a service
//! [`Accounts`] and [`Visitor`] are generic over the store: a service names each once, as `type Visitor = doorward_axum::Visitor<SeaOrmStore>;`. The
//! clock and the source of randomness are the operating system's, unless it names others. The state of its router is [`Accounts`], or a type of its
//! own from which `Accounts` come by axum's `FromRef`; [`LoggedIn`] needs nothing from the state.
//!
//! # Features
//! None is on by default.
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `second-factor` | log-ins that wait for a second factor |
//! | `passkeys` | refusals and sweeps for passkeys, and what `second-factor` adds |
//!
//! # Public dependencies
//! `axum` 0.8 and `doorward-domain`; `TcpListener` of `tokio`; the traits of `tower-layer` and `tower-service` by which axum takes layers.
//!
//! # Security notes
//! - Put [`Accounts::gate`] outside all routes, by [`Router::layer`](axum::Router::layer) after the last of them. Without it, the extractors refuse with 500.
//! - Serve by [`serve`], or with `into_make_service_with_connect_info::<SocketAddr>()`: attempts are counted by the address of the client.
//! - Name the proxies in front of you ([`Site::behind`]), and no others.

mod accounts;
mod asked;
mod cookies;
mod forms;
mod gate;
mod logged_in;
mod refusal;
mod serving;
mod session_changes;
mod site;
mod sweep;
mod visitor;

pub use accounts::Accounts;
#[cfg(feature = "second-factor")]
pub use forms::CodeForm;
pub use forms::LogInForm;
pub use gate::{Gate, Guarded};
pub use logged_in::LoggedIn;
pub use refusal::Refusal;
pub use serving::{GRACE, serve, stop_signal};
#[cfg(feature = "second-factor")]
pub use session_changes::KeepLogIn;
pub use session_changes::{EndSession, RenewSession, StartSession};
pub use site::{Site, UnfitSiteError};
pub use sweep::Sweep;
pub use visitor::Visitor;
#[cfg(feature = "second-factor")]
pub use visitor::WaitingLogIn;

/// The examples of the guide compile.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/embedding.md")]
struct Guide;
