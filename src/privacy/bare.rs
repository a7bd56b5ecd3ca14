//! Names with hardly anything around them: a last name before an age or a bed, an initial, a family.

use super::Kind;
use super::given::is_given;
use super::naming::{english, named};
use super::rule::{Hit, Rule, Verdict};
use super::words::{follows_lower_title, is_acronym, is_common, is_eponym, thing_follows};

/// A last name: "Okafor", "O’Malley".
macro_rules! last {
    () => {
        r"\p{Lu}['’]?\p{L}[\p{L}'’-]+"
    };
}

pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: Kind::Name,
        why: "a name before an age",
        needs: "yo y yr yrs yof yom +9",
        pattern: concat!(
            r"(?m)(?:^|[.:;-] ?|\) ?)[ \t]*(?P<n>",
            last!(),
            r"),? [0-9]{1,3} ?-?(?:y[./]?o[MFmf]?|yrs?|y)\b"
        ),
        judge: at_the_start,
    },
    Rule {
        kind: Kind::Name,
        why: "a name before an age",
        needs: "9",
        pattern: concat!(r"(?m)(?:^|[.;] ?)[ \t]*(?P<n>", last!(), r"), [1-9][0-9]?, \p{L}"),
        judge: at_the_start,
    },
    Rule {
        kind: Kind::Name,
        why: "a name before a bed or a room",
        needs: "in +9",
        pattern: concat!(r"(?m)(?:^|[.:;!?] )(?P<n>", last!(), r") in [0-9]{1,2}[A-D]\b"),
        judge: at_the_start,
    },
    Rule {
        kind: Kind::Room,
        why: "a bed of somebody",
        needs: "in +9",
        pattern: concat!(r"(?m)(?:^|[.:;!?] )(?P<n>", last!(), r"|\[name\]) in (?P<v>[0-9]{1,2}[A-D])\b"),
        judge: bed_of,
    },
    Rule {
        kind: Kind::Name,
        why: "an initial and a last name",
        needs: "w with c s p is was here h has had came denies",
        pattern: concat!(
            r"\b(?P<n>\p{Lu}\. ?",
            last!(),
            r"),? (?:w/|w |w/o|with |c/o|s/p|p/w|h/o|is |was |here|has |had |came |denies)"
        ),
        judge: initial,
    },
    Rule {
        kind: Kind::Name,
        why: "a name of a family",
        needs: "baby twins twin kid kids boy girl family infant newborn",
        pattern: concat!(r"\b[Tt]he (?P<n>", last!(), r") (?:baby|twins?|kids?|boy|girl|family|infant|newborn)\b"),
        judge: family,
    },
    Rule {
        kind: Kind::Name,
        why: "a last name",
        needs: "o Given",
        pattern: r"\b(?P<n>O['’]\p{Lu}\p{Ll}{2,})",
        judge: irish,
    },
];

/// What brings somebody in, at the start of a line before an age.
const REASONS: &[&str] = &[
    "stroke",
    "syncope",
    "headache",
    "melena",
    "cough",
    "asthma",
    "sepsis",
    "fall",
    "collapse",
    "pneumonia",
    "hypoxia",
    "dementia",
    "anemia",
    "hernia",
    "ischemia",
    "apnea",
    "dyspnea",
    "diarrhea",
    "nausea",
    "hematuria",
    "dysphagia",
    "mass",
    "pancreatitis",
    "appendicitis",
    "cancer",
    "torsion",
    "rupture",
    "shock",
    "bleed",
    "gout",
    "lupus",
    "clot",
    "rash",
    "seizure",
    "lump",
    "edema",
    "fibroid",
    "tumor",
    "stage",
    "angina",
    "cyst",
    "stone",
    "nodule",
    "abscess",
    "effusion",
    "likely",
    "healthy",
    "hypotension",
    "vertigo",
    "jaundice",
    "hemoptysis",
    "constipation",
    "lymphoma",
    "leukemia",
    "colitis",
    "table",
    "figure",
    "section",
    "step",
    "grade",
    "type",
    "class",
    "group",
    "level",
    "lesion",
    "fracture",
    "widow",
    "marathoner",
    "goalkeeper",
    "gymnast",
    "dancer",
    "soldier",
    "student",
    "nurse",
    "amyloid",
    "scurvy",
    "polio",
    "fluid",
    "free",
    "air",
    "gas",
    "thyroid",
    "pelvis",
    "spleen",
    "bowel",
    "colon",
    "aorta",
    "uterus",
    "ovary",
    "testis",
    "lactate",
    "gravid",
    "preop",
    "postop",
    "troponin",
    "creatinine",
    "ferritin",
];

/// Whether a word can be a last name where only names and findings stand.
fn may_be_name(word: &str) -> bool {
    let lower = word.to_lowercase();
    !(is_common(word)
        || is_acronym(word)
        || is_eponym(word)
        || !follows_lower_title(&lower)
        || REASONS.contains(&lower.as_str())
        || thing_follows(word, 0)
        || english(word) && !is_given(word))
}

fn bare(hit: &Hit<'_>) -> Option<std::ops::Range<usize>> {
    let group = hit.caps.name("n")?;
    let word = group.as_str();
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
    Some(group.start()..group.start() + word.trim_end_matches(['-', '\'', '’']).len())
}

fn at_the_start(hit: &Hit<'_>) -> Option<Verdict> {
    let name = bare(hit)?;
    if may_be_name(&hit.text[name.clone()]) { named(name) } else { None }
}

fn bed_of(hit: &Hit<'_>) -> Option<Verdict> {
    let name = hit.group("n");
    if name == "[name]" || may_be_name(name) { hit.replaced("[room]", "take it out") } else { None }
}

/// Bacteria, rhythms and parts of the body behind one letter: "S. Aureus", "A. Fib", "L. Hip".
const BEHIND_A_LETTER: &[&str] = &[
    "aureus",
    "typhi",
    "difficile",
    "diff",
    "pylori",
    "coli",
    "fragilis",
    "gonorrhoeae",
    "pneumoniae",
    "epidermidis",
    "faecalis",
    "albicans",
    "fib",
    "flutter",
    "tach",
    "hip",
    "renal",
    "ovary",
    "atrium",
    "ventricle",
    "mca",
    "ica",
    "influenzae",
    "burgdorferi",
    "marcescens",
    "cholerae",
    "bovis",
    "gallolyticus",
    "jirovecii",
    "trachomatis",
    "oxytoca",
    "pallidum",
    "avium",
    "vivax",
    "falciparum",
    "ovale",
    "gondii",
    "neoformans",
    "israelii",
    "henselae",
    "perfringens",
    "tetani",
    "botulinum",
    "anthracis",
    "jejuni",
    "cereus",
    "leprae",
    "pyogenes",
    "agalactiae",
    "pertussis",
    "catarrhalis",
    "baumannii",
    "aeruginosa",
    "mirabilis",
    "cloacae",
    "histolytica",
    "lamblia",
];

fn initial(hit: &Hit<'_>) -> Option<Verdict> {
    let name = bare(hit)?;
    let found = &hit.text[name.clone()];
    let last = found.split('.').nth(1)?.trim_start();
    let inside = hit.text[..name.start].ends_with(|c: char| c.is_alphanumeric() || c == '.');
    let thing = BEHIND_A_LETTER.contains(&last.to_lowercase().as_str());
    if inside || thing || !may_be_name(last) { None } else { named(name) }
}

fn family(hit: &Hit<'_>) -> Option<Verdict> {
    let name = bare(hit)?;
    if may_be_name(&hit.text[name.clone()]) { named(name) } else { None }
}

/// "O’Malley" is a name wherever it stands, except where a test or a triad is called by it.
fn irish(hit: &Hit<'_>) -> Option<Verdict> {
    let name = bare(hit)?;
    let end = if hit.text[name.end..].starts_with("'s ") { name.end + 2 } else { name.end };
    if thing_follows(hit.text, end) { None } else { named(name) }
}
