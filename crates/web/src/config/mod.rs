//! What a site is set to: `doorward.toml` and `DOORWARD_*` for Doorward's own settings, `Rocket.toml` and `ROCKET_*` for
//! Rocket's.

mod blocklist;
mod listener;
mod public_url;
mod secret_key;
mod settings;

use std::fmt;
use std::net::IpAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_domain::password::{HashingCost, HashingCostError, Pepper, Peppers, PoolConfig};
use doorward_domain::throttle::Limit;
use doorward_domain::{OfficialNames, PasswordPolicy, Rules, SessionLimits, ThrottleRules, Username};
use doorward_storage::{ConnectError, StorageConfig};
use ipnet::IpNet;

use blocklist::BlocklistFile;
pub use listener::{Listener, ListenerError};
pub use public_url::PublicUrl;
pub use secret_key::{SecretKey, SecretKeyError};
pub use settings::{SettingError, Settings};

/// Doorward's own settings, read and checked.
#[derive(Debug, Clone)]
pub struct SiteConfig {
    /// Where the site is, as its visitors see it: decides `Secure` cookies, the `Origin` check and links.
    pub public_url: PublicUrl,
    /// Where browsers are told to use TLS alone, with an `https` public URL.
    pub hsts_scope: HstsScope,
    /// Holds the SQLite file and the generated secret key.
    pub data_dir: PathBuf,
    /// Where users and sessions are kept.
    pub database: Database,
    /// Those that the secret key replaced: cookies made with them are still ours.
    pub former_secret_keys: Vec<SecretKey>,
    /// Shown in titles and the bar.
    pub site_name: String,
    /// A folder whose templates replace those of the same name.
    pub template_dir: Option<PathBuf>,
    /// What a new password hash costs.
    pub hashing_cost: HashingCost,
    /// The secrets that go into password hashes.
    pub peppers: Peppers,
    /// The hashing threads, how many may wait and how long.
    pub hashing_pool: PoolConfig,
    /// What a password has to be, and how long everything lasts.
    pub rules: Rules,
    /// Who may sign up.
    pub sign_up: SignUp,
    /// What is done about the database's schema at start.
    pub database_migrate: DatabaseMigrate,
    /// The most connections to the database.
    pub database_connections: NonZeroU32,
    /// How long each wait for the database may last: for a connection, for SQLite's lock, for an answer.
    pub database_max_wait: Duration,
    /// How the log is written.
    pub log_format: LogFormat,
    /// The peers whose `Forwarded` and `X-Forwarded-For` are believed.
    pub trusted_proxies: TrustedProxies,
}

/// Where users and sessions are kept. A URL may hold a password: neither `Debug` nor `Display` shows it.
#[derive(Clone)]
pub enum Database {
    /// The SQLite file in the data directory, where nothing else is set.
    File(PathBuf),
    /// The database at this URL.
    Url(String),
}

impl Database {
    /// What somebody names on a command line: a URL, the path of an SQLite file, or `env:` and the name of a variable of the
    /// environment that holds a URL, as everybody on the machine can read a command line.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        match text.strip_prefix("env:") {
            #[expect(clippy::disallowed_methods, reason = "a variable that somebody names on the command line")]
            Some(variable) => database_url(&std::env::var(variable).ok()?),
            None if text.contains("://") || text.starts_with("sqlite:") => database_url(text),
            None => path(text).map(Self::File),
        }
    }

    /// For opening it.
    #[must_use]
    pub fn storage(&self) -> StorageConfig {
        match self {
            Self::Url(url) => StorageConfig::new(url),
            Self::File(path) => StorageConfig::sqlite_file(path),
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the database {}", path.display()),
            Self::Url(_) => f.write_str("the database of DOORWARD_DATABASE_URL"),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({self})")
    }
}

/// The proxies whose word about a client's address is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Whether there is one at this address.
    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// Who may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignUp {
    /// Everybody.
    #[default]
    Open,
    /// Who has an invitation.
    Invited,
    /// Nobody.
    Closed,
}

/// What is done about the database's schema at start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseMigrate {
    /// Bring it up to date, under a lock.
    Auto,
    /// Only look, and refuse to start on an old one.
    Check,
}

/// Where `Strict-Transport-Security` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HstsScope {
    /// At the public URL's host alone.
    Host,
    /// At every host below it too, whoever runs it: one without TLS cannot be reached any more.
    HostAndSubdomains,
}

/// How the log is written, one event a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

impl SiteConfig {
    /// Reads every setting; `port` is the one that Rocket listens on, which the default public URL follows.
    ///
    /// # Errors
    /// [`SettingError`] for the first setting that is unknown or out of range.
    pub fn read(mut settings: Settings, port: u16) -> Result<Self, SettingError> {
        let config = Self::take_from(&mut settings, port)?;
        settings.refuse_what_is_left()?;
        Ok(config)
    }

    fn take_from(settings: &mut Settings, port: u16) -> Result<Self, SettingError> {
        let data_dir = settings.take("data_dir", "a path", path)?.unwrap_or_else(|| "./data".into());
        let database = settings
            .take_secret("database_url", "a `sqlite:`, `postgres:` or `mysql:` URL", database_url)?
            .unwrap_or_else(|| Database::File(data_dir.join("doorward.sqlite3")));
        let site_name = settings
            .take("site_name", "1 to 64 printable characters", site_name)?
            .unwrap_or_else(|| "Doorward".to_owned());
        let public_url = settings
            .take("public_url", PublicUrl::ALLOWED, PublicUrl::parse)?
            .unwrap_or_else(|| PublicUrl::localhost(port));
        Ok(Self {
            rules: take_rules(settings, &site_name, &public_url)?,
            public_url,
            hsts_scope: settings
                .take("hsts.include_subdomains", "`true` or `false`", |text| match text {
                    "true" => Some(HstsScope::HostAndSubdomains),
                    "false" => Some(HstsScope::Host),
                    _ => None,
                })?
                .unwrap_or(HstsScope::Host),
            data_dir,
            database,
            former_secret_keys: settings
                .take_secret("former_secret_keys", "1 to 16 secret keys, separated by commas", former_secret_keys)?
                .unwrap_or_default(),
            site_name,
            template_dir: settings
                .take("template_dir", "the path of a folder", |text| path(text).filter(|path| path.is_dir()))?,
            hashing_cost: take_hashing_cost(settings)?,
            peppers: settings
                .take_secret(
                    "hashing.peppers",
                    "peppers like `2:<base64>,1:<base64>`, the current one or `none` first",
                    peppers,
                )?
                .unwrap_or_default(),
            hashing_pool: take_hashing_pool(settings)?,
            sign_up: settings
                .take("sign_up", "`open`, `invited` or `closed`", |text| match text {
                    "open" => Some(SignUp::Open),
                    "invited" => Some(SignUp::Invited),
                    "closed" => Some(SignUp::Closed),
                    _ => None,
                })?
                .unwrap_or_default(),
            database_migrate: settings
                .take("database_migrate", "`auto` or `check`", |text| match text {
                    "auto" => Some(DatabaseMigrate::Auto),
                    "check" => Some(DatabaseMigrate::Check),
                    _ => None,
                })?
                .unwrap_or(DatabaseMigrate::Auto),
            database_connections: settings
                // A migration holds its lock on one of its own.
                .take("database_connections", "a whole number from 2 to 1000", |text| {
                    NonZeroU32::new(number(text, 2, 1_000)?)
                })?
                .unwrap_or(StorageConfig::CONNECTIONS),
            database_max_wait: settings
                .take("database_max_wait_ms", "milliseconds, a whole number from 100 to 60000", |text| {
                    number(text, 100, 60_000).map(Duration::from_millis)
                })?
                .unwrap_or(StorageConfig::MAX_WAIT),
            log_format: settings
                .take("log_format", "`text` or `json`", |text| match text {
                    "text" => Some(LogFormat::Text),
                    "json" => Some(LogFormat::Json),
                    _ => None,
                })?
                .unwrap_or(LogFormat::Text),
            trusted_proxies: settings
                .take("trusted_proxies", "IP addresses and networks like 10.0.0.0/8, separated by commas", |text| {
                    text.split(',').map(|address| network(address.trim())).collect::<Option<_>>().map(TrustedProxies)
                })?
                .unwrap_or_default(),
        })
    }
}

fn take_rules(settings: &mut Settings, site_name: &str, public_url: &PublicUrl) -> Result<Rules, SettingError> {
    let min_chars = settings
        .take("passwords.min_length", "a whole number from 8 to 128", |text| {
            number(text, PasswordPolicy::LEAST_MIN_CHARS, 128)
        })?
        .unwrap_or(PasswordPolicy::DEFAULT_MIN_CHARS);
    let passwords = PasswordPolicy::new(min_chars, site_name).with_context([public_url.host()]);
    let usual = Rules::new(match take_blocklist(settings)? {
        Some(blocklist) => passwords.with_blocklist(Arc::new(blocklist)),
        None => passwords,
    });
    let official_names = usual.official_names.with([site_name]).with_domain(public_url.host());
    Ok(Rules {
        official_names: take_official_names(settings, official_names)?,
        sessions: take_limits(settings, ["sessions.idle_minutes", "sessions.max_minutes"], usual.sessions)?,
        kept_sessions: take_limits(
            settings,
            ["sessions.kept_idle_minutes", "sessions.kept_max_minutes"],
            usual.kept_sessions,
        )?,
        recent_log_in: settings
            .take("sessions.recent_minutes", "minutes, a whole number from 1 to 1440", |text| {
                number(text, 1, 1_440).map(Duration::from_mins)
            })?
            .unwrap_or(usual.recent_log_in),
        name_reservation: settings
            .take("usernames.reserved_days", "days, a whole number from 0 to 3650", |text| days(text, 0))?
            .unwrap_or(usual.name_reservation),
        activity_retention: settings
            .take("activity.kept_days", "days, a whole number from 1 to 3650", |text| days(text, 1))?
            .unwrap_or(usual.activity_retention),
        throttle: take_throttle(settings)?,
        passwords: usual.passwords,
    })
}

fn take_blocklist(settings: &mut Settings) -> Result<Option<BlocklistFile>, SettingError> {
    const KEY: &str = "passwords.blocklist";
    let source = settings.source_of(KEY);
    let Some(file) = settings.take(KEY, "the path of a file", path)? else { return Ok(None) };
    let opened = BlocklistFile::open(&file);
    opened.map(Some).map_err(|error| SettingError::of_file(KEY, source.as_deref(), &file, &error))
}

/// `ceo,-info`: one more, and one less.
fn take_official_names(settings: &mut Settings, usual: OfficialNames) -> Result<OfficialNames, SettingError> {
    let allowed = "usernames, separated by commas, with a `-` before those that anybody may have";
    let changes = settings.take("usernames.reserved", allowed, |text| {
        let names: Vec<&str> = text.split(',').map(str::trim).collect();
        let (without, with): (Vec<&str>, Vec<&str>) = names.into_iter().partition(|name| name.starts_with('-'));
        let without: Vec<&str> = without.into_iter().filter_map(|name| name.strip_prefix('-')).collect();
        let are_fit = with.iter().chain(&without).all(|name| Username::parse(name).is_ok());
        are_fit.then(|| usual.clone().with(with).without(without))
    })?;
    Ok(changes.unwrap_or(usual))
}

/// `None` where nothing is to be throttled.
fn take_throttle(settings: &mut Settings) -> Result<Option<ThrottleRules>, SettingError> {
    let is_enabled = settings.take("throttle.enabled", "`true` or `false`", |text| text.parse().ok())?.unwrap_or(true);
    let usual = ThrottleRules::default();
    let pair = ["throttle.free_attempts", "throttle.longest_wait_seconds"];
    let name = ["throttle.name_free_attempts", "throttle.name_longest_wait_seconds"];
    let rules = ThrottleRules {
        pair: take_backoff(settings, pair, "seconds, a whole number from 1 to 86400", 1..=86_400, usual.pair)?,
        name: take_backoff(settings, name, "seconds, a whole number from 0 to 60", 0..=60, usual.name)?,
        log_ins: take_rate(settings, "throttle.log_ins_per_minute", usual.log_ins)?,
        failures: take_rate(settings, "throttle.failures_per_minute", usual.failures)?,
        newcomers: usual.newcomers,
        network: take_rate(settings, "throttle.network_attempts_per_minute", usual.network)?,
        account: take_rate(settings, "throttle.account_attempts_per_minute", usual.account)?,
        sign_ups: take_rate(settings, "throttle.sign_ups_per_hour", usual.sign_ups)?,
        new_passwords: take_rate(settings, "throttle.new_passwords_per_hour", usual.new_passwords)?,
        device_memory: settings
            .take("throttle.device_days", "days, a whole number from 0 to 400", |text| {
                number(text, 0, 400).map(|days: u64| Duration::from_hours(24 * days))
            })?
            .unwrap_or(usual.device_memory),
    };
    Ok(is_enabled.then_some(rules))
}

fn take_backoff(
    settings: &mut Settings,
    [free_key, longest_key]: [&'static str; 2],
    allowed_waits: &str,
    waits: RangeInclusive<u64>,
    usual: Limit,
) -> Result<Limit, SettingError> {
    let free = settings.take(free_key, "attempts, a whole number from 1 to 100", |text| number(text, 1, 100))?;
    let longest = settings
        .take(longest_key, allowed_waits, |text| number(text, *waits.start(), *waits.end()).map(Duration::from_secs))?;
    Ok(match usual {
        Limit::Backoff { free: usual_free, longest: usual_longest } => {
            Limit::Backoff { free: free.unwrap_or(usual_free), longest: longest.unwrap_or(usual_longest) }
        }
        rate @ Limit::Rate { .. } => rate,
    })
}

fn take_rate(settings: &mut Settings, key: &'static str, usual: Limit) -> Result<Limit, SettingError> {
    let attempts = settings.take(key, "a whole number from 1 to 1000000", |text| number(text, 1, 1_000_000))?;
    Ok(match (usual, attempts) {
        (Limit::Rate { period, .. }, Some(attempts)) => Limit::Rate { attempts, period },
        (usual, _) => usual,
    })
}

fn take_hashing_cost(settings: &mut Settings) -> Result<HashingCost, SettingError> {
    let keys = ["hashing.memory_kib", "hashing.iterations", "hashing.lanes"];
    let sources = keys.iter().find_map(|key| settings.source_of(key));
    let memory = settings
        .take("hashing.memory_kib", "KiB, a whole number from 7168 to 262144", |text| {
            number(text, 7_168, HashingCost::MAX_MEMORY_KIB)
        })?
        .unwrap_or(19_456);
    let iterations = settings
        .take("hashing.iterations", "a whole number from 1 to 16", |text| number(text, 1, HashingCost::MAX_ITERATIONS))?
        .unwrap_or(2);
    let lanes = settings
        .take("hashing.lanes", "a whole number from 1 to 16", |text| number(text, 1, HashingCost::MAX_LANES))?
        .unwrap_or(1);
    HashingCost::new(memory, iterations, lanes)
        .map_err(|error: HashingCostError| SettingError::together(&keys, sources.as_deref(), &error.to_string()))
}

fn take_hashing_pool(settings: &mut Settings) -> Result<PoolConfig, SettingError> {
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let workers = settings
        .take("hashing.workers", "a whole number from 1 to 1024", |text| NonZeroUsize::new(number(text, 1, 1_024)?))?
        .unwrap_or(cores);
    let usual = PoolConfig::for_workers(workers);
    Ok(PoolConfig {
        workers,
        queue: settings
            .take("hashing.queue", "a whole number from 1 to 1000000", |text| number(text, 1, 1_000_000))?
            .unwrap_or(usual.queue),
        new_passwords: settings
            .take("hashing.new_passwords", "a whole number from 1 to 1000000", |text| number(text, 1, 1_000_000))?
            .unwrap_or(usual.new_passwords),
        max_wait: settings
            .take("hashing.max_wait_ms", "milliseconds, a whole number from 100 to 60000", |text| {
                number(text, 100, 60_000).map(Duration::from_millis)
            })?
            .unwrap_or(usual.max_wait),
    })
}

fn take_limits(
    settings: &mut Settings,
    keys: [&'static str; 2],
    usual: SessionLimits,
) -> Result<SessionLimits, SettingError> {
    const ALLOWED: &str = "minutes, a whole number from 1 to 525600";
    let [idle_key, max_key] = keys;
    let sources = keys.iter().find_map(|key| settings.source_of(key));
    let minutes = |text: &str| number(text, 1, 525_600).map(Duration::from_mins);
    let idle = settings.take(idle_key, ALLOWED, minutes)?.unwrap_or(usual.idle);
    let max = settings.take(max_key, ALLOWED, minutes)?.unwrap_or(usual.max);
    if idle > max {
        let (idle, max) = (idle.as_secs() / 60, max.as_secs() / 60);
        let allowed = format!("the idle limit ({idle} minutes) may not be longer than the limit in all ({max})");
        return Err(SettingError::together(&keys, sources.as_deref(), &allowed));
    }
    Ok(SessionLimits { idle, max })
}

fn number<T: FromStr + PartialOrd>(text: &str, least: T, most: T) -> Option<T> {
    text.parse().ok().filter(|number| (least..=most).contains(number))
}

/// An address is a network of one.
fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(|address| address.to_canonical().into()))
}

fn days(text: &str, least: u64) -> Option<Duration> {
    number(text, least, 3_650).map(|days| Duration::from_hours(24 * days))
}

fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}

fn database_url(text: &str) -> Option<Database> {
    let (scheme, rest) = text.split_once(':')?;
    let is_known = matches!(scheme, "sqlite" | "postgres" | "postgresql" | "mysql" | "mariadb");
    let is_fit = is_known && !rest.is_empty();
    let is_understood = || !matches!(StorageConfig::new(text).check(), Err(ConnectError::UnfitUrl));
    (is_fit && is_understood()).then(|| Database::Url(text.to_owned()))
}

fn former_secret_keys(text: &str) -> Option<Vec<SecretKey>> {
    let keys: Vec<_> = text.split(',').map(SecretKey::parse).collect::<Result<_, _>>().ok()?;
    (keys.len() <= 16).then_some(keys)
}

/// `2:<base64>,1:<base64>`: the first makes new hashes, the others verify old ones. `none` in the first place gives the
/// pepper up.
fn peppers(text: &str) -> Option<Peppers> {
    let mut written = text.split(',').map(str::trim);
    let current = match written.next()? {
        "none" => None,
        first => Some(pepper(first)?),
    };
    Peppers::new(current, written.map(pepper).collect::<Option<_>>()?).ok()
}

fn pepper(text: &str) -> Option<Pepper> {
    let (version, secret) = text.split_once(':')?;
    Pepper::new(number(version, 1, u32::MAX)?, STANDARD.decode(secret).ok()?).ok()
}

fn site_name(text: &str) -> Option<String> {
    let fits = (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    (fits && !text.trim().is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<SiteConfig, String> {
        SiteConfig::read(Settings::of(pairs), 8_000).map_err(|error| error.to_string())
    }

    /// The usual rules of a site at localhost.
    fn rules_of(min_chars: usize, site_name: &str) -> Rules {
        let usual = Rules::new(PasswordPolicy::new(min_chars, site_name).with_context(["localhost"]));
        Rules { official_names: OfficialNames::default().with([site_name]).with_domain("localhost"), ..usual }
    }

    #[test]
    fn without_settings_the_defaults_of_the_contract_hold() {
        let config = read(&[]).unwrap();
        assert_eq!(config.public_url.origin(), "http://localhost:8000");
        assert_eq!(config.data_dir, PathBuf::from("./data"));
        assert_eq!(config.site_name, "Doorward");
        assert_eq!(config.hashing_cost, HashingCost::new(19_456, 2, 1).unwrap());
        assert_eq!(config.hashing_pool.queue, 128 * config.hashing_pool.workers.get());
        assert_eq!(config.hashing_pool.max_wait, Duration::from_secs(5));
        assert_eq!(config.rules, rules_of(15, "Doorward"));
        let (idle, max) = (Duration::from_hours(14 * 24), Duration::from_hours(30 * 24));
        assert_eq!(config.rules.sessions, SessionLimits::default());
        assert_eq!(config.rules.kept_sessions, SessionLimits { idle, max });
        assert_eq!((config.database_connections.get(), config.database_max_wait), (8, Duration::from_secs(5)));
        assert_eq!((config.database_migrate, config.log_format), (DatabaseMigrate::Auto, LogFormat::Text));
        assert_eq!(config.sign_up, SignUp::Open);
        assert_eq!(config.database.to_string(), "the database ./data/doorward.sqlite3");
        assert!(config.template_dir.is_none() && config.trusted_proxies == TrustedProxies::default());
    }

    #[test]
    fn every_setting_of_the_contract_is_known() {
        let config = read(&[
            ("public_url", "https://example.org"),
            ("data_dir", "/srv/doorward"),
            ("database_url", "sqlite:///srv/db"),
            ("former_secret_keys", &format!("{}, {}", "0123456789abcdef".repeat(4), "fedcba9876543210".repeat(4))),
            ("site_name", "Notes"),
            ("template_dir", "/"),
            ("hashing.memory_kib", "47104"),
            ("hashing.iterations", "1"),
            ("hashing.lanes", "2"),
            ("hashing.peppers", "7:c2l4dGVlbiBieXRlcyBvcg==, 2:c2l4dGVlbiBieXRlcyBvcg=="),
            ("hashing.workers", "3"),
            ("hashing.queue", "7"),
            ("hashing.max_wait_ms", "250"),
            ("passwords.min_length", "8"),
            ("sessions.idle_minutes", "10"),
            ("sessions.max_minutes", "20"),
            ("sessions.kept_idle_minutes", "30"),
            ("sessions.kept_max_minutes", "40"),
            ("sessions.recent_minutes", "5"),
            ("usernames.reserved", "C.E.O., -info"),
            ("usernames.reserved_days", "0"),
            ("activity.kept_days", "7"),
            ("sign_up", "invited"),
            ("database_migrate", "check"),
            ("database_connections", "20"),
            ("database_max_wait_ms", "2500"),
            ("throttle.enabled", "true"),
            ("throttle.free_attempts", "3"),
            ("throttle.longest_wait_seconds", "60"),
            ("throttle.name_free_attempts", "4"),
            ("throttle.name_longest_wait_seconds", "0"),
            ("throttle.log_ins_per_minute", "100"),
            ("throttle.failures_per_minute", "50"),
            ("throttle.network_attempts_per_minute", "500"),
            ("throttle.account_attempts_per_minute", "200"),
            ("throttle.sign_ups_per_hour", "1"),
            ("throttle.new_passwords_per_hour", "9"),
            ("throttle.device_days", "7"),
            ("log_format", "json"),
            ("trusted_proxies", "10.1.2.0/24, ::1,192.0.2.7"),
        ])
        .unwrap();
        let former = ["0123456789abcdef", "fedcba9876543210"].map(|part| SecretKey::parse(&part.repeat(4)).unwrap());
        assert_eq!(config.former_secret_keys, former);
        assert_eq!(config.hashing_cost, HashingCost::new(47_104, 1, 2).unwrap());
        let max_wait = Duration::from_millis(250);
        assert_eq!(
            config.hashing_pool,
            PoolConfig { workers: NonZeroUsize::new(3).unwrap(), queue: 7, new_passwords: 96, max_wait }
        );
        let limits = |idle, max| SessionLimits { idle: Duration::from_mins(idle), max: Duration::from_mins(max) };
        assert_eq!(
            config.rules,
            Rules {
                passwords: PasswordPolicy::new(8, "Notes").with_context(["example.org"]),
                official_names: OfficialNames::default()
                    .with(["Notes", "ceo"])
                    .without(["info"])
                    .with_domain("example.org"),
                sessions: limits(10, 20),
                kept_sessions: limits(30, 40),
                recent_log_in: Duration::from_mins(5),
                name_reservation: Duration::ZERO,
                activity_retention: Duration::from_hours(7 * 24),
                throttle: Some(ThrottleRules {
                    pair: Limit::Backoff { free: 3, longest: Duration::from_mins(1) },
                    name: Limit::Backoff { free: 4, longest: Duration::ZERO },
                    log_ins: Limit::Rate { attempts: 100, period: Duration::from_mins(1) },
                    failures: Limit::Rate { attempts: 50, period: Duration::from_mins(1) },
                    newcomers: ThrottleRules::default().newcomers,
                    network: Limit::Rate { attempts: 500, period: Duration::from_mins(1) },
                    account: Limit::Rate { attempts: 200, period: Duration::from_mins(1) },
                    sign_ups: Limit::Rate { attempts: 1, period: Duration::from_hours(1) },
                    new_passwords: Limit::Rate { attempts: 9, period: Duration::from_hours(1) },
                    device_memory: Duration::from_hours(7 * 24),
                }),
            }
        );
        for (address, is_trusted) in [
            ("10.1.2.9", true),
            ("10.1.3.9", false),
            ("::1", true),
            ("::2", false),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
        ] {
            assert_eq!(config.trusted_proxies.contain(address.parse().unwrap()), is_trusted, "{address}");
        }
        assert_eq!((config.database_connections.get(), config.database_max_wait), (20, Duration::from_millis(2_500)));
        assert_eq!((config.database_migrate, config.log_format), (DatabaseMigrate::Check, LogFormat::Json));
        assert_eq!(config.sign_up, SignUp::Invited);
        assert_eq!(read(&[("throttle.enabled", "false")]).unwrap().rules.throttle, None);
    }

    #[test]
    fn a_list_of_refused_passwords_is_opened_at_once_and_what_is_none_is_named() {
        let folder = tempfile::TempDir::new().unwrap();
        let [good, bad] = ["good", "bad"].map(|name| folder.path().join(name));
        std::fs::write(&good, "a leaked password\nseven quiet lanterns\n").unwrap();
        std::fs::write(&bad, "seven quiet lanterns\na leaked password\n").unwrap();
        let with = |file: &std::path::Path| read(&[("passwords.blocklist", file.to_str().unwrap())]);
        let policy = with(&good).unwrap().rules.passwords;
        let judge = |typed| policy.judge(&doorward_domain::Password::parse(typed).unwrap(), None).unwrap().is_ok();
        assert_eq!((judge("Seven quiet lanterns"), judge("eight quiet lanterns")), (false, true));
        for (file, part) in
            [(bad, "not sorted"), (folder.path().join("none"), "No such file"), (folder.path().into(), "not a file")]
        {
            let message = with(&file).unwrap_err();
            let place = format!("passwords.blocklist in a test (passwords.blocklist): {}", file.display());
            assert!(message.starts_with(&place) && message.contains(part) && message.lines().count() == 1, "{message}");
        }
    }

    #[test]
    fn a_setting_out_of_range_is_named_with_its_source_and_what_is_allowed() {
        for (key, value) in [
            ("public_url", "example.org"),
            ("data_dir", ""),
            ("site_name", " "),
            ("template_dir", "/no/such/folder"),
            ("hashing.memory_kib", "7167"),
            ("hashing.iterations", "0"),
            ("hashing.lanes", "17"),
            ("hashing.workers", "0"),
            ("hashing.queue", "0"),
            ("hashing.max_wait_ms", "99"),
            ("passwords.min_length", "7"),
            ("sessions.idle_minutes", "0"),
            ("sessions.max_minutes", "soon"),
            ("sessions.kept_idle_minutes", "-1"),
            ("sessions.kept_max_minutes", "525601"),
            ("sessions.recent_minutes", "1441"),
            ("passwords.blocklist", ""),
            ("usernames.reserved", "two words"),
            ("usernames.reserved", "ceo,--info"),
            ("usernames.reserved_days", "3651"),
            ("activity.kept_days", "0"),
            ("sign_up", "perhaps"),
            ("database_migrate", "maybe"),
            ("database_connections", "1"),
            ("database_max_wait_ms", "60001"),
            ("throttle.enabled", "on"),
            ("throttle.free_attempts", "0"),
            ("throttle.longest_wait_seconds", "86401"),
            ("throttle.name_free_attempts", "101"),
            ("throttle.name_longest_wait_seconds", "61"),
            ("throttle.log_ins_per_minute", "0"),
            ("throttle.failures_per_minute", "1000001"),
            ("throttle.sign_ups_per_hour", "many"),
            ("throttle.device_days", "401"),
            ("log_format", "xml"),
            ("trusted_proxies", "proxy.example.org"),
        ] {
            let message = read(&[(key, value)]).expect_err(key);
            assert!(message.starts_with(&format!("{key} in a test")), "{message}");
            assert!(message.contains(&format!("`{value}`")) && message.contains("allowed"), "{message}");
            assert_eq!(message.lines().count(), 1, "{message}");
        }
    }

    #[test]
    fn settings_that_do_not_fit_together_are_named_together() {
        let message = read(&[("hashing.iterations", "1")]).unwrap_err();
        assert!(message.contains("hashing.memory_kib") && message.contains("too cheap"), "{message}");
        let message = read(&[("sessions.idle_minutes", "1441")]).unwrap_err();
        assert!(message.contains("sessions.max_minutes") && message.contains("1440"), "{message}");
    }

    #[test]
    fn an_unknown_setting_is_refused() {
        let message = read(&[("colour", "blue")]).unwrap_err();
        assert!(message.starts_with("colour in a test is not a setting"), "{message}");
        assert!(read(&[("hashing.memory", "1")]).unwrap_err().contains("hashing.memory_kib"));
    }

    #[test]
    fn a_refused_database_url_is_not_shown() {
        let message = read(&[("database_url", "oracle://ada:secret@host/db")]).unwrap_err();
        assert!(message.contains("database_url") && message.contains("`sqlite:`"), "{message}");
        assert!(!message.contains("secret"));
        // Before anything is made of it; a special character in the password that is not encoded.
        for unfit in ["mysql://u:secret@host:port/db", "sqlite:db?mode=secret", "postgres://u:secret#1@host:port/db"] {
            let message = read(&[("database_url", unfit)]).unwrap_err();
            assert!(message.contains("database_url") && !message.contains("secret"), "{message}");
        }
    }

    #[test]
    fn peppers_are_written_with_their_versions_and_the_current_one_first() {
        let (one, two) = ("1:c2l4dGVlbiBieXRlcyBvcg==", "2:c2l4dGVlbiBieXRlcyBvcg==");
        let shown = |text: &str| format!("{:?}", read(&[("hashing.peppers", text)]).unwrap().peppers);
        let [pepper_one, pepper_two] = ["Pepper(version 1, [redacted])", "Pepper(version 2, [redacted])"];
        assert_eq!(shown(one), format!("Peppers {{ current: Some({pepper_one}), former: [] }}"));
        let both = format!("Peppers {{ current: Some({pepper_two}), former: [{pepper_one}] }}");
        assert_eq!(shown(&format!("{two}, {one}")), both);
        assert_eq!(shown(&format!("none,{one}")), format!("Peppers {{ current: None, former: [{pepper_one}] }}"));
        assert_eq!(shown("none"), "Peppers { current: None, former: [] }");
    }

    #[test]
    fn peppers_that_cannot_be_used_are_not_shown() {
        for value in [
            "",
            "MARKERMARKERMARKERMARKER",
            "0:MARKERMARKERMARKERMARKER",
            "1:MARKER==",
            "1:MARKERMARKERMARKERMARKE",
            "1:MARKERMARKERMARKERMARKER,1:MARKERMARKERMARKERMARKER",
            "1:MARKERMARKERMARKERMARKER,none",
            "1:MARKERMARKERMARKERMARKER,",
        ] {
            let message = read(&[("hashing.peppers", value)]).expect_err(value);
            assert!(message.starts_with("hashing.peppers in a test") && !message.contains("MARKER"), "{message}");
        }
    }

    #[test]
    fn former_secret_keys_that_cannot_be_used_are_not_shown() {
        let key = "0123456789abcdef".repeat(4);
        let too_many = vec![key.as_str(); 17].join(",");
        for value in ["", "MARKER", &format!("{key},"), &format!("{key},MARKER"), &too_many] {
            let message = read(&[("former_secret_keys", value)]).expect_err(value);
            assert!(message.starts_with("former_secret_keys in a test"), "{message}");
            assert!(!message.contains("MARKER") && !message.contains(&key), "{message}");
        }
    }

    #[test]
    fn a_database_is_named_by_its_url_or_its_path() {
        let named = |text: &str| {
            Database::named(text).map(|database| match database {
                Database::File(path) => format!("the file {}", path.display()),
                Database::Url(url) => url,
            })
        };
        assert_eq!(named("data/doorward.sqlite3").unwrap(), "the file data/doorward.sqlite3");
        for url in ["sqlite:data/db", "postgres://ada@host/db", "mysql://ada@host/db"] {
            assert_eq!(named(url).unwrap(), url);
        }
        for text in ["", "oracle://host/db", "env:NO_SUCH_VARIABLE", "env:PATH", "sqlite:"] {
            assert_eq!(named(text), None, "{text}");
        }
    }

    #[test]
    fn debug_shows_no_database_url() {
        let config = read(&[("database_url", "sqlite:///marker")]).unwrap();
        assert!(!format!("{config:?}").contains("marker"));
    }
}
