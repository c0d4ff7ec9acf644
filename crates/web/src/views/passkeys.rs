//! The passkeys of an account.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::passkey::{Backup, PasskeyName, PasskeyNameError, RelyingParty, UserHandle};
use doorward_domain::{Client, Passkey, PasskeyId, User};
use doorward_passkeys::model_name;
use rocket::serde::Serialize;

use super::{ClientView, Content, Faults, Given, Moment};

/// The passkeys of an account, and what can be done about them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct PasskeysPage {
    /// The passkeys, in the order of their addition.
    pub passkeys: Vec<PasskeyView>,
    /// The most passkeys that an account can have.
    pub most: usize,
    /// Whether adding and removing one needs a code, as the session has proved no second factor.
    pub takes_code: bool,
    /// Whether the site requires a second factor, and the user has none.
    pub is_required: bool,
    /// Whether the account has a password, and whether it can be removed.
    pub password: PasswordState,
    /// The passkeys that the browser should list.
    pub signal: Option<PasskeySignals>,
    /// The code of why nothing was removed.
    pub problem: Option<&'static str>,
    /// The code of what is wrong with the code that was typed to remove the password.
    pub password_error: Option<&'static str>,
}

/// A passkey in the list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(crate = "rocket::serde")]
pub struct PasskeyView {
    /// The id in its URLs.
    pub id: String,
    /// The name that its user gave it.
    pub name: Option<String>,
    /// The model of its authenticator, where that is known.
    pub model: Option<&'static str>,
    /// Where it was added.
    pub client: ClientView,
    /// When it was added.
    pub added: Moment,
    /// When it last proved something.
    pub last_used: Option<Moment>,
    /// The code of whether it is on other devices too.
    pub backup: &'static str,
    /// The new name that was typed and refused.
    pub typed: Option<String>,
    /// The code of what is wrong with it.
    pub error: Option<&'static str>,
    /// The code of what is wrong with the code that was typed to remove it.
    pub removal_error: Option<&'static str>,
}

/// The state of a password beside passkeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(crate = "rocket::serde", rename_all = "snake_case")]
pub enum PasswordState {
    /// There is none.
    None,
    /// The account needs it.
    Needed,
    /// It can be removed.
    Removable,
}

/// The passkeys of an account that the browser should list (W3C Web Authentication Level 3 §5.1.10). An authenticator may
/// hide or delete those that are not listed. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(crate = "rocket::serde", rename_all = "camelCase")]
pub struct PasskeySignals {
    rp_id: String,
    user_id: String,
    all_accepted_credential_ids: Vec<String>,
    name: String,
    display_name: String,
}

impl PasskeysPage {
    /// The page with these passkeys, of an account that needs its password.
    pub(crate) fn of(passkeys: &[Passkey]) -> Self {
        Self {
            passkeys: passkeys.iter().map(PasskeyView::of).collect(),
            most: Passkey::MOST,
            takes_code: false,
            is_required: false,
            password: PasswordState::Needed,
            signal: None,
            problem: None,
            password_error: None,
        }
    }

    /// The page after a new name was refused.
    pub(crate) fn name_refused(mut self, id: PasskeyId, typed: &str, error: PasskeyNameError) -> Self {
        let (id, error) = (id.to_string(), name_error(error));
        for passkey in self.passkeys.iter_mut().filter(|passkey| passkey.id == id) {
            (passkey.typed, passkey.error) = (Some(typed.to_owned()), Some(error));
        }
        self
    }

    /// The page after the code to remove a passkey was refused.
    pub(crate) fn removal_refused(mut self, id: PasskeyId, error: &'static str) -> Self {
        let id = id.to_string();
        for passkey in self.passkeys.iter_mut().filter(|passkey| passkey.id == id) {
            passkey.removal_error = Some(error);
        }
        self
    }

    /// The page after the code to remove the password was refused.
    pub(crate) fn password_removal_refused(self, error: &'static str) -> Self {
        Self { password_error: Some(error), ..self }
    }

    /// The page after nothing was removed.
    #[must_use]
    pub fn refused(self, problem: &'static str) -> Self {
        Self { problem: Some(problem), ..self }
    }
}

impl PasskeyView {
    fn of(passkey: &Passkey) -> Self {
        Self {
            id: passkey.id.to_string(),
            name: passkey.name.as_ref().map(PasskeyName::to_string),
            model: passkey.aaguid.and_then(model_name),
            client: ClientView::of(&Client { device: passkey.device, ..Client::default() }),
            added: Moment::of(passkey.created_at),
            last_used: passkey.last_used_at.map(Moment::of),
            backup: passkey.backup.code(),
            typed: None,
            error: None,
            removal_error: None,
        }
    }
}

/// The code of what is wrong with a name that was typed.
const fn name_error(error: PasskeyNameError) -> &'static str {
    match error {
        PasskeyNameError::Empty => "empty",
        PasskeyNameError::BadCharacter => "bad_character",
        _ => "too_long",
    }
}

impl PasswordState {
    /// The state for an account with or without a password, and with this many passkeys and recovery codes.
    pub(crate) const fn of(has_password: bool, passkeys: usize, recovery_codes: u32) -> Self {
        match (has_password, passkeys, recovery_codes) {
            (false, ..) => Self::None,
            (true, 0, _) | (true, 1, 0) => Self::Needed,
            (true, ..) => Self::Removable,
        }
    }
}

impl PasskeySignals {
    pub(crate) fn of(site: &RelyingParty, user: &User, handle: UserHandle, passkeys: &[Passkey]) -> Self {
        let ids = passkeys.iter().filter(|passkey| passkey.rp_id == site.id);
        let (name, display_name) = (user.username.to_string(), user.username.to_string());
        Self {
            rp_id: site.id.clone(),
            user_id: Self::encoded(handle.as_bytes()),
            all_accepted_credential_ids: ids.map(|passkey| Self::encoded(passkey.credential_id.as_bytes())).collect(),
            name,
            display_name,
        }
    }

    /// The encoding in which browsers have bytes in JSON.
    fn encoded(bytes: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn sample() -> Self {
        Self {
            rp_id: "localhost".to_owned(),
            user_id: Self::encoded(&[7; 16]),
            all_accepted_credential_ids: vec![Self::encoded(&[7; 32])],
            name: "Ada".to_owned(),
            display_name: "Ada".to_owned(),
        }
    }
}

impl fmt::Debug for PasskeySignals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasskeySignals([redacted])")
    }
}

impl Content for PasskeysPage {
    fn samples(_: &Given) -> Vec<Self> {
        let passkey = |name: Option<&str>, model, backup: Backup| PasskeyView {
            id: "01890a5d-ac96-774b-bcce-b302099a8060".to_owned(),
            name: name.map(str::to_owned),
            model,
            client: ClientView { address: None, ..ClientView::sample() },
            added: Moment::sample(),
            last_used: (backup != Backup::Eligible).then(Moment::sample),
            backup: backup.code(),
            typed: None,
            error: None,
            removal_error: None,
        };
        let one = || passkey(None, Some("Google Password Manager"), Backup::Synced);
        let of = |passkeys| Self { passkeys, signal: Some(PasskeySignals::sample()), ..Self::of(&[]) };
        let named = passkey(
            Some("<Ada's key> on a very long chain that is around her neck, always"),
            None,
            Backup::ThisDeviceOnly,
        );
        let some = || of(vec![one(), named.clone(), passkey(None, None, Backup::Eligible)]);
        let many = (0..Passkey::MOST).map(|number| PasskeyView { id: number.to_string(), ..one() }).collect();
        let misnamed =
            |error, typed: &str| of(vec![PasskeyView { typed: Some(typed.to_owned()), error: Some(error), ..one() }]);
        let unproved = |removal_error| Self { takes_code: true, ..of(vec![PasskeyView { removal_error, ..one() }]) };
        vec![
            Self::of(&[]),
            Self { is_required: true, ..Self::of(&[]) },
            Self { takes_code: true, ..Self::of(&[]) },
            of(vec![one()]),
            unproved(None),
            unproved(Some("empty")),
            unproved(Some("wrong")),
            Self { password: PasswordState::Removable, ..some() },
            Self { password: PasswordState::None, ..some() },
            Self { password: PasswordState::None, ..Self::of(&[]) },
            Self { password: PasswordState::Removable, ..unproved(None) },
            Self { password: PasswordState::Removable, ..unproved(None) }.password_removal_refused("wrong"),
            of(many),
            misnamed("empty", ""),
            misnamed("too_long", "x".repeat(61).as_str()),
            misnamed("bad_character", "a\u{7}b"),
            Self { password: PasswordState::None, ..of(vec![one()]) }.refused("last_way_in"),
            of(vec![one()]).refused("password_needed"),
        ]
    }

    fn faults(&self) -> Faults {
        let error = self.passkeys.iter().find_map(|passkey| passkey.error);
        let whole = self.problem.map(|problem| match problem {
            "last_way_in" => Faults::as_a_whole("it is the last way to log in"),
            _ => Faults::as_a_whole("the account needs its password"),
        });
        let code = self.passkeys.iter().find_map(|passkey| passkey.removal_error).or(self.password_error);
        whole.unwrap_or_default().and(Faults::of_field("name", error)).and(Faults::of_field("code", code))
    }
}
