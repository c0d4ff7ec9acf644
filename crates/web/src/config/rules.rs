use std::sync::Arc;
use std::time::Duration;

use doorward_domain::{OfficialNames, PasswordPolicy, Rules, SessionLimits, Username};

use super::blocklist::BlocklistFile;
use super::public_url::PublicUrl;
use super::settings::{SettingError, Settings, number, path};
use super::throttle::take_throttle;

pub(super) fn take_rules(
    settings: &mut Settings,
    site_name: &str,
    public_url: &PublicUrl,
) -> Result<Rules, SettingError> {
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

fn days(text: &str, least: u64) -> Option<Duration> {
    number(text, least, 3_650).map(|days| Duration::from_hours(24 * days))
}
