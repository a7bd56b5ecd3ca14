//! A clock beside a database: a query that gives no row for too long is interrupted.

use super::PATIENCE_SECONDS;
use rusqlite::InterruptHandle;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// Interrupts the connection when no [`Watch::beat`] came for [`PATIENCE_SECONDS`] (or up to twice that, since beats are
/// only counted, and looked at once in that time: waking the clock at each would cost more than the rows); ends with its
/// owner.
pub struct Watch {
    beats: Arc<AtomicU64>,
    /// Its end tells the clock to stop.
    _owner: mpsc::Sender<()>,
}

impl Watch {
    /// Starts watching.
    pub fn start(handle: InterruptHandle) -> Self {
        Self::with_patience(handle, Duration::from_secs(PATIENCE_SECONDS))
    }

    pub(super) fn with_patience(handle: InterruptHandle, patience: Duration) -> Self {
        let (owner, gone) = mpsc::channel::<()>();
        let beats = Arc::new(AtomicU64::new(0));
        let heard = Arc::clone(&beats);
        std::thread::spawn(move || {
            let mut last = 0;
            while gone.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
                let now = heard.load(Ordering::Relaxed);
                if now == last {
                    handle.interrupt();
                }
                last = now;
            }
        });
        Self { beats, _owner: owner }
    }

    /// Rows are coming.
    pub fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }
}
