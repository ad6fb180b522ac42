//! Romance languages and Albanian: names stay as they are, common nouns and adjectives agree.

use super::{Grammar, Rule};
use crate::text::Script;

pub(super) const FRENCH: Grammar = Grammar {
    tag: "fr",
    script: Script::Latin,
    adjective: "",
    rules: &[
        Rule("i", "i ~is +e +es &iste &istes"),
        Rule("e", "e !es"),
        Rule("al", "al +ale +aux +ales"),
        Rule("s", "s +_ !se !ses"),
        Rule("", "_ !s !x +e !es &iste &istes"),
    ],
    heads: "",
};

pub(super) const SPANISH: Grammar = Grammar {
    tag: "es",
    script: Script::Latin,
    adjective: "",
    rules: &[
        Rule("i", "i ~is ~ies"),
        Rule("o", "o !os +a !as"),
        Rule("a", "a !as +o !os"),
        Rule("e", "e !es"),
        Rule("os", "os +o +as +a"),
        Rule("as", "as +a"),
        Rule("s", "s +_"),
        Rule("", "_ !s !es"),
    ],
    heads: "",
};

pub(super) const PORTUGUESE: Grammar = Grammar { tag: "pt", ..SPANISH };
pub(super) const CATALAN: Grammar = Grammar { tag: "ca", ..SPANISH };
pub(super) const GALICIAN: Grammar = Grammar { tag: "gl", ..SPANISH };

pub(super) const ITALIAN: Grammar = Grammar {
    tag: "it",
    script: Script::Latin,
    adjective: "",
    rules: &[Rule("o", "o +i +a +e"), Rule("a", "a +e"), Rule("e", "e +i"), Rule("i", "i +o +e"), Rule("", "_")],
    heads: "",
};

pub(super) const ROMANIAN: Grammar = Grammar {
    tag: "ro",
    script: Script::Latin,
    adjective: "",
    rules: &[
        Rule("ia", "ia iei ie ii iile iilor"),
        Rule("a", "a ei ă e ele elor"),
        Rule("e", "e ea ei ele elor ii i"),
        Rule("u", "u ul ului i ii ilor"),
        Rule("", "_ ul ului ulului i ii ilor e ele elor lui ei"),
    ],
    heads: "",
};

pub(super) const ALBANIAN: Grammar = Grammar {
    tag: "sq",
    script: Script::Latin,
    adjective: "",
    rules: &[Rule("a", "a e es en ë"), Rule("", "_ i it in u ut un a e es en ve")],
    heads: "",
};
