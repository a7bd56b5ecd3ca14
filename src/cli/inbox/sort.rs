//! Splitting a draft, and merging two.

use super::card;
use super::form::Work;
use super::prompt::{self, Said};
use crate::cli::context::Context;
use crate::cli::failure::Outcome;
use crate::deck::format::RawCard;
use crate::deck::print::compact;
use crate::store::{Draft, DraftChange, NewDraft, Store};
use crate::ui::{Doc, Role};

/// Makes several drafts of one: the first part stays in it, each other part becomes a draft with the same tags.
///
/// # Errors
/// When the home can't be written or stdin not read.
pub fn split(draft: &Draft, work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome {
    let mut parts: Vec<String> = Vec::new();
    let lines: Vec<String> = work
        .raw
        .note
        .iter()
        .flat_map(|n| n.lines())
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .map(str::to_owned)
        .collect();
    if lines.len() > 1 {
        let question = format!("(l)ines: a draft of each of its {}, (t)ype the parts, (q)uit", lines.len());
        match crate::cli::import::ask::choose(context, &question, "ltq")? {
            Some('l') => parts = lines,
            Some('t') => {}
            _ => return Ok(()),
        }
    }
    while parts.len() < 2 || !parts.is_empty() && parts.len() < 50 && lines_typed(&parts, &work.raw) {
        let label = format!("Part {} (Enter: that's all)", parts.len() + 1);
        match prompt::text(context, &label, None)? {
            Said::Text(text) => parts.push(text),
            Said::Enter => break,
            _ => return Ok(()),
        }
    }
    if parts.len() < 2 {
        return context.say(Role::Dim, "It takes two parts; nothing was changed.");
    }
    let mut changes = Vec::new();
    let mut parts = parts.into_iter();
    work.raw.note = parts.next();
    changes.push(DraftChange::Write { id: work.id, body: compact(&work.raw) });
    for part in parts {
        let raw = RawCard {
            tags: work.raw.tags.clone(),
            domain: work.raw.domain.clone(),
            note: Some(part),
            ..RawCard::default()
        };
        let new = NewDraft { body: compact(&raw), rotation: draft.rotation.clone(), note: None };
        changes.push(DraftChange::Add(new));
    }
    // They were caught when the whole was.
    let ids = store.change_drafts(&changes, draft.at)?;
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    context.say(Role::Good, &format!("Split: draft {}, and new {}.", work.id, ids.join(", ")))
}

/// Parts that were typed may go on; the lines of the draft are all there is.
fn lines_typed(parts: &[String], raw: &RawCard) -> bool {
    let note = raw.note.as_deref().unwrap_or_default();
    let lines: Vec<&str> = note.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    lines.len() < 2 || parts.iter().map(String::as_str).ne(lines)
}

/// Takes another draft into this one.
///
/// # Errors
/// As [`split`].
pub fn merge(work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome {
    let others: Vec<Draft> = store.drafts()?.into_iter().filter(|d| d.id != work.id).collect();
    if others.is_empty() {
        return context.say(Role::Dim, "There is no other draft.");
    }
    let mut doc = Doc::new(context.width());
    for other in &others {
        let line = card::headline(&card::of_body(&other.body));
        doc.hanging(&format!("{:>3} ", other.id), Role::Key, Role::Plain, &line);
    }
    context.show(&doc)?;
    let Said::Text(number) = prompt::text(context, "Take which one into this? (its number)", None)? else {
        return Ok(());
    };
    let Some(other) = others.iter().find(|d| d.id.to_string() == number) else {
        return context.say(Role::Warn, "There is no such draft; nothing was changed.");
    };
    join(&mut work.raw, card::of_body(&other.body));
    let changes = [
        DraftChange::Write { id: work.id, body: compact(&work.raw) },
        DraftChange::End { id: other.id, why: "merged".to_owned() },
    ];
    store.change_drafts(&changes, context.now())?;
    context.say(Role::Good, &format!("Draft {} is part of draft {} now.", other.id, work.id))
}

/// Everything of the other is in it afterwards: what has no field of its own goes into the note.
fn join(raw: &mut RawCard, other: RawCard) {
    let same = raw.kind.is_none() || other.kind.is_none() || raw.kind == other.kind;
    raw.kind = raw.kind.or(other.kind);
    raw.domain = raw.domain.take().or(other.domain);
    let mut left: Vec<String> = Vec::new();
    let singles = [
        (&mut raw.vignette, other.vignette),
        (&mut raw.question, other.question),
        (&mut raw.rule, other.rule),
        (&mut raw.front, other.front),
        (&mut raw.back, other.back),
        (&mut raw.text, other.text),
        (&mut raw.why, other.why),
        (&mut raw.family, other.family),
        (&mut raw.modifier, other.modifier),
    ];
    for (mine, theirs) in singles {
        match theirs {
            Some(text) if same && mine.is_none() => *mine = Some(text),
            Some(text) if mine.as_ref() != Some(&text) => left.push(text),
            _ => {}
        }
    }
    match (&mut raw.next, other.next) {
        (mine @ None, theirs) if same => *mine = theirs,
        (_, Some(theirs)) => left.extend([theirs.if_positive, theirs.if_negative]),
        _ => {}
    }
    let options = other.options.unwrap_or_default();
    if same {
        let mine = raw.options.get_or_insert_default();
        let taken = |o: &crate::deck::format::RawOption, mine: &[crate::deck::format::RawOption]| {
            mine.iter().any(|m| m.id == o.id && m.study == o.study)
        };
        for option in options {
            if !taken(&option, mine) {
                mine.push(option);
            }
        }
        if mine.is_empty() {
            raw.options = None;
        }
    } else {
        left.extend(options.iter().map(|o| {
            let why = o.why.as_ref().map_or(String::new(), |w| format!(": {w}"));
            format!("{}{why}", super::options::name(o))
        }));
    }
    for (mine, theirs) in [(&mut raw.tags, other.tags), (&mut raw.covers, other.covers)] {
        for word in theirs.into_iter().flatten() {
            let all = mine.get_or_insert_default();
            if !all.contains(&word) {
                all.push(word);
            }
        }
    }
    for source in other.sources.into_iter().flatten() {
        let all = raw.sources.get_or_insert_default();
        if !all.contains(&source) {
            all.push(source);
        }
    }
    left.extend(other.note);
    left.retain(|t| !t.is_empty());
    if !left.is_empty() {
        let mut all: Vec<String> = raw.note.take().into_iter().collect();
        all.append(&mut left);
        raw.note = Some(all.join("\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_merged_draft_is_lost() {
        let read = |json: serde_json::Value| serde_json::from_value::<RawCard>(json).expect("a card");
        let mut mine = read(serde_json::json!({"type": "basic", "front": "F", "tags": ["a"], "note": "one"}));
        let other = read(serde_json::json!({"type": "decision", "vignette": "V", "tags": ["b"], "note": "two",
            "options": [{"study": "xr-chest", "why": "W"}], "next": {"if_positive": "P", "if_negative": ""}}));
        join(&mut mine, other);
        let note = mine.note.expect("a note");
        for text in ["one", "two", "V", "P", "W"] {
            assert!(note.contains(text), "{text}: {note}");
        }
        assert_eq!(mine.tags, Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!((mine.front.as_deref(), mine.vignette), (Some("F"), None));
    }
}
