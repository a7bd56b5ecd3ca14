//! Looking cards and decks up.

use super::error::Result;
use super::queue::Filter;
use super::writer::open_turns;
use super::{Store, state};
use crate::deck::{self, Catalog};
use crate::log::{Personal, Turn};
use crate::model::{Card, CardKey, Day};
use crate::schedule::CardState;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Row, params_from_iter};

/// One schedulable card with its state.
#[derive(Debug, Clone)]
pub struct CardRow {
    /// The store's number for it.
    pub id: i64,
    /// Its name.
    pub key: CardKey,
    /// Its content; `None` when no deck has it any more and what was kept can't be read.
    pub card: Option<Card>,
    /// Its state; the default one for a card never touched.
    pub state: CardState,
    /// Still in a deck.
    pub present: bool,
    /// What the student added to it.
    pub personal: Personal,
    /// How its answer changed since it was last answered; looked up for a single card only.
    pub turn: Option<Turn>,
}

/// One deck with counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeckRow {
    /// Its id.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// The author's version.
    pub version: String,
    /// `bundled:NAME`, or the user's file.
    pub file: String,
    /// Schedulable cards.
    pub cards: u64,
    /// Due today or before.
    pub due: u64,
    /// Never answered.
    pub new: u64,
    /// Suspended, the parked ones included.
    pub suspended: u64,
    /// Parked when they came in, and not released yet.
    pub parked: u64,
    /// Flip families.
    pub families: u64,
    /// Decision points of the coverage map that its cards teach.
    pub covers: u64,
}

/// Cards found by a search, with how many there are in all.
#[derive(Debug, Clone)]
pub struct Found {
    /// The first of them.
    pub cards: Vec<CardRow>,
    /// All of them.
    pub total: u64,
}

const COLUMNS: &str = "n.id, n.key, c.body, c.present, s.id IS NOT NULL, s.repetition, s.ease, s.interval, s.due, \
     s.first_day, s.last_day, s.again, s.answers, s.lapses, s.suspended, s.flagged, s.parked, s.relearn, \
     p.note, p.tags";

/// The name of a card in column `at`.
fn key_at(r: &Row<'_>, at: usize) -> rusqlite::Result<CardKey> {
    let key: String = r.get(at)?;
    CardKey::parse(&key)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Text, Box::new(e)))
}

fn row(r: &Row<'_>) -> rusqlite::Result<CardRow> {
    let key = key_at(r, 1)?;
    let body: Option<String> = r.get(2)?;
    let touched: bool = r.get(4)?;
    Ok(CardRow {
        id: r.get(0)?,
        card: body.and_then(|b| deck::parse_card(&b, Catalog::bundled())),
        key,
        state: if touched { state::read_state(r, 5)? } else { CardState::default() },
        present: r.get::<_, Option<bool>>(3)?.unwrap_or(false),
        personal: Personal {
            note: r.get(18)?,
            tags: r.get::<_, Option<String>>(19)?.map(|t| state::tags_of(&t)).unwrap_or_default(),
        },
        turn: None,
    })
}

impl Store {
    /// The card with this number.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn card(&self, id: i64) -> Result<Option<CardRow>> {
        let query = format!(
            "SELECT {COLUMNS} FROM name n LEFT JOIN card c ON c.id = n.id LEFT JOIN state s ON s.id = n.id
             LEFT JOIN personal p ON p.id = n.id WHERE n.id = ?1"
        );
        let found = self.conn.prepare_cached(&query).and_then(|mut s| s.query_row([id], row).optional());
        let Some(mut found) = found.map_err(self.sql())? else { return Ok(None) };
        if found.state.relearn {
            found.turn = open_turns(self.history(id)?.iter()).pop().map(|(_, turn)| turn.clone());
        }
        Ok(Some(found))
    }

    /// The card of this name.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn card_named(&self, key: &CardKey) -> Result<Option<CardRow>> {
        let id = self
            .conn
            .prepare_cached("SELECT id FROM name WHERE key = ?1")
            .and_then(|mut s| s.query_row([key.as_str()], |r| r.get(0)).optional())
            .map_err(self.sql())?;
        match id {
            None => Ok(None),
            Some(id) => self.card(id),
        }
    }

    /// Has (or had) a card this name in its deck, be it a cloze of whatever deletions? Progress hangs on names.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn is_named(&self, deck: &str, card: &str) -> Result<bool> {
        let key = CardKey::join(deck, card, None);
        self.conn
            // '$' is the character after '#'.
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM name WHERE key = ?1 OR key > ?1 || '#' AND key < ?1 || '$')")
            .and_then(|mut s| s.query_row([key.as_str()], |r| r.get(0)))
            .map_err(self.sql())
    }

    /// Names near `text`, nearest first, for "did you mean".
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn names_like(&self, text: &str) -> Result<Vec<String>> {
        // A card asked for without its deck is the commonest slip: look for its end and its beginning first.
        let part = text.rsplit('/').next().unwrap_or(text);
        let pattern = format!("%{}%", escape_like(part));
        self.conn
            .prepare_cached(
                "SELECT n.key FROM name n JOIN card c ON c.id = n.id AND c.present = 1
                 WHERE n.key LIKE ?1 ESCAPE '\\' ORDER BY length(n.key), n.key LIMIT 5",
            )
            .and_then(|mut s| s.query_map([pattern], |r| r.get(0))?.collect())
            .map_err(self.sql())
    }

    /// Every card name of one deck that is in use.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn names_in(&self, deck: &str) -> Result<Vec<String>> {
        self.conn
            .prepare_cached(
                "SELECT n.key FROM card c JOIN name n ON n.id = c.id
                 WHERE c.present = 1 AND c.deck = (SELECT id FROM deck WHERE slug = ?1) ORDER BY c.ord LIMIT 20000",
            )
            .and_then(|mut s| s.query_map([deck], |r| r.get(0))?.collect())
            .map_err(self.sql())
    }

    /// Cards whose name, text or tags hold every word of `query`, within the filter; the first `limit` of them.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn find(&self, query: &str, filter: &Filter, only: Only, today: Day, limit: usize) -> Result<Found> {
        let (mut condition, mut values) = filter.condition();
        for word in query.split_whitespace() {
            condition.push_str(
                " AND (c.body LIKE ? ESCAPE '\\' OR n.key LIKE ? ESCAPE '\\' OR coalesce(p.note || p.tags, p.tags) LIKE ? ESCAPE '\\')",
            );
            let pattern = Value::Text(format!("%{}%", escape_like(word)));
            values.extend([pattern.clone(), pattern.clone(), pattern]);
        }
        match only {
            Only::All => {}
            Only::Due => {
                condition.push_str(" AND s.live = 1 AND s.due <= ?");
                values.push(Value::Integer(i64::from(today.0)));
            }
            Only::New => condition.push_str(" AND c.fresh = 1"),
            Only::Suspended => condition.push_str(" AND s.suspended = 1"),
            Only::Flagged => condition.push_str(" AND s.flagged = 1"),
            Only::Leeches => {
                condition.push_str(" AND s.lapses >= ?");
                values.push(Value::Integer(i64::from(self.settings.params.leech_lapses)));
            }
        }
        let from = format!(
            "FROM card c JOIN name n ON n.id = c.id LEFT JOIN state s ON s.id = c.id
             LEFT JOIN personal p ON p.id = c.id WHERE c.present = 1 {condition}"
        );
        let total = self
            .conn
            .prepare_cached(&format!("SELECT count(*) {from}"))
            .and_then(|mut s| s.query_row(params_from_iter(values.clone()), |r| r.get(0)))
            .map_err(self.sql())?;
        let cards = self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} {from} ORDER BY c.deck, c.ord, c.id LIMIT {limit}"))
            .and_then(|mut s| s.query_map(params_from_iter(values), row)?.collect())
            .map_err(self.sql())?;
        Ok(Found { cards, total })
    }

    /// Every schedulable card of one deck in its order, with its JSON as stored.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn deck_rows(&self, slug: &str) -> Result<Vec<(CardRow, String)>> {
        self.conn
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM card c JOIN name n ON n.id = c.id LEFT JOIN state s ON s.id = c.id
                 LEFT JOIN personal p ON p.id = c.id
                 WHERE c.present = 1 AND c.deck = (SELECT id FROM deck WHERE slug = ?1 AND present = 1)
                 ORDER BY c.ord, c.id"
            ))
            .and_then(|mut s| s.query_map([slug], |r| Ok((row(r)?, r.get(2)?)))?.collect())
            .map_err(self.sql())
    }

    /// Parked cards within a filter.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn parked(&self, filter: &Filter) -> Result<Vec<(i64, CardKey)>> {
        let (condition, values) = filter.condition();
        self.conn
            .prepare_cached(&format!(
                "SELECT n.id, n.key FROM state s JOIN name n ON n.id = s.id JOIN card c ON c.id = s.id
                 WHERE s.parked = 1 {condition} ORDER BY c.deck, c.ord, c.id"
            ))
            .and_then(|mut s| s.query_map(params_from_iter(values), |r| Ok((r.get(0)?, key_at(r, 1)?)))?.collect())
            .map_err(self.sql())
    }

    /// Every deck in use, with counts for `today`.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn decks(&self, today: Day) -> Result<Vec<DeckRow>> {
        let sql = self.sql();
        let mut decks: Vec<(i64, DeckRow)> = self
            .conn
            .prepare_cached(
                "SELECT d.id, d.slug, d.title, d.version, d.file, count(c.id), coalesce(sum(c.fresh), 0), d.families, d.covers
                 FROM deck d LEFT JOIN card c ON c.deck = d.id AND c.present = 1
                 WHERE d.present = 1 GROUP BY d.id ORDER BY d.slug",
            )
            .and_then(|mut s| {
                s.query_map([], |r| {
                    Ok((
                        r.get(0)?,
                        DeckRow {
                            slug: r.get(1)?,
                            title: r.get(2)?,
                            version: r.get(3)?,
                            file: r.get(4)?,
                            cards: r.get(5)?,
                            due: 0,
                            new: r.get(6)?,
                            suspended: 0,
                            parked: 0,
                            families: r.get(7)?,
                            covers: r.get(8)?,
                        },
                    ))
                })?
                .collect()
            })
            .map_err(&sql)?;
        for (id, deck) in &mut decks {
            let counts = self
                .conn
                .prepare_cached(
                    "SELECT coalesce(sum(s.live = 1 AND s.due <= ?2), 0), coalesce(sum(s.suspended), 0),
                         coalesce(sum(s.parked), 0)
                     FROM card c JOIN state s ON s.id = c.id WHERE c.deck = ?1 AND c.present = 1",
                )
                .and_then(|mut s| s.query_row((*id, today.0), |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))))
                .map_err(&sql)?;
            (deck.due, deck.suspended, deck.parked) = counts;
        }
        Ok(decks.into_iter().map(|(_, d)| d).collect())
    }

    /// Names of the cards that share a card's family (or cloze), without the card itself.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn siblings(&self, id: i64) -> Result<Vec<String>> {
        self.conn
            .prepare_cached(
                "SELECT n.key FROM card c JOIN name n ON n.id = c.id
                 WHERE c.family = (SELECT family FROM card WHERE id = ?1) AND c.id <> ?1 AND c.present = 1 ORDER BY n.key",
            )
            .and_then(|mut s| s.query_map([id], |r| r.get(0))?.collect())
            .map_err(self.sql())
    }

    /// The header fields of a deck that are not columns, as JSON text, and its file.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn deck_file(&self, slug: &str) -> Result<Option<(String, String)>> {
        self.conn
            .prepare_cached("SELECT file, version FROM deck WHERE slug = ?1 AND present = 1")
            .and_then(|mut s| s.query_row([slug], |r| Ok((r.get(0)?, r.get(1)?))).optional())
            .map_err(self.sql())
    }
}

/// Which cards a search is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Only {
    /// All of them.
    #[default]
    All,
    /// Due today or before.
    Due,
    /// Never answered.
    New,
    /// Suspended.
    Suspended,
    /// Flagged.
    Flagged,
    /// Forgotten too often.
    Leeches,
}

fn escape_like(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
