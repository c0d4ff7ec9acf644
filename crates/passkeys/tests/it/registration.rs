use doorward_domain::passkey::{
    Aaguid, Algorithm, Backup, Challenge, CredentialId, PasskeyVerifier as _, Registration, Transports, UnfitAnswer,
};
use doorward_passkeys::BrowserAnswers;
use doorward_passkeys::testing::{Asked, SoftAuthenticator};
use serde_json::json;

use crate::support::{
    ASKED, AUTHENTICATOR_DATA, CHALLENGE, CLIENT_DATA, PUBLIC_KEY, authenticators, bytes_of, encoded, site, with,
    with_bytes, with_client_data, with_more, without,
};

type Read = Result<Registration, UnfitAnswer>;

fn read(answer: &str) -> Read {
    BrowserAnswers.read_registration(&site(), answer)
}

fn right() -> String {
    SoftAuthenticator::new(Algorithm::Es256).register(&ASKED)
}

#[track_caller]
fn is_refused(read: Read, reason: UnfitAnswer) {
    assert_eq!(read.unwrap_err(), reason);
}

#[test]
fn a_credential_of_each_algorithm_is_read_whole() {
    for mut authenticator in authenticators() {
        authenticator.counter = 0x0102_0304;
        authenticator.aaguid = [7; 16];
        authenticator.transports = vec!["hybrid", "usb", "by-thought"];
        authenticator.flags |= SoftAuthenticator::BACKUP_ELIGIBLE;
        let expected = Registration {
            challenge: Challenge::parse(CHALLENGE).unwrap(),
            credential_id: CredentialId::from_bytes(authenticator.credential_id.clone()).unwrap(),
            public_key: authenticator.public_key(),
            counter: 0x0102_0304,
            backup: Backup::Eligible,
            aaguid: Aaguid::from_bytes([7; 16]),
            transports: Transports::from_codes(["hybrid", "usb"]),
        };
        assert_eq!(read(&authenticator.register(&ASKED)), Ok(expected));
    }
}

#[test]
fn an_authenticator_that_says_little_has_no_model_and_no_transports() {
    let credential = read(&without(&right(), "/response/transports")).unwrap();
    assert_eq!((credential.aaguid, credential.transports, credential.counter), (None, Transports::default(), 0));
}

#[test]
fn each_origin_of_the_site_is_fit_and_no_other() {
    let read_on = |origin: &str| read(&SoftAuthenticator::new(Algorithm::EdDsa).register(&Asked { origin, ..ASKED }));
    for origin in site().origins {
        read_on(&origin).unwrap();
    }
    let others = [
        "",
        "null",
        "https://example.org",
        "https://evil.example",
        "http://notes.example.org",
        "https://notes.example.org:443",
        "https://notes.example.org/",
        "https://notes.example.org.evil.example",
        "https://Notes.example.org",
        " https://notes.example.org",
    ];
    for origin in others {
        is_refused(read_on(origin), UnfitAnswer::OtherOrigin);
    }
}

#[test]
fn a_page_in_a_frame_is_another_site() {
    let mut framed = SoftAuthenticator::new(Algorithm::EdDsa);
    framed.cross_origin = true;
    is_refused(read(&framed.register(&ASKED)), UnfitAnswer::OtherOrigin);
    framed.top_origin = Some("https://evil.example".to_owned());
    is_refused(read(&framed.register(&ASKED)), UnfitAnswer::OtherOrigin);
    framed.cross_origin = false;
    is_refused(read(&framed.register(&ASKED)), UnfitAnswer::OtherOrigin);
    let by_name = r#"{"type":"webauthn.create","challenge":"CHALLENGE","origin":"https://notes.example.org""#;
    let client_data = |more: &str| format!("{}{more}}}", by_name.replace("CHALLENGE", CHALLENGE));
    read(&with_client_data(&right(), client_data(""))).unwrap();
    is_refused(read(&with_client_data(&right(), client_data(r#","topOrigin":null"#))), UnfitAnswer::OtherOrigin);
    is_refused(read(&with_client_data(&right(), client_data(r#","crossOrigin":null"#))), UnfitAnswer::Malformed);
}

#[test]
fn a_credential_for_another_site_is_refused() {
    for rp_id in ["notes.example.org", "evil.example", "", "Example.org", "example.org."] {
        let answer = SoftAuthenticator::new(Algorithm::EdDsa).register(&Asked { rp_id, ..ASKED });
        is_refused(read(&answer), UnfitAnswer::OtherSite);
    }
}

#[test]
fn a_user_who_was_not_there_or_not_verified_is_refused() {
    let (present, verified) = (SoftAuthenticator::PRESENT, SoftAuthenticator::VERIFIED);
    let read_with = |flags| {
        let mut authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
        authenticator.flags = flags;
        read(&authenticator.register(&ASKED))
    };
    is_refused(read_with(0), UnfitAnswer::NotPresent);
    is_refused(read_with(verified), UnfitAnswer::NotPresent);
    is_refused(read_with(present), UnfitAnswer::NotVerified);
    // Two bits have no meaning yet.
    read_with(present | verified | 1 << 1 | 1 << 5).unwrap();
}

#[test]
fn the_backup_flags_say_one_of_three_things() {
    let read_with = |flags| {
        let mut authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
        authenticator.flags |= flags;
        read(&authenticator.register(&ASKED))
    };
    let (eligible, backed_up) = (SoftAuthenticator::BACKUP_ELIGIBLE, SoftAuthenticator::BACKED_UP);
    assert_eq!(read_with(0).unwrap().backup, Backup::ThisDeviceOnly);
    assert_eq!(read_with(eligible).unwrap().backup, Backup::Eligible);
    assert_eq!(read_with(eligible | backed_up).unwrap().backup, Backup::Synced);
    is_refused(read_with(backed_up), UnfitAnswer::UnfitBackup);
}

#[test]
fn a_challenge_has_32_bytes() {
    for challenge in
        ["", &encoded(&[0; 31]), &encoded(&[0; 33]), &format!("{CHALLENGE}="), &CHALLENGE.replace('A', "+")]
    {
        let answer = SoftAuthenticator::new(Algorithm::EdDsa).register(&Asked { challenge, ..ASKED });
        is_refused(read(&answer), UnfitAnswer::Malformed);
    }
}

#[test]
fn a_proof_is_no_new_credential() {
    let proof = SoftAuthenticator::new(Algorithm::EdDsa).assert(&ASKED);
    is_refused(read(&proof), UnfitAnswer::OtherCeremony);
    // Nor is an answer with parts of both.
    let answer = right();
    is_refused(read(&with(&answer, CLIENT_DATA, encoded(&bytes_of(&proof, CLIENT_DATA)))), UnfitAnswer::OtherCeremony);
    is_refused(
        read(&with(&answer, AUTHENTICATOR_DATA, encoded(&bytes_of(&proof, AUTHENTICATOR_DATA)))),
        UnfitAnswer::Malformed,
    );
}

#[test]
fn an_answer_with_missing_or_unfit_members_is_malformed() {
    let answer = right();
    for (path, value) in [
        ("/type", json!("password")),
        ("/type", json!("Public-Key")),
        ("/id", json!("AAAA")),
        ("/rawId", json!("AAAA")),
        ("/response", json!([])),
        ("/response", json!(null)),
        ("/response/transports", json!("usb")),
        ("/response/transports", json!([1])),
        ("/response/publicKeyAlgorithm", json!("-7")),
        ("/response/publicKeyAlgorithm", json!(-7.5)),
        ("/response/publicKeyAlgorithm", json!(i64::MIN)),
        (PUBLIC_KEY, json!("not base64url")),
        (PUBLIC_KEY, json!(7)),
        (CLIENT_DATA, json!("")),
        (CLIENT_DATA, json!(null)),
        (AUTHENTICATOR_DATA, json!("")),
        (AUTHENTICATOR_DATA, json!(null)),
    ] {
        assert_eq!(read(&with(&answer, path, value.clone())), Err(UnfitAnswer::Malformed), "{path}: {value}");
    }
    for path in ["/type", "/id", "/rawId", "/response", CLIENT_DATA, AUTHENTICATOR_DATA] {
        assert_eq!(read(&without(&answer, path)), Err(UnfitAnswer::Malformed), "without {path}");
    }
    for text in ["", "null", "[]", "{}", "\"\"", "{", &format!("[{answer}]"), &format!("{answer}{answer}")] {
        is_refused(read(text), UnfitAnswer::Malformed);
    }
}

#[test]
fn an_array_of_the_members_is_no_object() {
    let answer = right();
    let parsed: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let outer = json!([parsed["id"], parsed["rawId"], parsed["type"], parsed["response"]]);
    is_refused(read(&outer.to_string()), UnfitAnswer::Malformed);
    let response = &parsed["response"];
    let names = ["clientDataJSON", "authenticatorData", "publicKey", "publicKeyAlgorithm", "transports"];
    let mut members: Vec<_> = names.into_iter().map(|name| response[name].clone()).collect();
    members.extend([json!(null), json!(null)]);
    is_refused(read(&with(&answer, "/response", members)), UnfitAnswer::Malformed);
    let client_data = json!(["webauthn.create", CHALLENGE, "https://notes.example.org", false]);
    is_refused(read(&with_client_data(&answer, client_data.to_string())), UnfitAnswer::Malformed);
}

#[test]
fn a_member_is_there_once() {
    let answer = right();
    let id = encoded(&bytes_of(&answer, "/id"));
    for (member, twice) in [
        (format!("\"id\":\"{id}\""), format!("\"id\":\"{id}\",\"id\":\"{id}\"")),
        ("\"type\":\"public-key\"".to_owned(), r#""type":"public-key","\u0074ype":"public-key""#.to_owned()),
        ("\"publicKeyAlgorithm\":-7".to_owned(), "\"publicKeyAlgorithm\":-7,\"publicKeyAlgorithm\":-7".to_owned()),
    ] {
        let doubled = answer.replacen(&member, &twice, 1);
        assert_ne!(doubled, answer);
        is_refused(read(&doubled), UnfitAnswer::Malformed);
    }
    let client_data = String::from_utf8(bytes_of(&answer, CLIENT_DATA)).unwrap();
    for name in ["type", "challenge", "origin", "crossOrigin", "topOrigin"] {
        let member = if name == "crossOrigin" { "false" } else { "\"https://notes.example.org\"" };
        let doubled = client_data.replacen('{', &format!("{{\"{name}\":{member},\"{name}\":{member},"), 1);
        is_refused(read(&with_client_data(&answer, doubled)), UnfitAnswer::Malformed);
    }
}

#[test]
fn unknown_members_are_ignored() {
    let answer = with_more(&right(), "", "somethingNew", json!({"deep": [[[]]]}));
    let answer = with_more(&answer, "/response", "more", json!(null));
    let mut client_data: serde_json::Value = serde_json::from_slice(&bytes_of(&answer, CLIENT_DATA)).unwrap();
    client_data["other_keys_can_be_added_here"] = json!("do not compare clientDataJSON against a template");
    let answer = with_client_data(&answer, client_data.to_string());
    read(&answer).unwrap();
    // These two members are ignored too.
    read(&without(&answer, "/response/attestationObject")).unwrap();
    read(&without(&answer, "/clientExtensionResults")).unwrap();
}

#[test]
fn depth_does_no_harm() {
    let deep = |open: &str, close: &str, times| format!("{{\"new\":{}1{}}}", open.repeat(times), close.repeat(times));
    for nested in [deep("[", "]", 30_000), deep("{\"a\":", "}", 9_000)] {
        is_refused(read(&nested), UnfitAnswer::Malformed);
        let around = right().replacen('{', &format!("{},", &nested[..nested.len() - 1]), 1);
        read(&around).unwrap();
    }
}

#[test]
fn client_data_are_decoded_as_utf_8_decode_does() {
    let answer = right();
    let text = bytes_of(&answer, CLIENT_DATA);
    let marked = |mark: &[u8]| with_client_data(&answer, [mark, &text].concat());
    read(&marked(b"\xEF\xBB\xBF")).unwrap();
    is_refused(read(&marked(b"\xEF\xBB\xBF\xEF\xBB\xBF")), UnfitAnswer::Malformed);
    is_refused(read(&marked(b"\xFE\xFF")), UnfitAnswer::Malformed);
    let end = text.len() - 1;
    let broken = [&text[..end], b",\"new\":\"\xFF\"}"].concat();
    read(&with_client_data(&answer, broken)).unwrap();
}

#[test]
fn the_most_bytes_are_exact() {
    let answer = right();
    let filled = |bytes: usize| format!("{answer}{}", " ".repeat(bytes - answer.len()));
    assert_eq!(BrowserAnswers::MAX_BYTES, 65_536);
    read(&filled(65_536)).unwrap();
    is_refused(read(&filled(65_537)), UnfitAnswer::Malformed);
}

#[test]
fn a_credential_id_has_1_to_1023_bytes() {
    let read_with = |bytes| {
        let mut authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
        authenticator.credential_id = vec![7; bytes];
        read(&authenticator.register(&ASKED))
    };
    is_refused(read_with(0), UnfitAnswer::Malformed);
    read_with(1).unwrap();
    read_with(1_023).unwrap();
    is_refused(read_with(1_024), UnfitAnswer::Malformed);
}

#[test]
fn the_id_is_the_one_that_the_authenticator_says() {
    let answer = right();
    for other in [encoded(&[7; 32]), encoded(&bytes_of(&answer, "/id")[..31])] {
        let answer = with(&with(&answer, "/id", other.as_str()), "/rawId", other);
        is_refused(read(&answer), UnfitAnswer::Malformed);
    }
}

#[test]
fn the_authenticators_data_have_every_part() {
    let answer = right();
    let whole = bytes_of(&answer, AUTHENTICATOR_DATA).len();
    // The last thing is the y of the key.
    for length in 0..whole {
        let cut = with_bytes(&answer, AUTHENTICATOR_DATA, |data| data.truncate(length));
        assert_eq!(read(&cut), Err(UnfitAnswer::Malformed), "{length} bytes");
    }
}

#[test]
fn extensions_may_follow() {
    let mut authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
    authenticator.extensions = b"\xa1\x6bcredProtect\x02".to_vec();
    read(&authenticator.register(&ASKED)).unwrap();
}

#[test]
fn no_flag_no_credential() {
    let answer = with_bytes(&right(), AUTHENTICATOR_DATA, |data| data[32] &= !(1 << 6));
    is_refused(read(&answer), UnfitAnswer::Malformed);
    // Not even where extensions account for the bytes.
    let answer = with_bytes(&answer, AUTHENTICATOR_DATA, |data| data[32] |= 1 << 7);
    is_refused(read(&answer), UnfitAnswer::Malformed);
}

#[test]
fn an_algorithm_that_was_not_asked_for_is_unfit() {
    let answer = right();
    for number in [0, 7, -8, -35, -37, -65_535, -257, i32::MIN] {
        is_refused(read(&with(&answer, "/response/publicKeyAlgorithm", number)), UnfitAnswer::UnfitKey);
    }
    is_refused(read(&without(&answer, "/response/publicKeyAlgorithm")), UnfitAnswer::UnfitKey);
    is_refused(read(&without(&answer, PUBLIC_KEY)), UnfitAnswer::UnfitKey);
    is_refused(read(&with(&answer, PUBLIC_KEY, json!(null))), UnfitAnswer::UnfitKey);
}

#[test]
fn a_key_has_exactly_the_form_of_its_algorithm() {
    for authenticator in authenticators() {
        let answer = authenticator.register(&ASKED);
        let spki = bytes_of(&answer, PUBLIC_KEY);
        for length in 0..spki.len() {
            let cut = with_bytes(&answer, PUBLIC_KEY, |spki| spki.truncate(length));
            assert_eq!(read(&cut), Err(UnfitAnswer::UnfitKey), "{length} bytes");
        }
        is_refused(read(&with_bytes(&answer, PUBLIC_KEY, |spki| spki.push(0))), UnfitAnswer::UnfitKey);
        is_refused(read(&with_bytes(&answer, PUBLIC_KEY, |spki| spki.insert(0, 0))), UnfitAnswer::UnfitKey);
    }
}

#[test]
fn another_key_than_the_authenticators_is_malformed() {
    for algorithm in [Algorithm::EdDsa, Algorithm::Es256] {
        let (one, other) = (SoftAuthenticator::new(algorithm), SoftAuthenticator::new(algorithm));
        let answer = with(&one.register(&ASKED), PUBLIC_KEY, encoded(&other.public_key().spki));
        is_refused(read(&answer), UnfitAnswer::Malformed);
    }
}

#[test]
fn a_point_beside_the_curve_is_unfit() {
    // On both sides, so that the key is the authenticator's.
    let answer = right();
    let answer = with_bytes(&answer, PUBLIC_KEY, |spki| spki[90] ^= 1);
    let answer = with_bytes(&answer, AUTHENTICATOR_DATA, |data| *data.last_mut().unwrap() ^= 1);
    is_refused(read(&answer), UnfitAnswer::UnfitKey);
}

#[test]
fn the_first_fault_in_the_standards_order_is_the_answer() {
    let mut authenticator = SoftAuthenticator::new(Algorithm::EdDsa);
    authenticator.flags = SoftAuthenticator::BACKED_UP;
    authenticator.cross_origin = true;
    let asked = Asked { rp_id: "evil.example", ..ASKED };
    let faulty = |authenticator: &SoftAuthenticator, asked: &Asked<'_>| {
        let answer = authenticator.register(asked);
        read(&with(&answer, "/response/publicKeyAlgorithm", -999))
    };
    is_refused(faulty(&authenticator, &asked), UnfitAnswer::OtherOrigin);
    authenticator.cross_origin = false;
    is_refused(faulty(&authenticator, &asked), UnfitAnswer::OtherSite);
    is_refused(faulty(&authenticator, &ASKED), UnfitAnswer::NotPresent);
    authenticator.flags |= SoftAuthenticator::PRESENT;
    is_refused(faulty(&authenticator, &ASKED), UnfitAnswer::NotVerified);
    authenticator.flags |= SoftAuthenticator::VERIFIED;
    is_refused(faulty(&authenticator, &ASKED), UnfitAnswer::UnfitBackup);
    authenticator.flags |= SoftAuthenticator::BACKUP_ELIGIBLE;
    is_refused(faulty(&authenticator, &ASKED), UnfitAnswer::UnfitKey);
}
