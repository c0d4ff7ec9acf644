use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use doorward_web::config::{Database, SiteConfig};

/// A file with secrets that is not its owner's alone.
pub(super) struct ReadableFile {
    pub(super) path: PathBuf,
    /// Its permissions.
    pub(super) mode: u32,
}

/// Those files with secrets that others can read. The key's is refused instead, as it is made by us.
pub(super) fn readable_files(config: &SiteConfig) -> Vec<ReadableFile> {
    let mut files = vec![Path::new("doorward.toml"), Path::new("Rocket.toml")];
    if let Database::File(path) = &config.database {
        files.push(path);
    }
    let modes = files.into_iter().filter_map(|path| Some((path, path.metadata().ok()?.permissions().mode() & 0o777)));
    let readable = modes.filter(|(_, mode)| mode & 0o077 != 0);
    readable.map(|(path, mode)| ReadableFile { path: path.to_owned(), mode }).collect()
}
