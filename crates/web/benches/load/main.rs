//! The release program under load, beside a floor: a bare Rocket 0.5.2 with the same pages, whose log-in is the hash alone.
//! Rounds are interleaved. Figures are medians of them; a ratio is the median of each round's own, the product's figure over the floor's,
//! so that a machine that is slower for a minute is slower for both. Loopback only.
//!
//! `cargo bench -p doorward-web --bench load [-- --quick]`. It needs wrk, and writes its output to `target/load.md` too.

mod floor;
#[expect(dead_code, reason = "what else the operating system tells is for another bench")]
mod server;
#[expect(dead_code, reason = "what else wrk says is for another bench")]
mod wrk;

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use doorward_storage::{SeaOrmStore, StorageConfig};
use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{Client, Response, redirect};
use rocket::tokio::io::AsyncWriteExt as _;
use rocket::tokio::net::TcpStream;
use rocket::tokio::runtime::Builder;
use rocket::tokio::time::{MissedTickBehavior, interval, sleep};
use sea_orm::ConnectionTrait as _;
use tempfile::TempDir;

use server::{SESSION_COOKIE, Server};
use wrk::{Amount, Load};

type Done<T = ()> = Result<T, Box<dyn Error>>;

const PASSWORD: &str = "seven+quiet+lanterns";
const WRONG_PASSWORD: &str = "eight+loud+lanterns";
const USERS: u64 = 512;
/// The number of users who are logged in.
const SESSIONS: u64 = 64;
const ABANDONED: u32 = 512;

/// The number of rounds, and how long each load lasts.
#[derive(Clone, Copy)]
struct Plan {
    rounds: u64,
    page_seconds: u64,
    log_in_seconds: u64,
    storm_seconds: u64,
}

const FULL: Plan = Plan { rounds: 9, page_seconds: 3, log_in_seconds: 5, storm_seconds: 10 };
const QUICK: Plan = Plan { rounds: 2, page_seconds: 2, log_in_seconds: 3, storm_seconds: 5 };
const STORMS: u64 = 4;

/// A value of the product and one of the floor.
struct Both<T> {
    product: T,
    floor: T,
}

/// A load that is put on both in each round.
struct Measure {
    name: &'static str,
    goal: &'static str,
    connections: u64,
    loads: Both<Load>,
    rates: Both<Vec<f64>>,
}

impl Measure {
    fn new(name: &'static str, goal: &'static str, connections: u64, loads: Both<Load>) -> Self {
        Self { name, goal, connections, loads, rates: Both { product: Vec::new(), floor: Vec::new() } }
    }

    async fn run(&mut self, rig: &Rig, plan: Plan, first: u64) -> Done {
        let is_page = self.loads.product.forms.is_empty();
        let seconds = if is_page { plan.page_seconds } else { plan.log_in_seconds };
        // A page needs little time: its server and its clients have a core each. A log-in may use all cores.
        let (server_cores, client_cores) = if is_page { ("0", "1") } else { (ALL_CORES, ALL_CORES) };
        for (server, load, rates) in [
            (&rig.servers.product, &self.loads.product, &mut self.rates.product),
            (&rig.servers.floor, &self.loads.floor, &mut self.rates.floor),
        ] {
            server.pin(server_cores)?;
            let amount = Amount { connections: self.connections, seconds, first };
            rates.push(load.begin(&server.url, amount, client_cores, rig.folder.path())?.end()?.rate);
            server.pin(ALL_CORES)?;
            // Requests that the clients left unfinished would be a load on the other.
            server.calm_down().await?;
        }
        Ok(())
    }
}

const ALL_CORES: &str = "0-1";

struct Rig {
    folder: TempDir,
    client: Client,
    servers: Both<Server>,
    sessions: Both<Vec<String>>,
}

impl Rig {
    async fn new(folder: TempDir, client: Client, product: Server) -> Done<Self> {
        let floor = Server::floor()?;
        let (mut of_product, mut of_floor) = (Vec::new(), Vec::new());
        for user in 0..SESSIONS {
            of_product.push(log_in(&client, &product, user).await?);
            of_floor.push(log_in(&client, &floor, user).await?);
        }
        let sessions = Both { product: of_product, floor: of_floor };
        let rig = Self { folder, client, servers: Both { product, floor }, sessions };
        for (path, cookie) in [("/log_in", None), ("/", None), ("/", Some(0)), ("/", Some(7))] {
            let cookies = |of: &[String]| cookie.and_then(|place: usize| of.get(place)).cloned().unwrap_or_default();
            let product = get(&rig.client, &rig.servers.product, path, &cookies(&rig.sessions.product)).await?;
            let floor = get(&rig.client, &rig.servers.floor, path, &cookies(&rig.sessions.floor)).await?;
            assert_eq!(product.text().await?, floor.text().await?, "both have the same pages");
        }
        Ok(rig)
    }

    /// Restarts both: the memory layout of a process makes a difference of a few percent, which must not last for all rounds.
    fn restart(&mut self) -> Done {
        self.servers = Both { product: Server::product(self.folder.path())?, floor: Server::floor()? };
        Ok(())
    }

    fn measures(&self) -> Vec<Measure> {
        let page = |path, cookies: &[String]| Load {
            method: "GET",
            path,
            cookies: cookies.to_vec(),
            forms: Vec::new(),
            status: 200,
        };
        let posts = |status, form: fn(u64) -> String| Load {
            method: "POST",
            path: "/log_in",
            cookies: Vec::new(),
            forms: (0..USERS).map(form).collect(),
            status,
        };
        let right = || posts(303, |user| form(user, PASSWORD));
        let as_right = |product| Both { product, floor: right() };
        vec![
            Measure::new("right log-ins/s, 1 connection", "≥ 0.93", 1, as_right(right())),
            Measure::new("right log-ins/s, 64 connections", "≥ 0.95", 64, as_right(right())),
            Measure::new(
                "wrong passwords/s, 64 connections",
                "as right",
                64,
                as_right(posts(422, |user| form(user, WRONG_PASSWORD))),
            ),
            Measure::new(
                "unknown names/s, 64 connections",
                "as right",
                64,
                as_right(posts(422, |user| form(user + USERS, PASSWORD))),
            ),
            Measure::new(
                "`GET /` with a session, requests/s",
                "≥ 0.70",
                16,
                Both { product: page("/", &self.sessions.product), floor: page("/", &self.sessions.floor) },
            ),
            Measure::new(
                "`GET /log_in`, requests/s",
                "≥ 1.00",
                16,
                Both { product: page("/log_in", &[]), floor: page("/log_in", &[]) },
            ),
        ]
    }

    /// Requests a page 50 times a second, and returns how many milliseconds each took from when it was due.
    async fn read_steadily(&self, server: &Server, cookie: &str, seconds: u64) -> Done<Vec<f64>> {
        let mut ticks = interval(Duration::from_millis(20));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut reads = Vec::new();
        for _read in 0..seconds * 50 {
            let (client, url, cookie) = (self.client.clone(), server.url.clone(), cookie.to_owned());
            let due = ticks.tick().await;
            reads.push(rocket::tokio::spawn(async move {
                client.get(url).header(COOKIE, cookie).send().await?.error_for_status()?.bytes().await?;
                Ok::<_, reqwest::Error>(1e3 * due.elapsed().as_secs_f64())
            }));
        }
        let mut times = Vec::new();
        for read in reads {
            times.push(read.await??);
        }
        Ok(times)
    }

    /// Sends log-ins and disconnects at once. Returns how many log-ins' time they cost, where one takes `log_in_seconds` of a core.
    async fn abandon(&self, log_in_seconds: f64) -> Done<f64> {
        let server = &self.servers.product;
        let address = server.url.strip_prefix("http://").ok_or("no address")?;
        let before = server.computed()?;
        for user in 0..ABANDONED {
            let body = form(u64::from(user), PASSWORD);
            let mut stream = TcpStream::connect(address).await?;
            let length = body.len();
            let head = format!(
                "POST /log_in HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: {length}\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(body.as_bytes()).await?;
        }
        server.calm_down().await?;
        Ok((server.computed()? - before) / log_in_seconds)
    }
}

fn form(user: u64, password: &str) -> String {
    format!("username=user{user}&password={password}")
}

async fn post(client: &Client, server: &Server, path: &str, form: String) -> Done<Response> {
    let request = client.post(format!("{}{path}", server.url)).body(form);
    let answer = request.header("Content-Type", "application/x-www-form-urlencoded").send().await?;
    if answer.status() == 303 { Ok(answer) } else { Err(format!("{path}: {}", answer.status()).into()) }
}

/// Logs a user in; returns the session cookie.
async fn log_in(client: &Client, server: &Server, user: u64) -> Done<String> {
    let answer = post(client, server, "/log_in", form(user, PASSWORD)).await?;
    let mut given =
        answer.headers().get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()?.split(';').next());
    let session = given.find(|cookie| cookie.split('=').next() == Some(SESSION_COOKIE));
    Ok(session.ok_or("no session")?.to_owned())
}

async fn get(client: &Client, server: &Server, path: &str, cookie: &str) -> Done<Response> {
    let answer = client.get(format!("{}{path}", server.url)).header(COOKIE, cookie).send().await?;
    Ok(answer.error_for_status()?)
}

/// Has the first user sign up, and gives all others the same password.
async fn people(folder: &Path, client: &Client) -> Done {
    let product = Server::product(folder)?;
    post(client, &product, "/sign_up", form(0, PASSWORD)).await?;
    let store = SeaOrmStore::connect(&StorageConfig::sqlite_file(folder.join("data/doorward.sqlite3"))).await?;
    let crowd = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {USERS} - 1) INSERT INTO users \
         SELECT randomblob(16), 'user' || i, 'user' || i, standing, language, created_at, NULL, credentials_version, '' \
         FROM users, n WHERE username = 'user0'"
    );
    let passwords =
        "INSERT INTO passwords SELECT users.id, password_hash FROM users, passwords WHERE username <> 'user0'";
    for statement in [crowd.as_str(), passwords] {
        store.connection().execute_unprepared(statement).await?;
    }
    store.disconnect().await;
    Ok(())
}

/// Returns the milliseconds from the start of the program to its first page.
async fn start(folder: &Path, client: &Client) -> Done<f64> {
    let began = Instant::now();
    let product = Server::product(folder)?;
    get(client, &product, "/", "").await?;
    Ok(1e3 * began.elapsed().as_secs_f64())
}

fn quantile(figures: &[f64], hundredths: usize) -> f64 {
    let mut figures = figures.to_vec();
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() * hundredths / 100).copied().unwrap_or(f64::NAN)
}

/// Returns the medians of the product, of the floor, and of the rounds' ratios.
fn medians(of: &Both<Vec<f64>>) -> [f64; 3] {
    let ratios: Vec<_> = of.product.iter().zip(&of.floor).map(|(product, floor)| product / floor).collect();
    [quantile(&of.product, 50), quantile(&of.floor, 50), quantile(&ratios, 50)]
}

#[expect(clippy::print_stdout, reason = "it prints its figures")]
async fn run(plan: Plan) -> Done {
    let folder = TempDir::new()?;
    let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build()?;
    people(folder.path(), &client).await?;
    let mut starts = Vec::new();
    for _start in 0..10 {
        starts.push(start(folder.path(), &client).await?);
    }
    let product = Server::product(folder.path())?;
    sleep(Duration::from_secs(2)).await;
    let [idle, _] = product.memory()?;
    let mut rig = Rig::new(folder, client, product).await?;
    let mut measures = rig.measures();
    let mut first = 0;
    for _round in 0..plan.rounds {
        rig.restart()?;
        for measure in &mut measures {
            measure.run(&rig, plan, first).await?;
            first += USERS / 3;
        }
    }
    let mut report = String::new();
    writeln!(report, "| what | product | floor | ratio | goal |\n| --- | --- | --- | --- | --- |")?;
    for measure in &measures {
        let [product, floor, ratio] = medians(&measure.rates);
        writeln!(report, "| {} | {product:.1} | {floor:.1} | {ratio:.2} | {} |", measure.name, measure.goal)?;
    }

    let (mut reads, mut memory) = (Both { product: Vec::new(), floor: Vec::new() }, Vec::new());
    let right = measures.get(1).ok_or("no storm")?;
    for _storm in 0..STORMS {
        for (server, load, cookies, reads) in [
            (&rig.servers.product, &right.loads.product, &rig.sessions.product, &mut reads.product),
            (&rig.servers.floor, &right.loads.floor, &rig.sessions.floor, &mut reads.floor),
        ] {
            let amount = Amount { connections: 64, seconds: plan.storm_seconds + 1, first };
            let running = load.begin(&server.url, amount, ALL_CORES, rig.folder.path())?;
            sleep(Duration::from_millis(500)).await;
            let cookie = cookies.first().ok_or("nobody is logged in")?;
            reads.extend(rig.read_steadily(server, cookie, plan.storm_seconds).await?);
            running.end()?;
            server.calm_down().await?;
        }
        first += USERS / 3;
        memory.push(rig.servers.product.memory()?);
    }
    for (name, hundredths, goal) in [("p50", 50, ""), ("p99", 99, "≤ 12 ms, ≤ 1.30")] {
        let [product, floor] = [&reads.product, &reads.floor].map(|reads| quantile(reads, hundredths));
        let ratio = product / floor;
        writeln!(
            report,
            "| `GET /` at 50/s in a storm, {name}, ms | {product:.1} | {floor:.1} | {ratio:.2} | {goal} |"
        )?;
    }
    let peak = memory.last().map_or(f64::NAN, |[_, peak]| *peak);
    writeln!(report, "| memory when idle, MiB | {idle:.1} | | | ≤ 16 |")?;
    writeln!(report, "| memory at its peak, MiB | {peak:.1} | | | ≤ {:.1} |", idle + 2.0 * 19.0 + 12.0)?;
    let after: Vec<_> = memory.iter().map(|[now, _]| format!("{now:.1}")).collect();
    writeln!(report, "| memory after each storm, MiB | {} | | | flat |", after.join(", "))?;
    writeln!(report, "| start to first answer, ms | {:.1} | | | ≤ 50 |", quantile(&starts, 50))?;
    let bytes = std::fs::metadata(env!("CARGO_BIN_EXE_doorward"))?.len();
    writeln!(report, "| binary, MiB | {:.1} | | | ≤ 20 |", f64::from(u32::try_from(bytes)?) / 1_048_576.0)?;
    let log_ins = rig.abandon(2.0 / quantile(&right.rates.product, 50)).await?;
    writeln!(report, "| log-ins done of {ABANDONED} that were abandoned at once | {log_ins:.0} | | | ≤ 258 |")?;
    println!("{report}");
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/load.md"), report)?;
    Ok(())
}

fn main() -> Done {
    let wants = |name: &str| std::env::args().any(|argument| argument == name);
    if wants("floor") {
        return floor::serve();
    }
    let plan = if wants("--quick") { QUICK } else { FULL };
    Builder::new_current_thread().enable_all().build()?.block_on(run(plan))
}
