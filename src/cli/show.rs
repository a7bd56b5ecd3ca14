//! `scanwise show`: one card with everything an author checks.

use super::cards::{as_json, standing};
use super::context::Context;
use super::failure::Outcome;
use super::import::report::{came_from, provenance};
use crate::deck::Catalog;
use crate::interchange::journal;
use crate::interchange::plan::media as plan_media;
use crate::log::{Event, EventKind, Picked};
use crate::model::{Body, Card, CardKey, Verdict};
use crate::ui::{Doc, Role};
use clap::Args;
use serde_json::{Value, json};

/// Which card.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The card, as deck/card
    #[arg(value_name = "CARD")]
    pub card: String,
}

/// Runs the command.
pub fn run(args: &ShowArgs, context: &mut Context) -> Outcome {
    let store = context.open()?;
    let row = match context.card(&store, &args.card) {
        Ok(row) => row,
        // A cloze is written as one card and scheduled as several: its name alone shows the first.
        Err(missing) => {
            let first = CardKey::parse(&format!("{}#1", args.card)).ok();
            first.map(|key| store.card_named(&key)).transpose()?.flatten().ok_or(missing)?
        }
    };
    let siblings = store.siblings(row.id)?;
    let history = store.history(row.id)?;
    let file = store.deck_file(row.key.deck())?;
    let origin = store.origins()?.into_iter().find(|o| o.slug == row.key.deck());
    if context.json {
        let mut out = as_json(&row);
        let fields = out.as_object_mut().expect("made as an object");
        fields.insert("siblings".into(), json!(siblings));
        fields.insert("deck_file".into(), json!(file.as_ref().map(|f| &f.0)));
        fields.insert("deck_version".into(), json!(file.as_ref().map(|f| &f.1)));
        fields.insert("note".into(), json!(row.personal.note));
        fields.insert("own_tags".into(), json!(row.personal.tags));
        let from = origin.as_ref().map(provenance);
        fields.insert("from".into(), json!(from));
        fields.insert("history".into(), json!(history.iter().map(journal::to_json).collect::<Vec<_>>()));
        if let Some(card) = &row.card {
            fields.insert("content".into(), content(card));
        }
        return context.show_json(&out);
    }
    let mut doc = Doc::new(context.width());
    doc.para(Role::Title, row.key.as_str());
    doc.para(Role::Dim, &standing(&row));
    if let Some(card) = &row.card {
        body(&mut doc, card);
    }
    if !siblings.is_empty() {
        doc.blank();
        doc.hanging("Siblings: ", Role::Strong, Role::Plain, &siblings.join(", "));
    }
    if let Some((file, version)) = &file {
        doc.blank();
        doc.hanging("Deck: ", Role::Strong, Role::Plain, &format!("{} {version}, {file}", row.key.deck()));
    }
    if let Some(origin) = &origin {
        doc.hanging("From: ", Role::Strong, Role::Plain, &came_from(origin));
    }
    media(&mut doc, &row, &store);
    if let Some(note) = &row.personal.note {
        doc.hanging("Mine: ", Role::Key, Role::Plain, note);
    }
    if !row.personal.tags.is_empty() {
        let tags: Vec<String> = row.personal.tags.iter().map(|t| format!("#{t}")).collect();
        doc.hanging("My tags: ", Role::Key, Role::Plain, &tags.join(" "));
    }
    if !history.is_empty() {
        doc.blank();
        doc.para(Role::Strong, "History");
        for event in history.iter().rev().take(20).rev() {
            doc.hanging("  ", Role::Plain, Role::Plain, &event_line(event));
        }
    }
    context.show(&doc)
}

/// Where the pictures and sounds of a card lie.
fn media(doc: &mut Doc, row: &crate::store::CardRow, store: &crate::store::Store) {
    let text = row.card.as_ref().map(|c| content(c).to_string()).unwrap_or_default();
    let mut names: Vec<String> = plan_media::named([text.as_str()]).into_iter().collect();
    names.sort();
    for name in names {
        let path = store.home().join("decks").join(plan_media::folder(row.key.deck())).join(&name);
        let gone = if path.is_file() { "" } else { " (not there)" };
        doc.hanging("Media: ", Role::Strong, Role::Plain, &format!("{}{gone}", path.display()));
    }
}

fn body(doc: &mut Doc, card: &Card) {
    let mut facts = vec![card.type_word().to_owned(), card.domain.clone()];
    facts.extend(card.tags.iter().map(|t| format!("#{t}")));
    doc.para(Role::Dim, &facts.join(" "));
    if !card.covers.is_empty() {
        doc.hanging("Covers: ", Role::Dim, Role::Dim, &card.covers.join(", "));
    }
    doc.blank();
    match &card.body {
        Body::Decision { vignette, question, options, rule, next, family, modifier } => {
            if let Some(family) = family {
                let modifier = modifier.as_deref().unwrap_or("none given");
                doc.hanging("Family: ", Role::Strong, Role::Plain, &format!("{family}; modifier: {modifier}"));
                doc.blank();
            }
            doc.para(Role::Plain, vignette);
            doc.para(Role::Dim, &format!("({} words)", vignette.split_whitespace().count()));
            doc.blank();
            doc.para(Role::Strong, question);
            for option in options {
                doc.blank();
                let (role, word) = match option.verdict {
                    Verdict::Best => (Role::Good, "best"),
                    Verdict::Acceptable => (Role::Warn, "acceptable"),
                    Verdict::Wrong => (Role::Bad, option.harm.map_or("wrong", crate::model::Harm::word)),
                };
                doc.hanging(&format!("[{word}] "), role, Role::Strong, &option.text);
                doc.hanging("   ", Role::Plain, Role::Plain, &option.why);
                let mut tail = format!("id {}", option.id);
                if let Some(study) = option.study.as_deref().and_then(|s| Catalog::bundled().get(s)) {
                    tail.push_str(&format!("; {}", study.dose_line()));
                }
                doc.hanging("   ", Role::Plain, Role::Dim, &tail);
            }
            doc.blank();
            doc.hanging("Rule: ", Role::Title, Role::Strong, rule);
            doc.hanging("If positive: ", Role::Strong, Role::Plain, &next.if_positive);
            doc.hanging("If negative: ", Role::Strong, Role::Plain, &next.if_negative);
        }
        Body::Basic { front, back, why } => {
            doc.para(Role::Strong, front);
            doc.hanging("= ", Role::Good, Role::Strong, back);
            if let Some(why) = why {
                doc.para(Role::Plain, why);
            }
        }
        Body::Cloze { text, why } => {
            doc.para(Role::Strong, text.source());
            if let Some(why) = why {
                doc.para(Role::Plain, why);
            }
        }
    }
    if let Some(note) = &card.note {
        doc.blank();
        doc.hanging("Note: ", Role::Dim, Role::Plain, note);
    }
    doc.blank();
    for source in &card.sources {
        doc.hanging("Source: ", Role::Dim, Role::Plain, &source.cite());
        let more: Vec<String> = [
            source.url.clone(),
            source.checked.as_ref().map(|c| format!("checked {c}")),
            source.basis.as_ref().map(|b| format!("basis: {b}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !more.is_empty() {
            doc.hanging("        ", Role::Dim, Role::Dim, &more.join("; "));
        }
    }
}

fn content(card: &Card) -> Value {
    let mut out = json!({
        "id": card.id, "type": card.type_word(), "covers": card.covers, "sources": card.sources, "note": card.note,
    });
    let fields = out.as_object_mut().expect("made as an object");
    match &card.body {
        Body::Decision { vignette, question, options, rule, next, family, modifier } => {
            let options: Vec<Value> = options
                .iter()
                .map(|o| {
                    let study = o.study.as_deref().and_then(|s| Catalog::bundled().get(s));
                    json!({
                        "id": o.id, "study": o.study, "text": o.text, "verdict": o.verdict, "harm": o.harm, "why": o.why,
                        "rrl": study.map(|s| s.rrl), "dose_msv": study.map(|s| s.dose_msv), "contrast": study.map(|s| s.contrast),
                    })
                })
                .collect();
            for (name, value) in [
                ("vignette", json!(vignette)),
                ("question", json!(question)),
                ("options", json!(options)),
                ("rule", json!(rule)),
                ("next", json!(next)),
                ("family", json!(family)),
                ("modifier", json!(modifier)),
            ] {
                fields.insert(name.into(), value);
            }
        }
        Body::Basic { front, back, why } => {
            for (name, value) in [("front", json!(front)), ("back", json!(back)), ("why", json!(why))] {
                fields.insert(name.into(), value);
            }
        }
        Body::Cloze { text, why } => {
            fields.insert("text".into(), json!(text.source()));
            fields.insert("why".into(), json!(why));
        }
    }
    out
}

fn event_line(event: &Event) -> String {
    let what = match &event.kind {
        EventKind::Answered(a) => {
            let picked = match &a.picked {
                Picked::Option(id) => id.clone(),
                Picked::Recalled(yes) => if *yes { "recalled" } else { "not recalled" }.to_owned(),
            };
            let miss = a.miss.map_or(String::new(), |m| format!(", {m}"));
            format!("answered {picked}, {}, grade {}{miss}", a.confidence, a.grade)
        }
        EventKind::Debriefed { miss, grade, .. } => format!("debriefed: {miss}, grade {grade}"),
        EventKind::Relearn(turn) => format!("its answer changed: was {}; now {}", turn.was, turn.now),
        EventKind::Tagged(tags) => format!("tagged {}", tags.join(", ")),
        other => other.word().to_owned(),
    };
    format!("{} {what}", event.at.local().format("%Y-%m-%d %H:%M"))
}
