use super::{Credentials, Failed, Scope, may_be_throttled, may_fail};
use crate::client::BrowserId;
use crate::clock::{Clock, Timestamp};
use crate::entropy::Entropy;
use crate::password::PasswordError;
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
        let user = match self.admit(typed).await? {
            Applicant::New(user) => user,
            Applicant::SignedUp(user) => return Ok(user),
        };
        match self.store.insert(&user).await {
            Ok(()) => Ok(self.signed_up(user, started_at)),
            Err(InsertUserError::UsernameTaken) => self.sent_before(&user.username, SignUpError::UsernameTaken).await,
            Err(InsertUserError::Store(error)) => Err(error.into()),
        }
    }

    /// Who wants to sign up, as far as the rules let them: nothing is stored yet.
    pub(super) async fn admit(&self, typed: Credentials<'_>) -> Result<Applicant, SignUpError> {
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
            return self.own(found).map(Applicant::SignedUp).ok_or(SignUpError::UsernameTaken);
        }
        let password_hash = match self.judge_and_hash(&attempt, &password, &username).await? {
            Ok(hash) => Some(hash),
            Err(refusal) => {
                // People need several goes at a password; each counts as one, and not as another name.
                self.forgive(&attempt).await;
                return Err(SignUpError::Unfit { username: None, password: Some(refusal) });
            }
        };
        let created_at = self.clock.now();
        let id = UserId::new(created_at, &self.entropy)?;
        Ok(Applicant::New(NewUser {
            id,
            username,
            password_hash,
            created_at,
            signed_up_in: self.client.browser,
            email: None,
        }))
    }

    pub(super) fn signed_up(&self, user: NewUser, started_at: Timestamp) -> User {
        let NewUser { id, username, created_at, .. } = user;
        tracing::info!(
            user.id = %id, client.network = %self.client.network(), duration_ms = self.millis_since(started_at), "signed up"
        );
        User { id, username, standing: Standing::Active, created_at }
    }

    /// The user with this name, where this browser has just signed up for it; else the refusal.
    pub(super) async fn sent_before(&self, username: &Username, refusal: SignUpError) -> Result<User, SignUpError> {
        let found = self.store.find_by_username(username).await?;
        found.and_then(|found| self.own(found)).ok_or(refusal)
    }

    /// The user, where this browser has just signed up for it.
    fn own(&self, found: StoredUser) -> Option<User> {
        let is_own = self.client.browser.is_some() && self.client.browser == found.signed_up_in;
        let is_new = self.clock.now().since(found.user.created_at) < BrowserId::SENT_TWICE;
        (is_own && is_new).then(|| found.user.into())
    }
}

/// Somebody who may sign up.
pub(super) enum Applicant {
    /// A user to be stored.
    New(NewUser),
    /// The same browser has just signed up for the name.
    SignedUp(User),
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
    /// The invitation is unknown, used up, or past its end.
    #[error("the invitation has expired or has been used up")]
    InvitationExpired,
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
