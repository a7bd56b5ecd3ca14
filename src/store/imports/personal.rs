//! Changes of personal versions of compiled-in cards, recorded as imports are, so that one can be seen and taken back.

use super::carry::{record, remember_event};
use super::files::pack;
use super::{Action, Audited, ImportWrite, UndoDeck};
use crate::deck::merge::differences;
use crate::log::EventId;
use crate::model::CardKey;
use crate::store::error::{Result, StoreError};
use crate::store::variants::{Variant, put, retake};
use crate::store::writer::By;
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;

/// What an edit replaced.
#[derive(Serialize, Deserialize)]
struct Before {
    /// The card: `deck/card`.
    key: String,
    /// Its personal version; `None` when it had none.
    variant: Option<Variant>,
}

/// One change of a personal version.
pub(in crate::store) struct Change<'c> {
    /// The card, without a cloze number.
    pub(in crate::store) key: &'c CardKey,
    /// `bundled:NAME`.
    pub(in crate::store) file: &'c str,
    /// The version it replaces.
    pub(in crate::store) before: Option<Variant>,
    /// The card before and after, as it was and is shown.
    pub(in crate::store) bodies: (&'c str, &'c str),
    /// The last line of the log before the change.
    pub(in crate::store) seq: i64,
}

/// Records a change that has been carried out, with the events it wrote into the log.
pub(in crate::store) fn record_change(conn: &Connection, path: &Path, change: Change<'_>, by: &By) -> Result<()> {
    let sql = |e| StoreError::from_sqlite(path, e);
    let (slug, card) = (change.key.deck(), change.key.card());
    let text = |v: Option<serde_json::Value>| v.map(|v| v.to_string());
    let audit: Vec<Audited> = differences(change.bodies.0, change.bodies.1)
        .into_iter()
        .map(|d| Audited {
            card: card.to_owned(),
            field: d.field,
            action: Action::Changed,
            before: text(d.before),
            after: text(d.after),
        })
        .collect();
    let write = ImportWrite {
        source: format!("edit {slug}/{card}"),
        sha256: Sha256::digest(change.bodies.1.as_bytes()).into(),
        format: "edit",
        summary: serde_json::json!({ "decks": [{ "deck": slug, "new": 0, "changed": 1 }] }).to_string(),
        decks: Vec::new(),
        media: Vec::new(),
        park: Vec::new(),
        suspend: Vec::new(),
        history: Vec::new(),
    };
    let number = record(conn, path, &write, by)?;
    let before = Before { key: format!("{slug}/{card}"), variant: change.before };
    let before = serde_json::to_vec(&before).unwrap_or_default();
    conn.execute(
        "INSERT INTO import_deck (import, slug, file, before, after, before_upstream) VALUES (?1, ?2, ?3, ?4, NULL, NULL)",
        params![number, slug, change.file, pack(path, &before)?],
    )
    .map_err(sql)?;
    for a in &audit {
        conn.prepare_cached(
            "INSERT INTO audit (import, slug, card, field, action, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .and_then(|mut s| s.execute(params![number, slug, a.card, a.field, a.action.word(), a.before, a.after]))
        .map_err(sql)?;
    }
    let events: Vec<EventId> = conn
        .prepare_cached("SELECT id FROM event WHERE seq > ?1")
        .and_then(|mut s| s.query_map([change.seq], |r| Ok(EventId(r.get(0)?)))?.collect())
        .map_err(sql)?;
    for event in events {
        remember_event(conn, number, event).map_err(sql)?;
    }
    Ok(())
}

/// Puts the version back that an edit replaced; what the deck changed since is merged into it.
pub(super) fn back(conn: &Connection, path: &Path, deck: &UndoDeck, by: &By) -> Result<()> {
    let damaged = || StoreError::Damaged {
        path: path.to_owned(),
        why: format!("what an edit in {} replaced can't be read", deck.slug),
    };
    let before: Before = deck.before.as_deref().and_then(|t| serde_json::from_str(t).ok()).ok_or_else(damaged)?;
    put(conn, &before.key, before.variant.as_ref()).map_err(|e| StoreError::from_sqlite(path, e))?;
    retake(conn, path, &deck.file, &before.key, by)
}
