//! JSON text to decks, or every problem with its place and a hint. No SQL, no printing.

pub mod alike;
pub mod bundled;
pub mod catalog;
pub mod change;
pub mod format;
pub mod lint;
pub mod merge;
pub mod print;
pub mod problem;
pub mod read;
pub mod rules;
mod shape;
mod tree;

pub use catalog::Catalog;
pub use problem::{Place, Problem, Severity};
pub use read::{Checked, check, parse_card, scan};
