//! A second, minimal description of sessions: a list of them, and rules on it. It shares nothing with the service that is
//! compared with it: times are minutes, and tokens are numbers in the order in which they were issued.

const HOUR: u64 = 60;
/// The longest idle time and the longest life of a session, for those that end with the browser and for those that are kept.
const ORDINARY: (u64, u64) = (2 * HOUR, 24 * HOUR);
const KEPT: (u64, u64) = (14 * 24 * HOUR, 30 * 24 * HOUR);
/// The age at which the token of a kept session is renewed.
const RENEWAL: u64 = 7 * 24 * HOUR;
/// How long both tokens are good once the new one has been seen, and how long a new one may stay unseen before another is issued.
const GRACE: u64 = 1;
/// How long a password counts as just typed.
const RECENT: u64 = 10;

pub(super) type Token = usize;

#[derive(Debug, Default)]
pub(super) struct Model {
    now: u64,
    pub(super) tokens: Token,
    sessions: Vec<Session>,
    begun: usize,
}

/// A session that has not ended, and its number among all that were ever begun.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) number: usize,
    pub(super) user: usize,
    is_kept: bool,
    began: u64,
    seen: u64,
    reauthenticated: u64,
    renewed: u64,
    token: Token,
    former: Option<Former>,
}

/// The former token, and its end. It has no end before the new one is seen.
#[derive(Debug, Clone, Copy)]
struct Former {
    token: Token,
    until: Option<u64>,
}

impl Session {
    fn has(&self, token: Token, now: u64) -> bool {
        let counts = |former: Former| former.token == token && former.until.is_none_or(|until| now < until);
        self.token == token || self.former.is_some_and(counts)
    }

    fn is_over(&self, now: u64) -> bool {
        let (idle, all) = if self.is_kept { KEPT } else { ORDINARY };
        now - self.seen >= idle || now - self.began >= all
    }
}

impl Model {
    pub(super) const fn wait(&mut self, minutes: u64) {
        self.now += minutes;
    }

    fn draw(&mut self) -> Token {
        self.tokens += 1;
        self.tokens - 1
    }

    fn change(&mut self, number: usize, change: impl Fn(&mut Session)) {
        self.sessions.iter_mut().filter(|session| session.number == number).for_each(change);
    }

    /// A log-in that succeeds. The session that the browser had ends, even if it was another user's.
    pub(super) fn log_in(&mut self, user: usize, is_kept: bool, brought: Option<Token>) -> Token {
        let (token, now, number) = (self.draw(), self.now, self.begun);
        self.sessions.retain(|session| brought.is_none_or(|token| !session.has(token, now)));
        self.begun += 1;
        let (began, seen, reauthenticated, renewed) = (now, now, now, now);
        self.sessions.push(Session {
            number,
            user,
            is_kept,
            began,
            seen,
            reauthenticated,
            renewed,
            token,
            former: None,
        });
        token
    }

    /// The session that a token opens, and the token that is issued in its place, if one is.
    pub(super) fn open(&mut self, token: Token) -> Option<(Session, Option<Token>)> {
        let now = self.now;
        let mut session = self.sessions.iter().find(|session| session.has(token, now))?.clone();
        let is_former = session.token != token;
        if session.is_over(now) {
            self.end(session.number);
            return None;
        }
        session.seen = now;
        let is_due = match session.former {
            Some(Former { until: None, token }) if !is_former => {
                session.former = Some(Former { token, until: Some(now + GRACE) });
                false
            }
            Some(Former { until: None, .. }) => now - session.renewed >= GRACE,
            Some(Former { until: Some(_), .. }) if is_former => false,
            _ => session.is_kept && now - session.renewed >= RENEWAL,
        };
        let renewed = is_due.then(|| self.draw());
        if let Some(new) = renewed {
            (session.token, session.former, session.renewed) = (new, Some(Former { token, until: None }), now);
        }
        self.change(session.number, |kept| *kept = session.clone());
        Some((session, renewed))
    }

    /// Whether the password was typed recently in this session.
    pub(super) const fn is_recent(&self, session: &Session) -> bool {
        self.now - session.reauthenticated < RECENT
    }

    /// The password was typed.
    pub(super) fn reauthenticate(&mut self, number: usize) -> Token {
        let now = self.now;
        self.change(number, |session| session.reauthenticated = now);
        self.replace_token(number)
    }

    /// Gives the session a new token, and no former one.
    pub(super) fn replace_token(&mut self, number: usize) -> Token {
        let (token, now) = (self.draw(), self.now);
        self.change(number, |session| (session.token, session.former, session.renewed) = (token, None, now));
        token
    }

    pub(super) fn sweep(&mut self) {
        self.sessions.retain(|session| !session.is_over(self.now));
    }

    pub(super) fn end(&mut self, number: usize) {
        self.sessions.retain(|session| session.number != number);
    }

    pub(super) fn end_others(&mut self, user: usize, kept: Option<usize>) {
        self.sessions.retain(|session| session.user != user || Some(session.number) == kept);
    }

    /// The session that this token belongs to, over or not; a former token past its time belongs to none.
    pub(super) fn session_of(&self, token: Token) -> Option<usize> {
        self.sessions.iter().find(|session| session.has(token, self.now)).map(|session| session.number)
    }

    pub(super) fn is_of(&self, number: usize, user: usize) -> bool {
        self.sessions.iter().any(|session| session.number == number && session.user == user)
    }
}
