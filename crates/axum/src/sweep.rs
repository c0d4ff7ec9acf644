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

/// Deletes what has run out, at the start and every five minutes. Name what the service uses, and have the runtime run it:
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
/// Any instance may sweep, several at once do no harm, and one that is cut off goes on the next time.
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
    /// How often: counters of made-up names live for a quarter of an hour, and not much longer than that in the store.
    pub const INTERVAL: Duration = Duration::from_mins(5);

    /// Of what every service has: sessions, counters, reserved names, devices, what happened.
    pub fn of(accounts: &Accounts<S, C, E>) -> Self {
        let sweep = Self { accounts: accounts.clone(), steps: Vec::new() };
        sweep.step(|accounts| async move { accounts.sweep().await.map(drop) })
    }

    steps! {
        /// And one-time links.
        links: LinkRepository => sweep_links;
        /// And invitations.
        invitations: InvitationRepository => sweep_invitations;
        /// And mails that wait in vain.
        mails: OutboxRepository => sweep_mails;
        /// And addresses that nobody verified.
        addresses: EmailRepository => sweep_unverified;
        /// And log-ins that wait for a second factor.
        #[cfg(feature = "second-factor")]
        second_factors: SecondFactorRepository => sweep_pending_log_ins;
        /// And the challenges of passkeys.
        #[cfg(feature = "passkeys")]
        passkeys: PasskeyRepository => sweep_challenges;
    }

    /// And afterwards what the service itself has to do, such as `SeaOrmStore::forget_deleted`.
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

    /// Sweeps until it is dropped. What fails is logged, holds up nothing else, and is tried again the next time.
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
