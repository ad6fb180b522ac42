//! The publishers, behind the trait `Fetching`.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use newswatch::fetch::{Ask, Fetch, FetchError, Fetched, Fetching, Heard};
use newswatch::model::Validators;
use newswatch::schedule::Hints;

use crate::faults::{Faults, befalls, outages, weather};
use crate::gate::Gate;
use crate::ledger::Ledger;
use crate::news::News;

/// How long a request may take, in milliseconds.
const TIMEOUT: u64 = 20_000;

pub struct Origin {
    gate: Arc<Gate>,
    news: Arc<News>,
    ledger: Arc<Ledger>,
    faults: Faults,
    outages: Vec<Vec<(Range<u64>, u8)>>,
}

impl Origin {
    pub fn new(gate: &Arc<Gate>, news: &Arc<News>, ledger: &Arc<Ledger>, faults: Faults, end: u64) -> Self {
        let feeds = news.pieces.iter().map(|piece| piece.feed + 1).max().unwrap_or(0);
        let outages = (0..feeds).map(|feed| outages(gate, &format!("feed {feed}"), 6, end)).collect();
        Self { gate: gate.clone(), news: news.clone(), ledger: ledger.clone(), faults, outages }
    }
}

#[async_trait]
impl Fetching for Origin {
    async fn fetch(&self, ask: &Ask<'_>) -> Result<Fetched, FetchError> {
        let feed: usize = ask.feed.name.parse().unwrap();
        self.ledger.polls(feed);
        let mut dice = self.gate.enter(format!("fetch {feed}"), 3_000).await;
        if befalls(&self.gate, &mut dice, self.faults.death / 4) {
            self.ledger.log(format!("dies while feed {feed} is asked"));
            self.gate.die().await;
        }
        let now = self.gate.now();
        let fault = (dice.u8(..) < self.faults.fetch).then(|| dice.u8(0..7));
        let fault = weather(&self.outages[feed], now).or(fault).filter(|_| !self.gate.is_calm());
        if let Some(fault) = fault {
            self.ledger.log(format!("feed {feed} fails in way {fault}"));
            return self.fails(feed, fault, &mut dice).await;
        }
        let edition = self.news.edition(feed, now);
        let validators = Validators { etag: Some(format!("\"{edition}\"")), ..Validators::default() };
        let validators = Validators { given_by: Some(ask.source.to_string()), ..validators };
        if ask.validators.etag == validators.etag {
            return Ok(Fetched::Unchanged { validators: None, heard: Box::default() });
        }
        self.ledger.received(feed, edition);
        let body = self.news.document(feed, edition).into_bytes();
        let (content_type, url) = (Some("application/atom+xml".to_owned()), ask.source.to_string().parse().ok());
        Ok(Fetched::Document(Box::new(Fetch { body, content_type, validators, heard: Heard::default(), url })))
    }
}

impl Origin {
    async fn fails(&self, feed: usize, fault: u8, dice: &mut fastrand::Rng) -> Result<Fetched, FetchError> {
        Err(match fault {
            0 => FetchError::Connect("no route".to_owned()),
            1 => {
                self.gate.wait_until(self.gate.now() + TIMEOUT, &format!("hang {feed}")).await;
                FetchError::Timeout(Duration::from_millis(TIMEOUT))
            }
            2 => FetchError::Broken("the connection was reset".to_owned()),
            3 => FetchError::Status(500),
            4 => FetchError::Refused { status: 429, hints: Hints::default() },
            5 => {
                let retry_after = Some(Duration::from_secs(dice.u64(1..3_600)));
                FetchError::Refused { status: 503, hints: Hints { retry_after, ..Hints::default() } }
            }
            // A page of a proxy in its place.
            _ => {
                return Ok(Fetched::Document(Box::new(Fetch {
                    body: b"<html><body>Please sign in</body></html>".to_vec(),
                    content_type: Some("text/html".to_owned()),
                    validators: Validators { etag: Some("\"page\"".to_owned()), ..Validators::default() },
                    heard: Heard::default(),
                    url: None,
                })));
            }
        })
    }
}
