//! A layer may use those above it, never below; and SQL lives in one place.

use std::path::{Path, PathBuf};

/// From the pure middle to the shell: each may use itself and those before it.
const LAYERS: &[&str] = &[
    "model",
    "privacy",
    "deck",
    "schedule",
    "log",
    "session",
    "insight",
    "clock",
    "store",
    "interchange",
    "ui",
    "cli",
];

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn no_layer_looks_down() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    assert!(all.len() > 30);
    let mut faults = Vec::new();
    for file in all {
        let inner = file.strip_prefix(&src).expect("under src");
        let first = inner.iter().next().expect("a name").to_string_lossy().replace(".rs", "");
        let Some(own) = LAYERS.iter().position(|l| *l == first) else { continue };
        let text = std::fs::read_to_string(&file).expect("readable");
        for (n, line) in text.lines().enumerate() {
            for part in line.split("crate::").skip(1) {
                let used: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if let Some(other) = LAYERS.iter().position(|l| *l == used)
                    && other > own
                {
                    faults.push(format!("{}:{}: {first} uses {used}", inner.display(), n + 1));
                }
            }
            let sql = line.contains("rusqlite");
            if sql && first != "store" {
                faults.push(format!("{}:{}: SQL outside the store", inner.display(), n + 1));
            }
            let terminal = line.contains("crossterm") || line.contains("ratatui");
            if terminal && first != "ui" && first != "cli" {
                faults.push(format!("{}:{}: the terminal outside the shell", inner.display(), n + 1));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
