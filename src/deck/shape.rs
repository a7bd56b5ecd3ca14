//! From a parsed tree to the raw deck: every wrong type, unknown field and doubled field is reported, and what is
//! right is kept, so that the rules can be tried on it.

use super::format::{CardType, RawCard, RawDeck, RawOption};
use super::problem::{Path, Problem, did_you_mean};
use super::tree::Lines;
use crate::model::{Harm, Next, Source, Verdict};
use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;
use std::collections::HashSet;

/// Reads with everything at hand for a report.
pub struct Shape<'t> {
    text: &'t str,
    lines: &'t Lines,
    cuts: &'t [usize],
    /// What was found so far.
    pub problems: Vec<Problem>,
}

fn kind_of(value: &Value<'_>) -> &'static str {
    match value {
        Value::StringLit(_) => "text",
        Value::NumberLit(_) => "a number",
        Value::BooleanLit(_) => "true or false",
        Value::Object(_) => "an object",
        Value::Array(_) => "a list",
        Value::NullKeyword(_) => "null",
    }
}

impl<'t> Shape<'t> {
    /// Starts with no problems; what holds one of the `cuts` is reported already and not judged again.
    pub fn new(text: &'t str, lines: &'t Lines, cuts: &'t [usize]) -> Self {
        Self { text, lines, cuts, problems: Vec::new() }
    }

    fn wrong(&mut self, path: &Path, value: &Value<'_>, want: &str) {
        let range = value.range();
        if self.cuts.iter().any(|cut| (range.start..range.end).contains(cut)) {
            return;
        }
        let place = self.lines.at(self.text, range.start);
        self.problems.push(
            Problem::error("wrong-type", path.clone(), format!("this must be {want}, not {}", kind_of(value)))
                .at(place),
        );
    }

    /// Calls `each` for every known field; reports the unknown and the doubled.
    fn object<'v, 'a>(
        &mut self,
        path: &Path,
        value: &'v Value<'a>,
        known: &[&str],
        mut each: impl FnMut(&mut Self, &str, &Path, &'v Value<'a>),
    ) -> Option<&'v Object<'a>> {
        let Value::Object(object) = value else {
            self.wrong(path, value, "an object { ... }");
            return None;
        };
        let mut seen = HashSet::new();
        for property in &object.properties {
            if self.problems.len() >= super::tree::MAX_FOUND {
                break;
            }
            let name = property.name.as_str();
            let here = path.field(name);
            let place = self.lines.at(self.text, property.range.start);
            if !known.contains(&name) {
                let hint = did_you_mean(name, known.iter().copied())
                    .unwrap_or_else(|| format!("known here: {}", known.join(", ")));
                self.problems.push(
                    Problem::error("unknown-field", here, format!("\"{}\" is not a field of this", cut(name)))
                        .hint(hint)
                        .at(place),
                );
            } else if matches!(property.value, Value::NullKeyword(_)) {
                // As good as not written; the rules say so where it is needed.
            } else if !seen.insert(name) {
                self.problems.push(
                    Problem::error("doubled-field", here, format!("\"{name}\" is written twice"))
                        .hint("keep one")
                        .at(place),
                );
            } else {
                each(self, name, &here, &property.value);
            }
        }
        Some(object)
    }

    fn list<'v, 'a>(
        &mut self,
        path: &Path,
        value: &'v Value<'a>,
        mut each: impl FnMut(&mut Self, &Path, &'v Value<'a>),
    ) {
        let Value::Array(array) = value else {
            self.wrong(path, value, "a list [ ... ]");
            return;
        };
        for (i, element) in array.elements.iter().enumerate() {
            if self.problems.len() >= super::tree::MAX_FOUND {
                break;
            }
            each(self, &path.index(i), element);
        }
    }

    fn text(&mut self, path: &Path, value: &Value<'_>) -> Option<String> {
        if let Value::StringLit(lit) = value {
            return Some(lit.value.as_ref().to_owned());
        }
        self.wrong(path, value, "text in double quotes");
        None
    }

    fn texts(&mut self, path: &Path, value: &Value<'_>) -> Vec<String> {
        let mut out = Vec::new();
        self.list(path, value, |s, path, v| out.extend(s.text(path, v)));
        out
    }

    fn number<T: std::str::FromStr>(&mut self, path: &Path, value: &Value<'_>, want: &str) -> Option<T> {
        if let Value::NumberLit(lit) = value
            && let Ok(n) = lit.value.parse()
        {
            return Some(n);
        }
        self.wrong(path, value, want);
        None
    }

    fn word<T: Copy>(&mut self, path: &Path, value: &Value<'_>, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(path, value)?;
        if let Some((_, v)) = words.iter().find(|(w, _)| *w == text) {
            return Some(*v);
        }
        let names: Vec<&str> = words.iter().map(|(w, _)| *w).collect();
        let hint =
            did_you_mean(&text, names.iter().copied()).unwrap_or_else(|| format!("one of: {}", names.join(", ")));
        let place = self.lines.at(self.text, value.range().start);
        self.problems.push(
            Problem::error(
                "unknown-word",
                path.clone(),
                format!("\"{}\" is not one of: {}", cut(&text), names.join(", ")),
            )
            .hint(hint)
            .at(place),
        );
        None
    }

    /// The deck, as far as it can be read.
    pub fn deck(&mut self, root: &Value<'_>) -> RawDeck {
        const KNOWN: &[&str] =
            &["$schema", "format", "id", "title", "version", "language", "license", "authors", "description", "cards"];
        let mut deck = RawDeck::default();
        self.object(&Path::default(), root, KNOWN, |s, name, path, value| match name {
            "$schema" => deck.schema = s.text(path, value),
            "format" => deck.format = s.number(path, value, "the number 1"),
            "id" => deck.id = s.text(path, value),
            "title" => deck.title = s.text(path, value),
            "version" => deck.version = s.text(path, value),
            "language" => deck.language = s.text(path, value),
            "license" => deck.license = s.text(path, value),
            "authors" => deck.authors = Some(s.texts(path, value)),
            "description" => deck.description = s.text(path, value),
            _ => {
                let mut cards = Vec::new();
                s.list(path, value, |s, path, v| cards.push(s.card(path, v)));
                deck.cards = Some(cards);
            }
        });
        deck
    }

    fn card(&mut self, path: &Path, value: &Value<'_>) -> RawCard {
        const KNOWN: &[&str] = &[
            "id", "type", "domain", "family", "modifier", "tags", "covers", "vignette", "question", "options", "rule",
            "next", "front", "back", "text", "why", "note", "sources",
        ];
        let mut card = RawCard::default();
        self.object(path, value, KNOWN, |s, name, path, value| match name {
            "id" => card.id = s.text(path, value),
            "type" => {
                let words = [("decision", CardType::Decision), ("basic", CardType::Basic), ("cloze", CardType::Cloze)];
                card.kind = s.word(path, value, &words);
            }
            "domain" => card.domain = s.text(path, value),
            "family" => card.family = s.text(path, value),
            "modifier" => card.modifier = s.text(path, value),
            "tags" => card.tags = Some(s.texts(path, value)),
            "covers" => card.covers = Some(s.texts(path, value)),
            "vignette" => card.vignette = s.text(path, value),
            "question" => card.question = s.text(path, value),
            "options" => {
                let mut options = Vec::new();
                s.list(path, value, |s, path, v| options.push(s.option(path, v)));
                card.options = Some(options);
            }
            "rule" => card.rule = s.text(path, value),
            "next" => card.next = s.next(path, value),
            "front" => card.front = s.text(path, value),
            "back" => card.back = s.text(path, value),
            "text" => card.text = s.text(path, value),
            "why" => card.why = s.text(path, value),
            "note" => card.note = s.text(path, value),
            _ => {
                let mut sources = Vec::new();
                s.list(path, value, |s, path, v| sources.extend(s.source(path, v)));
                card.sources = Some(sources);
            }
        });
        card
    }

    fn option(&mut self, path: &Path, value: &Value<'_>) -> RawOption {
        let mut option = RawOption::default();
        self.object(
            path,
            value,
            &["id", "study", "text", "verdict", "harm", "why"],
            |s, name, path, value| match name {
                "id" => option.id = s.text(path, value),
                "study" => option.study = s.text(path, value),
                "text" => option.text = s.text(path, value),
                "verdict" => {
                    let words: Vec<_> = Verdict::ALL.iter().map(|v| (v.word(), *v)).collect();
                    option.verdict = s.word(path, value, &words);
                }
                "harm" => {
                    let words: Vec<_> = Harm::ALL.iter().map(|v| (v.word(), *v)).collect();
                    option.harm = s.word(path, value, &words);
                }
                _ => option.why = s.text(path, value),
            },
        );
        option
    }

    fn missing(&mut self, path: &Path, value: &Value<'_>, name: &str) {
        let place = self.lines.at(self.text, value.range().start);
        self.problems.push(Problem::error("missing", path.field(name), format!("\"{name}\" is missing")).at(place));
    }

    fn next(&mut self, path: &Path, value: &Value<'_>) -> Option<Next> {
        let (mut positive, mut negative) = (None, None);
        let object = self.object(path, value, &["if_positive", "if_negative"], |s, name, path, value| {
            let slot = if name == "if_positive" { &mut positive } else { &mut negative };
            *slot = Some(s.text(path, value).unwrap_or_default());
        });
        object?;
        for (name, got) in [("if_positive", &positive), ("if_negative", &negative)] {
            if got.is_none() {
                self.missing(path, value, name);
            }
        }
        Some(Next { if_positive: positive?, if_negative: negative? })
    }

    fn source(&mut self, path: &Path, value: &Value<'_>) -> Option<Source> {
        const KNOWN: &[&str] = &["body", "title", "year", "section", "url", "checked", "basis"];
        let (mut body, mut title, mut year) = (None, None, None);
        let mut source = Source {
            body: String::new(),
            title: String::new(),
            year: 0,
            section: None,
            url: None,
            checked: None,
            basis: None,
        };
        let object = self.object(path, value, KNOWN, |s, name, path, value| match name {
            "body" => body = Some(s.text(path, value)),
            "title" => title = Some(s.text(path, value)),
            "year" => year = Some(s.number(path, value, "a year, as a number")),
            "section" => source.section = s.text(path, value),
            "url" => source.url = s.text(path, value),
            "checked" => source.checked = s.text(path, value),
            _ => source.basis = s.text(path, value),
        });
        object?;
        for (name, gone) in [("body", body.is_none()), ("title", title.is_none()), ("year", year.is_none())] {
            if gone {
                self.missing(path, value, name);
            }
        }
        source.body = body.flatten()?;
        source.title = title.flatten()?;
        source.year = year.flatten()?;
        Some(source)
    }
}

/// Author's text for a message: at most 60 characters.
pub fn cut(text: &str) -> String {
    let mut out: String = text.chars().take(60).collect();
    if out.len() < text.len() {
        out.push_str("...");
    }
    out
}
