//! What an import would do, as a document.

use super::doc::{Doc, Role};
use crate::deck::change::recalled;
use crate::interchange::Trouble;
use crate::interchange::plan::{CardPlan, DeckPlan, Fate, Like, Plan};
use crate::log::EventKind;
use crate::model::Body;
use crate::model::text::{count, sanitize_line};
use serde_json::Value;
use textwrap::{Options, WordSplitter, WrapAlgorithm};
use unicode_width::UnicodeWidthStr;

/// Lines of one kind shown; the rest is counted.
const SHOWN: usize = 12;

/// Characters of a text shown in one line.
const CUT: usize = 160;

/// How much a preview shows.
#[derive(Debug, Clone, Copy)]
pub struct Show {
    /// Nothing is left out.
    pub all: bool,
    /// Conflicts with their sides; not when they are about to be asked one by one.
    pub conflicts: bool,
}

/// The preview of a plan.
#[must_use]
pub fn plan(plan: &Plan, source: &str, show: Show, width: usize) -> Doc {
    let mut doc = Doc::new(width);
    let most = if show.all { usize::MAX } else { SHOWN };
    doc.para(Role::Title, source);
    for line in &plan.mapping {
        doc.hanging("Fields: ", Role::Dim, Role::Dim, line);
    }
    for id in &plan.already {
        doc.para(Role::Plain, &format!("{id}: every card of it comes with scanwise already."));
    }
    for deck in &plan.decks {
        doc.blank();
        one_deck(&mut doc, deck, most, show.conflicts);
    }
    if plan.media() > 0 {
        doc.blank();
        doc.para(
            Role::Plain,
            &format!("{} (pictures and sounds) beside the cards.", count(plan.media() as u64, "file")),
        );
    }
    let reviews = plan.reviews.len() + plan.events.iter().filter(|e| matches!(e.kind, EventKind::Answered(_))).count();
    if reviews > 0 {
        let what = count(reviews as u64, "review");
        doc.para(Role::Plain, &format!("{what} in the file that are not yours yet: only --with-history takes them."));
    }
    troubles(&mut doc, &plan.troubles, most);
    doc
}

/// What a new card asks, and what it wants for an answer: in one line, or all of it.
fn new_card(doc: &mut Doc, plan: &CardPlan, whole: bool) {
    const MARK: &str = "    = ";
    let Some(card) = plan.card() else { return };
    doc.hanging("  + ", Role::Good, Role::Plain, &format!("{}: {}", plan.id, cut(card.headline())));
    // The text of a cloze shows what it hides.
    if matches!(card.body, Body::Cloze { .. }) {
        return;
    }
    let answer = sanitize_line(&recalled(&card));
    let room = if whole { usize::MAX } else { doc.width().saturating_sub(MARK.len()) };
    doc.hanging(MARK, Role::Dim, Role::Plain, &fitting(&answer, room));
}

/// The text, cut between words to so many cells of a terminal.
fn fitting(text: &str, cells: usize) -> String {
    const MORE: &str = "...";
    if text.width() <= cells {
        return text.to_owned();
    }
    let options = Options::new(cells.saturating_sub(MORE.len()).max(1))
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .word_splitter(WordSplitter::NoHyphenation);
    let first = textwrap::wrap(text, options).into_iter().next().unwrap_or_default();
    format!("{first}{MORE}")
}

fn one_deck(doc: &mut Doc, deck: &DeckPlan, most: usize, conflicts: bool) {
    let title = deck.header.title.as_deref().unwrap_or_default();
    doc.mixed(&[(Role::Strong, &deck.slug), (Role::Dim, &format!("  {}", sanitize_line(title)))]);
    if let Some(why) = &deck.apart {
        let line = format!("{why}; to keep the two apart this one becomes \"{}\".", deck.slug);
        doc.hanging("  ! ", Role::Warn, Role::Plain, &line);
    }
    let version = |v: Option<&String>| v.map_or("no version".to_owned(), |v| format!("version {v}"));
    let versions = match (&deck.new, &deck.old_version) {
        (true, _) => format!("a new deck here, {}", version(deck.header.version.as_ref())),
        (false, old) if *old == deck.header.version => format!("here already, {}", version(old.as_ref())),
        (false, old) => format!("{} here, becomes {}", version(old.as_ref()), version(deck.header.version.as_ref())),
    };
    doc.hanging("  ", Role::Plain, Role::Plain, &versions);
    for warning in &deck.warnings {
        doc.hanging("  ! ", Role::Warn, Role::Plain, warning);
    }
    doc.hanging("  ", Role::Plain, Role::Plain, &numbers(deck));
    let of = |is: &dyn Fn(&CardPlan) -> bool| deck.cards.iter().filter(|c| is(c)).collect::<Vec<_>>();
    section(doc, "New", &of(&|c| c.fate == Fate::New), most, |doc, c| new_card(doc, c, most == usize::MAX));
    section(doc, "Changed", &of(&|c| matches!(c.fate, Fate::Changed { .. })), most, |doc, c| {
        let Fate::Changed { changes, class } = &c.fate else { return };
        let line = format!("{} ({}: {})", c.id, class.word(), class.consequence());
        doc.hanging("  ~ ", Role::Warn, Role::Plain, &line);
        for change in changes {
            doc.hanging(
                "      ",
                Role::Plain,
                Role::Strong,
                if change.field.is_empty() { "card" } else { &change.field },
            );
            doc.hanging("      - ", Role::Bad, Role::Dim, &value(change.before.as_ref()));
            doc.hanging("      + ", Role::Good, Role::Plain, &value(change.after.as_ref()));
        }
    });
    section(doc, "Both changed", &of(&|c| conflicts && matches!(c.fate, Fate::Conflict(_))), most, |doc, c| {
        let Fate::Conflict(conflicts) = &c.fate else { return };
        for conflict in conflicts {
            doc.append(self::conflict(&c.id, conflict, doc.width()));
        }
    });
    section(doc, "Removed by its author", &of(&|c| c.fate == Fate::Removed), most, |doc, c| {
        doc.hanging("  - ", Role::Bad, Role::Plain, &format!("{}: {}", c.id, headline(c)));
    });
    section(
        doc,
        "Removed here, changed by its author",
        &of(&|c| c.fate == Fate::GoneHereChangedThere),
        most,
        |doc, c| {
            doc.hanging("  - ", Role::Dim, Role::Plain, &format!("{} stays out", c.id));
        },
    );
    let alike: Vec<(&CardPlan, &Like)> = deck.cards.iter().flat_map(|c| c.likes.iter().map(move |l| (c, l))).collect();
    let (against, doubles): (Vec<_>, Vec<_>) = alike.into_iter().partition(|(_, l)| l.contradiction.is_some());
    section(doc, "Contradictions", &against, most, |doc, (_, like)| contradiction(doc, like));
    section(doc, "Like a card that is here", &doubles, most, |doc, (c, like)| {
        let left = if c.fate == Fate::Skipped { "; left out" } else { "" };
        let line = format!("{} and {} ({}, {} %{left})", c.id, like.other, like.likeness.word(), like.percent);
        doc.hanging("  = ", Role::Warn, Role::Plain, &line);
    });
}

/// One conflict with its three sides.
#[must_use]
pub fn conflict(id: &str, conflict: &crate::deck::merge::Conflict, width: usize) -> Doc {
    let mut doc = Doc::new(width);
    let field = if conflict.field.is_empty() { "the whole card" } else { &conflict.field };
    doc.hanging("  ! ", Role::Bad, Role::Strong, &format!("{id}: {field}"));
    if conflict.field.is_empty() {
        // Three whole cards are not readable side by side: the fields in which mine and theirs differ are.
        let text = |v: &Option<Value>| v.as_ref().map_or(String::new(), ToString::to_string);
        for change in crate::deck::merge::differences(&text(&conflict.mine), &text(&conflict.theirs)) {
            doc.hanging("      ", Role::Plain, Role::Strong, &change.field);
            doc.hanging("      mine:   ", Role::Dim, Role::Plain, &value(change.before.as_ref()));
            doc.hanging("      theirs: ", Role::Dim, Role::Plain, &value(change.after.as_ref()));
        }
        return doc;
    }
    if conflict.base.is_some() {
        doc.hanging("      before: ", Role::Dim, Role::Dim, &value(conflict.base.as_ref()));
    }
    doc.hanging("      mine:   ", Role::Dim, Role::Plain, &value(conflict.mine.as_ref()));
    doc.hanging("      theirs: ", Role::Dim, Role::Plain, &value(conflict.theirs.as_ref()));
    doc
}

fn contradiction(doc: &mut Doc, like: &Like) {
    let Some(sides) = &like.contradiction else { return };
    let (mine, other) = (&sides.0, &sides.1);
    doc.hanging("  ! ", Role::Bad, Role::Plain, "the same scenario, two answers:");
    for side in [mine, other] {
        doc.hanging("      ", Role::Plain, Role::Plain, &format!("{}: {}", side.card, cut(&side.answer)));
        let sources = if side.sources.is_empty() { "no source".to_owned() } else { side.sources.join("; ") };
        doc.hanging("        ", Role::Dim, Role::Dim, &sources);
    }
}

fn section<T: Copy>(doc: &mut Doc, title: &str, items: &[T], most: usize, mut each: impl FnMut(&mut Doc, T)) {
    if items.is_empty() {
        return;
    }
    doc.hanging("  ", Role::Plain, Role::Strong, &format!("{title} ({})", items.len()));
    for item in items.iter().take(most) {
        each(doc, *item);
    }
    if items.len() > most {
        doc.hanging("  ", Role::Plain, Role::Dim, &format!("... and {} more; --verbose shows all", items.len() - most));
    }
}

fn troubles(doc: &mut Doc, troubles: &[Trouble], most: usize) {
    if troubles.is_empty() {
        return;
    }
    doc.blank();
    doc.para(Role::Strong, &format!("Problems ({})", troubles.len()));
    for t in troubles.iter().take(most) {
        doc.hanging("  ! ", Role::Warn, Role::Plain, &format!("{}: {}", t.place, t.cause));
        doc.hanging("    ", Role::Plain, Role::Dim, &t.hint);
    }
    if troubles.len() > most {
        doc.hanging(
            "  ",
            Role::Plain,
            Role::Dim,
            &format!("... and {} more; --verbose shows all", troubles.len() - most),
        );
    }
}

/// "12 new, 3 changed, 240 unchanged".
#[must_use]
pub fn numbers(deck: &DeckPlan) -> String {
    let parts = [
        (deck.count(|f| *f == Fate::New), "new"),
        (deck.count(|f| matches!(f, Fate::Changed { .. })), "changed"),
        (deck.count(|f| *f == Fate::Unchanged), "unchanged"),
        (deck.count(|f| *f == Fate::Mine), "only yours"),
        (deck.count(|f| *f == Fate::Removed), "removed by its author"),
        (deck.count(|f| matches!(f, Fate::GoneHere | Fate::GoneHereChangedThere)), "removed here before"),
        (deck.count(|f| matches!(f, Fate::Conflict(_))), "changed by both"),
        (deck.count(|f| *f == Fate::Skipped), "left out (here already)"),
    ];
    let said: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    if said.is_empty() { "no cards".to_owned() } else { said.join(", ") }
}

fn headline(card: &CardPlan) -> String {
    card.card().map_or(String::new(), |c| cut(c.headline()))
}

/// A value of a field for people: text as it is, lists joined.
fn value(value: Option<&Value>) -> String {
    match value {
        None => "(nothing)".to_owned(),
        Some(Value::String(text)) => cut(text),
        Some(Value::Array(list)) if list.iter().all(Value::is_string) => {
            cut(&list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "))
        }
        Some(other) => cut(&other.to_string()),
    }
}

fn cut(text: &str) -> String {
    let line = sanitize_line(text);
    if line.chars().count() <= CUT {
        return line;
    }
    line.chars().take(CUT).chain("...".chars()).collect()
}
