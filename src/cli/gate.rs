//! Nothing that looks like an identifier of a patient becomes a card, or leaves the home, without a decision.

use super::context::Context;
use super::failure::{Failure, Outcome};
use super::import::ask;
use crate::deck::format::RawCard;
use crate::interchange::safeguard::{Suspect, mend, suspects, text_of};
use crate::model::text::count;
use crate::privacy::LIMITS;
use crate::store::Store;
use crate::ui::{Doc, Role};

/// Characters shown on each side of a finding.
const AROUND: usize = 30;

/// What was said of a card's findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Nothing is open: nothing was found, or everything was mended or kept.
    Clear,
    /// The student wants to stop.
    Stop,
}

/// What the check can't do, for the help of each command that leans on it.
pub fn limits() -> String {
    format!("What could identify a patient is held back until you decide. {LIMITS}")
}

/// The findings of a card that nobody decided yet.
pub fn open(store: &Store, card: &RawCard) -> Outcome<Vec<Suspect>> {
    let mut out = Vec::new();
    for suspect in suspects(card) {
        if !store.is_cleared(&suspect.fingerprint)? {
            out.push(suspect);
        }
    }
    Ok(out)
}

/// Goes through the findings of a card on the terminal: mend, keep, or stop. Kept ones are recorded (not their text).
pub fn settle(store: &mut Store, name: &str, card: &mut RawCard, context: &mut Context) -> Outcome<Settled> {
    loop {
        // One mended finding moves the others: look again each time.
        let Some(suspect) = open(store, card)?.into_iter().next() else { return Ok(Settled::Clear) };
        let mut doc = Doc::new(context.width());
        show(&mut doc, name, card, &suspect);
        context.show(&doc)?;
        let (question, letters) = match &suspect.finding.fix {
            Some(fix) if fix.replacement.is_empty() => (format!("(f)ix: {}, (k)eep, (q)uit", fix.label), "fkq"),
            Some(fix) => (format!("(f)ix: {} (\"{}\"), (k)eep, (q)uit", fix.label, fix.replacement.trim()), "fkq"),
            None => ("(k)eep, (q)uit".to_owned(), "kq"),
        };
        match ask::choose(context, &question, letters)? {
            Some('f') => {
                mend(card, &suspect);
            }
            Some('k') => store.clear(&[suspect.fingerprint], context.now())?,
            _ => return Ok(Settled::Stop),
        }
    }
}

/// One finding: the field, the words around it, and why.
pub fn show(doc: &mut Doc, name: &str, card: &RawCard, suspect: &Suspect) {
    let text = text_of(card, &suspect.field).unwrap_or_default();
    show_in(doc, name, &text, suspect, true);
}

/// [`show`] for any text; `found`: with the words themselves.
pub fn show_in(doc: &mut Doc, name: &str, text: &str, suspect: &Suspect, found: bool) {
    doc.hanging("! ", Role::Bad, Role::Strong, &format!("{name} {}: {}", suspect.field, suspect.finding.why));
    if !found {
        return;
    }
    let span = &suspect.finding.span;
    let (Some(before), Some(found), Some(after)) =
        (text.get(..span.start), text.get(span.clone()), text.get(span.end..))
    else {
        return;
    };
    let lead: String = before.chars().rev().take(AROUND).collect::<Vec<_>>().into_iter().rev().collect();
    let tail: String = after.chars().take(AROUND).collect();
    doc.hanging("  ", Role::Plain, Role::Plain, &format!("... {lead}[{found}]{tail} ...").replace('\n', " "));
}

/// Refuses what still has open findings, naming card, field and kind but not the text.
pub fn refuse(what: &str, open: &[(String, Suspect)]) -> Failure {
    let first = open.first().map_or(String::new(), |(name, s)| format!("{name} {} ({})", s.field, s.finding.why));
    let more = if open.len() > 1 { format!(" and {} more", open.len() - 1) } else { String::new() };
    let found = count(open.len() as u64, "place");
    Failure::fixable(format!("{found} could identify a patient: {first}{more}; nothing was {what}"))
}
