//! The memory that a stranger's long headers, queries and forms take of the running program, under a limit.

use std::collections::BTreeMap;
use std::time::Instant;

use tempfile::TempDir;

use crate::program::{Program, log};
use crate::protocol::{exchange, statuses};

/// 2 GiB of address space, and the KiB that one request may add to the peak of resident memory: ten times its size.
const LIMIT: &str = "ulimit -v 2097152";
const ALLOWED: u64 = 4_000;

/// The length of a long header, which fits into the 417,792 bytes that hyper reads of a request's head.
const LONG: usize = 400_000;

/// All headers that the program reads, including Rocket and hyper.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Authorization", "Connection", "Content-Length",
    "Content-Type", "Cookie", "Expect", "Forwarded", "Host", "If-Match", "If-Modified-Since", "If-None-Match", "Origin",
    "Purpose", "Range", "Referer", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Purpose", "TE",
    "Transfer-Encoding", "Upgrade", "User-Agent", "X-Forwarded-For", "X-HTTP-Method-Override", "X-Moz", "X-Other",
    "X-Real-IP",
];

/// Texts that are hard to parse: lists, parameters, pairs, quotes.
const UNITS: [&str; 7] = ["a", "a/b,", ";a=b", "a=b; ", "for=1.2.3.4,", "\"\\", "%41"];

const FORM: &str = "POST /log_in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 23\r\n\
                    Content-Type: application/x-www-form-urlencoded\r\n\r\nusername=ada&password=x";

fn filled(unit: &str, length: usize) -> String {
    unit.repeat(length.div_ceil(unit.len()))[..length].to_owned()
}

fn request(line: &str, headers: &str) -> String {
    format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n")
}

/// The peak cost of requests with one header, or of one kind.
#[derive(Default)]
struct Costs(BTreeMap<String, (u64, u128)>);

impl Costs {
    /// Sends a request and returns the status; the program may not grow much meanwhile.
    fn ask(&mut self, program: &Program, kind: &str, what: &str, request: &str) -> String {
        program.forget_peak();
        let ((_, before), began) = (program.memory(), Instant::now());
        let answer = exchange(program, request.as_bytes());
        let (took, (_, after)) = (began.elapsed().as_millis(), program.memory());
        assert!(after <= before + ALLOWED, "{kind} {what}: {before} KiB, then {after}");
        let most = self.0.entry(kind.to_owned()).or_default();
        *most = (most.0.max(after.saturating_sub(before)), most.1.max(took));
        statuses(&answer).first().map(ToString::to_string).unwrap_or_default()
    }

    #[expect(clippy::print_stdout, reason = "with --nocapture it is the table of docs/security/sizes.md")]
    fn print(&self) {
        for (kind, (kib, millis)) in &self.0 {
            println!("| {kind} | {kib} KiB | {millis} ms |");
        }
    }
}

fn start() -> (TempDir, Program) {
    let folder = TempDir::new().unwrap();
    let program =
        Program::start_after(LIMIT, folder.path(), &[("RUST_LOG", "info"), ("DOORWARD_HASHING__WORKERS", "1")]);
    // Causes one-time allocations, above all the memory of a hash.
    exchange(&program, FORM.as_bytes());
    for path in ["/", "/log_in", "/account", "/nothing"] {
        exchange(&program, request(&format!("GET {path}"), "Accept: application/json\r\n").as_bytes());
    }
    (folder, program)
}

#[test]
fn no_header_of_any_length_costs_more_than_its_own_size() {
    let ((folder, program), mut costs) = (start(), Costs::default());
    for name in NAMES {
        for unit in UNITS {
            // A header that frames the message may also be refused as invalid.
            let allowed: &[&str] = if matches!(*name, "Content-Length" | "Transfer-Encoding" | "Expect") {
                &["431", "400"]
            } else {
                &["431"]
            };
            for length in [17_000, LONG] {
                let header = format!("{name}: {}\r\n", filled(unit, length));
                let status = costs.ask(&program, name, &format!("{unit} {length}"), &request("GET /account", &header));
                assert!(allowed.contains(&status.as_str()), "{name} {unit} {length}: {status}");
            }
            // Twice, as Rocket's own server would parse the first of two `Accept` headers before a check of its length.
            let half = format!("{name}: {}\r\n", filled(unit, LONG / 2));
            let status = costs.ask(&program, name, &format!("{unit} twice"), &request("GET /account", &half.repeat(2)));
            assert!(allowed.contains(&status.as_str()), "{name} {unit} twice: {status}");
        }
    }
    assert!(!log(folder.path()).contains("panicked"));
    costs.print();
}

#[test]
fn headers_that_are_allowed_cost_no_more_either() {
    let ((_folder, program), mut costs) = (start(), Costs::default());
    for name in
        NAMES.iter().filter(|name| !matches!(**name, "Content-Length" | "Transfer-Encoding" | "Expect" | "Host"))
    {
        for unit in UNITS {
            for count in [1, 2, 80] {
                let header = format!("{name}: {}\r\n", filled(unit, 15_000 / count - name.len() - 4));
                let status = costs.ask(
                    &program,
                    name,
                    &format!("{unit} {count}"),
                    &request("GET /log_in", &header.repeat(count)),
                );
                assert!(["200", "403", "400"].contains(&status.as_str()), "{name} {unit} {count}: {status}");
            }
        }
    }
    costs.print();
}

#[test]
fn no_query_and_no_form_costs_more_than_its_own_size() {
    let ((_folder, program), mut costs) = (start(), Costs::default());
    for unit in ["a", "a=b&", "&", "[a]", ".a:", "%41", "%", "+", "next=/a&"] {
        for name in ["", "next=", "before=", "_method="] {
            for (length, expected) in [(15_000, &["200", "303"][..]), (60_000, &["414"]), (LONG, &["414"])] {
                let line = format!("GET /log_in?{name}{}", filled(unit, length));
                let status = costs.ask(&program, "query", &format!("{name}{unit} {length}"), &request(&line, ""));
                assert!(expected.contains(&status.as_str()), "?{name}{unit} {length}: {status}");
            }
            for content_type in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "text/plain"] {
                for length in [32_000, LONG] {
                    let body = format!("{name}{}", filled(unit, length));
                    let headers = format!("Content-Type: {content_type}\r\nContent-Length: {}\r\n", body.len());
                    let form = format!("{}{body}", request("POST /log_in", &headers));
                    let status = costs.ask(&program, content_type, &format!("{name}{unit} {length}"), &form);
                    // The answer to an over-long form is lost if the connection ends before all of it was sent.
                    let is_fit = matches!(status.as_str(), "400" | "413" | "415" | "422" | "");
                    assert!(is_fit && (length == LONG || !status.is_empty()), "{content_type} {name}{unit}: {status}");
                }
            }
        }
    }
    costs.print();
}

/// The answer is a page of the site or a problem document, with all headers.
#[test]
fn a_request_that_is_too_large_is_told_so() {
    let (_folder, program) = start();
    let too_large = format!("X: {}\r\n", "a".repeat(17_000));
    let page = exchange(&program, request("GET /", &too_large).as_bytes());
    assert!(page.starts_with("HTTP/1.1 431 ") && page.contains("<title>") && page.contains("Doorward"), "{page}");
    let accept = format!("{too_large}Accept: application/json\r\n");
    let problem = exchange(&program, request("GET /", &accept).as_bytes());
    assert!(problem.contains("application/problem+json") && problem.contains("\"status\":431"), "{problem}");
    let long = exchange(&program, request(&format!("GET /?{}", "a".repeat(20_000)), "").as_bytes());
    assert!(long.starts_with("HTTP/1.1 414 "), "{long}");
    for answer in [page, problem, long] {
        assert!(answer.contains("x-frame-options: DENY") && answer.contains("cache-control: no-store"), "{answer}");
    }
    let head = exchange(&program, request("HEAD /", &too_large).as_bytes());
    assert!(head.starts_with("HTTP/1.1 431 ") && head.ends_with("\r\n\r\n"), "{head}");
}
