//! Hashing and verifying passwords, at one cost for every failure.

use std::error::Error as _;

use argon2::password_hash::phc;
use argon2::{Algorithm, Version};
use zeroize::Zeroizing;

use super::error::HashingError;
use super::hash::{self, HashingCost, OUTPUT_BYTES, PasswordHash, SALT_BYTES, StoredArgon2, StoredHash};
use super::pepper::Peppers;
use super::policy::{Password, PasswordError, PasswordPolicy};
use super::pool::{Argon2Input, Lane, PoolStats, Worker, WorkerPool};
use crate::entropy::Entropy;
use crate::username::Username;

/// The algorithm and version of new hashes.
const CURRENT: (Algorithm, Version) = (Algorithm::Argon2id, Version::V0x13);

/// Hashes passwords with Argon2id (RFC 9106) on a pool of threads.
#[derive(Debug)]
pub struct PasswordHasher {
    cost: HashingCost,
    peppers: Peppers,
    pool: WorkerPool,
}

impl PasswordHasher {
    /// A hasher whose new hashes cost `cost` and have no pepper.
    #[must_use]
    pub fn new(cost: HashingCost, pool: WorkerPool) -> Self {
        Self { cost, peppers: Peppers::default(), pool }
    }

    /// The same with peppers.
    #[must_use]
    pub fn with_peppers(self, peppers: Peppers) -> Self {
        Self { peppers, ..self }
    }

    /// The pool's statistics since its start.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        self.pool.stats()
    }

    /// Judges a new password by the policy, on the pool, where no log-in waits for it: the estimate takes milliseconds, and a list of
    /// refused passwords may be on a disk.
    ///
    /// # Errors
    /// [`HashingError`] when the pool gave no answer; the inner error is the policy's.
    pub async fn assess(
        &self,
        policy: &PasswordPolicy,
        password: &Password,
        username: Option<&Username>,
    ) -> Result<Result<(), PasswordError>, HashingError> {
        let (policy, password, username) = (policy.clone(), password.clone(), username.cloned());
        let judged = self.pool.run(Lane::NewPassword, move |_| policy.judge(&password, username.as_ref())).await?;
        judged.map_err(|error| {
            tracing::error!(%error, cause = error.source().map(tracing::field::display), "no new password can be accepted");
            HashingError::Blocklist
        })
    }

    /// Hashes a new password with a salt of its own. No log-in waits for it.
    ///
    /// # Errors
    /// [`HashingError`] when the pool gave no answer or there was no randomness for the salt.
    pub async fn hash(&self, password: &Password, entropy: &impl Entropy) -> Result<PasswordHash, HashingError> {
        self.hash_in(Lane::NewPassword, password, entropy).await
    }

    /// Hashes a password that was just verified once more, with a salt of its own, as a part of its log-in.
    ///
    /// # Errors
    /// [`HashingError`] when the pool gave no answer or there was no randomness for the salt.
    pub async fn hash_anew(&self, password: &Password, entropy: &impl Entropy) -> Result<PasswordHash, HashingError> {
        self.hash_in(Lane::Verification, password, entropy).await
    }

    async fn hash_in(
        &self,
        lane: Lane,
        password: &Password,
        entropy: &impl Entropy,
    ) -> Result<PasswordHash, HashingError> {
        let (cost, pepper, password) = (self.cost, self.peppers.current().cloned(), password.clone());
        let mut salt = [0; SALT_BYTES];
        entropy.fill(&mut salt)?;
        self.pool
            .run(lane, move |worker| {
                let mut output = Zeroizing::new([0; OUTPUT_BYTES]);
                let input =
                    Argon2Input { password: password.expose_secret().as_bytes(), salt: &salt, pepper: pepper.as_ref() };
                worker.argon2(CURRENT, cost, input, output.as_mut())?;
                hash::to_phc(cost, pepper.as_ref(), salt, output.as_ref())
            })
            .await?
            .ok_or(HashingError::Failed)
    }

    /// Verifies a password against a stored hash. It computes exactly one hash in any case: without a password, without
    /// a stored hash, or with one that does not parse or asks for too much, a dummy with the current cost stands in,
    /// and the verdict is [`Verdict::Wrong`] or [`Verdict::Unreadable`].
    ///
    /// # Errors
    /// [`HashingError`] when the pool gave no answer.
    pub async fn verify(
        &self,
        password: Option<&Password>,
        stored: Option<&PasswordHash>,
    ) -> Result<Verdict, HashingError> {
        let (cost, peppers) = (self.cost, self.peppers.clone());
        let (password, stored) = (password.cloned(), stored.cloned());
        self.pool
            .run(Lane::Verification, move |worker| judge(worker, cost, &peppers, password.as_ref(), stored.as_ref()))
            .await?
    }
}

fn judge(
    worker: &mut Worker,
    current: HashingCost,
    peppers: &Peppers,
    password: Option<&Password>,
    stored: Option<&PasswordHash>,
) -> Result<Verdict, HashingError> {
    let secret = password.map_or(&[][..], |password| password.expose_secret().as_bytes());
    let readable = stored.and_then(PasswordHash::read).filter(|hash| has_its_pepper(hash, peppers));
    let (Some(readable), Some(_)) = (readable, password) else {
        let mut dummy = Zeroizing::new([0; OUTPUT_BYTES]);
        let input = Argon2Input { password: secret, salt: &[0; SALT_BYTES], pepper: peppers.current() };
        worker.argon2(CURRENT, current, input, dummy.as_mut()).ok_or(HashingError::Failed)?;
        let is_unreadable = stored.is_some() && password.is_some();
        return Ok(if is_unreadable { Verdict::Unreadable } else { Verdict::Wrong });
    };
    let (is_right, is_stale) = match readable {
        StoredHash::Argon2(stored) => {
            (is_of_argon2(worker, peppers, secret, &stored)?, stored.is_stale(current, peppers))
        }
        #[cfg(feature = "legacy-hashes")]
        StoredHash::Legacy(stored) => (worker.legacy(&stored, secret).ok_or(HashingError::Failed)?, true),
    };
    worker.shrink_to(current);
    Ok(match is_right {
        false => Verdict::Wrong,
        true if is_stale => Verdict::RightButStale,
        true => Verdict::Right,
    })
}

/// Whether the pepper that went into a hash, if one did, is known here.
fn has_its_pepper(hash: &StoredHash, peppers: &Peppers) -> bool {
    match hash {
        StoredHash::Argon2(stored) => stored.pepper_version.is_none_or(|version| peppers.find(version).is_some()),
        #[cfg(feature = "legacy-hashes")]
        StoredHash::Legacy(_) => true,
    }
}

fn is_of_argon2(
    worker: &mut Worker,
    peppers: &Peppers,
    secret: &[u8],
    stored: &StoredArgon2,
) -> Result<bool, HashingError> {
    let mut output = Zeroizing::new([0; phc::Output::MAX_LENGTH]);
    let output = output.get_mut(..stored.output.len()).ok_or(HashingError::Failed)?;
    let kind = (stored.algorithm, stored.version);
    let pepper = stored.pepper_version.and_then(|version| peppers.find(version));
    let input = Argon2Input { password: secret, salt: stored.salt.as_ref(), pepper };
    worker.argon2(kind, stored.cost, input, output).ok_or(HashingError::Failed)?;
    // `phc::Output` compares in constant time.
    Ok(phc::Output::new(output).is_ok_and(|output| output == stored.output))
}

/// The outcome of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The password is not the one that was hashed, or there was nothing to compare.
    Wrong,
    /// The password is right.
    Right,
    /// The stored hash cannot be read, costs more than its ceiling, or has a pepper that is not known here; it is
    /// unknown whether the password is right.
    Unreadable,
    /// The password is right, and its hash was made with other parameters than new ones are: hash it again.
    RightButStale,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use pollster::block_on;

    use super::*;
    use crate::entropy::EntropyError;
    use crate::password::{Blocklist, BlocklistError, Listing, Pepper, Weakness};
    use crate::testing::{NoEntropy, SeededEntropy, cheap_hasher};

    fn password(typed: &str) -> Password {
        Password::parse(typed).unwrap()
    }

    fn verify(hasher: &PasswordHasher, typed: &str, stored: &str) -> Verdict {
        block_on(hasher.verify(Some(&password(typed)), Some(&PasswordHash::from_stored(stored)))).unwrap()
    }

    #[test]
    fn a_hashed_password_verifies_and_no_other_does() {
        let hasher = cheap_hasher();
        let right = "a".repeat(1000);
        let hash = block_on(hasher.hash(&password(&right), &SeededEntropy::default())).unwrap();
        assert_eq!(verify(&hasher, &right, hash.expose_secret()), Verdict::Right);
        for position in [0, 14, 63, 71, 72, 127, 999] {
            let mut wrong = right.clone();
            wrong.replace_range(position..=position, "b");
            assert_eq!(verify(&hasher, &wrong, hash.expose_secret()), Verdict::Wrong, "at {position}");
        }
        for wrong in [right.to_uppercase(), format!("{right} "), format!(" {right}"), right[1..].to_owned()] {
            assert_eq!(verify(&hasher, &wrong, hash.expose_secret()), Verdict::Wrong);
        }
    }

    #[test]
    fn two_hashes_of_one_password_differ() {
        let (hasher, entropy) = (cheap_hasher(), SeededEntropy::default());
        let one = block_on(hasher.hash(&password("seven quiet lanterns"), &entropy)).unwrap();
        let two = block_on(hasher.hash(&password("seven quiet lanterns"), &entropy)).unwrap();
        assert_ne!(one, two);
    }

    /// From the reference implementation of RFC 9106 (its command `argon2`, version 20190702).
    #[test]
    fn a_hash_made_elsewhere_verifies_and_is_stale() {
        let elsewhere = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let hasher = cheap_hasher();
        assert_eq!(verify(&hasher, "password", elsewhere), Verdict::RightButStale);
        assert_eq!(verify(&hasher, "Password", elsewhere), Verdict::Wrong);
    }

    #[test]
    fn every_verification_costs_exactly_one_hash() {
        let hasher = cheap_hasher();
        let right = password("seven quiet lanterns");
        let hash = block_on(hasher.hash(&right, &SeededEntropy::default())).unwrap();
        let absurd = PasswordHash::from_stored(hash.expose_secret().replace("p=1", "p=4294967295"));
        let damaged = PasswordHash::from_stored("not a hash");
        let wrong = password("eight loud lanterns");
        for (password, stored, verdict) in [
            (Some(&right), Some(&hash), Verdict::Right),
            (Some(&wrong), Some(&hash), Verdict::Wrong),
            (Some(&right), Some(&absurd), Verdict::Unreadable),
            (Some(&right), Some(&damaged), Verdict::Unreadable),
            (Some(&right), None, Verdict::Wrong),
            (None, Some(&hash), Verdict::Wrong),
            (None, None, Verdict::Wrong),
        ] {
            let before = hasher.stats().hashes;
            assert_eq!(block_on(hasher.verify(password, stored)), Ok(verdict));
            assert_eq!(hasher.stats().hashes - before, 1);
        }
    }

    fn peppers(current: Option<u32>, former: &[u32]) -> Peppers {
        let pepper = |version: u32| Pepper::new(version, format!("the secret of version {version}")).unwrap();
        Peppers::new(current.map(pepper), former.iter().copied().map(pepper).collect()).unwrap()
    }

    #[test]
    fn a_peppered_hash_verifies_with_its_pepper_alone() {
        let hasher = |peppers| cheap_hasher().with_peppers(peppers);
        let right = password("seven quiet lanterns");
        let hash = block_on(hasher(peppers(Some(1), &[])).hash(&right, &SeededEntropy::default())).unwrap();
        let other_secret = Peppers::new(Some(Pepper::new(1, *b"not the secret of it").unwrap()), Vec::new()).unwrap();
        for (peppers, verdict) in [
            (peppers(Some(1), &[]), Verdict::Right),
            (peppers(Some(2), &[1]), Verdict::RightButStale),
            (peppers(None, &[1]), Verdict::RightButStale),
            (peppers(Some(2), &[]), Verdict::Unreadable),
            (peppers(None, &[]), Verdict::Unreadable),
            (other_secret, Verdict::Wrong),
        ] {
            assert_eq!(verify(&hasher(peppers), "seven quiet lanterns", hash.expose_secret()), verdict);
        }
        let without_its_name = hash.expose_secret().replace(",keyid=AAAAAQ", "");
        assert_eq!(verify(&hasher(peppers(Some(1), &[])), "seven quiet lanterns", &without_its_name), Verdict::Wrong);
        assert_eq!(verify(&cheap_hasher(), "seven quiet lanterns", &without_its_name), Verdict::Wrong);
    }

    #[test]
    fn a_hash_without_a_pepper_verifies_and_is_stale_once_there_is_one() {
        let right = password("seven quiet lanterns");
        let hash = block_on(cheap_hasher().hash(&right, &SeededEntropy::default())).unwrap();
        let hasher = cheap_hasher().with_peppers(peppers(Some(1), &[]));
        assert_eq!(verify(&hasher, "seven quiet lanterns", hash.expose_secret()), Verdict::RightButStale);
        assert_eq!(verify(&hasher, "eight loud lanterns", hash.expose_secret()), Verdict::Wrong);
        assert_eq!(hasher.stats().hashes, 2);
    }

    #[test]
    fn without_randomness_nothing_is_hashed() {
        let refusal = block_on(cheap_hasher().hash(&password("seven quiet lanterns"), &NoEntropy));
        assert_eq!(refusal, Err(HashingError::Entropy(EntropyError)));
    }

    /// Holds `seven quiet lanterns`, and breaks at `broken`.
    #[derive(Debug)]
    struct OneLine;

    impl Blocklist for OneLine {
        fn find(&self, text: &str) -> Result<Listing, BlocklistError> {
            match text {
                "seven quiet lanterns" => Ok(Listing::Listed),
                text if text.contains("broken") => Err(BlocklistError::new("the disk is gone")),
                _ => Ok(Listing::Unlisted),
            }
        }
    }

    #[test]
    fn a_password_on_the_list_is_refused_as_typed_and_in_lower_case() {
        let (hasher, policy) = (cheap_hasher(), PasswordPolicy::new(15, "Notes").with_blocklist(Arc::new(OneLine)));
        let assess = |typed| block_on(hasher.assess(&policy, &password(typed), None));
        for typed in ["seven quiet lanterns", "Seven Quiet LANTERNS"] {
            assert_eq!(assess(typed), Ok(Err(PasswordError::TooGuessable(Weakness::Listed))), "{typed}");
        }
        assert_eq!(assess("seven quiet lanterns!"), Ok(Ok(())));
        assert_eq!(assess("passwordpassword"), Ok(Err(PasswordError::TooGuessable(Weakness::CommonWords))));
    }

    #[test]
    fn a_list_that_cannot_be_read_lets_no_password_pass() {
        let (hasher, policy) = (cheap_hasher(), PasswordPolicy::new(15, "Notes").with_blocklist(Arc::new(OneLine)));
        let judged = block_on(hasher.assess(&policy, &password("seven broken lanterns"), None));
        assert_eq!(judged, Err(HashingError::Blocklist));
    }

    #[test]
    fn a_new_password_is_assessed_on_the_pool_without_a_hash() {
        let (hasher, policy) = (cheap_hasher(), PasswordPolicy::new(15, "Notes"));
        assert_eq!(block_on(hasher.assess(&policy, &password("seven quiet lanterns"), None)), Ok(Ok(())));
        let too_short = PasswordError::TooShort { min_chars: 15 };
        assert_eq!(block_on(hasher.assess(&policy, &password("short"), None)), Ok(Err(too_short)));
        assert_eq!(hasher.stats().hashes, 0);
    }
}
