//! Rows of cards on their way into the database, one by one or many at once.

use crate::model::{CardKey, Outline};
use rusqlite::types::ToSql;
use rusqlite::{Connection, Statement};

/// Rows that are written by one statement: starting one costs about as much as writing a row.
pub(super) const RUN: usize = 32;

/// Values of a row that are not the same for the whole deck.
const VALUES: usize = 7;

/// One schedulable card of a deck.
pub(super) struct Row<'t> {
    pub(super) key: CardKey,
    pub(super) part: Option<u8>,
    /// Place in the deck.
    pub(super) ord: usize,
    pub(super) card: &'t Outline,
    pub(super) family: Option<i64>,
    /// ' a b '
    pub(super) tags: String,
    /// The card as it is written.
    pub(super) raw: &'t str,
}

impl Row<'_> {
    fn values<'r>(&'r self, id: &'r i64) -> [&'r dyn ToSql; VALUES] {
        [id, &self.ord, &self.card.kind, &self.card.domain, &self.family, &self.tags, &self.raw]
    }
}

/// Writes them.
pub(super) struct Rows<'c> {
    conn: &'c Connection,
    deck: i64,
    new_name: Statement<'c>,
    old_name: Statement<'c>,
    add: Statement<'c>,
    put: Statement<'c>,
    /// The same for [`RUN`] rows, once there are so many: names, and cards.
    runs: Option<(Statement<'c>, Statement<'c>)>,
}

impl<'c> Rows<'c> {
    pub(super) fn new(conn: &'c Connection, deck: i64) -> rusqlite::Result<Self> {
        Ok(Self {
            conn,
            deck,
            new_name: conn.prepare("INSERT OR IGNORE INTO name (key) VALUES (?1)")?,
            old_name: conn.prepare("SELECT id FROM name WHERE key = ?1")?,
            add: conn.prepare(&add(1))?,
            put: conn.prepare(
                "INSERT INTO card (deck, id, ord, kind, domain, family, tags, body, present, fresh)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1, 1)
                 ON CONFLICT (id) DO UPDATE SET deck = ?1, ord = ?3, kind = ?4, domain = ?5, family = ?6, tags = ?7,
                     body = ?8, present = 1, fresh = 1
                 WHERE (deck, ord, kind, domain, tags, body, present) <> (?1, ?3, ?4, ?5, ?7, ?8, 1) OR family IS NOT ?6",
            )?,
            runs: None,
        })
    }

    /// The number of a name, and whether it is a new one.
    pub(super) fn name(&mut self, key: &str) -> rusqlite::Result<(i64, bool)> {
        if self.new_name.execute([key])? == 1 {
            return Ok((self.conn.last_insert_rowid(), true));
        }
        self.old_name.query_row([key], |r| Ok((r.get(0)?, false)))
    }

    /// A card that nothing was known of: it need not be looked for.
    pub(super) fn add(&mut self, id: i64, row: &Row<'_>) -> rusqlite::Result<()> {
        bind(&mut self.add, self.deck, [(id, row)])?;
        self.add.raw_execute().map(|_| ())
    }

    /// A card that may be here already.
    pub(super) fn put(&mut self, id: i64, row: &Row<'_>) -> rusqlite::Result<()> {
        bind(&mut self.put, self.deck, [(id, row)])?;
        self.put.raw_execute().map(|_| ())
    }

    /// [`RUN`] cards, when nothing was known of any of them. Else false: none is written, and all have names now.
    pub(super) fn run(&mut self, rows: &[Row<'_>]) -> rusqlite::Result<bool> {
        if self.runs.is_none() {
            let places: Vec<String> = (1..=RUN).map(|n| format!("(?{n})")).collect();
            let names = format!("INSERT OR IGNORE INTO name (key) VALUES {}", places.join(", "));
            self.runs = Some((self.conn.prepare(&names)?, self.conn.prepare(&add(RUN))?));
        }
        let Some((names, adds)) = self.runs.as_mut().filter(|_| rows.len() == RUN) else { return Ok(false) };
        for (n, row) in rows.iter().enumerate() {
            names.raw_bind_parameter(n + 1, row.key.as_str())?;
        }
        if names.raw_execute()? < RUN {
            return Ok(false);
        }
        // New numbers follow each other, in the order of the rows.
        let last = self.conn.last_insert_rowid();
        let ids = (0..RUN).rev().filter_map(|n| i64::try_from(n).ok()).map(|n| last - n);
        bind(adds, self.deck, ids.zip(rows))?;
        adds.raw_execute().map(|_| true)
    }
}

/// The statement that adds so many cards of one deck.
fn add(rows: usize) -> String {
    let one = |n: usize| {
        let places: Vec<String> = (0..VALUES).map(|v| format!("?{}", 2 + n * VALUES + v)).collect();
        format!("(?1, {}, 1, 1)", places.join(", "))
    };
    let all: Vec<String> = (0..rows).map(one).collect();
    let all = all.join(", ");
    format!("INSERT INTO card (deck, id, ord, kind, domain, family, tags, body, present, fresh) VALUES {all}")
}

fn bind<'r, 't: 'r>(
    statement: &mut Statement<'_>,
    deck: i64,
    rows: impl IntoIterator<Item = (i64, &'r Row<'t>)>,
) -> rusqlite::Result<()> {
    statement.raw_bind_parameter(1, deck)?;
    let mut place = 2;
    for (id, row) in rows {
        for value in row.values(&id) {
            statement.raw_bind_parameter(place, value)?;
            place += 1;
        }
    }
    Ok(())
}
