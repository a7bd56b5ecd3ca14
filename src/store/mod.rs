//! The only SQL. A home is a folder with `scanwise.db` and the user's own `decks/`.

mod cards;
mod cleared;
pub mod drafts;
mod error;
pub mod foreign;
mod imports;
mod intake;
mod journal;
mod migrate;
mod open;
mod queue;
mod settings;
mod state;
mod stats;
mod variants;
mod verify;
mod writer;

pub use cards::{CardRow, DeckRow, Found, Only};
pub use drafts::{Draft, DraftChange, NewDraft, NoteCard, NoteRef};
pub use error::{Result, StoreError};
pub use imports::{
    Action, AuditRow, Audited, DeckText, DeckWrite, ImportRow, ImportWrite, KnownDeck, NewUpstream, Origin, Packed,
    Staged, StoredDeck, UndoDeck, UndoPlan, Upstream,
};
pub use intake::Notice;
pub use journal::{Recorded, TakenBack};
pub use open::{announce_waiting, take_waited};
pub use queue::Filter;
pub use settings::{SETTINGS, SettingError, SettingSpec, Settings};
pub use stats::{DueOn, TallyRow};
pub use variants::Variant;
pub use verify::{Difference, Health};

use crate::log::Folding;
use crate::model::{Day, Stamp};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The database's name within a home.
pub const DATABASE: &str = "scanwise.db";

/// An open home.
pub struct Store {
    conn: Connection,
    path: PathBuf,
    home: PathBuf,
    settings: Settings,
    notices: Vec<Notice>,
    opened: Stamp,
}

impl Store {
    /// Opens the home, creating it when it is not there, and takes in decks that changed since the last time; `now` is
    /// when cards whose answer changed become due again.
    ///
    /// # Errors
    /// See [`StoreError`]. A home that can't be used is not modified.
    pub fn open(home: &Path, now: Stamp) -> Result<Self> {
        make_private(home).map_err(|source| StoreError::CreateHome { path: home.to_owned(), source })?;
        let path = home.join(DATABASE);
        let conn = open::open(&path)?;
        let mut store =
            Self { conn, path, home: home.to_owned(), settings: Settings::default(), notices: Vec::new(), opened: now };
        store.settings = store.read_settings()?;
        store.refold_if_needed()?;
        store.keep_promises()?;
        store.take_in_decks()?;
        store.notice_variants()?;
        Ok(store)
    }

    /// The home's folder.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// What the user set.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Decks that could not be read or that clash, found while opening.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The study day of a moment, by the user's rollover hour.
    #[must_use]
    pub fn today(&self, now: Stamp) -> Day {
        now.study_day(self.settings.rollover)
    }

    /// Who writes, and when.
    fn by(&self, now: Stamp) -> writer::By {
        writer::By { folding: self.folding(), device: self.settings.device.clone(), now, quiet: HashSet::new() }
    }

    fn folding(&self) -> Folding {
        self.settings.folding()
    }

    /// Runs `work` in one write transaction; whatever it returns, an error leaves nothing behind.
    fn write<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.write_if(|tx| work(tx).map(|out| (out, true)))
    }

    /// [`Store::write`] for work that folds cards: by the settings that hold at the moment of writing, whatever another
    /// process made of them since this one read them. `work` starts anew then.
    fn write_by<T>(
        &mut self,
        now: Stamp,
        mut work: impl FnMut(&Transaction<'_>, &writer::By) -> Result<T>,
    ) -> Result<T> {
        self.write_by_if(now, |tx, by| work(tx, by).map(|out| (out, true)))
    }

    /// [`Store::write_by`] and [`Store::write_if`] in one.
    fn write_by_if<T>(
        &mut self,
        now: Stamp,
        mut work: impl FnMut(&Transaction<'_>, &writer::By) -> Result<(T, bool)>,
    ) -> Result<T> {
        loop {
            let (by, mark, path) = (self.by(now), self.settings.fold_mark(), self.path.clone());
            let done = self.write_if(|tx| {
                let current = settings::note(tx, "home.folded").map_err(|e| StoreError::from_sqlite(&path, e))?;
                if current.as_deref() != Some(mark.as_str()) {
                    return Ok((None, false));
                }
                work(tx, &by).map(|(out, keep)| (Some(out), keep))
            })?;
            match done {
                Some(out) => return Ok(out),
                None => {
                    self.settings = self.read_settings()?;
                    self.refold_if_needed()?;
                }
            }
        }
    }

    /// [`Store::write`] for work that may find out that nothing should be written: `false` throws everything away.
    fn write_if<T>(&mut self, work: impl FnOnce(&Transaction<'_>) -> Result<(T, bool)>) -> Result<T> {
        let path = self.path.clone();
        let tx = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|e| StoreError::from_sqlite(&path, e))?;
        let (out, keep) = work(&tx)?;
        let end = if keep { tx.commit() } else { tx.rollback() };
        end.map_err(|e| StoreError::from_sqlite(&path, e))?;
        Ok(out)
    }

    fn sql(&self) -> impl Fn(rusqlite::Error) -> StoreError + use<> {
        let path = self.path.clone();
        move |e| StoreError::from_sqlite(&path, e)
    }
}

/// Creates the home, readable by its owner alone: drafts and notes in it may speak of patients. One that is there is
/// left as its owner wants it.
fn make_private(home: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(home)
}
