//! JSON with the mistakes that its generators make.

/// The text without the mistakes that generators of JSON make: a comma too many, a bare line break or an unknown escape
/// in a string.
pub(super) fn repair(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    let mut in_string = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                in_string = !in_string;
                out.push('"');
            }
            '\\' if in_string => match chars.next() {
                Some(escaped @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')) => out.extend(['\\', escaped]),
                Some(other) => out.push(other),
                None => {}
            },
            c if in_string && c.is_control() => out.push(' '),
            ']' | '}' if !in_string => {
                let kept = out.trim_end().trim_end_matches(',').len();
                out.truncate(kept);
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_repaired_and_sound_text_stays() {
        for (text, want) in [
            (r#"{"a":[1,2],"b":"x,]\"}\n"}"#, r#"{"a":[1,2],"b":"x,]\"}\n"}"#),
            (r#"{"a":[1,2, ],}"#, r#"{"a":[1,2]}"#),
            ("{\"a\":\"two\nlines\"}", "{\"a\":\"two lines\"}"),
            (r#"{"a":"don\'t"}"#, r#"{"a":"don't"}"#),
        ] {
            assert_eq!(repair(text), want);
        }
    }
}
