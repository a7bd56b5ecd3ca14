//! Rotation notes in Markdown to cards and drafts, and cards back to the same notation.
//!
//! Most of a page of notes is prose and stays prose. A few marks make a card of a paragraph (`decks/NOTATION.md` is
//! the page for students): `Q:` and `A:`, `? ` and a task list, `{{c1::...}}`. Markdown's own structure (code,
//! comments, headings, emphasis) is pulldown-cmark's business; what the marks mean is decided here.

mod blocks;
mod card;
mod inline;
mod marks;
mod page;
mod write;

pub use write::{holds, write};

use super::Trouble;
use crate::deck::format::RawCard;
use crate::model::ids::{check_id, suggest_id};
use crate::model::text::{count, hex, is_unsafe, thousands};
use page::Page;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Largest file of notes, in bytes.
pub const MAX_FILE: usize = 8 << 20;

/// Most cards one file of notes may hold.
pub const MAX_ITEMS: usize = 20_000;

/// Most troubles told of one file.
const MAX_TROUBLES: usize = 200;

/// What a file of notes holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NotesFile {
    /// Cards and drafts, in the order of the page.
    pub items: Vec<NoteItem>,
    /// What could not be used, or not wholly.
    pub troubles: Vec<Trouble>,
}

/// One card or draft of a file of notes.
#[derive(Debug, Clone, PartialEq)]
pub struct NoteItem {
    /// Its id, when a comment gives it one.
    pub id: Option<String>,
    /// The line it begins on, from 1.
    pub line: usize,
    /// Its bytes, from the first character of its first line to the last that counts; without the comment.
    pub span: Range<usize>,
    /// It keeps the rules of a deck; otherwise it is a draft.
    pub complete: bool,
    /// The card, as far as it is written. Its id is the comment's.
    pub raw: RawCard,
    /// What it lacks: "rule", "next", "source", ...
    pub missing: Vec<&'static str>,
}

/// Reads a page of notes; never fails, whatever the text. `file_name` gives cards under no heading their domain.
#[must_use]
pub fn read(text: &str, file_name: &str) -> NotesFile {
    let mut file = NotesFile::default();
    if text.len() > MAX_FILE {
        file.troubles.push(Trouble {
            place: "the file".to_owned(),
            cause: format!(
                "{} bytes; a file of notes has at most {}",
                thousands(text.len() as u64),
                thousands(MAX_FILE as u64)
            ),
            hint: "nothing of it was read; split it".to_owned(),
        });
        return file;
    }
    let page = Page::new(text);
    let mut reader = blocks::Reader::new(Some(default_domain(file_name)));
    reader.page(&page, MAX_ITEMS + 1);
    if reader.blocks.len() > MAX_ITEMS {
        reader.blocks.truncate(MAX_ITEMS);
        file.troubles.push(Trouble {
            place: "the file".to_owned(),
            cause: format!("more than {} cards", thousands(MAX_ITEMS as u64)),
            hint: "those after it were not read; split the file".to_owned(),
        });
    }
    if let Some((line, n)) = dropped(text) {
        tell(
            &mut file.troubles,
            line,
            format!("{} that must not reach a terminal", count(n, "invisible character")),
            "left out of the cards; the notes are as they were",
        );
    }
    if let Some(at) = page.unclosed {
        let line = 1 + text[..at].matches('\n').count();
        tell(
            &mut file.troubles,
            line,
            "this comment is not closed",
            "write \"-->\" where it ends; what stands in it is not read",
        );
    }
    for (line, cause, hint) in &reader.stray {
        tell(&mut file.troubles, *line, *cause, hint);
    }
    let mut ids = HashSet::new();
    for block in &reader.blocks {
        let mut raw = card::build(block, &mut file.troubles);
        if let Some(id) = &raw.id
            && !ids.insert(id.clone())
        {
            tell(
                &mut file.troubles,
                block.line,
                format!("another card of this file has the id \"{id}\""),
                "delete the comment of the copy; it gets an id of its own",
            );
            raw.id = None;
        }
        let (complete, missing) = card::judge(&raw, block.line, &mut file.troubles);
        let id = raw.id.clone();
        file.items.push(NoteItem { id, line: block.line, span: block.span.clone(), complete, raw, missing });
    }
    if file.troubles.len() > MAX_TROUBLES {
        file.troubles.truncate(MAX_TROUBLES);
        let (place, hint) = ("the file".to_owned(), "mend the first ones and read it again".to_owned());
        file.troubles.push(Trouble { place, cause: "and more troubles".to_owned(), hint });
    }
    file
}

/// Tells a trouble, unless enough were told.
fn tell(troubles: &mut Vec<Trouble>, line: usize, cause: impl Into<String>, hint: &str) {
    if troubles.len() <= MAX_TROUBLES {
        troubles.push(Trouble { place: format!("line {line}"), cause: cause.into(), hint: hint.to_owned() });
    }
}

/// The study that goes by exactly this id, name, short name or alias, whatever its case; none when two share it.
#[must_use]
pub fn study_named(text: &str) -> Option<&'static str> {
    card::study(text)
}

/// A thought caught in one line: a draft with the line as its note and its `#words` as tags.
#[must_use]
pub fn one_line(text: &str) -> NoteItem {
    let cap = text.char_indices().nth(crate::deck::rules::MAX_TEXT).map_or(text.len(), |(at, _)| at);
    let mut tags = Vec::new();
    let safe: String =
        text[..cap].chars().map(|c| if c == '\n' { ' ' } else { c }).filter(|c| !is_unsafe(*c)).collect();
    let note = inline::take_tags(&safe, &mut tags).trim().to_owned();
    let raw = RawCard {
        tags: (!tags.is_empty()).then_some(tags),
        note: Some(note).filter(|n| !n.is_empty()),
        ..RawCard::default()
    };
    NoteItem {
        id: None,
        line: 1,
        span: 0..text.len(),
        complete: false,
        raw,
        missing: vec!["type", "domain", "question", "options", "rule", "next", "source"],
    }
}

/// The id of an item that has none: `n-` and 12 hex digits, from the file's name and what the card asks. Case, spaces
/// and punctuation don't count, so that mending a comma keeps it; a changed question or another file does not.
#[must_use]
pub fn stable_id(file_name: &str, item: &NoteItem) -> String {
    numbered_id(file_name, item, 0)
}

/// Each item without an id, with one that no other item of the file has: what [`with_ids`] takes.
#[must_use]
pub fn new_ids(file_name: &str, file: &NotesFile) -> Vec<(Range<usize>, String)> {
    let mut taken: HashSet<String> = file.items.iter().filter_map(|i| i.id.clone()).collect();
    let mut out = Vec::new();
    // Cards that ask the same get numbers; each goes on where the one before it stopped.
    let mut numbers: HashMap<String, u32> = HashMap::new();
    for item in file.items.iter().filter(|i| i.id.is_none()) {
        let n = numbers.entry(stable_id(file_name, item)).or_default();
        let id = loop {
            let id = numbered_id(file_name, item, *n);
            *n += 1;
            if taken.insert(id.clone()) {
                break id;
            }
        };
        out.push((item.span.clone(), id));
    }
    out
}

fn numbered_id(file_name: &str, item: &NoteItem, n: u32) -> String {
    let raw = &item.raw;
    let asked = [&raw.front, &raw.text, &raw.vignette, &raw.question, &raw.modifier];
    let mut prompt: Vec<&str> = asked.into_iter().flatten().map(String::as_str).collect();
    if prompt.is_empty() {
        prompt.extend(raw.note.as_deref());
    }
    let mut hash = Sha256::new();
    hash.update(base_name(file_name).as_bytes());
    for text in prompt {
        hash.update([0]);
        let words: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        for word in words.split_whitespace() {
            hash.update(word.to_lowercase().as_bytes());
            hash.update(b" ");
        }
    }
    if n > 0 {
        hash.update(n.to_le_bytes());
    }
    format!("n-{}", hex(&hash.finalize()[..6]))
}

/// The page with comments that tie these spans of it to their cards. Not one other byte changes, and what is tied
/// already stays as it is.
#[must_use]
pub fn with_ids(text: &str, ids: &[(Range<usize>, String)]) -> String {
    let page = Page::new(text);
    let mut cards: Vec<(&Range<usize>, &str)> = ids
        .iter()
        .filter(|(span, id)| check_id(id).is_ok() && text.get(span.clone()).is_some() && !page.names(span))
        .map(|(span, id)| (span, id.as_str()))
        .collect();
    cards.sort_unstable_by_key(|(span, _)| span.end);
    cards.dedup_by_key(|(span, _)| span.end);
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = String::with_capacity(text.len() + cards.len() * 32);
    let mut done = 0;
    for (span, id) in cards {
        out.push_str(&text[done..span.end]);
        out.push_str(newline);
        out.push_str(&format!("<!-- id: {id} -->"));
        done = span.end;
    }
    out.push_str(&text[done..]);
    out
}

fn base_name(file_name: &str) -> &str {
    file_name.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// The domain of cards under no heading: the file's name, or "notes".
fn default_domain(file_name: &str) -> String {
    let base = base_name(file_name);
    let stem = base.split('.').next().unwrap_or_default();
    suggest_id(stem).filter(|s| s.contains(|c: char| c.is_ascii_lowercase())).unwrap_or_else(|| "notes".to_owned())
}

/// Characters that are left out of cards: the line of the first, and how many.
fn dropped(text: &str) -> Option<(usize, u64)> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut line, mut first, mut n) = (1, 0, 0);
    let mut chars = body.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        } else if is_unsafe(c) && !(c == '\r' && chars.peek() == Some(&'\n')) {
            n += 1;
            if n == 1 {
                first = line;
            }
        }
    }
    (n > 0).then_some((first, n))
}
