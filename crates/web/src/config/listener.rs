//! Rocket's part of the settings: where to listen.

use std::io;
use std::net::SocketAddr;

use rocket::Config;
use rocket::figment::providers::{Env, Format as _, Toml};
use rocket::figment::{Figment, Profile};
use tokio::net::TcpSocket;

use super::secret_key::{SecretKey, SecretKeyError};
use super::settings::{SettingError, text_of};

/// Rocket's own settings, checked.
#[derive(Debug, Clone)]
pub struct Listener {
    figment: Figment,
    config: Config,
    given_key: Option<SecretKey>,
}

/// Rocket's settings that are fixed: the key, the value, and the reason.
const FIXED: [(&str, &str, &str); 2] = [
    ("log_level", "off", "is always `off`: Rocket's own log shows forms and cookies; use RUST_LOG"),
    ("ip_header", "false", "is always `false`: whose word counts about addresses is DOORWARD_TRUSTED_PROXIES"),
];

impl Listener {
    /// Reads `Rocket.toml` and the environment's `ROCKET_*` over Rocket's defaults.
    ///
    /// # Errors
    /// [`ListenerError`] for a setting that Rocket does not take, or that is fixed here.
    pub fn read() -> Result<Self, ListenerError> {
        let profile = Profile::from_env_or("ROCKET_PROFILE", Config::DEFAULT_PROFILE);
        let given = Figment::from(Toml::file(Env::var_or("ROCKET_CONFIG", "Rocket.toml")).nested())
            .merge(Env::prefixed("ROCKET_").ignore(&["PROFILE", "CONFIG"]).global())
            .select(profile.clone());
        for (key, value, why) in FIXED {
            if given.find_value(key).is_ok_and(|set| text_of(&set) != value) {
                return Err(SettingError::of_rocket(key, why).into());
            }
        }
        if given.find_value("tls").is_ok() {
            let why = "has no effect: a proxy in front terminates TLS, and DOORWARD_PUBLIC_URL says so";
            return Err(SettingError::of_rocket("tls", why).into());
        }
        let given_key = match given.find_value("secret_key") {
            Ok(key) => Some(SecretKey::parse(&text_of(&key)).map_err(ListenerError::SecretKey)?),
            Err(_) => None,
        };
        let figment = Figment::from(Config::default()).merge(given).select(profile);
        let config = Config::try_from(&figment).map_err(|error| SettingError::unusable_for_rocket(&error))?;
        if config.workers == 0 {
            return Err(SettingError::of_rocket("workers", "is 0; allowed is a whole number from 1").into());
        }
        Ok(Self { figment, config, given_key })
    }

    /// Binds the address before anything is created, and finds a free port if the port is `0`. Connections are refused
    /// until the socket listens.
    ///
    /// # Errors
    /// [`ListenerError::Bind`] names the address.
    pub fn reserve(&mut self) -> Result<TcpSocket, ListenerError> {
        let address = self.address();
        let (socket, bound) = bind(address).map_err(|source| ListenerError::Bind { address, source })?;
        if bound.port() != self.config.port {
            self.config.port = bound.port();
            self.figment = self.figment.clone().merge(("port", bound.port()));
        }
        Ok(socket)
    }

    /// Binds the address of the metrics as well, which has to differ from the site's.
    ///
    /// # Errors
    /// [`ListenerError::SharedWithMetrics`], [`ListenerError::BindMetrics`].
    pub fn reserve_for_metrics(&self, address: SocketAddr) -> Result<TcpSocket, ListenerError> {
        self.check_metrics(address)?;
        let (socket, _) = bind(address).map_err(|source| ListenerError::BindMetrics { address, source })?;
        Ok(socket)
    }

    /// Checks that the metrics have an address of their own.
    ///
    /// # Errors
    /// [`ListenerError::SharedWithMetrics`].
    pub fn check_metrics(&self, address: SocketAddr) -> Result<(), ListenerError> {
        let site = self.address();
        let is_one_address = address.ip() == site.ip() || address.ip().is_unspecified() || site.ip().is_unspecified();
        if address.port() != 0 && address.port() == site.port() && is_one_address {
            return Err(ListenerError::SharedWithMetrics { address, site });
        }
        Ok(())
    }

    /// The address on which Rocket will listen.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        SocketAddr::new(self.config.address, self.config.port)
    }

    /// The number of worker threads that Rocket is set to.
    #[must_use]
    pub const fn workers(&self) -> usize {
        self.config.workers
    }

    /// The secret key from `ROCKET_SECRET_KEY` or `Rocket.toml`.
    #[must_use]
    pub const fn given_key(&self) -> Option<&SecretKey> {
        self.given_key.as_ref()
    }

    /// The settings for Rocket, as they were read.
    #[must_use]
    pub const fn figment(&self) -> &Figment {
        &self.figment
    }
}

/// Binds a socket to this address, and returns the address with its port.
fn bind(address: SocketAddr) -> io::Result<(TcpSocket, SocketAddr)> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A restarted program gets its port while old connections are still closing. A port that was picked is not shared.
    socket.set_reuseaddr(address.port() != 0)?;
    socket.bind(address)?;
    let bound = socket.local_addr()?;
    Ok((socket, bound))
}

/// Why Rocket cannot listen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenerError {
    /// A setting that cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A secret key that cannot be used.
    #[error("ROCKET_SECRET_KEY (or `secret_key` in Rocket.toml) {0}")]
    SecretKey(SecretKeyError),
    /// The metrics have the address of the site.
    #[error("DOORWARD_METRICS__ADDRESS: {address} is where the site listens ({site}); metrics need another port")]
    SharedWithMetrics {
        /// The address of the metrics.
        address: SocketAddr,
        /// The address of the site.
        site: SocketAddr,
    },
    /// The address of the metrics cannot be bound.
    #[error("DOORWARD_METRICS__ADDRESS: cannot listen on {address}: {source}")]
    BindMetrics {
        /// The address.
        address: SocketAddr,
        /// The operating system's error.
        source: io::Error,
    },
    /// The address cannot be bound.
    #[error("ROCKET_ADDRESS and ROCKET_PORT: cannot listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The operating system's error.
        source: io::Error,
    },
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn the_metrics_have_a_port_that_the_site_has_not() {
        let site = |address: &str, port: u16| {
            let config = Config { address: address.parse().unwrap(), port, ..Config::default() };
            Listener { figment: Figment::new(), config, given_key: None }
        };
        for (address, port, metrics, is_fit) in [
            ("127.0.0.1", 8_000, "127.0.0.1:9464", true),
            ("127.0.0.1", 8_000, "127.0.0.2:8000", true),
            ("127.0.0.1", 0, "127.0.0.1:0", true),
            ("127.0.0.1", 8_000, "127.0.0.1:8000", false),
            ("0.0.0.0", 8_000, "127.0.0.1:8000", false),
            ("127.0.0.1", 8_000, "[::]:8000", false),
        ] {
            let checked = site(address, port).check_metrics(metrics.parse().unwrap());
            assert_eq!(checked.is_ok(), is_fit, "{address}:{port} {metrics}");
        }
    }

    #[test]
    fn a_port_that_was_picked_is_reserved_before_its_socket_listens() {
        let (_socket, address) = bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        assert_eq!(TcpListener::bind(address).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        assert_eq!(TcpStream::connect(address).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }
}
