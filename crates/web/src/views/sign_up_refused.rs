//! Why a visitor gets no form to sign up.

use rocket::serde::Serialize;

use super::{Content, Faults, Given};

/// Why a visitor gets no form to sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(crate = "rocket::serde", tag = "code", rename_all = "snake_case")]
pub enum SignUpRefusal {
    /// Sign-up is closed.
    Closed,
    /// Only visitors with an invitation may sign up.
    InvitationRequired,
    /// The invitation is no longer valid, or never was.
    InvitationExpired,
}

impl Content for SignUpRefusal {
    fn samples(_: &Given) -> Vec<Self> {
        vec![Self::Closed, Self::InvitationRequired, Self::InvitationExpired]
    }

    fn faults(&self) -> Faults {
        Faults::as_a_whole(match self {
            Self::Closed => "Sign-up is closed.",
            Self::InvitationRequired => "You need an invitation to sign up.",
            Self::InvitationExpired => "This invitation has expired or has already been used.",
        })
    }
}
