//! `scanwise edit`: a card in the student's own editor, checked and merged on save.

mod look;
mod save;
mod subject;
mod talk;

use super::context::Context;
use super::desk::{self, Desk};
use super::failure::{FIXABLE, Failure, NOTHING, Outcome};
use super::gate;
use super::import::ask;
use crate::deck::change::EditClass;
use crate::deck::format::RawCard;
use crate::deck::print;
use crate::interchange::editable::{EditHints, apply_problems, to_text};
use crate::model::CardKey;
use crate::store::Store;
use clap::Args;
use save::{Kept, Written};
use serde_json::json;
use std::io::IsTerminal;
use std::path::PathBuf;
use subject::{AS_OF, Subject, row};

/// Which card, and how.
#[derive(Debug, Args)]
#[command(after_help = gate::limits())]
pub struct EditArgs {
    /// The card, as deck/card
    #[arg(value_name = "CARD")]
    pub card: String,
    /// Make a new card of its family from it, with this changed: "19 weeks pregnant"
    #[arg(long, value_name = "MODIFIER", conflicts_with = "restore")]
    pub flip: Option<String>,
    /// Take the edited text from a file instead of an editor; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["restore", "print"])]
    pub from: Option<PathBuf>,
    /// Print the text that would be edited
    #[arg(long, conflicts_with = "restore")]
    pub print: bool,
    /// Drop your version of a card of a deck that comes with scanwise
    #[arg(long)]
    pub restore: bool,
    /// Don't ask
    #[arg(long, short = 'y', requires = "restore")]
    pub yes: bool,
}

/// How an edit ended.
pub enum Done {
    /// Nothing was changed.
    Unchanged,
    /// It is saved.
    Saved(Kept),
    /// The text waits for the next `edit` of the card.
    PutOff(PathBuf),
    /// The student wants none of it.
    Discarded,
}

/// Runs the command.
pub fn run(args: &EditArgs, context: &mut Context) -> Outcome {
    let mut store = context.open()?;
    if args.restore {
        return restore(args, &mut store, context);
    }
    let subject = subject::find(&args.card, args.flip.as_deref(), &store, context)?;
    if args.print && context.json {
        return context.show_json(&json!({ "card": subject.name(), "text": subject.text() }));
    }
    if args.print {
        return context.write(crate::model::text::sanitize(&subject.text()).as_bytes());
    }
    if let Some(file) = &args.from {
        return from_file(file, &subject, &mut store, context);
    }
    if context.json || !terminal() {
        let why = if context.json { "edit opens an editor, which has no JSON report" } else { "edit needs a terminal" };
        return Err(Failure::usage(why).hint("--print shows the text, and --from FILE takes it back"));
    }
    let done = at_the_desk(&subject, &mut store, context)?;
    talk::done(&subject, &done, context)
}

/// Lets the student change a card from inside a review; returns a short word about it.
pub fn during_review(store: &mut Store, key: &CardKey, context: &mut Context) -> String {
    if !terminal() {
        return format!("No terminal for an editor; `scanwise edit {key} --from FILE` takes a text.");
    }
    let done = subject::find(key.as_str(), None, store, context).and_then(|s| at_the_desk(&s, store, context));
    match done {
        Ok(done) => talk::short(&done),
        Err(failure) => format!("Not changed: {}", failure.words()),
    }
}

/// What a saved edit of this class did to the schedule of its card, in words.
pub fn consequence(class: EditClass, key: &CardKey, store: &Store) -> Outcome<&'static str> {
    Ok(talk::consequence(class, save::is_due_again(key, store)?, save::is_learned(key, store)?))
}

fn terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// The edited text from a file: nobody is asked anything.
fn from_file(file: &std::path::Path, subject: &Subject, store: &mut Store, context: &mut Context) -> Outcome {
    let stdin = file.as_os_str() == "-";
    let name = file.display().to_string();
    let read = if stdin { desk::read_from(&mut std::io::stdin().lock()) } else { desk::read_text(file) };
    let text = read.map_err(|e| Failure::fixable(format!("{name}: {e}")).hint("nothing was changed"))?;
    let printed =
        text.lines().next().and_then(|l| l.rsplit_once(AS_OF)).map(|(_, mark)| format!("{AS_OF}{}", mark.trim()));
    let found = look::read(&text, subject, store)?;
    let same =
        |card: &RawCard| subject.base.as_deref() == Some(print::compact(card).as_str()) && subject.waiting.is_empty();
    // Before its age is looked at: a text that was taken already is older than what it made.
    let already =
        if found.as_ref().is_ok_and(same) { Some(subject.name()) } else { look::made_already(&text, subject, store)? };
    if let Some(card) = already {
        if context.json {
            context.show_json(&json!({ "card": card, "saved": false, "class": "none" }))?;
            return Err(Failure::silent(NOTHING));
        }
        return Err(Failure::nothing(format!("{card} is already so; nothing was changed")));
    }
    if printed.is_some_and(|mark| !subject.new && mark != subject.mark()) {
        return Err(Failure::fixable(format!(
            "{} was changed since {} was printed; both are left as they are",
            subject.name(),
            if stdin { "the text on standard input" } else { name.as_str() }
        ))
        .hint("make the change in a new `scanwise edit CARD --print`, or remove the first line to overwrite"));
    }
    let card = match found {
        Ok(card) => card,
        Err(problems) => {
            if context.json {
                context.show_json(
                    &json!({ "card": subject.name(), "saved": false, "problems": talk::problems_json(&problems) }),
                )?;
            } else {
                talk::problems(&problems, &format!("{name}:"), 0, context)?;
            }
            return Err(Failure::silent(FIXABLE));
        }
    };
    if subject.new && card == subject.start {
        if context.json {
            return context.show_json(&json!({ "card": subject.name(), "saved": false, "class": "none" }));
        }
        return talk::done(subject, &Done::Unchanged, context);
    }
    let open: Vec<_> = gate::open(store, &card)?.into_iter().map(|s| (subject.name(), s)).collect();
    if !open.is_empty() {
        return Err(gate::refuse("saved", &open).hint("mend it, or run `scanwise edit` on a terminal to decide"));
    }
    let warnings = look::warnings(subject, &card, store)?;
    match save::save(subject, &card, store, None, context.now())? {
        Written::Saved(kept) if context.json => context.show_json(&json!({
            "card": format!("{}/{}", subject.deck, kept.id), "saved": true, "class": kept.class, "merged": kept.merged,
            "due_again": kept.due,
            "own_version": kept.personal, "warnings": warnings,
        })),
        Written::Saved(kept) => {
            talk::warnings(&warnings, context)?;
            talk::saved(subject, &kept, context)
        }
        Written::Conflict(_) => {
            Err(Failure::fixable(format!("{} was changed meanwhile; nothing was written", subject.name()))
                .hint("run the command again"))
        }
    }
}

/// What a student says to problems or warnings.
enum Next {
    Again,
    PutOff,
    Discard,
    Save,
}

/// The card in the editor, until it is saved or given up.
fn at_the_desk(subject: &Subject, store: &mut Store, context: &mut Context) -> Outcome<Done> {
    let mut desk = Desk::of_card(store.home(), &subject.deck, subject.id())?;
    let mut base = subject.base.clone();
    let mut resumed = false;
    if desk.has_leftover() {
        match talk::resume(subject, context)? {
            Some('r') => {
                base = desk.base().map(str::to_owned).or(base);
                resumed = true;
            }
            Some('d') => {}
            _ => return Ok(Done::PutOff(desk.path().to_owned())),
        }
    }
    if !resumed {
        desk.lay_out(&subject.text(), base.as_deref())?;
    }
    // The rest speaks of the card as it was when this text was begun.
    let subject = &Subject { base, ..subject.clone() };
    let done = work(subject, &desk, resumed, store, context);
    match &done {
        Ok(Done::PutOff(_)) => {}
        Ok(_) => desk.clear(),
        Err(_) if !resumed && !desk.touched() => desk.clear(),
        Err(_) => {
            let kept = format!("the edited text is kept: {}", desk.path().display());
            return done.map_err(|e| e.more(kept));
        }
    }
    done
}

fn work(subject: &Subject, desk: &Desk, resumed: bool, store: &mut Store, context: &mut Context) -> Outcome<Done> {
    let mut left = if resumed { desk.read().ok() } else { None };
    loop {
        context.flush()?;
        desk.edit()?;
        // Looking at both versions and changing nothing may be the decision.
        if !desk.touched() && (subject.waiting.is_empty() || !talk::mine_stands(subject, context)?) {
            return Ok(Done::Unchanged);
        }
        let text = desk.read();
        // A text of another day that was only looked at is not saved unasked.
        if let (Some(left), Ok(text)) = (left.take(), &text)
            && left == *text
        {
            match talk::what_now(context, true)? {
                Next::Save => {}
                Next::Again => continue,
                Next::Discard => return Ok(Done::Discarded),
                Next::PutOff => return Ok(Done::PutOff(desk.path().to_owned())),
            }
        }
        let next = match text {
            Err(failure) => {
                failure.tell(context)?;
                talk::what_now(context, false)?
            }
            Ok(text) => {
                // Problems told before are no part of it.
                let text = apply_problems(&text, &[]);
                match look::read(&text, subject, store)? {
                    Err(problems) => {
                        desk.rewrite(&apply_problems(&text, &problems))?;
                        talk::problems(&problems, "line ", 1, context)?;
                        talk::what_now(context, false)?
                    }
                    Ok(card) => match settle(subject, card, desk, store, context)? {
                        Ok(done) => return Ok(done),
                        Err(next) => next,
                    },
                }
            }
        };
        match next {
            Next::Again => {}
            Next::Discard => return Ok(Done::Discarded),
            Next::PutOff | Next::Save => return Ok(Done::PutOff(desk.path().to_owned())),
        }
    }
}

/// A card without errors: identifiers, warnings, saving.
fn settle(
    subject: &Subject,
    mut card: RawCard,
    desk: &Desk,
    store: &mut Store,
    context: &mut Context,
) -> Outcome<Result<Done, Next>> {
    if subject.base.as_deref() == Some(print::compact(&card).as_str()) && subject.waiting.is_empty() {
        return Ok(Ok(Done::Unchanged));
    }
    let typed = card.clone();
    if gate::settle(store, &subject.name(), &mut card, context)? == gate::Settled::Stop {
        return Ok(Err(Next::PutOff));
    }
    if card != typed {
        // What was mended stands in the text too, should it be opened again.
        desk.rewrite(&to_text(&card, &EditHints::of(subject.name(), &card)))?;
    }
    let warnings = look::warnings(subject, &card, store)?;
    if !warnings.is_empty() {
        talk::warnings(&warnings, context)?;
        match talk::what_now(context, true)? {
            Next::Save => {}
            other => return Ok(Err(other)),
        }
    }
    let mut decide = None;
    loop {
        match save::save(subject, &card, store, decide, context.now())? {
            Written::Saved(kept) => return Ok(Ok(Done::Saved(kept))),
            Written::Conflict(conflicts) => match talk::conflict(subject, &conflicts, context)? {
                Some(side) => decide = Some(side),
                None => return Ok(Err(Next::PutOff)),
            },
        }
    }
}

fn restore(args: &EditArgs, store: &mut Store, context: &mut Context) -> Outcome {
    let row = row(&args.card, store, context)?;
    let key = CardKey::join(row.key.deck(), row.key.card(), None);
    let Some(variant) = store.variant(&key)? else {
        return Err(Failure::nothing(format!("{key} has no version of yours")));
    };
    // Of a card that its deck dropped there is nothing to go back to.
    let theirs = store.bundled_card(&key)?.unwrap_or_else(|| variant.mine.clone());
    if !args.yes {
        if context.json || !terminal() {
            let message = "nothing was changed: there is no terminal to ask on";
            return Err(Failure::fixable(message).hint("add --yes to drop your version"));
        }
        talk::differences(&variant.mine, &theirs, context)?;
        if !ask::yes(context, &format!("Drop your version of {key}?"))? {
            return Err(Failure::silent(FIXABLE));
        }
    }
    store.drop_variant(&key, context.now())?;
    let class = crate::interchange::plan::class(&variant.mine, &theirs);
    if context.json {
        return context.show_json(&json!({ "card": key.as_str(), "restored": true, "class": class }));
    }
    let due = save::is_due_again(&key, store)?;
    talk::restored(&key, class, due, row.state.first_day.is_some(), context)
}
