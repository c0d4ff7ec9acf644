# The recipes; `just` lists them.

set shell := ["bash", "-euo", "pipefail", "-c"]

[private]
default:
    @just --list --unsorted

# Serve the site from this folder, rebuilt
run:
    cargo run

# Bring the database's schema up to date
migrate:
    cargo run -- migrate

# Everything that must be green before a commit lands, as CI runs it
ci:
    .ci/run

# Format
fmt:
    cargo fmt --all

# Lints, with warnings as errors
lint:
    cargo clippy --workspace --all-targets --all-features -- --deny warnings

# What is tested in process, on memory and SQLite: the loop while one works
test:
    cargo test --workspace --lib --test it -- --skip postgres --skip mariadb --skip copies::

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

# Which way the crates depend on each other
arrows:
    .ci/arrows

# Paths, commands and tests that the documentation names exist
check-docs:
    .ci/check-docs

# The release program under load, beside a bare Rocket: `just bench`, or `just bench --quick` in 2 minutes (needs wrk)
bench *ARGS:
    cargo bench -p doorward-web --bench load -- {{ARGS}}

# What the parts of a log-in and of a page take, each by itself
bench-parts:
    cargo bench -p doorward-domain --bench core
    cargo bench -p doorward-storage --bench resume
    cargo bench -p doorward-web --bench render

# Passwords that take long to judge, looked for by so many changes each: `just worst-password 300`
worst-password CHANGES:
    cargo bench -p doorward-domain --bench worst_password -- {{CHANGES}}

# How long log-ins take at the axum example, beside the hash alone
bench-axum:
    cargo bench -p doorward-axum --bench log_in

# What finding users and sessions costs among few users and among many: `just scaling 10000 1000000`
scaling *USERS:
    cargo bench -p doorward-storage --bench scaling -- {{USERS}}

# What a visitor waits for among few users and among many (needs wrk): `just crowd 10000 10000000`
crowd *USERS:
    cargo bench -p doorward-web --bench crowd -- {{USERS}}

# How long an import and an export of users take, and how much memory: `just bench-import 1000000`
bench-import *USERS:
    cargo bench -p doorward-web --bench user_import -- {{USERS}}

# What a log-in costs in each of several builds of the program (needs wrk): `just bench-builds /tmp/before target/release/doorward`
bench-builds +PROGRAMS:
    cargo bench -p doorward-web --bench builds -- {{PROGRAMS}}

# Whether the time of a refused log-in tells anything
timing:
    cargo bench -p doorward-web --bench timing

# Write down what a screen reader is told of each page, after a change that is meant
accessibility:
    mkdir -p crates/web/tests/system/accessibility
    RECORD_ACCESSIBILITY=1 cargo test -p doorward-web --test system -- browser::every_page_fits

# Write down what a database of this release is, with people in it: `just record-schema 0.1.0`, once for each release
record-schema RELEASE:
    RECORD_SCHEMA={{RELEASE}} cargo test -p doorward-storage --test it -- what_people_leave_today

# Write the public interface of the library crates down, after a change that is meant
public-api:
    .ci/public-api record

# The crates compile with the oldest Rust that they name
oldest-rust:
    .ci/oldest-rust

# Licences, advisories, banned crates
deny:
    cargo deny --all-features check

# Hold the verdicts on answers with a passkey against those of webauthn-rs (needs OpenSSL's headers)
passkey-oracle:
    cd crates/passkeys/oracle && cargo run --locked

# Which changes of the verifier of passkeys no test notices (needs cargo-mutants)
passkey-mutants:
    mkdir -p target
    cargo mutants -p doorward-passkeys --all-features --exclude crates/passkeys/src/testing.rs -o target/mutants

# A picture of every page in every state, in both themes, into target/screenshots
screenshots:
    mkdir -p target/screenshots
    SCREENSHOTS="$PWD/target/screenshots" cargo test -p doorward-web --test system -- browser::every_page_fits

# Without a sanitizer, which looks for what code without `unsafe` cannot do, and makes it half as fast.
# Fuzz a target of `domain`, `passkeys` or `web` for so many seconds: `just fuzz web cookies 60` (needs cargo-fuzz and a nightly Rust)
fuzz CRATE NAME SECONDS:
    mkdir -p crates/{{CRATE}}/fuzz/corpus/{{NAME}}
    cd crates/{{CRATE}} && cargo +nightly fuzz run --sanitizer none {{NAME}} fuzz/corpus/{{NAME}} fuzz/seeds/{{NAME}} -- -max_total_time={{SECONDS}}
