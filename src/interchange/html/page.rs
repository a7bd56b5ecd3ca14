//! From tags and text to lines of text.

use std::borrow::Cow;

/// What the end of an element does.
pub enum Close {
    /// Nothing is written, but the line ends, by so many line ends.
    Block(usize),
    List,
    Cell,
    Pre,
    Raised(fn(&str) -> Option<String>, char),
    Word(&'static str),
    Link(String),
}

/// Text with blanks and line ends that are written only when more text follows.
#[derive(Default)]
struct Text {
    done: String,
    lines: usize,
    blank: bool,
    /// What the next line starts with: the mark of a list item.
    mark: String,
}

impl Text {
    fn lines(&mut self, n: usize) {
        self.lines = self.lines.max(n);
    }

    /// Writes what is pending.
    fn settle(&mut self) {
        if !self.done.is_empty() {
            for _ in 0..self.lines.min(2) {
                self.done.push('\n');
            }
            if self.blank && self.lines == 0 {
                self.done.push(' ');
            }
        }
        (self.lines, self.blank) = (0, false);
        self.done.push_str(&std::mem::take(&mut self.mark));
    }

    fn word(&mut self, word: &str) {
        self.settle();
        self.done.push_str(word);
    }

    fn flow(&mut self, text: &str) {
        // Most text between tags is set as it would be shown.
        if is_set(text) {
            return self.word(text);
        }
        let mut rest = text;
        while !rest.is_empty() {
            let blank = |c: char| c.is_ascii_whitespace() || c == '\u{a0}';
            let end = rest.find(blank).unwrap_or(rest.len());
            if end > 0 {
                self.word(&rest[..end]);
            }
            let tail = rest[end..].trim_start_matches(blank);
            if tail.len() < rest.len() - end && self.mark.is_empty() {
                self.blank = true;
            }
            rest = tail;
        }
    }
}

/// Words with single spaces between them, and nothing else that could change.
fn is_set(text: &str) -> bool {
    let mut before = b' ';
    for &byte in text.as_bytes() {
        if byte < b' ' || byte == b' ' && before == b' ' || byte == 0xa0 && before == 0xc2 {
            return false;
        }
        before = byte;
    }
    before != b' '
}

/// A field as it is laid out. Elements are opened and closed in order by whoever reads them.
pub struct Page {
    /// The text, and above it raised or lowered text that is not finished.
    out: Vec<Text>,
    /// Open lists: the next number of an ordered one.
    lists: Vec<Option<i64>>,
    cells: usize,
    pre: usize,
}

impl Page {
    /// An empty one.
    pub fn new() -> Self {
        Self { out: vec![Text::default()], lists: Vec::new(), cells: 0, pre: 0 }
    }

    /// What was laid out.
    pub fn done(mut self) -> String {
        if self.out.is_empty() { String::new() } else { self.out.swap_remove(0).done }
    }

    /// Text between tags, with entities decoded.
    pub fn flow(&mut self, text: &str) {
        if self.pre > 0 && self.cells == 0 { self.preformatted(text) } else { self.text().flow(text) }
    }

    fn text(&mut self) -> &mut Text {
        if self.out.is_empty() {
            self.out.push(Text::default());
        }
        let last = self.out.len() - 1;
        &mut self.out[last]
    }

    /// Ends a line, except within a table's cell, where a blank has to do.
    fn lines(&mut self, n: usize) {
        if self.cells > 0 { self.text().blank = true } else { self.text().lines(n) }
    }

    /// Opens an element; `attribute` looks one of its attributes up. What [`Page::close`] needs to end it, when it does
    /// anything at its end.
    pub fn open(
        &mut self,
        name: &str,
        attribute: &dyn Fn(&str) -> Option<String>,
        media: &mut dyn FnMut(&str) -> String,
    ) -> Option<Close> {
        match name {
            "br" if self.cells > 0 => self.text().blank = true,
            "br" => self.text().lines += 1,
            "div" | "section" | "article" | "center" | "tr" | "caption" | "dt" | "dd" | "details" | "summary"
            | "figure" | "figcaption" | "header" | "footer" | "address" => {
                self.lines(1);
                return Some(Close::Block(1));
            }
            "p" | "table" | "blockquote" | "dl" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.lines(2);
                return Some(Close::Block(2));
            }
            "hr" => self.lines(2),
            "ul" | "ol" => {
                let first = attribute("start").and_then(|s| s.parse::<i64>().ok()).unwrap_or(1);
                self.lists.push((name == "ol").then_some(first));
                self.lines(1);
                return Some(Close::List);
            }
            "li" => {
                self.item();
                return Some(Close::Block(1));
            }
            "td" | "th" => {
                self.cell();
                return Some(Close::Cell);
            }
            "pre" => {
                self.lines(1);
                self.pre += 1;
                return Some(Close::Pre);
            }
            "sup" => {
                self.out.push(Text::default());
                return Some(Close::Raised(superscript, '^'));
            }
            "sub" => {
                self.out.push(Text::default());
                return Some(Close::Raised(subscript, '_'));
            }
            "s" | "strike" | "del" => {
                self.text().word("~~");
                return Some(Close::Word("~~"));
            }
            "rt" => {
                self.text().word("(");
                return Some(Close::Word(")"));
            }
            "a" => return attribute("href").filter(|h| is_web(h)).map(Close::Link),
            "img" => {
                let shown = picture(&attribute("src").unwrap_or_default(), media);
                self.text().word(&shown);
            }
            "audio" | "video" => {
                if let Some(src) = attribute("src").filter(|s| !is_remote(s)) {
                    let shown = format!("[sound: {}]", media(&src));
                    self.text().word(&shown);
                }
            }
            _ => {}
        }
        None
    }

    /// Ends what [`Page::open`] opened.
    pub fn close(&mut self, close: Close) {
        match close {
            Close::Block(n) => {
                self.text().mark.clear();
                self.lines(n);
            }
            Close::List => {
                self.lists.pop();
                self.lines(1);
            }
            Close::Cell => self.cells = self.cells.saturating_sub(1),
            Close::Pre => {
                self.pre = self.pre.saturating_sub(1);
                self.lines(1);
            }
            Close::Raised(table, sign) => {
                let inner = if self.out.len() > 1 { self.out.pop().unwrap_or_default().done } else { String::new() };
                if !inner.is_empty() {
                    let shown = raised(&inner, table, sign);
                    self.text().word(&shown);
                }
            }
            Close::Word(word) => {
                let done = &mut self.text().done;
                // Nothing stood between: nothing was marked.
                if !word.starts_with(')') && done.ends_with(word) {
                    done.truncate(done.len() - word.len());
                } else {
                    done.push_str(word);
                }
            }
            Close::Link(url) => {
                let text = self.text();
                let url: String = url.trim().chars().take(300).collect();
                if !text.done.ends_with(&url) && !text.done.ends_with(url.trim_end_matches('/')) {
                    text.word(&format!(" ({url})"));
                }
            }
        }
    }

    fn item(&mut self) {
        self.lines(1);
        let depth = self.lists.len().saturating_sub(1).min(8);
        let mark = match self.lists.last_mut() {
            Some(Some(n)) => {
                let mark = format!("{n}. ");
                *n = n.saturating_add(1);
                mark
            }
            _ => "- ".to_owned(),
        };
        if self.cells == 0 {
            self.text().mark = "  ".repeat(depth) + &mark;
        } else {
            self.text().word(&mark);
        }
    }

    /// A cell after another on its row is set off by a bar.
    fn cell(&mut self) {
        if self.cells == 0 {
            let text = self.text();
            if text.lines == 0 && !text.done.is_empty() {
                text.done.push_str(" |");
                text.blank = true;
            }
        } else {
            self.text().blank = true;
        }
        self.cells += 1;
    }

    fn preformatted(&mut self, text: &str) {
        for (i, line) in text.split('\n').enumerate() {
            if i > 0 {
                self.text().lines += 1;
            }
            let line = line.trim_end();
            if !line.is_empty() {
                self.text().word(line);
            }
        }
    }
}

/// Raised or lowered text: with the characters made for it, or after a sign.
fn raised(inner: &str, table: fn(&str) -> Option<String>, sign: char) -> String {
    if let Some(shown) = table(inner) {
        return shown;
    }
    // 1st and 4th need no sign.
    if sign == '^' && ["st", "nd", "rd", "th"].contains(&inner) {
        return inner.to_owned();
    }
    format!("{sign}({inner})")
}

fn superscript(text: &str) -> Option<String> {
    text.chars()
        .map(|c| match c {
            '0' => Some('⁰'),
            '1' => Some('¹'),
            '2' => Some('²'),
            '3' => Some('³'),
            '4'..='9' => char::from_u32('⁴' as u32 + (c as u32 - '4' as u32)),
            '+' => Some('⁺'),
            '-' | '−' | '–' => Some('⁻'),
            '=' => Some('⁼'),
            '(' => Some('⁽'),
            ')' => Some('⁾'),
            'n' => Some('ⁿ'),
            _ => None,
        })
        .collect()
}

fn subscript(text: &str) -> Option<String> {
    text.chars()
        .map(|c| match c {
            '0'..='9' => char::from_u32('₀' as u32 + (c as u32 - '0' as u32)),
            '+' => Some('₊'),
            '-' | '−' | '–' => Some('₋'),
            '=' => Some('₌'),
            '(' => Some('₍'),
            ')' => Some('₎'),
            _ => None,
        })
        .collect()
}

fn is_web(url: &str) -> bool {
    let url = url.trim_start();
    ["http://", "https://"].iter().any(|s| url.get(..s.len()).is_some_and(|head| head.eq_ignore_ascii_case(s)))
}

/// Does the address name a place outside the package?
fn is_remote(src: &str) -> bool {
    const SCHEMES: &[&str] = &["http", "https", "data", "file", "ftp", "blob", "content", "javascript"];
    let src = src.trim_start();
    src.starts_with("//")
        || src.split_once(':').is_some_and(|(scheme, _)| SCHEMES.iter().any(|s| s.eq_ignore_ascii_case(scheme)))
}

/// A picture as words. Nothing is ever fetched.
fn picture(src: &str, media: &mut dyn FnMut(&str) -> String) -> String {
    let src = src.trim();
    if src.is_empty() {
        return "[image without a name]".to_owned();
    }
    if !is_remote(src) {
        return format!("[image: {}]", media(src));
    }
    let rest = src.split_once("//").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host: Cow<'_, str> = if is_web(src) || src.starts_with("//") {
        Cow::Owned(host.chars().filter(|c| !c.is_control() && !"[]".contains(*c)).take(100).collect())
    } else {
        Cow::Owned(src.split(':').next().unwrap_or_default().to_ascii_lowercase() + " link")
    };
    format!("[remote image, not fetched: {host}]")
}
