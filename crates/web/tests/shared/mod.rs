//! Helpers for both test binaries: `it`, the site in process, and `system`, the running program.

use std::fs;
use std::path::Path;

use doorward_domain::testing::keep_out_of_the_log;

/// The contents of the files in a folder.
pub(crate) fn written_in(folder: &Path) -> String {
    let files = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    files.map(|file| String::from_utf8_lossy(&fs::read(file).unwrap_or_default()).into_owned()).collect()
}

/// The two fields of a log-in form, encoded.
pub(crate) fn form(username: &str, password: &str) -> String {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("username", username)
        .append_pair("password", password)
        .finish();
    if password.len() >= 8 {
        keep_out_of_the_log(password);
        keep_out_of_the_log(form.split_once("password=").map_or("", |(_, encoded)| encoded));
    }
    form
}
