use super::{AuthService, Failed, may_fail};
use crate::clock::{Clock, Timestamp};
use crate::entropy::Entropy;
use crate::repository::{FoundSession, Store, TokenRole};
use crate::session::{Session, SessionKind, SessionLimits};
use crate::token::{SessionToken, TokenHash};
use crate::user::{Standing, User};

impl<S: Store, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Tells whose session `token` is, and that it was used now.
    ///
    /// The token of a kept session is drawn anew every [`SessionLimits::RENEWAL_INTERVAL`]: where the visit has a
    /// [`renewed_token`](Visit::renewed_token), give it to the browser.
    ///
    /// # Errors
    /// [`ResumeError::Unknown`] for a token without a session, or whose user is closed. [`ResumeError::Expired`] when
    /// the session reached one of its limits; it is ended then. [`ResumeError::Failed`] when the store fails.
    pub async fn resume(&self, token: &SessionToken) -> Result<Visit, ResumeError> {
        let token = token.hash();
        let Some(FoundSession { session, user, token: role }) = self.store.find_by_token(&token).await? else {
            return Err(ResumeError::Unknown);
        };
        if user.standing != Standing::Active {
            return Err(ResumeError::Unknown);
        }
        let now = self.clock.now();
        if !role.opens_at(now) {
            return Err(ResumeError::Unknown);
        }
        if self.rules.limits_of(session.kind).are_reached(&session, now) {
            self.store.discard(session.id).await?;
            return Err(ResumeError::Expired);
        }
        let mut visit = Visit { user, session, renewed_token: None, token };
        // The session is good all the same when one of these fails: a database that only reads still lets people read.
        if let Err(error) = self.touch(&mut visit, now).await {
            tracing::warn!(session.id = %visit.session.id, %error, "a session was not marked as seen");
        }
        if let Err(error) = self.renew_token(&mut visit, role, now).await {
            tracing::warn!(session.id = %visit.session.id, %error, "the token of a session was not renewed");
        }
        Ok(visit)
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
            if self.store.renew_token(session, &visit.token, &new.hash(), now).await? {
                visit.session.renewed_at = now;
                visit.token = new.hash();
                visit.renewed_token = Some(new);
            }
        }
        Ok(())
    }
}

/// A request of somebody who is logged in. Only [`AuthService::resume`] makes one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Visit {
    /// Who it is.
    pub user: User,
    /// By which session.
    pub session: Session,
    /// The session's new token, when it was time for one: the browser's old one will soon be worth nothing.
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
