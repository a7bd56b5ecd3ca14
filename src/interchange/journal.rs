//! Events as JSON: for `show`, and for histories that travel with a deck.

use crate::log::{Answer, Event, EventId, EventKind, Picked, Turn};
use crate::model::{CardKey, Confidence, Grade, Miss, Stamp};
use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};
use uuid::Uuid;

/// An event, without its card.
#[must_use]
pub fn to_json(event: &Event) -> Value {
    let mut out = json!({
        "id": event.id.to_string(), "at": event.at.local().to_rfc3339_opts(SecondsFormat::Millis, false), "device": event.device, "kind": event.kind.word(),
    });
    let Some(fields) = out.as_object_mut() else { return out };
    let mut put = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    match &event.kind {
        EventKind::Answered(a) => {
            match &a.picked {
                Picked::Option(id) => put("choice", json!(id)),
                Picked::Recalled(yes) => put("recalled", json!(yes)),
            }
            put("confidence", json!(a.confidence));
            put("miss", json!(a.miss));
            put("grade", json!(a.grade.value()));
            put("ms", json!(a.ms));
        }
        EventKind::Debriefed { target, miss, grade } => {
            put("target", json!(target.to_string()));
            put("miss", json!(miss));
            put("grade", json!(grade.value()));
        }
        EventKind::Undone { target } => put("target", json!(target.to_string())),
        EventKind::Relearn(turn) => {
            put("was", json!(turn.was));
            put("now", json!(turn.now));
        }
        EventKind::Noted(note) => put("note", json!(note)),
        EventKind::Tagged(tags) => put("tags", json!(tags)),
        _ => {}
    }
    out
}

/// The event that [`to_json`] wrote; `None` when it is not one.
#[must_use]
pub fn from_json(card: &CardKey, value: &Value) -> Option<Event> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let id = |name: &str| text(name).and_then(|t| Uuid::parse_str(t).ok()).map(|u| EventId(*u.as_bytes()));
    let grade = || value.get("grade").and_then(Value::as_u64).and_then(|g| Grade::new(u8::try_from(g).ok()?));
    let miss = || text("miss").and_then(Miss::from_word);
    let kind = match text("kind")? {
        "answered" => EventKind::Answered(Answer {
            picked: match (text("choice"), value.get("recalled").and_then(Value::as_bool)) {
                (Some(option), _) => Picked::Option(option.to_owned()),
                (None, Some(yes)) => Picked::Recalled(yes),
                (None, None) => return None,
            },
            confidence: text("confidence").and_then(Confidence::from_word)?,
            miss: miss(),
            grade: grade()?,
            ms: value.get("ms").and_then(Value::as_u64).and_then(|ms| u32::try_from(ms).ok()).unwrap_or(0),
        }),
        "debriefed" => EventKind::Debriefed { target: id("target")?, miss: miss()?, grade: grade()? },
        "undone" => EventKind::Undone { target: id("target")? },
        "relearn" => EventKind::Relearn(Turn { was: text("was")?.to_owned(), now: text("now")?.to_owned() }),
        "noted" => EventKind::Noted(text("note").map(str::to_owned)),
        "tagged" => EventKind::Tagged(
            value.get("tags")?.as_array()?.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        ),
        bare => EventKind::bare(bare)?,
    };
    Some(Event {
        id: id("id").filter(|id| id.0[6] >> 4 == 7)?,
        device: text("device").filter(|d| crate::model::ids::check_id(d).is_ok())?.to_owned(),
        at: Stamp::from_datetime(DateTime::parse_from_rfc3339(text("at")?).ok()?),
        card: card.clone(),
        kind,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_event_travels() {
        let card = CardKey::parse("d/c").expect("a key");
        let id = EventId([1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15, 16]);
        let grade = Grade::new(1).expect("a grade");
        let kinds = [
            EventKind::Answered(Answer {
                picked: Picked::Option("ct".into()),
                confidence: Confidence::Sure,
                miss: Some(Miss::Gap),
                grade,
                ms: 7,
            }),
            EventKind::Answered(Answer {
                picked: Picked::Recalled(true),
                confidence: Confidence::Guess,
                miss: None,
                grade,
                ms: 7,
            }),
            EventKind::Debriefed { target: id, miss: Miss::Slip, grade },
            EventKind::Undone { target: id },
            EventKind::Suspended,
            EventKind::Resumed,
            EventKind::Reset,
            EventKind::Flagged,
            EventKind::Unflagged,
            EventKind::Parked,
            EventKind::Relearn(Turn { was: "a".into(), now: "b".into() }),
            EventKind::Noted(Some("n".into())),
            EventKind::Noted(None),
            EventKind::Tagged(vec!["a".into()]),
        ];
        for kind in kinds {
            let at = Stamp { utc_ms: 1_767_000_000_123, offset_s: -18_000 };
            let event = Event { id, device: "phone".into(), at, card: card.clone(), kind };
            let text = to_json(&event).to_string();
            let back = from_json(&card, &serde_json::from_str(&text).expect("JSON"));
            assert_eq!(back, Some(event), "{text}");
        }
        assert_eq!(from_json(&card, &json!({"kind": "answered"})), None);
    }
}
