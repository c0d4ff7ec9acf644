use super::{AuthService, Credentials, Failed, may_be_throttled, may_fail};
use crate::client::Client;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::password::{HashingError, Password, PasswordError};
use crate::repository::{InsertUserError, Store};
use crate::throttle::{ThrottleRules, Throttled};
use crate::user::{NewUser, Standing, User, UserId};
use crate::username::{Username, UsernameError};

impl<S: Store, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Creates a user. Names that are asked for count, given or not; what is unfit does not.
    ///
    /// # Errors
    /// [`SignUpError::Unfit`] says what is wrong with either field, or both. [`SignUpError::UsernameTaken`]: somebody
    /// else has the name, or was quicker, or gave it up a short while ago. [`SignUpError::Throttled`]: too many names were
    /// asked for from this network. [`SignUpError::Failed`] is not the visitor's fault. Nothing was stored.
    pub async fn sign_up(&self, typed: Credentials<'_>, client: &Client) -> Result<User, SignUpError> {
        let started_at = self.clock.now();
        let username = Username::parse(typed.username);
        let password = self.accept_new_password(typed.password, username.as_ref().ok()).await?;
        let (username, password) = match (username, password) {
            (Ok(username), Ok(password)) => (username, password),
            (username, password) => {
                return Err(SignUpError::Unfit { username: username.err(), password: password.err() });
            }
        };
        let for_name = |throttle: &ThrottleRules| throttle.for_name(client.address);
        let attempt = self.count_attempt(for_name, None, client).await?;
        let password_hash = match self.hasher.hash(&password, &self.entropy).await {
            Ok(hash) => hash,
            Err(error) => {
                self.take_back(&attempt).await;
                return Err(error.into());
            }
        };
        let now = self.clock.now();
        let id = UserId::new(now, &self.entropy)?;
        let user = NewUser { id, username, password_hash, created_at: now };
        match self.store.insert(&user).await {
            Ok(()) => {}
            Err(InsertUserError::UsernameTaken) => return Err(SignUpError::UsernameTaken),
            Err(InsertUserError::Store(error)) => return Err(error.into()),
        }
        tracing::info!(
            user.id = %id, client.network = %client.network(), duration_ms = self.millis_since(started_at), "signed up"
        );
        Ok(User { id, username: user.username, standing: Standing::Active, created_at: now })
    }

    pub(super) async fn accept_new_password(
        &self,
        typed: &str,
        username: Option<&Username>,
    ) -> Result<Result<Password, PasswordError>, HashingError> {
        let password = match Password::parse(typed) {
            Ok(password) => password,
            Err(error) => return Ok(Err(error)),
        };
        let verdict = self.hasher.assess(self.policy(), &password, username).await?;
        Ok(verdict.map(|()| password))
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
