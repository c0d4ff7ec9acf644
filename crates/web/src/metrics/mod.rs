//! Metrics for the operator, as `OpenMetrics` text: counters of what the site did, and figures that are read on request.
//!
//! Only a site with `metrics.address` has [`Metrics`]; other sites count nothing. No label has a value that a visitor
//! chose: each is one of a few words of the program, or the template of a route.

mod action;
mod endpoint;
mod figures;
mod outcome;
mod process_figures;

use std::sync::Arc;
use std::time::{Duration, Instant};

use doorward_domain::{LimitName, MailKind};
use doorward_mail::Delivery;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use rocket::fairing::{Fairing, Info, Kind};
use rocket::request::Request;
use rocket::response::Response;
use rocket::{Build, Data, Rocket};

pub(crate) use action::Action;
pub use endpoint::Endpoint;
pub(crate) use outcome::Outcome;

use crate::refusals::Refusal;
use crate::site::SiteCourier;

/// The counters of a site, from its start on.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    actions: Family<ActionLabels, Counter>,
    throttled: Family<LimitLabels, Counter>,
    refusals: Family<RefusalLabels, Counter>,
    responses: Family<ResponseLabels, Histogram, fn() -> Histogram>,
    mails: Family<MailLabels, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ActionLabels {
    action: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LimitLabels {
    limit: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MailLabels {
    kind: &'static str,
    outcome: &'static str,
}

/// The labels of a response: the method and the path template of the route that answered, and the class of the status.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResponseLabels {
    method: &'static str,
    route: String,
    class: &'static str,
}

/// The prefix of all our names.
const PREFIX: &str = "doorward";

/// The label of a request without a route.
const NO_ROUTE: &str = "none";

/// The buckets of Prometheus' own clients, in seconds: a page takes 5 ms, a log-in 20 ms or more, and a request that waits
/// longer than 5 s gets a 503.
const BUCKETS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

impl Default for Metrics {
    /// Starts each counter whose labels are known at 0, so that the first increase is one.
    fn default() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix(PREFIX),
            actions: Family::default(),
            throttled: Family::default(),
            refusals: Family::default(),
            responses: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            mails: Family::default(),
        };
        for action in Action::ALL.map(Action::name) {
            for outcome in Outcome::NAMES {
                drop(metrics.actions.get_or_create(&ActionLabels { action, outcome }));
            }
        }
        for limit in LimitName::ALL.iter().copied().map(LimitName::code) {
            drop(metrics.throttled.get_or_create(&LimitLabels { limit }));
        }
        for reason in Refusal::ALL.map(Refusal::reason) {
            drop(metrics.refusals.get_or_create(&RefusalLabels { reason }));
        }
        for kind in MailKind::all().map(MailKind::code) {
            for outcome in [Delivery::HandedOver, Delivery::Postponed, Delivery::Dropped].map(delivery_name) {
                drop(metrics.mails.get_or_create(&MailLabels { kind, outcome }));
            }
        }
        metrics.registered()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register("actions", "What visitors did, by what came of it", self.actions.clone());
        registry.register("throttled", "Actions that had to wait, by the limit", self.throttled.clone());
        registry.register("refusals", "Attempts to get around a control", self.refusals.clone());
        registry.register("mails", "Mails, by what became of them at the relay", self.mails.clone());
        let of_responses = "Time from a request, read whole, to its answer";
        registry.register_with_unit("response", of_responses, Unit::Seconds, self.responses.clone());
        self
    }

    /// Attaches these metrics to the site.
    pub(crate) fn watch(self: &Arc<Self>, site: Rocket<Build>) -> Rocket<Build> {
        site.manage(Arc::clone(self)).attach(Arc::clone(self))
    }

    /// The metrics of the request's site, if it has any.
    pub(crate) fn of<'r>(request: &'r Request<'_>) -> Option<&'r Self> {
        request.rocket().state::<Arc<Self>>().map(Arc::as_ref)
    }

    pub(crate) fn count_action(&self, action: Action, outcome: Outcome) {
        self.actions.get_or_create(&ActionLabels { action: action.name(), outcome: outcome.name() }).inc();
        if let Outcome::Throttled(limit) = outcome {
            self.throttled.get_or_create(&LimitLabels { limit: limit.code() }).inc();
        }
    }

    pub(crate) fn count_refusal(&self, refusal: Refusal) {
        self.refusals.get_or_create(&RefusalLabels { reason: refusal.reason() }).inc();
    }

    /// Counts the mails that this courier hands over.
    pub(crate) fn count_mails_of(self: &Arc<Self>, courier: SiteCourier) -> SiteCourier {
        let metrics = Arc::clone(self);
        SiteCourier { report: Box::new(move |kind, delivery| metrics.count_mail(kind, delivery)), ..courier }
    }

    fn count_mail(&self, kind: MailKind, delivery: Delivery) {
        self.mails.get_or_create(&MailLabels { kind: kind.code(), outcome: delivery_name(delivery) }).inc();
    }

    fn count_response(&self, request: &Request<'_>, response: &Response<'_>, time: Duration) {
        let class = match response.status().code {
            ..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            500.. => "5xx",
        };
        // The label is never the URI, which the client chooses.
        let labels = match request.route() {
            Some(route) => ResponseLabels { method: route.method.as_str(), route: route.uri.path().to_owned(), class },
            None => ResponseLabels { method: NO_ROUTE, route: NO_ROUTE.to_owned(), class },
        };
        self.responses.get_or_create(&labels).observe(time.as_secs_f64());
    }
}

const fn delivery_name(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::HandedOver => "handed_over",
        Delivery::Postponed => "postponed",
        Delivery::Dropped => "dropped",
    }
}

/// When a request arrived.
struct Came(Instant);

#[rocket::async_trait]
impl Fairing for Metrics {
    fn info(&self) -> Info {
        Info { name: "metrics of responses", kind: Kind::Request | Kind::Response }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        request.local_cache(|| Came(Instant::now()));
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let Came(at) = request.local_cache(|| Came(Instant::now()));
        self.count_response(request, response, at.elapsed());
    }
}
