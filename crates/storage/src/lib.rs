//! Doorward's repositories over SeaORM 2: [`UserRepository`], [`SessionRepository`], [`DeviceRepository`],
//! [`ActivityRepository`] and [`ThrottleRepository`] for SQL databases, and with them [`LinkRepository`],
//! [`EmailRepository`], [`OutboxRepository`], [`LanguageRepository`], [`InvitationRepository`],
//! [`AdministrationRepository`] and [`UserImportRepository`]. The feature `second-factor` adds
//! `SecondFactorRepository`, and `passkeys` adds `PasskeyRepository` as well.
//!
//! The crate decides nothing; `doorward-domain` does. No entity and no query leaves it: its store is [`SeaOrmStore`].
//!
//! ```no_run
//! use doorward_storage::{SeaOrmStore, StorageConfig};
//!
//! # async fn open() -> Result<(), Box<dyn std::error::Error>> {
//! let store = SeaOrmStore::connect(&StorageConfig::new("sqlite://notes.sqlite3")).await?;
//! doorward_migrations::migrate(&store.connection()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Public dependencies
//! `doorward-domain`, whose ports it implements, and `sea-orm` 2, whose `DatabaseConnection`
//! [`SeaOrmStore::connection`] lends to migrations and to tables of your own.
//!
//! # Security notes
//! The URL of a database may hold a password: no `Debug`, no error and no log of this crate shows it. An SQLite file is
//! made with mode 0600. Statements are logged without their values.
//!
//! [`ActivityRepository`]: doorward_domain::ActivityRepository
//! [`AdministrationRepository`]: doorward_domain::AdministrationRepository
//! [`DeviceRepository`]: doorward_domain::DeviceRepository
//! [`EmailRepository`]: doorward_domain::EmailRepository
//! [`InvitationRepository`]: doorward_domain::InvitationRepository
//! [`LanguageRepository`]: doorward_domain::LanguageRepository
//! [`LinkRepository`]: doorward_domain::LinkRepository
//! [`OutboxRepository`]: doorward_domain::OutboxRepository
//! [`UserImportRepository`]: doorward_domain::UserImportRepository
//! [`UserRepository`]: doorward_domain::UserRepository
//! [`SessionRepository`]: doorward_domain::SessionRepository
//! [`ThrottleRepository`]: doorward_domain::ThrottleRepository

mod activity;
mod administration;
mod connect;
mod connect_error;
mod copy;
mod database;
mod emails;
mod entity;
mod error;
mod figures;
mod invitations;
mod known_devices;
mod languages;
mod links;
mod look_ups;
mod outbox;
#[cfg(feature = "passkeys")]
mod passkeys;
mod pool;
mod row;
#[cfg(feature = "second-factor")]
mod second_factors;
mod sessions;
mod sqlite;
mod step;
mod throttle;
mod user_import;
mod users;

pub use connect::{SeaOrmStore, StorageConfig};
pub use connect_error::ConnectError;
pub use copy::{CopyError, CopyProgress, CopyStep, TableContent, copy};
pub use figures::Connections;
