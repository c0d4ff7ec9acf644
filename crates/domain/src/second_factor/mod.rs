//! The second factor: something that a user has, beside the password that they know.

use std::fmt;

use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::repository::{FactorUse, StoredFactors};

mod base32;
mod pending_log_in;
mod recovery_code;
mod rules;
mod sealed_secret;
mod totp;

pub use pending_log_in::PendingLogIn;
pub use recovery_code::{RecoveryCode, RecoveryCodeHash, RecoveryCodes};
pub use rules::{Requirement, SecondFactorRules};
pub(crate) use sealed_secret::Opened;
pub use sealed_secret::{SealedSecret, SealingKeys};
pub use totp::{ClockOffset, TotpSecret, TotpStep};

pub use crate::token::{PendingLogInHash, PendingLogInToken};

/// A code as it was typed: of an app, or a recovery code. `Debug` does not show it.
pub(crate) struct TypedCode {
    /// Text that may be six digits.
    digits: Zeroizing<String>,
    recovery_code: RecoveryCodeHash,
}

impl TypedCode {
    /// Reads it; spaces and dashes do not count.
    pub(crate) fn read(typed: &str) -> Self {
        let digits = Zeroizing::new(without_separators(typed).collect());
        Self { digits, recovery_code: RecoveryCodeHash::of_typed(typed) }
    }

    /// The factor that it proves, of these; takes as long for any code. `secret` is that of the user's app, if a key opens it.
    pub(crate) fn proves(
        &self,
        secret: Option<&TotpSecret>,
        factors: &StoredFactors,
        now: Timestamp,
    ) -> Option<FactorUse> {
        let step = secret.and_then(|secret| secret.step_of(&self.digits, now));
        let last_step = factors.totp.as_ref().map(|totp| totp.last_step);
        let by_app = step.filter(|step| last_step.is_some_and(|last| *step > last)).map(FactorUse::Totp);
        let known = factors.recovery_codes.iter().filter(|hash| **hash == self.recovery_code).count();
        by_app.or_else(|| (known > 0).then_some(FactorUse::RecoveryCode(self.recovery_code)))
    }

    /// The digits of an app's code.
    pub(crate) fn digits(&self) -> &str {
        &self.digits
    }
}

impl fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedCode([redacted])")
    }
}

/// The text typed as a code, without the spaces and dashes of any kind that people put between its characters.
fn without_separators(typed: &str) -> impl Iterator<Item = char> {
    typed.chars().filter(|char| !char.is_whitespace() && !matches!(char, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}'))
}
