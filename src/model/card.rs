//! Decks and cards after reading: everything here has passed the reader's checks.

use super::grade::{Harm, Verdict};
use super::ids::DeckId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a deck says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckHeader {
    /// The deck's id.
    pub id: DeckId,
    /// Title for people.
    pub title: String,
    /// The author's version, free text (`2026.11.1`).
    pub version: String,
    /// BCP 47 language tag.
    pub language: String,
    /// SPDX license of the content.
    pub license: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// One or two sentences.
    pub description: String,
}

/// A whole deck.
#[derive(Debug, Clone, PartialEq)]
pub struct Deck {
    /// What it says of itself.
    pub header: DeckHeader,
    /// Its cards, in the author's order.
    pub cards: Vec<Card>,
}

/// One card as written; a cloze yields several schedulable cards.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// Id within the deck.
    pub id: String,
    /// Clinical field (`neurology`).
    pub domain: String,
    /// Slugs to select by.
    pub tags: Vec<String>,
    /// Decision points of the coverage map this card teaches.
    pub covers: Vec<String>,
    /// Where the facts come from.
    pub sources: Vec<Source>,
    /// An aside of the author.
    pub note: Option<String>,
    /// What is asked.
    pub body: Body,
}

/// What a card asks, by type.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Choose a study, or none.
    Decision {
        /// The patient.
        vignette: String,
        /// The question.
        question: String,
        /// What can be chosen; exactly one is best.
        options: Vec<Choice>,
        /// The sentence to remember.
        rule: String,
        /// What a result changes.
        next: Next,
        /// Siblings share a family; never on one study day.
        family: Option<String>,
        /// The fact that flips the answer within the family.
        modifier: Option<String>,
    },
    /// Front and back.
    Basic {
        /// Asked.
        front: String,
        /// Recalled.
        back: String,
        /// The reason.
        why: Option<String>,
    },
    /// Text with numbered deletions.
    Cloze {
        /// `... {{c1::hidden::hint}} ...`.
        text: Cloze,
        /// The reason.
        why: Option<String>,
    },
}

/// One option of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Stable within the card: the study id unless the author gave one.
    pub id: String,
    /// Id in the study catalog.
    pub study: Option<String>,
    /// What is shown: the author's text, or the catalog's name of the study.
    pub text: String,
    /// What the author says of it.
    pub verdict: Verdict,
    /// How it is wrong; only when it is.
    pub harm: Option<Harm>,
    /// The reason.
    pub why: String,
}

/// What a result changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Next {
    /// If the study shows it (or, for "no imaging", what would make you image).
    pub if_positive: String,
    /// If it does not.
    pub if_negative: String,
}

/// Where a fact comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Who issued it (`ACR`, `AHA/ASA`).
    pub body: String,
    /// Title of the guideline, trial or document.
    pub title: String,
    /// Year of the edition consulted.
    pub year: u16,
    /// Where in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it was looked up, `YYYY-MM`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked: Option<String>,
    /// What the card rests on where the text itself could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
}

impl Source {
    /// "ACR, Right Lower Quadrant Pain (2022), Variant 3".
    #[must_use]
    pub fn cite(&self) -> String {
        let mut out = format!("{}, {} ({})", self.body, self.title, self.year);
        if let Some(section) = &self.section {
            out.push_str(", ");
            out.push_str(section);
        }
        out
    }
}

impl Card {
    /// The family a decision card belongs to.
    #[must_use]
    pub fn family(&self) -> Option<&str> {
        match &self.body {
            Body::Decision { family, .. } => family.as_deref(),
            _ => None,
        }
    }

    /// The word the deck format uses for this card's type.
    #[must_use]
    pub fn type_word(&self) -> &'static str {
        match self.body {
            Body::Decision { .. } => "decision",
            Body::Basic { .. } => "basic",
            Body::Cloze { .. } => "cloze",
        }
    }

    /// The numbers of the schedulable cards this one yields: `[None]`, or each cloze number.
    #[must_use]
    pub fn parts(&self) -> Vec<Option<u8>> {
        match &self.body {
            Body::Cloze { text, .. } => text.numbers().into_iter().map(Some).collect(),
            _ => vec![None],
        }
    }

    /// The best option of a decision.
    #[must_use]
    pub fn best(&self) -> Option<&Choice> {
        self.options().iter().find(|o| o.verdict == Verdict::Best)
    }

    /// The options of a decision; empty for other cards.
    #[must_use]
    pub fn options(&self) -> &[Choice] {
        match &self.body {
            Body::Decision { options, .. } => options,
            _ => &[],
        }
    }

    /// The first words a person would know the card by.
    #[must_use]
    pub fn headline(&self) -> &str {
        match &self.body {
            Body::Decision { vignette, .. } => vignette,
            Body::Basic { front, .. } => front,
            Body::Cloze { text, .. } => text.source(),
        }
    }
}

/// Text with deletions `{{c1::hidden::hint}}`; each number is a card of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloze {
    source: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Plain(String),
    Hidden { number: u8, answer: String, hint: Option<String> },
}

/// Why a text is not a cloze.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClozeError {
    /// No deletion at all.
    #[error("there is no deletion")]
    None,
    /// `{{` without `}}`.
    #[error("a '{{{{' is not closed by '}}}}'")]
    Open,
    /// Something other than `c1` to `c99` before `::`.
    #[error("a deletion starts with c1 to c99, then '::'")]
    Number,
    /// One inside another.
    #[error("a deletion stands inside another")]
    Nested,
    /// `{{c1::}}`.
    #[error("a deletion hides nothing")]
    Empty,
}

impl Cloze {
    /// Reads the markup.
    ///
    /// # Errors
    /// The first thing wrong with it.
    pub fn parse(source: &str) -> Result<Self, ClozeError> {
        let mut pieces = Vec::new();
        let mut rest = source;
        let mut found = false;
        while let Some((before, after)) = rest.split_once("{{") {
            if !before.is_empty() {
                pieces.push(Piece::Plain(before.to_owned()));
            }
            let (inner, tail) = after.split_once("}}").ok_or(ClozeError::Open)?;
            if inner.contains("{{") {
                return Err(ClozeError::Nested);
            }
            let mut parts = inner.splitn(3, "::");
            let number = parts
                .next()
                .and_then(|p| p.strip_prefix('c'))
                .filter(|p| !p.starts_with(['+', '0']))
                .and_then(|p| p.parse::<u8>().ok())
                .filter(|n| (1..=99).contains(n))
                .ok_or(ClozeError::Number)?;
            let answer = parts.next().ok_or(ClozeError::Number)?;
            if answer.trim().is_empty() {
                return Err(ClozeError::Empty);
            }
            let hint = parts.next().filter(|h| !h.is_empty()).map(str::to_owned);
            pieces.push(Piece::Hidden { number, answer: answer.to_owned(), hint });
            found = true;
            rest = tail;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Plain(rest.to_owned()));
        }
        if found { Ok(Self { source: source.to_owned(), pieces }) } else { Err(ClozeError::None) }
    }

    /// As the author wrote it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Every number, ascending, once.
    #[must_use]
    pub fn numbers(&self) -> Vec<u8> {
        let mut out: Vec<u8> = self
            .pieces
            .iter()
            .filter_map(|p| match p {
                Piece::Hidden { number, .. } => Some(*number),
                Piece::Plain(_) => None,
            })
            .collect();
        out.sort_unstable();
        out.dedup();
        out
    }

    /// The question for deletion `n`: it becomes `[...]` or `[hint]`, the others show their answer.
    #[must_use]
    pub fn question(&self, n: u8) -> String {
        self.render(
            |number, answer, hint| {
                if number == n { format!("[{}]", hint.unwrap_or("...")) } else { answer.to_owned() }
            },
        )
    }

    /// The text with nothing hidden.
    #[must_use]
    pub fn full(&self) -> String {
        self.render(|_, answer, _| answer.to_owned())
    }

    /// What deletion `n` hides, joined by "; " when it stands more than once.
    #[must_use]
    pub fn answer(&self, n: u8) -> String {
        let hidden: Vec<&str> = self
            .pieces
            .iter()
            .filter_map(|p| match p {
                Piece::Hidden { number, answer, .. } if *number == n => Some(answer.as_str()),
                _ => None,
            })
            .collect();
        hidden.join("; ")
    }

    fn render(&self, show: impl Fn(u8, &str, Option<&str>) -> String) -> String {
        let mut out = String::with_capacity(self.source.len());
        for piece in &self.pieces {
            match piece {
                Piece::Plain(text) => out.push_str(text),
                Piece::Hidden { number, answer, hint } => out.push_str(&show(*number, answer, hint.as_deref())),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_a_question_of_its_own() {
        let cloze =
            Cloze::parse("TNK {{c1::0.25 mg/kg::dose}} within {{c2::4.5 h}}, max {{c1::25 mg}}").expect("valid");
        assert_eq!(cloze.numbers(), [1, 2]);
        assert_eq!(cloze.question(1), "TNK [dose] within 4.5 h, max [...]");
        assert_eq!(cloze.question(2), "TNK 0.25 mg/kg within [...], max 25 mg");
        assert_eq!(cloze.answer(1), "0.25 mg/kg; 25 mg");
        assert_eq!(cloze.full(), "TNK 0.25 mg/kg within 4.5 h, max 25 mg");
    }

    #[test]
    fn broken_markup_says_why() {
        assert_eq!(Cloze::parse("plain"), Err(ClozeError::None));
        assert_eq!(Cloze::parse("{{c1::x"), Err(ClozeError::Open));
        assert_eq!(Cloze::parse("{{c0::x}}"), Err(ClozeError::Number));
        assert_eq!(Cloze::parse("{{x}}"), Err(ClozeError::Number));
        assert_eq!(Cloze::parse("{{c1:: }}"), Err(ClozeError::Empty));
        assert_eq!(Cloze::parse("{{c1::a {{c2::b}} c}}"), Err(ClozeError::Nested));
    }
}
