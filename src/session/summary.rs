//! What a sitting came to.

use crate::log::EventId;
use crate::model::{Day, Grade};
use std::collections::BTreeMap;

/// Why a sitting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// Everything for today is done.
    AllDone,
    /// There was nothing to do from the start.
    Nothing,
    /// The time asked for is used up.
    TimeUp,
    /// The number of cards asked for is reached.
    CardsDone,
    /// The student stopped.
    Quit,
}

/// One answer of this sitting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The store's number for the card.
    pub id: i64,
    /// The event in the log.
    pub event: EventId,
    /// The card's domain.
    pub domain: String,
    /// SM-2 quality.
    pub grade: Grade,
    /// It met the card on the same day again.
    pub repeat: bool,
    /// When the card comes back; `None` while it still repeats today.
    pub due: Option<Day>,
    /// Milliseconds taken.
    pub ms: u32,
}

/// Answers of a sitting, added up for its last screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Every answer that stands, oldest first.
    pub done: Vec<Done>,
    /// Cards put aside for this sitting.
    pub skipped: u32,
}

/// Right and wrong first answers of one domain.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Graded 3 or more.
    pub right: u32,
    /// Graded under 3.
    pub wrong: u32,
}

impl Summary {
    /// First answers of the day (repeats don't count), by domain.
    #[must_use]
    pub fn by_domain(&self) -> BTreeMap<&str, Score> {
        let mut out: BTreeMap<&str, Score> = BTreeMap::new();
        for d in self.done.iter().filter(|d| !d.repeat) {
            let score = out.entry(d.domain.as_str()).or_default();
            if d.grade.passed() { score.right += 1 } else { score.wrong += 1 }
        }
        out
    }

    /// Right and wrong in all, repeats left out.
    #[must_use]
    pub fn total(&self) -> Score {
        self.by_domain()
            .values()
            .fold(Score::default(), |a, b| Score { right: a.right + b.right, wrong: a.wrong + b.wrong })
    }

    /// How many cards come back on which day, counting each card once, by its last answer.
    #[must_use]
    pub fn comes_back(&self) -> BTreeMap<Day, u32> {
        let last: BTreeMap<i64, Option<Day>> = self.done.iter().map(|d| (d.id, d.due)).collect();
        let mut out = BTreeMap::new();
        for day in last.values().flatten() {
            *out.entry(*day).or_default() += 1;
        }
        out
    }

    /// Cards that still have to be repeated today.
    #[must_use]
    pub fn unsettled(&self) -> u32 {
        let last: BTreeMap<i64, bool> = self.done.iter().map(|d| (d.id, d.grade.settled())).collect();
        u32::try_from(last.values().filter(|settled| !**settled).count()).unwrap_or(u32::MAX)
    }

    /// Milliseconds of thought in all.
    #[must_use]
    pub fn millis(&self) -> u64 {
        self.done.iter().map(|d| u64::from(d.ms)).sum()
    }
}
