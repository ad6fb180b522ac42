//! The words of the format, and the nearest of them to one that is not.

use super::diagnostic::Fault;

/// Of the top level.
pub(super) const ROOT: &[&str] = &[
    "state_dir",
    "contact",
    "lookback",
    "budget",
    "alert_within",
    "owner",
    "allow_private",
    "watches",
    "targets",
    "fetch",
    "story",
    "websub",
    "drill",
    "links",
    "heartbeat",
    "heartbeat_file",
    "feed",
    "watch",
    "target",
    "route",
];
/// Of the top level of a file of watches.
pub(super) const WATCH_FILE: &[&str] = &["watch"];
/// Of `[fetch]`.
pub(super) const FETCH: &[&str] =
    &["connect_timeout", "total_timeout", "max_body", "max_redirects", "host_gap", "max_in_flight"];
/// Of `[[feed]]`, with those of [`ACCESS`].
pub(super) const FEED: &[&str] = &["url", "path", "name", "every", "language", "tags", "edits", "sitemap"];
/// Of `[[feed]]`: how it is asked for.
pub(super) const ACCESS: &[&str] = &[
    "user_agent",
    "headers",
    "proxy",
    "username",
    "password",
    "password_file",
    "bearer",
    "bearer_file",
    "cookie_file",
];
/// Of `[story]`.
pub(super) const STORY: &[&str] = &["quiet", "realert"];
/// Of `[websub]`.
pub(super) const WEBSUB: &[&str] = &["callback", "listen"];
/// Of `[links]`.
pub(super) const LINKS: &[&str] = &["url", "listen"];
/// Of `[drill]`.
pub(super) const DRILL: &[&str] = &["times", "targets"];
/// Of `realert`, in `[story]` and in `[[watch]]`.
pub(super) const REALERT: &[&str] = &["corroborated", "score", "number", "correction"];
/// Of `[[watch]]`.
pub(super) const WATCH: &[&str] = &[
    "name",
    "strong",
    "weak",
    "context",
    "against",
    "query",
    "languages",
    "transliterate",
    "threshold",
    "targets",
    "urgent",
    "remind",
    "golden",
    "realert",
];
/// Of `[[watch.golden]]`.
pub(super) const GOLDEN: &[&str] = &["title", "summary", "lang", "alert"];
/// Of every `[[target]]`.
pub(super) const TARGET: &[&str] = &[
    "name",
    "type",
    "deadline",
    "quiet_hours",
    "digest",
    "group",
    "group_wait",
    "group_interval",
    "max_rate",
    "fallback",
    "fallback_after",
];
/// Of every `[[route]]`.
pub(super) const ROUTE: &[&str] = &["watches", "tags", "feeds", "min_score", "hours", "targets", "continue"];
/// Of a terminal target.
pub(super) const TERMINAL: &[&str] = &["format"];
/// Of an e-mail target.
pub(super) const EMAIL: &[&str] =
    &["server", "tls", "ca_file", "username", "password", "password_file", "from", "to", "template", "template_file"];
/// Of a webhook target.
pub(super) const WEBHOOK: &[&str] =
    &["url", "url_file", "secret", "secret_file", "secrets", "template", "template_file"];
/// Of a service that gives out the URL of a webhook.
pub(super) const HOOK: &[&str] = &["url", "url_file", "template", "template_file"];
/// Of a Telegram target.
pub(super) const TELEGRAM: &[&str] = &["token", "token_file", "chat", "url", "template", "template_file"];
/// Of a Matrix target.
pub(super) const MATRIX: &[&str] = &["homeserver", "room", "token", "token_file", "template", "template_file"];
/// Of an ntfy target.
pub(super) const NTFY: &[&str] = &["url", "url_file", "token", "token_file", "template", "template_file"];
/// Of a PagerDuty target.
pub(super) const PAGERDUTY: &[&str] =
    &["routing_key", "routing_key_file", "severity", "url", "template", "template_file"];
/// Of an Alertmanager target.
pub(super) const ALERTMANAGER: &[&str] = &["url", "token", "token_file", "resolve_after", "template", "template_file"];
/// Of a program.
pub(super) const EXEC: &[&str] = &["command", "timeout", "template", "template_file"];
/// Of `template`.
pub(super) const TEMPLATE: &[&str] = &["title", "text", "body"];

/// Those whose values are secret.
pub(super) const SECRET: &[&str] =
    &["password", "secret", "secrets", "bearer", "headers", "heartbeat", "token", "routing_key"];

/// Whether the word is a key of the top level that is no table. After a table it would be one of that table's.
pub(super) fn is_setting(word: &str) -> bool {
    ROOT.contains(&word)
        && !["fetch", "story", "websub", "drill", "links", "feed", "watch", "target", "route"].contains(&word)
}

/// Whether any table has the word.
pub(super) fn is_known(word: &str) -> bool {
    all().any(|known| known == word)
}

/// The words of all tables.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    let tables = [
        ROOT, FETCH, STORY, WEBSUB, DRILL, LINKS, REALERT, FEED, ACCESS, WATCH, GOLDEN, ROUTE, TARGET, TERMINAL, EMAIL,
        WEBHOOK,
    ];
    let services = [TELEGRAM, MATRIX, PAGERDUTY, ALERTMANAGER, EXEC, TEMPLATE];
    tables.into_iter().chain(services).flatten().copied()
}

/// How alike two words must be for one to be offered for the other, of 1.
const ALIKE: f64 = 0.6;
/// What is longer than this, in bytes, was meant for something else.
const LONGEST: usize = 100;

/// The word that was probably meant by `written`.
pub(super) fn nearest<'w>(written: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    if written.len() > LONGEST {
        return None;
    }
    let written = written.to_lowercase();
    words
        .into_iter()
        .map(|word| (strsim::normalized_damerau_levenshtein(&written, word), word))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word)
}

/// "did you mean …?", where there is something to offer.
pub(super) fn did_you_mean<'w>(written: &str, words: impl IntoIterator<Item = &'w str>) -> Option<String> {
    nearest(written, words).map(|word| format!("did you mean `{word}`?"))
}

/// The words in one line: "`a`, `b` or `c`".
pub(super) fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// What `written` stands for among `choices`.
pub(super) fn choice<T: Copy>(written: &str, choices: &[(&'static str, T)]) -> Result<T, Fault> {
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    choices.iter().find(|(name, _)| *name == written).map(|(_, meant)| *meant).ok_or_else(|| {
        let hint = did_you_mean(written, names.iter().copied());
        Fault::new(format!("this must be {}", listed(&names))).maybe_hint(hint)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_and_nothing_far_fetched() {
        assert_eq!(nearest("treshold", WATCH.iter().copied()), Some("threshold"));
        assert_eq!(nearest("Feeds", ROOT.iter().copied()), Some("feed"));
        assert_eq!(nearest("colour", WATCH.iter().copied()), None);
    }

    #[test]
    fn lists_read_like_a_sentence() {
        assert_eq!(listed(&["a"]), "`a`");
        assert_eq!(listed(&["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
