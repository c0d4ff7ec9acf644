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
    /// The hash of the password, which this build [can verify](PasswordHash::is_verifiable); `None` for who has none.
    pub password_hash: Option<PasswordHash>,
    /// The address, for who has one.
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
    /// Whether it is proved, at the word of who hands the user over.
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

    /// The address, where it is proved: such a one has one user only.
    #[must_use]
    pub const fn verified(&self) -> Option<&EmailAddress> {
        match self.state {
            EmailState::Verified => Some(&self.address),
            EmailState::Pending => None,
        }
    }
}

/// Names an import: the SHA-256 of what is imported. So the same file goes on where it was, and another one begins.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImportId([u8; Self::BYTES]);

impl ImportId {
    /// Its length.
    pub const BYTES: usize = 32;

    /// The import of what has this SHA-256.
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

/// What becomes of an imported user whose name somebody has already, or which is reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExistingUsers {
    /// None of the batch is taken in.
    Fail,
    /// That one is left out.
    Skip,
    /// The user who has the name gets the hash, where it is another one; nothing else of theirs changes but what a new password ends:
    /// they keep the address that they have, or have none.
    /// Without a hash, or where the name is only reserved, that one is left out.
    UpdateHash,
}

/// What became of users that were taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// So many are new.
    pub created: u64,
    /// So many had the name already, and have another hash now.
    pub updated: u64,
    /// So many were left out.
    pub skipped: u64,
}

/// Why a user of another system is not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnfitUserError {
    /// The name breaks a rule: the user has to be renamed before.
    #[error(transparent)]
    Username(#[from] UsernameError),
    /// The hash is damaged, of an unknown form, or dearer than this build computes.
    #[error("the password hash has no form that can be verified, or costs too much")]
    PasswordHash,
    /// The address breaks a rule.
    #[error(transparent)]
    Email(#[from] EmailAddressError),
    /// The account was created later than now.
    #[error("the account was created in the future")]
    CreatedInFuture,
}
