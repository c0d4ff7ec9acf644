//! Random visits, whose outcome a model predicts.

use std::time::Duration;

use super::model::{Model, Session, Token};
use super::{ManualClock, SeededEntropy, cheap_hasher, keep_out_of_the_log};
use crate::accounts::{
    AuthService, ChangePasswordError, ChangeUsernameError, Credentials, DeleteAccountError, EndSessionError, LogIn,
    LogInError, LogInStep, ReauthenticateError, SignUpError, Visit,
};
use crate::client::Client;
use crate::known_device::DeviceTokens;
use crate::password::PasswordPolicy;
use crate::repository::Store;
use crate::rules::Rules;
use crate::session::{SessionId, SessionKind};
use crate::token::SessionToken;

const USERS: usize = 3;
const BROWSERS: usize = 4;

/// Minutes to wait, so that the limits are reached, and the minute before most of them.
const WAITS: [u64; 12] = [1, 1, 5, 9, 10, 119, 120, 1_439, 1_440, 10_080, 20_159, 20_160];

/// One step of a visit. It is made of four bytes, so that any property test can generate it: the action, the browser, the
/// account, and whether the password is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// This user signs up.
    SignUp(usize),
    /// A log-in in this browser, to this account.
    LogIn(usize, usize, Typed),
    /// The same, in a session that is kept.
    LogInKept(usize, usize, Typed),
    /// A log-out in this browser.
    LogOut(usize),
    /// This browser requests a page.
    LookAround(usize),
    /// A reauthentication in this browser.
    Reauthenticate(usize, Typed),
    /// A change of the password in this browser.
    ChangePassword(usize, Typed),
    /// A change of the username in this browser.
    ChangeUsername(usize),
    /// The user in this browser ends the session with this number, which may be another user's.
    EndSession(usize, usize),
    /// The user in this browser ends all their other sessions.
    EndOtherSessions(usize),
    /// The user in this browser deletes the account.
    DeleteAccount(usize, Typed),
    /// This number of minutes pass.
    Wait(u64),
    /// Expired rows are deleted.
    Sweep,
}

/// A password that a visitor types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// The account's password.
    Right,
    /// Another password.
    Wrong,
}

impl From<[u8; 4]> for Step {
    fn from([what, who, whose, typed]: [u8; 4]) -> Self {
        let (browser, user) = (usize::from(who) % BROWSERS, usize::from(whose) % USERS);
        let typed = if typed % 4 == 0 { Typed::Wrong } else { Typed::Right };
        match what % 16 {
            0 => Self::SignUp(user),
            1 | 2 => Self::LogIn(browser, user, typed),
            3 | 4 => Self::LogInKept(browser, user, typed),
            5 => Self::LogOut(browser),
            6 => Self::LookAround(browser),
            7 => Self::Reauthenticate(browser, typed),
            8 => Self::ChangePassword(browser, typed),
            9 => Self::ChangeUsername(browser),
            10 => Self::EndSession(browser, usize::from(whose)),
            11 => Self::EndOtherSessions(browser),
            12 if typed == Typed::Right && whose % 2 == 0 => Self::DeleteAccount(browser, Typed::Right),
            12 => Self::DeleteAccount(browser, Typed::Wrong),
            13 => Self::Sweep,
            _ => Self::Wait(WAITS.get(usize::from(whose) % WAITS.len()).copied().unwrap_or(1)),
        }
    }
}

/// Takes the steps with an empty store, and after each uses some of the tokens that were issued, old and new. At the end it
/// uses all of them. Each opens exactly the session that the model predicts, or none.
///
/// # Panics
/// When an outcome differs from the model.
pub async fn a_cookie_opens_exactly_what_the_model_says<S: Store>(store: S, steps: &[Step]) {
    let mut world = World::new(store);
    for user in 0..USERS {
        world.take(Step::SignUp(user)).await;
    }
    for (index, step) in steps.iter().enumerate() {
        world.take(*step).await;
        // Only some of them, as a token that is not used for a while is a case of its own.
        let mut token = 0;
        while token < world.model.tokens {
            if (token + index) % 3 == 0 {
                world.use_token(token).await;
            }
            token += 1;
        }
    }
    let mut token = 0;
    while token < world.model.tokens {
        world.use_token(token).await;
        token += 1;
    }
}

struct World<S> {
    auth: AuthService<S, ManualClock, SeededEntropy>,
    clock: ManualClock,
    model: Model,
    accounts: [Option<Account>; USERS],
    names: usize,
    /// The token that each browser would send.
    browsers: [Option<Token>; BROWSERS],
    /// The tokens, indexed by the model's numbers.
    tokens: Vec<SessionToken>,
    sessions: Vec<SessionId>,
}

#[derive(Debug, Clone)]
struct Account {
    name: String,
    passwords: usize,
}

impl Account {
    fn password(&self, typed: Typed) -> String {
        let number = self.passwords;
        match typed {
            Typed::Right => format!("{number} quiet lanterns of brass"),
            Typed::Wrong => format!("{number} noisy kettles of brass"),
        }
    }
}

impl<S: Store> World<S> {
    fn new(store: S) -> Self {
        let clock = ManualClock::default();
        let rules = Rules { throttle: None, ..Rules::new(PasswordPolicy::new(15, "Notes")) };
        let auth = AuthService::with_ports(store, clock.clone(), SeededEntropy::default())
            .hasher(cheap_hasher())
            .rules(rules)
            .start()
            .expect("a hasher is given");
        let (accounts, browsers) = ([const { None }; USERS], [None; BROWSERS]);
        let (tokens, sessions) = (Vec::new(), Vec::new());
        Self { auth, clock, model: Model::default(), accounts, names: 0, browsers, tokens, sessions }
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::SignUp(user) => self.sign_up(user).await,
            Step::LogIn(browser, user, typed) => self.log_in(browser, user, typed, SessionKind::Ordinary).await,
            Step::LogInKept(browser, user, typed) => self.log_in(browser, user, typed, SessionKind::Kept).await,
            Step::LogOut(browser) => self.log_out(browser).await,
            Step::LookAround(browser) => drop(self.visit(browser).await),
            Step::Reauthenticate(browser, typed) => self.reauthenticate(browser, typed).await,
            Step::ChangePassword(browser, typed) => self.change_password(browser, typed).await,
            Step::ChangeUsername(browser) => self.change_username(browser).await,
            Step::EndSession(browser, number) => self.end_session(browser, number).await,
            Step::EndOtherSessions(browser) => self.end_other_sessions(browser).await,
            Step::DeleteAccount(browser, typed) => self.delete_account(browser, typed).await,
            Step::Wait(minutes) => {
                self.clock.advance(Duration::from_mins(minutes));
                self.model.wait(minutes);
            }
            Step::Sweep => {
                self.auth.sweep().await.expect("the store writes");
                self.model.sweep();
            }
        }
    }

    /// Keeps a new token, for which the model has a number.
    fn keep(&mut self, number: Token, token: SessionToken) {
        keep_out_of_the_log(&token.expose_secret());
        assert_eq!(number, self.tokens.len(), "the model expects another token than this one");
        self.tokens.push(token);
    }

    fn new_name(&mut self) -> String {
        self.names += 1;
        format!("user{}", self.names)
    }

    /// Checks that this token opens the same session in the service and in the model, and marks it as used in both.
    async fn use_token(&mut self, token: Token) -> Option<(Visit, Session)> {
        let expected = self.model.open(token);
        let resumed = self.auth.resume(self.tokens.get(token)?).await;
        let Some((session, renewed)) = expected else {
            assert!(resumed.is_err(), "token {token} opens {resumed:?}");
            return None;
        };
        let mut visit =
            resumed.unwrap_or_else(|error| panic!("token {token} opens nothing ({error}) and not {session:?}"));
        assert_eq!(Some(&visit.session.id), self.sessions.get(session.number), "token {token} of {session:?}");
        let name = self.account(session.user).map(|account| account.name);
        assert_eq!(Some(visit.user.username.as_str()), name.as_deref(), "token {token} of {session:?}");
        assert_eq!(visit.renewed_token.is_some(), renewed.is_some(), "token {token} of {session:?}");
        if let (Some(number), Some(new)) = (renewed, visit.renewed_token.take()) {
            self.keep(number, new);
            // The browser whose token it was takes the new one.
            for sent in self.browsers.iter_mut().filter(|sent| **sent == Some(token)) {
                *sent = Some(number);
            }
        }
        Some((visit, session))
    }

    async fn visit(&mut self, browser: usize) -> Option<(Visit, Session)> {
        self.use_token(self.brought(browser)?).await
    }

    fn brought(&self, browser: usize) -> Option<Token> {
        self.browsers.get(browser).copied().flatten()
    }

    fn take_token(&mut self, browser: usize, token: Token, new: SessionToken) {
        self.keep(token, new);
        self.set(browser, Some(token));
    }

    fn set(&mut self, browser: usize, token: Option<Token>) {
        if let Some(sent) = self.browsers.get_mut(browser) {
            *sent = token;
        }
    }

    fn account(&self, user: usize) -> Option<Account> {
        self.accounts.get(user).cloned().flatten()
    }

    fn set_account(&mut self, user: usize, account: Option<Account>) {
        if let Some(kept) = self.accounts.get_mut(user) {
            *kept = account;
        }
    }

    async fn sign_up(&mut self, user: usize) {
        let existing = self.account(user);
        let name = existing.as_ref().map_or_else(|| self.new_name(), |account| account.name.to_uppercase());
        let account = Account { name, passwords: 1 };
        let password = account.password(Typed::Right);
        let typed = Credentials { username: &account.name, password: &password };
        let signed_up = self.auth.from(&Client::default()).sign_up(typed).await;
        if existing.is_some() {
            assert!(matches!(signed_up, Err(SignUpError::UsernameTaken)), "{signed_up:?}");
        } else {
            assert!(signed_up.is_ok(), "{signed_up:?}");
            self.set_account(user, Some(account));
        }
    }

    async fn log_in(&mut self, browser: usize, user: usize, typed: Typed, kind: SessionKind) {
        let account = self.account(user);
        let is_right = account.is_some() && typed == Typed::Right;
        let nobody = Account { name: "nobody".to_owned(), passwords: 1 };
        let account = account.unwrap_or(nobody);
        let password = account.password(typed);
        let typed = Credentials { username: &account.name, password: &password };
        let brought = self.brought(browser);
        let earlier = brought.and_then(|token| self.tokens.get(token));
        let device = DeviceTokens::default();
        let logged_in = self
            .auth
            .from(&Client::default())
            .log_in(LogIn::new(typed).of_kind(kind).replacing(earlier).by_device(&device))
            .await;
        if is_right {
            let logged_in = logged_in.ok().and_then(LogInStep::done).expect("the right password logs in");
            let token = self.model.log_in(user, kind == SessionKind::Kept, brought);
            self.sessions.push(logged_in.session.id);
            self.take_token(browser, token, logged_in.token);
        } else {
            assert!(matches!(logged_in, Err(LogInError::Refused)), "{logged_in:?}");
        }
    }

    async fn log_out(&mut self, browser: usize) {
        let Some(token) = self.brought(browser) else { return };
        if let Some(secret) = self.tokens.get(token) {
            self.auth.from(&Client::default()).log_out(secret).await.expect("the store writes");
        }
        if let Some(number) = self.model.session_of(token) {
            self.model.end(number);
        }
        self.set(browser, None);
    }

    async fn reauthenticate(&mut self, browser: usize, typed: Typed) {
        let Some((visit, session)) = self.visit(browser).await else { return };
        let Some(account) = self.account(session.user) else { return };
        match (self.auth.from(&Client::default()).reauthenticate(&visit, &account.password(typed)).await, typed) {
            (Ok(Some(new)), Typed::Right) => {
                let token = self.model.reauthenticate(session.number);
                self.take_token(browser, token, new);
            }
            (Err(ReauthenticateError::Refused), Typed::Wrong) => {}
            (reauthenticated, typed) => panic!("{typed:?}: {reauthenticated:?}"),
        }
    }

    async fn change_password(&mut self, browser: usize, typed: Typed) {
        let Some((visit, session)) = self.visit(browser).await else { return };
        let Some(account) = self.account(session.user) else { return };
        let changed = Account { passwords: account.passwords + 1, ..account.clone() };
        let (current, new) = (account.password(typed), changed.password(Typed::Right));
        match (self.auth.from(&Client::default()).change_password(&visit, &current, &new).await, typed) {
            (Ok(new), Typed::Right) => {
                self.model.end_others(session.user, Some(session.number));
                let token = self.model.reauthenticate(session.number);
                self.take_token(browser, token, new);
                self.set_account(session.user, Some(changed));
            }
            (Err(ChangePasswordError::Refused { .. }), Typed::Wrong) => {}
            (changed, typed) => panic!("{typed:?}: {changed:?}"),
        }
    }

    async fn change_username(&mut self, browser: usize) {
        let Some((visit, session)) = self.visit(browser).await else { return };
        let Some(account) = self.account(session.user) else { return };
        let (name, is_recent) = (self.new_name(), self.model.is_recent(&session));
        match self.auth.from(&Client::default()).change_username(&visit, &name).await {
            Ok(Some(new)) if is_recent => {
                let token = self.model.replace_token(session.number);
                self.take_token(browser, token, new);
                self.set_account(session.user, Some(Account { name, ..account }));
            }
            Err(ChangeUsernameError::NotRecent) if !is_recent => {}
            changed => panic!("recent is {is_recent}: {changed:?}"),
        }
    }

    /// Ends any session that was ever begun: this one, another one of the user's, another user's, or one that is over.
    async fn end_session(&mut self, browser: usize, number: usize) {
        let Some((visit, session)) = self.visit(browser).await else { return };
        let number = number % self.sessions.len();
        let Some(id) = self.sessions.get(number) else { return };
        let is_allowed = number == session.number || self.model.is_recent(&session);
        let is_theirs = self.model.is_of(number, session.user);
        match self.auth.from(&Client::default()).end_session(&visit, *id).await {
            Ok(()) if is_allowed && is_theirs => self.model.end(number),
            Err(EndSessionError::NotRecent) if !is_allowed => {}
            Err(EndSessionError::NotFound) if is_allowed && !is_theirs => {}
            ended => panic!("allowed is {is_allowed}, theirs is {is_theirs}: {ended:?}"),
        }
    }

    async fn end_other_sessions(&mut self, browser: usize) {
        let Some((visit, session)) = self.visit(browser).await else { return };
        let is_recent = self.model.is_recent(&session);
        match self.auth.from(&Client::default()).end_other_sessions(&visit).await {
            Ok(_) if is_recent => self.model.end_others(session.user, Some(session.number)),
            Err(EndSessionError::NotRecent) if !is_recent => {}
            ended => panic!("recent is {is_recent}: {ended:?}"),
        }
    }

    async fn delete_account(&mut self, browser: usize, typed: Typed) {
        let Some((visit, session)) = self.visit(browser).await else { return };
        let Some(account) = self.account(session.user) else { return };
        match (self.auth.from(&Client::default()).delete_account(&visit, &account.password(typed)).await, typed) {
            (Ok(()), Typed::Right) => {
                self.model.end_others(session.user, None);
                self.set_account(session.user, None);
            }
            (Err(DeleteAccountError::Refused), Typed::Wrong) => {}
            (deleted, typed) => panic!("{typed:?}: {deleted:?}"),
        }
    }
}
