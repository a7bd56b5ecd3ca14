//! Cards held against the check for identifiers of patients: which texts are looked at, and how one is mended.
//!
//! Looked at is everything an author writes freely, and what names a card (its id, domain, family, tags, sources), as
//! it would be said. Links and years of sources are not.

use crate::deck::format::RawCard;
use crate::model::Cloze;
use crate::privacy::{self, Finding, Kind};
use sha2::{Digest, Sha256};

/// One place in a card that looks like an identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// The field: `vignette`, `options[2].why`.
    pub field: String,
    /// Where in it, as what, and how to mend it.
    pub finding: Finding,
    /// A mark of the found text, by which a decision is known again.
    pub fingerprint: [u8; 16],
}

/// The freely written texts of a card, with their fields.
pub fn texts(card: &mut RawCard) -> Vec<(String, &mut String)> {
    let mut out: Vec<(String, &mut String)> = Vec::new();
    let single = [
        ("vignette", &mut card.vignette),
        ("question", &mut card.question),
        ("rule", &mut card.rule),
        ("modifier", &mut card.modifier),
        ("front", &mut card.front),
        ("back", &mut card.back),
        ("text", &mut card.text),
        ("why", &mut card.why),
        ("note", &mut card.note),
    ];
    for (name, text) in single {
        out.extend(text.as_mut().map(|t| (name.to_owned(), t)));
    }
    for (i, option) in card.options.iter_mut().flatten().enumerate() {
        out.extend(option.text.as_mut().map(|t| (format!("options[{i}].text"), t)));
        out.extend(option.why.as_mut().map(|t| (format!("options[{i}].why"), t)));
    }
    if let Some(next) = &mut card.next {
        out.push(("next.if_positive".to_owned(), &mut next.if_positive));
        out.push(("next.if_negative".to_owned(), &mut next.if_negative));
    }
    out
}

/// Everything in a card that looks like an identifier.
#[must_use]
pub fn suspects(card: &RawCard) -> Vec<Suspect> {
    let mut copy = card.clone();
    let mut out: Vec<Suspect> = texts(&mut copy).into_iter().flat_map(|(field, text)| in_text(&field, text)).collect();
    // The marks of a cloze can cut an identifier in two: what a student reads is looked at as well.
    if let Some(cloze) = card.text.as_deref().and_then(|t| Cloze::parse(t).ok()) {
        let marked = card.text.as_deref().unwrap_or_default();
        if !out.iter().any(|s| s.field == "text") {
            out.extend(whole("text", marked, &cloze.full()));
        }
    }
    out.extend(names(card).into_iter().filter_map(|(field, name)| whole(&field, &name, &spoken(&name))));
    out
}

/// What names a card and its place: written without spaces, and a person can hide in it all the same.
fn names(card: &RawCard) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    out.extend(card.id.as_ref().map(|v| ("id".to_owned(), v.clone())));
    out.extend(card.domain.as_ref().map(|v| ("domain".to_owned(), v.clone())));
    out.extend(card.family.as_ref().map(|v| ("family".to_owned(), v.clone())));
    for (i, tag) in card.tags.iter().flatten().enumerate() {
        out.push((format!("tags[{i}]"), tag.clone()));
    }
    for (i, source) in card.sources.iter().flatten().enumerate() {
        out.push((format!("sources[{i}].title"), source.title.clone()));
        out.extend(source.section.as_ref().map(|s| (format!("sources[{i}].section"), s.clone())));
        out.extend(source.basis.as_ref().map(|s| (format!("sources[{i}].basis"), s.clone())));
    }
    out
}

/// A slug as somebody would say it: `mrs-alvarez` as "Mrs Alvarez". Other texts are as they are.
fn spoken(name: &str) -> String {
    if name.chars().any(|c| c.is_uppercase() || c == ' ') {
        return name.to_owned();
    }
    let capital = |word: &str| {
        // In a slug these are magnetic resonance and multiple sclerosis far more often than somebody's title.
        if matches!(word, "mr" | "ms") {
            return word.to_uppercase();
        }
        let mut chars = word.chars();
        chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
    };
    name.split('-').map(capital).collect::<Vec<_>>().join(" ")
}

/// Looks at `read` (a text as it is read) and blames the whole of `written`: nothing in it can be mended by itself.
fn whole(field: &str, written: &str, read: &str) -> Option<Suspect> {
    let sources = field.starts_with("sources");
    let finding = privacy::scan(read).into_iter().find(|f| {
        let personal = matches!(f.kind, Kind::Name | Kind::Record | Kind::Phone | Kind::Room | Kind::Ssn | Kind::Email);
        // Publications are full of dates, houses and links; and a slug in capitals looks like a house unless it says so.
        let house =
            f.kind == Kind::Facility && ["general-hospital", "medical-center"].iter().any(|w| written.ends_with(w));
        // Authors and eponyms stand there by name (Gilbert, Norman); a patient or a colleague behind "Mrs." or "Dr.".
        let title = f.kind != Kind::Name || f.why.contains("title");
        title && (personal || !sources && (house || f.kind == Kind::Date))
    })?;
    let fingerprint = mark(read, privacy::fingerprint(read, &finding)?);
    let finding = Finding { span: 0..written.len(), fix: None, ..finding };
    Some(Suspect { field: field.to_owned(), finding, fingerprint })
}

/// Everything in one text that looks like an identifier.
#[must_use]
pub fn in_text(field: &str, text: &str) -> Vec<Suspect> {
    privacy::scan(text)
        .into_iter()
        .filter_map(|finding| {
            let fingerprint = mark(text, privacy::fingerprint(text, &finding)?);
            Some(Suspect { field: field.to_owned(), finding, fingerprint })
        })
        .collect()
}

/// Everything in what a deck says of itself that looks like an identifier. "Anna's cards" are those of whoever made them:
/// a bare name is no patient's there.
#[must_use]
pub fn in_header(field: &str, text: &str) -> Vec<Suspect> {
    let mut all = in_text(field, text);
    all.retain(|s| s.finding.kind != Kind::Name || s.finding.why.contains("title"));
    all
}

/// A decision holds for what was found in this very text: the same name in another card is asked about again.
fn mark(text: &str, found: [u8; 16]) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(found);
    hash.update(text);
    hash.finalize().first_chunk().copied().unwrap_or_default()
}

/// The text of a field of a card.
#[must_use]
pub fn text_of(card: &RawCard, field: &str) -> Option<String> {
    if let Some((_, name)) = names(card).into_iter().find(|(name, _)| name == field) {
        return Some(name);
    }
    let mut card = card.clone();
    texts(&mut card).into_iter().find(|(name, _)| name == field).map(|(_, text)| text.clone())
}

/// Mends one suspect in a card, when it has a fix and the field still says what was found.
pub fn mend(card: &mut RawCard, suspect: &Suspect) -> bool {
    let Some((_, text)) = texts(card).into_iter().find(|(name, _)| *name == suspect.field) else { return false };
    let found = privacy::fingerprint(text, &suspect.finding);
    let same = found.map(|f| mark(text, f)) == Some(suspect.fingerprint);
    if !same || suspect.finding.fix.is_none() {
        return false;
    }
    *text = privacy::apply(text, std::slice::from_ref(&suspect.finding));
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_free_text_of_a_card_is_looked_at() {
        let card: RawCard = serde_json::from_value(serde_json::json!({
            "id": "a", "type": "decision", "domain": "d", "vignette": "Mr. Okafor is 54.", "question": "Call 555-201-8890?",
            "options": [{"id": "x", "text": "Ask Mr. Okafor", "why": "Mr. Okafor knows."}],
            "rule": "MRN 00123456", "next": {"if_positive": "Mr. Okafor", "if_negative": "Mr. Okafor"},
            "note": "Mr. Okafor", "sources": [{"body": "ACR", "title": "Dr. Wells of Boston, March 3, 2020", "year": 2020}]
        }))
        .expect("a card");
        let fields: Vec<String> = suspects(&card).into_iter().map(|s| s.field).collect();
        for field in [
            "vignette",
            "question",
            "rule",
            "note",
            "options[0].text",
            "options[0].why",
            "next.if_positive",
            "next.if_negative",
        ] {
            assert!(fields.iter().any(|f| f == field), "{field}: {fields:?}");
        }
        assert!(fields.iter().any(|f| f == "sources[0].title"), "a person behind a title: {fields:?}");
    }

    #[test]
    fn a_person_can_not_hide_in_a_tag_a_domain_or_a_cloze() {
        let of = |value: serde_json::Value| -> Vec<String> {
            let card: RawCard = serde_json::from_value(value).expect("a card");
            suspects(&card).into_iter().map(|s| s.field).collect()
        };
        let hidden = of(
            serde_json::json!({"id": "mrs-okafor-dvt", "domain": "room-412", "tags": ["pe", "mrs-alvarez", "mrn-883921"],
            "text": "MRN {{c1::883921::number}} had PE"}),
        );
        assert_eq!(hidden, ["text", "id", "domain", "tags[1]", "tags[2]"]);
        let plain = of(
            serde_json::json!({"id": "st-elevation-mi", "domain": "acute-abdomen-gi", "family": "may-thurner",
            "tags": ["covid-19", "t12-fracture", "egfr-28", "li-rads-5", "march-fracture", "wells-score"],
            "text": "TNK {{c1::0.25 mg/kg}} within {{c2::4.5 h}}",
            "sources": [{"body": "AHA/ASA", "title": "Guideline, updated March 2026", "year": 2026, "section": "4.6.1"}]}),
        );
        assert_eq!(plain, Vec::<String>::new());
    }

    #[test]
    fn no_shipped_card_is_suspected_by_its_names() {
        for bundled in crate::deck::bundled::BUNDLED {
            let deck: crate::deck::format::RawDeck = serde_json::from_str(bundled.text).expect("a deck");
            for card in deck.cards.into_iter().flatten() {
                let found: Vec<String> =
                    suspects(&card).into_iter().map(|s| format!("{}: {}", s.field, s.finding.why)).collect();
                assert_eq!(found, Vec::<String>::new(), "{:?} {:?}", card.id, card.tags);
            }
        }
    }

    #[test]
    fn what_is_kept_in_one_card_is_asked_about_in_the_next() {
        let [a] = &in_text("front", "Seen with Mrs. Alvarez today.")[..] else { panic!("one finding") };
        let [b] = &in_text("front", "Mrs. Alvarez again.")[..] else { panic!("one finding") };
        assert_ne!(a.fingerprint, b.fingerprint);
    }

    #[test]
    fn a_mended_card_holds_nothing_suspect() {
        let mut card =
            RawCard { note: Some("Pt Mr. Okafor, MRN 00123456, seen 3/14/26.".into()), ..RawCard::default() };
        for _ in 0..10 {
            let Some(first) = suspects(&card).into_iter().next() else { break };
            assert!(mend(&mut card, &first), "{first:?}");
        }
        assert_eq!(suspects(&card), []);
    }
}
