//! Lists of feeds as they are found in the world, well-formed or not: each address in them is watched or spoken of.
//!
//! The lists are no part of this package; see `support/corpus.rs`.

#[path = "support/corpus.rs"]
mod corpus;

use newswatch::parse::opml;

#[test]
fn no_address_of_a_list_goes_without_a_word() {
    let Some(folder) = corpus::find("opml") else { return };
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "opml") {
            continue;
        }
        let body = std::fs::read(&path).expect("a readable file");
        let list = opml::read(&body).expect("a list");
        let addresses = String::from_utf8_lossy(&body).matches("xmlUrl=\"").count();
        assert_eq!(list.feeds.len() + list.notes.len(), addresses, "{}: {:#?}", path.display(), list.notes);
        assert!(list.feeds.iter().all(|feed| !feed.name.contains('=') && !feed.tags.is_empty()), "{}", path.display());
        let again = opml::read(opml::write("again", &list.feeds).as_bytes()).expect("a list");
        assert_eq!(again.feeds.len(), list.feeds.len(), "{}", path.display());
    }
}

#[test]
fn lists_made_to_try_readers_are_read() {
    let Some(folder) = corpus::find("feeds/feeds/kurtmckee+listparser/tests/files/opml") else { return };
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let body = std::fs::read(&path).expect("a readable file");
        let outlines = String::from_utf8_lossy(&body).contains("<outline");
        assert_eq!(opml::read(&body).is_ok(), outlines, "{}", path.display());
    }
}
