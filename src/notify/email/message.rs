//! The mail that tells an alert (RFC 5322, 2045 to 2049).
//!
//! Its Message-ID is made of the delivery's id, so that a repeat after a crash is one message to every client and
//! archive. It refers to its story's root and to the story's first mail, so that mails about one story form a thread.
//! Bodies are quoted-printable and header texts lose their control characters: no CR or LF of a stranger reaches the
//! server bare (RUSTSEC-2026-0561).

use jiff::Timestamp;
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};

use super::header::{AutoSubmitted, Kind, ListId, Subject};
use crate::model::{Alert, Delivery};
use crate::notify::words::Words;
use crate::notify::{html, inert, letter};

/// Longest subject in characters.
const MAX_SUBJECT_CHARS: usize = 200;

/// The mail, ready for the wire.
pub(super) fn compose<'a>(
    from: &Mailbox,
    to: impl Iterator<Item = &'a Mailbox>,
    delivery: &Delivery,
    alert: &Alert,
    words: &Words,
    now: Timestamp,
) -> Result<Vec<u8>, String> {
    let domain = from.email.domain();
    let mut message = Message::builder()
        .from(from.clone())
        .header(Subject(subject(alert, words)))
        .date(std::time::SystemTime::from(now))
        .message_id(Some(format!("<{}@{domain}>", delivery.id)))
        .header(AutoSubmitted::generated())
        .header(Kind(alert.kind.name()));
    if let Some(list) = ListId::new(&alert.watch, domain) {
        message = message.header(list);
    }
    for to in to {
        message = message.to(to.clone());
    }
    if let Some(story) = alert.story {
        let root = format!("<story.{story}@{domain}>");
        // The first mail is the one that this target got of the thread's first alert: its id needs no looking up.
        let first = alert.thread.map(|thread| format!("<{}@{domain}>", delivery.of(thread)));
        let references = first.iter().fold(root.clone(), |all, first| format!("{all} {first}"));
        message = message.in_reply_to(first.unwrap_or(root)).references(references);
    }
    let (text, html) = match words.text(alert) {
        Some(text) => (text.lines().map(|line| inert(line) + "\n").collect(), html::own_words(&alert.headline, &text)),
        None => (letter::text(alert), html::document(alert)),
    };
    let parts = MultiPart::alternative()
        .singlepart(part(&text, ContentType::TEXT_PLAIN)?)
        .singlepart(part(&html, ContentType::TEXT_HTML)?);
    Ok(message.multipart(parts).map_err(|error| error.to_string())?.formatted())
}

/// The watch and the headline; what tells more of a story has the subject of its first mail, because many clients make a
/// thread of one subject only, whatever the headers refer to.
fn subject(alert: &Alert, words: &Words) -> String {
    // One in the user's own words may change from mail to mail.
    if let Some(title) = words.title(alert) {
        return inert(&title).chars().take(MAX_SUBJECT_CHARS).collect();
    }
    let told_first = alert.standing.as_ref().filter(|_| alert.thread.is_some());
    let (reply, headline) = told_first.map_or(("", &alert.headline), |standing| ("Re: ", &standing.headline));
    let subject = inert(&format!("[{}] {headline}", alert.watch));
    format!("{reply}{}", subject.chars().take(MAX_SUBJECT_CHARS).collect::<String>())
}

fn part(text: &str, content_type: ContentType) -> Result<SinglePart, String> {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let body = Body::new_with_encoding(unified, ContentTransferEncoding::QuotedPrintable)
        .map_err(|_| "the text cannot be encoded as quoted-printable")?;
    Ok(SinglePart::builder().header(content_type).body(body))
}
