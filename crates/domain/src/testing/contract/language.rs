//! The rules that a store keeps in addition if it saves languages: [`language_contract!`](crate::language_contract) makes a test of
//! each rule.

use super::{Given, LONGEST_TAG, language, name};
use crate::language::Language;
use crate::repository::{LanguageRepository, Store};
use crate::user::{NewUser, UserId};

/// Makes one test of each rule for languages, as [`store_contract!`](crate::store_contract) does of those for every store.
///
/// ```
/// mod memory {
///     use doorward_domain::testing::MemoryStore;
///     doorward_domain::language_contract!(pollster::test, MemoryStore::default());
/// }
/// ```
#[macro_export]
macro_rules! language_contract {
    ($test:path, $fresh_store:expr) => {
        use $crate::testing::contract::language as rules;

        $crate::store_contract!(@rules $test, $fresh_store;
            a_saved_language_is_found_with_its_user_and_no_other,
            a_language_takes_the_place_of_the_one_before,
            the_language_of_a_user_who_is_gone_is_saved_nowhere,
        );
    };
}

impl<S: Store + LanguageRepository> Given<'_, S> {
    async fn save(&self, user: UserId, tag: &str) {
        self.store.save_language(user, &language(tag)).await.expect("the store writes");
    }

    /// The user's language, found by the name and by the id.
    async fn languages(&self, username: &str) -> [Option<Language>; 2] {
        let by_name = self.store.find_by_username(&name(username)).await.expect("the store reads");
        let by_name = by_name.expect("the user is there").user;
        let by_id = self.store.find_by_id(by_name.id).await.expect("the store reads");
        [by_name.language, by_id.expect("the user is there").user.language]
    }
}

rules! {
    of impl Store + LanguageRepository;

    /// It is found by the name, by the id, and by a session that began before or after, and not with another user.
    a_saved_language_is_found_with_its_user_and_no_other(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        let before = given.session(ada).await;
        assert_eq!(given.languages("ada").await, [None, None]);
        given.save(ada, LONGEST_TAG).await;
        let saved = Some(language(LONGEST_TAG));
        assert_eq!(given.languages("ada").await, [saved.clone(), saved.clone()]);
        let after = given.session(ada).await;
        for session in [&before, &after] {
            let (_, user) = given.found(session).await.expect("the session is there");
            assert_eq!(user.language, saved);
        }
        let bobs = given.session(bob).await;
        assert_eq!(given.found(&bobs).await.expect("the session is there").1.language, None);
        assert_eq!(given.languages("bob").await, [None, None]);
    }

    /// The language of the sign-up is replaced, too, and a language may be saved again.
    a_language_takes_the_place_of_the_one_before(given) {
        let ada = NewUser { language: Some(language("de")), ..given.new_user("ada") };
        given.store.insert(&ada).await.expect("a new user is stored");
        for tag in ["pt-BR", "ar", "ar", "de"] {
            given.save(ada.id, tag).await;
            assert_eq!(given.languages("ada").await, [Some(language(tag)), Some(language(tag))]);
        }
    }

    /// This is not an error: the user may be deleted while the form is being sent.
    the_language_of_a_user_who_is_gone_is_saved_nowhere(given) {
        let gone = given.new_user("ada").id;
        given.save(gone, "de").await;
        assert_eq!(given.store.find_by_id(gone).await.expect("the store reads").map(|stored| stored.user), None);
        given.user("bob").await;
        assert_eq!(given.languages("bob").await, [None, None]);
    }
}
