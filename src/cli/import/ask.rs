//! Questions on the terminal before an import.

use super::super::context::Context;
use super::super::failure::Outcome;
use super::ImportArgs;
use crate::deck::merge::Side;
use crate::interchange::plan::{Duplicates, Fate, Options, Plan, Removed};
use crate::ui::{Role, preview};
use std::collections::HashMap;
use std::io::BufRead;

/// Asks whatever is open. False when the student wants none of it.
pub fn everything(plan: &mut Plan, options: &mut Options, args: &ImportArgs, context: &mut Context) -> Outcome<bool> {
    if !conflicts(plan, context)? {
        return Ok(false);
    }
    let removed: usize = plan.decks.iter().map(|d| d.count(|f| *f == Fate::Removed)).sum();
    if removed > 0 && args.removed.is_none() {
        let text = format!("{removed} removed by their author: (k)eep as yours, (s)uspend, or (a)rchive?");
        options.removed = match choose(context, &text, "ksa")? {
            Some('k') => Removed::Keep,
            Some('s') => Removed::Suspend,
            Some('a') => Removed::Archive,
            _ => return Ok(false),
        };
    }
    let doubles = plan.decks.iter().flat_map(|d| &d.cards).filter(|c| c.fate == Fate::New && c.is_double()).count();
    if doubles > 0 && args.duplicates.is_none() {
        let text = format!("{doubles} are here already, word for word: (s)kip, (k)eep both, or (p)ark?");
        options.duplicates = match choose(context, &text, "skp")? {
            Some('s') => Duplicates::Skip,
            Some('k') => Duplicates::Keep,
            Some('p') => Duplicates::Park,
            _ => return Ok(false),
        };
        plan.set_duplicates(options.duplicates);
    }
    yes(context, "Import?")
}

/// Goes through the conflicts one by one; what was decided may open a conflict of the whole card.
fn conflicts(plan: &mut Plan, context: &mut Context) -> Outcome<bool> {
    let mut all: Option<Side> = None;
    let (total, mut at) = (plan.conflicts(), 0);
    for d in 0..plan.decks.len() {
        for c in 0..plan.decks[d].cards.len() {
            let mut decided: HashMap<String, Side> = HashMap::new();
            at += usize::from(matches!(plan.decks[d].cards[c].fate, Fate::Conflict(_)));
            while let Fate::Conflict(open) = &plan.decks[d].cards[c].fate {
                let open = open.clone();
                for conflict in open {
                    let side = match all {
                        Some(side) => side,
                        None => {
                            let id = plan.decks[d].cards[c].id.clone();
                            context.show(&preview::conflict(&id, &conflict, context.width()))?;
                            let question =
                                format!("{at} of {total}: (m)ine, (t)heirs; for all: (M)ine, (T)heirs; (q)uit");
                            match choose(context, &question, "mtMTq")? {
                                Some('m') => Side::Mine,
                                Some('t') => Side::Theirs,
                                Some('M') => *all.insert(Side::Mine),
                                Some('T') => *all.insert(Side::Theirs),
                                _ => return Ok(false),
                            }
                        }
                    };
                    decided.insert(conflict.field, side);
                }
                plan.decide(d, c, &|field| decided.get(field).copied());
            }
        }
    }
    Ok(true)
}

/// A yes or a no; the end of input is a no.
pub fn yes(context: &mut Context, question: &str) -> Outcome<bool> {
    Ok(choose(context, &format!("{question} (y)es, (n)o"), "yn")? == Some('y'))
}

/// One of the letters, asked until one is given; `None` at the end of input.
pub fn choose(context: &mut Context, question: &str, letters: &str) -> Outcome<Option<char>> {
    loop {
        context.say(Role::Key, question)?;
        context.flush()?;
        let mut line = String::new();
        if std::io::stdin().lock().read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let word = line.trim();
        let mut chars = word.chars();
        if let (Some(c), rest) = (chars.next(), chars.as_str()) {
            // Letters that stand in both cases mean two things; elsewhere case does not matter.
            let c = if letters.contains(c) { c } else { c.to_ascii_lowercase() };
            if letters.contains(c) && (rest.is_empty() || rest.chars().all(char::is_alphabetic)) {
                return Ok(Some(c));
            }
        }
    }
}
