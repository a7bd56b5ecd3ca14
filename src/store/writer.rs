//! Writing the cards of one deck as they are read, and keeping what hangs on them in step.

mod rows;

use super::error::{Result, StoreError};
use super::imports::KnownDeck;
use super::journal::about_another;
use super::state;
use super::variants::Variants;
use crate::deck::change::{EditClass, answer_of, classify, same_words};
use crate::deck::read::{Stop, keep_header_rules};
use crate::deck::{self, Catalog};
use crate::log::{Event, EventId, EventKind, Folding, Turn, undone};
use crate::model::{Card, CardKey, DeckHeader, Outline, Stamp};
use crate::schedule::CardState;
use crate::schedule::mix::Mixer;
use rows::{RUN, Row, Rows};
use rusqlite::{Connection, OptionalExtension, Statement, params};
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// What became of a deck's text.
pub(super) enum Taken {
    /// It is in; the deck's number.
    Deck(i64),
    /// Another file has the same deck id.
    Clash { slug: String, other: String },
    /// It has errors.
    Broken,
}

/// Who takes a deck in, and when: what the log needs to know when an answer changes.
#[derive(Debug, Clone)]
pub(super) struct By {
    pub(super) folding: Folding,
    pub(super) device: String,
    pub(super) now: Stamp,
    /// Cards whose answer may change without being due again: an undo puts their schedule back itself.
    pub(super) quiet: HashSet<i64>,
}

impl By {
    /// Writes an event about a card and folds the card anew. Returns the event's id and the card's state after it.
    pub(super) fn note(
        &self,
        conn: &Connection,
        path: &Path,
        id: i64,
        key: &CardKey,
        kind: EventKind,
    ) -> Result<(EventId, CardState)> {
        about_another(conn, path, &self.folding, self.device.clone(), id, key, kind, self.now)
    }
}

/// A card whose best answer changed since it was answered.
struct Turned {
    id: i64,
    key: CardKey,
    turn: Turn,
}

enum Refusal {
    Store(StoreError),
    Clash { slug: String, other: String },
}

impl Refusal {
    fn taken(self) -> Result<Taken> {
        match self {
            Self::Store(e) => Err(e),
            Self::Clash { slug, other } => Ok(Taken::Clash { slug, other }),
        }
    }
}

/// Takes one deck in. The caller rolls back unless it is [`Taken::Deck`].
pub(super) fn take_in(conn: &Connection, path: &Path, file: &str, text: &str, by: &By) -> Result<Taken> {
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
            |i, card, _, raw| {
                let mut writer = writer.borrow_mut();
                let writer = writer.as_mut().expect("the header comes first");
                writer.read(i, card, raw).map_err(|e| Refusal::Store(StoreError::from_sqlite(path, e)))
            },
        )
    };
    match read {
        Err(Stop::Problems) => Ok(Taken::Broken),
        Err(Stop::Receiver(refusal)) => refusal.taken(),
        Ok(_) => writer.map_or(Ok(Taken::Broken), |writer| writer.finish(path, by)),
    }
}

/// Takes in a deck whose text was made from cards that are known to keep every rule: as [`take_in`] would, but the text
/// is not read. The rules that speak of the whole deck are applied again.
pub(super) fn take_in_known(
    conn: &Connection,
    path: &Path,
    file: &str,
    text: &str,
    known: &KnownDeck,
    by: &By,
) -> Result<Taken> {
    let Ok(header) = keep_header_rules(&known.header, Catalog::bundled()) else { return Ok(Taken::Broken) };
    let mut writer = match Writer::start(conn, path, file, &header) {
        Ok(writer) => writer,
        Err(refusal) => return refusal.taken(),
    };
    let sql = |e| StoreError::from_sqlite(path, e);
    let mut rows = Vec::new();
    for (i, (card, place)) in known.cards.iter().enumerate() {
        let Some(raw) = text.get(place.clone()) else { return Ok(Taken::Broken) };
        writer.rows_of(i, card, raw, &mut rows).and_then(|()| writer.runs(&mut rows)).map_err(sql)?;
    }
    rows.iter().try_for_each(|row| writer.row(row)).map_err(sql)?;
    // Names that all were new are all different.
    let mut ids = HashSet::new();
    if writer.met_before && !known.cards.iter().all(|(card, _)| ids.insert(card.id.as_str())) {
        return Ok(Taken::Broken);
    }
    writer.finish(path, by)
}

/// Makes a card due again whose answer changed. What was learned is what was answered last: two changes in a row are
/// one, and a change taken back is none.
fn turn(conn: &Connection, path: &Path, turned: Turned, by: &By) -> Result<()> {
    let Turned { id, key, mut turn } = turned;
    if state::load(conn, id).map_err(|e| StoreError::from_sqlite(path, e))?.is_some_and(|s| s.relearn) {
        let events = state::events_of(conn, path, id)?;
        let open = open_turns(events.iter().map(|(_, e)| e));
        if let Some((_, first)) = open.first() {
            if same_words(&first.was, &turn.now) {
                for (target, _) in &open {
                    by.note(conn, path, id, &key, EventKind::Undone { target: *target })?;
                }
                return Ok(());
            }
            turn.was.clone_from(&first.was);
        }
    }
    by.note(conn, path, id, &key, EventKind::Relearn(turn)).map(|_| ())
}

/// Changes of a card's answer since it was answered last, oldest first, without those taken back.
pub(super) fn open_turns<'e>(events: impl Iterator<Item = &'e Event> + Clone) -> Vec<(EventId, &'e Turn)> {
    let undone = undone(events.clone());
    let mut open = Vec::new();
    for event in events.filter(|e| !undone.contains(&e.id)) {
        match &event.kind {
            EventKind::Answered(_) => open.clear(),
            EventKind::Relearn(turn) => open.push((event.id, turn)),
            _ => {}
        }
    }
    open
}

/// Writes the cards of one deck as they are read.
struct Writer<'c> {
    conn: &'c Connection,
    deck: i64,
    slug: String,
    unseen: HashSet<i64>,
    families: HashSet<String>,
    covers: HashSet<String>,
    rows: Rows<'c>,
    /// What a card was when it was learned; asked only where the deck was here before.
    learned: Option<Statement<'c>>,
    turned: Vec<Turned>,
    /// Some card of it was here before, perhaps in another deck. When none was, none has a state to be kept in step.
    met_before: bool,
    variants: Variants,
    /// Families of the compiled-in decks, for the user's own cards that join one; looked up when first asked.
    joined: Option<HashMap<String, i64>>,
    bundled: bool,
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
        let learned = conn
            .prepare(
                "SELECT c.body FROM card c JOIN state s ON s.id = c.id
                 WHERE c.id = ?1 AND s.first_day IS NOT NULL AND c.body <> ?2",
            )
            .map_err(sql)?;
        let here_before: bool =
            conn.query_row("SELECT EXISTS (SELECT 1 FROM card WHERE deck = ?1)", [deck], |r| r.get(0)).map_err(sql)?;
        Ok(Self {
            conn,
            deck,
            slug: slug.to_owned(),
            unseen,
            learned: here_before.then_some(learned),
            turned: Vec::new(),
            met_before: here_before,
            variants: Variants::of(conn, slug, file).map_err(sql)?,
            joined: None,
            bundled: file.starts_with("bundled:"),
            families: HashSet::new(),
            covers: HashSet::new(),
            rows: Rows::new(conn, deck).map_err(sql)?,
        })
    }

    /// A card as the deck has it; the student's own version of it stands for a compiled-in one.
    fn read(&mut self, ord: usize, card: &Card, raw: &str) -> rusqlite::Result<()> {
        match self.variants.stand_in(self.conn, &card.id, raw)? {
            Some((mine, json)) => self.card(ord, &Outline::of(&mine), &json),
            None => self.card(ord, &Outline::of(card), raw),
        }
    }

    fn card(&mut self, ord: usize, card: &Outline, raw: &str) -> rusqlite::Result<()> {
        let mut rows = Vec::new();
        self.rows_of(ord, card, raw, &mut rows)?;
        rows.iter().try_for_each(|row| self.row(row))
    }

    /// The schedulable cards of a card.
    fn rows_of<'t>(
        &mut self,
        ord: usize,
        card: &'t Outline,
        raw: &'t str,
        rows: &mut Vec<Row<'t>>,
    ) -> rusqlite::Result<()> {
        self.families.extend(card.family.clone());
        self.covers.extend(card.covers.iter().cloned());
        let family = match &card.family {
            Some(f) => Some(self.family(f)?),
            // The deletions of one cloze are siblings too.
            None if card.parts().len() > 1 => {
                Some(Mixer::new("cloze").text(&self.slug).text(&card.id).finish().cast_signed())
            }
            None => None,
        };
        rows.extend(card.parts().map(|part| Row {
            key: CardKey::join(&self.slug, &card.id, part),
            part,
            ord,
            card,
            family,
            tags: if card.tags.is_empty() { " ".to_owned() } else { format!(" {} ", card.tags) },
            raw,
        }));
        Ok(())
    }

    fn row(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        let (id, new) = self.rows.name(row.key.as_str())?;
        if new {
            return self.rows.add(id, row);
        }
        self.met_before = true;
        self.unseen.remove(&id);
        self.compare(id, row)?;
        self.rows.put(id, row)
    }

    /// Writes rows in runs, as long as nothing was known of them; what is left over stays.
    fn runs(&mut self, rows: &mut Vec<Row<'_>>) -> rusqlite::Result<()> {
        while rows.len() >= RUN {
            if !self.rows.run(&rows[..RUN])? {
                rows[..RUN].iter().try_for_each(|row| self.row(row))?;
            }
            rows.drain(..RUN);
        }
        Ok(())
    }

    /// A family is its deck's own, except that a card of the user's joins the family of that name in a compiled-in deck:
    /// a flip they made of one of its cards is a sibling of it, and must not be shown on the same day.
    fn family(&mut self, name: &str) -> rusqlite::Result<i64> {
        let own = Mixer::new("family").text(&self.slug).text(name).finish().cast_signed();
        if self.bundled {
            return Ok(own);
        }
        if self.joined.is_none() {
            let all = self
                .conn
                .prepare(
                    "SELECT DISTINCT c.body ->> 'family', c.family FROM card c JOIN deck d ON d.id = c.deck
                     WHERE d.file LIKE 'bundled:%' AND d.present = 1 AND c.present = 1 AND c.kind = 'decision'
                         AND c.family IS NOT NULL",
                )?
                .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
                .collect::<rusqlite::Result<_>>()?;
            self.joined = Some(all);
        }
        Ok(self.joined.as_ref().and_then(|all| all.get(name).copied()).unwrap_or(own))
    }

    /// Notes a card whose answer is no longer the one that was learned.
    fn compare(&mut self, id: i64, row: &Row<'_>) -> rusqlite::Result<()> {
        let Some(learned) = &mut self.learned else { return Ok(()) };
        let old: Option<String> = learned.query_row(params![id, row.raw], |r| r.get(0)).optional()?;
        let card = |text: &str| deck::parse_card(text, Catalog::bundled());
        let (Some(old), Some(new)) = (old.and_then(|text| card(&text)), card(row.raw)) else { return Ok(()) };
        if classify(&old, &new, row.part) == EditClass::Answer {
            let turn = Turn { was: answer_of(&old, row.part), now: answer_of(&new, row.part) };
            self.turned.push(Turned { id, key: row.key.clone(), turn });
        }
        Ok(())
    }

    /// Brings what hangs on the cards in step with them.
    fn finish(self, path: &Path, by: &By) -> Result<Taken> {
        let (conn, met_before) = (self.conn, self.met_before);
        let (id, turned) = self.close().map_err(|e| StoreError::from_sqlite(path, e))?;
        if met_before {
            state::move_domains(conn, path, id, &by.folding)?;
        }
        for turned in turned.into_iter().filter(|t| !by.quiet.contains(&t.id)) {
            turn(conn, path, turned, by)?;
        }
        Ok(Taken::Deck(id))
    }

    fn close(self) -> rusqlite::Result<(i64, Vec<Turned>)> {
        for id in &self.unseen {
            self.conn.prepare_cached("UPDATE card SET present = 0, fresh = 0 WHERE id = ?1")?.execute([id])?;
        }
        self.conn.execute(
            "UPDATE deck SET families = ?2, covers = ?3 WHERE id = ?1",
            params![self.deck, self.families.len(), self.covers.len()],
        )?;
        self.variants.finish(self.conn)?;
        if self.met_before {
            settle(self.conn, self.deck)?;
        }
        Ok((self.deck, self.turned))
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
pub(super) fn drop_deck(conn: &Connection, deck: i64) -> rusqlite::Result<()> {
    conn.execute("UPDATE deck SET present = 0 WHERE id = ?1", [deck])?;
    conn.execute("UPDATE card SET present = 0, fresh = 0 WHERE deck = ?1", [deck])?;
    settle(conn, deck)
}
