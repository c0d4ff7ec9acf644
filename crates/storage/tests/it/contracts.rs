//! The contract of `doorward-domain` on each kind of database.

macro_rules! contract_on {
    ($module:ident, $kind:ident) => {
        mod $module {
            use crate::databases::{Kind, TestDatabase};

            doorward_domain::store_contract!(
                tokio::test,
                *match TestDatabase::fresh(Kind::$kind).await {
                    Some(database) => database,
                    None => return,
                }
            );
        }
    };
}

contract_on!(sqlite, Sqlite);
contract_on!(postgres, Postgres);
contract_on!(mariadb, MariaDb);
