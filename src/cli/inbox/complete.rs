//! From a draft to a card: the form, what the rules and the lints say, cards that are alike, and the decision about
//! what could identify a patient.

use super::form::{self, Work};
use super::prompt::{self, Said};
use super::{card, options, text};
use crate::cli::context::Context;
use crate::cli::edit;
use crate::cli::failure::Outcome;
use crate::cli::gate::{self, Settled};
use crate::cli::import::ask;
use crate::deck::alike::{Index, Likeness, MAX_LIKES, Match, Print};
use crate::deck::format::CardType;
use crate::deck::{Catalog, parse_card};
use crate::interchange::own::Saved;
use crate::model::ids::check_id;
use crate::model::{Card, CardKey};
use crate::store::{Draft, DraftChange, NoteCard, Store};
use crate::ui::{Doc, Role};

/// Works on a draft until it is a card or the student has enough. True: it became one.
///
/// # Errors
/// When the home can't be written or stdin not read.
pub fn run(draft: &Draft, work: &mut Work, deck: &str, store: &mut Store, context: &mut Context) -> Outcome<bool> {
    // What is whole already (held back for what it says of a patient, say) needs no form.
    let whole = card::judge(&work.raw).0.is_some();
    work.leave_out = work.raw.note.is_some() && !work.noted;
    let walked = if whole && work.leave_out {
        // The editor made it whole, with the thought still in it.
        form::ask_thought(work, store, context)? != form::Go::Stop
    } else {
        whole || (form::kind(work, store, context)? && form::walk(work, store, context)?)
    };
    if !walked {
        return later(context);
    }
    loop {
        let (whole, problems) = card::judge(&work.raw);
        let mut doc = Doc::new(context.width());
        doc.para(Role::Plain, "");
        show(&mut doc, work);
        for p in &problems {
            doc.hanging("! ", Role::Bad, Role::Plain, &format!("{}: {}", card::field_of(p), p.cause));
            if let Some(hint) = &p.hint {
                doc.hanging("  ", Role::Plain, Role::Dim, hint);
            }
        }
        if let Some(whole) = &whole {
            for p in card::lints(whole) {
                doc.hanging("~ ", Role::Warn, Role::Plain, &format!("{}: {}", card::field_of(&p), p.cause));
            }
            alike(&mut doc, whole, deck, store)?;
        }
        context.show(&doc)?;
        let (question, letters) = match whole {
            Some(_) => ("(s)ave, (c)hange a field, (e)ditor, (q)uit and keep as draft", "sceq"),
            None => ("(c)hange a field, (e)ditor, (q)uit and keep as draft", "ceq"),
        };
        match ask::choose(context, question, letters)? {
            Some('s') => {
                if save(draft, work, deck, store, context)? {
                    return Ok(true);
                }
            }
            Some('c') => form::change(work, store, context)?,
            Some('e') => text::edit(work, store, context)?,
            _ => return later(context),
        }
    }
}

fn later(context: &mut Context) -> Outcome<bool> {
    context.say(Role::Dim, "Kept as a draft, as far as it is.")?;
    Ok(false)
}

/// The card so far, short.
fn show(doc: &mut Doc, work: &Work) {
    let Some(kind) = work.raw.kind else { return };
    for field in form::fields(kind) {
        if *field == form::Field::Options {
            for option in work.raw.options.iter().flatten() {
                let lead = format!("  [{}] ", options::judged(option));
                doc.hanging(&lead, Role::Strong, Role::Plain, &options::name(option));
                if let Some(why) = &option.why {
                    doc.hanging("    ", Role::Plain, Role::Dim, why);
                }
                let study = option.study.as_deref().and_then(|id| Catalog::bundled().get(id));
                if let Some(study) = study {
                    doc.hanging("    ", Role::Plain, Role::Dim, &study.dose_line());
                }
            }
        } else if *field == form::Field::Note && work.leave_out {
            doc.hanging("Note: ", Role::Strong, Role::Dim, "(left out)");
        } else if let Some(now) = field.now(&work.raw) {
            doc.hanging(&format!("{}: ", field.name()), Role::Strong, Role::Plain, &now);
        }
    }
}

/// Cards of the collection that are nearly this one.
fn alike(doc: &mut Doc, whole: &Card, deck: &str, store: &Store) -> Outcome {
    let index = Index::new(vec![Print::of(whole)]);
    let own = CardKey::join(deck, &whole.id, None);
    let mut found = Vec::new();
    store.each_card(|slug, name, body| {
        if name == own.as_str() {
            return;
        }
        let Some(card) = parse_card(body, Catalog::bundled()) else { return };
        // Siblings are like each other; they must not be the same.
        let siblings = slug == deck && whole.family().is_some_and(|f| card.family() == Some(f) || card.id == f);
        let same = |m: &Match| !siblings || m.likeness < Likeness::Near;
        found.extend(index.find(&Print::of(&card)).into_iter().filter(same).map(|m| (m, name.to_owned())));
    })?;
    found.sort_by(|a, b| a.0.likeness.cmp(&b.0.likeness).then(b.0.shared.total_cmp(&a.0.shared)));
    for (m, name) in found.into_iter().take(MAX_LIKES) {
        if m.contradicts {
            doc.hanging("! ", Role::Bad, Role::Plain, &format!("{name} asks the same and has another answer"));
        } else {
            doc.hanging(
                "= ",
                Role::Warn,
                Role::Plain,
                &format!("like {name} ({}, {} %)", m.likeness.word(), m.percent()),
            );
        }
    }
    Ok(())
}

/// Saves the card without the thought it began as, unless that shall stand on it.
fn save(draft: &Draft, work: &mut Work, deck: &str, store: &mut Store, context: &mut Context) -> Outcome<bool> {
    let thought = if work.leave_out { work.raw.note.take() } else { None };
    let saved = put(draft, work, deck, store, context)?;
    if !saved && thought.is_some() {
        // Still a draft, so that nothing of it may be lost.
        work.raw.note = thought;
        work.keep(store, context)?;
    }
    Ok(saved)
}

/// Settles what could identify a patient, gives the card its id, and puts it into the deck.
fn put(draft: &Draft, work: &mut Work, deck: &str, store: &mut Store, context: &mut Context) -> Outcome<bool> {
    // A card that its notes made before stays in its deck.
    let home = match &draft.note {
        Some(note) => store.note_cards(&note.source)?.into_iter().find(|c| c.id == note.id).map(|c| c.deck),
        None => None,
    };
    let deck = home.as_deref().unwrap_or(deck);
    let name = format!("draft {}", work.id);
    let before: Vec<Option<String>> = work.raw.options.iter().flatten().map(|o| o.text.clone()).collect();
    let settled = gate::settle(store, &name, &mut work.raw, context)?;
    options::rename_mended(&mut work.raw, &before);
    work.keep(store, context)?;
    if settled == Settled::Stop {
        context.say(Role::Warn, "Not saved: what could identify a patient is not decided.")?;
        return Ok(false);
    }
    if let (Some(rotation), tags) = (&draft.rotation, work.raw.tags.get_or_insert_default())
        && !tags.contains(rotation)
    {
        tags.push(rotation.clone());
    }
    if work.raw.tags.as_ref().is_some_and(Vec::is_empty) {
        work.raw.tags = None;
    }
    loop {
        // A card of the notes goes by its id there, and one that was being saved when it was killed by the id it had.
        let id = match (&draft.note, &work.raw.id) {
            (Some(note), _) => note.id.clone(),
            (None, Some(id)) if check_id(id).is_ok() => id.clone(),
            _ => match ask_id(work, deck, store, context)? {
                Some(id) => id,
                None => return Ok(false),
            },
        };
        work.raw.id = Some(id.clone());
        // Mending an identifier may have emptied what must be there.
        if card::judge(&work.raw).0.is_none() {
            return Ok(false);
        }
        work.keep(store, context)?;
        let base = store.note_card(deck, &id)?.map(|n| n.body);
        let saved = match card::put(store, deck, &work.raw, base.clone(), "inbox", context.now()) {
            Ok(saved) => saved,
            // The deck is told about, and the draft stays: there is no reason to leave the inbox.
            Err(failure) => {
                context.flush()?;
                failure.report(context);
                return Ok(false);
            }
        };
        let mut doc = Doc::new(context.width());
        if let Saved::Conflict(_) = saved {
            let what = if base.is_some() {
                format!("{deck}/{id} was edited in its deck too, in the same fields; it was left alone")
            } else {
                format!("{deck} has another card {id}; it was left alone")
            };
            doc.hanging("! ", Role::Bad, Role::Plain, &what);
            context.show(&doc)?;
            work.raw.id = None;
            work.keep(store, context)?;
            if draft.note.is_some() {
                return Ok(false);
            }
            continue;
        }
        let key = CardKey::join(deck, &id, None);
        let mut changes = vec![DraftChange::End { id: work.id, why: key.as_str().to_owned() }];
        // What the notes say now is in the card, or was decided against: it is no change the next time they are read.
        changes.extend(draft.note.as_ref().map(|note| {
            let (deck, source, body) = (deck.to_owned(), note.source.clone(), note.base.clone());
            DraftChange::Noted(NoteCard { deck, id: id.clone(), source, body })
        }));
        store.change_drafts(&changes, context.now())?;
        let then = match saved {
            Saved::Done { class, .. } if base.is_some() => edit::consequence(class, &key, store)?,
            _ => "reviews show it as new",
        };
        doc.mixed(&[(Role::Good, "Saved as "), (Role::Strong, key.as_str()), (Role::Plain, &format!("; {then}."))]);
        if work.raw.kind == Some(CardType::Decision) && work.raw.family.is_none() {
            let how = format!("Does one fact flip it? `scanwise add --flip {} \"22 weeks pregnant\"`", key.as_str());
            doc.para(Role::Dim, &how);
        }
        context.show(&doc)?;
        return Ok(true);
    }
}

fn ask_id(work: &Work, deck: &str, store: &Store, context: &mut Context) -> Outcome<Option<String>> {
    let free = card::free_id(store, deck, &work.raw)?;
    loop {
        match prompt::text(context, "Its id, for ever (Enter takes this one)", Some(&free))? {
            Said::Enter => return Ok(Some(free)),
            Said::Text(text) => match check_id(&text) {
                Ok(()) => return Ok(Some(text)),
                Err(e) => {
                    let mut doc = Doc::new(context.width());
                    doc.hanging("! ", Role::Bad, Role::Plain, &e.to_string());
                    context.show(&doc)?;
                }
            },
            Said::Clear | Said::Back | Said::Stop => return Ok(None),
        }
    }
}
