//! The decks compiled into the program.

/// One compiled-in deck.
#[derive(Debug, Clone, Copy)]
pub struct BundledDeck {
    /// File name under `decks/`.
    pub file: &'static str,
    /// The whole file.
    pub text: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/bundled.rs"));
