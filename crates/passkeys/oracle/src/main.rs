//! Compares the verdicts of `doorward-passkeys` and webauthn-rs: every answer of Chromium's virtual authenticator that was
//! recorded, every kind of answer of the soft authenticator, and changes of them all. A difference that is not listed with its
//! reason is a failure, and so is a listed one that no longer occurs.
//!
//! The checks of the use cases are repeated here in the simplest form: the challenge, the owner of the credential, its backup flags,
//! its counter.

mod cases;
mod known;
mod verdicts;

use std::collections::BTreeMap;
use std::process::ExitCode;

use crate::known::{Difference, KNOWN};

fn main() -> ExitCode {
    let mut labels: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    for case in cases::all() {
        let (ours, theirs) = (case.ours(), case.theirs());
        let counts = labels.entry(case.label).or_default();
        counts[usize::from(ours) * 2 + usize::from(theirs)] += 1;
    }
    let mut failed = false;
    println!("{:<62} {:>7} {:>7} {:>7} {:>7}", "", "both", "neither", "ours", "theirs");
    for (label, [neither, theirs, ours, both]) in &labels {
        println!("{label:<62} {both:>7} {neither:>7} {ours:>7} {theirs:>7}");
        for (count, difference) in [(ours, Difference::OnlyOurs), (theirs, Difference::OnlyTheirs)] {
            let known = KNOWN.iter().find(|known| known.0 == label && known.1 == difference);
            match (*count > 0, known) {
                (true, None) => println!("    ^ {difference:?} take it, and nobody knows why"),
                (true, Some((.., reason))) => println!("    {difference:?}: {reason}"),
                (false, Some(_)) => println!("    ^ {difference:?} no longer take it"),
                (false, None) => {}
            }
            failed |= (*count > 0) != known.is_some();
        }
    }
    for (label, difference, _) in KNOWN.iter().filter(|known| !labels.contains_key(known.0)) {
        println!("{label}: {difference:?}: there is no such case");
        failed = true;
    }
    let all: usize = labels.values().flatten().sum();
    let differ: usize = labels.values().map(|[_, theirs, ours, _]| theirs + ours).sum();
    println!("{all} answers of {} kinds; {differ} verdicts differ", labels.len());
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
