//! Anki packages (`.apkg`, `.colpkg`), in and out.
