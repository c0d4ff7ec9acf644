use super::throttling::Attempt;
use super::{Credentials, Failed, Scope, may_be_throttled, may_fail};
use crate::activity::{Activity, Event, FailedAttempts, Notice, SinceLastLogIn};
use crate::authentication::{Authentication, AuthenticationMethod, AuthenticationMethods};
use crate::clock::{Clock, Timestamp};
use crate::entropy::{Entropy, EntropyError};
use crate::known_device::{DeviceKey, DeviceTokens, KnownDevice, KnownDeviceId};
use crate::link::LinkToken;
use crate::password::{Password, Verdict};
use crate::repository::{DeviceLogIn, NewSession, Settlement, StartSessionError, Store, StoreError};
use crate::session::{Session, SessionId, SessionKind};
use crate::throttle::{ThrottleRules, Throttled};
use crate::token::SessionToken;
use crate::user::{Standing, StoredUser, User, UserId, UserRecord};
use crate::username::Username;

impl<S: Store, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Checks credentials and starts a session, or says what is needed next: if the account has a
    /// [second factor](crate::User::second_factors), the password alone starts no session, unless the device is trusted.
    ///
    /// For any wrong credentials, computes exactly one hash, with the current parameters unless the stored hash has others, and
    /// writes once. A second hash is computed only if the password is right and its hash is out of date.
    ///
    /// # Errors
    /// [`LogInError::Refused`] for everything that is the visitor's fault. [`LogInError::Throttled`] after too many attempts: the
    /// password was not checked. [`LogInError::Failed`] is not their fault; no session was started.
    pub async fn log_in(&self, log_in: LogIn<'_>) -> Result<LogInStep, LogInError> {
        let proved = self.prove_password(&log_in).await?;
        self.begin(&log_in, proved).await
    }

    /// Checks the credentials, as [`log_in`](Self::log_in) does, and starts no session.
    pub(super) async fn prove_password(&self, log_in: &LogIn<'_>) -> Result<Proved, LogInError> {
        let LogIn { credentials: typed, device, .. } = *log_in;
        let nothing = DeviceTokens::default();
        let device = device.unwrap_or(&nothing);
        let started_at = self.clock.now();
        let username = Username::parse(typed.username).ok();
        let password = Password::parse(typed.password).ok();
        // A text that cannot be a username costs a look-up all the same: without it the refusal would come measurably sooner.
        let found = self.store.find_by_username(username.as_ref().unwrap_or(&Username::stand_in())).await?;
        let found = found.filter(|_| username.is_some());
        let found_id = found.as_ref().map(|stored| stored.user.id);
        let name = username.as_ref().map(Username::key);
        let known = self.find_known_device(device, found_id, started_at).await?;
        let ways = |throttle: &ThrottleRules| {
            let by_known_device = |known, name| throttle.by_known_device(known, name, self.client.address);
            // A device that has used up its own attempts counts as a stranger.
            let own = known.as_ref().zip(name).map(|(known, name)| by_known_device(known, name));
            own.into_iter().chain(throttle.by_stranger(name, self.client.address)).collect()
        };
        let attempt = self.count_attempt(ways, found_id).await?;
        let stored = found.filter(|stored| stored.user.standing == Standing::Active);
        let hash = stored.as_ref().and_then(|stored| stored.password_hash.as_ref());
        let verdict = self.verify(&attempt, password.as_ref(), hash).await?;
        if let (Verdict::Unreadable, Some(stored)) = (verdict, &stored) {
            tracing::warn!(user.id = %stored.user.id, "a stored password hash cannot be verified");
        }
        let (Some(stored), Some(password), Verdict::Right | Verdict::RightButStale) = (stored, password, verdict)
        else {
            return Err(self.refuse_log_in(found_id, started_at).await);
        };

        Ok(Proved { stored, password, verdict, known, attempt, started_at })
    }

    /// Starts the session of a user whose password was right, unless a second factor is needed.
    pub(super) async fn begin(&self, log_in: &LogIn<'_>, proved: Proved) -> Result<LogInStep, LogInError> {
        let LogIn { kind, replacing, device, .. } = *log_in;
        let may_be_trusted = proved.known.as_ref().filter(|_| !self.trust().is_zero());
        let is_trusted = may_be_trusted.is_some_and(|known| known.is_trusted_at(proved.started_at));
        if !proved.stored.user.second_factors.is_empty() && !is_trusted {
            return Ok(self.ask_for_second_factor(kind, proved).await);
        }
        let Proved { stored, password, verdict, known, attempt, started_at } = proved;
        let nothing = DeviceTokens::default();
        let beginning = Beginning {
            user: stored.user,
            credentials_version: stored.credentials_version,
            kind,
            asked_at: started_at,
            methods: AuthenticationMethods::NONE.with(AuthenticationMethod::Password),
            replacing,
            device: device.unwrap_or(&nothing),
            known,
            trusted_until: None,
            settlement: attempt.forgiven(),
        };
        let draft = self.draft_session(beginning).await?;
        let user_id = draft.user.id;
        match self.store.start(&draft.new, &draft.activity).await {
            Ok(()) => {}
            Err(StartSessionError::NotAllowed) => return Err(self.refuse_log_in(Some(user_id), started_at).await),
            Err(StartSessionError::Overtaken) => {
                self.forgive(&attempt).await;
                return Ok(self.overtaken(user_id));
            }
            Err(StartSessionError::Store(error)) => return Err(error.into()),
        }
        let logged_in = self.logged_in(draft, started_at);
        if let (Verdict::RightButStale, Some(old)) = (verdict, &stored.password_hash) {
            self.renew_hash(user_id, &password, old).await;
        }
        Ok(LogInStep::Done(logged_in))
    }

    /// The password was right, but a second factor is needed: the attempt counts as a success, and no session begins.
    async fn ask_for_second_factor(&self, kind: SessionKind, proved: Proved) -> LogInStep {
        let Proved { stored, password, verdict, attempt, started_at: asked_at, .. } = proved;
        self.forgive(&attempt).await;
        if let (Verdict::RightButStale, Some(old)) = (verdict, &stored.password_hash) {
            self.renew_hash(stored.user.id, &password, old).await;
        }
        tracing::info!(
            log_in.outcome = "second_factor", user.id = %stored.user.id, client.network = %self.client.network(),
            "the password was right, and the second factor is asked for"
        );
        let StoredUser { user, credentials_version, .. } = stored;
        LogInStep::SecondFactor(PasswordProved { user_id: user.id, credentials_version, kind, asked_at })
    }

    /// The device of the browser, if the account knows it. Takes the same read for a name that no user has.
    pub(super) async fn find_known_device(
        &self,
        device: &DeviceTokens,
        user: Option<UserId>,
        now: Timestamp,
    ) -> Result<Option<KnownDevice>, StoreError> {
        let keys = device.keys_for(user.unwrap_or(UserId::nobody()));
        if keys.is_empty() {
            return Ok(None);
        }
        let found = self.store.find_device(&keys).await?;
        Ok(found.filter(|known| now.since(known.last_log_in_at) < self.device_memory()))
    }

    /// The device that becomes known by a log-in; `None` if the service knows no devices.
    fn remember(
        &self,
        known: Option<&KnownDevice>,
        device: &DeviceTokens,
        user_id: UserId,
        trusted_until: Option<Timestamp>,
    ) -> Result<Option<Remembered>, EntropyError> {
        if self.device_memory().is_zero() {
            return Ok(None);
        }
        if let Some(known) = known {
            return Ok(Some(Remembered::Again { id: known.id, trusted_until }));
        }
        let (now, (tokens, key)) = (self.clock.now(), device.with_new(user_id, &self.entropy)?);
        let (id, client) = (KnownDeviceId::new(now, &self.entropy)?, self.client.clone());
        let device = KnownDevice { id, user_id, client, created_at: now, last_log_in_at: now, trusted_until };
        Ok(Some(Remembered::First { device, key, tokens }))
    }

    /// Whether the device of a log-in is news to the user, which it never is at an account's first log-in. An account that is older
    /// than the activity that is kept counts as one that has logged in before.
    fn novelty_of(
        &self,
        remembered: Option<&Remembered>,
        user: &UserRecord,
        since: SinceLastLogIn,
        now: Timestamp,
    ) -> Novelty {
        let is_old = now.since(user.created_at) >= self.rules.activity_retention;
        match remembered {
            Some(Remembered::First { .. }) if since.last_log_in_at.is_some() || is_old => Novelty::NewDevice,
            _ => Novelty::Usual,
        }
    }

    async fn refuse_log_in(&self, user: Option<UserId>, started_at: Timestamp) -> LogInError {
        self.record_failed_attempt(user, Event::LogInFailed).await;
        let (duration_ms, depth) = (self.millis_since(started_at), self.hasher.stats().depth);
        tracing::info!(
            log_in.outcome = "refused", log_in.method = AuthenticationMethod::Password.code(), user.id = user.map(tracing::field::display),
            client.network = %self.client.network(), duration_ms, hashing.depth = depth, "log-in refused"
        );
        LogInError::Refused
    }

    /// Prepares the session of a user who has proved everything that is needed. It is not stored yet.
    pub(super) async fn draft_session(&self, beginning: Beginning<'_>) -> Result<Draft, Failed> {
        let Beginning { user, credentials_version, kind, asked_at, methods, replacing, device, .. } = beginning;
        let since = self.store.since_last_log_in(user.id).await?;
        let remembered = self.remember(beginning.known.as_ref(), device, user.id, beginning.trusted_until)?;
        let mut activity = self.activity(Some(user.id), Event::LoggedIn)?;
        if self.novelty_of(remembered.as_ref(), &user, since, asked_at) == Novelty::Usual {
            activity.notice = Notice::None;
        }
        let now = activity.at;
        let token = SessionToken::generate(&self.entropy)?;
        let session = Session {
            id: SessionId::new(now, &self.entropy)?,
            user_id: user.id,
            kind,
            client: self.client.clone(),
            created_at: asked_at,
            authentication: Authentication { at: now, methods },
            renewed_at: now,
            last_seen_at: now,
        };
        let new = NewSession {
            session,
            token: token.hash(),
            replacing: replacing.map(SessionToken::hash),
            credentials_version,
            most: Session::MOST,
            device: remembered.as_ref().map(Remembered::log_in),
            settlement: beginning.settlement,
        };
        let device_tokens = match remembered {
            Some(Remembered::First { tokens, .. }) => tokens,
            Some(Remembered::Again { .. }) | None => device.clone(),
        };
        let failed_attempts = since.failed_attempts;
        Ok(Draft { user: user.into(), new, token, activity, device_tokens, failed_attempts })
    }

    /// Logs a log-in whose session was stored, and returns it.
    pub(super) fn logged_in(&self, draft: Draft, started_at: Timestamp) -> LoggedIn {
        let Draft { user, new: NewSession { session, .. }, token, device_tokens, failed_attempts, .. } = draft;
        let (duration_ms, depth) = (self.millis_since(started_at), self.hasher.stats().depth);
        tracing::info!(
            log_in.outcome = "success", log_in.method = session.authentication.methods.codes(), user.id = %user.id,
            session.id = %session.id, client.network = %self.client.network(), duration_ms, hashing.depth = depth, "logged in"
        );
        LoggedIn { user, session, token, failed_attempts, device_tokens, recovery_codes_left: None }
    }

    /// Logs that another request of the same browser has begun the session.
    pub(super) fn overtaken(&self, user_id: UserId) -> LogInStep {
        tracing::info!(
            log_in.outcome = "overtaken", user.id = %user_id, client.network = %self.client.network(),
            "another log-in of the same browser was quicker"
        );
        LogInStep::Overtaken
    }
}

/// A request to log in.
///
/// ```
/// use doorward_domain::{Credentials, LogIn, SessionKind};
///
/// let ada = Credentials { username: "ada", password: "seven quiet lanterns" };
/// let everyday = LogIn::new(ada);
/// let kept = LogIn::new(ada).of_kind(SessionKind::Kept);
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct LogIn<'a> {
    pub(super) credentials: Credentials<'a>,
    kind: SessionKind,
    replacing: Option<&'a SessionToken>,
    device: Option<&'a DeviceTokens>,
}

impl<'a> LogIn<'a> {
    /// With these credentials: an ordinary session, in a browser without a known device.
    pub const fn new(credentials: Credentials<'a>) -> Self {
        Self { credentials, kind: SessionKind::Ordinary, replacing: None, device: None }
    }

    /// With this name instead of the one that was typed.
    pub(super) const fn named(self, username: &'a str) -> Self {
        Self { credentials: Credentials { username, ..self.credentials }, ..self }
    }

    /// For a session of this kind.
    pub const fn of_kind(self, kind: SessionKind) -> Self {
        Self { kind, ..self }
    }

    /// Replaces the session whose token the browser sent along, of any account: that session ends in the same step in which the new
    /// one begins, and stays if the log-in is refused.
    pub const fn replacing(self, earlier: Option<&'a SessionToken>) -> Self {
        Self { replacing: earlier, ..self }
    }

    /// From a device with these secrets. At an account that knows the device, its attempts are counted separately from strangers'.
    pub const fn by_device(self, device: &'a DeviceTokens) -> Self {
        Self { device: Some(device), ..self }
    }
}

/// The state of a log-in whose password was right.
#[derive(Debug)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "a request has one, and nearly always this one")]
pub enum LogInStep {
    /// The session has begun.
    Done(LoggedIn),
    /// The same browser sent the log-in twice, and the other request has begun the session: the browser waits for its answer.
    /// Answer as after a log-in, and send no token. Only if the client says which browser it is.
    Overtaken,
    /// The password was right, but the account's address has to be verified first. No session has begun. The token goes into a
    /// cookie, and allows the mail to be sent again. Only from [`log_in_by_email`](Scope::log_in_by_email).
    AddressUnverified(LinkToken),
    /// The password was right, but the account needs a second factor. No session has begun. A service with second factors continues
    /// with `begin_second_step`; in any other service the user cannot log in.
    SecondFactor(PasswordProved),
}

/// A user whose password was right. It grants no access: only `begin_second_step` accepts it.
#[derive(Debug)]
#[cfg_attr(not(feature = "second-factor"), expect(dead_code, reason = "nothing is made of it without the feature"))]
pub struct PasswordProved {
    pub(super) user_id: UserId,
    pub(super) credentials_version: i64,
    pub(super) kind: SessionKind,
    pub(super) asked_at: Timestamp,
}

impl LogInStep {
    /// The session, if it has begun.
    #[must_use]
    pub fn done(self) -> Option<LoggedIn> {
        match self {
            Self::Done(logged_in) => Some(logged_in),
            Self::Overtaken | Self::AddressUnverified(_) | Self::SecondFactor(_) => None,
        }
    }
}

/// A log-in that succeeded.
#[derive(Debug)]
#[non_exhaustive]
pub struct LoggedIn {
    /// The user who logged in.
    pub user: User,
    /// The session that began.
    pub session: Session,
    /// The token by which the browser proves the session, from now on.
    pub token: SessionToken,
    /// The attempts that failed since the last log-in: tell the user, once (OWASP ASVS 5.0 §6.3.5).
    pub failed_attempts: Option<FailedAttempts>,
    /// The secrets that make this browser known from now on: for a signed or encrypted cookie.
    pub device_tokens: DeviceTokens,
    /// How many recovery codes are left, if one was used: tell the user, once.
    pub recovery_codes_left: Option<u32>,
}

/// How a session begins.
pub(super) struct Beginning<'a> {
    pub(super) user: UserRecord,
    pub(super) credentials_version: i64,
    pub(super) kind: SessionKind,
    pub(super) asked_at: Timestamp,
    pub(super) methods: AuthenticationMethods,
    pub(super) replacing: Option<&'a SessionToken>,
    pub(super) device: &'a DeviceTokens,
    pub(super) known: Option<KnownDevice>,
    pub(super) trusted_until: Option<Timestamp>,
    pub(super) settlement: Settlement,
}

/// A session about to be stored, and the rest of what the caller gets.
pub(super) struct Draft {
    pub(super) user: User,
    pub(super) new: NewSession,
    token: SessionToken,
    pub(super) activity: Activity,
    device_tokens: DeviceTokens,
    failed_attempts: Option<FailedAttempts>,
}

/// Whether the user gets a notice of a log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Novelty {
    /// The user gets no notice.
    Usual,
    /// The user gets one, as the device was not known.
    NewDevice,
}

/// A user whose password was right.
pub(super) struct Proved {
    pub(super) stored: StoredUser,
    password: Password,
    verdict: Verdict,
    known: Option<KnownDevice>,
    pub(super) attempt: Attempt,
    started_at: Timestamp,
}

/// The device that becomes known by a log-in.
enum Remembered {
    /// It was known before.
    Again { id: KnownDeviceId, trusted_until: Option<Timestamp> },
    /// It is known from now on, by these secrets.
    First { device: KnownDevice, key: DeviceKey, tokens: DeviceTokens },
}

impl Remembered {
    fn log_in(&self) -> DeviceLogIn {
        match self {
            Self::Again { id, trusted_until } => DeviceLogIn::Again { id: *id, trusted_until: *trusted_until },
            Self::First { device, key, .. } => DeviceLogIn::First { device: device.clone(), key: *key },
        }
    }
}

/// Why a log-in was turned away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogInError {
    /// The name is unknown, the password wrong, the account closed, or the input cannot be a username or a password: callers cannot
    /// tell which, and so cannot tell others.
    #[error("username or password are incorrect")]
    Refused,
    /// Too many attempts lately; the password was not looked at.
    #[error(transparent)]
    Throttled(Throttled),
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(LogInError);
may_be_throttled!(LogInError);

#[cfg(test)]
mod tests;
