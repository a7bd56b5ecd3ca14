//! What each field of a note type becomes: guessed from names and templates, overridden by the user.

use super::notetypes::{NoteType, Shown, shown};
use crate::deck::problem::did_you_mean;
use crate::interchange::incoming::ReadError;
use std::collections::BTreeMap;

/// What a field becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What is asked.
    Front,
    /// What is recalled.
    Back,
    /// The text of a cloze.
    Text,
    /// The reason, as it is.
    Why,
    /// Joined to the reason, with the field's name before it.
    Named,
    /// The author's aside.
    Note,
    /// Left out.
    Ignore,
}

impl Role {
    /// The words of `--map`.
    const WORDS: &[(&str, Self)] = &[
        ("front", Self::Front),
        ("back", Self::Back),
        ("why", Self::Why),
        ("text", Self::Text),
        ("note", Self::Note),
        ("ignore", Self::Ignore),
    ];

    fn said(self) -> &'static str {
        match self {
            Self::Named => "why (with its name)",
            Self::Front => "front",
            Self::Back => "back",
            Self::Why => "why",
            Self::Text => "text",
            Self::Note => "note",
            Self::Ignore => "ignore",
        }
    }
}

/// What the notes of one type become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Becomes {
    /// A basic card for each template.
    Basic,
    /// One cloze.
    Cloze,
    /// Nothing: picture occlusion.
    Nothing,
    /// The card that stands in one of its fields: the type is ours.
    Ours,
}

/// The front and back of one template, as places of fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Face {
    /// What is asked.
    pub front: Vec<usize>,
    /// What is recalled.
    pub back: Vec<usize>,
}

/// How a note type is read.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The note type's name.
    pub name: String,
    /// What its notes become.
    pub becomes: Becomes,
    /// Field names.
    pub fields: Vec<String>,
    /// Their roles.
    pub roles: Vec<Role>,
    /// One for each template.
    pub faces: Vec<Face>,
}

/// The name our own note types start with.
pub const OUR_TYPE: &str = "scanwise";

/// The field of our own note types with `deck/card`.
pub const OUR_KEY: &str = "Key";

/// The field of our own note types with the card as JSON.
pub const OUR_CARD: &str = "Card";

impl Plan {
    /// The proposal for a note type, with what the user asked for.
    pub fn new(kind: &NoteType, wanted: &BTreeMap<usize, Role>) -> Self {
        let questions: Vec<Shown> = kind.templates.iter().map(|(q, _)| shown(q, &kind.fields)).collect();
        let answers: Vec<Shown> = kind.templates.iter().map(|(_, a)| shown(a, &kind.fields)).collect();
        let mut roles: Vec<Role> = kind.fields.iter().map(|name| guess(name, kind.cloze)).collect();
        let ours = kind.name.to_lowercase().starts_with(OUR_TYPE)
            && [OUR_KEY, OUR_CARD].iter().all(|f| kind.fields.iter().any(|name| name == f));
        if ours {
            for (name, role) in kind.fields.iter().zip(&mut roles) {
                if name == OUR_KEY || name == OUR_CARD {
                    *role = Role::Ignore;
                }
            }
        }
        // A field that templates only ask about is a switch, not content.
        for (at, role) in roles.iter_mut().enumerate() {
            let asked = questions.iter().chain(&answers).any(|s| s.conditions.contains(&at));
            let seen = questions.iter().chain(&answers).any(|s| s.content.contains(&at));
            if asked && !seen && *role == Role::Named {
                *role = Role::Ignore;
            }
        }
        // Whoever names a front names all of it; what was guessed stays beside the reason.
        for role in &mut roles {
            if matches!(role, Role::Front | Role::Back | Role::Text) && wanted.values().any(|w| w == role) {
                *role = Role::Named;
            }
        }
        for (at, role) in wanted {
            roles[*at] = *role;
        }
        let free = |roles: &[Role], at: usize| roles[at] == Role::Named && !wanted.contains_key(&at);
        let cloze = kind.cloze || wanted.values().any(|r| *r == Role::Text);
        let fill = |role: Role, candidates: &[usize], roles: &mut Vec<Role>| {
            if !roles.contains(&role)
                && let Some(at) = candidates.iter().copied().find(|at| free(roles, *at))
            {
                roles[at] = role;
            }
        };
        let all: Vec<usize> = (0..kind.fields.len()).collect();
        if cloze {
            if !wanted.values().any(|r| *r == Role::Text)
                && let Some(first) = questions.first().filter(|s| !s.cloze.is_empty())
            {
                for (at, role) in roles.iter_mut().enumerate() {
                    if first.cloze.contains(&at) && !wanted.contains_key(&at) {
                        *role = Role::Text;
                    } else if *role == Role::Text && !wanted.contains_key(&at) {
                        *role = Role::Named;
                    }
                }
            }
            fill(Role::Text, &all, &mut roles);
        } else {
            let empty = Shown::default();
            let question = questions.first().unwrap_or(&empty);
            let answer = answers.first().unwrap_or(&empty);
            fill(Role::Front, &question.content, &mut roles);
            fill(Role::Front, &all, &mut roles);
            fill(Role::Back, &answer.content, &mut roles);
            fill(Role::Back, &all, &mut roles);
        }
        let faces = if cloze { Vec::new() } else { faces(&roles, &questions, &answers) };
        let becomes = if kind.occlusion {
            Becomes::Nothing
        } else if ours {
            Becomes::Ours
        } else if cloze {
            Becomes::Cloze
        } else {
            Becomes::Basic
        };
        Self { name: kind.name.clone(), becomes, fields: kind.fields.clone(), roles, faces }
    }

    /// For people: "Basic: Front=front, Back=back".
    pub fn said(&self) -> String {
        match self.becomes {
            Becomes::Nothing => format!("{}: left out (picture occlusion)", self.name),
            Becomes::Ours => format!("{}: cards of scanwise, taken back as they were", self.name),
            Becomes::Basic | Becomes::Cloze => {
                let fields: Vec<String> =
                    self.fields.iter().zip(&self.roles).map(|(f, r)| format!("{f}={}", r.said())).collect();
                format!("{}: {}", self.name, fields.join(", "))
            }
        }
    }
}

/// By the field's name alone.
fn guess(name: &str, cloze: bool) -> Role {
    match name.trim().to_lowercase().as_str() {
        "text" | "cloze" if cloze => Role::Text,
        "front" | "question" | "stem" | "prompt" | "vignette" | "q" if !cloze => Role::Front,
        "back" | "answer" | "response" | "a" if !cloze => Role::Back,
        "extra" | "back extra" | "explanation" | "why" | "notes" | "note" | "rationale" | "remarks" | "comment"
        | "comments" => Role::Why,
        "add reverse" | "id" | "guid" | "key" | "sort" | "sort id" | "sort field" | "ankihub_id" => Role::Ignore,
        _ => Role::Named,
    }
}

/// Which fields each template asks and which it reveals.
fn faces(roles: &[Role], questions: &[Shown], answers: &[Shown]) -> Vec<Face> {
    let with = |role: Role| -> Vec<usize> { (0..roles.len()).filter(|at| roles[*at] == role).collect() };
    let (front, back) = (with(Role::Front), with(Role::Back));
    let forward = Face { front: front.clone(), back: back.clone() };
    let mut out = vec![forward.clone()];
    for (question, answer) in questions.iter().zip(answers).skip(1) {
        let asks = |list: &[usize]| question.content.iter().any(|at| list.contains(at));
        if question.content.is_empty() || asks(&front) {
            out.push(forward.clone());
        } else if asks(&back) {
            out.push(Face { front: back.clone(), back: front.clone() });
        } else {
            // It asks a third field. What it reveals first is the answer.
            let asked: Vec<usize> = question.content.iter().copied().filter(|at| roles[*at] != Role::Ignore).collect();
            let mut revealed = answer.content.iter().copied().filter(|at| !asked.contains(at));
            let known = |at: &usize| front.contains(at) || back.contains(at);
            let told: Vec<usize> = revealed.clone().filter(known).collect();
            let told = if told.is_empty() { revealed.next().into_iter().collect() } else { told };
            out.push(Face { front: asked, back: told });
        }
    }
    out
}

/// Reads the `--map` values: for each note type that is named, what the user wants of its fields.
pub fn wanted(maps: &[String], kinds: &[&NoteType]) -> Result<BTreeMap<i64, BTreeMap<usize, Role>>, ReadError> {
    let mut out: BTreeMap<i64, BTreeMap<usize, Role>> = BTreeMap::new();
    for map in maps {
        let (of, rest) = named_type(map, kinds);
        for part in rest.split(',').map(str::trim).filter(|p| !p.is_empty()) {
            let Some((field, target)) = part.rsplit_once('=') else {
                return Err(refused(
                    map,
                    &format!("\"{part}\" is not FIELD=TARGET"),
                    "for example Front=front,Extra=why",
                ));
            };
            // The name of the note type may stand before each field, too.
            let (again, field) = named_type(field, kinds);
            let of = again.or(of);
            let (field, target) = (field.trim(), target.trim());
            let Some(role) = Role::WORDS.iter().find(|(w, _)| w.eq_ignore_ascii_case(target)).map(|(_, r)| *r) else {
                let words: Vec<&str> = Role::WORDS.iter().map(|(w, _)| *w).collect();
                let near = did_you_mean(target, words.iter().copied());
                let hint = near.unwrap_or_default() + " targets are " + &words.join(", ");
                return Err(refused(map, &format!("\"{target}\" is no target"), hint.trim()));
            };
            let mut found = false;
            for kind in kinds.iter().filter(|k| of.is_none_or(|of| of == k.id)) {
                let Some(at) = kind.fields.iter().position(|f| f.trim().to_lowercase() == field.to_lowercase()) else {
                    continue;
                };
                found = true;
                if kind.cloze && matches!(role, Role::Front | Role::Back) {
                    if of.is_none() {
                        continue;
                    }
                    let cause = format!("\"{}\" makes cloze cards, which have no {target}", kind.name);
                    return Err(refused(map, &cause, "use text, why, note or ignore"));
                }
                out.entry(kind.id).or_default().insert(at, role);
            }
            if !found {
                return Err(unknown_field(map, field, of, kinds));
            }
        }
    }
    Ok(out)
}

/// Splits "My Note Type:Front=front" at the longest name of a note type it starts with.
fn named_type<'m>(map: &'m str, kinds: &[&NoteType]) -> (Option<i64>, &'m str) {
    let mut best: (Option<i64>, &str) = (None, map);
    for (at, _) in map.match_indices(':') {
        let name = map[..at].trim().to_lowercase();
        if let Some(kind) = kinds.iter().find(|k| k.name.trim().to_lowercase() == name) {
            best = (Some(kind.id), &map[at + 1..]);
        }
    }
    best
}

fn unknown_field(map: &str, field: &str, of: Option<i64>, kinds: &[&NoteType]) -> ReadError {
    let here = || kinds.iter().filter(|k| of.is_none_or(|of| of == k.id));
    let names = here().flat_map(|k| k.fields.iter().map(String::as_str));
    // Perhaps what stands before a colon was meant as the name of a note type.
    let near = match field.split_once(':') {
        Some((kind, _)) if of.is_none() => did_you_mean(kind.trim(), kinds.iter().map(|k| k.name.as_str())),
        _ => None,
    }
    .or_else(|| did_you_mean(field, names));
    let known: Vec<String> = here().take(20).map(|k| format!("{}: {}", k.name, k.fields.join(", "))).collect();
    let hint = near.map(|n| n + " ").unwrap_or_default() + "fields are " + &known.join("; ");
    refused(map, &format!("there is no field \"{field}\""), &hint)
}

fn refused(map: &str, cause: &str, hint: &str) -> ReadError {
    ReadError::new(format!("--map {map}"), cause, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, cloze: bool, fields: &[&str], templates: &[(&str, &str)]) -> NoteType {
        NoteType {
            id: i64::try_from(name.len()).expect("short"),
            name: name.to_owned(),
            cloze,
            occlusion: false,
            fields: fields.iter().map(|f| (*f).to_owned()).collect(),
            templates: templates.iter().map(|(q, a)| ((*q).to_owned(), (*a).to_owned())).collect(),
        }
    }

    fn proposed(kind: &NoteType) -> Plan {
        Plan::new(kind, &BTreeMap::new())
    }

    #[test]
    fn names_and_templates_make_a_proposal() {
        let plan = proposed(&kind(
            "Radiology",
            false,
            &["Topic", "Stem", "Answer", "Explanation", "Source", "Add Reverse"],
            &[("{{Stem}}", "{{Answer}}"), ("{{#Add Reverse}}{{Answer}}{{/Add Reverse}}", "{{Stem}}")],
        ));
        assert_eq!(
            plan.said(),
            "Radiology: Topic=why (with its name), Stem=front, Answer=back, Explanation=why, Source=why (with its name), Add Reverse=ignore"
        );
        assert_eq!(plan.faces[1], Face { front: vec![2], back: vec![1] });

        let plan = proposed(&kind(
            "Capitals",
            false,
            &["Country", "Capital", "Flag"],
            &[("{{Country}}", "{{Capital}}"), ("{{Flag}}", "{{Country}}<br>{{Capital}}")],
        ));
        assert_eq!(plan.faces[0], Face { front: vec![0], back: vec![1] });
        assert_eq!(plan.faces[1], Face { front: vec![2], back: vec![0, 1] });

        let plan = proposed(&kind("AnKing", true, &["Main", "Text", "Extra"], &[("{{cloze:Main}}", "{{cloze:Main}}")]));
        assert_eq!(plan.roles, [Role::Text, Role::Named, Role::Why]);
        assert_eq!(plan.becomes, Becomes::Cloze);
    }

    #[test]
    fn the_user_overrides_the_proposal() {
        let basic = kind("My: Type", false, &["Q", "A", "Extra"], &[("{{Q}}", "{{A}}")]);
        let cloze = kind("Cloze", true, &["Text", "Extra"], &[("{{cloze:Text}}", "")]);
        let kinds = [&basic, &cloze];
        let map = |m: &str| wanted(&[m.to_owned()], &kinds);
        assert_eq!(
            map("my: type:q=back, A = FRONT").expect("valid")[&basic.id],
            [(0, Role::Back), (1, Role::Front)].into()
        );
        assert_eq!(map("Extra=note").expect("valid").len(), 2);
        let plan = Plan::new(&basic, &map("My: Type:Extra=back").expect("valid")[&basic.id]);
        assert_eq!(plan.faces[0], Face { front: vec![0], back: vec![2] });
        assert_eq!(plan.roles[1], Role::Named);
        let plan = Plan::new(&basic, &map("My: Type:Extra=back,A=back").expect("valid")[&basic.id]);
        assert_eq!(plan.faces[0], Face { front: vec![0], back: vec![1, 2] });
    }

    #[test]
    fn a_wrong_map_says_what_is_known() {
        let basic = kind("Basic", false, &["Front", "Back"], &[]);
        let cloze = kind("Cloze!", true, &["Text"], &[]);
        let kinds = [&basic, &cloze];
        let hint = |m: &str| wanted(&[m.to_owned()], &kinds).expect_err("wrong").hint;
        assert_eq!(hint("Frnt=front"), "did you mean \"Front\"? fields are Basic: Front, Back; Cloze!: Text");
        assert!(hint("Basci:Front=front").starts_with("did you mean \"Basic\"?"));
        assert!(hint("Front=frnt").starts_with("did you mean \"front\"? targets are front, back, why"));
        assert_eq!(hint("Cloze!:Text=back"), "use text, why, note or ignore");
        assert!(hint("Front").contains("Front=front"));
    }
}
