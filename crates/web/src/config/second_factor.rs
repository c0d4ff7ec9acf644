use std::time::Duration;

use doorward_domain::Rules;
use doorward_domain::second_factor::{Requirement, SealingKeys, SecondFactorRules};

use super::SiteConfig;
use super::rules::take_days;
use super::secret_key::SecretKey;
use super::settings::{SettingError, Settings};

/// The settings of second factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SecondFactorConfig {
    /// Whether users need one.
    pub requirement: Requirement,
    /// How long a device that its user trusts needs no code; zero if devices cannot be trusted.
    pub trust: Duration,
}

impl SiteConfig {
    /// The rules of second factors, whose secrets are encrypted with keys that are derived from this key and the former ones.
    ///
    /// The result is never `None`, as a [`SecretKey`] has the 256 bits that are needed.
    #[must_use]
    pub fn second_factor_rules(&self, key: &SecretKey) -> Option<SecondFactorRules> {
        let former: Vec<_> = self.former_secret_keys.iter().map(SecretKey::bytes).collect();
        let keys = SealingKeys::derive(&key.bytes(), former.iter().map(|key| key.as_slice()))?;
        let SecondFactorConfig { requirement, trust } = self.second_factor;
        Some(SecondFactorRules { requirement, trust, ..SecondFactorRules::new(&*self.site_name, keys) })
    }
}

/// Reads the settings of second factors. A device may not be trusted for longer than it is known.
pub(super) fn take_second_factor(settings: &mut Settings, rules: &Rules) -> Result<SecondFactorConfig, SettingError> {
    const TRUST: &str = "second_factor.trust_days";
    let source = settings.source_of(TRUST);
    let requirement = match settings.word("second_factor.required")? {
        "yes" => Requirement::Required,
        _ => Requirement::Optional,
    };
    let trust = take_days(settings, TRUST)?;
    if rules.throttle.as_ref().is_some_and(|throttle| trust > throttle.device_memory) {
        let keys = [TRUST, "throttle.device_days"];
        let allowed = "a device may not be trusted for longer than it is known";
        return Err(SettingError::together(&keys, source.as_deref(), allowed));
    }
    Ok(SecondFactorConfig { requirement, trust })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<SecondFactorConfig, String> {
        let config = SiteConfig::read(Settings::of(pairs), 8_000);
        config.map(|config| config.second_factor).map_err(|error| error.to_string())
    }

    #[test]
    fn by_default_no_second_factor_is_required_and_no_device_is_trusted() {
        assert_eq!(read(&[]).unwrap(), SecondFactorConfig::default());
        let set = read(&[("second_factor.required", "yes"), ("second_factor.trust_days", "30")]).unwrap();
        let trust = Duration::from_hours(30 * 24);
        assert_eq!(set, SecondFactorConfig { requirement: Requirement::Required, trust });
    }

    #[test]
    fn an_unusable_setting_is_named() {
        for (pairs, named) in [
            (&[("second_factor.required", "true")][..], "`no` or `yes`"),
            (&[("second_factor.trust_days", "366")], "0 to 365"),
            (&[("second_factor.trust_days", "91")], "throttle.device_days"),
            (&[("second_factor.trust_days", "8"), ("throttle.device_days", "7")], "throttle.device_days"),
        ] {
            let error = read(pairs).unwrap_err();
            assert!(error.contains("second_factor.") && error.contains(named), "{error}");
        }
        assert!(read(&[("second_factor.trust_days", "91"), ("throttle.enabled", "false")]).is_ok());
    }

    #[test]
    fn keys_are_derived_from_every_secret_key_and_debug_shows_none() {
        let [current, former] = ["0123456789abcdef", "fedcba9876543210"].map(|part| part.repeat(4));
        let config = SiteConfig::read(Settings::of(&[("former_secret_keys", &former)]), 8_000).unwrap();
        let rules = config.second_factor_rules(&SecretKey::parse(&current).unwrap()).unwrap();
        assert_eq!((rules.issuer.as_str(), rules.requirement), ("Doorward", Requirement::Optional));
        let shown = format!("{rules:?}");
        assert!(shown.contains("1 former") && !shown.contains(&current[..16]), "{shown}");
    }
}
