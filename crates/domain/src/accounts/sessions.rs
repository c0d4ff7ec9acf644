use super::{AuthService, Failed, Visit, may_fail};
use crate::activity::{Activity, ActivityId, Event};
use crate::client::Client;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::known_device::{KnownDevice, KnownDeviceId};
use crate::repository::{EndedSessions, Ending, Store};
use crate::session::{Session, SessionId};
use crate::token::SessionToken;

impl<S: Store, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Ends the session that `token` opens in the store, so that no copy of the cookie is worth anything. Harmless when it
    /// opens none.
    ///
    /// # Errors
    /// [`Failed`]; the session may live on.
    pub async fn log_out(&self, token: &SessionToken, client: &Client) -> Result<(), Failed> {
        let token = token.hash();
        let Some(found) = self.store.find_by_token(&token).await? else { return Ok(()) };
        let user = found.user.id;
        let activity = self.activity(Some(user), Event::LoggedOut, client)?;
        if self.store.end(user, Ending::OfToken(&token), &activity).await? == EndedSessions::Ended(1) {
            tracing::info!(
                user.id = %user, session.id = %found.session.id, client.network = %client.network(), "logged out"
            );
        }
        Ok(())
    }

    /// Where the user is logged in, last seen first; at the most [`Session::MOST`]. That of this visit is among them.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn sessions_of(&self, visit: &Visit) -> Result<Vec<Session>, Failed> {
        let now = self.clock.now();
        let mut sessions = self.store.sessions_of(visit.user.id, Session::MOST).await?;
        if sessions.iter().all(|session| session.id != visit.session.id) {
            sessions.push(visit.session.clone());
        }
        sessions.retain(|session| !self.rules.limits_of(session.kind).are_reached(session, now));
        Ok(sessions)
    }

    /// Whether the password was typed lately enough in this session for what asks for a recent log-in.
    pub fn has_recent_log_in(&self, visit: &Visit) -> bool {
        self.clock.now().since(visit.session.confirmed_at) < self.rules.recent_log_in
    }

    /// Ends one of the user's sessions. That of this visit needs no recent log-in.
    ///
    /// # Errors
    /// [`EndSessionError::NotRecent`]; ask for the password first. [`EndSessionError::NotFound`] where the user has no
    /// such session (any more), whoever else may. [`EndSessionError::Ended`] when the session of this visit was ended
    /// meanwhile; nothing has ended then. [`EndSessionError::Failed`].
    pub async fn end_session(&self, visit: &Visit, id: SessionId, client: &Client) -> Result<(), EndSessionError> {
        let is_own = id == visit.session.id;
        if !is_own && !self.has_recent_log_in(visit) {
            return Err(EndSessionError::NotRecent);
        }
        let user = visit.user.id;
        let event = if is_own { Event::LoggedOut } else { Event::SessionEnded };
        let activity = self.activity(Some(user), event, client)?;
        match self.store.end(user, Ending::One { session: id, by: visit.session.id }, &activity).await? {
            EndedSessions::Ended(0) => return Err(EndSessionError::NotFound),
            EndedSessions::Ended(_) => {}
            EndedSessions::SessionEnded => return Err(EndSessionError::Ended),
        }
        tracing::info!(
            user.id = %user, session.id = %id, client.network = %client.network(), "session ended"
        );
        Ok(())
    }

    /// Ends all the user's sessions but that of this visit; how many.
    ///
    /// # Errors
    /// [`EndSessionError::NotRecent`]; ask for the password first. [`EndSessionError::Ended`] when the session of this visit
    /// was ended meanwhile; nothing has ended then. [`EndSessionError::Failed`].
    pub async fn end_other_sessions(&self, visit: &Visit, client: &Client) -> Result<u64, EndSessionError> {
        if !self.has_recent_log_in(visit) {
            return Err(EndSessionError::NotRecent);
        }
        let user = visit.user.id;
        let activity = self.activity(Some(user), Event::SessionsEnded, client)?;
        let others = Ending::Others { by: visit.session.id };
        let EndedSessions::Ended(ended) = self.store.end(user, others, &activity).await? else {
            return Err(EndSessionError::Ended);
        };
        tracing::info!(
            user.id = %user, session.id = %visit.session.id, client.network = %client.network(), sessions.ended = ended,
            "other sessions ended"
        );
        Ok(ended)
    }

    /// The devices that are known to the account, that of the last log-in first; at the most [`KnownDevice::MOST`].
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn known_devices_of(&self, visit: &Visit) -> Result<Vec<KnownDevice>, Failed> {
        let Some(throttle) = &self.rules.throttle else { return Ok(Vec::new()) };
        let known_from = self.clock.now().minus(throttle.device_memory);
        let mut devices = self.store.devices_of(visit.user.id, KnownDevice::MOST).await?;
        devices.retain(|device| device.last_log_in_at > known_from);
        Ok(devices)
    }

    /// Makes one of the account's known devices as good as any other. A session in it goes on.
    ///
    /// # Errors
    /// [`EndSessionError::NotRecent`]; ask for the password first. [`EndSessionError::NotFound`] for one that is not the
    /// user's. [`EndSessionError::Failed`].
    pub async fn forget_device(
        &self,
        visit: &Visit,
        id: KnownDeviceId,
        client: &Client,
    ) -> Result<(), EndSessionError> {
        if !self.has_recent_log_in(visit) {
            return Err(EndSessionError::NotRecent);
        }
        let user = visit.user.id;
        let activity = self.activity(Some(user), Event::DeviceForgotten, client)?;
        if !self.store.forget_device(user, id, &activity).await? {
            return Err(EndSessionError::NotFound);
        }
        tracing::info!(
            user.id = %user, session.id = %visit.session.id, client.network = %client.network(), "known device forgotten"
        );
        Ok(())
    }

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
        let kept_from = self.clock.now().minus(self.rules.activity_retention);
        let mut lately = self.store.activity_of(visit.user.id, before, most).await?;
        lately.retain(|activity| activity.at >= kept_from);
        Ok(lately)
    }
}

/// Why a session was not ended, or a device not forgotten.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndSessionError {
    /// The password was not typed lately enough.
    #[error("this asks for a recent log-in")]
    NotRecent,
    /// The user has no such session, or no such device.
    #[error("there is no such session or device")]
    NotFound,
    /// The session of the visit ended meanwhile.
    #[error("the session has ended")]
    Ended,
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(EndSessionError);
