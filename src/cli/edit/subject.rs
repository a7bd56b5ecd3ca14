//! What is being edited: a card as it stands, with what its deck says, or the flip of one.

use super::{save, talk};
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Outcome};
use crate::deck::format::{CardType, RawCard};
use crate::deck::merge::{Conflict, merge};
use crate::deck::{Catalog, parse_card, print};
use crate::interchange::editable::{EditHints, to_text};
use crate::interchange::json::raw_card;
use crate::interchange::own;
use crate::interchange::read::digest_bytes;
use crate::model::ids::suggest_id;
use crate::model::text::hex;
use crate::model::{Body, Card, CardKey};
use crate::store::{CardRow, Store};

/// Where a card's text lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a file of the student's: their own or an imported deck.
    Own,
    /// In the program; what is changed becomes a personal version.
    Bundled,
}

/// The other card of a flip, as it is to be: it joins the family.
#[derive(Clone)]
pub struct Twin {
    /// Where its text lives.
    pub place: Place,
    /// Its name.
    pub key: CardKey,
    /// As it stands, compact JSON.
    pub base: String,
    /// As it is to be.
    pub card: RawCard,
}

/// What is being edited.
#[derive(Clone)]
pub struct Subject {
    /// The card asked for (without a cloze number); of a flip, the one it is made from.
    pub key: CardKey,
    /// The deck the edited card belongs in.
    pub deck: String,
    /// Where its text lives.
    pub place: Place,
    /// The card is not there yet.
    pub new: bool,
    /// The card as it stands, compact JSON; `None` for a new one.
    pub base: Option<String>,
    /// What the editor starts with.
    pub start: RawCard,
    /// Where the deck's new version and the student's contradict each other.
    pub waiting: Vec<Conflict>,
    /// The card that a new one is the flip of.
    pub flip_of: Option<Card>,
    /// ... and what changes of that card with it.
    pub twin: Option<Twin>,
    /// Somebody learned the card: its schedule can change.
    pub learned: bool,
}

impl Subject {
    /// The card before the edit.
    pub fn before(&self) -> Option<RawCard> {
        self.base.as_deref().and_then(raw_card)
    }

    /// Its id in the deck.
    pub fn id(&self) -> &str {
        self.start.id.as_deref().unwrap_or_default()
    }

    /// A card as it was written, for what is being edited: a text that was printed of the card itself, and not of its
    /// flip, has the names of that card, and the new one gets its own.
    pub fn taken_over(&self, mut card: RawCard) -> RawCard {
        if !self.new {
            return card;
        }
        let old = self.flip_of.as_ref().and_then(|of| match &of.body {
            Body::Decision { modifier, .. } => modifier.clone(),
            _ => None,
        });
        if card.id.is_none() || card.id.as_deref() == Some(self.key.card()) {
            card.id.clone_from(&self.start.id);
        }
        if card.modifier.is_none() || card.modifier == old {
            card.modifier.clone_from(&self.start.modifier);
        }
        if card.family.is_none() {
            card.family.clone_from(&self.start.family);
        }
        card
    }

    /// Its name: `deck/card`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.deck, self.id())
    }

    /// The text for the editor, with the mark by which `--from` knows what it was made from.
    pub fn text(&self) -> String {
        let title = match &self.flip_of {
            Some(of) => format!("{}, a flip of {}: change what flips the answer", self.name(), of.id),
            None => format!("{}{}", self.name(), self.mark()),
        };
        let text = to_text(&self.start, &EditHints::of(title, &self.start));
        talk::with_conflicts(&text, &self.waiting)
    }

    /// The end of the first line, by which a text is known that was made from another card.
    pub fn mark(&self) -> String {
        let Some(base) = &self.base else { return String::new() };
        format!("{AS_OF}{}", hex(&digest_bytes(base.as_bytes())[..4]))
    }
}

/// In the first line, before the mark of the card that a text was made from.
pub const AS_OF: &str = ", as of ";

/// The card a user names, whichever part of a cloze they name it by.
pub fn row(name: &str, store: &Store, context: &Context) -> Outcome<CardRow> {
    context.card(store, name).or_else(|missing| {
        let first = CardKey::parse(&format!("{name}#1")).ok();
        first.map(|key| store.card_named(&key)).transpose()?.flatten().ok_or(missing)
    })
}

/// What `edit` of this name is about.
pub fn find(name: &str, flip: Option<&str>, store: &Store, context: &Context) -> Outcome<Subject> {
    let row = row(name, store, context)?;
    let key = CardKey::join(row.key.deck(), row.key.card(), None);
    if !row.present {
        return Err(
            Failure::fixable(format!("{key} is in no deck any more")).hint("put it back into its deck's file first")
        );
    }
    let gone = || Failure::fixable(format!("{key} can't be read from its deck")).hint("run `scanwise doctor`");
    let (place, base, start, waiting) = match store.bundled_card(&key)? {
        Some(theirs) => match store.variant(&key)? {
            // What the deck changed elsewhere is taken in; where both changed one thing, the student's stands at first.
            Some(v) if v.base != theirs => {
                let merged = merge(Some(&v.base), &v.mine, &theirs, &|_| None);
                (Place::Bundled, v.mine, merged.json, merged.conflicts)
            }
            Some(v) => (Place::Bundled, v.mine.clone(), v.mine, Vec::new()),
            None => (Place::Bundled, theirs.clone(), theirs, Vec::new()),
        },
        None => {
            let now = save::card_now(store, key.deck(), key.card())?.ok_or_else(gone)?;
            (Place::Own, now.clone(), now, Vec::new())
        }
    };
    let start = raw_card(&start).ok_or_else(gone)?;
    let learned = row.state.first_day.is_some();
    let subject = Subject {
        deck: key.deck().to_owned(),
        place,
        new: false,
        base: Some(base),
        start,
        waiting,
        flip_of: None,
        twin: None,
        learned,
        key,
    };
    match flip {
        None => Ok(subject),
        Some(modifier) => make_flip(subject, modifier, store),
    }
}

/// A new card of the same family, with one thing changed.
fn make_flip(of: Subject, modifier: &str, store: &Store) -> Outcome<Subject> {
    let modifier = modifier.trim();
    if of.start.kind != Some(CardType::Decision) {
        return Err(Failure::fixable(format!("{} is no decision, so there is no answer to flip", of.key))
            .hint("families are for decision cards"));
    }
    if modifier.is_empty() {
        return Err(Failure::usage("--flip needs what is different: --flip \"19 weeks pregnant\""));
    }
    let deck = save::flip_deck(of.place, &of.deck).to_owned();
    let family = of.start.family.clone().unwrap_or_else(|| of.id().to_owned());
    let wish = suggest_id(&format!("{}-{modifier}", of.id())).unwrap_or_else(|| format!("{}-flip", of.id()));
    let id = own::free_id(store, &deck, &wish)?;
    let start =
        RawCard { id: Some(id), family: Some(family.clone()), modifier: Some(modifier.to_owned()), ..of.start.clone() };
    let flip_of = parse_card(&print::compact(&of.start), Catalog::bundled());
    let twin = of.start.family.is_none().then(|| Twin {
        place: of.place,
        key: of.key.clone(),
        base: of.base.clone().unwrap_or_default(),
        card: RawCard { family: Some(family), ..of.start.clone() },
    });
    Ok(Subject {
        deck,
        place: Place::Own,
        new: true,
        base: None,
        start,
        waiting: Vec::new(),
        flip_of,
        twin,
        learned: false,
        key: of.key,
    })
}
