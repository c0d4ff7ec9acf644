use doorward_domain::authentication::AuthenticationMethod;
use doorward_domain::{ChangeFactorError, RecoveryCode, RecoveryCodes, Visit};
use rocket::form::Form;
use rocket::{Route, get, post, routes};

use super::{meant_for_another, passkeys, reauthenticate_first, second_factor};
use crate::answer::{Answer, Page, SeeOther, TextFile};
use crate::failure::Failure;
use crate::flash::Flash;
use crate::forms::Fields;
use crate::guards::{LoggedIn, Service, Shown};
use crate::interrupted::Interrupted;
use crate::metrics::Action;
use crate::shown_secret::ShownSecret;
use crate::views::{RecoveryCodesPage, View};

pub(super) fn routes() -> Vec<Route> {
    routes![show, download, submit]
}

pub(super) const PAGE: &str = "/account/second_factor/recovery_codes";

/// The recovery codes that are shown.
struct ShownCodes {
    codes: RecoveryCodes,
    standing: CodesStanding,
}

/// Whether the recovery codes that are shown are valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CodesStanding {
    /// They are, as they came with the second factor.
    Kept,
    /// They will be, once their owner has saved them.
    Drawn,
}

#[get("/account/second_factor/recovery_codes")]
fn show(logged_in: LoggedIn, shown: Shown, service: Service<'_>) -> Result<Answer, Failure> {
    let visit = &logged_in.0;
    if visit.user.second_factors.is_empty() {
        return Ok(SeeOther::to(second_factor::PAGE).into());
    }
    if !service.has_recent_log_in(visit) {
        return Ok(reauthenticate_first(PAGE).into());
    }
    let shown = if let Some(shown) = ShownCodes::of(&shown, visit, &service) {
        shown
    } else {
        let drawn = ShownCodes { codes: service.draw_recovery_codes()?, standing: CodesStanding::Drawn };
        drawn.keep(visit, &service);
        drawn
    };
    Ok(Page::new(View::RecoveryCodes { page: shown.page(visit) }, Some(visit)).into())
}

/// The codes that are shown, as a file.
#[get("/account/second_factor/recovery_codes.txt")]
fn download(logged_in: LoggedIn, shown: Shown, service: Service<'_>) -> Result<TextFile, SeeOther> {
    let shown = ShownCodes::of(&shown, &logged_in.0, &service).ok_or_else(|| SeeOther::to(PAGE))?;
    let codes: Vec<_> = shown.codes.iter().map(RecoveryCode::expose_secret).collect();
    Ok(TextFile {
        name: "recovery-codes.txt",
        heading: "recovery-codes-file",
        username: logged_in.0.user.username.to_string(),
        language: logged_in.0.user.language.clone(),
        lines: codes,
    })
}

/// Confirms that their owner has saved them.
#[post("/account/second_factor/recovery_codes", data = "<fields>")]
async fn submit(
    logged_in: LoggedIn,
    shown: Shown,
    fields: Form<Fields<'_>>,
    service: Service<'_>,
) -> Result<Answer, Failure> {
    let (visit, code) = (&logged_in.0, fields.once("code"));
    if let Some(page) = meant_for_another(&fields, visit, PAGE) {
        return Ok(page);
    }
    if visit.user.second_factors.is_empty() {
        return Ok(SeeOther::to(second_factor::PAGE).into());
    }
    if !service.has_recent_log_in(visit) {
        return Ok(reauthenticate_first(PAGE).into());
    }
    let Some(shown) = ShownCodes::of(&shown, visit, &service) else {
        return Ok(SeeOther::to(PAGE).saying(Flash::RecoveryCodesOutdated).into());
    };
    let page = shown.page(visit);
    let refused =
        |error| Ok(Page::refused(View::RecoveryCodes { page: page.clone().refused(error) }, Some(visit)).into());
    let saved = match shown.standing {
        CodesStanding::Kept => Ok(after_set_up(visit)),
        CodesStanding::Drawn if page.takes_code && code.trim().is_empty() => return refused("empty"),
        CodesStanding::Drawn => {
            let save = service.save_recovery_codes(visit, &shown.codes, code);
            service
                .traced(Action::SaveRecoveryCodes, save)
                .await
                .map(|()| (second_factor::PAGE, Flash::RecoveryCodesSaved))
        }
    };
    match saved {
        Ok((page, flash)) => {
            service.cookies.forget_recovery_codes(service.jar);
            Ok(SeeOther::to(page).saying(flash).into())
        }
        Err(ChangeFactorError::NotRecent) => Ok(reauthenticate_first(PAGE).into()),
        Err(ChangeFactorError::NotSetUp) => Ok(SeeOther::to(second_factor::PAGE).into()),
        Err(ChangeFactorError::Wrong) => refused("wrong"),
        Err(error) => Interrupted::from(error).in_form(|| View::RecoveryCodes { page }, Some(visit)),
    }
}

/// Leads to the codes that came with a second factor.
pub(super) fn show_first(codes: &RecoveryCodes, visit: &Visit, service: &Service<'_>) -> SeeOther {
    keep_first(codes, visit, service);
    SeeOther::to(PAGE)
}

/// Has the page show the codes that came with a second factor.
pub(super) fn keep_first(codes: &RecoveryCodes, visit: &Visit, service: &Service<'_>) {
    ShownCodes { codes: codes.clone(), standing: CodesStanding::Kept }.keep(visit, service);
}

/// Where a user goes on after saving the codes that came with a second factor, and the message for them.
const fn after_set_up(visit: &Visit) -> (&'static str, Flash) {
    if visit.user.second_factors.contain(AuthenticationMethod::Totp) {
        (second_factor::PAGE, Flash::SecondFactorTurnedOn)
    } else {
        (passkeys::PAGE, Flash::PasskeyAdded)
    }
}

impl ShownCodes {
    /// The codes that are shown in this session already.
    fn of(shown: &Shown, visit: &Visit, service: &Service<'_>) -> Option<Self> {
        let text = shown.recovery_codes.as_ref()?.of(visit, service.now())?;
        let (standing, codes) = text.split_once(' ')?;
        let standing = match standing {
            "kept" => CodesStanding::Kept,
            _ => CodesStanding::Drawn,
        };
        Some(Self { codes: RecoveryCodes::parse(codes)?, standing })
    }

    /// Shows them from now on.
    fn keep(&self, visit: &Visit, service: &Service<'_>) {
        let standing = match self.standing {
            CodesStanding::Kept => "kept",
            CodesStanding::Drawn => "drawn",
        };
        let text = format!("{standing} {}", self.codes.expose_secret());
        service.cookies.keep_recovery_codes(service.jar, &ShownSecret::new(text, visit, service.now()));
    }

    fn page(&self, visit: &Visit) -> RecoveryCodesPage {
        let page = RecoveryCodesPage::of(&self.codes);
        match self.standing {
            CodesStanding::Kept => page,
            CodesStanding::Drawn if visit.session.authentication.methods.prove_second_factor() => {
                page.replacing_others()
            }
            CodesStanding::Drawn => page.replacing_others().taking_code(),
        }
    }
}
