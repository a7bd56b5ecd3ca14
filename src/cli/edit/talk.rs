//! What is said and asked around an edit.

use super::save::Kept;
use super::subject::{Place, Subject};
use super::{Done, Next};
use crate::cli::context::Context;
use crate::cli::failure::{FIXABLE, Failure, Outcome};
use crate::cli::import::ask;
use crate::deck::change::EditClass;
use crate::deck::merge::{self, Conflict, Side};
use crate::interchange::editable::EditProblem;
use crate::model::CardKey;
use crate::model::text::sanitize_line;
use crate::ui::{Doc, Role};
use serde_json::{Value, json};

/// Longest value shown in a comment, in characters.
const MAX_SHOWN: usize = 300;

/// The text with what the deck's new version says, where it contradicts the student's.
pub fn with_conflicts(text: &str, conflicts: &[Conflict]) -> String {
    if conflicts.is_empty() {
        return text.to_owned();
    }
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut out =
        format!("{first}\n#\n# The deck's new version changes what you changed. Below stands yours; the deck says:\n");
    for conflict in conflicts {
        for (field, value) in sides(conflict) {
            let lines: String = sanitize_line(&value).chars().take(MAX_SHOWN).collect();
            out.push_str(&format!("#   {field}: {lines}\n"));
        }
    }
    out.push_str("# Save what shall stand, or close without a change and say that yours does.\n#\n");
    out.push_str(rest);
    out
}

/// A field's value for people.
fn words(value: Option<&Value>) -> String {
    match value {
        None => "(nothing)".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// What the deck says, field by field.
fn sides(conflict: &Conflict) -> Vec<(String, String)> {
    if !conflict.field.is_empty() {
        return vec![(conflict.field.clone(), words(conflict.theirs.as_ref()))];
    }
    let (mine, theirs) = (words(conflict.mine.as_ref()), words(conflict.theirs.as_ref()));
    merge::differences(&mine, &theirs).into_iter().map(|d| (d.field.clone(), words(d.after.as_ref()))).collect()
}

/// A text from an earlier edit is there: go on with it?
pub fn resume(subject: &Subject, context: &mut Context) -> Outcome<Option<char>> {
    context.write(b"\n")?;
    context.say(Role::Strong, &format!("An edit of {} was not finished; its text is kept.", subject.name()))?;
    ask::choose(context, "(r)esume it, (d)rop it and start anew, (q)uit", "rdq")
}

/// What to do about problems, or (with `savable`) about warnings.
pub fn what_now(context: &mut Context, savable: bool) -> Outcome<Next> {
    let (question, letters) = if savable {
        ("(s)ave, (e)dit again, (k)eep the text for later, (d)iscard it", "sekd")
    } else {
        ("(e)dit again, (k)eep the text for later, (d)iscard it", "ekd")
    };
    Ok(match ask::choose(context, question, letters)? {
        Some('s') => Next::Save,
        Some('e') => Next::Again,
        Some('d') => Next::Discard,
        _ => Next::PutOff,
    })
}

/// The student changed nothing in a text that shows a contradiction.
pub fn mine_stands(subject: &Subject, context: &mut Context) -> Outcome<bool> {
    ask::yes(context, &format!("Does your version of {} stand as it is?", subject.name()))
}

/// Whose version stands where the file was changed meanwhile; `None` to put the edit off.
pub fn conflict(subject: &Subject, conflicts: &[Conflict], context: &mut Context) -> Outcome<Option<Side>> {
    context.write(b"\n")?;
    let mut doc = Doc::new(context.width());
    doc.para(Role::Bad, &format!("{} was changed meanwhile, in the same place:", subject.name()));
    for conflict in conflicts {
        let field = if conflict.field.is_empty() { "the whole card" } else { &conflict.field };
        doc.hanging("  ", Role::Plain, Role::Strong, field);
        if conflict.field.is_empty() {
            for d in merge::differences(&words(conflict.mine.as_ref()), &words(conflict.theirs.as_ref())) {
                doc.hanging("    ", Role::Plain, Role::Strong, &d.field);
                doc.hanging("      file:  ", Role::Dim, Role::Plain, &words(d.before.as_ref()));
                doc.hanging("      typed: ", Role::Dim, Role::Plain, &words(d.after.as_ref()));
            }
        } else {
            doc.hanging("    file:  ", Role::Dim, Role::Plain, &words(conflict.mine.as_ref()));
            doc.hanging("    typed: ", Role::Dim, Role::Plain, &words(conflict.theirs.as_ref()));
        }
    }
    context.show(&doc)?;
    let question = "Shall stand: what is (t)yped, what is on (f)ile; or (k)eep both for later";
    Ok(match ask::choose(context, question, "tfk")? {
        Some('t') => Some(Side::Theirs),
        Some('f') => Some(Side::Mine),
        _ => None,
    })
}

/// Problems with their lines. `inserted` lines stand in the text for each problem above.
pub fn problems(problems: &[EditProblem], place: &str, inserted: usize, context: &mut Context) -> Outcome {
    let mut doc = Doc::new(context.width());
    for problem in problems {
        let above = problems.iter().filter(|p| p.line < problem.line).count() * inserted;
        let line = (problem.line + above).max(1);
        doc.hanging("error: ", Role::Bad, Role::Plain, &format!("{place}{line}: {}", problem.cause));
        if !problem.hint.is_empty() {
            doc.hanging("  hint: ", Role::Key, Role::Plain, &problem.hint);
        }
    }
    doc.para(Role::Strong, "The card is not saved.");
    if inserted > 0 {
        context.write(b"\n")?;
    }
    context.show(&doc)
}

/// Problems as data.
pub fn problems_json(problems: &[EditProblem]) -> Value {
    json!(problems.iter().map(|p| json!({ "line": p.line, "cause": p.cause, "hint": p.hint })).collect::<Vec<_>>())
}

/// What is worth a second look.
pub fn warnings(warnings: &[String], context: &mut Context) -> Outcome {
    let mut doc = Doc::new(context.width());
    for warning in warnings {
        doc.hanging("warning: ", Role::Warn, Role::Plain, warning);
    }
    context.show(&doc)
}

/// What an edit of this class did to the schedule.
pub fn consequence(class: EditClass, due: bool, learned: bool) -> &'static str {
    match (class, due, learned) {
        (EditClass::Answer, false, true) => "its schedule is as it was",
        (EditClass::Answer, false, false) => "it was never answered, so it stays new",
        (class, ..) => class.consequence(),
    }
}

/// A saved edit.
pub fn saved(subject: &Subject, kept: &Kept, context: &mut Context) -> Outcome {
    let mut doc = Doc::new(context.width());
    let name = format!("{}/{}", subject.deck, kept.id);
    let what = if subject.new {
        ": a new card.".to_owned()
    } else if kept.class == EditClass::None {
        format!("; {}.", kept.class.consequence())
    } else {
        format!(": {} changed; {}.", kept.class.word(), consequence(kept.class, kept.due, subject.learned))
    };
    doc.mixed(&[(Role::Good, "Saved "), (Role::Strong, &name), (Role::Plain, &what)]);
    if kept.merged {
        doc.para(Role::Plain, "What was changed elsewhere meanwhile is in it too.");
    }
    if let Some(of) = subject.flip_of.as_ref() {
        let family = subject.start.family.as_deref().unwrap_or_default();
        let line = format!("It is of the family \"{family}\" with {}: the two never come on one day.", of.id);
        doc.para(Role::Plain, &line);
    }
    if kept.personal {
        let line = "It is your version of a card that comes with scanwise: updates are merged into it, and --restore drops it.";
        doc.para(Role::Plain, line);
    } else if subject.place == Place::Bundled {
        doc.para(Role::Plain, "It says what its deck says, so you have no version of your own any more.");
    }
    doc.para(Role::Dim, "`scanwise import --undo N` takes it back; `import --list` has the number.");
    context.show(&doc)
}

/// How an edit ended.
pub fn done(subject: &Subject, done: &Done, context: &mut Context) -> Outcome {
    match done {
        Done::Saved(kept) => saved(subject, kept, context),
        Done::Unchanged if subject.new => context.say(Role::Plain, "Nothing was changed, so no card was made."),
        Done::Unchanged => context.say(Role::Plain, "Nothing was changed."),
        Done::Discarded => context.say(Role::Plain, "The edit is dropped; the card is as it was."),
        Done::PutOff(path) => {
            context.say(Role::Plain, &format!("The card is as it was. Your text is kept: {}", path.display()))?;
            context.say(Role::Dim, "The same command offers it again.")?;
            Err(Failure::silent(FIXABLE))
        }
    }
}

/// How an edit ended, in the few words a review has room for.
pub fn short(done: &Done) -> String {
    match done {
        Done::Saved(kept) => match (kept.class, kept.due) {
            (EditClass::Answer, true) => "Saved: new answer, so it is due again.".to_owned(),
            (EditClass::Answer, false) => "Saved: new answer.".to_owned(),
            (EditClass::None, _) => "Saved; schedule as it was.".to_owned(),
            (class, _) => format!("Saved: {}; schedule as it was.", class.word()),
        },
        Done::Unchanged => "Nothing was changed.".to_owned(),
        Done::Discarded => "Edit dropped; nothing was changed.".to_owned(),
        Done::PutOff(_) => "Not changed; your text is kept.".to_owned(),
    }
}

/// What dropping the student's version changes.
pub fn differences(mine: &str, theirs: &str, context: &mut Context) -> Outcome {
    let mut doc = Doc::new(context.width());
    for d in merge::differences(mine, theirs) {
        doc.para(Role::Strong, &d.field);
        doc.hanging("  - ", Role::Bad, Role::Dim, &words(d.before.as_ref()));
        doc.hanging("  + ", Role::Good, Role::Plain, &words(d.after.as_ref()));
    }
    context.show(&doc)
}

/// The deck's own text stands again.
pub fn restored(key: &CardKey, class: EditClass, due: bool, learned: bool, context: &mut Context) -> Outcome {
    let mut doc = Doc::new(context.width());
    let what = format!(" is as its deck has it: {} changed; {}.", class.word(), consequence(class, due, learned));
    doc.mixed(&[(Role::Strong, key.as_str()), (Role::Plain, &what)]);
    context.show(&doc)
}
