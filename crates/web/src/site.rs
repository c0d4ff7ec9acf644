//! Opening everything that a site needs; [`crate::Doorward`] puts it together.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::sync::Arc;

use doorward_domain::passkey::PasskeyRules;
use doorward_domain::password::WorkerPool;
use doorward_domain::second_factor::SecondFactorRules;
use doorward_domain::system::OsEntropy;
use doorward_domain::{AuthService, Clock, Failed, Letter, PasswordHasher};
use doorward_mail::{Courier, Written};
use doorward_migrations::SchemaError;
use doorward_storage::{ConnectError, SeaOrmStore, StorageConfig};

use crate::auth::SiteAuth;
use crate::config::{Database, DatabaseMigrate, SecretKey, SecretKeyError, SiteConfig};
use crate::languages::{Languages, LanguagesError};
use crate::mails::Mails;
use crate::pages::{Pages, PagesError};

/// Creates the data directory, for its owner only, if it is missing. An existing one may be readable by others, as its
/// files are not. It may not be writable by them: they could replace the key and the database.
///
/// # Errors
/// [`SiteError::DataDir`], [`SiteError::ExposedDataDir`].
pub fn make_data_dir(config: &SiteConfig) -> Result<(), SiteError> {
    let creation = DirBuilder::new().recursive(true).mode(0o700).create(&config.data_dir);
    creation.map_err(|source| SiteError::DataDir { path: config.data_dir.clone(), source })?;
    check_data_dir(config)
}

/// Checks that the data directory exists, and that no other user can write to it.
///
/// # Errors
/// As [`make_data_dir`].
pub fn check_data_dir(config: &SiteConfig) -> Result<(), SiteError> {
    let path = || config.data_dir.clone();
    let found = config.data_dir.metadata().map_err(|source| SiteError::DataDir { path: path(), source })?;
    let mode = found.permissions().mode() & 0o7777;
    if mode & 0o022 == 0 { Ok(()) } else { Err(SiteError::ExposedDataDir { path: path(), mode }) }
}

/// The key in the data directory, generated if it is missing.
///
/// # Errors
/// [`SiteError::SecretKey`].
pub fn keep_key(config: &SiteConfig) -> Result<SecretKey, SiteError> {
    Ok(SecretKey::keep_in(&config.data_dir, &OsEntropy)?)
}

/// Opens the database that the settings name; an SQLite file is created if it is missing.
///
/// # Errors
/// [`SiteError::Connect`].
pub async fn open_store(config: &SiteConfig) -> Result<SeaOrmStore, SiteError> {
    connect(config, config.database.storage()).await
}

/// Opens the database that the settings name, if it exists: no SQLite file is created.
///
/// # Errors
/// [`SiteError::Connect`].
pub async fn open_existing_store(config: &SiteConfig) -> Result<SeaOrmStore, SiteError> {
    connect(config, config.database.storage().existing()).await
}

async fn connect(config: &SiteConfig, storage: StorageConfig) -> Result<SeaOrmStore, SiteError> {
    let storage = storage.with_connections(config.database_connections).with_max_wait(config.database_max_wait);
    let store = SeaOrmStore::connect(&storage).await;
    store.map_err(|source| SiteError::Connect { database: config.database.clone(), source })
}

/// Brings the schema up to date, or only checks it.
///
/// # Errors
/// [`SiteError::Schema`].
pub async fn prepare_schema(
    config: &SiteConfig,
    migrate: DatabaseMigrate,
    store: &SeaOrmStore,
) -> Result<(), SiteError> {
    let prepared = match migrate {
        DatabaseMigrate::Auto => doorward_migrations::migrate(&store.connection()).await,
        DatabaseMigrate::Check => doorward_migrations::check(&store.connection()).await,
    };
    prepared.map_err(|source| SiteError::Schema { database: config.database.clone(), source })
}

/// The rules that need the secret key. Without them, users who have a second factor cannot log in.
#[derive(Debug, Clone, Default)]
pub struct KeyedRules {
    /// The rules of second factors.
    pub second_factor: Option<SecondFactorRules>,
    /// The rules of passkeys; `None` if browsers make none for the site.
    pub passkeys: Option<PasskeyRules>,
}

impl KeyedRules {
    /// The rules of the settings, with this key.
    #[must_use]
    pub fn of(config: &SiteConfig, key: &SecretKey) -> Self {
        Self { second_factor: config.second_factor_rules(key), passkeys: config.passkey_rules(key) }
    }
}

/// The auth core as the settings want it, with these rules.
///
/// # Errors
/// [`SiteError::Threads`].
pub fn auth(
    config: &SiteConfig,
    keyed: KeyedRules,
    store: SeaOrmStore,
    clock: Arc<dyn Clock>,
) -> Result<SiteAuth, SiteError> {
    let pool = WorkerPool::start(config.hashing_pool).map_err(SiteError::Threads)?;
    let hasher = PasswordHasher::new(config.hashing_cost, pool).with_peppers(config.peppers.clone());
    let service = AuthService::with_ports(store, clock, OsEntropy).hasher(hasher).rules(config.rules.clone());
    let service = match &config.mail {
        Some(mail) => service.mail(mail.rules.clone()),
        None => service,
    };
    let service = match keyed.second_factor {
        Some(rules) => service.second_factor(rules),
        None => service,
    };
    let service = match keyed.passkeys {
        Some(rules) => service.passkeys(rules),
        None => service,
    };
    service.start().map_err(SiteError::Threads)
}

/// Refuses a site whose users have passkeys for another site, as they could not log in with those.
///
/// # Errors
/// [`SiteError::OtherPasskeys`], [`SiteError::Unread`].
pub async fn check_passkeys(auth: &SiteAuth) -> Result<(), SiteError> {
    match (auth.another_rp_id().await.map_err(SiteError::Unread)?, auth.passkey_site()) {
        (Some(found), Some(site)) => Err(SiteError::OtherPasskeys { found, wanted: site.id.clone() }),
        (Some(found), None) => {
            tracing::warn!(
                rp_id = found,
                "users have passkeys, and the site's public URL allows none: they cannot log in by them"
            );
            Ok(())
        }
        (None, _) => Ok(()),
    }
}

/// Loads the texts of all languages, and compares them.
///
/// # Errors
/// [`SiteError::Languages`].
pub fn load_languages(config: &SiteConfig) -> Result<Arc<Languages>, SiteError> {
    Ok(Arc::new(Languages::load(config.template_dir.as_deref(), &config.default_language)?))
}

/// Loads the pages, and renders each of them once to check it. The pages of visitors without a session are rendered in each
/// language, as they are sent.
///
/// # Errors
/// [`SiteError::Pages`].
pub fn load_pages(config: &SiteConfig, languages: &Arc<Languages>) -> Result<Pages, SiteError> {
    let pages = Pages::load(&config.site_name, config.template_dir.as_deref(), languages)?.for_sign_up(config.sign_up);
    let pages = if config.mail.is_some() { pages.with_mail() } else { pages };
    let pages = if config.passkeys.are_offered() { pages.with_passkeys() } else { pages };
    Ok(pages.prepared(&config.rules, config.mail.as_ref().map(|mail| &mail.rules))?)
}

/// Loads the mails, and renders each of them once to check it; `None` for a site that sends none.
///
/// # Errors
/// [`SiteError::Pages`].
pub fn load_mails(config: &SiteConfig, languages: &Arc<Languages>) -> Result<Option<Mails>, SiteError> {
    Ok(config.mail.as_ref().map(|_| Mails::load(config, languages)).transpose()?)
}

/// The courier of a site, if it sends mails. Nothing is sent before it [runs](Courier::run).
#[must_use]
pub fn courier(config: &SiteConfig, auth: &Arc<SiteAuth>, mails: Option<Mails>) -> Option<SiteCourier> {
    let (mail, mails) = config.mail.as_ref().zip(mails)?;
    let (relay, sender, host) = (mail.relay.clone(), mail.sender.clone(), config.public_url.host().to_owned());
    let write: WriteMail = Box::new(move |letter| mails.write(letter));
    Some(Courier { auth: Arc::clone(auth), relay, sender, host, write, report: Box::new(|_, _| {}) })
}

/// Writes a mail.
pub type WriteMail = Box<dyn Fn(&Letter) -> Option<Written> + Send + Sync>;

/// The courier of a site's mails.
pub type SiteCourier = Courier<SeaOrmStore, Arc<dyn Clock>, OsEntropy, WriteMail>;

/// Why a site cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SiteError {
    /// The data directory cannot be made.
    #[error("DOORWARD_DATA_DIR: {}: {source}", path.display())]
    DataDir {
        /// The directory.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// Others can write to the data directory.
    #[error(
        "DOORWARD_DATA_DIR: {} has mode {mode:o}, so that others can write to it; `chmod go-w` takes that from them",
        path.display()
    )]
    ExposedDataDir {
        /// The directory.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// There is no secret key.
    #[error("secret key: {0}")]
    SecretKey(#[from] SecretKeyError),
    /// The database cannot be opened.
    #[error("{database} cannot be opened: {source}")]
    Connect {
        /// The database.
        database: Database,
        /// What is wrong.
        source: ConnectError,
    },
    /// The database's schema is not what it should be.
    #[error("{database}: {source}")]
    Schema {
        /// The database.
        database: Database,
        /// What is wrong.
        source: SchemaError,
    },
    /// Users have passkeys for another relying party id.
    #[error(
        "DOORWARD_PASSKEYS__RP_ID: users have passkeys for `{found}`, and the site is `{wanted}`: they could not log in by them. \
         Set it to `{found}` where the host of the public URL is in that domain; or else remove the passkeys of each user that \
         `doorward user list` shows to have any, with `doorward user remove-second-factor`"
    )]
    OtherPasskeys {
        /// The relying party id of some passkey.
        found: String,
        /// The relying party id of the settings.
        wanted: String,
    },
    /// The passkeys cannot be read.
    #[error("the passkeys cannot be read: {0}")]
    Unread(Failed),
    /// The operating system gives no threads.
    #[error("the hashing threads cannot be started: {0}")]
    Threads(io::Error),
    /// The texts of a language cannot be used.
    #[error(transparent)]
    Languages(#[from] LanguagesError),
    /// A template cannot be used.
    #[error(transparent)]
    Pages(#[from] PagesError),
}
