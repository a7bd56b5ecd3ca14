//! From a draft to a card: what it still lacks, an id of its own, its place in a deck.

use crate::cli::failure::{Failure, Outcome};
use crate::deck::format::{CardType, RawCard};
use crate::deck::problem::did_you_mean;
use crate::deck::rules::Rules;
use crate::deck::{Catalog, Problem, Severity, lint};
use crate::interchange::own::{self, Put, Saved};
use crate::interchange::plan::PlanError;
use crate::interchange::safeguard::suspects;
use crate::model::ids::{check_id, suggest_id};
use crate::model::text::sanitize_line;
use crate::model::{Card, Cloze, Deck, DeckHeader, DeckId, Stamp};
use crate::store::Store;

/// Longest id made of a card's text.
const MAX_SLUG: usize = 32;

/// Characters of a draft shown where it is one of many.
const HEADLINE: usize = 160;

/// The card of a draft's body; an empty one when the body can't be read.
#[must_use]
pub fn of_body(body: &str) -> RawCard {
    serde_json::from_str(body).unwrap_or_default()
}

/// What a draft is about, in one line.
#[must_use]
pub fn headline(raw: &RawCard) -> String {
    let texts = [&raw.front, &raw.text, &raw.vignette, &raw.note, &raw.question, &raw.rule, &raw.back];
    let first = texts.into_iter().flatten().find(|t| !t.trim().is_empty()).map_or("(nothing yet)", |t| t.trim());
    // A sibling has the other's vignette at first; what it is about is the fact that flips the answer.
    match raw.modifier.as_deref().map(str::trim).filter(|m| !m.is_empty()) {
        Some(fact) => cut(&format!("{fact}: {first}"), HEADLINE),
        None => cut(first, HEADLINE),
    }
}

/// The same for reports that may end in a file: text that could identify a patient is not repeated.
#[must_use]
pub fn discreet(raw: &RawCard) -> String {
    if suspects(raw).is_empty() { headline(raw) } else { "(could identify a patient; not shown here)".to_owned() }
}

/// One line of at most `most` characters.
#[must_use]
pub fn cut(text: &str, most: usize) -> String {
    let line = sanitize_line(text);
    if line.chars().count() <= most {
        return line;
    }
    line.chars().take(most).chain("...".chars()).collect()
}

/// What keeps it from being a card, and the card when nothing does. A missing id is no problem: it gets one.
#[must_use]
pub fn judge(raw: &RawCard) -> (Option<Card>, Vec<Problem>) {
    let mut probe = raw.clone();
    probe.id.get_or_insert_with(|| "draft".to_owned());
    let mut rules = Rules::new(Catalog::bundled());
    let card = rules.card(0, &probe);
    let errors: Vec<Problem> = rules.problems.into_iter().filter(|p| p.severity == Severity::Error).collect();
    (card.filter(|_| errors.is_empty()), errors)
}

/// What looks careless in a card that keeps the rules.
#[must_use]
pub fn lints(card: &Card) -> Vec<Problem> {
    let Ok(id) = DeckId::new(own::OWN_DECK) else { return Vec::new() };
    let header = DeckHeader {
        id,
        title: String::new(),
        version: String::new(),
        language: String::new(),
        license: String::new(),
        authors: Vec::new(),
        description: String::new(),
    };
    // One card is never a whole family; that is for the deck to say.
    let mut found = lint::lint(&Deck { header, cards: vec![card.clone()] });
    found.retain(|p| p.rule != "family-alone");
    found
}

/// The field a problem is about, without the way to it.
#[must_use]
pub fn field_of(problem: &Problem) -> String {
    let path = problem.path.to_string();
    path.strip_prefix("cards[0].").unwrap_or(&path).to_owned()
}

/// An id for a new card of a deck: from what it asks, cut between words, with a number where another has it (or had
/// it: progress hangs on the name).
///
/// # Errors
/// When the home can't be read.
pub fn free_id(store: &Store, deck: &str, raw: &RawCard) -> Outcome<String> {
    let texts = [&raw.front, &raw.text, &raw.note, &raw.rule, &raw.vignette, &raw.question];
    let text = texts.into_iter().flatten().next().map_or("card", String::as_str);
    let plain = Cloze::parse(text).map_or_else(|_| text.to_owned(), |cloze| cloze.full());
    let full = suggest_id(&plain).unwrap_or_else(|| "card".to_owned());
    Ok(own::free_id(store, deck, short(&full))?)
}

/// An id, cut between words.
#[must_use]
pub fn short(id: &str) -> &str {
    match id.get(..MAX_SLUG) {
        Some(head) if id[MAX_SLUG..].starts_with('-') => head,
        Some(head) if id.len() > MAX_SLUG => head.rsplit_once('-').map_or(head, |(h, _)| h).trim_end_matches('-'),
        _ => id,
    }
}

/// The deck that own cards go into: as asked for, or the usual one.
///
/// # Errors
/// When it is no id.
pub fn deck_named(deck: Option<&str>) -> Outcome<String> {
    let deck = deck.unwrap_or(own::OWN_DECK);
    slug(deck, "a deck")
}

/// A word that must be an id.
///
/// # Errors
/// With the nearest id as the hint.
pub fn slug(text: &str, what: &str) -> Outcome<String> {
    if check_id(text).is_ok() {
        return Ok(text.to_owned());
    }
    let hint = suggest_id(text).map_or("it holds a-z, 0-9 and '-'".to_owned(), |s| format!("try \"{s}\""));
    Err(Failure::usage(format!("\"{text}\" is not the id of {what}")).hint(hint))
}

/// A tag or domain as it was typed in a hurry ("EM", "Emergency medicine"), as an id.
#[must_use]
pub fn loose(text: &str) -> Option<String> {
    suggest_id(text.trim_start_matches('#'))
}

/// Puts one card into a deck of the user's own. A card there that gave its name to this one's family joins it.
///
/// # Errors
/// When the deck or the home can't be written.
pub fn put(
    store: &mut Store,
    deck: &str,
    raw: &RawCard,
    base: Option<String>,
    source: &str,
    now: Stamp,
) -> Outcome<Saved> {
    let mut puts = vec![Put { base, card: raw.clone() }];
    if let Some(family) = raw.family.as_deref().filter(|f| Some(*f) != raw.id.as_deref()) {
        let first = own::card_now(store, deck, family).map_err(refused)?;
        let parsed = first.as_deref().and_then(|json| serde_json::from_str::<RawCard>(json).ok());
        if let Some(card) = parsed.filter(|c| c.kind == Some(CardType::Decision) && c.family.is_none()) {
            puts.push(Put { base: first, card: RawCard { family: raw.family.clone(), ..card } });
        }
    }
    let saved = own::save(store, deck, &puts, source, "draft", None, now).map_err(refused)?;
    // A conflict anywhere means that nothing was written.
    let conflict = saved.iter().find(|s| matches!(s, Saved::Conflict(_))).cloned();
    Ok(conflict.or_else(|| saved.into_iter().next()).unwrap_or(Saved::Same))
}

/// Why a deck could not be written.
#[must_use]
pub fn refused(e: PlanError) -> Failure {
    match e {
        PlanError::Store(e) => e.into(),
        PlanError::Read(e) => Failure::fixable(format!("{}: {}", e.place, e.cause)).hint(e.hint),
    }
}

/// The draft of this number that is still open.
///
/// # Errors
/// When there is none, or the home can't be read.
pub fn open_draft(store: &Store, id: i64) -> Outcome<crate::store::Draft> {
    let hint = || {
        let ids: Vec<String> = store.drafts().unwrap_or_default().iter().map(|d| d.id.to_string()).collect();
        did_you_mean(&id.to_string(), ids.iter().map(String::as_str))
            .unwrap_or_else(|| "`scanwise inbox --list` has the numbers".to_owned())
    };
    match store.draft(id)? {
        None => Err(Failure::fixable(format!("there is no draft {id}")).hint(hint())),
        Some(draft) => match &draft.gone {
            None => Ok(draft),
            Some(why) => Err(Failure::fixable(format!("draft {id} is none any more ({})", became(why))).hint(hint())),
        },
    }
}

/// What became of a draft, in words.
#[must_use]
pub fn became(why: &str) -> String {
    if why.contains('/') { format!("it is the card {why}") } else { why.to_owned() }
}
