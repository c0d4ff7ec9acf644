//! The whole of Doorward, for any Rocket application.

use std::fmt;
use std::sync::Arc;

use doorward_domain::Clock;
use doorward_domain::system::SystemClock;
use doorward_storage::SeaOrmStore;
use rocket::config::SecretKey as RocketKey;
use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::figment::Figment;
use rocket::figment::providers::Serialized;
use rocket::shield::Shield;
use rocket::{Build, Rocket};

use crate::auth::SiteAuth;
use crate::catchers::{self, RetryAfter};
use crate::config::{SecretKey, SiteConfig, with_defaults};
use crate::cookies::Cookies;
use crate::delivery::{self, Delivery};
use crate::failure::UnavailableSamples;
use crate::gate::Gate;
use crate::headers::{Headers, Hsts};
use crate::languages::Languages;
use crate::mails::Mails;
use crate::metrics::Metrics;
use crate::pages::Pages;
use crate::proxies::ProxyWatch;
use crate::refusals::Samples;
use crate::site::{self, KeyedRules, SiteCourier, SiteError};
use crate::{process, routes, sweep};

/// The whole of Doorward as a fairing: it gives a Rocket Doorward's pages, with everything that protects them.
///
/// When the Rocket ignites, it adds:
/// - the pages, with the assets and `/health`, at the root. Your own route at the path of a page takes precedence with a lower rank;
/// - the gate: another site's page cannot change anything, through your routes either;
/// - security headers and `Cache-Control: no-store` on every response that does not set them itself, and `no-store` in any case on
///   one that sets a private cookie of Doorward's. They replace Rocket's [`Shield`];
/// - a response to every error for which you registered no catcher, and the redirect to the log-in;
/// - the sweep of expired data, and the sending of mails.
///
/// It fixes two of Rocket's settings: `log_level` is `off`, as Rocket's own log shows one-time links, forms and cookies,
/// and `secret_key` is Doorward's. Unless you choose other values, there is no `Server` header, `X-Real-IP` is not trusted,
/// forms have at most 32 KiB, and `shutdown.grace` is longer than the longest wait for a hash.
///
/// [`Arc<SiteAuth>`](SiteAuth), [`SeaOrmStore`] and [`PublicUrl`](crate::config::PublicUrl) are managed state, for your routes, too.
pub struct Doorward {
    config: SiteConfig,
    key: SecretKey,
    auth: Arc<SiteAuth>,
    store: SeaOrmStore,
    pages: Pages,
    courier: Option<Arc<SiteCourier>>,
    metrics: Option<Arc<Metrics>>,
}

/// Templates and texts, which need no data.
struct Texts {
    pages: Pages,
    mails: Option<Mails>,
}

impl Texts {
    fn load(config: &SiteConfig) -> Result<Self, SiteError> {
        let languages: Arc<Languages> = site::load_languages(config)?;
        Ok(Self { pages: site::load_pages(config, &languages)?, mails: site::load_mails(config, &languages)? })
    }
}

impl Doorward {
    /// Opens everything that these settings name, with the secret key of the data directory, which is generated if it is
    /// missing. Nothing is created if a template or a text cannot be used.
    ///
    /// # Errors
    /// [`SiteError`].
    pub async fn open(config: SiteConfig) -> Result<Self, SiteError> {
        let texts = Texts::load(&config)?;
        site::make_data_dir(&config)?;
        let key = site::keep_key(&config)?;
        Self::start(config, key, texts).await
    }

    /// Like [`open`](Self::open), but with a secret key of your own: the `secret_key` of your Rocket, if it has one.
    ///
    /// # Errors
    /// [`SiteError`].
    pub async fn open_with_key(config: SiteConfig, key: SecretKey) -> Result<Self, SiteError> {
        let texts = Texts::load(&config)?;
        site::make_data_dir(&config)?;
        Self::start(config, key, texts).await
    }

    async fn start(config: SiteConfig, key: SecretKey, texts: Texts) -> Result<Self, SiteError> {
        let store = site::open_store(&config).await?;
        site::prepare_schema(&config, config.database_migrate, &store).await?;
        let keyed = KeyedRules::of(&config, &key);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let auth = Arc::new(site::auth(&config, keyed, store.clone(), clock)?);
        site::check_passkeys(&auth).await?;
        let courier = site::courier(&config, &auth, texts.mails).map(Arc::new);
        Ok(Self { courier, ..Self::of(config, key, auth, store, texts.pages) })
    }

    /// Assembles parts that are open already. It sends no mails.
    #[doc(hidden)]
    #[must_use]
    pub const fn of(config: SiteConfig, key: SecretKey, auth: Arc<SiteAuth>, store: SeaOrmStore, pages: Pages) -> Self {
        Self { config, key, auth, store, pages, courier: None, metrics: None }
    }

    /// Counts the visitors' actions, all responses, and the mails in these metrics.
    #[must_use]
    pub fn counted_by(self, metrics: &Arc<Metrics>) -> Self {
        // The courier is not shared before the Rocket ignites.
        let courier = self.courier.and_then(Arc::into_inner).map(|courier| Arc::new(metrics.count_mails_of(courier)));
        Self { courier, metrics: Some(Arc::clone(metrics)), ..self }
    }

    /// The use cases.
    #[must_use]
    pub const fn auth(&self) -> &Arc<SiteAuth> {
        &self.auth
    }

    /// The database, for tables of your own: [`SeaOrmStore::connection`].
    #[must_use]
    pub const fn store(&self) -> &SeaOrmStore {
        &self.store
    }

    /// Rocket's settings with ours; `None` if they have another secret key.
    fn configured(&self, theirs: &Figment) -> Option<Figment> {
        let with_ours = with_defaults(theirs, self.config.hashing_pool.max_wait)
            .merge(Serialized::global("log_level", "off"))
            .merge(Serialized::global("secret_key", self.key.expose_secret()));
        let key_of = |figment: &Figment| figment.extract_inner::<RocketKey>("secret_key").ok();
        // Rocket's default is a key of zeros.
        let is_ours = !theirs.contains("secret_key")
            || key_of(theirs).is_some_and(|given| given.is_zero() || key_of(&with_ours) == Some(given));
        is_ours.then_some(with_ours)
    }
}

impl fmt::Debug for Doorward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doorward").field("public_url", &self.config.public_url).finish_non_exhaustive()
    }
}

#[rocket::async_trait]
impl Fairing for Doorward {
    fn info(&self) -> Info {
        Info { name: "Doorward", kind: Kind::Ignite | Kind::Singleton }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        let Some(figment) = self.configured(rocket.figment()) else {
            tracing::error!(
                "Rocket's `secret_key` is not Doorward's: give it to `Doorward::open_with_key`, or set none in Rocket's settings"
            );
            return Err(rocket);
        };
        let config = self.config.clone();
        let with_mail = if config.mail.is_some() { routes::with_mail() } else { Vec::new() };
        let with_passkeys = if config.passkeys.are_offered() { routes::with_passkeys() } else { Vec::new() };
        let rocket = rocket
            .configure(figment)
            .manage(Cookies::new(&config))
            .manage(RetryAfter(config.hashing_pool.max_wait.as_secs().max(1)))
            .manage(Hsts::of(&config))
            .manage(config.public_url)
            .manage(Samples::default())
            .manage(UnavailableSamples::default())
            .manage(config.trusted_proxies)
            .manage(config.sign_up)
            .manage(Arc::clone(&self.auth))
            .manage(self.store.clone())
            .manage(Arc::clone(self.pages.languages()))
            .manage(self.pages.clone())
            .manage(Delivery::default())
            .attach(Shield::new())
            .attach(Gate)
            .attach(Headers)
            .attach(ProxyWatch::default())
            .attach(sweep::regularly(Arc::clone(&self.auth), self.store.clone()))
            .attach(process::watch_open_files())
            .mount("/", routes::all())
            .mount("/", with_mail)
            .mount("/", with_passkeys);
        let rocket = match &self.courier {
            Some(courier) => rocket.attach(delivery::of(Arc::clone(courier))),
            None => rocket,
        };
        let rocket = match &self.metrics {
            Some(metrics) => metrics.watch(rocket),
            None => rocket,
        };
        Ok(catchers::register(rocket))
    }
}
