//! A page of notes as lines: which of them count, and which are code, comments or headings.

use super::inline::plain;
use super::marks::lettered;
use crate::model::ids::check_id;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use regex::{Captures, Regex};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

/// A comment, up to its end or the end of the text.
static COMMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)<!--.*?(?:-->|\z)").expect("a valid pattern"));

/// A comment that names a card and begins a line, with the line end before it.
static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:\A|\r?\n) {0,3}(<!--\s*id:\s*([a-z0-9-]+)\s*-->)").expect("a valid pattern"));

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

/// A comment that names a card.
struct Name {
    id: String,
    /// Its bytes in the page.
    comment: Range<usize>,
    /// Where it was taken out of what Markdown sees.
    at: usize,
}

/// The page as Markdown sees it: without the comments that begin a line and name a card. So those can't end a
/// paragraph, a list or raw HTML, nor begin one, and a page reads the same with them and without.
struct View {
    text: String,
    names: Vec<Name>,
}

impl View {
    fn new(page: &str) -> Self {
        let (mut text, mut names, mut done) = (String::with_capacity(page.len()), Vec::new(), 0);
        for found in NAME.captures_iter(page) {
            let (Some(all), Some(comment), Some(id)) = (found.get(0), found.get(1), named(&found)) else { continue };
            text.push_str(&page[done..all.start()]);
            done = all.end();
            names.push(Name { id, comment: comment.range(), at: text.len() });
        }
        text.push_str(&page[done..]);
        Self { text, names }
    }

    /// Where these bytes of the view stand in the page: no name before them or after them is in it.
    fn in_page(&self, range: &Range<usize>) -> Range<usize> {
        let place = |at: usize, passed: usize| match passed.checked_sub(1).map(|last| &self.names[last]) {
            Some(name) => name.comment.end + (at - name.at),
            None => at,
        };
        let (start, end) = (range.start, range.end);
        place(start, self.names.partition_point(|n| n.at <= start))
            ..place(end, self.names.partition_point(|n| n.at < end))
    }
}

/// A page, its comments blanked.
pub(super) struct Page {
    blank: String,
    code: Vec<Range<usize>>,
    headings: HashMap<usize, (u8, String)>,
    /// Where each stands, ascending.
    ids: Vec<(usize, String)>,
    /// Where a comment begins that nothing ends.
    pub unclosed: Option<usize>,
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
        let view = View::new(&seen);
        let front = front_matter(&view.text);
        let (mut code, mut headings, mut unclosed) = (Vec::new(), HashMap::new(), None);
        let matter = 0..front;
        code.extend((front > 0).then(|| view.in_page(&matter)));
        // Where the name of a card is none.
        let mut hidden = vec![matter];
        let mut ids = Vec::new();
        for (event, inner) in Parser::new_ext(&view.text[front..], Options::empty()).into_offset_iter() {
            let range = front + inner.start..front + inner.end;
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                    code.push(view.in_page(&range));
                    hidden.push(range);
                }
                Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => {
                    for comment in COMMENT.find_iter(&view.text[range.clone()]) {
                        let at = range.start + comment.start()..range.start + comment.end();
                        let place = view.in_page(&at);
                        if !comment.as_str().ends_with("-->") {
                            unclosed.get_or_insert(place.start);
                        }
                        // Within a line it is one where Markdown sees a comment.
                        if let Some(id) = NAME.captures(comment.as_str()).and_then(|found| named(&found)) {
                            ids.push((place.start, id));
                        }
                        wipe(&mut blank[place]);
                        hidden.push(at);
                    }
                }
                Event::Start(Tag::Heading { level, .. }) => {
                    let source = view.text[range.clone()].trim();
                    if source.starts_with('#') && !source.contains('\n') {
                        let words = source.trim_matches('#').trim();
                        headings.insert(view.in_page(&range).start, (level as u8, plain(words)));
                    }
                }
                _ => {}
            }
        }
        for name in view.names {
            let over = hidden.partition_point(|h| h.start < name.at);
            if over == 0 || hidden[over - 1].end <= name.at {
                ids.push((name.comment.start, name.id));
                wipe(&mut blank[name.comment]);
            }
        }
        ids.sort_unstable();
        // Only whole comments were blanked, so this is still UTF-8.
        let blank = String::from_utf8(blank).unwrap_or(seen);
        Self { blank, code, headings, ids, unclosed }
    }

    /// Whether a comment names the card that stands here: one in its lines, or the next thing after them.
    pub fn names(&self, card: &Range<usize>) -> bool {
        let text = &self.blank[card.clone()];
        // A comment before its first word belongs to what is above.
        let first = card.start + (text.len() - text.trim_start().len());
        let next = self.ids.partition_point(|(place, _)| *place < first);
        let next = self.ids.get(next).map(|(place, _)| *place);
        next.is_some_and(|at| at < card.end || self.blank[card.end..at].trim_start().is_empty())
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

/// The id that a comment gives, if it can be one.
fn named(found: &Captures<'_>) -> Option<String> {
    Some(found[2].to_owned()).filter(|id| check_id(id).is_ok())
}

/// Makes space of a comment; its lines stay lines.
fn wipe(comment: &mut [u8]) {
    comment.iter_mut().filter(|b| !matches!(b, b'\n' | b'\r')).for_each(|b| *b = b' ');
}
