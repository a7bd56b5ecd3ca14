//! What an edit of a card means for somebody who has learned it.

use crate::model::{Body, Card};
use serde::Serialize;

/// How much an edit changes, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EditClass {
    /// Nothing a student reads.
    None,
    /// Other words for the same thing: the schedule stays.
    Wording,
    /// A fact beside the answer (a number, an option, a reason's claim, a source): the schedule stays.
    Detail,
    /// The answer itself: what was learned no longer holds, and the card is due again.
    Answer,
}

impl EditClass {
    /// The word for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::Wording => "wording",
            Self::Detail => "detail",
            Self::Answer => "answer",
        }
    }

    /// What it does to the schedule, as a sentence.
    #[must_use]
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::None | Self::Wording | Self::Detail => "its schedule stays as it is",
            Self::Answer => "if it was answered, it is due again and says what changed",
        }
    }
}

/// The answer of a card (of deletion `part` of a cloze), as shown to a student.
#[must_use]
pub fn answer_of(card: &Card, part: Option<u8>) -> String {
    match &card.body {
        Body::Decision { .. } => card.best().map_or(String::new(), |b| b.text.clone()),
        Body::Basic { back, .. } => back.clone(),
        Body::Cloze { text, .. } => part.map_or_else(|| text.full(), |n| text.answer(n)),
    }
}

/// Everything a card wants to be recalled, as shown to a student: the best option, the back, or what a cloze hides.
#[must_use]
pub fn recalled(card: &Card) -> String {
    let parts: Vec<String> = card.parts().into_iter().map(|part| answer_of(card, part)).collect();
    parts.join("; ")
}

/// How alike two wordings of one answer are (0 to 1, Sørensen-Dice over pairs of letters) to be only that.
const SAME_ANSWER: f64 = 0.75;

/// Words that turn a sentence round.
const TURNERS: &[&str] =
    &["not", "no", "never", "without", "avoid", "contraindicated", "non", "nor", "cannot", "unless"];

/// What an edit from `old` to `new` changes for deletion `part` of a cloze (`None` for other cards).
#[must_use]
pub fn classify(old: &Card, new: &Card, part: Option<u8>) -> EditClass {
    if answer_changed(old, new, part) {
        return EditClass::Answer;
    }
    let (before, after) = (read_by_students(old), read_by_students(new));
    if before == after && old.sources == new.sources {
        return EditClass::None;
    }
    if shape(old) != shape(new) || facts(&before) != facts(&after) || old.sources != new.sources {
        EditClass::Detail
    } else {
        EditClass::Wording
    }
}

/// The largest class of edit among the parts of a card.
#[must_use]
pub fn largest(old: &Card, new: &Card) -> EditClass {
    old.parts().into_iter().map(|p| classify(old, new, p)).max().unwrap_or(EditClass::None)
}

/// Does a student who knows the old card now know something wrong?
fn answer_changed(old: &Card, new: &Card, part: Option<u8>) -> bool {
    if let (Some(a), Some(b)) = (old.best(), new.best()) {
        // A study is what it is, whatever the catalog calls it; a text is what it says.
        return match (&a.study, &b.study) {
            (Some(a), Some(b)) => a != b,
            _ => !same_words(&a.text, &b.text),
        };
    }
    if old.type_word() != new.type_word() {
        return true;
    }
    !same_words(&answer_of(old, part), &answer_of(new, part))
}

/// Two wordings of one thing: alike, with the same numbers, nothing turned round and no word put for another.
#[must_use]
pub fn same_words(a: &str, b: &str) -> bool {
    let (wa, wb) = (words(a), words(b));
    if wa == wb {
        return true;
    }
    facts(a) == facts(b) && strsim::sorensen_dice(&wa.join(" "), &wb.join(" ")) >= SAME_ANSWER && !exchanged(&wa, &wb)
}

/// Words that come and go without changing what is said.
const FILLERS: &[&str] = &["a", "an", "the", "of", "in", "on", "at", "for", "is", "are", "be", "its", "this", "that"];

/// In an answer of at most this many words another word is another answer; in a longer one it may be only style.
const SHORT_ANSWER: usize = 12;

/// Longest answer whose words are held against each other.
const LONGEST_ANSWER: usize = 400;

/// Letters alone do not tell "hypokalemia" from "hyperkalemia", or one word of an answer from its opposite.
fn exchanged(a: &[String], b: &[String]) -> bool {
    let left = |from: &[String], other: &[String]| -> Vec<String> {
        let mut other: Vec<&String> = other.iter().collect();
        let mut out = Vec::new();
        for word in from.iter().filter(|w| !FILLERS.contains(&w.as_str())) {
            match other.iter().position(|o| *o == word) {
                Some(at) => drop(other.swap_remove(at)),
                None => out.push(word.clone()),
            }
        }
        out
    };
    if a.len().max(b.len()) > LONGEST_ANSWER {
        return false;
    }
    let (mut few, mut many) = (left(a, b), left(b, a));
    if few.len() > many.len() {
        std::mem::swap(&mut few, &mut many);
    }
    if few.iter().any(|f| many.iter().any(|m| opposed(f, m))) {
        return true;
    }
    // Written in two words or with a hyphen.
    if a.len().max(b.len()) > SHORT_ANSWER || few.concat() == many.concat() {
        return false;
    }
    few.iter().any(|f| match many.iter().position(|m| near(f, m)) {
        Some(at) => {
            many.swap_remove(at);
            false
        }
        None => true,
    })
}

/// One word, misspelled or in another form.
fn near(a: &str, b: &str) -> bool {
    let long = a.chars().count().max(b.chars().count());
    let shared = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let slips = if long >= 8 { 2 } else { usize::from(long >= 4) };
    shared >= 1 && (strsim::osa_distance(a, b) <= slips || shared >= 4 && shared * 5 >= long * 3)
}

/// Words of which one is the opposite of the other.
const OPPOSITES: &[(&str, &str)] = &[
    ("left", "right"),
    ("upper", "lower"),
    ("superior", "inferior"),
    ("anterior", "posterior"),
    ("medial", "lateral"),
    ("proximal", "distal"),
    ("central", "peripheral"),
    ("before", "after"),
    ("early", "late"),
    ("early", "delayed"),
    ("high", "low"),
    ("higher", "lower"),
    ("more", "less"),
    ("first", "last"),
    ("first", "second"),
    ("arterial", "venous"),
    ("artery", "vein"),
    ("acute", "chronic"),
    ("positive", "negative"),
    ("present", "absent"),
    ("benign", "malignant"),
    ("systolic", "diastolic"),
    ("ascending", "descending"),
    ("male", "female"),
    ("and", "or"),
    ("ct", "mri"),
];

/// Beginnings that make another word of the same ending.
const BEGINNINGS: &[&[&str]] = &[
    &["hyper", "hypo", "iso"],
    &["intra", "extra", "inter", "infra", "supra", "sub", "epi", "retro", "para"],
    &["ab", "ad"],
    &["in", "de"],
    &["pre", "post", "peri"],
    &["ante", "retro"],
    &["brady", "tachy"],
    &["macro", "micro"],
    &["uni", "bi", "ipsi", "contra"],
    &["", "un", "in", "im", "a", "non", "dis"],
];

fn opposed(a: &str, b: &str) -> bool {
    let listed = OPPOSITES.iter().any(|(x, y)| (a, b) == (*x, *y) || (b, a) == (*x, *y));
    listed
        || BEGINNINGS.iter().any(|group| {
            let rests = |word: &'_ str| -> Vec<String> {
                let rests = group.iter().filter_map(|p| word.strip_prefix(p));
                rests.filter(|rest| rest.len() >= 4).map(str::to_owned).collect()
            };
            let theirs = rests(b);
            rests(a).iter().any(|rest| theirs.contains(rest))
        })
}

/// Lower-case words and numbers, without punctuation. A point or slash between digits stays: 4.5, 120/80.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let chars: Vec<char> = lower.chars().collect();
    let mut out = Vec::new();
    let mut word = String::new();
    for (i, c) in chars.iter().enumerate() {
        let digit = |at: Option<&char>| at.is_some_and(char::is_ascii_digit);
        let joins = matches!(c, '.' | '/' | ',') && i > 0 && digit(chars.get(i - 1)) && digit(chars.get(i + 1));
        if c.is_alphanumeric() || joins || matches!(c, '%' | '<' | '>' | '\u{2264}' | '\u{2265}') {
            word.push(*c);
        } else if !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// The numbers of a text, its comparisons and its turns, in order.
fn facts(text: &str) -> Vec<String> {
    words(text)
        .into_iter()
        .filter(|w| {
            w.chars().any(|c| c.is_ascii_digit() || matches!(c, '<' | '>' | '\u{2264}' | '\u{2265}'))
                || TURNERS.contains(&w.as_str())
        })
        .collect()
}

/// Everything but words: the options with their verdicts.
fn shape(card: &Card) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> =
        card.options().iter().map(|o| (o.id.clone(), format!("{} {:?}", o.verdict, o.harm))).collect();
    out.sort();
    out
}

fn read_by_students(card: &Card) -> String {
    let mut parts: Vec<&str> = Vec::new();
    match &card.body {
        Body::Decision { vignette, question, options, rule, next, .. } => {
            parts.extend([vignette.as_str(), question, rule, &next.if_positive, &next.if_negative]);
            for option in options {
                parts.extend([option.text.as_str(), &option.why]);
            }
        }
        Body::Basic { front, back, why } => {
            parts.extend([front.as_str(), back]);
            parts.extend(why.as_deref());
        }
        Body::Cloze { text, why } => {
            parts.push(text.source());
            parts.extend(why.as_deref());
        }
    }
    parts.extend(card.note.as_deref());
    parts.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deck::{Catalog, parse_card};

    fn basic(front: &str, back: &str) -> Card {
        let json = serde_json::json!({"id": "a", "type": "basic", "domain": "d", "front": front, "back": back});
        parse_card(&json.to_string(), Catalog::bundled()).expect("a card")
    }

    #[test]
    fn a_typo_is_wording_and_a_number_is_the_answer() {
        let old = basic("Window for thrombolysis?", "4.5 hours from last known well");
        let class = |back: &str| classify(&old, &basic("Window for thrombolysis?", back), None);
        assert_eq!(class("4.5 hours from last known well"), EditClass::None);
        assert_eq!(class("4.5 hours, from last-known well."), EditClass::Wording);
        assert_eq!(class("9 hours from last known well"), EditClass::Answer);
        assert_eq!(class("not 4.5 hours from last known well"), EditClass::Answer);
        assert_eq!(class("perfusion imaging"), EditClass::Answer);
        assert_eq!(
            classify(&old, &basic("Window for TNK in minutes, 2 places?", &old_back()), None),
            EditClass::Detail
        );
    }

    fn old_back() -> String {
        "4.5 hours from last known well".to_owned()
    }

    #[test]
    fn one_word_can_turn_an_answer() {
        for (a, b) in [
            ("Hypokalemia", "Hyperkalemia"),
            ("Increased uptake", "Decreased uptake"),
            ("Left renal artery", "Right renal artery"),
            ("Ultrasound of the right upper quadrant", "Ultrasound of the right lower quadrant"),
            ("Abduction view", "Adduction view"),
            ("T1 hyperintense", "T1 hypointense"),
            ("CT abdomen and pelvis in the portal venous phase", "CT abdomen and pelvis in the arterial phase"),
            ("Infrarenal aneurysm", "Intrarenal aneurysm"),
            ("MRI of the brain with gadolinium contrast", "MRI of the spine with gadolinium contrast"),
            ("Start anticoagulation before imaging", "Start anticoagulation after imaging"),
        ] {
            assert!(!same_words(a, b), "{a} / {b}");
            assert!(!same_words(b, a), "{b} / {a}");
        }
        for (a, b) in [
            ("CT angiography head and neck", "CT angiography of the head and neck"),
            ("Ischemic stroke of the left hemisphere", "Ischaemic stroke of the left hemisphere"),
            ("CT of the kidneys without contrast", "CT of the kidney without contrast"),
            ("4.5 hours from last known well", "4.5 hours from last-known-well time"),
            ("Hypokalmia with long QT", "Hypokalemia with long QT"),
            ("No imaging", "No imaging."),
        ] {
            assert!(same_words(a, b), "{a} / {b}");
        }
    }

    fn decision(best: usize, why: &str) -> Card {
        let verdict = |i: usize| if i == best { "best" } else { "wrong" };
        let harm = |i: usize| if i == best { serde_json::Value::Null } else { "delays".into() };
        let mut card = serde_json::json!({"id": "a", "type": "decision", "domain": "d", "vignette": "v", "question": "q",
            "options": [{"study": "ct-head-without", "verdict": verdict(0), "harm": harm(0), "why": why},
                        {"id": "none", "text": "No imaging", "verdict": verdict(1), "harm": harm(1), "why": "w"}],
            "rule": "r", "next": {"if_positive": "p", "if_negative": "n"},
            "sources": [{"body": "ACR", "title": "t", "year": 2024}]});
        for option in card["options"].as_array_mut().expect("a list") {
            if option["harm"].is_null() {
                option.as_object_mut().expect("an object").remove("harm");
            }
        }
        parse_card(&card.to_string(), Catalog::bundled()).expect("a card")
    }

    #[test]
    fn another_best_option_is_another_answer() {
        assert_eq!(classify(&decision(0, "w"), &decision(1, "w"), None), EditClass::Answer);
        assert_eq!(classify(&decision(0, "It is fast."), &decision(0, "It is quick."), None), EditClass::Wording);
        assert_eq!(classify(&decision(0, "Within 1 h."), &decision(0, "Within 2 h."), None), EditClass::Detail);
        assert_eq!(classify(&decision(0, "w"), &basic("v", "No imaging"), None), EditClass::Answer);
    }

    #[test]
    fn a_cloze_is_judged_deletion_by_deletion() {
        let cloze = |text: &str| {
            let json = serde_json::json!({"id": "a", "type": "cloze", "domain": "d", "text": text});
            parse_card(&json.to_string(), Catalog::bundled()).expect("a card")
        };
        let old = cloze("TNK {{c1::0.25 mg/kg}} within {{c2::4.5 h}}");
        let new = cloze("TNK {{c1::0.4 mg/kg}} within {{c2::4.5 h}}");
        assert_eq!(classify(&old, &new, Some(1)), EditClass::Answer);
        assert_eq!(classify(&old, &new, Some(2)), EditClass::Detail);
    }
}
