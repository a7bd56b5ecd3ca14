//! The laws of the log and the schedule, tried on random histories.

mod common;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use scanwise::deck::merge::Side;
use scanwise::interchange::plan::{Options, Plan, Removed};
use scanwise::interchange::read::{self, ReadOptions};
use scanwise::log::{Answer, Event, EventId, EventKind, Folded, Folding, History, IdSource, Picked, Turn, replay};
use scanwise::model::{CardKey, Confidence, Day, Ease, Grade, Miss, Stamp};
use scanwise::schedule::{CardState, Params};
use scanwise::store::Store;

const DAY_MS: i64 = 86_400_000;

#[derive(Debug, Clone)]
enum Act {
    Answer { card: usize, q: u8 },
    UndoNth(usize),
    Debrief { nth: usize, q: u8 },
    Mark { card: usize, which: u8 },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => (0..3_usize, 0..6_u8).prop_map(|(card, q)| Act::Answer { card, q }),
        2 => (0..40_usize).prop_map(Act::UndoNth),
        1 => (0..40_usize, 0..3_u8).prop_map(|(nth, q)| Act::Debrief { nth, q }),
        1 => (0..3_usize, 0..10_u8).prop_map(|(card, which)| Act::Mark { card, which }),
    ]
}

fn grade(q: u8) -> Grade {
    Grade::new(q).expect("a grade")
}

fn key(card: usize) -> CardKey {
    CardKey::join("mine", &format!("b-{}", card + 1), None)
}

fn answer(q: u8) -> Answer {
    Answer { picked: Picked::Recalled(q >= 3), confidence: Confidence::Think, miss: None, grade: grade(q), ms: 1_000 }
}

/// A log of these acts with these gaps (in hours; some negative: the clock goes back).
fn log(acts: &[(Act, i8)], device: &str, seed: u64) -> Vec<Event> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut ids = IdSource::after(None);
    let mut now = Stamp { utc_ms: 20_500 * DAY_MS, offset_s: -18_000 };
    let mut out: Vec<Event> = Vec::new();
    for (act, gap) in acts {
        now.utc_ms += i64::from(*gap) * 3_600_000;
        let answers: Vec<(EventId, CardKey)> =
            out.iter().filter(|e| matches!(e.kind, EventKind::Answered(_))).map(|e| (e.id, e.card.clone())).collect();
        let nth = |n: usize| answers.get(n % answers.len().max(1)).cloned();
        let (card, kind) = match act {
            Act::Answer { card, q } => (key(*card), EventKind::Answered(answer(*q))),
            // Of whatever happened: an answer, a mark, or an undo.
            Act::UndoNth(n) => match out.get(n % out.len().max(1)) {
                Some(event) => (event.card.clone(), EventKind::Undone { target: event.id }),
                None => continue,
            },
            Act::Debrief { nth: n, q } => match nth(*n) {
                Some((target, card)) => (card, EventKind::Debriefed { target, miss: Miss::Slip, grade: grade(*q) }),
                None => continue,
            },
            Act::Mark { card, which } => {
                let kind = match which {
                    0 => EventKind::Suspended,
                    1 => EventKind::Resumed,
                    2 => EventKind::Reset,
                    3 => EventKind::Flagged,
                    4 => EventKind::Parked,
                    5 => EventKind::Relearn(Turn { was: "old".to_owned(), now: "new".to_owned() }),
                    6 => EventKind::Noted(Some("mine".to_owned())),
                    7 => EventKind::Tagged(vec!["own".to_owned()]),
                    8 => EventKind::Noted(None),
                    _ => EventKind::Unflagged,
                };
                (key(*card), kind)
            }
        };
        out.push(Event { id: ids.next(now, &mut rng), device: device.to_owned(), at: now, card, kind });
    }
    out
}

fn acts() -> impl Strategy<Value = Vec<(Act, i8)>> {
    prop::collection::vec((act(), -30_i8..60), 1..40)
}

fn folding(fuzz: bool) -> Folding {
    Folding { params: Params { fuzz, ..Params::default() }, ..Folding::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

    /// Law 1: folding one event at a time equals replaying the whole log.
    #[test]
    fn one_at_a_time_equals_replay(acts in acts(), fuzz: bool) {
        let events = log(&acts, "a", 1);
        let folding = folding(fuzz);
        let mut steps: std::collections::BTreeMap<CardKey, Folded> = std::collections::BTreeMap::new();
        for (i, event) in events.iter().enumerate() {
            let folded = steps.entry(event.card.clone()).or_default();
            if !folded.push(event, &folding) {
                *folded = History::new(events[..=i].iter().filter(|e| e.card == event.card)).fold(&folding);
            }
        }
        prop_assert_eq!(steps, replay(&events, &folding));
    }

    /// Law 2: a log with an undo of `e`, whatever `e` is, gives the state of the log without `e`.
    #[test]
    fn undo_is_as_if_it_never_happened(acts in acts(), pick in 0_usize..40) {
        let events = log(&acts, "a", 1);
        prop_assume!(!events.is_empty());
        let e = events[pick % events.len()].clone();
        let last = events.last().expect("not empty");
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        let undo = Event { id: IdSource::after(Some(last.id)).next(last.at, &mut rng), kind: EventKind::Undone { target: e.id }, ..e.clone() };
        let with: Vec<Event> = events.iter().cloned().chain([undo]).collect();
        let without: Vec<Event> = events.iter().filter(|x| x.id != e.id).cloned().collect();
        let folded = |events: &[Event]| replay(events, &folding(true)).get(&e.card).cloned().unwrap_or_default();
        prop_assert_eq!(folded(&with), folded(&without));
    }

    /// Law 3: the union of two devices' logs is commutative, associative and idempotent, and order does not matter.
    #[test]
    fn logs_of_two_devices_join_in_any_order(a in acts(), b in acts(), turn in any::<u64>()) {
        let (a, b) = (log(&a, "a", 1), log(&b, "b", 2));
        let folding = folding(false);
        let join = |parts: &[&[Event]]| replay(&parts.concat(), &folding);
        let both = join(&[&a, &b]);
        prop_assert_eq!(&both, &join(&[&b, &a]));
        prop_assert_eq!(&both, &join(&[&a, &b, &a, &b]));
        let mut mixed: Vec<Event> = a.iter().chain(&b).cloned().collect();
        mixed.shuffle(&mut ChaCha8Rng::seed_from_u64(turn));
        prop_assert_eq!(&both, &join(&[&mixed]));
    }

    /// Law 4: EF never under 1.3; a better grade is never due earlier; nothing due before tomorrow after 4 or 5.
    #[test]
    fn better_grades_never_come_back_sooner(history in prop::collection::vec((0_u8..6, 0_i32..40), 0..25), gap in 0_i32..60, fuzz: bool) {
        let params = Params { fuzz, ..Params::default() };
        let card = key(0);
        let (mut state, mut day) = (CardState::default(), Day(20_000));
        for (q, gap) in history {
            day = Day(day.0 + gap);
            state = state.answer(&card, grade(q), day, &params).0;
            prop_assert!(state.memory.ease >= Ease::FLOOR);
        }
        day = Day(day.0 + gap);
        let next: Vec<CardState> = (0..6).map(|q| state.answer(&card, grade(q), day, &params).0).collect();
        for pair in next.windows(2) {
            prop_assert!(pair[0].due <= pair[1].due, "{:?} then {:?}", pair[0], pair[1]);
        }
        for good in &next[4..] {
            prop_assert!(!good.again && good.due > Some(day));
        }
        for bad in &next[..4] {
            prop_assert!(bad.again_on(day));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 25, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

    /// Laws 1 and 3 in the store: the cache equals the replay after any commands, and a union counts each event once.
    #[test]
    fn the_cache_equals_the_replay(a in acts(), b in acts()) {
        let app = common::App::with_basics(3);
        let mut store = Store::open(&app.home(), Stamp { utc_ms: 20_600 * DAY_MS, offset_s: 0 }).expect("a home");
        let (a, b) = (log(&a, "a", 1), log(&b, "b", 2));
        prop_assert_eq!(store.union(&a).expect("taken in"), a.len() as u64);
        prop_assert_eq!(store.union(&b).expect("taken in"), b.len() as u64);
        prop_assert_eq!(store.union(&a).expect("taken in"), 0);
        let mut now = Stamp { utc_ms: 20_600 * DAY_MS, offset_s: 0 };
        for card in 0..3 {
            let row = store.card_named(&key(card)).expect("readable").expect("there");
            let q = u8::try_from(card).expect("small") * 2;
            let recorded = store.record(row.id, &row.key, &answer(q), now).expect("recorded");
            if q < 3 {
                store.debrief(row.id, &row.key, recorded.event, Miss::Reasoning, grade(1), now).expect("named");
            }
            now.utc_ms += DAY_MS;
        }
        store.undo(None, now).expect("undone");
        let health = store.examine().expect("examined");
        prop_assert!(health.is_good(), "{health:#?}");
        let events = store.events().expect("readable");
        let want = replay(&events, &Folding::default());
        for (key, folded) in want {
            let row = store.card_named(&key).expect("readable").expect("there");
            prop_assert_eq!(folded.state.unwrap_or_default(), row.state);
        }
    }
}

/// What may stand in a card; some differ in wording only, some turn the answer.
const ANSWERS: [&str; 5] =
    ["4.5 hours from onset", "4.5 hours, from onset.", "9 hours from onset", "Left renal artery", "Right renal artery"];

/// A deck of basic cards: for each its answer and, now and then, a reason; a missing one is not there.
type Version = Vec<Option<(usize, bool)>>;

fn version() -> impl Strategy<Value = Version> {
    prop::collection::vec(prop::option::weighted(0.8, (0..ANSWERS.len(), any::<bool>())), 4)
}

fn deck_text(version: &Version, number: u32) -> String {
    let cards: Vec<serde_json::Value> = version
        .iter()
        .enumerate()
        .filter_map(|(i, card)| {
            let (answer, why) = (*card)?;
            let mut card = serde_json::json!({"id": format!("b-{}", i + 1), "type": "basic", "domain": "neurology",
                "front": format!("Question number {i}, which of these is it?"), "back": ANSWERS[answer]});
            if why {
                card["why"] = "Because.".into();
            }
            Some(card)
        })
        .collect();
    serde_json::json!({"format": 1, "id": "mine", "title": "Mine", "version": number.to_string(), "cards": cards})
        .to_string()
}

fn import(store: &mut Store, text: &str, options: &Options, now: Stamp) -> bool {
    let scratch = tempfile::TempDir::new().expect("a folder");
    let file = scratch.path().join("deck.json");
    std::fs::write(&file, text).expect("written");
    let read = read::read(&file, "deck.json", scratch.path(), &ReadOptions::default(), &mut |_, _, _| {});
    let plan = Plan::make(store, read.expect("a deck"), options, &mut |_, _, _| {}).expect("a plan");
    let changes = plan.changes_anything(options);
    if changes {
        store.carry_out(&plan.write("deck.json", [0; 32], options, now), now).expect("carried out");
    }
    changes
}

/// Everything an import may touch: the file, what is shown of each card, and its state.
fn look(store: &Store) -> Vec<String> {
    let text = store.deck_bytes("mine.json").expect("readable").map(|b| String::from_utf8(b).expect("text"));
    let mut out = vec![format!("{text:?}")];
    out.push(format!("{:?}", store.upstream("mine").expect("readable")));
    for card in 0..4 {
        // A card that went leaves its name behind, which is nothing to a student.
        let row = store.card_named(&key(card)).expect("readable");
        let row = row.map(|r| (r.present.then_some(r.card), r.state, r.personal, r.turn)).unwrap_or_default();
        out.push(format!("{row:?}"));
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Law 6: an import never changes a row of the log, importing twice equals importing once, and taking it back
    /// restores everything.
    #[test]
    fn an_import_and_its_undo(first in version(), mine in version(), theirs in version(), acts in acts(), way in 0..12_usize) {
        prop_assume!([&first, &mine, &theirs].iter().all(|v| v.iter().any(Option::is_some)));
        let app = common::App::new();
        let mut now = Stamp { utc_ms: 20_600 * DAY_MS, offset_s: 0 };
        let options = Options {
            park: way % 2 == 0,
            prefer: Some(if way % 4 < 2 { Side::Mine } else { Side::Theirs }),
            removed: [Removed::Keep, Removed::Suspend, Removed::Archive][way / 4],
            ..Options::default()
        };
        let mut store = Store::open(&app.home(), now).expect("a home");
        import(&mut store, &deck_text(&first, 1), &Options::default(), now);
        store.union(&log(&acts, "a", 1)).expect("taken in");
        drop(store);
        app.write_deck("mine", &deck_text(&mine, 1));
        now.utc_ms += DAY_MS;
        let mut store = Store::open(&app.home(), now).expect("a home");
        let (before, events) = (look(&store), store.events().expect("readable"));
        now.utc_ms += DAY_MS;
        let changed = import(&mut store, &deck_text(&theirs, 2), &options, now);
        let after = look(&store);
        let grown = store.events().expect("readable");
        prop_assert_eq!(&grown[..events.len()], &events[..]);
        let answers = |events: &[Event]| events.iter().filter(|e| matches!(e.kind, EventKind::Answered(_))).count();
        prop_assert_eq!(answers(&grown), answers(&events));
        now.utc_ms += DAY_MS;
        prop_assert!(!import(&mut store, &deck_text(&theirs, 2), &options, now), "nothing is left to do");
        prop_assert_eq!(&look(&store), &after);
        drop(store);
        let mut store = Store::open(&app.home(), now).expect("a home");
        prop_assert_eq!(&look(&store), &after, "another start changes nothing");
        prop_assert!(store.examine().expect("examined").is_good());
        if changed {
            now.utc_ms += DAY_MS;
            let plan = store.import_to_undo(None).expect("readable").expect("an import");
            store.take_back(&plan, now).expect("taken back");
            prop_assert_eq!(&look(&store), &before);
            let health = store.examine().expect("examined");
            prop_assert!(health.is_good(), "{health:#?}");
        }
    }
}
