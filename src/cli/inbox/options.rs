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
    loop {
        // One that was left half-done goes on first.
        let half = work.raw.options.iter().flatten().position(|o| !whole(o));
        if let Some(i) = half {
            if !finish(i, false, work, store, context)? {
                return Ok(Go::Stop);
            }
            continue;
        }
        list(work, context)?;
        let n = work.raw.options.as_ref().map_or(0, Vec::len);
        if n >= *OPTIONS.end() {
            return Ok(Go::On);
        }
        let label = format!(
            "Option {}: letters of a study (ctpa, us renal), or = and your own text{}",
            n + 1,
            if n == 0 { "" } else { "; a number changes one, -1 takes one out; Enter: that's all" }
        );
        match prompt::text(context, &label, None)? {
            Said::Stop => return Ok(Go::Stop),
            Said::Back => return Ok(Go::Back),
            Said::Enter | Said::Clear => return Ok(Go::On),
            Said::Text(text) => {
                if let Some(i) = nth(text.strip_prefix('-').unwrap_or(&text), n) {
                    if text.starts_with('-') {
                        take_out(i, work);
                        work.keep(store, context)?;
                    } else if !finish(i, true, work, store, context)? {
                        return Ok(Go::Stop);
                    }
                } else if let Some(option) = choose(&text, work, context)? {
                    work.raw.options.get_or_insert_default().push(option);
                    work.keep(store, context)?;
                }
            }
        }
    }
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

/// Asks what an option still lacks (`again`: everything), and keeps each answer. False: stopped.
fn finish(i: usize, again: bool, work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome<bool> {
    let options = work.raw.options.get_or_insert_default();
    let other_best = options.iter().enumerate().any(|(j, o)| j != i && o.verdict == Some(Verdict::Best));
    let Some(option) = options.get(i).cloned() else { return Ok(true) };
    let shown = name(&option);
    let mut option = option;
    if option.study.is_none() && option.text.is_none() {
        take_out(i, work);
        work.keep(store, context)?;
        return Ok(true);
    }
    if again || option.verdict.is_none() {
        let (question, letters) = if other_best {
            (format!("{shown}: (a)cceptable, (w)rong, (q)uit"), "awq")
        } else {
            (format!("{shown}: (b)est, (a)cceptable, (w)rong, (q)uit"), "bawq")
        };
        option.verdict = match ask::choose(context, &question, letters)? {
            Some('b') => Some(Verdict::Best),
            Some('a') => Some(Verdict::Acceptable),
            Some('w') => Some(Verdict::Wrong),
            _ => return Ok(false),
        };
        option.harm = option.harm.filter(|_| option.verdict == Some(Verdict::Wrong));
        put(i, &option, work, store, context)?;
    }
    if option.verdict == Some(Verdict::Wrong) && (again || option.harm.is_none()) {
        let question = "How does it harm? (u)nsafe, (d)elays, (w)asteful, (q)uit";
        option.harm = match ask::choose(context, question, "udwq")? {
            Some('u') => Some(Harm::Unsafe),
            Some('d') => Some(Harm::Delays),
            Some('w') => Some(Harm::Wasteful),
            _ => return Ok(false),
        };
        put(i, &option, work, store, context)?;
    }
    while again || option.why.is_none() {
        let now = option.why.clone();
        match prompt::text(context, &format!("Why? ({shown})"), now.as_deref())? {
            Said::Text(text) => option.why = Some(text),
            Said::Enter if now.is_some() => {}
            Said::Enter | Said::Clear => {
                let mut doc = Doc::new(context.width());
                doc.hanging("! ", Role::Warn, Role::Plain, "every option teaches: say why in a few words (q stops)");
                context.show(&doc)?;
                continue;
            }
            Said::Back => {
                // Back to its verdict.
                (option.verdict, option.harm) = (None, None);
                break;
            }
            Said::Stop => return Ok(false),
        }
        break;
    }
    put(i, &option, work, store, context)?;
    Ok(true)
}

fn put(i: usize, option: &RawOption, work: &mut Work, store: &mut Store, context: &Context) -> Outcome {
    if let Some(slot) = work.raw.options.as_mut().and_then(|o| o.get_mut(i)) {
        option.clone_into(slot);
    }
    work.keep(store, context)
}
