//! `scanwise suspend`, `resume` and `reset`.

use super::cards::standing;
use super::context::Context;
use super::failure::{Failure, Outcome};
use crate::log::EventKind;
use crate::ui::{Doc, Role};
use clap::Args;
use serde_json::json;

/// Which cards.
#[derive(Debug, Args)]
pub struct MarkArgs {
    /// The cards, each as deck/card
    #[arg(value_name = "CARD", required = true)]
    pub cards: Vec<String>,
}

/// Which cards to show again.
#[derive(Debug, Args)]
pub struct ResumeArgs {
    /// The cards, each as deck/card
    #[arg(value_name = "CARD", required_unless_present_any = ["decks", "tags"])]
    pub cards: Vec<String>,
    /// Release the parked cards of this deck (again for more)
    #[arg(long = "deck", value_name = "DECK", conflicts_with = "cards")]
    pub decks: Vec<String>,
    /// Release the parked cards with this tag (again for more)
    #[arg(long = "tag", value_name = "T", conflicts_with = "cards")]
    pub tags: Vec<String>,
}

/// `scanwise resume`: single cards, or the parked ones of a deck or tag. Cards the student suspended stay suspended
/// unless they are named.
pub fn resume(args: ResumeArgs, context: &mut Context) -> Outcome {
    if args.decks.is_empty() && args.tags.is_empty() {
        return run(&MarkArgs { cards: args.cards }, Mark::Resume, context);
    }
    let mut store = context.open()?;
    let filter = context.filter(&store, &args.decks, &args.tags, &[])?;
    let cards = store.parked(&filter)?;
    if cards.is_empty() {
        return Err(Failure::nothing("no parked card is there")
            .hint("cards you suspended yourself are resumed by name; `scanwise cards --suspended` lists them"));
    }
    store.mark_all(&cards, &EventKind::Resumed, context.now())?;
    if context.json {
        let list: Vec<_> =
            cards.iter().map(|(_, key)| json!({ "card": key.as_str(), "changed": true, "suspended": false })).collect();
        return context.show_json(&json!(list));
    }
    context.say(Role::Good, &format!("{} released.", crate::model::text::count(cards.len() as u64, "card")))
}

/// What to do with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Stop showing.
    Suspend,
    /// Show again.
    Resume,
    /// Forget the schedule.
    Reset,
}

/// Runs the command. All names are looked up before anything is written.
pub fn run(args: &MarkArgs, mark: Mark, context: &mut Context) -> Outcome {
    let mut store = context.open()?;
    let rows = args.cards.iter().map(|name| context.card(&store, name)).collect::<Outcome<Vec<_>>>()?;
    let now = context.now();
    let mut doc = Doc::new(context.width());
    let mut list = Vec::new();
    let mut done = 0;
    for row in rows {
        let needed = match mark {
            // One that is only parked becomes suspended for good.
            Mark::Suspend => !row.state.suspended || row.state.parked,
            Mark::Resume => row.state.suspended,
            Mark::Reset => row.state.first_day.is_some(),
        };
        let (kind, did, idle) = match mark {
            Mark::Suspend => (EventKind::Suspended, "suspended", "was suspended already"),
            Mark::Resume => (EventKind::Resumed, "resumed", "was not suspended"),
            Mark::Reset => (EventKind::Reset, "reset", "is new already"),
        };
        let mut row = row;
        if needed {
            row.state = store.mark(row.id, &row.key, kind, now)?;
            done += 1;
        }
        let word = if needed { did } else { idle };
        doc.mixed(&[(Role::Strong, row.key.as_str()), (Role::Plain, &format!(" {word}; {}", standing(&row)))]);
        list.push(json!({ "card": row.key.as_str(), "changed": needed, "suspended": row.state.suspended }));
    }
    if context.json {
        context.show_json(&json!(list))?;
    } else {
        context.show(&doc)?;
    }
    if done == 0 { Err(Failure::silent(super::failure::NOTHING)) } else { Ok(()) }
}
