//! What is written down. An event is never changed and never deleted; undo is one more event.

use crate::model::{CardKey, Confidence, Grade, Miss, Stamp};
use rand::Rng;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A `UUIDv7`. Events are ordered by it: its time never runs backwards on one device, whatever the clock does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub [u8; 16]);

impl EventId {
    /// Milliseconds since the epoch that the id carries.
    #[must_use]
    pub fn millis(self) -> u64 {
        self.0[..6].iter().fold(0, |n, b| (n << 8) | u64::from(*b))
    }

    fn counter(self) -> u16 {
        (u16::from(self.0[6] & 0x0f) << 8) | u16::from(self.0[7])
    }
}

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Uuid::from_bytes(self.0).fmt(f)
    }
}

/// Makes ids that rise strictly.
#[derive(Debug, Clone, Copy)]
pub struct IdSource {
    last: Option<EventId>,
}

impl IdSource {
    /// Goes on after `last`, the highest id in the log.
    #[must_use]
    pub fn after(last: Option<EventId>) -> Self {
        Self { last }
    }

    /// The next id: the clock's millisecond, or the last id's when the clock is behind it; a 12-bit counter tells ids
    /// of one millisecond apart (RFC 9562, method 1), and 62 random bits tell devices apart.
    pub fn next(&mut self, now: Stamp, rng: &mut impl Rng) -> EventId {
        let clock = u64::try_from(now.utc_ms).unwrap_or(0) & 0xffff_ffff_ffff;
        let (ms, counter) = match self.last {
            Some(last) if last.millis() >= clock => {
                if last.counter() == 0xfff {
                    (last.millis() + 1, 0)
                } else {
                    (last.millis(), last.counter() + 1)
                }
            }
            _ => (clock, 0),
        };
        let mut bytes = [0_u8; 16];
        rng.fill_bytes(&mut bytes[8..]);
        bytes[..6].copy_from_slice(&ms.to_be_bytes()[2..]);
        bytes[6] = 0x70 | counter.to_be_bytes()[0];
        bytes[7] = counter.to_be_bytes()[1];
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let id = EventId(bytes);
        self.last = Some(id);
        id
    }
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    /// An option of a decision card, by id.
    Option(String),
    /// A basic or cloze card: recalled or not.
    Recalled(bool),
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What was answered.
    pub picked: Picked,
    /// How sure, before the reveal.
    pub confidence: Confidence,
    /// Why it was wrong, if that was said at once.
    pub miss: Option<Miss>,
    /// SM-2 quality.
    pub grade: Grade,
    /// Milliseconds from question to answer.
    pub ms: u32,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// A review.
    Answered(Answer),
    /// The debrief of a wrong answer: names the miss of an earlier `Answered`, and with it the grade.
    Debriefed {
        /// The answer it speaks of.
        target: EventId,
        /// Why it was wrong.
        miss: Miss,
        /// The grade that follows.
        grade: Grade,
    },
    /// Takes an event back: an answer, or what an import wrote. Taking an undo back puts its event in force again.
    Undone {
        /// The event taken back.
        target: EventId,
    },
    /// Not to be shown until resumed.
    Suspended,
    /// To be shown again.
    Resumed,
    /// Back to new; history stays.
    Reset,
    /// Marked.
    Flagged,
    /// Mark removed.
    Unflagged,
    /// Suspended because it came from somebody else and was not wanted yet; released with its deck, by tag or by name.
    Parked,
    /// Its best answer changed: what was learned no longer holds, so it is due again and starts its repetitions anew.
    Relearn(Turn),
    /// The student's own note on the card; `None` removes it.
    Noted(Option<String>),
    /// The student's own tags on the card, all of them.
    Tagged(Vec<String>),
}

/// How the answer of a card changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// The answer as it was learned.
    pub was: String,
    /// The answer now.
    pub now: String,
}

impl EventKind {
    /// The word in the log.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Answered(_) => "answered",
            Self::Debriefed { .. } => "debriefed",
            Self::Undone { .. } => "undone",
            Self::Suspended => "suspended",
            Self::Resumed => "resumed",
            Self::Reset => "reset",
            Self::Flagged => "flagged",
            Self::Unflagged => "unflagged",
            Self::Parked => "parked",
            Self::Relearn(_) => "relearn",
            Self::Noted(_) => "noted",
            Self::Tagged(_) => "tagged",
        }
    }

    /// The kind that says nothing but its word; `None` for a word that no such kind has.
    #[must_use]
    pub fn bare(word: &str) -> Option<Self> {
        let all = [Self::Suspended, Self::Resumed, Self::Reset, Self::Flagged, Self::Unflagged, Self::Parked];
        all.into_iter().find(|kind| kind.word() == word)
    }
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Identity and order.
    pub id: EventId,
    /// Which device wrote it.
    pub device: String,
    /// When, and at which local offset.
    pub at: Stamp,
    /// Which card.
    pub card: CardKey,
    /// What happened.
    pub kind: EventKind,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn ids_rise_whatever_the_clock_does() {
        let mut rng = rand::rngs::ChaCha8Rng::seed_from_u64(1);
        let mut source = IdSource::after(None);
        let mut last = EventId([0; 16]);
        let clock = [5_000_000_000_000, 5_000_000_000_000, 4_000_000_000_000, 5_000_000_000_001, -7];
        for ms in clock.iter().cycle().take(10_000) {
            let id = source.next(Stamp { utc_ms: *ms, offset_s: 0 }, &mut rng);
            assert!(id > last, "{id} after {last}");
            let uuid = Uuid::from_bytes(id.0);
            assert_eq!((uuid.get_version_num(), uuid.get_variant()), (7, uuid::Variant::RFC4122));
            last = id;
        }
    }
}
