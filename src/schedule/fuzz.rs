//! A small, repeatable spread of intervals, so that cards learned together don't stay together.

use super::mix::{Mixer, unit};

/// Shifts `interval` (days) by up to 5 % either way, at least one day, drawn from the card and its repetition alone:
/// replaying the log on any machine gives the same day. Intervals under 7 days are left as published.
#[must_use]
pub fn fuzz(card: &str, repetition: u32, interval: u32) -> u32 {
    if interval < 7 {
        return interval;
    }
    let span = (interval / 20).max(1);
    let draw = unit(Mixer::new("fuzz").text(card).number(u64::from(repetition)).finish());
    // 2 * span + 1 equally likely shifts, -span ..= +span.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 <= draw < 1, span is small")]
    let shift = (draw * f64::from(2 * span + 1)) as u32;
    interval + shift - span
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_intervals_stay_and_others_move_a_little() {
        for interval in 0..7 {
            assert_eq!(fuzz("d/c", 3, interval), interval);
        }
        let mut seen = std::collections::BTreeSet::new();
        for i in 0..400 {
            let got = fuzz(&format!("d/c{i}"), 4, 100);
            assert!((95..=105).contains(&got), "{got}");
            seen.insert(got);
        }
        assert_eq!(seen.len(), 11, "every shift happens");
        assert_eq!(fuzz("d/c", 4, 100), fuzz("d/c", 4, 100));
    }
}
