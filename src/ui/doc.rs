//! Text as a value: lines of spans with roles, wrapped by display width. Printed in one place each.

use crate::model::text::sanitize;
use anstyle::{AnsiColor, Style};
use std::borrow::Cow;
use std::fmt::Write as _;
use textwrap::{Options, WordSplitter, WrapAlgorithm};
use unicode_width::UnicodeWidthStr;

/// What a piece of text is for; colours follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Running text.
    #[default]
    Plain,
    /// What matters most on this screen.
    Strong,
    /// What may be overlooked.
    Dim,
    /// A heading.
    Title,
    /// Right.
    Good,
    /// Wrong.
    Bad,
    /// Worth a look.
    Warn,
    /// A key to press.
    Key,
}

impl Role {
    /// The terminal style: the eight basic colours only, which every theme, dark or light, keeps readable; yellow and
    /// white, which light themes swallow, are not used.
    #[must_use]
    pub const fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Dim => Style::new().dimmed(),
            Self::Title => Style::new().bold().underline(),
            Self::Good => AnsiColor::Green.on_default().bold(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Warn => AnsiColor::Magenta.on_default(),
            Self::Key => AnsiColor::Blue.on_default().bold(),
        }
    }
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The text, safe to print.
    pub text: String,
    /// What it is for.
    pub role: Role,
}

/// One line, already as wide as it may be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line(pub Vec<Span>);

impl Line {
    /// Cells it takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.0.iter().map(|s| s.text.width()).sum()
    }
}

/// Lines to show, made for one width.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doc {
    /// The lines.
    pub lines: Vec<Line>,
    width: usize,
}

/// Widest text: longer lines are hard to read, however wide the terminal is.
pub const MAX_WIDTH: usize = 88;

impl Doc {
    /// For a terminal of `width` cells.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self { lines: Vec::new(), width: width.clamp(12, MAX_WIDTH) }
    }

    /// Cells a line may take.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// An empty line, unless the last one is empty already.
    pub fn blank(&mut self) {
        if self.lines.last().is_some_and(|l| !l.0.is_empty()) {
            self.lines.push(Line::default());
        }
    }

    /// A paragraph.
    pub fn para(&mut self, role: Role, text: &str) {
        self.hanging("", Role::Plain, role, text);
    }

    /// A paragraph behind a marker (`A. `); further lines stand under its first word.
    pub fn hanging(&mut self, marker: &str, marker_role: Role, role: Role, text: &str) {
        let text = sanitize(text);
        let marker = sanitize(marker);
        // A long label would leave a narrow column on a phone: further lines then stand a little in from its start.
        let lead = marker.chars().take_while(|c| *c == ' ').count();
        let hang = if marker.width() * 5 > self.width && marker.width() > lead + 4 { lead + 2 } else { marker.width() };
        let indent = " ".repeat(hang);
        for (i, part) in text.split('\n').enumerate() {
            let part: Cow<'_, str> = if part.contains('\t') { part.replace('\t', "    ").into() } else { part.into() };
            let first = if i == 0 { marker.as_ref() } else { indent.as_str() };
            let options = Options::new(self.width)
                .initial_indent(first)
                .subsequent_indent(&indent)
                .wrap_algorithm(WrapAlgorithm::FirstFit)
                .word_splitter(WordSplitter::NoHyphenation);
            for (j, line) in textwrap::wrap(&part, options).into_iter().enumerate() {
                let line = line.into_owned();
                let mut spans = Vec::new();
                match line.strip_prefix(marker.as_ref()) {
                    Some(rest) if i == 0 && j == 0 && !marker.is_empty() => {
                        spans.push(Span { text: marker.clone().into_owned(), role: marker_role });
                        spans.push(Span { text: rest.to_owned(), role });
                    }
                    _ => spans.push(Span { text: line, role }),
                }
                self.lines.push(Line(spans));
            }
        }
    }

    /// Words of several roles, wrapped together. Lines break at spaces only, so a no-break space keeps a key with
    /// what it does.
    pub fn mixed(&mut self, parts: &[(Role, &str)]) {
        let mut line: Vec<Span> = Vec::new();
        let mut word: Vec<Span> = Vec::new();
        for (role, text) in parts {
            for piece in sanitize(text).split_inclusive(' ') {
                word.push(Span { text: piece.to_owned(), role: *role });
                if piece.ends_with(' ') {
                    self.place(&mut line, &mut word);
                }
            }
        }
        self.place(&mut line, &mut word);
        if !line.is_empty() {
            self.lines.push(Line(trim_end(line)));
        }
    }

    /// Puts a word on the line, or on the next one when it does not fit.
    fn place(&mut self, line: &mut Vec<Span>, word: &mut Vec<Span>) {
        let cells = |spans: &[Span]| -> usize { spans.iter().map(|s| s.text.width()).sum() };
        let bare: usize =
            cells(word) - word.last().map_or(0, |s| s.text.width() - s.text.trim_end_matches(' ').width());
        if !line.is_empty() && cells(line) + bare > self.width {
            self.lines.push(Line(trim_end(std::mem::take(line))));
        }
        for span in word.drain(..) {
            match line.last_mut() {
                Some(last) if last.role == span.role => last.text.push_str(&span.text),
                _ => line.push(span),
            }
        }
    }

    /// Adds another document's lines.
    pub fn append(&mut self, other: Self) {
        self.lines.extend(other.lines);
    }

    /// As text with (or without) escape sequences for colour.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let mut out = String::new();
        for line in &self.lines {
            for span in &line.0 {
                let style = span.role.style();
                if color && style != Style::new() {
                    // Writing to a string can't fail.
                    let _ = write!(out, "{style}{}{style:#}", span.text);
                } else {
                    out.push_str(&span.text);
                }
            }
            out.push('\n');
        }
        out
    }
}

fn trim_end(mut line: Vec<Span>) -> Vec<Span> {
    if let Some(last) = line.last_mut() {
        last.text.truncate(last.text.trim_end().len());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_asked_and_controls_are_shown() {
        for width in [12, 20, 40, 120] {
            let mut doc = Doc::new(width);
            doc.para(
                Role::Plain,
                "A 27-year-old woman with \u{1b}[31m and 痛みがある人 and averyveryveryverylongwordwithoutend 🫁🫁🫁",
            );
            doc.hanging("A. ", Role::Key, Role::Plain, "CT abdomen and pelvis with IV contrast\nsecond line");
            doc.mixed(&[(Role::Key, "a-e "), (Role::Dim, "choose an option, or look at the other keys")]);
            for line in &doc.lines {
                assert!(line.width() <= width.min(MAX_WIDTH), "{width}: {line:?}");
            }
            assert!(!doc.render(false).contains('\u{1b}'));
            assert!(doc.render(true).contains("\\u{1b}"));
        }
    }
}
