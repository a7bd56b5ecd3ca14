//! Databases of other programs, opened read-only and trusted in nothing.
pub mod anki_write;
