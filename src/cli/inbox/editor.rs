//! A draft in the student's editor, as friendly text.

use super::card;
use super::form::Work;
use crate::cli::context::Context;
use crate::cli::failure::Outcome;
use crate::cli::import::ask;
use crate::interchange::editable::{EditHints, MAX_FILE, apply_problems, from_text, to_text};
use crate::model::text::count;
use crate::store::Store;
use crate::ui::{Doc, Role};
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

/// Opens the draft in `$VISUAL` or `$EDITOR`. The file lies in the home until what it says is kept, so that nothing
/// typed is lost when the terminal goes away.
///
/// # Errors
/// When the home can't be written.
pub fn edit(work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome {
    let path = store.home().join(format!("draft-{}.txt", work.id));
    let fresh = to_text(&work.raw, &EditHints::of(format!("Draft {}; gaps are fine", work.id), &work.raw));
    if path.exists() {
        let question = "An edit of this draft broke off: (g)o on with it, or (d)iscard it?";
        match ask::choose(context, question, "gd")? {
            Some('g') => {}
            Some(_) => write(&path, &fresh)?,
            None => return Ok(()),
        }
    } else {
        write(&path, &fresh)?;
    }
    loop {
        if let Err(why) = open(&path) {
            say(context, Role::Bad, &why)?;
            // Nothing was typed into it.
            let _ = std::fs::remove_file(&path);
            return Ok(());
        }
        let text = read(&path)?;
        match from_text(&text) {
            Ok(raw) if raw == work.raw => {
                say(context, Role::Dim, "Nothing changed.")?;
                break;
            }
            Ok(raw) => {
                work.raw = raw;
                work.keep(store, context)?;
                let open = card::judge(&work.raw).1.len();
                let left = if open == 0 {
                    "; it is complete".to_owned()
                } else {
                    format!("; {} still open", count(open as u64, "thing"))
                };
                say(context, Role::Good, &format!("Kept{left}."))?;
                break;
            }
            Err(problems) => {
                let mut doc = Doc::new(context.width());
                for p in problems.iter().take(5) {
                    doc.hanging("! ", Role::Bad, Role::Plain, &format!("line {}: {}", p.line, p.cause));
                }
                context.show(&doc)?;
                write(&path, &apply_problems(&text, &problems))?;
                match ask::choose(context, "(e)dit again, (d)iscard the changes", "ed")? {
                    Some('e') => {}
                    Some(_) => break,
                    // The file stays; the next edit goes on with it.
                    None => return Ok(()),
                }
            }
        }
    }
    Ok(std::fs::remove_file(&path)?)
}

fn say(context: &mut Context, role: Role, text: &str) -> Outcome {
    let mut doc = Doc::new(context.width());
    doc.para(role, text);
    context.show(&doc)?;
    context.flush()
}

/// Written in full before it takes its place; for its owner's eyes alone.
fn write(path: &Path, text: &str) -> Outcome {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

fn read(path: &Path) -> Outcome<String> {
    let mut bytes = Vec::new();
    // One byte more than may be: the reader says what is wrong with it.
    std::fs::File::open(path)?.take(MAX_FILE as u64 + 1).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Runs the editor and waits for it.
fn open(path: &Path) -> Result<(), String> {
    let named = ["VISUAL", "EDITOR"].iter().find_map(|v| std::env::var(v).ok().filter(|e| !e.trim().is_empty()));
    let editor = named.unwrap_or_else(|| "vi".to_owned());
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("vi");
    match Command::new(program).args(words).arg(path).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("{program} did not end well; the draft is as it was")),
        Err(e) => Err(format!("{program} can't be started ({e}); set EDITOR to an editor of yours")),
    }
}
