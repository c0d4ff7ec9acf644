//! What it costs to resume a session, in SQLite, among many users and among few: medians of interleaved calls.
//! `cargo bench -p doorward-storage --bench resume [-- USERS]`, where USERS (1000000) are the many; each has 10 sessions.

use std::time::{Duration, Instant};

use doorward_domain::system::{OsEntropy, SystemClock};
use doorward_domain::testing::cheap_hasher;
use doorward_domain::{
    AuthService, Client, Credentials, KnownAccounts, PasswordPolicy, Rules, SessionKind, SessionToken,
};
use doorward_storage::{SeaOrmStore, StorageConfig};
use sea_orm::ConnectionTrait as _;
use tempfile::TempDir;

const FEW: u64 = 1_000;
const SESSIONS_OF_EACH: u64 = 10;
/// Sessions whose tokens are known, somewhere among the others.
const KNOWN: u64 = 500;
const CALLS: usize = 20_000;

type Auth = AuthService<SeaOrmStore, SystemClock, OsEntropy>;

struct Site {
    auth: Auth,
    tokens: Vec<SessionToken>,
    times: Vec<Duration>,
    _folder: TempDir,
}

impl Site {
    async fn of(users: u64) -> Result<Self, Box<dyn std::error::Error>> {
        let folder = TempDir::new()?;
        let store = SeaOrmStore::connect(&StorageConfig::sqlite_file(folder.path().join("db"))).await?;
        doorward_migrations::migrate(store.connection()).await?;
        fill(&store, users).await?;
        let rules = Rules { throttle: None, ..Rules::new(PasswordPolicy::new(15, "Bench")) };
        let auth = AuthService::new(store, SystemClock, OsEntropy, cheap_hasher(), rules);
        let mut tokens = Vec::new();
        for number in 0..KNOWN {
            let username = format!("known{number}");
            let typed = Credentials { username: &username, password: "seven quiet lanterns" };
            let here = Client::default();
            auth.sign_up(typed, &here).await?;
            let logged_in = auth.log_in(typed, SessionKind::Ordinary, &here, None, &KnownAccounts::default()).await?;
            tokens.push(logged_in.token);
        }
        Ok(Self { auth, tokens, times: Vec::new(), _folder: folder })
    }

    async fn resume(&mut self, call: usize) -> Result<(), Box<dyn std::error::Error>> {
        // One after the other would find the pages of the one before still warm.
        let token = self.tokens.get(call * 7_919 % self.tokens.len()).ok_or("no tokens")?;
        let began = Instant::now();
        self.auth.resume(token).await?;
        self.times.push(began.elapsed());
        Ok(())
    }

    /// In microseconds.
    fn quantile(&mut self, hundredths: usize) -> f64 {
        self.times.sort_unstable();
        self.times.get(self.times.len() * hundredths / 100).map_or(f64::NAN, |time| 1e6 * time.as_secs_f64())
    }
}

/// Rows as the program writes them; in the order of every key, so that it takes a minute and not an hour.
async fn fill(store: &SeaOrmStore, users: u64) -> Result<(), sea_orm::DbErr> {
    const MOST_AT_ONCE: u64 = 500_000;
    let id = |number: &str| format!("unhex(printf('%012x7000%016x', {number}, {number}))");
    let (user_id, owner_id, step) =
        (id("i"), id(&format!("i / {SESSIONS_OF_EACH}")), u64::MAX / 2 / (users * SESSIONS_OF_EACH));
    let user = format!("{user_id}, 'user' || i, 'user' || i, '$argon2id$' || hex(randomblob(40)), 'active', 1, 0");
    let session = format!(
        "{user_id}, {owner_id}, unhex(printf('%016x', i * {step} * 2) || hex(randomblob(24))), 1, \
         unixepoch() * 1000000, 'ordinary', 'Firefox on Linux', '192.0.2.7', 1, 1, NULL, NULL"
    );
    for (table, row, rows) in [("users", user, users), ("sessions", session, users * SESSIONS_OF_EACH)] {
        for from in (0..rows).step_by(usize::try_from(MOST_AT_ONCE).unwrap_or(usize::MAX)) {
            let last = rows.min(from + MOST_AT_ONCE) - 1;
            let numbers =
                format!("WITH RECURSIVE n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {last})");
            store
                .connection()
                .execute_unprepared(&format!("{numbers} INSERT INTO {table} SELECT {row} FROM n"))
                .await?;
        }
    }
    Ok(())
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "it prints its figures")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let many = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let (mut few_users, mut many_users) = (Site::of(FEW).await?, Site::of(many).await?);
    for call in 0..CALLS {
        few_users.resume(call).await?;
        many_users.resume(call).await?;
    }
    println!("| users, {SESSIONS_OF_EACH} sessions each | p50, µs | p99, µs |\n| --- | --- | --- |");
    for (users, site) in [(FEW, &mut few_users), (many, &mut many_users)] {
        println!("| {users} | {:.1} | {:.1} |", site.quantile(50), site.quantile(99));
    }
    println!("p50 with {many} users: {:.3} of that with {FEW}", many_users.quantile(50) / few_users.quantile(50));
    Ok(())
}
