//! `scanwise` alone: today at a glance.

use super::context::Context;
use super::failure::Outcome;
use crate::model::text::{count, thousands};
use crate::session::machine::DEFAULT_PACE_MS;
use crate::store::Filter;
use crate::store::drafts::MOST_COUNTED;
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
    let waiting = store.drafts_waiting(today)?;
    let oldest_days = waiting.map(|w| today.since(w.oldest.study_day(store.settings().rollover)).max(0));
    if context.json {
        return context.show_json(&json!({
            "today": today.to_string(), "now": now.rfc3339(),
            "left": plan.left, "due": due, "new": new, "again": again, "minutes": minutes,
            "answered": answered, "new_met": met,
            "next_due": next.map(|d| d.to_string()), "next_command": command,
            "drafts": { "count": waiting.map_or(0, |w| w.count), "oldest_days": oldest_days },
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
    if let (Some(waiting), Some(days)) = (waiting, oldest_days) {
        doc.mixed(&[(Role::Plain, &drafts_line(waiting.count, days)), (Role::Key, "scanwise\u{a0}inbox")]);
    }
    doc.blank();
    doc.mixed(&[(Role::Plain, "Next: "), (Role::Key, command)]);
    context.show(&doc)
}

/// "3 drafts wait, the oldest for 5 days; "
fn drafts_line(n: u64, days: i32) -> String {
    let more = if n >= MOST_COUNTED { " or more" } else { "" };
    let (noun, verb) = if n == 1 { ("draft", "waits") } else { ("drafts", "wait") };
    let since = match days {
        ..=0 => "since today".to_owned(),
        days => format!("for {}", count(u64::from(days.unsigned_abs()), "day")),
    };
    let oldest = if n == 1 { "" } else { ", the oldest" };
    format!("{}{more} {noun} {verb}{oldest} {since}; ", thousands(n))
}
