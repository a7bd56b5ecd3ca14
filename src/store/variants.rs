//! Personal versions of cards of compiled-in decks: merged with each new version of the deck, and never lost to one.
//!
//! The deck itself is part of the program and can't be written. So what a student changed is kept beside it: the card
//! as they want it (`mine`) and the deck's text they changed (`base`). When the program brings a new text the two are
//! merged as an import would be. Where both changed one thing the student's version stays, and a notice says so.

use super::Store;
use super::error::{Result, StoreError};
use super::imports::personal::{Change, record_change};
use super::intake::Notice;
use super::settings::{note, set_note};
use super::writer::{By, Taken, take_in};
use crate::deck::bundled::BUNDLED;
use crate::deck::format::RawDeck;
use crate::deck::merge::merge;
use crate::deck::{Catalog, parse_card, print};
use crate::model::{Card, CardKey, Stamp};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A personal version of a card, with the deck's text it was made from; both are compact JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// The deck's text that was changed.
    pub base: String,
    /// The card as the student wants it.
    pub mine: String,
}

/// The program's note of versions that wait for a decision: keys with spaces between; `!` behind one that no longer
/// reads, `-` behind one whose card left its deck.
const WAITING: &str = "home.variants";

/// What stands for a card that has a personal version.
enum Stand {
    /// This, with what the deck changed elsewhere in the card.
    Mine(String),
    /// The deck's text says the same by now.
    Same,
    /// The student's version; the deck changed the same things.
    Waiting,
    /// The student's version is no card this program can read, so the deck's text stands.
    Unreadable,
}

impl Variant {
    /// What stands when the deck's text is `theirs` (compact).
    fn stand(&self, theirs: &str) -> Stand {
        let merged = merge(Some(&self.base), &self.mine, theirs, &|_| None);
        if parse_card(&merged.json, Catalog::bundled()).is_none() {
            Stand::Unreadable
        } else if !merged.conflicts.is_empty() {
            Stand::Waiting
        } else if merged.json == theirs {
            Stand::Same
        } else {
            Stand::Mine(merged.json)
        }
    }
}

/// The personal versions of one deck, while it is being taken in.
pub(super) struct Variants {
    slug: String,
    cards: HashMap<String, Variant>,
    waiting: Vec<String>,
}

impl Variants {
    /// Those of a compiled-in deck; none for any other.
    pub(super) fn of(conn: &Connection, slug: &str, file: &str) -> rusqlite::Result<Self> {
        let mut cards = HashMap::new();
        if file.starts_with("bundled:") {
            let mut all =
                conn.prepare_cached("SELECT substr(key, ?2), base, mine FROM variant WHERE key GLOB ?1 || '/*'")?;
            let from = slug.len() + 2;
            let rows = all.query_map(params![slug, from], |r| {
                Ok((r.get::<_, String>(0)?, Variant { base: r.get(1)?, mine: r.get(2)? }))
            })?;
            for row in rows {
                let (card, variant) = row?;
                cards.insert(card, variant);
            }
        }
        Ok(Self { slug: slug.to_owned(), cards, waiting: Vec::new() })
    }

    /// What stands for a card of the deck instead of `raw`, if anything does; the base moves on with a clean merge.
    pub(super) fn stand_in(
        &mut self,
        conn: &Connection,
        id: &str,
        raw: &str,
    ) -> rusqlite::Result<Option<(Card, String)>> {
        let Some(variant) = self.cards.remove(id) else { return Ok(None) };
        let theirs = print::canonical(raw).unwrap_or_default();
        let key = format!("{}/{id}", self.slug);
        let json = match variant.stand(&theirs) {
            Stand::Mine(json) => {
                if variant.base != theirs || variant.mine != json {
                    conn.execute("UPDATE variant SET base = ?2, mine = ?3 WHERE key = ?1", params![key, theirs, json])?;
                }
                json
            }
            Stand::Same => {
                conn.execute("DELETE FROM variant WHERE key = ?1", [key])?;
                return Ok(None);
            }
            Stand::Waiting => {
                self.waiting.push(key);
                variant.mine.clone()
            }
            Stand::Unreadable => {
                self.waiting.push(format!("{key}!"));
                return Ok(None);
            }
        };
        Ok(parse_card(&json, Catalog::bundled()).map(|card| (card, json)))
    }

    /// Notes which versions wait for a decision. What its author took out of the deck is not shown any more, whoever
    /// changed it: it may have been wrong.
    pub(super) fn finish(mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut gone: Vec<String> = self.cards.keys().map(|id| format!("{}/{id}-", self.slug)).collect();
        gone.sort();
        self.waiting.append(&mut gone);
        let old = note(conn, WAITING)?.unwrap_or_default();
        let ours = |key: &&str| key.strip_prefix(&self.slug).is_some_and(|rest| rest.starts_with('/'));
        let mut all: Vec<&str> = old.split_whitespace().filter(|k| !ours(k)).collect();
        all.extend(self.waiting.iter().map(String::as_str));
        let new = all.join(" ");
        if new != old {
            set_note(conn, WAITING, &new)?;
        }
        Ok(())
    }
}

fn find(conn: &Connection, name: &str) -> rusqlite::Result<Option<Variant>> {
    conn.prepare_cached("SELECT base, mine FROM variant WHERE key = ?1")?
        .query_row([name], |r| Ok(Variant { base: r.get(0)?, mine: r.get(1)? }))
        .optional()
}

fn bundled_text(file: &str) -> Option<&'static str> {
    let name = file.strip_prefix("bundled:")?;
    BUNDLED.iter().find(|b| b.file == name).map(|b| b.text)
}

/// Writes (or removes) the row of a personal version; its deck has to be taken in anew for it to be seen.
pub(super) fn put(conn: &Connection, name: &str, variant: Option<&Variant>) -> rusqlite::Result<()> {
    match variant {
        Some(v) => conn.execute(
            "INSERT OR REPLACE INTO variant (key, base, mine) VALUES (?1, ?2, ?3)",
            params![name, v.base, v.mine],
        ),
        None => conn.execute("DELETE FROM variant WHERE key = ?1", [name]),
    }
    .map(|_| ())
}

/// Takes a compiled-in deck in anew, because the personal version of one of its cards changed.
pub(super) fn retake(conn: &Connection, path: &Path, file: &str, name: &str, by: &By) -> Result<()> {
    let refused = |why: String| StoreError::Refused { path: path.to_owned(), why };
    let text = bundled_text(file).ok_or_else(|| refused(format!("{name} is in no deck that comes with scanwise")))?;
    match take_in(conn, path, file, text, by)? {
        Taken::Deck(_) => Ok(()),
        Taken::Clash { .. } | Taken::Broken => Err(refused(format!("{name} can't be read that way"))),
    }
}

fn name_of(key: &CardKey) -> String {
    format!("{}/{}", key.deck(), key.card())
}

impl Store {
    /// The personal version of a card; `None` when it has none.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn variant(&self, key: &CardKey) -> Result<Option<Variant>> {
        find(&self.conn, &name_of(key)).map_err(self.sql())
    }

    /// Names (`deck/card`) of all cards with a personal version.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn variants(&self) -> Result<Vec<String>> {
        self.conn
            .prepare_cached("SELECT key FROM variant ORDER BY key")
            .and_then(|mut s| s.query_map([], |r| r.get(0))?.collect())
            .map_err(self.sql())
    }

    /// A card as its compiled-in deck has it, compact JSON; `None` when its deck is not compiled in.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn bundled_card(&self, key: &CardKey) -> Result<Option<String>> {
        let file = self.stored_deck(key.deck())?.map(|d| d.file);
        let Some(text) = file.as_deref().and_then(bundled_text) else { return Ok(None) };
        let cards = serde_json::from_str::<RawDeck>(text).ok().and_then(|d| d.cards).unwrap_or_default();
        Ok(cards.iter().find(|c| c.id.as_deref() == Some(key.card())).map(print::compact))
    }

    /// Makes `mine` (compact JSON) the student's version of a card of a compiled-in deck, or drops that version when
    /// it says what the deck says. A card whose answer changes by it is due again. Returns whether a version stands.
    ///
    /// # Errors
    /// When the card's deck is not compiled in, or the home can't be written; nothing is changed then.
    pub fn set_variant(&mut self, key: &CardKey, mine: &str, now: Stamp) -> Result<bool> {
        let base = self.bundled_card(key)?.ok_or_else(|| self.not_bundled(key))?;
        let stands = base != mine;
        self.change_variant(key, stands.then(|| Variant { base, mine: mine.to_owned() }).as_ref(), now)?;
        Ok(stands)
    }

    /// Drops the student's version of a card: the deck's own text stands again.
    ///
    /// # Errors
    /// As [`Store::set_variant`].
    pub fn drop_variant(&mut self, key: &CardKey, now: Stamp) -> Result<()> {
        self.change_variant(key, None, now)
    }

    fn not_bundled(&self, key: &CardKey) -> StoreError {
        StoreError::Refused { path: self.path.clone(), why: format!("{key} is in no deck that comes with scanwise") }
    }

    fn change_variant(&mut self, key: &CardKey, variant: Option<&Variant>, now: Stamp) -> Result<()> {
        let file = self.stored_deck(key.deck())?.map(|d| d.file).unwrap_or_default();
        let theirs = self.bundled_card(key)?;
        let (path, name) = (self.path.clone(), name_of(key));
        self.write_by(now, |tx, by| {
            let sql = |e| StoreError::from_sqlite(&path, e);
            let seq = tx.query_row("SELECT coalesce(max(seq), 0) FROM event", [], |r| r.get(0)).map_err(sql)?;
            let before = find(tx, &name).map_err(sql)?;
            put(tx, &name, variant).map_err(sql)?;
            retake(tx, &path, &file, &name, by)?;
            // Forgetting the version of a card that left its deck changes nothing that is shown.
            let Some(theirs) = &theirs else { return Ok(()) };
            let (old, new) = (before.as_ref().map(|v| v.mine.clone()), variant.map(|v| v.mine.as_str()));
            let bodies = (old.as_deref().unwrap_or(theirs), new.unwrap_or(theirs));
            if bodies.0 == bodies.1 {
                return Ok(());
            }
            record_change(tx, &path, Change { key, file: &file, before, bodies, seq }, by)
        })
    }

    /// Says which personal versions wait for a decision.
    pub(super) fn notice_variants(&mut self) -> Result<()> {
        let waiting = note(&self.conn, WAITING).map_err(self.sql())?.unwrap_or_default();
        for key in waiting.split_whitespace() {
            let (key, mark) =
                key.strip_suffix(['!', '-']).map_or((key, ' '), |k| (k, key.chars().last().unwrap_or(' ')));
            // With a deck that left the program all its cards rest; there is nothing to decide.
            let deck = key.split_once('/').map_or(key, |(deck, _)| deck);
            if self.stored_deck(deck)?.is_none() {
                continue;
            }
            let (cause, hint) = match mark {
                '!' => (
                    "your version can't be read by this scanwise; the deck's version is shown",
                    format!("`scanwise edit {key} --restore` forgets your version"),
                ),
                '-' => (
                    "its deck dropped this card, so your version of it rests too",
                    format!("`scanwise show {key}` has its text; `scanwise edit {key} --restore` forgets your version"),
                ),
                _ => (
                    "your version stays, but its deck now says something else in the same place",
                    format!("`scanwise edit {key}` shows both; --restore takes the deck's"),
                ),
            };
            self.notices.push(Notice { path: PathBuf::from(key), cause: cause.to_owned(), hint });
        }
        Ok(())
    }
}

/// What stands for a card of a compiled-in deck, for comparing with what is stored.
pub(super) fn expected(
    conn: &Connection,
    path: &Path,
    slug: &str,
    id: &str,
    raw: &str,
) -> Result<Option<(Card, String)>> {
    let found = find(conn, &format!("{slug}/{id}")).map_err(|e| StoreError::from_sqlite(path, e))?;
    let Some(variant) = found else { return Ok(None) };
    let json = match variant.stand(&print::canonical(raw).unwrap_or_default()) {
        Stand::Mine(json) => json,
        Stand::Waiting => variant.mine,
        Stand::Same | Stand::Unreadable => return Ok(None),
    };
    Ok(parse_card(&json, Catalog::bundled()).map(|card| (card, json)))
}
