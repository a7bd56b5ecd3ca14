//! What a page of notes would change, for people and for programs. What was found of a patient is never repeated.

use super::plan::{Drafted, Fate, FilePlan, Item};
use super::vanished::Vanished;
use crate::cli::inbox::card;
use crate::deck::merge::{FieldChange, differences};
use crate::interchange::safeguard::suspects;
use crate::model::text::count;
use crate::ui::{Doc, Role};
use serde_json::{Value, json};

/// Items of one kind shown; the rest is counted.
const SHOWN: usize = 12;

/// Characters of a text shown in one line.
const CUT: usize = 120;

/// The preview.
#[must_use]
pub fn plan(plan: &FilePlan, all: bool, width: usize) -> Doc {
    let mut doc = Doc::new(width);
    let most = if all { usize::MAX } else { SHOWN };
    doc.mixed(&[(Role::Title, &plan.page.name), (Role::Plain, &format!(": {}", numbers(plan)))]);
    section(&mut doc, "New", &plan.of(|f| *f == Fate::New), most, |doc, i| {
        doc.hanging("  + ", Role::Good, Role::Plain, &format!("line {}: {}", i.line, card::discreet(&i.raw)));
        if let Some((name, same)) = &i.twin {
            let how = if *same { "word for word the same as" } else { "asks the same, with another answer, as" };
            doc.hanging("    ", Role::Plain, Role::Warn, &format!("{how} {name}"));
        }
    });
    section(&mut doc, "Changed", &plan.of(|f| matches!(f, Fate::Changed { .. })), most, changed);
    // What is a draft already and says nothing new is counted, and not told at every reading.
    let told = |f: &Fate| matches!(f, Fate::Draft(d) if all || !matches!(d, Drafted::Same | Drafted::Dropped));
    section(&mut doc, "Drafts", &plan.of(told), most, draft);
    section(&mut doc, "Held back: could identify a patient", &plan.of(|f| matches!(f, Fate::Held(..))), most, held);
    let conflicts = plan.of(|f| matches!(f, Fate::Conflict(_)));
    section(&mut doc, "Edited in the deck and in the notes", &conflicts, most, conflict);
    let differing = plan.of(|f| matches!(f, Fate::Differs(_)));
    if all {
        section(&mut doc, "Otherwise in the deck than in the notes", &differing, most, differs);
    }
    if !differing.is_empty() {
        let more = if all { "" } else { ", -v shows which" };
        let hint = format!("{} otherwise in the deck; --restore takes the notes' text{more}.", stands(differing.len()));
        doc.hanging("    ", Role::Plain, Role::Dim, &hint);
    }
    section(
        &mut doc,
        "Not used",
        &plan.of(|f| matches!(f, Fate::Clash(_) | Fate::Broken | Fate::Removed)),
        most,
        |doc, i| {
            let why = match &i.fate {
                Fate::Clash(other) => {
                    format!("{} is a card of {other}; delete the comment here for an id of its own", i.id)
                }
                Fate::Broken => format!("its card {}/{} stays as it was; it lacks {}", i.deck, i.id, lacks(i)),
                _ => format!("{}/{} was taken out of its deck; --restore puts it back", i.deck, i.id),
            };
            doc.hanging("  ! ", Role::Warn, Role::Plain, &format!("line {}: {why}", i.line));
        },
    );
    // Told once, and not at every reading.
    let vanished: Vec<&Vanished> = plan.vanished.iter().filter(|v| all || !v.told).collect();
    if !vanished.is_empty() {
        doc.hanging("  ", Role::Plain, Role::Strong, &format!("Not in the notes any more ({})", vanished.len()));
        for gone in vanished.iter().take(most) {
            doc.hanging("  - ", Role::Dim, Role::Plain, &format!("{} stays: {}", gone.name, gone.words));
            doc.hanging("    ", Role::Plain, Role::Dim, &format!("`{}` takes it away", gone.away));
        }
        rest(&mut doc, vanished.len(), most);
        if plan.items.iter().any(|i| i.fate == Fate::New) && !plan.ids.is_empty() {
            let hint =
                "A question that was reworded is a new card, unless its note has an id: --write-ids gives it one.";
            doc.hanging("    ", Role::Plain, Role::Dim, hint);
        }
    }
    if !plan.troubles.is_empty() {
        doc.hanging("  ", Role::Plain, Role::Strong, &format!("Problems ({})", plan.troubles.len()));
        for t in plan.troubles.iter().take(most) {
            doc.hanging("  ! ", Role::Warn, Role::Plain, &format!("{}: {}", t.place, t.cause));
            doc.hanging("    ", Role::Plain, Role::Dim, &t.hint);
        }
        rest(&mut doc, plan.troubles.len(), most);
    }
    doc
}

fn stands(n: usize) -> String {
    format!("{} {}", count(n as u64, "card"), if n == 1 { "stands" } else { "stand" })
}

/// Both sides of what was edited in the deck and in the notes.
pub fn conflict(doc: &mut Doc, item: &Item) {
    let Fate::Conflict(conflicts) = &item.fate else { return };
    doc.hanging("  ! ", Role::Bad, Role::Plain, &format!("line {}: {}/{}", item.line, item.deck, item.id));
    if !suspects(&item.raw).is_empty() {
        let fields: Vec<&str> = conflicts.iter().map(|c| c.field.as_str()).collect();
        let text = format!("{}; it could identify a patient", fields.join(", "));
        return doc.hanging("      ", Role::Plain, Role::Plain, &text);
    }
    for conflict in conflicts {
        // Whole cards are not readable side by side: the fields in which they differ are.
        let sides = if conflict.field.is_empty() {
            let text = |v: &Option<Value>| v.as_ref().map_or(String::new(), ToString::to_string);
            differences(&text(&conflict.mine), &text(&conflict.theirs))
        } else {
            let (before, after) = (conflict.mine.clone(), conflict.theirs.clone());
            vec![FieldChange { field: conflict.field.clone(), before, after }]
        };
        for side in sides {
            doc.hanging("      ", Role::Plain, Role::Strong, &side.field);
            doc.hanging("      deck:  ", Role::Dim, Role::Plain, &shown(side.before.as_ref()));
            doc.hanging("      notes: ", Role::Dim, Role::Plain, &shown(side.after.as_ref()));
        }
    }
}

fn differs(doc: &mut Doc, item: &Item) {
    let Fate::Differs(changes) = &item.fate else { return };
    let fields: Vec<&str> = changes.iter().map(|c| c.field.as_str()).collect();
    let text = format!("line {}: {}/{} ({})", item.line, item.deck, item.id, fields.join(", "));
    doc.hanging("  = ", Role::Dim, Role::Plain, &text);
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => "(nothing)".to_owned(),
        Some(Value::String(text)) => card::cut(text, CUT),
        Some(other) => card::cut(&other.to_string(), CUT),
    }
}

fn rest(doc: &mut Doc, all: usize, most: usize) {
    if all > most {
        doc.hanging("    ", Role::Plain, Role::Dim, &format!("... and {} more; --verbose shows all", all - most));
    }
}

fn section(doc: &mut Doc, title: &str, items: &[&Item], most: usize, mut each: impl FnMut(&mut Doc, &Item)) {
    if items.is_empty() {
        return;
    }
    doc.hanging("  ", Role::Plain, Role::Strong, &format!("{title} ({})", items.len()));
    for item in items.iter().take(most) {
        each(doc, item);
    }
    rest(doc, items.len(), most);
}

fn changed(doc: &mut Doc, item: &Item) {
    let Fate::Changed { class, changes, merged, .. } = &item.fate else { return };
    let line = format!("line {} {}/{} ({}: {})", item.line, item.deck, item.id, class.word(), class.consequence());
    doc.hanging("  ~ ", Role::Warn, Role::Plain, &line);
    for change in changes {
        doc.hanging("      ", Role::Plain, Role::Strong, if change.field.is_empty() { "card" } else { &change.field });
        doc.hanging("      - ", Role::Bad, Role::Dim, &shown(change.before.as_ref()));
        doc.hanging("      + ", Role::Good, Role::Plain, &shown(change.after.as_ref()));
    }
    if *merged {
        doc.hanging("      ", Role::Plain, Role::Dim, "what you edited in the deck stays");
    }
}

fn lacks(item: &Item) -> String {
    if item.missing.is_empty() { "something (see the problems)".to_owned() } else { item.missing.join(", ") }
}

fn draft(doc: &mut Doc, item: &Item) {
    let Fate::Draft(drafted) = &item.fate else { return };
    let lacks = lacks(item);
    let more = match drafted {
        Drafted::New => format!("lacks {lacks}"),
        Drafted::Follows(id) => format!("draft {id} follows; lacks {lacks}"),
        Drafted::Same => format!("a draft already; lacks {lacks}"),
        Drafted::Worked(id) => format!("you worked on draft {id} in the inbox; it stays as it is"),
        Drafted::Dropped => "you dropped it".to_owned(),
    };
    doc.hanging(
        "  ? ",
        Role::Warn,
        Role::Plain,
        &format!("line {}: {} ({more})", item.line, card::discreet(&item.raw)),
    );
}

/// Line, field and kind; not the text.
fn held(doc: &mut Doc, item: &Item) {
    let Fate::Held(suspects, _) = &item.fate else { return };
    for suspect in suspects {
        doc.hanging(
            "  ! ",
            Role::Bad,
            Role::Plain,
            &format!("line {}, {}: {}", item.line, suspect.field, suspect.finding.why),
        );
    }
}

/// "3 new, 1 changed, 12 unchanged".
#[must_use]
pub fn numbers(plan: &FilePlan) -> String {
    let n = |is: fn(&Fate) -> bool| plan.of(is).len();
    let drafts = n(|f| matches!(f, Fate::Draft(_)));
    let parts = [
        (n(|f| *f == Fate::New), "new".to_owned()),
        (n(|f| matches!(f, Fate::Changed { .. })), "changed".to_owned()),
        (n(|f| matches!(f, Fate::Unchanged | Fate::Known | Fate::Differs(_))), "unchanged".to_owned()),
        (drafts, if drafts == 1 { "draft" } else { "drafts" }.to_owned()),
        (n(|f| matches!(f, Fate::Held(..))), "held back".to_owned()),
        (n(|f| matches!(f, Fate::Conflict(_))), "edited on both sides".to_owned()),
        (n(|f| matches!(f, Fate::Clash(_) | Fate::Broken | Fate::Removed)), "not used".to_owned()),
        (plan.vanished.iter().filter(|v| !v.told).count(), "gone from the notes".to_owned()),
    ];
    let said: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    if said.is_empty() { "no cards in it".to_owned() } else { said.join(", ") }
}

/// The same for programs.
#[must_use]
pub fn as_json(plan: &FilePlan, written: Option<usize>) -> Value {
    let items: Vec<Value> = plan
        .items
        .iter()
        .map(|i| {
            let mut out = json!({ "id": i.id, "card": format!("{}/{}", i.deck, i.id), "line": i.line });
            let more = match &i.fate {
                Fate::New => json!({ "fate": "new", "asks_the_same_as": i.twin.as_ref().map(|t| &t.0) }),
                Fate::Changed { class, changes, merged, .. } => json!({
                    "fate": "changed", "class": class, "schedule": class.consequence(), "merged": merged,
                    "fields": changes.iter().map(|c| &c.field).collect::<Vec<_>>(),
                }),
                Fate::Unchanged | Fate::Known => json!({ "fate": "unchanged" }),
                Fate::Differs(changes) => json!({
                    "fate": "unchanged", "deck_differs": changes.iter().map(|c| &c.field).collect::<Vec<_>>(),
                }),
                Fate::Removed => json!({ "fate": "removed-here" }),
                Fate::Conflict(conflicts) => {
                    json!({ "fate": "conflict", "fields": conflicts.iter().map(|c| &c.field).collect::<Vec<_>>() })
                }
                Fate::Clash(other) => json!({ "fate": "clash", "with": other }),
                Fate::Held(suspects, _) => json!({
                    "fate": "held",
                    "possible_identifiers": suspects.iter()
                        .map(|s| json!({ "field": s.field, "kind": s.finding.kind.word() })).collect::<Vec<_>>(),
                }),
                Fate::Draft(d) => json!({
                    "fate": "draft", "missing": i.missing,
                    "draft": match d {
                        Drafted::New => "new",
                        Drafted::Follows(_) => "follows",
                        Drafted::Same => "same",
                        Drafted::Worked(_) => "worked-on",
                        Drafted::Dropped => "dropped",
                    },
                }),
                Fate::Broken => json!({ "fate": "incomplete-now", "missing": i.missing }),
            };
            if let (Some(out), Some(more)) = (out.as_object_mut(), more.as_object()) {
                out.extend(more.clone());
            }
            out
        })
        .collect();
    let troubles: Vec<Value> =
        plan.troubles.iter().map(|t| json!({ "place": t.place, "cause": t.cause, "hint": t.hint })).collect();
    let gone: Vec<&String> = plan.vanished.iter().map(|v| &v.name).collect();
    json!({
        "file": plan.page.source, "items": items, "gone_from_notes": gone, "problems": troubles,
        "ids_written": written,
    })
}

/// What was done, in one line.
#[must_use]
pub fn done(plan: &FilePlan) -> String {
    let cards = plan.of(|f| matches!(f, Fate::New | Fate::Changed { .. })).len();
    let drafts = plan
        .of(|f| {
            matches!(
                f,
                Fate::Draft(Drafted::New | Drafted::Follows(_)) | Fate::Held(_, Drafted::New | Drafted::Follows(_))
            )
        })
        .len();
    let mut parts = Vec::new();
    if cards > 0 {
        parts.push(count(cards as u64, "card"));
    }
    if drafts > 0 {
        parts.push(count(drafts as u64, "draft"));
    }
    format!("Saved {}.", if parts.is_empty() { "nothing".to_owned() } else { parts.join(" and ") })
}
