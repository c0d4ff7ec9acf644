//! Users of another system, who keep their passwords and their addresses.

use std::fmt;

use crate::clock::Timestamp;
use crate::email_address::{EmailAddress, EmailAddressError};
use crate::password::PasswordHash;
use crate::repository::EmailState;
use crate::user::Standing;
use crate::username::{Username, UsernameError};

/// A user as another system hands them over, as far as the rules let them.
#[derive(Debug, Clone)]
pub struct ImportedUser {
    /// The name.
    pub username: Username,
    /// The hash of the password, which this build [can verify](PasswordHash::is_verifiable); `None` if the user has none.
    pub password_hash: Option<PasswordHash>,
    /// The address, if the user has one.
    pub email: Option<ImportedEmail>,
    /// When the account was created.
    pub created_at: Timestamp,
    /// Whether the user may log in.
    pub standing: Standing,
}

/// The address of a user of another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedEmail {
    /// The address.
    pub address: EmailAddress,
    /// Whether it is proved, according to the caller of the import.
    pub state: EmailState,
}

impl ImportedEmail {
    /// Reads an address as another system has it.
    ///
    /// # Errors
    /// [`UnfitUserError::Email`].
    pub fn parse(text: &str, state: EmailState) -> Result<Self, UnfitUserError> {
        Ok(Self { address: EmailAddress::parse(text)?, state })
    }

    /// The address, if it is proved: a proved address has one user only.
    #[must_use]
    pub const fn verified(&self) -> Option<&EmailAddress> {
        match self.state {
            EmailState::Verified => Some(&self.address),
            EmailState::Pending => None,
        }
    }
}

/// Names an import: the SHA-256 of the imported data. So an import of the same file goes on where it was, and one of another file begins.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImportId([u8; Self::BYTES]);

impl ImportId {
    /// Its length.
    pub const BYTES: usize = 32;

    /// The import of the data with this SHA-256.
    #[must_use]
    pub const fn from_sha256(checksum: [u8; Self::BYTES]) -> Self {
        Self(checksum)
    }

    /// The SHA-256.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl fmt::Debug for ImportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ImportId(")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// What becomes of an imported user whose name is in use or reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExistingUsers {
    /// None of the batch is imported.
    Fail,
    /// The imported user is left out.
    Skip,
    /// The user who has the name gets the hash, if it is another one; nothing else of theirs changes, except for what a new password
    /// ends: they keep the address that they have, or have none. Without a hash, or if the name is only reserved, the imported user
    /// is left out.
    UpdateHash,
}

/// The outcome of an import of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// How many are new.
    pub created: u64,
    /// How many had the name already, and have another hash now.
    pub updated: u64,
    /// How many were left out.
    pub skipped: u64,
}

/// Why a user of another system is not imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnfitUserError {
    /// The name breaks a rule: the user has to be renamed before.
    #[error(transparent)]
    Username(#[from] UsernameError),
    /// The hash is damaged, of an unknown form, or more expensive than this build computes.
    #[error("the password hash has no form that can be verified, or costs too much")]
    PasswordHash,
    /// The address breaks a rule.
    #[error(transparent)]
    Email(#[from] EmailAddressError),
    /// The account was created later than now.
    #[error("the account was created in the future")]
    CreatedInFuture,
}
