//! Carrying an import out.

use super::files::{self, Move};
use super::{DeckWrite, ImportWrite, KnownDeck};
use crate::log::{Event, EventId, EventKind, undone};
use crate::model::{CardKey, Stamp};
use crate::schedule::CardState;
use crate::store::error::{Result, StoreError};
use crate::store::journal::{append, next_id};
use crate::store::writer::{By, Taken, take_in, take_in_known};
use crate::store::{Store, intake, state};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

impl Store {
    /// Carries an import out: decks, base, audit, parked cards and history in one transaction, then the files. Returns
    /// the import's number.
    ///
    /// # Errors
    /// [`StoreError::Changed`] when a deck's file is no longer what the import was planned with, and what a full or
    /// read-only disk says. Nothing is changed when this fails, except that a failure to rename the files after the
    /// commit is mended at the next start.
    pub fn carry_out(&mut self, import: &ImportWrite, now: Stamp) -> Result<i64> {
        let (path, decks) = (self.path.clone(), self.home.join("decks"));
        let mut moves = Vec::new();
        let staged = Self::stage_all(import, &decks, &mut moves);
        let done = staged.and_then(|()| {
            let bytes: usize = import.decks.iter().filter_map(|d| d.text.as_ref()).map(|t| t.text.len()).sum();
            self.with_large_cache(bytes, |store| {
                store.write_by(now, |tx, by| {
                    let number = record(tx, &path, import, by)?;
                    for deck in &import.decks {
                        deck_in(tx, &path, &decks, number, deck, by)?;
                    }
                    media_in(tx, number, import).map_err(|e| StoreError::from_sqlite(&path, e))?;
                    mark_all(tx, &path, number, &import.park, &EventKind::Parked, by)?;
                    mark_all(tx, &path, number, &import.suspend, &EventKind::Suspended, by)?;
                    history_in(tx, &path, number, &import.history, by)?;
                    files::promise(tx, &moves).map_err(|e| StoreError::from_sqlite(&path, e))?;
                    Ok(number)
                })
            })
        });
        match done {
            Ok(number) => {
                self.keep_promises()?;
                Ok(number)
            }
            Err(e) => {
                files::unstage(&decks, &moves);
                Err(e)
            }
        }
    }

    /// Writes every file of the import in full beside its place.
    fn stage_all(import: &ImportWrite, decks: &Path, moves: &mut Vec<Move>) -> Result<()> {
        for deck in &import.decks {
            if let Some(text) = &deck.text {
                let ready = files::stage(decks, &deck.file, text.text.as_bytes())?;
                let before = deck.before.as_deref().map(files::sha256);
                moves.push(Move { path: deck.file.clone(), ready: Some(ready), before });
            }
        }
        if let Some(first) = import.media.first() {
            if let Some(folder) = first.ready.parent() {
                files::sync_tree(folder)?;
            }
            for media in &import.media {
                let ready = media.ready.strip_prefix(decks).unwrap_or(&media.ready).to_string_lossy().into_owned();
                moves.push(Move { path: media.path.clone(), ready: Some(ready), before: None });
            }
        }
        Ok(())
    }

    /// Runs `work` with a page cache that fits what is written; half-filled pages are otherwise spilled again and again.
    pub(in crate::store) fn with_large_cache<T>(
        &mut self,
        bytes: usize,
        work: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let cache_kib = (bytes / 1024).clamp(2_000, 64_000);
        self.conn
            .execute_batch(&format!("PRAGMA cache_size = -{cache_kib}; PRAGMA temp_store = MEMORY"))
            .map_err(self.sql())?;
        let done = work(self);
        // What was committed is not undone by a cache that stays large.
        let _ = self.conn.execute_batch("PRAGMA cache_size = -2000; PRAGMA temp_store = DEFAULT; PRAGMA shrink_memory");
        done
    }
}

pub(super) fn record(conn: &Connection, path: &Path, import: &ImportWrite, by: &By) -> Result<i64> {
    conn.query_row(
        "INSERT INTO import (utc_ms, offset_s, device, source, sha256, format, summary)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
        params![
            by.now.utc_ms,
            by.now.offset_s,
            by.device,
            import.source,
            import.sha256.as_slice(),
            import.format,
            import.summary
        ],
        |r| r.get(0),
    )
    .map_err(|e| StoreError::from_sqlite(path, e))
}

fn deck_in(conn: &Connection, path: &Path, decks: &Path, number: i64, deck: &DeckWrite, by: &By) -> Result<()> {
    let sql = |e| StoreError::from_sqlite(path, e);
    let mut sha256 = None;
    if let Some(text) = &deck.text {
        let now = intake::read_if_there(&decks.join(&deck.file))?;
        if now != deck.before || files::promised(conn, &deck.file).map_err(sql)? {
            return Err(StoreError::Changed { path: decks.join(&deck.file) });
        }
        let (events, digest) = file_in(conn, path, &deck.file, &text.text, text.known.as_ref(), by)?;
        for event in events {
            remember_event(conn, number, event).map_err(sql)?;
        }
        sha256 = Some(digest);
    }
    let old: Option<String> = conn
        .query_row(
            "SELECT json_object('origin', origin, 'import', import, 'version', version, 'body', hex(body))
             FROM upstream WHERE slug = ?1",
            [&deck.slug],
            |r| r.get(0),
        )
        .optional()
        .map_err(sql)?;
    conn.execute(
        "INSERT INTO import_deck (import, slug, file, before, after_sha256, after, before_upstream, base_moved)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            number,
            deck.slug,
            deck.file,
            deck.before.as_deref().map(|b| files::pack(decks, b)).transpose()?,
            sha256,
            // A deck that came whole is its own base: one copy is enough.
            deck.text
                .as_ref()
                .filter(|_| deck.before.is_some() || deck.upstream.is_none())
                .map(|t| files::pack(decks, t.text.as_bytes()))
                .transpose()?,
            old.map(String::into_bytes),
            deck.upstream.is_some(),
        ],
    )
    .map_err(sql)?;
    if let Some(up) = &deck.upstream {
        conn.execute(
            "INSERT OR REPLACE INTO upstream (slug, origin, import, version, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![deck.slug, up.origin, number, up.version, up.body.0],
        )
        .map_err(sql)?;
    }
    let mut put = conn
        .prepare(
            "INSERT INTO audit (import, slug, card, field, action, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .map_err(sql)?;
    for a in &deck.audit {
        put.execute(params![number, deck.slug, a.card, a.field, a.action.word(), a.before, a.after]).map_err(sql)?;
    }
    Ok(())
}

/// Takes a deck's new text in, as the file that will stand there. Returns the events it wrote into the
/// log, and the SHA-256 of the text.
pub(super) fn file_in(
    conn: &Connection,
    path: &Path,
    file: &str,
    text: &str,
    known: Option<&KnownDeck>,
    by: &By,
) -> Result<(Vec<EventId>, Vec<u8>)> {
    let seen_before: i64 = conn
        .query_row("SELECT coalesce(max(seq), 0) FROM event", [], |r| r.get(0))
        .map_err(|e| StoreError::from_sqlite(path, e))?;
    let digest = files::sha256(text.as_bytes());
    let taken = match known {
        Some(known) => take_in_known(conn, path, file, text, known, by)?,
        None => take_in(conn, path, file, text, by)?,
    };
    match taken {
        Taken::Deck(id) => {
            intake::note_file(conn, file, text.len(), &digest, id).map_err(|e| StoreError::from_sqlite(path, e))?;
        }
        Taken::Clash { slug, other } => {
            return Err(StoreError::Refused {
                path: path.to_owned(),
                why: format!("the deck id \"{slug}\" is already used by {other}"),
            });
        }
        Taken::Broken => {
            return Err(StoreError::Refused {
                path: path.to_owned(),
                why: format!("{file} would not be a valid deck"),
            });
        }
    }
    let events = conn
        .prepare_cached("SELECT id FROM event WHERE seq > ?1")
        .and_then(|mut s| s.query_map([seen_before], |r| Ok(EventId(r.get(0)?)))?.collect())
        .map_err(|e| StoreError::from_sqlite(path, e))?;
    Ok((events, digest))
}

pub(super) fn remember_event(conn: &Connection, number: i64, event: EventId) -> rusqlite::Result<()> {
    conn.prepare_cached("INSERT OR IGNORE INTO import_event (import, event) VALUES (?1, ?2)")?
        .execute(params![number, event.0])?;
    Ok(())
}

fn media_in(conn: &Connection, number: i64, import: &ImportWrite) -> rusqlite::Result<()> {
    let mut put = conn.prepare("INSERT OR IGNORE INTO import_media (import, path, sha256) VALUES (?1, ?2, ?3)")?;
    for media in &import.media {
        put.execute(params![number, media.path, media.sha256.as_slice()])?;
    }
    Ok(())
}

fn id_of(conn: &Connection, key: &CardKey) -> rusqlite::Result<i64> {
    conn.prepare_cached("INSERT OR IGNORE INTO name (key) VALUES (?1)")?.execute([key.as_str()])?;
    conn.prepare_cached("SELECT id FROM name WHERE key = ?1")?.query_row([key.as_str()], |r| r.get(0))
}

/// Parks or suspends cards. Cards without a history (all of them, when a deck is new) need no fold.
fn mark_all(conn: &Connection, path: &Path, number: i64, keys: &[CardKey], kind: &EventKind, by: &By) -> Result<()> {
    let sql = |e| StoreError::from_sqlite(path, e);
    for key in keys {
        let id = id_of(conn, key).map_err(sql)?;
        let event = if state::load(conn, id).map_err(sql)?.is_some() {
            by.note(conn, path, id, key, kind.clone())?.0
        } else {
            let event = Event {
                id: next_id(conn, by.now).map_err(sql)?,
                device: by.device.clone(),
                at: by.now,
                card: key.clone(),
                kind: kind.clone(),
            };
            append(conn, id, &event).map_err(sql)?;
            let fresh = CardState { suspended: true, parked: *kind == EventKind::Parked, ..CardState::default() };
            state::save(conn, id, Some(&fresh), 0).map_err(sql)?;
            event.id
        };
        remember_event(conn, number, event).map_err(sql)?;
    }
    Ok(())
}

/// Takes reviews of another program in; each card is folded once.
fn history_in(conn: &Connection, path: &Path, number: i64, events: &[Event], by: &By) -> Result<()> {
    let sql = |e| StoreError::from_sqlite(path, e);
    let mut cards: BTreeMap<&CardKey, Vec<&Event>> = BTreeMap::new();
    for event in events {
        cards.entry(&event.card).or_default().push(event);
    }
    for (key, events) in cards {
        let id = id_of(conn, key).map_err(sql)?;
        let here = state::events_of(conn, path, id)?;
        let before = state::fold_card(&here, &by.folding);
        let gone = undone(here.iter().map(|(_, e)| e));
        let mut new = false;
        for event in events {
            let there: bool = conn
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM event WHERE id = ?1)")
                .and_then(|mut s| s.query_row([event.id.0], |r| r.get(0)))
                .map_err(sql)?;
            if there {
                new |= bring_back(conn, number, id, event, &gone, by).map_err(sql)?;
            } else {
                append(conn, id, event).map_err(sql)?;
                remember_event(conn, number, event.id).map_err(sql)?;
                new = true;
            }
        }
        if new {
            state::refold(conn, path, id, &before, &by.folding)?;
        }
    }
    Ok(())
}

/// An event that an import brought before, and that went with it when it was taken back, counts again: the undo is
/// undone. What the student took back themselves stays so. True when something was written.
fn bring_back(
    conn: &Connection,
    number: i64,
    card: i64,
    event: &Event,
    gone: &HashSet<EventId>,
    by: &By,
) -> rusqlite::Result<bool> {
    if !gone.contains(&event.id) {
        return Ok(false);
    }
    let mut undos: Vec<EventId> = conn
        .prepare_cached(
            "SELECT u.id FROM event u INDEXED BY event_target CROSS JOIN import i ON i.undone = u.utc_ms
             WHERE u.target = ?1 AND u.kind = 'undone' AND u.card = ?2
                 AND EXISTS (SELECT 1 FROM import_event m WHERE m.import = i.id AND m.event = ?1)
             ORDER BY u.id",
        )?
        .query_map(params![event.id.0, card], |r| Ok(EventId(r.get(0)?)))?
        .collect::<rusqlite::Result<_>>()?;
    undos.retain(|undo| !gone.contains(undo));
    for target in &undos {
        let kind = EventKind::Undone { target: *target };
        let (device, key) = (by.device.clone(), event.card.clone());
        let again = Event { id: next_id(conn, by.now)?, device, at: by.now, card: key, kind };
        append(conn, card, &again)?;
        remember_event(conn, number, again.id)?;
    }
    Ok(!undos.is_empty())
}
