//! Any text: nothing panics, and no proof is right but of what was signed.
#![no_main]

use doorward_passkeys_fuzz::judge;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|answer: &str| judge(answer));
