//! Names of people: behind a title, a role or a label, or before an age.

use super::given::{is_given, may_be_given};
use super::rule::{Hit, Rule, Verdict};
use super::words::{follows_lower_title, is_acronym, is_common, is_eponym, thing_follows, word_before};
use super::{Finding, Fix, Kind};
use regex::Regex;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

/// One word of a name, with what may stand before it: "Okafor", "O'Brien", "de la Cruz", "St. Clair".
macro_rules! part {
    () => {
        r"(?:(?:[Dd]e la|[Dd]e|[Dd]a|[Dd]el|[Dd]os|[Vv]an der|[Vv]an den|[Vv]an|[Vv]on|[Aa]l|[Ee]l|bin|ibn|[Ll]a|[Ll]e|St\.?|O|Ó)[ -])?\p{Lu}[\p{L}\p{M}'’-]+"
    };
}

/// A name: words, initials, or both.
macro_rules! name {
    () => {
        concat!(
            r"(?:(?:\p{Lu}\. ?){1,3}(?:",
            part!(),
            r"(?: ",
            part!(),
            r")?)?|",
            part!(),
            r"(?: (?:\p{Lu}\.?\b )?",
            part!(),
            r"){0,4}(?: \p{Lu}\b\.?)?)"
        )
    };
}

pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: Kind::Name,
        why: "a name behind a title",
        needs: "mr mrs ms miss mx dr drs prof professor mister madam sgt cpl capt lt col rev pastor rabbi imam nurse señor señora sr sra herr frau mme monsieur doctor grandma grandpa aunt uncle sister brother father baby",
        pattern: concat!(
            r"\b(?P<t>(?:Mr\.? ?(?:&|and) ?)?(?:MRS?\.|MS\.|DRS?\.|(?:Mrs?|Ms|Miss|Mx|Drs?|Prof|Professor|Mister|Madam|Sgt|Cpl|Capt|Lt|Col|Rev|Pastor|Rabbi|Imam|Nurse|Señora?|Sra?|Herr|Frau|Mme|Monsieur|Doctor|Grandma|Grandpa|Aunt|Uncle|Sister|Brother|Father|Baby(?: [Bb]oy| [Gg]irl)?)\b))\.?\s{0,2}(?P<n>",
            name!(),
            r"(?: and ",
            part!(),
            r")?|\p{Lu}\b)"
        ),
        judge: titled,
    },
    Rule {
        kind: Kind::Name,
        why: "a name behind a title",
        needs: "mr mrs ms dr mister",
        pattern: r"\b(?P<t>mrs|mr|ms|dr|mister)(?P<dot>\.?) (?P<n>(?:(?:van der|van|von|de la|de|al|el|st\.?|o)[ -])?[\p{Ll}][\p{L}'’-]+)",
        judge: titled_in_lower_case,
    },
    Rule {
        kind: Kind::Name,
        why: "a name with a form of address",
        needs: "san sama sensei ji",
        pattern: r"\b\p{Lu}\p{Ll}+-(?:san|sama|sensei|ji)\b",
        judge: patient,
    },
    Rule {
        kind: Kind::Name,
        why: "a name behind its label",
        needs: "name patient pt client physician ordering attending referring ref pcp provider radiologist surgeon read signed nurse attn cc resident student mother father contact poa",
        pattern: concat!(
            r"\b(?i:name|patient|pt|patient name|pt name|client|physician|ordering|attending|referring|ref md|referring md|pcp|provider|radiologist|surgeon|read by|signed|nurse|attn|cc|resident|student|mother|father|contact|poa)(?: name)?[ \t]*[:=][ \t]*(?P<n>",
            name!(),
            r"(?:, ",
            name!(),
            r")?)"
        ),
        judge: labeled,
    },
    Rule {
        kind: Kind::Name,
        why: "a name behind the word for the patient",
        needs: "pt patient client",
        pattern: concat!(
            r"\b(?P<t>(?:[Pp]t|PT|[Pp]atient|PATIENT|[Cc]lient)(?P<dot>\.?)) (?:is |named |called )?(?P<n>",
            name!(),
            r"|\p{Lu}{2}\b)"
        ),
        judge: behind_patient,
    },
    Rule {
        kind: Kind::Name,
        why: "a name",
        needs: "named name call goes aka a chart",
        pattern: concat!(
            r#"\b(?:named|[Nn]ame is|name's|(?:real|first|last|trauma|full) name|name band says|chart says|call me|goes by|a\.?k\.?a\.?) ["“]?(?P<n>"#,
            name!(),
            r#"["”]?(?:, "#,
            name!(),
            ")?)"
        ),
        judge: plain_name,
    },
    Rule {
        kind: Kind::Name,
        why: "a name",
        needs: "known called",
        pattern: concat!(r#"\b(?:known as|called) (?P<n>["“]\p{Lu}\p{L}+["”](?: "#, name!(), ")?)"),
        judge: |hit| hit.replaced("[name]", "take the name out"),
    },
    Rule {
        kind: Kind::Name,
        why: "a name of somebody close",
        needs: "wife husband spouse partner son sons daughter daughters dtr mother mom mum father dad brother sister granddaughter grandson grandmother grandfather grandma grandpa neighbor aunt uncle cousin friend caregiver baby twin roommate girlfriend boyfriend fiance fiancee niece nephew interpreter parent parents kids children colleague preceptor attending hospitalist resident intern tech technologist nurse fellow sonographer chaplain student",
        pattern: concat!(
            r"\b(?i:wife|husband|spouse|partner|son|daughter|dtr|mother|mom|mum|father|dad|brother|sister|granddaughter|grandson|grandmother|grandfather|grandma|grandpa|neighbor|aunt|uncle|cousin|friend|caregiver|baby|twin|roommate|girlfriend|boyfriend|fiancee?|niece|nephew|interpreter|parents?|kids|children|sons|daughters|colleague|preceptor|attending|hospitalist|baby (?:boy|girl)|resident|intern|tech|technologist|nurse|fellow|sonographer|chaplain|student)(?:-in-law)?(?:,? is |,? named |, | \(|: | )(?P<n>",
            name!(),
            r"(?: and ",
            part!(),
            r"(?: ",
            part!(),
            ")?)?)"
        ),
        judge: close,
    },
    Rule {
        kind: Kind::Name,
        why: "a name behind its label",
        needs: "name surname forename",
        pattern: concat!(
            r"(?:^|[\n,;.] ?)(?:[Ss]ur|[Ll]ast |[Ff]irst |[Gg]iven |[Ff]ore)?[Nn]ame:? (?P<n>",
            name!(),
            ")"
        ),
        judge: plain_name,
    },
    Rule {
        kind: Kind::Name,
        why: "a name behind the word for the patient",
        needs: "pt patient wife husband son daughter dtr mom dad mother father sister brother",
        pattern: r"\b(?:[Pp]t|[Pp]atient|wife|husband|son|daughter|dtr|mom|dad|mother|father|sister|brother) (?P<n>\p{Ll}{3,})(?P<l> \p{Ll}[\p{L}'-]+)?",
        judge: lower_case,
    },
    Rule {
        kind: Kind::Name,
        why: "a name behind an age",
        needs: "m f man woman male female boy girl lady +9",
        pattern: concat!(
            r"\b[0-9]{1,3} ?-?(?:yo|y/o|y\.o\.|yr|year)?[ -]?(?:old)? ?(?:M|F|man|woman|male|female|boy|girl|lady),? (?:named |called )?(?P<n>",
            part!(),
            r"(?: ",
            part!(),
            ")?)"
        ),
        judge: behind_age,
    },
    Rule {
        kind: Kind::Name,
        why: "a name before what a patient does",
        needs: "denies endorses refuses refused declines declined c called",
        pattern: concat!(
            r"(?m)(?:^|[.!?] )(?P<n>",
            part!(),
            r") (?:denies|endorses|refuses|refused|declines|declined|c/o|called again|called back)\b"
        ),
        judge: behind_age,
    },
    Rule {
        kind: Kind::Name,
        why: "a name in brackets behind a person",
        needs: "woman man lady gentleman guy girl boy kid child infant patient pt male female",
        pattern: concat!(
            r"\b(?i:woman|man|lady|gentleman|guy|girl|boy|kid|child|infant|patient|pt|male|female) \((?P<n>",
            name!(),
            r")[),]"
        ),
        judge: plain_name,
    },
    Rule {
        kind: Kind::Name,
        why: "a name of whoever did it",
        needs: "by",
        pattern: concat!(
            r"\b(?i:seen|read|reviewed|signed|operated|performed|biopsied|dictated|interpreted|staffed|evaluated|done|ordered|examined)(?: with| w/?)? by (?:[a-z]+ ){0,2}?(?P<n>",
            name!(),
            ")"
        ),
        judge: by_somebody,
    },
    Rule {
        kind: Kind::Name,
        why: "a name with a degree",
        needs: "md m do np pa rn phd mbbs fnp crna",
        pattern: concat!(
            r"(?P<n>(?:\p{Lu}\. ?|",
            part!(),
            r" )(?:\p{Lu}\. )?",
            part!(),
            r"),? (?:MD|M\.D\.|DO|NP|PA-C|RN|PhD|MBBS|FNP|CRNA)\b"
        ),
        judge: |hit| person(hit, "the doctor"),
    },
    Rule {
        kind: Kind::Name,
        why: "a name at the head or the end of a letter",
        needs: "thanks thank regards sincerely cheers hi hello dear hey",
        pattern: concat!(
            r"\b(?:(?i:thanks|thank you|regards|sincerely|cheers)[,!]?\s{1,2}(?P<n>",
            name!(),
            r")\s*(?:[.\n]|$)|(?:Hi|Hello|Dear|Hey) (?P<h>",
            name!(),
            "))"
        ),
        judge: letter,
    },
    Rule {
        kind: Kind::Name,
        why: "a name, last name first",
        needs: "caps",
        pattern: r"(?P<n>\p{Lu}{3,}, \p{Lu}{2,}(?: \p{Lu}\b)?)(?:[ ,]{1,2}(?:M|F|[0-9]{1,3} ?Y?|DOB|MRN)\b|\))",
        judge: capitals,
    },
    Rule {
        kind: Kind::Name,
        why: "a name behind a bed or a room",
        needs: "bed room rm bay icu +9",
        pattern: concat!(r"\b(?i:bed|room|rm|bay|icu bed) ?[0-9]{1,4}[A-Za-z]?[):,]?[ -]{1,3}(?P<n>", name!(), ")"),
        judge: plain_name,
    },
    Rule {
        kind: Kind::Name,
        why: "a name before a bed or a room",
        needs: "bed room rm n s e w +9",
        pattern: concat!(r"(?P<n>", name!(), r"),? \(?(?:(?i:bed|room|rm) ?#?[0-9]|[0-9]{1,2}[NSEW][ -])"),
        judge: plain_name,
    },
    Rule {
        kind: Kind::Name,
        why: "a name before an age or a number of a record",
        needs: "m f yo y yr yrs year years male female dob mrn hcn bed room rm",
        pattern: concat!(
            r"(?P<n>",
            part!(),
            r",? (?:\p{Lu}\b\.?|(?:\p{Lu}\. )?",
            part!(),
            r"(?: ",
            part!(),
            r"){0,2})|(?:\p{Lu}\. ?)+",
            part!(),
            r")[,;]? (?:is an? |was an? |an? )?",
            r"(?:[0-9]{1,3} ?(?:[MFmf]\b|y[./]?o\b|yr|year|y\b)|[0-9]{1,3}-year|[MF]/? ?[0-9]{1,3}\b|(?:fe)?male\b|DOB|dob|MRN|mrn|HCN|in (?i:room|bed|rm))"
        ),
        judge: before_age,
    },
    Rule {
        kind: Kind::Name,
        why: "a name before an age",
        needs: "m f +9",
        pattern: concat!(r"(?m)(?:^|[.:;-] ?|\) ?)[ \t*•-]*(?P<n>", part!(), r"),? [0-9]{1,3} ?[MF]\b"),
        judge: one_before_age,
    },
    Rule {
        kind: Kind::Name,
        why: "a name of a patient",
        needs: "my",
        pattern: concat!(r"(?P<n>", name!(), r"), my (?:first |favorite |last )?(?:patient|pt)\b"),
        judge: plain_name,
    },
    Rule {
        kind: Kind::Name,
        why: "a given name and what follows it",
        needs: "Given",
        pattern: concat!(r"(?P<n>", part!(), r" (?:\p{Lu}\.? )?", part!(), r"(?: ", part!(), ")?)"),
        judge: given_and_last,
    },
    Rule {
        kind: Kind::Name,
        why: "a name, last name first",
        needs: "Given",
        pattern: concat!(r"(?P<n>", part!(), r", (?P<g>\p{Lu}\p{Ll}+)(?: \p{Lu}\b\.?)?)"),
        judge: last_and_given,
    },
    Rule {
        kind: Kind::Name,
        why: "a given name",
        needs: "Given",
        pattern: r"(?P<n>\p{Lu}\p{L}*\p{Ll})",
        judge: given_alone,
    },
];

/// The name in a match: without words that are none at its end, without a possessive; `None` if it is no name.
fn trimmed(text: &str, name: Range<usize>) -> Option<Range<usize>> {
    let found = text.get(name.clone())?;
    let mut end = 0;
    let mut capitals = false;
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
        } else if is_common(bare) && !initial && bare != "and"
            || (!initial && !dotted && is_acronym(bare) && !(capitals && found.contains(',')))
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

fn patient(hit: &Hit<'_>) -> Option<Verdict> {
    Some(noun(hit.text, hit.value.clone(), "the patient"))
}

fn named(span: Range<usize>) -> Option<Verdict> {
    Some((span, Fix { replacement: "[name]".to_owned(), label: "take the name out" }))
}

fn titled(hit: &Hit<'_>) -> Option<Verdict> {
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
    if matches!(title, "Mr" | "Dr" | "Ms") && thing_follows(hit.text, name.end) && is_acronym(&hit.text[name.clone()]) {
        return None;
    }
    let role = match title {
        "Dr" | "DR" | "Drs" | "DRS" | "Prof" | "Professor" | "Doctor" => "the doctor",
        "Nurse" => "the nurse",
        _ => "the patient",
    };
    Some(noun(hit.text, hit.start()..name.end, role))
}

fn titled_in_lower_case(hit: &Hit<'_>) -> Option<Verdict> {
    let name = hit.caps.name("n")?.range();
    let found = &hit.text[name.clone()];
    let last = found.rsplit(' ').next().unwrap_or("");
    let title = hit.group("t");
    let sure = title == "mrs" || title == "mister";
    if !follows_lower_title(found) && !(sure && !is_common(found))
        || title == "ms" && hit.group("dot").is_empty()
        || is_eponym(last) && thing_follows(hit.text, name.end)
    {
        return None;
    }
    let end = name.start + found.strip_suffix("'s").unwrap_or(found).trim_end_matches(['-', '\'', '’']).len();
    Some(noun(hit.text, hit.start()..end, if title == "dr" { "the doctor" } else { "the patient" }))
}

fn labeled(hit: &Hit<'_>) -> Option<Verdict> {
    let name = the_name(hit)?;
    let sure = hit.text[hit.start()..].to_lowercase().starts_with("name");
    if !sure && medical(hit.text, &name) { None } else { named(name) }
}

fn behind_patient(hit: &Hit<'_>) -> Option<Verdict> {
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

fn plain_name(hit: &Hit<'_>) -> Option<Verdict> {
    let name = the_name(hit)?;
    if medical(hit.text, &name) { None } else { named(name) }
}

fn close(hit: &Hit<'_>) -> Option<Verdict> {
    let name = the_name(hit)?;
    let lower = hit.text[hit.start()..].starts_with(|c: char| c.is_lowercase());
    // A comma or a colon goes on to anything, except in the middle of a sentence.
    let joined = hit.text[..name.start].ends_with([',', ':']);
    if medical(hit.text, &name) || joined && !lower { None } else { named(name) }
}

fn by_somebody(hit: &Hit<'_>) -> Option<Verdict> {
    let name = the_name(hit)?;
    let found = &hit.text[name.clone()];
    let service = !found.contains([' ', '.']) && !is_given(found) && english(found);
    if service || medical(hit.text, &name) || is_eponym(hit.text[name.clone()].split(' ').next().unwrap_or("")) {
        None
    } else {
        named(name)
    }
}

fn person(hit: &Hit<'_>, role: &str) -> Option<Verdict> {
    let name = the_name(hit)?;
    if medical(hit.text, &name) { None } else { Some(noun(hit.text, name, role)) }
}

fn letter(hit: &Hit<'_>) -> Option<Verdict> {
    let group = hit.caps.name("n").or_else(|| hit.caps.name("h"))?.range();
    let name = trimmed(hit.text, group)?;
    if medical(hit.text, &name) { None } else { named(name) }
}

fn capitals(hit: &Hit<'_>) -> Option<Verdict> {
    let group = hit.caps.name("n")?;
    let words: Vec<&str> = group.as_str().split([',', ' ']).filter(|w| w.len() > 1).collect();
    let spoken = words.iter().all(|w| w.contains(['A', 'E', 'I', 'O', 'U', 'Y']) && !is_common(w) && !is_eponym(w));
    if spoken && words.first().is_some_and(|w| w.len() > 3) { named(group.range()) } else { None }
}

fn before_age(hit: &Hit<'_>) -> Option<Verdict> {
    let group = hit.caps.name("n")?.range();
    let words = || hit.text[group.clone()].split([' ', ',']).filter(|w| !w.is_empty());
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
fn english(word: &str) -> bool {
    let word = word.to_lowercase();
    ENDINGS.iter().any(|e| word.ends_with(e))
}

fn one_before_age(hit: &Hit<'_>) -> Option<Verdict> {
    let name = the_name(hit)?;
    let found = &hit.text[name.clone()];
    let comma = hit.text[name.end..].starts_with(',');
    if !comma && english(found) && !is_given(found) || is_eponym(found) || medical(hit.text, &name) {
        None
    } else {
        named(name)
    }
}

fn behind_age(hit: &Hit<'_>) -> Option<Verdict> {
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
fn lower_case(hit: &Hit<'_>) -> Option<Verdict> {
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

fn given_and_last(hit: &Hit<'_>) -> Option<Verdict> {
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

fn last_and_given(hit: &Hit<'_>) -> Option<Verdict> {
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

fn given_alone(hit: &Hit<'_>) -> Option<Verdict> {
    let near = |c: char| c.is_alphanumeric() || matches!(c, '-' | '’');
    let inside = hit.text[..hit.value.start].ends_with(near) || hit.text[hit.value.end..].starts_with(near);
    // "Charles Bonnet syndrome", "Ann Arbor stage": the word behind makes a thing of it, or is a last name of medicine.
    let rest = hit.text[hit.value.end..].trim_start_matches(' ');
    let next = super::words::next_word(hit.text, hit.value.end);
    let after = hit.value.end + (hit.text.len() - hit.value.end - rest.len()) + next.len();
    let thing = thing_follows(hit.text, hit.value.end)
        || next.starts_with(char::is_uppercase)
            && (is_eponym(next) || thing_follows(hit.text, after.min(hit.text.len())));
    if inside || thing || !is_given(hit.found()) || is_common(hit.found()) || is_eponym(hit.found()) {
        None
    } else {
        named(hit.value.clone())
    }
}

/// An age in brackets right behind a name: "Rosa (97)".
static BRACKETED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^,? \(?(9[0-9]|1[01][0-9])[),]").expect("a pattern of ours"));

/// Ages over 89 that only the name before them shows as ages.
pub(super) fn ages_of_named(text: &str, claims: &mut Vec<(usize, Finding)>) {
    let ends: Vec<usize> = claims.iter().filter(|(_, f)| f.kind == Kind::Name).map(|(_, f)| f.span.end).collect();
    for end in ends {
        if let Some(age) = BRACKETED.captures(&text[end..]).and_then(|c| c.get(1)) {
            let fix = Some(Fix { replacement: "90+".to_owned(), label: "over 89" });
            let span = end + age.start()..end + age.end();
            claims.push((usize::MAX, Finding { span, kind: Kind::Age, why: "an age over 89", fix }));
        }
    }
}

/// A name told once is a name wherever it stands again: "Mr. Jones ... Jones is stable".
pub(super) fn told_again(text: &str, claims: &mut Vec<(usize, Finding)>) {
    let mut told: HashSet<&str> = HashSet::new();
    for (_, finding) in claims.iter().filter(|(_, f)| f.kind == Kind::Name) {
        let words = text[finding.span.clone()].split(|c: char| !(c.is_alphabetic() || matches!(c, '\'' | '-' | '.')));
        told.extend(words.filter(|w| {
            let word = w.trim_end_matches('.');
            let initials = w.matches('.').count() == 2 && w.len() <= 5;
            let long = word.chars().count() > 2
                && word.starts_with(char::is_uppercase)
                && !is_common(word)
                && !is_eponym(word);
            initials || long && !TITLES.contains(&word)
        }));
    }
    if told.is_empty() {
        return;
    }
    let mut start = 0;
    for piece in text.split_inclusive(|c: char| !(c.is_alphabetic() || matches!(c, '\'' | '-' | '.'))) {
        let word = piece.trim_end_matches(|c: char| !(c.is_alphabetic() || c == '.'));
        let word = word.strip_suffix("'s").unwrap_or(word);
        let bare = if told.contains(word) { word } else { word.trim_end_matches('.') };
        let span = start..start + bare.len();
        start += piece.len();
        if told.contains(bare) && !thing_follows(text, span.end) {
            let fix = Some(Fix { replacement: "[name]".to_owned(), label: "take the name out" });
            claims.push((usize::MAX, Finding { span, kind: Kind::Name, why: "a name told before", fix }));
        }
    }
}

/// Words of the titles, which are no names when they stand again.
const TITLES: &[&str] = &[
    "Mrs",
    "Miss",
    "Drs",
    "Prof",
    "Professor",
    "Mister",
    "Madam",
    "Sgt",
    "Cpl",
    "Capt",
    "Col",
    "Rev",
    "Pastor",
    "Rabbi",
    "Imam",
    "Nurse",
    "Señora",
    "Señor",
    "Sra",
    "Herr",
    "Frau",
    "Mme",
    "Monsieur",
    "Doctor",
    "Patient",
];
