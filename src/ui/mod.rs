//! What people see: styled text as a value, and the two ways to show it. Never decides.

pub mod doc;
pub mod driver;
pub mod editor;
pub mod keys;
pub mod plain;
pub mod preview;
pub mod progress;
pub mod reports;
pub mod screen;
pub mod views;

pub use doc::{Doc, Role};
