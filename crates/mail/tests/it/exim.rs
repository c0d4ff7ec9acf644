//! Exim from Debian, a server in wide use.

use std::fs;
use std::io::{self, Write as _};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use doorward_domain::EmailAddress;
use doorward_mail::testing::Received;
use doorward_mail::{Relay, Retry, SendError};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

use crate::support::{LINK, PATIENCE, mail};

const PROGRAM: &str = "/usr/sbin/exim4";

/// The user that Debian's package makes.
const USER: &str = "Debian-exim";

const CONFIGURATION: &str = "
primary_hostname = relay.example.org
spool_directory = FOLDER/spool
log_file_path = FOLDER/%slog
tls_certificate = FOLDER/certificate
tls_privatekey = FOLDER/key
tls_advertise_hosts = *
auth_advertise_hosts = ${if def:tls_in_cipher{*}}
deliver_drop_privilege = true
never_users =
keep_environment =
acl_smtp_rcpt = recipient

begin acl
recipient:
  deny local_parts = nobody
       message = $local_part is not known here
  defer local_parts = later
       message = $local_part is to wait
  accept authenticated = *
  deny message = who are you?

begin routers
everybody:
  driver = accept
  transport = maildir

begin transports
maildir:
  driver = appendfile
  directory = FOLDER/mails
  maildir_format
  return_path_add

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{mailer@example.org}}{eq{$auth3}{s3cret/}}}}
  server_set_id = $auth2
";

struct Exim {
    starttls: u16,
    implicit: u16,
    authority: String,
    conversations: Arc<Mutex<Vec<Child>>>,
    folder: TempDir,
}

impl Exim {
    /// Starts a process of Exim for each connection, as inetd would. `None` if it is not installed, or if this is not root: Exim gives
    /// its files to a user of its own.
    fn start() -> Option<Self> {
        let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
        if !Path::new(PROGRAM).exists() || !is_root {
            #[expect(clippy::disallowed_methods, reason = "whether this is CI")]
            let is_ci = std::env::var("CI").is_ok();
            assert!(!is_ci || !is_root, "Exim is missing");
            let line = "left out, as Exim is not installed here (Debian: exim4-daemon-light), or this is not root: what runs on it\n";
            io::stderr().write_all(line.as_bytes()).unwrap();
            return None;
        }
        let folder = TempDir::new().unwrap();
        let path = folder.path().to_str().unwrap();
        let authority = certify(folder.path());
        fs::create_dir(folder.path().join("spool")).unwrap();
        fs::write(folder.path().join("configuration"), CONFIGURATION.replace("FOLDER", path)).unwrap();
        let conversations = Arc::default();
        assert!(Command::new("chown").args(["-R", USER, path]).status().unwrap().success());
        let listen = |tls: &[&str]| {
            // Exim delivers no mails as root.
            let mut command = Command::new("setpriv");
            command.args([&format!("--reuid={USER}"), &format!("--regid={USER}"), "--clear-groups", PROGRAM]);
            command.args(["-C", &format!("{path}/configuration"), "-bs", "-odi"]).args(tls);
            listen(command, Arc::clone(&conversations))
        };
        let (starttls, implicit) = (listen(&[]), listen(&["-tls-on-connect"]));
        Some(Self { starttls, implicit, authority, conversations, folder })
    }

    fn relay(&self, url: &str) -> Relay {
        let url = url.replace("STARTTLS", &self.starttls.to_string()).replace("IMPLICIT", &self.implicit.to_string());
        let relay = Relay::parse(&url).unwrap().with_hello_name("notes.example.org");
        relay.with_authority(self.authority.as_bytes()).unwrap()
    }

    fn log(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        ["mainlog", "paniclog"].map(read).concat()
    }

    async fn mails(&self, count: usize) -> Vec<PathBuf> {
        let began = Instant::now();
        loop {
            let files = fs::read_dir(self.folder.path().join("mails/new"));
            let files: Vec<_> = files.map(|files| files.map(|file| file.unwrap().path()).collect()).unwrap_or_default();
            if files.len() >= count {
                return files;
            }
            assert!(began.elapsed() < PATIENCE, "{} of {count} mails: {}", files.len(), self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Returns the port. The thread ends with this process.
fn listen(mut command: Command, conversations: Arc<Mutex<Vec<Child>>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = OwnedFd::from(stream.unwrap());
            command.stdin(stream.try_clone().unwrap()).stdout(stream).stderr(Stdio::null());
            conversations.lock().unwrap().push(command.spawn().unwrap());
            // Otherwise the command would keep the stream open.
            command.stdin(Stdio::null()).stdout(Stdio::null());
        }
    });
    port
}

impl Drop for Exim {
    /// Waits, so that no process writes into the folder while it is deleted.
    fn drop(&mut self) {
        for conversation in self.conversations.lock().unwrap().iter_mut() {
            let _it_has_ended = conversation.wait();
        }
    }
}

/// Writes a certificate for `localhost` and its key, and returns their authority.
fn certify(folder: &Path) -> String {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    fs::write(folder.join("certificate"), certificate.pem()).unwrap();
    fs::write(folder.join("key"), key.serialize_pem()).unwrap();
    authority.pem()
}

#[tokio::test]
async fn exim_takes_our_mails_and_delivers_them_as_they_were_written() {
    let Some(exim) = Exim::start() else { return };
    let urls = [
        "smtp://mailer%40example.org:s3cret%2F@localhost:STARTTLS",
        "smtps://mailer%40example.org:s3cret%2F@localhost:IMPLICIT",
    ];
    let text = format!("Grüße,\n.\n..\n\n{LINK}?{}\n.\n", "long=".repeat(60));
    for url in urls {
        let relay = exim.relay(url);
        relay.check().await.unwrap();
        let mut message = mail();
        (message.subject, message.text) = ("Neues Passwort für Zoë".to_owned(), text.clone());
        relay.send(&message).await.unwrap_or_else(|error| panic!("{error}: {}", exim.log()));
    }
    for path in exim.mails(2).await {
        let raw = fs::read_to_string(path).unwrap();
        let mail = Received { from: String::new(), to: vec![], raw };
        assert_eq!(mail.header("Return-path").unwrap(), "<notes@example.org>");
        assert_eq!(mail.header("Subject").unwrap(), "Neues Passwort für Zoë");
        assert_eq!(mail.header("Auto-Submitted").unwrap(), "auto-generated");
        assert_eq!(mail.header("Date").unwrap(), "Thu, 01 Jan 2026 00:00:00 +0000");
        assert_eq!(mail.header("Message-ID").unwrap(), "<5a1e0c5c-6c3f-4c53-9d0c-0d8d4a1a8a53@notes.example.org>");
        assert_eq!(mail.text().trim_end(), text.trim_end());
    }
    let log = exim.log();
    assert!(log.contains("A=plain:mailer@example.org"), "{log}");
}

#[tokio::test]
async fn exims_refusals_are_told_apart() {
    let Some(exim) = Exim::start() else { return };
    let relay = exim.relay("smtp://mailer%40example.org:s3cret%2F@localhost:STARTTLS");
    let send = async |relay: &Relay, to: &str| {
        let mut message = mail();
        message.to = EmailAddress::parse(to).unwrap();
        relay.send(&message).await.unwrap_err()
    };
    let error = send(&relay, "nobody@example.com").await;
    assert!(matches!(error, SendError::Rejected { code: 550 }), "{error:?}");
    assert_eq!(error.retry(), Retry::Never);
    let error = send(&relay, "later@example.com").await;
    assert!(matches!(error, SendError::Deferred { code: 451 }), "{error:?}");
    assert_eq!(error.retry(), Retry::Later);
    let error = send(&exim.relay("smtp://mailer%40example.org:wrong@localhost:STARTTLS"), "ada@example.com").await;
    assert!(matches!(error, SendError::Authentication { code: 535 }), "{error:?}");
    let error = send(&exim.relay("smtps://localhost:IMPLICIT"), "ada@example.com").await;
    assert!(matches!(error, SendError::Rejected { code: 550 }), "{error:?}");
    let error = send(&exim.relay("smtps://127.0.0.1:IMPLICIT"), "ada@example.com").await;
    assert!(matches!(error, SendError::Certificate), "{error:?}");
}
