//! Rows of a table, each with the line it starts on, and never more of the file in memory than one row.

use super::head::cut;
use crate::interchange::incoming::ReadError;
use crate::model::text::thousands;
use csv::{ReaderBuilder, StringRecord};
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// Most fields of one row.
pub const MAX_FIELDS: usize = 1_000;
/// Most rows of one file.
pub const MAX_ROWS: u64 = 5_000_000;
/// Most bytes of one row; a quote that is never closed makes one row of all that follows.
pub const MAX_ROW: usize = 4 << 20;

const BUFFER: usize = 64 << 10;

/// Hands the text over, but not more than one row may take: the parser itself has no bound.
struct Feed<'t> {
    rest: &'t [u8],
    left: Rc<Cell<usize>>,
}

impl Read for Feed<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            return Ok(0);
        }
        let n = buf.len().min(self.rest.len()).min(self.left.get());
        if n == 0 {
            return Err(io::Error::other("a row without an end"));
        }
        let (now, later) = self.rest.split_at(n);
        buf.get_mut(..n).unwrap_or_default().copy_from_slice(now);
        self.rest = later;
        self.left.set(self.left.get() - n);
        Ok(n)
    }
}

/// How the rows are written.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// What stands between fields.
    pub delimiter: u8,
    /// Fields may be quoted.
    pub quoting: bool,
    /// Lines that start with `#` are comments.
    pub comments: bool,
}

/// Where a row stands.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// Its first line.
    pub line: usize,
    /// How many lines it takes.
    pub lines: usize,
    /// Its text ends with the file, within a quote that was never closed.
    pub unclosed: bool,
}

/// The rows of a text.
pub struct Records<'t> {
    reader: csv::Reader<Feed<'t>>,
    left: Rc<Cell<usize>>,
    body: &'t str,
    shape: Shape,
    before: usize,
    lines: usize,
    counted: usize,
    rows: u64,
}

impl<'t> Records<'t> {
    /// Starts at the first row; `before` lines of the file stand before `body`.
    pub fn new(body: &'t str, shape: Shape, before: usize) -> Self {
        let left = Rc::new(Cell::new(MAX_ROW));
        let feed = Feed { rest: body.as_bytes(), left: Rc::clone(&left) };
        let reader = ReaderBuilder::new()
            .delimiter(shape.delimiter)
            .quoting(shape.quoting)
            .comment(shape.comments.then_some(b'#'))
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(BUFFER)
            .from_reader(feed);
        Self { reader, left, body, shape, before, lines: 0, counted: 0, rows: 0 }
    }

    /// Bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.reader.position().byte()
    }

    /// The next row into `row`; `None` at the end.
    ///
    /// # Errors
    /// When a bound is broken.
    pub fn next(&mut self, row: &mut StringRecord) -> Result<Option<Span>, ReadError> {
        self.left.set(MAX_ROW);
        let from = self.counted;
        let read = self.reader.read_record(row);
        let start = self.skip(from);
        let line = self.before + self.lines + self.newlines(from, start) + 1;
        let place = || format!("line {line}");
        match read {
            Ok(false) => return Ok(None),
            Ok(true) => {}
            Err(_) => {
                let cause = format!(
                    "the row that starts here is longer than {} bytes, the most a row may have",
                    thousands(MAX_ROW as u64)
                );
                let hint = if self.shape.quoting {
                    "look for a quote (\") that is not closed, or check the separator"
                } else {
                    "check the line ends and the separator"
                };
                return Err(ReadError::new(place(), cause, hint));
            }
        }
        let end = usize::try_from(self.bytes()).unwrap_or(usize::MAX).min(self.body.len());
        let raw = self.body.get(start..end).unwrap_or_default();
        let inner = raw.trim_end_matches(['\r', '\n']);
        let span = Span {
            line,
            lines: 1 + count(inner, b'\n'),
            unclosed: self.shape.quoting
                && end == self.body.len()
                && inner.contains('\n')
                && count(inner, b'"') % 2 == 1,
        };
        self.lines += self.newlines(from, end);
        self.counted = end;
        self.rows += 1;
        if self.rows > MAX_ROWS {
            let cause = format!("more than {} rows, the most one file may have", thousands(MAX_ROWS));
            return Err(ReadError::new(place(), cause, "split the file"));
        }
        if row.len() > MAX_FIELDS {
            let cause =
                format!("{} fields in one row; at most {}", thousands(row.len() as u64), thousands(MAX_FIELDS as u64));
            let hint = format!(
                "check the separator (fields were taken apart at {}), or that this is a table of cards",
                word(self.shape.delimiter)
            );
            return Err(ReadError::new(place(), cause, hint));
        }
        Ok(Some(span))
    }

    /// Where the row really starts: after empty lines and comments.
    fn skip(&self, from: usize) -> usize {
        let bytes = self.body.as_bytes();
        let mut at = from;
        loop {
            match bytes.get(at) {
                Some(b'\r' | b'\n') => at += 1,
                Some(b'#') if self.shape.comments => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    at += rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
                }
                _ => return at,
            }
        }
    }

    fn newlines(&self, from: usize, to: usize) -> usize {
        self.body.get(from..to).map_or(0, |s| count(s, b'\n'))
    }
}

fn count(text: &str, byte: u8) -> usize {
    text.bytes().filter(|b| *b == byte).count()
}

/// A separator's name.
pub fn word(delimiter: u8) -> &'static str {
    match delimiter {
        b'\t' => "tabs",
        b',' => "commas",
        b';' => "semicolons",
        b'|' => "pipes",
        b':' => "colons",
        _ => "spaces",
    }
}

/// The fields of one line.
pub fn one_row(line: &str, delimiter: u8) -> Vec<String> {
    let mut row = StringRecord::new();
    let shape = Shape { delimiter, quoting: true, comments: false };
    // A line without an end is cut, not read: the caller counts fields.
    let line = line.get(..MAX_ROW).unwrap_or(line);
    match Records::new(line, shape, 0).reader.read_record(&mut row) {
        Ok(true) => row.iter().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The separator of a text that does not name it: the one that takes most of the first rows apart alike. When several
/// do, the first row of column names decides, then the file's name.
pub fn sniff(body: &str, name: &str, known: impl Fn(&str) -> bool) -> u8 {
    const ROWS: usize = 20;
    let mut end = body.len().min(BUFFER);
    while !body.is_char_boundary(end) {
        end -= 1;
    }
    let sample = body.get(..end).unwrap_or_default();
    let csv = name.to_ascii_lowercase().ends_with(".csv");
    let order = if csv { [b',', b';', b'\t', b'|'] } else { [b'\t', b',', b';', b'|'] };
    let mut best = (0, order[0]);
    for delimiter in order {
        let mut records = Records::new(sample, Shape { delimiter, quoting: true, comments: false }, 0);
        let mut row = StringRecord::new();
        let mut widths: Vec<usize> = Vec::new();
        let mut score = 0;
        while widths.len() < ROWS && records.reader.read_record(&mut row).unwrap_or(false) {
            if widths.is_empty() && row.len() > 1 {
                score += row.iter().filter(|f| known(f)).count() * ROWS;
            }
            widths.push(row.len());
        }
        let alike = |w: usize| widths.iter().filter(|x| **x == w).count();
        score += widths.iter().filter(|w| **w > 1).map(|w| alike(*w)).max().unwrap_or(0);
        if score > best.0 {
            best = (score, delimiter);
        }
    }
    best.1
}

/// Is this what Quizlet exports: a term, a tab and a definition a line, and quotes that mean nothing? A definition may
/// go on in lines without a tab, unless quotes explain those lines better.
pub fn looks_like_quizlet(body: &str) -> bool {
    let (mut single, mut none, mut quoted) = (0_u64, 0_u64, false);
    for line in body.lines().filter(|l| !l.trim().is_empty()) {
        match line.bytes().filter(|b| *b == b'\t').take(2).count() {
            1 => single += 1,
            0 if single > 0 => none += 1,
            _ => return false,
        }
        quoted |= line.starts_with('"') || line.contains("\t\"");
    }
    single > 0 && none <= single && !(quoted && none > 0 && quotes_work(body))
}

/// Do quotes, taken as quotes, leave two fields in every row?
fn quotes_work(body: &str) -> bool {
    let mut records = Records::new(body, Shape { delimiter: b'\t', quoting: true, comments: false }, 0);
    let mut row = StringRecord::new();
    loop {
        match records.next(&mut row) {
            Ok(None) => return true,
            Ok(Some(span)) if row.len() == 2 && !span.unclosed => {}
            _ => return false,
        }
    }
}

/// A row for a message: its first words.
pub fn glimpse(row: &StringRecord) -> String {
    cut(row.iter().find(|f| !f.trim().is_empty()).unwrap_or_default())
}
