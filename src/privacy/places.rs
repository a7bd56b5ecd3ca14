//! Where people live, and the room they lie in.

#![allow(clippy::unnecessary_wraps, reason = "every judge of a rule can refuse")]

use super::Kind;
use super::rule::{Hit, Rule, Verdict};
use super::words::{is_acronym, is_common, unit_follows};

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
];

/// Rules that leave the first word to the names of houses.
pub(super) static LATER: &[Rule] = &[
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
pub(super) const LARGE: &[&str] = &[
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

fn room(hit: &Hit<'_>) -> Option<Verdict> {
    let after = &hit.text[hit.value.end..];
    let decimal = after.starts_with(['.', '-', '/']) && after[1..].starts_with(|c: char| c.is_ascii_digit());
    if decimal || unit_follows(hit.text, hit.value.end) {
        None
    } else {
        hit.replaced("[number]", "take the number out")
    }
}
