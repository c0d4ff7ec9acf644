use super::throttling::Attempt;
use super::{Credentials, Failed, Scope, may_be_throttled, may_fail};
use crate::client::BrowserId;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::password::{HashingError, Password, PasswordError, PasswordHash};
use crate::repository::{ActivityRepository, InsertUserError, ThrottleRepository, UserRepository};
use crate::throttle::{ThrottleRules, Throttled};
use crate::user::{NewUser, Standing, StoredUser, User, UserId};
use crate::username::{Username, UsernameError};

impl<S: ActivityRepository + ThrottleRepository + UserRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Creates a user. What the rules refuse at once costs nothing and does not count. Everything else counts before any work
    /// is done for it: as a password to be judged, and as a name that was asked for, given or not, unless the password was
    /// too easily guessed. A name that is taken has no password judged.
    ///
    /// A form that a browser sends twice ends twice in the one user: a name that it signed up for within the last minute is its
    /// own, and the password that came first stays. `client` says which browser it is.
    ///
    /// # Errors
    /// [`SignUpError::Unfit`] says what is wrong with either field, or both; of a password that is too easily guessed only
    /// where nothing else is wrong. [`SignUpError::UsernameTaken`]: somebody else has the name, or was quicker, or gave it up a
    /// short while ago. [`SignUpError::Throttled`]: too many passwords were judged, or names asked for, from this network.
    /// [`SignUpError::Failed`] is not the visitor's fault. Nothing was stored.
    pub async fn sign_up(&self, typed: Credentials<'_>) -> Result<User, SignUpError> {
        let started_at = self.clock.now();
        let username = self.rules.read_new_username(typed.username);
        let password = self.parse_new_password(typed.password);
        let (username, password) = match (username, password) {
            (Ok(username), Ok(password)) => (username, password),
            (username, password) => {
                return Err(SignUpError::Unfit { username: username.err(), password: password.err() });
            }
        };
        let ways = |throttle: &ThrottleRules| vec![throttle.for_sign_up(self.client.address)];
        let attempt = self.count_attempt(ways, None).await?;
        if let Some(found) = self.store.find_by_username(&username).await? {
            return self.sent_before(found);
        }
        let password_hash = match self.judge_and_hash(&attempt, &password, &username).await? {
            Ok(hash) => Some(hash),
            Err(refusal) => {
                // People need several goes at a password; each counts as one, and not as another name.
                self.forgive(&attempt).await;
                return Err(SignUpError::Unfit { username: None, password: Some(refusal) });
            }
        };
        let now = self.clock.now();
        let id = UserId::new(now, &self.entropy)?;
        let user = NewUser { id, username, password_hash, created_at: now, signed_up_in: self.client.browser };
        match self.store.insert(&user).await {
            Ok(()) => {}
            Err(InsertUserError::UsernameTaken) => {
                let found = self.store.find_by_username(&user.username).await?;
                return found.map_or(Err(SignUpError::UsernameTaken), |found| self.sent_before(found));
            }
            Err(InsertUserError::Store(error)) => return Err(error.into()),
        }
        tracing::info!(
            user.id = %id, client.network = %self.client.network(), duration_ms = self.millis_since(started_at), "signed up"
        );
        Ok(User { id, username: user.username, standing: Standing::Active, created_at: now })
    }

    /// The user, where this browser has just signed up for it.
    fn sent_before(&self, found: StoredUser) -> Result<User, SignUpError> {
        let is_own = self.client.browser.is_some() && self.client.browser == found.signed_up_in;
        let is_new = self.clock.now().since(found.user.created_at) < BrowserId::SENT_TWICE;
        if is_own && is_new { Ok(found.user.into()) } else { Err(SignUpError::UsernameTaken) }
    }

    /// What can be told of a new password at once.
    pub(super) fn parse_new_password(&self, typed: &str) -> Result<Password, PasswordError> {
        let password = Password::parse(typed)?;
        self.policy().check_length(&password)?;
        Ok(password)
    }

    /// The hash of a new password, unless it is too easily guessed, for an attempt that was counted. What the pool had no time
    /// for does not count.
    pub(super) async fn judge_and_hash(
        &self,
        attempt: &Attempt,
        password: &Password,
        username: &Username,
    ) -> Result<Result<PasswordHash, PasswordError>, HashingError> {
        let hashed = async {
            Ok(match self.hasher.assess(self.policy(), password, Some(username)).await? {
                Ok(()) => Ok(self.hasher.hash(password, &self.entropy).await?),
                Err(refusal) => Err(refusal),
            })
        };
        let hashed = hashed.await;
        if hashed.is_err() {
            self.take_back(attempt).await;
        }
        hashed
    }
}

/// Why a sign-up was turned away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignUpError {
    /// One of the fields, or both, broke a rule.
    #[error("the username or the password breaks a rule")]
    Unfit {
        /// What is wrong with the username.
        username: Option<UsernameError>,
        /// What is wrong with the password.
        password: Option<PasswordError>,
    },
    /// The name belongs to somebody, or is reserved.
    #[error("that username is already taken")]
    UsernameTaken,
    /// Too many names were asked for lately from where this was asked.
    #[error(transparent)]
    Throttled(Throttled),
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(SignUpError);
may_be_throttled!(SignUpError);

#[cfg(test)]
mod tests;
