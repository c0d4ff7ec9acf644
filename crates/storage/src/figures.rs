use doorward_domain::StoreError;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};

use crate::connect::SeaOrmStore;
use crate::entity::session;

/// The connections to a database that an instance has: those to a server, or those that read an SQLite file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connections {
    /// Number of open connections.
    pub open: u32,
    /// Number of open connections that are idle.
    pub idle: u32,
    /// Maximum of connections.
    pub most: u32,
}

/// Figures for an operator to watch.
impl SeaOrmStore {
    /// Counts the sessions, including those past a limit that no sweep has deleted yet. The database counts its rows:
    /// call this a few times a minute, not for each visitor.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn count_sessions(&self) -> Result<u64, StoreError> {
        Ok(self.read(|db| async move { session::Entity::find().count(&db).await }).await?)
    }

    /// Counts the connections, without a query.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.db.connections()
    }
}
