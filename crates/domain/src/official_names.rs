//! Names that pass for the site or for its operator.

use std::collections::BTreeSet;

use crate::username::Username;

/// Names that no user gets at a sign-up or a change, as they would pass for the site. A user who has one keeps it.
///
/// A name is compared in lower case, without `.`, `-`, `_` and `+`: `Post.Master` is `postmaster`. Of an e-mail address at one
/// of the site's own domains, the part before the `@` is compared as well.
///
/// The usual ones are the mailboxes that every domain has (RFC 2142 §2 to §7) or that prove its ownership to certificate
/// authorities (CA/Browser Forum, Baseline Requirements §3.2.2.4.4), the accounts of operating systems, and the names that
/// GitHub, GitLab and Discourse reserve for a role or a page of theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficialNames {
    names: BTreeSet<String>,
    domains: BTreeSet<String>,
}

const USUAL: [&str; 5] = [
    // RFC 2142.
    "info marketing sales support abuse noc security postmaster hostmaster usenet news webmaster www uucp ftp",
    // Baseline Requirements, beside those above.
    "admin administrator",
    // Operating systems and mail servers.
    "root superuser sysadmin system daemon nobody operator mailerdaemon mail email noreply donotreply bounce bounces",
    // Roles.
    "admins administration administrators staff team owner founder moderator moderators mod mods official employee bot \
     helpdesk help service services customerservice customercare contact feedback press media jobs legal privacy \
     compliance dpo copyright dmca billing payment payments invoice refunds trust safety fraud verify verified \
     verification ssladmin ssladministrator itsupport techsupport",
    // Words that a page or a program takes for no name, and the product.
    "anonymous everyone guest null undefined login logout signup account accounts doorward",
];

impl OfficialNames {
    /// None at all.
    #[must_use]
    pub const fn none() -> Self {
        Self { names: BTreeSet::new(), domains: BTreeSet::new() }
    }

    /// These as well: the site's name, an organisation's. A name without an ASCII letter or digit is no username anyway.
    #[must_use]
    pub fn with<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.names.extend(names.into_iter().map(squeezed).filter(|name| !name.is_empty()));
        self
    }

    /// Without these.
    #[must_use]
    pub fn without<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        for name in names {
            self.names.remove(&squeezed(name));
        }
        self
    }

    /// With a domain of the site's own, under which its e-mail addresses are.
    #[must_use]
    pub fn with_domain(mut self, domain: &str) -> Self {
        self.domains.insert(domain.to_ascii_lowercase());
        self
    }

    /// Whether this is one of them.
    #[must_use]
    pub fn contain(&self, username: &Username) -> bool {
        let key = username.key();
        let mailbox = key.rsplit_once('@').filter(|(_, domain)| self.domains.contains(*domain)).map(|(local, _)| local);
        // Mail servers deliver `abuse+x` to `abuse`.
        let mailbox = mailbox.map(|local| local.split('+').next().unwrap_or(local));
        [Some(key), mailbox].into_iter().flatten().any(|name| self.names.contains(&squeezed(name)))
    }
}

/// The usual ones.
impl Default for OfficialNames {
    fn default() -> Self {
        Self::none().with(USUAL.into_iter().flat_map(str::split_whitespace))
    }
}

fn squeezed(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contain(names: &OfficialNames, typed: &str) -> bool {
        names.contain(&Username::parse(typed).unwrap())
    }

    #[test]
    fn names_that_pass_for_the_site_are_official_in_every_spelling() {
        let names = OfficialNames::default().with(["Café Notes"]).with_domain("Notes.example.org");
        for typed in [
            "admin",
            "Support",
            "SECURITY",
            "postmaster",
            "Post.Master",
            "web-master",
            "mailer-daemon",
            "no_reply",
            "root",
            "Doorward",
            "cafnotes",
            "abuse@notes.example.org",
            "Abuse+spam@NOTES.example.org",
        ] {
            assert!(contain(&names, typed), "{typed}");
        }
        for typed in
            ["ada", "admin1", "sadmin", "supporter", "support@example.org", "rooted", "abuse.notes.example.org"]
        {
            assert!(!contain(&names, typed), "{typed}");
        }
    }

    #[test]
    fn names_can_be_added_and_taken_away() {
        let names = OfficialNames::default().with(["C.E.O."]).without(["Info", "sup-port"]);
        assert_eq!(["ceo", "info", "support", "sales"].map(|name| contain(&names, name)), [true, false, false, true]);
        assert!(!contain(&OfficialNames::none(), "admin"));
        assert!(!contain(&OfficialNames::none().with(["", "…"]), "a"));
    }

    proptest! {
        #[test]
        fn no_separator_makes_a_free_name_of_an_official_one(at in 1_usize..5, between in "[._+-]{1,3}") {
            let (begin, end) = "admin".split_at(at);
            let typed = format!("{begin}{between}{end}");
            prop_assert!(contain(&OfficialNames::default(), &typed));
        }
    }
}
