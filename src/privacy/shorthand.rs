//! How students write in a hurry: ages, numbers, rooms and handles in as few signs as go.

#![allow(clippy::unnecessary_wraps, reason = "every judge of a rule can refuse")]

use super::Kind;
use super::ages::over_89;
use super::rule::{Hit, Rule, Verdict};
use super::words::{is_acronym, is_common, next_word, unit_follows, word_before};

/// Ninety and more in words.
macro_rules! ninety {
    () => {
        r"(?:ninety(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|(?:one|a) hundred(?: and [a-z]+)?)"
    };
}

pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: Kind::Age,
        why: "an age over 89",
        needs: "m f +90",
        pattern: r"\b(?P<v>9[0-9]|10[0-9])[ ](?P<s>[MF])\b",
        judge: before_sex,
    },
    Rule {
        kind: Kind::Age,
        why: "an age over 89",
        needs: "m f +90",
        pattern: r"\b[MF][ /]?(?P<v>9[0-9]|10[0-9])\b",
        judge: behind_sex,
    },
    Rule {
        kind: Kind::Age,
        why: "an age over 89",
        needs: "turned turns turning +90",
        pattern: r"(?i)\b(?:turned|turns|turning) (?P<v>9[0-9]|1[01][0-9])\b",
        judge: |hit| if counted(hit) { None } else { over_89(hit) },
    },
    Rule {
        kind: Kind::Age,
        why: "an age over 89",
        needs: "s nineties",
        pattern: r"(?i)\b(?:her|his|their) (?:(?:early|mid|late)[ -])?(?P<v>90'?s|nineties)\b",
        // A question is none yet: "in her 90s? no: 80s".
        judge: |hit| if hit.text[hit.value.end..].starts_with('?') { None } else { over_89(hit) },
    },
    Rule {
        kind: Kind::Age,
        why: "an age over 89",
        needs: "nonagenarian centenarian",
        pattern: r"(?i)\b(?:nonagenarian|centenarian)\b",
        judge: |hit| hit.replaced("90+-year-old", "over 89"),
    },
    Rule {
        kind: Kind::Age,
        why: "an age over 89",
        needs: "ninety hundred",
        pattern: concat!(
            r"(?i)\b(?:aged?|turned|turns|(?:she|he|who|pt|patient) (?:is|was|just turned)) (?P<v>",
            ninety!(),
            r")\b"
        ),
        judge: |hit| if counted(hit) { None } else { over_89(hit) },
    },
    Rule {
        kind: Kind::Age,
        why: "a year of birth, which is an age",
        needs: "born yob birth +9999",
        pattern: r"(?i)\b(?:born in(?: the year)?|yob|year of birth|birth year)(?: is| was)?[ :=]{1,2}(?P<v>(?:19|20)[0-9]{2})\b",
        judge: birth_year,
    },
    Rule {
        kind: Kind::Record,
        why: "a number of a medical record or a visit",
        needs: "mr +9",
        pattern: r"(?i)\bmr ?(?:#|no\.? ?#?|num(?:ber)?\b)[ :]{0,2}(?P<v>[0-9][0-9-]{2,}[0-9])\b",
        judge: |hit| if counted(hit) { None } else { hit.removed() },
    },
    Rule {
        kind: Kind::Room,
        why: "a room or a bed",
        needs: "room rm bed bay +9-",
        pattern: r"\b(?i:room|rm|bed|bay)\.?:? ?#?(?P<v>[0-9]{1,2}[A-Z]?-[0-9]{1,4}[A-Z]?)\b",
        judge: |hit| if counted(hit) { None } else { hit.replaced("[number]", "take the number out") },
    },
    Rule {
        kind: Kind::Room,
        why: "a room or a bed",
        needs: "room rm bed +9",
        pattern: r"\b(?i:room|rm|bed)(?P<v>[0-9]{1,4}[A-Za-z]?)\b",
        judge: |hit| if counted(hit) { None } else { hit.replaced(" [number]", "take the number out") },
    },
    Rule {
        kind: Kind::Room,
        why: "a bed on its ward",
        needs: "n s e w +9",
        pattern: r"\b(?P<v>[0-9]{1,2}(?P<w>[NSEW])[0-9]{2}[A-D]?)\b",
        judge: ward,
    },
    Rule {
        kind: Kind::Room,
        why: "a bed in the emergency department",
        needs: "ed er +9",
        pattern: r"\b(?:[Ii]n|[Tt]o|[Aa]t|[Nn]ow) (?:ED|ER) (?P<v>[0-9]{1,2}[A-D]?)\b",
        judge: |hit| if ends(hit, hit.value.end) { hit.replaced("[number]", "take the number out") } else { None },
    },
    Rule {
        kind: Kind::Link,
        why: "a name on a social network",
        needs: "@",
        pattern: r"(?:^|[\s(:,])(?P<v>@[A-Za-z_][A-Za-z0-9_.]+[A-Za-z0-9_])",
        judge: handle,
    },
];

/// Whether the value is measured or counted, or goes on as a longer number.
fn counted(hit: &Hit<'_>) -> bool {
    let after = &hit.text[hit.value.end..];
    let goes_on = after.starts_with(['.', '/', '-']) && after[1..].starts_with(|c: char| c.is_ascii_digit());
    goes_on || unit_follows(hit.text, hit.value.end)
}

/// Whether what stands at `at` ends there: a sign, a line, or the text.
fn ends(hit: &Hit<'_>, at: usize) -> bool {
    let after = hit.text[at..].trim_start_matches(' ');
    let decimal = after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_digit());
    !decimal && (after.is_empty() || after.starts_with(['.', ',', ';', '\n', ')', ':', '?', '!']))
}

/// "93 F with hip pain"; what is as warm as that is no age.
fn before_sex(hit: &Hit<'_>) -> Option<Verdict> {
    let end = hit.caps.get_match().end();
    let next = next_word(hit.text, end).to_lowercase();
    let person = matches!(
        next.as_str(),
        "with"
            | "w"
            | "c"
            | "p"
            | "s"
            | "h"
            | "hx"
            | "here"
            | "who"
            | "presents"
            | "presented"
            | "presenting"
            | "found"
            | "admitted"
            | "pt"
            | "came"
    );
    let cue = word_before(hit.text, hit.value.start);
    let warm = matches!(
        cue.as_str(),
        "t" | "temp"
            | "tmax"
            | "temperature"
            | "fever"
            | "to"
            | "of"
            | "at"
            | "from"
            | "above"
            | "below"
            | "under"
            | "over"
            | "than"
            | "is"
            | "was"
    );
    let part = hit.text[..hit.value.start].ends_with(['.', '-', '/', '$']);
    let sure = person || hit.group("s") == "M" && ends(hit, end);
    if part || warm || !sure { None } else { over_89(hit) }
}

/// "F93" and "M 94", but not a code of a disease.
fn behind_sex(hit: &Hit<'_>) -> Option<Verdict> {
    let before = &hit.text[..hit.start()];
    let part = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '/' | '°'));
    let coded =
        matches!(word_before(hit.text, hit.start()).as_str(), "icd" | "code" | "codes" | "coded" | "10" | "and");
    let timed = next_word(hit.text, hit.value.end) == "ms";
    if part || coded || timed || counted(hit) || before.trim_end().ends_with(|c: char| c.is_ascii_digit()) {
        None
    } else {
        over_89(hit)
    }
}

/// Ranges of years are of a rule for many, not of somebody.
fn birth_year(hit: &Hit<'_>) -> Option<Verdict> {
    let next = next_word(hit.text, hit.value.end).to_lowercase();
    let many = matches!(next.as_str(), "or" | "to" | "through" | "and");
    let range = hit.text[hit.value.end..].trim_start().starts_with(['-', '–', '/']);
    if many || range { None } else { hit.replaced("[age band]", "an age band instead of the year") }
}

fn ward(hit: &Hit<'_>) -> Option<Verdict> {
    let cue = word_before(hit.text, hit.value.start);
    let led =
        matches!(cue.as_str(), "in" | "to" | "on" | "at" | "from" | "now" | "pt" | "bed" | "room" | "rm" | "unit");
    // "5E10 copies" counts.
    let sure = led || hit.group("w") == "W";
    let part = hit.text[..hit.value.start].ends_with(['.', '-', '/']);
    if part || !sure || counted(hit) { None } else { hit.replaced("[room]", "take it out") }
}

/// A name with digits or capitals in it, but not "@bedside" or "@OSH".
fn handle(hit: &Hit<'_>) -> Option<Verdict> {
    let name = &hit.found()[1..];
    let signs = name.contains(|c: char| c.is_ascii_digit() || c == '_');
    let capitals = name.chars().filter(|c| c.is_uppercase()).count() > 1 && name.chars().any(char::is_lowercase);
    if is_acronym(name) || is_common(name) || !(signs || capitals) { None } else { hit.removed() }
}
