//! A clock beside a database: a query that gives no row for too long is interrupted.

use super::PATIENCE_SECONDS;
use rusqlite::InterruptHandle;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// Interrupts the connection when no [`Watch::beat`] came for [`PATIENCE_SECONDS`]; ends with its owner.
pub struct Watch {
    beats: mpsc::Sender<()>,
}

impl Watch {
    /// Starts watching.
    pub fn start(handle: InterruptHandle) -> Self {
        Self::with_patience(handle, Duration::from_secs(PATIENCE_SECONDS))
    }

    pub(super) fn with_patience(handle: InterruptHandle, patience: Duration) -> Self {
        let (beats, heard) = mpsc::channel();
        std::thread::spawn(move || {
            loop {
                match heard.recv_timeout(patience) {
                    Ok(()) => {}
                    Err(RecvTimeoutError::Timeout) => handle.interrupt(),
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        });
        Self { beats }
    }

    /// Rows are coming.
    pub fn beat(&self) {
        // The thread lives as long as this sender.
        let _ = self.beats.send(());
    }
}
