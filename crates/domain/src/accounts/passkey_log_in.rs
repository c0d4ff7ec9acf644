use std::fmt;

use super::log_in::Beginning;
use super::{Failed, LogInStep, Scope, Trust, Visit, may_fail};
use crate::activity::Event;
use crate::authentication::{Authentication, AuthenticationMethod, AuthenticationMethods};
use crate::clock::{Clock, Timestamp};
use crate::entropy::Entropy;
use crate::known_device::DeviceTokens;
use crate::passkey::{Assertion, Ceremony, Challenge, CredentialId, PasskeyRules, Signature, Transports, UnfitAnswer};
use crate::repository::{
    ActivityRepository, ChallengeAnswer, FoundPasskey, FoundPendingLogIn, PasskeyReauthentication, PasskeyRepository,
    PasskeyUse, ReauthenticationByPasskey, SecondFactorRepository, Settlement, StartByPasskey, StartByPasskeyError,
    Store,
};
use crate::second_factor::{PendingLogInHash, PendingLogInToken};
use crate::session::SessionKind;
use crate::token::SessionToken;
use crate::user::{Standing, UserId};

impl<S, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// The request for the browser's `navigator.credentials.get()` to log in: any passkey of the site. Costs no read and no write.
    ///
    /// # Errors
    /// [`ProvePasskeyError::NotOffered`]. [`ProvePasskeyError::Failed`].
    pub fn request_passkey_log_in(&self) -> Result<PasskeyRequest, ProvePasskeyError> {
        self.request_passkey(Ceremony::LogIn(self.client.browser), Vec::new())
    }

    fn request_passkey(
        &self,
        ceremony: Ceremony,
        allow: Vec<(CredentialId, Transports)>,
    ) -> Result<PasskeyRequest, ProvePasskeyError> {
        let rules = self.passkeys.as_ref().ok_or(ProvePasskeyError::NotOffered)?;
        let challenge = self.draw_challenge(rules, ceremony)?;
        Ok(PasskeyRequest { challenge, rp_id: rules.site.id.clone(), allow })
    }
}

impl<S: PasskeyRepository + SecondFactorRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// The same, to finish a log-in that waits: a passkey of its user.
    ///
    /// # Errors
    /// [`ProvePasskeyError::NotOffered`], also where the user has none. [`ProvePasskeyError::Ended`]. [`ProvePasskeyError::Failed`].
    pub async fn request_passkey_second_step(
        &self,
        token: &PendingLogInToken,
    ) -> Result<PasskeyRequest, ProvePasskeyError> {
        let found = self.find_waiting(token, self.clock.now()).await?;
        self.request_passkey_of(found.user.id, Ceremony::SecondStep(token.hash())).await
    }

    /// The same, for a logged-in user to reauthenticate: a passkey of theirs.
    ///
    /// # Errors
    /// [`ProvePasskeyError::NotOffered`], also where the user has none. [`ProvePasskeyError::Failed`].
    pub async fn request_passkey_reauthentication(&self, visit: &Visit) -> Result<PasskeyRequest, ProvePasskeyError> {
        self.request_passkey_of(visit.user.id, Ceremony::Reauthenticate(visit.session.id)).await
    }

    async fn request_passkey_of(&self, user: UserId, ceremony: Ceremony) -> Result<PasskeyRequest, ProvePasskeyError> {
        let site = self.passkey_site().ok_or(ProvePasskeyError::NotOffered)?;
        let mut passkeys = self.store.passkeys_of(user).await?;
        passkeys.retain(|passkey| passkey.rp_id == site.id);
        if passkeys.is_empty() {
            return Err(ProvePasskeyError::NotOffered);
        }
        let allow = passkeys.into_iter().map(|passkey| (passkey.credential_id, passkey.transports)).collect();
        self.request_passkey(ceremony, allow)
    }

    /// The log-in that waits with this token, in this browser.
    async fn find_waiting(
        &self,
        token: &PendingLogInToken,
        now: Timestamp,
    ) -> Result<FoundPendingLogIn, ProvePasskeyError> {
        let found = self.store.find_log_in(&token.hash()).await?;
        found.filter(|found| found.is_good_at(now, self.client.browser)).ok_or(ProvePasskeyError::Ended)
    }
}

impl<S: PasskeyRepository + SecondFactorRepository + Store, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Starts a session by a passkey: a complete log-in, after which no code is needed. For a log-in that
    /// [waits](LogInByPasskey::finishing), it is the second factor.
    ///
    /// It is not throttled: a signature cannot be guessed, and verifying one takes less time than serving a page.
    ///
    /// # Errors
    /// [`ProvePasskeyError`]. No session was started.
    pub async fn log_in_by_passkey(&self, log_in: LogInByPasskey<'_>) -> Result<LogInStep, ProvePasskeyError> {
        match self.prove_log_in(&log_in).await? {
            PasskeyLogIn::Proved(proved) => self.begin_by_passkey(&log_in, *proved).await,
            PasskeyLogIn::Overtaken(user_id) => Ok(self.overtaken(user_id)),
        }
    }

    pub(super) async fn prove_log_in(&self, log_in: &LogInByPasskey<'_>) -> Result<PasskeyLogIn, ProvePasskeyError> {
        let asked_at = self.clock.now();
        let waiting = match log_in.waiting {
            Some(token) => {
                let found = self.store.find_log_in(&token.hash()).await?;
                let finished = found
                    .filter(|found| found.is_of(self.client.browser))
                    .filter(|found| found.log_in.has_just_finished_at(asked_at));
                if let Some(finished) = finished {
                    return Ok(PasskeyLogIn::Overtaken(finished.user.id));
                }
                Some((token.hash(), self.find_waiting(token, asked_at).await?))
            }
            None => None,
        };
        let ceremony = match &waiting {
            Some((token, _)) => Ceremony::SecondStep(*token),
            None => Ceremony::LogIn(self.client.browser),
        };
        let user_id = waiting.as_ref().map(|(_, found)| found.user.id);
        let proved = self.prove_passkey(log_in.answer, ceremony, user_id).await?;
        Ok(PasskeyLogIn::Proved(Box::new(ProvedLogIn { proved, waiting, asked_at })))
    }

    pub(super) async fn begin_by_passkey(
        &self,
        log_in: &LogInByPasskey<'_>,
        proved: ProvedLogIn,
    ) -> Result<LogInStep, ProvePasskeyError> {
        let ProvedLogIn { proved: ProvedPasskey { found, used }, waiting, asked_at } = proved;
        let user = found.stored.user;
        let nothing = DeviceTokens::default();
        let device = log_in.device.unwrap_or(&nothing);
        let known = self.find_known_device(device, Some(user.id), asked_at).await?;
        let by_passkey = AuthenticationMethods::NONE.with(AuthenticationMethod::Passkey);
        let (log_in_token, kind, credentials_version, methods) = match waiting {
            Some((token, FoundPendingLogIn { log_in, .. })) => {
                let methods = by_passkey.with(AuthenticationMethod::Password);
                (Some(token), log_in.kind, log_in.credentials_version, methods)
            }
            None => (None, log_in.kind, found.stored.credentials_version, by_passkey),
        };
        let user_id = user.id;
        let beginning = Beginning {
            user,
            credentials_version,
            kind,
            asked_at,
            methods,
            replacing: log_in.replacing,
            device,
            known,
            trusted_until: self.trusted_until(log_in.trust, asked_at),
            settlement: Settlement::default(),
        };
        let draft = self.draft_session(beginning).await?;
        let start = StartByPasskey { used, log_in: log_in_token, new: draft.new.clone() };
        match self.store.start_by_passkey(&start, &draft.activity).await {
            Ok(()) => Ok(LogInStep::Done(self.logged_in(draft, asked_at))),
            Err(StartByPasskeyError::Overtaken) => Ok(self.overtaken(user_id)),
            Err(StartByPasskeyError::Ended) => Err(ProvePasskeyError::Ended),
            Err(StartByPasskeyError::Refused | StartByPasskeyError::NotAllowed) => Err(ProvePasskeyError::Refused),
            Err(StartByPasskeyError::Store(error)) => Err(error.into()),
        }
    }
}

impl<S: ActivityRepository + PasskeyRepository + SecondFactorRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Reauthenticates a logged-in user by a passkey of theirs. From then on the session has a recent log-in, and a new token,
    /// which goes to the browser.
    ///
    /// # Errors
    /// [`ProvePasskeyError`]. Nothing has changed then.
    pub async fn reauthenticate_by_passkey(
        &self,
        visit: &Visit,
        answer: &str,
    ) -> Result<SessionToken, ProvePasskeyError> {
        let ceremony = Ceremony::Reauthenticate(visit.session.id);
        let ProvedPasskey { used, .. } = self.prove_passkey(answer, ceremony, Some(visit.user.id)).await?;
        let token = SessionToken::generate(&self.entropy)?;
        let by = ReauthenticationByPasskey {
            user_id: visit.user.id,
            used,
            session_id: visit.session.id,
            authentication: Authentication::by(AuthenticationMethod::Passkey, used.at),
            token: token.hash(),
        };
        match self.store.reauthenticate_by_passkey(&by).await? {
            PasskeyReauthentication::Renewed => {}
            PasskeyReauthentication::SessionEnded => return Err(ProvePasskeyError::Ended),
            PasskeyReauthentication::Refused => return Err(ProvePasskeyError::Refused),
        }
        tracing::info!(
            user.id = %visit.user.id, session.id = %visit.session.id, client.network = %self.client.network(),
            reauthentication.outcome = "success", "reauthenticated"
        );
        Ok(token)
    }

    /// The passkey that signed the answer: one of the `expected` user, or, without one, of the user whom the authenticator names. A
    /// right signature uses the challenge up, even if a later check fails (W3C Web Authentication Level 3 §7.2; its steps that need
    /// no memory are the verifier's).
    async fn prove_passkey(
        &self,
        answer: &str,
        ceremony: Ceremony,
        expected: Option<UserId>,
    ) -> Result<ProvedPasskey, ProvePasskeyError> {
        let rules = self.passkeys.as_ref().ok_or(ProvePasskeyError::NotOffered)?;
        let assertion = rules.verifier.read_assertion(&rules.site, answer).map_err(ProvePasskeyError::Unfit)?;
        let now = self.clock.now();
        // Step 12.
        if !assertion.challenge.is_good_for(&rules.keys, ceremony, now) {
            return Err(ProvePasskeyError::Expired);
        }
        // Steps 5 and 6.
        let Some(found) = self.store.find_passkey(&assertion.credential_id).await? else {
            tracing::info!(client.network = %self.client.network(), log_in.outcome = "refused", "nobody has that passkey");
            return Err(ProvePasskeyError::Unknown);
        };
        let user_id = found.stored.user.id;
        if !is_right(rules, &found, &assertion, expected) {
            return Err(self.refuse_passkey(user_id, ceremony).await);
        }
        if self.answer(&assertion.challenge).await? == ChallengeAnswer::Again {
            return Err(ProvePasskeyError::Expired);
        }
        if found.stored.user.standing != Standing::Active {
            return Err(self.refuse_passkey(user_id, ceremony).await);
        }
        let Assertion { counter, backup, .. } = assertion;
        let used = PasskeyUse { id: found.passkey.id, counter, backup, at: now };
        // Steps 19 and 22: a copy of the authenticator may exist.
        let suspicion = if !found.passkey.backup.may_become(backup) {
            Some(ProvePasskeyError::BackupChanged)
        } else if !used.counts_after(found.passkey.counter) {
            Some(ProvePasskeyError::CounterWentBack)
        } else {
            None
        };
        if let Some(refusal) = suspicion {
            tracing::warn!(
                log_in.outcome = "refused", user.id = %user_id, client.network = %self.client.network(),
                reason = %refusal, "a passkey may have been copied"
            );
            self.record_failed_attempt(Some(user_id), Event::PasskeyRefused).await;
            return Err(refusal);
        }
        Ok(ProvedPasskey { found, used })
    }

    async fn refuse_passkey(&self, user_id: UserId, ceremony: Ceremony) -> ProvePasskeyError {
        tracing::info!(
            log_in.outcome = "refused", log_in.method = AuthenticationMethod::Passkey.code(), user.id = %user_id,
            client.network = %self.client.network(), "passkey refused"
        );
        self.record_failed_attempt(Some(user_id), failure_at(ceremony)).await;
        ProvePasskeyError::Refused
    }
}

/// Whether the passkey signed the answer, and belongs to the user who is meant.
fn is_right(rules: &PasskeyRules, found: &FoundPasskey, assertion: &Assertion, expected: Option<UserId>) -> bool {
    let is_whose = match (expected, assertion.user_handle) {
        (Some(user), handle) => found.stored.user.id == user && handle.is_none_or(|handle| handle == found.handle),
        (None, handle) => handle == Some(found.handle),
    };
    is_whose
        && found.passkey.rp_id == rules.site.id
        && rules.verifier.verify(assertion, &found.passkey.public_key) == Signature::Right
}

/// The event that records a wrong answer.
const fn failure_at(ceremony: Ceremony) -> Event {
    match ceremony {
        Ceremony::LogIn(_) => Event::LogInFailed,
        Ceremony::SecondStep(_) => Event::SecondStepFailed,
        Ceremony::Add(_) | Ceremony::Reauthenticate(_) => Event::ReauthenticationFailed,
    }
}

/// The outcome of proving a log-in.
pub(super) enum PasskeyLogIn {
    Proved(Box<ProvedLogIn>),
    /// Another request of this browser was quicker, and its session has begun.
    Overtaken(UserId),
}

/// A user who has proved a passkey to log in.
pub(super) struct ProvedLogIn {
    proved: ProvedPasskey,
    /// The log-in that waited for it.
    waiting: Option<(PendingLogInHash, FoundPendingLogIn)>,
    asked_at: Timestamp,
}

impl ProvedLogIn {
    /// The user who logs in.
    pub(super) const fn user_id(&self) -> UserId {
        self.proved.found.stored.user.id
    }
}

/// A passkey that its user has proved.
struct ProvedPasskey {
    found: FoundPasskey,
    used: PasskeyUse,
}

/// What an authenticator is asked to prove: `PublicKeyCredentialRequestOptions` (W3C Web Authentication Level 3 §5.5), with
/// `userVerification: required`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PasskeyRequest {
    /// The challenge that it has to sign.
    pub challenge: Challenge,
    /// The id of the site.
    pub rp_id: String,
    /// The credentials of which one has to sign; if there are none, any one of the site's.
    pub allow: Vec<(CredentialId, Transports)>,
}

/// A request to log in by a passkey. `Debug` shows nothing.
#[derive(Clone, Copy)]
#[must_use]
pub struct LogInByPasskey<'a> {
    answer: &'a str,
    waiting: Option<&'a PendingLogInToken>,
    kind: SessionKind,
    replacing: Option<&'a SessionToken>,
    device: Option<&'a DeviceTokens>,
    trust: Trust,
}

impl<'a> LogInByPasskey<'a> {
    /// By this answer of the browser's, which is JSON: an ordinary session, in a browser without a known device.
    pub const fn new(answer: &'a str) -> Self {
        Self {
            answer,
            waiting: None,
            kind: SessionKind::Ordinary,
            replacing: None,
            device: None,
            trust: Trust::NotWished,
        }
    }

    /// As the second step of the log-in that waits with this token, which determines the kind of the session.
    pub const fn finishing(self, waiting: &'a PendingLogInToken) -> Self {
        Self { waiting: Some(waiting), ..self }
    }

    /// For a session of this kind.
    pub const fn of_kind(self, kind: SessionKind) -> Self {
        Self { kind, ..self }
    }

    /// Replaces the session whose token the browser sent along, as with [`LogIn`](crate::LogIn::replacing).
    pub const fn replacing(self, earlier: Option<&'a SessionToken>) -> Self {
        Self { replacing: earlier, ..self }
    }

    /// From a device with these secrets, as with [`LogIn`](crate::LogIn::by_device).
    pub const fn by_device(self, device: &'a DeviceTokens) -> Self {
        Self { device: Some(device), ..self }
    }

    /// With this wish of the user's to trust the device.
    pub const fn trusting(self, trust: Trust) -> Self {
        Self { trust, ..self }
    }
}

impl fmt::Debug for LogInByPasskey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogInByPasskey([redacted])")
    }
}

/// Why a passkey proved nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProvePasskeyError {
    /// The service has no [rules](PasskeyRules) for passkeys, or the user has none.
    #[error("there are no passkeys")]
    NotOffered,
    /// What the browser sent is no proof for this site.
    #[error(transparent)]
    Unfit(UnfitAnswer),
    /// The challenge is of another ceremony, is older than [`Challenge::LIFETIME`], or was answered before: start over.
    #[error("the challenge is good no longer")]
    Expired,
    /// No user has that passkey: tell the browser, by `PublicKeyCredential.signalUnknownCredential()`.
    #[error("nobody has that passkey")]
    Unknown,
    /// The signature is wrong, the passkey is another user's, or its user may not log in: callers cannot tell which.
    #[error("that passkey is not right")]
    Refused,
    /// The passkey was used more often than this authenticator knows of.
    #[error("the counter of the passkey has gone back")]
    CounterWentBack,
    /// The passkey could not be synced when it was added, and can be now, or the other way round.
    #[error("the passkey has become one of another kind")]
    BackupChanged,
    /// The log-in no longer waits, or the session has ended: log in again.
    #[error("the log-in has ended")]
    Ended,
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(ProvePasskeyError);

#[cfg(test)]
mod tests;
