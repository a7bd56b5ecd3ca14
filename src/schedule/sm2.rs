//! SM-2 exactly as published: P. A. Wozniak, "Optimization of learning", 1990, section 3.2
//! ("Application of a computer to improve the results obtained in working with the SuperMemo method").
//!
//! The text leaves three things open, and programs in the wild differ on each. The readings taken here:
//!
//! | open point | taken | why |
//! |---|---|---|
//! | which EF multiplies I(n-1): the one before or after this repetition's change | before | steps 3 to 5 in their order: the interval is set, the response assessed, *then* the E-Factor changed |
//! | fractions of a day | round up | step 3: "if interval is a fraction, round it up to the nearest integer" |
//! | EF when q < 3 | unchanged | step 6: start repetitions from the beginning "without changing the E-Factor" |
//!
//! So the grades 5, 5, 5, 5 give 1, 6, 17, 48 days. Libraries that round to nearest give 1, 6, 16, 45; ones that
//! change EF first give 1, 6, 17, 50.

use crate::model::{Ease, Grade};

/// What SM-2 remembers of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// n: successful repetitions in a row; 0 before the first and after a lapse.
    pub repetition: u32,
    /// EF.
    pub ease: Ease,
    /// I(n), in days; 0 before the first repetition.
    pub interval: u32,
}

impl Default for Memory {
    fn default() -> Self {
        Self { repetition: 0, ease: Ease::START, interval: 0 }
    }
}

/// One repetition with quality `q`: steps 3 to 6 of the publication.
#[must_use]
pub fn step(memory: Memory, q: Grade) -> Memory {
    if !q.passed() {
        return Memory { repetition: 0, ease: memory.ease, interval: 1 };
    }
    let interval = match memory.repetition {
        0 => 1,
        1 => 6,
        _ => memory.ease.times(memory.interval),
    };
    Memory { repetition: memory.repetition + 1, ease: memory.ease.after(q), interval }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(grades: &[u8]) -> Vec<(u32, u32, u32)> {
        let mut m = Memory::default();
        grades
            .iter()
            .map(|q| {
                m = step(m, Grade::new(*q).expect("a grade"));
                (m.repetition, m.interval, m.ease.thousandths())
            })
            .collect()
    }

    /// Worked by hand from the published formulas; (n, I(n) in days, EF in thousandths) after each repetition.
    #[test]
    fn follows_the_published_arithmetic() {
        // All perfect: EF grows by 0.1; 6 x 2.7 = 16.2 -> 17; 17 x 2.8 = 47.6 -> 48; 48 x 2.9 = 139.2 -> 140.
        assert_eq!(
            trace(&[5, 5, 5, 5, 5]),
            [(1, 1, 2_600), (2, 6, 2_700), (3, 17, 2_800), (4, 48, 2_900), (5, 140, 3_000)]
        );
        // Steady fours leave EF alone: 6 x 2.5 = 15; 15 x 2.5 = 37.5 -> 38; 38 x 2.5 = 95.
        assert_eq!(
            trace(&[4, 4, 4, 4, 4]),
            [(1, 1, 2_500), (2, 6, 2_500), (3, 15, 2_500), (4, 38, 2_500), (5, 95, 2_500)]
        );
        // A three costs 0.14; a lapse restarts at 1 day and leaves EF as it was; then 1, 6, 6 x 2.36 = 14.16 -> 15.
        assert_eq!(
            trace(&[4, 4, 3, 1, 4, 4, 4]),
            [(1, 1, 2_500), (2, 6, 2_500), (3, 15, 2_360), (0, 1, 2_360), (1, 1, 2_360), (2, 6, 2_360), (3, 15, 2_360)]
        );
        // Threes for ever meet the floor: 2.5 - 9 x 0.14 = 1.24 -> 1.3.
        assert_eq!(trace(&[3; 9]).last().map(|t| t.2), Some(1_300));
    }
}
