use doorward_domain::{
    Activity, ActivityId, ActivityRepository, Event, FailedAttempts, Notice, SinceLastLogIn, StoreError, Timestamp,
    UserId,
};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, DbErr, EntityTrait as _, Insert, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _,
};

use crate::connect::SeaOrmStore;
use crate::database::{Change, Transaction};
use crate::entity::activity;
use crate::step::lock_user;
use crate::{outbox, row};

impl ActivityRepository for SeaOrmStore {
    async fn record(&self, activity: &Activity) -> Result<(), StoreError> {
        if activity.notice == Notice::None {
            self.change(insertion(activity)).await?;
            return Ok(());
        }
        let recorded = self.write(activity.clone(), |transaction, activity| async move {
            if let Some(user) = activity.user_id {
                lock_user(&transaction, user).await?;
            }
            record(&transaction, &activity).await?;
            transaction.commit().await
        });
        Ok(recorded.await?)
    }

    async fn activity_of(
        &self,
        user: UserId,
        before: Option<ActivityId>,
        most: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let mut of_user = activity::Entity::find().filter(activity::COLUMN.user_id.eq(user.as_uuid()));
        if let Some(before) = before {
            of_user = of_user.filter(activity::COLUMN.id.lt(before.as_uuid()));
        }
        let newest = of_user.order_by_desc(activity::COLUMN.id).limit(u64::from(most));
        let rows = self.read(|db| async move { newest.all(&db).await }).await?;
        Ok(rows.iter().map(row::to_activity).collect::<Result<_, _>>()?)
    }

    async fn since_last_log_in(&self, user: UserId) -> Result<SinceLastLogIn, StoreError> {
        let read = self.read(move |db| async move {
            let read = db.query_one(&since_last_log_in(user)).await?;
            read.map(|read| read.try_get_many_by_index::<(i64, Option<i64>, Option<i64>)>()).transpose()
        });
        let (count, since, last_log_in_at) = read.await?.unwrap_or_default();
        let count = u32::try_from(count).unwrap_or(FailedAttempts::MOST);
        Ok(SinceLastLogIn {
            last_log_in_at: last_log_in_at.map(Timestamp::from_unix_micros),
            failed_attempts: since.map(Timestamp::from_unix_micros).map(|since| FailedAttempts { count, since }),
        })
    }

    async fn delete_activity(&self, kept_from: ActivityId, most: u32) -> Result<u32, StoreError> {
        let may_go =
            Condition::any().add(activity::COLUMN.id.lt(kept_from.as_uuid())).add(activity::COLUMN.user_id.is_null());
        Ok(self.sweep::<activity::Entity>(activity::Column::Id, may_go, most).await?)
    }
}

/// Selects the number of failed attempts since the last log-in, the time of the first of them, and the time of that
/// log-in.
fn since_last_log_in(user: UserId) -> SelectStatement {
    let newest = || {
        let of_user = activity::Entity::find().filter(activity::COLUMN.user_id.eq(user.as_uuid()));
        of_user.select_only().order_by_desc(activity::COLUMN.id)
    };
    let of_last_log_in = |column: activity::Column| {
        let log_in = newest().column(column).filter(activity::COLUMN.event.eq(Event::LoggedIn.code()));
        SimpleExpr::from(log_in.limit(1).into_query())
    };
    let last_log_in = of_last_log_in(activity::Column::Id);
    let failed = Event::ALL.iter().filter(|event| event.is_failed_attempt()).map(|event| event.code());
    let failed = newest()
        .column(activity::Column::HappenedAt)
        .filter(activity::COLUMN.event.is_in(failed))
        .filter(activity::Column::Id.into_expr().gt(Func::coalesce([last_log_in, Uuid::nil().into()])))
        .limit(u64::from(FailedAttempts::MOST));
    let at = || Expr::col(activity::Column::HappenedAt);
    Query::select()
        .expr(at().count())
        .expr(at().min())
        .expr(of_last_log_in(activity::Column::HappenedAt))
        .from_subquery(failed.into_query(), "failed")
        .take()
}

/// Stores the activity within a step. Queues its notice too, if it asks for one and its user has a verified address.
pub(crate) async fn record(transaction: &Transaction, activity: &Activity) -> Result<(), DbErr> {
    let changes = recording(transaction, activity).await?;
    transaction.change_all(changes).await
}

/// Returns the changes that [`record`] makes.
pub(crate) async fn recording(transaction: &Transaction, activity: &Activity) -> Result<Vec<Change>, DbErr> {
    let notice = outbox::notice_of(transaction, activity).await?;
    Ok([Change::of(insertion(activity))].into_iter().chain(notice).collect())
}

fn insertion(activity: &Activity) -> Insert<activity::ActiveModel> {
    activity::Entity::insert(row::from_activity(activity))
}
