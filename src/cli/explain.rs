//! `newswatch explain`: why an item did or did not alert.

use std::io::Read;

use super::file::Loaded;
use super::line::{self, Line};
use super::out::{self, Out};
use super::reach::{self, Reach};
use super::status::time;
use super::test_target::config_and;
use super::{CliError, file};
use crate::config;
use crate::matcher::{Matcher, PassedOver};
use crate::model::{Hit, Item, Match, Outcome, Watch};
use crate::notify::{inert, reason, reckoning};
use crate::parse::plain_text;
use crate::web::ExplainReport;

/// Longest text that is read from standard input, in bytes.
const MAX_TEXT_BYTES: u64 = 1 << 20;

#[derive(Debug, clap::Args)]
#[command(override_usage = "newswatch explain [--json] [CONFIG] ITEM\n       \
                            newswatch explain [--json] [--lang LANG] [CONFIG] - < TEXT")]
pub(super) struct Args {
    /// The configuration (optional) and the item's id, URL or GUID, its alert's id, or `-` for standard input: a title,
    /// and below it a summary; or an item in JSON, as `backtest` reads them
    #[arg(num_args = 1..=2, required = true, value_name = "[CONFIG] ITEM")]
    words: Vec<String>,
    /// The language of the text on standard input (BCP 47, such as `uk`)
    #[arg(long, value_parser = config::language_tag)]
    lang: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    let (config, item) = config_and(args.words)?;
    if item != "-" && args.lang.is_some() {
        return Err(CliError::Usage(
            "--lang is for a text on standard input: feeds name their own language".to_owned(),
        ));
    }
    let loaded = file::load(config)?;
    if item == "-" {
        return explain_text(&loaded, &item_of(&read_input()?, args.lang)?, args.json, out);
    }
    let report: ExplainReport = match Reach::of(&loaded).await? {
        Reach::Daemon(daemon) => daemon.get("/v1/explain", &[("item", Some(item))]).await?,
        Reach::Store(admin) => admin.explain(&item).await.map_err(CliError::failure)?,
    };
    reach::print(&report, args.json, out, |report, out| show(report, &loaded.config.watches, out))
}

fn read_input() -> Result<String, CliError> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes).map_err(CliError::failure)?;
    if bytes.len() as u64 > MAX_TEXT_BYTES {
        return Err(CliError::Failure(format!("standard input is longer than {MAX_TEXT_BYTES} bytes: give one item")));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = file::first_bad_line(&error);
        CliError::Failure(format!("standard input is not UTF-8 from line {line} on: convert it, for example by iconv"))
    })?;
    Ok(text.trim_start_matches('\u{feff}').trim().to_owned())
}

/// A text is a title and what stands below it; what begins like JSON is an item in JSON.
fn item_of(text: &str, language: Option<String>) -> Result<Item, CliError> {
    if text.is_empty() {
        return Err(CliError::Failure("standard input is empty: expected a title, and below it a summary".to_owned()));
    }
    // A title may begin with a brace, but hardly so.
    if text.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with(['"', '}'])) {
        let line = Line::read(text).map_err(|why| CliError::Failure(format!("standard input: {why}")))?;
        let mut item = line.into_item();
        item.language = language.or(item.language);
        return Ok(item);
    }
    let (title, summary) = text.split_once('\n').unwrap_or((text, ""));
    let item = line::bare(title, summary, language);
    tell_if_cut("title", title, &item.title);
    tell_if_cut("summary", summary, &item.summary);
    Ok(item)
}

fn tell_if_cut(what: &str, given: &str, kept: &str) {
    let whole = plain_text(given).len();
    if kept.len() < whole {
        out::say(&format!(
            "the {what} is cut to {} of its {whole} bytes, as that of a feed's item would be",
            kept.len()
        ));
    }
}

fn explain_text(loaded: &Loaded, item: &Item, json: bool, out: &mut Out) -> Result<(), CliError> {
    let watches = &loaded.config.watches;
    let matcher = Matcher::new(watches).map_err(CliError::failure)?;
    let matches = matcher.match_item(item);
    reach::print(&matches, json, out, |matches, out| {
        matches.iter().try_for_each(|matched| show_match(matched, None, watches, out))?;
        let passed_over = matcher.passed_over(item);
        if matches.is_empty() && passed_over.is_empty() {
            return out.line("It would not alert: no strong or weak term, and no word of a query, is in it.");
        }
        show_passed_over(&passed_over, out)
    })
}

fn show_passed_over(all: &[PassedOver], out: &mut Out) -> Result<(), CliError> {
    for PassedOver { watch, reasons } in all {
        out.line(format!("Watch {}: it would not alert.", inert(watch)))?;
        reasons.iter().try_for_each(|reason| out.line(format!("  {}", inert(reason))))?;
    }
    Ok(())
}

fn show(report: &ExplainReport, watches: &[Watch], out: &mut Out) -> Result<(), CliError> {
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
        out.line("It did not alert: no watch found a strong or weak term in it.")?;
    }
    for decision in &record.decisions {
        show_match(&decision.matched, Some(decision.outcome), watches, out)?;
    }
    // By the file as it is now, which a running service may not have read yet.
    let matcher = Matcher::new(watches).map_err(CliError::failure)?;
    let (then, now): (Vec<&Match>, _) =
        (record.decisions.iter().map(|d| &d.matched).collect(), matcher.match_item(item));
    let passed_over = matcher.passed_over(item);
    let changed = then != now.iter().collect::<Vec<_>>();
    if changed || !passed_over.is_empty() {
        out.line("With the configuration of today:")?;
    }
    if changed && now.is_empty() && passed_over.is_empty() {
        out.line("  no watch finds anything in it")?;
    }
    if changed {
        now.iter().try_for_each(|matched| show_match(matched, None, watches, out))?;
    }
    show_passed_over(&passed_over, out)
}

/// The sentence, every hit, and the sum.
fn show_match(matched: &Match, outcome: Option<Outcome>, watches: &[Watch], out: &mut Out) -> Result<(), CliError> {
    let raised = match outcome {
        Some(Outcome::Alerted(alert)) => format!("; it raised alert {alert}"),
        _ => String::new(),
    };
    let Match { score, threshold, .. } = matched;
    out.line(format!("Watch {}: {score:.2}, threshold {threshold:.2}{raised}", inert(&matched.watch)))?;
    let watch = watches.iter().find(|watch| watch.name == matched.watch);
    out.line(format!("  {}", reason(matched, outcome, watch)))?;
    matched.hits.iter().try_for_each(|hit| show_hit(hit, out))?;
    out.line(format!("  sum: {}", reckoning(matched)))
}

fn show_hit(hit: &Hit, out: &mut Out) -> Result<(), CliError> {
    let Hit { term, role, form, field, start, end, text, weight } = hit;
    let (text, term) = (inert(text), inert(term));
    out.line(format!("  {weight:>+6.2}  “{text}” at {start}..{end} of the {field}: {role} term “{term}”, {form}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_title_and_a_summary_or_an_item_in_json() {
        let item = item_of("A title\r\n\nand below it\nmore", Some("uk".to_owned())).expect("an item");
        assert_eq!((item.title.as_str(), item.summary.as_str()), ("A title", "and below it more"));
        assert_eq!(item.language.as_deref(), Some("uk"));
        let json = "{\"id\": \"1\",\n \"title\": \"A\", \"lang\": \"de\"}";
        let item = item_of(json, None).expect("an item");
        assert_eq!((item.title.as_str(), item.language.as_deref()), ("A", Some("de")));
        assert_eq!(item_of(json, Some("pl".to_owned())).expect("an item").language.as_deref(), Some("pl"));
        assert!(item_of("", None).is_err() && item_of("{\"title\": 1}", None).is_err());
    }
}
