use std::time::Duration;

use doorward_domain::ThrottleRules;
use doorward_domain::throttle::Limit;

use super::settings::{SettingError, Settings};

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// Reads the limits; `None` if nothing is throttled.
pub(super) fn take_throttle(settings: &mut Settings) -> Result<Option<ThrottleRules>, SettingError> {
    let is_enabled = settings.is_on("throttle.enabled")?;
    let rules = ThrottleRules {
        pair: take_backoff(settings, ["throttle.free_attempts", "throttle.longest_wait_seconds"])?,
        name: take_backoff(settings, ["throttle.name_free_attempts", "throttle.name_longest_wait_seconds"])?,
        log_ins: take_rate(settings, "throttle.log_ins_per_minute", MINUTE)?,
        failures: take_rate(settings, "throttle.failures_per_minute", MINUTE)?,
        network: take_rate(settings, "throttle.network_attempts_per_minute", MINUTE)?,
        account: take_rate(settings, "throttle.account_attempts_per_minute", MINUTE)?,
        sign_ups: take_rate(settings, "throttle.sign_ups_per_hour", HOUR)?,
        new_passwords: take_rate(settings, "throttle.new_passwords_per_hour", HOUR)?,
        mails_to_address: take_rate(settings, "throttle.mails_per_address_per_hour", HOUR)?,
        mails_from_network: take_rate(settings, "throttle.mails_per_network_per_hour", HOUR)?,
        device_memory: Duration::from_hours(24 * settings.number::<u64>("throttle.device_days")?),
        ..ThrottleRules::default()
    };
    Ok(is_enabled.then_some(rules))
}

fn take_backoff(settings: &mut Settings, [free, longest]: [&'static str; 2]) -> Result<Limit, SettingError> {
    let (free, longest) = (settings.number(free)?, Duration::from_secs(settings.number(longest)?));
    Ok(Limit::Backoff { free, longest })
}

fn take_rate(settings: &mut Settings, key: &'static str, period: Duration) -> Result<Limit, SettingError> {
    Ok(Limit::Rate { attempts: settings.number(key)?, period })
}
