//! Counting, killing and failing.

use crate::probe::probe;
use crate::support::binary::{Newswatch, Output};
use crate::support::shim::{Shim, Step};

#[test]
fn without_its_variables_it_does_nothing() {
    let house = Newswatch::new("");
    let Some(shim) = Shim::over(&house.state()) else { return };
    let preload = shim.env().into_iter().find(|(name, _)| *name == "LD_PRELOAD").unwrap();
    let output = probe(&house, "write db x; sync db; talk; say done").env(preload.0, preload.1).run().assert_code(0);
    assert!(output.stdout.contains("done\n"));
    assert_eq!(shim.durable("db"), None);
}

#[test]
fn each_kind_of_call_is_counted_by_itself() {
    let house = Newswatch::new("");
    let Some(shim) = Shim::over(&house.state()) else { return };
    let orders = "mkdir archive; write archive/a.zst x; sync archive/a.zst; sync-data archive/a.zst; write db x; \
                  write-at db 4 y; sync db; write notes x; sync notes; sync .; rename notes n; remove n; talk";
    probe(&house, orders).shim(&shim).run().assert_code(0);
    let counts = shim.counts();
    let expected = [
        (Step::ArchiveWrite, 1),
        (Step::ArchiveSync, 2),
        (Step::DbWrite, 2),
        (Step::DbRangeSync, 0),
        (Step::DbSync, 1),
        (Step::OtherWrite, 1),
        (Step::OtherSync, 1),
        (Step::DirSync, 1),
        (Step::Rename, 1),
        (Step::Unlink, 1),
        (Step::NetConnect, 1),
        (Step::NetSend, 1),
        (Step::NetRecv, 1),
    ];
    assert_eq!(expected.map(|(step, _)| step), Step::ALL);
    for (step, n) in expected {
        assert_eq!(counts[step.name()], n, "{step:?} of {counts:?}");
    }
}

#[test]
fn an_event_loop_that_asks_in_vain_takes_no_step() {
    let house = Newswatch::new("");
    let Some(shim) = Shim::over(&house.state()) else { return };
    probe(&house, "talk-async").shim(&shim).run().assert_code(0);
    let counts = shim.counts();
    let steps = [Step::NetConnect, Step::NetSend, Step::NetRecv].map(|step| counts[step.name()]);
    assert_eq!(steps, [1, 1, 1], "{counts:?}");
}

#[test]
fn the_program_dies_right_before_or_right_after_the_nth_call() {
    let house = Newswatch::new("");
    let Some(shim) = Shim::over(&house.state()) else { return };
    let run = |shim: &Shim, orders: &str| -> Output { probe(&house, orders).shim(shim).run() };
    let file = |name: &str| std::fs::read_to_string(house.state().join(name)).unwrap_or_default();

    let output = run(&shim.kill_before(Step::DbWrite, 2), "write db 1; say one; write db 2; say two");
    assert!(output.was_killed() && output.stdout.contains("one") && !output.stdout.contains("two"), "{output}");
    assert_eq!(file("db"), "1");
    assert!(run(&shim.kill_after(Step::DbWrite, 2), "write db 2; write db 3; write db 4").was_killed());
    assert_eq!(file("db"), "123");

    assert!(run(&shim.kill_before(Step::DbSync, 1), "sync db").was_killed());
    assert_eq!(shim.durable("db"), None);
    assert!(run(&shim.kill_after(Step::DbSync, 1), "sync db").was_killed());
    assert_eq!(shim.durable("db").unwrap(), b"123");

    for step in [Step::NetConnect, Step::NetSend, Step::NetRecv] {
        assert!(run(&shim.kill_before(step, 1), "talk").was_killed(), "{step:?}");
        assert!(run(&shim.kill_after(step, 1), "talk").was_killed(), "{step:?}");
        run(&shim.kill_before(step, 2), "talk").assert_code(0);
    }
}

#[test]
fn calls_fail_from_the_nth_on_for_as_long_as_told() {
    let house = Newswatch::new("");
    let Some(shim) = Shim::over(&house.state()) else { return };
    let full = shim.fail_from(Step::DbWrite, 2, "ENOSPC").fail_from(Step::DbSync, 1, "EIO");
    let orders = "write db 1; write db 2; write db 3; sync db; write notes ok";
    let output = probe(&house, orders).shim(&full).run().assert_code(0);
    assert_eq!(output.stderr.matches("No space left").count(), 2, "{output}");
    assert_eq!(output.stderr.matches("Input/output error").count(), 1, "{output}");
    assert_eq!(shim.durable("db"), None, "a sync that failed made nothing durable");
    assert_eq!(std::fs::read(house.state().join("db")).unwrap(), b"1");
    assert_eq!(std::fs::read(house.state().join("notes")).unwrap(), b"ok");

    let while_file = house.write("state/full", "");
    let output = probe(&house, "write db 2; remove full; write db 3").shim(&full.fail_while(&while_file)).run();
    assert_eq!(output.stderr.matches("No space left").count(), 0, "the first write was before the fault: {output}");
    house.write("state/full", "");
    let at_once = shim.fail_from(Step::DbWrite, 1, "ENOSPC").fail_while(&while_file);
    let output = probe(&house, "write db x; remove full; write db 4").shim(&at_once).run();
    assert_eq!(output.stderr.matches("No space left").count(), 1, "{output}");
    assert_eq!(std::fs::read(house.state().join("db")).unwrap(), b"1234");
}
