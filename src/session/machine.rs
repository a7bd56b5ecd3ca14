//! The rules of a sitting.

use super::summary::{Done, Finish, Summary};
use super::words::{Effect, Input, Pick, Result, Shown};
use crate::log::{Answer, EventId, EventKind, Picked};
use crate::model::{CardKey, Confidence, Day, Grade, Stamp, Verdict};
use crate::schedule::queue::AGAIN_GAP;
use crate::schedule::{CardState, Plan, Slot, Standing};
use std::collections::{HashSet, VecDeque};

/// Where the sitting is.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// Waiting for the shell.
    Loading,
    /// The question is on screen since then.
    Asking(Box<Shown>, Stamp),
    /// An option is picked; how sure?
    Sure(Box<Shown>, Pick),
    /// A recalled card is revealed; was it right?
    Judging(Box<Shown>, Confidence, u32),
    /// The answer is recorded and everything is shown.
    Revealed(Box<Shown>, Result),
    /// The end.
    Finished(Finish),
}

/// What the student asked of this sitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Goal {
    /// Stop taking new questions so that about this many minutes are not exceeded.
    pub minutes: Option<u32>,
    /// Stop after so many cards.
    pub cards: Option<u32>,
}

/// Seconds a card takes before this student's own pace is known, in milliseconds.
pub const DEFAULT_PACE_MS: u64 = 45_000;

/// A card suspended a moment ago.
#[derive(Debug, Clone)]
struct Suspended {
    slot: Slot,
    key: CardKey,
    /// It had been answered before.
    answered: bool,
}

/// One sitting.
#[derive(Debug, Clone)]
pub struct Session {
    phase: Phase,
    queue: VecDeque<Slot>,
    left: u64,
    goal: Goal,
    started: Stamp,
    today: Day,
    pace_ms: u64,
    aside: HashSet<i64>,
    summary: Summary,
    /// Suspended a moment ago; undo brings it back.
    suspended: Option<Suspended>,
}

impl Session {
    /// Starts a sitting; the first effect asks for a plan. `pace_ms`: how long this student takes for a card.
    #[must_use]
    pub fn start(goal: Goal, pace_ms: Option<u64>, now: Stamp, today: Day) -> (Self, Vec<Effect>) {
        let session = Self {
            phase: Phase::Loading,
            queue: VecDeque::new(),
            left: 0,
            goal,
            started: now,
            today,
            pace_ms: pace_ms.unwrap_or(DEFAULT_PACE_MS).clamp(1_000, 600_000),
            aside: HashSet::new(),
            summary: Summary::default(),
            suspended: None,
        };
        (session, vec![Effect::Plan])
    }

    /// Where it is.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// What it came to so far.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Cards put aside in this sitting.
    #[must_use]
    pub fn aside(&self) -> &HashSet<i64> {
        &self.aside
    }

    /// Cards left today, the one on screen included; within `--cards` when that is fewer.
    #[must_use]
    pub fn cards_left(&self) -> u64 {
        match self.goal.cards {
            Some(n) => self.left.min(u64::from(n).saturating_sub(self.summary.done.len() as u64)),
            None => self.left,
        }
    }

    /// Minutes left at this student's pace, rounded up; within `--minutes` when that is sooner.
    #[must_use]
    pub fn minutes_left(&self, now: Stamp) -> u64 {
        let by_cards = (self.cards_left() * self.pace_ms).div_ceil(60_000);
        match self.goal.minutes {
            Some(n) => {
                by_cards.min((u64::from(n) * 60_000).saturating_sub(now.millis_since(self.started)).div_ceil(60_000))
            }
            None => by_cards,
        }
    }

    /// The student sat through the end of the study day: what is planned belongs to yesterday.
    pub fn new_day(&mut self, today: Day) {
        self.today = today;
        self.queue.clear();
    }

    fn suspend(&mut self, shown: &Shown, answered: bool, now: Stamp) -> Vec<Effect> {
        let slot = Slot { id: shown.id, standing: shown.standing };
        self.suspended = Some(Suspended { slot, key: shown.key.clone(), answered });
        let mut effects = vec![Effect::Mark { id: shown.id, key: shown.key.clone(), kind: EventKind::Suspended }];
        effects.extend(self.take_next(now));
        effects
    }

    fn undo(&mut self) -> Vec<Effect> {
        vec![Effect::Undo(self.summary.done.last().map(|d| d.event).filter(|e| *e != EventId([0; 16])))]
    }

    /// Whatever the student says, at the moment they say it.
    pub fn step(&mut self, input: Input, now: Stamp) -> Vec<Effect> {
        if input == Input::Quit {
            if !matches!(self.phase, Phase::Finished(_)) {
                self.phase = Phase::Finished(Finish::Quit);
            }
            return Vec::new();
        }
        match std::mem::replace(&mut self.phase, Phase::Loading) {
            Phase::Asking(shown, since) => self.asked(shown, since, input, now),
            Phase::Sure(shown, pick) => self.picked(shown, pick, input, now),
            Phase::Judging(shown, confidence, ms) => self.recalled(shown, confidence, ms, input),
            Phase::Revealed(shown, result) => self.revealed(shown, result, input, now),
            other @ (Phase::Loading | Phase::Finished(_)) => {
                self.phase = other;
                Vec::new()
            }
        }
    }

    fn asked(&mut self, shown: Box<Shown>, since: Stamp, input: Input, now: Stamp) -> Vec<Effect> {
        let ms = u32::try_from(now.millis_since(since)).unwrap_or(u32::MAX);
        match input {
            Input::Choose(place) if shown.option(place).is_some() => {
                self.phase = Phase::Sure(shown, Pick { place, ms });
                Vec::new()
            }
            Input::Confident(confidence) if !shown.has_options() => {
                self.phase = Phase::Judging(shown, confidence, ms);
                Vec::new()
            }
            Input::Skip => {
                self.aside.insert(shown.id);
                self.summary.skipped += 1;
                self.left = self.left.saturating_sub(1);
                self.take_next(now)
            }
            Input::Suspend => {
                self.left = self.left.saturating_sub(1);
                self.suspend(&shown, false, now)
            }
            Input::Flag => {
                let (shown, effect) = flag(shown);
                self.phase = Phase::Asking(shown, since);
                vec![effect]
            }
            Input::Edit => {
                let effect = edit(&shown);
                self.phase = Phase::Asking(shown, since);
                vec![effect]
            }
            Input::Undo => match self.suspended.take() {
                // Its answer stands; only the suspension is taken back.
                Some(Suspended { slot, key, answered: true }) => {
                    self.phase = Phase::Asking(shown, since);
                    vec![Effect::Mark { id: slot.id, key, kind: EventKind::Resumed }]
                }
                Some(Suspended { slot, key, answered: false }) => {
                    self.queue.push_front(Slot { id: shown.id, standing: shown.standing });
                    self.left += 1;
                    vec![Effect::Mark { id: slot.id, key, kind: EventKind::Resumed }, Effect::Load(slot)]
                }
                None => {
                    self.phase = Phase::Asking(shown, since);
                    self.undo()
                }
            },
            _ => {
                let why = if shown.has_options() { "choose an option first" } else { "say how sure you are first" };
                self.phase = Phase::Asking(shown, since);
                vec![Effect::Refuse(why)]
            }
        }
    }

    fn picked(&mut self, shown: Box<Shown>, pick: Pick, input: Input, now: Stamp) -> Vec<Effect> {
        match input {
            Input::Choose(place) if shown.option(place).is_some() => {
                self.phase = Phase::Sure(shown, Pick { place, ms: pick.ms });
                Vec::new()
            }
            Input::Confident(confidence) => {
                let (verdict, option) = match shown.option(pick.place) {
                    Some(choice) => (choice.verdict, choice.id.clone()),
                    None => return vec![Effect::Refuse("that option is not there")],
                };
                self.answer(shown, Some(pick.place), Picked::Option(option), verdict, confidence, pick.ms)
            }
            Input::Undo => {
                // Nothing is recorded yet: going back to the question is all there is to undo.
                self.phase = Phase::Asking(shown, Stamp { utc_ms: now.utc_ms - i64::from(pick.ms), ..now });
                Vec::new()
            }
            _ => {
                self.phase = Phase::Sure(shown, pick);
                vec![Effect::Refuse("say how sure you are: guess, think or sure")]
            }
        }
    }

    fn recalled(&mut self, shown: Box<Shown>, confidence: Confidence, ms: u32, input: Input) -> Vec<Effect> {
        match input {
            Input::Judge(right) => {
                let verdict = if right { Verdict::Best } else { Verdict::Wrong };
                self.answer(shown, None, Picked::Recalled(right), verdict, confidence, ms)
            }
            Input::Edit => {
                let effect = edit(&shown);
                self.phase = Phase::Judging(shown, confidence, ms);
                vec![effect]
            }
            _ => {
                self.phase = Phase::Judging(shown, confidence, ms);
                vec![Effect::Refuse("say whether you had it right")]
            }
        }
    }

    /// The answer goes to the log before anything of the reveal is shown; the miss is named afterwards.
    fn answer(
        &mut self,
        shown: Box<Shown>,
        place: Option<usize>,
        picked: Picked,
        verdict: Verdict,
        confidence: Confidence,
        ms: u32,
    ) -> Vec<Effect> {
        self.suspended = None;
        let grade = Grade::of(verdict, confidence, None);
        let answer = Answer { picked, confidence, miss: None, grade, ms };
        let effect = Effect::Record { id: shown.id, key: shown.key.clone(), answer };
        let asks_miss = verdict == Verdict::Wrong;
        let result = Result { place, verdict, confidence, grade, event: None, after: None, asks_miss };
        self.summary.done.push(Done {
            id: shown.id,
            event: EventId([0; 16]),
            domain: shown.card.domain.clone(),
            grade,
            repeat: shown.standing == Standing::Again,
            due: None,
            ms,
        });
        self.phase = Phase::Revealed(shown, result);
        vec![effect]
    }

    fn revealed(&mut self, shown: Box<Shown>, result: Result, input: Input, now: Stamp) -> Vec<Effect> {
        match input {
            Input::Name(miss) if result.asks_miss => {
                let Some(target) = result.event else {
                    self.phase = Phase::Revealed(shown, result);
                    return Vec::new();
                };
                let grade = Grade::of(result.verdict, result.confidence, Some(miss));
                if let Some(last) = self.summary.done.last_mut() {
                    last.grade = grade;
                }
                let mut effects = vec![Effect::Debrief { id: shown.id, key: shown.key.clone(), target, miss, grade }];
                effects.extend(self.take_next(now));
                effects
            }
            Input::Go if !result.asks_miss => self.take_next(now),
            Input::Flag => {
                let (shown, effect) = flag(shown);
                self.phase = Phase::Revealed(shown, result);
                vec![effect]
            }
            Input::Edit => {
                let effect = edit(&shown);
                self.phase = Phase::Revealed(shown, result);
                vec![effect]
            }
            Input::Suspend => {
                // Only a card that would have been repeated is still counted among those left.
                if self.queue.iter().any(|s| s.id == shown.id) {
                    self.left = self.left.saturating_sub(1);
                }
                self.queue.retain(|s| s.id != shown.id);
                self.suspend(&shown, true, now)
            }
            Input::Undo => {
                self.phase = Phase::Revealed(shown, result);
                self.undo()
            }
            _ => {
                let why = if result.asks_miss { "name the miss: gap, reasoning or slip" } else { "Enter goes on" };
                self.phase = Phase::Revealed(shown, result);
                vec![Effect::Refuse(why)]
            }
        }
    }

    /// The plan asked for.
    pub fn on_plan(&mut self, plan: Plan, now: Stamp) -> Vec<Effect> {
        self.left = plan.left;
        self.queue = plan.slots.into();
        if self.queue.is_empty() {
            let idle = self.summary.done.is_empty() && self.summary.skipped == 0;
            let finish = if idle { Finish::Nothing } else { Finish::AllDone };
            self.phase = Phase::Finished(finish);
            return Vec::new();
        }
        self.take_next(now)
    }

    /// The card asked for; `None` when it is gone meanwhile.
    pub fn on_card(&mut self, shown: Option<Shown>, now: Stamp) -> Vec<Effect> {
        match shown {
            Some(shown) => {
                self.phase = Phase::Asking(Box::new(shown), now);
                Vec::new()
            }
            None => {
                self.left = self.left.saturating_sub(1);
                self.take_next(now)
            }
        }
    }

    /// The card as it is after the student changed it (or did not); `None` when it is gone. The sitting stays where it
    /// was: what was answered stands, and is shown beside the new text.
    pub fn on_edited(&mut self, shown: Option<Shown>, now: Stamp) -> Vec<Effect> {
        let Some(shown) = shown else {
            // An answer on screen is counted already.
            if !matches!(self.phase, Phase::Revealed(..)) {
                self.left = self.left.saturating_sub(1);
            }
            return self.take_next(now);
        };
        self.phase = match std::mem::replace(&mut self.phase, Phase::Loading) {
            // The time it took to edit is no time of thought.
            Phase::Asking(old, _) if old.id == shown.id => Phase::Asking(Box::new(shown.in_order_of(&old)), now),
            Phase::Judging(old, confidence, ms) if old.id == shown.id => {
                // Another kind of card is another question: nothing is recorded yet, so it is asked.
                if shown.has_options() {
                    Phase::Asking(Box::new(shown), now)
                } else {
                    Phase::Judging(Box::new(shown), confidence, ms)
                }
            }
            Phase::Revealed(old, mut result) if old.id == shown.id => {
                let picked = result.place.and_then(|p| old.option(p)).map(|o| o.id.clone());
                let shown = shown.in_order_of(&old);
                result.place = picked.and_then(|id| shown.options().position(|o| o.id == id));
                result.after = result.after.map(|_| shown.state);
                if let Some(last) = self.summary.done.last_mut().filter(|d| d.id == shown.id) {
                    last.due = shown.state.due.filter(|d| !shown.state.again && *d > self.today);
                }
                Phase::Revealed(Box::new(shown), result)
            }
            other => other,
        };
        Vec::new()
    }

    /// The answer is in the log.
    pub fn on_recorded(&mut self, event: EventId, after: CardState) {
        if let Phase::Revealed(shown, result) = &mut self.phase {
            result.event = Some(event);
            result.after = Some(after);
            if let Some(last) = self.summary.done.last_mut() {
                last.event = event;
                last.due = if after.again { None } else { after.due };
            }
            self.queue.retain(|s| s.id != shown.id);
            if after.again {
                let place = AGAIN_GAP.min(self.queue.len());
                self.queue.insert(place, Slot { id: shown.id, standing: Standing::Again });
            } else {
                self.left = self.left.saturating_sub(1);
            }
        }
    }

    /// What an undo took back: that card is asked again, and the one on screen after it.
    pub fn on_undone(&mut self, taken_back: Option<(i64, CardState)>, now: Stamp) -> Vec<Effect> {
        let Some((id, after)) = taken_back else {
            // Another process took this one back already: it counts no more, and the one before is meant.
            if self.summary.done.pop().is_some() {
                return self.undo();
            }
            return vec![Effect::Refuse("there is no answer to take back")];
        };
        if let Some(at) = self.summary.done.iter().rposition(|d| d.id == id) {
            let undone = self.summary.done.remove(at);
            if undone.grade.settled() {
                self.left += 1;
            }
        } else {
            self.left += 1;
        }
        self.queue.retain(|s| s.id != id);
        match std::mem::replace(&mut self.phase, Phase::Loading) {
            Phase::Asking(shown, _) | Phase::Sure(shown, _) if shown.id != id => {
                self.queue.push_front(Slot { id: shown.id, standing: shown.standing });
            }
            _ => {}
        }
        if after.suspended {
            return self.take_next(now);
        }
        let standing = if after.first_day.is_none() {
            Standing::New
        } else if after.again_on(self.today) {
            Standing::Again
        } else {
            Standing::Due
        };
        vec![Effect::Load(Slot { id, standing })]
    }

    fn take_next(&mut self, now: Stamp) -> Vec<Effect> {
        self.phase = Phase::Loading;
        let answered = u32::try_from(self.summary.done.len()).unwrap_or(u32::MAX);
        if self.goal.cards.is_some_and(|n| answered >= n) {
            self.phase = Phase::Finished(Finish::CardsDone);
            return Vec::new();
        }
        if let Some(minutes) = self.goal.minutes {
            let spent = now.millis_since(self.started);
            let budget = u64::from(minutes) * 60_000;
            // The first card is always taken: who asks for a minute gets one question.
            if answered > 0 && spent + self.pace_ms > budget {
                self.phase = Phase::Finished(Finish::TimeUp);
                return Vec::new();
            }
        }
        match self.queue.pop_front() {
            Some(slot) => vec![Effect::Load(slot)],
            None => vec![Effect::Plan],
        }
    }
}

fn edit(shown: &Shown) -> Effect {
    Effect::Edit { id: shown.id, key: shown.key.clone() }
}

fn flag(mut shown: Box<Shown>) -> (Box<Shown>, Effect) {
    let kind = if shown.state.flagged { EventKind::Unflagged } else { EventKind::Flagged };
    shown.state.flagged = !shown.state.flagged;
    let effect = Effect::Mark { id: shown.id, key: shown.key.clone(), kind };
    (shown, effect)
}
