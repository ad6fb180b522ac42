//! Floor 0: how written words compare. What people read as the same word is the same here, whoever asks: the matcher, the
//! configuration's checks, the stories.

mod fold;
mod lookalike;
mod script;
mod sound;
mod stopwords;

pub use fold::{Folded, fold};
pub use script::{Script, divides, is_katakana, is_voicing_mark, is_word_char, writes_no_blanks};
pub use sound::{sound, sounds};
pub use stopwords::is_stop_word;
