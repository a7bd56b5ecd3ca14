//! Where a card or a draft lies while it is in the editor: private files in the home, so that a crash or a kill loses
//! nothing.

use crate::cli::failure::{Failure, Outcome};
use crate::interchange::editable::MAX_FILE;
use crate::interchange::read::digest_bytes;
use crate::model::text::hex;
use crate::ui::editor;
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The folder within the home.
const FOLDER: &str = "editing";

/// What is remembered beside the text.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Note {
    /// The card as it was when editing began, compact JSON; `None` for a draft, and for a card that was not there.
    base: Option<String>,
    /// SHA-256 of the text as it was written, so that one nobody touched is known.
    written: String,
}

/// A place on the desk; nobody else edits the card or draft while it is held.
pub struct Desk {
    text: PathBuf,
    note: PathBuf,
    /// Holds the lock for as long as it is open.
    lock: File,
    held: Note,
}

fn sha(text: &str) -> String {
    hex(&digest_bytes(text.as_bytes()))
}

fn io_at(path: &Path, e: &io::Error) -> Failure {
    Failure::fixable(format!("{}: {e}", path.display())).hint("check who may write the home; nothing was changed")
}

impl Desk {
    /// The place of a card.
    ///
    /// # Errors
    /// When the card is being edited elsewhere, or the home can't be written.
    pub fn of_card(home: &Path, deck: &str, card: &str) -> Outcome<Self> {
        // Ids hold no dots, so no two cards share a file, nor a card and a draft.
        Self::open(home, &format!("{deck}.{card}"), &format!("{deck}/{card}"))
    }

    /// The place of a draft.
    ///
    /// # Errors
    /// As [`Desk::of_card`].
    pub fn of_draft(home: &Path, id: i64) -> Outcome<Self> {
        Self::open(home, &format!("draft-{id}"), &format!("draft {id}"))
    }

    fn open(home: &Path, file: &str, name: &str) -> Outcome<Self> {
        let folder = home.join(FOLDER);
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(|e| io_at(&folder, &e))?;
        let text = folder.join(format!("{file}.txt"));
        let note = folder.join(format!("{file}.base"));
        let lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&note)
            .map_err(|e| io_at(&note, &e))?;
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
            return Err(Failure::fixable(format!("{name} is being edited elsewhere")).hint("finish that edit first"));
        }
        let mut place = Self { text, note, lock, held: Note::default() };
        let mut known = String::new();
        // What can't be read is no note of ours; the text alone is offered then.
        if (&place.lock).take(MAX_FILE as u64).read_to_string(&mut known).is_ok() {
            place.held = serde_json::from_str(&known).unwrap_or_default();
        }
        Ok(place)
    }

    /// A text is here that an edit left which was killed or put off; one nobody touched is none.
    pub fn has_leftover(&self) -> bool {
        self.touched()
    }

    /// What the text here was made from.
    pub fn base(&self) -> Option<&str> {
        self.held.base.as_deref()
    }

    /// The file with the text.
    pub fn path(&self) -> &Path {
        &self.text
    }

    /// Puts a text there to be edited, made from `base`.
    ///
    /// # Errors
    /// When the home can't be written.
    pub fn lay_out(&mut self, text: &str, base: Option<&str>) -> Outcome {
        self.held = Note { base: base.map(str::to_owned), written: sha(text) };
        // Never truncated in place: what is there is whole until the new one is.
        let note = serde_json::to_vec(&self.held).unwrap_or_default();
        self.lock
            .set_len(0)
            .and_then(|()| io::Seek::rewind(&mut &self.lock))
            .and_then(|()| (&self.lock).write_all(&note))
            .map_err(|e| io_at(&self.note, &e))?;
        self.rewrite(text)
    }

    /// Replaces the text; what it is compared with to see a change stays.
    ///
    /// # Errors
    /// When the home can't be written.
    pub fn rewrite(&self, text: &str) -> Outcome {
        let folder = self.text.parent().unwrap_or(Path::new("."));
        // A temporary file is private to its owner.
        tempfile::NamedTempFile::new_in(folder)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.as_file().sync_all()?;
                file.persist(&self.text).map_err(|e| e.error)
            })
            .map(|_| ())
            .map_err(|e| io_at(&self.text, &e))
    }

    /// Opens the student's editor on the text and waits until it is closed.
    ///
    /// # Errors
    /// When there is no editor, or it ends with an error; the text is as it left it.
    pub fn edit(&self) -> Outcome {
        editor::open(&self.text).map_err(|e| {
            Failure::fixable(e.to_string())
                .hint("set VISUAL or EDITOR to an editor that waits, such as nano or \"code --wait\"")
        })
    }

    /// The text as it is now.
    ///
    /// # Errors
    /// When it can't be read as text.
    pub fn read(&self) -> Outcome<String> {
        read_text(&self.text)
            .map_err(|e| Failure::fixable(format!("{}: {e}", self.text.display())).hint("nothing was changed"))
    }

    /// Somebody changed the text since it was laid out.
    pub fn touched(&self) -> bool {
        read_text(&self.text).is_ok_and(|text| sha(&text) != self.held.written)
    }

    /// The edit is over: nothing stays here.
    pub fn clear(self) {
        // What can't be removed is offered again next time.
        let _ = fs::remove_file(&self.text);
        let _ = fs::remove_file(&self.note);
    }
}

/// A text of at most the length that is read as a card.
///
/// # Errors
/// When it can't be read, is too long or is no text.
pub fn read_text(path: &Path) -> io::Result<String> {
    read_from(&mut File::open(path)?)
}

/// As [`read_text`], from anything.
///
/// # Errors
/// As [`read_text`].
pub fn read_from(from: &mut dyn Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    from.take(MAX_FILE as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_FILE {
        return Err(io::Error::other(format!("longer than {} MiB", MAX_FILE >> 20)));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("not UTF-8 text"))
}
