//! Anki packages: `.apkg` and `.colpkg`, from Anki 2.0 to now.
//!
//! Nothing in a package is trusted: every byte is counted as it is unpacked ([`limits`]), the collection is checked
//! before it is read, and every card has to keep the rules of decks. Notes pass by one at a time; pictures and sounds
//! go from archive to disk and are never held in memory.

mod about;
mod cards;
mod cloze;
mod decks;
pub mod limits;
mod mapping;
mod media;
mod notetypes;
mod package;
mod troubles;

use super::incoming::{Format, Incoming, PastReview, ReadError, Tick};
use crate::model::CardKey;
use crate::store::foreign::ForeignError;
use crate::store::foreign::anki::{AnkiDb, CardRow, NoteRow};
use cards::{Made, Maker};
use decks::Places;
use limits::{MAX_CARDS, MAX_NOTES, MAX_REVIEWS};
use mapping::{Becomes, OUR_KEY, Plan, wanted};
use media::Media;
use notetypes::{Kinds, NoteType};
use package::Package;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;

/// What the user wants of a package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnkiOptions {
    /// What fields become, over the proposal: `Front=front,Extra=why` or `My Note Type:Front=front,Extra=why`. Targets
    /// are front, back, why, text, note, ignore.
    pub maps: Vec<String>,
    /// Also the reviews Anki recorded.
    pub with_history: bool,
}

/// How often progress is told, in notes.
const TICK: u64 = 500;

/// Reads a package. `scratch` is an empty folder for unpacked files; media stay there.
///
/// # Errors
/// When the package as a whole can't be used: it names the place, the cause with the limit it broke, and the next step.
pub fn read(path: &Path, scratch: &Path, wanted: &AnkiOptions, tick: &mut Tick<'_>) -> Result<Incoming, ReadError> {
    let mut package = Package::open(path)?;
    let name = package.collection();
    let file = scratch.join("collection");
    package.unpack_collection(&file, tick)?;
    let said = |e: ForeignError| foreign(name, &e);
    let db = AnkiDb::open(&file).map_err(said)?;
    let kinds = Kinds::read(db.kept().map_err(said)?, name)?;
    let rows = db.cards(MAX_CARDS).map_err(said)?;
    let media = Media::new(package.media_list()?);
    let used = used_types(&db, name)?;
    let plans = plans(&kinds, &used, &wanted.maps)?;
    let keys = keys_of_ours(&plans);
    let mut ours = BTreeSet::new();
    let mapping = plans.values().map(Plan::said).collect();

    let mut cards = CardsOf::new(&rows);
    let mut maker = Maker::new(plans, Places::new(&kinds.decks), media, rows.len(), wanted.with_history);
    let mut done = 0_u64;
    let all = used.values().sum();
    db.notes(MAX_NOTES, |note| {
        if let Some(deck) = keys.get(&note.notetype).and_then(|at| deck_of_ours(note, *at)) {
            ours.insert(deck);
        }
        maker.note(note, cards.note(note.id));
        done += 1;
        if done.is_multiple_of(TICK) {
            tick("reading notes", done, all);
        }
        ControlFlow::Continue(())
    })
    .map_err(said)?;
    tick("reading notes", done, all);
    drop(rows);
    maker.finish();
    about::fill(&mut maker.shelf.decks, &kinds, &maker.places, &ours, &mut maker.troubles);

    let made = maker.made.take();
    let mut incoming =
        Incoming { format: Some(Format::Anki), decks: maker.shelf.decks, mapping, ..Incoming::default() };
    let mut troubles = maker.troubles;
    if let Some(made) = made {
        incoming.history = history(&db, made, &incoming, tick).map_err(said)?;
    }
    drop(db);
    incoming.media = maker.media.unpack(&mut package, &scratch.join("media"), &mut troubles, tick)?;
    incoming.troubles = troubles.told();
    // It is large and of no more use; the whole scratch folder goes later anyway.
    let _ = std::fs::remove_file(&file);
    Ok(incoming)
}

/// Finds the cards of notes; rows are sorted by note. Each card is given to one note: a table without a key may hold
/// many notes of one id, and each of them with all the cards of all would take for ever.
struct CardsOf<'r> {
    rows: &'r [CardRow],
    given: Vec<bool>,
    /// Where the last note's cards end. Notes mostly come in the order of their ids.
    next: usize,
}

impl<'r> CardsOf<'r> {
    fn new(rows: &'r [CardRow]) -> Self {
        Self { rows, given: vec![false; rows.len()], next: 0 }
    }

    fn note(&mut self, note: i64) -> &'r [CardRow] {
        let first = |at: usize| at == 0 || self.rows[at - 1].note < note;
        let expected = self.rows.get(self.next).is_some_and(|c| c.note == note) && first(self.next);
        let start = if expected { self.next } else { self.rows.partition_point(|c| c.note < note) };
        if self.given.get(start).is_none_or(|given| *given) {
            return &[];
        }
        let length = self.rows[start..].iter().take_while(|c| c.note == note).count();
        self.next = start + length;
        self.given[start..self.next].fill(true);
        &self.rows[start..self.next]
    }
}

/// Note types that have notes, and how many.
fn used_types(db: &AnkiDb, place: &str) -> Result<BTreeMap<i64, u64>, ReadError> {
    db.types_used(MAX_NOTES).map_err(|e| foreign(place, &e))
}

fn plans(kinds: &Kinds, used: &BTreeMap<i64, u64>, maps: &[String]) -> Result<BTreeMap<i64, Plan>, ReadError> {
    let ids: BTreeSet<i64> = used.keys().copied().collect();
    let present: Vec<&NoteType> = kinds.notetypes.values().filter(|k| ids.contains(&k.id)).collect();
    let wanted = wanted(maps, &present)?;
    let nothing = BTreeMap::new();
    Ok(present.into_iter().map(|k| (k.id, Plan::new(k, wanted.get(&k.id).unwrap_or(&nothing)))).collect())
}

/// The note types that scanwise writes, and which field holds the card's name.
fn keys_of_ours(plans: &BTreeMap<i64, Plan>) -> BTreeMap<i64, usize> {
    let ours = plans.iter().filter(|(_, plan)| plan.becomes == Becomes::Ours);
    ours.filter_map(|(id, plan)| Some((*id, plan.fields.iter().position(|f| f == OUR_KEY)?))).collect()
}

/// The deck that a note of scanwise names.
fn deck_of_ours(note: &NoteRow<'_>, key: usize) -> Option<String> {
    let key = CardKey::parse(note.fields.split('\u{1f}').nth(key)?.trim()).ok()?;
    Some(key.deck().to_owned())
}

/// Anki's review log, for the cards that were made. Manual changes and reviews in filtered decks that only crammed are
/// left out.
fn history(
    db: &AnkiDb,
    mut made: Vec<Made>,
    incoming: &Incoming,
    tick: &mut Tick<'_>,
) -> Result<Vec<PastReview>, ForeignError> {
    const YEAR_2100_MS: i64 = 4_102_444_800_000;
    made.sort_unstable();
    let mut out = Vec::new();
    db.reviews(MAX_REVIEWS, |review| {
        let Ok(at) = made.binary_search_by_key(&review.card, |m| m.anki) else { return };
        let grade = match (review.kind, review.button) {
            (0..=2, 1) => 1,
            (0..=2, 2) => 3,
            (0..=2, 3) => 4,
            (0..=2, 4) => 5,
            _ => return,
        };
        if !(1..YEAR_2100_MS).contains(&review.utc_ms) {
            return;
        }
        let made = made[at];
        out.push(PastReview {
            deck: made.deck,
            card: incoming.decks[made.deck].cards[made.card].id.clone(),
            part: (made.part > 0).then_some(made.part),
            utc_ms: review.utc_ms,
            grade,
            ms: u32::try_from(review.ms.max(0)).unwrap_or(u32::MAX),
        });
        if (out.len() as u64).is_multiple_of(TICK * 10) {
            tick("reading the review log", out.len() as u64, 0);
        }
    })?;
    out.sort_by_key(|r| r.utc_ms);
    Ok(out)
}

fn foreign(place: &str, e: &ForeignError) -> ReadError {
    let hint = match e {
        ForeignError::TooMany { .. } | ForeignError::TooLong => "export fewer decks at once",
        ForeignError::Shape(_) => "if Anki can open it, export it again with \"Support older Anki versions\" ticked",
        _ => "export the deck from Anki again (Tools > Check Database first), and copy the file whole",
    };
    ReadError::new(place, e.to_string(), hint)
}
