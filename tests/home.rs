//! Homes that can't be used are refused, explained and left alone; two processes share one safely.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;
use common::{App, bytes};
use rusqlite::Connection;
use std::path::Path;

fn refused(app: &App, path: &Path, words: &str) {
    let before = bytes(path);
    for args in [&["next"][..], &[], &["doctor"], &["review", "--plain"]] {
        let ran = app.run(args);
        assert_eq!(ran.code, 1, "{args:?}: {} {}", ran.out, ran.err);
        assert!(ran.err.contains("error: ") && ran.err.contains("hint: "), "{}", ran.err);
        assert!(ran.err.contains(words), "{words}: {}", ran.err);
        assert_eq!(ran.out, "");
    }
    assert!(bytes(path) == before, "{words}: the file was changed");
}

fn fresh_home() -> App {
    let app = App::new();
    std::fs::create_dir_all(app.home()).unwrap();
    app
}

#[test]
fn another_file_in_the_place_of_the_database() {
    let app = fresh_home();
    std::fs::write(app.database(), "a letter to my aunt, not a database at all").unwrap();
    refused(&app, &app.database(), "this is not a scanwise database");
}

#[test]
fn another_programs_database() {
    let app = fresh_home();
    let conn = Connection::open(app.database()).unwrap();
    conn.execute_batch(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO notes (text) VALUES ('mine');",
    )
    .unwrap();
    drop(conn);
    refused(&app, &app.database(), "another program's database");
}

/// A database and its rollback journal as a process that was killed inside a transaction leaves them.
fn killed_inside(app: &App, sql: &str) {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("x.db");
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch(&format!("PRAGMA cache_size = 2; PRAGMA cache_spill = 2; {sql}")).unwrap();
    let journal = std::fs::read(folder.path().join("x.db-journal")).unwrap();
    assert!(!journal.is_empty() && std::fs::metadata(&path).unwrap().len() > 0);
    std::fs::copy(&path, app.database()).unwrap();
    std::fs::write(app.home().join("scanwise.db-journal"), journal).unwrap();
}

const FILL: &str = "CREATE TABLE t (x BLOB);
    INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT zeroblob(2000) FROM n;";

#[test]
fn a_first_start_killed_inside_its_first_transaction() {
    let app = fresh_home();
    killed_inside(&app, &format!("BEGIN; {FILL}"));
    assert!(app.next().is_some(), "there was nothing in it to lose");
    app.healthy();
}

#[test]
fn another_program_killed_inside_a_transaction() {
    let app = fresh_home();
    killed_inside(&app, &format!("CREATE TABLE theirs (y); BEGIN; {FILL}"));
    refused(&app, &app.database(), "another program's database");
}

/// Killed before the first checkpoint, everything but an empty first page stands in the write-ahead log: still ours.
#[test]
fn a_home_whose_log_was_never_folded_back() {
    let app = App::with_basics(2);
    let mut child = app
        .command(&["review", "mine", "--plain"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    while !line.contains("Front 1") {
        line.clear();
        assert!(std::io::BufRead::read_line(&mut out, &mut line).unwrap() > 0, "it ended early");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(bytes(&app.database())[68..72], [0; 4], "the mark is not in the file yet");
    app.healthy();
}

#[test]
fn a_newer_database() {
    let app = App::with_basics(1);
    app.recall("mine/b-1", true, "sure");
    let conn = Connection::open(app.database()).unwrap();
    conn.execute_batch("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;")
        .unwrap();
    drop(conn);
    refused(&app, &app.database(), "written by a newer scanwise");
}

#[test]
fn a_database_that_was_cut_off() {
    let app = App::with_basics(3);
    app.recall("mine/b-1", true, "sure");
    let whole = bytes(&app.database());
    for keep in [10, 50, 99, 100, 512, 4_095, 4_096, 10_000, whole.len() / 2, whole.len() - 1] {
        std::fs::write(app.database(), &whole[..keep]).unwrap();
        let before = bytes(&app.database());
        let ran = app.run(&["next"]);
        assert_eq!(ran.code, 1, "{keep}: {}", ran.out);
        assert!(ran.err.contains("error: ") && ran.err.contains("hint: "), "{keep}: {}", ran.err);
        assert!(bytes(&app.database()) == before, "{keep}: the file was changed");
    }
    std::fs::write(app.database(), &whole).unwrap();
    assert_eq!(app.healthy(), 1);
}

#[test]
fn an_interrupted_first_start_is_no_obstacle() {
    let app = fresh_home();
    std::fs::write(app.database(), "").unwrap();
    assert!(app.next().is_some());
    app.healthy();
}

#[test]
fn a_folder_or_file_in_the_way() {
    let app = fresh_home();
    std::fs::create_dir(app.database()).unwrap();
    let ran = app.run(&["next"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("it is a folder"), "{}", ran.err);
    let other = App::new();
    std::fs::write(other.home(), "a file").unwrap();
    let ran = other.run(&["next"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("the home can't be created"), "{}", ran.err);
}

#[test]
fn the_log_refuses_change_even_by_replace() {
    let app = App::with_basics(2);
    app.recall("mine/b-1", true, "sure");
    let conn = Connection::open(app.database()).unwrap();
    conn.execute_batch("PRAGMA recursive_triggers = ON").unwrap();
    for sql in [
        "UPDATE event SET grade = 5",
        "DELETE FROM event",
        "INSERT OR REPLACE INTO event SELECT * FROM event",
        "UPDATE name SET key = 'x/y'",
        "DELETE FROM name",
    ] {
        let e = conn.execute_batch(sql).unwrap_err().to_string();
        assert!(e.contains("append-only") || e.contains("never change"), "{sql}: {e}");
    }
    drop(conn);
    assert_eq!(app.healthy(), 1);
}

#[test]
fn doctor_finds_a_tampered_cache_and_mends_it_from_the_log() {
    let app = App::with_basics(2);
    app.recall("mine/b-1", true, "sure");
    app.recall("mine/b-2", false, "sure");
    let good = app.json(&["cards", "--deck", "mine"]);
    let conn = Connection::open(app.database()).unwrap();
    conn.execute_batch("UPDATE state SET ease = 1300, due = 99999 WHERE id IN (SELECT id FROM name WHERE key = 'mine/b-1'); DELETE FROM tally;").unwrap();
    drop(conn);
    let sick = app.run(&["doctor"]);
    assert_eq!(sick.code, 1);
    assert!(sick.out.contains("mine/b-1") && sick.err.contains("doctor --repair"), "{} {}", sick.out, sick.err);
    app.ok(&["doctor", "--repair"]);
    assert_eq!(app.json(&["cards", "--deck", "mine"]), good);
    app.healthy();
    for tamper in [
        "UPDATE state SET live = 0",
        "UPDATE state SET band = 99",
        "UPDATE state SET last_seq = 0",
        "UPDATE card SET fresh = 1",
        "UPDATE card SET present = 0",
        "UPDATE card SET body = 'x' WHERE id = 5",
        "DELETE FROM card",
        "UPDATE deck SET present = 0",
    ] {
        Connection::open(app.database()).unwrap().execute_batch(tamper).unwrap();
        assert_eq!(app.run(&["doctor"]).code, 1, "{tamper}");
        app.ok(&["doctor", "--repair"]);
        assert_eq!(app.json(&["cards", "--deck", "mine"]), good, "{tamper}");
    }
}

#[test]
fn doctor_misses_no_guard_of_the_log() {
    let app = App::with_basics(1);
    app.recall("mine/b-1", true, "sure");
    Connection::open(app.database()).unwrap().execute_batch("DROP TRIGGER event_never_goes").unwrap();
    let ran = app.run(&["doctor"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("append-only"), "{}", ran.out);
}

#[test]
fn a_log_left_alone_is_not_thrown_away() {
    let app = App::with_basics(1);
    app.recall("mine/b-1", true, "sure");
    std::fs::write(app.home().join("scanwise.db-wal"), "answers, perhaps").unwrap();
    for empty in [true, false] {
        if empty {
            std::fs::write(app.database(), "").unwrap();
        } else {
            std::fs::remove_file(app.database()).unwrap();
        }
        let ran = app.run(&["next"]);
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains("write-ahead log"), "{}", ran.err);
        assert_eq!(bytes(&app.home().join("scanwise.db-wal")), b"answers, perhaps");
    }
}

#[test]
fn first_starts_at_once_wait_for_each_other() {
    for _ in 0..5 {
        let app = App::with_basics(1);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| app.ok(&["next", "--json"]));
            }
        });
        app.healthy();
    }
}

#[test]
fn undo_in_several_processes_takes_back_several_answers() {
    let app = App::with_basics(8);
    for i in 1..=8 {
        app.recall(&format!("mine/b-{i}"), true, "sure");
    }
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                app.ok(&["undo"]);
                app.ok(&["undo"]);
            });
        }
    });
    assert_eq!(app.run(&["undo"]).code, 3, "all eight are taken back");
    assert_eq!(app.healthy(), 16);
}

#[test]
fn four_processes_at_once_lose_and_double_nothing() {
    let app = App::with_basics(12);
    app.ok(&["decks"]);
    std::thread::scope(|scope| {
        for p in 0..4 {
            let app = &app;
            scope.spawn(move || {
                for i in 0..10 {
                    // Three cards of its own, and one that everybody answers.
                    let card = if i % 4 == 0 { 12 } else { 3 * p + i % 3 + 1 };
                    app.recall(&format!("mine/b-{}", card.min(12)), true, "sure");
                }
            });
        }
    });
    assert_eq!(app.healthy(), 40);
    let shared = app.json(&["show", "mine/b-12"]);
    assert_eq!(shared["repetition"], 1, "the same day again does not count twice");
}

#[test]
fn a_lock_that_is_kept_is_explained() {
    let app = App::with_basics(1);
    app.ok(&["decks"]);
    let conn = Connection::open(app.database()).unwrap();
    conn.execute_batch("BEGIN IMMEDIATE").unwrap();
    let child = app
        .command(&["answer", "mine/b-1", "--recalled", "yes", "--confidence", "sure"])
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut child = child;
    // The program says that it waits; then the lock is let go, and the answer goes through.
    let mut said = [0_u8; 16];
    std::io::Read::read_exact(child.stderr.as_mut().unwrap(), &mut said).unwrap();
    assert_eq!(&said, b"waiting for anot");
    // Reading goes on beside a writer.
    assert_eq!(app.next_in("mine").as_deref(), Some("mine/b-1"));
    conn.execute_batch("COMMIT").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(app.healthy(), 1);
}

/// A home of the first schema, with its write-ahead log as it is after a kill: nothing was folded back.
fn first_home() -> App {
    let mut app = fresh_home();
    app.on("2026-03-09");
    app.write_deck("mine", include_str!("fixtures/home/mine.json"));
    let conn = Connection::open(app.database()).unwrap();
    conn.execute_batch("PRAGMA journal_mode = WAL").unwrap();
    conn.execute_batch(include_str!("fixtures/home/v1.sql")).unwrap();
    app
}

/// Every row that a query gives, as text.
fn rows(path: &Path, query: &str) -> Vec<String> {
    let conn = Connection::open(path).unwrap();
    let mut stmt = conn.prepare(query).unwrap();
    let width = stmt.column_count();
    let row = |r: &rusqlite::Row<'_>| -> rusqlite::Result<String> {
        (0..width).map(|i| r.get::<_, rusqlite::types::Value>(i).map(|v| format!("{v:?} "))).collect()
    };
    stmt.query_map([], row).unwrap().collect::<rusqlite::Result<_>>().unwrap()
}

/// What the first schema knows: the log, and what its program made of it.
const FIRST: [&str; 3] = [
    "SELECT e.seq, e.id, device, utc_ms, offset_s, n.key, kind, picked, recalled, confidence, miss, grade, ms, hex(target)
     FROM event e JOIN name n ON n.id = e.card ORDER BY seq",
    "SELECT n.key, repetition, ease, interval, band, due, first_day, last_day, again, answers, lapses, suspended, flagged,
         last_seq, domain, family, live FROM state s JOIN name n ON n.id = s.id ORDER BY n.key",
    "SELECT * FROM tally ORDER BY day, domain, stage, confidence, grade",
];

#[test]
fn a_home_of_the_first_schema_is_copied_and_brought_forward() {
    let app = first_home();
    let old: Vec<_> = FIRST.iter().map(|q| rows(&app.database(), q)).collect();
    assert_eq!(old.iter().map(Vec::len).collect::<Vec<_>>(), [11, 4, 7]);
    assert!(app.next_in("mine").is_some());
    assert_eq!(app.healthy(), 11);
    let new: Vec<_> = FIRST.iter().map(|q| rows(&app.database(), q)).collect();
    assert_eq!(new, old, "nothing is lost, and every card stands where it stood");
    assert_eq!(rows(&app.database(), "PRAGMA user_version"), ["Integer(2) "]);
    // The copy is a home of the first schema still, whole.
    let copy = app.home().join("scanwise.before-v2");
    assert_eq!(rows(&copy, "PRAGMA user_version"), ["Integer(1) "]);
    assert_eq!(rows(&copy, "PRAGMA integrity_check"), ["Text(\"ok\") "]);
    assert_eq!(FIRST.map(|q| rows(&copy, q)).to_vec(), old);
    // What is new works on it.
    app.ok(&["undo"]);
    app.ok(&["annotate", "mine/b-1", "--note", "mine"]);
    app.recall("mine/b-3", true, "sure");
    assert_eq!(app.healthy(), 14);
}

#[test]
fn a_copy_that_was_cut_short_is_made_again() {
    let app = first_home();
    let old = rows(&app.database(), FIRST[0]);
    app.ok(&["next"]);
    let whole = bytes(&app.home().join("scanwise.before-v2"));
    let app = first_home();
    let part = app.home().join("scanwise.before-v2.part");
    std::fs::write(&part, &whole[..whole.len() / 2]).unwrap();
    app.ok(&["next"]);
    assert_eq!(rows(&app.home().join("scanwise.before-v2"), FIRST[0]), old);
    assert!(!part.exists());
}
