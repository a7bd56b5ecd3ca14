//! Moments and study days.

use chrono::{DateTime, Datelike, Duration, FixedOffset, NaiveDate, Offset, SecondsFormat, Utc};
use std::fmt;

/// A moment as the log keeps it: UTC to the millisecond, and the local offset of the place where it was lived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub utc_ms: i64,
    /// Seconds east of UTC, from -86 399 to 86 399.
    pub offset_s: i32,
}

impl Stamp {
    /// From a date-time that carries its offset.
    #[must_use]
    pub fn from_datetime(t: DateTime<FixedOffset>) -> Self {
        Self { utc_ms: t.timestamp_millis(), offset_s: t.offset().local_minus_utc() }
    }

    /// The local date-time; a moment outside the years 1 to 9999 counts as the nearest in them.
    #[must_use]
    pub fn local(self) -> DateTime<FixedOffset> {
        let offset = FixedOffset::east_opt(self.offset_s).unwrap_or_else(|| Utc.fix());
        let utc_ms = self.utc_ms.clamp(EARLIEST_MS, LATEST_MS);
        DateTime::<Utc>::from_timestamp_millis(utc_ms).unwrap_or_default().with_timezone(&offset)
    }

    /// RFC 3339, in local time with its offset.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.local().to_rfc3339_opts(SecondsFormat::Secs, false)
    }

    /// The study day this moment counts for.
    #[must_use]
    pub fn study_day(self, rollover: Rollover) -> Day {
        let local = self.local().naive_local();
        let shifted = local.checked_sub_signed(Duration::hours(i64::from(rollover.0))).unwrap_or(local);
        Day::from_date(shifted.date())
    }

    /// Milliseconds from `earlier` to this moment; 0 when the clock went back.
    #[must_use]
    pub fn millis_since(self, earlier: Self) -> u64 {
        u64::try_from(self.utc_ms.saturating_sub(earlier.utc_ms)).unwrap_or(0)
    }
}

/// The local hour at which a study day ends, 0 to 23 (default 4: a review at 01:30 still counts for the evening before).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollover(pub u8);

impl Default for Rollover {
    fn default() -> Self {
        Self(4)
    }
}

/// A study day, counted in days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// The study day that carries this calendar date.
    #[must_use]
    pub fn from_date(date: NaiveDate) -> Self {
        Self(date.num_days_from_ce() - EPOCH_FROM_CE)
    }

    /// The calendar date; days beyond chrono's range are clamped to it.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0.saturating_add(EPOCH_FROM_CE)).unwrap_or(if self.0 < 0 {
            NaiveDate::MIN
        } else {
            NaiveDate::MAX
        })
    }

    /// `days` later.
    #[must_use]
    pub fn plus(self, days: u32) -> Self {
        Self(self.0.saturating_add(i32::try_from(days).unwrap_or(i32::MAX)))
    }

    /// Whole days from `earlier` to this one; negative when this one is earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> i32 {
        self.0.saturating_sub(earlier.0)
    }
}

/// 0001-01-02 and 9999-12-30, a day inside what every offset can shift.
const EARLIEST_MS: i64 = -62_135_510_400_000;
const LATEST_MS: i64 = 253_402_128_000_000;

/// 1970-01-01 counted from 0001-01-01 as day 1.
const EPOCH_FROM_CE: i32 = 719_163;

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date().format("%Y-%m-%d"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Stamp {
        Stamp::from_datetime(DateTime::parse_from_rfc3339(text).expect("a valid time"))
    }

    /// One row a case: the moment, the rollover hour, the study day it must count for.
    #[test]
    fn study_days_over_rollover_dst_and_flights() {
        let table = [
            ("2026-03-01T09:00:00-05:00", 4, "2026-03-01"),
            ("2026-03-02T03:59:59-05:00", 4, "2026-03-01"),
            ("2026-03-02T04:00:00-05:00", 4, "2026-03-02"),
            ("2026-03-02T00:00:00-05:00", 0, "2026-03-02"),
            // US daylight saving starts 2026-03-08 at 02:00 (-05:00 becomes -04:00): the night has 23 hours.
            ("2026-03-08T01:59:59-05:00", 4, "2026-03-07"),
            ("2026-03-08T03:00:00-04:00", 4, "2026-03-07"),
            ("2026-03-08T04:00:00-04:00", 4, "2026-03-08"),
            // It ends 2026-11-01 at 02:00: 01:30 happens twice and counts for the same evening both times.
            ("2026-11-01T01:30:00-04:00", 4, "2026-10-31"),
            ("2026-11-01T01:30:00-05:00", 4, "2026-10-31"),
            ("2026-11-01T04:00:00-05:00", 4, "2026-11-01"),
            // Tokyo morning, then Los Angeles the same "evening before" after a flight east.
            ("2026-06-10T05:00:00+09:00", 4, "2026-06-10"),
            ("2026-06-09T21:00:00-07:00", 4, "2026-06-09"),
            ("2024-02-29T12:00:00+14:00", 4, "2024-02-29"),
        ];
        for (moment, hour, day) in table {
            assert_eq!(at(moment).study_day(Rollover(hour)).to_string(), day, "{moment} rollover {hour}");
        }
    }

    #[test]
    fn days_print_and_count() {
        let day = Day::from_date(NaiveDate::from_ymd_opt(1970, 1, 1).expect("a date"));
        assert_eq!(day, Day(0));
        assert_eq!(Day(0).plus(20_000).to_string(), "2024-10-04");
        assert_eq!(Day(7).since(Day(10)), -3);
        assert!(!Day(i32::MAX).to_string().is_empty());
        for utc_ms in [i64::MIN, i64::MAX, -8_334_601_228_800_000, 8_210_266_876_799_999] {
            let _ = Stamp { utc_ms, offset_s: 86_399 }.study_day(Rollover(23));
            let _ = Stamp { utc_ms, offset_s: -86_399 }.study_day(Rollover(0));
        }
    }
}
