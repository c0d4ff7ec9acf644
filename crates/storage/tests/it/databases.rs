//! The kinds of databases that tests run on, each test with one of its own.

use std::ops::Deref;

use doorward_storage::{SeaOrmStore, StorageConfig};
use tempfile::TempDir;

use crate::servers;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
    MariaDb,
}

/// A database that only one test uses.
pub(crate) struct TestDatabase {
    store: SeaOrmStore,
    config: StorageConfig,
    /// The folder of an SQLite file.
    _folder: Option<TempDir>,
}

impl Deref for TestDatabase {
    type Target = SeaOrmStore;

    fn deref(&self) -> &SeaOrmStore {
        &self.store
    }
}

impl TestDatabase {
    /// A database without a schema. `None` if there is no server of this kind here.
    pub(crate) async fn blank(kind: Kind) -> Option<Self> {
        let (config, folder) = match kind {
            Kind::Sqlite => {
                let folder = TempDir::new().unwrap();
                let file = folder.path().join("100% of what? a #1 ümlaut.sqlite3");
                (StorageConfig::sqlite_file(file), Some(folder))
            }
            Kind::Postgres => (StorageConfig::new(servers::new_database(servers::Kind::Postgres).await?), None),
            Kind::MariaDb => (StorageConfig::new(servers::new_database(servers::Kind::MariaDb).await?), None),
        };
        let store = SeaOrmStore::connect(&config).await.unwrap();
        Some(Self { store, config, _folder: folder })
    }

    /// A database with today's schema.
    pub(crate) async fn fresh(kind: Kind) -> Option<Self> {
        let blank = Self::blank(kind).await?;
        doorward_migrations::migrate(&blank.connection()).await.unwrap();
        Some(blank)
    }

    /// Opens the database as another instance of the program does, with connections of its own.
    pub(crate) async fn another_instance(&self) -> SeaOrmStore {
        SeaOrmStore::connect(&self.config).await.unwrap()
    }
}

/// Makes three tests of each function, which takes an empty database: one for each kind.
macro_rules! on_every_database {
    ($made:ident: $($test:ident),* $(,)?) => {
        $crate::databases::on_every_database!(@kind sqlite Sqlite $made $($test)*);
        $crate::databases::on_every_database!(@kind postgres Postgres $made $($test)*);
        $crate::databases::on_every_database!(@kind mariadb MariaDb $made $($test)*);
    };
    (@kind $module:ident $kind:ident $made:ident $($test:ident)*) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $test() {
                    use $crate::databases::{Kind, TestDatabase};
                    if let Some(database) = TestDatabase::$made(Kind::$kind).await {
                        super::$test(database).await;
                    }
                }
            )*
        }
    };
}
pub(crate) use on_every_database;
