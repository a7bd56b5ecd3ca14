//! Drafts: caught in one line, finished later, never scheduled, never lost.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;
use common::App;
use common::terminal::{Line, flat};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// A terminal of lines, 40 columns wide.
struct Phone {
    line: Line,
    /// What came since something was last typed.
    seen: String,
    all: String,
    typed: Vec<String>,
}

impl Phone {
    fn open(app: &App, args: &[&str], env: &[(&str, &str)]) -> Self {
        let env: Vec<_> = [("NO_COLOR", "1")].iter().chain(env).copied().collect();
        let line = Line::open(app, (20, 40), args, &env);
        Self { line, seen: String::new(), all: String::new(), typed: Vec::new() }
    }

    /// Waits until these words are there, wherever lines break.
    fn shows(&mut self, words: &str) -> String {
        while !flat(&self.seen).contains(words) {
            // What is typed is echoed with \r\n; a chunk that ends inside a character does not matter here.
            let bytes = self.line.more(words, || self.seen.clone());
            let text = String::from_utf8_lossy(&bytes).replace('\r', "");
            self.seen.push_str(&text);
            self.all.push_str(&text);
        }
        flat(&self.seen)
    }

    fn say(&mut self, line: &str) {
        self.seen.clear();
        self.typed.push(line.to_owned());
        self.line.press(&format!("{line}\n"));
    }

    /// Each prompt with what is typed at it.
    fn talk(&mut self, turns: &[(&str, &str)]) {
        for (prompt, answer) in turns {
            self.shows(prompt);
            self.say(answer);
        }
    }

    fn kill(&mut self) {
        self.line.kill();
    }

    fn end(&mut self) -> u32 {
        self.line.end()
    }
}

fn drafts(app: &App) -> Vec<Value> {
    app.json(&["inbox", "--list"]).as_array().unwrap().clone()
}

fn mine(app: &App) -> Value {
    let text = std::fs::read_to_string(app.home().join("decks/mine.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn one_line_is_a_draft_with_date_rotation_and_tags() {
    let mut app = App::new();
    app.ok(&["config", "rotation", "emergency"]);
    let ran = app.ok(&["add", "CTPA not needed: Wells 2, D-dimer negative #pe", "-t", "EM"]);
    assert_eq!(ran.out, "Kept as draft 1 (emergency #pe #em).\n");
    assert_eq!(ran.err, "");
    app.on("2026-03-06");
    let list = drafts(&app);
    assert_eq!(list.len(), 1);
    assert_eq!(list[0]["rotation"], "emergency");
    assert_eq!(list[0]["days"], 5);
    assert_eq!(list[0]["at"], "2026-03-01T09:00:00-05:00");
    let draft = json!({"tags": ["pe", "em"], "note": "CTPA not needed: Wells 2, D-dimer negative"});
    assert_eq!(list[0]["draft"], draft);
    assert_eq!(app.json(&[])["drafts"], json!({"count": 1, "oldest_days": 5}));
    assert!(app.ok(&[]).out.contains("1 draft waits for 5 days; scanwise\u{a0}inbox"));
    app.ok(&["add", "another", "-r", "Peds ICU"]);
    assert_eq!(drafts(&app)[1]["rotation"], "peds-icu");
    assert!(app.ok(&[]).out.contains("2 drafts wait, the oldest for 5 days;"));
}

#[test]
fn standard_input_is_one_draft_or_one_a_line() {
    let app = App::new();
    assert_eq!(app.typed(&["add", "-"], "first line #a\nsecond line\n").code, 0);
    assert_eq!(drafts(&app)[0]["draft"], json!({"tags": ["a"], "note": "first line\nsecond line"}));
    let ran = app.typed(&["add", "-", "--lines", "-t", "x", "--json"], "one\n\ntwo\n");
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(told["drafts"].as_array().unwrap().len(), 2);
    assert_eq!(drafts(&app)[2]["draft"], json!({"tags": ["x"], "note": "two"}));
    assert_eq!(app.typed(&["add", "-"], " \n").code, 2, "nothing is no draft");
    assert_eq!(app.run(&["add"]).code, 2);
    let long = "x".repeat(20_001);
    let ran = app.typed(&["add", "-"], &long);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("at most 20,000"), "nothing is cut off silently: {}", ran.err);
    assert_eq!(drafts(&app).len(), 3);
}

#[test]
fn whole_cards_go_into_the_deck_at_once_and_others_stay_drafts() {
    let app = App::new();
    app.ok(&["config", "rotation", "neuro"]);
    let told =
        app.json(&["add", "--basic", "Window for thrombolysis?", "4.5 hours", "-t", "stroke", "--domain", "neurology"]);
    assert_eq!(told["card"], "mine/window-for-thrombolysis");
    assert_eq!(told["drafts"], json!([]));
    let told = app.json(&["add", "--cloze", "TNK {{c1::0.25 mg/kg}}"]);
    assert_eq!(told["card"], "mine/tnk-0-25-mg-kg");
    let shown = app.json(&["show", "mine/window-for-thrombolysis"]);
    assert_eq!(shown["content"]["front"], "Window for thrombolysis?");
    assert_eq!(mine(&app)["cards"][0]["tags"], json!(["stroke", "neuro"]), "the rotation becomes a tag");
    assert_eq!(mine(&app)["cards"][1]["domain"], "general");
    assert!(drafts(&app).is_empty());
    // The same question again is another card, never an overwritten one.
    let told = app.json(&["add", "--basic", "Window for thrombolysis?", "9 hours"]);
    assert_eq!(told["card"], "mine/window-for-thrombolysis-2");

    let ran = app.ok(&["add", "--cloze", "nothing hidden here"]);
    assert!(ran.out.contains("Kept as draft") && ran.out.contains("! text: there is no deletion"), "{}", ran.out);
    assert_eq!(drafts(&app).len(), 1);
    app.healthy();
}

#[test]
fn a_deck_with_errors_costs_no_text() {
    let app = App::new();
    app.write_deck("mine", "{ broken");
    let ran = app.run(&["add", "--basic", "Q?", "A"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("mine"), "{}", ran.err);
    assert_eq!(drafts(&app)[0]["draft"]["front"], "Q?");
}

#[test]
fn suspect_text_is_kept_at_once_and_told_without_repeating_it() {
    let app = App::new();
    let ran = app.ok(&["add", "Pt Mr. Okafor, MRN 00123456: CT was not needed"]);
    assert!(ran.err.contains("draft 1 may identify a patient (a name"), "{}", ran.err);
    let ran_json = app.run(&["add", "--basic", "What had Mr. Okafor?", "PE", "--json"]);
    let told: Value = serde_json::from_str(&ran_json.out).unwrap();
    assert_eq!(told["card"], Value::Null, "no card without a decision");
    assert_eq!(told["possible_identifiers"][0]["kind"], "name");
    for text in [&ran.out, &ran.err, &ran_json.out, &ran_json.err] {
        assert!(!text.contains("Okafor") && !text.contains("00123456"), "{text}");
    }
    assert_eq!(drafts(&app).len(), 2);
    // The list and the draft itself mark it, by kind.
    app.ok(&["add", "nothing of anybody"]);
    let list = app.ok(&["inbox", "--list"]).out;
    assert_eq!(list.matches("! could identify a patient (name").count(), 2, "{list}");
    let shown = app.ok(&["inbox", "--show", "1"]).out;
    assert!(shown.contains("! could identify a patient (name, record"), "{shown}");
    assert_eq!(drafts(&app)[1]["possible_identifiers"], json!([{"field": "front", "kind": "name"}]));
    assert_eq!(drafts(&app)[2]["possible_identifiers"], json!([]));
}

#[test]
fn killed_while_it_keeps_a_text_all_of_it_is_there_or_none() {
    let app = App::new();
    app.ok(&["add", "acknowledged"]);
    let text: String = (0..2_000).map(|i| i.to_string() + "\n").collect();
    let mut all = 1;
    for wait in [2, 8, 15, 25, 40] {
        let mut child = app.command(&["add", "-", "--lines"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
        let now = drafts(&app).len();
        assert!(now == all || now == all + 2_000, "{now} after {wait} ms, {all} before");
        all = now;
    }
    assert_eq!(drafts(&app)[0]["draft"]["note"], "acknowledged");
    app.healthy();
}

#[test]
fn drafts_are_never_scheduled() {
    let app = App::new();
    app.ok(&["add", "a xylophonic thought"]);
    app.ok(&["add", "--cloze", "no deletion"]);
    let before = app.json(&[]);
    assert_eq!((&before["new"], &before["due"]), (&json!(20), &json!(0)));
    assert_eq!(app.run(&["next", "mine"]).code, 1, "a draft makes no deck");
    assert_eq!(app.run(&["cards", "xylophonic"]).code, 3);
    assert_eq!(app.healthy(), 0);
}

#[test]
fn the_list_shows_drops_and_restores() {
    let app = App::new();
    app.ok(&["add", "one"]);
    app.ok(&["add", "two"]);
    assert_eq!(app.json(&["inbox", "--drop", "1"]), json!({"dropped": [1]}));
    assert_eq!(drafts(&app).len(), 1);
    assert_eq!(app.run(&["inbox", "--drop", "2", "7"]).code, 1, "all or none");
    assert_eq!(app.run(&["inbox", "--drop", "1"]).code, 1);
    assert_eq!(drafts(&app).len(), 1);
    assert_eq!(app.json(&["inbox", "--show", "1"])["became"], "dropped");
    app.ok(&["inbox", "--restore", "1"]);
    assert_eq!(drafts(&app).len(), 2);
    let ran = app.run(&["inbox"]);
    assert_eq!(ran.code, 1, "no terminal, no form");
    assert!(ran.err.contains("--list"), "{}", ran.err);
    app.ok(&["inbox", "--drop", "1", "2"]);
    assert_eq!(app.run(&["inbox"]).code, 3);
    assert_eq!(app.json(&[])["drafts"], json!({"count": 0, "oldest_days": null}));
}

const COMPLETE: &str = "(q)uit";

#[test]
fn a_draft_becomes_a_decision_on_a_phone() {
    let app = App::new();
    app.ok(&["add", "CTPA not needed: Wells 2, D-dimer negative", "-t", "pe", "-r", "em"]);
    let mut phone = Phone::open(&app, &["inbox"], &[]);
    phone.talk(&[
        (COMPLETE, "c"),
        ("(d)ecision", "d"),
        ("Vignette:", "A 34-year-old woman has had pleuritic pain for a day. Wells score 2, D-dimer 210 ng/mL."),
        ("Question:", ""),
        ("Option 1:", "=No imaging"),
        ("(b)est", "b"),
        ("Why?", "Embolism unlikely, and a negative D-dimer settles it."),
        ("Option 2:", "ct pul"),
        ("1 CT pulmonary angiography RRL 3", "99"),
        ("There is no 99 here", "1"),
        ("(w)rong", "w"),
        ("(w)asteful", "w"),
        ("Why?", "Dose and contrast to find nothing."),
        ("Option 3:", "ctpa"),
        ("is an option already", "v/q"),
        ("= V/Q scan", "w"),
    ]);
    phone.shows("V/Q scan: how does it harm?");
    phone.kill();

    // Everything typed until then is there, and the form goes on where it broke off.
    let draft = &drafts(&app)[0]["draft"];
    assert_eq!(draft["options"][1]["study"], "ct-pulmonary-angiography");
    assert_eq!(draft["options"][2], json!({"study": "nm-vq", "verdict": "wrong"}));
    let mut phone = Phone::open(&app, &["inbox"], &[]);
    phone.talk(&[(COMPLETE, "c"), ("V/Q scan: how does it harm?", "w"), ("Why? (V/Q", "Dose without a question.")]);
    phone.talk(&[
        ("Option 4:", ""),
        ("Rule:", "PE unlikely and D-dimer negative: no imaging."),
        ("If positive:", "There is no image to be positive."),
        ("If negative:", "Look for another cause."),
        ("Source:", "ACR Suspected Pulmonary Embolism"),
        ("write it as", "ACR, Suspected Pulmonary Embolism (2022), Variant 1"),
        ("Domain:", "Pulmonary"),
        ("Note: your thought stays off the card (Enter)", ""),
    ]);
    let shown = phone.shows("(s)ave");
    assert!(shown.contains("Note: (left out)"), "{shown}");
    assert!(shown.contains("vignette has 16 words"), "lints are told: {shown}");
    phone.talk(&[("(s)ave", "s"), ("Its id", "")]);
    phone.shows("Saved as mine/pe-unlikely-and-d-dimer-negative");
    phone.shows("1 card made; no draft left.");
    assert_eq!(phone.end(), 0);
    // The terminal echoes what is typed as one long line, and when it likes: a prompt may be left standing before the next
    // line of the program. Everything else is as narrow as the phone.
    let echo = |line: &str| phone.typed.iter().any(|t| !t.is_empty() && line.ends_with(t.as_str()));
    let narrow = |line: &str| line.strip_prefix("> ").unwrap_or(line).chars().count() <= 40;
    assert!(phone.all.lines().all(|l| echo(l) || narrow(l)), "{}", phone.all);
    let card = &mine(&app)["cards"][0];
    assert_eq!(card["tags"], json!(["pe", "em"]));
    assert_eq!(card["note"], Value::Null, "the thought is no part of the card unless it is kept");
    assert_eq!(card["domain"], "pulmonary");
    assert_eq!(card["options"][0]["id"], "no-imaging");
    assert_eq!(card["sources"][0]["year"], 2022);
    assert_eq!(app.run(&["check", app.home().join("decks/mine.json").to_str().unwrap()]).code, 0);
    assert_eq!(app.next_in("mine").as_deref(), Some("mine/pe-unlikely-and-d-dimer-negative"));
    assert_eq!(app.json(&["inbox", "--show", "1"])["became"], "mine/pe-unlikely-and-d-dimer-negative");
}

const BASIC: [(&str, &str); 8] = [
    (COMPLETE, "c"),
    ("What kind", "b"),
    ("Front:", "Window for thrombolysis?"),
    ("Back:", "4.5 hours"),
    ("Why:", ""),
    ("Source:", ""),
    ("Domain:", ""),
    ("Tags:", ""),
];

#[test]
fn a_thought_stands_on_the_card_only_when_it_is_kept() {
    let app = App::new();
    app.ok(&["add", "bed 4, the teacher from Sunday"]);
    app.ok(&["add", "the window is longer with perfusion imaging"]);
    let mut phone = Phone::open(&app, &["inbox"], &[]);
    phone.talk(&BASIC);
    // It is in the draft until there is a card.
    phone.talk(&[("Note:", ""), ("(s)ave", "q"), ("Kept as a draft", "n")]);
    assert_eq!(drafts(&app)[0]["draft"]["note"], "bed 4, the teacher from Sunday");
    phone.talk(&BASIC);
    phone.talk(&[("Note:", "k"), ("(s)ave", "s"), ("Its id", "")]);
    phone.shows("Saved as");
    assert_eq!(phone.end(), 0);
    assert_eq!(mine(&app)["cards"][0]["note"], "the window is longer with perfusion imaging");
    // Whole by now, the first one asks again before it is saved.
    let mut phone = Phone::open(&app, &["inbox"], &[]);
    phone.talk(&[(COMPLETE, "c"), ("Note: your thought stays off the card", ""), ("(s)ave", "s"), ("Its id", "")]);
    phone.shows("Saved as");
    assert_eq!(phone.end(), 0);
    assert!(!mine(&app).to_string().contains("teacher"), "{}", mine(&app));
}

#[test]
fn a_form_goes_back_to_its_first_field_and_no_letter_means_that() {
    let app = App::new();
    app.ok(&["add", "a thought"]);
    let mut phone = Phone::open(&app, &["inbox"], &[]);
    phone.talk(&[
        (COMPLETE, "c"),
        ("(d)ecision", "d"),
        ("< goes back", "A patient."),
        ("Question:", "?"),
        ("that more follows. Question:", "Which study?"),
    ]);
    phone.shows("Option 1:");
    phone.kill();
    let mut phone = Phone::open(&app, &["inbox"], &[]);
    phone.talk(&[(COMPLETE, "c"), ("Option 1:", "=No imaging"), ("(b)est", "b"), ("Why?", "<"), ("(b)est", "<")]);
    // The option is out again, and the fields that were filled another day are there.
    phone.talk(&[("Option 1:", "<"), ("now: Which study?", "<"), ("now: A patient.", "<")]);
    phone.talk(&[
        ("This is the first field.", "b"),
        ("Option 1:", "1"),
        ("There is no 1 here; there is none yet", "q"),
    ]);
    phone.talk(&[("Kept as a draft", "q")]);
    assert_eq!(phone.end(), 0);
    let draft = &drafts(&app)[0]["draft"];
    assert_eq!((&draft["vignette"], &draft["options"]), (&json!("b"), &Value::Null), "a letter is a text there");
}

#[test]
fn what_could_identify_a_patient_needs_a_decision_that_is_remembered() {
    let app = App::new();
    app.ok(&["add", "--basic", "What had Mr. Okafor?", "PE"]);
    let mut phone = Phone::open(&app, &["inbox"], &[]);
    phone.talk(&[(COMPLETE, "c"), ("(s)ave", "s"), ("(k)eep", "x")]);
    phone.talk(&[("Type one of f, k, q, then Enter", "?"), ("k keep q quit", "q")]);
    phone.talk(&[("Not saved", "s"), ("(f)ix", "f"), ("Its id", "")]);
    phone.shows("Saved as mine/what-had-the-patient");
    assert_eq!(phone.end(), 0);
    assert!(!mine(&app).to_string().to_lowercase().contains("okafor"), "{}", mine(&app));

    // Kept once, it is not asked about again.
    app.ok(&["add", "--basic", "Who described the score, Dr. Wells?", "Yes"]);
    assert_eq!(drafts(&app).len(), 1);
    let mut phone = Phone::open(&app, &["inbox"], &[]);
    phone.talk(&[(COMPLETE, "c"), ("(s)ave", "s"), ("(k)eep", "k"), ("Its id", "")]);
    phone.shows("Saved as");
    assert_eq!(phone.end(), 0);
    let told = app.json(&["add", "--basic", "Who described the score, Dr. Wells?", "He did"]);
    assert!(told["card"].is_string(), "{told}");
    // But it was decided about this text: the same name in another one is asked about again.
    let told = app.json(&["add", "--basic", "Is the patient in front of me Dr. Wells?", "Yes"]);
    assert!(told["card"].is_null(), "{told}");
}

#[test]
fn a_mended_option_does_not_keep_the_name_in_its_id() {
    let app = App::new();
    let deck = common::decision("one", "")
        .replace("\"id\":\"none\"", "\"id\":\"ask-mr-okafor\"")
        .replace("No imaging", "Ask Mr. Okafor");
    app.ok(&["add", "a thought"]);
    // The card comes in by the editor; the name is mended when it is saved.
    let card: Value = serde_json::from_str(&deck).unwrap();
    let mut text = String::from("type: decision\ndomain: pulmonary\nvignette: A patient.\nquestion: Which study?\n");
    for option in card["options"].as_array().unwrap() {
        let harm = option["harm"].as_str().map_or(String::new(), |h| format!(", {h}"));
        let what = option["study"].as_str().map_or_else(
            || format!("{} = {}", option["id"].as_str().unwrap(), option["text"].as_str().unwrap()),
            str::to_owned,
        );
        text.push_str(&format!(
            "[{}{harm}] {what}\n  {}\n",
            option["verdict"].as_str().unwrap(),
            option["why"].as_str().unwrap()
        ));
    }
    text.push_str("rule: A rule.\nif_positive: Treat.\nif_negative: Stop.\nsource: ACR\ntitle: PE\nyear: 2022\n");
    let ready = app.home().parent().unwrap().join("ready.txt");
    std::fs::write(&ready, text).unwrap();
    let command = editor(&app.home(), &format!("cp {} \"$1\"\n", ready.display()));
    let mut phone = Phone::open(&app, &["inbox"], &[("EDITOR", &command)]);
    phone.talk(&[(COMPLETE, "e"), ("it is complete", "c"), ("(s)ave", "s"), ("(f)ix", "f"), ("Its id", "")]);
    phone.shows("Saved as mine/");
    assert_eq!(phone.end(), 0);
    let text = mine(&app).to_string().to_lowercase();
    assert!(!text.contains("okafor") && text.contains("ask-the-patient"), "{text}");
}

#[test]
fn the_editor_takes_a_draft_and_tells_problems_at_their_line() {
    let app = App::new();
    app.ok(&["add", "a thought"]);
    // First a field that does not exist, then the whole card.
    let text = "#!/bin/sh\nif grep -q 'error:' \"$1\"; then\nprintf 'type: basic\\ndomain: d\\nfront: F\\nback: B\\n' > \"$1\"\n\
                else\nprintf 'type: basic\\nfrotn: F\\n' > \"$1\"\nfi\n";
    let command = editor(&app.home(), text);
    let mut phone = Phone::open(&app, &["inbox"], &[("EDITOR", &command)]);
    phone.talk(&[(COMPLETE, "e"), ("line 2:", "e")]);
    phone.shows("it is complete");
    phone.talk(&[(COMPLETE, "q")]);
    phone.shows("1 draft left.");
    assert_eq!(phone.end(), 0);
    assert_eq!(drafts(&app)[0]["draft"], json!({"type": "basic", "domain": "d", "front": "F", "back": "B"}));
    assert!(!waits(&app), "nothing is left on the desk");
}

/// A text of draft 1 lies where an edit left it.
fn waits(app: &App) -> bool {
    app.home().join("editing/draft-1.txt").exists()
}

/// An editor that runs this script; $1 is the file.
fn editor(folder: &Path, script: &str) -> String {
    let path = folder.join("editor.sh");
    std::fs::write(&path, script).unwrap();
    format!("sh {}", path.display())
}

#[test]
fn an_editor_that_fails_costs_no_text() {
    let app = App::new();
    app.ok(&["add", "a thought"]);
    let command = editor(&app.home(), "exit 3\n");
    let mut phone = Phone::open(&app, &["inbox"], &[("EDITOR", &command)]);
    phone.talk(&[(COMPLETE, "e")]);
    phone.shows("ended with an error");
    phone.shows(COMPLETE);
    assert!(!waits(&app), "nothing was typed");
    // The next one dies after something was typed.
    editor(&app.home(), "printf 'type: basic\\nfront: typed before\\n' > \"$1\"\nexit 3\n");
    phone.say("e");
    phone.shows("What you typed is kept");
    phone.shows(COMPLETE);
    assert!(waits(&app));
    editor(&app.home(), "exit 0\n");
    phone.talk(&[(COMPLETE, "e"), ("(g)o on", "g"), ("Kept;", "q")]);
    assert_eq!(phone.end(), 0);
    assert_eq!(drafts(&app)[0]["draft"]["front"], "typed before");
    assert!(!waits(&app));
}

#[test]
fn an_edit_that_broke_off_goes_on() {
    let app = App::new();
    app.ok(&["add", "a thought"]);
    let marker = app.home().join("typed");
    let text = format!(
        "#!/bin/sh\nif [ -e {0} ]; then exit 0; fi\nprintf 'type: basic\\nfront: typed before\\n' > \"$1\"\ntouch {0}\nsleep 60\n",
        marker.display()
    );
    let command = editor(&app.home(), &text);
    let mut phone = Phone::open(&app, &["inbox"], &[("VISUAL", &command)]);
    phone.talk(&[(COMPLETE, "e")]);
    for _ in 0..600 {
        if marker.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut second = Phone::open(&app, &["inbox"], &[("VISUAL", &command)]);
    second.talk(&[(COMPLETE, "e")]);
    second.shows("draft 1 is being edited elsewhere");
    second.talk(&[(COMPLETE, "q")]);
    assert_eq!(second.end(), 0);
    phone.kill();
    let mut phone = Phone::open(&app, &["inbox"], &[("VISUAL", &command)]);
    phone.talk(&[(COMPLETE, "e"), ("(g)o on", "g")]);
    phone.shows("Kept;");
    phone.talk(&[(COMPLETE, "q")]);
    assert_eq!(phone.end(), 0);
    assert_eq!(drafts(&app)[0]["draft"]["front"], "typed before");
}

#[test]
fn drafts_are_split_merged_and_postponed() {
    let mut app = App::new();
    app.typed(&["add", "-", "-t", "em"], "first\nsecond\nthird\n");
    app.ok(&["add", "late thought"]);
    let mut phone = Phone::open(&app, &["inbox"], &[]);
    phone.talk(&[(COMPLETE, "s"), ("It says now: first second third (l)ines", "l")]);
    phone.talk(&[("1 first 2 second 3 third Make these 3", "n"), ("Nothing was changed.", "s"), ("(l)ines", "l")]);
    phone.talk(&[("Make these 3 drafts of it?", "y"), ("Split into 3, 4, 5;", "m"), ("its number", "2")]);
    phone.talk(&[("Drafts 3 and 2 are draft 6 now;", "p"), ("For how many days?", "3")]);
    phone.shows("It comes back on 2026-03-04.");
    assert_eq!(phone.end(), 0, "draft 2 is gone, and the new ones come the next time");
    let list = drafts(&app);
    assert_eq!(list.len(), 3);
    assert_eq!(list[2]["draft"], json!({"tags": ["em"], "note": "first\nlate thought"}));
    assert_eq!(list[0]["draft"], json!({"tags": ["em"], "note": "second"}));
    assert_eq!(app.json(&[])["drafts"]["count"], 2, "a postponed one does not wait");
    app.on("2026-03-04");
    assert_eq!(app.json(&[])["drafts"]["count"], 3);
}

#[test]
fn a_split_or_merged_draft_comes_back_as_it_was() {
    let app = App::new();
    app.ok(&["add", "the whole thought", "-t", "em"]);
    app.ok(&["add", "another"]);
    let before = drafts(&app);
    let mut phone = Phone::open(&app, &["inbox"], &[]);
    phone.talk(&[(COMPLETE, "s"), ("It says now: the whole thought Part 1", "one"), ("Part 2", "two"), ("Part 3", "")]);
    phone.talk(&[("Make these 2 drafts of it?", "y"), ("Split into 3, 4; `scanwise inbox --restore 1`", "q")]);
    assert_eq!(phone.end(), 0);
    assert_eq!(app.json(&["inbox", "--show", "1"])["became"], "split into 3, 4");
    assert_eq!(app.json(&["inbox", "--restore", "1"]), json!({"restored": [1], "still_there": [3, 4]}));
    app.ok(&["inbox", "--drop", "3", "4"]);
    assert_eq!(drafts(&app), before);
    let mut phone = Phone::open(&app, &["inbox"], &[]);
    phone.talk(&[(COMPLETE, "m"), ("its number", "2"), ("Drafts 1 and 2 are draft 5 now;", "q")]);
    assert_eq!(phone.end(), 0);
    assert_eq!(drafts(&app).len(), 1);
    let ran = app.ok(&["inbox", "--restore", "1", "2"]);
    assert!(ran.out.contains("--drop 5"), "{}", ran.out);
    app.ok(&["inbox", "--drop", "5"]);
    assert_eq!(drafts(&app), before);
}

#[test]
fn near_duplicates_and_contradictions_are_shown() {
    let app = App::new();
    let front = "Within how many hours of last known well may thrombolysis start for a disabling stroke?";
    app.ok(&["add", "--basic", front, "4.5 hours"]);
    app.ok(&["add", "a thought"]);
    let mut phone = Phone::open(&app, &["inbox"], &[]);
    phone.talk(&[
        (COMPLETE, "c"),
        ("(b)asic", "b"),
        ("Front:", front),
        ("Back:", "9 hours"),
        ("Why:", ""),
        ("Source:", ""),
    ]);
    phone.talk(&[("Domain:", ""), ("Tags:", ""), ("Note:", "-")]);
    let shown = phone.shows("(s)ave");
    assert!(shown.contains("asks the same and has another answer"), "{shown}");
    phone.say("q");
    phone.talk(&[("Kept as a draft", "q")]);
    assert_eq!(phone.end(), 0);
}

#[test]
fn a_change_of_notes_that_was_held_back_reaches_its_card_with_its_progress() {
    let app = App::new();
    let page = app.home().parent().unwrap().join("neuro.md");
    let name = page.to_str().unwrap();
    std::fs::write(&page, "Q: Window?\nA: 4.5 hours\n<!-- id: window -->\n").unwrap();
    app.ok(&["notes", name, "--yes"]);
    app.recall("mine/window", true, "sure");
    std::fs::write(&page, "Q: Window?\nA: 4.5 hours\n> Asked for Mr. Okafor.\n<!-- id: window -->\n").unwrap();
    let told = app.json(&["notes", name, "--yes"]);
    assert_eq!(told[0]["items"][0]["fate"], "held");
    assert_eq!(mine(&app)["cards"][0]["why"], Value::Null);
    let mut phone = Phone::open(&app, &["inbox"], &[]);
    phone.talk(&[(COMPLETE, "c"), ("(s)ave", "s"), ("(f)ix", "f")]);
    phone.shows("Saved as mine/window; its schedule stays as it is.");
    assert_eq!(phone.end(), 0);
    assert_eq!(mine(&app)["cards"][0]["why"], "Asked for the patient.");
    assert_eq!(mine(&app)["cards"].as_array().unwrap().len(), 1);
    assert_eq!(app.json(&["show", "mine/window"])["answers"], 1);
    // Decided once: the notes say nothing new.
    let told = app.json(&["notes", name, "--yes"]);
    assert_eq!(told[0]["items"][0]["fate"], "unchanged");
    assert!(drafts(&app).is_empty());
}

#[test]
fn a_card_that_was_never_answered_stays_new_whatever_changes() {
    let app = App::new();
    let page = app.home().parent().unwrap().join("neuro.md");
    let name = page.to_str().unwrap();
    std::fs::write(&page, "Q: Window?\nA: 4.5 hours\n<!-- id: window -->\n").unwrap();
    app.ok(&["notes", name, "--yes"]);
    std::fs::write(&page, "Q: Window?\nA: 9 hours\n> Asked for Mr. Okafor.\n<!-- id: window -->\n").unwrap();
    app.ok(&["notes", name, "--yes"]);
    let mut phone = Phone::open(&app, &["inbox"], &[]);
    phone.talk(&[(COMPLETE, "c"), ("(s)ave", "s"), ("(f)ix", "f")]);
    phone.shows("Saved as mine/window; it was never answered, so it stays new.");
    assert_eq!(phone.end(), 0);
}

#[test]
fn a_card_is_flipped_into_a_family() {
    let app = App::new();
    app.write_deck("mine", &common::deck("mine", &common::decision("one", "")));
    app.json(&["answer", "mine/one", "--choice", "ct-pulmonary-angiography", "--confidence", "sure"]);
    let before = app.json(&["show", "mine/one"]);
    app.ok(&["add", "--flip", "mine/one", "22 weeks pregnant", "-t", "pregnancy"]);
    let draft = &drafts(&app)[0]["draft"];
    assert_eq!((&draft["family"], &draft["modifier"]), (&json!("one"), &json!("22 weeks pregnant")));
    assert_eq!(draft["options"][0], json!({"study": "ct-pulmonary-angiography"}), "what flips is open");
    assert_eq!(draft["options"][2], json!({"id": "none", "text": "No imaging"}));
    assert_eq!(app.run(&["add", "--flip", "mine/two", "x"]).code, 1);

    for args in [["inbox", "--list"].as_slice(), &["inbox", "--show", "1"]] {
        let ran = app.ok(args);
        assert!(ran.out.contains("22 weeks pregnant"), "{}", ran.out);
    }
    let command = editor(&app.home(), "sed -i 's/Patient one\\./Patient one, 22 weeks pregnant./' \"$1\"\n");
    let mut phone = Phone::open(&app, &["inbox"], &[("EDITOR", &command)]);
    phone.talk(&[
        ("What flips the answer: 22 weeks pregnant (family one)", "c"),
        ("Vignette: that of its sibling, with what is different: 22 weeks pregnant; e changes", "e"),
        ("now: Patient one, 22 weeks pregnant.", ""),
        ("CT pulmonary angiography: (b)est", "w"),
    ]);
    phone.talk(&[
        ("how does it harm?", "w"),
        ("Why?", "Dose to the breast."),
        ("(b)est", "b"),
        ("Why?", "Little dose."),
    ]);
    phone.talk(&[
        ("No imaging: (a)cceptable", "w"),
        ("how does", "u"),
        ("Why?", "No."),
        ("Chest", "a"),
        ("Why?", "Yes."),
        ("Option 5", ""),
    ]);
    phone.talk(&[("Rule:", "Perfusion first in pregnancy."), ("If positive:", "Treat."), ("If negative:", "Stop.")]);
    phone.talk(&[("(s)ave", "s"), ("Its id", "one-pregnant")]);
    phone.shows("Saved as mine/one-pregnant");
    assert_eq!(phone.end(), 0);
    let deck = mine(&app);
    assert_eq!(deck["cards"][0]["family"], "one", "the first one joins the family");
    assert_eq!(deck["cards"][1]["family"], "one");
    let after = app.json(&["show", "mine/one"]);
    assert_eq!(after["siblings"], json!(["mine/one-pregnant"]));
    assert_eq!((&after["due"], &after["answers"]), (&before["due"], &before["answers"]));
    assert_eq!(app.next_in("mine"), None, "siblings never share a study day");
    app.healthy();
}
