//! Floor 0: how written words compare. What people read as the same word is the same here, whoever asks: the matcher, the
//! configuration's checks, the stories.

mod fold;

pub use fold::{Folded, fold};
