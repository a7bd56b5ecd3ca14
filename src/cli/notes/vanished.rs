//! Cards and drafts whose notes are not there any more.

use super::files::Files;
use super::plan::{Decks, Item, Page};
use crate::cli::failure::Outcome;
use crate::cli::inbox::card;
use crate::store::{NoteCard, Store};
use std::collections::HashSet;

/// Something whose notes are not there any more.
#[derive(Debug, Clone)]
pub struct Vanished {
    /// `deck/card`, or `draft 3`.
    pub name: String,
    /// What it is about.
    pub words: String,
    /// The command that takes it away.
    pub away: String,
    /// What the home keeps of its notes; none for a draft.
    pub note: Option<NoteCard>,
    /// It was told at an earlier reading.
    pub told: bool,
}

/// Marks the source of a card whose notes are gone, once that was told. No file has such a path: they begin at the root.
const GONE: &str = "gone:";

/// The source that stands for "was in this file, and is not any more".
#[must_use]
pub fn gone(source: &str) -> String {
    format!("{GONE}{source}")
}

/// Cards and drafts that came from this file and stand in it no more, nor in another one that is read now.
///
/// # Errors
/// When the home can't be read or a deck has errors.
pub(super) fn vanished(
    store: &Store,
    page: &Page,
    noted: Vec<NoteCard>,
    items: &[Item],
    files: &mut Files,
    decks: &mut Decks,
) -> Outcome<Vec<Vanished>> {
    let here: HashSet<&str> = items.iter().map(|i| i.id.as_str()).collect();
    let mut out = Vec::new();
    for note in noted {
        if here.contains(note.id.as_str()) || files.given_holds(&page.path, &note.id) {
            continue;
        }
        // Taken out of its deck already, it is nobody's business any more.
        let Some(card) = decks.card(store, &note.deck, &note.id)? else { continue };
        let name = format!("{}/{}", note.deck, note.id);
        out.push(Vanished {
            away: format!("scanwise notes --forget {name}"),
            words: card::discreet(&card::of_body(&card)),
            told: note.source != page.source,
            name,
            note: Some(note),
        });
    }
    for draft in store.drafts_of(&page.source)? {
        let id = draft.note.as_ref().map_or("", |n| n.id.as_str());
        if draft.gone.is_none() && !here.contains(id) && !files.given_holds(&page.path, id) {
            out.push(Vanished {
                name: format!("draft {}", draft.id),
                words: card::discreet(&card::of_body(&draft.body)),
                away: format!("scanwise inbox --drop {}", draft.id),
                note: None,
                told: false,
            });
        }
    }
    Ok(out)
}
