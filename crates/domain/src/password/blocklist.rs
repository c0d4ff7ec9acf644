//! A list of passwords that no user may choose, such as those that leaked elsewhere.

use std::error::Error;
use std::fmt;

/// The port to a list of refused passwords, wherever a service keeps it. It is called on the threads of the pool, and may
/// read from a disk.
pub trait Blocklist: fmt::Debug + Send + Sync {
    /// Whether this text is on the list, byte for byte.
    ///
    /// # Errors
    /// [`BlocklistError`] when the list cannot be read. The password is then not accepted.
    fn find(&self, text: &str) -> Result<Listing, BlocklistError>;
}

/// Whether a password is on a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// It is on the list.
    Listed,
    /// It is not.
    Unlisted,
}

/// A list of refused passwords cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the list of refused passwords cannot be read")]
pub struct BlocklistError(#[source] Box<dyn Error + Send + Sync>);

impl BlocklistError {
    /// The error with its cause, which must hold nothing of a password.
    #[must_use]
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}
