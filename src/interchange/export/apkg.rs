//! Writing decks as apkg.
