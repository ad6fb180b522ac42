//! A program for the shim to work on: this very test binary, started again to carry out one line of orders.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::FileExt;

use crate::support::binary::{Invocation, Newswatch};

const ORDERS: &str = "RIG_PROBE_ORDERS";
/// How many files `churn` writes, and how long each is.
pub(crate) const CHURN_FILES: u8 = 3;
pub(crate) const CHURN_SIZE: usize = 200_000;

/// This program under the name of [`the_probe`], in `house`, about to carry out `orders`.
pub(crate) fn probe(house: &Newswatch, orders: &str) -> Invocation {
    let program = std::env::current_exe().unwrap();
    house.program(program).args(["--exact", "probe::the_probe", "--nocapture"]).env(ORDERS, orders)
}

/// Does nothing in a usual test run.
#[test]
fn the_probe() {
    let Ok(orders) = std::env::var(ORDERS) else { return };
    std::env::set_current_dir(std::env::var("STATE_DIRECTORY").unwrap()).unwrap();
    for order in orders.split(';') {
        let words: Vec<_> = order.split_whitespace().collect();
        if let Err(error) = obey(&words) {
            std::io::stderr().write_all(format!("{order}: {error}\n").as_bytes()).unwrap();
        }
    }
}

fn obey(words: &[&str]) -> std::io::Result<()> {
    let open = |path: &str| OpenOptions::new().append(true).create(true).open(path);
    match words {
        ["write", path, text] => open(path)?.write_all(text.as_bytes()),
        ["write-at", path, at, text] => {
            let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
            file.write_all_at(text.as_bytes(), at.parse().unwrap())
        }
        ["sync", path] => File::open(path)?.sync_all(),
        ["sync-data", path] => open(path)?.sync_data(),
        ["write-removed", path, text] => {
            let mut file = open(path)?;
            fs::remove_file(path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        }
        ["mkdir", path] => fs::create_dir(path),
        ["rename", from, to] => fs::rename(from, to),
        ["remove", path] => fs::remove_file(path),
        ["say", word] => std::io::stdout().write_all(format!("{word}\n").as_bytes()),
        ["talk"] => talk(),
        ["talk-async"] => talk_async(),
        ["churn"] => churn(),
        ["sled-keys", path] => sled_keys(path),
        ["sled", path, key] => sled(path, key, false),
        ["sled-sync", path, key] => sled(path, key, true),
        _ => panic!("no such order: {words:?}"),
    }
}

/// One byte there and one back.
fn talk() -> std::io::Result<()> {
    let server = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(server.local_addr()?)?;
    client.write_all(b"x")?;
    let (mut peer, _) = server.accept()?;
    peer.read_exact(&mut [0])
}

/// The same as the product's event loop does it.
fn talk_async() -> std::io::Result<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let mut client = tokio::net::TcpStream::connect(server.local_addr()?).await?;
        let (mut peer, _) = server.accept().await?;
        let reading = tokio::spawn(async move { peer.read_u8().await });
        // Lets the reader find nothing first, and wait.
        tokio::task::yield_now().await;
        client.write_all(b"x").await?;
        reading.await?.map(drop)
    })
}

/// Replaces, syncs and acknowledges one version after the other of several files at once, until killed.
fn churn() -> ! {
    let churn = |name: u8| -> ! {
        let file = File::create(format!("churn-{name}")).unwrap();
        for version in (b'a'..=b'z').cycle() {
            file.write_all_at(&[version; CHURN_SIZE], 0).unwrap();
            file.sync_data().unwrap();
            std::io::stdout().write_all(format!("{name} {}\n", version as char).as_bytes()).unwrap();
        }
        unreachable!("a cycle has no end")
    };
    std::thread::scope(|threads| {
        for name in 1..CHURN_FILES {
            threads.spawn(move || churn(name));
        }
        churn(0)
    })
}

/// Puts a key into a store as the product does: `flush`, and then, or not, a sync of the file itself.
fn sled(path: &str, key: &str, sync: bool) -> std::io::Result<()> {
    // Without sled's own thread, which syncs the file twice a second and would save at times what must be lost.
    let db = sled::Config::new().path(path).flush_every_ms(None).open()?;
    db.insert(key, "value")?;
    db.flush()?;
    if sync {
        File::open(format!("{path}/db"))?.sync_data()?;
    }
    std::io::stdout().write_all(format!("acknowledged {key}\n").as_bytes())?;
    // Dropping the store would sync it after all; a power cut waits for nobody.
    std::mem::forget(db);
    Ok(())
}

/// Says which keys a store has. A process of its own does this: in one that starts others meanwhile, a fork holds the
/// store's lock for a moment longer than the store is open.
fn sled_keys(path: &str) -> std::io::Result<()> {
    for key in sled::open(path)?.iter().keys() {
        std::io::stdout().write_all(format!("key {}\n", String::from_utf8_lossy(&key?)).as_bytes())?;
    }
    Ok(())
}
