//! The contract of `doorward-domain`, races and the schema, on real databases.

mod races;
mod schema;
mod sqlite;
