//! The E-Factor of SM-2, in whole thousandths so that arithmetic is exact.

use super::grade::Grade;
use std::fmt;

/// E-Factor ("easiness") in thousandths: 2 500 means 2.5. Never under 1 300.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ease(u32);

impl Ease {
    /// 2.5, the E-Factor of a new card (Wozniak 1990, step 2).
    pub const START: Self = Self(2_500);
    /// 1.3, under which an E-Factor never falls (step 5).
    pub const FLOOR: Self = Self(1_300);

    /// From thousandths; values under the floor are raised to it.
    #[must_use]
    pub fn from_thousandths(n: u32) -> Self {
        Self(n.max(Self::FLOOR.0))
    }

    /// The E-Factor in thousandths.
    #[must_use]
    pub fn thousandths(self) -> u32 {
        self.0
    }

    /// EF' = EF + (0.1 - (5-q)(0.08 + (5-q) 0.02)), never under 1.3.
    ///
    /// In thousandths the step is +100, 0, -140, -320, -540, -800 for q = 5, 4, 3, 2, 1, 0.
    #[must_use]
    pub fn after(self, q: Grade) -> Self {
        let short = 5 - i64::from(q.value());
        let step = 100 - short * (80 + short * 20);
        let next = i64::from(self.0) + step;
        Self::from_thousandths(u32::try_from(next.max(0)).unwrap_or(u32::MAX))
    }

    /// `interval * EF`, a fraction rounded up to the next whole day; at most [`MAX_INTERVAL`].
    #[must_use]
    pub fn times(self, interval: u32) -> u32 {
        let exact = u64::from(interval) * u64::from(self.0);
        u32::try_from(exact.div_ceil(1_000)).unwrap_or(u32::MAX).min(MAX_INTERVAL)
    }
}

/// Longest interval, in days (a hundred years): keeps dates inside every calendar.
pub const MAX_INTERVAL: u32 = 36_500;

impl fmt::Display for Ease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 1_000, self.0 % 1_000);
        let text = format!("{part:03}");
        let text = text.trim_end_matches('0');
        write!(f, "{whole}.{}", if text.is_empty() { "0" } else { text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_steps_are_exact() {
        let from = Ease::from_thousandths(2_500);
        let steps = [(5, 2_600), (4, 2_500), (3, 2_360), (2, 2_180), (1, 1_960), (0, 1_700)];
        for (q, want) in steps {
            assert_eq!(from.after(Grade::new(q).expect("a grade")).thousandths(), want, "q={q}");
        }
        assert_eq!(Ease::from_thousandths(1_350).after(Grade::new(3).expect("a grade")), Ease::FLOOR);
    }

    #[test]
    fn fractions_of_a_day_round_up() {
        assert_eq!(Ease::from_thousandths(2_500).times(6), 15);
        assert_eq!(Ease::from_thousandths(2_700).times(6), 17); // 16.2
        assert_eq!(Ease::from_thousandths(2_800).times(17), 48); // 47.6
        assert_eq!(Ease::from_thousandths(1_300).times(10), 13);
        assert_eq!(Ease::from_thousandths(2_500).times(u32::MAX), MAX_INTERVAL);
    }

    #[test]
    fn prints_like_the_literature() {
        assert_eq!(Ease::START.to_string(), "2.5");
        assert_eq!(Ease::from_thousandths(2_360).to_string(), "2.36");
        assert_eq!(Ease::from_thousandths(3_000).to_string(), "3.0");
    }
}
