//! Where programs go on from a feed.

/// Links of a feed that are meant for programs, as absolute addresses of HTTP(S). A response's head has some (RFC 8288), its
/// document others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// WebSub `rel="hub"`, at most five: who tells that it changed.
    pub hubs: Vec<String>,
    /// `rel="self"`: the address under which hubs know it.
    pub topic: Option<String>,
    /// RFC 5005 `rel="prev-archive"` or else `rel="next"`: where the items before these are.
    pub older: Option<String>,
}

/// Most hubs of a feed.
const MAX_HUBS: usize = 5;

impl Links {
    /// Takes a hub, unless it is known or one too many.
    pub fn hub(&mut self, address: String) {
        if self.hubs.len() < MAX_HUBS && !self.hubs.contains(&address) {
            self.hubs.push(address);
        }
    }
}
