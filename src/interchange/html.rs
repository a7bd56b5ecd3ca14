//! HTML fields to plain text that stays readable.
//!
//! Plain markup is laid out tag by tag (`stream`); for all else a parser makes the tree, which is only walked here,
//! without recursion (`walk`). What a hostile field could cost is bounded before either looks at it.

mod page;
mod stream;
mod walk;

use crate::model::text::{is_unsafe, thousands};
use std::borrow::Cow;

/// Longest field that is parsed, in bytes.
pub const MAX_HTML: usize = 200_000;

/// Most tags in one field.
pub const MAX_TAGS: usize = 5_000;

/// Most work one field may be: tags squared (nesting makes a parser look at every open tag), attributes of one tag
/// squared (each is compared with those before it), and tags times formatting tags with attributes (each of which a
/// parser opens again in every paragraph).
const MAX_WORK: u64 = 30_000_000;

/// Formatting tags with attributes, times all tags: the nodes a parser may have to make.
const MAX_NODES: usize = 300_000;

/// Work of one field that is never refused for what was spent before.
const LIGHT: u64 = 250_000;

/// A field of so many bytes is light, whatever is in it.
const SHORT: usize = 600;

/// Work that all fields of a file may be together; after it only light ones are parsed.
const MAX_TOTAL_WORK: u64 = 6_000_000_000;

/// Why a field was not parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TooHeavy(pub String);

/// Converts fields of one file.
#[derive(Debug, Default)]
pub struct Converter {
    spent: u64,
}

impl Converter {
    /// The field as plain text: no markup, no control characters. Lists, tables and line breaks stay readable; bold and
    /// italic leave no mark; struck text stands between `~~`. `media` is called with the name of each local picture
    /// or sound and returns the name to show.
    ///
    /// # Errors
    /// When the field is longer or more deeply nested than anything a person wrote.
    pub fn convert(&mut self, html: &str, media: &mut dyn FnMut(&str) -> String) -> Result<String, TooHeavy> {
        let text: Cow<'_, str> = if html.bytes().any(|b| b == b'<' || b == b'&') {
            self.afford(html)?;
            Cow::Owned(stream::render(html, media).unwrap_or_else(|| walk::render(html, media)))
        } else {
            flat(html)
        };
        let text = sounds(&text, media);
        Ok(match clean(&text) {
            Cow::Borrowed(same) if same.len() == text.len() => text.into_owned(),
            Cow::Borrowed(part) => part.to_owned(),
            Cow::Owned(cleaned) => cleaned,
        })
    }

    /// The text of the field exactly, with entities decoded and tags left out, for fields that hold data.
    ///
    /// # Errors
    /// As [`Converter::convert`].
    pub fn data(&mut self, html: &str) -> Result<String, TooHeavy> {
        if !html.bytes().any(|b| b == b'<' || b == b'&') {
            return Ok(html.to_owned());
        }
        self.afford(html)?;
        Ok(walk::data(html))
    }

    fn afford(&mut self, html: &str) -> Result<(), TooHeavy> {
        if html.len() <= SHORT {
            return Ok(());
        }
        let work = work(html)?;
        if work > LIGHT {
            if self.spent > MAX_TOTAL_WORK {
                return Err(TooHeavy("this file has too many overlong fields".to_owned()));
            }
            self.spent += work;
        }
        Ok(())
    }
}

/// One field as plain text; local pictures and sounds keep their names. A field too heavy to parse is returned as it is.
#[must_use]
pub fn to_text(html: &str) -> String {
    Converter::default().convert(html, &mut |name| name.to_owned()).unwrap_or_else(|_| clean(html).into_owned())
}

/// What parsing a field may cost, found by looking at each byte once.
fn work(html: &str) -> Result<u64, TooHeavy> {
    const FORMATTING: &[&str] =
        &["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
    if html.len() > MAX_HTML {
        let (n, most) = (thousands(html.len() as u64), thousands(MAX_HTML as u64));
        return Err(TooHeavy(format!("{n} bytes of HTML; at most {most}")));
    }
    let (mut tags, mut styled, mut attributes) = (0_usize, 0_usize, 0_u64);
    let mut pieces = html.split('<');
    pieces.next();
    for piece in pieces {
        if !piece.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) {
            continue;
        }
        tags += 1;
        let name_end = piece.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(piece.len());
        if !piece[name_end..].starts_with('>') && FORMATTING.iter().any(|f| f.eq_ignore_ascii_case(&piece[..name_end]))
        {
            styled += 1;
        }
        // A '>' may stand inside quotes, so the whole piece counts.
        let separators = piece[name_end..].bytes().filter(|b| b.is_ascii_whitespace() || b"\"'/".contains(b)).count();
        let in_tag = piece[name_end..].find('>').unwrap_or(piece.len() - name_end);
        let quoted = piece[name_end..].bytes().take(in_tag).any(|b| b == b'"' || b == b'\'');
        let n = if quoted { separators } else { separators.min(in_tag) } as u64;
        attributes += n * n / 4;
    }
    if tags > MAX_TAGS {
        let (n, most) = (thousands(tags as u64), thousands(MAX_TAGS as u64));
        return Err(TooHeavy(format!("{n} HTML tags; at most {most}")));
    }
    let tags_squared = (tags * tags) as u64;
    if tags_squared + attributes > MAX_WORK || tags * styled > MAX_NODES {
        return Err(TooHeavy("HTML more deeply nested than this program reads".to_owned()));
    }
    Ok(tags_squared + attributes + (tags * styled) as u64)
}

/// Text without markup as a browser shows it: runs of blanks and line ends are one blank.
fn flat(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let plain = !text.bytes().any(|b| b.is_ascii_control()) && !text.contains("  ");
    if plain { Cow::Borrowed(text) } else { Cow::Owned(text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")) }
}

/// Anki's `[sound:x.mp3]` as `[sound: x.mp3]`.
fn sounds<'t>(text: &'t str, media: &mut dyn FnMut(&str) -> String) -> Cow<'t, str> {
    const MARK: &str = "[sound:";
    if !text.contains(MARK) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARK) {
        out.push_str(before);
        match after.split_once(']') {
            Some((name, tail)) if !name.contains('[') && !name.trim().is_empty() => {
                out.push_str(&format!("[sound: {}]", media(name.trim())));
                rest = tail;
            }
            _ => {
                out.push_str(MARK);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Without control characters, bidirectional marks and blanks at the ends.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let plain = text.bytes().all(|b| (0x20..0x7f).contains(&b) || b == b'\n' || b == b'\t');
    if plain || !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mended: String = text
        .chars()
        .filter_map(|c| match c {
            '\u{2028}' | '\u{2029}' => Some('\n'),
            c if is_unsafe(c) => None,
            c => Some(c),
        })
        .collect();
    Cow::Owned(mended.trim().to_owned())
}

#[cfg(test)]
mod tests;
