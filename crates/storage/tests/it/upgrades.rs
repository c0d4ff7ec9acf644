//! Databases of earlier releases, with people in them: `schemas/` has a dump of each. `just record-schema 0.1.0` makes
//! those of a release, with the code that wrote them then.

use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use doorward_domain::device::Device;
use doorward_domain::passkey::{Aaguid, Challenge, ChallengeHash, Passkey, PasskeyName, UserHandle};
use doorward_domain::repository::{
    ChallengeAnswer, EmailLinkUse, EmailSetting, EmailState, EmailVerification, NewInvitation, NewLink, NewMail,
    NewPasskey, NewSession, PasskeyAddition, PasskeyRepository as _, PasskeyUse, SetEmail, StartByPasskey,
};
use doorward_domain::second_factor::TotpStep;
use doorward_domain::testing::{ManualClock, SeededEntropy, cheap_hasher, fixtures, keep_out_of_the_log};
use doorward_domain::user_import::{ExistingUsers, ImportId};
use doorward_domain::{
    AuthService, Client, Clock as _, Credentials, DeviceTokens, EmailAddress, EmailRepository as _, Entropy as _,
    Event, FinishLogIn, InvitationRepository as _, Language, LinkPurpose, LinkRepository as _, LinkToken, LogIn,
    LogInStep, Mail, MailId, MailKind, OutboxRepository as _, PasswordPolicy, PendingLogInToken, Recipient,
    RecoveryCodes, Rules, SealingKeys, SecondFactorRules, SessionKind, SessionRepository as _, SessionToken, SetUpTotp,
    ThrottleRules, Timestamp, TotpSecret, UserId, UserRepository as _, Username,
};
use doorward_storage::SeaOrmStore;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::databases::{Kind, TestDatabase, on_every_database};

const PASSWORD: &str = "seven quiet lanterns";

type Service = AuthService<SeaOrmStore, ManualClock, SeededEntropy>;

/// A service that draws the same tokens in every run, and leaves out the first `left_out` of them.
fn service(store: SeaOrmStore, left_out: usize) -> (Service, ManualClock) {
    keep_out_of_the_log(PASSWORD);
    let entropy = SeededEntropy::default();
    entropy.fill(&mut vec![0; 32 * left_out]).unwrap();
    let (clock, mut rules) = (ManualClock::default(), Rules::new(PasswordPolicy::new(15, "Doorward")));
    rules.throttle = Some(ThrottleRules::default());
    (
        AuthService::with_ports(store, clock.clone(), entropy)
            .hasher(cheap_hasher())
            .rules(rules)
            .second_factor(SecondFactorRules::new("Notes", SealingKeys::derive(&[7; 32], []).unwrap()))
            .start()
            .unwrap(),
        clock,
    )
}

/// Grace's link to set a password.
fn link() -> LinkToken {
    LinkToken::parse(&"A".repeat(LinkToken::CHARS)).unwrap()
}

/// The invitation that was sent around.
fn invitation() -> LinkToken {
    LinkToken::parse(&format!("B{}", "A".repeat(LinkToken::CHARS - 1))).unwrap()
}

/// Ada's link to verify another address.
fn verification() -> LinkToken {
    LinkToken::parse(&format!("C{}", "A".repeat(LinkToken::CHARS - 1))).unwrap()
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

/// The language that Ada chose.
fn language() -> Option<Language> {
    Language::parse("pt-BR")
}

/// The import that is not finished.
const fn import() -> ImportId {
    ImportId::from_sha256([0x5a; ImportId::BYTES])
}

/// A little of everything: four users, a kept session with two tokens, a failed attempt, a reserved name, one-time links, addresses,
/// a mail, an invitation, an import, a second factor, a passkey.
pub(crate) async fn live(store: SeaOrmStore) {
    let (service, clock) = service(store.clone(), 0);
    let (here, known) = (Client::default(), DeviceTokens::default());
    for username in ["Ada", "Grace"] {
        service.from(&here).sign_up(Credentials { username, password: PASSWORD }).await.unwrap();
    }
    let wrong = Credentials { username: "ada", password: "another one of fifteen" };
    service.from(&here).log_in(LogIn::new(wrong).by_device(&known)).await.unwrap_err();
    let right = |username| Credentials { username, password: PASSWORD };
    let ada = service
        .from(&here)
        .log_in(LogIn::new(right("ada")).of_kind(SessionKind::Kept).by_device(&known))
        .await
        .unwrap()
        .done()
        .unwrap();
    let visit = service.resume(&ada.token).await.unwrap();
    service.from(&here).change_username(&visit, "Augusta").await.unwrap();
    clock.advance(Duration::from_hours(8 * 24));
    let grace = service.from(&here).log_in(LogIn::new(right("grace")).by_device(&known)).await.unwrap().done().unwrap();
    let (user_id, purpose) = (grace.user.id, LinkPurpose::ResetPassword);
    let ends_at = clock.now().plus(Duration::from_hours(72));
    let (entropy, requested_at) = (SeededEntropy::default(), clock.now());
    let made = fixtures::activity_of(user_id, Event::ResetLinkMade, clock.now(), &entropy);
    let reset = NewLink { token: link().hash(), user_id, purpose, address: None, requested_at, ends_at };
    store.store_link(&reset, Some(&made)).await.unwrap();
    service.save_language(ada.user.id, &language().unwrap()).await.unwrap();
    get_mail(&store, ada.user.id, requested_at, &entropy).await;
    let (token, uses) = (invitation().hash(), NonZeroU32::MIN);
    store.store_invitation(&NewInvitation { token, uses, ends_at }).await.unwrap();
    service.import_users(&import(), 0, 3, &[], ExistingUsers::Fail).await.unwrap();
    turn_on(&service, &clock).await;
    add_passkey(&store, &service, clock.now(), &entropy).await;
}

/// What Barbara has besides a password.
struct Barbara {
    handle: UserHandle,
    passkey: Passkey,
    challenge: ChallengeHash,
}

/// Barbara's are the same in every run.
fn barbara(id: UserId, now: Timestamp) -> Barbara {
    let entropy = SeededEntropy::default();
    let passkey = fixtures::passkey_of(id, &entropy);
    Barbara {
        handle: UserHandle::from_bytes([0x5a; UserHandle::BYTES]),
        passkey: Passkey {
            name: PasskeyName::parse("Blå nøgle 🔑").ok(),
            aaguid: Aaguid::from_bytes([0xa5; 16]),
            counter: 41,
            device: Device::of(Some("Firefox")),
            created_at: now,
            last_used_at: Some(now),
            ..passkey
        },
        challenge: fixtures::challenge(&entropy),
    }
}

/// Adds a user with a passkey and recovery codes, who has answered a challenge.
async fn add_passkey(store: &SeaOrmStore, service: &Service, now: Timestamp, entropy: &SeededEntropy) {
    let (here, typed) = (Client::default(), Credentials { username: "Barbara", password: PASSWORD });
    service.from(&here).sign_up(typed).await.unwrap();
    let logged_in = service.from(&here).log_in(LogIn::new(typed)).await.unwrap().done().unwrap();
    let visit = service.resume(&logged_in.token).await.unwrap();
    let Barbara { handle, passkey, challenge } = barbara(visit.user.id, now);
    assert_eq!(store.keep_user_handle(visit.user.id, handle).await.unwrap(), Some(handle));
    let ends_at = now.plus(Challenge::LIFETIME);
    assert_eq!(store.answer_challenge(&challenge, ends_at).await.unwrap(), ChallengeAnswer::First);
    let new = NewPasskey {
        passkey,
        credentials_version: 0,
        used: None,
        recovery_codes: service.draw_recovery_codes().unwrap().hashes(),
        session_id: visit.session.id,
        authentication: visit.session.authentication,
        token: SessionToken::generate(entropy).unwrap().hash(),
    };
    let activity = fixtures::activity_of(visit.user.id, Event::PasskeyAdded, now, entropy);
    assert_eq!(store.add_passkey(&new, &activity).await.unwrap(), PasskeyAddition::Added);
}

/// Logs in by the passkey, whose challenge is not answered again.
async fn go_on_with_passkey(store: &SeaOrmStore, now: Timestamp) {
    let entropy = SeededEntropy::default();
    entropy.fill(&mut vec![0; 32 * 2_000]).unwrap();
    let barbara_now = store.find_by_username(&Username::parse("barbara").unwrap()).await.unwrap().unwrap();
    let id = barbara_now.user.id;
    let kept = store.passkeys_of(id).await.unwrap().pop().unwrap();
    let Barbara { handle, passkey, challenge } = barbara(id, kept.created_at);
    assert_eq!(kept, passkey);
    let found = store.find_passkey(&passkey.credential_id).await.unwrap().unwrap();
    assert_eq!((found.handle, found.stored.user.id), (handle, id));
    let ends_at = now.plus(Challenge::LIFETIME);
    assert_eq!(store.answer_challenge(&challenge, ends_at).await.unwrap(), ChallengeAnswer::Again);
    assert_eq!(store.another_rp_id("example.com").await.unwrap().as_deref(), Some("example.org"));
    let session = fixtures::session_of(id, &entropy);
    let token = SessionToken::generate(&entropy).unwrap().hash();
    let start = StartByPasskey {
        used: PasskeyUse { id: passkey.id, counter: 42, backup: passkey.backup, at: now },
        log_in: None,
        new: NewSession {
            credentials_version: barbara_now.credentials_version,
            ..fixtures::new_session(&session, token)
        },
    };
    let activity = fixtures::activity_of(id, Event::LoggedIn, now, &entropy);
    store.start_by_passkey(&start, &activity).await.unwrap();
    assert!(store.find_by_token(&token).await.unwrap().is_some());
}

/// The secret of Rosalind's authenticator app.
fn secret() -> TotpSecret {
    TotpSecret::parse("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").unwrap()
}

/// Rosalind's recovery codes.
fn codes() -> RecoveryCodes {
    let code = |letter: u8| ["AAAA"; 6].join("-").replace('A', &char::from(letter).to_string());
    RecoveryCodes::parse(&(b'A'..=b'J').map(code).collect::<Vec<_>>().join(" ")).unwrap()
}

/// Adds a user with an authenticator app, recovery codes, and a pending log-in.
async fn turn_on(service: &Service, clock: &ManualClock) {
    let here = Client::default();
    let rosalind = Credentials { username: "Rosalind", password: PASSWORD };
    service.from(&here).sign_up(rosalind).await.unwrap();
    let logged_in = service.from(&here).log_in(LogIn::new(rosalind)).await.unwrap().done().unwrap();
    let visit = service.resume(&logged_in.token).await.unwrap();
    let code = secret().code(TotpStep::at(clock.now()));
    let set_up = service.from(&here).set_up_totp(&visit, SetUpTotp::new(&secret(), &code)).await.unwrap();
    let visit = service.resume(&set_up.token).await.unwrap();
    service.from(&here).save_recovery_codes(&visit, &codes(), "").await.unwrap();
    begin_second_step(service).await;
}

async fn begin_second_step(service: &Service) -> PendingLogInToken {
    let rosalind = Credentials { username: "rosalind", password: PASSWORD };
    let here = Client::default();
    let LogInStep::SecondFactor(proved) = service.from(&here).log_in(LogIn::new(rosalind)).await.unwrap() else {
        panic!("a second factor is asked for");
    };
    service.from(&here).begin_second_step(&proved, None).await.unwrap().waits().unwrap()
}

/// Logs in by a code of the app, and by a recovery code.
async fn go_on_with_second_factor(service: &Service, clock: &ManualClock) {
    let (here, recovery_codes) = (Client::default(), codes());
    let of_app = secret().code(TotpStep::at(clock.now()));
    for code in [of_app, recovery_codes.iter().next().unwrap().expose_secret()] {
        let token = begin_second_step(service).await;
        let logged_in = service.from(&here).finish_log_in(FinishLogIn::new(&token, &code)).await.unwrap();
        assert!(logged_in.done().is_some());
    }
}

/// Gives Ada a verified address, and another one that is pending, with a link to verify it and the mail.
async fn get_mail(store: &SeaOrmStore, user_id: UserId, now: Timestamp, entropy: &SeededEntropy) {
    let (username, other) = (Username::parse("Augusta").unwrap(), address("ada@example.net"));
    let mail = Mail {
        id: MailId::new(now, entropy).unwrap(),
        kind: MailKind::VerifyEmail,
        recipient: Some(Recipient { user_id, username, address: other.clone(), language: language() }),
        client: Client::new(Some("Firefox"), "::1".parse().ok()),
        queued_at: now,
        ends_at: now.plus(Duration::from_hours(72)),
    };
    for (address, state, mail) in [
        (address("Ada@example.org"), EmailState::Verified, None),
        (other.clone(), EmailState::Pending, Some(NewMail { mail, limits: Vec::new() })),
    ] {
        let activity = fixtures::activity_of(user_id, Event::EmailSetByOperator, now, entropy);
        let setting = EmailSetting { user_id, address, state, mail };
        assert_eq!(store.set_email(&setting, &activity).await.unwrap(), SetEmail::Set);
    }
    let link = NewLink {
        token: verification().hash(),
        user_id,
        purpose: LinkPurpose::VerifyEmail,
        address: Some(other),
        requested_at: now,
        ends_at: now.plus(Duration::from_hours(72)),
    };
    store.store_link(&link, None).await.unwrap();
}

/// The mail waits, the address finds its user, and the link verifies the other one.
async fn go_on_with_mail(store: &SeaOrmStore, now: Timestamp) {
    let ada = store.find_by_email(&address("ada@EXAMPLE.org")).await.unwrap().unwrap();
    let mail = store.claim_mail(now, now.plus(Duration::from_mins(1))).await.unwrap().unwrap().mail;
    assert_eq!(ada.language, language());
    let recipient = Recipient::new(ada.clone(), address("ada@example.net"));
    assert_eq!((mail.kind, mail.recipient.as_ref()), (MailKind::VerifyEmail, Some(&recipient)));
    let verification = EmailVerification {
        user_id: ada.id,
        link: verification().hash(),
        address: recipient.address,
        former: Some(address("Ada@example.org")),
        mail_to_former: None,
    };
    let activity = fixtures::activity_of(ada.id, Event::EmailVerified, now, &SeededEntropy::default());
    assert_eq!(store.verify_email(&verification, &activity).await.unwrap(), EmailLinkUse::Used);
}

/// The people of such a database go on: their passwords are right, their names theirs, their links good.
pub(crate) async fn go_on(store: SeaOrmStore) {
    let (service, clock) = service(store.clone(), 1_000);
    let (here, known) = (Client::default(), DeviceTokens::default());
    clock.advance(Duration::from_hours(9 * 24));
    for username in ["augusta", "GRACE"] {
        let typed = Credentials { username, password: PASSWORD };
        let logged_in = service.from(&here).log_in(LogIn::new(typed).by_device(&known)).await.unwrap().done().unwrap();
        let visit = service.resume(&logged_in.token).await.unwrap();
        assert!(service.activity_of(&visit, None, 100).await.unwrap().len() >= 2, "{username}");
    }
    for taken in ["ada", "augusta", "grace"] {
        let typed = Credentials { username: taken, password: PASSWORD };
        assert!(service.from(&here).sign_up(typed).await.is_err(), "{taken}");
    }
    assert_eq!(service.import_progress(&import()).await.unwrap(), Some(3));
    go_on_with_mail(&store, clock.now()).await;
    go_on_with_second_factor(&service, &clock).await;
    go_on_with_passkey(&store, clock.now()).await;
    let changed = "eight patient kettles";
    let grace = service.from(&here).reset_password(&link(), changed).await.unwrap();
    let invited = Credentials { username: "Hedy", password: PASSWORD };
    service.from(&here).sign_up_invited(invited, &invitation()).await.unwrap();
    for typed in [Credentials { username: grace.username.as_str(), password: changed }, invited] {
        service.from(&here).log_in(LogIn::new(typed).by_device(&known)).await.unwrap().done().unwrap();
    }
}

fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/schemas")
}

const fn file_name(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "postgres.sql",
        DbBackend::MySql => "mariadb.sql",
        _ => "sqlite.sql",
    }
}

/// Dumps the database with the dump program of its kind.
async fn dump(store: &SeaOrmStore) -> String {
    let db = store.connection();
    let ask = async |sql: &str| {
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
        row.try_get_by_index::<String>(0).unwrap()
    };
    let mut command = match db.get_database_backend() {
        DbBackend::Postgres => {
            let mut command = Command::new("pg_dump");
            let port = ask("SELECT inet_server_port()::text").await;
            command.args(["--host=127.0.0.1", "--username=postgres", "--no-owner", "--column-inserts", "--port"]);
            command.args([port, ask("SELECT current_database()::text").await]);
            command
        }
        DbBackend::MySql => {
            let mut command = Command::new("mariadb-dump");
            let port = ask("SELECT CAST(@@port AS CHAR)").await;
            command.args(["--host=127.0.0.1", "--user=root", "--hex-blob", "--complete-insert", "--port"]);
            command.args([port, ask("SELECT DATABASE()").await]);
            command
        }
        _ => {
            let mut command = Command::new("sqlite3");
            command.args([ask("SELECT file FROM pragma_database_list").await.as_str(), ".dump"]);
            command
        }
    };
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let is_about_the_data = |line: &&str| {
        !line.is_empty()
            && !["--", "\\", "SET ", "SELECT pg_catalog", "PRAGMA"].iter().any(|start| line.starts_with(start))
    };
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter(is_about_the_data).flat_map(|line| [line, "\n"]).collect()
}

/// Stores the dump if `RECORD_SCHEMA` asks for it, as `just record-schema` does.
async fn record(store: &SeaOrmStore) {
    #[expect(clippy::disallowed_methods, reason = "what a person asks for")]
    let Ok(release) = std::env::var("RECORD_SCHEMA") else { return };
    let folder = schemas().join(release);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(file_name(store.connection().get_database_backend())), dump(store).await).unwrap();
}

async fn people_find_again_what_they_leave_today(database: TestDatabase) {
    live(database.another_instance().await).await;
    record(&database).await;
    go_on(database.another_instance().await).await;
}

on_every_database!(fresh: people_find_again_what_they_leave_today);

async fn every_released_schema_is_upgraded_with_the_people_in_it(kind: Kind) {
    let mut upgraded = 0;
    for release in fs::read_dir(schemas()).unwrap() {
        let Some(database) = TestDatabase::blank(kind).await else { return };
        let db = database.connection();
        let dump = release.unwrap().path().join(file_name(db.get_database_backend()));
        db.execute_unprepared(&fs::read_to_string(&dump).unwrap()).await.unwrap();
        doorward_migrations::migrate(&db).await.unwrap();
        go_on(database.another_instance().await).await;
        upgraded += 1;
    }
    assert!(upgraded > 0);
}

#[tokio::test]
async fn every_released_schema_is_upgraded_on_sqlite() {
    every_released_schema_is_upgraded_with_the_people_in_it(Kind::Sqlite).await;
}

#[tokio::test]
async fn every_released_schema_is_upgraded_on_postgres() {
    every_released_schema_is_upgraded_with_the_people_in_it(Kind::Postgres).await;
}

#[tokio::test]
async fn every_released_schema_is_upgraded_on_mariadb() {
    every_released_schema_is_upgraded_with_the_people_in_it(Kind::MariaDb).await;
}

/// While instances are upgraded one after the other, those of the last release write to the schema of this one. SQLite
/// is left out, as its dumps do not name the columns.
async fn rows_of_the_last_release_are_taken_by_todays_schema(kind: Kind) {
    let Some(database) = TestDatabase::fresh(kind).await else { return };
    let db = database.connection();
    let newest = fs::read_dir(schemas()).unwrap().map(|release| release.unwrap().path()).max().unwrap();
    let dump = fs::read_to_string(newest.join(file_name(db.get_database_backend()))).unwrap();
    let inserts = dump.split('\n').fold(Vec::<String>::new(), |mut inserts, line| {
        match inserts.last_mut() {
            Some(unfinished) if !unfinished.ends_with(';') => *unfinished += line,
            _ if line.starts_with("INSERT") => inserts.push(line.to_owned()),
            _ => {}
        }
        inserts
    });
    let mut taken = 0;
    // Users first, as others refer to them.
    for table in [
        "users",
        "passwords",
        "sessions",
        "activity",
        "known_devices",
        "emails",
        "links",
        "totp_secrets",
        "recovery_codes",
        "pending_log_ins",
        "user_handles",
        "passkeys",
        "answered_challenges",
        "outbox",
        "invitations",
        "reserved_names",
        "attempt_counters",
        "imports",
    ] {
        let begins = [format!("INSERT INTO public.{table} "), format!("INSERT INTO `{table}` ")];
        for insert in inserts.iter().filter(|insert| begins.iter().any(|begin| insert.starts_with(begin))) {
            db.execute_unprepared(insert).await.unwrap();
            taken += 1;
        }
    }
    assert!(taken >= 18, "each table has rows: {taken}");
}

#[tokio::test]
async fn rows_of_the_last_release_are_taken_by_todays_schema_on_postgres() {
    rows_of_the_last_release_are_taken_by_todays_schema(Kind::Postgres).await;
}

#[tokio::test]
async fn rows_of_the_last_release_are_taken_by_todays_schema_on_mariadb() {
    rows_of_the_last_release_are_taken_by_todays_schema(Kind::MariaDb).await;
}
