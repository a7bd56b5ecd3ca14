//! CSV and TSV files, Anki's and Quizlet's text exports.
//!
//! | file | told by | fields |
//! |---|---|---|
//! | our own export | `#scanwise:1` | every field, as written ([`super::export::csv`]) |
//! | Anki, notes as text | lines `#separator:`, `#html:`, `#columns:`, `#deck column:`, ... | named columns, or in order: front, back, reason |
//! | Quizlet | tabs, two columns, no header | term, definition; quotes mean nothing |
//! | any table with a header row | column names, in any case ("Question", "Answer", "Extra", "Tags", ...) | by name |
//! | any other table | | in order: front, back, reason; the rest only with `--map` |
//!
//! A front (or a back, or a column "text") that holds `{{c1::...}}` makes a cloze card. What was understood how is told in
//! [`Incoming::mapping`]; what could not be read, in [`Incoming::troubles`] with its line.

mod columns;
mod decks;
mod head;
mod records;
mod row;
mod text;

pub use head::{DECK, LAYOUT, MARK};
pub use text::guard;

use super::charset::MAX_TEXT_FILE;
use super::incoming::{Format, Incoming, ReadError, Tick, Trouble};
use crate::model::text::{count, thousands};
use columns::{Columns, Role};
use csv::StringRecord;
use decks::Decks;
use head::Head;
use records::{Records, Shape};
use row::Rows;
use std::borrow::Cow;

/// What the student says of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableOptions {
    /// Which column holds what: "Front=front,Extra=why", or by number "1=front,2=back"; "ignore" leaves one out.
    pub maps: Vec<String>,
    /// Fields are between tabs (`true`) or not (`false`); told from the file when not given.
    pub tabs: Option<bool>,
}

/// Most troubles that are told one by one.
const MAX_TROUBLES: usize = 1_000;
/// Rows between two ticks.
const TICK: u64 = 4_096;

/// Reads a table of cards; `name` is the file's name, for the deck and the separator.
///
/// # Errors
/// When the file is no table of cards, breaks a bound, or is mapped to columns it does not have.
pub fn read(text: &str, name: &str, options: &TableOptions, tick: &mut Tick<'_>) -> Result<Incoming, ReadError> {
    if text.len() > MAX_TEXT_FILE {
        let cause = format!("{} bytes; at most {}", thousands(text.len() as u64), thousands(MAX_TEXT_FILE as u64));
        return Err(ReadError::new("the file", cause, "split the file"));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // Line ends of old Macs.
    let text = if text.contains('\r') && !text.contains('\n') {
        Cow::Owned(text.replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    };
    if text.trim().is_empty() {
        return Err(ReadError::new("the file", "it is empty", "export the cards again"));
    }
    let head = Head::parse(&text)?;
    let body = text.get(head.bytes..).unwrap_or_default();
    let shape = shape(&head, body, name, options);
    let mut records = Records::new(body, shape, head.lines);
    let mut row = StringRecord::new();
    let first = records.next(&mut row)?;
    let line = first.map_or(head.lines + 1, |s| s.line);
    let columns = Columns::find(&head, &row.iter().collect::<Vec<_>>(), &options.maps, line)?;
    let mut table = Table {
        decks: Decks::new(&head, name),
        troubles: head.troubles.clone(),
        untold: 0,
        left_out: 0,
        cleaned: 0,
        lost_tags: 0,
        widest: 0,
        rows: 0,
    };
    let rows = Rows::new(&head, &columns);
    let mut here = first;
    if columns.header_row {
        here = records.next(&mut row)?;
    }
    while let Some(span) = here {
        if table.rows.is_multiple_of(TICK) {
            tick("reading rows", records.bytes(), body.len() as u64);
        }
        table.rows += 1;
        table.widest = table.widest.max(row.len());
        let goes_on = !shape.quoting && row.len() == 1 && !row.get(0).unwrap_or_default().trim().is_empty();
        if goes_on {
            table.go_on(&row, span);
        } else if head.own && row.get(0).is_some_and(|f| f.starts_with(DECK)) {
            table.tell(
                span,
                "a spreadsheet changed what is said of a deck",
                "its title, version and authors are not read",
            );
        } else {
            table.take(rows.card(&row, span), span);
        }
        here = records.next(&mut row)?;
    }
    tick("reading rows", body.len() as u64, body.len() as u64);
    table.finish(&head, &columns, shape)
}

/// Which separator, and what quotes and `#` mean.
fn shape(head: &Head, body: &str, name: &str, options: &TableOptions) -> Shape {
    let named = head.separator.map(|(s, _)| s);
    let known = |field: &str| Role::of(field).is_some();
    let delimiter = match (options.tabs, named) {
        (Some(true), _) => b'\t',
        (Some(false), Some(s)) if s != b'\t' => s,
        (Some(false), _) => Some(records::sniff(body, name, known)).filter(|s| *s != b'\t').unwrap_or(b','),
        (None, Some(s)) => s,
        // Anki's own default.
        (None, None) if head.columns.is_some() => b'\t',
        (None, None) => records::sniff(body, name, known),
    };
    let header = || records::one_row(body.lines().next().unwrap_or_default(), b'\t').iter().any(|f| known(f));
    let quizlet = delimiter == b'\t' && !head.any && records::looks_like_quizlet(body) && !header();
    Shape { delimiter, quoting: !quizlet, comments: head.any }
}

/// A file on its way in.
struct Table {
    decks: Decks,
    troubles: Vec<Trouble>,
    untold: u64,
    left_out: u64,
    cleaned: u64,
    lost_tags: u64,
    widest: usize,
    rows: u64,
}

impl Table {
    fn trouble(&mut self, trouble: Trouble) {
        if self.troubles.len() < MAX_TROUBLES {
            self.troubles.push(trouble);
        } else {
            self.untold += 1;
        }
    }

    fn tell(&mut self, span: records::Span, cause: &str, hint: &str) {
        self.trouble(Trouble { place: format!("line {}", span.line), cause: cause.to_owned(), hint: hint.to_owned() });
    }

    fn take(&mut self, made: Result<Option<row::Made>, Trouble>, span: records::Span) {
        match made {
            Ok(None) => {}
            Ok(Some(made)) => {
                self.cleaned += u64::from(made.cleaned);
                self.lost_tags += u64::from(made.lost_tags);
                if let Err(trouble) = self.decks.add(made, span.line) {
                    self.leave_out(trouble);
                }
            }
            Err(trouble) => self.leave_out(trouble),
        }
    }

    fn leave_out(&mut self, trouble: Trouble) {
        self.left_out += 1;
        self.trouble(trouble);
    }

    /// Quizlet writes a definition of several lines as it is: a line without a tab belongs to the one before.
    fn go_on(&mut self, row: &StringRecord, span: records::Span) {
        let (text, _) = text::clean(row.get(0).unwrap_or_default());
        if self.decks.extend_last(text.trim()) {
            let hint = "it was taken as more of the definition before it; look at that card";
            self.tell(span, "a line without a tab", hint);
        } else {
            let cause = format!("a line without a tab (\"{}\")", records::glimpse(row));
            self.tell(span, &cause, "the line is left out; put a tab between term and definition");
        }
    }

    fn finish(mut self, head: &Head, columns: &Columns, shape: Shape) -> Result<Incoming, ReadError> {
        let none = self.decks.is_empty();
        let separator = records::word(shape.delimiter);
        if let Some((_, line)) = head.separator.filter(|_| none && self.rows > 0 && self.widest < 2) {
            return Err(ReadError::new(
                format!("line {line}"),
                format!("the file says its fields are between {separator}, but no row holds one"),
                "write the separator the file really has, or remove the line",
            ));
        }
        if let Some((names, line)) = head.columns.as_ref().filter(|(n, _)| self.rows > 0 && self.widest < n.len()) {
            let cause = format!("#columns names {} columns, but no row has more than {}", names.len(), self.widest);
            if none {
                return Err(ReadError::new(format!("line {line}"), cause, "correct the line, or the separator"));
            }
            let hint = "the rows were read with the first names; check that they are the right ones".to_owned();
            self.troubles.insert(0, Trouble { place: format!("line {line}"), cause, hint });
        }
        if none && !head.own {
            return Err(match self.troubles.into_iter().next() {
                Some(t) => ReadError::new(t.place, format!("no row is a card; the first: {}", t.cause), t.hint),
                None => ReadError::new("the file", "there is no row of a card in it", "export the cards again"),
            });
        }
        if self.cleaned > 0 {
            self.troubles.push(Trouble {
                place: count(self.cleaned, "row"),
                cause: "control characters in the text".to_owned(),
                hint: "they were dropped; the rest of the text is as it was".to_owned(),
            });
        }
        if self.lost_tags > 0 {
            self.troubles.push(Trouble {
                place: count(self.lost_tags, "row"),
                cause: "tags without a letter a to z or a digit".to_owned(),
                hint: "those tags were left out; the cards were read".to_owned(),
            });
        }
        if self.untold > 0 {
            self.troubles.push(Trouble {
                place: "the file".to_owned(),
                cause: format!("{} more rows could not be read", thousands(self.untold)),
                hint: "mend the ones named here and import again".to_owned(),
            });
        }
        let mapping = if head.own {
            vec!["our own export: every column by its name; personal notes and progress are not read".to_owned()]
        } else {
            let how = if columns.names.is_empty() { "no column names" } else { "columns by name" };
            let quotes = if shape.quoting { "" } else { ", quotes as they stand" };
            vec![format!("fields between {separator}{quotes}; {how}: {}", columns.describe())]
        };
        Ok(Incoming {
            format: Some(Format::Table),
            // A card whose row could not be read is not gone.
            decks: self.decks.done(self.left_out > 0),
            troubles: self.troubles,
            mapping,
            ..Incoming::default()
        })
    }
}
