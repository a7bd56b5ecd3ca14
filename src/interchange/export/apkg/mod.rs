//! Anki packages that every Anki since 2.1.50, on desktop and phone, imports: a zip of a schema-11 database, a list of
//! media as JSON, and the media.
//!
//! A note is found again by its GUID and its note type, so that a second export updates the first one's notes in place.

pub(in crate::interchange) mod about;
mod fields;
mod media;
mod note_type;
mod progress;

pub use media::MAX_MEDIA;
pub use note_type::{CLOZE_FIELDS, CLOZE_NOTE_TYPE, CLOZE_NOTE_TYPE_ID, FIELDS, NOTE_TYPE, NOTE_TYPE_ID};

use super::OutDeck;
use crate::interchange::Trouble;
use crate::log::Folding;
use crate::model::text::hex;
use crate::model::text::sanitize_line;
use crate::model::{Body, Day, Stamp};
use crate::schedule::CardState;
use crate::store::StoreError;
use crate::store::foreign::anki_write::{Collection, Note, Writer};
use media::{Files, Media};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

/// What an Anki package can't hold, for people.
pub const CANNOT_HOLD: &[&str] = &[
    "how sure you were before each answer, and why a wrong one was wrong",
    "which option you chose",
    "grades 0 to 5: Anki has four buttons (0 to 2 become Again, 3 Hard, 4 Good, 5 Easy)",
    "a new order of the options each time: Anki shows one order",
    "siblings of a family kept on different days",
    "repeats of the same day that are still open",
    "a deck's new version, license, authors and description in Anki up to 2.1.66, when no new card comes with them: its \
     importer of that time leaves the description of a deck that is there",
    "resets: Anki sees the answers before one as well",
];

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// Decks.
    pub decks: u64,
    /// Notes: one a card, one a cloze.
    pub notes: u64,
    /// What Anki schedules: one a card, one a deletion of a cloze.
    pub cards: u64,
    /// Lines of the review log.
    pub reviews: u64,
    /// Pictures and sounds.
    pub media: u64,
    /// Pictures and sounds that could not be taken along.
    pub left_out: Vec<Trouble>,
}

/// Why no package was written. What was at the target is still there.
#[derive(Debug, thiserror::Error)]
pub enum ApkgError {
    /// The database can't be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file can't be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl ApkgError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    fn zip(path: &Path) -> impl FnOnce(ZipError) -> Self + use<> {
        let path = path.to_owned();
        move |e| Self::Io { path, source: e.into() }
    }
}

/// Hour at which Anki's day starts, on both sides of an import unless its user changed it. Due days are calendar dates
/// for us, and stay the same dates when both sides use one hour.
const ANKI_ROLLOVER: i64 = 4;

/// Writes `decks` as an Anki package to `out`, replacing what is there only when the new one is whole.
///
/// `history`: with the settings progress was folded with, cards carry their schedule and review log; without, every card
/// is new. `scratch` is a folder for a temporary database.
///
/// # Errors
/// When something can't be written, or a picture can't be read any more; see [`ApkgError`].
pub fn write(
    decks: &[OutDeck],
    history: Option<&Folding>,
    now: Stamp,
    scratch: &Path,
    out: &Path,
) -> Result<Written, ApkgError> {
    let mut written = Written::default();
    let mut files = Files::new();
    let scratch = tempfile::tempdir_in(scratch).map_err(ApkgError::io(scratch))?;
    let database = scratch.path().join("collection.anki21");
    fill(&database, decks, history, now, &mut files, &mut written)?;
    written.media = files.len() as u64;
    pack(&database, &files, out)?;
    Ok(written)
}

fn fill(
    database: &Path,
    decks: &[OutDeck],
    history: Option<&Folding>,
    now: Stamp,
    files: &mut Files,
    written: &mut Written,
) -> Result<(), ApkgError> {
    let start = start(decks, history, now);
    let listed = listed(decks, now);
    let notes: usize = decks.iter().map(|d| d.cards.len()).sum();
    let parts: usize = decks.iter().flat_map(|d| &d.cards).map(|c| c.card.parts().len()).sum();
    let writer = Writer::create(database, &collection(&listed, notes, start, now))?;
    // Anki's ids are moments in milliseconds; an import gives new ones where these are taken.
    let first_id = |n: usize| now.utc_ms.saturating_sub(i64::try_from(n).unwrap_or(0)).max(1);
    let (mut note_id, mut card_id) = (first_id(notes), first_id(parts));
    for (deck, (deck_id, _)) in decks.iter().zip(&listed) {
        let id = id_of(deck);
        let mentions = deck.cards.iter().map(|c| (&c.raw, c.personal.as_ref().and_then(|p| p.note.as_deref())));
        let media = Media::collect(id, deck.media.as_deref(), mentions, files, &mut written.left_out);
        for card in &deck.cards {
            let cloze = matches!(card.card.body, Body::Cloze { .. });
            writer.note(&Note {
                id: note_id,
                guid: guid(id, &card.card.id),
                model: if cloze { CLOZE_NOTE_TYPE_ID } else { NOTE_TYPE_ID },
                modified_s: now.utc_ms.div_euclid(1_000),
                tags: fields::tags(card),
                fields: fields::fields(id, card, &media),
            })?;
            written.notes += 1;
            // Siblings share a place, as in Anki.
            let place = i64::try_from(written.notes).unwrap_or(i64::MAX);
            for number in card.card.parts() {
                let part = card.parts.iter().find(|p| p.key.cloze() == number);
                let mut row = match (history, part) {
                    (Some(_), Some(part)) => progress::as_scheduled(&part.state, place, start),
                    (Some(_), None) => progress::as_scheduled(&CardState::default(), place, start),
                    (None, _) => progress::as_new(place),
                };
                row.id = card_id;
                row.note = note_id;
                row.deck = *deck_id;
                row.ord = number.map_or(0, |n| i64::from(n) - 1);
                row.modified_s = now.utc_ms.div_euclid(1_000);
                writer.card(&row)?;
                written.cards += 1;
                if let (Some(folding), Some(part)) = (history, part) {
                    for review in progress::reviews(part, card_id, folding) {
                        writer.review(&review)?;
                        written.reviews += 1;
                    }
                }
                card_id += 1;
            }
            note_id += 1;
        }
        written.decks += 1;
    }
    Ok(writer.finish()?)
}

/// Day 0: nothing is due or was answered before it.
fn start(decks: &[OutDeck], history: Option<&Folding>, now: Stamp) -> Day {
    let today = now.study_day(crate::model::Rollover::default());
    let Some(folding) = history else { return today };
    let parts = decks.iter().flat_map(|d| &d.cards).flat_map(|c| &c.parts);
    parts.filter_map(|p| progress::first_day(p, folding)).min().map_or(today, |first| first.min(today))
}

fn id_of(deck: &OutDeck) -> &str {
    deck.header.id.as_deref().unwrap_or("deck")
}

/// What Anki knows the note by for ever: from the card's name alone, so that its text may change.
fn guid(deck: &str, card: &str) -> String {
    let digest = Sha256::digest(format!("scanwise note {deck}/{card}"));
    hex(&digest[..10])
}

/// A deck's number from its id alone: a moment in milliseconds as Anki expects, and never 1, its default deck.
fn deck_number(id: &str) -> i64 {
    let digest = Sha256::digest(format!("scanwise deck {id}"));
    let n = digest.iter().take(5).fold(0_i64, |n, b| (n << 8) | i64::from(*b));
    1_000_000_000_000 + n % 600_000_000_000
}

/// The decks' numbers and their rows.
fn listed(decks: &[OutDeck], now: Stamp) -> Vec<(i64, Value)> {
    let (mut numbers, mut names) = (HashSet::new(), HashSet::new());
    let mut list = Vec::with_capacity(decks.len());
    for deck in decks {
        let id = id_of(deck);
        let mut number = deck_number(id);
        while !numbers.insert(number) {
            number += 1;
        }
        // "::" would make a deck within a deck, and Anki puts decks of one name together.
        let title = sanitize_line(deck.header.title.as_deref().unwrap_or_default()).replace("::", ": ");
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut name = if title.is_empty() { id.to_owned() } else { title };
        if !names.insert(name.to_lowercase()) {
            name = format!("{name} ({id})");
            names.insert(name.to_lowercase());
        }
        list.push((number, deck_row(number, &name, &about::description(&deck.header), now)));
    }
    list
}

fn deck_row(id: i64, name: &str, about: &str, now: Stamp) -> Value {
    json!({
        "id": id, "name": name, "desc": about, "mod": now.utc_ms.div_euclid(1_000), "usn": -1, "dyn": 0, "conf": 1,
        "collapsed": false, "browserCollapsed": false, "extendNew": 0, "extendRev": 0,
        "newToday": [0, 0], "revToday": [0, 0], "lrnToday": [0, 0], "timeToday": [0, 0],
    })
}

fn collection(listed: &[(i64, Value)], notes: usize, start: Day, now: Stamp) -> Collection {
    let mut decks = Map::new();
    decks.insert("1".to_owned(), deck_row(1, "Default", "", now));
    for (id, row) in listed {
        decks.insert(id.to_string(), row.clone());
    }
    let conf = json!({
        "schedVer": 2, "sched2021": true, "rollover": ANKI_ROLLOVER, "creationOffset": -(now.offset_s / 60),
        "nextPos": notes + 1, "curDeck": 1, "activeDecks": [1], "curModel": NOTE_TYPE_ID, "newSpread": 0,
        "collapseTime": 1200, "timeLim": 0, "estTimes": true, "dueCounts": true, "sortType": "noteFld",
        "sortBackwards": false, "addToCur": true, "dayLearnFirst": false,
    });
    Collection {
        created_s: i64::from(start.0) * 86_400 + ANKI_ROLLOVER * 3_600 - i64::from(now.offset_s),
        modified_ms: now.utc_ms,
        conf: conf.to_string(),
        models: note_type::models().to_string(),
        decks: Value::Object(decks).to_string(),
        dconf: json!({ "1": {
            "id": 1, "name": "Default", "mod": 0, "usn": 0, "maxTaken": 60, "autoplay": true, "timer": 0,
            "replayq": true, "dyn": false,
            "new": { "bury": true, "delays": [1.0, 10.0], "initialFactor": 2500, "ints": [1, 4, 0], "order": 1,
                     "perDay": 20 },
            "rev": { "bury": true, "ease4": 1.3, "ivlFct": 1.0, "maxIvl": 36_500, "perDay": 200, "hardFactor": 1.2 },
            "lapse": { "delays": [10.0], "leechAction": 1, "leechFails": 8, "minInt": 1, "mult": 0.0 },
        }})
        .to_string(),
    }
}

/// Zips everything beside `out`, and moves it there when it is safely on disk.
fn pack(database: &Path, files: &Files, out: &Path) -> Result<(), ApkgError> {
    let parent = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".scanwise-").suffix(".part");
    #[cfg(unix)]
    {
        // As any new file: what the user's mask leaves of it.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let temporary = builder.tempfile_in(parent).map_err(ApkgError::io(out))?;
    let mut zip = ZipWriter::new(BufWriter::new(temporary));
    let deflated = SimpleFileOptions::default();
    let stored = deflated.compression_method(zip::CompressionMethod::Stored);

    // A protocol buffer with one number: version 2, a database of schema 11 named collection.anki21.
    add(&mut zip, "meta", stored, &mut [8, 2].as_slice(), out)?;
    // Under its old name as well: programs that know nothing else would find no cards.
    for name in ["collection.anki21", "collection.anki2"] {
        let size = std::fs::metadata(database).map_err(ApkgError::io(database))?.len();
        let mut from = File::open(database).map(BufReader::new).map_err(ApkgError::io(database))?;
        add(&mut zip, name, deflated.large_file(size >= u64::from(u32::MAX)), &mut from, out)?;
    }
    let mut names = Map::new();
    for (i, (name, path)) in files.iter().enumerate() {
        // Never more than was looked at: the file may be growing.
        let mut from = File::open(path).map_err(ApkgError::io(path))?.take(MAX_MEDIA);
        add(&mut zip, &i.to_string(), stored, &mut from, out)?;
        names.insert(i.to_string(), name.clone().into());
    }
    let names = Value::Object(names).to_string();
    add(&mut zip, "media", deflated, &mut names.as_bytes(), out)?;

    let whole = zip.finish().map_err(ApkgError::zip(out))?;
    let temporary = whole.into_inner().map_err(|e| ApkgError::io(out)(e.into_error()))?;
    temporary.as_file().sync_all().map_err(ApkgError::io(out))?;
    temporary.persist(out).map_err(|e| ApkgError::io(out)(e.error))?;
    // The new name is on disk when its folder is. Not every system lets a folder be opened for this.
    if let Ok(folder) = File::open(parent) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn add(
    zip: &mut ZipWriter<impl Write + io::Seek>,
    name: &str,
    options: SimpleFileOptions,
    from: &mut impl Read,
    out: &Path,
) -> Result<(), ApkgError> {
    zip.start_file(name, options).map_err(ApkgError::zip(out))?;
    io::copy(from, zip).map_err(ApkgError::io(out))?;
    Ok(())
}
