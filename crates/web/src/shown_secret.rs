//! Secrets that are shown to their owner for a while. Meanwhile, only the owner's browser keeps them, encrypted.

use std::fmt;
use std::time::Duration;

use doorward_domain::{SessionId, Timestamp, Visit};

/// A secret that is shown in one session, for ten minutes. `Debug` does not show it.
pub(crate) struct ShownSecret {
    session: SessionId,
    until: Timestamp,
    text: String,
}

impl ShownSecret {
    /// Long enough to find a telephone or a printer, and no longer than a log-in counts as recent, which is required to get here.
    const SHOWN: Duration = Duration::from_mins(10);

    /// Shows this text from now on in this session.
    pub(crate) fn new(text: String, visit: &Visit, now: Timestamp) -> Self {
        Self { session: visit.session.id, until: now.plus(Self::SHOWN), text }
    }

    /// The text, in its session and for as long as it is shown.
    pub(crate) fn of(&self, visit: &Visit, now: Timestamp) -> Option<&str> {
        (self.session == visit.session.id && now < self.until).then_some(&self.text)
    }

    /// The value of the cookie.
    pub(crate) fn to_value(&self) -> String {
        format!("{} {} {}", self.session, self.until.as_unix_micros(), self.text)
    }

    /// Reads the value of a cookie that we made.
    pub(crate) fn from_value(value: &str) -> Option<Self> {
        let mut parts = value.splitn(3, ' ');
        let session = SessionId::parse(parts.next()?)?;
        let until = Timestamp::from_unix_micros(parts.next()?.parse().ok()?);
        Some(Self { session, until, text: parts.next()?.to_owned() })
    }
}

impl fmt::Debug for ShownSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShownSecret({}, [redacted])", self.session)
    }
}
