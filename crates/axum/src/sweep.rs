use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

#[cfg(feature = "passkeys")]
use doorward_domain::PasskeyRepository;
#[cfg(feature = "second-factor")]
use doorward_domain::SecondFactorRepository;
use doorward_domain::{
    Clock, EmailRepository, Entropy, InvitationRepository, LinkRepository, OutboxRepository, Store, StoreError,
};
use tokio::time;

use crate::accounts::Accounts;

/// Deletes expired data, at the start and every five minutes. Name the features that the service uses, and spawn [`run`](Self::run):
///
/// ```no_run
/// # use doorward_axum::{Accounts, Sweep};
/// # fn start(accounts: &Accounts<doorward_storage::SeaOrmStore>, store: doorward_storage::SeaOrmStore) {
/// let sweep = Sweep::of(accounts).links().mails().and_then(move || {
///     let store = store.clone();
///     async move { store.forget_deleted().await }
/// });
/// tokio::spawn(sweep.run());
/// # }
/// ```
///
/// Any instance may sweep, even several at once. A sweep that is cut off continues with the next one.
#[must_use = "nothing is swept before `run`"]
pub struct Sweep<S, C, E> {
    accounts: Accounts<S, C, E>,
    steps: Vec<Step>,
}

type Step = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>> + Send + Sync>;

/// The methods with these names, each of which adds the sweeps that it lists.
macro_rules! steps {
    ($($(#[$attribute:meta])* $name:ident: $port:path => $($sweep:ident),+;)*) => {$(
        $(#[$attribute])*
        pub fn $name(self) -> Self
        where
            S: $port,
        {
            self$(.step(|accounts| async move { accounts.$sweep().await.map(drop) }))+
        }
    )*};
}

impl<S: Store + 'static, C: Clock + 'static, E: Entropy + 'static> Sweep<S, C, E> {
    /// The time between sweeps. Counters for made-up names expire after a quarter of an hour, and leave the store not much later.
    pub const INTERVAL: Duration = Duration::from_mins(5);

    /// Sweeps what every service has: sessions, counters, reserved names, devices, activity.
    pub fn of(accounts: &Accounts<S, C, E>) -> Self {
        let sweep = Self { accounts: accounts.clone(), steps: Vec::new() };
        sweep.step(|accounts| async move { accounts.sweep().await.map(drop) })
    }

    steps! {
        /// Also sweeps one-time links.
        links: LinkRepository => sweep_links;
        /// Also sweeps invitations.
        invitations: InvitationRepository => sweep_invitations;
        /// Also sweeps mails without a recipient.
        mails: OutboxRepository => sweep_mails;
        /// Also sweeps users who had to verify an address in time, and have not.
        addresses: EmailRepository => sweep_unverified;
        /// Also sweeps log-ins that wait for a second factor.
        #[cfg(feature = "second-factor")]
        second_factors: SecondFactorRepository => sweep_pending_log_ins;
        /// Also sweeps the challenges of passkeys.
        #[cfg(feature = "passkeys")]
        passkeys: PasskeyRepository => sweep_challenges;
    }

    /// Runs this afterwards, for work of the service itself, such as `SeaOrmStore::forget_deleted`.
    pub fn and_then<F>(mut self, after: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.steps.push(Box::new(move || {
            let after = after();
            Box::pin(async move {
                after.await;
                Ok(())
            })
        }));
        self
    }

    fn step<F>(mut self, sweep: impl Fn(Accounts<S, C, E>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        let accounts = self.accounts.clone();
        self.steps.push(Box::new(move || Box::pin(sweep(accounts.clone()))));
        self
    }

    /// Sweeps until it is dropped. A step that fails is logged, does not hold up the others, and is tried again the next time.
    pub async fn run(self) {
        let mut times = time::interval(Self::INTERVAL);
        loop {
            times.tick().await;
            self.once().await;
        }
    }

    async fn once(&self) {
        for step in &self.steps {
            if let Err(error) = step().await {
                tracing::warn!(%error, cause = ?error.source(), "not everything was swept");
            }
        }
    }
}

impl<S, C, E> fmt::Debug for Sweep<S, C, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sweep").field("steps", &self.steps.len()).finish_non_exhaustive()
    }
}
