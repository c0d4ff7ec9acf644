use std::sync::Arc;
use std::time::Duration;

use doorward_domain::{OfficialNames, PasswordPolicy, Rules, SessionLimits, Username};

use super::blocklist::BlocklistFile;
use super::public_url::PublicUrl;
use super::settings::{SettingError, Settings, path};
use super::throttle::take_throttle;

pub(super) fn take_rules(
    settings: &mut Settings,
    site_name: &str,
    public_url: &PublicUrl,
) -> Result<Rules, SettingError> {
    let passwords =
        PasswordPolicy::new(settings.number("passwords.min_length")?, site_name).with_context([public_url.host()]);
    let usual = Rules::new(match take_blocklist(settings)? {
        Some(blocklist) => passwords.with_blocklist(Arc::new(blocklist)),
        None => passwords,
    });
    let official_names = usual.official_names.with([site_name]).with_domain(public_url.host());
    Ok(Rules {
        official_names: take_official_names(settings, official_names)?,
        sessions: take_limits(settings, ["sessions.idle_minutes", "sessions.max_minutes"])?,
        kept_sessions: take_limits(settings, ["sessions.kept_idle_minutes", "sessions.kept_max_minutes"])?,
        recent_log_in: Duration::from_mins(settings.number("sessions.recent_minutes")?),
        name_reservation: take_days(settings, "usernames.reserved_days")?,
        activity_retention: take_days(settings, "activity.kept_days")?,
        throttle: take_throttle(settings)?,
        passwords: usual.passwords,
    })
}

fn take_blocklist(settings: &mut Settings) -> Result<Option<BlocklistFile>, SettingError> {
    const KEY: &str = "passwords.blocklist";
    let source = settings.source_of(KEY);
    let Some(file) = settings.text(KEY, path)? else { return Ok(None) };
    let opened = BlocklistFile::open(&file);
    opened.map(Some).map_err(|error| SettingError::of_file(KEY, source.as_deref(), &file, &error))
}

/// Reads `ceo,-info`, which adds `ceo` and removes `info`.
fn take_official_names(settings: &mut Settings, usual: OfficialNames) -> Result<OfficialNames, SettingError> {
    let changes = settings.text("usernames.reserved", |text| {
        let names: Vec<&str> = text.split(',').map(str::trim).collect();
        let (without, with): (Vec<&str>, Vec<&str>) = names.into_iter().partition(|name| name.starts_with('-'));
        let without: Vec<&str> = without.into_iter().filter_map(|name| name.strip_prefix('-')).collect();
        let are_fit = with.iter().chain(&without).all(|name| Username::parse(name).is_ok());
        are_fit.then(|| usual.clone().with(with).without(without))
    })?;
    Ok(changes.unwrap_or(usual))
}

fn take_limits(settings: &mut Settings, keys: [&'static str; 2]) -> Result<SessionLimits, SettingError> {
    let [idle_key, max_key] = keys;
    let sources = keys.iter().find_map(|key| settings.source_of(key));
    let (idle, max) = (settings.number(idle_key)?, settings.number(max_key)?);
    if idle > max {
        let allowed = format!("the idle limit ({idle} minutes) may not be longer than the limit in all ({max})");
        return Err(SettingError::together(&keys, sources.as_deref(), &allowed));
    }
    Ok(SessionLimits { idle: Duration::from_mins(idle), max: Duration::from_mins(max) })
}

pub(super) fn take_days(settings: &mut Settings, key: &'static str) -> Result<Duration, SettingError> {
    Ok(Duration::from_hours(24 * settings.number::<u64>(key)?))
}
