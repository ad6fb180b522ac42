//! The search for a story that an item belongs to: reports that share rare things are compared with it, and their stories
//! by a few of their reports each, so that the work is bounded whatever the window holds.

use std::cmp::Reverse;

use super::alike::{Alike, Probe, Rarity};
use super::model::odds;
use super::read::{COMPARED, Kind, Reading};
use super::window::{Slot, Window};
use crate::model::StoryId;

/// Newest reports of a feature that are looked at.
const NEWEST: usize = 32;
/// Most reports that are looked at for all features together, the rarest first.
const LOOKED_AT: usize = 800;
/// Features of more reports than this, or than twice the square root of all, lead to none by themselves.
const COMMON: usize = 64;
/// Most reports that are compared in full.
const COMPARED_IN_FULL: usize = 12;
/// Most stories that are looked into.
const STORIES: usize = 3;
/// Reports of a story that are compared: those that opened it, and the newest.
const OPENING: usize = 2;
const LATEST: usize = 6;
/// Worse odds count as these: a report that has nothing in common with another says no more than that.
const WORST: f64 = -6.0;
/// Stories without a report of better odds are not looked into.
const HOPELESS: f64 = -3.0;
/// Reports that were published farther apart, in seconds, tell of different events, or of what followed.
const FARTHEST: u64 = 96 * 3600;
/// Who shares fewer shares nothing: words in one language, across two anything, of which one is no place. A place that
/// two headlines name is no event.
const LEAST_SHARED: usize = 2;
/// And within one feed, whose outlet has few words for the place that it is read for.
const LEAST_SHARED_IN_A_FEED: usize = 3;
/// Who says fewer words says too little to be compared: "Live updates" is no story.
const LEAST_SAID: usize = 3;
/// What the report that is most alike counts for, beside the mean of all.
const MOST_ALIKE: f64 = 0.6;

/// The story that an item resembles most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) story: StoryId,
    /// The logarithm of the odds that it belongs there, as far as the model goes.
    pub(super) odds: f64,
    /// The report that it resembles most.
    pub(super) to: Slot,
    pub(super) differs: bool,
}

/// Lower odds are a sign by themselves that the item tells of another event.
const DOUBTFUL: f64 = 0.7;
/// As many signs make an item differ: facts of a sort that both it and the story have, and share none of.
const DIFFERENT: u32 = 2;

/// Room for the search, so that it is taken once.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// By slot; all zero between searches.
    shares: Vec<u64>,
    touched: Vec<Slot>,
}

/// Searches the window for an item that was read.
pub(super) fn search(
    window: &Window,
    probe: &Probe,
    reading: &Reading,
    rarity: Rarity,
    scratch: &mut Scratch,
) -> Option<Found> {
    if reading.features.iter().filter(|feature| feature.kind == Kind::Word).count() < LEAST_SAID {
        return None;
    }
    let mut compared: Vec<Compared> = Vec::with_capacity(2 * COMPARED_IN_FULL);
    for slot in candidates(window, reading, rarity, scratch) {
        compared.extend(Compared::new(slot, window, probe, rarity));
    }
    compared.sort_by(|a, b| b.odds.total_cmp(&a.odds).then(b.turn.cmp(&a.turn)));
    let mut stories: Vec<StoryId> = Vec::with_capacity(STORIES);
    for of in compared.iter().take_while(|of| of.odds > HOPELESS) {
        if stories.len() < STORIES && !stories.contains(&of.story) {
            stories.push(of.story);
        }
    }
    let found = stories.into_iter().filter_map(|story| look_into(story, window, probe, rarity, &compared));
    found.max_by(|a, b| a.odds.total_cmp(&b.odds))
}

/// A report beside the item.
#[derive(Debug, Clone, Copy)]
struct Compared {
    slot: Slot,
    turn: u64,
    story: StoryId,
    odds: f64,
    alike: Alike,
}

impl Compared {
    fn new(slot: Slot, window: &Window, probe: &Probe, rarity: Rarity) -> Option<Self> {
        let report = window.report(slot)?;
        if probe.date.abs_diff(report.date) > FARTHEST {
            return None;
        }
        let alike = probe.compare(report, window, rarity);
        let same_place = !alike.same_tongue && alike.count == alike.places;
        // A feed that says the same of another place, name or number tells another event: warnings, sirens and results are
        // published so.
        let is_template = alike.same_feed && alike.own > 0;
        let least = if alike.same_feed { LEAST_SHARED_IN_A_FEED } else { LEAST_SHARED };
        let ruled_out = alike.count < least || same_place || is_template || probe.is_standing(report);
        let odds = if ruled_out { WORST } else { odds(&alike, window.len()) };
        Some(Self { slot, turn: report.turn, story: report.story, odds, alike })
    }
}

/// The reports that share most of what is rare, at most [`COMPARED_IN_FULL`].
fn candidates(window: &Window, reading: &Reading, rarity: Rarity, scratch: &mut Scratch) -> Vec<Slot> {
    let most = COMMON.max(2 * window.len().isqrt());
    let features = reading.features.iter().filter(|feature| (feature.kind as usize) < COMPARED);
    let known = features.filter_map(|feature| Some((window.with(feature.hash)?.0, feature)));
    let mut known: Vec<_> = known.filter(|(reports, _)| reports.len() <= most).collect();
    known.sort_unstable_by_key(|(reports, feature)| (reports.len(), feature.hash));
    scratch.shares.resize(window.slots(), 0);
    let mut left = LOOKED_AT;
    for (reports, feature) in known {
        let share = u64::from(feature.weight) * u64::from(rarity.measure(reports.len() + 1, feature.common));
        for slot in reports.iter().rev().take(NEWEST.min(left)) {
            left -= 1;
            let shares = &mut scratch.shares[*slot as usize];
            if *shares == 0 {
                scratch.touched.push(*slot);
            }
            // Never nothing, or it would be touched twice.
            *shares += share.max(1);
        }
    }
    let turn = |slot: &Slot| window.report(*slot).map(|report| report.turn);
    let mut touched = std::mem::take(&mut scratch.touched);
    if touched.len() > COMPARED_IN_FULL {
        let order = |slot: &Slot| Reverse(scratch.shares[*slot as usize]);
        touched.select_nth_unstable_by(COMPARED_IN_FULL, |a, b| {
            order(a).cmp(&order(b)).then_with(|| turn(b).cmp(&turn(a)))
        });
    }
    let best = touched[..touched.len().min(COMPARED_IN_FULL)].to_vec();
    touched.iter().for_each(|slot| scratch.shares[*slot as usize] = 0);
    touched.clear();
    scratch.touched = touched;
    best
}

fn look_into(story: StoryId, window: &Window, probe: &Probe, rarity: Rarity, compared: &[Compared]) -> Option<Found> {
    let members = window.of_story(story);
    let skipped = members.len().saturating_sub(OPENING + LATEST);
    let sample = members.enumerate().filter(|(at, _)| *at < OPENING || *at >= OPENING + skipped);
    let known = |slot| compared.iter().find(|of: &&Compared| of.slot == slot).copied();
    let sample = sample.filter_map(|(_, slot)| known(slot).or_else(|| Compared::new(slot, window, probe, rarity)));
    let (mut sum, mut count) = (0.0, 0.0);
    // The first of its reports: they are in the order of their odds.
    let mut best = *compared.iter().find(|of| of.story == story)?;
    let mut agreed = [Agreement::default(); COMPARED];
    for of in sample {
        sum += of.odds.max(WORST);
        count += 1.0;
        if of.odds > best.odds {
            best = of;
        }
        for (group, agreed) in agreed.iter_mut().enumerate() {
            agreed.both |= of.alike.both[group];
            agreed.shared |= of.alike.cosine[group] > 0.0;
        }
    }
    let odds = MOST_ALIKE * best.odds + (1.0 - MOST_ALIKE) * sum / f64::max(count, 1.0);
    let conflict = |kind: Kind| agreed[kind as usize].both && !agreed[kind as usize].shared;
    // Other languages round numbers and spell them out.
    let number = if best.alike.same_tongue { 2 } else { 1 };
    let signs = [
        (2, conflict(Kind::Place)),
        (number, conflict(Kind::Number)),
        (1, conflict(Kind::Actor)),
        (1, conflict(Kind::Name)),
        (2, odds < DOUBTFUL),
    ];
    let differs = signs.iter().filter(|(_, seen)| *seen).map(|(weight, _)| weight).sum::<u32>() >= DIFFERENT;
    Some(Found { story, odds, to: best.slot, differs })
}

/// What an item and some report of a story both have, and share.
#[derive(Debug, Clone, Copy, Default)]
struct Agreement {
    both: bool,
    shared: bool,
}
