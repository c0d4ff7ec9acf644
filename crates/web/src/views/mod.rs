//! The data that templates may see. Nothing else of a request or of the domain reaches a page.
//!
//! A page is a file here, a template, and for most a file of `routes`, all of one name; [`View`] lists them.

mod account;
mod account_deletion;
mod activity;
mod check_mail;
mod client;
mod cookies;
mod email;
mod email_link;
mod error;
mod faults;
mod flash;
mod forgotten_password;
mod link_expired;
mod log_in;
mod moment;
mod passkeys;
mod password_change;
mod password_note;
mod password_reset;
mod qr_code;
mod reauthentication;
mod recovery_codes;
mod second_factor;
mod second_factor_totp;
mod second_step;
mod secret_text;
mod sessions;
mod sign_up;
mod sign_up_refused;
mod site_page;
mod user;
mod username_change;
mod wait;

use std::time::Duration;

use doorward_domain::browser::ReturnPath;
use doorward_domain::{MailRules, PasswordPolicy, Rules};
use rocket::serde::Serialize;

pub use account::AccountView;
pub use account_deletion::AccountDeletionForm;
pub use activity::{ActivityEntry, ActivityPage, ActivityView, AttemptsView};
pub use check_mail::CheckMailNote;
pub use client::ClientView;
pub use cookies::CookiesNote;
pub use email::EmailForm;
pub use email_link::EmailLinkForm;
pub use error::ErrorNote;
pub(crate) use faults::{Faults, FieldFault};
pub use flash::FlashView;
pub use forgotten_password::ForgottenPasswordForm;
pub use link_expired::LinkExpiredNote;
pub use log_in::LogInForm;
pub use moment::Moment;
pub use passkeys::{PasskeySignals, PasskeyView, PasskeysPage, PasswordState};
pub use password_change::PasswordChangeForm;
pub use password_note::PasswordNote;
pub use password_reset::PasswordResetForm;
pub use qr_code::QrCodeView;
pub use reauthentication::ReauthenticationForm;
pub use recovery_codes::RecoveryCodesPage;
pub use second_factor::SecondFactorPage;
pub use second_factor_totp::SecondFactorTotpForm;
pub use second_step::{AskedCode, SecondStepForm};
pub use secret_text::SecretText;
pub use sessions::{DeviceView, SessionView, SessionsPage};
pub use sign_up::{SignUpEmailField, SignUpForm};
pub use sign_up_refused::SignUpRefusal;
pub use site_page::SitePageContent;
pub use user::UserView;
pub use username_change::UsernameChangeForm;
pub use wait::WaitView;

/// The content of a page.
trait Content: Sized {
    /// One sample of each state that it can be in.
    fn samples(given: &Given) -> Vec<Self>;

    /// The faults on it.
    fn faults(&self) -> Faults {
        Faults::default()
    }
}

/// The input of samples.
struct Given {
    rules: Rules,
    next: ReturnPath,
}

/// Lists all pages: the name of the template and of the file here, the view, and under which name a template has its content.
macro_rules! pages {
    ($($(#[$about:meta])* $name:ident: $view:ident { $($key:ident: $content:ty)? };)+) => {
        /// One page: its template and its content.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(crate = "rocket::serde", untagged)]
        pub enum View {
            $($(#[$about])* $view { $(#[doc = "What is on it."] $key: $content)? },)+
        }

        impl View {
            /// The templates of all pages, by their names.
            pub(crate) const TEMPLATES: &[(&str, &str)] = &[
                $((
                    concat!(stringify!($name), ".html"),
                    include_str!(concat!("../../templates/", stringify!($name), ".html.tera")),
                )),+
            ];

            /// The template that shows this.
            #[must_use]
            pub const fn template(&self) -> &'static str {
                match self {
                    $(Self::$view { .. } => concat!(stringify!($name), ".html"),)+
                }
            }

            /// A sample of each page in each state that it can be in: every site renders them at its start, and tests look at them.
            #[must_use]
            pub fn samples() -> Vec<Self> {
                let rules = Rules::new(PasswordPolicy::new(PasswordPolicy::DEFAULT_MIN_CHARS, "Doorward"));
                let given = Given { rules, next: ReturnPath::parse("/account").unwrap_or_default() };
                [$(pages!(@samples &given, $view { $($key: $content)? })),+].concat()
            }

            /// The faults on the page.
            pub(crate) fn faults(&self) -> Faults {
                match self {
                    $(Self::$view { $($key)? } => pages!(@faults $($key)?),)+
                }
            }
        }
    };
    (@samples $given:expr, $view:ident {}) => { vec![Self::$view {}] };
    (@samples $given:expr, $view:ident { $key:ident: $content:ty }) => {
        <$content>::samples($given).into_iter().map(|$key| Self::$view { $key }).collect::<Vec<_>>()
    };
    (@faults) => { Faults::default() };
    (@faults $key:ident) => { $key.faults() };
}

pages! {
    /// The home page.
    home: Home {};
    /// The page that asks whether to log out.
    log_out: LogOut {};
    /// The form to log in.
    log_in: LogIn { form: LogInForm };
    /// The form that asks for a code after the password.
    second_step: SecondStep { form: SecondStepForm };
    /// What to do where cookies do not come back.
    cookies: Cookies { note: CookiesNote };
    /// The note for a user who has to verify an address before a log-in.
    check_mail: CheckMail { note: CheckMailNote };
    /// The form to sign up.
    sign_up: SignUp { form: SignUpForm };
    /// Why a visitor gets no form to sign up.
    sign_up_refused: SignUpRefused { refusal: SignUpRefusal };
    /// The form that asks for a link to set another password.
    forgotten_password: ForgottenPassword { form: ForgottenPasswordForm };
    /// The form to set a password by a one-time link.
    password_reset: PasswordReset { form: PasswordResetForm };
    /// The page of a one-time link that is not valid.
    link_expired: LinkExpired { note: LinkExpiredNote };
    /// The page of a link to verify an address.
    email_verification: EmailVerification { form: EmailLinkForm };
    /// The page of a link to put an address back.
    email_undo: EmailUndo { form: EmailLinkForm };
    /// The account page.
    account: Account { account: AccountView };
    /// Where the user is logged in.
    sessions: Sessions { page: SessionsPage };
    /// Recent activity.
    activity: Activity { page: ActivityPage };
    /// The form to change the password.
    password_change: PasswordChange { form: PasswordChangeForm };
    /// What is set up beside the password.
    second_factor: SecondFactor { page: SecondFactorPage };
    /// The set-up of an authenticator app.
    second_factor_totp: SecondFactorTotp { form: SecondFactorTotpForm };
    /// The passkeys.
    passkeys: Passkeys { page: PasskeysPage };
    /// Recovery codes, to be saved.
    recovery_codes: RecoveryCodes { page: RecoveryCodesPage };
    /// The account's e-mail address.
    email: Email { form: EmailForm };
    /// The form to change the username.
    username_change: UsernameChange { form: UsernameChangeForm };
    /// The form to delete the account.
    account_deletion: AccountDeletion { form: AccountDeletionForm };
    /// The form that asks for the password once more, or for a passkey.
    reauthentication: Reauthentication { form: ReauthenticationForm };
    /// A page of the service that Doorward is a part of.
    site_page: SitePage { page: SitePageContent };
    /// Something went wrong.
    error: Error { error: ErrorNote };
}

impl View {
    /// The pages that look the same to every visitor without a session, and the path of each.
    pub(crate) fn of_strangers(rules: &Rules, mail: Option<&MailRules>) -> [(&'static str, Self); 4] {
        let next = ReturnPath::default();
        let sign_up = SignUpForm::empty(&rules.passwords, &next).asking_for_email(mail, "");
        [
            ("/", Self::Home {}),
            ("/log_out", Self::LogOut {}),
            ("/log_in", Self::LogIn { form: LogInForm::empty(rules, &next) }),
            ("/sign_up", Self::SignUp { form: sign_up }),
        ]
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
