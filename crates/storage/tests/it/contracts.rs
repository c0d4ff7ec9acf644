//! The contract of `doorward-domain` on each kind of database.

macro_rules! contracts_on {
    ($($module:ident $kind:ident)*) => {$(
        mod $module {
            doorward_domain::store_contract!(tokio::test, contracts_on!(@fresh $kind));

            mod links {
                doorward_domain::link_contract!(tokio::test, contracts_on!(@fresh $kind));
            }

            mod emails {
                doorward_domain::email_contract!(tokio::test, contracts_on!(@fresh $kind));
            }

            mod outbox {
                doorward_domain::outbox_contract!(tokio::test, contracts_on!(@fresh $kind));
            }

            mod administration {
                doorward_domain::administration_contract!(tokio::test, contracts_on!(@fresh $kind));
            }

            mod user_import {
                doorward_domain::user_import_contract!(tokio::test, contracts_on!(@fresh $kind));
            }

            mod email_import {
                doorward_domain::email_import_contract!(tokio::test, contracts_on!(@fresh $kind));
            }

            mod invitations {
                doorward_domain::invitation_contract!(tokio::test, contracts_on!(@fresh $kind));
            }

            mod language {
                doorward_domain::language_contract!(tokio::test, contracts_on!(@fresh $kind));
            }

            mod second_factor {
                doorward_domain::second_factor_contract!(tokio::test, contracts_on!(@fresh $kind));
            }

            mod passkey {
                doorward_domain::passkey_contract!(tokio::test, contracts_on!(@fresh $kind));
            }

            mod passkey_links {
                doorward_domain::passkey_link_contract!(tokio::test, contracts_on!(@fresh $kind));
            }

            mod mail_language {
                doorward_domain::mail_language_contract!(tokio::test, contracts_on!(@fresh $kind));
            }
        }
    )*};
    (@fresh $kind:ident) => {
        *match $crate::databases::TestDatabase::fresh($crate::databases::Kind::$kind).await {
            Some(database) => database,
            None => return,
        }
    };
}

contracts_on!(sqlite Sqlite postgres Postgres mariadb MariaDb);
