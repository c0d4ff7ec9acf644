use crate::entropy::EntropyError;

/// Why there is no hash and no verdict. A wrong password is never the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HashingError {
    /// The pool's queue is full, or the job waited too long: try again in a moment.
    #[error("too many passwords wait to be hashed")]
    Overloaded,
    /// There was no randomness for a salt.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The list of refused passwords cannot be read; the log says why.
    #[error("the list of refused passwords cannot be read")]
    Blocklist,
    /// There was no memory for the hash, or the pool has stopped.
    #[error("hashing failed")]
    Failed,
}
