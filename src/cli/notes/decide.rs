//! Questions about cards that were edited in the deck and in the notes.

use super::plan::{Fate, FilePlan, settle};
use super::show;
use crate::cli::context::Context;
use crate::cli::failure::Outcome;
use crate::cli::import::ask;
use crate::deck::merge::Side;
use crate::store::Store;
use crate::ui::Doc;

/// Asks about each of them. What is left stays as it is, and is asked again next time.
///
/// # Errors
/// When the home can't be read or the terminal is gone.
pub fn conflicts(store: &Store, plan: &mut FilePlan, context: &mut Context) -> Outcome {
    let total = plan.of(|f| matches!(f, Fate::Conflict(_))).len();
    let (mut at, mut all) = (0, None);
    for item in plan.items.iter_mut().filter(|i| matches!(i.fate, Fate::Conflict(_))) {
        at += 1;
        let side = if let Some(side) = all {
            side
        } else {
            let mut doc = Doc::new(context.width());
            show::conflict(&mut doc, item);
            context.show(&doc)?;
            let question = format!(
                "{at} of {total}: keep the (d)eck's, take the (n)otes', (l)eave open; for all: (D)eck, (N)otes"
            );
            match ask::choose(context, &question, "dnlDN")? {
                Some('d') => Side::Mine,
                Some('n') => Side::Theirs,
                Some('D') => *all.insert(Side::Mine),
                Some('N') => *all.insert(Side::Theirs),
                Some(_) => continue,
                None => return Ok(()),
            }
        };
        item.fate = settle(store, item, Some(side))?;
    }
    Ok(())
}
