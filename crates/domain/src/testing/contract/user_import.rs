//! The rules that a store keeps in addition if it imports users of another system:
//! [`user_import_contract!`](crate::user_import_contract) makes a test of each rule.

use super::{Given, hash, later, name};
use crate::activity::{Activity, Event};
use crate::repository::{ImportBatch, ImportUsersError, Store, UserImportRepository, UserToImport};
use crate::testing::fixtures::NOON;
use crate::user::{NewUser, Standing};
use crate::user_import::{ExistingUsers, ImportId, Imported};

/// Makes one test of each rule for imports, as [`store_contract!`](crate::store_contract) does of those for every store.
///
/// ```
/// mod memory {
///     use doorward_domain::testing::MemoryStore;
///     doorward_domain::user_import_contract!(pollster::test, MemoryStore::default());
/// }
/// ```
#[macro_export]
macro_rules! user_import_contract {
    ($test:path, $fresh_store:expr) => {
        use $crate::testing::contract::user_import as rules;

        $crate::store_contract!(@rules $test, $fresh_store;
            imported_users_are_stored_whole_and_written_down,
            names_in_use_and_reserved_names_are_taken,
            a_batch_with_a_taken_name_is_left_whole,
            who_has_the_name_already_is_left_as_they_are,
            another_hash_ends_what_hung_on_the_old_one,
            an_import_goes_on_only_where_it_was,
            an_import_that_has_ended_begins_anew,
            five_hundred_users_are_taken_in_at_once,
        );
    };
}

pub(super) const FILE: ImportId = ImportId::from_sha256([7; ImportId::BYTES]);

impl<S: Store + UserImportRepository> Given<'_, S> {
    pub(super) fn to_import(&self, username: &str) -> UserToImport {
        let user = NewUser { created_at: later(1), ..self.new_user(username) };
        let activity = self.activity_at(later(2), user.id, Event::AccountImported);
        UserToImport { user, email: None, standing: Standing::Active, activity }
    }

    fn batch(&self, done_before: u64, usernames: &[&str], existing: ExistingUsers) -> ImportBatch {
        let users: Vec<_> = usernames.iter().map(|username| self.to_import(username)).collect();
        ImportBatch { id: FILE, done_before, done_after: done_before + users.len() as u64, users, existing }
    }

    pub(super) async fn import(&self, batch: &ImportBatch) -> Imported {
        self.store.import_users(batch).await.expect("the users are taken in")
    }

    pub(super) async fn progress(&self) -> Option<u64> {
        self.store.import_progress(&FILE).await.expect("the store reads")
    }
}

rules! {
    of impl Store + UserImportRepository;

    /// Closed users and users without a password are imported, too.
    imported_users_are_stored_whole_and_written_down(given) {
        let mut batch = given.batch(0, &["Ada", "bob"], ExistingUsers::Fail);
        let closed = UserToImport { standing: Standing::Closed, ..given.to_import("Carol") };
        let none = given.to_import("dan");
        let none = UserToImport { user: NewUser { password_hash: None, ..none.user }, ..none };
        batch.users.extend([closed, none]);
        batch.done_after = 9;
        assert_eq!(given.import(&batch).await, Imported { created: 4, ..Imported::default() });
        for UserToImport { user, standing, .. } in batch.users {
            let found = given.store.find_by_username(&user.username).await.expect("the store reads").expect("it is there");
            assert_eq!((found.user.id, found.user.username.as_str()), (user.id, user.username.as_str()));
            assert_eq!((found.user.standing, found.user.created_at), (standing, later(1)));
            assert_eq!((found.password_hash, found.credentials_version), (user.password_hash, 0));
            assert_eq!(given.events(user.id).await, [Event::AccountImported]);
        }
        assert_eq!(given.progress().await, Some(9));
    }

    /// Case does not count, and a reserved name is taken until its reservation ends.
    names_in_use_and_reserved_names_are_taken(given) {
        let ada = given.user("ada").await;
        given.rename(ada, "augusta", later(60)).await.expect("the name is free");
        let names = ["ADA", "bob", "Augusta", "carol"].map(name);
        let taken = async |now| {
            let taken = given.store.taken_names(&names, now).await.expect("the store reads");
            let mut taken: Vec<_> = taken.iter().map(|name| name.key().to_owned()).collect();
            taken.sort();
            taken
        };
        assert_eq!(taken(later(59)).await, ["ada", "augusta"]);
        assert_eq!(taken(later(60)).await, ["augusta"]);
        assert_eq!(given.store.taken_names(&[], NOON).await.expect("the store reads"), []);
    }

    /// The refusal names all taken names.
    a_batch_with_a_taken_name_is_left_whole(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        given.rename(bob, "robert", later(60)).await.expect("the name is free");
        let refusal = given.store.import_users(&given.batch(0, &["carol", "Ada", "bob"], ExistingUsers::Fail)).await;
        let is_told = matches!(&refusal, Err(ImportUsersError::UsernamesTaken(taken)) if *taken == [name("ada"), name("bob")]);
        assert!(is_told, "{refusal:?}");
        assert!(given.is_free("carol", NOON).await);
        assert_eq!((given.progress().await, given.events(ada).await), (None, vec![]));
    }

    /// The other users are imported.
    who_has_the_name_already_is_left_as_they_are(given) {
        let ada = given.user("ada").await;
        given.rename(ada, "augusta", later(60)).await.expect("the name is free");
        let session = given.session(ada).await;
        let imported = given.import(&given.batch(0, &["Augusta", "ada", "bob"], ExistingUsers::Skip)).await;
        assert_eq!(imported, Imported { created: 1, skipped: 2, updated: 0 });
        assert!(given.lives(&session).await);
        assert_eq!((given.stored_hash("augusta").await, given.version("augusta").await), (hash("ada"), 0));
        assert_eq!(given.progress().await, Some(3));
    }

    /// It does so for that user alone. The same hash, no hash, and a name that is only reserved end nothing.
    another_hash_ends_what_hung_on_the_old_one(given) {
        let [ada, bob, carol, dan] =
            [given.user("ada").await, given.user("bob").await, given.user("carol").await, given.user("dan").await];
        given.rename(dan, "daniel", later(60)).await.expect("the name is free");
        let (adas_device, _) = given.device(ada, 1).await;
        let [adas, bobs, carols] = [given.session(ada).await, given.session(bob).await, given.session(carol).await];
        let mut batch = given.batch(0, &["ADA", "bob", "carol", "dan", "eve"], ExistingUsers::UpdateHash);
        for (import, other) in batch.users.iter_mut().zip([Some(hash("another")), Some(hash("bob")), None]) {
            import.user.password_hash = other;
        }
        assert_eq!(given.import(&batch).await, Imported { created: 1, updated: 1, skipped: 3 });
        assert_eq!((given.stored_hash("ada").await, given.version("ada").await), (hash("another"), 1));
        assert!(!given.lives(&adas).await);
        assert!(!given.devices(ada).await.contains(&adas_device.id));
        assert!(given.lives(&bobs).await && given.lives(&carols).await);
        assert_eq!((given.version("bob").await, given.stored_hash("carol").await), (0, hash("carol")));
        let written_down = |events: Vec<Event>| events.contains(&Event::PasswordImported);
        assert!(written_down(given.events(ada).await) && !written_down(given.events(bob).await));
        let activity: Vec<Activity> = given.store.activity_of(ada, None, 1).await.expect("the store reads");
        assert_eq!(activity.first().map(|activity| activity.at), Some(later(2)));
    }

    /// If the same file is imported twice at once, one of the two goes on.
    an_import_goes_on_only_where_it_was(given) {
        given.import(&given.batch(0, &["ada", "bob"], ExistingUsers::Fail)).await;
        for done in [0, 1, 3] {
            let refusal = given.store.import_users(&given.batch(done, &["carol"], ExistingUsers::Fail)).await;
            assert!(matches!(refusal, Err(ImportUsersError::Overtaken)), "{refusal:?}");
        }
        assert_eq!(given.progress().await, Some(2));
        given.import(&given.batch(2, &["carol"], ExistingUsers::Fail)).await;
        assert_eq!(given.progress().await, Some(3));
        let other = ImportId::from_sha256([8; ImportId::BYTES]);
        given.import(&ImportBatch { id: other, ..given.batch(0, &["dan"], ExistingUsers::Fail) }).await;
        assert_eq!(given.progress().await, Some(3));
    }

    /// Ending it again is harmless.
    an_import_that_has_ended_begins_anew(given) {
        given.import(&given.batch(0, &["ada"], ExistingUsers::Fail)).await;
        for _ in 0..2 {
            given.store.end_import(&FILE).await.expect("the store writes");
            assert_eq!(given.progress().await, None);
        }
        let again = given.import(&given.batch(0, &["ada"], ExistingUsers::Skip)).await;
        assert_eq!(again, Imported { skipped: 1, ..Imported::default() });
    }

    /// The use case imports at most this number at once; here they have the longest names, half of which exist already.
    five_hundred_users_are_taken_in_at_once(given) {
        let usernames: Vec<_> = (0..500).map(|number| format!("{number:0>64}")).collect();
        let usernames: Vec<_> = usernames.iter().map(String::as_str).collect();
        let (some, all) = (usernames.get(..250).unwrap_or_default(), &usernames);
        assert_eq!(given.import(&given.batch(0, some, ExistingUsers::Fail)).await.created, 250);
        let imported = given.import(&given.batch(250, all, ExistingUsers::UpdateHash)).await;
        assert_eq!(imported, Imported { created: 250, skipped: 250, updated: 0 });
        let names: Vec<_> = all.iter().map(|username| name(username)).collect();
        assert_eq!(given.store.taken_names(&names, NOON).await.expect("the store reads").len(), 500);
    }
}
