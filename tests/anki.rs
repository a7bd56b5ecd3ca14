//! Anki packages: those the real library made, and hostile ones made here.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use scanwise::deck::{Catalog, parse_card};
use scanwise::interchange::anki::{AnkiOptions, read};
use scanwise::interchange::{Incoming, IncomingDeck, ReadError};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/anki").join(name)
}

fn read_with(path: &Path, wanted: &AnkiOptions) -> (TempDir, Result<Incoming, ReadError>) {
    let scratch = TempDir::new().unwrap();
    let read = read(path, scratch.path(), wanted, &mut |_, _, _| ());
    (scratch, read)
}

fn deck<'i>(incoming: &'i Incoming, id: &str) -> &'i IncomingDeck {
    incoming.decks.iter().find(|d| d.header.id.as_deref() == Some(id)).unwrap()
}

#[test]
fn look() {
    for entry in std::fs::read_dir(fixture("")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "json") {
            continue;
        }
        let (_scratch, got) = read_with(&path, &AnkiOptions { maps: vec![], with_history: true });
        println!("== {path:?} {got:#?}");
    }
}
