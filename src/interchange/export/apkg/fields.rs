//! A card as the fields of a note: what is seen, and the card itself for whoever reads it back.

use super::media::Media;
use crate::deck::Catalog;
use crate::deck::format::RawCard;
use crate::interchange::export::OutCard;
use crate::model::text::sanitize;
use crate::model::{Body, Card, Choice, Source, Verdict};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// HTML of a text from a deck. `[` is escaped as well: in Anki it opens sounds, speech and LaTeX.
pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in sanitize(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '[' => out.push_str("&#91;"),
            '\n' => out.push_str("<br>"),
            c => out.push(c),
        }
    }
    out
}

/// The card as JSON that survives Anki: ASCII only (it normalizes other letters), without characters that mean something
/// in HTML, and without `[sound:`. It is its own HTML-escaped form.
pub(super) fn card_json(raw: &RawCard, media: &Media) -> String {
    let mut value = serde_json::to_value(raw).unwrap_or_default();
    media.rename_in(&mut value);
    ascii(&value.to_string().replace("[sound:", "\\u005bsound:"), "<>&'")
}

/// JSON in ASCII, with `also` written as codes; none of those may stand outside of a string in it.
pub(super) fn ascii(json: &str, also: &str) -> String {
    let mut out = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if c >= '\u{7f}' || also.contains(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// All fields of a note, in the order of its note type.
pub(super) fn fields(deck: &str, out: &OutCard, media: &Media) -> Vec<String> {
    let card = &out.card;
    let key = format!("{deck}/{}", card.id);
    let text = |t: &str| media.html(t);
    let maybe = |t: Option<&str>| t.map(text).unwrap_or_default();
    let note = maybe(card.note.as_deref());
    let sources = sources(&card.sources);
    let personal = maybe(out.personal.as_ref().and_then(|p| p.note.as_deref()));
    let json = card_json(&out.raw, media);
    match &card.body {
        Body::Decision { vignette, question, rule, next, modifier, .. } => {
            let options = shown_order(&key, card);
            let mut learned = text(rule);
            if let Some(modifier) = modifier {
                let _ = write!(learned, "<br><small>Here: {}</small>", text(modifier));
            }
            let next = format!(
                "<ul><li><b>If positive:</b> {}</li><li><b>If negative:</b> {}</li></ul>",
                text(&next.if_positive),
                text(&next.if_negative)
            );
            vec![
                html(&key),
                text(vignette),
                text(question),
                list(&options, |o| format!("<li>{}</li>", text(&o.text))),
                best(&options, media),
                list(&options, |o| reason(o, media)),
                learned,
                next,
                doses(&options),
                note,
                sources,
                personal,
                json,
            ]
        }
        Body::Basic { front, back, why } => {
            let empty = String::new;
            let why = maybe(why.as_deref());
            vec![
                html(&key),
                text(front),
                empty(),
                empty(),
                text(back),
                why,
                empty(),
                empty(),
                empty(),
                note,
                sources,
                personal,
                json,
            ]
        }
        Body::Cloze { text: cloze, why } => {
            vec![html(&key), text(cloze.source()), maybe(why.as_deref()), note, sources, personal, json]
        }
    }
}

/// The options in an order that looks drawn but stays: authors tend to write the best one first, and Anki can't shuffle.
fn shown_order<'c>(key: &str, card: &'c Card) -> Vec<&'c Choice> {
    let mut options: Vec<&Choice> = card.options().iter().collect();
    options.sort_by_cached_key(|o| Sha256::digest(format!("{key} {}", o.id)).to_vec());
    options
}

fn list(options: &[&Choice], item: impl Fn(&Choice) -> String) -> String {
    let items: String = options.iter().map(|o| item(o)).collect();
    format!("<ol class=\"options\" type=\"A\">{items}</ol>")
}

fn best(options: &[&Choice], media: &Media) -> String {
    let letters = 'A'..='Z';
    let found = letters.zip(options).find(|(_, o)| o.verdict == Verdict::Best);
    found.map(|(letter, o)| format!("{letter}. {}", media.html(&o.text))).unwrap_or_default()
}

fn reason(option: &Choice, media: &Media) -> String {
    // Signs beside the words: colors alone don't reach everyone.
    let (class, sign, word) = match (option.verdict, option.harm) {
        (Verdict::Best, _) => ("best", '✓', "best"),
        (Verdict::Acceptable, _) => ("acceptable", '~', "acceptable"),
        (Verdict::Wrong, harm) => ("wrong", '✗', harm.map_or("wrong", crate::model::Harm::word)),
    };
    format!(
        "<li class=\"{class}\"><span class=\"option\">{}</span> <span class=\"mark\">{sign} {word}</span><span \
         class=\"reason\">{}</span></li>",
        media.html(&option.text),
        media.html(&option.why)
    )
}

fn doses(options: &[&Choice]) -> String {
    let mut items = String::new();
    for option in options {
        if let Some(study) = option.study.as_deref().and_then(|id| Catalog::bundled().get(id)) {
            let _ = write!(items, "<li>{}: {}</li>", html(&option.text), html(&study.dose_line()));
        }
    }
    if items.is_empty() { items } else { format!("<ul>{items}</ul>") }
}

fn sources(sources: &[Source]) -> String {
    if sources.is_empty() {
        return String::new();
    }
    let items: String = sources.iter().map(source).collect();
    format!("<ul>{items}</ul>")
}

fn source(source: &Source) -> String {
    let cite = html(&source.cite());
    let mut out = match source.url.as_deref() {
        Some(url) if url.starts_with("https://") || url.starts_with("http://") => {
            format!("<li><a href=\"{}\">{cite}</a>", html(url).replace("<br>", ""))
        }
        _ => format!("<li>{cite}"),
    };
    if let Some(checked) = &source.checked {
        let _ = write!(out, "; checked {}", html(checked));
    }
    if let Some(basis) = &source.basis {
        let _ = write!(out, "; basis: {}", html(basis));
    }
    out.push_str("</li>");
    out
}

/// Tags: the card's, the student's own, its domain and its family, each once and without spaces.
pub(super) fn tags(out: &OutCard) -> Vec<String> {
    let own = out.personal.iter().flat_map(|p| &p.tags);
    let mut tags: Vec<String> = out.card.tags.iter().chain(own).map(|t| one_word(t)).collect();
    tags.push(format!("domain::{}", one_word(&out.card.domain)));
    if let Some(family) = out.card.family() {
        tags.push(format!("family::{}", one_word(family)));
    }
    tags.retain(|t| !t.is_empty());
    tags.sort_unstable();
    tags.dedup();
    tags
}

fn one_word(tag: &str) -> String {
    let clean: String = tag.chars().map(|c| if crate::model::text::is_unsafe(c) { ' ' } else { c }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join("_")
}
