//! `scanwise notes`: rotation notes read as often as they change, each card once, its progress kept.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;
use common::App;
use common::terminal::{Terminal, flat};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

const PAGE: &str = "# Neurology\n\nNight shift, prose.\n\nQ: Window for thrombolysis?\nA: 4.5 hours from last known well\n> Guideline of 2026.\n\n\
TNK for stroke: {{c1::0.25 mg/kg}}, at most {{c2::25 mg}}.\n\n\
? A 54-year-old man has pleuritic pain, Wells 2, D-dimer 1900 ng/mL. Which study comes next?\n\
- [x] CTPA -- shows the clot\n- [ ] Repeat the D-dimer (delays) -- it was positive\n\
rule: D-dimer positive: CTPA.\npositive: Anticoagulate.\nnegative: Stop.\nsource: ACR, Suspected Pulmonary Embolism (2022)\n\n\
? Thunderclap headache, normal exam. First study?\n- [x] CT head without IV contrast\n- [ ] LP first (delays)\n";

/// A home and a page of notes.
struct Notes {
    app: App,
    path: PathBuf,
}

impl Notes {
    fn new(page: &str) -> Self {
        let app = App::new();
        let folder = app.home().parent().unwrap().join("rotation");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("neuro.md");
        let notes = Self { app, path };
        notes.write(page);
        notes
    }

    fn write(&self, page: &str) {
        std::fs::write(&self.path, page).unwrap();
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap()
    }

    fn edit(&self, from: &str, to: &str) {
        let text = self.text();
        assert!(text.contains(from), "{from} is not in {text}");
        self.write(&text.replace(from, to));
    }

    fn args<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let mut args = vec!["notes", self.path.to_str().unwrap()];
        args.extend(more);
        args
    }

    /// Reads the notes and gives what became of each item.
    fn read(&self, more: &[&str]) -> Vec<Value> {
        let mut args = self.args(&["--yes"]);
        args.extend(more);
        self.app.json(&args)[0]["items"].as_array().unwrap().clone()
    }

    /// The same where something stays open: exit 1.
    fn open(&self, more: &[&str]) -> Vec<Value> {
        let mut args = self.args(&["--yes", "--json"]);
        args.extend(more);
        let ran = self.app.run(&args);
        assert_eq!(ran.code, 1, "{}", ran.err);
        serde_json::from_str::<Value>(&ran.out).unwrap()[0]["items"].as_array().unwrap().clone()
    }

    fn fates(&self, more: &[&str]) -> Vec<String> {
        self.read(more).iter().map(|i| i["fate"].as_str().unwrap().to_owned()).collect()
    }

    fn deck_path(&self) -> PathBuf {
        self.app.home().join("decks/mine.json")
    }

    fn deck(&self) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.deck_path()).unwrap()).unwrap()
    }

    fn edit_deck(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.deck_path()).unwrap();
        assert!(text.contains(from), "{from} is not in {text}");
        std::fs::write(self.deck_path(), text.replace(from, to)).unwrap();
    }

    fn drafts(&self) -> Vec<Value> {
        self.app.json(&["inbox", "--list"]).as_array().unwrap().clone()
    }
}

#[test]
fn read_twice_is_read_once() {
    let n = Notes::new(PAGE);
    assert_eq!(n.fates(&[]), ["new", "new", "new", "draft"]);
    let (deck, drafts) = (std::fs::read(n.deck_path()).unwrap(), n.drafts());
    assert_eq!(n.deck()["cards"].as_array().unwrap().len(), 3);
    assert_eq!(drafts.len(), 1);
    assert_eq!(drafts[0]["draft"]["vignette"], "Thunderclap headache, normal exam.");
    assert_eq!(n.fates(&[]), ["unchanged", "unchanged", "unchanged", "draft"]);
    assert_eq!(std::fs::read(n.deck_path()).unwrap(), deck, "nothing was written");
    assert_eq!(n.drafts(), drafts, "no draft is doubled");
    assert_eq!(n.text(), PAGE, "the notes are as they were");
    assert_eq!(n.app.healthy(), 0);
}

#[test]
fn nothing_is_saved_without_a_yes_or_in_a_dry_run() {
    let n = Notes::new(PAGE);
    let ran = n.app.run(&n.args(&[]));
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("--yes") && ran.out.contains("neuro.md: 3 new, 1 draft"), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("line 19: Thunderclap headache, normal exam. (lacks"), "{}", ran.out);
    assert_eq!(n.app.run(&n.args(&["--dry-run", "--write-ids"])).code, 0);
    assert!(!n.deck_path().exists() && n.drafts().is_empty());
    assert_eq!(n.text(), PAGE);
}

#[test]
fn wording_keeps_the_schedule_and_an_answer_is_due_again() {
    let mut n = Notes::new(PAGE);
    n.read(&["--write-ids"]);
    let id = n.deck()["cards"][0]["id"].as_str().unwrap().to_owned();
    let card = format!("mine/{id}");
    n.app.recall(&card, true, "sure");
    n.app.on("2026-03-02");
    n.app.recall(&card, true, "sure");
    let before = n.app.json(&["show", &card]);
    assert_eq!(before["due"], "2026-03-08");

    n.edit("Window for thrombolysis?", "What is the window for thrombolysis in stroke?");
    let item = &n.read(&[])[0];
    assert_eq!((&item["fate"], &item["class"]), (&json!("changed"), &json!("wording")));
    assert_eq!(item["fields"], json!(["front"]));
    let shown = n.app.json(&["show", &card]);
    assert_eq!((&shown["due"], &shown["answers"]), (&json!("2026-03-08"), &json!(2)));
    assert_eq!(shown["content"]["front"], "What is the window for thrombolysis in stroke?");

    n.edit("Guideline of 2026.", "Guideline of 2019.");
    assert_eq!(n.read(&[])[0]["class"], "detail");
    assert_eq!(n.app.json(&["show", &card])["due"], "2026-03-08");

    n.edit("4.5 hours from", "9 hours from");
    let preview = n.app.run(&n.args(&["--dry-run"])).out;
    assert!(preview.contains("(answer: if it was answered, it is due again and"), "{preview}");
    assert_eq!(n.read(&[])[0]["class"], "answer");
    let shown = n.app.json(&["show", &card]);
    assert_eq!(shown["due"], "2026-03-02", "what was learned is wrong: due again");
    assert_eq!(shown["answers"], 2, "and nothing of its history is lost");
    n.app.healthy();
}

#[test]
fn another_best_option_makes_a_decision_due_again() {
    let mut n = Notes::new(PAGE);
    n.read(&["--write-ids"]);
    let cards = n.deck()["cards"].as_array().unwrap().clone();
    let card = format!("mine/{}", cards[2]["id"].as_str().unwrap());
    n.app.json(&["answer", &card, "--choice", "ct-pulmonary-angiography", "--confidence", "sure"]);
    n.app.on("2026-03-02");
    n.app.json(&["answer", &card, "--choice", "ct-pulmonary-angiography", "--confidence", "sure"]);
    assert_eq!(n.app.json(&["show", &card])["due"], "2026-03-08");
    n.edit("- [x] CTPA -- shows", "- [ ] CTPA (wasteful) -- shows");
    n.edit("- [ ] Repeat the D-dimer (delays) --", "- [x] Repeat the D-dimer --");
    assert_eq!(n.read(&[])[2]["class"], "answer");
    assert_eq!(n.app.json(&["show", &card])["due"], "2026-03-02");
}

#[test]
fn hand_edits_of_the_deck_survive_and_conflicts_are_left_alone() {
    let n = Notes::new(PAGE);
    n.read(&["--write-ids"]);
    n.edit_deck("Guideline of 2026.", "Guideline of 2026, class 1.");
    assert_eq!(n.fates(&[])[0], "unchanged", "the notes say nothing new");
    assert_eq!(n.deck()["cards"][0]["why"], "Guideline of 2026, class 1.");

    n.edit("Window for thrombolysis?", "What is the window for thrombolysis?");
    let item = &n.read(&[])[0];
    assert_eq!((&item["fate"], &item["merged"]), (&json!("changed"), &json!(true)));
    let card = n.deck()["cards"][0].clone();
    assert_eq!(card["front"], "What is the window for thrombolysis?");
    assert_eq!(card["why"], "Guideline of 2026, class 1.");

    // Both changed one field, differently: told, and what stands in the deck stays.
    n.edit_deck("What is the window for thrombolysis?", "By hand?");
    n.edit("What is the window for thrombolysis?", "By note?");
    let ran = n.app.run(&n.args(&["--yes"]));
    assert_eq!(ran.code, 1, "open");
    assert!(ran.out.contains("Edited in the deck and in the notes") && ran.out.contains("By note?"), "{}", ran.out);
    assert!(ran.err.contains("--deck-wins") && ran.err.contains("--notes-win"), "{}", ran.err);
    assert_eq!(n.deck()["cards"][0]["front"], "By hand?");
    assert_eq!(n.open(&[])[0]["fate"], "conflict", "until it is decided");
    n.edit("By note?", "By hand?");
    assert_eq!(n.fates(&[])[0], "unchanged");
    n.edit("By hand?", "By hand, once more?");
    assert_eq!(n.fates(&[])[0], "changed");
    n.app.healthy();
}

/// A card edited on both sides.
fn contested() -> Notes {
    let n = Notes::new("Q: One?\nA: 1\n<!-- id: one -->\n");
    n.read(&[]);
    n.edit_deck("One?", "By hand?");
    n.edit("One?", "By note?");
    n
}

#[test]
fn a_card_edited_on_both_sides_is_decided_by_a_switch() {
    let n = contested();
    assert_eq!(n.fates(&["--deck-wins"]), ["unchanged"]);
    assert_eq!(n.deck()["cards"][0]["front"], "By hand?");
    assert_eq!(n.fates(&[]), ["unchanged"], "decided for good");
    let n = contested();
    assert_eq!(n.fates(&["--notes-win"]), ["changed"]);
    assert_eq!(n.deck()["cards"][0]["front"], "By note?");
    assert_eq!(n.fates(&[]), ["unchanged"]);
    assert_eq!(n.app.run(&n.args(&["--notes-win", "--deck-wins"])).code, 2);
}

#[test]
fn a_card_edited_on_both_sides_is_asked_about_on_a_terminal() {
    let n = contested();
    let mut t = Terminal::open(&n.app, (40, 100), &n.args(&[]), &[]);
    t.shows("(N)otes");
    let seen = flat(&t.screen());
    assert!(seen.contains("deck: By hand?") && seen.contains("notes: By note?"), "{seen}");
    t.line.press("l\n");
    assert_eq!(t.line.end(), 1, "left open");
    let mut t = Terminal::open(&n.app, (40, 100), &n.args(&[]), &[]);
    t.shows("(N)otes");
    t.line.press("n\n");
    t.shows("Save this?");
    t.line.press("y\n");
    assert_eq!(t.line.end(), 0);
    assert_eq!(n.deck()["cards"][0]["front"], "By note?");
}

#[test]
fn a_reading_that_was_taken_back_can_be_taken_again() {
    let n = Notes::new("Q: One?\nA: 1\n<!-- id: one -->\n");
    n.read(&[]);
    n.edit("One?", "The first one?");
    n.read(&[]);
    n.app.undo_newest();
    assert_eq!(n.deck()["cards"][0]["front"], "One?");
    let ran = n.app.ok(&n.args(&["--yes"]));
    assert!(ran.out.contains("1 card stands otherwise in the deck; --restore"), "{}", ran.out);
    assert_eq!(n.read(&[])[0]["deck_differs"], json!(["front"]));
    assert_eq!(n.fates(&["--restore"]), ["changed"]);
    assert_eq!(n.deck()["cards"][0]["front"], "The first one?");
    assert_eq!(n.read(&[])[0]["deck_differs"], Value::Null);
}

#[test]
fn ids_are_written_once_and_nothing_else_changes() {
    let n = Notes::new(&PAGE.replace('\n', "\r\n"));
    let before = n.text();
    n.read(&["--write-ids"]);
    let with_ids = n.text();
    let ids = with_ids.matches("<!-- id: n-").count();
    assert_eq!(ids, 4, "{with_ids}");
    let without: String = with_ids.split_inclusive('\n').filter(|l| !l.starts_with("<!-- id:")).collect();
    // The last line had its line end after it.
    assert_eq!(without.trim_end(), before.trim_end());
    assert_eq!(n.fates(&["--write-ids"]), ["unchanged", "unchanged", "unchanged", "draft"]);
    assert_eq!(n.text(), with_ids);
    // Moved and renamed: the same cards.
    let moved = n.path.with_file_name("other.md");
    std::fs::rename(&n.path, &moved).unwrap();
    let told = n.app.json(&["notes", moved.to_str().unwrap(), "--yes"]);
    assert_eq!(told[0]["items"][0]["fate"], "unchanged", "{told}");
    assert_eq!(n.deck()["cards"].as_array().unwrap().len(), 3);
    assert_eq!(n.drafts().len(), 1);
}

#[test]
fn ids_in_raw_html_name_their_cards_and_a_copy_gets_none() {
    let page = "Q: One?\nA: 1\n\n<!draft\n\nQ: Two?\nA: 2\n\n## Tag\n\n> end\n\nQ: Three?\nA: 3\n<!-- id: three -->\n\n\
Q: Four?\nA: 4\n<!-- id: three -->\n";
    let n = Notes::new(page);
    let told = n.app.json(&n.args(&["--yes", "--write-ids"]));
    assert_eq!(told[0]["ids_written"], 2, "{told}");
    assert_eq!(n.text().matches("<!-- id: ").count(), 4);
    let before = n.deck();
    assert_eq!(n.fates(&["--write-ids"]), ["unchanged"; 4]);
    assert_eq!(n.deck(), before);
}

#[cfg(unix)]
#[test]
fn writing_ids_keeps_mode_link_and_byte_order_mark() {
    use std::os::unix::fs::PermissionsExt;
    let n = Notes::new(&format!("\u{feff}{PAGE}"));
    std::fs::set_permissions(&n.path, std::fs::Permissions::from_mode(0o664)).unwrap();
    let link = n.path.with_file_name("link.md");
    std::os::unix::fs::symlink(&n.path, &link).unwrap();
    n.app.ok(&["notes", link.to_str().unwrap(), "--yes", "--write-ids"]);
    assert!(link.is_symlink());
    assert_eq!(std::fs::metadata(&n.path).unwrap().permissions().mode() & 0o777, 0o664);
    assert!(n.text().starts_with("\u{feff}# Neurology") && n.text().contains("<!-- id:"));
    // Not UTF-8: read, but never rewritten.
    let latin = n.path.with_file_name("latin.md");
    std::fs::write(&latin, b"Q: What is a caf\xe9 au lait spot?\nA: A sign of NF1.\n").unwrap();
    let ran = n.app.run(&["notes", latin.to_str().unwrap(), "--yes", "--write-ids"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("not UTF-8"), "{}", ran.err);
    assert_eq!(std::fs::read(&latin).unwrap(), b"Q: What is a caf\xe9 au lait spot?\nA: A sign of NF1.\n");
    assert!(n.deck().to_string().contains("café"), "its card is kept all the same");
}

#[test]
fn a_draft_whose_note_became_complete_is_a_card() {
    let n = Notes::new(
        "? Thunderclap headache. First study?\n- [x] CT head without IV contrast -- blood\n<!-- id: thunder -->\n",
    );
    assert_eq!(n.fates(&[]), ["draft"]);
    n.edit("Thunderclap", "Sudden thunderclap");
    assert_eq!(n.read(&[])[0]["draft"], "follows");
    assert_eq!(n.drafts().len(), 1);
    assert_eq!(n.drafts()[0]["draft"]["vignette"], "Sudden thunderclap headache.");
    n.edit(
        "<!-- id",
        "- [ ] LP first (delays) -- after the CT\nrule: CT first.\npositive: Angiography.\nnegative: LP.\n\
         source: ACR, Headache (2022)\n<!-- id",
    );
    assert_eq!(n.fates(&[]), ["new"]);
    assert!(n.drafts().is_empty());
    assert_eq!(n.app.json(&["inbox", "--show", "1"])["became"], "mine/thunder");
    // A note that lacks something again leaves its card alone, and makes no draft beside it.
    n.edit("rule: CT first.\n", "");
    assert_eq!(n.fates(&[]), ["incomplete-now"]);
    assert_eq!(n.deck()["cards"][0]["rule"], "CT first.");
    assert!(n.drafts().is_empty());
}

#[test]
fn a_dropped_draft_stays_dropped_until_its_note_changes() {
    let n = Notes::new("Q: Half a card?\n");
    assert_eq!(n.fates(&[]), ["draft"]);
    n.app.ok(&["inbox", "--drop", "1"]);
    assert_eq!(n.read(&[])[0]["draft"], "dropped");
    assert!(n.drafts().is_empty());
    n.edit("Half a card?", "half a card? #tagged");
    assert_eq!(n.read(&[])[0]["draft"], "new");
    assert_eq!(n.drafts().len(), 1);
}

#[test]
fn what_could_identify_a_patient_is_held_back_and_the_rest_saved() {
    let n = Notes::new("Q: What had Mr. Okafor, MRN 00123456?\nA: PE\n\nQ: Clean?\nA: Yes\n");
    let ran = n.app.ok(&n.args(&["--yes"]));
    assert!(ran.out.contains("neuro.md: 1 new, 1 held back"), "{}", ran.out);
    assert!(ran.out.contains("line 1, front: a name behind a title"), "{}", ran.out);
    assert!(!ran.out.contains("Okafor") && !ran.err.contains("Okafor") && !ran.out.contains("00123456"), "{}", ran.out);
    let cards = n.deck()["cards"].clone();
    assert_eq!(cards.as_array().unwrap().len(), 1);
    assert_eq!(cards[0]["front"], "Clean?");
    assert_eq!(n.drafts().len(), 1);
    let item = &n.read(&[])[0];
    assert_eq!(item["fate"], "held");
    assert_eq!(item["possible_identifiers"][0], json!({"field": "front", "kind": "name"}));
    assert!(!item.to_string().contains("Okafor"));
    assert_eq!(n.drafts().len(), 1, "held twice, kept once");
    // Mended in the notes it is saved, and the draft is done.
    n.edit("Mr. Okafor, MRN 00123456", "the man");
    let id = item["id"].as_str().unwrap();
    n.write(&n.text().replace("\nA: PE\n", &format!("\nA: PE\n<!-- id: {id} -->\n")));
    assert_eq!(n.fates(&[]), ["new", "unchanged"]);
    assert!(n.drafts().is_empty());
}

#[test]
fn reports_do_not_repeat_what_could_identify_a_patient() {
    // A draft, a conflict and a vanished draft: each with a name in it.
    let n = Notes::new("Q: What had Mr. Okafor?\n\nQ: One?\nA: 1\n<!-- id: one -->\n");
    n.read(&[]);
    n.edit_deck("One?", "Won?");
    n.edit("One?", "One, Mr. Okafor?");
    let looked = n.app.run(&n.args(&["--yes"]));
    assert_eq!(looked.code, 1);
    assert!(looked.out.contains("Edited in the deck") && looked.out.contains("front; it could"), "{}", looked.out);
    n.write("prose\n");
    let gone = n.app.ok(&n.args(&["--yes"]));
    assert!(gone.out.contains("draft 1"), "{}", gone.out);
    let told = n.app.ok(&n.args(&["--yes", "--json"]));
    for ran in [looked, gone, told] {
        assert!(!ran.out.contains("Okafor") && !ran.err.contains("Okafor"), "{}", ran.out);
    }
}

#[test]
fn cards_gone_from_notes_or_deck_are_told_and_left_alone() {
    let n = Notes::new("Q: One?\nA: 1\n\nQ: Two?\nA: 2\n");
    n.read(&["--write-ids"]);
    let text = n.text();
    n.write(text.split("\n\n").next().unwrap());
    let ran = n.app.ok(&n.args(&["--yes"]));
    assert!(ran.out.contains("Not in the notes any more (1)"), "{}", ran.out);
    assert_eq!(n.deck()["cards"].as_array().unwrap().len(), 2);
    n.write(&text);
    // Taken back: what left the deck does not sneak in again.
    n.app.undo_newest();
    assert_eq!(n.fates(&[]), ["removed-here", "removed-here"]);
    assert!(n.app.run(&["next", "mine"]).code == 1);
    assert_eq!(n.fates(&["--restore"]), ["new", "new"]);
    assert_eq!(n.deck()["cards"].as_array().unwrap().len(), 2);
}

#[test]
fn a_card_moves_to_another_file_together_with_its_comment() {
    let n = Notes::new("# Chest\n\nQ: Stays?\nA: yes\n<!-- id: stays -->\n\nQ: One?\nA: 1\n<!-- id: one -->\n");
    n.read(&[]);
    let card = "# Chest\n\nQ: One?\nA: 1\n<!-- id: one -->\n";
    n.write("# Chest\n\nQ: Stays?\nA: yes\n<!-- id: stays -->\n");
    // Into a file that sorts earlier, and on into one that sorts later; with the folder given, and the file alone.
    let folder = n.path.parent().unwrap().to_str().unwrap().to_owned();
    let (early, late) = (n.path.with_file_name("a.md"), n.path.with_file_name("z.md"));
    std::fs::write(&early, card).unwrap();
    let ran = n.app.ok(&["notes", &folder, "--yes"]);
    assert!(ran.out.contains("a.md: 1 unchanged") && !ran.out.contains("any more"), "{}", ran.out);
    std::fs::remove_file(&early).unwrap();
    std::fs::write(&early, "Q: Else?\nA: no\n<!-- id: else -->\n").unwrap();
    std::fs::write(&late, card.replace("A: 1", "A: one")).unwrap();
    let told = n.app.ok(&["notes", &folder, "--dry-run"]);
    assert!(!told.out.contains("any more"), "{}", told.out);
    let told = n.app.json(&["notes", late.to_str().unwrap(), "--yes"]);
    assert_eq!(told[0]["items"][0]["fate"], "changed");
    assert_eq!(n.deck()["cards"].as_array().unwrap().len(), 2);
    // The home knows the new place: the old one is asked for nothing.
    let told = n.app.json(&["notes", early.to_str().unwrap(), "--yes"]);
    assert_eq!(told[0]["gone_from_notes"], json!([]));
}

#[test]
fn notes_that_are_gone_are_told_once_and_their_card_can_be_taken_out() {
    let n = Notes::new("Q: One?\nA: 1\n<!-- id: one -->\n\nQ: Two?\nA: 2\n<!-- id: two -->\n");
    n.read(&[]);
    let text = n.text();
    n.write("Q: One?\nA: 1\n<!-- id: one -->\n");
    let first = n.app.ok(&n.args(&["--yes"]));
    assert!(first.out.contains("mine/two stays: Two?"), "{}", first.out);
    assert!(first.out.contains("scanwise notes --forget mine/two"), "{}", first.out);
    let second = n.app.ok(&n.args(&["--yes"]));
    assert!(!second.out.contains("any more"), "{}", second.out);
    assert!(n.app.ok(&n.args(&["--yes", "-v"])).out.contains("mine/two stays: Two?"));
    // Back in the notes it is the card it was; gone again it is told again.
    n.write(&text.replace("A: 2", "A: two"));
    assert_eq!(n.fates(&[]), ["unchanged", "changed"]);
    n.write("Q: One?\nA: 1\n<!-- id: one -->\n");
    assert!(n.app.ok(&n.args(&["--yes"])).out.contains("mine/two stays"));

    assert_eq!(n.app.run(&["notes", "--forget", "mine/two"]).code, 1, "nobody was asked");
    assert_eq!(n.app.run(&["notes", "--forget", "mine/three", "--yes"]).code, 1);
    assert_eq!(n.app.run(&["notes", "--forget", "mine/two", "mine/three", "--yes"]).code, 1, "all or nothing");
    assert_eq!(n.deck()["cards"].as_array().unwrap().len(), 2);
    n.app.ok(&["notes", "--forget", "two", "--yes"]);
    assert_eq!(n.deck()["cards"].as_array().unwrap().len(), 1);
    assert!(!n.app.ok(&n.args(&["--yes", "-v"])).out.contains("mine/two"));
    n.app.undo_newest();
    assert_eq!(n.deck()["cards"].as_array().unwrap().len(), 2);
    n.app.healthy();
}

#[test]
fn a_forgotten_answer_does_not_take_an_assessment() {
    let n = Notes::new("Q: What is Kerley B?\n\nA: 54M with heart failure, diuresis.\nP: Lasix.\n");
    assert_eq!(n.fates(&[]), ["draft"]);
    assert_eq!(n.drafts()[0]["draft"]["back"], Value::Null);
    assert!(!n.deck_path().exists());
}

#[test]
fn notes_without_cards_are_nothing_to_read() {
    let n = Notes::new("Only prose.\n");
    let ran = n.app.run(&n.args(&["--yes"]));
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("no cards in these notes"), "{}", ran.err);
    let beside = n.path.with_file_name("card.md");
    std::fs::write(&beside, "Q: One?\nA: 1\n").unwrap();
    let folder = n.path.parent().unwrap().to_str().unwrap().to_owned();
    assert_eq!(n.app.run(&["notes", &folder, "--yes"]).code, 0);
    let bare = n.path.with_file_name("bare");
    std::fs::create_dir(&bare).unwrap();
    assert_eq!(n.app.run(&["notes", bare.to_str().unwrap()]).code, 3);
}

#[test]
fn a_card_that_is_there_already_is_told() {
    let n = Notes::new("Q: One thing?\nA: 1\n\nQ: one thing\nA: 1\n\nQ: One thing?\nA: 2\n");
    let ran = n.app.ok(&n.args(&["--yes"]));
    assert!(ran.out.contains("word for word the same as line 1"), "{}", ran.out);
    assert!(ran.out.contains("asks the same, with another answer, as line 1"), "{}", ran.out);
    let copy = n.path.with_file_name("copy.md");
    std::fs::write(&copy, "Q: One thing?\nA: 1\n").unwrap();
    let ran = n.app.ok(&["notes", copy.to_str().unwrap(), "--dry-run"]);
    assert!(ran.out.contains("the same as mine/n-") || ran.out.contains(", as mine/n-"), "{}", ran.out);
}

#[test]
fn notes_that_change_while_they_are_read_are_left_alone_and_their_cards_saved() {
    let n = Notes::new("Q: One?\nA: 1\n");
    let mut t = Terminal::open(&n.app, (40, 100), &n.args(&["--write-ids"]), &[]);
    t.shows("Save this?");
    n.write("Q: One?\nA: 1\n\nQ: Two?\nA: 2\n");
    t.line.press("y\n");
    let seen = t.shows("run it again");
    assert!(flat(&seen).contains("the cards are saved") && flat(&seen).contains("come with the next run"), "{seen}");
    assert_eq!(t.line.end(), 1);
    assert_eq!(n.deck()["cards"].as_array().unwrap().len(), 1);
    assert!(!n.text().contains("<!-- id:"));
    assert_eq!(n.fates(&["--write-ids"]), ["unchanged", "new"]);
    assert_eq!(n.text().matches("<!-- id:").count(), 2);
}

#[test]
fn an_id_of_another_file_is_not_taken_over() {
    let n = Notes::new("Q: One?\nA: 1\n<!-- id: same -->\n");
    n.read(&[]);
    let copy = n.path.with_file_name("copy.md");
    std::fs::write(&copy, "Q: Something else?\nA: 2\n<!-- id: same -->\n").unwrap();
    let told = n.app.json(&["notes", copy.to_str().unwrap(), "--yes"]);
    assert_eq!(told[0]["items"][0]["fate"], "clash");
    assert_eq!(n.deck()["cards"][0]["front"], "One?");
}

#[test]
fn other_decks_and_decks_that_are_not_the_students() {
    let n = Notes::new("Q: One?\nA: 1\n");
    n.read(&["--deck", "wards"]);
    assert!(n.app.home().join("decks/wards.json").exists() && !n.deck_path().exists());
    assert_eq!(n.fates(&[]), ["unchanged"], "it stays where it is");
    assert!(!n.deck_path().exists());
    let bundled = n.app.run(&n.args(&["--yes", "--deck", "obgyn"]));
    assert_eq!(bundled.code, 0, "nothing of it goes there: {}", bundled.err);
    n.write("Q: Two?\nA: 2\n");
    assert_eq!(n.app.run(&n.args(&["--yes", "--deck", "obgyn"])).code, 1);
    assert_eq!(n.app.run(&n.args(&["--yes", "--deck", "No Slug"])).code, 2);
    assert_eq!(n.app.run(&["notes", "nothing-there.md", "--yes"]).code, 1);
}

#[test]
fn saved_but_killed_before_it_was_noted_is_not_doubled() {
    let n = Notes::new(PAGE);
    n.read(&[]);
    // What a kill between the deck and the notes' own record leaves.
    let home = n.app.database();
    let sql = rusqlite::Connection::open(&home).unwrap();
    sql.execute("DELETE FROM note_card", []).unwrap();
    sql.execute("DELETE FROM draft", []).unwrap();
    drop(sql);
    let before = std::fs::read(n.deck_path()).unwrap();
    assert_eq!(n.fates(&[]), ["unchanged", "unchanged", "unchanged", "draft"]);
    assert_eq!(std::fs::read(n.deck_path()).unwrap(), before);
    assert_eq!(n.drafts().len(), 1);
    n.edit("Window for thrombolysis?", "Window for Thrombolysis?");
    assert_eq!(n.fates(&[])[0], "changed", "the record is whole again");
}

#[test]
fn killed_at_any_moment_nothing_is_lost_or_doubled() {
    let questions: Vec<String> = (0..120).map(|i| format!("Q: Question {i} of many?\nA: {i}\n\n")).collect();
    let page = questions.concat();
    for wait in [10, 30, 50, 80] {
        let n = Notes::new(&page);
        n.app.ok(&["config"]);
        let mut child = n.app.command(&n.args(&["--yes", "--write-ids"])).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
        let text = n.text();
        let bare: String = text.split_inclusive('\n').filter(|l| !l.starts_with("<!-- id:")).collect();
        assert_eq!(bare.trim_end(), page.trim_end(), "the notes are whole");
        n.read(&["--write-ids"]);
        assert_eq!(n.deck()["cards"].as_array().unwrap().len(), 120, "after {wait} ms");
        assert_eq!(n.text().matches("<!-- id:").count(), 120);
        n.app.healthy();
    }
}

#[test]
fn watching_reads_what_is_saved() {
    let n = Notes::new("Q: One?\nA: 1\n");
    let folder = n.path.parent().unwrap().to_str().unwrap().to_owned();
    let mut child = n.app.command(&["notes", &folder, "--watch"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut until = |words: &str| {
        for line in lines.by_ref() {
            if line.unwrap().contains(words) {
                return;
            }
        }
        panic!("{words:?} never came");
    };
    until("Watching");
    std::fs::write(n.path.with_file_name("new.md"), "Q: Two, of Mr. Okafor?\nA: 2\n\nQ: Three?\nA: 3\n").unwrap();
    until("new.md: 1 new, 1 held back");
    until("Saved 1 card and 1 draft.");
    // As editors save: a new file in the place of the old one.
    let temporary = n.path.with_file_name("neuro.md~");
    std::fs::write(&temporary, "Q: One?\nA: one\n").unwrap();
    std::fs::rename(&temporary, &n.path).unwrap();
    until("neuro.md: 1 changed");
    until("Saved 1 card.");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(n.deck()["cards"].as_array().unwrap().len(), 2);
    assert_eq!(n.drafts().len(), 1);
}
