//! `scanwise import`: decks from others, previewed, merged, and taken back when asked.

pub mod ask;
pub mod report;

use super::context::Context;
use super::failure::{FIXABLE, Failure, Outcome};
use crate::deck::merge::Side;
use crate::interchange::incoming::ReadError;
use crate::interchange::plan::{Duplicates, Options, Plan, PlanError, Removed, plan_undo};
use crate::interchange::read::{self, ReadOptions};
use crate::log::EventKind;
use crate::model::text::{count, sanitize_line};
use crate::store::Store;
use crate::ui::progress::Progress;
use crate::ui::{Doc, Role, preview};
use clap::{Args, ValueEnum};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// What to import, and how.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[allow(clippy::option_option, reason = "not asked for, asked for, and asked for by number")]
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Files: scanwise JSON, Anki .apkg or .colpkg, CSV, TSV, Quizlet text, Markdown; - for standard input
    #[arg(value_name = "PATH", required_unless_present_any = ["undo", "list", "audit"])]
    pub paths: Vec<PathBuf>,
    /// Show what would happen, and stop
    #[arg(long)]
    pub dry_run: bool,
    /// Merge into (or create) the deck with this id
    #[arg(long, value_name = "ID")]
    pub deck: Option<String>,
    /// New cards wait until `scanwise resume` releases them
    #[arg(long)]
    pub park: bool,
    /// Don't ask; conflicts must be decided by --mine or --theirs
    #[arg(long, short = 'y')]
    pub yes: bool,
    /// Where both changed a field, keep mine
    #[arg(long, conflicts_with = "theirs")]
    pub mine: bool,
    /// Where both changed a field, take theirs
    #[arg(long)]
    pub theirs: bool,
    /// Cards that their author removed
    #[arg(long, value_name = "WHAT")]
    pub removed: Option<RemovedArg>,
    /// New cards that are here word for word in another deck
    #[arg(long, value_name = "WHAT")]
    pub duplicates: Option<DuplicatesArg>,
    /// Take the reviews in the file as your own history
    #[arg(long)]
    pub with_history: bool,
    /// Which field holds what: "Front=front,Extra=why" (targets: front, back, why, text, note, ignore)
    #[arg(long = "map", value_name = "MAP")]
    pub maps: Vec<String>,
    /// Leave nothing out of the preview
    #[arg(long, short = 'v')]
    pub verbose: bool,
    /// Take an import back: number N of --list, or the last one
    #[arg(long, value_name = "N", num_args = 0..=1, conflicts_with_all = ["paths", "list", "audit"])]
    pub undo: Option<Option<i64>>,
    /// List imports, and what each did
    #[arg(long, conflicts_with_all = ["paths", "audit"])]
    pub list: bool,
    /// Show every field that import N changed (its number is in --list)
    #[arg(long, value_name = "N", conflicts_with = "paths")]
    pub audit: Option<i64>,
}

/// See [`Removed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RemovedArg {
    /// They stay, as your own
    Keep,
    /// They stay and are suspended
    Suspend,
    /// They leave the deck; their history stays
    Archive,
}

/// See [`Duplicates`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DuplicatesArg {
    /// They come in too
    Keep,
    /// They are left out
    Skip,
    /// They come in parked
    Park,
}

impl From<RemovedArg> for Removed {
    fn from(arg: RemovedArg) -> Self {
        match arg {
            RemovedArg::Keep => Self::Keep,
            RemovedArg::Suspend => Self::Suspend,
            RemovedArg::Archive => Self::Archive,
        }
    }
}

impl From<DuplicatesArg> for Duplicates {
    fn from(arg: DuplicatesArg) -> Self {
        match arg {
            DuplicatesArg::Keep => Self::Keep,
            DuplicatesArg::Skip => Self::Skip,
            DuplicatesArg::Park => Self::Park,
        }
    }
}

/// Runs the command.
pub fn run(args: &ImportArgs, context: &mut Context) -> Outcome {
    let mut store = context.open()?;
    if let Some(number) = args.undo {
        return undo(args, number, &mut store, context);
    }
    if args.list {
        return report::list(&store, context);
    }
    if let Some(number) = args.audit {
        return report::audit(&store, number, context);
    }
    store.sweep_leftovers()?;
    let mut documents = Vec::new();
    for (i, path) in args.paths.iter().enumerate() {
        let done = one(args, path, &mut store, context, &mut documents);
        if let Err(failure) = done {
            if i > 0 && !args.dry_run {
                let kept = count(i as u64, "file");
                return Err(
                    failure.more(format!("the {kept} before it stay imported; the ones after it were not read"))
                );
            }
            return Err(failure);
        }
    }
    if context.json {
        let document = if documents.len() == 1 { documents.remove(0) } else { serde_json::json!(documents) };
        context.show_json(&document)?;
    }
    Ok(())
}

fn one(
    args: &ImportArgs,
    path: &Path,
    store: &mut Store,
    context: &mut Context,
    documents: &mut Vec<serde_json::Value>,
) -> Outcome {
    let name = if path.as_os_str() == "-" {
        "standard input".to_owned()
    } else {
        path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
    };
    // The record keeps the name alone; here two files of one name must be told apart.
    let given = path.display().to_string();
    let shown = sanitize_line(if given == "-" { &name } else { &given });
    let refuse = |e: ReadError| Failure::fixable(format!("{shown}: {}: {}", e.place, e.cause)).hint(e.hint);
    let mut options = Options {
        deck: args.deck.clone(),
        park: args.park,
        prefer: if args.mine { Some(Side::Mine) } else { args.theirs.then_some(Side::Theirs) },
        removed: args.removed.map(Removed::from).unwrap_or_default(),
        duplicates: args.duplicates.map(Duplicates::from).unwrap_or_default(),
        with_history: args.with_history,
    };
    let scratch = store.scratch()?;
    let mut progress = Progress::new(!context.json);
    let file = read::input(path, scratch.path()).map_err(refuse)?;
    let read_options = ReadOptions { maps: args.maps.clone(), with_history: args.with_history };
    let mut tick = |what: &str, done: u64, of: u64| progress.tick(what, done, of);
    let sha256 = read::digest(&file).map_err(refuse)?;
    let incoming = read::read(&file, &name, scratch.path(), &read_options, &mut tick).map_err(refuse)?;
    let mut plan = Plan::make(store, incoming, &options, &mut tick).map_err(|e| match e {
        PlanError::Store(e) => e.into(),
        PlanError::Read(e) => refuse(e),
    })?;
    progress.clear();
    if options.with_history {
        plan.drop_known(store, context.now())?;
    }
    let asking = !args.yes && !args.dry_run && !context.json && terminal();
    if !context.json {
        let show = preview::Show { all: args.verbose, conflicts: !asking };
        let told = context.show(&preview::plan(&plan, &shown, show, context.width()));
        // Who reads the first lines only (`| head`) still wants the import, or to hear that there was none.
        if args.dry_run || asking {
            told?;
        }
        if !plan.changes_anything(&options) {
            context.show(&say(context, "Nothing to change here."))?;
            return Ok(());
        }
    }
    if args.dry_run {
        if context.json {
            documents.push(report::plan(&plan, &name, &given, None));
        } else {
            context.show(&say(context, "Dry run: nothing was changed."))?;
        }
        return Ok(());
    }
    if asking && !ask::everything(&mut plan, &mut options, args, context)? {
        context.show(&say(context, "Nothing was changed."))?;
        return Ok(());
    }
    if plan.conflicts() > 0 {
        if context.json {
            documents.push(report::plan(&plan, &name, &given, None));
            context.show_json(&documents[documents.len() - 1])?;
        }
        let n = count(plan.conflicts() as u64, "card");
        return Err(Failure::fixable(format!("{shown}: {n} changed by both sides; nothing of it was imported"))
            .hint("decide with --mine or --theirs, or run it on a terminal to be asked one by one"));
    }
    if !asking && !args.yes {
        let message = "nothing was imported: there is no terminal to ask on";
        return Err(Failure::fixable(message).hint("add --yes to import, or --dry-run for the preview alone"));
    }
    if !plan.changes_anything(&options) {
        documents.push(report::plan(&plan, &name, &given, None));
        return Ok(());
    }
    let write = plan.write(&name, sha256, &options, context.now());
    let number = store.carry_out(&write, context.now())?;
    if context.json {
        documents.push(report::plan(&plan, &name, &given, Some(number)));
        return Ok(());
    }
    let reviews = write.history.iter().filter(|e| matches!(e.kind, EventKind::Answered(_))).count();
    done(&plan, number, write.park.len(), reviews, options.with_history, context)
}

/// What was done, and what can be done next.
fn done(plan: &Plan, number: i64, parked: usize, history: usize, with_history: bool, context: &mut Context) -> Outcome {
    let mut doc = Doc::new(context.width());
    doc.blank();
    for deck in &plan.decks {
        doc.mixed(&[
            (Role::Good, "Imported "),
            (Role::Strong, &deck.slug),
            (Role::Plain, &format!(": {}.", preview::numbers(deck))),
        ]);
    }
    if parked > 0 {
        let what = count(parked as u64, "card");
        doc.para(
            Role::Plain,
            &format!("{what} parked; `scanwise resume --deck {}` releases them.", plan.decks[0].slug),
        );
    }
    let future = plan.unbelievable(context.now());
    if with_history && future > 0 {
        let what = count(future as u64, "review");
        doc.para(
            Role::Warn,
            &format!("{what} left out: dated in the future, or about reviews that are not in the file."),
        );
    }
    if history > 0 {
        doc.para(
            Role::Plain,
            &format!("{} of the file are now part of your history.", count(history as u64, "review")),
        );
    }
    doc.para(Role::Dim, &format!("`scanwise import --undo {number}` takes it back."));
    context.show(&doc)
}

/// Somebody can be asked.
fn terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

fn say(context: &Context, text: &str) -> Doc {
    let mut doc = Doc::new(context.width());
    doc.blank();
    doc.para(Role::Strong, text);
    doc
}

fn undo(args: &ImportArgs, number: Option<i64>, store: &mut Store, context: &mut Context) -> Outcome {
    let Some(mut plan) = store.import_to_undo(number)? else {
        let what = number
            .map_or("there is no import to take back".to_owned(), |n| format!("there is no import {n} to take back"));
        return Err(Failure::nothing(what)
            .hint("`scanwise import --list` has them all, your edits too; --undo N takes one back"));
    };
    let kept = plan_undo(&mut plan);
    let about = format!(
        "import {} of {} ({})",
        plan.import.number,
        sanitize_line(&plan.import.source),
        plan.import.at.rfc3339()
    );
    if args.dry_run {
        let mut doc = Doc::new(context.width());
        doc.para(Role::Plain, &format!("Would take back {about}."));
        return context.show(&doc);
    }
    if !args.yes && !context.json && terminal() && !ask::yes(context, &format!("Take back {about}?"))? {
        return Err(Failure::silent(FIXABLE));
    }
    store.take_back(&plan, context.now())?;
    if context.json {
        return context.show_json(&serde_json::json!({
            "undone": plan.import.number, "source": plan.import.source,
            "decks": plan.decks.iter().map(|d| &d.slug).collect::<Vec<_>>(), "edits_kept": kept,
        }));
    }
    let mut doc = Doc::new(context.width());
    doc.mixed(&[(Role::Good, "Taken back: "), (Role::Plain, &format!("{about}."))]);
    for slug in kept {
        doc.para(Role::Plain, &format!("What you edited in {slug} since then is kept."));
    }
    context.show(&doc)
}
