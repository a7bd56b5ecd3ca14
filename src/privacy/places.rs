//! Where people live, lie and are treated.

use super::Kind;
use super::rule::{Hit, Rule, Verdict};
use super::words::{is_acronym, is_common, is_eponym, unit_follows};

/// What streets are called.
macro_rules! street {
    () => {
        r"(?:Street|St|Avenue|Ave|Av|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Terrace|Ter|Circle|Cir|Parkway|Pkwy|Highway|Hwy|Square|Sq|Trail|Way)\b\.?"
    };
}

/// States by their letters.
macro_rules! state {
    () => {
        r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])"
    };
}

/// What houses that treat or keep people are called.
macro_rules! house {
    () => {
        r"(?:Hospitals?|(?:[Mm]edical |[Hh]ealth |[Cc]ancer |[Bb]reast |[Ss]urgery |[Cc]are |[Hh]eart )?Cent(?:er|re)|Med Ctr|Institute|University|Dialysis|Pharmacy|Senior Living|Memory Care|Correctional Facility|Credit Union|Church|Associates|Day ?[Cc]are|Preschool|Jail|Prison|Shelter|Orthopedics|Physicians|Health System|Clinics?|Infirmary|Hospice|Nursing Home|Care Home|Rehab(?:ilitation)?(?: Cent(?:er|re))?|Urgent Care|Imaging|Radiology|Pediatrics|Family Practice|Family Medicine|Assisted Living|Manor|General|Memorial|Elementary(?: School)?|Middle School|High School|Academy|Steel Works|Works|Factory)\b"
    };
}

pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: Kind::Address,
        why: "a street address",
        needs: "street st avenue ave av road rd boulevard blvd lane ln drive dr court ct place pl terrace ter circle cir parkway pkwy highway hwy square sq trail way +9",
        pattern: concat!(
            r"\b[0-9]{1,5} (?:[NSEW]\.? |North |South |East |West )?(?:[\p{Lu}0-9][\p{L}0-9'.-]* ){1,3}",
            street!(),
            r"(?:,? (?:[Aa]pt|[Uu]nit|[Ss]uite|[Ss]te|#)\.? ?[0-9A-Z]+\b)?(?:,? (?:\p{Lu}\p{L}+ ?){1,3},? ",
            state!(),
            r" [0-9]{5}(?:-[0-9]{4})?)?"
        ),
        judge: street_address,
    },
    Rule {
        kind: Kind::Address,
        why: "a street address",
        needs: "lives living resides address addr home house from stays +9",
        pattern: r"(?i)\b(?:lives|living|resides|address|addr|home|house|from|stays)(?: is)?(?: alone)?(?: at)?[\s:]{1,2}(?P<v>[0-9]{1,5} [\p{L}][\p{L}0-9'.-]+(?: [\p{L}][\p{L}0-9'.-]+){0,2} (?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|place|pl|terrace|ter|circle|way)\b)",
        judge: address,
    },
    Rule {
        kind: Kind::Address,
        why: "a street address",
        needs: "rue via calle avenida rua chemin +9",
        pattern: r"\b[0-9]{1,4},? (?:Rue|rue|Via|Calle|Avenida|Rua|Chemin) (?:de la |de |du |della )?\p{Lu}\p{L}+",
        judge: address,
    },
    Rule {
        kind: Kind::Address,
        why: "a street address",
        needs: "9",
        pattern: r"\b[0-9]{1,4} \p{Lu}\p{L}+(?:straße|strasse|gasse|weg)\b",
        judge: address,
    },
    Rule {
        kind: Kind::Address,
        why: "a street address",
        needs: "lives resides address addr +9",
        pattern: r"(?i)\b(?:lives at|resides(?: at)?|address|addr)(?: is)?[\s:]{1,2}(?P<v>[0-9]{1,5} [\p{L}][\p{L}0-9'.-]*(?: [\p{L}][\p{L}0-9'.-]+)?(?: #[0-9]+)?)",
        judge: address,
    },
    Rule {
        kind: Kind::Address,
        why: "a road",
        needs: "i +9",
        pattern: r"\b(?:[Oo]n|[Oo]ff|[Nn]ear) (?P<v>I-[0-9]{1,3})\b",
        judge: address,
    },
    Rule {
        kind: Kind::Address,
        why: "a road",
        needs: "route rte county highway hwy interstate state rural +9",
        pattern: r"\b(?:Route|Rte|County (?:Road|Rd)|Highway|Hwy|Interstate|State (?:Road|Route)|Rural Route) [0-9]{1,4}\b",
        judge: address,
    },
    Rule {
        kind: Kind::Address,
        why: "a street",
        needs: "street st avenue ave road rd boulevard blvd lane ln",
        pattern: concat!(
            r"\b(?:[Oo]n|[Aa]t|[Nn]ear|[Oo]ff|[Cc]orner of|station on) (?P<v>(?:[0-9]{1,3}(?:st|nd|rd|th)|\p{Lu}\p{Ll}+) ",
            r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln)\b(?: and (?:\p{Lu}\p{Ll}+|[0-9]{1,3}(?:st|nd|rd|th))(?: (?:Street|St|Avenue|Ave|Road|Rd)\b)?)?)"
        ),
        judge: address,
    },
    Rule {
        kind: Kind::Address,
        why: "a post office box",
        needs: "box +9",
        pattern: r"(?i)\bp\.?\s?o\.?\s?box\s?#?[0-9]+",
        judge: address,
    },
    Rule {
        kind: Kind::Address,
        why: "a place smaller than a state",
        needs: "9999",
        pattern: concat!(r"\b\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)?,? ", state!(), r",? [0-9]{5}(?:-[0-9]{4})?\b"),
        judge: address,
    },
    Rule {
        kind: Kind::Address,
        why: "a place smaller than a state",
        needs: "from in of",
        pattern: r"\b(?:from|in|of) (?P<v>\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)?, (?:IL|TX|NY|NJ|FL|OH|NC|TN|WI|MN|NV|NM|KY|IA|WA|OR|AZ|GA|VA))\b",
        judge: address,
    },
    Rule {
        kind: Kind::Address,
        why: "a ZIP code",
        needs: "zip zipcode postal +9",
        pattern: r"(?i)\b(?:zip|zip ?code|postal code)[\s:#]*(?P<v>[0-9]{5}(?:-[0-9]{4})?)\b",
        judge: address,
    },
    Rule {
        kind: Kind::Facility,
        why: "a hospital or other house by its name",
        needs: "hospital hospitals center centre ctr institute university dialysis pharmacy senior memory correctional credit church associates daycare day preschool jail prison shelter orthopedics physicians health clinic clinics infirmary hospice nursing care rehab rehabilitation urgent imaging radiology pediatrics family assisted manor general memorial elementary middle high academy steel works factory",
        pattern: concat!(
            r"(?:(?:\b(?:St\.?|Mt\.?|Univ\.?|U\.) ?)?\p{Lu}[\p{L}'’-]*\.? (?:(?:of|the|and|&|Our) )*){1,5}",
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
        judge: facility,
    },
    Rule {
        kind: Kind::Facility,
        why: "a hospital or other house by its name",
        needs: "hôpital hospital klinikum klinik clínica ospedale clinique",
        pattern: r"\b(?:Hôpital|Hospital|Klinikum|Klinik|Clínica|Ospedale|Clinique) (?:(?:de|del|la|di|San|Santa|Saint|Sankt)[ -])*\p{Lu}[\p{L}-]+",
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
    Rule {
        kind: Kind::Address,
        why: "a place smaller than a state",
        needs: "lives live lived living resident resides hometown mayor va",
        pattern: r"\b(?:lives in|living in|resident of|resides in|hometown is|mayor of|live[sd]? (?:[a-z/]+ ){1,3}in|VA in) (?P<v>\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)?)",
        judge: town,
    },
    Rule {
        kind: Kind::Room,
        why: "a bed on its ward",
        needs: "west east north south n s e w +9",
        pattern: r"\b[0-9]{1,2} (?:West|East|North|South)\b|\b[0-9]{1,2}[NSEW](?:-[0-9]{1,3}[A-D]?\b|(?: bed| rm| room) ?[0-9]{1,3}[A-D]?\b)",
        judge: |hit| hit.replaced("[room]", "take it out"),
    },
    Rule {
        kind: Kind::Room,
        why: "a room or a bed",
        needs: "9",
        pattern: r"\b(?:(?i:room|rm|bed|bay|ward|bedspace|cubicle)\b\.?(?: ?#| no\.?| number)?:? ?|(?:in|In|then|to|at|now in) (?:OR|Trauma) |(?:[A-Z]{0,3}ICU|PACU|CCU) )(?P<v>[0-9]{1,4}[A-Za-z]?|[0-9]{0,2}[A-Z]?-[0-9]{1,3}[A-Z]?)\b",
        judge: room,
    },
    Rule { kind: Kind::Room, why: "a bed", needs: "bed", pattern: r"\b[Bb]ed (?P<v>[A-D])\b", judge: room },
];

fn address(hit: &Hit<'_>) -> Option<Verdict> {
    hit.replaced("[address]", "take the address out")
}

/// A number, capitals and a word for streets; "2 Attending Dr" and "12 Lead Ct" are none.
fn street_address(hit: &Hit<'_>) -> Option<Verdict> {
    let mut names = hit.found().split(' ').skip(1).take_while(|w| !w.starts_with("St") && !w.starts_with("Dr"));
    let all_common = names.next().is_some_and(|w| is_common(w) || is_acronym(w) && w.len() > 1);
    let decimal = hit.text[..hit.value.start].ends_with(['.', '/', '-']);
    if all_common || decimal { None } else { address(hit) }
}

/// Countries and states are large enough to be told.
const LARGE: &[&str] = &[
    "Alabama",
    "Alaska",
    "Arizona",
    "Arkansas",
    "California",
    "Colorado",
    "Connecticut",
    "Delaware",
    "Florida",
    "Georgia",
    "Hawaii",
    "Idaho",
    "Illinois",
    "Indiana",
    "Iowa",
    "Kansas",
    "Kentucky",
    "Louisiana",
    "Maine",
    "Maryland",
    "Massachusetts",
    "Michigan",
    "Minnesota",
    "Mississippi",
    "Missouri",
    "Montana",
    "Nebraska",
    "Nevada",
    "New Hampshire",
    "New Jersey",
    "New Mexico",
    "New York",
    "North Carolina",
    "North Dakota",
    "Ohio",
    "Oklahoma",
    "Oregon",
    "Pennsylvania",
    "Rhode Island",
    "South Carolina",
    "South Dakota",
    "Tennessee",
    "Texas",
    "Utah",
    "Vermont",
    "Virginia",
    "Washington",
    "West Virginia",
    "Wisconsin",
    "Wyoming",
    "Mexico",
    "Canada",
    "England",
    "Germany",
    "France",
    "Italy",
    "Spain",
    "India",
    "China",
    "Japan",
    "Brazil",
    "Nigeria",
    "Kenya",
    "Somalia",
    "Yemen",
    "Haiti",
    "Guatemala",
    "Honduras",
    "Vietnam",
    "Russia",
    "Ukraine",
    "Poland",
    "Africa",
    "Asia",
    "Europe",
    "America",
    "Puerto Rico",
];

fn town(hit: &Hit<'_>) -> Option<Verdict> {
    let found = hit.found();
    let first = found.split(' ').next().unwrap_or("");
    if LARGE.contains(&found) || LARGE.contains(&first) || is_common(first) {
        None
    } else {
        hit.replaced("[place]", "take the place out")
    }
}

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

fn house_with_name(hit: &Hit<'_>) -> Option<Verdict> {
    let found = hit.found();
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
    let of = |w: &&str| hit.text[..hit.value.start + start].trim_end().ends_with(*w);
    let body =
        ["Society", "Academy of", "College", "Association", "Journal", "Board of"].iter().any(|w| found.contains(w))
            || ["Society of", "College of", "Academy of", "Department of", "Division of", "Journal of"]
                .iter()
                .any(|w| of(w));
    if !named || body || weak && alone {
        return None;
    }
    let span = hit.value.start + start..hit.value.end;
    generalized(hit, span)
}

fn saint(hit: &Hit<'_>) -> Option<Verdict> {
    let wort = super::words::next_word(hit.text, hit.value.end) == "wort";
    if wort || super::words::thing_follows(hit.text, hit.value.end) { None } else { facility(hit) }
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
    let before = super::words::word_before(hit.text, span.start);
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
    let title = matches!(first, "Dr" | "Mr" | "Mrs" | "Ms" | "Drs" | "Prof" | "Nurse");
    let whole_common = found.split(' ').all(|w| GENERIC.contains(&w.to_lowercase().as_str()) || is_common(w));
    if title || whole_common || is_common(first) || LARGE.contains(&found) || is_acronym(first) {
        None
    } else {
        hit.replaced("another place", "say only what kind of place")
    }
}

fn room(hit: &Hit<'_>) -> Option<Verdict> {
    let after = &hit.text[hit.value.end..];
    let decimal = after.starts_with(['.', '-', '/']) && after[1..].starts_with(|c: char| c.is_ascii_digit());
    if decimal || unit_follows(hit.text, hit.value.end) {
        None
    } else {
        hit.replaced("[number]", "take the number out")
    }
}
