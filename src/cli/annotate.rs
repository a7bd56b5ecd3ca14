//! `scanwise annotate`: a student's own note and tags on a card.

use super::context::Context;
use super::failure::{Failure, Outcome};
use crate::log::EventKind;
use crate::model::ids::{check_id, suggest_id};
use crate::ui::{Doc, Role};
use clap::Args;
use serde_json::json;

/// What to add.
#[derive(Debug, Args)]
pub struct AnnotateArgs {
    /// The card, as deck/card
    #[arg(value_name = "CARD")]
    pub card: String,
    /// Your note on it; "" removes it
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Add a tag of your own (again for more)
    #[arg(long = "tag", short = 't', value_name = "T")]
    pub tags: Vec<String>,
    /// Remove a tag of your own (again for more)
    #[arg(long = "untag", value_name = "T")]
    pub untag: Vec<String>,
}

/// Longest note, in characters.
const MAX_NOTE: usize = 4_000;

/// Runs the command.
pub fn run(args: &AnnotateArgs, context: &mut Context) -> Outcome {
    let mut store = context.open()?;
    let row = context.card(&store, &args.card)?;
    let mut personal = row.personal.clone();
    for tag in &args.tags {
        if check_id(tag).is_err() {
            let hint = suggest_id(tag).map_or("tags hold a-z, 0-9 and '-'".to_owned(), |s| format!("try \"{s}\""));
            return Err(Failure::usage(format!("\"{tag}\" is not a tag")).hint(hint));
        }
        if !personal.tags.contains(tag) {
            personal.tags.push(tag.clone());
        }
    }
    personal.tags.retain(|t| !args.untag.contains(t));
    if let Some(note) = &args.note {
        if note.chars().count() > MAX_NOTE {
            return Err(Failure::usage(format!("a note has at most {MAX_NOTE} characters")));
        }
        personal.note = (!note.trim().is_empty()).then(|| note.trim().to_owned());
    }
    if personal.note != row.personal.note {
        store.mark(row.id, &row.key, EventKind::Noted(personal.note.clone()), context.now())?;
    }
    if personal.tags != row.personal.tags {
        store.mark(row.id, &row.key, EventKind::Tagged(personal.tags.clone()), context.now())?;
    }
    if context.json {
        let out = json!({ "card": row.key.as_str(), "note": personal.note, "tags": personal.tags });
        return context.show_json(&out);
    }
    let mut doc = Doc::new(context.width());
    doc.para(Role::Strong, row.key.as_str());
    match &personal.note {
        Some(note) => doc.hanging("Mine: ", Role::Key, Role::Plain, note),
        None => doc.para(Role::Dim, "no note of yours"),
    }
    if !personal.tags.is_empty() {
        doc.hanging("My tags: ", Role::Key, Role::Plain, &personal.tags.join(", "));
    }
    context.show(&doc)
}
