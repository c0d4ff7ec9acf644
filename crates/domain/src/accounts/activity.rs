use super::{AuthService, Failed, Visit};
use crate::activity::{Activity, ActivityId};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::repository::ActivityRepository;

impl<S: ActivityRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Up to `most` of what happened to the account, before that with the id `before`, newest first, as far back as it
    /// is kept.
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
