use std::io;
use std::thread;

use super::AuthService;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::mail::MailRules;
#[cfg(feature = "passkeys")]
use crate::passkey::PasskeyRules;
use crate::password::{HashingCost, PasswordHasher, PasswordPolicy, PoolConfig, WorkerPool};
#[cfg(feature = "passkeys")]
use crate::repository::PasskeyRepository;
#[cfg(feature = "second-factor")]
use crate::repository::SecondFactorRepository;
use crate::repository::{EmailRepository, LinkRepository, OutboxRepository};
use crate::rules::Rules;
#[cfg(feature = "second-factor")]
use crate::second_factor::SecondFactorRules;
#[cfg(feature = "system")]
use crate::system::{OsEntropy, SystemClock};

#[cfg(feature = "system")]
impl<S> AuthService<S, SystemClock, OsEntropy> {
    /// Begins a service over this store, with the operating system's clock and randomness.
    ///
    /// ```
    /// use doorward_domain::AuthService;
    /// # use doorward_domain::Store;
    ///
    /// # fn start(store: impl Store) -> std::io::Result<()> {
    /// let auth = AuthService::builder(store).site_name("Notes").start()?;
    /// # Ok(())
    /// # }
    /// ```
    pub const fn builder(store: S) -> AuthServiceBuilder<S, SystemClock, OsEntropy> {
        Self::with_ports(store, SystemClock, OsEntropy)
    }
}

impl<S, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Begins a service over this store, with a clock and a source of randomness of your own.
    pub const fn with_ports(store: S, clock: C, entropy: E) -> AuthServiceBuilder<S, C, E> {
        AuthServiceBuilder {
            store,
            clock,
            entropy,
            hasher: None,
            rules: None,
            mail: None,
            #[cfg(feature = "second-factor")]
            second_factor: None,
            #[cfg(feature = "passkeys")]
            passkeys: None,
        }
    }
}

/// Puts an [`AuthService`] together. Everything but the ports has a default.
#[derive(Debug)]
#[must_use = "nothing runs before `start`"]
pub struct AuthServiceBuilder<S, C, E> {
    store: S,
    clock: C,
    entropy: E,
    hasher: Option<PasswordHasher>,
    rules: Option<Rules>,
    mail: Option<MailRules>,
    #[cfg(feature = "second-factor")]
    second_factor: Option<SecondFactorRules>,
    #[cfg(feature = "passkeys")]
    passkeys: Option<PasskeyRules>,
}

impl<S, C: Clock, E: Entropy> AuthServiceBuilder<S, C, E> {
    /// Sets the usual rules ([`Rules::new`]) for a site of this name, which no password may be made of. Replaces all rules that
    /// were set before.
    pub fn site_name(self, name: &str) -> Self {
        self.rules(Rules::new(PasswordPolicy::new(PasswordPolicy::DEFAULT_MIN_CHARS, name)))
    }

    /// Sets the rules. Without them, the usual rules apply, for a site without a name.
    pub fn rules(self, rules: Rules) -> Self {
        Self { rules: Some(rules), ..self }
    }

    /// A hasher of your own. Without one, hashes have the default [`HashingCost`] and are made by one thread for each core.
    ///
    /// Share one [`WorkerPool`] in a process: its size bounds the memory of hashing.
    pub fn hasher(self, hasher: PasswordHasher) -> Self {
        Self { hasher: Some(hasher), ..self }
    }

    /// Sends mails: users have addresses, prove them, and are told what happens to their accounts. The mails of
    /// [`next_mail`](AuthService::next_mail) have to be handed over, as `doorward-mail` does. Without rules no mail is queued.
    pub fn mail(self, rules: MailRules) -> Self
    where
        S: EmailRepository + LinkRepository + OutboxRepository,
    {
        Self { mail: Some(rules), ..self }
    }

    /// Lets users set up a second factor, which a log-in then asks for. Without rules, a user who has a second factor from another
    /// service over the same store cannot log in here.
    #[cfg(feature = "second-factor")]
    pub fn second_factor(self, rules: SecondFactorRules) -> Self
    where
        S: SecondFactorRepository,
    {
        Self { second_factor: Some(rules), ..self }
    }

    /// Lets users add passkeys, log in by them, and prove a second factor by them. Without rules, a user who has a passkey and a
    /// password from another service over the same store needs a recovery code here.
    #[cfg(feature = "passkeys")]
    pub fn passkeys(self, rules: PasskeyRules) -> Self
    where
        S: PasskeyRepository + SecondFactorRepository,
    {
        Self { passkeys: Some(rules), ..self }
    }

    /// Starts the service, and the hashing threads if no hasher was given.
    ///
    /// # Errors
    /// If the operating system does not report the number of cores, or cannot start a thread.
    pub fn start(self) -> io::Result<AuthService<S, C, E>> {
        let Self { store, clock, entropy, hasher, rules, mail, .. } = self;
        let usual_hasher = || -> io::Result<PasswordHasher> {
            let pool = WorkerPool::start(PoolConfig::for_workers(thread::available_parallelism()?))?;
            Ok(PasswordHasher::new(HashingCost::default(), pool))
        };
        let hasher = hasher.map_or_else(usual_hasher, Ok)?;
        let rules = rules.unwrap_or_else(|| Rules::new(PasswordPolicy::new(PasswordPolicy::DEFAULT_MIN_CHARS, "")));
        Ok(AuthService {
            store,
            clock,
            entropy,
            hasher,
            rules,
            mail,
            #[cfg(feature = "second-factor")]
            second_factor: self.second_factor,
            #[cfg(feature = "passkeys")]
            passkeys: self.passkeys,
        })
    }
}
