//! `newswatch check`: every mistake at once.

use std::path::PathBuf;

use super::out::Out;
use super::{CliError, file, frequency, golden, inspect, wording};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::Place;
use crate::matcher::Matcher;
use crate::notify::inert;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The configuration
    config: Option<PathBuf>,
    /// Also fetch every feed once and tell what it says
    #[arg(long)]
    online: bool,
}

pub(super) async fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    let loaded = file::load(args.config)?;
    let config = &loaded.config;
    let matcher = Matcher::new(&config.watches).map_err(|error| CliError::Config(error.to_string()))?;
    golden::check(&loaded, &matcher)?;
    wording::check(&loaded, Clock::system().now())?;
    let watch_files = match loaded.documents.len() - 1 {
        0 => String::new(),
        count => format!(", {}", file::counted(count, "watch file")),
    };
    out.line(format!(
        "{}: {}, {}, {}{watch_files}; no mistakes",
        loaded.path.display(),
        file::counted(config.feeds.len(), "feed"),
        file::counted(config.watches.len(), "watch"),
        file::counted(config.targets.len(), "target"),
    ))?;
    let Place { state_dir, .. } = loaded.place();
    out.line(format!("state: {}", state_dir.display()))?;
    frequency::tell(&loaded, out)?;
    if args.online { online(config, out).await } else { out.flush() }
}

/// Fetches the feeds one after the other: a check is no reason to hurry anybody.
async fn online(config: &Config, out: &mut Out) -> Result<(), CliError> {
    let fetcher = inspect::fetcher(config.contact.as_deref(), &config.allow_private, &config.fetch)?;
    let mut bad = 0;
    for feed in &config.feeds {
        let name = inert(&feed.name);
        match inspect::read(&fetcher, feed, None, None).await {
            Ok(document) => out.line(format!("well  {name}: {}", file::counted(document.items.len(), "item")))?,
            Err(error) => {
                bad += 1;
                out.line(format!("BAD   {name} ({}): {}", inert(&feed.source.to_string()), inert(&error)))?;
            }
        }
        out.flush()?;
    }
    if bad == 0 { Ok(()) } else { Err(CliError::Failure(format!("{} cannot be read", file::counted(bad, "feed")))) }
}
