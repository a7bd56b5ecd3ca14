//! `scanwise next`: the card a review would show next.

use super::context::Context;
use super::failure::Outcome;
use crate::model::Body;
use crate::session::Shown;
use crate::ui::driver::shown;
use crate::ui::{Doc, Role, views};
use clap::Args;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Which cards.
#[derive(Debug, Args)]
pub struct NextArgs {
    /// Only these decks
    #[arg(value_name = "DECK")]
    pub decks: Vec<String>,
    /// Only cards with this tag (again for more)
    #[arg(long = "tag", value_name = "T")]
    pub tags: Vec<String>,
    /// Only cards of this field (again for more)
    #[arg(long = "domain", value_name = "D")]
    pub domains: Vec<String>,
}

/// Runs the command.
pub fn run(args: &NextArgs, context: &mut Context) -> Outcome {
    let store = context.open()?;
    let filter = context.filter(&store, &args.decks, &args.tags, &args.domains)?;
    let today = store.today(context.now());
    let seed = context.seed(&store);
    let plan = store.plan(today, &filter, None, seed, &HashSet::new())?;
    for slot in &plan.slots {
        let row = store.card(slot.id)?.filter(|r| r.present);
        if let Some(card) = row.and_then(|r| shown(r, slot.standing, seed)) {
            return if context.json { context.show_json(&as_json(&card)) } else { say(&card, context) };
        }
    }
    if context.json {
        return context.show_json(&json!({ "card": null }));
    }
    context.say(Role::Plain, "Nothing is due.")
}

fn say(card: &Shown, context: &mut Context) -> Outcome {
    let width = context.width();
    let mut doc = Doc::new(width);
    doc.para(Role::Dim, &format!("{} ({})", card.key, card.standing.word()));
    doc.append(views::question(card, None, width));
    doc.blank();
    let how = if card.has_options() { "--choice LETTER" } else { "--recalled yes|no" };
    doc.para(Role::Dim, &format!("scanwise answer {} {how} --confidence guess|think|sure", card.key));
    context.show(&doc)
}

/// The card as the contract says: what is asked, nothing that gives the answer away.
fn as_json(card: &Shown) -> Value {
    let mut out = json!({
        "card": card.key.as_str(),
        "type": card.card.type_word(),
        "state": card.standing.word(),
        "domain": card.card.domain,
    });
    let fields = out.as_object_mut().expect("made as an object above");
    match &card.card.body {
        Body::Decision { vignette, question, .. } => {
            fields.insert("vignette".into(), json!(vignette));
            fields.insert("question".into(), json!(question));
            let options: Vec<Value> = card
                .options()
                .enumerate()
                .map(|(i, o)| json!({ "id": o.id, "letter": views::letter(i).to_string(), "text": o.text }))
                .collect();
            fields.insert("options".into(), json!(options));
        }
        Body::Basic { front, .. } => {
            fields.insert("front".into(), json!(front));
        }
        Body::Cloze { text, .. } => {
            fields.insert("text".into(), json!(text.question(card.key.cloze().unwrap_or(1))));
        }
    }
    out
}
