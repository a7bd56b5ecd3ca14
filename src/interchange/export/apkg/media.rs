//! Pictures and sounds that cards name: found in the decks' folders, given one name each in the package.

use super::fields::html;
use crate::deck::format::RawCard;
use crate::interchange::Trouble;
use crate::model::text::sanitize_line;
use regex::Regex;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Largest picture or sound taken along, in bytes: `AnkiWeb` refuses larger ones.
pub const MAX_MEDIA: u64 = 100 << 20;

/// Longest name Anki keeps as it is, in bytes.
const MAX_NAME: usize = 120;

static MENTION: LazyLock<Regex> = LazyLock::new(|| {
    // A literal that the tests use can't fail.
    Regex::new(r"\[(image|sound):[ \t]*([^\[\]\n]*?)[ \t]*\]").expect("a valid pattern")
});

/// Files of the whole package by the name they have in it.
pub(super) type Files = BTreeMap<String, PathBuf>;

/// What one deck's cards name, and the name it has in the package.
#[derive(Debug, Default)]
pub(super) struct Media {
    names: BTreeMap<String, String>,
}

impl Media {
    /// [`html`], with pictures and sounds in Anki's own form. What is not in the package stays as text.
    pub(super) fn html(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 16);
        let mut done = 0;
        for found in MENTION.captures_iter(text) {
            let (Some(whole), Some(name)) = (found.get(0), self.names.get(&found[2])) else { continue };
            out.push_str(&html(&text[done..whole.start()]));
            match &found[1] {
                "image" => out.push_str(&format!("<img src=\"{}\">", html(name))),
                _ => out.push_str(&format!("[sound:{}]", html(name))),
            }
            done = whole.end();
        }
        out.push_str(&html(&text[done..]));
        out
    }

    /// Gives files their names in the package wherever a text within `value` names them.
    pub(super) fn rename_in(&self, value: &mut serde_json::Value) {
        use serde_json::Value;
        if self.names.iter().all(|(old, new)| old == new) {
            return;
        }
        match value {
            Value::String(text) => {
                let renamed =
                    MENTION.replace_all(text, |found: &regex::Captures<'_>| match self.names.get(&found[2]) {
                        Some(name) => format!("[{}: {name}]", &found[1]),
                        None => found[0].to_owned(),
                    });
                *text = renamed.into_owned();
            }
            Value::Array(items) => items.iter_mut().for_each(|v| self.rename_in(v)),
            Value::Object(members) => members.values_mut().for_each(|v| self.rename_in(v)),
            _ => {}
        }
    }

    /// Looks for every file that `cards` name in `folder`, adds it to `files`, and tells what can't be taken along.
    pub(super) fn collect<'c>(
        deck: &str,
        folder: Option<&Path>,
        cards: impl Iterator<Item = (&'c RawCard, Option<&'c str>)>,
        files: &mut Files,
        left_out: &mut Vec<Trouble>,
    ) -> Self {
        let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
        for (card, own) in cards {
            let mut value = serde_json::to_value(card).unwrap_or_default();
            if let (Some(own), Some(members)) = (own, value.as_object_mut()) {
                members.insert("personal".to_owned(), own.into());
            }
            each_text(&value, &mut |text| {
                for found in MENTION.captures_iter(text) {
                    let name = &found[2];
                    if names.contains_key(name) {
                        continue;
                    }
                    let taken = take(deck, folder, name, files).map_err(|cause| {
                        left_out.push(Trouble {
                            place: format!("deck {deck}, media {}", sanitize_line(name)),
                            cause,
                            hint: "the cards that name it are written without it".to_owned(),
                        });
                    });
                    names.insert(name.to_owned(), taken.ok());
                }
            });
        }
        Self { names: names.into_iter().filter_map(|(old, new)| Some((old, new?))).collect() }
    }
}

fn each_text(value: &serde_json::Value, see: &mut impl FnMut(&str)) {
    use serde_json::Value;
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|v| each_text(v, see)),
        Value::Object(members) => members.values().for_each(|v| each_text(v, see)),
        _ => {}
    }
}

/// The name of a file in the package, or why it can't be in it.
fn take(deck: &str, folder: Option<&Path>, name: &str, files: &mut Files) -> Result<String, String> {
    check_name(name)?;
    let folder = folder.ok_or("the deck has no folder of pictures and sounds")?;
    let path = folder.join(name);
    // A link could lead anywhere on this machine: only files that lie in the folder itself are taken.
    let about = std::fs::symlink_metadata(&path).map_err(|e| e.to_string())?;
    if !about.is_file() {
        return Err("it is not a plain file".to_owned());
    }
    if about.len() > MAX_MEDIA {
        return Err(format!("it has {} bytes; at most {MAX_MEDIA} are taken along", about.len()));
    }
    let digest = digest(&path).map_err(|e| e.to_string())?;
    let free = |files: &Files, name: &str| match files.get(name) {
        None => true,
        Some(other) => digest_or_none(other) == Some(digest),
    };
    // Anki has one folder for all decks. Another deck's file of this name is another picture: rename, never mix up.
    let marked = crate::model::text::hex(&digest[..4]);
    let unique = [name.to_owned(), format!("{deck}-{name}"), format!("{marked}-{name}")]
        .into_iter()
        .find(|n| n.len() <= MAX_NAME && free(files, n))
        .ok_or("another file has its name")?;
    files.insert(unique.clone(), path);
    Ok(unique)
}

fn digest_or_none(path: &Path) -> Option<[u8; 32]> {
    digest(path).ok()
}

fn digest(path: &Path) -> io::Result<[u8; 32]> {
    let mut hasher = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().into())
}

/// One path component that every system and Anki can hold.
fn check_name(name: &str) -> Result<(), String> {
    let bad =
        |c: char| crate::model::text::is_unsafe(c) || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    if name.is_empty() {
        Err("it has no name".to_owned())
    } else if let Some(c) = name.chars().find(|c| bad(*c)) {
        Err(format!("a media name can't hold {c:?}"))
    } else if name.starts_with('.') || name.ends_with(['.', ' ']) {
        Err("a media name can't start with a dot, or end with a dot or a space".to_owned())
    } else if name.len() > MAX_NAME {
        Err(format!("a media name has at most {MAX_NAME} bytes, this one has {}", name.len()))
    } else {
        Ok(())
    }
}
