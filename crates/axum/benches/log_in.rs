//! How long a log-in at the axum example takes, right, wrong and unknown, over HTTP, beside the hash alone: medians of
//! interleaved rounds. The throttle is on, and its counters are cleared before each round.
//! `cargo bench -p doorward-axum --bench log_in [-- ROUNDS]`.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use doorward_domain::password::{HashingCost, PoolConfig, WorkerPool};
use doorward_domain::system::OsEntropy;
use doorward_domain::{Password, PasswordHasher};
use doorward_storage::{SeaOrmStore, StorageConfig};
use reqwest::{Client, StatusCode, redirect};
use sea_orm::ConnectionTrait as _;
use tempfile::TempDir;
use tokio::net::TcpListener;

#[path = "../examples/axum_notes.rs"]
#[expect(dead_code, reason = "it is a program: its `main` listens on a port of its own")]
mod axum_notes;

const PASSWORD: &str = "seven quiet lanterns";
const KINDS: [(&str, &str, &str, StatusCode); 4] = [
    ("right", "ada", PASSWORD, StatusCode::SEE_OTHER),
    ("wrong", "ada", "eight loud lanterns", StatusCode::UNPROCESSABLE_ENTITY),
    ("unknown", "nobody", PASSWORD, StatusCode::UNPROCESSABLE_ENTITY),
    ("unfit", "no way", PASSWORD, StatusCode::UNPROCESSABLE_ENTITY),
];

#[tokio::main]
#[expect(clippy::print_stdout, reason = "it prints its figures")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rounds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(100);
    let folder = TempDir::new()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let file = folder.path().join("notes");
    let notes = axum_notes::Notes::open(&file, &url, &[7; 32]).await?;
    let throttle = SeaOrmStore::connect(&StorageConfig::sqlite_file(file)).await?;
    tokio::spawn(async move { axum::serve(listener, axum_notes::router(notes)).await });
    let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build()?;
    let post = async |path: &str, username: &str, password: &str| {
        let form = [("username", username), ("password", password)];
        Ok::<_, reqwest::Error>(client.post(format!("{url}{path}")).form(&form).send().await?.status())
    };
    assert_eq!(post("/sign_up", "ada", PASSWORD).await?, StatusCode::SEE_OTHER);

    let pool = WorkerPool::start(PoolConfig::for_workers(NonZeroUsize::MIN))?;
    let (hasher, password) = (PasswordHasher::new(HashingCost::default(), pool), Password::parse(PASSWORD)?);
    let mut floor = Vec::new();
    let mut times = KINDS.map(|_| Vec::new());
    for _round in 0..rounds {
        throttle.connection().execute_unprepared("DELETE FROM attempt_counters").await?;
        let began = Instant::now();
        hasher.hash(&password, &OsEntropy).await?;
        floor.push(began.elapsed());
        for ((_, username, password, status), times) in KINDS.into_iter().zip(&mut times) {
            let began = Instant::now();
            assert_eq!(post("/log_in", username, password).await?, status);
            times.push(began.elapsed());
        }
    }

    let floor = median(&mut floor);
    println!("{rounds} rounds\n| log-in | median, ms | of the hash alone |\n| --- | --- | --- |");
    println!("| the hash alone | {:.2} | 1.000 |", 1e3 * floor);
    for ((name, ..), times) in KINDS.into_iter().zip(&mut times) {
        let time = median(times);
        println!("| {name} | {:.2} | {:.3} |", 1e3 * time, time / floor);
    }
    Ok(())
}

/// Returns the median in seconds.
fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(f64::NAN, Duration::as_secs_f64)
}
