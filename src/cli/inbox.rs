//! `scanwise inbox`: the drafts, one after the other, until each is a card or gone.

pub mod card;
mod complete;
mod form;
mod options;
mod prompt;
mod sort;
mod studies;
mod text;

use super::context::Context;
use super::failure::{Failure, Outcome};
use super::gate;
use super::import::ask;
use crate::deck::format::RawCard;
use crate::model::text::count;
use crate::store::{Draft, DraftChange, Store};
use crate::ui::{Doc, Role};
use clap::Args;
use form::Work;
use prompt::Said;
use serde_json::{Value, json};
use std::io::IsTerminal;

/// What to do with the drafts; without any of these they are walked through.
#[derive(Debug, Args)]
#[command(after_help = super::gate::limits())]
pub struct InboxArgs {
    /// List the drafts
    #[arg(long)]
    pub list: bool,
    /// Show one draft with everything it holds
    #[arg(long, value_name = "ID", conflicts_with = "list")]
    pub show: Option<i64>,
    /// Drop drafts
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with_all = ["list", "show"])]
    pub drop: Vec<i64>,
    /// Take dropped drafts back, and split or merged ones as they were before
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with_all = ["list", "show", "drop"])]
    pub restore: Vec<i64>,
    /// Postponed drafts too
    #[arg(long, short = 'a')]
    pub all: bool,
    /// Deck that finished cards go into (default: mine)
    #[arg(long, value_name = "ID")]
    pub deck: Option<String>,
}

/// Most days a draft is postponed by.
const MOST_DAYS: u32 = 3_650;

/// Runs the command.
pub fn run(args: &InboxArgs, context: &mut Context) -> Outcome {
    let deck = card::deck_named(args.deck.as_deref())?;
    let mut store = context.open()?;
    if let Some(id) = args.show {
        return show(&store, id, context);
    }
    if !args.drop.is_empty() {
        return mark(&args.drop, true, &mut store, context);
    }
    if !args.restore.is_empty() {
        return mark(&args.restore, false, &mut store, context);
    }
    let today = store.today(context.now());
    let drafts: Vec<Draft> =
        store.drafts()?.into_iter().filter(|d| args.all || args.list || !d.postponed(today)).collect();
    if args.list || context.json {
        return list(&store, &drafts, context);
    }
    if drafts.is_empty() {
        let later = store.drafts()?.len();
        let more = if later == 0 { String::new() } else { format!("; {} postponed", count(later as u64, "draft")) };
        return Err(Failure::nothing(format!("no draft waits{more}"))
            .hint("`scanwise add \"what you saw\"` catches one; `scanwise inbox --list` has all"));
    }
    if !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
        let n = count(drafts.len() as u64, "draft");
        return Err(Failure::fixable(format!("{n} wait, and there is no terminal to go through them"))
            .hint("`scanwise inbox --list`, --show ID and --drop ID work without one"));
    }
    walk(&drafts, &deck, &mut store, context)
}

/// Goes through the drafts on the terminal.
fn walk(drafts: &[Draft], deck: &str, store: &mut Store, context: &mut Context) -> Outcome {
    let (mut made, mut at) = (0_u64, 0);
    'drafts: while let Some(draft) = drafts.get(at) {
        at += 1;
        // Split or merged, it goes on under another number.
        let mut id = draft.id;
        loop {
            // Another one may have been merged with it, or it was changed elsewhere.
            let Some(draft) = store.draft(id)?.filter(|d| d.gone.is_none()) else { continue 'drafts };
            let mut work = Work::of(&draft);
            let mut doc = Doc::new(context.width());
            doc.para(Role::Plain, "");
            doc.mixed(&[
                (Role::Title, &format!("Draft {}", draft.id)),
                (Role::Dim, &format!(" ({at} of {})", drafts.len())),
            ]);
            describe(&mut doc, &draft, &work.raw, store, context)?;
            context.show(&doc)?;
            let question = "(c)omplete, (e)dit, (s)plit, (m)erge, (p)ostpone, (d)rop, (n)ext, (q)uit";
            match ask::choose(context, question, "cesmpdnq")? {
                Some('c') => {
                    if complete::run(&draft, &mut work, deck, store, context)? {
                        made += 1;
                        continue 'drafts;
                    }
                }
                Some('e') => text::edit(&mut work, store, context)?,
                Some('s') => id = sort::split(&draft, &mut work, store, context)?,
                Some('m') => id = sort::merge(&draft, &mut work, store, context)?,
                Some('p') => {
                    if postpone(&draft, store, context)? {
                        continue 'drafts;
                    }
                }
                Some('d') => {
                    store.change_drafts(
                        &[DraftChange::End { id: draft.id, why: "dropped".to_owned() }],
                        context.now(),
                    )?;
                    context
                        .say(Role::Dim, &format!("Dropped; `scanwise inbox --restore {}` takes it back.", draft.id))?;
                    continue 'drafts;
                }
                Some('n') => continue 'drafts,
                _ => break 'drafts,
            }
        }
    }
    let left = store.drafts()?.len() as u64;
    let made = if made == 0 { String::new() } else { format!("{} made; ", count(made, "card")) };
    context.say(
        Role::Strong,
        &format!("{made}{} left.", if left == 0 { "no draft".to_owned() } else { count(left, "draft") }),
    )
}

fn postpone(draft: &Draft, store: &mut Store, context: &mut Context) -> Outcome<bool> {
    let days = match prompt::text(context, "For how many days? (Enter: 7)", None)? {
        Said::Enter => 7,
        Said::Text(text) => match text.parse::<u32>() {
            Ok(n @ 1..=MOST_DAYS) => n,
            _ => {
                context.say(Role::Warn, &format!("1 to {MOST_DAYS} days; nothing was changed."))?;
                return Ok(false);
            }
        },
        _ => return Ok(false),
    };
    let later = store.today(context.now()).plus(days);
    store.change_drafts(&[DraftChange::Postpone { id: draft.id, later: Some(later) }], context.now())?;
    context.say(Role::Dim, &format!("It comes back on {later}."))?;
    Ok(true)
}

/// What a draft holds and where it comes from.
fn describe(doc: &mut Doc, draft: &Draft, raw: &RawCard, store: &Store, context: &Context) -> Outcome {
    let mut facts = vec![age(draft, store, context)];
    facts.extend(draft.rotation.clone());
    facts.extend(raw.kind.map(|k| kind_word(k).to_owned()));
    facts.extend(raw.tags.iter().flatten().map(|t| format!("#{t}")));
    if let Some(note) = &draft.note {
        facts.push(file_name(&note.source).to_owned());
    }
    doc.para(Role::Dim, &facts.join(" · "));
    if let Some(fact) = flips(raw) {
        doc.para(Role::Strong, &fact);
    }
    let texts =
        [&raw.note, &raw.vignette, &raw.question, &raw.front, &raw.back, &raw.text, &raw.rule].into_iter().flatten();
    for text in texts {
        doc.para(Role::Plain, text);
    }
    if let Some(options) = &raw.options {
        doc.para(Role::Dim, &count(options.len() as u64, "option"));
    }
    if raw.kind.is_some() {
        let missing = missing(raw);
        let (role, text) = if missing.is_empty() {
            (Role::Good, "complete".to_owned())
        } else {
            (Role::Warn, format!("open: {}", missing.join(", ")))
        };
        doc.para(role, &text);
    }
    if let Some(mark) = suspect(raw, store)? {
        doc.hanging("! ", Role::Bad, Role::Warn, &mark);
    }
    Ok(())
}

/// What in a draft could identify a patient and is not decided: of which kinds, not the words.
fn suspect(raw: &RawCard, store: &Store) -> Outcome<Option<String>> {
    let mut kinds: Vec<&str> = Vec::new();
    for found in gate::open(store, raw)? {
        if !kinds.contains(&found.finding.kind.word()) {
            kinds.push(found.finding.kind.word());
        }
    }
    Ok((!kinds.is_empty()).then(|| format!("could identify a patient ({})", kinds.join(", "))))
}

/// The fact that makes a sibling, with its family.
fn flips(raw: &RawCard) -> Option<String> {
    let fact = raw.modifier.as_deref()?;
    let family = raw.family.as_ref().map_or(String::new(), |f| format!(" (family {f})"));
    Some(format!("What flips the answer: {fact}{family}"))
}

const fn kind_word(kind: crate::deck::format::CardType) -> &'static str {
    use crate::deck::format::CardType;
    match kind {
        CardType::Decision => "decision",
        CardType::Basic => "basic",
        CardType::Cloze => "cloze",
    }
}

/// The fields that keep a draft from being a card.
fn missing(raw: &RawCard) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for problem in card::judge(raw).1 {
        let field = card::field_of(&problem);
        if !out.contains(&field) {
            out.push(field);
        }
    }
    out
}

fn file_name(source: &str) -> &str {
    source.rsplit(['/', '\\']).next().unwrap_or(source)
}

fn days(draft: &Draft, store: &Store, context: &Context) -> i32 {
    let rollover = store.settings().rollover;
    context.now().study_day(rollover).since(draft.at.study_day(rollover)).max(0)
}

fn age(draft: &Draft, store: &Store, context: &Context) -> String {
    match days(draft, store, context) {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        n => format!("{n} days ago"),
    }
}

/// `inbox --list`.
fn list(store: &Store, drafts: &[Draft], context: &mut Context) -> Outcome {
    if context.json {
        let all: Vec<Value> = drafts.iter().map(|d| as_json(d, store, context)).collect::<Outcome<_>>()?;
        return context.show_json(&json!(all));
    }
    if drafts.is_empty() {
        return Err(Failure::nothing("no draft waits").hint("`scanwise add \"what you saw\"` catches one"));
    }
    let today = store.today(context.now());
    let mut doc = Doc::new(context.width());
    for draft in drafts {
        let raw = card::of_body(&draft.body);
        let mut facts = vec![age(draft, store, context)];
        facts.extend(draft.rotation.clone());
        facts.extend(raw.tags.iter().flatten().map(|t| format!("#{t}")));
        if draft.postponed(today)
            && let Some(later) = draft.later
        {
            facts.push(format!("postponed until {later}"));
        }
        doc.hanging(&format!("{:>3} ", draft.id), Role::Strong, Role::Plain, &card::headline(&raw));
        doc.hanging("    ", Role::Plain, Role::Dim, &facts.join(" · "));
        if let Some(mark) = suspect(&raw, store)? {
            doc.hanging("  ! ", Role::Bad, Role::Warn, &mark);
        }
    }
    context.show(&doc)
}

fn as_json(draft: &Draft, store: &Store, context: &Context) -> Outcome<Value> {
    let raw = card::of_body(&draft.body);
    let open: Vec<Value> =
        gate::open(store, &raw)?.iter().map(|s| json!({ "field": s.field, "kind": s.finding.kind.word() })).collect();
    Ok(json!({
        "id": draft.id, "at": draft.at.rfc3339(), "days": days(draft, store, context), "rotation": draft.rotation,
        "postponed_until": draft.later.map(|d| d.to_string()), "notes": draft.note.as_ref().map(|n| &n.source),
        "note_id": draft.note.as_ref().map(|n| &n.id), "became": draft.gone,
        "missing": missing(&raw), "possible_identifiers": open, "draft": raw,
    }))
}

/// `inbox --show`: also of a draft that is none any more.
fn show(store: &Store, id: i64, context: &mut Context) -> Outcome {
    let Some(draft) = store.draft(id)? else {
        return Err(card::open_draft(store, id).err().unwrap_or_else(|| Failure::fixable("there is no such draft")));
    };
    if context.json {
        let value = as_json(&draft, store, context)?;
        return context.show_json(&value);
    }
    let raw = card::of_body(&draft.body);
    let mut doc = Doc::new(context.width());
    doc.para(Role::Title, &format!("Draft {id}"));
    if let Some(why) = &draft.gone {
        doc.para(Role::Warn, &card::became(why));
    }
    describe(&mut doc, &draft, &raw, store, context)?;
    for option in raw.options.iter().flatten() {
        doc.hanging(&format!("[{}] ", options::judged(option)), Role::Strong, Role::Plain, &options::name(option));
        if let Some(why) = &option.why {
            doc.hanging("  ", Role::Plain, Role::Dim, why);
        }
    }
    context.show(&doc)
}

/// `inbox --drop` and `--restore`. All numbers are looked up before anything is written.
fn mark(ids: &[i64], drop: bool, store: &mut Store, context: &mut Context) -> Outcome {
    let mut changes = Vec::new();
    // What was made of those that come back.
    let mut made: Vec<i64> = Vec::new();
    for id in ids {
        if drop {
            card::open_draft(store, *id)?;
            changes.push(DraftChange::End { id: *id, why: "dropped".to_owned() });
            continue;
        }
        match store.draft(*id)?.and_then(|d| d.gone) {
            Some(why) if !why.contains('/') => {
                changes.push(DraftChange::Restore { id: *id });
                for part in parts(&why) {
                    if !made.contains(&part) && store.draft(part)?.is_some_and(|d| d.gone.is_none()) {
                        made.push(part);
                    }
                }
            }
            Some(why) => return Err(Failure::fixable(format!("draft {id} can't come back: {}", card::became(&why)))),
            None => return Err(Failure::fixable(format!("there is no dropped draft {id}"))),
        }
    }
    store.change_drafts(&changes, context.now())?;
    if context.json {
        let mut told = json!({ if drop { "dropped" } else { "restored" }: ids });
        if !made.is_empty() {
            told["still_there"] = json!(made);
        }
        return context.show_json(&told);
    }
    let n = count(ids.len() as u64, "draft");
    let text = if drop {
        format!("{n} dropped; `scanwise inbox --restore {}` takes it back.", ids[0])
    } else {
        format!("{n} restored.{}", still_there(&made))
    };
    context.say(Role::Good, &text)
}

/// The drafts that were made of one, by why it is none any more ("split into 3, 4").
fn parts(why: &str) -> Vec<i64> {
    let Some((_, ids)) = why.split_once(" into ") else { return Vec::new() };
    ids.split(", ").filter_map(|id| id.parse().ok()).collect()
}

/// What was made of a draft may have been worked on, so that it stays until the student drops it.
fn still_there(made: &[i64]) -> String {
    let ids: Vec<String> = made.iter().map(ToString::to_string).collect();
    match ids.as_slice() {
        [] => String::new(),
        [one] => format!(" What was made of it is there too; `scanwise inbox --drop {one}` if it is not wanted."),
        all => format!(
            " What was made of it is there too; `scanwise inbox --drop {}` if they are not wanted.",
            all.join(" ")
        ),
    }
}
