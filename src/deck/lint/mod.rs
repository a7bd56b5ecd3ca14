//! Careless writing, caught: warnings about decks that can be read. Never run when decks are taken in.

mod leaks;
mod sources;
mod style;

use super::problem::{Path, Problem};
use crate::model::{Body, Card, Deck};
use std::collections::{BTreeMap, HashSet};

/// One card with its place, for the rules.
struct Seen<'d> {
    path: Path,
    card: &'d Card,
}

/// Everything that looks careless in one deck, card by card.
#[must_use]
pub fn lint(deck: &Deck) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (i, card) in deck.cards.iter().enumerate() {
        let seen = Seen { path: Path::default().field("cards").index(i), card };
        leaks::check(&seen, &mut problems);
        style::check(&seen, &mut problems);
        sources::check(&seen, &mut problems);
    }
    families(deck, &mut problems);
    problems
}

fn families(deck: &Deck, problems: &mut Vec<Problem>) {
    let mut families: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, card) in deck.cards.iter().enumerate() {
        if let Some(family) = card.family() {
            families.entry(family).or_default().push(i);
        }
    }
    for (family, members) in families {
        let path = |i: usize| Path::default().field("cards").index(i).field("family");
        let best: HashSet<&str> =
            members.iter().filter_map(|i| deck.cards[*i].best()).map(|b| b.text.as_str()).collect();
        let first = members.first().copied().unwrap_or(0);
        if members.len() == 1 {
            let cause = format!("\"{family}\" has one card only");
            problems.push(
                Problem::warning("family-alone", path(first), cause)
                    .hint("write the sibling that flips it, or drop the family"),
            );
        } else if best.len() == 1 {
            let cause = format!("every card of \"{family}\" has the same best answer");
            problems.push(
                Problem::warning("family-flat", path(first), cause).hint("a family teaches what flips the answer"),
            );
        }
    }
}

/// How alike two vignettes may be: shared three-word runs over all of them.
const TOO_ALIKE: f64 = 0.6;

/// Vignettes outside one family that are nearly the same, across decks: the deck's place in `decks`, and the problem.
#[must_use]
pub fn near_duplicates(decks: &[&Deck]) -> Vec<(usize, Problem)> {
    let mut seen: Vec<(usize, usize, &Card, HashSet<Vec<&str>>)> = Vec::new();
    let mut problems = Vec::new();
    for (d, deck) in decks.iter().enumerate() {
        for (c, card) in deck.cards.iter().enumerate() {
            let Body::Decision { vignette, .. } = &card.body else { continue };
            let words: Vec<&str> = vignette.split_whitespace().collect();
            let runs: HashSet<Vec<&str>> = words.windows(3).map(<[&str]>::to_vec).collect();
            for (other_d, _, other, other_runs) in &seen {
                let siblings = *other_d == d && card.family().is_some() && card.family() == other.family();
                let shared = runs.intersection(other_runs).count();
                let all = runs.len() + other_runs.len() - shared;
                #[allow(clippy::cast_precision_loss, reason = "counts of words are small")]
                let alike = all > 20 && shared as f64 / all as f64 >= TOO_ALIKE;
                if alike && !siblings {
                    let cause = format!("nearly the same patient as {}/{}", decks[*other_d].header.id, other.id);
                    let path = Path::default().field("cards").index(c).field("vignette");
                    problems.push((
                        d,
                        Problem::warning("near-duplicate", path, cause).hint("make them a family, or tell them apart"),
                    ));
                }
            }
            seen.push((d, c, card, runs));
        }
    }
    problems
}

/// The texts of a card that a student reads, with their paths; source titles are not among them.
fn texts<'d>(seen: &Seen<'d>) -> Vec<(Path, &'d str)> {
    let mut out: Vec<(Path, &'d str)> = Vec::new();
    let path = &seen.path;
    match &seen.card.body {
        Body::Decision { vignette, question, options, rule, next, .. } => {
            out.push((path.field("vignette"), vignette));
            out.push((path.field("question"), question));
            for (i, o) in options.iter().enumerate() {
                let here = path.field("options").index(i);
                if o.study.is_none() {
                    out.push((here.field("text"), &o.text));
                }
                out.push((here.field("why"), &o.why));
            }
            out.push((path.field("rule"), rule));
            out.push((path.field("next").field("if_positive"), &next.if_positive));
            out.push((path.field("next").field("if_negative"), &next.if_negative));
        }
        Body::Basic { front, back, why } => {
            out.push((path.field("front"), front));
            out.push((path.field("back"), back));
            out.extend(why.iter().map(|w| (path.field("why"), w.as_str())));
        }
        Body::Cloze { text, why } => {
            out.push((path.field("text"), text.source()));
            out.extend(why.iter().map(|w| (path.field("why"), w.as_str())));
        }
    }
    out.extend(seen.card.note.iter().map(|n| (path.field("note"), n.as_str())));
    out
}

#[cfg(test)]
mod tests;
