//! Pictures and sounds find their place beside the deck. Nothing there is ever overwritten: a file of the same name
//! with other bytes gets a name of its own, and the cards follow.

use crate::interchange::incoming::{IncomingDeck, MediaFile, ReadError};
use crate::model::text::hex;
use crate::store::Staged;
use regex::Regex;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// How cards refer to a picture or sound.
static REFERENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\[(image|sound): ([^\[\]\n]+)\]").expect("a fixed pattern is valid"));

/// The names of pictures and sounds that texts refer to.
pub fn named<'t>(texts: impl IntoIterator<Item = &'t str>) -> HashSet<String> {
    let mut out = HashSet::new();
    for text in texts {
        // Most cards have none, and looking for the bracket is cheaper than the pattern.
        if text.contains("[image: ") || text.contains("[sound: ") {
            out.extend(REFERENCE.captures_iter(text).map(|c| c[2].to_owned()));
        }
    }
    out
}

/// The folder of a deck's pictures and sounds, within `<home>/decks`.
#[must_use]
pub fn folder(slug: &str) -> String {
    format!("{slug}.media")
}

/// Gives the files a deck refers to their places; when they are `shared`, other decks may need the same ones. Cards that
/// refer to one that had to be renamed are changed.
///
/// # Errors
/// When a file can't be read or copied within the home.
pub fn settle(
    deck: &mut IncomingDeck,
    media: &[MediaFile],
    slug: &str,
    decks: &Path,
    shared: bool,
) -> Result<Vec<Staged>, ReadError> {
    if media.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = named(deck.cards.iter().map(|c| c.json.as_str()));
    let mut out = Vec::new();
    let mut renamed: HashMap<String, String> = HashMap::new();
    for file in media.iter().filter(|m| wanted.contains(&m.name)) {
        let mut name = file.name.clone();
        let mut there = digest(&decks.join(folder(slug)).join(&name));
        if there.is_some_and(|t| t != file.sha256) {
            name = other_name(&file.name, &file.sha256);
            renamed.insert(file.name.clone(), name.clone());
            there = digest(&decks.join(folder(slug)).join(&name));
        }
        if there == Some(file.sha256) {
            continue;
        }
        let mut ready = file.path.clone();
        if shared {
            // A file can be moved only once.
            ready = file.path.with_file_name(format!("{slug}~{name}"));
            fs::hard_link(&file.path, &ready)
                .or_else(|_| fs::copy(&file.path, &ready).map(|_| ()))
                .map_err(|e| ReadError::new(format!("media {name}"), e.to_string(), "free some space and try again"))?;
        }
        out.push(Staged { path: format!("{}/{name}", folder(slug)), ready, sha256: file.sha256 });
    }
    if !renamed.is_empty() {
        for card in &mut deck.cards {
            let text = REFERENCE.replace_all(&card.json, |c: &regex::Captures<'_>| {
                let name = renamed.get(&c[2]).map_or(&c[2], String::as_str);
                format!("[{}: {name}]", &c[1])
            });
            if let std::borrow::Cow::Owned(changed) = text {
                card.json = changed;
                // What was known of it was known of another text.
                card.outline = None;
            }
        }
    }
    Ok(out)
}

fn digest(path: &Path) -> Option<[u8; 32]> {
    let mut file = fs::File::open(path).ok()?;
    let mut hash = Sha256::new();
    std::io::copy(&mut file, &mut hash).ok()?;
    Some(hash.finalize().into())
}

/// `ct.png` as `ct-1a2b3c4d.png`.
fn other_name(name: &str, sha256: &[u8; 32]) -> String {
    let mark = hex(&sha256[..4]);
    match name.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() => format!("{stem}-{mark}.{end}"),
        _ => format!("{name}-{mark}"),
    }
}
