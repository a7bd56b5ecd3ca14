//! Forward migrations: an ordered list over `PRAGMA user_version`, one transaction each. A released one is never edited.
//!
//! Written here because the migration crates don't resolve with the rusqlite in use, and a list is all it takes.

use super::error::{Result, StoreError};
use super::open::APPLICATION_ID;
use rusqlite::{Connection, TransactionBehavior};
use std::fs;
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
        keep_copy(path, &path.with_extension(format!("before-v{}", newest())))?;
    }
    for (i, migration) in MIGRATIONS.iter().enumerate().skip(version as usize) {
        tx.execute_batch(migration).map_err(sql)?;
        tx.pragma_update(None, "user_version", i + 1).map_err(sql)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(sql)?;
    tx.commit().map_err(sql)
}

/// Copies the database as it is. The copy gets its name when it is whole and durable: one that was cut short by a kill
/// must not pass for it.
fn keep_copy(path: &Path, copy: &Path) -> Result<()> {
    if copy.exists() {
        return Ok(());
    }
    let mut part = copy.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let io = |source| StoreError::Io { path: part.to_owned(), source };
    match fs::remove_file(part) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(io(e)),
        _ => {}
    }
    // VACUUM can't run inside a transaction, so the copy is made by a second connection that reads beside it.
    let made = Connection::open(path)
        .and_then(|reader| reader.execute("VACUUM INTO ?1", [part.to_string_lossy()]))
        .map_err(|e| StoreError::from_sqlite(path, e))
        .and_then(|_| {
            fs::File::open(part).and_then(|f| f.sync_all()).and_then(|()| fs::rename(part, copy)).map_err(io)
        });
    if made.is_err() {
        // A full disk is not helped by half a copy.
        let _ = fs::remove_file(part);
    }
    if let Some(Ok(folder)) = copy.parent().map(fs::File::open) {
        // Where a folder can't be synced the rename is as durable as that file system makes it.
        let _ = folder.sync_all();
    }
    made
}

fn read_marks(conn: &Connection) -> rusqlite::Result<(u32, i32)> {
    let version = conn.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    let application = conn.query_row("PRAGMA application_id", [], |r| r.get(0))?;
    Ok((version, application))
}
