//! What a text says a second time in fewer words: a name without its title, a date without its cue.

use super::dates::{month_day, number};
use super::words::{is_common, is_eponym, thing_follows, unit_follows};
use super::{Finding, Fix, Kind};
use regex::Regex;
use std::collections::HashSet;
use std::sync::LazyLock;

/// An age in brackets right behind a name: "Rosa (97)".
static BRACKETED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^,? \(?(9[0-9]|1[01][0-9])[),]").expect("a pattern of ours"));

/// Ages over 89 that only the name before them shows as ages.
pub(super) fn ages(text: &str, claims: &mut Vec<(usize, Finding)>) {
    let ends: Vec<usize> = claims.iter().filter(|(_, f)| f.kind == Kind::Name).map(|(_, f)| f.span.end).collect();
    for end in ends {
        if let Some(age) = BRACKETED.captures(&text[end..]).and_then(|c| c.get(1)) {
            let fix = Some(Fix { replacement: "90+".to_owned(), label: "over 89" });
            let span = end + age.start()..end + age.end();
            claims.push((usize::MAX, Finding { span, kind: Kind::Age, why: "an age over 89", fix }));
        }
    }
}

/// A name told once is a name wherever it stands again: "Mr. Jones ... Jones is stable".
pub(super) fn names(text: &str, claims: &mut Vec<(usize, Finding)>) {
    let mut told: HashSet<&str> = HashSet::new();
    for (_, finding) in claims.iter().filter(|(_, f)| f.kind == Kind::Name) {
        let words = text[finding.span.clone()].split(|c: char| !(c.is_alphabetic() || matches!(c, '\'' | '-' | '.')));
        told.extend(words.filter(|w| {
            let word = w.trim_end_matches('.');
            let initials = w.matches('.').count() == 2 && w.len() <= 5;
            let long = word.chars().count() > 2
                && word.starts_with(char::is_uppercase)
                && !is_common(word)
                && !is_eponym(word);
            initials || long && !TITLES.contains(&word)
        }));
    }
    if told.is_empty() {
        return;
    }
    let mut start = 0;
    for piece in text.split_inclusive(|c: char| !(c.is_alphabetic() || matches!(c, '\'' | '-' | '.'))) {
        let word = piece.trim_end_matches(|c: char| !(c.is_alphabetic() || c == '.'));
        let word = word.strip_suffix("'s").unwrap_or(word);
        let bare = if told.contains(word) { word } else { word.trim_end_matches('.') };
        let span = start..start + bare.len();
        start += piece.len();
        if told.contains(bare) && !thing_follows(text, span.end) {
            let fix = Some(Fix { replacement: "[name]".to_owned(), label: "take the name out" });
            claims.push((usize::MAX, Finding { span, kind: Kind::Name, why: "a name told before", fix }));
        }
    }
}

/// Words of the titles, which are no names when they stand again.
const TITLES: &[&str] = &[
    "Mrs",
    "Miss",
    "Drs",
    "Prof",
    "Professor",
    "Mister",
    "Madam",
    "Sgt",
    "Cpl",
    "Capt",
    "Col",
    "Rev",
    "Pastor",
    "Rabbi",
    "Imam",
    "Nurse",
    "Señora",
    "Señor",
    "Sra",
    "Herr",
    "Frau",
    "Mme",
    "Monsieur",
    "Doctor",
    "Patient",
];

/// Two numbers that can be a month and a day.
static TWO: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?-u:\b)([0-9]{1,2})/([0-9]{1,2})(?-u:\b)").expect("a pattern of ours"));

/// Who writes one date as two numbers writes others so: "seen 2/11 and again 2/18".
pub(super) fn dates(text: &str, claims: &mut Vec<(usize, Finding)>) {
    let short =
        |f: &Finding| f.kind == Kind::Date && f.span.len() <= 8 && text[f.span.clone()].matches('/').count() == 1;
    if !claims.iter().any(|(_, f)| short(f)) {
        return;
    }
    for caps in TWO.captures_iter(text) {
        let whole = caps.get_match();
        let (a, b) = (number(&caps[1]), number(&caps[2]));
        let apart = |c: char| c.is_ascii_digit() || matches!(c, '/' | '.' | '+');
        let part = text[..whole.start()].ends_with(apart) || text[whole.end()..].starts_with(['/', '+']);
        let scale = matches!(b, 2..=8 | 10 | 12) && a <= b;
        if !part && !scale && month_day(a, b) && !unit_follows(text, whole.end()) {
            let fix = Some(Fix { replacement: "[date]".to_owned(), label: "take the date out" });
            claims.push((
                usize::MAX,
                Finding { span: whole.range(), kind: Kind::Date, why: "a date like one before", fix },
            ));
        }
    }
}
