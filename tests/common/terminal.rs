//! The program on a pseudo-terminal, with somebody who types and reads.

use super::App;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longest wait for words that must come; only a hanging program ever waits that long.
const PATIENCE: Duration = Duration::from_secs(30);

/// Rows and columns.
pub type Size = (u16, u16);

pub fn pty_size((rows, cols): Size) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

pub type Spawned = (Box<dyn MasterPty + Send>, Box<dyn Child + Send + Sync>);

pub fn spawn(app: &App, size: Size, args: &[&str], env: &[(&str, &str)]) -> Spawned {
    let pair = native_pty_system().openpty(pty_size(size)).unwrap();
    let mut command = CommandBuilder::new(assert_cmd::cargo::cargo_bin!("scanwise"));
    command.args(args);
    command.env_clear();
    let home = app.home();
    let around = home.parent().unwrap().to_str().unwrap();
    let fixed = [
        ("SCANWISE_HOME", home.to_str().unwrap()),
        ("SCANWISE_NOW", "2026-03-01T09:00:00-05:00"),
        ("SCANWISE_SEED", "7"),
        ("TERM", "xterm-256color"),
        ("HOME", around),
        ("PATH", "/usr/bin:/bin"),
    ];
    for (key, value) in fixed.iter().chain(env) {
        command.env(key, value);
    }
    let child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    (pair.master, child)
}

/// The program at the other end of a terminal.
pub struct Line {
    pub master: Box<dyn MasterPty + Send>,
    pub child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
}

impl Line {
    pub fn open(app: &App, size: Size, args: &[&str], env: &[(&str, &str)]) -> Self {
        let (master, child) = spawn(app, size, args, env);
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
        Self { master, child, writer, output }
    }

    /// More output; `there` is what to show when `wanted` never comes.
    pub fn more(&self, wanted: &str, there: impl Fn() -> String) -> Vec<u8> {
        self.output
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|e| panic!("{wanted:?} never came ({e}); there is:\n{}", there()))
    }

    /// What still comes once the program has ended.
    pub fn rest(&self) -> Vec<u8> {
        let wait = Duration::from_millis(500);
        std::iter::from_fn(|| self.output.recv_timeout(wait).ok()).flatten().collect()
    }

    pub fn press(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Ends it as nothing can be held back, and waits until it is gone.
    pub fn kill(&mut self) {
        self.signal("KILL");
        self.child.wait().unwrap();
    }

    /// Waits for the end and returns the exit code.
    pub fn end(&mut self) -> u32 {
        self.child.wait().unwrap().exit_code()
    }
}

/// Words with one space between them, wherever lines break.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text on screen; a key and what it does are held together by no-break spaces.
pub fn contents(screen: &vt100::Screen) -> String {
    screen.contents().replace('\u{a0}', " ")
}

pub fn cells(n: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(n).unwrap()
}

/// A terminal with a screen.
pub struct Terminal {
    pub line: Line,
    pub parser: vt100::Parser,
    /// Everything that came.
    pub raw: Vec<u8>,
}

impl Terminal {
    pub fn open(app: &App, size: Size, args: &[&str], env: &[(&str, &str)]) -> Self {
        let line = Line::open(app, size, args, env);
        Self { line, parser: vt100::Parser::new(cells(size.0), cells(size.1), 0), raw: Vec::new() }
    }

    pub fn screen(&self) -> String {
        contents(self.parser.screen())
    }

    fn take(&mut self, bytes: &[u8]) {
        self.parser.process(bytes);
        self.raw.extend(bytes);
    }

    /// Feeds output to the emulator until the screen is as wanted.
    pub fn until(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) -> String {
        while !wanted(self.parser.screen()) {
            let bytes = self.line.more(what, || self.screen());
            self.take(&bytes);
        }
        self.screen()
    }

    /// ... until these words are on it (line breaks count as spaces).
    pub fn shows(&mut self, words: &str) -> String {
        self.until(words, |s| contents(s).contains(words) || flat(&contents(s)).contains(words))
    }

    pub fn press(&mut self, keys: &str) {
        self.line.press(keys);
    }

    pub fn resize(&mut self, size: Size) {
        self.line.master.resize(pty_size(size)).unwrap();
        self.parser.screen_mut().set_size(cells(size.0), cells(size.1));
    }

    /// Waits for the end and returns the exit code, with all output read.
    pub fn end(&mut self) -> u32 {
        let code = self.line.end();
        let rest = self.line.rest();
        self.take(&rest);
        code
    }
}
