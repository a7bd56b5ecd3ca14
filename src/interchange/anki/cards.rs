//! From notes to cards.

use super::cloze;
use super::decks::{Place, Places, Shelf};
use super::limits::{MAX_FIELDS, MAX_TAGS};
use super::mapping::{Becomes, OUR_CARD, OUR_KEY, Plan, Role};
use super::media::Media;
use super::troubles::Troubles;
use crate::deck::Catalog;
use crate::deck::format::{CardType, RawCard};
use crate::deck::rules::{MAX_TEXT, Rules};
use crate::interchange::html::Converter;
use crate::interchange::incoming::IncomingCard;
use crate::model::ids::suggest_id;
use crate::model::text::{count, hex, thousands};
use crate::model::{Body, Card, CardKey};
use crate::store::foreign::anki::{CardRow, NoteRow};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::rc::Rc;

const SKIPPED: &str = "this card was left out; change it in Anki and export again";
const KEPT: &str = "the card is kept";

/// A note, as people are told of it; put into words only when something is.
struct Here<'p> {
    /// Counted from 1.
    note: u64,
    kind: &'p str,
}

impl Display for Here<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "note {} ({})", self.note, self.kind)
    }
}

/// Where an Anki card went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Made {
    /// Its id in Anki.
    pub anki: i64,
    /// Place of the deck.
    pub deck: usize,
    /// Place of the card in it.
    pub card: usize,
    /// The deletion of a cloze; 0 for other cards.
    pub part: u8,
}

/// Makes cards, note by note.
pub struct Maker {
    plans: BTreeMap<i64, Rc<Plan>>,
    /// Where cards go.
    pub places: Places,
    converter: Converter,
    /// Pictures and sounds, and which of them are used.
    pub media: Media,
    /// The decks so far.
    pub shelf: Shelf,
    /// What could not be used.
    pub troubles: Troubles,
    /// Where cards went, when the history is wanted.
    pub made: Option<Vec<Made>>,
    seen: u64,
    occluded: BTreeMap<String, u64>,
}

/// The fields of one note as text.
struct Texts {
    all: Vec<String>,
}

impl Texts {
    fn joined(&self, places: &[usize]) -> String {
        let texts: Vec<&str> =
            places.iter().filter_map(|at| self.all.get(*at)).map(String::as_str).filter(|t| !t.is_empty()).collect();
        texts.join("\n")
    }
}

impl Maker {
    /// Starts with nothing, and room for so many cards.
    pub fn new(plans: BTreeMap<i64, Plan>, places: Places, media: Media, cards: usize, history: bool) -> Self {
        let plans = plans.into_iter().map(|(id, plan)| (id, Rc::new(plan))).collect();
        Self {
            plans,
            places,
            converter: Converter::default(),
            media,
            shelf: Shelf::with_room(cards),
            troubles: Troubles::default(),
            made: history.then(Vec::new),
            seen: 0,
            occluded: BTreeMap::new(),
        }
    }

    /// Takes a note with its cards.
    pub fn note(&mut self, note: &NoteRow<'_>, cards: &[CardRow]) {
        self.seen += 1;
        let Some(plan) = self.plans.get(&note.notetype) else {
            self.troubles.add(&format!("note {}", self.seen), "its note type is not in the package", SKIPPED);
            return;
        };
        if plan.becomes == Becomes::Nothing {
            *self.occluded.entry(plan.name.clone()).or_default() += 1;
            return;
        }
        let plan = Rc::clone(plan);
        let here = Here { note: self.seen, kind: &plan.name };
        if cards.is_empty() {
            self.troubles.add(&here, "it has no cards", SKIPPED);
            return;
        }
        if plan.becomes == Becomes::Ours && self.ours(&plan, note, cards) {
            return;
        }
        let Some(texts) = self.texts(&plan, note, &here) else { return };
        let base = card_id(note);
        if plan.becomes == Becomes::Cloze {
            self.cloze(&plan, note, cards, &texts, base, &here);
        } else {
            for card in cards {
                self.basic(&plan, note, *card, &texts, &base, &here);
            }
        }
    }

    /// What is to be told once all notes have come.
    pub fn finish(&mut self) {
        for (name, n) in std::mem::take(&mut self.occluded) {
            let cause = format!("{} with picture occlusion", count(n, "note"));
            self.troubles.add(
                &format!("note type {name}"),
                cause,
                "left out: a terminal can't hide parts of a picture",
            );
        }
        let missing = self.media.missing.len() as u64;
        if missing > 0 {
            let names: Vec<&str> = self.media.missing.iter().take(3).map(String::as_str).collect();
            let cause =
                format!("cards name {} that the package does not hold: {}", count(missing, "file"), names.join(", "));
            self.troubles.add("media", cause, "the cards are kept; their pictures or sounds are not there");
        }
    }

    /// Every field as text, or nothing when one that matters can't be read.
    fn texts(&mut self, plan: &Plan, note: &NoteRow<'_>, here: &Here<'_>) -> Option<Texts> {
        let mut all = Vec::with_capacity(plan.fields.len());
        for (at, field) in note.fields.split('\u{1f}').take(MAX_FIELDS).enumerate() {
            let role = plan.roles.get(at).copied().unwrap_or(Role::Named);
            if role == Role::Ignore || field.is_empty() {
                all.push(String::new());
                continue;
            }
            let media = &mut self.media;
            match self.converter.convert(field, &mut |name| media.used(name)) {
                Ok(text) => all.push(text),
                Err(heavy) => {
                    let name = plan.fields.get(at).map_or("one more", String::as_str);
                    let beside = matches!(role, Role::Why | Role::Named | Role::Note);
                    let hint = if beside { "the card is kept without this field" } else { SKIPPED };
                    self.troubles.add(here, format!("the field \"{name}\" has {heavy}"), hint);
                    if !beside {
                        return None;
                    }
                    all.push(String::new());
                }
            }
        }
        Some(Texts { all })
    }

    fn basic(&mut self, plan: &Plan, note: &NoteRow<'_>, card: CardRow, texts: &Texts, base: &str, here: &Here<'_>) {
        let ord = usize::try_from(card.ord).unwrap_or(usize::MAX);
        let Some(face) = plan.faces.get(ord) else {
            self.troubles.add(here, "one of its cards has no template", SKIPPED);
            return;
        };
        let (front, back) = (texts.joined(&face.front), texts.joined(&face.back));
        for (text, what) in [(&front, "front"), (&back, "back")] {
            if text.is_empty() {
                let side = if ord == 0 { String::new() } else { format!(" of card {}", ord + 1) };
                self.troubles.add(here, format!("the {what}{side} is empty"), SKIPPED);
                return;
            }
        }
        let id = match ord {
            0 => base.to_owned(),
            1 => format!("{base}-r"),
            n => format!("{base}-{n}"),
        };
        let shown: Vec<usize> = face.front.iter().chain(&face.back).copied().collect();
        let place = self.places.of(card.deck);
        let raw = RawCard {
            id: Some(id),
            kind: Some(CardType::Basic),
            front: Some(front),
            back: Some(back),
            ..self.common(plan, note, texts, &place, &shown, here)
        };
        if let Some((_, deck, at)) = self.emit(&place, &raw, here) {
            self.remember(card.id, deck, at, 0);
        }
    }

    fn cloze(
        &mut self,
        plan: &Plan,
        note: &NoteRow<'_>,
        cards: &[CardRow],
        texts: &Texts,
        id: String,
        here: &Here<'_>,
    ) {
        let shown: Vec<usize> = (0..plan.roles.len()).filter(|at| plan.roles[*at] == Role::Text).collect();
        let mended = cloze::mend(&texts.joined(&shown));
        if mended.text.trim().is_empty() {
            self.troubles.add(here, "its text is empty", SKIPPED);
            return;
        }
        let Some(first) = cards.first() else { return };
        let place = self.places.of(first.deck);
        let raw = RawCard {
            id: Some(id),
            kind: Some(CardType::Cloze),
            text: Some(mended.text),
            ..self.common(plan, note, texts, &place, &shown, here)
        };
        let Some((card, deck, at)) = self.emit(&place, &raw, here) else { return };
        for change in mended.changes {
            self.troubles.add(here, change, KEPT);
        }
        let Body::Cloze { text, .. } = card.body else { return };
        let numbers = text.numbers();
        for row in cards {
            if let Ok(part) = u8::try_from(row.ord.saturating_add(1))
                && numbers.contains(&part)
            {
                self.remember(row.id, deck, at, part);
            }
        }
    }

    /// What basic and cloze cards have in common.
    fn common(
        &mut self,
        plan: &Plan,
        note: &NoteRow<'_>,
        texts: &Texts,
        place: &Place,
        shown: &[usize],
        here: &Here<'_>,
    ) -> RawCard {
        let mut why: Vec<String> = Vec::new();
        let mut aside: Vec<&str> = Vec::new();
        for (at, text) in texts.all.iter().enumerate() {
            if text.is_empty() || shown.contains(&at) {
                continue;
            }
            match plan.roles.get(at).copied().unwrap_or(Role::Why) {
                Role::Ignore => {}
                Role::Why => why.push(text.clone()),
                Role::Note => aside.push(text),
                // A front or back that this template does not show is not lost either.
                Role::Named | Role::Front | Role::Back | Role::Text => {
                    let name = crate::interchange::html::clean(&plan.fields[at]).replace('\n', " ");
                    why.push(format!("{name}: {text}"));
                }
            }
        }
        let why = self.fitting(why.join("\n\n"), "explanation", here);
        let aside = self.fitting(aside.join("\n\n"), "note", here);
        RawCard { domain: Some(place.domain.clone()), tags: tags(note, place), why, note: aside, ..RawCard::default() }
    }

    /// A text beside the question: left out, and told, when it is too long.
    fn fitting(&mut self, text: String, what: &str, here: &Here<'_>) -> Option<String> {
        if text.is_empty() {
            return None;
        }
        if text.len() > MAX_TEXT && text.chars().count() > MAX_TEXT {
            let cause = format!("its {what} is longer than {} characters", thousands(MAX_TEXT as u64));
            self.troubles.add(here, cause, "the card is kept without it");
            return None;
        }
        Some(text)
    }

    /// Puts a card on the shelf when it keeps every rule of decks.
    fn emit(&mut self, place: &Place, raw: &RawCard, here: &Here<'_>) -> Option<(Card, usize, usize)> {
        let mut rules = Rules::new(Catalog::bundled());
        let Some(card) = rules.card(0, raw).filter(|_| rules.problems.is_empty()) else {
            let cause = rules.problems.first().map_or_else(
                || "it is no card".to_owned(),
                |p| {
                    let field = p.path.to_string();
                    format!("{}: {}", field.rsplit('.').next().unwrap_or_default(), p.cause)
                },
            );
            self.troubles.add(here, cause, SKIPPED);
            return None;
        };
        match self.shelf.add(&place.deck, &place.title, IncomingCard::checked(raw, &card)) {
            Some((deck, at)) => Some((card, deck, at)),
            None => {
                self.troubles.add(here, "another note in the package has the same GUID", SKIPPED);
                None
            }
        }
    }

    fn remember(&mut self, anki: i64, deck: usize, card: usize, part: u8) {
        if let Some(made) = &mut self.made {
            made.push(Made { anki, deck, card, part });
        }
    }

    /// Takes back a card that scanwise exported, as it was. `false` when that can't be read any more.
    fn ours(&mut self, plan: &Plan, note: &NoteRow<'_>, cards: &[CardRow]) -> bool {
        let fields: Vec<&str> = note.fields.split('\u{1f}').collect();
        let mut field = |name: &str| {
            let at = plan.fields.iter().position(|f| f == name)?;
            self.converter.data(fields.get(at)?).ok()
        };
        let (Some(key), Some(json)) = (field(OUR_KEY), field(OUR_CARD)) else { return false };
        let Ok(key) = CardKey::parse(key.trim()) else { return false };
        let Ok(mut raw) = serde_json::from_str::<RawCard>(&json) else { return false };
        raw.id = Some(key.card().to_owned());
        let mut rules = Rules::new(Catalog::bundled());
        let Some(card) = rules.card(0, &raw).filter(|_| rules.problems.is_empty()) else { return false };
        let Some(first) = cards.first() else { return false };
        let place = Place { deck: key.deck().to_owned(), ..Place::clone(&self.places.of(first.deck)) };
        let made = IncomingCard::checked(&raw, &card);
        // Brackets and quotes inside a name would not survive JSON as they are, but safe names hold none.
        for mark in ["[image: ", "[sound: "] {
            for piece in made.json.split(mark).skip(1) {
                if let Some((name, _)) = piece.split_once(']') {
                    self.media.used(name);
                }
            }
        }
        let Some((deck, at)) = self.shelf.add(&place.deck, &place.title, made) else {
            // Cloze cards of ours are one note for each deletion or one for all: the card is there already.
            return true;
        };
        for row in cards {
            let part = match &card.body {
                Body::Cloze { text, .. } => {
                    let numbers = text.numbers();
                    let part = key.cloze().or_else(|| u8::try_from(row.ord.saturating_add(1)).ok());
                    match part.filter(|p| numbers.contains(p)) {
                        Some(part) => part,
                        None => continue,
                    }
                }
                _ => 0,
            };
            self.remember(row.id, deck, at, part);
        }
        true
    }
}

/// Named after the note's GUID, which stays the same across exports and edits.
fn card_id(note: &NoteRow<'_>) -> String {
    let hash = if note.guid.is_empty() {
        Sha256::digest(note.id.to_string().as_bytes())
    } else {
        Sha256::digest(note.guid.as_bytes())
    };
    format!("a-{}", hex(&hash[..8]))
}

fn tags(note: &NoteRow<'_>, place: &Place) -> Option<Vec<String>> {
    let mut out = place.tags.clone();
    for tag in note.tags.split_whitespace() {
        if tag.eq_ignore_ascii_case("marked") || tag.eq_ignore_ascii_case("leech") {
            continue;
        }
        if let Some(tag) = suggest_id(tag)
            && !out.contains(&tag)
            && out.len() < MAX_TAGS
        {
            out.push(tag);
        }
    }
    (!out.is_empty()).then_some(out)
}
