//! What a document says about where it is published.

/// Targets of links, as written, in their order. A response's header has some (RFC 8288), a feed's document others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// Of `rel="hub"`: who pushes it.
    pub hubs: Vec<String>,
    /// Of `rel="self"`: what it is called.
    pub own: Vec<String>,
}
