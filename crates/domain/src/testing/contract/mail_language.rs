//! The rules that a store keeps in addition if it saves languages and has an outbox:
//! [`mail_language_contract!`](crate::mail_language_contract) makes a test of each rule.

use super::outbox::told;
use super::{Given, language, later};
use crate::activity::Event;
use crate::repository::{EmailRepository, LanguageRepository, OutboxRepository, Store};

/// Makes one test of each rule for the languages of mails, as [`store_contract!`](crate::store_contract) does of those for every store.
///
/// ```
/// mod memory {
///     use doorward_domain::testing::MemoryStore;
///     doorward_domain::mail_language_contract!(pollster::test, MemoryStore::default());
/// }
/// ```
#[macro_export]
macro_rules! mail_language_contract {
    ($test:path, $fresh_store:expr) => {
        use $crate::testing::contract::mail_language as rules;

        $crate::store_contract!(@rules $test, $fresh_store;
            a_mail_keeps_the_language_that_was_the_users_when_it_was_queued,
        );
    };
}

rules! {
    of impl Store + EmailRepository + LanguageRepository + OutboxRepository;

    /// A mail that waits keeps its language when the user chooses another one.
    a_mail_keeps_the_language_that_was_the_users_when_it_was_queued(given) {
        let ada = given.user("ada").await;
        given.verified(ada, "ada@example.org").await;
        for (minute, tag) in [(1, "pt-BR"), (2, "ar"), (3, "de")] {
            let activity = told(given.activity_at(later(minute), ada, Event::PasswordChanged));
            given.store.record(&activity).await.expect("the store writes");
            given.store.save_language(ada, &language(tag)).await.expect("the store writes");
        }
        let recipients = given.queued().await.into_iter().filter_map(|queued| queued.mail.recipient);
        let languages: Vec<_> = recipients.map(|recipient| recipient.language).collect();
        assert_eq!(languages, [None, Some(language("pt-BR")), Some(language("ar"))]);
    }
}
