//! A store in an SQLite file of its own, and the contract on it.

use std::ops::Deref;

use doorward_storage::{SeaOrmStore, StorageConfig};
use tempfile::TempDir;

/// A store whose file goes with it.
pub(crate) struct SqliteStore {
    store: SeaOrmStore,
    _folder: TempDir,
}

impl Deref for SqliteStore {
    type Target = SeaOrmStore;

    fn deref(&self) -> &SeaOrmStore {
        &self.store
    }
}

/// An empty database without a schema.
pub(crate) async fn blank() -> SqliteStore {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("100% of what? a #1 ümlaut.sqlite3");
    let store = SeaOrmStore::connect(&StorageConfig::sqlite_file(&path)).await.unwrap();
    assert!(path.exists());
    SqliteStore { store, _folder: folder }
}

/// An empty database with today's schema.
pub(crate) async fn fresh() -> SqliteStore {
    let blank = blank().await;
    doorward_migrations::migrate(blank.connection()).await.unwrap();
    blank
}

doorward_domain::store_contract!(tokio::test, *fresh().await);
