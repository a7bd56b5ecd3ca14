//! Taking decks in: the compiled-in ones when the program changed, the user's files when they changed, and nothing
//! at all otherwise.

use super::error::{Result, StoreError};
use super::settings::{note, set_note};
use super::{Store, state};
use crate::deck::bundled::{BUNDLED, FINGERPRINT};
use crate::deck::read::{MAX_FILE, Stop, strip_bom};
use crate::deck::{self, Catalog, Problem, Severity};
use crate::log::Folding;
use crate::model::{Card, CardKey, DeckHeader};
use crate::schedule::mix::Mixer;
use rusqlite::{Connection, OptionalExtension, Statement, params};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

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
    /// Brings decks up to date; cheap when nothing changed (one comparison, and one `stat` for each file).
    pub(super) fn take_in_decks(&mut self) -> Result<()> {
        self.take_in_bundled()?;
        self.take_in_files()
    }

    fn take_in_bundled(&mut self) -> Result<()> {
        if note(&self.conn, "home.bundled").map_err(self.sql())?.as_deref() == Some(FINGERPRINT) {
            return Ok(());
        }
        let (path, folding) = (self.path.clone(), self.folding());
        self.write(|tx| {
            let sql = |e| StoreError::from_sqlite(&path, e);
            let mut kept = HashSet::new();
            for bundled in BUNDLED {
                let file = format!("bundled:{}", bundled.file);
                match take_in(tx, &path, &file, bundled.text, &folding)? {
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

    fn take_in_files(&mut self) -> Result<()> {
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
        let (path, folding) = (self.path.clone(), self.folding());
        let old_deck = known.and_then(|k| k.deck);
        let text = std::str::from_utf8(bytes).ok().map(strip_bom);
        // A large deck would spill half-filled pages from the small cache again and again; while it is taken in the
        // cache may grow with it.
        let cache_kib = (bytes.len() / 1024).clamp(2_000, 64_000);
        self.conn.execute_batch(&format!("PRAGMA cache_size = -{cache_kib}")).map_err(self.sql())?;
        let row = FileRow { name, seen, settled, sha256, old_deck };
        // A deck that turns out broken half-way leaves nothing: its transaction is thrown away, and a second, small one
        // notes what is wrong.
        let taken = self.write_if(|tx| {
            let taken = match text {
                Some(text) => take_in(tx, &path, name, text, &folding)?,
                None => Taken::Broken,
            };
            if let Taken::Deck(id) = taken {
                row.write(tx, Some(id), 0, None).map_err(|e| StoreError::from_sqlite(&path, e))?;
            }
            let keep = matches!(taken, Taken::Deck(_));
            Ok((taken, keep))
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
        self.conn.execute_batch("PRAGMA cache_size = -2000; PRAGMA shrink_memory").map_err(self.sql())
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

/// What became of a deck's text.
enum Taken {
    /// It is in; the deck's number.
    Deck(i64),
    /// Another file has the same deck id.
    Clash { slug: String, other: String },
    /// It has errors.
    Broken,
}

enum Refusal {
    Store(StoreError),
    Clash { slug: String, other: String },
}

/// Takes one deck in. The caller rolls back unless it is [`Taken::Deck`].
fn take_in(conn: &Connection, path: &Path, file: &str, text: &str, folding: &Folding) -> Result<Taken> {
    let mut writer = None;
    let read = {
        let writer = std::cell::RefCell::new(&mut writer);
        deck::scan(
            text,
            Catalog::bundled(),
            |header, _| {
                **writer.borrow_mut() = Some(Writer::start(conn, path, file, header)?);
                Ok(())
            },
            |i, card, raw| {
                let mut writer = writer.borrow_mut();
                let writer = writer.as_mut().expect("the header comes first");
                writer.card(i, card, raw).map_err(|e| Refusal::Store(StoreError::from_sqlite(path, e)))
            },
        )
    };
    match read {
        Err(Stop::Problems) => Ok(Taken::Broken),
        Err(Stop::Receiver(Refusal::Store(e))) => Err(e),
        Err(Stop::Receiver(Refusal::Clash { slug, other })) => Ok(Taken::Clash { slug, other }),
        Ok(_) => {
            let Some(writer) = writer else { return Ok(Taken::Broken) };
            let id = writer.finish().map_err(|e| StoreError::from_sqlite(path, e))?;
            state::move_domains(conn, path, id, folding)?;
            Ok(Taken::Deck(id))
        }
    }
}

/// Writes the cards of one deck as they are read.
struct Writer<'c> {
    conn: &'c Connection,
    deck: i64,
    slug: String,
    unseen: HashSet<i64>,
    families: HashSet<String>,
    covers: HashSet<String>,
    new_name: Statement<'c>,
    old_name: Statement<'c>,
    put: Statement<'c>,
}

impl<'c> Writer<'c> {
    fn start(conn: &'c Connection, path: &Path, file: &str, header: &DeckHeader) -> std::result::Result<Self, Refusal> {
        let sql = |e| Refusal::Store(StoreError::from_sqlite(path, e));
        let slug = header.id.as_str();
        let other: Option<String> = conn
            .query_row("SELECT file FROM deck WHERE slug = ?1 AND present = 1 AND file <> ?2", [slug, file], |r| {
                r.get(0)
            })
            .optional()
            .map_err(sql)?;
        if let Some(other) = other {
            let other = other.strip_prefix("bundled:").map_or(other.clone(), |_| "a bundled deck".to_owned());
            return Err(Refusal::Clash { slug: slug.to_owned(), other });
        }
        let rest = serde_json::json!({
            "language": header.language, "license": header.license,
            "authors": header.authors, "description": header.description,
        });
        let deck: i64 = conn
            .query_row(
                "INSERT INTO deck (slug, file, present, title, version, header) VALUES (?1, ?2, 1, ?3, ?4, ?5)
                 ON CONFLICT (slug) DO UPDATE SET file = ?2, present = 1, title = ?3, version = ?4, header = ?5
                 RETURNING id",
                params![slug, file, header.title, header.version, rest.to_string()],
                |r| r.get(0),
            )
            .map_err(sql)?;
        let unseen = conn
            .prepare("SELECT id FROM card WHERE deck = ?1 AND present = 1")
            .and_then(|mut s| s.query_map([deck], |r| r.get(0))?.collect())
            .map_err(sql)?;
        Ok(Self {
            conn,
            deck,
            slug: slug.to_owned(),
            unseen,
            families: HashSet::new(),
            covers: HashSet::new(),
            new_name: conn.prepare("INSERT OR IGNORE INTO name (key) VALUES (?1)").map_err(sql)?,
            old_name: conn.prepare("SELECT id FROM name WHERE key = ?1").map_err(sql)?,
            put: conn
                .prepare(
                    "INSERT INTO card (id, deck, ord, kind, domain, family, tags, body, present, fresh)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, 1)
                     ON CONFLICT (id) DO UPDATE SET deck = ?2, ord = ?3, kind = ?4, domain = ?5, family = ?6, tags = ?7,
                         body = ?8, present = 1, fresh = 1
                     WHERE (deck, ord, kind, domain, tags, body, present) <> (?2, ?3, ?4, ?5, ?7, ?8, 1) OR family IS NOT ?6",
                )
                .map_err(sql)?,
        })
    }

    fn card(&mut self, ord: usize, card: &Card, raw: &str) -> rusqlite::Result<()> {
        self.families.extend(card.family().map(str::to_owned));
        self.covers.extend(card.covers.iter().cloned());
        let mut tags = String::from(" ");
        for tag in &card.tags {
            tags.push_str(tag);
            tags.push(' ');
        }
        let family = match card.family() {
            Some(f) => Some(Mixer::new("family").text(&self.slug).text(f).finish()),
            // The deletions of one cloze are siblings too.
            None if card.parts().len() > 1 => Some(Mixer::new("cloze").text(&self.slug).text(&card.id).finish()),
            None => None,
        };
        for part in card.parts() {
            let key = CardKey::join(&self.slug, &card.id, part);
            let id = self.name(key.as_str())?;
            self.unseen.remove(&id);
            self.put.execute(params![
                id,
                self.deck,
                ord,
                card.type_word(),
                card.domain,
                family.map(u64::cast_signed),
                tags,
                raw,
            ])?;
        }
        Ok(())
    }

    fn name(&mut self, key: &str) -> rusqlite::Result<i64> {
        if self.new_name.execute([key])? == 1 {
            return Ok(self.conn.last_insert_rowid());
        }
        self.old_name.query_row([key], |r| r.get(0))
    }

    fn finish(self) -> rusqlite::Result<i64> {
        for id in &self.unseen {
            self.conn.prepare_cached("UPDATE card SET present = 0, fresh = 0 WHERE id = ?1")?.execute([id])?;
        }
        self.conn.execute(
            "UPDATE deck SET families = ?2, covers = ?3 WHERE id = ?1",
            params![self.deck, self.families.len(), self.covers.len()],
        )?;
        settle(self.conn, self.deck)?;
        Ok(self.deck)
    }
}

/// Makes `fresh` and `live` of a deck's cards agree with what is present and with their state.
fn settle(conn: &Connection, deck: i64) -> rusqlite::Result<()> {
    conn.execute(
        "UPDATE card SET fresh = 0 WHERE fresh = 1 AND deck = ?1
             AND id IN (SELECT id FROM state WHERE first_day IS NOT NULL OR suspended = 1)",
        [deck],
    )?;
    conn.execute(
        "UPDATE state SET family = (SELECT family FROM card c WHERE c.id = state.id)
         WHERE id IN (SELECT c.id FROM card c JOIN state s ON s.id = c.id WHERE c.deck = ?1 AND s.family IS NOT c.family)",
        [deck],
    )?;
    conn.execute(
        "UPDATE state SET live = 1 WHERE live = 0 AND due IS NOT NULL AND suspended = 0
             AND id IN (SELECT id FROM card WHERE deck = ?1 AND present = 1)",
        [deck],
    )?;
    conn.execute(
        "UPDATE state SET live = 0 WHERE live = 1 AND id IN (SELECT id FROM card WHERE deck = ?1 AND present = 0)",
        [deck],
    )?;
    Ok(())
}

/// The deck is not there any more: its cards rest, their history stays.
fn drop_deck(conn: &Connection, deck: i64) -> rusqlite::Result<()> {
    conn.execute("UPDATE deck SET present = 0 WHERE id = ?1", [deck])?;
    conn.execute("UPDATE card SET present = 0, fresh = 0 WHERE deck = ?1", [deck])?;
    settle(conn, deck)
}

fn ids(conn: &Connection, query: &str) -> rusqlite::Result<Vec<i64>> {
    conn.prepare(query)?.query_map([], |r| r.get(0))?.collect()
}
