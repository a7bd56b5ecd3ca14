//! Anki packages (`.apkg`, `.colpkg`), in and out.

use super::incoming::{Incoming, ReadError, Tick};
use std::path::Path;

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct AnkiOptions {
    /// Mapping.
    pub maps: Vec<String>,
    /// History.
    pub with_history: bool,
}

/// Reads.
///
/// # Errors
/// Always, until the reader is merged.
pub fn read(_: &Path, _: &Path, _: &AnkiOptions, _: &mut Tick<'_>) -> Result<Incoming, ReadError> {
    Err(ReadError::new("the archive", "not yet", "wait"))
}
