//! The lines that start with `#` before the rows: Anki's file headers and our own.

use crate::deck::format::RawDeck;
use crate::deck::problem::did_you_mean;
use crate::interchange::incoming::{ReadError, Trouble};
use crate::model::text::is_unsafe;

use super::columns::Role;
use super::records::{self, MAX_FIELDS};

/// Marks a file that this program wrote, with the version of its layout.
pub const MARK: &str = "#scanwise:";
/// One line for each deck: everything but its cards, as JSON.
pub const DECK: &str = "#scanwise deck:";
/// The layout this program reads and writes.
pub const LAYOUT: &str = "1";

const KEYS: &[&str] = &[
    "separator",
    "html",
    "tags",
    "columns",
    "notetype",
    "deck",
    "notetype column",
    "deck column",
    "tags column",
    "guid column",
    "if matches",
    "scanwise",
    "scanwise deck",
];

/// Words for separators, as Anki writes them.
const SEPARATORS: &[(&str, u8)] =
    &[("tab", b'\t'), ("comma", b','), ("semicolon", b';'), ("pipe", b'|'), ("colon", b':'), ("space", b' ')];

/// What the header lines say.
#[derive(Debug, Default)]
pub struct Head {
    /// The separator, and the line that names it.
    pub separator: Option<(u8, usize)>,
    /// Fields are HTML.
    pub html: bool,
    /// Tags for every card.
    pub tags: Option<String>,
    /// Names of the columns, and the line.
    pub columns: Option<(Vec<String>, usize)>,
    /// The deck of every card.
    pub deck: Option<String>,
    /// Columns with a role, from 0, and the line.
    pub placed: Vec<(Role, usize, usize)>,
    /// We wrote this file.
    pub own: bool,
    /// Decks it names.
    pub decks: Vec<RawDeck>,
    /// Header lines that could not be used.
    pub troubles: Vec<Trouble>,
    /// There was a header line at all: lines that start with `#` are comments.
    pub any: bool,
    /// Lines before the rows.
    pub lines: usize,
    /// Bytes before the rows.
    pub bytes: usize,
}

impl Head {
    /// Reads the header lines at the start of a text.
    ///
    /// # Errors
    /// When one of them can't be meant as it stands.
    pub fn parse(text: &str) -> Result<Self, ReadError> {
        let mut head = Self::default();
        let mut names = None;
        for line in text.split_inclusive('\n') {
            let number = head.lines + 1;
            let bare = line.trim_end_matches(['\r', '\n']);
            let Some(rest) = bare.strip_prefix('#') else { break };
            let known = rest.split_once(':').and_then(|(key, value)| {
                let key = key.trim().to_ascii_lowercase();
                KEYS.iter().find(|k| **k == key).map(|k| (*k, value))
            });
            match known {
                Some(("columns", value)) => names = Some((value.to_owned(), number)),
                Some((key, value)) => head.take(key, value, number)?,
                // "#1 cause of death" may be the first term of a list; after a header line it is a comment.
                None if !head.any => break,
                None => {}
            }
            head.any = true;
            head.lines += 1;
            head.bytes += line.len();
        }
        if let Some((value, line)) = names {
            head.columns = Some((head.names(&value, line)?, line));
        }
        Ok(head)
    }

    fn take(&mut self, key: &str, value: &str, line: usize) -> Result<(), ReadError> {
        // A spreadsheet that saves the file again fills short lines up with separators.
        let text = value.trim().trim_end_matches([',', ';', '\t']).trim();
        match key {
            "separator" => self.separator = Some((separator(value, text, line)?, line)),
            "html" => self.html = text.eq_ignore_ascii_case("true"),
            "tags" => self.tags = Some(text.to_owned()),
            "deck" => self.deck = (!text.is_empty()).then(|| text.to_owned()),
            "scanwise" if text == LAYOUT => self.own = true,
            "scanwise" => {
                return Err(ReadError::new(
                    format!("line {line}"),
                    format!("\"#scanwise:{}\" is a layout this program does not know (it reads {LAYOUT})", cut(text)),
                    "update scanwise",
                ));
            }
            "scanwise deck" => match serde_json::from_str::<RawDeck>(value.trim()) {
                Ok(deck) => self.decks.push(RawDeck { cards: None, ..deck }),
                Err(_) => self.troubles.push(Trouble {
                    place: format!("line {line}"),
                    cause: "what it says of its deck can't be read".to_owned(),
                    hint: "the cards are read; the deck's title, version and authors are not".to_owned(),
                }),
            },
            "notetype column" => self.place(Role::NoteType, key, text, line)?,
            "deck column" => self.place(Role::Deck, key, text, line)?,
            "tags column" => self.place(Role::Tags, key, text, line)?,
            "guid column" => self.place(Role::Guid, key, text, line)?,
            // Which note type, and what to do with notes that are there already, is Anki's business.
            _ => {}
        }
        Ok(())
    }

    fn place(&mut self, role: Role, key: &str, text: &str, line: usize) -> Result<(), ReadError> {
        match text.parse::<usize>() {
            Ok(n) if (1..=MAX_FIELDS).contains(&n) => {
                self.placed.push((role, n - 1, line));
                Ok(())
            }
            _ => Err(ReadError::new(
                format!("line {line}"),
                format!("\"#{key}:{}\" does not name a column", cut(text)),
                format!("write the number of the column, from 1 to {MAX_FIELDS}, or remove the line"),
            )),
        }
    }

    fn names(&self, value: &str, line: usize) -> Result<Vec<String>, ReadError> {
        let delimiter = self.separator.map_or(b'\t', |(s, _)| s);
        let names = records::one_row(value, delimiter);
        if names.len() > MAX_FIELDS {
            return Err(ReadError::new(
                format!("line {line}"),
                format!("#columns names {} columns; at most {MAX_FIELDS}", names.len()),
                "check the separator",
            ));
        }
        Ok(names)
    }
}

fn separator(raw: &str, text: &str, line: usize) -> Result<u8, ReadError> {
    let word = text.to_ascii_lowercase();
    if let Some((_, byte)) = SEPARATORS.iter().find(|(w, _)| *w == word) {
        return Ok(*byte);
    }
    let literal = if raw == "\\t" { Some(b'\t') } else { raw.bytes().next() };
    match literal.filter(|b| (raw.len() == 1 || raw == "\\t") && SEPARATORS.iter().any(|(_, s)| s == b)) {
        Some(byte) => Ok(byte),
        None => {
            let words = || SEPARATORS.iter().map(|(w, _)| *w);
            let all = words().collect::<Vec<_>>().join(", ");
            let hint = did_you_mean(&word, words()).unwrap_or_else(|| format!("one of: {all}"));
            let cause = format!("\"#separator:{}\" is not a separator this program knows", cut(text));
            Err(ReadError::new(format!("line {line}"), cause, hint))
        }
    }
}

/// Text of a file for a message: one line, at most 60 characters.
pub fn cut(text: &str) -> String {
    let plain = |c: char| if c.is_control() || is_unsafe(c) { ' ' } else { c };
    let mut out: String = text.chars().take(60).map(plain).collect();
    if text.chars().nth(60).is_some() {
        out.push_str("...");
    }
    out
}
