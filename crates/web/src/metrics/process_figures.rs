//! The figures that every Prometheus client exports for its process. Most are read from `/proc`; missing ones are left out.

use std::fs;

use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};
use rustix::param::{clock_ticks_per_second, page_size};
use rustix::process::{Resource, getrlimit};

use crate::process::count_open_files;

/// Registers the figures that can be read.
pub(super) fn register(registry: &mut Registry) {
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    if let Ok(open) = count_open_files(limit) {
        registry.register("open_fds", "Open files", ConstGauge::new(open));
    }
    registry.register("max_fds", "Open files there may be", ConstGauge::new(limit));
    let Some(Stat { cpu_ticks, start_ticks, virtual_bytes, resident_pages }) = read_stat() else { return };
    let (ticks, page) = (clock_ticks_per_second(), u64::try_from(page_size()).unwrap_or_default());
    registry.register_with_unit(
        "cpu",
        "User and system time",
        Unit::Seconds,
        ConstCounter::new(seconds(cpu_ticks, ticks)),
    );
    let resident = ConstGauge::new(resident_pages.saturating_mul(page));
    registry.register_with_unit("resident_memory", "Memory in use", Unit::Bytes, resident);
    let mapped = ConstGauge::new(virtual_bytes);
    registry.register_with_unit("virtual_memory", "Address space in use", Unit::Bytes, mapped);
    if let Some(boot) = read_boot() {
        let start = ConstGauge::new(boot + seconds(start_ticks, ticks));
        registry.register_with_unit("start_time", "Start, since the Unix epoch", Unit::Seconds, start);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a process that runs for 285 years")]
fn seconds(ticks: u64, per_second: u64) -> f64 {
    ticks as f64 / per_second as f64
}

/// Fields of `/proc/self/stat` (`proc_pid_stat(5)`).
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    cpu_ticks: u64,
    start_ticks: u64,
    virtual_bytes: u64,
    resident_pages: u64,
}

fn read_stat() -> Option<Stat> {
    Stat::parse(&fs::read_to_string("/proc/self/stat").ok()?)
}

impl Stat {
    fn parse(stat: &str) -> Option<Self> {
        // The name of the program is in brackets, and may itself have brackets. The third field is the first one after it.
        let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Self {
            cpu_ticks: field(14)?.checked_add(field(15)?)?,
            start_ticks: field(22)?,
            virtual_bytes: field(23)?,
            resident_pages: field(24)?,
        })
    }
}

/// When the machine was started, in seconds since the Unix epoch.
fn read_boot() -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_whose_name_has_brackets_is_read_all_the_same() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 5 0 0 0 30 12 0 0 20 0 4 0 900 4096 25 18446744073709551615 1 1";
        let expected = Stat { cpu_ticks: 42, start_ticks: 900, virtual_bytes: 4_096, resident_pages: 25 };
        assert_eq!(Stat::parse(stat), Some(expected));
        for damaged in ["", "7 (a", "7 (a) S 1 7", &stat.replace(" 30 ", " x ")] {
            assert_eq!(Stat::parse(damaged), None, "{damaged}");
        }
    }
}
