//! `scanwise notes --watch`: reads notes again whenever they are saved.

use super::files::Files;
use super::{NotesArgs, files, is_notes, once, undecided};
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Outcome};
use crate::model::text::count;
use crate::ui::Role;
use notify::{RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// Editors write in several steps: a file is read once it has been quiet for this long.
const QUIET: Duration = Duration::from_millis(300);

/// Steps after which it is read all the same.
const MOST_STEPS: usize = 20;

/// Follows the files and folders until it is stopped.
///
/// # Errors
/// When they can't be watched.
pub fn run(args: &NotesArgs, context: &mut Context) -> Outcome {
    let (send, events) = channel();
    let fail = |e: notify::Error| {
        Failure::fixable(format!("the notes can't be watched: {e}")).hint("without --watch they are read once")
    };
    let mut watcher = notify::recommended_watcher(send).map_err(fail)?;
    let mut given: Vec<PathBuf> = Vec::new();
    let mut places: BTreeSet<PathBuf> = BTreeSet::new();
    for path in &args.paths {
        let full = path.canonicalize().map_err(|e| Failure::fixable(format!("{}: {e}", path.display())))?;
        // Editors replace files: what is watched is the folder a file lies in.
        let (folder, mode) = if full.is_dir() {
            (full.clone(), RecursiveMode::Recursive)
        } else {
            (full.parent().unwrap_or(Path::new("/")).to_owned(), RecursiveMode::NonRecursive)
        };
        if places.insert(folder.clone()) || mode == RecursiveMode::Recursive {
            watcher.watch(&folder, mode).map_err(fail)?;
        }
        given.push(full);
    }
    // What was saved before is read first; from here on nothing is missed.
    let first = files(&args.paths)?;
    read(args, &first.into_iter().collect(), context)?;
    context.say(Role::Dim, &format!("Watching {}; Ctrl-C ends it.", count(given.len() as u64, "place")))?;
    context.flush()?;
    while let Ok(event) = events.recv() {
        let mut changed: BTreeSet<PathBuf> = BTreeSet::new();
        let mut take = |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            if matches!(event.kind, notify::EventKind::Access(_)) {
                return;
            }
            changed.extend(event.paths.into_iter().filter(|p| ours(p, &given)));
        };
        take(event);
        for _ in 0..MOST_STEPS {
            match events.recv_timeout(QUIET) {
                Ok(event) => take(event),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
        changed.retain(|p| p.is_file());
        read(args, &changed, context)?;
    }
    Ok(())
}

/// Is this one of the files, or notes in one of the folders?
fn ours(path: &Path, given: &[PathBuf]) -> bool {
    given.iter().any(|g| {
        path == g
            || path
                .strip_prefix(g)
                .is_ok_and(|inner| is_notes(path) && !inner.iter().any(|part| part.to_string_lossy().starts_with('.')))
    })
}

/// Reads files; what is wrong with one is told, and the others go on.
fn read(args: &NotesArgs, changed: &BTreeSet<PathBuf>, context: &mut Context) -> Outcome {
    let mut held = Files::new(&changed.iter().cloned().collect::<Vec<_>>());
    for path in changed {
        match once(args, path, &mut held, context) {
            Ok(done) => {
                context.flush()?;
                if done.open > 0 {
                    undecided(done.open).report(context);
                }
            }
            Err(failure) => {
                context.flush()?;
                failure.report(context);
            }
        }
    }
    Ok(())
}
