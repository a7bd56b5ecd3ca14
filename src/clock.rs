//! The only place that asks what time it is or draws by chance. Everything else is told.

use crate::model::Stamp;
use chrono::{DateTime, FixedOffset, Local};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use std::sync::atomic::{AtomicU64, Ordering};

/// Tells the time: the system's, or a fixed moment so that a run can be repeated.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The system's clock and its local offset.
    System,
    /// Always this moment.
    Fixed(Stamp),
}

impl Clock {
    /// From `--now`, or the system.
    #[must_use]
    pub fn new(fixed: Option<DateTime<FixedOffset>>) -> Self {
        fixed.map_or(Self::System, |t| Self::Fixed(Stamp::from_datetime(t)))
    }

    /// Now.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "this is the one place that may ask")]
    pub fn now(&self) -> Stamp {
        match self {
            Self::System => Stamp::from_datetime(Local::now().fixed_offset()),
            Self::Fixed(stamp) => *stamp,
        }
    }
}

/// The file system's idea of now, in nanoseconds since the epoch; compared with modification times only.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one place that may ask")]
pub fn file_time_ns() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|d| i64::try_from(d.as_nanos()).ok())
        .unwrap_or(0)
}

static SEED: AtomicU64 = AtomicU64::new(0);
static DRAWS: AtomicU64 = AtomicU64::new(0);

/// Makes every later draw a function of `seed` (`--seed`), so that a run can be repeated.
pub fn fix_seed(seed: u64) {
    // 0 stands for "not fixed".
    SEED.store(seed ^ 0x5eed_0000_0000_0001, Ordering::Relaxed);
}

/// A number nobody can guess, or one drawn from `--seed`.
#[must_use]
pub fn entropy() -> u64 {
    event_rng().next_u64()
}

/// A generator for the random part of event ids.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one place that may draw")]
pub fn event_rng() -> ChaCha8Rng {
    match SEED.load(Ordering::Relaxed) {
        0 => ChaCha8Rng::try_from_rng(&mut rand::rngs::SysRng).unwrap_or_else(|_| {
            // No system entropy: the time and the process still tell two devices apart.
            ChaCha8Rng::seed_from_u64(file_time_ns().unsigned_abs() ^ u64::from(std::process::id()))
        }),
        seed => ChaCha8Rng::seed_from_u64(seed.wrapping_add(DRAWS.fetch_add(1, Ordering::Relaxed))),
    }
}
