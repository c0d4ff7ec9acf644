//! The contract of `doorward-domain` on each kind of server.

mod postgres {
    use crate::servers::{self, Kind};

    doorward_domain::store_contract!(
        tokio::test,
        match servers::fresh(Kind::Postgres).await {
            Some(store) => store,
            None => return,
        }
    );
}

mod mariadb {
    use crate::servers::{self, Kind};

    doorward_domain::store_contract!(
        tokio::test,
        match servers::fresh(Kind::MariaDb).await {
            Some(store) => store,
            None => return,
        }
    );
}
