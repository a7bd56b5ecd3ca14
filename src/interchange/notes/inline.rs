//! The text of one line: Markdown's inline marks away, tags out, and back again.

use crate::model::ids::suggest_id;
use crate::model::text::is_unsafe;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use regex::Regex;
use std::sync::LazyLock;

/// A `#tag` at the start of a line or after a space. It starts with a letter, so that "the #1 cause" stays text.
static TAG: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(^|\s)#(\p{Alphabetic}[\w/-]*)").expect("a valid pattern"));

/// Characters that Markdown may take for marks within a line.
const MARKS: &str = "\\`*_[]<>&#~{}!";

/// Which of them to escape, from few to all: the first that reads back right is taken.
const LADDER: &[&str] = &["*_", "#", "*_#", "[]<>&", MARKS];

/// Stands before the text while it is rendered, so that nothing in it begins a list, heading or quote.
const GUARD: &str = "x ";

/// Most tags of one card; further ones stay text.
const MAX_TAGS: usize = 64;

/// Takes the `#tags` out of a line; each becomes a slug in `tags`, once.
pub(super) fn take_tags(line: &str, tags: &mut Vec<String>) -> String {
    if !line.contains('#') {
        return line.to_owned();
    }
    let mut out = String::with_capacity(line.len());
    let mut done = 0;
    for found in TAG.captures_iter(line) {
        let (Some(all), Some(word)) = (found.get(0), found.get(2)) else { continue };
        let Some(slug) = suggest_id(word.as_str()) else { continue };
        if tags.len() >= MAX_TAGS {
            break;
        }
        out.push_str(&line[done..all.start()]);
        done = all.end();
        if !tags.contains(&slug) {
            tags.push(slug);
        }
    }
    out.push_str(&line[done..]);
    out
}

/// Whether the line holds nothing but tags.
pub(super) fn only_tags(line: &str) -> bool {
    line.starts_with('#') && take_tags(line, &mut Vec::new()).trim().is_empty()
}

/// What a reader of the rendered page would see of one line: emphasis, code marks and comments are gone, a link shows
/// its address, a picture its name; characters that must not reach a terminal are dropped.
pub(super) fn plain(line: &str) -> String {
    render(line, true)
}

/// Whether the line hides something, outside of code.
pub(super) fn hides(line: &str) -> bool {
    line.contains('{') && render(line, false).contains("{{c")
}

fn render(line: &str, code: bool) -> String {
    let safe: String = line.chars().filter(|c| !is_unsafe(*c)).collect();
    if !safe.contains(|c| MARKS.contains(c)) {
        return safe;
    }
    let guarded = format!("{GUARD}{safe}");
    let mut out = String::with_capacity(guarded.len());
    let mut address: Vec<(String, usize)> = Vec::new();
    for event in Parser::new_ext(&guarded, Options::empty()) {
        match event {
            Event::Text(text) => out.push_str(&text),
            Event::Code(text) if code => out.push_str(&text),
            Event::InlineHtml(html) | Event::Html(html) if !html.starts_with("<!--") => out.push_str(&html),
            Event::SoftBreak | Event::HardBreak => out.push(' '),
            Event::Start(Tag::Link { dest_url, .. }) => address.push((dest_url.into_string(), out.len())),
            Event::End(TagEnd::Link) => {
                if let Some((url, from)) = address.pop()
                    && out.get(from..) != Some(url.as_str())
                    && url.strip_prefix("mailto:") != out.get(from..)
                    && !url.is_empty()
                {
                    out.push_str(&format!(" ({url})"));
                }
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                address.push((dest_url.into_string(), out.len()));
            }
            Event::End(TagEnd::Image) => {
                if let Some((name, from)) = address.pop() {
                    out.truncate(from);
                    out.push_str(&format!("[image: {name}]"));
                }
            }
            _ => {}
        }
    }
    // Addresses and entities can bring in what the line itself did not hold.
    out.retain(|c| !is_unsafe(c) && c != '\n');
    match out.strip_prefix(GUARD) {
        Some(rest) => rest.to_owned(),
        None => out.trim_start_matches('x').trim_start().to_owned(),
    }
}

/// The line with `\` before what would be read as a mark; as little of it as does.
pub(super) fn escape(line: &str, all: bool) -> String {
    if !all {
        if keeps(line, line) {
            return line.to_owned();
        }
        let tries = LADDER.iter().map(|marks| with_slashes(line, |c| marks.contains(c)));
        if let Some(some) = tries.into_iter().find(|some| keeps(some, line)) {
            return some;
        }
    }
    with_slashes(line, |c| c.is_ascii_punctuation())
}

fn keeps(written: &str, meant: &str) -> bool {
    let mut tags = Vec::new();
    take_tags(written, &mut tags) == written && plain(written) == meant
}

fn with_slashes(line: &str, which: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    for c in line.chars() {
        if which(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
