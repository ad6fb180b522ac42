//! What is the embedded store's own: the lock, the format, damage, the archive on the disk.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use newswatch::store::{ARCHIVE_KEEP_DAYS, Embedded, FORMAT, Store, StoreError};

use super::conformance::records;
use super::values::{at, commit, feed, seen_item};

fn open(dir: &Path) -> Result<Embedded, StoreError> {
    Embedded::open(dir)
}

/// A store with one committed poll.
async fn filled(dir: &Path) {
    let store = open(dir).unwrap();
    store.commit_poll(commit(1, 1, at(0), &["desk"])).await.unwrap();
    store.close().await.unwrap();
}

fn segment(dir: &Path) -> std::path::PathBuf {
    dir.join("archive/2026-11-22.zst")
}

/// Also where nobody waited for what failed.
#[tokio::test]
async fn what_ended_the_store_is_told_when_it_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    fs::remove_dir_all(dir.path().join("archive")).unwrap();
    fs::write(dir.path().join("archive"), "no directory").unwrap();
    assert!(store.commit_poll(commit(1, 1, at(0), &["desk"])).await.is_err());
    assert!(matches!(store.close().await, Err(StoreError::Io { .. })));
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_second_holder_is_told_who_the_first_is() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path()).unwrap();
    let refused = open(dir.path()).expect_err("it is held").to_string();
    assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
    first.close().await.unwrap();
    drop(first);
    open(dir.path()).unwrap().close().await.unwrap();
}

#[tokio::test]
async fn a_newer_format_is_refused_and_a_nameless_one_too() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let set = |format: &str| {
        let db = sled::open(dir.path().join("db")).unwrap();
        db.open_tree("meta").unwrap().insert("format", format).unwrap();
        db.flush().unwrap();
    };
    set(&(FORMAT + 1).to_string());
    assert!(matches!(open(dir.path()), Err(StoreError::Newer { found, .. }) if found == FORMAT + 1));
    set("x");
    assert!(matches!(open(dir.path()), Err(StoreError::Damaged { .. })));
    set(&FORMAT.to_string());
    open(dir.path()).unwrap().close().await.unwrap();
}

/// Each format has all that the one before has, and more beside it; seen items had a row a key.
#[tokio::test]
async fn an_older_format_is_taken_along() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let meta = |format: Option<&str>| {
        let db = sled::open(dir.path().join("db")).unwrap();
        let meta = db.open_tree("meta").unwrap();
        if let Some(format) = format {
            meta.insert("format", format).unwrap();
            db.drop_tree("threads").unwrap();
            db.drop_tree("amendments").unwrap();
            let seen = db.open_tree("seen").unwrap();
            let (key, _) = seen.first().unwrap().unwrap();
            let (group, sketch) = ([0_u32, 1].map(u32::to_le_bytes).concat(), [0; 4]);
            seen.insert(key, [&group[..], &7_u64.to_le_bytes(), &sketch].concat()).unwrap();
            db.flush().unwrap();
        }
        String::from_utf8(meta.get("format").unwrap().unwrap().to_vec()).unwrap()
    };
    assert_eq!(meta(Some("1")), "1");
    let store = open(dir.path()).unwrap();
    assert_eq!(records(&store, at(-1)).await.len(), 1);
    assert_eq!((store.load_feeds().await.unwrap().len(), store.threads().await.unwrap().len()), (1, 0));
    let seen = store.seen(feed()).await.unwrap();
    assert_eq!(seen.present().iter().map(|item| (item.id, item.keys.guid)).collect::<Vec<_>>(), [(None, Some(7))]);
    store.close().await.unwrap();
    drop(store);
    assert_eq!(meta(None), FORMAT.to_string());
}

#[tokio::test]
async fn what_was_appended_but_never_committed_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let whole = fs::read(segment(dir.path())).unwrap();
    let mut file = OpenOptions::new().append(true).open(segment(dir.path())).unwrap();
    file.write_all(&whole[..whole.len() / 2]).unwrap();
    fs::write(dir.path().join("archive/2026-11-23.zst"), b"never committed").unwrap();

    let store = open(dir.path()).unwrap();
    assert_eq!(records(&store, at(-1)).await.len(), 1);
    assert_eq!(fs::read(segment(dir.path())).unwrap(), whole);
    assert!(!dir.path().join("archive/2026-11-23.zst").exists());
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_segment_that_lost_bytes_or_is_damaged_is_named() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let whole = fs::read(segment(dir.path())).unwrap();
    fs::write(segment(dir.path()), &whole[..whole.len() - 1]).unwrap();
    let error = open(dir.path()).expect_err("bytes are missing").to_string();
    assert!(error.contains("2026-11-22.zst"), "{error}");

    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 0x10;
    fs::write(segment(dir.path()), &flipped).unwrap();
    let store = open(dir.path()).unwrap();
    let replayed = store.replay(at(-1), Box::new(|_| std::ops::ControlFlow::Continue(()))).await;
    assert!(matches!(replayed, Err(StoreError::Damaged { .. })), "{replayed:?}");
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_database_that_lost_its_end_is_told_by_its_archive() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let one = fs::read(segment(dir.path())).unwrap();
    fs::write(segment(dir.path()), one.repeat(3)).unwrap();
    let error = open(dir.path()).expect_err("two commits are lost").to_string();
    assert!(error.contains("2 commits that the database has lost"), "{error}");
    assert_eq!(fs::read(segment(dir.path())).unwrap(), one.repeat(3), "nothing was touched");
    // One is what a crash leaves.
    fs::write(segment(dir.path()), one.repeat(2)).unwrap();
    open(dir.path()).unwrap().close().await.unwrap();
    assert_eq!(fs::read(segment(dir.path())).unwrap(), one);
}

#[tokio::test]
async fn an_archive_without_its_database_is_not_thrown_away() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    fs::remove_dir_all(dir.path().join("db")).unwrap();
    assert!(matches!(open(dir.path()), Err(StoreError::Damaged { .. })));
    assert!(segment(dir.path()).exists());
}

#[tokio::test]
async fn a_damaged_database_is_named_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).await;
    let log = dir.path().join("db/conf");
    fs::write(&log, b"not what sled wrote").unwrap();
    let error = open(dir.path()).expect_err("it is damaged");
    assert!(matches!(error, StoreError::Damaged { .. } | StoreError::Database { .. }), "{error}");
    assert_eq!(fs::read(&log).unwrap(), b"not what sled wrote");
}

#[tokio::test]
async fn sled_keeps_no_value_in_files_that_it_never_syncs() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    let key = |n: u64| seen_item(n as usize);
    let many: Vec<_> = (0..20_000).map(key).collect();
    let mut large = commit(1, 1, at(0), &["desk"]);
    large.seen = Some(newswatch::model::Seen::default().after_reading(many.clone(), 20_000, false));
    large.raise[0].alert.text = "long ".repeat(100_000);
    store.commit_poll(large).await.unwrap();
    store.close().await.unwrap();
    drop(store);
    assert_eq!(fs::read_dir(dir.path().join("db/blobs")).unwrap().count(), 0);
}

#[tokio::test]
async fn the_archive_levels_off() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).unwrap();
    for day in 0..200 {
        store.commit_poll(commit(day as u64 + 1, day as usize, at(24 * day), &[])).await.unwrap();
        store.expire().await.unwrap();
    }
    let segments = fs::read_dir(dir.path().join("archive")).unwrap().count();
    assert_eq!(segments, ARCHIVE_KEEP_DAYS);
    store.close().await.unwrap();
}
