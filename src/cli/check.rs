//! `scanwise check`: every problem in deck files.

use super::context::Context;
use super::failure::{FIXABLE, Failure, Outcome};
use crate::deck::{self, Catalog, Checked, Problem, Severity};
use crate::model::Deck;
use crate::model::text::count;
use crate::ui::{Doc, Role};
use clap::Args;
use serde_json::{Value, json};
use std::io::Read;
use std::path::PathBuf;

/// Which files.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Deck files; - for standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Fail on warnings too
    #[arg(long)]
    pub strict: bool,
}

/// Runs the command. The home is not opened.
pub fn run(args: &CheckArgs, context: &mut Context) -> Outcome {
    let mut errors = 0;
    let mut warnings = 0;
    let mut reports = Vec::new();
    let mut read_files = Vec::new();
    for file in &args.files {
        let name = file.display().to_string();
        let bytes = match read(file) {
            Ok(bytes) => bytes,
            Err(e) => {
                let p = Problem::error("unreadable-file", deck::problem::Path::default(), e)
                    .hint("check the path and who may read it");
                errors += 1;
                report(context, &mut reports, &name, &[p], None)?;
                continue;
            }
        };
        read_files.push((name, deck::check(&bytes, Catalog::bundled()), bytes));
    }
    compare(&mut read_files);
    for (name, checked, _) in &read_files {
        errors += checked.errors();
        warnings += checked.problems.len() - checked.errors();
        let about = checked.deck.as_ref().map(|d| {
            let cards: usize = d.cards.iter().map(|c| c.parts().len()).sum();
            format!("{} is in order: {}", d.header.id, count(cards as u64, "card"))
        });
        report(context, &mut reports, name, &checked.problems, about)?;
    }
    if context.json {
        context.show_json(&json!(reports))?;
    }
    if errors > 0 || (args.strict && warnings > 0) { Err(Failure::silent(FIXABLE)) } else { Ok(()) }
}

/// Patients that stand in several decks are told at the later one.
fn compare(files: &mut [(String, Checked, Vec<u8>)]) {
    let with_deck: Vec<usize> = (0..files.len()).filter(|i| files[*i].1.deck.is_some()).collect();
    let decks: Vec<&Deck> = files.iter().filter_map(|f| f.1.deck.as_ref()).collect();
    for (at, problem) in
        deck::lint::near_duplicates(&decks).into_iter().map(|(d, p)| (with_deck[d], p)).collect::<Vec<_>>()
    {
        let (_, checked, bytes) = &mut files[at];
        checked.problems.push(problem);
        deck::read::place(bytes, &mut checked.problems);
    }
}

fn read(file: &std::path::Path) -> Result<Vec<u8>, String> {
    let limit = deck::read::MAX_FILE;
    let mut bytes = Vec::new();
    let read = if file.as_os_str() == "-" {
        std::io::stdin().lock().take(limit + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|f| f.take(limit + 1).read_to_end(&mut bytes))
    };
    read.map_err(|e| e.to_string())?;
    if bytes.len() as u64 > limit { Err("larger than 1 GiB".to_owned()) } else { Ok(bytes) }
}

fn report(
    context: &mut Context,
    reports: &mut Vec<Value>,
    name: &str,
    problems: &[Problem],
    good: Option<String>,
) -> Outcome {
    if context.json {
        let list: Vec<Value> = problems.iter().map(problem_json).collect();
        reports.push(json!({ "file": name, "ok": good.is_some(), "problems": list }));
        return Ok(());
    }
    let mut doc = Doc::new(context.width());
    for p in problems {
        let (role, word) = match p.severity {
            Severity::Error => (Role::Bad, "error"),
            Severity::Warning => (Role::Warn, "warning"),
        };
        let place = p.place.map_or(String::new(), |at| format!(":{}:{}", at.line, at.column));
        let path = p.path.to_string();
        let path = if path.is_empty() { String::new() } else { format!(" {path}:") };
        doc.hanging(&format!("{word}: "), role, Role::Plain, &format!("{name}{place}:{path} {}", p.cause));
        if let Some(hint) = &p.hint {
            doc.hanging("  hint: ", Role::Key, Role::Plain, hint);
        }
    }
    if let Some(good) = good {
        doc.mixed(&[(Role::Good, "ok: "), (Role::Plain, &format!("{name}: {good}"))]);
    } else {
        let errors = problems.iter().filter(|p| p.severity == Severity::Error).count();
        doc.para(Role::Strong, &format!("{name}: {}", count(errors as u64, "error")));
    }
    context.show(&doc)
}

fn problem_json(p: &Problem) -> Value {
    json!({
        "severity": match p.severity { Severity::Error => "error", Severity::Warning => "warning" },
        "rule": p.rule,
        "path": p.path.to_string(),
        "line": p.place.map(|at| at.line),
        "column": p.place.map(|at| at.column),
        "cause": p.cause,
        "hint": p.hint,
    })
}
