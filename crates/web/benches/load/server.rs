//! A program under load: the product or the floor.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rocket::tokio::time::sleep;

use crate::Done;

/// Settings that let one address try as often as a load does; the throttle still counts each attempt.
const UNTHROTTLED: [(&str, &str); 8] = [
    ("DOORWARD_THROTTLE__FREE_ATTEMPTS", "100"),
    ("DOORWARD_THROTTLE__NAME_FREE_ATTEMPTS", "100"),
    ("DOORWARD_THROTTLE__NAME_LONGEST_WAIT_SECONDS", "0"),
    ("DOORWARD_THROTTLE__LOG_INS_PER_MINUTE", "1000000"),
    ("DOORWARD_THROTTLE__FAILURES_PER_MINUTE", "1000000"),
    ("DOORWARD_THROTTLE__NETWORK_ATTEMPTS_PER_MINUTE", "1000000"),
    ("DOORWARD_THROTTLE__ACCOUNT_ATTEMPTS_PER_MINUTE", "1000000"),
    ("DOORWARD_THROTTLE__SIGN_UPS_PER_HOUR", "1000000"),
];

/// The name of the session cookie under plain http.
pub(crate) const SESSION_COOKIE: &str = "doorward";

/// The secret key of the product, with which the benches make cookies of their own.
pub(crate) const SECRET_KEY: [u8; 32] = *b"sixteen bytes and sixteen others";

fn secret_key_text() -> String {
    SECRET_KEY.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// A running program, which is killed on drop.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts the product in this folder.
    pub(crate) fn product(folder: &Path) -> Done<Self> {
        Self::program(Path::new(env!("CARGO_BIN_EXE_doorward")), folder)
    }

    /// Starts another build of the product in this folder.
    pub(crate) fn program(program: &Path, folder: &Path) -> Done<Self> {
        let mut command = Command::new(program);
        command.current_dir(folder).env_clear().env("ROCKET_PORT", "0").env("ROCKET_SECRET_KEY", secret_key_text());
        command.env("RUST_LOG", "warn").envs(UNTHROTTLED);
        Self::start(command)
    }

    /// Starts the floor, which is this program again.
    pub(crate) fn floor() -> Done<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.env_clear().arg("floor");
        Self::start(command)
    }

    fn start(mut command: Command) -> Done<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        let line = lines.next().ok_or("it ended at once")??;
        let url =
            line.split(' ').find(|word| word.starts_with("http")).ok_or("it does not say where it is")?.to_owned();
        Ok(Self { child, url })
    }

    /// Keeps all threads on these cores: `0`, `0-1`.
    pub(crate) fn pin(&self, cores: &str) -> Done {
        let id = self.child.id().to_string();
        let pinned = Command::new("taskset").args(["-a", "-c", "-p", cores, &id]).stdout(Stdio::null()).status()?;
        if pinned.success() { Ok(()) } else { Err("taskset failed".into()) }
    }

    /// Returns the resident memory in MiB: the current one, and the peak since the start.
    pub(crate) fn memory(&self) -> Done<[f64; 2]> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let mebibytes = |name: &str| -> Done<f64> {
            let line = status.lines().find(|line| line.starts_with(name)).ok_or("no such line")?;
            Ok(line.split_whitespace().nth(1).ok_or("no figure")?.parse::<f64>()? / 1024.0)
        };
        Ok([mebibytes("VmRSS:")?, mebibytes("VmHWM:")?])
    }

    /// Waits until it is idle.
    pub(crate) async fn calm_down(&self) -> Done {
        let mut last = f64::NAN;
        // A single tick in this time does not count as work.
        while self.computed()? - last > 0.011 || last.is_nan() {
            last = self.computed()?;
            sleep(Duration::from_millis(300)).await;
        }
        Ok(())
    }

    /// Returns the CPU seconds of its threads.
    pub(crate) fn computed(&self) -> Done<f64> {
        computed_by(&Path::new("/proc").join(self.child.id().to_string()))
    }

    /// Returns the CPU seconds of its threads, except those that hash.
    pub(crate) fn computed_beside_hashes(&self) -> Done<f64> {
        let mut computed = 0.0;
        for thread in Path::new("/proc").join(self.child.id().to_string()).join("task").read_dir()? {
            let thread = thread?.path();
            if !fs::read_to_string(thread.join("comm"))?.starts_with("hashing") {
                computed += computed_by(&thread)?;
            }
        }
        Ok(computed)
    }
}

/// Returns the CPU seconds of a process or a thread.
fn computed_by(process: &Path) -> Done<f64> {
    let stat = fs::read_to_string(process.join("stat"))?;
    let fields: Vec<_> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    // The 14th and 15th field of proc_pid_stat(5), in hundredths of a second; the first two are gone.
    let ticks = |place: usize| fields.get(place).and_then(|ticks| ticks.parse::<f64>().ok()).ok_or("no ticks");
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
    }
}
