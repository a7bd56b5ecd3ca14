//! Splitting a draft, and merging two.

use super::card;
use super::form::Work;
use super::prompt::{self, Said};
use crate::cli::context::Context;
use crate::cli::failure::Outcome;
use crate::cli::import::ask;
use crate::deck::format::RawCard;
use crate::deck::print::compact;
use crate::store::{Draft, DraftChange, NewDraft, Store};
use crate::ui::{Doc, Role};

/// Makes several drafts of one, with the same tags; what it has beside the thought goes into the first. The whole rests
/// as it was, and can be taken back. Returns the draft to go on with.
///
/// # Errors
/// When the home can't be written or stdin not read.
pub fn split(draft: &Draft, work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome<i64> {
    let id = work.id;
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
    let mut doc = Doc::new(context.width());
    doc.para(Role::Dim, "It says now:");
    doc.para(Role::Plain, work.raw.note.as_deref().unwrap_or("(no thought; its fields go into part 1)"));
    context.show(&doc)?;
    if lines.len() > 1 {
        let question = format!("(l)ines: a draft of each of its {}, (t)ype the parts, (q)uit", lines.len());
        match ask::choose(context, &question, "ltq")? {
            Some('l') => parts = lines,
            Some('t') => {}
            _ => return Ok(id),
        }
    }
    while parts.len() < 2 || !parts.is_empty() && parts.len() < 50 && lines_typed(&parts, &work.raw) {
        let label = format!("Part {} (Enter: that's all)", parts.len() + 1);
        match prompt::text(context, &label, None)? {
            Said::Text(text) => parts.push(text),
            Said::Enter => break,
            Said::Back if !parts.is_empty() => {
                parts.pop();
            }
            _ => return Ok(id),
        }
    }
    if parts.len() < 2 {
        context.say(Role::Dim, "It takes two parts; nothing was changed.")?;
        return Ok(id);
    }
    let mut doc = Doc::new(context.width());
    for (i, part) in parts.iter().enumerate() {
        doc.hanging(&format!("{:>3} ", i + 1), Role::Key, Role::Plain, part);
    }
    context.show(&doc)?;
    if !ask::yes(context, &format!("Make these {} drafts of it?", parts.len()))? {
        context.say(Role::Dim, "Nothing was changed.")?;
        return Ok(id);
    }
    let mut changes = Vec::new();
    for (i, part) in parts.into_iter().enumerate() {
        let raw = if i == 0 {
            RawCard { note: Some(part), ..work.raw.clone() }
        } else {
            RawCard {
                tags: work.raw.tags.clone(),
                domain: work.raw.domain.clone(),
                note: Some(part),
                ..RawCard::default()
            }
        };
        let note = draft.note.clone().filter(|_| i == 0);
        changes.push(DraftChange::Add(NewDraft { body: compact(&raw), rotation: draft.rotation.clone(), note }));
    }
    changes.push(DraftChange::EndInto { id, how: "split" });
    // They were caught when the whole was.
    let new = store.change_drafts(&changes, draft.at)?;
    let ids: Vec<String> = new.iter().map(ToString::to_string).collect();
    context.say(
        Role::Good,
        &format!("Split into {}; `scanwise inbox --restore {id}` brings the whole back.", ids.join(", ")),
    )?;
    Ok(new.first().copied().unwrap_or(id))
}

/// Parts that were typed may go on; the lines of the draft are all there is.
fn lines_typed(parts: &[String], raw: &RawCard) -> bool {
    let note = raw.note.as_deref().unwrap_or_default();
    let lines: Vec<&str> = note.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    lines.len() < 2 || parts.iter().map(String::as_str).ne(lines)
}

/// Makes one draft of this and another; both rest as they were, and can be taken back. Returns the draft to go on with.
///
/// # Errors
/// As [`split`].
pub fn merge(draft: &Draft, work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome<i64> {
    let id = work.id;
    let others: Vec<Draft> = store.drafts()?.into_iter().filter(|d| d.id != id).collect();
    if others.is_empty() {
        context.say(Role::Dim, "There is no other draft.")?;
        return Ok(id);
    }
    let mut doc = Doc::new(context.width());
    for other in &others {
        let line = card::headline(&card::of_body(&other.body));
        doc.hanging(&format!("{:>3} ", other.id), Role::Key, Role::Plain, &line);
    }
    context.show(&doc)?;
    let Said::Text(number) = prompt::text(context, "Take which one into this? (its number)", None)? else {
        return Ok(id);
    };
    let Some(other) = others.iter().find(|d| d.id.to_string() == number) else {
        context.say(Role::Warn, "There is no such draft; nothing was changed.")?;
        return Ok(id);
    };
    join(&mut work.raw, card::of_body(&other.body));
    let both = NewDraft { body: compact(&work.raw), rotation: draft.rotation.clone(), note: draft.note.clone() };
    let changes = [
        DraftChange::Add(both),
        DraftChange::EndInto { id, how: "merged" },
        DraftChange::EndInto { id: other.id, how: "merged" },
    ];
    // It was caught when this one was.
    let new = store.change_drafts(&changes, draft.at)?.first().copied().unwrap_or(id);
    context.say(
        Role::Good,
        &format!(
            "Drafts {id} and {} are draft {new} now; `scanwise inbox --restore {id} {}` brings them back.",
            other.id, other.id
        ),
    )?;
    Ok(new)
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
