//! The rules that a store keeps for operators in addition: [`administration_contract!`](crate::administration_contract) makes a test
//! of each rule.

use super::{Given, hash, later, name};
use crate::activity::Event;
use crate::authentication::{AuthenticationMethod, AuthenticationMethods};
use crate::clock::Timestamp;
use crate::repository::{
    AdministrationRepository, Admission, Expiry, FormerName, InsertUserError, Store, UserDeletion, UserFilter,
    UserRename, UserRenameError, UserSummary,
};
use crate::session::SessionKind;
use crate::testing::fixtures::NOON;
use crate::user::{NewUser, Standing, UserId, UserRecord};

/// Makes one test of each rule for administration, as [`store_contract!`](crate::store_contract) does of those for every store.
///
/// ```
/// mod memory {
///     use doorward_domain::testing::MemoryStore;
///     doorward_domain::administration_contract!(pollster::test, MemoryStore::default());
/// }
/// ```
#[macro_export]
macro_rules! administration_contract {
    ($test:path, $fresh_store:expr) => {
        use $crate::testing::contract::administration as rules;

        $crate::store_contract!(@rules $test, $fresh_store;
            users_are_listed_by_their_names_page_by_page,
            users_are_found_by_a_part_of_the_name_and_by_standing,
            a_listed_user_tells_how_many_sessions_there_are_and_when_the_user_was_last_there,
            users_are_handed_over_with_their_credentials_page_by_page,
            a_created_user_is_stored_whole_and_written_down,
            a_name_that_is_taken_or_reserved_creates_nobody,
            a_renamed_user_keeps_every_session_and_the_old_name_is_reserved,
            a_name_that_somebody_has_renames_nobody,
            a_user_who_is_deleted_is_gone_with_everything_and_the_name_reserved,
            counters_are_read_as_they_are,
        );
    };
}

/// Limits that no session that began at noon has reached.
fn no_limits() -> [Expiry; 2] {
    limits_until(0)
}

/// Limits of sessions that were last seen before this number of minutes after noon.
fn limits_until(minutes: u64) -> [Expiry; 2] {
    let seen_until = Timestamp::from_unix_micros(later(minutes).as_unix_micros() - 1);
    let created_until = Timestamp::from_unix_micros(0);
    [SessionKind::Ordinary, SessionKind::Kept].map(|kind| Expiry { kind, seen_until, created_until })
}

impl<S: Store + AdministrationRepository> Given<'_, S> {
    async fn list(&self, filter: &UserFilter) -> Vec<UserSummary> {
        self.store.list_users(filter, &no_limits(), None, 100).await.expect("the store reads")
    }

    async fn names(&self, part_of_key: &str, standing: Option<Standing>) -> Vec<String> {
        let listed = self.list(&UserFilter { standing, part_of_key: part_of_key.to_owned() }).await;
        listed.into_iter().map(|listed| listed.user.username.as_str().to_owned()).collect()
    }

    async fn rename_user(&self, user_id: UserId, username: &str) -> Result<(), UserRenameError> {
        let rename = UserRename { user_id, username: name(username), reserved_until: later(60) };
        let activity = self.activity_at(later(3), user_id, Event::UsernameChangedByOperator);
        self.store.rename_user(&rename, &activity).await
    }

    async fn delete_user(&self, user: UserId) -> UserDeletion {
        let activity = self.activity(user, Event::AccountDeletedByOperator);
        self.store.delete_user(user, later(60), &activity).await.expect("the store writes")
    }

    async fn former_names(&self, user: UserId) -> Vec<FormerName> {
        self.store.former_names_of(user).await.expect("the store reads")
    }
}

rules! {
    of impl Store + AdministrationRepository;

    /// Each user is listed once, and the order of their sign-ups does not matter.
    users_are_listed_by_their_names_page_by_page(given) {
        for username in ["dan", "Bob", "eve", "carol", "ada"] {
            given.user(username).await;
        }
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let page = given.store.list_users(&UserFilter::default(), &no_limits(), after.as_ref(), 2).await;
            let page = page.expect("the store reads");
            assert!(page.len() <= 2);
            let Some(last) = page.last() else { break };
            after = Some(last.user.username.clone());
            listed.extend(page.into_iter().map(|listed| listed.user.username.as_str().to_owned()));
        }
        assert_eq!(listed, ["ada", "Bob", "carol", "dan", "eve"]);
    }

    /// A wildcard of a pattern stands for itself.
    users_are_found_by_a_part_of_the_name_and_by_standing(given) {
        let ada = given.user("Ada_1").await;
        for username in ["bada21", "bob", "cadam"] {
            given.user(username).await;
        }
        given.close(ada).await;
        assert_eq!(given.names("ada", None).await, ["Ada_1", "bada21", "cadam"].map(str::to_owned));
        assert_eq!(given.names("a_1", None).await, ["Ada_1"]);
        assert_eq!(given.names("da", Some(Standing::Active)).await, ["bada21", "cadam"]);
        assert_eq!(given.names("", Some(Standing::Closed)).await, ["Ada_1"]);
        for nobody in ["%", "a%", "a\\", "!", "'", "ada_1 "] {
            assert_eq!(given.names(nobody, None).await, [""; 0], "{nobody}");
        }
    }

    /// A failed attempt, or an act of the operator, does not count as a sign of the user.
    a_listed_user_tells_how_many_sessions_there_are_and_when_the_user_was_last_there(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let none = NewUser { password_hash: None, ..given.new_user("carol") };
        given.store.insert(&none).await.expect("a new user is stored");
        let [one, two] = [given.session(ada).await, given.session(ada).await];
        given.store.touch(given.id_of(&one).await, later(5)).await.expect("the store writes");
        given.store.touch(given.id_of(&two).await, later(4)).await.expect("the store writes");
        for (minutes, event) in [(2, Event::LoggedOut), (3, Event::LogInFailed), (4, Event::AccountClosed)] {
            let activity = given.activity_at(later(minutes), bob, event);
            given.store.record(&activity).await.expect("the store writes");
        }
        let by_password = AuthenticationMethods::default().with(AuthenticationMethod::Password);
        let listed: Vec<_> = given
            .list(&UserFilter::default())
            .await
            .into_iter()
            .map(|listed| (listed.user.id, listed.methods, listed.sessions, listed.last_seen_at))
            .collect();
        assert_eq!(
            listed,
            [
                (ada, by_password, 2, Some(later(5))),
                (bob, by_password, 0, Some(later(2))),
                (none.id, AuthenticationMethods::default(), 0, None),
            ]
        );
        let listed = given.store.list_users(&UserFilter::default(), &limits_until(5), None, 1).await;
        assert_eq!(listed.expect("the store reads").first().map(|listed| listed.sessions), Some(1));
    }

    /// Users without a password are included, and so are closed ones.
    users_are_handed_over_with_their_credentials_page_by_page(given) {
        let ada = given.user("Ada").await;
        let none = NewUser { password_hash: None, ..given.new_user("bob") };
        given.store.insert(&none).await.expect("a new user is stored");
        given.close(ada).await;
        let page = async |after: Option<&str>| {
            let page = given.store.stored_users(after.map(name).as_ref(), 1).await.expect("the store reads");
            page.into_iter().map(|stored| (stored.user, stored.password_hash)).collect::<Vec<_>>()
        };
        let user = UserRecord { id: ada, username: name("Ada"), standing: Standing::Closed, created_at: NOON, language: None, second_factors: AuthenticationMethods::NONE };
        assert_eq!(page(None).await, [(user, Some(hash("Ada")))]);
        let bob = page(Some("ADA")).await;
        assert_eq!(bob.iter().map(|(user, hash)| (user.id, hash.clone())).collect::<Vec<_>>(), [(none.id, None)]);
        assert_eq!(page(Some("bob")).await, []);
    }

    /// Both happen in one step.
    a_created_user_is_stored_whole_and_written_down(given) {
        let new = given.new_user("Ada");
        let activity = given.activity(new.id, Event::AccountCreated);
        given.store.create_user(&new, &activity).await.expect("a new user is stored");
        let found = given.store.find_by_id(new.id).await.expect("the store reads").expect("it is there");
        assert_eq!((found.user.username, found.password_hash), (new.username, new.password_hash));
        assert_eq!(given.events(new.id).await, [Event::AccountCreated]);
    }

    /// The refusal is the same as at a sign-up, and no activity is recorded.
    a_name_that_is_taken_or_reserved_creates_nobody(given) {
        let ada = given.user("ada").await;
        given.rename(ada, "augusta", later(60)).await.expect("the name is free");
        for taken in ["ada", "Augusta"] {
            let new = given.new_user(taken);
            let refusal = given.store.create_user(&new, &given.activity(new.id, Event::AccountCreated)).await;
            assert!(matches!(refusal, Err(InsertUserError::UsernameTaken)), "{refusal:?}");
            assert_eq!(given.events(new.id).await, []);
        }
    }

    /// Another spelling reserves nothing, and a user may take a name that is reserved for them.
    a_renamed_user_keeps_every_session_and_the_old_name_is_reserved(given) {
        let ada = given.user("ada").await;
        let session = given.session(ada).await;
        given.rename_user(ada, "Ada").await.expect("another spelling is free");
        assert_eq!(given.former_names(ada).await, []);
        given.rename_user(ada, "augusta").await.expect("the name is free");
        let (_, user) = given.found(&session).await.expect("the session goes on");
        assert_eq!(user.username.as_str(), "augusta");
        let former = FormerName { key: "ada".to_owned(), reserved_until: later(60) };
        assert_eq!(given.former_names(ada).await, [former]);
        assert!(!given.is_free("ada", later(59)).await);
        given.rename_user(ada, "ADA").await.expect("it is reserved for this user");
        assert_eq!(given.events(ada).await, [&[Event::LoggedIn][..], &[Event::UsernameChangedByOperator; 3]].concat());
    }

    /// A refusal reserves nothing and records no activity.
    a_name_that_somebody_has_renames_nobody(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        given.rename_user(bob, "robert").await.expect("the name is free");
        for taken in ["ROBERT", "bob"] {
            let refusal = given.rename_user(ada, taken).await;
            assert!(matches!(refusal, Err(UserRenameError::UsernameTaken)), "{refusal:?}");
        }
        let refusal = given.rename_user(given.new_user("nobody").id, "somebody").await;
        assert!(matches!(refusal, Err(UserRenameError::NoSuchUser)), "{refusal:?}");
        assert!(given.is_free("somebody", NOON).await);
        assert_eq!((given.former_names(ada).await, given.events(ada).await), (vec![], vec![]));
    }

    /// A second deletion finds no user, and other users stay.
    a_user_who_is_deleted_is_gone_with_everything_and_the_name_reserved(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let [session, bobs] = [given.session(ada).await, given.session(bob).await];
        given.rename_user(ada, "augusta").await.expect("the name is free");
        assert_eq!(given.delete_user(ada).await, UserDeletion::Deleted);
        assert_eq!(given.delete_user(ada).await, UserDeletion::NoSuchUser);
        assert!(!given.lives(&session).await && given.lives(&bobs).await);
        assert_eq!((given.events(ada).await, given.former_names(ada).await), (vec![], vec![]));
        for name in ["ada", "augusta"] {
            assert!(!given.is_free(name, later(59)).await, "{name}");
            assert!(given.is_free(name, later(60)).await, "{name}");
        }
    }

    /// Only counters that have a state are returned.
    counters_are_read_as_they_are(given) {
        let [tried, other, untried] = [given.counter(3, 60), given.counter(3, 60), given.counter(3, 60)];
        let mut states = Vec::new();
        for counter in [tried, other, tried] {
            assert_eq!(given.count(&[counter], NOON).await, Admission::Counted);
        }
        for counter in [tried, other] {
            let first = counter.limit.count(None, NOON).expect("the first attempt is free");
            states.push((counter.key, first));
        }
        if let Some((_, state)) = states.first_mut() {
            *state = tried.limit.count(Some(*state), NOON).expect("the second attempt is free");
        }
        let read = given.store.counters(&[tried.key, untried.key, other.key]).await;
        let mut read = read.expect("the store reads");
        read.sort_by_key(|(key, _)| *key);
        states.sort_by_key(|(key, _)| *key);
        assert_eq!(read, states);
        assert_eq!(given.store.counters(&[]).await.expect("the store reads"), []);
    }
}
