//! Measures what finding a user and resuming a session costs among few users and among many, in SQLite and PostgreSQL,
//! how large tables and indexes are, and which statements a log-in and a page take: the figures of `docs/scaling.md`.
//!
//! `cargo bench -p doorward-storage --bench scaling [-- USERS…]`; the default is 10000, 1000000 and 10000000 users. The
//! figures are also written to `target/scaling.md`. Each user has one session and one event. The largest population
//! takes 14 GB of disk for both databases; all of it takes a quarter of an hour.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::time::{Duration, Instant};

use doorward_domain::testing::cheap_hasher;
use doorward_domain::{
    AuthService, Client, Credentials, DeviceTokens, LogIn, PasswordPolicy, Rules, SessionRepository as _,
    UserRepository as _, Username,
};
use doorward_storage::{SeaOrmStore, StorageConfig};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use tempfile::TempDir;

mod population;
#[path = "../../tests/it/servers.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "helpers of tests")]
mod servers;

use population::{fill, scattered, token, tokens};
use servers::{Extra, Kind, Server};

type Done<T = ()> = Result<T, Box<dyn Error>>;

const CALLS: u64 = 20_000;

struct Population {
    users: u64,
    tokens: Vec<u64>,
    store: SeaOrmStore,
    /// The file that SQLite reads.
    file: Option<File>,
    /// The times to find a user, a session, the same session once more, as the next page of a visit does, and to read a
    /// page of the file.
    times: [Vec<Duration>; 4],
    _folder: TempDir,
}

impl Population {
    async fn of(users: u64, server: Option<&Server>) -> Done<Self> {
        let folder = TempDir::new()?;
        let config = if let Some(server) = server {
            StorageConfig::new(server.new_database().await)
        } else {
            StorageConfig::sqlite_file(folder.path().join("db"))
        };
        let store = SeaOrmStore::connect(&config).await?;
        doorward_migrations::migrate(&store.connection()).await?;
        let tokens = tokens(users)?;
        fill(&store, &tokens, 1).await?;
        let file = if server.is_none() { Some(File::open(folder.path().join("db"))?) } else { None };
        Ok(Self { users, tokens, store, file, times: Default::default(), _folder: folder })
    }

    /// Finds a user as a log-in does, and a session as a page does: another one each time, anywhere among them. Then
    /// has the system read one page of the file, which is the floor: a user is on two pages of their own, a session
    /// with its user on four.
    async fn call(&mut self, call: u64) -> Done {
        let number = scattered(call) % self.users;
        let username = Username::parse(&format!("user{number:09}"))?;
        let token = token(*self.tokens.get(usize::try_from(number)?).ok_or("there is no such token")?)?.hash();
        let [finding, resuming, again, reading] = &mut self.times;
        let began = Instant::now();
        let user = self.store.find_by_username(&username).await?;
        finding.push(began.elapsed());
        user.ok_or("there is no such user")?;
        for times in [resuming, again] {
            let began = Instant::now();
            let session = self.store.find_by_token(&token).await?;
            times.push(began.elapsed());
            session.ok_or("there is no such session")?;
        }
        if let Some(file) = &self.file {
            let mut page = [0; 4096];
            let pages = file.metadata()?.len() / 4096;
            let began = Instant::now();
            file.read_exact_at(&mut page, 4096 * (scattered(!call) % pages))?;
            reading.push(began.elapsed());
        }
        Ok(())
    }
}

/// The size of each table and index, in bytes.
async fn sizes(store: &SeaOrmStore) -> Done<Vec<(String, i64)>> {
    let sql = match store.connection().get_database_backend() {
        DbBackend::Sqlite => "SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE ORDER BY pgsize DESC LIMIT 10",
        _ => {
            "SELECT relname::text, pg_relation_size(oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace \
             ORDER BY 2 DESC LIMIT 10"
        }
    };
    let db = store.connection();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    Ok(rows
        .iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect::<Result<_, sea_orm::DbErr>>()?)
}

/// Returns a quantile in microseconds.
fn quantile(times: &[Duration], hundredths: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.get(times.len() * hundredths / 100).map_or(f64::NAN, |time| 1e6 * time.as_secs_f64())
}

async fn measure(name: &str, sizes_of_population: &[u64], server: Option<&Server>, report: &mut String) -> Done {
    let mut populations = Vec::new();
    for users in sizes_of_population {
        populations.push(Population::of(*users, server).await?);
    }
    // The first tenth of the calls warms up.
    for call in 0..CALLS + CALLS / 10 {
        if call == CALLS / 10 {
            for population in &mut populations {
                population.times = Default::default();
            }
        }
        for population in &mut populations {
            population.call(call).await?;
        }
    }
    for (place, what) in
        ["find a user", "find a session", "find it again", "read a page of the file"].into_iter().enumerate()
    {
        if populations.iter().all(|population| population.times.get(place).is_none_or(Vec::is_empty)) {
            continue;
        }
        writeln!(report, "\n| {name}, users | {what}: p50, µs | p99, µs | growth |\n| --- | --- | --- | --- |")?;
        let mut fewest = None;
        for Population { users, times, .. } in &populations {
            let times = times.get(place).map(Vec::as_slice).unwrap_or_default();
            let [p50, p99] = [50, 99].map(|hundredths| quantile(times, hundredths));
            let growth = p50 / *fewest.get_or_insert(p50);
            writeln!(report, "| {users} | {p50:.1} | {p99:.1} | {growth:.2} |")?;
        }
    }
    if let Some(most) = populations.last() {
        writeln!(report, "\n| of {} users | bytes | a user |\n| --- | --- | --- |", most.users)?;
        for (table, bytes) in sizes(&most.store).await? {
            writeln!(report, "| `{table}` | {bytes} | {} |", bytes / i64::try_from(most.users)?)?;
        }
    }
    Ok(())
}

/// Counts the statements that each use of the site takes, by their first word.
async fn statements(server: &Server, report: &mut String) -> Done {
    let store = SeaOrmStore::connect(&StorageConfig::new(server.new_database().await)).await?;
    doorward_migrations::migrate(&store.connection()).await?;
    store.connection().execute_unprepared("CREATE EXTENSION pg_stat_statements").await?;
    let rules = Rules::new(PasswordPolicy::new(15, "Bench"));
    let auth = AuthService::builder(store.clone()).hasher(cheap_hasher()).rules(rules).start()?;
    let (here, known) = (Client::default(), DeviceTokens::default());
    let right = Credentials { username: "ada", password: "seven quiet lanterns" };
    let wrong = Credentials { username: "ada", password: "another of these passwords" };
    writeln!(report, "\n### Statements, in PostgreSQL\n\n| use | statements |\n| --- | --- |")?;
    let mut token = None;
    for usage in ["a sign-up", "a log-in", "a wrong password", "a page", "a log-out"] {
        store.connection().execute_unprepared("SELECT pg_stat_statements_reset()").await?;
        match usage {
            "a sign-up" => drop(auth.from(&here).sign_up(right).await?),
            "a log-in" => {
                let step = auth.from(&here).log_in(LogIn::new(right).by_device(&known)).await?;
                token = step.done().map(|logged_in| logged_in.token);
            }
            "a wrong password" => drop(auth.from(&here).log_in(LogIn::new(wrong).by_device(&known)).await.err()),
            "a page" => drop(auth.resume(token.as_ref().ok_or("nobody is logged in")?).await?),
            _ => auth.from(&here).log_out(token.as_ref().ok_or("nobody is logged in")?).await?,
        }
        let sql = "SELECT query, calls FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'";
        let rows = store.connection().query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
        let mut counts = BTreeMap::<String, i64>::new();
        for row in rows {
            let (query, calls): (String, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            *counts.entry(query.split(' ').next().unwrap_or_default().to_uppercase()).or_default() += calls;
        }
        let counts: Vec<_> = counts.into_iter().map(|(word, calls)| format!("{calls} {word}")).collect();
        writeln!(report, "| {usage} | {} |", counts.join(", "))?;
    }
    Ok(())
}

/// Returns the memory of this machine. PostgreSQL's manual advises to give it a quarter of that.
fn memory_kib() -> Done<u64> {
    let text = std::fs::read_to_string("/proc/meminfo")?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:")).ok_or("no memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "it prints its figures")]
async fn main() -> Done {
    let mut users: Vec<u64> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    if users.is_empty() {
        users = vec![10_000, 1_000_000, 10_000_000];
    }
    let mut report = String::new();
    measure("SQLite", &users, None, &mut report).await?;
    let arguments = format!(
        "-c shared_buffers={}kB -c max_wal_size=8GB -c shared_preload_libraries=pg_stat_statements",
        memory_kib()? / 4
    );
    let extra = Extra { arguments, ..Extra::default() };
    if let Some(server) = servers::another_server(Kind::Postgres, &extra).await {
        measure("PostgreSQL", &users, Some(&server), &mut report).await?;
        statements(&server, &mut report).await?;
    }
    println!("{report}");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/scaling.md");
    std::fs::write(file, report)?;
    Ok(())
}
