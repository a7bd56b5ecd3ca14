//! Ages over 89.

#![allow(clippy::unnecessary_wraps, reason = "every judge of a rule can refuse")]

use super::Kind;
use super::rule::{Hit, Rule, Verdict};
use super::words::{next_word, unit_follows, word_before};

pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: Kind::Age,
        why: "an age over 89",
        needs: "90",
        pattern: r"(?i)\b(?P<v>9[0-9]|1[0-2][0-9])[ -]?(?:y(?:ea)?rs?[ -]?(?:old|of age)|y[./]?o[mf]?\b|yrs?\b|years?\b|y\b|year-old)",
        judge: age_with_unit,
    },
    Rule {
        kind: Kind::Age,
        why: "an age over 89",
        needs: "90",
        pattern: r"\b(?i:who|she|he|pt|patient|mother|father|mom|dad|grandmother|grandfather) (?:is|was|just turned|turned|turns|will be) (?P<v>9[0-9]|1[01][0-9])\b",
        judge: age_of_somebody,
    },
    Rule {
        kind: Kind::Age,
        why: "an age over 89",
        needs: "age aged ages +90",
        pattern: r"(?i)\bage[ds]?\b(?: of| is)?[ :=>]*(?P<v>9[0-9]|1[0-2][0-9])\b",
        judge: |hit| {
            let unit = next_word(hit.text, hit.value.end).to_lowercase();
            let years = matches!(unit.as_str(), "y" | "yo" | "yr" | "yrs" | "year" | "years");
            let average = matches!(
                word_before(hit.text, hit.start()).as_str(),
                "mean" | "median" | "average" | "maximum" | "max"
            );
            if average
                || hit.text[hit.start()..hit.value.start].contains('>')
                || !years && unit_follows(hit.text, hit.value.end)
            {
                None
            } else {
                over_89(hit)
            }
        },
    },
    Rule {
        kind: Kind::Age,
        why: "an age over 89",
        needs: "m f +90",
        pattern: r"\b(?P<v>9[0-9]|1[01][0-9])(?:(?P<f>[Ff])|/?[MFmf]|/[MFmf])\b",
        judge: age_with_sex,
    },
    Rule {
        kind: Kind::Age,
        why: "an age over 89",
        needs: "ninety hundred",
        pattern: r"(?i)\b(?P<v>ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|(?:one|a) hundred(?: and [a-z]+)?)[ -](?:year|yr|yo\b)",
        judge: over_89,
    },
];

/// A number of years after which survival or follow-up is meant, not somebody's age.
fn age_with_unit(hit: &Hit<'_>) -> Option<Verdict> {
    let whole = hit.caps.get_match();
    let bare = hit.text[hit.value.end..whole.end()].trim_start_matches([' ', '-']).to_lowercase();
    if matches!(bare.as_str(), "y" | "yr" | "yrs" | "year" | "years") {
        let after = hit.text[whole.end()..].trim_start_matches(' ');
        let next = next_word(hit.text, whole.end()).to_lowercase();
        let person = matches!(
            next.as_str(),
            "m" | "f" | "male" | "female" | "man" | "woman" | "lady" | "gentleman" | "pt" | "w" | "with"
        );
        let ends = after.is_empty()
            || after.starts_with([',', ';', ')', '\n', '!'])
            || after.starts_with('.') && bare != "years";
        let before = word_before(hit.text, hit.value.start);
        if !(person || ends) || matches!(before.as_str(), "ci" | "at" | "in" | "over" | "after" | "for") {
            return None;
        }
    }
    let decimal = hit.text[..hit.value.start].ends_with(['.', '-', '/']);
    if decimal { None } else { over_89(hit) }
}

/// "who was 93", but not "she is 92% saturated".
fn age_of_somebody(hit: &Hit<'_>) -> Option<Verdict> {
    let after = &hit.text[hit.value.end..];
    let goes_on = after.starts_with(['.', '/', '-']) && after[1..].starts_with(|c: char| c.is_ascii_digit());
    if goes_on || unit_follows(hit.text, hit.value.end) { None } else { over_89(hit) }
}

/// "93M" and "96F", but not a temperature or a catheter.
fn age_with_sex(hit: &Hit<'_>) -> Option<Verdict> {
    let before = &hit.text[..hit.value.start];
    let warm = matches!(
        word_before(hit.text, hit.value.start).as_str(),
        "t" | "temp" | "tmax" | "temperature" | "fever" | "to" | "of" | "at"
    );
    if before.ends_with(['.', '-', '/', '$', 'x']) || (warm && !hit.group("f").is_empty()) {
        None
    } else {
        over_89(hit)
    }
}

/// The band that Safe Harbor allows, in a form that fits every way to write an age.
pub(super) fn over_89(hit: &Hit<'_>) -> Option<Verdict> {
    if hit.text[hit.value.end..].starts_with('+') { None } else { hit.replaced("90+", "over 89") }
}
