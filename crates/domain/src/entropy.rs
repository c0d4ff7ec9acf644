//! The port to randomness.

/// Gives random bytes that no attacker can foresee, for tokens, salts and ids.
///
/// `system::OsEntropy` asks the operating system. Any other implementation must be a cryptographically secure generator
/// (NIST SP 800-63B-4 §5.1 asks for an approved one).
pub trait Entropy: Send + Sync {
    /// Fills the whole of `bytes`.
    ///
    /// # Errors
    /// [`EntropyError`] when there is no randomness; the use case that asked then fails, and changes nothing.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// The source of randomness failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the source of randomness failed")]
pub struct EntropyError;
