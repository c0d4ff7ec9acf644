//! The second step of a log-in, and its set-up.

use doorward_domain::second_factor::TotpStep;
use doorward_domain::system::SystemClock;
use doorward_domain::{Clock as _, TotpSecret};

use super::{JavaScript, Theme, Visit, click_twice};
use crate::program::PASSWORD;

const TRUST: (&str, &str) = ("DOORWARD_SECOND_FACTOR__TRUST_DAYS", "30");

/// The code of the step that is `steps` after the present one. Each step counts once, and those next to the present one are valid too.
fn code(secret: &TotpSecret, steps: i64) -> String {
    secret.code(TotpStep::from_number(TotpStep::at(SystemClock.now()).number() + steps))
}

impl Visit {
    /// The text that a phone's camera reads from the window.
    async fn scan(&self) -> String {
        // A screenshot shows nothing below the window's edge.
        self.window.set_window_rect(0, 0, 800, 1_400).await.unwrap();
        let picture = self.find("svg.qr-code").await.screenshot_as_png().await.unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(picture)).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        let (width, channels) = (usize::try_from(info.width).unwrap(), info.color_type.samples());
        let height = usize::try_from(info.height).unwrap();
        let pixel = |x: usize, y: usize| bytes[y * info.line_size + x * channels];
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, pixel);
        image.detect_grids()[0].decode().unwrap().1
    }

    /// The secret that the page shows, in letters.
    async fn key(&self) -> TotpSecret {
        TotpSecret::parse(&self.find("main code").await.text().await.unwrap()).unwrap()
    }

    async fn sends_code(&self, code: &str) {
        self.type_into("#code", code).await;
        self.click("main form[action^='/'] button[type=submit]").await;
    }
}

/// By pages alone: sets up an app, saves the codes, logs in with both, and turns it off.
async fn the_way_in_two_steps(javascript: JavaScript, theme: Theme) {
    let Some(visit) = Visit::open_with(javascript, theme, &[TRUST]).await else { return };
    visit.arrive("Ada").await;
    visit.go("/account").await;
    visit.click("a[href='/account/second_factor']").await;
    visit.click("a[href='/account/second_factor/totp']").await;
    visit.see("Scan this QR code").await;
    let secret = visit.key().await;
    let url = format!("otpauth://totp/Doorward:Ada?secret={}&issuer=Doorward", secret.expose_secret());
    assert_eq!(visit.scan().await, url);
    assert_eq!(visit.find("a[href^='otpauth:']").await.attr("href").await.unwrap(), Some(url));
    visit.sends_code("12345").await;
    visit.see("There is a problem That code is not right.").await;
    assert_eq!(visit.window.active_element().await.unwrap().id().await.unwrap().as_deref(), Some("error-summary"));
    assert_eq!(visit.key().await.expose_secret(), secret.expose_secret());
    // The next step is left for the log-in.
    visit.sends_code(&code(&secret, 0)).await;
    visit.see("Save your recovery codes").await;
    let codes: Vec<_> = visit.text().await.lines().filter(|line| line.len() == 29).map(str::to_owned).collect();
    assert_eq!(codes.len(), 10);
    let is_shown = visit.find("[data-print]").await.is_displayed().await.unwrap();
    assert_eq!(is_shown, javascript == JavaScript::On, "a control that does nothing");
    if javascript == JavaScript::On {
        visit.click("[data-copy]").await;
        visit.see("Copied").await;
    }
    let file = "return fetch('/account/second_factor/recovery_codes.txt').then((file) => file.text())";
    if javascript == JavaScript::On {
        let text = visit.script(file).await;
        assert!(codes.iter().all(|code| text.as_str().unwrap().contains(code)), "{text}");
    }
    visit.click("main form[action^='/'] button[type=submit]").await;
    visit.see("Two-step verification is on.").await;

    visit.go("/log_out").await;
    visit.sends("/log_in?next=/account/sessions", "ada", PASSWORD).await;
    visit.see("Enter your code").await;
    visit.go("/account").await;
    visit.see("Please log in to continue.").await;
    visit.go("/log_in/code").await;
    visit.click("label.checkbox").await;
    visit.type_into("#code", &code(&secret, 1)).await;
    // The script sends the form only once.
    match javascript {
        JavaScript::On => click_twice(&visit).await,
        JavaScript::Off => visit.click("main form[action^='/'] button[type=submit]").await,
    }
    visit.see("Password and code").await;
    assert_eq!(visit.path().await, "/account/sessions");

    visit.go("/log_out").await;
    visit.sends("/log_in", "ada", PASSWORD).await;
    visit.see("Hello, Ada").await;
    visit.go("/account/sessions").await;
    visit.see("Codes are not asked for on it until").await;
    visit.click("form[action='/account/sessions/forget_device'] button").await;
    visit.see("That device has been forgotten.").await;
    visit.go("/log_out").await;
    visit.sends("/log_in", "ada", PASSWORD).await;
    visit.click("a[href='/log_in/code?recovery_code']").await;
    visit.see("Enter one of the recovery codes").await;
    visit.sends_code(&codes[0].to_lowercase()).await;
    visit.see("9 recovery codes left").await;

    visit.go("/account/second_factor").await;
    visit.sends_code(&codes[1]).await;
    visit.see("Two-step verification is off. Your password alone is enough to log in.").await;
    visit.go("/log_out").await;
    visit.sends("/log_in", "ada", PASSWORD).await;
    visit.see("Hello, Ada").await;
    visit.close().await;
}

#[tokio::test]
async fn an_app_is_set_up_used_and_turned_off() {
    the_way_in_two_steps(JavaScript::On, Theme::Light).await;
}

#[tokio::test]
async fn an_app_is_set_up_used_and_turned_off_without_javascript_and_in_the_dark_theme() {
    the_way_in_two_steps(JavaScript::Off, Theme::Dark).await;
}

/// The pages of the second factor, in each state. The user is logged out before and afterwards, and has no second factor.
pub(super) async fn the_pages_fit(visit: &Visit, username: &str, look: &impl AsyncFn(&str)) {
    visit.sends("/log_in", username, PASSWORD).await;
    visit.see("Hello").await;
    visit.go("/account/second_factor").await;
    look("second_factor").await;
    visit.click("a[href='/account/second_factor/totp']").await;
    visit.see("Scan this QR code").await;
    look("second_factor_totp").await;
    visit.sends_code("12345").await;
    visit.see("That code is not right.").await;
    look("second_factor_totp_refused").await;
    let secret = visit.key().await;
    visit.sends_code(&code(&secret, 0)).await;
    visit.see("Save your recovery codes").await;
    look("recovery_codes").await;
    let codes = visit.find("#codes").await.text().await.unwrap();
    let codes: Vec<_> = codes.lines().map(str::to_owned).collect();
    visit.click("main form[action^='/'] button[type=submit]").await;
    visit.see("Two-step verification is on.").await;
    look("second_factor_on").await;
    visit.click("a[href='/account/second_factor/recovery_codes']").await;
    visit.see("They replace the codes that you have").await;
    look("recovery_codes_new").await;
    visit.go("/account/second_factor/totp").await;
    look("second_factor_totp_replacement").await;
    visit.go("/log_out").await;
    visit.sends("/log_in", username, PASSWORD).await;
    visit.see("Enter your code").await;
    look("second_step").await;
    visit.sends_code("12345").await;
    visit.see("That code is not right.").await;
    look("second_step_refused").await;
    visit.click("a[href='/log_in/code?recovery_code']").await;
    visit.see("Enter one of the recovery codes").await;
    look("second_step_by_recovery_code").await;
    visit.sends_code(&codes[0]).await;
    visit.see("9 recovery codes left").await;
    look("home_after_recovery_code").await;
    for code in &codes[1..7] {
        visit.go("/log_out").await;
        visit.sends("/log_in", username, PASSWORD).await;
        visit.sends_code(code).await;
        visit.see("recovery codes left").await;
    }
    visit.go("/account").await;
    visit.see("You have only 3 recovery codes left.").await;
    look("account_with_few_recovery_codes").await;
    visit.go("/account/second_factor").await;
    visit.sends_code("12345").await;
    visit.see("That code is not right.").await;
    look("second_factor_off_refused").await;
    visit.sends_code(&codes[9]).await;
    visit.see("Two-step verification is off.").await;
    visit.go("/log_out").await;
}
