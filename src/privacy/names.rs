//! How names of people are written: behind a title, a role or a label, before an age, or by a known given name.

use super::Kind;
use super::naming::{
    before_age, behind_age, behind_patient, by_somebody, capitals, close, given_alone, given_and_last, labeled,
    last_and_given, letter, lower_case, one_before_age, patient, person, plain_name, titled, titled_in_lower_case,
};
use super::rule::Rule;

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
            r"){0,2})|(?:\p{Lu}\. ?){1,3}",
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
