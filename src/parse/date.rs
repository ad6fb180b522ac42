//! Dates in every form that publishers give them.
//!
//! There is one reader for all of them: it cuts a date into numbers, words and signs, takes out the time, the zone and
//! the month's name, and sees what the numbers that are left can be. A date without a zone is taken for UTC.

mod names;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

/// No date is longer.
const MAX_DATE_CHARS: usize = 100;
/// Two-digit years below this are of this century.
const CENTURY_PIVOT: i64 = 70;

/// The moment that `text` names, if it names one.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    // Nearly all dates have one of two forms, and jiff reads these faster.
    if let Some(moment) = quick(text) {
        return Some(moment);
    }
    let tokens = tokens(text);
    let time_at = tokens.iter().enumerate().position(|(at, _)| is_time(&tokens, at));
    let (before, after) = tokens.split_at(time_at.unwrap_or(tokens.len()));
    let (time, rest) = match time_at {
        Some(_) => clock(after)?,
        None => (Clock::default(), after),
    };
    let (zone, rest) = zone(rest);
    let half = before.iter().chain(rest).find_map(Token::half_of_day);
    let date = calendar(before, rest)?;
    let (time, next_day) = time.at(half)?;
    let date = if next_day { date.tomorrow().ok()? } else { date };
    if let Some(unix) = (time_at.is_none() && zone.is_none()).then(|| unix(&tokens)).flatten() {
        return Some(unix);
    }
    Offset::from_seconds(zone.unwrap_or(0)).ok()?.to_timestamp(DateTime::from_parts(date, time)).ok()
}

fn quick(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.as_bytes().first()?.is_ascii_digit() && text.as_bytes().get(4) == Some(&b'-') {
        let moment: Timestamp = text.parse().ok()?;
        return Timestamp::from_second(moment.as_second()).ok();
    }
    let parser = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
    parser.parse_timestamp(text).ok()
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number { value: i64, len: usize },
    Word(String),
    Sign(char),
}

impl Token {
    fn number(&self) -> Option<(i64, usize)> {
        match self {
            Token::Number { value, len } => Some((*value, *len)),
            _ => None,
        }
    }

    fn word(&self) -> Option<&str> {
        match self {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    fn is(&self, sign: char) -> bool {
        *self == Token::Sign(sign)
    }

    /// Whether this is "pm" (`true`) or "am" (`false`).
    fn half_of_day(&self) -> Option<bool> {
        match self.word()? {
            "pm" | "p" | "오후" | "μμ" | "下午" | "午後" => Some(true),
            "am" | "a" | "오전" | "πμ" | "上午" | "午前" => Some(false),
            _ => None,
        }
    }
}

/// Numbers, lower-case words and signs; blanks only separate.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut joined = false;
    for c in text.trim().chars().take(MAX_DATE_CHARS).flat_map(char::to_lowercase) {
        let last = tokens.last_mut().filter(|_| joined);
        joined = true;
        match (digit(c), last) {
            (Some(digit), Some(Token::Number { value, len })) if *len < 18 => {
                *value = *value * 10 + digit;
                *len += 1;
            }
            (Some(digit), _) => tokens.push(Token::Number { value: digit, len: 1 }),
            (None, Some(Token::Word(word))) if c.is_alphabetic() => word.push(c),
            (None, _) if c.is_alphabetic() => tokens.push(Token::Word(c.to_string())),
            (None, _) if c.is_whitespace() => joined = false,
            // A mark on a letter belongs to it; a dot ends an abbreviation.
            (None, Some(Token::Word(_))) if matches!(c, '\u{300}'..='\u{36f}' | '.') => {}
            (None, _) => tokens.push(Token::Sign(c)),
        }
    }
    tokens
}

fn digit(c: char) -> Option<i64> {
    let value = match c {
        '0'..='9' => u32::from(c) - u32::from('0'),
        '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
        '\u{6f0}'..='\u{6f9}' => u32::from(c) - 0x6f0,
        _ => return None,
    };
    Some(i64::from(value))
}

/// A time starts where a colon follows a number, or a number follows the `T` of ISO 8601.
fn is_time(tokens: &[Token], at: usize) -> bool {
    let Some((_, len)) = tokens[at].number() else { return false };
    let colon = tokens.get(at + 1).is_some_and(|next| next.is(':'));
    let after_t = at > 0 && tokens[at - 1].word() == Some("t");
    len <= 6 && (colon && len <= 2 || after_t)
}

/// Hour, minute and second as written. Fractions do not matter to news.
#[derive(Debug, Clone, Copy, Default)]
struct Clock {
    hour: i64,
    minute: i64,
    second: i64,
}

impl Clock {
    /// The time of day, and whether it is that of the next day: 24:00 is.
    fn at(self, afternoon: Option<bool>) -> Option<(Time, bool)> {
        let hour = match afternoon {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let next_day = hour == 24;
        let hour = if next_day { 0 } else { hour };
        // A leap second is the last second of its minute.
        let second = if self.second == 60 { 59 } else { self.second };
        let part = |value: i64| i8::try_from(value).ok();
        Some((Time::new(part(hour)?, part(self.minute)?, part(second)?, 0).ok()?, next_day))
    }
}

/// Reads the time at the start of `tokens`, and gives what follows.
fn clock(tokens: &[Token]) -> Option<(Clock, &[Token])> {
    let (value, len) = tokens.first()?.number()?;
    let mut rest = &tokens[1..];
    let mut clock = Clock { hour: value, ..Clock::default() };
    match len {
        6 => clock = Clock { hour: value / 10_000, minute: value / 100 % 100, second: value % 100 },
        3 | 4 => clock = Clock { hour: value / 100, minute: value % 100, ..Clock::default() },
        _ => {
            if let [Token::Sign(':'), Token::Number { value, .. }, after @ ..] = rest {
                clock.minute = *value;
                rest = after;
            }
            if let [Token::Sign(':' | '.'), Token::Number { value, len: 1..=2 }, after @ ..] = rest {
                clock.second = *value;
                rest = after;
            }
        }
    }
    if let [Token::Sign('.' | ',' | ':'), Token::Number { .. }, after @ ..] = rest {
        rest = after;
    }
    Some((clock, rest))
}

/// Reads the zone in `tokens`, which follow a time: seconds east of Greenwich. Gives what follows.
fn zone(tokens: &[Token]) -> (Option<i32>, &[Token]) {
    let numeric = |at: usize| match &tokens[at..] {
        [Token::Sign(sign @ ('+' | '-' | '−' | '–')), Token::Number { value, len }, rest @ ..] => {
            offset(*sign == '+', *value, *len, rest)
        }
        _ => None,
    };
    let starts = tokens.iter().take(4).enumerate();
    for (at, token) in starts {
        if let Some((seconds, used)) = numeric(at) {
            return (Some(seconds), &tokens[at + used..]);
        }
        let Some(seconds) = token.word().and_then(names::zone) else { continue };
        // "GMT+2" is not Greenwich's time.
        return match (at + 1 < tokens.len()).then(|| numeric(at + 1)).flatten() {
            Some((more, used)) => (Some(seconds + more), &tokens[at + 1 + used..]),
            None => (Some(seconds), &tokens[at + 1..]),
        };
    }
    (None, tokens)
}

fn offset(east: bool, value: i64, len: usize, rest: &[Token]) -> Option<(i32, usize)> {
    let (hours, minutes, used) = match (len, rest) {
        (1 | 2, [Token::Sign(':'), Token::Number { value: minutes, .. }, ..]) => (value, *minutes, 4),
        (1 | 2, _) => (value, 0, 2),
        (3 | 4, _) => (value / 100, value % 100, 2),
        _ => return None,
    };
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    (hours <= 24 && minutes < 60).then_some((if east { seconds } else { -seconds }, used))
}

/// The day that the tokens around a time name.
fn calendar(before: &[Token], after: &[Token]) -> Option<Date> {
    // Weekdays of some languages look like months of others, and stand first; zones look like months, and stand last.
    let month = |tokens: &[Token]| tokens.iter().filter_map(|token| names::month(token.word()?)).next_back();
    let all = || before.iter().chain(after);
    let numbers: Vec<(i64, usize)> = all().filter_map(Token::number).collect();
    if let Some(month) = month(before).or_else(|| month(after)) {
        return match numbers.as_slice() {
            [(year, 4..), (day, _), ..] | [(day, _), (year, 4..), ..] => ymd(*year, month, *day),
            [(day, _), (year, _), ..] => ymd(century(*year), month, *day),
            [(year, 4)] => ymd(*year, month, 1),
            _ => None,
        };
    }
    match numbers.as_slice() {
        [(year, 4), (day, 3), ..] => ordinal(*year, *day),
        [(year, 4), (month, _), (day, _), ..] => ymd(*year, *month, *day),
        [(a, 1..=2), (b, 1..=2), (year, len), ..] => {
            let year = if *len <= 2 { century(*year) } else { *year };
            let dotted = all().any(|token| token.is('.'));
            let short_iso = *len <= 2 && all().any(|token| token.is('-'));
            match (*a, *b) {
                _ if short_iso && *a > 12 => ymd(century(*a), *b, numbers[2].0),
                (day, month) if dotted || day > 12 => ymd(year, month, day),
                (month, day) => ymd(year, month, day),
            }
        }
        [(year, 4), (month, _)] => ymd(*year, *month, 1),
        [(year, 4)] => ymd(*year, 1, 1),
        [(date, 8), ..] => ymd(date / 10_000, date / 100 % 100, date % 100),
        [(date, 7)] => ordinal(date / 1000, date % 1000),
        [(_, 9 | 10 | 13)] => Some(Date::constant(1970, 1, 1)),
        _ => None,
    }
}

fn century(year: i64) -> i64 {
    match year {
        0..CENTURY_PIVOT => year + 2000,
        CENTURY_PIVOT..100 => year + 1900,
        // Years since 1900, as some C programs print them.
        100..200 => year + 1900,
        _ => year,
    }
}

fn ymd(year: i64, month: i64, day: i64) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn ordinal(year: i64, day: i64) -> Option<Date> {
    let first = ymd(year, 1, 1)?;
    first.with().day_of_year(i16::try_from(day).ok()?).build().ok()
}

/// Seconds or milliseconds since 1970.
fn unix(tokens: &[Token]) -> Option<Timestamp> {
    match tokens {
        [Token::Number { value, len: 9 | 10 }] => Timestamp::from_second(*value).ok(),
        [Token::Number { value, len: 13 }] => Timestamp::from_millisecond(*value).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
