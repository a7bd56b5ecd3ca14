//! One rule: where to look, what to make of it, and how to mend it.

#![allow(clippy::unnecessary_wraps, reason = "every judge of a rule can refuse")]

use super::given::may_be_given;
use super::{Finding, Fix, Kind};
use regex::{Captures, Regex};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

/// What a pattern found, before it is judged.
pub(super) struct Hit<'t> {
    /// The whole text.
    pub(super) text: &'t str,
    /// The groups of the pattern.
    pub(super) caps: Captures<'t>,
    /// The group `v`, or the whole match without one: what would be taken out.
    pub(super) value: Range<usize>,
}

impl<'t> Hit<'t> {
    /// The text that would be taken out.
    pub(super) fn found(&self) -> &'t str {
        &self.text[self.value.clone()]
    }

    /// A named group, empty if it took no part.
    pub(super) fn group(&self, name: &str) -> &'t str {
        self.caps.name(name).map_or("", |m| m.as_str())
    }

    /// Where the whole match starts.
    pub(super) fn start(&self) -> usize {
        self.caps.get_match().start()
    }

    /// How many digits would be taken out.
    pub(super) fn digits(&self) -> usize {
        self.found().bytes().filter(u8::is_ascii_digit).count()
    }

    /// The value as it is, to be replaced.
    pub(super) fn replaced(&self, replacement: &str, label: &'static str) -> Option<Verdict> {
        Some((self.value.clone(), Fix { replacement: replacement.to_owned(), label }))
    }

    /// The value, to be taken out.
    pub(super) fn removed(&self) -> Option<Verdict> {
        self.replaced("[removed]", "take it out")
    }
}

/// What to replace, and with what.
pub(super) type Verdict = (Range<usize>, Fix);

/// One rule. Earlier ones of the list win where two claim the same text.
pub(super) struct Rule {
    pub(super) kind: Kind,
    pub(super) why: &'static str,
    /// Words (in lower case) and signs of which the text must hold one, and those with a plus which it must hold.
    pub(super) needs: &'static str,
    pub(super) pattern: &'static str,
    pub(super) judge: fn(&Hit<'_>) -> Option<Verdict>,
}

/// All rules, the surest first.
static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    use super::{ages, bare, dates, houses, names, numbers, places, shorthand};
    let lists = [
        numbers::RULES,
        dates::RULES,
        ages::RULES,
        places::RULES,
        houses::RULES,
        places::LATER,
        names::RULES,
        shorthand::RULES,
        bare::RULES,
    ];
    lists.into_iter().flatten().collect()
});

/// The patterns one by one, made when first needed.
static EACH: LazyLock<Vec<OnceLock<Regex>>> = LazyLock::new(|| RULES.iter().map(|_| OnceLock::new()).collect());

/// Which rules each word or sign wakes, and which can't do without it.
static NEEDS: LazyLock<Needs> = LazyLock::new(|| {
    let mut needs = Needs::default();
    for (i, rule) in RULES.iter().enumerate() {
        for token in rule.needs.split_whitespace() {
            match token.strip_prefix('+') {
                Some(must) => *needs.musts.entry(must).or_default() |= 1 << i,
                None => *needs.wakes.entry(token).or_default() |= 1 << i,
            }
        }
    }
    needs
});

#[derive(Default)]
struct Needs {
    wakes: HashMap<&'static str, u128>,
    musts: HashMap<&'static str, u128>,
}

/// The longest word that wakes a rule.
const LONGEST: usize = 16;

/// The rules that have anything to look for in a text: most say nothing about most texts, and this costs one pass.
fn awake(text: &str) -> u128 {
    let bytes = text.as_bytes();
    let mut signs = Signs::default();
    let mut mask = 0;
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let byte = bytes[at];
        if byte.is_ascii_digit() {
            while at < bytes.len() && bytes[at].is_ascii_digit() {
                at += 1;
            }
            signs.number(&text[start..at], bytes.get(at).copied(), start.checked_sub(1).map(|b| bytes[b]));
        } else if byte.is_ascii_alphabetic() || !byte.is_ascii() {
            while at < bytes.len() && (bytes[at].is_ascii_alphabetic() || !bytes[at].is_ascii()) {
                at += 1;
            }
            let word = &text[start..at];
            signs.word(word);
            if word.len() <= LONGEST {
                let mut lower = [0; LONGEST];
                let lower = &mut lower[..word.len()];
                lower.copy_from_slice(word.as_bytes());
                lower.make_ascii_lowercase();
                mask |= std::str::from_utf8(lower).ok().and_then(|w| NEEDS.wakes.get(w)).copied().unwrap_or(0);
            }
        } else {
            signs.at |= byte == b'@';
            signs.slash |= byte == b'/';
            signs.plus |= byte == b'+';
            at += 1;
        }
    }
    for (token, there) in signs.all() {
        if there {
            mask |= NEEDS.wakes.get(token).copied().unwrap_or(0);
        }
    }
    for (token, there) in signs.all() {
        if !there {
            mask &= !NEEDS.musts.get(token).copied().unwrap_or(0);
        }
    }
    mask
}

/// What a text holds besides words.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is one answer about the text")]
struct Signs {
    digit: bool,
    four: bool,
    seven: bool,
    ninety: bool,
    slashed: bool,
    dashed: bool,
    dotted: bool,
    at: bool,
    slash: bool,
    plus: bool,
    given: bool,
    capitals: bool,
}

impl Signs {
    fn number(&mut self, run: &str, next: Option<u8>, before: Option<u8>) {
        self.digit = true;
        self.four |= run.len() >= 4;
        self.seven |= run.len() >= 7;
        self.ninety |= run.parse::<u16>().is_ok_and(|n| (90..130).contains(&n));
        let beside = |sign: u8| next == Some(sign) || before == Some(sign);
        self.slashed |= beside(b'/');
        self.dashed |= beside(b'-');
        self.dotted |= beside(b'.');
    }

    fn word(&mut self, word: &str) {
        let first = word.as_bytes()[0];
        self.capitals |= word.len() >= 3
            && (first.is_ascii_uppercase() || !word.is_ascii())
            && word.chars().all(|c| !c.is_lowercase());
        self.given |= !word.is_ascii() || first.is_ascii_uppercase() && may_be_given(word);
    }

    const fn all(&self) -> [(&'static str, bool); 12] {
        [
            ("9", self.digit),
            ("9999", self.four),
            ("9999999", self.seven),
            ("90", self.ninety),
            ("9/", self.slashed),
            ("9-", self.dashed),
            ("9.", self.dotted),
            ("@", self.at),
            ("/", self.slash),
            ("plus", self.plus),
            ("Given", self.given),
            ("caps", self.capitals),
        ]
    }
}

/// Word boundaries of ASCII, so that the fast matcher also works beside other letters; and the letters of Latin script
/// only, because all letters of the world in forty patterns make a matcher of many megabytes.
fn compact(pattern: &str) -> String {
    pattern
        .replace(r"\b", r"(?-u:\b)")
        .replace(r"\p{Lu}", "[A-ZÀ-ÖØ-ÞĀ-ɏḀ-ỿ]")
        .replace(r"\p{Ll}", "[a-zß-öø-ÿĀ-ɏḀ-ỿ]")
        .replace(r"\p{L}", "[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]")
        .replace(r"\p{M}", "[\u{300}-\u{36F}]")
}

/// Everything the rules claim, with the rule's rank; claims may overlap.
pub(super) fn claims(text: &str) -> Vec<(usize, Finding)> {
    claims_of(text, awake(text))
}

/// [`claims`] of all rules, whatever they need: what they need must not hide anything.
#[cfg(test)]
pub(super) fn claims_of_all(text: &str) -> Vec<(usize, Finding)> {
    claims_of(text, u128::MAX)
}

fn claims_of(text: &str, awake: u128) -> Vec<(usize, Finding)> {
    let mut out = Vec::new();
    for rank in (0..RULES.len()).filter(|i| awake >> i & 1 == 1) {
        let rule = RULES[rank];
        let pattern = EACH[rank].get_or_init(|| Regex::new(&compact(rule.pattern)).expect("the rule is a pattern"));
        let mut from = 0;
        while let Some(caps) = pattern.captures_at(text, from) {
            let whole = caps.get_match();
            let value = caps.name("v").map_or(whole.range(), |m| m.range());
            let (start, end) = (whole.start(), whole.end());
            let hit = Hit { text, caps, value };
            // A refused match may hide another that starts inside it, at a later word: going on letter by letter would
            // look at long words again and again.
            let word = text[start..].find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len() - start);
            let letter = text[start..].chars().next().map_or(1, char::len_utf8);
            // Inside a web address there is none.
            let next = if rule.kind == Kind::Link { end.max(start + letter) } else { start + word.max(letter) };
            from = match (rule.judge)(&hit) {
                Some((span, fix)) => {
                    let on = span.end.max(next).min(end.max(next));
                    out.push((rank, Finding { span, kind: rule.kind, why: rule.why, fix: Some(fix) }));
                    on
                }
                None => next,
            };
            if from > text.len() {
                break;
            }
        }
    }
    out
}
