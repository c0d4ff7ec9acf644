use std::fmt;

use doorward_domain::Credentials;
use doorward_domain::browser::ReturnPath;
use serde::Deserialize;

/// What is typed to sign up or to log in, for axum's `Form`: the fields `username`, `password` and `next`, each empty where it is
/// not sent. `Debug` shows none: people type passwords into the wrong field.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LogInForm {
    /// What was typed as the username.
    pub username: String,
    /// What was typed as the password.
    pub password: String,
    /// Where to go afterwards, as the browser has it: [`next`](Self::next) is what may be followed.
    pub next: String,
}

impl LogInForm {
    /// The username and the password.
    #[must_use]
    pub fn credentials(&self) -> Credentials<'_> {
        Credentials { username: &self.username, password: &self.password }
    }

    /// Where to go afterwards, on this site; home where it leads elsewhere.
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
    /// What was typed as the code.
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
    fn what_was_typed_is_not_shown_and_leads_nowhere_else() {
        let typed = LogInForm { username: "ada".into(), password: "secret".into(), next: "//evil.example".into() };
        assert_eq!((format!("{typed:?}"), typed.next()), ("LogInForm([redacted])".into(), ReturnPath::default()));
    }
}
