//! Decks out of the home, ready to be written.

use super::{OutCard, OutDeck, OutPart};
use crate::deck::bundled::BUNDLED;
use crate::deck::format::RawDeck;
use crate::deck::{Catalog, parse_card};
use crate::interchange::json;
use crate::interchange::plan::media;
use crate::log::{Event, EventKind};
use crate::store::{Result, Store, StoreError};
use std::collections::HashMap;

/// What goes along beside the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Along {
    /// The user's own notes and tags.
    pub notes: bool,
    /// Schedule and review log.
    pub history: bool,
}

/// One deck with everything that is asked for; `None` when there is none of this id.
///
/// # Errors
/// When the home can't be read.
pub fn deck(store: &Store, slug: &str, along: Along) -> Result<Option<OutDeck>> {
    let Some(stored) = store.stored_deck(slug)? else { return Ok(None) };
    let header = header(store, &stored)?;
    let mut cards: Vec<OutCard> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for (row, body) in store.deck_rows(slug)? {
        let (Some(raw), Some(card)) = (json::raw_card(&body), parse_card(&body, Catalog::bundled())) else { continue };
        let events = if along.history || along.notes { store.history(row.id)? } else { Vec::new() };
        let (notes, history): (Vec<_>, Vec<_>) =
            events.into_iter().partition(|e| matches!(e.kind, EventKind::Noted(_) | EventKind::Tagged(_)));
        let part = OutPart {
            state: if along.history { row.state } else { crate::schedule::CardState::default() },
            history: if along.history { history } else { Vec::new() },
            // What was noted once and taken away again is nobody's business.
            notes: if along.notes { last_of_each(notes) } else { Vec::new() },
            key: row.key.clone(),
        };
        if let Some(i) = at.get(&card.id) {
            cards[*i].parts.push(part);
            continue;
        }
        at.insert(card.id.clone(), cards.len());
        let personal = (along.notes && !row.personal.is_empty()).then(|| row.personal.clone());
        cards.push(OutCard { card, raw, personal, parts: vec![part] });
    }
    let folder = store.home().join("decks").join(media::folder(slug));
    Ok(Some(OutDeck { header, cards, media: folder.is_dir().then_some(folder) }))
}

/// The last note and the last tags.
fn last_of_each(events: Vec<Event>) -> Vec<Event> {
    let mut out: Vec<Event> = Vec::new();
    for event in events.into_iter().rev() {
        let same = |e: &Event| std::mem::discriminant(&e.kind) == std::mem::discriminant(&event.kind);
        if !out.iter().any(same) {
            out.push(event);
        }
    }
    out.reverse();
    out
}

fn header(store: &Store, stored: &crate::store::StoredDeck) -> Result<RawDeck> {
    let text = match stored.file.strip_prefix("bundled:") {
        Some(name) => BUNDLED.iter().find(|b| b.file == name).map(|b| b.text.to_owned()),
        None => store.deck_bytes(&stored.file)?.and_then(|b| String::from_utf8(b).ok()),
    };
    let header = text.as_deref().and_then(json::header);
    // Only a path that our own folder uses; authors' machines are nobody's business.
    header.map(|h| RawDeck { schema: None, ..h }).ok_or_else(|| StoreError::Refused {
        path: store.home().join("decks").join(&stored.file),
        why: "the deck's file has errors, so it can't be exported".to_owned(),
    })
}
