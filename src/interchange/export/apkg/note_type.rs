//! The two note types: their fixed ids, fields, templates and style.

use serde_json::{Value, json};

/// Id of the note type for decisions and basic cards. Never change it: an import finds its earlier notes by it.
pub const NOTE_TYPE_ID: i64 = 1_762_300_800_417;
/// Id of the note type for clozes. Never change it either.
pub const CLOZE_NOTE_TYPE_ID: i64 = 1_762_300_800_429;
/// Name of the first.
pub const NOTE_TYPE: &str = "scanwise";
/// Name of the second.
pub const CLOZE_NOTE_TYPE: &str = "scanwise cloze";

/// Fields of the first, in order. Anki takes a changed list for another note type and stops updating old notes.
pub const FIELDS: &[&str] = &[
    "Key", "Front", "Question", "Options", "Answer", "Why", "Rule", "Next", "Dose", "Note", "Sources", "Personal",
    "Card",
];
/// Fields of the second, in order.
pub const CLOZE_FIELDS: &[&str] = &["Key", "Text", "Why", "Note", "Sources", "Personal", "Card"];

/// When templates or style last changed, in seconds since 1970. Raise it with them: Anki takes over newer ones only,
/// and so keeps what a student changed for themselves since.
const TEMPLATES_CHANGED_S: i64 = 1_763_856_000;

/// Both note types, by id, as Anki's schema 11 has them.
pub(super) fn models() -> Value {
    let plain = model(NOTE_TYPE_ID, NOTE_TYPE, false, FIELDS, (include_str!("front.html"), include_str!("back.html")));
    let cloze = model(
        CLOZE_NOTE_TYPE_ID,
        CLOZE_NOTE_TYPE,
        true,
        CLOZE_FIELDS,
        (include_str!("cloze_front.html"), include_str!("cloze_back.html")),
    );
    json!({ NOTE_TYPE_ID.to_string(): plain, CLOZE_NOTE_TYPE_ID.to_string(): cloze })
}

fn model(id: i64, name: &str, cloze: bool, fields: &[&str], (front, back): (&str, &str)) -> Value {
    let fields: Vec<Value> = fields.iter().zip(0_i64..).map(|(name, ord)| field(id, name, ord)).collect();
    json!({
        "id": id, "name": name, "type": i32::from(cloze), "mod": TEMPLATES_CHANGED_S, "usn": -1, "sortf": 0,
        "did": null, "flds": fields, "css": include_str!("style.css"),
        // Field 1, Front or Text, is what makes a card.
        "req": [[0, "any", [1]]], "tags": [], "vers": [],
        "latexPre": "\\documentclass[12pt]{article}\n\\begin{document}\n", "latexPost": "\\end{document}",
        "latexsvg": false,
        "tmpls": [{
            "name": if cloze { "Cloze" } else { "Card" }, "ord": 0, "qfmt": front, "afmt": back, "bqfmt": "",
            "bafmt": "", "did": null, "bfont": "", "bsize": 0, "id": id + 100,
        }],
    })
}

fn field(model: i64, name: &str, ord: i64) -> Value {
    // Newer versions tell fields by their own id, so that a later list can still be matched with this one.
    let machine = matches!(name, "Key" | "Card");
    json!({
        "name": name, "ord": ord, "sticky": false, "rtl": false, "font": "Arial", "size": 18, "media": [],
        "description": "", "plainText": name == "Card", "collapsed": machine, "excludeFromSearch": name == "Card",
        "id": model + 200 + ord, "tag": null, "preventDeletion": machine,
    })
}
