//! The marks of the notation at the start of a line, and texts that go on over several lines.

use super::inline::{plain, take_tags};
use crate::model::Verdict;
use crate::model::text::is_unsafe;

/// A text over several lines.
#[derive(Debug, Default, Clone)]
pub(super) struct Part {
    raw: String,
    hard: bool,
    begun: bool,
}

impl Part {
    /// Begins with a line, without its tags.
    pub fn new(line: &str, tags: &mut Vec<String>) -> Self {
        let mut part = Self::default();
        part.push(line, tags);
        part
    }

    /// Joins a line as Markdown would: by a space, or by a line break after `\` or two spaces and before a list item.
    pub fn push(&mut self, line: &str, tags: &mut Vec<String>) {
        // What must not reach a terminal is in no text, whether it is rendered or taken as it stands.
        let line: String = line.chars().filter(|c| !is_unsafe(*c)).collect();
        let spaces = line.ends_with("  ");
        let line = take_tags(&line, tags);
        let line = line.trim();
        let slashes = line.len() - line.trim_end_matches('\\').len();
        let cut = slashes % 2 == 1;
        let line = if cut { &line[..line.len() - 1] } else { line };
        if self.hard || (self.begun && is_item(line)) {
            self.raw.push('\n');
        } else if self.begun && !line.is_empty() {
            self.raw.push(' ');
        }
        self.raw.push_str(line.trim_end());
        self.begun |= !line.is_empty();
        self.hard = cut || (spaces && !line.is_empty());
    }

    /// As written, its lines joined.
    pub fn raw(&self) -> &str {
        self.raw.trim()
    }

    /// As it reads.
    pub fn text(&self) -> String {
        rendered(self.raw())
    }
}

/// Joined lines as they read.
pub(super) fn rendered(raw: &str) -> String {
    let lines: Vec<String> = raw.split('\n').map(plain).collect();
    lines.join("\n").trim().to_owned()
}

/// A list item at the start of a line.
pub(super) fn is_item(line: &str) -> bool {
    item(line).is_some() || {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        rest.len() < line.len() && line.len() - rest.len() < 4 && rest.starts_with([')', '.']) && {
            rest.len() == 1 || rest[1..].starts_with(' ')
        }
    }
}

/// What stands after a bullet.
pub(super) fn item(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['-', '*', '+'])?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix([' ', '\t']).map(str::trim_start) }
}

/// The verdict of a task list's box, and what stands after it.
pub(super) fn checkbox(rest: &str) -> Option<(Verdict, &str)> {
    let (mark, rest) = rest.strip_prefix('[')?.split_once(']')?;
    let verdict = match mark {
        "x" | "X" => Verdict::Best,
        "~" => Verdict::Acceptable,
        " " | "" => Verdict::Wrong,
        _ => return None,
    };
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| (verdict, rest.trim()))
}

/// `word:` or `**word:**`, and what stands after it.
pub(super) fn label(line: &str) -> Option<(&str, &str)> {
    let (word, rest) = line.split_once(':')?;
    let (word, rest) = match word.strip_prefix("**") {
        None => (word, rest),
        Some(bold) => match rest.strip_prefix("**") {
            Some(rest) => (bold, rest),
            None => (bold.strip_suffix("**")?, rest),
        },
    };
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((word, rest))
}

/// What stands after the label of one letter, `Q:` or `A:`.
pub(super) fn lettered(line: &str, letter: char) -> Option<&str> {
    let (word, rest) = label(line)?;
    let mut chars = word.chars();
    (chars.next()?.eq_ignore_ascii_case(&letter) && chars.next().is_none()).then_some(rest)
}

pub(super) fn is_break(line: &str) -> bool {
    let marks = |c: char| line.chars().all(|d| d == c || d == ' ') && line.chars().filter(|d| *d == c).count() >= 3;
    marks('-') || marks('*') || marks('_') || marks('=')
}
