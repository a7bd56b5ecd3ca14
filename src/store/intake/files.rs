//! The user's own deck files: read when they changed, forgotten when they are gone, and what is wrong with them said
//! until it is mended.

use super::Notice;
use crate::deck::read::{MAX_FILE, strip_bom};
use crate::deck::{self, Catalog, Problem, Severity};
use crate::store::Store;
use crate::store::error::{Result, StoreError};
use crate::store::writer::{Taken, drop_deck, take_in};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// How a clash of deck ids is worded, and known again.
const CLASH: &str = "is already used by";

/// A file changed within this time of being read is read again next time: a later write could carry the same time.
const SETTLE_NS: i64 = 2_000_000_000;

struct Seen {
    size: i64,
    mtime_ns: i64,
}

struct Known {
    seen: Seen,
    settled: bool,
    sha256: Vec<u8>,
    deck: Option<i64>,
    errors: i64,
    problem: Option<String>,
    /// It is in order, but another file has the same deck id.
    clash: bool,
}

impl Store {
    pub(super) fn take_in_files(&mut self) -> Result<()> {
        let folder = self.home.join("decks");
        let files = match json_files(&folder) {
            Ok(files) => files,
            Err(e) => {
                self.notice(&folder, e.to_string(), "your own decks are skipped; make it a folder that can be read");
                return Ok(());
            }
        };
        let known_paths: Vec<String> = self
            .conn
            .prepare_cached("SELECT path FROM file")
            .and_then(|mut s| s.query_map([], |r| r.get(0))?.collect())
            .map_err(self.sql())?;
        // What is gone is forgotten first, so that a renamed file finds its deck's name free.
        let here: HashSet<String> = files.iter().map(|f| name_of(f)).collect();
        let mut changed = false;
        for gone in known_paths.into_iter().filter(|p| !here.contains(p)) {
            self.forget_file(&gone)?;
            changed = true;
        }
        for file in &files {
            changed |= self.take_in_file(file)?;
        }
        // Whoever lost a name to another file tries again after any change, until nothing moves.
        for _ in 0..files.len() {
            if !changed || !self.retry_clashes(&files)? {
                break;
            }
        }
        for file in &files {
            if let Some(known) = self.known_file(&name_of(file))? {
                self.repeat_notice(file, &known);
            }
        }
        Ok(())
    }

    /// Reads files again that have no deck; true when one of them got in.
    fn retry_clashes(&mut self, files: &[PathBuf]) -> Result<bool> {
        let mut moved = false;
        for file in files {
            let name = name_of(file);
            if self.known_file(&name)?.is_some_and(|k| k.clash) {
                self.doubt(&name)?;
                self.take_in_file(file)?;
                moved |= self.known_file(&name)?.is_some_and(|k| !k.clash);
            }
        }
        Ok(moved)
    }

    /// Makes a file look changed, so that it is read again.
    fn doubt(&self, name: &str) -> Result<()> {
        self.conn
            .execute("UPDATE file SET sha256 = x'00', settled = 0 WHERE path = ?1", [name])
            .map(|_| ())
            .map_err(self.sql())
    }

    /// True when the file was read (not only looked at).
    fn take_in_file(&mut self, file: &Path) -> Result<bool> {
        let name = name_of(file);
        let io = |source| StoreError::Io { path: file.to_owned(), source };
        let seen = match fs::metadata(file) {
            Ok(meta) => Seen {
                size: i64::try_from(meta.len()).unwrap_or(i64::MAX),
                mtime_ns: meta.mtime().saturating_mul(1_000_000_000).saturating_add(meta.mtime_nsec()),
            },
            Err(e) => {
                self.notice(file, format!("{e}"), "the deck is skipped");
                return Ok(false);
            }
        };
        let known = self.known_file(&name)?;
        if let Some(k) = &known
            && k.settled
            && k.seen.size == seen.size
            && k.seen.mtime_ns == seen.mtime_ns
        {
            return Ok(false);
        }
        if u64::try_from(seen.size).unwrap_or(0) > MAX_FILE {
            self.notice(file, "larger than 1 GiB".to_owned(), "the deck is skipped; split it");
            return Ok(false);
        }
        let bytes = match fs::read(file) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(io(e)),
            Err(e) => {
                self.notice(file, format!("{e}"), "the deck is skipped; check who may read it");
                return Ok(false);
            }
        };
        let sha256 = Sha256::digest(&bytes).to_vec();
        let settled = crate::clock::file_time_ns().saturating_sub(seen.mtime_ns).abs() > SETTLE_NS;
        if let Some(k) = &known
            && k.sha256 == sha256
        {
            if k.seen.mtime_ns != seen.mtime_ns || k.settled != settled {
                let sql = self.sql();
                self.conn
                    .execute(
                        "UPDATE file SET mtime_ns = ?2, settled = ?3 WHERE path = ?1",
                        params![name, seen.mtime_ns, settled],
                    )
                    .map_err(sql)?;
            }
            return Ok(false);
        }
        self.read_file(&name, &bytes, &seen, settled, &sha256, known.as_ref())?;
        Ok(true)
    }

    fn read_file(
        &mut self,
        name: &str,
        bytes: &[u8],
        seen: &Seen,
        settled: bool,
        sha256: &[u8],
        known: Option<&Known>,
    ) -> Result<()> {
        let path = self.path.clone();
        let old_deck = known.and_then(|k| k.deck);
        let text = std::str::from_utf8(bytes).ok().map(strip_bom);
        let row = FileRow { name, seen, settled, sha256, old_deck };
        // A deck that turns out broken half-way leaves nothing: its transaction is thrown away, and a second, small one
        // notes what is wrong.
        let taken = self.with_large_cache(bytes.len(), |store| {
            store.write_by_if(store.opened, |tx, by| {
                let taken = match text {
                    Some(text) => take_in(tx, &path, name, text, by)?,
                    None => Taken::Broken,
                };
                if let Taken::Deck(id) = taken {
                    row.write(tx, Some(id), 0, None).map_err(|e| StoreError::from_sqlite(&path, e))?;
                }
                let keep = matches!(taken, Taken::Deck(_));
                Ok((taken, keep))
            })
        })?;
        let (errors, problem, deck) = match taken {
            Taken::Deck(id) => (0, None, Some(id)),
            Taken::Clash { slug, other } => (1, Some(format!("the deck id \"{slug}\" {CLASH} {other}")), None),
            Taken::Broken => {
                let problems = deck::check(bytes, Catalog::bundled()).problems;
                let errors = problems.iter().filter(|p| p.severity == Severity::Error).count().max(1);
                (i64::try_from(errors).unwrap_or(1), problems.first().map(first_line), old_deck)
            }
        };
        if errors > 0 {
            self.write(|tx| {
                row.write(tx, deck, errors, problem.as_deref()).map_err(|e| StoreError::from_sqlite(&path, e))
            })?;
        }
        Ok(())
    }

    fn known_file(&self, name: &str) -> Result<Option<Known>> {
        self.conn
            .prepare_cached("SELECT size, mtime_ns, settled, sha256, deck, errors, problem FROM file WHERE path = ?1")
            .and_then(|mut s| {
                s.query_row([name], |r| {
                    Ok(Known {
                        seen: Seen { size: r.get(0)?, mtime_ns: r.get(1)? },
                        settled: r.get(2)?,
                        sha256: r.get(3)?,
                        deck: r.get(4)?,
                        errors: r.get(5)?,
                        problem: r.get(6)?,
                        clash: r.get::<_, Option<i64>>(4)?.is_none()
                            && r.get::<_, Option<String>>(6)?.is_some_and(|p| p.contains(CLASH)),
                    })
                })
                .optional()
            })
            .map_err(self.sql())
    }

    fn repeat_notice(&mut self, file: &Path, known: &Known) {
        if known.errors == 0 {
            return;
        }
        let n = u64::try_from(known.errors).unwrap_or(1);
        let first = known.problem.clone().unwrap_or_default();
        let more = if n > 1 { format!(" (and {} more)", n - 1) } else { String::new() };
        let hint = match (known.clash, known.deck) {
            (true, _) => "the deck is skipped; give it an id of its own".to_owned(),
            (_, Some(_)) => format!("the version read before stays in use; run `scanwise check {}`", file.display()),
            (_, None) => format!("the deck is skipped; run `scanwise check {}`", file.display()),
        };
        self.notice(file, format!("{first}{more}"), &hint);
    }

    fn notice(&mut self, path: &Path, cause: String, hint: &str) {
        self.notices.push(Notice { path: path.to_owned(), cause, hint: hint.to_owned() });
    }

    fn forget_file(&mut self, name: &str) -> Result<()> {
        let path = self.path.clone();
        self.write(|tx| {
            let sql = |e| StoreError::from_sqlite(&path, e);
            let deck: Option<i64> = tx
                .query_row("SELECT deck FROM file WHERE path = ?1", [name], |r| r.get(0))
                .optional()
                .map_err(sql)?
                .flatten();
            if let Some(id) = deck {
                drop_deck(tx, id).map_err(sql)?;
            }
            tx.execute("DELETE FROM file WHERE path = ?1", [name]).map_err(sql)?;
            Ok(())
        })?;
        Ok(())
    }
}

/// What is written down of a file, whatever became of it.
struct FileRow<'f> {
    name: &'f str,
    seen: &'f Seen,
    settled: bool,
    sha256: &'f [u8],
    old_deck: Option<i64>,
}

impl FileRow<'_> {
    fn write(&self, conn: &Connection, deck: Option<i64>, errors: i64, problem: Option<&str>) -> rusqlite::Result<()> {
        if let Some(old) = self.old_deck.filter(|old| deck != Some(*old)) {
            drop_deck(conn, old)?;
        }
        conn.execute(
            "INSERT OR REPLACE INTO file (path, size, mtime_ns, settled, sha256, deck, errors, problem)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![self.name, self.seen.size, self.seen.mtime_ns, self.settled, self.sha256, deck, errors, problem],
        )?;
        Ok(())
    }
}

/// The bytes of a file; `None` when there is none.
pub(in crate::store) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StoreError::Io { path: path.to_owned(), source }),
    }
}

/// Notes a file that is about to be put in its place, so that the next start knows its content without reading cards.
pub(in crate::store) fn note_file(
    conn: &Connection,
    name: &str,
    size: usize,
    sha256: &[u8],
    deck: i64,
) -> rusqlite::Result<()> {
    let seen = Seen { size: i64::try_from(size).unwrap_or(i64::MAX), mtime_ns: 0 };
    FileRow { name, seen: &seen, settled: false, sha256, old_deck: None }.write(conn, Some(deck), 0, None)
}

fn first_line(p: &Problem) -> String {
    let place = p.place.map_or(String::new(), |at| format!("line {}: ", at.line));
    let path = p.path.to_string();
    if path.is_empty() { format!("{place}{}", p.cause) } else { format!("{place}{path}: {}", p.cause) }
}

/// The file's name within `<home>/decks`: a home that is copied or moved keeps its decks.
fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let io = |source| StoreError::Io { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(io(e)),
        Ok(entries) => entries,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(io)?.path();
        let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
        if !hidden && path.extension().is_some_and(|e| e == "json") && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
