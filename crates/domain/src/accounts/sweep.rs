use super::AuthService;
use crate::activity::ActivityId;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::repository::{Expiry, InvitationRepository, LinkRepository, Store, StoreError};
use crate::session::SessionKind;

/// How many rows go in one step, so that nobody waits long for the store meanwhile.
pub(super) const BATCH: u32 = 500;

impl<S: Store, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Deletes what has run out: sessions past a limit, reservations of names, what happened too long ago, counters of attempts,
    /// devices that nobody logged in with for long. Call it at
    /// the start and every five minutes, from any instance; several at once do no harm.
    ///
    /// # Errors
    /// [`StoreError`], once each kind was tried; what was deleted before stays deleted.
    pub async fn sweep(&self) -> Result<Swept, StoreError> {
        let now = self.clock.now();
        let expiry = self.expiry();
        let kept_from = ActivityId::floor(now.minus(self.rules.activity_retention));
        let known_from = now.minus(self.device_memory());
        let mut swept = Swept::default();
        loop {
            // One that fails holds up none of the others.
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
    /// When sessions have reached a limit, as of now.
    pub(super) fn expiry(&self) -> [Expiry; 2] {
        let now = self.clock.now();
        [SessionKind::Ordinary, SessionKind::Kept].map(|kind| {
            let limits = self.rules.limits_of(kind);
            Expiry::new(kind, limits.idle, limits.max, now)
        })
    }
}

impl<S: LinkRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Deletes the one-time links that are past their end; how many. Call it when [`sweep`](Self::sweep) is called.
    ///
    /// # Errors
    /// [`StoreError`]; what was deleted before stays deleted.
    pub async fn sweep_links(&self) -> Result<u64, StoreError> {
        let now = self.clock.now();
        in_batches(|| self.store.delete_links(now, BATCH)).await
    }
}

impl<S: InvitationRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Deletes the invitations that are past their end or used up; how many. Call it when [`sweep`](Self::sweep) is called.
    ///
    /// # Errors
    /// [`StoreError`]; what was deleted before stays deleted.
    pub async fn sweep_invitations(&self) -> Result<u64, StoreError> {
        let now = self.clock.now();
        in_batches(|| self.store.delete_invitations(now, BATCH)).await
    }
}

/// Deletes until a step finds less than it may delete; how much.
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
    /// What happened too long ago, or to nobody.
    pub activity: u64,
    /// Reservations of names that ran out.
    pub names: u64,
    /// Counters of attempts whose time had come.
    pub counters: u64,
    /// Devices that nobody logged in with for too long to be known.
    pub devices: u64,
}

#[cfg(test)]
mod tests;
