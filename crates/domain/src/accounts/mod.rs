//! The use cases: each is a method of [`AuthService`], with an error of its own.

mod account_deletion;
mod activity;
mod administration;
mod builder;
mod email;
mod forgotten_password;
mod invitations;
mod known_devices;
mod language;
mod log_in;
mod log_in_by_email;
mod log_out;
mod mails;
mod new_password;
mod outbox;
#[cfg(feature = "passkeys")]
mod passkey_log_in;
#[cfg(feature = "passkeys")]
mod passkeys;
mod password_change;
#[cfg(feature = "passkeys")]
mod password_removal;
mod password_reset;
mod reauthentication;
mod resumption;
mod scope;
#[cfg(feature = "second-factor")]
mod second_factor;
#[cfg(feature = "second-factor")]
mod second_step;
mod sessions;
mod sign_up;
mod sweep;
mod throttling;
mod user_import;
mod username_change;

use std::fmt;
use std::time::Duration;

pub use account_deletion::DeleteAccountError;
pub use administration::{CreateUserError, RenameUserError};
pub use builder::AuthServiceBuilder;
pub use email::{AddressOfUser, EmailGiven, EmailLinkError, GiveEmailError, SetEmailError};
pub use forgotten_password::MailResetError;
pub use log_in::{LogIn, LogInError, LogInStep, LoggedIn, PasswordProved};
pub use outbox::{Letter, MailFailure, NextMail};
#[cfg(feature = "passkeys")]
pub use passkey_log_in::{LogInByPasskey, PasskeyRequest, ProvePasskeyError};
#[cfg(feature = "passkeys")]
pub use passkeys::{AddPasskey, AddPasskeyError, ChangePasskeyError, PasskeyAdded, PasskeyCreation};
pub use password_change::{ChangePasswordError, WrongPassword};
#[cfg(feature = "passkeys")]
pub use password_removal::RemovePasswordError;
pub use password_reset::{LinkError, MakeLinkError, ResetPasswordError};
pub use reauthentication::ReauthenticateError;
pub use resumption::{ResumeError, Visit};
pub use scope::Scope;
#[cfg(feature = "second-factor")]
pub use second_factor::{ChangeFactorError, SecondFactorState, SetUpTotp, SetUpTotpError, TotpSetUp};
#[cfg(feature = "second-factor")]
pub use second_step::{FinishLogIn, SecondStep, SecondStepError, Trust};
pub use sessions::EndSessionError;
pub use sign_up::{ReadEmailError, SignUp, SignUpEmail, SignUpError};
pub use sweep::Swept;
use throttling::{TurnedAway, may_be_throttled};
pub use user_import::ImportUsersError;
pub use username_change::ChangeUsernameError;

use crate::activity::{Activity, ActivityId, Event, Notice};
use crate::client::{BrowserId, Client};
use crate::clock::{Clock, Timestamp};
use crate::entropy::{Entropy, EntropyError};
use crate::mail::MailRules;
#[cfg(feature = "passkeys")]
use crate::passkey::PasskeyRules;
use crate::password::{HashingError, Password, PasswordHash, PasswordHasher, PasswordPolicy, PoolStats, Verdict};
use crate::repository::{ActivityRepository, StoreError, ThrottleRepository, UserRepository};
use crate::rules::Rules;
#[cfg(feature = "second-factor")]
use crate::second_factor::SecondFactorRules;
use crate::session::Session;
use crate::throttle::ThrottleRules;
use crate::user::{StoredUser, UserId};

/// A username and a password as they were typed. `Debug` shows neither: people type passwords into the wrong field.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// What was typed as the username.
    pub username: &'a str,
    /// What was typed as the password.
    pub password: &'a str,
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials([redacted])")
    }
}

/// Signs users up, logs them in and out, finds the sessions of tokens, and changes accounts as their users ask for.
#[derive(Debug)]
pub struct AuthService<S, C, E> {
    store: S,
    clock: C,
    entropy: E,
    hasher: PasswordHasher,
    rules: Rules,
    /// `None` if the service sends no mails.
    mail: Option<MailRules>,
    /// `None` if the service has no second factors.
    #[cfg(feature = "second-factor")]
    second_factor: Option<SecondFactorRules>,
    /// `None` if the service has no passkeys.
    #[cfg(feature = "passkeys")]
    passkeys: Option<PasskeyRules>,
}

impl<S, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The rules.
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The rules for mails; `None` if the service sends none.
    pub const fn mail(&self) -> Option<&MailRules> {
        self.mail.as_ref()
    }

    /// The rules for new passwords, to be shown before anything is typed.
    pub const fn policy(&self) -> &PasswordPolicy {
        &self.rules.passwords
    }

    /// A new id for a browser that has none: for a signed or encrypted cookie, beside the forms to sign up and to log in.
    ///
    /// # Errors
    /// [`EntropyError`] if there is no randomness.
    pub fn name_browser(&self) -> Result<BrowserId, EntropyError> {
        BrowserId::new(self.clock.now(), &self.entropy)
    }

    /// What the hashing pool has done so far.
    pub fn hashing_stats(&self) -> PoolStats {
        self.hasher.stats()
    }

    /// The use cases on behalf of this client, which is recorded with the activity, and by whose address attempts are counted.
    pub const fn from<'a>(&'a self, client: &'a Client) -> Scope<'a, S, C, E> {
        Scope { service: self, client }
    }

    /// How long after a log-in a device is known, and not held up by strangers' attempts: as long as the
    /// [throttle](ThrottleRules::device_memory) says. Without a throttle a device is not known at all, except in a service that
    /// sends mails, which report log-ins on unknown devices: there as long as the default throttle says. At least as long as a
    /// device may be trusted.
    pub fn device_memory(&self) -> Duration {
        let memory = match (&self.rules.throttle, &self.mail) {
            (Some(throttle), _) => throttle.device_memory,
            (None, Some(_)) => ThrottleRules::default().device_memory,
            (None, None) => Duration::ZERO,
        };
        memory.max(self.trust())
    }

    /// How long a device needs no second factor if its user wishes so; zero in a service without second factors.
    #[cfg(feature = "second-factor")]
    pub fn trust(&self) -> Duration {
        self.second_factor.as_ref().map_or(Duration::ZERO, |rules| rules.trust)
    }

    #[cfg(not(feature = "second-factor"))]
    #[expect(clippy::unused_self, reason = "as with the feature")]
    const fn trust(&self) -> Duration {
        Duration::ZERO
    }

    /// How much longer a browser has to keep the cookie of this session; `None` if the cookie ends when the browser is closed.
    pub fn kept_for(&self, session: &Session) -> Option<Duration> {
        self.rules.kept_for(session, self.clock.now())
    }

    fn millis_since(&self, started_at: Timestamp) -> u64 {
        u64::try_from(self.clock.now().since(started_at).as_millis()).unwrap_or(u64::MAX)
    }

    fn activity_by(&self, client: &Client, user_id: Option<UserId>, event: Event) -> Result<Activity, EntropyError> {
        let at = self.clock.now();
        let notice = match &self.mail {
            Some(mail) if event.is_noticed() => Notice::ByMail { ends_at: at.plus(mail.notice_lifetime) },
            _ => Notice::None,
        };
        Ok(Activity { id: ActivityId::new(at, &self.entropy)?, user_id, event, at, client: client.clone(), notice })
    }
}

impl<S: UserRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Replaces an old hash by one with the current parameters. If this fails, the password still counts as verified, and the next
    /// verification tries again.
    async fn renew_hash(&self, id: UserId, password: &Password, old: &PasswordHash) {
        let renewed = match self.hasher.hash_anew(password, &self.entropy).await {
            Ok(new) => self.store.replace_password_hash(id, old, &new).await.map_err(Failed::from),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = renewed {
            tracing::warn!(user.id = %id, %error, "an out-of-date password hash was not renewed");
        }
    }
}

impl<S, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    fn activity(&self, user_id: Option<UserId>, event: Event) -> Result<Activity, EntropyError> {
        self.activity_by(self.client, user_id, event)
    }
}

impl<S: ActivityRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Records a failed attempt, also for a name that no user has, whose refusal would otherwise come sooner. If recording fails,
    /// the attempt is still refused.
    async fn record_failed_attempt(&self, user_id: Option<UserId>, event: Event) {
        let recorded = match self.activity(user_id, event) {
            Ok(activity) => self.store.record(&activity).await.map_err(Failed::from),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = recorded {
            tracing::warn!(%error, "a failed attempt was not written down");
        }
    }
}

impl<S: ActivityRepository + ThrottleRepository + UserRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Checks the password of a logged-in user, at the cost of one hash, unless the attempt is throttled. A wrong one is recorded
    /// as a failed attempt.
    async fn verify_password_of(&self, visit: &Visit, typed: &str) -> Result<OwnPassword, TurnedAway> {
        // By the id, as the name may have changed since the visit began.
        let stored = self.store.find_by_id(visit.user.id).await.map_err(Failed::from)?;
        let name = stored.as_ref().map_or(visit.user.username.key(), |stored| stored.user.username.key());
        let by_session =
            |throttle: &ThrottleRules| vec![throttle.by_session(visit.session.id, name, self.client.address)];
        let attempt = self.count_attempt(by_session, Some(visit.user.id)).await?;
        let password = Password::parse(typed).ok();
        let hash = stored.as_ref().and_then(|stored| stored.password_hash.as_ref());
        let verdict = self.verify(&attempt, password.as_ref(), hash).await?;
        let Some(stored) = stored else { return Ok(OwnPassword::Gone) };
        if matches!(verdict, Verdict::Right | Verdict::RightButStale) {
            self.forgive(&attempt).await;
            return Ok(OwnPassword::Right(stored));
        }
        tracing::info!(
            user.id = %visit.user.id, session.id = %visit.session.id, client.network = %self.client.network(),
            reauthentication.outcome = "refused", "password refused"
        );
        self.record_failed_attempt(Some(visit.user.id), Event::ReauthenticationFailed).await;
        Ok(OwnPassword::Wrong)
    }
}

/// The outcome of checking a user's own password.
enum OwnPassword {
    Right(StoredUser),
    Wrong,
    /// The account was deleted meanwhile.
    Gone,
}

/// A failure that is not the visitor's fault. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failed {
    /// The password was neither verified nor hashed: there was too much to do, or no memory or randomness.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// There was no randomness for a token or an id.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lets `?` turn each of the causes above into the error of a use case.
macro_rules! may_fail {
    ($error:ident) => {
        impl<Cause> From<Cause> for $error
        where
            $crate::accounts::Failed: From<Cause>,
        {
            fn from(cause: Cause) -> Self {
                Self::Failed(cause.into())
            }
        }
    };
}
use may_fail;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;
