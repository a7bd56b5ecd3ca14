//! Looking an edited card over: what keeps it from being saved, and what is worth a second look.

use super::subject::Subject;
use crate::cli::failure::Outcome;
use crate::deck::alike::{Index, Likeness, MAX_LIKES, Print};
use crate::deck::change::{answer_of, same_words};
use crate::deck::format::{FORMAT, RawCard, RawDeck};
use crate::deck::{self, Catalog, Problem, Severity, parse_card, print};
use crate::interchange::editable::{EditProblem, from_text, place_of};
use crate::interchange::json::raw_card;
use crate::model::ids::check_id;
use crate::model::{Body, Card, CardKey};
use crate::store::Store;
use crate::ui::progress::Progress;

/// The card that a text holds, or every problem with its line in it.
pub fn read(text: &str, subject: &Subject, store: &Store) -> Outcome<Result<RawCard, Vec<EditProblem>>> {
    let card = match from_text(text) {
        Ok(card) => subject.taken_over(card),
        Err(problems) => return Ok(Err(problems)),
    };
    let mut problems: Vec<EditProblem> = check(&subject.deck, &card)
        .into_iter()
        .filter(|p| p.severity == Severity::Error)
        .map(|p| EditProblem::new(place_of(text, &p.path).unwrap_or(0), p.cause, p.hint.unwrap_or_default()))
        .collect();
    let id = card.id.as_deref().unwrap_or_default();
    let line = place_of(text, &deck::problem::Path::default().field("id")).unwrap_or(0);
    if subject.new {
        if check_id(id).is_ok() && store.card_named(&CardKey::join(&subject.deck, id, None))?.is_some() {
            let cause = format!("{}/{id} is there already", subject.deck);
            problems.push(EditProblem::new(line, cause, "give the new card an id of its own"));
        }
    } else if id != subject.key.card() {
        problems.retain(|p| p.line != line || line == 0);
        let hint = format!("put back \"{}\"; --flip makes a new card from this one", subject.key.card());
        problems.push(EditProblem::new(line, "the id can't change: progress hangs on it", hint));
    }
    problems.sort_by_key(|p| p.line);
    Ok(if problems.is_empty() { Ok(card) } else { Err(problems) })
}

/// The card that the same text made before, where it is to make a new one.
pub fn made_already(text: &str, subject: &Subject, store: &Store) -> Outcome<Option<String>> {
    let Ok(card) = from_text(text) else { return Ok(None) };
    if !subject.new {
        return Ok(None);
    }
    let card = subject.taken_over(card);
    let mut found = None;
    store.each_card(|slug, name, body| {
        if slug != subject.deck || found.is_some() {
            return;
        }
        // The id may have got a number, where it was that of the other card.
        let same = |raw: RawCard| RawCard { id: card.id.clone(), ..raw } == card;
        if raw_card(body).is_some_and(same) {
            found = Some(name.to_owned());
        }
    })?;
    Ok(found)
}

/// Everything the deck's rules and lints say of a card by itself.
fn check(slug: &str, card: &RawCard) -> Vec<Problem> {
    let header = RawDeck {
        format: Some(FORMAT),
        id: Some(slug.to_owned()),
        title: Some(slug.to_owned()),
        version: Some("1".to_owned()),
        ..RawDeck::default()
    };
    let text = print::deck(&header, [print::compact(card).as_str()]);
    let mut problems = deck::check(text.as_bytes(), Catalog::bundled()).problems;
    // Of one card alone a family says nothing, and identifiers of patients are decided one by one.
    problems.retain(|p| !matches!(p.rule, "family-alone" | "family-flat" | "patient"));
    problems
}

/// What is worth a second look and was not so before the edit.
pub fn warnings(subject: &Subject, card: &RawCard, store: &Store) -> Outcome<Vec<String>> {
    let before: Vec<Problem> = subject.before().map_or(Vec::new(), |old| check(&subject.deck, &old));
    let known = |p: &Problem| before.iter().any(|b| b.rule == p.rule && b.path == p.path);
    let mut out: Vec<String> = check(&subject.deck, card)
        .into_iter()
        .filter(|p| !known(p))
        .map(|p| {
            let hint = p.hint.map(|h| format!(" ({h})")).unwrap_or_default();
            let place = p.path.to_string();
            let place = place.strip_prefix("cards[0].").unwrap_or_default();
            format!("{place}{}{}{hint}", if place.is_empty() { "" } else { ": " }, p.cause)
        })
        .collect();
    let parse = |raw: &RawCard| parse_card(&print::compact(raw), Catalog::bundled());
    let Some(now) = parse(card) else { return Ok(out) };
    let old = subject.before().as_ref().and_then(parse);
    if let Some(of) = &subject.flip_of {
        flip(&mut out, &now, of);
    }
    let same_ground =
        old.as_ref().is_some_and(|old| asked(old) == asked(&now) && answer_of(old, None) == answer_of(&now, None));
    if !same_ground {
        out.extend(twins(subject, &now, old.as_ref(), store)?);
    }
    Ok(out)
}

/// A flip that flips nothing.
fn flip(out: &mut Vec<String>, now: &Card, of: &Card) {
    let vignette = |c: &Card| match &c.body {
        Body::Decision { vignette, .. } => vignette.clone(),
        _ => String::new(),
    };
    if vignette(now) == vignette(of) {
        out.push(format!("vignette: it is still that of {}; say there what is different", of.id));
    }
    if same_words(&answer_of(now, None), &answer_of(of, None)) {
        let answer = answer_of(now, None);
        out.push(format!("the best answer is still that of {} ({answer}); a family teaches what flips it", of.id));
    }
}

fn asked(card: &Card) -> String {
    match &card.body {
        Body::Decision { vignette, question, .. } => format!("{vignette}\n{question}"),
        Body::Basic { front, .. } => front.clone(),
        Body::Cloze { text, .. } => text.source().to_owned(),
    }
}

/// Cards of the collection that the edited one is nearly the same as, and was not before.
fn twins(subject: &Subject, now: &Card, old: Option<&Card>, store: &Store) -> Outcome<Vec<String>> {
    let index = Index::new(std::iter::once(now).chain(old).map(Print::of).collect());
    let own = format!("{}/{}", subject.deck, now.id);
    let mut progress = Progress::new(true);
    let (mut done, mut found) = (0_u64, Vec::new());
    store.each_card(|_, name, body| {
        done += 1;
        if done.is_multiple_of(1_024) {
            progress.tick("comparing", done, 0);
        }
        if name == own || name == subject.key.as_str() {
            return;
        }
        let Some(card) = parse_card(body, Catalog::bundled()) else { return };
        if now.family().is_some() && now.family() == card.family() {
            return;
        }
        let matches = index.find(&Print::of(&card));
        let Some(new) = matches.iter().find(|m| m.card == 0) else { return };
        let before = matches.iter().find(|m| m.card == 1);
        if before.is_some_and(|b| b.likeness <= new.likeness && b.contradicts >= new.contradicts) {
            return;
        }
        let text = if new.contradicts {
            format!("the same scenario as {name}, with another answer there: {}", answer_of(&card, None))
        } else if new.likeness == Likeness::Near {
            format!("nearly the same as {name}")
        } else {
            format!("the same words as {name}")
        };
        found.push((new.likeness, text));
    })?;
    progress.clear();
    found.sort();
    Ok(found.into_iter().take(MAX_LIKES).map(|(_, text)| text).collect())
}
