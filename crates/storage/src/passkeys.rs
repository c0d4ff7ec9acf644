use doorward_domain::authentication::AuthenticationMethod;
use doorward_domain::device::{Browser, Device, System};
use doorward_domain::passkey::{
    Aaguid, Algorithm, Backup, ChallengeHash, CredentialId, Passkey, PasskeyId, PasskeyName, PublicKey, Transports,
    UserHandle,
};
use doorward_domain::repository::{
    ChallengeAnswer, FactorChange, FoundPasskey, NewPasskey, PasskeyAddition, PasskeyReauthentication, PasskeyRemoval,
    PasskeyRenaming, PasskeyRepository, PasskeyUse, PasswordRemoval, ReauthenticationByPasskey, RemovedPasskey,
    RemovedPassword, StartByPasskey, StartByPasskeyError, StartSessionError,
};
use doorward_domain::{Activity, LinkPurpose, StoreError, Timestamp, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{
    Condition, DatabaseConnection, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, Select,
    UpdateMany,
};

use crate::activity::record;
use crate::connect::SeaOrmStore;
use crate::entity::{HashBytes, answered_challenge, passkey, password, recovery_code, user, user_handle};
use crate::error::StorageError;
use crate::links::delete_links_for;
use crate::row;
use crate::second_factors::{factors_in, find, finish_open, put_codes, set_factors, use_factor};
use crate::sessions::{authenticate, begin, delete_other_sessions, give_token};
use crate::step::{lock_user, lock_user_in_session};
use crate::users::{delete_log_ins, is_taken, set_credentials_version};

impl PasskeyRepository for SeaOrmStore {
    async fn keep_user_handle(&self, user: UserId, drawn: UserHandle) -> Result<Option<UserHandle>, StoreError> {
        let keep = self.write((user, drawn), |transaction, (user, drawn)| async move {
            if lock_user(&transaction, user).await?.is_none() {
                return Ok(None);
            }
            if let Some(kept) = user_handle::Entity::find_by_id(user.as_uuid()).one(&*transaction).await? {
                return Ok(Some(to_handle(&kept)?));
            }
            let new = user_handle::ActiveModel { user_id: Set(user.as_uuid()), handle: Set(drawn.as_bytes().to_vec()) };
            user_handle::Entity::insert(new).exec_without_returning(&*transaction).await?;
            transaction.commit().await?;
            Ok(Some(drawn))
        });
        Ok(keep.await?)
    }

    async fn user_handle(&self, user: UserId) -> Result<Option<UserHandle>, StoreError> {
        let kept = user_handle::Entity::find_by_id(user.as_uuid());
        let row = self.read(|db| async move { kept.one(&db).await }).await?;
        Ok(row.as_ref().map(to_handle).transpose()?)
    }

    async fn passkeys_of(&self, user: UserId) -> Result<Vec<Passkey>, StoreError> {
        let in_order = of_user(user).order_by_asc(passkey::COLUMN.created_at).order_by_asc(passkey::COLUMN.id);
        let rows = self.read(|db| async move { in_order.all(&db).await }).await?;
        Ok(rows.into_iter().map(to_passkey).collect::<Result<_, _>>()?)
    }

    async fn find_passkey(&self, credential: &CredentialId) -> Result<Option<FoundPasskey>, StoreError> {
        let found = passkey::Entity::find()
            .filter(passkey::COLUMN.credential_id.eq(credential.as_bytes()))
            .find_also_related(user::Entity)
            .find_also(user::Entity, password::Entity)
            .find_also(user::Entity, user_handle::Entity);
        let found = self.read(|db| async move { found.one(&db).await }).await?;
        let Some((passkey, user, password, handle)) = found else { return Ok(None) };
        // A passkey has a user, by its foreign key, and a user with passkeys has a handle.
        let user = user.ok_or(StorageError::CorruptRow { table: "passkeys", column: "user_id" })?;
        let handle = handle.ok_or(StorageError::CorruptRow { table: "user_handles", column: "user_id" })?;
        let stored = row::to_stored_user(&user, password.as_ref())?;
        Ok(Some(FoundPasskey { passkey: to_passkey(passkey)?, stored, handle: to_handle(&handle)? }))
    }

    async fn answer_challenge(
        &self,
        challenge: &ChallengeHash,
        ends_at: Timestamp,
    ) -> Result<ChallengeAnswer, StoreError> {
        let answer = answered_challenge::Entity::insert(answered_challenge::ActiveModel {
            challenge_hash: Set(HashBytes(challenge.as_bytes().to_vec())),
            ends_at: Set(ends_at.as_unix_micros()),
        });
        match self.change(answer).await {
            Ok(_) => Ok(ChallengeAnswer::First),
            Err(error) if is_taken(&error) => Ok(ChallengeAnswer::Again),
            Err(error) => Err(error.into()),
        }
    }

    async fn add_passkey(&self, new: &NewPasskey, activity: &Activity) -> Result<PasskeyAddition, StoreError> {
        let add = self.write((new.clone(), activity.clone()), |transaction, (new, activity)| async move {
            let id = new.passkey.user_id;
            let user = match find(&transaction, id, new.session_id, new.credentials_version).await? {
                Ok(user) => user,
                Err(FactorChange::SessionEnded) => return Ok(PasskeyAddition::SessionEnded),
                Err(_) => return Ok(PasskeyAddition::CredentialsChanged),
            };
            if of_user(id).count(&*transaction).await? >= MOST {
                return Ok(PasskeyAddition::TooMany);
            }
            if let Some(used) = new.used
                && use_factor(&transaction, id, used).await? == FactorChange::AlreadyUsed
            {
                return Ok(PasskeyAddition::AlreadyUsed);
            }
            passkey::Entity::insert(from_passkey(new.passkey)).exec_without_returning(&*transaction).await?;
            if !new.recovery_codes.is_empty() {
                put_codes(&transaction, id, &new.recovery_codes).await?;
            }
            let factors = factors_in(&user).with(AuthenticationMethod::Passkey);
            set_factors(&transaction, &user, factors).await?;
            authenticate(new.session_id, &new.authentication).exec(&*transaction).await?;
            give_token(new.session_id, &new.token, activity.at).exec(&*transaction).await?;
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(PasskeyAddition::Added)
        });
        match add.await {
            Err(error) if is_taken(&error) => Ok(PasskeyAddition::AlreadyAdded),
            added => Ok(added?),
        }
    }

    async fn rename_passkey(
        &self,
        user: UserId,
        id: PasskeyId,
        name: &PasskeyName,
        activity: &Activity,
    ) -> Result<PasskeyRenaming, StoreError> {
        let rename = passkey::Entity::update_many()
            .col_expr(passkey::Column::Name, Expr::value(name.as_str()))
            .filter(passkey::COLUMN.id.eq(id.as_uuid()))
            .filter(passkey::COLUMN.user_id.eq(user.as_uuid()));
        let rename = self.write((user, rename, activity.clone()), |transaction, (user, rename, activity)| async move {
            lock_user(&transaction, user).await?;
            if rename.exec(&*transaction).await?.rows_affected == 0 {
                return Ok(PasskeyRenaming::NotFound);
            }
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(PasskeyRenaming::Renamed)
        });
        Ok(rename.await?)
    }

    async fn remove_passkey(
        &self,
        removed: &RemovedPasskey,
        activity: &Activity,
    ) -> Result<PasskeyRemoval, StoreError> {
        let remove = self.write((removed.clone(), activity.clone()), |transaction, (removed, activity)| async move {
            let RemovedPasskey { user_id, id, used, session_id, token } = removed;
            let Some(user) = lock_user_in_session(&transaction, user_id, session_id).await? else {
                return Ok(PasskeyRemoval::SessionEnded);
            };
            if let Some(used) = used
                && use_factor(&transaction, user_id, used).await? == FactorChange::AlreadyUsed
            {
                return Ok(PasskeyRemoval::AlreadyUsed);
            }
            let one = passkey::Entity::delete_many()
                .filter(passkey::COLUMN.id.eq(id.as_uuid()))
                .filter(passkey::COLUMN.user_id.eq(user.id));
            if one.exec(&*transaction).await?.rows_affected == 0 {
                return Ok(PasskeyRemoval::NotFound);
            }
            let mut factors = factors_in(&user);
            if of_user(user_id).count(&*transaction).await? == 0 {
                if password::Entity::find_by_id(user.id).one(&*transaction).await?.is_none() {
                    return Ok(PasskeyRemoval::LastWayIn);
                }
                factors = factors.without(AuthenticationMethod::Passkey);
            }
            set_factors(&transaction, &user, factors).await?;
            delete_other_sessions(user_id, session_id).exec(&*transaction).await?;
            give_token(session_id, &token, activity.at).exec(&*transaction).await?;
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(PasskeyRemoval::Removed)
        });
        Ok(remove.await?)
    }

    async fn start_by_passkey(&self, start: &StartByPasskey, activity: &Activity) -> Result<(), StartByPasskeyError> {
        let start = self.write((start.clone(), activity.clone()), |transaction, (start, activity)| async move {
            let StartByPasskey { used, log_in, new } = start;
            let id = new.session.user_id;
            let user = lock_user(&transaction, id).await?;
            if let Some(log_in) = log_in
                && finish_open(&log_in, id, activity.at).exec(&*transaction).await?.rows_affected == 0
            {
                return Ok(Err(StartByPasskeyError::Ended));
            }
            if use_passkey(&used, id).exec(&*transaction).await?.rows_affected == 0 {
                return Ok(Err(StartByPasskeyError::Refused));
            }
            match begin(&transaction, user.as_ref(), &new, &activity).await? {
                Ok(()) => {}
                Err(StartSessionError::Overtaken) => return Ok(Err(StartByPasskeyError::Overtaken)),
                Err(_) => return Ok(Err(StartByPasskeyError::NotAllowed)),
            }
            transaction.commit().await?;
            Ok(Ok(()))
        });
        start.await.map_err(|error| StartByPasskeyError::Store(error.into()))?
    }

    async fn reauthenticate_by_passkey(
        &self,
        by: &ReauthenticationByPasskey,
    ) -> Result<PasskeyReauthentication, StoreError> {
        let reauthenticate = self.write(by.clone(), |transaction, by| async move {
            let ReauthenticationByPasskey { user_id, used, session_id, authentication, token } = by;
            if lock_user_in_session(&transaction, user_id, session_id).await?.is_none() {
                return Ok(PasskeyReauthentication::SessionEnded);
            }
            if use_passkey(&used, user_id).exec(&*transaction).await?.rows_affected == 0 {
                return Ok(PasskeyReauthentication::Refused);
            }
            authenticate(session_id, &authentication).exec(&*transaction).await?;
            give_token(session_id, &token, authentication.at).exec(&*transaction).await?;
            transaction.commit().await?;
            Ok(PasskeyReauthentication::Renewed)
        });
        Ok(reauthenticate.await?)
    }

    async fn remove_password(
        &self,
        removed: &RemovedPassword,
        activity: &Activity,
    ) -> Result<PasswordRemoval, StoreError> {
        let remove = self.write((removed.clone(), activity.clone()), |transaction, (removed, activity)| async move {
            let RemovedPassword { user_id, credentials_version, used, session_id, token } = removed;
            let user = match find(&transaction, user_id, session_id, credentials_version).await? {
                Ok(user) => user,
                Err(FactorChange::SessionEnded) => return Ok(PasswordRemoval::SessionEnded),
                Err(_) => return Ok(PasswordRemoval::CredentialsChanged),
            };
            if password::Entity::delete_by_id(user.id).exec(&*transaction).await?.rows_affected == 0 {
                return Ok(PasswordRemoval::NoneSet);
            }
            if let Some(used) = used
                && use_factor(&transaction, user_id, used).await? == FactorChange::AlreadyUsed
            {
                return Ok(PasswordRemoval::AlreadyUsed);
            }
            let is_left = match of_user(user_id).count(&*transaction).await? {
                0 => false,
                1 => {
                    let codes = recovery_code::Entity::find().filter(recovery_code::COLUMN.user_id.eq(user.id));
                    codes.one(&*transaction).await?.is_some()
                }
                _ => true,
            };
            if !is_left {
                return Ok(PasswordRemoval::LastWayIn);
            }
            set_credentials_version(user_id, credentials_version + 1).exec(&*transaction).await?;
            let ended = LinkPurpose::ALL.iter().copied().filter(|purpose| purpose.ends_with_credentials());
            delete_links_for(user_id, &ended.collect::<Vec<_>>()).exec(&*transaction).await?;
            delete_log_ins(user_id).exec(&*transaction).await?;
            delete_other_sessions(user_id, session_id).exec(&*transaction).await?;
            give_token(session_id, &token, activity.at).exec(&*transaction).await?;
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(PasswordRemoval::Removed)
        });
        Ok(remove.await?)
    }

    /// Looks at the two ends of the index, instead of reading all of it.
    async fn another_rp_id(&self, rp_id: &str) -> Result<Option<String>, StoreError> {
        let ends = |db: DatabaseConnection| async move {
            let first = passkey::Entity::find().order_by_asc(passkey::COLUMN.rp_id).one(&db).await?;
            let last = passkey::Entity::find().order_by_desc(passkey::COLUMN.rp_id).one(&db).await?;
            Ok([first, last])
        };
        let ends = self.read(ends).await?;
        Ok(ends.into_iter().flatten().map(|row| row.rp_id).find(|other| other != rp_id))
    }

    async fn delete_challenges(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let has_ended = answered_challenge::COLUMN.ends_at.lte(now.as_unix_micros());
        let key = answered_challenge::Column::ChallengeHash;
        Ok(self.sweep::<answered_challenge::Entity>(key, has_ended, most).await?)
    }
}

const MOST: u64 = Passkey::MOST as u64;

fn of_user(user: UserId) -> Select<passkey::Entity> {
    passkey::Entity::find().filter(passkey::COLUMN.user_id.eq(user.as_uuid()))
}

/// Records a use of the passkey, if it [counts](PasskeyUse) for this user.
fn use_passkey(by: &PasskeyUse, user: UserId) -> UpdateMany<passkey::Entity> {
    let counter = i64::from(by.counter);
    let goes_on = Condition::any().add(passkey::COLUMN.counter.eq(0)).add(passkey::COLUMN.counter.lt(counter));
    let may_follow = Backup::ALL.into_iter().filter(|before| before.may_become(by.backup)).map(Backup::code);
    passkey::Entity::update_many()
        .col_expr(passkey::Column::Counter, Expr::value(counter))
        .col_expr(passkey::Column::Backup, Expr::value(by.backup.code()))
        .col_expr(passkey::Column::LastUsedAt, Expr::value(by.at.as_unix_micros()))
        .filter(passkey::COLUMN.id.eq(by.id.as_uuid()))
        .filter(passkey::COLUMN.user_id.eq(user.as_uuid()))
        .filter(goes_on)
        .filter(passkey::COLUMN.backup.is_in(may_follow))
}

fn from_passkey(passkey: Passkey) -> passkey::ActiveModel {
    passkey::ActiveModel {
        id: Set(passkey.id.as_uuid()),
        user_id: Set(passkey.user_id.as_uuid()),
        credential_id: Set(passkey.credential_id.as_bytes().to_vec()),
        rp_id: Set(passkey.rp_id),
        algorithm: Set(passkey.public_key.algorithm.cose().into()),
        public_key: Set(passkey.public_key.spki),
        counter: Set(passkey.counter.into()),
        backup: Set(passkey.backup.code().to_owned()),
        transports: Set(passkey.transports.codes()),
        aaguid: Set(passkey.aaguid.map(Aaguid::as_uuid)),
        name: Set(passkey.name.map(|name| name.as_str().to_owned())),
        browser: Set(passkey.device.browser.map(|browser| browser.code().to_owned())),
        system: Set(passkey.device.system.map(|system| system.code().to_owned())),
        created_at: Set(passkey.created_at.as_unix_micros()),
        last_used_at: Set(passkey.last_used_at.map(Timestamp::as_unix_micros)),
    }
}

/// Transports, browsers and systems that only a newer release knows are left out.
fn to_passkey(row: passkey::Model) -> Result<Passkey, StorageError> {
    let corrupt = |column| move || StorageError::CorruptRow { table: "passkeys", column };
    let algorithm = i32::try_from(row.algorithm).ok().and_then(Algorithm::from_cose);
    let name = row.name.as_deref().map(|name| PasskeyName::parse(name).ok().ok_or_else(corrupt("name")));
    let browser = row.browser.as_deref().and_then(Browser::from_code);
    let system = row.system.as_deref().and_then(System::from_code);
    Ok(Passkey {
        id: PasskeyId::from_uuid(row.id),
        user_id: UserId::from_uuid(row.user_id),
        credential_id: CredentialId::from_bytes(row.credential_id).ok_or_else(corrupt("credential_id"))?,
        rp_id: row.rp_id,
        public_key: PublicKey { algorithm: algorithm.ok_or_else(corrupt("algorithm"))?, spki: row.public_key },
        counter: row.counter.try_into().map_err(|_| corrupt("counter")())?,
        backup: Backup::from_code(&row.backup).ok_or_else(corrupt("backup"))?,
        transports: Transports::from_codes(row.transports.split(' ')),
        aaguid: row.aaguid.and_then(Aaguid::from_uuid),
        name: name.transpose()?,
        device: Device { browser, system },
        created_at: Timestamp::from_unix_micros(row.created_at),
        last_used_at: row.last_used_at.map(Timestamp::from_unix_micros),
    })
}

fn to_handle(row: &user_handle::Model) -> Result<UserHandle, StorageError> {
    let corrupt = |_| StorageError::CorruptRow { table: "user_handles", column: "handle" };
    Ok(UserHandle::from_bytes(row.handle.as_slice().try_into().map_err(corrupt)?))
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;

    use super::*;

    fn row() -> passkey::Model {
        passkey::Model {
            id: Uuid::nil(),
            user_id: Uuid::nil(),
            credential_id: vec![1],
            rp_id: "example.org".to_owned(),
            algorithm: -7,
            public_key: vec![2],
            counter: u32::MAX.into(),
            backup: "eligible".to_owned(),
            transports: "usb".to_owned(),
            aaguid: None,
            name: Some("Blue".to_owned()),
            browser: None,
            system: None,
            created_at: 1,
            last_used_at: None,
        }
    }

    #[test]
    fn a_passkey_that_makes_no_sense_is_corrupt() {
        assert!(to_passkey(row()).is_ok());
        for (damaged, named) in [
            (passkey::Model { credential_id: Vec::new(), ..row() }, "credential_id"),
            (passkey::Model { algorithm: -35, ..row() }, "algorithm"),
            (passkey::Model { algorithm: i64::from(u32::MAX) - 6, ..row() }, "algorithm"),
            (passkey::Model { counter: i64::from(u32::MAX) + 1, ..row() }, "counter"),
            (passkey::Model { counter: -1, ..row() }, "counter"),
            (passkey::Model { backup: "Synced".to_owned(), ..row() }, "backup"),
            (passkey::Model { name: Some("\n".to_owned()), ..row() }, "name"),
        ] {
            let read = to_passkey(damaged);
            assert!(matches!(read, Err(StorageError::CorruptRow { column, .. }) if column == named), "{read:?}");
        }
    }

    /// A newer release may have stored them.
    #[test]
    fn unknown_transports_and_browsers_of_a_passkey_are_left_out() {
        let browser = Some("tomorrow".to_owned());
        let newer = passkey::Model { transports: "usb tomorrow".to_owned(), browser, ..row() };
        assert_eq!(to_passkey(newer).unwrap(), to_passkey(row()).unwrap());
        let silent = passkey::Model { transports: String::new(), ..row() };
        assert_eq!(to_passkey(silent).unwrap().transports, Transports::default());
    }

    #[test]
    fn a_handle_of_another_length_is_corrupt() {
        let row = |bytes| user_handle::Model { user_id: Uuid::nil(), handle: vec![7; bytes] };
        assert!(to_handle(&row(16)).is_ok());
        for bytes in [0, 15, 17] {
            assert!(matches!(to_handle(&row(bytes)), Err(StorageError::CorruptRow { column: "handle", .. })));
        }
    }
}
