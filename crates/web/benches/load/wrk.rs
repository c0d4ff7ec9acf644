//! Load by wrk, over a number of connections for a number of seconds.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Done;

/// The request that is sent, and the status that each answer has to have.
pub(crate) struct Load {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// A `Cookie` for each request, in turn.
    pub(crate) cookies: Vec<String>,
    /// A form for each request, in turn.
    pub(crate) forms: Vec<String>,
    pub(crate) status: u16,
}

/// The size of a load.
#[derive(Clone, Copy)]
pub(crate) struct Amount {
    pub(crate) connections: u64,
    pub(crate) seconds: u64,
    /// The number of the first cookie or form.
    pub(crate) first: u64,
}

/// wrk cannot report a wrong answer, except by these lines of Lua.
const SCRIPT: &str = r#"
local turn = START
function request()
  turn = turn + 1
  local headers = {["Content-Type"] = "application/x-www-form-urlencoded"}
  if #COOKIES > 0 then headers["Cookie"] = COOKIES[turn % #COOKIES + 1] end
  local body = nil
  if #FORMS > 0 then body = FORMS[turn % #FORMS + 1] end
  return wrk.format(METHOD, PATH, headers, body)
end
local threads = {}
function setup(thread) table.insert(threads, thread) end
done = function(summary, latency)
  local all = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  for _, thread in ipairs(threads) do all = all + (thread:get("unexpected") or 0) end
  local rate, median = summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000
  io.write(string.format("figures %.3f %.3f %d\n", rate, median, all))
end
unexpected = 0
function response(status)
  if status ~= STATUS then unexpected = unexpected + 1 end
end
"#;

/// A running load.
pub(crate) struct Running(Child);

impl Load {
    /// Starts the load, on these cores.
    pub(crate) fn begin(&self, url: &str, amount: Amount, cores: &str, folder: &Path) -> Done<Running> {
        let Amount { connections, seconds, first } = amount;
        let list = |texts: &[String]| {
            let quoted: Vec<_> = texts.iter().map(|text| format!("{text:?}")).collect();
            format!("{{{}}}", quoted.join(", "))
        };
        let script = format!(
            "local START, METHOD, PATH, STATUS = {first}, {:?}, {:?}, {}\nlocal COOKIES, FORMS = {}, {}\n{SCRIPT}",
            self.method,
            self.path,
            self.status,
            list(&self.cookies),
            list(&self.forms)
        );
        let file = folder.join("load.lua");
        fs::write(&file, script)?;
        let mut command = Command::new("taskset");
        command.args([
            "-c",
            cores,
            "wrk",
            "-t1",
            &format!("-c{connections}"),
            &format!("-d{seconds}s"),
            "--timeout",
            "30s",
            "-s",
        ]);
        command.arg(file).arg(url).stdin(Stdio::null()).stdout(Stdio::piped());
        let running = command.spawn().map_err(|error| format!("wrk (Debian's package of that name): {error}"))?;
        Ok(Running(running))
    }
}

/// The figures of a load.
pub(crate) struct Figures {
    /// Requests a second.
    pub(crate) rate: f64,
    /// The median time of a request, in milliseconds.
    pub(crate) median_ms: f64,
}

impl Running {
    /// Waits for the end of the load.
    pub(crate) fn end(self) -> Done<Figures> {
        let output = String::from_utf8(self.0.wait_with_output()?.stdout)?;
        let line = output.lines().find_map(|line| line.strip_prefix("figures ")).ok_or("wrk gave no figures")?;
        let figures: Vec<_> = line.split(' ').collect();
        let [rate, median, unexpected] = figures[..] else { return Err("wrk gave no figures".into()) };
        if unexpected != "0" {
            return Err(format!("{unexpected} answers were not as expected").into());
        }
        Ok(Figures { rate: rate.parse()?, median_ms: median.parse()? })
    }
}
