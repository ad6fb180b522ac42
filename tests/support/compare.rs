//! Whether facts meet expectations: the rules that the collection gives with its files.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;
use url::Url;

/// Whether the fact named `key` is as expected.
pub(crate) fn holds(facts: &Value, key: &str, expected: &Value) -> bool {
    let field = key.rsplit('.').next().unwrap_or(key);
    match key {
        "no_crash" => return facts.get("crash").is_none(),
        "parses" => return facts["parses"].as_bool().unwrap_or(false) == expected.as_bool().unwrap_or(false),
        "items" => return facts["items"].as_u64() == expected.as_u64(),
        "soft.items" => return facts["items"].as_u64().unwrap_or(0) >= expected.as_u64().unwrap_or(0),
        _ => {}
    }
    if field == "categories_include" {
        let has: BTreeSet<String> = list(fact(facts, &key.replace("_include", ""))).iter().map(|s| loose(s)).collect();
        return list(expected).iter().all(|category| has.contains(&loose(category)));
    }
    let expected = expected.as_str().map_or_else(|| expected.to_string(), str::to_owned);
    let fact = fact(facts, key);
    if fact.is_null() {
        return loose(&expected).is_empty();
    }
    if field == "author" {
        let same =
            |author: &str| loose(&expected).contains(&loose(author)) || loose(author).contains(&loose(&expected));
        return list(fact).iter().any(|author| !author.is_empty() && same(author));
    }
    let Some(text) = fact.as_str() else { return false };
    match field {
        "published" | "updated" | "date" => same_moment(text, &expected),
        "link" => same_text(text, &expected) || same_url(text, &expected),
        "id" => same_text(text, &expected),
        "language" => text.to_lowercase() == expected.to_lowercase(),
        _ => loose(text) == loose(&expected),
    }
}

fn fact<'a>(facts: &'a Value, key: &str) -> &'a Value {
    if let Some(item) = key.strip_prefix("items[") {
        let (index, field) = item.split_once("].").expect("items[i].field");
        return &facts["item"][index.parse::<usize>().expect("a number")][field];
    }
    &facts["feed"][key.strip_prefix("feed.").unwrap_or(key)]
}

fn list(value: &Value) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten();
    texts.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn same_text(a: &str, b: &str) -> bool {
    a.trim() == b.trim() || unescape(a.trim()) == unescape(b.trim())
}

fn same_moment(a: &str, b: &str) -> bool {
    let (a, b) = (a.parse::<Timestamp>(), b.parse::<Timestamp>());
    matches!((a, b), (Ok(a), Ok(b)) if a == b)
}

/// URLs that differ in the case of scheme and host, or by an empty path, are the same.
fn same_url(a: &str, b: &str) -> bool {
    let parsed = |text: &str| Url::parse(&unescape(text.trim())).ok();
    parsed(a).is_some() && parsed(a) == parsed(b)
}

/// Text without entities, tags and runs of blanks.
fn loose(text: &str) -> String {
    let text = unescape(&unescape(text));
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match tag_len(rest) {
            Some(len) => {
                out.push(' ');
                rest = &rest[len..];
            }
            None => {
                out.push('<');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The length of what looks like a tag at the start of `text`.
fn tag_len(text: &str) -> Option<usize> {
    let name = text[1..].strip_prefix('/').unwrap_or(&text[1..]);
    let is_tag = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!');
    if is_tag { text.find('>').map(|end| end + 1) } else { None }
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '#').map_or(rest.len(), |end| end + 1);
        let name = &rest[1..end];
        match character(name) {
            Some(value) => {
                out.push_str(&value);
                rest = rest[end..].strip_prefix(';').unwrap_or(&rest[end..]);
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<String> {
    let Some(number) = name.strip_prefix('#') else {
        let known = html_escape::NAMED_ENTITIES.binary_search_by_key(&name.as_bytes(), |(known, _)| known);
        return known.ok().map(|at| html_escape::NAMED_ENTITIES[at].1.to_owned());
    };
    let hex = number.strip_prefix(['x', 'X']).map(|hex| u32::from_str_radix(hex, 16).ok());
    let code = hex.unwrap_or_else(|| number.parse().ok())?;
    match code {
        // As HTML reads them: as Windows-1252.
        0x80..=0x9f => {
            let byte = [u8::try_from(code).ok()?];
            Some(encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0.into_owned())
        }
        _ => char::from_u32(code).map(String::from),
    }
}
