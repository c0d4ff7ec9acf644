use doorward_domain::repository::{Admission, NewMail, QueuedMail, Queueing};
use doorward_domain::{Activity, MailKind, Notice, OutboxRepository, StoreError, Timestamp, UserId};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, Condition, DbErr, DeleteMany, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select, UpdateMany,
};

use crate::activity::record;
use crate::connect::SeaOrmStore;
use crate::database::{Change, Transaction};
use crate::entity::outbox::{COLUMN, Column, Entity, Model};
use crate::entity::{email, user};
use crate::step::lock_user;
use crate::{row, throttle};

/// How many due mails one read returns, in case other instances claim the first ones.
const CANDIDATES: u64 = 10;

/// How often due mails are read, if each time others claim all of them first.
const TRIES: usize = 5;

impl OutboxRepository for SeaOrmStore {
    async fn queue_mail(&self, mail: &NewMail, activity: &Activity) -> Result<Queueing, StoreError> {
        let queue = self.write((mail.clone(), activity.clone()), |transaction, (mut mail, activity)| async move {
            // A mail without a recipient looks for a user as well, so that it takes as long.
            let user = mail.mail.recipient.as_ref().map(|recipient| recipient.user_id);
            let user = lock_user(&transaction, user.unwrap_or(UserId::from_uuid(Uuid::nil()))).await?;
            if user.is_none() {
                mail.mail.recipient = None;
            }
            record(&transaction, &activity).await?;
            let queueing = queue(&transaction, &mail).await?;
            transaction.commit().await?;
            Ok(queueing)
        });
        Ok(queue.await?)
    }

    async fn claim_mail(&self, now: Timestamp, until: Timestamp) -> Result<Option<QueuedMail>, StoreError> {
        let due = to_somebody()
            .filter(COLUMN.due_at.lte(now.as_unix_micros()))
            .order_by_asc(COLUMN.due_at)
            .order_by_asc(COLUMN.id)
            .limit(CANDIDATES);
        for _ in 0..TRIES {
            let due = due.clone();
            let rows = self.read(|db| async move { due.all(&db).await }).await?;
            if rows.is_empty() {
                return Ok(None);
            }
            for row in rows {
                let due_at = until.as_unix_micros();
                let lease = leased(row.id, row.due_at).col_expr(Column::DueAt, Expr::value(due_at));
                if self.change(lease).await? == 1 {
                    return Ok(Some(row::to_queued_mail(&Model { due_at, ..row })?));
                }
            }
        }
        Ok(None)
    }

    async fn postpone_mail(&self, claim: &QueuedMail, tries: u32, due_at: Timestamp) -> Result<(), StoreError> {
        let postpone = leased(claim.mail.id.as_uuid(), claim.due_at.as_unix_micros())
            .col_expr(Column::Tries, Expr::value(i64::from(tries)))
            .col_expr(Column::DueAt, Expr::value(due_at.as_unix_micros()));
        self.change(postpone).await?;
        Ok(())
    }

    async fn finish_mail(&self, claim: &QueuedMail) -> Result<(), StoreError> {
        let finish = Entity::delete_many()
            .filter(COLUMN.id.eq(claim.mail.id.as_uuid()))
            .filter(COLUMN.due_at.eq(claim.due_at.as_unix_micros()));
        self.change(finish).await?;
        Ok(())
    }

    async fn queued_mails(&self, most: u32) -> Result<Vec<QueuedMail>, StoreError> {
        let oldest = to_somebody().order_by_asc(COLUMN.id).limit(u64::from(most));
        let rows = self.read(|db| async move { oldest.all(&db).await }).await?;
        Ok(rows.iter().map(row::to_queued_mail).collect::<Result<_, _>>()?)
    }

    async fn delete_mails_to_nobody(&self, most: u32) -> Result<u32, StoreError> {
        Ok(self.sweep::<Entity>(Column::Id, COLUMN.address.is_null(), most).await?)
    }
}

/// Queues a mail within a step, which has locked the user that it is about: counters are locked after users.
pub(crate) async fn queue(transaction: &Transaction, NewMail { mail, limits }: &NewMail) -> Result<Queueing, DbErr> {
    let mut mail = mail.clone();
    let queueing = match throttle::count_within(transaction, limits, mail.queued_at).await? {
        Admission::Counted => Queueing::Queued,
        Admission::WaitUntil { free_at, .. } => {
            mail.recipient = None;
            Queueing::Limited { free_at }
        }
    };
    Entity::insert(row::from_mail(&mail)).exec_without_returning(&**transaction).await?;
    Ok(queueing)
}

/// Returns the notice of the activity, if it asks for one and its user has a verified address.
pub(crate) async fn notice_of(transaction: &Transaction, activity: &Activity) -> Result<Option<Change>, DbErr> {
    let (Notice::ByMail { .. }, Some(user)) = (activity.notice, activity.user_id) else { return Ok(None) };
    let found = email::Entity::find_by_id(user.as_uuid()).find_also_related(user::Entity);
    let Some((email, Some(user))) = found.one(&**transaction).await? else { return Ok(None) };
    let mail = row::to_recipient(&email, &user)?.and_then(|recipient| activity.notice_to(recipient));
    Ok(mail.map(|mail| Change::of(Entity::insert(row::from_mail(&mail)))))
}

/// Deletes all queued mails to the user.
pub(crate) fn delete_mails_about(user: &user::Model) -> DeleteMany<Entity> {
    Entity::delete_many().filter(COLUMN.user_id.eq(user.id))
}

/// Selects mails that have a recipient and a kind that this release knows. An instance of a newer release sends the
/// others.
fn to_somebody() -> Select<Entity> {
    let is_known = COLUMN.kind.is_in(MailKind::all().map(MailKind::code));
    Entity::find().filter(Condition::all().add(COLUMN.address.is_not_null()).add(is_known))
}

/// Updates the mail unless it has been claimed since it was due then.
fn leased(id: Uuid, due_at: i64) -> UpdateMany<Entity> {
    Entity::update_many().filter(COLUMN.id.eq(id)).filter(COLUMN.due_at.eq(due_at))
}
