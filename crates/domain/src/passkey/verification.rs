use std::fmt;

use super::{Aaguid, Backup, Challenge, CredentialId, PublicKey, RelyingParty, Transports, UserHandle};

/// The port to an implementation that reads the answers of authenticators and verifies their signatures. It keeps no state: the use
/// cases check whether a challenge is ours and fresh, whose a credential is, and what its counter was. `doorward-passkeys` implements
/// it.
///
/// An answer is the JSON of the browser's `PublicKeyCredential.toJSON()` (W3C Web Authentication Level 3 §5.1).
pub trait PasskeyVerifier: fmt::Debug + Send + Sync {
    /// Reads the answer to a request for a new credential: every step of §7.1 that needs no state. The user was present and verified.
    /// Attestation proves nothing here: it is asked for as `none`, and not looked at.
    ///
    /// # Errors
    /// [`UnfitAnswer`].
    fn read_registration(&self, site: &RelyingParty, answer: &str) -> Result<Registration, UnfitAnswer>;

    /// Reads the answer to a request for a proof: every step of §7.2 that needs neither state nor the key. The user was present and
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
    /// The model of the authenticator, if it says so.
    pub aaguid: Option<Aaguid>,
    /// How it is reached, as far as the browser says so.
    pub transports: Transports,
}

/// An authenticator's proof that a user has a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// The challenge that it answers.
    pub challenge: Challenge,
    /// The id of the credential.
    pub credential_id: CredentialId,
    /// The handle of its user, if the authenticator tells it: it does if the request named no credential.
    pub user_handle: Option<UserHandle>,
    /// How often the credential was used, this time included; 0 if the authenticator does not count.
    pub counter: u32,
    /// Whether the credential is, or may be, on other devices too.
    pub backup: Backup,
    /// The bytes that were signed: the authenticator's data and the SHA-256 of the client's.
    pub signed: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

/// The result of a signature's verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// It was made with the key.
    Right,
    /// It was not made with the key.
    Wrong,
}

/// Why an answer is not accepted.
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
    /// No user touched the authenticator.
    #[error("the user was not present")]
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
