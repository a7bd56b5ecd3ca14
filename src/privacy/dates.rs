//! Dates with more than a year.

#![allow(clippy::unnecessary_wraps, reason = "every judge of a rule can refuse")]

use super::Kind;
use super::rule::{Hit, Rule, Verdict};
use super::words::{next_word, unit_follows, word_before};

/// The months as people write them.
macro_rules! month {
    () => {
        r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
    };
}

pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: Kind::Date,
        why: "a date of birth",
        needs: "dob d date birth birthdate birthday born +9",
        pattern: r"(?i)\b(?:dob|d\.o\.b\.?|date of birth|birth ?date|birthday|born(?: on)?)[\s:=]*(?P<v>[0-9]{1,2}[-/. ][0-9]{1,2}(?:[-/. ](?:[0-9]{4}|[0-9]{2}))?|[0-9]{8}|(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2})\b",
        judge: |hit| hit.removed(),
    },
    Rule {
        kind: Kind::Date,
        why: "a date",
        needs: "9/ 9- 9.",
        pattern: r"\b(?P<y>(?:19|20)[0-9]{2})[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12][0-9]|3[01])\b",
        judge: dated,
    },
    Rule {
        kind: Kind::Date,
        why: "a date",
        needs: "9/ 9- 9.",
        pattern: r"\b(?P<a>[0-9]{1,2})(?:/(?P<b>[0-9]{1,2})/|-(?P<c>[0-9]{1,2})-|\.(?P<d>[0-9]{1,2})\.)(?P<y>(?:19|20)[0-9]{2}|[0-9]{2})\b",
        judge: three_numbers,
    },
    Rule {
        kind: Kind::Date,
        why: "a date",
        needs: "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov november dec december +9",
        pattern: concat!(
            r"(?i)\b(?P<n>[0-9]{1,2})(?:st|nd|rd|th)?(?: of)?[ -](?P<m>",
            month!(),
            r")\b\.?(?:,?[ -]?(?P<y>(?:19|20)[0-9]{2})\b|[ -]'?(?P<s>[0-9]{2})\b)?"
        ),
        judge: month_and_day,
    },
    Rule {
        kind: Kind::Date,
        why: "a date",
        needs: "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov november dec december +9",
        pattern: concat!(
            r"(?i)\b(?P<m>",
            month!(),
            r")\.?,? (?:the )?(?P<n>[0-9]{1,2})(?:st|nd|rd|th)?\b(?:,? (?P<y>(?:19|20)[0-9]{2})\b)?"
        ),
        judge: month_and_day,
    },
    Rule {
        kind: Kind::Date,
        why: "a month with its year",
        needs: "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov november dec december +9999",
        pattern: concat!(r"(?i)\b(?P<m>", month!(), r")\.?,? (?:of )?(?P<y>(?:19|20)[0-9]{2})\b"),
        judge: month_and_year,
    },
    Rule {
        kind: Kind::Date,
        why: "a month with its year",
        needs: "9/",
        pattern: r"\b(?:0?[1-9]|1[0-2])/(?P<y>(?:19|20)[0-9]{2})\b",
        judge: |hit| {
            let part = hit.text[..hit.value.start].ends_with(['/', '.', '-']);
            if part || unit_follows(hit.text, hit.value.end) { None } else { dated(hit) }
        },
    },
    Rule {
        kind: Kind::Date,
        why: "a month",
        needs: "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov november dec december",
        pattern: concat!(
            r"(?i)\b(?:in|since|last|this|until|by|early|late|mid|from|during|before|of)[ -](?P<v>",
            month!(),
            r")\b"
        ),
        judge: month_alone,
    },
    Rule {
        kind: Kind::Date,
        why: "a date",
        needs: "9/",
        pattern: r"(?i)\b(?:on|since|from|until|till|by|admit|admitted|admission|adm|d/c|d/c'd|dc|discharged?|seen|dated?|done|back|repeat|tonight|today|yesterday|last|mon|tue|tues|wed|thu|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|scanned|ct|mri|xr|cxr|us|egd|seen|visit|surgery|surg|perf|performed|fell|fall|started|onset|began|clinic|called|came|presented|arrived|died|expired|mvc|mva|injury|crash|again|returned|biopsied|extubated|intubated|transferred|operated|rtc|f/u|appt|appointment|scheduled|due|placed|removed|stopped|starting|through|stemi|stroke|neg|pos)[\s:(]{1,3}(?P<v>[0-9]{1,2}/[0-9]{1,2})\b",
        judge: two_numbers,
    },
    Rule {
        kind: Kind::Date,
        why: "a date",
        needs: "9/",
        pattern: r"\b(?P<v>(?:0[1-9]|1[0-2])/(?:0[1-9]|[12][0-9]|3[01]))\b",
        judge: padded,
    },
    Rule {
        kind: Kind::Date,
        why: "a date",
        needs: "9/",
        pattern: r"\b(?P<v>[0-9]{1,2}/[0-9]{1,2}) (?:EGD|CTA?|CTPA|MRI|MRA|US|CXR|XR|KUB|TTE|TEE|PET|LP|HIDA|ERCP|MRCP)\b",
        judge: two_numbers,
    },
    Rule {
        kind: Kind::Date,
        why: "a day of a month",
        needs: "th st nd rd",
        pattern: r"(?i)\b(?:on|from|since|until|by) the (?P<v>[0-9]{1,2}(?:st|nd|rd|th))\b",
        judge: ordinal,
    },
    Rule {
        kind: Kind::Date,
        why: "a holiday, which is a date",
        needs: "christmas thanksgiving new halloween labor memorial independence valentine valentines veterans fourth th easter ramadan",
        pattern: r"(?i)\b(?:christmas (?:eve|day)|thanksgiving(?: day)?|new year'?s (?:eve|day)|halloween night|(?:labor|memorial|independence|valentine'?s|veterans) day|(?:fourth|4th) of july|(?:on|at|since|before|after|over) (?P<v>christmas|easter|ramadan|halloween))\b",
        judge: |hit| {
            let next = next_word(hit.text, hit.value.end);
            if matches!(next, "tree" | "disease" | "factor") {
                None
            } else {
                hit.replaced("[date]", "take the date out")
            }
        },
    },
];

/// The date of a hit with its year kept: "on March 14, 2026" becomes "in 2026".
fn dated(hit: &Hit<'_>) -> Option<Verdict> {
    dated_to(hit, hit.value.end)
}

/// [`dated`], up to `end`.
fn dated_to(hit: &Hit<'_>, end: usize) -> Option<Verdict> {
    let before = &hit.text[..hit.value.start];
    let cue = word_before(hit.text, hit.value.start);
    let birth = matches!(cue.as_str(), "dob" | "birth" | "birthdate" | "birthday" | "born");
    let on = before.len() >= 3
        && before.is_char_boundary(before.len() - 3)
        && before[before.len() - 3..].eq_ignore_ascii_case("on ");
    let on = on && !before[..before.len() - 3].ends_with(char::is_alphanumeric);
    let span = if on { hit.value.start - 3..end } else { hit.value.start..end };
    if birth {
        return Some((span, super::Fix { replacement: "[removed]".to_owned(), label: "take it out" }));
    }
    let year = hit.group("y");
    let replacement = match (on, year.len() == 4) {
        (true, true) => format!("in {year}"),
        (false, true) => year.to_owned(),
        (true, false) => "one day".to_owned(),
        (false, false) => "[date]".to_owned(),
    };
    let label = if year.len() == 4 { "keep the year only" } else { "take the date out" };
    Some((span, super::Fix { replacement, label }))
}

pub(super) fn number(text: &str) -> u32 {
    text.parse().unwrap_or(0)
}

/// Whether two numbers can be a month and a day, in either order.
pub(super) fn month_day(a: u32, b: u32) -> bool {
    (1..=31).contains(&a) && (1..=31).contains(&b) && a.min(b) <= 12
}

fn three_numbers(hit: &Hit<'_>) -> Option<Verdict> {
    let before = &hit.text[..hit.value.start];
    let after = &hit.text[hit.value.end..];
    let longer = before.ends_with(['/', '.', '-']) || after.starts_with(['/', '-']);
    let dotted = after.strip_prefix('.').is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    let (a, year) = (number(hit.group("a")), hit.group("y"));
    let b = number(hit.group("b")).max(number(hit.group("c"))).max(number(hit.group("d")));
    // "10/20/40" is a choice of doses; "0.25.26" a version.
    let y = number(year);
    let doses = year.len() == 2 && a < b && b < y && [a, b, y].iter().all(|n| n.is_multiple_of(5));
    let cue = word_before(hit.text, hit.value.start);
    let led = matches!(
        cue.as_str(),
        "seen"
            | "surg"
            | "surgery"
            | "perf"
            | "performed"
            | "adm"
            | "admitted"
            | "dc"
            | "discharged"
            | "since"
            | "done"
            | "on"
            | "scanned"
            | "born"
    );
    let version = year.len() == 2 && !hit.group("d").is_empty() && !led;
    if longer || dotted || doses || version || !month_day(a, b) || unit_follows(hit.text, hit.value.end) {
        None
    } else {
        dated(hit)
    }
}

/// "may" is a verb, "mar" and "dec" abbreviate other things: those need their capital.
fn is_month(word: &str) -> bool {
    let lower = word.starts_with(|c: char| c.is_lowercase());
    word != "MAR" && !(lower && word == "may")
}

fn month_and_day(hit: &Hit<'_>) -> Option<Verdict> {
    let day = number(hit.group("n"));
    // A year of two digits, unless it is what comes next: "14 Mar 26 yo".
    let short = hit.caps.name("s");
    let end = match short {
        Some(s) if unit_follows(hit.text, s.end()) => s.start() - 1,
        _ => hit.value.end,
    };
    let counted = hit.group("y").is_empty() && short.is_none() && unit_follows(hit.text, end);
    let decimal = hit.text[..hit.value.start].ends_with(['.', '/']);
    let range = hit.text[hit.value.end..].starts_with(['/', '.'])
        && hit.text[hit.value.end + 1..].starts_with(|c: char| c.is_ascii_digit());
    if !is_month(hit.group("m")) || !(1..=31).contains(&day) || counted || decimal || range {
        None
    } else {
        dated_to(hit, end)
    }
}

/// Words about a text or a rule, not about a patient, near a month: "updated March 2023", "group II since April 2024".
const PUBLICATION: &[&str] = &[
    "updat",
    "publish",
    "guid",
    "version",
    "as of ",
    "revised",
    "effective",
    "checked",
    "edition",
    "recommend",
    "acr ",
    "acog",
    "aha",
    "esc ",
    "uspstf",
    "nice ",
    "fda ",
    "approved",
    "manual",
    "statement",
    "consensus",
];

fn of_publication(hit: &Hit<'_>) -> bool {
    let from = hit.text[..hit.start()].char_indices().rev().nth(60).map_or(0, |(i, _)| i);
    let rest = &hit.text[hit.value.end..];
    let to = hit.value.end + rest.char_indices().nth(60).map_or(rest.len(), |(i, _)| i);
    let near = hit.text[from..to].to_lowercase();
    PUBLICATION.iter().any(|w| near.contains(w))
}

fn month_and_year(hit: &Hit<'_>) -> Option<Verdict> {
    if of_publication(hit) {
        return None;
    }
    let (span, mut fix) = dated(hit)?;
    if span == hit.value {
        return Some((span, fix));
    }
    fix.replacement = format!("in {}", hit.group("y"));
    Some((span, fix))
}

fn month_alone(hit: &Hit<'_>) -> Option<Verdict> {
    let found = hit.found();
    let capital = found.starts_with(|c: char| c.is_uppercase());
    let long = found.len() > 4 && !found.eq_ignore_ascii_case("march");
    let next = next_word(hit.text, hit.value.end).to_lowercase();
    let verb = matches!(next.as_str(), "fracture" | "fractures" | "be" | "have" | "need" | "not");
    // "since yesterday in January" tells the season.
    let season =
        matches!(word_before(hit.text, hit.start()).as_str(), "yesterday" | "today" | "season" | "peak" | "peaks");
    let joined = hit.text[hit.value.end..].starts_with(['-', '/', '\'']);
    if !(capital || long) || found.chars().all(char::is_uppercase) || verb || season || joined || of_publication(hit) {
        None
    } else {
        hit.replaced("[date]", "take the date out")
    }
}

/// What can be a month and a day, but is more often a fraction, a dose or a grade.
fn two_numbers(hit: &Hit<'_>) -> Option<Verdict> {
    let (a, b) = hit.found().split_once('/')?;
    let (a, b) = (number(a), number(b));
    let after = &hit.text[hit.value.end..];
    let longer = after.starts_with(['/', '.']) && after[1..].starts_with(|c: char| c.is_ascii_digit());
    let next = next_word(hit.text, hit.value.end).to_lowercase();
    let counted = unit_follows(hit.text, hit.value.end)
        || matches!(next.as_str(), "to" | "power" | "murmur" | "systolic" | "pain");
    let cue = word_before(hit.text, hit.value.start);
    // After a study a fraction is as likely as a date, unless no scale goes that far.
    let weak = matches!(
        cue.as_str(),
        "ct" | "mri"
            | "xr"
            | "cxr"
            | "us"
            | "neg"
            | "pos"
            | "egd"
            | "last"
            | "repeat"
            | "by"
            | "from"
            | "again"
            | "due"
            | "stemi"
            | "stroke"
            | "injury"
            | "started"
            | "f/u"
            | "through"
            | "called"
            | "perf"
    );
    let scale = matches!(b, 2..=8 | 10 | 12) && a <= b && weak && hit.start() < hit.value.start;
    if longer || counted || scale || !month_day(a, b) { None } else { dated(hit) }
}

/// "03/14": nobody pads a fraction.
fn padded(hit: &Hit<'_>) -> Option<Verdict> {
    let before = &hit.text[..hit.value.start];
    let after = &hit.text[hit.value.end..];
    let longer = before.ends_with(['/', '.', '-', '+'])
        || after.starts_with(['/', '-', '.']) && after[1..].starts_with(|c: char| c.is_ascii_digit());
    let zero = hit.found().starts_with('0') || hit.found().contains("/0");
    let over = number(&hit.found()[3..]) > 12 && after.trim_start().starts_with(':');
    if longer || !(zero || over) || unit_follows(hit.text, hit.value.end) { None } else { dated(hit) }
}

fn ordinal(hit: &Hit<'_>) -> Option<Verdict> {
    let after = &hit.text[hit.value.end..];
    let next = next_word(hit.text, hit.value.end).to_lowercase();
    let ends = after.trim_start_matches(' ').is_empty()
        || after.trim_start_matches(' ').starts_with(['.', ',', ';', '\n', ')']);
    let goes_on = matches!(
        next.as_str(),
        "showed" | "shows" | "was" | "and" | "at" | "with" | "for" | "he" | "she" | "the" | "pt"
    );
    let day = hit.found().trim_end_matches(char::is_alphabetic);
    if (ends || goes_on) && (1..=31).contains(&number(day)) {
        hit.replaced("[date]", "take the date out")
    } else {
        None
    }
}
