//! How much time and memory the commands take that import and export users: over an SQLite file, beside a site that serves. The floor
//! is `doorward database copy` of the imported users, which writes the same rows and reads them again.
//!
//! `cargo bench -p doorward-web --bench user_import [-- USERS]`, with 100000 users by default; writes its output to
//! `target/user_import.md` too.

#[path = "load/server.rs"]
#[expect(dead_code, reason = "the other bench uses all of it")]
mod server;

use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rocket::tokio::runtime::Builder;
use rocket::tokio::time::sleep;
use tempfile::TempDir;

use server::Server;

type Done<T = ()> = Result<T, Box<dyn Error>>;

/// The number of rounds, each in a folder of its own.
const ROUNDS: usize = 3;

/// The cost of a command.
#[derive(Clone, Copy)]
struct Cost {
    seconds: f64,
    peak_mib: f64,
}

async fn cost_of(folder: &Path, arguments: &[&str]) -> Done<Cost> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
    command.current_dir(folder).env_clear().env("RUST_LOG", "warn").args(arguments).stdout(Stdio::null());
    let began = Instant::now();
    let mut child = command.stderr(Stdio::null()).spawn()?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak_kib: f64 = 0.0;
    let ended = loop {
        let status = fs::read_to_string(&status_file).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak_kib = peak_kib.max(kib.unwrap_or_default());
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        sleep(Duration::from_millis(5)).await;
    };
    let seconds = began.elapsed().as_secs_f64();
    if ended.success() {
        Ok(Cost { seconds, peak_mib: peak_kib / 1_024.0 })
    } else {
        Err(format!("{arguments:?}").into())
    }
}

/// Returns the costs of import, export and the floor.
async fn round(users: u32) -> Done<[Cost; 3]> {
    let folder = TempDir::new()?;
    let mut file = BufWriter::new(File::create(folder.path().join("users"))?);
    let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcyBvcg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for number in 0..users {
        let created_at = "2020-01-01T00:00:00Z";
        writeln!(file, r#"{{"username":"user{number}","password_hash":"{hash}","created_at":"{created_at}"}}"#)?;
    }
    file.flush()?;
    let site = Server::product(folder.path())?;
    let import = cost_of(folder.path(), &["user", "import", "users"]).await?;
    let export = cost_of(folder.path(), &["user", "export", "--with-hashes", "exported"]).await?;
    drop(site);
    let floor = cost_of(folder.path(), &["database", "copy", "data/doorward.sqlite3", "copy.sqlite3"]).await?;
    Ok([import, export, floor])
}

fn median(rounds: &[[Cost; 3]], command: usize, of: fn(Cost) -> f64) -> f64 {
    let mut all: Vec<_> = rounds.iter().filter_map(|round| round.get(command)).map(|cost| of(*cost)).collect();
    all.sort_unstable_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::print_stdout, reason = "it prints its figures")]
fn main() -> Done {
    let given = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let users: u32 = given.unwrap_or(100_000);
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let rounds = (0..ROUNDS).map(|_| runtime.block_on(round(users))).collect::<Done<Vec<_>>>()?;
    let mut report = String::new();
    writeln!(report, "| {users} users | s | users/s | of the floor's time | peak memory, MiB |")?;
    writeln!(report, "| --- | --- | --- | --- | --- |")?;
    let floor = median(&rounds, 2, |cost| cost.seconds);
    for (command, name) in
        ["`user import`", "`user export --with-hashes`", "`database copy`, the floor"].iter().enumerate()
    {
        let (seconds, peak) =
            (median(&rounds, command, |cost| cost.seconds), median(&rounds, command, |cost| cost.peak_mib));
        let per_second = f64::from(users) / seconds;
        writeln!(report, "| {name} | {seconds:.1} | {per_second:.0} | {:.2} | {peak:.0} |", seconds / floor)?;
    }
    print!("{report}");
    fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/user_import.md"), report)?;
    Ok(())
}
