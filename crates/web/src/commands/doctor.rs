use std::fmt::Display;
use std::io;
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;

use doorward_domain::Clock as _;
use doorward_domain::system::SystemClock;
use doorward_storage::SeaOrmStore;
use doorward_web::auth::SiteAuth;
use doorward_web::config::{
    Database, DatabaseMigrate, Listener, PasskeyConfig, SecretKey, SecretKeyError, Settings, SiteConfig,
};
use doorward_web::site::{self, KeyedRules, SiteError};
use rustix::fs::statvfs;
use serde::Serialize;

use super::output::{Column, OutputArgs};
use super::readable_files::{ReadableFile, readable_files};
use super::{CommandError, prepare_process, run};

#[derive(clap::Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    output: OutputArgs,
}

/// The result of a check.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    found: String,
    /// What to do about it.
    #[serde(rename = "do", skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    /// The site works, but something should be fixed.
    Warning,
    /// The site does not work, or will soon stop working.
    Failed,
}

const COLUMNS: [Column<Finding>; 3] = [
    Column {
        heading: "STATE",
        text: |finding| {
            match finding.state {
                State::Ok => "ok",
                State::Warning => "warning",
                State::Failed => "failed",
            }
            .to_owned()
        },
    },
    Column { heading: "CHECK", text: |finding| finding.check.to_owned() },
    Column {
        heading: "FOUND",
        text: |finding| match &finding.remedy {
            Some(remedy) => format!("{}; {remedy}", finding.found),
            None => finding.found.clone(),
        },
    },
];

impl Doctor {
    /// Looks at everything and changes nothing.
    pub(super) fn run(self) -> Result<(), CommandError> {
        let findings = match settings() {
            // All other checks depend on the settings.
            Err(error) => vec![Finding::failed("settings", error, "docs/operations.md lists the settings")],
            Ok((listener, config)) => {
                prepare_process(&config);
                let mut findings = vec![
                    Finding::ok("settings", "every setting is known and in its range"),
                    public_url(&config),
                    throttle(&config),
                    metrics(&listener, &config),
                    pages(&config),
                    mails(&config),
                    data_dir(&config),
                    secret_key(&listener, &config),
                    file_modes(&config),
                    free_disk(&config),
                    clock(&config),
                ];
                run(2, async {
                    findings.extend(database(&listener, &config).await);
                    findings.push(mail(&config).await);
                    Ok(())
                })?;
                findings
            }
        };
        self.output.open().rows(&COLUMNS, &findings)?;
        match findings.iter().filter(|finding| finding.state == State::Failed).count() {
            0 => Ok(()),
            failed => Err(CommandError::Unwell { failed }),
        }
    }
}

fn settings() -> Result<(Listener, SiteConfig), CommandError> {
    let listener = Listener::read()?;
    let config = SiteConfig::read(Settings::find()?, listener.address().port())?;
    Ok((listener, config))
}

fn public_url(config: &SiteConfig) -> Finding {
    const CHECK: &str = "public URL";
    let url = &config.public_url;
    let address = url.host().trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_this_machine = url.host() == "localhost" || address.is_ok_and(|address| address.is_loopback());
    match (url.is_https(), is_this_machine) {
        (true, _) => Finding::ok(CHECK, url.origin()),
        (false, true) => Finding::ok(CHECK, format_args!("{}, for this machine alone", url.origin())),
        (false, false) => Finding::warning(
            CHECK,
            format_args!("{} is not encrypted: everybody on the way reads passwords and cookies", url.origin()),
            "put a proxy with TLS in front, and set DOORWARD_PUBLIC_URL to its https:// URL",
        ),
    }
}

fn throttle(config: &SiteConfig) -> Finding {
    const CHECK: &str = "throttle";
    match config.rules.throttle {
        Some(_) => Finding::ok(CHECK, "guesses have to wait"),
        None => Finding::warning(CHECK, "nobody who guesses has to wait", "set DOORWARD_THROTTLE__ENABLED to true"),
    }
}

fn metrics(listener: &Listener, config: &SiteConfig) -> Finding {
    const CHECK: &str = "metrics";
    let Some(address) = config.metrics_address else { return Finding::ok(CHECK, "none are kept") };
    if let Err(error) = listener.check_metrics(address) {
        return Finding::failed(CHECK, error, "the site does not start with these settings");
    }
    if address.ip().is_loopback() {
        return Finding::ok(CHECK, format_args!("are at http://{address}/metrics, for this machine alone"));
    }
    Finding::warning(
        CHECK,
        format_args!("whoever reaches {address} reads them, and they are not encrypted"),
        "set DOORWARD_METRICS__ADDRESS to an address of this machine alone, or let nobody but the monitoring through to it",
    )
}

fn mails(config: &SiteConfig) -> Finding {
    const CHECK: &str = "mail templates";
    match site::load_languages(config).and_then(|languages| site::load_mails(config, &languages)) {
        Ok(_) => Finding::ok(CHECK, "each can be rendered"),
        Err(error) => Finding::failed(CHECK, error, "mend the template, or remove it from DOORWARD_TEMPLATE_DIR"),
    }
}

fn pages(config: &SiteConfig) -> Finding {
    const CHECK: &str = "pages";
    match site::load_languages(config).and_then(|languages| site::load_pages(config, &languages)) {
        Ok(_) => Finding::ok(CHECK, "each can be rendered"),
        Err(error) => Finding::failed(CHECK, error, "mend the template, or remove it from DOORWARD_TEMPLATE_DIR"),
    }
}

fn data_dir(config: &SiteConfig) -> Finding {
    const CHECK: &str = "data directory";
    match site::check_data_dir(config) {
        Ok(()) => Finding::ok(CHECK, config.data_dir.display()),
        Err(SiteError::DataDir { path, source }) if source.kind() == io::ErrorKind::NotFound => {
            Finding::not_yet(CHECK, path.display())
        }
        Err(error @ SiteError::ExposedDataDir { .. }) => {
            Finding::failed(CHECK, error, "see who could write to it before")
        }
        Err(error) => Finding::failed(CHECK, error, "make it a directory that this user can use"),
    }
}

fn secret_key(listener: &Listener, config: &SiteConfig) -> Finding {
    const CHECK: &str = "secret key";
    if listener.given_key().is_some() {
        return Finding::ok(CHECK, "the settings have one");
    }
    match SecretKey::find_in(&config.data_dir) {
        Ok(_) => Finding::ok(CHECK, "the data directory has one, for its owner alone"),
        Err(SecretKeyError::File { path, source }) if source.kind() == io::ErrorKind::NotFound => {
            Finding::not_yet(CHECK, path.display())
        }
        Err(error @ SecretKeyError::File { .. }) => {
            Finding::failed(CHECK, error, "run this as the user who runs the site")
        }
        Err(error @ SecretKeyError::Readable { .. }) => {
            Finding::failed(CHECK, error, "replace it: who can read it can make cookies")
        }
        Err(error) => {
            Finding::failed(CHECK, error, "restore it, or move it away: the next start makes one, and all log in again")
        }
    }
}

fn file_modes(config: &SiteConfig) -> Finding {
    const CHECK: &str = "file modes";
    let shown = |ReadableFile { path, mode }: ReadableFile| format!("{} has mode {mode:o}", path.display());
    let readable: Vec<_> = readable_files(config).into_iter().map(shown).collect();
    if readable.is_empty() {
        return Finding::ok(CHECK, "nobody else can read the files with secrets");
    }
    let found = format!("others can read files with secrets: {}", readable.join(", "));
    Finding::warning(CHECK, found, "take that from them with `chmod go= FILE`")
}

fn free_disk(config: &SiteConfig) -> Finding {
    const CHECK: &str = "free disk";
    /// Room for a backup beside a small site's database.
    const AMPLE_MIB: u64 = 1_024;
    /// Room for SQLite's write-ahead log, and for the output of a command meanwhile.
    const ENOUGH_MIB: u64 = 100;
    let folder = match &config.database {
        Database::File(path) => path.parent().unwrap_or(&config.data_dir),
        Database::Url(_) => &config.data_dir,
    };
    // The folder may not exist yet.
    let folder = folder.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    let free_mib = match statvfs(folder) {
        Ok(disk) => disk.f_bavail.saturating_mul(disk.f_frsize) / (1 << 20),
        Err(error) => return Finding::warning(CHECK, error, "see with `df` how much is free"),
    };
    let found = format!("{free_mib} MiB for {}", folder.display());
    let remedy = "make room: when the disk is full, nobody can sign up, log in or log out";
    match free_mib {
        AMPLE_MIB.. => Finding::ok(CHECK, found),
        ENOUGH_MIB.. => Finding::warning(CHECK, found, remedy),
        _ => Finding::failed(CHECK, found, remedy),
    }
}

/// Compares the clock with the times of our files. A clock that is behind them was set back, or never set, and sessions and
/// waits would last too long.
fn clock(config: &SiteConfig) -> Finding {
    const CHECK: &str = "clock";
    let database = match &config.database {
        Database::File(path) => Some(path.clone()),
        Database::Url(_) => None,
    };
    let files = [Some(config.data_dir.join("secret_key")), Some(config.data_dir.clone()), database];
    let now = SystemClock.now().as_unix_micros() / 1_000_000;
    let ahead = files.into_iter().flatten().filter_map(|path| Some((path.metadata().ok()?.mtime() - now, path)));
    match ahead.filter(|(seconds, _)| *seconds > 0).max() {
        None => Finding::ok(CHECK, "is not behind the files of the site"),
        Some((seconds, path)) => Finding::failed(
            CHECK,
            format_args!("is {seconds} s behind the last change of {}", path.display()),
            "set it, and keep it right by NTP",
        ),
    }
}

/// Checks the database, and its schema if the database opens.
async fn database(listener: &Listener, config: &SiteConfig) -> Vec<Finding> {
    const CHECK: &str = "database";
    if let Database::File(path) = &config.database
        && !config.data_dir.exists()
    {
        return vec![Finding::not_yet(CHECK, path.display())];
    }
    let store = match site::open_existing_store(config).await {
        Ok(store) => store,
        Err(error) => {
            let remedy =
                "see DOORWARD_DATABASE_URL and the data directory; docs/operations.md tells how a backup is restored";
            return vec![Finding::failed(CHECK, error, remedy)];
        }
    };
    let mut findings =
        vec![Finding::ok(CHECK, format_args!("{} opens", config.database)), schema(config, &store).await];
    if findings.iter().all(|finding| finding.state == State::Ok) {
        findings.extend(with_key(listener, config, &store).await);
    }
    store.disconnect().await;
    findings
}

/// Checks that need the secret key. There are none without a key, which another check reports.
async fn with_key(listener: &Listener, config: &SiteConfig, store: &SeaOrmStore) -> Vec<Finding> {
    let key = listener.given_key().cloned().or_else(|| SecretKey::find_in(&config.data_dir).ok());
    let Some(key) = key else { return Vec::new() };
    match site::auth(config, KeyedRules::of(config, &key), store.clone(), Arc::new(SystemClock)) {
        Ok(auth) => vec![second_factors(&auth).await, passkeys(config, &auth).await],
        Err(error) => vec![Finding::failed("second factors", error, "see how many threads this user may have")],
    }
}

/// Checks whether users can add passkeys, and use those that they have.
async fn passkeys(config: &SiteConfig, auth: &SiteAuth) -> Finding {
    const CHECK: &str = "passkeys";
    match &config.passkeys {
        PasskeyConfig::Offered { rp_id } => match site::check_passkeys(auth).await {
            Ok(()) => Finding::ok(CHECK, format_args!("are for {rp_id}")),
            Err(error) => Finding::failed(CHECK, error, "the site does not start with these settings"),
        },
        PasskeyConfig::NotOffered(why) => Finding::warning(
            CHECK,
            format_args!("are not offered: {why}"),
            "set DOORWARD_PUBLIC_URL to an https:// URL with a name, or to http://localhost to try them",
        ),
    }
}

/// Checks whether the secret key opens the secrets of authenticator apps.
async fn second_factors(auth: &SiteAuth) -> Finding {
    const CHECK: &str = "second factors";
    match auth.count_unopened_secrets().await {
        Ok(0) => Finding::ok(CHECK, "the secret key opens every secret"),
        Ok(count) => Finding::warning(
            CHECK,
            format_args!("no key opens the secrets of {count} authenticator apps, whose codes are all refused"),
            "list the key that they were set up with in DOORWARD_FORMER_SECRET_KEYS",
        ),
        Err(error) => Finding::failed(CHECK, error, "see the log of the database"),
    }
}

async fn schema(config: &SiteConfig, store: &SeaOrmStore) -> Finding {
    const CHECK: &str = "schema";
    match site::prepare_schema(config, DatabaseMigrate::Check, store).await {
        Ok(()) => Finding::ok(CHECK, "is this release's"),
        Err(error) => Finding::failed(
            CHECK,
            error,
            "`doorward migrate` brings an older one up to date; a newer one needs its release",
        ),
    }
}

/// Checks whether the relay answers. No mail is sent.
async fn mail(config: &SiteConfig) -> Finding {
    const CHECK: &str = "mail";
    let Some(mail) = &config.mail else { return Finding::ok(CHECK, "none is sent") };
    match mail.relay.check().await {
        Ok(()) => Finding::ok(CHECK, format_args!("{} answers", mail.relay)),
        Err(error) => Finding::failed(CHECK, format_args!("{}: {error}", mail.relay), error.advice()),
    }
}

impl Finding {
    fn ok(check: &'static str, found: impl Display) -> Self {
        Self { check, state: State::Ok, found: found.to_string(), remedy: None }
    }

    fn warning(check: &'static str, found: impl Display, remedy: &str) -> Self {
        Self { check, state: State::Warning, found: found.to_string(), remedy: Some(remedy.to_owned()) }
    }

    fn failed(check: &'static str, found: impl Display, remedy: &str) -> Self {
        Self { state: State::Failed, ..Self::warning(check, found, remedy) }
    }

    /// A warning about a file or folder that the first start creates.
    fn not_yet(check: &'static str, what: impl Display) -> Self {
        Self::warning(check, format_args!("there is no {what} yet"), "`doorward` makes it when it serves")
    }
}
