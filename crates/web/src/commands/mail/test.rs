use std::time::{Duration, SystemTime};

use doorward_domain::mail::MailId;
use doorward_domain::system::{OsEntropy, SystemClock};
use doorward_domain::{Clock as _, EmailAddress};
use doorward_mail::Message;
use doorward_web::config::{Listener, Settings, SiteConfig};

use crate::commands::output::print;
use crate::commands::{CommandError, prepare_process, run};

#[derive(clap::Args)]
pub(in crate::commands) struct Test {
    /// Where the mail goes
    address: String,
}

impl Test {
    /// Hands a mail to the relay without the outbox. It counts towards no limit.
    pub(super) fn run(self) -> Result<(), CommandError> {
        let to = EmailAddress::parse(&self.address).map_err(CommandError::Address)?;
        let port = Listener::read()?.address().port();
        let config = SiteConfig::read(Settings::find()?, port)?;
        prepare_process(&config);
        let Some(mail) = &config.mail else { return Err(CommandError::NoRelay) };
        let (now, site_name) = (SystemClock.now(), &config.site_name);
        let micros = u64::try_from(now.as_unix_micros()).unwrap_or_default();
        let message = Message {
            from: mail.sender.clone(),
            to,
            id: format!("{}@{}", MailId::new(now, &OsEntropy)?, config.public_url.host()),
            at: SystemTime::UNIX_EPOCH + Duration::from_micros(micros),
            subject: format!("A mail to test {site_name}"),
            text: format!(
                "Hello,\n\nthe operator of {site_name} has sent this mail to see whether mails\ngo out. They do.\n\n--\n{site_name}, {}\n",
                config.public_url.origin()
            ),
        };
        run(1, async {
            mail.relay.send(&message).await.map_err(|error| CommandError::Mail { error })?;
            print(format_args!("{} has taken the mail", mail.relay))
        })
    }
}
