use doorward_domain::repository::{Confirmation, Expiry, FoundSession, NewSession, StartSessionError, TokenRole};
use doorward_domain::{
    Activity, Session, SessionId, SessionRepository, Standing, StoreError, Timestamp, TokenHash, UserId,
};
use sea_orm::sea_query::{Expr, LockType, SimpleExpr};
use sea_orm::{
    ColumnTrait as _, Condition, DbErr, DeleteMany, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, UpdateMany,
};

use crate::activity;
use crate::connect::SeaOrmStore;
use crate::entity::{HashBytes, session, user};
use crate::error::StorageError;
use crate::executor::{Database, Executor as _};
use crate::{row, throttle};

impl SessionRepository for SeaOrmStore {
    async fn start(&self, new: &NewSession<'_>, activity: &Activity) -> Result<(), StartSessionError> {
        let started = async {
            let transaction = self.begin_writing().await?;
            // The lock keeps the user's row as it is read until the session is in; SQLite's one writer needs none.
            let user = user::Entity::find_by_id(new.session.user_id.as_uuid())
                .filter(user::COLUMN.standing.eq(row::from_standing(Standing::Active)))
                .filter(user::COLUMN.password_version.eq(new.password_version))
                .lock(LockType::Update);
            if transaction.one(user).await?.is_none() {
                return Ok(Err(StartSessionError::NotAllowed));
            }
            if let Some(replaced) = new.replacing {
                transaction.change(&session::Entity::delete_many().filter(has_token(replaced))).await?;
            }
            transaction.change(&session::Entity::insert(row::from_session(new.session, new.token))).await?;
            transaction.change(&activity::insertion(activity)).await?;
            throttle::settle(&transaction, new.settlement, activity.at).await?;
            transaction.commit().await?;
            Ok::<_, DbErr>(Ok(()))
        };
        started.await.map_err(|error| StartSessionError::Store(StorageError::from(error).into()))?
    }

    async fn find_by_token(&self, token: &TokenHash) -> Result<Option<FoundSession>, StoreError> {
        if let Some((session, user)) = self.find_current(token).await? {
            let is_newer = session.former_token_hash.is_some() && session.former_token_until.is_none();
            let role = if is_newer { TokenRole::Newer } else { TokenRole::Only };
            return Ok(Some(row::to_found_session(&session, &user, role)?));
        }
        let by_former_token = session::COLUMN.former_token_hash.eq(row::from_token_hash(token));
        let Some((session, user)) = self.find_session(by_former_token).await? else { return Ok(None) };
        let until = session.former_token_until.map(Timestamp::from_unix_micros);
        Ok(Some(row::to_found_session(&session, &user, TokenRole::Former { until })?))
    }

    async fn touch(&self, id: SessionId, seen_at: Timestamp) -> Result<(), StoreError> {
        let seen_at = seen_at.as_unix_micros();
        let touch = session::Entity::update_many()
            .col_expr(session::Column::LastSeenAt, Expr::value(seen_at))
            .filter(session::COLUMN.id.eq(id.as_uuid()))
            .filter(session::COLUMN.last_seen_at.lt(seen_at));
        self.db.change(&touch).await.map_err(StorageError::from)?;
        Ok(())
    }

    async fn renew_token(
        &self,
        session: &Session,
        presented: &TokenHash,
        new: &TokenHash,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let renew = session::Entity::update_many()
            .col_expr(session::Column::TokenHash, Expr::value(row::from_token_hash(new)))
            .col_expr(session::Column::FormerTokenHash, Expr::value(row::from_token_hash(presented)))
            .col_expr(session::Column::FormerTokenUntil, Expr::value(None::<i64>))
            .col_expr(session::Column::RenewedAt, Expr::value(at.as_unix_micros()))
            .filter(session::COLUMN.id.eq(session.id.as_uuid()))
            .filter(session::COLUMN.renewed_at.eq(session.renewed_at.as_unix_micros()));
        Ok(self.db.change(&renew).await.map_err(StorageError::from)? == 1)
    }

    async fn end_former_token(&self, id: SessionId, until: Timestamp) -> Result<(), StoreError> {
        let end = session::Entity::update_many()
            .col_expr(session::Column::FormerTokenUntil, Expr::value(until.as_unix_micros()))
            .filter(session::COLUMN.id.eq(id.as_uuid()))
            .filter(session::COLUMN.former_token_until.is_null());
        self.db.change(&end).await.map_err(StorageError::from)?;
        Ok(())
    }

    async fn confirm(
        &self,
        id: SessionId,
        old: &TokenHash,
        new: &TokenHash,
        at: Timestamp,
    ) -> Result<Confirmation, StoreError> {
        let confirmed = async {
            let transaction = self.begin_writing().await?;
            let mark = session::Entity::update_many()
                .col_expr(session::Column::ConfirmedAt, Expr::value(at.as_unix_micros()))
                .filter(session::COLUMN.id.eq(id.as_uuid()));
            let marked = transaction.change(&mark).await?;
            let renewed = transaction.change(&give_token(id, new, at).filter(has_token(old))).await?;
            transaction.commit().await?;
            Ok::<_, DbErr>(match (marked, renewed) {
                (_, 1) => Confirmation::Renewed,
                (1, _) => Confirmation::RenewedByAnother,
                _ => Confirmation::Ended,
            })
        };
        Ok(confirmed.await.map_err(StorageError::from)?)
    }

    async fn sessions_of(&self, user: UserId, most: u32) -> Result<Vec<Session>, StoreError> {
        let of_user = session::Entity::find()
            .filter(session::COLUMN.user_id.eq(user.as_uuid()))
            .order_by_desc(session::COLUMN.last_seen_at)
            .order_by_desc(session::COLUMN.id)
            .limit(u64::from(most));
        let rows = self.db.all(of_user).await.map_err(StorageError::from)?;
        Ok(rows.iter().map(row::to_session).collect::<Result<_, _>>()?)
    }

    async fn end(&self, user: UserId, id: SessionId, activity: &Activity) -> Result<bool, StoreError> {
        let one = session::Entity::delete_many()
            .filter(session::COLUMN.id.eq(id.as_uuid()))
            .filter(session::COLUMN.user_id.eq(user.as_uuid()));
        Ok(self.end_sessions(one, activity).await? == 1)
    }

    async fn end_all(&self, user: UserId, kept: Option<SessionId>, activity: &Activity) -> Result<u64, StoreError> {
        self.end_sessions(delete_sessions(user, kept), activity).await
    }

    async fn discard(&self, id: SessionId) -> Result<(), StoreError> {
        let one = session::Entity::delete_many().filter(session::COLUMN.id.eq(id.as_uuid()));
        self.db.change(&one).await.map_err(StorageError::from)?;
        Ok(())
    }

    async fn delete_expired(&self, expiry: &[Expiry; 2], most: u32) -> Result<u32, StoreError> {
        let has_expired = expiry.iter().fold(Condition::any(), |any, expiry| any.add(has_reached(expiry)));
        let found = session::Entity::find().filter(has_expired.clone()).limit(u64::from(most));
        let ids = self.driver.all(found).await.map_err(StorageError::from)?.into_iter().map(|row| row.id);
        let delete = session::Entity::delete_many().filter(session::COLUMN.id.is_in(ids)).filter(has_expired);
        Ok(row::count(self.db.change(&delete).await.map_err(StorageError::from)?))
    }
}

impl SeaOrmStore {
    async fn find_current(&self, token: &TokenHash) -> Result<Option<(session::Model, user::Model)>, StoreError> {
        match &self.db {
            Database::SqliteFile(file) => Ok(file.find_session(token).await.map_err(StorageError::from)?),
            Database::Server(_) => self.find_session(session::COLUMN.token_hash.eq(row::from_token_hash(token))).await,
        }
    }

    async fn find_session(&self, by_token: SimpleExpr) -> Result<Option<(session::Model, user::Model)>, StoreError> {
        let found = session::Entity::find().filter(by_token).find_both_related(user::Entity);
        Ok(self.db.pair(found).await.map_err(StorageError::from)?)
    }

    /// Deletes them, and says so where there were any.
    async fn end_sessions(
        &self,
        sessions: DeleteMany<session::Entity>,
        activity: &Activity,
    ) -> Result<u64, StoreError> {
        let ended = async {
            let transaction = self.begin_writing().await?;
            let ended = transaction.change(&sessions).await?;
            if ended > 0 {
                transaction.change(&activity::insertion(activity)).await?;
            }
            transaction.commit().await?;
            Ok::<_, DbErr>(ended)
        };
        Ok(ended.await.map_err(StorageError::from)?)
    }
}

/// All sessions of the user, but for the one that is kept.
pub(crate) fn delete_sessions(user: UserId, kept: Option<SessionId>) -> DeleteMany<session::Entity> {
    let all = session::Entity::delete_many().filter(session::COLUMN.user_id.eq(user.as_uuid()));
    match kept {
        Some(kept) => all.filter(session::COLUMN.id.ne(kept.as_uuid())),
        None => all,
    }
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

fn has_token(token: &TokenHash) -> Condition {
    let token = row::from_token_hash(token);
    Condition::any().add(session::COLUMN.token_hash.eq(token.clone())).add(session::COLUMN.former_token_hash.eq(token))
}

fn has_reached(expiry: &Expiry) -> Condition {
    let limits = Condition::any()
        .add(session::COLUMN.last_seen_at.lte(expiry.seen_until.as_unix_micros()))
        .add(session::COLUMN.created_at.lte(expiry.created_until.as_unix_micros()));
    Condition::all().add(session::COLUMN.kind.eq(row::from_kind(expiry.kind))).add(limits)
}
