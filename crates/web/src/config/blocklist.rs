//! An operator's own list of refused passwords: a sorted file, searched where it lies, however large it is.

use std::cmp::Ordering;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use doorward_domain::password::{Blocklist, BlocklistError, Listing};
use sha1::{Digest as _, Sha1};

/// The most bytes of a line, with its end: twice the longest password.
const LONGEST_LINE: u64 = 2_048;

/// How much is read at once: enough for the rest of one line, and a whole one.
const CHUNK: usize = 4_096;

/// How many places of a file are checked before it is used, evenly spread.
const SAMPLES: u64 = 1_000;

/// A file of one password a line, or of one SHA-1 a line as Have I Been Pwned writes them, sorted by their bytes. The first
/// line tells which.
///
/// The file stays open, and a search in a file of 40 GB reads about 40 chunks of 4 KiB. A file that replaces it on disk is
/// used from the next start.
#[derive(Debug)]
pub(crate) struct BlocklistFile {
    path: PathBuf,
    file: File,
    length: u64,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `a password`
    Plain,
    /// `000000005AD76BD555C1D6D771DE417A4B87E4B4:10`; the part after the colon is ignored.
    Sha1,
}

/// A line, without the parts that are ignored.
struct Line {
    begins: u64,
    /// Where the next line begins.
    ends: u64,
    key: Vec<u8>,
}

impl BlocklistFile {
    /// Opens the file, and checks its first line and samples of the other lines.
    ///
    /// # Errors
    /// [`BlocklistFileError`].
    pub(crate) fn open(path: &Path) -> Result<Self, BlocklistFileError> {
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(BlocklistFileError::NotAFile);
        }
        let mut list = Self { path: path.to_owned(), file, length: metadata.len(), kind: Kind::Plain };
        let first = list.line_from(0, 0)?.ok_or(BlocklistFileError::Empty)?;
        if first.key.starts_with(b"\xef\xbb\xbf") {
            return Err(BlocklistFileError::ByteOrderMark);
        }
        if is_sha1(&first.key) {
            list.kind = Kind::Sha1;
        }
        list.look_at_samples()?;
        Ok(list)
    }

    fn look_at_samples(&self) -> Result<(), BlocklistFileError> {
        let mut last: Option<Line> = None;
        for sample in 0..SAMPLES {
            let at = u64::try_from(u128::from(self.length) * u128::from(sample) / u128::from(SAMPLES)).unwrap_or(0);
            // Two lines at each place: neighbours reveal more than lines far apart.
            let Some(line) = self.line_from(at, 0)? else { continue };
            let next = self.line_from(line.ends, line.ends)?;
            for line in [Some(line), next].into_iter().flatten() {
                if self.kind == Kind::Sha1 && !is_sha1(&line.key) {
                    return Err(BlocklistFileError::NotASha1 { at: line.begins });
                }
                if last.as_ref().is_some_and(|last| last.begins < line.begins && self.key_of(last) > self.key_of(&line))
                {
                    return Err(BlocklistFileError::Unsorted { at: line.begins });
                }
                if last.as_ref().is_none_or(|last| last.begins < line.begins) {
                    last = Some(line);
                }
            }
        }
        Ok(())
    }

    fn key_of(&self, line: &Line) -> Vec<u8> {
        match self.kind {
            Kind::Plain => line.key.clone(),
            Kind::Sha1 => line.key.iter().take(SHA1_DIGITS).map(u8::to_ascii_uppercase).collect(),
        }
    }

    fn search(&self, wanted: &[u8]) -> Result<Listing, BlocklistFileError> {
        // If the file has the line, it begins in `low..high`. Some line begins at `low`.
        let (mut low, mut high) = (0, self.length);
        while low < high {
            let middle = low + (high - low) / 2;
            let Some(line) = self.line_from(middle, low)?.filter(|line| line.begins < high) else {
                high = middle;
                continue;
            };
            match wanted.cmp(&self.key_of(&line)) {
                Ordering::Equal => return Ok(Listing::Listed),
                Ordering::Less => high = middle,
                Ordering::Greater => low = line.ends,
            }
        }
        Ok(Listing::Unlisted)
    }

    /// The first line that begins at `from` or later. Some line is known to begin at `beginning`.
    fn line_from(&self, from: u64, beginning: u64) -> Result<Option<Line>, BlocklistFileError> {
        let is_beginning = from == beginning;
        // The byte before `from` shows whether a line begins at `from`.
        let start = if is_beginning { from } else { from - 1 };
        let chunk = self.read_at(start)?;
        let skipped = if is_beginning { Some(0) } else { end_of_line(&chunk) };
        let is_last = start + as_u64(chunk.len()) >= self.length;
        let Some(rest) = skipped.and_then(|skipped| chunk.get(skipped..)) else {
            return if is_last { Ok(None) } else { Err(BlocklistFileError::LongLine { at: start }) };
        };
        let begins = start + as_u64(chunk.len() - rest.len());
        let length = match end_of_line(rest) {
            Some(length) => length,
            None if is_last => rest.len(),
            None => return Err(BlocklistFileError::LongLine { at: begins }),
        };
        if length == 0 {
            return Ok(None);
        }
        if as_u64(length) > LONGEST_LINE {
            return Err(BlocklistFileError::LongLine { at: begins });
        }
        let line = rest.get(..length).unwrap_or_default();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let key = line.strip_suffix(b"\r").unwrap_or(line).to_vec();
        Ok(Some(Line { begins, ends: begins + as_u64(length), key }))
    }

    fn read_at(&self, start: u64) -> io::Result<Vec<u8>> {
        // Bytes that were written to the file after it was opened are ignored.
        let left = usize::try_from(self.length.saturating_sub(start)).unwrap_or(CHUNK);
        let mut chunk = vec![0; CHUNK.min(left)];
        let mut filled = 0;
        while let Some(rest) = chunk.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.file.read_at(rest, start + as_u64(filled)) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        chunk.truncate(filled);
        Ok(chunk)
    }
}

impl Blocklist for BlocklistFile {
    fn find(&self, text: &str) -> Result<Listing, BlocklistError> {
        let found = match self.kind {
            Kind::Plain => self.search(text.as_bytes()),
            Kind::Sha1 => self.search(&sha1_of(text)),
        };
        found.map_err(|error| BlocklistError::new(format!("{}: {error}", self.path.display())))
    }
}

const SHA1_DIGITS: usize = 40;

/// The SHA-1 in 40 hexadecimal digits, upper case, as Have I Been Pwned writes them.
fn sha1_of(text: &str) -> Vec<u8> {
    let halves = |byte: &u8| [byte >> 4, byte & 0xf];
    let digit = |half: u8| if half < 10 { b'0' + half } else { b'A' + half - 10 };
    Sha1::digest(text.as_bytes()).iter().flat_map(halves).map(digit).collect()
}

fn is_sha1(line: &[u8]) -> bool {
    let (digits, rest) = line.split_at_checked(SHA1_DIGITS).unwrap_or_default();
    digits.len() == SHA1_DIGITS && digits.iter().all(u8::is_ascii_hexdigit) && matches!(rest.first(), None | Some(b':'))
}

/// The length of the first line with its end, in bytes; `None` if it has no end.
fn end_of_line(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1)
}

fn as_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// Why a file cannot be used as a list of refused passwords. No error shows a line of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BlocklistFileError {
    /// It cannot be opened or read.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// It is a folder or a device.
    #[error("it is not a file")]
    NotAFile,
    /// The file is empty.
    #[error("it is empty")]
    Empty,
    /// It begins with a byte order mark, which would be a part of the first password.
    #[error("it begins with a byte order mark; save it as UTF-8 without one")]
    ByteOrderMark,
    /// No line ends within [`LONGEST_LINE`].
    #[error("the line at byte {at} has more than {LONGEST_LINE} bytes; there has to be one password a line")]
    LongLine {
        /// Where the line begins.
        at: u64,
    },
    /// The first line is a SHA-1, and this line is not.
    #[error("the line at byte {at} is not a SHA-1 in 40 hexadecimal digits, as the first line is")]
    NotASha1 {
        /// Where the line begins.
        at: u64,
    },
    /// The line belongs before an earlier one.
    #[error("it is not sorted: the line at byte {at} belongs further up; `LC_ALL=C sort -u` sorts it")]
    Unsorted {
        /// Where the line begins.
        at: u64,
    },
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::Write as _;

    use tempfile::NamedTempFile;

    use super::*;

    fn file(content: &[u8]) -> NamedTempFile {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        file
    }

    fn open(content: &[u8]) -> Result<BlocklistFile, String> {
        BlocklistFile::open(file(content).path()).map_err(|error| error.to_string())
    }

    fn sha1(text: &str) -> String {
        String::from_utf8(sha1_of(text)).unwrap()
    }

    /// From Have I Been Pwned, and `printf password | sha1sum`.
    #[test]
    fn a_hash_is_written_as_have_i_been_pwned_writes_it() {
        assert_eq!(sha1("password"), "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8");
    }

    /// Lines of all lengths, so that searches meet them at every position.
    fn passwords(count: usize) -> BTreeSet<String> {
        (0..count).map(|number| format!("{}{}", "pässword ".repeat(number % 23), number * 7_919 % 10_007)).collect()
    }

    #[test]
    fn every_line_of_a_plain_list_is_found_and_nothing_else() {
        for end in ["\n", "\r\n"] {
            for count in [1, 2, 3, 10, 1_000] {
                let passwords = passwords(count);
                let lines: Vec<&str> = passwords.iter().map(String::as_str).collect();
                for last in [end, ""] {
                    let list = open(format!("{}{last}", lines.join(end)).as_bytes()).unwrap();
                    for password in &lines {
                        assert_eq!(list.find(password).unwrap(), Listing::Listed, "{password} of {count}");
                        for other in [format!("{password}x"), password[1..].to_owned(), format!(" {password}")] {
                            let is_listed = list.find(&other).unwrap() == Listing::Listed;
                            assert_eq!(is_listed, passwords.contains(&other), "{other} of {count}");
                        }
                    }
                    for nowhere in ["", "\u{1}", "zzzz", "\u{10ffff}"] {
                        assert_eq!(list.find(nowhere).unwrap(), Listing::Unlisted);
                    }
                }
            }
        }
    }

    enum Case {
        Upper,
        Lower,
    }

    #[test]
    fn a_list_of_hashes_is_told_by_its_first_line_and_searched_by_hash() {
        for (case, rest) in [(Case::Upper, ""), (Case::Upper, ":42"), (Case::Lower, ":3\r")] {
            let hashes: BTreeSet<String> = passwords(500).iter().map(|password| sha1(password)).collect();
            let line = |hash: &String| match case {
                Case::Upper => format!("{hash}{rest}\n"),
                Case::Lower => format!("{}{rest}\n", hash.to_lowercase()),
            };
            let list = open(hashes.iter().map(line).collect::<String>().as_bytes()).unwrap();
            for password in passwords(500) {
                assert_eq!(list.find(&password).unwrap(), Listing::Listed, "{password}");
                assert_eq!(list.find(&format!("{password}x")).unwrap(), Listing::Unlisted);
                assert_eq!(list.find(&sha1(&password)).unwrap(), Listing::Unlisted, "a hash is no password");
            }
        }
    }

    /// The file is as large as that of Have I Been Pwned, and sparse apart from its first line.
    #[test]
    fn a_line_without_an_end_is_told_after_one_piece_of_it() {
        let file = file(b"aaa\n");
        file.as_file().set_len(40 << 30).unwrap();
        let list = BlocklistFile { path: PathBuf::new(), length: 4, kind: Kind::Plain, file: file.reopen().unwrap() };
        assert_eq!(list.find("aaa").unwrap(), Listing::Listed);
        let list = BlocklistFile { length: 40 << 30, ..list };
        assert!(list.find("bbb").is_err());
    }

    #[test]
    fn an_unsorted_or_malformed_list_is_refused_and_no_line_shown() {
        let unsorted = passwords(5_000).into_iter().rev().collect::<Vec<_>>().join("\n");
        let hashes = format!("{}\nsecret line\n", sha1("x"));
        for (content, part) in [
            (&b""[..], "it is empty"),
            (b"\xef\xbb\xbfa\nb\n", "it begins with a byte order mark"),
            (b"b\na\n", "it is not sorted: the line at byte 2"),
            (unsorted.as_bytes(), "it is not sorted"),
            (hashes.as_bytes(), "the line at byte 41 is not a SHA-1"),
            ("long".repeat(2_000).as_bytes(), "the line at byte 0 has more than 2048 bytes"),
            (format!("a\n{}\nc\n", "b".repeat(2_048)).as_bytes(), "the line at byte 2 has more than"),
        ] {
            let message = open(content).unwrap_err();
            assert!(message.contains(part) && !message.contains("secret"), "{part}: {message}");
        }
        assert!(BlocklistFile::open(Path::new("/")).is_err());
        assert!(BlocklistFile::open(Path::new("/nowhere/at/all")).is_err());
    }
}
