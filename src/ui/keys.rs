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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deck::{Catalog, bundled::BUNDLED, check};
    use crate::model::CardKey;
    use crate::schedule::{CardState, Standing};
    use std::collections::HashSet;

    fn asking(options: usize) -> Phase {
        let cards =
            BUNDLED.iter().filter_map(|b| check(b.text.as_bytes(), Catalog::bundled()).deck).flat_map(|d| d.cards);
        let card = cards.into_iter().find(|c| c.options().len() == options).expect("one with so many options");
        let shown = Shown {
            id: 1,
            key: CardKey::join("d", &card.id, None),
            order: (0..options).collect(),
            card,
            standing: Standing::New,
            state: CardState::default(),
            personal: crate::log::Personal::default(),
            turn: None,
        };
        Phase::Asking(Box::new(shown), crate::model::Stamp { utc_ms: 0, offset_s: 0 })
    }

    #[test]
    fn no_key_means_two_things_on_one_screen() {
        for options in [0, 4, 5] {
            let phase = asking(options);
            let keys = legend(&phase);
            let distinct: HashSet<&str> = keys.iter().map(|(k, _)| *k).collect();
            assert_eq!(distinct.len(), keys.len(), "{keys:?}");
            let edit = keys.iter().find(|(_, what)| *what == "edit").expect("there is always a way to edit").0;
            assert_eq!(meaning(&phase, edit), Meaning::Say(Input::Edit), "{options} options");
            assert_eq!(edit == "e", options < 5);
        }
        assert_eq!(meaning(&asking(5), "e"), Meaning::Say(Input::Choose(4)));
        assert_eq!(meaning(&asking(5), "edit"), Meaning::Say(Input::Edit));
    }

    #[test]
    fn the_keys_fit_three_lines_of_a_narrow_phone() {
        for options in [0, 4, 5] {
            let mut doc = crate::ui::Doc::new(32);
            let parts = crate::ui::views::footer(&asking(options));
            doc.mixed(&parts.iter().map(|(r, t)| (*r, t.as_str())).collect::<Vec<_>>());
            assert!(doc.lines.len() <= 3, "{:?}", doc.lines);
            assert!(doc.lines.iter().all(|l| l.width() <= 32));
        }
    }
}
