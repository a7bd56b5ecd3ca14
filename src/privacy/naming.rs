//! Whether what is written like a name is one, and what to write instead.

#![allow(clippy::unnecessary_wraps, reason = "every judge of a rule can refuse")]

use super::Fix;
use super::given::{is_given, may_be_given};
use super::rule::{Hit, Verdict};
use super::words::{follows_lower_title, is_acronym, is_common, is_eponym, next_word, thing_follows, word_before};
use std::ops::Range;

/// The name in a match: without words that are none at its end, without a possessive; `None` if it is no name.
fn trimmed(text: &str, name: Range<usize>) -> Option<Range<usize>> {
    let found = text.get(name.clone())?;
    let mut end = 0;
    let mut capitals = false;
    let comma = found.contains(',');
    let mut at = 0;
    for (i, word) in found.split_inclusive([' ', ',', '\n']).enumerate() {
        let bare = word.trim_matches(|c: char| !c.is_alphabetic() && c != '\'');
        let initial = bare.chars().count() == 1;
        let dotted = word.trim_end().ends_with('.') && bare.chars().filter(|c| c.is_alphabetic()).count() <= 3;
        if i == 0 {
            capitals = bare.chars().count() > 1 && bare.chars().all(char::is_uppercase);
            if is_common(bare) && !(initial && dotted)
                || (capitals && is_acronym(bare) && bare.chars().count() < 3 && !dotted)
            {
                return None;
            }
        } else if !initial && (is_common(bare) && bare != "and" || !dotted && is_acronym(bare) && !(capitals && comma))
        {
            break;
        }
        at += word.len();
        if bare != "and" {
            end = at;
        }
    }
    let kept = found[..end].trim_end_matches([' ', ',', '\n', '-', '\'', '’']);
    let kept = kept.strip_suffix("'s").or_else(|| kept.strip_suffix("’s")).unwrap_or(kept);
    (!kept.is_empty()).then(|| name.start..name.start + kept.len())
}

/// The group `n`, trimmed.
fn the_name(hit: &Hit<'_>) -> Option<Range<usize>> {
    trimmed(hit.text, hit.caps.name("n")?.range())
}

/// Whether the first word of a name is an abbreviation or belongs to medicine, or what follows makes it a thing.
fn medical(text: &str, name: &Range<usize>) -> bool {
    let found = &text[name.clone()];
    let first = found.split([' ', ',']).next().unwrap_or("");
    let whole = is_eponym(found) || is_eponym(found.trim_end_matches("'s"));
    let last = found.rsplit(' ').next().unwrap_or("");
    let made_a_thing = thing_follows(text, name.end)
        || thing_follows(last, 0)
        || text[name.end..].starts_with("'s ") && thing_follows(text, name.end + 2);
    let short = !first.contains('.') && is_acronym(first);
    whole || made_a_thing || short
}

/// Whether a sentence or a line starts at `at`.
fn starts_sentence(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t', '-', '*', '•']);
    before.is_empty() || before.ends_with(['.', '!', '?', '\n', ':'])
}

/// The span with a noun instead: "Mr. Jones" becomes "the patient", "my pt Ana" keeps "my".
fn noun(text: &str, span: Range<usize>, with_article: &str) -> Verdict {
    let determiner = matches!(
        word_before(text, span.start).as_str(),
        "the"
            | "my"
            | "our"
            | "this"
            | "that"
            | "her"
            | "his"
            | "their"
            | "a"
            | "an"
            | "your"
            | "first"
            | "next"
            | "wrong"
            | "same"
    );
    let bare = with_article.strip_prefix("the ").unwrap_or(with_article);
    let replacement = if determiner {
        bare.to_owned()
    } else if starts_sentence(text, span.start) && with_article.starts_with("the ") {
        format!("The {bare}")
    } else {
        with_article.to_owned()
    };
    (span, Fix { replacement, label: "say the role, not the name" })
}

pub(super) fn patient(hit: &Hit<'_>) -> Option<Verdict> {
    Some(noun(hit.text, hit.value.clone(), "the patient"))
}

pub(super) fn named(span: Range<usize>) -> Option<Verdict> {
    Some((span, Fix { replacement: "[name]".to_owned(), label: "take the name out" }))
}

pub(super) fn titled(hit: &Hit<'_>) -> Option<Verdict> {
    let name = the_name(hit)?;
    let title = hit.group("t").trim_end_matches('.');
    let kin = matches!(
        title,
        "Sister"
            | "Brother"
            | "Father"
            | "Miss"
            | "Aunt"
            | "Uncle"
            | "Baby"
            | "Col"
            | "Sr"
            | "Nurse"
            | "Grandma"
            | "Grandpa"
    );
    if kin && medical(hit.text, &name) || hit.text[name.clone()].starts_with("Mary Joseph") {
        return None;
    }
    // "Dr. Wells' score": what is called by a name of medicine, with a title put before it.
    let behind = ["'s", "’s", "'", "’"].iter().find_map(|s| hit.text[name.end..].strip_prefix(s));
    let end = hit.text.len() - behind.map_or(hit.text.len() - name.end, str::len);
    if role_of(title) == "the doctor" && is_eponym(&hit.text[name.clone()]) && thing_follows(hit.text, end) {
        return None;
    }
    if matches!(title, "Mr" | "Dr" | "Ms") && thing_follows(hit.text, name.end) && is_acronym(&hit.text[name.clone()]) {
        return None;
    }
    Some(noun(hit.text, hit.start()..name.end, role_of(title)))
}

fn role_of(title: &str) -> &'static str {
    match title {
        "Dr" | "DR" | "Drs" | "DRS" | "Prof" | "Professor" | "Doctor" => "the doctor",
        "Nurse" => "the nurse",
        _ => "the patient",
    }
}

pub(super) fn titled_in_lower_case(hit: &Hit<'_>) -> Option<Verdict> {
    let name = hit.caps.name("n")?.range();
    let found = &hit.text[name.clone()];
    let last = found.rsplit(' ').next().unwrap_or("");
    let title = hit.group("t");
    let sure = title == "mrs" || title == "mister";
    let name_like = follows_lower_title(found) || sure && !is_common(found);
    let unit = title == "ms" && hit.group("dot").is_empty();
    if !name_like || unit || is_eponym(last) && thing_follows(hit.text, name.end) {
        return None;
    }
    let end = name.start + found.strip_suffix("'s").unwrap_or(found).trim_end_matches(['-', '\'', '’']).len();
    Some(noun(hit.text, hit.start()..end, if title == "dr" { "the doctor" } else { "the patient" }))
}

pub(super) fn labeled(hit: &Hit<'_>) -> Option<Verdict> {
    let name = the_name(hit)?;
    let sure = hit.text[hit.start()..].to_lowercase().starts_with("name");
    if !sure && medical(hit.text, &name) { None } else { named(name) }
}

pub(super) fn behind_patient(hit: &Hit<'_>) -> Option<Verdict> {
    let group = hit.caps.name("n")?.range();
    let found = &hit.text[group.clone()];
    // "Pt JS 61F" are initials, "Pt NPO" and "pt MS" are not.
    if found.len() == 2 && found.bytes().all(|b| b.is_ascii_uppercase()) {
        let after = hit.text[group.end..].trim_start_matches([' ', ',']);
        let aged = after.starts_with(|c: char| c.is_ascii_digit());
        return aged.then(|| noun(hit.text, hit.start()..group.end, "the patient"));
    }
    let name = trimmed(hit.text, group)?;
    let ends_sentence = !hit.group("dot").is_empty()
        && !starts_sentence(hit.text, hit.start())
        && !hit.text[name.clone()].contains('.');
    // A heading: "Patient Instructions".
    let found = &hit.text[name.clone()];
    let heading = hit.group("t").starts_with('P') && !found.contains(' ') && english(found) && !is_given(found);
    if medical(hit.text, &name) || ends_sentence || heading {
        None
    } else {
        Some(noun(hit.text, hit.start()..name.end, "the patient"))
    }
}

pub(super) fn plain_name(hit: &Hit<'_>) -> Option<Verdict> {
    let name = the_name(hit)?;
    if medical(hit.text, &name) { None } else { named(name) }
}

pub(super) fn close(hit: &Hit<'_>) -> Option<Verdict> {
    let name = the_name(hit)?;
    let lower = hit.text[hit.start()..].starts_with(|c: char| c.is_lowercase());
    // A comma or a colon goes on to anything, except in the middle of a sentence.
    let joined = hit.text[..name.start].ends_with([',', ':']);
    if medical(hit.text, &name) || joined && !lower { None } else { named(name) }
}

pub(super) fn by_somebody(hit: &Hit<'_>) -> Option<Verdict> {
    let name = the_name(hit)?;
    let found = &hit.text[name.clone()];
    let service = !found.contains([' ', '.']) && !is_given(found) && english(found);
    if service || medical(hit.text, &name) || is_eponym(hit.text[name.clone()].split(' ').next().unwrap_or("")) {
        None
    } else {
        named(name)
    }
}

pub(super) fn person(hit: &Hit<'_>, role: &str) -> Option<Verdict> {
    let name = the_name(hit)?;
    if medical(hit.text, &name) { None } else { Some(noun(hit.text, name, role)) }
}

pub(super) fn letter(hit: &Hit<'_>) -> Option<Verdict> {
    let group = hit.caps.name("n").or_else(|| hit.caps.name("h"))?.range();
    let name = trimmed(hit.text, group)?;
    if medical(hit.text, &name) { None } else { named(name) }
}

pub(super) fn capitals(hit: &Hit<'_>) -> Option<Verdict> {
    let group = hit.caps.name("n")?;
    let words: Vec<&str> = group.as_str().split([',', ' ']).filter(|w| w.len() > 1).collect();
    let spoken = words.iter().all(|w| w.contains(['A', 'E', 'I', 'O', 'U', 'Y']) && !is_common(w) && !is_eponym(w));
    if spoken && words.first().is_some_and(|w| w.len() > 3) { named(group.range()) } else { None }
}

pub(super) fn before_age(hit: &Hit<'_>) -> Option<Verdict> {
    let group = hit.caps.name("n")?.range();
    let words = || hit.text[group.clone()].split([' ', ',']).filter(|w| !w.is_empty());
    if hit.text[..group.start].ends_with(char::is_alphanumeric) {
        return None;
    }
    let odd = |w: &str| is_common(w.trim_end_matches('.')) && w.chars().count() > 1 || w.len() > 2 && is_acronym(w);
    if words().any(odd) || words().all(is_eponym) || medical(hit.text, &group) { None } else { named(group) }
}

/// Endings of English and medical words that start a sentence about a patient: "Obese 44F", "Cirrhotic 60M".
const ENDINGS: &[&str] = &[
    "y", "ed", "ing", "al", "ic", "ous", "ent", "ant", "er", "ful", "ive", "able", "ible", "oma", "itis", "osis",
    "sion", "tion", "less", "ish", "ar", "ine", "ism", "ist", "ness", "ure", "ese", "ian", "ile", "oid", "pathy",
    "emia", "uria", "s", "surg", "ortho", "uro", "onc", "peds", "radi",
];

/// Whether a word looks like one of English or of medicine rather than like a name.
pub(super) fn english(word: &str) -> bool {
    let word = word.to_lowercase();
    ENDINGS.iter().any(|e| word.ends_with(e))
}

pub(super) fn one_before_age(hit: &Hit<'_>) -> Option<Verdict> {
    let name = the_name(hit)?;
    let found = &hit.text[name.clone()];
    let comma = hit.text[name.end..].starts_with(',');
    if !comma && english(found) && !is_given(found) || is_eponym(found) || medical(hit.text, &name) {
        None
    } else {
        named(name)
    }
}

pub(super) fn behind_age(hit: &Hit<'_>) -> Option<Verdict> {
    let name = the_name(hit)?;
    let first = hit.text[name.clone()].split(' ').next().unwrap_or("");
    let found = &hit.text[name.clone()];
    let capitals = first.chars().all(char::is_uppercase);
    // One word more than a given name: "54M Syncope" begins a sentence.
    let two = found.split(' ').count() > 1 && found.split(' ').all(|w| !english(w) && may_be_last(w));
    let known = may_be_given(first)
        || two
        || !hit.text[hit.start()..].starts_with(|c: char| c.is_ascii_digit()) && !english(first);
    if capitals || !known || is_eponym(first) || medical(hit.text, &name) { None } else { named(name) }
}

/// "pt ebony washington": only given names that are nothing else, since everything else is in lower case as well.
pub(super) fn lower_case(hit: &Hit<'_>) -> Option<Verdict> {
    let first = hit.caps.name("n")?;
    let mut letters = first.as_str().chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    if !is_given(&capital) || is_common(first.as_str()) {
        return None;
    }
    let last = hit.caps.name("l").filter(|l| may_be_last(l.as_str().trim()) && !english(l.as_str()));
    named(first.start()..last.map_or(first.end(), |l| l.end()))
}

/// Whether a word could be a last name: no word of medicine or of every day, no abbreviation.
fn may_be_last(word: &str) -> bool {
    !is_common(word) && !is_acronym(word) && !is_eponym(word) && !thing_follows(word, 0)
}

pub(super) fn given_and_last(hit: &Hit<'_>) -> Option<Verdict> {
    let group = hit.caps.name("n")?.range();
    let first = hit.text[group.clone()].split(' ').next().unwrap_or("");
    // A letter before means that the match starts inside a word.
    let inside = hit.text[..group.start]
        .chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '\'' | '’'));
    if inside || !may_be_given(first) {
        return None;
    }
    let name = trimmed(hit.text, group)?;
    let last = hit.text[name.clone()].rsplit(' ').next().unwrap_or("");
    let place = matches!(&hit.text[name.clone()], "Ann Arbor" | "Austin Flint" | "Graham Steell" | "Virginia Apgar");
    let word = is_common(last) || is_acronym(last) || thing_follows(last, 0);
    if last == first || word || place || medical(hit.text, &name) { None } else { named(name) }
}

pub(super) fn last_and_given(hit: &Hit<'_>) -> Option<Verdict> {
    let last = hit.found().split(',').next().unwrap_or("");
    let inside = hit.text[..hit.start()]
        .chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '\'' | '’'));
    if inside || !is_given(hit.group("g")) || !may_be_last(last) || medical(hit.text, &hit.value) {
        None
    } else {
        named(hit.value.clone())
    }
}

pub(super) fn given_alone(hit: &Hit<'_>) -> Option<Verdict> {
    let near = |c: char| c.is_alphanumeric() || matches!(c, '-' | '’');
    let end = hit.value.end;
    let after = &hit.text[end..];
    let inside = hit.text[..hit.value.start].ends_with(near) || after.starts_with(near);
    // "San Francisco" and "St. Thomas" are places, "Adam's forward bend test" is a test.
    let place =
        matches!(word_before(hit.text, hit.value.start).trim_end_matches('.'), "san" | "santa" | "saint" | "sankt")
            || hit.text[..hit.value.start].trim_end().ends_with("St.");
    let end = if after.starts_with("'s ") { end + 2 } else { end };
    // "Charles Bonnet syndrome": the word behind is a last name of medicine.
    let next = next_word(hit.text, end);
    let last = next.starts_with(char::is_uppercase)
        && (is_eponym(next) || thing_follows(hit.text, after_word(hit.text, end, next)));
    let thing = thing_follows(hit.text, end) || last;
    if inside || place || thing || !is_given(hit.found()) || is_common(hit.found()) || is_eponym(hit.found()) {
        None
    } else {
        named(hit.value.clone())
    }
}

/// Where the word `next`, which [`next_word`] found from `from`, ends.
fn after_word(text: &str, from: usize, next: &str) -> usize {
    text[from..].find(next).map_or(text.len(), |i| from + i + next.len())
}
