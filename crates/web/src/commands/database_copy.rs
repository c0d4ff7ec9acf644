use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use doorward_storage::{CopyProgress, CopyStep, SeaOrmStore, StorageConfig};
use doorward_web::config::{Database, LogFormat};
use doorward_web::process;

use super::{CommandError, run, start_log};

#[derive(clap::Args)]
pub(super) struct DatabaseCopy {
    /// What is copied; it is not changed
    from: String,
    /// Where to; its schema is brought up to date
    to: String,
}

impl DatabaseCopy {
    /// Copies everything from one database into another.
    pub(super) fn run(self) -> Result<(), CommandError> {
        start_log(LogFormat::Text);
        process::forbid_core_dumps();
        let named = |place, text| Database::named(text).ok_or(CommandError::NoDatabase { place });
        let (from, to) = (named("FROM", &self.from)?.storage().existing(), named("TO", &self.to)?.storage());
        if self.from == self.to {
            return Err(CommandError::SameDatabase);
        }
        run(2, async {
            let open = |error| CommandError::Open { place: "FROM", error };
            let from = SeaOrmStore::connect(&from).await.map_err(open)?;
            let copied = copy_all(&from, &to).await;
            from.disconnect().await;
            copied
        })
    }
}

async fn copy_all(from: &SeaOrmStore, to: &StorageConfig) -> Result<(), CommandError> {
    doorward_migrations::check(&from.connection())
        .await
        .map_err(|error| CommandError::Unprepared { place: "FROM", error })?;
    let to = SeaOrmStore::connect(to).await.map_err(|error| CommandError::Open { place: "TO", error })?;
    let copied = fill(&to, from).await;
    to.disconnect().await;
    copied
}

async fn fill(to: &SeaOrmStore, from: &SeaOrmStore) -> Result<(), CommandError> {
    doorward_migrations::migrate(&to.connection())
        .await
        .map_err(|error| CommandError::Unprepared { place: "TO", error })?;
    let mut reporter = Reporter::default();
    for (table, content) in doorward_storage::copy(from, to, |progress| reporter.report(progress)).await? {
        let _nobody_reads = writeln!(io::stdout(), "{table}: {content}, in both");
    }
    Ok(())
}

/// Reports the progress of a copy: when each table begins and ends, and once a second.
#[derive(Default)]
struct Reporter(Option<Instant>);

impl Reporter {
    fn report(&mut self, progress: CopyProgress) {
        let CopyProgress { step, table, done, of } = progress;
        let is_due = self.0.is_none_or(|last| last.elapsed() >= Duration::from_secs(1));
        if is_due || done == 0 || done >= of {
            self.0 = Some(Instant::now());
            let doing = match step {
                CopyStep::Compare => "compared with what is there",
                CopyStep::Write => "written",
                CopyStep::Verify => "verified",
            };
            let _nobody_reads = writeln!(io::stderr(), "{table}: {done} of {of} rows {doing}");
        }
    }
}
