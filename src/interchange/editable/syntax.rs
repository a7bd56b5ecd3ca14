//! The outer shape of the text: fields and options with their lines, comments left out.

use crate::model::text::is_unsafe;

/// Fields of the card, as written.
pub(super) const CARD: &[&str] = &[
    "id",
    "type",
    "domain",
    "family",
    "modifier",
    "tags",
    "covers",
    "vignette",
    "question",
    "options",
    "rule",
    "if_positive",
    "if_negative",
    "front",
    "back",
    "text",
    "why",
    "note",
    "sources",
    "source",
];

/// Fields of the option above.
pub(super) const OPTION: &[&str] = &["option-id", "option-study", "option-text", "option-why"];

/// Fields of the source above.
pub(super) const SOURCE: &[&str] = &["title", "year", "section", "url", "checked", "basis"];

/// One line of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct ValueLine<'t> {
    pub number: usize,
    pub text: &'t str,
}

/// What stands behind a field or under an option.
#[derive(Debug, Clone, Default)]
pub(super) struct Value<'t> {
    /// On the field's own line.
    pub inline: &'t str,
    /// Under it.
    pub lines: Vec<ValueLine<'t>>,
}

/// What a line begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head<'t> {
    /// `name:`
    Field(&'t str),
    /// `[verdict, harm]`, without the brackets.
    Option(&'t str),
    /// Text that belongs to nothing.
    Stray,
}

/// A field or option.
#[derive(Debug, Clone)]
pub(super) struct Chunk<'t> {
    pub line: usize,
    pub head: Head<'t>,
    pub value: Value<'t>,
}

impl Chunk<'_> {
    pub fn is_field(&self, name: &str) -> bool {
        self.head == Head::Field(name)
    }

    pub fn is_option(&self) -> bool {
        matches!(self.head, Head::Option(_))
    }
}

/// A line that begins with one word and a colon. A word with a capital is the beginning of a sentence ("Note: ...").
fn field(line: &str) -> Option<(&str, &str)> {
    let (word, rest) = line.split_once(':')?;
    let word = word.trim_end();
    let name = !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'-');
    (name && (rest.is_empty() || rest.starts_with(char::is_whitespace))).then_some((word, rest))
}

/// Takes the text apart. A `#` in the first column begins a comment, wherever it is.
pub(super) fn chunks(text: &str) -> Vec<Chunk<'_>> {
    let mut out: Vec<Chunk<'_>> = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (n, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let number = n + 1;
        if line.starts_with('#') {
            continue;
        }
        let head = if let Some((name, rest)) = field(line) {
            Some((Head::Field(name), rest))
        } else if let Some((inner, rest)) = line.strip_prefix('[').and_then(|l| l.split_once(']')) {
            Some((Head::Option(inner), rest))
        } else {
            None
        };
        if let Some((head, rest)) = head {
            out.push(Chunk { line: number, head, value: Value { inline: rest.trim(), lines: Vec::new() } });
        } else if let Some(last) = out.last_mut() {
            last.value.lines.push(ValueLine { number, text: line });
        } else if !line.trim().is_empty() {
            let value = Value { inline: line.trim(), lines: Vec::new() };
            out.push(Chunk { line: number, head: Head::Stray, value });
        }
    }
    out
}

/// How far a line is indented, in bytes of spaces and tabs.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

impl Value<'_> {
    /// The text, without its indentation; `None` when nothing is written.
    pub fn text(&self) -> Option<String> {
        let mut out = block(self.inline, &self.lines);
        if let Some(quoted) = unquote(&out) {
            return Some(quoted);
        }
        let end = out.trim_end().len();
        out.truncate(end);
        Some(out).filter(|t| !t.is_empty())
    }
}

/// Lines without what all of them are indented by, after the first one.
pub(super) fn block(inline: &str, lines: &[ValueLine<'_>]) -> String {
    let blank = |l: &ValueLine<'_>| l.text.trim().is_empty();
    let common = lines.iter().filter(|l| !blank(l)).map(|l| indent(l.text)).filter(|n| *n > 0).min().unwrap_or(0);
    let mut out = inline.to_owned();
    let mut begun = !inline.is_empty();
    for line in lines {
        if !begun && blank(line) {
            continue;
        }
        if begun {
            out.push('\n');
        }
        begun = true;
        out.push_str(line.text[indent(line.text).min(common)..].trim_end());
    }
    let end = out.trim_end().len();
    out.truncate(end);
    out
}

/// A text in double quotes, as in JSON; `None` when it is anything else.
pub(super) fn unquote(text: &str) -> Option<String> {
    if text.len() < 2 || !text.starts_with('"') || !text.ends_with('"') {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// The text in double quotes, with a code for every character one can't see.
pub(super) fn quote(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap_or_default();
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_unsafe(c) || (c.is_whitespace() && c != ' ') {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether plain lines would not keep this text.
pub(super) fn needs_quotes(text: &str) -> bool {
    text.is_empty()
        || text.starts_with('"')
        || text.chars().any(is_unsafe)
        || text.trim() != text
        || text.split('\n').any(|l| l.trim_end() != l)
}
