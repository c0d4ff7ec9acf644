//! The contract of `doorward-domain`, races and the schema, on real databases.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail the test")]

mod account_races;
mod contracts;
mod copies;
mod databases;
mod deleted_data;
mod link_races;
mod mail_races;
mod model;
mod network;
mod outages;
mod passkey_races;
mod races;
mod schema;
mod second_factor_races;
mod servers;
mod sweeps;
mod throttle_races;
mod tls;
mod upgrades;
