use super::AuthService;
use crate::activity::ActivityId;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::repository::{Expiry, InvitationRepository, LinkRepository, Store, StoreError};
use crate::session::SessionKind;

/// How many rows are deleted in one step, so that other requests do not wait long for the store.
pub(super) const BATCH: u32 = 500;

impl<S: Store, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Deletes expired rows: sessions past a limit, reservations of names, activity that is too old or has no user, counters of
    /// attempts, and devices whose last log-in is too long ago. Call it at the start and every five minutes, from any instance;
    /// several at once do no harm.
    ///
    /// # Errors
    /// [`StoreError`], once each kind was tried; rows deleted before stay deleted.
    pub async fn sweep(&self) -> Result<Swept, StoreError> {
        let now = self.clock.now();
        let expiry = self.expiry();
        let kept_from = ActivityId::floor(now.minus(self.rules.activity_retention));
        let known_from = now.minus(self.device_memory());
        let mut swept = Swept::default();
        loop {
            // A failure of one does not stop the others.
            let deleted = [
                self.store.delete_expired(&expiry, BATCH).await,
                self.store.delete_activity(kept_from, BATCH).await,
                self.store.release_names(now, BATCH).await,
                self.store.delete_counters(now, BATCH).await,
                self.store.delete_devices(known_from, BATCH).await,
            ];
            let [sessions, activity, names, counters, devices] = deleted;
            let [sessions, activity, names, counters, devices] = [sessions?, activity?, names?, counters?, devices?];
            swept.devices += u64::from(devices);
            swept.counters += u64::from(counters);
            swept.sessions += u64::from(sessions);
            swept.activity += u64::from(activity);
            swept.names += u64::from(names);
            if [sessions, activity, names, counters, devices].into_iter().all(|deleted| deleted < BATCH) {
                break;
            }
        }
        let Swept { sessions, activity, names, counters, devices } = swept;
        if sessions + activity + names + counters + devices > 0 {
            tracing::info!(
                swept.sessions = sessions,
                swept.activity = activity,
                swept.names = names,
                swept.counters = counters,
                swept.devices = devices,
                "swept"
            );
        }
        Ok(swept)
    }
}

impl<S, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The limits at which sessions of each kind expire, as of now.
    pub(super) fn expiry(&self) -> [Expiry; 2] {
        let now = self.clock.now();
        [SessionKind::Ordinary, SessionKind::Kept].map(|kind| {
            let limits = self.rules.limits_of(kind);
            Expiry::new(kind, limits.idle, limits.max, now)
        })
    }
}

impl<S: LinkRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Deletes the one-time links that are past their end, and returns how many. Call it when [`sweep`](Self::sweep) is called.
    ///
    /// # Errors
    /// [`StoreError`]; what was deleted before stays deleted.
    pub async fn sweep_links(&self) -> Result<u64, StoreError> {
        let now = self.clock.now();
        in_batches(|| self.store.delete_links(now, BATCH)).await
    }
}

impl<S: InvitationRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Deletes the invitations that are past their end or used up, and returns how many. Call it when [`sweep`](Self::sweep) is
    /// called.
    ///
    /// # Errors
    /// [`StoreError`]; what was deleted before stays deleted.
    pub async fn sweep_invitations(&self) -> Result<u64, StoreError> {
        let now = self.clock.now();
        in_batches(|| self.store.delete_invitations(now, BATCH)).await
    }
}

/// Deletes rows until a step deletes fewer than [`BATCH`], and returns how many.
pub(super) async fn in_batches<F>(delete: impl Fn() -> F) -> Result<u64, StoreError>
where
    F: Future<Output = Result<u32, StoreError>>,
{
    let mut swept = 0;
    loop {
        let deleted = delete().await?;
        swept += u64::from(deleted);
        if deleted < BATCH {
            return Ok(swept);
        }
    }
}

/// What a sweep deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Swept {
    /// Sessions past a limit.
    pub sessions: u64,
    /// Activity that is too old, or has no user.
    pub activity: u64,
    /// Reservations of names that ran out.
    pub names: u64,
    /// Counters of attempts that have expired.
    pub counters: u64,
    /// Devices whose last log-in is too long ago for them to be known.
    pub devices: u64,
}

#[cfg(test)]
mod tests;
