//! Opening a database: look before touching, refuse what is not ours, migrate forward.

use super::error::{Result, StoreError};
use super::migrate;
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// "scwi": tells our files from other `SQLite` databases.
pub const APPLICATION_ID: i32 = 0x7363_7769;

/// How long to wait for another process, in seconds.
pub const BUSY_SECONDS: u32 = 10;

/// Pages in the write-ahead log after which it is folded back: each fold costs two more syncs, so let it grow.
const CHECKPOINT_PAGES: u32 = 2_000;

static QUIET: AtomicBool = AtomicBool::new(false);
static WAITED: AtomicBool = AtomicBool::new(false);

/// Was there a wait for another process since this was last asked?
pub fn take_waited() -> bool {
    WAITED.swap(false, Ordering::Relaxed)
}

/// While a full-screen program owns the terminal, waiting is not announced on stderr.
pub fn announce_waiting(on: bool) {
    QUIET.store(!on, Ordering::Relaxed);
}

/// Opens `path`, creating it when there is nothing there.
///
/// # Errors
/// See [`StoreError`]; a file that is refused is not modified.
pub fn open(path: &Path) -> Result<Connection> {
    look(path)?;
    let sql = |e| StoreError::from_sqlite(path, e);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags).map_err(sql)?;
    conn.busy_handler(Some(wait)).map_err(sql)?;
    conn.set_prepared_statement_cache_capacity(64);
    // Plans must not depend on bound values: otherwise every new value compiles the statement again.
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(sql)?;
    if conn.is_readonly("main").map_err(sql)? {
        return Err(StoreError::ReadOnly { path: path.to_owned() });
    }
    let answer = to_wal(&conn).map_err(sql)?;
    if answer != "wal" {
        return Err(StoreError::NoWal { path: path.to_owned(), answer });
    }
    conn.execute_batch(&format!(
        "PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA recursive_triggers = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};
         PRAGMA cache_size = -2000;"
    ))
    .map_err(sql)?;
    migrate::to_newest(&mut conn, path)?;
    Ok(conn)
}

/// Changing the journal mode does not call the busy handler, so two first starts at once wait for each other here.
fn to_wal(conn: &Connection) -> rusqlite::Result<String> {
    for tries in 0.. {
        match conn.query_row("PRAGMA journal_mode = WAL", [], |r| r.get(0)) {
            Err(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) && wait(tries) => {}
            done => return done,
        }
    }
    unreachable!("wait() ends the loop")
}

/// Reads the file's first bytes without `SQLite`, which would already start recovering a write-ahead log.
fn look(path: &Path) -> Result<()> {
    let io = |source| StoreError::Io { path: path.to_owned(), source };
    let meta = match fs::metadata(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return no_orphan_log(path),
        Err(e) => return Err(io(e)),
        Ok(meta) => meta,
    };
    if meta.is_dir() {
        return Err(StoreError::NotOurs { path: path.to_owned(), why: "it is a folder".to_owned() });
    }
    // A file of 0 bytes is what is left when the very first start is interrupted: there is nothing in it to lose.
    if meta.len() == 0 {
        return no_orphan_log(path);
    }
    let mut head = [0_u8; 100];
    let mut file = fs::File::open(path).map_err(io)?;
    let mut got = 0;
    while got < head.len() {
        match file.read(&mut head[got..]).map_err(io)? {
            0 => break,
            n => got += n,
        }
    }
    // A first transaction that was killed may have written later pages before the first one.
    let half_made = head.iter().all(|b| *b == 0) && fs::metadata(beside(path, "-journal")).is_ok_and(|m| m.len() > 0);
    if half_made && marks_with_log(path).is_ok_and(|m| m.application == 0 && !m.tables) {
        return Ok(());
    }
    if !head.starts_with(b"SQLite format 3\0") {
        return Err(StoreError::NotOurs {
            path: path.to_owned(),
            why: "it does not start like SQLite data".to_owned(),
        });
    }
    let number = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let (pages, page_size) = (
        u64::from(number(28)),
        match u16::from_be_bytes([head[16], head[17]]) {
            1 => 65_536,
            n => u64::from(n),
        },
    );
    let (mut version, mut application) = (number(60), number(68));
    if got < head.len() {
        return Err(StoreError::Damaged {
            path: path.to_owned(),
            why: "the file is cut off in its first page".to_owned(),
        });
    }
    // Fewer bytes than the header promises, and no log that could hold the rest.
    if meta.len() < pages * page_size && !wal_of(path).exists() {
        return Err(StoreError::Damaged {
            path: path.to_owned(),
            why: format!("the file is cut off: {} bytes, {} were written", meta.len(), pages * page_size),
        });
    }
    if application != APPLICATION_ID.unsigned_abs() {
        // The mark may still stand in the write-ahead log alone (killed before the first checkpoint): ask SQLite,
        // which reads both, through a connection that can't write.
        let marks = marks_with_log(path)?;
        (version, application) = (marks.version, marks.application);
        // No mark at all: ours only when it is still empty, a first start that was interrupted.
        if application != APPLICATION_ID.unsigned_abs() && (application != 0 || marks.tables) {
            return Err(StoreError::NotOurs { path: path.to_owned(), why: "another program's database".to_owned() });
        }
    }
    if application == APPLICATION_ID.unsigned_abs() && version > migrate::newest() {
        return Err(StoreError::Newer { path: path.to_owned(), found: version, known: migrate::newest() });
    }
    Ok(())
}

/// A write-ahead log beside no database holds answers that `SQLite` would silently throw away.
fn no_orphan_log(path: &Path) -> Result<()> {
    let log = wal_of(path);
    if fs::metadata(&log).is_ok_and(|m| m.len() > 0) {
        return Err(StoreError::Damaged {
            path: path.to_owned(),
            why: format!("it is gone or empty, but its write-ahead log {} is still there", log.display()),
        });
    }
    Ok(())
}

struct Marks {
    version: u32,
    application: u32,
    tables: bool,
}

/// Largest file that is copied to see what an unfinished transaction leaves of it, in bytes. A first start that was
/// interrupted leaves far less.
const MAX_HALF_MADE: u64 = 16 << 20;

fn marks_with_log(path: &Path) -> Result<Marks> {
    let sql = |e| StoreError::from_sqlite(path, e);
    let io = |source| StoreError::Io { path: path.to_owned(), source };
    // Killed in its very first transaction, a start leaves a rollback journal. Reading then means rolling back, which a
    // connection that can't write refuses and which must not happen to another program's file: a copy tells.
    let journal = beside(path, "-journal");
    let mut copy = None;
    if fs::metadata(&journal).is_ok_and(|m| m.len() > 0) {
        if fs::metadata(path).map_err(io)?.len() > MAX_HALF_MADE {
            let why = "another program's database, in the middle of a change".to_owned();
            return Err(StoreError::NotOurs { path: path.to_owned(), why });
        }
        let folder = tempfile::tempdir().map_err(io)?;
        let there = folder.path().join("copy.db");
        let before = (state(path), state(&journal));
        fs::copy(path, &there).map_err(io)?;
        let copied = fs::copy(&journal, beside(&there, "-journal"));
        // A start that is alive, and not killed, goes on meanwhile: look again at what it makes.
        if (state(path), state(&journal)) != before {
            return marks_with_log(path);
        }
        copied.map_err(io)?;
        copy = Some((folder, there));
    }
    let (file, flags) = match &copy {
        Some((_, there)) => (there.as_path(), OpenFlags::SQLITE_OPEN_READ_WRITE),
        None => (path, OpenFlags::SQLITE_OPEN_READ_ONLY),
    };
    let conn = Connection::open_with_flags(file, flags).map_err(sql)?;
    let read = || -> rusqlite::Result<Marks> {
        // At one moment: another first start may be making the tables now.
        let _moment = conn.unchecked_transaction()?;
        Ok(Marks {
            version: conn.query_row("PRAGMA user_version", [], |r| r.get(0))?,
            application: conn.query_row("PRAGMA application_id", [], |r| r.get::<_, i32>(0))?.cast_unsigned(),
            tables: conn.query_row("SELECT EXISTS (SELECT 1 FROM sqlite_schema)", [], |r| r.get(0))?,
        })
    };
    read().map_err(sql)
}

/// By which a file that was written to is known.
fn state(path: &Path) -> Option<(u64, std::time::SystemTime)> {
    fs::metadata(path).ok().and_then(|m| Some((m.len(), m.modified().ok()?)))
}

fn wal_of(path: &Path) -> std::path::PathBuf {
    beside(path, "-wal")
}

/// The file `SQLite` keeps beside a database under its name with `end` behind.
fn beside(path: &Path, end: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Called by `SQLite` (or by whoever waits for a file) while another process holds the lock; says so once, then gives up
/// after [`BUSY_SECONDS`].
pub(super) fn wait(tries: i32) -> bool {
    const STEP_MS: u64 = 10;
    let waited = u64::try_from(tries).unwrap_or(0) * STEP_MS;
    if waited == 500 {
        WAITED.store(true, Ordering::Relaxed);
    }
    if waited == 500 && !QUIET.load(Ordering::Relaxed) {
        use std::io::Write;
        // A message that can't be written is no reason to stop waiting.
        let _ = writeln!(std::io::stderr(), "waiting for another scanwise to finish writing ...");
    }
    std::thread::sleep(Duration::from_millis(STEP_MS));
    waited < u64::from(BUSY_SECONDS) * 1_000
}
