//! State is a fold over events: the only code that turns the log into [`CardState`].

use super::event::{Answer, Event, EventId, EventKind};
use crate::model::{CardKey, Confidence, Day, Grade, Miss, Rollover};
use crate::schedule::{CardState, Params, Stage};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Longest time an answer counts with, in milliseconds: a train that enters a tunnel is not three hours of thought.
pub const MAX_COUNTED_MS: u32 = 180_000;

/// What one answer adds to statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// Study day.
    pub day: Day,
    /// What kind of card it met.
    pub stage: Stage,
    /// How sure.
    pub confidence: Confidence,
    /// SM-2 quality.
    pub grade: Grade,
    /// Time taken, at most [`MAX_COUNTED_MS`].
    pub ms: u32,
}

/// Settings a fold depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Folding {
    /// Scheduling.
    pub params: Params,
    /// When a study day ends.
    pub rollover: Rollover,
}

/// What a card's events come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folded {
    /// The state; `None` when nothing that counts ever happened.
    pub state: Option<CardState>,
    /// One for each answer that counts, oldest first.
    pub facts: Vec<Fact>,
    /// The last answer that counts.
    pub last_answer: Option<EventId>,
    /// What the student added to the card for themselves.
    pub personal: Personal,
}

/// What a student added to a card for themselves; no deck can touch it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Personal {
    /// A note.
    pub note: Option<String>,
    /// Tags, in the order given.
    pub tags: Vec<String>,
}

impl Personal {
    /// Nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.note.is_none() && self.tags.is_empty()
    }
}

/// The events that don't count because they were taken back. An undo is an event too: once it is taken back itself, what
/// it took back counts again.
#[must_use]
pub fn undone<'e>(events: impl IntoIterator<Item = &'e Event>) -> HashSet<EventId> {
    let mut undos: Vec<(EventId, EventId)> = events
        .into_iter()
        .filter_map(|e| match &e.kind {
            EventKind::Undone { target } => Some((e.id, *target)),
            _ => None,
        })
        .collect();
    // The newest first: whether an undo holds is known once everything after it is.
    undos.sort_unstable();
    let mut out = HashSet::new();
    for (id, target) in undos.into_iter().rev() {
        if !out.contains(&id) {
            out.insert(target);
        }
    }
    out
}

/// All events of one card, in any order.
#[derive(Debug, Clone, Default)]
pub struct History<'a> {
    events: Vec<&'a Event>,
}

impl<'a> History<'a> {
    /// Collects them.
    #[must_use]
    pub fn new(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut events: Vec<&Event> = events.into_iter().collect();
        events.sort_unstable_by_key(|e| e.id);
        events.dedup_by_key(|e| e.id);
        Self { events }
    }

    /// Folds them in the order of their ids; what was undone is skipped, and a debrief speaks for its answer.
    #[must_use]
    pub fn fold(&self, folding: &Folding) -> Folded {
        let undone = undone(self.events.iter().copied());
        let mut debriefs: HashMap<EventId, (Miss, Grade)> = HashMap::new();
        for event in self.events.iter().filter(|e| !undone.contains(&e.id)) {
            if let EventKind::Debriefed { target, miss, grade } = &event.kind {
                debriefs.insert(*target, (*miss, *grade));
            }
        }
        let mut folded = Folded::default();
        for event in self.events.iter().filter(|e| !undone.contains(&e.id)) {
            folded.apply(event, debriefs.get(&event.id).map(|d| d.1), folding);
        }
        folded
    }
}

impl Folded {
    /// Adds the newest event of the card. Only an event that speaks of itself alone can be added; `Undone` and
    /// `Debriefed` speak of others and need [`History::fold`], for which `false` is returned.
    pub fn push(&mut self, event: &Event, folding: &Folding) -> bool {
        if matches!(event.kind, EventKind::Undone { .. } | EventKind::Debriefed { .. }) {
            return false;
        }
        self.apply(event, None, folding);
        true
    }

    fn apply(&mut self, event: &Event, debriefed: Option<Grade>, folding: &Folding) {
        let state = self.state.unwrap_or_default();
        self.state = Some(match &event.kind {
            EventKind::Answered(answer) => {
                let grade = debriefed.unwrap_or(answer.grade);
                let day = event.at.study_day(folding.rollover);
                let (next, outcome) = state.answer(&event.card, grade, day, &folding.params);
                self.facts.push(fact(answer, grade, outcome.day, outcome.stage));
                self.last_answer = Some(event.id);
                next
            }
            // A card the student suspends is no longer merely parked: releasing its deck leaves it alone.
            EventKind::Suspended => CardState { suspended: true, parked: false, ..state },
            EventKind::Parked => CardState { suspended: true, parked: true, ..state },
            EventKind::Resumed => CardState { suspended: false, parked: false, ..state },
            EventKind::Relearn(_) => state.relearn(event.at.study_day(folding.rollover)),
            EventKind::Noted(note) => {
                self.personal.note.clone_from(note);
                state
            }
            EventKind::Tagged(tags) => {
                self.personal.tags.clone_from(tags);
                state
            }
            EventKind::Flagged => CardState { flagged: true, ..state },
            EventKind::Unflagged => CardState { flagged: false, ..state },
            EventKind::Reset => state.reset(),
            EventKind::Undone { .. } | EventKind::Debriefed { .. } => return,
        });
    }
}

fn fact(answer: &Answer, grade: Grade, day: Day, stage: Stage) -> Fact {
    Fact { day, stage, confidence: answer.confidence, grade, ms: answer.ms.min(MAX_COUNTED_MS) }
}

/// Folds a whole log, card by card.
#[must_use]
pub fn replay(events: &[Event], folding: &Folding) -> BTreeMap<CardKey, Folded> {
    let mut by_card: BTreeMap<&CardKey, Vec<&Event>> = BTreeMap::new();
    for event in events {
        by_card.entry(&event.card).or_default().push(event);
    }
    by_card.into_iter().map(|(card, events)| (card.clone(), History::new(events).fold(folding))).collect()
}
