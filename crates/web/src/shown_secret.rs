//! Secrets that are shown to their owner for a while, and kept in no other place meanwhile than in their browser, encrypted.

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
    /// Long enough to find a telephone or a printer, and no longer than what is asked for to get here holds: a recent log-in.
    const SHOWN: Duration = Duration::from_mins(10);

    /// Of this text, shown from now on in this session.
    pub(crate) fn new(text: String, visit: &Visit, now: Timestamp) -> Self {
        Self { session: visit.session.id, until: now.plus(Self::SHOWN), text }
    }

    /// The text, in its session and as long as it is shown.
    pub(crate) fn of(&self, visit: &Visit, now: Timestamp) -> Option<&str> {
        (self.session == visit.session.id && now < self.until).then_some(&self.text)
    }

    /// What the cookie holds.
    pub(crate) fn to_value(&self) -> String {
        format!("{} {} {}", self.session, self.until.as_unix_micros(), self.text)
    }

    /// What a cookie that we made holds.
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
