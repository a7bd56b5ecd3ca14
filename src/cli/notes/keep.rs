//! Writing what a page of notes changes: cards first, then what the home remembers of the notes, then ids.

use super::plan::{Drafted, Fate, FilePlan, Item, Page};
use super::vanished::gone;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::inbox::card;
use crate::interchange::notes;
use crate::interchange::own::{self, Put, Saved};
use crate::model::{CardKey, Stamp};
use crate::store::{DraftChange, NewDraft, NoteCard, NoteRef, Store};
use std::collections::BTreeMap;
use std::io::Write;

/// Carries a plan out. Killed in between, the next reading of the notes finds the cards there and goes on.
///
/// # Errors
/// When a deck or the home can't be written, or a deck changed after the plan was made.
pub fn keep(store: &mut Store, plan: &FilePlan, rotation: Option<&str>, now: Stamp) -> Outcome {
    let mut puts: BTreeMap<&str, Vec<Put>> = BTreeMap::new();
    for item in plan.of(|f| matches!(f, Fate::New | Fate::Changed { .. })) {
        // The plan is made against the card as it stands; whoever edits it in this moment wins.
        let put = match &item.fate {
            Fate::Changed { json, .. } => Put { base: item.here.clone(), card: card::of_body(json) },
            _ => Put { base: item.base.clone(), card: item.raw.clone() },
        };
        puts.entry(&item.deck).or_default().push(put);
    }
    for (deck, puts) in puts {
        let saved = own::save(store, deck, &puts, &plan.page.name, "notes", None, now).map_err(card::refused)?;
        if saved.iter().any(|s| matches!(s, Saved::Conflict(_))) {
            return Err(Failure::fixable(format!("the deck {deck} changed in this moment; nothing of it was written"))
                .hint("run it again"));
        }
    }
    let mut changes: Vec<DraftChange> =
        plan.items.iter().flat_map(|item| changes(item, &plan.page, rotation)).collect();
    // What was told of notes that are gone is not told again.
    let told = plan.vanished.iter().filter(|v| !v.told).filter_map(|v| v.note.clone());
    changes.extend(told.map(|note| DraftChange::Noted(NoteCard { source: gone(&note.source), ..note })));
    store.change_drafts(&changes, now)?;
    Ok(())
}

fn changes(item: &Item, page: &Page, rotation: Option<&str>) -> Vec<DraftChange> {
    let drafted = match &item.fate {
        Fate::New | Fate::Changed { .. } | Fate::Known => {
            let key = CardKey::join(&item.deck, &item.id, None).as_str().to_owned();
            let (deck, id, source) = (item.deck.clone(), item.id.clone(), page.source.clone());
            let mut out = vec![DraftChange::Noted(NoteCard { deck, id, source, body: item.json.clone() })];
            out.extend(item.draft.map(|id| DraftChange::End { id, why: key }));
            return out;
        }
        Fate::Held(_, drafted) | Fate::Draft(drafted) => drafted,
        _ => return Vec::new(),
    };
    match drafted {
        Drafted::New => {
            let note = NoteRef { source: page.source.clone(), id: item.id.clone(), base: item.json.clone() };
            let rotation = rotation.map(str::to_owned);
            vec![DraftChange::Add(NewDraft { body: item.json.clone(), rotation, note: Some(note) })]
        }
        Drafted::Follows(id) => {
            vec![DraftChange::Follow { id: *id, body: item.json.clone(), base: item.json.clone() }]
        }
        Drafted::Same | Drafted::Worked(_) | Drafted::Dropped => Vec::new(),
    }
}

/// The byte order mark that some editors write, and that the text does not hold.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Writes the comments with the ids into the notes, and nothing else. Returns how many.
///
/// # Errors
/// When the file changed since it was read, or can't be written.
pub fn write_ids(plan: &FilePlan) -> Outcome<usize> {
    let page = &plan.page;
    let shown = page.path.display();
    if !page.plain {
        return Err(Failure::fixable(format!(
            "{shown}: it is not UTF-8, so the cards are saved, but no ids were written into it"
        ))
        .hint("save it as UTF-8 and run it again"));
    }
    let text = notes::with_ids(&page.text, &plan.ids);
    if text == page.text {
        return Ok(0);
    }
    let fail = |e: std::io::Error| {
        Failure::fixable(format!("{shown}: {e}; the cards are saved, the ids were not written"))
            .hint("the ids come with the next run")
    };
    let changed = || -> Outcome<bool> { Ok(std::fs::read(&page.path).map_err(fail)? != page.bytes) };
    let refuse = || {
        Err(Failure::fixable(format!(
            "{shown}: it changed while it was read; the cards are saved, the ids were not written"
        ))
        .hint("the ids come with the next run: save it in your editor and run it again"))
    };
    if changed()? {
        return refuse();
    }
    let folder = page.path.parent().unwrap_or(std::path::Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".scanwise-").tempfile_in(folder).map_err(fail)?;
    if page.bytes.starts_with(BOM) {
        file.write_all(BOM).map_err(fail)?;
    }
    file.write_all(text.as_bytes()).map_err(fail)?;
    let permissions = std::fs::metadata(&page.path).map_err(fail)?.permissions();
    file.as_file().set_permissions(permissions).map_err(fail)?;
    file.as_file().sync_all().map_err(fail)?;
    // An editor may have saved meanwhile: its version stays.
    if changed()? {
        return refuse();
    }
    file.persist(&page.path).map_err(|e| fail(e.error))?;
    // The rename is durable once its folder is; where a folder can't be synced the file is whole all the same.
    if let Ok(folder) = std::fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    // Each has a line of its own. A copy that still has the comment of another card got none.
    let lines = |text: &str| text.matches('\n').count();
    Ok(lines(&text) - lines(&page.text))
}
