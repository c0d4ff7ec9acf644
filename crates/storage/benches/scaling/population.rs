//! A population of users, each with a session and an event.

use std::fmt::Write as _;

use doorward_domain::SessionToken;
use doorward_storage::SeaOrmStore;
use sea_orm::{ConnectionTrait as _, DbBackend};

use crate::Done;

const ROWS_AT_ONCE: usize = 50_000;

/// `SplitMix64`, which turns close numbers into distant ones.
pub(crate) const fn scattered(number: u64) -> u64 {
    let number = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb)
}

/// Returns the token with this number.
pub(crate) fn token(number: u64) -> Done<SessionToken> {
    Ok(SessionToken::parse(&format!("{number:042}A")).ok_or("this is no token")?)
}

/// Returns numbers of tokens in the order of their hashes: an index that is filled in order takes minutes and not
/// hours.
pub(crate) fn tokens(users: u64) -> Done<Vec<u64>> {
    let mut tokens =
        (0..users).map(|number| Ok((*token(number)?.hash().as_bytes(), number))).collect::<Done<Vec<_>>>()?;
    tokens.sort_unstable();
    Ok(tokens.into_iter().map(|(_, number)| number).collect())
}

/// Inserts rows as the program writes them, in the order of their keys. The user with a number has the token at that
/// place. The sessions began at the time `at`, in unix µs, and were last seen then.
pub(crate) async fn fill(store: &SeaOrmStore, tokens: &[u64], at: i64) -> Done {
    let db = store.connection();
    let is_sqlite = db.get_database_backend() == DbBackend::Sqlite;
    let (id, name, [before, after]) = if is_sqlite {
        ("unhex(printf('%012x7000%016x', column1, column1))", "printf('user%09d', column1)", ["x'", "'"])
    } else {
        (
            "(lpad(to_hex(column1), 12, '0') || '7000' || lpad(to_hex(column1), 16, '0'))::uuid",
            "'user' || lpad(column1::text, 9, '0')",
            ["decode('", "', 'hex')"],
        )
    };
    let hash = format!("'$argon2id$v=19$m=19456,t=2,p=1${}${}'", "g".repeat(22), "g".repeat(43));
    let user = format!("{id}, {name}, {name}, 'active', NULL, 1, NULL, 0, ''");
    let password = format!("{id}, {hash}");
    let client = "'firefox', 'linux', '192.0.2.7'";
    let session =
        format!("{id}, {id}, column2, NULL, NULL, 'ordinary', {client}, NULL, {at}, {at}, 'password', {at}, {at}");
    let activity = format!("{id}, {id}, 'logged_in', {at}, {client}");
    for (chunk, numbers) in tokens.chunks(ROWS_AT_ONCE).enumerate() {
        let mut values = String::new();
        for (place, number) in numbers.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(values, "{comma}({}, {before}", chunk * ROWS_AT_ONCE + place)?;
            for byte in token(*number)?.hash().as_bytes() {
                write!(values, "{byte:02x}")?;
            }
            write!(values, "{after})")?;
        }
        for (table, row) in
            [("users", &user), ("passwords", &password), ("sessions", &session), ("activity", &activity)]
        {
            let insert = format!("INSERT INTO {table} SELECT {row} FROM (VALUES {values}) rows");
            db.execute_unprepared(&insert).await?;
        }
    }
    // The state of a database some time after its rows came.
    let tidied = if is_sqlite { "PRAGMA wal_checkpoint(TRUNCATE)" } else { "VACUUM ANALYZE" };
    db.execute_unprepared(tidied).await?;
    Ok(())
}
