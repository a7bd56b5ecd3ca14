//! What is deep inside an Anki package: a valid archive around a collection that is made of any values (or of any
//! bytes), with any list of media. The archive's own checksums would stop plain mutation long before.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use rusqlite::{Connection, params};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use scanwise::interchange::anki::{self, AnkiOptions};
use scanwise_fuzz::{assert_incoming, quiet};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use zip::write::SimpleFileOptions;

#[derive(Arbitrary, Debug)]
struct Package<'a> {
    layout: u8,
    meta: Option<&'a [u8]>,
    collection: Collection<'a>,
    media_list: MediaList<'a>,
    media: Vec<&'a [u8]>,
    map: Option<&'a str>,
    history: bool,
}

#[derive(Arbitrary, Debug)]
enum Collection<'a> {
    Bytes(&'a [u8]),
    /// Schema 11: note types and decks as JSON.
    Json {
        models: Models<'a>,
        decks: Option<&'a str>,
        rows: Rows<'a>,
    },
    /// Schema 15 and later: in tables.
    Tables {
        schema: u8,
        types: Vec<(i8, &'a str, &'a [u8])>,
        fields: Vec<Part<'a>>,
        templates: Vec<Part<'a>>,
        decks: Vec<(i8, &'a str, &'a [u8])>,
        rows: Rows<'a>,
    },
}

#[derive(Arbitrary, Debug)]
enum Models<'a> {
    Text(&'a str),
    Made(Vec<Model<'a>>),
}

#[derive(Arbitrary, Debug)]
struct Model<'a> {
    id: i8,
    name: &'a str,
    cloze: bool,
    fields: Vec<&'a str>,
    templates: Vec<(&'a str, &'a str, &'a str)>,
    stock: Option<u8>,
}

#[derive(Arbitrary, Debug)]
struct Part<'a> {
    of: i8,
    ord: i8,
    name: &'a str,
    config: &'a [u8],
}

#[derive(Arbitrary, Debug)]
struct Rows<'a> {
    notes: Vec<Note<'a>>,
    cards: Vec<(i8, i8, i8, i8)>,
    reviews: Vec<(i64, i8, i8, i32, i8)>,
}

#[derive(Arbitrary, Debug)]
struct Note<'a> {
    id: i8,
    guid: &'a str,
    of: i8,
    tags: &'a str,
    fields: Vec<&'a str>,
}

#[derive(Arbitrary, Debug)]
enum MediaList<'a> {
    None,
    Bytes(&'a [u8]),
    Names(Vec<&'a str>),
}

impl Model<'_> {
    fn json(&self) -> serde_json::Value {
        let fields: Vec<_> =
            self.fields.iter().enumerate().map(|(i, n)| serde_json::json!({"name": n, "ord": i})).collect();
        let templates: Vec<_> = self
            .templates
            .iter()
            .enumerate()
            .map(|(i, (name, q, a))| serde_json::json!({"name": name, "ord": i, "qfmt": q, "afmt": a}))
            .collect();
        serde_json::json!({"id": self.id, "name": self.name, "type": u8::from(self.cloze), "flds": fields,
            "tmpls": templates, "originalStockKind": self.stock})
    }
}

impl Collection<'_> {
    fn write(&self, path: &Path) -> rusqlite::Result<()> {
        let (schema, rows) = match self {
            Self::Bytes(bytes) => {
                std::fs::write(path, bytes).expect("a file");
                return Ok(());
            }
            Self::Json { rows, .. } => (11, rows),
            Self::Tables { schema, rows, .. } => (15 + i64::from(schema % 4), rows),
        };
        let db = Connection::open(path)?;
        db.create_collation("unicase", |a, b| a.to_lowercase().cmp(&b.to_lowercase()))?;
        db.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 512; BEGIN;
             CREATE TABLE col (id INTEGER PRIMARY KEY, ver, models, decks);
             CREATE TABLE notes (id INTEGER PRIMARY KEY, guid, mid, tags, flds);
             CREATE TABLE cards (id INTEGER PRIMARY KEY, nid, ord, did, odid);
             CREATE TABLE revlog (id INTEGER PRIMARY KEY, cid, ease, time, type);",
        )?;
        match self {
            Self::Bytes(_) => {}
            Self::Json { models, decks, .. } => {
                let models = match models {
                    Models::Text(text) => (*text).to_owned(),
                    Models::Made(list) => {
                        serde_json::Value::Object(list.iter().map(|m| (m.id.to_string(), m.json())).collect())
                            .to_string()
                    }
                };
                let decks = decks.unwrap_or(r#"{"1":{"id":1,"name":"Default"},"2":{"id":2,"name":"A::B"}}"#);
                db.execute("INSERT INTO col VALUES (1, ?1, ?2, ?3)", params![schema, models, decks])?;
            }
            Self::Tables { types, fields, templates, decks, .. } => {
                db.execute_batch(
                    "CREATE TABLE notetypes (id INTEGER PRIMARY KEY, name TEXT COLLATE unicase, config BLOB);
                     CREATE TABLE fields (ntid, ord, name TEXT COLLATE unicase, config BLOB);
                     CREATE TABLE templates (ntid, ord, name TEXT COLLATE unicase, config BLOB);
                     CREATE TABLE decks (id INTEGER PRIMARY KEY, name TEXT COLLATE unicase, kind BLOB);",
                )?;
                db.execute("INSERT INTO col VALUES (1, ?1, '', '')", [schema])?;
                for (id, name, config) in types {
                    db.execute("INSERT OR IGNORE INTO notetypes VALUES (?1, ?2, ?3)", params![id, name, config])?;
                }
                for (table, parts) in [("fields", fields), ("templates", templates)] {
                    for p in parts {
                        let sql = format!("INSERT INTO {table} VALUES (?1, ?2, ?3, ?4)");
                        db.execute(&sql, params![p.of, p.ord, p.name, p.config])?;
                    }
                }
                for (id, name, kind) in decks {
                    db.execute("INSERT OR IGNORE INTO decks VALUES (?1, ?2, ?3)", params![id, name, kind])?;
                }
            }
        }
        for n in &rows.notes {
            db.execute(
                "INSERT OR IGNORE INTO notes VALUES (?1, ?2, ?3, ?4, ?5)",
                params![n.id, n.guid, n.of, n.tags, n.fields.join("\u{1f}")],
            )?;
            // Most notes have the card that goes with them.
            db.execute("INSERT OR IGNORE INTO cards VALUES (?1, ?1, 0, 1, 0)", [n.id])?;
        }
        for (i, (nid, ord, did, odid)) in rows.cards.iter().enumerate() {
            let id = 1_000 + i64::try_from(i).unwrap_or(0);
            db.execute("INSERT INTO cards VALUES (?1, ?2, ?3, ?4, ?5)", params![id, nid, ord, did, odid])?;
        }
        for (id, cid, ease, time, kind) in &rows.reviews {
            db.execute("INSERT OR IGNORE INTO revlog VALUES (?1, ?2, ?3, ?4, ?5)", params![id, cid, ease, time, kind])?;
        }
        db.execute_batch("COMMIT")
    }
}

impl Package<'_> {
    fn write(&self, folder: &Path) -> std::path::PathBuf {
        let collection = folder.join("made");
        self.collection.write(&collection).expect("a collection");
        let layout = 1 + self.layout % 3;
        let packed = |bytes: &[u8]| {
            if layout == 3 { compress_to_vec(bytes, CompressionLevel::Uncompressed) } else { bytes.to_vec() }
        };
        let path = folder.join("package");
        let mut zip = zip::ZipWriter::new(File::create(&path).expect("a file"));
        let mut put = |name: &str, bytes: &[u8]| {
            let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
            zip.start_file(name, options).expect("an entry");
            zip.write_all(bytes).expect("an entry");
        };
        put("meta", self.meta.unwrap_or(&[8, layout]));
        let name = ["collection.anki2", "collection.anki21", "collection.anki21b"][usize::from(layout - 1)];
        put(name, &packed(&std::fs::read(&collection).expect("a file")));
        match &self.media_list {
            MediaList::None => {}
            MediaList::Bytes(bytes) => put("media", &packed(bytes)),
            MediaList::Names(names) if layout == 3 => {
                let mut list = Vec::new();
                for name in names {
                    let name = &name.as_bytes()[..name.floor_char_boundary(100)];
                    // A message within a message: the name of an entry.
                    let length = u8::try_from(name.len()).expect("cut to 100");
                    list.extend([0x0a, length + 2, 0x0a, length]);
                    list.extend(name);
                }
                put("media", &packed(&list));
            }
            MediaList::Names(names) => {
                let list: serde_json::Map<String, serde_json::Value> =
                    names.iter().enumerate().map(|(i, n)| (i.to_string(), (*n).into())).collect();
                put("media", serde_json::Value::Object(list).to_string().as_bytes());
            }
        }
        for (i, bytes) in self.media.iter().enumerate() {
            put(&i.to_string(), &packed(bytes));
        }
        zip.finish().expect("an archive");
        std::fs::remove_file(collection).expect("the file just made");
        path
    }
}

fuzz_target!(|package: Package| {
    let folder = tempfile::tempdir().expect("a folder");
    let file = package.write(folder.path());
    let maps = package.map.map(str::to_owned).into_iter().collect();
    let options = AnkiOptions { maps, with_history: package.history };
    match anki::read(&file, folder.path(), &options, &mut quiet) {
        Ok(incoming) => assert_incoming(&incoming),
        Err(e) => assert!(!e.place.is_empty() && !e.cause.is_empty() && !e.hint.is_empty(), "{e:?}"),
    }
});
