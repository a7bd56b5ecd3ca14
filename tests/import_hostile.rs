//! Imports under attack and under bad luck: two at once, pipes that never end, names that are no names.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;
use common::{App, basics, bytes, decision, deck};
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

fn file(app: &App, name: &str, text: &str) -> String {
    let path = app.home().parent().unwrap().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

fn hidden(app: &App) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(app.home().join("decks")).unwrap().map(|e| e.unwrap().path());
    entries.filter(|p| p.file_name().unwrap().to_string_lossy().starts_with('.')).collect()
}

/// As another import leaves it between its commit and its rename, for as long as the program runs: a trigger stands in
/// for the other process, and promises the file just when this import begins to write.
#[test]
fn an_import_waits_for_another_that_has_not_put_its_files_in_place() {
    let app = App::new();
    app.ok(&["import", &file(&app, "one.json", &basics("anna", 2)), "--yes"]);
    let before = bytes(&app.home().join("decks/anna.json"));
    let db = rusqlite::Connection::open(app.database()).unwrap();
    db.execute_batch(
        "CREATE TRIGGER other AFTER INSERT ON import BEGIN
             INSERT INTO pending (path, ready, before) VALUES ('anna.json', '.anna.json.other.import', x'00');
         END",
    )
    .unwrap();
    drop(db);
    let more = file(&app, "two.json", &basics("anna", 3));
    let ran = app.run(&["import", &more, "--yes"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.err.contains("it was changed while this was being prepared"), "{}", ran.err);
    assert_eq!(bytes(&app.home().join("decks/anna.json")), before);
    assert_eq!(hidden(&app), Vec::<PathBuf>::new());
    let db = rusqlite::Connection::open(app.database()).unwrap();
    db.execute_batch("DROP TRIGGER other").unwrap();
    drop(db);
    app.ok(&["import", &more, "--yes"]);
    assert_eq!(app.json(&["decks"]).as_array().unwrap().iter().find(|d| d["id"] == "anna").unwrap()["cards"], 3);
    app.healthy();
}

#[test]
fn many_imports_at_once_are_each_whole_or_refused() {
    let app = App::new();
    app.ok(&["decks"]);
    let paths: Vec<String> = (1..=4).map(|n| file(&app, &format!("{n}.json"), &basics("anna", 300 + n))).collect();
    let running: Vec<_> = paths
        .iter()
        .map(|p| app.command(&["import", p, "--yes"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
        .collect();
    let mut taken = 0;
    for child in running {
        let out = child.wait_with_output().unwrap();
        let err = String::from_utf8(out.stderr).unwrap();
        match out.status.code() {
            Some(0) => taken += 1,
            Some(1) => assert!(err.contains("was changed while") || err.contains("in use"), "{err}"),
            code => panic!("{code:?}: {err}"),
        }
        assert!(!err.contains("kept-"), "nobody edited a file: {err}");
    }
    let list = app.json(&["import", "--list"]);
    assert_eq!(list.as_array().unwrap().len(), taken, "{list}");
    assert_eq!(hidden(&app), Vec::<PathBuf>::new());
    for path in &paths {
        app.ok(&["import", path, "--yes"]);
    }
    app.healthy();
}

#[test]
fn a_pipe_is_read_like_standard_input() {
    let app = App::new();
    let pipe = app.home().parent().unwrap().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let child = app
        .command(&["import", pipe.to_str().unwrap(), "--yes"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut to = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    to.write_all(basics("piped", 2).as_bytes()).unwrap();
    drop(to);
    let out = child.wait_with_output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(String::from_utf8_lossy(&out.stdout).contains("Imported piped: 2 new."));
}

#[test]
fn a_folder_is_told_as_one() {
    let app = App::new();
    let ran = app.run(&["import", app.home().parent().unwrap().to_str().unwrap(), "--yes"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("it is a folder") && ran.err.contains("name the files in it"), "{}", ran.err);
}

#[test]
fn a_reader_that_went_away_does_not_stop_an_import() {
    let app = App::new();
    let path = file(&app, "many.json", &basics("anna", 2_000));
    let first_line_only = |args: &[&str]| {
        let mut child = app.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        child.wait_with_output().unwrap()
    };
    let out = first_line_only(&["import", &path, "--verbose"]);
    assert_eq!(out.status.code(), Some(1), "nobody said yes: {}", String::from_utf8_lossy(&out.stderr));
    let out = first_line_only(&["import", &path, "--verbose", "--yes"]);
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(app.json(&["import", "--list"]).as_array().unwrap().len(), 1);
    assert!(app.home().join("decks/anna.json").exists());
}

#[test]
fn a_name_of_many_lines_is_shown_as_one() {
    let app = App::new();
    let path = "two\nlines\u{1b}[31m\u{202e}.json";
    file(&app, path, &basics("anna", 1));
    let shown = "two lines\\u{1b}[31m\\u{202e}.json";
    let out = app.ok(&["import", path, "--yes"]).out;
    assert!(out.starts_with(shown), "{out}");
    let out = app.ok(&["import", "--list"]).out;
    assert!(out.contains(shown), "{out}");
    let out = app.ok(&["import", "--undo", "--yes"]).out;
    assert!(out.replace('\n', " ").contains(shown), "{out}");
}

#[test]
fn an_export_never_lands_on_reviews_or_decks() {
    let app = App::with_basics(2);
    app.recall("mine/b-1", true, "sure");
    let home = app.home();
    let elsewhere = home.parent().unwrap().join("copy.json");
    std::fs::copy(app.database(), &elsewhere).unwrap();
    let mine = bytes(&home.join("decks/mine.json"));
    let to = [
        home.join("scanwise.db"),
        home.join("scanwise.db-wal"),
        home.join("decks/../scanwise.db"),
        home.join("decks/mine.json"),
        home.join("decks/new.json"),
        home.join("decks"),
        elsewhere.clone(),
        PathBuf::from("/dev/null"),
    ];
    let copy = bytes(&elsewhere);
    for format in ["json", "apkg"] {
        for path in &to {
            let ran = app.run(&["export", "mine", "-f", format, "-o", path.to_str().unwrap()]);
            assert_eq!(ran.code, 1, "{path:?}: {}", ran.err);
            assert!(ran.err.contains("nothing was written"), "{path:?}: {}", ran.err);
        }
    }
    assert_eq!(bytes(&home.join("decks/mine.json")), mine);
    assert_eq!(bytes(&elsewhere), copy);
    assert!(!home.join("decks/new.json").exists());
    assert_eq!(app.healthy(), 1);
    app.ok(&["export", "mine", "-o", home.join("mine.json").to_str().unwrap()]);
}

/// A history that came along may not reach into the one that is here: neither by ids that are later than any to come,
/// nor by taking answers back that were given here.
#[test]
fn a_history_from_others_cannot_bend_the_one_here() {
    let app = App::new();
    app.ok(&["import", &file(&app, "anna.json", &basics("anna", 3)), "--yes"]);
    app.recall("anna/b-1", true, "sure");
    let mine = app.json(&["show", "anna/b-1"])["history"][0]["id"].as_str().unwrap().to_owned();
    let event = |id: &str, at: &str| {
        format!(
            r#"{{"id":"{id}","at":"{at}","device":"phone","kind":"answered","recalled":true,"confidence":"sure",
            "miss":null,"grade":5,"ms":9}}"#
        )
    };
    let good = event("019c0000-0000-7000-8000-000000000001", "2026-02-01T08:00:00Z");
    let bad = [
        event("ffffffff-ffff-7fff-bfff-ffffffffffff", "2026-02-01T08:00:00Z"),
        event("00000000-0000-7000-8000-000000000000", "0001-01-01T00:00:00Z"),
        event("019c0000-0000-7000-8000-000000000002", "2026-03-01T14:00:01Z"),
        format!(
            r#"{{"id":"019c0000-0000-7000-8000-000000000003","at":"2026-02-01T08:00:00Z","device":"phone",
            "kind":"undone","target":"{mine}"}}"#
        ),
    ];
    let text = format!(
        r#"{{"scanwise":"bundle","decks":[{}],"history":{{"anna/b-1":[{}],"anna/b-2":[{good}]}}}}"#,
        basics("anna", 3),
        bad.join(",")
    );
    app.ok(&["import", &file(&app, "all.json", &text), "--yes", "--with-history"]);
    assert_eq!(app.healthy(), 2, "mine and the one good one");
    assert_eq!(app.json(&["show", "anna/b-1"])["answers"], 1);
    app.recall("anna/b-3", true, "sure");
    app.ok(&["undo"]);
    assert_eq!(app.json(&["show", "anna/b-3"])["answers"], 0);
    assert_eq!(app.json(&["show", "anna/b-1"])["answers"], 1);
    app.healthy();
}

#[test]
fn a_draft_that_lacks_nothing_but_breaks_a_rule_says_so() {
    let app = App::new();
    let page = file(&app, "page.md", "# Neuro\n\nTNK: {{c0::0.25 mg/kg}}.\n\nQ: Front?\nA: Back.\n");
    let out = app.ok(&["import", &page, "--yes"]).out;
    assert!(out.contains("this card does not keep the rules of a deck yet"), "{out}");
    assert!(!out.contains("lacks: \n") && out.contains("1 new"), "{out}");
}

#[test]
fn a_row_that_breaks_a_rule_is_left_out_and_the_others_come_in() {
    let app = App::new();
    let deck = deck("anna", &[decision("good", ""), decision("bad", "")].join(","));
    app.ok(&["import", &file(&app, "anna.json", &deck), "--yes"]);
    let table = app.ok(&["export", "anna", "-f", "csv"]).out;
    let (good, bad) = table.rsplit_once("2022").unwrap();
    let other = App::new();
    let ran = other.ok(&["import", &file(&other, "anna.csv", &format!("{good}4048{bad}")), "--yes"]);
    assert!(ran.out.contains("Imported anna: 1 new."), "{}", ran.out);
    assert!(ran.out.contains("4048 is not a plausible year"), "{}", ran.out);
    other.healthy();
}
