//! Any bytes as an Anki package: a file in a folder of its own.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanwise::interchange::anki::{self, AnkiOptions};
use scanwise_fuzz::{assert_incoming, quiet};

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("package");
    std::fs::write(&file, bytes).expect("a file");
    let options = AnkiOptions { maps: Vec::new(), with_history: true };
    match anki::read(&file, folder.path(), &options, &mut quiet) {
        Ok(incoming) => assert_incoming(&incoming),
        Err(e) => assert!(!e.place.is_empty() && !e.cause.is_empty() && !e.hint.is_empty(), "{e:?}"),
    }
});
