//! Packages made by hand: a small collection of schema 11 with the notes a test wants.

use super::{cards, read_with, with_history};
use proptest::prelude::*;
use scanwise::deck::format::RawCard;
use scanwise::interchange::anki::AnkiOptions;
use scanwise::interchange::{Incoming, ReadError};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;

pub const BASIC: i64 = 1;
pub const CLOZE: i64 = 2;
pub const OURS: i64 = 3;

/// One note: type, GUID, fields, and the places of its cards.
pub struct Note<'t>(pub i64, pub &'t str, pub &'t [&'t str], pub &'t [i64]);

pub const SCHEMA: &str = "CREATE TABLE col(id INTEGER PRIMARY KEY, ver INTEGER, models TEXT, decks TEXT);
    CREATE TABLE notes(id INTEGER PRIMARY KEY, guid TEXT, mid INTEGER, tags TEXT, flds TEXT);
    CREATE TABLE cards(id INTEGER PRIMARY KEY, nid INTEGER, did INTEGER, odid INTEGER, ord INTEGER);
    CREATE TABLE revlog(id INTEGER PRIMARY KEY, cid INTEGER, ease INTEGER, time INTEGER, type INTEGER);";

pub const MODELS: &str = r#"{
    "1": {"name": "Basic", "type": 0, "flds": [{"name": "Front", "ord": 0}, {"name": "Back", "ord": 1}, {"name": "Lab", "ord": 2}],
          "tmpls": [{"qfmt": "{{Front}}", "afmt": "{{Back}}", "ord": 0}, {"qfmt": "{{Back}}", "afmt": "{{Front}}", "ord": 1},
                    {"qfmt": "{{Lab}}", "afmt": "{{Back}}", "ord": 2}]},
    "2": {"name": "Cloze", "type": 1, "flds": [{"name": "Text", "ord": 0}, {"name": "Back Extra", "ord": 1}],
          "tmpls": [{"qfmt": "{{cloze:Text}}", "afmt": "{{cloze:Text}}", "ord": 0}]},
    "3": {"name": "scanwise", "type": 0, "flds": [{"name": "Key", "ord": 0}, {"name": "Front", "ord": 1}, {"name": "Answer", "ord": 2}, {"name": "Card", "ord": 3}],
          "tmpls": [{"qfmt": "{{Front}}", "afmt": "{{Answer}}", "ord": 0}]}
}"#;

pub const DECKS: &str = r#"{"1": {"name": "Default"}, "7": {"name": "Deck::Chest::PE"}}"#;

/// A collection's bytes, after `more` was done to it.
pub fn collection(notes: &[Note<'_>], more: &str) -> Vec<u8> {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("c");
    let mut conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute_batch(SCHEMA).unwrap();
    let tx = conn.transaction().unwrap();
    tx.execute("INSERT INTO col VALUES (1, 11, ?1, ?2)", [MODELS, DECKS]).unwrap();
    for (i, Note(kind, guid, fields, ords)) in notes.iter().enumerate() {
        let id = i64::try_from(i).unwrap() + 1;
        let fields = fields.join("\u{1f}");
        tx.execute("INSERT INTO notes VALUES (?1, ?2, ?3, ' tag::A marked ', ?4)", (id, guid, kind, fields)).unwrap();
        for ord in *ords {
            tx.execute("INSERT INTO cards VALUES (?1, ?2, 7, 0, ?3)", (id * 100 + ord, id, ord)).unwrap();
        }
    }
    tx.execute_batch(more).unwrap();
    tx.commit().unwrap();
    drop(conn);
    std::fs::read(path).unwrap()
}

/// A package with these entries.
pub fn package(entries: &[(&str, &[u8])]) -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("made.apkg");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    (dir, path)
}

/// Reads a package that holds only this collection.
pub fn read_collection(bytes: &[u8], wanted: &AnkiOptions) -> Result<Incoming, ReadError> {
    let (_dir, path) = package(&[("collection.anki2", bytes), ("media", b"{}")]);
    read_with(&path, wanted).1
}

fn read_notes(notes: &[Note<'_>]) -> Incoming {
    read_collection(&collection(notes, ""), &AnkiOptions::default()).unwrap()
}

fn causes(incoming: &Incoming) -> Vec<String> {
    incoming.troubles.iter().map(|t| format!("{}: {}", t.place, t.cause)).collect()
}

fn one(notes: &[Note<'_>]) -> RawCard {
    let incoming = read_notes(notes);
    assert_eq!(causes(&incoming), Vec::<String>::new());
    let mut all = cards(&incoming);
    assert_eq!(all.len(), 1);
    all.remove(0).1
}

#[test]
fn each_template_is_a_card_and_nothing_is_lost() {
    let incoming = read_notes(&[Note(BASIC, "g", &["f", "b", "lab <5"], &[0, 1, 2])]);
    let all = cards(&incoming);
    let keys: Vec<&str> = all.iter().map(|(k, _)| k.as_str()).collect();
    let base = keys[0];
    assert_eq!(keys[1..], [format!("{base}-r"), format!("{base}-2")]);
    let sides = |c: &RawCard| (c.front.clone().unwrap(), c.back.clone().unwrap(), c.why.clone().unwrap_or_default());
    assert_eq!(sides(&all[0].1), ("f".into(), "b".into(), "Lab: lab <5".into()));
    assert_eq!(sides(&all[1].1), ("b".into(), "f".into(), "Lab: lab <5".into()));
    assert_eq!(sides(&all[2].1), ("lab <5".into(), "b".into(), "Front: f".into()));
    assert_eq!(all[0].1.domain.as_deref(), Some("chest"));
    assert_eq!(all[0].1.tags, Some(vec!["pe".to_owned(), "tag-a".to_owned()]));
}

#[test]
fn a_card_in_a_filtered_deck_goes_home() {
    let away = "UPDATE cards SET did = 99, odid = 7;";
    let bytes = collection(&[Note(BASIC, "g", &["f", "b"], &[0])], away);
    let incoming = read_collection(&bytes, &AnkiOptions::default()).unwrap();
    assert_eq!(incoming.decks[0].header.id.as_deref(), Some("deck"));
    assert_eq!(cards(&incoming)[0].1.domain.as_deref(), Some("chest"));
}

#[test]
fn an_edit_keeps_the_id_and_another_guid_does_not() {
    let id = |guid: &str, front: &str| one(&[Note(BASIC, guid, &[front, "b"], &[0])]).id;
    assert_eq!(id("Qx>7", "before"), id("Qx>7", "after"));
    assert_ne!(id("Qx>7", "same"), id("Qx>8", "same"));
}

#[test]
fn text_that_decks_refuse_is_mended_or_left_out_with_a_word() {
    let card = one(&[Note(BASIC, "g", &["a\u{1b}[2J\u{202e}b", "<b>x</b>\u{0}y"], &[0])]);
    assert_eq!((card.front.as_deref(), card.back.as_deref()), (Some("a[2Jb"), Some("xy")));

    let long = "x".repeat(20_001);
    let heavy = "<div>".repeat(6_000);
    let incoming = read_notes(&[
        Note(BASIC, "1", &["f", "<br>&nbsp;"], &[0]),
        Note(BASIC, "2", &[&long, "b"], &[0]),
        Note(BASIC, "3", &["f", "b", &long], &[0]),
        Note(BASIC, "4", &["f", &heavy], &[0]),
        Note(BASIC, "5", &["f", "b", &heavy], &[0]),
        Note(BASIC, "3", &["same", "guid"], &[0]),
        Note(BASIC, "7", &["f", "b"], &[]),
        Note(99, "8", &["f", "b"], &[0]),
        Note(BASIC, "9", &["f", "b"], &[0, 40]),
    ]);
    assert_eq!(cards(&incoming).len(), 3);
    assert_eq!(
        causes(&incoming),
        [
            "note 1 (Basic): the back is empty",
            "note 2 (Basic): front: this text has 20,001 characters; at most 20,000",
            "note 3 (Basic): its explanation is longer than 20,000 characters",
            "note 4 (Basic): the field \"Back\" has 6,000 HTML tags; at most 5,000",
            "note 5 (Basic): the field \"Lab\" has 6,000 HTML tags; at most 5,000",
            "note 6 (Basic): another note in the package has the same GUID",
            "note 7 (Basic): it has no cards",
            "note 8: its note type is not in the package",
            "note 9 (Basic): one of its cards has no template",
        ]
    );
}

#[test]
fn troubles_are_told_up_to_a_number() {
    let guids: Vec<String> = (0..1_200).map(|i| i.to_string()).collect();
    let notes: Vec<Note<'_>> = guids.iter().map(|g| Note(BASIC, g, &["f", ""], &[0])).collect();
    let incoming = read_notes(&notes);
    assert_eq!(incoming.troubles.len(), 1_001);
    assert_eq!(incoming.troubles[1_000].cause, "200 more like these");
}

#[test]
fn odd_clozes_are_mended() {
    let incoming = read_notes(&[
        Note(CLOZE, "1", &["<b>{{c1::a {{c2::b}}</b>}}", "extra"], &[0, 1]),
        Note(CLOZE, "2", &["nothing hidden", ""], &[0]),
    ]);
    let all = cards(&incoming);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].1.text.as_deref(), Some("{{c1::a }}{{c2::b}}"));
    assert_eq!(
        causes(&incoming),
        [
            "note 1 (Cloze): a deletion stood inside another; they now stand side by side",
            "note 2 (Cloze): text: there is no deletion",
        ]
    );
}

#[test]
fn only_answers_count_as_history() {
    let more = "INSERT INTO revlog VALUES
        (1700000000001, 100, 1, 900, 0), (1700000000000, 102, 3, 99999999999, 1), (1700000000002, 100, 0, 5, 4),
        (1700000000003, 100, 3, 5, 3), (1700000000003 + 5000, 100, 1, 5, 4), (1700000000004, 100, 4, -5, 2), (1700000000005, 555, 3, 5, 1),
        (-5, 100, 3, 5, 1), (1700000000006, 100, 9, 5, 1), (1700000000007, 201, 2, 7, 1), (1700000000008, 205, 2, 7, 1);";
    let notes =
        [Note(BASIC, "g", &["f", "b", "lab"], &[0, 2]), Note(CLOZE, "c", &["{{c1::x}} {{c2::y}}", ""], &[0, 1, 5])];
    let read = read_collection(&collection(&notes, more), &with_history()).unwrap();
    let found: Vec<_> =
        read.history.iter().map(|r| (r.card.rsplit('-').next().unwrap(), r.part, r.utc_ms, r.grade, r.ms)).collect();
    let cloze = read.decks[0].cards.last().unwrap().id.clone();
    let base = read.decks[0].cards[0].id.clone();
    let (base, cloze) = (base.rsplit('-').next().unwrap(), cloze.rsplit('-').next().unwrap());
    assert_eq!(
        found,
        [
            ("2", None, 1_700_000_000_000, 4, u32::MAX),
            (base, None, 1_700_000_000_001, 1, 900),
            (base, None, 1_700_000_000_004, 5, 0),
            (cloze, Some(2), 1_700_000_000_007, 3, 7),
        ]
    );
}

#[test]
fn cards_of_ours_come_back_as_they_were() {
    let json = r#"{"id":"perc","type":"basic","domain":"chest","front":"a  &lt;b&gt; [image: ct.png]","back":"\u00e9 <i> &amp;"}"#;
    let html = json.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let notes = [
        Note(OURS, "1", &["pe/perc", "seen", "shown", &html], &[0]),
        Note(OURS, "2", &["pe/broken", "seen", "shown", "{"], &[0]),
        Note(OURS, "3", &["no key", "seen", "shown", &html], &[0]),
    ];
    let (_dir, path) =
        package(&[("collection.anki2", &collection(&notes, "")), ("media", b"{\"0\":\"ct.png\"}"), ("0", b"png")]);
    let (_scratch, read) = read_with(&path, &AnkiOptions::default());
    let read = read.unwrap();
    let all = cards(&read);
    assert_eq!(all[0].0, "pe/perc");
    assert_eq!(all[0].1.front.as_deref(), Some("a  &lt;b&gt; [image: ct.png]"));
    assert_eq!(all[0].1.back.as_deref(), Some("é <i> &amp;"));
    assert_eq!(all.len(), 3);
    assert!(all[1..].iter().all(|(key, c)| key.starts_with("deck/a-") && c.front.as_deref() == Some("seen")));
    assert_eq!(read.media.len(), 1);
    assert_eq!(read.mapping, ["scanwise: cards of scanwise, taken back as they were"]);
}

/// The package with decks as JSON.
fn with_decks(notes: &[Note<'_>], decks: &serde_json::Value) -> Incoming {
    let more = format!("UPDATE col SET decks = '{}'", decks.to_string().replace('\'', "''"));
    read_collection(&collection(notes, &more), &AnkiOptions::default()).unwrap()
}

#[test]
fn a_deck_of_others_keeps_its_description_as_text() {
    let notes = [Note(BASIC, "g", &["f", "b"], &[0])];
    let read = |top: serde_json::Value, low: serde_json::Value| {
        let read =
            with_decks(&notes, &json!({"7": {"name": "Deck::PE", "desc": low}, "8": {"name": "Deck", "desc": top}}));
        (read.decks[0].header.description.clone(), causes(&read))
    };
    let none = || Vec::<String>::new();
    let html = "By <b>Anna</b>.<br>2 &lt; 3<img src=\"logo.png\"> \u{1b}[2J<!--scanwise {\"id\":\"deck\"}--><script>x</script>";
    assert_eq!(read(html.into(), "low".into()), (Some("By Anna.\n2 < 3 [2J".to_owned()), none()));
    assert_eq!(read("".into(), "low".into()), (Some("PE: low".to_owned()), none()));
    assert_eq!(read(" <br>".into(), json!(5)), (None, none()));
    let long = format!("<p>{}</p>", "x".repeat(20_001));
    let (text, said) = read(long.into(), json!(null));
    assert_eq!(
        (text, said),
        (None, vec!["deck \"Deck\": its description is longer than 20,000 characters".to_owned()])
    );
    let (text, said) = read("<div>".repeat(6_000).into(), json!(null));
    assert_eq!(
        (text, said),
        (None, vec!["deck \"Deck\": its description has 6,000 HTML tags; at most 5,000".to_owned()])
    );
    let (text, said) = read("x".repeat(2 << 20).into(), json!(null));
    assert_eq!((text, said), (None, vec!["deck \"Deck\": its description has more than 1,048,576 bytes".to_owned()]));
    // Markdown keeps its lines.
    let decks = json!({"7": {"name": "Deck", "desc": "# One\n\n- two", "md": true}});
    assert_eq!(with_decks(&notes, &decks).decks[0].header.description.as_deref(), Some("# One\n\n- two"));
}

#[test]
fn a_header_of_ours_is_taken_whole_or_not_at_all() {
    let card = r#"{"id":"perc","type":"basic","domain":"chest","front":"f","back":"b"}"#;
    let ours = [Note(OURS, "1", &["pe/perc", "seen", "shown", card], &[0])];
    let read = |comment: &str| {
        let desc = format!("For people.<!--scanwise {comment}-->");
        let read =
            with_decks(&ours, &json!({"7": {"name": "Renamed", "desc": desc}, "9": {"name": "Empty", "desc": desc}}));
        assert_eq!(cards(&read)[0].0, "pe/perc");
        (read.decks[0].header.clone(), causes(&read))
    };
    let (header, said) = read(r#"{"format":1,"id":"pe","title":"PE","version":"3","authors":["A"],"license":"CC0"}"#);
    assert_eq!(said, Vec::<String>::new());
    assert_eq!((header.title.as_deref(), header.version.as_deref()), (Some("PE"), Some("3")));
    assert_eq!(
        (header.authors, header.license, header.cards),
        (Some(vec!["A".to_owned()]), Some("CC0".to_owned()), None)
    );
    // Another deck's header says nothing of this one, and what people read is no header.
    let (header, said) = read(r#"{"format":1,"id":"other","title":"PE","version":"3"}"#);
    assert_eq!(
        (header.title.as_deref(), header.version, header.description, said.len()),
        (Some("Renamed"), None, None, 0)
    );
    let long = format!(r#"{{"format":1,"id":"pe","title":"{}"}}"#, "x".repeat(20_001));
    let huge = format!(r#"{{"format":1,"id":"pe","title":"{}"}}"#, "x".repeat(600_000));
    for (broken, why) in [
        (r#"{"format":1,"id":"pe","title":"PE","authors":["A","\u001b[2J"]}"#, "authors[1]: an escape sequence"),
        (r#"{"format":1,"id":"pe","title":" "}"#, "title: this text is empty"),
        (r#"{"format":2,"id":"pe","title":"PE"}"#, "format: format 2 is not known"),
        (r#"{"format":1,"id":"../pe","title":"PE"}"#, "id: "),
        (r#"{"format":1,"id":"pe","title":"PE","cards":[]}"#, "it is not what scanwise writes"),
        (r#"{"format":1,"id":"pe","title":"PE","more":1}"#, "it is not what scanwise writes"),
        (r#"{"format":1,"id":"pe","title":"#, "it is not what scanwise writes"),
        (&long, "title: this text has 20,001 characters"),
        (&huge, "it has 600,033 bytes; at most 524,288"),
    ] {
        let (header, said) = read(broken);
        let bare = (header.title.as_deref(), &header.version, &header.authors, &header.description);
        assert_eq!(bare, (Some("Renamed"), &None, &None, &None), "{broken:.80}");
        let start = format!("deck \"Renamed\": its header is not taken: {why}");
        assert!(said.len() == 2 && said[0].starts_with(&start), "{said:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Whatever stands in fields, what comes out keeps the rules of decks ([`cards`] checks each).
    #[test]
    fn every_card_keeps_the_rules(fields in prop::collection::vec(("[^\\x1f]{0,40}", "(<[a-z]{1,4}>|\\{\\{c[0-9]{1,3}::|::|\\}\\}|&#[0-9]{1,6};|[ -~]){0,15}"), 40)) {
        let guids: Vec<String> = (0..fields.len()).map(|i| i.to_string()).collect();
        let pairs: Vec<[&str; 2]> = fields.iter().map(|(a, b)| [a.as_str(), b.as_str()]).collect();
        let notes: Vec<Note<'_>> = pairs
            .iter()
            .zip(&guids)
            .enumerate()
            .map(|(i, (pair, guid))| if i % 2 == 0 { Note(BASIC, guid, pair, &[0, 1]) } else { Note(CLOZE, guid, &pair[1..], &[0]) })
            .collect();
        let incoming = read_notes(&notes);
        let made = cards(&incoming).len();
        prop_assert!(made + incoming.troubles.len() >= fields.len());
    }
}
