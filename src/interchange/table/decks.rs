//! The decks of a file as its rows come in, and the ids of their cards.

use super::head::{Head, cut};
use super::row::{Made, Named, digest};
use super::text::clean;
use crate::deck::format::{FORMAT, RawCard, RawDeck};
use crate::interchange::incoming::{IncomingCard, IncomingDeck, Trouble};
use crate::model::ids::{MAX_ID, suggest_id};
use crate::model::text::thousands;
use std::collections::HashMap;

/// Most decks of one file.
const MAX_DECKS: usize = 2_000;

/// The decks of one file.
pub struct Decks {
    list: Vec<IncomingDeck>,
    /// Of each deck: the ids in it, with their line.
    ids: Vec<HashMap<String, usize>>,
    /// How often an id was wanted, by deck; decks themselves under `usize::MAX`.
    wanted: HashMap<(usize, String), u64>,
    by_id: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
    /// The deck of rows that name none.
    usual: String,
    /// The last card, until nothing can be added to it any more.
    last: Option<(usize, RawCard)>,
}

impl Decks {
    /// Starts with the decks that header lines describe.
    pub fn new(head: &Head, name: &str) -> Self {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let usual = head.deck.as_deref().unwrap_or(stem).trim();
        let usual = clean(&usual.replace(['\n', '\t'], " ")).0.into_owned();
        let mut decks = Self {
            list: Vec::new(),
            ids: Vec::new(),
            wanted: HashMap::new(),
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            usual: if usual.is_empty() { "Imported cards".to_owned() } else { usual },
            last: None,
        };
        for header in &head.decks {
            if let Some(id) = header.id.clone().filter(|id| !decks.by_id.contains_key(id)) {
                decks.open(id, header.clone());
            }
        }
        decks
    }

    fn open(&mut self, id: String, header: RawDeck) -> usize {
        let at = self.list.len();
        self.by_id.insert(id, at);
        self.list.push(IncomingDeck { header, ..IncomingDeck::default() });
        self.ids.push(HashMap::new());
        at
    }

    fn titled(id: &str, title: &str) -> RawDeck {
        RawDeck { format: Some(FORMAT), id: Some(id.to_owned()), title: Some(title.to_owned()), ..RawDeck::default() }
    }

    /// Where cards of a deck go; `None` when there are too many decks.
    fn find(&mut self, id: Option<String>, name: Option<String>) -> Option<usize> {
        let name = name.unwrap_or_else(|| self.usual.clone());
        if let Some(id) = id {
            return match self.by_id.get(&id) {
                Some(at) => Some(*at),
                None if self.list.len() >= MAX_DECKS => None,
                None => Some(self.open(id.clone(), Self::titled(&id, &name))),
            };
        }
        if let Some(at) = self.by_name.get(&name) {
            return Some(*at);
        }
        if self.list.len() >= MAX_DECKS {
            return None;
        }
        let base = suggest_id(&name).unwrap_or_else(|| format!("deck-{}", digest(&name)));
        let id = free(&mut self.wanted, usize::MAX, &base, |id| self.by_id.contains_key(id));
        let at = self.open(id.clone(), Self::titled(&id, &name));
        self.by_name.insert(name, at);
        Some(at)
    }

    /// Takes a card in.
    pub fn add(&mut self, made: Made, line: usize) -> Result<(), Trouble> {
        self.settle();
        let found = self.find(made.deck_id, made.deck);
        let Some((at, ids)) = found.and_then(|at| self.ids.get_mut(at).map(|ids| (at, ids))) else {
            return Err(Trouble {
                place: format!("line {line}"),
                cause: format!("a deck more than the {} that one file may have", thousands(MAX_DECKS as u64)),
                hint: "the row is left out; check that the deck column holds names of decks".to_owned(),
            });
        };
        let id = match made.named {
            Named::Given(id) => match ids.get(&id) {
                Some(first) => {
                    return Err(Trouble {
                        place: format!("line {line}"),
                        cause: format!("line {first} is the same card already (\"{}\")", cut(&id)),
                        hint: "the row is left out; give it an id of its own".to_owned(),
                    });
                }
                None => id,
            },
            Named::FromFront(base) => free(&mut self.wanted, at, &base, |id| ids.contains_key(id)),
        };
        ids.insert(id.clone(), line);
        self.last = Some((at, RawCard { id: Some(id), ..made.card }));
        Ok(())
    }

    /// Puts another line under the back of the last card.
    pub fn extend_last(&mut self, text: &str) -> bool {
        let longest = crate::deck::rules::MAX_TEXT;
        match self.last.as_mut().and_then(|(_, card)| card.back.as_mut()) {
            Some(back) if back.len() + text.len() < longest => {
                back.push('\n');
                back.push_str(text);
                true
            }
            _ => false,
        }
    }

    fn settle(&mut self) {
        if let Some((at, card)) = self.last.take()
            && let Some(deck) = self.list.get_mut(at)
        {
            deck.cards.push(IncomingCard::new(&card));
        }
    }

    /// No card yet?
    pub fn is_empty(&self) -> bool {
        self.last.is_none() && self.list.iter().all(|d| d.cards.is_empty())
    }

    /// All of them; `partial` when rows were left out.
    pub fn done(mut self, partial: bool) -> Vec<IncomingDeck> {
        self.settle();
        self.list.iter_mut().for_each(|d| d.partial = partial);
        self.list
    }
}

/// `base`, or the first of `base-2`, `base-3`, ... that is free. Goes on where it stopped for this base, so that a file of
/// equal fronts takes no more time than another.
fn free(wanted: &mut HashMap<(usize, String), u64>, deck: usize, base: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(base) {
        return base.to_owned();
    }
    let n = wanted.entry((deck, base.to_owned())).or_insert(1);
    loop {
        *n += 1;
        let tail = format!("-{n}");
        let keep = base.get(..MAX_ID - tail.len()).unwrap_or(base).trim_end_matches('-');
        let id = format!("{keep}{tail}");
        if !taken(&id) {
            return id;
        }
    }
}
