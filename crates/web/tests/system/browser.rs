//! The pages in a real Chromium, over the running program. Without Chromium, these tests are skipped with a message; in CI they
//! fail.

mod languages;
mod mail;
mod passkey_mishaps;
mod passkeys;
mod rocket_notes;
mod second_factor;
mod virtual_authenticator;

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::prelude::*;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::sleep;

use crate::accessibility;
use crate::deploy::{Front, Kind};
use crate::program::{self, PASSWORD, PATIENCE, Program};
use crate::support::leave_out;

/// The number of browsers at a time: two cores are busy enough with two.
static TURNS: Semaphore = Semaphore::const_new(2);

/// A site, and a window that shows it.
struct Visit {
    window: WebDriver,
    program: Program,
    /// Where commands find the site's data.
    folder: PathBuf,
    _browser: Browser,
    _front: Option<Front>,
}

/// A browser, which stops on drop.
struct Browser {
    _chromedriver: Chromedriver,
    folder: TempDir,
    _turn: SemaphorePermit<'static>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum JavaScript {
    On,
    Off,
}

#[derive(Clone, Copy, Debug)]
enum Theme {
    Light,
    Dark,
}

struct Chromedriver {
    process: Child,
    url: String,
}

impl Chromedriver {
    /// Returns `None`, with a message, if Chromium or its driver is missing.
    fn start() -> Option<Self> {
        if Command::new("chromium").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
            return leave_out("chromium");
        }
        let started = Command::new("chromedriver")
            .arg("--port=0")
            .process_group(0)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut process) = started else { return leave_out("chromedriver") };
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.map(Result::unwrap).find_map(|line| {
            let port = line.split("started successfully on port ").nth(1)?;
            Some(port.trim_end_matches('.').to_owned())
        });
        Some(Self { process, url: format!("http://localhost:{}", port.unwrap()) })
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        // The whole group: Chromium is a child of the driver.
        let group = format!("-{}", self.process.id());
        let _gone_already = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _gone_already = self.process.wait();
    }
}

impl Browser {
    /// Opens a browser with a window, with these kinds of content switched off, and with these additional arguments.
    async fn open(blocked: &[&str], theme: Theme, arguments: &[&str]) -> Option<(Self, WebDriver)> {
        let turn = TURNS.acquire().await.unwrap();
        let chromedriver = Chromedriver::start()?;
        let folder = TempDir::new().unwrap();
        let mut capabilities = DesiredCapabilities::chrome();
        let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
        for argument in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            &profile,
        ]
        .iter()
        .chain(arguments)
        {
            capabilities.add_arg(argument).unwrap();
        }
        if matches!(theme, Theme::Dark) {
            capabilities.add_arg("--blink-settings=preferredColorScheme=0").unwrap();
        }
        let off = |kind| (format!("profile.managed_default_content_settings.{kind}"), json!(2));
        let preferences: serde_json::Map<_, _> = blocked.iter().map(off).collect();
        capabilities.add_experimental_option("prefs", preferences).unwrap();
        let window = WebDriver::new(&chromedriver.url, capabilities).await.unwrap();
        Some((Self { _chromedriver: chromedriver, folder, _turn: turn }, window))
    }
}

impl Visit {
    async fn open(javascript: JavaScript, theme: Theme) -> Option<Self> {
        Self::open_with(javascript, theme, &[]).await
    }

    /// Opens a site with these settings.
    async fn open_with(javascript: JavaScript, theme: Theme, settings: &[(&str, &str)]) -> Option<Self> {
        let blocked = if javascript == JavaScript::Off { &["javascript"][..] } else { &[] };
        Self::open_blocking(blocked, theme, settings).await
    }

    /// Opens a site in a browser that has these kinds of content switched off.
    async fn open_blocking(blocked: &[&str], theme: Theme, settings: &[(&str, &str)]) -> Option<Self> {
        let (browser, window) = Browser::open(blocked, theme, &[]).await?;
        let folder = browser.folder.path().to_owned();
        let program = Program::start(&folder, settings);
        Some(Self { window, program, folder, _browser: browser, _front: None })
    }

    /// Opens a site behind the shipped configuration of nginx, with a certificate of a throwaway authority, and two instances.
    async fn open_behind_nginx() -> Option<Self> {
        let mut front = Front::open(Kind::Nginx).await?;
        let arguments = [
            format!("--host-resolver-rules=MAP id.example.org:443 {}", front.https),
            // As for a user who trusts the authority: no error is shown, and passkeys are made.
            format!("--ignore-certificate-errors-spki-list={}", front.key_hash),
        ];
        let (browser, window) = Browser::open(&[], Theme::Light, &arguments.each_ref().map(|it| &**it)).await?;
        let (program, folder) = (front.instances.remove(0), front.folder.path().to_owned());
        Some(Self { window, program, folder, _browser: browser, _front: Some(front) })
    }

    async fn go(&self, path: &str) {
        self.window.goto(format!("{}{path}", self.program.url)).await.unwrap();
    }

    async fn find(&self, css: &str) -> WebElement {
        self.window.query(By::Css(css)).first().await.unwrap()
    }

    async fn type_into(&self, css: &str, text: &str) {
        self.find(css).await.send_keys(text).await.unwrap();
    }

    async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap();
    }

    /// Waits until the page shows this text; fails if it never does.
    async fn see(&self, text: &str) {
        let saying = format!("//body[contains(normalize-space(.), {text:?})]");
        let is_there = self.window.query(By::XPath(&saying)).first().await.is_ok();
        assert!(is_there, "no {text:?} on {}: {}", self.path().await, self.text().await);
    }

    async fn text(&self) -> String {
        self.find("body").await.text().await.unwrap()
    }

    async fn path(&self) -> String {
        self.window.current_url().await.unwrap().path().to_owned()
    }

    /// Presses Tab, as a user without a mouse does, until the element with this id or text has the focus, which has to be visible.
    async fn tab_to(&self, wanted: &str) -> WebElement {
        for _ in 0..30 {
            let focused = self.window.active_element().await.unwrap();
            if focused.id().await.unwrap().as_deref() == Some(wanted) || focused.text().await.unwrap() == wanted {
                assert_ne!(focused.css_value("outline-style").await.unwrap(), "none", "{wanted}");
                return focused;
            }
            focused.send_keys(Key::Tab).await.unwrap();
        }
        panic!("the tabulator does not come to {wanted}");
    }

    async fn sends(&self, page: &str, username: &str, password: &str) {
        self.go(page).await;
        self.type_into("#username", username).await;
        self.type_into("#password", password).await;
        self.click("main form button[type=submit]").await;
    }

    /// Signs up and logs in.
    async fn arrive(&self, username: &str) {
        self.sends("/sign_up", username, PASSWORD).await;
        self.see("Account created. Please log in.").await;
        self.sends("/log_in", username, PASSWORD).await;
        self.see(username).await;
    }

    /// Logs in to this account with a program.
    async fn elsewhere(&self, username: &str) -> String {
        program::log_in(&program::client(), &self.program.url, username).await
    }

    /// The path of an operator's link by which this user sets a password.
    fn reset_path(&self, username: &str) -> String {
        let mut reset = program::command(&self.folder, &[]);
        let made = reset.args(["user", "reset", username]).output().unwrap();
        assert!(made.status.success(), "{}", program::log(&self.folder));
        let printed = String::from_utf8(made.stdout).unwrap();
        format!("/reset/{}", printed.trim_end().rsplit('/').next().unwrap())
    }

    /// Makes every log-in eleven minutes old.
    async fn let_time_pass(&self) {
        let store = program::open_database(&self.folder).await;
        let older = "UPDATE sessions SET authenticated_at = authenticated_at - 660000000";
        store.connection().execute_unprepared(older).await.unwrap();
        store.disconnect().await;
    }

    async fn is_logged_in(&self) -> bool {
        self.go("/account").await;
        self.path().await == "/account"
    }

    async fn script(&self, script: &str) -> serde_json::Value {
        self.window.execute(script, vec![]).await.unwrap().json().clone()
    }

    /// Waits until this script returns this value; fails if it never does.
    async fn wait_for(&self, script: &str, wanted: serde_json::Value) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let given = self.script(script).await;
            if given == wanted {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{script} gives {given} on {}: {}",
                self.path().await,
                self.text().await
            );
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Shows the page as on a screen of this size, in pixels, for a user who prefers this theme.
    async fn show_on(&self, width: u32, height: u32, theme: &str) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.window.cdp().send_raw("Emulation.setDeviceMetricsOverride", size).await.unwrap();
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        self.window.cdp().send_raw("Emulation.setEmulatedMedia", media).await.unwrap();
    }

    async fn close(self) {
        self.window.quit().await.unwrap();
    }
}

/// The whole way of the lesson: signs up, logs in, sees the name, logs out by the button, and sees one message.
async fn the_whole_way(visit: &Visit) {
    visit.go("/").await;
    visit.see("Sign Up").await;
    visit.sends("/sign_up", "Ada", PASSWORD).await;
    visit.see("Account created. Please log in.").await;
    assert_eq!(visit.path().await, "/log_in");
    visit.type_into("#username", "ada").await;
    visit.type_into("#password", PASSWORD).await;
    visit.click("main form button[type=submit]").await;
    visit.see("Ada").await;
    assert_eq!(visit.path().await, "/");
    visit.click("main form[action='/log_out'] button").await;
    visit.see("Successfully logged out.").await;
    visit.window.refresh().await.unwrap();
    visit.see("Log In").await;
    assert!(!visit.text().await.contains("Successfully logged out."));
}

#[tokio::test]
async fn a_person_signs_up_logs_in_and_logs_out() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    the_whole_way(&visit).await;
    visit.close().await;
}

#[tokio::test]
async fn everything_works_without_javascript() {
    let Some(visit) = Visit::open(JavaScript::Off, Theme::Light).await else { return };
    the_whole_way(&visit).await;
    assert!(!visit.find("[data-show-password]").await.is_displayed().await.unwrap(), "a control that does nothing");
    visit.sends("/log_in", "ada", "wrong").await;
    visit.see("Username or password are incorrect").await;
    assert_eq!(visit.window.active_element().await.unwrap().id().await.unwrap().as_deref(), Some("error-summary"));
    visit.close().await;
}

#[tokio::test]
async fn a_wrong_password_is_told_at_the_top_which_takes_the_focus() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    visit.sends("/log_in", "Ada", "wrong").await;
    visit.see("There is a problem").await;
    visit.see("Username or password are incorrect").await;
    assert!(visit.window.title().await.unwrap().starts_with("Error: Log In"));
    assert_eq!(visit.window.active_element().await.unwrap().id().await.unwrap().as_deref(), Some("error-summary"));
    assert_eq!(visit.find("#username").await.prop("value").await.unwrap().as_deref(), Some("Ada"));
    assert_eq!(visit.find("#password").await.prop("value").await.unwrap().as_deref(), Some(""));
    visit.click("#error-summary a").await;
    assert_eq!(visit.window.active_element().await.unwrap().id().await.unwrap().as_deref(), Some("username"));
    visit.close().await;
}

#[tokio::test]
async fn back_after_a_log_out_shows_nothing_of_the_user() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    visit.arrive("Grace").await;
    visit.go("/account").await;
    visit.see("Grace").await;
    visit.click("main form[action='/log_out'] button").await;
    visit.see("Successfully logged out.").await;
    visit.window.back().await.unwrap();
    visit.see("Log In").await;
    assert!(!visit.window.source().await.unwrap().contains("Grace"));
    assert!(visit.window.get_all_cookies().await.unwrap().iter().all(|cookie| cookie.name != "doorward"));
    visit.close().await;
}

#[tokio::test]
async fn the_keyboard_alone_is_enough() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    visit.sends("/sign_up", "Ada", PASSWORD).await;
    visit.see("Account created. Please log in.").await;
    visit.go("/log_in").await;
    visit.tab_to("username").await.send_keys("Ada").await.unwrap();
    let password = visit.tab_to("password").await;
    password.send_keys(PASSWORD).await.unwrap();
    password.send_keys(Key::Enter).await.unwrap();
    visit.see("Hello, Ada").await;

    visit.go("/account").await;
    visit.tab_to("Change your password").await.send_keys(Key::Enter).await.unwrap();
    visit.see("All your other devices will be logged out.").await;
    visit.tab_to("current_password").await.send_keys(PASSWORD).await.unwrap();
    visit.tab_to("new_password").await.send_keys(program::OTHER_PASSWORD).await.unwrap();
    visit.tab_to("Change password").await.send_keys(Key::Enter).await.unwrap();
    visit.see("Your password has been changed.").await;
    visit.tab_to("Where you are logged in").await.send_keys(Key::Enter).await.unwrap();
    visit.see("This device").await;
    visit.tab_to("Log Out").await.send_keys(Key::Enter).await.unwrap();
    visit.see("Successfully logged out.").await;
    visit.close().await;
}

#[tokio::test]
async fn a_password_can_be_shown_and_is_hidden_again_before_it_is_sent() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    visit.go("/log_in").await;
    visit.type_into("#password", "wrong").await;
    let (button, password) = (visit.find("[data-show-password]").await, visit.find("#password").await);
    assert_eq!(button.attr("aria-label").await.unwrap().as_deref(), Some("Show password"));
    button.click().await.unwrap();
    assert_eq!(password.attr("type").await.unwrap().as_deref(), Some("text"));
    assert_eq!(button.attr("aria-label").await.unwrap().as_deref(), Some("Hide password"));
    button.click().await.unwrap();
    assert_eq!(password.attr("type").await.unwrap().as_deref(), Some("password"));
    button.click().await.unwrap();
    visit
        .script(
            "document.querySelector('main form').addEventListener('submit', (event) => { event.preventDefault(); \
             queueMicrotask(() => { document.title = document.querySelector('#password').type; }); });",
        )
        .await;
    visit.click("main form button[type=submit]").await;
    assert_eq!(visit.script("return document.querySelector('#password').type").await, "password");
    visit.close().await;
}

#[tokio::test]
async fn another_sites_page_can_neither_log_in_nor_log_out() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    visit.arrive("Ada").await;
    let url = visit.program.url.clone();
    for (action, fields) in [
        ("log_in", format!("<input name=username value=ada><input name=password value='{PASSWORD}'>")),
        ("log_out", "<input name=_method value=delete>".to_owned()),
    ] {
        let page = format!("<form method=post action={url}/{action}>{fields}<button>go</button></form>");
        visit.window.goto(format!("data:text/html,{page}")).await.unwrap();
        visit.click("button").await;
        visit.see("403").await;
        assert!(visit.is_logged_in().await, "{action}");
    }
    visit.window.goto(format!("data:text/html,<img src={url}/log_out><a href={url}/log_out>out</a>")).await.unwrap();
    visit.click("a").await;
    visit.see("Log Out").await;
    assert_eq!(visit.path().await, "/log_out");
    assert!(visit.is_logged_in().await, "a link from elsewhere only asks");
    visit.go("/log_out").await;
    visit.see("Successfully logged out.").await;
    visit.close().await;
}

/// Their names are those that browsers bind to the host. Chromium takes `Secure` cookies from this machine without TLS.
#[tokio::test]
async fn the_cookies_of_a_site_with_tls_are_taken_and_removed() {
    let url = ("DOORWARD_PUBLIC_URL", "https://id.example.org");
    let Some(visit) = Visit::open_with(JavaScript::On, Theme::Light, &[url]).await else { return };
    let names = async || {
        let cookies = visit.window.get_all_cookies().await.unwrap();
        let mut names: Vec<_> = cookies.into_iter().map(|cookie| (cookie.name, cookie.secure == Some(true))).collect();
        names.sort();
        names
    };
    let url = format!("http://{}", visit.program.address);
    let send = async |page: &str| {
        visit.window.goto(format!("{url}{page}")).await.unwrap();
        visit.type_into("#username", "Ada").await;
        visit.type_into("#password", PASSWORD).await;
        visit.click("main form button[type=submit]").await;
    };
    send("/sign_up").await;
    visit.see("Account created. Please log in.").await;
    send("/log_in").await;
    visit.see("Hello, Ada").await;
    let [session, browser] = ["__Host-doorward", "__Host-doorward-browser"].map(|name| (name.to_owned(), true));
    assert_eq!(names().await, [session, browser.clone()]);
    visit.click("main form[action='/log_out'] button").await;
    visit.see("Successfully logged out.").await;
    assert_eq!(names().await, [browser]);
    visit.close().await;
}

#[tokio::test]
async fn another_sites_page_shows_none_of_ours_in_a_frame() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    visit.arrive("Ada").await;
    let url = &visit.program.url;
    visit.window.goto(format!("data:text/html,<iframe src={url}/account></iframe>")).await.unwrap();
    visit.find("iframe").await.enter_frame().await.unwrap();
    // The frame has the browser's own error page.
    let shown = visit.text().await;
    assert!(!shown.contains("Ada") && !shown.contains("Where you are logged in"), "{shown}");
    let ours = visit.script("return document.querySelectorAll('main, nav').length").await;
    assert_eq!(ours, 0, "{shown}");
    visit.close().await;
}

#[tokio::test]
async fn a_password_can_be_pasted() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    for page in ["/sign_up", "/log_in"] {
        visit.go(page).await;
        let paste = "return document.querySelector('#password')\
                     .dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true }))";
        assert_eq!(visit.script(paste).await, true, "nobody prevents it");
    }
    visit.close().await;
}

#[tokio::test]
async fn a_wait_is_told_in_words_at_the_top_which_takes_the_focus() {
    let settings = [("DOORWARD_THROTTLE__ENABLED", "true"), ("DOORWARD_THROTTLE__FAILURES_PER_MINUTE", "1")];
    let Some(visit) = Visit::open_with(JavaScript::Off, Theme::Light, &settings).await else { return };
    for width in [320, 1280] {
        visit.window.set_window_rect(0, 0, width, 900).await.unwrap();
        visit.sends("/log_in", "Ada", "wrong").await;
        visit.see("There is a problem").await;
        if width == 320 {
            continue;
        }
        visit.see("Too many attempts. Try again in ").await;
        assert!(visit.window.title().await.unwrap().starts_with("Error: Log In"));
        assert_eq!(visit.window.active_element().await.unwrap().id().await.unwrap().as_deref(), Some("error-summary"));
        assert_eq!(visit.find("#username").await.prop("value").await.unwrap().as_deref(), Some("Ada"));
    }
    visit.close().await;
}

/// Every page and state, at a phone's 320 px and at a desk, in both themes: nothing is cut off. With `SCREENSHOTS` set to a folder, it
/// leaves a picture of each there.
#[tokio::test]
async fn every_page_fits_in_both_themes() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    #[expect(clippy::disallowed_methods, reason = "where a person wants the pictures")]
    let pictures = std::env::var("SCREENSHOTS").ok();
    let username = "Wilhelmina.Featherstonehaugh-Cholmondeley+long@example.org.uk123";
    let look = async |name: &str| {
        // The phone comes last, so that all clicks in between are at its size.
        for (width, height) in [(1280, 1060), (320, 640)] {
            for theme in ["dark", "light"] {
                visit.show_on(width, height, theme).await;
                let wide =
                    visit.script("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
                assert_eq!(wide.await, 0, "{name} at {width} px, {theme}, is too wide");
                if let Some(folder) = &pictures {
                    let file = Path::new(folder).join(format!("{name}-{width}-{theme}.png"));
                    visit.window.screenshot(&file).await.unwrap();
                }
            }
            if width == 1280 {
                accessibility::compare(name, &visit.window).await;
            }
        }
    };
    for (name, path) in [
        ("home", "/"),
        ("log_in", "/log_in"),
        ("sign_up", "/sign_up"),
        ("not_found", "/nothing"),
        ("cookies", "/log_in/cookies"),
    ] {
        visit.go(path).await;
        look(name).await;
    }
    visit.go("/account").await;
    look("log_in_required").await;
    visit.sends("/sign_up", "no spaces", "short").await;
    visit.see("There is a problem").await;
    look("sign_up_refused").await;
    visit.sends("/log_in", username, "wrong").await;
    visit.see("There is a problem").await;
    look("log_in_refused").await;
    visit.sends("/sign_up", username, PASSWORD).await;
    visit.see("Account created. Please log in.").await;
    look("signed_up").await;
    visit.sends("/log_in", username, PASSWORD).await;
    visit.see(username).await;
    look("home_of_a_user").await;
    for (name, path) in [
        ("account", "/account"),
        ("sessions", "/account/sessions"),
        ("activity", "/account/activity"),
        ("password", "/account/password"),
        ("username", "/account/username"),
        ("delete", "/account/delete"),
    ] {
        visit.go(path).await;
        look(name).await;
    }
    visit.go("/account/password").await;
    visit.type_into("#current_password", "wrong").await;
    visit.type_into("#new_password", "short").await;
    visit.click("main form button[type=submit]").await;
    visit.see("There is a problem").await;
    look("password_refused").await;
    visit.go("/account/delete").await;
    visit.type_into("#password", "wrong").await;
    visit.click("main form button[type=submit]").await;
    visit.see("That is not your password.").await;
    look("delete_refused").await;
    visit.elsewhere(username).await;
    visit.go("/account/sessions").await;
    visit.see("Unknown device").await;
    look("sessions_two").await;
    every_record_has_two_lines(&visit).await;
    visit.let_time_pass().await;
    visit.click("form[action='/account/sessions/log_out_others'] button").await;
    visit.see("Confirm your password").await;
    look("reauthenticate").await;
    visit.click("main form button[type=submit]").await;
    visit.see("That is not your password.").await;
    look("reauthenticate_refused").await;
    visit.click("header form[action='/log_out'] button").await;
    visit.see("Successfully logged out.").await;
    visit.sends("/log_in", username, PASSWORD).await;
    visit.see("failed attempt").await;
    look("home_after_failed_attempts").await;
    visit.window.goto(format!("data:text/html,<a href={}/log_out>out</a>", visit.program.url)).await.unwrap();
    visit.click("a").await;
    visit.see("Log Out").await;
    look("log_out").await;
    visit.click("main form[action='/log_out'] button").await;
    visit.see("Successfully logged out.").await;
    look("logged_out").await;
    second_factor::the_pages_fit(&visit, username, &look).await;
    the_pages_of_links_fit(&visit, username, &look).await;
    mail::the_pages_of_mail_fit(&visit, username, &look).await;
    passkeys::the_pages_fit(&visit, username, &look).await;
    visit.close().await;
}

/// The device with its place is on one line, and the last use on another.
async fn every_record_has_two_lines(visit: &Visit) {
    let lines = "return [...document.querySelectorAll('.records li')].map((record) => ['h2, h3', 'p'].map((part) => {
        const { height } = record.querySelector(part).getBoundingClientRect();
        return Math.round(height / parseFloat(getComputedStyle(record.querySelector(part)).lineHeight));
    }))";
    let lines = visit.script(lines).await;
    assert!(lines.as_array().unwrap().iter().all(|record| *record == json!([1, 1])), "{lines}");
}

/// The pages that a visitor sees who has a link, or needs one.
async fn the_pages_of_links_fit(visit: &Visit, username: &str, look: &impl AsyncFn(&str)) {
    visit.go(&visit.reset_path(username)).await;
    visit.see("New password for").await;
    look("password_reset").await;
    visit.type_into("#new_password", "short").await;
    visit.click("main form button[type=submit]").await;
    visit.see("There is a problem").await;
    look("password_reset_refused").await;
    visit.go("/reset/unknown").await;
    visit.see("This link has expired or has already been used.").await;
    look("link_expired").await;
    for (name, who, path) in [
        ("sign_up_closed", "closed", "/sign_up"),
        ("sign_up_invited", "invited", "/sign_up"),
        ("invitation_expired", "invited", "/sign_up?invite=unknown"),
    ] {
        let other_site = Program::start(&visit.folder, &[("DOORWARD_SIGN_UP", who)]);
        visit.window.goto(format!("{}{path}", other_site.url)).await.unwrap();
        look(name).await;
    }
}

/// Everything that users can do with their account, by forms and links alone.
async fn the_way_through_the_account(visit: &Visit) {
    visit.arrive("Ada").await;
    let other = visit.elsewhere("ada").await;
    visit.go("/account").await;
    visit.click("a[href='/account/sessions']").await;
    visit.see("This device").await;
    visit.click("form[action='/account/sessions/log_out'] button").await;
    visit.see("That device has been logged out.").await;
    assert_ne!(program::account(&program::client(), &visit.program.url, &other).await, StatusCode::OK);

    visit.let_time_pass().await;
    visit.go("/account/username").await;
    visit.find("#username").await.clear().await.unwrap();
    visit.type_into("#username", "Countess").await;
    visit.click("main form button[type=submit]").await;
    visit.see("Confirm your password").await;
    visit.type_into("#password", PASSWORD).await;
    visit.click("main form button[type=submit]").await;
    visit.see("Change your username").await;
    assert_eq!(visit.find("#username").await.value().await.unwrap().as_deref(), Some("Countess"));
    visit.click("main form button[type=submit]").await;
    visit.see("Your username has been changed.").await;

    visit.click("a[href='/account/password']").await;
    visit.type_into("#current_password", PASSWORD).await;
    visit.type_into("#new_password", program::OTHER_PASSWORD).await;
    visit.click("main form button[type=submit]").await;
    visit.see("Your password has been changed.").await;
    visit.click("a[href='/account/activity']").await;
    for event in ["Password changed", "Username changed", "A device was logged out", "Logged in", "Chrome on Linux"] {
        visit.see(event).await;
    }

    visit.go("/account/delete").await;
    visit.type_into("#password", program::OTHER_PASSWORD).await;
    visit.click("main form button[type=submit]").await;
    visit.see("Your account has been deleted.").await;
    assert!(!visit.is_logged_in().await);
}

#[tokio::test]
async fn an_account_is_looked_after_and_deleted() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    the_way_through_the_account(&visit).await;
    visit.close().await;
}

#[tokio::test]
async fn an_account_is_looked_after_and_deleted_without_javascript() {
    let Some(visit) = Visit::open(JavaScript::Off, Theme::Light).await else { return };
    the_way_through_the_account(&visit).await;
    visit.close().await;
}

/// By the operator's link, which is opened twice and used once.
async fn a_password_is_set_by_a_link(javascript: JavaScript) {
    let Some(visit) = Visit::open(javascript, Theme::Light).await else { return };
    visit.sends("/sign_up", "Ada", PASSWORD).await;
    visit.see("Account created. Please log in.").await;
    let path = visit.reset_path("ada");
    for _ in 0..2 {
        visit.go(&path).await;
        visit.see("New password for Ada").await;
    }
    visit.type_into("#new_password", program::OTHER_PASSWORD).await;
    visit.click("main form button[type=submit]").await;
    visit.see("Your password has been changed. Please log in.").await;
    visit.go(&path).await;
    visit.see("This link has expired or has already been used.").await;
    visit.sends("/log_in", "ada", program::OTHER_PASSWORD).await;
    visit.see("Log Out").await;
    visit.close().await;
}

#[tokio::test]
async fn a_forgotten_password_is_set_by_a_link() {
    a_password_is_set_by_a_link(JavaScript::On).await;
}

#[tokio::test]
async fn a_forgotten_password_is_set_by_a_link_without_javascript() {
    a_password_is_set_by_a_link(JavaScript::Off).await;
}

#[tokio::test]
async fn a_user_who_asked_to_stay_logged_in_still_is_after_the_browser_was_closed() {
    let Some(visit) = Visit::open(JavaScript::On, Theme::Light).await else { return };
    visit.sends("/sign_up", "Ada", PASSWORD).await;
    visit.see("Please log in.").await;
    for (keeps, expires) in [(false, false), (true, true)] {
        visit.go("/log_in").await;
        visit.type_into("#username", "Ada").await;
        visit.type_into("#password", PASSWORD).await;
        if keeps {
            visit.click("label.checkbox").await;
        }
        visit.click("main form button[type=submit]").await;
        visit.see("Hello, Ada").await;
        let cookie = visit.window.get_named_cookie("doorward").await.unwrap();
        assert_eq!(cookie.expiry.is_some(), expires, "{cookie:?}");
        visit.go("/log_out").await;
        visit.see("Successfully logged out.").await;
    }
    visit.close().await;
}

/// Clicks twice on the form's button, as fast as a hand does.
async fn click_twice(visit: &Visit) {
    let button = visit.find("main button[type=submit]").await;
    visit.window.action_chain().double_click_element(&button).perform().await.unwrap();
}

async fn forms_that_are_sent_twice_count_once(javascript: JavaScript) {
    let Some(visit) = Visit::open(javascript, Theme::Light).await else { return };
    for (page, username) in [("/sign_up", "ada"), ("/log_in", "ada")] {
        visit.go(page).await;
        visit.type_into("#username", username).await;
        visit.type_into("#password", PASSWORD).await;
        click_twice(&visit).await;
        visit.see(if page == "/sign_up" { "Account created. Please log in." } else { "Log Out" }).await;
    }
    let store = program::open_database(&visit.folder).await;
    let sessions = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, "SELECT id FROM sessions");
    assert_eq!(store.connection().query_all_raw(sessions).await.unwrap().len(), 1, "a session");
    visit.go("/account").await;
    visit.see("ada").await;
    visit.close().await;
}

#[tokio::test]
async fn a_double_click_signs_up_once_and_logs_in_once() {
    forms_that_are_sent_twice_count_once(JavaScript::On).await;
}

#[tokio::test]
async fn a_double_click_signs_up_once_and_logs_in_once_without_javascript() {
    forms_that_are_sent_twice_count_once(JavaScript::Off).await;
}

#[tokio::test]
async fn a_visitor_with_cookies_switched_off_is_told_so_after_the_log_in() {
    let Some(visit) = Visit::open_blocking(&["cookies"], Theme::Light, &[]).await else { return };
    let client = program::client();
    assert_eq!(program::sign_up(&client, &visit.program.url, "ada").await, StatusCode::SEE_OTHER);
    visit.sends("/log_in?next=/account", "ada", PASSWORD).await;
    visit.see("Your browser keeps no cookies").await;
    assert_eq!(visit.path().await, "/log_in/cookies");
    visit.close().await;
}
