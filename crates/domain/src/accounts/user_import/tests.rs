use std::time::Duration;

use pollster::block_on;

use crate::accounts::fixtures::{
    A_MOMENT, ADA, ADAS, OTHERS, TestService, changes_nothing, events_of, hash_of, is_over, log_in, mail_service,
    mail_service_of_ada, refused, send_mails, service, service_of_ada, sign_up,
};
use crate::accounts::{Credentials, ImportUsersError, LogIn};
use crate::activity::Event;
use crate::client::Client;
use crate::clock::Clock as _;
use crate::email_address::EmailAddressError;
use crate::password::PasswordHash;
use crate::repository::EmailState;
use crate::user::Standing;
use crate::user_import::{ExistingUsers, ImportId, Imported, ImportedEmail, ImportedUser, UnfitUserError};
use crate::username::UsernameError;

const FILE: ImportId = ImportId::from_sha256([1; ImportId::BYTES]);

fn read(service: &TestService, username: &str, hash: Option<PasswordHash>) -> ImportedUser {
    service.read_imported_user(username, hash, None, None, Standing::Active).unwrap()
}

fn email(text: &str, state: EmailState) -> ImportedEmail {
    ImportedEmail::parse(text, state).unwrap()
}

fn import(
    service: &TestService,
    done: u64,
    users: &[ImportedUser],
    existing: ExistingUsers,
) -> Result<Imported, ImportUsersError> {
    block_on(service.import_users(&FILE, done, users.len() as u64, users, existing))
}

#[test]
fn an_imported_user_logs_in_with_the_password_of_the_other_system() {
    let other = service_of_ada();
    let service = service();
    let users = [read(&service, "Ada", Some(hash_of(&other, "ada"))), read(&service, "admin", None)];
    let imported = import(&service, 0, &users, ExistingUsers::Fail).unwrap();
    assert_eq!(imported, Imported { created: 2, ..Imported::default() });
    let logged_in = log_in(&service);
    assert_eq!(events_of(&service, logged_in.user.id).last(), Some(&Event::AccountImported));
}

#[test]
fn a_user_of_another_system_keeps_the_rules() {
    let service = service_of_ada();
    let (now, good) = (service.clock.now(), hash_of(&service, "ada"));
    let read = |username, hash, created_at| {
        service.read_imported_user(username, hash, None, created_at, Standing::Closed).map(|user| user.created_at)
    };
    let long_ago = now.minus(Duration::from_hours(1_000_000));
    assert_eq!(read("Bob", Some(good.clone()), Some(long_ago)), Ok(long_ago));
    assert_eq!(read("bob", None, Some(now)), Ok(now));
    assert_eq!(read("bob", None, None), Ok(now));
    assert_eq!(read("bob", None, Some(now.plus(A_MOMENT))), Err(UnfitUserError::CreatedInFuture));
    assert_eq!(read("bob smith", None, None), Err(UnfitUserError::Username(UsernameError::BadCharacter)));
    let md5 = PasswordHash::from_stored("5f4dcc3b5aa765d61d8327deb882cf99");
    assert_eq!(read("bob", Some(md5), None), Err(UnfitUserError::PasswordHash));
}

#[test]
fn an_address_of_another_system_keeps_the_rules() {
    let read = |text| ImportedEmail::parse(text, EmailState::Verified).map(|email| email.address.as_str().to_owned());
    assert_eq!(read(" Ada@Example.org "), Ok("Ada@Example.org".to_owned()));
    for (text, reason) in [("", EmailAddressError::Empty), ("ada@localhost", EmailAddressError::BadFormat)] {
        assert_eq!(read(text), Err(UnfitUserError::Email(reason)));
    }
}

#[test]
fn a_user_imported_with_an_address_logs_in_by_it_and_gets_no_mail() {
    let hash = Some(hash_of(&service_of_ada(), "ada"));
    let service = mail_service();
    let users = [
        ImportedUser { email: Some(email(ADAS, EmailState::Verified)), ..read(&service, "Ada", hash.clone()) },
        ImportedUser { email: Some(email(OTHERS, EmailState::Pending)), ..read(&service, "Bob", hash) },
    ];
    import(&service, 0, &users, ExistingUsers::Fail).unwrap();
    assert!(send_mails(&service).is_empty());
    let logs_in = |username: &str| {
        let log_in = LogIn::new(Credentials { username, ..ADA });
        block_on(service.from(&Client::default()).log_in_by_email(log_in)).is_ok()
    };
    assert!(logs_in(&ADAS.to_lowercase()) && !logs_in(OTHERS));
}

#[test]
fn an_address_of_another_user_is_refused_for_a_new_user() {
    let (service, ada) = mail_service_of_ada();
    let hers = |text: &str| Some(email(text, EmailState::Verified));
    let bob = ImportedUser { email: hers(&ADAS.to_uppercase()), ..read(&service, "Bob", None) };
    let asked = [email(ADAS, EmailState::Verified).address];
    assert_eq!(block_on(service.taken_emails(&asked)).unwrap(), asked);
    let refusal = changes_nothing(&service, || import(&service, 0, &[bob], ExistingUsers::Skip));
    assert!(matches!(refusal, Err(ImportUsersError::EmailsTaken(taken)) if taken == asked));
    let same = ImportedUser { email: hers(ADAS), ..read(&service, "ada", None) };
    let imported = import(&service, 0, &[same], ExistingUsers::Skip).unwrap();
    assert_eq!(imported, Imported { skipped: 1, ..Imported::default() });
    let found = block_on(service.emails_of_users(&[ada.id])).unwrap();
    assert_eq!(found, [(ada.id, block_on(service.emails_of_user(ada.id)).unwrap())]);
}

#[test]
fn another_password_of_the_other_system_ends_the_sessions() {
    let service = service_of_ada();
    sign_up(&service, "Bob").unwrap();
    let ada = log_in(&service);
    let users = [read(&service, "ada", Some(hash_of(&service, "bob")))];
    let taken = block_on(service.taken_names(&users.clone().map(|user| user.username))).unwrap();
    assert_eq!(taken, std::slice::from_ref(&ada.user.username));
    let refusal = import(&service, 0, &users, ExistingUsers::Fail);
    assert!(matches!(refusal, Err(ImportUsersError::UsernamesTaken(names)) if names == taken));
    let imported = import(&service, 0, &users, ExistingUsers::UpdateHash).unwrap();
    assert_eq!(imported, Imported { updated: 1, ..Imported::default() });
    assert!(is_over(&service, &ada.token));
    // It is a hash of the same password with another salt.
    assert!(!refused(&service, ADA));
}

#[test]
fn an_import_goes_on_where_it_was_until_it_has_ended() {
    let service = service();
    let user = |username| read(&service, username, None);
    let progress = || block_on(service.import_progress(&FILE)).unwrap();
    assert_eq!(progress(), None);
    import(&service, 0, &[user("ada"), user("bob")], ExistingUsers::Fail).unwrap();
    assert_eq!(progress(), Some(2));
    let again = import(&service, 0, &[user("ada"), user("bob")], ExistingUsers::Skip);
    assert!(matches!(again, Err(ImportUsersError::Overtaken)));
    import(&service, 2, &[user("carol")], ExistingUsers::Fail).unwrap();
    block_on(service.end_import(&FILE)).unwrap();
    assert_eq!(progress(), None);
}
