//! What an operator's commands have in common: they work on the database of the settings, beside a site that serves or without one.

use std::sync::Arc;

use doorward_domain::User;
use doorward_domain::link::LinkToken;
use doorward_domain::system::SystemClock;
use doorward_web::auth::SiteAuth;
use doorward_web::config::{DatabaseMigrate, Listener, Settings, SignUp, SiteConfig};
use doorward_web::site::{self, KeyedRules};

use super::output::print;
use super::{CommandError, prepare_process, run};

/// Does something with the database of the settings, whose schema is that of this program.
///
/// The log says which command it is and who gives it.
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
            // A site that serves may be of another release: its schema is its own.
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

/// What commands work with.
pub(super) struct Site {
    pub(super) auth: SiteAuth,
    pub(super) sign_up: SignUp,
    /// Where visitors find the site.
    origin: String,
}

impl Site {
    /// Prints a one-time link: to standard output alone, once.
    pub(super) fn print_link(&self, path: &str, token: &LinkToken) -> Result<(), CommandError> {
        print(format_args!("{}{path}{}", self.origin, token.expose_secret()))
    }

    /// The user with this name, in any spelling, or with this verified address.
    pub(super) async fn user(&self, name: &str) -> Result<User, CommandError> {
        let found = self.auth.find_user_by_login(name).await?;
        found.ok_or_else(|| CommandError::NoSuchUser { name: name.to_owned() })
    }
}
