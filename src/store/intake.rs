//! Taking decks in: the compiled-in ones when the program changed, the user's files when they changed, and nothing
//! at all otherwise.

mod files;

pub(super) use files::{note_file, read_if_there};

use super::Store;
use super::error::{Result, StoreError};
use super::settings::{note, set_note};
use super::variants::expected;
use super::writer::{Taken, drop_deck, take_in};
use crate::deck::bundled::{BUNDLED, FINGERPRINT};
use crate::deck::read::strip_bom;
use crate::deck::{self, Catalog};
use crate::model::CardKey;
use rusqlite::{Connection, params};
use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

/// Something about the user's decks worth saying at every start until it is mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub cause: String,
    /// What still works, and the next step.
    pub hint: String,
}

impl Store {
    /// Brings decks up to date; cheap when nothing changed (one comparison, and one `stat` for each file).
    pub(super) fn take_in_decks(&mut self) -> Result<()> {
        self.take_in_bundled()?;
        self.take_in_files()
    }

    /// Reads every deck again, whether it changed or not.
    pub(super) fn reread_decks(&mut self) -> Result<()> {
        let path = self.path.clone();
        self.write(|tx| {
            let sql = |e| StoreError::from_sqlite(&path, e);
            set_note(tx, "home.bundled", "").map_err(sql)?;
            tx.execute("UPDATE file SET sha256 = x'00', settled = 0", []).map_err(sql)?;
            Ok(())
        })?;
        self.notices.clear();
        self.take_in_decks()
    }

    /// Names of cards of decks in use that are not stored as their deck has them.
    pub(super) fn compare_decks(&self) -> Result<Vec<String>> {
        let sql = self.sql();
        let decks: Vec<(i64, String)> = self
            .conn
            .prepare(
                "SELECT id, file FROM deck WHERE file LIKE 'bundled:%'
                 OR EXISTS (SELECT 1 FROM file f WHERE f.deck = deck.id AND f.path = deck.file AND f.errors = 0)",
            )
            .and_then(|mut s| s.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect())
            .map_err(&sql)?;
        let mut faults = Vec::new();
        for (id, file) in decks {
            let text = match file.strip_prefix("bundled:") {
                Some(name) => BUNDLED.iter().find(|b| b.file == name).map(|b| b.text.to_owned()),
                None => fs::read_to_string(self.home.join("decks").join(&file)).ok(),
            };
            // A file that can't be read now is told by its own notice.
            let Some(text) = text else { continue };
            let mut slug = String::new();
            let slug_cell = std::cell::RefCell::new(&mut slug);
            let _ = deck::scan(
                strip_bom(&text),
                Catalog::bundled(),
                |header, _| {
                    header.id.as_str().clone_into(*slug_cell.borrow_mut());
                    Ok(())
                },
                |_, card, _, raw| {
                    // The student's own version of it stands for a compiled-in card.
                    let mine = if file.starts_with("bundled:") {
                        expected(&self.conn, &self.path, &slug_cell.borrow(), &card.id, raw)?
                    } else {
                        None
                    };
                    let (card, raw) = mine.as_ref().map_or((card, raw), |(card, json)| (card, json.as_str()));
                    for part in card.parts() {
                        let key = CardKey::join(slug_cell.borrow().as_str(), &card.id, part);
                        let same: bool = self
                            .conn
                            .prepare_cached(
                                "SELECT EXISTS (SELECT 1 FROM card c JOIN name n ON n.id = c.id JOIN deck d ON d.id = c.deck
                                 WHERE n.key = ?1 AND c.deck = ?2 AND c.body = ?3 AND c.present = 1 AND d.present = 1)",
                            )
                            .and_then(|mut s| s.query_row(params![key.as_str(), id, raw], |r| r.get(0)))
                            .map_err(&sql)?;
                        if !same {
                            faults.push(key.to_string());
                        }
                    }
                    Ok::<(), StoreError>(())
                },
            );
        }
        Ok(faults)
    }

    fn take_in_bundled(&mut self) -> Result<()> {
        if note(&self.conn, "home.bundled").map_err(self.sql())?.as_deref() == Some(FINGERPRINT) {
            return Ok(());
        }
        let path = self.path.clone();
        self.write_by(self.opened, |tx, by| {
            let sql = |e| StoreError::from_sqlite(&path, e);
            let mut kept = HashSet::new();
            for bundled in BUNDLED {
                let file = format!("bundled:{}", bundled.file);
                match take_in(tx, &path, &file, bundled.text, by)? {
                    Taken::Deck(id) => {
                        kept.insert(id);
                    }
                    // A file of the user's took the name first: theirs stays, and the clash is told with the files.
                    Taken::Clash { .. } => {}
                    Taken::Broken => {
                        return Err(StoreError::Damaged {
                            path: PathBuf::from(&file),
                            why: "a compiled-in deck has errors; please report this".to_owned(),
                        });
                    }
                }
            }
            let gone: Vec<i64> =
                ids(tx, "SELECT id FROM deck WHERE file LIKE 'bundled:%' AND present = 1").map_err(sql)?;
            for id in gone.into_iter().filter(|id| !kept.contains(id)) {
                drop_deck(tx, id).map_err(sql)?;
            }
            // What this program could not read may be right now: a new study, a new field.
            tx.execute("UPDATE file SET sha256 = x'00', settled = 0 WHERE errors > 0", []).map_err(sql)?;
            set_note(tx, "home.bundled", FINGERPRINT).map_err(sql)
        })
    }
}

fn ids(conn: &Connection, query: &str) -> rusqlite::Result<Vec<i64>> {
    conn.prepare(query)?.query_map([], |r| r.get(0))?.collect()
}
