//! Writing decks as a Markdown document: to print, to read on a phone, and to read back as notes.
//!
//! Each deck has two parts. The questions come first, numbered, with lettered options and nothing given away. The answers
//! follow, in the light notation of notes (`Q:` and `A:`, `?` and a task list, `{{c1::...}}`, `> why`, `source:`, `#tags`,
//! the id in a comment), so that reading the document as notes gives the cards again. No HTML but comments: the ids, and the deck's own.
//!
//! | of a card | written as |
//! |---|---|
//! | basic | `Q: front`, `A: back`, `> why` |
//! | cloze | its text, `> why` |
//! | decision | `? vignette`, `question:`, `- [x]` best, `- [~]` acceptable, `- [ ]` wrong with its harm, each `> why`; `rule:`, `positive:`, `negative:`, `family:`, `modifier:` |
//! | any | `domain:`, `covers:`, `note:`, `source:` with `url:`, `checked:`, `basis:`, `#tags`, `<!-- id: ... -->` |
//! | the student's own | a paragraph after the card; only when asked for |
//!
//! Text of cards is escaped: it can't begin a heading, a list or a card, and can't bring in HTML.

use super::{OutCard, OutDeck};
use crate::deck::format::RawOption;
use crate::model::ids::check_id;
use crate::model::{Body, Card, Choice, Source, Verdict};
use std::io::{self, Write};

/// What a Markdown document can't hold.
pub const CANNOT_HOLD: &[&str] = &[
    "progress and the review log",
    "personal notes and tags: written when asked for, and not read back",
    "pictures and sounds: only their names",
    "a flag or a suspension",
    "spaces at the start and end of a line, tabs, and line ends within a source",
    "a deck's header: title, version, license, authors and description are written, and not read back",
    "an option's text with a long dash between spaces, or one that is the name of a study",
    "the id of an option that names a study",
    "the difference between an empty list and none",
];

/// Longest name of a field in the notation ("if positive").
const LONGEST_FIELD: usize = 12;

/// Writes decks one after another.
///
/// # Errors
/// When the writer fails.
pub fn write(decks: &[OutDeck], out: &mut dyn Write) -> io::Result<()> {
    for (i, deck) in decks.iter().enumerate() {
        if i > 0 {
            writeln!(out, "\n---\n")?;
        }
        header(deck, out)?;
        if deck.cards.is_empty() {
            continue;
        }
        // Short headings would name a tag when the document is read back.
        writeln!(out, "## The questions, with their answers further down\n")?;
        for (n, card) in deck.cards.iter().enumerate() {
            question(n + 1, &card.card, out)?;
        }
        writeln!(out, "---\n\n## The answers to the questions above\n")?;
        for (n, card) in deck.cards.iter().enumerate() {
            answer(n + 1, card, out)?;
        }
    }
    Ok(())
}

fn header(deck: &OutDeck, out: &mut dyn Write) -> io::Result<()> {
    let raw = &deck.header;
    let title = raw.title.as_deref().or(raw.id.as_deref()).unwrap_or("Cards");
    writeln!(out, "# {}\n", one_line(title))?;
    let authors = raw.authors.as_ref().map(|a| a.join(", "));
    let facts = [
        raw.id.as_ref().map(|id| format!("deck {id}")),
        raw.version.as_ref().map(|v| format!("version {v}")),
        raw.license.clone(),
        authors,
    ];
    let facts: Vec<String> =
        facts.into_iter().flatten().filter(|f| !f.trim().is_empty()).map(|f| one_line(&f)).collect();
    if !facts.is_empty() {
        writeln!(out, "{}\n", facts.join(" · "))?;
    }
    if let Some(id) = raw.id.as_ref().filter(|id| check_id(id).is_ok()) {
        writeln!(out, "<!-- deck: {id} -->\n")?;
    }
    if let Some(text) = raw.description.as_deref().filter(|t| !t.trim().is_empty()) {
        writeln!(out, "{}\n", paragraph(text))?;
    }
    Ok(())
}

fn question(number: usize, card: &Card, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "**{number}.** ")?;
    match &card.body {
        Body::Basic { front, .. } => writeln!(out, "{}\n", paragraph(front)),
        Body::Cloze { text, .. } => {
            let asked: Vec<String> = text.numbers().into_iter().map(|n| paragraph(&text.question(n))).collect();
            writeln!(out, "{}\n", asked.join("\n\n"))
        }
        Body::Decision { vignette, question, options, .. } => {
            writeln!(out, "{}\n\n{}\n", paragraph(vignette), paragraph(question))?;
            let lines: Vec<String> =
                options.iter().zip('A'..).map(|(o, letter)| format!("{letter}\\. {}", one_line(&o.text))).collect();
            writeln!(out, "{}\n", lines.join("\\\n"))
        }
    }
}

fn answer(number: usize, out_card: &OutCard, out: &mut dyn Write) -> io::Result<()> {
    let card = &out_card.card;
    let best = card.options().iter().zip('A'..).find(|(o, _)| o.verdict == Verdict::Best);
    match best {
        Some((best, letter)) => writeln!(out, "**{number}. {letter}:** {}\n", one_line(&best.text))?,
        None => writeln!(out, "**{number}.**\n")?,
    }
    match &card.body {
        Body::Basic { front, back, why } => {
            // Next to each other: an answer behind a blank line is somebody else's.
            writeln!(out, "Q: {}", lines(front, "", false))?;
            part(out, "A: ", "", back)?;
            reason(out, why.as_ref())?;
        }
        Body::Cloze { text, why } => {
            writeln!(out, "{}\n", lines(text.source(), "", true))?;
            reason(out, why.as_ref())?;
        }
        Body::Decision { vignette, question, options, rule, next, family, modifier } => {
            part(out, "? ", "", vignette)?;
            part(out, "question: ", "", question)?;
            let raws = out_card.raw.options.as_deref().unwrap_or_default();
            for (choice, raw) in options.iter().zip(raws) {
                option(out, choice, raw)?;
            }
            part(out, "rule: ", "", rule)?;
            part(out, "positive: ", "", &next.if_positive)?;
            part(out, "negative: ", "", &next.if_negative)?;
            for (name, text) in [("family: ", family), ("modifier: ", modifier)] {
                if let Some(text) = text {
                    part(out, name, "", text)?;
                }
            }
        }
    }
    if let Some(note) = &card.note {
        part(out, "note: ", "", note)?;
    }
    for source in &card.sources {
        cite(out, source)?;
    }
    part(out, "domain: ", "", &card.domain)?;
    if !card.covers.is_empty() {
        writeln!(out, "covers: {}\n", card.covers.join(", "))?;
    }
    if !card.tags.is_empty() {
        let tags: Vec<String> = card.tags.iter().map(|t| format!("#{t}")).collect();
        writeln!(out, "{}\n", tags.join(" "))?;
    }
    writeln!(out, "<!-- id: {} -->\n", card.id)?;
    if let Some(personal) = &out_card.personal {
        if let Some(note) = &personal.note {
            writeln!(out, "*My note:* {}\n", paragraph(note))?;
        }
        if !personal.tags.is_empty() {
            writeln!(out, "*My tags:* {}\n", one_line(&personal.tags.join(", ")))?;
        }
    }
    Ok(())
}

fn option(out: &mut dyn Write, choice: &Choice, raw: &RawOption) -> io::Result<()> {
    let mark = match choice.verdict {
        Verdict::Best => "[x]",
        Verdict::Acceptable => "[~]",
        Verdict::Wrong => "[ ]",
    };
    write!(out, "- {mark} {}", also(&lines(&choice.text, "  ", false), &['-', '(', ')']))?;
    if let Some(harm) = choice.harm {
        write!(out, " ({})", harm.word())?;
    }
    if raw.study.is_none() {
        write!(out, " (id: {})", choice.id)?;
    }
    writeln!(out)?;
    part(out, "  > ", "  > ", &choice.why)
}

fn reason(out: &mut dyn Write, why: Option<&String>) -> io::Result<()> {
    why.map_or(Ok(()), |why| part(out, "> ", "> ", why))
}

fn cite(out: &mut dyn Write, source: &Source) -> io::Result<()> {
    let piece = |text: &str| also(&escape(&text.replace('\n', " "), false), &[',', '(', ')']);
    write!(out, "source: {}, {} ({})", piece(&source.body), piece(&source.title), source.year)?;
    if let Some(section) = &source.section {
        write!(out, ", {}", piece(section))?;
    }
    writeln!(out, "\n")?;
    if let Some(url) = &source.url {
        let plain = url.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'\\' | b'`'));
        if plain { writeln!(out, "url: <{url}>\n")? } else { part(out, "url: ", "", url)? }
    }
    for (name, text) in [("checked: ", &source.checked), ("basis: ", &source.basis)] {
        if let Some(text) = text {
            part(out, name, "", text)?;
        }
    }
    Ok(())
}

/// A marked text as a paragraph of its own.
fn part(out: &mut dyn Write, first: &str, more: &str, text: &str) -> io::Result<()> {
    writeln!(out, "{first}{}\n", lines(text, more, false))
}

fn paragraph(text: &str) -> String {
    lines(&undeleted(text.trim()), "", false)
}

/// Outside of the notation nothing may look as if it hid something.
fn undeleted(text: &str) -> String {
    text.replace("{{", "{ {")
}

/// The lines of a text, held together by `\` so that no empty one ends the paragraph.
fn lines(text: &str, more: &str, cloze: bool) -> String {
    let lines: Vec<String> = text.split('\n').map(|l| escape(l, cloze)).collect();
    lines.join(&format!("\\\n{more}"))
}

fn one_line(text: &str) -> String {
    escape(&undeleted(&text.replace('\n', " ")), false)
}

/// `\` before everything that Markdown or the notation could take for a mark; deletions of a cloze stay as they are.
fn escape(line: &str, cloze: bool) -> String {
    let line = line.trim().replace('\t', " ");
    let mut out = String::with_capacity(line.len() + 8);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    // A short word and a colon could be a field, or begin a card.
    let words = line.bytes().take_while(|b| b.is_ascii_alphabetic() || *b == b' ').count();
    for (at, c) in line.char_indices() {
        let mark = match c {
            '{' | '}' => !cloze,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '~' | '!' | '|' | '$' => true,
            '-' | '+' | '=' | '?' => at == 0,
            '.' | ')' => digits > 0 && at == digits,
            ':' => at == words && words <= LONGEST_FIELD,
            _ => false,
        };
        if mark {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// `\` before more marks, which divide an option or a source.
fn also(escaped: &str, marks: &[char]) -> String {
    let mut out = String::with_capacity(escaped.len() + 8);
    let mut slash = false;
    for c in escaped.chars() {
        if !slash && marks.contains(&c) {
            out.push('\\');
        }
        slash = c == '\\' && !slash;
        out.push(c);
    }
    out
}
