//! Numbers of people and things, and how to reach somebody.

use super::Kind;
use super::rule::{Hit, Rule, Verdict};
use super::words::{unit_follows, word_before};

pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: Kind::Email,
        why: "an e-mail address",
        needs: "@",
        pattern: r"[\p{L}0-9._%+-]+@[\p{L}0-9-]+(?:\.[\p{L}0-9-]+)+",
        judge: |hit| hit.removed(),
    },
    Rule {
        kind: Kind::Link,
        why: "a web address that is no known reference",
        needs: "http https www",
        pattern: r#"(?i)\b(?:https?://|www\.)[^\s<>"'()\[\]]*[^\s<>"'()\[\].,;:]"#,
        judge: link,
    },
    Rule {
        kind: Kind::Link,
        why: "a web address that is no known reference",
        needs: "com org net edu us io me health app example +/",
        pattern: r#"(?i)\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|edu|us|io|me|health|app|example)/[^\s<>"'()\[\]]*[^\s<>"'()\[\].,;:]"#,
        judge: link,
    },
    Rule {
        kind: Kind::Device,
        why: "a unique identifier of a study or a device",
        needs: "9.",
        pattern: r"\b[0-2]\.[0-9]+(?:\.[0-9]+){5,}",
        judge: |hit| hit.removed(),
    },
    Rule {
        kind: Kind::Link,
        why: "a network address",
        needs: "9.",
        pattern: r"\b[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\b",
        judge: network_address,
    },
    Rule {
        kind: Kind::Ssn,
        why: "a social security number",
        needs: "ssn social +9",
        pattern: r"(?i)\b(?:ssn|social security)(?: (?:number|no|num))?\.?[\s:#]*(?:is |ending in |last (?:4|four)[\s:]*)?(?P<v>[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}|[0-9]{4})\b",
        judge: |hit| hit.removed(),
    },
    Rule {
        kind: Kind::Record,
        why: "a number of a medical record or a visit",
        needs: "m mrn csn hospital med medical pid acct +9",
        pattern: r"(?i)\b(?:m\.?r\.?n|csn|hospital number|med(?:ical)? rec(?:ord)?|pid|acct)\.?(?: (?:number|no|num|id))?\.?[\s:#=]*(?:is |was |ending (?:in )?)?(?P<v>[a-z0-9]+(?:-[a-z0-9]+){0,5})",
        judge: |hit| {
            (hit.digits() >= if hit.text[hit.start()..].to_ascii_lowercase().starts_with("pid") { 5 } else { 3 })
                .then(|| hit.removed())
                .flatten()
        },
    },
    Rule {
        kind: Kind::Record,
        why: "a number of a medical record or a visit",
        needs: "chart record hosp hospital patient pt account acct visit encounter enc fin har case file registration reg +9",
        pattern: r"(?i)\b(?:chart|record|hosp|hospital|patient|pt|account|acct|visit|encounter|enc|fin|har|case|file|registration|reg)\.?(?:\s*#|\s(?:number|no|num|id)\b\.?|:)[\s:#=]*(?:is |was |ending (?:in )?)?(?P<v>[a-z0-9]+(?:-[a-z0-9]+){0,5})",
        judge: |hit| by_digits(hit, 4),
    },
    Rule {
        kind: Kind::Record,
        why: "a number of a medical record or a visit",
        needs: "chart record hosp patient pt account visit encounter enc fin case +9",
        pattern: r"(?i)\b(?:chart|record|hosp|patient|pt|account|visit|encounter|enc|fin|case)\s(?P<v>[0-9][0-9-]{5,})\b",
        judge: |hit| by_digits(hit, 6),
    },
    Rule {
        kind: Kind::Plan,
        why: "a number of a health plan or a claim",
        needs: "member membership subscriber policy group grp insurance medicare medicaid mbi hicn hcn health claim auth authorization bcbs blue aetna cigna humana tricare plan +9",
        pattern: r"(?i)\b(?:member(?:ship)?|subscriber|policy|group|grp|insurance|medicare|medicaid|mbi|hicn|hcn|health (?:plan|card)|claim|auth(?:orization)?|bcbs|blue cross|blue shield|aetna|cigna|humana|tricare|plan)\.?(?: for [a-z/]+)?(?:[,:]? (?:number|no|num|id)\b)?\.?[\s:#=]*(?:is )?(?P<v>(?:[a-z]{1,4} )?[a-z0-9]+(?:-[a-z0-9]+){0,5}(?:(?: [0-9]{2})? [0-9]{3,}){0,4})",
        judge: |hit| by_digits(hit, 4),
    },
    Rule {
        kind: Kind::Record,
        why: "a number of a person",
        needs: "nhs +9",
        pattern: r"(?i)\bnhs (?:number|no)?\.?[\s:#]*(?P<v>[0-9]{3} ?[0-9]{3} ?[0-9]{4})\b",
        judge: |hit| hit.removed(),
    },
    Rule {
        kind: Kind::Record,
        why: "a number of a person",
        needs: "id identification +9",
        pattern: r"\b(?:ID|[Ii]dentification)(?: (?:number|no))?\.?(?:[:#]|\s){1,3}(?P<v>[A-Za-z]{0,4}-?[0-9][0-9A-Za-z-]*)",
        judge: |hit| by_digits(hit, 5),
    },
    Rule {
        kind: Kind::Device,
        why: "an accession number",
        needs: "accession asn +9",
        pattern: r"(?i)\b(?:accession|asn)(?: (?:number|no|num))?\.?[\s:#=]*(?:is )?(?P<v>[a-z0-9]+(?:-[a-z0-9]+){0,5})",
        judge: |hit| by_digits(hit, 4),
    },
    Rule {
        kind: Kind::Device,
        why: "an accession number",
        needs: "acc +9",
        pattern: r"(?i)\bacc(?:\s?#|:|\sno\.?)?[\s:#]*(?P<v>[a-z]{0,3}-?[0-9][0-9-]*)\b",
        judge: |hit| by_digits(hit, 5),
    },
    Rule {
        kind: Kind::Device,
        why: "a serial or lot number of a device",
        needs: "serial s sn lot udi device model +9",
        pattern: r"(?i)\b(?:serial|s/n|sn|lot|udi|device id|model)(?: (?:number|no|num))?\.?[\s:#=]*(?P<v>[a-z0-9]+(?:-[a-z0-9]+){0,5})",
        judge: serial,
    },
    Rule {
        kind: Kind::License,
        why: "a number of a license or a vehicle",
        needs: "license licence lic vin passport dea npi +9",
        pattern: r"(?i)\b(?:licen[sc]e|lic|vin|passport|dea|npi)\b\.?(?: (?:plate|number|no|num))?\.?[\s:#=]*(?:is )?(?P<v>[a-z0-9]+(?:-[a-z0-9]+){0,5})",
        judge: |hit| by_digits(hit, 3),
    },
    Rule {
        kind: Kind::License,
        why: "a license plate",
        needs: "plate plates +9",
        pattern: r"\b[Pp]lates?(?: (?:number|no|num))?\.?[\s:#=]*(?:is )?(?P<v>[0-9]*[A-Z]+[A-Z0-9]*(?:[ -][A-Z0-9]{1,4})?)\b",
        judge: |hit| by_digits(hit, 2),
    },
    Rule {
        kind: Kind::Phone,
        why: "a telephone or fax number",
        needs: "tel telephone phone ph cell mobile fax faxed pager beeper paged call callback ext extension number reach reached +9",
        pattern: r"(?i)\b(?:tel|telephone|phone|ph|cell|mobile|fax|faxed to|pager|beeper|paged|call back|callback|ext|extension|number is|reach(?:ed)? at)\b[\s.:#]*(?P<v>\+?\(?[0-9][0-9 ().-]{2,18}[0-9])\b",
        judge: |hit| if public(hit) { None } else { by_digits(hit, 4) },
    },
    Rule {
        kind: Kind::Phone,
        why: "a telephone or fax number",
        needs: "9999",
        pattern: r"(?:\+?1[ .-]?)?(?:\([0-9]{3}\) ?|\b[0-9]{3}[-. ])[0-9]{3}[-. ][0-9]{4}\b",
        judge: telephone,
    },
    Rule {
        kind: Kind::Phone,
        why: "a telephone or fax number",
        needs: "+9 plus",
        pattern: r"\+[1-9][0-9]{0,2}[ .-]?\(?[0-9][0-9 ().-]{5,14}[0-9]\b",
        judge: |hit| by_digits(hit, 8),
    },
    Rule {
        kind: Kind::Phone,
        why: "an extension",
        needs: "x +9999",
        pattern: r"\bx(?P<v>[0-9]?-?[0-9]{4})\b",
        judge: |hit| if hit.found().ends_with("00") { None } else { by_digits(hit, 4) },
    },
    Rule {
        kind: Kind::Ssn,
        why: "a number like that of social security",
        needs: "9-",
        pattern: r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b",
        judge: |hit| hit.removed(),
    },
    Rule {
        kind: Kind::Phone,
        why: "a telephone or fax number",
        needs: "call calls called +9999",
        pattern: r"(?i)\bcall(?:ed|s)?(?: me| pt| him| her| them| back)?(?: at| on| @)? (?P<v>[0-9]{3}[ .-][0-9]{4})\b",
        judge: |hit| by_digits(hit, 7),
    },
    Rule {
        kind: Kind::Phone,
        why: "a number like that of a telephone",
        needs: "9999999",
        pattern: r"\b[2-9][0-9]{2}[2-9][0-9]{6}\b",
        judge: long_number,
    },
    Rule {
        kind: Kind::Record,
        why: "a long number that measures nothing",
        needs: "9999999",
        pattern: r"\b[0-9]{7,}\b",
        judge: long_number,
    },
];

/// Places where anybody may read about medicine.
const REFERENCES: &[&str] = &[
    "doi.org",
    "nih.gov",
    "acr.org",
    "radiopaedia.org",
    "nice.org.uk",
    "cdc.gov",
    "who.int",
    "uspreventiveservicestaskforce.org",
    "wikipedia.org",
    "ahajournals.org",
    "rsna.org",
    "nejm.org",
    "jamanetwork.com",
    "bmj.com",
    "thelancet.com",
    "fda.gov",
    "mdcalc.com",
    "acc.org",
    "idsociety.org",
    "aap.org",
    "acog.org",
    "east.org",
    "esc.org",
    "escardio.org",
    "sirweb.org",
];

fn link(hit: &Hit<'_>) -> Option<Verdict> {
    let found = hit.found().to_ascii_lowercase();
    let bare = found.split_once("://").map_or(found.as_str(), |(_, rest)| rest);
    let host = bare.split(['/', '?', '#', ':']).next().unwrap_or("");
    let known = REFERENCES.iter().any(|r| host.strip_suffix(r).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')));
    if known || !host.contains('.') { None } else { hit.removed() }
}

fn network_address(hit: &Hit<'_>) -> Option<Verdict> {
    let parts = hit.found().split('.').all(|p| p.parse::<u16>().is_ok_and(|n| n < 256));
    let before = hit.text[..hit.value.start].ends_with('.');
    let after =
        hit.text[hit.value.end..].strip_prefix('.').is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    if parts && !before && !after { hit.removed() } else { None }
}

/// A number with enough digits, not measuring anything, and not a year alone.
fn by_digits(hit: &Hit<'_>, least: usize) -> Option<Verdict> {
    let found = hit.found();
    if glued(hit) {
        return None;
    }
    let tail = found.rsplit(' ').next().unwrap_or(found);
    let year = hit.digits() == 4 && tail.len() == 4 && (tail.starts_with("19") || tail.starts_with("20"));
    if hit.digits() < least || year || unit_follows(hit.text, hit.value.end) { None } else { hit.removed() }
}

/// Whether the key and the letters behind it are one word: "SNNOOP10".
fn glued(hit: &Hit<'_>) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic();
    hit.start() < hit.value.start && hit.text[..hit.value.start].ends_with(letter) && hit.found().starts_with(letter)
}

fn serial(hit: &Hit<'_>) -> Option<Verdict> {
    if glued(hit) {
        return None;
    }
    let letters = hit.found().bytes().any(|b| b.is_ascii_alphabetic());
    let mixed = letters && hit.digits() >= 2 && hit.found().len() >= 6;
    if mixed { hit.removed() } else { by_digits(hit, 4) }
}

/// Numbers that everybody may call: poison control, help lines.
const PUBLIC: &[&str] = &["8002221222", "8002738255", "8006624357", "8007997233"];

fn public(hit: &Hit<'_>) -> bool {
    let digits: String = hit.found().chars().filter(char::is_ascii_digit).collect();
    PUBLIC.contains(&digits.strip_prefix('1').unwrap_or(&digits))
}

fn telephone(hit: &Hit<'_>) -> Option<Verdict> {
    if public(hit) {
        return None;
    }
    let before = hit.text[..hit.value.start].chars().next_back();
    if before.is_some_and(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '/')) { None } else { by_digits(hit, 10) }
}

fn long_number(hit: &Hit<'_>) -> Option<Verdict> {
    let before = hit.text[..hit.value.start].chars().next_back();
    let part = before.is_some_and(|c| matches!(c, '.' | ',' | '/'));
    let cited = matches!(word_before(hit.text, hit.value.start).as_str(), "pmid" | "doi" | "pmcid" | "isbn" | "nct");
    if part || cited || hit.found().ends_with("000") { None } else { by_digits(hit, 7) }
}
