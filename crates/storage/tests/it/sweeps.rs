//! A sweep where a part of the database fails.

use std::time::Duration;

use doorward_domain::testing::{ManualClock, SeededEntropy, cheap_hasher};
use doorward_domain::{ActivityRepository as _, AuthService, Client, Credentials, LogIn, PasswordPolicy, Rules};
use sea_orm::ConnectionTrait as _;

use crate::databases::{TestDatabase, on_every_database};

async fn a_kind_that_cannot_be_swept_holds_up_no_other(database: TestDatabase) {
    let (clock, rules) = (ManualClock::default(), Rules::new(PasswordPolicy::new(15, "Notes")));
    let auth = AuthService::with_ports((*database).clone(), clock.clone(), SeededEntropy::default())
        .hasher(cheap_hasher())
        .rules(rules)
        .start()
        .unwrap();
    let (ada, here) = (Credentials { username: "ada", password: "seven quiet lanterns" }, Client::default());
    auth.from(&here).sign_up(ada).await.unwrap();
    let logged_in = auth.from(&here).log_in(LogIn::new(ada)).await.unwrap().done().unwrap();
    assert_eq!(database.activity_of(logged_in.user.id, None, 10).await.unwrap().len(), 1);
    clock.advance(Duration::from_hours(24 * 91));
    database.connection().execute_unprepared("ALTER TABLE sessions RENAME TO lost").await.unwrap();
    auth.sweep().await.unwrap_err();
    assert_eq!(database.activity_of(logged_in.user.id, None, 10).await.unwrap().len(), 0);
}

on_every_database!(fresh: a_kind_that_cannot_be_swept_holds_up_no_other);
