use std::io::{self, IsTerminal as _, Read as _};

use doorward_domain::link::Link;
use zeroize::Zeroizing;

use crate::commands::CommandError;
use crate::commands::operator::at_the_site;

#[derive(clap::Args)]
pub(in crate::commands) struct Create {
    /// The username
    name: String,
    /// The e-mail address, to be verified by a mail
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Read the password from the first line of standard input, and print no link
    #[arg(long)]
    password_stdin: bool,
}

impl Create {
    /// Creates the user.
    pub(super) fn run(self) -> Result<(), CommandError> {
        let password = if self.password_stdin { Some(read_password()?) } else { None };
        at_the_site("user create", async |site| {
            let password_text = password.as_ref().map(|password| password.as_str());
            let email = match &self.email {
                Some(_) if site.auth.mail().is_none() => return Err(CommandError::NoMail),
                Some(typed) => site.auth.read_sign_up_email(typed).await?,
                None => None,
            };
            let user = site.auth.create_user(&self.name, password_text, email).await?;
            if password.is_some() {
                return Ok(());
            }
            let made = site.auth.make_reset_link(user.id, Link::RESET_BY_OPERATOR).await.map_err(CommandError::Link)?;
            site.print_link("/reset/", &made.token)
        })
    }
}

/// Reads the first line of standard input. A terminal is refused, as it would show the password.
fn read_password() -> Result<Zeroizing<String>, CommandError> {
    /// More bytes than a password may have, with its end of line.
    const MOST: usize = 4_096;
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(CommandError::PasswordAtTerminal);
    }
    let unreadable = CommandError::UnreadablePassword { most: MOST };
    // The buffer has its capacity from the beginning: one that grows would leave copies of the password behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * MOST));
    stdin.lock().take(MOST as u64 + 1).read_to_end(&mut bytes).map_err(CommandError::Input)?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match str::from_utf8(line) {
        Ok(password) if (1..=MOST).contains(&password.len()) => Ok(Zeroizing::new(password.to_owned())),
        Ok(_) | Err(_) => Err(unreadable),
    }
}
