use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::sync::{LazyLock, PoisonError, RwLock};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// From now on, ends the process with a message if `secret` turns up in anything that it logs through `tracing`, at any
/// level, by any crate, in any thread. A test suite that calls this for each password and token it uses fails as a
/// whole when any test logs one of them.
///
/// # Panics
/// When the process has another subscriber, which would hide its log from the watch, and when `secret` is shorter than 8
/// bytes, as other text could contain it.
#[expect(clippy::expect_used, reason = "a secret that is not watched is worse than a panic")]
pub fn keep_out_of_the_log(secret: &str) {
    let beginning = *secret.as_bytes().first_chunk().expect("a secret is long enough to tell from other text");
    LazyLock::force(&WATCHING);
    let mut secrets = SECRETS.write().unwrap_or_else(PoisonError::into_inner);
    let alike = secrets.entry(beginning).or_default();
    if !alike.iter().any(|known| known == secret) {
        alike.push(secret.to_owned());
    }
}

#[expect(clippy::expect_used, reason = "a watch that sees nothing is worse than none")]
static WATCHING: LazyLock<()> = LazyLock::new(|| {
    let watch = LogReader(|line: &str| {
        if is_leak(line) {
            abort(line);
        }
    });
    tracing::subscriber::set_global_default(watch).expect("no other subscriber is set");
});

/// The secrets by their first bytes. A line is looked through once for all of them, as there are thousands in a large suite.
static SECRETS: LazyLock<RwLock<HashMap<[u8; SHORTEST], Vec<String>>>> = LazyLock::new(RwLock::default);

/// The least bytes of a secret, so that other text does not contain it.
const SHORTEST: usize = 8;

/// Unlike a panic, this cannot be caught.
fn abort(line: &str) {
    let _nobody_reads = writeln!(std::io::stderr(), "a secret is in the log: {line}");
    std::process::abort();
}

fn is_leak(line: &str) -> bool {
    let secrets = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
    let line = line.as_bytes();
    (0..line.len()).filter_map(|at| line.get(at..)).any(|rest| {
        let alike = rest.first_chunk().and_then(|beginning| secrets.get(beginning));
        alike.is_some_and(|alike| alike.iter().any(|secret| rest.starts_with(secret.as_bytes())))
    })
}

/// Calls the function with each event and span as a line, and writes nothing.
pub(crate) struct LogReader<F>(pub(crate) F);

impl<F: Fn(&str)> LogReader<F> {
    fn read(&self, name: &str, fields: impl FnOnce(&mut Line)) {
        let mut line = Line(name.to_owned());
        fields(&mut line);
        (self.0)(&line.0);
    }
}

impl<F: Fn(&str) + 'static> Subscriber for LogReader<F> {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.read(span.metadata().name(), |line| span.record(line));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        self.read("span", |line| values.record(line));
    }

    fn event(&self, event: &Event<'_>) {
        self.read(event.metadata().target(), |line| event.record(line));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The line that a subscriber would write.
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _infallible = write!(self.0, " {field}={value:?}");
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _infallible = write!(self.0, " {field}={value}");
    }
}

#[cfg(test)]
mod tests {
    use tracing::subscriber::with_default;

    use super::*;

    fn leaks(log: impl FnOnce()) -> bool {
        thread_local!(static HAS_LEAKED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) });
        HAS_LEAKED.set(false);
        with_default(LogReader(|line: &str| HAS_LEAKED.set(HAS_LEAKED.get() || is_leak(line))), log);
        HAS_LEAKED.get()
    }

    #[test]
    fn a_secret_is_found_in_every_place_of_an_event_and_a_span() {
        let secret = "a secret of the watch's own";
        keep_out_of_the_log(secret);
        assert!(leaks(|| tracing::trace!("it is {secret}")));
        assert!(leaks(|| tracing::error!(password = secret)));
        assert!(leaks(|| tracing::debug!(typed = ?[secret])));
        assert!(leaks(|| drop(tracing::trace_span!("span", typed = %secret))));
        assert!(leaks(|| {
            tracing::info_span!("span", typed = tracing::field::Empty).record("typed", secret);
        }));
        assert!(!leaks(|| tracing::error!("nothing of it")));
    }

    #[test]
    fn each_of_the_secrets_that_begin_alike_is_found_wherever_it_stands() {
        let secrets: Vec<_> = (0..200).map(|number| format!("one of many secrets: {number}.")).collect();
        for secret in &secrets {
            keep_out_of_the_log(secret);
        }
        for secret in &secrets {
            assert!(leaks(|| tracing::debug!("{secret}")) && leaks(|| tracing::debug!("it was {secret} of many")));
        }
        assert!(!leaks(|| tracing::debug!("one of many secrets: 200.")));
    }
}
