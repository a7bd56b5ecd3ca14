//! When a card returns and in what order. Pure: no clock, no SQL.

pub mod fuzz;
pub mod mix;
pub mod queue;
pub mod sm2;
pub mod state;

pub use queue::{Candidate, Limits, Plan, Slot, Standing};
pub use sm2::Memory;
pub use state::{CardState, Outcome, Params, Stage};
