//! The fields of forms.

use std::fmt;

use doorward_domain::browser::ReturnPath;
use doorward_domain::{Credentials, SessionKind, Trust};
use percent_encoding::percent_decode_str;
use rocket::form::{self, DataField, FromForm, Options, ValueField};

/// The fields of a form as they were sent, each name and value as typed.
///
/// Rocket's own form types take the first of two fields with one name, and `username[x]` for `username`. Here a field
/// counts only when it was sent once, under its own name. `Debug` shows no value.
pub(crate) struct Fields<'r>(Vec<(&'r str, Option<&'r str>)>);

impl<'r> Fields<'r> {
    /// The value of the field with this name. It is empty if the field was not sent, was sent twice, or also under an
    /// alias, so that the caller refuses it like an empty one.
    pub(crate) fn once(&self, name: &str) -> &'r str {
        let mut same = self.0.iter().filter(|(sent, _)| root(sent) == name);
        match (same.next(), same.next()) {
            (Some(&(sent, Some(value))), None) if sent == name => value,
            _ => "",
        }
    }

    pub(crate) fn credentials(&self) -> Credentials<'r> {
        Credentials { username: self.once("username"), password: self.once("password") }
    }

    /// Whether to keep the user logged in. A ticked checkbox sends the value that its page gave it, and one that is not
    /// ticked sends nothing. Programs say no in words.
    pub(crate) fn session_kind(&self) -> SessionKind {
        if self.is_ticked("keep") { SessionKind::Kept } else { SessionKind::Ordinary }
    }

    /// Whether the device should need no code any more: another such checkbox.
    pub(crate) fn trust(&self) -> Trust {
        if self.is_ticked("trust") { Trust::Wished } else { Trust::NotWished }
    }

    fn is_ticked(&self, name: &str) -> bool {
        is_yes(self.once(name))
    }

    pub(crate) fn next(&self) -> ReturnPath {
        wanted_page(Some(self.once("next")))
    }
}

/// Whether a checkbox with this value is ticked.
pub(crate) fn is_yes(sent: &str) -> bool {
    !["", "0", "no", "off", "false"].iter().any(|no| sent.eq_ignore_ascii_case(no))
}

/// The page that a `next` parameter names; the home page if the named one may not be followed, or is the log-out, which
/// would end the new session.
pub(crate) fn wanted_page(next: Option<&str>) -> ReturnPath {
    let wanted = next.and_then(ReturnPath::parse).unwrap_or_default();
    let is_way_out = percent_decode_str(wanted.as_str()).decode_utf8_lossy().contains("/log_out");
    if is_way_out { ReturnPath::default() } else { wanted }
}

/// The field's name without the parts that Rocket reads as an index or a subfield.
fn root(name: &str) -> &str {
    name.split(['.', '[', ']', ':']).next().unwrap_or_default()
}

#[rocket::async_trait]
impl<'r> FromForm<'r> for Fields<'r> {
    type Context = Self;

    fn init(_: Options) -> Self {
        Self(Vec::new())
    }

    fn push_value(fields: &mut Self, field: ValueField<'r>) {
        fields.0.push((field.name.source().as_str(), Some(field.value)));
    }

    async fn push_data(fields: &mut Self, field: DataField<'r, '_>) {
        fields.0.push((field.name.source().as_str(), None));
    }

    fn finalize(fields: Self) -> form::Result<'r, Self> {
        Ok(fields)
    }
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fields([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use rocket::form::Form;

    use super::*;

    fn parse(form: &str) -> (&str, &str) {
        let Credentials { username, password } = Form::<Fields<'_>>::parse(form).unwrap().credentials();
        (username, password)
    }

    #[test]
    fn fields_sent_once_count() {
        assert_eq!(parse("username=ada&password=pw&x=1&y"), ("ada", "pw"));
        assert_eq!(parse(""), ("", ""));
        assert_eq!(parse("username"), ("", ""));
    }

    #[test]
    fn a_field_sent_twice_or_under_an_alias_counts_for_nothing() {
        for form in [
            "username=ada&username=bob",
            "username=ada&username=ada",
            "username[x]=ada",
            "username.y=ada",
            "username=ada&username[]=bob",
            "username:x=ada",
            "username[]=ada",
            "username=ada&username.z",
        ] {
            assert_eq!(parse(form).0, "", "{form}");
        }
    }

    #[test]
    fn a_box_that_is_ticked_counts_whatever_it_sends() {
        let kind = |form| Form::<Fields<'_>>::parse(form).unwrap().session_kind();
        for form in ["keep=yes", "keep=on", "keep=1", "keep=true", "keep=YES", "keep=keep", "keep=14+days", "keep=%20"]
        {
            assert_eq!(kind(form), SessionKind::Kept, "{form}");
        }
        for form in [
            "",
            "keep",
            "keep=",
            "keep=0",
            "keep=no",
            "keep=NO",
            "keep=off",
            "keep=Off",
            "keep=false",
            "keep=False",
            "keep=yes&keep=yes",
            "keep[]=yes",
        ] {
            assert_eq!(kind(form), SessionKind::Ordinary, "{form}");
        }
    }

    #[test]
    fn a_return_path_that_may_not_be_followed_is_the_home_page() {
        for (form, next) in [
            ("next=/account", "/account"),
            ("next=//evil", "/"),
            ("", "/"),
            ("next=/a&next=/b", "/"),
            ("next=/log_out", "/"),
            ("next=/log%5fout?x", "/"),
            ("next=/./log%5Fout", "/"),
        ] {
            assert_eq!(Form::<Fields<'_>>::parse(form).unwrap().next().as_str(), next);
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let fields = Form::<Fields<'_>>::parse("password=marker").unwrap();
        assert!(!format!("{fields:?}").contains("marker"));
    }
}
