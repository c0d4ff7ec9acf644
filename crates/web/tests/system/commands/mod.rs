//! The operator's commands, beside a site that serves.

mod accounts;
mod doctor;
mod keys;
mod links;
mod mail;
mod second_factor;
mod user_export;
mod user_import;

use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::mail::SENDER;
use crate::program::command;

/// A test for each kind of database, which gets a database's URL; `None` is SQLite in the data directory.
macro_rules! on_each_database {
    ($test:ident) => {
        mod $test {
            use crate::servers::{self, Kind};

            #[tokio::test]
            async fn on_sqlite() {
                super::$test(None).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                let Some(url) = servers::new_database(Kind::Postgres).await else { return };
                super::$test(Some(url)).await;
            }

            #[tokio::test]
            async fn on_mariadb() {
                let Some(url) = servers::new_database(Kind::MariaDb).await else { return };
                super::$test(Some(url)).await;
            }
        }
    };
}

pub(crate) use on_each_database;

/// Runs a command; returns its output and its exit status. Its standard error goes to the folder's log.
pub(crate) fn run(folder: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    command(folder, settings).args(arguments).stdin(Stdio::null()).output().unwrap()
}

pub(crate) fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The objects that a command prints, one per line.
pub(crate) fn objects(output: &Output) -> Vec<Value> {
    printed(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The settings of a site on this database.
fn settings_of(database_url: Option<&str>) -> Vec<(&'static str, &str)> {
    database_url.map(|url| ("DOORWARD_DATABASE_URL", url)).into_iter().collect()
}

/// The settings of a site with a relay at this URL.
fn with_mail<'u>(url: &'u str, settings: &[(&'static str, &'u str)]) -> Vec<(&'static str, &'u str)> {
    [&[("DOORWARD_MAIL__URL", url), SENDER], settings].concat()
}
