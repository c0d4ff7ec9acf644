//! The rules that a store keeps in addition if it imports users of another system with their addresses:
//! [`email_import_contract!`](crate::email_import_contract) makes a test of each rule.

use super::emails::address;
use super::user_import::FILE;
use super::{Given, later, name};
use crate::email_address::EmailAddress;
use crate::repository::{
    EmailRepository, EmailState, Emails, ImportBatch, ImportUsersError, OutboxRepository, Store, UserImportRepository,
    UserToImport,
};
use crate::user::UserId;
use crate::user_import::{ExistingUsers, Imported, ImportedEmail};

/// Makes one test of each rule for imports with addresses, as [`store_contract!`](crate::store_contract) does of those for every store.
///
/// ```
/// mod memory {
///     use doorward_domain::testing::MemoryStore;
///     doorward_domain::email_import_contract!(pollster::test, MemoryStore::default());
/// }
/// ```
#[macro_export]
macro_rules! email_import_contract {
    ($test:path, $fresh_store:expr) => {
        use $crate::testing::contract::email_import as rules;

        $crate::store_contract!(@rules $test, $fresh_store;
            imported_addresses_are_kept_in_their_states_without_a_mail,
            verified_addresses_and_usernames_are_taken_and_pending_ones_are_not,
            a_batch_with_a_taken_address_is_left_whole,
            a_pending_address_may_be_anybodys,
            who_has_the_name_already_keeps_their_addresses,
            five_hundred_addresses_are_taken_in_at_once,
        );
    };
}

impl<S: Store + UserImportRepository + EmailRepository + OutboxRepository> Given<'_, S> {
    fn with_email(&self, username: &str, to: &str, state: EmailState) -> UserToImport {
        UserToImport { email: Some(ImportedEmail { address: address(to), state }), ..self.to_import(username) }
    }

    /// Imports the users as the first batch of an import.
    async fn try_to_import(
        &self,
        users: Vec<UserToImport>,
        existing: ExistingUsers,
    ) -> Result<Imported, ImportUsersError> {
        let done_after = users.len() as u64;
        self.store.import_users(&ImportBatch { id: FILE, done_before: 0, done_after, users, existing }).await
    }

    /// Imports the users in a new import.
    async fn import_anew(&self, users: Vec<UserToImport>, existing: ExistingUsers) -> Imported {
        self.store.end_import(&FILE).await.expect("the store writes");
        self.try_to_import(users, existing).await.expect("the users are taken in")
    }

    async fn emails_by_name(&self, username: &str) -> Emails {
        let found = self.store.find_by_username(&name(username)).await.expect("the store reads").expect("it is there");
        self.store.emails_of(found.user.id).await.expect("the store reads")
    }

    async fn owner_of(&self, to: &str) -> Option<UserId> {
        let found = self.store.find_by_email(&address(to)).await.expect("the store reads");
        found.map(|user| user.id)
    }
}

fn spellings(addresses: &[EmailAddress]) -> Vec<&str> {
    addresses.iter().map(EmailAddress::as_str).collect()
}

rules! {
    of impl Store + UserImportRepository + EmailRepository + OutboxRepository;

    /// No user is deleted because of a pending address that was imported. A user without an address gets none.
    imported_addresses_are_kept_in_their_states_without_a_mail(given) {
        let users = vec![
            given.with_email("ada", "Ada@Example.org", EmailState::Verified),
            given.with_email("bob", "bob@example.org", EmailState::Pending),
            given.to_import("carol"),
        ];
        let ada = users.first().map(|import| import.user.id);
        assert_eq!(given.import_anew(users, ExistingUsers::Fail).await.created, 3);
        let adas = given.emails_by_name("ada").await;
        assert_eq!(adas.verified.map(|address| address.as_str().to_owned()), Some("Ada@Example.org".to_owned()));
        assert_eq!(adas.pending, None);
        let bobs = Emails { verified: None, pending: Some(address("bob@example.org")) };
        assert_eq!((given.emails_by_name("bob").await, given.emails_by_name("carol").await), (bobs, Emails::default()));
        assert_eq!((given.owner_of("ADA@example.org").await, given.owner_of("bob@example.org").await), (ada, None));
        assert!(given.queued().await.is_empty());
        assert_eq!(given.store.delete_unverified(later(1_000_000), 9).await.expect("the store writes"), 0);
    }

    /// Case does not count.
    verified_addresses_and_usernames_are_taken_and_pending_ones_are_not(given) {
        given.user("Carol@example.org").await;
        let users = vec![
            given.with_email("ada", "Ada@Example.org", EmailState::Verified),
            given.with_email("bob", "bob@example.org", EmailState::Pending),
        ];
        given.import_anew(users, ExistingUsers::Fail).await;
        let asked = ["ADA@example.org", "bob@example.org", "carol@Example.org", "dan@example.org"].map(address);
        let taken = given.store.taken_emails(&asked).await.expect("the store reads");
        assert_eq!(spellings(&taken), ["ADA@example.org", "carol@Example.org"]);
        assert_eq!(given.store.taken_emails(&[]).await.expect("the store reads"), []);
    }

    /// The batch is refused for every kind of [`ExistingUsers`], and the refusal names all taken addresses.
    a_batch_with_a_taken_address_is_left_whole(given) {
        given.user("carol@example.org").await;
        let ada = given.with_email("ada", "ada@example.org", EmailState::Verified);
        given.import_anew(vec![ada], ExistingUsers::Fail).await;
        given.store.end_import(&FILE).await.expect("the store writes");
        for existing in [ExistingUsers::Fail, ExistingUsers::Skip, ExistingUsers::UpdateHash] {
            let users = vec![
                given.with_email("bob", "bob@example.org", EmailState::Verified),
                given.with_email("eve", "ADA@example.org", EmailState::Verified),
                given.with_email("mallory", "Carol@example.org", EmailState::Verified),
            ];
            let refusal = given.try_to_import(users, existing).await;
            let is_told = matches!(&refusal, Err(ImportUsersError::EmailsTaken(taken))
                if spellings(taken) == ["ADA@example.org", "Carol@example.org"]);
            assert!(is_told, "{existing:?}: {refusal:?}");
            let bob = given.store.find_by_username(&name("bob")).await.expect("the store reads");
            assert!(bob.is_none(), "{existing:?}");
            assert_eq!((given.owner_of("bob@example.org").await, given.progress().await), (None, None));
        }
    }

    /// A pending address gives no rights, so several users may have it, even if another user has verified it.
    a_pending_address_may_be_anybodys(given) {
        given.user("carol@example.org").await;
        let users = vec![
            given.with_email("ada", "ada@example.org", EmailState::Verified),
            given.with_email("bob", "ada@example.org", EmailState::Pending),
            given.with_email("eve", "ada@example.org", EmailState::Pending),
            given.with_email("dan", "carol@example.org", EmailState::Pending),
        ];
        let ada = users.first().map(|import| import.user.id);
        assert_eq!(given.import_anew(users, ExistingUsers::Fail).await.created, 4);
        assert_eq!(given.owner_of("ada@example.org").await, ada);
        assert_eq!(given.emails_by_name("bob").await.pending, Some(address("ada@example.org")));
    }

    /// They keep their own address, or none, even if the import has another one, which may be another user's.
    who_has_the_name_already_keeps_their_addresses(given) {
        given.user("carol").await;
        let users = vec![
            given.with_email("ada", "ada@example.org", EmailState::Verified),
            given.with_email("bob", "bob@example.org", EmailState::Pending),
        ];
        given.import_anew(users, ExistingUsers::Fail).await;
        let before = [given.emails_by_name("ada").await, given.emails_by_name("bob").await];
        for existing in [ExistingUsers::Skip, ExistingUsers::UpdateHash] {
            let mut users = vec![
                given.with_email("ADA", "other@example.org", EmailState::Verified),
                given.with_email("bob", "ada@example.org", EmailState::Verified),
                given.with_email("carol", "carol@example.org", EmailState::Verified),
            ];
            for import in &mut users {
                import.user.password_hash = Some(super::hash("another"));
            }
            let imported = given.import_anew(users, existing).await;
            let updated = if existing == ExistingUsers::UpdateHash { 3 } else { 0 };
            assert_eq!(imported, Imported { created: 0, updated, skipped: 3 - updated }, "{existing:?}");
            assert_eq!([given.emails_by_name("ada").await, given.emails_by_name("bob").await], before);
            assert_eq!(given.emails_by_name("carol").await, Emails::default());
            assert_eq!(given.owner_of("carol@example.org").await, None);
        }
    }

    /// The use case imports at most this number at once; here they have the longest addresses.
    five_hundred_addresses_are_taken_in_at_once(given) {
        let labels = ["a".repeat(63), "b".repeat(63), "c".repeat(57)].join(".");
        let addresses: Vec<_> = (0..500).map(|number| format!("{number:0>64}@{labels}.org")).collect();
        let users = (0..).zip(&addresses);
        let users: Vec<_> =
            users.map(|(number, to)| given.with_email(&format!("user{number}"), to, EmailState::Verified)).collect();
        let ids: Vec<_> = users.iter().map(|import| import.user.id).collect();
        assert_eq!(given.import_anew(users, ExistingUsers::Fail).await.created, 500);
        let asked: Vec<_> = addresses.iter().map(|to| address(to)).collect();
        assert_eq!(given.store.taken_emails(&asked).await.expect("the store reads"), asked);
        let found = given.store.emails_of_users(&ids).await.expect("the store reads");
        assert_eq!(found.len(), 500);
    }
}
