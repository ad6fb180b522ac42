//! What a feed's server wants to see before it answers, and the way there.

use std::sync::Arc;

use super::{Cookie, Secret};

/// How a feed is asked for, where it is not asked for like any other. Its secrets cannot print themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// In the place of our own `User-Agent`.
    pub user_agent: Option<String>,
    /// Further headers, for the feed's own origin only.
    pub headers: Vec<(String, Secret)>,
    /// The URL of the proxy that its requests go through.
    pub proxy: Option<Secret>,
    /// For the feed's own origin only.
    pub credentials: Option<Credentials>,
    /// Each goes where its own domain and path allow. Shared by the feeds that name the same file.
    pub cookies: Arc<[Cookie]>,
}

/// Who asks: what `Authorization` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// RFC 7617.
    Basic {
        /// Without a colon.
        username: String,
        /// Its password.
        password: Secret,
    },
    /// RFC 6750.
    Bearer(Secret),
}
