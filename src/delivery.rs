//! The second half of the trip: from the outbox to the target.
//!
//! Each target has a [`Lane`] of its own: it claims what is due, lets wait what its target does not want to hear of yet,
//! puts together what is told together, attempts the rest, and records the outcome. A slow or dead target holds up nobody
//! else, and nothing is held in memory that is not also on the disk: a lane that dies loses nothing.
//!
//! A target that fails is tried with one delivery at a time; the others wait for its first success, and a fallback is told
//! in its place.

mod attempt;
mod bundle;
mod lane;
mod notice;

use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use crate::clock::{Clock, Dice};
use crate::model::{DeadLetter, DeliveryState, Target, Trouble};
use crate::store::{Settlement, Store, StoreError};
use crate::token::Links;

pub use lane::{Drained, Lane};
pub use notice::{WARN_AFTER, WARN_AFTER_MAIL};

/// What all lanes share.
#[derive(Clone)]
pub struct Parts {
    /// Where the outbox is.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Clock,
    /// Jitter.
    pub dice: Arc<Dice>,
    /// Changes when there may be something new in the outbox.
    pub wake: watch::Sender<()>,
    /// The targets that are told of dead letters.
    pub owner: Arc<[Target]>,
    /// What is the matter with targets, for whoever asks.
    pub troubles: Arc<Mutex<Vec<Trouble>>>,
    /// Makes the links in alerts.
    pub links: Option<Arc<Links>>,
    /// All targets, for those that stand in for others.
    pub targets: Arc<[Target]>,
}

/// Turns deliveries to targets that the configuration no longer has into dead letters, tells the owner, and lets the lanes
/// look again at what was held: the targets may want to be told in another manner now.
pub async fn tidy(parts: &Parts) -> Result<(), StoreError> {
    let now = parts.clock.now();
    for state in parts.store.outbox(usize::MAX).await?.deliveries {
        if let DeliveryState::Waiting(delivery) = state
            && parts.targets.iter().all(|target| target.name != delivery.target)
        {
            let reason = format!("the configuration has no target `{}` any more", delivery.target);
            let letter = DeadLetter { reason: reason.clone(), buried: now, delivery: delivery.clone() };
            let notice = notice::dead_letter(&parts.owner, &delivery, &reason, now);
            tracing::error!(target = %delivery.target, delivery = %delivery.id, reason, "dead letter");
            parts.store.settle(Settlement::Dead(letter, Some(notice))).await?;
        }
    }
    parts.store.unhold(now).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
