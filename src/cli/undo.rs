//! `scanwise undo`.

use super::answer::due_text;
use super::context::Context;
use super::failure::{Failure, Outcome};
use crate::ui::{Doc, Role};
use serde_json::json;

/// Runs the command.
pub fn run(context: &mut Context) -> Outcome {
    let mut store = context.open()?;
    let Some(taken) = store.undo(None, context.now())? else {
        return Err(Failure::nothing("there is no answer to take back"));
    };
    if context.json {
        return context.show_json(&json!({
            "card": taken.card.as_str(),
            "answered": taken.at.rfc3339(),
            "grade": taken.grade.value(),
            "due": due_text(&taken.after),
        }));
    }
    let mut doc = Doc::new(context.width());
    let due = due_text(&taken.after).map_or("it is new again".to_owned(), |d| format!("due {d}"));
    doc.para(Role::Plain, &format!("Taken back: {} (graded {}); {due}.", taken.card, taken.grade));
    context.show(&doc)
}
