//! What templates may see. Nothing of a request or of the domain reaches a page but through these.

mod account;
mod account_deletion;
mod activity;
mod client;
mod email;
mod error;
mod flash;
mod forgotten_password;
mod link_secret;
mod log_in;
mod moment;
mod password_change;
mod password_note;
mod password_reset;
mod reauthentication;
mod sessions;
mod sign_up;
mod user;
mod username_change;
mod wait;

use std::time::Duration;

use doorward_domain::browser::ReturnPath;
use doorward_domain::{PasswordPolicy, Rules};
use rocket::serde::Serialize;

pub use account::AccountView;
pub use account_deletion::AccountDeletionForm;
pub use activity::{ActivityEntry, ActivityPage, ActivityView, AttemptsView};
pub use client::ClientView;
pub use email::{CheckMailNote, EmailForm, EmailLinkForm};
pub use error::ErrorNote;
pub use flash::FlashView;
pub use forgotten_password::ForgottenPasswordForm;
pub use link_secret::LinkSecret;
pub use log_in::{CookiesNote, LogInForm};
pub use moment::Moment;
pub use password_change::PasswordChangeForm;
pub use password_note::PasswordNote;
pub use password_reset::PasswordResetForm;
pub use reauthentication::ReauthenticationForm;
pub use sessions::{DeviceView, SessionView};
pub use sign_up::{SignUpEmailField, SignUpForm, SignUpRefusal};
pub use user::UserView;
pub use username_change::UsernameChangeForm;
pub use wait::WaitView;

/// One page: which template, and what is in it.
#[derive(Debug, Clone, Serialize)]
#[serde(crate = "rocket::serde", untagged)]
pub enum View {
    /// The home page.
    Home {},
    /// The account page.
    Account {
        /// What is on it.
        account: AccountView,
    },
    /// Where the user is logged in.
    Sessions {
        /// Each session, last seen first.
        sessions: Vec<SessionView>,
        /// The devices that are known to the account, that of the last log-in first.
        devices: Vec<DeviceView>,
    },
    /// The form to change the password.
    PasswordChange {
        /// What is in it.
        form: PasswordChangeForm,
    },
    /// The form to set a password by a one-time link.
    PasswordReset {
        /// What is in it.
        form: PasswordResetForm,
    },
    /// What somebody sees whose one-time link is good for nothing.
    LinkExpired {},
    /// The account's e-mail address.
    Email {
        /// What is in its form.
        form: EmailForm,
    },
    /// Where a link to verify an address leads.
    EmailVerification {
        /// What is in its form.
        form: EmailLinkForm,
    },
    /// Where a link to put an address back leads.
    EmailUndo {
        /// What is in its form.
        form: EmailLinkForm,
    },
    /// What somebody sees who has to verify an address before a log-in.
    CheckMail {
        /// Where the mail went.
        note: CheckMailNote,
    },
    /// The form that asks for a link to set another password.
    ForgottenPassword {
        /// What is in it.
        form: ForgottenPasswordForm,
    },
    /// The form to change the username.
    UsernameChange {
        /// What is in it.
        form: UsernameChangeForm,
    },
    /// The form to delete the account.
    AccountDeletion {
        /// What is in it.
        form: AccountDeletionForm,
    },
    /// The form that asks for the password once more.
    Reauthentication {
        /// What is in it.
        form: ReauthenticationForm,
    },
    /// Recent activity.
    Activity {
        /// A page of it.
        page: ActivityPage,
    },
    /// The form to sign up.
    SignUp {
        /// What is in it.
        form: SignUpForm,
    },
    /// Why somebody gets no form to sign up.
    SignUpRefused {
        /// Why.
        refusal: SignUpRefusal,
    },
    /// The form to log in.
    LogIn {
        /// What is in it.
        form: LogInForm,
    },
    /// What to do where cookies do not come back.
    Cookies {
        /// Where this site is.
        note: CookiesNote,
    },
    /// The page that asks whether to log out.
    LogOut {},
    /// Something went wrong.
    Error {
        /// What it was.
        error: ErrorNote,
    },
}

impl View {
    /// The template that shows this.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        match self {
            Self::Home {} => "home.html",
            Self::Account { .. } => "account.html",
            Self::Sessions { .. } => "sessions.html",
            Self::PasswordChange { .. } => "password_change.html",
            Self::PasswordReset { .. } => "password_reset.html",
            Self::LinkExpired {} => "link_expired.html",
            Self::Email { .. } => "email.html",
            Self::EmailVerification { .. } => "email_verification.html",
            Self::EmailUndo { .. } => "email_undo.html",
            Self::CheckMail { .. } => "check_mail.html",
            Self::ForgottenPassword { .. } => "forgotten_password.html",
            Self::UsernameChange { .. } => "username_change.html",
            Self::AccountDeletion { .. } => "account_deletion.html",
            Self::Reauthentication { .. } => "reauthentication.html",
            Self::Activity { .. } => "activity.html",
            Self::SignUp { .. } => "sign_up.html",
            Self::SignUpRefused { .. } => "sign_up_refused.html",
            Self::LogIn { .. } => "log_in.html",
            Self::Cookies { .. } => "cookies.html",
            Self::LogOut {} => "log_out.html",
            Self::Error { .. } => "error.html",
        }
    }

    /// Whether many visitors see this page as it is, or one sees it often. Nothing that somebody typed is in it.
    pub(crate) fn recurs(&self) -> bool {
        match self {
            Self::Home {} | Self::LogOut {} => true,
            Self::LogIn { form } => form.username.is_empty() && form.next.is_none(),
            Self::SignUp { form } => {
                let has_address = form.email.as_ref().is_some_and(|email| !email.typed.is_empty());
                form.username.is_empty() && form.next.is_none() && form.invite.is_none() && !has_address
            }
            _ => false,
        }
    }

    /// One of each page in each state that it can be in: every site renders them at its start, and tests look at them.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let rules = Rules::new(PasswordPolicy::new(PasswordPolicy::DEFAULT_MIN_CHARS, "Doorward"));
        let next = ReturnPath::parse("/account").unwrap_or_default();
        [
            vec![Self::Home {}, Self::LogOut {}],
            log_in::samples(&rules, &next),
            sign_up::samples(&rules.passwords, &next),
            account::samples(),
            sessions::samples(),
            password_change::samples(&rules),
            password_reset::samples(&rules.passwords),
            email::samples(),
            forgotten_password::samples(),
            username_change::samples(&rules),
            account_deletion::samples(&rules),
            reauthentication::samples(&next),
            activity::samples(),
            error::samples(),
        ]
        .concat()
    }
}

/// Whole days, at least one.
fn days(duration: Duration) -> u64 {
    (duration.as_secs() / 86_400).max(1)
}

fn unless_home(next: &ReturnPath) -> Option<String> {
    (!next.is_home()).then(|| next.to_string())
}

fn reserved_days(rules: &Rules) -> u64 {
    if rules.name_reservation.is_zero() { 0 } else { days(rules.name_reservation) }
}
