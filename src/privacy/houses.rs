//! Hospitals, clinics, homes, schools and workplaces by their names.

#![allow(clippy::unnecessary_wraps, reason = "every judge of a rule can refuse")]

use super::Kind;
use super::places::LARGE;
use super::rule::{Hit, Rule, Verdict};
use super::words::{is_acronym, is_common, is_eponym, next_word, thing_follows, word_before};

/// What houses that treat or keep people are called.
macro_rules! house {
    () => {
        r"(?:Hospitals?|(?:[Mm]edical |[Hh]ealth |[Cc]ancer |[Bb]reast |[Ss]urgery |[Cc]are |[Hh]eart )?Cent(?:er|re)|Med Ctr|Institute|University|Dialysis|Pharmacy|Senior Living|Memory Care|Correctional Facility|Credit Union|Church|Associates|Day ?[Cc]are|Preschool|Jail|Prison|Shelter|Orthopedics|Physicians|Health System|Clinics?|Infirmary|Hospice|Nursing Home|Care Home|Rehab(?:ilitation)?(?: Cent(?:er|re))?|Urgent Care|Imaging|Radiology|Pediatrics|Family Practice|Family Medicine|Assisted Living|Manor|General|Memorial|Elementary(?: School)?|Middle School|High School|Academy|Steel Works|Works|Factory)\b"
    };
}

pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: Kind::Facility,
        why: "a hospital or other house by its name",
        needs: "hospital hospitals center centre ctr institute university dialysis pharmacy senior memory correctional credit church associates daycare day preschool jail prison shelter orthopedics physicians health clinic clinics infirmary hospice nursing care rehab rehabilitation urgent imaging radiology pediatrics family assisted manor general memorial elementary middle high academy steel works factory",
        pattern: concat!(
            r"(?:(?:\b(?:St\.?|Mt\.?|Univ\.?|U\.) ?)?\p{Lu}[\p{L}'’-]*\.? (?:(?:of|the|and|&|Our) ){0,3}){1,5}",
            house!(),
            r"(?: (?:of|at) (?:the )?\p{Lu}[\p{L}'’-]+(?: \p{Lu}\p{Ll}[\p{L}'’-]*)?)?"
        ),
        judge: house_with_name,
    },
    Rule {
        kind: Kind::Facility,
        why: "a hospital or other house by its name",
        needs: "hospital hospitals center centre ctr institute university dialysis pharmacy senior memory correctional credit church associates daycare day preschool jail prison shelter orthopedics physicians health clinic clinics infirmary hospice nursing care rehab rehabilitation urgent imaging radiology pediatrics family assisted manor general memorial elementary middle high academy steel works factory",
        pattern: concat!(house!(), r" (?:of|at) (?:the )?\p{Lu}[\p{L}'’-]+(?: \p{Lu}\p{Ll}[\p{L}'’-]*)?"),
        judge: house_with_name,
    },
    Rule {
        kind: Kind::Facility,
        why: "a hospital by the name it is known by",
        needs: "mgh bwh emory bidmc ucsf mass brigham johns cedars bellevue cleveland nyu va",
        pattern: r"\b(?:MGH|BWH|Emory|BIDMC|UCSF|Mass General|Brigham(?: and Women's)?|Johns Hopkins|Cedars[ -]Sinai|Bellevue|Cleveland Clinic|NYU Langone|VA \p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)?)\b",
        judge: known,
    },
    Rule {
        kind: Kind::Facility,
        why: "a hospital or other house by its name",
        needs: "hôpital hospital klinikum klinik clínica ospedale clinique",
        pattern: r"\b(?:Hôpital|Hospital|Klinikum|Klinik|Clínica|Ospedale|Clinique) (?:(?:de|del|la|di|San|Santa|Saint|Sankt)[ -]){0,3}\p{Lu}[\p{L}-]+",
        judge: house_abroad,
    },
    Rule {
        kind: Kind::Facility,
        why: "a house named after a saint",
        needs: "st",
        pattern: r"\bSt\.? \p{Lu}\p{Ll}+['’]s\b",
        judge: saint,
    },
    Rule {
        kind: Kind::Facility,
        why: "an emergency department by its name",
        needs: "er ed icu hospital clinic rehab",
        pattern: r"\b(?:from|at|to|in|by) (?P<v>\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)?) (?:ER|ED|ICU|hospital|clinic|rehab)\b",
        judge: comes_from,
    },
    Rule {
        kind: Kind::Facility,
        why: "where somebody comes from or is treated",
        needs: "transferred transfer xfer tx sent came referred admitted records presented seen dx followed implanted placed done mammogram mammo scan imaging surgery study ct mri us",
        pattern: r"(?i:\b(?:transferred|transfer|xfer|tx'?d|sent|sent over|sent in|came|referred|admitted|records|presented|seen|dx'd|followed|implanted|placed|done|mammogram|mammo|scan|imaging|surgery|study|ct|mri|us)\b(?: here| over| in)?(?: [0-9/]+)? (?:from|at|to) )(?P<v>\p{Lu}\p{Ll}[\p{L}'’-]+(?: \p{Lu}\p{Ll}[\p{L}'’-]+){0,2})",
        judge: comes_from,
    },
    Rule {
        kind: Kind::Facility,
        why: "where somebody works",
        needs: "works worked working employed employer",
        pattern: r"(?i:\b(?:works|worked|working|employed) (?:at|for|by) (?:the )?|\bemployer:? )(?P<v>\p{Lu}[\p{L}'’&-]+(?: \p{Lu}[\p{L}'’&-]+){0,3})",
        judge: comes_from,
    },
];

/// Words that, with the word for the house, name none in particular.
const GENERIC: &[&str] = &[
    "children's",
    "childrens",
    "university",
    "univ",
    "community",
    "general",
    "academic",
    "emergency",
    "the",
    "a",
    "an",
    "county",
    "medical",
    "center",
    "centre",
    "primary",
    "specialty",
    "urgent",
    "trauma",
    "level",
    "our",
    "intensive",
    "care",
    "unit",
    "rural",
    "regional",
    "tertiary",
    "teaching",
    "outside",
    "local",
    "nearest",
    "city",
    "state",
    "free",
    "walk-in",
    "outpatient",
    "inpatient",
    "hospital",
    "clinic",
    "health",
    "nursing",
    "home",
    "rehab",
    "rehabilitation",
    "imaging",
    "radiology",
    "diagnostic",
    "advanced",
    "memorial",
    "women's",
    "womens",
    "cancer",
    "heart",
    "breast",
    "chest",
    "memory",
    "pain",
    "stroke",
    "eye",
    "dental",
    "surgery",
    "family",
    "practice",
    "nuclear",
    "interventional",
    "pediatric",
    "pediatrics",
    "abdominal",
    "cardiac",
    "musculoskeletal",
    "cardiovascular",
    "neuro",
    "brain",
    "functional",
    "molecular",
    "medicine",
    "american",
    "college",
    "of",
    "society",
    "national",
    "european",
    "north",
    "south",
    "royal",
    "british",
    "canadian",
    "world",
    "and",
    "works",
    "high",
    "middle",
    "school",
    "elementary",
    "resource",
    "low-resource",
    "critical",
    "access",
    "psychiatric",
    "veterans",
    "military",
    "private",
    "public",
    "mayo",
    "board",
    "magnetic",
    "resonance",
    "tomography",
    "ultrasound",
    "mri",
    "ct",
    "pet",
    "us",
    "mr",
    "spine",
    "society",
    "advances",
    "journal",
    "institute",
    "network",
    "trial",
    "study",
    "criteria",
    "early",
    "screening",
    "perfusion",
    "diffusion",
    "tensor",
    "mammography",
    "comprehensive",
    "poison",
    "control",
    "transplant",
    "referral",
    "burn",
    "data",
    "call",
    "disease",
    "research",
    "thrombectomy",
    "capable",
    "care",
    "pci",
    "birth",
    "dialysis",
    "pharmacy",
    "church",
    "senior",
    "living",
    "level-1",
    "academic",
];

/// Words for houses that mean something else without a plain name before them.
const WEAK_HOUSES: &[&str] =
    &["General", "Memorial", "Imaging", "Radiology", "Works", "Manor", "Academy", "Rehab", "Pediatrics", "Factory"];

/// Bodies and parts of houses, whose names are no secret.
const BODIES: &[&str] = &[
    "Society",
    "Society of",
    "Academy of",
    "College",
    "College of",
    "Association",
    "Journal",
    "Journal of",
    "Board of",
    "Department of",
    "Division of",
];

/// Houses whose rules are known by their names.
const RULE_MAKERS: &[&str] = &["Cleveland Clinic", "Mayo Clinic", "Johns Hopkins", "Johns Hopkins Hospital"];

fn house_with_name(hit: &Hit<'_>) -> Option<Verdict> {
    let found = hit.found();
    if RULE_MAKERS.iter().any(|h| found.ends_with(h)) && known(hit).is_none() {
        return None;
    }
    // Leading words of the sentence are not part of the name: "Seen at" ends in lower case, "From Cedar Clinic" does not.
    let mut start = 0;
    for word in found.split(' ') {
        let bare = word.trim_end_matches('.').to_lowercase();
        if (is_common(&bare) || is_acronym(word) && word.len() > 1 || bare == "the")
            && !GENERIC.contains(&bare.as_str())
        {
            start += word.len() + 1;
        } else {
            break;
        }
    }
    let name = found.get(start..)?;
    let plain = |w: &&str| {
        let bare = w.trim_end_matches(['.', ',']).to_lowercase();
        !GENERIC.contains(&bare.as_str()) && !is_common(&bare) && !is_eponym(&bare) && !is_acronym(w)
    };
    let named = name.split(' ').any(|w| plain(&w));
    let weak = WEAK_HOUSES.iter().any(|w| name.ends_with(w));
    let alone = name.split(' ').filter(plain).count() < 2 && name.split(' ').count() < 2;
    // "Society of Thoracic Radiology", "Department of Radiology": bodies and parts, whose names are no secret.
    let before = hit.text[..hit.value.start + start].trim_end();
    let body = BODIES.iter().any(|w| found.contains(w) || before.ends_with(w));
    if !named || body || weak && alone {
        return None;
    }
    let span = hit.value.start + start..hit.value.end;
    generalized(hit, span)
}

fn saint(hit: &Hit<'_>) -> Option<Verdict> {
    let wort = next_word(hit.text, hit.value.end) == "wort";
    if wort || thing_follows(hit.text, hit.value.end) { None } else { facility(hit) }
}

/// "Johns Hopkins falls risk" and "Cleveland Clinic score" are rules, not places.
fn known(hit: &Hit<'_>) -> Option<Verdict> {
    let next = next_word(hit.text, hit.value.end);
    let second = hit.text[hit.value.end..].find(next).map_or(hit.text.len(), |i| hit.value.end + i + next.len());
    if thing_follows(hit.text, hit.value.end) || thing_follows(hit.text, second) { None } else { facility(hit) }
}

fn house_abroad(hit: &Hit<'_>) -> Option<Verdict> {
    let last = hit.found().rsplit(' ').next().unwrap_or("");
    if is_common(last) || is_acronym(last) || GENERIC.contains(&last.to_lowercase().as_str()) {
        None
    } else {
        facility(hit)
    }
}

fn facility(hit: &Hit<'_>) -> Option<Verdict> {
    generalized(hit, hit.value.clone())
}

/// "Lakeside Clinic" becomes "a clinic", without a second article.
fn generalized(hit: &Hit<'_>, span: std::ops::Range<usize>) -> Option<Verdict> {
    let found = hit.text[span.clone()].to_lowercase();
    let noun = [
        ("nursing home", "nursing home"),
        ("assisted living", "nursing home"),
        ("clinic", "clinic"),
        ("urgent care", "clinic"),
        ("rehab", "clinic"),
        ("school", "school"),
        ("elementary", "school"),
        ("works", "workplace"),
        ("imaging", "imaging center"),
    ]
    .iter()
    .find(|(word, _)| found.contains(word))
    .map_or("hospital", |(_, noun)| *noun);
    let before = word_before(hit.text, span.start);
    let article = if matches!(before.as_str(), "the" | "a" | "an" | "our" | "their" | "his" | "her" | "this") {
        ""
    } else if noun.starts_with('i') {
        "an "
    } else {
        "a "
    };
    Some((span, super::Fix { replacement: format!("{article}{noun}"), label: "say only what kind of place" }))
}

fn comes_from(hit: &Hit<'_>) -> Option<Verdict> {
    let found = hit.found();
    let first = found.split(' ').next().unwrap_or("");
    let service =
        ["logy", "surgery", "medicine", "iatrics", "iatry", "edics"].iter().any(|e| found.to_lowercase().ends_with(e));
    let title = service || matches!(first, "Dr" | "Mr" | "Mrs" | "Ms" | "Drs" | "Prof" | "Nurse");
    let whole_common = found.split(' ').all(|w| GENERIC.contains(&w.to_lowercase().as_str()) || is_common(w));
    if title || whole_common || is_common(first) || LARGE.contains(&found) || is_acronym(first) {
        None
    } else {
        hit.replaced("another place", "say only what kind of place")
    }
}
