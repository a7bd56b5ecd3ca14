//! `scanwise add`: a thought caught in one line, kept at once.

mod flip;

use super::context::Context;
use super::failure::{Failure, Outcome};
use super::gate;
use super::inbox::card;
use crate::deck::format::{CardType, RawCard};
use crate::deck::print::compact;
use crate::deck::rules::MAX_TEXT;
use crate::interchange::notes::one_line;
use crate::interchange::own::Saved;
use crate::interchange::safeguard::Suspect;
use crate::model::CardKey;
use crate::model::text::{count, is_unsafe, thousands};
use crate::store::{DraftChange, NewDraft, Store};
use crate::ui::{Doc, Role};
use clap::Args;
use serde_json::json;
use std::io::Read;

/// What to keep.
#[derive(Debug, Args)]
#[command(after_help = gate::limits())]
pub struct AddArgs {
    /// What you saw, as you would say it; - reads standard input
    #[arg(value_name = "TEXT", required_unless_present_any = ["basic", "cloze"], conflicts_with_all = ["basic", "cloze"])]
    pub text: Vec<String>,
    /// A tag (again, or with commas, for more); #words in the text are tags too
    #[arg(long = "tag", short = 't', value_name = "T", value_delimiter = ',')]
    pub tags: Vec<String>,
    /// The rotation; `scanwise config rotation NAME` sets it for all
    #[arg(long, short = 'r', value_name = "NAME")]
    pub rotation: Option<String>,
    /// A whole card: a question and its answer
    #[arg(long, num_args = 2, value_names = ["QUESTION", "ANSWER"], conflicts_with = "cloze")]
    pub basic: Option<Vec<String>>,
    /// A whole card: a text with `{{c1::hidden}}`
    #[arg(long, value_name = "TEXT")]
    pub cloze: Option<String>,
    /// The reason, for --basic and --cloze
    #[arg(long, value_name = "TEXT", conflicts_with = "text")]
    pub why: Option<String>,
    /// Clinical field of a whole card
    #[arg(long, value_name = "D", default_value = "general")]
    pub domain: String,
    /// Deck of a whole card (default: mine)
    #[arg(long, value_name = "ID")]
    pub deck: Option<String>,
    /// A sibling of this card: TEXT is the one fact that flips its answer ("22 weeks pregnant")
    #[arg(long, value_name = "CARD", conflicts_with_all = ["basic", "cloze", "lines"], requires = "text")]
    pub flip: Option<String>,
    /// Each line of the text is a draft of its own
    #[arg(long, conflicts_with_all = ["basic", "cloze"])]
    pub lines: bool,
}

/// Most drafts that one call makes.
const MAX_LINES: usize = 10_000;

/// Runs the command. The text is durable before anything else is done with it.
pub fn run(args: &AddArgs, context: &mut Context) -> Outcome {
    let deck = card::deck_named(args.deck.as_deref())?;
    let tags = args.tags.iter().filter(|t| !t.trim().is_empty()).map(|t| tag(t)).collect::<Outcome<Vec<_>>>()?;
    let domain = card::loose(&args.domain).ok_or_else(|| not_a("domain", &args.domain))?;
    let named = args.rotation.as_deref().filter(|r| !r.trim().is_empty());
    let rotation = named.map(|r| card::loose(r).ok_or_else(|| not_a("rotation", r))).transpose()?;
    let whole = whole_card(args, &domain, &tags)?;
    let mut caught = if whole.is_none() { caught(args, &tags)? } else { Vec::new() };
    let mut store = context.open()?;
    if let (Some(name), [fact]) = (&args.flip, caught.as_slice()) {
        let mut sibling = flip::sibling(&store, name, fact.note.as_deref().unwrap_or_default(), context)?;
        with_tags(&mut sibling, fact.tags.as_deref().unwrap_or_default());
        caught = vec![sibling];
    }
    let rotation = rotation.or_else(|| store.settings().rotation.clone());
    let bodies: Vec<&RawCard> = whole.iter().chain(&caught).collect();
    let adds: Vec<DraftChange> = bodies
        .iter()
        .map(|raw| DraftChange::Add(NewDraft { body: compact(raw), rotation: rotation.clone(), note: None }))
        .collect();
    let ids = store.change_drafts(&adds, context.now())?;
    let mut open = Vec::new();
    for (id, raw) in ids.iter().zip(&bodies) {
        open.extend(gate::open(&store, raw)?.into_iter().map(|s| (*id, s)));
    }
    let (mut key, mut kept_because) = (None, None);
    if let (Some(raw), Some(id)) = (&whole, ids.first()) {
        match if open.is_empty() {
            become_card(&mut store, raw, *id, &deck, rotation.as_deref(), context)
        } else {
            Ok(None)
        } {
            Ok(done) => key = done,
            // The text is safe already: what is wrong with the deck is told, and not a reason to fail.
            Err(failure) => {
                kept_because = Some(());
                failure.report(context);
            }
        }
    }
    warn(&open);
    report(&ids, &bodies, rotation.as_deref(), key.as_ref(), &open, context)?;
    if kept_because.is_some() { Err(Failure::silent(super::failure::FIXABLE)) } else { Ok(()) }
}

fn not_a(what: &str, text: &str) -> Failure {
    Failure::usage(format!("\"{text}\" is no {what}")).hint(format!("a {what} holds a-z, 0-9 and '-'"))
}

fn tag(text: &str) -> Outcome<String> {
    card::loose(text).ok_or_else(|| not_a("tag", text))
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !is_unsafe(*c)).collect::<String>().trim().to_owned()
}

fn with_tags(raw: &mut RawCard, tags: &[String]) {
    if !tags.is_empty() {
        let all = raw.tags.get_or_insert_default();
        all.extend(tags.iter().filter(|t| !all.contains(t)).cloned().collect::<Vec<_>>());
    }
}

/// The card that --basic or --cloze describe.
fn whole_card(args: &AddArgs, domain: &str, tags: &[String]) -> Outcome<Option<RawCard>> {
    let some = |text: &str| Some(clean(text)).filter(|t| !t.is_empty());
    let mut raw = match (args.basic.as_deref(), &args.cloze) {
        (Some([front, back]), _) => {
            RawCard { kind: Some(CardType::Basic), front: some(front), back: some(back), ..RawCard::default() }
        }
        (_, Some(text)) => RawCard { kind: Some(CardType::Cloze), text: some(text), ..RawCard::default() },
        _ => return Ok(None),
    };
    if raw.front.is_none() && raw.back.is_none() && raw.text.is_none() {
        return Err(Failure::usage("there is nothing in it")
            .hint("--basic \"QUESTION\" \"ANSWER\", or --cloze \"a {{c1::hidden}} word\""));
    }
    for text in [&raw.front, &raw.back, &raw.text].into_iter().flatten() {
        short_enough(text)?;
    }
    raw.why = args.why.as_deref().and_then(some);
    raw.domain = Some(domain.to_owned());
    with_tags(&mut raw, tags);
    Ok(Some(raw))
}

fn short_enough(text: &str) -> Outcome {
    let n = text.chars().count();
    if n <= MAX_TEXT {
        return Ok(());
    }
    let (n, most) = (thousands(n as u64), thousands(MAX_TEXT as u64));
    Err(Failure::usage(format!("{n} characters; a draft has at most {most}, and nothing was kept"))
        .hint("split it, or give --lines to make a draft of each line"))
}

/// The drafts that the text makes: one, or one a line.
fn caught(args: &AddArgs, tags: &[String]) -> Outcome<Vec<RawCard>> {
    let text = if args.text == ["-"] { stdin()? } else { args.text.join(" ") };
    let text = text.replace("\r\n", "\n");
    let pieces: Vec<&str> = if args.lines { text.lines().collect() } else { vec![&text] };
    let mut out = Vec::new();
    for piece in pieces.into_iter().filter(|p| !p.trim().is_empty()) {
        short_enough(piece)?;
        // Line by line, so that what was several lines stays several lines.
        let lines: Vec<RawCard> = piece.lines().map(|line| one_line(line).raw).collect();
        let note = lines.iter().map(|l| l.note.as_deref().unwrap_or_default()).collect::<Vec<_>>().join("\n");
        let mut raw = RawCard { note: Some(note.trim().to_owned()).filter(|n| !n.is_empty()), ..RawCard::default() };
        let found: Vec<String> = lines.into_iter().filter_map(|l| l.tags).flatten().collect();
        with_tags(&mut raw, &found);
        with_tags(&mut raw, tags);
        out.push(raw);
    }
    if out.iter().all(|raw| raw.note.is_none()) {
        return Err(Failure::usage("there is nothing to keep")
            .hint("scanwise add \"CTPA not needed: Wells 2, D-dimer negative\" -t em"));
    }
    if out.len() > MAX_LINES {
        let most = thousands(MAX_LINES as u64);
        return Err(Failure::usage(format!("more than {most} lines; nothing was kept")).hint("split the text"));
    }
    Ok(out)
}

/// Standard input, whatever charset it is in.
fn stdin() -> Outcome<String> {
    let most = MAX_TEXT as u64 * 400;
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(most + 1).read_to_end(&mut bytes).map_err(|e| {
        Failure::fixable(format!("standard input: {e}")).hint("nothing was kept; give the text on the command line")
    })?;
    if bytes.len() as u64 > most {
        return Err(Failure::fixable(format!("standard input: more than {} bytes; nothing was kept", thousands(most)))
            .hint("split it; notes in files are for `scanwise notes`"));
    }
    let text = crate::interchange::charset::to_text(&bytes)
        .map_err(|e| Failure::fixable(format!("standard input: {}", e.cause)).hint(e.hint))?;
    Ok(text.text)
}

/// Makes a whole card of a draft, when nothing is missing. Otherwise it stays a draft.
fn become_card(
    store: &mut Store,
    raw: &RawCard,
    id: i64,
    deck: &str,
    rotation: Option<&str>,
    context: &Context,
) -> Outcome<Option<CardKey>> {
    if card::judge(raw).0.is_none() {
        return Ok(None);
    }
    let mut raw = raw.clone();
    with_tags(&mut raw, &rotation.map(str::to_owned).into_iter().collect::<Vec<_>>());
    raw.id = Some(card::free_id(store, deck, &raw)?);
    // Named before it is saved: killed in between, it is known again by its id.
    let body = compact(&raw);
    store.change_drafts(&[DraftChange::Write { id, body }], context.now())?;
    match card::put(store, deck, &raw, None, "add", context.now())? {
        Saved::Conflict(_) => Ok(None),
        Saved::Done { .. } | Saved::Same => {
            let key = CardKey::join(deck, raw.id.as_deref().unwrap_or_default(), None);
            store.change_drafts(&[DraftChange::End { id, why: key.as_str().to_owned() }], context.now())?;
            Ok(Some(key))
        }
    }
}

/// Says what could identify a patient, never the text.
fn warn(open: &[(i64, Suspect)]) {
    let mut text = String::new();
    for (id, suspect) in open.iter().take(5) {
        text.push_str(&format!("warning: draft {id} may identify a patient ({})\n", suspect.finding.why));
    }
    if open.len() > 5 {
        text.push_str(&format!("warning: and {}\n", count(open.len() as u64 - 5, "more place")));
    }
    if !open.is_empty() {
        text.push_str("hint: it is kept, for you alone; `scanwise inbox` asks before it becomes a card\n");
    }
    // If stderr is gone there is nobody left to tell; the text is kept all the same.
    let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
}

fn report(
    ids: &[i64],
    bodies: &[&RawCard],
    rotation: Option<&str>,
    key: Option<&CardKey>,
    open: &[(i64, Suspect)],
    context: &mut Context,
) -> Outcome {
    if context.json {
        let drafts: Vec<_> = if key.is_some() {
            Vec::new()
        } else {
            ids.iter()
                .zip(bodies)
                .map(|(id, raw)| json!({ "id": id, "tags": raw.tags, "rotation": rotation }))
                .collect()
        };
        let open: Vec<_> = open
            .iter()
            .map(|(id, s)| json!({ "draft": id, "field": s.field, "kind": s.finding.kind.word() }))
            .collect();
        return context.show_json(&json!({
            "card": key.map(CardKey::as_str), "drafts": drafts, "at": context.now().rfc3339(), "possible_identifiers": open,
        }));
    }
    let mut doc = Doc::new(context.width());
    match (key, ids) {
        (Some(key), _) => doc.mixed(&[(Role::Good, "Added "), (Role::Strong, key.as_str()), (Role::Plain, ".")]),
        (None, [id]) => {
            let mut facts: Vec<String> = rotation.map(str::to_owned).into_iter().collect();
            facts.extend(bodies.iter().flat_map(|b| b.tags.iter().flatten()).map(|t| format!("#{t}")));
            let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(" ")) };
            doc.mixed(&[(Role::Good, "Kept "), (Role::Plain, &format!("as draft {id}{facts}."))]);
            // A whole card that became none: say what is missing.
            for raw in bodies.iter().filter(|r| r.kind.is_some() && r.family.is_none()) {
                for p in card::judge(raw).1 {
                    doc.hanging("! ", Role::Warn, Role::Plain, &format!("{}: {}", card::field_of(&p), p.cause));
                }
                doc.para(Role::Dim, "`scanwise inbox` completes it.");
            }
        }
        (None, ids) => {
            doc.mixed(&[(Role::Good, "Kept "), (Role::Plain, &format!("{}.", count(ids.len() as u64, "draft")))]);
        }
    }
    context.show(&doc)
}
