use doorward_domain::repository::{InsertInvitedError, NewInvitation};
use doorward_domain::user::NewUser;
use doorward_domain::{Invitation, InvitationRepository, LinkHash, StoreError, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _};

use crate::connect::SeaOrmStore;
use crate::entity::invitation::{COLUMN, Column, Entity};
use crate::row;
use crate::users::{Insertion, insert_user, is_taken};

impl InvitationRepository for SeaOrmStore {
    async fn store_invitation(&self, invitation: &NewInvitation) -> Result<(), StoreError> {
        self.change(Entity::insert(row::from_new_invitation(invitation))).await?;
        Ok(())
    }

    async fn find_invitation(&self, token: &LinkHash) -> Result<Option<Invitation>, StoreError> {
        let found = Entity::find_by_id(row::from_link_hash(token));
        let row = self.read(|db| async move { found.one(&db).await }).await?;
        Ok(row.as_ref().map(row::to_invitation).transpose()?)
    }

    async fn insert_invited(&self, user: &NewUser, invitation: &LinkHash) -> Result<(), InsertInvitedError> {
        let insert = self.write((user.clone(), *invitation), |transaction, (user, invitation)| async move {
            let use_once = Entity::update_many()
                .col_expr(Column::UsesLeft, Expr::col(Column::UsesLeft).sub(1_i64))
                .filter(COLUMN.token_hash.eq(row::from_link_hash(&invitation)))
                .filter(COLUMN.uses_left.gt(0))
                .filter(COLUMN.ends_at.gt(user.created_at.as_unix_micros()));
            if use_once.exec(&*transaction).await?.rows_affected == 0 {
                return Ok(Err(InsertInvitedError::InvitationExpired));
            }
            if insert_user(&transaction, &user).await? == Insertion::NameReserved {
                return Ok(Err(InsertInvitedError::UsernameTaken));
            }
            transaction.commit().await?;
            Ok(Ok(()))
        });
        match insert.await {
            Ok(inserted) => inserted,
            Err(error) if is_taken(&error) => Err(InsertInvitedError::UsernameTaken),
            Err(error) => Err(InsertInvitedError::Store(error.into())),
        }
    }

    async fn delete_invitations(&self, now: Timestamp, most: u32) -> Result<u32, StoreError> {
        let may_go = Condition::any().add(COLUMN.ends_at.lte(now.as_unix_micros())).add(COLUMN.uses_left.lte(0));
        Ok(self.sweep::<Entity>(Column::TokenHash, may_go, most).await?)
    }
}
