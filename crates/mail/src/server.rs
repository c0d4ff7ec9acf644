//! An SMTP server, and the commands that are sent to it.
//!
//! lettre's own transport is not used: it reports a mail that was taken as failed when the relay hangs up before its answer
//! to QUIT, so that the mail would go out twice, and it waits for that answer without a limit.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Noop, Quit, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Response, Severity};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};
use url::Host;

use crate::message::Envelope;
use crate::relay::{AuthorityError, Relay};
use crate::send_error::SendError;

/// How long one address of the relay's host may take to answer, before the next one is tried: long enough for three
/// SYN packets (after 0, 1 and 3 seconds) and their answers.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);

/// How long a relay may take to answer QUIT. Nothing depends on that answer.
const QUIT_PATIENCE: Duration = Duration::from_secs(2);

/// Over TLS both are equally secure; PLAIN needs one step less.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

#[derive(Clone)]
pub(crate) struct Server {
    host: Host,
    port: u16,
    security: Security,
    tls: TlsParameters,
    credentials: Option<Credentials>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    /// No TLS.
    Plain,
    /// TLS after STARTTLS.
    StartTls,
    /// TLS from the beginning.
    Implicit,
}

impl Server {
    pub(crate) fn new(
        host: Host,
        port: u16,
        security: Security,
        credentials: Option<Credentials>,
    ) -> Result<Self, smtp::Error> {
        let tls = TlsParameters::builder(tls_name(&host)).certificate_store(CertificateStore::WebpkiRoots).build()?;
        Ok(Self { host, port, security, tls, credentials })
    }

    pub(crate) fn with_authority(self, pem: &[u8]) -> Result<Self, AuthorityError> {
        if self.security == Security::Plain {
            return Err(AuthorityError::NoTls);
        }
        let certificates: Vec<_> =
            CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(|_| AuthorityError::NotPem)?;
        if certificates.is_empty() {
            return Err(AuthorityError::NotPem);
        }
        let mut tls = TlsParameters::builder(tls_name(&self.host)).certificate_store(CertificateStore::None);
        for certificate in certificates {
            let certificate = Certificate::from_der(certificate.to_vec()).map_err(|_| AuthorityError::NotPem)?;
            tls = tls.add_root_certificate(certificate);
        }
        let tls = tls.build().map_err(|_| AuthorityError::NotPem)?;
        Ok(Self { tls, ..self })
    }

    pub(crate) async fn send(&self, hello_name: &ClientId, envelope: Envelope) -> Result<(), SendError> {
        self.run(hello_name, Errand::Deliver(envelope)).await
    }

    pub(crate) async fn check(&self, hello_name: &ClientId) -> Result<(), SendError> {
        self.run(hello_name, Errand::Look).await
    }

    /// Runs in a task of its own, as lettre panics when the answer to EHLO has a line of nothing but white space.
    async fn run(&self, hello_name: &ClientId, errand: Errand) -> Result<(), SendError> {
        let (server, hello_name) = (self.clone(), hello_name.clone());
        let mut task = JoinSet::new();
        task.spawn(async move { server.converse(&hello_name, errand).await });
        match task.join_next().await {
            Some(Ok(said)) => said,
            Some(Err(_)) | None => Err(SendError::ConnectionLost),
        }
    }

    async fn converse(&self, hello_name: &ClientId, errand: Errand) -> Result<(), SendError> {
        let deadline = Instant::now() + Relay::PATIENCE;
        let opened = timeout_at(deadline, self.open(hello_name)).await;
        let mut connection = opened.unwrap_or(Err(SendError::TimedOut))?;
        let said = timeout_at(deadline, errand.run(&mut connection)).await.unwrap_or(Err(SendError::TimedOut));
        if !matches!(said, Err(SendError::TimedOut | SendError::ConnectionLost)) {
            let until = deadline.min(Instant::now() + QUIT_PATIENCE);
            let _what_was_said_counts = timeout_at(until, connection.command(Quit)).await;
        }
        said
    }

    /// Opens a connection on which a mail can be sent.
    async fn open(&self, hello_name: &ClientId) -> Result<AsyncSmtpConnection, SendError> {
        let addresses = self.addresses().await?;
        let implicit = (self.security == Security::Implicit).then(|| self.tls.clone());
        let patience = Some(CONNECT_PATIENCE);
        let opened =
            AsyncSmtpConnection::connect_tokio1(addresses.as_slice(), patience, hello_name, implicit, None).await;
        let mut connection = opened.map_err(|error| Step::Opening.error(&error))?;
        if self.security == Security::StartTls {
            if !connection.can_starttls() {
                return Err(SendError::NoStartTls);
            }
            let begun = connection.starttls(self.tls.clone(), hello_name).await;
            begun.map_err(|error| Step::Opening.error(&error))?;
            look_for_injection(&mut connection).await?;
        }
        if let Some(credentials) = &self.credentials {
            if connection.server_info().get_auth_mechanism(&MECHANISMS).is_none() {
                return Err(SendError::NoAuthentication);
            }
            let answer = connection.auth(&MECHANISMS, credentials).await;
            Step::LogIn.judge(answer, Severity::PositiveCompletion)?;
        }
        Ok(connection)
    }

    async fn addresses(&self) -> Result<Vec<SocketAddr>, SendError> {
        let name = match &self.host {
            Host::Ipv4(address) => return Ok(vec![(*address, self.port).into()]),
            Host::Ipv6(address) => return Ok(vec![(*address, self.port).into()]),
            // `localhost` is not looked up (RFC 6761 §6.3), as mails to it may go in the clear.
            Host::Domain(name) if name == "localhost" => {
                return Ok(vec![(Ipv4Addr::LOCALHOST, self.port).into(), (Ipv6Addr::LOCALHOST, self.port).into()]);
            }
            Host::Domain(name) => name.as_str(),
        };
        let found = tokio::net::lookup_host((name, self.port)).await.map_err(|_| SendError::Unreachable)?;
        Ok(found.collect())
    }
}

/// Returns the name that a certificate has to have; an IPv6 address has no brackets there.
fn tls_name(host: &Host) -> String {
    match host {
        Host::Domain(name) => name.clone(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    }
}

/// Fails if there is something to read although no command was sent. lettre takes bytes that came in the clear behind the
/// answer to STARTTLS for bytes that came over TLS, so an attacker on the path could give all answers in advance, up to the
/// one that the mail was taken. With fewer answers than needed DATA fails, whose answer is of another kind.
async fn look_for_injection(connection: &mut AsyncSmtpConnection) -> Result<(), SendError> {
    // `timeout` polls the future once before it checks the time.
    let read = timeout(Duration::ZERO, connection.read_response()).await;
    if read.is_ok() { Err(SendError::Tls) } else { Ok(()) }
}

enum Errand {
    Deliver(Envelope),
    Look,
}

impl Errand {
    async fn run(self, connection: &mut AsyncSmtpConnection) -> Result<(), SendError> {
        match self {
            Self::Look => Step::Opening.judge(connection.command(Noop).await, Severity::PositiveCompletion),
            Self::Deliver(Envelope { from, to, bytes }) => {
                let answer = connection.command(Mail::new(Some(from), Vec::new())).await;
                Step::Sender.judge(answer, Severity::PositiveCompletion)?;
                let answer = connection.command(Rcpt::new(to, Vec::new())).await;
                Step::Mail.judge(answer, Severity::PositiveCompletion)?;
                Step::Mail.judge(connection.command(Data).await, Severity::PositiveIntermediate)?;
                Step::Mail.judge(connection.message(&bytes).await, Severity::PositiveCompletion)
            }
        }
    }
}

/// The step at which something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Opening,
    LogIn,
    Sender,
    Mail,
}

impl Step {
    fn judge(self, answer: Result<Response, smtp::Error>, wanted: Severity) -> Result<(), SendError> {
        let answer = answer.map_err(|error| self.error(&error))?;
        if answer.code().severity == wanted { Ok(()) } else { Err(SendError::ConnectionLost) }
    }

    fn error(self, error: &smtp::Error) -> SendError {
        if let Some(code) = error.status() {
            return self.refusal(u16::from(code));
        }
        let Some(cause) = io_cause(error) else { return SendError::ConnectionLost };
        match cause.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(rustls::Error::InvalidCertificate(_)) => return SendError::Certificate,
            Some(_) => return SendError::Tls,
            None => {}
        }
        let is_lost = matches!(
            cause.kind(),
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
        );
        if self == Self::Opening && !is_lost { SendError::Unreachable } else { SendError::ConnectionLost }
    }

    fn refusal(self, code: u16) -> SendError {
        match (code, self) {
            (400..=499, _) => SendError::Deferred { code },
            // At any step: a log-in is required, too weak, wrong, or needs TLS (RFC 4954 §6).
            (530 | 534 | 535 | 538, _) | (_, Self::LogIn) => SendError::Authentication { code },
            (_, Self::Opening) => SendError::Unwilling { code },
            (_, Self::Sender) => SendError::SenderRejected { code },
            (_, Self::Mail) => SendError::Rejected { code },
        }
    }
}

/// Returns the error of the operating system, or of TLS, that caused lettre's.
fn io_cause(error: &smtp::Error) -> Option<&io::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref() {
            return Some(error);
        }
        cause = error.source();
    }
    None
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.security == Security::Implicit { "smtps" } else { "smtp" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}
