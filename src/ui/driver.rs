//! Carries out what a sitting asks for, against the store.

use crate::clock::Clock;
use crate::model::{Day, Stamp};
use crate::schedule::mix::option_order;
use crate::schedule::{Slot, Standing};
use crate::session::{Effect, Finish, Goal, Input, Phase, Session, Shown};
use crate::store::{CardRow, Filter, Result, Store};
use std::collections::VecDeque;

/// What a sitting is about.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Which cards.
    pub filter: Filter,
    /// How much.
    pub goal: Goal,
    /// New cards in this sitting, whatever the daily limit.
    pub new: Option<u32>,
    /// `--seed`.
    pub seed: Option<u64>,
}

/// A session with the store it writes to.
pub struct Sitting<'s> {
    store: &'s mut Store,
    clock: Clock,
    session: Session,
    wish: Wish,
    today: Day,
    note: Option<String>,
}

/// A stored card made ready to show; `None` when its content is gone.
#[must_use]
pub fn shown(row: CardRow, standing: Standing, seed: u64) -> Option<Shown> {
    let card = row.card?;
    let order = option_order(card.options().len(), seed, row.key.as_str(), row.state.answers);
    Some(Shown {
        id: row.id,
        key: row.key,
        card,
        standing,
        state: row.state,
        order,
        personal: row.personal,
        turn: row.turn,
    })
}

impl<'s> Sitting<'s> {
    /// Starts, up to the first question.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn start(store: &'s mut Store, clock: Clock, wish: Wish) -> Result<Self> {
        let now = clock.now();
        let today = store.today(now);
        let pace = store.pace_ms(today)?;
        let (session, effects) = Session::start(wish.goal, pace, now, today);
        let mut sitting = Self { store, clock, session, wish, today, note: None };
        sitting.carry_out(effects)?;
        Ok(sitting)
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Where it is.
    #[must_use]
    pub fn phase(&self) -> &Phase {
        self.session.phase()
    }

    /// Why it ended, once it has.
    #[must_use]
    pub fn finished(&self) -> Option<Finish> {
        match self.phase() {
            Phase::Finished(finish) => Some(*finish),
            _ => None,
        }
    }

    /// The study day of the sitting.
    #[must_use]
    pub fn today(&self) -> Day {
        self.today
    }

    /// Now, by the clock of this run.
    #[must_use]
    pub fn now(&self) -> Stamp {
        self.clock.now()
    }

    /// A word to the student about what just happened; taken once.
    pub fn take_note(&mut self) -> Option<String> {
        self.note.take()
    }

    /// When the next card is due after today.
    ///
    /// # Errors
    /// When the home can't be read.
    pub fn next_due(&self) -> Result<Option<Day>> {
        self.store.next_due_after(self.today)
    }

    /// The student says something. What must be durable is durable when this returns.
    ///
    /// # Errors
    /// When the home can't be written; nothing half-done is left.
    pub fn say(&mut self, input: Input) -> Result<()> {
        self.note = None;
        let now = self.clock.now();
        let today = self.store.today(now);
        if today != self.today {
            self.today = today;
            self.session.new_day(today);
        }
        // When the home can't be written the sitting stands where it stood, and the same key may be pressed again.
        let before = self.session.clone();
        let effects = self.session.step(input, now);
        self.carry_out(effects).inspect_err(|_| self.session = before)
    }

    /// Says something to the student beside the card.
    pub fn tell(&mut self, note: String) {
        self.note = Some(note);
    }

    fn seed(&self) -> u64 {
        self.wish.seed.unwrap_or(self.store.settings().seed)
    }

    fn carry_out(&mut self, effects: Vec<Effect>) -> Result<()> {
        let mut queue: VecDeque<Effect> = effects.into();
        while let Some(effect) = queue.pop_front() {
            let now = self.clock.now();
            match effect {
                Effect::Plan => {
                    let new = self.wish.new.map(|n| n.saturating_sub(self.new_met()));
                    let plan =
                        self.store.plan(self.today, &self.wish.filter, new, self.seed(), self.session.aside())?;
                    queue.extend(self.session.on_plan(plan, now));
                }
                Effect::Load(Slot { id, standing }) => {
                    let row = self.store.card(id)?.filter(|r| r.present);
                    let ready = row.and_then(|r| shown(r, standing, self.seed()));
                    queue.extend(self.session.on_card(ready, now));
                }
                Effect::Record { id, key, answer } => {
                    let recorded = self.store.record(id, &key, &answer, now)?;
                    self.session.on_recorded(recorded.event, recorded.after);
                    if recorded.after.is_leech(&self.store.settings().params) && recorded.lapsed {
                        self.note = Some("Forgotten often: rewrite this card, or suspend it with !".to_owned());
                    }
                }
                Effect::Debrief { id, key, target, miss, grade } => {
                    self.store.debrief(id, &key, target, miss, grade, now)?;
                }
                Effect::Undo(which) => {
                    let taken = self.store.undo(which, now)?;
                    let back = taken.map(|t| (t.id, t.after));
                    if back.is_some() {
                        self.note = Some("Taken back.".to_owned());
                    }
                    queue.extend(self.session.on_undone(back, now));
                }
                Effect::Mark { id, key, kind } => {
                    let word = kind.word();
                    self.store.mark(id, &key, kind, now)?;
                    // The verb first: a narrow screen cuts the end.
                    self.note = Some(format!("{}{}: {}", word[..1].to_uppercase(), &word[1..], key.as_str()));
                }
                Effect::Refuse(why) => self.note = Some(why.to_owned()),
            }
        }
        Ok(())
    }

    fn new_met(&self) -> u32 {
        // Counted from the log, not from memory: an undone first meeting does not count.
        let ids: std::collections::HashSet<i64> = self.session.summary().done.iter().map(|d| d.id).collect();
        let met = ids
            .iter()
            .filter(|id| matches!(self.store.card(**id), Ok(Some(row)) if row.state.first_day == Some(self.today)));
        u32::try_from(met.count()).unwrap_or(u32::MAX)
    }
}
