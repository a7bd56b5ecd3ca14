//! Who is at work beside the decks: a lock on their folder, shared by all who write there, that the system drops with the
//! process, however it ends. What lies there while nobody holds it was left by one that was killed.
//!
//! Where a folder can't be locked (a network's, another system's) nobody knows who is at work, and every question is
//! answered so.

use crate::store::error::Result;
use std::fs::File;
use std::path::Path;

#[cfg(unix)]
mod lock {
    use crate::store::error::{Result, StoreError};
    use crate::store::open;
    use rustix::fs::{FlockOperation, flock};
    use rustix::io::Errno;
    use std::fs::File;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;
    use std::sync::{Mutex, PoisonError};

    /// The folders this process is at work in, with their file system and number there.
    static HELD: Mutex<Vec<((u64, u64), File)>> = Mutex::new(Vec::new());

    pub(super) fn hold(decks: &Path) -> Result<()> {
        let io = |source| StoreError::Io { path: decks.to_owned(), source };
        let folder = File::open(decks).map_err(io)?;
        let meta = folder.metadata().map_err(io)?;
        let id = (meta.dev(), meta.ino());
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        if held.iter().any(|(known, _)| *known == id) {
            return Ok(());
        }
        for tries in 0.. {
            match flock(&folder, FlockOperation::NonBlockingLockShared) {
                Ok(()) => break,
                // Somebody sweeps.
                Err(Errno::WOULDBLOCK) if open::wait(tries) => {}
                Err(Errno::WOULDBLOCK) => {
                    return Err(StoreError::Busy { path: decks.to_owned(), seconds: open::BUSY_SECONDS });
                }
                // Whoever wants to sweep finds the same.
                Err(_) => return Ok(()),
            }
        }
        held.push((id, folder));
        Ok(())
    }

    pub(super) fn alone(decks: &Path) -> Option<File> {
        let folder = File::open(decks).ok()?;
        flock(&folder, FlockOperation::NonBlockingLockExclusive).ok()?;
        Some(folder)
    }
}

#[cfg(not(unix))]
mod lock {
    use crate::store::error::Result;
    use std::fs::File;
    use std::path::Path;

    pub(super) fn hold(_: &Path) -> Result<()> {
        Ok(())
    }

    pub(super) fn alone(_: &Path) -> Option<File> {
        None
    }
}

/// To be called before anything is written that may be taken for a leftover: until this process ends, it is not.
///
/// # Errors
/// When the folder can't be opened, or somebody sweeps it for very long.
pub(super) fn hold(decks: &Path) -> Result<()> {
    lock::hold(decks)
}

/// The folder, locked, when it is known that nobody is at work in it; nobody begins before it is closed.
pub(super) fn alone(decks: &Path) -> Option<File> {
    lock::alone(decks)
}

#[cfg(all(test, unix))]
mod tests {
    use super::{alone, hold};

    #[test]
    fn nobody_is_alone_where_somebody_works_and_nobody_knows_where_nothing_can_be_locked() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = alone(folder.path()).expect("nobody is there");
        assert!(alone(folder.path()).is_none(), "two at once");
        drop(first);
        hold(folder.path()).expect("held");
        hold(folder.path()).expect("held already");
        assert!(alone(folder.path()).is_none());
        assert!(alone(&folder.path().join("gone")).is_none());
    }
}
