//! From keys and words to input: one table for the screen and for plain lines.

use crate::model::{Confidence, Miss};
use crate::session::{Input, Phase, Shown};

/// What a key or word means in a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// For the session.
    Say(Input),
    /// Show the keys.
    Help,
    /// Nothing.
    Nothing,
}

/// What `word` (a single key, or a word on a plain line) means now. No key means two things on one screen.
#[must_use]
pub fn meaning(phase: &Phase, word: &str) -> Meaning {
    let lower = word.to_lowercase();
    let common = match lower.as_str() {
        "q" | "quit" => Some(Input::Quit),
        "?" | "help" => return Meaning::Help,
        "u" | "undo" => Some(Input::Undo),
        "!" | "suspend" => Some(Input::Suspend),
        "*" | "flag" => Some(Input::Flag),
        // Where "e" is an option's letter, "v" (revise) is left; it is understood everywhere.
        "e" | "v" | "edit" => Some(Input::Edit),
        _ => None,
    };
    let input = match phase {
        Phase::Asking(shown, _) if shown.has_options() => choice(shown, &lower).or_else(|| skip(&lower)).or(common),
        Phase::Asking(..) => confidence(&lower, false).or_else(|| skip(&lower)).or(common),
        Phase::Sure(..) => confidence(&lower, true).or(match common {
            Some(Input::Quit | Input::Undo) => common,
            _ => None,
        }),
        Phase::Judging(..) => match lower.as_str() {
            "y" | "yes" | "r" | "right" | "1" => Some(Input::Judge(true)),
            "n" | "no" | "w" | "wrong" | "2" => Some(Input::Judge(false)),
            _ => common.filter(|c| matches!(c, Input::Quit | Input::Edit)),
        },
        Phase::Revealed(_, result) if result.asks_miss => miss(&lower).or(common),
        Phase::Revealed(..) => match lower.as_str() {
            "" | " " | "enter" | "space" | "next" => Some(Input::Go),
            _ => common,
        },
        Phase::Loading | Phase::Finished(_) => common,
    };
    input.map_or(Meaning::Nothing, Meaning::Say)
}

fn skip(word: &str) -> Option<Input> {
    matches!(word, "s" | "skip").then_some(Input::Skip)
}

fn choice(shown: &Shown, word: &str) -> Option<Input> {
    let place = match word.as_bytes() {
        [c @ b'a'..=b'h'] => usize::from(c - b'a'),
        [c @ b'1'..=b'8'] => usize::from(c - b'1'),
        _ => shown.options().position(|o| o.id == word)?,
    };
    shown.option(place).map(|_| Input::Choose(place))
}

/// On a question that is recalled, `s` puts the card aside, so "sure" is `3` there.
fn confidence(word: &str, letters: bool) -> Option<Input> {
    let c = match word {
        "1" | "g" | "guess" => Confidence::Guess,
        "2" | "t" | "think" => Confidence::Think,
        "3" | "sure" => Confidence::Sure,
        "s" if letters => Confidence::Sure,
        _ => return None,
    };
    Some(Input::Confident(c))
}

fn miss(word: &str) -> Option<Input> {
    let m = match word {
        "1" | "g" | "gap" => Miss::Gap,
        "2" | "r" | "reasoning" => Miss::Reasoning,
        "3" | "s" | "slip" => Miss::Slip,
        _ => return None,
    };
    Some(Input::Name(m))
}

/// The keys of a phase with what they do, most important first.
#[must_use]
pub fn legend(phase: &Phase) -> Vec<(&'static str, &'static str)> {
    const CARD: [(&str, &str); 4] = [("s", "skip"), ("u", "undo"), ("*", "flag"), ("!", "suspend")];
    let mut keys: Vec<(&str, &str)> = match phase {
        Phase::Asking(shown, _) if shown.has_options() => {
            const LETTERS: [&str; 9] = ["", "a", "a-b", "a-c", "a-d", "a-e", "a-f", "a-g", "a-h"];
            let mut keys = vec![(LETTERS.get(shown.order.len()).copied().unwrap_or("a-h"), "choose")];
            keys.extend(CARD);
            let edit = if shown.order.len() > 4 { "v" } else { "e" };
            keys.extend([(edit, "edit"), ("q", "quit")]);
            keys
        }
        Phase::Asking(..) => {
            let mut keys = vec![("1", "guess"), ("2", "think"), ("3", "sure")];
            keys.extend(CARD);
            keys.extend([("e", "edit"), ("q", "quit")]);
            keys
        }
        Phase::Sure(..) => vec![("g", "guess"), ("t", "think"), ("s", "sure"), ("u", "back"), ("q", "quit")],
        Phase::Judging(..) => vec![("y", "right"), ("n", "wrong"), ("e", "edit"), ("q", "quit")],
        Phase::Revealed(_, result) if result.asks_miss => {
            vec![
                ("g", "gap"),
                ("r", "reasoning"),
                ("s", "slip"),
                ("u", "undo"),
                ("*", "flag"),
                ("!", "suspend"),
                ("e", "edit"),
                ("q", "quit"),
            ]
        }
        Phase::Revealed(..) => {
            vec![("Enter", "next"), ("u", "undo"), ("*", "flag"), ("!", "suspend"), ("e", "edit"), ("q", "quit")]
        }
        Phase::Loading | Phase::Finished(_) => vec![("q", "quit")],
    };
    keys.push(("?", "keys"));
    keys
}
