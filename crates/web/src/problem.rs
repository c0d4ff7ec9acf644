//! Problem documents (RFC 9457) for clients that prefer JSON to a page.

use doorward_domain::Throttled;
use rocket::http::{Accept, ContentType, MediaType, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::serde::Serialize;

use crate::views::{PasswordNote, View};

/// Whether the request's `Accept` prefers JSON to HTML.
pub(crate) fn is_preferred(request: &Request<'_>) -> bool {
    let Some(accept) = request.accept() else { return false };
    let problem = MediaType::new("application", "problem+json");
    let json = weight(accept, &MediaType::JSON).max(weight(accept, &problem));
    json > weight(accept, &MediaType::HTML)
}

/// How much a media type is wanted, in hundredths; a type named in full counts a little more than one under a wildcard.
fn weight(accept: &Accept, wanted: &MediaType) -> u32 {
    let weigh = |offered: &rocket::http::QMediaType| {
        let exactness = match (offered.top(), offered.sub()) {
            (top, sub) if top == wanted.top() && sub == wanted.sub() => 2,
            (top, sub) if top == wanted.top() && sub == "*" => 1,
            (top, sub) if top == "*" && sub == "*" => 0,
            _ => return None,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a weight is from 0 to 1")]
        let hundredths = (offered.weight_or(1.0).clamp(0.0, 1.0) * 100.0) as u32;
        Some(if hundredths == 0 { 0 } else { hundredths * 3 + exactness })
    };
    accept.iter().filter_map(weigh).max().unwrap_or(0)
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
    advice: Option<String>,
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
                (None, [FieldProblem::of("username", form.username_error), password].into_iter().flatten().collect())
            }
            View::Password { form } => {
                let new = FieldProblem::of_password("new_password", form.new_error.as_ref());
                let current = FieldProblem::of("current_password", form.current_error);
                (None, [current, new].into_iter().flatten().collect())
            }
            View::Username { form } => (None, FieldProblem::of("username", form.error).into_iter().collect()),
            View::Delete { form } => (None, FieldProblem::of("password", form.error).into_iter().collect()),
            View::Confirm { form } => (None, FieldProblem::of("password", form.error).into_iter().collect()),
            _ => (None, Vec::new()),
        };
        let has_any = detail.is_some() || !errors.is_empty();
        has_any.then(|| problem(detail, errors, None))
    }
}

impl FieldProblem {
    fn of(field: &'static str, code: Option<&'static str>) -> Option<Self> {
        code.map(|code| Self { field, code, advice: None })
    }

    fn of_password(field: &'static str, note: Option<&PasswordNote>) -> Option<Self> {
        note.map(|note| Self { field, code: note.code, advice: note.advice.clone() })
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
