//! The whole command line in one place to read.

use chrono::{DateTime, FixedOffset};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Imaging-decision flashcards: which study, or none, for this patient, now.
///
/// Without a command: today at a glance. `scanwise review` starts at once on the bundled decks.
#[derive(Debug, Parser)]
#[command(
    name = "scanwise",
    version,
    about,
    max_term_width = 100,
    after_help = "\
Exit codes: 0 done, 1 you or the data can fix it, 2 usage, 3 nothing to do, 70 a defect of scanwise."
)]
pub struct Cli {
    /// For every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Folder with your reviews and your own decks
    #[arg(long, global = true, env = "SCANWISE_HOME", value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Report as one JSON document on stdout
    #[arg(long, global = true)]
    pub json: bool,
    /// Act as if it were this moment (RFC 3339, with the local offset)
    #[arg(long, global = true, env = "SCANWISE_NOW", value_name = "RFC3339", value_parser = moment)]
    pub now: Option<DateTime<FixedOffset>>,
    /// Make shuffles repeatable
    #[arg(long, global = true, env = "SCANWISE_SEED", value_name = "N")]
    pub seed: Option<u64>,
    /// Colours on the terminal
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorWhen,
}

fn moment(text: &str) -> Result<DateTime<FixedOffset>, String> {
    DateTime::parse_from_rfc3339(text).map_err(|e| format!("{e}; write it like 2026-03-01T09:00:00-05:00"))
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Review what is due, with new cards in between
    Review(super::review::ReviewArgs),
    /// Show the card a review would show next
    Next(super::next::NextArgs),
    /// Answer one card
    Answer(super::answer::AnswerArgs),
    /// Take back the last answer; again for the one before
    Undo,
    /// List decks with what is due and new
    Decks,
    /// List cards
    Cards(super::cards::CardsArgs),
    /// Show one card with everything an author checks
    Show(super::show::ShowArgs),
    /// Stop showing cards until they are resumed
    Suspend(super::mark::MarkArgs),
    /// Show suspended cards again, or release parked ones
    Resume(super::mark::ResumeArgs),
    /// Add your own note or tags to a card; no deck can touch them
    Annotate(super::annotate::AnnotateArgs),
    /// Change a card in your editor, or make its flip
    Edit(super::edit::EditArgs),
    /// Forget the schedule of cards; their history stays in the log
    Reset(super::mark::MarkArgs),
    /// Take in decks from others: preview, three-way merge, undo
    Import(super::import::ImportArgs),
    /// Write decks as JSON, Anki package, CSV, TSV or Markdown
    Export(super::export::ExportArgs),
    /// Catch a thought in one line, as a draft to finish later
    Add(super::add::AddArgs),
    /// Go through the drafts: complete, edit, split, merge, postpone, drop
    Inbox(super::inbox::InboxArgs),
    /// Make cards and drafts of rotation notes in Markdown
    Notes(super::notes::NotesArgs),
    /// Report every problem in deck files
    Check(super::check::CheckArgs),
    /// Print the deck format as JSON Schema
    Schema(super::schema::SchemaArgs),
    /// Show what is coming, retention and weak fields
    Stats(super::stats::StatsArgs),
    /// Examine the home: the log, the database, the cache
    Doctor(super::doctor::DoctorArgs),
    /// Show or change settings
    Config(super::config::ConfigArgs),
    /// Print a completion script for a shell
    Completions(super::manual::CompletionsArgs),
    /// Print the manual page
    Man,
}

impl Command {
    /// The name of a command whose output is not a report.
    #[must_use]
    pub fn without_json(&self) -> Option<&'static str> {
        match self {
            Self::Review(_) => Some("review"),
            Self::Completions(_) => Some("completions"),
            Self::Man => Some("man"),
            _ => None,
        }
    }
}
