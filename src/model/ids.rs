//! Names that authors write and the log keeps for ever.

use std::fmt;

/// Why a piece of text is not a deck, card or option id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was written.
    #[error("an id can't be empty")]
    Empty,
    /// More than [`MAX_ID`] characters.
    #[error("an id has at most {MAX_ID} characters, this one has {0}")]
    TooLong(usize),
    /// A character outside `a-z`, `0-9`, `-`.
    #[error("an id holds lower-case letters, digits and '-' only, not {0:?}")]
    Character(char),
    /// It starts or ends with `-`, or holds `--`.
    #[error("an id can't start or end with '-' or hold two in a row")]
    Dash,
    /// A card key that is not `deck/card` or `deck/card#n`.
    #[error("a card is named deck/card (a cloze card deck/card#1)")]
    Shape,
}

/// Longest deck, card or option id, in characters.
pub const MAX_ID: usize = 80;

/// Checks one id: lower-case ASCII letters, digits and single inner dashes.
///
/// # Errors
/// The first rule the text breaks.
pub fn check_id(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if let Some(c) = text.chars().find(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-')) {
        return Err(IdError::Character(c));
    }
    if text.len() > MAX_ID {
        return Err(IdError::TooLong(text.len()));
    }
    if text.starts_with('-') || text.ends_with('-') || text.contains("--") {
        return Err(IdError::Dash);
    }
    Ok(())
}

/// The nearest valid id to `text`, for a hint; `None` when nothing is left of it.
#[must_use]
pub fn suggest_id(text: &str) -> Option<String> {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
        if out.len() >= MAX_ID {
            break;
        }
    }
    let out = out.trim_end_matches('-');
    (!out.is_empty()).then(|| out.to_owned())
}

/// A deck's id, as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeckId(String);

impl DeckId {
    /// # Errors
    /// When the text is not an id (see [`check_id`]).
    pub fn new(text: &str) -> Result<Self, IdError> {
        check_id(text)?;
        Ok(Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeckId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One schedulable card: `deck/card`, or `deck/card#n` for the n-th deletion of a cloze.
///
/// Progress hangs on this name alone; the text of a card may change freely.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CardKey(String);

impl CardKey {
    /// Parses `deck/card` or `deck/card#n` (n from 1 to 99).
    ///
    /// # Errors
    /// When the shape or one of the ids is wrong.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let (deck, rest) = text.split_once('/').ok_or(IdError::Shape)?;
        let card = match rest.split_once('#') {
            None => rest,
            Some((card, n)) => {
                let ok = matches!(n.parse::<u8>(), Ok(1..=99)) && !n.starts_with(['0', '+']);
                if !ok {
                    return Err(IdError::Shape);
                }
                card
            }
        };
        check_id(deck)?;
        check_id(card)?;
        Ok(Self(text.to_owned()))
    }

    /// Joins ids that were checked before; `cloze` is the number of the deletion.
    #[must_use]
    pub fn join(deck: &str, card: &str, cloze: Option<u8>) -> Self {
        let mut out = String::with_capacity(deck.len() + card.len() + 4);
        out.push_str(deck);
        out.push('/');
        out.push_str(card);
        if let Some(n) = cloze {
            out.push('#');
            out.push_str(&n.to_string());
        }
        Self(out)
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The deck's id.
    #[must_use]
    pub fn deck(&self) -> &str {
        self.0.split_once('/').map_or("", |(deck, _)| deck)
    }

    /// The card's id within its deck, without a cloze number.
    #[must_use]
    pub fn card(&self) -> &str {
        let rest = self.0.split_once('/').map_or("", |(_, rest)| rest);
        rest.split_once('#').map_or(rest, |(card, _)| card)
    }

    /// Which deletion of a cloze this is, from 1; `None` for other cards.
    #[must_use]
    pub fn cloze(&self) -> Option<u8> {
        self.0.split_once('#').and_then(|(_, n)| n.parse().ok())
    }
}

impl fmt::Display for CardKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_plain_slugs() {
        for good in ["a", "rlq-pain", "egfr-22", "7"] {
            assert_eq!(check_id(good), Ok(()), "{good}");
        }
        assert_eq!(check_id(""), Err(IdError::Empty));
        assert_eq!(check_id("CTPA"), Err(IdError::Character('C')));
        assert_eq!(check_id("a b"), Err(IdError::Character(' ')));
        assert_eq!(check_id("-a"), Err(IdError::Dash));
        assert_eq!(check_id("a--b"), Err(IdError::Dash));
        assert_eq!(check_id(&"a".repeat(81)), Err(IdError::TooLong(81)));
    }

    #[test]
    fn a_hint_is_itself_an_id() {
        for text in ["CT Head!", "  éa", "a__b", "--", &"x ".repeat(200)] {
            if let Some(hint) = suggest_id(text) {
                assert_eq!(check_id(&hint), Ok(()), "{text} -> {hint}");
            }
        }
    }

    #[test]
    fn card_keys_take_apart() {
        let key = CardKey::parse("pe/perc-items#2").expect("valid");
        assert_eq!((key.deck(), key.card(), key.cloze()), ("pe", "perc-items", Some(2)));
        let key = CardKey::parse("pe/perc").expect("valid");
        assert_eq!((key.deck(), key.card(), key.cloze()), ("pe", "perc", None));
        for bad in ["pe", "pe/", "/x", "pe/x#0", "pe/x#", "pe/x#01", "pe/x#100", "pe/X", "pe/a/b"] {
            assert!(CardKey::parse(bad).is_err(), "{bad}");
        }
    }
}
