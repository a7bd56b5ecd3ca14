//! Note types and decks, from JSON (schema 11) or from tables (since schema 15).

use super::about::Description;
use super::limits::{MAX_FIELDS, MAX_TEMPLATES};
use crate::interchange::incoming::ReadError;
use crate::store::foreign::anki::{DeckRow, Kept, NamedRow};
use prost::Message;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A note type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoteType {
    /// Its id in the collection.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Cards come from deletions, not from templates.
    pub cloze: bool,
    /// Made by Anki's own picture occlusion.
    pub occlusion: bool,
    /// Field names in order.
    pub fields: Vec<String>,
    /// Templates in order: question and answer.
    pub templates: Vec<(String, String)>,
}

/// Everything a collection says of notes, before the notes.
#[derive(Debug, Default)]
pub struct Kinds {
    /// By id.
    pub notetypes: BTreeMap<i64, NoteType>,
    /// Deck names by id, levels from the top down.
    pub decks: BTreeMap<i64, Vec<String>>,
    /// What decks say of themselves, by id; only those that say something.
    pub about: BTreeMap<i64, Description>,
}

/// Anki's number for the stock note type of picture occlusion.
const OCCLUSION_STOCK: i64 = 6;

#[derive(Deserialize)]
struct JsonNoteType {
    name: String,
    #[serde(default, rename = "type")]
    kind: i64,
    #[serde(default, rename = "originalStockKind")]
    stock: Option<i64>,
    flds: Vec<JsonField>,
    #[serde(default)]
    tmpls: Vec<JsonTemplate>,
}

#[derive(Deserialize)]
struct JsonField {
    name: String,
    #[serde(default)]
    ord: Option<i64>,
}

#[derive(Deserialize)]
struct JsonTemplate {
    #[serde(default)]
    qfmt: String,
    #[serde(default)]
    afmt: String,
    #[serde(default)]
    ord: Option<i64>,
}

#[derive(Deserialize)]
struct JsonDeck {
    name: String,
    // Whatever it is: a description that is none is no reason to refuse the cards.
    #[serde(default)]
    desc: serde_json::Value,
    #[serde(default)]
    md: serde_json::Value,
}

/// `kind` of a deck; a filtered one has no description.
#[derive(Clone, PartialEq, Message)]
struct DeckKind {
    #[prost(message, optional, tag = "1")]
    normal: Option<NormalDeck>,
}

#[derive(Clone, PartialEq, Message)]
struct NormalDeck {
    #[prost(string, tag = "4")]
    description: String,
    #[prost(bool, tag = "5")]
    markdown: bool,
}

#[derive(Clone, PartialEq, Message)]
struct TypeConfig {
    #[prost(int64, tag = "1")]
    kind: i64,
    #[prost(int64, tag = "9")]
    stock: i64,
}

#[derive(Clone, PartialEq, Message)]
struct TemplateConfig {
    #[prost(string, tag = "1")]
    question: String,
    #[prost(string, tag = "2")]
    answer: String,
}

impl Kinds {
    /// Reads what the collection keeps; `place` is its name for messages.
    pub fn read(kept: Kept, place: &str) -> Result<Self, ReadError> {
        let mut kinds = match kept {
            Kept::Json(notetypes, decks) => Self::from_json(&notetypes, &decks, place)?,
            Kept::Tables { notetypes, fields, templates, decks } => {
                Self::from_tables(notetypes, fields, templates, decks, place)?
            }
        };
        for kind in kinds.notetypes.values_mut() {
            if kind.fields.is_empty() || kind.fields.len() > MAX_FIELDS || kind.templates.len() > MAX_TEMPLATES {
                let cause = format!(
                    "note type \"{}\" has {} fields and {} templates; 1 to {MAX_FIELDS} and at most {MAX_TEMPLATES}",
                    kind.name,
                    kind.fields.len(),
                    kind.templates.len()
                );
                return Err(ReadError::new(place, cause, "export the deck from Anki again"));
            }
            let by_add_on = kind.name.to_lowercase().starts_with("image occlusion");
            kind.occlusion |= by_add_on && kind.fields.len() >= 4;
        }
        Ok(kinds)
    }

    fn from_json(notetypes: &str, decks: &str, place: &str) -> Result<Self, ReadError> {
        let bad = |what: &str, e: &serde_json::Error| {
            ReadError::new(place, format!("its {what} can't be read: {e}"), "export the deck from Anki again")
        };
        let notetypes: BTreeMap<String, JsonNoteType> =
            serde_json::from_str(notetypes).map_err(|e| bad("note types", &e))?;
        let decks: BTreeMap<String, JsonDeck> = serde_json::from_str(decks).map_err(|e| bad("decks", &e))?;
        let mut kinds = Self::default();
        for (id, mut t) in notetypes {
            let Ok(id) = id.parse() else { continue };
            t.flds.sort_by_key(|f| f.ord);
            t.tmpls.sort_by_key(|t| t.ord);
            let kind = NoteType {
                id,
                name: t.name,
                cloze: t.kind == 1,
                occlusion: t.stock == Some(OCCLUSION_STOCK),
                fields: t.flds.into_iter().map(|f| f.name).collect(),
                templates: t.tmpls.into_iter().map(|t| (t.qfmt, t.afmt)).collect(),
            };
            kinds.notetypes.insert(id, kind);
        }
        for (id, deck) in decks {
            if let Ok(id) = id.parse() {
                kinds.decks.insert(id, deck.name.split("::").map(str::to_owned).collect());
                if let serde_json::Value::String(text) = deck.desc {
                    kinds.describe(id, Description { text, markdown: deck.md == true });
                }
            }
        }
        Ok(kinds)
    }

    fn from_tables(
        notetypes: Vec<NamedRow>,
        mut fields: Vec<NamedRow>,
        mut templates: Vec<NamedRow>,
        decks: Vec<DeckRow>,
        place: &str,
    ) -> Result<Self, ReadError> {
        let bad = |what: &str, e: &prost::DecodeError| {
            ReadError::new(place, format!("{what} can't be read: {e}"), "export the deck from Anki again")
        };
        let mut kinds = Self::default();
        for row in notetypes {
            let config = TypeConfig::decode(row.config.as_slice())
                .map_err(|e| bad(&format!("note type \"{}\"", row.name), &e))?;
            let kind = NoteType {
                id: row.notetype,
                name: row.name,
                cloze: config.kind == 1,
                occlusion: config.stock == OCCLUSION_STOCK,
                ..NoteType::default()
            };
            kinds.notetypes.insert(kind.id, kind);
        }
        fields.sort_by_key(|f| f.ord);
        templates.sort_by_key(|t| t.ord);
        for row in fields {
            if let Some(kind) = kinds.notetypes.get_mut(&row.notetype) {
                kind.fields.push(row.name);
            }
        }
        for row in templates {
            let config = TemplateConfig::decode(row.config.as_slice())
                .map_err(|e| bad(&format!("template \"{}\"", row.name), &e))?;
            if let Some(kind) = kinds.notetypes.get_mut(&row.notetype) {
                kind.templates.push((config.question, config.answer));
            }
        }
        for DeckRow { id, name, kind } in decks {
            kinds.decks.insert(id, name.split('\u{1f}').map(str::to_owned).collect());
            if let Some(NormalDeck { description: text, markdown }) =
                DeckKind::decode(kind.as_slice()).ok().and_then(|k| k.normal)
            {
                kinds.describe(id, Description { text, markdown });
            }
        }
        Ok(kinds)
    }

    fn describe(&mut self, id: i64, description: Description) {
        if !description.text.is_empty() {
            self.about.insert(id, description);
        }
    }
}

/// Fields a template shows, and those it only asks whether they are filled.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Shown, by place.
    pub content: Vec<usize>,
    /// Shown through the cloze filter.
    pub cloze: Vec<usize>,
    /// Only in conditions.
    pub conditions: Vec<usize>,
}

/// Reads `{{Field}}`, `{{filter:Field}}` and `{{#Field}}` out of a template.
pub fn shown(template: &str, fields: &[String]) -> Shown {
    let mut out = Shown::default();
    let push = |list: &mut Vec<usize>, at: usize| {
        if !list.contains(&at) {
            list.push(at);
        }
    };
    for piece in template.split("{{").skip(1) {
        let Some((inner, _)) = piece.split_once("}}") else { continue };
        let inner = inner.trim();
        if let Some(name) = inner.strip_prefix(['#', '^', '/']) {
            if let Some(at) = fields.iter().position(|f| f == name.trim()) {
                push(&mut out.conditions, at);
            }
            continue;
        }
        let mut filters: Vec<&str> = inner.split(':').map(str::trim).collect();
        let name = filters.pop().unwrap_or_default();
        let Some(at) = fields.iter().position(|f| f == name) else { continue };
        // A box to type the answer into does not show it.
        if filters.contains(&"type") && !filters.contains(&"cloze") {
            continue;
        }
        if filters.contains(&"cloze") {
            push(&mut out.cloze, at);
        }
        push(&mut out.content, at);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(notetype: i64, ord: i64, name: &str, config: &[u8]) -> NamedRow {
        NamedRow { notetype, ord, name: name.to_owned(), config: config.to_vec() }
    }

    fn deck(id: i64, name: &str, kind: &[u8]) -> DeckRow {
        DeckRow { id, name: name.to_owned(), kind: kind.to_vec() }
    }

    #[test]
    fn tables_are_joined_in_order_and_garbage_is_refused() {
        let tables = |config: &[u8]| Kept::Tables {
            notetypes: vec![row(5, 0, "Cloze", &[8, 1]), row(6, 0, "IO", &[0x48, 6])],
            fields: vec![row(5, 1, "B", &[]), row(5, 0, "A", &[0xff]), row(6, 0, "X", &[]), row(9, 0, "stray", &[])],
            templates: vec![row(5, 0, "t", config)],
            decks: vec![
                deck(1, "Top\u{1f}Low", b"\x0a\x05\x08\x01\x22\x01x"),
                deck(2, "Filtered", b"\x12\x02\x08\x01"),
                deck(3, "Garbage", &[0x0a, 0x7f]),
            ],
        };
        let kinds = Kinds::read(tables(b"\x0a\x01q\x12\x01a"), "c").expect("readable");
        let cloze = &kinds.notetypes[&5];
        assert!(cloze.cloze && !cloze.occlusion && kinds.notetypes[&6].occlusion);
        assert_eq!(cloze.fields, ["A", "B"]);
        assert_eq!(cloze.templates, [("q".to_owned(), "a".to_owned())]);
        assert_eq!(kinds.decks[&1], ["Top", "Low"]);
        let about: Vec<_> = kinds.about.iter().map(|(id, d)| (*id, d.text.as_str(), d.markdown)).collect();
        assert_eq!((about, kinds.decks.len()), (vec![(1, "x", false)], 3));
        let err = Kinds::read(tables(&[0x0a, 0x7f]), "c").expect_err("cut off");
        assert!(err.place == "c" && err.cause.starts_with("template \"t\" can't be read"), "{err}");
    }

    #[test]
    fn templates_say_what_they_show() {
        let fields: Vec<String> = ["Front", "Back", "Add Reverse", "A: b"].iter().map(|s| (*s).to_owned()).collect();
        let read =
            shown("{{#Add Reverse}}{{ Back }}{{/Add Reverse}} {{type:Front}} {{FrontSide}} {{hint:Back}}", &fields);
        assert_eq!(read, Shown { content: vec![1], cloze: vec![], conditions: vec![2] });
        assert_eq!(shown("{{cloze:Front}}{{", &fields), Shown { content: vec![0], cloze: vec![0], conditions: vec![] });
        assert_eq!(shown("{{type:cloze:Front}}", &fields).cloze, [0]);
    }
}
