//! What a power cut leaves: the rules of the disk, one by one, and then sled itself.

use crate::probe::{CHURN_FILES, CHURN_SIZE, probe};
use crate::support::SOON;
use crate::support::binary::Newswatch;
use crate::support::shim::{Shim, Step};

struct Disk {
    house: Newswatch,
    shim: Shim,
}

impl Disk {
    fn new() -> Option<Self> {
        let house = Newswatch::new("");
        let shim = Shim::over(&house.state())?;
        Some(Self { house, shim })
    }

    /// Carries out the orders, all of which have to work.
    fn run(&self, orders: &str) {
        let output = probe(&self.house, orders).shim(&self.shim).run();
        assert!(output.code() == Some(0) && output.stderr.is_empty(), "{output}");
    }

    fn durable(&self, path: &str) -> Option<String> {
        self.shim.durable(path).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    /// The keys of the store in `store` after a power cut.
    fn keys_after_power_cut(&self) -> Vec<String> {
        self.shim.power_cut();
        let output = probe(&self.house, "sled-keys store").run();
        assert!(output.code() == Some(0) && output.stderr.is_empty(), "{output}");
        output.stdout.lines().filter_map(|line| Some(line.strip_prefix("key ")?.to_owned())).collect()
    }

    /// Every file there is after a power cut, with its content.
    fn after_power_cut(&self) -> Vec<(String, String)> {
        self.shim.power_cut();
        let mut files = Vec::new();
        collect(&self.house.state(), "", &mut files);
        files.sort();
        files
    }
}

fn collect(directory: &std::path::Path, prefix: &str, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files);
        } else {
            files.push((name, std::fs::read_to_string(path).unwrap()));
        }
    }
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect()
}

#[test]
fn only_what_was_synced_survives() {
    let Some(disk) = Disk::new() else { return };
    disk.run("write a 1; write b 1; sync a; write a 2; mkdir sub; write sub/c 1; sync-data sub/c");
    assert_eq!(disk.after_power_cut(), pairs(&[("a", "1"), ("sub/c", "1")]));
    // The next program starts from there, and so does the next cut.
    disk.run("write a 2; sync a; write sub/c 2");
    assert_eq!(disk.after_power_cut(), pairs(&[("a", "12"), ("sub/c", "1")]));
}

#[test]
fn names_become_durable_with_their_directory() {
    let Some(disk) = Disk::new() else { return };
    disk.run("write a 1; sync a; rename a b; write b 2; sync b");
    assert_eq!((disk.durable("a"), disk.durable("b")), (Some("12".into()), None), "the content, not the name");
    disk.run("write empty x; sync .");
    assert_eq!(disk.durable("a"), None);
    assert_eq!((disk.durable("b"), disk.durable("empty")), (Some("12".into()), Some(String::new())));
    disk.run("remove b; write empty y");
    assert_eq!(disk.after_power_cut(), pairs(&[("b", "12"), ("empty", "")]));
    disk.run("remove b; sync .");
    assert_eq!(disk.after_power_cut(), pairs(&[("empty", "")]));
}

#[test]
fn the_usual_replacement_of_a_file_is_all_or_nothing() {
    let Some(disk) = Disk::new() else { return };
    disk.run("write f old; sync f; write f.new new; sync f.new; rename f.new f");
    assert_eq!((disk.durable("f"), disk.durable("f.new")), (Some("old".into()), Some("new".into())));
    disk.run("sync .");
    assert_eq!(disk.after_power_cut(), pairs(&[("f", "new")]));
    disk.run("write g.new unsynced; rename g.new f; sync .");
    assert_eq!(disk.after_power_cut(), pairs(&[("f", "")]), "a name without its content");
}

#[test]
fn directories_move_with_what_is_in_them() {
    let Some(disk) = Disk::new() else { return };
    disk.run("mkdir db; write db/x 1; sync db/x; rename db broken; mkdir db; write db/x 2");
    assert_eq!(disk.durable("db/x"), Some("1".into()));
    disk.run("sync .; sync db/x");
    assert_eq!(disk.after_power_cut(), pairs(&[("broken/x", "1"), ("db/x", "2")]));
}

#[test]
fn a_removed_file_never_lends_its_number_to_another() {
    let Some(disk) = Disk::new() else { return };
    let mut orders = "write keep 0; sync keep; remove keep".to_owned();
    for n in 1..20 {
        orders += &format!("; write f{n} {n}; sync f{n}; remove f{n}; write-removed g{n} {n}");
    }
    disk.run(&orders);
    assert_eq!((disk.durable("keep"), disk.durable("f7")), (Some("0".into()), Some("7".into())));
    assert_eq!(disk.durable("g7"), None);
    disk.run("sync .");
    assert_eq!(disk.after_power_cut(), []);
}

#[test]
fn a_kill_leaves_one_whole_version_of_each_file_and_none_older_than_acknowledged() {
    let Some(disk) = Disk::new() else { return };
    for kill in 1..=10 {
        let running = probe(&disk.house, "churn").shim(&disk.shim).spawn();
        let mut heard = 0;
        running.wait_for_stdout("some versions", SOON, |_| {
            heard += 1;
            heard > 10 * kill
        });
        running.killer().kill();
        let output = running.wait_exit(SOON);
        for name in 0..CHURN_FILES {
            let of_file = |line: &str| line.strip_prefix(&format!("{name} "))?.bytes().next();
            let Some(acknowledged) = output.stdout.lines().filter_map(of_file).next_back() else { continue };
            let next = if acknowledged == b'z' { b'a' } else { acknowledged + 1 };
            let durable = disk.shim.durable(format!("churn-{name}")).expect("a file that was synced");
            assert_eq!(durable.len(), CHURN_SIZE);
            assert!(durable.iter().all(|byte| *byte == durable[0]), "a version in parts");
            assert!([acknowledged, next].contains(&durable[0]), "{} after {}", durable[0], acknowledged);
        }
        disk.shim.power_cut();
    }
}

#[test]
fn dropped_syncs_keep_nothing() {
    let Some(disk) = Disk::new() else { return };
    disk.run("write a 1; sync a");
    let dropped = disk.shim.drop_syncs();
    let output = probe(&disk.house, "write a 2; sync a; write b 1; sync b; sync .; say fine").shim(&dropped).run();
    assert!(output.stdout.contains("fine") && output.stderr.is_empty(), "{output}");
    assert_eq!(disk.after_power_cut(), pairs(&[("a", "1")]));
}

#[test]
fn other_programs_are_held_to_the_same_rules() {
    let Some(disk) = Disk::new() else { return };
    let run = |script: &str| disk.house.program("sh").args(["-c", script]).shim(&disk.shim).run().assert_code(0);
    run("cd state && echo one > a && sync -d a && echo two > b && dd if=b of=c conv=fsync 2>/dev/null");
    assert_eq!(disk.after_power_cut(), pairs(&[("a", "one\n"), ("c", "two\n")]));
}

#[test]
fn sled_loses_what_it_flushed_until_its_file_is_synced() {
    let Some(disk) = Disk::new() else { return };
    disk.run("sled-sync store first");
    disk.run("sled store second");
    assert!(disk.shim.counts()[Step::DbRangeSync.name()] > 0, "flush is a sync_file_range");
    assert_eq!(disk.keys_after_power_cut(), ["first"], "what was only flushed is gone");

    let output = probe(&disk.house, "sled-sync store third").shim(&disk.shim.drop_syncs()).run();
    assert!(output.stdout.contains("acknowledged third"), "{output}");
    assert_eq!(disk.keys_after_power_cut(), ["first"], "the control");
}

#[test]
fn sled_survives_a_cut_at_every_call() {
    let Some(disk) = Disk::new() else { return };
    disk.run("sled-sync store 0");
    let mut kills = 0;
    for step in [Step::DbWrite, Step::DbRangeSync, Step::DbSync] {
        for n in 1..=disk.shim.counts()[step.name()].min(4) {
            let key = format!("{}-{n}", step.name());
            let orders = format!("sled-sync store {key}");
            let output = probe(&disk.house, &orders).shim(&disk.shim.kill_before(step, n)).run();
            kills += u32::from(output.was_killed());
            let keys = disk.keys_after_power_cut();
            let acknowledged = output.stdout.contains(&format!("acknowledged {key}"));
            assert!(keys.contains(&"0".to_owned()), "{key}: {keys:?}");
            assert!(keys.contains(&key) || !acknowledged, "{key}: {keys:?}, {output}");
        }
    }
    assert!(kills >= 3, "only {kills} kills");
}
