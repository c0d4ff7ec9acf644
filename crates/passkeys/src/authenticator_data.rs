//! The authenticator's data, which it signs in a proof (§6.1).

use doorward_domain::passkey::{Aaguid, Backup, RelyingParty, UnfitAnswer};
use ring::digest::{SHA256, digest};

/// The bits of the flags.
pub(crate) mod flag {
    pub(crate) const PRESENT: u8 = 1;
    pub(crate) const VERIFIED: u8 = 1 << 2;
    pub(crate) const BACKUP_ELIGIBLE: u8 = 1 << 3;
    pub(crate) const BACKED_UP: u8 = 1 << 4;
    pub(crate) const CREDENTIAL: u8 = 1 << 6;
    pub(crate) const EXTENSIONS: u8 = 1 << 7;
}

/// The authenticator's data of an answer, in which the user was present and verified.
pub(crate) struct AuthenticatorData<'a> {
    pub(crate) counter: u32,
    pub(crate) backup: Backup,
    has_credential: bool,
    /// A credential, extensions, a credential and then extensions, or nothing.
    rest: &'a [u8],
}

/// A new credential.
pub(crate) struct AttestedCredential<'a> {
    pub(crate) aaguid: Option<Aaguid>,
    pub(crate) id: &'a [u8],
    /// The public key in CBOR, and the extensions after it, if there are any. Only a parser of CBOR can tell where the key ends.
    pub(crate) key_and_extensions: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    pub(crate) fn parse(bytes: &'a [u8], site: &RelyingParty) -> Result<Self, UnfitAnswer> {
        let (site_hash, rest) = bytes.split_first_chunk::<32>().ok_or(UnfitAnswer::Malformed)?;
        let (&[flags], rest) = rest.split_first_chunk().ok_or(UnfitAnswer::Malformed)?;
        let (counter, rest) = rest.split_first_chunk().ok_or(UnfitAnswer::Malformed)?;
        let has = |bit| flags & bit != 0;
        // Something follows if and only if the flags say so.
        if rest.is_empty() == (has(flag::CREDENTIAL) || has(flag::EXTENSIONS)) {
            return Err(UnfitAnswer::Malformed);
        }
        // §7.1, step 14 and §7.2, step 15.
        if digest(&SHA256, site.id.as_bytes()).as_ref() != site_hash {
            return Err(UnfitAnswer::OtherSite);
        }
        // §7.1, step 15 and §7.2, step 16.
        if !has(flag::PRESENT) {
            return Err(UnfitAnswer::NotPresent);
        }
        // §7.1, step 16 and §7.2, step 17: it is always required.
        if !has(flag::VERIFIED) {
            return Err(UnfitAnswer::NotVerified);
        }
        // §7.1, step 17 and §7.2, step 18.
        let backup = match (has(flag::BACKUP_ELIGIBLE), has(flag::BACKED_UP)) {
            (false, false) => Backup::ThisDeviceOnly,
            (true, false) => Backup::Eligible,
            (true, true) => Backup::Synced,
            (false, true) => return Err(UnfitAnswer::UnfitBackup),
        };
        Ok(Self { counter: u32::from_be_bytes(*counter), backup, has_credential: has(flag::CREDENTIAL), rest })
    }

    /// Returns the credential (§6.5.1), which every answer to a request for one has to contain.
    pub(crate) fn credential(&self) -> Result<AttestedCredential<'a>, UnfitAnswer> {
        if !self.has_credential {
            return Err(UnfitAnswer::Malformed);
        }
        let (aaguid, rest) = self.rest.split_first_chunk().ok_or(UnfitAnswer::Malformed)?;
        let (length, rest) = rest.split_first_chunk().ok_or(UnfitAnswer::Malformed)?;
        let length = u16::from_be_bytes(*length).into();
        let (id, key_and_extensions) = rest.split_at_checked(length).ok_or(UnfitAnswer::Malformed)?;
        Ok(AttestedCredential { aaguid: Aaguid::from_bytes(*aaguid), id, key_and_extensions })
    }
}
