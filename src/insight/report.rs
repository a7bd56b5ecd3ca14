//! Retention and scores from added-up answers.

use crate::log::Fact;
use crate::model::Confidence;
use crate::schedule::Stage;
use std::collections::BTreeMap;

/// A share: how many of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// Right ones.
    pub right: u64,
    /// All.
    pub of: u64,
}

impl Rate {
    fn add(&mut self, n: u64, right: bool) {
        self.of += n;
        if right {
            self.right += n;
        }
    }

    /// Percent, rounded to the nearest whole; `None` of nothing.
    #[must_use]
    pub fn percent(&self) -> Option<u64> {
        (self.of > 0).then(|| (self.right * 200 + self.of) / (self.of * 2))
    }
}

/// How one domain goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DomainScore {
    /// First answers of the day to known cards.
    pub known: Rate,
    /// First answers ever.
    pub new: Rate,
}

/// Retention over a period.
///
/// *True retention* is the share of right answers (grade 3 or more) among the first answers of a day to cards that
/// had been learned before; same-day repeats and first meetings don't count. Young: interval under 21 days; mature:
/// 21 days and more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// All answers, repeats included.
    pub answers: u64,
    /// Milliseconds of thought.
    pub ms: u64,
    /// Study days with an answer.
    pub days: u64,
    /// First answers to cards never seen before.
    pub first: Rate,
    /// Known cards with an interval under 21 days.
    pub young: Rate,
    /// Known cards with an interval of 21 days and more.
    pub mature: Rate,
    /// Confidence against truth, over all but repeats.
    pub calibration: BTreeMap<Confidence, Rate>,
    /// By domain; the weakest first.
    pub domains: Vec<(String, DomainScore)>,
}

impl Report {
    /// True retention of young and mature cards together.
    #[must_use]
    pub fn retention(&self) -> Rate {
        Rate { right: self.young.right + self.mature.right, of: self.young.of + self.mature.of }
    }

    /// Adds up rows of (domain, fact, how many, milliseconds) of `days` study days.
    #[must_use]
    pub fn of<'a>(rows: impl IntoIterator<Item = (&'a str, Fact, u64, u64)>, days: u64) -> Self {
        let mut report = Self { days, ..Self::default() };
        let mut domains: BTreeMap<&str, DomainScore> = BTreeMap::new();
        for (domain, fact, n, ms) in rows {
            report.answers += n;
            report.ms += ms;
            if fact.stage == Stage::Again {
                continue;
            }
            let right = fact.grade.passed();
            report.calibration.entry(fact.confidence).or_default().add(n, right);
            let score = domains.entry(domain).or_default();
            match fact.stage {
                Stage::New => {
                    report.first.add(n, right);
                    score.new.add(n, right);
                }
                Stage::Young => {
                    report.young.add(n, right);
                    score.known.add(n, right);
                }
                _ => {
                    report.mature.add(n, right);
                    score.known.add(n, right);
                }
            }
        }
        report.domains = domains.into_iter().map(|(d, s)| (d.to_owned(), s)).collect();
        let share = |s: &DomainScore| {
            let all = Rate { right: s.known.right + s.new.right, of: s.known.of + s.new.of };
            // Per mille keeps the order total without floating point.
            (all.right * 1_000).checked_div(all.of).unwrap_or(1_000)
        };
        report.domains.sort_by_key(|(_, s)| share(s));
        report
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Day, Grade};

    fn fact(day: i32, stage: Stage, q: u8) -> Fact {
        Fact { day: Day(day), stage, confidence: Confidence::Sure, grade: Grade::new(q).expect("a grade"), ms: 0 }
    }

    #[test]
    fn retention_counts_first_answers_to_known_cards_only() {
        let rows = [
            ("neurology", fact(1, Stage::New, 0), 10, 10_000),
            ("neurology", fact(1, Stage::Again, 0), 50, 1_000),
            ("neurology", fact(2, Stage::Young, 4), 8, 0),
            ("neurology", fact(2, Stage::Young, 1), 2, 0),
            ("pulmonary", fact(2, Stage::Mature, 5), 9, 0),
            ("pulmonary", fact(3, Stage::Mature, 2), 1, 0),
        ];
        let r = Report::of(rows, 3);
        assert_eq!((r.answers, r.days), (80, 3));
        assert_eq!(r.retention(), Rate { right: 17, of: 20 });
        assert_eq!(r.retention().percent(), Some(85));
        assert_eq!(r.first.percent(), Some(0));
        assert_eq!(r.domains.first().map(|d| d.0.as_str()), Some("neurology"), "the weakest first");
        assert_eq!(r.calibration[&Confidence::Sure], Rate { right: 17, of: 30 });
        assert_eq!(Rate::default().percent(), None);
    }
}
