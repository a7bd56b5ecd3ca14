//! What goes into a sitting and what comes out of it.

use crate::log::{Answer, EventId, EventKind, Personal, Turn};
use crate::model::{Body, Card, CardKey, Choice, Confidence, Grade, Miss, Verdict};
use crate::schedule::{CardState, Slot, Standing};

/// A card as it is being shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// The store's number for it.
    pub id: i64,
    /// Its name.
    pub key: CardKey,
    /// Its content.
    pub card: Card,
    /// Why it is shown.
    pub standing: Standing,
    /// Its state.
    pub state: CardState,
    /// Which option stands in which place.
    pub order: Vec<usize>,
    /// What the student added to it.
    pub personal: Personal,
    /// How its answer changed since it was last answered.
    pub turn: Option<Turn>,
}

impl Shown {
    /// The options in the order shown.
    pub fn options(&self) -> impl Iterator<Item = &Choice> {
        self.order.iter().filter_map(|i| self.card.options().get(*i))
    }

    /// The option in place `place`, from 0.
    #[must_use]
    pub fn option(&self, place: usize) -> Option<&Choice> {
        self.order.get(place).and_then(|i| self.card.options().get(*i))
    }

    /// This card with new content, its options where they were: those that were there keep their order, new ones follow.
    #[must_use]
    pub fn in_order_of(mut self, old: &Self) -> Self {
        let place = |id: &str| self.card.options().iter().position(|o| o.id == id);
        let mut order: Vec<usize> = old.options().filter_map(|o| place(&o.id)).collect();
        order.extend((0..self.card.options().len()).filter(|i| !order.contains(i)).collect::<Vec<_>>());
        self.order = order;
        self
    }

    /// Is it answered by choosing (not by recalling)?
    #[must_use]
    pub fn has_options(&self) -> bool {
        matches!(self.card.body, Body::Decision { .. })
    }
}

/// What the student says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// The option in this place, from 0.
    Choose(usize),
    /// How sure.
    Confident(Confidence),
    /// Was the recalled answer right?
    Judge(bool),
    /// Why the answer was wrong.
    Name(Miss),
    /// Go on.
    Go,
    /// Take the last answer back.
    Undo,
    /// Put this card aside for this sitting.
    Skip,
    /// Never show this card until resumed.
    Suspend,
    /// Mark or unmark this card.
    Flag,
    /// Change this card's text.
    Edit,
    /// Stop here.
    Quit,
}

/// What the shell must do; it answers with one of [`super::Session`]'s `on_` functions where one is named.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Plan the queue anew, without these cards; answer with [`super::Session::on_plan`].
    Plan,
    /// Load this card; answer with [`super::Session::on_card`].
    Load(Slot),
    /// Record an answer, durably; answer with [`super::Session::on_recorded`].
    Record {
        /// The card.
        id: i64,
        /// Its name.
        key: CardKey,
        /// The answer.
        answer: Answer,
    },
    /// Name the miss of a recorded answer.
    Debrief {
        /// The card.
        id: i64,
        /// Its name.
        key: CardKey,
        /// The answer it speaks of.
        target: EventId,
        /// Why it was wrong.
        miss: Miss,
        /// The grade that follows.
        grade: Grade,
    },
    /// Take an answer back: this one of the sitting, or the last there is; answer with [`super::Session::on_undone`].
    Undo(Option<EventId>),
    /// Suspend, flag or unflag.
    Mark {
        /// The card.
        id: i64,
        /// Its name.
        key: CardKey,
        /// What happened.
        kind: EventKind,
    },
    /// Let the student change this card; answer with [`super::Session::on_edited`].
    Edit {
        /// The card.
        id: i64,
        /// Its name.
        key: CardKey,
    },
    /// That means nothing here; say why.
    Refuse(&'static str),
}

/// What was picked, before confidence is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pick {
    /// Place of the option, from 0.
    pub place: usize,
    /// Milliseconds from question to choice.
    pub ms: u32,
}

/// What became of the answer on screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Result {
    /// Place of the chosen option; `None` for recalled cards.
    pub place: Option<usize>,
    /// The verdict on it.
    pub verdict: Verdict,
    /// How sure the student was.
    pub confidence: Confidence,
    /// The grade so far.
    pub grade: Grade,
    /// The event in the log; `None` until recorded.
    pub event: Option<EventId>,
    /// The state after it; `None` until recorded.
    pub after: Option<CardState>,
    /// The miss still has to be named.
    pub asks_miss: bool,
}
