//! Programs in Python, for what others wrote: a mail server, a reader of mails, a verifier of signatures.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::skip;

/// A Python that can import `module`; skips the test, with `None`, where there is none.
pub fn having(module: &str) -> Option<String> {
    let python = std::env::var("NEWSWATCH_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let import = Command::new(&python).args(["-c", &format!("import {module}")]).stderr(Stdio::null()).status();
    if import.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    skip(&format!("no Python with {module}: `pip install {module}`, and NEWSWATCH_TEST_PYTHON for a Python elsewhere"));
    None
}

/// Runs a script of `tests/support/` over JSON and returns the JSON that it prints.
#[track_caller]
pub fn run(python: &str, script: &str, input: &Value) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(script);
    let mut process = Command::new(python)
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a Python that just ran");
    process.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "{script} failed");
    serde_json::from_slice(&output.stdout).unwrap()
}
