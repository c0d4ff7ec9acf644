//! Problem documents (RFC 9457) for clients that prefer JSON to a page.

use doorward_domain::Throttled;
use rocket::http::{ContentType, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::serde::Serialize;

use crate::views::{Faults, FieldFault, View};

/// Whether the request's `Accept` prefers JSON to HTML.
pub(crate) fn is_preferred(request: &Request<'_>) -> bool {
    is_preferred_by(request.headers().get("accept"))
}

/// Whether these values of `Accept` prefer JSON to HTML. Each value is read once, and nothing of it is kept: Rocket's own
/// parser copies the whole header into each media type, so that 64 kB of `a/b,` take 979 MiB.
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

/// How much a range with these parameters is wanted, in thousandths (RFC 9110 §12.4.2). `None` if its weight is not a number from 0 to 1.
fn weight<'a>(mut parameters: impl Iterator<Item = &'a str>) -> Option<u32> {
    let given = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.eq_ignore_ascii_case("q").then_some(value)
    });
    let weight = given.map_or(Some(1.0), |value| value.parse::<f32>().ok())?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a weight is from 0 to 1")]
    (0.0..=1.0).contains(&weight).then_some((weight * 1_000.0) as u32)
}

/// The score of a range with this weight for a media type. A range that names the type in full scores a little more than a wildcard.
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
    errors: Vec<FieldFault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// What is wrong, for the site's script.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// The page that the browser has to visit first.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl Problem {
    /// The problem with this code, for which the script has a text in the visitor's language; `detail` is for programs.
    pub(crate) fn of_code(status: Status, code: &'static str, detail: &impl ToString) -> Self {
        let title = status.reason().unwrap_or("Error");
        let detail = Some(detail.to_string());
        Self { status: status.code, title, detail, errors: Vec::new(), request_id: None, code: Some(code), next: None }
    }

    /// Adds the page where the visitor can solve the problem.
    pub(crate) fn leading_to(self, next: impl Into<String>) -> Self {
        Self { next: Some(next.into()), ..self }
    }

    /// The problem that a view reports; `None` for a page that reports none.
    pub(crate) fn of(view: &View, status: Status, throttled: Option<Throttled>) -> Option<Self> {
        let faults = match throttled {
            Some(_) => Faults::default(),
            None => view.faults(),
        };
        let request_id = match view {
            View::Error { error } => error.request_id.clone(),
            _ if throttled.is_none() && faults.is_empty() => return None,
            _ => None,
        };
        let detail = throttled.map(|throttled| throttled.to_string()).or(faults.detail.map(str::to_owned));
        let title = status.reason().unwrap_or("Error");
        Some(Self { status: status.code, title, detail, errors: faults.fields, request_id, code: None, next: None })
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
    fn json_is_sent_to_clients_that_prefer_it() {
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
    fn other_clients_get_a_page() {
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
