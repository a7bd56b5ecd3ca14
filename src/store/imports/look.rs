//! What is here already, for planning an import and for telling where a deck came from.

use super::Upstream;
use super::files::unpack;
use crate::model::Stamp;
use crate::store::error::{Result, StoreError};
use crate::store::{Store, intake};
use rusqlite::{OptionalExtension, params};

/// A deck in this home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDeck {
    /// Its id.
    pub slug: String,
    /// `bundled:NAME`, or its file's name in `<home>/decks`.
    pub file: String,
}

impl StoredDeck {
    /// Compiled into the program.
    #[must_use]
    pub fn bundled(&self) -> bool {
        self.file.starts_with("bundled:")
    }
}

/// Where a deck came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The deck here.
    pub slug: String,
    /// The id its author gave it.
    pub origin: String,
    /// The version its author sent last.
    pub version: String,
    /// Who wrote it, as the deck says.
    pub authors: Vec<String>,
    /// The import that brought it.
    pub import: ImportRow,
}

/// One import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Its number.
    pub number: i64,
    /// When.
    pub at: Stamp,
    /// On which device.
    pub device: String,
    /// The file's name.
    pub source: String,
    /// SHA-256 of the file.
    pub sha256: Vec<u8>,
    /// Its format.
    pub format: String,
    /// Counts, JSON.
    pub summary: String,
    /// It was taken back.
    pub undone: bool,
}

/// One line of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// The deck.
    pub slug: String,
    /// The card's id within it.
    pub card: String,
    /// Path within the card; empty for the whole card.
    pub field: String,
    /// added, changed, removed, kept.
    pub action: String,
    /// Before, JSON.
    pub before: Option<String>,
    /// After, JSON.
    pub after: Option<String>,
}

const IMPORT_COLUMNS: &str =
    "i.id, i.utc_ms, i.offset_s, i.device, i.source, i.sha256, i.format, i.summary, i.undone IS NOT NULL";

fn import_row(r: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<ImportRow> {
    Ok(ImportRow {
        number: r.get(at)?,
        at: Stamp { utc_ms: r.get(at + 1)?, offset_s: r.get(at + 2)? },
        device: r.get(at + 3)?,
        source: r.get(at + 4)?,
        sha256: r.get(at + 5)?,
        format: r.get(at + 6)?,
        summary: r.get(at + 7)?,
        undone: r.get(at + 8)?,
    })
}

impl Store {
    /// The deck of this id, if it is in use.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn stored_deck(&self, slug: &str) -> Result<Option<StoredDeck>> {
        self.conn
            .prepare_cached("SELECT slug, file FROM deck WHERE slug = ?1 AND present = 1")
            .and_then(|mut s| s.query_row([slug], |r| Ok(StoredDeck { slug: r.get(0)?, file: r.get(1)? })).optional())
            .map_err(self.sql())
    }

    /// The bytes of a deck's file in `<home>/decks`; `None` when there is none.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn deck_bytes(&self, file: &str) -> Result<Option<Vec<u8>>> {
        intake::read_if_there(&self.home.join("decks").join(file))
    }

    /// The version of a deck that its author sent last.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn upstream(&self, slug: &str) -> Result<Option<Upstream>> {
        let found: Option<(String, String, Vec<u8>)> = self
            .conn
            .prepare_cached("SELECT origin, version, body FROM upstream WHERE slug = ?1")
            .and_then(|mut s| s.query_row([slug], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).optional())
            .map_err(self.sql())?;
        let Some((origin, version, body)) = found else { return Ok(None) };
        let damaged =
            || StoreError::Damaged { path: self.path.clone(), why: format!("the base of deck {slug} can't be read") };
        let body = unpack(&body).ok().and_then(|b| String::from_utf8(b).ok()).ok_or_else(damaged)?;
        Ok(Some(Upstream { origin, version, body }))
    }

    /// Decks here that came from an author's deck of this id.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn decks_from(&self, origin: &str) -> Result<Vec<String>> {
        self.conn
            .prepare_cached(
                "SELECT u.slug FROM upstream u JOIN deck d ON d.slug = u.slug AND d.present = 1
                 WHERE u.origin = ?1 ORDER BY u.import DESC",
            )
            .and_then(|mut s| s.query_map([origin], |r| r.get(0))?.collect())
            .map_err(self.sql())
    }

    /// Where decks came from; those not in it were not imported.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn origins(&self) -> Result<Vec<Origin>> {
        self.conn
            .prepare_cached(&format!(
                "SELECT u.slug, u.origin, u.version, d.header ->> '$.authors', {IMPORT_COLUMNS}
                 FROM upstream u JOIN import i ON i.id = u.import LEFT JOIN deck d ON d.slug = u.slug ORDER BY u.slug"
            ))
            .and_then(|mut s| {
                s.query_map([], |r| {
                    let authors: Option<String> = r.get(3)?;
                    Ok(Origin {
                        slug: r.get(0)?,
                        origin: r.get(1)?,
                        version: r.get(2)?,
                        authors: authors.and_then(|a| serde_json::from_str(&a).ok()).unwrap_or_default(),
                        import: import_row(r, 4)?,
                    })
                })?
                .collect()
            })
            .map_err(self.sql())
    }

    /// Imports, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn imports(&self, limit: u32) -> Result<Vec<ImportRow>> {
        self.conn
            .prepare_cached(&format!("SELECT {IMPORT_COLUMNS} FROM import i ORDER BY i.id DESC LIMIT ?1"))
            .and_then(|mut s| s.query_map([limit], |r| import_row(r, 0))?.collect())
            .map_err(self.sql())
    }

    /// What one import changed, field by field, at most `limit` lines.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn audit(&self, import: i64, limit: u32) -> Result<Vec<AuditRow>> {
        self.conn
            .prepare_cached(
                "SELECT slug, card, field, action, before, after FROM audited WHERE import = ?1 ORDER BY id, n LIMIT ?2",
            )
            .and_then(|mut s| {
                s.query_map(params![import, limit], |r| {
                    Ok(AuditRow {
                        slug: r.get(0)?,
                        card: r.get(1)?,
                        field: r.get(2)?,
                        action: r.get(3)?,
                        before: r.get(4)?,
                        after: r.get(5)?,
                    })
                })?
                .collect()
            })
            .map_err(self.sql())
    }

    /// Calls `each` with the deck, the card's name and its JSON, for every card in use; one at a time. The parts of a
    /// cloze are one card.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn each_card(&self, mut each: impl FnMut(&str, &str, &str)) -> Result<()> {
        let sql = self.sql();
        let mut stmt = self
            .conn
            .prepare(
                "SELECT d.slug, n.key, c.body FROM deck d JOIN card c ON c.deck = d.id AND c.present = 1
                 JOIN name n ON n.id = c.id WHERE d.present = 1",
            )
            .map_err(&sql)?;
        let mut rows = stmt.query([]).map_err(&sql)?;
        let mut last = String::new();
        while let Some(row) = rows.next().map_err(&sql)? {
            let text = |i: usize| row.get_ref(i).and_then(|v| Ok(v.as_str()?)).map_err(&sql);
            let key = text(1)?;
            let name = key.split_once('#').map_or(key, |(name, _)| name);
            if name != last {
                name.clone_into(&mut last);
                each(text(0)?, name, text(2)?);
            }
        }
        Ok(())
    }
}
