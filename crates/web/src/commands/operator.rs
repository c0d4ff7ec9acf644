//! What the operator's commands share: they work on the database of the settings, whether or not the site is running.

use std::sync::Arc;

use doorward_domain::User;
use doorward_domain::link::LinkToken;
use doorward_domain::system::SystemClock;
use doorward_web::auth::SiteAuth;
use doorward_web::config::{DatabaseMigrate, Listener, Settings, SignUp, SiteConfig};
use doorward_web::site::{self, KeyedRules};

use super::output::print;
use super::{CommandError, prepare_process, run};

/// Runs `work` on the database of the settings, which must have the schema of this program.
///
/// The log names the command and the user id that runs it.
pub(super) fn at_the_site(
    command: &str,
    work: impl AsyncFnOnce(&Site) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let port = Listener::read()?.address().port();
    let config = SiteConfig::read(Settings::find()?, port)?;
    prepare_process(&config);
    run(2, async {
        let store = site::open_existing_store(&config).await?;
        let done = async {
            // A running site may be of another release, so its schema is checked and not changed.
            site::prepare_schema(&config, DatabaseMigrate::Check, &store).await?;
            let auth = site::auth(&config, KeyedRules::default(), store.clone(), Arc::new(SystemClock))?;
            let operator = rustix::process::getuid().as_raw();
            tracing::info!(command, operator.uid = operator, "an operator's command");
            work(&Site { auth, sign_up: config.sign_up, origin: config.public_url.origin().to_owned() }).await
        };
        let done = done.await;
        store.disconnect().await;
        done
    })
}

/// The site that commands work on.
pub(super) struct Site {
    pub(super) auth: SiteAuth,
    pub(super) sign_up: SignUp,
    /// The origin of the public URL.
    origin: String,
}

impl Site {
    /// Prints a one-time link, once, to standard output only.
    pub(super) fn print_link(&self, path: &str, token: &LinkToken) -> Result<(), CommandError> {
        print(format_args!("{}{path}{}", self.origin, token.expose_secret()))
    }

    /// The user with this name, in any spelling, or with this verified address.
    pub(super) async fn user(&self, name: &str) -> Result<User, CommandError> {
        let found = self.auth.find_user_by_login(name).await?;
        found.ok_or_else(|| CommandError::NoSuchUser { name: name.to_owned() })
    }
}
