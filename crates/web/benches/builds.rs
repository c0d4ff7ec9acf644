//! The cost of a right log-in, beside its hash, in each of several builds of the program: to measure a single change.
//!
//! `cargo bench -p doorward-web --bench builds -- PROGRAM…`. Each is restarted for each round, over an SQLite file of its own, and
//! the rounds of all are interleaved. It needs wrk.

#[path = "load/server.rs"]
#[expect(dead_code, reason = "the other bench uses all of it")]
mod server;
#[path = "load/wrk.rs"]
#[expect(dead_code, reason = "the other bench uses all of it")]
mod wrk;

use std::error::Error;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use reqwest::{Client, redirect};
use rocket::tokio::runtime::Builder;
use tempfile::TempDir;

use server::Server;
use wrk::{Amount, Load};

type Done<T = ()> = Result<T, Box<dyn Error>>;

const ROUNDS: u64 = 7;
const SECONDS: u32 = 8;
/// Fewer than may sign up from one address in an hour.
const USERS: u64 = 48;

/// A program, and its measurements.
struct Build {
    program: PathBuf,
    /// Right log-ins a second.
    rates: Vec<f64>,
    /// Milliseconds of a core that a log-in takes beside its hash.
    costs: Vec<f64>,
}

impl Build {
    async fn measure(&mut self, client: &Client) -> Done {
        let folder = TempDir::new()?;
        let server = Server::program(&self.program, folder.path())?;
        let forms: Vec<_> =
            (0..USERS).map(|user| format!("username=user{user}&password=seven+quiet+lanterns")).collect();
        for form in &forms {
            let request = client.post(format!("{}/sign_up", server.url)).body(form.clone());
            let answer = request.header("Content-Type", "application/x-www-form-urlencoded").send().await?;
            if answer.status() != 303 {
                return Err(format!("a sign-up: {}", answer.status()).into());
            }
        }
        let log_in = Load { method: "POST", path: "/log_in", cookies: Vec::new(), forms, status: 303 };
        let before = server.computed_beside_hashes()?;
        let amount = Amount { connections: 64, seconds: SECONDS.into(), first: 0 };
        let figures = log_in.begin(&server.url, amount, "0-1", folder.path())?.end()?;
        let log_ins = figures.rate * f64::from(SECONDS);
        self.rates.push(figures.rate);
        self.costs.push(1e3 * (server.computed_beside_hashes()? - before) / log_ins);
        Ok(())
    }
}

/// Returns how many milliseconds a write of 4 KiB to the disk takes.
fn disk() -> Done<f64> {
    let folder = TempDir::new()?;
    let mut file = File::create(folder.path().join("file"))?;
    let mut waits = Vec::new();
    for _ in 0..200 {
        file.write_all(&[42; 4_096])?;
        let began = Instant::now();
        file.sync_data()?;
        waits.push(1e3 * began.elapsed().as_secs_f64());
    }
    Ok(median(&waits))
}

fn median(figures: &[f64]) -> f64 {
    let mut figures = figures.to_vec();
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::print_stdout, reason = "it prints its figures")]
async fn run(programs: Vec<PathBuf>) -> Done {
    let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build()?;
    let mut builds: Vec<_> =
        programs.into_iter().map(|program| Build { program, rates: Vec::new(), costs: Vec::new() }).collect();
    for _ in 0..ROUNDS {
        for build in &mut builds {
            build.measure(&client).await?;
        }
    }
    println!("| program | ms of a core, for a log-in, beside its hash | right log-ins/s |\n| --- | --- | --- |");
    for Build { program, rates, costs } in &builds {
        let spread = |figures: &[f64]| {
            figures.iter().fold((f64::MAX, f64::MIN), |(low, high), figure| (low.min(*figure), high.max(*figure)))
        };
        let ((cheap, dear), (slow, fast)) = (spread(costs), spread(rates));
        println!(
            "| {} | {:.2} ({cheap:.2} to {dear:.2}) | {:.1} ({slow:.1} to {fast:.1}) |",
            program.file_name().unwrap_or_default().display(),
            median(costs),
            median(rates)
        );
    }
    println!("\n4 KiB are on this disk after {:.2} ms", disk()?);
    Ok(())
}

fn main() -> Done {
    let programs: Vec<_> =
        std::env::args_os().skip(1).filter(|argument| argument != "--bench").map(PathBuf::from).collect();
    if programs.is_empty() || !programs.iter().all(|program| Path::new(program).is_file()) {
        return Err("name the programs: cargo bench -p doorward-web --bench builds -- PROGRAM…".into());
    }
    Builder::new_multi_thread().enable_all().build()?.block_on(run(programs))
}
