//! A page of notes as lines: which of them count, and which are code, comments or headings.

use super::inline::plain;
use super::marks::lettered;
use crate::model::ids::check_id;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use regex::Regex;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

/// A comment, up to its end or the end of the text.
static COMMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)<!--.*?(?:-->|\z)").expect("a valid pattern"));

/// A comment that names a card.
static NAME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^<!--\s*id:\s*(\S+?)\s*-->$").expect("a valid pattern"));

/// What a line is, as far as Markdown decides it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// Text, to be looked at.
    Text,
    /// Part of a code block or of the front matter.
    Code,
    /// A heading: its level and words.
    Heading(u8, String),
}

/// One line of the page.
#[derive(Debug, Clone)]
pub(super) struct Line<'p> {
    /// Its number, from 1.
    pub number: usize,
    /// Its bytes, without the line end.
    pub range: Range<usize>,
    /// Its text with comments blanked.
    pub text: &'p str,
    /// What it is.
    pub role: Role,
    /// The id that a comment on it gives to the card above.
    pub id: Option<String>,
    /// That comment stands before text of the line, which then belongs to what comes next.
    pub leads: bool,
}

/// A page, its comments blanked.
pub(super) struct Page {
    blank: String,
    code: Vec<Range<usize>>,
    headings: HashMap<usize, (u8, String)>,
    /// Where each stands, ascending.
    ids: Vec<(usize, String)>,
}

impl Page {
    /// Looks at the structure of a page.
    pub fn new(text: &str) -> Self {
        let mut blank = text.as_bytes().to_vec();
        // The mark some editors write would hide a marker at the very start.
        if text.starts_with('\u{feff}') {
            blank[..3].fill(b' ');
        }
        let seen = String::from_utf8(blank.clone()).unwrap_or_default();
        let front = front_matter(&seen);
        let (mut code, mut headings, mut ids) = (Vec::new(), HashMap::new(), Vec::new());
        code.extend((front > 0).then_some(0..front));
        for (event, inner) in Parser::new_ext(&seen[front..], Options::empty()).into_offset_iter() {
            let range = front + inner.start..front + inner.end;
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => code.push(range),
                Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => {
                    for comment in COMMENT.find_iter(&seen[range.clone()]) {
                        let at = range.start + comment.start()..range.start + comment.end();
                        if let Some(id) = named(comment.as_str()) {
                            ids.push((at.start, id));
                        }
                        blank[at].iter_mut().filter(|b| !matches!(b, b'\n' | b'\r')).for_each(|b| *b = b' ');
                    }
                }
                Event::Start(Tag::Heading { level, .. }) => {
                    let source = seen[range.clone()].trim();
                    if source.starts_with('#') && !source.contains('\n') {
                        let words = source.trim_matches('#').trim();
                        headings.insert(range.start, (level as u8, plain(words)));
                    }
                }
                _ => {}
            }
        }
        ids.sort_unstable();
        // Only whole comments were blanked, so this is still UTF-8.
        let blank = String::from_utf8(blank).unwrap_or(seen);
        Self { blank, code, headings, ids }
    }

    /// Its lines, in order.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let mut start = 0;
        let mut code = self.code.iter().peekable();
        let mut ids = self.ids.iter().peekable();
        self.blank.split('\n').enumerate().map(move |(n, raw)| {
            let text = raw.strip_suffix('\r').unwrap_or(raw);
            let range = start..start + text.len();
            let whole = start..start + raw.len();
            start += raw.len() + 1;
            while code.next_if(|c| c.end <= whole.start).is_some() {}
            let inner = whole.start + (text.len() - text.trim_start().len());
            let role = if code.peek().is_some_and(|c| c.start < whole.end && c.end > whole.start) {
                Role::Code
            } else if let Some((level, words)) = self.headings.get(&inner).or_else(|| self.headings.get(&whole.start)) {
                Role::Heading(*level, words.clone())
            } else {
                Role::Text
            };
            let (mut id, mut leads) = (None, false);
            while let Some((at, last)) = ids.next_if(|(at, _)| *at < whole.end) {
                id = Some(last.clone());
                let before = text.get(..at.saturating_sub(whole.start)).unwrap_or_default();
                leads = before.trim().is_empty() && !text.trim().is_empty();
            }
            Line { number: n + 1, range, text, role, id, leads }
        })
    }
}

/// Where the front matter ends; 0 when there is none. Only the very first lines can be it: between two `---` further
/// down there may well be cards.
fn front_matter(text: &str) -> usize {
    if !text.starts_with("---") {
        return 0;
    }
    let mut events = Parser::new_ext(text, Options::ENABLE_YAML_STYLE_METADATA_BLOCKS).into_offset_iter();
    match events.next() {
        Some((Event::Start(Tag::MetadataBlock(_)), range))
            if range.start == 0 && !text[range.clone()].lines().any(|l| lettered(l, 'Q').is_some()) =>
        {
            range.end
        }
        _ => 0,
    }
}

/// The id that a comment gives, if it gives one.
fn named(comment: &str) -> Option<String> {
    NAME.captures(comment).map(|c| c[1].to_owned()).filter(|id| check_id(id).is_ok())
}

/// Whether a comment that names a card comes next, after nothing but space and other comments.
pub(super) fn named_next(text: &str) -> bool {
    let mut rest = text.trim_start();
    while rest.starts_with("<!--")
        && let Some(comment) = COMMENT.find(rest)
    {
        if named(comment.as_str()).is_some() {
            return true;
        }
        rest = rest[comment.end()..].trim_start();
    }
    false
}
