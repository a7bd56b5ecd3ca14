//! The guided form: one field after the other, each kept as soon as it is typed.

use super::prompt::{self, Said};
use super::{card, options, text};
use crate::cli::context::Context;
use crate::cli::failure::Outcome;
use crate::cli::import::ask;
use crate::deck::format::{CardType, RawCard};
use crate::interchange::notes;
use crate::model::Next;
use crate::store::{Draft, DraftChange, Store};
use crate::ui::{Doc, Role};

/// A draft while it is worked on.
pub struct Work {
    /// Its number.
    pub id: i64,
    /// The card so far.
    pub raw: RawCard,
    /// Its note was written for the card, in a file of notes; any other is the thought it began as.
    pub noted: bool,
    /// The thought does not go onto the card. It stays in the draft until the card is saved.
    pub leave_out: bool,
}

impl Work {
    /// A draft as it is kept.
    #[must_use]
    pub fn of(draft: &Draft) -> Self {
        Self { id: draft.id, raw: card::of_body(&draft.body), noted: draft.note.is_some(), leave_out: false }
    }

    /// Keeps what is there.
    ///
    /// # Errors
    /// When the home can't be written.
    pub fn keep(&self, store: &mut Store, context: &Context) -> Outcome {
        let body = crate::deck::print::compact(&self.raw);
        store.change_drafts(&[DraftChange::Write { id: self.id, body }], context.now())?;
        Ok(())
    }
}

/// Where a form goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    /// To the next field.
    On,
    /// To the one before.
    Back,
    /// Nowhere for now.
    Stop,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Clinical field.
    Domain,
    /// Tags.
    Tags,
    /// The patient.
    Vignette,
    /// What is asked of a decision.
    Question,
    /// The options with verdicts and reasons.
    Options,
    /// The sentence to remember.
    Rule,
    /// What a positive result changes.
    Positive,
    /// What a negative result changes.
    Negative,
    /// What a basic card asks.
    Front,
    /// What it answers.
    Back,
    /// The text of a cloze.
    Text,
    /// The reason.
    Why,
    /// Where it stands.
    Source,
    /// An aside.
    Note,
    /// What its siblings share.
    Family,
    /// The fact that flips its answer.
    Modifier,
}

/// The fields of a type of card, in the order in which they are asked.
#[must_use]
pub const fn fields(kind: CardType) -> &'static [Field] {
    use Field as F;
    match kind {
        CardType::Decision => &[
            F::Vignette,
            F::Question,
            F::Options,
            F::Rule,
            F::Positive,
            F::Negative,
            F::Source,
            F::Domain,
            F::Tags,
            F::Note,
            F::Family,
            F::Modifier,
        ],
        CardType::Basic => &[F::Front, F::Back, F::Why, F::Source, F::Domain, F::Tags, F::Note],
        CardType::Cloze => &[F::Text, F::Why, F::Source, F::Domain, F::Tags, F::Note],
    }
}

impl Field {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Domain => "Domain",
            Self::Tags => "Tags",
            Self::Vignette => "Vignette",
            Self::Question => "Question",
            Self::Options => "Options",
            Self::Rule => "Rule",
            Self::Positive => "If positive",
            Self::Negative => "If negative",
            Self::Front => "Front",
            Self::Back => "Back",
            Self::Text => "Text",
            Self::Why => "Why",
            Self::Source => "Source",
            Self::Note => "Note",
            Self::Family => "Family",
            Self::Modifier => "Modifier",
        }
    }

    const fn about(self) -> &'static str {
        match self {
            Self::Domain => "clinical field, for example pulmonary (Enter: general)",
            Self::Tags => "words to select by, with spaces between (Enter: none)",
            Self::Vignette => "age, setting, course, vitals, the fact that decides; no names, no dates",
            Self::Question => "one question (Enter: Which study comes next?)",
            Self::Options => "",
            Self::Rule => "the one sentence to remember",
            Self::Positive => "what a positive result changes",
            Self::Negative => "what a negative result changes",
            Self::Front => "what is asked",
            Self::Back => "the answer",
            Self::Text => "with {{c1::hidden}} or {{c1::hidden::hint}}",
            Self::Why => "the reason (Enter: none)",
            Self::Source => "Body, Title (2024), section; for example ACR, Suspected Pulmonary Embolism (2022)",
            Self::Family => "one word for it and its siblings; they are never asked on one day (Enter: none)",
            Self::Modifier => "the one fact that flips the answer",
            Self::Note => "shown on the card under the answer",
        }
    }

    /// Long enough to be changed in an editor rather than typed again.
    const fn in_editor(self) -> bool {
        !matches!(self, Self::Domain | Self::Tags | Self::Options | Self::Family | Self::Source)
    }

    fn slot(self, raw: &mut RawCard) -> Option<&mut Option<String>> {
        Some(match self {
            Self::Vignette => &mut raw.vignette,
            Self::Question => &mut raw.question,
            Self::Rule => &mut raw.rule,
            Self::Front => &mut raw.front,
            Self::Back => &mut raw.back,
            Self::Text => &mut raw.text,
            Self::Why => &mut raw.why,
            Self::Note => &mut raw.note,
            Self::Family => &mut raw.family,
            Self::Modifier => &mut raw.modifier,
            Self::Domain => &mut raw.domain,
            _ => return None,
        })
    }

    /// What stands there now.
    #[must_use]
    pub fn now(self, raw: &RawCard) -> Option<String> {
        let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
        match self {
            Self::Tags => raw.tags.as_ref().filter(|t| !t.is_empty()).map(|t| t.join(" ")),
            Self::Positive => raw.next.as_ref().and_then(|n| some(&n.if_positive)),
            Self::Negative => raw.next.as_ref().and_then(|n| some(&n.if_negative)),
            Self::Source => {
                let cites: Vec<String> = raw.sources.iter().flatten().map(crate::model::Source::cite).collect();
                some(&cites.join("; "))
            }
            Self::Options => raw.options.as_ref().filter(|o| !o.is_empty()).map(|o| format!("{} options", o.len())),
            _ => self.slot(&mut raw.clone()).and_then(|t| t.clone()),
        }
    }

    /// Whether the first walk through the form stops here.
    fn open(self, raw: &RawCard) -> bool {
        match self {
            // Until the field after them has something, more options may be meant to come.
            Self::Options => {
                let all = raw.options.as_deref().unwrap_or_default();
                all.len() < 2 || !all.iter().all(options::whole) || raw.rule.is_none()
            }
            Self::Note => raw.note.is_some(),
            Self::Family => false,
            Self::Modifier => raw.family.is_some() && raw.modifier.is_none(),
            // A sibling begins with the patient of the other, and this one differs.
            Self::Vignette => raw.vignette.is_none() || raw.modifier.is_some() && raw.rule.is_none(),
            _ => self.now(raw).is_none(),
        }
    }
}

/// Asks for the type, when it is open.
///
/// # Errors
/// When the home can't be written or stdin not read.
pub fn kind(work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome<bool> {
    if work.raw.kind.is_some() {
        return Ok(true);
    }
    let question =
        "What kind of card? (d)ecision: which study, (b)asic: question and answer, (c)loze: a text with gaps, (q)uit";
    work.raw.kind = match ask::choose(context, question, "dbcq")? {
        Some('d') => Some(CardType::Decision),
        Some('b') => Some(CardType::Basic),
        Some('c') => Some(CardType::Cloze),
        _ => return Ok(false),
    };
    work.keep(store, context)?;
    Ok(true)
}

/// Walks through the fields that are empty. False: stopped before the end.
///
/// # Errors
/// As [`kind`].
pub fn walk(work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome<bool> {
    let Some(kind) = work.raw.kind else { return Ok(false) };
    let all = fields(kind);
    let open: Vec<bool> = all.iter().map(|f| f.open(&work.raw)).collect();
    let next = |from: usize| (from..all.len()).find(|i| open[*i]);
    let mut at = next(0);
    if at.is_some() {
        context.say(Role::Dim, prompt::KEYS)?;
        if let Some(fact) = super::flips(&work.raw) {
            context.say(Role::Strong, &fact)?;
        }
    }
    while let Some(i) = at {
        match ask_field(all[i], work, store, context)? {
            Go::On => at = next(i + 1),
            // Also to one that was filled another day.
            Go::Back if i > 0 => at = Some(i - 1),
            Go::Back => context.say(Role::Dim, "This is the first field.")?,
            Go::Stop => return Ok(false),
        }
    }
    Ok(true)
}

/// Asks for one field and keeps it.
///
/// # Errors
/// As [`kind`].
pub fn ask_field(field: Field, work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome<Go> {
    if field == Field::Options {
        return options::ask(work, store, context);
    }
    if field == Field::Note && work.raw.note.is_some() && !work.noted {
        return ask_thought(work, store, context);
    }
    loop {
        let now = field.now(&work.raw);
        let editable = now.is_some() && field.in_editor();
        let about = match &work.raw.modifier {
            Some(fact) if field == Field::Vignette => format!("that of its sibling, with what is different: {fact}"),
            _ => field.about().to_owned(),
        };
        let how = if editable { "; e changes it in your editor" } else { "" };
        let label = format!("{}: {about}{how}", field.name());
        match prompt::text(context, &label, now.as_deref())? {
            Said::Stop => return Ok(Go::Stop),
            Said::Back => return Ok(Go::Back),
            Said::Enter => {
                if now.is_none() {
                    match field {
                        Field::Domain => work.raw.domain = Some("general".to_owned()),
                        Field::Question => work.raw.question = Some("Which study comes next?".to_owned()),
                        _ => return Ok(Go::On),
                    }
                    work.keep(store, context)?;
                }
                return Ok(Go::On);
            }
            Said::Clear => {
                set(field, "", &mut work.raw);
                work.keep(store, context)?;
                return Ok(Go::On);
            }
            // Nobody types 70 words again on a phone. What it says then is shown by asking once more.
            Said::Text(text) if editable && matches!(text.as_str(), "e" | "E") => text::edit(work, store, context)?,
            Said::Text(text) => {
                if let Some(trouble) = set(field, &text, &mut work.raw) {
                    let mut doc = Doc::new(context.width());
                    doc.hanging("! ", Role::Bad, Role::Plain, trouble);
                    context.show(&doc)?;
                    continue;
                }
                work.keep(store, context)?;
                return Ok(Go::On);
            }
        }
    }
}

/// Asks whether the thought that the draft began as shall stand on its card. It holds just what tells whose picture it
/// was, so that it stays out unless the student says otherwise.
///
/// # Errors
/// As [`kind`].
pub fn ask_thought(work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome<Go> {
    let label = "Note: your thought stays off the card (Enter). k keeps it there, under the answer, for whoever gets \
                 the deck; or type another note";
    let now = work.raw.note.clone();
    match prompt::text(context, label, now.as_deref())? {
        Said::Stop => return Ok(Go::Stop),
        Said::Back => return Ok(Go::Back),
        Said::Enter | Said::Clear => work.leave_out = true,
        Said::Text(text) if matches!(text.as_str(), "k" | "K") => work.leave_out = false,
        Said::Text(text) => {
            work.leave_out = false;
            work.raw.note = Some(text);
            work.keep(store, context)?;
        }
    }
    Ok(Go::On)
}

/// Sets a field from what was typed; an empty text empties it. What can't be used is said.
fn set(field: Field, text: &str, raw: &mut RawCard) -> Option<&'static str> {
    match field {
        Field::Tags => {
            let tags: Vec<String> = text.split([' ', ',', '\n']).filter_map(card::loose).collect();
            raw.tags = (!tags.is_empty()).then_some(tags);
        }
        Field::Domain | Field::Family => {
            let slug = card::loose(text);
            if slug.is_none() && !text.is_empty() {
                return Some("it holds letters, digits and '-'");
            }
            if let Some(slot) = field.slot(raw) {
                *slot = slug;
            }
        }
        Field::Positive | Field::Negative => {
            let mut next = raw.next.take().unwrap_or(Next { if_positive: String::new(), if_negative: String::new() });
            let side = if field == Field::Positive { &mut next.if_positive } else { &mut next.if_negative };
            text.clone_into(side);
            raw.next = (!next.if_positive.is_empty() || !next.if_negative.is_empty()).then_some(next);
        }
        Field::Source => {
            if text.is_empty() {
                raw.sources = None;
                return None;
            }
            // The notation of notes says how a source is written.
            let page = format!("Q: q\nA: a\nsource: {}\n", text.replace('\n', " "));
            let found = notes::read(&page, "source.md").items.into_iter().next().and_then(|i| i.raw.sources);
            if found.is_none() {
                return Some("write it as: Body, Title (2024), section");
            }
            raw.sources = found;
        }
        _ => {
            if let Some(slot) = field.slot(raw) {
                *slot = Some(text.to_owned()).filter(|t| !t.is_empty());
            }
        }
    }
    None
}

/// Lets the student choose a field and change it.
///
/// # Errors
/// As [`kind`].
pub fn change(work: &mut Work, store: &mut Store, context: &mut Context) -> Outcome {
    let Some(kind) = work.raw.kind else { return Ok(()) };
    let fields = fields(kind);
    let mut doc = Doc::new(context.width());
    for (i, field) in fields.iter().enumerate() {
        let now = field.now(&work.raw).map_or("(nothing)".to_owned(), |t| card::cut(&t, 60));
        doc.hanging(&format!("{:>2} {}: ", i + 1, field.name()), Role::Key, Role::Plain, &now);
    }
    doc.hanging(&format!("{:>2} ", fields.len() + 1), Role::Key, Role::Plain, "another type of card");
    context.show(&doc)?;
    let Said::Text(number) = prompt::text(context, "Which one? (its number)", None)? else { return Ok(()) };
    match number.parse::<usize>().ok() {
        Some(n) if n == fields.len() + 1 => {
            let before = work.raw.kind.take();
            if !self::kind(work, store, context)? {
                work.raw.kind = before;
            }
        }
        Some(n) if (1..=fields.len()).contains(&n) => {
            ask_field(fields[n - 1], work, store, context)?;
        }
        _ => {}
    }
    Ok(())
}
