//! Which deck here an incoming one meets. Two decks of one id but of different origin are never mixed.

use super::PlanError;
use crate::deck::alike::Print;
use crate::deck::bundled::BUNDLED;
use crate::deck::change::{answer_of, same_words};
use crate::deck::format::RawDeck;
use crate::deck::{Catalog, parse_card};
use crate::interchange::incoming::{IncomingDeck, ReadError};
use crate::interchange::json;
use crate::model::ids::check_id;
use crate::store::{Store, Upstream};
use std::collections::{HashMap, HashSet};

/// What an incoming deck meets.
pub(super) enum Target {
    /// A deck, here or new.
    Deck {
        /// Its id here.
        slug: String,
        /// Its file.
        file: String,
        /// The file's bytes; `None` for a new deck.
        mine: Option<Vec<u8>>,
        /// As its author sent it last.
        base: Option<Box<Base>>,
        /// Why it is kept apart from the deck of the same id.
        apart: Option<String>,
    },
    /// Every card is compiled in, word for word.
    Already(String),
}

/// A deck as its author sent it last.
pub(super) struct Base {
    pub(super) version: String,
    /// `None`, and no cards, when this program can't read it any more.
    pub(super) header: Option<RawDeck>,
    pub(super) cards: Vec<(String, String)>,
}

impl Base {
    fn of(upstream: &Upstream) -> Self {
        let (header, cards) = json::parts(&upstream.body).map_or((None, Vec::new()), |(h, c)| (Some(h), c));
        Self { version: upstream.version.clone(), header, cards }
    }
}

impl Target {
    /// The deck's id here.
    pub(super) fn slug(&self) -> &str {
        match self {
            Self::Deck { slug, .. } | Self::Already(slug) => slug,
        }
    }
}

/// Decks share an origin when at least one in this many of the smaller one's cards have ids in common ...
const KIN: usize = 3;

/// ... and most of those are the same card still, or nearly: "q1" and "q2" are everybody's ids. So many are looked at.
const SAMPLE: usize = 60;

/// Finds the deck that `deck` meets. `taken` holds ids that other decks of this import use.
pub(super) fn find(
    store: &Store,
    deck: &IncomingDeck,
    wanted: Option<&str>,
    taken: &mut HashSet<String>,
) -> Result<Target, PlanError> {
    let id = wanted.map(str::to_owned).or_else(|| deck.header.id.clone()).unwrap_or_default();
    check_id(&id).map_err(|e| {
        ReadError::new(format!("the deck \"{id}\""), e.to_string(), "give it another id with --deck ID")
    })?;
    // A deck that came from this author before; or that the user says it is.
    let origin = deck.header.id.clone().unwrap_or_default();
    let known = match wanted {
        Some(wanted) => vec![wanted.to_owned()],
        None => store.decks_from(&origin)?,
    };
    for slug in known {
        if store.stored_deck(&slug)?.is_none_or(|d| d.bundled()) {
            continue;
        }
        let Some(upstream) = store.upstream(&slug)? else { continue };
        let base = Box::new(Base::of(&upstream));
        if wanted.is_some() || kin(deck, &base.cards) {
            return here(store, slug, Some(base), taken);
        }
    }
    let Some(stored) = store.stored_deck(&id)? else {
        return free(store, &id, None, taken);
    };
    if stored.bundled() {
        let name = stored.file.trim_start_matches("bundled:");
        let text = BUNDLED.iter().find(|b| b.file == name).map_or("", |b| b.text);
        let ours: HashSet<(String, String)> =
            json::parts(text).map(|(_, c)| c.into_iter().collect()).unwrap_or_default();
        if !deck.cards.is_empty() && deck.cards.iter().all(|c| ours.contains(&(c.id.clone(), c.json.clone()))) {
            return Ok(Target::Already(id));
        }
        let why = format!("\"{id}\" is the id of a deck that comes with scanwise");
        return free(store, &id, Some(why), taken);
    }
    let mine = store.deck_bytes(&stored.file)?;
    let text = mine.as_deref().and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default();
    let ids = json::parts(text).map(|(_, cards)| cards).unwrap_or_default();
    if wanted.is_some() || kin(deck, &ids) {
        return here(store, stored.slug, None, taken);
    }
    let from = store.upstream(&stored.slug)?.map_or("is yours", |_| "came from somebody else");
    let why = format!("\"{id}\" is the id of a deck here that {from} and has other cards");
    free(store, &id, Some(why), taken)
}

fn kin(theirs: &IncomingDeck, ours: &[(String, String)]) -> bool {
    let incoming: HashMap<&str, &str> = theirs.cards.iter().map(|c| (c.id.as_str(), c.json.as_str())).collect();
    let removed = ours.iter().filter(|(id, _)| theirs.removed.contains(id)).count();
    let shared: Vec<(&str, &str)> =
        ours.iter().filter_map(|(id, json)| incoming.get(id.as_str()).map(|t| (*t, json.as_str()))).collect();
    let both = shared.len() + removed;
    if both == 0 || both * KIN < ours.len().min(incoming.len() + theirs.removed.len()) {
        return false;
    }
    let looked_at = shared.len().min(SAMPLE);
    let same = shared.iter().take(SAMPLE).filter(|(t, o)| t == o || akin(t, o)).count();
    same * 2 >= looked_at
}

/// Two versions of one card: prompt or answer still say about the same.
fn akin(a: &str, b: &str) -> bool {
    let card = |json: &str| parse_card(json, Catalog::bundled());
    let (Some(a), Some(b)) = (card(a), card(b)) else { return false };
    same_words(&answer_of(&a, None), &answer_of(&b, None)) || Print::of(&a).resembles(&Print::of(&b))
}

fn here(
    store: &Store,
    slug: String,
    base: Option<Box<Base>>,
    taken: &mut HashSet<String>,
) -> Result<Target, PlanError> {
    taken.insert(slug.clone());
    let file = store.stored_deck(&slug)?.map_or_else(|| format!("{slug}.json"), |d| d.file);
    let mine = store.deck_bytes(&file)?;
    Ok(Target::Deck { slug, file, mine, base, apart: None })
}

/// The id itself, or the first of `id-2`, `id-3`, ... that nothing uses.
fn free(store: &Store, id: &str, why: Option<String>, taken: &mut HashSet<String>) -> Result<Target, PlanError> {
    for n in 1..10_000 {
        let slug = if n == 1 { id.to_owned() } else { format!("{id}-{n}") };
        if check_id(&slug).is_err() {
            break;
        }
        let file = format!("{slug}.json");
        if store.stored_deck(&slug)?.is_none() && store.deck_bytes(&file)?.is_none() && taken.insert(slug.clone()) {
            let apart = if n == 1 { None } else { why.or_else(|| Some(format!("\"{id}\" is taken"))) };
            return Ok(Target::Deck { slug, file, mine: None, base: None, apart });
        }
    }
    Err(ReadError::new(format!("the deck \"{id}\""), "no id like it is free", "give it another id with --deck ID")
        .into())
}
