//! `newswatch ack`: somebody has a story in hand.

use super::out;
use super::reach::Reach;
use super::test_target::config_and;
use super::{CliError, file};
use crate::model::Thread;
use crate::notify::inert;
use crate::web::Meant;

#[derive(Debug, clap::Args)]
#[command(override_usage = "newswatch ack [CONFIG] ALERT")]
pub(super) struct Args {
    /// The configuration (optional), and the id of an alert about the story, or enough of its beginning
    #[arg(num_args = 1..=2, required = true, value_name = "[CONFIG] ALERT")]
    words: Vec<String>,
}

pub(super) async fn run(args: Args) -> Result<(), CliError> {
    let (config, id) = config_and(args.words)?;
    let thread: Thread = match Reach::of(&file::load(config)?).await? {
        Reach::Daemon(daemon) => daemon.post("/v1/ack", &Meant { id }).await?,
        Reach::Store(admin) => admin.acknowledge(&id).await.map_err(CliError::failure)?,
    };
    let (watch, headline) = (inert(&thread.watch), inert(&thread.headline));
    out::say(&format!("the story “{headline}” is acknowledged for {watch}: its updates are not told any more"));
    Ok(())
}
