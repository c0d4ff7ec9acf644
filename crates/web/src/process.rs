//! The limits of this process: how many files it may have open, and that it leaves no core dump.

use std::fs;
use std::io;
use std::time::Duration;

use rocket::fairing::AdHoc;
use rocket::tokio::{self, time};
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How often open files are counted.
const INTERVAL: Duration = Duration::from_secs(5);

/// The folder with one entry for each open file.
const OPEN_FILES: &str = if cfg!(target_os = "linux") { "/proc/self/fd" } else { "/dev/fd" };

/// Raises the limit on open files as far as this process may: to its hard limit. The soft one is often 1024, for the sake
/// of programs that use `select`, and each connection is an open file.
///
/// A failure leaves the limit as it is, and is logged.
pub fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    if limit.current == limit.maximum {
        return;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        Ok(()) => tracing::debug!(before = ?limit.current, open_files.limit = ?limit.maximum, "may open more files"),
        Err(error) => {
            tracing::warn!(%error, open_files.limit = ?limit.current, "the limit on open files was not raised");
        }
    }
}

/// Forbids core dumps, as this process has passwords and keys in its memory. On Linux, other processes of the same user
/// cannot read its memory or attach a debugger, either.
///
/// A failure leaves core dumps allowed, and is logged.
pub fn forbid_core_dumps() {
    let nothing = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, nothing) {
        tracing::warn!(%error, "core dumps were not forbidden");
    }
    // The limit alone does not count where core dumps are piped into a program.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "core dumps were not forbidden");
    }
}

/// Warns before open files run out and new connections fail.
pub(crate) fn watch_open_files() -> AdHoc {
    AdHoc::on_liftoff("watch of open files", |_| {
        Box::pin(async {
            // Without a limit, files cannot run out.
            let Some(limit) = getrlimit(Resource::Nofile).current else { return };
            tokio::spawn(async move {
                let mut ticks = time::interval(INTERVAL);
                ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
                let mut supply = Supply::Ample;
                loop {
                    ticks.tick().await;
                    let open = match tokio::task::spawn_blocking(move || count_open_files(limit)).await {
                        Ok(Ok(open)) => open,
                        Ok(Err(error)) => {
                            tracing::warn!(%error, "open files cannot be counted, and are not watched");
                            return;
                        }
                        // The program is being stopped.
                        Err(_) => return,
                    };
                    let before = supply;
                    supply = before.with(open, limit);
                    match (before, supply) {
                        (Supply::Ample, Supply::Short) => {
                            tracing::warn!(
                                open_files.count = open,
                                open_files.limit = limit,
                                "open files are running out: more than 80 % of their limit are in use"
                            );
                        }
                        (Supply::Short, Supply::Ample) => {
                            tracing::info!(
                                open_files.count = open,
                                open_files.limit = limit,
                                "there are enough open files again"
                            );
                        }
                        (Supply::Ample, Supply::Ample) | (Supply::Short, Supply::Short) => {}
                    }
                }
            });
        })
    })
}

/// The number of open files; `limit` if there are too many to open the list.
pub(crate) fn count_open_files(limit: u64) -> io::Result<u64> {
    match fs::read_dir(OPEN_FILES) {
        // One of them is this look at the list.
        Ok(entries) => Ok(u64::try_from(entries.count().saturating_sub(1)).unwrap_or(u64::MAX)),
        // No file is left to open the list with.
        Err(error) if error.raw_os_error() == Some(Errno::MFILE.raw_os_error()) => Ok(limit),
        Err(error) => Err(error),
    }
}

/// ```text
///           over 80 %
///   Ample ─────────────▶ Short
///         ◀─────────────
///         70 % or less
/// ```
///
/// The two thresholds differ, so that a number close to one of them is not logged every few seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Supply {
    Ample,
    Short,
}

impl Supply {
    const SHORT_OVER_PERCENT: u64 = 80;
    const AMPLE_UP_TO_PERCENT: u64 = 70;

    fn with(self, open: u64, limit: u64) -> Self {
        let is_over = |percent: u64| u128::from(open) * 100 > u128::from(limit) * u128::from(percent);
        let mark = match self {
            Self::Ample => Self::SHORT_OVER_PERCENT,
            Self::Short => Self::AMPLE_UP_TO_PERCENT,
        };
        if is_over(mark) { Self::Short } else { Self::Ample }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_run_short_over_80_percent_and_are_enough_at_70() {
        let mut supply = Supply::Ample;
        for (open, expected) in [
            (0, Supply::Ample),
            (80, Supply::Ample),
            (81, Supply::Short),
            (80, Supply::Short),
            (71, Supply::Short),
            (70, Supply::Ample),
            (80, Supply::Ample),
            (100, Supply::Short),
            (120, Supply::Short),
            (0, Supply::Ample),
        ] {
            supply = supply.with(open, 100);
            assert_eq!(supply, expected, "{open} of 100");
        }
        assert_eq!(Supply::Ample.with(u64::MAX, u64::MAX), Supply::Short);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_that_forbids_core_dumps_cannot_be_dumped_or_read() {
        forbid_core_dumps();
        assert_eq!(getrlimit(Resource::Core), Rlimit { current: Some(0), maximum: Some(0) });
        let dumpable = rustix::process::dumpable_behavior().unwrap();
        assert_eq!(dumpable, rustix::process::DumpableBehavior::NotDumpable);
        assert!(count_open_files(u64::MAX).unwrap() > 0, "it still sees its own");
    }

    #[test]
    fn an_open_file_is_counted_once() {
        // Other tests open files meanwhile, so this one opens enough to tell.
        let before = count_open_files(u64::MAX).unwrap();
        let ours: Vec<_> = (0..200).map(|_| fs::File::open("/dev/null").unwrap()).collect();
        let after = count_open_files(u64::MAX).unwrap();
        assert!((100..300).contains(&after.saturating_sub(before)), "{before}, {after}");
        drop(ours);
    }
}
