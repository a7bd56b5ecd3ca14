//! Cards that come in, compared with the collection and with each other.

use super::{Fate, Plan};
use crate::deck::alike::{Index, Likeness, MAX_LIKES, Match, Print};
use crate::deck::change::answer_of;
use crate::deck::{Catalog, parse_card};
use crate::interchange::incoming::Tick;
use crate::model::{Card, Source};
use crate::store::{Result, Store};

/// A card that another one is like.
#[derive(Debug, Clone, PartialEq)]
pub struct Like {
    /// The other card: `deck/card`.
    pub other: String,
    /// How they are alike.
    pub likeness: Likeness,
    /// Percent of runs of three words in common.
    pub percent: u32,
    /// The same scenario with another answer: both sides.
    pub contradiction: Option<Box<(Twin, Twin)>>,
}

impl Like {
    /// The same card, word for word, with the same answer.
    #[must_use]
    pub fn is_double(&self) -> bool {
        self.likeness <= Likeness::Normalized && self.contradiction.is_none()
    }
}

/// One side of a contradiction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// The card: `deck/card`.
    pub card: String,
    /// Its answer.
    pub answer: String,
    /// What it cites.
    pub sources: Vec<String>,
}

struct Seen {
    deck: usize,
    card: usize,
}

/// The family of a card of the plan, with its deck: siblings have the same.
fn family(plan: &Plan, seen: &Seen) -> Option<(usize, String)> {
    let card = plan.decks[seen.deck].cards[seen.card].card()?;
    card.family().map(|f| (seen.deck, f.to_owned()))
}

/// A card of the plan as one side of a pair; only pairs that are told need it.
fn side(plan: &Plan, seen: &Seen) -> Twin {
    let deck = &plan.decks[seen.deck];
    let card = &deck.cards[seen.card];
    let key = format!("{}/{}", deck.slug, card.id);
    card.card()
        .map_or_else(|| Twin { card: key.clone(), answer: String::new(), sources: Vec::new() }, |c| twin(&key, &c))
}

/// Fills in `likes` of every card that is new or changes.
pub(super) fn find_twins(store: &Store, plan: &mut Plan, tick: &mut Tick<'_>) -> Result<()> {
    let mut prints = Vec::new();
    let mut seen: Vec<Seen> = Vec::new();
    let mut found: Vec<(usize, Like)> = Vec::new();
    let total: usize = plan.decks.iter().map(|d| d.cards.len()).sum();
    for (d, deck) in plan.decks.iter_mut().enumerate() {
        for (c, card) in deck.cards.iter_mut().enumerate() {
            if !matches!(card.fate, Fate::New | Fate::Changed { .. } | Fate::Conflict(_)) {
                continue;
            }
            if seen.len().is_multiple_of(1_024) {
                tick("comparing cards", seen.len() as u64, total as u64);
            }
            let made = card.print.take().or_else(|| card.card().map(|c| Print::of(&c)));
            if let Some(print) = made {
                prints.push(print);
                seen.push(Seen { deck: d, card: c });
            }
        }
    }
    if seen.is_empty() {
        return Ok(());
    }
    let index = Index::new(prints);
    // Each pair once, told at the later card. A card that is like many is told with the first of them.
    let mut last = (usize::MAX, 0);
    for (n, m) in index.pairs() {
        last = if last.0 == n { (n, last.1 + 1) } else { (n, 0) };
        let (here, other) = (&seen[n], &seen[m.card]);
        if last.1 >= MAX_LIKES {
            continue;
        }
        let siblings = other.deck == here.deck && family(plan, here).is_some_and(|f| Some(f) == family(plan, other));
        if !siblings {
            found.push((n, like(&side(plan, other), &side(plan, here), &m)));
        }
    }
    let slugs: Vec<&str> = plan.decks.iter().map(|d| d.slug.as_str()).collect();
    let mut done = 0_u64;
    store.each_card(|deck, name, body| {
        done += 1;
        if done.is_multiple_of(1_024) {
            tick("comparing with the collection", done, 0);
        }
        let Some(card) = parse_card(body, Catalog::bundled()) else { return };
        let print = Print::of(&card);
        for m in index.find(&print).into_iter().take(MAX_LIKES) {
            let here = &seen[m.card];
            let same_deck = slugs.get(here.deck) == Some(&deck);
            let itself = same_deck
                && name.split_once('/').is_some_and(|(_, id)| id == plan.decks[here.deck].cards[here.card].id);
            if itself
                || same_deck
                    && card.family().is_some()
                    && family(plan, here).is_some_and(|(_, f)| Some(f.as_str()) == card.family())
            {
                continue;
            }
            found.push((m.card, like(&twin(name, &card), &side(plan, here), &m)));
        }
    })?;
    drop(slugs);
    for (n, like) in found {
        let Seen { deck, card, .. } = &seen[n];
        let likes = &mut plan.decks[*deck].cards[*card].likes;
        likes.push(like);
        likes.sort_by(|a, b| a.likeness.cmp(&b.likeness).then(b.percent.cmp(&a.percent)));
        likes.truncate(MAX_LIKES);
    }
    Ok(())
}

fn twin(key: &str, card: &Card) -> Twin {
    Twin {
        card: key.to_owned(),
        answer: answer_of(card, None),
        sources: card.sources.iter().map(Source::cite).collect(),
    }
}

fn like(other: &Twin, mine: &Twin, m: &Match) -> Like {
    Like {
        other: other.card.clone(),
        likeness: m.likeness,
        percent: m.percent(),
        contradiction: m.contradicts.then(|| Box::new((mine.clone(), other.clone()))),
    }
}
