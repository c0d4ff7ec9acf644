//! The whole site in process, for the requests of the fuzz targets, and the checks that every answer has to pass.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock, Mutex};

use doorward_domain::system::{OsEntropy, SystemClock};
use doorward_domain::testing::cheap_hasher;
use doorward_domain::{AuthService, Clock};
use doorward_web::Doorward;
use doorward_web::config::{Listener, SecretKey, Settings, SiteConfig};
use doorward_web::intake::Intake;
use doorward_web::site;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use rocket::http::{ContentType, Cookie, Header};
use rocket::local::asynchronous::{Client, LocalRequest};
use rocket::tokio::runtime::{Builder, Runtime};
use rocket::{Build, Rocket};
use tempfile::TempDir;
use url::Url;

/// The one network of proxies that the site trusts: `10.0.0.0/8`.
pub const PROXY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), 4711);

/// Headers of every answer; `headers.rs` of the site gives their reasons.
const SECURITY_HEADERS: [&str; 8] = [
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Cache-Control",
];

/// The credentials of the one user.
pub const CREDENTIALS: &str = "username=ada&password=seven+quiet+lanterns";

/// A site with one user, who is logged in.
pub struct Site {
    runtime: Runtime,
    client: Client,
    intake: Intake,
    cookies: Mutex<Cookies>,
    folder: Mutex<Option<TempDir>>,
}

/// The cookies that the site set last, encrypted.
#[derive(Clone, Default)]
pub struct Cookies {
    pub session: String,
    pub flash: String,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
}

/// Returns the site of this process: opening one takes longer than a thousand requests.
#[must_use]
pub fn site() -> &'static Site {
    static SITE: LazyLock<Site> = LazyLock::new(Site::open);
    &SITE
}

impl Site {
    fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let data_dir = folder.path().join("data");
        let settings = format!(
            "data_dir = '{}'\ntrusted_proxies = '10.0.0.0/8'\n[throttle]\nenabled = false\n",
            data_dir.display()
        );
        fs::write(folder.path().join("doorward.toml"), settings).unwrap();
        let config = SiteConfig::read(Settings::read(folder.path()).unwrap(), 8_000).unwrap();
        site::make_data_dir(&config).unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        // Two instances on one folder serve one site.
        let (client, intake) = runtime.block_on(async {
            let client = Client::untracked(build(&config).await).await.unwrap();
            (client, Intake::open(build(&config).await).await.unwrap())
        });
        let site = Self { runtime, client, intake, cookies: Mutex::default(), folder: Mutex::new(Some(folder)) };
        let signed_up = site.ask(site.post("/sign_up").header(ContentType::Form).body(CREDENTIALS));
        assert_eq!(signed_up.status, 303, "{}", signed_up.body);
        site.log_in(site.log_in_with("/"));
        site
    }

    /// Deletes its folder. It answers nothing from then on.
    pub fn delete(&self) {
        self.folder.lock().unwrap().take().unwrap().close().unwrap();
    }

    /// A `GET` of this path and query, which need not be valid.
    pub fn get(&self, uri: &str) -> LocalRequest<'_> {
        self.client.get(uri.to_owned())
    }

    /// A `POST` to this path.
    pub fn post(&self, path: &'static str) -> LocalRequest<'_> {
        self.client.post(path)
    }

    /// The right log-in of the one user, who wants to go on to `next`. It replaces the earlier session, so that there is never
    /// more than one.
    pub fn log_in_with(&self, next: &str) -> LocalRequest<'_> {
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let session = Cookie::parse_encoded(format!("doorward={}", self.cookies().session)).unwrap();
        self.post("/log_in").header(ContentType::Form).cookie(session).body(format!("{CREDENTIALS}&next={next}"))
    }

    /// Sends a log-in, which has to succeed with any headers and fields beside the credentials.
    pub fn log_in(&self, request: LocalRequest<'_>) -> Answer {
        let earlier = self.cookies().session;
        let answer = self.ask(request);
        assert_eq!(answer.status, 303, "{}", answer.body);
        assert_ne!(self.cookies().session, earlier);
        answer
    }

    /// The cookies of the one user.
    pub fn cookies(&self) -> Cookies {
        self.cookies.lock().unwrap().clone()
    }

    /// Sends a request, and makes the checks that every answer has to pass.
    pub fn ask(&self, request: LocalRequest<'_>) -> Answer {
        self.runtime.block_on(async {
            let response = request.dispatch().await;
            let (status, headers) = (response.status().code, response.headers());
            assert!(status < 500, "{response:?}");
            for name in SECURITY_HEADERS {
                assert!(headers.contains(name), "no {name} with {status}");
            }
            for cookie in headers.get("Set-Cookie") {
                assert!(cookie.split("; ").any(|attribute| attribute == "HttpOnly"), "{cookie}");
                self.keep(cookie);
            }
            let location = headers.get_one("Location").map(str::to_owned);
            assert_eq!(location.is_some(), (300..400).contains(&status), "{status}");
            if let Some(location) = &location {
                assert_stays_here(location);
            }
            Answer { status, location, body: response.into_string().await.unwrap_or_default() }
        })
    }

    /// Sends a request as it comes over HTTP; returns its status, and whether it began a session.
    pub fn take(&self, request: hyper::Request<Full<Bytes>>) -> (u16, bool) {
        self.runtime.block_on(async {
            let response = self.intake.answer(PROXY, request).await;
            let (status, headers) = (response.status().as_u16(), response.headers());
            assert!(status < 500, "{response:?}");
            for name in SECURITY_HEADERS {
                assert!(headers.contains_key(name), "no {name} with {status}");
            }
            let cookies: Vec<_> = headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
            let is_session =
                |cookie: &&str| cookie.strip_prefix("doorward=").is_some_and(|rest| !rest.starts_with(';'));
            let began = cookies.iter().any(is_session);
            response.into_body().collect().await.unwrap();
            (status, began)
        })
    }

    fn keep(&self, set_cookie: &str) {
        let (name, value) = set_cookie.split(';').next().and_then(|pair| pair.split_once('=')).unwrap();
        let mut cookies = self.cookies.lock().unwrap();
        match name {
            _ if value.is_empty() => {}
            "doorward" => value.clone_into(&mut cookies.session),
            "doorward-flash" => value.clone_into(&mut cookies.flash),
            _ => panic!("nobody knows a cookie {name}"),
        }
    }
}

async fn build(config: &SiteConfig) -> Rocket<Build> {
    let store = site::open_store(config).await.unwrap();
    site::prepare_schema(config, config.database_migrate, &store).await.unwrap();
    let auth = AuthService::with_ports(store.clone(), Arc::new(SystemClock) as Arc<dyn Clock>, OsEntropy)
        .hasher(cheap_hasher())
        .rules(config.rules.clone())
        .start()
        .unwrap();
    let key = SecretKey::parse(&"0123456789abcdef".repeat(4)).unwrap();
    let rocket = rocket::custom(Listener::read().unwrap().figment());
    let pages = site::load_pages(config, &site::load_languages(config).unwrap()).unwrap();
    rocket.attach(Doorward::of(config.clone(), key, Arc::new(auth), store, pages))
}

/// A redirect's target begins with one `/`, and leads a browser to this site.
fn assert_stays_here(location: &str) {
    assert!(location.starts_with('/') && !location.starts_with("//"), "{location:?}");
    let base = Url::parse("https://site.example/log_in").unwrap();
    assert_eq!(base.join(location).unwrap().origin(), base.origin(), "{location:?}");
}

/// Adds `Cookie` headers as they are. Rocket fills its jar when it takes a request from hyper, which a local request never
/// passes, so it is filled here in the same way.
#[must_use]
pub fn with_cookies<'c>(mut request: LocalRequest<'c>, headers: &[String]) -> LocalRequest<'c> {
    for header in headers {
        for pair in header.split(';').map(str::trim) {
            if let Ok(cookie) = Cookie::parse_encoded(pair) {
                request = request.cookie(cookie.into_owned());
            }
        }
        request.add_header(Header::new("Cookie", header.clone()));
    }
    request
}

/// Returns the lines that hyper accepts as header values.
pub fn header_values(text: &str) -> impl Iterator<Item = &str> {
    let is_allowed = |byte: u8| byte == b'\t' || (byte >= b' ' && byte != 0x7f);
    text.split('\n').filter(move |line| line.bytes().all(is_allowed)).map(|line| line.trim_matches([' ', '\t']))
}
