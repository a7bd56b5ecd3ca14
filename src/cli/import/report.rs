//! Imports as data, the list of them, and the audit of one.

use super::super::context::Context;
use super::super::failure::{Failure, Outcome};
use crate::deck::change::recalled;
use crate::interchange::plan::{CardPlan, Fate, Like, Plan};
use crate::model::text::{count, hex, sanitize_line, thousands};
use crate::store::{ImportRow, Origin, Store};
use crate::ui::{Doc, Role};
use serde_json::{Value, json};

/// A plan as data: of a file of this name, at the path that was given; `number` once it was carried out.
pub fn plan(plan: &Plan, source: &str, path: &str, number: Option<i64>) -> Value {
    let decks: Vec<Value> = plan
        .decks
        .iter()
        .map(|d| {
            let list = |is: &dyn Fn(&CardPlan) -> bool| {
                d.cards.iter().filter(|c| is(c)).map(|c| Value::from(c.id.as_str())).collect::<Vec<_>>()
            };
            let changed: Vec<Value> = d
                .cards
                .iter()
                .filter_map(|c| match &c.fate {
                    Fate::Changed { changes, class } => Some(json!({ "id": c.id, "class": class, "fields": changes })),
                    _ => None,
                })
                .collect();
            let conflicts: Vec<Value> = d
                .cards
                .iter()
                .filter_map(|c| match &c.fate {
                    Fate::Conflict(open) => Some(json!({ "id": c.id, "fields": open })),
                    _ => None,
                })
                .collect();
            let new = d.cards.iter().filter(|c| c.fate == Fate::New).filter_map(|c| {
                let card = c.card()?;
                Some(json!({ "id": c.id, "front": card.headline(), "answer": recalled(&card) }))
            });
            let alike: Vec<Value> = d.cards.iter().flat_map(|c| c.likes.iter().map(move |l| like(c, l))).collect();
            json!({
                "deck": d.slug, "origin": d.origin, "title": d.header.title, "is_new": d.new, "kept_apart": d.apart, "warnings": d.warnings,
                "old_version": d.old_version, "version": d.header.version,
                "new": list(&|c| c.fate == Fate::New), "new_cards": new.collect::<Vec<_>>(),
                "changed": changed,
                "unchanged": d.count(|f| *f == Fate::Unchanged),
                "only_mine": d.count(|f| *f == Fate::Mine),
                "removed": list(&|c| c.fate == Fate::Removed),
                "removed_here": list(&|c| matches!(c.fate, Fate::GoneHere | Fate::GoneHereChangedThere)),
                "skipped": list(&|c| c.fate == Fate::Skipped),
                "conflicts": conflicts, "alike": alike, "media": d.media.iter().map(|m| &m.path).collect::<Vec<_>>(),
            })
        })
        .collect();
    let troubles: Vec<Value> =
        plan.troubles.iter().map(|t| json!({ "place": t.place, "cause": t.cause, "hint": t.hint })).collect();
    json!({
        "source": source, "path": path, "format": plan.format.word(), "imported": number.is_some(), "import": number,
        "decks": decks, "already_here": plan.already, "mapping": plan.mapping, "problems": troubles,
    })
}

fn like(card: &CardPlan, like: &Like) -> Value {
    let side = |t: &crate::interchange::plan::Twin| json!({ "card": t.card, "answer": t.answer, "sources": t.sources });
    json!({
        "id": card.id, "other": like.other, "likeness": like.likeness, "percent": like.percent,
        "contradiction": like.contradiction.as_ref().map(|c| json!([side(&c.0), side(&c.1)])),
    })
}

/// Where a deck or card came from, as data.
pub fn provenance(origin: &Origin) -> Value {
    let mut out = import_json(&origin.import);
    if let Some(fields) = out.as_object_mut() {
        fields.insert("by".into(), json!(origin.authors));
        fields.insert("origin".into(), json!(origin.origin));
        fields.insert("version".into(), json!(origin.version));
    }
    out
}

fn import_json(import: &ImportRow) -> Value {
    let sha = hex(&import.sha256);
    json!({
        "import": import.number, "at": import.at.rfc3339(), "device": import.device, "file": import.source,
        "sha256": sha, "format": import.format,
    })
}

/// "Anna, anna.apkg, 2026-03-01, version 2, SHA-256 1a2b3c4d...".
pub fn came_from(origin: &Origin) -> String {
    let i = &origin.import;
    let sha = hex(&i.sha256[..i.sha256.len().min(6)]);
    let version = if origin.version.is_empty() { String::new() } else { format!(", version {}", origin.version) };
    let by = origin.authors.join(", ");
    let by = if by.is_empty() { by } else { by + ", " };
    let (source, day) = (sanitize_line(&i.source), i.at.local().format("%Y-%m-%d"));
    format!("{by}{source}, {day}{version}, SHA-256 {sha}..., import {}", i.number)
}

/// `import --list`.
pub fn list(store: &Store, context: &mut Context) -> Outcome {
    let imports = store.imports(1_000)?;
    if context.json {
        let list: Vec<Value> = imports
            .iter()
            .map(|i| {
                let mut out = import_json(i);
                let summary: Value = serde_json::from_str(&i.summary).unwrap_or(Value::Null);
                if let Some(fields) = out.as_object_mut() {
                    fields.insert("undone".into(), json!(i.undone));
                    fields.insert("summary".into(), summary);
                }
                out
            })
            .collect();
        return context.show_json(&json!(list));
    }
    if imports.is_empty() {
        return Err(Failure::nothing("nothing was imported yet"));
    }
    let mut doc = Doc::new(context.width());
    for i in &imports {
        let undone = if i.undone { ", taken back" } else { "" };
        let day = i.at.local().format("%Y-%m-%d %H:%M");
        doc.mixed(&[
            (Role::Strong, &format!("{} ", i.number)),
            (Role::Plain, &format!("{day}  {} ({}{undone})", sanitize_line(&i.source), i.format)),
        ]);
        let summary: Value = serde_json::from_str(&i.summary).unwrap_or(Value::Null);
        for line in counts(&summary) {
            doc.hanging("    ", Role::Plain, Role::Dim, &line);
        }
    }
    context.show(&doc)
}

/// What a record counts, deck by deck, and after the last deck what belongs to none.
fn counts(summary: &Value) -> Vec<String> {
    let number = |of: &Value, name: &str| of[name].as_u64().unwrap_or(0);
    let mut lines: Vec<String> = Vec::new();
    for deck in summary["decks"].as_array().into_iter().flatten() {
        let n = |name: &str| number(deck, name);
        // An edit of one's own removes cards; an author's removal is kept, suspended or archived.
        let (kept, removed) = match deck["archived"].as_u64() {
            Some(archived) => (n("removed").saturating_sub(archived + n("suspended")), 0),
            None => (0, n("removed")),
        };
        let parts = [
            (n("new"), "new"),
            (n("parked"), "parked"),
            (n("changed"), "changed"),
            (removed, "removed"),
            (n("archived"), "archived"),
            (n("suspended"), "suspended"),
            (kept, "kept that its author removed"),
            (n("skipped"), "left out (here already)"),
            (n("unchanged"), "unchanged"),
        ];
        let said: Vec<String> =
            parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", thousands(*n))).collect();
        let said = if said.is_empty() { "no cards".to_owned() } else { said.join(", ") };
        lines.push(format!("{}: {said}", deck["deck"].as_str().unwrap_or_default()));
    }
    let beside = [(number(summary, "media"), "file"), (number(summary, "reviews"), "review")];
    let beside: Vec<String> = beside.iter().filter(|(n, _)| *n > 0).map(|(n, what)| count(*n, what)).collect();
    if let (Some(last), false) = (lines.last_mut(), beside.is_empty()) {
        last.push_str(&format!("; {}", beside.join(", ")));
    }
    lines
}

/// `import --audit N`.
pub fn audit(store: &Store, number: i64, context: &mut Context) -> Outcome {
    let rows = store.audit(number, 1_000_000)?;
    if context.json {
        let list: Vec<Value> = rows
            .iter()
            .map(|r| {
                let value = |t: &Option<String>| t.as_ref().and_then(|t| serde_json::from_str::<Value>(t).ok());
                json!({
                    "deck": r.slug, "card": r.card, "field": r.field, "action": r.action,
                    "before": value(&r.before), "after": value(&r.after),
                })
            })
            .collect();
        return context.show_json(&json!(list));
    }
    if rows.is_empty() {
        return Err(Failure::nothing(format!("import {number} changed no card"))
            .hint("`scanwise import --list` has the numbers"));
    }
    let mut doc = Doc::new(context.width());
    for r in rows {
        let field = if r.field.is_empty() { String::new() } else { format!(" {}", r.field) };
        doc.mixed(&[
            (Role::Strong, &format!("{}/{}", r.slug, r.card)),
            (Role::Plain, &format!("{field}: {}", r.action)),
        ]);
        if r.action == "changed" {
            doc.hanging("  - ", Role::Bad, Role::Dim, r.before.as_deref().unwrap_or("(nothing)"));
            doc.hanging("  + ", Role::Good, Role::Plain, r.after.as_deref().unwrap_or("(nothing)"));
        }
    }
    context.show(&doc)
}

#[cfg(test)]
mod tests {
    use super::counts;
    use serde_json::json;

    #[test]
    fn what_a_record_does_not_count_is_not_told() {
        // As an edit of one's own records it: a card one took out oneself was not removed by its author.
        let own = json!({ "decks": [{ "deck": "mine", "new": 0, "changed": 2, "removed": 1 }] });
        assert_eq!(counts(&own), ["mine: 2 changed, 1 removed"]);
        let both = json!({ "decks": [{ "deck": "a", "new": 1_200 }, { "deck": "b" }], "media": 1, "reviews": 2 });
        assert_eq!(counts(&both), ["a: 1,200 new", "b: no cards; 1 file, 2 reviews"]);
        assert_eq!(counts(&json!(null)), Vec::<String>::new());
    }
}
