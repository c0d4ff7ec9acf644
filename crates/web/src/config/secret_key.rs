//! The key that encrypts cookies: given, or generated once and kept in the data directory.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cookie::Key;
use doorward_domain::{Entropy, EntropyError};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// The key that encrypts cookies. `Debug` does not show it.
#[derive(Clone, PartialEq)]
pub struct SecretKey {
    text: String,
    cookie_key: Key,
}

/// The example keys of Rocket's documentation, which are public.
const PUBLISHED: [&str; 2] =
    ["hPRYyVRiMyxpw5sBB1XeCMN1kFsDCqKvBi2QJxBVHQk=", "itlYmFR2vYKrOmFhupMIn/hyB6lYCCTXz4yaQX89XVg="];

impl SecretKey {
    /// Reads a key of 256 bits or more: base64 of 44 or 88 characters, or 64 hexadecimal digits, as Rocket takes it.
    ///
    /// # Errors
    /// [`SecretKeyError::Malformed`], [`SecretKeyError::Guessable`]. Neither shows the key.
    pub fn parse(text: &str) -> Result<Self, SecretKeyError> {
        let text = text.trim();
        // Random bytes have many different values; a key typed by hand has few.
        let bytes = decode(text).filter(|bytes| bytes.len() >= 32).ok_or(SecretKeyError::Malformed)?;
        let cookie_key = if bytes.len() >= 64 { Key::from(&bytes) } else { Key::derive_from(&bytes) };
        let mut values = bytes;
        values.sort_unstable();
        values.dedup();
        if PUBLISHED.contains(&text) || values.len() < 8 {
            return Err(SecretKeyError::Guessable);
        }
        Ok(Self { text: text.to_owned(), cookie_key })
    }

    /// The key in the data directory, generated if there is none. Several instances that start at once get the same key:
    /// the file appears whole, and never replaces another.
    ///
    /// # Errors
    /// [`SecretKeyError`]; [`SecretKeyError::File`] names the file.
    pub fn keep_in(data_dir: &Path, entropy: &impl Entropy) -> Result<Self, SecretKeyError> {
        match Self::find_in(data_dir) {
            Err(SecretKeyError::File { path, source }) if source.kind() == io::ErrorKind::NotFound => {
                make_file(data_dir, &path, entropy)?;
                Self::find_in(data_dir)
            }
            found => found,
        }
    }

    /// Reads the key in the data directory, and generates none.
    ///
    /// # Errors
    /// [`SecretKeyError`]; [`SecretKeyError::File`] names the file, also if there is none.
    pub fn find_in(data_dir: &Path) -> Result<Self, SecretKeyError> {
        let path = data_dir.join("secret_key");
        let failed = |source| SecretKeyError::File { path: path.clone(), source };
        let found = fs::metadata(&path).map_err(failed)?;
        // Reading a pipe would block.
        if !found.is_file() {
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "is not a regular file")));
        }
        let text = fs::read_to_string(&path).map_err(failed)?;
        let mode = found.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(SecretKeyError::Readable { path, mode: mode & 0o777 });
        }
        Self::parse(&text).map_err(|error| SecretKeyError::Unfit { path, source: Box::new(error) })
    }

    /// A new key of 512 random bits.
    ///
    /// # Errors
    /// [`EntropyError`] when there is no randomness.
    pub fn generate(entropy: &impl Entropy) -> Result<Self, EntropyError> {
        let mut bytes = [0; 64];
        entropy.fill(&mut bytes)?;
        Ok(Self { text: STANDARD.encode(bytes), cookie_key: Key::from(&bytes) })
    }

    /// The key that Rocket derives from this text.
    pub(crate) const fn cookie_key(&self) -> &Key {
        &self.cookie_key
    }

    /// The random bytes of the key, 32 or more, from which keys for other purposes are derived.
    pub(super) fn bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(decode(&self.text).unwrap_or_default())
    }

    /// The key, for Rocket's configuration.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.text
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    match text.len() {
        44 | 88 => STANDARD.decode(text).ok(),
        64 if text.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            (0..64).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
        }
        _ => None,
    }
}

fn make_file(data_dir: &Path, path: &Path, entropy: &impl Entropy) -> Result<(), SecretKeyError> {
    let key = SecretKey::generate(entropy)?;
    let written = (|| {
        // A temporary file has mode 0600 from its first moment.
        let mut file = NamedTempFile::new_in(data_dir)?;
        writeln!(file, "{}", key.expose_secret())?;
        file.as_file().sync_all()?;
        match file.persist_noclobber(path) {
            Ok(_) => File::open(data_dir)?.sync_all(),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error.error),
        }
    })();
    written.map_err(|source| SecretKeyError::File { path: path.to_owned(), source })
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey([redacted])")
    }
}

/// Why there is no secret key. No error shows it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretKeyError {
    /// Not a key.
    #[error("is no secret key: it takes base64 of 44 or 88 characters, or 64 hexadecimal digits")]
    Malformed,
    /// A key that others know or can guess.
    #[error("is a secret key that others can guess; make one with `doorward key`")]
    Guessable,
    /// The file holds no key.
    #[error("the file {} {source}", path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What is wrong with its content.
        source: Box<SecretKeyError>,
    },
    /// Other users of this machine can read the file.
    #[error("the file {} has mode {mode:o}, so that others can read it; allowed is 600", path.display())]
    Readable {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file cannot be read or made.
    #[error("the file {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// There was no randomness to generate a key.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

#[cfg(test)]
mod tests {
    use doorward_domain::testing::{NoEntropy, SeededEntropy};
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn keys_in_each_of_rockets_forms_are_taken() {
        let bytes: Vec<u8> = (0..64).collect();
        for key in [STANDARD.encode(&bytes), STANDARD.encode(&bytes[..32]), "0123456789abcdef".repeat(4)] {
            assert_eq!(SecretKey::parse(&format!("{key}\n")).unwrap().expose_secret(), key);
        }
    }

    #[test]
    fn a_malformed_or_known_key_is_refused_without_being_shown() {
        let zeros = "0".repeat(64);
        for key in [
            "",
            "MYSECRETKEY!",
            &"x".repeat(43),
            &"!".repeat(44),
            // 31 bytes.
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
            &"g".repeat(64),
            PUBLISHED[0],
            PUBLISHED[1],
            &zeros,
            &STANDARD.encode([7; 64]),
        ] {
            let message = SecretKey::parse(key).unwrap_err().to_string();
            assert!(key.is_empty() || !message.contains(key), "{message}");
        }
    }

    #[test]
    fn a_key_is_made_once_for_its_owner_alone() {
        let (folder, entropy) = (TempDir::new().unwrap(), SeededEntropy::default());
        let made = SecretKey::keep_in(folder.path(), &entropy).unwrap();
        assert_eq!(SecretKey::keep_in(folder.path(), &entropy).unwrap(), made);
        let permissions = fs::metadata(folder.path().join("secret_key")).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing temporary is left");
    }

    #[test]
    fn a_new_key_is_one_that_is_taken_and_another_each_time() {
        let entropy = SeededEntropy::default();
        let keys = [(); 2].map(|()| SecretKey::generate(&entropy).unwrap());
        assert!(keys.iter().all(|key| SecretKey::parse(key.expose_secret()).unwrap() == *key) && keys[0] != keys[1]);
    }

    #[test]
    fn several_who_make_a_key_at_once_get_the_same() {
        let folder = TempDir::new().unwrap();
        let entropy = SeededEntropy::default();
        let keys: Vec<_> = std::thread::scope(|scope| {
            let makers: Vec<_> = (0..8).map(|_| scope.spawn(|| SecretKey::keep_in(folder.path(), &entropy))).collect();
            makers.into_iter().map(|maker| maker.join().unwrap().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }

    #[test]
    fn a_damaged_file_is_named_and_its_content_is_not() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secret_key");
        fs::write(&path, "half of a ke").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let message = SecretKey::keep_in(folder.path(), &NoEntropy).unwrap_err().to_string();
        assert!(message.contains("secret_key") && !message.contains("half"), "{message}");
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let (folder, entropy) = (TempDir::new().unwrap(), SeededEntropy::default());
        SecretKey::keep_in(folder.path(), &entropy).unwrap();
        let path = folder.path().join("secret_key");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let message = SecretKey::keep_in(folder.path(), &entropy).unwrap_err().to_string();
        assert!(message.contains("644"), "{message}");
    }

    #[test]
    fn without_randomness_no_file_is_made() {
        let folder = TempDir::new().unwrap();
        assert!(matches!(SecretKey::keep_in(folder.path(), &NoEntropy), Err(SecretKeyError::Entropy(_))));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", SecretKey::parse(&"0123456789abcdef".repeat(4)).unwrap()), "SecretKey([redacted])");
    }
}
