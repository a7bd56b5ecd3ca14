//! Writing decks as markdown.
