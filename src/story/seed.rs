//! A hasher for keys that are hashes already: it passes them on.

use std::hash::{BuildHasherDefault, Hasher};

/// Builds [`Passing`].
pub(super) type Plain = BuildHasherDefault<Passing>;

/// Passes a number on as its own hash.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Passing(u64);

impl Hasher for Passing {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxhash_rust::xxh3::xxh3_64_with_seed(bytes, self.0);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}
