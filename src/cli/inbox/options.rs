//! The options of a decision: a study by a few letters or a text, its verdict, its harm, its reason.

use super::form::{Go, Work};
use super::prompt::{self, Said};
use super::{card, studies};
use crate::cli::context::Context;
use crate::cli::failure::Outcome;
use crate::cli::import::ask;
use crate::deck::Catalog;
use crate::deck::format::{RawCard, RawOption};
use crate::deck::rules::OPTIONS;
use crate::model::ids::suggest_id;
use crate::model::{Harm, Study, Verdict};
use crate::store::Store;
use crate::ui::{Doc, Role};

/// Nothing of it is open.
#[must_use]
pub fn whole(option: &RawOption) -> bool {
    (option.study.is_some() || option.text.is_some())
        && option.why.is_some()
        && option.verdict.is_some_and(|v| v != Verdict::Wrong || option.harm.is_some())
}

/// Asks for the options until there are enough.
///
/// # Errors
/// When the home can't be written or stdin not read.
pub fn ask(work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome<Go> {
    // The one that was chosen last: going back from its verdict takes it out again.
    let mut fresh = None;
    loop {
        // One that was left half-done goes on first.
        let half = work.raw.options.iter().flatten().position(|o| !whole(o));
        if let Some(i) = half {
            match finish(i, false, work, store, context)? {
                Go::On => {}
                Go::Stop => return Ok(Go::Stop),
                Go::Back if fresh == Some(i) => {
                    take_out(i, work);
                    work.keep(store, context)?;
                }
                // Others wait to be judged: back to the ones before it, and past the first to the field before.
                Go::Back => match backwards(i, work, store, context)? {
                    Go::On => {}
                    other => return Ok(other),
                },
            }
            fresh = None;
            continue;
        }
        list(work, context)?;
        let n = work.raw.options.as_ref().map_or(0, Vec::len);
        let full = n >= *OPTIONS.end();
        let label = if full {
            format!("{n} options, the most a card has: Enter goes on; a number changes one, -1 takes one out")
        } else {
            format!(
                "Option {}: letters of a study (ctpa, us renal), or = and your own text{}",
                n + 1,
                if n == 0 { "" } else { "; a number changes one, -1 takes one out; Enter: that's all" }
            )
        };
        match prompt::text(context, &label, None)? {
            Said::Stop => return Ok(Go::Stop),
            Said::Back => return Ok(Go::Back),
            Said::Enter | Said::Clear => return Ok(Go::On),
            Said::Text(text) => {
                let digits = text.strip_prefix('-').unwrap_or(&text);
                if let Some(i) = nth(digits, n) {
                    if text.starts_with('-') {
                        take_out(i, work);
                        work.keep(store, context)?;
                    } else if finish(i, true, work, store, context)? == Go::Stop {
                        return Ok(Go::Stop);
                    }
                } else if is_number(digits) {
                    no_such(digits, n, context)?;
                } else if full {
                    context.say(Role::Warn, "Take one out first.")?;
                } else if let Some(option) = choose(&text, work, context)? {
                    let all = work.raw.options.get_or_insert_default();
                    all.push(option);
                    fresh = Some(all.len() - 1);
                    work.keep(store, context)?;
                }
            }
        }
    }
}

/// Asks for the options before one again, the last of them first, until one is answered.
fn backwards(i: usize, work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome<Go> {
    for before in (0..i).rev() {
        match finish(before, true, work, store, context)? {
            Go::Back => {}
            other => return Ok(other),
        }
    }
    Ok(Go::Back)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

/// A number that none of `n` has.
fn no_such(number: &str, n: usize, context: &mut Context) -> Outcome {
    let there = match n {
        0 => "there is none yet".to_owned(),
        1 => "there is 1".to_owned(),
        n => format!("there are 1 to {n}"),
    };
    context.say(Role::Warn, &format!("There is no {number} here; {there}."))
}

fn nth(text: &str, n: usize) -> Option<usize> {
    text.parse::<usize>().ok().filter(|i| (1..=n).contains(i)).map(|i| i - 1)
}

fn take_out(i: usize, work: &mut Work) {
    if let Some(options) = &mut work.raw.options {
        options.remove(i);
        if options.is_empty() {
            work.raw.options = None;
        }
    }
}

fn list(work: &Work, context: &mut Context) -> Outcome {
    let mut doc = Doc::new(context.width());
    for (i, option) in work.raw.options.iter().flatten().enumerate() {
        doc.hanging(&format!("{} [{}] ", i + 1, judged(option)), Role::Key, Role::Plain, &name(option));
    }
    context.show(&doc)
}

/// How an option was judged, in one word.
#[must_use]
pub fn judged(option: &RawOption) -> &'static str {
    match (option.verdict, option.harm) {
        (_, Some(harm)) => harm.word(),
        (Some(verdict), None) => verdict.word(),
        (None, None) => "?",
    }
}

/// What an option shows.
#[must_use]
pub fn name(option: &RawOption) -> String {
    match (&option.study, &option.text) {
        (Some(id), _) => Catalog::bundled().get(id).map_or(id.clone(), |s| s.name.clone()),
        (None, Some(text)) => text.clone(),
        (None, None) => "(nothing yet)".to_owned(),
    }
}

/// The study or text that was meant.
fn choose(typed: &str, work: &Work, context: &mut Context) -> Outcome<Option<RawOption>> {
    let mut typed = typed.to_owned();
    loop {
        if let Some(own) = typed.strip_prefix('=') {
            return Ok(own_text(own.trim(), work));
        }
        if let Some(study) = studies::exactly(&typed) {
            return taken(study, work, context);
        }
        let found = studies::like(&typed);
        let mut doc = Doc::new(context.width());
        for (i, study) in found.iter().enumerate() {
            doc.hanging(&format!("{} ", i + 1), Role::Key, Role::Plain, &study.name);
            doc.hanging("  ", Role::Plain, Role::Dim, &study.dose_line());
        }
        let label = if found.is_empty() {
            doc.hanging("! ", Role::Warn, Role::Plain, "no study of the catalog goes by that");
            "Other letters, or = to take it as your own text (Enter: leave it)"
        } else {
            "Its number, other letters, or = to take it as your own text (Enter: leave it)"
        };
        context.show(&doc)?;
        match prompt::text(context, label, None)? {
            Said::Text(text) => {
                if let Some(i) = nth(&text, found.len()) {
                    return taken(found[i], work, context);
                }
                if is_number(&text) {
                    no_such(&text, found.len(), context)?;
                    continue;
                }
                typed = if text == "=" { format!("={typed}") } else { text };
            }
            _ => return Ok(None),
        }
    }
}

fn own_text(text: &str, work: &Work) -> Option<RawOption> {
    if text.is_empty() {
        return None;
    }
    let id = id_for(text, work.raw.options.as_deref().unwrap_or_default());
    Some(RawOption { id: Some(id), text: Some(text.to_owned()), ..RawOption::default() })
}

/// Options whose text was mended get ids made of what it says now: the id must not tell what the text no longer does.
pub fn rename_mended(raw: &mut RawCard, before: &[Option<String>]) {
    let options = raw.options.as_deref().unwrap_or_default().to_vec();
    for (i, option) in raw.options.iter_mut().flatten().enumerate() {
        if let (Some(text), Some(old)) = (&option.text, before.get(i))
            && old.as_ref() != Some(text)
        {
            option.id = Some(id_for(text, &options));
        }
    }
}

/// An id that no other option has, made of a text.
fn id_for(text: &str, options: &[RawOption]) -> String {
    let taken: Vec<&str> = options.iter().filter_map(|o| o.id.as_deref().or(o.study.as_deref())).collect();
    let slug = suggest_id(text).filter(|s| s.len() > 1).unwrap_or_else(|| format!("option-{}", taken.len() + 1));
    let base = card::short(&slug).to_owned();
    let mut id = base.clone();
    let mut n = 2;
    while taken.contains(&id.as_str()) {
        id = format!("{base}-{n}");
        n += 1;
    }
    id
}

fn taken(study: &Study, work: &Work, context: &mut Context) -> Outcome<Option<RawOption>> {
    let mut doc = Doc::new(context.width());
    let twice = work.raw.options.iter().flatten().any(|o| o.study.as_deref() == Some(study.id.as_str()));
    if twice {
        doc.hanging("! ", Role::Warn, Role::Plain, &format!("{} is an option already", study.name));
        context.show(&doc)?;
        return Ok(None);
    }
    doc.mixed(&[(Role::Good, "= "), (Role::Strong, &study.name), (Role::Dim, &format!(" ({})", study.dose_line()))]);
    context.show(&doc)?;
    Ok(Some(RawOption { study: Some(study.id.clone()), ..RawOption::default() }))
}

/// What is asked of an option.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Verdict,
    Harm,
    Why,
}

/// Asks what an option still lacks (`again`: everything), and keeps each answer.
fn finish(i: usize, again: bool, work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome<Go> {
    let options = work.raw.options.get_or_insert_default();
    let other_best = options.iter().enumerate().any(|(j, o)| j != i && o.verdict == Some(Verdict::Best));
    let Some(mut option) = options.get(i).cloned() else { return Ok(Go::On) };
    let shown = name(&option);
    if option.study.is_none() && option.text.is_none() {
        take_out(i, work);
        work.keep(store, context)?;
        return Ok(Go::On);
    }
    let wrong = |o: &RawOption| o.verdict == Some(Verdict::Wrong);
    let mut step = match option.verdict {
        None => Step::Verdict,
        Some(_) if again => Step::Verdict,
        Some(Verdict::Wrong) if option.harm.is_none() => Step::Harm,
        Some(_) => Step::Why,
    };
    loop {
        match step {
            Step::Verdict => match verdict(&shown, other_best, context)? {
                Judged::As(verdict) => option.verdict = Some(verdict),
                Judged::Back => return Ok(Go::Back),
                Judged::Stop => return Ok(Go::Stop),
            },
            Step::Harm => match harm(&shown, context)? {
                Judged::As(harm) => option.harm = Some(harm),
                Judged::Back => {
                    step = Step::Verdict;
                    continue;
                }
                Judged::Stop => return Ok(Go::Stop),
            },
            Step::Why => match prompt::text(context, &format!("Why? ({shown})"), option.why.as_deref())? {
                Said::Text(text) => option.why = Some(text),
                Said::Enter if option.why.is_some() => {}
                Said::Enter | Said::Clear => {
                    let mut doc = Doc::new(context.width());
                    doc.hanging(
                        "! ",
                        Role::Warn,
                        Role::Plain,
                        "every option teaches: say why in a few words (q stops)",
                    );
                    context.show(&doc)?;
                    continue;
                }
                Said::Back => {
                    step = if wrong(&option) { Step::Harm } else { Step::Verdict };
                    continue;
                }
                Said::Stop => return Ok(Go::Stop),
            },
        }
        option.harm = option.harm.filter(|_| wrong(&option));
        put(i, &option, work, store, context)?;
        step = match step {
            Step::Verdict if wrong(&option) => Step::Harm,
            Step::Verdict | Step::Harm if again || option.why.is_none() => Step::Why,
            _ => return Ok(Go::On),
        };
    }
}

/// How an option was judged, or that it was not.
enum Judged<T> {
    As(T),
    Back,
    Stop,
}

fn verdict(shown: &str, other_best: bool, context: &mut Context) -> Outcome<Judged<Verdict>> {
    let (best, letters) = if other_best { ("", "awq<") } else { ("(b)est, ", "bawq<") };
    let question = format!("{shown}: {best}(a)cceptable, (w)rong, (q)uit, < back");
    let more = [
        ('b', "best: the one answer"),
        ('a', "acceptable: defensible, and not the best"),
        ('w', "wrong: it harms, delays or wastes"),
        ('q', "quit: what is there is kept as a draft"),
    ];
    Ok(match ask::explained(context, &question, letters, &more)? {
        Some('b') => Judged::As(Verdict::Best),
        Some('a') => Judged::As(Verdict::Acceptable),
        Some('w') => Judged::As(Verdict::Wrong),
        Some(ask::BACK) => Judged::Back,
        _ => Judged::Stop,
    })
}

fn harm(shown: &str, context: &mut Context) -> Outcome<Judged<Harm>> {
    let question = format!("{shown}: how does it harm? (u)nsafe, (d)elays, (w)asteful, (q)uit, < back");
    let more = [
        ('u', "unsafe: it can hurt the patient"),
        ('d', "delays: what is needed comes later"),
        ('w', "wasteful: dose, contrast or money for nothing"),
        ('q', "quit: what is there is kept as a draft"),
    ];
    Ok(match ask::explained(context, &question, "udwq<", &more)? {
        Some('u') => Judged::As(Harm::Unsafe),
        Some('d') => Judged::As(Harm::Delays),
        Some('w') => Judged::As(Harm::Wasteful),
        Some(ask::BACK) => Judged::Back,
        _ => Judged::Stop,
    })
}

fn put(i: usize, option: &RawOption, work: &mut Work, store: &mut Store, context: &Context) -> Outcome {
    if let Some(slot) = work.raw.options.as_mut().and_then(|o| o.get_mut(i)) {
        option.clone_into(slot);
    }
    work.keep(store, context)
}
