//! `newswatch label`: what somebody makes of an alert.

use std::path::PathBuf;

use super::out;
use super::reach::Reach;
use super::{CliError, file};
use crate::model::Verdict;
use crate::notify::inert;
use crate::store::AlertReport;
use crate::web::Labelling;

#[derive(Debug, clap::Args)]
#[command(
    override_usage = "newswatch label [CONFIG] ALERT relevant|noise\n       newswatch label --clear [CONFIG] ALERT"
)]
pub(super) struct Args {
    /// The configuration (optional), the alert's id or enough of its beginning, and `relevant` or `noise`
    #[arg(num_args = 1..=3, required = true, value_name = "[CONFIG] ALERT LABEL")]
    words: Vec<String>,
    /// Take away the label that the alert has
    #[arg(long)]
    clear: bool,
}

pub(super) async fn run(args: Args) -> Result<(), CliError> {
    let (config, told) = read(args)?;
    let report: AlertReport = match Reach::of(&file::load(config)?).await? {
        Reach::Daemon(daemon) => daemon.post("/v1/label", &told).await?,
        Reach::Store(admin) => admin.label(&told.alert, told.label).await.map_err(CliError::failure)?,
    };
    let label = report.label.map_or("without a label", Verdict::name);
    let alert = &report.alert;
    out::say(&format!("alert {} of {} is {label} now: “{}”", alert.id, inert(&alert.watch), inert(&alert.headline)));
    Ok(())
}

fn read(args: Args) -> Result<(Option<PathBuf>, Labelling), CliError> {
    let usage = |what: String| CliError::Usage(format!("{what}; the usage is: label [CONFIG] ALERT relevant|noise"));
    let mut words = args.words;
    let mut next = |what: &str| words.pop().ok_or_else(|| usage(format!("{what} is missing")));
    let label = if args.clear {
        None
    } else {
        let name = next("the label")?;
        let verdict = Verdict::named(&name).ok_or_else(|| usage(format!("`{name}` is no label")))?;
        Some(verdict)
    };
    let alert = next("the alert's id")?;
    let config = words.pop().map(PathBuf::from);
    if words.is_empty() { Ok((config, Labelling { alert, label })) } else { Err(usage("one word too many".to_owned())) }
}
