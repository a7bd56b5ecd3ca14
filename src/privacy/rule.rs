//! One rule: where to look, what to make of it, and how to mend it.

use super::{Finding, Fix, Kind};
use regex::{Captures, Regex, RegexSet};
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
    pub(super) pattern: &'static str,
    pub(super) judge: fn(&Hit<'_>) -> Option<Verdict>,
}

/// All rules, the surest first.
static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    [super::numbers::RULES, super::dates::RULES, super::places::RULES, super::names::RULES]
        .into_iter()
        .flatten()
        .collect()
});

/// Which rules have anything to say about a text: one pass for all.
static ANY: LazyLock<RegexSet> =
    LazyLock::new(|| RegexSet::new(RULES.iter().map(|r| compact(r.pattern))).expect("the rules are patterns"));

/// The patterns one by one, made when first needed.
static EACH: LazyLock<Vec<OnceLock<Regex>>> = LazyLock::new(|| RULES.iter().map(|_| OnceLock::new()).collect());

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
    let mut out = Vec::new();
    for rank in ANY.matches(text) {
        let rule = RULES[rank];
        let pattern = EACH[rank].get_or_init(|| Regex::new(&compact(rule.pattern)).expect("the rule is a pattern"));
        let mut from = 0;
        while let Some(caps) = pattern.captures_at(text, from) {
            let whole = caps.get_match();
            let value = caps.name("v").map_or(whole.range(), |m| m.range());
            let (start, end) = (whole.start(), whole.end());
            let hit = Hit { text, caps, value };
            // A refused match may hide another that starts inside it.
            let next = text[start..].chars().next().map_or(1, char::len_utf8) + start;
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
