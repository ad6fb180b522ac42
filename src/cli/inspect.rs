//! `newswatch inspect`: what a feed says, as the watcher sees it.

use std::io::Read;

use ipnet::IpNet;
use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use super::out::Out;
use super::{CliError, file};
use crate::address::AddressPolicy;
use crate::clock::Clock;
use crate::config::FetchLimits;
use crate::fetch::{self, Ask, Fetched, Fetcher, Fetching};
use crate::model::{Feed, Source, Validators};
use crate::notify::inert;
use crate::parse::{self, Document, ParseError, Published};

/// Items that a person is shown of each source.
const SHOWN_ITEMS: usize = 10;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// URLs, files, or `-` for standard input
    #[arg(required = true)]
    sources: Vec<String>,
    /// Print one JSON object a source
    #[arg(long)]
    json: bool,
    /// The document's own URL, for relative links
    #[arg(long)]
    base_url: Option<Url>,
    /// What a server would have said of a file
    #[arg(long)]
    content_type: Option<String>,
}

pub(super) async fn run(args: Args, out: &mut Out) -> Result<(), CliError> {
    let mut unread = 0;
    for name in &args.sources {
        let result = document(name, &args).await;
        unread += usize::from(result.is_err());
        if args.json {
            out.json(&Report::of(name, &result))?;
            // The form is fixed and has no place for them.
            let warnings = result.as_ref().map(|document| document.warnings.as_slice()).unwrap_or_default();
            warnings
                .iter()
                .for_each(|warning| super::out::say(&format!("{}: repaired: {}", inert(name), inert(warning))));
        } else {
            show(name, &result, out)?;
        }
        out.flush()?;
    }
    if unread == 0 {
        Ok(())
    } else {
        Err(CliError::Failure(format!("{} cannot be read", file::counted(unread, "source"))))
    }
}

async fn document(name: &str, args: &Args) -> Result<Document, String> {
    let content_type = args.content_type.as_deref();
    if name == "-" {
        let mut body = Vec::new();
        let limit = FetchLimits::default().max_body_bytes;
        std::io::stdin().lock().take(limit + 1).read_to_end(&mut body).map_err(|error| error.to_string())?;
        if body.len() as u64 > limit {
            return Err(format!("the input is longer than {limit} bytes"));
        }
        let source = parse::Source { body: &body, content_type, base_url: args.base_url.as_ref() };
        return parsed(&source);
    }
    let url = name.parse::<Url>().ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let (source, allow) = match url {
        // What somebody types is meant: the private host that it names may be asked, but not one that it leads to.
        Some(url) => (Source::Url(url.clone()), addresses_of(&url).await),
        None => (Source::File(name.into()), Vec::new()),
    };
    let fetcher = fetcher(None, &allow, &FetchLimits::default()).map_err(|error| error.to_string())?;
    read(&fetcher, &Feed::new(source), content_type, args.base_url.clone()).await
}

/// A fetcher within the limits of a configuration.
pub(super) fn fetcher(contact: Option<&str>, allow: &[IpNet], limits: &FetchLimits) -> Result<Fetcher, CliError> {
    let policy = AddressPolicy { allow: allow.to_vec() };
    let client = fetch::client(&policy, contact, limits.connect_timeout).map_err(CliError::failure)?;
    Ok(Fetcher::new(client, policy, contact, limits.clone()))
}

/// One unconditional fetch, parsed.
pub(super) async fn read(
    fetcher: &Fetcher,
    feed: &Feed,
    content_type: Option<&str>,
    base_url: Option<Url>,
) -> Result<Document, String> {
    let validators = Validators::default();
    let now = Clock::system().now();
    let ask = Ask { feed, source: &feed.source, validators: &validators, elsewhere: true, now };
    let fetched = fetcher.fetch(&ask).await.map_err(|error| error.to_string())?;
    let Fetched::Document(fetch) = fetched else { return Err("the server says that nothing changed (304)".to_owned()) };
    let source = parse::Source {
        body: &fetch.body,
        content_type: content_type.or(fetch.content_type.as_deref()),
        base_url: base_url.as_ref().or(fetch.url.as_ref()),
    };
    parsed(&source)
}

/// The document, or why it is none; a page that links feeds names them.
fn parsed(source: &parse::Source<'_>) -> Result<Document, String> {
    let error = match parse::parse(source) {
        Ok(document) => return Ok(document),
        Err(error) => error,
    };
    let page = matches!(error, ParseError::HtmlPage(_) | ParseError::LoginPage(_) | ParseError::ChallengePage(_));
    // Without an address of the page only absolute links lead anywhere.
    let nowhere = Url::parse("about:blank").map_err(|error| error.to_string())?;
    let base = source.base_url.unwrap_or(&nowhere);
    let linked = if page { parse::discover(&String::from_utf8_lossy(source.body), base) } else { Vec::new() };
    if linked.is_empty() {
        return Err(error.to_string());
    }
    let linked: Vec<String> = linked.iter().map(|feed| feed.url.to_string()).collect();
    Err(format!("{error}; it links to: {}", linked.join(" ")))
}

async fn addresses_of(url: &Url) -> Vec<IpNet> {
    let Ok(found) = url.socket_addrs(|| None) else { return Vec::new() };
    found.into_iter().map(|at| IpNet::from(at.ip())).collect()
}

/// The fixed form of `inspect --json`; absent facts are null.
#[derive(Serialize)]
struct Report<'a> {
    source: &'a str,
    parses: bool,
    error: Option<&'a str>,
    feed: Option<FeedFacts<'a>>,
    items: Vec<ItemFacts<'a>>,
}

#[derive(Serialize)]
struct FeedFacts<'a> {
    title: &'a Option<String>,
    link: &'a Option<String>,
    id: &'a Option<String>,
    description: &'a Option<String>,
    language: &'a Option<String>,
    published: Option<Timestamp>,
    updated: Option<Timestamp>,
    author: &'a [String],
    categories: &'a [String],
}

#[derive(Serialize)]
struct ItemFacts<'a> {
    id: &'a Option<String>,
    link: &'a Option<String>,
    title: &'a Option<String>,
    summary: &'a Option<String>,
    content: &'a Option<String>,
    published: Option<Timestamp>,
    updated: Option<Timestamp>,
    author: &'a [String],
    categories: &'a [String],
    language: &'a Option<String>,
}

impl<'a> Report<'a> {
    fn of(source: &'a str, result: &'a Result<Document, String>) -> Self {
        let document = result.as_ref().ok();
        Self {
            source,
            parses: document.is_some(),
            error: result.as_ref().err().map(String::as_str),
            feed: document.map(|d| FeedFacts {
                title: &d.title,
                link: &d.link,
                id: &d.id,
                description: &d.description,
                language: &d.language,
                published: d.published,
                updated: d.updated,
                author: &d.authors,
                categories: &d.categories,
            }),
            items: document.map(|d| d.items.iter().map(ItemFacts::of).collect()).unwrap_or_default(),
        }
    }
}

impl<'a> ItemFacts<'a> {
    fn of(item: &'a Published) -> Self {
        Self {
            id: &item.id,
            link: &item.link,
            title: &item.title,
            summary: &item.summary,
            content: &item.content,
            published: item.published,
            updated: item.updated,
            author: &item.authors,
            categories: &item.categories,
            language: &item.language,
        }
    }
}

fn show(name: &str, result: &Result<Document, String>, out: &mut Out) -> Result<(), CliError> {
    let document = match result {
        Ok(document) => document,
        Err(error) => return out.line(format!("{}: {}", inert(name), inert(error))),
    };
    let plain = |markup: &Option<String>| markup.as_deref().map(|m| inert(&parse::plain_text(m))).unwrap_or_default();
    let title = plain(&document.title);
    out.line(format!("{}: “{title}”, {}", inert(name), file::counted(document.items.len(), "item")))?;
    for warning in &document.warnings {
        out.line(format!("  repaired: {}", inert(warning)))?;
    }
    for item in document.items.iter().take(SHOWN_ITEMS) {
        let date = item.published.or(item.updated);
        let date = date.map_or_else(|| "undated         ".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string());
        out.line(format!("  {date}  {}", plain(&item.title)))?;
        out.line(format!("                    {}", inert(item.link.as_deref().unwrap_or("(no link)"))))?;
    }
    if document.items.len() > SHOWN_ITEMS {
        out.line(format!("  … and {} more", document.items.len() - SHOWN_ITEMS))?;
    }
    Ok(())
}
