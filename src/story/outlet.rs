//! Who publishes an item: what two reports need to differ in before they are two witnesses.
//!
//! The owner is the registrable domain of the item's link by the public suffix list, so that the editions and sections of
//! one house are one owner, and the blogs of one host are many. Houses that publish under several domains are one owner by
//! a short table. It is about who publishes, not about who writes: a site that prints agency texts is its own owner, and
//! [`super::agency`] tells the agency.

use std::net::IpAddr;

use url::{Host, Url};

use crate::model::Item;

/// Longest owner in bytes; a host name has at most 253, and a port six more.
pub const MAX_OWNER: usize = 260;
/// Longer links are not read.
const MAX_LINK: usize = 4_096;

/// Domains of one house, the first of a line naming it.
const HOUSES: &[&str] = &[
    "bbc.com bbc.co.uk bbci.co.uk bbcrussian.com bbcpersian.com bbcarabic.com",
    "tass.com tass.ru itar-tass.com",
    "aljazeera.com aljazeera.net aljazeera.org aje.io",
    "francemm.com rfi.fr france24.com mc-doualiya.com",
    "dw.com dw.de",
    "yle.fi yle.com",
    "reuters.com reuters.tv reutersagency.com",
    "apnews.com ap.org",
    "afp.com afpforum.com",
    "ria.ru sputniknews.com sputnikglobe.com sputnikarabic.ae rian.ru ukraina.ru",
    "rt.com rtarabic.com russian-rt.com",
    "interfax.ru interfax.com interfax-russia.ru",
    "interfax.com.ua interfax-ukraine.com",
    "news.cn xinhuanet.com xinhua.org",
    "cnn.com cnn.it cnnturk.com cnnespanol.com",
    "rferl.org svoboda.org radiosvoboda.org azattyq.org radiofarda.com svaboda.org currenttime.tv krymr.com azatutyun.am \
     rferl.mobi",
    "voanews.com voatiengviet.com golosameriki.com voaafrique.com voaturkce.com",
    "theguardian.com guardian.co.uk",
    "nytimes.com nyt.com",
    "washingtonpost.com wapo.st",
    "bloomberg.com bloombergquint.com bloomberglinea.com",
    "aa.com.tr anadoluagency.com",
    "sana.sy sananews.sy",
    "alarabiya.net alhadath.net",
    "spiegel.de manager-magazin.de",
    "tagesschau.de ard.de",
    "zdf.de zdfheute.de heute.de",
    "elpais.com elpais.com.br",
    "kyivpost.com kyivpost.ua",
    "pravda.com.ua eurointegration.com.ua epravda.com.ua",
    "nikkei.com nikkei.co.jp",
    "asahi.com asahi.co.jp",
    "nhk.or.jp nhk.jp",
    "yna.co.kr yonhapnews.co.kr yonhapnewstv.co.kr",
    "scmp.com scmp.hk",
    "haaretz.com haaretz.co.il themarker.com",
    "timesofisrael.com zman.co.il",
    "ynet.co.il ynetnews.com",
    "presstv.ir presstv.com presstv.co.uk",
    "irna.ir irna.com",
    "tasnimnews.com tasnimnews.ir",
    "farsnews.ir farsnews.com",
    "iranintl.com iranintl.tv",
    "alalam.ir alalamtv.net",
    "almanar.com.lb almanar.tv",
    "almayadeen.net almayadeen.com",
    "rudaw.net rudaw.com",
    "npasyria.com npasyria.net",
    "hawarnews.com hawarnews.net",
];

/// Domains that carry what others publish, hosts of search and social networks, and shorteners: they do not tell who
/// publishes.
const CARRIERS: &[&str] = &[
    "google.com feedburner.com feedsportal.com feedblitz.com feedly.com inoreader.com newsblur.com follow.it rss.app",
    "msn.com yahoo.com aol.com apple.news flipboard.com smartnews.com newsbreak.com pocket.co getpocket.com bing.com",
    "dzen.ru yandex.ru yandex.com rambler.ru mail.ru ukr.net smi2.ru headtopics.com knewz.com upday.com menafn.com",
    "bit.ly t.co lnkd.in dlvr.it ift.tt ow.ly buff.ly tinyurl.com goo.gl trib.al is.gd rb.gy shorturl.at cutt.ly fb.me",
    "twitter.com x.com facebook.com instagram.com youtube.com youtu.be tiktok.com reddit.com redd.it linkedin.com t.me \
     telegram.me telegram.org vk.com vk.ru ok.ru threads.net threads.com bsky.app weibo.com wa.me whatsapp.com",
];

/// Hosts of blogs that the public suffix list leaves out: each blog is an owner, and the host itself tells nothing.
const BLOG_HOSTS: &str = "wordpress.com substack.com livejournal.com tumblr.com medium.com over-blog.com typepad.com";

/// Who publishes the item, at most [`MAX_OWNER`] bytes of lower case:
///
/// - the registrable domain of its link ("example.co.uk"), or the first domain of the house that owns it;
/// - host and port where the host is an address or `localhost` ("127.0.0.1:8080", "localhost:80");
/// - the feed ("feed 0123…") where the link is missing, not of the web, or one of an aggregator, a social network or a
///   shortener, which do not tell who publishes. All that one aggregator's feed carries then counts as one voice: too few
///   witnesses delay a confirmation, and copies taken for witnesses would make a false one.
pub fn owner(item: &Item) -> String {
    item.link
        .as_deref()
        .and_then(of_link)
        .unwrap_or_else(|| super::tokens::clip(&format!("feed {}", item.feed), MAX_OWNER).to_owned())
}

/// Who publishes at a link; `None` where it does not tell.
fn of_link(link: &str) -> Option<String> {
    let (host, port) = host_and_port(link)?;
    if host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return Some(format!("{host}:{port}"));
    }
    // What is a public suffix itself ("github.io") has no owner above it.
    let domain = psl::domain_str(&host).unwrap_or(&host);
    if BLOG_HOSTS.split_whitespace().any(|known| known == domain) {
        return (host != domain && host.strip_prefix("www.") != Some(domain)).then_some(host);
    }
    let has = |line: &&&str| line.split_whitespace().any(|known| known == domain);
    if CARRIERS.iter().any(|line| has(&line)) {
        return None;
    }
    let house = HOUSES.iter().find(has).and_then(|line| line.split_whitespace().next());
    Some(house.unwrap_or(domain).to_owned())
}

/// The host of a web link, in lower case and without the dot at its end; `None` where there is none.
pub(super) fn host(link: &str) -> Option<String> {
    host_and_port(link).map(|(host, _)| host)
}

fn host_and_port(link: &str) -> Option<(String, u16)> {
    let url = Url::parse(link.trim()).ok().filter(|_| link.len() <= MAX_LINK)?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = match url.host()? {
        Host::Domain(name) => name.trim_end_matches('.').to_lowercase(),
        address => address.to_string(),
    };
    let port = url.port_or_known_default()?;
    (!host.is_empty() && host.len() <= 253).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample::item;
    use super::*;

    fn owner_of(link: &str) -> String {
        let mut item = item("Title", "");
        item.link = Some(link.to_owned());
        owner(&item)
    }

    #[test]
    fn a_house_is_one_owner_whatever_it_publishes_under() {
        for (one, other) in [
            ("https://www.bbc.co.uk/news/1", "https://www.bbc.com/russian/2"),
            ("https://tass.ru/1", "https://tass.com/world/2"),
            ("https://www.aljazeera.net/a", "http://www.aljazeera.com/b"),
            ("https://www.rfi.fr/fr/1", "https://observers.france24.com/2"),
            ("https://p.dw.com/p/1", "https://www.dw.com/de/2"),
            ("https://news.example.co.uk/1", "https://example.co.uk:8443/2"),
            ("https://WWW.Example.ORG./1", "https://sport.example.org/2"),
            ("https://english.news.cn/1", "http://www.xinhuanet.com/2"),
            ("https://www.svoboda.org/a", "https://www.rferl.org/b"),
            ("https://xn--80a1acny.xn--p1ai/1", "https://почта.рф/2"),
        ] {
            assert_eq!(owner_of(one), owner_of(other), "{one} {other}");
        }
        assert_eq!(owner_of("https://news.example.co.uk/1"), "example.co.uk");
        assert_eq!(owner_of("https://www.bbc.co.uk/1"), "bbc.com");
    }

    #[test]
    fn look_alikes_are_owners_of_their_own() {
        for (one, other) in [
            ("https://bbc.com/1", "https://bbc.com.example.org/1"),
            ("https://bbc.com/1", "https://notbbc.com/1"),
            ("https://tass.ru/1", "https://tass.example.ru/1"),
            ("https://a.blogspot.com/1", "https://b.blogspot.com/1"),
            ("https://a.github.io/1", "https://b.github.io/1"),
            ("https://a.co.uk/1", "https://b.co.uk/1"),
            ("https://a.com.ua/1", "https://b.com.ua/1"),
            ("https://pravda.com.ua/1", "https://pravda.ru/1"),
            ("https://a.gov.sy/1", "https://b.gov.sy/1"),
            ("https://a.substack.com/1", "https://b.substack.com/1"),
            ("https://a.wordpress.com/1", "https://b.wordpress.com/1"),
            ("http://127.0.0.1:8001/1", "http://127.0.0.1:8002/1"),
            ("http://localhost:8001/1", "http://localhost:8002/1"),
            ("http://[::1]:8001/1", "http://[::1]:8002/1"),
            ("http://10.0.0.1/1", "http://10.0.0.2/1"),
            ("https://interfax.ru/1", "https://interfax.com.ua/1"),
            ("https://guardian.ng/1", "https://theguardian.com/1"),
            ("https://independent.co.uk/1", "https://independent.ie/1"),
            ("https://rt.com/1", "https://art.com/1"),
            ("https://news.cn/1", "https://news.com.cn/1"),
            ("https://example.com@bbc.com/1", "https://bbc.com@example.com/1"),
            ("https://x.com.example/1", "https://x.org.example2/1"),
        ] {
            assert_ne!(owner_of(one), owner_of(other), "{one} {other}");
        }
    }

    #[test]
    fn addresses_count_with_their_port() {
        assert_eq!(owner_of("http://127.0.0.1:8001/x"), "127.0.0.1:8001");
        assert_eq!(owner_of("http://localhost/x"), "localhost:80");
        assert_eq!(owner_of("https://[::1]/x"), "[::1]:443");
    }

    #[test]
    fn what_does_not_tell_who_publishes_is_the_feed() {
        let mut linkless = item("Title", "");
        linkless.link = None;
        let feed = owner(&linkless);
        assert!(feed.starts_with("feed "));
        for link in [
            "https://news.google.com/rss/articles/1",
            "https://feedproxy.google.com/~r/1",
            "https://feeds.feedburner.com/~r/1",
            "https://bit.ly/1",
            "https://t.co/1",
            "https://www.msn.com/en/1",
            "https://news.yahoo.com/1",
            "https://t.me/channel/12",
            "mailto:someone@example.org",
            "urn:uuid:1",
            "/relative",
            "",
            "https://",
        ] {
            assert_eq!(owner_of(link), feed, "{link}");
        }
        // A name that merely contains one of theirs is none of them.
        for link in ["https://nott.co/1", "https://bit.ly.example.org/1", "https://myyahoo.example.com/1"] {
            assert_ne!(owner_of(link), feed, "{link}");
        }
    }

    #[test]
    fn each_domain_is_in_the_tables_once() {
        let mut all: Vec<&str> =
            HOUSES.iter().chain(CARRIERS).chain([&BLOG_HOSTS]).flat_map(|line| line.split_whitespace()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        for domain in HOUSES.iter().chain(CARRIERS).chain([&BLOG_HOSTS]).flat_map(|line| line.split_whitespace()) {
            assert_eq!(psl::domain_str(domain), Some(domain), "is looked up by what is registrable");
        }
    }

    proptest! {
        #[test]
        fn no_link_makes_it_panic(link in "\\PC{0,60}|https?://\\PC{0,40}|http://[a-z0-9.:\\[\\]@%-]{0,40}/") {
            let owner = owner_of(&link);
            prop_assert!(!owner.is_empty() && owner.len() <= MAX_OWNER);
        }
    }
}
