//! Questions about the log. Numbers in, answers out; no printing.

pub mod report;

pub use report::{DomainScore, Rate, Report};
