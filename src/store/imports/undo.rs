//! Taking an import back: files, base, parked cards and history as they were; the log by more events.

use super::carry::file_in;
use super::files::{self, Move, unpack};
use super::look::ImportRow;
use super::personal;
use crate::log::{Event, EventId, EventKind, undone};
use crate::model::Stamp;
use crate::store::error::{Result, StoreError};
use crate::store::journal::{append, next_id};
use crate::store::writer::{By, drop_deck};
use crate::store::{Store, intake, state};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashSet;
use std::path::Path;

/// What taking the last import back comes to.
#[derive(Debug)]
pub struct UndoPlan {
    /// The import.
    pub import: ImportRow,
    /// Its decks.
    pub decks: Vec<UndoDeck>,
}

/// One deck of an import to be taken back.
#[derive(Debug)]
pub struct UndoDeck {
    /// Its id.
    pub slug: String,
    /// Its file.
    pub file: String,
    /// The file before the import; `None` when there was none.
    pub before: Option<String>,
    /// The import wrote the file.
    pub written: bool,
    /// The file is still what the import wrote.
    pub unchanged: bool,
    /// Its cards as the import wrote them; only needed when the file was edited since.
    pub after: Option<String>,
    /// As it is now; `None` when it is gone.
    pub now: Option<Vec<u8>>,
    /// What shall stand there: the caller decides where the file was edited since. `None` removes the file.
    pub text: Option<String>,
}

/// `slug`, `file`, `before`, `after`, `after_sha256` of a deck.
type Row = (String, String, Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>);

impl Store {
    /// An import that was not taken back, with the files it touched: this one, or the last deck that came from somebody
    /// else (an edit of one's own is named by its number). `None` when there is none.
    ///
    /// # Errors
    /// When the home can't be read, or [`StoreError::BuiltUpon`] when later imports build on it.
    pub fn import_to_undo(&self, number: Option<i64>) -> Result<Option<UndoPlan>> {
        const FROM_OTHERS: [&str; 3] = ["json", "anki", "table"];
        let wanted = |i: &ImportRow| number.map_or(FROM_OTHERS.contains(&i.format.as_str()), |n| i.number == n);
        let Some(import) = self.imports(u32::MAX)?.into_iter().find(|i| !i.undone && wanted(i)) else {
            return Ok(None);
        };
        nothing_builds_on(&self.conn, &self.path, import.number)?;
        let sql = self.sql();
        let rows: Vec<Row> = self
            .conn
            .prepare_cached("SELECT slug, file, before, after, after_sha256 FROM import_deck WHERE import = ?1")
            .and_then(|mut s| {
                s.query_map([import.number], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?.collect()
            })
            .map_err(&sql)?;
        let text = |blob: Option<Vec<u8>>| -> Result<Option<String>> {
            let Some(blob) = blob else { return Ok(None) };
            let text = unpack(&blob).ok().and_then(|b| String::from_utf8(b).ok());
            text.map(Some).ok_or_else(|| StoreError::Damaged {
                path: self.path.clone(),
                why: format!("what import {} replaced can't be read", import.number),
            })
        };
        let mut decks = Vec::new();
        for (slug, file, before, after, sha256) in rows {
            let now = self.deck_bytes(&file)?;
            let unchanged = sha256.is_some() && now.as_deref().map(files::sha256) == sha256;
            let after = match (unchanged, text(after)?) {
                (false, None) => self.upstream(&slug)?.map(|u| u.body),
                (_, after) => after,
            };
            let before = text(before)?;
            decks.push(UndoDeck {
                slug,
                text: before.clone(),
                before,
                written: sha256.is_some(),
                unchanged,
                after,
                now,
                file,
            });
        }
        Ok(Some(UndoPlan { import, decks }))
    }

    /// Takes an import back, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Changed`] when a file is no longer what the plan was made with, [`StoreError::Overtaken`] and
    /// [`StoreError::BuiltUpon`] when the import was taken back or built upon meanwhile; nothing is changed then.
    pub fn take_back(&mut self, plan: &UndoPlan, now: Stamp) -> Result<()> {
        let (path, decks) = (self.path.clone(), self.home.join("decks"));
        let number = plan.import.number;
        let mut moves = Vec::new();
        let staged = Self::stage_back(plan, &decks, &mut moves);
        let bytes = plan.decks.iter().filter_map(|d| d.text.as_ref()).map(String::len).sum();
        let done = staged.and_then(|()| {
            self.with_large_cache(bytes, |store| {
                store.write_by(now, |tx, by| {
                    let sql = |e| StoreError::from_sqlite(&path, e);
                    // What was looked at may have been taken back, or built upon, by another process since.
                    let open: bool = tx
                        .query_row("SELECT undone IS NULL FROM import WHERE id = ?1", [number], |r| r.get(0))
                        .map_err(sql)?;
                    if !open {
                        return Err(StoreError::Overtaken { path: path.clone(), import: number });
                    }
                    nothing_builds_on(tx, &path, number)?;
                    let by = By { quiet: undo_events(tx, &path, number, by)?, ..by.clone() };
                    for deck in &plan.decks {
                        deck_back(tx, &path, &decks, number, deck, &by)?;
                    }
                    let media = media_back(tx, &decks, number).map_err(sql)?;
                    // A draft that became a card of this import is a draft again: its text is in no deck any more.
                    tx.execute(
                        "UPDATE draft SET gone = NULL
                         WHERE gone IN (SELECT slug || '/' || card FROM audited WHERE import = ?1 AND action = 'added')",
                        [number],
                    )
                    .map_err(sql)?;
                    tx.execute("UPDATE import SET undone = ?2 WHERE id = ?1", params![number, now.utc_ms])
                        .map_err(sql)?;
                    files::promise(tx, &moves).and_then(|()| files::promise(tx, &media)).map_err(sql)
                })
            })
        });
        if done.is_err() {
            files::unstage(&decks, &moves);
        }
        done?;
        self.keep_promises()
    }

    /// Writes every file as it will stand in full beside its place.
    fn stage_back(plan: &UndoPlan, decks: &Path, moves: &mut Vec<Move>) -> Result<()> {
        for deck in plan.decks.iter().filter(|d| d.written) {
            let ready = deck.text.as_ref().map(|t| files::stage(decks, &deck.file, t.as_bytes())).transpose()?;
            let before = deck.now.as_deref().map(files::sha256);
            moves.push(Move { path: deck.file.clone(), ready, before });
        }
        Ok(())
    }
}

/// A later import of the same deck starts from the base that this one left, and must be taken back first; so must what
/// builds on that one, by way of another deck too.
fn nothing_builds_on(conn: &Connection, path: &Path, number: i64) -> Result<()> {
    let later: Vec<i64> = conn
        .prepare_cached(
            "WITH RECURSIVE later (import) AS (
                 VALUES (?1)
                 UNION
                 SELECT o.import FROM later l
                 JOIN import_deck d ON d.import = l.import AND d.base_moved
                 JOIN import_deck o ON o.slug = d.slug AND o.import > d.import AND o.base_moved
                 JOIN import i ON i.id = o.import AND i.undone IS NULL)
             SELECT import FROM later WHERE import <> ?1 ORDER BY import DESC",
        )
        .and_then(|mut s| s.query_map([number], |r| r.get(0))?.collect())
        .map_err(|e| StoreError::from_sqlite(path, e))?;
    if later.is_empty() {
        return Ok(());
    }
    Err(StoreError::BuiltUpon { path: path.to_owned(), import: number, later })
}

/// Takes every event of the import back by one more event. A card whose changed answer was learned since keeps that:
/// its answer turns once more when the deck goes back. Returns the cards whose answer must not turn again.
fn undo_events(conn: &Connection, path: &Path, number: i64, by: &By) -> Result<HashSet<i64>> {
    let sql = |e| StoreError::from_sqlite(path, e);
    let rows: Vec<(EventId, i64)> = conn
        .prepare(
            "SELECT e.id, e.card FROM import_event i JOIN event e ON e.id = i.event
             WHERE i.import = ?1 ORDER BY e.card, e.id",
        )
        .and_then(|mut s| s.query_map([number], |r| Ok((EventId(r.get(0)?), r.get(1)?)))?.collect())
        .map_err(sql)?;
    let mut quiet = HashSet::new();
    for ours in rows.chunk_by(|a, b| a.1 == b.1) {
        let id = ours[0].1;
        let events = state::events_of(conn, path, id)?;
        let ours: HashSet<EventId> = ours.iter().map(|(event, _)| *event).collect();
        let targets = to_undo(&events, &ours);
        if targets.iter().any(|t| t.turns) {
            quiet.insert(id);
        }
        let before = state::fold_card(&events, &by.folding);
        for Target { event, .. } in &targets {
            let undo = Event {
                id: next_id(conn, by.now).map_err(sql)?,
                device: by.device.clone(),
                at: by.now,
                card: event.card.clone(),
                kind: EventKind::Undone { target: event.id },
            };
            append(conn, id, &undo).map_err(sql)?;
        }
        if !targets.is_empty() {
            state::refold(conn, path, id, &before, &by.folding)?;
        }
    }
    Ok(quiet)
}

/// An event to take back.
struct Target<'e> {
    event: &'e Event,
    /// It is about a changed answer.
    turns: bool,
}

/// Those of a card's events that are `ours` and have to be taken back.
fn to_undo<'e>(events: &'e [(i64, Event)], ours: &HashSet<EventId>) -> Vec<Target<'e>> {
    let gone = undone(events.iter().map(|(_, e)| e));
    let turned = |id: &EventId| events.iter().any(|(_, e)| e.id == *id && matches!(e.kind, EventKind::Relearn(_)));
    let learned = events.iter().filter(|(_, e)| matches!(e.kind, EventKind::Answered(_))).map(|(_, e)| e.id).max();
    events
        .iter()
        .map(|(_, event)| event)
        .filter(|event| ours.contains(&event.id))
        .filter_map(|event| {
            let turns = match &event.kind {
                EventKind::Relearn(_) => true,
                EventKind::Undone { target } => turned(target),
                _ => false,
            };
            // What is no longer so, or was learned since, is not put back.
            let over = gone.contains(&event.id) || learned.is_some_and(|last| last > event.id);
            (!turns || !over).then_some(Target { event, turns })
        })
        .collect()
}

fn deck_back(conn: &Connection, path: &Path, decks: &Path, number: i64, deck: &UndoDeck, by: &By) -> Result<()> {
    let sql = |e| StoreError::from_sqlite(path, e);
    // Of a compiled-in deck nothing but a personal version can have changed.
    if deck.file.starts_with("bundled:") {
        return personal::back(conn, path, deck, by);
    }
    if deck.written {
        let now = intake::read_if_there(&decks.join(&deck.file))?;
        if now != deck.now || files::promised(conn, &deck.file).map_err(sql)? {
            return Err(StoreError::Changed { path: decks.join(&deck.file) });
        }
        match &deck.text {
            Some(text) => {
                file_in(conn, path, &deck.file, text, None, by)?;
            }
            None => {
                let id: Option<i64> = conn
                    .query_row("SELECT id FROM deck WHERE slug = ?1 AND file = ?2", [&deck.slug, &deck.file], |r| {
                        r.get(0)
                    })
                    .optional()
                    .map_err(sql)?;
                if let Some(id) = id {
                    drop_deck(conn, id).map_err(sql)?;
                }
                conn.execute("DELETE FROM file WHERE path = ?1", [&deck.file]).map_err(sql)?;
            }
        }
    }
    let moved: bool = conn
        .query_row(
            "SELECT base_moved FROM import_deck WHERE import = ?1 AND slug = ?2",
            params![number, deck.slug],
            |r| r.get(0),
        )
        .map_err(sql)?;
    if !moved {
        return Ok(());
    }
    conn.execute("DELETE FROM upstream WHERE slug = ?1", [&deck.slug]).map_err(sql)?;
    conn.execute(
        "INSERT INTO upstream (slug, origin, import, version, body)
         SELECT slug, before_upstream ->> 'origin', before_upstream ->> 'import', before_upstream ->> 'version',
             unhex(before_upstream ->> 'body')
         FROM (SELECT slug, CAST(before_upstream AS TEXT) AS before_upstream FROM import_deck
               WHERE import = ?1 AND slug = ?2 AND before_upstream IS NOT NULL)",
        params![number, deck.slug],
    )
    .map_err(sql)?;
    Ok(())
}

/// Pictures and sounds that only this import brought, as far as they are still what it brought.
fn media_back(conn: &Connection, decks: &Path, number: i64) -> rusqlite::Result<Vec<Move>> {
    let rows: Vec<(String, Vec<u8>)> = conn
        .prepare(
            "SELECT path, sha256 FROM import_media m WHERE import = ?1 AND NOT EXISTS
                 (SELECT 1 FROM import_media o JOIN import i ON i.id = o.import
                  WHERE o.path = m.path AND o.import <> ?1 AND i.undone IS NULL)",
        )?
        .query_map([number], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let unchanged = |path: &str, sha: &[u8]| std::fs::read(decks.join(path)).is_ok_and(|b| files::sha256(&b) == sha);
    Ok(rows
        .into_iter()
        .filter(|(path, sha)| unchanged(path, sha))
        .map(|(path, sha)| Move { path, ready: None, before: Some(sha) })
        .collect())
}
