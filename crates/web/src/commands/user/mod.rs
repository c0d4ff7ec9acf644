//! `doorward user …`: the operator's commands for accounts.

mod close;
mod create;
mod delete;
mod end_sessions;
mod export;
mod forgive;
mod import;
mod list;
mod remove_second_factor;
mod rename;
mod reopen;
mod reset;
mod set_email;
mod show;
mod user_data;

use clap::Subcommand;

use super::CommandError;

/// What is done to accounts. Each takes effect at the next request of every instance, and is in the account's activity as “By the
/// operator of this site”.
#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// List the users by name
    List(list::List),
    /// Show everything about a user but secrets
    Show(show::Show),
    /// Create a user; without a password, print a link by which the person sets one within 72 hours
    Create(create::Create),
    /// Give a user another name, or another spelling of it
    Rename(rename::Rename),
    /// Close an account: its sessions end, and its user cannot log in; the name stays taken
    Close(close::Close),
    /// Let a user whose account was closed log in again
    Reopen(reopen::Reopen),
    /// End all sessions of a user
    EndSessions(end_sessions::EndSessions),
    /// Clear the waits of failed attempts at a name
    Forgive(forgive::Forgive),
    /// Print a link by which a user sets a new password, once and within 72 hours
    ///
    /// Anyone who has the link can use it: hand it over by a way that you trust. Only the newest link is valid.
    Reset(reset::Reset),
    /// Give a user an e-mail address, to be verified by a mail, or verified at your word
    SetEmail(set_email::SetEmail),
    /// Remove the second factor of a user who has lost it, with the recovery codes
    ///
    /// The user is told. Find out first that it is they who ask for it: the password alone is then enough to log in.
    RemoveSecondFactor(remove_second_factor::RemoveSecondFactor),
    /// Delete a user with everything of theirs
    Delete(delete::Delete),
    /// Take in users of another system, with their password hashes
    ///
    /// FILE has one JSON object a line: `username`, and where they are known `password_hash`, `created_at` (RFC 3339) and `standing`
    /// (`active` or `closed`). Everything is read before anything is written. When the same file is imported again after an
    /// interruption, the import goes on where it was.
    Import(import::Import),
    /// Export the users as `import` takes them, or all that is kept about one
    Export(export::Export),
}

impl UserCommand {
    pub(super) fn run(self) -> Result<(), CommandError> {
        match self {
            Self::List(list) => list.run(),
            Self::Show(show) => show.run(),
            Self::Create(create) => create.run(),
            Self::Rename(rename) => rename.run(),
            Self::Close(close) => close.run(),
            Self::Reopen(reopen) => reopen.run(),
            Self::EndSessions(end_sessions) => end_sessions.run(),
            Self::Forgive(forgive) => forgive.run(),
            Self::Reset(reset) => reset.run(),
            Self::SetEmail(set_email) => set_email.run(),
            Self::RemoveSecondFactor(remove_second_factor) => remove_second_factor.run(),
            Self::Delete(delete) => delete.run(),
            Self::Import(import) => import.run(),
            Self::Export(export) => export.run(),
        }
    }
}
