//! Accounts for a web framework without a crate of ours, in the steps of `docs/other-frameworks.md`. Nothing here knows a framework: a request
//! is its method, its headers and its peer, and a response a status and headers. Run its tests: `cargo test -p doorward-domain --example other_framework`.

use std::error::Error;

use doorward_domain::testing::MemoryStore;

// Step 1
use std::net::IpAddr;

use doorward_domain::browser::cookie::SiteCookies;
use doorward_domain::browser::{RequestSource, ReturnPath, client_address};
use doorward_domain::password::HashingError;
use doorward_domain::sent_session::SentSession;
use doorward_domain::system::{OsEntropy, SystemClock};
use doorward_domain::{AuthService, Client, Credentials, DeviceTokens, Failed, LogIn, LogInError, LogInStep, LoggedIn};
use doorward_domain::{ResumeError, Session, SessionToken, SignUpError, Store, StoreError, Throttled, Visit};

/// What the service shares: put it into the framework's state, behind an `Arc`.
struct Site<S> {
    auth: AuthService<S, SystemClock, OsEntropy>,
    cookies: SiteCookies,
    origin: &'static str,
    proxy: Option<IpAddr>,
}

impl<S: Store> Site<S> {
    /// At the start and every five minutes, in a task of the framework's runtime.
    async fn sweep(&self) -> Result<(), StoreError> {
        self.auth.sweep().await.map(drop)
    }
}

// Step 2
/// A request. The names of headers are in lower case.
struct Request<'a> {
    method: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    peer: IpAddr,
}

impl<'a> Request<'a> {
    fn all(&self, name: &str) -> Vec<&'a str> {
        self.headers.iter().filter(|(sent, _)| *sent == name).map(|(_, value)| *value).collect()
    }
}

/// A response: a status, and headers.
#[derive(Debug)]
struct Answer(u16, Vec<(&'static str, String)>);

// Step 3
/// Who asks.
struct Visitor {
    client: Client,
    session: Option<SessionToken>,
    keeper: Keeper,
}

/// Where a client keeps its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeper {
    Browser,
    Program,
}

impl<S: Store> Site<S> {
    /// Before any handler, whatever the path is.
    fn admit(&self, request: &Request<'_>) -> Result<Visitor, Answer> {
        let cookie = self.cookies.session_in(request.all("cookie")).map_err(|_| Answer(403, vec![]))?;
        let sent = SentSession::of(request.all("authorization"), cookie)
            .map_err(|error| Answer(error.status(), vec![("www-authenticate", error.challenge().to_owned())]))?;
        let (session, keeper) = match sent {
            SentSession::Bearer(token) => (Some(token), Keeper::Program),
            SentSession::Cookie(value) => (SessionToken::parse(value), Keeper::Browser),
            SentSession::Absent => (None, Keeper::Browser),
        };
        let source = RequestSource::of(request.all("sec-fetch-site"), request.all("origin"), self.origin);
        let is_safe = matches!(request.method, "GET" | "HEAD" | "OPTIONS");
        if keeper == Keeper::Browser && !is_safe && source == RequestSource::OtherSite {
            return Err(Answer(403, vec![]));
        }
        let (forwarded, older) = (request.all("forwarded"), request.all("x-forwarded-for"));
        let address = client_address(request.peer, &forwarded, &older, |address| Some(address) == self.proxy);
        let client = Client::new(request.all("user-agent").first().copied(), Some(address));
        Ok(Visitor { client, session, keeper })
    }
}

// Step 4
impl<S: Store> Site<S> {
    /// Who is logged in. With a page of a user send what `keep` returns for the visit's renewed token.
    async fn visit(&self, visitor: &Visitor) -> Result<Option<Visit>, Answer> {
        let Some(token) = &visitor.session else { return Ok(None) };
        match self.auth.resume(token).await {
            Ok(visit) => Ok(Some(visit)),
            Err(ResumeError::Failed(error)) => Err(failed(&error)),
            Err(_) => Ok(None),
        }
    }

    /// The header by which a client gets a token of its session.
    fn keep(&self, keeper: Keeper, token: &SessionToken, session: &Session) -> (&'static str, String) {
        match keeper {
            Keeper::Program => (SentSession::NEW_TOKEN_HEADER, token.expose_secret()),
            Keeper::Browser => {
                ("set-cookie", self.cookies.set_session(&token.expose_secret(), self.auth.kept_for(session)))
            }
        }
    }
}

// Step 5
impl<S: Store> Site<S> {
    async fn sign_up(&self, visitor: &Visitor, typed: Credentials<'_>) -> Answer {
        match self.auth.from(&visitor.client).sign_up(typed).await {
            Ok(_) => Answer(303, vec![("location", "/log_in".to_owned())]),
            Err(SignUpError::Throttled(wait)) => throttled(wait),
            Err(SignUpError::Failed(error)) => failed(&error),
            Err(_) => Answer(422, vec![]),
        }
    }

    /// `device` is what the framework opened of the cookie `SiteCookies::device`, which it signs or encrypts.
    async fn log_in(&self, visitor: &Visitor, typed: Credentials<'_>, device: &str, next: &str) -> Answer {
        let device = DeviceTokens::parse(device);
        let log_in = LogIn::new(typed).replacing(visitor.session.as_ref()).by_device(&device);
        match self.auth.from(&visitor.client).log_in(log_in).await {
            Ok(LogInStep::Done(LoggedIn { token, session, .. })) => {
                let next = ReturnPath::parse(next).unwrap_or_default().to_string();
                Answer(303, vec![self.keep(visitor.keeper, &token, &session), ("location", next)])
            }
            Err(LogInError::Throttled(wait)) => throttled(wait),
            Err(LogInError::Failed(error)) => failed(&error),
            Ok(_) | Err(_) => Answer(422, vec![]),
        }
    }

    async fn log_out(&self, visitor: &Visitor) -> Result<Answer, Answer> {
        if let Some(token) = &visitor.session {
            self.auth.from(&visitor.client).log_out(token).await.map_err(|error| failed(&error))?;
        }
        Ok(Answer(303, vec![("set-cookie", self.cookies.remove_session()), ("location", "/log_in".to_owned())]))
    }
}

// Step 6
fn throttled(wait: Throttled) -> Answer {
    Answer(429, vec![("retry-after", wait.retry_after.as_secs().to_string())])
}

/// Not the visitor's fault: log it.
fn failed(error: &Failed) -> Answer {
    match error {
        Failed::Hashing(HashingError::Overloaded) => Answer(503, vec![("retry-after", "1".to_owned())]),
        _ => Answer(503, vec![]),
    }
}

// The end of the steps
#[pollster::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let auth = AuthService::builder(MemoryStore::default()).site_name("Notes").start()?;
    let site = Site { auth, cookies: SiteCookies::http("notes"), origin: "http://localhost:3000", proxy: None };
    let ada = Credentials { username: "ada", password: "seven quiet lanterns" };
    let request =
        Request { method: "POST", headers: vec![("origin", site.origin)], peer: IpAddr::from([127, 0, 0, 1]) };
    let visitor = site.admit(&request).map_err(|answer| format!("{answer:?}"))?;
    assert_eq!(site.sign_up(&visitor, ada).await.0, 303);
    let Answer(303, headers) = site.log_in(&visitor, ada, "", "/").await else { return Err("no log-in".into()) };
    let set = headers.iter().find(|(name, _)| *name == "set-cookie").map_or("", |(_, cookie)| cookie);
    let cookie = ("cookie", set.split(';').next().unwrap_or_default());
    let visitor = site.admit(&Request { headers: vec![cookie], method: "GET", ..request });
    let visitor = visitor.map_err(|answer| format!("{answer:?}"))?;
    assert!(site.visit(&visitor).await.is_ok_and(|visit| visit.is_some()));
    assert!(site.log_out(&visitor).await.is_ok());
    site.sweep().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use doorward_domain::testing::cheap_hasher;

    use super::*;

    const GUIDE: &str = include_str!("../../../docs/other-frameworks.md");
    const ADA: Credentials<'_> = Credentials { username: "ada", password: "seven quiet lanterns" };

    fn site() -> Site<MemoryStore> {
        let auth = AuthService::builder(MemoryStore::default()).site_name("Notes").hasher(cheap_hasher()).start();
        Site { auth: auth.unwrap(), cookies: SiteCookies::http("notes"), origin: "http://localhost:3000", proxy: None }
    }

    fn request<'a>(method: &'a str, headers: Vec<(&'a str, &'a str)>) -> Request<'a> {
        Request { method, headers, peer: IpAddr::from([192, 0, 2, 7]) }
    }

    #[pollster::test]
    async fn a_browser_signs_up_logs_in_comes_back_and_logs_out() {
        let site = site();
        let stranger = site.admit(&request("POST", vec![("origin", site.origin)])).unwrap();
        assert_eq!(site.sign_up(&stranger, ADA).await.0, 303);
        let Answer(303, headers) = site.log_in(&stranger, ADA, "", "/notes").await else { panic!("no log-in") };
        let cookie = headers[0].1.split(';').next().unwrap();
        let ada = site.admit(&request("GET", vec![("cookie", cookie)])).unwrap();
        assert_eq!(site.visit(&ada).await.unwrap().unwrap().user.username.as_str(), "ada");
        site.log_out(&ada).await.unwrap();
        assert!(site.visit(&ada).await.unwrap().is_none());
        site.sweep().await.unwrap();
    }

    #[pollster::test]
    async fn a_program_is_admitted_by_its_token_from_anywhere_and_another_sites_page_is_not() {
        let site = site();
        let elsewhere = ("sec-fetch-site", "cross-site");
        assert_eq!(site.admit(&request("POST", vec![elsewhere])).err().unwrap().0, 403);
        let bearer = format!("Bearer {}", "A".repeat(SessionToken::CHARS));
        let program = site.admit(&request("POST", vec![elsewhere, ("authorization", &bearer)])).unwrap();
        assert_eq!(program.keeper, Keeper::Program);
        assert!(site.visit(&program).await.unwrap().is_none());
        let twice = vec![("authorization", &*bearer), ("cookie", "notes=x")];
        assert_eq!(site.admit(&request("GET", twice)).err().unwrap().0, 400);
    }

    #[test]
    fn the_steps_of_the_guide_are_this_file_and_have_150_lines() {
        let code = include_str!("other_framework.rs");
        let (_, code) = code.split_once("// Step 1\n").unwrap();
        let (code, _) = code.split_once("// The end of the steps\n").unwrap();
        let blocks: Vec<_> = GUIDE.split("```rust\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
        let steps = code.split_inclusive('\n').filter(|line| !line.trim_start().starts_with("// Step"));
        let lines = |text: &str| {
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(lines(&blocks.concat()), lines(&steps.collect::<String>()));
        let count = blocks.concat().lines().count();
        assert!(count <= 150, "{count}");
    }
}
