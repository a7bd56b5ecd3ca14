//! Other formats in and out: Anki packages, tables, Markdown, and our own JSON. No scheduling, no printing.
//!
//! Readers turn bytes that nobody vouches for into [`Incoming`]; what they can't use they tell as [`Trouble`] with its
//! place. They write nothing; only [`own`] and the plans of [`plan`] do, through the store.

pub mod anki;
pub mod charset;
pub mod editable;
pub mod export;
pub mod html;
pub mod incoming;
pub mod journal;
pub mod json;
pub mod notes;
pub mod own;
pub mod plan;
pub mod read;
pub mod safeguard;
pub mod table;

pub use incoming::{Format, Incoming, IncomingCard, IncomingDeck, PastReview, ReadError, Tick, Trouble};
