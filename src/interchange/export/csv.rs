//! Writing decks as CSV or TSV: for a spreadsheet, for Anki, and back.
//!
//! The file starts with Anki's header lines, so that Anki's own import finds the guid, the note type, the deck, the
//! tags, the front and the back; it passes over the lines that start with `#scanwise`, which are for us.
//!
//! | column | holds | read back |
//! |---|---|---|
//! | `guid` | deck id, `/`, card id: the same in Anki for ever | yes |
//! | `notetype` | Basic or Cloze, for Anki; a decision is a Basic note there | no |
//! | `deck` | the deck's title | by the `#scanwise deck:` line of its id |
//! | `tags` | slugs between spaces | yes |
//! | `Front`, `Back` | a basic card; a cloze's text and reason; for a decision the question with lettered options, and the answer in words | not of a decision |
//! | `type`, `domain`, `family`, `modifier`, `covers`, `vignette`, `question`, `rule`, `why`, `note` | the field of that name | yes |
//! | `options`, `next`, `sources` | the field as compact JSON | yes |
//! | `my note`, `my tags` | what the student added; only when asked for | no |
//! | `due`, `interval`, `ease`, `repetition`, `answers`, `lapses` | progress, one value for each deletion of a cloze; only when asked for | no |
//!
//! Each field has its own column rather than the whole card in one, so that it can be sorted, filtered and edited in a
//! spreadsheet and the edit comes back; a decision is changed in its own columns, not in `Front` and `Back`.
//!
//! A cell that a spreadsheet would run as a formula (it starts with `=`, `+`, `-`, `@`, a tab or a line end) gets a `'` in
//! front, as spreadsheets themselves do it ([`guard`]); reading takes it away again, Anki shows it. This holds for a
//! program that takes the cells apart where we put them together: opened as semicolon-separated, a comma file has other
//! cells.

use super::{OutCard, OutDeck, OutPart};
use crate::interchange::table::{DECK, LAYOUT, MARK, guard};
use crate::model::{Body, Choice, Verdict};
use csv::{Writer, WriterBuilder};
use serde::Serialize;
use std::io::{self, Write};

/// What a table can't hold.
pub const CANNOT_HOLD: &[&str] = &[
    "the review log: progress is written as columns for the eye, and not read back",
    "personal notes and tags: written when asked for, and not read back",
    "pictures and sounds: only their names",
    "a flag or a suspension",
    "the difference between an empty list of tags or decision points and none",
    "a deck's \"$schema\"",
];

/// Columns of every file; Anki reads the first ones by their place.
const COLUMNS: &[&str] = &[
    "guid", "notetype", "deck", "tags", "Front", "Back", "type", "domain", "family", "modifier", "covers", "vignette",
    "question", "options", "rule", "next", "why", "note", "sources",
];
const PERSONAL: &[&str] = &["my note", "my tags"];
const PROGRESS: &[&str] = &["due", "interval", "ease", "repetition", "answers", "lapses"];

/// Writes decks as one table: between tabs, or between commas.
///
/// # Errors
/// When the writer fails.
pub fn write(decks: &[OutDeck], tabs: bool, out: &mut dyn Write) -> io::Result<()> {
    let cards = || decks.iter().flat_map(|d| &d.cards);
    let personal = cards().any(|c| c.personal.is_some());
    let progress = cards().flat_map(|c| &c.parts).any(|p| !p.history.is_empty());
    let mut columns = COLUMNS.to_vec();
    if personal {
        columns.extend(PERSONAL);
    }
    if progress {
        columns.extend(PROGRESS);
    }
    let (word, separator) = if tabs { ("tab", "\t") } else { ("comma", ",") };
    writeln!(out, "#separator:{word}\n#html:false")?;
    writeln!(out, "#columns:{}", columns.join(separator))?;
    writeln!(out, "#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:4")?;
    writeln!(out, "{MARK}{LAYOUT}")?;
    for deck in decks {
        let mut header = deck.header.clone();
        (header.cards, header.schema) = (None, None);
        writeln!(out, "{DECK}{}", json(&header)?)?;
    }
    let mut rows =
        WriterBuilder::new().delimiter(separator.bytes().next().unwrap_or(b',')).comment(Some(b'#')).from_writer(out);
    for deck in decks {
        for card in &deck.cards {
            row(&mut rows, deck, card, personal, progress)?;
        }
    }
    rows.flush()
}

fn json<T: Serialize>(value: &T) -> io::Result<String> {
    serde_json::to_string(value).map_err(io::Error::other)
}

fn row(
    rows: &mut Writer<&mut dyn Write>,
    deck: &OutDeck,
    out: &OutCard,
    personal: bool,
    progress: bool,
) -> io::Result<()> {
    let raw = &out.raw;
    let deck_id = deck.header.id.as_deref().unwrap_or_default();
    let (front, back) = faces(out);
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let list = |l: &Option<Vec<String>>| l.as_ref().map(|l| l.join(" ")).unwrap_or_default();
    let notetype = if matches!(out.card.body, Body::Cloze { .. }) { "Cloze" } else { "Basic" };
    let mut cells = vec![
        format!("{deck_id}/{}", out.card.id),
        notetype.to_owned(),
        // Anki before 24 makes a new deck of every row whose deck has a quote in its name.
        deck.header.title.as_deref().unwrap_or(deck_id).replace('"', "'"),
        list(&raw.tags),
        front,
        back,
        out.card.type_word().to_owned(),
        text(&raw.domain),
        text(&raw.family),
        text(&raw.modifier),
        list(&raw.covers),
        text(&raw.vignette),
        text(&raw.question),
        raw.options.as_ref().map(json).transpose()?.unwrap_or_default(),
        text(&raw.rule),
        raw.next.as_ref().map(json).transpose()?.unwrap_or_default(),
        text(&raw.why),
        text(&raw.note),
        raw.sources.as_ref().map(json).transpose()?.unwrap_or_default(),
    ];
    if personal {
        let mine = out.personal.as_ref();
        cells.push(mine.and_then(|p| p.note.clone()).unwrap_or_default());
        cells.push(mine.map(|p| p.tags.join(" ")).unwrap_or_default());
    }
    if progress {
        cells.extend(states(&out.parts));
    }
    for cell in &cells {
        rows.write_field(guard(cell).as_bytes())?;
    }
    Ok(rows.write_record(None::<&[u8]>)?)
}

/// Progress by column, one value for each part that has any.
fn states(parts: &[OutPart]) -> [String; 6] {
    let mut columns: [Vec<String>; 6] = Default::default();
    for part in parts {
        let state = &part.state;
        let known = !part.history.is_empty();
        let shown = |value: String| if known { value } else { "new".to_owned() };
        let ease = state.memory.ease.thousandths();
        let values = [
            shown(state.due.map_or_else(|| "new".to_owned(), |d| d.date().to_string())),
            shown(state.memory.interval.to_string()),
            shown(format!("{}.{:03}", ease / 1_000, ease % 1_000)),
            shown(state.memory.repetition.to_string()),
            shown(state.answers.to_string()),
            shown(state.lapses.to_string()),
        ];
        for (column, value) in columns.iter_mut().zip(values) {
            column.push(value);
        }
    }
    columns.map(|c| c.join(" "))
}

/// The two sides Anki shows, and people read.
fn faces(out: &OutCard) -> (String, String) {
    match &out.card.body {
        Body::Basic { front, back, .. } => (front.clone(), back.clone()),
        Body::Cloze { text, why } => (text.source().to_owned(), why.clone().unwrap_or_default()),
        Body::Decision { vignette, question, options, rule, next, .. } => {
            let mut front = format!("{vignette}\n\n{question}\n");
            let mut back = String::new();
            for (choice, letter) in options.iter().zip('A'..) {
                front.push_str(&format!("\n{letter}. {}", choice.text));
                back.push_str(&format!("{letter}. {} ({}): {}\n", choice.text, verdict(choice), choice.why));
            }
            back.push_str(&format!("\n{rule}\n\nPositive: {}\nNegative: {}", next.if_positive, next.if_negative));
            for source in &out.card.sources {
                back.push_str(&format!("\nSource: {}", source.cite()));
            }
            let best = options.iter().zip('A'..).find(|(c, _)| c.verdict == Verdict::Best);
            let best = best.map(|(c, letter)| format!("{letter}. {}\n\n", c.text)).unwrap_or_default();
            (front, format!("{best}{back}"))
        }
    }
}

/// "wrong, unsafe".
fn verdict(choice: &Choice) -> String {
    match choice.harm {
        Some(harm) => format!("{}, {}", choice.verdict.word(), harm.word()),
        None => choice.verdict.word().to_owned(),
    }
}
