//! One sitting as a state machine: input and the moment go in, effects come out. No terminal, no SQL.

pub mod machine;
pub mod summary;
#[cfg(test)]
mod tests;
pub mod words;

pub use machine::{Goal, Phase, Session};
pub use summary::{Finish, Summary};
pub use words::{Effect, Input, Pick, Result, Shown};
