//! What a watch passed over: words that it knows, in an item that gave it no evidence.

use super::found::Finds;
use super::reading::Reading;
use super::score::{self, Doubt, Evidence};
use super::{Languages, Matcher};
use crate::model::{Field, Hit, Item, Role};

/// A watch that found something, and why that is no evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// The watch's name.
    pub watch: String,
    /// Each reason as a part of a sentence, in the order of the text.
    pub reasons: Vec<String>,
}

impl Matcher {
    /// The watches that found something in the item, but no evidence: those of which [`Matcher::match_item`] says nothing.
    pub fn passed_over(&self, item: &Item) -> Vec<PassedOver> {
        let declared = Languages::of_text(item.language.as_deref());
        let fields = Field::ALL.into_iter().map(|field| (field, item.text(field))).filter(|(_, text)| !text.is_empty());
        let mut readings: Vec<Reading<'_>> = fields.map(|(field, text)| Reading::new(field, text, declared)).collect();
        let mut found = self.find(&mut readings);
        let all: Vec<u32> = (0..self.watches.len() as u32).collect();
        self.find_rest(&all, &readings, &mut found);
        let finds = Finds::new(found);
        let decided = self.score(&all, &finds, &readings);
        let silent = all.iter().map(|w| *w as usize);
        let silent = silent.filter(|w| decided.iter().all(|matched| matched.watch != self.watches[*w].name));
        let reasons = silent.map(|w| (w, self.reasons(w, &finds, &readings)));
        reasons
            .filter(|(_, reasons)| !reasons.is_empty())
            .map(|(w, reasons)| PassedOver { watch: self.watches[w].name.clone(), reasons })
            .collect()
    }

    fn reasons(&self, w: usize, finds: &Finds, readings: &[Reading<'_>]) -> Vec<String> {
        let mut evidence = self.evidence(w, finds, readings);
        score::keep_nearest(&mut evidence);
        let mut reasons: Vec<String> = evidence.iter().filter_map(|e| reason(e, &evidence)).collect();
        let query = self.watches[w].query.as_ref();
        let unmet = query.and_then(|query| self.conditions[w].unmet(query, finds, &evidence, readings));
        if let Some((hits, failing)) = unmet {
            let mut named: Vec<String> = hits.iter().map(place).collect();
            named.dedup();
            reasons.push(format!("{} would do for the query, but it fails at `{failing}`", named.join(", ")));
        }
        reasons.dedup();
        reasons
    }
}

/// Why a hit is no evidence.
fn reason(evidence: &Evidence, all: &[Evidence]) -> Option<String> {
    let hit = &evidence.hit;
    let around = all.iter().map(|e| &e.hit).find(|other| score::stands_around(other, hit.field, hit.start, hit.end));
    let named = place(hit);
    match (hit.role, around, &evidence.doubt) {
        (Role::Context | Role::Against, ..) => None,
        (_, Some(other), _) => Some(format!("{named} is part of “{}”", other.text)),
        (_, None, Some(Doubt::Small)) => Some(format!("{named} is written small like a common word")),
        (_, None, Some(Doubt::Short)) => Some(format!("{named} is another spelling of a short name, “{}”", hit.term)),
        (_, None, Some(Doubt::Homograph(other))) => Some(format!("{named} may be a form of “{other}”")),
        (_, None, None) => None,
    }
}

fn place(hit: &Hit) -> String {
    format!("“{}” in the {}", hit.text, hit.field)
}
