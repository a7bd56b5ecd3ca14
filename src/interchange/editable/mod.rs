//! A card as friendly text for an editor, and back.
//!
//! The text is for hands, not machines: fields on lines of their own, options as blocks, comments that say what
//! belongs where. Whatever a card holds survives the way there and back; what would not as plain lines (spaces at the
//! ends, characters one can't see) is written in double quotes, as in JSON.

mod parse;
mod print;
mod syntax;

pub use parse::from_text;
pub use print::to_text;

use crate::deck::problem::{Path, Step};
use crate::model::text::sanitize_line;
use syntax::{Chunk, chunks};

/// Largest text that is read, in bytes.
pub const MAX_FILE: usize = 8 << 20;

/// How comments begin that tell a problem of the line above.
const MARK: &str = "# ^ ";

/// What is wrong with a line of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditProblem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub cause: String,
    /// What to do; may be empty.
    pub hint: String,
}

impl EditProblem {
    /// Puts the three together.
    #[must_use]
    pub fn new(line: usize, cause: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { line, cause: cause.into(), hint: hint.into() }
    }
}

/// What to print beside the card, as comments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditHints {
    /// The first line: which card of which deck this is.
    pub title: String,
    /// Beside options, by study id: "RRL 3, 1-3 mSv; no contrast".
    pub study_lines: Vec<(String, String)>,
    /// Problems to show under their lines.
    pub problems: Vec<EditProblem>,
}

impl EditHints {
    /// Dose and contrast of every study the card names, from the catalog.
    #[must_use]
    pub fn of(title: impl Into<String>, card: &crate::deck::format::RawCard) -> Self {
        let catalog = crate::deck::Catalog::bundled();
        let named = card.options.iter().flatten().filter_map(|o| catalog.get(o.study.as_deref()?));
        Self {
            title: title.into(),
            study_lines: named.map(|s| (s.id.clone(), format!("{}: {}", s.name, s.dose_line()))).collect(),
            problems: Vec::new(),
        }
    }
}

/// The text with each problem as a comment under its line; comments of problems told before are gone. A line that
/// does not exist is the last one, line 0 the top.
#[must_use]
pub fn apply_problems(text: &str, problems: &[EditProblem]) -> String {
    let mut problems: Vec<&EditProblem> = problems.iter().collect();
    problems.sort_by_key(|p| p.line);
    let mut waiting = problems.into_iter().peekable();
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let count = text.split_inclusive('\n').count();
    let mut out = String::with_capacity(text.len() + 128);
    let tell = |out: &mut String, problem: &EditProblem| {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push_str(newline);
        }
        let hint = if problem.hint.is_empty() { String::new() } else { format!(" ({})", sanitize_line(&problem.hint)) };
        out.push_str(&format!("{MARK}error: {}{hint}{newline}", sanitize_line(&problem.cause)));
    };
    while let Some(problem) = waiting.next_if(|p| p.line == 0) {
        tell(&mut out, problem);
    }
    for (n, line) in text.split_inclusive('\n').enumerate() {
        if !line.starts_with(MARK) {
            out.push_str(line);
        }
        while let Some(problem) = waiting.next_if(|p| p.line == n + 1 || n + 1 == count) {
            tell(&mut out, problem);
        }
    }
    for problem in waiting {
        tell(&mut out, problem);
    }
    out
}

/// The line of what a path leads to, or of the nearest thing on the way: so the problems of the deck's rules can be
/// shown where the author wrote. The path may start at the deck (`cards[0].rule`) or at the card (`rule`).
#[must_use]
pub fn place_of(text: &str, path: &Path) -> Option<usize> {
    let mut steps = path.0.as_slice();
    if let [Step::Field(cards), Step::Index(_), rest @ ..] = steps
        && cards == "cards"
    {
        steps = rest;
    }
    let Step::Field(first) = steps.first()? else { return None };
    let chunks = chunks(text);
    let nth = match steps.get(1) {
        Some(Step::Index(i)) => Some(*i),
        _ => None,
    };
    let inner = steps.iter().skip(1).find_map(|s| match s {
        Step::Field(name) => Some(name.as_str()),
        Step::Index(_) => None,
    });
    let named = |name: &str| chunks.iter().find(|c| c.is_field(name)).map(|c| c.line);
    match first.as_str() {
        "options" => {
            let groups = groups(&chunks, Chunk::is_option);
            let Some(group) = nth.and_then(|n| groups.get(n)) else {
                return named("options").or_else(|| groups.first().map(|g| g[0].line));
            };
            Some(within(group, inner.map(|n| format!("option-{n}"))))
        }
        "sources" => {
            let groups = groups(&chunks, |c| c.is_field("source"));
            let Some(group) = nth.and_then(|n| groups.get(n)).or(groups.first()) else { return named("sources") };
            Some(within(group, inner.filter(|n| *n != "body").map(str::to_owned)))
        }
        "next" => named(inner.unwrap_or("if_positive")).or_else(|| named("if_positive")),
        name => named(name),
    }
}

/// Each chunk that starts an option or source, with what follows up to the next.
fn groups<'c, 't>(chunks: &'c [Chunk<'t>], starts: impl Fn(&Chunk<'t>) -> bool) -> Vec<&'c [Chunk<'t>]> {
    let at: Vec<usize> = (0..chunks.len()).filter(|i| starts(&chunks[*i])).collect();
    let ends = at.iter().skip(1).copied().chain([chunks.len()]);
    at.iter().zip(ends).map(|(from, to)| &chunks[*from..to]).collect()
}

/// The line of a field of the group; else the line of the group.
fn within(group: &[Chunk<'_>], field: Option<String>) -> usize {
    let line = group[0].line;
    let Some(field) = field else { return line };
    if field == "option-why"
        && let Some(first) = group[0].value.lines.iter().find(|l| !l.text.trim().is_empty())
    {
        return first.number;
    }
    group[1..].iter().find(|c| c.is_field(&field)).map_or(line, |c| c.line)
}
