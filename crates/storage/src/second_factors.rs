use doorward_domain::authentication::{AuthenticationMethod, AuthenticationMethods};
use doorward_domain::client::BrowserId;
use doorward_domain::repository::{
    FactorChange, FactorUse, FinishLogInError, FinishedLogIn, FoundPendingLogIn, KeptLogIn, NewPendingLogIn,
    NewRecoveryCodes, NewTotp, SecondFactorRemoval, SecondFactorRepository, StartSessionError, StoredFactors,
    StoredTotp, Try, TurnOff,
};
use doorward_domain::second_factor::{PendingLogInHash, RecoveryCodeHash, SealedSecret, TotpStep};
use doorward_domain::{Activity, PendingLogIn, SessionId, StoreError, Timestamp, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, DatabaseConnection, DbErr, DeleteMany, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select, UpdateMany,
};

use crate::activity::record;
use crate::connect::SeaOrmStore;
use crate::database::Transaction;
use crate::entity::{HashBytes, SealedBytes, known_device, passkey, pending_log_in, recovery_code, totp_secret, user};
use crate::error::StorageError;
use crate::row;
use crate::sessions::{authenticate, begin, give_token};
use crate::step::{lock_user, lock_user_in_session};
use crate::users::delete_log_ins;

impl SecondFactorRepository for SeaOrmStore {
    async fn factors_of(&self, user: UserId) -> Result<StoredFactors, StoreError> {
        let read = move |db: DatabaseConnection| async move {
            let totp = totp_secret::Entity::find_by_id(user.as_uuid()).one(&db).await?;
            let codes = recovery_code::Entity::find().filter(recovery_code::COLUMN.user_id.eq(user.as_uuid()));
            Ok((totp, codes.all(&db).await?))
        };
        let (totp, codes) = self.read(read).await?;
        let corrupt = StorageError::CorruptRow { table: "recovery_codes", column: "code_hash" };
        let hashes = codes.iter().map(|row| Some(RecoveryCodeHash::from_bytes(*row.code_hash.0.as_array()?)));
        let recovery_codes = hashes.collect::<Option<_>>().ok_or(corrupt)?;
        Ok(StoredFactors { totp: totp.map(to_totp), recovery_codes })
    }

    async fn turn_on_totp(&self, new: &NewTotp, activity: &Activity) -> Result<FactorChange, StoreError> {
        let turn_on = self.write((new.clone(), activity.clone()), |transaction, (new, activity)| async move {
            let user = match find(&transaction, new.user_id, new.session_id, new.credentials_version).await? {
                Ok(user) => user,
                Err(refusal) => return Ok(refusal),
            };
            let present = totp_secret::Entity::find_by_id(user.id).one(&*transaction).await?;
            match (new.replacing, present) {
                (Some(proof), _) => {
                    if use_factor(&transaction, new.user_id, proof).await? == FactorChange::AlreadyUsed {
                        return Ok(FactorChange::AlreadyUsed);
                    }
                    totp_secret::Entity::delete_by_id(user.id).exec(&*transaction).await?;
                }
                (None, Some(_)) => return Ok(FactorChange::CredentialsChanged),
                (None, None) => {}
            }
            let secret = totp_secret::ActiveModel {
                user_id: Set(user.id),
                sealed: Set(from_sealed(&new.secret)),
                last_step: Set(new.step.number()),
                created_at: Set(activity.at.as_unix_micros()),
            };
            totp_secret::Entity::insert(secret).exec_without_returning(&*transaction).await?;
            if !new.recovery_codes.is_empty() {
                put_codes(&transaction, new.user_id, &new.recovery_codes).await?;
            }
            let factors = factors_in(&user).with(AuthenticationMethod::Totp);
            set_factors(&transaction, &user, factors).await?;
            authenticate(new.session_id, &new.authentication).exec(&*transaction).await?;
            give_token(new.session_id, &new.token, activity.at).exec(&*transaction).await?;
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(FactorChange::Made)
        });
        Ok(turn_on.await?)
    }

    async fn turn_off_totp(&self, off: &TurnOff, activity: &Activity) -> Result<FactorChange, StoreError> {
        let turn_off = self.write((off.clone(), activity.clone()), |transaction, (off, activity)| async move {
            let user = match find(&transaction, off.user_id, off.session_id, off.credentials_version).await? {
                Ok(user) => user,
                Err(refusal) => return Ok(refusal),
            };
            if use_factor(&transaction, off.user_id, off.used).await? == FactorChange::AlreadyUsed {
                return Ok(FactorChange::AlreadyUsed);
            }
            if totp_secret::Entity::delete_by_id(user.id).exec(&*transaction).await?.rows_affected == 0 {
                return Ok(FactorChange::AlreadyUsed);
            }
            let factors = factors_in(&user).without(AuthenticationMethod::Totp);
            set_factors(&transaction, &user, factors).await?;
            give_token(off.session_id, &off.token, activity.at).exec(&*transaction).await?;
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(FactorChange::Made)
        });
        Ok(turn_off.await?)
    }

    async fn replace_recovery_codes(
        &self,
        new: &NewRecoveryCodes,
        activity: &Activity,
    ) -> Result<FactorChange, StoreError> {
        let replace = self.write((new.clone(), activity.clone()), |transaction, (new, activity)| async move {
            let user = lock_user_in_session(&transaction, new.user_id, new.session_id).await?;
            let Some(user) = user else { return Ok(FactorChange::SessionEnded) };
            if user.second_factors.is_empty() {
                return Ok(FactorChange::CredentialsChanged);
            }
            if let Some(used) = new.used
                && use_factor(&transaction, new.user_id, used).await? == FactorChange::AlreadyUsed
            {
                return Ok(FactorChange::AlreadyUsed);
            }
            put_codes(&transaction, new.user_id, &new.hashes).await?;
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(FactorChange::Made)
        });
        Ok(replace.await?)
    }

    async fn remove_second_factor(&self, user: UserId, activity: &Activity) -> Result<SecondFactorRemoval, StoreError> {
        let remove = self.write((user, activity.clone()), |transaction, (id, activity)| async move {
            let Some(user) = lock_user(&transaction, id).await? else { return Ok(SecondFactorRemoval::NoSuchUser) };
            if user.second_factors.is_empty() {
                return Ok(SecondFactorRemoval::NoneSetUp);
            }
            totp_secret::Entity::delete_by_id(user.id).exec(&*transaction).await?;
            let passkeys = passkey::Entity::delete_many().filter(passkey::COLUMN.user_id.eq(user.id));
            passkeys.exec(&*transaction).await?;
            set_factors(&transaction, &user, AuthenticationMethods::NONE).await?;
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(SecondFactorRemoval::Removed)
        });
        Ok(remove.await?)
    }

    async fn reseal(&self, user: UserId, old: &SealedSecret, new: &SealedSecret) -> Result<(), StoreError> {
        let reseal = totp_secret::Entity::update_many()
            .col_expr(totp_secret::Column::Sealed, Expr::value(from_sealed(new)))
            .filter(totp_secret::COLUMN.user_id.eq(user.as_uuid()))
            .filter(totp_secret::COLUMN.sealed.eq(from_sealed(old)));
        self.change(reseal).await?;
        Ok(())
    }

    async fn sealed_secrets(
        &self,
        after: Option<UserId>,
        most: u32,
    ) -> Result<Vec<(UserId, SealedSecret)>, StoreError> {
        let mut all = totp_secret::Entity::find().order_by_asc(totp_secret::COLUMN.user_id).limit(u64::from(most));
        if let Some(after) = after {
            all = all.filter(totp_secret::COLUMN.user_id.gt(after.as_uuid()));
        }
        let rows = self.read(|db| async move { all.all(&db).await }).await?;
        Ok(rows.into_iter().map(|row| (UserId::from_uuid(row.user_id), to_totp(row).secret)).collect())
    }

    async fn keep_log_in(&self, new: &NewPendingLogIn) -> Result<KeptLogIn, StoreError> {
        let keep = self.write(new.clone(), |transaction, new| async move {
            let user = lock_user(&transaction, new.user_id).await?;
            let browser_id = new.browser.map(BrowserId::as_uuid);
            if let Some(browser) = browser_id {
                let is_here = pending_log_in::COLUMN.browser_id.eq(browser);
                if overtaking(&new).filter(is_here.clone()).one(&*transaction).await?.is_some() {
                    return Ok(KeptLogIn::Overtaken);
                }
                pending_log_in::Entity::delete_many().filter(is_here).exec(&*transaction).await?;
            }
            if let Some(earlier) = new.replacing {
                pending_log_in::Entity::delete_by_id(from_token(&earlier)).exec(&*transaction).await?;
            }
            if let Some(user) = user {
                let log_in = pending_log_in::ActiveModel {
                    token_hash: Set(from_token(&new.token)),
                    user_id: Set(user.id),
                    credentials_version: Set(new.credentials_version),
                    kind: Set(row::from_kind(new.kind).to_owned()),
                    browser_id: Set(browser_id),
                    tries: Set(0),
                    ends_at: Set(new.ends_at.as_unix_micros()),
                    finished_at: Set(None),
                };
                pending_log_in::Entity::insert(log_in).exec_without_returning(&*transaction).await?;
            }
            transaction.commit().await?;
            Ok(KeptLogIn::Kept)
        });
        Ok(keep.await?)
    }

    async fn end_log_in(&self, token: &PendingLogInHash) -> Result<(), StoreError> {
        self.change(pending_log_in::Entity::delete_by_id(from_token(token))).await?;
        Ok(())
    }

    async fn find_log_in(&self, token: &PendingLogInHash) -> Result<Option<FoundPendingLogIn>, StoreError> {
        let found = pending_log_in::Entity::find_by_id(from_token(token)).find_also_related(user::Entity);
        let Some((log_in, user)) = self.read(|db| async move { found.one(&db).await }).await? else { return Ok(None) };
        // A log-in has a user, by its foreign key.
        let user = user.ok_or(StorageError::CorruptRow { table: "pending_log_ins", column: "user_id" })?;
        let (log_in, credentials_version) = (to_log_in(&log_in)?, user.credentials_version);
        Ok(Some(FoundPendingLogIn { log_in, user: row::to_user(&user)?, credentials_version }))
    }

    async fn take_try(&self, token: &PendingLogInHash) -> Result<Try, StoreError> {
        let take = self.write(*token, |transaction, token| async move {
            let most = i64::from(PendingLogIn::MOST_TRIES);
            let take = pending_log_in::Entity::update_many()
                .col_expr(pending_log_in::Column::Tries, Expr::col(pending_log_in::Column::Tries).add(1))
                .filter(pending_log_in::COLUMN.token_hash.eq(from_token(&token)))
                .filter(pending_log_in::COLUMN.finished_at.is_null())
                .filter(pending_log_in::COLUMN.tries.lt(most));
            if take.exec(&*transaction).await?.rows_affected == 0 {
                return Ok(Try::NoneLeft);
            }
            let row = pending_log_in::Entity::find_by_id(from_token(&token)).one(&*transaction).await?;
            transaction.commit().await?;
            let left = row.and_then(|row| u32::try_from(most - row.tries).ok()).unwrap_or(0);
            Ok(Try::Taken { left })
        });
        Ok(take.await?)
    }

    async fn finish_log_in(&self, finished: &FinishedLogIn, activities: &[Activity]) -> Result<(), FinishLogInError> {
        let given = (finished.clone(), activities.to_vec());
        let finish = self.write(given, |transaction, (finished, activities)| async move {
            let FinishedLogIn { log_in: token, used, new } = finished;
            let Some((first, others)) = activities.split_first() else { return Ok(Err(FinishLogInError::Ended)) };
            let user = lock_user(&transaction, new.session.user_id).await?;
            let finish = finish_open(&token, new.session.user_id, first.at);
            if finish.exec(&*transaction).await?.rows_affected == 0 {
                return Ok(Err(FinishLogInError::Ended));
            }
            if use_factor(&transaction, new.session.user_id, used).await? == FactorChange::AlreadyUsed {
                return Ok(Err(FinishLogInError::AlreadyUsed));
            }
            match begin(&transaction, user.as_ref(), &new, first).await? {
                Ok(()) => {}
                Err(StartSessionError::Overtaken) => return Ok(Err(FinishLogInError::Overtaken)),
                Err(_) => return Ok(Err(FinishLogInError::NotAllowed)),
            }
            for activity in others {
                record(&transaction, activity).await?;
            }
            transaction.commit().await?;
            Ok(Ok(()))
        });
        finish.await.map_err(|error| FinishLogInError::Store(error.into()))?
    }

    async fn delete_log_ins(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let has_ended = pending_log_in::COLUMN.ends_at.lte(now.as_unix_micros());
        Ok(self.sweep::<pending_log_in::Entity>(pending_log_in::Column::TokenHash, has_ended, most).await?)
    }
}

/// Selects this user's log-ins that began later than the new one, but within the time in which both count as sent
/// together.
fn overtaking(new: &NewPendingLogIn) -> Select<pending_log_in::Entity> {
    pending_log_in::Entity::find()
        .filter(pending_log_in::COLUMN.user_id.eq(new.user_id.as_uuid()))
        .filter(pending_log_in::COLUMN.ends_at.gt(new.ends_at.as_unix_micros()))
        .filter(pending_log_in::COLUMN.ends_at.lt(new.overtaken_until().as_unix_micros()))
}

/// Finishes the pending log-in, if it belongs to this user, whose row is locked, and may be finished.
pub(crate) fn finish_open(token: &PendingLogInHash, user: UserId, at: Timestamp) -> UpdateMany<pending_log_in::Entity> {
    pending_log_in::Entity::update_many()
        .col_expr(pending_log_in::Column::FinishedAt, Expr::value(at.as_unix_micros()))
        .filter(pending_log_in::COLUMN.token_hash.eq(from_token(token)))
        .filter(pending_log_in::COLUMN.user_id.eq(user.as_uuid()))
        .filter(pending_log_in::COLUMN.finished_at.is_null())
        .filter(pending_log_in::COLUMN.ends_at.gt(at.as_unix_micros()))
}

/// Locks and returns the user, if the session still exists and the credentials have the expected version.
pub(crate) async fn find(
    transaction: &Transaction,
    user: UserId,
    session: SessionId,
    credentials_version: i64,
) -> Result<Result<user::Model, FactorChange>, DbErr> {
    let Some(user) = lock_user_in_session(transaction, user, session).await? else {
        return Ok(Err(FactorChange::SessionEnded));
    };
    let is_same = user.credentials_version == credentials_version;
    Ok(if is_same { Ok(user) } else { Err(FactorChange::CredentialsChanged) })
}

/// Uses the factor up, if it is still good. The user's row is locked.
pub(crate) async fn use_factor(transaction: &Transaction, id: UserId, used: FactorUse) -> Result<FactorChange, DbErr> {
    let rows = match used {
        FactorUse::Totp(step) => {
            let later = totp_secret::Entity::update_many()
                .col_expr(totp_secret::Column::LastStep, Expr::value(step.number()))
                .filter(totp_secret::COLUMN.user_id.eq(id.as_uuid()))
                .filter(totp_secret::COLUMN.last_step.lt(step.number()));
            later.exec(&**transaction).await?.rows_affected
        }
        FactorUse::RecoveryCode(hash) => {
            let one = recovery_code::Entity::delete_many()
                .filter(recovery_code::COLUMN.code_hash.eq(HashBytes(hash.as_bytes().to_vec())))
                .filter(recovery_code::COLUMN.user_id.eq(id.as_uuid()));
            one.exec(&**transaction).await?.rows_affected
        }
    };
    Ok(if rows == 1 { FactorChange::Made } else { FactorChange::AlreadyUsed })
}

/// Replaces all recovery codes of the user.
pub(crate) async fn put_codes(
    transaction: &Transaction,
    user: UserId,
    hashes: &[RecoveryCodeHash],
) -> Result<(), DbErr> {
    delete_codes(user).exec(&**transaction).await?;
    let rows = hashes.iter().map(|hash| recovery_code::ActiveModel {
        code_hash: Set(HashBytes(hash.as_bytes().to_vec())),
        user_id: Set(user.as_uuid()),
    });
    recovery_code::Entity::insert_many(rows).exec_without_returning(&**transaction).await?;
    Ok(())
}

fn delete_codes(user: UserId) -> DeleteMany<recovery_code::Entity> {
    recovery_code::Entity::delete_many().filter(recovery_code::COLUMN.user_id.eq(user.as_uuid()))
}

/// Returns what the user is asked for after the password.
pub(crate) fn factors_in(user: &user::Model) -> AuthenticationMethods {
    AuthenticationMethods::from_codes(&user.second_factors)
}

/// Sets the second factors of the user, whose row is locked, and does what follows from any change of them. Without a
/// factor there are no recovery codes.
pub(crate) async fn set_factors(
    transaction: &Transaction,
    user: &user::Model,
    factors: AuthenticationMethods,
) -> Result<(), DbErr> {
    let id = UserId::from_uuid(user.id);
    let set = user::Entity::update_many()
        .col_expr(user::Column::SecondFactors, Expr::value(factors.codes()))
        .col_expr(user::Column::CredentialsVersion, Expr::value(user.credentials_version + 1))
        .filter(user::COLUMN.id.eq(user.id));
    set.exec(&**transaction).await?;
    if factors.is_empty() {
        delete_codes(id).exec(&**transaction).await?;
    }
    delete_log_ins(id).exec(&**transaction).await?;
    let trust = known_device::Entity::update_many()
        .col_expr(known_device::Column::TrustedUntil, Expr::value(None::<i64>))
        .filter(known_device::COLUMN.user_id.eq(user.id));
    trust.exec(&**transaction).await?;
    Ok(())
}

fn from_token(token: &PendingLogInHash) -> HashBytes {
    HashBytes(token.as_bytes().to_vec())
}

fn from_sealed(secret: &SealedSecret) -> SealedBytes {
    SealedBytes(secret.as_bytes().to_vec())
}

fn to_totp(row: totp_secret::Model) -> StoredTotp {
    StoredTotp {
        secret: SealedSecret::from_bytes(row.sealed.0),
        last_step: TotpStep::from_number(row.last_step),
        created_at: Timestamp::from_unix_micros(row.created_at),
    }
}

fn to_log_in(row: &pending_log_in::Model) -> Result<PendingLogIn, StorageError> {
    let corrupt = |column| StorageError::CorruptRow { table: "pending_log_ins", column };
    Ok(PendingLogIn {
        user_id: UserId::from_uuid(row.user_id),
        credentials_version: row.credentials_version,
        kind: row::to_kind(&row.kind).ok_or_else(|| corrupt("kind"))?,
        browser: row.browser_id.map(BrowserId::from_uuid),
        tries: row.tries.try_into().map_err(|_| corrupt("tries"))?,
        ends_at: Timestamp::from_unix_micros(row.ends_at),
        finished_at: row.finished_at.map(Timestamp::from_unix_micros),
    })
}
