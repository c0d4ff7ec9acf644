//! The answers: right ones, and changes of them.

use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::passkey::{Algorithm, Signature};
use doorward_passkeys::testing::{Asked, SoftAuthenticator};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::verdicts::{Credential, Site};

/// An answer to judge.
pub(crate) struct Case {
    /// Its kind.
    pub(crate) label: String,
    site: Rc<Site>,
    challenge: String,
    answer: String,
    /// The credential, if the answer is a proof.
    credential: Option<Rc<Credential>>,
}

impl Case {
    pub(crate) fn ours(&self) -> bool {
        match &self.credential {
            None => self.site.our_registration(&self.answer, &self.challenge).is_some(),
            Some(credential) => self.site.our_proof(&self.answer, &self.challenge, credential),
        }
    }

    pub(crate) fn theirs(&self) -> bool {
        match &self.credential {
            None => self.site.their_registration(&self.answer, &self.challenge).is_some(),
            Some(credential) => self.site.their_proof(&self.answer, &self.challenge, credential),
        }
    }

    fn kind(&self) -> &'static str {
        if self.credential.is_none() { "new" } else { "proof" }
    }

    /// The same with another answer.
    fn with(&self, label: impl std::fmt::Display, answer: String) -> Self {
        Self {
            label: format!("{}: {label}", self.kind()),
            site: Rc::clone(&self.site),
            challenge: self.challenge.clone(),
            answer,
            credential: self.credential.clone(),
        }
    }
}

const CHALLENGE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const ORIGIN: &str = "https://notes.example.org";
const ASKED: Asked<'_> = Asked { challenge: CHALLENGE, origin: ORIGIN, rp_id: "example.org" };

pub(crate) fn all() -> Vec<Case> {
    let mut cases = chromium();
    let mut changed: Vec<Case> =
        cases.iter().filter(|case| case.ours() && case.theirs()).flat_map(changes_of).collect();
    cases.append(&mut changed);
    cases.extend(soft());
    cases
}

/// The answers of Chromium.
fn chromium() -> Vec<Case> {
    let site = Rc::new(Site::new("localhost", &["http://localhost:18123"]));
    let mut credentials = Vec::new();
    let mut cases = Vec::new();
    for line in include_str!("../../tests/it/chromium.jsonl").lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let answer = &line["answer"];
        let client_data: Value = serde_json::from_slice(&bytes_of(answer, CLIENT_DATA)).expect("JSON");
        let challenge = client_data["challenge"].as_str().expect("text").to_owned();
        let (text, what) = (answer.to_string(), line["what"].as_str().expect("text"));
        let algorithm = line["algorithm"].as_i64().expect("a number");
        let label = format!("Chromium, {}, {algorithm}: {what}", line["kind"].as_str().expect("text"));
        let credential = if line["kind"] == "create" {
            if let Some(credential) = site.credential(&text, &challenge) {
                credentials.push((answer["id"].clone(), Rc::new(credential)));
            }
            None
        } else {
            let known = credentials.iter().find(|(id, _)| *id == answer["id"]);
            // Proofs by a credential that one of the two refuses are not compared.
            let Some((_, credential)) = known else { continue };
            Some(Rc::clone(credential))
        };
        cases.push(Case { label, site: Rc::clone(&site), challenge, answer: text, credential });
    }
    cases
}

/// The answers of the soft authenticator with each of its settings, and changes of its plain answers.
fn soft() -> Vec<Case> {
    let site = Rc::new(Site::new("example.org", &[ORIGIN, "https://example.org:8443"]));
    let mut cases = Vec::new();
    for algorithm in Algorithm::ALL {
        let new = |label: String, answer: String| Case {
            label,
            site: Rc::clone(&site),
            challenge: CHALLENGE.to_owned(),
            answer,
            credential: None,
        };
        let mut authenticator = SoftAuthenticator::new(algorithm);
        authenticator.user_handle = Some(vec![7; 16]);
        let registration = authenticator.register(&ASKED);
        cases.push(new(format!("new: {algorithm:?}"), registration.clone()));
        let Some(credential) = site.credential(&registration, CHALLENGE) else { continue };
        let credential = Rc::new(credential);
        let proof = |label: String, answer: String| Case {
            label,
            site: Rc::clone(&site),
            challenge: CHALLENGE.to_owned(),
            answer,
            credential: Some(Rc::clone(&credential)),
        };
        let plain = proof(format!("proof: {algorithm:?}"), authenticator.assert(&ASKED));
        cases.extend(changes_of(&plain));
        cases.extend(changes_of(&new(String::new(), registration)));
        cases.push(plain);
        for (label, registration, assertion) in settings(&mut authenticator) {
            cases.push(new(format!("new: {label}"), registration));
            cases.push(proof(format!("proof: {label}"), assertion));
        }
        cases.extend(signed_changes(&authenticator, &proof));
    }
    cases
}

/// Both answers of the authenticator with each setting.
fn settings(authenticator: &mut SoftAuthenticator) -> Vec<(String, String, String)> {
    let mut answers = Vec::new();
    let mut add = |label: &str, authenticator: &SoftAuthenticator, asked: &Asked<'_>| {
        answers.push((label.to_owned(), authenticator.register(asked), authenticator.assert(asked)));
    };
    let plain = authenticator.flags;
    // The flags for a following credential or extensions have cases of their own.
    for flags in (0..=u8::MAX).filter(|flags| flags & 0b1100_0000 == 0) {
        authenticator.flags = flags;
        let names = [(1, "UP"), (4, "UV"), (8, "BE"), (16, "BS")];
        let names: Vec<_> = names.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| *name).collect();
        add(&format!("flags {}", names.join(" ")), authenticator, &ASKED);
    }
    authenticator.flags = plain;
    for counter in [1, 2, u32::MAX] {
        authenticator.counter = counter;
        add("a counter", authenticator, &ASKED);
    }
    authenticator.counter = 0;
    authenticator.signature = Signature::Wrong;
    add("a signature of something else", authenticator, &ASKED);
    authenticator.signature = Signature::Right;
    authenticator.cross_origin = true;
    add("in a frame", authenticator, &ASKED);
    authenticator.cross_origin = false;
    authenticator.top_origin = Some("https://evil.example".to_owned());
    add("in a frame, by topOrigin alone", authenticator, &ASKED);
    authenticator.top_origin = None;
    authenticator.extensions = b"\xa1\x6bcredProtect\x02".to_vec();
    add("an extension", authenticator, &ASKED);
    authenticator.extensions = b"\xa1\x6bcredProt".to_vec();
    add("extensions that are no CBOR", authenticator, &ASKED);
    authenticator.extensions = Vec::new();
    let origin = "https://example.org:8443";
    add("another origin of the site", authenticator, &Asked { origin, ..ASKED });
    let others = [
        "https://example.org",
        "https://evil.example",
        "http://notes.example.org",
        "https://notes.example.org:8443",
        "https://sub.notes.example.org",
        "https://notes.example.org.evil.example",
        "null",
        "",
    ];
    for origin in others {
        add("another origin", authenticator, &Asked { origin, ..ASKED });
    }
    for origin in ["https://notes.example.org/", "https://notes.example.org:443", "https://NOTES.example.org"] {
        add("the origin, spelled otherwise", authenticator, &Asked { origin, ..ASKED });
    }
    for origin in ["https://notes.example.org/path", "https://ada@notes.example.org"] {
        add("a URL of the origin", authenticator, &Asked { origin, ..ASKED });
    }
    for rp_id in ["notes.example.org", "evil.example", "Example.org", ""] {
        add("another site", authenticator, &Asked { rp_id, ..ASKED });
    }
    let challenge = "BBECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    add("another challenge", authenticator, &Asked { challenge, ..ASKED });
    add("no challenge", authenticator, &Asked { challenge: "", ..ASKED });
    add("a challenge with padding", authenticator, &Asked { challenge: &format!("{CHALLENGE}="), ..ASKED });
    answers
}

/// Proofs whose parts were changed before they were signed.
fn signed_changes(authenticator: &SoftAuthenticator, proof: &dyn Fn(String, String) -> Case) -> Vec<Case> {
    let answer: Value = serde_json::from_str(&authenticator.assert(&ASKED)).expect("JSON");
    let (data, client_data) = (bytes_of(&answer, DATA), bytes_of(&answer, CLIENT_DATA));
    let signed = |label: &str, data: &[u8], client_data: &[u8]| {
        let mut answer = answer.clone();
        let hash = digest(&SHA256, client_data);
        answer["response"]["authenticatorData"] = encoded(data);
        answer["response"]["clientDataJSON"] = encoded(client_data);
        answer["response"]["signature"] = encoded(&authenticator.sign(&[data, hash.as_ref()].concat()));
        proof(format!("proof: {label}, signed"), answer.to_string())
    };
    let mut cases: Vec<Case> =
        (0..data.len()).map(|length| signed("data cut off", &data[..length], &client_data)).collect();
    cases.push(signed("a byte after the counter", &[&data[..], &[0]].concat(), &client_data));
    for flag in [0x40, 0x80, 0xc0] {
        let mut flagged = data.clone();
        flagged[32] |= flag;
        cases.push(signed("flags of what does not follow", &flagged, &client_data));
    }
    for (label, client_data) in client_data_changes(&client_data) {
        cases.push(signed(label, &data, &client_data));
    }
    cases
}

/// Client data that a browser may write, or does not.
fn client_data_changes(client_data: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = String::from_utf8(client_data.to_vec()).expect("UTF-8");
    let more = |member: &str| format!("{},{member}}}", &text[..text.len() - 1]).into_bytes();
    let without = |member: &str| {
        let mut value: Value = serde_json::from_str(&text).expect("JSON");
        value.as_object_mut().expect("an object").remove(member);
        value.to_string().into_bytes()
    };
    vec![
        ("a byte order mark", [b"\xEF\xBB\xBF", client_data].concat()),
        ("a new member", more(r#""new":{"a":[1]}"#)),
        ("a new member, no UTF-8", [&client_data[..client_data.len() - 1], b",\"new\":\"\xFF\"}"].concat()),
        ("spaces in client data", text.replace(',', " ,\n ").into_bytes()),
        ("an escaped name in client data", text.replace("\"type\"", "\"t\\u0079pe\"").into_bytes()),
        ("type twice", more(r#""type":"webauthn.get""#)),
        ("challenge twice", more(&format!("\"challenge\":\"{CHALLENGE}\""))),
        ("origin twice", more(&format!("\"origin\":\"{ORIGIN}\""))),
        ("crossOrigin twice", more(r#""crossOrigin":false"#)),
        ("topOrigin null", more(r#""topOrigin":null"#)),
        ("crossOrigin null", text.replace("false", "null").into_bytes()),
        ("crossOrigin a text", text.replace("false", "\"false\"").into_bytes()),
        ("no crossOrigin", without("crossOrigin")),
        ("no type", without("type")),
        ("no challenge", without("challenge")),
        ("no origin", without("origin")),
        ("client data that are an array", format!("[{text}]").into_bytes()),
        ("client data with something after them", [client_data, b" x"].concat()),
        ("tokenBinding", more(r#""tokenBinding":{"status":"supported"}"#)),
    ]
}

const DATA: &str = "authenticatorData";
const CLIENT_DATA: &str = "clientDataJSON";

/// Changes of a right answer without a new signature.
fn changes_of(case: &Case) -> Vec<Case> {
    let answer: Value = serde_json::from_str(&case.answer).expect("JSON");
    let mut cases = Vec::new();
    let is_new = case.credential.is_none();
    let data = bytes_of(&answer, DATA);
    let id = bytes_of_member(&answer["id"]).len();
    for bit in 0..data.len() * 8 {
        let mut data = data.clone();
        data[bit / 8] ^= 1 << (bit % 8);
        let label = format!("a bit of {}", part_of(bit, id, is_new, &answer));
        cases.push(case.with(label, with_data(&answer, &data)));
    }
    for length in 0..data.len() {
        cases.push(case.with("data cut off", with_data(&answer, &data[..length])));
    }
    cases.push(case.with("a byte after the data", with_data(&answer, &[&data[..], &[0]].concat())));
    let client_data = bytes_of(&answer, CLIENT_DATA);
    let names = ["\"type\"", "\"challenge\"", "\"origin\"", "\"crossOrigin\""];
    let places: Vec<usize> = names.iter().filter_map(|name| find(&client_data, name.as_bytes())).collect();
    for bit in 0..client_data.len() * 8 {
        let mut client_data = client_data.clone();
        client_data[bit / 8] ^= 1 << (bit % 8);
        let place = places.iter().rposition(|place| *place <= bit / 8).map_or("the bracket", |at| names[at]);
        let mut answer = answer.clone();
        answer["response"][CLIENT_DATA] = encoded(&client_data);
        cases.push(case.with(format!("a bit of client data at {place}"), answer.to_string()));
    }
    if is_new {
        for (label, client_data) in client_data_changes(&client_data) {
            let client_data = String::from_utf8_lossy(&client_data).replace("webauthn.get", "webauthn.create");
            if label == "a new member, no UTF-8" {
                continue;
            }
            let mut answer = answer.clone();
            answer["response"][CLIENT_DATA] = encoded(client_data.as_bytes());
            cases.push(case.with(label, answer.to_string()));
        }
    } else {
        let signature = bytes_of(&answer, "signature");
        for bit in 0..signature.len() * 8 {
            let mut signature = signature.clone();
            signature[bit / 8] ^= 1 << (bit % 8);
            let mut answer = answer.clone();
            answer["response"]["signature"] = encoded(&signature);
            cases.push(case.with("a bit of the signature", answer.to_string()));
        }
        for signature in [&[][..], &signature[1..], &signature[..signature.len() - 1], &[&signature[..], &[0]].concat()]
        {
            let mut answer = answer.clone();
            answer["response"]["signature"] = encoded(signature);
            cases.push(case.with("a signature of another length", answer.to_string()));
        }
    }
    cases.extend(json_changes(case, &answer));
    cases
}

/// Other JSON around the same parts.
fn json_changes(case: &Case, answer: &Value) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut paths = vec!["/id", "/rawId", "/type", "/response", "/response/clientDataJSON"];
    if case.credential.is_some() {
        paths.extend(["/response/authenticatorData", "/response/signature"]);
    }
    for path in &paths {
        let (parent, name) = path.rsplit_once('/').expect("a path");
        let mut without = answer.clone();
        without.pointer_mut(parent).expect("there").as_object_mut().expect("an object").remove(name);
        cases.push(case.with(format!("without {name}"), without.to_string()));
        for value in [json!(null), json!(7), json!([]), json!({})] {
            let mut other = answer.clone();
            *other.pointer_mut(path).expect("there") = value;
            cases.push(case.with(format!("{name} of another kind"), other.to_string()));
        }
        if let Some(text) = answer.pointer(path).and_then(Value::as_str) {
            for padded in [format!("{text}="), format!("{text}=="), format!(" {text}"), format!("{text}A")] {
                let mut other = answer.clone();
                *other.pointer_mut(path).expect("there") = json!(padded);
                cases.push(case.with(format!("{name} spelled otherwise"), other.to_string()));
            }
            let member = format!("\"{name}\":\"{text}\"");
            let twice = answer.to_string().replacen(&member, &format!("{member},{member}"), 1);
            cases.push(case.with(format!("{name} twice"), twice));
        }
    }
    let other_id = encoded(&[9; 32]);
    let mut other = answer.clone();
    other["id"] = other_id.clone();
    cases.push(case.with("another id", other.to_string()));
    other["rawId"] = other_id;
    cases.push(case.with("another id and rawId", other.to_string()));
    let mut other = answer.clone();
    other["new"] = json!({"a": [1]});
    other["response"]["new"] = json!(null);
    cases.push(case.with("new members around it", other.to_string()));
    if case.credential.is_some() {
        for handle in ["", "AA", "AAAA"] {
            let mut other = answer.clone();
            other["response"]["userHandle"] = json!(handle);
            cases.push(case.with("a handle that is none of ours", other.to_string()));
        }
        let mut other = answer.clone();
        other["response"]["userHandle"] = json!(null);
        cases.push(case.with("no handle", other.to_string()));
    }
    cases.push(case.with("something after it", format!("{answer} x")));
    cases.push(case.with("in an array", format!("[{answer}]")));
    cases.push(case.with("more than 64 KiB", format!("{answer}{}", " ".repeat(65_536))));
    cases
}

/// The part of the authenticator's data that this bit is in.
fn part_of(bit: usize, id: usize, is_new: bool, answer: &Value) -> &'static str {
    let byte = bit / 8;
    match byte {
        0..32 => "the site's hash",
        32 => ["UP", "no meaning (1)", "UV", "BE", "BS", "no meaning (5)", "AT", "ED"][bit % 8],
        33..37 => "the counter",
        37..53 => "the model",
        53..55 => "the id's length",
        _ if byte < 55 + id => "the id",
        _ if !is_new => "something after the counter",
        _ => {
            let at = byte - 55 - id;
            let is_key = match answer["response"]["publicKeyAlgorithm"].as_i64() {
                Some(-8) => at >= 10,
                Some(-7) => (10..42).contains(&at) || at >= 45,
                _ => (11..11 + 256).contains(&at),
            };
            if is_key { "the key" } else { "the CBOR around the key" }
        }
    }
}

/// These data in both places where a browser has them.
fn with_data(answer: &Value, data: &[u8]) -> String {
    let mut answer = answer.clone();
    answer["response"][DATA] = encoded(data);
    if answer["response"]["attestationObject"].is_string() {
        let start = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59";
        let length = u16::try_from(data.len()).expect("short").to_be_bytes();
        answer["response"]["attestationObject"] = encoded(&[&start[..], &length, data].concat());
    }
    answer.to_string()
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

fn bytes_of(answer: &Value, name: &str) -> Vec<u8> {
    bytes_of_member(&answer["response"][name])
}

fn bytes_of_member(member: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(member.as_str().expect("text")).expect("base64url")
}

fn encoded(bytes: &[u8]) -> Value {
    URL_SAFE_NO_PAD.encode(bytes).into()
}
