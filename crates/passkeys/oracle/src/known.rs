//! The known differences between the two, and their reasons.

use Difference::{OnlyOurs, OnlyTheirs};

/// Which of the two accepts an answer that the other refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Difference {
    OnlyOurs,
    OnlyTheirs,
}

const ED25519: &str = "webauthn-rs asks for no Ed25519 keys";
const CBOR: &str = "CBOR is not read, and a new credential is not signed: the key is the one that is compared";
const END: &str = "where an RSA key ends is not known without CBOR: its modulus is there";
const UTF_8: &str =
    "“UTF-8 decode” takes a byte order mark away and replaces what is no UTF-8 (§7.1 step 5, §7.2 step 8)";
const KEY: &str =
    "the key in the form that we store is not the one in the authenticator's data; webauthn-rs has one form alone";
const ID: &str = "webauthn-rs takes the id of the authenticator's data and does not compare it with `id` and `rawId`";
const ORIGIN: &str = "an origin has one spelling: browsers write no other. webauthn-rs reads a URL";
const FRAME: &str = "webauthn-rs looks at `crossOrigin` of a new credential alone, and never at `topOrigin`";
const SPELLING: &str =
    "base64url is written without padding, and in one way (§3); webauthn-rs takes padding, and looks at no `type`";
const NULL: &str = "`crossOrigin` is true, false, or left out";
const HANDLE: &str = "our users' handles have 16 bytes; webauthn-rs leaves them to its caller";
const SIZE: &str = "we read no more";
const REST: &str = "nothing follows where no flag says so";
const BACKUP: &str = "whether a credential can be backed up never changes (§6.1.3); webauthn-rs lets it become so";

/// A kind of answer, which of the two accepts it, and the reason.
pub(crate) const KNOWN: &[(&str, Difference, &str)] = &[
    ("Chromium, create, -8: plain", OnlyOurs, ED25519),
    ("Chromium, create, -8: prf", OnlyOurs, ED25519),
    ("new: EdDsa", OnlyOurs, ED25519),
    ("new: a bit of ED", OnlyOurs, CBOR),
    ("new: a bit of the CBOR around the key", OnlyOurs, CBOR),
    ("new: extensions that are no CBOR", OnlyOurs, CBOR),
    ("proof: extensions that are no CBOR", OnlyOurs, "CBOR is not read; the signature is right"),
    ("new: data cut off", OnlyOurs, END),
    ("new: a byte order mark", OnlyOurs, UTF_8),
    ("proof: a byte order mark, signed", OnlyOurs, UTF_8),
    ("new: a bit of client data at \"crossOrigin\"", OnlyOurs, UTF_8),
    ("proof: a new member, no UTF-8, signed", OnlyOurs, UTF_8),
    ("new: a bit of the key", OnlyTheirs, KEY),
    ("new: a bit of the id", OnlyTheirs, ID),
    ("new: another id", OnlyTheirs, ID),
    ("new: another id and rawId", OnlyTheirs, ID),
    ("proof: another id", OnlyTheirs, ID),
    ("new: id spelled otherwise", OnlyTheirs, ID),
    ("proof: id spelled otherwise", OnlyTheirs, ID),
    ("new: a bit of client data at \"origin\"", OnlyTheirs, ORIGIN),
    ("new: a URL of the origin", OnlyTheirs, ORIGIN),
    ("proof: a URL of the origin", OnlyTheirs, ORIGIN),
    ("new: the origin, spelled otherwise", OnlyTheirs, ORIGIN),
    ("proof: the origin, spelled otherwise", OnlyTheirs, ORIGIN),
    ("proof: in a frame", OnlyTheirs, FRAME),
    ("new: in a frame, by topOrigin alone", OnlyTheirs, FRAME),
    ("proof: in a frame, by topOrigin alone", OnlyTheirs, FRAME),
    ("new: topOrigin null", OnlyTheirs, FRAME),
    ("proof: topOrigin null, signed", OnlyTheirs, FRAME),
    ("new: a challenge with padding", OnlyTheirs, SPELLING),
    ("proof: a challenge with padding", OnlyTheirs, SPELLING),
    ("new: clientDataJSON spelled otherwise", OnlyTheirs, SPELLING),
    ("proof: clientDataJSON spelled otherwise", OnlyTheirs, SPELLING),
    ("proof: authenticatorData spelled otherwise", OnlyTheirs, SPELLING),
    ("proof: signature spelled otherwise", OnlyTheirs, SPELLING),
    ("new: rawId spelled otherwise", OnlyTheirs, SPELLING),
    ("proof: rawId spelled otherwise", OnlyTheirs, SPELLING),
    ("new: type spelled otherwise", OnlyTheirs, SPELLING),
    ("proof: type spelled otherwise", OnlyTheirs, SPELLING),
    ("new: crossOrigin null", OnlyTheirs, NULL),
    ("proof: crossOrigin null, signed", OnlyTheirs, NULL),
    ("proof: a handle that is none of ours", OnlyTheirs, HANDLE),
    ("new: more than 64 KiB", OnlyTheirs, SIZE),
    ("proof: more than 64 KiB", OnlyTheirs, SIZE),
    ("proof: a byte after the counter, signed", OnlyTheirs, REST),
    ("proof: flags UP UV BE", OnlyTheirs, BACKUP),
];
