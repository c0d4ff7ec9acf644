//! A store of one's own, in a folder of files, that keeps the whole contract:
//! `cargo test -p doorward-domain --example custom_store --features testing`
//!
//! One file a user, one a session. A lock makes each method one step within this process; a store for several processes
//! would leave that to its database.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use doorward_domain::repository::{InsertUserError, StartSessionError};
use doorward_domain::user::{NewUser, StoredUser};
use doorward_domain::{
    PasswordHash, Session, SessionId, SessionRepository, Standing, StoreError, Timestamp, TokenHash, User, UserId,
    UserRepository, Username,
};
use uuid::Uuid;

/// Users in `users/<key>`, sessions in `sessions/<token hash>`; each a few lines of text.
struct FolderStore {
    folder: PathBuf,
    lock: Mutex<()>,
}

impl FolderStore {
    fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder.join("users"))?;
        fs::create_dir_all(folder.join("sessions"))?;
        Ok(Self { folder: folder.to_owned(), lock: Mutex::new(()) })
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn user_file(&self, username: &Username) -> PathBuf {
        self.folder.join("users").join(username.key())
    }

    fn session_file(&self, token: &TokenHash) -> PathBuf {
        let name = token.as_bytes().iter().fold(String::new(), |name, byte| name + &format!("{byte:02x}"));
        self.folder.join("sessions").join(name)
    }

    /// The files of one kind, with what is in them.
    fn all<T>(
        &self,
        kind: &str,
        read: fn(&Path) -> Result<Option<T>, StoreError>,
    ) -> Result<Vec<(PathBuf, T)>, StoreError> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.folder.join(kind)).map_err(StoreError::unavailable)? {
            let path = entry.map_err(StoreError::unavailable)?.path();
            found.extend(read(&path)?.map(|content| (path, content)));
        }
        Ok(found)
    }

    fn user_with_id(&self, id: UserId) -> Result<Option<(PathBuf, StoredUser)>, StoreError> {
        Ok(self.all("users", read_user)?.into_iter().find(|(_, stored)| stored.user.id == id))
    }

    /// Changes a user, if there is one with this id.
    fn change(&self, id: UserId, change: impl FnOnce(&mut StoredUser)) -> Result<(), StoreError> {
        if let Some((path, mut stored)) = self.user_with_id(id)? {
            change(&mut stored);
            replace(&path, &user_text(&stored)).map_err(StoreError::unavailable)?;
        }
        Ok(())
    }
}

impl UserRepository for FolderStore {
    async fn insert(&self, new: &NewUser) -> Result<(), InsertUserError> {
        let _one_step = self.lock();
        let NewUser { id, username, password_hash, created_at } = new.clone();
        let user = User { id, username, standing: Standing::Active, created_at };
        let text = user_text(&StoredUser { user, password_hash });
        // The file system knows whether the name is taken: nobody looks first.
        let written =
            fs::File::create_new(self.user_file(&new.username)).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => InsertUserError::UsernameTaken,
            _ => InsertUserError::Store(StoreError::unavailable(error)),
        })
    }

    async fn find_by_username(&self, username: &Username) -> Result<Option<StoredUser>, StoreError> {
        let _one_step = self.lock();
        read_user(&self.user_file(username))
    }

    async fn replace_password_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        let _one_step = self.lock();
        self.change(id, |stored| {
            if stored.password_hash == *old {
                stored.password_hash = new.clone();
            }
        })
    }

    async fn close(&self, id: UserId) -> Result<(), StoreError> {
        let _one_step = self.lock();
        self.change(id, |stored| stored.user.standing = Standing::Closed)?;
        for (path, session) in self.all("sessions", read_session)? {
            if session.user_id == id {
                remove(&path)?;
            }
        }
        Ok(())
    }

    async fn reopen(&self, id: UserId) -> Result<(), StoreError> {
        let _one_step = self.lock();
        self.change(id, |stored| stored.user.standing = Standing::Active)
    }
}

impl SessionRepository for FolderStore {
    async fn start(
        &self,
        session: &Session,
        token: &TokenHash,
        replacing: Option<&TokenHash>,
    ) -> Result<(), StartSessionError> {
        let _one_step = self.lock();
        let user = self.user_with_id(session.user_id)?;
        if user.is_none_or(|(_, stored)| stored.user.standing != Standing::Active) {
            return Err(StartSessionError::NotActive);
        }
        replace(&self.session_file(token), &session_text(session)).map_err(StoreError::unavailable)?;
        if let Some(replaced) = replacing {
            remove(&self.session_file(replaced))?;
        }
        Ok(())
    }

    async fn find_by_token(&self, token: &TokenHash) -> Result<Option<(Session, User)>, StoreError> {
        let _one_step = self.lock();
        let Some(session) = read_session(&self.session_file(token))? else { return Ok(None) };
        Ok(self.user_with_id(session.user_id)?.map(|(_, stored)| (session, stored.user)))
    }

    async fn touch(&self, id: SessionId, seen_at: Timestamp) -> Result<(), StoreError> {
        let _one_step = self.lock();
        let found = self.all("sessions", read_session)?.into_iter().find(|(_, session)| session.id == id);
        if let Some((path, mut session)) = found {
            session.last_seen_at = session.last_seen_at.max(seen_at);
            replace(&path, &session_text(&session)).map_err(StoreError::unavailable)?;
        }
        Ok(())
    }

    async fn delete_by_token(&self, token: &TokenHash) -> Result<(), StoreError> {
        let _one_step = self.lock();
        remove(&self.session_file(token))
    }
}

/// Writes beside the file and renames, so that a reader sees the old text or the new one.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_file_name("..new");
    fs::write(&beside, text)?;
    fs::rename(beside, path)
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::unavailable(error)),
        _ => Ok(()),
    }
}

fn user_text(StoredUser { user, password_hash }: &StoredUser) -> String {
    let standing = if user.standing == Standing::Active { "active" } else { "closed" };
    let (id, created_at) = (user.id, user.created_at.as_unix_micros());
    format!("{id}\n{}\n{standing}\n{created_at}\n{}", user.username, password_hash.expose_secret())
}

fn session_text(session: &Session) -> String {
    let (created, seen) = (session.created_at.as_unix_micros(), session.last_seen_at.as_unix_micros());
    format!("{}\n{}\n{created}\n{seen}", session.id, session.user_id)
}

fn read_user(path: &Path) -> Result<Option<StoredUser>, StoreError> {
    read(path, |lines| {
        let [id, username, standing, created_at, hash] = lines else { return None };
        let user = User {
            id: UserId::from_uuid(Uuid::parse_str(id).ok()?),
            username: Username::parse(username).ok()?,
            standing: if *standing == "active" { Standing::Active } else { Standing::Closed },
            created_at: Timestamp::from_unix_micros(created_at.parse().ok()?),
        };
        Some(StoredUser { user, password_hash: PasswordHash::from_stored(*hash) })
    })
}

fn read_session(path: &Path) -> Result<Option<Session>, StoreError> {
    read(path, |lines| {
        let [id, user_id, created_at, last_seen_at] = lines else { return None };
        Some(Session {
            id: SessionId::from_uuid(Uuid::parse_str(id).ok()?),
            user_id: UserId::from_uuid(Uuid::parse_str(user_id).ok()?),
            created_at: Timestamp::from_unix_micros(created_at.parse().ok()?),
            last_seen_at: Timestamp::from_unix_micros(last_seen_at.parse().ok()?),
        })
    })
}

/// `None` for a file that is not there; an error for one that makes no sense.
fn read<T>(path: &Path, parse: impl FnOnce(&[&str]) -> Option<T>) -> Result<Option<T>, StoreError> {
    match fs::read_to_string(path) {
        Ok(text) => {
            let lines: Vec<_> = text.lines().collect();
            parse(&lines).map(Some).ok_or_else(|| StoreError::broken(format!("{} makes no sense", path.display())))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::unavailable(error)),
    }
}

fn main() -> io::Result<()> {
    let store = FolderStore::open(Path::new("accounts"))?;
    writeln!(io::stdout(), "users and sessions are in {}", store.folder.display())
}

#[cfg(test)]
mod tests {
    use std::ops::Deref;

    use tempfile::TempDir;

    use super::*;

    /// A store whose folder goes with it.
    struct Fresh(FolderStore, #[expect(dead_code, reason = "it is held until the test is over")] TempDir);

    impl Deref for Fresh {
        type Target = FolderStore;

        fn deref(&self) -> &FolderStore {
            &self.0
        }
    }

    fn fresh() -> Fresh {
        let folder = TempDir::new().unwrap();
        Fresh(FolderStore::open(folder.path()).unwrap(), folder)
    }

    doorward_domain::store_contract!(pollster::test, *fresh());
}
