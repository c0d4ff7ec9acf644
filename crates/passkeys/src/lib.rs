//! Reads the answers of browsers to requests for a passkey, and verifies their signatures: the port
//! [`PasskeyVerifier`](doorward_domain::passkey::PasskeyVerifier) of the auth core, over [`ring`](https://docs.rs/ring).
//!
//! An answer is the JSON of the browser's `PublicKeyCredential.toJSON()`. Beside the authenticator's CBOR it holds the
//! same data in simpler forms: the authenticator's data, the public key as a `SubjectPublicKeyInfo`, its algorithm. Only
//! those are read. There is no parser of CBOR, and attestations are ignored: `none` is requested, and without an attestation nothing
//! proves the origin of a key, wherever it is read.
//!
//! ```
//! use std::sync::Arc;
//!
//! use doorward_domain::passkey::{ChallengeKeys, PasskeyRules, RelyingParty};
//! use doorward_passkeys::BrowserAnswers;
//!
//! let secret = [7; 32]; // of your service
//! let rules = PasskeyRules {
//!     site: RelyingParty {
//!         id: "notes.example.org".to_owned(),
//!         name: "Notes".to_owned(),
//!         origins: vec!["https://notes.example.org".to_owned()],
//!     },
//!     keys: ChallengeKeys::derive(&secret, []).ok_or("a short key")?,
//!     verifier: Arc::new(BrowserAnswers),
//! };
//! # Ok::<(), &str>(())
//! ```
//!
//! # Map
//! | item | what it is |
//! | --- | --- |
//! | [`BrowserAnswers`] | reads and verifies answers |
//! | [`creation_options`], [`request_options`] | the JSON of a request to a browser |
//! | [`model_name`] | the product name of a model of authenticators |
//!
//! # Every step of the standard
//! [W3C Web Authentication Level 3](https://www.w3.org/TR/webauthn-3/), §7.1: a new credential.
//!
//! | step | who does it |
//! | --- | --- |
//! | 1, 2 | the page and its script; the use case draws the challenge |
//! | 3: a response to a request for a new one | `answer.rs`: `type` is `public-key`, `id` is `rawId`. An answer of the other kind says so in its client data |
//! | 4: extensions' results | not read: none is asked for that decides anything |
//! | 5, 6: client data | `client_data.rs`; members that it does not know are allowed, one that it knows is there once |
//! | 7: type | `client_data.rs` |
//! | 8: challenge | `client_data.rs` reads it; the use case says whether it is ours, fresh, unused and for this |
//! | 9: origin | `client_data.rs`: exactly one of the site's |
//! | 10, 11: frames | `client_data.rs`: refused |
//! | 12: hash | for attestation alone: not needed |
//! | 13: CBOR | the browser: `authenticatorData` |
//! | 14: site | `authenticator_data.rs` |
//! | 15: present | `authenticator_data.rs`: always asked for, as no credential is made conditionally |
//! | 16: verified | `authenticator_data.rs`: always |
//! | 17: backup flags | `authenticator_data.rs` |
//! | 18, 19: backup | handed over; the use cases show it |
//! | 20: algorithm | `browser_answers.rs`, of `publicKeyAlgorithm`; `public_key.rs` demands the key's form to be that algorithm's |
//! | 21–24: attestation | not looked at |
//! | 25: length of the id | `answer.rs`, and equal to the authenticator's |
//! | 26: not yet registered | the store |
//! | 27, 29: record | the use case and the store |
//! | 28: extensions | none is processed; an authenticator may add some (§9) |
//!
//! §7.2: a proof.
//!
//! | step | who does it |
//! | --- | --- |
//! | 1, 2 | the page and its script; the use case draws the challenge |
//! | 3 | `answer.rs`, as above |
//! | 4, 23: extensions | as above |
//! | 5, 6: which credential, whose | the use case |
//! | 7: parts | `answer.rs` |
//! | 8–14: client data | `client_data.rs`, as above |
//! | 15: site | `authenticator_data.rs`. The extension `appid` is not asked for |
//! | 16, 17: present, verified | `authenticator_data.rs`: always both |
//! | 18: backup flags | `authenticator_data.rs` |
//! | 19: backup against the record | the use case |
//! | 20, 21: signature | `browser_answers.rs`, `public_key.rs` |
//! | 22: counter | the use case |
//! | 24, 25: record | the use case and the store |
//!
//! Without CBOR it is unknown where the public key ends in the authenticator's data, and whether extensions follow it. So a
//! credential's key has to occur in the bytes after its id, and in a proof something follows the counter if and only if the
//! flags say so; other bytes there are ignored. All of them are signed in a proof. In a new credential nothing is signed: an
//! attacker who can change one can as well make one.
//!
//! A user can make a key whose private half everyone knows, and so give the account away, as by publishing a password.
//!
//! # Security
//! - Ask for `attestation: "none"`, and rely on nothing that an attestation would have to prove: a [`model_name`] is only for
//!   display.
//! - This crate does not check that a challenge is yours and fresh, whose a credential is, and what its counter was: go through the
//!   use cases.
//! - No answer, right or wrong, is written into an error or into the log.
//!
//! # Features
//! `testing`, off by default: `testing::SoftAuthenticator`, which answers without a device and without a browser.

mod answer;
mod authenticator_data;
mod browser_answers;
mod client_data;
mod model;
mod options;
mod public_key;
#[cfg(feature = "testing")]
pub mod testing;

pub use browser_answers::BrowserAnswers;
pub use model::model_name;
pub use options::{creation_options, request_options};
