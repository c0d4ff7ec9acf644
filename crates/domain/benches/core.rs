//! The parts of a log-in and of a page that need no database. `cargo bench -p doorward-domain --bench core`.

#![expect(clippy::unwrap_used, reason = "what cannot be measured ends the program")]

use std::num::NonZeroUsize;

use argon2::{Algorithm, Argon2, Params, Version};
use divan::{Bencher, black_box};
use doorward_domain::password::{HashingCost, PoolConfig, WorkerPool};
use doorward_domain::system::OsEntropy;
use doorward_domain::{Password, PasswordHasher, SessionToken, Username};
use pollster::block_on;

const PASSWORD: &str = "seven quiet lanterns";

fn main() {
    divan::main();
}

/// Hashes as the pool does: each thread reuses its own memory.
#[divan::bench(sample_count = 50)]
fn hash_in_reused_memory(bencher: Bencher<'_, '_>) {
    let pool = WorkerPool::start(PoolConfig::for_workers(NonZeroUsize::MIN)).unwrap();
    let (hasher, password) = (PasswordHasher::new(HashingCost::default(), pool), Password::parse(PASSWORD).unwrap());
    bencher.bench_local(|| block_on(hasher.hash(&password, &OsEntropy)).unwrap());
}

/// Hashes with memory of its own for every hash: 19 MiB are allocated and freed.
#[divan::bench(sample_count = 50)]
fn hash_in_fresh_memory(bencher: Bencher<'_, '_>) {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default());
    bencher.bench_local(|| {
        let mut hash = [0; 32];
        argon2.hash_password_into(PASSWORD.as_bytes(), b"sixteen bytes of", &mut hash).unwrap();
        hash
    });
}

#[divan::bench]
fn draw_a_token() -> SessionToken {
    SessionToken::generate(&OsEntropy).unwrap()
}

#[divan::bench]
fn parse_and_hash_a_token(bencher: Bencher<'_, '_>) {
    let typed = SessionToken::generate(&OsEntropy).unwrap().expose_secret().clone();
    bencher.bench_local(|| SessionToken::parse(black_box(&typed)).unwrap().hash());
}

#[divan::bench(args = ["ada", "Ada-Lovelace_1815", "no way"])]
fn parse_a_username(typed: &str) -> bool {
    Username::parse(black_box(typed)).is_ok()
}
