//! Cards held against the check for identifiers of patients: which texts are looked at, and how one is mended.
//!
//! Looked at is everything an author writes freely. Ids, tags and studies are closed lists; sources are titles and
//! links of publications.

use crate::deck::format::RawCard;
use crate::privacy::{self, Finding};

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
    let mut card = card.clone();
    texts(&mut card).into_iter().flat_map(|(field, text)| in_text(&field, text)).collect()
}

/// Everything in one text that looks like an identifier.
#[must_use]
pub fn in_text(field: &str, text: &str) -> Vec<Suspect> {
    privacy::scan(text)
        .into_iter()
        .filter_map(|finding| {
            let fingerprint = privacy::fingerprint(text, &finding)?;
            Some(Suspect { field: field.to_owned(), finding, fingerprint })
        })
        .collect()
}

/// The text of a field of a card.
#[must_use]
pub fn text_of(card: &RawCard, field: &str) -> Option<String> {
    let mut card = card.clone();
    texts(&mut card).into_iter().find(|(name, _)| name == field).map(|(_, text)| text.clone())
}

/// Mends one suspect in a card, when it has a fix and the field still says what was found.
pub fn mend(card: &mut RawCard, suspect: &Suspect) -> bool {
    let Some((_, text)) = texts(card).into_iter().find(|(name, _)| *name == suspect.field) else { return false };
    let same = privacy::fingerprint(text, &suspect.finding) == Some(suspect.fingerprint);
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
        assert!(!fields.iter().any(|f| f.contains("sources")));
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
