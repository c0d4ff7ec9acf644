//! What every store promises, one function a rule. [`store_contract!`](crate::store_contract) makes a test of each.

use crate::clock::Timestamp;
use crate::password::PasswordHash;
use crate::repository::{InsertUserError, StartSessionError, Store};
use crate::session::{Session, SessionId};
use crate::testing::SeededEntropy;
use crate::token::{SessionToken, TokenHash};
use crate::user::{NewUser, Standing, User, UserId};
use crate::username::Username;

/// Makes one test of each rule of the contract, named after the rule, so that a failure names what is broken.
///
/// Takes the attribute that makes an async test, and an expression that makes an empty store; `.await` it if need be.
///
/// ```
/// mod memory {
///     use doorward_domain::testing::MemoryStore;
///     doorward_domain::store_contract!(pollster::test, MemoryStore::default());
/// }
/// ```
#[macro_export]
macro_rules! store_contract {
    ($test:path, $fresh_store:expr) => {
        $crate::store_contract!(@rules $test, $fresh_store;
            a_new_user_is_found_whole,
            a_user_is_found_by_any_spelling_of_the_name,
            an_unknown_name_finds_nobody,
            a_taken_username_is_refused_and_its_owner_unharmed,
            names_that_look_like_patterns_find_only_themselves,
            the_longest_name_and_hash_are_kept_whole,
            a_hash_is_replaced_only_where_it_is_still_the_old_one,
            a_session_is_found_by_its_token_with_its_user,
            an_unknown_token_finds_nothing,
            a_new_session_ends_the_one_it_replaces_and_no_other,
            a_session_may_replace_another_users,
            replacing_a_session_that_is_gone_is_harmless,
            a_closed_user_gets_no_session_and_the_earlier_one_stays,
            a_user_who_is_gone_gets_no_session,
            closing_a_user_ends_all_their_sessions_and_no_others,
            a_reopened_user_gets_a_session_again,
            closing_and_reopening_nobody_is_harmless,
            a_session_is_marked_as_seen_to_the_microsecond,
            a_session_is_never_marked_as_seen_earlier_than_it_was,
            an_ended_session_is_gone_and_ending_it_again_is_harmless,
        );
    };
    (@rules $test:path, $fresh_store:expr; $($rule:ident,)*) => {
        $(
            #[$test]
            async fn $rule() {
                $crate::testing::contract::$rule(&$fresh_store).await;
            }
        )*
    };
}

const NOON: Timestamp = Timestamp::from_unix_micros(1_767_225_600_123_457);

fn name(text: &str) -> Username {
    Username::parse(text).expect("the contract's names are fit")
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash::from_stored(format!("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ${text}"))
}

struct Given<'a, S> {
    store: &'a S,
    entropy: SeededEntropy,
}

impl<'a, S: Store> Given<'a, S> {
    fn new(store: &'a S) -> Self {
        Self { store, entropy: SeededEntropy::default() }
    }

    fn new_user(&self, username: &str) -> NewUser {
        let id = UserId::new(NOON, &self.entropy).expect("seeded entropy never fails");
        NewUser { id, username: name(username), password_hash: hash(username), created_at: NOON }
    }

    async fn user(&self, username: &str) -> UserId {
        let user = self.new_user(username);
        self.store.insert(&user).await.expect("a new user is stored");
        user.id
    }

    fn new_session(&self, user_id: UserId) -> (Session, TokenHash) {
        let id = SessionId::new(NOON, &self.entropy).expect("seeded entropy never fails");
        let token = SessionToken::generate(&self.entropy).expect("seeded entropy never fails");
        (Session { id, user_id, created_at: NOON, last_seen_at: NOON }, token.hash())
    }

    async fn session(&self, user_id: UserId) -> TokenHash {
        let (session, token) = self.new_session(user_id);
        self.store.start(&session, &token, None).await.expect("an active user gets a session");
        token
    }

    async fn found(&self, token: &TokenHash) -> Option<(Session, User)> {
        self.store.find_by_token(token).await.expect("the store reads")
    }

    async fn lives(&self, token: &TokenHash) -> bool {
        self.found(token).await.is_some()
    }

    async fn stored_hash(&self, username: &str) -> PasswordHash {
        let found = self.store.find_by_username(&name(username)).await.expect("the store reads");
        found.expect("the user is there").password_hash
    }
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident($given:ident) $body:block)*) => {
        $(
            $(#[$doc])*
            ///
            /// # Panics
            /// When the store breaks the rule.
            pub async fn $name(store: &impl Store) {
                let $given = Given::new(store);
                $body
            }
        )*
    };
}

rules! {
    /// Every column comes back as it went in, times to the microsecond.
    a_new_user_is_found_whole(given) {
        let new = given.new_user("Ada.Lovelace+1@example.org");
        given.store.insert(&new).await.expect("a new user is stored");
        let found = given.store.find_by_username(&new.username).await.expect("the store reads").expect("it is there");
        let NewUser { id, username, password_hash, created_at } = new;
        assert_eq!(found.user, User { id, username, standing: Standing::Active, created_at });
        assert_eq!(found.password_hash, password_hash);
    }

    /// Case does not count, and the spelling of sign-up is what is shown.
    a_user_is_found_by_any_spelling_of_the_name(given) {
        let id = given.user("Ada").await;
        for spelling in ["Ada", "ada", "ADA", "aDA"] {
            let found = given.store.find_by_username(&name(spelling)).await.expect("the store reads");
            let user = found.expect(spelling).user;
            assert_eq!((user.id, user.username.as_str()), (id, "Ada"));
        }
    }

    /// `None`, not an error.
    an_unknown_name_finds_nobody(given) {
        given.user("ada").await;
        assert!(given.store.find_by_username(&name("adam")).await.expect("the store reads").is_none());
    }

    /// Also in another case; the row that was there stays as it was.
    a_taken_username_is_refused_and_its_owner_unharmed(given) {
        let owner = given.user("ada").await;
        for spelling in ["ada", "ADA"] {
            let refusal = given.store.insert(&given.new_user(spelling)).await;
            assert!(matches!(refusal, Err(InsertUserError::UsernameTaken)), "{refusal:?}");
        }
        let found = given.store.find_by_username(&name("ada")).await.expect("the store reads").expect("it is there");
        assert_eq!((found.user.id, found.user.username.as_str()), (owner, "ada"));
        assert_eq!(found.password_hash, hash("ada"));
    }

    /// `_` and `%` are no wildcards, `.` and `+` no patterns, and every character counts.
    names_that_look_like_patterns_find_only_themselves(given) {
        let names = ["a.b", "a-b", "a_b", "a+b", "a@b", "ab", "a.b.", "a"];
        for each in names {
            given.user(each).await;
        }
        for each in names {
            let found = given.store.find_by_username(&name(each)).await.expect("the store reads");
            assert_eq!(found.expect(each).user.username.as_str(), each);
        }
    }

    /// 64 characters of name, 512 of hash.
    the_longest_name_and_hash_are_kept_whole(given) {
        let mut user = given.new_user(&"Z".repeat(Username::MAX_CHARS));
        user.password_hash = PasswordHash::from_stored("$".repeat(PasswordHash::MAX_CHARS));
        given.store.insert(&user).await.expect("the longest values are stored");
        let found = given.store.find_by_username(&user.username).await.expect("the store reads").expect("it is there");
        assert_eq!(found.user.username.as_str(), user.username.as_str());
        assert_eq!(found.password_hash, user.password_hash);
    }

    /// Compare and set: who comes late changes nothing.
    a_hash_is_replaced_only_where_it_is_still_the_old_one(given) {
        let ada = given.user("ada").await;
        given.user("bob").await;
        given.store.replace_password_hash(ada, &hash("ada"), &hash("new")).await.expect("the store writes");
        assert_eq!(given.stored_hash("ada").await, hash("new"));
        given.store.replace_password_hash(ada, &hash("ada"), &hash("late")).await.expect("the store writes");
        assert_eq!(given.stored_hash("ada").await, hash("new"));
        assert_eq!(given.stored_hash("bob").await, hash("bob"));
    }

    /// One read brings both.
    a_session_is_found_by_its_token_with_its_user(given) {
        let ada = given.user("Ada").await;
        given.user("bob").await;
        let (session, token) = given.new_session(ada);
        given.store.start(&session, &token, None).await.expect("an active user gets a session");
        let (found, user) = given.found(&token).await.expect("the session is there");
        assert_eq!(found, session);
        assert_eq!(user, User { id: ada, username: name("Ada"), standing: Standing::Active, created_at: NOON });
        assert_eq!(user.username.as_str(), "Ada");
    }

    /// `None`, not an error.
    an_unknown_token_finds_nothing(given) {
        let ada = given.user("ada").await;
        given.session(ada).await;
        let (_, unknown) = given.new_session(ada);
        assert!(!given.lives(&unknown).await);
    }

    /// The browser's earlier session ends; the user's other browsers stay.
    a_new_session_ends_the_one_it_replaces_and_no_other(given) {
        let ada = given.user("ada").await;
        let (here, elsewhere) = (given.session(ada).await, given.session(ada).await);
        let (session, token) = given.new_session(ada);
        given.store.start(&session, &token, Some(&here)).await.expect("an active user gets a session");
        assert!(!given.lives(&here).await);
        assert!(given.lives(&elsewhere).await);
        assert!(given.lives(&token).await);
    }

    /// Two people share a browser: the second log-in ends the first one's session there.
    a_session_may_replace_another_users(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let adas = given.session(ada).await;
        let (session, token) = given.new_session(bob);
        given.store.start(&session, &token, Some(&adas)).await.expect("an active user gets a session");
        assert!(!given.lives(&adas).await);
        assert_eq!(given.found(&token).await.expect("the session is there").1.id, bob);
    }

    /// An old cookie is no hindrance.
    replacing_a_session_that_is_gone_is_harmless(given) {
        let ada = given.user("ada").await;
        let (_, unknown) = given.new_session(ada);
        let (session, token) = given.new_session(ada);
        given.store.start(&session, &token, Some(&unknown)).await.expect("an active user gets a session");
        assert!(given.lives(&token).await);
    }

    /// Standing is checked in the step that starts the session, and a refusal changes nothing.
    a_closed_user_gets_no_session_and_the_earlier_one_stays(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let bobs = given.session(bob).await;
        given.store.close(ada).await.expect("the store writes");
        let (session, token) = given.new_session(ada);
        let refusal = given.store.start(&session, &token, Some(&bobs)).await;
        assert!(matches!(refusal, Err(StartSessionError::NotActive)), "{refusal:?}");
        assert!(!given.lives(&token).await);
        assert!(given.lives(&bobs).await);
    }

    /// A refusal, not a failure of the store.
    a_user_who_is_gone_gets_no_session(given) {
        let nobody = given.new_user("nobody").id;
        let (session, token) = given.new_session(nobody);
        let refusal = given.store.start(&session, &token, None).await;
        assert!(matches!(refusal, Err(StartSessionError::NotActive)), "{refusal:?}");
        assert!(!given.lives(&token).await);
    }

    /// One step for the account and all its sessions.
    closing_a_user_ends_all_their_sessions_and_no_others(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (one, two, bobs) = (given.session(ada).await, given.session(ada).await, given.session(bob).await);
        given.store.close(ada).await.expect("the store writes");
        assert!(!given.lives(&one).await && !given.lives(&two).await);
        assert!(given.lives(&bobs).await);
        let closed = given.store.find_by_username(&name("ada")).await.expect("the store reads").expect("it is there");
        assert_eq!(closed.user.standing, Standing::Closed);
    }

    /// Closing is not deleting.
    a_reopened_user_gets_a_session_again(given) {
        let ada = given.user("ada").await;
        given.store.close(ada).await.expect("the store writes");
        given.store.reopen(ada).await.expect("the store writes");
        let token = given.session(ada).await;
        assert_eq!(given.found(&token).await.expect("the session is there").1.standing, Standing::Active);
    }

    /// Neither is an error.
    closing_and_reopening_nobody_is_harmless(given) {
        let nobody = given.new_user("nobody").id;
        given.store.close(nobody).await.expect("closing nobody is harmless");
        given.store.reopen(nobody).await.expect("reopening nobody is harmless");
    }

    /// And only the session that was seen.
    a_session_is_marked_as_seen_to_the_microsecond(given) {
        let ada = given.user("ada").await;
        let (token, other) = (given.session(ada).await, given.session(ada).await);
        let later = Timestamp::from_unix_micros(NOON.as_unix_micros() + 61_000_001);
        let (session, _) = given.found(&token).await.expect("the session is there");
        given.store.touch(session.id, later).await.expect("the store writes");
        let (seen, _) = given.found(&token).await.expect("the session is there");
        assert_eq!((seen.last_seen_at, seen.created_at), (later, NOON));
        assert_eq!(given.found(&other).await.expect("the session is there").0.last_seen_at, NOON);
    }

    /// Two requests may finish in the other order; a session that is gone is no error.
    a_session_is_never_marked_as_seen_earlier_than_it_was(given) {
        let ada = given.user("ada").await;
        let token = given.session(ada).await;
        let (session, _) = given.found(&token).await.expect("the session is there");
        let earlier = Timestamp::from_unix_micros(NOON.as_unix_micros() - 1);
        given.store.touch(session.id, earlier).await.expect("the store writes");
        assert_eq!(given.found(&token).await.expect("the session is there").0.last_seen_at, NOON);
        given.store.delete_by_token(&token).await.expect("the store writes");
        given.store.touch(session.id, NOON).await.expect("touching a session that is gone is harmless");
    }

    /// At once, and it alone.
    an_ended_session_is_gone_and_ending_it_again_is_harmless(given) {
        let ada = given.user("ada").await;
        let (token, other) = (given.session(ada).await, given.session(ada).await);
        given.store.delete_by_token(&token).await.expect("the store writes");
        assert!(!given.lives(&token).await);
        assert!(given.lives(&other).await);
        given.store.delete_by_token(&token).await.expect("ending it again is harmless");
    }
}
