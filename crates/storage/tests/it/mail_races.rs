//! Addresses and mails that several requests want at the same moment, through two instances on one database.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use doorward_domain::repository::{
    EmailLinkUse, EmailSetting, EmailState, EmailVerification, ImportBatch, ImportUsersError, NewLink, NewMail,
    QueuedMail, Queueing, SetEmail, UserDeletion, UserToImport,
};
use doorward_domain::testing::SeededEntropy;
use doorward_domain::testing::fixtures::{self, NOON};
use doorward_domain::throttle::{Counter, CounterKey, Limit};
use doorward_domain::user::{NewEmail, NewUser};
use doorward_domain::{
    Activity, AdministrationRepository as _, Client, EmailAddress, EmailRepository as _, Event, ExistingUsers,
    ImportId, Imported, ImportedEmail, LinkHash, LinkPurpose, LinkRepository as _, LinkToken, Mail, MailId, MailKind,
    Notice, OutboxRepository as _, Recipient, Standing, Timestamp, UserId, UserImportRepository as _,
    UserRepository as _,
};
use doorward_storage::SeaOrmStore;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::databases::{TestDatabase, on_every_database};

async fn two_stores(database: &TestDatabase) -> [SeaOrmStore; 2] {
    [(**database).clone(), database.another_instance().await]
}

fn in_hours(hours: u64) -> Timestamp {
    NOON.plus(Duration::from_hours(hours))
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn mail_to(user: &NewUser, to: &str, limits: Vec<Counter>, entropy: &SeededEntropy) -> NewMail {
    let recipient =
        Recipient { user_id: user.id, username: user.username.clone(), address: address(to), language: None };
    let mail = Mail {
        id: MailId::new(NOON, entropy).unwrap(),
        kind: MailKind::VerifyEmail,
        recipient: Some(recipient),
        client: Client::default(),
        queued_at: NOON,
        ends_at: in_hours(24),
    };
    NewMail { mail, limits }
}

/// Signs a user up with this address, and queues the mail to it.
async fn sign_up(store: &SeaOrmStore, username: &str, to: &str, entropy: &SeededEntropy) -> NewUser {
    let user = fixtures::new_user(username, entropy);
    let mail = mail_to(&user, to, Vec::new(), entropy);
    let user = NewUser { email: Some(NewEmail { address: address(to), verify_by: Some(in_hours(24)), mail }), ..user };
    store.insert(&user).await.unwrap();
    user
}

async fn link_to(store: &SeaOrmStore, user: &NewUser, to: &str, entropy: &SeededEntropy) -> LinkHash {
    let token = LinkToken::generate(entropy).unwrap().hash();
    let (user_id, purpose, address) = (user.id, LinkPurpose::VerifyEmail, Some(address(to)));
    let link = NewLink { token, user_id, purpose, address, requested_at: NOON, ends_at: in_hours(24) };
    store.store_link(&link, None).await.unwrap();
    token
}

async fn verify(store: &SeaOrmStore, user_id: UserId, link: LinkHash, to: &str, activity: &Activity) -> EmailLinkUse {
    let verification = EmailVerification { user_id, link, address: address(to), former: None, mail_to_former: None };
    store.verify_email(&verification, activity).await.unwrap()
}

async fn queued(store: &SeaOrmStore) -> Vec<QueuedMail> {
    store.queued_mails(u32::MAX).await.unwrap()
}

async fn of_twenty_who_use_a_link_at_once_one_verifies_the_address(database: TestDatabase) {
    let (stores, entropy) = (two_stores(&database).await, SeededEntropy::default());
    for round in 0..5 {
        let to = format!("user{round}@example.org");
        let user = sign_up(&stores[0], &format!("user{round}"), &to, &entropy).await;
        let link = link_to(&stores[0], &user, &to, &entropy).await;
        let (start, mut rivals) = (Arc::new(Barrier::new(20)), JoinSet::new());
        for number in 0..20 {
            let (store, start, to) = (stores[number % 2].clone(), Arc::clone(&start), to.clone());
            let (id, activity) = (user.id, fixtures::activity_of(user.id, Event::EmailVerified, NOON, &entropy));
            rivals.spawn(async move {
                start.wait().await;
                verify(&store, id, link, &to, &activity).await
            });
        }
        let outcomes = rivals.join_all().await;
        let how_many = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
        let both = (how_many(EmailLinkUse::Used), how_many(EmailLinkUse::Expired));
        assert_eq!(both, (1, 19), "round {round}");
        assert_eq!(stores[1].find_by_email(&address(&to)).await.unwrap().unwrap().id, user.id);
    }
}

/// The address has different spellings; there are as many users as ways to get it.
async fn of_many_users_who_want_one_address_at_once_one_has_it(database: TestDatabase) {
    let (stores, entropy) = (two_stores(&database).await, SeededEntropy::default());
    for round in 0..10 {
        let (start, mut rivals) = (Arc::new(Barrier::new(6)), JoinSet::new());
        for number in 0..6 {
            let to =
                if number % 2 == 0 { format!("user{round}@example.org") } else { format!("User{round}@Example.org") };
            let user = sign_up(&stores[0], &format!("user{round}_{number}"), &to, &entropy).await;
            let link = link_to(&stores[0], &user, &to, &entropy).await;
            let activity = fixtures::activity_of(user.id, Event::EmailVerified, NOON, &entropy);
            let (store, start) = (stores[number / 2 % 2].clone(), Arc::clone(&start));
            rivals.spawn(async move {
                start.wait().await;
                if number < 4 {
                    return match verify(&store, user.id, link, &to, &activity).await {
                        EmailLinkUse::Used => Some(user.id),
                        EmailLinkUse::TakenByAnother => None,
                        EmailLinkUse::Expired => panic!("round {round}: a link was not good"),
                    };
                }
                let (address, state, mail) = (address(&to), EmailState::Verified, None);
                let setting = EmailSetting { user_id: user.id, address, state, mail };
                match store.set_email(&setting, &activity).await.unwrap() {
                    SetEmail::Set => Some(user.id),
                    SetEmail::TakenByAnother => None,
                    SetEmail::NoSuchUser => panic!("round {round}: a user is gone"),
                }
            });
        }
        let owners: Vec<_> = rivals.join_all().await.into_iter().flatten().collect();
        assert_eq!(owners.len(), 1, "round {round}");
        let owner = stores[1].find_by_email(&address(&format!("user{round}@example.org"))).await.unwrap();
        assert_eq!(owner.map(|owner| owner.id), owners.first().copied(), "round {round}");
    }
}

/// Two files have it, and an operator gives it to a third user. Those that are too late get an error and have written
/// nothing.
async fn of_two_imports_and_an_operator_who_want_one_address_at_once_one_has_it(database: TestDatabase) {
    let (stores, entropy) = (two_stores(&database).await, SeededEntropy::default());
    for round in 0..20_u8 {
        let to = format!("user{round}@example.org");
        let rival = fixtures::new_user(&format!("rival{round}"), &entropy);
        stores[0].insert(&rival).await.unwrap();
        let (start, mut imports) = (Arc::new(Barrier::new(3)), JoinSet::new());
        for number in 0..2_u8 {
            let import = |username: String, to: String| {
                let user = fixtures::new_user(&username, &entropy);
                let activity = fixtures::activity_of(user.id, Event::AccountImported, NOON, &entropy);
                let email = Some(ImportedEmail { address: address(&to), state: EmailState::Verified });
                UserToImport { user, email, standing: Standing::Active, activity }
            };
            let users = vec![
                import(format!("other{round}_{number}"), format!("other{round}_{number}@example.org")),
                import(format!("user{round}_{number}"), to.clone()),
            ];
            let id = ImportId::from_sha256([2 * round + number; ImportId::BYTES]);
            let batch = ImportBatch { id, done_before: 0, done_after: 2, users, existing: ExistingUsers::Fail };
            let (store, start) = (stores[usize::from(number)].clone(), Arc::clone(&start));
            imports.spawn(async move {
                start.wait().await;
                let (owner, outcome) = (batch.users[1].user.id, store.import_users(&batch).await);
                match outcome {
                    Ok(Imported { created: 2, .. }) => Some(owner),
                    Err(ImportUsersError::EmailsTaken(taken)) => {
                        assert_eq!(taken, [batch.users[1].email.as_ref().unwrap().address.clone()], "round {round}");
                        let written = store.find_by_id(batch.users[0].user.id).await.unwrap();
                        assert!(written.is_none() && store.import_progress(&id).await.unwrap().is_none());
                        None
                    }
                    other => panic!("round {round}: {other:?}"),
                }
            });
        }
        let setting =
            EmailSetting { user_id: rival.id, address: address(&to), state: EmailState::Verified, mail: None };
        let activity = fixtures::activity_of(rival.id, Event::EmailSetByOperator, NOON, &entropy);
        start.wait().await;
        let set = stores[usize::from(round % 2)].set_email(&setting, &activity).await.unwrap();
        let mut owners: Vec<_> = imports.join_all().await.into_iter().flatten().collect();
        owners.extend((set == SetEmail::Set).then_some(rival.id));
        assert_eq!(owners.len(), 1, "round {round}");
        let owner = stores[1].find_by_email(&address(&to)).await.unwrap();
        assert_eq!(owner.map(|owner| owner.id), owners.first().copied(), "round {round}");
    }
}

async fn four_who_send_sixty_mails_send_each_once(database: TestDatabase) {
    let (stores, entropy) = (two_stores(&database).await, SeededEntropy::default());
    let mut expected = HashSet::new();
    for number in 0..60 {
        let user = sign_up(&stores[0], &format!("user{number}"), &format!("user{number}@example.org"), &entropy).await;
        expected.insert(user.email.unwrap().mail.mail.id);
    }
    let (start, mut workers) = (Arc::new(Barrier::new(4)), JoinSet::new());
    for number in 0..4 {
        let (store, start) = (stores[number % 2].clone(), Arc::clone(&start));
        workers.spawn(async move {
            let mut sent = Vec::new();
            start.wait().await;
            // A worker that finds no mail may have been too late for all that were due: others have them.
            while let Some(claim) = store.claim_mail(NOON, in_hours(1)).await.unwrap() {
                sent.push(claim.mail.id);
                store.finish_mail(&claim).await.unwrap();
            }
            sent
        });
    }
    let mut sent: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    while let Some(claim) = stores[0].claim_mail(NOON, in_hours(1)).await.unwrap() {
        sent.push(claim.mail.id);
        stores[0].finish_mail(&claim).await.unwrap();
    }
    assert_eq!(sent.len(), 60);
    assert_eq!(sent.into_iter().collect::<HashSet<_>>(), expected);
    assert_eq!(queued(&stores[1]).await, []);
}

async fn of_ten_mails_at_once_no_more_go_out_than_may_be(database: TestDatabase) {
    let (stores, entropy) = (two_stores(&database).await, SeededEntropy::default());
    for round in 0..5_u8 {
        let user = fixtures::new_user(&format!("user{round}"), &entropy);
        stores[0].insert(&user).await.unwrap();
        let counter = |number: u8, attempts| {
            let limit = Limit::Rate { attempts, period: Duration::from_hours(1) };
            Counter::new(CounterKey::of("race", &[&[round, number]]), limit)
        };
        let (start, mut requests) = (Arc::new(Barrier::new(10)), JoinSet::new());
        for number in 0..10 {
            let mut limits = vec![counter(1, 3), counter(2, 9)];
            limits.rotate_left(number % 2);
            let mail = mail_to(&user, "ada@example.org", limits, &entropy);
            let activity = fixtures::activity_of(user.id, Event::VerificationRequested, NOON, &entropy);
            let (store, start) = (stores[number % 2].clone(), Arc::clone(&start));
            requests.spawn(async move {
                start.wait().await;
                store.queue_mail(&mail, &activity).await.unwrap()
            });
        }
        let outcomes = requests.join_all().await;
        let went = outcomes.iter().filter(|outcome| **outcome == Queueing::Queued).count();
        assert_eq!((went, queued(&stores[1]).await.len()), (3, 3 * (usize::from(round) + 1)), "round {round}");
        assert_eq!(stores[1].delete_mails_to_nobody(u32::MAX).await.unwrap(), 7, "round {round}");
    }
}

/// In either order, a deleted user only gets the mail about the deletion.
async fn a_user_who_is_deleted_while_mails_are_queued_gets_one(database: TestDatabase) {
    let (stores, entropy) = (two_stores(&database).await, SeededEntropy::default());
    for round in 0..20 {
        let (username, to) = (format!("user{round}"), format!("user{round}@example.org"));
        let user = sign_up(&stores[0], &username, &to, &entropy).await;
        let (address, state, mail) = (address(&to), EmailState::Verified, None);
        let setting = EmailSetting { user_id: user.id, address, state, mail };
        let activity = fixtures::activity_of(user.id, Event::EmailSetByOperator, NOON, &entropy);
        assert_eq!(stores[0].set_email(&setting, &activity).await.unwrap(), SetEmail::Set);
        let mut requests = JoinSet::new();
        for number in 0..4 {
            let (store, mail) = (stores[number % 2].clone(), mail_to(&user, &to, Vec::new(), &entropy));
            let activity = fixtures::activity_of(None, Event::ResetRequested, NOON, &entropy);
            requests.spawn(async move { store.queue_mail(&mail, &activity).await.unwrap() });
        }
        let deletion = fixtures::activity_of(user.id, Event::AccountDeletedByOperator, NOON, &entropy);
        let deletion = Activity { notice: Notice::ByMail { ends_at: in_hours(24) }, ..deletion };
        assert_eq!(stores[1].delete_user(user.id, in_hours(1), &deletion).await.unwrap(), UserDeletion::Deleted);
        requests.join_all().await;
        let kinds: Vec<_> = queued(&stores[0]).await.into_iter().map(|queued| queued.mail.kind).collect();
        assert_eq!(kinds, vec![MailKind::Notice(Event::AccountDeletedByOperator); round + 1], "round {round}");
    }
}

/// Either the user stays, with a verified address, or is deleted and the link has expired.
async fn a_verification_at_the_last_moment_counts_or_finds_the_user_deleted(database: TestDatabase) {
    let ([store, other], entropy) = (two_stores(&database).await, SeededEntropy::default());
    for round in 0..20 {
        let to = format!("user{round}@example.org");
        let user = sign_up(&store, &format!("user{round}"), &to, &entropy).await;
        let link = link_to(&store, &user, &to, &entropy).await;
        let activity = fixtures::activity_of(user.id, Event::EmailVerified, NOON, &entropy);
        let sweep = {
            let other = other.clone();
            tokio::spawn(async move { other.delete_unverified(in_hours(24), 9).await.unwrap() })
        };
        let verified = verify(&store, user.id, link, &to, &activity).await;
        let deleted = sweep.await.unwrap();
        let is_there = store.find_by_id(user.id).await.unwrap().is_some();
        match verified {
            EmailLinkUse::Used => assert_eq!((deleted, is_there), (0, true), "round {round}"),
            EmailLinkUse::Expired => assert_eq!((deleted, is_there), (1, false), "round {round}"),
            EmailLinkUse::TakenByAnother => panic!("round {round}: nobody else has it"),
        }
    }
}

on_every_database!(
    fresh: of_twenty_who_use_a_link_at_once_one_verifies_the_address,
    of_many_users_who_want_one_address_at_once_one_has_it,
    of_two_imports_and_an_operator_who_want_one_address_at_once_one_has_it,
    four_who_send_sixty_mails_send_each_once,
    of_ten_mails_at_once_no_more_go_out_than_may_be,
    a_user_who_is_deleted_while_mails_are_queued_gets_one,
    a_verification_at_the_last_moment_counts_or_finds_the_user_deleted,
);
