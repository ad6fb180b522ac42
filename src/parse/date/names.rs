//! Names of months and zones.

/// How the names of a month begin, in lower case: English first, then the languages of the feeds that were seen.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen", "янв", "січ", "ιαν", "oca", "sty", "led", "يناير", "كانون الثاني"],
    &["feb", "fév", "fev", "фев", "лют", "φεβ", "şub", "lut", "úno", "فبراير"],
    &["mar", "mär", "mrz", "maa", "már", "мар", "бер", "μαρ", "μάρ", "مارس"],
    &["apr", "avr", "abr", "ápr", "апр", "кві", "απρ", "nis", "kwi", "dub", "أبريل", "ابريل"],
    &["may", "mai", "mei", "mag", "maj", "máj", "май", "мая", "тра", "μαι", "μαΐ", "μάι", "μαϊ", "مايو"],
    &["jun", "juin", "giu", "jún", "июн", "чер", "ιουν", "ιούν", "haz", "cze", "يونيو"],
    &["jul", "juil", "lug", "júl", "июл", "лип", "ιουλ", "ιούλ", "tem", "lip", "يوليو"],
    &["aug", "aou", "aoû", "ago", "авг", "сер", "αυγ", "αύγ", "ağu", "sie", "srp", "أغسطس"],
    &["sep", "set", "szep", "сен", "вер", "σεπ", "eyl", "wrz", "zář", "سبتمبر"],
    &["oct", "okt", "ott", "out", "окт", "жов", "οκτ", "eki", "paź", "říj", "أكتوبر"],
    &["nov", "ноя", "νοε", "νοέ", "kas", "lis", "نوفمبر"],
    &["dec", "déc", "dez", "des", "dic", "дек", "гру", "δεκ", "ara", "gru", "pro", "ديسمبر"],
];

/// Zones by name, in minutes east of Greenwich. Where a name means several, North America's is meant, as in RFC 822.
#[rustfmt::skip]
const ZONES: &[(&str, i32)] = &[
    ("z", 0), ("ut", 0), ("utc", 0), ("gmt", 0), ("wet", 0), ("zulu", 0), ("est", -300), ("edt", -240), ("cst", -360),
    ("cdt", -300), ("mst", -420), ("mdt", -360), ("pst", -480), ("pdt", -420), ("et", -300), ("ct", -360),
    ("mt", -420), ("pt", -480), ("ast", -240), ("adt", -180), ("nst", -210), ("ndt", -150), ("akst", -540),
    ("akdt", -480), ("hst", -600), ("art", -180), ("brt", -180), ("bst", 60), ("west", 60), ("cet", 60), ("met", 60),
    ("mez", 60), ("cest", 120), ("mest", 120), ("mesz", 120), ("eet", 120), ("sast", 120), ("cat", 120),
    ("eest", 180), ("msk", 180), ("eat", 180), ("trt", 180), ("msd", 240), ("gst", 240), ("irst", 210), ("pkt", 300),
    ("ist", 330), ("npt", 345), ("ict", 420), ("wib", 420), ("sgt", 480), ("hkt", 480), ("awst", 480), ("pht", 480),
    ("jst", 540), ("kst", 540), ("acst", 570), ("acdt", 630), ("aest", 600), ("aedt", 660), ("nzst", 720),
    ("nzdt", 780),
];

/// The month whose name this is, from 1.
pub(super) fn month(word: &str) -> Option<i64> {
    let position = MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)));
    position.and_then(|at| i64::try_from(at + 1).ok())
}

/// The zone of this name, in seconds east of Greenwich.
pub(super) fn zone(word: &str) -> Option<i32> {
    ZONES.iter().find(|(name, _)| *name == word).map(|(_, minutes)| minutes * 60)
}
