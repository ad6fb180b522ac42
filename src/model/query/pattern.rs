//! Regular expressions of queries.

use regex::{Regex, RegexBuilder};

use super::{MAX_REGEX_BYTES, MAX_REGEX_PROGRAM_BYTES};

/// Groups within groups that a regular expression may have.
const MAX_NESTING: u32 = 32;
/// What a regular expression must not find nothing in: whoever finds nothing there finds it everywhere.
const PROBES: [&str; 3] = ["", "a", "a b"];

/// Compiles a regular expression as every query means it: without case unless it says `(?-i)`, within bounds. The error
/// is what is wrong with it, in one line.
pub fn pattern(text: &str) -> Result<Regex, String> {
    if text.is_empty() {
        return Err("this regular expression is empty".to_owned());
    }
    if text.len() > MAX_REGEX_BYTES {
        return Err(format!("this regular expression is longer than {MAX_REGEX_BYTES} bytes"));
    }
    let built = RegexBuilder::new(text)
        .case_insensitive(true)
        .nest_limit(MAX_NESTING)
        .size_limit(MAX_REGEX_PROGRAM_BYTES)
        .dfa_size_limit(MAX_REGEX_PROGRAM_BYTES)
        .build();
    let regex = built.map_err(|error| match error {
        regex::Error::CompiledTooBig(most) => {
            format!("this regular expression needs more than {most} bytes when it is compiled")
        }
        // The message draws the expression with a caret; its last line says what it is about.
        error => {
            let message = error.to_string();
            let last = message.lines().last().unwrap_or_default().trim();
            format!("this is not a regular expression: {}", last.strip_prefix("error: ").unwrap_or(last))
        }
    })?;
    if PROBES.iter().any(|probe| regex.find(probe).is_some_and(|found| found.is_empty())) {
        return Err("this regular expression is satisfied by nothing at all".to_owned());
    }
    Ok(regex)
}
