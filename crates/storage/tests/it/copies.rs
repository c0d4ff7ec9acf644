//! Everything is copied from one database into another, between any two kinds, and only once.

use doorward_storage::{CopyError, CopyProgress, CopyStep, SeaOrmStore};
use sea_orm::{ConnectionTrait as _, DbBackend};
use tokio::sync::Notify;

use crate::databases::{Kind, TestDatabase};
use crate::upgrades::{go_on, live};

const KINDS: [Kind; 3] = [Kind::Sqlite, Kind::Postgres, Kind::MariaDb];

const TABLES: [&str; 18] = [
    "users",
    "passwords",
    "sessions",
    "activity",
    "known_devices",
    "emails",
    "links",
    "totp_secrets",
    "recovery_codes",
    "pending_log_ins",
    "user_handles",
    "passkeys",
    "answered_challenges",
    "outbox",
    "invitations",
    "imports",
    "reserved_names",
    "attempt_counters",
];

/// Inserts more rows than are copied at once.
async fn crowd(store: &SeaOrmStore, users: u32) {
    let is_postgres = store.connection().get_database_backend() == DbBackend::Postgres;
    let literal = |hex: String| if is_postgres { format!("decode('{hex}', 'hex')") } else { format!("x'{hex}'") };
    let id = |number: u32| {
        if is_postgres {
            format!("'{number:08x}-0000-7000-8000-000000000000'")
        } else {
            format!("x'{number:08x}000070008000000000000000'")
        }
    };
    // In an order that is not that of their keys, with extremes of what a column takes.
    for numbers in (0..users).rev().collect::<Vec<_>>().chunks(500) {
        let rows = |row: &dyn Fn(u32) -> String| numbers.iter().map(|n| row(*n)).collect::<Vec<_>>().join(", ");
        let user = |n| {
            let language = if n % 2 == 0 { "'ar'" } else { "NULL" };
            format!(
                "({}, 'U{n}_x', 'u{n}_x', 'active', {language}, {}, {}, {}, 'totp')",
                id(n),
                i64::MIN,
                id(n + 1),
                i64::MAX
            )
        };
        let password = |n| format!("({}, '$x')", id(n));
        let session = |n| {
            let token = literal(format!("{n:08x}{}", "ff".repeat(28)));
            let former = if n % 3 == 0 { literal(format!("{n:08x}{}", "00".repeat(28))) } else { "NULL".to_owned() };
            format!("({0}, {0}, {token}, {former}, NULL, 'kept', '', NULL, NULL, NULL, 1, 3, '', 4, 2)", id(n))
        };
        for (table, rows) in [("users", rows(&user)), ("passwords", rows(&password)), ("sessions", rows(&session))] {
            store.connection().execute_unprepared(&format!("INSERT INTO {table} VALUES {rows}")).await.unwrap();
        }
    }
}

fn silent(_: CopyProgress) {}

async fn everything_is_copied(from: Kind, to: Kind) {
    let (Some(from), Some(to)) = (TestDatabase::fresh(from).await, TestDatabase::fresh(to).await) else { return };
    live(from.another_instance().await).await;
    crowd(&from, 2_345).await;
    let mut last = Vec::new();
    let copied = doorward_storage::copy(&from, &to, |progress| last.push(progress)).await.unwrap();
    assert_eq!(copied.iter().map(|(table, _)| *table).collect::<Vec<_>>(), TABLES);
    assert!(copied.iter().all(|(_, content)| content.rows > 0), "{copied:?}");
    assert_eq!(copied[0].1.rows, 2_349);
    let written = |progress: &&CopyProgress| (progress.step, progress.table) == (CopyStep::Write, "users");
    let written: Vec<_> = last.iter().filter(written).map(|progress| (progress.done, progress.of)).collect();
    assert_eq!(written, [(0, 2_349), (1_000, 2_349), (2_000, 2_349), (2_349, 2_349)]);
    // A second copy has nothing to do, and a copy back brings nothing.
    assert_eq!(doorward_storage::copy(&from, &to, silent).await.unwrap(), copied);
    assert_eq!(doorward_storage::copy(&to, &from, silent).await.unwrap(), copied);
    go_on(to.another_instance().await).await;
}

#[tokio::test]
async fn everything_is_copied_between_any_two_kinds() {
    for from in KINDS {
        for to in KINDS {
            everything_is_copied(from, to).await;
        }
    }
}

/// The copy goes on from any point at which it was interrupted.
#[tokio::test]
async fn an_interrupted_copy_goes_on() {
    let from = TestDatabase::fresh(Kind::Sqlite).await.unwrap();
    live(from.another_instance().await).await;
    crowd(&from, 1_234).await;
    for kind in KINDS {
        let Some(to) = TestDatabase::fresh(kind).await else { continue };
        let mut interruptions = 0;
        for most in 1.. {
            let (stop, mut reports) = (Notify::new(), 0);
            let copied = doorward_storage::copy(&from, &to, |_| {
                reports += 1;
                if reports == most * 3 {
                    stop.notify_one();
                }
            });
            tokio::select! {
                biased;
                () = stop.notified() => interruptions += 1,
                copied = copied => {
                    copied.unwrap();
                    break;
                }
            }
        }
        assert!(interruptions > 35, "{interruptions}");
        go_on(to.another_instance().await).await;
    }
}

#[tokio::test]
async fn a_database_with_rows_of_its_own_is_refused_and_left_alone() {
    let from = TestDatabase::fresh(Kind::Sqlite).await.unwrap();
    crowd(&from, 10).await;
    for kind in KINDS {
        for own in
            ["INSERT INTO attempt_counters VALUES", "UPDATE users SET username = 'U4_y' WHERE username_key = 'u4_x'"]
        {
            let Some(to) = TestDatabase::fresh(kind).await else { continue };
            let counter =
                if kind == Kind::Postgres { "(decode('00ff', 'hex'), 1, 2, 3)" } else { "(x'00ff', 1, 2, 3)" };
            let (own, table) = if own.starts_with("UPDATE") {
                doorward_storage::copy(&from, &to, silent).await.unwrap();
                (own.to_owned(), "users")
            } else {
                (format!("{own} {counter}"), "attempt_counters")
            };
            to.connection().execute_unprepared(&own).await.unwrap();
            let refused = doorward_storage::copy(&from, &to, silent).await;
            assert!(matches!(&refused, Err(CopyError::Foreign { table: named }) if *named == table), "{refused:?}");
            let way_back = doorward_storage::copy(&to, &from, silent).await;
            assert!(matches!(way_back, Err(CopyError::Foreign { .. })), "whichever is the first: {way_back:?}");
        }
    }
}

#[tokio::test]
async fn writes_during_the_copy_are_noticed() {
    for kind in KINDS {
        let Some(to) = TestDatabase::fresh(kind).await else { continue };
        let from = TestDatabase::fresh(Kind::Sqlite).await.unwrap();
        crowd(&from, 10).await;
        let copied = doorward_storage::copy(&from, &to, |progress| {
            if (progress.step, progress.table, progress.done) == (CopyStep::Write, "attempt_counters", 0) {
                change_a_user(&from);
            }
        });
        let copied = copied.await;
        assert!(matches!(&copied, Err(CopyError::Different { table: "users", .. })), "{copied:?}");
    }
}

/// Changes a user, and waits for it, on a thread with a runtime of its own.
fn change_a_user(store: &SeaOrmStore) {
    let change = "UPDATE users SET credentials_version = 3 WHERE username_key = 'u7_x'";
    std::thread::scope(|scope| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let changed = scope.spawn(move || runtime.block_on(store.connection().execute_unprepared(change)));
        changed.join().unwrap().unwrap();
    });
}
