use std::collections::HashMap;

use doorward_domain::authentication::{AuthenticationMethod, AuthenticationMethods};
use doorward_domain::repository::{
    Expiry, FormerName, InsertUserError, UserDeletion, UserFilter, UserRename, UserRenameError, UserSummary,
};
use doorward_domain::throttle::{CounterKey, CounterState};
use doorward_domain::user::{NewUser, StoredUser};
use doorward_domain::{Activity, AdministrationRepository, Event, StoreError, Timestamp, UserId, Username};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Expr, ExprTrait as _, LikeExpr};
use sea_orm::{
    ColumnTrait as _, Condition, DatabaseConnection, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select,
};

use crate::activity::record;
use crate::connect::SeaOrmStore;
use crate::entity::{activity, password, reserved_name, session, user};
use crate::error::StorageError;
use crate::sessions::has_reached_any;
use crate::step::lock_user;
use crate::users::{Insertion, Renaming, delete_user, insert_user, is_taken, rename_user, stored_user};
use crate::{row, throttle};

impl AdministrationRepository for SeaOrmStore {
    async fn list_users(
        &self,
        filter: &UserFilter,
        limits: &[Expiry],
        after: Option<&Username>,
        most: u32,
    ) -> Result<Vec<UserSummary>, StoreError> {
        let mut chosen = Condition::all();
        if let Some(standing) = filter.standing {
            chosen = chosen.add(user::COLUMN.standing.eq(row::from_standing(standing)));
        }
        if !filter.part_of_key.is_empty() {
            chosen = chosen.add(Expr::col(user::Column::UsernameKey).like(anywhere(&filter.part_of_key)));
        }
        let users = in_order_of_names(after, most).filter(chosen);
        let live = has_reached_any(limits).not();
        let read = self.read(move |db| async move {
            let users = users.all(&db).await?;
            let ids: Vec<_> = users.iter().map(|user| user.id).collect();
            Ok((users, Presence::read(&db, ids, live).await?))
        });
        let (users, mut presence) = read.await?;
        let summaries = users.iter().map(|user| presence.summary_of(user));
        Ok(summaries.collect::<Result<_, _>>()?)
    }

    async fn stored_users(&self, after: Option<&Username>, most: u32) -> Result<Vec<StoredUser>, StoreError> {
        let users = in_order_of_names(after, most).find_also_related(password::Entity);
        let users = self.read(|db| async move { users.all(&db).await }).await?;
        users.into_iter().filter_map(|found| stored_user(Some(found)).transpose()).collect()
    }

    async fn create_user(&self, user: &NewUser, activity: &Activity) -> Result<(), InsertUserError> {
        let create = self.write((user.clone(), activity.clone()), |transaction, (user, activity)| async move {
            let insertion = insert_user(&transaction, &user).await?;
            if insertion == Insertion::Inserted {
                record(&transaction, &activity).await?;
                transaction.commit().await?;
            }
            Ok(insertion)
        });
        match create.await {
            Ok(Insertion::Inserted) => Ok(()),
            Ok(Insertion::NameReserved) => Err(InsertUserError::UsernameTaken),
            Err(error) if is_taken(&error) => Err(InsertUserError::UsernameTaken),
            Err(error) => Err(InsertUserError::Store(error.into())),
        }
    }

    async fn rename_user(&self, rename: &UserRename, activity: &Activity) -> Result<(), UserRenameError> {
        let renamed = self.write((rename.clone(), activity.clone()), |transaction, (rename, activity)| async move {
            let Some(old) = lock_user(&transaction, rename.user_id).await? else {
                return Ok(Err(UserRenameError::NoSuchUser));
            };
            if rename_user(&transaction, &old, &rename, activity.at).await? == Renaming::NameReserved {
                return Ok(Err(UserRenameError::UsernameTaken));
            }
            record(&transaction, &activity).await?;
            transaction.commit().await?;
            Ok(Ok(()))
        });
        match renamed.await {
            Ok(renamed) => renamed,
            Err(error) if is_taken(&error) => Err(UserRenameError::UsernameTaken),
            Err(error) => Err(UserRenameError::Store(error.into())),
        }
    }

    async fn delete_user(
        &self,
        id: UserId,
        reserved_until: Timestamp,
        activity: &Activity,
    ) -> Result<UserDeletion, StoreError> {
        let given = (id, reserved_until, activity.clone());
        let delete = self.write(given, |transaction, (id, reserved_until, activity)| async move {
            let Some(user) = lock_user(&transaction, id).await? else { return Ok(UserDeletion::NoSuchUser) };
            delete_user(&transaction, &user, reserved_until, &activity).await?;
            transaction.commit().await?;
            Ok(UserDeletion::Deleted)
        });
        let deletion = delete.await?;
        if deletion == UserDeletion::Deleted {
            self.forget_deleted().await;
        }
        Ok(deletion)
    }

    async fn counters(&self, keys: &[CounterKey]) -> Result<Vec<(CounterKey, CounterState)>, StoreError> {
        let rows = self.db.find_counters(keys.iter().copied()).await.map_err(StorageError::from)?;
        Ok(throttle::states_of(keys, &rows))
    }

    async fn former_names_of(&self, user: UserId) -> Result<Vec<FormerName>, StoreError> {
        let of_user = reserved_name::Entity::find().filter(reserved_name::COLUMN.user_id.eq(user.as_uuid()));
        let rows = self.read(|db| async move { of_user.all(&db).await }).await?;
        let name = |row: reserved_name::Model| FormerName {
            key: row.username_key,
            reserved_until: Timestamp::from_unix_micros(row.reserved_until),
        };
        Ok(rows.into_iter().map(name).collect())
    }
}

fn in_order_of_names(after: Option<&Username>, most: u32) -> Select<user::Entity> {
    let after = after.map(|after| user::COLUMN.username_key.gt(after.key()));
    let users = user::Entity::find().filter(Condition::all().add_option(after));
    users.order_by_asc(user::COLUMN.username_key).limit(u64::from(most))
}

/// Matches texts that contain `part` literally: its wildcards are escaped.
fn anywhere(part: &str) -> LikeExpr {
    const ESCAPE: char = '!';
    let mut pattern = String::from("%");
    for character in part.chars() {
        if matches!(character, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(character);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape(ESCAPE)
}

/// The passwords, live sessions and last activity of users, by user id.
struct Presence {
    passwords: HashMap<Uuid, AuthenticationMethods>,
    sessions: HashMap<Uuid, (i64, Option<i64>)>,
    activity: HashMap<Uuid, Option<i64>>,
}

impl Presence {
    async fn read(db: &DatabaseConnection, users: Vec<Uuid>, live: Condition) -> Result<Self, DbErr> {
        let passwords = password::Entity::find()
            .select_only()
            .column(password::Column::UserId)
            .filter(password::COLUMN.user_id.is_in(users.iter().copied()));
        let sessions = session::Entity::find()
            .select_only()
            .column(session::Column::UserId)
            .column_as(session::Column::Id.count(), "sessions")
            .column_as(session::Column::LastSeenAt.max(), "seen_at")
            .filter(session::COLUMN.user_id.is_in(users.iter().copied()))
            .filter(live)
            .group_by(session::Column::UserId);
        let by_user = Event::ALL.iter().filter(|event| event.is_by_user()).map(|event| event.code());
        let activity = activity::Entity::find()
            .select_only()
            .column(activity::Column::UserId)
            .column_as(activity::Column::HappenedAt.max(), "seen_at")
            .filter(activity::COLUMN.user_id.is_in(users))
            .filter(activity::COLUMN.event.is_in(by_user))
            .group_by(activity::Column::UserId);
        let password = AuthenticationMethods::default().with(AuthenticationMethod::Password);
        let passwords: Vec<Uuid> = passwords.into_tuple().all(db).await?;
        let sessions: Vec<(Uuid, i64, Option<i64>)> = sessions.into_tuple().all(db).await?;
        let activity: Vec<(Uuid, Option<i64>)> = activity.into_tuple().all(db).await?;
        Ok(Self {
            passwords: passwords.into_iter().map(|user| (user, password)).collect(),
            sessions: sessions.into_iter().map(|(user, sessions, seen_at)| (user, (sessions, seen_at))).collect(),
            activity: activity.into_iter().collect(),
        })
    }

    fn summary_of(&mut self, user: &user::Model) -> Result<UserSummary, StorageError> {
        let password = self.passwords.remove(&user.id).unwrap_or_default();
        let (sessions, seen_at) = self.sessions.remove(&user.id).unwrap_or_default();
        let last_seen_at = Ord::max(seen_at, self.activity.remove(&user.id).flatten()).map(Timestamp::from_unix_micros);
        let sessions = u32::try_from(sessions).unwrap_or(u32::MAX);
        let user = row::to_user(user)?;
        let methods = password.and(user.second_factors);
        Ok(UserSummary { user, methods, sessions, last_seen_at })
    }
}
