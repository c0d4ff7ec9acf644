//! The metrics for an operator: their values, their names, and that no visitor can choose a name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rocket::http::{ContentType, Method, Status};

use crate::support::{MAIL, PASSWORD, TestSite, fields, form, plan, read, site};

const WRONG: &str = "eight quiet lanterns";

/// One line of the metrics.
#[derive(Debug, Clone, PartialEq)]
struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

impl Sample {
    fn of(line: &str) -> Self {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let labels = labels.strip_suffix('}').unwrap().split("\",").filter(|label| !label.is_empty());
        let labels = labels.map(|label| {
            let (name, value) = label.split_once("=\"").unwrap();
            (name.to_owned(), value.trim_end_matches('"').to_owned())
        });
        Self { name: name.to_owned(), labels: labels.collect(), value: value.parse().unwrap() }
    }
}

/// The metrics at one moment.
struct Scrape(String);

impl Scrape {
    async fn of(site: &TestSite) -> Self {
        Self(site.endpoint.text().await.unwrap())
    }

    fn samples(&self) -> impl Iterator<Item = Sample> {
        self.0.lines().filter(|line| !line.starts_with('#')).map(Sample::of)
    }

    /// The families with their types: `counter`, `gauge` or `histogram`.
    fn kinds(&self) -> Vec<(&str, &str)> {
        self.0.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' ')).collect()
    }

    /// The sum of the samples with this name and these labels; `None` if there are none.
    fn sum(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let is_meant = |sample: &Sample| {
            sample.name == name
                && labels.iter().all(|(label, value)| sample.labels.get(*label).is_some_and(|found| found == value))
        };
        let found: Vec<_> = self.samples().filter(is_meant).map(|sample| sample.value).collect();
        if found.is_empty() { None } else { Some(found.into_iter().sum()) }
    }

    /// How often this action had each outcome, without those that never occurred.
    fn actions(&self, action: &str) -> BTreeMap<String, f64> {
        let of_action = self.samples().filter(|sample| {
            sample.name == "doorward_actions_total" && sample.labels["action"] == action && sample.value > 0.0
        });
        of_action.map(|mut sample| (sample.labels.remove("outcome").unwrap(), sample.value)).collect()
    }
}

fn outcomes<const N: usize>(expected: [(&str, u32); N]) -> BTreeMap<String, f64> {
    expected.into_iter().map(|(outcome, count)| (outcome.to_owned(), f64::from(count))).collect()
}

async fn post_json(site: &TestSite, path: &str, sent: &str) -> Status {
    read(site.client.post(path.to_owned()).header(ContentType::JSON).body(sent).dispatch().await).await.status
}

#[tokio::test]
async fn actions_of_visitors_are_counted_by_outcome() {
    let site = plan().set(MAIL).open().await;
    site.sign_up("ada").await;
    site.post("/sign_up", &form("ada", PASSWORD)).await;
    site.try_log_in("ada", WRONG).await;
    site.try_log_in("nobody", PASSWORD).await;
    site.try_log_in("ada", PASSWORD).await;
    post_json(&site, "/log_in/passkey", "{}").await;
    site.post("/account/second_factor/totp", "code=000000").await;
    site.post("/account/passkeys/options", "").await;
    site.post("/account/reauthenticate", &fields(&[("password", PASSWORD), ("next", "/account")])).await;
    site.post("/account/username", "username=Ada2").await;
    site.post("/forgot_password", "login=nobody").await;
    site.post("/reset", &format!("token={}&new_password=x", "A".repeat(43))).await;
    site.post("/verify_email", &format!("token={}", "A".repeat(43))).await;
    site.get("/log_out").await;
    let scrape = Scrape::of(&site).await;
    for (action, expected) in [
        ("sign_up", outcomes([("done", 1), ("refused", 1)])),
        ("log_in", outcomes([("done", 1), ("refused", 2)])),
        ("log_in_by_passkey", outcomes([("refused", 1)])),
        ("begin_passkey", outcomes([("done", 1)])),
        ("reauthenticate", outcomes([("done", 1)])),
        ("change_username", outcomes([("done", 1)])),
        ("request_reset", outcomes([("done", 1)])),
        ("reset_password", outcomes([("refused", 1)])),
        ("verify_email", outcomes([("refused", 1)])),
        ("log_out", outcomes([("done", 1)])),
        ("delete_account", outcomes([])),
    ] {
        assert_eq!(scrape.actions(action), expected, "{action}");
    }
}

#[tokio::test]
async fn failures_are_told_from_refusals() {
    let site = site().await;
    site.sign_up("ada").await;
    site.execute("ALTER TABLE users RENAME TO gone").await;
    assert_eq!(site.try_log_in("ada", PASSWORD).await.status, Status::InternalServerError);
    assert_eq!(Scrape::of(&site).await.actions("log_in"), outcomes([("failed", 1)]));
}

#[tokio::test]
async fn throttled_attempts_are_counted_by_their_limit() {
    let site = plan().throttled().open().await;
    for number in 0..22 {
        site.post("/sign_up", &form(&format!("user{number}"), PASSWORD)).await;
    }
    let scrape = Scrape::of(&site).await;
    assert_eq!(scrape.actions("sign_up"), outcomes([("done", 20), ("throttled", 2)]));
    assert_eq!(scrape.sum("doorward_throttled_total", &[("limit", "sign_ups")]), Some(2.0));
    for _ in 0..9 {
        site.try_log_in("user1", WRONG).await;
    }
    let scrape = Scrape::of(&site).await;
    let throttled = scrape.actions("log_in")["throttled"];
    assert!(throttled > 0.0);
    // Each refusal has one limit, and all limits are named by the rules.
    assert_eq!(scrape.sum("doorward_throttled_total", &[]), Some(throttled + 2.0));
    assert_eq!(scrape.sum("doorward_throttled_total", &[("limit", "other")]), Some(0.0));
}

#[tokio::test]
async fn attempts_to_get_around_a_control_are_counted() {
    let site = site().await;
    site.post_with("/log_in", "", &[("Sec-Fetch-Site", "cross-site")]).await;
    site.account_with_session("forged").await;
    site.get_with("/account", &[("Cookie", "doorward=a; doorward=b")]).await;
    let scrape = Scrape::of(&site).await;
    for reason in ["another_site", "foreign_cookie", "dubious_cookies"] {
        assert_eq!(scrape.sum("doorward_refusals_total", &[("reason", reason)]), Some(1.0), "{reason}");
    }
}

#[tokio::test]
async fn answers_are_counted_by_the_route_as_the_program_has_it_with_their_time() {
    let site = site().await;
    let token = "B".repeat(43);
    for path in [format!("/reset/{token}"), format!("/reset/{token}?x={token}"), format!("/{token}")] {
        site.get(&path).await;
    }
    site.get("/account").await;
    site.get("/log_in").await;
    site.post("/log_in", "").await;
    site.post_with("/log_in", "", &[("Sec-Fetch-Site", "cross-site")]).await;
    let scrape = Scrape::of(&site).await;
    for (method, route, class, count) in [
        ("GET", "/reset/<token>", "4xx", 2.0),
        ("none", "none", "4xx", 1.0),
        ("GET", "/account", "3xx", 1.0),
        ("GET", "/log_in", "2xx", 1.0),
        ("POST", "/log_in", "4xx", 1.0),
        ("GET", "/.refused", "4xx", 1.0),
    ] {
        let labels = [("method", method), ("route", route), ("class", class)];
        assert_eq!(scrape.sum("doorward_response_seconds_count", &labels), Some(count), "{method} {route}");
        let all = [&labels[..], &[("le", "+Inf")]].concat();
        assert_eq!(scrape.sum("doorward_response_seconds_bucket", &all), Some(count), "{method} {route}");
        assert!(scrape.sum("doorward_response_seconds_sum", &labels).unwrap() > 0.0, "{method} {route}");
    }
    assert!(!scrape.0.contains(&token), "whoever asks does not choose a label");
}

#[tokio::test]
async fn hashes_are_counted_with_how_long_they_waited_and_took() {
    let site = site().await;
    let before = Scrape::of(&site).await;
    site.arrive("ada").await;
    let after = Scrape::of(&site).await;
    let increase = |name: &str| Some(after.sum(name, &[])? - before.sum(name, &[])?);
    assert_eq!(increase("doorward_password_hashes_total"), Some(2.0));
    // The strength of the new password was checked as well.
    assert_eq!(increase("doorward_hashing_jobs_total"), Some(3.0));
    assert!(increase("doorward_hashing_work_seconds_total") > Some(0.0));
    assert!(increase("doorward_hashing_wait_seconds_total") > Some(0.0));
    assert_eq!(after.sum("doorward_hashing_queue", &[]), Some(0.0));
}

#[tokio::test]
async fn jobs_without_a_thread_in_time_are_counted() {
    let site = plan().overloaded().open().await;
    assert_eq!(site.try_log_in("ada", PASSWORD).await.status, Status::ServiceUnavailable);
    let scrape = Scrape::of(&site).await;
    assert_eq!(scrape.sum("doorward_hashing_refused_late_total", &[]), Some(1.0));
    assert_eq!(scrape.actions("log_in"), outcomes([("failed", 1)]));
}

#[tokio::test]
async fn sessions_waiting_mails_and_connections_are_read_for_a_scrape() {
    let site = plan().set(MAIL).open().await;
    site.post("/sign_up", &format!("{}&email=ada@example.org", form("ada", PASSWORD))).await;
    site.try_log_in("ada", PASSWORD).await;
    site.clock.advance(Duration::from_secs(90));
    let scrape = Scrape::of(&site).await;
    assert_eq!(scrape.sum("doorward_sessions", &[]), Some(1.0));
    let age = scrape.sum("doorward_oldest_mail_seconds", &[]).unwrap();
    assert!((90.0..91.0).contains(&age), "{age}");
    let connections = |what: &str| scrape.sum(&format!("doorward_database_connections_{what}"), &[]);
    assert_eq!(connections("most"), Some(8.0));
    assert!(connections("busy") <= connections("open") && connections("open") >= Some(1.0), "{}", scrape.0);
}

#[tokio::test]
async fn the_database_is_read_at_most_every_ten_seconds_whatever_the_number_of_scrapes() {
    let site = site().await;
    site.arrive("ada").await;
    let began = Instant::now();
    let before = Scrape::of(&site).await.sum("doorward_sessions", &[]);
    site.execute("DELETE FROM sessions").await;
    for _ in 0..3 {
        let again = Scrape::of(&site).await.sum("doorward_sessions", &[]);
        assert!(again == before || began.elapsed() >= Duration::from_secs(10), "{again:?} after {before:?}");
    }
}

#[tokio::test]
async fn figures_that_the_database_does_not_give_are_left_out_and_the_rest_is_served() {
    let site = site().await;
    site.arrive("ada").await;
    site.execute("ALTER TABLE sessions RENAME TO gone").await;
    let scrape = Scrape::of(&site).await;
    assert_eq!(scrape.sum("doorward_sessions", &[]), None);
    assert_eq!(scrape.sum("doorward_oldest_mail_seconds", &[]), Some(0.0), "it is asked for by itself");
    assert_eq!(scrape.actions("log_in"), outcomes([("done", 1)]));
    assert!(scrape.0.ends_with("# EOF\n"));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_process_is_described_as_by_every_prometheus_client() {
    let scrape = Scrape::of(&site().await).await;
    let figure = |name: &str| scrape.sum(name, &[]).unwrap_or_else(|| panic!("no {name}"));
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
    assert!((now - 86_400.0..=now + 2.0).contains(&figure("process_start_time_seconds")), "{}", scrape.0);
    assert!(figure("process_cpu_seconds_total") >= 0.0);
    assert!(figure("process_resident_memory_bytes") > 1_000_000.0);
    assert!(figure("process_virtual_memory_bytes") >= figure("process_resident_memory_bytes"));
    assert!(figure("process_open_fds") >= 3.0 && figure("process_open_fds") <= figure("process_max_fds"));
}

/// `OpenMetrics` 1.0: each family is described once before its samples, which have its name with the ending of their kind.
#[tokio::test]
async fn the_text_is_open_metrics() {
    let site = site().await;
    site.arrive("ada").await;
    let scrape = Scrape::of(&site).await;
    assert!(scrape.0.ends_with("# EOF\n") && scrape.0.matches("# EOF").count() == 1);
    let (mut seen, mut family, mut series) = (BTreeSet::new(), ("", ""), BTreeSet::new());
    for line in scrape.0.lines().filter(|line| *line != "# EOF") {
        if let Some(described) = line.strip_prefix("# TYPE ") {
            family = described.split_once(' ').unwrap();
            assert!(seen.insert(family.0), "twice: {line}");
        } else if let Some(unit) = line.strip_prefix("# UNIT ") {
            let (name, unit) = unit.split_once(' ').unwrap();
            assert!(name == family.0 && name.ends_with(&format!("_{unit}")), "{line}");
        } else if let Some(help) = line.strip_prefix("# HELP ") {
            assert!(help.split_once(' ').is_some_and(|(_, help)| help.ends_with('.')), "{line}");
        } else {
            let sample = Sample::of(line);
            let endings: &[&str] = match family.1 {
                "counter" => &["_total"],
                "histogram" => &["_bucket", "_count", "_sum"],
                "gauge" => &[""],
                kind => panic!("{kind}"),
            };
            assert!(endings.iter().any(|ending| sample.name == format!("{}{ending}", family.0)), "{family:?}: {line}");
            assert!(sample.value >= 0.0, "{line}");
            assert!(series.insert(line.rsplit_once(' ').unwrap().0.to_owned()), "twice: {line}");
        }
    }
    for (name, kind) in scrape.kinds() {
        assert!(name.starts_with("doorward_") || name.starts_with("process_"), "{kind} {name}");
    }
}

/// Every label value is known before the first request: it is a word of the program, or the template of a route.
#[tokio::test]
async fn no_visitor_chooses_a_label() {
    let site = plan().set(MAIL).open().await;
    let mut known: BTreeSet<String> =
        Scrape::of(&site).await.samples().flat_map(|sample| sample.labels.into_values()).collect();
    for route in site.client.rocket().routes() {
        known.insert(route.uri.path().to_owned());
        known.insert(route.method.to_string());
    }
    known.extend(["none", "1xx", "2xx", "3xx", "4xx", "5xx", "+Inf"].map(str::to_owned));
    site.arrive("ada").await;
    let paths = ["/MARKER", "/reset/MARKER", "/assets/MARKER", "/log_in?next=/MARKER", "/account/passkeys/MARKER"];
    for path in paths.into_iter().chain(["/%4DARKER\"} 1", "/log_in/%0AMARKER", "//MARKER", "/.refused?MARKER"]) {
        for method in [Method::Get, Method::Head, Method::Post, Method::Put, Method::Options, Method::Trace] {
            let Ok(uri) = rocket::http::uri::Origin::parse_owned(path.replace(['"', '}', ' '], "")) else { continue };
            for header in ["Sec-Fetch-Site", "Origin", "Accept", "Accept-Language", "User-Agent", "Cookie", "Host"] {
                let request = site.client.req(method, uri.clone()).header(ContentType::Form);
                let request = request.header(rocket::http::Header::new(header, "MARKER=MARKER"));
                request.body("username=MARKER&password=MARKER&login=MARKER&_method=MARKER").dispatch().await;
            }
        }
    }
    for path in ["/log_in", "/sign_up", "/forgot_password", "/language", "/account/username", "/account/email"] {
        site.post(path, "username=MARKER&login=MARKER&language=MARKER&email=MARKER@example.org").await;
    }
    let scrape = Scrape::of(&site).await;
    assert!(!scrape.0.contains("MARKER"), "{}", scrape.0);
    for sample in scrape.samples() {
        for (name, value) in &sample.labels {
            let is_bucket = name == "le" && value.parse::<f64>().is_ok();
            assert!(is_bucket || known.contains(value), "{sample:?}");
        }
    }
}

/// Functions that routes call and that change nothing for a visitor, or only what the browser keeps. Every other use case goes through
/// `traced`, which counts it.
const UNCOUNTED: [&str; 35] = [
    "activity_of",
    "cookies",
    "draw_recovery_codes",
    "draw_totp_secret",
    "emails_of_user",
    "end_log_in",
    "find_invitation",
    "find_pending_log_in",
    "find_reset",
    "find_undo",
    "find_unverified",
    "find_verification",
    "forget_session",
    "has_password",
    "has_recent_log_in",
    "is_second_factor_due",
    "known_devices_of",
    "mail",
    "now",
    "passkey_site",
    "passkeys_of",
    "policy",
    "read_sign_up_email",
    "request_passkey_log_in",
    "request_passkey_reauthentication",
    "request_passkey_second_step",
    "rules",
    "save_language",
    "second_factor_of",
    "sessions_of",
    "set_session",
    "totp_url",
    "trust",
    "user_handle_of",
    "welcome",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn every_use_case_of_a_route_is_counted() {
    let (mut forgotten, mut counted) = (BTreeSet::new(), BTreeSet::new());
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/routes")) {
        let source: String = fs::read_to_string(&path).unwrap().split_whitespace().collect();
        for (at, _) in source.match_indices("service.") {
            let before = &source[..at];
            let call = &source[at + "service.".len()..];
            let name: String = call.chars().take_while(|char| char.is_ascii_lowercase() || *char == '_').collect();
            if let Some(action) = call.strip_prefix("traced(Action::") {
                counted.insert(action.split(',').next().unwrap().to_owned());
                continue;
            }
            // Passed to `traced` directly, or by a name.
            let is_traced = before.ends_with(',')
                && before[before.len().saturating_sub(60)..].contains("traced(Action::")
                || before.ends_with("letsave=");
            if call[name.len()..].starts_with('(') && !is_traced && !UNCOUNTED.contains(&name.as_str()) {
                forgotten.insert(format!("{}: {name}", path.display()));
            }
        }
    }
    assert!(forgotten.is_empty(), "call them by `traced`: {forgotten:#?}");
    // Each action is used by a route.
    let snake = |name: &String| {
        let mut snake = String::new();
        for char in name.chars() {
            if char.is_ascii_uppercase() && !snake.is_empty() {
                snake.push('_');
            }
            snake.push(char.to_ascii_lowercase());
        }
        snake
    };
    let scrape = Scrape::of(&site().await).await;
    let served: BTreeSet<_> = scrape.samples().filter_map(|mut sample| sample.labels.remove("action")).collect();
    assert_eq!(counted.iter().map(snake).collect::<BTreeSet<_>>(), served);
}

const OPERATIONS: &str = include_str!("../../../../docs/operations.md");
const ALERTS: &str = include_str!("../../../../docs/deploy/alerts.yml");
const DASHBOARD: &str = include_str!("../../../../docs/deploy/dashboard.json");

/// Compares name, type and labels.
#[tokio::test]
async fn the_documentation_lists_every_metric_and_no_other() {
    let site = site().await;
    site.get("/").await;
    let scrape = Scrape::of(&site).await;
    let served: BTreeSet<_> = scrape
        .kinds()
        .into_iter()
        .map(|(family, kind)| {
            let name = if kind == "counter" { format!("{family}_total") } else { family.to_owned() };
            let of_family = scrape.samples().find(|sample| sample.name.starts_with(family)).unwrap();
            let labels = of_family.labels.into_keys().filter(|label| label != "le").map(|label| format!("`{label}`"));
            [format!("`{name}`"), kind.to_owned(), labels.collect::<Vec<_>>().join(", ")]
        })
        .collect();
    let rows = OPERATIONS.lines().filter(|line| line.starts_with("| `doorward_") || line.starts_with("| `process_"));
    let documented: BTreeSet<_> = rows
        .map(|row| {
            let mut cells = row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned());
            let [name, kind, labels] = std::array::from_fn(|_| cells.next().unwrap());
            let mut labels: Vec<_> = labels.split(", ").map(str::to_owned).collect();
            labels.sort();
            [name, kind, labels.join(", ")]
        })
        .collect();
    assert_eq!(documented, served);
}

/// The words of a text that could be the name of a metric.
fn names_in(text: &str) -> BTreeSet<&str> {
    let words = text.split(|char: char| !char.is_ascii_alphanumeric() && char != '_');
    words.filter(|word| word.starts_with("doorward_") || word.starts_with("process_")).collect()
}

#[tokio::test]
async fn alerts_and_dashboard_ask_for_what_is_served_alone() {
    let site = site().await;
    site.get("/").await;
    let scrape = Scrape::of(&site).await;
    let served: Vec<_> = scrape.samples().collect();
    let classes = ["2xx", "3xx", "4xx", "5xx"];
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    let mut queries = Vec::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            queries.push(target["expr"].as_str().unwrap().to_owned());
        }
    }
    let alerts = ALERTS.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).map(str::to_owned);
    queries.extend(alerts);
    assert!(queries.len() >= 15, "{queries:#?}");
    for query in &queries {
        for name in names_in(query) {
            assert!(served.iter().any(|sample| sample.name == name), "{name} is not served: {query}");
        }
        for selector in query.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()) {
            for (label, value) in selector.split(',').filter_map(|pair| pair.split_once("=\"")) {
                let (label, value) = (label.trim_end_matches('!'), value.trim_end_matches('"'));
                let is_served = served.iter().any(|sample| sample.labels.get(label).is_some_and(|has| has == value));
                let is_class = label == "class" && classes.contains(&value);
                let is_of_prometheus = ["job", "mountpoint"].contains(&label);
                assert!(is_of_prometheus || is_class || is_served, "{label}={value}: {query}");
            }
        }
    }
    // The names in the descriptions too.
    for name in names_in(ALERTS).union(&names_in(DASHBOARD)) {
        assert!(served.iter().any(|sample| sample.name == *name), "{name}");
    }
}
