//! The review log: events, and the fold that makes card state of them. No SQL.

pub mod event;
pub mod fold;

pub use event::{Answer, Event, EventId, EventKind, IdSource, Picked, Turn};
pub use fold::{Fact, Folded, Folding, History, Personal, replay, undone};
