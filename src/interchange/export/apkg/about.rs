//! What a deck says of itself, in the description of an Anki deck: a text for people and, behind it in a comment that is
//! never shown, the header as it is. Anki keeps both, and gives them back when it exports.

use super::fields::{ascii, html};
use crate::deck::Catalog;
use crate::deck::format::RawDeck;
use crate::deck::read::keep_header_rules;
use crate::model::text::thousands;

const OPEN: &str = "<!--scanwise ";
const CLOSE: &str = "-->";

/// Longest header, in bytes of its JSON; one that would be longer is written for people alone.
pub const MAX_HEADER: usize = 512 << 10;

/// The description of a deck with this header.
pub(super) fn description(header: &RawDeck) -> String {
    let by = header.authors.as_ref().filter(|a| !a.is_empty()).map(|a| format!("By {}.", a.join(", ")));
    let license = header.license.as_ref().map(|l| format!("License: {l}."));
    let version = header.version.as_ref().map(|v| format!("Version {v}."));
    let lines = [header.description.clone(), version, by, license];
    let text = html(&lines.into_iter().flatten().collect::<Vec<_>>().join("\n"));
    let own = RawDeck { schema: None, cards: None, ..header.clone() };
    // Two dashes could end the comment.
    let json = ascii(&serde_json::to_string(&own).unwrap_or_default(), "<>&'-");
    if json.len() > MAX_HEADER { text } else { format!("{text}{OPEN}{json}{CLOSE}") }
}

/// The header in a description, or why it can't be taken: it is nobody's word, and keeps every rule or is none. `None`
/// when there is no header.
pub fn header_in(description: &str) -> Option<Result<RawDeck, String>> {
    let (_, rest) = description.split_once(OPEN)?;
    let foreign = || "it is not what scanwise writes".to_owned();
    let Some((json, _)) = rest.split_once(CLOSE) else { return Some(Err(foreign())) };
    if json.len() > MAX_HEADER {
        let (n, most) = (thousands(json.len() as u64), thousands(MAX_HEADER as u64));
        return Some(Err(format!("it has {n} bytes; at most {most}")));
    }
    let Some(raw) = serde_json::from_str::<RawDeck>(json).ok().filter(|raw| raw.cards.is_none()) else {
        return Some(Err(foreign()));
    };
    Some(checked(raw))
}

/// The header, when it keeps the rules of decks; else the first that it breaks.
pub fn checked(header: RawDeck) -> Result<RawDeck, String> {
    keep_header_rules(&header, Catalog::bundled())?;
    Ok(RawDeck { schema: None, cards: None, ..header })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(description: &str) -> RawDeck {
        RawDeck {
            format: Some(1),
            id: Some("stroke".to_owned()),
            title: Some("Stroke".to_owned()),
            version: Some("2026.11".to_owned()),
            authors: Some(vec!["Anna".to_owned(), "Ben".to_owned()]),
            license: Some("CC-BY-4.0".to_owned()),
            description: Some(description.to_owned()),
            ..RawDeck::default()
        }
    }

    #[test]
    fn people_read_a_text_and_the_header_comes_back() {
        let header = header("5 < 6 --> \u{2014}\n<!--scanwise {\"id\":\"x\"}-->");
        let text = description(&header);
        let (people, comment) = text.split_once("<!--").expect("a comment");
        assert_eq!(
            people,
            "5 &lt; 6 --&gt; \u{2014}<br>&lt;!--scanwise {&quot;id&quot;:&quot;x&quot;}--&gt;<br>Version 2026.11.<br>\
             By Anna, Ben.<br>License: CC-BY-4.0."
        );
        let inside = comment.strip_suffix("-->").expect("its end");
        assert!(inside.is_ascii() && !inside.contains('-') && !inside.contains(['<', '>', '&']), "{inside}");
        assert_eq!(header_in(&text), Some(Ok(header)));
        assert_eq!(header_in(people), None);
        assert_eq!(header_in("<!--scanwise {}"), Some(Err("it is not what scanwise writes".to_owned())));
    }

    #[test]
    fn a_header_that_would_be_too_long_is_for_people_alone() {
        let mut header = header("x");
        header.authors = Some(vec!["\u{1f480}".repeat(20_000); 3]);
        assert_eq!(header_in(&description(&header)), None);
    }
}
