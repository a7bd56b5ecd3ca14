//! What a card is found and scheduled by.

use super::Card;

/// What the collection keeps of a card beside its text. Whoever read and checked the card can hand this on, so that the
/// text need not be read once more to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Id within the deck.
    pub id: String,
    /// The deck format's word for its type.
    pub kind: &'static str,
    /// Clinical field.
    pub domain: String,
    /// Siblings share a family.
    pub family: Option<String>,
    /// Slugs to select by.
    pub tags: Vec<String>,
    /// Decision points of the coverage map.
    pub covers: Vec<String>,
    /// The schedulable cards it yields, see [`Card::parts`].
    pub parts: Vec<Option<u8>>,
}

impl Outline {
    /// Of a checked card.
    #[must_use]
    pub fn of(card: &Card) -> Self {
        Self {
            id: card.id.clone(),
            kind: card.type_word(),
            domain: card.domain.clone(),
            family: card.family().map(str::to_owned),
            tags: card.tags.clone(),
            covers: card.covers.clone(),
            parts: card.parts(),
        }
    }
}
