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
    /// Slugs to select by, with a blank between.
    pub tags: String,
    /// Decision points of the coverage map.
    pub covers: Vec<String>,
    /// The numbers of its deletions; none for cards that are scheduled whole.
    deletions: Vec<u8>,
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
            tags: card.tags.join(" "),
            covers: card.covers.clone(),
            deletions: card.parts().into_iter().flatten().collect(),
        }
    }

    /// The schedulable cards it yields, see [`Card::parts`].
    #[must_use]
    pub fn parts(&self) -> impl ExactSizeIterator<Item = Option<u8>> + '_ {
        (0..self.deletions.len().max(1)).map(|at| self.deletions.get(at).copied())
    }
}
