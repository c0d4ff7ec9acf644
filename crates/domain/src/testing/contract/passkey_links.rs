//! The rules that a store with passkeys and one-time links keeps in addition:
//! [`passkey_link_contract!`](crate::passkey_link_contract) makes a test of each rule.

use super::{Given, hash};
use crate::link::LinkPurpose;
use crate::repository::{
    LinkRepository, LinkUse, NewLink, PasskeyRepository, PasswordRemoval, SecondFactorRepository, Store,
};
use crate::testing::fixtures::NOON;

/// Makes one test of each rule for links of users with passkeys, as [`store_contract!`](crate::store_contract) does of those for every
/// store.
///
/// ```
/// mod memory {
///     use doorward_domain::testing::MemoryStore;
///     doorward_domain::passkey_link_contract!(pollster::test, MemoryStore::default());
/// }
/// ```
#[macro_export]
macro_rules! passkey_link_contract {
    ($test:path, $fresh_store:expr) => {
        use $crate::testing::contract::passkey_links as rules;

        $crate::store_contract!(@rules $test, $fresh_store;
            a_removed_password_ends_the_links_that_end_with_the_credentials,
            a_password_that_is_set_by_a_link_leaves_passkeys,
        );
    };
}

rules! {
    of impl Store + LinkRepository + SecondFactorRepository + PasskeyRepository;

    /// Only this user's links end. Links about an address stay, as an intruder could otherwise take the remedy from the owner.
    a_removed_password_ends_the_links_that_end_with_the_credentials(given) {
        let (ada, session, _) = given.user_with_passkey("ada").await;
        let (bob, ..) = given.user_with_passkey("bob").await;
        for &purpose in LinkPurpose::ALL {
            for user in [ada, bob] {
                let link = NewLink { purpose, ..given.new_link(user, 5) };
                given.store.store_link(&link, None).await.expect("a user gets a link");
            }
        }
        let reset = given.link(ada, 5).await;
        assert_eq!(given.remove_password(1, ada, session).await.0, PasswordRemoval::Removed);
        assert!(!given.is_good(&reset).await);
        let purposes = async |user| {
            let links = given.store.links_of(user).await.expect("the store reads");
            let mut purposes: Vec<_> = links.into_iter().map(|link| link.purpose.code()).collect();
            purposes.sort_unstable();
            purposes
        };
        let mut all: Vec<_> = LinkPurpose::ALL.iter().map(|purpose| purpose.code()).collect();
        all.sort_unstable();
        let go_on = LinkPurpose::ALL.iter().filter(|purpose| !purpose.ends_with_credentials());
        let mut go_on: Vec<_> = go_on.map(|purpose| purpose.code()).collect();
        go_on.sort_unstable();
        assert_eq!((purposes(ada).await, purposes(bob).await), (go_on, all));
    }

    /// This holds even if the password had been removed.
    a_password_that_is_set_by_a_link_leaves_passkeys(given) {
        let (ada, session, new) = given.user_with_passkey("ada").await;
        let handle = given.store.user_handle(ada).await.expect("the store reads");
        assert_eq!(given.remove_password(1, ada, session).await.0, PasswordRemoval::Removed);
        let link = given.link(ada, 5).await;
        assert_eq!(given.reset(ada, &link, NOON).await, LinkUse::Used);
        assert_eq!((given.stored_hash("ada").await, given.version("ada").await), (hash("reset"), 3));
        assert_eq!(given.passkeys(ada).await, [new.passkey]);
        assert_eq!(given.factors(ada).await.recovery_codes.len(), 10);
        assert!(!given.asked_for("ada").await.is_empty());
        assert_eq!(given.store.user_handle(ada).await.expect("the store reads"), handle);
    }
}
