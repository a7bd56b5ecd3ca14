//! Putting an edited card where it belongs.

use super::subject::{Place, Subject};
use crate::cli::failure::{Failure, Outcome};
use crate::deck::change::EditClass;
use crate::deck::format::RawCard;
use crate::deck::merge::{Conflict, Side, merge};
use crate::deck::print;
use crate::interchange::own::{self, OWN_DECK, Put, Saved};
use crate::interchange::plan::{PlanError, class};
use crate::model::{CardKey, Stamp};
use crate::store::{CardRow, Store};

/// What became of an edit.
#[derive(Debug)]
pub enum Written {
    /// It is saved.
    Saved(Kept),
    /// The deck's file was changed in the same fields meanwhile; nothing was written.
    Conflict(Vec<Conflict>),
}

/// A saved edit.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The card's id in its deck.
    pub id: String,
    /// What it changes for somebody who learned the card.
    pub class: EditClass,
    /// What was edited in the file meanwhile is in it too.
    pub merged: bool,
    /// The card is due again for it.
    pub due: bool,
    /// It is a personal version of a card of a compiled-in deck.
    pub personal: bool,
}

fn failed(e: PlanError) -> Failure {
    match e {
        PlanError::Store(e) => e.into(),
        PlanError::Read(e) => Failure::fixable(format!("{}: {}", e.place, e.cause)).hint(e.hint),
    }
}

/// The card as its deck's file has it, compact JSON.
pub fn card_now(store: &Store, slug: &str, id: &str) -> Outcome<Option<String>> {
    own::card_now(store, slug, id).map_err(failed)
}

/// Its answer changed since it was learned, in whichever part.
pub fn is_due_again(key: &CardKey, store: &Store) -> Outcome<bool> {
    any_part(key, store, |row| row.state.relearn && row.present)
}

/// Somebody answered it, in whichever part.
pub fn is_learned(key: &CardKey, store: &Store) -> Outcome<bool> {
    any_part(key, store, |row| row.state.first_day.is_some())
}

/// Something holds of the card, or of a part of it.
fn any_part(key: &CardKey, store: &Store, holds: impl Fn(&CardRow) -> bool) -> Outcome<bool> {
    for part in std::iter::once(None).chain((1..=99).map(Some)) {
        let row = store.card_named(&CardKey::join(key.deck(), key.card(), part))?;
        match (row, part) {
            (Some(row), _) if holds(&row) => return Ok(true),
            // The parts of a cloze are counted up from 1; a gap ends the search early enough.
            (None, Some(n)) if n > 9 => break,
            _ => {}
        }
    }
    Ok(false)
}

/// Saves an edited card; `decide` says whose version stands where the file was changed meanwhile.
pub fn save(
    subject: &Subject,
    card: &RawCard,
    store: &mut Store,
    decide: Option<Side>,
    now: Stamp,
) -> Outcome<Written> {
    let json = print::compact(card);
    let id = card.id.clone().unwrap_or_default();
    if subject.place == Place::Bundled {
        return version(subject, id, &json, store, decide, now);
    }
    let mut puts = vec![Put { base: subject.base.clone(), card: card.clone() }];
    if let Some(twin) = &subject.twin {
        // A flip and its original are one family from the same moment on.
        if twin.place == Place::Bundled {
            store.set_variant(&twin.key, &print::compact(&twin.card), now)?;
        } else {
            puts.push(Put { base: Some(twin.base.clone()), card: twin.card.clone() });
        }
    }
    let source = format!("edit {}/{id}", subject.deck);
    let saved = own::save(store, &subject.deck, &puts, &source, "edit", decide, now).map_err(failed)?;
    let conflicts: Vec<Conflict> = saved
        .iter()
        .filter_map(|s| if let Saved::Conflict(c) = s { Some(c.clone()) } else { None })
        .flatten()
        .collect();
    if !conflicts.is_empty() {
        return Ok(Written::Conflict(conflicts));
    }
    let (class, merged) = match saved.first() {
        Some(Saved::Done { class, merged }) => (*class, *merged),
        _ => (EditClass::None, false),
    };
    let due = is_due_again(&CardKey::join(&subject.deck, &id, None), store)?;
    Ok(Written::Saved(Kept { id, class, merged, due, personal: false }))
}

/// Saves a personal version. What it was made from may not be what stands by now: a text can wait for days.
fn version(
    subject: &Subject,
    id: String,
    typed: &str,
    store: &mut Store,
    decide: Option<Side>,
    now: Stamp,
) -> Outcome<Written> {
    let here = match store.variant(&subject.key)? {
        Some(variant) => Some(variant.mine),
        None => store.bundled_card(&subject.key)?,
    };
    let here = here.unwrap_or_default();
    let merged = merge(subject.base.as_deref(), &here, typed, &|_| decide);
    if !merged.conflicts.is_empty() {
        return Ok(Written::Conflict(merged.conflicts));
    }
    let personal = store.set_variant(&subject.key, &merged.json, now)?;
    let (class, due) = (class(&here, &merged.json), is_due_again(&subject.key, store)?);
    Ok(Written::Saved(Kept { id, class, merged: merged.json != typed, due, personal }))
}

/// The deck that a flip of a card goes into: its own where that is a file, else the student's.
pub fn flip_deck(place: Place, deck: &str) -> &str {
    if place == Place::Own { deck } else { OWN_DECK }
}
