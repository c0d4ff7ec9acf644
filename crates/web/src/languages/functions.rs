//! The functions by which templates get texts.

use std::collections::HashMap;
use std::sync::Arc;

use fluent_bundle::{FluentArgs, FluentValue};
use rocket::serde::json::serde_json::json;
use tera::{Tera, Value};

use super::texts::Texts;
use super::{Languages, device_names};

/// Registers these functions, all but the last with the tag of a language as `lang`:
///
/// - `t(lang, key, …)`: the message of this name, with its variables.
/// - `moment(lang, at)`: a [`Moment`](crate::views::Moment) as people write it, in UTC; with `form="short"` where there is little room.
/// - `device(lang, client)`: the device of a [`ClientView`](crate::views::ClientView).
/// - `languages()`: each language's `tag` and its `name` in itself.
///
/// And a filter, `short`: the first sentence of a text, which says what is wrong. The remedy follows it.
pub(crate) fn register(tera: &mut Tera, languages: &Arc<Languages>) {
    let of = |write: fn(&Texts, &Arguments) -> Result<String, String>| {
        let languages = Arc::clone(languages);
        move |arguments: &Arguments| {
            let lang = arguments.get("lang").and_then(Value::as_str).unwrap_or_default();
            let texts =
                languages.texts(lang).ok_or_else(|| tera::Error::msg(format!("there is no language `{lang}`")))?;
            write(texts, arguments).map(Value::from).map_err(tera::Error::msg)
        }
    };
    tera.register_function("t", of(message));
    tera.register_function("moment", of(moment));
    tera.register_function("device", of(device));
    tera.register_filter("short", short);
    let languages = Arc::clone(languages);
    tera.register_function("languages", move |_: &Arguments| {
        let named = languages.texts.iter().map(|(tag, texts)| {
            let name = texts.text("language-name", &FluentArgs::new()).map_err(tera::Error::msg)?;
            Ok(json!({ "tag": tag, "name": name }))
        });
        named.collect::<tera::Result<Vec<_>>>().map(Value::from)
    });
}

fn short(text: &Value, _: &Arguments) -> tera::Result<Value> {
    let text = text.as_str().ok_or_else(|| tera::Error::msg("`short` takes a text"))?.trim();
    let sentence = text.split_once(". ").map_or_else(|| text.to_owned(), |(first, _)| format!("{first}."));
    Ok(Value::from(sentence))
}

type Arguments = HashMap<String, Value>;

fn message(texts: &Texts, arguments: &Arguments) -> Result<String, String> {
    let key = arguments.get("key").and_then(Value::as_str).ok_or("`t` needs a `key`")?;
    let variables = arguments.iter().filter(|(name, _)| !matches!(name.as_str(), "lang" | "key"));
    let variables: Option<FluentArgs<'_>> =
        variables.map(|(name, value)| Some((name.as_str(), variable(value)?))).collect();
    texts.text(key, &variables.ok_or_else(|| format!("message `{key}`: a variable is neither a text nor a number"))?)
}

/// Numbers stay numbers: a plural depends on them.
fn variable(value: &Value) -> Option<FluentValue<'_>> {
    match value {
        Value::String(text) => Some(FluentValue::from(text.as_str())),
        Value::Number(number) => number.as_i64().map(FluentValue::from),
        _ => None,
    }
}

fn moment(texts: &Texts, arguments: &Arguments) -> Result<String, String> {
    let at = arguments.get("at").ok_or("`moment` needs `at`")?;
    let variables = ["day", "month", "year", "time"].map(|part| Some((part, variable(at.get(part)?)?)));
    let variables: Option<FluentArgs<'_>> = variables.into_iter().collect();
    let is_short = arguments.get("form").and_then(Value::as_str) == Some("short");
    texts.text(if is_short { "moment-short" } else { "moment" }, &variables.ok_or("`at` is no moment")?)
}

fn device(texts: &Texts, arguments: &Arguments) -> Result<String, String> {
    let code = |part| arguments.get("client").and_then(|client| client.get(part)).and_then(Value::as_str);
    let browser = match code("browser") {
        Some("web_view") => Some(texts.text("an-app", &FluentArgs::new())?),
        code => code.and_then(device_names::browser).map(str::to_owned),
    };
    match (browser, code("system").and_then(device_names::system)) {
        (Some(browser), Some(system)) => {
            let variables = [("browser", FluentValue::from(browser)), ("system", FluentValue::from(system))];
            texts.text("device", &variables.into_iter().collect())
        }
        (Some(browser), None) => Ok(browser),
        (None, Some(system)) => Ok(system.to_owned()),
        (None, None) => texts.text("unknown-device", &FluentArgs::new()),
    }
}
