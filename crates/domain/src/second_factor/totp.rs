//! The codes of an authenticator app (TOTP, RFC 6238): HMAC-SHA-1, 30 seconds, 6 digits, which is what every app takes.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;
use zeroize::Zeroizing;

use super::base32;
use crate::clock::Timestamp;
use crate::entropy::{Entropy, EntropyError};

/// The secret that an authenticator app shares with the service: 160 random bits (RFC 4226 §4 R6; OWASP ASVS 5.0 §6.5.3 asks for
/// 112). `Debug` shows nothing, and the memory is wiped when it is dropped.
#[derive(Clone)]
pub struct TotpSecret(Zeroizing<[u8; Self::BYTES]>);

/// Which period of 30 seconds a code is for, counted from 1970-01-01 00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TotpStep(i64);

impl TotpStep {
    /// Seconds that a code stands on the display (RFC 6238 §5.2 recommends 30).
    pub const SECONDS: i64 = 30;

    /// How many steps before and after the present one count: one, for clocks that differ and people who type slowly (RFC 6238 §5.2).
    pub const TOLERANCE: i64 = 1;

    /// The most steps that a clock may be off for [`ClockOffset`] to say so: ten minutes.
    pub const MOST_OFF: i64 = 20;

    /// The step at this time.
    #[must_use]
    pub const fn at(time: Timestamp) -> Self {
        Self(time.as_unix_micros().div_euclid(1_000_000 * Self::SECONDS))
    }

    /// The number to store.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The step with this number.
    #[must_use]
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    const fn plus(self, steps: i64) -> Self {
        Self(self.0.saturating_add(steps))
    }
}

/// How far the clock of a user's device is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockOffset {
    /// The device's clock is this many minutes ahead, at least one.
    Ahead(u32),
    /// The device's clock is this many minutes behind, at least one.
    Behind(u32),
}

/// The characters that an `otpauth` address keeps as they are; all others are percent-encoded.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl TotpSecret {
    /// Bytes of a secret.
    pub const BYTES: usize = 20;

    /// Digits of a code.
    pub const DIGITS: usize = 6;

    /// Draws a new one.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn generate(entropy: &impl Entropy) -> Result<Self, EntropyError> {
        let mut secret = Self(Zeroizing::new([0; Self::BYTES]));
        entropy.fill(secret.0.as_mut())?;
        Ok(secret)
    }

    /// Reads the text that [`expose_secret`](Self::expose_secret) or [`in_groups`](Self::in_groups) made.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: Zeroizing<String> = Zeroizing::new(text.chars().filter(|char| *char != ' ').collect());
        base32::decode(&text).map(Self)
    }

    /// The secret as people type it into an app: 32 characters of base32. Show it once, to its owner, and put it nowhere else.
    #[must_use]
    pub fn expose_secret(&self) -> String {
        base32::encode(&*self.0)
    }

    /// The same in groups of four, for people to read.
    #[must_use]
    pub fn in_groups(&self) -> String {
        base32::in_groups(&Zeroizing::new(self.expose_secret()), ' ')
    }

    /// The address that a QR code holds, and that an app opens: `otpauth://totp/…`. The algorithm, the digits and the period are
    /// left out, as they are the usual ones, and some apps choke on them. A `:` in the name of the service becomes a space, as it
    /// divides the two names there.
    ///
    /// ```
    /// use doorward_domain::second_factor::TotpSecret;
    ///
    /// let secret = TotpSecret::parse("JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP").unwrap();
    /// assert_eq!(
    ///     secret.url("Notes & Co", "ada+1@example.org"),
    ///     "otpauth://totp/Notes%20%26%20Co:ada%2B1%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Notes%20%26%20Co"
    /// );
    /// ```
    #[must_use]
    pub fn url(&self, issuer: &str, account: &str) -> String {
        let issuer = issuer.replace(':', " ");
        let issuer = utf8_percent_encode(issuer.trim(), KEPT);
        let account = utf8_percent_encode(account, KEPT);
        format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", self.expose_secret())
    }

    /// The six digits of this step.
    #[must_use]
    pub fn code(&self, step: TotpStep) -> String {
        format!("{:06}", self.number(step))
    }

    /// RFC 4226 §5.3.
    fn number(&self, TotpStep(step): TotpStep) -> u32 {
        let mac = Hmac::<Sha1>::new_from_slice(&*self.0).map(|mac| mac.chain_update(step.to_be_bytes()));
        let digest: [u8; 20] = mac.map(|mac| mac.finalize().into_bytes().into()).unwrap_or_default();
        let offset = usize::from(digest.last().copied().unwrap_or_default() & 15);
        let four = digest.get(offset..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
        (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
    }

    /// The step whose code this is, of those that count at this time. Takes as long for every step, and if there is none.
    #[must_use]
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<TotpStep> {
        self.find(code, now, TotpStep::TOLERANCE)
    }

    /// How far the clock of a device that shows this code now is off: for the set-up, when the secret protects nothing yet.
    #[must_use]
    pub fn clock_offset(&self, code: &str, now: Timestamp) -> Option<ClockOffset> {
        let found = self.find(code, now, TotpStep::MOST_OFF)?;
        let steps = found.0 - TotpStep::at(now).0;
        let minutes = (steps.unsigned_abs() * TotpStep::SECONDS.unsigned_abs()).div_ceil(60);
        let minutes = u32::try_from(minutes).unwrap_or(u32::MAX).max(1);
        Some(if steps > 0 { ClockOffset::Ahead(minutes) } else { ClockOffset::Behind(minutes) })
    }

    /// The step with this code that is nearest to now, at most `most` steps away.
    fn find(&self, code: &str, now: Timestamp, most: i64) -> Option<TotpStep> {
        let is_code = code.len() == Self::DIGITS && code.bytes().all(|digit| digit.is_ascii_digit());
        let typed = code.parse().ok().filter(|_| is_code).unwrap_or(u32::MAX);
        let steps = (-most..=most).map(|steps| (steps, TotpStep::at(now).plus(steps)));
        // Every step is computed, so that the time tells nothing of the code.
        let found = steps.filter(|(_, step)| self.number(*step) == typed);
        found.min_by_key(|(steps, _)| steps.abs()).map(|(_, step)| step)
    }

    pub(super) fn from_bytes(bytes: Zeroizing<[u8; Self::BYTES]>) -> Self {
        Self(bytes)
    }

    pub(super) fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::testing::SeededEntropy;

    /// The secret of RFC 6238, appendix B.
    fn of_the_rfc() -> TotpSecret {
        TotpSecret(Zeroizing::new(*b"12345678901234567890"))
    }

    fn seconds(seconds: i64) -> Timestamp {
        Timestamp::from_unix_micros(seconds * 1_000_000)
    }

    #[test]
    fn the_vectors_of_the_rfc_are_right() {
        // Appendix B has eight digits, of which ours are the last six.
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(of_the_rfc().code(TotpStep::at(seconds(time))), code, "{time}");
        }
    }

    #[test]
    fn a_code_counts_in_its_step_and_in_the_steps_beside_it() {
        let secret = of_the_rfc();
        // The first second of a step.
        let step = TotpStep::at(seconds(1_111_111_080));
        let code = secret.code(step);
        for (after, counts) in [(-31, false), (-30, true), (-1, true), (0, true), (29, true), (59, true), (60, false)] {
            let now = seconds(1_111_111_080 + after);
            assert_eq!(secret.step_of(&code, now), counts.then_some(step), "{after}");
        }
    }

    #[test]
    fn text_that_is_not_six_digits_is_no_code() {
        let (secret, now) = (of_the_rfc(), seconds(59));
        for code in ["", "28708", "2870822", " 287082", "287082 ", "２８７０８２", "+87082", "-87082", "28708a"] {
            assert_eq!(secret.step_of(code, now), None, "{code}");
        }
    }

    #[test]
    fn a_clock_that_is_off_is_measured_in_minutes_and_up_to_ten() {
        let (secret, now) = (of_the_rfc(), seconds(1_111_111_109));
        let offset = |steps| secret.clock_offset(&secret.code(TotpStep::at(now).plus(steps)), now);
        for (steps, expected) in [
            (2, Some(ClockOffset::Ahead(1))),
            (-2, Some(ClockOffset::Behind(1))),
            (3, Some(ClockOffset::Ahead(2))),
            (20, Some(ClockOffset::Ahead(10))),
            (-20, Some(ClockOffset::Behind(10))),
            (21, None),
            (-21, None),
        ] {
            assert_eq!(offset(steps), expected, "{steps}");
        }
    }

    #[test]
    fn the_address_for_apps_has_both_names_and_no_more_than_it_needs() {
        let secret = of_the_rfc();
        let url = secret.url("Notes: at home", "Ádá Lovelace");
        let secret = secret.expose_secret();
        let issuer = "Notes%20%20at%20home";
        assert_eq!(url, format!("otpauth://totp/{issuer}:%C3%81d%C3%A1%20Lovelace?secret={secret}&issuer={issuer}"));
    }

    #[test]
    fn a_secret_is_read_as_it_is_shown_and_debug_shows_none() {
        let secret = TotpSecret::generate(&SeededEntropy::default()).unwrap();
        assert_eq!(secret.in_groups().len(), 39);
        for text in [secret.expose_secret(), secret.in_groups(), secret.expose_secret().to_lowercase()] {
            assert_eq!(TotpSecret::parse(&text).unwrap().as_bytes(), secret.as_bytes());
        }
        assert_eq!(format!("{secret:?}"), "TotpSecret([redacted])");
    }

    proptest! {
        #[test]
        fn every_code_is_found_in_its_own_step(bytes: [u8; 20], at in 0_i64..4_000_000_000) {
            let (secret, now) = (TotpSecret(Zeroizing::new(bytes)), seconds(at));
            let step = TotpStep::at(now);
            prop_assert_eq!(secret.step_of(&secret.code(step), now), Some(step));
        }

        #[test]
        fn no_code_and_no_time_make_it_panic(code in ".{0,12}", at: i64) {
            let (secret, now) = (of_the_rfc(), Timestamp::from_unix_micros(at));
            if let Some(step) = secret.step_of(&code, now) {
                prop_assert_eq!(secret.code(step), code);
            }
            let _any = secret.clock_offset("123456", now.plus(Duration::from_secs(1)));
        }
    }
}
