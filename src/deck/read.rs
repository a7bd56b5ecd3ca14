//! Reading decks: a fast path for decks that are right, and a slow one that explains those that are not.

use super::catalog::Catalog;
use super::format::{RawCard, RawDeck};
use super::problem::{Path, Problem, Severity};
use super::rules::Rules;
use super::shape::Shape;
use super::tree::{self, Lines};
use crate::model::{Card, Deck, DeckHeader};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Largest deck file, in bytes.
pub const MAX_FILE: u64 = 1 << 30;

/// Most problems reported of one file; a file with more is not a deck.
const MAX_PROBLEMS: usize = 1_000;

/// A deck whose cards are left as slices of the text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shell<'t> {
    #[serde(rename = "$schema")]
    schema: Option<String>,
    format: Option<u32>,
    id: Option<String>,
    title: Option<String>,
    version: Option<String>,
    language: Option<String>,
    license: Option<String>,
    authors: Option<Vec<String>>,
    description: Option<String>,
    #[serde(borrow)]
    cards: Option<Vec<&'t RawValue>>,
}

/// A deck's header and the slices of its cards. That it has cards at all is kept as an empty list.
fn outer(text: &str) -> serde_json::Result<(RawDeck, Vec<&RawValue>)> {
    let shell: Shell<'_> = serde_json::from_str(text)?;
    let raw = RawDeck {
        schema: shell.schema,
        format: shell.format,
        id: shell.id,
        title: shell.title,
        version: shell.version,
        language: shell.language,
        license: shell.license,
        authors: shell.authors,
        description: shell.description,
        cards: shell.cards.is_some().then(Vec::new),
    };
    Ok((raw, shell.cards.unwrap_or_default()))
}

/// The header of a deck as it is written; its cards are not looked at.
///
/// # Errors
/// When the text is no deck.
pub fn header(text: &str) -> serde_json::Result<RawDeck> {
    outer(text).map(|(raw, _)| RawDeck { cards: None, ..raw })
}

/// Why [`scan`] stopped.
#[derive(Debug)]
pub enum Stop<E> {
    /// The deck has errors: ask [`check`] which.
    Problems,
    /// The receiver failed.
    Receiver(E),
}

/// Reads a deck that should be right, card by card, without ever holding all cards at once: `header` is called first,
/// then `card` with each card, as checked and as written, and its slice of the text.
///
/// # Errors
/// [`Stop::Problems`] at the first error in the deck (what was received until then must be thrown away), or what the
/// receiver returned.
pub fn scan<E>(
    text: &str,
    catalog: &Catalog,
    header: impl FnOnce(&DeckHeader, usize) -> Result<(), E>,
    mut card: impl FnMut(usize, &Card, &RawCard, &str) -> Result<(), E>,
) -> Result<DeckHeader, Stop<E>> {
    let (raw, cards) = outer(text).map_err(|_| Stop::Problems)?;
    let mut rules = Rules::new(catalog);
    let head = rules.header(&raw).filter(|_| no_errors(&rules)).ok_or(Stop::Problems)?;
    header(&head, cards.len()).map_err(Stop::Receiver)?;
    for (i, slice) in cards.into_iter().enumerate() {
        let raw: RawCard = serde_json::from_str(slice.get()).map_err(|_| Stop::Problems)?;
        let read = rules.card(i, &raw).filter(|_| no_errors(&rules)).ok_or(Stop::Problems)?;
        card(i, &read, &raw, slice.get()).map_err(Stop::Receiver)?;
    }
    Ok(head)
}

fn no_errors(rules: &Rules<'_>) -> bool {
    rules.problems.iter().all(|p| p.severity == Severity::Warning)
}

/// Reads one stored card; `None` when the text is not a card this program can read.
#[must_use]
pub fn parse_card(text: &str, catalog: &Catalog) -> Option<Card> {
    let raw: RawCard = serde_json::from_str(text).ok()?;
    Rules::new(catalog).card(0, &raw)
}

/// Reads a card that keeps every rule that does not speak of its neighbors; `None` when it does not.
#[must_use]
pub fn keep_rules(text: &str, catalog: &Catalog) -> Option<Card> {
    let raw: RawCard = serde_json::from_str(text).ok()?;
    let mut rules = Rules::new(catalog);
    rules.card(0, &raw).filter(|_| no_errors(&rules))
}

/// Reads a deck's header that keeps every rule. Its cards are not looked at.
///
/// # Errors
/// The first rule that it breaks, in words.
pub fn keep_header_rules(raw: &RawDeck, catalog: &Catalog) -> Result<DeckHeader, String> {
    let mut rules = Rules::new(catalog);
    let header = rules.header(&RawDeck { cards: Some(Vec::new()), ..raw.clone() });
    match rules.problems.into_iter().find(|p| p.severity == Severity::Error) {
        Some(problem) => Err(format!("{}: {}", problem.path, problem.cause)),
        None => header.ok_or_else(|| "it has no id or no title".to_owned()),
    }
}

/// A deck looked at closely.
#[derive(Debug)]
pub struct Checked {
    /// The deck, when it has no errors.
    pub deck: Option<Deck>,
    /// Everything found, in the order of the file.
    pub problems: Vec<Problem>,
}

impl Checked {
    /// Errors found.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.problems.iter().filter(|p| p.severity == Severity::Error).count()
    }
}

/// Reads a file and reports *every* problem with its place; never panics, whatever the bytes.
#[must_use]
pub fn check(bytes: &[u8], catalog: &Catalog) -> Checked {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let mut cards = Vec::new();
        let read = scan(
            strip_bom(text),
            catalog,
            |_, _| Ok::<(), ()>(()),
            |_, card, _, _| {
                cards.push(card.clone());
                Ok(())
            },
        );
        if let Ok(header) = read {
            let deck = Deck { header, cards };
            let mut problems = super::lint::lint(&deck);
            place(bytes, &mut problems);
            return Checked { deck: Some(deck), problems };
        }
    }
    let mut problems = explain(bytes, catalog);
    problems.sort_by_key(|p| p.place);
    if problems.len() > MAX_PROBLEMS {
        let more = problems.len() - MAX_PROBLEMS;
        problems.truncate(MAX_PROBLEMS);
        problems.push(Problem::error("more", Path::default(), format!("and {more} more problems")));
    }
    Checked { deck: None, problems }
}

/// Gives problems of a deck that can be read their lines, and sorts them by it.
pub fn place(bytes: &[u8], problems: &mut [Problem]) {
    if problems.is_empty() {
        return;
    }
    let text = strip_bom(std::str::from_utf8(bytes).unwrap_or_default());
    let lines = Lines::new(text);
    if let Some(root) = tree::parse(text, &lines, &mut Vec::new()) {
        for problem in problems.iter_mut() {
            problem.place = Some(lines.at(text, tree::locate(&root, &problem.path)));
        }
    }
    problems.sort_by_key(|p| p.place);
}

/// Without the byte order mark some editors write.
#[must_use]
pub fn strip_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn explain(bytes: &[u8], catalog: &Catalog) -> Vec<Problem> {
    let mut found = Vec::new();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut text = tree::to_text(bytes, &mut found);
    let cuts = tree::cut_deep(&mut text, &mut found);
    let lines = Lines::new(&text);
    let mut problems = tree::place_all(found, &lines, &text);
    let Some(root) = tree::parse(&text, &lines, &mut problems) else {
        return problems;
    };
    let mut shape = Shape::new(&text, &lines, &cuts);
    let raw = shape.deck(&root);
    let mut rules = Rules::new(catalog);
    rules.header(&raw);
    for (i, card) in raw.cards.iter().flatten().enumerate() {
        rules.card(i, card);
        if rules.problems.len() >= MAX_PROBLEMS {
            break;
        }
    }
    let shaped = shape.problems;
    for mut problem in rules.problems {
        // What has the wrong type was left out of the raw deck; don't call it missing as well.
        let absence = matches!(problem.rule, "missing" | "no-source" | "no-best" | "option-count");
        if shaped.iter().any(|p| p.path == problem.path || absence && starts_with(&p.path, &problem.path)) {
            continue;
        }
        problem.place = Some(lines.at(&text, tree::locate(&root, &problem.path)));
        problems.push(problem);
    }
    problems.extend(shaped);
    if problems.is_empty() {
        problems.push(last_resort(&text, &lines));
    }
    problems
}

fn starts_with(path: &Path, prefix: &Path) -> bool {
    path.0.len() > prefix.0.len() && path.0.starts_with(&prefix.0)
}

/// The strict parser refused what the forgiving one let pass (a raw newline in a text, half a surrogate pair, ...).
fn last_resort(text: &str, lines: &Lines) -> Problem {
    let cause = match serde_json::from_str::<serde::de::IgnoredAny>(text)
        .err()
        .or_else(|| serde_json::from_str::<RawDeck>(text).err())
    {
        Some(e) => {
            let place = super::problem::Place { line: e.line().max(1), column: e.column().max(1) };
            return Problem::error("not-json", Path::default(), format!("not JSON: {e}"))
                .hint("inside a text write \\n for a new line and \\\" for a quote")
                .at(place);
        }
        None => "this deck can't be read",
    };
    Problem::error("unreadable", Path::default(), cause).at(lines.at(text, 0))
}
