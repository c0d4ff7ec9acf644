//! The rules that a store with addresses keeps in addition: [`email_contract!`](crate::email_contract) makes a test of each rule.

use super::{Given, later};
use crate::activity::{Activity, Event, Notice};
use crate::clock::Timestamp;
use crate::email_address::EmailAddress;
use crate::link::{LinkHash, LinkPurpose, LinkToken};
use crate::mail::{Mail, MailKind};
use crate::repository::{
    EmailChange, EmailGiving, EmailLinkUse, EmailRepository, EmailSetting, EmailState, EmailUndo, EmailVerification,
    Emails, LinkRepository, LinkUse, NewLink, NewMail, OutboxRepository, PasswordReset, SetEmail, Store,
    StoreLinkError,
};
use crate::testing::fixtures::NOON;
use crate::user::{NewEmail, NewUser, UserId};

/// Makes one test of each rule for addresses, as [`store_contract!`](crate::store_contract) does of those for every store.
///
/// ```
/// mod memory {
///     use doorward_domain::testing::MemoryStore;
///     doorward_domain::email_contract!(pollster::test, MemoryStore::default());
/// }
/// ```
#[macro_export]
macro_rules! email_contract {
    ($test:path, $fresh_store:expr) => {
        use $crate::testing::contract::emails as rules;

        $crate::store_contract!(@rules $test, $fresh_store;
            a_new_user_has_the_address_pending_and_a_mail_to_it,
            a_verified_address_finds_its_user_in_any_spelling_and_a_pending_one_nobody,
            the_addresses_of_many_users_are_read_at_once,
            an_address_is_given_by_a_session_alone_with_both_mails,
            an_address_is_verified_by_its_link_once,
            an_address_that_was_given_after_the_link_is_not_verified_by_it,
            the_first_of_two_users_to_verify_an_address_has_it,
            a_verified_address_in_the_place_of_another_ends_links_to_set_a_password,
            an_address_is_rejected_by_its_link_once,
            an_address_is_put_back_with_everything_ended_and_a_link_to_set_a_password,
            a_link_to_put_an_address_back_outlives_another_password,
            links_to_put_addresses_back_stand_beside_each_other,
            what_puts_an_address_back_ends_what_would_undo_it_and_nothing_from_before,
            links_of_one_mail_stand_beside_each_other_and_a_later_one_ends_them,
            an_operator_gives_an_address_that_nobody_else_has_verified,
            an_operators_verified_address_ends_what_would_put_another_back,
            a_link_to_set_a_password_is_good_while_its_address_is_the_verified_one,
            a_reset_leaves_no_address_pending_beside_a_verified_one,
            who_does_not_verify_in_time_is_deleted_a_few_at_a_time,
        );
    };
}

pub(super) fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("the contract's addresses are fit")
}

fn pending(text: &str) -> Emails {
    Emails { verified: None, pending: Some(address(text)) }
}

fn verified(text: &str) -> Emails {
    Emails { verified: Some(address(text)), pending: None }
}

impl<S: Store + EmailRepository + LinkRepository + OutboxRepository> Given<'_, S> {
    fn new_mail(&self, kind: MailKind, user_id: UserId, to: &str) -> NewMail {
        NewMail { mail: self.mail(kind, user_id, to), limits: Vec::new() }
    }

    fn user_with(&self, username: &str, to: &str, verify_by: Option<Timestamp>) -> NewUser {
        let user = self.new_user(username);
        let mail = self.new_mail(MailKind::VerifyEmail, user.id, to);
        NewUser { email: Some(NewEmail { address: address(to), verify_by, mail }), ..user }
    }

    async fn emails(&self, user: UserId) -> Emails {
        self.store.emails_of(user).await.expect("the store reads")
    }

    async fn owner(&self, text: &str) -> Option<UserId> {
        let found = self.store.find_by_email(&address(text)).await.expect("the store reads");
        found.map(|user| user.id)
    }

    /// A user with this address pending.
    async fn newcomer(&self, username: &str, to: &str) -> UserId {
        let user = self.user_with(username, to, None);
        self.store.insert(&user).await.expect("a new user is stored");
        user.id
    }

    fn new_link_to(&self, purpose: LinkPurpose, user_id: UserId, to: &str, requested_at: Timestamp) -> NewLink {
        let token = LinkToken::generate(&self.entropy).expect("seeded entropy never fails").hash();
        NewLink { token, user_id, purpose, address: Some(address(to)), requested_at, ends_at: later(60) }
    }

    async fn link_to(&self, purpose: LinkPurpose, user_id: UserId, to: &str) -> LinkHash {
        let link = self.new_link_to(purpose, user_id, to, NOON);
        self.store.store_link(&link, None).await.expect("a user gets a link");
        link.token
    }

    async fn is_there(&self, link: &LinkHash, purpose: LinkPurpose) -> bool {
        let found = self.store.find_link(link, purpose).await.expect("the store reads");
        found.is_some_and(|found| found.is_good_at(NOON))
    }

    async fn verify(&self, user_id: UserId, link: &LinkHash, to: &str, former: Option<&str>) -> EmailLinkUse {
        let mail_to_former = former.map(|former| self.new_mail(MailKind::UndoEmail, user_id, former));
        let (address, former) = (address(to), former.map(address));
        let verification = EmailVerification { user_id, link: *link, address, former, mail_to_former };
        let activity = self.activity_at(later(5), user_id, Event::EmailVerified);
        self.store.verify_email(&verification, &activity).await.expect("the store writes")
    }

    async fn kinds(&self) -> Vec<MailKind> {
        self.queued().await.into_iter().map(|queued| queued.mail.kind).collect()
    }

    fn undo(&self, user_id: UserId, link: &LinkHash, to: &str) -> EmailUndo {
        let reset = self.new_link_to(LinkPurpose::ResetPassword, user_id, to, later(5));
        EmailUndo { user_id, link: *link, address: address(to), reset }
    }

    async fn undone(&self, undo: &EmailUndo) -> EmailLinkUse {
        let activity = self.activity_at(later(5), undo.user_id, Event::EmailUndone);
        self.store.undo_email(undo, &activity).await.expect("the store writes")
    }

    async fn set(&self, user_id: UserId, to: &str, state: EmailState) -> SetEmail {
        let setting = EmailSetting { user_id, address: address(to), state, mail: None };
        let activity = self.activity(user_id, Event::EmailSetByOperator);
        self.store.set_email(&setting, &activity).await.expect("the store writes")
    }
}

rules! {
    of impl Store + EmailRepository + LinkRepository + OutboxRepository;

    /// Both are stored in the step that stores the user. A user who is refused gets no mail.
    a_new_user_has_the_address_pending_and_a_mail_to_it(given) {
        let ada = given.newcomer("ada", "Ada@Example.org").await;
        assert_eq!(given.emails(ada).await, pending("ada@example.org"));
        assert_eq!(given.emails(ada).await.pending.expect("it is there").as_str(), "Ada@Example.org");
        assert!(given.store.insert(&given.user_with("ADA", "other@example.org", None)).await.is_err());
        assert_eq!(given.kinds().await, [MailKind::VerifyEmail]);
        let nobody = given.new_user("nobody").id;
        assert_eq!(given.emails(nobody).await, Emails::default());
    }

    /// A visitor gains nothing by an address that is claimed and not proved.
    a_verified_address_finds_its_user_in_any_spelling_and_a_pending_one_nobody(given) {
        let ada = given.newcomer("ada", "ada@example.org").await;
        assert_eq!(given.owner("ada@example.org").await, None);
        given.verified(ada, "Ada@example.org").await;
        for text in ["ada@example.org", "ADA@EXAMPLE.ORG"] {
            assert_eq!(given.owner(text).await, Some(ada));
        }
        for text in ["ad@example.org", "ada@example.or", "a_a@example.org"] {
            assert_eq!(given.owner(text).await, None);
        }
    }

    /// A link for an earlier address is no longer good.
    an_address_is_given_by_a_session_alone_with_both_mails(given) {
        let ada = given.user("ada").await;
        given.verified(ada, "old@example.org").await;
        let earlier = given.link_to(LinkPurpose::VerifyEmail, ada, "other@example.org").await;
        let (session, token) = given.new_session(ada);
        let change = EmailChange {
            user_id: ada,
            session_id: session.id,
            address: address("new@example.org"),
            mail: given.new_mail(MailKind::VerifyEmail, ada, "new@example.org"),
            mail_to_former: Some(given.new_mail(MailKind::UndoEmail, ada, "old@example.org")),
        };
        let activity = given.activity(ada, Event::EmailGiven);
        let refused = given.store.give_email(&change, &activity).await.expect("the store writes");
        assert_eq!((refused, given.kinds().await), (EmailGiving::SessionEnded, Vec::new()));
        given.start(&(session, token), None).await;
        let given_now = given.store.give_email(&change, &activity).await.expect("the store writes");
        assert_eq!(given_now, EmailGiving::Given);
        let both = Emails { verified: Some(address("old@example.org")), pending: Some(address("new@example.org")) };
        assert_eq!(given.emails(ada).await, both);
        let mut kinds = given.kinds().await;
        kinds.sort_by_key(|kind| kind.code());
        assert_eq!(kinds, [MailKind::UndoEmail, MailKind::VerifyEmail]);
        assert!(!given.is_there(&earlier, LinkPurpose::VerifyEmail).await);
    }

    /// Only the user's own link counts, until its end.
    an_address_is_verified_by_its_link_once(given) {
        let (ada, bob) = (given.newcomer("ada", "ada@example.org").await, given.newcomer("bob", "ada@example.org").await);
        let link = given.link_to(LinkPurpose::VerifyEmail, ada, "ada@example.org").await;
        assert_eq!(given.verify(bob, &link, "ada@example.org", None).await, EmailLinkUse::Expired);
        let other = given.link_to(LinkPurpose::ResetPassword, ada, "ada@example.org").await;
        assert_eq!(given.verify(ada, &other, "ada@example.org", None).await, EmailLinkUse::Expired);
        assert_eq!(given.verify(ada, &link, "ada@example.org", None).await, EmailLinkUse::Used);
        assert_eq!(given.emails(ada).await, verified("ada@example.org"));
        assert_eq!(given.verify(ada, &link, "ada@example.org", None).await, EmailLinkUse::Expired);
        assert_eq!(given.events(ada).await, [Event::EmailVerified]);
        let late = given.new_link_to(LinkPurpose::VerifyEmail, bob, "ada@example.org", NOON);
        let late = NewLink { ends_at: later(5), ..late };
        given.store.store_link(&late, None).await.expect("a user gets a link");
        assert_eq!(given.verify(bob, &late.token, "ada@example.org", None).await, EmailLinkUse::Expired);
    }

    /// Only the address that the mail went to can be verified by its link.
    an_address_that_was_given_after_the_link_is_not_verified_by_it(given) {
        let ada = given.newcomer("ada", "new@example.org").await;
        let link = given.link_to(LinkPurpose::VerifyEmail, ada, "old@example.org").await;
        for claimed in ["old@example.org", "new@example.org"] {
            assert_eq!(given.verify(ada, &link, claimed, None).await, EmailLinkUse::Expired);
        }
        assert_eq!(given.emails(ada).await, pending("new@example.org"));
    }

    /// The other user is told so, and keeps the pending address.
    the_first_of_two_users_to_verify_an_address_has_it(given) {
        let (ada, bob) = (given.newcomer("ada", "a@example.org").await, given.newcomer("bob", "A@example.org").await);
        let adas = given.link_to(LinkPurpose::VerifyEmail, ada, "a@example.org").await;
        let bobs = given.link_to(LinkPurpose::VerifyEmail, bob, "A@example.org").await;
        assert_eq!(given.verify(bob, &bobs, "A@example.org", None).await, EmailLinkUse::Used);
        assert_eq!(given.verify(ada, &adas, "a@example.org", None).await, EmailLinkUse::TakenByAnother);
        assert_eq!((given.owner("a@example.org").await, given.emails(ada).await), (Some(bob), pending("a@example.org")));
    }

    /// A person who reads the former mailbox can use its links only to put the address back.
    a_verified_address_in_the_place_of_another_ends_links_to_set_a_password(given) {
        let ada = given.newcomer("ada", "new@example.org").await;
        given.verified(ada, "old@example.org").await;
        assert_eq!(given.set(ada, "new@example.org", EmailState::Pending).await, SetEmail::Set);
        let reset = given.link_to(LinkPurpose::ResetPassword, ada, "old@example.org").await;
        let undo = given.link_to(LinkPurpose::UndoEmail, ada, "old@example.org").await;
        let link = given.link_to(LinkPurpose::VerifyEmail, ada, "new@example.org").await;
        assert_eq!(given.verify(ada, &link, "new@example.org", None).await, EmailLinkUse::Expired);
        let former = Some("old@example.org");
        assert_eq!(given.verify(ada, &link, "new@example.org", former).await, EmailLinkUse::Used);
        assert_eq!(given.emails(ada).await, verified("new@example.org"));
        assert_eq!(given.owner("old@example.org").await, None);
        assert!(!given.is_there(&reset, LinkPurpose::ResetPassword).await);
        assert!(given.is_there(&undo, LinkPurpose::UndoEmail).await);
        assert!(given.kinds().await.contains(&MailKind::UndoEmail));
    }

    /// A verified address stays.
    an_address_is_rejected_by_its_link_once(given) {
        let (ada, bob) = (given.newcomer("ada", "new@example.org").await, given.newcomer("bob", "b@example.org").await);
        given.verified(ada, "old@example.org").await;
        assert_eq!(given.set(ada, "new@example.org", EmailState::Pending).await, SetEmail::Set);
        let link = given.link_to(LinkPurpose::VerifyEmail, ada, "new@example.org").await;
        let reject = async |user| {
            let activity = given.activity_at(later(5), user, Event::EmailRejected);
            given.store.reject_email(user, &link, &activity).await.expect("the store writes")
        };
        assert_eq!(reject(bob).await, LinkUse::Expired);
        assert_eq!(reject(ada).await, LinkUse::Used);
        assert_eq!(reject(ada).await, LinkUse::Expired);
        assert_eq!(given.emails(ada).await, verified("old@example.org"));
        assert_eq!(given.emails(bob).await, pending("b@example.org"));
    }

    /// One of several links to the same address is enough, and using it ends the others.
    an_address_is_put_back_with_everything_ended_and_a_link_to_set_a_password(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        given.verified(ada, "new@example.org").await;
        let (session, device) = (given.session(ada).await, given.device(ada, 1).await.1);
        let links = [
            given.link_to(LinkPurpose::UndoEmail, ada, "old@example.org").await,
            given.link_to(LinkPurpose::UndoEmail, ada, "old@example.org").await,
        ];
        let reset = given.link_to(LinkPurpose::ResetPassword, ada, "new@example.org").await;
        let [undo, second] = links.map(|link| given.undo(ada, &link, "old@example.org"));
        assert_eq!(given.undone(&EmailUndo { user_id: bob, ..undo.clone() }).await, EmailLinkUse::Expired);
        assert_eq!(given.undone(&undo).await, EmailLinkUse::Used);
        assert_eq!(given.undone(&second).await, EmailLinkUse::Expired);
        assert_eq!(given.emails(ada).await, verified("old@example.org"));
        assert_eq!((given.version("ada").await, given.version("bob").await), (1, 0));
        let has_password = async |username| {
            let found = given.store.find_by_username(&super::name(username)).await.expect("the store reads");
            found.expect("the user is there").password_hash.is_some()
        };
        assert!(!has_password("ada").await && has_password("bob").await);
        assert!(!given.lives(&session).await && given.find_device(&[device]).await.is_none());
        assert!(!given.is_there(&reset, LinkPurpose::ResetPassword).await);
        assert!(given.is_there(&undo.reset.token, LinkPurpose::ResetPassword).await);
        given.verified(bob, "taken@example.org").await;
        let link = given.link_to(LinkPurpose::UndoEmail, ada, "taken@example.org").await;
        let undo = given.undo(ada, &link, "taken@example.org");
        assert_eq!(given.undone(&undo).await, EmailLinkUse::TakenByAnother);
    }

    /// An intruder who changes the password cannot take this remedy from the owner.
    a_link_to_put_an_address_back_outlives_another_password(given) {
        let ada = given.user("ada").await;
        given.verified(ada, "new@example.org").await;
        let undo = given.link_to(LinkPurpose::UndoEmail, ada, "old@example.org").await;
        let link = given.link_to(LinkPurpose::ResetPassword, ada, "new@example.org").await;
        let hash = super::hash("reset");
        let reset = PasswordReset { user_id: ada, link, hash };
        let activity = given.activity_at(later(5), ada, Event::PasswordReset);
        let used = given.store.reset_password(&reset, &activity).await.expect("the store writes");
        assert_eq!(used, LinkUse::Used);
        let undo = given.undo(ada, &undo, "old@example.org");
        assert_eq!(given.undone(&undo).await, EmailLinkUse::Used);
    }

    /// Each link is about a change of its own, so the order in which their mails go out does not matter.
    links_to_put_addresses_back_stand_beside_each_other(given) {
        let (ada, purpose) = (given.user("ada").await, LinkPurpose::UndoEmail);
        let mut links = Vec::new();
        for (to, minutes) in [("a@example.org", 2), ("b@example.org", 1), ("a@example.org", 3), ("a@example.org", 2)] {
            let link = given.new_link_to(purpose, ada, to, later(minutes));
            given.store.store_link(&link, None).await.expect("a user gets a link");
            links.push(link.token);
        }
        for link in links {
            assert!(given.is_there(&link, purpose).await);
        }
    }

    /// Only users with an address are returned, and no unknown ones.
    the_addresses_of_many_users_are_read_at_once(given) {
        let [ada, bob] = [given.newcomer("ada", "Ada@example.org").await, given.user("bob").await];
        let [carol, dan] = [given.user("carol").await, given.user("dan").await];
        given.verified(bob, "bob@example.org").await;
        given.verified(carol, "carol@example.org").await;
        assert_eq!(given.set(carol, "c@example.org", EmailState::Pending).await, SetEmail::Set);
        given.newcomer("eve", "eve@example.org").await;
        let rejected = given.newcomer("frank", "frank@example.org").await;
        let link = given.link_to(LinkPurpose::VerifyEmail, rejected, "frank@example.org").await;
        let activity = given.activity_at(later(5), rejected, Event::EmailRejected);
        given.store.reject_email(rejected, &link, &activity).await.expect("the store writes");
        let nobody = given.new_user("nobody").id;
        let found = async |users: &[UserId]| given.store.emails_of_users(users).await.expect("the store reads");
        let mut all = found(&[carol, ada, dan, nobody, bob, rejected]).await;
        all.sort_by_key(|(user, _)| user.as_uuid());
        let both = Emails { verified: Some(address("carol@example.org")), pending: Some(address("c@example.org")) };
        let mut expected = [(ada, pending("ada@example.org")), (bob, verified("bob@example.org")), (carol, both)];
        expected.sort_by_key(|(user, _)| user.as_uuid());
        assert_eq!(all, expected);
        assert_eq!((found(&[dan, nobody]).await, found(&[]).await), (vec![], vec![]));
    }

    /// If an intruder changes the address twice and puts back one of their own, the owner can still put back the one from before.
    what_puts_an_address_back_ends_what_would_undo_it_and_nothing_from_before(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        given.verified(ada, "third@example.org").await;
        let (link, mail) = (LinkPurpose::UndoEmail, MailKind::UndoEmail);
        let changes = [("first@example.org", 1), ("second@example.org", 2), ("second@example.org", 3), ("third@example.org", 4)];
        let mut links = Vec::new();
        for (to, minutes) in changes {
            for user in [ada, bob] {
                let new = given.new_link_to(link, user, to, later(minutes));
                given.store.store_link(&new, None).await.expect("a user gets a link");
                links.push((new.token, user, to));
                let queued_at = later(minutes);
                let new = given.new_mail(mail, user, to);
                let new = NewMail { mail: Mail { queued_at, ..new.mail }, ..new };
                let activity = given.activity_at(queued_at, user, Event::EmailGiven);
                given.store.queue_mail(&new, &activity).await.expect("the store writes");
            }
        }
        let second = links.iter().find(|(_, user, to)| *user == ada && *to == "second@example.org").expect("it is there").0;
        let undo = given.undo(ada, &second, "second@example.org");
        assert_eq!(given.undone(&undo).await, EmailLinkUse::Used);
        for (token, user, to) in &links {
            let is_left = *user == bob || *to == "first@example.org";
            assert_eq!(given.is_there(token, link).await, is_left, "{to}");
        }
        let waiting = given.queued().await.into_iter().filter_map(|queued| queued.mail.recipient);
        let adas: Vec<_> = waiting.filter(|to| to.user_id == ada).map(|to| to.address).collect();
        assert_eq!(adas, [address("first@example.org")]);
        assert_eq!(given.queued().await.len(), 1 + changes.len());
    }

    /// If a mail goes out twice, it has two links, and both work.
    links_of_one_mail_stand_beside_each_other_and_a_later_one_ends_them(given) {
        let (ada, purpose) = (given.user("ada").await, LinkPurpose::ResetPassword);
        let [first, second] =
            [given.link_to(purpose, ada, "a@example.org").await, given.link_to(purpose, ada, "a@example.org").await];
        assert!(given.is_there(&first, purpose).await && given.is_there(&second, purpose).await);
        let newer = given.new_link_to(purpose, ada, "a@example.org", later(1));
        given.store.store_link(&newer, None).await.expect("a user gets a link");
        assert!(!given.is_there(&first, purpose).await && !given.is_there(&second, purpose).await);
        let stale = given.new_link_to(purpose, ada, "a@example.org", NOON);
        let refusal = given.store.store_link(&stale, None).await;
        assert!(matches!(refusal, Err(StoreLinkError::Superseded)), "{refusal:?}");
        assert!(given.is_there(&newer.token, purpose).await);
        assert_eq!(given.store.links_of(ada).await.expect("the store reads").len(), 1);
    }

    /// A user who is gone gets none.
    an_operator_gives_an_address_that_nobody_else_has_verified(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        assert_eq!(given.set(ada, "a@example.org", EmailState::Verified).await, SetEmail::Set);
        for state in [EmailState::Pending, EmailState::Verified] {
            assert_eq!(given.set(bob, "A@example.org", state).await, SetEmail::TakenByAnother);
            assert_eq!(given.set(given.new_user("nobody").id, "n@example.org", state).await, SetEmail::NoSuchUser);
        }
        assert_eq!(given.set(ada, "b@example.org", EmailState::Pending).await, SetEmail::Set);
        let both = Emails { verified: Some(address("a@example.org")), pending: Some(address("b@example.org")) };
        assert_eq!((given.emails(ada).await, given.emails(bob).await), (both, Emails::default()));
        assert_eq!(given.set(ada, "A@Example.org", EmailState::Verified).await, SetEmail::Set);
        assert_eq!(given.emails(ada).await.verified.expect("it is there").as_str(), "A@Example.org");
    }

    /// An intruder has no way back into the account after the operator has rescued it.
    an_operators_verified_address_ends_what_would_put_another_back(given) {
        let (ada, bob) = (given.user("ada").await, given.user("bob").await);
        for (user, to) in [(ada, "thief@example.org"), (bob, "bob@example.org")] {
            given.verified(user, to).await;
        }
        let [adas, bobs] = [
            given.link_to(LinkPurpose::UndoEmail, ada, "thief@example.org").await,
            given.link_to(LinkPurpose::UndoEmail, bob, "bob@example.org").await,
        ];
        for (user, to) in [(ada, "thief@example.org"), (bob, "bob@example.org")] {
            let setting = EmailSetting {
                user_id: user,
                address: address(to),
                state: EmailState::Pending,
                mail: Some(given.new_mail(MailKind::UndoEmail, user, to)),
            };
            let activity = given.activity(user, Event::EmailSetByOperator);
            given.store.set_email(&setting, &activity).await.expect("the store writes");
        }
        let notice = Notice::ByMail { ends_at: later(60) };
        let activity = Activity { notice, ..given.activity(ada, Event::EmailSetByOperator) };
        let (to, state) = (address("rescued@example.org"), EmailState::Verified);
        let setting = EmailSetting { user_id: ada, address: to, state, mail: None };
        given.store.set_email(&setting, &activity).await.expect("the store writes");
        assert!(!given.is_there(&adas, LinkPurpose::UndoEmail).await);
        assert!(given.is_there(&bobs, LinkPurpose::UndoEmail).await);
        let mut queued: Vec<_> = given
            .queued()
            .await
            .into_iter()
            .filter_map(|queued| Some((queued.mail.kind.code(), queued.mail.recipient?.address.as_str().to_owned())))
            .collect();
        queued.sort();
        let to = |kind: &'static str, text: &str| (kind, text.to_owned());
        let expected = [to("email_set_by_operator", "thief@example.org"), to("undo_email", "bob@example.org")];
        assert_eq!(queued, expected, "the notice goes to the address before");
    }

    /// A link that was being delivered while the address changed is not good for a reader of the former mailbox.
    a_link_to_set_a_password_is_good_while_its_address_is_the_verified_one(given) {
        let ada = given.user("ada").await;
        given.verified(ada, "old@example.org").await;
        for (to, expected) in [("new@example.org", LinkUse::Expired), ("OLD@example.org", LinkUse::Used)] {
            let link = given.link_to(LinkPurpose::ResetPassword, ada, to).await;
            let reset = PasswordReset { user_id: ada, link, hash: super::hash("reset") };
            let activity = given.activity_at(later(5), ada, Event::PasswordReset);
            let used = given.store.reset_password(&reset, &activity).await.expect("the store writes");
            assert_eq!(used, expected, "{to}");
        }
    }

    /// An intruder who gave an address of their own would have to get in once more to verify it.
    a_reset_leaves_no_address_pending_beside_a_verified_one(given) {
        let (ada, bob) = (given.user("ada").await, given.newcomer("bob", "bob@example.org").await);
        given.verified(ada, "ada@example.org").await;
        assert_eq!(given.set(ada, "thief@example.org", EmailState::Pending).await, SetEmail::Set);
        for user_id in [ada, bob] {
            // This is a link that an operator handed over.
            let link = given.new_link_to(LinkPurpose::ResetPassword, user_id, "ada@example.org", NOON);
            let link = NewLink { address: None, ..link };
            given.store.store_link(&link, None).await.expect("a user gets a link");
            let link = link.token;
            let reset = PasswordReset { user_id, link, hash: super::hash("reset") };
            let activity = given.activity_at(later(5), user_id, Event::PasswordReset);
            given.store.reset_password(&reset, &activity).await.expect("the store writes");
        }
        assert_eq!(given.emails(ada).await, verified("ada@example.org"));
        assert_eq!(given.emails(bob).await, pending("bob@example.org"), "an operator's link leaves a newcomer theirs");
    }

    /// Users who have verified an address, or have no time limit to do so, stay.
    who_does_not_verify_in_time_is_deleted_a_few_at_a_time(given) {
        for (username, verify_by) in [("ada", Some(1)), ("bob", Some(2)), ("carol", Some(3)), ("dan", None)] {
            let user = given.user_with(username, &format!("{username}@example.org"), verify_by.map(later));
            given.store.insert(&user).await.expect("a new user is stored");
        }
        let eve = given.user_with("eve", "eve@example.org", Some(later(1)));
        given.store.insert(&eve).await.expect("a new user is stored");
        given.verified(eve.id, "eve@example.org").await;
        given.user("frank").await;
        let deleted = async |most| given.store.delete_unverified(later(2), most).await.expect("the store writes");
        assert_eq!([deleted(1).await, deleted(9).await, deleted(9).await], [1, 1, 0]);
        for (username, is_there) in
            [("ada", false), ("bob", false), ("carol", true), ("dan", true), ("eve", true), ("frank", true)]
        {
            let found = given.store.find_by_username(&super::name(username)).await.expect("the store reads");
            assert_eq!(found.is_some(), is_there, "{username}");
        }
        assert!(given.is_free("ada", later(2)).await);
    }
}
