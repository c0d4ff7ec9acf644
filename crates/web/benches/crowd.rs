//! How long a visitor waits on a site with few accounts and on one with many: the release program over an SQLite file, which gets
//! requests of one visitor after the other, each of them another of its users.
//!
//! `cargo bench -p doorward-web --bench crowd [-- USERS…]`, with 10000 and 10000000 users by default. It needs wrk and 5 GB of
//! disk, and writes its output to `target/crowd.md` too.

#[path = "../../storage/benches/scaling/population.rs"]
mod population;
#[path = "load/server.rs"]
#[expect(dead_code, reason = "the other bench uses all of it")]
mod server;
#[path = "load/wrk.rs"]
#[expect(dead_code, reason = "the other bench uses all of it")]
mod wrk;

use std::error::Error;
use std::fmt::Write as _;
use std::time::Duration;

use cookie::{Cookie, CookieJar, Key};
use doorward_domain::Clock as _;
use doorward_domain::system::SystemClock;
use doorward_storage::{SeaOrmStore, StorageConfig};
use rocket::tokio::runtime::Builder;
use tempfile::TempDir;

use population::{fill, scattered, token, tokens};
use server::{SECRET_KEY, SESSION_COOKIE, Server};
use wrk::{Amount, Load};

type Done<T = ()> = Result<T, Box<dyn Error>>;

const ROUNDS: u64 = 7;
const SECONDS: u64 = 3;
/// The number of users among whom the visitors are.
const VISITORS: u64 = 20_000;
/// The longest time that the bench may take, so that no session is marked as seen meanwhile.
const AHEAD: Duration = Duration::from_hours(1);

/// A site with a number of users.
struct Site {
    users: u64,
    server: Server,
    page: Load,
    log_in: Load,
    /// The times of a page and of a refused log-in, in ms.
    times: [Vec<f64>; 2],
    folder: TempDir,
}

impl Site {
    async fn with(users: u64) -> Done<Self> {
        let (folder, tokens) = (TempDir::new()?, tokens(users)?);
        std::fs::create_dir(folder.path().join("data"))?;
        let store =
            SeaOrmStore::connect(&StorageConfig::sqlite_file(folder.path().join("data/doorward.sqlite3"))).await?;
        doorward_migrations::migrate(&store.connection()).await?;
        fill(&store, &tokens, SystemClock.now().plus(AHEAD).as_unix_micros()).await?;
        store.disconnect().await;
        let visitors: Vec<_> = (0..VISITORS.min(users)).map(|visitor| scattered(visitor) % users).collect();
        let cookies = visitors.iter().map(|visitor| {
            let number = *tokens.get(usize::try_from(*visitor)?).ok_or("there is no such user")?;
            Ok(session_cookie(&token(number)?.expose_secret()))
        });
        let page =
            Load { method: "GET", path: "/", cookies: cookies.collect::<Done<_>>()?, forms: Vec::new(), status: 200 };
        let form = |visitor: &u64| format!("username=user{visitor:09}&password=seven+quiet+lanterns");
        let forms = visitors.iter().map(form).collect();
        let log_in = Load { method: "POST", path: "/log_in", cookies: Vec::new(), forms, status: 422 };
        let server = Server::product(folder.path())?;
        Ok(Self { users, server, page, log_in, times: Default::default(), folder })
    }

    fn measure(&mut self, round: u64) -> Done {
        for (load, times) in [&self.page, &self.log_in].into_iter().zip(&mut self.times) {
            let amount = Amount { connections: 1, seconds: SECONDS, first: round * 9_999_991 };
            times.push(load.begin(&self.server.url, amount, "1", self.folder.path())?.end()?.median_ms);
        }
        Ok(())
    }
}

/// Makes the session cookie as the program does.
fn session_cookie(token: &str) -> String {
    let mut jar = CookieJar::new();
    jar.private_mut(&Key::derive_from(&SECRET_KEY)).add(Cookie::new(SESSION_COOKIE, token.to_owned()));
    jar.get(SESSION_COOKIE).map(ToString::to_string).unwrap_or_default()
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::print_stdout, reason = "it prints its figures")]
async fn run(users: &[u64]) -> Done {
    let mut sites = Vec::new();
    for users in users {
        sites.push(Site::with(*users).await?);
    }
    for round in 0..ROUNDS {
        for site in &mut sites {
            site.measure(round)?;
        }
    }
    let mut report = String::new();
    writeln!(report, "| users | a page: p50, ms | growth | a refused log-in: p50, ms | growth |")?;
    writeln!(report, "| --- | --- | --- | --- | --- |")?;
    let mut fewest = None;
    for site in &sites {
        let times = [&site.times[0], &site.times[1]].map(|times| median(times));
        let first = *fewest.get_or_insert(times);
        let [page, log_in] = times;
        let [page_growth, log_in_growth] = [page / first[0], log_in / first[1]];
        writeln!(report, "| {} | {page:.3} | {page_growth:.2} | {log_in:.2} | {log_in_growth:.2} |", site.users)?;
    }
    println!("{report}");
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/crowd.md"), report)?;
    Ok(())
}

fn main() -> Done {
    let mut users: Vec<u64> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    if users.is_empty() {
        users = vec![10_000, 10_000_000];
    }
    Builder::new_current_thread().enable_all().build()?.block_on(run(&users))
}
