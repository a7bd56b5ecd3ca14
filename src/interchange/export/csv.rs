//! Writing decks as csv.
