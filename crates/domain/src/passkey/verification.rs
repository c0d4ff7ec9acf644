use std::fmt;

use super::{Aaguid, Backup, Challenge, CredentialId, PublicKey, RelyingParty, Transports, UserHandle};

/// The port to whatever reads the answers of authenticators and verifies their signatures. It remembers nothing: whether a challenge is
/// ours and fresh, whose a credential is, and what its counter was, is the use cases' business. `doorward-passkeys` implements it.
///
/// An answer is the JSON of the browser's `PublicKeyCredential.toJSON()` (W3C Web Authentication Level 3 §5.1).
pub trait PasskeyVerifier: fmt::Debug + Send + Sync {
    /// Reads the answer to a request for a new credential: every step of §7.1 that needs no memory. The user was present and verified.
    /// Attestation proves nothing here: it is asked for as `none`, and not looked at.
    ///
    /// # Errors
    /// [`UnfitAnswer`].
    fn read_registration(&self, site: &RelyingParty, answer: &str) -> Result<Registration, UnfitAnswer>;

    /// Reads the answer to a request for a proof: every step of §7.2 that needs neither memory nor the key. The user was present and
    /// verified.
    ///
    /// # Errors
    /// [`UnfitAnswer`].
    fn read_assertion(&self, site: &RelyingParty, answer: &str) -> Result<Assertion, UnfitAnswer>;

    /// Whether the answer was signed with the private half of this key (§7.2, step 21).
    fn verify(&self, assertion: &Assertion, key: &PublicKey) -> Signature;
}

/// A credential that an authenticator has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The challenge that it answers.
    pub challenge: Challenge,
    /// Its id.
    pub credential_id: CredentialId,
    /// The public half of its key.
    pub public_key: PublicKey,
    /// How often it was used.
    pub counter: u32,
    /// Whether it is, or may be, on other devices too.
    pub backup: Backup,
    /// The model of the authenticator, where it says so.
    pub aaguid: Option<Aaguid>,
    /// How it is reached, as far as the browser says so.
    pub transports: Transports,
}

/// An authenticator's proof that somebody has a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// The challenge that it answers.
    pub challenge: Challenge,
    /// Which credential.
    pub credential_id: CredentialId,
    /// Whose it is, where the authenticator says so: it does where no credential was named to it.
    pub user_handle: Option<UserHandle>,
    /// How often the credential was used, this time included; 0 of an authenticator that does not count.
    pub counter: u32,
    /// Whether the credential is, or may be, on other devices too.
    pub backup: Backup,
    /// The bytes that were signed: the authenticator's data and the SHA-256 of the client's.
    pub signed: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

/// What a signature was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// The key's.
    Right,
    /// Not the key's.
    Wrong,
}

/// Why an answer is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnfitAnswer {
    /// It cannot be read, or its parts do not belong together.
    #[error("the answer cannot be read")]
    Malformed,
    /// It answers another kind of request.
    #[error("the answer is to another kind of request")]
    OtherCeremony,
    /// It was made on a page of another origin, or in a frame of one.
    #[error("the answer was made on another site's page")]
    OtherOrigin,
    /// The authenticator made it for another site.
    #[error("the answer is for another site")]
    OtherSite,
    /// Nobody touched the authenticator.
    #[error("nobody was present")]
    NotPresent,
    /// The authenticator did not find out who used it, by a PIN or a fingerprint.
    #[error("the authenticator did not verify its user")]
    NotVerified,
    /// The key is of an algorithm that was not asked for, or not one of its form.
    #[error("the key is of no algorithm that was asked for")]
    UnfitKey,
    /// It says that the credential is backed up and that it cannot be.
    #[error("the backup flags contradict each other")]
    UnfitBackup,
}
