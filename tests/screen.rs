//! The full screen, through a real pseudo-terminal and a terminal emulator.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;
use common::terminal::{Terminal, cells, contents, spawn};
use common::{App, decision, deck};
use std::io::{Read, Write};

fn two_decisions() -> App {
    let app = App::new();
    let cards = [decision("one", "").replace("Patient one.", &"word ".repeat(60)), decision("two", "")];
    app.write_deck("mine", &deck("mine", &cards.join(",")));
    app
}

#[test]
fn a_card_takes_three_keys_on_a_phone() {
    let app = two_decisions();
    let best = app.letter_of("ct-pulmonary-angiography");
    let mut t = Terminal::open(&app, (14, 40), &["review", "mine"], &[]);
    let first = t.shows("a-d");
    assert!(first.starts_with("new · 2 left · 2 min"), "{first}");
    assert!(first.contains("more: Space"), "what does not fit is said: {first}");
    assert!(first.lines().all(|l| l.chars().count() <= 40), "{first}");
    t.press(" ");
    t.shows("D. ");
    t.press(&best);
    t.shows("how sure are you?");
    t.press("s");
    let reveal = t.shows("Right. You said: sure.");
    assert!(reveal.contains("Comes back tomorrow."), "{reveal}");
    t.press("\r");
    t.shows("Patient two.");
    t.press("q");
    t.shows("Stopped; everything is kept.");
    assert_eq!(t.end(), 0);
    assert_eq!(app.healthy(), 1);
}

#[test]
fn help_undo_flag_and_a_wide_screen() {
    let app = two_decisions();
    let wrong = app.letter_of("none");
    let mut t = Terminal::open(&app, (40, 120), &["review", "mine"], &[]);
    t.shows("Which study?");
    t.press("?");
    let help = t.shows("take back the last answer");
    assert!(help.contains("choose an option"), "{help}");
    t.press("x");
    t.shows("a-d choose");
    t.press("*");
    t.shows("Flagged: mine/one");
    t.press("z");
    t.shows("means nothing here");
    t.press(&wrong);
    t.press("g");
    let reveal = t.shows("What went wrong?");
    assert!(reveal.contains("Wrong. Best: CT pulmonary angiography"), "{reveal}");
    assert!(reveal.contains("unsafe: No."), "{reveal}");
    t.press("u");
    t.shows("Taken back.");
    t.press("q");
    assert_eq!(t.end(), 0);
    assert_eq!(app.json(&["show", "mine/one"])["answers"], 0);
    assert_eq!(app.json(&["show", "mine/one"])["flagged"], true);
    app.healthy();
}

#[test]
fn resizing_keeps_the_card() {
    let app = two_decisions();
    let mut t = Terminal::open(&app, (40, 120), &["review", "mine"], &[]);
    t.shows("Which study?");
    t.resize((14, 40));
    t.until("a narrow screen", |s| s.size() == (cells(14), cells(40)) && contents(s).contains("more: Space"));
    t.resize((6, 20));
    t.shows("Make the window");
    t.resize((40, 100));
    t.shows("a-d choose");
    t.press("q");
    assert_eq!(t.end(), 0);
}

#[test]
fn without_colour_there_is_none() {
    let app = two_decisions();
    let colours = |env: &[(&str, &str)], args: &[&str]| {
        let mut t = Terminal::open(&app, (30, 80), args, env);
        t.shows("a-d choose");
        t.press("q");
        t.end();
        let raw = String::from_utf8_lossy(&t.raw).into_owned();
        (30..=37).any(|c| raw.contains(&format!("[{c}m")) || raw.contains(&format!(";{c}m"))) || raw.contains("38;5;")
    };
    assert!(colours(&[], &["review", "mine"]));
    assert!(!colours(&[("NO_COLOR", "1")], &["review", "mine"]));
    assert!(!colours(&[], &["review", "mine", "--color", "never"]));
}

#[test]
fn signals_give_the_terminal_back() {
    for (signal, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let app = two_decisions();
        let mut t = Terminal::open(&app, (30, 80), &["review", "mine"], &[]);
        t.shows("a-d choose");
        assert!(t.parser.screen().alternate_screen());
        t.line.signal(signal);
        assert_eq!(t.end(), code, "{signal}");
        assert!(
            !t.parser.screen().alternate_screen() && !t.parser.screen().hide_cursor(),
            "{signal}: the terminal is not as before"
        );
    }
    let app = two_decisions();
    let mut t = Terminal::open(&app, (30, 80), &["review", "mine"], &[]);
    t.shows("a-d choose");
    t.press("\u{3}");
    t.shows("Stopped; everything is kept.");
    assert_eq!(t.end(), 0);
    assert!(!t.parser.screen().alternate_screen());
}

#[test]
fn a_terminal_that_vanishes_ends_the_program() {
    let app = two_decisions();
    let best = app.letter_of("ct-pulmonary-angiography");
    let (master, mut child) = spawn(&app, (30, 80), &["review", "mine"], &[]);
    let mut reader = master.try_clone_reader().unwrap();
    let mut writer = master.take_writer().unwrap();
    let mut parser = vt100::Parser::new(cells(30), cells(80), 0);
    // Read here, not in a thread: every handle of the terminal must be gone for it to vanish.
    let mut wait_for = |words: &str| {
        let mut buffer = [0; 4096];
        while !contents(parser.screen()).contains(words) {
            let n = reader.read(&mut buffer).unwrap();
            parser.process(&buffer[..n]);
        }
    };
    wait_for("a-d choose");
    write!(writer, "{best}s").unwrap();
    wait_for("Right.");
    drop((reader, writer, master));
    // It ends instead of spinning; the answer on screen was durable before it was shown.
    child.wait().unwrap();
    assert_eq!(app.healthy(), 1);
}

#[test]
fn a_dumb_terminal_gets_lines() {
    let app = two_decisions();
    let mut t = Terminal::open(&app, (30, 80), &["review", "mine"], &[("TERM", "dumb")]);
    t.shows("[a-d choose, s skip");
    assert!(!t.parser.screen().alternate_screen());
    t.press("q\n");
    t.shows("Stopped; everything is kept.");
    assert_eq!(t.end(), 0);
    assert!(!t.raw.contains(&0x1b));
}
