use super::Scope;
use super::throttling::Attempt;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::password::{HashingError, Password, PasswordError, PasswordHash};
use crate::repository::{ActivityRepository, ThrottleRepository};
use crate::username::Username;

/// Shared by the sign-up, the change of a password and its reset.
impl<S: ActivityRepository + ThrottleRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Checks what can be checked of a new password at once.
    pub(super) fn parse_new_password(&self, typed: &str) -> Result<Password, PasswordError> {
        let password = Password::parse(typed)?;
        self.policy().check_length(&password)?;
        Ok(password)
    }

    /// Hashes a new password, unless it is too easily guessed, for an attempt that was counted. If the pool fails, the attempt does
    /// not count.
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
