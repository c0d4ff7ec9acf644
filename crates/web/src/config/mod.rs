//! The settings of a site: `doorward.toml` and `DOORWARD_*` for Doorward's own, `Rocket.toml` and `ROCKET_*` for Rocket's.

mod blocklist;
mod database;
mod hashing;
mod listener;
mod mail;
mod passkeys;
mod public_url;
mod rocket;
mod rules;
mod second_factor;
mod secret_key;
mod settings;
mod table;
mod throttle;

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use doorward_domain::Rules;
use doorward_domain::password::{HashingCost, Peppers, PoolConfig};
use doorward_storage::StorageConfig;
use ipnet::IpNet;
use unic_langid::LanguageIdentifier;

pub use database::Database;
pub use listener::{Listener, ListenerError};
pub use mail::MailConfig;
pub use passkeys::{NoPasskeys, PasskeyConfig};
pub use public_url::PublicUrl;
pub(crate) use rocket::with_defaults;
pub use second_factor::SecondFactorConfig;
pub use secret_key::{SecretKey, SecretKeyError};
pub use settings::{SettingError, Settings, settings_file};
pub use table::commented_settings;

/// Doorward's own settings, read and checked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SiteConfig {
    /// The address of the site as its visitors see it. It decides `Secure` cookies, the `Origin` check and links.
    pub public_url: PublicUrl,
    /// The hosts that browsers are told to use with TLS only, if the public URL is `https`.
    pub hsts_scope: HstsScope,
    /// Holds the SQLite file and the generated secret key.
    pub data_dir: PathBuf,
    /// The database of users and sessions.
    pub database: Database,
    /// The earlier secret keys: cookies made with them are still accepted.
    pub former_secret_keys: Vec<SecretKey>,
    /// Shown in titles and the bar.
    pub site_name: String,
    /// A folder whose templates replace those of the same name.
    pub template_dir: Option<PathBuf>,
    /// The tag of the language for visitors who ask for none of the site's languages.
    pub default_language: String,
    /// What a new password hash costs.
    pub hashing_cost: HashingCost,
    /// The secrets that go into password hashes.
    pub peppers: Peppers,
    /// How many threads hash, and how many requests may wait for them, for how long.
    pub hashing_pool: PoolConfig,
    /// The rules of passwords, and how long everything lasts.
    pub rules: Rules,
    /// Who may sign up.
    pub sign_up: SignUp,
    /// How mails are sent; `None` if the site sends none.
    pub mail: Option<MailConfig>,
    /// Whether users need a second factor, and how long a device is trusted.
    pub second_factor: SecondFactorConfig,
    /// Whether there are passkeys, and for which relying party.
    pub passkeys: PasskeyConfig,
    /// What to do about the database's schema at start.
    pub database_migrate: DatabaseMigrate,
    /// The maximum number of connections to the database.
    pub database_connections: NonZeroU32,
    /// How long each wait for the database may last: for a connection, for SQLite's lock, for an answer.
    pub database_max_wait: Duration,
    /// The address of the metrics; `None` if the site keeps none.
    pub metrics_address: Option<SocketAddr>,
    /// How the log is written.
    pub log_format: LogFormat,
    /// The peers whose `Forwarded` and `X-Forwarded-For` are trusted.
    pub trusted_proxies: TrustedProxies,
}

/// The proxies that are trusted to state a client's address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Whether this is the address of a trusted proxy.
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
    /// Visitors with an invitation.
    Invited,
    /// Nobody.
    Closed,
}

/// What to do about the database's schema at start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseMigrate {
    /// Bring it up to date, under a lock.
    Auto,
    /// Only check it, and refuse to start if it is old.
    Check,
}

/// The hosts for which `Strict-Transport-Security` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HstsScope {
    /// At the public URL's host alone.
    Host,
    /// At every host below it too, including those of other operators: a host without TLS becomes unreachable.
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
        let data_dir = settings.text_or_default("data_dir", settings::path)?;
        let database = settings.text("database_url", database::database_url)?;
        let database = database.unwrap_or_else(|| Database::File(data_dir.join("doorward.sqlite3")));
        let site_name = settings.text_or_default("site_name", site_name)?;
        let public_url = settings.text("public_url", PublicUrl::parse)?;
        let public_url = public_url.unwrap_or_else(|| PublicUrl::localhost(port));
        let rules = rules::take_rules(settings, &site_name, &public_url)?;
        let second_factor = second_factor::take_second_factor(settings, &rules)?;
        Ok(Self {
            rules,
            mail: mail::take_mail(settings, &public_url)?,
            second_factor,
            passkeys: passkeys::take_passkeys(settings, &public_url)?,
            public_url,
            hsts_scope: match settings.word("hsts.include_subdomains")? {
                "true" => HstsScope::HostAndSubdomains,
                _ => HstsScope::Host,
            },
            data_dir,
            database,
            former_secret_keys: settings.text("former_secret_keys", former_secret_keys)?.unwrap_or_default(),
            site_name,
            template_dir: settings.text("template_dir", |text| settings::path(text).filter(|path| path.is_dir()))?,
            default_language: settings.text_or_default("default_language", language)?,
            hashing_cost: hashing::take_cost(settings)?,
            peppers: hashing::take_peppers(settings)?,
            hashing_pool: hashing::take_pool(settings)?,
            sign_up: match settings.word("sign_up")? {
                "closed" => SignUp::Closed,
                "invited" => SignUp::Invited,
                _ => SignUp::Open,
            },
            database_migrate: match settings.word("database_migrate")? {
                "check" => DatabaseMigrate::Check,
                _ => DatabaseMigrate::Auto,
            },
            database_connections: settings.number("database_connections").map(connections)?,
            database_max_wait: Duration::from_millis(settings.number("database_max_wait_ms")?),
            metrics_address: settings.text("metrics.address", |text| text.parse().ok())?,
            log_format: match settings.word("log_format")? {
                "json" => LogFormat::Json,
                _ => LogFormat::Text,
            },
            trusted_proxies: settings.text("trusted_proxies", trusted_proxies)?.unwrap_or_default(),
        })
    }
}

/// At least 2, as a migration holds its lock on a connection of its own.
fn connections(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(StorageConfig::CONNECTIONS)
}

fn language(text: &str) -> Option<String> {
    text.parse().ok().map(|tag: LanguageIdentifier| tag.to_string())
}

fn trusted_proxies(text: &str) -> Option<TrustedProxies> {
    text.split(',').map(|address| network(address.trim())).collect::<Option<_>>().map(TrustedProxies)
}

/// A single address is a network of one.
fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(|address| address.to_canonical().into()))
}

fn former_secret_keys(text: &str) -> Option<Vec<SecretKey>> {
    let keys: Vec<_> = text.split(',').map(SecretKey::parse).collect::<Result<_, _>>().ok()?;
    (keys.len() <= 16).then_some(keys)
}

fn site_name(text: &str) -> Option<String> {
    let fits = (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    (fits && !text.trim().is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use doorward_domain::throttle::Limit;
    use doorward_domain::{OfficialNames, PasswordPolicy, SessionLimits, ThrottleRules};

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
        assert!(config.mail.is_none());
        assert_eq!(config.database.to_string(), "the database ./data/doorward.sqlite3");
        assert!(config.template_dir.is_none() && config.trusted_proxies == TrustedProxies::default());
    }

    #[test]
    fn every_setting_of_the_contract_but_those_of_mail_is_known() {
        let config = read(&[
            ("public_url", "https://example.org"),
            ("data_dir", "/srv/doorward"),
            ("database_url", "sqlite:///srv/db"),
            ("former_secret_keys", &format!("{}, {}", "0123456789abcdef".repeat(4), "fedcba9876543210".repeat(4))),
            ("site_name", "Notes"),
            ("template_dir", "/"),
            ("default_language", "pt-br"),
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
            ("throttle.mails_per_address_per_hour", "2"),
            ("throttle.mails_per_network_per_hour", "30"),
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
                    second_step: ThrottleRules::default().second_step,
                    network: Limit::Rate { attempts: 500, period: Duration::from_mins(1) },
                    account: Limit::Rate { attempts: 200, period: Duration::from_mins(1) },
                    mails_to_address: Limit::Rate { attempts: 2, period: Duration::from_hours(1) },
                    mails_from_network: Limit::Rate { attempts: 30, period: Duration::from_hours(1) },
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
            ("default_language", "German, please"),
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
        // The URL is refused before it is used. A special character in the password is not encoded.
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
    fn debug_shows_no_database_url() {
        let config = read(&[("database_url", "sqlite:///marker")]).unwrap();
        assert!(!format!("{config:?}").contains("marker"));
    }
}
