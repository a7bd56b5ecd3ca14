//! One row to one card.

use super::columns::{Columns, Role};
use super::head::{Head, cut};
use super::records::Span;
use super::text::{bare, clean, plain};
use crate::deck::format::{CardType, RawCard};
use crate::deck::rules::{MAX_TEXT, Rules};
use crate::deck::{Catalog, Severity};
use crate::interchange::incoming::Trouble;
use crate::model::ids::{check_id, suggest_id};
use crate::model::text::thousands;
use crate::model::{CardKey, Cloze};
use csv::StringRecord;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// How a card gets its id.
#[derive(Debug, PartialEq, Eq)]
pub enum Named {
    /// The file says it.
    Given(String),
    /// From the front: equal fronts are numbered.
    FromFront(String),
}

/// A card, and where it belongs.
pub struct Made {
    /// The name of its deck, where the row says it.
    pub deck: Option<String>,
    /// The id of its deck, where the row says it.
    pub deck_id: Option<String>,
    /// Its id.
    pub named: Named,
    /// The rest of it.
    pub card: RawCard,
    /// Control characters were dropped.
    pub cleaned: bool,
    /// Tags nothing was left of.
    pub lost_tags: bool,
}

/// Reads rows of one file.
pub struct Rows<'f> {
    head: &'f Head,
    columns: &'f Columns,
    tags: Vec<String>,
}

/// The fields of one row, as they are asked for.
struct Fields<'r> {
    row: &'r StringRecord,
    rows: &'r Rows<'r>,
    cleaned: bool,
}

fn trouble(span: Span, cause: impl Into<String>, hint: impl Into<String>) -> Trouble {
    Trouble { place: format!("line {}", span.line), cause: cause.into(), hint: hint.into() }
}

impl<'r> Fields<'r> {
    /// A field as the file has it.
    fn raw(&self, role: Role) -> Option<&'r str> {
        self.cell(self.rows.columns.at(role)?)
    }

    fn cell(&self, at: usize) -> Option<&'r str> {
        let text = self.row.get(at)?;
        let text = if self.rows.head.own { bare(text) } else { text };
        (!text.trim().is_empty()).then_some(text)
    }

    /// A field as text for people.
    fn at(&mut self, at: usize) -> Option<String> {
        let text = self.cell(at)?;
        let converted = self.rows.head.html.then(|| plain(text));
        let (text, cleaned) = clean(converted.as_deref().unwrap_or(text));
        self.cleaned |= cleaned;
        let text = if self.rows.head.own { text.as_ref() } else { text.trim() };
        (!text.trim().is_empty()).then(|| text.to_owned())
    }

    fn text(&mut self, role: Role) -> Option<String> {
        self.at(self.rows.columns.at(role)?)
    }

    /// All columns with a role, as paragraphs.
    fn joined(&mut self, role: Role) -> Option<String> {
        let places: Vec<usize> = self.rows.columns.all(role).collect();
        let texts: Vec<String> = places.into_iter().filter_map(|at| self.at(at)).collect();
        (!texts.is_empty()).then(|| texts.join("\n\n"))
    }

    /// A field that holds JSON.
    fn json<T: DeserializeOwned>(&self, role: Role, span: Span) -> Result<Option<T>, Trouble> {
        let Some(text) = self.raw(role) else { return Ok(None) };
        serde_json::from_str(text).map(Some).map_err(|e| {
            let cause = format!("\"{}\" is not what the deck format has there: {}", role.word(), cut(&e.to_string()));
            trouble(span, cause, "the row is left out; mend it, or edit the card in the deck instead")
        })
    }

    fn slug(&self, role: Role) -> Option<String> {
        let text = self.raw(role)?.trim();
        if check_id(text).is_ok() { Some(text.to_owned()) } else { suggest_id(text) }
    }

    /// Slugs between spaces, commas or semicolons; the flag says that something was not one and could not be made one.
    fn slugs(&self, role: Role) -> (Vec<String>, bool) {
        slugs(self.raw(role).unwrap_or_default())
    }
}

fn slugs(text: &str) -> (Vec<String>, bool) {
    let (mut out, mut lost) = (Vec::new(), false);
    for word in text.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|w| !w.is_empty()) {
        let slug = if check_id(word).is_ok() { Some(word.to_owned()) } else { suggest_id(word) };
        match slug {
            Some(slug) if !out.contains(&slug) => out.push(slug),
            Some(_) => {}
            None => lost = true,
        }
    }
    (out, lost)
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

/// The first 16 hexadecimal digits of SHA-256.
pub fn digest(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let start = hash.iter().take(8).fold(0_u64, |n, b| (n << 8) | u64::from(*b));
    format!("{start:016x}")
}

/// A cloze by its looks: `{{c1::`.
fn has_deletion(text: &str) -> bool {
    text.split("{{c").skip(1).any(|rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && rest.get(digits..).is_some_and(|r| r.starts_with("::"))
    })
}

impl<'f> Rows<'f> {
    /// With what the header lines say of every row.
    pub fn new(head: &'f Head, columns: &'f Columns) -> Self {
        Self { head, columns, tags: slugs(head.tags.as_deref().unwrap_or_default()).0 }
    }

    /// The card a row holds; `None` for an empty row.
    pub fn card(&self, row: &StringRecord, span: Span) -> Result<Option<Made>, Trouble> {
        if row.iter().all(|f| f.trim().is_empty()) {
            return Ok(None);
        }
        self.width(row, span)?;
        let mut fields = Fields { row, rows: self, cleaned: false };
        let (deck_id, given) = self.given(&fields, span)?;
        let kind = self.kind(&fields, span)?;
        let mut card = match kind {
            Some(CardType::Decision) => decision(&mut fields, span)?,
            _ => recall(&mut fields, kind, span)?,
        };
        Self::common(&mut fields, &mut card, span)?;
        bounded(&card, span)?;
        let (mut tags, lost_tags) = fields.slugs(Role::Tags);
        for tag in &self.tags {
            if !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
        card.tags = some(tags);
        let named = match given {
            Some(id) => Named::Given(id),
            None => {
                let asked = card.front.as_ref().or(card.text.as_ref()).or(card.vignette.as_ref());
                let folded = asked.map(|t| t.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase());
                Named::FromFront(format!("t-{}", digest(&folded.unwrap_or_default())))
            }
        };
        let deck = fields.raw(Role::Deck).map(|d| clean(d.trim()).0.into_owned());
        card.domain = card.domain.or_else(|| Some(domain_of(deck.as_deref().or(self.head.deck.as_deref()))));
        ruled(&card, span)?;
        Ok(Some(Made { deck, deck_id, named, card, cleaned: fields.cleaned, lost_tags }))
    }

    fn width(&self, row: &StringRecord, span: Span) -> Result<(), Trouble> {
        if span.unclosed {
            let cause = format!("a quote in this row is never closed; it takes in {} lines, to the end", span.lines);
            return Err(trouble(span, cause, "none of them are read; close the quote (\") and import again"));
        }
        let width = self.columns.width;
        if row.iter().skip(width).any(|f| !f.trim().is_empty()) {
            let cause = format!("{} fields where there are {width} columns", row.len());
            let hint = if span.lines > 1 {
                "the row is left out; look for a quote (\") that is not closed"
            } else {
                "the row is left out; put quotes (\") around a text that holds the separator"
            };
            return Err(trouble(span, cause, hint));
        }
        Ok(())
    }

    /// The ids of deck and card that the row says.
    fn given(&self, fields: &Fields<'_>, span: Span) -> Result<(Option<String>, Option<String>), Trouble> {
        if let Some(id) = fields.raw(Role::Id).map(str::trim) {
            let id = if check_id(id).is_ok() { id.to_owned() } else { format!("a-{}", digest(id)) };
            return Ok((None, Some(id)));
        }
        let Some(guid) = fields.raw(Role::Guid).map(str::trim) else {
            return Ok((None, None));
        };
        // Our own name of a card survives a visit to Anki; Anki's have ten characters of all sorts and are never
        // taken for one by more than chance.
        match CardKey::parse(guid) {
            Ok(key) if key.cloze().is_none() => {
                let deck = self.head.own.then(|| key.deck().to_owned());
                Ok((deck, Some(key.card().to_owned())))
            }
            _ if self.head.own => {
                let cause = format!("\"{}\" does not name a card", cut(guid));
                Err(trouble(span, cause, "the row is left out; the guid is written deck/card"))
            }
            _ => Ok((None, Some(format!("a-{}", digest(guid))))),
        }
    }

    fn kind(&self, fields: &Fields<'_>, span: Span) -> Result<Option<CardType>, Trouble> {
        let Some(word) = fields.raw(Role::Kind).map(str::trim) else { return Ok(None) };
        match word.to_ascii_lowercase().as_str() {
            "decision" => Ok(Some(CardType::Decision)),
            "basic" => Ok(Some(CardType::Basic)),
            "cloze" => Ok(Some(CardType::Cloze)),
            _ if self.head.own => {
                let cause = format!("\"{}\" is no type of card", cut(word));
                Err(trouble(span, cause, "the row is left out; one of: decision, basic, cloze"))
            }
            _ => Ok(None),
        }
    }

    /// What any card may have.
    fn common(fields: &mut Fields<'_>, card: &mut RawCard, span: Span) -> Result<(), Trouble> {
        card.domain = fields.slug(Role::Domain);
        card.note = fields.text(Role::Note);
        card.covers = some(fields.slugs(Role::Covers).0);
        card.sources = fields.json(Role::Sources, span)?;
        if let Some(source) = fields.joined(Role::Source) {
            let line = format!("Source: {source}");
            let place = if card.kind == Some(CardType::Decision) { &mut card.note } else { &mut card.why };
            *place = Some(place.take().map_or_else(|| line.clone(), |text| format!("{text}\n\n{line}")));
        }
        Ok(())
    }
}

/// The second level of a deck's name: `Radiology::Chest` is about the chest.
fn domain_of(deck: Option<&str>) -> String {
    let second = deck.and_then(|d| d.split("::").nth(1)).and_then(suggest_id);
    second.unwrap_or_else(|| "general".to_owned())
}

fn recall(fields: &mut Fields<'_>, kind: Option<CardType>, span: Span) -> Result<RawCard, Trouble> {
    let own = fields.rows.head.own;
    let front = fields.text(Role::Front).or_else(|| if own { None } else { fields.text(Role::Question) });
    let text = fields.text(Role::Text).or_else(|| if kind == Some(CardType::Cloze) { front.clone() } else { None });
    let back = fields.text(Role::Back);
    let why = fields.joined(Role::Why);
    let cloze = match kind {
        Some(CardType::Cloze) => text,
        Some(_) => None,
        None => match (text, &front, &back) {
            (Some(text), ..) if front.is_none() || has_deletion(&text) => Some(text),
            (_, Some(front), _) if has_deletion(front) => Some(front.clone()),
            (_, Some(front), Some(back)) if has_deletion(back) => Some(format!("{front}\n\n{back}")),
            _ => None,
        },
    };
    if let Some(text) = cloze {
        if let Err(e) = Cloze::parse(&text) {
            let hint = "the row is left out; hide something with {{c1::answer}} or {{c1::answer::hint}}";
            return Err(trouble(span, format!("\"{}\": {e}", cut(&text)), hint));
        }
        // What stands beside a cloze in other programs is shown after the answer; ours repeats the reason there.
        let beside = back.filter(|b| !own && !has_deletion(b));
        let why = [beside, why].into_iter().flatten().collect::<Vec<_>>().join("\n\n");
        let why = (!why.is_empty()).then_some(why);
        return Ok(RawCard { kind: Some(CardType::Cloze), text: Some(text), why, ..RawCard::default() });
    }
    let missing = |what: &str, other: Option<&String>| {
        let cause = match other {
            Some(text) => format!("no {what} (\"{}\")", cut(text)),
            None => format!("no {what}"),
        };
        trouble(span, cause, "the row is left out; write it, or say with --map which column holds it")
    };
    match (front, back) {
        (None, back) => Err(missing("front", back.as_ref())),
        (front, None) => Err(missing("back", front.as_ref())),
        (front, back) => Ok(RawCard { kind: Some(CardType::Basic), front, back, why, ..RawCard::default() }),
    }
}

fn decision(fields: &mut Fields<'_>, span: Span) -> Result<RawCard, Trouble> {
    let card = RawCard {
        kind: Some(CardType::Decision),
        vignette: fields.text(Role::Vignette),
        question: fields.text(Role::Question),
        rule: fields.text(Role::Rule),
        family: fields.slug(Role::Family),
        modifier: fields.text(Role::Modifier),
        options: fields.json(Role::Options, span)?,
        next: fields.json(Role::Next, span)?,
        ..RawCard::default()
    };
    let needed = [
        ("vignette", card.vignette.is_some()),
        ("question", card.question.is_some()),
        ("options", card.options.is_some()),
        ("rule", card.rule.is_some()),
        ("next", card.next.is_some()),
    ];
    match needed.iter().find(|(_, there)| !there) {
        Some((name, _)) => {
            Err(trouble(span, format!("a decision without \"{name}\""), "the row is left out; write it"))
        }
        None => Ok(card),
    }
}

/// What was read as JSON has the right shape; that it keeps the rules of a deck (one best option, a year that may be)
/// is told only by these.
fn ruled(card: &RawCard, span: Span) -> Result<(), Trouble> {
    if card.kind != Some(CardType::Decision) && card.sources.is_none() {
        return Ok(());
    }
    // Its id is chosen later, and always a good one.
    let probe = RawCard { id: Some("t-0".to_owned()), ..card.clone() };
    let mut rules = Rules::new(Catalog::bundled());
    let read = rules.card(0, &probe);
    match rules.problems.iter().find(|p| p.severity == Severity::Error) {
        None if read.is_some() => Ok(()),
        None => Err(trouble(span, "this is no card", "the row is left out; export it again")),
        Some(p) => {
            let path = p.path.to_string();
            let field = path.split_once("].").map_or(path.as_str(), |(_, field)| field);
            let hint = p.hint.as_deref().map_or(String::new(), |h| format!("; {h}"));
            Err(trouble(span, format!("{field}: {}", p.cause), format!("the row is left out{hint}")))
        }
    }
}

/// No text longer than a card may have.
fn bounded(card: &RawCard, span: Span) -> Result<(), Trouble> {
    let texts = [
        ("front", &card.front),
        ("back", &card.back),
        ("text", &card.text),
        ("why", &card.why),
        ("note", &card.note),
        ("vignette", &card.vignette),
        ("question", &card.question),
        ("rule", &card.rule),
        ("modifier", &card.modifier),
    ];
    for (name, text) in texts {
        let Some(text) = text.as_ref().filter(|t| t.len() > MAX_TEXT) else { continue };
        let n = text.chars().count();
        if n > MAX_TEXT {
            let (n, max) = (thousands(n as u64), thousands(MAX_TEXT as u64));
            let cause = format!("\"{name}\" has {n} characters; at most {max}");
            return Err(trouble(span, cause, "the row is left out; split it into several cards"));
        }
    }
    Ok(())
}
