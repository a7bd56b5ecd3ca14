//! Three-way merge of one card, field by field: base (as its author sent it last), mine, theirs.
//!
//! Mine wins where only I changed, theirs where only they did. Where both changed one field differently it is a
//! conflict, told and never guessed. `tags` and `covers` merge as sets, `options` by option id, objects by field.
//!
//! Two changes that do not meet in a field can still contradict each other in sense: when one side changed the best
//! answer and the other changed what is taught, that is a conflict too.

use super::change::{EditClass, largest};
use super::read::keep_rules;
use super::{Catalog, parse_card, print};
use serde::Serialize;
use serde_json::{Map, Value};

/// Whose version to take where both changed a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one in this home.
    Mine,
    /// The one that came in.
    Theirs,
}

/// One field that both changed differently.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conflict {
    /// Path within the card: `rule`, `options.ct-head-without.why`.
    pub field: String,
    /// As its author sent it last; absent when the field (or the whole base) was not there.
    pub base: Option<Value>,
    /// In this home.
    pub mine: Option<Value>,
    /// As it came in.
    pub theirs: Option<Value>,
}

/// One field that changes in this home.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldChange {
    /// Path within the card.
    pub field: String,
    /// Now.
    pub before: Option<Value>,
    /// After the merge.
    pub after: Option<Value>,
}

/// What a merge comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The card as compact JSON; where there are conflicts, mine stands until they are decided.
    pub json: String,
    /// What both changed.
    pub conflicts: Vec<Conflict>,
}

/// Says whose version of a field to take; `None` leaves the conflict open. The whole card is the field `""`.
pub type Decide<'d> = dyn Fn(&str) -> Option<Side> + 'd;

/// Merges compact JSON texts of one card. Conflicts that `decide` decides are not reported.
#[must_use]
pub fn merge(base: Option<&str>, mine: &str, theirs: &str, decide: &Decide<'_>) -> Merged {
    let plain = |json: &str| Merged { json: json.to_owned(), conflicts: Vec::new() };
    if mine == theirs || base == Some(theirs) {
        return plain(mine);
    }
    let value = |text: &str| serde_json::from_str::<Value>(text).ok();
    let (Some(m), Some(t)) = (value(mine), value(theirs)) else { return plain(mine) };
    let b = base.and_then(value);
    // A decision that comes back as front and back has been through a format that could not hold it.
    if m.get("type") != t.get("type") {
        return whole(b.as_ref(), &m, &t, "", decide, mine, theirs);
    }
    if base == Some(mine) {
        return plain(theirs);
    }
    if let Some(torn) = torn(base, mine, theirs) {
        return whole(b.as_ref(), &m, &t, torn, decide, mine, theirs);
    }
    let mut work = Work { decide, conflicts: Vec::new() };
    let merged = work.three(&mut Vec::new(), b.as_ref(), Some(&m), Some(&t)).unwrap_or(Value::Null);
    let json = print::canonical(&merged.to_string());
    let sound = json.as_deref().filter(|j| keep_rules(j, Catalog::bundled()).is_some());
    match sound {
        Some(json) => Merged { json: json.to_owned(), conflicts: work.conflicts },
        // Each version is right by itself but not field by field (two best options, say): the card goes as a whole.
        None => whole(b.as_ref(), &m, &t, "", decide, mine, theirs),
    }
}

/// The field in which the two sides contradict each other although they changed different fields: the whole card.
fn torn(base: Option<&str>, mine: &str, theirs: &str) -> Option<&'static str> {
    let card = |text: &str| parse_card(text, Catalog::bundled());
    let (b, m, t) = (card(base?)?, card(mine)?, card(theirs)?);
    let (ours, others) = (largest(&b, &m), largest(&b, &t));
    let answer = ours == EditClass::Answer || others == EditClass::Answer;
    let both = ours >= EditClass::Detail && others >= EditClass::Detail;
    (answer && both && largest(&m, &t) >= EditClass::Detail).then_some("")
}

/// The whole card (or one field of it) as the conflict.
fn whole(
    base: Option<&Value>,
    mine: &Value,
    theirs: &Value,
    field: &str,
    decide: &Decide<'_>,
    mine_text: &str,
    theirs_text: &str,
) -> Merged {
    match decide(field) {
        Some(Side::Mine) => return Merged { json: mine_text.to_owned(), conflicts: Vec::new() },
        Some(Side::Theirs) => return Merged { json: theirs_text.to_owned(), conflicts: Vec::new() },
        None => {}
    }
    let at = |v: &Value| if field.is_empty() { Some(v.clone()) } else { v.get(field).cloned() };
    let conflict = Conflict { field: field.to_owned(), base: base.and_then(at), mine: at(mine), theirs: at(theirs) };
    Merged { json: mine_text.to_owned(), conflicts: vec![conflict] }
}

struct Work<'d> {
    decide: &'d Decide<'d>,
    conflicts: Vec<Conflict>,
}

impl Work<'_> {
    fn three(
        &mut self,
        path: &mut Vec<String>,
        base: Option<&Value>,
        mine: Option<&Value>,
        theirs: Option<&Value>,
    ) -> Option<Value> {
        if mine == theirs || theirs == base {
            return mine.cloned();
        }
        if mine == base {
            return theirs.cloned();
        }
        match (path.first().map(String::as_str), mine, theirs) {
            (_, Some(Value::Object(m)), Some(Value::Object(t))) => {
                let empty = Map::new();
                let b = base.and_then(Value::as_object).unwrap_or(&empty);
                Some(Value::Object(self.objects(path, b, m, t)))
            }
            (Some("tags" | "covers"), Some(Value::Array(m)), Some(Value::Array(t))) => {
                Some(Value::Array(sets(base.and_then(Value::as_array), m, t)))
            }
            (Some("options"), Some(Value::Array(m)), Some(Value::Array(t))) if path.len() == 1 => {
                Some(Value::Array(self.options(path, base.and_then(Value::as_array), m, t)))
            }
            _ => {
                let field = path.join(".");
                match (self.decide)(&field) {
                    Some(Side::Theirs) => return theirs.cloned(),
                    Some(Side::Mine) => {}
                    None => self.conflicts.push(Conflict {
                        field,
                        base: base.cloned(),
                        mine: mine.cloned(),
                        theirs: theirs.cloned(),
                    }),
                }
                mine.cloned()
            }
        }
    }

    fn objects(
        &mut self,
        path: &mut Vec<String>,
        base: &Map<String, Value>,
        mine: &Map<String, Value>,
        theirs: &Map<String, Value>,
    ) -> Map<String, Value> {
        let mut out = Map::new();
        for key in mine.keys().chain(theirs.keys().filter(|k| !mine.contains_key(*k))) {
            path.push(key.clone());
            if let Some(value) = self.three(path, base.get(key), mine.get(key), theirs.get(key)) {
                out.insert(key.clone(), value);
            }
            path.pop();
        }
        out
    }

    /// Options are told apart by their ids; their order is mine unless only they changed it.
    fn options(
        &mut self,
        path: &mut Vec<String>,
        base: Option<&Vec<Value>>,
        mine: &[Value],
        theirs: &[Value],
    ) -> Vec<Value> {
        let keyed =
            |list: &[Value]| -> Vec<(String, Value)> { list.iter().map(|o| (option_id(o), o.clone())).collect() };
        let base = keyed(base.map_or(&[], Vec::as_slice));
        let (mine, theirs) = (keyed(mine), keyed(theirs));
        let order = |list: &[(String, Value)]| list.iter().map(|(k, _)| k.clone()).collect::<Vec<_>>();
        let (first, second) = if order(&mine) == order(&base) { (&theirs, &mine) } else { (&mine, &theirs) };
        let mut ids = order(first);
        ids.extend(order(second).into_iter().filter(|k| !first.iter().any(|(f, _)| f == k)));
        let mut out = Vec::new();
        for id in ids {
            let find = |list: &'_ [(String, Value)]| list.iter().find(|(k, _)| *k == id).map(|(_, v)| v.clone());
            path.push(id.clone());
            let (b, m, t) = (find(&base), find(&mine), find(&theirs));
            out.extend(self.three(path, b.as_ref(), m.as_ref(), t.as_ref()));
            path.pop();
        }
        out
    }
}

fn option_id(option: &Value) -> String {
    ["id", "study"].iter().find_map(|k| option.get(k)?.as_str()).unwrap_or_default().to_owned()
}

/// What either added, without what either removed; mine in my order first.
fn sets(base: Option<&Vec<Value>>, mine: &[Value], theirs: &[Value]) -> Vec<Value> {
    let base = base.map_or(&[][..], Vec::as_slice);
    let mut out: Vec<Value> = mine.iter().filter(|v| theirs.contains(v) || !base.contains(v)).cloned().collect();
    out.extend(theirs.iter().filter(|v| !mine.contains(v) && !base.contains(v)).cloned());
    out
}

/// The fields in which two versions of a card differ, as paths with before and after.
#[must_use]
pub fn differences(before: &str, after: &str) -> Vec<FieldChange> {
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
    let mut out = Vec::new();
    differ(&mut Vec::new(), Some(&value(before)), Some(&value(after)), &mut out);
    out
}

fn differ(path: &mut Vec<String>, before: Option<&Value>, after: Option<&Value>, out: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    let keyed = |v: &Value| -> Option<Vec<(String, Value)>> {
        match v {
            Value::Object(map) => Some(map.iter().map(|(k, v)| (k.clone(), v.clone())).collect()),
            Value::Array(list) if path.len() == 1 && path[0] == "options" => {
                Some(list.iter().map(|o| (option_id(o), o.clone())).collect())
            }
            _ => None,
        }
    };
    if let (Some(b), Some(a)) = (before.and_then(keyed), after.and_then(keyed)) {
        let same_ids = b.len() == a.len() && b.iter().zip(&a).all(|((x, _), (y, _))| x == y);
        let find = |list: &[(String, Value)], key: &str| list.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone());
        let mut found = 0;
        for key in b.iter().map(|(k, _)| k).chain(a.iter().map(|(k, _)| k).filter(|k| find(&b, k).is_none())) {
            let had = out.len();
            path.push(key.clone());
            differ(path, find(&b, key).as_ref(), find(&a, key).as_ref(), out);
            path.pop();
            found += out.len() - had;
        }
        // Only the order differs.
        if found > 0 || same_ids {
            return;
        }
    }
    out.push(FieldChange { field: path.join("."), before: before.cloned(), after: after.cloned() });
}

#[cfg(test)]
mod tests;
