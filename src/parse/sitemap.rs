//! News sitemaps: what a site has published of late, as it tells search engines.

use super::root::{self, Root};
use super::token::{Token, Tokens};
use super::{ParseError, Published, Source, decoded, guarded, name, xml};

/// The news of a sitemap: pages with the headline, date, language and keywords that Google's extension gives them. Each
/// is known by its address; pages without a headline are left out. An empty list is a sitemap without entries, which is
/// usual: it has those of the last two days only. One of nothing but other pages is an error.
pub fn sitemap(source: &Source<'_>) -> Result<Vec<Published>, ParseError> {
    guarded(|| read(source))
}

fn read(source: &Source<'_>) -> Result<Vec<Published>, ParseError> {
    let decoded = decoded(source)?;
    let mut news = xml::sitemap(&urlset(&decoded.text)?, source.base_url)?;
    for page in &mut news {
        page.id.clone_from(&page.link);
        page.categories.retain(|keyword| !keyword.is_empty());
    }
    Ok(news)
}

/// The root of a sitemap, or what the document is instead.
fn urlset(text: &str) -> Result<Root<'_>, ParseError> {
    let index = Tokens::new(text).find_map(|token| match token {
        Token::Open(tag) => Some(name::split(tag.name).1.eq_ignore_ascii_case("sitemapindex")),
        _ => None,
    });
    if index == Some(true) {
        return Err(ParseError::NotAFeed("it is an index of sitemaps, and no sitemap itself".to_owned()));
    }
    match root::find(text)? {
        root if root.name == "urlset" => Ok(root),
        root => Err(ParseError::NotAFeed(format!("it is a feed (<{}>), and no sitemap", root.name))),
    }
}

#[cfg(test)]
mod tests;
