use super::{AuthService, Failed, may_fail};
use crate::clock::{Clock, Timestamp};
use crate::entropy::Entropy;
use crate::repository::{FoundSession, SessionRepository, TokenRenewal, TokenRole};
use crate::session::{Session, SessionKind, SessionLimits};
use crate::token::{SessionToken, TokenHash};
use crate::user::{Standing, User};

impl<S: SessionRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Finds the session of `token` and its user, and records that the session was used now.
    ///
    /// A kept session gets a new token every [`SessionLimits::RENEWAL_INTERVAL`]: if the visit has a
    /// [`renewed_token`](Visit::renewed_token), give it to the browser.
    ///
    /// # Errors
    /// [`ResumeError::Unknown`] if the token has no session, or its user is closed. [`ResumeError::Expired`] if the session has
    /// reached one of its limits; it is ended then. [`ResumeError::Failed`] if the store fails.
    pub async fn resume(&self, token: &SessionToken) -> Result<Visit, ResumeError> {
        let now = self.clock.now();
        let (mut visit, role) = self.find_visit(token, now).await?;
        if self.is_past_its_limits(&visit.session, now) {
            self.store.discard(visit.session.id).await?;
            return Err(ResumeError::Expired);
        }
        // The session is valid even if one of these fails: with a read-only database, users can still read.
        if let Err(error) = self.touch(&mut visit, now).await {
            tracing::warn!(session.id = %visit.session.id, %error, "a session was not marked as seen");
        }
        if let Err(error) = self.renew_token(&mut visit, role, now).await {
            tracing::warn!(session.id = %visit.session.id, %error, "the token of a session was not renewed");
        }
        Ok(visit)
    }

    /// Finds the session of `token` and its user, and writes nothing: for a page that the user may never see, such as one that a
    /// browser fetches ahead. The session does not count as used, its token is not renewed, and a session past a limit is left for
    /// [`resume`](Self::resume) to end.
    ///
    /// # Errors
    /// Those of [`resume`](Self::resume).
    pub async fn recognize(&self, token: &SessionToken) -> Result<Visit, ResumeError> {
        let now = self.clock.now();
        let (visit, _) = self.find_visit(token, now).await?;
        if self.is_past_its_limits(&visit.session, now) { Err(ResumeError::Expired) } else { Ok(visit) }
    }

    /// The session of this token, however old it is.
    async fn find_visit(&self, token: &SessionToken, now: Timestamp) -> Result<(Visit, TokenRole), ResumeError> {
        let token = token.hash();
        let Some(FoundSession { session, user, token: role }) = self.store.find_by_token(&token).await? else {
            return Err(ResumeError::Unknown);
        };
        if user.standing != Standing::Active {
            return Err(ResumeError::Unknown);
        }
        if !role.opens_at(now) {
            return Err(ResumeError::Unknown);
        }
        Ok((Visit { user: user.into(), session, renewed_token: None, token }, role))
    }

    fn is_past_its_limits(&self, session: &Session, now: Timestamp) -> bool {
        self.rules.limits_of(session.kind).are_reached(session, now)
    }

    async fn touch(&self, visit: &mut Visit, now: Timestamp) -> Result<(), Failed> {
        let interval = self.rules.limits_of(visit.session.kind).touch_interval();
        if now.since(visit.session.last_seen_at) >= interval {
            self.store.touch(visit.session.id, now).await?;
            visit.session.last_seen_at = now;
        }
        Ok(())
    }

    /// ```text
    /// Only ──7 days──▶ Newer + Former ──the newer one is seen──▶ Only + Former for a minute ──▶ Only
    ///                        └──a minute, and the former one is seen still──▶ another newer one
    /// ```
    async fn renew_token(&self, visit: &mut Visit, role: TokenRole, now: Timestamp) -> Result<(), Failed> {
        let session = &visit.session;
        let age = now.since(session.renewed_at);
        let is_due = match role {
            TokenRole::Only => session.kind == SessionKind::Kept && age >= SessionLimits::RENEWAL_INTERVAL,
            TokenRole::Former { until } => until.is_none() && age >= SessionLimits::RENEWAL_GRACE,
            TokenRole::Newer => {
                let until = now.plus(SessionLimits::RENEWAL_GRACE);
                return Ok(self.store.end_former_token(session.id, until).await?);
            }
        };
        if is_due {
            let new = SessionToken::generate(&self.entropy)?;
            if self.store.renew_token(session, &visit.token, &new.hash(), now).await? == TokenRenewal::Renewed {
                visit.session.renewed_at = now;
                visit.token = new.hash();
                visit.renewed_token = Some(new);
            }
        }
        Ok(())
    }
}

/// A request of a logged-in user. Only [`AuthService::resume`] and [`AuthService::recognize`] make one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Visit {
    /// The user.
    pub user: User,
    /// The session.
    pub session: Session,
    /// The session's new token, if it was time for one: the browser's old one will soon be invalid.
    pub renewed_token: Option<SessionToken>,
    /// The token of the session, as far as this request knows.
    pub(super) token: TokenHash,
}

/// Why a token did not resume a session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeError {
    /// No session has this token (any more), or its user is closed.
    #[error("there is no such session")]
    Unknown,
    /// The session reached one of its limits.
    #[error("the session has expired")]
    Expired,
    /// Not the visitor's fault; they may well be logged in.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(ResumeError);

#[cfg(test)]
mod tests;
