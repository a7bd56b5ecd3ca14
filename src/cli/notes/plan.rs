//! What a page of notes would change: looked at in full before anything is written.

use super::files::Files;
use super::vanished::{Vanished, gone, vanished};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::gate;
use crate::cli::inbox::card;
use crate::deck::change::{EditClass, words};
use crate::deck::format::RawCard;
use crate::deck::merge::{Conflict, FieldChange, Side, differences, merge};
use crate::deck::print::compact;
use crate::interchange::safeguard::Suspect;
use crate::interchange::{Trouble, json, notes, plan};
use crate::store::{Draft, NoteCard, Store};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A file of notes as it was read.
pub struct Page {
    /// Its place.
    pub path: PathBuf,
    /// The same, as the home remembers it.
    pub source: String,
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its text.
    pub text: String,
    /// It is plain UTF-8, so that comments can be written into it.
    pub plain: bool,
}

/// What becomes of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drafted {
    /// It is caught.
    New,
    /// It follows its notes.
    Follows(i64),
    /// It is there already.
    Same,
    /// It was worked on in the inbox, and its notes changed too: it stays as it is.
    Worked(i64),
    /// It was dropped, and its notes still say the same.
    Dropped,
}

/// What becomes of one item.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// A new card.
    New,
    /// A card that changes.
    Changed {
        /// What that means for who learned it.
        class: EditClass,
        /// The fields.
        changes: Vec<FieldChange>,
        /// It was edited in its deck meanwhile; both changes are in it.
        merged: bool,
        /// The card as it will stand in its deck, compact JSON.
        json: String,
    },
    /// Nothing.
    Unchanged,
    /// The notes say what they said last, and the card stands otherwise: edited in its deck, or taken back.
    Differs(Vec<FieldChange>),
    /// The card says it already, only the home does not know yet that its notes do.
    Known,
    /// Its card was taken out of its deck.
    Removed,
    /// It was edited in its deck meanwhile, in the same fields: what stands there is left alone.
    Conflict(Vec<Conflict>),
    /// Another file of notes has this id.
    Clash(String),
    /// It could identify a patient.
    Held(Vec<Suspect>, Drafted),
    /// It lacks something.
    Draft(Drafted),
    /// It lacks something now; its card stays as it was.
    Broken,
}

/// One item of the page.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its id: its comment's, or the one it gets.
    pub id: String,
    /// The deck its card stands in or goes into.
    pub deck: String,
    /// Its first line.
    pub line: usize,
    /// The card, as far as it is written.
    pub raw: RawCard,
    /// The same as compact JSON.
    pub json: String,
    /// What the notes said last.
    pub base: Option<String>,
    /// The card as it stands in its deck.
    pub here: Option<String>,
    /// What it lacks.
    pub missing: Vec<&'static str>,
    /// A draft that is done once the card is there.
    pub draft: Option<i64>,
    /// The same draft, also when it is none any more.
    drafted: Drafted,
    /// What becomes of it.
    pub fate: Fate,
    /// A card that asks the same, for a new one; and whether its answer is the same too.
    pub twin: Option<(String, bool)>,
}

/// Everything one page would change.
pub struct FilePlan {
    /// The page.
    pub page: Page,
    /// The items in its order.
    pub items: Vec<Item>,
    /// Cards and drafts whose notes are not there any more.
    pub vanished: Vec<Vanished>,
    /// What could not be read.
    pub troubles: Vec<Trouble>,
    /// Where ids are missing, with the ids.
    pub ids: Vec<(Range<usize>, String)>,
}

impl FilePlan {
    /// Items of one kind of fate.
    pub fn of(&self, is: impl Fn(&Fate) -> bool) -> Vec<&Item> {
        self.items.iter().filter(|i| is(&i.fate)).collect()
    }

    /// Is there anything to write into the home that a student would want to see first?
    #[must_use]
    pub fn changes(&self) -> bool {
        let drafted = |d: &Drafted| matches!(d, Drafted::New | Drafted::Follows(_));
        self.items.iter().any(|i| match &i.fate {
            Fate::New | Fate::Changed { .. } => true,
            Fate::Held(_, d) | Fate::Draft(d) => drafted(d),
            _ => false,
        })
    }
}

/// Reads a file.
///
/// # Errors
/// When it can't be read or is no text.
pub fn read(path: &Path) -> Outcome<Page> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let shown = path.display().to_string();
    let fail = |e: std::io::Error| Failure::fixable(format!("{shown}: {e}")).hint("check the path and who may read it");
    let path = path.canonicalize().map_err(fail)?;
    let mut bytes = Vec::new();
    // One byte more than may be: the reader says what is wrong with it.
    let file = std::fs::File::open(&path).map_err(fail)?;
    file.take(notes::MAX_FILE as u64 + 1).read_to_end(&mut bytes).map_err(fail)?;
    let read = crate::interchange::charset::to_text(&bytes)
        .map_err(|e| Failure::fixable(format!("{shown}: {}", e.cause)).hint(e.hint))?;
    let source = path.to_string_lossy().into_owned();
    Ok(Page { source, name, plain: !read.converted(), text: read.text, bytes, path })
}

/// Cards of the decks here, read once each.
#[derive(Default)]
pub(super) struct Decks(HashMap<String, HashMap<String, String>>);

impl Decks {
    fn all(&mut self, store: &Store, deck: &str) -> Outcome<&HashMap<String, String>> {
        Ok(match self.0.entry(deck.to_owned()) {
            Entry::Occupied(cards) => cards.into_mut(),
            Entry::Vacant(place) => place.insert(cards_of(store, deck)?),
        })
    }

    /// A card as it stands in its deck.
    ///
    /// # Errors
    /// When the deck can't be read or comes with scanwise.
    pub fn card(&mut self, store: &Store, deck: &str, id: &str) -> Outcome<Option<String>> {
        Ok(self.all(store, deck)?.get(id).cloned())
    }
}

/// The cards of a deck file as they stand there now.
fn cards_of(store: &Store, deck: &str) -> Outcome<HashMap<String, String>> {
    let stored = store.stored_deck(deck)?;
    if stored.as_ref().is_some_and(crate::store::StoredDeck::bundled) {
        return Err(Failure::fixable(format!(
            "the deck \"{deck}\" comes with scanwise, so no card can be added to it"
        ))
        .hint("choose another id"));
    }
    let file = stored.map_or_else(|| format!("{deck}.json"), |d| d.file);
    let Some(bytes) = store.deck_bytes(&file)? else { return Ok(HashMap::new()) };
    let parts = std::str::from_utf8(&bytes).ok().and_then(json::parts);
    let Some((_, cards)) = parts else {
        return Err(Failure::fixable(format!("your deck {deck} ({file}) has errors, so nothing can be added to it"))
            .hint(format!("run `scanwise check` on {file} and mend it first; nothing was written")));
    };
    Ok(cards.into_iter().collect())
}

/// What was asked for on the command line.
#[derive(Debug, Clone, Copy)]
pub struct Ways {
    /// Cards that were taken out of their deck, or stand otherwise there, come back as the notes have them.
    pub restore: bool,
    /// Whose version is taken where both were edited: mine is the deck's, theirs the notes'.
    pub side: Option<Side>,
}

/// Looks at every item of a page. Nothing is changed. `files`: which other notes hold an id now.
///
/// # Errors
/// When the home can't be read or a deck has errors.
pub fn make(store: &Store, page: Page, deck: &str, ways: Ways, files: &mut Files) -> Outcome<FilePlan> {
    let file = notes::read(&page.text, &page.name);
    let ids = notes::new_ids(&page.name, &file);
    let mut fresh: HashMap<usize, &String> = ids.iter().map(|(span, id)| (span.start, id)).collect();
    let mut noted = store.note_cards(&page.source)?;
    noted.extend(store.note_cards(&gone(&page.source))?);
    let known: HashMap<&str, &NoteCard> = noted.iter().map(|n| (n.id.as_str(), n)).collect();
    let mut decks = Decks::default();
    let mut items = Vec::new();
    for item in &file.items {
        let Some(id) = item.id.clone().or_else(|| fresh.remove(&item.span.start).cloned()) else { continue };
        let raw = RawCard { id: Some(id.clone()), ..item.raw.clone() };
        let json = compact(&raw);
        let known = match known.get(id.as_str()) {
            Some(card) => Some((*card).clone()),
            None => store.note_card(deck, &id)?,
        };
        let drafts = store.drafts_noted(&id)?;
        let mut own =
            |d: &&Draft| d.note.as_ref().is_some_and(|n| n.source == page.source || !files.holds(&n.source, &n.id));
        let draft = drafts.iter().rev().find(|d| own(d));
        let mut planned = Item {
            deck: known.as_ref().map_or(deck, |k| &k.deck).to_owned(),
            line: item.line,
            base: known.as_ref().map(|k| k.body.clone()),
            here: None,
            drafted: Drafted::New,
            twin: None,
            missing: item.missing.clone(),
            draft: draft.filter(|d| d.gone.is_none()).map(|d| d.id),
            fate: Fate::Unchanged,
            id,
            raw,
            json,
        };
        planned.fate = match known.as_ref().filter(|k| k.source != page.source && files.holds(&k.source, &k.id)) {
            Some(other) => Fate::Clash(other.source.clone()),
            None => {
                planned.here = decks.card(store, &planned.deck, &planned.id)?;
                planned.drafted = drafted(&planned, draft);
                let moved = known.is_some_and(|k| k.source != page.source);
                match fate(store, &planned, item.complete, ways)? {
                    // The home learns where its notes are now.
                    Fate::Unchanged if moved => Fate::Known,
                    fate => fate,
                }
            }
        };
        items.push(planned);
    }
    twins(store, deck, &mut items, &mut decks)?;
    let vanished = vanished(store, &page, noted, &items, files, &mut decks)?;
    Ok(FilePlan { page, items, vanished, troubles: file.troubles, ids })
}

fn fate(store: &Store, item: &Item, complete: bool, ways: Ways) -> Outcome<Fate> {
    if item.base.is_some() && item.here.is_none() && !(ways.restore && complete) {
        return Ok(Fate::Removed);
    }
    if item.base.as_ref() == Some(&item.json)
        && let Some(here) = &item.here
    {
        if *here == item.json {
            return Ok(Fate::Unchanged);
        }
        if !(ways.restore && complete) {
            return Ok(Fate::Differs(differences(here, &item.json)));
        }
        let fate = changed(item, here, item.json.clone());
        return gated(store, item, fate);
    }
    if !complete {
        return Ok(if item.base.is_some() { Fate::Broken } else { Fate::Draft(item.drafted) });
    }
    settle(store, item, ways.side)
}

/// What becomes of a complete card, when this side wins where it was edited on both.
///
/// # Errors
/// When the home can't be read.
pub fn settle(store: &Store, item: &Item, side: Option<Side>) -> Outcome<Fate> {
    let fate = match &item.here {
        None => Fate::New,
        Some(here) => {
            let merged = merge(item.base.as_deref(), here, &item.json, &|_| side);
            if !merged.conflicts.is_empty() {
                return Ok(Fate::Conflict(merged.conflicts));
            }
            if merged.json == *here {
                return Ok(Fate::Known);
            }
            changed(item, here, merged.json)
        }
    };
    gated(store, item, fate)
}

fn changed(item: &Item, here: &str, json: String) -> Fate {
    let merged = json != item.json;
    Fate::Changed { class: plan::class(here, &json), changes: differences(here, &json), merged, json }
}

/// What could identify a patient does not become a card without a decision.
fn gated(store: &Store, item: &Item, fate: Fate) -> Outcome<Fate> {
    let open = gate::open(store, &item.raw)?;
    Ok(if open.is_empty() { fate } else { Fate::Held(open, item.drafted) })
}

fn drafted(item: &Item, draft: Option<&Draft>) -> Drafted {
    let Some(draft) = draft else { return Drafted::New };
    let said = draft.note.as_ref().is_some_and(|n| n.base == item.json);
    let base = draft.note.as_ref().map_or("", |n| n.base.as_str());
    match &draft.gone {
        None if said => Drafted::Same,
        None if draft.body == base => Drafted::Follows(draft.id),
        None => Drafted::Worked(draft.id),
        Some(why) if said && !why.contains('/') => Drafted::Dropped,
        Some(_) => Drafted::New,
    }
}

/// What a card asks and what it answers, word by word.
fn said(raw: &RawCard) -> (String, String) {
    let words = |texts: &[&Option<String>]| {
        texts.iter().filter_map(|t| t.as_deref()).flat_map(words).collect::<Vec<_>>().join(" ")
    };
    (words(&[&raw.front, &raw.text, &raw.vignette, &raw.question, &raw.modifier]), words(&[&raw.back, &raw.rule]))
}

/// Finds for each new card one of the deck or of this page that asks the same.
fn twins(store: &Store, deck: &str, items: &mut [Item], decks: &mut Decks) -> Outcome {
    if !items.iter().any(|i| i.fate == Fate::New) {
        return Ok(());
    }
    let mut known: HashMap<String, (String, String)> = HashMap::new();
    for (id, json) in decks.all(store, deck)? {
        let (asked, answer) = said(&card::of_body(json));
        known.insert(asked, (format!("{deck}/{id}"), answer));
    }
    for item in items.iter_mut().filter(|i| i.fate == Fate::New) {
        let (asked, answer) = said(&item.raw);
        item.twin = known.get(&asked).map(|(name, other)| (name.clone(), *other == answer));
        known.entry(asked).or_insert_with(|| (format!("line {}", item.line), answer));
    }
    Ok(())
}
