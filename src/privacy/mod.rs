//! Identifiers of patients in text: what HIPAA's Safe Harbor lists and text can hold. No I/O, no clock.
//!
//! The list is that of 45 CFR 164.514(b)(2). A safety net, not a certificate: see [`LIMITS`].

mod again;
mod ages;
mod bare;
mod dates;
mod given;
mod houses;
mod names;
mod naming;
mod numbers;
mod places;
mod rule;
mod shorthand;
mod words;

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

/// What the check can't do, in one sentence for the help and the README.
pub const LIMITS: &str = "A safety net, not a certificate: it knows the usual ways names, dates, numbers and places are \
    written, but misses bare names without a title or context, names in other than Latin letters, unusual wording, and \
    everything that only a picture, a voice or a fingerprint tells, so read what you share.";

/// What kind of identifier something looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A patient, a relative, an employer or whoever treats them.
    Name,
    /// A number of a medical record, a visit or an account.
    Record,
    /// A number of a health plan, a claim or an authorization.
    Plan,
    /// A social security number.
    Ssn,
    /// A date of birth, death or care, with more than the year.
    Date,
    /// An age over 89.
    Age,
    /// A telephone, pager or fax number.
    Phone,
    /// An e-mail address.
    Email,
    /// A web or network address.
    Link,
    /// Where somebody lives, or anything smaller than a state.
    Address,
    /// A number of a device or of a study: serial, lot, accession.
    Device,
    /// A license, a plate or a vehicle.
    License,
    /// A room, a bay or a bed.
    Room,
    /// A hospital, clinic, home, school or workplace by its name.
    Facility,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Name,
        Self::Record,
        Self::Plan,
        Self::Ssn,
        Self::Date,
        Self::Age,
        Self::Phone,
        Self::Email,
        Self::Link,
        Self::Address,
        Self::Device,
        Self::License,
        Self::Room,
        Self::Facility,
    ];

    /// The word in reports and in fingerprints. Never changed: recorded decisions hang on it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Record => "record",
            Self::Plan => "plan",
            Self::Ssn => "ssn",
            Self::Date => "date",
            Self::Age => "age",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Link => "link",
            Self::Address => "address",
            Self::Device => "device",
            Self::License => "license",
            Self::Room => "room",
            Self::Facility => "facility",
        }
    }
}

/// What to write instead.
#[derive(Clone, PartialEq, Eq)]
pub struct Fix {
    /// The text in place of the found one.
    pub replacement: String,
    /// What that does, for a key: "take it out", "keep the year only".
    pub label: &'static str,
}

impl fmt::Debug for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fix").field("label", &self.label).finish_non_exhaustive()
    }
}

/// One place that looks like an identifier. It holds no text of the note, and shows none when printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where, in bytes.
    pub span: Range<usize>,
    /// As what.
    pub kind: Kind,
    /// Why, in words that don't repeat it.
    pub why: &'static str,
    /// How to mend it.
    pub fix: Option<Fix>,
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finding").field("kind", &self.kind).field("span", &self.span).finish_non_exhaustive()
    }
}

/// Everything in a text that looks like an identifier, in order, none overlapping another.
#[must_use]
pub fn scan(text: &str) -> Vec<Finding> {
    let mut claims = rule::claims(text);
    again::ages(text, &mut claims);
    again::names(text, &mut claims);
    again::dates(text, &mut claims);
    // The surer rule wins, then the longer claim.
    claims.sort_by_key(|(rank, f)| (*rank, usize::MAX - f.span.len(), f.span.start));
    let mut kept: BTreeMap<usize, Finding> = BTreeMap::new();
    for (_, finding) in claims {
        let clear_before =
            kept.range(..=finding.span.start).next_back().is_none_or(|(_, k)| k.span.end <= finding.span.start);
        let clear_after = kept.range(finding.span.start..).next().is_none_or(|(start, _)| *start >= finding.span.end);
        if clear_before && clear_after && !finding.span.is_empty() {
            kept.insert(finding.span.start, finding);
        }
    }
    kept.into_values().collect()
}

/// The text with the fixes of these findings, which come from [`scan`] of the same text. Findings without a fix stay,
/// and so does whatever no longer fits the text.
#[must_use]
pub fn apply(text: &str, findings: &[Finding]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for finding in findings {
        let Some(fix) = &finding.fix else { continue };
        let Some(before) = text.get(done..finding.span.start) else { continue };
        if text.get(finding.span.clone()).is_none() {
            continue;
        }
        out.push_str(before);
        out.push_str(&fix.replacement);
        done = finding.span.end;
    }
    out.push_str(text.get(done..).unwrap_or(""));
    out
}

/// How often a text is looked at again after its fixes: one fix can bring to light what another hid.
const ROUNDS: usize = 8;

/// The text with every fix, looked at again until nothing is found.
#[must_use]
pub fn clean(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        let findings = scan(&text);
        if findings.is_empty() {
            break;
        }
        text = apply(&text, &findings);
    }
    text
}

/// A mark by which "this one is fine" can be recorded without the found text, and recognized later.
///
/// It hides the text from a reader, not from somebody who tries likely ones: it belongs into the user's own data, not
/// into what they share. `None` if the finding is not of this text.
#[must_use]
pub fn fingerprint(text: &str, finding: &Finding) -> Option<[u8; 16]> {
    let found = text.get(finding.span.clone())?;
    let mut hash = Sha256::new();
    hash.update(b"scanwise privacy 1\0");
    hash.update(finding.kind.word());
    hash.update([0]);
    hash.update(found);
    hash.finalize().first_chunk().copied()
}

/// [`scan`] of many fields: each finding with the path of its field.
#[must_use]
pub fn scan_fields<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, Finding)> {
    fields.flat_map(|(path, text)| scan(text).into_iter().map(move |f| (path.to_owned(), f))).collect()
}

#[cfg(test)]
mod tests;
