//! From the text back to a card, or every problem with its line.

use super::print::is_word;
use super::syntax::{CARD, Chunk, Head, OPTION, SOURCE, Value, ValueLine, block, chunks, unquote};
use super::{EditProblem, MAX_FILE};
use crate::deck::Catalog;
use crate::deck::format::{CardType, RawCard, RawOption};
use crate::deck::problem::{did_you_mean, nearest};
use crate::model::text::{sanitize_line, thousands};
use crate::model::{Harm, Next, Source, Verdict};
use std::collections::HashMap;

/// Most problems told of one text.
const MAX_PROBLEMS: usize = 100;

/// Reads what [`super::to_text`] wrote and an editor changed. Whether the card may teach is for the deck's rules to
/// say: a draft with gaps is fine here.
///
/// # Errors
/// Everything that can't be understood, each with its line.
pub fn from_text(text: &str) -> Result<RawCard, Vec<EditProblem>> {
    if text.len() > MAX_FILE {
        let (n, most) = (thousands(text.len() as u64), thousands(MAX_FILE as u64));
        return Err(vec![EditProblem::new(1, format!("{n} bytes; a card has at most {most}"), "shorten it")]);
    }
    let mut reader = Reader::default();
    for chunk in chunks(text) {
        if reader.problems.len() >= MAX_PROBLEMS {
            break;
        }
        reader.chunk(&chunk);
    }
    reader.finish()
}

/// A source while its fields come in.
#[derive(Default)]
struct Draft {
    line: usize,
    body: Option<String>,
    title: Option<String>,
    year: Option<u16>,
    section: Option<String>,
    url: Option<String>,
    checked: Option<String>,
    basis: Option<String>,
    seen: HashMap<String, usize>,
    bad_year: bool,
}

/// What the fields of one level belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Card,
    Option,
    Source,
}

#[derive(Default)]
struct Reader {
    card: RawCard,
    positive: Option<String>,
    negative: Option<String>,
    sources: Vec<Draft>,
    no_sources: bool,
    seen: HashMap<String, usize>,
    option_seen: HashMap<String, usize>,
    place: Option<Place>,
    problems: Vec<EditProblem>,
}

/// Author's words for a message.
fn shown(text: &str) -> String {
    let mut out: String = sanitize_line(text).chars().take(60).collect();
    if text.chars().count() > 60 {
        out.push_str("...");
    }
    out
}

impl Reader {
    fn problem(&mut self, line: usize, cause: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(EditProblem::new(line, cause, hint));
    }

    fn chunk(&mut self, chunk: &Chunk<'_>) {
        match chunk.head {
            Head::Stray => self.problem(
                chunk.line,
                format!("\"{}\" belongs to no field", shown(chunk.value.inline)),
                "put it under a field, two spaces in, or # in front of it",
            ),
            Head::Option(words) => {
                self.place = Some(Place::Option);
                self.option_seen.clear();
                self.option(chunk, words);
            }
            Head::Field(name) => self.field(chunk, name),
        }
    }

    fn once(&mut self, line: usize, name: &str, place: Place) -> bool {
        let seen = match place {
            Place::Card => &mut self.seen,
            Place::Option => &mut self.option_seen,
            Place::Source => match self.sources.last_mut() {
                Some(source) => &mut source.seen,
                None => return false,
            },
        };
        match seen.insert(name.to_owned(), line) {
            None => true,
            Some(first) => {
                seen.insert(name.to_owned(), first);
                self.problem(line, format!("\"{name}\" is written twice, first on line {first}"), "keep one");
                false
            }
        }
    }

    fn field(&mut self, chunk: &Chunk<'_>, name: &str) {
        let line = chunk.line;
        if OPTION.contains(&name) {
            if self.place != Some(Place::Option) {
                self.problem(line, format!("\"{name}\" stands under no option"), "write it under [best] or the like");
            } else if self.once(line, name, Place::Option) {
                self.option_field(chunk, name);
            }
        } else if SOURCE.contains(&name) {
            if self.sources.is_empty() {
                self.problem(line, format!("\"{name}\" stands under no source"), "write \"source: ACR\" above it");
            } else if self.once(line, name, Place::Source) {
                self.source_field(chunk, name);
            }
        } else if name == "source" {
            self.place = Some(Place::Source);
            self.sources.push(Draft { line, body: chunk.value.text(), ..Draft::default() });
        } else if CARD.contains(&name) {
            self.place = Some(Place::Card);
            if self.once(line, name, Place::Card) {
                self.card_field(chunk, name);
            }
        } else {
            let known = CARD.iter().chain(SOURCE).copied();
            let hint = did_you_mean(name, known)
                .unwrap_or_else(|| "to keep it as text, put two spaces in front of it".to_owned());
            self.problem(line, format!("\"{}\" is not a field of a card", shown(name)), hint);
        }
    }

    fn card_field(&mut self, chunk: &Chunk<'_>, name: &str) {
        let value = &chunk.value;
        let slot = match name {
            "id" => &mut self.card.id,
            "domain" => &mut self.card.domain,
            "family" => &mut self.card.family,
            "modifier" => &mut self.card.modifier,
            "vignette" => &mut self.card.vignette,
            "question" => &mut self.card.question,
            "rule" => &mut self.card.rule,
            "if_positive" => &mut self.positive,
            "if_negative" => &mut self.negative,
            "front" => &mut self.card.front,
            "back" => &mut self.card.back,
            "text" => &mut self.card.text,
            "why" => &mut self.card.why,
            "note" => &mut self.card.note,
            "type" => return self.kind(chunk),
            "tags" => {
                self.card.tags = items(value);
                return;
            }
            "covers" => {
                self.card.covers = items(value);
                return;
            }
            _ => return self.list(chunk, name),
        };
        *slot = value.text();
    }

    fn kind(&mut self, chunk: &Chunk<'_>) {
        let Some(word) = chunk.value.text() else { return };
        self.card.kind = match word.to_lowercase().as_str() {
            "decision" => Some(CardType::Decision),
            "basic" => Some(CardType::Basic),
            "cloze" => Some(CardType::Cloze),
            _ => {
                let words = ["decision", "basic", "cloze"];
                let hint = did_you_mean(&word, words).unwrap_or_else(|| "one of: decision, basic, cloze".to_owned());
                self.problem(chunk.line, format!("\"{}\" is not a type of card", shown(&word)), hint);
                None
            }
        };
    }

    /// `options:` and `sources:` stand for an empty list, or for nothing.
    fn list(&mut self, chunk: &Chunk<'_>, name: &str) {
        match chunk.value.text().as_deref() {
            None => {}
            Some("[]") if name == "options" => {
                self.card.options.get_or_insert_default();
            }
            Some("[]") => self.no_sources = true,
            Some(_) if name == "options" => {
                self.problem(chunk.line, "options are not written here", "write each on its own: [best] study");
            }
            Some(_) => self.problem(chunk.line, "sources are not written here", "write \"source: ACR\" and so on"),
        }
    }

    fn option(&mut self, chunk: &Chunk<'_>, words: &str) {
        let mut option = RawOption::default();
        self.verdict(chunk.line, words, &mut option);
        let spec = chunk.value.inline;
        let why = Value { inline: "", lines: chunk.value.lines.clone() };
        option.why = why.text();
        if spec.starts_with('"') {
            self.problem(chunk.line, "this option has no id", "write an id before its text: no-imaging = No imaging");
        } else if let Some((id, text)) = spec.split_once('=')
            && (id.trim().is_empty() || is_word(id.trim()))
        {
            option.id = Some(id.trim().to_owned()).filter(|id| !id.is_empty());
            let value = Value { inline: text.trim(), lines: Vec::new() };
            option.text = value.text();
        } else if !spec.is_empty() {
            option.study = self.study(chunk.line, spec);
        }
        self.card.options.get_or_insert_default().push(option);
    }

    fn verdict(&mut self, line: usize, words: &str, option: &mut RawOption) {
        for word in words.split(',').map(str::trim).filter(|w| !w.is_empty() && *w != "?") {
            let lower = word.to_lowercase();
            if let Some(verdict) = Verdict::from_word(&lower) {
                if option.verdict.replace(verdict).is_some() {
                    self.problem(line, "two verdicts for one option", "keep one");
                }
            } else if let Some(harm) = Harm::from_word(&lower) {
                if option.harm.replace(harm).is_some() {
                    self.problem(line, "two harms for one option", "keep the worst");
                }
            } else {
                let known = Verdict::ALL.iter().map(|v| v.word()).chain(Harm::ALL.iter().map(|h| h.word()));
                let hint = did_you_mean(word, known)
                    .unwrap_or_else(|| "one of: best, acceptable, wrong; and unsafe, delays, wasteful".to_owned());
                self.problem(line, format!("\"{}\" is no verdict and no harm", shown(word)), hint);
            }
        }
        // Only wrong options harm, so the harm alone says enough; "?" says that it is not known yet.
        if option.verdict.is_none() && option.harm.is_some() && !words.contains('?') {
            option.verdict = Some(Verdict::Wrong);
        }
    }

    /// The id of a study, from its id, or from exactly one of its names.
    fn study(&mut self, line: usize, word: &str) -> Option<String> {
        let catalog = Catalog::bundled();
        if catalog.get(word).is_some() {
            return Some(word.to_owned());
        }
        if let Some(id) = crate::interchange::notes::study_named(word) {
            return Some(id.to_owned());
        }
        let ids = catalog.studies().iter().map(|s| s.id.as_str());
        let hint = nearest(word, ids).map_or_else(
            || "for a text of your own write an id and =: no-imaging = No imaging".to_owned(),
            |id| format!("did you mean \"{id}\"?"),
        );
        self.problem(line, format!("\"{}\" is not in the study catalog", shown(word)), hint);
        None
    }

    fn option_field(&mut self, chunk: &Chunk<'_>, name: &str) {
        let line = chunk.line;
        let Some(text) = chunk.value.text() else { return };
        let value = if name == "option-study" { self.study(line, &text) } else { Some(text) };
        let Some(option) = self.card.options.as_mut().and_then(|o| o.last_mut()) else { return };
        let slot = match name {
            "option-id" => &mut option.id,
            "option-study" => &mut option.study,
            "option-text" => &mut option.text,
            _ => &mut option.why,
        };
        if slot.is_some() {
            self.problem(line, format!("\"{name}\" is already written with the option"), "keep one");
        } else {
            *slot = value;
        }
    }

    fn source_field(&mut self, chunk: &Chunk<'_>, name: &str) {
        let text = chunk.value.text();
        let Some(source) = self.sources.last_mut() else { return };
        match name {
            "title" => source.title = text,
            "section" => source.section = text,
            "url" => source.url = text,
            "checked" => source.checked = text,
            "basis" => source.basis = text,
            _ => match text.map(|t| (t.parse::<u16>(), t)) {
                None => {}
                Some((Ok(year), _)) => source.year = Some(year),
                Some((Err(_), word)) => {
                    source.bad_year = true;
                    self.problem(chunk.line, format!("\"{}\" is not a year", shown(&word)), "four digits");
                }
            },
        }
    }

    fn finish(mut self) -> Result<RawCard, Vec<EditProblem>> {
        let mut sources = Vec::new();
        for draft in std::mem::take(&mut self.sources) {
            let Draft { line, body, title, year, section, url, checked, basis, bad_year, .. } = draft;
            let rest = [&section, &url, &checked, &basis];
            if body.is_none() && title.is_none() && year.is_none() && !bad_year && rest.iter().all(|v| v.is_none()) {
                continue;
            }
            if year.is_none() && !bad_year {
                self.problem(line, "this source has no year", "write \"year: 2024\", the year of its edition");
            }
            sources.push(Source {
                body: body.unwrap_or_default(),
                title: title.unwrap_or_default(),
                year: year.unwrap_or_default(),
                section,
                url,
                checked,
                basis,
            });
        }
        self.card.sources = (!sources.is_empty() || self.no_sources).then_some(sources);
        if self.positive.is_some() || self.negative.is_some() {
            self.card.next = Some(Next {
                if_positive: self.positive.unwrap_or_default(),
                if_negative: self.negative.unwrap_or_default(),
            });
        }
        if self.problems.is_empty() {
            Ok(self.card)
        } else {
            self.problems.sort_by_key(|p| p.line);
            self.problems.truncate(MAX_PROBLEMS);
            Err(self.problems)
        }
    }
}

/// Words between commas; those in double quotes may hold commas.
fn items(value: &Value<'_>) -> Option<Vec<String>> {
    let lines: Vec<ValueLine<'_>> = value.lines.clone();
    let text = block(value.inline, &lines);
    if text.is_empty() {
        return None;
    }
    if text == "[]" {
        return Some(Vec::new());
    }
    let mut out = Vec::new();
    let mut rest = text.as_str();
    loop {
        rest = rest.trim_start();
        let end = if rest.starts_with('"') { closing(rest).unwrap_or(0) } else { 0 };
        let cut = rest[end..].find([',', '\n']).map_or(rest.len(), |at| end + at);
        let word = rest[..cut].trim();
        match unquote(word) {
            Some(quoted) => out.push(quoted),
            None if !word.is_empty() => out.push(word.to_owned()),
            None => {}
        }
        if cut == rest.len() {
            return Some(out);
        }
        rest = &rest[cut + 1..];
    }
}

/// The end of the text in double quotes that begins here.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}
