//! Passkeys that several requests use or change at the same moment, through two instances on one database.

use std::sync::Arc;

use doorward_domain::authentication::AuthenticationMethods;
use doorward_domain::passkey::{Backup, Passkey, UserHandle};
use doorward_domain::repository::{
    ChallengeAnswer, FactorChange, FactorUse, FinishLogInError, FinishedLogIn, NewPasskey, NewPendingLogIn, NewSession,
    NewTotp, PasskeyAddition, PasskeyReauthentication, PasskeyRemoval, PasskeyRepository as _, PasskeyUse,
    PasswordRemoval, ReauthenticationByPasskey, RemovedPasskey, RemovedPassword, StartByPasskey, StartByPasskeyError,
    StoredFactors, TurnOff,
};
use doorward_domain::second_factor::{PendingLogInHash, RecoveryCodeHash, SealedSecret, TotpStep};
use doorward_domain::testing::SeededEntropy;
use doorward_domain::testing::fixtures::{self, NOON};
use doorward_domain::user::StoredUser;
use doorward_domain::{
    Activity, Event, PendingLogInToken, RecoveryCodes, SecondFactorRepository as _, SessionId, SessionKind,
    SessionRepository as _, SessionToken, TokenHash, UserId, UserRepository as _,
};
use doorward_storage::SeaOrmStore;

use crate::databases::{TestDatabase, on_every_database};
use crate::second_factor_races::{Rival, at_once};

const ROUNDS: usize = 5;
const AT_ONCE: usize = 20;

/// Two instances on one database, with one source of randomness.
#[derive(Clone)]
struct Site {
    instances: [SeaOrmStore; 2],
    entropy: Arc<SeededEntropy>,
}

/// A user with a password and a session.
#[derive(Clone, Copy)]
struct Owner {
    id: UserId,
    session: SessionId,
}

impl Site {
    async fn on(database: &TestDatabase) -> Self {
        let instances = [(**database).clone(), database.another_instance().await];
        Self { instances, entropy: Arc::default() }
    }

    fn instance(&self, number: usize) -> &SeaOrmStore {
        &self.instances[number % 2]
    }

    fn token(&self) -> TokenHash {
        SessionToken::generate(&*self.entropy).unwrap().hash()
    }

    fn activity(&self, user: UserId, event: Event) -> Activity {
        fixtures::activity_of(user, event, NOON, &self.entropy)
    }

    async fn user(&self, username: &str) -> Owner {
        let user = fixtures::new_user(username, &self.entropy);
        let store = self.instance(0);
        store.insert(&user).await.unwrap();
        let session = fixtures::session_of(user.id, &self.entropy);
        let new = fixtures::new_session(&session, self.token());
        store.start(&new, &self.activity(user.id, Event::LoggedIn)).await.unwrap();
        let handle = UserHandle::generate(&*self.entropy).unwrap();
        store.keep_user_handle(user.id, handle).await.unwrap();
        Owner { id: user.id, session: session.id }
    }

    /// A passkey of an authenticator that counts.
    fn passkey(&self, owner: Owner) -> Passkey {
        Passkey { counter: 5, ..fixtures::passkey_of(owner.id, &self.entropy) }
    }

    async fn stored(&self, owner: Owner) -> StoredUser {
        self.instance(1).find_by_id(owner.id).await.unwrap().unwrap()
    }

    async fn version(&self, owner: Owner) -> i64 {
        self.stored(owner).await.credentials_version
    }

    async fn passkeys(&self, owner: Owner) -> Vec<Passkey> {
        self.instance(1).passkeys_of(owner.id).await.unwrap()
    }

    async fn sessions(&self, owner: Owner) -> usize {
        self.instance(1).sessions_of(owner.id, 100).await.unwrap().len()
    }

    fn codes(&self) -> Vec<RecoveryCodeHash> {
        RecoveryCodes::generate(&*self.entropy).unwrap().hashes()
    }

    async fn add(&self, number: usize, owner: Owner, passkey: Passkey, codes: &[RecoveryCodeHash]) -> PasskeyAddition {
        let new = NewPasskey {
            passkey,
            credentials_version: self.version(owner).await,
            used: None,
            recovery_codes: codes.to_vec(),
            session_id: owner.session,
            authentication: fixtures::session_of(owner.id, &self.entropy).authentication,
            token: self.token(),
        };
        let activity = self.activity(owner.id, Event::PasskeyAdded);
        self.instance(number).add_passkey(&new, &activity).await.unwrap()
    }

    /// Adds a passkey, even if other changes come before.
    async fn add_persistently(&self, number: usize, owner: Owner, passkey: Passkey) -> PasskeyAddition {
        loop {
            match self.add(number, owner, passkey.clone(), &[]).await {
                PasskeyAddition::CredentialsChanged => {}
                addition => return addition,
            }
        }
    }

    async fn owner(&self, username: &str, passkeys: usize, codes: &[RecoveryCodeHash]) -> (Owner, Vec<Passkey>) {
        let owner = self.user(username).await;
        for number in 0..passkeys {
            let codes = if number == 0 { codes } else { &[] };
            assert_eq!(self.add(number, owner, self.passkey(owner), codes).await, PasskeyAddition::Added);
        }
        (owner, self.passkeys(owner).await)
    }

    async fn turn_on_totp(&self, owner: Owner) {
        let new = NewTotp {
            user_id: owner.id,
            credentials_version: self.version(owner).await,
            secret: SealedSecret::from_bytes(vec![1; 48]),
            step: TotpStep::from_number(1),
            replacing: None,
            recovery_codes: Vec::new(),
            session_id: owner.session,
            authentication: fixtures::session_of(owner.id, &self.entropy).authentication,
            token: self.token(),
        };
        let activity = self.activity(owner.id, Event::SecondFactorTurnedOn);
        assert_eq!(self.instance(0).turn_on_totp(&new, &activity).await.unwrap(), FactorChange::Made);
    }

    async fn turn_off_totp(&self, number: usize, owner: Owner) -> FactorChange {
        loop {
            let off = TurnOff {
                user_id: owner.id,
                credentials_version: self.version(owner).await,
                used: FactorUse::Totp(TotpStep::from_number(2)),
                session_id: owner.session,
                token: self.token(),
            };
            let activity = self.activity(owner.id, Event::SecondFactorTurnedOff);
            match self.instance(number).turn_off_totp(&off, &activity).await.unwrap() {
                FactorChange::CredentialsChanged => {}
                change => return change,
            }
        }
    }

    fn new_session(&self, owner: Owner, credentials_version: i64) -> NewSession {
        let session = fixtures::session_of(owner.id, &self.entropy);
        NewSession { credentials_version, ..fixtures::new_session(&session, self.token()) }
    }

    async fn start(
        &self,
        number: usize,
        owner: Owner,
        credentials_version: i64,
        used: PasskeyUse,
        log_in: Option<PendingLogInHash>,
    ) -> Result<(), StartByPasskeyError> {
        let start = StartByPasskey { used, log_in, new: self.new_session(owner, credentials_version) };
        self.instance(number).start_by_passkey(&start, &self.activity(owner.id, Event::LoggedIn)).await
    }

    async fn reauthenticate(&self, number: usize, owner: Owner, used: PasskeyUse) -> PasskeyReauthentication {
        let by = ReauthenticationByPasskey {
            user_id: owner.id,
            used,
            session_id: owner.session,
            authentication: fixtures::session_of(owner.id, &self.entropy).authentication,
            token: self.token(),
        };
        self.instance(number).reauthenticate_by_passkey(&by).await.unwrap()
    }

    async fn remove(&self, number: usize, owner: Owner, passkey: &Passkey) -> PasskeyRemoval {
        let (id, token) = (passkey.id, self.token());
        let removed = RemovedPasskey { user_id: owner.id, id, used: None, session_id: owner.session, token };
        let activity = self.activity(owner.id, Event::PasskeyRemoved);
        self.instance(number).remove_passkey(&removed, &activity).await.unwrap()
    }

    /// Removes the password, even if other changes come before.
    async fn remove_password(&self, number: usize, owner: Owner) -> PasswordRemoval {
        loop {
            let removed = RemovedPassword {
                user_id: owner.id,
                credentials_version: self.version(owner).await,
                used: None,
                session_id: owner.session,
                token: self.token(),
            };
            let activity = self.activity(owner.id, Event::PasswordRemoved);
            match self.instance(number).remove_password(&removed, &activity).await.unwrap() {
                PasswordRemoval::CredentialsChanged => {}
                removal => return removal,
            }
        }
    }
}

/// A rival, with a site of its own.
fn rival<T: Send, F: Future<Output = T> + Send + 'static>(site: &Site, act: impl FnOnce(Site) -> F) -> Rival<T> {
    Box::pin(act(site.clone()))
}

const fn next_use(passkey: &Passkey) -> PasskeyUse {
    PasskeyUse { id: passkey.id, counter: passkey.counter + 1, backup: passkey.backup, at: NOON }
}

/// A use begins a session or reauthenticates in one.
async fn of_twenty_that_use_one_assertion_at_once_one_counts(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS * 2 {
        let (owner, passkeys) = site.owner(&format!("user{round}"), 1, &[]).await;
        let used = next_use(&passkeys[0]);
        let outcomes = at_once((0..AT_ONCE).map(|number| {
            rival(&site, move |site| async move {
                if round % 2 == 1 && number % 4 < 2 {
                    let outcome = site.reauthenticate(number, owner, used).await;
                    assert_ne!(outcome, PasskeyReauthentication::SessionEnded);
                    return (0, usize::from(outcome == PasskeyReauthentication::Renewed));
                }
                match site.start(number, owner, 1, used, None).await {
                    Ok(()) => (1, 0),
                    Err(StartByPasskeyError::Refused) => (0, 0),
                    Err(other) => panic!("round {round}: {other:?}"),
                }
            })
        }))
        .await;
        let begun: usize = outcomes.iter().map(|(begun, _)| begun).sum();
        let renewed: usize = outcomes.iter().map(|(_, renewed)| renewed).sum();
        assert_eq!(begun + renewed, 1, "round {round}");
        assert_eq!(site.sessions(owner).await, 1 + begun, "round {round}");
        let passkey = Passkey { counter: used.counter, last_used_at: Some(NOON), ..passkeys[0].clone() };
        assert_eq!(site.passkeys(owner).await, [passkey], "round {round}");
    }
}

/// Each use has a counter of its own, and the stored one never goes back.
async fn of_many_counters_at_once_the_highest_stays(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS {
        let (owner, passkeys) = site.owner(&format!("user{round}"), 1, &[]).await;
        let outcomes = at_once((1..=10).map(|number: u32| {
            let used = PasskeyUse { counter: 5 + number, ..next_use(&passkeys[0]) };
            rival(&site, move |site| async move { site.start(number as usize, owner, 1, used, None).await })
        }))
        .await;
        let begun = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(site.sessions(owner).await, 1 + begun, "round {round}");
        assert_eq!(site.passkeys(owner).await[0].counter, 15, "round {round}");
    }
}

/// A use that claims another kind of backup is refused, and the stored kind never changes.
async fn no_other_kind_of_backup_is_let_in_beside_uses(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS {
        let (owner, passkeys) = site.owner(&format!("user{round}"), 1, &[]).await;
        let outcomes = at_once((1..=10).map(|number: u32| {
            let backup = if number.is_multiple_of(2) { Backup::ThisDeviceOnly } else { Backup::Eligible };
            let used = PasskeyUse { counter: 5 + number, backup, ..next_use(&passkeys[0]) };
            rival(&site, move |site| async move { (backup, site.start(number as usize, owner, 1, used, None).await) })
        }))
        .await;
        assert!(outcomes.iter().any(|(_, outcome)| outcome.is_ok()), "round {round}");
        for (backup, outcome) in outcomes {
            assert!(backup == Backup::Eligible || outcome.is_err(), "round {round}: {backup:?}");
        }
        assert_eq!(site.passkeys(owner).await[0].backup, Backup::Eligible, "round {round}");
    }
}

async fn of_twenty_answers_to_one_challenge_at_once_one_is_the_first(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS * 2 {
        let challenge = fixtures::challenge(&site.entropy);
        let answers = at_once((0..AT_ONCE).map(|number| {
            rival(
                &site,
                move |site| async move { site.instance(number).answer_challenge(&challenge, NOON).await.unwrap() },
            )
        }))
        .await;
        let first = answers.iter().filter(|answer| **answer == ChallengeAnswer::First).count();
        assert_eq!(first, 1, "round {round}: {answers:?}");
    }
}

async fn of_twenty_handles_that_are_drawn_at_once_one_is_kept(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS {
        let user = fixtures::new_user(&format!("user{round}"), &site.entropy);
        site.instance(0).insert(&user).await.unwrap();
        let kept = at_once((0..AT_ONCE).map(|number| {
            rival(&site, move |site| async move {
                let drawn = UserHandle::generate(&*site.entropy).unwrap();
                site.instance(number).keep_user_handle(user.id, drawn).await.unwrap()
            })
        }))
        .await;
        let stored = site.instance(0).user_handle(user.id).await.unwrap();
        assert!(stored.is_some() && kept.iter().all(|handle| *handle == stored), "round {round}");
    }
}

/// No session begins after the removal, and those that began before have ended with it.
async fn a_passkey_that_is_removed_among_log_ins_leaves_no_session_of_theirs(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS * 4 {
        let (owner, passkeys) = site.owner(&format!("user{round}"), 1, &site.codes()).await;
        let passkey = passkeys[0].clone();
        let log_ins: Vec<_> = (0..3)
            .map(|number: u32| {
                let used = PasskeyUse { counter: 6 + number, ..next_use(&passkey) };
                let start = rival(&site, move |site| async move {
                    match site.start(number as usize, owner, 1, used, None).await {
                        Ok(()) | Err(StartByPasskeyError::Refused | StartByPasskeyError::NotAllowed) => {}
                        Err(other) => panic!("round {round}: {other:?}"),
                    }
                });
                tokio::spawn(start)
            })
            .collect();
        if round % 2 == 1 {
            tokio::task::yield_now().await;
        }
        assert_eq!(site.remove(1, owner, &passkey).await, PasskeyRemoval::Removed, "round {round}");
        for log_in in log_ins {
            log_in.await.unwrap();
        }
        assert_eq!(site.sessions(owner).await, 1, "round {round}");
        let version = site.version(owner).await;
        let used = PasskeyUse { counter: 99, ..next_use(&passkey) };
        let late = site.start(0, owner, version, used, None).await;
        assert!(matches!(late, Err(StartByPasskeyError::Refused)), "round {round}: {late:?}");
        assert_eq!(site.passkeys(owner).await, [], "round {round}");
        assert_eq!(site.instance(0).factors_of(owner.id).await.unwrap(), StoredFactors::default(), "round {round}");
        assert_eq!(site.stored(owner).await.user.second_factors, AuthenticationMethods::NONE, "round {round}");
    }
}

/// The user has nineteen passkeys, and each addition is tried again while others change something.
async fn of_many_that_are_added_at_once_there_are_no_more_than_may_be(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS {
        let (owner, _) = site.owner(&format!("user{round}"), Passkey::MOST - 1, &[]).await;
        let additions = at_once((0..4).map(|number| {
            let passkey = site.passkey(owner);
            rival(&site, move |site| async move { site.add_persistently(number, owner, passkey).await })
        }))
        .await;
        let count = |expected| additions.iter().filter(|addition| **addition == expected).count();
        assert_eq!((count(PasskeyAddition::Added), count(PasskeyAddition::TooMany)), (1, 3), "round {round}");
        assert_eq!(site.passkeys(owner).await.len(), Passkey::MOST, "round {round}");
    }
}

async fn of_four_who_register_one_credential_at_once_one_has_it(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS * 2 {
        let mut owners = Vec::new();
        for number in 0..4 {
            owners.push(site.user(&format!("user{round}-{number}")).await);
        }
        let credential_id = site.passkey(owners[0]).credential_id;
        let additions = at_once(owners.iter().enumerate().map(|(number, &owner)| {
            let passkey = Passkey { credential_id: credential_id.clone(), ..site.passkey(owner) };
            rival(&site, move |site| async move { (owner, site.add(number, owner, passkey, &site.codes()).await) })
        }))
        .await;
        let mut added = 0;
        for (owner, addition) in additions {
            let (passkeys, version) = (site.passkeys(owner).await.len(), site.version(owner).await);
            let codes = site.instance(0).factors_of(owner.id).await.unwrap().recovery_codes.len();
            match addition {
                PasskeyAddition::Added => {
                    added += 1;
                    assert_eq!((passkeys, version, codes), (1, 1, 10), "round {round}");
                }
                PasskeyAddition::AlreadyAdded => assert_eq!((passkeys, version, codes), (0, 0, 0), "round {round}"),
                other => panic!("round {round}: {other:?}"),
            }
        }
        assert_eq!(added, 1, "round {round}");
    }
}

/// Either may go first. The user has one passkey and recovery codes, or two passkeys that are both removed.
async fn of_a_password_and_passkeys_that_are_removed_at_once_one_is_left(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS * 4 {
        let count = 1 + round % 2;
        let codes = if count == 1 { site.codes() } else { Vec::new() };
        let (owner, passkeys) = site.owner(&format!("user{round}"), count, &codes).await;
        let mut rivals = vec![rival(&site, move |site| async move {
            usize::from(site.remove_password(0, owner).await == PasswordRemoval::Removed)
        })];
        for (number, passkey) in passkeys.into_iter().enumerate() {
            rivals.push(rival(&site, move |site| async move {
                usize::from(site.remove(number + 1, owner, &passkey).await == PasskeyRemoval::Removed)
            }));
        }
        let removed: usize = at_once(rivals).await.into_iter().sum();
        let (stored, left) = (site.stored(owner).await, site.passkeys(owner).await.len());
        let ways_in = usize::from(stored.password_hash.is_some()) + left;
        assert_eq!(ways_in + removed, 1 + count, "round {round}");
        assert!(ways_in >= 1, "round {round}");
        assert_eq!(stored.user.second_factors.is_empty(), left == 0, "round {round}");
    }
}

async fn no_recovery_codes_are_left_where_two_factors_end_at_once(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS * 2 {
        let (owner, passkeys) = site.owner(&format!("user{round}"), 1, &site.codes()).await;
        site.turn_on_totp(owner).await;
        let passkey = passkeys[0].clone();
        let rivals = [
            rival(&site, move |site| async move {
                assert_eq!(site.turn_off_totp(0, owner).await, FactorChange::Made, "round {round}");
            }),
            rival(&site, move |site| async move {
                assert_eq!(site.remove(1, owner, &passkey).await, PasskeyRemoval::Removed, "round {round}");
            }),
        ];
        at_once(rivals).await;
        assert_eq!(site.instance(0).factors_of(owner.id).await.unwrap(), StoredFactors::default(), "round {round}");
        assert!(site.stored(owner).await.user.second_factors.is_empty(), "round {round}");
    }
}

/// A passkey or a code finishes it. The one that does not is not used up.
async fn a_log_in_that_waits_is_finished_by_one_of_a_passkey_and_a_code_at_once(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS * 4 {
        let codes = site.codes();
        let (owner, passkeys) = site.owner(&format!("user{round}"), 1, &codes).await;
        let log_in = NewPendingLogIn {
            token: PendingLogInToken::generate(&*site.entropy).unwrap().hash(),
            user_id: owner.id,
            credentials_version: 1,
            kind: SessionKind::Ordinary,
            browser: None,
            ends_at: NOON.plus(std::time::Duration::from_mins(5)),
            replacing: None,
        };
        site.instance(0).keep_log_in(&log_in).await.unwrap();
        let (waiting, used) = (log_in.token, next_use(&passkeys[0]));
        let code = FactorUse::RecoveryCode(codes[0]);
        let rivals = [
            rival(&site, move |site| async move {
                match site.start(0, owner, 1, used, Some(waiting)).await {
                    Ok(()) => true,
                    Err(StartByPasskeyError::Ended) => false,
                    Err(other) => panic!("round {round}: {other:?}"),
                }
            }),
            rival(&site, move |site| async move {
                let finished = FinishedLogIn { log_in: waiting, used: code, new: site.new_session(owner, 1) };
                let activity = site.activity(owner.id, Event::LoggedIn);
                match site.instance(1).finish_log_in(&finished, &[activity]).await {
                    Ok(()) => true,
                    Err(FinishLogInError::Ended) => false,
                    Err(other) => panic!("round {round}: {other:?}"),
                }
            }),
        ];
        let finished = at_once(rivals).await.into_iter().filter(|finished| *finished).count();
        assert_eq!((finished, site.sessions(owner).await), (1, 2), "round {round}");
        let codes = site.instance(0).factors_of(owner.id).await.unwrap().recovery_codes.len();
        let by_code = codes == 9;
        let counter = site.passkeys(owner).await[0].counter;
        assert_eq!(counter, if by_code { 5 } else { 6 }, "round {round}: {codes}");
    }
}

on_every_database!(
    fresh: of_twenty_that_use_one_assertion_at_once_one_counts,
    of_many_counters_at_once_the_highest_stays,
    no_other_kind_of_backup_is_let_in_beside_uses,
    of_twenty_answers_to_one_challenge_at_once_one_is_the_first,
    of_twenty_handles_that_are_drawn_at_once_one_is_kept,
    a_passkey_that_is_removed_among_log_ins_leaves_no_session_of_theirs,
    of_many_that_are_added_at_once_there_are_no_more_than_may_be,
    of_four_who_register_one_credential_at_once_one_has_it,
    of_a_password_and_passkeys_that_are_removed_at_once_one_is_left,
    no_recovery_codes_are_left_where_two_factors_end_at_once,
    a_log_in_that_waits_is_finished_by_one_of_a_passkey_and_a_code_at_once,
);
