//! A folder instead of a relay, with one file per mail.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::send_error::SendError;

/// Writes a mail atomically: its file is complete, or not there. The file is named after the part of the mail's id before the `@`.
pub(crate) async fn write(folder: &Path, id: &str, mut mail: Vec<u8>) -> Result<(), SendError> {
    let path = folder.join(format!("{}.eml", file_stem(id)));
    mail.extend(b"\r\n");
    off_thread(folder, move |folder| {
        let part = Part::new(folder)?;
        (&part.file).write_all(&mail)?;
        fs::rename(&part.path, path)
    })
    .await
}

/// Checks that a file can be made in the folder.
pub(crate) async fn check(folder: &Path) -> Result<(), SendError> {
    off_thread(folder, |folder| Part::new(folder).map(drop)).await
}

async fn off_thread(
    folder: &Path,
    work: impl FnOnce(&Path) -> io::Result<()> + Send + 'static,
) -> Result<(), SendError> {
    let folder = folder.to_owned();
    let done = tokio::task::spawn_blocking(move || work(&folder)).await;
    done.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(SendError::Folder)
}

/// Ids are UUIDs. Any other id leads to a file in the same folder, too.
fn file_stem(id: &str) -> String {
    /// A file's name has at most 255 bytes.
    const MAX_CHARS: usize = 100;
    let name = id.split('@').next().unwrap_or_default();
    let fit = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let stem: String = name.chars().take(MAX_CHARS).map(fit).collect();
    if stem.is_empty() { "_".to_owned() } else { stem }
}

/// An unfinished file. It is deleted on drop unless it was renamed.
struct Part {
    path: PathBuf,
    file: File,
}

impl Part {
    fn new(folder: &Path) -> io::Result<Self> {
        static MADE: AtomicU64 = AtomicU64::new(0);
        loop {
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!(".{}-{number}.part", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => return Ok(Self { path, file }),
                // The file was left behind by an earlier process with our process id.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _it_may_have_its_name = fs::remove_file(&self.path);
    }
}
