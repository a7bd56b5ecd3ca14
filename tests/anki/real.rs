//! Packages made by `scripts/anki-fixtures`: three versions of Anki, every way they export.

use super::{cards, read_with, with_history};
use scanwise::interchange::anki::AnkiOptions;
use scanwise::interchange::{Format, Incoming};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/anki").join(name)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn packages() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(fixture("")).unwrap().map(|e| e.unwrap().path()).collect();
    all.retain(|p| p.extension().is_some_and(|e| e == "apkg" || e == "colpkg") && !name(p).starts_with("ours-"));
    all.sort();
    assert!(all.len() >= 9);
    all
}

fn mapped(name: &str, map: &str) -> Incoming {
    let wanted = AnkiOptions { maps: vec![map.to_owned()], with_history: false };
    read_with(&fixture(name), &wanted).1.unwrap()
}

/// What every package holds, whoever made it and however.
const CARDS: &[(&str, &str)] = &[
    (
        "step2/a-6da4f3d21b84f770",
        r#""type":"basic","domain":"neuro","tags":["stroke","high-yield","step2-neuro"],"front":"First study in acute stroke?","back":"Noncontrast CT head\n- fast\n- shows blood""#,
    ),
    ("step2/a-35c1f145edb3fa76", r#""type":"basic","domain":"neuro","front":"CTA","back":"CT angiography""#),
    ("step2/a-35c1f145edb3fa76-r", r#""type":"basic","domain":"neuro","front":"CT angiography","back":"CTA""#),
    (
        "step2/a-5dfeaa88fcb8d2cb",
        r#""type":"basic","domain":"neuro","front":"V/Q","back":"ventilation-perfusion scan""#,
    ),
    (
        "step2/a-5dfeaa88fcb8d2cb-r",
        r#""type":"basic","domain":"neuro","front":"ventilation-perfusion scan","back":"V/Q""#,
    ),
    ("step2/a-45afc2e9c97e4192", r#""type":"basic","domain":"neuro","front":"MRCP","back":"MR of the bile ducts""#),
    (
        "step2/a-36dcdc9ac4581b3d",
        r#""type":"basic","domain":"step2","front":"eGFR under which gadolinium group I is avoided","back":"30 mL/min/1.73 m²""#,
    ),
    (
        "step2/a-4b3922af6749b904",
        r#""type":"cloze","domain":"chest","tags":["pe"],"text":"Wells over {{c1::4::number}} makes PE {{c2::likely}}; then {{c1::CTPA}}.","why":"O₂ < 90% is not part of it""#,
    ),
    (
        "other-deck/a-c98dd0b39dd46c81",
        r#""type":"basic","domain":"other-deck","front":"Picture: [image: ct head.png] [sound: murmur.mp3]","back":"MRI","why":"a | b\n\nReference: ACR 2023\n\nExtra topic: Neuro & more""#,
    ),
];

#[test]
fn every_version_and_layout_gives_the_same_cards() {
    for path in packages() {
        let (_scratch, read) = read_with(&path, &AnkiOptions::default());
        let incoming = read.unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert_eq!(incoming.format, Some(Format::Anki));
        let mut found: Vec<(String, String)> =
            cards(&incoming).into_iter().map(|(key, raw)| (key, serde_json::to_string(&raw).unwrap())).collect();
        // Anki gives a tag that differs only in case the form it has already, and orders tags by its own taste.
        found.sort();
        let mut expected: Vec<(String, String)> = CARDS
            .iter()
            .map(|(key, rest)| ((*key).to_owned(), format!("{{\"id\":\"{}\",{rest}}}", key.split_once('/').unwrap().1)))
            .collect();
        expected.sort();
        assert_eq!(found, expected, "{}", path.display());
        let titles: Vec<_> = incoming.decks.iter().map(|d| d.header.title.as_deref().unwrap()).collect();
        assert_eq!(titles, ["Step2", "Other deck"], "{}", path.display());
        assert!(incoming.history.is_empty());
        for trouble in &incoming.troubles {
            assert_eq!(trouble.cause, "1 note with picture occlusion", "{}", path.display());
        }
        assert_eq!(incoming.troubles.len(), usize::from(!path.to_string_lossy().contains("2.1.66")));
    }
}

#[test]
fn only_media_that_cards_use_is_unpacked_whole() {
    for path in packages() {
        let (scratch, read) = read_with(&path, &AnkiOptions::default());
        let media: BTreeMap<String, _> = read.unwrap().media.into_iter().map(|m| (m.name.clone(), m)).collect();
        assert_eq!(media.keys().collect::<Vec<_>>(), ["ct head.png", "murmur.mp3"], "{}", path.display());
        let sound = &media["murmur.mp3"];
        let bytes = std::fs::read(&sound.path).unwrap();
        assert_eq!(bytes, b"ID3\x03\x00\x00\x00\x00\x00\x00 no sound, only a test");
        assert_eq!(sound.size, bytes.len() as u64);
        let hash: Vec<String> = sound.sha256.iter().map(|b| format!("{b:02x}")).collect();
        let hash = hash.concat();
        assert_eq!(hash, "ca4dcc1149d2c73e346b83ab586d032a6eadc1ed34db7f608ce5c995889b2a33");
        assert!(media.values().all(|m| m.path.starts_with(scratch.path())));
        assert!(!scratch.path().join("collection").exists());
    }
}

#[test]
fn the_review_log_is_what_anki_says_it_is() {
    let guids: BTreeMap<&str, &str> = [
        ("basic-guid", "a-6da4f3d21b84f770"),
        ("rev-guid", "a-35c1f145edb3fa76"),
        ("opt-yes", "a-5dfeaa88fcb8d2cb"),
        ("opt-no", "a-45afc2e9c97e4192"),
        ("type-guid", "a-36dcdc9ac4581b3d"),
        ("cloze-guid", "a-4b3922af6749b904"),
        ("custom-guid", "a-c98dd0b39dd46c81"),
    ]
    .into();
    let mut seen = 0;
    for path in packages() {
        let name = path.file_name().unwrap().to_str().unwrap();
        let version = name.split_once('-').unwrap().1.rsplit_once('.').unwrap().0;
        let text = std::fs::read_to_string(fixture(&format!("expected-{version}.json"))).unwrap();
        let told: Value = serde_json::from_str(&text).unwrap();
        let read = read_with(&path, &with_history()).1.unwrap();
        let found: Vec<Value> =
            read.history.iter().map(|r| serde_json::json!([r.card, r.part, r.utc_ms, r.grade])).collect();
        if name.starts_with("old-") {
            assert_eq!(found, Vec::<Value>::new(), "{name} was exported without scheduling");
            continue;
        }
        let mut expected = Vec::new();
        for row in told["reviews"].as_array().unwrap() {
            let (guid, ord, kind) = (row[0].as_str().unwrap(), row[1].as_u64().unwrap(), row[4].as_u64().unwrap());
            assert!(kind < 3);
            let Some(base) = guids.get(guid) else { continue };
            let (card, part) = match (guid, ord) {
                ("cloze-guid", n) => ((*base).to_owned(), Some(n + 1)),
                (_, 0) => ((*base).to_owned(), None),
                _ => (format!("{base}-r"), None),
            };
            let grade = [0, 1, 3, 4, 5][usize::try_from(row[3].as_u64().unwrap()).unwrap()];
            expected.push(serde_json::json!([card, part, row[2], grade]));
        }
        assert_eq!(found, expected, "{name}");
        seen += found.len();
    }
    assert!(seen > 40, "{seen}");
}

#[test]
fn the_card_that_asks_to_update_is_never_taken() {
    // The newest layout carries it in a second collection.
    let bytes = std::fs::read(fixture("current-26.9.3.apkg")).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    assert!(zip.by_name("collection.anki2").is_ok());
    for name in ["current-26.9.3.apkg", "current-2.1.66.apkg", "current-26.9.3.colpkg"] {
        let read = read_with(&fixture(name), &AnkiOptions::default()).1.unwrap();
        assert!(cards(&read).iter().all(|(_, c)| !format!("{c:?}").contains("update")), "{name}");
    }
}

/// A package that our exporter wrote, imported by Anki and exported again.
#[test]
fn cards_of_ours_survive_a_stay_in_anki() {
    for version in ["2.1.66", "24.11", "26.9.3"] {
        survives(&format!("ours-{version}.apkg"));
    }
}

fn survives(name: &str) {
    let (_scratch, read) = read_with(&fixture(name), &with_history());
    let read = read.unwrap();
    assert_eq!(read.troubles, [], "{name}");
    let all = cards(&read);
    let keys: Vec<&str> = all.iter().map(|(k, _)| k.as_str()).collect();
    assert_eq!(keys, ["stroke/rlq-pregnant", "stroke/b-1", "stroke/tnk"]);
    assert_eq!(
        all[0].1.vignette.as_deref(),
        Some("A woman at 19 weeks' gestation, BP <90 & falling.\nUltrasound: appendix not seen.")
    );
    assert_eq!(all[0].1.options.as_ref().map(Vec::len), Some(3));
    assert_eq!(all[1].1.front.as_deref(), Some("See [image: head ct.png]"));
    assert_eq!(all[2].1.text.as_deref(), Some("TNK {{c1::0.25 mg/kg::dose}} within {{c2::<4.5 h}}"));
    let header = &read.decks[0].header;
    assert_eq!(header.title.as_deref(), Some("Stroke: \"sample\""));
    assert_eq!((header.version.as_deref(), header.license.as_deref()), (Some("1"), Some("CC-BY-4.0")), "{name}");
    assert_eq!(header.authors, Some(vec!["Anna".to_owned(), "Ben".to_owned()]));
    assert_eq!(header.description.as_deref(), Some("Stroke & more:\nonly <samples>."));
    assert_eq!(read.media.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(), ["head ct.png"]);
    let grades: Vec<(&str, u8)> = read.history.iter().map(|r| (r.card.as_str(), r.grade)).collect();
    assert_eq!(grades, [5, 4, 1, 3].map(|g| ("rlq-pregnant", g)));
}

#[test]
fn the_mapping_is_said_and_can_be_changed() {
    let read = read_with(&fixture("current-24.11.apkg"), &AnkiOptions::default()).1.unwrap();
    assert!(read.mapping.contains(&"Basic: Front=front, Back=back".to_owned()), "{:?}", read.mapping);
    assert!(
        read.mapping.iter().any(|m| m.starts_with("Imaging question: Stem=front, Correct study=back, Explanation=why")),
        "{:?}",
        read.mapping
    );
    let read = mapped("current-24.11.apkg", "Imaging question:Explanation=ignore, extra topic=back,Reference=note");
    let (_, card) = cards(&read).into_iter().find(|(key, _)| key.starts_with("other-deck/")).unwrap();
    assert_eq!(card.back.as_deref(), Some("Neuro & more"));
    assert_eq!((card.note.as_deref(), card.why.as_deref()), (Some("ACR 2023"), Some("Correct study: MRI")));
    assert!(read.mapping.iter().any(|m| m.contains("Explanation=ignore")), "{:?}", read.mapping);
}

#[test]
fn a_wrong_map_is_refused_with_what_is_known() {
    let wanted = AnkiOptions { maps: vec!["Basic:Fornt=front".to_owned()], with_history: false };
    let err = read_with(&fixture("legacy-26.9.3.apkg"), &wanted).1.unwrap_err();
    assert_eq!(err.to_string(), "--map Basic:Fornt=front: there is no field \"Fornt\"");
    assert_eq!(err.hint, "did you mean \"Front\"? fields are Basic: Front, Back");
}

#[test]
fn progress_is_told() {
    let scratch = tempfile::TempDir::new().unwrap();
    let mut told = Vec::new();
    scanwise::interchange::anki::read(
        &fixture("current-26.9.3.apkg"),
        scratch.path(),
        &AnkiOptions::default(),
        &mut |what, done, all| told.push((what.to_owned(), done, all)),
    )
    .unwrap();
    assert!(told.contains(&("reading notes".to_owned(), 8, 8)), "{told:?}");
    assert!(told.contains(&("unpacking pictures and sounds".to_owned(), 2, 2)), "{told:?}");
}

/// `ANKI_LARGE=FILE cargo test --test anki -- --ignored --nocapture large`
#[test]
#[ignore = "measures; needs a package made by scripts/anki-fixtures VERSION --large N FILE"]
#[allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "a figure for people")]
fn large() {
    let path = PathBuf::from(std::env::var("ANKI_LARGE").unwrap());
    let cpu = || {
        let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
        // SAFETY: the call fills the struct it is given.
        let usage = unsafe {
            libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
            usage.assume_init()
        };
        (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) as f64
            + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) as f64 / 1e6
    };
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        status.lines().find(|l| l.starts_with("VmHWM")).unwrap().to_owned()
    };
    let start = cpu();
    let (_scratch, read) = read_with(&path, &with_history());
    let read = read.unwrap();
    let cards: usize = read.decks.iter().map(|d| d.cards.len()).sum();
    println!("{cards} cards, {} media, {:.3} s CPU, {}", read.media.len(), cpu() - start, peak());
}
