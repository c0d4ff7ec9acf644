//! A store in an SQLite file of its own.

use crate::databases::{Kind, TestDatabase};

/// An empty database without a schema.
pub(crate) async fn blank() -> TestDatabase {
    TestDatabase::blank(Kind::Sqlite).await.unwrap()
}

/// An empty database with today's schema.
pub(crate) async fn fresh() -> TestDatabase {
    TestDatabase::fresh(Kind::Sqlite).await.unwrap()
}
