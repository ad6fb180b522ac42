//! One instance a state directory.

use std::time::Duration;

use crate::support::SOON;
use crate::support::binary::{Newswatch, Signal};
use crate::support::feed_server::FeedServer;
use crate::support::reply::Reply;
use crate::support::webhook_receiver::WebhookReceiver;
use crate::world::{KEY, PATH, config};

/// It leaves at once; this is for a machine that does other things as well.
const AT_ONCE: Duration = Duration::from_secs(3);

#[test]
fn a_second_instance_leaves_and_names_the_first_also_while_that_one_polls() {
    let (feed, hook) = (FeedServer::start(), WebhookReceiver::start(&[KEY]));
    feed.set(PATH, Reply::hang());
    let house = Newswatch::new(&config(&feed.url(PATH), &hook.url()));
    let first = house.on_config("run").spawn();
    feed.wait_for("a poll", SOON, |requests| requests.len() == 1);
    for options in [&[][..], &["--once"]] {
        let second = house.on_config("run").args(options).spawn().wait_exit(AT_ONCE).assert_code(75);
        assert!(second.stderr.contains(&format!("process {},", first.id())), "{second}");
        assert_eq!(second.stdout, "");
    }
    assert_eq!(feed.requests().len(), 1, "only the first one polls");
    first.signal(Signal::Term);
    first.wait_exit(SOON).assert_code(0);

    // Neither the lock of one that ended nor of one that was killed holds up the next.
    let third = house.on_config("run").spawn();
    feed.wait_for("a poll of the next one", SOON, |requests| requests.len() == 2);
    third.signal(Signal::Kill);
    assert!(third.wait_exit(SOON).was_killed());
    let fourth = house.on_config("run").spawn();
    feed.wait_for("a poll of the last one", SOON, |requests| requests.len() == 3);
    fourth.signal(Signal::Term);
    fourth.wait_exit(SOON).assert_code(0);
}
