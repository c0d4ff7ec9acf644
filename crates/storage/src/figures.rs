use doorward_domain::StoreError;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use crate::connect::SeaOrmStore;
use crate::entity::session;

/// The connections to a database that an instance has: those to a server, or those that read an SQLite file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connections {
    /// How many are open.
    pub open: u32,
    /// How many of those nobody uses now.
    pub idle: u32,
    /// How many there may be.
    pub most: u32,
}

/// What an operator watches.
impl SeaOrmStore {
    /// How many sessions there are, with those past a limit that no sweep has deleted yet. The database counts its rows: ask for it
    /// a few times a minute, not for each visitor.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn count_sessions(&self) -> Result<u64, StoreError> {
        Ok(self.read(|db| async move { session::Entity::find().count(&db).await }).await?)
    }

    /// The connections now. Nothing is asked of the database.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.db.connections()
    }
}
