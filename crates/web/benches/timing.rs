//! Whether the time of a refused log-in, or of an answer to a forgotten password, reveals anything: the running program gets
//! requests in pairs over HTTP. Each pair is a known name, at the log-in with a wrong password, and one of the cases below, in random
//! order; the AUC is the probability that the case takes longer, and 0.5 reveals nothing. The throttle is on, and its counters are
//! cleared before each pair; in the log-in's last case both have to wait, and in the other's last case one address gets no more mails.
//! `cargo bench -p doorward-web --bench timing [-- PAIRS]`.

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use doorward_storage::{SeaOrmStore, StorageConfig};
use reqwest::{Client, StatusCode, redirect};
use sea_orm::ConnectionTrait as _;
use tempfile::TempDir;

const PASSWORD: &str = "seven quiet lanterns";
const WAITING: &str = "unknown name, both made to wait (429)";
/// The hash of “seven quiet lanterns”, by bcrypt with a cost of 10.
const IMPORTED: &str = "$2b$10$DLN5ZUDldC9fEZyyz0k73uD4htfj323HKaq2vZMdeIqUXtupZf22u";

struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _gone_already = self.0.kill();
        let _gone_already = self.0.wait();
    }
}

/// A log-in that is refused.
struct Case {
    name: &'static str,
    username: &'static str,
    password: String,
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "it prints its figures")]
async fn main() -> Result<(), Box<dyn Error>> {
    let pairs = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(300);
    let folder = TempDir::new()?;
    let (_program, url) = start(&folder)?;
    let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build()?;
    let post = async |path: &str, username: &str, password: &str| {
        let form = [("username", username), ("password", password)];
        Ok::<_, reqwest::Error>(client.post(format!("{url}{path}")).form(&form).send().await?.status())
    };
    for username in ["known", "closed", "imported"] {
        assert_eq!(post("/sign_up", username, PASSWORD).await?, StatusCode::SEE_OTHER);
    }
    let store = SeaOrmStore::connect(&StorageConfig::sqlite_file(folder.path().join("data/doorward.sqlite3"))).await?;
    let import = format!(
        "UPDATE passwords SET password_hash = '{IMPORTED}' WHERE user_id = (SELECT id FROM users WHERE username = 'imported')"
    );
    store.connection().execute_unprepared(&import).await?;
    store.connection().execute_unprepared("UPDATE users SET standing = 'closed' WHERE username = 'closed'").await?;

    let wrong = || "a wrong password of it".to_owned();
    println!("{pairs} pairs; a case passes within {:.3} of 0.5\n", 3.0 * standard_error(pairs));
    println!("| case | known, ms | case, ms | AUC | 95 % interval | difference of medians, ms, 95 % interval |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for Case { name, username, password } in [
        Case { name: "known, once more", username: "known", password: wrong() },
        Case { name: "unknown name", username: "nobody", password: wrong() },
        Case { name: "unfit name", username: "no way", password: wrong() },
        Case { name: "closed account, right password", username: "closed", password: PASSWORD.to_owned() },
        Case { name: "over-long password", username: "known", password: "x".repeat(1_025) },
        Case { name: "empty password", username: "known", password: String::new() },
        Case { name: "imported hash (bcrypt, cost 10)", username: "imported", password: wrong() },
        Case { name: WAITING, username: "nobody", password: wrong() },
    ] {
        let is_waiting = name == WAITING;
        let expected = if is_waiting { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNPROCESSABLE_ENTITY };
        if is_waiting {
            for username in [username, "known"] {
                while post("/log_in", username, &wrong()).await? != expected {}
            }
            // Otherwise the counters of the network would hold one of the two before its own do. `attempts` is raised too: a wait that
            // is longer than the attempts allow is taken for a clock that was set back, and ignored.
            let long = "UPDATE attempt_counters SET attempts = 40, free_at = free_at + 3600000000, \
                        forgotten_at = forgotten_at + 7200000000";
            store.connection().execute_unprepared(long).await?;
        }
        let (mut known, mut other) = (Vec::new(), Vec::new());
        for pair in 0..pairs + 10 {
            if !is_waiting {
                store.connection().execute_unprepared("DELETE FROM attempt_counters").await?;
            }
            let time = async |times: &mut Vec<f64>, username: &str, password: &str| {
                let began = Instant::now();
                let status = post("/log_in", username, password).await?;
                times.push(1e3 * began.elapsed().as_secs_f64());
                assert_eq!(status, expected);
                Ok::<_, reqwest::Error>(())
            };
            if is_heads(pair) {
                time(&mut known, "known", &wrong()).await?;
                time(&mut other, username, &password).await?;
            } else {
                time(&mut other, username, &password).await?;
                time(&mut known, "known", &wrong()).await?;
            }
        }
        report(name, known, other);
    }
    forgotten_passwords(&client, &url, &store, pairs).await
}

/// Each name in the pairs has a verified address, except `unverified`; `closed` is a closed account.
async fn forgotten_passwords(
    client: &Client,
    url: &str,
    store: &SeaOrmStore,
    pairs: usize,
) -> Result<(), Box<dyn Error>> {
    let forget = async |login: &str| {
        let sent = client.post(format!("{url}/forgot_password")).form(&[("login", login)]).send().await?;
        assert_eq!(sent.status(), StatusCode::SEE_OTHER);
        Ok::<_, reqwest::Error>(())
    };
    for username in ["limited", "unverified"] {
        let form = [("username", username), ("password", PASSWORD)];
        client.post(format!("{url}/sign_up")).form(&form).send().await?;
    }
    let addresses = "INSERT INTO emails (user_id, verified, verified_key) \
                     SELECT id, username || '@example.org', username_key || '@example.org' FROM users \
                     WHERE username <> 'unverified'";
    store.connection().execute_unprepared(addresses).await?;
    for (name, login, is_limited) in [
        ("forgot: known, once more", "known", false),
        ("forgot: known, by the address", "known@example.org", false),
        ("forgot: unknown name", "nobody", false),
        ("forgot: unknown address", "nobody@example.org", false),
        ("forgot: closed account", "closed", false),
        ("forgot: no verified address", "unverified", false),
        ("forgot: too many mails to the address", "limited", true),
    ] {
        let (mut known, mut other) = (Vec::new(), Vec::new());
        for pair in 0..pairs + 10 {
            store.connection().execute_unprepared("DELETE FROM attempt_counters").await?;
            if is_limited {
                for _ in 0..3 {
                    forget(login).await?;
                }
            }
            let time = async |times: &mut Vec<f64>, login: &str| {
                let began = Instant::now();
                forget(login).await?;
                times.push(1e3 * began.elapsed().as_secs_f64());
                Ok::<_, reqwest::Error>(())
            };
            if is_heads(pair) {
                time(&mut known, "known").await?;
                time(&mut other, login).await?;
            } else {
                time(&mut other, login).await?;
                time(&mut known, "known").await?;
            }
        }
        report(name, known, other);
    }
    Ok(())
}

/// Prints a line of the table.
#[expect(clippy::print_stdout, reason = "it prints its figures")]
fn report(name: &str, mut known: Vec<f64>, mut other: Vec<f64>) {
    // The first 10 are a warm-up.
    let (known, other) = (known.split_off(10), other.split_off(10));
    let (auc, around) = (auc(&known, &other), 1.96 * standard_error(known.len()));
    let (low, high) = (auc - around, auc + around);
    let (least, most) = bootstrap(&known, &other);
    let (known, other) = (median(&known), median(&other));
    println!("| {name} | {known:.2} | {other:.2} | {auc:.3} | {low:.3} to {high:.3} | {least:+.2} to {most:+.2} |");
}

fn start(folder: &TempDir) -> Result<(Program, String), Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
    command.current_dir(folder.path()).env_clear().env("ROCKET_PORT", "0").env("RUST_LOG", "error");
    // Mails wait: no relay listens at this port.
    command.env("DOORWARD_MAIL__URL", "smtp://127.0.0.1:9").env("DOORWARD_MAIL__FROM", "notes@example.org");
    command.env("DOORWARD_THROTTLE__MAILS_PER_NETWORK_PER_HOUR", "1000000");
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().ok_or("no output")?;
    let program = Program(child);
    let line = BufReader::new(stdout).lines().next().ok_or("the program did not start")??;
    let url = line.split(' ').find(|word| word.starts_with("http")).ok_or("no URL")?;
    Ok((program, url.to_owned()))
}

/// Tosses a coin, with the same results in each run.
const fn is_heads(throw: usize) -> bool {
    (throw as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 63
        == 1
}

/// The probability that one of `other` is greater than one of `known`, with ties counted half (Mann and Whitney's U).
fn auc(known: &[f64], other: &[f64]) -> f64 {
    let greater = |one: f64| {
        known
            .iter()
            .map(|time| {
                if one > *time {
                    1.0
                } else if one < *time {
                    0.0
                } else {
                    0.5
                }
            })
            .sum::<f64>()
    };
    #[expect(clippy::cast_precision_loss, reason = "there are hundreds")]
    let all = (known.len() * other.len()) as f64;
    other.iter().map(|time| greater(*time)).sum::<f64>() / all
}

/// The 95 % interval of the difference of the medians, from 2000 draws of each with replacement.
fn bootstrap(known: &[f64], other: &[f64]) -> (f64, f64) {
    let mut throw = 0_u64;
    let mut draw = |times: &[f64]| {
        let drawn = |_| {
            throw = throw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let index = usize::try_from(throw >> 33).unwrap_or_default() % times.len();
            times.get(index).copied().unwrap_or_default()
        };
        median(&times.iter().map(drawn).collect::<Vec<_>>())
    };
    let mut differences: Vec<_> = (0..2_000).map(|_| draw(other) - draw(known)).collect();
    differences.sort_by(f64::total_cmp);
    let at = |index: usize| differences.get(index).copied().unwrap_or(f64::NAN);
    (at(50), at(1_949))
}

/// The standard error of the AUC where nothing is revealed, with `pairs` of each.
fn standard_error(pairs: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "there are hundreds")]
    let pairs = pairs as f64;
    ((2.0 * pairs + 1.0) / (12.0 * pairs * pairs)).sqrt()
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
