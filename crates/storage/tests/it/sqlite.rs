//! A store in an SQLite file of its own, and the contract on it.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use doorward_storage::{SeaOrmStore, StorageConfig};
use tempfile::TempDir;

/// A store whose file goes with it.
pub(crate) struct SqliteStore {
    store: SeaOrmStore,
    path: PathBuf,
    _folder: TempDir,
}

impl SqliteStore {
    /// Its file, for another instance.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
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
    SqliteStore { store, path, _folder: folder }
}

/// An empty database with today's schema.
pub(crate) async fn fresh() -> SqliteStore {
    let blank = blank().await;
    doorward_migrations::migrate(blank.connection()).await.unwrap();
    blank
}

doorward_domain::store_contract!(tokio::test, *fresh().await);
