//! Where settings come from, before anybody asks what they mean.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use rocket::figment::providers::{Format as _, Toml};
use rocket::figment::value::Value;
use rocket::figment::{self, Provider as _};

/// Every setting of Doorward, in the order of the documentation.
const KNOWN: [&str; 53] = [
    "public_url",
    "hsts.include_subdomains",
    "data_dir",
    "database_url",
    "former_secret_keys",
    "site_name",
    "template_dir",
    "default_language",
    "hashing.memory_kib",
    "hashing.iterations",
    "hashing.lanes",
    "hashing.peppers",
    "hashing.workers",
    "hashing.queue",
    "hashing.new_passwords",
    "hashing.max_wait_ms",
    "passwords.min_length",
    "passwords.blocklist",
    "sessions.idle_minutes",
    "sessions.max_minutes",
    "sessions.kept_idle_minutes",
    "sessions.kept_max_minutes",
    "sessions.recent_minutes",
    "usernames.reserved",
    "usernames.reserved_days",
    "sign_up",
    "mail.url",
    "mail.from",
    "mail.ca_file",
    "mail.per_hour",
    "mail.reset_minutes",
    "mail.verify_hours",
    "email.required",
    "activity.kept_days",
    "database_migrate",
    "database_connections",
    "database_max_wait_ms",
    "throttle.enabled",
    "throttle.free_attempts",
    "throttle.longest_wait_seconds",
    "throttle.name_free_attempts",
    "throttle.name_longest_wait_seconds",
    "throttle.log_ins_per_minute",
    "throttle.failures_per_minute",
    "throttle.network_attempts_per_minute",
    "throttle.account_attempts_per_minute",
    "throttle.sign_ups_per_hour",
    "throttle.new_passwords_per_hour",
    "throttle.mails_per_address_per_hour",
    "throttle.mails_per_network_per_hour",
    "throttle.device_days",
    "log_format",
    "trusted_proxies",
];

/// Settings as found: text under dotted keys, each with the place it came from.
#[derive(Debug)]
pub struct Settings(BTreeMap<String, Found>);

#[derive(Debug)]
struct Found {
    text: String,
    /// The setting as whoever set it would name it: `DOORWARD_SITE_NAME in the environment`.
    place: String,
}

impl Settings {
    /// Reads `doorward.toml` in `folder`, where there is one, and the environment's `DOORWARD_*`, which win and are taken
    /// as they stand: `1.10` stays `1.10`.
    ///
    /// # Errors
    /// [`SettingError`] when the file is not TOML.
    pub fn read(folder: &Path) -> Result<Self, SettingError> {
        let file = folder.join("doorward.toml");
        let mut found = BTreeMap::new();
        if file.exists() {
            let tables = Toml::file_exact(&file).data().map_err(|error| SettingError::unreadable(&file, &error))?;
            for (key, value) in tables.into_values().flatten() {
                flatten(key, &value, &file, &mut found);
            }
        }
        for (name, text) in std::env::vars_os() {
            let (name, text) = (name.to_string_lossy().into_owned(), text.to_string_lossy().into_owned());
            if let Some(key) = name.strip_prefix("DOORWARD_") {
                let key = key.to_lowercase().replace("__", ".");
                found.insert(key, Found { text, place: format!("{name} in the environment") });
            }
        }
        Ok(Self(found))
    }

    #[cfg(test)]
    pub(super) fn of(pairs: &[(&str, &str)]) -> Self {
        let found = |&(key, text): &(&str, &str)| {
            (key.to_owned(), Found { text: text.to_owned(), place: format!("{key} in a test") })
        };
        Self(pairs.iter().map(found).collect())
    }

    /// Takes the setting out. `None` when it is not set.
    pub(super) fn take<T>(
        &mut self,
        key: &'static str,
        allowed: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, SettingError> {
        self.take_or(key, parse, |text, place| format!("{place} is `{text}`; allowed is {allowed}"))
    }

    /// The same for a setting that may hold a secret: its value stays out of the error.
    pub(super) fn take_secret<T>(
        &mut self,
        key: &'static str,
        allowed: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, SettingError> {
        self.take_or(key, parse, |_, place| format!("{place} is something else than {allowed}"))
    }

    fn take_or<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
        complaint: impl FnOnce(&str, &str) -> String,
    ) -> Result<Option<T>, SettingError> {
        let Some(Found { text, place }) = self.0.remove(key) else { return Ok(None) };
        parse(&text).map(Some).ok_or_else(|| SettingError(complaint(&text, &place)))
    }

    pub(super) fn source_of(&self, key: &str) -> Option<String> {
        self.0.get(key).map(|found| found.place.clone())
    }

    pub(super) fn refuse_what_is_left(self) -> Result<(), SettingError> {
        match self.0.into_values().next() {
            None => Ok(()),
            Some(Found { place, .. }) => {
                Err(SettingError(format!("{place} is not a setting of Doorward; known are {}", KNOWN.join(", "))))
            }
        }
    }
}

fn flatten(key: String, value: &Value, file: &Path, found: &mut BTreeMap<String, Found>) {
    if let Value::Dict(_, entries) = value {
        for (name, entry) in entries {
            flatten(format!("{key}.{name}"), entry, file, found);
        }
        return;
    }
    let place = format!("{key} in {}", file.display());
    found.insert(key, Found { text: text_of(value), place });
}

/// A value as whoever set it would write it.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::String(_, text) => text.clone(),
        Value::Char(_, char) => char.to_string(),
        Value::Bool(_, truth) => truth.to_string(),
        Value::Array(_, values) => values.iter().map(text_of).collect::<Vec<_>>().join(","),
        Value::Num(_, _) => value
            .to_i128()
            .map(|number| number.to_string())
            .or_else(|| value.to_u128().map(|number| number.to_string()))
            .or_else(|| value.to_f64().map(|number| number.to_string()))
            .unwrap_or_default(),
        Value::Empty(..) | Value::Dict(..) => String::new(),
    }
}

/// A setting that cannot be used; its text names the setting, its source and what is allowed, in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingError(String);

impl SettingError {
    /// Settings that are fine one by one and do not fit together; `source` is where one of them was set.
    pub(super) fn together(keys: &[&str], source: Option<&str>, allowed: &str) -> Self {
        Self(format!("{} ({}): {allowed}", source.unwrap_or("the defaults"), keys.join(", ")))
    }

    /// A file that a setting names, and that cannot be used; `source` is where it was set.
    pub(super) fn of_file(key: &str, source: Option<&str>, file: &Path, error: &impl fmt::Display) -> Self {
        Self(format!("{} ({key}): {}: {error}", source.unwrap_or("the default"), file.display()))
    }

    /// A file that cannot be read, or is no TOML. Such an error draws the offending line, which may hold a secret, over
    /// several lines; the first one says where it is.
    fn unreadable(file: &Path, error: &figment::Error) -> Self {
        let kind = error.kind.to_string();
        Self(format!("{} cannot be read: {}", file.display(), kind.lines().next().unwrap_or_default()))
    }

    /// What Rocket says of its settings. Where the file is no TOML, only where: the line may hold the secret key.
    pub(super) fn unusable_for_rocket(error: &figment::Error) -> Self {
        let kind = error.kind.to_string();
        let what = kind.lines().next().unwrap_or_default();
        if error.path.is_empty() {
            return Self(format!("Rocket.toml (or ROCKET_CONFIG) cannot be read: {what}"));
        }
        Self::of_rocket(&error.path.join("."), &format!("cannot be used: {what}"))
    }

    /// A setting of Rocket that cannot be used.
    pub(super) fn of_rocket(key: &str, what: &str) -> Self {
        Self(format!("ROCKET_{} (or `{key}` in Rocket.toml) {what}", key.to_uppercase()))
    }
}

/// A number in this range.
pub(super) fn number<T: FromStr + PartialOrd>(text: &str, least: T, most: T) -> Option<T> {
    text.parse().ok().filter(|number| (least..=most).contains(number))
}

/// Any path but none.
pub(super) fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn read_file(toml: &str) -> Result<Settings, SettingError> {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("doorward.toml"), toml).unwrap();
        Settings::read(folder.path())
    }

    #[test]
    fn a_folder_without_a_file_has_no_settings() {
        assert!(Settings::read(TempDir::new().unwrap().path()).unwrap().0.is_empty());
    }

    #[test]
    fn tables_become_dotted_keys_and_every_kind_of_value_its_text() {
        let settings =
            read_file("site_name = 'Notes'\ntrusted_proxies = ['::1', '10.0.0.1']\n[hashing]\nworkers = 3\n").unwrap();
        let texts: Vec<_> = settings.0.iter().map(|(key, found)| (key.as_str(), found.text.as_str())).collect();
        let expected = [("hashing.workers", "3"), ("site_name", "Notes"), ("trusted_proxies", "::1,10.0.0.1")];
        assert_eq!(texts, expected);
        assert!(settings.source_of("site_name").unwrap().ends_with("doorward.toml"));
    }

    #[test]
    fn a_file_that_is_no_toml_is_named_in_one_line() {
        let message = read_file("site_name = [").unwrap_err().to_string();
        assert!(message.contains("doorward.toml") && message.lines().count() == 1, "{message}");
    }

    /// Each row of the table of settings begins with its key and its variable.
    #[test]
    fn the_documentation_lists_each_setting_in_order_with_its_variable() {
        let operations = include_str!("../../../../docs/operations.md");
        let rows = operations.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | `DOORWARD_"));
        let documented: Vec<_> = rows.map(|(key, rest)| (key, rest.split('`').next().unwrap().to_owned())).collect();
        let expected = KNOWN.map(|key| (key, key.to_uppercase().replace('.', "__")));
        assert_eq!(documented, expected);
    }
}
