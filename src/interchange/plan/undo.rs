//! Taking an import back when its decks were edited since: a three-way merge once more, with what the import wrote as
//! the base, so that the user's own edits survive it.

use crate::deck::merge::{Side, merge};
use crate::deck::print;
use crate::interchange::json;
use crate::store::{UndoDeck, UndoPlan};
use std::collections::{HashMap, HashSet};

/// Decides what shall stand in each file. Returns the decks whose later edits were kept.
pub fn plan_undo(plan: &mut UndoPlan) -> Vec<String> {
    let mut kept = Vec::new();
    for deck in &mut plan.decks {
        let (true, false, Some(after), Some(now)) = (deck.written, deck.unchanged, &deck.after, &deck.now) else {
            continue;
        };
        let Some(now) = std::str::from_utf8(now).ok() else { continue };
        deck.text = back(deck, after, now);
        kept.push(deck.slug.clone());
    }
    kept
}

/// The deck as it was before the import, with what was edited since; `None` when nothing is left of it.
fn back(deck: &UndoDeck, after: &str, now: &str) -> Option<String> {
    let (_, after) = json::parts(after)?;
    let Some((header, now_cards)) = json::parts(now) else {
        // A file with errors is not ours to rewrite: it stays as it is.
        return Some(now.to_owned());
    };
    let (header, before) = match &deck.before {
        Some(text) => json::parts(text)?,
        None => (header, Vec::new()),
    };
    let map = |list: &[(String, String)]| -> HashMap<String, String> { list.iter().cloned().collect() };
    let (after, before_at, now_at) = (map(&after), map(&before), map(&now_cards));
    let mut out: Vec<String> = Vec::new();
    for (id, json) in &before {
        match (now_at.get(id), after.get(id)) {
            (Some(now), Some(after)) => out.push(merge(Some(after), now, json, &|_| Some(Side::Mine)).json),
            (Some(now), None) => out.push(now.clone()),
            // Removed by hand since the import brought (or kept) it.
            (None, Some(_)) => {}
            (None, None) => out.push(json.clone()),
        }
    }
    let known: HashSet<&String> = before_at.keys().collect();
    for (id, json) in &now_cards {
        // The import brought it, and nobody touched it since: it goes. Anything else is the user's.
        if !known.contains(id) && after.get(id) != Some(json) {
            out.push(json.clone());
        }
    }
    if out.is_empty() && deck.before.is_none() {
        return None;
    }
    Some(print::deck(&header, out.iter().map(String::as_str)))
}
