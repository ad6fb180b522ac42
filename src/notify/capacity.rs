//! How many members one message can name.

use crate::model::{Service, TargetKind, TerminalFormat};

/// How many members a digest for a target of this kind may have: each is named with about 100 characters of its title or
/// more, within the limits of what it is sent to. What is more belongs into a further digest.
pub fn capacity(kind: &TargetKind) -> usize {
    match kind {
        // A line has the bound of a webhook's body.
        TargetKind::Terminal(target) if target.format == TerminalFormat::Json => 30,
        TargetKind::Terminal(_) | TargetKind::Email(_) => 200,
        // 20 kB of JSON.
        TargetKind::Webhook(_) | TargetKind::Exec(_) => 30,
        TargetKind::Service(target) => match target.service {
            // 50 blocks, of which three are the message's own.
            Service::Slack => 40,
            // 4,096 characters of Markdown, in which a title may grow to twice its length.
            Service::Discord => 15,
            // 28 kB of JSON, half of it for the shape of the card.
            Service::Teams => 30,
            Service::Mattermost => 40,
            // 4,096 UTF-16 units, of which each row gives some to where it comes from.
            Service::Telegram { .. } => 20,
            Service::Matrix { .. } | Service::PagerDuty { .. } | Service::Alertmanager { .. } => 40,
            // 4,096 bytes, of which a letter takes up to three.
            Service::Ntfy { .. } => 12,
        },
    }
}
