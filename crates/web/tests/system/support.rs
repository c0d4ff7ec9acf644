use std::io::{self, Write as _};

/// Skips a test of a program that is not installed, with a message; in CI the test fails. The test harness hides the output
/// of `print!`, but not of writes to standard error.
pub(crate) fn leave_out<T>(what: &str) -> Option<T> {
    #[expect(clippy::disallowed_methods, reason = "the one thing a test asks the environment")]
    let is_ci = std::env::var("CI").is_ok();
    assert!(!is_ci, "{what} is missing");
    let name = std::thread::current().name().unwrap_or_default().to_owned();
    io::stderr().write_all(format!("left out, as there is no {what} here: {name}\n").as_bytes()).unwrap();
    None
}
