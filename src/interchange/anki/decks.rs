//! From Anki's deck names to decks, domains and tags.

use crate::deck::format::{FORMAT, RawDeck};
use crate::interchange::html::clean;
use crate::interchange::incoming::{IncomingCard, IncomingDeck};
use crate::model::ids::suggest_id;
use crate::model::text::hex;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;

/// Longest title of a deck, in characters.
const MAX_TITLE: usize = 200;

/// Where a card of an Anki deck goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The deck's id.
    pub deck: String,
    /// Its title.
    pub title: String,
    /// From the second level.
    pub domain: String,
    /// From deeper levels.
    pub tags: Vec<String>,
}

/// Where each Anki deck's cards go: one deck for each name of the top level.
#[derive(Debug, Default)]
pub struct Places {
    by_deck: HashMap<i64, Rc<Place>>,
}

impl Places {
    /// From deck names by id. Two names that make one id ("CT!" and "ct") get numbers, in the order of Anki's ids.
    pub fn new(decks: &BTreeMap<i64, Vec<String>>) -> Self {
        let mut ids: HashMap<&str, String> = HashMap::new();
        let mut taken = HashSet::new();
        let mut out = Self::default();
        for (deck, levels) in decks {
            let top = levels.first().map_or("", String::as_str);
            let id = ids.entry(top).or_insert_with(|| {
                let base = slug(top, "deck-");
                let mut id = base.clone();
                let mut n = 1;
                while !taken.insert(id.clone()) {
                    n += 1;
                    let short: String = base.chars().take(70).collect();
                    id = format!("{}-{n}", short.trim_end_matches('-'));
                }
                id
            });
            let domain = levels.get(1).or(levels.first()).and_then(|l| suggest_id(l));
            let place = Place {
                deck: id.clone(),
                title: title(top),
                domain: domain.unwrap_or_else(|| "general".to_owned()),
                tags: levels.iter().skip(2).filter_map(|l| suggest_id(l)).collect(),
            };
            out.by_deck.insert(*deck, Rc::new(place));
        }
        out
    }

    /// Where cards of this deck go; cards of a deck that is not there go where Anki puts them.
    pub fn of(&self, deck: i64) -> Rc<Place> {
        self.by_deck.get(&deck).cloned().unwrap_or_else(|| {
            Rc::new(Place {
                deck: "default".to_owned(),
                title: "Default".to_owned(),
                domain: "general".to_owned(),
                tags: Vec::new(),
            })
        })
    }
}

/// An id from a name; a name in letters that an id can't hold gets one from its hash, always the same.
fn slug(name: &str, prefix: &str) -> String {
    suggest_id(name).unwrap_or_else(|| {
        let hash = Sha256::digest(name.as_bytes());
        format!("{prefix}{}", hex(&hash[..4]))
    })
}

/// A name of Anki's as a title.
pub fn title(name: &str) -> String {
    let title: String = clean(name).replace('\n', " ").chars().take(MAX_TITLE).collect();
    let title = title.trim();
    if title.is_empty() { "Anki deck".to_owned() } else { title.to_owned() }
}

/// The decks as they grow.
#[derive(Debug, Default)]
pub struct Shelf {
    /// The decks.
    pub decks: Vec<IncomingDeck>,
    by_id: HashMap<String, usize>,
    /// Every card by its deck and id: its place, so that no id is kept twice.
    cards: HashTable<(usize, usize)>,
    hasher: RandomState,
}

impl Shelf {
    /// An empty one with room for so many cards.
    pub fn with_room(cards: usize) -> Self {
        Self { cards: HashTable::with_capacity(cards), ..Self::default() }
    }

    /// Adds a card and says where it went: place of the deck, and of the card in it; `None` when the deck has a card of
    /// this id.
    pub fn add(&mut self, deck: &str, title: &str, card: IncomingCard) -> Option<(usize, usize)> {
        let at = match self.by_id.get(deck) {
            Some(at) => *at,
            None => {
                let header = RawDeck {
                    format: Some(FORMAT),
                    id: Some(deck.to_owned()),
                    title: Some(title.to_owned()),
                    ..RawDeck::default()
                };
                self.decks.push(IncomingDeck { header, ..IncomingDeck::default() });
                self.by_id.insert(deck.to_owned(), self.decks.len() - 1);
                self.decks.len() - 1
            }
        };
        let place = (at, self.decks[at].cards.len());
        let hash = |deck: usize, id: &str| self.hasher.hash_one((deck, id));
        let id_at = |place: &(usize, usize)| self.decks[place.0].cards[place.1].id.as_str();
        let same = |other: &(usize, usize)| other.0 == at && id_at(other) == card.id;
        match self.cards.entry(hash(at, &card.id), same, |other| hash(other.0, id_at(other))) {
            Entry::Occupied(_) => return None,
            Entry::Vacant(free) => drop(free.insert(place)),
        }
        self.decks[at].cards.push(card);
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_become_deck_domain_and_tags() {
        let decks: BTreeMap<i64, Vec<String>> = [
            (1, vec!["Step2", "Neuro", "Stroke (acute)", "CT"]),
            (2, vec!["Step2"]),
            (3, vec!["step2!", "Neuro"]),
            (4, vec!["心臓"]),
            (5, vec!["a\u{1b}b\u{202e}"]),
        ]
        .into_iter()
        .map(|(id, levels)| (id, levels.into_iter().map(str::to_owned).collect()))
        .collect();
        let places = Places::new(&decks);
        let place = places.of(1);
        assert_eq!((place.deck.as_str(), place.title.as_str(), place.domain.as_str()), ("step2", "Step2", "neuro"));
        assert_eq!(place.tags, ["stroke-acute", "ct"]);
        assert_eq!((places.of(2).deck.as_str(), places.of(2).domain.as_str()), ("step2", "step2"));
        assert_eq!(places.of(3).deck, "step2-2");
        assert!(places.of(4).deck.starts_with("deck-"));
        assert_eq!(places.of(4).domain, "general");
        assert_eq!(places.of(5).title, "ab");
        assert_eq!(places.of(99).deck, "default");
    }
}
