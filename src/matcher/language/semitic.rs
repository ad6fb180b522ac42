//! Arabic, Persian, Urdu, Kurdish, Hebrew; Greek, Armenian, Georgian, Korean. What Arabic and Hebrew write on in front of
//! a word is in `clitic`.

use super::{Grammar, Rule};
use crate::text::Script;

/// Names take the nisba of descent; sound plurals change by case.
pub(super) const ARABIC: Grammar = Grammar {
    tag: "ar",
    script: Script::Arabic,
    adjective: "",
    rules: &[
        Rule("ون", "ون ين ي ية"),
        Rule("ين", "ين ون ي ية"),
        Rule("يا", "يا ي ية يين يون يات"),
        Rule("ية", "ية ي يين يون يات"),
        Rule("ي", "ي ية يين يون يا"),
        Rule("ة", "ة +ته +تها +تهم +ات ي ية يين يون"),
        Rule("ات", "ات +اته +اتها +اتهم"),
        Rule("ا", "ا ي ية يين يون وي وية"),
        Rule("", "_ ي ية يين يون يات +ه +ها +هم +ات +ان +ين"),
    ],
    heads: "",
};

/// The zero-width joiner of the plural folds away, so that it stands written together.
pub(super) const PERSIAN: Grammar = Grammar {
    tag: "fa",
    script: Script::Arabic,
    adjective: "",
    rules: &[
        Rule("ه", "ه ها های هایی ای یی ی"),
        Rule("ها", "ها های هایی _ ی"),
        Rule("های", "های ها هایی ی _"),
        Rule("ی", "ی یها یهای یان ی‌ها"),
        Rule("", "_ ی ها های هایی ان یان ای یی ش شان"),
    ],
    heads: "",
};

pub(super) const URDU: Grammar = Grammar { tag: "ur", ..PERSIAN };

pub(super) const SORANI: Grammar = Grammar {
    tag: "ckb",
    script: Script::Arabic,
    adjective: "",
    rules: &[Rule("", "_ ی دا ەکان ەکانی یی یە وە ان انی ە یەکان")],
    heads: "",
};

pub(super) const HEBREW: Grammar = Grammar {
    tag: "he",
    script: Script::Hebrew,
    adjective: "",
    rules: &[
        Rule("ים", "ים י ית יים יות"),
        Rule("ה", "ה ת +ות +תו"),
        Rule("י", "י ים ית יים יות"),
        Rule("", "_ י ית ים יים יות +ו +ם"),
    ],
    heads: "",
};

pub(super) const GREEK: Grammar = Grammar {
    tag: "el",
    script: Script::Greek,
    adjective: "ος η ο ου ης ον ην οι ες α ων ους",
    rules: &[
        Rule("ος", "ος ου ο ον ε οι ων ους η ης ην α ες ικ*"),
        Rule("ας", "ας α αν ες ων"),
        Rule("ης", "ης η ην ες ων"),
        Rule("ους", "ους ου ων"),
        Rule("οι", "οι ων ους ος ου ο"),
        Rule("ες", "ες ων α ας η ης εις"),
        Rule("εις", "εις εων η ης"),
        Rule("α", "α ας αν ες ων ος ου ικ*"),
        Rule("η", "η ης ην ες εις ων εων"),
        Rule("ο", "ο ου ων α ος ον"),
        Rule("ι", "ι ιου ια ιων"),
        Rule("", "_ ς ικ*"),
    ],
    heads: "",
};

pub(super) const ARMENIAN: Grammar = Grammar {
    tag: "hy",
    script: Script::Armenian,
    adjective: "",
    rules: &[Rule("", "_ ը ի ին ում ից ով ն ներ ների ներին ները յան յի")],
    heads: "",
};

pub(super) const GEORGIAN: Grammar = Grammar {
    tag: "ka",
    script: Script::Georgian,
    adjective: "",
    rules: &[
        Rule("ი", "ი ის ს მა ში ზე იდან ით ად თან ისთვის ები ების ელი"),
        Rule("ა", "ა ას ის მ აში აზე იდან ით ათან"),
        Rule("", "_ ს ის მ ში ზე დან თან ით ად ი"),
    ],
    heads: "",
};

/// Particles, and the nouns that are written on to a name.
pub(super) const KOREAN: Grammar = Grammar {
    tag: "ko",
    script: Script::Hangul,
    adjective: "",
    rules: &[Rule(
        "",
        "_ 이 가 은 는 을 를 의 에 에서 에게 으로 로 와 과 도 만 까지 부터 이나 나 라고 이라고 측 군 계 내 산 시 항 주 행 발 인 들 \
         에는 에서는 에도 으로는 로는 과의 와의 에서의 측은 측이 군이 군은 군의 항에 항에서 시에 시에서 이라는 라는 란 \
         보다 처럼 에게서 만이 만을 이다 였다 이었다 로부터 으로부터 에서만 이자 제 산의 조차 마저 라며 이라며 지구 지구의 지구에 지구에서 지역 \
         지역의 지역에서 측에 군에 군과",
    )],
    heads: "반도 반군 군 정부 정부군 대원 부대 여단 대대 연대 병사 지도부 지도자 대변인 사령관 무장세력 조직",
};
