# The recipes; `just` lists them.

set shell := ["bash", "-euo", "pipefail", "-c"]

[private]
default:
    @just --list --unsorted

# Rebuild the site and serve it from this folder
run:
    cargo run

# Bring the database's schema up to date
migrate:
    cargo run -- migrate

# Run all checks that must pass before a commit lands, as CI runs them
ci:
    .ci/run

# Format
fmt:
    cargo fmt --all

# Lints, with warnings as errors
lint:
    cargo clippy --workspace --all-targets --all-features -- --deny warnings

# More threads than cores, as they wait for the disk.
# The tests that run in process, on memory and SQLite: the loop while you work
test:
    cargo test --workspace --lib --test it -- --test-threads=4 --skip postgres --skip mariadb --skip copies::

# All tests: those of `just test`, running programs, servers, proxies, and a browser where there is one
test-all:
    cargo test --workspace

# The in-process tests of one part: `just test-of storage`
test-of PART:
    cargo test -p doorward-{{PART}}

# The manual as a book, in target/book (needs mdbook)
book:
    .ci/book

# The Debian package, its bill of materials and checksums, in target/debian (needs cargo-deb and cargo-cyclonedx)
package:
    crates/web/debian/build

# The documentation of all crates, warnings as errors
docs:
    RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps --all-features

# Check which crates depend on which
arrows:
    .ci/arrows

# Check that the paths, commands and tests that the documentation names exist
check-docs:
    .ci/check-docs

# Measure the release program under load, beside a bare Rocket: `just bench`, or `just bench --quick` in 2 minutes (needs wrk)
bench *ARGS:
    cargo bench -p doorward-web --bench load -- {{ARGS}}

# Measure the parts of a log-in and of a page, each by itself
bench-parts:
    cargo bench -p doorward-domain --bench core
    cargo bench -p doorward-storage --bench resume
    cargo bench -p doorward-web --bench render

# Search for passwords that take long to judge, with CHANGES changes of each beginning: `just worst-password 300`
worst-password CHANGES:
    cargo bench -p doorward-domain --bench worst_password -- {{CHANGES}}

# Measure log-ins at the axum example, beside the hash alone
bench-axum:
    cargo bench -p doorward-axum --bench log_in

# Measure finding users and sessions among few users and among many: `just scaling 10000 1000000`
scaling *USERS:
    cargo bench -p doorward-storage --bench scaling -- {{USERS}}

# Measure a visitor's waits among few users and among many (needs wrk): `just crowd 10000 10000000`
crowd *USERS:
    cargo bench -p doorward-web --bench crowd -- {{USERS}}

# Measure the time and memory of an import and an export of users: `just bench-import 1000000`
bench-import *USERS:
    cargo bench -p doorward-web --bench user_import -- {{USERS}}

# Measure a log-in in each of several builds of the program (needs wrk): `just bench-builds /tmp/before target/release/doorward`
bench-builds +PROGRAMS:
    cargo bench -p doorward-web --bench builds -- {{PROGRAMS}}

# Measure whether the time of a refused log-in reveals anything
timing:
    cargo bench -p doorward-web --bench timing

# Record what a screen reader is told of each page, after an intended change
accessibility:
    mkdir -p crates/web/tests/system/accessibility
    RECORD_ACCESSIBILITY=1 cargo test -p doorward-web --test system -- browser::every_page_fits

# Record a database of this release, with users in it: `just record-schema 0.1.0`, once for each release
record-schema RELEASE:
    RECORD_SCHEMA={{RELEASE}} cargo test -p doorward-storage --test it -- people_find_again_what_they_leave_today

# Record the public interface of the library crates, after an intended change
public-api:
    .ci/public-api record

# Check that the crates compile with the oldest Rust that they name
oldest-rust:
    .ci/oldest-rust

# Check licences, advisories and banned crates
deny:
    cargo deny --all-features check

# Compare the verdicts on answers with a passkey with those of webauthn-rs (needs OpenSSL's headers)
passkey-oracle:
    cd crates/passkeys/oracle && cargo run --locked

# Show the changes of the verifier of passkeys that no test notices (needs cargo-mutants)
passkey-mutants:
    mkdir -p target
    cargo mutants -p doorward-passkeys --all-features --exclude crates/passkeys/src/testing.rs -o target/mutants

# Take a picture of every page in every state, in both themes, into target/screenshots
screenshots:
    mkdir -p target/screenshots
    SCREENSHOTS="$PWD/target/screenshots" cargo test -p doorward-web --test system -- browser::every_page_fits

# No sanitizer: it looks for errors that code without `unsafe` cannot have, and halves the speed. No LTO, which takes minutes.
# Fuzz a target of `crates/fuzz` for SECONDS seconds: `just fuzz cookies 60` (needs cargo-fuzz, a nightly Rust and a C++ compiler)
fuzz NAME SECONDS:
    mkdir -p crates/fuzz/corpus/{{NAME}}
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_STRIP=none \
        cargo +nightly fuzz run --fuzz-dir crates/fuzz --features libfuzzer --sanitizer none {{NAME}} crates/fuzz/corpus/{{NAME}} crates/fuzz/seeds/{{NAME}} -- -max_total_time={{SECONDS}}
