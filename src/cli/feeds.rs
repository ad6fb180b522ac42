//! `newswatch feeds`: how each feed is doing.

use super::out::Out;
use super::reach::{self, Reach};
use super::status::time;
use super::{CliError, Report, file};
use crate::notify::inert;
use crate::web::FeedReport;

pub(super) async fn run(args: Report, out: &mut Out) -> Result<(), CliError> {
    let report: Vec<FeedReport> = match Reach::of(&file::load(args.config)?).await? {
        Reach::Daemon(daemon) => daemon.get("/v1/feeds", &[]).await?,
        Reach::Store(admin) => admin.feeds().await.map_err(CliError::failure)?,
    };
    reach::print(&report, args.json, out, |feeds, out| feeds.iter().try_for_each(|feed| show(feed, out)))
}

fn show(feed: &FeedReport, out: &mut Out) -> Result<(), CliError> {
    let next = feed.next_due.map(|due| format!(", next poll {}", time(due))).unwrap_or_default();
    let rate = feed.items_a_day.map(|rate| format!(", {rate} items a day")).unwrap_or_default();
    out.line(format!("{:<12} {}{rate}{next}", feed.health, inert(&feed.name)))?;
    if feed.source != feed.name {
        out.line(format!("             {}", inert(&feed.source)))?;
    }
    if let Some(error) = &feed.last_error {
        let last =
            feed.last_ok.map_or_else(|| "never read well".to_owned(), |at| format!("last read well {}", time(at)));
        out.line(format!("             {}: {}; {last}", file::counted(feed.failures as usize, "time"), inert(error)))?;
    }
    feed.warnings.iter().try_for_each(|warning| out.line(format!("             repaired: {}", inert(warning))))
}
