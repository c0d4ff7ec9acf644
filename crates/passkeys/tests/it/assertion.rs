use doorward_domain::passkey::{
    Algorithm, Assertion, Backup, Challenge, CredentialId, PasskeyVerifier as _, PublicKey, Signature, UnfitAnswer,
    UserHandle,
};
use doorward_passkeys::BrowserAnswers;
use doorward_passkeys::testing::{Asked, SoftAuthenticator};
use serde_json::json;

use crate::support::{
    ASKED, AUTHENTICATOR_DATA, CHALLENGE, CLIENT_DATA, HANDLE, SIGNATURE, authenticators, bytes_of, encoded, site,
    with, with_bytes, with_client_data, with_more, without,
};

type Read = Result<Assertion, UnfitAnswer>;

fn read(answer: &str) -> Read {
    BrowserAnswers.read_assertion(&site(), answer)
}

fn right() -> String {
    SoftAuthenticator::new(Algorithm::Es256).assert(&ASKED)
}

#[track_caller]
fn is_refused(read: Read, reason: UnfitAnswer) {
    assert_eq!(read.unwrap_err(), reason);
}

#[test]
fn a_proof_of_each_algorithm_is_read_whole_and_its_signature_right() {
    for mut authenticator in authenticators() {
        authenticator.counter = 0x0102_0304;
        authenticator.flags |= SoftAuthenticator::BACKUP_ELIGIBLE | SoftAuthenticator::BACKED_UP;
        let answer = authenticator.assert(&ASKED);
        let proof = read(&answer).unwrap();
        assert_eq!(proof.challenge, Challenge::parse(CHALLENGE).unwrap());
        assert_eq!(Some(proof.credential_id.clone()), CredentialId::from_bytes(authenticator.credential_id.clone()));
        assert_eq!(proof.user_handle, Some(UserHandle::from_bytes(HANDLE)));
        assert_eq!((proof.counter, proof.backup), (0x0102_0304, Backup::Synced));
        assert_eq!(proof.signature, bytes_of(&answer, SIGNATURE));
        assert_eq!(proof.signed.len(), 37 + 32);
        assert!(proof.signed.starts_with(&bytes_of(&answer, AUTHENTICATOR_DATA)));
        assert_eq!(BrowserAnswers.verify(&proof, &authenticator.public_key()), Signature::Right);
    }
}

#[test]
fn a_signature_of_other_bytes_or_of_another_key_is_wrong() {
    for mut authenticator in authenticators() {
        authenticator.signature = Signature::Wrong;
        let proof = read(&authenticator.assert(&ASKED)).unwrap();
        assert_eq!(BrowserAnswers.verify(&proof, &authenticator.public_key()), Signature::Wrong);
    }
    let authenticators = authenticators();
    for one in &authenticators {
        let proof = read(&one.assert(&ASKED)).unwrap();
        for other in &authenticators {
            let expected = if one.public_key() == other.public_key() { Signature::Right } else { Signature::Wrong };
            assert_eq!(BrowserAnswers.verify(&proof, &other.public_key()), expected);
        }
        for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| *algorithm != one.public_key().algorithm) {
            let key = PublicKey { algorithm, ..one.public_key() };
            assert_eq!(BrowserAnswers.verify(&proof, &key), Signature::Wrong);
        }
    }
}

#[test]
fn a_stored_key_that_is_damaged_has_signed_nothing() {
    for authenticator in authenticators() {
        let proof = read(&authenticator.assert(&ASKED)).unwrap();
        let PublicKey { algorithm, spki } = authenticator.public_key();
        for length in 0..spki.len() {
            let key = PublicKey { algorithm, spki: spki[..length].to_vec() };
            assert_eq!(BrowserAnswers.verify(&proof, &key), Signature::Wrong);
        }
    }
}

#[test]
fn an_authenticator_without_users_says_no_handle() {
    assert_eq!(read(&right()).unwrap().user_handle, None);
    assert_eq!(read(&with_more(&right(), "/response", "userHandle", json!(null))).unwrap().user_handle, None);
}

#[test]
fn a_handle_that_is_none_of_ours_is_malformed() {
    for handle in ["", "AA", &encoded(&[7; 15]), &encoded(&[7; 17]), &encoded(&[7; 64]), "no base64url"] {
        let answer = with_more(&right(), "/response", "userHandle", handle);
        is_refused(read(&answer), UnfitAnswer::Malformed);
    }
}

#[test]
fn a_proof_from_another_page_or_for_another_site_is_refused() {
    let authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
    let read_of = |asked: Asked<'_>| read(&authenticator.assert(&asked));
    read_of(Asked { origin: "https://example.org:8443", ..ASKED }).unwrap();
    is_refused(read_of(Asked { origin: "https://example.org", ..ASKED }), UnfitAnswer::OtherOrigin);
    is_refused(read_of(Asked { rp_id: "notes.example.org", ..ASKED }), UnfitAnswer::OtherSite);
    is_refused(read_of(Asked { challenge: "AAAA", ..ASKED }), UnfitAnswer::Malformed);
    let mut framed = SoftAuthenticator::new(Algorithm::EdDsa);
    framed.cross_origin = true;
    is_refused(read(&framed.assert(&ASKED)), UnfitAnswer::OtherOrigin);
    framed.cross_origin = false;
    framed.top_origin = Some("https://notes.example.org".to_owned());
    is_refused(read(&framed.assert(&ASKED)), UnfitAnswer::OtherOrigin);
}

#[test]
fn a_user_who_was_not_there_or_not_verified_has_proved_nothing() {
    let read_with = |flags| {
        let mut authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
        authenticator.flags = flags;
        read(&authenticator.assert(&ASKED))
    };
    let (present, verified) = (SoftAuthenticator::PRESENT, SoftAuthenticator::VERIFIED);
    is_refused(read_with(verified), UnfitAnswer::NotPresent);
    is_refused(read_with(present), UnfitAnswer::NotVerified);
    is_refused(read_with(present | verified | SoftAuthenticator::BACKED_UP), UnfitAnswer::UnfitBackup);
    let proof = read_with(present | verified | SoftAuthenticator::BACKUP_ELIGIBLE).unwrap();
    assert_eq!(proof.backup, Backup::Eligible);
}

#[test]
fn a_new_credential_is_no_proof() {
    let registration = SoftAuthenticator::new(Algorithm::EdDsa).register(&ASKED);
    is_refused(read(&registration), UnfitAnswer::OtherCeremony);
    let answer = with(&right(), CLIENT_DATA, encoded(&bytes_of(&registration, CLIENT_DATA)));
    is_refused(read(&answer), UnfitAnswer::OtherCeremony);
}

#[test]
fn a_proof_has_a_signature() {
    let answer = right();
    is_refused(read(&without(&answer, SIGNATURE)), UnfitAnswer::Malformed);
    for value in [json!(null), json!(7), json!("="), json!("AB")] {
        is_refused(read(&with(&answer, SIGNATURE, value)), UnfitAnswer::Malformed);
    }
    let key = SoftAuthenticator::new(Algorithm::Es256).public_key();
    let empty = read(&with(&answer, SIGNATURE, "")).unwrap();
    assert_eq!(BrowserAnswers.verify(&empty, &key), Signature::Wrong);
}

#[test]
fn something_follows_the_counter_exactly_where_the_flags_say_so() {
    let answer = right();
    for length in 0..37 {
        let cut = with_bytes(&answer, AUTHENTICATOR_DATA, |data| data.truncate(length));
        assert_eq!(read(&cut), Err(UnfitAnswer::Malformed), "{length} bytes");
    }
    let longer = with_bytes(&answer, AUTHENTICATOR_DATA, |data| data.push(0));
    is_refused(read(&longer), UnfitAnswer::Malformed);
    for flag in [1 << 6, 1 << 7] {
        is_refused(read(&with_bytes(&answer, AUTHENTICATOR_DATA, |data| data[32] |= flag)), UnfitAnswer::Malformed);
    }
    let mut authenticator = SoftAuthenticator::new(Algorithm::Es256);
    authenticator.extensions = b"\xa1\x63uvm\x81\x83\x02\x04\x02".to_vec();
    let proof = read(&authenticator.assert(&ASKED)).unwrap();
    assert_eq!(proof.signed.len(), 37 + authenticator.extensions.len() + 32);
    assert_eq!(BrowserAnswers.verify(&proof, &authenticator.public_key()), Signature::Right);
}

#[test]
fn client_data_that_a_browser_will_write_one_day_are_read_and_signed_whole() {
    let authenticator = SoftAuthenticator::new(Algorithm::Es256);
    let answer = authenticator.assert(&ASKED);
    let data = bytes_of(&answer, AUTHENTICATOR_DATA);
    let client_data = format!(
        "\u{feff}{{ \"new\": {{\"type\": 1}}, \"origin\":\"https:\\/\\/notes.example.org\",\"challenge\":\"{CHALLENGE}\", \"type\":\"webauthn.get\"}}"
    );
    let signed = [&data, ring::digest::digest(&ring::digest::SHA256, client_data.as_bytes()).as_ref()].concat();
    let answer = with(&with_client_data(&answer, client_data), SIGNATURE, encoded(&authenticator.sign(&signed)));
    let proof = read(&answer).unwrap();
    assert_eq!(proof.signed, signed);
    assert_eq!(BrowserAnswers.verify(&proof, &authenticator.public_key()), Signature::Right);
}
