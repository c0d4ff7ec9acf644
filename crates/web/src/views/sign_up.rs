//! The form to sign up.

use doorward_domain::browser::ReturnPath;
use doorward_domain::mail::Addresses;
use doorward_domain::{
    EmailAddressError, MailRules, PasswordError, PasswordPolicy, SignUpError, UsernameError, Weakness,
};
use rocket::serde::Serialize;

use super::{Content, Faults, Given, PasswordNote, SecretText, unless_home};

/// The form to sign up.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct SignUpForm {
    /// The typed username, which is kept.
    pub username: String,
    /// Where to go after the log-in, unless that is the home page.
    pub next: Option<String>,
    /// The token of the invitation, if one is needed.
    pub invite: Option<SecretText>,
    /// The e-mail address, of a site that asks for one.
    pub email: Option<SignUpEmailField>,
    /// The code of what is wrong with the username.
    pub username_error: Option<&'static str>,
    /// What is wrong with the password.
    pub password_error: Option<PasswordNote>,
    /// The least length of a password, in characters.
    pub min_length: usize,
    /// The log-in form that goes to the same place afterwards.
    pub log_in_url: String,
}

impl SignUpForm {
    /// The form before anything is typed.
    #[must_use]
    pub fn empty(policy: &PasswordPolicy, next: &ReturnPath) -> Self {
        Self {
            username: String::new(),
            next: unless_home(next),
            invite: None,
            email: None,
            username_error: None,
            password_error: None,
            min_length: policy.min_chars(),
            log_in_url: next.appended_to("/log_in"),
        }
    }

    /// The form for a visitor who was invited by the link with this token.
    #[must_use]
    pub fn invited_by(self, token: Option<&str>) -> Self {
        Self { invite: token.map(|token| SecretText(token.to_owned())), ..self }
    }

    /// The form of a site that asks for an address by these rules, with this typed.
    #[must_use]
    pub fn asking_for_email(self, rules: Option<&MailRules>, typed: &str) -> Self {
        let field = rules.map(|rules| SignUpEmailField {
            typed: typed.to_owned(),
            is_required: rules.addresses != Addresses::Optional,
            error: None,
        });
        Self { email: field, ..self }
    }

    /// The form after a sign-up was refused: with the username, without the password.
    #[must_use]
    pub fn refused(self, username: &str, error: &SignUpError) -> Self {
        let (username_error, password_error, email_error) = match error {
            SignUpError::UsernameTaken => (Some("taken"), None, None),
            SignUpError::Unfit { username, password, email } => {
                let password = password.as_ref().map(PasswordNote::of);
                (username.map(UsernameError::code), password, email.map(EmailAddressError::code))
            }
            _ => (None, None, None),
        };
        let email = self.email.clone().map(|field| SignUpEmailField { error: email_error, ..field });
        Self { email, username_error, password_error, ..self.filled_in(username) }
    }

    /// The form as it was sent, without the password.
    #[must_use]
    pub fn filled_in(self, username: &str) -> Self {
        Self { username: username.to_owned(), ..self }
    }
}

/// The field for an e-mail address.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct SignUpEmailField {
    /// The typed address, which is kept.
    pub typed: String,
    /// Whether a sign-up needs one.
    pub is_required: bool,
    /// The code of what is wrong with it.
    pub error: Option<&'static str>,
}

impl Content for SignUpForm {
    fn samples(Given { rules, next }: &Given) -> Vec<Self> {
        let policy = &rules.passwords;
        let empty = |next: &ReturnPath| Self::empty(policy, next);
        let refused = |error| empty(next).refused("Ada", &error);
        let username = |error| refused(SignUpError::Unfit { username: Some(error), password: None, email: None });
        let password = |error| refused(SignUpError::Unfit { username: None, password: Some(error), email: None });
        let mut forms = vec![
            empty(&ReturnPath::default()),
            empty(next),
            username(UsernameError::Empty),
            username(UsernameError::TooLong),
            username(UsernameError::BadCharacter),
            username(UsernameError::BadStart),
            username(UsernameError::Official),
            username(UsernameError::NotOwnAddress),
            refused(SignUpError::UsernameTaken),
            password(PasswordError::Empty),
            password(PasswordError::TooShort { min_chars: policy.min_chars() }),
            password(PasswordError::TooLong),
            password(PasswordError::BadCharacter),
        ];
        forms.extend(Weakness::ALL.iter().map(|&weakness| password(PasswordError::TooGuessable(weakness))));
        let (optional, required) =
            (MailRules::default(), MailRules { addresses: Addresses::REQUIRED, ..MailRules::default() });
        forms.push(empty(next).asking_for_email(Some(&optional), "ada@example.org"));
        forms.push(empty(next).asking_for_email(Some(&required), "ada@example.org"));
        for error in [EmailAddressError::Empty, EmailAddressError::TooLong, EmailAddressError::BadFormat] {
            let refusal = SignUpError::Unfit { username: None, password: None, email: Some(error) };
            forms.push(empty(next).asking_for_email(Some(&required), "<ada").refused("Ada", &refusal));
        }
        let invited = empty(next).invited_by(Some("c2V2ZW4gcXVpZXQgbGFudGVybnMgYW5kIGEgaGFsZi4"));
        forms.push(invited);
        forms
    }

    fn faults(&self) -> Faults {
        Faults::of_field("username", self.username_error)
            .and(Faults::of_password("password", self.password_error.as_ref()))
            .and(Faults::of_field("email", self.email.as_ref().and_then(|email| email.error)))
    }
}
