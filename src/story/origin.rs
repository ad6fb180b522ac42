//! Origins: which reports of a story are independent of each other. Those that credit one agency, appear with one owner or
//! are nearly the same text go back to one origin, and so does whatever ties two such groups together.

use xxhash_rust::xxh3::xxh3_64;

use super::sketch::{nearly_same, sketches};
use super::{agency, outlet};
use crate::model::{Item, MAX_ORIGINS, MAX_OUTLETS, MAX_SKETCHES, Origin};

/// What one report by itself goes back to.
pub(super) fn of(item: &Item) -> Origin {
    Origin {
        agencies: agency::credits(item).into_iter().map(str::to_owned).collect(),
        owners: vec![xxh3_64(outlet::owner(item).as_bytes())],
        sketches: sketches(item),
    }
}

/// The number of each item's origin, from 0 on, and how many outlets there are.
pub fn origins(items: &[&Item]) -> (Vec<usize>, usize) {
    let (mut origins, mut owners) = (Vec::new(), Vec::new());
    for item in items {
        let report = of(item);
        owners.push(report.owners[0]);
        add(&mut origins, report);
    }
    // An owner belongs to one origin alone.
    let place = |owner: &u64| origins.iter().position(|origin| origin.owners.contains(owner)).unwrap_or(origins.len());
    let places: Vec<usize> = owners.iter().map(place).collect();
    // In the order in which they appeared.
    let mut order: Vec<usize> = Vec::new();
    let numbers = places.into_iter().map(|place| {
        order.iter().position(|known| *known == place).unwrap_or_else(|| {
            order.push(place);
            order.len() - 1
        })
    });
    let numbers = numbers.collect();
    let outlets = owners.iter().collect::<std::collections::HashSet<_>>().len();
    (numbers, outlets)
}

/// Adds a report to those that are known.
pub(super) fn add(origins: &mut Vec<Origin>, mut report: Origin) {
    let mut at = 0;
    while at < origins.len() {
        if related(&origins[at], &report) {
            let known = origins.remove(at);
            report = merged(known, report);
            // What it was not related to by itself it may be related to now.
            at = 0;
        } else {
            at += 1;
        }
    }
    if origins.len() < MAX_ORIGINS {
        origins.push(report);
    }
}

fn related(a: &Origin, b: &Origin) -> bool {
    a.owners.iter().any(|owner| b.owners.contains(owner))
        || a.agencies.iter().any(|agency| b.agencies.contains(agency))
        || a.sketches.iter().any(|one| b.sketches.iter().any(|other| nearly_same(one, other)))
}

fn merged(mut known: Origin, report: Origin) -> Origin {
    for owner in report.owners {
        if !known.owners.contains(&owner) && known.owners.len() < MAX_OUTLETS {
            known.owners.push(owner);
        }
    }
    for agency in report.agencies {
        if !known.agencies.contains(&agency) {
            known.agencies.push(agency);
        }
    }
    known.sketches.extend(report.sketches);
    let surplus = known.sketches.len().saturating_sub(MAX_SKETCHES);
    known.sketches.drain(..surplus);
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(agency: &str, owner: u64, hash: u32) -> Origin {
        let agencies = if agency.is_empty() { vec![] } else { vec![agency.to_owned()] };
        Origin { agencies, owners: vec![owner], sketches: vec![vec![hash]] }
    }

    fn count(reports: &[Origin]) -> usize {
        let mut origins = Vec::new();
        reports.iter().for_each(|report| add(&mut origins, report.clone()));
        origins.len()
    }

    #[test]
    fn agency_owner_and_text_tie_reports_together() {
        assert_eq!(count(&[origin("Reuters", 1, 1), origin("Reuters", 2, 2), origin("", 3, 3)]), 2);
        assert_eq!(count(&[origin("", 1, 1), origin("", 1, 2)]), 1);
        assert_eq!(count(&[origin("", 1, 1), origin("", 2, 1)]), 1);
        assert_eq!(count(&[origin("", 1, 1), origin("", 2, 2)]), 2);
    }

    #[test]
    fn a_report_that_belongs_to_two_makes_them_one_in_any_order() {
        let (a, b, c) = (origin("Reuters", 1, 1), origin("AFP", 2, 2), origin("AFP", 1, 3));
        for order in [[&a, &b, &c], [&a, &c, &b], [&c, &a, &b], [&c, &b, &a], [&b, &a, &c], [&b, &c, &a]] {
            assert_eq!(count(&order.map(Origin::clone)), 1);
        }
    }
}
