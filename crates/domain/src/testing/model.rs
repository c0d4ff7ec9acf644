//! What sessions are, told once more and as simply as it goes: a list of them, and rules on it. Nothing is shared with the
//! service that is held against it: times are minutes, tokens are numbers in the order in which they were given out.

const HOUR: u64 = 60;
/// Idle and in all: of sessions that go with the browser, and of those that are kept.
const ORDINARY: (u64, u64) = (2 * HOUR, 24 * HOUR);
const KEPT: (u64, u64) = (14 * 24 * HOUR, 30 * 24 * HOUR);
/// The token of a kept session is drawn anew after so long.
const RENEWAL: u64 = 7 * 24 * HOUR;
/// So long two tokens are good once the new one has been seen; so long an unseen new one is waited for.
const GRACE: u64 = 1;
/// So long a password counts as just typed.
const RECENT: u64 = 10;

pub(super) type Token = usize;

#[derive(Debug, Default)]
pub(super) struct Model {
    now: u64,
    pub(super) tokens: Token,
    sessions: Vec<Session>,
    begun: usize,
}

/// A session that has not ended, by its number among all that ever were.
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

/// The token before, good until then; nobody knows until when before the new one is seen.
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

    /// A log-in that succeeds: the session that the browser had ends, whoever's it was.
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

    /// What a token opens, and the token that is given out for it.
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

    /// Whether the password was typed lately in this session.
    pub(super) const fn is_recent(&self, session: &Session) -> bool {
        self.now - session.reauthenticated < RECENT
    }

    /// The password was typed.
    pub(super) fn reauthenticate(&mut self, number: usize) -> Token {
        let now = self.now;
        self.change(number, |session| session.reauthenticated = now);
        self.replace_token(number)
    }

    /// Another token, and no former one.
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
