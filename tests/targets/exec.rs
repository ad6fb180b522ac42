//! Programs as targets: what they are given, and what their end means.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use newswatch::model::{AlertKind, TargetKind};
use newswatch::notify::NotifyError;
use serde_json::Value;
use tempfile::TempDir;

use crate::desk::{alert, attempt, delivery, program};

/// A script, and a target that is told by it; it may write into the directory.
fn script(house: &Path, text: &str, timeout: Duration) -> TargetKind {
    let path = house.join("page");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    program(path.to_str().unwrap(), &[house.to_str().unwrap(), "two words", "$(touch evil) `x` ;"], timeout)
}

const SOON: Duration = Duration::from_secs(20);

async fn ends(text: &str) -> Result<(), NotifyError> {
    let house = TempDir::new().unwrap();
    attempt(&script(house.path(), text, SOON), &alert(AlertKind::News)).await
}

fn why(outcome: Result<(), NotifyError>) -> (bool, String) {
    let error = outcome.unwrap_err();
    (matches!(error, NotifyError::Permanent { .. }), error.to_string())
}

#[tokio::test]
async fn it_gets_the_json_of_a_webhook_and_its_arguments_as_they_are() {
    let house = TempDir::new().unwrap();
    let text = r#"cat > "$1/in"; printf '%s\n' "$#" "$2" "$3" > "$1/args"; env > "$1/env"; echo ignored"#;
    let news = alert(AlertKind::News);
    assert_eq!(attempt(&script(house.path(), text, SOON), &news).await, Ok(()));
    let read = |name: &str| fs::read_to_string(house.path().join(name)).unwrap();
    let body: Value = serde_json::from_str(&read("in")).unwrap();
    assert_eq!((&body["type"], &body["data"]["watch"]), (&"alert.news".into(), &"harbour".into()));
    assert_eq!(read("args"), "3\ntwo words\n$(touch evil) `x` ;\n");
    let env = read("env");
    assert!(env.contains(&format!("NEWSWATCH_DELIVERY={}\n", delivery(&news).id)), "{env}");
    // Cargo's own variables are in the test's environment and not in the program's.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some() && !env.contains("CARGO"), "{env}");
}

#[tokio::test]
async fn its_end_is_the_answer() {
    assert_eq!(ends("exit 0").await, Ok(()));
    assert_eq!(ends("exec 0<&-; exit 0").await, Ok(()), "nobody has to read");
    assert_eq!(why(ends("echo nobody there >&2; exit 75").await), (false, "it ended with 75: nobody there".to_owned()));
    assert_eq!(why(ends("exit 1").await), (false, "it ended with 1".to_owned()));
    assert_eq!(why(ends("exit 65").await), (true, "it ended with 65".to_owned()));
    assert_eq!(why(ends("kill -9 $$").await), (false, "it was ended by signal 9".to_owned()));
    let missing = attempt(&program("/no/such/program", &[], SOON), &alert(AlertKind::News)).await;
    let (is_final, why) = why(missing);
    assert!(!is_final && why.starts_with("cannot start it: "), "{why}");
}

#[tokio::test]
async fn what_it_says_is_told_from_its_end_and_steers_nothing() {
    let flood = "i=0; while [ $i -lt 3000 ]; do echo 'a long line of no use' >&2; i=$((i+1)); done; \
                 printf 'the \\033[31mreason' >&2; exit 1";
    let (_, why) = why(ends(flood).await);
    assert!(why.ends_with("the  [31mreason") && why.len() < 400 && !why.contains(char::is_control), "{why}");
}

#[tokio::test]
async fn one_that_hangs_is_killed() {
    let house = TempDir::new().unwrap();
    let begun = Instant::now();
    let text = "echo waiting >&2; echo $$ > \"$1/pid\"; exec sleep 60";
    let outcome = attempt(&script(house.path(), text, Duration::from_secs(1)), &alert(AlertKind::News)).await;
    assert_eq!(why(outcome), (false, "not done within 1 s, and killed: waiting".to_owned()));
    assert!(begun.elapsed() < Duration::from_secs(10));
    let pid = fs::read_to_string(house.path().join("pid")).unwrap();
    assert!(!Path::new("/proc").join(pid.trim()).exists());
}

#[tokio::test]
async fn one_that_leaves_somebody_behind_has_ended_nevertheless() {
    let begun = Instant::now();
    assert_eq!(ends("sleep 15 & exit 0").await, Ok(()));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
