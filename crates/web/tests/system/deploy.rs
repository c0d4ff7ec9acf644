//! The proxy configurations of `docs/deploy`, unchanged except names, paths and ports: a real nginx and a real Caddy in front
//! of two programs that share a data directory. If one of them is not installed, its tests are skipped with a message; in CI
//! they fail.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_web::process::raise_open_files;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, PublicKeyData as _};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};

use crate::program::{PASSWORD, PATIENCE, PATIENT, Program};
use crate::servers::free_port;
use crate::shared::form;
use crate::support::leave_out;

/// The host of the configurations.
const HOST: &str = "id.example.org";

/// All of 127.0.0.0/8 is this machine, so each visitor has an address of their own. The proxy's own is 127.0.0.1.
const VISITOR: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const ATTACKER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Nginx,
    Caddy,
}

/// A proxy in front of two instances, which call themselves East and West on their pages.
pub(crate) struct Front {
    _proxy: Proxy,
    pub(crate) instances: Vec<Program>,
    http: SocketAddr,
    pub(crate) https: SocketAddr,
    /// The hash of the certificate's key, by which Chromium is told to trust it.
    pub(crate) key_hash: String,
    root: CertificateDer<'static>,
    /// The folder with the instances' data, for commands.
    pub(crate) folder: TempDir,
}

/// A proxy, which is stopped with all its workers on drop.
struct Proxy(Child);

impl Drop for Proxy {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _gone_already = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _gone_already = self.0.wait();
    }
}

impl Front {
    /// Returns `None`, with a message, if the proxy is not installed.
    pub(crate) async fn open(kind: Kind) -> Option<Self> {
        let name = match kind {
            Kind::Nginx => "nginx",
            Kind::Caddy => "caddy",
        };
        // Debian has nginx in a folder that is not in every user's path.
        let mut places = ["", "/usr/sbin/"].map(|folder| format!("{folder}{name}")).into_iter();
        let is_program = |program: &String| {
            Command::new(program).arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
        };
        let Some(program) = places.find(is_program) else { return leave_out(name) };
        let folder = TempDir::new().unwrap();
        let (root, key_hash) = make_certificates(folder.path());
        let instances: Vec<_> = ["East", "West"].map(|name| start_instance(folder.path(), name)).into();
        // Another process may take a port that was free: then try again.
        for _ in 0..5 {
            let ports = [(); 4].map(|()| SocketAddr::from((Ipv4Addr::LOCALHOST, free_port())));
            let [http, https, _, _] = ports;
            let settings = match kind {
                Kind::Nginx => fill_in_nginx(folder.path(), &instances, ports),
                Kind::Caddy => fill_in_caddy(folder.path(), &instances, [http, https]),
            };
            let mut proxy = start_proxy(kind, &program, folder.path(), &settings);
            if is_ready(&mut proxy.0, https, &root).await {
                return Some(Self { _proxy: proxy, instances, http, https, key_hash, root, folder });
            }
        }
        panic!("{name} does not start: {}", read(folder.path().join("said")));
    }

    async fn connect(&self, from: Ipv4Addr) -> io::Result<TlsStream<TcpStream>> {
        secure(dial(from, self.https).await?, HOST, &version::TLS13, &self.root).await
    }

    /// Sends one request over a connection of its own.
    async fn ask(&self, from: Ipv4Addr, request: impl AsRef<[u8]>) -> Answer {
        let asked = async { exchange(self.connect(from).await?, request).await };
        timeout(PATIENCE, asked).await.unwrap().unwrap()
    }

    async fn get(&self, from: Ipv4Addr, path: &str) -> Answer {
        self.ask(from, &format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n")).await
    }
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// Makes an authority for this test alone, and its certificate for [`HOST`]; returns the authority and the hash of the certificate's key.
fn make_certificates(folder: &Path) -> (CertificateDer<'static>, String) {
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![HOST.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    fs::write(folder.join("certificate.pem"), certificate.pem()).unwrap();
    fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    let key_hash = STANDARD.encode(Sha256::digest(key.subject_public_key_info()));
    (authority.der().clone(), key_hash)
}

fn start_instance(folder: &Path, name: &str) -> Program {
    let (own, data) = (folder.join(name), folder.join("data"));
    fs::create_dir(&own).unwrap();
    let settings = [
        PATIENT,
        ("RUST_LOG", "info"),
        ("DOORWARD_SITE_NAME", name),
        ("DOORWARD_DATA_DIR", data.to_str().unwrap()),
        ("DOORWARD_PUBLIC_URL", "https://id.example.org"),
        ("DOORWARD_TRUSTED_PROXIES", "127.0.0.1"),
    ];
    Program::start(&own, &settings)
}

/// Replaces parts of a configuration. Each has to occur, or the test would no longer be about this configuration.
fn fill_in(configuration: &str, replacements: &[(&str, &str)]) -> String {
    replacements.iter().fold(configuration.to_owned(), |filled, (placeholder, value)| {
        assert!(filled.contains(placeholder), "there is no {placeholder} in the configuration");
        filled.replace(placeholder, value)
    })
}

fn fill_in_nginx(folder: &Path, instances: &[Program], ports: [SocketAddr; 4]) -> String {
    let path = |name: &str| folder.join(name).display().to_string();
    let [http, https, instead_of_v6, tls_instead_of_v6] = ports.map(|address| format!("listen {address}"));
    // Debian's folders for temporary files belong to root.
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {};\n", path(name)))
        .concat();
    fill_in(
        include_str!("../../../../docs/deploy/nginx.conf"),
        &[
            // The folder of this test is for its owner only. If nginx does not run as root, it ignores `user`.
            ("user www-data;", "user root;"),
            ("/run/nginx.pid", &path("nginx.pid")),
            ("/var/log/nginx/error.log", &path("error.log")),
            ("/var/log/nginx/access.log", &path("access.log")),
            ("\nhttp {\n", &format!("\nhttp {{\n{temporary}")),
            ("/etc/letsencrypt/live/id.example.org/fullchain.pem", &path("certificate.pem")),
            ("/etc/letsencrypt/live/id.example.org/privkey.pem", &path("key.pem")),
            ("127.0.0.1:8001", &instances[0].address),
            ("127.0.0.1:8002", &instances[1].address),
            // Not every machine has IPv6.
            ("listen [::]:443", &tls_instead_of_v6),
            ("listen [::]:80", &instead_of_v6),
            ("listen 443", &https),
            ("listen 80", &http),
            ("worker_processes auto;", "worker_processes 2;"),
        ],
    )
}

fn fill_in_caddy(folder: &Path, instances: &[Program], [http, https]: [SocketAddr; 2]) -> String {
    let path = |name: &str| folder.join(name).display().to_string();
    fill_in(
        include_str!("../../../../docs/deploy/Caddyfile"),
        &[
            ("/var/lib/caddy/admin.sock", &path("admin.sock")),
            ("http_port 80", &format!("http_port {}", http.port())),
            ("https_port 443", &format!("https_port {}", https.port())),
            ("\ttls {\n", &format!("\ttls {} {} {{\n", path("certificate.pem"), path("key.pem"))),
            ("127.0.0.1:8001", &instances[0].address),
            ("127.0.0.1:8002", &instances[1].address),
        ],
    )
}

fn start_proxy(kind: Kind, program: &str, folder: &Path, settings: &str) -> Proxy {
    let file = folder.join("configuration");
    fs::write(&file, settings).unwrap();
    let said = fs::File::create(folder.join("said")).unwrap();
    let mut command = Command::new(program);
    match kind {
        Kind::Nginx => command.arg("-p").arg(folder).args(["-g", "daemon off;"]).arg("-c").arg(file),
        Kind::Caddy => {
            command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
            command.env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder).env("HOME", folder)
        }
    };
    command.process_group(0).stdin(Stdio::null()).stdout(said.try_clone().unwrap()).stderr(said);
    Proxy(command.spawn().unwrap())
}

/// Waits until it answers with the certificate of this test; returns false if it ended instead.
async fn is_ready(proxy: &mut Child, https: SocketAddr, root: &CertificateDer<'static>) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        let greeted = async { secure(dial(VISITOR, https).await?, HOST, &version::TLS13, root).await };
        if matches!(timeout(PATIENCE, greeted).await, Ok(Ok(_))) {
            return true;
        }
        if proxy.try_wait().unwrap().is_some() {
            return false;
        }
        sleep(Duration::from_millis(20)).await;
    }
    false
}

async fn dial(from: Ipv4Addr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    socket.connect(to).await
}

/// A handshake for the site of this name.
async fn secure(
    stream: TcpStream,
    name: &'static str,
    version: &'static SupportedProtocolVersion,
    root: &CertificateDer<'static>,
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_protocol_versions(&[version]).unwrap().with_root_certificates(roots).with_no_client_auth();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(name).unwrap(), stream).await
}

/// Sends a request and reads to the end of the connection.
async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: impl AsRef<[u8]>) -> io::Result<Answer> {
    let request = request.as_ref();
    stream.write_all(request).await?;
    let answer = read_to_end(stream).await;
    assert!(!answer.is_empty(), "no answer to {}", request.escape_ascii());
    Ok(Answer(answer))
}

/// Reads until the other side closes or resets the connection.
async fn read_to_end(mut stream: impl AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    let _cut_off = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An answer as it came.
#[derive(Debug)]
struct Answer(String);

impl Answer {
    fn status(&self) -> u16 {
        self.0.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer: {self:?}"))
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let head = self.0.split("\r\n\r\n").next().unwrap_or_default();
        let fields = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        fields.filter(move |(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    fn header<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    fn says(&self, text: &str) -> bool {
        self.0.contains(text)
    }
}

/// A browser, as far as these tests need one.
struct Visitor<'f> {
    front: &'f Front,
    cookies: BTreeMap<String, String>,
    /// Additional header lines for each request.
    headers: &'static str,
    /// The names of the instances that answered.
    met: Vec<&'static str>,
}

impl<'f> Visitor<'f> {
    fn new(front: &'f Front) -> Self {
        Self { front, cookies: BTreeMap::new(), headers: "", met: vec![] }
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    async fn post(&mut self, path: &str, form: &str) -> Answer {
        self.send("POST", path, form).await
    }

    async fn send(&mut self, method: &str, path: &str, form: &str) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = if cookies.is_empty() { String::new() } else { format!("Cookie: {}\r\n", cookies.join("; ")) };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nOrigin: https://{HOST}\r\nSec-Fetch-Site: same-origin\r\n\
             Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nAccept: text/html\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n{cookies}{}\r\n{form}",
            form.len(),
            self.headers,
        );
        let answer = self.front.ask(VISITOR, &request).await;
        for cookie in answer.all("set-cookie") {
            assert!(cookie.starts_with("__Host-doorward") && cookie.contains("; Secure"), "{cookie}");
            assert!(cookie.contains("; HttpOnly") && cookie.contains("; Path=/"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
            if value.is_empty() || cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            }
        }
        self.met.extend(["East", "West"].into_iter().filter(|name| answer.says(name)));
        answer
    }

    /// Signs up and logs in.
    async fn arrive(&mut self) {
        let ada = form("Ada", PASSWORD);
        let signed_up = self.post("/sign_up", &ada).await;
        assert_eq!((signed_up.status(), signed_up.header("location")), (303, "/log_in"), "{signed_up:?}");
        assert!(self.get("/log_in").await.says("Account created"), "the flash cookie came along");
        let logged_in = self.post("/log_in", &ada).await;
        assert_eq!((logged_in.status(), logged_in.header("location")), (303, "/"), "{logged_in:?}");
        assert!(self.cookies.contains_key("__Host-doorward"), "{:?}", self.cookies);
    }
}

async fn a_whole_visit(kind: Kind) {
    let Some(front) = Front::open(kind).await else { return };
    let mut visitor = Visitor::new(&front);
    visitor.arrive().await;
    visitor.met.clear();
    for _ in 0..4 {
        let account = visitor.get("/account").await;
        assert!(account.status() == 200 && account.says("Ada"), "{account:?}");
        assert_eq!(account.all("strict-transport-security").count(), 1, "{account:?}");
        assert!(account.all("server").all(|server| server == "nginx"), "no version: {account:?}");
    }
    visitor.met.sort_unstable();
    visitor.met.dedup();
    assert_eq!(visitor.met, ["East", "West"], "the same session at both");
    let session = &visitor.cookies["__Host-doorward"];
    let head = format!("GET /account HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\nCookie: other=caf");
    let others = [head.as_bytes(), b"\xe9; ", format!("__Host-doorward={session}\r\n\r\n").as_bytes()].concat();
    assert_eq!(front.ask(VISITOR, others).await.status(), 200, "another service's cookie is no UTF-8");
    let logged_out = visitor.post("/log_out", "_method=delete").await;
    assert_eq!((logged_out.status(), logged_out.header("location")), (303, "/log_in"), "{logged_out:?}");
    for _ in 0..2 {
        assert_eq!(visitor.get("/account").await.status(), 303, "at both");
    }

    let cross_site = "Origin: https://elsewhere.example\r\nSec-Fetch-Site: cross-site\r\n";
    let post = |headers: &str, body: &str| {
        format!(
            "POST /log_in HTTP/1.1\r\nHost: {HOST}\r\n{headers}Connection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    assert_eq!(
        front.ask(VISITOR, &post(cross_site, "username=a")).await.status(),
        403,
        "the gate sees where it comes from"
    );
    assert_eq!(front.ask(VISITOR, &post("", &"a".repeat(40 * 1024))).await.status(), 413);

    let older = secure(dial(VISITOR, front.https).await.unwrap(), HOST, &version::TLS12, &front.root).await.unwrap();
    let live = format!("GET /health/live HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n");
    assert_eq!(exchange(older, &live).await.unwrap().status(), 200, "TLS 1.2 is enough");
    let stranger = dial(VISITOR, front.https).await.unwrap();
    let stranger = secure(stranger, "other.example.org", &version::TLS13, &front.root).await;
    let refused = stranger.unwrap_err().to_string();
    assert!(refused.contains("fatal alert"), "another name has no certificate: {refused}");

    let clear = dial(VISITOR, front.http).await.unwrap();
    let clear =
        exchange(clear, &format!("GET /log_in HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n")).await.unwrap();
    assert!([301, 308].contains(&clear.status()), "{clear:?}");
    assert!(clear.header("location").starts_with("https://id.example.org") && clear.says("/log_in"), "{clear:?}");
}

#[tokio::test]
async fn a_whole_visit_works_through_nginx_and_both_instances() {
    a_whole_visit(Kind::Nginx).await;
}

#[tokio::test]
async fn a_whole_visit_works_through_caddy_and_both_instances() {
    a_whole_visit(Kind::Caddy).await;
}

async fn the_address_of_the_connection_counts(kind: Kind) {
    let Some(front) = Front::open(kind).await else { return };
    Visitor::new(&front).post("/sign_up", &form("Ada", PASSWORD)).await;
    for headers in [
        "X-Forwarded-For: 203.0.113.7\r\n",
        "Forwarded: for=203.0.113.7\r\n",
        "X-Forwarded-For: 203.0.113.7\r\nForwarded: for=203.0.113.7\r\n",
        "X-Forwarded-For: 203.0.113.7, 127.0.0.1\r\nX-Forwarded-For: 203.0.113.7\r\nX-Real-IP: 203.0.113.7\r\n",
    ] {
        let mut visitor = Visitor { headers, ..Visitor::new(&front) };
        assert_eq!(visitor.post("/log_in", &form("Ada", PASSWORD)).await.status(), 303);
        let sessions = visitor.get("/account/sessions").await;
        assert!(sessions.status() == 200 && sessions.says("127.0.0.2"), "{headers} {sessions:?}");
        assert!(!sessions.says("203.0.113.7") && !sessions.says("127.0.0.1"), "{headers} {sessions:?}");
    }
}

#[tokio::test]
async fn through_nginx_users_see_the_address_of_the_connection_and_no_forged_one() {
    the_address_of_the_connection_counts(Kind::Nginx).await;
}

#[tokio::test]
async fn through_caddy_users_see_the_address_of_the_connection_and_no_forged_one() {
    the_address_of_the_connection_counts(Kind::Caddy).await;
}

/// How far a slow client gets before it stops.
#[derive(Debug, Clone, Copy)]
enum Stalls {
    BeforeTheFirstByte,
    InTheHandshake,
    InTheHeaders,
    InTheHeadersWithoutTls,
}

/// Holds a connection until the proxy closes it, then another one, forever. `held` counts the open ones, and the clients that
/// were cut off at least once.
async fn hold(front: &Front, stalls: Stalls, held: watch::Sender<(usize, usize)>) {
    const HALF: &[u8] = b"GET / HTTP/1.1\r\nHost: id.example.org\r\nX-Slow: a";
    let mut was_cut_off = false;
    loop {
        let connected = async {
            let mut stream: Box<dyn Connection> = match stalls {
                Stalls::BeforeTheFirstByte | Stalls::InTheHandshake => Box::new(dial(ATTACKER, front.https).await?),
                Stalls::InTheHeaders => Box::new(front.connect(ATTACKER).await?),
                Stalls::InTheHeadersWithoutTls => Box::new(dial(ATTACKER, front.http).await?),
            };
            match stalls {
                Stalls::BeforeTheFirstByte => {}
                // The beginning of a handshake message of 512 bytes.
                Stalls::InTheHandshake => stream.write_all(&[22, 3, 1, 2, 0, 1]).await?,
                Stalls::InTheHeaders | Stalls::InTheHeadersWithoutTls => stream.write_all(HALF).await?,
            }
            stream.flush().await?;
            io::Result::Ok(stream)
        };
        let Ok(stream) = connected.await else {
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        held.send_modify(|(open, _)| *open += 1);
        read_to_end(stream).await;
        held.send_modify(|(open, cut_off)| (*open, *cut_off) = (*open - 1, *cut_off + usize::from(!was_cut_off)));
        was_cut_off = true;
    }
}

trait Connection: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Connection for T {}

async fn slow_clients_keep_no_visitor_out(kind: Kind) {
    const ENOUGH: usize = 1_100;
    // This process holds the other ends.
    raise_open_files();
    let Some(front) = Front::open(kind).await else { return };
    let front = Arc::new(front);
    let held = watch::Sender::new((0, 0));
    let mut attack = JoinSet::new();
    for (count, stalls) in [
        (350, Stalls::BeforeTheFirstByte),
        (350, Stalls::InTheHandshake),
        (150, Stalls::InTheHeaders),
        (350, Stalls::InTheHeadersWithoutTls),
    ] {
        for _ in 0..count {
            let (front, held) = (Arc::clone(&front), held.clone());
            attack.spawn(async move { hold(&front, stalls, held).await });
        }
    }
    // Requests a page repeatedly until one was answered while `ENOUGH` connections were held, and until each client was cut off.
    let deadline = Instant::now() + 2 * PATIENCE;
    let (mut was_served_meanwhile, mut slowest) = (false, Duration::ZERO);
    while !was_served_meanwhile || held.borrow().1 < attack.len() {
        assert!(Instant::now() < deadline, "{was_served_meanwhile}, held and cut off: {:?}", *held.borrow());
        let (began, held_before) = (Instant::now(), held.borrow().0);
        let home = front.get(VISITOR, "/").await;
        assert_eq!(home.status(), 200, "{home:?}");
        slowest = slowest.max(began.elapsed());
        was_served_meanwhile |= held_before >= ENOUGH && held.borrow().0 >= ENOUGH;
        sleep(Duration::from_millis(100)).await;
    }
    assert!(slowest < Duration::from_secs(5), "a visitor waited {slowest:?}");
    attack.shutdown().await;
    if kind == Kind::Nginx {
        let log = read(front.folder.path().join("access.log"));
        assert!(!log.contains(" 502 ") && !log.contains(" 504 "), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_a_thousand_slow_clients_keep_no_visitor_out_of_nginx_and_are_cut_off() {
    slow_clients_keep_no_visitor_out(Kind::Nginx).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_a_thousand_slow_clients_keep_no_visitor_out_of_caddy_and_are_cut_off() {
    slow_clients_keep_no_visitor_out(Kind::Caddy).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_token_of_a_link_is_in_the_access_log_of_nginx() {
    let Some(front) = Front::open(Kind::Nginx).await else { return };
    for path in ["/reset/MARKER", "/verify_email/MARKER", "//undo_email//MARKER/x", "/log_in?next=MARKER"] {
        front.get(VISITOR, path).await;
    }
    front.get(VISITOR, "/log_out").await;
    let log = front.folder.path().join("access.log");
    let deadline = Instant::now() + PATIENCE;
    while !read(&log).contains("/log_out") {
        assert!(Instant::now() < deadline, "{}", read(&log));
        sleep(Duration::from_millis(20)).await;
    }
    let log = read(&log);
    assert!(!log.contains("MARKER"), "{log}");
    for page in ["reset", "verify_email", "undo_email"] {
        assert!(log.contains(&format!("\"GET /{page}/[redacted] HTTP/1.1\"")), "{page}: {log}");
    }
}

async fn a_slow_body_is_cut_off(kind: Kind) {
    let Some(front) = Front::open(kind).await else { return };
    let mut stream = front.connect(ATTACKER).await.unwrap();
    let half = format!(
        "POST /sign_up HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 60\r\n\r\nusername=slow&password="
    );
    stream.write_all(half.as_bytes()).await.unwrap();
    let answer = timeout(PATIENCE, read_to_end(stream)).await.unwrap();
    // Caddy takes the client for disconnected, and answers 200 without a body.
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    assert!(body.is_empty() && !answer.contains("\r\nlocation: "), "no instance heard of it: {answer}");
    assert_eq!(front.get(VISITOR, "/").await.status(), 200);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_cut_off_by_nginx() {
    a_slow_body_is_cut_off(Kind::Nginx).await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_cut_off_by_caddy() {
    a_slow_body_is_cut_off(Kind::Caddy).await;
}

#[tokio::test]
async fn nginx_limits_the_requests_of_one_address_and_serves_others() {
    let Some(front) = Front::open(Kind::Nginx).await else { return };
    let front = Arc::new(front);
    let mut attack = JoinSet::new();
    for _ in 0..70 {
        let front = Arc::clone(&front);
        let stalled = format!("GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\nContent-Length: 9\r\n\r\n");
        attack.spawn(async move { exchange(front.connect(ATTACKER).await.unwrap(), &stalled).await.unwrap().status() });
    }
    for _ in 0..20 {
        assert_eq!(timeout(PATIENCE, attack.join_next()).await.unwrap().unwrap().unwrap(), 429);
    }
    assert_eq!(front.get(ATTACKER, "/").await.status(), 429);
    assert_eq!(front.get(VISITOR, "/").await.status(), 200);
    attack.shutdown().await;

    let knock = |method, path| {
        format!("{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    };
    let ways = [("POST", "/log_in"), ("GET", "/log_in?x"), ("HEAD", "//log%5Fin"), ("PUT", "/sign_up/")];
    for (number, (method, path)) in ways.into_iter().cycle().enumerate() {
        assert!(number < 1_000, "log-ins are not limited");
        if front.ask(ATTACKER, &knock(method, path)).await.status() == 429 {
            break;
        }
    }
    assert_eq!(front.ask(VISITOR, &knock("POST", "/log_in")).await.status(), 415);
}

async fn a_request_that_is_too_large_is_refused(kind: Kind) {
    let Some(front) = Front::open(kind).await else { return };
    let with = |length: usize| {
        let header = format!("X: {}\r\n", "a".repeat(7_000)).repeat(length / 7_000);
        format!("GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n{header}\r\n")
    };
    assert_eq!(front.ask(VISITOR, with(14_000)).await.status(), 200);
    for length in [28_000, 98_000] {
        let status = front.ask(VISITOR, with(length)).await.status();
        assert!([400, 431].contains(&status), "{length}: {status}");
    }
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused_behind_nginx_too() {
    a_request_that_is_too_large_is_refused(Kind::Nginx).await;
}

#[tokio::test]
async fn a_request_that_is_too_large_is_refused_behind_caddy_too() {
    a_request_that_is_too_large_is_refused(Kind::Caddy).await;
}

async fn an_instance_that_stops_is_left_out(kind: Kind) {
    let Some(mut front) = Front::open(kind).await else { return };
    drop(front.instances.pop());
    for _ in 0..4 {
        assert_eq!(front.get(VISITOR, "/").await.status(), 200);
    }
    front.instances.clear();
    let answer = front.get(VISITOR, "/").await;
    assert!([502, 503].contains(&answer.status()) && answer.says("Back soon"), "{answer:?}");
    assert_eq!((answer.header("retry-after"), answer.header("cache-control")), ("10", "no-store"), "{answer:?}");
}

#[tokio::test]
async fn nginx_leaves_out_an_instance_that_stops_and_says_when_there_is_none() {
    an_instance_that_stops_is_left_out(Kind::Nginx).await;
}

#[tokio::test]
async fn caddy_leaves_out_an_instance_that_stops_and_says_when_there_is_none() {
    an_instance_that_stops_is_left_out(Kind::Caddy).await;
}
