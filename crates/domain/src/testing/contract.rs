//! The rules that every store keeps, one function per rule. [`store_contract!`](crate::store_contract) makes a test of each.

use std::net::IpAddr;
use std::time::Duration;

use crate::activity::{Activity, ActivityId, Event, FailedAttempts, SinceLastLogIn};
use crate::authentication::{Authentication, AuthenticationMethod, AuthenticationMethods};
use crate::client::{BrowserId, Client};
use crate::clock::Timestamp;
use crate::device::{Browser, Device, System};
use crate::known_device::{DeviceKey, KnownDevice, KnownDeviceId};
use crate::language::Language;
use crate::password::PasswordHash;
use crate::repository::{
    AccountChange, Admission, DeviceLogIn, EndedSessions, Ending, Expiry, ForgottenDevice, FoundSession,
    InsertUserError, NewSession, PasswordChange, Reauthentication, RenameUserError, Settlement, StandingChange,
    StartSessionError, Store, TokenRenewal, TokenRole, UsernameChange,
};
use crate::session::{Session, SessionId, SessionKind};
use crate::testing::SeededEntropy;
use crate::testing::fixtures::{self, NOON, new_session};
use crate::throttle::{Counter, CounterKey, CounterState, Limit};
use crate::token::{SessionToken, TokenHash};
use crate::user::{NewUser, Standing, UserId, UserRecord};
use crate::username::Username;

/// Makes one test of each rule of the contract, named after the rule, so that a failure names what is broken.
///
/// Takes the attribute that makes an async test, and an expression that makes an empty store, with `.await` if it needs one.
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
        use $crate::testing::contract as rules;

        $crate::store_contract!(@rules $test, $fresh_store;
            a_new_user_is_found_whole,
            a_user_without_a_password_has_none,
            a_user_is_found_by_any_spelling_of_the_name,
            an_unknown_name_finds_nobody,
            a_user_is_found_by_id_after_a_change_of_the_name_too,
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
            what_closes_or_reopens_nobody_or_once_more_changes_nothing,
            a_session_is_marked_as_seen_to_the_microsecond,
            a_session_is_never_marked_as_seen_earlier_than_it_was,
            a_discarded_session_is_gone_and_discarding_it_again_is_harmless,
            a_log_in_with_the_password_before_the_last_starts_no_session,
            a_renewed_token_and_its_former_one_are_both_found_and_the_end_of_the_former_one_is_kept,
            a_reauthentication_by_a_former_token_leaves_neither,
            of_two_renewals_of_one_token_the_first_counts,
            a_reauthentication_is_kept_and_gives_the_session_a_new_token_once,
            a_session_that_is_gone_is_not_reauthenticated,
            the_sessions_of_a_user_are_listed_last_seen_first,
            a_user_has_one_session_in_a_browser,
            a_log_in_that_a_later_one_of_the_same_browser_overtook_changes_nothing,
            a_session_more_than_may_be_ends_the_one_that_was_seen_longest_ago,
            a_device_is_found_by_its_key_and_by_no_other,
            of_several_devices_that_are_found_the_one_of_the_latest_log_in_counts,
            a_device_is_known_since_its_first_log_in_and_listed_by_its_last,
            a_log_in_that_fails_makes_no_device_known,
            of_very_many_devices_the_latest_are_known,
            a_new_password_a_closed_account_and_a_deleted_one_have_no_known_devices,
            a_device_is_forgotten_by_its_user_alone_and_once,
            devices_of_long_ago_are_deleted_a_few_at_a_time,
            a_session_is_ended_by_its_user_alone_and_once,
            all_sessions_but_one_end_and_nobody_elses,
            a_session_that_has_ended_ends_no_others,
            a_session_is_ended_by_its_token,
            a_former_token_past_its_end_neither_ends_nor_replaces_nor_reauthenticates_its_session,
            a_changed_password_ends_all_other_sessions_and_renews_this_one,
            a_password_is_changed_only_from_the_version_that_was_verified,
            a_password_is_not_changed_by_a_session_that_has_ended,
            a_changed_name_is_found_and_the_old_one_is_reserved_for_its_user,
            another_spelling_reserves_nothing,
            a_name_that_somebody_has_is_not_given_to_another,
            nobody_is_renamed_into_being,
            a_changed_name_gives_the_session_a_new_token,
            a_deleted_user_is_gone_with_everything_and_the_name_reserved,
            a_user_is_deleted_only_by_a_session_of_theirs,
            a_user_is_deleted_only_by_the_password_that_was_verified,
            what_happened_is_kept_whole_and_told_newest_first,
            what_happened_is_told_page_by_page_and_to_nobody_else,
            attempts_that_failed_since_the_last_log_in_are_counted,
            no_more_failed_attempts_are_counted_than_the_newest_hundred,
            expired_sessions_of_each_kind_are_deleted_a_few_at_a_time,
            what_happened_long_ago_or_to_nobody_is_deleted_a_few_at_a_time,
            reservations_that_ran_out_are_forgotten_a_few_at_a_time,
            an_attempt_is_counted_on_all_counters_or_on_none,
            a_counter_counts_as_its_limit_says,
            what_is_taken_back_and_forgotten_does_not_count,
            a_session_that_begins_settles_its_attempt_and_one_that_does_not_begin_settles_nothing,
            settling_what_is_not_there_is_harmless,
            counters_whose_time_has_come_are_deleted_a_few_at_a_time,
        );
    };
    (@rules $test:path, $fresh_store:expr; $($rule:ident,)*) => {
        $(
            #[$test]
            async fn $rule() {
                rules::$rule(&$fresh_store).await;
            }
        )*

        #[test]
        fn no_rule_of_the_contract_is_left_out() {
            let mut tested = [$(stringify!($rule)),*];
            let mut rules = rules::RULES.to_vec();
            tested.sort_unstable();
            rules.sort_unstable();
            assert_eq!(&tested[..], &rules[..]);
        }
    };
}

/// A device with the longest codes.
const LONGEST: Device = Device { browser: Some(Browser::InternetExplorer), system: Some(System::WindowsPhone) };

/// The longest tag that a language may have.
const LONGEST_TAG: &str = "sl-Latn-IT-rozaj-lipaw-nedis-1994xy";

const A_MINUTE: Duration = Duration::from_mins(1);

fn name(text: &str) -> Username {
    Username::parse(text).expect("the contract's names are fit")
}

fn language(tag: &str) -> Language {
    Language::parse(tag).expect("the contract's languages have tags")
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash::from_stored(format!("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ${text}"))
}

/// This number of minutes after noon.
fn later(minutes: u64) -> Timestamp {
    NOON.plus(Duration::from_mins(minutes))
}

/// An authentication by a password at this time.
const fn by_password(at: Timestamp) -> Authentication {
    Authentication::by(AuthenticationMethod::Password, at)
}

/// An authentication by a password and this second factor at noon.
#[cfg(feature = "second-factor")]
const fn with_second_factor(method: AuthenticationMethod) -> Authentication {
    let methods = AuthenticationMethods::NONE.with(AuthenticationMethod::Password).with(method);
    Authentication { at: NOON, methods }
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
        NewUser { password_hash: Some(hash(username)), ..fixtures::new_user(username, &self.entropy) }
    }

    async fn user(&self, username: &str) -> UserId {
        let user = self.new_user(username);
        self.store.insert(&user).await.expect("a new user is stored");
        user.id
    }

    fn new_session(&self, user_id: UserId) -> (Session, TokenHash) {
        (fixtures::session_of(user_id, &self.entropy), self.token())
    }

    fn token(&self) -> TokenHash {
        SessionToken::generate(&self.entropy).expect("seeded entropy never fails").hash()
    }

    fn activity_at(&self, at: Timestamp, user: impl Into<Option<UserId>>, event: Event) -> Activity {
        fixtures::activity_of(user, event, at, &self.entropy)
    }

    fn activity(&self, user: UserId, event: Event) -> Activity {
        self.activity_at(NOON, user, event)
    }

    /// A new counter that allows this number of attempts in this number of seconds.
    fn counter(&self, attempts: u32, seconds: u64) -> Counter {
        let limit = Limit::Rate { attempts, period: Duration::from_secs(seconds) };
        Counter::new(CounterKey::from_bytes(*self.token().as_bytes()), limit)
    }

    async fn count(&self, counters: &[Counter], now: Timestamp) -> Admission {
        self.store.count_attempt(counters, now).await.expect("the store counts")
    }

    async fn settle(&self, taken_back: &[Counter], forgotten: &[CounterKey]) {
        let settlement = Settlement { taken_back: taken_back.to_vec(), forgotten: forgotten.to_vec() };
        self.store.settle_attempt(&settlement, NOON).await.expect("the store writes");
    }

    async fn try_to_start(
        &self,
        new: &(Session, TokenHash),
        replacing: Option<&TokenHash>,
    ) -> Result<(), StartSessionError> {
        self.try_to_start_at(NOON, new, replacing).await
    }

    async fn try_to_start_at(
        &self,
        at: Timestamp,
        (session, token): &(Session, TokenHash),
        replacing: Option<&TokenHash>,
    ) -> Result<(), StartSessionError> {
        let new = NewSession { replacing: replacing.copied(), ..new_session(session, *token) };
        self.store.start(&new, &self.activity_at(at, session.user_id, Event::LoggedIn)).await
    }

    async fn start(&self, new: &(Session, TokenHash), replacing: Option<&TokenHash>) {
        self.try_to_start(new, replacing).await.expect("an active user gets a session");
    }

    async fn session(&self, user_id: UserId) -> TokenHash {
        let new = self.new_session(user_id);
        self.start(&new, None).await;
        new.1
    }

    fn browser(&self) -> BrowserId {
        BrowserId::new(NOON, &self.entropy).expect("seeded entropy never fails")
    }

    /// A device whose first log-in is this number of minutes after noon, and its key.
    fn new_device(&self, user_id: UserId, minutes: u64) -> (KnownDevice, DeviceKey) {
        let id = KnownDeviceId::new(NOON, &self.entropy).expect("seeded entropy never fails");
        let address = Some("2001:db8::42".parse::<IpAddr>().expect("an address"));
        let client = Client { device: LONGEST, address, browser: None, language: None };
        let (created_at, last_log_in_at) = (later(minutes), later(minutes));
        let key = DeviceKey::from_bytes(*self.token().as_bytes());
        (KnownDevice { id, user_id, client, created_at, last_log_in_at, trusted_until: None }, key)
    }

    /// Logs the user in at this time, with this device.
    async fn log_in_with(&self, user: UserId, device: DeviceLogIn, at: Timestamp) -> Result<(), StartSessionError> {
        let (session, token) = self.new_session(user);
        let new = NewSession { device: Some(device), ..new_session(&session, token) };
        self.store.start(&new, &self.activity_at(at, user, Event::LoggedIn)).await
    }

    async fn device(&self, user: UserId, minutes: u64) -> (KnownDevice, DeviceKey) {
        let (device, key) = self.new_device(user, minutes);
        let first = DeviceLogIn::First { device: device.clone(), key };
        self.log_in_with(user, first, device.created_at).await.expect("an active user gets a session");
        (device, key)
    }

    async fn find_device(&self, keys: &[DeviceKey]) -> Option<KnownDevice> {
        self.store.find_device(keys).await.expect("the store reads")
    }

    async fn devices(&self, user: UserId) -> Vec<KnownDeviceId> {
        let devices = self.store.devices_of(user, u32::MAX).await.expect("the store reads");
        devices.into_iter().map(|device| device.id).collect()
    }

    async fn find(&self, token: &TokenHash) -> Option<FoundSession> {
        self.store.find_by_token(token).await.expect("the store reads")
    }

    async fn found(&self, token: &TokenHash) -> Option<(Session, UserRecord)> {
        self.find(token).await.map(|found| (found.session, found.user))
    }

    async fn role(&self, token: &TokenHash) -> Option<TokenRole> {
        self.find(token).await.map(|found| found.token)
    }

    async fn id_of(&self, token: &TokenHash) -> SessionId {
        self.found(token).await.expect("the session is there").0.id
    }

    async fn lives(&self, token: &TokenHash) -> bool {
        self.found(token).await.is_some()
    }

    async fn events(&self, user: UserId) -> Vec<Event> {
        let activity = self.store.activity_of(user, None, 100).await.expect("the store reads");
        let mut events: Vec<_> = activity.into_iter().map(|activity| activity.event).collect();
        events.sort_by_key(|event| event.code());
        events
    }

    async fn version(&self, username: &str) -> i64 {
        let found = self.store.find_by_username(&name(username)).await.expect("the store reads");
        found.expect("the user is there").credentials_version
    }

    async fn is_free(&self, username: &str, at: Timestamp) -> bool {
        let user = NewUser { created_at: at, ..self.new_user(username) };
        let inserted = self.store.insert(&user).await;
        let is_taken = matches!(inserted, Err(InsertUserError::UsernameTaken));
        assert!(is_taken || inserted.is_ok(), "{inserted:?}");
        !is_taken
    }

    async fn change_password(
        &self,
        user_id: UserId,
        credentials_version: i64,
        session_id: SessionId,
        token: &TokenHash,
    ) -> AccountChange {
        let (hash, authentication) = (hash("changed"), by_password(later(3)));
        let change = PasswordChange { user_id, credentials_version, hash, session_id, authentication, token: *token };
        let activity = self.activity_at(later(3), user_id, Event::PasswordChanged);
        self.store.change_password(&change, &activity).await.expect("the store writes")
    }

    async fn close(&self, user: UserId) -> StandingChange {
        let activity = self.activity(user, Event::AccountClosed);
        self.store.close(user, &activity).await.expect("the store writes")
    }

    async fn reopen(&self, user: UserId) -> StandingChange {
        let activity = self.activity(user, Event::AccountReopened);
        self.store.reopen(user, &activity).await.expect("the store writes")
    }

    async fn delete(
        &self,
        id: UserId,
        session: SessionId,
        credentials_version: i64,
        reserved_until: Timestamp,
    ) -> AccountChange {
        let activity = self.activity(id, Event::AccountDeleted);
        self.store.delete(id, session, credentials_version, reserved_until, &activity).await.expect("the store writes")
    }

    async fn end(&self, user: UserId, ending: Ending, at: Timestamp) -> EndedSessions {
        let activity = self.activity_at(at, user, Event::SessionEnded);
        self.store.end(user, ending, &activity).await.expect("the store writes")
    }

    async fn renew(&self, session: &Session, presented: &TokenHash, new: &TokenHash, at: Timestamp) -> TokenRenewal {
        self.store.renew_token(session, presented, new, at).await.expect("the store writes")
    }

    /// A session whose token was renewed and whose new token was seen: the session, the former token, and the newer one.
    async fn session_with_a_former_token(&self, user: UserId, until: Timestamp) -> (Session, TokenHash, TokenHash) {
        let (former, newer) = (self.session(user).await, self.token());
        let (session, _) = self.found(&former).await.expect("the session is there");
        assert_eq!(self.renew(&session, &former, &newer, NOON).await, TokenRenewal::Renewed);
        self.store.end_former_token(session.id, until).await.expect("the store writes");
        (session, former, newer)
    }

    /// Changes the username from a new session.
    async fn rename(&self, id: UserId, username: &str, reserved_until: Timestamp) -> Result<(), RenameUserError> {
        let session = self.session(id).await;
        let session_id = self.id_of(&session).await;
        let renamed = self.rename_from(session_id, id, username, reserved_until).await;
        self.store.discard(session_id).await.expect("the store writes");
        renamed.map(drop)
    }

    /// Returns the session's new token.
    async fn rename_from(
        &self,
        session_id: SessionId,
        user_id: UserId,
        username: &str,
        reserved_until: Timestamp,
    ) -> Result<TokenHash, RenameUserError> {
        let activity = self.activity_at(later(3), user_id, Event::UsernameChanged);
        let (username, token) = (name(username), self.token());
        let change = UsernameChange { user_id, username, reserved_until, session_id, token };
        self.store.change_username(&change, &activity).await.map(|()| token)
    }

    async fn stored_hash(&self, username: &str) -> PasswordHash {
        let found = self.store.find_by_username(&name(username)).await.expect("the store reads");
        found.and_then(|stored| stored.password_hash).expect("the user is there with a password")
    }
}

macro_rules! rules {
    (of $store:ty; $($(#[$doc:meta])* $name:ident($given:ident) $body:block)*) => {
        /// The names of all rules.
        pub const RULES: &[&str] = &[$(stringify!($name)),*];

        $(
            $(#[$doc])*
            ///
            /// # Panics
            /// When the store breaks the rule.
            pub async fn $name(store: &$store) {
                let $given = Given::new(store);
                $body
            }
        )*
    };
}

pub mod administration;
pub mod email_import;
pub mod emails;
pub mod invitations;
pub mod language;
pub mod links;
pub mod mail_language;
pub mod outbox;
#[cfg(feature = "passkeys")]
pub mod passkey;
#[cfg(feature = "passkeys")]
pub mod passkey_links;
#[cfg(feature = "second-factor")]
pub mod second_factor;
pub mod user_import;

rules! {
    of impl Store;

    /// Every column comes back as it went in, times to the microsecond.
    a_new_user_is_found_whole(given) {
        let (signed_up_in, language) = (Some(given.browser()), Some(language(LONGEST_TAG)));
        let new = NewUser { signed_up_in, language, ..given.new_user("Ada.Lovelace+1@example.org") };
        given.store.insert(&new).await.expect("a new user is stored");
        let found = given.store.find_by_username(&new.username).await.expect("the store reads").expect("it is there");
        let NewUser { id, username, password_hash, created_at, signed_up_in, language, email: _none } = new;
        assert_eq!(found.user, UserRecord { id, username, standing: Standing::Active, created_at, language, second_factors: AuthenticationMethods::NONE });
        assert_eq!((found.password_hash, found.signed_up_in), (password_hash, signed_up_in));
    }

    /// A user without a password is stored like any other, and may be given a session.
    a_user_without_a_password_has_none(given) {
        let new = NewUser { password_hash: None, ..given.new_user("ada") };
        given.store.insert(&new).await.expect("a new user is stored");
        let by_name = given.store.find_by_username(&new.username).await.expect("the store reads").expect("it is there");
        let by_id = given.store.find_by_id(new.id).await.expect("the store reads").expect("it is there");
        assert_eq!((by_name.password_hash, by_name.credentials_version), (None, 0));
        assert_eq!((by_id.password_hash, by_id.user.username.as_str()), (None, "ada"));
        given.store.replace_password_hash(new.id, &hash("ada"), &hash("new")).await.expect("the store writes");
        let unchanged = given.store.find_by_id(new.id).await.expect("the store reads").expect("it is there");
        assert_eq!(unchanged.password_hash, None);
        assert!(given.lives(&given.session(new.id).await).await);
    }

    /// Case does not count, and the store keeps the spelling of the sign-up.
    a_user_is_found_by_any_spelling_of_the_name(given) {
        let id = given.user("Ada").await;
        for spelling in ["Ada", "ada", "ADA", "aDA"] {
            let found = given.store.find_by_username(&name(spelling)).await.expect("the store reads");
            let user = found.expect(spelling).user;
            assert_eq!((user.id, user.username.as_str()), (id, "Ada"));
        }
    }

    /// The store returns `None`, not an error.
    an_unknown_name_finds_nobody(given) {
        given.user("ada").await;
        assert!(given.store.find_by_username(&name("adam")).await.expect("the store reads").is_none());
    }

    /// The same name in another case is taken, too, and the existing row does not change.
    a_taken_username_is_refused_and_its_owner_unharmed(given) {
        let owner = given.user("ada").await;
        for spelling in ["ada", "ADA"] {
            let refusal = given.store.insert(&given.new_user(spelling)).await;
            assert!(matches!(refusal, Err(InsertUserError::UsernameTaken)), "{refusal:?}");
        }
        let found = given.store.find_by_username(&name("ada")).await.expect("the store reads").expect("it is there");
        assert_eq!((found.user.id, found.user.username.as_str()), (owner, "ada"));
        assert_eq!(found.password_hash, Some(hash("ada")));
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

    /// A name may have 64 characters, a hash 512.
    the_longest_name_and_hash_are_kept_whole(given) {
        let mut user = given.new_user(&"Z".repeat(Username::MAX_CHARS));
        user.password_hash = Some(PasswordHash::from_stored("$".repeat(PasswordHash::MAX_CHARS)));
        given.store.insert(&user).await.expect("the longest values are stored");
        let found = given.store.find_by_username(&user.username).await.expect("the store reads").expect("it is there");
        assert_eq!(found.user.username.as_str(), user.username.as_str());
        assert_eq!(found.password_hash, user.password_hash);
    }

    /// This is a compare-and-set: a stale hash changes nothing.
    a_hash_is_replaced_only_where_it_is_still_the_old_one(given) {
        let ada = given.user("ada").await;
        given.user("bob").await;
        given.store.replace_password_hash(ada, &hash("ada"), &hash("new")).await.expect("the store writes");
        assert_eq!(given.stored_hash("ada").await, hash("new"));
        given.store.replace_password_hash(ada, &hash("ada"), &hash("late")).await.expect("the store writes");
        assert_eq!(given.stored_hash("ada").await, hash("new"));
        assert_eq!(given.stored_hash("bob").await, hash("bob"));
    }

    /// One read returns both.
    a_session_is_found_by_its_token_with_its_user(given) {
        let ada = given.user("Ada").await;
        given.user("bob").await;
        let new = given.new_session(ada);
        given.start(&new, None).await;
        let (found, user) = given.found(&new.1).await.expect("the session is there");
        assert_eq!(found, new.0);
        assert_eq!(user, UserRecord { id: ada, username: name("Ada"), standing: Standing::Active, created_at: NOON, language: None, second_factors: AuthenticationMethods::NONE });
        assert_eq!(user.username.as_str(), "Ada");
    }

    /// The store returns `None`, not an error.
    an_unknown_token_finds_nothing(given) {
        let ada = given.user("ada").await;
        given.session(ada).await;
        let (_, unknown) = given.new_session(ada);
        assert!(!given.lives(&unknown).await);
    }

    /// The browser's earlier session ends; the user's sessions in other browsers stay.
    a_new_session_ends_the_one_it_replaces_and_no_other(given) {
        let ada = given.user("ada").await;
        let (here, elsewhere) = (given.session(ada).await, given.session(ada).await);
        let new = given.new_session(ada);
        given.start(&new, Some(&here)).await;
        assert!(!given.lives(&here).await);
        assert!(given.lives(&elsewhere).await);
        assert!(given.lives(&new.1).await);
    }

    /// If two people share a browser, the second log-in ends the first one's session there.
    a_session_may_replace_another_users(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let adas = given.session(ada).await;
        let new = given.new_session(bob);
        given.start(&new, Some(&adas)).await;
        assert!(!given.lives(&adas).await);
        assert_eq!(given.found(&new.1).await.expect("the session is there").1.id, bob);
    }

    /// An old cookie does not prevent a log-in.
    replacing_a_session_that_is_gone_is_harmless(given) {
        let ada = given.user("ada").await;
        let (_, unknown) = given.new_session(ada);
        let new = given.new_session(ada);
        given.start(&new, Some(&unknown)).await;
        assert!(given.lives(&new.1).await);
    }

    /// Standing is checked in the step that starts the session, and a refusal changes nothing.
    a_closed_user_gets_no_session_and_the_earlier_one_stays(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let bobs = given.session(bob).await;
        given.close(ada).await;
        let new = given.new_session(ada);
        let refusal = given.try_to_start(&new, Some(&bobs)).await;
        assert!(matches!(refusal, Err(StartSessionError::NotAllowed)), "{refusal:?}");
        assert!(!given.lives(&new.1).await);
        assert!(given.lives(&bobs).await);
    }

    /// This is a refusal, not a failure of the store.
    a_user_who_is_gone_gets_no_session(given) {
        let nobody = given.new_user("nobody").id;
        let new = given.new_session(nobody);
        let refusal = given.try_to_start(&new, None).await;
        assert!(matches!(refusal, Err(StartSessionError::NotAllowed)), "{refusal:?}");
        assert!(!given.lives(&new.1).await);
    }

    /// One step closes the account and ends all its sessions.
    closing_a_user_ends_all_their_sessions_and_no_others(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (one, two, bobs) = (given.session(ada).await, given.session(ada).await, given.session(bob).await);
        given.close(ada).await;
        assert!(!given.lives(&one).await && !given.lives(&two).await);
        assert!(given.lives(&bobs).await);
        let closed = given.store.find_by_username(&name("ada")).await.expect("the store reads").expect("it is there");
        assert_eq!(closed.user.standing, Standing::Closed);
    }

    /// Closing is not deleting.
    a_reopened_user_gets_a_session_again(given) {
        let ada = given.user("ada").await;
        given.close(ada).await;
        given.reopen(ada).await;
        let token = given.session(ada).await;
        assert_eq!(given.found(&token).await.expect("the session is there").1.standing, Standing::Active);
    }

    /// Closing or reopening an unknown user, or the same user twice, records no activity either.
    what_closes_or_reopens_nobody_or_once_more_changes_nothing(given) {
        let (ada, nobody) = (given.user("ada").await, given.new_user("nobody").id);
        assert_eq!([given.close(nobody).await, given.reopen(nobody).await], [StandingChange::NoSuchUser; 2]);
        assert_eq!(given.reopen(ada).await, StandingChange::AlreadySo);
        assert_eq!([given.close(ada).await, given.close(ada).await], [StandingChange::Made, StandingChange::AlreadySo]);
        assert_eq!([given.reopen(ada).await, given.reopen(ada).await], [StandingChange::Made, StandingChange::AlreadySo]);
        assert_eq!(given.events(ada).await, [Event::AccountClosed, Event::AccountReopened]);
    }

    /// Only the session that was seen is marked.
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

    /// Two requests may finish in the reverse order. Marking a session that is gone is not an error.
    a_session_is_never_marked_as_seen_earlier_than_it_was(given) {
        let ada = given.user("ada").await;
        let token = given.session(ada).await;
        let (session, _) = given.found(&token).await.expect("the session is there");
        let earlier = Timestamp::from_unix_micros(NOON.as_unix_micros() - 1);
        given.store.touch(session.id, earlier).await.expect("the store writes");
        assert_eq!(given.found(&token).await.expect("the session is there").0.last_seen_at, NOON);
        given.store.discard(session.id).await.expect("the store writes");
        given.store.touch(session.id, NOON).await.expect("touching a session that is gone is harmless");
    }

    /// The session ends at once, and others stay.
    a_discarded_session_is_gone_and_discarding_it_again_is_harmless(given) {
        let ada = given.user("ada").await;
        let (token, other) = (given.session(ada).await, given.session(ada).await);
        let id = given.id_of(&token).await;
        given.store.discard(id).await.expect("the store writes");
        assert!(!given.lives(&token).await);
        assert!(given.lives(&other).await);
        given.store.discard(id).await.expect("discarding it again is harmless");
    }

    /// A log-in that verified the old password while it was being changed is refused.
    a_log_in_with_the_password_before_the_last_starts_no_session(given) {
        let ada = given.user("ada").await;
        let token = given.session(ada).await;
        let new = given.new_session(ada);
        assert_eq!(given.change_password(ada, 0, given.id_of(&token).await, &given.token()).await, AccountChange::Made);
        assert!(matches!(given.try_to_start(&new, None).await, Err(StartSessionError::NotAllowed)));
        assert!(!given.lives(&new.1).await);
        let current = NewSession { credentials_version: 1, ..new_session(&new.0, new.1) };
        given.store.start(&current, &given.activity(ada, Event::LoggedIn)).await.expect("the version is right");
        assert!(given.lives(&new.1).await);
    }

    /// Requests that a browser sent with the former token are not lost. Its first end counts, so that a thief cannot keep using it.
    a_renewed_token_and_its_former_one_are_both_found_and_the_end_of_the_former_one_is_kept(given) {
        let ada = given.user("ada").await;
        let (former, newer) = (given.session(ada).await, given.token());
        assert_eq!(given.role(&former).await, Some(TokenRole::Only));
        let (session, _) = given.found(&former).await.expect("the session is there");
        assert_eq!(given.renew(&session, &former, &newer, later(5)).await, TokenRenewal::Renewed);
        assert_eq!(given.role(&former).await, Some(TokenRole::Former { until: None }));
        assert_eq!(given.role(&newer).await, Some(TokenRole::Newer));
        let (found, _) = given.found(&newer).await.expect("the session is there");
        assert_eq!(found, Session { renewed_at: later(5), ..session });
        for until in [later(6), later(9)] {
            given.store.end_former_token(found.id, until).await.expect("the store writes");
        }
        assert_eq!(given.role(&former).await, Some(TokenRole::Former { until: Some(later(6)) }));
        assert_eq!(given.role(&newer).await, Some(TokenRole::Only));
        let next = given.token();
        assert_eq!(given.renew(&found, &newer, &next, later(8)).await, TokenRenewal::Renewed);
        assert_eq!((given.role(&former).await, given.role(&next).await), (None, Some(TokenRole::Newer)));
        assert_eq!(given.role(&newer).await, Some(TokenRole::Former { until: None }));
    }

    /// Afterwards neither the former token nor the newer one is valid, whichever of them a thief has.
    a_reauthentication_by_a_former_token_leaves_neither(given) {
        let ada = given.user("ada").await;
        let (former, newer, next) = (given.session(ada).await, given.token(), given.token());
        let (session, _) = given.found(&former).await.expect("the session is there");
        assert_eq!(given.renew(&session, &former, &newer, later(5)).await, TokenRenewal::Renewed);
        let reauthenticated = given.store.reauthenticate(&session, &former, &next, &by_password(later(6))).await.expect("the store writes");
        assert_eq!(reauthenticated, Reauthentication::Renewed);
        assert!(!given.lives(&former).await && !given.lives(&newer).await);
        assert_eq!(given.role(&next).await, Some(TokenRole::Only));
    }

    /// The second renewal's token is not valid, so its response must not send it.
    of_two_renewals_of_one_token_the_first_counts(given) {
        let ada = given.user("ada").await;
        let (former, one, two) = (given.session(ada).await, given.token(), given.token());
        let (session, _) = given.found(&former).await.expect("the session is there");
        assert_eq!(given.renew(&session, &former, &one, later(5)).await, TokenRenewal::Renewed);
        assert_eq!(given.renew(&session, &former, &two, later(6)).await, TokenRenewal::TooLate);
        assert!(given.lives(&one).await && !given.lives(&two).await);
    }

    /// Several concurrent reauthentications all count, and only the first changes the token.
    a_reauthentication_is_kept_and_gives_the_session_a_new_token_once(given) {
        let ada = given.user("ada").await;
        let (old, one, two) = (given.session(ada).await, given.token(), given.token());
        let (session, _) = given.found(&old).await.expect("the session is there");
        let first = given.store.reauthenticate(&session, &old, &one, &by_password(later(5))).await.expect("the store writes");
        let second = given.store.reauthenticate(&session, &old, &two, &by_password(later(6))).await.expect("the store writes");
        assert_eq!((first, second), (Reauthentication::Renewed, Reauthentication::RenewedByAnother));
        assert!(!given.lives(&old).await && !given.lives(&two).await);
        let (reauthenticated, _) = given.found(&one).await.expect("the session is there");
        assert_eq!(reauthenticated, Session { authentication: by_password(later(6)), renewed_at: later(5), ..session });
        assert_eq!(given.role(&one).await, Some(TokenRole::Only));
    }

    /// The call does not create a session either.
    a_session_that_is_gone_is_not_reauthenticated(given) {
        let ada = given.user("ada").await;
        let (session, token) = given.new_session(ada);
        let new = given.token();
        let reauthentication = given.store.reauthenticate(&session, &token, &new, &by_password(NOON)).await.expect("the store writes");
        assert_eq!(reauthentication, Reauthentication::Ended);
        assert!(!given.lives(&token).await && !given.lives(&new).await);
    }

    /// Each session comes with everything that the user is shown of it.
    the_sessions_of_a_user_are_listed_last_seen_first(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        given.session(bob).await;
        let mut expected = Vec::new();
        for (minute, address) in [(2, Some("192.0.2.7")), (9, Some("2001:db8::7")), (4, None)] {
            let (mut session, token) = given.new_session(ada);
            let address = address.map(|text| text.parse::<IpAddr>().expect("an address"));
            session.client = Client { device: LONGEST, address, browser: None, language: None };
            (session.kind, session.authentication) = (SessionKind::Kept, by_password(later(1)));
            (session.renewed_at, session.last_seen_at) = (later(2), later(minute));
            let new = (session, token);
            given.start(&new, None).await;
            expected.push(new.0);
        }
        expected.sort_by_key(|session| std::cmp::Reverse(session.last_seen_at));
        for most in [1, 3, u32::MAX] {
            let listed = given.store.sessions_of(ada, most).await.expect("the store reads");
            assert_eq!(listed, expected.iter().take(most as usize).cloned().collect::<Vec<_>>());
        }
    }

    /// A new log-in ends the user's earlier session in that browser, even if its token was not sent along. Sessions of other users stay.
    a_user_has_one_session_in_a_browser(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let [here, there] = [given.browser(), given.browser()];
        let mut tokens = Vec::new();
        for (user, browser) in [
            (ada, None), (ada, None), (ada, Some(there)), (bob, Some(here)), (ada, Some(here)), (ada, Some(here)),
        ] {
            let (mut session, token) = given.new_session(user);
            session.client = session.client.in_browser(browser);
            given.start(&(session, token), None).await;
            tokens.push(token);
        }
        let mut found = Vec::new();
        for token in &tokens {
            found.push(given.find(token).await.map(|found| found.session.client.browser));
        }
        let [nowhere, in_this, in_other] = [None, Some(here), Some(there)].map(Some);
        assert_eq!(found, [nowhere, nowhere, in_other, in_this, None, in_this]);
    }

    /// A browser uses the response to its last request. If the log-in is older by [`BrowserId::SENT_TWICE`] or more, the form was not
    /// sent twice: a clock was set back.
    a_log_in_that_a_later_one_of_the_same_browser_overtook_changes_nothing(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (here, replaced) = (given.browser(), given.session(bob).await);
        let in_browser = |user, created_at| {
            let (session, token) = given.new_session(user);
            (Session { created_at, client: Client::default().in_browser(Some(here)), ..session }, token)
        };
        let (asked_at, a_moment) = (later(9), Duration::from_micros(1));
        let (session, token) = in_browser(ada, asked_at);
        given.start(&(session, token), None).await;
        for by in [a_moment, BrowserId::SENT_TWICE.saturating_sub(a_moment)] {
            let overtaken = in_browser(ada, asked_at.minus(by));
            let answer = given.try_to_start(&overtaken, Some(&replaced)).await;
            assert!(matches!(answer, Err(StartSessionError::Overtaken)), "{by:?}: {answer:?}");
            assert!(!given.lives(&overtaken.1).await && given.lives(&replaced).await && given.lives(&token).await);
        }
        assert_eq!(given.events(ada).await, [Event::LoggedIn]);
        given.start(&in_browser(bob, asked_at.minus(a_moment)), None).await;
        given.start(&in_browser(ada, asked_at.minus(BrowserId::SENT_TWICE)), None).await;
        assert!(given.lives(&token).await);
    }

    /// The new session never ends, nor does another user's.
    a_session_more_than_may_be_ends_the_one_that_was_seen_longest_ago(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let bobs = given.session(bob).await;
        let mut tokens = Vec::new();
        for seen in [9, 2, 5, 3] {
            let (mut session, token) = given.new_session(ada);
            session.last_seen_at = later(seen);
            given.start(&(session, token), None).await;
            tokens.push(token);
        }
        // The new session was seen before all others, as the server's clock is slow.
        let (mut session, token) = given.new_session(ada);
        session.last_seen_at = later(1);
        let new = NewSession { most: 3, ..new_session(&session, token) };
        given.store.start(&new, &given.activity(ada, Event::LoggedIn)).await.expect("an active user gets a session");
        let mut alive = Vec::new();
        for token in &tokens {
            alive.push(given.lives(token).await);
        }
        assert_eq!(alive, [true, false, true, false]);
        assert!(given.lives(&token).await && given.lives(&bobs).await);
    }

    /// The device comes with everything that the user is shown of it.
    a_device_is_found_by_its_key_and_by_no_other(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (device, key) = given.device(ada, 1).await;
        let (bobs, bobs_key) = given.device(bob, 2).await;
        let [unknown, other] = [given.new_device(ada, 1).1, given.new_device(ada, 1).1];
        assert_eq!(given.find_device(&[key]).await.as_ref(), Some(&device));
        assert_eq!(given.find_device(&[unknown, key, other]).await, Some(device));
        assert_eq!(given.find_device(&[bobs_key]).await, Some(bobs));
        assert_eq!((given.find_device(&[unknown, other]).await, given.find_device(&[]).await), (None, None));
    }

    /// The order of the keys does not matter. A browser without a log-in for a long time has an old key and a new one.
    of_several_devices_that_are_found_the_one_of_the_latest_log_in_counts(given) {
        let ada = given.user("ada").await;
        let (early, early_key) = given.device(ada, 1).await;
        let (late, late_key) = given.device(ada, 2).await;
        for keys in [[early_key, late_key], [late_key, early_key]] {
            assert_eq!(given.find_device(&keys).await.as_ref(), Some(&late));
        }
        let again = DeviceLogIn::Again { id: early.id, trusted_until: None };
        given.log_in_with(ada, again, later(3)).await.expect("an active user gets a session");
        for keys in [[early_key, late_key], [late_key, early_key]] {
            assert_eq!(given.find_device(&keys).await.map(|found| found.id), Some(early.id));
        }
    }

    /// A log-in with a device that was forgotten meanwhile does not make it known again.
    a_device_is_known_since_its_first_log_in_and_listed_by_its_last(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (one, key) = given.device(ada, 1).await;
        let (two, _) = given.device(ada, 2).await;
        given.device(bob, 3).await;
        assert_eq!(given.devices(ada).await, [two.id, one.id]);
        given.log_in_with(ada, DeviceLogIn::Again { id: one.id, trusted_until: None }, later(4)).await.expect("an active user gets a session");
        let unknown = given.new_device(ada, 5).0.id;
        given.log_in_with(ada, DeviceLogIn::Again { id: unknown, trusted_until: None }, later(5)).await.expect("an active user gets a session");
        assert_eq!(given.devices(ada).await, [one.id, two.id]);
        let found = given.find_device(&[key]).await;
        assert_eq!(found, Some(KnownDevice { last_log_in_at: later(4), client: Client::default(), ..one }));
        assert_eq!(given.store.devices_of(ada, 1).await.expect("the store reads").len(), 1);
    }

    /// It neither adds a new device nor updates a known one.
    a_log_in_that_fails_makes_no_device_known(given) {
        let ada = given.user("ada").await;
        let (known, key) = given.device(ada, 1).await;
        let (session, token) = given.new_session(ada);
        let (device, unknown) = given.new_device(ada, 2);
        for device in [DeviceLogIn::Again { id: known.id, trusted_until: None }, DeviceLogIn::First { device: device.clone(), key: unknown }] {
            let new = NewSession { credentials_version: 7, device: Some(device), ..new_session(&session, token) };
            let refusal = given.store.start(&new, &given.activity_at(later(9), ada, Event::LoggedIn)).await;
            assert!(matches!(refusal, Err(StartSessionError::NotAllowed)), "{refusal:?}");
        }
        assert_eq!((given.find_device(&[unknown]).await, given.find_device(&[key]).await), (None, Some(known)));
    }

    /// If a user has one device too many, the one with the oldest last log-in is forgotten.
    of_very_many_devices_the_latest_are_known(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let bobs = given.device(bob, 0).await.0.id;
        let mut devices = Vec::new();
        for minutes in 0..=u64::from(KnownDevice::MOST) {
            devices.insert(0, given.device(ada, minutes).await.0.id);
        }
        devices.pop();
        assert_eq!(given.devices(ada).await, devices);
        assert_eq!(given.devices(bob).await, [bobs]);
    }

    /// An old copy of a device's cookie then has no effect.
    a_new_password_a_closed_account_and_a_deleted_one_have_no_known_devices(given) {
        let (ada, bob, carol, dan) =
            (given.user("ada").await, given.user("bob").await, given.user("carol").await, given.user("dan").await);
        let mut keys = Vec::new();
        for user in [ada, bob, carol, dan] {
            keys.push(given.device(user, 1).await.1);
        }
        let adas_device = given.device(ada, 2).await.1;
        let [adas, carols] = [given.session(ada).await, given.session(carol).await];
        let change = async |version| given.change_password(ada, version, given.id_of(&adas).await, &given.token()).await;
        assert_eq!(change(7).await, AccountChange::CredentialsChanged);
        assert!(given.find_device(&[adas_device]).await.is_some());
        assert_eq!(change(0).await, AccountChange::Made);
        given.close(bob).await;
        given.reopen(bob).await;
        let deleted = given.store.delete(carol, given.id_of(&carols).await, 0, later(60), &given.activity(carol, Event::AccountDeleted)).await;
        assert_eq!(deleted.expect("the store writes"), AccountChange::Made);
        let mut known = Vec::new();
        for key in keys.iter().chain([&adas_device]) {
            known.push(given.find_device(&[*key]).await.is_some());
        }
        assert_eq!(known, [false, false, false, true, false]);
    }

    /// Another user's device is treated as if it did not exist.
    a_device_is_forgotten_by_its_user_alone_and_once(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (device, key) = given.device(ada, 1).await;
        let other = given.device(ada, 2).await.0.id;
        let forget = async |user| {
            let activity = given.activity_at(later(3), user, Event::DeviceForgotten);
            given.store.forget_device(user, device.id, &activity).await.expect("the store writes")
        };
        assert_eq!(forget(bob).await, ForgottenDevice::NotFound);
        assert!(given.find_device(&[key]).await.is_some());
        assert_eq!([forget(ada).await, forget(ada).await], [ForgottenDevice::Forgotten, ForgottenDevice::NotFound]);
        assert_eq!((given.find_device(&[key]).await, given.devices(ada).await), (None, vec![other]));
        assert_eq!(given.events(ada).await, [Event::DeviceForgotten, Event::LoggedIn, Event::LoggedIn]);
        assert_eq!(given.events(bob).await, []);
    }

    /// Devices with a later log-in stay.
    devices_of_long_ago_are_deleted_a_few_at_a_time(given) {
        let ada = given.user("ada").await;
        for minutes in [1, 2, 3] {
            given.device(ada, minutes).await;
        }
        let last = given.device(ada, 4).await.0.id;
        for deleted in [2, 1, 0] {
            assert_eq!(given.store.delete_devices(later(3), 2).await.expect("the store writes"), deleted);
        }
        assert_eq!(given.devices(ada).await, [last]);
    }

    /// Another user's session is treated as if it did not exist.
    a_session_is_ended_by_its_user_alone_and_once(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let [token, other, bobs] = [given.session(ada).await, given.session(ada).await, given.session(bob).await];
        let [session, adas, bobs] = [given.id_of(&token).await, given.id_of(&other).await, given.id_of(&bobs).await];
        assert_eq!(given.end(bob, Ending::One { session, by: bobs }, NOON).await, EndedSessions::Ended(0));
        assert!(given.lives(&token).await);
        for ended in [1, 0] {
            assert_eq!(given.end(ada, Ending::One { session, by: adas }, NOON).await, EndedSessions::Ended(ended));
        }
        assert!(!given.lives(&token).await && given.lives(&other).await);
        let own = Ending::One { session: adas, by: adas };
        assert_eq!(given.end(ada, own, NOON).await, EndedSessions::Ended(1));
        assert_eq!(given.end(ada, own, NOON).await, EndedSessions::SessionEnded);
        let expected = [Event::LoggedIn, Event::LoggedIn, Event::SessionEnded, Event::SessionEnded];
        assert_eq!(given.events(ada).await, expected);
        assert_eq!(given.events(bob).await, [Event::LoggedIn]);
    }

    /// If there is nothing to end, no activity is recorded.
    all_sessions_but_one_end_and_nobody_elses(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (here, there, bobs) = (given.session(ada).await, given.session(ada).await, given.session(bob).await);
        let by = given.id_of(&here).await;
        assert_eq!(given.end(ada, Ending::Others { by }, NOON).await, EndedSessions::Ended(1));
        assert!(given.lives(&here).await && !given.lives(&there).await && given.lives(&bobs).await);
        assert_eq!(given.end(ada, Ending::Others { by }, NOON).await, EndedSessions::Ended(0));
        assert_eq!(given.events(ada).await, [Event::LoggedIn, Event::LoggedIn, Event::SessionEnded]);
        for ended in [1, 0] {
            assert_eq!(given.end(ada, Ending::All, NOON).await, EndedSessions::Ended(ended));
        }
        assert!(!given.lives(&here).await && given.lives(&bobs).await);
    }

    /// Another user's session does not either. If two sessions end each other at once, one is left.
    a_session_that_has_ended_ends_no_others(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let [here, there, bobs] = [given.session(ada).await, given.session(ada).await, given.session(bob).await];
        let [here, session, bobs] = [given.id_of(&here).await, given.id_of(&there).await, given.id_of(&bobs).await];
        given.store.discard(here).await.expect("the store writes");
        for by in [here, bobs] {
            for ending in [Ending::One { session, by }, Ending::Others { by }] {
                assert_eq!(given.end(ada, ending, NOON).await, EndedSessions::SessionEnded, "{ending:?}");
            }
        }
        assert!(given.lives(&there).await);
        assert_eq!(given.events(ada).await, [Event::LoggedIn, Event::LoggedIn]);
        let nobody = given.new_user("nobody").id;
        assert_eq!(given.end(nobody, Ending::Others { by: session }, NOON).await, EndedSessions::SessionEnded);
        assert_eq!(given.end(nobody, Ending::All, NOON).await, EndedSessions::Ended(0));
    }

    /// It ends once, and only for its own user.
    a_session_is_ended_by_its_token(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (token, other) = (given.session(ada).await, given.session(ada).await);
        assert_eq!(given.end(bob, Ending::OfToken(token), NOON).await, EndedSessions::Ended(0));
        for ended in [1, 0] {
            assert_eq!(given.end(ada, Ending::OfToken(token), NOON).await, EndedSessions::Ended(ended));
        }
        assert!(!given.lives(&token).await && given.lives(&other).await);
        assert_eq!(given.events(ada).await, [Event::LoggedIn, Event::LoggedIn, Event::SessionEnded]);
    }

    /// The end counts to the microsecond. Until then the former token is as good as the newer one.
    a_former_token_past_its_end_neither_ends_nor_replaces_nor_reauthenticates_its_session(given) {
        let ada = given.user("ada").await;
        let until = later(6);
        let just_before = Timestamp::from_unix_micros(until.as_unix_micros() - 1);
        for (at, counts) in [(until, false), (just_before, true)] {
            let (_, former, newer) = given.session_with_a_former_token(ada, until).await;
            let ended = given.end(ada, Ending::OfToken(former), at).await;
            assert_eq!((ended, given.lives(&newer).await), (EndedSessions::Ended(u64::from(counts)), !counts));

            let (_, former, newer) = given.session_with_a_former_token(ada, until).await;
            let new = given.new_session(ada);
            given.try_to_start_at(at, &new, Some(&former)).await.expect("an active user gets a session");
            assert_eq!((given.lives(&new.1).await, given.lives(&newer).await), (true, !counts));

            let (session, former, newer) = given.session_with_a_former_token(ada, until).await;
            let reauthenticated = given.store.reauthenticate(&session, &former, &given.token(), &by_password(at)).await.expect("the store writes");
            assert_eq!(reauthenticated == Reauthentication::Renewed, counts);
            assert_eq!(given.lives(&newer).await, !counts);
        }
        // The newer token has not been seen yet, so the former one has no end.
        let (former, newer) = (given.session(ada).await, given.token());
        let (session, _) = given.found(&former).await.expect("the session is there");
        assert_eq!(given.renew(&session, &former, &newer, NOON).await, TokenRenewal::Renewed);
        assert_eq!(given.end(ada, Ending::OfToken(former), later(60)).await, EndedSessions::Ended(1));
    }

    /// All of this happens in one step.
    a_changed_password_ends_all_other_sessions_and_renews_this_one(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (here, there, bobs) = (given.session(ada).await, given.session(ada).await, given.session(bob).await);
        let (session, _) = given.found(&here).await.expect("the session is there");
        let token = given.token();
        assert_eq!(given.change_password(ada, 0, session.id, &token).await, AccountChange::Made);
        assert!(!given.lives(&here).await && !given.lives(&there).await && given.lives(&bobs).await);
        let (renewed, _) = given.found(&token).await.expect("the session is there");
        assert_eq!(renewed, Session { authentication: by_password(later(3)), renewed_at: later(3), ..session });
        assert_eq!(given.role(&token).await, Some(TokenRole::Only));
        assert_eq!((given.stored_hash("ada").await, given.version("ada").await), (hash("changed"), 1));
        assert_eq!((given.stored_hash("bob").await, given.version("bob").await), (hash("bob"), 0));
        assert!(given.events(ada).await.contains(&Event::PasswordChanged));
    }

    /// If two changes are made at once, the second is refused. A new hash of the same password does not change the version.
    a_password_is_changed_only_from_the_version_that_was_verified(given) {
        let ada = given.user("ada").await;
        let here = given.session(ada).await;
        let id = given.id_of(&here).await;
        given.store.replace_password_hash(ada, &hash("ada"), &hash("anew")).await.expect("the store writes");
        assert_eq!(given.version("ada").await, 0);
        let (one, two) = (given.token(), given.token());
        assert_eq!(given.change_password(ada, 0, id, &one).await, AccountChange::Made);
        assert_eq!(given.change_password(ada, 0, id, &two).await, AccountChange::CredentialsChanged);
        assert!(given.lives(&one).await && !given.lives(&two).await);
        assert_eq!(given.version("ada").await, 1);
        assert_eq!(given.events(ada).await, [Event::LoggedIn, Event::PasswordChanged]);
    }

    /// Another user's session does not change it either.
    a_password_is_not_changed_by_a_session_that_has_ended(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (adas, bobs) = (given.session(ada).await, given.session(bob).await);
        let (ended, other) = (given.id_of(&adas).await, given.id_of(&bobs).await);
        given.store.discard(ended).await.expect("the store writes");
        for session in [ended, other] {
            assert_eq!(given.change_password(ada, 0, session, &given.token()).await, AccountChange::SessionEnded);
        }
        assert!(given.lives(&bobs).await);
        assert_eq!(given.stored_hash("ada").await, hash("ada"));
    }

    /// A stranger cannot take over a name while people still think of its old owner.
    a_changed_name_is_found_and_the_old_one_is_reserved_for_its_user(given) {
        let ada = given.user("ada").await;
        given.user("bob").await;
        given.rename(ada, "Countess", later(60)).await.expect("the name is free");
        let found = given.store.find_by_username(&name("countess")).await.expect("the store reads").expect("it is there");
        assert_eq!((found.user.id, found.user.username.as_str()), (ada, "Countess"));
        assert!(given.store.find_by_username(&name("ada")).await.expect("the store reads").is_none());
        assert!(!given.is_free("Ada", NOON).await && !given.is_free("ada", later(59)).await);
        assert_eq!(given.events(ada).await, [Event::LoggedIn, Event::UsernameChanged]);

        given.rename(ada, "Ada", later(60)).await.expect("it is reserved for her");
        assert!(!given.is_free("countess", NOON).await);
        given.rename(ada, "countess", later(60)).await.expect("it is reserved for her");
        assert!(given.is_free("ada", later(60)).await);
    }

    /// The key of the name does not change.
    another_spelling_reserves_nothing(given) {
        let ada = given.user("ada").await;
        given.rename(ada, "Ada", later(60)).await.expect("it is her own name");
        let found = given.store.find_by_username(&name("ada")).await.expect("the store reads").expect("it is there");
        assert_eq!(found.user.username.as_str(), "Ada");
        assert_eq!(given.store.release_names(later(99), 10).await.expect("the store writes"), 0);
    }

    /// A user's id never changes.
    a_user_is_found_by_id_after_a_change_of_the_name_too(given) {
        let (ada, nobody) = (given.user("ada").await, given.new_user("nobody").id);
        given.rename(ada, "Countess", later(60)).await.expect("the name is free");
        let found = given.store.find_by_id(ada).await.expect("the store reads").expect("it is there");
        assert_eq!((found.user.id, found.user.username.as_str()), (ada, "Countess"));
        assert_eq!((found.password_hash, found.credentials_version), (Some(hash("ada")), 0));
        assert!(given.store.find_by_id(nobody).await.expect("the store reads").is_none());
    }

    /// A name is refused whether it is in use or reserved, and the refusal changes nothing.
    a_name_that_somebody_has_is_not_given_to_another(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        given.rename(ada, "countess", later(60)).await.expect("the name is free");
        for wanted in ["Countess", "Ada"] {
            let refusal = given.rename(bob, wanted, later(60)).await;
            assert!(matches!(refusal, Err(RenameUserError::UsernameTaken)), "{wanted}: {refusal:?}");
        }
        assert_eq!(given.stored_hash("bob").await, hash("bob"));
        assert_eq!(given.events(bob).await, [Event::LoggedIn, Event::LoggedIn]);
        assert_eq!(given.store.release_names(later(60), 10).await.expect("the store writes"), 1);
        given.rename(bob, "Ada", later(60)).await.expect("the reservation has run out");
    }

    /// The change is refused if the user is gone, or if the session has ended or is another user's.
    nobody_is_renamed_into_being(given) {
        let (nobody, ada, bob) = (given.new_user("nobody").id, given.user("ada").await, given.user("bob").await);
        let (adas, bobs) = (given.session(ada).await, given.session(bob).await);
        let (ended, other) = (given.id_of(&adas).await, given.id_of(&bobs).await);
        given.store.discard(ended).await.expect("the store writes");
        for (session, user) in [(ended, nobody), (other, nobody), (ended, ada), (other, ada)] {
            let refusal = given.rename_from(session, user, "somebody", later(60)).await;
            assert!(matches!(refusal, Err(RenameUserError::SessionEnded)), "{refusal:?}");
        }
        assert!(given.lives(&bobs).await && given.is_free("somebody", NOON).await);
    }

    /// The old token is no longer valid; other sessions go on.
    a_changed_name_gives_the_session_a_new_token(given) {
        let ada = given.user("ada").await;
        let (here, there) = (given.session(ada).await, given.session(ada).await);
        let (session, _) = given.found(&here).await.expect("the session is there");
        let token = given.rename_from(session.id, ada, "Countess", later(60)).await.expect("the name is free");
        assert!(!given.lives(&here).await && given.lives(&there).await);
        let (renewed, user) = given.found(&token).await.expect("the session is there");
        assert_eq!((renewed, user.username.as_str()), (Session { renewed_at: later(3), ..session }, "Countess"));
        assert_eq!(given.role(&token).await, Some(TokenRole::Only));
    }

    /// The user's sessions and activity are deleted, and the present and former names stay reserved.
    a_deleted_user_is_gone_with_everything_and_the_name_reserved(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (adas, bobs) = (given.session(ada).await, given.session(bob).await);
        given.rename(ada, "countess", later(60)).await.expect("the name is free");
        let session = given.id_of(&adas).await;
        assert_eq!(given.delete(ada, session, 0, later(60)).await, AccountChange::Made);
        assert!(given.store.find_by_username(&name("countess")).await.expect("the store reads").is_none());
        assert!(!given.lives(&adas).await && given.lives(&bobs).await);
        assert_eq!((given.events(ada).await, given.events(bob).await), (vec![], vec![Event::LoggedIn]));
        let new = given.new_session(ada);
        assert!(matches!(given.try_to_start(&new, None).await, Err(StartSessionError::NotAllowed)));
        for reserved in ["countess", "ada"] {
            assert!(!given.is_free(reserved, later(59)).await, "{reserved}");
            let refusal = given.rename(bob, reserved, later(60)).await;
            assert!(matches!(refusal, Err(RenameUserError::UsernameTaken)), "{reserved}");
            assert!(given.is_free(reserved, later(60)).await, "{reserved}");
        }
        assert_eq!(given.delete(ada, session, 0, later(60)).await, AccountChange::SessionEnded);
    }

    /// A session that has ended meanwhile does not delete the user, nor does another user's.
    a_user_is_deleted_only_by_a_session_of_theirs(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let (ended, here, bobs) = (given.session(ada).await, given.session(ada).await, given.session(bob).await);
        let [ended, here, bobs] = [given.id_of(&ended).await, given.id_of(&here).await, given.id_of(&bobs).await];
        given.store.discard(ended).await.expect("the store writes");
        for session in [ended, bobs] {
            assert_eq!(given.delete(ada, session, 0, later(60)).await, AccountChange::SessionEnded);
        }
        assert_eq!(given.delete(ada, here, 0, later(60)).await, AccountChange::Made);
    }

    /// If the password was changed meanwhile, the user is not deleted.
    a_user_is_deleted_only_by_the_password_that_was_verified(given) {
        let ada = given.user("ada").await;
        let here = given.session(ada).await;
        let here = given.id_of(&here).await;
        assert_eq!(given.change_password(ada, 0, here, &given.token()).await, AccountChange::Made);
        assert_eq!(given.delete(ada, here, 0, later(60)).await, AccountChange::CredentialsChanged);
        assert_eq!(given.version("ada").await, 1);
        assert_eq!(given.delete(ada, here, 1, later(60)).await, AccountChange::Made);
    }

    /// Every event is kept, with the client that it came from.
    what_happened_is_kept_whole_and_told_newest_first(given) {
        let ada = given.user("ada").await;
        let mut expected = Vec::new();
        for (minute, event) in (1..).zip(Event::ALL.iter().copied()) {
            let mut activity = given.activity_at(later(minute), ada, event);
            let address = Some("2001:db8::42".parse::<IpAddr>().expect("an address"));
            activity.client = Client { device: Device { browser: Some(Browser::Firefox), system: None }, address, browser: None, language: None };
            given.store.record(&activity).await.expect("the store writes");
            expected.insert(0, activity);
        }
        assert_eq!(given.store.activity_of(ada, None, 100).await.expect("the store reads"), expected);
    }

    /// Each page continues where the one before ended.
    what_happened_is_told_page_by_page_and_to_nobody_else(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        for minute in 1..=5 {
            for user in [Some(ada), Some(bob), None] {
                let activity = given.activity_at(later(minute), user, Event::LogInFailed);
                given.store.record(&activity).await.expect("the store writes");
            }
        }
        let mut told = Vec::new();
        let mut before = None;
        loop {
            let page = given.store.activity_of(ada, before, 2).await.expect("the store reads");
            assert!(page.len() <= 2 && page.iter().all(|activity| activity.user_id == Some(ada)));
            let Some(last) = page.last() else { break };
            before = Some(last.id);
            told.extend(page.iter().map(|activity| activity.at));
        }
        assert_eq!(told, [5, 4, 3, 2, 1].map(later));
    }

    /// Other events in between do not matter, nor do events of other users or of no user.
    attempts_that_failed_since_the_last_log_in_are_counted(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let happened = [
            (1, ada, Event::LogInFailed),
            (2, ada, Event::LoggedIn),
            (3, bob, Event::LogInFailed),
            (4, ada, Event::ReauthenticationFailed),
            (5, ada, Event::Throttled),
            (6, bob, Event::LoggedIn),
            (7, ada, Event::LogInFailed),
        ];
        for (minute, user, event) in happened {
            for user in [Some(user), None] {
                let activity = given.activity_at(later(minute), user, event);
                given.store.record(&activity).await.expect("the store writes");
            }
        }
        let since = async |user| given.store.since_last_log_in(user).await.expect("the store reads");
        let failed_attempts = Some(FailedAttempts { count: 2, since: later(4) });
        assert_eq!(since(ada).await, SinceLastLogIn { last_log_in_at: Some(later(2)), failed_attempts });
        assert_eq!(since(bob).await, SinceLastLogIn { last_log_in_at: Some(later(6)), failed_attempts: None });
    }

    /// This holds for a user who has never logged in, too.
    no_more_failed_attempts_are_counted_than_the_newest_hundred(given) {
        let ada = given.user("ada").await;
        let all = FailedAttempts::MOST + 2;
        for minute in 1..=all {
            let activity = given.activity_at(later(minute.into()), ada, Event::LogInFailed);
            given.store.record(&activity).await.expect("the store writes");
        }
        let failed_attempts = Some(FailedAttempts { count: FailedAttempts::MOST, since: later(3) });
        let since = given.store.since_last_log_in(ada).await.expect("the store reads");
        assert_eq!(since, SinceLastLogIn { last_log_in_at: None, failed_attempts });
    }

    /// Each kind has its own limits, to the microsecond.
    expired_sessions_of_each_kind_are_deleted_a_few_at_a_time(given) {
        let ada = given.user("ada").await;
        let expiry = [(SessionKind::Ordinary, 20, 10), (SessionKind::Kept, 5, 2)].map(|(kind, seen, created)| Expiry {
            kind,
            seen_until: later(seen),
            created_until: later(created),
        });
        let mut expired = Vec::new();
        let mut alive = Vec::new();
        for (kind, created, seen, has_expired) in [
            (SessionKind::Ordinary, 11, 21, false),
            (SessionKind::Ordinary, 11, 20, true),
            (SessionKind::Ordinary, 10, 21, true),
            (SessionKind::Kept, 3, 6, false),
            (SessionKind::Kept, 3, 5, true),
            (SessionKind::Kept, 2, 6, true),
        ] {
            let (mut session, token) = given.new_session(ada);
            (session.kind, session.created_at, session.last_seen_at) = (kind, later(created), later(seen));
            given.start(&(session, token), None).await;
            if has_expired { &mut expired } else { &mut alive }.push(token);
        }
        for deleted in [3, 1, 0] {
            assert_eq!(given.store.delete_expired(&expiry, 3).await.expect("the store writes"), deleted);
        }
        for token in expired {
            assert!(!given.lives(&token).await);
        }
        for token in alive {
            assert!(given.lives(&token).await);
        }
    }

    /// Users' later activity stays.
    what_happened_long_ago_or_to_nobody_is_deleted_a_few_at_a_time(given) {
        let ada = given.user("ada").await;
        for (minute, user) in [(1, Some(ada)), (2, Some(ada)), (3, Some(ada)), (1, None), (9, None)] {
            let activity = given.activity_at(later(minute), user, Event::LogInFailed);
            given.store.record(&activity).await.expect("the store writes");
        }
        for deleted in [3, 1, 0] {
            let kept_from = ActivityId::floor(later(3));
            assert_eq!(given.store.delete_activity(kept_from, 3).await.expect("the store writes"), deleted);
        }
        let kept = given.store.activity_of(ada, None, 10).await.expect("the store reads");
        assert_eq!(kept.into_iter().map(|activity| activity.at).collect::<Vec<_>>(), [later(3)]);
    }

    /// Reservations that still hold stay.
    reservations_that_ran_out_are_forgotten_a_few_at_a_time(given) {
        for (username, until) in [("one", 1), ("two", 2), ("three", 3), ("four", 4)] {
            let id = given.user(username).await;
            let session = given.session(id).await;
            let session = given.id_of(&session).await;
            assert_eq!(given.delete(id, session, 0, later(until)).await, AccountChange::Made);
        }
        for released in [2, 1, 0] {
            assert_eq!(given.store.release_names(later(3), 2).await.expect("the store writes"), released);
        }
        assert!(given.is_free("three", NOON).await && !given.is_free("four", NOON).await);
    }

    /// If the attempt has to wait, the answer names the counter that is free last.
    an_attempt_is_counted_on_all_counters_or_on_none(given) {
        let [often, seldom, never] = [given.counter(10, 1), given.counter(2, 60), given.counter(1, 120)];
        let count = async |counters: &[Counter], at| given.count(counters, at).await;
        for _ in 0..2 {
            assert_eq!(count(&[often, seldom], NOON).await, Admission::Counted);
        }
        assert_eq!(count(&[never], NOON).await, Admission::Counted);
        for _ in 0..3 {
            let wait = Admission::WaitUntil { free_at: NOON.plus(Duration::from_secs(30)), counter: seldom.key };
            assert_eq!(count(&[often, seldom], NOON).await, wait);
        }
        let wait = Admission::WaitUntil { free_at: NOON.plus(2 * A_MINUTE), counter: never.key };
        assert_eq!(count(&[often, seldom, never], NOON).await, wait);
        // Ten a second are allowed, of which two were used.
        for _ in 0..8 {
            assert_eq!(count(&[often], NOON).await, Admission::Counted);
        }
        assert!(matches!(count(&[often], NOON).await, Admission::WaitUntil { .. }));
        assert_eq!(count(&[], NOON).await, Admission::Counted);
    }

    /// This is checked attempt by attempt, to the microsecond, past the times at which the counter is forgotten.
    a_counter_counts_as_its_limit_says(given) {
        let kinds = [
            Limit::Backoff { free: 3, longest: Duration::from_secs(20) },
            Limit::Backoff { free: 0, longest: Duration::ZERO },
            Limit::Rate { attempts: 7, period: Duration::from_mins(1) },
        ];
        for limit in kinds {
            let counter = Counter { limit, ..given.counter(1, 1) };
            let (mut state, mut now): (Option<CounterState>, _) = (None, NOON);
            for gap in [0, 0, 0, 1, 999_999, 1, 1_999_999, 1, 5_000_000, 900_000_000, 0, 0, 0, 0, 0, 0, 0, 0, 2_000_000_000, 0] {
                now = now.plus(Duration::from_micros(gap));
                let expected = match limit.count(state, now) {
                    Ok(next) => {
                        state = Some(next);
                        Admission::Counted
                    }
                    Err(free_at) => Admission::WaitUntil { free_at, counter: counter.key },
                };
                assert_eq!(given.count(&[counter], now).await, expected, "{limit:?} {state:?}");
            }
        }
    }

    /// This holds for one of several counters, and for all of them.
    what_is_taken_back_and_forgotten_does_not_count(given) {
        let backoff = Counter { limit: Limit::Backoff { free: 2, longest: A_MINUTE }, ..given.counter(1, 1) };
        let [rate, other] = [given.counter(2, 60), given.counter(2, 60)];
        let all = [backoff, rate, other];
        for _ in 0..2 {
            assert_eq!(given.count(&all, NOON).await, Admission::Counted);
        }
        for counter in all {
            assert!(matches!(given.count(&[counter], NOON).await, Admission::WaitUntil { .. }));
        }
        given.settle(&[backoff, rate], &[other.key]).await;
        assert_eq!(given.count(&all, NOON).await, Admission::Counted);
        for counter in [backoff, rate] {
            assert!(matches!(given.count(&[counter], NOON).await, Admission::WaitUntil { .. }));
        }
        assert_eq!(given.count(&[other], NOON).await, Admission::Counted);
        assert!(matches!(given.count(&[other], NOON).await, Admission::WaitUntil { .. }));
        // Each has two attempts. If they are taken back one by one, nothing is left to be deleted.
        for _ in 0..2 {
            given.settle(&all, &[]).await;
        }
        assert_eq!(given.store.delete_counters(later(1_000_000), 10).await.expect("the store writes"), 0);
    }

    /// If a log-in is refused, its attempt still counts.
    a_session_that_begins_settles_its_attempt_and_one_that_does_not_begin_settles_nothing(given) {
        let ada = given.user("ada").await;
        let (new, all) = (given.new_session(ada), [given.counter(1, 60), given.counter(1, 60)]);
        let [taken_back, forgotten] = all;
        assert_eq!(given.count(&all, NOON).await, Admission::Counted);
        let settlement = Settlement { taken_back: vec![taken_back], forgotten: vec![forgotten.key] };
        for (credentials_version, begins) in [(1, false), (0, true)] {
            let settlement = settlement.clone();
            let new = NewSession { credentials_version, settlement, ..new_session(&new.0, new.1) };
            let started = given.store.start(&new, &given.activity(ada, Event::LoggedIn)).await;
            assert_eq!(started.is_ok(), begins);
            for counter in all {
                assert_eq!(given.count(&[counter], NOON).await == Admission::Counted, begins);
            }
        }
    }

    /// It creates nothing.
    settling_what_is_not_there_is_harmless(given) {
        let [one, other] = [given.counter(1, 60), given.counter(1, 60)];
        given.settle(&[one], &[other.key]).await;
        given.settle(&[], &[]).await;
        assert_eq!(given.count(&[one, other], NOON).await, Admission::Counted);
        assert!(matches!(given.count(&[one], NOON).await, Admission::WaitUntil { .. }));
    }

    /// Counters that still hold stay.
    counters_whose_time_has_come_are_deleted_a_few_at_a_time(given) {
        for minutes in [1, 2, 3, 4] {
            assert_eq!(given.count(&[given.counter(1, 60 * minutes)], NOON).await, Admission::Counted);
        }
        for deleted in [2, 1, 0] {
            assert_eq!(given.store.delete_counters(later(3), 2).await.expect("the store writes"), deleted);
        }
        assert_eq!(given.store.delete_counters(later(4), 9).await.expect("the store writes"), 1);
    }
}
