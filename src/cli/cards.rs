//! `scanwise cards`.

use super::answer::due_text;
use super::context::Context;
use super::failure::{Failure, NOTHING, Outcome};
use crate::model::text::sanitize_line;
use crate::store::{CardRow, Only};
use crate::ui::{Doc, Role};
use clap::Args;
use serde_json::{Value, json};

/// What to look for.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[derive(Debug, Args)]
pub struct CardsArgs {
    /// Words that the card's name, text or tags must hold
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// Only these decks (again for more)
    #[arg(long = "deck", value_name = "DECK")]
    pub decks: Vec<String>,
    /// Only cards with this tag (again for more)
    #[arg(long = "tag", value_name = "T")]
    pub tags: Vec<String>,
    /// Only cards of this field (again for more)
    #[arg(long = "domain", value_name = "D")]
    pub domains: Vec<String>,
    /// Only due cards
    #[arg(long, group = "only")]
    pub due: bool,
    /// Only cards never answered
    #[arg(long, group = "only")]
    pub new: bool,
    /// Only suspended cards
    #[arg(long, group = "only")]
    pub suspended: bool,
    /// Only flagged cards
    #[arg(long, group = "only")]
    pub flagged: bool,
    /// Only cards forgotten too often
    #[arg(long, group = "only")]
    pub leeches: bool,
    /// List at most N
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub limit: u32,
}

/// Runs the command.
pub fn run(args: &CardsArgs, context: &mut Context) -> Outcome {
    let store = context.open()?;
    let filter = context.filter(&store, &args.decks, &args.tags, &args.domains)?;
    let only = match args {
        CardsArgs { due: true, .. } => Only::Due,
        CardsArgs { new: true, .. } => Only::New,
        CardsArgs { suspended: true, .. } => Only::Suspended,
        CardsArgs { flagged: true, .. } => Only::Flagged,
        CardsArgs { leeches: true, .. } => Only::Leeches,
        _ => Only::All,
    };
    let found = store.find(&args.query.join(" "), &filter, only, store.today(context.now()), args.limit as usize)?;
    let nothing = found.total == 0;
    if context.json {
        let list: Vec<Value> = found.cards.iter().map(as_json).collect();
        context.show_json(&json!(list))?;
        return if nothing { Err(Failure::silent(NOTHING)) } else { Ok(()) };
    }
    if nothing {
        return Err(Failure::nothing("no card matches"));
    }
    let mut doc = Doc::new(context.width());
    let own_versions: std::collections::HashSet<String> = store.variants()?.into_iter().collect();
    for row in &found.cards {
        let yours = own_versions.contains(&format!("{}/{}", row.key.deck(), row.key.card()));
        let yours = if yours { ", your version" } else { "" };
        doc.mixed(&[(Role::Strong, row.key.as_str()), (Role::Dim, &format!("  {}{yours}", standing(row)))]);
        let head = row.card.as_ref().map_or(String::new(), |c| first_words(c.headline()));
        doc.hanging("  ", Role::Plain, Role::Plain, &head);
    }
    let more = found.total - found.cards.len() as u64;
    if more > 0 {
        doc.blank();
        doc.para(Role::Dim, &format!("... and {more} more; narrow the search or raise --limit."));
    }
    context.show(&doc)
}

/// "new", "due 2026-03-08, every 6 days", with what else is worth knowing.
pub fn standing(row: &CardRow) -> String {
    let mut parts = Vec::new();
    match row.state.due {
        None => parts.push("new".to_owned()),
        Some(due) => {
            parts.push(format!("due {due}, interval {} d, ease {}", row.state.memory.interval, row.state.memory.ease));
        }
    }
    if row.state.suspended {
        parts.push(if row.state.parked { "parked" } else { "suspended" }.to_owned());
    }
    if row.state.flagged {
        parts.push("flagged".to_owned());
    }
    if !row.present {
        parts.push("in no deck any more".to_owned());
    }
    parts.join(", ")
}

fn first_words(text: &str) -> String {
    let line = sanitize_line(text);
    let mut out: String = line.chars().take(100).collect();
    if out.len() < line.len() {
        out.push_str("...");
    }
    out
}

/// A card with its state, for lists.
pub fn as_json(row: &CardRow) -> Value {
    json!({
        "card": row.key.as_str(),
        "type": row.card.as_ref().map(crate::model::Card::type_word),
        "domain": row.card.as_ref().map(|c| c.domain.clone()),
        "tags": row.card.as_ref().map(|c| c.tags.clone()),
        "family": row.card.as_ref().and_then(|c| c.family().map(str::to_owned)),
        "new": row.state.first_day.is_none(),
        "due": due_text(&row.state),
        "interval": row.state.memory.interval,
        "repetition": row.state.memory.repetition,
        "ease": f64::from(row.state.memory.ease.thousandths()) / 1000.0,
        "answers": row.state.answers,
        "lapses": row.state.lapses,
        "suspended": row.state.suspended,
        "flagged": row.state.flagged,
        "present": row.present,
    })
}
