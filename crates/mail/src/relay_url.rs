use std::path::PathBuf;

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// Why a URL names no relay. No message shows any part of the URL, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelayUrlError {
    /// The text is not a URL.
    #[error("that is not a URL; in a user and a password, what is special in a URL has to be percent-encoded")]
    Unfit,
    /// The scheme is not one of those allowed.
    #[error("the URL begins with none of `smtps://`, `smtp://` and `file:///`")]
    Scheme,
    /// The URL has no host, or an invalid one.
    #[error("the URL has no host; in a user and a password, what is special in a URL has to be percent-encoded")]
    Host,
    /// The URL continues after the port, or after the folder.
    #[error(
        "the URL goes on after the host and the port, or after the folder; in a user and a password, `/`, `?` and `#` have to be \
         percent-encoded"
    )]
    TooLong,
    /// There is a user without a password, or the other way round, or one of them holds characters that cannot be typed.
    #[error("the URL has to have a user and a password, or neither")]
    UserInfo,
    /// The folder is not an absolute path on this machine.
    #[error("the folder has to be an absolute path: `file:///` and three slashes")]
    Folder,
}

/// A URL, taken apart.
pub(crate) enum Target {
    Folder(PathBuf),
    Host { scheme: Scheme, host: Host, port: Option<u16>, credentials: Option<Credentials> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Smtp,
    Smtps,
}

impl Target {
    pub(crate) fn parse(text: &str) -> Result<Self, RelayUrlError> {
        // A URL's parser silently drops these characters.
        if text.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(RelayUrlError::Unfit);
        }
        let url = Url::parse(text).map_err(|_| RelayUrlError::Unfit)?;
        let scheme = match url.scheme() {
            "smtps" => Scheme::Smtps,
            "smtp" => Scheme::Smtp,
            "file" => return folder(text, &url),
            _ => return Err(RelayUrlError::Scheme),
        };
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(RelayUrlError::TooLong);
        }
        // The parser does not validate the host of a scheme that it does not know.
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(RelayUrlError::Host)?;
        let host = Host::parse(host).map_err(|_| RelayUrlError::Host)?;
        if url.port() == Some(0) {
            return Err(RelayUrlError::Host);
        }
        Ok(Self::Host { scheme, host, port: url.port(), credentials: credentials(&url)? })
    }
}

fn folder(text: &str, url: &Url) -> Result<Target, RelayUrlError> {
    if url.query().is_some() || url.fragment().is_some() {
        return Err(RelayUrlError::TooLong);
    }
    let is_absolute = text.get(.."file:///".len()).is_some_and(|start| start.eq_ignore_ascii_case("file:///"));
    let path = url.to_file_path().ok().filter(|path| is_absolute && path.is_absolute());
    path.map(Target::Folder).ok_or(RelayUrlError::Folder)
}

fn credentials(url: &Url) -> Result<Option<Credentials>, RelayUrlError> {
    let decoded = |part: &str| {
        let part = percent_decode_str(part).decode_utf8().map_err(|_| RelayUrlError::UserInfo)?;
        // AUTH PLAIN separates the user and the password by NUL (RFC 4616 §2).
        if part.is_empty() || part.contains(char::is_control) {
            return Err(RelayUrlError::UserInfo);
        }
        Ok(part.into_owned())
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        (user, password) => {
            let (user, password) = (decoded(user)?, decoded(password.unwrap_or_default())?);
            Ok(Some(Credentials::new(user, password)))
        }
    }
}
