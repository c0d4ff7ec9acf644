use std::fs::Metadata;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use doorward_web::config::{Database, SiteConfig, settings_file};

/// A file with secrets that users other than its owner can access.
pub(super) struct ReadableFile {
    pub(super) path: PathBuf,
    /// Its permissions.
    pub(super) mode: u32,
}

/// The files with secrets that other users can access. The key's file is not among them: a site refuses to start with a readable one.
pub(super) fn readable_files(config: &SiteConfig) -> Vec<ReadableFile> {
    let settings = settings_file();
    let mut files = vec![&*settings, Path::new("Rocket.toml")];
    if let Database::File(path) = &config.database {
        files.push(path);
    }
    let found = files.into_iter().filter_map(|path| Some((path, path.metadata().ok()?)));
    let readable = found.filter(|(_, metadata)| metadata.mode() & 0o077 & !shared(metadata) != 0);
    let shown = |(path, metadata): (&Path, Metadata)| ReadableFile {
        path: path.to_owned(),
        mode: metadata.permissions().mode() & 0o777,
    };
    readable.map(shown).collect()
}

/// The permissions that others than the owner may have: root may let the group of the service read its settings.
fn shared(metadata: &Metadata) -> u32 {
    if metadata.uid() == 0 && metadata.gid() != 0 { 0o040 } else { 0 }
}
