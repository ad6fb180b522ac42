//! The `Link` header (RFC 8288), as far as hubs are concerned.

use crate::model::Links;

/// Most targets of each kind that are kept of one header.
pub const MAX_LINKS: usize = 10;

/// The targets of `rel="hub"` and `rel="self"`. What is broken is passed over, and whatever comes after it as far as it
/// can be told apart; several headers are joined by commas.
pub fn links(header: &str) -> Links {
    let mut found = Links::default();
    let mut rest = header;
    while let Some((target, parameters)) = next(&mut rest) {
        // RFC 8288, 3.3: of several `rel` the first counts. A link that is about another document says nothing of ours.
        let value = |name: &str| parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        if value("anchor").is_some() {
            continue;
        }
        for relation in value("rel").unwrap_or_default().split_ascii_whitespace() {
            let targets = match relation.to_ascii_lowercase().as_str() {
                "hub" => &mut found.hubs,
                "self" => &mut found.own,
                _ => continue,
            };
            if targets.len() < MAX_LINKS {
                targets.push(target.to_owned());
            }
        }
    }
    found
}

type Parameter = (String, String);

/// Takes the next link off `rest`.
fn next<'h>(rest: &mut &'h str) -> Option<(&'h str, Vec<Parameter>)> {
    let (_, from) = rest.split_once('<')?;
    let (target, after) = from.split_once('>')?;
    *rest = after;
    let mut parameters = Vec::new();
    while let Some(parameter) = parameter(rest) {
        parameters.push(parameter);
    }
    Some((target.trim(), parameters))
}

/// Takes `; name=value` off `rest`, if it is there.
fn parameter(rest: &mut &str) -> Option<Parameter> {
    let after = rest.trim_start().strip_prefix(';')?;
    let end = after.find([';', ',', '=']).unwrap_or(after.len());
    let name = after[..end].trim().to_ascii_lowercase();
    *rest = &after[end..];
    let Some(value) = rest.strip_prefix('=') else { return Some((name, String::new())) };
    let value = value.trim_start();
    let Some(quoted) = value.strip_prefix('"') else {
        let end = value.find([';', ',']).unwrap_or(value.len());
        *rest = &value[end..];
        return Some((name, value[..end].trim().to_owned()));
    };
    let (text, after) = unquoted(quoted);
    *rest = after;
    Some((name, text))
}

/// The text up to the closing quote, and what follows it.
fn unquoted(text: &str) -> (String, &str) {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (out, &text[at + 1..]),
            '\\' => out.extend(chars.next().map(|(_, c)| c)),
            c => out.push(c),
        }
    }
    (out, "")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(header: &str) -> (Vec<String>, Vec<String>) {
        let Links { hubs, own } = links(header);
        (hubs, own)
    }

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn hubs_and_the_own_name_are_found_however_they_are_written() {
        let header = r#"<https://a.example/hub>; rel="hub", <https://a.example/feed?a,b;c>; rel=self; type="x;y,z""#;
        assert_eq!(pairs(header), (owned(&["https://a.example/hub"]), owned(&["https://a.example/feed?a,b;c"])));
        assert_eq!(pairs(r#"</h>;title="a \"<b>; rel=hub\"" ; REL = "alternate HUB""#), (owned(&["/h"]), vec![]));
        assert_eq!(pairs("<a>; rel=hub; rel=self,<b>;rel=self"), (owned(&["a"]), owned(&["b"])));
    }

    #[test]
    fn what_is_about_something_else_is_passed_over() {
        assert_eq!(pairs(r#"<a>; rel="next", <b>; rel=hub; anchor="/other", <c>, <d>; rel"#), (vec![], vec![]));
        assert_eq!(links(&"<a>;rel=hub,".repeat(100)).hubs.len(), MAX_LINKS);
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(header in "[<>;,=\"\\\\ a-cé]{0,60}|(<a>; *rel=\"?(hub|self)\"?,?){0,5}") {
            let found = links(&header);
            prop_assert!(found.hubs.len() + found.own.len() <= header.len());
        }
    }
}
