//! A card as friendly text for an editor, and back.
