//! One sitting as a state machine: input and the moment go in, effects come out. No terminal, no SQL.

pub mod machine;
pub mod summary;

pub use machine::{Effect, Goal, Input, Phase, Pick, Result, Session, Shown};
pub use summary::{Finish, Summary};
