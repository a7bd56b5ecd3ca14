//! `scanwise notes`: rotation notes in Markdown to cards and drafts, as often as they change.

mod decide;
mod files;
mod forget;
mod keep;
mod plan;
mod show;
mod vanished;
mod watch;

use super::context::Context;
use super::failure::{Failure, Outcome};
use super::import::ask;
use super::inbox::card;
use crate::deck::merge::Side;
use crate::model::text::count;
use crate::ui::Role;
use clap::Args;
use files::Files;
use plan::{Fate, Ways};
use serde_json::Value;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Which notes, and how.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[derive(Debug, Args)]
#[command(after_help = super::gate::limits())]
pub struct NotesArgs {
    /// Notes in Markdown, or folders of them
    #[arg(value_name = "FILE", required_unless_present = "forget")]
    pub paths: Vec<PathBuf>,
    /// Write a short id comment under each card, so that it can be reworded later; nothing else is changed
    #[arg(long)]
    pub write_ids: bool,
    /// Deck that new cards go into (default: mine)
    #[arg(long, value_name = "ID")]
    pub deck: Option<String>,
    /// Show what would happen, and stop
    #[arg(long, conflicts_with = "watch")]
    pub dry_run: bool,
    /// Don't ask
    #[arg(long, short = 'y')]
    pub yes: bool,
    /// Read them again whenever they are saved, until Ctrl-C
    #[arg(long)]
    pub watch: bool,
    /// Put cards back as the notes have them: those taken out of their deck, and those that stand otherwise there
    #[arg(long)]
    pub restore: bool,
    /// Where a card was edited in the deck and in the notes, keep the deck's version
    #[arg(long, conflicts_with = "notes_win")]
    pub deck_wins: bool,
    /// Where a card was edited in the deck and in the notes, take the notes' version
    #[arg(long)]
    pub notes_win: bool,
    /// Take cards out of their deck, when their notes are gone (their history stays)
    #[arg(long, value_name = "CARD", num_args = 1.., conflicts_with_all = ["paths", "watch", "write_ids"])]
    pub forget: Vec<String>,
    /// Leave nothing out of the preview
    #[arg(long, short = 'v')]
    pub verbose: bool,
}

/// Most files read of folders.
const MAX_FILES: usize = 10_000;

/// How deep folders are looked into.
const MAX_DEPTH: usize = 12;

/// Runs the command.
pub fn run(args: &NotesArgs, context: &mut Context) -> Outcome {
    if !args.forget.is_empty() {
        return forget::run(args, context);
    }
    if args.watch {
        if context.json {
            return Err(Failure::usage("--watch has no JSON report").hint("leave --json out, or read the notes once"));
        }
        return watch::run(args, context);
    }
    let mut documents = Vec::new();
    let mut open = 0;
    let mut failed = None;
    let given = files(&args.paths)?;
    let mut held = Files::new(&given);
    let mut empty = true;
    for path in given {
        match once(args, &path, &mut held, context) {
            Ok(read) => {
                empty &= read.empty;
                documents.extend(read.document);
                open += read.open;
            }
            // One bad file is no reason to leave the others unread.
            Err(failure) if args.paths.len() > 1 && failed.is_none() => failed = Some(failure),
            Err(failure) => {
                if let Some(first) = failed.replace(failure) {
                    context.flush()?;
                    first.report(context);
                }
            }
        }
    }
    if context.json {
        context.show_json(&Value::Array(documents))?;
    }
    match failed {
        Some(failure) => Err(failure),
        None if open > 0 => Err(undecided(open)),
        None if empty => Err(Failure::nothing("there are no cards in these notes")
            .hint("a card is \"Q: ...\" at the start of a line, and \"A: ...\" at the start of the next")),
        None => Ok(()),
    }
}

/// What one file came to.
#[derive(Default)]
struct Done {
    /// The report for programs.
    document: Option<Value>,
    /// Cards edited on both sides, and not decided.
    open: usize,
    /// No card stands in it, and none ever did.
    empty: bool,
}

fn undecided(open: usize) -> Failure {
    let what = count(open as u64, "card");
    let was = if open == 1 { "was" } else { "were" };
    Failure::fixable(format!("{what} {was} edited in the deck and in the notes; the deck's version stays for now"))
        .hint("--deck-wins keeps it for good, --notes-win takes the notes'; on a terminal you are asked")
}

/// Notes are what ends like this in a folder.
fn is_notes(path: &Path) -> bool {
    path.extension().is_some_and(|e| ["md", "markdown"].iter().any(|w| e.eq_ignore_ascii_case(w)))
}

/// The files that are meant: those named, and the notes of folders.
fn files(paths: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let mut out = Vec::new();
    for path in paths {
        if !path.is_dir() {
            out.push(path.clone());
            continue;
        }
        let mut folders = vec![(path.clone(), 0)];
        while let Some((folder, depth)) = folders.pop() {
            let fail = |e: std::io::Error| Failure::fixable(format!("{}: {e}", folder.display()));
            let mut entries = Vec::new();
            for entry in std::fs::read_dir(&folder).map_err(fail)? {
                entries.push(entry.map_err(fail)?.path());
            }
            entries.sort();
            for entry in entries {
                let hidden = entry.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
                let link = entry.is_symlink();
                if hidden {
                    continue;
                }
                if entry.is_dir() && !link && depth < MAX_DEPTH {
                    folders.push((entry, depth + 1));
                } else if entry.is_file() && is_notes(&entry) {
                    out.push(entry);
                }
            }
        }
        if out.len() > MAX_FILES {
            return Err(Failure::fixable(format!("{}: more than {MAX_FILES} files of notes", path.display()))
                .hint("name the folders one by one"));
        }
    }
    if out.is_empty() {
        return Err(Failure::nothing("there are no notes there").hint("notes are files that end in .md"));
    }
    Ok(out)
}

/// Reads one file, shows what it changes, and keeps it.
fn once(args: &NotesArgs, path: &Path, held: &mut Files, context: &mut Context) -> Outcome<Done> {
    let deck = card::deck_named(args.deck.as_deref())?;
    let mut store = context.open()?;
    let page = plan::read(path)?;
    let side = match (args.deck_wins, args.notes_win) {
        (true, _) => Some(Side::Mine),
        (_, true) => Some(Side::Theirs),
        _ => None,
    };
    let mut plan = plan::make(&store, page, &deck, Ways { restore: args.restore, side }, held)?;
    if !context.json {
        context.show(&show::plan(&plan, args.verbose, context.width()))?;
    }
    let empty = plan.items.is_empty() && plan.vanished.iter().all(|v| v.told);
    let open = plan.of(|f| matches!(f, Fate::Conflict(_))).len();
    if args.dry_run {
        say(context, "Dry run: nothing was changed.")?;
        return Ok(Done { document: context.json.then(|| show::as_json(&plan, None)), open, empty });
    }
    let asking = !args.yes && !args.watch && !context.json;
    let asking = asking && std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if asking && open > 0 {
        decide::conflicts(&store, &mut plan, context)?;
    }
    let open = plan.of(|f| matches!(f, Fate::Conflict(_))).len();
    let writes = args.write_ids && !plan.ids.is_empty();
    if plan.changes() || writes {
        if asking {
            if !ask::yes(context, "Save this?")? {
                say(context, "Nothing was changed.")?;
                return Ok(Done { document: None, open, empty });
            }
        } else if !args.yes && !args.watch {
            return Err(Failure::fixable("nothing was saved: there is no terminal to ask on")
                .hint("add --yes to save, or --dry-run for the preview alone"));
        }
    }
    let rotation = store.settings().rotation.clone();
    keep::keep(&mut store, &plan, rotation.as_deref(), context.now())?;
    let written = if args.write_ids { Some(keep::write_ids(&plan)?) } else { None };
    if context.json {
        return Ok(Done { document: Some(show::as_json(&plan, written)), open, empty });
    }
    if plan.changes() {
        say(context, &show::done(&plan))?;
    }
    if let Some(n) = written.filter(|n| *n > 0) {
        say(context, &format!("{} written into {}.", count(n as u64, "id"), plan.page.name))?;
    }
    let held = plan.of(|f| matches!(f, Fate::Held(..))).len();
    if held > 0 {
        say(context, "`scanwise inbox` decides about what was held back.")?;
    }
    Ok(Done { document: None, open, empty })
}

fn say(context: &mut Context, text: &str) -> Outcome {
    if context.json {
        return Ok(());
    }
    context.say(Role::Strong, text)
}
