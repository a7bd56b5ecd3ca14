//! The rules of a sitting, tried with no terminal and no database.

use super::machine::{Goal, Phase, Session};
use super::summary::Finish;
use super::words::{Effect, Input, Shown};
use crate::log::{EventId, EventKind, Personal};
use crate::model::{Body, Card, CardKey, Confidence, Day, Miss, Stamp};
use crate::schedule::{CardState, Plan, Slot, Standing};

fn at(minute: i64) -> Stamp {
    Stamp { utc_ms: 1_772_373_600_000 + minute * 60_000, offset_s: 0 }
}

fn shown(id: i64) -> Shown {
    let card = Card {
        id: format!("c-{id}"),
        domain: "neurology".to_owned(),
        tags: Vec::new(),
        covers: Vec::new(),
        sources: Vec::new(),
        note: None,
        body: Body::Basic { front: "q".to_owned(), back: "a".to_owned(), why: None },
    };
    let key = CardKey::join("d", &card.id, None);
    Shown {
        id,
        key,
        card,
        standing: Standing::New,
        state: CardState::default(),
        order: Vec::new(),
        personal: Personal::default(),
        turn: None,
    }
}

/// A sitting with these cards planned, the first of them on screen.
fn sitting(goal: Goal, ids: &[i64]) -> Session {
    let (mut s, effects) = Session::start(goal, Some(30_000), at(0), Day(100));
    assert_eq!(effects, [Effect::Plan]);
    let slots: Vec<Slot> = ids.iter().map(|id| Slot { id: *id, standing: Standing::New }).collect();
    let left = slots.len() as u64;
    let effects = s.on_plan(Plan { slots, left, due: 0, new: left }, at(0));
    follow(&mut s, effects, at(0));
    s
}

/// Loads what is asked for and records what is answered, as the shell does.
fn follow(s: &mut Session, effects: Vec<Effect>, now: Stamp) -> Vec<Effect> {
    let mut others = Vec::new();
    for effect in effects {
        match effect {
            Effect::Load(slot) => {
                let mut card = shown(slot.id);
                card.standing = slot.standing;
                let more = s.on_card(Some(card), now);
                others.extend(follow(s, more, now));
            }
            Effect::Record { id, answer, .. } => {
                let again = !answer.grade.settled();
                let state = CardState { again, due: Some(Day(101)), ..CardState::default() };
                s.on_recorded(EventId([u8::try_from(id).unwrap_or(1); 16]), state);
            }
            other => others.push(other),
        }
    }
    others
}

fn say(s: &mut Session, input: Input, minute: i64) -> Vec<Effect> {
    let effects = s.step(input, at(minute));
    follow(s, effects, at(minute))
}

fn on_screen(s: &Session) -> Option<i64> {
    match s.phase() {
        Phase::Asking(shown, _) => Some(shown.id),
        _ => None,
    }
}

fn right(s: &mut Session, minute: i64) {
    say(s, Input::Confident(Confidence::Sure), minute);
    say(s, Input::Judge(true), minute);
    say(s, Input::Go, minute);
}

#[test]
fn wrong_phase_changes_nothing_and_says_why() {
    let mut s = sitting(Goal::default(), &[1, 2]);
    for input in [Input::Judge(true), Input::Name(Miss::Gap), Input::Go, Input::Choose(0)] {
        assert!(matches!(say(&mut s, input, 0).as_slice(), [Effect::Refuse(_)]), "{input:?}");
        assert_eq!(on_screen(&s), Some(1));
    }
    assert!(s.summary().done.is_empty());
}

#[test]
fn a_missed_card_comes_back_and_is_not_counted_twice() {
    let mut s = sitting(Goal::default(), &[1, 2]);
    say(&mut s, Input::Confident(Confidence::Guess), 0);
    say(&mut s, Input::Judge(false), 0);
    assert_eq!(s.cards_left(), 2, "it is still to be done");
    let effects = say(&mut s, Input::Name(Miss::Slip), 1);
    assert!(matches!(effects.as_slice(), [Effect::Debrief { miss: Miss::Slip, .. }]));
    assert_eq!(on_screen(&s), Some(2));
    right(&mut s, 2);
    assert_eq!(on_screen(&s), Some(1));
    right(&mut s, 3);
    let total = s.summary().total();
    assert_eq!((total.right, total.wrong, s.cards_left()), (1, 1, 0));
}

#[test]
fn minutes_stop_new_questions_in_time() {
    // Half a minute a card: at 4.5 of 5 minutes one more fits, at 4.6 none does.
    let mut s = sitting(Goal { minutes: Some(5), cards: None }, &[1, 2, 3]);
    right(&mut s, 4);
    assert_eq!(on_screen(&s), Some(2));
    right(&mut s, 5);
    assert_eq!(*s.phase(), Phase::Finished(Finish::TimeUp));
}

#[test]
fn undo_brings_back_what_was_suspended_a_moment_ago() {
    let mut s = sitting(Goal::default(), &[1, 2, 3]);
    assert!(matches!(say(&mut s, Input::Suspend, 0).as_slice(), [Effect::Mark { kind: EventKind::Suspended, .. }]));
    assert_eq!((on_screen(&s), s.cards_left()), (Some(2), 2));
    assert!(matches!(say(&mut s, Input::Undo, 0).as_slice(), [Effect::Mark { id: 1, kind: EventKind::Resumed, .. }]));
    assert_eq!((on_screen(&s), s.cards_left()), (Some(1), 3));
    right(&mut s, 1);
    assert_eq!(on_screen(&s), Some(2), "the card that was on screen comes next");
    assert_eq!(say(&mut s, Input::Undo, 1), [Effect::Undo(Some(EventId([1; 16])))], "then undo is about answers again");
}

#[test]
fn a_new_study_day_plans_anew() {
    let mut s = sitting(Goal::default(), &[1, 2, 3]);
    s.new_day(Day(101));
    say(&mut s, Input::Confident(Confidence::Sure), 1);
    say(&mut s, Input::Judge(true), 1);
    assert_eq!(say(&mut s, Input::Go, 1), [Effect::Plan], "yesterday's queue is not served");
}

#[test]
fn all_put_aside_is_not_nothing() {
    let mut s = sitting(Goal::default(), &[1]);
    assert_eq!(say(&mut s, Input::Skip, 0), [Effect::Plan]);
    s.on_plan(Plan::default(), at(0));
    assert_eq!(*s.phase(), Phase::Finished(Finish::AllDone));
}

#[test]
fn a_suspension_after_the_answer_is_taken_back_alone() {
    let mut s = sitting(Goal::default(), &[1, 2]);
    say(&mut s, Input::Confident(Confidence::Sure), 0);
    say(&mut s, Input::Judge(true), 0);
    assert!(matches!(say(&mut s, Input::Suspend, 0).as_slice(), [Effect::Mark { kind: EventKind::Suspended, .. }]));
    assert!(matches!(say(&mut s, Input::Undo, 0).as_slice(), [Effect::Mark { id: 1, kind: EventKind::Resumed, .. }]));
    assert_eq!((on_screen(&s), s.summary().done.len()), (Some(2), 1));
}

#[test]
fn undo_goes_on_to_the_answer_before_when_one_is_gone_already() {
    let mut s = sitting(Goal::default(), &[1, 2, 3]);
    right(&mut s, 1);
    right(&mut s, 2);
    assert_eq!(say(&mut s, Input::Undo, 2), [Effect::Undo(Some(EventId([2; 16])))]);
    assert_eq!(s.on_undone(None, at(2)), [Effect::Undo(Some(EventId([1; 16])))]);
    assert_eq!(s.summary().done.len(), 1);
}
