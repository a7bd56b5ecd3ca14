//! Cards in the notation that [`super::read`] reads.

use super::card::{option_id, split_question, study};
use super::inline::escape;
use crate::deck::Catalog;
use crate::deck::format::{CardType, RawCard, RawOption};
use crate::model::{Source, Verdict};

/// Cards in the light notation, under a heading for each domain. What the notation can't hold (see [`holds`]) is
/// written as near as it goes.
#[must_use]
pub fn write(cards: &[RawCard]) -> String {
    let mut out = String::new();
    let mut domain: Option<&str> = None;
    for card in cards {
        let own = card.domain.as_deref();
        if own.is_some() && own != domain {
            domain = own;
            out.push_str(&format!("# {}\n\n", own.unwrap_or_default()));
        }
        out.push_str(&card_text(card));
        out.push('\n');
    }
    out
}

/// Whether the notation holds everything of this card: written and read again, it is the same.
#[must_use]
pub fn holds(card: &RawCard) -> bool {
    let read = super::read(&write(std::slice::from_ref(card)), "notes.md");
    matches!(read.items.as_slice(), [item] if item.raw == *card)
}

/// A card that takes whatever can go on a card: reasons, options, every field.
const BEFORE: &str = "? a\nsource: b, c (2000)\nquestion: d?\n- [x] e\n\n";

/// A heading and a card that are there if nothing before them is open.
const AFTER: &str = "\n# after\n\nQ: a\nA: b\n";

/// One card: with as few `\` as read back right between any two others, or with all of them.
fn card_text(card: &RawCard) -> String {
    let heading = format!("# {}\n\n", card.domain.as_deref().unwrap_or_default());
    let read = |light: &str| super::read(&format!("{heading}{BEFORE}{light}{AFTER}"), "notes.md");
    let light = Writer { all: false }.card(card);
    let (with, without) = (read(&light).items, read("").items);
    let apart = match (with.as_slice(), without.as_slice()) {
        ([before, item, after], [first, last]) => before.raw == first.raw && item.raw == *card && after.raw == last.raw,
        _ => false,
    };
    if apart { light } else { Writer { all: true }.card(card) }
}

struct Writer {
    /// Every mark gets its `\`.
    all: bool,
}

impl Writer {
    fn card(&self, card: &RawCard) -> String {
        let mut out = String::new();
        match card.kind {
            Some(CardType::Basic) => {
                self.lines(&mut out, "Q: ", "", card.front.as_deref().unwrap_or_default());
                if let Some(back) = &card.back {
                    self.lines(&mut out, "A: ", "", back);
                }
            }
            Some(CardType::Cloze) => self.lines(&mut out, "", "", card.text.as_deref().unwrap_or_default()),
            Some(CardType::Decision) => self.decision(&mut out, card),
            None => {}
        }
        if let Some(why) = &card.why {
            self.lines(&mut out, "> ", "> ", why);
        }
        if let Some(covers) = &card.covers {
            out.push_str(&format!("covers: {}\n", covers.join(", ")));
        }
        if let Some(note) = &card.note {
            self.lines(&mut out, "note: ", "", note);
        }
        for source in card.sources.iter().flatten() {
            self.source(&mut out, source);
        }
        if let Some(tags) = &card.tags {
            let words: Vec<String> = tags.iter().map(|t| format!("#{t}")).collect();
            out.push_str(&format!("{}\n", words.join(" ")));
        }
        if let Some(id) = &card.id {
            out.push_str(&format!("<!-- id: {id} -->\n"));
        }
        out
    }

    fn decision(&self, out: &mut String, card: &RawCard) {
        let (vignette, question) = (card.vignette.as_deref(), card.question.as_deref());
        let whole = [vignette, question].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let splits = split_question(&whole) == (card.vignette.clone(), card.question.clone());
        self.lines(out, "? ", "", if splits { &whole } else { vignette.unwrap_or_default() });
        if !splits {
            self.lines(out, "question: ", "", question.unwrap_or_default());
        }
        let mut taken = Vec::new();
        for (i, option) in card.options.iter().flatten().enumerate() {
            self.option(out, option, i, &mut taken);
        }
        let next = card.next.as_ref();
        let fields = [
            ("rule", card.rule.as_deref()),
            ("positive", next.map(|n| n.if_positive.as_str()).filter(|t| !t.is_empty())),
            ("negative", next.map(|n| n.if_negative.as_str()).filter(|t| !t.is_empty())),
            ("family", card.family.as_deref()),
            ("modifier", card.modifier.as_deref()),
        ];
        for (name, text) in fields {
            if let Some(text) = text {
                self.lines(out, &format!("{name}: "), "", text);
            }
        }
    }

    fn option(&self, out: &mut String, option: &RawOption, place: usize, taken: &mut Vec<String>) {
        let box_ = match option.verdict {
            Some(Verdict::Best) => "[x] ",
            Some(Verdict::Acceptable) => "[~] ",
            Some(Verdict::Wrong) => "[ ] ",
            None => "",
        };
        // The name people use, if it leads back to this study.
        let name = option.study.as_deref().map(|id| {
            let shown = Catalog::bundled().get(id).map_or(id, |s| s.name.as_str());
            if study(shown) == Some(id) { shown } else { id }
        });
        let text = name.or(option.text.as_deref()).unwrap_or_default();
        let usual = if option.study.is_some() { None } else { Some(option_id(text, place, taken)) };
        taken.extend(option.id.clone().or_else(|| option.study.clone()));
        let mut behind = String::new();
        if let Some(harm) = option.harm {
            behind.push_str(&format!(" ({})", harm.word()));
        }
        if let Some(id) = option.id.as_ref().filter(|id| Some(*id) != usual.as_ref()) {
            behind.push_str(&format!(" (id: {id})"));
        }
        let mut lines = String::new();
        self.lines(&mut lines, &format!("- {box_}"), "  ", text);
        out.push_str(lines.trim_end_matches('\n'));
        out.push_str(&behind);
        out.push('\n');
        if let Some(why) = &option.why {
            self.lines(out, "  > ", "  > ", why);
        }
    }

    fn source(&self, out: &mut String, source: &Source) {
        let plain = Source { url: None, checked: None, basis: None, ..source.clone() };
        let light = cite(source, self.all);
        let line = if super::card::source(&light).as_ref() == Some(&plain) { light } else { cite(source, true) };
        out.push_str(&format!("source: {line}\n"));
        if let Some(url) = &source.url {
            out.push_str(&format!("url: {url}\n"));
        }
        for (name, text) in [("checked", &source.checked), ("basis", &source.basis)] {
            if let Some(text) = text {
                self.lines(out, &format!("{name}: "), "", text);
            }
        }
    }

    /// A text, its lines held together by `\`.
    fn lines(&self, out: &mut String, first: &str, more: &str, text: &str) {
        for (i, line) in text.split('\n').enumerate() {
            if i > 0 {
                out.push_str("\\\n");
            }
            let head = if i == 0 { first } else { more };
            out.push_str(if line.is_empty() { head.trim_end() } else { head });
            out.push_str(&escape(line, self.all));
        }
        out.push('\n');
    }
}

/// `Body, Title (2022), section`.
fn cite(source: &Source, all: bool) -> String {
    let piece = |text: &str| text.split('\n').map(|l| escape(l, all)).collect::<Vec<_>>().join("\\\n");
    let mut out = format!("{}, {} ({})", piece(&source.body), piece(&source.title), source.year);
    if let Some(section) = &source.section {
        out.push_str(&format!(", {}", piece(section)));
    }
    out
}
