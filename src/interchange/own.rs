//! The user's own cards, written into their deck files: added, changed, removed, with what was edited by hand merged
//! and never overwritten.

use super::json;
use super::plan::{PlanError, class};
use super::read::digest_bytes;
use crate::deck::change::EditClass;
use crate::deck::format::{FORMAT, RawCard, RawDeck};
use crate::deck::merge::{Conflict, Merged, Side, differences, merge};
use crate::deck::print;
use crate::interchange::ReadError;
use crate::model::Stamp;
use crate::model::ids::MAX_ID;
use crate::store::{Action, Audited, DeckText, DeckWrite, ImportWrite, Store, StoreError};
use std::collections::HashSet;

/// The deck that own cards go into unless another is named.
pub const OWN_DECK: &str = "mine";

/// One card to put into a deck.
#[derive(Debug, Clone)]
pub struct Put {
    /// The card as it was when editing began, compact JSON; `None` for a card that was not there.
    pub base: Option<String>,
    /// The card now. Its id names it.
    pub card: RawCard,
}

/// What became of a card.
#[derive(Debug, Clone, PartialEq)]
pub enum Saved {
    /// It stands in the deck.
    Done {
        /// What changed for somebody who learned it.
        class: EditClass,
        /// It had been changed elsewhere meanwhile, and both changes are in it.
        merged: bool,
    },
    /// It had been changed elsewhere meanwhile, in the same fields; what stands in the deck was left alone.
    Conflict(Vec<Conflict>),
    /// It is the same as before.
    Same,
}

/// Puts cards into a deck of the user's own (or an imported one), in one transaction with its audit; the last import
/// can be taken back with them, so an edit can too. `source` says where they came from, `format` how ("edit", "notes").
///
/// # Errors
/// When the home can't be written, the deck's file has errors, or it changes in the very moment of writing. Nothing is
/// written then, nor when any card is in [`Saved::Conflict`].
pub fn save(
    store: &mut Store,
    slug: &str,
    puts: &[Put],
    source: &str,
    format: &'static str,
    decide: Option<Side>,
    now: Stamp,
) -> Result<Vec<Saved>, PlanError> {
    let mut deck = Open::read(store, slug)?;
    let mut saved = Vec::new();
    for put in puts {
        saved.push(deck.put(put, decide));
    }
    if saved.iter().any(|s| matches!(s, Saved::Conflict(_))) || deck.audit.is_empty() {
        return Ok(saved);
    }
    deck.write(store, source, format, now)?;
    Ok(saved)
}

/// Takes cards out of a deck of the user's own. Their history stays in the log.
///
/// # Errors
/// As [`save`].
pub fn remove(
    store: &mut Store,
    slug: &str,
    ids: &[String],
    source: &str,
    format: &'static str,
    now: Stamp,
) -> Result<usize, PlanError> {
    let mut deck = Open::read(store, slug)?;
    let before = deck.cards.len();
    for (id, json) in deck.cards.iter().filter(|(id, _)| ids.contains(id)) {
        deck.audit.push(line(id, "", Action::Removed, Some(json.clone()), None));
    }
    deck.cards.retain(|(id, _)| !ids.contains(id));
    let gone = before - deck.cards.len();
    if gone > 0 {
        deck.write(store, source, format, now)?;
    }
    Ok(gone)
}

/// The card of a deck file as compact JSON, as it stands now.
///
/// # Errors
/// When the file can't be read or has errors.
pub fn card_now(store: &Store, slug: &str, id: &str) -> Result<Option<String>, PlanError> {
    Ok(Open::read(store, slug)?.cards.into_iter().find(|(c, _)| c == id).map(|(_, json)| json))
}

/// The id itself, or with the first number behind it that makes it free: no card of the deck has it, or had it.
///
/// # Errors
/// When the home can't be read.
pub fn free_id(store: &Store, deck: &str, wish: &str) -> Result<String, StoreError> {
    let mut id = wish.to_owned();
    for n in 2.. {
        if !store.is_named(deck, &id)? {
            break;
        }
        let number = format!("-{n}");
        // Ids are ASCII.
        let short = wish.get(..MAX_ID - number.len()).unwrap_or(wish).trim_end_matches('-');
        id = format!("{short}{number}");
    }
    Ok(id)
}

/// A deck file being changed.
struct Open {
    slug: String,
    file: String,
    before: Option<Vec<u8>>,
    header: RawDeck,
    cards: Vec<(String, String)>,
    audit: Vec<Audited>,
}

impl Open {
    fn read(store: &Store, slug: &str) -> Result<Self, PlanError> {
        let stored = store.stored_deck(slug)?;
        if stored.as_ref().is_some_and(crate::store::StoredDeck::bundled) {
            let what = format!("the deck \"{slug}\"");
            return Err(ReadError::new(
                what,
                "it comes with scanwise, so its file can't be changed",
                "choose another deck",
            )
            .into());
        }
        let file = stored.map_or_else(|| format!("{slug}.json"), |d| d.file);
        let before = store.deck_bytes(&file)?;
        let (header, cards) = match &before {
            None => (new_header(slug), Vec::new()),
            Some(bytes) => std::str::from_utf8(bytes).ok().and_then(json::parts).ok_or_else(|| {
                ReadError::new(
                    format!("your deck {slug} ({file})"),
                    "it has errors, so nothing can be added to it",
                    format!("run `scanwise check` on {file} and mend it first; nothing was written"),
                )
            })?,
        };
        Ok(Self { slug: slug.to_owned(), file, before, header, cards, audit: Vec::new() })
    }

    fn put(&mut self, put: &Put, decide: Option<Side>) -> Saved {
        let id = put.card.id.clone().unwrap_or_default();
        let new = print::compact(&put.card);
        let Some(at) = self.cards.iter().position(|(c, _)| *c == id) else {
            self.audit.push(line(&id, "", Action::Added, None, None));
            self.cards.push((id, new));
            return Saved::Done { class: EditClass::None, merged: false };
        };
        let here = self.cards[at].1.clone();
        if here == new {
            return Saved::Same;
        }
        // Mine is what stands in the file: a hand edit made meanwhile. Theirs is what was typed.
        let merged = if put.base.as_ref() == Some(&here) {
            // Nobody else touched it: whatever was typed is meant, another type of card too.
            Merged { json: new.clone(), conflicts: Vec::new() }
        } else {
            merge(put.base.as_deref(), &here, &new, &|_| decide)
        };
        if !merged.conflicts.is_empty() {
            return Saved::Conflict(merged.conflicts);
        }
        if merged.json == here {
            return Saved::Same;
        }
        for change in differences(&here, &merged.json) {
            let text = |v: &Option<serde_json::Value>| v.as_ref().map(ToString::to_string);
            self.audit.push(line(&id, &change.field, Action::Changed, text(&change.before), text(&change.after)));
        }
        let class = class(&here, &merged.json);
        let both = merged.json != new;
        self.cards[at].1 = merged.json;
        Saved::Done { class, merged: both }
    }

    fn write(self, store: &mut Store, source: &str, format: &'static str, now: Stamp) -> Result<i64, PlanError> {
        let text = print::deck(&self.header, self.cards.iter().map(|(_, json)| json.as_str()));
        let cards = |action: Action| {
            let ids: HashSet<&str> =
                self.audit.iter().filter(|a| a.action == action).map(|a| a.card.as_str()).collect();
            ids.len()
        };
        let summary = serde_json::json!({ "decks": [{
            "deck": self.slug, "new": cards(Action::Added), "changed": cards(Action::Changed),
            "removed": cards(Action::Removed),
        }] });
        let import = ImportWrite {
            source: source.to_owned(),
            sha256: digest_bytes(text.as_bytes()),
            format,
            summary: summary.to_string(),
            decks: vec![DeckWrite {
                slug: self.slug,
                file: self.file,
                before: self.before,
                text: Some(DeckText { text, known: None }),
                upstream: None,
                audit: self.audit,
            }],
            media: Vec::new(),
            park: Vec::new(),
            suspend: Vec::new(),
            history: Vec::new(),
        };
        Ok(store.carry_out(&import, now)?)
    }
}

fn new_header(slug: &str) -> RawDeck {
    RawDeck {
        format: Some(FORMAT),
        id: Some(slug.to_owned()),
        title: Some(if slug == OWN_DECK { "My cards".to_owned() } else { slug.to_owned() }),
        version: Some("1".to_owned()),
        language: Some("en".to_owned()),
        ..RawDeck::default()
    }
}

fn line(card: &str, field: &str, action: Action, before: Option<String>, after: Option<String>) -> Audited {
    Audited { card: card.to_owned(), field: field.to_owned(), action, before, after }
}
