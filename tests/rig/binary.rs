//! The helper around the program, tried out on a shell and on the program's plainest call.

use std::time::Duration;

use crate::support::SOON;
use crate::support::binary::{Invocation, Newswatch, Signal};

fn shell(house: &Newswatch, script: &str) -> Invocation {
    house.program("sh").args(["-c", script])
}

#[test]
fn the_program_can_be_run() {
    let house = Newswatch::new("");
    let output = house.newswatch().arg("--version").run();
    assert!(output.code().is_some(), "{output}");
}

#[test]
fn the_house_is_all_that_a_program_knows() {
    let house = Newswatch::new("# nothing\n");
    let output = shell(&house, "env; cat newswatch.toml; exit 78").env("EXTRA", "1").run().assert_code(78);
    let names: Vec<_> = output.stdout.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    assert!(names.contains(&"STATE_DIRECTORY") && names.contains(&"EXTRA"), "{output}");
    assert!(!names.contains(&"RUNTIME_DIRECTORY") && !names.contains(&"CARGO_MANIFEST_DIR"), "{output}");
    assert!(output.stdout.ends_with("# nothing\n"));
}

#[test]
fn lines_are_heard_as_they_come_and_signals_arrive() {
    let house = Newswatch::new("");
    let running =
        shell(&house, "trap 'echo bye; exit 3' TERM; echo ready; echo talk >&2; while :; do sleep 0.05; done");
    let running = running.spawn();
    assert_eq!(running.wait_for_stdout("readiness", SOON, |line| line.starts_with("rea")), "ready");
    running.wait_for_stderr("talk", SOON, |line| line == "talk");
    running.signal(Signal::Term);
    let output = running.wait_exit(SOON).assert_code(3);
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("ready\nbye\n", "talk\n"));
}

#[test]
fn a_killer_works_from_another_thread() {
    let house = Newswatch::new("");
    let running = shell(&house, "echo ready; exec sleep 1000").spawn();
    running.wait_for_stdout("readiness", SOON, |line| line == "ready");
    let killer = running.killer();
    std::thread::spawn(move || killer.kill()).join().unwrap();
    assert!(running.wait_exit(SOON).was_killed());
}

#[test]
#[should_panic(expected = "out| half the truth")]
fn a_wait_in_vain_shows_what_was_said() {
    let house = Newswatch::new("");
    let running = shell(&house, "echo half the truth; exec sleep 1000").spawn();
    running.wait_for_stdout("readiness", SOON, |line| !line.is_empty());
    running.wait_for_stdout("the truth", Duration::from_millis(50), |line| line == "the truth");
}

#[test]
#[should_panic(expected = "end of Out")]
fn a_program_that_ended_is_not_waited_for() {
    shell(&Newswatch::new(""), "exit 0").spawn().wait_for_stdout("the truth", SOON * 100, |line| line == "the truth");
}
