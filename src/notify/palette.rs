//! Colours of mails, by day and by night: all text on its ground has the contrast that WCAG 2.2 AA asks for (1.4.3).

/// The colours of one appearance, as `#rrggbb`.
pub(super) struct Palette {
    /// The page.
    pub(super) ground: &'static str,
    /// What is read first.
    pub(super) text: &'static str,
    /// What is read after that.
    pub(super) quiet: &'static str,
    /// Links.
    pub(super) link: &'static str,
    /// The ground of matched words.
    pub(super) mark: &'static str,
    /// The ground of commands.
    pub(super) code: &'static str,
    /// Lines between parts; nothing is read on it.
    pub(super) rule: &'static str,
}

/// By day; written at each element, for clients that read nothing else.
pub(super) const DAY: Palette = Palette {
    ground: "#ffffff",
    text: "#1c1e21",
    quiet: "#565d66",
    link: "#0b57d0",
    mark: "#ffe58a",
    code: "#f1f3f5",
    rule: "#d9dce1",
};

/// By night; in the style sheet, for clients that prefer it.
pub(super) const NIGHT: Palette = Palette {
    ground: "#16181c",
    text: "#e8eaed",
    quiet: "#a8b0ba",
    link: "#8ab4f8",
    mark: "#4d3b00",
    code: "#24282e",
    rule: "#3a3f47",
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("hexadecimal")) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn everything_can_be_read_by_day_and_by_night() {
        for Palette { ground, text, quiet, link, mark, code, .. } in [DAY, NIGHT] {
            for (ink, paper) in
                [(text, ground), (quiet, ground), (link, ground), (text, mark), (link, mark), (text, code)]
            {
                let (ink, paper) = (luminance(ink), luminance(paper));
                let contrast = (ink.max(paper) + 0.05) / (ink.min(paper) + 0.05);
                assert!(contrast >= 4.5, "{contrast:.2}");
            }
        }
    }
}
