//! Rocket's defaults that Doorward changes.

use std::time::Duration;

use rocket::Config;
use rocket::data::ToByteUnit as _;
use rocket::figment::Figment;

/// How much longer than the longest wait for a hash a running request has after a stop: more than one hash takes.
const AFTER_THE_WAIT: Duration = Duration::from_secs(2);

/// Rocket's settings, with Doorward's defaults for those that are not chosen:
/// - no `Server` header, as no client needs it;
/// - no header is trusted for the client's address (`X-Real-IP` in Rocket), as any client can send one;
/// - forms have at most 32 KiB in either encoding, as those of Doorward have about 1 KiB;
/// - running requests have `max_wait`, the longest wait for a hash, and 2 seconds more after a stop.
///
/// A value counts as chosen if it differs from Rocket's default, or comes from elsewhere than [`Config`].
pub(crate) fn with_defaults(theirs: &Figment, max_wait: Duration) -> Figment {
    let rockets = Figment::from(Config::default());
    let is_chosen = |key: &str| {
        let is_from_config = |name: &str| name.starts_with("rocket::Config");
        theirs.find_metadata(key).is_some_and(|from| !is_from_config(&from.name))
            || theirs.find_value(key).ok() != rockets.find_value(key).ok()
    };
    let longest_form = 32.kibibytes();
    let ours = [
        ("ident", Figment::from(("ident", false))),
        ("ip_header", Figment::from(("ip_header", false))),
        ("limits.form", Figment::from(("limits.form", longest_form))),
        ("limits.data-form", Figment::from(("limits.data-form", longest_form))),
        ("shutdown.grace", Figment::from(("shutdown.grace", (max_wait + AFTER_THE_WAIT).as_secs()))),
    ];
    ours.into_iter().filter(|(key, _)| !is_chosen(key)).fold(theirs.clone(), |all, (_, one)| all.merge(one))
}

#[cfg(test)]
mod tests {
    use rocket::data::Limits;

    use super::*;

    const MAX_WAIT: Duration = Duration::from_secs(5);

    fn config_of(theirs: &Figment) -> Config {
        Config::try_from(with_defaults(theirs, MAX_WAIT)).unwrap()
    }

    #[test]
    fn settings_that_are_not_chosen_are_ours() {
        for theirs in [
            Figment::from(Config::default()),
            Config::figment(),
            Figment::from(Config { port: 9_000, ..Config::default() }),
        ] {
            let config = config_of(&theirs);
            assert_eq!((config.ip_header, config.shutdown.grace), (None, 7));
            assert_eq!(config.limits.get("form"), Some(32.kibibytes()));
            assert_eq!(config.limits.get("data-form"), Some(32.kibibytes()));
            assert_eq!(config.limits.get("json"), Some(Limits::JSON));
            assert_eq!(config.ident, rocket::config::Ident::none());
        }
    }

    #[test]
    fn a_chosen_setting_stays_even_if_it_is_rockets_default() {
        let theirs = Figment::from(Config::default())
            .merge(("ip_header", "X-Real-IP"))
            .merge(("limits.data-form", Limits::DATA_FORM))
            .merge(("shutdown.grace", 60))
            .merge(("ident", "Theirs"));
        let config = config_of(&theirs);
        assert_eq!(config.ip_header.as_ref().map(AsRef::as_ref), Some("X-Real-IP"));
        assert_eq!((config.limits.get("data-form"), config.shutdown.grace), (Some(Limits::DATA_FORM), 60));
        assert_eq!(config.limits.get("form"), Some(32.kibibytes()));
        assert_eq!(config.ident, rocket::config::Ident::try_new("Theirs").unwrap());
    }

    #[test]
    fn a_setting_that_a_struct_changes_stays() {
        let limits = Limits::default().limit("form", 1.mebibytes());
        let config = config_of(&Figment::from(Config { limits, ..Config::default() }));
        assert_eq!(config.limits.get("form"), Some(1.mebibytes()));
    }
}
