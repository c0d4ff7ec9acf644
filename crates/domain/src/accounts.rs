//! The use cases: sign up, log in, resume a session, log out.

use std::fmt;

use crate::clock::{Clock, Timestamp};
use crate::entropy::{Entropy, EntropyError};
use crate::password::{
    HashingError, Password, PasswordError, PasswordHash, PasswordHasher, PasswordPolicy, PoolStats, Verdict,
};
use crate::repository::{InsertUserError, StartSessionError, Store, StoreError};
use crate::session::{Session, SessionId, SessionLimits};
use crate::token::SessionToken;
use crate::user::{NewUser, Standing, StoredUser, User, UserId};
use crate::username::{Username, UsernameError};

/// A username and a password as somebody typed them. `Debug` shows neither: people type passwords into the wrong field.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// What was typed as the username.
    pub username: &'a str,
    /// What was typed as the password.
    pub password: &'a str,
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials([redacted])")
    }
}

/// Signs users up, logs them in and out, and tells whose session a token is.
#[derive(Debug)]
pub struct AuthService<S, C, E> {
    store: S,
    clock: C,
    entropy: E,
    hasher: PasswordHasher,
    policy: PasswordPolicy,
    limits: SessionLimits,
}

impl<S: Store, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Puts the service together from its ports and its rules.
    pub const fn new(
        store: S,
        clock: C,
        entropy: E,
        hasher: PasswordHasher,
        policy: PasswordPolicy,
        limits: SessionLimits,
    ) -> Self {
        Self { store, clock, entropy, hasher, policy, limits }
    }

    /// The rules for new passwords, to tell them before anything is typed.
    pub const fn policy(&self) -> &PasswordPolicy {
        &self.policy
    }

    /// What the hashing pool has done so far.
    pub fn hashing_stats(&self) -> PoolStats {
        self.hasher.stats()
    }

    /// Creates a user.
    ///
    /// # Errors
    /// [`SignUpError::Unfit`] says what is wrong with either field, or both. [`SignUpError::UsernameTaken`]: somebody
    /// else has the name, or was quicker. [`SignUpError::Hashing`] and [`SignUpError::Store`] are not the visitor's fault;
    /// nothing was stored.
    pub async fn sign_up(&self, typed: Credentials<'_>) -> Result<User, SignUpError> {
        let started_at = self.clock.now();
        let username = Username::parse(typed.username);
        let password = self.accept_new_password(typed.password, username.as_ref().ok()).await?;
        let (username, password) = match (username, password) {
            (Ok(username), Ok(password)) => (username, password),
            (username, password) => {
                return Err(SignUpError::Unfit { username: username.err(), password: password.err() });
            }
        };
        let password_hash = self.hasher.hash(&password, &self.entropy).await?;
        let now = self.clock.now();
        let id = UserId::new(now, &self.entropy).map_err(HashingError::from)?;
        let user = NewUser { id, username, password_hash, created_at: now };
        self.store.insert(&user).await?;
        tracing::info!(user.id = %id, duration_ms = self.millis_since(started_at), "signed up");
        Ok(User { id, username: user.username, standing: Standing::Active, created_at: now })
    }

    async fn accept_new_password(
        &self,
        typed: &str,
        username: Option<&Username>,
    ) -> Result<Result<Password, PasswordError>, HashingError> {
        let password = match Password::parse(typed) {
            Ok(password) => password,
            Err(error) => return Ok(Err(error)),
        };
        let verdict = self.hasher.assess(&self.policy, &password, username).await?;
        Ok(verdict.map(|()| password))
    }

    /// Checks credentials and starts a session. `earlier` is the token that the browser sent along, whoever it belongs
    /// to: its session ends in the same step in which the new one begins, and lives on if the log-in is refused.
    ///
    /// Computes exactly one hash whatever is wrong, with the current parameters unless the stored hash has others, and a second one only where a right password's hash is out of date.
    ///
    /// # Errors
    /// [`LogInError::Refused`] for everything that is the visitor's fault. [`LogInError::Hashing`],
    /// [`LogInError::Entropy`] and [`LogInError::Store`] are ours; no session was started.
    pub async fn log_in(&self, typed: Credentials<'_>, earlier: Option<&SessionToken>) -> Result<LoggedIn, LogInError> {
        let started_at = self.clock.now();
        let username = Username::parse(typed.username).ok();
        let password = Password::parse(typed.password).ok();
        // What cannot be a username costs a look-up all the same: without it the refusal comes measurably sooner.
        let found = self.store.find_by_username(username.as_ref().unwrap_or(&Username::stand_in())).await?;
        let stored = found.filter(|stored| username.is_some() && stored.user.standing == Standing::Active);
        let hash = stored.as_ref().map(|stored| &stored.password_hash);
        let verdict = self.hasher.verify(password.as_ref(), hash).await?;
        if let (Verdict::Unreadable, Some(stored)) = (verdict, &stored) {
            tracing::warn!(user.id = %stored.user.id, "a stored password hash cannot be verified");
        }
        let (Some(StoredUser { user, password_hash }), Some(password), Verdict::Right | Verdict::RightButStale) =
            (stored, password, verdict)
        else {
            let (duration_ms, depth) = (self.millis_since(started_at), self.hasher.stats().depth);
            tracing::info!(log_in.outcome = "refused", duration_ms, hashing.depth = depth, "log-in refused");
            return Err(LogInError::Refused);
        };

        let (session, token) = self.start_session(&user, earlier).await?;
        let (duration_ms, depth) = (self.millis_since(started_at), self.hasher.stats().depth);
        tracing::info!(
            log_in.outcome = "success", user.id = %user.id, session.id = %session.id, duration_ms, hashing.depth = depth,
            "logged in"
        );
        if verdict == Verdict::RightButStale {
            self.renew_hash(user.id, &password, &password_hash).await;
        }
        Ok(LoggedIn { user, session, token })
    }

    fn millis_since(&self, started_at: Timestamp) -> u64 {
        u64::try_from(self.clock.now().since(started_at).as_millis()).unwrap_or(u64::MAX)
    }

    async fn start_session(
        &self,
        user: &User,
        earlier: Option<&SessionToken>,
    ) -> Result<(Session, SessionToken), LogInError> {
        let now = self.clock.now();
        let token = SessionToken::generate(&self.entropy)?;
        let id = SessionId::new(now, &self.entropy)?;
        let session = Session { id, user_id: user.id, created_at: now, last_seen_at: now };
        self.store.start(&session, &token.hash(), earlier.map(SessionToken::hash).as_ref()).await?;
        Ok((session, token))
    }

    /// Puts a hash with the current parameters in the place of an old one. The log-in stands whether or not this works:
    /// the next one tries again.
    async fn renew_hash(&self, id: UserId, password: &Password, old: &PasswordHash) {
        let renewed = match self.hasher.hash(password, &self.entropy).await {
            Ok(new) => self.store.replace_password_hash(id, old, &new).await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = renewed {
            tracing::warn!(user.id = %id, %error, "an out-of-date password hash was not renewed");
        }
    }

    /// Tells whose session `token` is, and that it was used now.
    ///
    /// # Errors
    /// [`ResumeError::Unknown`] for a token without a session, or whose user is closed. [`ResumeError::Expired`] when
    /// the session reached one of its limits; it is ended then. [`ResumeError::Store`] when the store fails.
    pub async fn resume(&self, token: &SessionToken) -> Result<Visit, ResumeError> {
        let Some((mut session, user)) = self.store.find_by_token(&token.hash()).await? else {
            return Err(ResumeError::Unknown);
        };
        if user.standing != Standing::Active {
            return Err(ResumeError::Unknown);
        }
        let now = self.clock.now();
        if self.limits.are_reached(&session, now) {
            self.store.delete_by_token(&token.hash()).await?;
            return Err(ResumeError::Expired);
        }
        if now.since(session.last_seen_at) >= SessionLimits::TOUCH_INTERVAL {
            match self.store.touch(session.id, now).await {
                Ok(()) => session.last_seen_at = now,
                // The session is good all the same: a database that only reads still lets people read.
                Err(error) => tracing::warn!(session.id = %session.id, %error, "a session was not marked as seen"),
            }
        }
        Ok(Visit { user, session })
    }

    /// Ends the session of `token` in the store, so that no copy of the cookie is worth anything. Harmless when there is
    /// no such session.
    ///
    /// # Errors
    /// [`LogOutError::Store`] when the store fails; the session may live on.
    pub async fn log_out(&self, token: &SessionToken) -> Result<(), LogOutError> {
        self.store.delete_by_token(&token.hash()).await?;
        tracing::info!("logged out");
        Ok(())
    }
}

/// A log-in that succeeded.
#[derive(Debug)]
#[non_exhaustive]
pub struct LoggedIn {
    /// Who logged in.
    pub user: User,
    /// The session that began.
    pub session: Session,
    /// What the browser proves it with, from now on.
    pub token: SessionToken,
}

/// A request of somebody who is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Visit {
    /// Who it is.
    pub user: User,
    /// By which session.
    pub session: Session,
}

/// Why a sign-up was turned away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignUpError {
    /// One of the fields, or both, broke a rule.
    #[error("the username or the password breaks a rule")]
    Unfit {
        /// What is wrong with the username.
        username: Option<UsernameError>,
        /// What is wrong with the password.
        password: Option<PasswordError>,
    },
    /// The name belongs to somebody.
    #[error("that username is already taken")]
    UsernameTaken,
    /// No hash could be computed: too much to do, or out of memory or randomness.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<InsertUserError> for SignUpError {
    fn from(error: InsertUserError) -> Self {
        match error {
            InsertUserError::UsernameTaken => Self::UsernameTaken,
            InsertUserError::Store(error) => Self::Store(error),
        }
    }
}

/// Why a log-in was turned away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogInError {
    /// Unknown name, wrong password, closed account, and whatever cannot be a username or a password: callers cannot
    /// tell which, and so cannot tell others.
    #[error("username or password are incorrect")]
    Refused,
    /// No verdict could be reached: too much to do, or out of memory.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// There was no randomness for a token.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<StartSessionError> for LogInError {
    fn from(error: StartSessionError) -> Self {
        match error {
            StartSessionError::NotActive => Self::Refused,
            StartSessionError::Store(error) => Self::Store(error),
        }
    }
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
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a log-out did not happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogOutError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use pollster::block_on;

    use super::*;
    use crate::password::{Pepper, Peppers};
    use crate::repository::{SessionRepository as _, UserRepository as _};
    use crate::testing::log_watch::LogReader;
    use crate::testing::{ManualClock, MemoryStore, NoEntropy, SeededEntropy, cheap_hasher, keep_out_of_the_log};

    const ADA: Credentials<'static> = Credentials { username: "Ada", password: "seven quiet lanterns" };
    const WRONG: Credentials<'static> = Credentials { username: "Ada", password: "eight quiet lanterns" };

    type TestService<E = SeededEntropy> = AuthService<MemoryStore, ManualClock, E>;

    fn service_with<E: Entropy>(entropy: E) -> TestService<E> {
        let policy = PasswordPolicy::new(15, "Notes");
        AuthService::new(
            MemoryStore::default(),
            ManualClock::default(),
            entropy,
            cheap_hasher(),
            policy,
            SessionLimits::default(),
        )
    }

    fn service() -> TestService {
        for secret in [ADA.password, WRONG.password] {
            keep_out_of_the_log(secret);
        }
        service_with(SeededEntropy::default())
    }

    /// A service where Ada has signed up.
    fn service_of_ada() -> TestService {
        let service = service();
        block_on(service.sign_up(ADA)).unwrap();
        service
    }

    fn log_in(service: &TestService) -> LoggedIn {
        let logged_in = block_on(service.log_in(ADA, None)).unwrap();
        keep_out_of_the_log(&logged_in.token.expose_secret());
        logged_in
    }

    fn refused(service: &TestService, typed: Credentials<'_>) -> bool {
        matches!(block_on(service.log_in(typed, None)), Err(LogInError::Refused))
    }

    #[test]
    fn who_signed_up_can_log_in_by_any_spelling_of_the_name() {
        let service = service_of_ada();
        for username in ["Ada", "ada", "ADA"] {
            let logged_in = block_on(service.log_in(Credentials { username, ..ADA }, None)).unwrap();
            assert_eq!(logged_in.user.username.as_str(), "Ada");
        }
    }

    #[test]
    fn sign_up_names_what_is_wrong_with_each_field_at_once() {
        let typed = Credentials { username: "no spaces", password: "short" };
        let Err(SignUpError::Unfit { username, password }) = block_on(service().sign_up(typed)) else { panic!() };
        assert_eq!(username, Some(UsernameError::BadCharacter));
        assert_eq!(password, Some(PasswordError::TooShort { min_chars: 15 }));
    }

    #[test]
    fn the_username_may_not_be_the_password() {
        let typed = Credentials { username: "ada.lovelace.1815", password: "ada.lovelace.1815" };
        let Err(SignUpError::Unfit { username: None, password }) = block_on(service().sign_up(typed)) else { panic!() };
        assert_eq!(password.unwrap().code(), "too_guessable");
    }

    #[test]
    fn a_taken_name_is_refused_and_its_owner_unharmed() {
        let service = service_of_ada();
        let thief = Credentials { username: "ADA", password: "another good password" };
        assert!(matches!(block_on(service.sign_up(thief)), Err(SignUpError::UsernameTaken)));
        assert!(refused(&service, thief));
        log_in(&service);
    }

    #[test]
    fn every_refused_log_in_costs_exactly_one_hash() {
        let service = service_of_ada();
        let closed = Credentials { username: "closed", ..ADA };
        let closed_id = block_on(service.sign_up(closed)).unwrap().id;
        block_on(service.store.close(closed_id)).unwrap();
        let broken = Credentials { username: "broken", ..ADA };
        let broken_id = block_on(service.sign_up(broken)).unwrap().id;
        let name = Username::parse("broken").unwrap();
        let old = block_on(service.store.find_by_username(&name)).unwrap().unwrap().password_hash;
        let garbage = PasswordHash::from_stored("$argon2id$v=19$m=19456,t=2,p=4294967295$c2FsdHNhbHQ$AAAA");
        block_on(service.store.replace_password_hash(broken_id, &old, &garbage)).unwrap();
        let too_long = "x".repeat(1025);
        block_on(service.sign_up(Credentials { username: "0", ..ADA })).unwrap();

        for (what, typed) in [
            ("wrong password", WRONG),
            ("unknown name", Credentials { username: "nobody", ..ADA }),
            ("unfit name", Credentials { username: "no spaces", ..ADA }),
            ("unfit name, for which somebody's stands in", Credentials { username: " 0", ..ADA }),
            ("empty name", Credentials { username: "", ..ADA }),
            ("control character in the name", Credentials { username: "Ada\0", ..ADA }),
            ("empty password", Credentials { password: "", ..ADA }),
            ("too long a password", Credentials { password: &too_long, ..ADA }),
            ("control character in the password", Credentials { password: "seven quiet lanterns\0", ..ADA }),
            ("closed account", closed),
            ("a stored hash that does not parse", broken),
        ] {
            let before = service.hashing_stats().hashes;
            assert!(refused(&service, typed), "{what}");
            assert_eq!(service.hashing_stats().hashes - before, 1, "{what}");
        }
        let before = service.hashing_stats().hashes;
        log_in(&service);
        assert_eq!(service.hashing_stats().hashes - before, 1, "a right one too");
    }

    #[test]
    fn a_log_in_ends_this_browsers_earlier_session_and_no_other() {
        let service = service_of_ada();
        let (here, elsewhere) = (log_in(&service), log_in(&service));
        let again = block_on(service.log_in(ADA, Some(&here.token))).unwrap();
        assert!(matches!(block_on(service.resume(&here.token)), Err(ResumeError::Unknown)));
        assert!(block_on(service.resume(&elsewhere.token)).is_ok());
        assert!(block_on(service.resume(&again.token)).is_ok());
    }

    #[test]
    fn a_refused_log_in_leaves_the_earlier_session_alone() {
        let service = service_of_ada();
        let here = log_in(&service);
        assert!(block_on(service.log_in(WRONG, Some(&here.token))).is_err());
        assert!(block_on(service.resume(&here.token)).is_ok());
    }

    #[test]
    fn every_log_in_has_a_token_of_its_own() {
        let service = service_of_ada();
        assert_ne!(log_in(&service).token.hash(), log_in(&service).token.hash());
    }

    #[test]
    fn a_log_out_ends_the_session_for_every_copy_of_the_token() {
        let service = service_of_ada();
        let token = log_in(&service).token;
        block_on(service.log_out(&token)).unwrap();
        assert!(matches!(block_on(service.resume(&token)), Err(ResumeError::Unknown)));
        block_on(service.log_out(&token)).unwrap();
    }

    #[test]
    fn an_idle_session_expires_and_is_gone() {
        let service = service_of_ada();
        let token = log_in(&service).token;
        service.clock.advance(Duration::from_hours(2));
        assert!(matches!(block_on(service.resume(&token)), Err(ResumeError::Expired)));
        assert!(matches!(block_on(service.resume(&token)), Err(ResumeError::Unknown)));
    }

    #[test]
    fn use_keeps_a_session_alive_until_its_limit_in_all() {
        let service = service_of_ada();
        let token = log_in(&service).token;
        for _hour in 1..24 {
            service.clock.advance(Duration::from_hours(1));
            assert!(block_on(service.resume(&token)).is_ok());
        }
        service.clock.advance(Duration::from_hours(1));
        assert!(matches!(block_on(service.resume(&token)), Err(ResumeError::Expired)));
    }

    #[test]
    fn a_session_is_marked_as_seen_at_most_once_a_minute() {
        let service = service_of_ada();
        let LoggedIn { token, session, .. } = log_in(&service);
        let seen = || block_on(service.store.find_by_token(&token.hash())).unwrap().unwrap().0.last_seen_at;
        service.clock.advance(Duration::from_secs(59));
        block_on(service.resume(&token)).unwrap();
        assert_eq!(seen(), session.created_at);
        service.clock.advance(Duration::from_secs(1));
        let visit = block_on(service.resume(&token)).unwrap();
        assert_eq!(seen(), service.clock.now());
        assert_eq!(visit.session.last_seen_at, service.clock.now());
    }

    #[test]
    fn closing_an_account_ends_its_sessions_and_reopening_lets_in_again() {
        let service = service_of_ada();
        let LoggedIn { user, token, .. } = log_in(&service);
        block_on(service.store.close(user.id)).unwrap();
        assert!(matches!(block_on(service.resume(&token)), Err(ResumeError::Unknown)));
        assert!(refused(&service, ADA));
        block_on(service.store.reopen(user.id)).unwrap();
        assert!(matches!(block_on(service.resume(&token)), Err(ResumeError::Unknown)));
        log_in(&service);
    }

    #[test]
    fn an_out_of_date_hash_is_renewed_by_a_right_password_and_by_no_other() {
        let service = service_of_ada();
        let name = Username::parse("ada").unwrap();
        let stored = || block_on(service.store.find_by_username(&name)).unwrap().unwrap();
        // What the reference implementation makes of “password”, with parameters that are not ours.
        let old = PasswordHash::from_stored(
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        );
        let user = stored();
        block_on(service.store.replace_password_hash(user.user.id, &user.password_hash, &old)).unwrap();

        assert!(refused(&service, WRONG));
        assert_eq!(stored().password_hash, old);
        let right = Credentials { password: "password", ..ADA };
        block_on(service.log_in(right, None)).unwrap();
        let renewed = stored().password_hash;
        assert!(renewed.expose_secret().starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        block_on(service.log_in(right, None)).unwrap();
        assert_eq!(stored().password_hash, renewed);
    }

    #[test]
    fn a_new_pepper_reaches_a_hash_at_the_next_log_in_and_the_old_one_may_go() {
        let name = Username::parse("ada").unwrap();
        let peppers = |current: Option<u32>, former: &[u32]| {
            let pepper = |version: u32| Pepper::new(version, format!("the secret of version {version}")).unwrap();
            Peppers::new(current.map(pepper), former.iter().copied().map(pepper).collect()).unwrap()
        };
        let mut service = service_of_ada();
        for (current, former, key_id) in [
            (Some(1), &[][..], Some("keyid=AAAAAQ$")),
            (Some(2), &[1], Some("keyid=AAAAAg$")),
            (Some(3), &[2, 1], Some("keyid=AAAAAw$")),
            (None, &[3], None),
            (None, &[], None),
        ] {
            service.hasher = cheap_hasher().with_peppers(peppers(current, former));
            assert!(refused(&service, WRONG));
            log_in(&service);
            let hash = block_on(service.store.find_by_username(&name)).unwrap().unwrap().password_hash;
            let named = hash.expose_secret().split_inclusive(['$', ',']).find(|part| part.starts_with("keyid"));
            assert_eq!(named, key_id);
        }
    }

    #[test]
    fn without_the_pepper_of_a_hash_a_log_in_is_refused_and_the_hash_is_kept() {
        let pepper = |version| Pepper::new(version, *b"a secret of ours").unwrap();
        let mut service = service();
        service.hasher = cheap_hasher().with_peppers(Peppers::new(Some(pepper(1)), Vec::new()).unwrap());
        block_on(service.sign_up(ADA)).unwrap();
        service.hasher = cheap_hasher().with_peppers(Peppers::new(Some(pepper(2)), Vec::new()).unwrap());
        assert!(refused(&service, ADA));
        service.hasher = cheap_hasher().with_peppers(Peppers::new(Some(pepper(2)), vec![pepper(1)]).unwrap());
        log_in(&service);
    }

    #[test]
    fn without_randomness_nobody_signs_up() {
        assert!(matches!(block_on(service_with(NoEntropy).sign_up(ADA)), Err(SignUpError::Hashing(_))));
    }

    #[test]
    fn without_randomness_nobody_logs_in() {
        let TestService { store, clock, hasher, policy, limits, .. } = service_of_ada();
        let service = AuthService { store, clock, entropy: NoEntropy, hasher, policy, limits };
        assert!(matches!(block_on(service.log_in(ADA, None)), Err(LogInError::Entropy(_))));
    }

    /// A clock on which each look takes 5 ms.
    #[derive(Default)]
    struct TickingClock(ManualClock);

    impl Clock for TickingClock {
        fn now(&self) -> Timestamp {
            self.0.advance(Duration::from_millis(5));
            self.0.now()
        }
    }

    #[test]
    fn events_say_what_happened_to_whom_and_how_long_it_took() {
        let AuthService { store, entropy, hasher, policy, limits, .. } = service();
        let service = AuthService { store, clock: TickingClock::default(), entropy, hasher, policy, limits };
        let lines = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&lines);
        let reader = LogReader(move |line: &str| written.lock().unwrap().push(line.to_owned()));
        let id = tracing::subscriber::with_default(reader, || {
            let id = block_on(service.sign_up(ADA)).unwrap().id;
            assert!(block_on(service.log_in(WRONG, None)).is_err());
            let token = block_on(service.log_in(ADA, None)).unwrap().token;
            block_on(service.log_out(&token)).unwrap();
            id
        });
        let lines: Vec<_> = lines.lock().unwrap().iter().filter(|line| line.contains("accounts")).cloned().collect();
        for (line, parts) in lines.iter().zip([
            &["signed up", &format!("user.id={id}"), "duration_ms=10"][..],
            &["log-in refused", "log_in.outcome=refused", "duration_ms=5", "hashing.depth=0"],
            &["logged in", "log_in.outcome=success", &format!("user.id={id}"), "duration_ms=10", "hashing.depth=0"],
            &["logged out"],
        ]) {
            for part in parts {
                assert!(line.contains(part), "{part} in {line}");
            }
        }
        assert_eq!(lines.len(), 4, "{lines:?}");
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{ADA:?}"), "Credentials([redacted])");
        let service = service_of_ada();
        let logged_in = log_in(&service);
        let shown = format!("{service:?} {logged_in:?} {ADA:?}");
        for secret in [ADA.password, &logged_in.token.expose_secret(), "$argon2id"] {
            assert!(!shown.contains(secret));
        }
    }
}
