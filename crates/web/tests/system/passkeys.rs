//! Passkeys of the running program, beside commands and another relying party.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_domain::passkey::Algorithm;
use doorward_passkeys::testing::{Asked, SoftAuthenticator};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::commands::{objects, printed, run};
use crate::program::{Program, client, log_in, refusal, session_of, sign_up};

/// Sends JSON as the page's script does.
async fn send(client: &Client, url: &str, path: &str, cookies: &str, body: &Value) -> Response {
    let request = client.post(format!("{url}{path}")).header("cookie", cookies).header("accept", "application/json");
    request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap()
}

async fn json_of(answer: Response) -> Value {
    assert_eq!(answer.status(), StatusCode::OK);
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// Signs up a user and adds a passkey with this name.
async fn arrive_with_passkey(client: &Client, url: &str, username: &str, name: &str) -> SoftAuthenticator {
    assert_eq!(sign_up(client, url, username).await, StatusCode::SEE_OTHER);
    let session = log_in(client, url, username).await;
    let options = json_of(send(client, url, "/account/passkeys/options", &session, &json!({})).await).await;
    let mut authenticator = SoftAuthenticator::new(Algorithm::Es256);
    authenticator.user_handle = Some(URL_SAFE_NO_PAD.decode(options["user"]["id"].as_str().unwrap()).unwrap());
    let asked = Asked { challenge: options["challenge"].as_str().unwrap(), origin: url, rp_id: "localhost" };
    let credential: Value = serde_json::from_str(&authenticator.register(&asked)).unwrap();
    let added = json!({ "credential": credential, "name": name });
    assert_eq!(send(client, url, "/account/passkeys", &session, &added).await.status(), StatusCode::OK);
    authenticator
}

/// Whether a log-in with this passkey begins a session.
async fn logs_in(client: &Client, url: &str, authenticator: &SoftAuthenticator) -> bool {
    let asked = client.post(format!("{url}/log_in/passkey/options")).header("accept", "application/json");
    let answer = asked.header("content-type", "application/json").body("{}").send().await.unwrap();
    let browser = answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let cookies = browser.map(|cookie| cookie.split(';').next().unwrap()).collect::<Vec<_>>().join("; ");
    let options = json_of(answer).await;
    let asked = Asked { challenge: options["challenge"].as_str().unwrap(), origin: url, rp_id: "localhost" };
    let credential: Value = serde_json::from_str(&authenticator.assert(&asked)).unwrap();
    let answer = send(client, url, "/log_in/passkey", &cookies, &json!({ "credential": credential })).await;
    answer.status() == StatusCode::OK && !session_of(&answer).is_empty()
}

#[tokio::test]
async fn an_operator_sees_passkeys_is_kept_from_another_relying_party_and_removes_them() {
    let (folder, client) = (TempDir::new().unwrap(), client());
    let program = Program::start(folder.path(), &[]);
    let authenticator = arrive_with_passkey(&client, &program.url, "ada", "Blue key").await;
    assert!(logs_in(&client, &program.url, &authenticator).await);

    let shown = printed(&run(folder.path(), &[], &["user", "show", "ada"]));
    assert!(shown.contains("password, passkey") && shown.contains("Blue key, since"), "{shown}");
    let exported = objects(&run(folder.path(), &[], &["user", "export", "--user", "ada"]));
    let passkey = &exported[0]["passkeys"][0];
    assert_eq!((&passkey["name"], &passkey["rp_id"]), (&json!("Blue key"), &json!("localhost")));
    assert_eq!(exported[0]["recovery_codes_left"], json!(10));
    let secrets = [authenticator.credential_id.clone(), authenticator.public_key().spki];
    for secret in secrets.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)) {
        assert!(!exported[0].to_string().contains(&secret), "neither its id nor its key");
    }
    program.signal("-TERM");
    assert!(program.wait().success());

    let elsewhere = [
        ("DOORWARD_PUBLIC_URL", "https://login.example.org"),
        ("DOORWARD_PASSKEYS__RP_ID", "example.org"),
        ("DOORWARD_DATABASE_MIGRATE", "check"),
    ];
    let refused = refusal(folder.path(), &elsewhere);
    assert!(refused.contains("DOORWARD_PASSKEYS__RP_ID") && refused.contains("`localhost`"), "{refused}");
    assert!(refused.contains("`example.org`"), "{refused}");
    let findings = objects(&run(folder.path(), &elsewhere, &["doctor", "--json"]));
    let finding = findings.iter().find(|finding| finding["check"] == "passkeys").unwrap();
    assert_eq!(finding["state"], json!("failed"), "{finding}");

    let removed = run(folder.path(), &[], &["user", "remove-second-factor", "ada", "--yes"]);
    assert!(removed.status.success());
    drop(Program::start(folder.path(), &elsewhere));
    let program = Program::start(folder.path(), &[]);
    log_in(&client, &program.url, "ada").await;
    let shown = printed(&run(folder.path(), &[], &["user", "show", "ada"]));
    assert!(!shown.contains("passkey,"), "{shown}");
}
