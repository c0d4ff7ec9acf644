//! The rules that a store with second factors keeps in addition: [`second_factor_contract!`](crate::second_factor_contract) makes a test
//! of each rule.

use std::time::Duration;

use super::{Given, by_password, later, name, with_second_factor};
use crate::activity::Event;
use crate::authentication::{AuthenticationMethod, AuthenticationMethods};
use crate::client::BrowserId;
use crate::clock::Timestamp;
use crate::known_device::{DeviceKey, KnownDevice};
use crate::repository::{
    AccountChange, DeviceLogIn, FactorChange, FactorUse, FinishLogInError, FinishedLogIn, KeptLogIn, NewPendingLogIn,
    NewRecoveryCodes, NewSession, NewTotp, SecondFactorRemoval, SecondFactorRepository, Store, StoredFactors,
    StoredTotp, Try, TurnOff,
};
use crate::second_factor::{
    PendingLogIn, PendingLogInHash, PendingLogInToken, RecoveryCodeHash, RecoveryCodes, SealedSecret, TotpStep,
};
use crate::session::{SessionId, SessionKind};
use crate::testing::fixtures::{NOON, new_session};
use crate::token::TokenHash;
use crate::user::UserId;

/// Makes one test of each rule for second factors, as [`store_contract!`](crate::store_contract) does of those for every store.
///
/// ```
/// mod memory {
///     use doorward_domain::testing::MemoryStore;
///     doorward_domain::second_factor_contract!(pollster::test, MemoryStore::default());
/// }
/// ```
#[macro_export]
macro_rules! second_factor_contract {
    ($test:path, $fresh_store:expr) => {
        use $crate::testing::contract::second_factor as rules;

        $crate::store_contract!(@rules $test, $fresh_store;
            an_app_is_kept_whole_and_its_user_is_asked_for_it_from_then_on,
            an_app_is_turned_on_only_from_the_session_and_the_version_that_asked,
            an_app_takes_the_place_of_another_by_a_proof_that_counts_once,
            an_app_is_turned_off_with_all_codes_by_a_proof_that_counts_once,
            new_codes_take_the_place_of_all_before_and_no_codes_are_without_a_factor,
            new_codes_use_up_what_was_proved_for_them,
            a_factor_is_removed_from_outside_and_once,
            a_change_of_factors_ends_trust_and_what_waits_of_this_user_alone,
            a_secret_is_sealed_anew_only_where_it_is_still_the_old_one,
            sealed_secrets_are_told_page_by_page,
            a_log_in_that_waits_is_found_by_its_token_with_its_user,
            a_browser_has_one_log_in_that_waits,
            of_a_log_in_that_is_sent_twice_the_later_one_waits,
            a_log_in_that_waits_is_ended_by_its_token,
            no_more_tries_are_taken_than_there_are,
            a_log_in_that_waits_is_finished_once_and_starts_its_session,
            a_code_counts_once_in_whatever_log_in_it_is_typed,
            nobody_elses_code_counts,
            a_log_in_that_waits_is_not_finished_after_its_end,
            a_log_in_that_may_not_finish_changes_nothing,
            a_device_is_trusted_from_a_log_in_that_asks_for_it,
            a_closed_user_has_nothing_that_waits_also_once_reopened,
            a_deleted_user_has_no_factors_and_nothing_that_waits,
            log_ins_that_waited_too_long_are_deleted_a_few_at_a_time,
        );
    };
}

/// The version of the credentials of a user who has turned a factor on and changed nothing else.
const WITH_FACTOR: i64 = 1;

pub(super) const SOME_STEP: TotpStep = TotpStep::from_number(58_908_960);

pub(super) const fn step(after: i64) -> FactorUse {
    FactorUse::Totp(TotpStep::from_number(SOME_STEP.number() + after))
}

/// The recovery code at this index.
pub(super) fn code(hashes: &[RecoveryCodeHash], at: usize) -> FactorUse {
    FactorUse::RecoveryCode(*hashes.get(at).expect("there are ten"))
}

pub(super) fn sealed(byte: u8) -> SealedSecret {
    SealedSecret::from_bytes(vec![byte; SealedSecret::MAX_BYTES])
}

impl<S: Store + SecondFactorRepository> Given<'_, S> {
    pub(super) fn codes(&self) -> Vec<RecoveryCodeHash> {
        RecoveryCodes::generate(&self.entropy).expect("seeded entropy never fails").hashes()
    }

    pub(super) fn new_totp(&self, user_id: UserId, session_id: SessionId) -> NewTotp {
        NewTotp {
            user_id,
            credentials_version: 0,
            secret: sealed(1),
            step: SOME_STEP,
            replacing: None,
            recovery_codes: self.codes(),
            session_id,
            authentication: with_second_factor(AuthenticationMethod::Totp),
            token: self.token(),
        }
    }

    pub(super) async fn turn_on(&self, new: &NewTotp) -> FactorChange {
        let activity = self.activity_at(later(1), new.user_id, Event::SecondFactorTurnedOn);
        self.store.turn_on_totp(new, &activity).await.expect("the store writes")
    }

    /// A user with an app at [`SOME_STEP`], the session that turned it on, and the recovery codes.
    pub(super) async fn user_with_factor(&self, username: &str) -> (UserId, SessionId, Vec<RecoveryCodeHash>) {
        let user = self.user(username).await;
        let session = self.id_of(&self.session(user).await).await;
        let new = self.new_totp(user, session);
        assert_eq!(self.turn_on(&new).await, FactorChange::Made);
        (user, session, new.recovery_codes)
    }

    async fn turn_off(&self, user_id: UserId, session_id: SessionId, used: FactorUse) -> FactorChange {
        self.turn_off_at(WITH_FACTOR, user_id, session_id, used).await
    }

    pub(super) async fn turn_off_at(
        &self,
        version: i64,
        user_id: UserId,
        session_id: SessionId,
        used: FactorUse,
    ) -> FactorChange {
        let off = TurnOff { user_id, credentials_version: version, used, session_id, token: self.token() };
        let activity = self.activity(user_id, Event::SecondFactorTurnedOff);
        self.store.turn_off_totp(&off, &activity).await.expect("the store writes")
    }

    pub(super) async fn replace_codes(&self, new: &NewRecoveryCodes) -> FactorChange {
        let activity = self.activity(new.user_id, Event::RecoveryCodesMade);
        self.store.replace_recovery_codes(new, &activity).await.expect("the store writes")
    }

    pub(super) async fn factors(&self, user: UserId) -> StoredFactors {
        let mut factors = self.store.factors_of(user).await.expect("the store reads");
        factors.recovery_codes.sort_by_key(|hash| *hash.as_bytes());
        factors
    }

    pub(super) async fn asked_for(&self, username: &str) -> AuthenticationMethods {
        let found = self.store.find_by_username(&name(username)).await.expect("the store reads");
        found.expect("the user is there").user.second_factors
    }

    pub(super) async fn remove(&self, user: UserId) -> SecondFactorRemoval {
        let activity = self.activity(user, Event::SecondFactorRemovedByOperator);
        self.store.remove_second_factor(user, &activity).await.expect("the store writes")
    }

    /// A log-in of a user with one factor that waits until five minutes after noon.
    pub(super) fn new_log_in(&self, user_id: UserId, browser: Option<BrowserId>) -> NewPendingLogIn {
        NewPendingLogIn {
            token: PendingLogInToken::generate(&self.entropy).expect("seeded entropy never fails").hash(),
            user_id,
            credentials_version: WITH_FACTOR,
            kind: SessionKind::Kept,
            browser,
            ends_at: later(5),
            replacing: None,
        }
    }

    pub(super) async fn log_in_of(&self, user_id: UserId) -> PendingLogInHash {
        let new = self.new_log_in(user_id, None);
        self.keep(&new).await;
        new.token
    }

    pub(super) async fn keep(&self, new: &NewPendingLogIn) {
        assert_eq!(self.store.keep_log_in(new).await.expect("the store writes"), KeptLogIn::Kept);
    }

    pub(super) async fn waits(&self, token: &PendingLogInHash) -> bool {
        self.store.find_log_in(token).await.expect("the store reads").is_some()
    }

    pub(super) fn finished(
        &self,
        user_id: UserId,
        log_in: PendingLogInHash,
        used: FactorUse,
    ) -> (FinishedLogIn, TokenHash) {
        let (session, token) = self.new_session(user_id);
        let new = NewSession { credentials_version: WITH_FACTOR, ..new_session(&session, token) };
        (FinishedLogIn { log_in, used, new }, token)
    }

    pub(super) async fn finish_at(&self, at: Timestamp, finished: &FinishedLogIn) -> Result<(), FinishLogInError> {
        let user = finished.new.session.user_id;
        let activities =
            [self.activity_at(at, user, Event::LoggedIn), self.activity_at(at, user, Event::RecoveryCodeUsed)];
        self.store.finish_log_in(finished, &activities).await
    }

    pub(super) async fn finish(
        &self,
        user_id: UserId,
        log_in: PendingLogInHash,
        used: FactorUse,
    ) -> Result<TokenHash, FinishLogInError> {
        let (finished, token) = self.finished(user_id, log_in, used);
        self.finish_at(later(1), &finished).await.map(|()| token)
    }

    /// A device that is trusted until then, of a user with a factor.
    pub(super) async fn trusted_device(&self, user: UserId, until: Timestamp) -> (KnownDevice, DeviceKey) {
        let (device, key) = self.new_device(user, 1);
        let device = KnownDevice { trusted_until: Some(until), ..device };
        self.log_in_with_factor(user, DeviceLogIn::First { device: device.clone(), key }).await;
        (device, key)
    }

    async fn log_in_with_factor(&self, user: UserId, device: DeviceLogIn) {
        let (session, token) = self.new_session(user);
        let new = NewSession { credentials_version: WITH_FACTOR, device: Some(device), ..new_session(&session, token) };
        let activity = self.activity_at(later(1), user, Event::LoggedIn);
        self.store.start(&new, &activity).await.expect("an active user gets a session");
    }

    pub(super) async fn trusted_until(&self, key: DeviceKey) -> Option<Timestamp> {
        self.find_device(&[key]).await.expect("the device is known").trusted_until
    }
}

rules! {
    of impl Store + SecondFactorRepository;

    /// The factor is found with its user by the name, by the id, and by each session, and with no other user. The session goes on with
    /// its new token alone.
    an_app_is_kept_whole_and_its_user_is_asked_for_it_from_then_on(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (before, other, bobs) = (given.session(ada).await, given.session(ada).await, given.session(bob).await);
        assert_eq!(given.factors(ada).await, StoredFactors::default());
        assert_eq!(given.asked_for("ada").await, AuthenticationMethods::NONE);
        let new = given.new_totp(ada, given.id_of(&before).await);
        assert_eq!(given.turn_on(&new).await, FactorChange::Made);
        let totp = StoredTotp { secret: sealed(1), last_step: SOME_STEP, created_at: later(1) };
        let mut recovery_codes = new.recovery_codes.clone();
        recovery_codes.sort_by_key(|hash| *hash.as_bytes());
        assert_eq!(given.factors(ada).await, StoredFactors { totp: Some(totp), recovery_codes });
        let app = AuthenticationMethods::NONE.with(AuthenticationMethod::Totp);
        assert_eq!((given.asked_for("ada").await, given.version("ada").await), (app, 1));
        assert!(!given.lives(&before).await);
        let (session, user) = given.found(&new.token).await.expect("the session goes on");
        assert_eq!((session.authentication, session.renewed_at), (new.authentication, later(1)));
        assert_eq!(user.second_factors, app);
        let (others, user) = given.found(&other).await.expect("other sessions stay");
        assert_eq!((others.authentication, user.second_factors), (by_password(NOON), app));
        let by_id = given.store.find_by_id(ada).await.expect("the store reads").expect("the user is there");
        assert_eq!(by_id.user.second_factors, app);
        assert_eq!(given.events(ada).await, [Event::LoggedIn, Event::LoggedIn, Event::SecondFactorTurnedOn]);
        assert_eq!(given.found(&bobs).await.expect("bob is there").1.second_factors, AuthenticationMethods::NONE);
        assert_eq!((given.factors(bob).await, given.version("bob").await), (StoredFactors::default(), 0));
    }

    /// If two requests turn one on at once, one of them succeeds.
    an_app_is_turned_on_only_from_the_session_and_the_version_that_asked(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (token, bobs) = (given.session(ada).await, given.session(bob).await);
        let session = given.id_of(&token).await;
        let of_another = given.new_totp(ada, given.id_of(&bobs).await);
        assert_eq!(given.turn_on(&of_another).await, FactorChange::SessionEnded);
        let of_another_version = NewTotp { credentials_version: 1, ..given.new_totp(ada, session) };
        assert_eq!(given.turn_on(&of_another_version).await, FactorChange::CredentialsChanged);
        assert_eq!(given.factors(ada).await, StoredFactors::default());
        assert!(given.lives(&token).await);
        assert_eq!(given.turn_on(&given.new_totp(ada, session)).await, FactorChange::Made);
        assert_eq!(given.turn_on(&given.new_totp(ada, session)).await, FactorChange::CredentialsChanged);
        let once_more = NewTotp { credentials_version: 1, ..given.new_totp(ada, session) };
        assert_eq!(given.turn_on(&once_more).await, FactorChange::CredentialsChanged, "it replaces none without a proof");
        assert_eq!(given.version("ada").await, 1);
    }

    /// The earlier recovery codes stay, except one that is the proof.
    an_app_takes_the_place_of_another_by_a_proof_that_counts_once(given) {
        let (ada, session, codes) = given.user_with_factor("ada").await;
        let replacing = |version, used| NewTotp {
            credentials_version: version,
            secret: sealed(2),
            step: TotpStep::from_number(7),
            replacing: Some(used),
            recovery_codes: Vec::new(),
            ..given.new_totp(ada, session)
        };
        for used in [step(0), step(-1), code(&given.codes(), 0)] {
            assert_eq!(given.turn_on(&replacing(1, used)).await, FactorChange::AlreadyUsed, "{used:?}");
        }
        assert_eq!(given.factors(ada).await.totp.expect("it stays").secret, sealed(1));
        assert_eq!(given.turn_on(&replacing(1, step(1))).await, FactorChange::Made);
        let factors = given.factors(ada).await;
        let totp = factors.totp.expect("it is there");
        assert_eq!((totp.secret, totp.last_step), (sealed(2), TotpStep::from_number(7)), "of another secret, another step");
        assert_eq!((factors.recovery_codes.len(), given.version("ada").await), (10, 2));
        let by_code = replacing(2, code(&codes, 0));
        assert_eq!(given.turn_on(&by_code).await, FactorChange::Made);
        assert_eq!(given.turn_on(&NewTotp { credentials_version: 3, ..by_code }).await, FactorChange::AlreadyUsed);
        assert_eq!(given.factors(ada).await.recovery_codes.len(), 9);
    }

    /// No second factor is asked for any more.
    an_app_is_turned_off_with_all_codes_by_a_proof_that_counts_once(given) {
        let (ada, session, codes) = given.user_with_factor("ada").await;
        let (_, bobs, _) = given.user_with_factor("bob").await;
        assert_eq!(given.turn_off(ada, bobs, step(1)).await, FactorChange::SessionEnded);
        assert_eq!(given.turn_off_at(0, ada, session, step(1)).await, FactorChange::CredentialsChanged);
        assert_eq!(given.turn_off(ada, session, step(0)).await, FactorChange::AlreadyUsed);
        assert_eq!(given.factors(ada).await.recovery_codes.len(), 10);
        assert_eq!(given.turn_off(ada, session, code(&codes, 3)).await, FactorChange::Made);
        assert_eq!(given.factors(ada).await, StoredFactors::default());
        assert_eq!((given.asked_for("ada").await, given.version("ada").await), (AuthenticationMethods::NONE, 2));
        assert!(given.events(ada).await.contains(&Event::SecondFactorTurnedOff));
        assert_eq!(given.turn_off_at(2, ada, session, step(9)).await, FactorChange::AlreadyUsed);
        assert!(!given.asked_for("bob").await.is_empty());
    }

    /// The version of the credentials stays, so a pending log-in goes on.
    new_codes_take_the_place_of_all_before_and_no_codes_are_without_a_factor(given) {
        let (ada, session_id, old) = given.user_with_factor("ada").await;
        let bob = given.user("bob").await;
        let bobs = given.id_of(&given.session(bob).await).await;
        let replace = async |user_id, session_id, hashes: &[RecoveryCodeHash]| {
            given.replace_codes(&NewRecoveryCodes { user_id, hashes: hashes.to_vec(), used: None, session_id }).await
        };
        let new = given.codes();
        assert_eq!(replace(bob, bobs, &new).await, FactorChange::CredentialsChanged);
        assert_eq!(replace(ada, bobs, &new).await, FactorChange::SessionEnded);
        let waiting = given.log_in_of(ada).await;
        assert_eq!(replace(ada, session_id, &new).await, FactorChange::Made);
        let kept = given.factors(ada).await;
        assert!(kept.recovery_codes.len() == 10 && kept.recovery_codes.iter().all(|hash| new.contains(hash)));
        assert_eq!((kept.totp.expect("it stays").last_step, given.version("ada").await), (SOME_STEP, 1));
        assert!(given.events(ada).await.contains(&Event::RecoveryCodesMade));
        let with_old = given.finish(ada, waiting, code(&old, 0)).await;
        assert!(matches!(with_old, Err(FinishLogInError::AlreadyUsed)), "{with_old:?}");
        given.finish(ada, waiting, code(&new, 0)).await.expect("a new code counts");
    }

    new_codes_use_up_what_was_proved_for_them(given) {
        let (ada, session_id, old) = given.user_with_factor("ada").await;
        let with = |used| NewRecoveryCodes { user_id: ada, hashes: given.codes(), used: Some(used), session_id };
        assert_eq!(given.replace_codes(&with(step(0))).await, FactorChange::AlreadyUsed);
        let left = given.factors(ada).await.recovery_codes;
        assert!(left.len() == 10 && left.iter().all(|hash| old.contains(hash)));
        assert!(!given.events(ada).await.contains(&Event::RecoveryCodesMade));
        assert_eq!(given.replace_codes(&with(code(&old, 0))).await, FactorChange::Made);
        assert_eq!(given.replace_codes(&with(code(&old, 1))).await, FactorChange::AlreadyUsed);
        assert_eq!(given.replace_codes(&with(step(1))).await, FactorChange::Made);
        assert_eq!(given.replace_codes(&with(step(1))).await, FactorChange::AlreadyUsed);
        let kept = given.factors(ada).await;
        assert_eq!((kept.recovery_codes.len(), given.version("ada").await), (10, 1));
    }

    /// An operator removes it, and sessions stay.
    a_factor_is_removed_from_outside_and_once(given) {
        let (ada, session, _) = given.user_with_factor("ada").await;
        let (bob, ..) = given.user_with_factor("bob").await;
        assert_eq!(given.remove(ada).await, SecondFactorRemoval::Removed);
        assert_eq!(given.remove(ada).await, SecondFactorRemoval::NoneSetUp);
        assert_eq!(given.remove(given.new_user("eve").id).await, SecondFactorRemoval::NoSuchUser);
        assert_eq!((given.factors(ada).await, given.version("ada").await), (StoredFactors::default(), 2));
        assert!(given.asked_for("ada").await.is_empty() && !given.asked_for("bob").await.is_empty());
        let events = given.events(ada).await;
        let removals = events.iter().filter(|event| **event == Event::SecondFactorRemovedByOperator).count();
        assert_eq!(removals, 1);
        assert_eq!(given.factors(bob).await.recovery_codes.len(), 10);
        let sessions = given.store.sessions_of(ada, 100).await.expect("the store reads");
        assert_eq!(sessions.iter().map(|session| session.id).collect::<Vec<_>>(), [session]);
    }

    a_change_of_factors_ends_trust_and_what_waits_of_this_user_alone(given) {
        let (ada, session, _) = given.user_with_factor("ada").await;
        let (bob, bobs_session, _) = given.user_with_factor("bob").await;
        let (_, key) = given.trusted_device(ada, later(60)).await;
        let (_, bobs_key) = given.trusted_device(bob, later(60)).await;
        let (waiting, bobs) = (given.log_in_of(ada).await, given.log_in_of(bob).await);
        assert_eq!(given.turn_off(ada, session, step(1)).await, FactorChange::Made);
        assert_eq!((given.trusted_until(key).await, given.waits(&waiting).await), (None, false));
        assert_eq!((given.trusted_until(bobs_key).await, given.waits(&bobs).await), (Some(later(60)), true));
        let replaced = NewTotp { credentials_version: 1, replacing: Some(step(1)), ..given.new_totp(bob, bobs_session) };
        assert_eq!(given.turn_on(&replaced).await, FactorChange::Made);
        assert_eq!((given.trusted_until(bobs_key).await, given.waits(&bobs).await), (None, false));
    }

    a_secret_is_sealed_anew_only_where_it_is_still_the_old_one(given) {
        let (ada, ..) = given.user_with_factor("ada").await;
        let (bob, ..) = given.user_with_factor("bob").await;
        given.store.reseal(ada, &sealed(9), &sealed(2)).await.expect("the store writes");
        assert_eq!(given.factors(ada).await.totp.expect("it is there").secret, sealed(1));
        given.store.reseal(ada, &sealed(1), &sealed(2)).await.expect("the store writes");
        let totp = given.factors(ada).await.totp.expect("it is there");
        assert_eq!((totp.secret, totp.last_step, given.version("ada").await), (sealed(2), SOME_STEP, 1));
        assert_eq!(given.factors(bob).await.totp.expect("it is there").secret, sealed(1));
    }

    /// They are in the order of the ids of their users.
    sealed_secrets_are_told_page_by_page(given) {
        let mut users = [given.user("zoe").await; 3];
        for (user, username) in users.iter_mut().zip(["ada", "bob", "eve"]) {
            *user = given.user_with_factor(username).await.0;
        }
        users.sort_unstable();
        let [first, second, third] = users;
        let page = async |after| given.store.sealed_secrets(after, 2).await.expect("the store reads");
        assert_eq!(page(None).await, [(first, sealed(1)), (second, sealed(1))]);
        assert_eq!(page(Some(second)).await, [(third, sealed(1))]);
        assert_eq!(page(Some(third)).await, []);
    }

    a_log_in_that_waits_is_found_by_its_token_with_its_user(given) {
        let (ada, ..) = given.user_with_factor("Ada").await;
        let browser = Some(given.browser());
        let new = given.new_log_in(ada, browser);
        assert!(!given.waits(&new.token).await);
        given.keep(&new).await;
        let found = given.store.find_log_in(&new.token).await.expect("the store reads").expect("it waits");
        let log_in = PendingLogIn {
            user_id: ada,
            credentials_version: 1,
            kind: SessionKind::Kept,
            browser,
            tries: 0,
            ends_at: later(5),
            finished_at: None,
        };
        assert_eq!((&found.log_in, found.credentials_version), (&log_in, 1));
        assert_eq!((found.user.id, found.user.username.as_str()), (ada, "Ada"));
        assert!(found.is_good_at(later(4), browser) && !found.is_good_at(later(5), browser));
        assert!(!found.is_good_at(NOON, Some(given.browser())) && !found.is_good_at(NOON, None));
    }

    /// A new one ends the browser's earlier one, even if that was another user's. One that is not known to be of the same browser stays.
    a_browser_has_one_log_in_that_waits(given) {
        let (ada, ..) = given.user_with_factor("ada").await;
        let (bob, ..) = given.user_with_factor("bob").await;
        let (here, elsewhere) = (Some(given.browser()), Some(given.browser()));
        let first = given.new_log_in(ada, here);
        let unknown = given.new_log_in(ada, None);
        let other = given.new_log_in(ada, elsewhere);
        for new in [&first, &unknown, &other] {
            given.keep(new).await;
        }
        let second = given.new_log_in(bob, here);
        given.keep(&second).await;
        assert!(!given.waits(&first.token).await && given.waits(&second.token).await);
        let third = NewPendingLogIn { replacing: Some(unknown.token), ..given.new_log_in(bob, None) };
        given.keep(&third).await;
        assert!(!given.waits(&unknown.token).await && given.waits(&third.token).await);
        assert!(given.waits(&other.token).await);
        let nobodys = given.new_log_in(given.new_user("eve").id, None);
        given.keep(&nobodys).await;
        assert!(!given.waits(&nobodys.token).await);
    }

    /// This holds even if the later one is stored first, or is already finished. Both are of one user, in one browser, and less than a
    /// minute apart.
    of_a_log_in_that_is_sent_twice_the_later_one_waits(given) {
        let (ada, ..) = given.user_with_factor("ada").await;
        let (bob, ..) = given.user_with_factor("bob").await;
        let (here, elsewhere) = (Some(given.browser()), Some(given.browser()));
        let after = |log_in: NewPendingLogIn, by: Duration| {
            let token = given.new_log_in(log_in.user_id, None).token;
            NewPendingLogIn { token, ends_at: log_in.ends_at.plus(by), ..log_in }
        };
        let a_moment = Duration::from_micros(1);
        let first = given.new_log_in(ada, here);
        let second = after(first.clone(), a_moment);
        given.keep(&second).await;
        let other = given.new_log_in(bob, elsewhere);
        given.keep(&other).await;
        let overtaken = NewPendingLogIn { replacing: Some(other.token), ..first.clone() };
        let keep = async |new| given.store.keep_log_in(new).await.expect("the store writes");
        assert_eq!(keep(&overtaken).await, KeptLogIn::Overtaken);
        assert!(given.waits(&second.token).await && !given.waits(&first.token).await);
        assert!(given.waits(&other.token).await, "it replaces none");
        given.finish(ada, second.token, step(1)).await.expect("it finishes");
        assert_eq!(keep(&first).await, KeptLogIn::Overtaken);
        for not_later in [BrowserId::SENT_TWICE, Duration::ZERO] {
            given.keep(&after(first.clone(), not_later)).await;
            given.keep(&after(first.clone(), Duration::ZERO)).await;
        }
        given.keep(&after(given.new_log_in(bob, here), a_moment)).await;
        given.keep(&first).await;
        let unknown = given.new_log_in(ada, None);
        given.keep(&after(unknown.clone(), a_moment)).await;
        given.keep(&unknown).await;
    }

    /// Ending it again is harmless.
    a_log_in_that_waits_is_ended_by_its_token(given) {
        let (ada, ..) = given.user_with_factor("ada").await;
        let (ended, other) = (given.log_in_of(ada).await, given.log_in_of(ada).await);
        for _ in 0..2 {
            given.store.end_log_in(&ended).await.expect("the store writes");
        }
        assert!(!given.waits(&ended).await && given.waits(&other).await);
        let refused = given.finish(ada, ended, step(1)).await;
        assert!(matches!(refused, Err(FinishLogInError::Ended)), "{refused:?}");
    }

    no_more_tries_are_taken_than_there_are(given) {
        let (ada, ..) = given.user_with_factor("ada").await;
        let (token, other) = (given.log_in_of(ada).await, given.log_in_of(ada).await);
        let take = async |token| given.store.take_try(token).await.expect("the store writes");
        for left in (0..PendingLogIn::MOST_TRIES).rev() {
            assert_eq!(take(&token).await, Try::Taken { left });
        }
        assert_eq!(take(&token).await, Try::NoneLeft);
        assert_eq!(take(&other).await, Try::Taken { left: PendingLogIn::MOST_TRIES - 1 });
        given.finish(ada, other, step(1)).await.expect("it finishes");
        assert_eq!(take(&other).await, Try::NoneLeft);
        let unknown = given.new_log_in(ada, None).token;
        assert_eq!(take(&unknown).await, Try::NoneLeft);
    }

    /// The session begins like any other. The log-in stays for a while, so that the same request is recognized if it is sent again.
    a_log_in_that_waits_is_finished_once_and_starts_its_session(given) {
        let (ada, _, codes) = given.user_with_factor("ada").await;
        let token = given.log_in_of(ada).await;
        let (finished, session) = given.finished(ada, token, code(&codes, 0));
        given.finish_at(later(1), &finished).await.expect("it finishes");
        assert!(given.lives(&session).await);
        let events = given.events(ada).await;
        assert!(events.contains(&Event::RecoveryCodeUsed) && events.contains(&Event::LoggedIn), "{events:?}");
        let found = given.store.find_log_in(&token).await.expect("the store reads").expect("it stays");
        assert_eq!(found.log_in.finished_at, Some(later(1)));
        assert!(!found.is_good_at(later(1), None) && found.log_in.has_just_finished_at(later(1)));
        let again = given.finish(ada, token, step(1)).await;
        assert!(matches!(again, Err(FinishLogInError::Ended)), "{again:?}");
        assert_eq!(given.factors(ada).await.totp.expect("it is there").last_step, SOME_STEP, "nothing was used up");
    }

    a_code_counts_once_in_whatever_log_in_it_is_typed(given) {
        let (ada, _, codes) = given.user_with_factor("ada").await;
        for used in [step(1), code(&codes, 0)] {
            let (one, other) = (given.log_in_of(ada).await, given.log_in_of(ada).await);
            given.finish(ada, one, used).await.expect("it finishes");
            let second = given.finish(ada, other, used).await;
            assert!(matches!(second, Err(FinishLogInError::AlreadyUsed)), "{second:?}");
            let found = given.store.find_log_in(&other).await.expect("the store reads").expect("it waits");
            assert!(found.is_good_at(later(1), None));
        }
        let earlier = given.log_in_of(ada).await;
        let second = given.finish(ada, earlier, step(0)).await;
        assert!(matches!(second, Err(FinishLogInError::AlreadyUsed)), "{second:?}");
        assert_eq!(given.factors(ada).await.recovery_codes.len(), 9);
    }

    nobody_elses_code_counts(given) {
        let (ada, ..) = given.user_with_factor("ada").await;
        let (bob, _, codes) = given.user_with_factor("bob").await;
        let token = given.log_in_of(ada).await;
        let refused = given.finish(ada, token, code(&codes, 0)).await;
        assert!(matches!(refused, Err(FinishLogInError::AlreadyUsed)), "{refused:?}");
        assert_eq!(given.factors(bob).await.recovery_codes.len(), 10);
    }

    a_log_in_that_waits_is_not_finished_after_its_end(given) {
        let (ada, ..) = given.user_with_factor("ada").await;
        let token = given.log_in_of(ada).await;
        let (finished, session) = given.finished(ada, token, step(1));
        for at in [later(5), later(6)] {
            let refused = given.finish_at(at, &finished).await;
            assert!(matches!(refused, Err(FinishLogInError::Ended)), "{refused:?}");
        }
        assert!(!given.lives(&session).await);
        let refused = given.finish(ada, given.new_log_in(ada, None).token, step(1)).await;
        assert!(matches!(refused, Err(FinishLogInError::Ended)), "{refused:?}");
        given.finish_at(Timestamp::from_unix_micros(later(5).as_unix_micros() - 1), &finished).await.expect("in time");
    }

    /// If the password has changed, the log-in does not finish, and the factor is not used up.
    a_log_in_that_may_not_finish_changes_nothing(given) {
        let (ada, session, codes) = given.user_with_factor("ada").await;
        let token = given.log_in_of(ada).await;
        let changed = given.change_password(ada, WITH_FACTOR, session, &given.token()).await;
        assert_eq!(changed, AccountChange::Made);
        for used in [step(1), code(&codes, 0)] {
            let refused = given.finish(ada, token, used).await;
            assert!(matches!(refused, Err(FinishLogInError::NotAllowed)), "{refused:?}");
        }
        let factors = given.factors(ada).await;
        assert_eq!(factors.totp.expect("it is there").last_step, SOME_STEP);
        assert_eq!(factors.recovery_codes.len(), 10);
        let found = given.store.find_log_in(&token).await.expect("the store reads").expect("it is there");
        assert_eq!((found.log_in.finished_at, found.credentials_version), (None, 2));
        assert!(!given.events(ada).await.contains(&Event::RecoveryCodeUsed));
    }

    /// The trust keeps its end, unless a later log-in asks for another one.
    a_device_is_trusted_from_a_log_in_that_asks_for_it(given) {
        let (ada, ..) = given.user_with_factor("ada").await;
        let (device, key) = given.trusted_device(ada, later(60)).await;
        assert_eq!(given.find_device(&[key]).await, Some(device.clone()));
        given.log_in_with_factor(ada, DeviceLogIn::Again { id: device.id, trusted_until: None }).await;
        assert_eq!(given.trusted_until(key).await, Some(later(60)));
        given.log_in_with_factor(ada, DeviceLogIn::Again { id: device.id, trusted_until: Some(later(90)) }).await;
        assert_eq!(given.trusted_until(key).await, Some(later(90)));
        let listed = given.store.devices_of(ada, 10).await.expect("the store reads");
        assert_eq!(listed.first().expect("it is listed").trusted_until, Some(later(90)));
    }

    /// The user's factors stay.
    a_closed_user_has_nothing_that_waits_also_once_reopened(given) {
        let (ada, ..) = given.user_with_factor("ada").await;
        let (bob, ..) = given.user_with_factor("bob").await;
        let (waiting, bobs) = (given.log_in_of(ada).await, given.log_in_of(bob).await);
        given.close(ada).await;
        assert!(!given.waits(&waiting).await && given.waits(&bobs).await);
        given.reopen(ada).await;
        assert!(!given.waits(&waiting).await);
        assert_eq!(given.factors(ada).await.recovery_codes.len(), 10);
    }

    a_deleted_user_has_no_factors_and_nothing_that_waits(given) {
        let (ada, session, _) = given.user_with_factor("ada").await;
        let token = given.log_in_of(ada).await;
        assert_eq!(given.delete(ada, session, WITH_FACTOR, NOON).await, AccountChange::Made);
        assert_eq!(given.factors(ada).await, StoredFactors::default());
        assert!(!given.waits(&token).await);
        assert_eq!(given.store.sealed_secrets(None, 10).await.expect("the store reads"), []);
    }

    log_ins_that_waited_too_long_are_deleted_a_few_at_a_time(given) {
        let (ada, ..) = given.user_with_factor("ada").await;
        let mut tokens = Vec::new();
        for minutes in [1, 2, 3, 9] {
            let new = NewPendingLogIn { ends_at: later(minutes), ..given.new_log_in(ada, None) };
            given.keep(&new).await;
            tokens.push(new.token);
        }
        let delete = async |most| given.store.delete_log_ins(later(3), most).await.expect("the store writes");
        assert_eq!((delete(2).await, delete(2).await, delete(2).await), (2, 1, 0));
        let mut waiting = Vec::new();
        for token in &tokens {
            waiting.push(given.waits(token).await);
        }
        assert_eq!(waiting, [false, false, false, true]);
    }
}
