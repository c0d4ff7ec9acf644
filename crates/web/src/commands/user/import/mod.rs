mod import_file;
mod user_line;

use std::collections::{BTreeSet, HashMap};
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use doorward_domain::{ExistingUsers, ImportId, ImportUsersError, Imported, ImportedUser, Username};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::commands::CommandError;
use crate::commands::operator::{Site, at_the_site};
use crate::commands::output::{OutputArgs, note};
use doorward_web::auth::SiteAuth;
use import_file::{ImportFile, Line};
use user_line::{BadLine, UserLine};

#[derive(clap::Args)]
pub(in crate::commands) struct Import {
    /// JSON lines
    file: PathBuf,
    /// Only look for bad lines
    #[arg(long)]
    dry_run: bool,
    /// What becomes of users whose name somebody has already
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
    /// They get the password hash of their line; nothing else changes but what a new password ends
    UpdateHash,
}

/// What became of the lines.
#[derive(Default, Serialize)]
struct Report {
    lines: u64,
    created: u64,
    updated: u64,
    skipped: u64,
    bad: u64,
}

impl Import {
    /// Reads everything, and then writes it in batches.
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

/// What a file is found to be.
struct Judged {
    /// Of each line, so that only what was judged is written.
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

/// Looks at each line and writes nothing.
struct Reading<'a> {
    site: &'a Site,
    file: &'a ImportFile,
    existing: ExistingUsers,
    /// So many lines are imported already: who has their names is no surprise.
    done: u64,
}

impl Reading<'_> {
    async fn judge(&self) -> Result<Judged, CommandError> {
        let bar = progress("{pos} lines read", None);
        let (mut names, mut judged) = (Names::default(), Judged { fingerprints: Vec::new(), bad: BTreeSet::new() });
        let (mut untold, mut unasked, mut has_emails) = (Vec::new(), Vec::new(), false);
        for line in self.file.lines()? {
            let Line { number, text } = line?;
            judged.fingerprints.push(fingerprint(&text));
            bar.inc(1);
            match read(&self.site.auth, text).and_then(|read| names.unlike_those_before(read, number)) {
                Ok(None) => {}
                Ok(Some(user)) => {
                    has_emails |= user.has_email;
                    if self.existing == ExistingUsers::Fail && number > self.done {
                        unasked.push((number, user.imported.username));
                    }
                }
                Err(bad) => untold.push((number, bad)),
            }
            if unasked.len() + untold.len() >= SiteAuth::IMPORTED_AT_ONCE {
                self.tell(&bar, &mut untold, &mut unasked, &mut judged.bad).await?;
            }
        }
        self.tell(&bar, &mut untold, &mut unasked, &mut judged.bad).await?;
        bar.finish_and_clear();
        if has_emails {
            note("e-mail addresses are not kept by this release, and were left out");
        }
        Ok(judged)
    }

    /// Tells of the bad lines in order, once it is known whose names are taken.
    async fn tell(
        &self,
        bar: &ProgressBar,
        untold: &mut Vec<(u64, BadLine)>,
        unasked: &mut Vec<(u64, Username)>,
        bad: &mut BTreeSet<u64>,
    ) -> Result<(), CommandError> {
        let asked: Vec<_> = unasked.iter().map(|(_, name)| name.clone()).collect();
        let taken: BTreeSet<_> =
            self.site.auth.taken_names(&asked).await?.iter().map(|name| name.key().to_owned()).collect();
        let of_taken = unasked.drain(..).filter(|(_, name)| taken.contains(name.key()));
        untold.extend(of_taken.map(|(number, _)| (number, BadLine::Taken)));
        untold.sort_by_key(|(number, _)| *number);
        bar.suspend(|| {
            for (number, reason) in untold.drain(..) {
                note(format_args!("line {number}: {reason}"));
                bad.insert(number);
            }
        });
        Ok(())
    }
}

/// The names of a file, each as a part of its SHA-256: any two of a thousand million are alike with a probability below 10⁻²⁰.
#[derive(Default)]
struct Names(HashMap<[u8; 16], u64>);

impl Names {
    fn unlike_those_before(&mut self, read: Option<UserLine>, number: u64) -> Result<Option<UserLine>, BadLine> {
        let Some(user) = read else { return Ok(None) };
        let digest: [u8; 32] = Sha256::digest(user.imported.username.key()).into();
        let [name, _] = *digest.as_chunks().0 else { return Ok(Some(user)) };
        let first = *self.0.entry(name).or_insert(number);
        if first == number { Ok(Some(user)) } else { Err(BadLine::Double { first }) }
    }
}

/// Writes what is good, in batches of lines.
struct Writing<'a> {
    site: &'a Site,
    file: &'a ImportFile,
    id: ImportId,
    existing: ExistingUsers,
    judged: &'a Judged,
}

impl Writing<'_> {
    /// From the line after those that are done.
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
                batch.extend(user.map(|user| user.imported));
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

/// What a line says; nothing for one that is blank.
fn read(auth: &SiteAuth, text: Result<Vec<u8>, BadLine>) -> Result<Option<UserLine>, BadLine> {
    let text = text?;
    if text.trim_ascii().is_empty() { Ok(None) } else { UserLine::read(&text, auth).map(Some) }
}

/// At a terminal: how far it is, of so many lines.
fn progress(template: &str, lines: Option<u64>) -> ProgressBar {
    let target = if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(lines, target).with_style(style)
}
