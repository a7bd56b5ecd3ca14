//! From a card to the text.

use super::syntax::{needs_quotes, quote};
use super::{EditHints, apply_problems};
use crate::deck::format::{CardType, RawCard, RawOption};
use crate::model::Source;
use crate::model::text::sanitize_line;

/// What every text says at its top.
const HOW: &str = "\
# Lines that start with # are not read. A longer text goes on lines of its own under the
# field, two spaces in. To keep spaces at the ends of a text, put it in \"double quotes\".
# An empty field is left out. Save and close to keep the changes.
";

/// What stands above the options.
const OPTIONS: &str = "\
# [best], [acceptable] or [wrong, unsafe | delays | wasteful], then a study of the catalog, or
# an id and a text of your own: [wrong, unsafe] no-imaging = No imaging. The reason under it.
";

/// The card as text, with comments; nothing of the card is lost.
#[must_use]
pub fn to_text(card: &RawCard, hints: &EditHints) -> String {
    let mut out = String::new();
    if !hints.title.is_empty() {
        comment(&mut out, &hints.title);
    }
    out.push_str(HOW);
    out.push('\n');
    comment(&mut out, "Never change the id: progress hangs on it.");
    field(&mut out, "id", card.id.as_deref());
    comment(&mut out, "decision, basic or cloze");
    field(&mut out, "type", card.kind.map(type_word));
    comment(&mut out, "for example neurology");
    field(&mut out, "domain", card.domain.as_deref());
    list(&mut out, "tags", card.tags.as_deref(), true);
    list(&mut out, "covers", card.covers.as_deref(), false);
    out.push('\n');
    let shows = |kind: CardType| card.kind.is_none_or(|k| k == kind);
    if shows(CardType::Decision) || has_decision(card) {
        decision(&mut out, card, hints, shows(CardType::Decision));
    }
    let basic = shows(CardType::Basic);
    maybe(&mut out, "front", card.front.as_deref(), basic);
    maybe(&mut out, "back", card.back.as_deref(), basic);
    if card.text.is_some() || shows(CardType::Cloze) {
        comment(&mut out, "{{c1::hidden}} or {{c1::hidden::hint}}; each number is a card of its own");
        field(&mut out, "text", card.text.as_deref());
    }
    maybe(&mut out, "why", card.why.as_deref(), card.kind != Some(CardType::Decision));
    field(&mut out, "note", card.note.as_deref());
    sources(&mut out, card.sources.as_deref());
    apply_problems(&out, &hints.problems)
}

/// The word of a type.
pub(super) const fn type_word(kind: CardType) -> &'static str {
    match kind {
        CardType::Decision => "decision",
        CardType::Basic => "basic",
        CardType::Cloze => "cloze",
    }
}

fn has_decision(card: &RawCard) -> bool {
    card.vignette.is_some()
        || card.question.is_some()
        || card.options.is_some()
        || card.rule.is_some()
        || card.next.is_some()
        || card.family.is_some()
        || card.modifier.is_some()
}

fn comment(out: &mut String, text: &str) {
    out.push_str(&format!("# {}\n", sanitize_line(text)));
}

/// A field, written also when it is empty.
fn field(out: &mut String, name: &str, text: Option<&str>) {
    let Some(text) = text else {
        out.push_str(&format!("{name}:\n"));
        return;
    };
    if needs_quotes(text) {
        out.push_str(&format!("{name}: {}\n", quote(text)));
    } else if text.contains('\n') {
        out.push_str(&format!("{name}:\n"));
        block(out, text);
    } else {
        out.push_str(&format!("{name}: {text}\n"));
    }
}

fn maybe(out: &mut String, name: &str, text: Option<&str>, always: bool) {
    if always || text.is_some() {
        field(out, name, text);
    }
}

/// A text on indented lines.
fn block(out: &mut String, text: &str) {
    if needs_quotes(text) {
        out.push_str(&format!("  {}\n", quote(text)));
        return;
    }
    for line in text.split('\n') {
        if !line.is_empty() {
            out.push_str("  ");
            out.push_str(line);
        }
        out.push('\n');
    }
}

fn list(out: &mut String, name: &str, items: Option<&[String]>, always: bool) {
    match items {
        None if always => out.push_str(&format!("{name}:\n")),
        None => {}
        Some([]) => out.push_str(&format!("{name}: []\n")),
        Some(items) => {
            let odd = |t: &str| needs_quotes(t) || t.contains([',', '\n']) || t == "[]";
            let words: Vec<String> = items.iter().map(|t| if odd(t) { quote(t) } else { t.clone() }).collect();
            out.push_str(&format!("{name}: {}\n", words.join(", ")));
        }
    }
}

fn decision(out: &mut String, card: &RawCard, hints: &EditHints, always: bool) {
    maybe(out, "family", card.family.as_deref(), false);
    maybe(out, "modifier", card.modifier.as_deref(), false);
    maybe(out, "vignette", card.vignette.as_deref(), always);
    maybe(out, "question", card.question.as_deref(), always);
    out.push('\n');
    if always {
        out.push_str(OPTIONS);
    }
    match card.options.as_deref() {
        None if always => out.push_str("options:\n"),
        None => {}
        Some([]) => out.push_str("options: []\n"),
        Some(options) => options.iter().for_each(|o| option(out, o, hints)),
    }
    out.push('\n');
    maybe(out, "rule", card.rule.as_deref(), always);
    if always {
        comment(out, "What a positive and a negative result change:");
    }
    maybe(out, "if_positive", card.next.as_ref().map(|n| n.if_positive.as_str()), always);
    maybe(out, "if_negative", card.next.as_ref().map(|n| n.if_negative.as_str()), always);
    out.push('\n');
}

/// A word that can stand before the "=" of an option.
pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn option(out: &mut String, option: &RawOption, hints: &EditHints) {
    let mut words = vec![option.verdict.map_or("?", crate::model::Verdict::word)];
    words.extend(option.harm.map(crate::model::Harm::word));
    let head = format!("[{}]", words.join(", "));
    let (id, study, text) = (option.id.as_deref(), option.study.as_deref(), option.text.as_deref());
    let line = |text: &str| {
        if needs_quotes(text) || text.contains('\n') { quote(text) } else { text.to_owned() }
    };
    let short = match (id, study, text) {
        (None, Some(study), None) if is_word(study) => Some(study.to_owned()),
        (None, None, Some(text)) => Some(format!("= {}", line(text))),
        (Some(id), None, Some(text)) if is_word(id) => Some(format!("{id} = {}", line(text))),
        _ => None,
    };
    match &short {
        Some(short) => out.push_str(&format!("{head} {short}\n")),
        None => {
            out.push_str(&format!("{head}\n"));
            maybe(out, "option-id", id, false);
            maybe(out, "option-study", study, false);
            maybe(out, "option-text", text, false);
        }
    }
    if let Some((_, shown)) = study.and_then(|id| hints.study_lines.iter().find(|(of, _)| of == id)) {
        out.push_str(&format!("#   {}\n", sanitize_line(shown)));
    }
    match option.why.as_deref() {
        Some(why) if short.is_some() => block(out, why),
        Some(why) => field(out, "option-why", Some(why)),
        None => {}
    }
}

fn sources(out: &mut String, sources: Option<&[Source]>) {
    out.push('\n');
    match sources {
        Some([]) => out.push_str("sources: []\n"),
        None => {
            comment(out, "Who issued it (ACR, AHA/ASA), and the title; a decision needs a source.");
            for name in ["source", "title", "year", "section"] {
                field(out, name, None);
            }
        }
        Some(sources) => {
            for (i, source) in sources.iter().enumerate() {
                if i > 0 {
                    out.push('\n');
                }
                field(out, "source", Some(&source.body));
                field(out, "title", Some(&source.title));
                out.push_str(&format!("year: {}\n", source.year));
                field(out, "section", source.section.as_deref());
                maybe(out, "url", source.url.as_deref(), false);
                maybe(out, "checked", source.checked.as_deref(), false);
                maybe(out, "basis", source.basis.as_deref(), false);
            }
        }
    }
}
