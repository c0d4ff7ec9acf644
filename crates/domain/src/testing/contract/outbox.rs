//! The rules that a store with an outbox keeps in addition: [`outbox_contract!`](crate::outbox_contract) makes a test of each rule.

use std::time::Duration;

use super::emails::address;
use super::{Given, LONGEST, LONGEST_TAG, language, later};
use crate::activity::{Activity, Event, Notice};
use crate::client::Client;
use crate::clock::Timestamp;
use crate::mail::{Mail, MailId, MailKind, Recipient};
use crate::repository::{
    AdministrationRepository, Admission, EmailRepository, EmailSetting, EmailState, NewMail, OutboxRepository,
    QueuedMail, Queueing, SetEmail, Store,
};
use crate::testing::fixtures::NOON;
use crate::throttle::Counter;
use crate::user::{NewUser, UserId};

/// Makes one test of each rule for mails that wait, as [`store_contract!`](crate::store_contract) does of those for every store.
///
/// ```
/// mod memory {
///     use doorward_domain::testing::MemoryStore;
///     doorward_domain::outbox_contract!(pollster::test, MemoryStore::default());
/// }
/// ```
#[macro_export]
macro_rules! outbox_contract {
    ($test:path, $fresh_store:expr) => {
        use $crate::testing::contract::outbox as rules;

        $crate::store_contract!(@rules $test, $fresh_store;
            a_queued_mail_comes_back_whole,
            a_mail_over_a_limit_goes_to_nobody_and_counts_nowhere,
            a_mail_is_claimed_by_one_and_due_again_when_its_lease_ends,
            the_mail_that_has_been_due_longest_is_claimed_first,
            a_mail_to_nobody_is_claimed_by_nobody_and_deleted_a_few_at_a_time,
            a_mail_is_postponed_and_finished_by_its_lease_alone,
            what_a_user_is_told_of_is_queued_with_it_and_only_to_a_verified_address,
            a_deleted_user_gets_the_one_mail_that_tells_of_it,
            what_a_user_is_told_of_is_for_somebody_who_reads_their_language,
        );
    };
}

impl<S: Store + OutboxRepository> Given<'_, S> {
    /// A mail to Ada that is queued at noon, on a request from a device with an address, and ends an hour later.
    pub(super) fn mail(&self, kind: MailKind, user_id: UserId, to: &str) -> Mail {
        let username = super::name("Ada");
        let client = Client {
            device: LONGEST,
            address: Some("2001:db8::42".parse().expect("an address")),
            browser: None,
            language: None,
        };
        Mail {
            id: MailId::new(NOON, &self.entropy).expect("seeded entropy never fails"),
            kind,
            recipient: Some(Recipient {
                user_id,
                username,
                address: address(to),
                language: Some(language(LONGEST_TAG)),
            }),
            client,
            queued_at: NOON,
            ends_at: later(60),
        }
    }

    async fn queue(&self, mail: &Mail, limits: &[Counter]) -> Queueing {
        let new = NewMail { mail: mail.clone(), limits: limits.to_vec() };
        let activity = self.activity_at(NOON, None, Event::ResetRequested);
        self.store.queue_mail(&new, &activity).await.expect("the store writes")
    }

    async fn claim(&self, now: Timestamp, until: Timestamp) -> Option<QueuedMail> {
        self.store.claim_mail(now, until).await.expect("the store reads and writes")
    }

    pub(super) async fn queued(&self) -> Vec<QueuedMail> {
        self.store.queued_mails(u32::MAX).await.expect("the store reads")
    }

    pub(super) async fn mails_to_nobody(&self) -> u32 {
        self.store.delete_mails_to_nobody(u32::MAX).await.expect("the store writes")
    }
}

impl<S: Store + EmailRepository> Given<'_, S> {
    pub(super) async fn verified(&self, user_id: UserId, to: &str) {
        let setting = EmailSetting { user_id, address: address(to), state: EmailState::Verified, mail: None };
        let activity = self.activity(user_id, Event::EmailSetByOperator);
        let set = self.store.set_email(&setting, &activity).await.expect("the store writes");
        assert_eq!(set, SetEmail::Set);
    }
}

pub(super) fn told(activity: Activity) -> Activity {
    Activity { notice: Notice::ByMail { ends_at: later(600) }, ..activity }
}

rules! {
    of impl Store + OutboxRepository + EmailRepository + AdministrationRepository;

    /// Every column is kept, and the mails come in the order of their ids.
    a_queued_mail_comes_back_whole(given) {
        let ada = given.user("ada").await;
        let first = given.mail(MailKind::ResetPassword, ada, "Ada.Lovelace+1@Example.org");
        let second = given.mail(MailKind::Notice(Event::UsernameChangedByOperator), ada, "ada@example.org");
        for mail in [&first, &second] {
            assert_eq!(given.queue(mail, &[]).await, Queueing::Queued);
        }
        let waiting = |mail: &Mail| QueuedMail { mail: mail.clone(), tries: 0, due_at: NOON };
        let mut expected = [waiting(&first), waiting(&second)];
        expected.sort_by_key(|queued| queued.mail.id);
        let queued = given.queued().await;
        assert_eq!(queued, expected);
        let spellings: Vec<_> = queued.iter().filter_map(|queued| queued.mail.recipient.as_ref()).collect();
        assert!(spellings.iter().any(|recipient| recipient.address.as_str() == "Ada.Lovelace+1@Example.org"));
        assert!(spellings.iter().all(|recipient| recipient.username.as_str() == "Ada"));
        assert_eq!(given.store.queued_mails(1).await.expect("the store reads").len(), 1);
    }

    /// The store writes as much as for a mail that goes out.
    a_mail_over_a_limit_goes_to_nobody_and_counts_nowhere(given) {
        let ada = given.user("ada").await;
        let (one, many) = (given.counter(1, 60), given.counter(9, 60));
        let mail = || given.mail(MailKind::ResetPassword, ada, "ada@example.org");
        assert_eq!(given.queue(&mail(), &[one, many]).await, Queueing::Queued);
        let free_at = NOON.plus(Duration::from_mins(1));
        assert_eq!(given.queue(&mail(), &[one, many]).await, Queueing::Limited { free_at });
        assert_eq!((given.queued().await.len(), given.mails_to_nobody().await), (1, 1));
        for _ in 0..8 {
            assert_eq!(given.count(&[many], NOON).await, Admission::Counted);
        }
        assert_ne!(given.count(&[many], NOON).await, Admission::Counted);
    }

    /// Another claim finds nothing until then. If a courier dies, its mail is claimed again.
    a_mail_is_claimed_by_one_and_due_again_when_its_lease_ends(given) {
        let ada = given.user("ada").await;
        let mail = given.mail(MailKind::VerifyEmail, ada, "ada@example.org");
        given.queue(&mail, &[]).await;
        let just_before = Timestamp::from_unix_micros(NOON.as_unix_micros() - 1);
        assert_eq!(given.claim(just_before, later(1)).await, None);
        let claimed = Some(QueuedMail { mail: mail.clone(), tries: 0, due_at: later(1) });
        assert_eq!(given.claim(NOON, later(1)).await, claimed);
        assert_eq!(given.claim(NOON, later(1)).await, None);
        let again = Some(QueuedMail { mail, tries: 0, due_at: later(2) });
        assert_eq!(given.claim(later(1), later(2)).await, again);
    }

    /// Otherwise a mail could wait for ever.
    the_mail_that_has_been_due_longest_is_claimed_first(given) {
        let ada = given.user("ada").await;
        let mails: Vec<_> = (0..3).map(|_| given.mail(MailKind::VerifyEmail, ada, "ada@example.org")).collect();
        for mail in &mails {
            given.queue(mail, &[]).await;
        }
        let first = given.claim(NOON, later(5)).await.expect("there are three");
        given.store.postpone_mail(&first, 1, later(1)).await.expect("the store writes");
        let mut others = Vec::new();
        for _ in 0..2 {
            others.push(given.claim(later(9), later(20)).await.expect("there are more").mail.id);
        }
        assert!(!others.contains(&first.mail.id));
        let last = given.claim(later(9), later(20)).await.expect("there is one more");
        assert_eq!((last.mail.id, last.tries), (first.mail.id, 1));
    }

    /// Such mails are written only so that all requests cost the same.
    a_mail_to_nobody_is_claimed_by_nobody_and_deleted_a_few_at_a_time(given) {
        let ada = given.user("ada").await;
        for _ in 0..3 {
            let mail = Mail { recipient: None, ..given.mail(MailKind::ResetPassword, ada, "ada@example.org") };
            assert_eq!(given.queue(&mail, &[]).await, Queueing::Queued);
        }
        assert_eq!((given.claim(later(1), later(2)).await, given.queued().await), (None, Vec::new()));
        for deleted in [2, 1, 0] {
            assert_eq!(given.store.delete_mails_to_nobody(2).await.expect("the store writes"), deleted);
        }
    }

    /// A caller whose lease has ended changes nothing.
    a_mail_is_postponed_and_finished_by_its_lease_alone(given) {
        let ada = given.user("ada").await;
        given.queue(&given.mail(MailKind::VerifyEmail, ada, "ada@example.org"), &[]).await;
        let stale = given.claim(NOON, later(1)).await.expect("it is due");
        let current = given.claim(later(1), later(2)).await.expect("it is due again");
        given.store.finish_mail(&stale).await.expect("the store writes");
        given.store.postpone_mail(&stale, 7, later(70)).await.expect("the store writes");
        assert_eq!(given.queued().await, std::slice::from_ref(&current));
        given.store.postpone_mail(&current, 3, later(4)).await.expect("the store writes");
        let postponed = QueuedMail { tries: 3, due_at: later(4), ..current };
        assert_eq!(given.queued().await, std::slice::from_ref(&postponed));
        given.store.finish_mail(&postponed).await.expect("the store writes");
        given.store.finish_mail(&postponed).await.expect("the store writes");
        assert_eq!(given.queued().await, []);
    }

    /// Both happen in one step, and the mail has the address and the name of that moment.
    what_a_user_is_told_of_is_queued_with_it_and_only_to_a_verified_address(given) {
        let (ada, bob) = (given.user("Ada").await, given.user("bob").await);
        given.verified(ada, "ada@example.org").await;
        for user in [Some(ada), Some(bob), None] {
            let activity = given.activity_at(later(3), user, Event::PasswordChanged);
            given.store.record(&told(activity)).await.expect("the store writes");
            given.store.record(&given.activity_at(later(3), user, Event::LoggedOut)).await.expect("the store writes");
        }
        let queued = given.queued().await;
        let told: Vec<_> = queued.iter().map(|queued| (queued.mail.kind, queued.due_at, queued.mail.ends_at)).collect();
        assert_eq!(told, [(MailKind::Notice(Event::PasswordChanged), later(3), later(600))]);
        let recipient = queued.first().and_then(|queued| queued.mail.recipient.clone());
        let (username, address) = (super::name("Ada"), address("ada@example.org"));
        let expected = Recipient { user_id: ada, username, address, language: None };
        assert_eq!(recipient, Some(expected));
        let kept = given.store.activity_of(ada, None, 9).await.expect("the store reads");
        assert!(kept.iter().all(|activity| activity.notice == Notice::None));
    }

    /// Mails that were queued before are deleted, as they are about a user who is gone.
    a_deleted_user_gets_the_one_mail_that_tells_of_it(given) {
        let (ada, bob) = (given.user("Ada").await, given.user("bob").await);
        given.verified(ada, "ada@example.org").await;
        given.queue(&given.mail(MailKind::VerifyEmail, ada, "new@example.org"), &[]).await;
        given.queue(&given.mail(MailKind::VerifyEmail, bob, "bob@example.org"), &[]).await;
        let activity = told(given.activity(ada, Event::AccountDeletedByOperator));
        given.store.delete_user(ada, later(60), &activity).await.expect("the store writes");
        let activity = told(given.activity(bob, Event::AccountDeleted));
        let (session, token) = given.new_session(bob);
        given.start(&(session.clone(), token), None).await;
        given.store.delete(bob, session.id, 0, later(60), &activity).await.expect("the store writes");
        let queued = given.queued().await;
        let kinds: Vec<_> = queued.iter().map(|queued| queued.mail.kind).collect();
        assert_eq!(kinds, [MailKind::Notice(Event::AccountDeletedByOperator)], "bob has no verified address");
    }

    /// This holds for the last mail, too, when the user's row no longer exists.
    what_a_user_is_told_of_is_for_somebody_who_reads_their_language(given) {
        let chosen = Some(language("zh-Hant-TW"));
        let ada = NewUser { language: chosen.clone(), ..given.new_user("ada") };
        given.store.insert(&ada).await.expect("a new user is stored");
        given.verified(ada.id, "ada@example.org").await;
        let kinds = [Event::PasswordChanged, Event::AccountDeletedByOperator].map(MailKind::Notice);
        let languages = |queued: Vec<QueuedMail>| {
            let mut languages: Vec<_> = queued
                .into_iter()
                .filter(|queued| kinds.contains(&queued.mail.kind))
                .map(|queued| queued.mail.recipient.map(|recipient| recipient.language))
                .collect();
            languages.sort();
            languages
        };
        let activity = told(given.activity(ada.id, Event::PasswordChanged));
        given.store.record(&activity).await.expect("the store writes");
        assert_eq!(languages(given.queued().await), [Some(chosen.clone())]);
        let activity = told(given.activity(ada.id, Event::AccountDeletedByOperator));
        given.store.delete_user(ada.id, later(60), &activity).await.expect("the store writes");
        assert_eq!(languages(given.queued().await), [Some(chosen)]);
    }
}
