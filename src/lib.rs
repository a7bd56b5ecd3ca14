//! scanwise: imaging-decision flashcards with exact SM-2 scheduling and a review log as the single truth.
//!
//! The layers, top to bottom; a module may use those above it, never below:
//! [`model`] (what things are), [`deck`] (text to deck), [`schedule`] (when a card returns), [`log`] (events and the
//! fold that makes state of them), [`session`] (one sitting), [`insight`] (questions about the log); then the shell:
//! [`store`] (the only SQL), [`ui`] (what people see), [`cli`] (one file a command).

pub mod cli;
pub mod clock;
pub mod deck;
pub mod insight;
pub mod interchange;
pub mod log;
pub mod model;
pub mod privacy;
pub mod schedule;
pub mod session;
pub mod store;
pub mod ui;
