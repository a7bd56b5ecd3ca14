//! Packages made to hurt: each is refused with its place, or used as far as it is good.

use super::made::{BASIC, DECKS, MODELS, Note, SCHEMA, collection, package, read_collection};
use super::{cards, read_with};
use scanwise::interchange::ReadError;
use scanwise::interchange::anki::AnkiOptions;
use std::io::Write;
use std::path::Path;
use zip::write::SimpleFileOptions;

fn good() -> Vec<u8> {
    collection(&[Note(BASIC, "g", &["front <img src=\"../../evil.sh\">", "back"], &[0])], "")
}

fn refused(entries: &[(&str, &[u8])]) -> ReadError {
    let (_dir, path) = package(entries);
    read_with(&path, &AnkiOptions::default()).1.unwrap_err()
}

fn refused_collection(bytes: &[u8]) -> ReadError {
    read_collection(bytes, &AnkiOptions::default()).unwrap_err()
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/anki").join(name)).unwrap()
}

/// A zstd frame whose window byte is `window`, of `blocks` blocks that repeat one byte 128 K times.
fn frame(window: u8, blocks: usize) -> Vec<u8> {
    let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, window];
    for i in 0..blocks {
        let header = u32::from(i + 1 == blocks) | (1 << 1) | ((128 << 10) << 3);
        out.extend_from_slice(&header.to_le_bytes()[..3]);
        out.push(0);
    }
    out
}

#[test]
fn the_layout_is_said_by_meta_alone() {
    let db = good();
    let err = refused(&[("collection.anki21b", b"x"), ("collection.anki2", &db)]);
    assert!(err.cause.contains("\"meta\" is missing"), "{err}");
    let err = refused(&[("meta", &[8, 3]), ("collection.anki2", &db)]);
    assert_eq!(err.to_string(), "the archive: there is no collection.anki21b in it, which its \"meta\" names");
    let err = refused(&[("meta", &[8, 9]), ("collection.anki2", &db)]);
    assert_eq!(err.to_string(), "meta: layout 9 of packages is not known; 1 to 3 are");
    let err = refused(&[("meta", &[]), ("collection.anki2", &db)]);
    assert!(err.cause.starts_with("layout 0"), "{err}");
    let err = refused(&[("meta", &[0xff; 5_000]), ("collection.anki2", &db)]);
    assert!(err.cause.contains("more than 4,096 bytes"), "{err}");
    let err = refused(&[("readme.txt", b"hello")]);
    assert_eq!(err.to_string(), "the archive: there is no Anki collection in it");
    // An old package's better half is taken when both are there.
    let (_dir, path) = package(&[("collection.anki2", b"decoy"), ("collection.anki21", &db)]);
    assert_eq!(cards(&read_with(&path, &AnkiOptions::default()).1.unwrap()).len(), 1);
    let (_dir, path) = package(&[("meta", &[8, 1]), ("collection.anki2", &db), ("collection.anki21", b"decoy")]);
    assert_eq!(cards(&read_with(&path, &AnkiOptions::default()).1.unwrap()).len(), 1);
}

#[test]
fn what_is_no_archive_or_only_a_part_of_one_is_refused() {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("x.apkg");
    assert!(read_with(&path, &AnkiOptions::default()).1.unwrap_err().cause.starts_with("it can't be read"));
    assert!(read_with(dir.path(), &AnkiOptions::default()).1.unwrap_err().cause.ends_with("it is no file"));
    for bytes in [&b""[..], b"PK\x03\x04", b"just words that are no archive"] {
        std::fs::write(&path, bytes).unwrap();
        assert_eq!(read_with(&path, &AnkiOptions::default()).1.unwrap_err().place, "the archive");
    }
    for name in ["current-26.9.3.apkg", "old-2.1.66.apkg"] {
        let whole = fixture(name);
        for part in 1..12 {
            std::fs::write(&path, &whole[..whole.len() * part / 12]).unwrap();
            assert!(read_with(&path, &AnkiOptions::default()).1.is_err(), "{name} {part}/12");
        }
    }
}

#[test]
fn flipped_bytes_never_panic() {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("x.apkg");
    for name in ["current-26.9.3.apkg", "old-2.1.66.apkg", "legacy-2.1.66.apkg"] {
        let whole = fixture(name);
        for i in 0..60 {
            let mut bytes = whole.clone();
            for at in 0..4 {
                let at = (i * 7_919 + at * 104_729) % bytes.len();
                bytes[at] ^= 1 << (i % 8);
            }
            std::fs::write(&path, &bytes).unwrap();
            if let Ok(read) = read_with(&path, &AnkiOptions::default()).1 {
                cards(&read);
            }
        }
    }
}

#[test]
fn bombs_are_stopped_while_they_unpack() {
    let zeros = vec![0_u8; 65 << 20];
    let err = refused(&[("collection.anki2", &zeros)]);
    assert_eq!(
        err.to_string(),
        "collection.anki2: it unpacks to more than 67,108,864 bytes, which is the limit for it here"
    );
    let err = refused(&[("meta", &[8, 3]), ("collection.anki21b", &frame(0x58, 600))]);
    assert!(err.cause.contains("more than 67,108,864 bytes"), "{err}");
    // Frames that ask for 64 MB and 4 GB of memory before their first byte.
    for window in [16 << 3, 22 << 3] {
        let err = refused(&[("meta", &[8, 3]), ("collection.anki21b", &frame(window, 1))]);
        assert!(
            err.place == "collection.anki21b" && err.cause.contains("more than 33,554,432 bytes of memory"),
            "{err}"
        );
    }
    let err = refused(&[("collection.anki2", &good()), ("media", &zeros)]);
    assert!(err.place == "media" && err.cause.contains("more than 67,108,864"), "{err}");
    let mut two = frame(0x58, 1);
    two.extend(frame(0x58, 1));
    let err = refused(&[("meta", &[8, 3]), ("collection.anki21b", &two)]);
    assert!(err.cause.contains("more after the end"), "{err}");
}

#[test]
fn the_third_layout_is_trusted_no_more() {
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
    let db = zstd(&collection(&[Note(BASIC, "g", &["<img src=a.png>", "<img src=b.png>"], &[0])], ""));
    let with = |list: &[u8], first: &[u8]| {
        let (_dir, path) = package(&[
            ("meta", &[8, 3]),
            ("collection.anki21b", &db),
            ("media", &zstd(list)),
            ("0", first),
            ("1", &zstd(b"second")),
        ]);
        read_with(&path, &AnkiOptions::default()).1
    };
    let list = b"\x0a\x07\x0a\x05a.png\x0a\x07\x0a\x05b.png";
    let cut = refused(&[("meta", &[8, 3]), ("collection.anki21b", &db[..db.len() - 3])]);
    assert!(cut.place == "collection.anki21b" && cut.cause.contains("damaged"), "{cut}");
    let read = with(list, &zstd(b"first")).unwrap();
    assert_eq!(read.media.iter().map(|m| (m.name.as_str(), m.size)).collect::<Vec<_>>(), [("a.png", 5), ("b.png", 6)]);
    let read = with(list, b"no zstd").unwrap();
    assert_eq!(read.media.len(), 1);
    assert!(read.troubles[0].cause.starts_with("it is damaged: Unknown frame"), "{}", read.troubles[0].cause);
    let err = with(b"\x0a\xff\xff", b"").unwrap_err();
    assert!(err.place == "media" && err.cause.contains("can't be read"), "{err}");
}

#[test]
fn media_stays_in_its_folder() {
    let (dir, path) = package(&[
        ("collection.anki2", &good()),
        ("media", br#"{"0": "../../evil.sh", "../../../1": "x"}"#),
        ("0", b"#!/bin/sh"),
        ("../../../1", b"x"),
    ]);
    let (scratch, read) = read_with(&path, &AnkiOptions::default());
    let read = read.unwrap();
    assert_eq!(read.media.len(), 1);
    assert_eq!(read.media[0].name, "evil.sh");
    assert!(read.media[0].path.starts_with(scratch.path()));
    assert_eq!(cards(&read)[0].1.front.as_deref(), Some("front [image: evil.sh]"));
    let beside: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(beside, ["made.apkg"]);
}

#[test]
fn links_missing_and_broken_media_are_told_and_the_cards_kept() {
    let db =
        collection(&[Note(BASIC, "g", &["<img src=a.png><img src=b.png><img src=c.png>", "[sound:d.mp3]"], &[0])], "");
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("x.apkg");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for (name, bytes) in
        [("collection.anki2", db.as_slice()), ("media", br#"{"0":"a.png","1":"b.png","2":"d.mp3"}"#), ("2", b"sound")]
    {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.add_symlink("0", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    zip.finish().unwrap();
    let (_scratch, read) = read_with(&path, &AnkiOptions::default());
    let read = read.unwrap();
    assert_eq!(cards(&read).len(), 1);
    assert_eq!(read.media.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(), ["d.mp3"]);
    let told: Vec<String> = read.troubles.iter().map(|t| format!("{}: {}", t.place, t.cause)).collect();
    assert_eq!(
        told,
        [
            "media: cards name 1 file that the package does not hold: c.png",
            "media a.png: it is no file but a link or a folder",
            "media b.png: the package lists it but does not hold it",
        ]
    );
}

#[test]
fn two_entries_of_one_name_are_refused() {
    let (_dir, path) = package(&[("collection.anki2", &good()), ("collection.anki9", b"x")]);
    let bytes = std::fs::read(&path).unwrap();
    let mut twin = bytes.clone();
    for at in 0..bytes.len() - 16 {
        if bytes[at..].starts_with(b"collection.anki9") {
            twin[at + 15] = b'2';
        }
    }
    std::fs::write(&path, twin).unwrap();
    let err = read_with(&path, &AnkiOptions::default()).1.unwrap_err();
    assert_eq!(err.to_string(), "the archive: two files in it have the same name");
}

#[test]
fn tables_that_are_none_are_refused() {
    let note = [Note(BASIC, "g", &["f", "b"], &[0])];
    let view = "ALTER TABLE notes RENAME TO n; CREATE VIEW notes AS SELECT * FROM n, n AS m, n AS o;";
    assert_eq!(refused_collection(&collection(&note, view)).to_string(), "collection.anki2: it has no table \"notes\"");
    let computed = "DROP TABLE revlog; CREATE TABLE revlog(id, x AS (hex(zeroblob(id))));";
    assert_eq!(
        refused_collection(&collection(&note, computed)).to_string(),
        "collection.anki2: it holds a computed column"
    );
    let search = "DROP TABLE cards; CREATE VIRTUAL TABLE cards USING fts5(id, nid, did, odid, ord);";
    assert_eq!(
        refused_collection(&collection(&note, search)).to_string(),
        "collection.anki2: it holds a virtual table"
    );
    let err = refused_collection(&collection(&note, "ALTER TABLE notes DROP COLUMN guid;"));
    assert!(err.cause.contains("the table \"notes\"") && err.cause.contains("guid"), "{err}");
    let err = refused_collection(&collection(&note, "UPDATE col SET ver = 19;"));
    assert!(err.cause.contains("made by a newer Anki"), "{err}");
    let err = refused_collection(&collection(&note, "DELETE FROM col;"));
    assert!(err.cause.contains("\"col\" is empty"), "{err}");
    assert_eq!(refused_collection(b"").place, "collection.anki2");
    assert_eq!(refused_collection(b"not a database").cause, "it is not a SQLite database");
}

#[test]
fn triggers_and_checks_do_not_run() {
    let note = [Note(BASIC, "g", &["f", "b"], &[0])];
    let more = "CREATE TRIGGER t AFTER INSERT ON notes BEGIN DELETE FROM notes; END;
        CREATE TABLE slow(x CHECK (length(hex(zeroblob(x))) >= 0)); INSERT INTO slow VALUES (1);";
    let read = read_collection(&collection(&note, more), &AnkiOptions::default()).unwrap();
    assert_eq!(cards(&read).len(), 1);
}

#[test]
fn columns_of_the_wrong_type_are_read_as_text() {
    let note = [Note(BASIC, "g", &["f", "b"], &[0])];
    let more = "DROP TABLE notes; CREATE TABLE notes(id INTEGER PRIMARY KEY, guid, mid, tags, flds);
        INSERT INTO notes VALUES (1, 12345, '1', NULL, x'661fff62'), (2, x'ff00', 1.0, 7, 42), (3, 'n', 'x', x'00', NULL);
        INSERT INTO cards VALUES ('201', 2.0, 'x', NULL, 0);";
    let read = read_collection(&collection(&note, more), &AnkiOptions::default()).unwrap();
    let all = cards(&read);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].1.back.as_deref(), Some("\u{fffd}b"));
    let told: Vec<&str> = read.troubles.iter().map(|t| t.cause.as_str()).collect();
    assert_eq!(told, ["the back is empty", "its note type is not in the package"]);
}

#[test]
fn note_types_that_can_not_be_are_refused() {
    let with = |models: &str, decks: &str| {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("c");
        let conn = rusqlite::Connection::open(&path).unwrap();
        conn.execute_batch(SCHEMA).unwrap();
        conn.execute("INSERT INTO col VALUES (1, 11, ?1, ?2)", [models, decks]).unwrap();
        drop(conn);
        read_collection(&std::fs::read(&path).unwrap(), &AnkiOptions::default())
    };
    assert!(with(MODELS, DECKS).unwrap().decks.is_empty());
    let deep = "[".repeat(100_000);
    assert!(with(&deep, DECKS).unwrap_err().cause.starts_with("its note types can't be read"));
    let deep = format!("{{\"1\": {{\"name\": \"x\", \"flds\": [], \"more\": {deep}");
    assert!(with(&deep, DECKS).unwrap_err().cause.starts_with("its note types can't be read"));
    assert!(with(MODELS, "[]").unwrap_err().cause.starts_with("its decks can't be read"));
    assert!(with(r#"{"1": {"name": 7, "flds": 1}}"#, DECKS).is_err());
    let fields: Vec<String> = (0..201).map(|i| format!(r#"{{"name": "f{i}"}}"#)).collect();
    let wide = format!(r#"{{"1": {{"name": "wide", "flds": [{}]}}}}"#, fields.join(","));
    assert!(with(&wide, DECKS).unwrap_err().cause.contains("201 fields"));
}

#[test]
fn a_huge_value_is_refused_before_it_is_in_memory() {
    let note = [Note(BASIC, "g", &["f", "b"], &[0])];
    let err = refused_collection(&collection(&note, "UPDATE notes SET flds = zeroblob(66 << 20);"));
    // By the bytes of the whole collection: it shrinks too well.
    assert!(err.cause.contains("limit"), "{err}");
}

#[test]
fn torn_pages_are_told_as_damage() {
    let many: Vec<String> = (0..400).map(|i| i.to_string()).collect();
    let notes: Vec<Note<'_>> =
        many.iter().map(|g| Note(BASIC, g, &["a question of some length", "and its answer"], &[0])).collect();
    let mut bytes = collection(&notes, "");
    let end = bytes.len();
    for at in (8_192..end).step_by(5) {
        bytes[at] ^= 0xa5;
    }
    let err = refused_collection(&bytes);
    assert!(err.cause.starts_with("the database is damaged"), "{err}");
    assert!(err.hint.contains("Check Database"), "{}", err.hint);
}

#[test]
fn the_same_bytes_are_not_unpacked_again_and_again() {
    let named = |n: usize| -> (String, Vec<u8>) {
        let shown: Vec<String> = (0..n).map(|i| format!("<img src=p{i:02}.png>")).collect();
        // Each name (field 1) for the file "0" (field 255).
        let list =
            (0..n).flat_map(|i| [b"\x0a\x0c\x0a\x07", format!("p{i:02}.png").as_bytes(), b"\xf8\x0f\x00"].concat());
        (shown.concat(), list.collect())
    };
    let picture: Vec<u8> = (0..100_000_u32).map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
    let read = |n: usize| {
        let (shown, list) = named(n);
        let db = collection(&[Note(BASIC, "g", &[&shown, "back"], &[0])], "");
        let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
        let entries: [(&str, &[u8]); 4] =
            [("meta", &[8, 3]), ("collection.anki21b", &zstd(&db)), ("media", &zstd(&list)), ("0", &zstd(&picture))];
        let (_dir, path) = package(&entries);
        read_with(&path, &AnkiOptions::default()).1
    };
    assert_eq!(read(2).unwrap().media.len(), 2);
    let err = read(40).unwrap_err();
    assert!(err.place == "the archive" && err.cause.contains("overlap"), "{err}");
}

#[test]
fn cards_are_given_out_once_however_many_notes_claim_them() {
    // Each of the notes with each of the cards would be 900 million.
    let more = "DROP TABLE notes; CREATE TABLE notes(id, guid, mid, tags, flds);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
            INSERT INTO notes SELECT 1, 'g' || i, 1, '', 'front' || char(31) || 'back' FROM n;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
            INSERT INTO cards SELECT i + 1000, 1, 7, 0, 0 FROM n;";
    let read = read_collection(&collection(&[], more), &AnkiOptions::default()).unwrap();
    assert_eq!(cards(&read).len(), 1);
    assert!(read.troubles.last().unwrap().cause.ends_with("more like these"), "{:?}", read.troubles.last());
}
