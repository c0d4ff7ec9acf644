//! Doorward's web side: HTTP in, one use case of `doorward-domain`, a page or a redirect out. It decides nothing about
//! who may log in.
//!
//! ```no_run
#![doc = include_str!("../examples/first_rocket.rs")]
//! ```
//!
//! For a Rocket application of your own the interface is [`Doorward`], a fairing; the guards [`LoggedIn`] and [`Visitor`];
//! [`SitePage`], for pages in the site's look; [`config`], for its settings; and [`server::serve`]. `docs/rocket.md` says
//! how they go together. Items that this documentation leaves out serve the program `doorward` and its tests, and may
//! change with any release.
//!
//! # Map
//! | module | contents |
//! | --- | --- |
//! | [`config`], [`auth`] | settings, checked; the auth core as this site has it |
//! | `doorward`, [`site`] | [`Doorward`], which adds it to a Rocket; opening everything that a site needs |
//! | [`server`], [`intake`], [`drain`] | connections, and the checks before Rocket sees a request |
//! | [`views`], [`pages`], `prepared_pages`, `home_pages` | the data of a page, and how it becomes HTML or a problem document |
//! | [`languages`] | the texts of each language, and the choice of a visitor's language |
//! | `surface`, `gate`, `refusals`, `proxies`, `headers`, `request_id`, `sample` | processing of every request and every response |
//! | `guards`, `forms`, `sent`, `cookies`, `shown_secret`, `asked`, `audience`, `reader` | the data of a request |
//! | `routes`, `answer`, `site_page`, `reply`, `interrupted`, `flash`, `catchers`, `failure` | responses |
//! | [`metrics`] | counters and figures for monitoring, and their listener |
//! | [`process`] | open files and core dumps |
//! | `sweep`, `delivery` | background tasks |

#![expect(clippy::needless_pass_by_value, reason = "Rocket hands guards and forms to handlers by value")]

mod answer;
mod asked;
#[doc(hidden)]
pub mod assets;
mod audience;
pub mod auth;
mod catchers;
pub mod config;
mod cookies;
mod delivery;
mod doorward;
#[doc(hidden)]
pub mod drain;
mod failure;
mod flash;
mod forms;
mod gate;
mod guards;
mod headers;
mod home_pages;
#[doc(hidden)]
pub mod intake;
mod interrupted;
#[doc(hidden)]
pub mod languages;
#[doc(hidden)]
pub mod mails;
pub mod metrics;
#[doc(hidden)]
pub mod pages;
mod prepared_pages;
mod problem;
#[doc(hidden)]
pub mod process;
mod proxies;
mod reader;
mod refusals;
mod reply;
mod request_id;
mod routes;
mod sample;
mod sent;
pub mod server;
mod shown_secret;
#[doc(hidden)]
pub mod site;
mod site_page;
mod surface;
mod sweep;
#[doc(hidden)]
pub mod views;

pub use doorward::Doorward;
pub use guards::{LoggedIn, Visitor};
pub use site::SiteError;
pub use site_page::SitePage;

/// The code of `docs/rocket.md` compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/rocket.md")]
struct RocketChapter;
