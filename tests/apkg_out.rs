//! Anki packages as they lie on disk. `scripts/apkg-check` lets Anki itself import them.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use scanwise::deck::format::{RawCard, RawDeck};
use scanwise::deck::{Catalog, bundled, parse_card};
use scanwise::interchange::export::apkg::{self, ApkgError, Written};
use scanwise::interchange::export::{OutCard, OutDeck, OutPart, Personal};
use scanwise::log::{Answer, Event, EventId, EventKind, Folding, History, Picked};
use scanwise::model::{Body, CardKey, Confidence, Grade, Miss, Stamp};
use scanwise::schedule::CardState;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// 2026-03-01 09:00 at -05:00.
const NOW: Stamp = Stamp { utc_ms: 1_772_373_600_000, offset_s: -18_000 };
const DAY_MS: i64 = 86_400_000;

fn deck(id: &str, title: &str, cards: &[Value]) -> OutDeck {
    let header = RawDeck {
        format: Some(1),
        id: Some(id.to_owned()),
        title: Some(title.to_owned()),
        license: Some("CC-BY-4.0".to_owned()),
        ..RawDeck::default()
    };
    OutDeck { header, cards: cards.iter().map(|c| card(id, c)).collect(), media: None }
}

fn card(deck: &str, value: &Value) -> OutCard {
    let text = value.to_string();
    let raw: RawCard = serde_json::from_str(&text).unwrap();
    let card = parse_card(&text, Catalog::bundled()).expect("a right card");
    let part = |n| OutPart {
        key: CardKey::join(deck, &card.id, n),
        state: CardState::default(),
        history: Vec::new(),
        notes: Vec::new(),
    };
    let parts = card.parts().into_iter().map(part).collect();
    OutCard { card, raw, personal: None, parts }
}

fn basic(id: &str, front: &str, back: &str) -> Value {
    json!({ "id": id, "type": "basic", "domain": "neurology", "tags": ["stroke"], "front": front, "back": back })
}

fn decision() -> Value {
    json!({
        "id": "rlq-pregnant", "type": "decision", "domain": "obstetrics-gynecology", "family": "rlq-pain",
        "modifier": "19 weeks pregnant", "tags": ["appendicitis"],
        "vignette": "A woman at 19 weeks' gestation, BP <90 & falling.\nUltrasound: appendix not seen.",
        "question": "Which is the best next step in imaging?",
        "options": [
            { "study": "mri-abdomen-pelvis-without", "verdict": "best", "why": "No radiation, no contrast." },
            { "study": "ct-abdomen-pelvis-with", "verdict": "acceptable", "why": "When MRI can't be had in time." },
            { "id": "observe", "text": "Admit and repeat ultrasound", "verdict": "wrong", "harm": "delays",
              "why": "Perforation raises fetal loss." }
        ],
        "rule": "Pregnant: ultrasound first, then MRI without contrast.",
        "next": { "if_positive": "Appendectomy.", "if_negative": "Observe." },
        "sources": [{ "body": "ACR", "title": "Right Lower Quadrant Pain", "year": 2022,
                      "url": "https://acsearch.acr.org/", "checked": "2026-11" }]
    })
}

fn cloze() -> Value {
    json!({ "id": "tnk", "type": "cloze", "domain": "neurology",
            "text": "TNK {{c1::0.25 mg/kg::dose}} within {{c2::<4.5 h}}", "why": "One bolus." })
}

/// One deck of every kind of card, with a picture.
fn sample(media: &Path) -> OutDeck {
    fs::create_dir_all(media).unwrap();
    fs::write(media.join("head ct.png"), PIXEL).unwrap();
    let mut deck =
        deck("stroke", "Stroke: \"sample\"", &[decision(), basic("b-1", "See [image: head ct.png]", "Blood")]);
    deck.cards.push(card("stroke", &cloze()));
    deck.cards[1].personal = Some(Personal { note: Some("mine".to_owned()), tags: vec!["for me".to_owned()] });
    deck.media = Some(media.to_owned());
    deck.header.version = Some("1".to_owned());
    deck.header.authors = Some(vec!["Anna".to_owned(), "Ben".to_owned()]);
    deck.header.description = Some("Stroke & more:\nonly <samples>.".to_owned());
    deck
}

/// A PNG of one white pixel.
const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 13, 10, 26, 10, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0,
    0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 13, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0xf8, 0xff, 0xff, 0xff, 0x7f, 0, 9,
    0xfb, 3, 0xfd, 5, 0x43, 0x45, 0xca, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

fn event(n: u8, days_ago: i64, card: &CardKey, kind: EventKind) -> Event {
    let mut id = [0; 16];
    id[15] = n;
    let at = Stamp { utc_ms: NOW.utc_ms - days_ago * DAY_MS, ..NOW };
    Event { id: EventId(id), device: "laptop".to_owned(), at, card: card.clone(), kind }
}

fn answered(grade: u8) -> EventKind {
    EventKind::Answered(Answer {
        picked: Picked::Recalled(grade >= 3),
        confidence: Confidence::Think,
        miss: None,
        grade: Grade::new(grade).unwrap(),
        ms: 4_000,
    })
}

/// Answers 20, 19, 13 and 1 days ago; the third was debriefed from 0 to 2, and one was undone.
fn with_progress(mut deck: OutDeck) -> OutDeck {
    let part = &mut deck.cards[0].parts[0];
    let key = part.key.clone();
    part.history = vec![
        event(1, 20, &key, answered(5)),
        event(2, 19, &key, answered(4)),
        event(3, 13, &key, answered(0)),
        event(
            4,
            13,
            &key,
            EventKind::Debriefed { target: EventId(id(3)), miss: Miss::Slip, grade: Grade::new(2).unwrap() },
        ),
        event(5, 12, &key, answered(1)),
        event(6, 12, &key, EventKind::Undone { target: EventId(id(5)) }),
        event(7, 1, &key, answered(3)),
    ];
    part.state = History::new(&part.history).fold(&Folding::default()).state.unwrap();
    deck.cards[1].parts[0].state.suspended = true;
    deck
}

fn id(n: u8) -> [u8; 16] {
    let mut id = [0; 16];
    id[15] = n;
    id
}

struct Package {
    files: BTreeMap<String, Vec<u8>>,
    notes: Vec<Vec<String>>,
    rows: BTreeMap<String, Vec<String>>,
}

/// Reads a package back: its files, the notes' fields, and what some questions to the database answer.
fn open(path: &Path) -> Package {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut files = BTreeMap::new();
    for i in 0..archive.len() {
        let mut file = archive.by_index(i).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().into_owned(), bytes);
    }
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("c");
    fs::write(&database, &files["collection.anki21"]).unwrap();
    let conn = rusqlite::Connection::open(&database).unwrap();
    let ask = |sql: &str| -> Vec<String> {
        let mut statement = conn.prepare(sql).unwrap();
        let rows = statement.query_map([], |r| r.get::<_, String>(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let notes = ask("SELECT flds FROM notes ORDER BY id");
    let notes = notes.iter().map(|f| f.split('\u{1f}').map(str::to_owned).collect()).collect();
    let rows = [
        ("check", "PRAGMA quick_check"),
        ("guids", "SELECT guid FROM notes ORDER BY id"),
        ("tags", "SELECT tags FROM notes ORDER BY id"),
        ("models", "SELECT models FROM col"),
        ("decks", "SELECT decks FROM col"),
        (
            "cards",
            "SELECT ord || ' ' || type || ' ' || queue || ' ' || ivl || ' ' || factor || ' ' || reps FROM cards ORDER BY id",
        ),
        ("due", "SELECT date(crt + due * 86400 - 18000, 'unixepoch') FROM cards, col WHERE type = 2"),
        ("reviews", "SELECT ease || ' ' || ivl || ' ' || lastIvl || ' ' || type FROM revlog ORDER BY id"),
        ("states", "SELECT type || ' ' || queue || ' ' || due FROM cards ORDER BY id"),
    ];
    let rows = rows.into_iter().map(|(name, sql)| (name.to_owned(), ask(sql))).collect();
    Package { files, notes, rows }
}

struct Room {
    dir: tempfile::TempDir,
}

impl Room {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn try_write(&self, decks: &[OutDeck], history: bool, now: Stamp) -> Result<Written, ApkgError> {
        let folding = Folding::default();
        apkg::write(decks, history.then_some(&folding), now, self.dir.path(), &self.path("out.apkg"))
    }

    fn write(&self, decks: &[OutDeck], history: bool) -> (Written, Package) {
        let written = self.try_write(decks, history, NOW).unwrap();
        (written, open(&self.path("out.apkg")))
    }
}

#[test]
fn the_archive_is_what_anki_expects() {
    let room = Room::new();
    let (written, package) = room.write(&[sample(&room.path("media"))], false);
    assert_eq!((written.notes, written.cards, written.reviews, written.media), (3, 4, 0, 1));
    assert_eq!(written.left_out, []);
    let names: Vec<&str> = package.files.keys().map(String::as_str).collect();
    assert_eq!(names, ["0", "collection.anki2", "collection.anki21", "media", "meta"]);
    assert_eq!(package.files["meta"], [8, 2]);
    assert_eq!(package.files["media"], br#"{"0":"head ct.png"}"#);
    assert_eq!(package.files["0"], PIXEL);
    assert_eq!(package.files["collection.anki2"], package.files["collection.anki21"], "no decoy");
    assert_eq!(package.rows["check"], ["ok"]);
    assert_eq!(package.rows["states"], ["0 0 1", "0 0 2", "0 0 3", "0 0 3"], "new, siblings in one place");
    assert_eq!(package.rows["tags"][0], " appendicitis domain::obstetrics-gynecology family::rlq-pain ");
    assert_eq!(package.rows["tags"][1], " domain::neurology for_me stroke ");
    assert!(package.rows["decks"][0].contains(r#""name":"Stroke: \"sample\"""#), "{:?}", package.rows["decks"]);
    let decks: Value = serde_json::from_str(&package.rows["decks"][0]).unwrap();
    let desc = decks.as_object().unwrap().values().find(|d| d["name"] != "Default").unwrap()["desc"].as_str().unwrap();
    let people =
        "Stroke &amp; more:<br>only &lt;samples&gt;.<br>Version 1.<br>By Anna, Ben.<br>License: CC-BY-4.0.<!--";
    assert!(desc.starts_with(people) && desc.is_ascii(), "{desc}");
    let models: Value = serde_json::from_str(&package.rows["models"][0]).unwrap();
    for (id, name) in [(apkg::NOTE_TYPE_ID, "scanwise"), (apkg::CLOZE_NOTE_TYPE_ID, "scanwise cloze")] {
        let model = &models[id.to_string()];
        assert_eq!(model["name"], name);
        let names: Vec<&str> = model["flds"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
        assert_eq!((names.first(), names.last()), (Some(&"Key"), Some(&"Card")));
        let template = &model["tmpls"][0];
        let shown = format!("{}{}{}", template["qfmt"], template["afmt"], model["css"]);
        for remote in ["http", "<script", "@import", "url("] {
            assert!(!shown.contains(remote), "{remote} in {name}");
        }
        // Every field a template names is there: an unknown one is an error message on every card.
        for part in shown.split("{{").skip(1) {
            let field = part.split("}}").next().unwrap().trim_start_matches(['#', '/']).trim_start_matches("cloze:");
            assert!(names.contains(&field), "{field} in {name}");
        }
    }
}

#[test]
fn a_note_shows_the_card_and_holds_it_whole() {
    let room = Room::new();
    let deck = sample(&room.path("media"));
    let (_, package) = room.write(std::slice::from_ref(&deck), false);
    for (note, card) in package.notes.iter().zip(&deck.cards) {
        let json = html_unescape(note.last().unwrap());
        assert_eq!(serde_json::from_str::<RawCard>(&json).unwrap(), card.raw);
    }
    let field = |name: &str| &package.notes[0][apkg::FIELDS.iter().position(|f| *f == name).unwrap()];
    assert_eq!(field("Key"), "stroke/rlq-pregnant");
    assert_eq!(
        field("Front"),
        "A woman at 19 weeks&#39; gestation, BP &lt;90 &amp; falling.<br>Ultrasound: appendix not seen."
    );
    let (options, why) = (field("Options"), field("Why"));
    assert_eq!(options.matches("<li>").count(), 3);
    assert!(!options.contains("best") && !options.contains("radiation"), "the front gives nothing away: {options}");
    for words in
        ["✓ best", "~ acceptable", "✗ delays", "No radiation, no contrast.", "When MRI can&#39;t be had in time."]
    {
        assert!(why.contains(words), "{words} in {why}");
    }
    let order = |html: &str| ["MRI", "CT", "Admit"].map(|w| html.find(&format!(">{w}"))).map(Option::unwrap);
    let (front, back) = (order(options), order(why));
    assert_eq!(front.map(|a| front.map(|b| a < b)), back.map(|a| back.map(|b| a < b)), "one order on both sides");
    assert!(field("Dose").contains("no ionizing radiation; no contrast"), "{}", field("Dose"));
    assert!(
        field("Sources").contains("<a href=\"https://acsearch.acr.org/\">ACR, Right Lower Quadrant Pain (2022)</a>")
    );
    assert!(field("Personal").is_empty(), "asked for by nobody");
    assert_eq!(package.notes[1][1], "See <img src=\"head ct.png\">");
    assert_eq!(package.notes[1][11], "mine");
    assert_eq!(package.notes[2][1], "TNK {{c1::0.25 mg/kg::dose}} within {{c2::&lt;4.5 h}}");
}

/// Entities as any reader of HTML undoes them.
fn html_unescape(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |t, (from, to)| t.replace(from, to))
}

#[test]
fn the_best_option_is_not_always_the_first() {
    let room = Room::new();
    let cards: Vec<Value> = (0..40)
        .map(|n| {
            let mut card = decision();
            card["id"] = format!("d-{n}").into();
            card
        })
        .collect();
    let (_, package) = room.write(&[deck("many", "Many", &cards)], false);
    let letters = |c: char| package.notes.iter().filter(|n| n[4].starts_with(c)).count();
    let counts = ['A', 'B', 'C'].map(letters);
    assert_eq!(counts.iter().sum::<usize>(), 40);
    assert!(counts.iter().all(|n| *n >= 5), "{counts:?}");
}

#[test]
fn what_anki_would_obey_is_only_text() {
    let room = Room::new();
    let front = "<script>x</script> [sound:/etc/passwd] [anki:tts lang=en]x [latex]y[/latex] e\u{301} {{Card}}";
    let mut hostile = deck("mine", "A::B", &[basic("b-1", front, "&amp;lt; 'x'")]);
    // The reader of decks lets no control character in; the writer does not lean on it.
    let Body::Basic { front, .. } = &mut hostile.cards[0].card.body else { panic!("a basic card") };
    front.push('\u{1f}');
    hostile.cards[0].raw.front.as_mut().unwrap().push('\u{1f}');
    let (written, package) = room.write(std::slice::from_ref(&hostile), false);
    let note = &package.notes[0];
    assert_eq!(note.len(), apkg::FIELDS.len(), "a separator in a text makes no field");
    assert!(!note[1].contains("<s") && !note[1].contains('['), "{}", note[1]);
    assert_eq!(note[4], "&amp;amp;lt; &#39;x&#39;");
    assert!(note[12].is_ascii() && !note[12].contains("[sound:") && !note[12].contains('&'), "{}", note[12]);
    assert_eq!(serde_json::from_str::<RawCard>(&note[12]).unwrap(), hostile.cards[0].raw);
    assert_eq!(written.media, 0);
    assert!(package.rows["decks"][0].contains(r#""name":"A: B""#));
}

#[test]
fn a_second_export_keeps_every_guid_and_deck() {
    let room = Room::new();
    let (_, first) = room.write(&[deck("a", "A", &[basic("b-1", "x", "y"), basic("b-2", "x", "y")])], false);
    let changed = deck("a", "A", &[basic("b-0", "new", "y"), basic("b-1", "changed", "z"), basic("b-2", "x", "y")]);
    let (_, second) = room.write(&[changed], false);
    assert_eq!(second.rows["guids"][1..], first.rows["guids"][..]);
    assert_ne!(second.rows["guids"][0], second.rows["guids"][1]);
    let (_, other) = room.write(&[deck("b", "A", &[basic("b-1", "x", "y")])], false);
    assert_ne!(other.rows["guids"][0], first.rows["guids"][0], "another deck's card");
    let numbers = |p: &Package| -> Vec<String> {
        let decks: Value = serde_json::from_str(&p.rows["decks"][0]).unwrap();
        decks.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(numbers(&first), numbers(&second));
    assert_ne!(numbers(&first), numbers(&other));
}

#[test]
fn decks_of_one_title_stay_apart() {
    let room = Room::new();
    let twins = [deck("a", "Same", &[basic("b-1", "x", "y")]), deck("b", "same", &[basic("b-1", "x", "y")])];
    let (_, package) = room.write(&twins, false);
    let decks = &package.rows["decks"][0];
    assert!(decks.contains(r#""name":"Same""#) && decks.contains(r#""name":"same (b)""#), "{decks}");
}

#[test]
fn progress_goes_along_only_when_asked() {
    let room = Room::new();
    let deck = with_progress(sample(&room.path("media")));
    let state = deck.cards[0].parts[0].state;
    let (written, package) = room.write(std::slice::from_ref(&deck), true);
    assert_eq!(written.reviews, 4, "five answers, one undone");
    assert_eq!(package.rows["reviews"], ["4 1 0 0", "3 6 1 1", "1 1 6 1", "2 1 1 1"]);
    assert_eq!(
        package.rows["cards"][..2],
        [format!("0 2 2 {} {} 4", state.memory.interval, state.memory.ease.thousandths()), "0 0 -1 0 0 0".to_owned()]
    );
    assert_eq!(package.rows["due"], [state.due.unwrap().to_string()]);

    let (written, package) = room.write(&[deck], false);
    assert_eq!(written.reviews, 0);
    assert_eq!(package.rows["states"], ["0 0 1", "0 0 2", "0 0 3", "0 0 3"]);
}

#[test]
fn a_debrief_speaks_for_its_answer_as_it_does_in_the_fold() {
    let room = Room::new();
    let mut deck = deck("a", "A", &[basic("b-1", "x", "y")]);
    let part = &mut deck.cards[0].parts[0];
    let grade = Grade::new(1).unwrap();
    let debrief = EventKind::Debriefed { target: EventId(id(1)), miss: Miss::Reasoning, grade };
    part.history = vec![event(1, 3, &part.key, answered(4)), event(2, 3, &part.key, debrief)];
    let (_, package) = room.write(&[deck], true);
    assert_eq!(package.rows["reviews"], ["1 1 0 0"]);
}

#[test]
fn media_that_lead_elsewhere_are_left_out() {
    let room = Room::new();
    let media = room.path("m/media");
    fs::create_dir_all(media.join("folder")).unwrap();
    fs::write(room.path("m/secret.png"), "secret").unwrap();
    fs::write(media.join(".hidden.png"), "x").unwrap();
    fs::write(media.join("ok.png"), "x").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(room.path("m/secret.png"), media.join("link.png")).unwrap();
    let absolute = room.path("m/secret.png").display().to_string();
    let names =
        ["../secret.png", "..", ".hidden.png", "folder", "link.png", "gone.png", "a\\b.png", &absolute, "c:x", ""];
    let text = format!("[image: {}]", names.join("] [image: "));
    let mut deck = deck("a", "A", &[basic("b-1", &text, "[image: ok.png] [sound: ../secret.png]")]);
    deck.media = Some(media);
    let (written, package) = room.write(&[deck], false);
    assert_eq!(package.files["media"], br#"{"0":"ok.png"}"#);
    assert_eq!(written.left_out.len(), names.len(), "{:?}", written.left_out);
    assert!(!package.files.values().any(|f| f == b"secret"));
    assert!(!package.notes[0][1].contains("<img"), "{}", package.notes[0][1]);
    assert!(package.notes[0][4].starts_with("<img src=\"ok.png\">"), "{}", package.notes[0][4]);
}

#[test]
fn two_decks_pictures_of_one_name_are_not_mixed_up() {
    let room = Room::new();
    let mut decks = Vec::new();
    for (id, bytes) in [("a", "one"), ("b", "two"), ("c", "one")] {
        let media = room.path(id);
        fs::create_dir_all(&media).unwrap();
        fs::write(media.join("ct.png"), bytes).unwrap();
        let mut deck = deck(id, id, &[basic("b-1", "[image: ct.png]", "y")]);
        deck.media = Some(media);
        decks.push(deck);
    }
    let (written, package) = room.write(&decks, false);
    assert_eq!((written.media, &package.files["media"][..]), (2, &br#"{"0":"b-ct.png","1":"ct.png"}"#[..]));
    assert_eq!((&package.files["0"][..], &package.files["1"][..]), (&b"two"[..], &b"one"[..]));
    let fronts: Vec<&str> = package.notes.iter().map(|n| n[1].as_str()).collect();
    assert_eq!(fronts, ["<img src=\"ct.png\">", "<img src=\"b-ct.png\">", "<img src=\"ct.png\">"]);
    let back: RawCard = serde_json::from_str(&package.notes[1][12]).unwrap();
    assert_eq!(back.front.as_deref(), Some("[image: b-ct.png]"), "read back, it names its own picture");
}

#[test]
fn a_failure_leaves_the_old_package() {
    let room = Room::new();
    let out = room.path("out.apkg");
    fs::write(&out, "old").unwrap();
    let media = room.path("media");
    let deck = sample(&media);
    // A scratch folder that is not there: nothing can be built.
    let gone = room.path("gone");
    assert!(apkg::write(std::slice::from_ref(&deck), None, NOW, &gone, &out).is_err());
    assert_eq!(fs::read(&out).unwrap(), b"old");
    // A target that can't be replaced: the last step fails, and leaves nothing beside it.
    let folder = room.path("taken.apkg");
    fs::create_dir_all(folder.join("full")).unwrap();
    assert!(apkg::write(std::slice::from_ref(&deck), None, NOW, room.dir.path(), &folder).is_err());
    let mut left: Vec<String> =
        fs::read_dir(room.dir.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, ["media", "out.apkg", "taken.apkg"]);
    room.write(&[deck], false);
}

#[test]
fn the_same_decks_at_the_same_time_make_the_same_bytes() {
    let room = Room::new();
    let deck = with_progress(sample(&room.path("media")));
    room.try_write(std::slice::from_ref(&deck), true, NOW).unwrap();
    let first = fs::read(room.path("out.apkg")).unwrap();
    room.try_write(&[deck], true, NOW).unwrap();
    assert!(fs::read(room.path("out.apkg")).unwrap() == first);
}

/// Writes what `scripts/apkg-check` has Anki import: into the folder that `APKG_OUT` names.
#[test]
#[ignore = "makes packages for scripts/apkg-check"]
fn packages_for_anki() {
    let out = PathBuf::from(std::env::var_os("APKG_OUT").expect("APKG_OUT names a folder"));
    let number = |name: &str| std::env::var(name).unwrap().parse::<i64>().unwrap();
    let now_ms = number("APKG_NOW_MS");
    let now = Stamp { utc_ms: now_ms, offset_s: i32::try_from(number("APKG_OFFSET_S")).unwrap() };
    let scratch = tempfile::tempdir().unwrap();
    let folding = Folding::default();
    let deck = sample(&out.join("media"));
    let one = std::slice::from_ref(&deck);
    apkg::write(one, None, now, scratch.path(), &out.join("first.apkg")).unwrap();

    let mut later = sample(&out.join("media"));
    let mut changed = decision();
    changed["rule"] = "A changed rule.".into();
    later.cards[0] = card("stroke", &changed);
    later.cards.push(card("stroke", &basic("b-2", "Added", "later")));
    later.header.version = Some("2".to_owned());
    let then = Stamp { utc_ms: now_ms + 60_000, ..now };
    apkg::write(&[later], None, then, scratch.path(), &out.join("second.apkg")).unwrap();

    let shift = now_ms - NOW.utc_ms;
    let mut progress = with_progress(sample(&out.join("media")));
    let part = &mut progress.cards[0].parts[0];
    part.history.iter_mut().for_each(|e| e.at = Stamp { utc_ms: e.at.utc_ms + shift, ..now });
    part.state = History::new(&part.history).fold(&folding).state.unwrap();
    let expected = json!({
        "interval": part.state.memory.interval, "factor": part.state.memory.ease.thousandths(),
        "due": part.state.due.unwrap().to_string(), "today": now.study_day(folding.rollover).to_string(),
    });
    fs::write(out.join("expected.json"), expected.to_string()).unwrap();
    apkg::write(&[progress], Some(&folding), now, scratch.path(), &out.join("progress.apkg")).unwrap();

    let mut decks = Vec::new();
    for bundled in bundled::BUNDLED {
        let mut header: RawDeck = serde_json::from_str(bundled.text).unwrap();
        let id = header.id.clone().unwrap();
        let cards = header.cards.take().unwrap();
        let cards = cards.iter().map(|c| card(&id, &serde_json::to_value(c).unwrap())).collect();
        decks.push(OutDeck { header, cards, media: None });
    }
    apkg::write(&decks, None, now, scratch.path(), &out.join("bundled.apkg")).unwrap();
}
