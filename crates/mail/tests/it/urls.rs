use doorward_mail::{Relay, RelayUrlError};
use proptest::prelude::*;

#[test]
fn relays_are_shown_without_their_user_and_password() {
    for (url, shown) in [
        ("smtps://user:password@mail.example.org:465", "smtps://mail.example.org:465"),
        ("smtps://user:password@mail.example.org", "smtps://mail.example.org:465"),
        ("smtps://mail.example.org/", "smtps://mail.example.org:465"),
        ("SMTPS://Mail.Example.ORG:2465", "smtps://mail.example.org:2465"),
        ("smtp://user:password@mail.example.org", "smtp://mail.example.org:587"),
        ("smtp://mail.example.org", "smtp://mail.example.org:587"),
        ("smtp://us%40er:p%3A%2F@mail.example.org:25", "smtp://mail.example.org:25"),
        ("smtp://localhost", "smtp://localhost:25"),
        ("smtp://LOCALHOST:2525", "smtp://localhost:2525"),
        ("smtp://127.0.0.1", "smtp://127.0.0.1:25"),
        ("smtp://127.9.9.9", "smtp://127.9.9.9:25"),
        ("smtp://[::1]", "smtp://[::1]:25"),
        ("smtp://user:password@localhost", "smtp://localhost:587"),
        ("smtp://user:password@[::1]:26", "smtp://[::1]:26"),
        ("smtp://10.0.0.1", "smtp://10.0.0.1:587"),
        ("smtp://[2001:db8::1]", "smtp://[2001:db8::1]:587"),
        ("smtp://localhost.example.org", "smtp://localhost.example.org:587"),
        ("smtps://bücher.example", "smtps://xn--bcher-kva.example:465"),
        ("file:///var/mails", "file:///var/mails"),
        ("file:///", "file:///"),
    ] {
        let relay = Relay::parse(url).unwrap();
        assert_eq!((relay.to_string(), format!("{relay:?}")), (shown.to_owned(), format!("Relay({shown})")), "{url}");
    }
}

#[test]
fn urls_that_are_something_else_are_refused_and_not_shown() {
    for (url, error) in [
        ("", RelayUrlError::Unfit),
        ("mail.example.org", RelayUrlError::Unfit),
        ("smtps://user:pass word@mail.example.org", RelayUrlError::Unfit),
        ("smtps://mail.example.org\n", RelayUrlError::Unfit),
        ("smtps://user:s3cret/word@mail.example.org", RelayUrlError::Unfit),
        ("smtps://mail.example.org:99999", RelayUrlError::Unfit),
        ("mail.example.org:465", RelayUrlError::Scheme),
        ("https://mail.example.org", RelayUrlError::Scheme),
        ("smtp+starttls://mail.example.org", RelayUrlError::Scheme),
        ("smtps:mail.example.org", RelayUrlError::TooLong),
        ("smtps://user:1/s3cret@mail.example.org", RelayUrlError::TooLong),
        ("smtps://s3cret#@mail.example.org", RelayUrlError::TooLong),
        ("smtps://mail.example.org/path", RelayUrlError::TooLong),
        ("smtps://mail.example.org?tls=none", RelayUrlError::TooLong),
        ("smtps://mail.example.org#x", RelayUrlError::TooLong),
        ("smtps://", RelayUrlError::Host),
        ("smtps://mail.example.org:0", RelayUrlError::Host),
        ("smtps://256.256.256.256", RelayUrlError::Host),
        ("smtps://user@mail.example.org", RelayUrlError::UserInfo),
        ("smtps://user:@mail.example.org", RelayUrlError::UserInfo),
        ("smtps://:s3cret@mail.example.org", RelayUrlError::UserInfo),
        ("smtps://us%00er:s3cret@mail.example.org", RelayUrlError::UserInfo),
        ("smtps://user:s3cret%0d%0a@mail.example.org", RelayUrlError::UserInfo),
        ("smtps://user:%ffs3cret@mail.example.org", RelayUrlError::UserInfo),
        ("file://host/folder", RelayUrlError::Folder),
        ("file:folder", RelayUrlError::Folder),
        ("file:/folder", RelayUrlError::Folder),
        ("file:///folder?x", RelayUrlError::TooLong),
        ("file:///folder#x", RelayUrlError::TooLong),
    ] {
        let refused = Relay::parse(url).unwrap_err();
        assert_eq!(refused, error, "{url}");
        let told = format!("{refused} {refused:?}");
        assert!(!told.contains("s3cret") && !told.contains('\n'), "{told}");
    }
}

proptest! {
    #[test]
    fn no_url_panics_and_none_shows_its_password(
        scheme in "smtps?|file|[a-z]{1,4}",
        user in "\\PC{0,8}",
        before in "\\PC{0,4}",
        after in "\\PC{0,4}",
        rest in "\\PC{0,12}|[a-z.]{1,9}(:[0-9]{1,5})?",
    ) {
        let url = format!("{scheme}://{user}:{before}qqsecretqq{after}@{rest}");
        match Relay::parse(&url) {
            // The text before the first `/`, `?`, `#` or `@` is the host; `qqsecretqq` is no password there.
            Ok(relay) if !rest.contains('@') => {
                let shown = format!("{relay} {relay:?}");
                prop_assert!(scheme == "file" || !shown.contains("qqsecretqq"), "{}", shown);
            }
            Ok(_) => {}
            Err(error) => {
                let told = format!("{error} {error:?}");
                prop_assert!(!told.contains("qqsecretqq"));
            }
        }
    }

    #[test]
    fn no_text_panics(url in "(?s).{0,40}", sender in "(?s).{0,90}") {
        let _ = Relay::parse(&url);
        let _ = doorward_mail::Sender::parse(&sender);
    }
}
