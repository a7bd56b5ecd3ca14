//! `scanwise add --flip`: a sibling of a card, with the one fact that changes its answer.

use crate::cli::context::Context;
use crate::cli::failure::{Failure, Outcome};
use crate::deck::format::{CardType, RawCard, RawOption};
use crate::model::{Body, Choice};
use crate::store::Store;

/// A draft of the sibling: patient, question and options are there to be changed; verdicts, reasons, rule and next are
/// open, for they are what flips.
///
/// # Errors
/// When there is no such card, or it is no decision.
pub fn sibling(store: &Store, name: &str, modifier: &str, context: &Context) -> Outcome<RawCard> {
    let row = context.card(store, name)?;
    let no = || {
        Failure::fixable(format!("{name} is no decision"))
            .hint("only a decision has a sibling with another best answer")
    };
    let Some(card) = row.card else { return Err(no()) };
    let Body::Decision { vignette, question, options, family, .. } = card.body else { return Err(no()) };
    Ok(RawCard {
        kind: Some(CardType::Decision),
        domain: Some(card.domain),
        // The first sibling names the family; when this one is saved the other joins it.
        family: Some(family.unwrap_or_else(|| card.id.clone())),
        modifier: Some(modifier.to_owned()),
        tags: (!card.tags.is_empty()).then_some(card.tags),
        vignette: Some(vignette),
        question: Some(question),
        options: Some(options.into_iter().map(open).collect()),
        sources: (!card.sources.is_empty()).then_some(card.sources),
        ..RawCard::default()
    })
}

/// An option that is still to be judged.
fn open(choice: Choice) -> RawOption {
    let own_id = choice.study.as_ref() != Some(&choice.id);
    RawOption {
        id: own_id.then_some(choice.id),
        text: choice.study.is_none().then_some(choice.text),
        study: choice.study,
        ..RawOption::default()
    }
}
