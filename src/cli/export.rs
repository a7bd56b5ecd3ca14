//! `scanwise export`: decks out, content only unless more is asked for.

use super::context::Context;
use super::failure::{Failure, Outcome};
use super::gate;
use crate::deck::print::compact;
use crate::interchange::export::gather::{self, Along};
use crate::interchange::export::{OutCard, OutDeck, apkg, csv, json, markdown};
use crate::interchange::json as reader;
use crate::interchange::plan::media::named;
use crate::interchange::safeguard::{self, Suspect};
use crate::log::EventKind;
use crate::model::text::{count, sanitize_line};
use crate::store::{DATABASE, Store};
use crate::ui::Doc;
use clap::{Args, ValueEnum};
use std::collections::HashSet;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

/// Which decks, and how.
#[derive(Debug, Args)]
#[command(after_help = gate::limits())]
pub struct ExportArgs {
    /// The decks
    #[arg(value_name = "DECK", required = true)]
    pub decks: Vec<String>,
    /// The format; told from the name of FILE when not given
    #[arg(long, short = 'f', value_name = "FORMAT")]
    pub format: Option<FormatArg>,
    /// Write here; - (or nothing) for standard output
    #[arg(long, short = 'o', value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Your own notes and tags go along
    #[arg(long)]
    pub with_notes: bool,
    /// Your schedule and review log go along
    #[arg(long)]
    pub with_history: bool,
    /// Only what changed since this file: a small file to send (JSON, one deck)
    #[arg(long, value_name = "BASE")]
    pub only_changed: Option<PathBuf>,
    /// What looks like a patient's identifier is none: remember that, and write
    #[arg(long)]
    pub keep_findings: bool,
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    /// scanwise's own
    Json,
    /// An Anki package
    Apkg,
    /// Comma-separated, for Anki and spreadsheets
    Csv,
    /// Tab-separated
    Tsv,
    /// Markdown, to read or print
    Md,
}

impl FormatArg {
    fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_lowercase().as_str() {
            "json" => Some(Self::Json),
            "apkg" => Some(Self::Apkg),
            "csv" => Some(Self::Csv),
            "tsv" | "txt" => Some(Self::Tsv),
            "md" | "markdown" => Some(Self::Md),
            _ => None,
        }
    }

    fn cannot_hold(self) -> &'static [&'static str] {
        match self {
            Self::Json => json::CANNOT_HOLD,
            Self::Apkg => apkg::CANNOT_HOLD,
            Self::Csv | Self::Tsv => csv::CANNOT_HOLD,
            Self::Md => markdown::CANNOT_HOLD,
        }
    }
}

/// Runs the command.
pub fn run(args: &ExportArgs, context: &mut Context) -> Outcome {
    let to_stdout = args.output.as_ref().is_none_or(|o| o.as_os_str() == "-");
    if context.json && to_stdout {
        return Err(Failure::usage("--json reports on what was written, so it needs -o FILE"));
    }
    let format = args.format.or_else(|| args.output.as_deref().and_then(FormatArg::of_name)).unwrap_or(FormatArg::Json);
    if format == FormatArg::Apkg && to_stdout {
        return Err(Failure::usage("an Anki package needs a file").hint("add -o FILE.apkg"));
    }
    if args.only_changed.is_some() && (format != FormatArg::Json || args.decks.len() != 1) {
        return Err(Failure::usage("--only-changed writes JSON, of one deck"));
    }
    let mut store = context.open()?;
    if let Some(path) = args.output.as_deref().filter(|_| !to_stdout) {
        harmless(path, store.home())?;
    }
    context.filter(&store, &args.decks, &[], &[])?;
    let along = Along { notes: args.with_notes, history: args.with_history };
    let mut decks = Vec::new();
    for slug in &args.decks {
        decks.extend(gather::deck(&store, slug, along)?);
    }
    safe(&mut store, &decks, args.keep_findings, context)?;
    let mut report = serde_json::json!({
        "decks": args.decks, "cards": decks.iter().map(|d| d.cards.len()).sum::<usize>(),
        "notes": args.with_notes, "history": args.with_history,
    });
    let mut left_out = Vec::new();
    if format == FormatArg::Apkg {
        let out = args.output.as_deref().unwrap_or_else(|| Path::new("-"));
        let folding = store.settings().folding();
        let scratch = store.scratch()?;
        let written = apkg::write(&decks, args.with_history.then_some(&folding), context.now(), scratch.path(), out)
            .map_err(|e| {
                Failure::fixable(e.to_string()).hint("nothing was written; free some space or choose another place")
            })?;
        left_out = written.left_out;
        report["media"] = written.media.into();
        report["reviews"] = written.reviews.into();
    } else {
        let text = match &args.only_changed {
            Some(base) => changed(&decks[0], base, &mut report)?,
            None => text(&decks, format)?,
        };
        match args.output.as_deref().filter(|_| !to_stdout) {
            Some(path) => write_whole(path, &text)?,
            None => context.write(&text)?,
        }
    }
    // A package takes them along.
    let media = if format == FormatArg::Apkg { 0 } else { media_named(&decks) };
    say(args, format, &report, media, &left_out, context);
    if context.json {
        report["file"] = args.output.as_ref().map(|o| o.display().to_string()).into();
        report["left_out"] = left_out.iter().map(|t| format!("{}: {}", t.place, t.cause)).collect();
        return context.show_json(&report);
    }
    Ok(())
}

/// Pictures and sounds that cards refer to.
fn media_named(decks: &[OutDeck]) -> usize {
    let texts: Vec<String> = decks.iter().flat_map(|d| &d.cards).map(|c| compact(&c.raw)).collect();
    named(texts.iter().map(String::as_str)).len()
}

fn text(decks: &[OutDeck], format: FormatArg) -> Outcome<Vec<u8>> {
    let mut out = Vec::new();
    match format {
        FormatArg::Json | FormatArg::Apkg => out = json::write(decks).into_bytes(),
        FormatArg::Csv => csv::write(decks, false, &mut out)?,
        FormatArg::Tsv => csv::write(decks, true, &mut out)?,
        FormatArg::Md => markdown::write(decks, &mut out)?,
    }
    Ok(out)
}

fn changed(deck: &OutDeck, base: &Path, report: &mut serde_json::Value) -> Outcome<Vec<u8>> {
    let name = sanitize_line(&base.display().to_string());
    let text = std::fs::read_to_string(base)
        .map_err(|e| Failure::fixable(format!("{name}: {e}")).hint("--only-changed takes a deck exported before"))?;
    let (header, cards) = reader::parts(&text).ok_or_else(|| {
        Failure::fixable(format!("{name}: this is not a deck")).hint("give it a deck exported before as JSON")
    })?;
    if header.id != deck.header.id {
        let (theirs, ours) = (header.id.unwrap_or_default(), deck.header.id.clone().unwrap_or_default());
        return Err(Failure::fixable(format!("{name} is the deck \"{theirs}\", not \"{ours}\"")));
    }
    let changes = json::changes(deck, &header, &cards);
    report["changed"] = changes.changed.into();
    report["removed"] = changes.removed.into();
    report["cards"] = changes.changed.into();
    Ok(changes.text.into_bytes())
}

/// Refuses to write where it would cost reviews or decks, or over what is no file.
fn harmless(path: &Path, home: &Path) -> Outcome {
    let no = |why: &str| {
        let name = sanitize_line(&path.display().to_string());
        Err(Failure::fixable(format!("{name}: {why}")).hint("nothing was written; choose another place with -o FILE"))
    };
    if std::fs::metadata(path).is_ok_and(|m| !m.is_file()) {
        return no("this is a folder, a pipe or a device; `-o -` writes to standard output");
    }
    let mut head = Vec::new();
    if let Ok(file) = std::fs::File::open(path) {
        // What can't be read says nothing; writing will tell why.
        let _ = file.take(16).read_to_end(&mut head);
    }
    if head == b"SQLite format 3\0" {
        return no("a database is there, and what it holds would be lost");
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let (Ok(folder), Ok(home)) = (folder.canonicalize(), home.canonicalize()) else { return Ok(()) };
    let beside = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(DATABASE));
    if folder == home && beside {
        return no("your review log is kept under this name");
    }
    if home.join("decks").canonicalize().is_ok_and(|decks| folder.starts_with(decks)) {
        return no("your own decks are kept in this folder");
    }
    Ok(())
}

/// Writes a file in full beside its place, then renames it: what was there stays until the new one is whole.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Outcome {
    let fail = |e: std::io::Error| {
        Failure::fixable(format!("{}: {e}", sanitize_line(&path.display().to_string())))
            .hint("nothing was written; choose another place with -o FILE")
    };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".scanwise-").tempfile_in(folder).map_err(fail)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(fail)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644)).map_err(fail)?;
    }
    file.persist(path).map_err(|e| fail(e.error))?;
    Ok(())
}

/// Places listed at most; `scanwise edit` shows a card's own.
const LISTED: usize = 20;

/// What would leave beside a card's own text, with what it is called.
fn texts(card: &OutCard) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    // A tag is written without spaces, and a name hides in it all the same.
    let tags = |tags: &[String]| tags.join(", ").replace('-', " ");
    if let Some(personal) = &card.personal {
        out.extend(personal.note.as_ref().map(|n| ("your note".to_owned(), n.clone())));
        out.push(("your tags".to_owned(), tags(&personal.tags)));
    }
    for event in card.parts.iter().flat_map(|p| p.history.iter().chain(&p.notes)) {
        match &event.kind {
            EventKind::Noted(note) => out.extend(note.as_ref().map(|n| ("your note".to_owned(), n.clone()))),
            EventKind::Tagged(own) => out.push(("your tags".to_owned(), tags(own))),
            EventKind::Relearn(turn) => {
                out.push(("an answer in its history".to_owned(), turn.was.clone()));
                out.push(("an answer in its history".to_owned(), turn.now.clone()));
            }
            _ => {}
        }
    }
    out
}

/// Refuses while something could identify a patient, unless that is decided here.
fn safe(store: &mut Store, decks: &[OutDeck], keep: bool, context: &mut Context) -> Outcome {
    let mut found: Vec<(String, Suspect)> = Vec::new();
    let mut seen: HashSet<(String, [u8; 16])> = HashSet::new();
    let mut doc = Doc::new(context.width());
    // To a person, not into a file that may be passed on.
    let person = std::io::stderr().is_terminal();
    let with = |text: String, found: Vec<Suspect>| found.into_iter().map(move |s| (text.clone(), s));
    // What a deck says of itself; its authors are named on purpose.
    let heads = decks.iter().map(|deck| {
        let said = [("the deck's title", &deck.header.title), ("the deck's description", &deck.header.description)];
        let found = said.into_iter().filter_map(|(field, text)| {
            let text = text.clone()?;
            Some(with(text.clone(), safeguard::in_header(field, &text)))
        });
        (deck.header.id.clone().unwrap_or_default(), found.flatten().collect::<Vec<_>>())
    });
    let cards = decks.iter().flat_map(|d| &d.cards).map(|card| {
        let name = card.parts.first().map_or(card.card.id.clone(), |p| p.key.to_string());
        let own = safeguard::suspects(&card.raw).into_iter().map(|s| {
            let text = safeguard::text_of(&card.raw, &s.field).unwrap_or_default();
            (text, s)
        });
        let beside =
            texts(card).into_iter().flat_map(|(field, text)| with(text.clone(), safeguard::in_text(&field, &text)));
        (name, own.chain(beside).collect())
    });
    for (name, suspects) in heads.chain(cards) {
        for (text, suspect) in suspects {
            let new = seen.insert((format!("{name} {}", suspect.field), suspect.fingerprint));
            if !new || store.is_cleared(&suspect.fingerprint)? {
                continue;
            }
            if found.len() < LISTED {
                gate::show_in(&mut doc, &name, &text, &suspect, person);
            }
            found.push((name.clone(), suspect));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    if keep {
        let marks: Vec<[u8; 16]> = found.iter().map(|(_, s)| s.fingerprint).collect();
        return Ok(store.clear(&marks, context.now())?);
    }
    std::io::stderr().write_all(doc.render(context.color_err()).as_bytes())?;
    let any = |start: &str| found.iter().any(|(_, s)| s.field.starts_with(start));
    let mut how = "`scanwise edit CARD`".to_owned();
    if any("your ") {
        how.push_str(", your own with `scanwise annotate CARD`");
    }
    if any("the deck's ") {
        how.push_str(", a deck's title and description at the top of its file");
    }
    Err(gate::refuse("written", &found)
        .hint(format!("mend them with {how}; if none is a patient's, add --keep-findings")))
}

/// What went along, what could not, and what the format can't hold: on stderr, beside the data.
fn say(
    args: &ExportArgs,
    format: FormatArg,
    report: &serde_json::Value,
    media: usize,
    left_out: &[crate::interchange::Trouble],
    context: &Context,
) {
    let mut lines = Vec::new();
    let cards = count(report["cards"].as_u64().unwrap_or(0), "card");
    let removed = report["removed"].as_u64().map_or(String::new(), |n| format!(", {n} removed"));
    let to = args.output.as_ref().map_or("standard output".to_owned(), |o| sanitize_line(&o.display().to_string()));
    lines.push(format!("{cards}{removed} to {to}"));
    match (args.with_notes, args.with_history) {
        (false, false) => lines.push("content only: no progress, no notes of yours".to_owned()),
        (notes, history) => {
            if notes {
                lines.push("WITH your own notes and tags: whoever gets this can read them".to_owned());
            }
            if history {
                lines.push("WITH your schedule and review log: whoever gets this sees how you answered".to_owned());
                lines.extend(format.cannot_hold().iter().map(|c| format!("it can't hold {c}")));
            }
        }
    }
    if media > 0 {
        let files = count(media as u64, "file");
        lines.push(format!("without the pictures and sounds of its cards ({files}): an Anki package takes them along"));
    }
    lines.extend(left_out.iter().map(|t| format!("left out: {}: {}", t.place, t.cause)));
    let mut doc = Doc::new(context.width());
    for line in lines {
        doc.para(crate::ui::Role::Plain, &line);
    }
    // If stderr is gone there is nobody left to tell.
    let _ = std::io::stderr().write_all(doc.render(context.color_err()).as_bytes());
}
