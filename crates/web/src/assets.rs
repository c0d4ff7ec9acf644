//! Style sheet, script and icon: compiled in, replaceable from a folder, served under names that change with them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rocket::http::ContentType;
use sha2::{Digest as _, Sha256};

const COMPILED_IN: [(&str, &[u8]); 4] = [
    ("icon.svg", include_bytes!("../assets/icon.svg")),
    ("passkeys.js", include_bytes!("../assets/passkeys.js")),
    ("script.js", include_bytes!("../assets/script.js")),
    ("style.css", include_bytes!("../assets/style.css")),
];

/// All assets. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Assets(Arc<BTreeMap<String, Asset>>);

/// One asset.
#[derive(Debug)]
pub struct Asset {
    /// The file name in its URL: `style-0a1b2c3d4e5f6071.css`. It changes with the content, so browsers cache the asset forever.
    pub hashed_name: String,
    /// Its content type.
    pub content_type: ContentType,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Assets {
    /// The compiled-in assets. Files of `folder` replace those of the same name, and others are added.
    ///
    /// # Errors
    /// When the folder cannot be read. A folder that does not exist is no error.
    pub fn load(folder: Option<&Path>) -> io::Result<Self> {
        let mut files: BTreeMap<String, Vec<u8>> =
            COMPILED_IN.iter().map(|&(name, bytes)| (name.to_owned(), bytes.to_vec())).collect();
        if let Some(folder) = folder.filter(|folder| folder.is_dir()) {
            for entry in folder.read_dir()? {
                let entry = entry?;
                if entry.file_type()?.is_file() {
                    files.insert(entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path())?);
                }
            }
        }
        Ok(Self(Arc::new(files.into_iter().map(|(name, bytes)| (name.clone(), Asset::new(&name, bytes))).collect())))
    }

    /// The path of the asset with this plain name.
    #[must_use]
    pub fn path_of(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|asset| format!("/assets/{}", asset.hashed_name))
    }

    /// The asset that is served under this hashed name.
    #[must_use]
    pub fn find(&self, hashed_name: &str) -> Option<&Asset> {
        self.0.values().find(|asset| asset.hashed_name == hashed_name)
    }
}

impl Asset {
    fn new(name: &str, bytes: Vec<u8>) -> Self {
        let mut hash = String::with_capacity(16);
        for byte in Sha256::digest(&bytes).iter().take(8) {
            let _never_fails = write!(hash, "{byte:02x}");
        }
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
        Self {
            hashed_name: format!("{stem}-{hash}.{extension}"),
            content_type: ContentType::from_extension(extension).unwrap_or(ContentType::Binary),
            bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_changes_with_the_content() {
        let (one, two) = (Asset::new("style.css", b"a".to_vec()), Asset::new("style.css", b"b".to_vec()));
        assert_ne!(one.hashed_name, two.hashed_name);
        assert_eq!(one.hashed_name, "style-ca978112ca1bbdca.css");
        assert_eq!(one.content_type, ContentType::CSS);
    }

    #[test]
    fn a_folder_replaces_and_adds() {
        let folder = tempfile::TempDir::new().unwrap();
        std::fs::write(folder.path().join("style.css"), "body{}").unwrap();
        std::fs::write(folder.path().join("logo.png"), "png").unwrap();
        let assets = Assets::load(Some(folder.path())).unwrap();
        let served = |name: &str| {
            let path = assets.path_of(name).unwrap();
            assets.find(path.strip_prefix("/assets/").unwrap()).unwrap().bytes.clone()
        };
        assert_eq!((served("style.css"), served("logo.png")), (b"body{}".to_vec(), b"png".to_vec()));
        assert_eq!(served("script.js"), COMPILED_IN[2].1);
    }

    #[test]
    fn only_the_hashed_name_is_served() {
        let assets = Assets::load(None).unwrap();
        assert!(assets.find("style.css").is_none());
        assert!(assets.path_of("nothing.css").is_none());
    }
}
