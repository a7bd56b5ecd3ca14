//! Cards as documents: the question, the reveal, the end of a sitting.

use super::doc::{Doc, Role};
use super::keys::legend;
use crate::deck::Catalog;
use crate::model::text::count;
use crate::model::{Body, Day, Source, Verdict};
use crate::session::{Finish, Phase, Result, Shown, Summary};

/// The letter of an option's place.
#[must_use]
pub fn letter(place: usize) -> char {
    u8::try_from(place).map_or('?', |p| char::from(b'A' + p.min(25)))
}

/// The question as asked, without anything that gives the answer away.
#[must_use]
pub fn question(shown: &Shown, chosen: Option<usize>, width: usize) -> Doc {
    let mut doc = Doc::new(width);
    if shown.turn.is_some() {
        doc.para(Role::Warn, "The answer of this card changed since you learned it.");
        doc.blank();
    }
    match &shown.card.body {
        Body::Decision { vignette, question, .. } => {
            doc.para(Role::Plain, vignette);
            doc.blank();
            doc.para(Role::Strong, question);
            doc.blank();
            for (place, option) in shown.options().enumerate() {
                let picked = chosen == Some(place);
                let role = if picked { Role::Strong } else { Role::Plain };
                let marker = format!("{}{}. ", if picked { ">" } else { " " }, letter(place));
                doc.hanging(&marker, Role::Key, role, &option.text);
            }
        }
        Body::Basic { front, .. } => doc.para(Role::Strong, front),
        Body::Cloze { text, .. } => doc.para(Role::Strong, &text.question(shown.key.cloze().unwrap_or(1))),
    }
    doc
}

/// What a recalled card hides.
#[must_use]
pub fn recalled(shown: &Shown, width: usize) -> Doc {
    let mut doc = question(shown, None, width);
    doc.blank();
    match &shown.card.body {
        Body::Basic { back, why, .. } => {
            doc.hanging("= ", Role::Good, Role::Strong, back);
            explain(&mut doc, why.as_deref());
        }
        Body::Cloze { text, why } => {
            doc.hanging("= ", Role::Good, Role::Strong, &text.answer(shown.key.cloze().unwrap_or(1)));
            explain(&mut doc, why.as_deref());
        }
        Body::Decision { .. } => {}
    }
    turned(&mut doc, shown);
    tail(&mut doc, shown);
    doc
}

/// The old answer beside the new one.
fn turned(doc: &mut Doc, shown: &Shown) {
    if let Some(turn) = &shown.turn {
        doc.blank();
        doc.hanging("Was: ", Role::Warn, Role::Plain, &turn.was);
        doc.hanging("Now: ", Role::Good, Role::Strong, &turn.now);
    }
}

fn explain(doc: &mut Doc, why: Option<&str>) {
    if let Some(why) = why {
        doc.blank();
        doc.para(Role::Plain, why);
    }
}

/// Everything there is to learn, after the answer is recorded.
#[must_use]
pub fn reveal(shown: &Shown, result: &Result, today: Day, width: usize) -> Doc {
    let mut doc = Doc::new(width);
    verdict_line(&mut doc, shown, result);
    if shown.has_options() {
        turned(&mut doc, shown);
    }
    comes_back(&mut doc, result, today);
    if let Body::Decision { rule, next, .. } = &shown.card.body {
        // What was chosen and what is best come first: on a phone the rest is a scroll away.
        let mut places: Vec<usize> = (0..shown.order.len()).collect();
        places.sort_by_key(|p| match shown.option(*p) {
            _ if result.place == Some(*p) => 0,
            Some(o) if o.verdict == Verdict::Best => 1,
            _ => 2,
        });
        let first = 1 + usize::from(result.verdict != Verdict::Best);
        for place in places.iter().take(first) {
            option_with_reason(&mut doc, shown, *place, result);
        }
        doc.blank();
        doc.hanging("Rule: ", Role::Title, Role::Strong, rule);
        doc.blank();
        doc.hanging("If positive: ", Role::Strong, Role::Plain, &next.if_positive);
        doc.hanging("If negative: ", Role::Strong, Role::Plain, &next.if_negative);
        for place in places.iter().skip(first) {
            option_with_reason(&mut doc, shown, *place, result);
        }
    }
    if !shown.has_options() {
        doc.blank();
        doc.append(recalled(shown, width));
        return doc;
    }
    tail(&mut doc, shown);
    doc
}

fn option_with_reason(doc: &mut Doc, shown: &Shown, place: usize, result: &Result) {
    let Some(option) = shown.option(place) else { return };
    let mine = if result.place == Some(place) { ">" } else { " " };
    let (role, word) = match (option.verdict, option.harm) {
        (Verdict::Best, _) => (Role::Good, "best"),
        (Verdict::Acceptable, _) => (Role::Warn, "acceptable"),
        (Verdict::Wrong, Some(harm)) => (Role::Bad, harm.word()),
        (Verdict::Wrong, None) => (Role::Bad, "wrong"),
    };
    doc.blank();
    doc.hanging(&format!("{mine}{}. ", letter(place)), Role::Key, Role::Strong, &option.text);
    doc.hanging(&format!("    {word}: "), role, Role::Plain, &option.why);
    if let Some(study) = option.study.as_deref().and_then(|id| Catalog::bundled().get(id)) {
        doc.hanging("    ", Role::Dim, Role::Dim, &study.dose_line());
    }
}

fn verdict_line(doc: &mut Doc, shown: &Shown, result: &Result) {
    let best = shown.card.best().map_or("", |b| b.text.as_str());
    match result.verdict {
        Verdict::Best => {
            doc.mixed(&[(Role::Good, "Right. "), (Role::Dim, &format!("You said: {}.", result.confidence))]);
        }
        Verdict::Acceptable => doc.mixed(&[
            (Role::Warn, "Acceptable, but not best; counts as a slip. "),
            (Role::Plain, "Best: "),
            (Role::Strong, best),
        ]),
        Verdict::Wrong if best.is_empty() => doc.mixed(&[(Role::Bad, "Wrong. ")]),
        Verdict::Wrong => doc.mixed(&[(Role::Bad, "Wrong. "), (Role::Plain, "Best: "), (Role::Strong, best)]),
    }
}

fn comes_back(doc: &mut Doc, result: &Result, today: Day) {
    let Some(after) = result.after else { return };
    let due = after.due.map_or(0, |d| d.since(today).max(0));
    let when = match due {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        n => format!("in {n} days"),
    };
    let text = if after.again { format!("Again today, then {when}.") } else { format!("Comes back {when}.") };
    doc.para(Role::Dim, &text);
}

fn tail(doc: &mut Doc, shown: &Shown) {
    let card = &shown.card;
    if let Some(note) = &shown.personal.note {
        doc.blank();
        doc.hanging("Mine: ", Role::Key, Role::Plain, note);
    }
    if let Some(note) = &card.note {
        doc.blank();
        doc.hanging("Note: ", Role::Dim, Role::Plain, note);
    }
    sources(doc, &card.sources);
}

/// Sources, one line each.
pub fn sources(doc: &mut Doc, sources: &[Source]) {
    if sources.is_empty() {
        return;
    }
    doc.blank();
    for source in sources {
        doc.hanging("Source: ", Role::Dim, Role::Dim, &source.cite());
    }
}

/// One line over the card: why it is shown, what is left, and from which deck where there is room.
#[must_use]
pub fn header(shown: &Shown, left: u64, minutes: u64, width: usize) -> String {
    let flag = if shown.state.flagged { "* " } else { "" };
    let short = format!("{flag}{} · {left} left · {minutes} min", shown.standing.word());
    let long = format!("{short} · {}", shown.key.deck());
    if long.chars().count() <= width { long } else { short }
}

/// The keys of a phase as one short line.
#[must_use]
pub fn footer(phase: &Phase) -> Vec<(Role, String)> {
    let mut parts = Vec::new();
    for (key, what) in legend(phase) {
        parts.push((Role::Key, key.to_owned()));
        parts.push((Role::Dim, format!("\u{a0}{what}  ")));
    }
    parts
}

/// All keys of a phase, one a line.
#[must_use]
pub fn help(phase: &Phase, scrolls: bool, width: usize) -> Doc {
    let mut doc = Doc::new(width);
    doc.para(Role::Title, "Keys");
    doc.blank();
    for (key, what) in legend(phase) {
        let about = match what {
            "choose" => "choose an option (or 1, 2, ...)",
            "guess" => "a coin toss (graded 3 if right)",
            "think" => "probably (graded 4 if right)",
            "sure" => "would act on it (graded 5 if right)",
            "gap" => "did not know it",
            "reasoning" => "knew it, reasoned wrong",
            "slip" => "misread or second-guessed",
            "skip" => "put the card aside for this sitting",
            "undo" => "take back the last answer",
            "flag" => "mark the card (again: unmark)",
            "suspend" => "never show it until resumed",
            "edit" => "change the card in your editor",
            "quit" => "stop; everything is kept",
            "back" => "choose again",
            "next" => "go on",
            "right" => "I had it",
            "wrong" => "I did not have it",
            _ => what,
        };
        doc.hanging(&format!("{key:>6}  "), Role::Key, Role::Plain, about);
    }
    if scrolls {
        doc.hanging(" Space  ", Role::Key, Role::Plain, "scroll down; arrows and PgUp/PgDn too");
    }
    doc
}

/// The end of a sitting.
#[must_use]
pub fn summary(summary: &Summary, finish: Finish, today: Day, next_due: Option<Day>, width: usize) -> Doc {
    let mut doc = Doc::new(width);
    let total = summary.total();
    let n = summary.done.len() as u64;
    let why = match finish {
        Finish::AllDone => "All done for today.",
        Finish::Nothing => "Nothing to review now.",
        Finish::TimeUp => "Time is up.",
        Finish::CardsDone => "That is the number you asked for.",
        Finish::Quit => "Stopped; everything is kept.",
    };
    doc.para(Role::Strong, why);
    if n > 0 {
        let minutes = summary.millis().div_ceil(60_000);
        let repeats = n.saturating_sub(u64::from(total.right + total.wrong));
        let again = if repeats > 0 { format!(" and {}", count(repeats, "repeat")) } else { String::new() };
        let first = count(n - repeats, "card");
        doc.para(Role::Plain, &format!("{first}: {} right, {} wrong{again}, {minutes} min.", total.right, total.wrong));
        doc.blank();
        for (domain, score) in summary.by_domain() {
            let role = if score.wrong == 0 { Role::Good } else { Role::Warn };
            doc.hanging(&format!("{:>3}/{:<3} ", score.right, score.right + score.wrong), role, Role::Plain, domain);
        }
        let back = summary.comes_back();
        if !back.is_empty() {
            doc.blank();
            let text: Vec<String> = back
                .iter()
                .map(|(day, n)| match day.since(today) {
                    1 => format!("{n} tomorrow"),
                    d => format!("{n} in {d} days"),
                })
                .collect();
            doc.hanging("Comes back: ", Role::Strong, Role::Plain, &text.join(", "));
        }
    }
    doc.blank();
    let next = match (summary.unsettled(), finish, next_due) {
        (again, Finish::Quit | Finish::TimeUp | Finish::CardsDone, _) if again > 0 => {
            format!("{} to repeat today. `scanwise review` goes on where you stopped.", count(u64::from(again), "card"))
        }
        (_, Finish::Quit | Finish::TimeUp | Finish::CardsDone, _) => {
            "`scanwise review` goes on where you stopped.".to_owned()
        }
        (_, _, Some(day)) => match day.since(today) {
            1 => "Next cards are due tomorrow. More now: `scanwise review --new 5`.".to_owned(),
            d => format!("Next cards are due in {d} days ({day}). More now: `scanwise review --new 5`."),
        },
        _ => "`scanwise decks` shows what there is.".to_owned(),
    };
    doc.hanging("Next: ", Role::Strong, Role::Plain, &next);
    doc
}
