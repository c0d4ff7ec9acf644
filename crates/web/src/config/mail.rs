use std::fs;
use std::time::Duration;

use doorward_domain::MailRules;
use doorward_domain::mail::Addresses;
use doorward_domain::throttle::Limit;
use doorward_mail::{Relay, Sender};

use super::public_url::PublicUrl;
use super::settings::{SettingError, Settings, path};

/// How mails are sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MailConfig {
    /// The relay that takes them.
    pub relay: Relay,
    /// Their sender.
    pub sender: Sender,
    /// How long links in mails are valid, how many mails may be sent, and whether accounts need an address.
    pub rules: MailRules,
}

/// Reads the settings of mails; `None` if the site sends none.
pub(super) fn take_mail(settings: &mut Settings, public_url: &PublicUrl) -> Result<Option<MailConfig>, SettingError> {
    const URL: &str = "mail.url";
    const CA_FILE: &str = "mail.ca_file";
    let sources = [URL, CA_FILE, "email.required"].map(|key| settings.source_of(key));
    let [url_source, ca_source, required_source] = sources.each_ref().map(Option::as_deref);
    let relay = settings.text(URL, |text| Some(Relay::parse(text)))?;
    let relay = relay.transpose().map_err(|error| SettingError::together(&[URL], url_source, &error.to_string()))?;
    let sender = settings.text("mail.from", Sender::parse)?;
    let ca_file = settings.text(CA_FILE, path)?;
    let rules = take_rules(settings)?;
    let Some(relay) = relay else {
        if rules.addresses != Addresses::Optional {
            return Err(SettingError::together(&["email.required"], required_source, "set `mail.url` as well"));
        }
        return Ok(None);
    };
    let sender =
        sender.ok_or_else(|| SettingError::together(&["mail.from"], url_source, "set it beside `mail.url`"))?;
    let relay = match &ca_file {
        None => relay,
        Some(file) => {
            let unusable =
                |error: &dyn std::fmt::Display| SettingError::of_file(CA_FILE, ca_source, file, &error.to_string());
            let pem = fs::read(file).map_err(|error| unusable(&error))?;
            relay.with_authority(&pem).map_err(|error| unusable(&error))?
        }
    };
    Ok(Some(MailConfig { relay: relay.with_hello_name(public_url.host()), sender, rules }))
}

fn take_rules(settings: &mut Settings) -> Result<MailRules, SettingError> {
    let is_required = settings.is_on("email.required")?;
    Ok(MailRules {
        reset_lifetime: Duration::from_mins(settings.number("mail.reset_minutes")?),
        verification_lifetime: Duration::from_hours(settings.number("mail.verify_hours")?),
        sent: Limit::Rate { attempts: settings.number("mail.per_hour")?, period: Duration::from_hours(1) },
        addresses: if is_required { Addresses::REQUIRED } else { Addresses::Optional },
        ..MailRules::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: (&str, &str) = ("mail.url", "smtps://notes:MARKER@mail.example.org");
    const FROM: (&str, &str) = ("mail.from", "Notes <notes@example.org>");

    fn read(pairs: &[(&str, &str)]) -> Result<Option<MailConfig>, String> {
        let mut settings = Settings::of(pairs);
        let mail = take_mail(&mut settings, &PublicUrl::localhost(8_000));
        mail.and_then(|mail| settings.refuse_what_is_left().map(|()| mail)).map_err(|error| error.to_string())
    }

    #[test]
    fn without_a_relay_there_are_no_mails() {
        assert!(read(&[]).unwrap().is_none());
        assert!(read(&[FROM, ("mail.per_hour", "5")]).unwrap().is_none());
    }

    #[test]
    fn every_setting_of_mail_is_known() {
        let folder = tempfile::TempDir::new().unwrap();
        let ca_file = folder.path().join("ca.pem");
        let authority = rcgen::generate_simple_self_signed(["mail.example.org".to_owned()]).unwrap();
        fs::write(&ca_file, authority.cert.pem()).unwrap();
        let mail = read(&[
            URL,
            FROM,
            ("mail.ca_file", ca_file.to_str().unwrap()),
            ("mail.per_hour", "50"),
            ("mail.reset_minutes", "20"),
            ("mail.verify_hours", "48"),
            ("email.required", "true"),
        ]);
        let MailConfig { relay, sender, rules } = mail.unwrap().unwrap();
        assert_eq!(relay.to_string(), "smtps://mail.example.org:465");
        assert_eq!((sender.name(), sender.address().as_str()), (Some("Notes"), "notes@example.org"));
        let expected = MailRules {
            reset_lifetime: Duration::from_mins(20),
            verification_lifetime: Duration::from_hours(48),
            sent: Limit::Rate { attempts: 50, period: Duration::from_hours(1) },
            addresses: Addresses::REQUIRED,
            ..MailRules::default()
        };
        assert_eq!(rules, expected);
        assert_eq!(read(&[URL, FROM]).unwrap().unwrap().rules, MailRules::default());
    }

    #[test]
    fn an_unusable_setting_is_named_and_no_password_is_shown() {
        for (pairs, named) in [
            (&[("mail.url", "http://notes:MARKER@example.org"), FROM][..], "mail.url"),
            (&[("mail.url", "smtp://notes:MARKER@"), FROM], "mail.url"),
            (&[URL], "mail.from"),
            (&[URL, ("mail.from", "nobody")], "mail.from"),
            (&[URL, FROM, ("mail.ca_file", "/nowhere/ca.pem")], "/nowhere/ca.pem"),
            (&[URL, FROM, ("mail.reset_minutes", "1441")], "mail.reset_minutes"),
            (&[URL, FROM, ("mail.verify_hours", "0")], "mail.verify_hours"),
            (&[URL, FROM, ("mail.per_hour", "0")], "mail.per_hour"),
            (&[URL, FROM, ("email.required", "yes")], "email.required"),
            (&[("email.required", "true")], "mail.url"),
        ] {
            let error = read(pairs).unwrap_err();
            assert!(error.contains(named) && !error.contains("MARKER") && error.lines().count() == 1, "{error}");
        }
    }
}
