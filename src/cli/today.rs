//! `scanwise` alone: today at a glance.

use super::context::Context;
use super::failure::Outcome;
use crate::model::text::count;
use crate::session::machine::DEFAULT_PACE_MS;
use crate::store::Filter;
use crate::ui::{Doc, Role};
use serde_json::json;
use std::collections::HashSet;

/// Runs the command.
pub fn run(context: &mut Context) -> Outcome {
    let store = context.open()?;
    let now = context.now();
    let today = store.today(now);
    let plan = store.plan(today, &Filter::default(), None, context.seed(&store), &HashSet::new())?;
    let (due, new) = (plan.due, plan.new);
    let again = plan.left.saturating_sub(due + new);
    let (answered, met) = store.done_on(today)?;
    let pace = store.pace_ms(today)?.unwrap_or(DEFAULT_PACE_MS);
    let minutes = (plan.left * pace).div_ceil(60_000);
    let next = store.next_due_after(today)?;
    let command = if plan.left > 0 { "scanwise review" } else { "scanwise review --new 5" };
    if context.json {
        return context.show_json(&json!({
            "today": today.to_string(), "now": now.rfc3339(),
            "left": plan.left, "due": due, "new": new, "again": again, "minutes": minutes,
            "answered": answered, "new_met": met,
            "next_due": next.map(|d| d.to_string()), "next_command": command,
        }));
    }
    let mut doc = Doc::new(context.width());
    doc.para(Role::Strong, &today.date().format("%A, %-d %B %Y").to_string());
    doc.blank();
    if plan.left == 0 {
        doc.para(Role::Good, "Nothing is due.");
        if let Some(day) = next {
            doc.para(Role::Plain, &format!("The next cards are due on {}.", day.date().format("%A, %-d %B")));
        }
    } else {
        let mut parts = vec![format!("{due} due"), format!("{new} new")];
        if again > 0 {
            parts.push(format!("{again} to repeat"));
        }
        doc.mixed(&[(Role::Strong, &parts.join(", ")), (Role::Plain, &format!("; about {minutes} min"))]);
    }
    if answered > 0 {
        doc.para(Role::Dim, &format!("Done today: {}, {met} new.", count(answered, "answer")));
    }
    doc.blank();
    doc.mixed(&[(Role::Plain, "Next: "), (Role::Key, command)]);
    context.show(&doc)
}
