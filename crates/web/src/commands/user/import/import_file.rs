use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use doorward_domain::ImportId;
use sha2::{Digest as _, Sha256};

use super::user_line::BadLine;
use crate::commands::CommandError;

/// A file of users, which is read several times.
pub(super) struct ImportFile {
    path: PathBuf,
    file: File,
}

/// A line of the file, counted from 1.
pub(super) struct Line {
    pub(super) number: u64,
    /// The text without its line ending.
    pub(super) text: Result<Vec<u8>, BadLine>,
}

impl ImportFile {
    /// The most bytes of a line.
    pub(super) const MAX_LINE_BYTES: usize = 64 * 1024;

    /// Opens a regular file: a pipe cannot be read again.
    pub(super) fn open(path: &Path) -> Result<Self, CommandError> {
        let failed = |source| CommandError::File { path: path.to_owned(), source };
        // The type is checked before the file is opened: opening a pipe blocks until another process writes to it.
        if !path.metadata().map_err(failed)?.is_file() {
            return Err(failed(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file, which can be read twice",
            )));
        }
        Ok(Self { path: path.to_owned(), file: File::open(path).map_err(failed)? })
    }

    /// The id of the import, by the file's content: the same file continues an import, and another file starts a new one.
    pub(super) fn id(&self) -> Result<ImportId, CommandError> {
        let mut reader = self.rewound()?;
        let mut sha256 = Sha256::new();
        loop {
            let bytes = reader.fill_buf().map_err(|error| self.failed(error))?;
            if bytes.is_empty() {
                return Ok(ImportId::from_sha256(sha256.finalize().into()));
            }
            sha256.update(bytes);
            let read = bytes.len();
            reader.consume(read);
        }
    }

    /// Reads the lines in order. Only one reader may use the file at a time.
    pub(super) fn lines(&self) -> Result<impl Iterator<Item = Result<Line, CommandError>>, CommandError> {
        let mut reader = self.rewound()?;
        let numbers = 1..;
        Ok(numbers.map_while(move |number| match next_line(&mut reader) {
            Ok(text) => text.map(|text| Ok(Line { number, text })),
            Err(error) => Some(Err(self.failed(error))),
        }))
    }

    fn rewound(&self) -> Result<BufReader<&File>, CommandError> {
        let mut file = &self.file;
        file.rewind().map_err(|error| self.failed(error))?;
        Ok(BufReader::with_capacity(Self::MAX_LINE_BYTES, file))
    }

    fn failed(&self, source: io::Error) -> CommandError {
        CommandError::File { path: self.path.clone(), source }
    }
}

/// Reads a line, and returns `None` at the end. Of a line that is too long, no more than the limit is in memory at once.
fn next_line(reader: &mut impl io::BufRead) -> io::Result<Option<Result<Vec<u8>, BadLine>>> {
    const MOST: usize = ImportFile::MAX_LINE_BYTES;
    let mut line = Vec::new();
    reader.by_ref().take(MOST as u64 + 1).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.pop_if(|last| *last == b'\n').is_none() && line.len() > MOST {
        reader.skip_until(b'\n')?;
        return Ok(Some(Err(BadLine::TooLong)));
    }
    Ok(Some(Ok(line)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines_of(bytes: &[u8]) -> Vec<Result<Vec<u8>, BadLine>> {
        let mut reader = bytes;
        std::iter::from_fn(|| next_line(&mut reader).unwrap()).collect()
    }

    #[test]
    fn a_line_that_is_too_long_is_told_and_the_next_one_is_read() {
        let longest = vec![b'x'; ImportFile::MAX_LINE_BYTES];
        let longer = vec![b'y'; ImportFile::MAX_LINE_BYTES + 1];
        let much_longer = vec![b'z'; 3 * ImportFile::MAX_LINE_BYTES];
        let bytes = [&longest[..], b"\n", &longer, b"\n", &much_longer, b"\nend"].concat();
        let lengths: Vec<_> = lines_of(&bytes).into_iter().map(|line| line.map(|text| text.len()).ok()).collect();
        assert_eq!(lengths, [Some(ImportFile::MAX_LINE_BYTES), None, None, Some(3)]);
    }

    proptest! {
        #[test]
        fn lines_are_split_as_the_standard_library_splits_them(lines in prop::collection::vec("[^\n]{0,40}", 0..20)) {
            let read: Vec<_> = lines_of(lines.join("\n").as_bytes()).into_iter().map(Result::unwrap).collect();
            let expected = lines.join("\n");
            let expected: Vec<_> = expected.lines().map(|line| line.as_bytes().to_vec()).collect();
            // `lines` drops a `\r` at the end of a line, and JSON ignores white space there, so both are trimmed.
            let trimmed = |lines: Vec<Vec<u8>>| lines.iter().map(|line| line.trim_ascii_end().to_vec()).collect::<Vec<_>>();
            prop_assert_eq!(trimmed(read), trimmed(expected));
        }
    }
}
