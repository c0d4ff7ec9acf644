//! Any text as an answer: nothing panics, and a proof is right only for signed bytes.
#![cfg_attr(not(test), no_main)]

use doorward_fuzz::passkeys::judge;

pub fn target(answer: &str) {
    judge(answer);
}

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|answer: &str| target(answer));
