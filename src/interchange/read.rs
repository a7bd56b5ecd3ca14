//! Any file to [`Incoming`]: what it is is told from its bytes, never from its name.

use super::anki::{self, AnkiOptions};
use super::incoming::{Format, Incoming, IncomingCard, IncomingDeck, ReadError, Tick, Trouble};
use super::notes;
use super::table::{self, TableOptions};
use super::{charset, json, safeguard};
use crate::deck::format::{FORMAT, RawCard, RawDeck};
use crate::model::ids::{check_id, suggest_id};
use crate::model::text::thousands;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Which field holds what, for formats that leave it open.
    pub maps: Vec<String>,
    /// Read the reviews that came along too.
    pub with_history: bool,
}

/// Largest file that is text, in bytes; packages have limits of their own.
pub const MAX_TEXT_FILE: u64 = 1 << 30;

/// A file of the user's, or standard input for "-": something that can be read twice.
///
/// # Errors
/// As [`spool`] and [`at_hand`].
pub fn input(path: &Path, scratch: &Path) -> Result<PathBuf, ReadError> {
    if path.as_os_str() != "-" {
        return at_hand(path, scratch);
    }
    let copy = scratch.join("input");
    spool(&mut io::stdin().lock(), &copy, MAX_STREAM)?;
    Ok(copy)
}

/// Largest package that is taken from a stream, in bytes.
pub const MAX_STREAM: u64 = 4 << 30;

/// Copies a stream (standard input, a pipe) into a file, so that it can be read like one. Text ends at its own limit.
///
/// # Errors
/// When it can't be read, is larger than `limit` bytes, or the disk is full.
pub fn spool(input: &mut dyn Read, to: &Path, limit: u64) -> Result<(), ReadError> {
    let fail = |e: io::Error| ReadError::new("the input", e.to_string(), "nothing was imported; try again");
    let mut file = File::create(to).map_err(fail)?;
    let mut head = Vec::new();
    input.take(2).read_to_end(&mut head).map_err(fail)?;
    let limit = if head == b"PK" { limit } else { limit.min(MAX_TEXT_FILE) };
    file.write_all(&head).map_err(fail)?;
    let n = head.len() as u64 + io::copy(&mut input.take(limit - 1), &mut file).map_err(fail)?;
    if n > limit {
        // It may fill what is left of the disk.
        let _ = file.set_len(0);
        let cause = format!("more than {} bytes", thousands(limit));
        return Err(ReadError::new("the input", cause, "save it as a file first, and split it"));
    }
    file.flush().map_err(fail)
}

/// Something that can be read twice: the file itself, or a copy in `scratch` of what a pipe or device gives.
///
/// # Errors
/// When it is not there, or a folder; and as [`spool`].
pub fn at_hand(path: &Path, scratch: &Path) -> Result<PathBuf, ReadError> {
    let fail = |e: io::Error| ReadError::new("the file", e.to_string(), "check the path and who may read it");
    let meta = std::fs::metadata(path).map_err(fail)?;
    if meta.is_dir() {
        return Err(ReadError::new("the file", "it is a folder", "name the files in it"));
    }
    if meta.is_file() {
        return Ok(path.to_owned());
    }
    let copy = scratch.join("input");
    spool(&mut File::open(path).map_err(fail)?, &copy, MAX_STREAM)?;
    Ok(copy)
}

/// SHA-256 of bytes in memory.
#[must_use]
pub fn digest_bytes(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 of a file's bytes.
///
/// # Errors
/// When it can't be read.
pub fn digest(path: &Path) -> Result<[u8; 32], ReadError> {
    let mut hash = Sha256::new();
    File::open(path)
        .and_then(|mut f| io::copy(&mut f, &mut hash))
        .map_err(|e| ReadError::new("the file", e.to_string(), "check the path and who may read it"))?;
    Ok(hash.finalize().into())
}

/// Reads a file of any kind. `name` is what people call it, `scratch` a folder for what has to be unpacked.
///
/// # Errors
/// When it is none of the formats, broken, or over a limit. Nothing of it is used then.
pub fn read(
    path: &Path,
    name: &str,
    scratch: &Path,
    options: &ReadOptions,
    tick: &mut Tick<'_>,
) -> Result<Incoming, ReadError> {
    let fail = |e: io::Error| ReadError::new("the file", e.to_string(), "check the path and who may read it");
    let mut file = File::open(path).map_err(fail)?;
    let meta = file.metadata().map_err(fail)?;
    if meta.is_dir() {
        return Err(ReadError::new("the file", "it is a folder", "name the files in it"));
    }
    let mut head = [0_u8; 16];
    let mut got = 0;
    while got < head.len() {
        match file.read(&mut head[got..]).map_err(fail)? {
            0 => break,
            n => got += n,
        }
    }
    let head = &head[..got];
    if got == 0 {
        return Err(ReadError::new("the file", "it is empty", "ask for it again"));
    }
    if head.starts_with(b"PK") {
        let options = AnkiOptions { maps: options.maps.clone(), with_history: options.with_history };
        return anki::read(path, scratch, &options, tick);
    }
    if head.starts_with(b"SQLite format 3\0") {
        return Err(ReadError::new(
            "the file",
            "it is a bare database, not a package",
            "in Anki choose File, Export, and send the .apkg file",
        ));
    }
    if meta.len() > MAX_TEXT_FILE {
        return Err(ReadError::new("the file", format!("{} bytes; at most 1 GiB", meta.len()), "split it"));
    }
    drop(file);
    let bytes = std::fs::read(path).map_err(fail)?;
    let decoded = charset::to_text(&bytes)?;
    drop(bytes);
    // Nothing in the text of a Markdown page says so for sure; its name does.
    let page =
        Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("md") || e.eq_ignore_ascii_case("markdown"));
    let mut incoming = if page {
        markdown(&decoded.text, name)
    } else if decoded.text.trim_start().starts_with(['{', '[']) {
        json::read(&decoded.text, tick)?
    } else {
        table::read(&decoded.text, name, &TableOptions { maps: options.maps.clone(), tabs: None }, tick)?
    };
    if decoded.converted() {
        let what = if decoded.lossy { "; some characters could not be converted" } else { "" };
        incoming.troubles.insert(
            0,
            Trouble {
                place: "the file".to_owned(),
                cause: format!("it is {}, not UTF-8{what}", decoded.charset),
                hint: "it was converted; look at accents and signs in the preview".to_owned(),
            },
        );
    }
    Ok(incoming)
}

/// The complete cards of a page of notes, as a deck named after it. Unfinished ones are told: `scanwise notes` keeps
/// those as drafts.
fn markdown(text: &str, name: &str) -> Incoming {
    let page = notes::read(text, name);
    let stem = Path::new(name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let ids = notes::new_ids(name, &page);
    // Our own export names its deck; a document of several is a deck of its own.
    let mut named: Vec<&str> = text
        .split("<!-- deck: ")
        .skip(1)
        .filter_map(|rest| rest.split_once(" -->").map(|(id, _)| id))
        .filter(|id| check_id(id).is_ok())
        .collect();
    named.dedup();
    let own = if let [id] = named.as_slice() { Some((*id).to_owned()) } else { None };
    let mut deck = IncomingDeck {
        header: RawDeck {
            format: Some(FORMAT),
            id: Some(own.or_else(|| suggest_id(&stem)).unwrap_or_else(|| "notes".to_owned())),
            title: Some(if stem.trim().is_empty() { "Notes".to_owned() } else { stem }),
            ..RawDeck::default()
        },
        ..IncomingDeck::default()
    };
    let mut troubles = page.troubles;
    for item in &page.items {
        let id = item.id.clone().or_else(|| ids.iter().find(|(span, _)| *span == item.span).map(|(_, id)| id.clone()));
        if let Some(suspect) = safeguard::suspects(&item.raw).first() {
            // Notes are where patients are: nobody can be asked here, so nothing is taken.
            deck.partial = true;
            troubles.push(Trouble {
                place: format!("line {}", item.line),
                cause: format!("{}: {} could identify a patient", suspect.field, suspect.finding.why),
                hint: "it is left out; `scanwise notes` reads the file and asks".to_owned(),
            });
        } else if item.complete {
            deck.cards.push(IncomingCard::new(&RawCard { id, ..item.raw.clone() }));
        } else {
            deck.partial = true;
            let cause = if item.missing.is_empty() {
                "this card does not keep the rules of a deck yet".to_owned()
            } else {
                format!("this card still lacks: {}", item.missing.join(", "))
            };
            troubles.push(Trouble {
                place: format!("line {}", item.line),
                cause,
                hint: "it is left out; `scanwise notes` keeps it as a draft".to_owned(),
            });
        }
    }
    Incoming { format: Some(Format::Table), decks: vec![deck], troubles, ..Incoming::default() }
}
