mod import_file;
mod user_line;

use std::collections::{BTreeSet, HashMap};
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use doorward_domain::{
    EmailAddress, ExistingUsers, Failed, ImportId, ImportUsersError, Imported, ImportedEmail, ImportedUser, Username,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::commands::CommandError;
use crate::commands::operator::{Site, at_the_site};
use crate::commands::output::{OutputArgs, note};
use doorward_web::auth::SiteAuth;
use import_file::{ImportFile, Line};
use user_line::{BadLine, read_user};

#[derive(clap::Args)]
pub(in crate::commands) struct Import {
    /// JSON lines
    file: PathBuf,
    /// Only look for bad lines
    #[arg(long)]
    dry_run: bool,
    /// What to do with users whose name is taken
    #[arg(long, value_name = "WHAT", default_value = "fail")]
    existing: Existing,
    /// Leave bad lines out, instead of importing nothing
    #[arg(long)]
    skip_bad: bool,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Existing {
    /// Their lines are bad
    Fail,
    /// Their lines are left out
    Skip,
    /// They get the password hash of their line, and not its address; nothing else changes but what a new password ends
    UpdateHash,
}

/// How many lines there were, and how many had which result.
#[derive(Default, Serialize)]
struct Report {
    lines: u64,
    created: u64,
    updated: u64,
    skipped: u64,
    bad: u64,
}

impl Import {
    /// Reads all lines, and then imports them in batches.
    pub(super) fn run(self) -> Result<(), CommandError> {
        let file = ImportFile::open(&self.file)?;
        at_the_site("user import", async |site| {
            let existing = match self.existing {
                Existing::Fail => ExistingUsers::Fail,
                Existing::Skip => ExistingUsers::Skip,
                Existing::UpdateHash => ExistingUsers::UpdateHash,
            };
            let id = file.id()?;
            let done = site.auth.import_progress(&id).await?;
            let judged = Reading { site, file: &file, existing, done: done.unwrap_or(0) }.judge().await?;
            let (lines, bad) = (judged.lines(), judged.bad.len() as u64);
            if bad > 0 && !self.skip_bad {
                return Err(CommandError::BadLines { bad, lines });
            }
            let imported = if self.dry_run {
                Imported::default()
            } else {
                Writing { site, file: &file, id, existing, judged: &judged }.write(done).await?
            };
            let Imported { created, updated, skipped } = imported;
            let report = Report { lines, created, updated, skipped, bad };
            let told = self.output.open().fields(&report.fields(), &report);
            if !self.dry_run {
                tracing::info!(
                    import.created = created,
                    import.updated = updated,
                    import.skipped = skipped,
                    "users imported"
                );
                site.auth.end_import(&id).await?;
            }
            told
        })
    }
}

impl Report {
    fn fields(&self) -> [(&'static str, String); 5] {
        [
            ("lines", self.lines.to_string()),
            ("created", self.created.to_string()),
            ("updated", self.updated.to_string()),
            ("skipped", self.skipped.to_string()),
            ("bad", self.bad.to_string()),
        ]
    }
}

/// The result of checking a file.
struct Judged {
    /// One for each line, so that only checked lines are imported.
    fingerprints: Vec<Fingerprint>,
    /// The numbers of the bad lines.
    bad: BTreeSet<u64>,
}

impl Judged {
    fn lines(&self) -> u64 {
        self.fingerprints.len() as u64
    }
}

/// The beginning of a line's SHA-256: enough to tell that the file was changed meanwhile.
type Fingerprint = [u8; 8];

fn fingerprint(text: &Result<Vec<u8>, BadLine>) -> Fingerprint {
    let digest: [u8; 32] = Sha256::digest(text.as_deref().unwrap_or_default()).into();
    let [first, ..] = *digest.as_chunks().0 else { return Fingerprint::default() };
    first
}

/// Checks each line and writes nothing.
struct Reading<'a> {
    site: &'a Site,
    file: &'a ImportFile,
    existing: ExistingUsers,
    /// How many lines are imported already: their names and addresses are expected to be taken.
    done: u64,
}

impl Reading<'_> {
    async fn judge(&self) -> Result<Judged, CommandError> {
        let bar = progress("{pos} lines read", None);
        let (mut logins, mut judged) = (Logins::default(), Judged { fingerprints: Vec::new(), bad: BTreeSet::new() });
        let mut page = Vec::new();
        for line in self.file.lines()? {
            let Line { number, text } = line?;
            judged.fingerprints.push(fingerprint(&text));
            bar.inc(1);
            page.extend(read(&self.site.auth, text).transpose().map(|read| (number, read)));
            if page.len() >= SiteAuth::IMPORTED_AT_ONCE {
                self.judge_page(std::mem::take(&mut page), &bar, &mut logins, &mut judged.bad).await?;
            }
        }
        self.judge_page(page, &bar, &mut logins, &mut judged.bad).await?;
        bar.finish_and_clear();
        Ok(judged)
    }

    /// Reports the bad lines in order. The database is asked once for a page of lines.
    async fn judge_page(
        &self,
        page: Vec<(u64, Result<ImportedUser, BadLine>)>,
        bar: &ProgressBar,
        logins: &mut Logins,
        bad: &mut BTreeSet<u64>,
    ) -> Result<(), CommandError> {
        let users: Vec<_> =
            page.iter().filter(|(number, _)| *number > self.done).filter_map(|(_, read)| read.as_ref().ok()).collect();
        let taken = Taken::among(&users, &self.site.auth).await?;
        bar.suspend(|| {
            for (number, read) in page {
                if let Err(reason) = read.and_then(|user| self.judge_user(&user, number, &taken, logins)) {
                    note(format_args!("line {number}: {reason}"));
                    bad.insert(number);
                }
            }
        });
        Ok(())
    }

    fn judge_user(&self, user: &ImportedUser, number: u64, taken: &Taken, logins: &mut Logins) -> Result<(), BadLine> {
        logins.add_name(&user.username, number)?;
        let is_there = taken.names.contains(user.username.key());
        if is_there && self.existing == ExistingUsers::Fail {
            return Err(BadLine::Taken);
        }
        // The address of an existing user's line is not used, and the addresses of finished lines are already in the database.
        let is_new = !is_there && number > self.done;
        match verified_email(user).filter(|_| is_new) {
            Some(address) if taken.emails.contains(address.key()) => Err(BadLine::EmailTaken),
            Some(address) => logins.add_email(address, number),
            None => Ok(()),
        }
    }
}

fn verified_email(user: &ImportedUser) -> Option<&EmailAddress> {
    user.email.as_ref().and_then(ImportedEmail::verified)
}

/// The keys of names and addresses that are taken.
struct Taken {
    names: BTreeSet<String>,
    emails: BTreeSet<String>,
}

impl Taken {
    async fn among(users: &[&ImportedUser], auth: &SiteAuth) -> Result<Self, Failed> {
        let names: Vec<_> = users.iter().map(|user| user.username.clone()).collect();
        let emails: Vec<_> = users.iter().filter_map(|user| verified_email(user)).cloned().collect();
        let (names, emails) = (auth.taken_names(&names).await?, auth.taken_emails(&emails).await?);
        Ok(Self {
            names: names.iter().map(|name| name.key().to_owned()).collect(),
            emails: emails.iter().map(|address| address.key().to_owned()).collect(),
        })
    }
}

/// The names and addresses by which the users of a file will log in, with the first line of each. They are stored as a part
/// of their SHA-256; among a thousand million, any two are alike with a probability below 10⁻²⁰.
#[derive(Default)]
struct Logins {
    names: HashMap<[u8; 16], u64>,
    /// The verified addresses.
    emails: HashMap<[u8; 16], u64>,
}

impl Logins {
    fn add_name(&mut self, name: &Username, number: u64) -> Result<(), BadLine> {
        let name = login(name.key());
        let first = *self.names.entry(name).or_insert(number);
        if first != number {
            return Err(BadLine::Double { first });
        }
        self.emails.get(&name).map_or(Ok(()), |first| Err(BadLine::NameIsEmail { first: *first }))
    }

    /// Adds the verified address of a user whose name was added before.
    fn add_email(&mut self, address: &EmailAddress, number: u64) -> Result<(), BadLine> {
        let address = login(address.key());
        if let Some(first) = self.names.get(&address).copied().filter(|first| *first != number) {
            return Err(BadLine::EmailIsName { first });
        }
        let first = *self.emails.entry(address).or_insert(number);
        if first == number { Ok(()) } else { Err(BadLine::DoubleEmail { first }) }
    }
}

fn login(key: &str) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(key).into();
    let [first, ..] = *digest.as_chunks().0 else { return Default::default() };
    first
}

/// Imports the good lines in batches.
struct Writing<'a> {
    site: &'a Site,
    file: &'a ImportFile,
    id: ImportId,
    existing: ExistingUsers,
    judged: &'a Judged,
}

impl Writing<'_> {
    /// Starts after the lines that are imported already.
    async fn write(&self, done: Option<u64>) -> Result<Imported, CommandError> {
        if let Some(done) = done {
            note(format_args!("{done} of the {} lines were imported before; going on after them", self.judged.lines()));
        }
        let mut done = done.unwrap_or(0);
        let bar = progress("imported {bar:40} {pos} of {len} lines, {eta} to go", Some(self.judged.lines()));
        bar.set_position(done);
        let (mut total, mut batch, mut read_now) = (Imported::default(), Vec::new(), 0);
        for line in self.file.lines()? {
            let Line { number, text } = line?;
            if number <= done {
                continue;
            }
            let judged = usize::try_from(number - 1).ok().and_then(|at| self.judged.fingerprints.get(at));
            if judged != Some(&fingerprint(&text)) {
                return Err(CommandError::FileChanged { line: number });
            }
            if !self.judged.bad.contains(&number) {
                let user = read(&self.site.auth, text).map_err(|_| CommandError::FileChanged { line: number })?;
                batch.extend(user);
            }
            read_now += 1;
            if read_now == SiteAuth::IMPORTED_AT_ONCE as u64 || number == self.judged.lines() {
                self.write_batch(done, read_now, &batch, &mut total).await?;
                done += read_now;
                (batch, read_now) = (Vec::new(), 0);
                bar.set_position(done);
            }
        }
        bar.finish_and_clear();
        if done < self.judged.lines() { Err(CommandError::FileChanged { line: done + 1 }) } else { Ok(total) }
    }

    async fn write_batch(
        &self,
        done: u64,
        read: u64,
        users: &[ImportedUser],
        total: &mut Imported,
    ) -> Result<(), ImportUsersError> {
        let Imported { created, updated, skipped } =
            self.site.auth.import_users(&self.id, done, read, users, self.existing).await?;
        total.created += created;
        total.updated += updated;
        total.skipped += skipped;
        Ok(())
    }
}

/// Parses a line; `None` for a blank one.
fn read(auth: &SiteAuth, text: Result<Vec<u8>, BadLine>) -> Result<Option<ImportedUser>, BadLine> {
    let text = text?;
    if text.trim_ascii().is_empty() { Ok(None) } else { read_user(&text, auth).map(Some) }
}

/// The progress bar, shown at a terminal only; `lines` is the total, if it is known.
fn progress(template: &str, lines: Option<u64>) -> ProgressBar {
    let target = if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(lines, target).with_style(style)
}
