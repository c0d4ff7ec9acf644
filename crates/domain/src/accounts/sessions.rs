use super::{AuthService, Failed, Scope, Visit, may_fail};
use crate::activity::Event;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::repository::{EndedSessions, Ending, SessionRepository};
use crate::session::{Session, SessionId};

impl<S: SessionRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The user's active sessions, most recently seen first: at most [`Session::MOST`], and that of this visit if it is not among
    /// them.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn sessions_of(&self, visit: &Visit) -> Result<Vec<Session>, Failed> {
        let mut sessions = self.sessions_of_user(visit.user.id).await?;
        if sessions.iter().all(|session| session.id != visit.session.id) {
            sessions.push(visit.session.clone());
        }
        Ok(sessions)
    }
}

impl<S, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Whether the user logged in or reauthenticated recently enough in this session for what needs a recent log-in.
    pub fn has_recent_log_in(&self, visit: &Visit) -> bool {
        self.clock.now().since(visit.session.authentication.at) < self.rules.recent_log_in
    }
}

impl<S: SessionRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Ends one of the user's sessions. To end that of this visit needs no recent log-in.
    ///
    /// # Errors
    /// [`EndSessionError::NotRecent`]; ask for a reauthentication first. [`EndSessionError::NotFound`] if the user has no such session
    /// (any more), even if another user has. [`EndSessionError::Ended`] if the session of this visit was ended meanwhile; nothing
    /// has ended then. [`EndSessionError::Failed`].
    pub async fn end_session(&self, visit: &Visit, id: SessionId) -> Result<(), EndSessionError> {
        let is_own = id == visit.session.id;
        if !is_own && !self.has_recent_log_in(visit) {
            return Err(EndSessionError::NotRecent);
        }
        let user = visit.user.id;
        let event = if is_own { Event::LoggedOut } else { Event::SessionEnded };
        let activity = self.activity(Some(user), event)?;
        match self.store.end(user, Ending::One { session: id, by: visit.session.id }, &activity).await? {
            EndedSessions::Ended(0) => return Err(EndSessionError::NotFound),
            EndedSessions::Ended(_) => {}
            EndedSessions::SessionEnded => return Err(EndSessionError::Ended),
        }
        tracing::info!(
            user.id = %user, session.id = %id, client.network = %self.client.network(), "session ended"
        );
        Ok(())
    }

    /// Ends all the user's sessions but that of this visit, and returns how many.
    ///
    /// # Errors
    /// [`EndSessionError::NotRecent`]; ask for a reauthentication first. [`EndSessionError::Ended`] when the session of this visit
    /// was ended meanwhile; nothing has ended then. [`EndSessionError::Failed`].
    pub async fn end_other_sessions(&self, visit: &Visit) -> Result<u64, EndSessionError> {
        if !self.has_recent_log_in(visit) {
            return Err(EndSessionError::NotRecent);
        }
        let user = visit.user.id;
        let activity = self.activity(Some(user), Event::SessionsEnded)?;
        let others = Ending::Others { by: visit.session.id };
        let EndedSessions::Ended(ended) = self.store.end(user, others, &activity).await? else {
            return Err(EndSessionError::Ended);
        };
        tracing::info!(
            user.id = %user, session.id = %visit.session.id, client.network = %self.client.network(), sessions.ended = ended,
            "other sessions ended"
        );
        Ok(ended)
    }
}

/// Why a session was not ended, or a device not forgotten.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndSessionError {
    /// The user proved who they are too long ago: ask for that first.
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

#[cfg(test)]
mod tests;
