//! A list of passwords that nobody may choose, such as those that leaked elsewhere.

use std::error::Error;
use std::fmt;

/// The port to a list of refused passwords, wherever a service keeps it. It is asked on the threads of the pool, and may read
/// from a disk.
pub trait Blocklist: fmt::Debug + Send + Sync {
    /// Whether this text stands on the list, to the byte.
    ///
    /// # Errors
    /// [`BlocklistError`] when the list cannot be read. The password is then not accepted.
    fn find(&self, text: &str) -> Result<Listing, BlocklistError>;
}

/// What a list says of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// It stands on the list.
    Listed,
    /// It does not.
    Unlisted,
}

/// A list of refused passwords cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the list of refused passwords cannot be read")]
pub struct BlocklistError(#[source] Box<dyn Error + Send + Sync>);

impl BlocklistError {
    /// With what went wrong. It must hold nothing of a password.
    #[must_use]
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}
