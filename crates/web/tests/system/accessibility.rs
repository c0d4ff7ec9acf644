//! What a screen reader reads out on each page: Chromium's accessibility tree, compared with the one on record. After an intended
//! change, `just accessibility` rewrites the record.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;
use thirtyfour::WebDriver;

/// Roles that are only layout: their content is recorded, they are not.
const UNTOLD: [&str; 4] = ["none", "generic", "InlineTextBox", "ListMarker"];

/// Compares the page in the window with the record of this name.
pub(crate) async fn compare(name: &str, window: &WebDriver) {
    let tree = window.cdp().send_raw("Accessibility.getFullAXTree", serde_json::json!({})).await.unwrap();
    let nodes = tree["nodes"].as_array().unwrap();
    let mut told = String::new();
    tell(&nodes[0], nodes, "", 0, &mut told);
    let record = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/system/accessibility/{name}.txt"));
    if std::env::var_os("RECORD_ACCESSIBILITY").is_some() {
        fs::write(&record, &told).unwrap();
    }
    let recorded = fs::read_to_string(&record).unwrap_or_default();
    assert_eq!(told, recorded, "{name} is told otherwise than {} has it", record.display());
}

/// Writes a line for this node, and an indented one for each below it.
fn tell(node: &Value, nodes: &[Value], around: &str, depth: usize, told: &mut String) {
    let (role, name) = (text(node, "role"), of_any_run(text(node, "name")));
    let is_repeated = role == "StaticText" && (around.contains(name.trim()) || name.trim().is_empty());
    let is_told = node["ignored"] != true && !UNTOLD.contains(&role) && !is_repeated;
    if is_told {
        writeln!(told, "{}{role}{}", "  ".repeat(depth), attributes(node, &name)).unwrap();
    }
    let around = if name.is_empty() { around } else { &name };
    for id in node["childIds"].as_array().into_iter().flatten() {
        let child = nodes.iter().find(|node| node["nodeId"] == *id).unwrap();
        tell(child, nodes, around, depth + usize::from(is_told), told);
    }
}

fn text<'a>(node: &'a Value, part: &str) -> &'a str {
    node[part]["value"].as_str().unwrap_or_default()
}

/// ` "Password" described "Error: …" required=true`.
fn attributes(node: &Value, name: &str) -> String {
    let mut attributes = String::new();
    for (what, said) in [("", name), (" described", &of_any_run(text(node, "description")))] {
        if !said.is_empty() {
            write!(attributes, "{what} {said:?}").unwrap();
        }
    }
    for property in node["properties"].as_array().into_iter().flatten() {
        let (name, value) = (property["name"].as_str().unwrap_or_default(), &property["value"]["value"]);
        let is_set = *value == true || value.as_str().is_some_and(|value| value != "false") || value.is_number();
        if is_set && matches!(name, "required" | "invalid" | "level" | "checked" | "readonly") {
            write!(attributes, " {name}={}", value.to_string().trim_matches('"')).unwrap();
        }
    }
    attributes
}

/// “Last seen 24 November 2026, 00:01 UTC” without the time of this run, and the address of a site without its port.
fn of_any_run(text: &str) -> String {
    let is_port = |word: &str| word.starts_with("http://localhost:");
    let mut words: Vec<&str> = text.split(' ').map(|word| if is_port(word) { "(site)" } else { word }).collect();
    // This comes first, as a secret may end like a time. The key of an app is eight groups of four, a recovery code six in one word.
    let is_secret = |word: &str, groups: usize| {
        let is_group =
            |group: &str| group.len() == 4 && group.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
        word.split('-').count() == groups && word.split('-').all(is_group)
    };
    while let Some(at) = words.windows(8).position(|key| key.iter().all(|group| is_secret(group, 1))) {
        words.splice(at..at + 8, ["(key)"]);
    }
    for word in &mut words {
        if is_secret(word, 6) {
            *word = "(code)";
        }
    }
    while let Some(at) = words.iter().position(|word| word.starts_with("UTC")) {
        words.splice(at.saturating_sub(4)..=at, ["(time)"]);
    }
    // As the browser of the tests writes it: “November 24, 2026 at 12:01 AM”, or “11/24/26, 12:01 AM” in a list.
    while let Some(at) = words.iter().position(|word| word.ends_with("AM") || word.ends_with("PM")) {
        let time = at.saturating_sub(usize::from(words[at].len() == 2));
        let first = time.saturating_sub(if words[time - 1] == "at" { 4 } else { 1 });
        words.splice(first..=at, ["(time)"]);
    }
    words.join(" ")
}
