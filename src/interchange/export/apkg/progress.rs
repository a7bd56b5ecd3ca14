//! Progress in Anki's terms: one card's place in the schedule, and its lines of the review log.

use crate::interchange::export::OutPart;
use crate::log::fold::MAX_COUNTED_MS;
use crate::log::{EventId, EventKind, Folded, Folding, undone};
use crate::model::{Day, Grade};
use crate::schedule::{CardState, Stage};
use crate::store::foreign::anki_write::{Card, Review};
use std::collections::HashMap;

/// A new card: no schedule, `place` among the new ones.
pub(super) fn as_new(place: i64) -> Card {
    Card { due: place, ..Card::default() }
}

/// A card with its schedule. Days count from `start`.
pub(super) fn as_scheduled(state: &CardState, place: i64, start: Day) -> Card {
    let mut card = as_new(place);
    if let Some(due) = state.due {
        card.kind = 2;
        card.queue = 2;
        card.due = i64::from(due.since(start));
        card.interval = i64::from(state.memory.interval.max(1));
        card.factor = i64::from(state.memory.ease.thousandths());
    }
    card.reps = i64::from(state.answers);
    card.lapses = i64::from(state.lapses);
    card.flags = i64::from(state.flagged);
    if state.suspended {
        card.queue = -1;
    }
    card
}

/// The earliest study day that a part's schedule or history names.
pub(super) fn first_day(part: &OutPart, folding: &Folding) -> Option<Day> {
    let events = part.history.iter().map(|e| e.at.study_day(folding.rollover));
    events.chain(part.state.due).chain(part.state.first_day).min()
}

/// Every answer that counts, as [`crate::log::History::fold`] has it: undone ones are left out, and a debrief names the
/// grade of its answer.
pub(super) fn reviews(part: &OutPart, card: i64, folding: &Folding) -> Vec<Review> {
    let mut events: Vec<_> = part.history.iter().collect();
    events.sort_unstable_by_key(|e| e.id);
    events.dedup_by_key(|e| e.id);
    let undone = undone(events.iter().copied());
    events.retain(|e| !undone.contains(&e.id));
    let mut grades: HashMap<EventId, Grade> = HashMap::new();
    for event in &events {
        if let EventKind::Debriefed { target, grade, .. } = event.kind {
            grades.insert(target, grade);
        }
    }
    let mut folded = Folded::default();
    let mut reviews = Vec::new();
    for event in events {
        let before = folded.state.unwrap_or_default();
        let mut event = event.clone();
        let mut answered = None;
        if let EventKind::Answered(answer) = &mut event.kind {
            answer.grade = grades.get(&event.id).copied().unwrap_or(answer.grade);
            answered = Some((answer.grade, answer.ms));
        }
        if !folded.push(&event, folding) {
            continue;
        }
        let (Some((grade, ms)), Some(state), Some(fact)) = (answered, folded.state, folded.facts.last()) else {
            continue;
        };
        let learning = before.first_day.is_none_or(|first| first == fact.day);
        reviews.push(Review {
            at_ms: event.at.utc_ms.max(1),
            card,
            button: button(grade),
            interval: i64::from(state.memory.interval),
            last_interval: if before.first_day.is_none() { 0 } else { i64::from(before.memory.interval) },
            factor: i64::from(state.memory.ease.thousandths()),
            ms: i64::from(ms.min(MAX_COUNTED_MS)),
            kind: match fact.stage {
                Stage::New => 0,
                Stage::Again if learning => 0,
                Stage::Again => 2,
                Stage::Young | Stage::Mature => 1,
            },
        });
    }
    reviews
}

/// Again, Hard, Good, Easy.
fn button(grade: Grade) -> i64 {
    match grade.value() {
        0..=2 => 1,
        3 => 2,
        4 => 3,
        _ => 4,
    }
}
