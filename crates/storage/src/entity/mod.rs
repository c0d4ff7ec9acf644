//! The tables as they are today. No entity leaves the crate.
//!
//! SeaORM requires `Debug` of every row, so the columns that must not appear in a log have types that show nothing.
#![expect(unreachable_pub, reason = "SeaORM's macros make public items of it")]

use std::fmt;

use sea_orm::{DbErr, DeriveValueType, TryFromU64};

pub(crate) mod activity;
pub(crate) mod answered_challenge;
pub(crate) mod attempt_counter;
pub(crate) mod email;
pub(crate) mod import;
pub(crate) mod invitation;
pub(crate) mod known_device;
pub(crate) mod link;
pub(crate) mod outbox;
pub(crate) mod passkey;
pub(crate) mod password;
pub(crate) mod pending_log_in;
pub(crate) mod recovery_code;
pub(crate) mod reserved_name;
pub(crate) mod session;
pub(crate) mod totp_secret;
pub(crate) mod user;
pub(crate) mod user_handle;

/// A password hash in a column.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct HashText(pub String);

impl fmt::Debug for HashText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// An e-mail address in a column.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct AddressText(pub String);

impl fmt::Debug for AddressText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// An encrypted secret in a column.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct SealedBytes(pub Vec<u8>);

impl fmt::Debug for SealedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The hash of a token, or of what a counter counts, in a column.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct HashBytes(pub Vec<u8>);

/// SeaORM requires this of every key. No database generates such keys.
impl TryFromU64 for HashBytes {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("HashBytes"))
    }
}

impl fmt::Debug for HashBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
