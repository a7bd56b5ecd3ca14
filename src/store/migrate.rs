//! Forward migrations: an ordered list over `PRAGMA user_version`, one transaction each. A released one is never edited.
//!
//! Written here because the migration crates don't resolve with the rusqlite in use, and a list is all it takes.

use super::error::{Result, StoreError};
use super::open::APPLICATION_ID;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

const MIGRATIONS: &[&str] = &[include_str!("migrations/0001_start.sql"), include_str!("migrations/0002_imports.sql")];

/// The version this program writes.
#[must_use]
pub fn newest() -> u32 {
    u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX)
}

/// Brings a database up to date. An old one is copied to `NAME.before-vN` first.
///
/// # Errors
/// [`StoreError::Newer`] and [`StoreError::NotOurs`] without touching the file.
pub fn to_newest(conn: &mut Connection, path: &Path) -> Result<()> {
    let sql = |e| StoreError::from_sqlite(path, e);
    let (version, application) = read_marks(conn).map_err(sql)?;
    if version == newest() && application == APPLICATION_ID {
        return Ok(());
    }
    if version > newest() {
        return Err(StoreError::Newer { path: path.to_owned(), found: version, known: newest() });
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sql)?;
    // Another process may have done it while we waited for the lock.
    let (version, application) = read_marks(&tx).map_err(sql)?;
    if application != APPLICATION_ID {
        let tables: u32 = tx.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0)).map_err(sql)?;
        if tables > 0 {
            return Err(StoreError::NotOurs { path: path.to_owned(), why: "another program's database".to_owned() });
        }
    }
    if version > 0 && version < newest() {
        let copy = path.with_extension(format!("before-v{}", newest()));
        let text = copy.to_string_lossy().into_owned();
        if !copy.exists() {
            // VACUUM can't run inside a transaction, so the copy is made by a second connection that reads beside it.
            let reader = Connection::open(path).map_err(sql)?;
            reader.execute("VACUUM INTO ?1", [text]).map_err(sql)?;
        }
    }
    for (i, migration) in MIGRATIONS.iter().enumerate().skip(version as usize) {
        tx.execute_batch(migration).map_err(sql)?;
        tx.pragma_update(None, "user_version", i + 1).map_err(sql)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(sql)?;
    tx.commit().map_err(sql)
}

fn read_marks(conn: &Connection) -> rusqlite::Result<(u32, i32)> {
    let version = conn.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    let application = conn.query_row("PRAGMA application_id", [], |r| r.get(0))?;
    Ok((version, application))
}
