//! The time that it takes to render a page. `cargo bench -p doorward-web --bench render`.

#![expect(clippy::unwrap_used, reason = "what cannot be measured ends the program")]

use std::sync::Arc;

use divan::Bencher;
use doorward_domain::browser::ReturnPath;
use doorward_domain::{PasswordPolicy, Rules};
use doorward_web::languages::Languages;
use doorward_web::pages::{Pages, Reader};
use doorward_web::views::{LogInForm, UserView, View};

fn main() {
    divan::main();
}

fn render(bencher: Bencher<'_, '_>, view: &View, user: Option<&UserView>) {
    let languages = Arc::new(Languages::load(None, Languages::ENGLISH).unwrap());
    let pages = Pages::load("Doorward", None, &languages).unwrap();
    let reader = Reader { lang: Languages::ENGLISH, here: "/" };
    bencher.bench_local(|| pages.render(view, reader, user.cloned(), None).unwrap());
}

#[divan::bench]
fn the_home_page(bencher: Bencher<'_, '_>) {
    render(bencher, &View::Home {}, Some(&UserView { id: String::new(), username: "Ada".to_owned() }));
}

#[divan::bench]
fn the_log_in_page(bencher: Bencher<'_, '_>) {
    let rules = Rules::new(PasswordPolicy::new(PasswordPolicy::DEFAULT_MIN_CHARS, "Doorward"));
    render(bencher, &View::LogIn { form: LogInForm::empty(&rules, &ReturnPath::default()) }, None);
}
