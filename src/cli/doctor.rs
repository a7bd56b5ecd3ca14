//! `scanwise doctor`.

use super::context::Context;
use super::failure::{FIXABLE, Failure, Outcome};
use crate::model::text::count;
use crate::ui::{Doc, Role};
use clap::Args;
use serde_json::json;

/// What to do.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Make the cache anew from the review log
    #[arg(long)]
    pub repair: bool,
}

/// Runs the command.
pub fn run(args: &DoctorArgs, context: &mut Context) -> Outcome {
    let mut store = context.open()?;
    if args.repair {
        store.repair()?;
    }
    let health = store.examine()?;
    let decks = store.notices().to_vec();
    if context.json {
        let differences: Vec<_> =
            health.differences.iter().map(|d| json!({ "what": d.what, "log": d.log, "cache": d.cache })).collect();
        context.show_json(&json!({
            "ok": health.is_good(),
            "home": store.home().display().to_string(),
            "events": health.events,
            "cards": health.cards,
            "integrity": health.integrity,
            "differences": differences,
            "different": health.different,
            "decks": decks.iter().map(|n| json!({ "file": n.path.display().to_string(), "cause": n.cause })).collect::<Vec<_>>(),
        }))?;
    } else {
        let mut doc = Doc::new(context.width());
        doc.hanging("home: ", Role::Strong, Role::Plain, &store.home().display().to_string());
        doc.hanging(
            "log: ",
            Role::Strong,
            Role::Plain,
            &format!("{} of {}", count(health.events, "event"), count(health.cards, "card")),
        );
        if health.integrity.is_empty() {
            doc.mixed(&[(Role::Good, "ok "), (Role::Plain, "the database is whole")]);
        }
        for line in &health.integrity {
            doc.hanging("damaged: ", Role::Bad, Role::Plain, line);
        }
        if health.different == 0 {
            doc.mixed(&[(Role::Good, "ok "), (Role::Plain, "the cache agrees with the log")]);
        }
        for d in &health.differences {
            doc.hanging(
                "differs: ",
                Role::Bad,
                Role::Plain,
                &format!("{}: the log says {}; the cache says {}", d.what, d.log, d.cache),
            );
        }
        if decks.is_empty() {
            doc.mixed(&[(Role::Good, "ok "), (Role::Plain, "every deck can be read")]);
        }
        context.show(&doc)?;
    }
    if !health.integrity.is_empty() {
        return Err(Failure::fixable("the database is damaged")
            .hint("copy the whole home somewhere safe first, then put back a copy from before"));
    }
    if health.different > 0 {
        return Err(Failure::fixable(format!(
            "the cache differs from the log in {}",
            count(health.different, "place")
        ))
        .hint("`scanwise doctor --repair` makes it anew from the log; the log itself is whole"));
    }
    if decks.is_empty() { Ok(()) } else { Err(Failure::silent(FIXABLE)) }
}
