//! A relay on this machine, for tests: it takes mails and shows them, or does what relays do on bad days.
//!
//! ```
//! use doorward_mail::Relay;
//! use doorward_mail::testing::{Behaviour, Security, Sink};
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let sink = Sink::start(Behaviour::Takes, Security::StartTls).await?;
//! let relay = Relay::parse(&sink.url())?.with_authority(sink.authority_pem().unwrap().as_bytes())?;
//! relay.check().await?;
//! assert_eq!(sink.commands_in_clear(), ["EHLO [127.0.0.1]", "STARTTLS"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod conversation;
mod received;

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

pub use self::received::Received;

/// How a [`Sink`] treats its clients. It does properly anything that is not named here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Behaviour {
    /// Takes mails.
    Takes,
    /// Does not offer STARTTLS.
    WithoutStartTls,
    /// Offers no log-in.
    WithoutAuth,
    /// Takes no password: `535`.
    RefusesPassword,
    /// Sends nothing, not even a greeting.
    SilentAfterAccept,
    /// Reads a mail, does not take it, and sends nothing more.
    SilentAfterData,
    /// Takes a mail, and does not answer QUIT.
    SilentAtQuit,
    /// Refuses the connection instead of greeting.
    Greets {
        /// 400 to 599.
        code: u16,
    },
    /// Refuses the sender.
    RejectsSender {
        /// 500 to 599.
        code: u16,
    },
    /// Refuses the recipient permanently.
    Rejects {
        /// 500 to 599.
        code: u16,
    },
    /// Refuses the recipient temporarily.
    Defers {
        /// 400 to 499.
        code: u16,
    },
    /// Reads a mail and refuses it.
    RejectsMail {
        /// 400 to 599.
        code: u16,
    },
    /// Hangs up instead of answering RCPT.
    CutsAtRcpt,
    /// Reads a mail, does not take it, and hangs up.
    CutsAfterData,
    /// Takes a mail, says so, and hangs up before QUIT.
    CutsAfterMail,
    /// Says `221` and hangs up as soon as it has greeted, as relays do with connections that were idle.
    Closes,
    /// Sends answers in the clear behind the one to STARTTLS, as an attacker on the path can.
    Injects {
        /// The number of answers, from that to the second EHLO on. 6 are all, up to that to the mail.
        answers: u8,
    },
    /// Has a line of nothing but white space in its answer to EHLO.
    BlankLine,
}

/// How clients connect to a [`Sink`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// In the clear, without a log-in.
    Plain,
    /// In the clear first; a mail needs STARTTLS and a log-in.
    StartTls,
    /// Over TLS from the beginning; a mail needs a log-in.
    Implicit,
}

/// An SMTP server on loopback, which stops when this value is dropped. It takes any number of connections at once.
#[derive(Debug)]
pub struct Sink {
    port: u16,
    authority: Option<String>,
    shared: Arc<Shared>,
    _task: JoinSet<()>,
}

#[derive(Debug)]
struct Shared {
    security: Security,
    behaviour: Mutex<Behaviour>,
    mails: watch::Sender<Vec<Received>>,
    commands: watch::Sender<Vec<Command>>,
}

#[derive(Debug, Clone)]
struct Command {
    line: String,
    channel: Channel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Channel {
    Clear,
    Tls,
}

impl Sink {
    /// The user who may log in.
    pub const USER: &str = "mailer@example.org";

    /// The user's password. It has characters that are special in a URL.
    pub const PASSWORD: &str = "p@ss:w/rd?100%#ö";

    /// Listens at a free port of `127.0.0.1`, with a certificate for `localhost` alone, from an authority of its own.
    ///
    /// # Errors
    /// Those of the operating system; [`io::ErrorKind::Other`] if a certificate cannot be made.
    pub async fn start(behaviour: Behaviour, security: Security) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let (authority, tls) = match security {
            Security::Plain => (None, None),
            Security::StartTls | Security::Implicit => {
                let (authority, tls) = certified().map_err(io::Error::other)?;
                (Some(authority), Some(tls))
            }
        };
        let shared = Arc::new(Shared {
            security,
            behaviour: Mutex::new(behaviour),
            mails: watch::Sender::default(),
            commands: watch::Sender::default(),
        });
        let mut task = JoinSet::new();
        task.spawn(accept(listener, tls, Arc::clone(&shared)));
        Ok(Self { port, authority, shared, _task: task })
    }

    /// Changes its behaviour from now on, also in open connections.
    pub fn behave(&self, behaviour: Behaviour) {
        *self.shared.lock() = behaviour;
    }

    /// Returns the URL that a relay is made from: `smtp://127.0.0.1:PORT` in the clear, otherwise with [`USER`](Self::USER),
    /// [`PASSWORD`](Self::PASSWORD) and `localhost`.
    #[must_use]
    pub fn url(&self) -> String {
        match self.shared.security {
            Security::Plain => format!("smtp://127.0.0.1:{}", self.port),
            Security::StartTls => self.url_with("smtp"),
            Security::Implicit => self.url_with("smtps"),
        }
    }

    fn url_with(&self, scheme: &str) -> String {
        let encode = |text| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
        format!("{scheme}://{}:{}@localhost:{}", encode(Self::USER), encode(Self::PASSWORD), self.port)
    }

    /// The port at `127.0.0.1`.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The authority that its certificate is from, for [`Relay::with_authority`](crate::Relay::with_authority). `None` in the clear.
    #[must_use]
    pub fn authority_pem(&self) -> Option<String> {
        self.authority.clone()
    }

    /// The mails that it has taken, the oldest first.
    #[must_use]
    pub fn mails(&self) -> Vec<Received> {
        self.shared.mails.borrow().clone()
    }

    /// Waits for `count` mails, for `patience` at most, and returns those that have come: the caller has to count them.
    pub async fn wait_for(&self, count: usize, patience: Duration) -> Vec<Received> {
        let mut mails = self.shared.mails.subscribe();
        let _there_may_be_fewer = tokio::time::timeout(patience, mails.wait_for(|mails| mails.len() >= count)).await;
        self.mails()
    }

    /// Forgets all mails and commands so far.
    pub fn forget(&self) {
        self.shared.mails.send_modify(Vec::clear);
        self.shared.commands.send_modify(Vec::clear);
    }

    /// Returns the commands of all connections, as they came: `EHLO notes.example.org`. Of AUTH only the mechanism is kept. The
    /// end of a mail is `.`.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        self.shared.commands.borrow().iter().map(|command| command.line.clone()).collect()
    }

    /// Returns the commands that came before TLS.
    #[must_use]
    pub fn commands_in_clear(&self) -> Vec<String> {
        let commands = self.shared.commands.borrow();
        commands
            .iter()
            .filter(|command| command.channel == Channel::Clear)
            .map(|command| command.line.clone())
            .collect()
    }

    /// Waits until this command has come, for `patience` at most.
    pub async fn wait_for_command(&self, line: &str, patience: Duration) {
        let mut commands = self.shared.commands.subscribe();
        let has_come = |commands: &Vec<Command>| commands.iter().any(|command| command.line == line);
        let _it_may_not_come = tokio::time::timeout(patience, commands.wait_for(has_come)).await;
    }
}

impl Shared {
    fn behaviour(&self) -> Behaviour {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Behaviour> {
        self.behaviour.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let mut conversations = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                conversations.spawn(conversation::hold(stream, tls.clone(), Arc::clone(&shared)));
            }
            Some(_) = conversations.join_next() => {}
        }
    }
}

fn certified() -> Result<(String, TlsAcceptor), Box<dyn std::error::Error + Send + Sync>> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(["localhost".to_owned()])?;
    params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
    let certificate = params.signed_by(&key, &authority)?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    Ok((authority.pem(), TlsAcceptor::from(Arc::new(config))))
}
