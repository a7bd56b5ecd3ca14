//! Writing to the log, and reading it.

use super::error::{Result, StoreError};
use super::settings::note;
use super::{Store, state};

use crate::log::{Answer, Event, EventId, EventKind, Folded, Folding, IdSource, Picked, undone};
use crate::model::{CardKey, Confidence, Grade, Miss, Stamp};
use crate::schedule::{CardState, Stage};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::HashSet;
use std::collections::hash_map::{Entry, HashMap};
use std::path::Path;

pub(super) const EVENT_COLUMNS: &str = "e.seq, e.id, e.device, e.utc_ms, e.offset_s, n.key, e.kind, e.picked, \
     e.recalled, e.confidence, e.miss, e.grade, e.ms, e.target, e.text";

/// What became of an answer.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its id in the log.
    pub event: EventId,
    /// The card's state before.
    pub before: CardState,
    /// The card's state now.
    pub after: CardState,
    /// What kind of card it met, and the study day it counts for.
    pub stage: Stage,
    /// It turned a known card into a forgotten one.
    pub lapsed: bool,
}

/// What an undo took back.
#[derive(Debug, Clone)]
pub struct TakenBack {
    /// The card.
    pub card: CardKey,
    /// The store's number for it.
    pub id: i64,
    /// When the answer was given.
    pub at: Stamp,
    /// Its grade.
    pub grade: Grade,
    /// The card's state now.
    pub after: CardState,
}

impl Store {
    /// Records one answer: event, state and tally in one transaction, durable when this returns.
    ///
    /// # Errors
    /// Nothing is recorded when this fails.
    pub fn record(&mut self, id: i64, card: &CardKey, answer: &Answer, now: Stamp) -> Result<Recorded> {
        loop {
            let (path, folding, mark) = (self.path.clone(), self.folding(), self.settings.fold_mark());
            let (device, answer) = (self.settings.device.clone(), answer.clone());
            let recorded = self.write_if(|tx| {
                let sql = |e| StoreError::from_sqlite(&path, e);
                // Another process may have changed what scheduling depends on since this one read it.
                if note(tx, "home.folded").map_err(sql)?.as_deref() != Some(mark.as_str()) {
                    return Ok((None, false));
                }
                let before = state::load(tx, id).map_err(sql)?.unwrap_or_default();
                let event = Event {
                    id: next_id(tx, now).map_err(sql)?,
                    device,
                    at: now,
                    card: card.clone(),
                    kind: EventKind::Answered(answer),
                };
                let seq = append(tx, id, &event).map_err(sql)?;
                let mut folded = Folded { state: Some(before), ..Folded::default() };
                folded.push(&event, &folding);
                let after = folded.state.unwrap_or_default();
                let domain = state::save(tx, id, Some(&after), seq).map_err(sql)?;
                let mut stage = Stage::New;
                for fact in &folded.facts {
                    stage = fact.stage;
                    state::tally(tx, &domain, fact, 1).map_err(sql)?;
                }
                let lapsed = after.lapses > before.lapses;
                Ok((Some(Recorded { event: event.id, before, after, stage, lapsed }), true))
            })?;
            match recorded {
                Some(recorded) => return Ok(recorded),
                None => {
                    self.settings = self.read_settings()?;
                    self.refold_if_needed()?;
                }
            }
        }
    }

    /// Names the miss of an answer that is already recorded and durable. This adds no sync of its own: the label
    /// survives the death of the process at once, and a power cut from the next answer on.
    ///
    /// # Errors
    /// When the home can't be written; the answer itself stays recorded.
    pub fn debrief(
        &mut self,
        id: i64,
        card: &CardKey,
        target: EventId,
        miss: Miss,
        grade: Grade,
        now: Stamp,
    ) -> Result<()> {
        let lighter = |store: &Self, mode: &str| store.conn.execute_batch(mode).map_err(store.sql());
        lighter(self, "PRAGMA synchronous = NORMAL")?;
        let done = self.about_another(id, card, &EventKind::Debriefed { target, miss, grade }, now);
        lighter(self, "PRAGMA synchronous = FULL")?;
        done.map(|_| ())
    }

    /// Takes back `which` answer, or the last one that still counts; `None` when there is none. Two processes that undo
    /// at once take back two answers.
    ///
    /// # Errors
    /// When the home can't be written.
    pub fn undo(&mut self, which: Option<EventId>, now: Stamp) -> Result<Option<TakenBack>> {
        let path = self.path.clone();
        self.write_by(now, |tx, by| {
            let last = counting_answer(tx, &path, which)?;
            let Some((target, id, card, at, grade)) = last else { return Ok(None) };
            let (_, after) = by.note(tx, &path, id, &card, EventKind::Undone { target })?;
            Ok(Some(TakenBack { card, id, at, grade, after }))
        })
    }

    fn about_another(&mut self, id: i64, card: &CardKey, kind: &EventKind, now: Stamp) -> Result<CardState> {
        let path = self.path.clone();
        self.write_by(now, |tx, by| by.note(tx, &path, id, card, kind.clone()).map(|(_, state)| state))
    }

    /// Records that a card was suspended, resumed, reset, flagged or unflagged.
    ///
    /// # Errors
    /// Nothing is recorded when this fails.
    #[allow(clippy::needless_pass_by_value, reason = "callers make the event on the spot")]
    pub fn mark(&mut self, id: i64, card: &CardKey, kind: EventKind, now: Stamp) -> Result<CardState> {
        self.about_another(id, card, &kind, now)
    }

    /// Records one kind of event for many cards in one transaction.
    ///
    /// # Errors
    /// Nothing is recorded when this fails.
    pub fn mark_all(&mut self, cards: &[(i64, CardKey)], kind: &EventKind, now: Stamp) -> Result<()> {
        let path = self.path.clone();
        self.write_by(now, |tx, by| {
            for (id, key) in cards {
                by.note(tx, &path, *id, key, kind.clone())?;
            }
            Ok(())
        })
    }

    /// Is this event in the log, and not taken back?
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn has_event(&self, id: EventId) -> Result<bool> {
        let card: Option<i64> = self
            .conn
            .prepare_cached("SELECT card FROM event WHERE id = ?1")
            .and_then(|mut s| s.query_row([id.0], |r| r.get(0)).optional())
            .map_err(self.sql())?;
        let Some(card) = card else { return Ok(false) };
        // An undo can be undone in its turn: the fold knows what counts.
        let events = self.history(card)?;
        Ok(!undone(&events).contains(&id))
    }

    /// Takes in events of another copy of this log: those already here are left alone, so the union is the same in
    /// whatever order and however often logs are joined. Returns how many were new.
    ///
    /// # Errors
    /// Nothing is taken in when this fails.
    pub fn union(&mut self, events: &[Event]) -> Result<u64> {
        let path = self.path.clone();
        self.write_by(self.opened, |tx, by| {
            let sql = |e| StoreError::from_sqlite(&path, e);
            let mut new = 0;
            for event in events {
                let there: bool = tx
                    .prepare_cached("SELECT EXISTS (SELECT 1 FROM event WHERE id = ?1)")
                    .and_then(|mut s| s.query_row([event.id.0], |r| r.get(0)))
                    .map_err(sql)?;
                if there {
                    continue;
                }
                tx.prepare_cached("INSERT OR IGNORE INTO name (key) VALUES (?1)")
                    .and_then(|mut s| s.execute([event.card.as_str()]))
                    .map_err(sql)?;
                let card: i64 = tx
                    .prepare_cached("SELECT id FROM name WHERE key = ?1")
                    .and_then(|mut s| s.query_row([event.card.as_str()], |r| r.get(0)))
                    .map_err(sql)?;
                append(tx, card, event).map_err(sql)?;
                new += 1;
            }
            if new > 0 {
                state::rebuild(tx, &path, &by.folding)?;
            }
            Ok(new)
        })
    }

    /// Every event, in order.
    ///
    /// # Errors
    /// When one can't be read.
    pub fn events(&self) -> Result<Vec<Event>> {
        let sql = self.sql();
        let query = format!("SELECT {EVENT_COLUMNS} FROM event e JOIN name n ON n.id = e.card ORDER BY e.id");
        let mut stmt = self.conn.prepare(&query).map_err(&sql)?;
        let mut rows = stmt.query([]).map_err(&sql)?;
        let mut out = Vec::new();
        while let Some(row) = rows.next().map_err(&sql)? {
            out.push(read_event(row, &self.path)?);
        }
        Ok(out)
    }

    /// The events of one card, in order.
    ///
    /// # Errors
    /// When one can't be read.
    pub fn history(&self, id: i64) -> Result<Vec<Event>> {
        Ok(state::events_of(&self.conn, &self.path, id)?.into_iter().map(|(_, e)| e).collect())
    }
}

/// Writes an event that speaks of others and folds the card anew.
#[allow(clippy::too_many_arguments, reason = "the parts of one event")]
pub(super) fn about_another(
    conn: &Connection,
    path: &Path,
    folding: &Folding,
    device: String,
    id: i64,
    card: &CardKey,
    kind: EventKind,
    now: Stamp,
) -> Result<(EventId, CardState)> {
    let sql = |e| StoreError::from_sqlite(path, e);
    let before = state::fold_card(&state::events_of(conn, path, id)?, folding);
    let event = Event { id: next_id(conn, now).map_err(sql)?, device, at: now, card: card.clone(), kind };
    append(conn, id, &event).map_err(sql)?;
    let after = state::refold(conn, path, id, &before, folding)?;
    Ok((event.id, after.state.unwrap_or_default()))
}

pub(super) fn next_id(conn: &Connection, now: Stamp) -> rusqlite::Result<EventId> {
    let last: Option<Vec<u8>> = conn.prepare_cached("SELECT max(id) FROM event")?.query_row([], |r| r.get(0))?;
    let last = last.and_then(|b| b.try_into().ok()).map(EventId);
    Ok(IdSource::after(last).next(now, &mut crate::clock::event_rng()))
}

pub(super) fn append(conn: &Connection, card: i64, event: &Event) -> rusqlite::Result<i64> {
    let (mut picked, mut recalled, mut confidence, mut miss, mut grade, mut ms, mut target, mut text) =
        (None, None, None, None, None, None, None, None);
    match &event.kind {
        EventKind::Answered(a) => {
            match &a.picked {
                Picked::Option(id) => picked = Some(id.as_str()),
                Picked::Recalled(yes) => recalled = Some(*yes),
            }
            confidence = Some(a.confidence.word());
            miss = a.miss.map(Miss::word);
            grade = Some(a.grade.value());
            ms = Some(a.ms);
        }
        EventKind::Debriefed { target: t, miss: m, grade: g } => {
            (target, miss, grade) = (Some(t.0), Some(m.word()), Some(g.value()));
        }
        EventKind::Undone { target: t } => target = Some(t.0),
        EventKind::Noted(note) => text.clone_from(note),
        EventKind::Tagged(tags) => text = Some(tags.join(" ")),
        // Two strings always serialize.
        EventKind::Relearn(turn) => text = serde_json::to_string(turn).ok(),
        _ => {}
    }
    conn.prepare_cached(
        "INSERT INTO event (id, device, utc_ms, offset_s, card, kind, picked, recalled, confidence, miss, grade, ms, target,
             text)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?
    .execute(params![
        event.id.0,
        event.device,
        event.at.utc_ms,
        event.at.offset_s,
        card,
        event.kind.word(),
        picked,
        recalled,
        confidence,
        miss,
        grade,
        ms,
        target,
        text,
    ])?;
    Ok(conn.last_insert_rowid())
}

type LastAnswer = (EventId, i64, CardKey, Stamp, Grade);

/// The answer asked for, if it still counts, or the last one that does.
fn counting_answer(conn: &Connection, path: &Path, which: Option<EventId>) -> Result<Option<LastAnswer>> {
    let sql = |e| StoreError::from_sqlite(path, e);
    let mut stmt = conn
        .prepare_cached(
            "SELECT e.id, e.card, n.key, e.utc_ms, e.offset_s, e.grade,
                 EXISTS (SELECT 1 FROM event u WHERE u.target = e.id AND u.kind = 'undone')
             FROM event e JOIN name n ON n.id = e.card
             WHERE e.kind = 'answered' AND e.id BETWEEN ?1 AND ?2 ORDER BY e.id DESC",
        )
        .map_err(sql)?;
    let (first, last) = which.map_or(([0; 16], [0xff; 16]), |w| (w.0, w.0));
    let mut rows = stmt.query([first, last]).map_err(sql)?;
    // Whether an undo holds only the whole history of its card says.
    let mut undone: HashMap<i64, HashSet<EventId>> = HashMap::new();
    while let Some(row) = rows.next().map_err(sql)? {
        let (id, card) = (EventId(row.get(0).map_err(sql)?), row.get(1).map_err(sql)?);
        if row.get(6).map_err(sql)? {
            let gone = match undone.entry(card) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let events = state::events_of(conn, path, card)?;
                    new.insert(crate::log::undone(events.iter().map(|(_, e)| e)))
                }
            };
            if gone.contains(&id) {
                continue;
            }
        }
        return last_answer(row, id, card).map(Some).map_err(sql);
    }
    Ok(None)
}

fn last_answer(r: &Row<'_>, id: EventId, card: i64) -> rusqlite::Result<LastAnswer> {
    let key: String = r.get(2)?;
    let key = CardKey::parse(&key).map_err(|e| conversion(2, e))?;
    let grade = Grade::new(r.get(5)?).ok_or_else(|| conversion(5, "grade over 5"))?;
    Ok((id, card, key, Stamp { utc_ms: r.get(3)?, offset_s: r.get(4)? }, grade))
}

fn conversion(column: usize, why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, why.into())
}

/// Reads [`EVENT_COLUMNS`]; an event that makes no sense is an error, never a guess.
pub(super) fn read_event(row: &Row<'_>, path: &Path) -> Result<Event> {
    let sql = |e| StoreError::from_sqlite(path, e);
    let id = EventId(row.get(1).map_err(sql)?);
    let bad = |why: &str| StoreError::BadEvent { path: path.to_owned(), event: id.to_string(), why: why.to_owned() };
    let text = |i: usize| row.get::<_, Option<String>>(i).map_err(sql);
    let grade = || -> Result<Grade> {
        row.get::<_, Option<u8>>(11).map_err(sql)?.and_then(Grade::new).ok_or_else(|| bad("no grade"))
    };
    let miss = || -> Result<Option<Miss>> {
        text(10)?.map(|m| Miss::from_word(&m).ok_or_else(|| bad("an unknown miss"))).transpose()
    };
    let target = || -> Result<EventId> {
        row.get::<_, Option<[u8; 16]>>(13).map_err(sql)?.map(EventId).ok_or_else(|| bad("no target"))
    };
    let kind: String = row.get(6).map_err(sql)?;
    let kind = match kind.as_str() {
        "answered" => {
            let recalled: Option<bool> = row.get(8).map_err(sql)?;
            let picked = match (text(7)?, recalled) {
                (Some(option), _) => Picked::Option(option),
                (None, Some(yes)) => Picked::Recalled(yes),
                (None, None) => return Err(bad("no answer in it")),
            };
            let confidence = text(9)?.and_then(|c| Confidence::from_word(&c)).ok_or_else(|| bad("no confidence"))?;
            let ms = row.get::<_, Option<u32>>(12).map_err(sql)?.unwrap_or(0);
            EventKind::Answered(Answer { picked, confidence, miss: miss()?, grade: grade()?, ms })
        }
        "debriefed" => {
            EventKind::Debriefed { target: target()?, miss: miss()?.ok_or_else(|| bad("no miss"))?, grade: grade()? }
        }
        "undone" => EventKind::Undone { target: target()? },
        "relearn" => {
            let turn = text(14)?.and_then(|t| serde_json::from_str(&t).ok());
            EventKind::Relearn(turn.ok_or_else(|| bad("no old and new answer"))?)
        }
        "noted" => EventKind::Noted(text(14)?),
        "tagged" => EventKind::Tagged(text(14)?.unwrap_or_default().split_whitespace().map(str::to_owned).collect()),
        bare => EventKind::bare(bare).ok_or_else(|| bad(&format!("unknown kind {bare:?}")))?,
    };
    let key: String = row.get(5).map_err(sql)?;
    Ok(Event {
        id,
        device: row.get(2).map_err(sql)?,
        at: Stamp { utc_ms: row.get(3).map_err(sql)?, offset_s: row.get(4).map_err(sql)? },
        card: CardKey::parse(&key).map_err(|e| bad(&e.to_string()))?,
        kind,
    })
}
