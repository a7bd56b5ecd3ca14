//! The review loop in lines, as a pipe drives it, and what survives `kill -9`.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;
use common::{App, decision, deck};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};

fn rest(answers: &str) -> String {
    answers.replace(' ', "\n") + "\n"
}

#[test]
fn a_pipe_drives_a_sitting_from_first_to_last_card() {
    let app = App::with_basics(3);
    // sure/right, guess/wrong/gap, think/right; the missed card comes back once more.
    let ran = app.typed(&["review", "mine", "--plain"], &rest("3 y 1 n gap 2 y 3 y"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("All done for today."), "{}", ran.out);
    assert!(ran.out.contains("3 cards: 2 right, 1 wrong and 1 repeat"), "{}", ran.out);
    assert!(ran.out.contains("3 tomorrow"), "{}", ran.out);
    assert!(!ran.out.contains('\u{1b}'), "no colour without a terminal");
    // Three first answers, one of them debriefed, one repeat.
    assert_eq!(app.healthy(), 5);
    let again = app.typed(&["review", "mine"], "");
    assert_eq!(again.code, 3, "nothing is due there: {}", again.out);
}

#[test]
fn one_line_may_hold_a_whole_answer_and_nonsense_is_told() {
    let app = App::new();
    app.write_deck("mine", &deck("mine", &[decision("one", ""), decision("two", "")].join(",")));
    let ran = app.typed(
        &["review", "mine", "--plain"],
        &format!("hello\n{}\n?\nct-pulmonary-angiography sure\nnone think r\nq\n", "x".repeat(100_000)),
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("\"hello\" means nothing here; try a-d"), "{}", ran.out);
    assert!(ran.out.contains("choose an option"), "help: {}", ran.out);
    assert!(ran.out.contains("Right. You said: sure."), "{}", ran.out);
    assert!(ran.out.contains("Wrong. Best: CT pulmonary angiography"), "{}", ran.out);
    assert!(ran.out.contains("unsafe: No."), "{}", ran.out);
    assert!(ran.out.contains("iodinated contrast"), "dose and contrast are told: {}", ran.out);
    let history = app.json(&["show", "mine/two"])["history"].clone();
    assert_eq!(
        (history[0]["grade"].as_u64(), history[1]["miss"].as_str(), history[1]["grade"].as_u64()),
        (Some(0), Some("reasoning"), Some(1))
    );
}

#[test]
fn nothing_of_the_answer_is_shown_before_it_is_given() {
    let app = App::new();
    app.write_deck("mine", &deck("mine", &decision("one", "")));
    let ran = app.typed(&["review", "mine", "--plain"], "a\n");
    assert!(!ran.out.contains("Because.") && !ran.out.contains("Rule:") && !ran.out.contains("ACR"), "{}", ran.out);
    assert_eq!(app.healthy(), 0, "a choice without confidence is no answer");
}

#[test]
fn undo_skip_suspend_and_flag() {
    let app = App::with_basics(4);
    let ran = app.typed(&["review", "mine", "--plain"], &rest("3 y u * 1 n slip s ! 3 y q"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("Taken back."), "{}", ran.out);
    let cards = app.json(&["cards", "--deck", "mine"]);
    let of = |name: &str| cards.as_array().unwrap().iter().find(|c| c["card"] == name).unwrap().clone();
    assert_eq!((of("mine/b-1")["flagged"].as_bool(), of("mine/b-1")["answers"].as_u64()), (Some(true), Some(1)));
    assert_eq!(of("mine/b-2")["answers"], 0, "skipped");
    assert_eq!(of("mine/b-3")["suspended"], true);
    assert_eq!(of("mine/b-4")["answers"], 1);
    app.healthy();
}

#[test]
fn limits_of_a_sitting() {
    let app = App::with_basics(30);
    let ran = app.typed(&["review", "mine", "--cards", "2"], &"3\ny\n".repeat(10));
    assert!(ran.out.contains("That is the number you asked for."), "{}", ran.out);
    assert_eq!(app.healthy(), 2);
    let ran = app.typed(&["review", "mine", "--new", "1"], &"3\ny\n".repeat(10));
    assert!(ran.out.contains("All done"), "{}", ran.out);
    assert_eq!(app.healthy(), 3);
}

#[test]
fn a_closed_pipe_is_a_quiet_exit() {
    let app = App::with_basics(3);
    let mut child = app
        .command(&["cards", "--deck", "mine", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let out = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&out.stderr), "");
}

struct Sitting {
    child: Child,
    stdin: ChildStdin,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Sitting {
    fn start(app: &App) -> Self {
        let mut child =
            app.command(&["review", "mine", "--plain"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdin = child.stdin.take().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, stdin, lines }
    }

    fn say(&mut self, word: &str) {
        writeln!(self.stdin, "{word}").unwrap();
    }

    /// Reads on until a line holds `words`; returns it.
    fn until(&mut self, words: &str) -> String {
        for line in self.lines.by_ref() {
            let line = line.unwrap();
            if line.contains(words) {
                return line;
            }
        }
        panic!("the program ended before saying {words:?}");
    }

    fn kill(mut self) {
        // SIGKILL: nothing can be caught, flushed or finished.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn three_answers_then_kill_nine_and_all_three_are_there_once() {
    let app = App::with_basics(6);
    let mut sitting = Sitting::start(&app);
    for i in 1..=3 {
        sitting.until(&format!("Front {i}"));
        sitting.say("3");
        sitting.until(&format!("Back {i}"));
        sitting.say("y");
    }
    // The fourth question on screen acknowledges the third answer.
    sitting.until("Front 4");
    sitting.kill();
    assert_eq!(app.healthy(), 3);
    for i in 1..=3 {
        assert_eq!(app.json(&["show", &format!("mine/b-{i}")])["answers"], 1);
    }
    assert_eq!(app.next_in("mine").as_deref(), Some("mine/b-4"), "the next start goes on with the fourth");
}

#[test]
fn a_wrong_answer_is_kept_even_when_killed_before_its_miss_is_named() {
    let app = App::new();
    app.write_deck("mine", &deck("mine", &[decision("one", ""), decision("two", "")].join(",")));
    let mut sitting = Sitting::start(&app);
    sitting.until("Which study?");
    sitting.say("none");
    sitting.say("sure");
    sitting.until("Wrong.");
    sitting.kill();
    assert_eq!(app.healthy(), 1);
    let shown = app.json(&["show", "mine/one"]);
    assert_eq!((shown["answers"].as_u64(), shown["history"][0]["grade"].as_u64()), (Some(1), Some(0)));

    // And a miss that was named survives the same death.
    let mut sitting = Sitting::start(&app);
    sitting.until("Patient two");
    sitting.say("none");
    sitting.say("sure");
    sitting.until("Wrong.");
    sitting.say("slip");
    sitting.until("Patient one");
    sitting.kill();
    assert_eq!(app.json(&["show", "mine/two"])["history"][1]["miss"], "slip");
    app.healthy();
}

#[test]
fn killed_anywhere_nothing_acknowledged_is_lost() {
    let app = App::with_basics(40);
    app.ok(&["config", "new_per_day", "40"]);
    let mut acknowledged = 0;
    for round in 0..8 {
        let mut sitting = Sitting::start(&app);
        let answers = round % 4;
        for _ in 0..answers {
            sitting.until("Front ");
            sitting.say("3");
            sitting.until("= Back");
            sitting.say("y");
            acknowledged += 1;
        }
        // Seeing the next question proves that the last answer was acknowledged; then more input races with the kill.
        sitting.until("Front ");
        sitting.say("3");
        sitting.say("y");
        sitting.kill();
        let events = app.healthy();
        assert!(events == acknowledged || events == acknowledged + 1, "{events} events, {acknowledged} acknowledged");
        acknowledged = events;
    }
}

#[test]
fn a_setting_changed_elsewhere_holds_for_the_next_answer() {
    let mut app = App::with_basics(2);
    app.at("2026-03-02T03:00:00-05:00");
    let mut sitting = Sitting::start(&app);
    sitting.until("Front 1");
    app.ok(&["config", "rollover_hour", "2"]);
    sitting.say("3");
    sitting.until("= Back");
    sitting.say("y");
    sitting.until("Front 2");
    sitting.kill();
    assert_eq!(app.json(&["show", "mine/b-1"])["due"], "2026-03-03");
    app.healthy();
}
