//! Questions on the terminal before an import.

use super::super::context::Context;
use super::super::failure::Outcome;
use super::ImportArgs;
use crate::deck::merge::Side;
use crate::interchange::plan::{Duplicates, Fate, Options, Plan, Removed};
use crate::ui::{Doc, Role, preview};
use std::collections::HashMap;
use std::io::BufRead;

/// What the letters of a conflict stand for.
const SIDES: &[(char, &str)] = &[
    ('m', "mine: this field stays as you have it"),
    ('t', "theirs: this field becomes as the file has it"),
    ('M', "mine, for all that is still to be asked"),
    ('T', "theirs, for all that is still to be asked"),
    ('q', "quit: nothing is imported"),
];

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
                            match explained(context, &question, "mtMTq", SIDES)? {
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

/// What stands for one step back wherever a form can go back; no letter, so that it never means a choice too.
pub const BACK: char = '<';

/// One of the letters, asked until one is given; `None` at the end of input. `?` says what they stand for.
pub fn choose(context: &mut Context, question: &str, letters: &str) -> Outcome<Option<char>> {
    explained(context, question, letters, &[])
}

/// [`choose`], with more to say about some letters when `?` is typed.
pub fn explained(context: &mut Context, question: &str, letters: &str, more: &[(char, &str)]) -> Outcome<Option<char>> {
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
        if word == "?" {
            explain(context, question, letters, more)?;
            continue;
        }
        let all: Vec<String> = letters.chars().map(String::from).collect();
        context.say(Role::Warn, &format!("Type one of {}, then Enter (? explains them).", all.join(", ")))?;
    }
}

/// What each letter stands for: what is said of it, or the words after it in the question.
fn explain(context: &mut Context, question: &str, letters: &str, more: &[(char, &str)]) -> Outcome {
    let mut doc = Doc::new(context.width());
    for letter in letters.chars() {
        let said = more.iter().find(|(c, _)| *c == letter).map(|(_, text)| (*text).to_owned());
        let text = said.unwrap_or_else(|| meaning(question, letter));
        doc.hanging(&format!("{letter}  "), Role::Key, Role::Plain, &text);
    }
    context.show(&doc)
}

/// The words that a question has for a letter: of "(k)eep as yours, or (s)uspend?" `k` stands for "keep as yours".
fn meaning(question: &str, letter: char) -> String {
    if letter == BACK {
        return "one step back".to_owned();
    }
    let Some((_, rest)) = question.split_once(&format!("({letter})")) else { return String::new() };
    // Up to the next letter in parentheses; what else stands in parentheses belongs to it.
    let next = rest.char_indices().find(|(i, c)| {
        let mut after = rest[*i..].chars().skip(1);
        *c == '(' && after.next().is_some_and(char::is_alphabetic) && after.next() == Some(')')
    });
    let own = next.map_or(rest, |(i, _)| &rest[..i]);
    let own = own.split("; ").next().unwrap_or(own).trim_end_matches(&['<', ' ', ',', ';', '?', '.'][..]);
    let own = own.strip_suffix(" or").unwrap_or(own).trim_end_matches(',');
    format!("{letter}{own}")
}

#[cfg(test)]
mod tests {
    use super::meaning;

    #[test]
    fn a_letter_stands_for_the_words_after_it() {
        let question = "3 removed by their author: (k)eep as yours, (s)uspend, or (a)rchive?";
        assert_eq!(['k', 's', 'a'].map(|c| meaning(question, c)), ["keep as yours", "suspend", "archive"]);
        let question = "(f)ix: leave the name out (\"the patient\"), (k)eep, (q)uit, <";
        assert_eq!(meaning(question, 'f'), "fix: leave the name out (\"the patient\")");
        assert_eq!(meaning(question, 'q'), "quit");
        let question = "1 of 2: (m)ine, (t)heirs; for all: (M)ine, (T)heirs; (q)uit";
        assert_eq!(['t', 'T', 'q'].map(|c| meaning(question, c)), ["theirs", "Theirs", "quit"]);
    }
}
