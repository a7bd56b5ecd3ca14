//! The cache of folded state and the tally: written beside each event, made anew from the log when asked.

use super::error::{Result, StoreError};
use super::journal::{EVENT_COLUMNS, read_event};
use crate::log::{Event, EventId, Fact, Folded, Folding, History, Personal};
use crate::model::{Day, Ease};
use crate::schedule::state::band;
use crate::schedule::{CardState, Memory};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::path::Path;

pub(super) const STATE_COLUMNS: &str = "repetition, ease, interval, due, first_day, last_day, again, answers, lapses, suspended, flagged, \
     parked, relearn";

/// Reads [`STATE_COLUMNS`] from column `at` on.
pub(super) fn read_state(row: &Row<'_>, at: usize) -> rusqlite::Result<CardState> {
    let day = |i: usize| -> rusqlite::Result<Option<Day>> { Ok(row.get::<_, Option<i32>>(i)?.map(Day)) };
    Ok(CardState {
        memory: Memory {
            repetition: row.get(at)?,
            ease: Ease::from_thousandths(row.get(at + 1)?),
            interval: row.get(at + 2)?,
        },
        due: day(at + 3)?,
        first_day: day(at + 4)?,
        last_day: day(at + 5)?,
        again: row.get(at + 6)?,
        answers: row.get(at + 7)?,
        lapses: row.get(at + 8)?,
        suspended: row.get(at + 9)?,
        flagged: row.get(at + 10)?,
        parked: row.get(at + 11)?,
        relearn: row.get(at + 12)?,
    })
}

pub(super) fn load(conn: &Connection, id: i64) -> rusqlite::Result<Option<CardState>> {
    conn.prepare_cached(&format!("SELECT {STATE_COLUMNS} FROM state WHERE id = ?1"))?
        .query_row([id], |r| read_state(r, 0))
        .optional()
}

/// What the cache copies from a card as last read.
#[derive(Default)]
struct Content {
    /// Empty for a card no deck was ever read with.
    domain: String,
    family: Option<i64>,
    present: bool,
}

fn content_of(conn: &Connection, id: i64) -> rusqlite::Result<Content> {
    let found = conn
        .prepare_cached("SELECT domain, family, present FROM card WHERE id = ?1")?
        .query_row([id], |r| Ok(Content { domain: r.get(0)?, family: r.get(1)?, present: r.get(2)? }))
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// Writes a card's state. `None` removes it: the card is as if never touched. Returns the card's domain.
pub(super) fn save(conn: &Connection, id: i64, state: Option<&CardState>, last_seq: i64) -> rusqlite::Result<String> {
    let Content { domain, family, present } = content_of(conn, id)?;
    let Some(s) = state else {
        conn.prepare_cached("DELETE FROM state WHERE id = ?1")?.execute([id])?;
        set_fresh(conn, id, present)?;
        return Ok(domain);
    };
    let live = present && s.due.is_some() && !s.suspended;
    conn.prepare_cached(
        "INSERT INTO state (id, repetition, ease, interval, due, first_day, last_day, again, answers, lapses,
             suspended, flagged, band, last_seq, domain, family, live, parked, relearn)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
         ON CONFLICT (id) DO UPDATE SET repetition = ?2, ease = ?3, interval = ?4, due = ?5, first_day = ?6, last_day = ?7,
             again = ?8, answers = ?9, lapses = ?10, suspended = ?11, flagged = ?12, band = ?13, last_seq = ?14,
             domain = ?15, family = ?16, live = ?17, parked = ?18, relearn = ?19",
    )?
    .execute(params![
        id,
        s.memory.repetition,
        s.memory.ease.thousandths(),
        s.memory.interval,
        s.due.map(|d| d.0),
        s.first_day.map(|d| d.0),
        s.last_day.map(|d| d.0),
        s.again,
        s.answers,
        s.lapses,
        s.suspended,
        s.flagged,
        band(s.memory.interval),
        last_seq,
        domain.as_str(),
        family,
        live,
        s.parked,
        s.relearn,
    ])?;
    set_fresh(conn, id, present && s.first_day.is_none() && !s.suspended)?;
    Ok(domain)
}

fn set_fresh(conn: &Connection, id: i64, fresh: bool) -> rusqlite::Result<()> {
    conn.prepare_cached("UPDATE card SET fresh = ?2 WHERE id = ?1 AND fresh <> ?2")?.execute(params![id, fresh])?;
    Ok(())
}

/// Writes what the student added to a card.
pub(super) fn save_personal(conn: &Connection, id: i64, personal: &Personal) -> rusqlite::Result<()> {
    if personal.is_empty() {
        conn.prepare_cached("DELETE FROM personal WHERE id = ?1")?.execute([id])?;
    } else {
        conn.prepare_cached("INSERT OR REPLACE INTO personal (id, note, tags) VALUES (?1, ?2, ?3)")?
            .execute(params![id, personal.note, tag_list(&personal.tags)])?;
    }
    Ok(())
}

/// What the student added to a card, as cached.
pub(super) fn load_personal(conn: &Connection, id: i64) -> rusqlite::Result<Personal> {
    let found = conn
        .prepare_cached("SELECT note, tags FROM personal WHERE id = ?1")?
        .query_row([id], |r| {
            let tags: String = r.get(1)?;
            Ok(Personal { note: r.get(0)?, tags: tags_of(&tags) })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// `["a", "b"]` as `" a b "`, so that a tag is found with its neighbours' spaces.
pub(super) fn tag_list(tags: &[String]) -> String {
    let mut out = String::from(" ");
    for tag in tags {
        out.push_str(tag);
        out.push(' ');
    }
    out
}

/// The tags that [`tag_list`] wrote.
pub(super) fn tags_of(list: &str) -> Vec<String> {
    list.split_whitespace().map(str::to_owned).collect()
}

/// Adds (`sign` 1) or takes back (-1) one fact.
pub(super) fn tally(conn: &Connection, domain: &str, fact: &Fact, sign: i64) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT INTO tally (day, domain, stage, confidence, grade, n, ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (day, domain, stage, confidence, grade) DO UPDATE SET n = n + ?6, ms = ms + ?7",
    )?
    .execute(params![
        fact.day.0,
        domain,
        fact.stage.word(),
        fact.confidence.word(),
        fact.grade.value(),
        sign,
        sign * i64::from(fact.ms),
    ])?;
    if sign < 0 {
        conn.prepare_cached("DELETE FROM tally WHERE n = 0 AND day = ?1")?.execute([fact.day.0])?;
    }
    Ok(())
}

/// All events of one card.
pub(super) fn events_of(conn: &Connection, path: &Path, id: i64) -> Result<Vec<(i64, Event)>> {
    let sql = |e| StoreError::from_sqlite(path, e);
    let query =
        format!("SELECT {EVENT_COLUMNS} FROM event e JOIN name n ON n.id = e.card WHERE e.card = ?1 ORDER BY e.id");
    let mut stmt = conn.prepare_cached(&query).map_err(sql)?;
    let mut rows = stmt.query([id]).map_err(sql)?;
    let mut out = Vec::new();
    while let Some(row) = rows.next().map_err(sql)? {
        out.push((row.get(0).map_err(sql)?, read_event(row, path)?));
    }
    Ok(out)
}

/// Folds one card's whole history.
pub(super) fn fold_card(events: &[(i64, Event)], folding: &Folding) -> Folded {
    History::new(events.iter().map(|(_, e)| e)).fold(folding)
}

fn seq_of(events: &[(i64, Event)], id: Option<EventId>) -> i64 {
    id.and_then(|id| events.iter().find(|(_, e)| e.id == id)).map_or(0, |(seq, _)| *seq)
}

/// Folds a card anew after an event that speaks of another one; the tally is moved from `before` to what holds now.
pub(super) fn refold(conn: &Connection, path: &Path, id: i64, before: &Folded, folding: &Folding) -> Result<Folded> {
    let sql = |e| StoreError::from_sqlite(path, e);
    let events = events_of(conn, path, id)?;
    let after = fold_card(&events, folding);
    let domain = content_of(conn, id).map_err(sql)?.domain;
    let mut gone = before.facts.clone();
    for fact in &after.facts {
        match gone.iter().position(|f| f == fact) {
            Some(i) => {
                gone.swap_remove(i);
            }
            None => tally(conn, &domain, fact, 1).map_err(sql)?,
        }
    }
    for fact in &gone {
        tally(conn, &domain, fact, -1).map_err(sql)?;
    }
    save(conn, id, after.state.as_ref(), seq_of(&events, after.last_answer)).map_err(sql)?;
    save_personal(conn, id, &after.personal).map_err(sql)?;
    Ok(after)
}

/// Moves what cards of a deck answered to the domain they have now.
pub(super) fn move_domains(conn: &Connection, path: &Path, deck: i64, folding: &Folding) -> Result<()> {
    let sql = |e| StoreError::from_sqlite(path, e);
    let moved: Vec<(i64, String, String)> = conn
        .prepare("SELECT s.id, s.domain, c.domain FROM card c JOIN state s ON s.id = c.id WHERE c.deck = ?1 AND s.domain <> c.domain")
        .and_then(|mut s| s.query_map([deck], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.collect())
        .map_err(sql)?;
    for (id, old, new) in moved {
        let folded = fold_card(&events_of(conn, path, id)?, folding);
        for fact in &folded.facts {
            tally(conn, &old, fact, -1).map_err(sql)?;
            tally(conn, &new, fact, 1).map_err(sql)?;
        }
        conn.execute("UPDATE state SET domain = ?2 WHERE id = ?1", params![id, new]).map_err(sql)?;
    }
    Ok(())
}

/// Everything the cache derives beside the state itself, as it should be for a card.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Derived {
    band: u32,
    last_seq: i64,
    domain: String,
    family: Option<i64>,
    live: bool,
}

/// What should stand beside a folded state.
pub(super) fn derived(
    conn: &Connection,
    id: i64,
    events: &[(i64, Event)],
    folded: &Folded,
) -> rusqlite::Result<Derived> {
    let Content { domain, family, present } = content_of(conn, id)?;
    let state = folded.state.unwrap_or_default();
    Ok(Derived {
        band: band(state.memory.interval),
        last_seq: seq_of(events, folded.last_answer),
        domain,
        family,
        live: present && state.due.is_some() && !state.suspended,
    })
}

/// What does stand there.
pub(super) fn derived_cached(conn: &Connection, id: i64) -> rusqlite::Result<Option<Derived>> {
    conn.prepare_cached("SELECT band, last_seq, domain, family, live FROM state WHERE id = ?1")?
        .query_row([id], |r| {
            Ok(Derived { band: r.get(0)?, last_seq: r.get(1)?, domain: r.get(2)?, family: r.get(3)?, live: r.get(4)? })
        })
        .optional()
}

/// Calls `each` with every card's number and events, card by card, holding one card at a time.
pub(super) fn each_card(
    conn: &Connection,
    path: &Path,
    mut each: impl FnMut(i64, &[(i64, Event)]) -> Result<()>,
) -> Result<()> {
    let sql = |e| StoreError::from_sqlite(path, e);
    let query = format!("SELECT {EVENT_COLUMNS}, e.card FROM event e JOIN name n ON n.id = e.card ORDER BY e.card");
    let mut stmt = conn.prepare(&query).map_err(sql)?;
    let mut rows = stmt.query([]).map_err(sql)?;
    let (mut card, mut events) = (0_i64, Vec::new());
    while let Some(row) = rows.next().map_err(sql)? {
        let id: i64 = row.get("card").map_err(sql)?;
        if id != card && !events.is_empty() {
            each(card, &events)?;
            events.clear();
        }
        card = id;
        events.push((row.get(0).map_err(sql)?, read_event(row, path)?));
    }
    if events.is_empty() { Ok(()) } else { each(card, &events) }
}

/// Makes state and tally anew from the log.
pub(super) fn rebuild(conn: &Connection, path: &Path, folding: &Folding) -> Result<()> {
    let sql = |e| StoreError::from_sqlite(path, e);
    conn.execute_batch(
        "DELETE FROM state; DELETE FROM tally; DELETE FROM personal;
         UPDATE card SET fresh = present WHERE fresh <> present;",
    )
    .map_err(sql)?;
    each_card(conn, path, |id, events| {
        let folded = fold_card(events, folding);
        let domain = content_of(conn, id).map_err(sql)?.domain;
        for fact in &folded.facts {
            tally(conn, &domain, fact, 1).map_err(sql)?;
        }
        if !folded.personal.is_empty() {
            save_personal(conn, id, &folded.personal).map_err(sql)?;
        }
        match &folded.state {
            Some(s) => save(conn, id, Some(s), seq_of(events, folded.last_answer)).map(|_| ()).map_err(sql),
            None => Ok(()),
        }
    })
}
