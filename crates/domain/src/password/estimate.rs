//! How many guesses a password takes, by zxcvbn, at a bounded cost for any input.
//!
//! zxcvbn looks up every part of its input in its dictionaries, once for each way in which symbols and digits can stand for
//! letters: 1,000 characters out of `4@8({[<369&1!|70$5+%2` took it as long as 26 log-ins. So it never sees the typed text,
//! but short pieces of it ([`WINDOW`]), each in the ways in which a user may mean it ([`Reading`]), without the symbols that
//! zxcvbn would have to find a meaning for.

use zxcvbn::{Entropy, Score, zxcvbn};

use super::reading::Reading;

/// The most characters that are estimated at once. The cost grows with their third power; 40 hold seven words, or a
/// random text that takes 10⁴⁰ guesses. Two windows in all readings cost less than half of what a log-in's hash costs:
/// `cargo bench -p doorward-domain --bench worst_password`.
const WINDOW: usize = 40;

/// The estimate of a password, with `hints` among the words that an attacker tries first. A password is as hard to guess as
/// the harder of its two ends, each of at most [`WINDOW`] characters: a hard part is no easier with more text around it. An
/// end is as easy to guess as its easiest reading.
pub(super) fn estimate(password: &str, hints: &[&str]) -> Entropy {
    let chars: Vec<char> = password.chars().collect();
    let beginning = chars.get(..WINDOW).unwrap_or(&chars);
    let estimated = estimate_window(beginning, hints);
    if estimated.score() >= Score::Three || chars.len() == beginning.len() {
        return estimated;
    }
    let end = chars.get(chars.len() - WINDOW..).unwrap_or(&chars);
    let estimated_end = estimate_window(end, hints);
    if estimated_end.score() >= Score::Three { estimated_end } else { estimated }
}

fn estimate_window(window: &[char], hints: &[&str]) -> Entropy {
    let read = |reading: Reading| window.iter().map(|&c| reading.of(c)).collect::<String>();
    let [unshifted, spelled, spelled_with_l] = Reading::ALL.map(read);
    let mut easiest = zxcvbn(&unshifted, hints);
    // If nothing stands for a letter, all readings are alike, and if nothing is ambiguous, two of them are.
    let is_another = |reading: &String| *reading != unshifted;
    let others = [Some(&spelled), Some(&spelled_with_l).filter(|with_l| **with_l != spelled)];
    for other in others.into_iter().flatten().filter(|reading| is_another(reading)) {
        let estimated = zxcvbn(other, hints);
        if estimated.guesses() < easiest.guesses() {
            easiest = estimated;
        }
    }
    easiest
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::time::{Duration, Instant};

    use pollster::block_on;

    use super::*;
    use crate::password::{HashingCost, Password, PasswordHasher, PasswordPolicy, PoolConfig, WorkerPool};
    use crate::username::Username;

    /// The characters that zxcvbn 3.1 tries as letters.
    const LEET: &str = "4@8({[<369&1!|70$5+%2";

    fn fastest_of(rounds: u32, mut work: impl FnMut()) -> Duration {
        let time = |_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        };
        (0..rounds).map(time).min().unwrap()
    }

    #[test]
    fn judging_costs_no_more_than_the_hash_of_a_log_in_whatever_is_typed() {
        let pool = WorkerPool::start(PoolConfig::for_workers(NonZeroUsize::MIN)).unwrap();
        let hasher = PasswordHasher::new(HashingCost::default(), pool);
        let password = Password::parse("seven quiet lanterns").unwrap();
        let hash = fastest_of(5, || assert!(block_on(hasher.verify(Some(&password), None)).is_ok()));
        let policy = PasswordPolicy::new(15, "Notes");
        let username = Username::parse(&"a.b-".repeat(16)).unwrap();
        let leet = LEET.repeat(50);
        let words = "is{+-+5[6<8@!`l[(27$1+95|0{4%[3&".repeat(32);
        for typed in [
            &leet[..1_000],
            &words[..1_024],
            &leet.chars().rev().cycle().step_by(8).take(1_000).collect::<String>(),
            &"a".repeat(1_024),
            &"1".repeat(1_024),
            &"7923[29333[5023150[70[[9989287428461031".repeat(25),
            &"İ".repeat(512),
            &"🐢".repeat(256),
        ] {
            let password = Password::parse(typed).unwrap();
            let judged = fastest_of(5, || drop(policy.check(&password, Some(&username))));
            assert!(judged < hash, "{judged:?} for {typed}, {hash:?} for a hash");
        }
    }

    #[test]
    fn a_password_is_as_hard_as_the_harder_of_its_ends() {
        for typed in [
            format!("{}{}", "a".repeat(200), "xkvq zolt murp wendy"),
            format!("{}{}", "xkvq zolt murp wendy", "a".repeat(200)),
        ] {
            assert!(estimate(&typed, &[]).score() >= Score::Three, "{typed}");
        }
        assert!(estimate(&"a".repeat(200), &[]).score() < Score::Three);
    }

    #[test]
    fn digits_and_symbols_are_read_as_letters_and_as_keys() {
        for typed in ["p@$$w0rdp@$$w0rd", "!@#$%^&*()!@#$%^&*()", "{}{}{}{}{}{}{}{}"] {
            assert!(estimate(typed, &[]).score() < Score::Three, "{typed}");
        }
        assert!(estimate("!|ght!ng!|ght!ng", &["lighting"]).score() < Score::Three);
    }
}
