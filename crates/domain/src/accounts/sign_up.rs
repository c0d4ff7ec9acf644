use super::{AuthService, Credentials, Failed, Scope, may_be_throttled, may_fail};
use crate::authentication::AuthenticationMethods;
use crate::client::BrowserId;
use crate::clock::{Clock, Timestamp};
use crate::email_address::{EmailAddress, EmailAddressError};
use crate::entropy::{Entropy, EntropyError};
use crate::language::Language;
use crate::mail::{Addresses, Recipient};
use crate::password::PasswordError;
use crate::repository::{ActivityRepository, EmailRepository, InsertUserError, ThrottleRepository, UserRepository};
use crate::throttle::{ThrottleRules, Throttled};
use crate::user::{NewEmail, NewUser, Standing, StoredUser, User, UserId};
use crate::username::{Username, UsernameError};

impl<S: ActivityRepository + ThrottleRepository + UserRepository, C: Clock, E: Entropy> Scope<'_, S, C, E> {
    /// Creates a user. Input that the rules refuse at once costs nothing and does not count. Everything else counts before any work
    /// is done for it: as a password to be judged, and as a name that was asked for, free or not, unless the password was too
    /// easily guessed. If the name is taken, the password is not judged.
    ///
    /// A form that a browser sends twice creates one user, and both requests return that user: a name that the browser signed up
    /// for within the last minute is its own, and the password that came first stays. The client says which browser it is.
    ///
    /// # Errors
    /// [`SignUpError::Unfit`] says what is wrong with either field, or both; a password is called too easily guessed only if
    /// nothing else is wrong. [`SignUpError::UsernameTaken`]: another user has the name, or was quicker, or gave it up a short
    /// while ago. [`SignUpError::Throttled`]: too many passwords were judged, or names asked for, from this network.
    /// [`SignUpError::Failed`] is not the visitor's fault. Nothing was stored.
    pub async fn sign_up<'t>(&self, sign_up: impl Into<SignUp<'t>> + Send) -> Result<User, SignUpError> {
        let started_at = self.clock.now();
        let user = match self.admit(sign_up.into()).await? {
            Applicant::New(user) => user,
            Applicant::SignedUp(user) => return Ok(user),
        };
        match self.store.insert(&user).await {
            Ok(()) => Ok(self.signed_up(*user, started_at)),
            Err(InsertUserError::UsernameTaken) => self.sent_before(&user.username, SignUpError::UsernameTaken).await,
            Err(InsertUserError::Store(error)) => Err(error.into()),
        }
    }

    /// Checks a sign-up by the rules. Nothing is stored yet.
    pub(super) async fn admit(&self, sign_up: SignUp<'_>) -> Result<Applicant, SignUpError> {
        let SignUp { credentials: typed, email, language } = sign_up;
        let own = email.as_ref().ok().and_then(Option::as_ref).map(|email| &email.address);
        let username = self.read_new_username(typed.username, own);
        let password = self.parse_new_password(typed.password);
        let (username, password, email) = match (username, password, email) {
            (Ok(username), Ok(password), Ok(email)) => (username, password, email),
            (username, password, email) => {
                let (username, password, email) = (username.err(), password.err(), email.err());
                return Err(SignUpError::Unfit { username, password, email });
            }
        };
        let ways = |throttle: &ThrottleRules| vec![throttle.for_sign_up(self.client.address)];
        let attempt = self.count_attempt(ways, None).await?;
        if let Some(found) = self.store.find_by_username(&username).await? {
            return self.own(found).map(Applicant::SignedUp).ok_or(SignUpError::UsernameTaken);
        }
        let password_hash = match self.judge_and_hash(&attempt, &password, &username).await? {
            Ok(hash) => Some(hash),
            Err(refusal) => {
                // People need several tries at a password: each counts as a password, and not as another name.
                self.forgive(&attempt).await;
                return Err(SignUpError::Unfit { username: None, password: Some(refusal), email: None });
            }
        };
        let created_at = self.clock.now();
        let id = UserId::new(created_at, &self.entropy)?;
        let (standing, second_factors) = (Standing::Active, AuthenticationMethods::NONE);
        let user = User { id, username, standing, created_at, language, second_factors };
        let email = email.map(|email| self.new_email(email, &user)).transpose()?;
        let User { username, language, .. } = user;
        let signed_up_in = self.client.browser;
        let user = NewUser { id, username, password_hash, created_at, signed_up_in, language, email };
        Ok(Applicant::New(Box::new(user)))
    }

    /// The address of a user who is about to be stored, with the mail to it.
    fn new_email(&self, email: SignUpEmail, user: &User) -> Result<NewEmail, EntropyError> {
        let SignUpEmail { address, owner } = email;
        let now = user.created_at;
        let verify_by = match self.mail.as_ref().map(|rules| rules.addresses) {
            Some(Addresses::Required { verify_within }) => Some(now.plus(verify_within)),
            Some(Addresses::Optional) | None => None,
        };
        let to = Recipient::new(user.clone(), address.clone());
        let mut mail = self.mail_for_given(to, owner, now)?;
        // It counts like a mail that the account asks for: its user is told when the later ones are too many.
        mail.limits.extend(self.rules.throttle.iter().flat_map(|throttle| throttle.for_mails_of(user.id)));
        Ok(NewEmail { address, verify_by, mail })
    }

    pub(super) fn signed_up(&self, user: NewUser, started_at: Timestamp) -> User {
        let NewUser { id, username, created_at, language, .. } = user;
        tracing::info!(
            user.id = %id, client.network = %self.client.network(), duration_ms = self.millis_since(started_at), "signed up"
        );
        let (standing, second_factors) = (Standing::Active, AuthenticationMethods::NONE);
        User { id, username, standing, created_at, language, second_factors }
    }

    /// The user with this name, if this browser has just signed up for it; otherwise the refusal.
    pub(super) async fn sent_before(&self, username: &Username, refusal: SignUpError) -> Result<User, SignUpError> {
        let found = self.store.find_by_username(username).await?;
        found.and_then(|found| self.own(found)).ok_or(refusal)
    }

    /// The user, if this browser has just signed up for it.
    fn own(&self, found: StoredUser) -> Option<User> {
        let is_own = self.client.browser.is_some() && self.client.browser == found.signed_up_in;
        let is_new = self.clock.now().since(found.user.created_at) < BrowserId::SENT_TWICE;
        (is_own && is_new).then(|| found.user.into())
    }
}

impl<S: EmailRepository, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Reads the address that a visitor gives with a sign-up, for [`SignUp::with_email`]. `None` if it is empty and not required,
    /// and in a service that [sends no mails](Self::mail). It takes the same time whether or not a user has the address.
    ///
    /// # Errors
    /// [`ReadEmailError::Unfit`]. [`ReadEmailError::Failed`].
    pub async fn read_sign_up_email(&self, typed: &str) -> Result<Option<SignUpEmail>, ReadEmailError> {
        let Some(mail) = &self.mail else { return Ok(None) };
        let address = match EmailAddress::parse(typed) {
            Err(EmailAddressError::Empty) if mail.addresses == Addresses::Optional => return Ok(None),
            parsed => parsed.map_err(ReadEmailError::Unfit)?,
        };
        let owner = self.owner_of(&address).await?;
        Ok(Some(SignUpEmail { address, owner }))
    }
}

impl<S, C: Clock, E: Entropy> AuthService<S, C, E> {
    /// Reads a username that a visitor asks for; `own` is their own address.
    fn read_new_username(&self, typed: &str, own: Option<&EmailAddress>) -> Result<Username, UsernameError> {
        let username = self.rules.read_new_username(typed)?;
        self.check_ownership(&username, own)?;
        Ok(username)
    }

    /// Refuses a new name with an `@` that is not the user's `own` address, in a service that sends mails.
    pub(super) fn check_ownership(&self, username: &Username, own: Option<&EmailAddress>) -> Result<(), UsernameError> {
        let is_own = || own.is_some_and(|own| own.key() == username.key());
        let is_strange = self.mail.is_some() && username.key().contains('@') && !is_own();
        if is_strange { Err(UsernameError::NotOwnAddress) } else { Ok(()) }
    }
}

/// A request to sign up. [`Credentials`] alone are one.
#[derive(Debug)]
#[must_use]
pub struct SignUp<'a> {
    credentials: Credentials<'a>,
    email: Result<Option<SignUpEmail>, EmailAddressError>,
    language: Option<Language>,
}

impl<'a> SignUp<'a> {
    /// With these credentials, no address, and no language chosen.
    pub const fn new(credentials: Credentials<'a>) -> Self {
        Self { credentials, email: Ok(None), language: None }
    }

    /// With this address, as [`read_sign_up_email`](AuthService::read_sign_up_email) has read it, or with its error, which is
    /// reported with those of the other fields.
    pub fn with_email(self, email: Result<Option<SignUpEmail>, EmailAddressError>) -> Self {
        Self { email, ..self }
    }

    /// In this language, if the visitor has chosen one: it becomes the user's, and that of the mail to the address.
    pub fn in_language(self, language: Option<Language>) -> Self {
        Self { language, ..self }
    }

    /// What was typed as the username.
    pub(super) const fn username(&self) -> &str {
        self.credentials.username
    }
}

impl<'a> From<Credentials<'a>> for SignUp<'a> {
    fn from(credentials: Credentials<'a>) -> Self {
        Self::new(credentials)
    }
}

/// The address of a visitor who signs up.
#[derive(Debug, Clone)]
pub struct SignUpEmail {
    address: EmailAddress,
    /// The user who has verified it, and is told.
    owner: Option<Recipient>,
}

impl SignUpEmail {
    /// The address.
    pub(super) const fn address(&self) -> &EmailAddress {
        &self.address
    }

    /// Whether a user has verified it.
    pub(super) const fn is_taken(&self) -> bool {
        self.owner.is_some()
    }
}

/// Why an address was not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadEmailError {
    /// It breaks a rule.
    #[error(transparent)]
    Unfit(EmailAddressError),
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(ReadEmailError);

/// A visitor who may sign up.
pub(super) enum Applicant {
    /// A user to be stored.
    New(Box<NewUser>),
    /// The same browser has just signed up for the name.
    SignedUp(User),
}

/// Why a sign-up was turned away.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignUpError {
    /// One of the fields, or several, broke a rule.
    #[error("the username, the password or the address breaks a rule")]
    Unfit {
        /// What is wrong with the username.
        username: Option<UsernameError>,
        /// What is wrong with the password.
        password: Option<PasswordError>,
        /// What is wrong with the address.
        email: Option<EmailAddressError>,
    },
    /// Another user has the name, or it is reserved.
    #[error("that username is already taken")]
    UsernameTaken,
    /// The invitation is unknown, used up, or past its end.
    #[error("the invitation has expired or has been used up")]
    InvitationExpired,
    /// Too many names were asked for, or passwords judged, from this network lately.
    #[error(transparent)]
    Throttled(Throttled),
    /// Not the visitor's fault.
    #[error(transparent)]
    Failed(Failed),
}

may_fail!(SignUpError);
may_be_throttled!(SignUpError);

#[cfg(test)]
mod tests;
