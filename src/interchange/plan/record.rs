//! What the record of an import counts.

use super::Plan;
use crate::log::EventKind;
use crate::model::CardKey;
use crate::store::{Action, ImportWrite};
use serde_json::{Value, json};
use std::collections::HashSet;

impl Plan {
    /// The counts of the plan, with what is about to be done: cards archived, suspended and parked, and reviews.
    pub(super) fn record(&self, write: &ImportWrite) -> Value {
        let mut summary = self.summary();
        for deck in summary["decks"].as_array_mut().into_iter().flatten() {
            let slug = deck["deck"].as_str().unwrap_or_default().to_owned();
            let archived = write.decks.iter().filter(|d| d.slug == slug).flat_map(|d| &d.audit);
            deck["archived"] = archived.filter(|a| a.action == Action::Removed).count().into();
            deck["suspended"] = cards(&write.suspend, &slug).into();
            deck["parked"] = cards(&write.park, &slug).into();
        }
        let reviews = write.history.iter().filter(|e| matches!(e.kind, EventKind::Answered(_))).count();
        summary["reviews"] = json!(reviews);
        summary
    }
}

/// How many cards of a deck these are parts of.
fn cards(keys: &[CardKey], slug: &str) -> usize {
    keys.iter().filter(|k| k.deck() == slug).map(CardKey::card).collect::<HashSet<_>>().len()
}
