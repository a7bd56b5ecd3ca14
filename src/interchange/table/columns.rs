//! Which column holds what.

use super::head::{Head, cut};
use super::records::MAX_FIELDS;
use crate::deck::problem::did_you_mean;
use crate::interchange::incoming::ReadError;

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident = $word:literal, [$($other:literal),*];)+) => {
        /// What a column holds.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Role { $($(#[$doc])* $role),+ }

        impl Role {
            /// The words `--map` takes, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word in `--map` and in reports.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$role => $word),+ }
            }

            /// The role a column's name says, in whatever case.
            pub fn of(name: &str) -> Option<Self> {
                let name: String = name.trim().to_lowercase().replace(['_', '-'], " ");
                match name.as_str() {
                    $($word $(| $other)* => Some(Self::$role),)+
                    _ => None,
                }
            }
        }
    };
}

roles! {
    /// What is asked.
    Front = "front", ["term", "prompt", "q", "word"];
    /// What is recalled.
    Back = "back", ["answer", "definition", "a", "response", "meaning"];
    /// A text with deletions.
    Text = "text", ["cloze"];
    /// The reason.
    Why = "why", ["extra", "explanation", "back extra", "rationale", "reason"];
    /// Tags.
    Tags = "tags", ["tag", "labels", "label"];
    /// The clinical field.
    Domain = "domain", ["field", "subject", "specialty"];
    /// The card's id.
    Id = "id", ["card id"];
    /// Anki's id of a note.
    Guid = "guid", [];
    /// The deck's name.
    Deck = "deck", ["deck name"];
    /// decision, basic or cloze.
    Kind = "type", ["card type", "kind"];
    /// Anki's note type: not used.
    NoteType = "notetype", ["note type"];
    /// An aside.
    Note = "note", ["notes", "comment", "comments", "remark"];
    /// Where it is from, in words: goes into the reason.
    Source = "source", ["reference", "references", "ref"];
    /// Sources in the deck format's own JSON.
    Sources = "sources", [];
    /// The patient of a decision.
    Vignette = "vignette", ["stem"];
    /// A decision's question; the front of other cards.
    Question = "question", [];
    /// A decision's options, as JSON.
    Options = "options", [];
    /// The sentence to remember.
    Rule = "rule", [];
    /// What a result changes, as JSON.
    Next = "next", [];
    /// Siblings.
    Family = "family", [];
    /// What flips the answer.
    Modifier = "modifier", [];
    /// Decision points it teaches.
    Covers = "covers", [];
}

/// The word in `--map` for a column that is to be left alone.
const IGNORE: &str = "ignore";

/// What each column holds.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// By place.
    pub roles: Vec<Option<Role>>,
    /// Their names, where the file has any.
    pub names: Vec<String>,
    /// The first row is their names.
    pub header_row: bool,
    /// How many columns a row may fill.
    pub width: usize,
}

impl Columns {
    /// From the header lines, the first row and `--map`.
    ///
    /// # Errors
    /// When a header line or a map names a column that is not there, or a role that is none.
    pub fn find(head: &Head, first: &[&str], maps: &[String], first_line: usize) -> Result<Self, ReadError> {
        let maps = parse_maps(maps)?;
        let by_name = maps.iter().any(|(column, _)| number(column).is_none());
        let mut columns = Self { width: first.len(), ..Self::default() };
        if let Some((names, _)) = &head.columns {
            columns.names.clone_from(names);
        } else if (head.placed.is_empty() && looks_like_header(first)) || (by_name && !head.own) {
            // A file whose lines give columns by number is Anki's own: there every row is a note.
            columns.header_row = true;
            columns.names = first.iter().map(|n| n.trim().trim_start_matches('\u{feff}').to_owned()).collect();
        }
        columns.width = columns.width.max(columns.names.len());
        columns.roles = vec![None; columns.width];
        for (role, at, line) in &head.placed {
            let width = columns.width;
            let Some(slot) = columns.roles.get_mut(*at) else {
                return Err(ReadError::new(
                    format!("line {line}"),
                    format!("\"#{} column:{}\" is past the last column; the rows have {width}", role.word(), at + 1),
                    "correct the number, or remove the line",
                ));
            };
            *slot = Some(*role);
        }
        columns.name_roles(head.own);
        let mapped = columns.apply(&maps, first_line)?;
        columns.fill(&mapped);
        Ok(columns)
    }

    fn name_roles(&mut self, own: bool) {
        let decision = own || self.names.iter().any(|n| matches!(Role::of(n), Some(Role::Options | Role::Vignette)));
        for at in 0..self.names.len() {
            if self.roles.get(at).is_none_or(Option::is_some) {
                continue;
            }
            let mut role = self.names.get(at).and_then(|n| Role::of(n));
            if role == Some(Role::Question) && !decision {
                role = Some(Role::Front);
            }
            if role == Some(Role::Sources) && !decision {
                role = Some(Role::Source);
            }
            // Of two columns with one role the first has it; reasons and sources add up.
            if let Some(role) = role
                && (matches!(role, Role::Why | Role::Source) || self.at(role).is_none())
            {
                self.set(at, Some(role));
            }
        }
    }

    fn set(&mut self, at: usize, role: Option<Role>) {
        if let Some(slot) = self.roles.get_mut(at) {
            *slot = role;
        }
    }

    /// Lets `--map` have its way; returns the columns it spoke of.
    fn apply(&mut self, maps: &[(String, Option<Role>)], line: usize) -> Result<Vec<usize>, ReadError> {
        let mut mapped = Vec::new();
        for (column, role) in maps {
            let named = self.names.iter().position(|n| n.trim().eq_ignore_ascii_case(column));
            let at = named.or_else(|| number(column).map(|n| n - 1)).filter(|at| *at < self.width);
            let Some(at) = at else {
                let quoted: Vec<String> = self.names.iter().take(20).map(|n| format!("\"{}\"", cut(n))).collect();
                let hint = did_you_mean(column, self.names.iter().map(String::as_str)).unwrap_or_else(|| {
                    if quoted.is_empty() {
                        format!("there are {} columns; name one by its number", self.width)
                    } else {
                        format!("the columns are {}", quoted.join(", "))
                    }
                });
                let cause = format!("--map names a column \"{}\" that is not there", cut(column));
                return Err(ReadError::new(format!("line {line}"), cause, hint));
            };
            if let Some(role) = role
                && !matches!(role, Role::Why | Role::Source)
            {
                let others: Vec<usize> = (0..self.width).filter(|i| self.roles.get(*i) == Some(&Some(*role))).collect();
                for other in others.into_iter().filter(|i| !mapped.contains(i)) {
                    self.set(other, None);
                }
            }
            self.set(at, *role);
            mapped.push(at);
        }
        Ok(mapped)
    }

    /// Nothing says where the front is: the first columns without a role are front, back and reason.
    fn fill(&mut self, mapped: &[usize]) {
        if [Role::Front, Role::Text, Role::Question].iter().any(|r| self.at(*r).is_some()) {
            return;
        }
        let mut order =
            [Role::Front, Role::Back, Role::Why].into_iter().filter(|r| self.at(*r).is_none()).collect::<Vec<_>>();
        for at in 0..self.width {
            if !order.is_empty() && self.roles.get(at) == Some(&None) && !mapped.contains(&at) {
                let role = order.remove(0);
                self.set(at, Some(role));
            }
        }
    }

    /// The first column with a role.
    pub fn at(&self, role: Role) -> Option<usize> {
        self.roles.iter().position(|r| *r == Some(role))
    }

    /// All columns with a role.
    pub fn all(&self, role: Role) -> impl Iterator<Item = usize> + '_ {
        self.roles.iter().enumerate().filter(move |(_, r)| **r == Some(role)).map(|(i, _)| i)
    }

    /// "Front=front, Extra=why; not used: Deck options".
    pub fn describe(&self) -> String {
        const SHOWN: usize = 30;
        let name = |i: usize| match self.names.get(i).filter(|n| !n.trim().is_empty()) {
            Some(n) => cut(n.trim()),
            None => format!("column {}", i + 1),
        };
        let used = self.roles.iter().enumerate().filter_map(|(i, r)| r.map(|r| (i, r)));
        let mut used: Vec<String> =
            used.filter(|(_, r)| *r != Role::NoteType).map(|(i, r)| format!("{}={}", name(i), r.word())).collect();
        let unused = self.roles.iter().enumerate().filter(|(_, r)| matches!(r, None | Some(Role::NoteType)));
        let mut unused: Vec<String> = unused.map(|(i, _)| name(i)).collect();
        for list in [&mut used, &mut unused] {
            if list.len() > SHOWN {
                let more = list.len() - SHOWN;
                list.truncate(SHOWN);
                list.push(format!("and {more} more"));
            }
        }
        let mut out = used.join(", ");
        if !unused.is_empty() {
            out.push_str("; not used: ");
            out.push_str(&unused.join(", "));
        }
        out
    }
}

/// Names that head a column even when the one beside it is not known.
const STRONG: &[&str] = &["front", "question", "term"];

/// Two names of columns, or one of two, or a single one that stands alone, make a header row; no name of one is long.
fn looks_like_header(first: &[&str]) -> bool {
    let named: Vec<Role> = first.iter().filter_map(|f| Role::of(f)).collect();
    let asks =
        named.iter().any(|r| matches!(r, Role::Front | Role::Question | Role::Text | Role::Vignette | Role::Back));
    let short = first.iter().all(|f| f.chars().count() <= 60 && !f.contains('\n'));
    let strong = first.len() <= 2 && first.iter().any(|f| STRONG.contains(&f.trim().to_lowercase().as_str()));
    short && asks && (strong || named.len() >= 2 || first.iter().filter(|f| !f.trim().is_empty()).count() == 1)
}

fn number(column: &str) -> Option<usize> {
    column.parse().ok().filter(|n| (1..=MAX_FIELDS).contains(n))
}

/// "Front=front,Extra=why" taken apart.
fn parse_maps(maps: &[String]) -> Result<Vec<(String, Option<Role>)>, ReadError> {
    let mut out = Vec::new();
    for pair in maps.iter().flat_map(|m| m.split(',')).map(str::trim).filter(|p| !p.is_empty()) {
        let wrong = |cause: String, hint: String| Err(ReadError::new("--map", cause, hint));
        let Some((column, word)) = pair.rsplit_once('=') else {
            let cause = format!("\"{}\" says no role", cut(pair));
            return wrong(cause, "write COLUMN=ROLE, for example Extra=why or 3=why".to_owned());
        };
        let (column, word) = (column.trim(), word.trim());
        if column.is_empty() {
            return wrong(format!("\"{}\" names no column", cut(pair)), "write COLUMN=ROLE".to_owned());
        }
        let role = Role::of(word).filter(|r| *r != Role::NoteType);
        if role.is_none() && word != IGNORE {
            let words = || Role::WORDS.iter().copied().filter(|w| *w != "notetype").chain([IGNORE]);
            let all = words().collect::<Vec<_>>().join(", ");
            let hint = did_you_mean(word, words()).unwrap_or_else(|| format!("one of: {all}"));
            return wrong(format!("\"{}\" is nothing a column can hold", cut(word)), hint);
        }
        out.push((column.to_owned(), role));
    }
    Ok(out)
}
