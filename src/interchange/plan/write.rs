//! From a plan, once every conflict is decided, to what the store carries out.

use super::{CardPlan, DeckPlan, Duplicates, Fate, Options, Plan, Removed};
use crate::deck::Catalog;
use crate::deck::print;
use crate::deck::read::keep_rules;
use crate::interchange::incoming::PastReview;
use crate::log::{Answer, Event, EventId, EventKind, Picked};
use crate::model::{CardKey, Confidence, Grade, Outline, Stamp};
use crate::store::{Action, Audited, DeckText, DeckWrite, ImportWrite, KnownDeck, NewUpstream, Result, Store};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::rc::Rc;

/// The device under which reviews of another program stand in the log.
pub const FOREIGN_DEVICE: &str = "anki";

impl Plan {
    /// What to carry out. Conflicts that are still open keep the version here.
    #[must_use]
    pub fn write(&self, source: &str, sha256: [u8; 32], options: &Options, now: Stamp) -> ImportWrite {
        let mut write = ImportWrite {
            source: source.to_owned(),
            sha256,
            format: self.format.word(),
            summary: String::new(),
            decks: Vec::new(),
            media: Vec::new(),
            park: Vec::new(),
            suspend: Vec::new(),
            history: Vec::new(),
        };
        for deck in &self.decks {
            for card in &deck.cards {
                let keys = || keys(&deck.slug, card);
                if card.fate == Fate::New
                    && (options.park || card.is_double() && options.duplicates == Duplicates::Park)
                {
                    write.park.extend(keys());
                }
                if card.fate == Fate::Removed && options.removed == Removed::Suspend {
                    write.suspend.extend(keys());
                }
            }
            write.decks.push(deck.write(options));
            write.media.extend(deck.media.iter().cloned());
        }
        if options.with_history {
            write.history = self.reviews.iter().filter_map(|r| self.event(r, now)).collect();
            write.history.extend(believable(&self.events, &self.known, now).cloned());
        }
        write.summary = self.record(&write).to_string();
        write
    }

    /// Counts, for the record and for scripts.
    #[must_use]
    pub fn summary(&self) -> serde_json::Value {
        let decks: Vec<_> = self
            .decks
            .iter()
            .map(|d| {
                serde_json::json!({
                    "deck": d.slug, "origin": d.origin, "version": d.header.version,
                    "new": d.count(|f| *f == Fate::New),
                    "changed": d.count(|f| matches!(f, Fate::Changed { .. })),
                    "unchanged": d.count(|f| *f == Fate::Unchanged),
                    "removed": d.count(|f| *f == Fate::Removed),
                    "conflicts": d.count(|f| matches!(f, Fate::Conflict(_))),
                    "skipped": d.count(|f| *f == Fate::Skipped),
                })
            })
            .collect();
        serde_json::json!({ "decks": decks, "media": self.media() })
    }

    /// Reviews and events that are not taken in: dated in the future, or about events that are not in the file.
    #[must_use]
    pub fn unbelievable(&self, now: Stamp) -> usize {
        let events = self.events.len() - believable(&self.events, &self.known, now).count();
        self.reviews.iter().filter(|r| r.utc_ms > now.utc_ms).count() + events
    }

    /// Forgets reviews and events that are in the log already: importing twice is importing once.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn drop_known(&mut self, store: &Store, now: Stamp) -> Result<()> {
        let mut known = HashSet::new();
        for (i, review) in self.reviews.iter().enumerate() {
            if let Some(event) = self.event(review, now)
                && store.has_event(event.id)?
            {
                known.insert(i);
            }
        }
        let mut i = 0;
        self.reviews.retain(|_| {
            i += 1;
            !known.contains(&(i - 1))
        });
        let mut here = HashSet::new();
        for event in &self.events {
            if store.has_event(event.id)? {
                here.insert(event.id);
            }
        }
        // An undo or a debrief may speak of an event that came with an earlier import of the same file.
        self.known.extend(&here);
        self.events.retain(|e| !here.contains(&e.id));
        Ok(())
    }

    /// A review of another program as an event whose id follows from it: taking it in twice changes nothing.
    fn event(&self, review: &PastReview, now: Stamp) -> Option<Event> {
        let deck = self.decks.get(review.deck)?;
        // A review from the future would hold every later answer back.
        if review.utc_ms <= 0 || review.utc_ms > now.utc_ms {
            return None;
        }
        let card = CardKey::parse(CardKey::join(&deck.slug, &review.card, review.part).as_str()).ok()?;
        let grade = Grade::new(review.grade)?;
        let confidence = match review.grade {
            5 => Confidence::Sure,
            4 => Confidence::Think,
            _ => Confidence::Guess,
        };
        let mut hash = Sha256::new();
        hash.update(format!("{} {} {:?}", deck.origin, review.card, review.part));
        let hash = hash.finalize();
        let mut id = [0_u8; 16];
        id[..6].copy_from_slice(&review.utc_ms.to_be_bytes()[2..]);
        id[6..].copy_from_slice(&hash[..10]);
        id[6] = 0x70 | (id[6] & 0x0f);
        id[8] = 0x80 | (id[8] & 0x3f);
        Some(Event {
            id: EventId(id),
            device: FOREIGN_DEVICE.to_owned(),
            at: Stamp { utc_ms: review.utc_ms, offset_s: now.offset_s },
            card,
            kind: EventKind::Answered(Answer {
                picked: Picked::Recalled(grade.passed()),
                confidence,
                miss: None,
                grade,
                ms: review.ms,
            }),
        })
    }
}

impl DeckPlan {
    /// The file as it will stand. Cards that were checked when they were read are not read again; should one of the
    /// others break a rule, the store reads it all and refuses it.
    fn text<'p>(&self, cards: impl Iterator<Item = &'p CardPlan>) -> DeckText {
        let (mut jsons, mut outlines) = (Vec::new(), Vec::new());
        for card in cards {
            let Some(json) = card.json.as_deref() else { continue };
            outlines.push(card.outline.clone().or_else(|| outline(json)));
            jsons.push(json);
        }
        let (text, places) = print::deck_and_places(&self.header, jsons);
        let outlines: Option<Vec<_>> = outlines.into_iter().collect();
        let known =
            outlines.map(|o| KnownDeck { header: self.header.clone(), cards: o.into_iter().zip(places).collect() });
        DeckText { text, known }
    }

    fn write(&self, options: &Options) -> DeckWrite {
        let archived = |c: &CardPlan| c.fate == Fate::Removed && options.removed == Removed::Archive;
        let stays = |c: &&CardPlan| c.json.is_some() && c.fate != Fate::Skipped && !archived(c);
        // A file that would say the same is left as its owner wrote it.
        let text = self.changes_anything().then(|| self.text(self.cards.iter().filter(stays)));
        let mut audit = Vec::new();
        let mut added: Vec<&str> = Vec::new();
        for card in &self.cards {
            let line = |field: &str, action: Action, before: Option<String>, after: Option<String>| Audited {
                card: card.id.clone(),
                field: field.to_owned(),
                action,
                before,
                after,
            };
            match &card.fate {
                // The card itself stands in the deck and in the base; a third copy would say nothing more.
                Fate::New => added.push(&card.id),
                Fate::Changed { changes, .. } => audit.extend(changes.iter().map(|c| {
                    let text = |v: &Option<serde_json::Value>| v.as_ref().map(ToString::to_string);
                    line(&c.field, Action::Changed, text(&c.before), text(&c.after))
                })),
                Fate::Removed if archived(card) => audit.push(line("", Action::Removed, card.json.clone(), None)),
                Fate::Removed => audit.push(line("", Action::Kept, card.json.clone(), card.json.clone())),
                _ => {}
            }
        }
        // One line for all of them: it is most of what a large import would write there.
        if !added.is_empty() {
            let (card, after) = match added.as_slice() {
                [one] => ((*one).to_owned(), None),
                many => (String::new(), serde_json::to_string(many).ok()),
            };
            audit.push(Audited { card, field: String::new(), action: Action::Added, before: None, after });
        }
        DeckWrite {
            slug: self.slug.clone(),
            file: self.file.clone(),
            before: self.before.clone(),
            text,
            upstream: Some(NewUpstream {
                origin: self.origin.clone(),
                version: self.upstream_version.clone(),
                body: self.upstream_body.clone(),
            }),
            audit,
        }
    }
}

/// What is kept of a card of the deck format; `None` when it breaks a rule.
fn outline(json: &str) -> Option<Rc<Outline>> {
    keep_rules(json, Catalog::bundled()).map(|card| Rc::new(Outline::of(&card)))
}

/// The schedulable cards of a planned card.
fn keys(slug: &str, card: &CardPlan) -> Vec<CardKey> {
    card.card().map_or(Vec::new(), |c| c.parts().into_iter().map(|p| CardKey::join(slug, &card.id, p)).collect())
}

/// How far the clock of another device may be ahead, in milliseconds.
const AHEAD: u64 = 24 * 3_600_000;

/// The events of a file that may stand in the log for good. One from the future, by its time or by its id, would come
/// after whatever is answered from now on; and a file only speaks of its own events, never of those here.
fn believable<'e>(events: &'e [Event], known: &HashSet<EventId>, now: Stamp) -> impl Iterator<Item = &'e Event> {
    let newest = u64::try_from(now.utc_ms).unwrap_or(0).saturating_add(AHEAD);
    let own: HashSet<EventId> = events.iter().map(|e| e.id).chain(known.iter().copied()).collect();
    events.iter().filter(move |e| {
        let about = match &e.kind {
            EventKind::Undone { target } | EventKind::Debriefed { target, .. } => own.contains(target),
            _ => true,
        };
        about && (1..=now.utc_ms).contains(&e.at.utc_ms) && e.id.millis() <= newest
    })
}

/// An event of a deck that has another id here.
pub(super) fn rename(mut event: Event, slug: &str) -> Event {
    event.card = CardKey::join(slug, event.card.card(), event.card.cloze());
    event
}
