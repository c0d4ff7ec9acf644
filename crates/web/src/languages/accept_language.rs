//! `Accept-Language` (RFC 9110 §12.5.4).

use std::cmp::Reverse;

/// The most bytes of a header that are read, and the most languages in it: browsers send a few.
const MAX_BYTES: usize = 1_024;
const MAX_RANGES: usize = 20;

/// The language ranges of these values, the most wanted first. Ranges of one weight keep their order. Ranges of weight 0
/// and malformed ones are left out.
pub(super) fn wanted<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut left = MAX_BYTES;
    let mut ranges = Vec::new();
    for value in values {
        // A header that is longer than any browser's is ignored.
        let Some(rest) = left.checked_sub(value.len()) else { break };
        left = rest;
        ranges.extend(value.split(',').filter_map(weighed));
    }
    ranges.truncate(MAX_RANGES);
    ranges.sort_by_key(|(_, weight)| Reverse(*weight));
    ranges.into_iter().map(|(range, _)| range).collect()
}

/// A range and its weight in thousandths; `None` for one of weight 0.
fn weighed(item: &str) -> Option<(&str, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let range = parts.next().filter(|range| !range.is_empty())?;
    let weight = match parts.next() {
        None => 1_000,
        Some(parameter) => {
            let (name, value) = parameter.split_once('=')?;
            thousandths(value.trim()).filter(|_| name.trim().eq_ignore_ascii_case("q"))?
        }
    };
    (weight > 0).then_some((range, weight))
}

/// `qvalue` of RFC 9110 §12.4.2: from 0 to 1, with at most three digits after the point.
fn thousandths(value: &str) -> Option<u16> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_most_wanted_language_is_first_and_an_unwanted_one_is_left_out() {
        for (header, expected) in [
            ("de", &["de"][..]),
            ("en;q=0.1, de;q=0.9", &["de", "en"]),
            ("de-CH, de;q=0.9, en;q=0.8, *;q=0.5", &["de-CH", "de", "en", "*"]),
            ("fr;q=0, de;q=0.000, en", &["en"]),
            ("a;q=0.5,b;q=0.500,c;Q=0.5", &["a", "b", "c"]),
            ("es; q = 0.3 , it;q=1.000", &["it", "es"]),
            ("", &[]),
            (",, ;q=1, ", &[]),
            ("de;q=2, fr;q=-1, es;q=0.1234, it;q=x, pt;w=1, en;q=.5, ar", &["ar"]),
        ] {
            assert_eq!(wanted([header]), expected, "{header}");
        }
        assert_eq!(wanted(["de;q=0.5", "en"]), ["en", "de"], "two lines are one list");
    }

    #[test]
    fn no_more_is_read_than_a_browser_sends() {
        assert_eq!(wanted([&*"de,".repeat(342)]), [""; 0], "too long");
        assert_eq!(wanted([&*"de,".repeat(341)]).len(), MAX_RANGES);
        let last = (1..=30).map(|number| format!("x{number}")).collect::<Vec<_>>().join(",");
        assert_eq!(wanted([&*last]).last(), Some(&"x20"));
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_harm(values in prop::collection::vec("\\PC{0,60}", 0..4)) {
            let _nothing_breaks = wanted(values.iter().map(String::as_str));
        }

        #[test]
        fn a_weight_orders_the_languages(mut weights in prop::collection::vec(1..=1_000_u16, 1..20)) {
            let header: Vec<_> = weights.iter().map(|weight| {
                format!("l{weight};q={}.{:03}", weight / 1_000, weight % 1_000)
            }).collect();
            let header = header.join(", ");
            weights.sort_by_key(|weight| Reverse(*weight));
            let expected: Vec<_> = weights.iter().map(|weight| format!("l{weight}")).collect();
            prop_assert_eq!(wanted([&*header]), expected);
        }
    }
}
