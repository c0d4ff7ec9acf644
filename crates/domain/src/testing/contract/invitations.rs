//! The rules that a store with invitations keeps in addition: [`invitation_contract!`](crate::invitation_contract) makes a test of
//! each rule.

use std::num::NonZeroU32;

use super::{Given, hash, language, later};
use crate::clock::Timestamp;
use crate::invitation::Invitation;
use crate::link::{LinkHash, LinkToken};
use crate::repository::{InsertInvitedError, InvitationRepository, NewInvitation, Store};
use crate::testing::fixtures::NOON;
use crate::user::NewUser;

/// Makes one test of each rule for invitations, as [`store_contract!`](crate::store_contract) does of those for every store.
///
/// ```
/// mod memory {
///     use doorward_domain::testing::MemoryStore;
///     doorward_domain::invitation_contract!(pollster::test, MemoryStore::default());
/// }
/// ```
#[macro_export]
macro_rules! invitation_contract {
    ($test:path, $fresh_store:expr) => {
        use $crate::testing::contract::invitations as rules;

        $crate::store_contract!(@rules $test, $fresh_store;
            an_invitation_is_found_by_its_token,
            an_invitation_that_nobody_made_invites_nobody,
            who_is_invited_is_stored_whole_and_uses_the_invitation_once,
            no_more_sign_up_by_an_invitation_than_it_has_uses,
            a_name_that_is_taken_or_reserved_uses_nothing_up,
            an_invitation_is_good_until_its_end_and_not_a_moment_longer,
            invitations_that_ended_or_are_used_up_are_deleted_a_few_at_a_time,
        );
    };
}

impl<S: Store + InvitationRepository> Given<'_, S> {
    /// An invitation that has this number of uses and ends this number of minutes after noon.
    async fn invitation(&self, uses: u32, minutes: u64) -> LinkHash {
        let token = self.unknown_invitation();
        let uses = NonZeroU32::new(uses).expect("it has uses");
        let invitation = NewInvitation { token, uses, ends_at: later(minutes) };
        self.store.store_invitation(&invitation).await.expect("the store writes");
        token
    }

    fn unknown_invitation(&self) -> LinkHash {
        LinkToken::generate(&self.entropy).expect("seeded entropy never fails").hash()
    }

    async fn uses_left(&self, token: &LinkHash) -> u32 {
        let found = self.store.find_invitation(token).await.expect("the store reads");
        found.map_or(0, |found| found.uses_left)
    }

    async fn accept(&self, username: &str, invitation: &LinkHash, at: Timestamp) -> Result<(), InsertInvitedError> {
        let user = NewUser { created_at: at, ..self.new_user(username) };
        self.store.insert_invited(&user, invitation).await
    }

    async fn has_expired(&self, username: &str, invitation: &LinkHash, at: Timestamp) -> bool {
        matches!(self.accept(username, invitation, at).await, Err(InsertInvitedError::InvitationExpired))
    }
}

rules! {
    of impl Store + InvitationRepository;

    /// It may have the largest number of uses, and its end is kept to the microsecond.
    an_invitation_is_found_by_its_token(given) {
        let [token, _] = [given.invitation(u32::MAX, 5).await, given.invitation(1, 6).await];
        for _ in 0..2 {
            let found = given.store.find_invitation(&token).await.expect("the store reads");
            assert_eq!(found, Some(Invitation { uses_left: u32::MAX, ends_at: later(5) }));
        }
    }

    /// A search returns `None`, not an error, and a sign-up with it stores no user.
    an_invitation_that_nobody_made_invites_nobody(given) {
        given.invitation(1, 5).await;
        let unknown = given.unknown_invitation();
        assert_eq!(given.store.find_invitation(&unknown).await.expect("the store reads"), None);
        assert!(given.has_expired("ada", &unknown, NOON).await);
        assert!(given.is_free("ada", NOON).await);
    }

    /// An invited user is stored like every other.
    who_is_invited_is_stored_whole_and_uses_the_invitation_once(given) {
        let (invitation, other) = (given.invitation(3, 5).await, given.invitation(3, 5).await);
        let (signed_up_in, language) = (Some(given.browser()), Some(language("de")));
        let new = NewUser { signed_up_in, language, ..given.new_user("Ada") };
        given.store.insert_invited(&new, &invitation).await.expect("who is invited is stored");
        let found = given.store.find_by_username(&new.username).await.expect("the store reads").expect("it is there");
        assert_eq!((found.user.id, found.user.created_at, found.user.language), (new.id, new.created_at, new.language));
        assert_eq!((found.password_hash, found.signed_up_in), (new.password_hash, new.signed_up_in));
        assert_eq!((given.uses_left(&invitation).await, given.uses_left(&other).await), (2, 3));
    }

    /// The refusal is the same whether or not the name is free, so it does not reveal which names are taken.
    no_more_sign_up_by_an_invitation_than_it_has_uses(given) {
        let invitation = given.invitation(2, 5).await;
        for username in ["ada", "bob"] {
            given.accept(username, &invitation, NOON).await.expect("who is invited is stored");
        }
        for username in ["carol", "ada"] {
            assert!(given.has_expired(username, &invitation, NOON).await, "{username}");
        }
        assert!(given.is_free("carol", NOON).await);
        assert_eq!(given.stored_hash("ada").await, hash("ada"));
    }

    /// The visitor can then try another name.
    a_name_that_is_taken_or_reserved_uses_nothing_up(given) {
        let (invitation, ada) = (given.invitation(1, 5).await, given.user("ada").await);
        given.rename(ada, "augusta", later(60)).await.expect("the name is free");
        for taken in ["ada", "ADA", "augusta", "Augusta"] {
            let refusal = given.accept(taken, &invitation, NOON).await;
            assert!(matches!(refusal, Err(InsertInvitedError::UsernameTaken)), "{refusal:?}");
        }
        assert_eq!(given.uses_left(&invitation).await, 1);
        given.accept("bob", &invitation, NOON).await.expect("who is invited is stored");
    }

    /// The time of the sign-up counts, to the microsecond.
    an_invitation_is_good_until_its_end_and_not_a_moment_longer(given) {
        let invitation = given.invitation(2, 5).await;
        assert!(given.has_expired("ada", &invitation, later(5)).await);
        let just_before = Timestamp::from_unix_micros(later(5).as_unix_micros() - 1);
        given.accept("ada", &invitation, just_before).await.expect("who is invited is stored");
        assert_eq!(given.uses_left(&invitation).await, 1);
    }

    /// Invitations that are good stay.
    invitations_that_ended_or_are_used_up_are_deleted_a_few_at_a_time(given) {
        let good = given.invitation(2, 4).await;
        for (username, minutes) in [("ada", 2), ("bob", 3)] {
            let used = given.invitation(1, 9).await;
            given.accept(username, &used, NOON).await.expect("who is invited is stored");
            given.invitation(1, minutes).await;
        }
        let mut deleted = 0;
        loop {
            let more = given.store.delete_invitations(later(3), 3).await.expect("the store writes");
            assert!(more <= 3);
            deleted += more;
            if more == 0 {
                break;
            }
        }
        // A store may delete an invitation as soon as it is used up.
        assert!(deleted == 4 || deleted == 2, "{deleted}");
        assert_eq!(given.uses_left(&good).await, 2);
    }
}
