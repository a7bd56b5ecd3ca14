//! From the three versions of a deck to each card's fate.

use super::target::Target;
use super::{CardPlan, DeckPlan, Fate, Options, PlanError, Sides};
use crate::deck::format::RawDeck;
use crate::deck::print;
use crate::interchange::incoming::{IncomingDeck, ReadError};
use crate::interchange::json;
use crate::store::Packed;
use std::collections::{HashMap, HashSet};

/// The fate of every card of one deck, and its header.
///
/// # Errors
/// When the copy here has errors.
pub(super) fn one_deck(deck: IncomingDeck, target: Target, options: &Options) -> Result<DeckPlan, PlanError> {
    let origin = deck.header.id.clone().unwrap_or_default();
    let Target::Deck { slug, file, mine, base, apart } = target else {
        unreachable!("a deck that is here already was sorted out before")
    };
    let (mine_header, mine_cards) = match &mine {
        None => (None, Vec::new()),
        Some(bytes) => {
            let text = std::str::from_utf8(bytes).ok();
            let (header, cards) = text.and_then(json::parts).ok_or_else(|| {
                ReadError::new(
                    format!("your copy of {slug} ({file})"),
                    "it has errors, so nothing can be merged with it",
                    format!("run `scanwise check` on {file} first"),
                )
            })?;
            (Some(header), cards)
        }
    };
    let base_cards = base.as_ref().map_or(&[][..], |b| &b.cards);
    let mut header = merge_headers(base.as_ref().and_then(|b| b.header.as_ref()), mine_header.as_ref(), &deck.header);
    header.id = Some(slug.clone());
    let warnings = warnings(&deck, base.as_ref().map(|b| b.version.as_str()), mine_header.as_ref());
    let upstream = still_said(&deck.header, base.as_ref().and_then(|b| b.header.as_ref()));
    let upstream = RawDeck { id: Some(origin.clone()), ..upstream };
    let theirs = upstream_cards(&deck, base_cards);
    let upstream_body = Packed::of(|put| print::compact_deck(&upstream, theirs, &mut |piece| put(piece.as_bytes())))
        .map_err(|e| ReadError::new(format!("the deck {slug}"), e.to_string(), "close other programs and try again"))?;
    let cards = fates(deck, &mine_cards, base_cards, options);
    Ok(DeckPlan {
        new: mine.is_none(),
        old_version: mine_header.as_ref().and_then(|h| h.version.clone()),
        upstream_version: upstream.version.unwrap_or_default(),
        slug,
        file,
        header,
        apart,
        warnings,
        origin,
        cards,
        before: mine,
        upstream_body,
        old_header: mine_header,
        media: Vec::new(),
    })
}

/// What a student should know before taking the deck in.
fn warnings(deck: &IncomingDeck, base: Option<&str>, mine: Option<&RawDeck>) -> Vec<String> {
    let mut out = Vec::new();
    if deck.partial && mine.is_none() {
        out.push(
            "this file holds only a part of the deck, and the rest is not here: ask for the whole one first".to_owned(),
        );
    }
    if let (Some(from), Some(base)) = (deck.made_from.as_deref(), base)
        && from != base
    {
        out.push(format!("these are changes since version {from}; what you have is version {base}"));
    }
    let (new, old) = (deck.header.version.as_deref(), mine.and_then(|m| m.version.as_deref()));
    if let (Some(new), Some(old)) = (new.and_then(numbers), old.and_then(numbers))
        && new < old
    {
        out.push("this is an OLDER version than the one here".to_owned());
    }
    out
}

/// "2026.11.1" as numbers, so that 2026.9 comes before 2026.11; `None` for versions that are words.
fn numbers(version: &str) -> Option<Vec<u64>> {
    version.split('.').map(|part| part.trim().parse().ok()).collect()
}

/// What the author's deck is after this file: the file itself, or the old base with the changes of a partial one.
fn upstream_cards<'d>(deck: &'d IncomingDeck, base: &'d [(String, String)]) -> Vec<&'d str> {
    let theirs = deck.cards.iter().map(|c| c.json.as_str());
    if !deck.partial {
        return theirs.collect();
    }
    let new: HashMap<&str, &str> = deck.cards.iter().map(|c| (c.id.as_str(), c.json.as_str())).collect();
    let known: HashSet<&str> = base.iter().map(|(id, _)| id.as_str()).collect();
    base.iter()
        .filter(|(id, _)| !deck.removed.contains(id))
        .map(|(id, json)| new.get(id.as_str()).copied().unwrap_or(json))
        .chain(deck.cards.iter().filter(|c| !known.contains(c.id.as_str())).map(|c| c.json.as_str()))
        .collect()
}

fn fates(deck: IncomingDeck, mine: &[(String, String)], base: &[(String, String)], options: &Options) -> Vec<CardPlan> {
    let at = |list: &[(String, String)]| -> HashMap<String, usize> {
        list.iter().enumerate().map(|(i, (id, _))| (id.clone(), i)).collect()
    };
    let (mine_at, base_at) = (at(mine), at(base));
    let decide = |_: &str| options.prefer;
    let mut out: Vec<CardPlan> = Vec::with_capacity(deck.cards.len() + mine.len());
    let (partial, removed) = (deck.partial, deck.removed);
    for card in deck.cards {
        let m = mine_at.get(&card.id).map(|i| &mine[*i].1);
        let b = base_at.get(&card.id).map(|i| &base[*i].1);
        out.push(match (m, b) {
            (None, None) => CardPlan {
                print: card.print,
                outline: card.outline,
                ..CardPlan::plain(card.id, Some(card.json), Fate::New)
            },
            (None, Some(b)) if *b == card.json => CardPlan::plain(card.id, None, Fate::GoneHere),
            (None, Some(_)) => CardPlan::plain(card.id, None, Fate::GoneHereChangedThere),
            (Some(m), _) if *m == card.json => {
                CardPlan { outline: card.outline, ..CardPlan::plain(card.id, Some(card.json), Fate::Unchanged) }
            }
            (Some(m), b) => {
                let sides = Sides { base: b.cloned(), mine: m.clone(), theirs: card.json };
                let mut plan = CardPlan::plain(card.id, Some(m.clone()), Fate::Unchanged);
                plan.sides = Some(Box::new(sides));
                plan.settle(&decide);
                if matches!(plan.fate, Fate::Unchanged) {
                    plan.sides = None;
                }
                plan
            }
        });
    }
    if mine.is_empty() {
        return out;
    }
    // Cards that are only here go after the card they stood behind.
    let place: HashMap<String, usize> = out.iter().enumerate().map(|(i, c)| (c.id.clone(), i)).collect();
    let mut extra: Vec<(usize, CardPlan)> = Vec::new();
    let mut last = 0;
    for (id, json) in mine {
        if let Some(at) = place.get(id) {
            last = at + 1;
            continue;
        }
        let removed = if partial { removed.contains(id) } else { base_at.contains_key(id) };
        let card = CardPlan::plain(id.clone(), Some(json.clone()), if removed { Fate::Removed } else { Fate::Mine });
        extra.push((last, card));
    }
    for (at, card) in extra.into_iter().rev() {
        out.insert(at.min(out.len()), card);
    }
    out
}

/// Field by field; where both changed one, mine stands: a title teaches nothing.
fn merge_headers(base: Option<&RawDeck>, mine: Option<&RawDeck>, theirs: &RawDeck) -> RawDeck {
    let Some(mine) = mine else { return theirs.clone() };
    macro_rules! field {
        ($name:ident) => {
            pick(base.and_then(|b| b.$name.as_ref()), mine.$name.as_ref(), theirs.$name.as_ref())
        };
    }
    RawDeck {
        schema: mine.schema.clone(),
        format: mine.format,
        id: mine.id.clone(),
        title: field!(title),
        // A version that came in is the newer one, whatever was written here.
        version: theirs.version.clone().or_else(|| mine.version.clone()),
        language: field!(language),
        license: field!(license),
        authors: field!(authors),
        description: field!(description),
        cards: None,
    }
}

/// What the author's deck says of itself after this file: what the file does not say, its author said before. Else a field
/// that one file is silent about would look as if it had been written here, and the next file could not change it.
fn still_said(theirs: &RawDeck, base: Option<&RawDeck>) -> RawDeck {
    let mut said = theirs.clone();
    if let Some(base) = base {
        said.title = said.title.or_else(|| base.title.clone());
        said.language = said.language.or_else(|| base.language.clone());
        said.license = said.license.or_else(|| base.license.clone());
        said.authors = said.authors.or_else(|| base.authors.clone());
        said.description = said.description.or_else(|| base.description.clone());
    }
    said
}

/// Untouched here: theirs; else mine. What theirs does not say stays: most formats can't say it.
fn pick<T: Clone + PartialEq>(base: Option<&T>, mine: Option<&T>, theirs: Option<&T>) -> Option<T> {
    let untouched = base == mine;
    theirs.filter(|_| untouched).or(mine).cloned()
}
