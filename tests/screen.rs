//! The full screen, through a real pseudo-terminal and a terminal emulator.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;
use common::{App, decision, deck};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longest wait for a screen that must come; only a hanging program ever waits that long.
const PATIENCE: Duration = Duration::from_secs(30);

/// The text on screen; a key and what it does are held together by no-break spaces.
fn contents(screen: &vt100::Screen) -> String {
    screen.contents().replace('\u{a0}', " ")
}

fn cells(n: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(n).unwrap()
}

type Spawned = (Box<dyn MasterPty + Send>, Box<dyn Child + Send + Sync>);

fn spawn(app: &App, rows: u16, cols: u16, args: &[&str], env: &[(&str, &str)]) -> Spawned {
    let pair = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
    let mut command = CommandBuilder::new(assert_cmd::cargo::cargo_bin!("scanwise"));
    command.args(args);
    command.env_clear();
    for (key, value) in [
        ("SCANWISE_HOME", app.home().to_str().unwrap()),
        ("SCANWISE_NOW", "2026-03-01T09:00:00-05:00"),
        ("SCANWISE_SEED", "7"),
        ("TERM", "xterm-256color"),
        ("HOME", app.home().to_str().unwrap()),
    ]
    .iter()
    .chain(env)
    {
        command.env(key, value);
    }
    let child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    (pair.master, child)
}

struct Terminal {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser,
    raw: Vec<u8>,
}

impl Terminal {
    fn open(app: &App, rows: u16, cols: u16, args: &[&str], env: &[(&str, &str)]) -> Self {
        let (master, child) = spawn(app, rows, cols, args, env);
        let mut reader = master.try_clone_reader().unwrap();
        let writer = master.take_writer().unwrap();
        let (send, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { master, child, writer, output, parser: vt100::Parser::new(cells(rows), cells(cols), 0), raw: Vec::new() }
    }

    fn screen(&self) -> String {
        contents(self.parser.screen())
    }

    /// Feeds output to the emulator until the screen is as wanted.
    fn until(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) -> String {
        while !wanted(self.parser.screen()) {
            match self.output.recv_timeout(PATIENCE) {
                Ok(bytes) => {
                    self.parser.process(&bytes);
                    self.raw.extend(bytes);
                }
                Err(e) => panic!("{what} never came ({e}); the screen shows:\n{}", self.screen()),
            }
        }
        self.screen()
    }

    fn shows(&mut self, words: &str) -> String {
        self.until(words, |s| contents(s).contains(words))
    }

    fn press(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    fn resize(&mut self, rows: u16, cols: u16) {
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        self.parser.screen_mut().set_size(cells(rows), cells(cols));
    }

    /// Waits for the end and returns the exit code, with all output read.
    fn end(&mut self) -> u32 {
        let status = self.child.wait().unwrap();
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(500)) {
            self.parser.process(&bytes);
            self.raw.extend(bytes);
        }
        status.exit_code()
    }

    fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }
}

fn two_decisions() -> App {
    let app = App::new();
    let cards = [decision("one", "").replace("Patient one.", &"word ".repeat(60)), decision("two", "")];
    app.write_deck("mine", &deck("mine", &cards.join(",")));
    app
}

fn letter_of(app: &App, option: &str) -> String {
    let next = app.json(&["next", "mine"]);
    let options = next["options"].as_array().unwrap();
    options.iter().find(|o| o["id"] == option).unwrap()["letter"].as_str().unwrap().to_lowercase()
}

#[test]
fn a_card_takes_three_keys_on_a_phone() {
    let app = two_decisions();
    let best = letter_of(&app, "ct-pulmonary-angiography");
    let mut t = Terminal::open(&app, 14, 40, &["review", "mine"], &[]);
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
    let wrong = letter_of(&app, "none");
    let mut t = Terminal::open(&app, 40, 120, &["review", "mine"], &[]);
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
    let mut t = Terminal::open(&app, 40, 120, &["review", "mine"], &[]);
    t.shows("Which study?");
    t.resize(14, 40);
    t.until("a narrow screen", |s| s.size() == (cells(14), cells(40)) && contents(s).contains("more: Space"));
    t.resize(6, 20);
    t.shows("Make the window");
    t.resize(40, 100);
    t.shows("a-d choose");
    t.press("q");
    assert_eq!(t.end(), 0);
}

#[test]
fn without_colour_there_is_none() {
    let app = two_decisions();
    let colours = |env: &[(&str, &str)], args: &[&str]| {
        let mut t = Terminal::open(&app, 30, 80, args, env);
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
        let mut t = Terminal::open(&app, 30, 80, &["review", "mine"], &[]);
        t.shows("a-d choose");
        assert!(t.parser.screen().alternate_screen());
        t.signal(signal);
        assert_eq!(t.end(), code, "{signal}");
        assert!(
            !t.parser.screen().alternate_screen() && !t.parser.screen().hide_cursor(),
            "{signal}: the terminal is not as before"
        );
    }
    let app = two_decisions();
    let mut t = Terminal::open(&app, 30, 80, &["review", "mine"], &[]);
    t.shows("a-d choose");
    t.press("\u{3}");
    t.shows("Stopped; everything is kept.");
    assert_eq!(t.end(), 0);
    assert!(!t.parser.screen().alternate_screen());
}

#[test]
fn a_terminal_that_vanishes_ends_the_program() {
    let app = two_decisions();
    let best = letter_of(&app, "ct-pulmonary-angiography");
    let (master, mut child) = spawn(&app, 30, 80, &["review", "mine"], &[]);
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
    let mut t = Terminal::open(&app, 30, 80, &["review", "mine"], &[("TERM", "dumb")]);
    t.shows("[a-d choose, s skip");
    assert!(!t.parser.screen().alternate_screen());
    t.press("q\n");
    t.shows("Stopped; everything is kept.");
    assert_eq!(t.end(), 0);
    assert!(!t.raw.contains(&0x1b));
}
