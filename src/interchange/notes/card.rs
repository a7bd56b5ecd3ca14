//! From a block of the notation to a card of the deck format, and what it still lacks.

use super::blocks::{Block, OptionPart};
use super::marks::{Part, rendered};
use super::tell;
use crate::deck::Catalog;
use crate::deck::format::{CardType, RawCard, RawOption};
use crate::deck::problem::{Path, Severity, Step};
use crate::deck::rules::Rules;
use crate::interchange::Trouble;
use crate::model::ids::{check_id, suggest_id};
use crate::model::{Harm, Next, Source};
use regex::Regex;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

/// Most decision points that one card may name.
const MAX_COVERS: usize = 64;

/// Longest id made of an option's text.
const MAX_OPTION_ID: usize = 40;

/// `Body, Title (2022), section`; a comma or bracket after `\` does not divide.
static SOURCE: LazyLock<Regex> = LazyLock::new(|| {
    let piece = r"(?:\\.|[^\\])";
    let pattern = format!(r"(?s)^({piece}+?),\s+({piece}+?)\s+\(([12][0-9]{{3}})\)(?:\s*[,.:]\s+(.+))?$");
    Regex::new(&pattern).expect("a valid pattern")
});

/// The card, and troubles that are more than something missing.
pub(super) fn build(block: &Block, troubles: &mut Vec<Trouble>) -> RawCard {
    let mut raw = RawCard {
        id: block.id.clone(),
        kind: Some(block.kind),
        domain: block.domain.clone(),
        tags: (!block.tags.is_empty()).then(|| block.tags.clone()),
        ..RawCard::default()
    };
    fields(block, &mut raw, troubles);
    raw.family = raw.family.map(slug);
    let text = |part: &Part| Some(part.text()).filter(|t| !t.is_empty());
    match block.kind {
        CardType::Basic => {
            raw.front = text(&block.prompt);
            raw.back = block.answer.as_ref().and_then(text);
            raw.why = block.why.as_ref().and_then(text);
        }
        CardType::Cloze => {
            raw.text = text(&block.prompt);
            raw.why = block.why.as_ref().and_then(text);
        }
        CardType::Decision => {
            let whole = block.prompt.text();
            // An empty "question:" says that all of it is the vignette.
            if block.fields.iter().any(|(name, ..)| *name == "question") {
                raw.vignette = Some(whole).filter(|t| !t.is_empty());
            } else {
                (raw.vignette, raw.question) = split_question(&whole);
            }
            raw.options = options(&block.options);
        }
    }
    raw
}

/// "Neurology" as `neurology`; what is an id already stays.
fn slug(text: String) -> String {
    if check_id(&text).is_ok() { text } else { suggest_id(&text).unwrap_or(text) }
}

fn fields(block: &Block, raw: &mut RawCard, troubles: &mut Vec<Trouble>) {
    let mut sources: Vec<Source> = Vec::new();
    let mut noted: Vec<String> = Vec::new();
    let (mut positive, mut negative) = (None, None);
    for (name, part, line) in &block.fields {
        let text = part.text();
        if text.is_empty() {
            continue;
        }
        let slot = match *name {
            "question" => &mut raw.question,
            "rule" => &mut raw.rule,
            "positive" => &mut positive,
            "negative" => &mut negative,
            "family" => &mut raw.family,
            "modifier" => &mut raw.modifier,
            "domain" => {
                raw.domain = Some(slug(text));
                continue;
            }
            "covers" => {
                let covers = raw.covers.get_or_insert_default();
                let room = MAX_COVERS.saturating_sub(covers.len());
                covers.extend(text.split([',', ' ', '\n']).filter(|w| !w.is_empty()).take(room).map(str::to_owned));
                continue;
            }
            "source" => {
                match source(part.raw()) {
                    Some(source) => sources.push(source),
                    None => {
                        tell(
                            troubles,
                            *line,
                            "this source can't be taken apart".to_owned(),
                            "write \"source: Body, Title (2024), section\"; it stays in the note",
                        );
                        noted.push(format!("source: {text}"));
                    }
                }
                continue;
            }
            "url" | "checked" | "basis" => {
                match sources.last_mut() {
                    Some(last) => match *name {
                        "url" => {
                            last.url = Some(part.raw().trim_matches(['<', '>']).replace('\\', ""));
                        }
                        "checked" => last.checked = Some(text),
                        _ => last.basis = Some(text),
                    },
                    None => noted.push(format!("{name}: {text}")),
                }
                continue;
            }
            _ => {
                noted.push(text);
                continue;
            }
        };
        match slot {
            None => *slot = Some(text),
            Some(first) => {
                tell(
                    troubles,
                    *line,
                    format!("\"{name}:\" stands twice in this card"),
                    "the two were joined; keep one",
                );
                first.push('\n');
                first.push_str(&text);
            }
        }
    }
    raw.note = (!noted.is_empty()).then(|| noted.join("\n"));
    raw.sources = (!sources.is_empty()).then_some(sources);
    if positive.is_some() || negative.is_some() {
        raw.next = Some(Next { if_positive: positive.unwrap_or_default(), if_negative: negative.unwrap_or_default() });
    }
}

/// A cited source; without the fields that stand on lines of their own.
pub(super) fn source(raw: &str) -> Option<Source> {
    let parts = SOURCE.captures(raw)?;
    Some(Source {
        body: rendered(&parts[1]),
        title: rendered(&parts[2]),
        year: parts[3].parse().ok()?,
        section: parts.get(4).map(|s| rendered(s.as_str())).filter(|s| !s.is_empty()),
        url: None,
        checked: None,
        basis: None,
    })
    .filter(|s| !s.body.is_empty() && !s.title.is_empty())
}

/// Words before whose dot no sentence ends.
const SHORT: &[&str] = &["vs", "dr", "mr", "mrs", "ms", "e.g", "i.e", "approx", "st", "no", "pt", "fig", "cf", "al"];

/// The last sentence that ends in "?" is the question, the rest the vignette.
pub(super) fn split_question(text: &str) -> (Option<String>, Option<String>) {
    let some = |t: String| Some(t).filter(|t| !t.is_empty());
    let ends = sentence_ends(text);
    let asked = ends.iter().rposition(|end| text[..*end].trim_end_matches(['"', '\'', ')', '”']).ends_with('?'));
    let Some(asked) = asked else { return (some(text.to_owned()), None) };
    let from = if asked == 0 { 0 } else { ends[asked - 1] };
    let (before, after) = (text[..from].trim(), text[ends[asked]..].trim());
    let space = if before.is_empty() || after.is_empty() { "" } else { " " };
    (some(format!("{before}{space}{after}")), some(text[from..ends[asked]].trim().to_owned()))
}

/// Where sentences end: behind the mark, and any quotes or brackets that close after it.
fn sentence_ends(text: &str) -> Vec<usize> {
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(['.', '!', '?']) {
        let mark = from + at;
        let tail = &text[mark + 1..];
        let closed = tail.trim_start_matches(['.', '!', '?', '"', '\'', ')', '”']);
        let end = text.len() - closed.len();
        from = end;
        let next = closed.trim_start();
        let spaced = next.len() < closed.len();
        let lower = next.chars().next().is_some_and(char::is_lowercase);
        let word = text[..mark].rsplit([' ', '\n', '(']).next().unwrap_or_default().to_lowercase();
        let dotted = text[mark..].starts_with('.') && SHORT.contains(&word.as_str());
        if next.is_empty() || (spaced && !lower && !dotted) {
            out.push(end);
        }
    }
    if out.last() != Some(&text.len()) {
        out.push(text.len());
    }
    out
}

fn options(parts: &[OptionPart]) -> Option<Vec<RawOption>> {
    let mut taken: Vec<String> = Vec::new();
    let mut out = Vec::with_capacity(parts.len());
    for part in parts {
        let raw = part.text.raw();
        let (name, behind) = split_reason(raw);
        let (name, harm, id) = marks(name);
        let text = rendered(name);
        let mut reason = rendered(behind);
        if let Some(quoted) = &part.reason {
            if !reason.is_empty() {
                reason.push(' ');
            }
            reason.push_str(&quoted.text());
        }
        let study = study(&text).map(str::to_owned);
        let id = id.or_else(|| study.is_none().then(|| option_id(&text, out.len(), &taken)));
        taken.extend(id.clone().or_else(|| study.clone()));
        out.push(RawOption {
            id,
            text: study.is_none().then_some(text).filter(|t| !t.is_empty()),
            study,
            verdict: part.verdict,
            harm,
            why: Some(reason).filter(|r| !r.is_empty()),
        });
    }
    (!out.is_empty()).then_some(out)
}

/// Option and reason, at the first ` -- ` (or the long dash that phones make of it).
fn split_reason(raw: &str) -> (&str, &str) {
    let dashes = [" -- ", " \u{2014} ", "\n-- ", " --\n"];
    let first = dashes.iter().filter_map(|d| raw.find(d).map(|at| (at, d.len()))).min();
    match first {
        Some((at, len)) => (&raw[..at], &raw[at + len..]),
        None => (raw.strip_suffix(" --").unwrap_or(raw), ""),
    }
}

/// What stands in brackets behind an option: how it harms, and an id of its own.
fn marks(mut name: &str) -> (&str, Option<Harm>, Option<String>) {
    let (mut harm, mut id) = (None, None);
    loop {
        name = name.trim();
        let Some((before, inner)) = name.strip_suffix(')').and_then(|n| n.rsplit_once('(')) else { break };
        if before.ends_with('\\') {
            break;
        }
        let inner = inner.trim();
        if let Some(h) = Harm::from_word(&inner.to_ascii_lowercase()).filter(|_| harm.is_none()) {
            harm = Some(h);
        } else if let Some(own) = inner.strip_prefix("id:").filter(|_| id.is_none()) {
            id = Some(own.trim().to_owned());
        } else {
            break;
        }
        name = before;
    }
    (name, harm, id)
}

/// The id of an option that is not a study: its words, shortened, and a number where another has it.
pub(super) fn option_id(text: &str, place: usize, taken: &[String]) -> String {
    let full = suggest_id(text).filter(|s| s.len() > 1).unwrap_or_else(|| format!("option-{}", place + 1));
    let cut = match full.get(..MAX_OPTION_ID) {
        Some(head) => head.rsplit_once('-').map_or(head, |(h, _)| h),
        None => &full,
    };
    let mut id = cut.trim_end_matches('-').to_owned();
    let mut n = 2;
    while taken.contains(&id) {
        id = format!("{cut}-{n}");
        n += 1;
    }
    id
}

/// The study that goes by exactly this id, name, short name or alias, whatever its case. A name that two studies share
/// names none.
pub(super) fn study(text: &str) -> Option<&'static str> {
    static NAMES: OnceLock<HashMap<String, Option<&'static str>>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let studies = Catalog::bundled().studies();
        let mut names: HashMap<String, Option<&'static str>> = HashMap::new();
        // A better kind of name wins; within a kind, two owners cancel out.
        let kinds: [fn(&'static crate::model::Study) -> Vec<&'static str>; 4] = [
            |s| vec![&s.id],
            |s| vec![&s.name],
            |s| vec![&s.short],
            |s| s.aliases.iter().map(String::as_str).collect(),
        ];
        for kind in kinds {
            let mut these: HashMap<String, Option<&'static str>> = HashMap::new();
            for s in studies {
                for name in kind(s) {
                    let owner = these.entry(name.to_lowercase()).or_insert(Some(&s.id));
                    if *owner != Some(s.id.as_str()) {
                        *owner = None;
                    }
                }
            }
            for (name, owner) in these {
                names.entry(name).or_insert(owner);
            }
        }
        names
    });
    if text.len() > 100 {
        return None;
    }
    names.get(&text.to_lowercase()).copied().flatten()
}

/// Whether the card keeps the deck's rules, and what it lacks; what is wrong otherwise becomes a trouble.
pub(super) fn judge(raw: &RawCard, line: usize, troubles: &mut Vec<Trouble>) -> (bool, Vec<&'static str>) {
    let mut probe = raw.clone();
    // An id comes with the collection, if the notes have none yet.
    probe.id.get_or_insert_with(|| "n-0".to_owned());
    let mut rules = Rules::new(Catalog::bundled());
    let read = rules.card(0, &probe);
    let mut missing: Vec<&'static str> = Vec::new();
    for problem in rules.problems.iter().filter(|p| p.severity == Severity::Error) {
        match lack(problem.rule, &problem.path) {
            Some(word) if !missing.contains(&word) => missing.push(word),
            Some(_) => {}
            None => {
                let hint = problem.hint.as_deref().unwrap_or("it stays a draft until this is mended");
                tell(troubles, line, problem.cause.clone(), hint);
            }
        }
    }
    let whole = read.is_some() && rules.problems.iter().all(|p| p.severity == Severity::Warning);
    (whole, missing)
}

/// The word for something that is not there yet.
fn lack(rule: &str, path: &Path) -> Option<&'static str> {
    let field = path.0.iter().rev().find_map(|s| match s {
        Step::Field(name) => Some(name.as_str()),
        Step::Index(_) => None,
    });
    match (rule, field?) {
        ("no-source", _) => Some("source"),
        ("no-best", _) => Some("best option"),
        ("option-count", _) | ("missing", "options") => Some("options"),
        ("no-harm", _) => Some("harm"),
        ("no-choice", _) => Some("text of an option"),
        ("missing" | "blank", "if_positive") => Some("positive"),
        ("missing" | "blank", "if_negative") => Some("negative"),
        ("missing", name) => {
            let known =
                ["type", "domain", "vignette", "question", "rule", "next", "front", "back", "text", "verdict", "why"];
            known.into_iter().find(|k| *k == name)
        }
        _ => None,
    }
}
