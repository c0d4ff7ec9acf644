use std::ops::RangeInclusive;
use std::time::Duration;

use doorward_domain::ThrottleRules;
use doorward_domain::throttle::Limit;

use super::settings::{SettingError, Settings, number};

/// `None` where nothing is to be throttled.
pub(super) fn take_throttle(settings: &mut Settings) -> Result<Option<ThrottleRules>, SettingError> {
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
        mails_to_address: take_rate(settings, "throttle.mails_per_address_per_hour", usual.mails_to_address)?,
        mails_from_network: take_rate(settings, "throttle.mails_per_network_per_hour", usual.mails_from_network)?,
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
