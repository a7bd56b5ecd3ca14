//! Gathers what the queue is planned from, touching only a window of what is due and new.

use super::Store;
use super::error::{Result, StoreError};
use crate::model::Day;
use crate::schedule::queue::{Supply, plan};
use crate::schedule::state::overdue;
use crate::schedule::{Candidate, Plan};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::collections::{BinaryHeap, HashSet};

/// Which cards to take; an empty list takes all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Deck ids.
    pub decks: Vec<String>,
    /// Tags; a card needs one of them.
    pub tags: Vec<String>,
    /// Domains.
    pub domains: Vec<String>,
}

impl Filter {
    /// Nothing is left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.decks.is_empty() && self.tags.is_empty() && self.domains.is_empty()
    }

    /// A condition on `card c` (starting with `AND`), and its values.
    pub(super) fn condition(&self) -> (String, Vec<Value>) {
        let mut sql = String::new();
        let mut values = Vec::new();
        let mut one_of = |what: &str, words: &[String], value: &dyn Fn(&str) -> String| {
            if words.is_empty() {
                return;
            }
            let tests: Vec<String> = words.iter().map(|_| what.to_owned()).collect();
            sql.push_str(&format!(" AND ({})", tests.join(" OR ")));
            values.extend(words.iter().map(|w| Value::Text(value(w))));
        };
        one_of("c.deck = (SELECT id FROM deck WHERE slug = ?)", &self.decks, &str::to_owned);
        one_of(
            "instr(c.tags || coalesce((SELECT p.tags FROM personal p WHERE p.id = c.id), ''), ?) > 0",
            &self.tags,
            &|w| format!(" {w} "),
        );
        one_of("c.domain = ?", &self.domains, &str::to_owned);
        (sql, values)
    }
}

/// How many due cards a plan looks at; the next plan is made when these are done.
const WINDOW: usize = 64;
/// Rows fetched at once from one run of the due index, after the first.
const PAGE: usize = 16;
/// Due cards are counted up to here; beyond, "at least this many".
pub const COUNT_CAP: u64 = 10_000;

/// What was answered on the study day at hand.
struct Done {
    families: HashSet<i64>,
    again: Vec<(Candidate, usize)>,
    new: u32,
    due: u32,
}

impl Store {
    /// Plans the queue for `today`. `new_override` replaces the daily number of new cards for this call; cards in
    /// `aside` are left out.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn plan(
        &self,
        today: Day,
        filter: &Filter,
        new_override: Option<u32>,
        seed: u64,
        aside: &HashSet<i64>,
    ) -> Result<Plan> {
        let sql = self.sql();
        // One read transaction: one look at the log's end and one lock for all the small questions below.
        let _read = self.conn.unchecked_transaction().map_err(&sql)?;
        let mut limits = self.settings.limits;
        let done = done_today(&self.conn, today, filter).map_err(&sql)?;
        if let Some(n) = new_override {
            // "--new 5" means five from now on, whatever was met before.
            limits.new_per_day = done.new.saturating_add(n);
        }
        let wanted = limits.new_per_day.saturating_sub(done.new) as usize;
        let blocked = |c: &Candidate| aside.contains(&c.id) || c.family.is_some_and(|f| done.families.contains(&f));
        let due = due_window(&self.conn, today, filter, &blocked).map_err(&sql)?;
        let due_total =
            if due.len() < WINDOW { due.len() as u64 } else { count_due(&self.conn, today, filter).map_err(&sql)? };
        // More than wanted: siblings of due cards will drop out while planning.
        let spare = due.iter().filter_map(|c| c.family).collect::<HashSet<_>>().len();
        let new = if wanted == 0 {
            Vec::new()
        } else {
            new_window(&self.conn, today, filter, wanted + spare, &blocked).map_err(&sql)?
        };
        let again = done.again.into_iter().filter(|(c, _)| !aside.contains(&c.id)).collect();
        let supply = Supply { due, due_total, new, again, new_done: done.new, due_done: done.due };
        Ok(plan(supply, today, limits, seed))
    }

    /// Checks that a filter names something that is there.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn known_decks(&self) -> Result<Vec<String>> {
        self.conn
            .prepare_cached("SELECT slug FROM deck WHERE present = 1 ORDER BY slug")
            .and_then(|mut s| s.query_map([], |r| r.get(0))?.collect())
            .map_err(|e| StoreError::from_sqlite(&self.path, e))
    }
}

fn done_today(conn: &Connection, today: Day, filter: &Filter) -> rusqlite::Result<Done> {
    let (condition, values) = filter.condition();
    let matches = if filter.is_empty() { "1".to_owned() } else { format!("(1 {condition})") };
    let mut stmt = conn.prepare_cached(&format!(
        "SELECT s.id, s.again, s.suspended, s.first_day, s.family, c.present, {matches}
         FROM state s LEFT JOIN card c ON c.id = s.id
         WHERE s.last_day = ? ORDER BY s.last_seq DESC"
    ))?;
    let mut rows = stmt.query(params_from_iter(values.into_iter().chain([Value::Integer(i64::from(today.0))])))?;
    let mut done = Done { families: HashSet::new(), again: Vec::new(), new: 0, due: 0 };
    let mut since = 0;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let family: Option<i64> = row.get(4)?;
        done.families.extend(family);
        if row.get::<_, Option<i32>>(3)? == Some(today.0) {
            done.new += 1;
        } else {
            done.due += 1;
        }
        let (again, suspended): (bool, bool) = (row.get(1)?, row.get(2)?);
        let present = row.get::<_, Option<bool>>(5)?.unwrap_or(false);
        if again && !suspended && present && row.get::<_, Option<bool>>(6)?.unwrap_or(false) {
            done.again.push((Candidate { id, family, due: today, band: 0 }, since));
        }
        since += 1;
    }
    Ok(done)
}

/// Stands for "no family" where rows are compared: nulls come first in the index, as this number does.
const NO_FAMILY: i64 = i64::MIN;

/// One run of the due index: the cards of one interval band, oldest due day first.
struct Stream {
    band: u32,
    page: std::vec::IntoIter<Candidate>,
    last: Option<(i32, i64, i64)>,
    ended: bool,
}

struct Head {
    urgency: f64,
    card: Candidate,
    stream: usize,
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Head {}
impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Head {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.urgency.total_cmp(&other.urgency).then_with(|| other.card.id.cmp(&self.card.id))
    }
}

/// The most urgent due cards: one ordered run a band, merged. Costs a page a band, however many are due.
fn due_window(
    conn: &Connection,
    today: Day,
    filter: &Filter,
    blocked: &dyn Fn(&Candidate) -> bool,
) -> rusqlite::Result<Vec<Candidate>> {
    let mut streams: Vec<Stream> = bands(conn)?
        .into_iter()
        .map(|band| Stream { band, page: Vec::new().into_iter(), last: None, ended: false })
        .collect();
    let mut heap = BinaryHeap::new();
    for i in 0..streams.len() {
        heap.extend(pull(conn, &mut streams, i, today, filter, blocked)?);
    }
    let mut out = Vec::new();
    while out.len() < WINDOW
        && let Some(head) = heap.pop()
    {
        out.push(head.card);
        heap.extend(pull(conn, &mut streams, head.stream, today, filter, blocked)?);
    }
    Ok(out)
}

pub(super) fn bands(conn: &Connection) -> rusqlite::Result<Vec<u32>> {
    let mut stmt = conn.prepare_cached("SELECT band FROM state WHERE live = 1 AND band > ?1 ORDER BY band LIMIT 1")?;
    let mut out: Vec<u32> = Vec::new();
    loop {
        let above = out.last().map_or(-1, |b| i64::from(*b));
        match rusqlite::OptionalExtension::optional(stmt.query_row([above], |r| r.get(0)))? {
            Some(band) => out.push(band),
            None => return Ok(out),
        }
    }
}

fn pull(
    conn: &Connection,
    streams: &mut [Stream],
    i: usize,
    today: Day,
    filter: &Filter,
    blocked: &dyn Fn(&Candidate) -> bool,
) -> rusqlite::Result<Option<Head>> {
    let stream = &mut streams[i];
    loop {
        if let Some(card) = stream.page.next() {
            stream.last = Some((card.due.0, card.family.unwrap_or(NO_FAMILY), card.id));
            if blocked(&card) {
                continue;
            }
            return Ok(Some(Head { urgency: overdue(today, card.due, card.band), card, stream: i }));
        }
        if stream.ended {
            return Ok(None);
        }
        // Most runs give up only their first card, so only that is fetched first.
        let size = if stream.last.is_none() { 1 } else { PAGE };
        let page = due_page(conn, stream, today, filter, size)?;
        stream.ended = page.len() < size;
        stream.page = page.into_iter();
    }
}

fn due_page(
    conn: &Connection,
    stream: &Stream,
    today: Day,
    filter: &Filter,
    size: usize,
) -> rusqlite::Result<Vec<Candidate>> {
    let (condition, values) = filter.condition();
    let (after_due, after_family, after_id) = stream.last.unwrap_or((i32::MIN, NO_FAMILY, i64::MIN));
    let join = if filter.is_empty() { "" } else { "JOIN card c ON c.id = s.id" };
    let mut stmt = conn.prepare_cached(&format!(
        "SELECT s.id, s.due, s.family FROM state s {join}
         WHERE s.live = 1 AND s.band = ? AND s.due >= ? AND s.due <= ?
           AND (s.due, coalesce(s.family, {NO_FAMILY}), s.id) > (?, ?, ?) {condition}
         ORDER BY s.due, s.family, s.id LIMIT {size}"
    ))?;
    let fixed = [
        Value::Integer(i64::from(stream.band)),
        Value::Integer(i64::from(after_due)),
        Value::Integer(i64::from(today.0)),
        Value::Integer(i64::from(after_due)),
        Value::Integer(after_family),
        Value::Integer(after_id),
    ];
    let rows = stmt.query_map(params_from_iter(fixed.into_iter().chain(values)), |r| {
        Ok(Candidate { id: r.get(0)?, due: Day(r.get(1)?), family: r.get(2)?, band: stream.band })
    })?;
    rows.collect()
}

fn count_due(conn: &Connection, today: Day, filter: &Filter) -> rusqlite::Result<u64> {
    let (condition, values) = filter.condition();
    let join = if filter.is_empty() { "" } else { "JOIN card c ON c.id = s.id" };
    let mut total = 0_u64;
    for band in bands(conn)? {
        let left = COUNT_CAP.saturating_sub(total);
        if left == 0 {
            break;
        }
        let mut stmt = conn.prepare_cached(&format!(
            "SELECT count(*) FROM (SELECT 1 FROM state s {join}
                 WHERE s.live = 1 AND s.band = ? AND s.due <= ? {condition} LIMIT ?)"
        ))?;
        let mut all = vec![Value::Integer(i64::from(band)), Value::Integer(i64::from(today.0))];
        all.extend(values.iter().cloned());
        all.push(Value::Integer(i64::try_from(left).unwrap_or(i64::MAX)));
        total += stmt.query_row(params_from_iter(all), |r| r.get::<_, u64>(0))?;
    }
    Ok(total)
}

/// The next new cards: the first of every deck, then the second of every deck, and so on, each deck in its author's
/// order, so that topics interleave.
fn new_window(
    conn: &Connection,
    today: Day,
    filter: &Filter,
    wanted: usize,
    blocked: &dyn Fn(&Candidate) -> bool,
) -> rusqlite::Result<Vec<Candidate>> {
    if wanted == 0 {
        return Ok(Vec::new());
    }
    let decks: Vec<(i64, String)> = conn
        .prepare_cached("SELECT id, slug FROM deck WHERE present = 1 ORDER BY slug")?
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let (condition, values) = filter.condition();
    let mut found: Vec<(i64, usize, Candidate)> = Vec::new();
    let mut stmt = conn.prepare_cached(&format!(
        "SELECT c.id, c.ord, c.family FROM card c WHERE c.fresh = 1 AND c.deck = ? {condition} ORDER BY c.ord, c.id"
    ))?;
    for (rank, (deck, slug)) in decks.iter().enumerate() {
        if !filter.decks.is_empty() && !filter.decks.contains(slug) {
            continue;
        }
        let mut families = HashSet::new();
        let mut taken = 0;
        let mut rows =
            stmt.query(params_from_iter([Value::Integer(*deck)].into_iter().chain(values.iter().cloned())))?;
        while taken < wanted
            && let Some(row) = rows.next()?
        {
            let card = Candidate { id: row.get(0)?, due: today, family: row.get(2)?, band: 0 };
            if blocked(&card) || card.family.is_some_and(|f| !families.insert(f)) {
                continue;
            }
            found.push((row.get(1)?, rank, card));
            taken += 1;
        }
    }
    found.sort_by_key(|(ord, rank, card)| (*ord, *rank, card.id));
    Ok(found.into_iter().take(wanted).map(|(_, _, card)| card).collect())
}
