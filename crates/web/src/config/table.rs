//! Every setting of Doorward: its key, the allowed values, and the default.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use doorward_mail::{Relay, Sender};

use super::public_url::PublicUrl;

/// A setting.
#[derive(Debug)]
pub(super) struct Setting {
    /// Its name in `doorward.toml`, with dots between the tables.
    pub(super) key: &'static str,
    pub(super) kind: Kind,
    /// The default, as an operator would write it; in words if it depends on something else.
    pub(super) default: &'static str,
}

/// The values that a setting may have.
#[derive(Debug)]
pub(super) enum Kind {
    /// A whole number in this range.
    Number {
        /// The range.
        range: RangeInclusive<u64>,
        /// The unit, if the key does not name it.
        unit: &'static str,
    },
    /// One of these words.
    Word(&'static [&'static str]),
    /// A text that these words describe.
    Text(&'static str),
    /// The same, but it may hold a secret: no error shows it.
    Secret(&'static str),
}

impl Kind {
    /// What is allowed, in words.
    pub(super) fn allowed(&self) -> String {
        match self {
            Self::Number { range, unit } => {
                let unit = if unit.is_empty() { String::new() } else { format!("{unit}, ") };
                format!("{unit}a whole number from {} to {}", range.start(), range.end())
            }
            Self::Word(words) => {
                let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
                match words.split_last() {
                    Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
                    _ => words.concat(),
                }
            }
            Self::Text(allowed) | Self::Secret(allowed) => (*allowed).to_owned(),
        }
    }
}

/// A `doorward.toml` with every setting at its default, each commented out with `#`.
#[must_use]
pub fn commented_settings() -> String {
    let (in_tables, at_top): (Vec<_>, Vec<_>) = TABLE.iter().partition(|setting| setting.key.contains('.'));
    let mut text = String::from(
        "# Doorward's settings. None is set here: take the # from the front of a line, and change what follows.\n\
         # The chapter “Operations” of the manual says what each is for.\n",
    );
    let mut table = "";
    for setting in at_top.into_iter().chain(in_tables) {
        let (of, name) = setting.key.split_once('.').unwrap_or(("", setting.key));
        if of != table {
            table = of;
            let _never_fails = write!(text, "\n[{table}]\n");
        }
        let (allowed, default) = (setting.kind.allowed(), setting.default);
        let _never_fails = write!(text, "\n# {allowed}. Default: {default}\n#{name} = {}\n", setting.sample());
    }
    text
}

impl Setting {
    /// Its default as TOML; an empty text if the default is described in words.
    fn sample(&self) -> String {
        match (&self.kind, self.default) {
            (Kind::Number { range, .. }, default) if default.parse::<u64>().is_err() => range.start().to_string(),
            (Kind::Number { .. } | Kind::Word(["true", "false"]), default) => default.to_owned(),
            (Kind::Word(_), default) => format!("{default:?}"),
            (_, default) if default.contains([' ', ':']) || default == "none" => "\"\"".to_owned(),
            (_, default) => format!("{default:?}"),
        }
    }

    /// The setting with this key.
    pub(super) fn of(key: &str) -> Option<&'static Self> {
        TABLE.iter().find(|setting| setting.key == key)
    }
}

/// All settings, in the order of the documentation (`docs/operations.md`); a test compares the two.
pub(super) static TABLE: [Setting; 57] = [
    text("public_url", PublicUrl::ALLOWED, "http://localhost: and the port"),
    word("hsts.include_subdomains", &["true", "false"], "false"),
    text("data_dir", "a path", "./data"),
    secret("database_url", "a `sqlite:`, `postgres:` or `mysql:` URL", "none: doorward.sqlite3 in the data directory"),
    secret("former_secret_keys", "1 to 16 secret keys, separated by commas", "none"),
    text("site_name", "1 to 64 printable characters", "Doorward"),
    text("template_dir", "the path of a folder", "none"),
    text("default_language", "the tag of a language, as `de` or `pt-BR`", "en"),
    number("hashing.memory_kib", 7_168..=262_144, "KiB", "19456"),
    number("hashing.iterations", 1..=16, "", "2"),
    number("hashing.lanes", 1..=16, "", "1"),
    secret("hashing.peppers", "peppers like `2:<base64>,1:<base64>`, the current one or `none` first", "none"),
    number("hashing.workers", 1..=1_024, "", "one per core"),
    number("hashing.queue", 1..=1_000_000, "", "128 × workers"),
    number("hashing.new_passwords", 1..=1_000_000, "", "32 × workers"),
    number("hashing.max_wait_ms", 100..=60_000, "milliseconds", "5000"),
    number("passwords.min_length", 8..=128, "", "15"),
    text("passwords.blocklist", "the path of a file", "none"),
    number("sessions.idle_minutes", 1..=525_600, "minutes", "120"),
    number("sessions.max_minutes", 1..=525_600, "minutes", "1440"),
    number("sessions.kept_idle_minutes", 1..=525_600, "minutes", "20160"),
    number("sessions.kept_max_minutes", 1..=525_600, "minutes", "43200"),
    number("sessions.recent_minutes", 1..=1_440, "minutes", "10"),
    text(
        "usernames.reserved",
        "usernames, separated by commas, with a `-` before those that anybody may have",
        "the usual ones",
    ),
    number("usernames.reserved_days", 0..=3_650, "days", "30"),
    word("sign_up", &["open", "invited", "closed"], "open"),
    secret("mail.url", Relay::ALLOWED, "none"),
    text("mail.from", Sender::ALLOWED, "none; needed with mail.url"),
    text("mail.ca_file", "the path of a file", "none"),
    number("mail.per_hour", 1..=1_000_000, "", "1000"),
    number("mail.reset_minutes", 1..=1_440, "minutes", "10"),
    number("mail.verify_hours", 1..=168, "hours", "24"),
    word("email.required", &["true", "false"], "false"),
    word("second_factor.required", &["no", "yes"], "no"),
    number("second_factor.trust_days", 0..=365, "days", "0"),
    text("passkeys.rp_id", "the host of `public_url`, or a domain that it is in", "the host of public_url"),
    number("activity.kept_days", 1..=3_650, "days", "90"),
    word("database_migrate", &["auto", "check"], "auto"),
    number("database_connections", 2..=1_000, "", "8"),
    number("database_max_wait_ms", 100..=60_000, "milliseconds", "5000"),
    word("throttle.enabled", &["true", "false"], "true"),
    number("throttle.free_attempts", 1..=100, "attempts", "5"),
    number("throttle.longest_wait_seconds", 1..=86_400, "seconds", "3600"),
    number("throttle.name_free_attempts", 1..=100, "attempts", "5"),
    number("throttle.name_longest_wait_seconds", 0..=60, "seconds", "10"),
    number("throttle.log_ins_per_minute", 1..=1_000_000, "", "30"),
    number("throttle.failures_per_minute", 1..=1_000_000, "", "10"),
    number("throttle.network_attempts_per_minute", 1..=1_000_000, "", "120"),
    number("throttle.account_attempts_per_minute", 1..=1_000_000, "", "60"),
    number("throttle.sign_ups_per_hour", 1..=1_000_000, "", "20"),
    number("throttle.new_passwords_per_hour", 1..=1_000_000, "", "60"),
    number("throttle.mails_per_address_per_hour", 1..=1_000_000, "", "3"),
    number("throttle.mails_per_network_per_hour", 1..=1_000_000, "", "20"),
    number("throttle.device_days", 0..=400, "days", "90"),
    text("metrics.address", "an IP address and a port, as `127.0.0.1:9464`", "none"),
    word("log_format", &["text", "json"], "text"),
    text("trusted_proxies", "IP addresses and networks like 10.0.0.0/8, separated by commas", "none"),
];

const fn number(key: &'static str, range: RangeInclusive<u64>, unit: &'static str, default: &'static str) -> Setting {
    Setting { key, kind: Kind::Number { range, unit }, default }
}

const fn word(key: &'static str, words: &'static [&'static str], default: &'static str) -> Setting {
    Setting { key, kind: Kind::Word(words), default }
}

const fn text(key: &'static str, allowed: &'static str, default: &'static str) -> Setting {
    Setting { key, kind: Kind::Text(allowed), default }
}

const fn secret(key: &'static str, allowed: &'static str, default: &'static str) -> Setting {
    Setting { key, kind: Kind::Secret(allowed), default }
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::*;

    /// Each row of the table of settings has the key, the variable, the default, and what is allowed.
    #[test]
    fn the_documentation_lists_each_setting_in_order_with_its_variable_default_and_range() {
        let operations = include_str!("../../../../docs/operations.md");
        let rows = operations.lines().filter(|line| line.starts_with("| `") && line.contains("` | `DOORWARD_"));
        let documented: Vec<[String; 4]> = rows
            .map(|row| {
                let mut cells = row.trim_matches('|').split(" | ").map(|cell| cell.trim().replace('`', ""));
                std::array::from_fn(|_| cells.next().unwrap())
            })
            .collect();
        let expected = TABLE.iter().zip(&documented).map(|(Setting { key, kind, default }, [.., allowed])| {
            let variable = format!("DOORWARD_{}", key.to_uppercase().replace('.', "__"));
            let allowed = match kind {
                // The documentation may add that another setting bounds it, too.
                Kind::Number { range, .. } => {
                    let range = format!("{} to {}", range.start(), range.end());
                    if allowed.starts_with(&range) { allowed.clone() } else { range }
                }
                Kind::Word(words) => words.join(", "),
                // The documentation may have more words, and examples.
                Kind::Text(_) | Kind::Secret(_) => allowed.clone(),
            };
            [(*key).to_owned(), variable, (*default).to_owned(), allowed]
        });
        assert_eq!(documented, expected.collect::<Vec<_>>());
        assert_eq!(documented.len(), TABLE.len());
    }

    #[test]
    fn the_commented_file_sets_nothing_and_names_every_setting() {
        let keys = |text: &str| {
            let folder = tempfile::TempDir::new().unwrap();
            std::fs::write(folder.path().join("doorward.toml"), text).unwrap();
            Settings::read(folder.path()).unwrap().keys().into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let file = commented_settings();
        assert_eq!(keys(&file), [""; 0]);
        let lines = file.lines().map(|line| match line.strip_prefix('#') {
            Some(setting) if setting.contains(" = ") && !setting.starts_with(' ') => setting,
            _ => line,
        });
        let mut all: Vec<_> = TABLE.iter().map(|setting| setting.key).collect();
        all.sort_unstable();
        assert_eq!(keys(&lines.collect::<Vec<_>>().join("\n")), all);
        assert!(file.contains(
            "\n[sessions]\n\n# minutes, a whole number from 1 to 525600. Default: 120\n#idle_minutes = 120\n"
        ));
        assert!(file.contains("\n#sign_up = \"open\"\n") && file.contains("\n#public_url = \"\"\n"), "{file}");
    }

    #[test]
    fn allowed_values_are_described_in_words() {
        let allowed = |key| Setting::of(key).unwrap().kind.allowed();
        assert_eq!(allowed("sign_up"), "`open`, `invited` or `closed`");
        assert_eq!(allowed("throttle.enabled"), "`true` or `false`");
        assert_eq!(allowed("hashing.lanes"), "a whole number from 1 to 16");
        assert_eq!(allowed("mail.verify_hours"), "hours, a whole number from 1 to 168");
    }
}
