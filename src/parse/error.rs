//! Why a document is not a feed: each kind has a name that metrics and scripts can rely on.

/// A document that gives no feed. [`ParseError::class`] is stable; the text is for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Nothing but blanks.
    #[error("the document is empty")]
    Empty,
    /// An ordinary page, where a feed was expected.
    #[error("this is an HTML page, not a feed{}", titled(.0))]
    HtmlPage(Option<String>),
    /// A page by which a protection service keeps programs out.
    #[error("the site answered with a challenge page that keeps programs out{}", titled(.0))]
    ChallengePage(Option<String>),
    /// A page that asks for a name and a password.
    #[error("the site answered with a login page{}", titled(.0))]
    LoginPage(Option<String>),
    /// Something else altogether.
    #[error("this is not a feed: {0}")]
    NotAFeed(String),
    /// It starts like a feed and ends before the first item does.
    #[error("the document is cut off before its first item ends")]
    Truncated,
    /// Elements nested deeper than any feed has reason to.
    #[error("elements are nested deeper than {0}")]
    TooDeep(usize),
    /// More items than a feed may have.
    #[error("more than {0} items")]
    TooManyItems(usize),
    /// Its kind is recognised, but it breaks off beyond repair.
    #[error("the feed is malformed: {0}")]
    Malformed(String),
    /// A bug of a parser, caught: it costs this document and not the daemon.
    #[error("the parser failed on this document; please report it")]
    ParserPanic,
}

impl ParseError {
    /// The kind of error, for metrics and scripts.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::HtmlPage(_) => "html_page",
            Self::ChallengePage(_) => "challenge_page",
            Self::LoginPage(_) => "login_page",
            Self::NotAFeed(_) => "not_a_feed",
            Self::Truncated => "truncated",
            Self::TooDeep(_) => "too_deep",
            Self::TooManyItems(_) => "too_many_items",
            Self::Malformed(_) => "malformed",
            Self::ParserPanic => "parser_panic",
        }
    }
}

/// The page's own title, which often says more than we can.
fn titled(title: &Option<String>) -> String {
    title.as_ref().map(|title| format!(" (\"{title}\")")).unwrap_or_default()
}
