//! Databases of other programs, opened read-only and trusted in nothing.
pub mod anki_write;

pub mod anki;
mod watch;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::Path;
use watch::Watch;

/// Longest text or blob that is read, in bytes; `SQLite` refuses longer ones before they are in memory.
pub const MAX_VALUE: i32 = 64 << 20;

/// Most tables and indexes a schema may have; Anki's has about thirty.
pub const MAX_SCHEMA: i32 = 500;

/// Seconds after which a database that gives no row is given up.
pub const PATIENCE_SECONDS: u64 = 60;

/// Why another program's database can't be read. Nothing of it is used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForeignError {
    /// No `SQLite` file.
    #[error("it is not a SQLite database")]
    NotADatabase,
    /// Torn, cut or tampered with.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// A table or column is not what the format says.
    #[error("{0}")]
    Shape(String),
    /// One value is over [`MAX_VALUE`].
    #[error("one value is longer than {} MB", MAX_VALUE >> 20)]
    TooLong,
    /// A table has more rows than the caller takes.
    #[error("the table \"{table}\" has more than {most} rows")]
    TooMany {
        /// The table.
        table: String,
        /// The caller's limit.
        most: u64,
    },
    /// No row came for [`PATIENCE_SECONDS`].
    #[error("it gave no answer for {PATIENCE_SECONDS} seconds")]
    Slow,
    /// Anything else `SQLite` says.
    #[error("{0}")]
    Sqlite(String),
}

impl From<rusqlite::Error> for ForeignError {
    fn from(e: rusqlite::Error) -> Self {
        match e.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotADatabase,
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged(e.to_string()),
            Some(ErrorCode::TooBig) => Self::TooLong,
            Some(ErrorCode::OperationInterrupted) => Self::Slow,
            _ => Self::Sqlite(e.to_string()),
        }
    }
}

/// Another program's database.
pub struct Foreign {
    conn: Connection,
    watch: Watch,
}

impl Foreign {
    /// Opens a copy of the file: it is taken for unchanging, so that neither a lock nor a write-ahead log beside it
    /// is looked for. Virtual tables are refused, every page is looked at once, and nothing in the schema can run.
    ///
    /// # Errors
    /// See [`ForeignError`].
    pub fn open(path: &Path) -> Result<Self, ForeignError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let conn = Connection::open_with_flags(uri(path), flags)?;
        for (limit, value) in [
            (Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE),
            (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
            (Limit::SQLITE_LIMIT_COLUMN, 200),
            (Limit::SQLITE_LIMIT_EXPR_DEPTH, 50),
            (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 5),
            (Limit::SQLITE_LIMIT_VDBE_OP, 100_000),
            (Limit::SQLITE_LIMIT_ATTACHED, 0),
            (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
            (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
            (Limit::SQLITE_LIMIT_SCHEMA, MAX_SCHEMA),
        ] {
            conn.set_limit(limit, value)?;
        }
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
        // Anki compares names without regard to case; what order it gives them does not matter to a reader.
        conn.create_collation("unicase", |a, b| a.to_lowercase().cmp(&b.to_lowercase()))?;
        conn.execute_batch(
            "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA query_only = ON;
             PRAGMA ignore_check_constraints = ON; PRAGMA cache_size = -4000;",
        )?;
        let foreign = Self { watch: Watch::start(conn.get_interrupt_handle()), conn };
        foreign.refuse_what_can_run()?;
        foreign.look_at_every_page()?;
        Ok(foreign)
    }

    /// Virtual tables run code of ours on pages of theirs, also during the check of the pages.
    fn refuse_what_can_run(&self) -> Result<(), ForeignError> {
        let virtual_tables: i64 = self.conn.query_row(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND coalesce(rootpage, 0) < 1",
            [],
            |r| r.get(0),
        )?;
        if virtual_tables > 0 {
            return Err(ForeignError::Shape("it holds a virtual table".to_owned()));
        }
        let computed: i64 = self.conn.query_row(
            "SELECT count(*) FROM sqlite_schema s, pragma_table_xinfo(s.name) c
             WHERE s.type = 'table' AND c.hidden IN (2, 3)",
            [],
            |r| r.get(0),
        )?;
        if computed > 0 {
            return Err(ForeignError::Shape("it holds a computed column".to_owned()));
        }
        Ok(())
    }

    /// Finds torn pages and pages used twice: after it, reading ends.
    fn look_at_every_page(&self) -> Result<(), ForeignError> {
        let answer: String = self.conn.query_row("PRAGMA quick_check(1)", [], |r| r.get(0))?;
        if answer == "ok" { Ok(()) } else { Err(ForeignError::Damaged(answer)) }
    }

    /// Is it a table that stores rows, and not a view that makes them up? (Virtual tables were refused before.)
    fn has_table(&self, name: &str) -> Result<bool, ForeignError> {
        Ok(self.conn.query_row(
            "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1)",
            [name],
            |r| r.get(0),
        )?)
    }

    fn need_tables(&self, names: &[&str]) -> Result<(), ForeignError> {
        for name in names {
            if !self.has_table(name)? {
                return Err(ForeignError::Shape(format!("it has no table \"{name}\"")));
            }
        }
        Ok(())
    }

    /// Calls `each` with every row until it breaks off.
    fn rows(
        &self,
        table: &str,
        sql: &str,
        most: u64,
        mut each: impl FnMut(&rusqlite::Row<'_>) -> Result<ControlFlow<()>, ForeignError>,
    ) -> Result<(), ForeignError> {
        self.need_tables(&[table])?;
        let mut statement = self.conn.prepare(sql).map_err(|e| match ForeignError::from(e) {
            ForeignError::Sqlite(why) => ForeignError::Shape(format!("the table \"{table}\": {why}")),
            other => other,
        })?;
        let mut rows = statement.query([])?;
        let mut n = 0_u64;
        while let Some(row) = rows.next()? {
            n += 1;
            if n > most {
                return Err(ForeignError::TooMany { table: table.to_owned(), most });
            }
            if n.is_multiple_of(64) {
                self.watch.beat();
            }
            if each(row)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// Text of a column, whatever its type.
fn text(value: ValueRef<'_>) -> Cow<'_, str> {
    match value {
        ValueRef::Null => Cow::Borrowed(""),
        ValueRef::Integer(n) => Cow::Owned(n.to_string()),
        ValueRef::Real(x) => Cow::Owned(x.to_string()),
        // Nearly all text is sound, which is found out faster than it is mended.
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
        }
    }
}

/// Whole number of a column, whatever its type; 0 where there is none.
fn number(value: ValueRef<'_>) -> i64 {
    match value {
        ValueRef::Integer(n) => n,
        #[allow(clippy::cast_possible_truncation, reason = "saturates, and no id of a database is that large")]
        ValueRef::Real(x) => x as i64,
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok().and_then(|t| t.trim().parse().ok()).unwrap_or(0),
        ValueRef::Null | ValueRef::Blob(_) => 0,
    }
}

/// Bytes of a column.
fn blob(value: ValueRef<'_>) -> &[u8] {
    match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
        _ => &[],
    }
}

/// The file as a URI that tells `SQLite` it will not change.
fn uri(path: &Path) -> String {
    let mut out = String::from("file:");
    for b in path.as_os_str().as_encoded_bytes() {
        if b.is_ascii_alphanumeric() || b"/._-".contains(b) {
            out.push(char::from(*b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out.push_str("?immutable=1");
    out
}

#[cfg(test)]
mod tests;
