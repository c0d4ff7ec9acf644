//! The rules that a store with passkeys keeps in addition: [`passkey_contract!`](crate::passkey_contract) makes a test of each rule.

use std::slice::from_ref;

use super::second_factor::{SOME_STEP, code, step};
use super::{A_MINUTE, Given, LONGEST, by_password, hash, later, with_second_factor};
use crate::activity::Event;
use crate::authentication::{Authentication, AuthenticationMethod, AuthenticationMethods};
use crate::clock::Timestamp;
use crate::entropy::Entropy as _;
use crate::id::PasskeyId;
use crate::passkey::{
    Aaguid, Algorithm, Backup, ChallengeHash, CredentialId, Passkey, PasskeyName, PublicKey, Transport, Transports,
    UserHandle,
};
use crate::repository::{
    AccountChange, ChallengeAnswer, FactorChange, FactorUse, FinishLogInError, FoundPasskey, NewPasskey,
    NewPendingLogIn, NewRecoveryCodes, NewSession, NewTotp, PasskeyAddition, PasskeyReauthentication, PasskeyRemoval,
    PasskeyRenaming, PasskeyRepository, PasskeyUse, PasswordRemoval, ReauthenticationByPasskey, RemovedPasskey,
    RemovedPassword, SecondFactorRemoval, SecondFactorRepository, StartByPasskey, StartByPasskeyError, Store,
    StoredFactors, TokenRenewal,
};
use crate::second_factor::PendingLogInHash;
use crate::session::{Session, SessionId};
use crate::testing::fixtures::{self, NOON, new_session};
use crate::token::TokenHash;
use crate::user::{NewUser, StoredUser, UserId};

/// Makes one test of each rule for passkeys, as [`store_contract!`](crate::store_contract) does of those for every store.
///
/// ```
/// mod memory {
///     use doorward_domain::testing::MemoryStore;
///     doorward_domain::passkey_contract!(pollster::test, MemoryStore::default());
/// }
/// ```
#[macro_export]
macro_rules! passkey_contract {
    ($test:path, $fresh_store:expr) => {
        use $crate::testing::contract::passkey as rules;

        $crate::store_contract!(@rules $test, $fresh_store;
            a_user_has_one_handle_for_ever,
            a_passkey_is_kept_whole_and_its_user_is_asked_for_it_from_then_on,
            a_passkey_is_found_by_its_credential_with_its_user,
            passkeys_are_told_in_the_order_of_their_addition,
            a_passkey_is_added_only_from_the_session_and_the_version_that_asked,
            a_credential_is_added_once_to_whomever,
            nobody_has_more_passkeys_than_there_may_be,
            a_passkey_uses_up_what_was_proved_for_it,
            codes_that_come_with_a_passkey_take_the_place_of_all_before,
            a_passkey_is_named_by_its_user_alone,
            a_passkey_is_removed_by_its_user_alone_and_once,
            the_removal_of_a_passkey_uses_up_what_was_proved_for_it,
            recovery_codes_go_with_the_last_factor,
            the_last_passkey_of_a_user_without_a_password_stays,
            a_change_of_passkeys_ends_trust_and_what_waits_of_this_user_alone,
            a_change_of_passkeys_leaves_its_session_no_former_token,
            a_session_begins_by_a_passkey_as_any_other,
            a_counter_that_was_above_zero_has_to_grow,
            a_passkey_that_never_leaves_its_authenticator_does_not_become_another,
            nobody_elses_passkey_counts_and_none_that_is_gone,
            a_log_in_that_waits_is_finished_by_a_passkey_once,
            a_log_in_that_has_ended_or_is_anothers_is_not_finished_by_a_passkey,
            a_start_by_a_passkey_that_is_refused_changes_nothing,
            a_session_is_reauthenticated_by_a_passkey,
            a_passkey_that_does_not_count_reauthenticates_nobody,
            of_all_answers_to_a_challenge_one_is_the_first,
            challenges_that_ended_are_forgotten_a_few_at_a_time,
            a_password_is_removed_where_two_passkeys_or_one_and_a_code_are_left,
            a_password_is_removed_by_a_code_once,
            a_removed_passkey_and_a_removed_password_end_the_other_sessions,
            a_password_is_removed_only_from_the_session_and_the_version_that_asked,
            a_removed_password_ends_what_waits_and_nobody_elses,
            a_passkey_of_another_relying_party_is_told,
            an_app_that_is_turned_off_leaves_the_codes_of_who_has_a_passkey,
            an_app_that_is_not_there_is_not_turned_off_by_a_code,
            an_app_and_a_passkey_are_asked_for_beside_each_other,
            new_codes_stand_beside_a_passkey,
            passkeys_are_removed_from_outside_with_all_other_factors,
            a_closed_user_keeps_passkeys_and_starts_no_session_by_them,
            a_deleted_user_has_neither_passkeys_nor_a_handle,
        );
    };
}

/// The version of the credentials of a user who has added a passkey and changed nothing else.
const WITH_PASSKEY: i64 = 1;

const PASSKEY: AuthenticationMethods = AuthenticationMethods::NONE.with(AuthenticationMethod::Passkey);

const BOTH: AuthenticationMethods = PASSKEY.with(AuthenticationMethod::Totp);

fn named(name: &str) -> PasskeyName {
    PasskeyName::parse(name).expect("the contract's names are fit")
}

/// The next use of the passkey, by an authenticator that counts.
const fn used(passkey: &Passkey) -> PasskeyUse {
    PasskeyUse { id: passkey.id, counter: passkey.counter + 1, backup: passkey.backup, at: A_USE }
}

const A_USE: Timestamp = Timestamp::from_unix_micros(NOON.as_unix_micros() + 65_432_109);

impl<S: Store + SecondFactorRepository + PasskeyRepository> Given<'_, S> {
    fn new_handle(&self) -> UserHandle {
        UserHandle::generate(&self.entropy).expect("seeded entropy never fails")
    }

    async fn keep_handle(&self, user: UserId) -> UserHandle {
        let kept = self.store.keep_user_handle(user, self.new_handle()).await.expect("the store writes");
        kept.expect("the user is there")
    }

    async fn handle(&self, user: UserId) -> Option<UserHandle> {
        self.store.user_handle(user).await.expect("the store reads")
    }

    pub(super) async fn passkeys(&self, user: UserId) -> Vec<Passkey> {
        self.store.passkeys_of(user).await.expect("the store reads")
    }

    async fn find_passkey(&self, credential: &CredentialId) -> Option<FoundPasskey> {
        self.store.find_passkey(credential).await.expect("the store reads")
    }

    fn bytes(&self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.entropy.fill(&mut bytes).expect("seeded entropy never fails");
        bytes
    }

    /// A passkey that is the user's first factor.
    pub(super) fn new_passkey(&self, user_id: UserId, session_id: SessionId) -> NewPasskey {
        NewPasskey {
            passkey: fixtures::passkey_of(user_id, &self.entropy),
            credentials_version: 0,
            used: None,
            recovery_codes: self.codes(),
            session_id,
            authentication: with_second_factor(AuthenticationMethod::Passkey),
            token: self.token(),
        }
    }

    /// A passkey of a user who has a factor already, at this version of the credentials. The recovery codes stay.
    fn one_more(&self, credentials_version: i64, user_id: UserId, session_id: SessionId) -> NewPasskey {
        NewPasskey { credentials_version, recovery_codes: Vec::new(), ..self.new_passkey(user_id, session_id) }
    }

    pub(super) async fn add(&self, new: &NewPasskey) -> PasskeyAddition {
        let activity = self.activity_at(later(1), new.passkey.user_id, Event::PasskeyAdded);
        self.store.add_passkey(new, &activity).await.expect("the store writes")
    }

    /// A user with a handle, a passkey and ten recovery codes, and the session that added the passkey.
    pub(super) async fn user_with_passkey(&self, username: &str) -> (UserId, SessionId, NewPasskey) {
        let user = self.user(username).await;
        let session = self.id_of(&self.session(user).await).await;
        self.keep_handle(user).await;
        let new = self.new_passkey(user, session);
        assert_eq!(self.add(&new).await, PasskeyAddition::Added);
        (user, session, new)
    }

    /// A user as above whose passkey has this counter and backup state, and the passkey.
    async fn user_whose(&self, username: &str, counter: u32, backup: Backup) -> (UserId, Passkey) {
        let user = self.user(username).await;
        let session = self.id_of(&self.session(user).await).await;
        self.keep_handle(user).await;
        let new = self.new_passkey(user, session);
        let passkey = Passkey { counter, backup, ..new.passkey };
        assert_eq!(self.add(&NewPasskey { passkey: passkey.clone(), ..new }).await, PasskeyAddition::Added);
        (user, passkey)
    }

    async fn take_away(&self, user_id: UserId, session_id: SessionId, id: PasskeyId) -> PasskeyRemoval {
        self.take_away_by(None, user_id, session_id, id).await
    }

    async fn take_away_by(
        &self,
        used: Option<FactorUse>,
        user_id: UserId,
        session_id: SessionId,
        id: PasskeyId,
    ) -> PasskeyRemoval {
        let removed = RemovedPasskey { user_id, id, used, session_id, token: self.token() };
        let activity = self.activity_at(later(2), user_id, Event::PasskeyRemoved);
        self.store.remove_passkey(&removed, &activity).await.expect("the store writes")
    }

    fn started(&self, user: UserId, by: PasskeyUse, log_in: Option<PendingLogInHash>) -> (StartByPasskey, TokenHash) {
        let (session, token) = self.new_session(user);
        let new = NewSession { credentials_version: WITH_PASSKEY, ..new_session(&session, token) };
        (StartByPasskey { used: by, log_in, new }, token)
    }

    async fn try_to_start_by(&self, start: &StartByPasskey) -> Result<(), StartByPasskeyError> {
        let activity = self.activity_at(later(1), start.new.session.user_id, Event::LoggedIn);
        self.store.start_by_passkey(start, &activity).await
    }

    /// Starts a session by the passkey alone.
    async fn start_by(&self, user: UserId, by: PasskeyUse) -> Result<TokenHash, StartByPasskeyError> {
        let (start, token) = self.started(user, by, None);
        self.try_to_start_by(&start).await.map(|()| token)
    }

    async fn reauthenticate_by(
        &self,
        user_id: UserId,
        session_id: SessionId,
        used: PasskeyUse,
    ) -> (PasskeyReauthentication, TokenHash) {
        let (authentication, token) = (Authentication::by(AuthenticationMethod::Passkey, later(2)), self.token());
        let by = ReauthenticationByPasskey { user_id, used, session_id, authentication, token };
        (self.store.reauthenticate_by_passkey(&by).await.expect("the store writes"), token)
    }

    pub(super) async fn remove_password(
        &self,
        version: i64,
        user_id: UserId,
        session_id: SessionId,
    ) -> (PasswordRemoval, TokenHash) {
        self.remove_password_by(None, version, user_id, session_id).await
    }

    async fn remove_password_by(
        &self,
        used: Option<FactorUse>,
        credentials_version: i64,
        user_id: UserId,
        session_id: SessionId,
    ) -> (PasswordRemoval, TokenHash) {
        let token = self.token();
        let removed = RemovedPassword { user_id, credentials_version, used, session_id, token };
        let activity = self.activity_at(later(2), user_id, Event::PasswordRemoved);
        (self.store.remove_password(&removed, &activity).await.expect("the store writes"), token)
    }

    async fn answer(&self, challenge: &ChallengeHash, ends_at: Timestamp) -> ChallengeAnswer {
        self.store.answer_challenge(challenge, ends_at).await.expect("the store writes")
    }

    /// The user's only passkey, as it is stored now.
    async fn passkey(&self, user: UserId) -> Passkey {
        self.passkeys(user).await.pop().expect("there is one")
    }

    async fn has_password(&self, user: UserId) -> bool {
        let found = self.store.find_by_id(user).await.expect("the store reads").expect("the user is there");
        found.password_hash.is_some()
    }
}

rules! {
    of impl Store + SecondFactorRepository + PasskeyRepository;

    /// The handle that was stored first stays, even if others are generated later.
    a_user_has_one_handle_for_ever(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        assert_eq!(given.handle(ada).await, None);
        let first = given.new_handle();
        for drawn in [first, given.new_handle(), given.new_handle()] {
            assert_eq!(given.store.keep_user_handle(ada, drawn).await.expect("the store writes"), Some(first));
        }
        assert_eq!((given.handle(ada).await, given.handle(bob).await), (Some(first), None));
        assert_ne!(given.keep_handle(bob).await, first);
        let nobody = given.new_user("eve").id;
        assert_eq!(given.store.keep_user_handle(nobody, given.new_handle()).await.expect("the store writes"), None);
        assert_eq!(given.handle(nobody).await, None);
    }

    /// The longest values are kept, and the shortest ones. The factor is found with its user by the name, by the id, and by each session,
    /// and with no other user. The session goes on with its new token alone.
    a_passkey_is_kept_whole_and_its_user_is_asked_for_it_from_then_on(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (before, other, bobs) = (given.session(ada).await, given.session(ada).await, given.session(bob).await);
        given.keep_handle(ada).await;
        let new = given.new_passkey(ada, given.id_of(&before).await);
        let longest = Passkey {
            credential_id: CredentialId::from_bytes(given.bytes(CredentialId::MAX_BYTES)).expect("as long as may be"),
            rp_id: format!("{}org", "a.".repeat(125)),
            public_key: PublicKey { algorithm: Algorithm::Rs256, spki: given.bytes(PublicKey::MAX_BYTES) },
            counter: u32::MAX,
            backup: Backup::ThisDeviceOnly,
            transports: Transports::from_codes(Transport::ALL.map(Transport::code)),
            aaguid: Aaguid::from_bytes([0xff; 16]),
            name: Some(named(&"\u{1f511}".repeat(PasskeyName::MAX_CHARS))),
            device: LONGEST,
            last_used_at: Some(later(7)),
            ..new.passkey.clone()
        };
        let shortest = Passkey {
            credential_id: CredentialId::from_bytes(vec![0]).expect("a fit id"),
            transports: Transports::default(),
            ..given.one_more(1, ada, new.session_id).passkey
        };
        let new = NewPasskey { passkey: longest.clone(), ..new };
        assert_eq!(given.add(&new).await, PasskeyAddition::Added);
        assert_eq!(given.passkeys(ada).await, from_ref(&longest));
        assert_eq!((given.asked_for("ada").await, given.version("ada").await), (PASSKEY, 1));
        assert_eq!(given.factors(ada).await.recovery_codes.len(), 10);
        assert!(!given.lives(&before).await);
        let (session, user) = given.found(&new.token).await.expect("the session goes on");
        assert_eq!((session.authentication, session.renewed_at), (new.authentication, later(1)));
        assert_eq!(user.second_factors, PASSKEY);
        let (others, user) = given.found(&other).await.expect("other sessions stay");
        assert_eq!((others.authentication, user.second_factors), (by_password(NOON), PASSKEY));
        let by_id = given.store.find_by_id(ada).await.expect("the store reads").expect("the user is there");
        assert_eq!(by_id.user.second_factors, PASSKEY);
        assert_eq!(given.events(ada).await, [Event::LoggedIn, Event::LoggedIn, Event::PasskeyAdded]);
        let second = NewPasskey { passkey: shortest.clone(), ..given.one_more(1, ada, new.session_id) };
        assert_eq!(given.add(&second).await, PasskeyAddition::Added);
        for passkey in [longest, shortest] {
            assert_eq!(given.find_passkey(&passkey.credential_id).await.expect("it is there").passkey, passkey);
        }
        assert_eq!((given.asked_for("ada").await, given.version("ada").await), (PASSKEY, 2));
        assert_eq!(given.found(&bobs).await.expect("bob is there").1.second_factors, AuthenticationMethods::NONE);
        assert_eq!((given.passkeys(bob).await, given.version("bob").await), (Vec::new(), 0));
    }

    /// One read returns all of it. An unknown credential gives `None`, even if it begins like a known one.
    a_passkey_is_found_by_its_credential_with_its_user(given) {
        let (ada, _, new) = given.user_with_passkey("Ada").await;
        let (bob, _, bobs) = given.user_with_passkey("bob").await;
        let found = given.find_passkey(&new.passkey.credential_id).await.expect("it is there");
        let StoredUser { user, password_hash, credentials_version, .. } = found.stored;
        assert_eq!((user.id, user.username.as_str(), user.second_factors), (ada, "Ada", PASSKEY));
        assert_eq!((password_hash, credentials_version), (Some(hash("Ada")), WITH_PASSKEY));
        assert_eq!((found.passkey, Some(found.handle)), (new.passkey.clone(), given.handle(ada).await));
        let found = given.find_passkey(&bobs.passkey.credential_id).await.expect("it is there");
        assert_eq!((found.stored.user.id, Some(found.handle)), (bob, given.handle(bob).await));
        let longer = [new.passkey.credential_id.as_bytes(), &[0]].concat();
        for unknown in [given.bytes(16), longer] {
            let unknown = CredentialId::from_bytes(unknown).expect("a fit id");
            assert!(given.find_passkey(&unknown).await.is_none());
        }
    }

    passkeys_are_told_in_the_order_of_their_addition(given) {
        let (ada, session, first) = given.user_with_passkey("ada").await;
        let mut added = vec![first.passkey.id];
        for (version, minutes) in [(1, 3), (2, 1), (3, 2)] {
            let new = given.one_more(version, ada, session);
            let passkey = Passkey { created_at: later(minutes), ..new.passkey };
            added.push(passkey.id);
            assert_eq!(given.add(&NewPasskey { passkey, ..new }).await, PasskeyAddition::Added);
        }
        let told: Vec<_> = given.passkeys(ada).await.into_iter().map(|passkey| passkey.id).collect();
        let [noon, third, first, second]: [_; 4] = added.try_into().expect("four were added");
        assert_eq!(told, [noon, first, second, third]);
    }

    /// If two requests add one at once, one of them succeeds.
    a_passkey_is_added_only_from_the_session_and_the_version_that_asked(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (token, bobs) = (given.session(ada).await, given.session(bob).await);
        let session = given.id_of(&token).await;
        given.keep_handle(ada).await;
        let of_another = given.new_passkey(ada, given.id_of(&bobs).await);
        assert_eq!(given.add(&of_another).await, PasskeyAddition::SessionEnded);
        let of_another_version = NewPasskey { credentials_version: 1, ..given.new_passkey(ada, session) };
        assert_eq!(given.add(&of_another_version).await, PasskeyAddition::CredentialsChanged);
        assert_eq!((given.passkeys(ada).await, given.factors(ada).await), (Vec::new(), StoredFactors::default()));
        assert!(given.lives(&token).await && given.asked_for("ada").await.is_empty());
        assert_eq!(given.add(&given.new_passkey(ada, session)).await, PasskeyAddition::Added);
        assert_eq!(given.add(&given.new_passkey(ada, session)).await, PasskeyAddition::CredentialsChanged);
        assert_eq!((given.passkeys(ada).await.len(), given.version("ada").await), (1, 1));
    }

    /// It is added neither to another user nor to the same user again. The refusal changes nothing.
    a_credential_is_added_once_to_whomever(given) {
        let (ada, session, new) = given.user_with_passkey("ada").await;
        let bob = given.user("bob").await;
        let token = given.session(bob).await;
        given.keep_handle(bob).await;
        let credential_id = new.passkey.credential_id.clone();
        let again = |other: NewPasskey| {
            let passkey = Passkey { credential_id: credential_id.clone(), ..other.passkey.clone() };
            NewPasskey { passkey, ..other }
        };
        let to_bob = again(given.new_passkey(bob, given.id_of(&token).await));
        let to_ada = NewPasskey { recovery_codes: given.codes(), ..again(given.one_more(1, ada, session)) };
        for other in [to_bob, to_ada] {
            assert_eq!(given.add(&other).await, PasskeyAddition::AlreadyAdded);
            assert!(!given.lives(&other.token).await);
        }
        assert_eq!((given.passkeys(ada).await, given.version("ada").await), (vec![new.passkey], 1));
        assert!(given.factors(ada).await.recovery_codes.iter().all(|hash| new.recovery_codes.contains(hash)));
        assert!(given.lives(&token).await && given.lives(&new.token).await);
        assert_eq!((given.passkeys(bob).await, given.version("bob").await), (Vec::new(), 0));
        assert_eq!(given.events(bob).await, [Event::LoggedIn]);
    }

    /// The limit is per user.
    nobody_has_more_passkeys_than_there_may_be(given) {
        let (ada, session, _) = given.user_with_passkey("ada").await;
        let (bob, bobs_session, _) = given.user_with_passkey("bob").await;
        let most = i64::try_from(Passkey::MOST).expect("a few");
        for version in 1..most {
            assert_eq!(given.add(&given.one_more(version, ada, session)).await, PasskeyAddition::Added);
        }
        let beyond = given.one_more(most, ada, session);
        assert_eq!(given.add(&beyond).await, PasskeyAddition::TooMany);
        assert!(given.passkeys(ada).await.len() == Passkey::MOST && !given.lives(&beyond.token).await);
        assert_eq!(given.version("ada").await, most);
        assert_eq!(given.add(&given.one_more(1, bob, bobs_session)).await, PasskeyAddition::Added);
        assert_eq!(given.take_away(ada, session, given.passkey(ada).await.id).await, PasskeyRemoval::Removed);
        assert_eq!(given.add(&given.one_more(most + 1, ada, session)).await, PasskeyAddition::Added);
    }

    /// The proof counts once, and it is not used up if the passkey is not added.
    a_passkey_uses_up_what_was_proved_for_it(given) {
        let (ada, session, codes) = given.user_with_factor("ada").await;
        let (_, _, bobs) = given.user_with_passkey("bob").await;
        given.keep_handle(ada).await;
        let with = |version, used| NewPasskey { used: Some(used), ..given.one_more(version, ada, session) };
        for used in [step(0), step(-1), code(&bobs.recovery_codes, 0)] {
            assert_eq!(given.add(&with(1, used)).await, PasskeyAddition::AlreadyUsed, "{used:?}");
        }
        let taken = Passkey { credential_id: bobs.passkey.credential_id, ..with(1, step(1)).passkey };
        for used in [step(1), code(&codes, 0)] {
            let refused = NewPasskey { passkey: taken.clone(), ..with(1, used) };
            assert_eq!(given.add(&refused).await, PasskeyAddition::AlreadyAdded);
        }
        let factors = given.factors(ada).await;
        assert_eq!((factors.totp.expect("it is there").last_step, factors.recovery_codes.len()), (SOME_STEP, 10));
        assert_eq!((given.passkeys(ada).await, given.version("ada").await), (Vec::new(), 1));
        assert_eq!(given.add(&with(1, step(1))).await, PasskeyAddition::Added);
        assert_eq!(given.add(&with(2, step(1))).await, PasskeyAddition::AlreadyUsed);
        assert_eq!(given.add(&with(2, code(&codes, 0))).await, PasskeyAddition::Added);
        assert_eq!(given.add(&with(3, code(&codes, 0))).await, PasskeyAddition::AlreadyUsed);
        assert_eq!((given.factors(ada).await.recovery_codes.len(), given.passkeys(ada).await.len()), (9, 2));
    }

    /// If none come with it, the earlier ones stay.
    codes_that_come_with_a_passkey_take_the_place_of_all_before(given) {
        let (ada, session, old) = given.user_with_factor("ada").await;
        given.keep_handle(ada).await;
        assert_eq!(given.add(&given.one_more(1, ada, session)).await, PasskeyAddition::Added);
        let kept = given.factors(ada).await.recovery_codes;
        assert!(kept.len() == 10 && kept.iter().all(|hash| old.contains(hash)));
        let new = NewPasskey { recovery_codes: given.codes(), ..given.one_more(2, ada, session) };
        assert_eq!(given.add(&new).await, PasskeyAddition::Added);
        let kept = given.factors(ada).await.recovery_codes;
        assert!(kept.len() == 10 && kept.iter().all(|hash| new.recovery_codes.contains(hash)));
    }

    /// The user may rename it any number of times. The version of the credentials stays, and so does everything else.
    a_passkey_is_named_by_its_user_alone(given) {
        let (ada, _, new) = given.user_with_passkey("ada").await;
        let (bob, ..) = given.user_with_passkey("bob").await;
        let rename = async |user, id, name: &PasskeyName| {
            let activity = given.activity(user, Event::PasskeyRenamed);
            given.store.rename_passkey(user, id, name, &activity).await.expect("the store writes")
        };
        let id = new.passkey.id;
        for name in ["blue", "Blue", "k\u{e9}y"].map(named) {
            assert_eq!(rename(ada, id, &name).await, PasskeyRenaming::Renamed);
            assert_eq!(given.passkeys(ada).await, [Passkey { name: Some(name), ..new.passkey.clone() }]);
        }
        assert_eq!(rename(bob, id, &named("red")).await, PasskeyRenaming::NotFound);
        let unknown = fixtures::passkey_of(ada, &given.entropy).id;
        assert_eq!(rename(ada, unknown, &named("red")).await, PasskeyRenaming::NotFound);
        assert_eq!(given.passkey(ada).await.name, Some(named("k\u{e9}y")));
        assert_eq!(given.passkey(bob).await.name, None);
        let renamings = given.events(ada).await.into_iter().filter(|event| *event == Event::PasskeyRenamed).count();
        assert_eq!((renamings, given.version("ada").await), (3, 1));
        assert!(given.lives(&new.token).await && !given.events(bob).await.contains(&Event::PasskeyRenamed));
    }

    /// The session has to exist, and the user's other passkeys stay.
    a_passkey_is_removed_by_its_user_alone_and_once(given) {
        let (ada, session, first) = given.user_with_passkey("ada").await;
        let (bob, bobs_session, bobs) = given.user_with_passkey("bob").await;
        let second = given.one_more(1, ada, session);
        assert_eq!(given.add(&second).await, PasskeyAddition::Added);
        let id = first.passkey.id;
        assert_eq!(given.take_away(ada, bobs_session, id).await, PasskeyRemoval::SessionEnded);
        assert_eq!(given.take_away(bob, bobs_session, id).await, PasskeyRemoval::NotFound);
        assert_eq!(given.take_away(ada, session, bobs.passkey.id).await, PasskeyRemoval::NotFound);
        assert_eq!((given.passkeys(ada).await.len(), given.version("ada").await), (2, 2));
        assert!(given.lives(&second.token).await);
        assert_eq!(given.take_away(ada, session, id).await, PasskeyRemoval::Removed);
        assert_eq!(given.take_away(ada, session, id).await, PasskeyRemoval::NotFound);
        assert_eq!(given.passkeys(ada).await, [second.passkey]);
        assert!(given.find_passkey(&first.passkey.credential_id).await.is_none());
        assert_eq!((given.asked_for("ada").await, given.version("ada").await), (PASSKEY, 3));
        assert!(!given.lives(&second.token).await);
        let removals = given.events(ada).await.into_iter().filter(|event| *event == Event::PasskeyRemoved).count();
        assert_eq!((removals, given.passkeys(bob).await.len()), (1, 1));
        let new = NewPasskey { passkey: first.passkey, ..given.one_more(3, ada, session) };
        assert_eq!(given.add(&new).await, PasskeyAddition::Added, "it may come back");
    }

    /// They stay while there is another passkey or an app.
    recovery_codes_go_with_the_last_factor(given) {
        let (ada, session, first) = given.user_with_passkey("ada").await;
        let (bob, ..) = given.user_with_passkey("bob").await;
        let second = given.one_more(1, ada, session);
        assert_eq!(given.add(&second).await, PasskeyAddition::Added);
        let app = NewTotp { credentials_version: 2, recovery_codes: Vec::new(), ..given.new_totp(ada, session) };
        assert_eq!(given.turn_on(&app).await, FactorChange::Made);
        assert_eq!(given.asked_for("ada").await, BOTH);
        assert_eq!(given.take_away(ada, session, first.passkey.id).await, PasskeyRemoval::Removed);
        assert_eq!(given.asked_for("ada").await, BOTH);
        assert_eq!(given.take_away(ada, session, second.passkey.id).await, PasskeyRemoval::Removed);
        let app = AuthenticationMethods::NONE.with(AuthenticationMethod::Totp);
        assert_eq!((given.asked_for("ada").await, given.version("ada").await), (app, 5));
        assert_eq!(given.factors(ada).await.recovery_codes.len(), 10);
        let last = given.one_more(5, ada, session);
        assert_eq!(given.add(&last).await, PasskeyAddition::Added);
        assert_eq!(given.turn_off_at(6, ada, session, step(1)).await, FactorChange::Made);
        assert_eq!(given.take_away(ada, session, last.passkey.id).await, PasskeyRemoval::Removed);
        assert_eq!((given.factors(ada).await, given.asked_for("ada").await.is_empty()), (StoredFactors::default(), true));
        assert_eq!(given.factors(bob).await.recovery_codes.len(), 10);
    }

    /// The proof counts once, and it is not used up if the user does not have the passkey.
    the_removal_of_a_passkey_uses_up_what_was_proved_for_it(given) {
        let (ada, session, first) = given.user_with_passkey("ada").await;
        let (_, _, bobs) = given.user_with_passkey("bob").await;
        let second = given.one_more(1, ada, session);
        assert_eq!(given.add(&second).await, PasskeyAddition::Added);
        let (id, mine) = (first.passkey.id, code(&first.recovery_codes, 0));
        let strangers = Some(code(&bobs.recovery_codes, 0));
        assert_eq!(given.take_away_by(strangers, ada, session, id).await, PasskeyRemoval::AlreadyUsed);
        assert_eq!(given.take_away_by(Some(mine), ada, session, bobs.passkey.id).await, PasskeyRemoval::NotFound);
        assert_eq!((given.passkeys(ada).await.len(), given.factors(ada).await.recovery_codes.len()), (2, 10));
        assert_eq!(given.take_away_by(Some(mine), ada, session, id).await, PasskeyRemoval::Removed);
        assert_eq!(given.factors(ada).await.recovery_codes.len(), 9);
        let again = given.take_away_by(Some(mine), ada, session, second.passkey.id).await;
        assert_eq!((again, given.passkeys(ada).await), (PasskeyRemoval::AlreadyUsed, vec![second.passkey]));
    }

    /// The refusal changes nothing.
    the_last_passkey_of_a_user_without_a_password_stays(given) {
        let new = NewUser { password_hash: None, ..given.new_user("ada") };
        given.store.insert(&new).await.expect("a new user is stored");
        let ada = new.id;
        let session = given.id_of(&given.session(ada).await).await;
        given.keep_handle(ada).await;
        let (first, second) = (given.new_passkey(ada, session), given.one_more(1, ada, session));
        for new in [&first, &second] {
            assert_eq!(given.add(new).await, PasskeyAddition::Added);
        }
        assert_eq!(given.take_away(ada, session, first.passkey.id).await, PasskeyRemoval::Removed);
        assert_eq!(given.take_away(ada, session, first.passkey.id).await, PasskeyRemoval::NotFound);
        let before = given.events(ada).await;
        assert_eq!(given.take_away(ada, session, second.passkey.id).await, PasskeyRemoval::LastWayIn);
        assert_eq!((given.passkeys(ada).await, given.version("ada").await), (vec![second.passkey], 3));
        assert_eq!((given.events(ada).await, given.factors(ada).await.recovery_codes.len()), (before, 10));
    }

    a_change_of_passkeys_ends_trust_and_what_waits_of_this_user_alone(given) {
        let (ada, session, first) = given.user_with_passkey("ada").await;
        let (bob, bobs_session, _) = given.user_with_passkey("bob").await;
        let (_, key) = given.trusted_device(ada, later(60)).await;
        let (_, bobs_key) = given.trusted_device(bob, later(60)).await;
        let (waiting, bobs) = (given.log_in_of(ada).await, given.log_in_of(bob).await);
        assert_eq!(given.take_away(ada, session, first.passkey.id).await, PasskeyRemoval::Removed);
        assert_eq!((given.trusted_until(key).await, given.waits(&waiting).await), (None, false));
        assert_eq!((given.trusted_until(bobs_key).await, given.waits(&bobs).await), (Some(later(60)), true));
        assert_eq!(given.add(&given.one_more(1, bob, bobs_session)).await, PasskeyAddition::Added);
        assert_eq!((given.trusted_until(bobs_key).await, given.waits(&bobs).await), (None, false));
    }

    /// A removed password and a reauthentication leave none either.
    a_change_of_passkeys_leaves_its_session_no_former_token(given) {
        let ada = given.user("ada").await;
        given.keep_handle(ada).await;
        let (session, former, newer) = given.session_with_a_former_token(ada, later(60)).await;
        let new = given.new_passkey(ada, session.id);
        assert_eq!(given.add(&new).await, PasskeyAddition::Added);
        assert!(given.lives(&new.token).await && !given.lives(&former).await && !given.lives(&newer).await);
        assert_eq!(given.add(&given.one_more(1, ada, session.id)).await, PasskeyAddition::Added);
        let renewed = async || {
            let sessions = given.store.sessions_of(ada, 10).await.expect("the store reads");
            let session = sessions.into_iter().next().expect("it is there");
            let (former, newer) = (given.token(), given.token());
            assert_eq!(given.renew(&session, &former, &newer, later(1)).await, TokenRenewal::Renewed);
            [former, newer]
        };
        for change in 0..3 {
            let before = renewed().await;
            let at = later(2);
            match change {
                0 => {
                    let (outcome, token) = given.reauthenticate_by(ada, session.id, used(&new.passkey)).await;
                    assert_eq!((outcome, given.lives(&token).await), (PasskeyReauthentication::Renewed, true));
                }
                1 => {
                    let (outcome, token) = given.remove_password(2, ada, session.id).await;
                    assert_eq!((outcome, given.lives(&token).await), (PasswordRemoval::Removed, true));
                }
                _ => {
                    let (id, token) = (new.passkey.id, given.token());
                    let removed = RemovedPasskey { user_id: ada, id, used: None, session_id: session.id, token };
                    let activity = given.activity_at(at, ada, Event::PasskeyRemoved);
                    let outcome = given.store.remove_passkey(&removed, &activity).await.expect("the store writes");
                    assert_eq!((outcome, given.lives(&token).await), (PasskeyRemoval::Removed, true));
                }
            }
            for token in before {
                assert!(!given.lives(&token).await, "{change}");
            }
            let sessions = given.store.sessions_of(ada, 10).await.expect("the store reads");
            assert_eq!(sessions.iter().map(|session| session.renewed_at).collect::<Vec<_>>(), [at]);
        }
    }

    /// It ends the session that it replaces, the activity is recorded, and the passkey keeps the time of its use.
    a_session_begins_by_a_passkey_as_any_other(given) {
        let (ada, passkey) = given.user_whose("ada", 0, Backup::Eligible).await;
        let earlier = given.start_by(ada, PasskeyUse { counter: 0, ..used(&passkey) }).await.expect("it counts");
        let (start, token) = given.started(ada, PasskeyUse { backup: Backup::Synced, ..used(&passkey) }, None);
        let authentication = Authentication::by(AuthenticationMethod::Passkey, later(1));
        let session = Session { authentication, ..start.new.session.clone() };
        let new = NewSession { session, replacing: Some(earlier), ..start.new };
        given.try_to_start_by(&StartByPasskey { new, ..start }).await.expect("it counts");
        let (session, user) = given.found(&token).await.expect("it began");
        assert_eq!((session.user_id, session.authentication, user.second_factors), (ada, authentication, PASSKEY));
        assert!(!given.lives(&earlier).await);
        let log_ins = given.events(ada).await.into_iter().filter(|event| *event == Event::LoggedIn).count();
        assert_eq!((log_ins, given.version("ada").await), (3, 1));
        let passkey = Passkey { counter: 1, backup: Backup::Synced, last_used_at: Some(A_USE), ..passkey };
        assert_eq!(given.passkeys(ada).await, [passkey]);
    }

    /// A counter of 0 means that the authenticator does not count.
    a_counter_that_was_above_zero_has_to_grow(given) {
        let (ada, passkey) = given.user_whose("ada", 0, Backup::ThisDeviceOnly).await;
        let with = |counter| PasskeyUse { counter, ..used(&passkey) };
        for counter in [0, 0, 7, 8, u32::MAX - 1, u32::MAX] {
            given.start_by(ada, with(counter)).await.expect("it goes on");
            assert_eq!(given.passkey(ada).await.counter, counter);
        }
        for counter in [u32::MAX, u32::MAX - 1, 8, 1, 0] {
            let refused = given.start_by(ada, with(counter)).await;
            assert!(matches!(refused, Err(StartByPasskeyError::Refused)), "{counter}: {refused:?}");
            assert_eq!(given.passkey(ada).await.counter, u32::MAX);
        }
    }

    a_passkey_that_never_leaves_its_authenticator_does_not_become_another(given) {
        for (username, before) in ["ada", "bob", "eve"].into_iter().zip(Backup::ALL) {
            let (user, passkey) = given.user_whose(username, 0, before).await;
            for backup in Backup::ALL {
                let (is_there, becomes) = (given.passkey(user).await.backup, PasskeyUse { backup, ..used(&passkey) });
                let started = given.start_by(user, PasskeyUse { counter: 0, ..becomes }).await;
                let started = match started {
                    Err(StartByPasskeyError::Refused) => false,
                    other => other.map(|_| true).expect("no other reason"),
                };
                assert_eq!(started, before.may_become(backup), "{before:?} {backup:?}");
                assert_eq!(given.passkey(user).await.backup, if started { backup } else { is_there });
                // It may then be used again as it was at first.
                let again = PasskeyUse { counter: 0, backup: before, ..used(&passkey) };
                given.start_by(user, again).await.expect("as it was");
            }
        }
    }

    nobody_elses_passkey_counts_and_none_that_is_gone(given) {
        let (ada, session, new) = given.user_with_passkey("ada").await;
        let (bob, ..) = given.user_with_passkey("bob").await;
        let second = given.one_more(1, ada, session);
        assert_eq!(given.add(&second).await, PasskeyAddition::Added);
        let refused = given.start_by(bob, used(&new.passkey)).await;
        assert!(matches!(refused, Err(StartByPasskeyError::Refused)), "{refused:?}");
        assert_eq!(given.passkeys(ada).await.first(), Some(&new.passkey));
        assert_eq!(given.take_away(ada, session, new.passkey.id).await, PasskeyRemoval::Removed);
        let refused = given.start_by(ada, used(&new.passkey)).await;
        assert!(matches!(refused, Err(StartByPasskeyError::Refused)), "{refused:?}");
    }

    /// Its session begins. The log-in stays for a while, as one that is finished by a code does.
    a_log_in_that_waits_is_finished_by_a_passkey_once(given) {
        let (ada, passkey) = given.user_whose("ada", 5, Backup::Synced).await;
        let waiting = given.log_in_of(ada).await;
        let (start, token) = given.started(ada, used(&passkey), Some(waiting));
        given.try_to_start_by(&start).await.expect("it finishes");
        assert!(given.lives(&token).await);
        assert_eq!(given.passkey(ada).await.counter, 6);
        let found = given.store.find_log_in(&waiting).await.expect("the store reads").expect("it stays");
        assert!(!found.is_good_at(later(1), None) && found.log_in.has_just_finished_at(later(1)));
        let (again, _) = given.started(ada, PasskeyUse { counter: 7, ..used(&passkey) }, Some(waiting));
        let again = given.try_to_start_by(&again).await;
        assert!(matches!(again, Err(StartByPasskeyError::Ended)), "{again:?}");
        assert_eq!(given.passkey(ada).await.counter, 6, "nothing was used");
        let codes = given.factors(ada).await.recovery_codes;
        let by_code = given.finish(ada, waiting, code(&codes, 0)).await;
        assert!(matches!(by_code, Err(FinishLogInError::Ended)), "{by_code:?}");
        let by_code = given.log_in_of(ada).await;
        given.finish(ada, by_code, code(&codes, 0)).await.expect("it finishes");
        let (late, _) = given.started(ada, PasskeyUse { counter: 7, ..used(&passkey) }, Some(by_code));
        let late = given.try_to_start_by(&late).await;
        assert!(matches!(late, Err(StartByPasskeyError::Ended)), "{late:?}");
    }

    a_log_in_that_has_ended_or_is_anothers_is_not_finished_by_a_passkey(given) {
        let (ada, passkey) = given.user_whose("ada", 5, Backup::Synced).await;
        let (bob, bobs_passkey) = given.user_whose("bob", 5, Backup::Synced).await;
        let ended = NewPendingLogIn { ends_at: later(1), ..given.new_log_in(ada, None) };
        given.keep(&ended).await;
        let (waiting, unknown) = (given.log_in_of(ada).await, given.new_log_in(ada, None).token);
        for (user, passkey, log_in) in
            [(ada, &passkey, ended.token), (ada, &passkey, unknown), (bob, &bobs_passkey, waiting)]
        {
            let (start, token) = given.started(user, used(passkey), Some(log_in));
            let refused = given.try_to_start_by(&start).await;
            assert!(matches!(refused, Err(StartByPasskeyError::Ended)), "{refused:?}");
            assert!(!given.lives(&token).await);
        }
        assert_eq!((given.passkey(ada).await, given.passkey(bob).await), (passkey, bobs_passkey));
        let codes = given.factors(bob).await.recovery_codes;
        let by_code = given.finish(bob, waiting, code(&codes, 0)).await;
        assert!(matches!(by_code, Err(FinishLogInError::Ended)), "{by_code:?}");
        let found = given.store.find_log_in(&waiting).await.expect("the store reads").expect("it waits");
        assert!(found.is_good_at(later(1), None));
    }

    /// It is refused if the passkey does not count, the credentials have changed, or the browser sent it twice.
    a_start_by_a_passkey_that_is_refused_changes_nothing(given) {
        let (ada, passkey) = given.user_whose("ada", 5, Backup::Synced).await;
        let waiting = given.log_in_of(ada).await;
        let here = given.browser();
        let (later_one, _) = given.started(ada, PasskeyUse { counter: 6, ..used(&passkey) }, None);
        let in_browser = |start: StartByPasskey, created_at| {
            let client = start.new.session.client.clone().in_browser(Some(here));
            let session = Session { client, created_at, ..start.new.session.clone() };
            StartByPasskey { new: NewSession { session, ..start.new }, ..start }
        };
        given.try_to_start_by(&in_browser(later_one, NOON.plus(A_MINUTE / 2))).await.expect("it begins");
        let before = (given.passkey(ada).await, given.events(ada).await);
        let next = PasskeyUse { counter: 7, ..used(&passkey) };
        let (of_no_count, _) = given.started(ada, PasskeyUse { counter: 6, ..next }, Some(waiting));
        let (of_another_kind, _) = given.started(ada, PasskeyUse { backup: Backup::ThisDeviceOnly, ..next }, Some(waiting));
        let (start, _) = given.started(ada, next, Some(waiting));
        let overtaken = in_browser(start.clone(), NOON);
        let of_another_version = StartByPasskey {
            new: NewSession { credentials_version: 0, ..start.new.clone() },
            ..start.clone()
        };
        for (refused, expected) in [
            (of_no_count, "Refused"),
            (of_another_kind, "Refused"),
            (overtaken, "Overtaken"),
            (of_another_version, "NotAllowed"),
        ] {
            let outcome = given.try_to_start_by(&refused).await;
            assert_eq!(format!("{outcome:?}"), format!("Err({expected})"));
            assert!(!given.lives(&refused.new.token).await);
            assert_eq!((given.passkey(ada).await, given.events(ada).await), before);
            let found = given.store.find_log_in(&waiting).await.expect("the store reads").expect("it waits");
            assert!(found.is_good_at(later(1), None));
        }
        given.try_to_start_by(&start).await.expect("nothing was used up");
    }

    /// It then has the new token alone.
    a_session_is_reauthenticated_by_a_passkey(given) {
        let (ada, session, new) = given.user_with_passkey("ada").await;
        let (outcome, token) = given.reauthenticate_by(ada, session, used(&new.passkey)).await;
        assert_eq!(outcome, PasskeyReauthentication::Renewed);
        let (found, _) = given.found(&token).await.expect("the session goes on");
        let authentication = Authentication::by(AuthenticationMethod::Passkey, later(2));
        assert_eq!((found.id, found.authentication, found.renewed_at), (session, authentication, later(2)));
        assert!(!given.lives(&new.token).await);
        let passkey = Passkey { counter: 1, last_used_at: Some(A_USE), ..new.passkey };
        assert_eq!((given.passkeys(ada).await, given.version("ada").await), (vec![passkey], 1));
    }

    /// The refusal changes nothing.
    a_passkey_that_does_not_count_reauthenticates_nobody(given) {
        let (ada, passkey) = given.user_whose("ada", 5, Backup::Synced).await;
        let (bob, bobs_passkey) = given.user_whose("bob", 5, Backup::Synced).await;
        let (session, bobs_session) = (given.new_session(ada), given.new_session(bob));
        for (user, (session, token)) in [(ada, &session), (bob, &bobs_session)] {
            let new = NewSession { credentials_version: WITH_PASSKEY, ..new_session(session, *token) };
            let activity = given.activity(user, Event::LoggedIn);
            given.store.start(&new, &activity).await.expect("an active user gets a session");
        }
        let next = used(&passkey);
        for refused in [
            PasskeyUse { counter: 5, ..next },
            PasskeyUse { counter: 0, ..next },
            PasskeyUse { backup: Backup::ThisDeviceOnly, ..next },
            used(&bobs_passkey),
            used(&fixtures::passkey_of(ada, &given.entropy)),
        ] {
            let (outcome, _) = given.reauthenticate_by(ada, session.0.id, refused).await;
            assert_eq!(outcome, PasskeyReauthentication::Refused, "{refused:?}");
        }
        for not_theirs in [bobs_session.0.id, given.new_session(ada).0.id] {
            let (outcome, _) = given.reauthenticate_by(ada, not_theirs, next).await;
            assert_eq!(outcome, PasskeyReauthentication::SessionEnded);
        }
        for (user, (session, token)) in [(ada, session), (bob, bobs_session)] {
            let (found, _) = given.found(&token).await.expect("it is there");
            assert_eq!((found.user_id, found.authentication), (user, session.authentication));
        }
        assert_eq!((given.passkey(ada).await, given.passkey(bob).await), (passkey, bobs_passkey));
    }

    of_all_answers_to_a_challenge_one_is_the_first(given) {
        let (one, other) = (fixtures::challenge(&given.entropy), fixtures::challenge(&given.entropy));
        assert_eq!(given.answer(&one, later(5)).await, ChallengeAnswer::First);
        for ends_at in [later(5), later(4), later(6)] {
            assert_eq!(given.answer(&one, ends_at).await, ChallengeAnswer::Again);
        }
        assert_eq!(given.answer(&other, later(5)).await, ChallengeAnswer::First);
    }

    challenges_that_ended_are_forgotten_a_few_at_a_time(given) {
        let mut challenges = Vec::new();
        for minutes in [1, 2, 3, 9] {
            let challenge = fixtures::challenge(&given.entropy);
            assert_eq!(given.answer(&challenge, later(minutes)).await, ChallengeAnswer::First);
            challenges.push(challenge);
        }
        let delete = async |most| given.store.delete_challenges(later(3), most).await.expect("the store writes");
        assert_eq!((delete(2).await, delete(2).await, delete(2).await), (2, 1, 0));
        let mut answers = Vec::new();
        for challenge in &challenges {
            answers.push(given.answer(challenge, later(9)).await);
        }
        let (first, again) = (ChallengeAnswer::First, ChallengeAnswer::Again);
        assert_eq!(answers, [first, first, first, again]);
    }

    /// A refusal changes nothing.
    a_password_is_removed_where_two_passkeys_or_one_and_a_code_are_left(given) {
        let ada = given.user("ada").await;
        let session = given.id_of(&given.session(ada).await).await;
        let app = NewTotp { recovery_codes: Vec::new(), ..given.new_totp(ada, session) };
        assert_eq!(given.turn_on(&app).await, FactorChange::Made);
        assert_eq!(given.remove_password(1, ada, session).await.0, PasswordRemoval::LastWayIn);
        given.keep_handle(ada).await;
        assert_eq!(given.add(&given.one_more(1, ada, session)).await, PasskeyAddition::Added);
        let (outcome, token) = given.remove_password(2, ada, session).await;
        assert_eq!((outcome, given.lives(&token).await), (PasswordRemoval::LastWayIn, false), "an app is no way in");
        assert!(given.has_password(ada).await && !given.events(ada).await.contains(&Event::PasswordRemoved));
        assert_eq!(given.add(&given.one_more(2, ada, session)).await, PasskeyAddition::Added);
        let (outcome, token) = given.remove_password(3, ada, session).await;
        assert_eq!((outcome, given.lives(&token).await), (PasswordRemoval::Removed, true));
        assert!(!given.has_password(ada).await && given.events(ada).await.contains(&Event::PasswordRemoved));
        assert_eq!((given.asked_for("ada").await, given.version("ada").await), (BOTH, 4));
        assert_eq!((given.passkeys(ada).await.len(), given.factors(ada).await.totp.is_some()), (2, true));
        assert_eq!(given.remove_password(4, ada, session).await.0, PasswordRemoval::NoneSet);
        let (bob, session, _) = given.user_with_passkey("bob").await;
        assert_eq!(given.remove_password(1, bob, session).await.0, PasswordRemoval::Removed);
        assert_eq!((given.has_password(bob).await, given.factors(bob).await.recovery_codes.len()), (false, 10));
    }

    /// A code that is used up is no longer a way in.
    a_password_is_removed_by_a_code_once(given) {
        let (ada, session, new) = given.user_with_passkey("ada").await;
        let used = code(&new.recovery_codes, 0);
        let (outcome, token) = given.remove_password_by(Some(used), 1, ada, session).await;
        assert_eq!((outcome, given.lives(&token).await), (PasswordRemoval::Removed, true));
        assert_eq!(given.factors(ada).await.recovery_codes.len(), 9);

        let (bob, session, _) = given.user_with_passkey("bob").await;
        assert_eq!(given.remove_password_by(Some(used), 1, bob, session).await.0, PasswordRemoval::AlreadyUsed);
        assert_eq!((given.has_password(bob).await, given.version("bob").await), (true, 1));

        let carol = given.user("carol").await;
        let session = given.id_of(&given.session(carol).await).await;
        given.keep_handle(carol).await;
        let one: Vec<_> = given.codes().into_iter().take(1).collect();
        let new = NewPasskey { recovery_codes: one.clone(), ..given.new_passkey(carol, session) };
        assert_eq!(given.add(&new).await, PasskeyAddition::Added);
        let last = code(&one, 0);
        assert_eq!(given.remove_password_by(Some(last), 1, carol, session).await.0, PasswordRemoval::LastWayIn);
        assert_eq!((given.has_password(carol).await, given.factors(carol).await.recovery_codes), (true, one));
    }

    /// Sessions of other users stay.
    a_removed_passkey_and_a_removed_password_end_the_other_sessions(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (adas, bobs) = (given.session(ada).await, given.session(bob).await);
        let of_ada = given.id_of(&given.session(ada).await).await;
        let of_bob = given.id_of(&given.session(bob).await).await;
        for (user, session) in [(ada, of_ada), (bob, of_bob)] {
            given.keep_handle(user).await;
            assert_eq!(given.add(&given.new_passkey(user, session)).await, PasskeyAddition::Added);
        }
        let second = given.one_more(1, ada, of_ada);
        assert_eq!(given.add(&second).await, PasskeyAddition::Added);
        let nothing = PasskeyId::from_uuid(ada.as_uuid());
        assert_eq!(given.take_away(ada, of_ada, nothing).await, PasskeyRemoval::NotFound);
        assert!(given.lives(&adas).await && given.lives(&bobs).await, "adding ends none");
        assert_eq!(given.take_away(ada, of_ada, second.passkey.id).await, PasskeyRemoval::Removed);
        assert_eq!((given.lives(&adas).await, given.lives(&bobs).await), (false, true));
        assert_eq!(given.remove_password(1, bob, of_bob).await.0, PasswordRemoval::Removed);
        assert!(!given.lives(&bobs).await);
        for user in [ada, bob] {
            assert_eq!(given.store.sessions_of(user, 10).await.expect("the store reads").len(), 1);
        }
    }

    a_password_is_removed_only_from_the_session_and_the_version_that_asked(given) {
        let (ada, session, new) = given.user_with_passkey("ada").await;
        let (_, bobs_session, _) = given.user_with_passkey("bob").await;
        assert_eq!(given.remove_password(1, ada, bobs_session).await.0, PasswordRemoval::SessionEnded);
        for version in [0, 2] {
            assert_eq!(given.remove_password(version, ada, session).await.0, PasswordRemoval::CredentialsChanged);
        }
        assert!(given.has_password(ada).await && given.lives(&new.token).await);
        assert_eq!(given.version("ada").await, 1);
    }

    /// Pending log-ins of other users stay.
    a_removed_password_ends_what_waits_and_nobody_elses(given) {
        let (ada, session, new) = given.user_with_passkey("ada").await;
        let (bob, ..) = given.user_with_passkey("bob").await;
        let (waiting, bobs) = (given.log_in_of(ada).await, given.log_in_of(bob).await);
        let other = given.start_by(ada, used(&new.passkey)).await.expect("it counts");
        let (outcome, token) = given.remove_password(1, ada, session).await;
        assert_eq!(outcome, PasswordRemoval::Removed);
        assert!(!given.waits(&waiting).await && given.waits(&bobs).await);
        let (found, _) = given.found(&token).await.expect("the session goes on");
        assert_eq!((found.id, found.renewed_at), (session, later(2)));
        assert!(!given.lives(&other).await && !given.lives(&new.token).await && given.has_password(bob).await);
    }

    /// The ids of relying parties are compared byte for byte.
    a_passkey_of_another_relying_party_is_told(given) {
        let other = async |rp_id: &str| given.store.another_rp_id(rp_id).await.expect("the store reads");
        assert_eq!(other("example.org").await, None);
        let (ada, session, _) = given.user_with_passkey("ada").await;
        assert_eq!(other("example.org").await, None);
        for elsewhere in ["accounts.example.org", "example.com", "Example.org", "example.org.", ""] {
            assert_eq!(other(elsewhere).await.as_deref(), Some("example.org"), "{elsewhere}");
        }
        let mut version = 1;
        for rp_id in ["a.example", "z.example"] {
            let new = given.one_more(version, ada, session);
            let passkey = Passkey { rp_id: rp_id.to_owned(), ..new.passkey };
            let id = passkey.id;
            assert_eq!(given.add(&NewPasskey { passkey, ..new }).await, PasskeyAddition::Added);
            assert_eq!(other("example.org").await.as_deref(), Some(rp_id));
            assert_eq!(given.take_away(ada, session, id).await, PasskeyRemoval::Removed);
            assert_eq!(other("example.org").await, None);
            version += 2;
        }
    }

    an_app_that_is_turned_off_leaves_the_codes_of_who_has_a_passkey(given) {
        let (ada, session, codes) = given.user_with_factor("ada").await;
        given.keep_handle(ada).await;
        assert_eq!(given.add(&given.one_more(1, ada, session)).await, PasskeyAddition::Added);
        assert_eq!(given.turn_off_at(2, ada, session, code(&codes, 0)).await, FactorChange::Made);
        let factors = given.factors(ada).await;
        assert_eq!((factors.totp, factors.recovery_codes.len()), (None, 9));
        assert_eq!((given.asked_for("ada").await, given.passkeys(ada).await.len()), (PASSKEY, 1));
        assert_eq!(given.version("ada").await, 3);
    }

    /// This holds even if the code is one that counts.
    an_app_that_is_not_there_is_not_turned_off_by_a_code(given) {
        let (ada, session, new) = given.user_with_passkey("ada").await;
        let refused = given.turn_off_at(1, ada, session, code(&new.recovery_codes, 0)).await;
        assert_eq!(refused, FactorChange::AlreadyUsed);
        assert_eq!((given.factors(ada).await.recovery_codes.len(), given.version("ada").await), (10, 1));
        assert!(given.lives(&new.token).await);
    }

    /// The codes are those that came with the first of the two.
    an_app_and_a_passkey_are_asked_for_beside_each_other(given) {
        let (ada, session, new) = given.user_with_passkey("ada").await;
        let app = NewTotp { credentials_version: 1, recovery_codes: Vec::new(), ..given.new_totp(ada, session) };
        assert_eq!(given.turn_on(&app).await, FactorChange::Made);
        let factors = given.factors(ada).await;
        assert!(factors.totp.is_some() && factors.recovery_codes.iter().all(|hash| new.recovery_codes.contains(hash)));
        assert_eq!((factors.recovery_codes.len(), given.asked_for("ada").await), (10, BOTH));
        assert_eq!(given.passkeys(ada).await, [new.passkey]);
        let replaced = NewTotp { credentials_version: 2, replacing: Some(step(1)), ..app };
        assert_eq!(given.turn_on(&replaced).await, FactorChange::Made);
        assert_eq!((given.asked_for("ada").await, given.passkeys(ada).await.len()), (BOTH, 1));
    }

    new_codes_stand_beside_a_passkey(given) {
        let (ada, session_id, _) = given.user_with_passkey("ada").await;
        let new = NewRecoveryCodes { user_id: ada, hashes: given.codes(), used: None, session_id };
        assert_eq!(given.replace_codes(&new).await, FactorChange::Made);
        let kept = given.factors(ada).await.recovery_codes;
        assert!(kept.len() == 10 && kept.iter().all(|hash| new.hashes.contains(hash)));
    }

    /// An operator removes them, once, and from this user alone. The user handle stays.
    passkeys_are_removed_from_outside_with_all_other_factors(given) {
        let (ada, session, new) = given.user_with_passkey("ada").await;
        let (bob, ..) = given.user_with_passkey("bob").await;
        let handle = given.handle(ada).await;
        assert_eq!(given.remove_password(1, ada, session).await.0, PasswordRemoval::Removed);
        assert_eq!(given.remove(ada).await, SecondFactorRemoval::Removed);
        assert_eq!(given.remove(ada).await, SecondFactorRemoval::NoneSetUp);
        assert_eq!((given.passkeys(ada).await, given.factors(ada).await), (Vec::new(), StoredFactors::default()));
        assert!(given.find_passkey(&new.passkey.credential_id).await.is_none());
        assert_eq!((given.asked_for("ada").await, given.version("ada").await), (AuthenticationMethods::NONE, 3));
        assert!(given.handle(ada).await == handle && handle.is_some());
        assert_eq!((given.passkeys(bob).await.len(), given.asked_for("bob").await), (1, PASSKEY));
        let again = NewPasskey { passkey: new.passkey, credentials_version: 3, ..given.new_passkey(ada, session) };
        assert_eq!(given.add(&again).await, PasskeyAddition::Added);
    }

    /// This holds until the account is reopened.
    a_closed_user_keeps_passkeys_and_starts_no_session_by_them(given) {
        let (ada, passkey) = given.user_whose("ada", 5, Backup::Synced).await;
        given.close(ada).await;
        assert_eq!(given.passkeys(ada).await, from_ref(&passkey));
        let refused = given.start_by(ada, used(&passkey)).await;
        assert!(matches!(refused, Err(StartByPasskeyError::NotAllowed)), "{refused:?}");
        assert_eq!(given.passkeys(ada).await, from_ref(&passkey));
        given.reopen(ada).await;
        given.start_by(ada, used(&passkey)).await.expect("it counts");
    }

    /// Another user may then add the credential.
    a_deleted_user_has_neither_passkeys_nor_a_handle(given) {
        let (ada, session, new) = given.user_with_passkey("ada").await;
        let bob = given.user("bob").await;
        let bobs_session = given.id_of(&given.session(bob).await).await;
        let handle = given.handle(ada).await.expect("it is there");
        assert_eq!(given.delete(ada, session, WITH_PASSKEY, NOON).await, AccountChange::Made);
        assert_eq!((given.passkeys(ada).await, given.handle(ada).await), (Vec::new(), None));
        assert!(given.find_passkey(&new.passkey.credential_id).await.is_none());
        let refused = given.start_by(ada, used(&new.passkey)).await;
        assert!(matches!(refused, Err(StartByPasskeyError::Refused)), "{refused:?}");
        assert_eq!(given.store.keep_user_handle(bob, handle).await.expect("the store writes"), Some(handle));
        let passkey = Passkey { user_id: bob, ..new.passkey };
        let bobs = NewPasskey { passkey: passkey.clone(), ..given.new_passkey(bob, bobs_session) };
        assert_eq!(given.add(&bobs).await, PasskeyAddition::Added);
        assert_eq!(given.passkeys(bob).await, [passkey]);
    }
}
