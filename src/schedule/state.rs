//! What one answer does to a card: SM-2 inside, and around it what SM-2 leaves to the program.
//!
//! - *Same-day repeats.* A grade under 4 brings the card back on the same study day until it scores 4 or more
//!   (SM-2 step 7). Those repeats touch neither EF nor interval. What is still pending when the day ends is dropped:
//!   the next day starts from the schedule.
//! - *Late answers* count like punctual ones: I(n-1) is the interval that was set, as published.
//! - *Early answers* (before the due day) are not in the publication. A right one earns an interval from the days
//!   really waited, and never brings the card back sooner than it was due; so answering early neither pays nor costs.
//! - *A clock set back* never runs a card's own days backwards: an answer counts for the card's last day at least.

use super::{fuzz::fuzz, sm2};
use crate::model::{CardKey, Day, Grade};
pub use sm2::Memory;

/// What the user may set about scheduling. A change replays the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Params {
    /// Spread intervals of 7 days and more by up to 5 % (off: exactly SM-2).
    pub fuzz: bool,
    /// Lapses from which a card is called a leech.
    pub leech_lapses: u32,
}

impl Default for Params {
    fn default() -> Self {
        Self { fuzz: false, leech_lapses: 6 }
    }
}

/// From this interval on, in days, a card is mature (the convention of Anki's statistics).
pub const MATURE_DAYS: u32 = 21;

/// Everything the schedule knows of one card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own, set by an event of its own")]
pub struct CardState {
    /// SM-2's own part.
    pub memory: Memory,
    /// Study day of the first answer since the card was new (or reset).
    pub first_day: Option<Day>,
    /// Study day of the last answer.
    pub last_day: Option<Day>,
    /// Study day from which it is due; `None` while new.
    pub due: Option<Day>,
    /// Scored under 4 on `last_day` and not 4 or more since.
    pub again: bool,
    /// Answers in all, same-day repeats included.
    pub answers: u32,
    /// Times it was forgotten after having been known.
    pub lapses: u32,
    /// Never shown until resumed.
    pub suspended: bool,
    /// Marked by the student.
    pub flagged: bool,
    /// Suspended only because it was parked when it came in.
    pub parked: bool,
    /// Its best answer changed since it was last answered.
    pub relearn: bool,
}

/// What kind of card an answer met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Never answered before.
    New,
    /// A same-day repeat.
    Again,
    /// Interval under [`MATURE_DAYS`].
    Young,
    /// Interval of [`MATURE_DAYS`] or more.
    Mature,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 4] = [Self::New, Self::Again, Self::Young, Self::Mature];

    /// Word for reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Again => "again",
            Self::Young => "young",
            Self::Mature => "mature",
        }
    }

    /// The stage a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

/// What one answer meant at its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The study day it counts for.
    pub day: Day,
    /// What kind of card it met.
    pub stage: Stage,
    /// It turned a known card into a forgotten one.
    pub lapsed: bool,
}

impl CardState {
    /// Must it be repeated on `today`?
    #[must_use]
    pub fn again_on(&self, today: Day) -> bool {
        self.again && self.last_day == Some(today)
    }

    /// Lapsed often enough to be rewritten rather than repeated.
    #[must_use]
    pub fn is_leech(&self, params: &Params) -> bool {
        self.lapses >= params.leech_lapses
    }

    /// Back to new: schedule forgotten, history and marks kept.
    #[must_use]
    pub fn reset(self) -> Self {
        Self {
            answers: self.answers,
            suspended: self.suspended,
            flagged: self.flagged,
            parked: self.parked,
            ..Self::default()
        }
    }

    /// The best answer changed on study day `day`: what was learned no longer holds. A card that was answered before
    /// is due that day and starts its repetitions anew, as after a lapse (EF stays, and no lapse is counted: the
    /// student forgot nothing). A new card stays new.
    #[must_use]
    pub fn relearn(self, day: Day) -> Self {
        if self.first_day.is_none() {
            return self;
        }
        let day = self.last_day.map_or(day, |last| last.max(day));
        let memory = Memory { repetition: 0, interval: 0, ..self.memory };
        Self { memory, due: Some(day), again: false, relearn: true, ..self }
    }

    /// The state after an answer of `grade` on study day `day`.
    #[must_use]
    pub fn answer(self, card: &CardKey, grade: Grade, day: Day, params: &Params) -> (Self, Outcome) {
        let day = self.last_day.map_or(day, |last| last.max(day));
        let mut next = self;
        next.answers = self.answers.saturating_add(1);
        next.again = !grade.settled();
        next.relearn = false;
        if self.last_day == Some(day) && !self.relearn {
            return (next, Outcome { day, stage: Stage::Again, lapsed: false });
        }
        let stage = match self.first_day {
            None => Stage::New,
            Some(_) if self.memory.interval >= MATURE_DAYS => Stage::Mature,
            Some(_) => Stage::Young,
        };
        let lapsed = !grade.passed() && self.memory.repetition > 0;
        next.memory = self.stepped(grade, day);
        if params.fuzz && grade.passed() && next.memory.repetition > 2 {
            next.memory.interval = fuzz(card.as_str(), next.memory.repetition, next.memory.interval);
        }
        next.first_day = self.first_day.or(Some(day));
        next.last_day = Some(day);
        next.due = Some(day.plus(next.memory.interval));
        next.lapses = self.lapses.saturating_add(u32::from(lapsed));
        (next, Outcome { day, stage, lapsed })
    }

    fn stepped(&self, grade: Grade, day: Day) -> Memory {
        let early = self.due.filter(|due| *due > day).zip(self.last_day);
        match early {
            Some((due, last)) if grade.passed() && self.memory.repetition >= 2 => {
                let waited = u32::try_from(day.since(last)).unwrap_or(0);
                let left = u32::try_from(due.since(day)).unwrap_or(0);
                let mut memory = sm2::step(Memory { interval: waited, ..self.memory }, grade);
                memory.interval = memory.interval.max(left).max(1);
                memory
            }
            _ => sm2::step(self.memory, grade),
        }
    }
}

/// Interval bands: eighths of an octave, so that "overdue relative to the interval" can be kept in an index of
/// at most [`BANDS`] short runs instead of a sort over everything that is due.
///
/// 1, 2, ... 8 days have a band each; further up a band is at most 12.5 % wide.
#[must_use]
pub fn band(interval: u32) -> u32 {
    let i = interval.max(1);
    let octave = i.ilog2();
    octave * 8 + (((u64::from(i) << 3) >> octave) & 7) as u32
}

/// One more than the highest band of any interval.
pub const BANDS: u32 = 16 * 8;

/// How overdue a card is, relative to its interval band: days late over the band's smallest interval.
/// 0 on the due day; larger is more urgent.
#[must_use]
pub fn overdue(today: Day, due: Day, band: u32) -> f64 {
    let base = f64::from(1_u32 << (band / 8).min(30)) * (1.0 + f64::from(band % 8) / 8.0);
    f64::from(today.since(due)) / base
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> CardKey {
        CardKey::parse("d/c").expect("a key")
    }
    fn grade(q: u8) -> Grade {
        Grade::new(q).expect("a grade")
    }
    fn run(answers: &[(i32, u8)]) -> CardState {
        answers
            .iter()
            .fold(CardState::default(), |s, (day, q)| s.answer(&key(), grade(*q), Day(*day), &Params::default()).0)
    }

    #[test]
    fn under_four_repeats_the_same_day_without_touching_the_schedule() {
        let first = run(&[(0, 0)]);
        assert!(first.again_on(Day(0)));
        let repeated = run(&[(0, 0), (0, 2), (0, 3)]);
        assert!(repeated.again_on(Day(0)), "a three is not settled yet");
        let settled = run(&[(0, 0), (0, 2), (0, 3), (0, 4)]);
        assert!(!settled.again_on(Day(0)));
        assert_eq!((settled.memory, settled.due), (first.memory, first.due));
        assert_eq!(settled.answers, 4);
    }

    #[test]
    fn a_guessed_right_answer_keeps_its_interval_and_returns_today() {
        let s = run(&[(0, 4), (1, 4), (7, 3)]);
        assert_eq!((s.memory.interval, s.memory.ease.thousandths(), s.due), (15, 2_360, Some(Day(22))));
        assert!(s.again_on(Day(7)));
        assert!(!s.again_on(Day(8)), "what is pending ends with the day");
    }

    #[test]
    fn late_is_as_punctual_and_early_neither_pays_nor_costs() {
        let late = run(&[(0, 4), (1, 4), (40, 4)]);
        assert_eq!(late.memory.interval, 15);
        // Due on day 22 after 15 days; answered on day 12, after 5: 5 x 2.5 = 12.5 -> 13 from day 12, not 38.
        let early = run(&[(0, 4), (1, 4), (7, 4), (12, 4)]);
        assert_eq!((early.memory.interval, early.due), (13, Some(Day(25))));
        // Answered one day after: 1 x 2.5 -> 3 would be sooner than due, so it stays due on day 22.
        let very_early = run(&[(0, 4), (1, 4), (7, 4), (8, 4)]);
        assert_eq!(very_early.due, Some(Day(22)));
    }

    #[test]
    fn a_clock_set_back_does_not_run_days_backwards() {
        let s = run(&[(10, 4), (9, 4)]);
        assert_eq!((s.last_day, s.due, s.memory.repetition), (Some(Day(10)), Some(Day(11)), 1));
    }

    #[test]
    fn a_changed_answer_is_learned_anew_even_on_the_same_day() {
        let known = run(&[(0, 4), (1, 4), (7, 5)]);
        let turned = known.relearn(Day(7));
        assert_eq!((turned.due, turned.memory.repetition, turned.relearn), (Some(Day(7)), 0, true));
        let (after, outcome) = turned.answer(&key(), grade(5), Day(7), &Params::default());
        assert_eq!((after.due, after.memory.repetition, after.relearn), (Some(Day(8)), 1, false));
        assert_eq!((after.memory.ease.thousandths(), after.lapses), (known.memory.ease.thousandths() + 100, 0));
        assert_eq!((outcome.stage, outcome.lapsed), (Stage::Young, false));
        assert_eq!(CardState::default().relearn(Day(3)), CardState::default(), "a new card stays new");
    }

    #[test]
    fn lapses_make_a_leech() {
        let mut days = Vec::new();
        for i in 0..6 {
            days.push((i * 10, 4));
            days.push((i * 10 + 5, 1));
        }
        let s = run(&days);
        assert_eq!(s.lapses, 6);
        assert!(s.is_leech(&Params::default()));
    }

    #[test]
    fn bands_rise_with_the_interval_and_stay_narrow() {
        let bands: Vec<u32> = (1..=9).map(band).collect();
        assert_eq!(bands, [0, 8, 12, 16, 18, 20, 22, 24, 25]);
        for i in 1..40_000 {
            assert!(band(i) <= band(i + 1) && band(i) < BANDS);
        }
        assert!(overdue(Day(10), Day(9), band(1)) > overdue(Day(10), Day(5), band(30)));
        assert!((overdue(Day(10), Day(10), band(30))).abs() < f64::EPSILON);
    }
}
