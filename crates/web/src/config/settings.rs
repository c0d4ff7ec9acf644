//! Reads settings from their sources, without interpreting them.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use rocket::figment::providers::{Format as _, Toml};
use rocket::figment::value::Value;
use rocket::figment::{self, Provider as _};

use super::table::{Kind, Setting, TABLE};

/// Settings as found: text under dotted keys, each with the place it came from.
#[derive(Debug)]
pub struct Settings(BTreeMap<String, Found>);

#[derive(Debug)]
struct Found {
    text: String,
    /// The setting as an operator would name it: `DOORWARD_SITE_NAME in the environment`.
    place: String,
}

const FILE_NAME: &str = "doorward.toml";

/// The settings of a site that was installed as a package, and of its operator's commands in any working directory.
const INSTALLED: &str = "/etc/doorward/doorward.toml";

/// The file that settings are read from: `doorward.toml` in the working directory, or else the one of the installed
/// package. It need not exist.
#[must_use]
pub fn settings_file() -> PathBuf {
    let here = PathBuf::from(FILE_NAME);
    if here.exists() { here } else { INSTALLED.into() }
}

impl Settings {
    /// Reads [`settings_file`], and the environment as [`read`](Self::read) does.
    ///
    /// # Errors
    /// [`SettingError`] when the file cannot be read, or is not TOML.
    pub fn find() -> Result<Self, SettingError> {
        Self::read_file(&settings_file())
    }

    /// Reads `doorward.toml` in `folder`, if it exists, and `DOORWARD_*` in the environment, which take precedence and are
    /// used literally: `1.10` stays `1.10`.
    ///
    /// # Errors
    /// [`SettingError`] when the file is not TOML.
    pub fn read(folder: &Path) -> Result<Self, SettingError> {
        Self::read_file(&folder.join(FILE_NAME))
    }

    fn read_file(file: &Path) -> Result<Self, SettingError> {
        let mut found = BTreeMap::new();
        if file.exists() {
            let tables = Toml::file_exact(file).data().map_err(|error| SettingError::unreadable(file, &error))?;
            for (key, value) in tables.into_values().flatten() {
                flatten(key, &value, file, &mut found);
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

    /// The names of the settings that are set in the file, in alphabetical order.
    #[cfg(test)]
    pub(super) fn keys(&self) -> Vec<&str> {
        let in_file = self.0.iter().filter(|(_, found)| !found.place.ends_with("in the environment"));
        in_file.map(|(key, _)| &**key).collect()
    }

    #[cfg(test)]
    pub(super) fn of(pairs: &[(&str, &str)]) -> Self {
        let found = |&(key, text): &(&str, &str)| {
            (key.to_owned(), Found { text: text.to_owned(), place: format!("{key} in a test") })
        };
        Self(pairs.iter().map(found).collect())
    }

    /// Takes out a number: its value, or the default.
    pub(super) fn number<T: TryFrom<u64>>(&mut self, key: &'static str) -> Result<T, SettingError> {
        let set = self.number_if_set(key)?;
        set.map_or_else(|| default_of(key, number_in(0..=u64::MAX)), Ok)
    }

    /// Takes out a number whose default depends on something else; `None` if it is not set.
    pub(super) fn number_if_set<T: TryFrom<u64>>(&mut self, key: &'static str) -> Result<Option<T>, SettingError> {
        let Kind::Number { range, .. } = &setting(key)?.kind else { return Err(SettingError::unknown(key)) };
        self.text(key, number_in(range.clone()))
    }

    /// Takes out one of a few words: its value, or the default.
    pub(super) fn word(&mut self, key: &'static str) -> Result<&'static str, SettingError> {
        let setting = setting(key)?;
        let Kind::Word(words) = &setting.kind else { return Err(SettingError::unknown(key)) };
        let set = self.text(key, |text| words.iter().copied().find(|word| *word == text))?;
        Ok(set.unwrap_or(setting.default))
    }

    /// Takes out a setting that is on (`true`) or off (`false`).
    pub(super) fn is_on(&mut self, key: &'static str) -> Result<bool, SettingError> {
        Ok(self.word(key)? == "true")
    }

    /// Takes out and parses a text: its value, or the default.
    pub(super) fn text_or_default<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, SettingError> {
        let set = self.text(key, &parse)?;
        set.map_or_else(|| default_of(key, parse), Ok)
    }

    /// Takes out and parses a text; `None` if it is not set. The error shows the value, unless it may be a secret.
    pub(super) fn text<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, SettingError> {
        let kind = &setting(key)?.kind;
        let Some(Found { text, place }) = self.0.remove(key) else { return Ok(None) };
        parse(&text).map(Some).ok_or_else(|| {
            let allowed = kind.allowed();
            SettingError(match kind {
                Kind::Secret(_) => format!("{place} is something else than {allowed}"),
                _ => format!("{place} is `{text}`; allowed is {allowed}"),
            })
        })
    }

    pub(super) fn source_of(&self, key: &str) -> Option<String> {
        self.0.get(key).map(|found| found.place.clone())
    }

    pub(super) fn refuse_what_is_left(self) -> Result<(), SettingError> {
        match self.0.into_values().next() {
            None => Ok(()),
            Some(Found { place, .. }) => {
                let known: Vec<_> = TABLE.iter().map(|setting| setting.key).collect();
                Err(SettingError(format!("{place} is not a setting of Doorward; known are {}", known.join(", "))))
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

/// A value as an operator would write it.
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
    /// A setting that is not in the table, or is of another kind.
    fn unknown(key: &str) -> Self {
        Self(format!("{key} is not in the table of settings, or of another kind"))
    }

    /// Settings that are valid one by one but not together; `source` is where one of them was set.
    pub(super) fn together(keys: &[&str], source: Option<&str>, allowed: &str) -> Self {
        Self(format!("{} ({}): {allowed}", source.unwrap_or("the defaults"), keys.join(", ")))
    }

    /// A file that a setting names, and that cannot be used; `source` is where it was set.
    pub(super) fn of_file(key: &str, source: Option<&str>, file: &Path, error: &impl fmt::Display) -> Self {
        Self(format!("{} ({key}): {}: {error}", source.unwrap_or("the default"), file.display()))
    }

    /// A file that cannot be read, or is not TOML. Such an error shows the offending line, which may hold a secret, over
    /// several lines; only the first one is used, which tells the place.
    fn unreadable(file: &Path, error: &figment::Error) -> Self {
        let kind = error.kind.to_string();
        Self(format!("{} cannot be read: {}", file.display(), kind.lines().next().unwrap_or_default()))
    }

    /// Rocket's error about its settings. For a file that is not TOML, it tells the place only, as the line may hold the secret key.
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

fn setting(key: &'static str) -> Result<&'static Setting, SettingError> {
    Setting::of(key).ok_or_else(|| SettingError::unknown(key))
}

fn default_of<T>(key: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, SettingError> {
    parse(setting(key)?.default).ok_or_else(|| SettingError::unknown(key))
}

/// Reads a number in this range.
fn number_in<T: TryFrom<u64>>(range: RangeInclusive<u64>) -> impl FnOnce(&str) -> Option<T> {
    move |text| text.parse().ok().filter(|number| range.contains(number)).and_then(|number| T::try_from(number).ok())
}

/// Any path that is not empty.
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
}
