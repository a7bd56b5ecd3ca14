//! The light notation, line by line: which lines belong to one card, and what each of them is.

use super::inline::{hides, only_tags, take_tags};
use super::marks::{Part, checkbox, is_break, item, label, lettered};
use super::page::{Line, Page, Role};
use crate::deck::format::CardType;
use crate::model::Verdict;
use crate::model::ids::suggest_id;
use std::ops::Range;

/// Most options, and most fields, that are read of one card. No card has a use for as many.
const MOST: usize = 64;

/// Words a heading may have to name a domain or a tag.
const HEADING_WORDS: usize = 4;

/// Fields of a decision, as written and as named here.
const FIELDS: &[(&str, &str)] = &[
    ("question", "question"),
    ("rule", "rule"),
    ("positive", "positive"),
    ("if positive", "positive"),
    ("negative", "negative"),
    ("if negative", "negative"),
    ("family", "family"),
    ("modifier", "modifier"),
    ("domain", "domain"),
    ("covers", "covers"),
    ("note", "note"),
    ("source", "source"),
    ("url", "url"),
    ("checked", "checked"),
    ("basis", "basis"),
];

/// Fields every card may have: the last ones of [`FIELDS`].
const COMMON: usize = 7;

/// One option as written.
#[derive(Debug, Default, Clone)]
pub(super) struct OptionPart {
    pub verdict: Option<Verdict>,
    pub text: Part,
    pub reason: Option<Part>,
}

/// One card as written.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub kind: CardType,
    pub line: usize,
    pub span: Range<usize>,
    pub prompt: Part,
    pub answer: Option<Part>,
    pub why: Option<Part>,
    pub options: Vec<OptionPart>,
    /// Name, text and line.
    pub fields: Vec<(&'static str, Part, usize)>,
    pub tags: Vec<String>,
    pub domain: Option<String>,
    pub id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Prompt,
    Answer,
    Why,
    Option(usize),
    Reason(usize),
    Field(usize),
    /// Nothing goes on here.
    Closed,
}

/// Reads the lines of a page into blocks.
#[derive(Default)]
pub(super) struct Reader {
    pub blocks: Vec<Block>,
    /// Lines that look like a card and are none, with what to do.
    pub stray: Vec<(usize, &'static str, &'static str)>,
    open: Option<Block>,
    /// The open block is prose: it becomes a card only if it hides something.
    prose: bool,
    slot: Option<Slot>,
    gap: bool,
    domain: Option<String>,
    headings: Vec<(u8, Vec<String>)>,
}

impl Reader {
    /// Starts with nothing open; cards under no heading get this domain.
    pub fn new(domain: Option<String>) -> Self {
        Self { domain, ..Self::default() }
    }

    /// Every line of a page.
    pub fn page(&mut self, page: &Page, most: usize) {
        for line in page.lines() {
            if self.blocks.len() >= most {
                return;
            }
            let (above, id) = if line.leads { (line.id.as_ref(), None) } else { (None, line.id.as_ref()) };
            self.tie(above);
            match &line.role {
                Role::Code => self.close(),
                Role::Heading(level, words) => {
                    self.close();
                    self.heading(*level, words);
                }
                Role::Text => self.text(&line),
            }
            self.tie(id);
        }
        self.close();
    }

    /// Gives the open card its id, if there is one to give, and closes it.
    fn tie(&mut self, id: Option<&String>) {
        let Some(id) = id else { return };
        self.ripen();
        if let Some(open) = self.open.as_mut().filter(|_| !self.prose) {
            open.id = Some(id.clone());
        }
        self.close();
    }

    fn heading(&mut self, level: u8, words: &str) {
        let slug = suggest_id(words).filter(|_| words.split_whitespace().count() <= HEADING_WORDS);
        self.headings.retain(|(l, _)| *l < level);
        if level == 1 {
            if slug.is_some() {
                self.domain = slug;
            }
        } else {
            self.headings.push((level, slug.into_iter().collect()));
        }
    }

    fn text(&mut self, line: &Line<'_>) {
        let indent = line.text.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum();
        let t = line.text.trim();
        if t.is_empty() {
            self.gap = true;
            return;
        }
        if self.gap {
            self.ripen();
        }
        self.feed(line, t, indent);
        self.gap = false;
    }

    /// Prose that hides something is a card from here on; other prose is dropped.
    fn ripen(&mut self) {
        if self.prose {
            self.prose = false;
            if !self.open.as_ref().is_some_and(|b| b.prompt.raw().split('\n').any(hides)) {
                self.open = None;
            }
        }
    }

    fn close(&mut self) {
        self.ripen();
        if let Some(mut block) = self.open.take() {
            let mut tags: Vec<String> = self.headings.iter().flat_map(|(_, t)| t.clone()).collect();
            tags.append(&mut block.tags);
            let mut seen = std::collections::HashSet::new();
            tags.retain(|t| seen.insert(t.clone()));
            block.tags = tags;
            self.blocks.push(block);
        }
        self.slot = None;
        self.gap = false;
    }

    fn start(&mut self, line: &Line<'_>, kind: CardType, rest: &str, prose: bool) {
        self.close();
        let mut tags = Vec::new();
        let prompt = Part::new(rest, &mut tags);
        self.open = Some(Block {
            kind,
            line: line.number,
            span: line.range.start..end(line),
            prompt,
            answer: None,
            why: None,
            options: Vec::new(),
            fields: Vec::new(),
            tags,
            domain: self.domain.clone(),
            id: None,
        });
        self.prose = prose;
        self.slot = Some(Slot::Prompt);
    }

    fn feed(&mut self, line: &Line<'_>, t: &str, indent: usize) {
        // Trailing spaces matter for line breaks; leading ones don't.
        let text = line.text.trim_start();
        let shallow = indent < 4;
        if shallow && let Some(rest) = lettered(text, 'Q') {
            return self.start(line, CardType::Basic, rest, false);
        }
        if shallow && (t == "?" || text.starts_with("? ")) {
            return self.start(line, CardType::Decision, &text[1..], false);
        }
        if shallow && is_break(t) {
            return self.close();
        }
        if item(t).is_some_and(|rest| lettered(rest, 'Q').is_some()) {
            let hint = "put \"Q:\" at the start of its line";
            self.stray.push((line.number, "a card inside a list is not read", hint));
        }
        let is_card = self.open.is_some() && !self.prose;
        if !is_card && self.prose && marks_cloze_end(t) {
            self.ripen();
        }
        if self.open.is_some() && !self.prose && self.mark(text, t, indent, line.number) {
            return self.stretch(line);
        }
        if let Some(rest) = item(t)
            && (self.prose || self.open.is_none() || self.gap || self.slot == Some(Slot::Closed))
        {
            return self.start(line, CardType::Cloze, rest, true);
        }
        if self.gap || self.open.is_none() || self.slot == Some(Slot::Closed) {
            return self.start(line, CardType::Cloze, text, true);
        }
        self.go_on(text);
        self.stretch(line);
    }

    fn stretch(&mut self, line: &Line<'_>) {
        if let Some(open) = &mut self.open {
            open.span.end = end(line);
        }
    }

    /// A line that goes on with what the line before it was.
    fn go_on(&mut self, text: &str) {
        let (Some(open), Some(slot)) = (&mut self.open, self.slot) else { return };
        let tags = &mut open.tags;
        match slot {
            Slot::Prompt => open.prompt.push(text, tags),
            Slot::Answer => open.answer.get_or_insert_default().push(text, tags),
            Slot::Why => open.why.get_or_insert_default().push(text, tags),
            Slot::Option(i) => open.options[i].text.push(text, tags),
            Slot::Reason(i) => open.options[i].reason.get_or_insert_default().push(text, tags),
            Slot::Field(i) => open.fields[i].1.push(text, tags),
            Slot::Closed => {}
        }
    }

    /// Takes a line that a marker gives to the open card.
    fn mark(&mut self, text: &str, t: &str, indent: usize, number: usize) -> bool {
        let (Some(open), Some(slot)) = (&mut self.open, self.slot) else { return false };
        if only_tags(t) {
            take_tags(t, &mut open.tags);
            self.slot = Some(Slot::Closed);
            return true;
        }
        // Behind a blank line an "A:" is the assessment of a SOAP note, not a forgotten answer.
        if open.kind == CardType::Basic
            && open.answer.is_none()
            && !self.gap
            && let Some(rest) = lettered(text, 'A')
        {
            open.answer = Some(Part::new(rest, &mut open.tags));
            self.slot = Some(Slot::Answer);
            return true;
        }
        if let Some(quoted) = text.strip_prefix('>') {
            self.slot = Some(quote(open, slot, quoted, number));
            return true;
        }
        let full = open.options.len() >= MOST || open.fields.len() >= MOST;
        if let Some((name, rest)) = field(open, text).filter(|_| !full) {
            let part = Part::new(rest, &mut open.tags);
            open.fields.push((name, part, number));
            self.slot = Some(Slot::Field(open.fields.len() - 1));
            return true;
        }
        if open.kind != CardType::Decision || full {
            return false;
        }
        let Some(rest) = item(text) else { return false };
        let nested = indent >= 2 && matches!(slot, Slot::Option(_) | Slot::Reason(_));
        let asked = matches!(slot, Slot::Field(i) if open.fields[i].0 == "question");
        let listed = asked || matches!(slot, Slot::Prompt | Slot::Option(_) | Slot::Reason(_));
        if let Some((verdict, rest)) = checkbox(rest)
            // A list that begins after the card's last lines is a to-do list.
            && (listed || !self.gap)
        {
            let text = Part::new(rest, &mut open.tags);
            open.options.push(OptionPart { verdict: Some(verdict), text, reason: None });
            self.slot = Some(Slot::Option(open.options.len() - 1));
        } else if let (true, Slot::Option(i) | Slot::Reason(i)) = (nested, slot) {
            open.options[i].reason.get_or_insert_default().push(rest, &mut open.tags);
            self.slot = Some(Slot::Reason(i));
        } else if listed && (!self.gap || open.options.is_empty()) {
            let text = Part::new(rest, &mut open.tags);
            open.options.push(OptionPart { verdict: None, text, reason: None });
            self.slot = Some(Slot::Option(open.options.len() - 1));
        } else {
            return false;
        }
        true
    }
}

/// Up to the last character of a line that counts: blanked comments and spaces at the end don't.
fn end(line: &Line<'_>) -> usize {
    line.range.start + line.text.trim_end().len()
}

/// What ends a paragraph of prose and may belong to it, if it is a cloze.
fn marks_cloze_end(t: &str) -> bool {
    t.starts_with('>')
        || only_tags(t)
        || label(t)
            .is_some_and(|(word, _)| FIELDS[FIELDS.len() - COMMON..].iter().any(|f| f.0.eq_ignore_ascii_case(word)))
}

/// A quoted line: the reason of what stands before it.
fn quote(open: &mut Block, slot: Slot, quoted: &str, number: usize) -> Slot {
    let words = quoted.trim_start();
    let labeled = words.get(..4).is_some_and(|w| w.eq_ignore_ascii_case("why:"));
    let fresh = if labeled { words[4..].trim_start() } else { words };
    let tags = &mut open.tags;
    match (open.kind, slot) {
        (CardType::Decision, Slot::Option(i) | Slot::Reason(i)) => {
            let words = if open.options[i].reason.is_none() { fresh } else { words };
            open.options[i].reason.get_or_insert_default().push(words, tags);
            Slot::Reason(i)
        }
        (CardType::Decision, Slot::Field(i)) if open.fields[i].0 == "note" => {
            open.fields[i].1.push(words, tags);
            slot
        }
        (CardType::Decision, _) => {
            let part = Part::new(fresh, tags);
            open.fields.push(("note", part, number));
            Slot::Field(open.fields.len() - 1)
        }
        _ => {
            let words = if open.why.is_none() { fresh } else { words };
            open.why.get_or_insert_default().push(words, tags);
            Slot::Why
        }
    }
}

/// `name: text`, when this card has such a field.
fn field<'t>(open: &Block, text: &'t str) -> Option<(&'static str, &'t str)> {
    let (word, rest) = label(text)?;
    let known = if open.kind == CardType::Decision { FIELDS } else { &FIELDS[FIELDS.len() - COMMON..] };
    let (_, name) = known.iter().find(|(w, _)| w.eq_ignore_ascii_case(word))?;
    let of_source = matches!(*name, "url" | "checked" | "basis");
    if of_source && !open.fields.iter().any(|(n, ..)| *n == "source") {
        return None;
    }
    Some((name, rest))
}
