//! Lists the decks under `decks/` for the compiler, with a fingerprint of them and of the study catalog, so that a
//! running program can tell in one comparison whether its database already holds them.

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let decks = root.join("decks");
    println!("cargo:rerun-if-changed={}", decks.display());
    let mut files: Vec<PathBuf> = fs::read_dir(&decks)
        .expect("the decks folder")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();

    // The hash need only differ when the content does; another compiler's hasher merely reads the decks once more.
    let mut hasher = DefaultHasher::new();
    env!("CARGO_PKG_VERSION").hash(&mut hasher);
    let mut list = String::new();
    for path in &files {
        println!("cargo:rerun-if-changed={}", path.display());
        fs::read(path).expect("a readable deck").hash(&mut hasher);
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        name.hash(&mut hasher);
        writeln!(list, "    BundledDeck {{ file: {name:?}, text: include_str!({:?}) }},", path.display().to_string())
            .expect("writing to a string");
    }
    let catalog = decks.join("catalog").join("studies.json");
    println!("cargo:rerun-if-changed={}", catalog.display());
    fs::read(&catalog).expect("the study catalog").hash(&mut hasher);

    let code = format!(
        "/// Every compiled-in deck, by file name.\npub const BUNDLED: &[BundledDeck] = &[\n{list}];\n\n\
         /// Changes whenever a compiled-in deck or the catalog does.\npub const FINGERPRINT: &str = \"{:016x}\";\n",
        hasher.finish()
    );
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("set by cargo"));
    write_if_changed(&out.join("bundled.rs"), &code);
}

fn write_if_changed(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::write(path, text).expect("a writable build folder");
}
