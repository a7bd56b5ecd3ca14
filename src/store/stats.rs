//! Sums for reports, read from the tally and the due index.

use super::Store;
use super::error::{Result, StoreError};
use crate::log::Fact;
use crate::model::{Confidence, Day, Grade};
use crate::schedule::Stage;
use crate::schedule::state::{MATURE_DAYS, band};
use rusqlite::params;
use std::collections::BTreeMap;

/// Answers of one kind, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TallyRow {
    /// Domain of the cards.
    pub domain: String,
    /// Study day, stage, confidence and grade; `ms` is the sum over all.
    pub fact: Fact,
    /// How many.
    pub n: u64,
    /// Time taken in all.
    pub ms: u64,
}

/// Cards due on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueOn {
    /// The day; everything overdue stands on the first.
    pub day: Day,
    /// How many.
    pub cards: u64,
}

impl Store {
    /// The tally from `since` on, added up over days, and on how many days there was an answer.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn tally_since(&self, since: Day) -> Result<(Vec<TallyRow>, u64)> {
        let rows = self.tally_rows(
            "SELECT 0, domain, stage, confidence, grade, sum(n), sum(ms) FROM tally WHERE day >= ?1
             GROUP BY domain, stage, confidence, grade",
            since,
        )?;
        let days = self
            .conn
            .query_row("SELECT count(DISTINCT day) FROM tally WHERE day >= ?1", [since.0], |r| r.get(0))
            .map_err(self.sql())?;
        Ok((rows, days))
    }

    /// The whole tally, day by day.
    ///
    /// # Errors
    /// When the home can't be read.
    pub(super) fn tally_by_day(&self) -> Result<Vec<TallyRow>> {
        self.tally_rows("SELECT day, domain, stage, confidence, grade, n, ms FROM tally WHERE day >= ?1", Day(i32::MIN))
    }

    fn tally_rows(&self, query: &str, since: Day) -> Result<Vec<TallyRow>> {
        let path = self.path.clone();
        let rows = self
            .conn
            .prepare_cached(query)
            .and_then(|mut s| {
                s.query_map([since.0], |r| {
                    let words: (String, String, u8) = (r.get(2)?, r.get(3)?, r.get(4)?);
                    Ok((r.get(0)?, r.get(1)?, words, r.get(5)?, r.get(6)?))
                })?
                .collect::<rusqlite::Result<Vec<(i32, String, (String, String, u8), u64, u64)>>>()
            })
            .map_err(|e| StoreError::from_sqlite(&path, e))?;
        rows.into_iter()
            .map(|(day, domain, (stage, confidence, grade), n, ms)| {
                let bad =
                    || StoreError::Damaged { path: path.clone(), why: "the tally holds unknown words".to_owned() };
                let fact = Fact {
                    day: Day(day),
                    stage: Stage::from_word(&stage).ok_or_else(bad)?,
                    confidence: Confidence::from_word(&confidence).ok_or_else(bad)?,
                    grade: Grade::new(grade).ok_or_else(bad)?,
                    ms: 0,
                };
                Ok(TallyRow { domain, fact, n, ms })
            })
            .collect()
    }

    /// Cards due on each of the next `days` days; what is overdue counts for `today`.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn forecast(&self, today: Day, days: u32) -> Result<Vec<DueOn>> {
        let count = || -> rusqlite::Result<BTreeMap<i32, u64>> {
            let mut out: BTreeMap<i32, u64> = BTreeMap::new();
            let mut late =
                self.conn.prepare_cached("SELECT count(*) FROM state WHERE live = 1 AND band = ?1 AND due <= ?2")?;
            let mut coming = self.conn.prepare_cached(
                "SELECT due, count(*) FROM state WHERE live = 1 AND band = ?1 AND due > ?2 AND due < ?3 GROUP BY due",
            )?;
            // Band by band, the index gives both without touching what is due later.
            for band in super::queue::bands(&self.conn)? {
                let n: u64 = late.query_row(params![band, today.0], |r| r.get(0))?;
                if n > 0 {
                    *out.entry(today.0).or_default() += n;
                }
                let mut rows = coming.query(params![band, today.0, today.plus(days).0])?;
                while let Some(row) = rows.next()? {
                    *out.entry(row.get(0)?).or_default() += row.get::<_, u64>(1)?;
                }
            }
            Ok(out)
        };
        let days = count().map_err(self.sql())?;
        Ok(days.into_iter().map(|(day, cards)| DueOn { day: Day(day), cards }).collect())
    }

    /// Cards by maturity: never answered, young, mature, suspended.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn maturity(&self) -> Result<[u64; 4]> {
        self.conn
            .query_row(
                // Only the one band that holds the limit needs a look at the interval itself.
                "SELECT (SELECT count(*) FROM card WHERE fresh = 1),
                        (SELECT count(*) FROM state WHERE live = 1 AND band < ?2)
                            + (SELECT count(*) FROM state WHERE live = 1 AND band = ?2 AND interval < ?1),
                        (SELECT count(*) FROM state WHERE live = 1 AND band > ?2)
                            + (SELECT count(*) FROM state WHERE live = 1 AND band = ?2 AND interval >= ?1),
                        (SELECT count(*) FROM state WHERE suspended = 1)",
                [MATURE_DAYS, band(MATURE_DAYS)],
                |r| Ok([r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?]),
            )
            .map_err(self.sql())
    }

    /// Median-free pace: mean milliseconds an answer took over the last 14 study days; `None` before 10 answers.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn pace_ms(&self, today: Day) -> Result<Option<u64>> {
        let (n, ms): (u64, u64) = self
            .conn
            .prepare_cached("SELECT coalesce(sum(n), 0), coalesce(sum(ms), 0) FROM tally WHERE day > ?1 AND ms > 0")
            .and_then(|mut s| s.query_row([today.0.saturating_sub(14)], |r| Ok((r.get(0)?, r.get(1)?))))
            .map_err(self.sql())?;
        Ok((n >= 10).then(|| ms / n.max(1)))
    }

    /// Answers given and new cards met on `today`.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn done_on(&self, today: Day) -> Result<(u64, u64)> {
        self.conn
            .prepare_cached("SELECT coalesce(sum(n), 0), coalesce(sum(CASE WHEN stage = 'new' THEN n END), 0) FROM tally WHERE day = ?1")
            .and_then(|mut s| s.query_row([today.0], |r| Ok((r.get(0)?, r.get(1)?))))
            .map_err(self.sql())
    }

    /// The first study day after `today` on which a card is due.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn next_due_after(&self, today: Day) -> Result<Option<Day>> {
        let first = || -> rusqlite::Result<Option<i32>> {
            let mut stmt =
                self.conn.prepare_cached("SELECT min(due) FROM state WHERE live = 1 AND band = ?1 AND due > ?2")?;
            let mut first: Option<i32> = None;
            for band in super::queue::bands(&self.conn)? {
                let due: Option<i32> = stmt.query_row(params![band, today.0], |r| r.get(0))?;
                first = match (first, due) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
            }
            Ok(first)
        };
        Ok(first().map_err(self.sql())?.map(Day))
    }
}
