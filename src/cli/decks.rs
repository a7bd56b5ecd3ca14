//! `scanwise decks`.

use super::context::Context;
use super::failure::Outcome;
use super::import::report::{came_from, provenance};
use crate::model::text::count;
use crate::ui::{Doc, Role};
use serde_json::json;

/// Runs the command.
pub fn run(context: &mut Context) -> Outcome {
    let store = context.open()?;
    let decks = store.decks(store.today(context.now()))?;
    let origins = store.origins()?;
    let from = |slug: &str| origins.iter().find(|o| o.slug == slug).map(provenance);
    if context.json {
        let list: Vec<_> = decks
            .iter()
            .map(|d| {
                json!({
                    "id": d.slug, "title": d.title, "version": d.version, "cards": d.cards, "due": d.due, "new": d.new,
                    "suspended": d.suspended, "parked": d.parked, "from": from(&d.slug), "families": d.families, "covers": d.covers, "file": d.file,
                })
            })
            .collect();
        return context.show_json(&json!(list));
    }
    let mut doc = Doc::new(context.width());
    for d in &decks {
        doc.mixed(&[(Role::Strong, &d.slug), (Role::Dim, &format!(" {}", d.version))]);
        doc.hanging("  ", Role::Plain, Role::Plain, &d.title);
        let mut numbers = format!("{}, {} due, {} new", count(d.cards, "card"), d.due, d.new);
        if d.suspended > 0 {
            numbers.push_str(&format!(", {} suspended", d.suspended));
            if d.parked > 0 {
                numbers.push_str(&format!(" ({} of them parked)", d.parked));
            }
        }
        if !d.file.starts_with("bundled:") {
            numbers.push_str(", yours");
        }
        doc.hanging("  ", Role::Plain, if d.due > 0 { Role::Warn } else { Role::Dim }, &numbers);
        if let Some(o) = origins.iter().find(|o| o.slug == d.slug) {
            doc.hanging("  from ", Role::Dim, Role::Dim, &came_from(o));
        }
    }
    let (cards, due): (u64, u64) = decks.iter().fold((0, 0), |(c, d), row| (c + row.cards, d + row.due));
    doc.blank();
    doc.para(Role::Plain, &format!("{}, {}, {due} due.", count(decks.len() as u64, "deck"), count(cards, "card")));
    context.show(&doc)
}
