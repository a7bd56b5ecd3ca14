//! Rotation notes in Markdown to cards and drafts.
