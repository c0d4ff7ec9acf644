//! How a request proves its session: by a browser's cookie, or a program's bearer token.

use crate::token::SessionToken;

/// How a request proves its session, as far as its headers tell. Only the store knows whether the session exists.
///
/// A browser sends a cookie with every request to a site, even if another site's page makes the request, so such a request has to pass the
/// gate ([`RequestSource`](crate::browser::RequestSource)). A program sends its token in the header `Authorization` (RFC 6750 §2.1). A page
/// without the token cannot do that, so the gate need not look at those requests. In exchange, a request with a bearer token neither has
/// cookies read nor gets any.
#[derive(Debug, Clone)]
pub enum SentSession<'a> {
    /// It proves none.
    Absent,
    /// The value of the session cookie: the token, or what a framework made of it.
    Cookie(&'a str),
    /// A bearer token.
    Bearer(SessionToken),
}

impl<'a> SentSession<'a> {
    /// The response header with the new token of a program's session, when it has been renewed: it is in the response to one
    /// request only. A browser gets a cookie instead.
    pub const NEW_TOKEN_HEADER: &'static str = "session-token";

    /// Reads the values of a request's `Authorization` headers, beside the cookie that [`SiteCookies::session_in`] found. The scheme
    /// is in upper or lower case (RFC 9110 §11.1), with one space or more after it (RFC 6750 §2.1). Other schemes are ignored: the
    /// proxy in front of a site may ask for a password of its own.
    ///
    /// ```
    /// use doorward_domain::sent_session::{SentSession, SentSessionError};
    ///
    /// let token = "A".repeat(43);
    /// let program = format!("Bearer {token}");
    /// assert!(matches!(SentSession::of([&*program], None), Ok(SentSession::Bearer(_))));
    /// assert!(matches!(SentSession::of([], Some(&token)), Ok(SentSession::Cookie(_))));
    /// assert!(matches!(SentSession::of(["Basic dTpw"], None), Ok(SentSession::Absent)));
    /// assert!(matches!(SentSession::of([&*program], Some(&token)), Err(SentSessionError::SentTwice)));
    /// ```
    ///
    /// # Errors
    /// [`SentSessionError`]: answer with its status, and act on neither.
    ///
    /// [`SiteCookies::session_in`]: crate::browser::cookie::SiteCookies::session_in
    pub fn of(
        authorization: impl IntoIterator<Item = &'a str>,
        session_cookie: Option<&'a str>,
    ) -> Result<Self, SentSessionError> {
        let mut headers = authorization.into_iter();
        let header = headers.next();
        if headers.next().is_some() {
            return Err(SentSessionError::SentTwice);
        }
        match (header.and_then(bearer_credentials), session_cookie) {
            (Some(_), Some(_)) => Err(SentSessionError::SentTwice),
            (Some(typed), None) => SessionToken::parse(typed).map(Self::Bearer).ok_or(SentSessionError::Unreadable),
            (None, Some(cookie)) => Ok(Self::Cookie(cookie)),
            (None, None) => Ok(Self::Absent),
        }
    }
}

/// The text after the scheme `Bearer`; `None` for another scheme.
fn bearer_credentials(header: &str) -> Option<&str> {
    let (scheme, credentials) = header.split_once(' ').unwrap_or((header, ""));
    scheme.eq_ignore_ascii_case("bearer").then(|| credentials.trim_start_matches(' '))
}

/// Why a request does not show how it proves its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SentSessionError {
    /// Several `Authorization` headers, or a bearer token beside a session cookie: status 400, and `error="invalid_request"` in
    /// `WWW-Authenticate` (RFC 6750 §3.1).
    #[error("the session is named twice")]
    SentTwice,
    /// The bearer token is malformed: status 401, and `error="invalid_token"`. A cookie would not count instead.
    #[error("the bearer token cannot be read")]
    Unreadable,
}

impl SentSessionError {
    /// The status of the answer.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::SentTwice => 400,
            Self::Unreadable => 401,
        }
    }

    /// The value of the answer's `WWW-Authenticate` header.
    #[must_use]
    pub const fn challenge(self) -> &'static str {
        match self {
            Self::SentTwice => r#"Bearer error="invalid_request""#,
            Self::Unreadable => r#"Bearer error="invalid_token""#,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bearer(header: &str) -> Option<String> {
        match SentSession::of([header], None) {
            Ok(SentSession::Bearer(token)) => Some(token.expose_secret()),
            _ => None,
        }
    }

    #[test]
    fn a_malformed_token_is_refused_and_not_taken_for_a_missing_one() {
        for header in ["Bearer", "bearer ", "Bearer  ", "Bearer x", "Bearer A,B", "BEARER \u{fffd}"] {
            assert_eq!(SentSession::of([header], None).unwrap_err(), SentSessionError::Unreadable, "{header}");
            assert_eq!(SentSession::of([header], Some("x")).unwrap_err(), SentSessionError::SentTwice, "{header}");
        }
    }

    #[test]
    fn another_scheme_leaves_the_cookie_alone() {
        for header in ["", " ", "Basic dTpw", "Bearerish x", "Bearer\tx", "Digest Bearer x"] {
            assert!(matches!(SentSession::of([header], None), Ok(SentSession::Absent)), "{header}");
            assert!(matches!(SentSession::of([header], Some("x")), Ok(SentSession::Cookie("x"))), "{header}");
        }
    }

    #[test]
    fn an_error_names_its_status_and_its_challenge() {
        assert_eq!((SentSessionError::SentTwice.status(), SentSessionError::Unreadable.status()), (400, 401));
        assert!(SentSessionError::SentTwice.challenge().contains("invalid_request"));
        assert!(SentSessionError::Unreadable.challenge().contains("invalid_token"));
    }

    proptest! {
        #[test]
        fn a_bearer_token_is_read_whatever_the_case_of_its_scheme(
            scheme in "[Bb][Ee][Aa][Rr][Ee][Rr]", spaces in " {1,4}", bytes in "[A-Za-z0-9_-]{42}A"
        ) {
            prop_assert_eq!(bearer(&format!("{scheme}{spaces}{bytes}")), Some(bytes.clone()));
            prop_assert_eq!(bearer(&format!("{scheme}{bytes}")), None);
        }

        #[test]
        fn no_header_panics_and_only_a_bearer_token_is_one(header in "\\PC{0,60}|[Bb]earer[ -~]{0,50}") {
            if let Some(token) = bearer(&header) {
                prop_assert!(header.to_ascii_lowercase().starts_with("bearer ") && header.ends_with(&token));
            }
        }

        #[test]
        fn two_headers_or_a_cookie_beside_the_token_are_refused(one in "\\PC{0,60}", token in "[A-Za-z0-9_-]{43}") {
            let bearer = format!("Bearer {token}");
            for headers in [[&*one, &*bearer], [&*bearer, &*one], [&*one, &*one]] {
                prop_assert_eq!(SentSession::of(headers, None).unwrap_err(), SentSessionError::SentTwice);
            }
            prop_assert_eq!(SentSession::of([&*bearer], Some(&one)).unwrap_err(), SentSessionError::SentTwice);
        }
    }
}
