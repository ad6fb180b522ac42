//! `newswatch explain`: why an item did or did not alert.

use std::io::Read;

use super::file::Loaded;
use super::out::Out;
use super::reach::{self, Reach};
use super::status::time;
use super::test_target::config_and;
use super::{CliError, file};
use crate::matcher::Matcher;
use crate::model::{Match, Outcome};
use crate::notify::inert;
use crate::web::ExplainReport;

/// Longest text that is read from standard input, in bytes.
const MAX_TEXT_BYTES: u64 = 1 << 20;

#[derive(Debug, clap::Args)]
#[command(override_usage = "newswatch explain [--json] [CONFIG] ITEM")]
pub(super) struct Args {
    /// The configuration (optional) and the item's id, URL or GUID, or `-` for a text on standard input
    #[arg(num_args = 1..=2, required = true, value_name = "[CONFIG] ITEM")]
    words: Vec<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    let (config, item) = config_and(args.words)?;
    let loaded = file::load(config)?;
    if item == "-" {
        return explain_text(&loaded, args.json, out);
    }
    let report: ExplainReport = match Reach::of(&loaded).await? {
        Reach::Daemon(daemon) => daemon.get("/v1/explain", &[("item", Some(item))]).await?,
        Reach::Store(admin) => admin.explain(&item).await.map_err(CliError::failure)?,
    };
    reach::print(&report, args.json, out, show)
}

fn explain_text(loaded: &Loaded, json: bool, out: &mut Out) -> Result<(), CliError> {
    let mut text = String::new();
    std::io::stdin().lock().take(MAX_TEXT_BYTES).read_to_string(&mut text).map_err(CliError::failure)?;
    let matches = Matcher::new(&loaded.config.watches).map_err(CliError::failure)?.match_text(&text);
    reach::print(&matches, json, out, |matches, out| {
        if matches.is_empty() {
            return out.line("No watch finds a strong or weak term in it.");
        }
        matches.iter().try_for_each(|matched| {
            show_match(matched, if matched.alerts() { "it would alert" } else { "it would not alert" }, out)
        })
    })
}

fn show(report: &ExplainReport, out: &mut Out) -> Result<(), CliError> {
    let record = &report.record;
    let item = &record.item;
    out.line(format!("“{}”", inert(&item.title)))?;
    let published = item.date().map_or_else(|| "undated".to_owned(), |at| format!("published {}", time(at)));
    out.line(format!("  {}, {published}, seen {}", inert(&item.feed_name), time(record.seen)))?;
    if let Some(link) = &item.link {
        out.line(format!("  {}", inert(link)))?;
    }
    out.line(format!("  item {}, story {}", item.id, record.story))?;
    if record.decisions.is_empty() {
        out.line("No watch found a strong or weak term in it: it did not alert.")?;
    }
    for decision in &record.decisions {
        let outcome = match decision.outcome {
            Outcome::Alerted(alert) => format!("it raised alert {alert}"),
            Outcome::Suppressed(why) => format!("it raised no alert: {why}"),
        };
        show_match(&decision.matched, &outcome, out)?;
    }
    let then: Vec<&Match> = record.decisions.iter().map(|decision| &decision.matched).collect();
    if then != report.now.iter().collect::<Vec<_>>() {
        out.line("With the configuration of today:")?;
        if report.now.is_empty() {
            out.line("  no watch finds anything in it")?;
        }
        for matched in &report.now {
            show_match(matched, if matched.alerts() { "it would alert" } else { "it would not alert" }, out)?;
        }
    }
    Ok(())
}

fn show_match(matched: &Match, outcome: &str, out: &mut Out) -> Result<(), CliError> {
    let relation = if matched.alerts() { "reaches" } else { "is below" };
    out.line(format!(
        "Watch {}: the score {:.2} {relation} the threshold {:.2}; {outcome}.",
        inert(&matched.watch),
        matched.score,
        matched.threshold
    ))?;
    for part in &matched.parts {
        out.line(format!("  {:>+6.2}  {}", part.value, inert(&part.what)))?;
    }
    for hit in &matched.hits {
        out.line(format!(
            "          {} “{}” at {}..{} of the {}",
            hit.role,
            inert(&hit.text),
            hit.start,
            hit.end,
            hit.field
        ))?;
    }
    Ok(())
}
