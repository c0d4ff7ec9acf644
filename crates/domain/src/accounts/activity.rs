use super::{AuthService, Failed, Visit};
use crate::activity::{Activity, ActivityId};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::repository::ActivityRepository;

impl<S: ActivityRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Up to `most` entries of the account's activity, newest first, older than the entry `before` if given, as far back as
    /// activity is kept.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn activity_of(
        &self,
        visit: &Visit,
        before: Option<ActivityId>,
        most: u32,
    ) -> Result<Vec<Activity>, Failed> {
        self.activity_of_user(visit.user.id, before, most).await
    }
}

#[cfg(test)]
mod tests;
