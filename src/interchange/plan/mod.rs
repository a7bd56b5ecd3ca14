//! What an import would do, before it does anything: each card's fate, field by field.

mod compare;
mod fates;
pub mod media;
mod record;
mod target;
mod undo;
mod write;

pub use compare::{Like, Twin};
pub use undo::plan_undo;

use super::incoming::{Format, Incoming, PastReview, ReadError, Tick, Trouble};
use crate::deck::alike::Print;
use crate::deck::change::{EditClass, largest};
use crate::deck::format::RawDeck;
use crate::deck::merge::{Conflict, FieldChange, Side, differences, merge};
use crate::deck::{Catalog, parse_card};
use crate::log::{Event, EventId};
use crate::model::{Card, Outline};
use crate::store::{Packed, Staged, Store, StoreError};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use target::Target;

/// What becomes of cards that their author removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Removed {
    /// They stay, as the user's own.
    #[default]
    Keep,
    /// They stay and are suspended.
    Suspend,
    /// They leave the deck; their history stays in the log.
    Archive,
}

/// What becomes of new cards that are here already in another deck, word for word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duplicates {
    /// They come in too.
    #[default]
    Keep,
    /// They are left out.
    Skip,
    /// They come in parked.
    Park,
}

/// How to import.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Merge into this deck, whatever the file calls it.
    pub deck: Option<String>,
    /// New cards wait until they are released.
    pub park: bool,
    /// Whose version to take in every conflict.
    pub prefer: Option<Side>,
    /// Cards removed by their author.
    pub removed: Removed,
    /// Cards that are here already.
    pub duplicates: Duplicates,
    /// Take the reviews in the file as this user's own.
    pub with_history: bool,
}

/// What becomes of one card.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// It comes in.
    New,
    /// It changes here.
    Changed {
        /// Every field.
        changes: Vec<FieldChange>,
        /// What that means for somebody who learned it.
        class: EditClass,
    },
    /// Nothing changes here (perhaps because only this home changed it).
    Unchanged,
    /// Both changed it; undecided, the version here stands.
    Conflict(Vec<Conflict>),
    /// Its author removed it.
    Removed,
    /// It was removed here, and its author has not changed it since.
    GoneHere,
    /// It was removed here, but its author changed it since: it stays out, and that is told.
    GoneHereChangedThere,
    /// It is only here.
    Mine,
    /// It is left out because the same card is here in another deck.
    Skipped,
}

/// One card in the plan.
#[derive(Debug, Clone)]
pub struct CardPlan {
    /// Its id within the deck.
    pub id: String,
    /// The card after the import as compact JSON; `None` when it will not be in the deck.
    pub json: Option<String>,
    /// What becomes of it.
    pub fate: Fate,
    /// Cards elsewhere that it is like.
    pub likes: Vec<Like>,
    sides: Option<Box<Sides>>,
    print: Option<Print>,
    /// Of `json`, when it is known; see [`write`].
    outline: Option<Rc<Outline>>,
}

/// The three versions of a card that both may have changed.
#[derive(Debug, Clone)]
struct Sides {
    base: Option<String>,
    mine: String,
    theirs: String,
}

/// One deck in the plan.
#[derive(Debug)]
pub struct DeckPlan {
    /// The deck it meets or becomes here.
    pub slug: String,
    /// Its file in `<home>/decks`.
    pub file: String,
    /// After the import.
    pub header: RawDeck,
    /// It is not here yet.
    pub new: bool,
    /// Why it is not merged with the deck of the same id, for people.
    pub apart: Option<String>,
    /// What is odd about it, for people.
    pub warnings: Vec<String>,
    /// The id its author gave it.
    pub origin: String,
    /// The version here, when there is one.
    pub old_version: Option<String>,
    /// Every card: those of the file in its order, with those that are only here after their neighbors.
    pub cards: Vec<CardPlan>,
    /// Pictures and sounds that are not here yet.
    pub media: Vec<Staged>,
    before: Option<Vec<u8>>,
    /// The deck as its author sent it, and its version: the next base.
    upstream_body: Packed,
    upstream_version: String,
    old_header: Option<RawDeck>,
}

/// What an import would do.
#[derive(Debug)]
pub struct Plan {
    /// The kind of file.
    pub format: Format,
    /// The decks.
    pub decks: Vec<DeckPlan>,
    /// Decks whose every card is compiled into the program already.
    pub already: Vec<String>,
    /// How fields were understood.
    pub mapping: Vec<String>,
    /// What could not be used.
    pub troubles: Vec<Trouble>,
    /// Reviews of another program, with the deck's place in `decks`.
    pub reviews: Vec<PastReview>,
    /// Events of our own, renamed to the decks here.
    pub events: Vec<Event>,
    /// Events of the file that are in the log already.
    known: HashSet<EventId>,
}

/// Why a plan can't be made.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The home.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file, or the deck here it would be merged with.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl DeckPlan {
    /// Cards of one kind of fate.
    pub fn count(&self, is: impl Fn(&Fate) -> bool) -> usize {
        self.cards.iter().filter(|c| is(&c.fate)).count()
    }

    /// Will the import change anything about this deck?
    #[must_use]
    pub fn changes_anything(&self) -> bool {
        self.new
            || self.old_header.as_ref().is_some_and(|h| *h != self.header)
            || self.cards.iter().any(|c| {
                !matches!(
                    c.fate,
                    Fate::Unchanged | Fate::Mine | Fate::GoneHere | Fate::GoneHereChangedThere | Fate::Skipped
                )
            })
    }
}

impl Plan {
    /// Makes the plan. Nothing is changed.
    ///
    /// # Errors
    /// When the home can't be read, or the user's copy of a deck has errors that must be mended first.
    pub fn make(store: &Store, incoming: Incoming, options: &Options, tick: &mut Tick<'_>) -> Result<Self, PlanError> {
        if let (Some(id), n @ 2..) = (&options.deck, incoming.decks.len()) {
            let cause = format!("it holds {n} decks, and all of them can't become \"{id}\"");
            return Err(ReadError::new("the file", cause, "leave --deck out").into());
        }
        let mut plan = Self {
            format: incoming.format.unwrap_or(Format::Json),
            decks: Vec::new(),
            already: Vec::new(),
            mapping: incoming.mapping,
            troubles: incoming.troubles,
            reviews: Vec::new(),
            events: Vec::new(),
            known: HashSet::new(),
        };
        let mut taken = HashSet::new();
        let mut places = Vec::new();
        let mut renamed = HashMap::new();
        let decks = store.home().join("decks");
        let shared = incoming.decks.len() > 1;
        for mut deck in incoming.decks {
            let found = target::find(store, &deck, options.deck.as_deref(), &mut taken)?;
            if let Target::Already(id) = found {
                plan.already.push(id);
                places.push(None);
                continue;
            }
            let theirs = deck.header.id.clone().unwrap_or_default();
            let media = media::settle(&mut deck, &incoming.media, found.slug(), &decks, shared)?;
            let planned = DeckPlan { media, ..fates::one_deck(deck, found, options)? };
            renamed.insert(theirs, planned.slug.clone());
            places.push(Some(plan.decks.len()));
            plan.decks.push(planned);
        }
        plan.reviews = incoming
            .history
            .into_iter()
            .filter_map(|r| places.get(r.deck).copied().flatten().map(|deck| PastReview { deck, ..r }))
            .collect();
        plan.events = incoming
            .events
            .into_iter()
            .filter_map(|e| renamed.get(e.card.deck()).map(|slug| write::rename(e, slug)))
            .collect();
        compare::find_twins(store, &mut plan, tick)?;
        plan.set_duplicates(options.duplicates);
        Ok(plan)
    }

    /// Leaves new cards out (or takes them back in) that are here word for word in another deck.
    pub fn set_duplicates(&mut self, duplicates: Duplicates) {
        for card in self.decks.iter_mut().flat_map(|d| &mut d.cards) {
            let double = card.is_double();
            match card.fate {
                Fate::New if double && duplicates == Duplicates::Skip => card.fate = Fate::Skipped,
                Fate::Skipped if duplicates != Duplicates::Skip => card.fate = Fate::New,
                _ => {}
            }
        }
    }

    /// Decides the conflicts of one card: `decide` is asked field by field. True when none is left.
    pub fn decide(&mut self, deck: usize, card: usize, decide: &dyn Fn(&str) -> Option<Side>) -> bool {
        let Some(card) = self.decks.get_mut(deck).and_then(|d| d.cards.get_mut(card)) else { return true };
        if matches!(card.fate, Fate::Conflict(_)) {
            card.settle(decide);
        }
        !matches!(card.fate, Fate::Conflict(_))
    }

    /// Pictures and sounds that come in.
    #[must_use]
    pub fn media(&self) -> usize {
        self.decks.iter().map(|d| d.media.len()).sum()
    }

    /// Conflicts that are still open.
    #[must_use]
    pub fn conflicts(&self) -> usize {
        self.decks.iter().map(|d| d.count(|f| matches!(f, Fate::Conflict(_)))).sum()
    }

    /// Will the import change anything?
    #[must_use]
    pub fn changes_anything(&self, options: &Options) -> bool {
        self.decks.iter().any(DeckPlan::changes_anything)
            || options.with_history && !(self.reviews.is_empty() && self.events.is_empty())
    }
}

impl CardPlan {
    fn plain(id: String, json: Option<String>, fate: Fate) -> Self {
        Self { id, json, fate, likes: Vec::new(), sides: None, print: None, outline: None }
    }

    /// It comes in although the same words are here in another deck.
    #[must_use]
    pub fn is_double(&self) -> bool {
        self.likes.iter().any(Like::is_double)
    }

    /// The card as it will stand in the deck.
    #[must_use]
    pub fn card(&self) -> Option<Card> {
        self.json.as_deref().and_then(|json| parse_card(json, Catalog::bundled()))
    }

    /// Merges the three versions again with what was decided.
    fn settle(&mut self, decide: &dyn Fn(&str) -> Option<Side>) {
        let Some(sides) = &self.sides else { return };
        let merged = merge(sides.base.as_deref(), &sides.mine, &sides.theirs, decide);
        self.fate = if !merged.conflicts.is_empty() {
            Fate::Conflict(merged.conflicts)
        } else if merged.json == sides.mine {
            Fate::Unchanged
        } else {
            Fate::Changed { changes: differences(&sides.mine, &merged.json), class: class(&sides.mine, &merged.json) }
        };
        self.json = Some(merged.json);
        self.outline = None;
    }
}

/// The largest class of edit among the parts of a card.
#[must_use]
pub fn class(old: &str, new: &str) -> EditClass {
    let card = |text: &str| parse_card(text, Catalog::bundled());
    let (Some(old), Some(new)) = (card(old), card(new)) else { return EditClass::Answer };
    largest(&old, &new)
}
