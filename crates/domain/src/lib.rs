//! The auth core of Doorward: who may log in, and for how long.
//!
//! It knows no web framework, no database, no async runtime, no clock and no source of randomness. Those come in through ports, small
//! traits that a service implements once: [`UserRepository`], [`SessionRepository`], [`DeviceRepository`], [`ActivityRepository`] and
//! [`ThrottleRepository`] for the data, [`Clock`] for the time, [`Entropy`] for randomness. [`LinkRepository`] and [`InvitationRepository`]
//! are for services with one-time links, and with invitations, `SecondFactorRepository` for those with second factors, `PasskeyRepository`
//! for those with passkeys, [`EmailRepository`] and [`OutboxRepository`] for those that send mails, [`LanguageRepository`] for those with
//! several languages, [`AdministrationRepository`] and [`UserImportRepository`] for operators, who look after the users of a service.
//!
//! # Map
//! | module | what is in it |
//! | --- | --- |
//! | [`accounts`] | the use cases: [`AuthService`] signs up, logs in and out, resumes sessions, lists and ends them, reauthenticates, changes passwords and names, deletes accounts, makes one-time links and takes them, asks for second factors, keeps addresses and languages and has mails sent, lists, creates, renames, closes, deletes and imports users, and sweeps |
//! | [`user`], [`username`], [`id`] | users, their names, and the ids of rows |
//! | [`email_address`], [`mail`] | addresses of users, and mails that wait to be sent |
//! | [`password`] | which passwords are accepted, how they are hashed, with which pepper, and the threads that hash |
//! | [`session`], [`token`], [`client`], [`device`] | one logged-in browser, the secret that proves it, and where it is |
//! | [`authentication`] | how and when a user proved their identity |
//! | `second_factor` | authenticator apps, recovery codes, and log-ins that wait for one of them |
//! | `passkey` | passkeys, their challenges, and the port to what verifies their signatures |
//! | [`link`], [`invitation`] | one-time links: to set a password, to sign up |
//! | [`user_import`] | users of another system, who keep their passwords and addresses |
//! | [`known_device`] | browsers that have logged in to an account before |
//! | [`language`] | the languages that users choose |
//! | [`activity`] | what happened to an account, for its user to see |
//! | [`throttle`], [`network`] | how often a password may be tried, and from where |
//! | [`official_names`] | names that pass for the site, which no user gets |
//! | [`rules`] | the durations, limits and policies that a service chooses |
//! | [`repository`] | the ports to a database |
//! | [`clock`], [`entropy`] | the ports to time and randomness |
//! | [`browser`] | decisions that every service with browsers needs: the cross-site gate, return paths, cookie names |
//! | [`sent_session`] | how a request proves its session: by a browser's cookie, or a program's bearer token |
//!
//! # Features
//! None is on by default.
//!
//! | feature | what it adds | crates it adds |
//! | --- | --- | --- |
//! | `system` | `system::SystemClock` and `system::OsEntropy`: the operating system behind the two ports | `getrandom` |
//! | `legacy-hashes` | verifies what bcrypt, scrypt, PBKDF2, Werkzeug, Django and passlib hashed | `bcrypt`, `pbkdf2`, `scrypt`, `sha1` |
//! | `second-factor` | codes of an authenticator app, recovery codes, trusted devices | `aes-gcm`, `hkdf`, `hmac`, `sha1` |
//! | `passkeys` | passkeys, to log in by and as a second factor; `second-factor` comes with it | none |
//! | `serde` | users, sessions, devices and activity as data, without secrets | `serde` |
//! | `testing` | an in-memory store, a clock moved by hand, cheap hashes, a watch on the log, and the contract suite for stores of your own | none |
//!
//! # Public dependencies
//! Of other crates' types, only `uuid::Uuid` (version 1) is part of this interface: [`UserId`] and [`SessionId`] are made
//! of one; and, with the feature `serde`, that crate's traits. A breaking release of either would be one of this crate; all other
//! dependencies can change without notice.
//!
//! Types that are `#[non_exhaustive]` will grow: the errors, and the values that the use cases return. Types that a store
//! takes apart or puts together ([`UserRecord`], [`Session`], [`user::NewUser`], [`user::StoredUser`]) are exhaustive on
//! purpose, so that a new field does not compile until each store keeps it; for the same reason any crate can implement
//! the ports, and a new method of theirs is a breaking change.
//!
//! # Sign up, log in, come back, log out
//! ```
//! use doorward_domain::testing::{ManualClock, MemoryStore, SeededEntropy, cheap_hasher};
//! use doorward_domain::{AuthService, Client, Credentials, LogIn, LogInError, LogInStep};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # pollster::block_on(async {
//! // A service with the feature `system` writes `AuthService::builder(store).site_name("Notes").start()?`.
//! let auth = AuthService::with_ports(MemoryStore::default(), ManualClock::default(), SeededEntropy::default())
//!     .site_name("Notes")
//!     .hasher(cheap_hasher())
//!     .start()?;
//!
//! let ada = Credentials { username: "Ada", password: "seven quiet lanterns" };
//! let here = Client::new(Some("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"), None);
//! let from_here = auth.from(&here);
//! from_here.sign_up(ada).await?;
//!
//! let LogInStep::Done(logged_in) = from_here.log_in(LogIn::new(ada)).await? else { return Ok(()) };
//! let visit = auth.resume(&logged_in.token).await?;
//! assert_eq!(visit.user.username.as_str(), "Ada");
//! assert_eq!(visit.session.client.device.browser, Some(doorward_domain::device::Browser::Firefox));
//!
//! let guess = Credentials { username: "ada", password: "a wrong guess of it" };
//! let refusal = from_here.log_in(LogIn::new(guess).by_device(&logged_in.device_tokens)).await;
//! assert!(matches!(refusal, Err(LogInError::Refused)));
//!
//! from_here.log_out(&logged_in.token).await?;
//! assert!(auth.resume(&logged_in.token).await.is_err());
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! # Security notes
//! - Give the browser [`SessionToken::expose_secret`] in an `HttpOnly`, `SameSite` cookie, and nothing else.
//! - Show [`LogInError::Refused`] as one message. It stands for an unknown name, a wrong password and a closed account,
//!   costs the same hash in each case, and carries nothing that could tell them apart.
//! - Pass every state-changing request through [`browser::RequestSource`] before you act on it.
//! - Never log a [`Credentials`], a [`Password`] or a token; their `Debug` shows nothing, and there is no `Display`.
//! - Only [`LogInStep::Done`] is a log-in. [`LogInStep::SecondFactor`] means that the password was right, which is not enough.
//! - One [`password::WorkerPool`] a process: its size is the bound on memory. Its answers come late or as
//!   [`password::HashingError::Overloaded`] under a flood of log-ins.
//! - Pass the client's true address on: attempts are counted by it ([`throttle`]). Answer [`Throttled`] with status 429
//!   and `Retry-After`, and keep [`LoggedIn::device_tokens`] in a signed or encrypted cookie, so that no stranger can keep
//!   an owner out.
//! - The events of `tracing` carry `user.id`, `session.id`, `client.network`, `log_in.outcome` (`success` or `refused`),
//!   `duration_ms` and `hashing.depth` (jobs that wait); no names, no secrets.
//!
//! # What does not compile
//! A raw token cannot be stored, only its hash:
//! ```compile_fail,E0308
//! # use doorward_domain::{SessionRepository, SessionToken};
//! # async fn example(store: impl SessionRepository, token: SessionToken) {
//! let found = store.find_by_token(&token).await;
//! # }
//! ```
//! A password that is not hashed yet can be neither stored nor printed:
//! ```compile_fail,E0277
//! # use doorward_domain::Password;
//! # fn example(password: Password) {
//! println!("{password}");
//! # }
//! ```
//! ```compile_fail,E0308
//! # use doorward_domain::{Password, Timestamp, UserId, Username, user::NewUser};
//! # fn example(id: UserId, username: Username, password: Password, created_at: Timestamp) -> NewUser {
//! NewUser { id, username, password_hash: Some(password), created_at, signed_up_in: None, language: None, email: None }
//! # }
//! ```
//! A refused log-in has no session:
//! ```compile_fail,E0609
//! # use doorward_domain::{AuthService, Client, Clock, Credentials, Entropy, LogIn, Store};
//! # async fn example(auth: AuthService<impl Store, impl Clock, impl Entropy>, typed: Credentials<'_>) {
//! let session = auth.from(&Client::default()).log_in(LogIn::new(typed)).await.session;
//! # }
//! ```

pub mod accounts;
pub mod activity;
pub mod authentication;
pub mod browser;
pub mod client;
pub mod clock;
pub mod device;
pub mod email_address;
pub mod entropy;
pub mod id;
pub mod invitation;
pub mod known_device;
pub mod language;
pub mod link;
pub mod mail;
pub mod network;
pub mod official_names;
#[cfg(feature = "passkeys")]
pub mod passkey;
pub mod password;
pub mod repository;
pub mod rules;
#[cfg(feature = "second-factor")]
pub mod second_factor;
pub mod sent_session;
#[cfg(feature = "serde")]
mod serialized;
pub mod session;
#[cfg(feature = "system")]
pub mod system;
#[cfg(feature = "testing")]
pub mod testing;
pub mod throttle;
pub mod token;
mod typed;
pub mod user;
pub mod user_import;
pub mod username;

#[cfg(feature = "passkeys")]
pub use accounts::{
    AddPasskey, AddPasskeyError, ChangePasskeyError, LogInByPasskey, PasskeyAdded, PasskeyCreation, PasskeyRequest,
    ProvePasskeyError, RemovePasswordError,
};
pub use accounts::{
    AddressOfUser, AuthService, AuthServiceBuilder, ChangePasswordError, ChangeUsernameError, CreateUserError,
    Credentials, DeleteAccountError, EmailGiven, EmailLinkError, EndSessionError, Failed, GiveEmailError,
    ImportUsersError, Letter, LinkError, LogIn, LogInError, LogInStep, LoggedIn, MailFailure, MailResetError,
    MakeLinkError, NextMail, PasswordProved, ReadEmailError, ReauthenticateError, RenameUserError, ResetPasswordError,
    ResumeError, Scope, SetEmailError, SignUp, SignUpEmail, SignUpError, Swept, Visit, WrongPassword,
};
#[cfg(feature = "second-factor")]
pub use accounts::{
    ChangeFactorError, FinishLogIn, SecondFactorState, SecondStep, SecondStepError, SetUpTotp, SetUpTotpError,
    TotpSetUp, Trust,
};
pub use activity::{Activity, ActivityId, Event, FailedAttempts, Notice, SinceLastLogIn};
pub use client::{BrowserId, Client};
pub use clock::{Clock, Timestamp};
pub use email_address::{EmailAddress, EmailAddressError};
pub use entropy::{Entropy, EntropyError};
pub use invitation::Invitation;
pub use known_device::{DeviceTokens, KnownDevice, KnownDeviceId};
pub use language::Language;
pub use link::{Link, LinkHash, LinkPurpose, LinkToken, MadeLink};
pub use mail::{Addresses, Mail, MailId, MailKind, MailRules, Recipient};
pub use official_names::OfficialNames;
#[cfg(feature = "passkeys")]
pub use passkey::{
    Assertion, ChallengeKeys, Passkey, PasskeyId, PasskeyName, PasskeyRules, PasskeyVerifier, Registration,
    RelyingParty, UnfitAnswer,
};
pub use password::{Password, PasswordError, PasswordHash, PasswordHasher, PasswordPolicy, Weakness};
#[cfg(feature = "passkeys")]
pub use repository::PasskeyRepository;
#[cfg(feature = "second-factor")]
pub use repository::SecondFactorRepository;
pub use repository::{
    ActivityRepository, AdministrationRepository, DeviceRepository, EmailRepository, InvitationRepository,
    LanguageRepository, LinkRepository, OutboxRepository, SessionRepository, Store, StoreError, ThrottleRepository,
    UserImportRepository, UserRepository,
};
pub use rules::Rules;
#[cfg(feature = "second-factor")]
pub use second_factor::{
    ClockOffset, PendingLogIn, PendingLogInToken, RecoveryCode, RecoveryCodes, Requirement, SealingKeys,
    SecondFactorRules, TotpSecret,
};
pub use session::{Session, SessionId, SessionKind, SessionLimits};
pub use throttle::{LimitName, ThrottleRules, Throttled};
pub use token::{SessionToken, TokenHash};
pub use user::{Standing, User, UserId, UserRecord};
pub use user_import::{ExistingUsers, ImportId, Imported, ImportedEmail, ImportedUser, UnfitUserError};
pub use username::{Username, UsernameError};

/// The README's example compiles.
#[cfg(all(doctest, feature = "system"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
