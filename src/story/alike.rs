//! How alike two reports are: what they share, measured by how rare it is.

use std::sync::LazyLock;

use super::read::{COMPARED, Kind, Reading, Tongue};
use super::window::{Entry, Report, Window};
use crate::model::FeedId;

/// Kinds, and behind them the words of the headline and all else of it.
pub(super) const GROUPS: usize = COMPARED + 2;
const TITLE_WORDS: usize = COMPARED;
const TITLE_REST: usize = COMPARED + 1;
/// A small window knows little of what is rare in the news: it is filled up with as many items of any news.
const BACKGROUND: f64 = 200.0;
/// Rarity is counted in whole parts, so that sums do not depend on their order.
const PARTS: f64 = 256.0;

/// What is compared with others: a report or an item that is about to become one.
#[derive(Debug)]
pub(super) struct Probe {
    pub(super) feed: FeedId,
    pub(super) date: i64,
    pub(super) tongue: Tongue,
    /// By place, of those that some report has.
    known: Vec<Measured>,
    /// The places of its address and its headline.
    keys: Vec<u32>,
    /// How many names, places, actors and numbers its headline has.
    facts: usize,
    norms: [u64; GROUPS],
}

/// A feature with its rarity in this window.
#[derive(Debug, Clone, Copy)]
struct Measured {
    place: u32,
    weight: u8,
    kind: Kind,
    title: bool,
    rarity: u32,
}

/// How rare things are in a window, at one time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rarity(u32);

/// The logarithm of half an odd number, in parts.
static LOGARITHMS: LazyLock<Vec<u32>> =
    LazyLock::new(|| (0..8192).map(|count| (f64::ln(f64::from(count) + 1.5) * PARTS) as u32).collect());

impl Rarity {
    pub(super) fn of(window: &Window) -> Self {
        Self((f64::ln(window.len() as f64 + BACKGROUND + 1.0) * PARTS) as u32)
    }

    /// ln((n + 200) / (count + ½)), in parts: for a feature that as many reports have.
    pub(super) fn measure(self, count: usize, common: u8) -> u32 {
        let count = count + usize::from(common);
        let logarithm = LOGARITHMS.get(count).copied();
        let logarithm = logarithm.unwrap_or_else(|| (f64::ln(count as f64 + 1.5) * PARTS) as u32);
        self.0.saturating_sub(logarithm)
    }
}

/// What two reports share, and how far they are apart.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Alike {
    /// The cosine of each group.
    pub(super) cosine: [f64; GROUPS],
    /// How much of rare things is shared, in each group.
    pub(super) shared: [f64; GROUPS],
    /// Whether both have anything in the group.
    pub(super) both: [bool; GROUPS],
    /// How many features are shared, in one language how many words.
    pub(super) count: usize,
    /// How many of them are places.
    pub(super) places: usize,
    pub(super) hours: f64,
    pub(super) same_feed: bool,
    pub(super) same_tongue: bool,
    /// How many names, places, actors and numbers stand in the headline of the one and nowhere in the other, of the one
    /// that has fewer such.
    pub(super) own: usize,
}

impl Alike {
    /// Whether both have something of a kind, and share none of it.
    pub(super) fn conflicts(&self, kind: Kind) -> bool {
        self.both[kind as usize] && self.cosine[kind as usize] == 0.0
    }
}

impl Probe {
    pub(super) fn new(feed: FeedId, date: i64, reading: &Reading, window: &Window, rarity: Rarity) -> Self {
        let mut norms = [0; GROUPS];
        let (mut known, mut keys, mut facts) = (Vec::with_capacity(reading.features.len()), Vec::new(), 0);
        for feature in &reading.features {
            let found = window.with(feature.hash);
            if feature.kind as usize >= COMPARED {
                keys.extend(found.map(|(_, place)| place));
                continue;
            }
            let rare = rarity.measure(found.map_or(0, |(reports, _)| reports.len()) + 1, feature.common);
            add(&mut norms, feature.kind, feature.title, square(feature.weight, rare));
            facts += usize::from(feature.title && is_fact(feature.kind));
            if let Some((_, place)) = found {
                let (weight, kind, title) = (feature.weight, feature.kind, feature.title);
                known.push(Measured { place, weight, kind, title, rarity: rare });
            }
        }
        known.sort_unstable_by_key(|feature| feature.place);
        Self { feed, date, tongue: reading.tongue, known, keys, facts, norms }
    }

    /// Whether its feed has its address or its headline in the report as well: one feed gives them to many things.
    pub(super) fn is_standing(&self, other: &Report) -> bool {
        let keyed = |entry: &Entry| (entry.kind as usize) >= COMPARED && self.keys.contains(&entry.place);
        self.feed == other.feed && !self.keys.is_empty() && other.entries.iter().any(keyed)
    }

    /// Compares it with a report.
    pub(super) fn compare(&self, other: &Report, window: &Window, rarity: Rarity) -> Alike {
        let (mut dots, mut shared, mut norms) = ([0_u64; GROUPS], [0_u64; GROUPS], [0_u64; GROUPS]);
        let same_tongue = self.tongue.is_shared(other.tongue);
        let (mut known, mut count) = (self.known.iter().peekable(), 0);
        let (mut mine_found, mut others, mut places) = (0, 0, 0);
        for entry in other.entries.iter().filter(|entry| (entry.kind as usize) < COMPARED) {
            let rare = rarity.measure(window.count(entry.place) + 1, entry.common);
            add(&mut norms, entry.kind, entry.title, square(entry.weight, rare));
            while known.next_if(|mine| mine.place < entry.place).is_some() {}
            if let Some(mine) = known.next_if(|mine| mine.place == entry.place) {
                // A place is a word and a concept, and lies in another: in one language that would be three.
                count += usize::from(!same_tongue || mine.kind == Kind::Word);
                places += usize::from(mine.kind == Kind::Place);
                mine_found += usize::from(mine.title && is_fact(mine.kind));
                let dot = u64::from(mine.weight) * u64::from(entry.weight) * u64::from(mine.rarity) * u64::from(rare);
                add(&mut dots, mine.kind, mine.title && entry.title, dot);
                let least = u64::from(mine.weight.min(entry.weight)) * u64::from(mine.rarity.min(rare));
                add(&mut shared, mine.kind, mine.title && entry.title, least);
            } else {
                others += usize::from(entry.title && is_fact(entry.kind));
            }
        }
        let mut alike = Alike {
            count,
            places,
            hours: (self.date.saturating_sub(other.date)).unsigned_abs() as f64 / 3600.0,
            same_feed: self.feed == other.feed,
            same_tongue,
            own: (self.facts - mine_found).min(others),
            ..Alike::default()
        };
        for group in 0..GROUPS {
            let both = self.norms[group] > 0 && norms[group] > 0;
            alike.both[group] = both;
            if both {
                alike.cosine[group] = dots[group] as f64 / (self.norms[group] as f64 * norms[group] as f64).sqrt();
            }
            alike.shared[group] = shared[group] as f64 / (PARTS * 10.0);
        }
        alike
    }
}

/// What tells one event from another of its sort.
fn is_fact(kind: Kind) -> bool {
    matches!(kind, Kind::Name | Kind::Place | Kind::Actor | Kind::Number)
}

fn square(weight: u8, rarity: u32) -> u64 {
    let stress = u64::from(weight) * u64::from(rarity);
    stress * stress
}

/// Adds to the group of the kind, and to that of the headline.
fn add(groups: &mut [u64; GROUPS], kind: Kind, title: bool, value: u64) {
    let Some(group) = groups[..COMPARED].get_mut(kind as usize) else { return };
    *group += value;
    if title {
        groups[if kind == Kind::Word { TITLE_WORDS } else { TITLE_REST }] += value;
    }
}
