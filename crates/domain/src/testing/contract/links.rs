//! The rules that a store with one-time links keeps in addition: [`link_contract!`](crate::link_contract) makes a test of each rule.

use super::{Given, hash, later, name};
use crate::activity::Event;
use crate::authentication::AuthenticationMethods;
use crate::clock::Timestamp;
use crate::link::{Link, LinkHash, LinkPurpose, LinkToken};
use crate::repository::{
    AccountChange, FoundLink, LinkRepository, LinkUse, NewLink, NewSession, PasswordReset, Store, StoreLinkError,
};
use crate::testing::fixtures::{NOON, new_session};
use crate::token::TokenHash;
use crate::user::{NewUser, Standing, UserId, UserRecord};

/// Makes one test of each rule for one-time links, as [`store_contract!`](crate::store_contract) does of those for every store.
///
/// ```
/// mod memory {
///     use doorward_domain::testing::MemoryStore;
///     doorward_domain::link_contract!(pollster::test, MemoryStore::default());
/// }
/// ```
#[macro_export]
macro_rules! link_contract {
    ($test:path, $fresh_store:expr) => {
        use $crate::testing::contract::links as rules;

        $crate::store_contract!(@rules $test, $fresh_store;
            a_link_is_found_by_its_token_with_its_user_and_both_versions,
            a_link_that_nobody_made_is_not_found,
            nobody_who_is_gone_gets_a_link,
            a_new_link_ends_the_earlier_one_of_its_user_alone,
            a_reset_changes_everything_that_hangs_on_the_password_and_nobody_elses,
            a_reset_gives_a_password_to_a_user_without_one,
            a_link_is_used_once,
            a_link_is_good_until_its_end_and_not_a_moment_longer,
            a_link_ends_with_a_change_of_the_password,
            a_link_of_a_closed_user_is_good_for_nothing_until_the_account_is_reopened,
            a_link_sets_nobody_elses_password,
            a_deleted_user_has_no_links,
            the_links_of_a_user_are_told_without_their_tokens,
            links_that_ended_are_deleted_a_few_at_a_time,
        );
    };
}

const RESET: LinkPurpose = LinkPurpose::ResetPassword;

/// A link that was requested at noon and ends five minutes later.
fn reset_link(user_id: UserId) -> Link {
    Link { user_id, purpose: RESET, address: None, credentials_version: 0, requested_at: NOON, ends_at: later(5) }
}

impl<S: Store + LinkRepository> Given<'_, S> {
    /// A link that ends this number of minutes after noon.
    pub(super) fn new_link(&self, user_id: UserId, minutes: u64) -> NewLink {
        let token = LinkToken::generate(&self.entropy).expect("seeded entropy never fails").hash();
        NewLink { token, user_id, purpose: RESET, address: None, requested_at: NOON, ends_at: later(minutes) }
    }

    async fn try_to_store_link(&self, link: &NewLink) -> Result<(), StoreLinkError> {
        self.store.store_link(link, Some(&self.activity(link.user_id, Event::ResetLinkMade))).await
    }

    pub(super) async fn link(&self, user_id: UserId, minutes: u64) -> LinkHash {
        let link = self.new_link(user_id, minutes);
        self.try_to_store_link(&link).await.expect("a user gets a link");
        link.token
    }

    async fn find_link(&self, token: &LinkHash) -> Option<FoundLink> {
        self.store.find_link(token, RESET).await.expect("the store reads")
    }

    pub(super) async fn is_good(&self, token: &LinkHash) -> bool {
        self.find_link(token).await.is_some_and(|found| found.is_good_at(NOON))
    }

    async fn session_of_version(&self, user_id: UserId, credentials_version: i64) -> TokenHash {
        let (session, token) = self.new_session(user_id);
        let new = NewSession { credentials_version, ..new_session(&session, token) };
        self.store.start(&new, &self.activity(user_id, Event::LoggedIn)).await.expect("an active user gets a session");
        token
    }

    pub(super) async fn reset(&self, user_id: UserId, link: &LinkHash, at: Timestamp) -> LinkUse {
        let reset = PasswordReset { user_id, link: *link, hash: hash("reset") };
        let activity = self.activity_at(at, user_id, Event::PasswordReset);
        self.store.reset_password(&reset, &activity).await.expect("the store writes")
    }
}

rules! {
    of impl Store + LinkRepository;

    /// One read returns all of it. The link's version is that of the credentials when the link was made.
    a_link_is_found_by_its_token_with_its_user_and_both_versions(given) {
        let ada = given.user("Ada").await;
        let session = given.session(ada).await;
        let changed = given.change_password(ada, 0, given.id_of(&session).await, &given.token()).await;
        assert_eq!(changed, AccountChange::Made);
        let token = given.link(ada, 5).await;
        let found = given.find_link(&token).await.expect("it is there");
        let link = Link { credentials_version: 1, ..reset_link(ada) };
        let user = UserRecord { id: ada, username: name("Ada"), standing: Standing::Active, created_at: NOON, language: None, second_factors: AuthenticationMethods::NONE };
        assert_eq!(found, FoundLink { link, user, credentials_version: 1 });
        assert_eq!(given.find_link(&token).await, Some(found), "to find it changes nothing");
        assert_eq!(given.events(ada).await, [Event::LoggedIn, Event::PasswordChanged, Event::ResetLinkMade]);
    }

    /// The store returns `None`, not an error.
    a_link_that_nobody_made_is_not_found(given) {
        let ada = given.user("ada").await;
        given.link(ada, 5).await;
        let unknown = given.new_link(ada, 5).token;
        assert_eq!(given.find_link(&unknown).await, None);
        assert_eq!(given.reset(ada, &unknown, NOON).await, LinkUse::Expired);
        assert_eq!(given.stored_hash("ada").await, hash("ada"));
    }

    /// This is a refusal, not a failure of the store, and nothing is kept.
    nobody_who_is_gone_gets_a_link(given) {
        let link = given.new_link(given.new_user("nobody").id, 5);
        let refusal = given.try_to_store_link(&link).await;
        assert!(matches!(refusal, Err(StoreLinkError::NoSuchUser)), "{refusal:?}");
        assert_eq!(given.find_link(&link.token).await, None);
        assert_eq!(given.events(link.user_id).await, []);
    }

    /// An old link that is found later is no longer good.
    a_new_link_ends_the_earlier_one_of_its_user_alone(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let [earlier, bobs] = [given.link(ada, 5).await, given.link(bob, 5).await];
        let newer = given.link(ada, 3).await;
        assert_eq!(given.find_link(&earlier).await, None);
        assert!(given.is_good(&newer).await && given.is_good(&bobs).await);
    }

    /// One step replaces the hash, changes the version, ends all sessions, links and known devices, and records the activity.
    a_reset_changes_everything_that_hangs_on_the_password_and_nobody_elses(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let [adas, second, bobs] = [given.session(ada).await, given.session(ada).await, given.session(bob).await];
        let [device, bobs_device] = [given.device(ada, 1).await.1, given.device(bob, 1).await.1];
        let [link, bobs_link] = [given.link(ada, 5).await, given.link(bob, 5).await];
        assert_eq!(given.reset(ada, &link, later(4)).await, LinkUse::Used);
        assert_eq!((given.stored_hash("ada").await, given.version("ada").await), (hash("reset"), 1));
        assert!(!given.lives(&adas).await && !given.lives(&second).await);
        assert_eq!(given.find_device(&[device]).await, None);
        assert_eq!(given.find_link(&link).await, None);
        let newest = given.store.activity_of(ada, None, 1).await.expect("the store reads");
        let newest: Vec<_> = newest.into_iter().map(|activity| (activity.event, activity.at)).collect();
        assert_eq!(newest, [(Event::PasswordReset, later(4))]);
        assert_eq!((given.stored_hash("bob").await, given.version("bob").await), (hash("bob"), 0));
        assert!(given.lives(&bobs).await && given.find_device(&[bobs_device]).await.is_some());
        assert!(given.is_good(&bobs_link).await);
    }

    /// An operator may have created such a user, or an import.
    a_reset_gives_a_password_to_a_user_without_one(given) {
        let user = NewUser { password_hash: None, ..given.new_user("ada") };
        given.store.insert(&user).await.expect("a new user is stored");
        let link = given.link(user.id, 5).await;
        assert_eq!(given.reset(user.id, &link, NOON).await, LinkUse::Used);
        assert_eq!((given.stored_hash("ada").await, given.version("ada").await), (hash("reset"), 1));
    }

    /// The second use changes nothing and records no activity.
    a_link_is_used_once(given) {
        let ada = given.user("ada").await;
        let link = given.link(ada, 5).await;
        assert_eq!(given.reset(ada, &link, NOON).await, LinkUse::Used);
        let session = given.session_of_version(ada, 1).await;
        assert_eq!(given.reset(ada, &link, NOON).await, LinkUse::Expired);
        assert_eq!(given.version("ada").await, 1);
        assert!(given.lives(&session).await);
        assert_eq!(given.events(ada).await, [Event::LoggedIn, Event::PasswordReset, Event::ResetLinkMade]);
    }

    /// The activity's time counts, to the microsecond.
    a_link_is_good_until_its_end_and_not_a_moment_longer(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let [adas, bobs] = [given.link(ada, 5).await, given.link(bob, 5).await];
        assert_eq!(given.reset(ada, &adas, later(5)).await, LinkUse::Expired);
        let just_before = Timestamp::from_unix_micros(later(5).as_unix_micros() - 1);
        assert_eq!(given.reset(bob, &bobs, just_before).await, LinkUse::Used);
        assert_eq!((given.version("ada").await, given.version("bob").await), (0, 1));
        assert!(given.is_good(&adas).await, "a refusal changes nothing");
    }

    /// The change ends it without a call to this port.
    a_link_ends_with_a_change_of_the_password(given) {
        let ada = given.user("ada").await;
        let (session, link) = (given.session(ada).await, given.link(ada, 5).await);
        let changed = given.change_password(ada, 0, given.id_of(&session).await, &given.token()).await;
        assert_eq!(changed, AccountChange::Made);
        assert!(!given.is_good(&link).await);
        assert_eq!(given.reset(ada, &link, NOON).await, LinkUse::Expired);
        assert_eq!((given.stored_hash("ada").await, given.version("ada").await), (hash("changed"), 1));
    }

    /// A link can be made for a closed user all the same.
    a_link_of_a_closed_user_is_good_for_nothing_until_the_account_is_reopened(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let before = given.link(ada, 5).await;
        for user in [ada, bob] {
            given.close(user).await;
        }
        for (user, link) in [(ada, before), (bob, given.link(bob, 5).await)] {
            assert!(!given.is_good(&link).await);
            assert_eq!(given.reset(user, &link, NOON).await, LinkUse::Expired);
            given.reopen(user).await;
            assert!(given.is_good(&link).await);
            assert_eq!(given.reset(user, &link, NOON).await, LinkUse::Used);
        }
    }

    /// A reset with another user's link is refused.
    a_link_sets_nobody_elses_password(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let adas = given.link(ada, 5).await;
        assert_eq!(given.reset(bob, &adas, NOON).await, LinkUse::Expired);
        assert_eq!((given.stored_hash("ada").await, given.stored_hash("bob").await), (hash("ada"), hash("bob")));
        assert!(given.is_good(&adas).await);
    }

    /// They are deleted in the step that deletes the user.
    a_deleted_user_has_no_links(given) {
        let ada = given.user("ada").await;
        let (session, link) = (given.session(ada).await, given.link(ada, 5).await);
        let deleted = given.delete(ada, given.id_of(&session).await, 0, later(60)).await;
        assert_eq!(deleted, AccountChange::Made);
        assert_eq!(given.find_link(&link).await, None);
        assert_eq!(given.reset(ada, &link, NOON).await, LinkUse::Expired);
        assert_eq!(given.store.delete_links(later(60), 9).await.expect("the store writes"), 0);
    }

    /// Links of other users are not listed.
    the_links_of_a_user_are_told_without_their_tokens(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        given.link(ada, 5).await;
        let links = async |user| given.store.links_of(user).await.expect("the store reads");
        assert_eq!(links(ada).await, [reset_link(ada)]);
        assert_eq!(links(bob).await, []);
    }

    /// Links that are good stay.
    links_that_ended_are_deleted_a_few_at_a_time(given) {
        let mut last = None;
        for (minutes, username) in [(1, "ada"), (2, "bob"), (3, "carol"), (4, "dan")] {
            last = Some(given.link(given.user(username).await, minutes).await);
        }
        for deleted in [2, 1, 0] {
            assert_eq!(given.store.delete_links(later(3), 2).await.expect("the store writes"), deleted);
        }
        assert!(given.is_good(&last.expect("there were some")).await);
    }
}
