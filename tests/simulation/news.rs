//! What is published in a world, when and where: known beforehand, so that it can be said what has to come of it.

use jiff::{SignedDuration, Timestamp};

use crate::gate::Gate;

pub const MINUTE: u64 = 60_000;
pub const HOUR: u64 = 60 * MINUTE;

/// The watches, each with the word that it waits for.
pub const WATCHES: [(&str, &str); 2] = [("tartus", "Tartus"), ("odesa", "Odesa")];

/// Words of which no two stories have one in common.
const WORDS: [&str; 84] = [
    "harvest",
    "tanker",
    "bridge",
    "ministry",
    "quarry",
    "violin",
    "glacier",
    "lantern",
    "orchard",
    "turbine",
    "parade",
    "museum",
    "cobalt",
    "ferry",
    "senate",
    "walnut",
    "cyclone",
    "hangar",
    "pottery",
    "railway",
    "saffron",
    "thunder",
    "upland",
    "velvet",
    "wharf",
    "zeppelin",
    "acrobat",
    "ballast",
    "cinema",
    "dolphin",
    "embargo",
    "falcon",
    "granite",
    "helmet",
    "indigo",
    "jasmine",
    "kiosk",
    "lobster",
    "magnet",
    "nectar",
    "opera",
    "pipeline",
    "quartz",
    "rudder",
    "sculptor",
    "tariff",
    "umbrella",
    "vineyard",
    "warehouse",
    "yacht",
    "apricot",
    "barley",
    "cathedral",
    "dynamo",
    "eclipse",
    "furnace",
    "gazelle",
    "hydrant",
    "iceberg",
    "juniper",
    "kennel",
    "lagoon",
    "mosaic",
    "nickel",
    "obelisk",
    "pasture",
    "quiver",
    "radar",
    "salmon",
    "tunnel",
    "utopia",
    "vaccine",
    "waterfall",
    "xylophone",
    "yogurt",
    "zinc",
    "almond",
    "bazaar",
    "canyon",
    "dairy",
    "emerald",
    "fresco",
    "guitar",
    "harbour",
];
const WORDS_A_STORY: usize = 7;

/// A version of an item, as its feed shows it from some moment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub from: u64,
    pub title: String,
    pub summary: String,
}

/// An item of one feed.
#[derive(Debug, Clone)]
pub struct Piece {
    pub feed: usize,
    pub story: usize,
    pub link: String,
    pub published: Timestamp,
    /// The first stands from when it is published, the second from when that is edited.
    pub versions: Vec<Version>,
}

/// All that is published.
#[derive(Debug, Clone)]
pub struct News {
    pub pieces: Vec<Piece>,
    /// By story, the watches that wait for it, as places in [`WATCHES`].
    pub wanted: Vec<Vec<usize>>,
}

impl News {
    pub fn new(gate: &Gate, start: Timestamp, feeds: usize, end: u64) -> Self {
        let mut dice = gate.dice("news", 0);
        let mut words = WORDS.to_vec();
        dice.shuffle(&mut words);
        let (mut pieces, mut wanted) = (Vec::new(), Vec::new());
        // So that a feed is never empty: two of its items have something in common.
        for feed in 0..feeds {
            pieces.push(piece(feed, wanted.len(), start, -2 * 86_400, version(0, "Weather", &format!("sunny {feed}"))));
            wanted.push(Vec::new());
        }
        for words in words.chunks_exact(WORDS_A_STORY) {
            let (story, watches) = (wanted.len(), [vec![0], vec![0], vec![1], vec![0, 1], vec![]]);
            let watches = dice.choice(watches).unwrap();
            let names: Vec<&str> = watches.iter().map(|at: &usize| WATCHES[*at].1).collect();
            let names = if names.is_empty() { "elsewhere".to_owned() } else { names.join(" and ") };
            let title = format!("{} {} {} {names}", words[0], words[1], words[2]);
            let summary = words[3..].join(" ");
            let mut told_at = if dice.u8(..) < 30 { 0 } else { dice.u64(5 * MINUTE..end) };
            for outlet in 0..dice.usize(1..=feeds) {
                let feed = (story + outlet) % feeds;
                let age = if told_at == 0 { -dice.i64(60..7_200) } else { (told_at / 1_000) as i64 };
                let mut piece = piece(feed, story, start, age, version(told_at, &title, &summary));
                if dice.u8(..) < 50 {
                    let edited = match dice.u8(0..3) {
                        0 => version(0, &format!("Correction: {title}"), &summary),
                        1 => version(0, &title, &format!("{summary}, 14 ships were damaged")),
                        _ => version(0, &title, &format!("{summary}, as officials confirmed on Monday evening")),
                    };
                    piece.versions.push(Version { from: told_at + dice.u64(MINUTE..2 * HOUR), ..edited });
                }
                pieces.push(piece);
                told_at += dice.u64(MINUTE..40 * MINUTE);
            }
            wanted.push(watches);
        }
        Self { pieces, wanted }
    }

    /// How often a feed has changed by then; its document is a function of that.
    pub fn edition(&self, feed: usize, at: u64) -> usize {
        self.versions(feed).filter(|(_, version)| version.from <= at).count()
    }

    /// When an edition came out.
    fn came_out(&self, feed: usize, edition: usize) -> u64 {
        let mut times: Vec<u64> = self.versions(feed).map(|(_, version)| version.from).collect();
        times.sort_unstable();
        edition.checked_sub(1).and_then(|at| times.get(at)).copied().unwrap_or(0)
    }

    fn versions(&self, feed: usize) -> impl Iterator<Item = (&Piece, &Version)> {
        let pieces = self.pieces.iter().filter(move |piece| piece.feed == feed);
        pieces.flat_map(|piece| piece.versions.iter().map(move |version| (piece, version)))
    }

    /// What an edition shows.
    pub fn shown(&self, feed: usize, edition: usize) -> impl Iterator<Item = (&Piece, &Version)> {
        let at = self.came_out(feed, edition);
        let pieces = self.pieces.iter().filter(move |piece| piece.feed == feed);
        pieces.filter_map(move |piece| {
            piece.versions.iter().rev().find(|version| version.from <= at).map(|version| (piece, version))
        })
    }

    /// An edition as Atom, the newest first.
    pub fn document(&self, feed: usize, edition: usize) -> String {
        let mut shown: Vec<_> = self.shown(feed, edition).collect();
        shown.sort_by_key(|(piece, _)| std::cmp::Reverse(piece.published));
        let entries = shown.iter().map(|(piece, version)| {
            let (link, published) = (&piece.link, piece.published);
            let Version { title, summary, .. } = version;
            format!(
                "<entry><id>{link}</id><title>{title}</title><link href=\"{link}\"/><published>{published}</published>\
                 <updated>{published}</updated><summary>{summary}</summary></entry>"
            )
        });
        let entries: String = entries.collect();
        format!(
            "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Outlet {feed}</title><id>urn:{feed}</id>\
             <updated>2026-11-22T00:00:00Z</updated>{entries}</feed>"
        )
    }

    pub fn of_link(&self, link: &str) -> Option<&Piece> {
        self.pieces.iter().find(|piece| piece.link == link)
    }
}

fn piece(feed: usize, story: usize, start: Timestamp, age: i64, first: Version) -> Piece {
    let published = start + SignedDuration::from_secs(age);
    Piece { feed, story, link: format!("https://outlet{feed}.example/{story}"), published, versions: vec![first] }
}

fn version(from: u64, title: &str, summary: &str) -> Version {
    Version { from, title: title.to_owned(), summary: summary.to_owned() }
}
