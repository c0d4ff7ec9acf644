use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use lettre::transport::smtp::extension::ClientId;
use url::Host;

use crate::folder;
use crate::message::Message;
use crate::relay_url::{RelayUrlError, Scheme, Target};
use crate::send_error::SendError;
use crate::server::{Security, Server};

/// Where mails are handed over.
///
/// `Debug` and `Display` show no user and no password: `smtps://mail.example.org:465`, `file:///folder`.
#[derive(Clone)]
pub struct Relay {
    place: Place,
    hello_name: ClientId,
}

#[derive(Clone)]
enum Place {
    Server(Box<Server>),
    Folder(PathBuf),
}

impl Relay {
    /// The URLs that [`parse`](Self::parse) accepts, for the error of a setting.
    pub const ALLOWED: &str = "`smtps://user:password@host:465`, `smtp://user:password@host:587` or `file:///folder`";

    /// How long a mail may take from the look-up of the host to the relay's answer: 30 seconds. A good relay needs one or two.
    /// RFC 5321 §4.5.3.2 has a client wait for up to 10 minutes, so a slow relay may get a mail twice; a queue that stands
    /// still is worse.
    pub const PATIENCE: Duration = Duration::from_secs(30);

    /// Reads where mails go:
    ///
    /// - `smtps://user:password@host:465`: TLS from the beginning.
    /// - `smtp://user:password@host:587`: STARTTLS, without which nothing is sent.
    /// - `smtp://localhost:25`: in the clear, only to this machine (`localhost`, `127.0.0.0/8`, `[::1]`) and without a password.
    /// - `file:///folder`: one file per mail, `UUID.eml`, readable by its owner only. The folder has to exist.
    ///
    /// The user and the password may be left out. The ports shown are the defaults (RFC 8314 §7.3, RFC 6409 §3.1,
    /// RFC 5321 §4.5.4.2). A certificate has to be from one of Mozilla's authorities, which are built in, or from one of your own
    /// ([`with_authority`](Self::with_authority)).
    ///
    /// # Errors
    /// [`RelayUrlError`]: the first thing that is wrong.
    pub fn parse(url: &str) -> Result<Self, RelayUrlError> {
        let place = match Target::parse(url)? {
            Target::Folder(folder) => Place::Folder(folder),
            Target::Host { scheme, host, port, credentials } => {
                let is_plain = scheme == Scheme::Smtp && credentials.is_none() && is_this_machine(&host);
                let (security, usual) = match scheme {
                    Scheme::Smtps => (Security::Implicit, 465),
                    Scheme::Smtp if is_plain => (Security::Plain, 25),
                    Scheme::Smtp => (Security::StartTls, 587),
                };
                let server = Server::new(host, port.unwrap_or(usual), security, credentials);
                Place::Server(Box::new(server.map_err(|_| RelayUrlError::Host)?))
            }
        };
        Ok(Self { place, hello_name: ClientId::default() })
    }

    /// Trusts the authorities in these PEM certificates, one or more, and no others: a relay's certificate has to be from
    /// one of them.
    ///
    /// # Errors
    /// [`AuthorityError::NotPem`], [`AuthorityError::NoTls`].
    pub fn with_authority(self, pem: &[u8]) -> Result<Self, AuthorityError> {
        let Place::Server(server) = self.place else { return Err(AuthorityError::NoTls) };
        let place = Place::Server(Box::new(server.with_authority(pem)?));
        Ok(Self { place, ..self })
    }

    /// Names this host to the relay in EHLO, as it is in the site's URL: a name, `127.0.0.1` or `[::1]`. Without it, and for text that
    /// cannot be a host, EHLO says `[127.0.0.1]` (RFC 5321 §4.1.3), which some relays take for a sign of spam.
    #[must_use]
    pub fn with_hello_name(self, host: &str) -> Self {
        let address = host.trim_start_matches('[').trim_end_matches(']').parse();
        let hello_name = match address {
            Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
            Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
            Err(_) if is_host_name(host) => ClientId::Domain(host.to_owned()),
            Err(_) => ClientId::default(),
        };
        Self { hello_name, ..self }
    }

    /// Hands a mail over: connects, logs in, and waits until the relay has taken it, for [`PATIENCE`](Self::PATIENCE) at
    /// most. In a folder, a mail with the same id is overwritten.
    ///
    /// # Errors
    /// [`SendError`], whose [`retry`](SendError::retry) says what to do with the mail.
    pub async fn send(&self, message: &Message) -> Result<(), SendError> {
        let envelope = message.envelope()?;
        match &self.place {
            Place::Server(server) => server.send(&self.hello_name, envelope).await,
            Place::Folder(folder) => folder::write(folder, &message.id, envelope.bytes).await,
        }
    }

    /// Does the same without a mail: checks that the relay can be reached, has a valid certificate, takes the password, and
    /// answers. For a folder, checks that a file can be made in it.
    ///
    /// # Errors
    /// Those of [`send`](Self::send) but for those of a mail.
    pub async fn check(&self) -> Result<(), SendError> {
        match &self.place {
            Place::Server(server) => server.check(&self.hello_name).await,
            Place::Folder(folder) => folder::check(folder).await,
        }
    }
}

fn is_this_machine(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Whether the host has 1 to 255 characters (RFC 5321 §4.5.3.1.2), all of which can be in a host's name.
fn is_host_name(host: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    (1..=255).contains(&host.len()) && host.bytes().all(is_fit)
}

impl fmt::Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Server(server) => server.fmt(f),
            Place::Folder(folder) => write!(f, "file://{}", folder.display()),
        }
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relay({self})")
    }
}

/// Why an authority was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// There is no certificate in the PEM text, or one that cannot be read.
    #[error("that is not one or more certificates in PEM format (`-----BEGIN CERTIFICATE-----`)")]
    NotPem,
    /// The relay is a folder, or on this machine and used without TLS: it has no certificate.
    #[error("the relay is spoken to without TLS, and has no certificate")]
    NoTls,
}
