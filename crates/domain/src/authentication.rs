//! How and when a user proved their identity.

use crate::clock::Timestamp;

/// When the user of a session last proved their identity, and by which methods they have since it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Authentication {
    /// When they last did. OpenID Connect Core §2 calls it `auth_time`.
    pub at: Timestamp,
    /// By which methods, at the log-in or since.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::serialized::proved"))]
    pub methods: AuthenticationMethods,
}

impl Authentication {
    /// By this method, at this time.
    #[must_use]
    pub const fn by(method: AuthenticationMethod, at: Timestamp) -> Self {
        Self { at, methods: AuthenticationMethods::NONE.with(method) }
    }
}

/// A method by which a user proves their identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthenticationMethod {
    /// A password. RFC 8176 §2 calls it `pwd`.
    Password,
    /// A code of an authenticator app. RFC 8176 §2 calls it `otp`.
    Totp,
    /// A recovery code, in place of a second factor that is lost.
    RecoveryCode,
    /// A passkey, which is a whole log-in by itself. RFC 8176 §2 calls it `pop`, with `user` for the PIN or fingerprint.
    Passkey,
}

impl AuthenticationMethod {
    /// Every method.
    pub const ALL: &[Self] = &[Self::Password, Self::Totp, Self::RecoveryCode, Self::Passkey];

    /// A stable name, for stores, logs and translations.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::Passkey => "passkey",
        }
    }
}

/// A set of methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuthenticationMethods(u8);

impl AuthenticationMethods {
    /// The most characters of [`codes`](Self::codes).
    pub const MAX_CHARS: usize = 64;

    /// The empty set.
    pub const NONE: Self = Self(0);

    /// These and `method`.
    #[must_use]
    pub const fn with(self, method: AuthenticationMethod) -> Self {
        Self(self.0 | 1 << method as u8)
    }

    /// These but for `method`.
    #[must_use]
    pub const fn without(self, method: AuthenticationMethod) -> Self {
        Self(self.0 & !(1 << method as u8))
    }

    /// These and those.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `method` is among them.
    #[must_use]
    pub const fn contain(self, method: AuthenticationMethod) -> bool {
        self.0 & 1 << method as u8 != 0
    }

    /// Whether one of them is more than a password: a second factor, or a recovery code in its place.
    #[must_use]
    pub const fn prove_second_factor(self) -> bool {
        !self.without(AuthenticationMethod::Password).is_empty()
    }

    /// The [`codes`](AuthenticationMethod::code) with a space between them: for a store.
    ///
    /// ```
    /// use doorward_domain::authentication::{AuthenticationMethod, AuthenticationMethods};
    ///
    /// let methods = AuthenticationMethods::default().with(AuthenticationMethod::Password);
    /// assert_eq!(methods.codes(), "password");
    /// assert_eq!(AuthenticationMethods::from_codes("password"), methods);
    /// ```
    #[must_use]
    pub fn codes(self) -> String {
        let those = AuthenticationMethod::ALL.iter().filter(|method| self.contain(**method));
        those.map(|method| method.code()).collect::<Vec<_>>().join(" ")
    }

    /// The methods with these codes, as a log-in asks for them. `None` if one is of a newer release: without it less would be asked for
    /// than the user has set up.
    ///
    /// ```
    /// use doorward_domain::authentication::AuthenticationMethods;
    ///
    /// assert_eq!(AuthenticationMethods::parse_all(""), Some(AuthenticationMethods::NONE));
    /// assert_eq!(AuthenticationMethods::parse_all("totp tomorrow"), None);
    /// ```
    #[must_use]
    pub fn parse_all(codes: &str) -> Option<Self> {
        let is_known = |code: &str| AuthenticationMethod::ALL.iter().any(|method| method.code() == code);
        let are_known = codes.split(' ').filter(|code| !code.is_empty()).all(is_known);
        are_known.then(|| Self::from_codes(codes))
    }

    /// The methods with these codes, as they were proved. Those of a newer release are left out, as it is unknown here what they
    /// prove.
    #[must_use]
    pub fn from_codes(codes: &str) -> Self {
        let is_there = |method: &&AuthenticationMethod| codes.split(' ').any(|code| code == method.code());
        AuthenticationMethod::ALL.iter().filter(is_there).fold(Self::NONE, |all, method| all.with(*method))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_told_by_its_code_and_all_of_them_fit() {
        let all = AuthenticationMethod::ALL.iter().fold(AuthenticationMethods::NONE, |all, method| all.with(*method));
        assert_eq!(AuthenticationMethods::from_codes(&all.codes()), all);
        assert!(all.codes().len() <= AuthenticationMethods::MAX_CHARS && AuthenticationMethod::ALL.len() <= 8);
        for &method in AuthenticationMethod::ALL {
            let alone = AuthenticationMethods::NONE.with(method);
            assert!(all.contain(method) && !AuthenticationMethods::NONE.contain(method));
            assert_eq!(
                (alone.codes().as_str(), AuthenticationMethods::from_codes(method.code())),
                (method.code(), alone)
            );
        }
    }

    #[test]
    fn two_sets_together_hold_what_either_holds() {
        let [password, totp] = ["password", "totp"].map(AuthenticationMethods::from_codes);
        assert_eq!(password.and(totp).codes(), "password totp");
        assert_eq!((totp.and(totp), totp.and(AuthenticationMethods::NONE)), (totp, totp));
    }

    #[test]
    fn unknown_methods_prove_nothing() {
        for codes in ["", " ", "tomorrow", "Password", "passwords"] {
            assert_eq!(AuthenticationMethods::from_codes(codes), AuthenticationMethods::NONE, "{codes}");
        }
        assert_eq!(AuthenticationMethods::from_codes("tomorrow password").codes(), "password");
    }

    #[test]
    fn unknown_methods_cannot_be_asked_for() {
        for codes in ["tomorrow", "totp tomorrow", "tomorrow totp", "Totp", "totp\n"] {
            assert_eq!(AuthenticationMethods::parse_all(codes), None, "{codes}");
        }
        let both =
            AuthenticationMethods::NONE.with(AuthenticationMethod::Totp).with(AuthenticationMethod::RecoveryCode);
        for methods in [AuthenticationMethods::NONE, AuthenticationMethods::from_codes("totp"), both] {
            assert_eq!(AuthenticationMethods::parse_all(&methods.codes()), Some(methods));
        }
    }
}
