//! Problem documents (RFC 9457) for clients that prefer JSON to a page.

use doorward_domain::Throttled;
use rocket::http::{ContentType, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::serde::Serialize;

use crate::views::{PasswordNote, SignUpRefusal, View};

/// Whether the request's `Accept` prefers JSON to HTML.
pub(crate) fn is_preferred(request: &Request<'_>) -> bool {
    is_preferred_by(request.headers().get("accept"))
}

/// Whether these values of `Accept` prefer JSON to HTML. Each is read once and nothing of it is kept: Rocket's own reader
/// copies the whole header into each media type, so that 64 kB of `a/b,` take it 979 MiB.
pub(crate) fn is_preferred_by<'a>(accept: impl IntoIterator<Item = &'a str>) -> bool {
    let (mut json, mut html) = (0, 0);
    for range in accept.into_iter().flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let Some((top, sub)) = parts.next().and_then(|media_type| media_type.split_once('/')) else { continue };
        let Some(weight) = weight(parts) else { continue };
        json = json.max(weigh(weight, [top, sub], "application", &["json", "problem+json"]));
        html = html.max(weigh(weight, [top, sub], "text", &["html"]));
    }
    json > html
}

/// How much a range with these parameters is wanted, in thousandths (RFC 9110 §12.4.2). `None` where it does not say.
fn weight<'a>(mut parameters: impl Iterator<Item = &'a str>) -> Option<u32> {
    let given = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.eq_ignore_ascii_case("q").then_some(value)
    });
    let weight = given.map_or(Some(1.0), |value| value.parse::<f32>().ok())?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a weight is from 0 to 1")]
    (0.0..=1.0).contains(&weight).then_some((weight * 1_000.0) as u32)
}

/// What a range with this weight does for a media type; one that names it in full a little more than a wildcard.
fn weigh(weight: u32, [top, sub]: [&str; 2], wanted_top: &str, wanted_subs: &[&str]) -> u32 {
    let is_top = top.eq_ignore_ascii_case(wanted_top);
    let exactness = match sub {
        "*" if top == "*" => 0,
        "*" if is_top => 1,
        sub if is_top && wanted_subs.iter().any(|wanted| sub.eq_ignore_ascii_case(wanted)) => 2,
        _ => return 0,
    };
    if weight == 0 { 0 } else { weight * 3 + exactness }
}

/// A problem document.
#[derive(Debug, Serialize)]
#[serde(crate = "rocket::serde")]
pub(crate) struct Problem {
    status: u16,
    title: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// What is wrong with one field of a form.
#[derive(Debug, Serialize)]
#[serde(crate = "rocket::serde")]
struct FieldProblem {
    field: &'static str,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

impl Problem {
    /// The problem that a view reports; `None` for a page that reports none.
    pub(crate) fn of(view: &View, status: Status, throttled: Option<Throttled>) -> Option<Self> {
        let title = status.reason().unwrap_or("Error");
        let problem = |detail, errors, request_id| Self { status: status.code, title, detail, errors, request_id };
        if let Some(throttled) = throttled {
            return Some(problem(Some(throttled.to_string()), Vec::new(), None));
        }
        let (detail, errors) = match view {
            View::Error { error } => return Some(problem(None, Vec::new(), error.request_id.clone())),
            View::LogIn { form } => (form.error.map(|_| "Username or password are incorrect".to_owned()), Vec::new()),
            View::SignUp { form } => {
                let password = FieldProblem::of_password("password", form.password_error.as_ref());
                let email = FieldProblem::of("email", form.email.as_ref().and_then(|email| email.error));
                let username = FieldProblem::of("username", form.username_error);
                (None, [username, password, email].into_iter().flatten().collect())
            }
            View::PasswordChange { form } => {
                let new = FieldProblem::of_password("new_password", form.new_error.as_ref());
                let current = FieldProblem::of("current_password", form.current_error);
                (None, [current, new].into_iter().flatten().collect())
            }
            View::PasswordReset { form } => {
                (None, FieldProblem::of_password("new_password", form.new_error.as_ref()).into_iter().collect())
            }
            View::SignUpRefused { refusal } => {
                let said = match refusal {
                    SignUpRefusal::Closed => "Sign-up is closed.",
                    SignUpRefusal::InvitationRequired => "You need an invitation to sign up.",
                    SignUpRefusal::InvitationExpired => "This invitation has expired or has already been used.",
                };
                (Some(said.to_owned()), Vec::new())
            }
            View::Email { form } => (None, FieldProblem::of("email", form.error).into_iter().collect()),
            View::EmailVerification { form } | View::EmailUndo { form } => {
                let said = form.error.map(|_| "That address belongs to another account.".to_owned());
                (said, Vec::new())
            }
            View::ForgottenPassword { form } => (None, FieldProblem::of("login", form.error).into_iter().collect()),
            View::LinkExpired {} => (Some("This link has expired or has already been used.".to_owned()), Vec::new()),
            View::UsernameChange { form } => (None, FieldProblem::of("username", form.error).into_iter().collect()),
            View::AccountDeletion { form } => (None, FieldProblem::of("password", form.error).into_iter().collect()),
            View::Reauthentication { form } => (None, FieldProblem::of("password", form.error).into_iter().collect()),
            _ => (None, Vec::new()),
        };
        let has_any = detail.is_some() || !errors.is_empty();
        has_any.then(|| problem(detail, errors, None))
    }
}

impl FieldProblem {
    fn of(field: &'static str, code: Option<&'static str>) -> Option<Self> {
        code.map(|code| Self { field, code, reason: None })
    }

    fn of_password(field: &'static str, note: Option<&PasswordNote>) -> Option<Self> {
        note.map(|note| Self { field, code: note.code, reason: note.reason })
    }
}

impl<'r> Responder<'r, 'static> for Problem {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let status = Status::new(self.status);
        let json = rocket::serde::json::to_string(&self).map_err(|_| Status::InternalServerError)?;
        Response::build_from(json.respond_to(request)?)
            .status(status)
            .header(ContentType::new("application", "problem+json"))
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_sent_to_whoever_prefers_it() {
        for accept in [
            "application/json",
            "Application/JSON",
            "application/problem+json, text/html;q=0.9",
            "text/html;q=0.5, application/json;q=0.501",
            "application/*, text/html;q=0.9",
            "application/json, */*",
            "text/html;level=1;Q=0, application/json",
            "text/html;q=2, application/json;q=0.1",
            " , ;, nothing, application/json ;charset=utf-8 ; q=1",
        ] {
            assert!(is_preferred_by([accept]), "{accept}");
        }
        assert!(is_preferred_by(["text/html;q=0.1", "application/json"]), "two lines are one list");
    }

    #[test]
    fn whoever_does_not_prefer_it_gets_a_page() {
        for accept in [
            "",
            "*/*",
            "text/html",
            "text/html, application/json",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "application/json;q=0",
            "application/json;q=x",
            "application/json;q=nan",
            "application/json;q=-1",
            "application/jsonp",
            "json",
        ] {
            assert!(!is_preferred_by([accept]), "{accept}");
        }
        assert!(!is_preferred_by([]));
    }
}
