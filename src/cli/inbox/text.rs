//! A draft in the student's editor, as friendly text.

use super::card;
use super::form::Work;
use crate::cli::context::Context;
use crate::cli::desk::Desk;
use crate::cli::failure::Outcome;
use crate::cli::import::ask;
use crate::deck::format::RawCard;
use crate::interchange::editable::{EditHints, apply_problems, from_text, to_text};
use crate::model::text::count;
use crate::store::Store;
use crate::ui::{Doc, Role};

/// Most problems told at once.
const MAX_TOLD: usize = 5;

/// Opens the draft in `$VISUAL` or `$EDITOR`. The text stays on the desk until what it says is kept, so that nothing
/// typed is lost when the terminal goes away.
///
/// # Errors
/// When the home can't be written.
pub fn edit(work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome {
    let mut desk = match Desk::of_draft(store.home(), work.id) {
        Ok(desk) => desk,
        Err(failure) => return failure.tell(context),
    };
    let fresh = to_text(&work.raw, &EditHints::of(format!("Draft {}; gaps are fine", work.id), &work.raw));
    if desk.has_leftover() {
        let question = "An edit of this draft broke off: (g)o on with it, or (d)iscard it?";
        match ask::choose(context, question, "gd")? {
            Some('g') => {}
            Some(_) => desk.lay_out(&fresh, None)?,
            None => return Ok(()),
        }
    } else {
        desk.lay_out(&fresh, None)?;
    }
    loop {
        if let Err(failure) = desk.edit() {
            failure.tell(context)?;
            if desk.touched() {
                context.say(Role::Plain, "What you typed is kept; the next edit of this draft offers it.")?;
            } else {
                desk.clear();
            }
            return Ok(());
        }
        let problems = match desk.read() {
            Err(failure) => {
                failure.tell(context)?;
                None
            }
            Ok(text) => match from_text(&text) {
                Ok(raw) => {
                    keep(raw, work, store, context)?;
                    break;
                }
                Err(problems) => Some((text, problems)),
            },
        };
        if let Some((text, problems)) = problems {
            let mut doc = Doc::new(context.width());
            for p in problems.iter().take(MAX_TOLD) {
                doc.hanging("! ", Role::Bad, Role::Plain, &format!("line {}: {}", p.line, p.cause));
            }
            context.show(&doc)?;
            desk.rewrite(&apply_problems(&text, &problems))?;
        }
        match ask::choose(context, "(e)dit again, (d)iscard the changes", "ed")? {
            Some('e') => {}
            Some(_) => break,
            // The text stays; the next edit goes on with it.
            None => return Ok(()),
        }
    }
    desk.clear();
    Ok(())
}

/// Keeps what was typed, and says what is still open.
fn keep(raw: RawCard, work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome {
    if raw == work.raw {
        return context.say(Role::Dim, "Nothing changed.");
    }
    // A note that was written anew is meant for the card.
    work.leave_out &= raw.note == work.raw.note;
    work.raw = raw;
    work.keep(store, context)?;
    let open = card::judge(&work.raw).1.len();
    let left =
        if open == 0 { "; it is complete".to_owned() } else { format!("; {} still open", count(open as u64, "thing")) };
    context.say(Role::Good, &format!("Kept{left}."))
}
