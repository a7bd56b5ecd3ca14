//! `scanwise review`: the loop.

use super::context::Context;
use super::edit;
use super::failure::{Failure, Outcome};
use crate::model::CardKey;
use crate::session::{Finish, Goal};
use crate::store::Store;
use crate::ui::driver::{Sitting, Wish};
use crate::ui::{plain, screen, views};
use clap::Args;
use std::io::IsTerminal;

/// Which cards, and how many.
#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// Only these decks
    #[arg(value_name = "DECK")]
    pub decks: Vec<String>,
    /// Take no new question that would run past N minutes, at your own pace
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1440))]
    pub minutes: Option<u32>,
    /// Stop after N answers
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub cards: Option<u32>,
    /// Meet N new cards, whatever the daily limit
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub new: Option<u32>,
    /// Only cards with this tag (again for more)
    #[arg(long = "tag", value_name = "T")]
    pub tags: Vec<String>,
    /// Only cards of this field (again for more)
    #[arg(long = "domain", value_name = "D")]
    pub domains: Vec<String>,
    /// Lines instead of a full screen; also chosen when input or output is not a terminal
    #[arg(long)]
    pub plain: bool,
}

/// Runs the command.
pub fn run(args: &ReviewArgs, context: &mut Context) -> Outcome {
    let mut store = context.open()?;
    let filter = context.filter(&store, &args.decks, &args.tags, &args.domains)?;
    let specific = !filter.is_empty();
    let wish =
        Wish { filter, goal: Goal { minutes: args.minutes, cards: args.cards }, new: args.new, seed: context.seed };
    let mut sitting = Sitting::start(&mut store, context.clock, wish)?;
    let terminals = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let dumb = std::env::var_os("TERM").is_none_or(|t| t == "dumb" || t.is_empty());
    let color = context.color();
    let mut aside = context.again();
    let mut editing = |store: &mut Store, key: &CardKey| {
        let said = edit::during_review(store, key, &mut aside);
        // What can't be written there is said in the review.
        let _ = aside.flush();
        said
    };
    if args.plain || !terminals || dumb {
        let style = plain::Style { width: context.width(), color, prompt: terminals };
        plain::run(&mut sitting, &std::io::stdin(), context.out(), style, &mut editing)?;
    } else {
        if sitting.finished().is_none() {
            screen::run(&mut sitting, color, &mut editing)?;
        }
        if let Some(finish) = sitting.finished() {
            let next = sitting.next_due()?;
            let summary = views::summary(sitting.session().summary(), finish, sitting.today(), next, context.width());
            context.show(&summary)?;
        }
    }
    if specific && sitting.finished() == Some(Finish::Nothing) {
        return Err(Failure::nothing("nothing is due there").hint("leave the filter out, or add --new 5"));
    }
    Ok(())
}
