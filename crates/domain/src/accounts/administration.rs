use std::collections::BTreeSet;

use super::mails::MailDraft;
use super::{AuthService, Failed, SignUpEmail, may_fail};
use crate::activity::{Activity, ActivityId, Event};
use crate::authentication::{AuthenticationMethod, AuthenticationMethods};
use crate::client::Client;
use crate::clock::{Clock, Timestamp};
use crate::email_address::EmailAddress;
use crate::entropy::{Entropy, EntropyError};
use crate::id::UserId;
use crate::known_device::KnownDevice;
use crate::link::Link;
use crate::mail::{MailKind, Recipient};
use crate::password::{Password, PasswordError};
use crate::repository::{
    ActivityRepository, AdministrationRepository, DeviceRepository, EmailRepository, EndedSessions, Ending, FormerName,
    InsertUserError, LinkRepository, SessionRepository, Settlement, StandingChange, ThrottleRepository, UserDeletion,
    UserFilter, UserRename, UserRenameError, UserRepository, UserSummary,
};
use crate::session::Session;
use crate::throttle::{Counter, ThrottleRules};
use crate::user::{NewEmail, NewUser, Standing, StoredUser, User};
use crate::username::{Username, UsernameError};

/// What an administrator does to another user's account. The service decides who is an administrator.
impl<S: UserRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The user with this name, in any spelling.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn find_user(&self, username: &str) -> Result<Option<User>, Failed> {
        let Ok(username) = Username::parse(username) else { return Ok(None) };
        Ok(self.store.find_by_username(&username).await?.map(|stored| stored.user.into()))
    }

    /// The methods by which this user can log in; none if the user is gone.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn methods_of_user(&self, id: UserId) -> Result<AuthenticationMethods, Failed> {
        let Some(stored) = self.store.find_by_id(id).await? else { return Ok(AuthenticationMethods::NONE) };
        let password = stored.password_hash.map(|_| AuthenticationMethod::Password);
        Ok(password.into_iter().fold(stored.user.second_factors, AuthenticationMethods::with))
    }

    /// Closes the account: its sessions end at once, everywhere, and no log-in succeeds. The name stays taken.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn close_account(&self, id: UserId) -> Result<StandingChange, Failed> {
        let activity = self.activity_by(&Client::default(), Some(id), Event::AccountClosed)?;
        let change = self.store.close(id, &activity).await?;
        if change == StandingChange::Made {
            tracing::info!(user.id = %id, "account closed");
        }
        Ok(change)
    }

    /// Reopens the account: its user can log in again.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn reopen_account(&self, id: UserId) -> Result<StandingChange, Failed> {
        let activity = self.activity_by(&Client::default(), Some(id), Event::AccountReopened)?;
        let change = self.store.reopen(id, &activity).await?;
        if change == StandingChange::Made {
            tracing::info!(user.id = %id, "account reopened");
        }
        Ok(change)
    }
}

impl<S: SessionRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Ends all sessions of the user, everywhere, and returns how many.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn end_all_sessions(&self, id: UserId) -> Result<u64, Failed> {
        let activity = self.activity_by(&Client::default(), Some(id), Event::SessionsEndedByOperator)?;
        let EndedSessions::Ended(ended) = self.store.end(id, Ending::All, &activity).await? else { return Ok(0) };
        tracing::info!(user.id = %id, sessions.ended = ended, "all sessions ended");
        Ok(ended)
    }

    /// The user's active sessions, most recently seen first; at most [`Session::MOST`].
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn sessions_of_user(&self, id: UserId) -> Result<Vec<Session>, Failed> {
        let now = self.clock.now();
        let mut sessions = self.store.sessions_of(id, Session::MOST).await?;
        sessions.retain(|session| !self.rules.limits_of(session.kind).are_reached(session, now));
        Ok(sessions)
    }
}

impl<S: DeviceRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The devices known to this account, that of the latest log-in first; at most [`KnownDevice::MOST`].
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn known_devices_of_user(&self, id: UserId) -> Result<Vec<KnownDevice>, Failed> {
        let known_from = self.clock.now().minus(self.device_memory());
        let mut devices = self.store.devices_of(id, KnownDevice::MOST).await?;
        devices.retain(|device| device.last_log_in_at > known_from);
        Ok(devices)
    }
}

impl<S: ActivityRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Up to `most` entries of this user's activity, newest first, older than the entry `before` if given, as far back as activity
    /// is kept.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn activity_of_user(
        &self,
        id: UserId,
        before: Option<ActivityId>,
        most: u32,
    ) -> Result<Vec<Activity>, Failed> {
        let kept_from = self.clock.now().minus(self.rules.activity_retention);
        let mut lately = self.store.activity_of(id, before, most).await?;
        lately.retain(|activity| activity.at >= kept_from);
        Ok(lately)
    }
}

impl<S: LinkRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// The one-time links of this user that have not expired.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn links_of_user(&self, id: UserId) -> Result<Vec<Link>, Failed> {
        let now = self.clock.now();
        let mut links = self.store.links_of(id).await?;
        links.retain(|link| now < link.ends_at);
        Ok(links)
    }
}

impl<S: AdministrationRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Up to `most` users that match the filter, ordered by name, starting after the name `after`. The part of a name that the
    /// filter looks for may have any spelling.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn list_users(
        &self,
        filter: &UserFilter,
        after: Option<&Username>,
        most: u32,
    ) -> Result<Vec<UserSummary>, Failed> {
        let filter = UserFilter { part_of_key: filter.part_of_key.to_lowercase(), ..filter.clone() };
        Ok(self.store.list_users(&filter, &self.expiry(), after, most).await?)
    }

    /// Up to `most` users with their credentials, ordered by name, starting after the name `after`: for another system.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn stored_users(&self, after: Option<&Username>, most: u32) -> Result<Vec<StoredUser>, Failed> {
        Ok(self.store.stored_users(after, most).await?)
    }

    /// Creates a user, with a password or without: give a user without one a [link](Self::make_reset_link) to set it. The address
    /// is pending, and a mail asks to verify it. Names that are [official](crate::official_names) are accepted, as the operator may
    /// give them.
    ///
    /// # Errors
    /// [`CreateUserError::Username`] and [`CreateUserError::Password`] say what is wrong with either.
    /// [`CreateUserError::UsernameTaken`]. [`CreateUserError::EmailTaken`]: another user has verified the address.
    /// [`CreateUserError::Failed`]. Nothing was stored.
    pub async fn create_user(
        &self,
        username: &str,
        password: Option<&str>,
        email: Option<SignUpEmail>,
    ) -> Result<User, CreateUserError> {
        let username = Username::parse(username)?;
        self.check_ownership(&username, email.as_ref().map(SignUpEmail::address))?;
        if email.as_ref().is_some_and(SignUpEmail::is_taken) {
            return Err(CreateUserError::EmailTaken);
        }
        let password_hash = match password {
            None => None,
            Some(typed) => {
                let password = Password::parse(typed)?;
                self.policy().check_length(&password)?;
                self.hasher.assess(self.policy(), &password, Some(&username)).await??;
                Some(self.hasher.hash(&password, &self.entropy).await?)
            }
        };
        let created_at = self.clock.now();
        let id = UserId::new(created_at, &self.entropy)?;
        let email = email.map(|email| {
            let (address, language) = (email.address().clone(), None);
            let to = Recipient { user_id: id, username: username.clone(), address, language };
            let draft = MailDraft { kind: MailKind::VerifyEmail, recipient: Some(to.clone()), queued_at: created_at };
            let mail = self.new_mail(&Client::default(), draft)?;
            Ok::<_, EntropyError>(NewEmail { address: to.address, verify_by: None, mail })
        });
        let email = email.transpose()?;
        let user = NewUser { id, username, password_hash, created_at, signed_up_in: None, language: None, email };
        let activity = self.activity_by(&Client::default(), Some(id), Event::AccountCreated)?;
        self.store.create_user(&user, &activity).await.map_err(|error| match error {
            InsertUserError::UsernameTaken => CreateUserError::UsernameTaken,
            InsertUserError::Store(error) => error.into(),
        })?;
        tracing::info!(user.id = %id, "user created");
        Ok(User {
            id,
            username: user.username,
            standing: Standing::Active,
            created_at,
            language: None,
            second_factors: AuthenticationMethods::NONE,
        })
    }

    /// Gives the user another spelling of the name, or another name, as [`change_username`](super::Scope::change_username) does at
    /// the user's own request. The user's sessions continue.
    ///
    /// # Errors
    /// [`RenameUserError::Unfit`] and [`RenameUserError::UsernameTaken`] as at sign-up, except that official names are accepted, as
    /// the operator may give them. [`RenameUserError::NoSuchUser`]. [`RenameUserError::Failed`]. Nothing has changed then.
    pub async fn rename_user(&self, id: UserId, username: &str) -> Result<(), RenameUserError> {
        self.rename(id, username, None).await
    }

    async fn rename(&self, id: UserId, username: &str, own: Option<&EmailAddress>) -> Result<(), RenameUserError> {
        let username = Username::parse(username).map_err(RenameUserError::Unfit)?;
        self.check_ownership(&username, own).map_err(RenameUserError::Unfit)?;
        let activity = self.activity_by(&Client::default(), Some(id), Event::UsernameChangedByOperator)?;
        let reserved_until = activity.at.plus(self.rules.name_reservation);
        let rename = UserRename { user_id: id, username, reserved_until };
        self.store.rename_user(&rename, &activity).await.map_err(|error| match error {
            UserRenameError::NoSuchUser => RenameUserError::NoSuchUser,
            UserRenameError::UsernameTaken => RenameUserError::UsernameTaken,
            UserRenameError::Store(error) => error.into(),
        })?;
        tracing::info!(user.id = %id, "user renamed");
        Ok(())
    }

    /// Deletes the user with everything of theirs, as [`delete_account`](super::Scope::delete_account) does at the user's own
    /// request.
    ///
    /// # Errors
    /// [`Failed`]. Nothing has changed then.
    pub async fn delete_user(&self, id: UserId) -> Result<UserDeletion, Failed> {
        let reserved_until = self.clock.now().plus(self.rules.name_reservation);
        let activity = self.activity_by(&Client::default(), Some(id), Event::AccountDeletedByOperator)?;
        let deletion = self.store.delete_user(id, reserved_until, &activity).await?;
        if deletion == UserDeletion::Deleted {
            tracing::info!(user.id = %id, "user deleted");
        }
        Ok(deletion)
    }

    /// The former names of this user that are still reserved for them.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn former_names_of_user(&self, id: UserId) -> Result<Vec<FormerName>, Failed> {
        let now = self.clock.now();
        let mut names = self.store.former_names_of(id).await?;
        names.retain(|name| now < name.reserved_until);
        Ok(names)
    }
}

impl<S, C, E> AuthService<S, C, E>
where
    S: ActivityRepository + AdministrationRepository + DeviceRepository + SessionRepository + ThrottleRepository,
    C: Clock,
    E: Entropy,
{
    /// The latest time until which an attempt at this user's name has to wait: from an address in the account's recent activity,
    /// from a known device of the user, in a session of theirs, or at the second step. `None` if no attempt has to wait.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn throttled_until(&self, user: &User) -> Result<Option<Timestamp>, Failed> {
        let Some(throttle) = &self.rules.throttle else { return Ok(None) };
        let (now, mut page, mut until) = (self.clock.now(), Some(CounterPage::First), None);
        while let Some(this) = page {
            let (counters, next) = self.counters_at(throttle, user, this).await?;
            let keys: Vec<_> = counters.iter().map(|counter| counter.key).collect();
            for (key, state) in self.store.counters(&keys).await? {
                let limit = counters.iter().find(|counter| counter.key == key).map(|counter| counter.limit);
                until = until.max(limit.and_then(|limit| limit.count(Some(state), now).err()));
            }
            page = next;
        }
        Ok(until)
    }

    /// Lifts all waits at this user's name: earlier attempts no longer count, from any address that the account's activity names.
    /// Counters of a network alone stay as they are.
    ///
    /// # Errors
    /// [`Failed`]; some of the waits may be lifted.
    pub async fn forgive_waits(&self, user: &User) -> Result<(), Failed> {
        if let Some(throttle) = &self.rules.throttle {
            let mut page = Some(CounterPage::First);
            while let Some(this) = page {
                let (counters, next) = self.counters_at(throttle, user, this).await?;
                let forgotten = counters.iter().map(|counter| counter.key).collect();
                let settlement = Settlement { taken_back: Vec::new(), forgotten };
                self.store.settle_attempt(&settlement, self.clock.now()).await?;
                page = next;
            }
        }
        let activity = self.activity_by(&Client::default(), Some(user.id), Event::WaitsForgiven)?;
        self.store.record(&activity).await?;
        tracing::info!(user.id = %user.id, "waits forgiven");
        Ok(())
    }

    /// The counters of attempts at this name, a page at a time: those of the addresses in the account's activity, and on the first
    /// page also those of its second step, devices and sessions.
    async fn counters_at(
        &self,
        throttle: &ThrottleRules,
        user: &User,
        page: CounterPage,
    ) -> Result<(Vec<Counter>, Option<CounterPage>), Failed> {
        const PAGE: u32 = 500;
        let name = user.username.key();
        let (before, mut counters) = match page {
            CounterPage::Before(id) => (Some(id), Vec::new()),
            CounterPage::First => {
                let devices = self.store.devices_of(user.id, KnownDevice::MOST).await?;
                let sessions = self.store.sessions_of(user.id, Session::MOST).await?;
                let of_devices = devices.iter().flat_map(|device| throttle.at_known_device(device, name));
                let of_sessions = sessions.iter().flat_map(|session| throttle.at_session(session.id, name));
                let of_codes = throttle.for_second_step(user.id);
                let at_name = throttle.at_name(name, None).into_iter();
                (None, at_name.chain(of_codes).chain(of_devices).chain(of_sessions).collect())
            }
        };
        let activity = self.store.activity_of(user.id, before, PAGE).await?;
        let remembered_from = self.clock.now().minus(throttle.longest_memory());
        let is_more = |last: &&Activity| activity.len() >= PAGE as usize && last.at >= remembered_from;
        let next = activity.last().filter(is_more).map(|last| CounterPage::Before(last.id));
        let addresses: BTreeSet<_> = activity.iter().map(|activity| activity.client.address).collect();
        counters.extend(addresses.into_iter().flat_map(|address| throttle.at_name(name, address)));
        counters.sort_by_key(|counter| counter.key);
        counters.dedup_by_key(|counter| counter.key);
        Ok((counters, next))
    }
}

impl<S: AdministrationRepository + EmailRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Like [`rename_user`](Self::rename_user), except that the new name may be the account's own verified address.
    ///
    /// # Errors
    /// Those of [`rename_user`](Self::rename_user).
    pub async fn rename_user_by_email(&self, id: UserId, username: &str) -> Result<(), RenameUserError> {
        let own = self.store.emails_of(id).await?.verified;
        self.rename(id, username, own.as_ref()).await
    }
}

/// Which page of the counters at a name.
#[derive(Debug, Clone, Copy)]
enum CounterPage {
    First,
    /// The counters of the addresses in the activity before this entry.
    Before(ActivityId),
}

/// Why a user was not created.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateUserError {
    /// The name breaks a rule.
    #[error(transparent)]
    Username(#[from] UsernameError),
    /// The password breaks a rule.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Another user has the name, or it is reserved.
    #[error("that username is already taken")]
    UsernameTaken,
    /// Another user has verified the address.
    #[error("that address belongs to another account")]
    EmailTaken,
    /// Not the caller's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(CreateUserError);

/// Why a user was not renamed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenameUserError {
    /// The new name breaks a rule.
    #[error(transparent)]
    Unfit(UsernameError),
    /// Another user has the new name, or it is reserved.
    #[error("that username is already taken")]
    UsernameTaken,
    /// The user is gone, or never was.
    #[error("there is no such user")]
    NoSuchUser,
    /// Not the caller's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(RenameUserError);

#[cfg(test)]
mod tests;
