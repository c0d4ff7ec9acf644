use std::fmt;

use doorward_domain::Credentials;
use doorward_domain::browser::ReturnPath;
use serde::Deserialize;

/// The form to sign up or to log in, for axum's `Form`: the fields `username`, `password` and `next`, each empty if it is not sent.
/// `Debug` shows none of them: people type passwords into the wrong field.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LogInForm {
    /// The username, as it was typed.
    pub username: String,
    /// The password, as it was typed.
    pub password: String,
    /// Where to go afterwards, as the browser sent it. Only [`next`](Self::next) is safe to follow.
    pub next: String,
}

impl LogInForm {
    /// The username and the password.
    #[must_use]
    pub fn credentials(&self) -> Credentials<'_> {
        Credentials { username: &self.username, password: &self.password }
    }

    /// Returns where to go afterwards on this site: home if the field leads elsewhere.
    #[must_use]
    pub fn next(&self) -> ReturnPath {
        ReturnPath::parse(&self.next).unwrap_or_default()
    }
}

impl fmt::Debug for LogInForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogInForm([redacted])")
    }
}

/// The code that is typed in the second step of a log-in. `Debug` does not show it.
#[cfg(feature = "second-factor")]
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CodeForm {
    /// The code, as it was typed.
    pub code: String,
}

#[cfg(feature = "second-factor")]
impl fmt::Debug for CodeForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeForm([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_not_shown_and_leads_to_no_other_site() {
        let typed = LogInForm { username: "ada".into(), password: "secret".into(), next: "//evil.example".into() };
        assert_eq!((format!("{typed:?}"), typed.next()), ("LogInForm([redacted])".into(), ReturnPath::default()));
    }
}
