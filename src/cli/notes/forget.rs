//! `scanwise notes --forget`: cards out of the deck, when their notes are gone. Their history stays.

use super::NotesArgs;
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::import::ask;
use crate::cli::inbox::card;
use crate::interchange::own;
use crate::model::text::count;
use crate::ui::{Doc, Role};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::IsTerminal;

/// Takes the cards out of their decks.
///
/// # Errors
/// When a card is not there or not the student's own, or the deck can't be written.
pub fn run(args: &NotesArgs, context: &mut Context) -> Outcome {
    let deck = card::deck_named(args.deck.as_deref())?;
    let mut store = context.open()?;
    let mut decks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut doc = Doc::new(context.width());
    for name in &args.forget {
        let (deck, id) = name.split_once('/').unwrap_or((&deck, name));
        let Some(json) = own::card_now(&store, deck, id).map_err(card::refused)? else {
            return Err(Failure::fixable(format!("there is no card {deck}/{id} of your own; nothing was changed"))
                .hint("`scanwise cards WORD` looks for cards"));
        };
        let words = card::discreet(&card::of_body(&json));
        doc.hanging("  - ", Role::Bad, Role::Plain, &format!("{deck}/{id}: {words}"));
        decks.entry(deck.to_owned()).or_default().push(id.to_owned());
    }
    if !context.json {
        context.show(&doc)?;
    }
    if args.dry_run {
        return super::say(context, "Dry run: nothing was changed.");
    }
    if !args.yes {
        if context.json || !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
            return Err(Failure::fixable("nothing was taken out: there is no terminal to ask on")
                .hint("add --yes, or --dry-run for the list alone"));
        }
        if !ask::yes(context, "Take them out of the deck?")? {
            return super::say(context, "Nothing was changed.");
        }
    }
    let mut gone = 0;
    for (deck, ids) in &decks {
        gone += own::remove(&mut store, deck, ids, "notes --forget", "notes", context.now()).map_err(card::refused)?;
    }
    if context.json {
        return context.show_json(&json!({ "forgotten": args.forget, "removed": gone }));
    }
    let text =
        format!("{} taken out. `scanwise import --list` shows how to take that back.", count(gone as u64, "card"));
    super::say(context, &text)
}
