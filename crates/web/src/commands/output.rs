//! The output of commands: a table at a terminal, tab-separated columns in a pipe, or one JSON object a line. Everything
//! else is printed on standard error.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write};

use serde::Serialize;

use super::CommandError;

/// How a command that finds something prints it.
#[derive(clap::Args)]
pub(super) struct OutputArgs {
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

impl OutputArgs {
    /// Opens standard output: as JSON on request, as a table at a terminal, and with tabs otherwise.
    pub(super) fn open(&self) -> Output<io::Stdout> {
        let stdout = io::stdout();
        let form = match (self.json, stdout.is_terminal()) {
            (true, _) => Form::Json,
            (false, true) => Form::Table,
            (false, false) => Form::Tabs,
        };
        Output { form, out: stdout, heading: Heading::ToCome }
    }
}

/// A column of a table of `R`s.
pub(super) struct Column<R> {
    pub(super) heading: &'static str,
    pub(super) text: fn(&R) -> String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Table,
    Tabs,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heading {
    ToCome,
    Written,
}

/// The output of a command.
pub(super) struct Output<W> {
    form: Form,
    out: W,
    heading: Heading,
}

impl<W: Write> Output<W> {
    /// Prints a page of rows. Each page of a table is as wide as its rows need.
    pub(super) fn rows<R: Serialize>(&mut self, columns: &[Column<R>], rows: &[R]) -> Result<(), CommandError> {
        match self.form {
            Form::Json => rows.iter().try_for_each(|row| self.object(row)),
            Form::Tabs => {
                let lines = rows.iter().map(|row| columns.iter().map(|column| (column.text)(row)).collect::<Vec<_>>());
                lines.into_iter().try_for_each(|cells| self.line(&cells.join("\t")))
            }
            Form::Table => {
                let mut lines: Vec<Vec<_>> = Vec::new();
                if self.heading == Heading::ToCome {
                    lines.push(columns.iter().map(|column| column.heading.to_owned()).collect());
                    self.heading = Heading::Written;
                }
                lines.extend(rows.iter().map(|row| columns.iter().map(|column| (column.text)(row)).collect()));
                self.table(&lines)
            }
        }
    }

    /// Prints one item: the names and texts of its fields, or the whole item as an object.
    pub(super) fn fields<R: Serialize>(&mut self, fields: &[(&str, String)], whole: &R) -> Result<(), CommandError> {
        match self.form {
            Form::Json => self.object(whole),
            Form::Tabs => fields.iter().try_for_each(|(name, text)| self.line(&format!("{name}\t{text}"))),
            Form::Table => {
                let lines: Vec<_> = fields.iter().map(|(name, text)| vec![(*name).to_owned(), text.clone()]).collect();
                self.table(&lines)
            }
        }
    }

    fn table(&mut self, lines: &[Vec<String>]) -> Result<(), CommandError> {
        let width = |at: usize| lines.iter().filter_map(|cells| cells.get(at)).map(|cell| cell.chars().count()).max();
        let widths: Vec<_> = (0..).map_while(width).collect();
        lines.iter().try_for_each(|cells| {
            let cells = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            self.line(cells.collect::<Vec<_>>().join("  ").trim_end())
        })
    }

    fn object<R: Serialize>(&mut self, row: &R) -> Result<(), CommandError> {
        let object = serde_json::to_string(row).map_err(|error| CommandError::Output(error.into()))?;
        self.line(&object)
    }

    fn line(&mut self, line: &str) -> Result<(), CommandError> {
        writeln!(self.out, "{line}").map_err(CommandError::of_output)
    }
}

/// Prints a line to standard output.
pub(super) fn print(line: impl Display) -> Result<(), CommandError> {
    writeln!(io::stdout(), "{line}").map_err(CommandError::of_output)
}

/// Prints a line on standard error. A failure is ignored, as there is no other place to report it.
pub(super) fn note(line: impl Display) {
    let _nobody_reads = writeln!(io::stderr(), "doorward: {line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Fruit {
        name: &'static str,
        count: u32,
    }

    const COLUMNS: [Column<Fruit>; 2] = [
        Column { heading: "name", text: |fruit| fruit.name.to_owned() },
        Column { heading: "count", text: |fruit| fruit.count.to_string() },
    ];

    fn printed(form: Form) -> String {
        let mut output = Output { form, out: Vec::new(), heading: Heading::ToCome };
        output.rows(&COLUMNS, &[Fruit { name: "fig", count: 3 }, Fruit { name: "cherry", count: 12 }]).unwrap();
        output.rows(&COLUMNS, &[Fruit { name: "pear", count: 1 }]).unwrap();
        let fields = [("name", "fig".to_owned()), ("count", "3".to_owned())];
        output.fields(&fields, &Fruit { name: "fig", count: 3 }).unwrap();
        String::from_utf8(output.out).unwrap()
    }

    #[test]
    fn a_table_has_one_heading_and_columns_in_line() {
        assert_eq!(printed(Form::Table), "name    count\nfig     3\ncherry  12\npear  1\nname   fig\ncount  3\n");
    }

    #[test]
    fn a_pipe_gets_columns_apart_by_tabs_and_no_heading() {
        assert_eq!(printed(Form::Tabs), "fig\t3\ncherry\t12\npear\t1\nname\tfig\ncount\t3\n");
    }

    #[test]
    fn json_is_one_object_a_line() {
        let lines = printed(Form::Json);
        assert_eq!(lines.lines().count(), 4);
        assert!(lines.starts_with("{\"name\":\"fig\",\"count\":3}\n"), "{lines}");
    }

    #[test]
    fn a_closed_pipe_is_told_apart_from_a_full_disk() {
        let of = |kind: io::ErrorKind| CommandError::of_output(kind.into());
        assert!(matches!(of(io::ErrorKind::BrokenPipe), CommandError::NobodyReads));
        assert!(matches!(of(io::ErrorKind::StorageFull), CommandError::Output(_)));
    }
}
