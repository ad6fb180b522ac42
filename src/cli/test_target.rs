//! `newswatch test-target`: one attempt at a target, outside the outbox, or a look at what one would send.

use std::path::{Path, PathBuf};

use super::out::Out;
use super::{CliError, file, wording};
use crate::address::AddressPolicy;
use crate::clock::Clock;
use crate::fetch;
use crate::model::{Alert, AlertKind, Delivery};
use crate::notify::{self, KINDS, inert, sample};

#[derive(Debug, clap::Args)]
#[command(override_usage = "newswatch test-target [OPTIONS] [CONFIG] NAME")]
pub(super) struct Args {
    /// The configuration (optional) and the target's name
    #[arg(num_args = 1..=2, required = true, value_name = "[CONFIG] NAME")]
    words: Vec<String>,
    /// Print what would be sent, without secrets, and send nothing
    #[arg(long)]
    preview: bool,
    /// Preview an alert of this kind, with made-up items: news, update, digest, notice, …
    #[arg(long, value_name = "KIND", value_parser = kind, requires = "preview")]
    kind: Option<AlertKind>,
}

fn kind(name: &str) -> Result<AlertKind, String> {
    let names = || KINDS.map(AlertKind::name).join(", ");
    KINDS.into_iter().find(|kind| kind.name() == name).ok_or_else(|| format!("there is: {}", names()))
}

pub(super) async fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    let (config, name) = config_and(args.words)?;
    let loaded = file::load(config)?;
    let now = Clock::system().now();
    wording::check(&loaded, now)?;
    let config = loaded.config;
    let Some(target) = config.targets.iter().find(|target| target.name == name) else {
        let names: Vec<&str> = config.targets.iter().map(|target| target.name.as_str()).collect();
        return Err(CliError::Usage(format!("no target `{name}`; the configuration has: {}", names.join(", "))));
    };
    let policy = AddressPolicy { allow: config.allow_private.clone() };
    let client = fetch::client(&policy, config.contact.as_deref(), config.fetch.connect_timeout);
    let notifier = notify::build(target, &client.map_err(CliError::failure)?, &policy).map_err(CliError::failure)?;
    let subject = format!("test of {name} at {now}");
    let headline = "This is a test of newswatch".to_owned();
    let text = format!("Somebody ran `newswatch test-target {name}`. If you read this, alerts will reach you here.");
    let alert = Alert::about_itself(AlertKind::Test, &subject, headline, text, now);
    if args.preview {
        let alert = args.kind.map_or(alert, |kind| sample(kind, now));
        let delivery = Delivery::new(alert.id, &name, now, now);
        out.line(notifier.preview(&delivery, &alert, now).map_err(CliError::failure)?)?;
        return out.flush();
    }
    // The notifier writes to standard output itself if that is the target.
    out.flush()?;
    let delivery = Delivery::new(alert.id, &name, now, now);
    match notifier.notify(&delivery, &alert, now).await {
        Ok(()) => {
            super::out::say(&format!("{name} ({}) accepted it", target.kind.name()));
            Ok(())
        }
        Err(error) => Err(CliError::Failure(format!("{name} ({}) did not accept it: {error}", target.kind.name()))),
    }
}

/// The words of a command with an optional configuration before its last word.
pub(super) fn config_and(mut words: Vec<String>) -> Result<(Option<PathBuf>, String), CliError> {
    let last = words.pop().ok_or_else(|| CliError::Usage("a word is missing".to_owned()))?;
    if words.is_empty() {
        not_a_file(&last)?;
    }
    Ok((words.pop().map(PathBuf::from), last))
}

/// The configuration alone is not enough.
pub(super) fn not_a_file(word: &str) -> Result<(), CliError> {
    if Path::new(word).is_file() {
        return Err(CliError::Usage(format!(
            "`{}` is a file, and the word that belongs behind it is missing",
            inert(word)
        )));
    }
    Ok(())
}
