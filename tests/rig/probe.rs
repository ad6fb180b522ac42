//! A program for the shim to work on: this very test binary, started again to carry out one line of orders.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::FileExt;

use crate::support::binary::{Invocation, Newswatch};

const ORDERS: &str = "RIG_PROBE_ORDERS";

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

/// Puts a key into a store as the product does: `flush`, and then, or not, a sync of the file itself.
fn sled(path: &str, key: &str, sync: bool) -> std::io::Result<()> {
    let db = sled::open(path)?;
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
