//! A home of its own, a fixed clock and a fixed seed for every test.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "shared by test files that use different parts; a failing test may panic"
)]

pub mod terminal;

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The program with a home.
pub struct App {
    dir: TempDir,
    now: String,
}

impl App {
    pub fn new() -> Self {
        let dir = TempDir::new().unwrap();
        Self { dir, now: "2026-03-01T09:00:00-05:00".to_owned() }
    }

    /// With one deck of the user's: `n` basic cards `b-1` ... in deck `mine`.
    pub fn with_basics(n: usize) -> Self {
        let app = Self::new();
        app.write_deck("mine", &basics("mine", n));
        app
    }

    pub fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    pub fn database(&self) -> PathBuf {
        self.home().join("scanwise.db")
    }

    pub fn write_deck(&self, name: &str, text: &str) -> PathBuf {
        let folder = self.home().join("decks");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.json"));
        std::fs::write(&path, text).unwrap();
        path
    }

    /// From now on it is this moment.
    pub fn at(&mut self, now: &str) -> &mut Self {
        now.clone_into(&mut self.now);
        self
    }

    /// From now on it is 09:00 on this day.
    pub fn on(&mut self, day: &str) -> &mut Self {
        self.now = format!("{day}T09:00:00-05:00");
        self
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("scanwise"));
        command
            .args(args)
            .env_clear()
            .env("SCANWISE_HOME", self.home())
            .env("SCANWISE_NOW", &self.now)
            .env("SCANWISE_SEED", "7")
            .env("HOME", self.dir.path())
            .current_dir(self.dir.path())
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::from(self.command(args).output().unwrap())
    }

    /// Runs and expects success.
    pub fn ok(&self, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}\n{}\n{}", ran.out, ran.err);
        ran
    }

    /// Runs with `--json` and reads the one document on stdout.
    pub fn json(&self, args: &[&str]) -> Value {
        let mut all = args.to_vec();
        all.push("--json");
        let ran = self.ok(&all);
        serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{args:?}: {e}\n{}", ran.out))
    }

    pub fn typed(&self, args: &[&str], input: &str) -> Ran {
        let mut child =
            self.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A program that stopped reading early has what it wanted.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ran::from(child.wait_with_output().unwrap())
    }

    /// Recalls a card.
    pub fn recall(&self, card: &str, yes: bool, confidence: &str) -> Value {
        self.json(&["answer", card, "--recalled", if yes { "yes" } else { "no" }, "--confidence", confidence])
    }

    /// The card `next` names, if any.
    pub fn next(&self) -> Option<String> {
        self.json(&["next"])["card"].as_str().map(str::to_owned)
    }

    pub fn next_in(&self, deck: &str) -> Option<String> {
        self.json(&["next", deck])["card"].as_str().map(str::to_owned)
    }

    /// The letter, as it is typed, of an option of the next card of deck `mine`.
    pub fn letter_of(&self, option: &str) -> String {
        let next = self.json(&["next", "mine"]);
        let options = next["options"].as_array().unwrap();
        options.iter().find(|o| o["id"] == option).unwrap()["letter"].as_str().unwrap().to_lowercase()
    }

    /// Takes the newest change of decks back, be it an import, an edit or a reading of notes.
    pub fn undo_newest(&self) -> Ran {
        let list = self.json(&["import", "--list"]);
        let newest = list.as_array().unwrap().iter().find(|i| i["undone"] == false).expect("a change");
        self.ok(&["import", "--undo", &newest["import"].to_string(), "--yes"])
    }

    /// The home examined: log, database and cache agree.
    pub fn healthy(&self) -> u64 {
        let health = self.json(&["doctor"]);
        assert_eq!(health["ok"], true, "{health}");
        health["events"].as_u64().unwrap()
    }
}

/// What a run left.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ran {
    fn from(o: Output) -> Self {
        Self {
            code: o.status.code().unwrap_or(-1),
            out: String::from_utf8(o.stdout).expect("stdout is text"),
            err: String::from_utf8(o.stderr).expect("stderr is text"),
        }
    }
}

pub fn basics(id: &str, n: usize) -> String {
    let cards: Vec<String> = (1..=n)
        .map(|i| format!(r#"{{"id":"b-{i}","type":"basic","domain":"neurology","tags":["t{}"],"front":"Front {i}","back":"Back {i}"}}"#, i % 3))
        .collect();
    deck(id, &cards.join(",\n"))
}

pub fn deck(id: &str, cards: &str) -> String {
    format!("{{\"format\":1,\"id\":\"{id}\",\"title\":\"Deck {id}\",\"version\":\"1\",\"cards\":[\n{cards}\n]}}\n")
}

/// A decision card with a best, an acceptable and two wrong options.
pub fn decision(id: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{id}","type":"decision","domain":"pulmonary",{more}"vignette":"Patient {id}.","question":"Which study?",
        "options":[{{"study":"ct-pulmonary-angiography","verdict":"best","why":"Because."}},
        {{"study":"nm-vq","verdict":"acceptable","why":"Second."}},
        {{"id":"none","text":"No imaging","verdict":"wrong","harm":"unsafe","why":"No."}},
        {{"study":"xr-chest","verdict":"wrong","harm":"wasteful","why":"Says little."}}],
        "rule":"A rule.","next":{{"if_positive":"Treat.","if_negative":"Stop."}},
        "sources":[{{"body":"ACR","title":"PE","year":2022}}]}}"#
    )
}

/// Bytes of a file, to show that it was not touched.
pub fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}
