//! Looks for passwords that the policy takes long to check, and compares the worst with the hash of a log-in.
//! `cargo bench -p doorward-domain --bench worst_password -- 2000` tries 2,000 changes of each beginning.

#![expect(clippy::unwrap_used, reason = "what cannot be measured ends the program")]
#![expect(clippy::print_stdout, reason = "the figures are what this is for")]

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use doorward_domain::entropy::Entropy as _;
use doorward_domain::password::{HashingCost, PoolConfig, WorkerPool};
use doorward_domain::system::OsEntropy;
use doorward_domain::{Password, PasswordHasher, PasswordPolicy, Username};
use pollster::block_on;

/// The alphabets of the search: what zxcvbn tries as letters, digits, letters, every character, and characters that become
/// two in lower case.
const ALPHABETS: [&str; 5] = [
    "4@8({[<369&1!|70$5+%2",
    "0123456789[",
    "the of and in a to was is i it at lil till tess qwerty password 1990",
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~",
    "İßﷺéạ̈½",
];

fn main() {
    let tries = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(300);
    let pool = WorkerPool::start(PoolConfig::for_workers(NonZeroUsize::MIN)).unwrap();
    let hasher = PasswordHasher::new(HashingCost::default(), pool);
    let usual = Password::parse("seven quiet lanterns").unwrap();
    let hash = fastest_of(20, || assert!(block_on(hasher.verify(Some(&usual), None)).is_ok()));
    println!("the hash of a log-in: {:.2} ms", millis(hash));
    println!("a usual password: {:.2} ms", millis(judging(&usual, 20)));
    println!("| characters | at random, ms | the worst found, ms | of a hash | |\n| --- | --- | --- | --- | --- |");
    for alphabet in ALPHABETS {
        let alphabet: Vec<char> = alphabet.chars().collect();
        for length in [15, 24, 40, 64, 1_000] {
            let random: Vec<char> = (0..length).map(|_| drawn_from(&alphabet)).collect();
            let Some(first) = cost(&random) else { continue };
            let (mut worst, mut worst_cost) = (random, first);
            for _ in 0..tries {
                let mut changed = worst.clone();
                for _ in 0..=number_below(3) {
                    *changed.get_mut(number_below(length)).unwrap() = drawn_from(&alphabet);
                }
                if let Some(changed_cost) = cost(&changed).filter(|&cost| cost > worst_cost) {
                    (worst, worst_cost) = (changed, changed_cost);
                }
            }
            // It is measured once more, as the machine may have been busy at the first measurement.
            let worst_cost = cost(&worst).unwrap();
            let (first, worst_ms) = (millis(first), millis(worst_cost));
            let beginning: String = worst.iter().take(40).collect();
            println!("| {length} | {first:.2} | {worst_ms:.2} | {:.2} | {beginning} |", worst_ms / millis(hash));
        }
    }
}

/// The time that the policy takes; `None` if this cannot be a password.
fn cost(typed: &[char]) -> Option<Duration> {
    let password = Password::parse(&typed.iter().collect::<String>()).ok()?;
    Some(judging(&password, 3))
}

fn judging(password: &Password, rounds: u32) -> Duration {
    let (policy, username) = (PasswordPolicy::new(15, "Notes"), Username::parse(&"a.b-".repeat(16)).unwrap());
    fastest_of(rounds, || drop(policy.check(password, Some(&username))))
}

fn fastest_of(rounds: u32, mut work: impl FnMut()) -> Duration {
    let time = |_| {
        let begun = Instant::now();
        work();
        begun.elapsed()
    };
    (0..rounds).map(time).min().unwrap()
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

fn drawn_from(alphabet: &[char]) -> char {
    *alphabet.get(number_below(alphabet.len())).unwrap()
}

fn number_below(limit: usize) -> usize {
    let mut bytes = [0; 4];
    OsEntropy.fill(&mut bytes).unwrap();
    usize::try_from(u32::from_le_bytes(bytes)).unwrap() % limit
}
