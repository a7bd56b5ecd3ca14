//! What a card needs before it may teach: from the raw deck to the model, or every problem.

use super::catalog::Catalog;
use super::format::{CardType, FORMAT, RawCard, RawDeck, RawOption};
use super::problem::{Path, Problem, Step};
use super::shape::cut;
use crate::model::card::ClozeError;
use crate::model::ids::{check_id, suggest_id};
use crate::model::text::is_unsafe;
use crate::model::{Body, Card, Choice, Cloze, DeckHeader, DeckId, Harm, Source, Verdict};
use std::collections::{HashMap, HashSet};

/// Longest text of one field, in characters.
pub const MAX_TEXT: usize = 20_000;

/// Words of the review loop, which no option may have as its id.
const RESERVED: &[&str] = &["skip", "quit", "undo", "flag", "suspend", "help", "next", "enter", "space"];

/// Options a decision may have.
pub const OPTIONS: std::ops::RangeInclusive<usize> = 2..=8;

/// Collects problems while cards pass by; remembers ids across the deck.
pub struct Rules<'c> {
    catalog: &'c Catalog,
    ids: HashMap<String, usize>,
    /// What was found so far.
    pub problems: Vec<Problem>,
}

impl<'c> Rules<'c> {
    /// Starts with an empty deck.
    #[must_use]
    pub fn new(catalog: &'c Catalog) -> Self {
        Self { catalog, ids: HashMap::new(), problems: Vec::new() }
    }

    fn error(&mut self, rule: &'static str, path: Path, cause: impl Into<String>, hint: impl Into<String>) {
        self.problems.push(Problem::error(rule, path, cause).hint(hint));
    }

    fn id(&mut self, path: impl FnOnce() -> Path, what: &str, id: Option<&String>) -> Option<String> {
        let Some(id) = id else {
            self.error(
                "missing",
                path(),
                format!("{what} has no id"),
                "write an \"id\" of lower-case letters, digits and '-'",
            );
            return None;
        };
        match check_id(id) {
            Ok(()) => Some(id.clone()),
            Err(e) => {
                let hint = suggest_id(id).map(|s| format!("try \"{s}\""));
                self.problems.push(Problem::error("bad-id", path(), format!("\"{}\": {e}", cut(id))).maybe_hint(hint));
                None
            }
        }
    }

    /// A text that must be there.
    fn needed(&mut self, path: &Path, name: &str, value: Option<&String>) -> Option<String> {
        match value {
            None => {
                self.problems.push(Problem::error("missing", path.field(name), format!("\"{name}\" is missing")));
                None
            }
            Some(text) => self.clean(|| path.field(name), text),
        }
    }

    /// A text that may be there.
    fn optional(&mut self, path: &Path, name: &str, value: Option<&String>) -> Option<String> {
        value.and_then(|text| self.clean(|| path.field(name), text))
    }

    /// The text, if it is not blank, not endless and safe to print. Its path is only made when there is a problem: most
    /// texts have none, and there are many.
    fn clean(&mut self, path: impl FnOnce() -> Path, text: &str) -> Option<String> {
        if text.trim().is_empty() {
            self.error("blank", path(), "this text is empty", "write it or remove the field");
            return None;
        }
        if text.len() > MAX_TEXT {
            let n = text.chars().count();
            if n > MAX_TEXT {
                let (n, max) =
                    (crate::model::text::thousands(n as u64), crate::model::text::thousands(MAX_TEXT as u64));
                self.error(
                    "too-long",
                    path(),
                    format!("this text has {n} characters; at most {max}"),
                    "split it into several cards",
                );
                return None;
            }
        }
        let bytes_ok = text.bytes().all(|b| (0x20..0x7f).contains(&b) || b == b'\n' || b == b'\t');
        if !bytes_ok && let Some((at, c)) = text.chars().enumerate().find(|(_, c)| is_unsafe(*c)) {
            let name = if c == '\u{1b}' { "an escape sequence" } else { "a control character" };
            self.error(
                "control-character",
                path(),
                format!("{name} ({}) at character {} of this text", c.escape_unicode(), at + 1),
                "remove it; decks hold plain text",
            );
            return None;
        }
        Some(text.to_owned())
    }

    fn slugs(&mut self, path: &Path, name: &str, values: Option<&Vec<String>>) -> Vec<String> {
        let mut out = Vec::new();
        for (i, value) in values.into_iter().flatten().enumerate() {
            if let Some(id) = self.id(|| path.field(name).index(i), "this", Some(value)) {
                out.push(id);
            }
        }
        out
    }

    /// Everything but the cards.
    pub fn header(&mut self, raw: &RawDeck) -> Option<DeckHeader> {
        let root = Path::default();
        match raw.format {
            None => self.error("missing", root.field("format"), "\"format\" is missing", "write \"format\": 1"),
            Some(FORMAT) => {}
            Some(n) => self.error(
                "format",
                root.field("format"),
                format!("format {n} is not known to this program (it reads {FORMAT})"),
                "update scanwise, or write \"format\": 1",
            ),
        }
        let id = self.id(|| root.field("id"), "the deck", raw.id.as_ref());
        let title = self.needed(&root, "title", raw.title.as_ref());
        let version = self.optional(&root, "version", raw.version.as_ref());
        let language = self.optional(&root, "language", raw.language.as_ref());
        let license = self.optional(&root, "license", raw.license.as_ref());
        let description = self.optional(&root, "description", raw.description.as_ref());
        let mut authors = Vec::new();
        for (i, author) in raw.authors.iter().flatten().enumerate() {
            authors.extend(self.clean(|| root.field("authors").index(i), author));
        }
        if raw.cards.is_none() {
            self.error("missing", root.field("cards"), "\"cards\" is missing", "write \"cards\": [ ... ]");
        }
        Some(DeckHeader {
            id: DeckId::new(&id?).ok()?,
            title: title?,
            version: version.unwrap_or_else(|| "1".to_owned()),
            language: language.unwrap_or_else(|| "en".to_owned()),
            license: license.unwrap_or_default(),
            authors,
            description: description.unwrap_or_default(),
        })
    }

    /// The `index`-th card; `None` when it has an error.
    pub fn card(&mut self, index: usize, raw: &RawCard) -> Option<Card> {
        let path = Path(vec![Step::Field("cards".to_owned()), Step::Index(index)]);
        let id = self.id(|| path.field("id"), "this card", raw.id.as_ref());
        if let Some(id) = &id
            && let Some(first) = self.ids.insert(id.clone(), index)
        {
            self.ids.insert(id.clone(), first);
            self.error(
                "duplicate-id",
                path.field("id"),
                format!("\"{id}\" is already the id of cards[{first}]"),
                "give this card an id of its own",
            );
        }
        let domain = match &raw.domain {
            None => {
                self.error("missing", path.field("domain"), "\"domain\" is missing", "for example \"neurology\"");
                None
            }
            Some(d) => self.id(|| path.field("domain"), "the domain", Some(d)),
        };
        let tags = self.slugs(&path, "tags", raw.tags.as_ref());
        let covers = self.slugs(&path, "covers", raw.covers.as_ref());
        let note = self.optional(&path, "note", raw.note.as_ref());
        let sources = self.sources(&path, raw);
        let body = self.body(&path, raw);
        Some(Card { id: id?, domain: domain?, tags, covers, sources, note, body: body? })
    }

    fn sources(&mut self, path: &Path, raw: &RawCard) -> Vec<Source> {
        let sources = raw.sources.clone().unwrap_or_default();
        let decision = raw.kind == Some(CardType::Decision);
        if sources.is_empty() && !decision {
            return sources;
        }
        let path = path.field("sources");
        if sources.is_empty() {
            let hint = "add { \"body\": \"ACR\", \"title\": \"...\", \"year\": 2024 }";
            self.error("no-source", path.clone(), "a decision card needs a source", hint);
        }
        for (i, s) in sources.iter().enumerate() {
            let here = path.index(i);
            self.clean(|| here.field("body"), &s.body);
            self.clean(|| here.field("title"), &s.title);
            if !(1900..=2100).contains(&s.year) {
                self.error(
                    "year",
                    here.field("year"),
                    format!("{} is not a plausible year", s.year),
                    "write the year of the edition",
                );
            }
            for (name, value) in [("section", &s.section), ("basis", &s.basis)] {
                self.optional(&here, name, value.as_ref());
            }
            if let Some(url) = self.optional(&here, "url", s.url.as_ref())
                && !(url.starts_with("https://") || url.starts_with("http://"))
            {
                self.error("url", here.field("url"), "a link starts with https://", "write the whole address");
            }
            if let Some(checked) = &s.checked
                && chrono::NaiveDate::parse_from_str(&format!("{checked}-01"), "%Y-%m-%d").is_err()
            {
                self.error(
                    "checked",
                    here.field("checked"),
                    format!("\"{}\" is not a month", cut(checked)),
                    "write YYYY-MM",
                );
            }
        }
        sources
    }

    fn foreign(&mut self, path: &Path, raw: &RawCard, kind: CardType) {
        let decision = kind == CardType::Decision;
        let (basic, cloze) = (kind == CardType::Basic, kind == CardType::Cloze);
        let fields = [
            ("vignette", raw.vignette.is_some(), decision),
            ("question", raw.question.is_some(), decision),
            ("options", raw.options.is_some(), decision),
            ("rule", raw.rule.is_some(), decision),
            ("next", raw.next.is_some(), decision),
            ("family", raw.family.is_some(), decision),
            ("modifier", raw.modifier.is_some(), decision),
            ("front", raw.front.is_some(), basic),
            ("back", raw.back.is_some(), basic),
            ("text", raw.text.is_some(), cloze),
            ("why", raw.why.is_some(), !decision),
        ];
        let word = match kind {
            CardType::Decision => "decision",
            CardType::Basic => "basic",
            CardType::Cloze => "cloze",
        };
        for (name, there, belongs) in fields {
            if there && !belongs {
                self.error(
                    "foreign-field",
                    path.field(name),
                    format!("a {word} card has no \"{name}\""),
                    "remove it, or change the card's type",
                );
            }
        }
    }

    fn body(&mut self, path: &Path, raw: &RawCard) -> Option<Body> {
        let Some(kind) = raw.kind else {
            self.error(
                "missing",
                path.field("type"),
                "the card's type is missing or unknown",
                "one of: decision, basic, cloze",
            );
            return None;
        };
        self.foreign(path, raw, kind);
        match kind {
            CardType::Decision => self.decision(path, raw),
            CardType::Basic => {
                let front = self.needed(path, "front", raw.front.as_ref());
                let back = self.needed(path, "back", raw.back.as_ref());
                let why = self.optional(path, "why", raw.why.as_ref());
                Some(Body::Basic { front: front?, back: back?, why })
            }
            CardType::Cloze => {
                let text = self.needed(path, "text", raw.text.as_ref());
                let why = self.optional(path, "why", raw.why.as_ref());
                let text = text?;
                match Cloze::parse(&text) {
                    Ok(text) => Some(Body::Cloze { text, why }),
                    Err(e) => {
                        let hint = match e {
                            ClozeError::None => "hide something: {{c1::answer}}",
                            _ => "write {{c1::answer}} or {{c1::answer::hint}}",
                        };
                        self.error("cloze", path.field("text"), e.to_string(), hint);
                        None
                    }
                }
            }
        }
    }

    fn decision(&mut self, path: &Path, raw: &RawCard) -> Option<Body> {
        let vignette = self.needed(path, "vignette", raw.vignette.as_ref());
        let question = self.needed(path, "question", raw.question.as_ref());
        let rule = self.needed(path, "rule", raw.rule.as_ref());
        let modifier = self.optional(path, "modifier", raw.modifier.as_ref());
        let family = raw.family.as_ref().and_then(|f| self.id(|| path.field("family"), "the family", Some(f)));
        let next = match &raw.next {
            None => {
                self.error(
                    "missing",
                    path.field("next"),
                    "\"next\" is missing",
                    "say what a positive and a negative result change",
                );
                None
            }
            Some(next) => {
                let here = path.field("next");
                let positive = self.clean(|| here.field("if_positive"), &next.if_positive);
                let negative = self.clean(|| here.field("if_negative"), &next.if_negative);
                positive.and(negative).map(|_| next.clone())
            }
        };
        let options = match &raw.options {
            None => {
                self.error("missing", path.field("options"), "\"options\" is missing", "write 4 or 5 options");
                None
            }
            Some(options) => self.options(&path.field("options"), options),
        };
        Some(Body::Decision {
            vignette: vignette?,
            question: question?,
            options: options?,
            rule: rule?,
            next: next?,
            family,
            modifier,
        })
    }

    fn options(&mut self, path: &Path, raw: &[RawOption]) -> Option<Vec<Choice>> {
        if !OPTIONS.contains(&raw.len()) {
            let cause = format!("{} options; a decision has {} to {}", raw.len(), OPTIONS.start(), OPTIONS.end());
            self.error("option-count", path.clone(), cause, "4 or 5 read best");
        }
        let best: Vec<String> = raw
            .iter()
            .enumerate()
            .filter(|(_, o)| o.verdict == Some(Verdict::Best))
            .map(|(i, _)| format!("options[{i}]"))
            .collect();
        match best.len() {
            1 => {}
            0 => self.error("no-best", path.clone(), "no option is best", "give exactly one the verdict \"best\""),
            _ => self.error(
                "two-best",
                path.clone(),
                format!("{} options are best ({})", best.len(), best.join(", ")),
                "keep one; another good choice is \"acceptable\"",
            ),
        }
        let mut seen = HashSet::new();
        let mut out = Vec::with_capacity(raw.len());
        for (i, option) in raw.iter().enumerate() {
            let here = path.index(i);
            let Some(choice) = self.option(&here, option) else { continue };
            if !seen.insert(choice.id.clone()) {
                self.error(
                    "duplicate-option",
                    here,
                    format!("another option of this card has the id \"{}\"", choice.id),
                    "give it an \"id\" of its own",
                );
                continue;
            }
            out.push(choice);
        }
        (out.len() == raw.len() && best.len() == 1 && OPTIONS.contains(&raw.len())).then_some(out)
    }

    fn option(&mut self, path: &Path, raw: &RawOption) -> Option<Choice> {
        let mut shown = None;
        match (&raw.study, &raw.text) {
            (Some(_), Some(_)) => {
                self.error(
                    "study-and-text",
                    path.clone(),
                    "an option is a study or a text, not both",
                    "remove \"study\" or \"text\"",
                );
            }
            (None, None) => {
                self.error(
                    "no-choice",
                    path.clone(),
                    "an option needs \"study\" or \"text\"",
                    "name a study of the catalog, or write a text and an id",
                );
            }
            (Some(study), None) => match self.catalog.get(study) {
                Some(s) => shown = Some(s.name.clone()),
                None => {
                    let hint = self.catalog.meant_by(study).map_or_else(
                        || "see `scanwise schema --studies`, or write a \"text\" option".to_owned(),
                        |id| format!("did you mean \"{id}\"?"),
                    );
                    let cause = format!("\"{}\" is not in the study catalog", cut(study));
                    self.error("unknown-study", path.field("study"), cause, hint);
                }
            },
            (None, Some(text)) => shown = self.clean(|| path.field("text"), text),
        }
        let id = match (&raw.id, &raw.study) {
            (None, Some(study)) => Some(study.clone()),
            (id, _) => self.id(|| path.field("id"), "this option", id.as_ref()),
        };
        // Single letters and the words of the review are keys; an option of that name could not be told from one.
        let key = |id: &String| id.len() < 2 || RESERVED.contains(&id.as_str());
        if let Some(taken) = id.as_ref().filter(|id| key(id)) {
            let cause = format!("\"{taken}\" is a key of the review and can't name an option");
            self.error("reserved-id", path.field("id"), cause, "give the option a longer id");
            return None;
        }
        let why = self.needed(path, "why", raw.why.as_ref());
        if raw.verdict.is_none() {
            self.error(
                "missing",
                path.field("verdict"),
                "the verdict is missing or unknown",
                "one of: best, acceptable, wrong",
            );
        }
        match (raw.verdict, raw.harm) {
            (Some(Verdict::Wrong), None) => {
                self.error(
                    "no-harm",
                    path.field("harm"),
                    "a wrong option says how it harms",
                    "one of: unsafe, delays, wasteful",
                );
            }
            (Some(Verdict::Best | Verdict::Acceptable), Some(_)) => {
                self.error(
                    "harm",
                    path.field("harm"),
                    "only a wrong option has \"harm\"",
                    "remove it, or make the verdict \"wrong\"",
                );
            }
            _ => {}
        }
        let harm: Option<Harm> = raw.harm;
        Some(Choice { id: id?, study: raw.study.clone(), text: shown?, verdict: raw.verdict?, harm, why: why? })
    }
}
