//! What decks say of themselves: a header of ours stands in the description of an Anki deck, and other descriptions are
//! kept as text.

use super::decks::{Places, title};
use super::limits::MAX_DESCRIPTION;
use super::notetypes::Kinds;
use super::troubles::Troubles;
use crate::deck::format::RawDeck;
use crate::deck::rules::MAX_TEXT;
use crate::interchange::export::apkg::about::{checked, header_in};
use crate::interchange::html::{Converter, TooHeavy};
use crate::interchange::incoming::IncomingDeck;
use crate::model::text::thousands;
use std::collections::{BTreeMap, BTreeSet};

/// A description as it stands in a collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// HTML, or Markdown.
    pub text: String,
    /// It is Markdown.
    pub markdown: bool,
}

/// Gives decks their headers: those in `ours` the one that scanwise left, the others the description for people.
pub fn fill(
    decks: &mut [IncomingDeck],
    kinds: &Kinds,
    places: &Places,
    ours: &BTreeSet<String>,
    troubles: &mut Troubles,
) {
    let mut headers = if ours.is_empty() { BTreeMap::new() } else { headers(kinds, troubles) };
    let mut said = said(kinds, places);
    let mut converter = Converter::default();
    for deck in decks {
        let id = deck.header.id.clone().unwrap_or_default();
        if ours.contains(&id) {
            // What people read says the same once more, in words that are nobody's description.
            deck.header = headers.remove(&id).unwrap_or_else(|| std::mem::take(&mut deck.header));
            continue;
        }
        let Some((levels, description)) = said.remove(&id) else { continue };
        let left_out = "the deck is kept without it";
        let here = named(levels);
        match text(levels, description, &mut converter) {
            Ok(text) if text.is_empty() => {}
            Ok(text) => match checked(RawDeck { description: Some(text), ..deck.header.clone() }) {
                Ok(header) => deck.header = header,
                Err(cause) => troubles.add(&here, cause, left_out),
            },
            Err(cause) => troubles.add(&here, cause, left_out),
        }
    }
}

/// The headers that scanwise left, by deck.
fn headers(kinds: &Kinds, troubles: &mut Troubles) -> BTreeMap<String, RawDeck> {
    let mut out = BTreeMap::new();
    for (id, description) in &kinds.about {
        match header_in(&description.text) {
            None => {}
            Some(Ok(header)) => {
                out.entry(header.id.clone().unwrap_or_default()).or_insert(header);
            }
            Some(Err(cause)) => troubles.add(
                &kinds.decks.get(id).map_or("a deck".to_owned(), |levels| named(levels)),
                format!("its header is not taken: {cause}"),
                "the cards are kept; ask its author for a new export, or write version, authors and license yourself",
            ),
        }
    }
    out
}

/// For each deck here the description nearest to the top, and the levels of the Anki deck that has it.
fn said<'k>(kinds: &'k Kinds, places: &Places) -> BTreeMap<String, (&'k [String], &'k Description)> {
    let mut out: BTreeMap<String, (&[String], &Description)> = BTreeMap::new();
    for (id, description) in &kinds.about {
        let Some(levels) = kinds.decks.get(id).filter(|_| !description.text.trim().is_empty()) else { continue };
        let best = out.entry(places.of(*id).deck.clone()).or_insert((levels, description));
        if levels.len() < best.0.len() {
            *best = (levels, description);
        }
    }
    out
}

fn named(levels: &[String]) -> String {
    format!("deck \"{}\"", title(&levels.join("::")))
}

/// A description as plain text; one that is not of the top level says of which part it speaks.
fn text(levels: &[String], description: &Description, converter: &mut Converter) -> Result<String, String> {
    if description.text.len() > MAX_DESCRIPTION {
        return Err(format!("its description has more than {} bytes", thousands(MAX_DESCRIPTION as u64)));
    }
    let lines = if description.markdown { description.text.replace('\n', "<br>") } else { description.text.clone() };
    // A picture in a description would be one of no card; nothing of it is taken along.
    let html = converter.convert(&lines, &mut |_| String::new());
    let plain = html.map_err(|TooHeavy(why)| format!("its description has {why}"))?;
    let plain = plain.replace("[image: ]", "").replace("[sound: ]", "");
    let plain = plain.trim();
    let text = match levels {
        [_, .., part] if !plain.is_empty() => format!("{}: {plain}", title(part)),
        _ => plain.to_owned(),
    };
    if text.chars().count() > MAX_TEXT {
        return Err(format!("its description is longer than {} characters", thousands(MAX_TEXT as u64)));
    }
    Ok(text)
}
