//! The command line: one thin file a command, its arguments beside it.

mod add;
mod annotate;
mod answer;
mod args;
mod cards;
mod check;
mod config;
mod context;
mod decks;
mod desk;
mod doctor;
mod edit;
mod export;
mod failure;
mod gate;
mod import;
mod inbox;
mod manual;
mod mark;
mod next;
mod notes;
mod review;
mod schema;
mod show;
mod stats;
mod today;
mod undo;

use crate::model::text::{is_unsafe, sanitize};
use args::{Cli, Command};
use clap::Parser;
use context::Context;
use failure::{Failure, Outcome};
use std::process::ExitCode;

/// Runs the program: parses, dispatches, reports, and says how it went.
#[must_use]
pub fn main() -> ExitCode {
    install_panic_message();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // clap writes help to stdout (exit 0) and usage errors to stderr (exit 2).
            let code = u8::try_from(e.exit_code()).unwrap_or(2);
            // What was typed (or stands in the environment) is repeated there; it is no more trusted than a deck.
            let text = e.render().to_string();
            if text.chars().any(is_unsafe) {
                let safe = sanitize(&text);
                let _ = std::io::Write::write_all(&mut std::io::stderr(), safe.as_bytes());
            } else {
                let _ = e.print();
            }
            return ExitCode::from(code);
        }
    };
    let mut context = Context::new(cli.global);
    if let Some(word) = cli.command.as_ref().and_then(Command::without_json).filter(|_| context.json) {
        return Failure::usage(format!("{word} has no JSON report"))
            .hint("leave --json out; `next` and `answer` are a review for programs")
            .report(&context);
    }
    let result = dispatch(cli.command, &mut context).and_then(|()| context.flush());
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(&context),
    }
}

fn dispatch(command: Option<Command>, context: &mut Context) -> Outcome {
    match command {
        None => today::run(context),
        Some(Command::Review(args)) => review::run(&args, context),
        Some(Command::Next(args)) => next::run(&args, context),
        Some(Command::Answer(args)) => answer::run(&args, context),
        Some(Command::Undo) => undo::run(context),
        Some(Command::Decks) => decks::run(context),
        Some(Command::Cards(args)) => cards::run(&args, context),
        Some(Command::Show(args)) => show::run(&args, context),
        Some(Command::Suspend(args)) => mark::run(&args, mark::Mark::Suspend, context),
        Some(Command::Resume(args)) => mark::resume(args, context),
        Some(Command::Annotate(args)) => annotate::run(&args, context),
        Some(Command::Edit(args)) => edit::run(&args, context),
        Some(Command::Reset(args)) => mark::run(&args, mark::Mark::Reset, context),
        Some(Command::Import(args)) => import::run(&args, context),
        Some(Command::Export(args)) => export::run(&args, context),
        Some(Command::Add(args)) => add::run(&args, context),
        Some(Command::Inbox(args)) => inbox::run(&args, context),
        Some(Command::Notes(args)) => notes::run(&args, context),
        Some(Command::Check(args)) => check::run(&args, context),
        Some(Command::Schema(args)) => schema::run(&args, context),
        Some(Command::Stats(args)) => stats::run(&args, context),
        Some(Command::Doctor(args)) => doctor::run(&args, context),
        Some(Command::Config(args)) => config::run(&args, context),
        Some(Command::Completions(args)) => manual::completions(&args, context),
        Some(Command::Man) => manual::man(context),
    }
}

/// A defect of ours ends with exit code 70 and words for people, after the terminal is given back.
fn install_panic_message() {
    std::panic::set_hook(Box::new(|info| {
        crate::ui::screen::give_back();
        let place = info.location().map_or(String::new(), |l| format!(" at {}:{}", l.file(), l.line()));
        let what = info
            .payload()
            .downcast_ref::<&str>()
            .map(|s| (*s).to_owned())
            .or_else(|| info.payload().downcast_ref::<String>().cloned())
            .unwrap_or_default();
        let text = format!(
            "error: a defect of scanwise{place}: {what}\nhint: every answer given so far is kept; please report this\n"
        );
        // A message may quote what it stumbled over, and that may come from a deck.
        let _ = std::io::Write::write_all(&mut std::io::stderr(), sanitize(&text).as_bytes());
        std::process::exit(i32::from(failure::DEFECT));
    }));
}
