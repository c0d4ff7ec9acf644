//! Second factors that several requests use or change at the same moment, through two instances on one database.

use std::pin::Pin;
use std::sync::Arc;

use doorward_domain::repository::{SecondFactorRemoval, StoredFactors};
use doorward_domain::second_factor::TotpStep;
use doorward_domain::system::OsEntropy;
use doorward_domain::testing::{ManualClock, cheap_hasher};
use doorward_domain::{
    AuthService, ChangeFactorError, Client, Clock as _, Credentials, FinishLogIn, LogIn, LogInStep, PasswordPolicy,
    PendingLogIn, PendingLogInToken, RecoveryCodes, Rules, SealingKeys, SecondFactorRepository as _, SecondFactorRules,
    SecondStep, SecondStepError, SetUpTotp, SetUpTotpError, TotpSecret, UserId, Visit,
};
use doorward_storage::SeaOrmStore;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::databases::{TestDatabase, on_every_database};

const PASSWORD: &str = "seven quiet lanterns";
const ROUNDS: usize = 5;
const AT_ONCE: usize = 20;

type Auth = AuthService<SeaOrmStore, ManualClock, OsEntropy>;

/// Two instances of one service, which share the clock and the keys.
struct Site {
    instances: [Arc<Auth>; 2],
    clock: ManualClock,
}

/// A user with an authenticator app and ten recovery codes, logged in.
struct Owner {
    id: UserId,
    username: String,
    secret: TotpSecret,
    codes: RecoveryCodes,
    visit: Visit,
}

impl Owner {
    /// The code of the step after the one that was used at set-up.
    fn next_code(&self, site: &Site) -> String {
        let now = TotpStep::at(site.clock.now());
        self.secret.code(TotpStep::from_number(now.number() + 1))
    }

    fn recovery_code(&self) -> String {
        self.codes.iter().next().unwrap().expose_secret()
    }
}

pub(crate) type Rival<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Runs these at the same moment, and returns their results.
pub(crate) async fn at_once<T: Send + 'static>(rivals: impl IntoIterator<Item = Rival<T>>) -> Vec<T> {
    let rivals: Vec<_> = rivals.into_iter().collect();
    let (start, mut running) = (Arc::new(Barrier::new(rivals.len())), JoinSet::new());
    for rival in rivals {
        let start = Arc::clone(&start);
        running.spawn(async move {
            start.wait().await;
            rival.await
        });
    }
    running.join_all().await
}

impl Site {
    async fn on(database: &TestDatabase) -> Self {
        let clock = ManualClock::default();
        let instances = [(**database).clone(), database.another_instance().await].map(|store| {
            // Attempts have races of their own.
            let rules = Rules { throttle: None, ..Rules::new(PasswordPolicy::new(15, "Notes")) };
            let factors = SecondFactorRules::new("Notes", SealingKeys::derive(&[7; 32], []).unwrap());
            let service = AuthService::with_ports(store, clock.clone(), OsEntropy);
            Arc::new(service.hasher(cheap_hasher()).rules(rules).second_factor(factors).start().unwrap())
        });
        Self { instances, clock }
    }

    fn instance(&self, number: usize) -> Arc<Auth> {
        Arc::clone(&self.instances[number % 2])
    }

    async fn arrive(&self, username: &str) -> Visit {
        let (auth, here) = (self.instance(0), Client::default());
        let typed = Credentials { username, password: PASSWORD };
        auth.from(&here).sign_up(typed).await.unwrap();
        let logged_in = auth.from(&here).log_in(LogIn::new(typed)).await.unwrap().done().unwrap();
        auth.resume(&logged_in.token).await.unwrap()
    }

    async fn owner(&self, username: &str) -> Owner {
        let (auth, here) = (self.instance(0), Client::default());
        let visit = self.arrive(username).await;
        let secret = auth.draw_totp_secret().unwrap();
        let code = secret.code(TotpStep::at(self.clock.now()));
        let set_up = auth.from(&here).set_up_totp(&visit, SetUpTotp::new(&secret, &code)).await.unwrap();
        let visit = auth.resume(&set_up.token).await.unwrap();
        let (id, codes) = (visit.user.id, set_up.recovery_codes.unwrap());
        Owner { id, username: username.to_owned(), secret, codes, visit }
    }

    /// Begins a pending log-in, whose password was right.
    async fn begin(&self, username: &str, client: &Client) -> PendingLogInToken {
        let (auth, typed) = (self.instance(0), Credentials { username, password: PASSWORD });
        let LogInStep::SecondFactor(proved) = auth.from(client).log_in(LogIn::new(typed)).await.unwrap() else {
            panic!("a second factor is asked for");
        };
        auth.from(client).begin_second_step(&proved, None).await.unwrap().waits().unwrap()
    }

    /// Begins several pending log-ins beside each other, as in browsers that are not told apart.
    async fn begin_many(&self, username: &str, count: usize) -> Vec<PendingLogInToken> {
        let mut tokens = Vec::new();
        for _ in 0..count {
            tokens.push(self.begin(username, &Client::default()).await);
        }
        tokens
    }

    fn finish(
        &self,
        number: usize,
        token: &PendingLogInToken,
        code: &str,
    ) -> Rival<Result<LogInStep, SecondStepError>> {
        let (auth, token, code) = (self.instance(number), token.clone(), code.to_owned());
        Box::pin(async move { auth.from(&Client::default()).finish_log_in(FinishLogIn::new(&token, &code)).await })
    }

    async fn sessions(&self, owner: &Owner) -> usize {
        self.instance(1).sessions_of_user(owner.id).await.unwrap().len()
    }

    async fn codes_left(&self, owner: &Owner) -> u32 {
        self.instance(1).second_factor_of(owner.id).await.unwrap().recovery_codes_left
    }
}

/// Each request has a log-in of its own, so that the code alone decides.
async fn of_twenty_log_ins_with_one_code_at_once_exactly_one_succeeds(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS {
        let owner = site.owner(&format!("user{round}")).await;
        let mut expected_sessions = 1;
        for (code, expected_codes) in [(owner.next_code(&site), 10), (owner.recovery_code(), 9)] {
            let tokens = site.begin_many(&owner.username, AT_ONCE).await;
            let rivals = tokens.iter().enumerate().map(|(number, token)| site.finish(number, token, &code));
            let mut succeeded = 0;
            for outcome in at_once(rivals).await {
                match outcome {
                    Ok(LogInStep::Done(_)) => succeeded += 1,
                    Err(SecondStepError::Wrong) => {}
                    other => panic!("round {round}: {other:?}"),
                }
            }
            expected_sessions += 1;
            assert_eq!(succeeded, 1, "round {round}");
            assert_eq!(site.sessions(&owner).await, expected_sessions, "round {round}");
            assert_eq!(site.codes_left(&owner).await, expected_codes, "round {round}");
        }
    }
}

/// Each request has another right code, so that the log-in alone decides.
async fn a_log_in_that_is_finished_with_ten_codes_at_once_starts_one_session_and_uses_one(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS {
        let owner = site.owner(&format!("user{round}")).await;
        let token = site.begin(&owner.username, &Client::default()).await;
        let codes: Vec<_> = owner.codes.iter().map(doorward_domain::RecoveryCode::expose_secret).collect();
        let rivals = codes.iter().enumerate().map(|(number, code)| site.finish(number, &token, code));
        let mut succeeded = 0;
        for outcome in at_once(rivals).await {
            match outcome {
                Ok(LogInStep::Done(_)) => succeeded += 1,
                Ok(LogInStep::Overtaken) | Err(SecondStepError::Expired) => {}
                other => panic!("round {round}: {other:?}"),
            }
        }
        assert_eq!((succeeded, site.sessions(&owner).await), (1, 2), "round {round}");
        assert_eq!(site.codes_left(&owner).await, 9, "round {round}");
    }
}

/// As a double click does.
async fn a_code_that_is_sent_twice_at_once_starts_one_session_and_is_never_called_wrong(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS * 4 {
        let owner = site.owner(&format!("user{round}")).await;
        for code in [owner.next_code(&site), owner.recovery_code()] {
            let token = site.begin(&owner.username, &Client::default()).await;
            let rivals = (0..2).map(|number| site.finish(number, &token, &code));
            let outcomes = at_once(rivals).await;
            let is_done = |outcome: &&Result<_, _>| matches!(outcome, Ok(LogInStep::Done(_)));
            let is_overtaken = |outcome: &&Result<_, _>| matches!(outcome, Ok(LogInStep::Overtaken));
            assert_eq!(outcomes.iter().filter(is_done).count(), 1, "round {round}: {outcomes:?}");
            assert_eq!(outcomes.iter().filter(is_overtaken).count(), 1, "round {round}: {outcomes:?}");
        }
    }
}

async fn of_twenty_wrong_codes_at_once_five_are_looked_at(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS {
        let owner = site.owner(&format!("user{round}")).await;
        let token = site.begin(&owner.username, &Client::default()).await;
        let rivals = (0..AT_ONCE).map(|number| site.finish(number, &token, "not a code"));
        let (mut looked_at, mut ended) = (0, 0);
        for outcome in at_once(rivals).await {
            match outcome {
                Err(SecondStepError::Wrong) => looked_at += 1,
                Err(SecondStepError::Ended) => ended += 1,
                Err(SecondStepError::Expired) => {}
                other => panic!("round {round}: {other:?}"),
            }
        }
        assert_eq!((looked_at + ended, ended), (PendingLogIn::MOST_TRIES, 1), "round {round}");
        let right = site.finish(0, &token, &owner.next_code(&site)).await;
        assert!(matches!(right, Err(SecondStepError::Expired)), "round {round}: {right:?}");
    }
}

async fn of_twenty_log_ins_that_wait_in_one_browser_one_is_left(database: TestDatabase) {
    let site = Site::on(&database).await;
    let owner = site.owner("ada").await;
    let here = Client::default().in_browser(Some(site.instance(0).name_browser().unwrap()));
    let rivals = (0..AT_ONCE).map(|number| {
        let (auth, here, username) = (site.instance(number), here.clone(), owner.username.clone());
        let begin: Rival<_> = Box::pin(async move {
            let typed = Credentials { username: &username, password: PASSWORD };
            let LogInStep::SecondFactor(proved) = auth.from(&here).log_in(LogIn::new(typed)).await.unwrap() else {
                panic!("a second factor is asked for");
            };
            auth.from(&here).begin_second_step(&proved, None).await.unwrap()
        });
        begin
    });
    let mut waiting = 0;
    for token in at_once(rivals).await.into_iter().filter_map(SecondStep::waits) {
        waiting += usize::from(site.instance(1).from(&here).find_pending_log_in(&token).await.is_ok());
    }
    assert_eq!(waiting, 1);
}

async fn of_twenty_apps_that_are_set_up_at_once_exactly_one_counts(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS {
        let visit = site.arrive(&format!("user{round}")).await;
        let rivals = (0..AT_ONCE).map(|number| {
            let (auth, visit, step) = (site.instance(number), visit.clone(), TotpStep::at(site.clock.now()));
            let set_up: Rival<_> = Box::pin(async move {
                let secret = auth.draw_totp_secret().unwrap();
                let code = secret.code(step);
                auth.from(&Client::default()).set_up_totp(&visit, SetUpTotp::new(&secret, &code)).await
            });
            set_up
        });
        let mut made = Vec::new();
        for outcome in at_once(rivals).await {
            match outcome {
                Ok(set_up) => made.push(set_up),
                // The later ones find an app, of which they prove nothing.
                Err(SetUpTotpError::Superseded | SetUpTotpError::CurrentWrong) => {}
                Err(error) => panic!("round {round}: {error:?}"),
            }
        }
        let [set_up] = &made[..] else { panic!("round {round}: {} succeeded", made.len()) };
        site.instance(1).resume(&set_up.token).await.unwrap();
        let mut kept = database.factors_of(visit.user.id).await.unwrap().recovery_codes;
        let mut shown = set_up.recovery_codes.as_ref().unwrap().hashes();
        kept.sort_unstable_by_key(|hash| *hash.as_bytes());
        shown.sort_unstable_by_key(|hash| *hash.as_bytes());
        assert_eq!(kept, shown, "round {round}: those that were shown count");
    }
}

/// A code counts for one of the two, and after its end nothing of a factor is left.
async fn of_a_log_in_and_the_end_of_the_factor_by_one_code_at_once_one_counts(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS * 4 {
        let owner = site.owner(&format!("user{round}")).await;
        let code = if round % 2 == 0 { owner.next_code(&site) } else { owner.recovery_code() };
        let token = site.begin(&owner.username, &Client::default()).await;
        let (auth, visit, typed) = (site.instance(1), owner.visit.clone(), code.clone());
        let off =
            tokio::spawn(async move { auth.from(&Client::default()).turn_off_second_factor(&visit, &typed).await });
        let log_in = site.finish(0, &token, &code).await;
        match (log_in, off.await.unwrap()) {
            (Ok(LogInStep::Done(_)), Err(ChangeFactorError::Wrong)) => {
                assert!(database.factors_of(owner.id).await.unwrap().totp.is_some(), "round {round}");
                assert_eq!(site.sessions(&owner).await, 2, "round {round}");
            }
            (Err(SecondStepError::Expired | SecondStepError::Wrong), Ok(_)) => {
                assert_eq!(database.factors_of(owner.id).await.unwrap(), StoredFactors::default(), "round {round}");
                assert_eq!(site.sessions(&owner).await, 1, "round {round}");
            }
            both => panic!("round {round}: {both:?}"),
        }
    }
}

/// The use of an old code never leaves nine of the new ones, and no old ones are left beside them.
async fn of_an_old_code_and_new_codes_at_once_the_new_ones_are_whole(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS * 4 {
        let owner = site.owner(&format!("user{round}")).await;
        let token = site.begin(&owner.username, &Client::default()).await;
        let (auth, visit) = (site.instance(1), owner.visit.clone());
        let new = auth.draw_recovery_codes().unwrap();
        let mut expected = new.hashes();
        let save =
            tokio::spawn(async move { auth.from(&Client::default()).save_recovery_codes(&visit, &new, "").await });
        let log_in = site.finish(0, &token, &owner.recovery_code()).await;
        save.await.unwrap().unwrap();
        let expected_sessions = match log_in {
            Ok(LogInStep::Done(_)) => 2,
            Err(SecondStepError::Wrong) => 1,
            other => panic!("round {round}: {other:?}"),
        };
        assert_eq!(site.sessions(&owner).await, expected_sessions, "round {round}");
        let mut kept = database.factors_of(owner.id).await.unwrap().recovery_codes;
        kept.sort_unstable_by_key(|hash| *hash.as_bytes());
        expected.sort_unstable_by_key(|hash| *hash.as_bytes());
        assert_eq!(kept, expected, "round {round}");
    }
}

/// If twenty remove it, one does.
async fn no_factor_and_nothing_that_waits_is_left_after_a_removal_among_log_ins(database: TestDatabase) {
    let site = Site::on(&database).await;
    for round in 0..ROUNDS {
        let owner = site.owner(&format!("user{round}")).await;
        let tokens = site.begin_many(&owner.username, 3).await;
        let code = owner.next_code(&site);
        let log_ins: Vec<_> =
            tokens.iter().enumerate().map(|(number, token)| tokio::spawn(site.finish(number, token, &code))).collect();
        let removals = at_once((0..AT_ONCE).map(|number| {
            let (auth, id) = (site.instance(number), owner.id);
            let remove: Rival<_> = Box::pin(async move { auth.remove_second_factor(id).await.unwrap() });
            remove
        }))
        .await;
        let removed = removals.iter().filter(|removal| **removal == SecondFactorRemoval::Removed).count();
        assert_eq!(removed, 1, "round {round}: {removals:?}");
        let mut sessions = 1;
        for log_in in log_ins {
            match log_in.await.unwrap() {
                Ok(LogInStep::Done(_)) => sessions += 1,
                Err(SecondStepError::Wrong | SecondStepError::Expired) => {}
                other => panic!("round {round}: {other:?}"),
            }
        }
        assert!(sessions <= 2 && site.sessions(&owner).await == sessions, "round {round}: {sessions}");
        assert_eq!(database.factors_of(owner.id).await.unwrap(), StoredFactors::default(), "round {round}");
        for token in &tokens {
            assert!(database.find_log_in(&token.hash()).await.unwrap().is_none(), "round {round}");
        }
    }
}

on_every_database!(
    fresh: of_twenty_log_ins_with_one_code_at_once_exactly_one_succeeds,
    a_log_in_that_is_finished_with_ten_codes_at_once_starts_one_session_and_uses_one,
    a_code_that_is_sent_twice_at_once_starts_one_session_and_is_never_called_wrong,
    of_twenty_wrong_codes_at_once_five_are_looked_at,
    of_twenty_log_ins_that_wait_in_one_browser_one_is_left,
    of_twenty_apps_that_are_set_up_at_once_exactly_one_counts,
    of_a_log_in_and_the_end_of_the_factor_by_one_code_at_once_one_counts,
    of_an_old_code_and_new_codes_at_once_the_new_ones_are_whole,
    no_factor_and_nothing_that_waits_is_left_after_a_removal_among_log_ins,
);
