use doorward_domain::authentication::Authentication;
use doorward_domain::repository::{
    EndedSessions, Ending, Expiry, NewSession, Reauthentication, StartSessionError, TokenRenewal, TokenRole,
};
use doorward_domain::{
    Activity, Session, SessionId, SessionRepository, Standing, StoreError, Timestamp, TokenHash, UserId,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, Condition, DbErr, DeleteMany, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select, UpdateMany,
};

use crate::activity::{record, recording};
use crate::connect::SeaOrmStore;
use crate::database::{Change, Transaction};
use crate::entity::{HashBytes, session, user};
use crate::error::StorageError;
use crate::look_ups::FoundSession;
use crate::step::{is_beyond, lock_user, lock_user_in_session};
use crate::{known_devices, row, throttle};

impl SessionRepository for SeaOrmStore {
    async fn start(&self, new: &NewSession, activity: &Activity) -> Result<(), StartSessionError> {
        let start = self.write((new.clone(), activity.clone()), |transaction, (new, activity)| async move {
            let user = lock_user(&transaction, new.session.user_id).await?;
            if let Err(refusal) = begin(&transaction, user.as_ref(), &new, &activity).await? {
                return Ok(Err(refusal));
            }
            transaction.commit().await?;
            Ok(Ok(()))
        });
        start.await.map_err(|error| StartSessionError::Store(error.into()))?
    }

    async fn find_by_token(
        &self,
        token: &TokenHash,
    ) -> Result<Option<doorward_domain::repository::FoundSession>, StoreError> {
        if let Some((session, user)) = with_user(self.db.find_session(token).await.map_err(StorageError::from)?)? {
            let is_newer = session.former_token_hash.is_some() && session.former_token_until.is_none();
            let role = if is_newer { TokenRole::Newer } else { TokenRole::Only };
            return Ok(Some(row::to_found_session(&session, &user, role)?));
        }
        let by_former_token = session::COLUMN.former_token_hash.eq(row::from_token_hash(token));
        let former = session::Entity::find().filter(by_former_token).find_also_related(user::Entity);
        let Some((session, user)) = with_user(self.read(|db| async move { former.one(&db).await }).await?)? else {
            return Ok(None);
        };
        let until = session.former_token_until.map(Timestamp::from_unix_micros);
        Ok(Some(row::to_found_session(&session, &user, TokenRole::Former { until })?))
    }

    async fn touch(&self, id: SessionId, seen_at: Timestamp) -> Result<(), StoreError> {
        let seen_at = seen_at.as_unix_micros();
        let touch = session::Entity::update_many()
            .col_expr(session::Column::LastSeenAt, Expr::value(seen_at))
            .filter(session::COLUMN.id.eq(id.as_uuid()))
            .filter(session::COLUMN.last_seen_at.lt(seen_at));
        self.change(touch).await?;
        Ok(())
    }

    async fn renew_token(
        &self,
        session: &Session,
        presented: &TokenHash,
        new: &TokenHash,
        at: Timestamp,
    ) -> Result<TokenRenewal, StoreError> {
        let renew = session::Entity::update_many()
            .col_expr(session::Column::TokenHash, Expr::value(row::from_token_hash(new)))
            .col_expr(session::Column::FormerTokenHash, Expr::value(row::from_token_hash(presented)))
            .col_expr(session::Column::FormerTokenUntil, Expr::value(None::<i64>))
            .col_expr(session::Column::RenewedAt, Expr::value(at.as_unix_micros()))
            .filter(session::COLUMN.id.eq(session.id.as_uuid()))
            .filter(session::COLUMN.renewed_at.eq(session.renewed_at.as_unix_micros()));
        Ok(match self.change(renew).await? {
            0 => TokenRenewal::TooLate,
            _ => TokenRenewal::Renewed,
        })
    }

    async fn end_former_token(&self, id: SessionId, until: Timestamp) -> Result<(), StoreError> {
        let end = session::Entity::update_many()
            .col_expr(session::Column::FormerTokenUntil, Expr::value(until.as_unix_micros()))
            .filter(session::COLUMN.id.eq(id.as_uuid()))
            .filter(session::COLUMN.former_token_until.is_null());
        self.change(end).await?;
        Ok(())
    }

    async fn reauthenticate(
        &self,
        session: &Session,
        old: &TokenHash,
        new: &TokenHash,
        authentication: &Authentication,
    ) -> Result<Reauthentication, StoreError> {
        let given = (session.user_id, session.id, *old, *new, *authentication);
        let reauthenticate = self.write(given, |transaction, (user, id, old, new, authentication)| async move {
            if lock_user_in_session(&transaction, user, id).await?.is_none() {
                return Ok(Reauthentication::Ended);
            }
            authenticate(id, &authentication).exec(&*transaction).await?;
            let renew = give_token(id, &new, authentication.at).filter(is_opened_by(&old, authentication.at));
            let renewed = renew.exec(&*transaction).await?;
            transaction.commit().await?;
            Ok(if renewed.rows_affected == 1 { Reauthentication::Renewed } else { Reauthentication::RenewedByAnother })
        });
        Ok(reauthenticate.await?)
    }

    async fn sessions_of(&self, user: UserId, most: u32) -> Result<Vec<Session>, StoreError> {
        let of_user = last_seen_of(user).limit(u64::from(most));
        let rows = self.read(|db| async move { of_user.all(&db).await }).await?;
        Ok(rows.iter().map(row::to_session).collect::<Result<_, _>>()?)
    }

    async fn end(&self, user: UserId, ending: Ending, activity: &Activity) -> Result<EndedSessions, StoreError> {
        let chosen = match ending {
            Ending::OfToken(token) => is_opened_by(&token, activity.at),
            Ending::One { session, .. } => Condition::all().add(session::COLUMN.id.eq(session.as_uuid())),
            Ending::Others { by } => Condition::all().add(session::COLUMN.id.ne(by.as_uuid())),
            Ending::All => Condition::all(),
        };
        let delete = delete_sessions(user).filter(chosen);
        let given = (user, ending.by(), delete, activity.clone());
        let ended = self.write(given, |transaction, (user, by, delete, activity)| async move {
            match by {
                Some(by) if lock_user_in_session(&transaction, user, by).await?.is_none() => {
                    return Ok(EndedSessions::SessionEnded);
                }
                Some(_) => {}
                None => drop(lock_user(&transaction, user).await?),
            }
            let ended = delete.exec(&*transaction).await?.rows_affected;
            if ended > 0 {
                record(&transaction, &activity).await?;
            }
            transaction.commit().await?;
            Ok(EndedSessions::Ended(ended))
        });
        Ok(ended.await?)
    }

    async fn discard(&self, id: SessionId) -> Result<(), StoreError> {
        let one = session::Entity::delete_many().filter(session::COLUMN.id.eq(id.as_uuid()));
        self.change(one).await?;
        Ok(())
    }

    async fn delete_expired(&self, expiry: &[Expiry], most: u32) -> Result<u32, StoreError> {
        Ok(self.sweep::<session::Entity>(session::Column::Id, has_reached_any(expiry), most).await?)
    }
}

/// Begins a session of this user, whose row is locked, in a step that its caller commits. A refused one changes
/// nothing.
pub(crate) async fn begin(
    transaction: &Transaction,
    user: Option<&user::Model>,
    new: &NewSession,
    activity: &Activity,
) -> Result<Result<(), StartSessionError>, DbErr> {
    let is_allowed = |user: &user::Model| {
        user.standing == row::from_standing(Standing::Active) && user.credentials_version == new.credentials_version
    };
    if !user.is_some_and(is_allowed) {
        return Ok(Err(StartSessionError::NotAllowed));
    }
    let (user, mut changes) = (new.session.user_id, Vec::new());
    if let Some(browser) = new.session.client.browser {
        let here = of_user(user).filter(session::COLUMN.browser_id.eq(browser.as_uuid())).all(&**transaction).await?;
        let here = here.iter().map(row::to_session).collect::<Result<Vec<_>, _>>()?;
        if here.iter().any(|other| new.is_overtaken_by(other)) {
            return Ok(Err(StartSessionError::Overtaken));
        }
        let ended = here.iter().filter(|other| new.takes_the_place_of(other)).map(|other| other.id.as_uuid());
        let ended: Vec<_> = ended.collect();
        if !ended.is_empty() {
            changes.push(Change::of(session::Entity::delete_many().filter(session::COLUMN.id.is_in(ended))));
        }
    }
    if let Some(replaced) = new.replacing {
        let opened = session::Entity::delete_many().filter(is_opened_by(&replaced, activity.at));
        changes.push(Change::of(opened));
    }
    let others = last_seen_of(user).filter(session::COLUMN.id.ne(new.session.id.as_uuid()));
    let beyond = delete_sessions(user).filter(is_beyond(session::Column::Id, others, new.most.saturating_sub(1)));
    changes.push(Change::of(beyond));
    changes.push(Change::of(session::Entity::insert(row::from_session(&new.session, &new.token))));
    changes.extend(new.device.iter().flat_map(|device| known_devices::remembering(device, activity)));
    changes.extend(recording(transaction, activity).await?);
    changes.extend(throttle::settling(transaction, &new.settlement, activity.at).await?);
    transaction.change_all(changes).await?;
    Ok(Ok(()))
}

/// A session has a user, by its foreign key.
fn with_user(found: FoundSession) -> Result<Option<(session::Model, user::Model)>, StorageError> {
    let corrupt = StorageError::CorruptRow { table: "sessions", column: "user_id" };
    found.map(|(session, user)| Ok((session, user.ok_or(corrupt)?))).transpose()
}

/// Selects the user's sessions.
fn of_user(user: UserId) -> Select<session::Entity> {
    session::Entity::find().filter(session::COLUMN.user_id.eq(user.as_uuid()))
}

/// Selects the user's sessions, last seen first.
fn last_seen_of(user: UserId) -> Select<session::Entity> {
    of_user(user).order_by_desc(session::COLUMN.last_seen_at).order_by_desc(session::COLUMN.id)
}

/// Deletes all sessions of the user.
pub(crate) fn delete_sessions(user: UserId) -> DeleteMany<session::Entity> {
    session::Entity::delete_many().filter(session::COLUMN.user_id.eq(user.as_uuid()))
}

/// Deletes all sessions of the user but this one.
pub(crate) fn delete_other_sessions(user: UserId, kept: SessionId) -> DeleteMany<session::Entity> {
    delete_sessions(user).filter(session::COLUMN.id.ne(kept.as_uuid()))
}

/// Stores how and when the session was authenticated.
pub(crate) fn authenticate(id: SessionId, authentication: &Authentication) -> UpdateMany<session::Entity> {
    session::Entity::update_many()
        .col_expr(session::Column::AuthenticatedAt, Expr::value(authentication.at.as_unix_micros()))
        .col_expr(session::Column::Methods, Expr::value(authentication.methods.codes()))
        .filter(session::COLUMN.id.eq(id.as_uuid()))
}

/// Gives the session a new token, drawn at `at`, and no former one.
pub(crate) fn give_token(id: SessionId, token: &TokenHash, at: Timestamp) -> UpdateMany<session::Entity> {
    session::Entity::update_many()
        .col_expr(session::Column::TokenHash, Expr::value(row::from_token_hash(token)))
        .col_expr(session::Column::FormerTokenHash, Expr::value(None::<HashBytes>))
        .col_expr(session::Column::FormerTokenUntil, Expr::value(None::<i64>))
        .col_expr(session::Column::RenewedAt, Expr::value(at.as_unix_micros()))
        .filter(session::COLUMN.id.eq(id.as_uuid()))
}

/// Whether the token opens the session at this time, as [`TokenRole::opens_at`] says.
fn is_opened_by(token: &TokenHash, at: Timestamp) -> Condition {
    let token = row::from_token_hash(token);
    let is_good = Condition::any()
        .add(session::COLUMN.former_token_until.is_null())
        .add(session::COLUMN.former_token_until.gt(at.as_unix_micros()));
    let is_former = Condition::all().add(session::COLUMN.former_token_hash.eq(token.clone())).add(is_good);
    Condition::any().add(session::COLUMN.token_hash.eq(token)).add(is_former)
}

/// Whether the session has reached a limit.
pub(crate) fn has_reached_any(limits: &[Expiry]) -> Condition {
    limits.iter().fold(Condition::any(), |any, limit| any.add(has_reached(limit)))
}

fn has_reached(expiry: &Expiry) -> Condition {
    let limits = Condition::any()
        .add(session::COLUMN.last_seen_at.lte(expiry.seen_until.as_unix_micros()))
        .add(session::COLUMN.created_at.lte(expiry.created_until.as_unix_micros()));
    Condition::all().add(session::COLUMN.kind.eq(row::from_kind(expiry.kind))).add(limits)
}
