//! `scanwise answer`: one answer from the command line.

use super::context::Context;
use super::failure::{Failure, Outcome};
use crate::deck::problem::did_you_mean;
use crate::log::{Answer, Picked};
use crate::model::{Confidence, Grade, Miss, Verdict};
use crate::schedule::{CardState, Standing};
use crate::session::{Result as Revealed, Shown};
use crate::ui::driver::shown;
use crate::ui::views;
use clap::Args;
use serde_json::json;

/// What was answered.
#[derive(Debug, Args)]
pub struct AnswerArgs {
    /// The card, as deck/card
    #[arg(value_name = "CARD")]
    pub card: String,
    /// The option chosen: its id or its letter
    #[arg(long, value_name = "OPTION", conflicts_with = "recalled", required_unless_present = "recalled")]
    pub choice: Option<String>,
    /// For cards without options: did you have it?
    #[arg(long, value_name = "YES|NO", value_parser = ["yes", "no"])]
    pub recalled: Option<String>,
    /// How sure you were before you saw the answer
    #[arg(long, value_name = "WORD", value_parser = ["guess", "think", "sure"])]
    pub confidence: String,
    /// Why it was wrong; not said, it counts as a gap
    #[arg(long, value_name = "WORD", value_parser = ["gap", "reasoning", "slip"])]
    pub miss: Option<String>,
    /// Milliseconds it took
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub ms: u32,
}

/// Runs the command.
pub fn run(args: &AnswerArgs, context: &mut Context) -> Outcome {
    let mut store = context.open()?;
    let row = context.card(&store, &args.card)?;
    if !row.present {
        return Err(Failure::fixable(format!("{} is in no deck any more", row.key))
            .hint("its history is kept; put the card back into its deck to go on with it"));
    }
    let seed = context.seed(&store);
    let id = row.id;
    let Some(card) = shown(row, Standing::Due, seed) else {
        return Err(Failure::fixable(format!("{} can't be read", args.card)).hint("run `scanwise doctor`"));
    };
    let confidence = Confidence::from_word(&args.confidence)
        .ok_or_else(|| Failure::usage("the confidence is guess, think or sure"))?;
    let miss = args.miss.as_deref().and_then(Miss::from_word);
    let (picked, verdict, place) = picked(args, &card)?;
    let miss = miss.filter(|_| verdict != Verdict::Best);
    let grade = Grade::of(verdict, confidence, miss);
    let answer = Answer { picked, confidence, miss, grade, ms: args.ms };
    let now = context.now();
    let today = store.today(now);
    let recorded = store.record(id, &card.key, &answer, now)?;
    let after = recorded.after;
    if context.json {
        let best = card.card.best().map(|b| b.id.clone());
        return context.show_json(&json!({
            "card": card.key.as_str(),
            "correct": verdict == Verdict::Best,
            "verdict": verdict.word(),
            "best": best,
            "grade": grade.value(),
            "ease": f64::from(after.memory.ease.thousandths()) / 1000.0,
            "interval": after.memory.interval,
            "repetition": after.memory.repetition,
            "due": due_text(&after),
            "again_today": after.again_on(today),
        }));
    }
    let result = Revealed { place, verdict, confidence, grade, event: None, after: Some(after), asks_miss: false };
    let doc = views::reveal(&card, &result, today, context.width());
    context.show(&doc)
}

/// The due date as `YYYY-MM-DD`.
pub fn due_text(state: &CardState) -> Option<String> {
    state.due.map(|d| d.to_string())
}

fn picked(args: &AnswerArgs, card: &Shown) -> Outcome<(Picked, Verdict, Option<usize>)> {
    match (&args.choice, args.recalled.as_deref()) {
        (Some(_), _) if !card.has_options() => {
            Err(Failure::usage(format!("{} has no options", card.key)).hint("answer it with --recalled yes or no"))
        }
        (None, Some(_)) if card.has_options() => Err(Failure::usage(format!("{} is answered by choosing", card.key))
            .hint("give --choice a letter or an option's id")),
        (Some(choice), _) => {
            let by_id = card.options().position(|o| &o.id == choice);
            let by_letter = || match choice.as_bytes() {
                [c] if c.is_ascii_alphabetic() => Some(usize::from(c.to_ascii_lowercase() - b'a')),
                _ => None,
            };
            let found = by_id.or_else(by_letter).and_then(|place| card.option(place).map(|o| (place, o)));
            let Some((place, option)) = found else {
                let ids: Vec<&str> = card.options().map(|o| o.id.as_str()).collect();
                let hint =
                    did_you_mean(choice, ids.iter().copied()).unwrap_or_else(|| format!("one of: {}", ids.join(", ")));
                return Err(Failure::fixable(format!("{} has no option \"{choice}\"", card.key)).hint(hint));
            };
            Ok((Picked::Option(option.id.clone()), option.verdict, Some(place)))
        }
        (None, recalled) => {
            let right = recalled == Some("yes");
            Ok((Picked::Recalled(right), if right { Verdict::Best } else { Verdict::Wrong }, None))
        }
    }
}
