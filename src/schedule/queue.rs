//! In which order cards come: repeats of today, then what is due (most overdue for its interval first) with new
//! cards dealt evenly between, and never two siblings on one study day.

use super::mix::Mixer;
use super::state::overdue;
use crate::model::Day;
use std::collections::HashSet;

/// A card that might be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The store's number for the card.
    pub id: i64,
    /// Siblings carry the same number.
    pub family: Option<i64>,
    /// Due day; the day itself for new cards.
    pub due: Day,
    /// Band of its interval (see [`super::state::band`]); 0 for new cards.
    pub band: u32,
}

/// Why a card is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// For the first time.
    New,
    /// It is due.
    Due,
    /// It scored under 4 today.
    Again,
}

impl Standing {
    /// Word for JSON and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Due => "due",
            Self::Again => "again",
        }
    }
}

/// One place in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The card.
    pub id: i64,
    /// Why it is shown.
    pub standing: Standing,
}

/// How much today may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// New cards a study day.
    pub new_per_day: u32,
    /// Due cards a study day; `None` for all of them.
    pub reviews_per_day: Option<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { new_per_day: 20, reviews_per_day: None }
    }
}

/// What is known before planning. The lists may be windows (the first so many) of longer ones.
#[derive(Debug, Clone, Default)]
pub struct Supply {
    /// Due cards, in any order, without siblings of what was answered today.
    pub due: Vec<Candidate>,
    /// How many are due in all, as far as counted.
    pub due_total: u64,
    /// New cards in the order in which they should be met, without siblings of what was answered today.
    pub new: Vec<Candidate>,
    /// Cards scored under 4 today and not settled, with how many other cards were answered since.
    pub again: Vec<(Candidate, usize)>,
    /// New cards met today.
    pub new_done: u32,
    /// Due cards answered today.
    pub due_done: u32,
}

/// A planned queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What to show, first to last.
    pub slots: Vec<Slot>,
    /// Cards left today, as far as counted: repeats, due cards within the limit, new cards within the limit.
    pub left: u64,
    /// The due ones among them.
    pub due: u64,
    /// The new ones among them.
    pub new: u64,
}

/// How many other cards come before a card that scored under 4 is shown again (fewer when nothing else is left).
pub const AGAIN_GAP: usize = 7;

/// Plans the queue. The same supply, limits and seed give the same plan.
#[must_use]
pub fn plan(mut supply: Supply, today: Day, limits: Limits, seed: u64) -> Plan {
    let tie = |c: &Candidate| Mixer::new("tie").number(seed).number(c.id.unsigned_abs()).finish();
    supply.due.sort_by(|a, b| {
        overdue(today, b.due, b.band).total_cmp(&overdue(today, a.due, a.band)).then_with(|| tie(a).cmp(&tie(b)))
    });
    let mut families: HashSet<i64> = supply.again.iter().filter_map(|(c, _)| c.family).collect();
    let mut first_of_family = |c: &Candidate| c.family.is_none_or(|f| families.insert(f));

    let due_room = limits.reviews_per_day.map_or(u64::MAX, |n| u64::from(n.saturating_sub(supply.due_done)));
    let due: Vec<i64> = supply
        .due
        .iter()
        .filter(|c| first_of_family(c))
        .take(usize::try_from(due_room).unwrap_or(usize::MAX))
        .map(|c| c.id)
        .collect();
    let new_room = limits.new_per_day.saturating_sub(supply.new_done);
    let new: Vec<i64> =
        supply.new.iter().filter(|c| first_of_family(c)).take(new_room as usize).map(|c| c.id).collect();

    let dropped = supply.due.len() as u64 - due.len() as u64;
    let due_total = supply.due_total.saturating_sub(dropped).max(due.len() as u64).min(due_room);
    let new_total = new.len() as u64;
    let left = due_total + new_total + supply.again.len() as u64;

    let mut slots = deal(&due, due_total, supply.due_done, &new, supply.new_done);
    // Oldest repeat first: it has waited longest.
    supply.again.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.id.cmp(&b.0.id)));
    for (card, since) in supply.again {
        let earliest = AGAIN_GAP.saturating_sub(since);
        let place = slots
            .iter()
            .enumerate()
            .skip(earliest)
            .find(|(_, s)| s.standing != Standing::Again)
            .map_or(slots.len(), |(i, _)| i);
        slots.insert(place, Slot { id: card.id, standing: Standing::Again });
    }
    Plan { slots, left, due: due_total, new: new_total }
}

/// Deals new cards evenly among due ones: a new card comes when the share of new cards met today has fallen behind
/// the share of due ones done. The rule looks only at counts, so every process deals alike at every moment.
fn deal(due: &[i64], due_total: u64, due_done: u32, new: &[i64], new_done: u32) -> Vec<Slot> {
    let (mut d, mut n) = (0_usize, 0_usize);
    let all_due = due_total + u64::from(due_done);
    let all_new = new.len() as u64 + u64::from(new_done);
    let mut slots = Vec::with_capacity(due.len() + new.len());
    while d < due.len() || n < new.len() {
        let behind = (n as u64 + u64::from(new_done)) * all_due < (d as u64 + u64::from(due_done)) * all_new;
        // When only a window of the due cards is known, new ones wait for the next window.
        let window_ended = d == due.len() && (due.len() as u64) < due_total;
        if d < due.len() && !(behind && n < new.len()) {
            slots.push(Slot { id: due[d], standing: Standing::Due });
            d += 1;
        } else if window_ended && !behind {
            break;
        } else if n < new.len() {
            slots.push(Slot { id: new[n], standing: Standing::New });
            n += 1;
        } else {
            break;
        }
    }
    slots
}

#[cfg(test)]
mod tests {
    use super::super::state::band;
    use super::*;

    fn card(id: i64, due: i32, interval: u32) -> Candidate {
        Candidate { id, family: None, due: Day(due), band: band(interval) }
    }
    fn of_family(mut c: Candidate, family: i64) -> Candidate {
        c.family = Some(family);
        c
    }
    fn ids(plan: &Plan) -> Vec<i64> {
        plan.slots.iter().map(|s| s.id).collect()
    }

    #[test]
    fn most_overdue_for_its_interval_comes_first() {
        let supply = Supply {
            // 5 days late on 100 days; 1 day late on 1 day; on time.
            due: vec![card(1, 95, 100), card(2, 99, 1), card(3, 100, 6)],
            due_total: 3,
            ..Supply::default()
        };
        assert_eq!(ids(&plan(supply, Day(100), Limits::default(), 1)), [2, 1, 3]);
    }

    #[test]
    fn new_cards_are_dealt_evenly_and_limited() {
        let supply = Supply {
            due: (0..9).map(|i| card(i, 100, 6)).collect(),
            due_total: 9,
            new: (100..140).map(|i| card(i, 100, 1)).collect(),
            ..Supply::default()
        };
        let limits = Limits { new_per_day: 3, reviews_per_day: None };
        let p = plan(supply, Day(100), limits, 7);
        assert_eq!(p.left, 12);
        let places: Vec<usize> =
            p.slots.iter().enumerate().filter(|(_, s)| s.standing == Standing::New).map(|(i, _)| i).collect();
        assert_eq!(places, [1, 5, 9]);
    }

    #[test]
    fn one_card_at_a_time_deals_like_the_whole_plan() {
        let whole = Supply {
            due: (0..7).map(|i| card(i, 100, 6)).collect(),
            due_total: 7,
            new: (100..105).map(|i| card(i, 100, 1)).collect(),
            ..Supply::default()
        };
        let want = ids(&plan(whole.clone(), Day(100), Limits::default(), 3));
        let (mut supply, mut got) = (whole, Vec::new());
        while let Some(slot) = plan(supply.clone(), Day(100), Limits::default(), 3).slots.first().copied() {
            got.push(slot.id);
            if slot.standing == Standing::Due {
                supply.due.retain(|c| c.id != slot.id);
                supply.due_total -= 1;
                supply.due_done += 1;
            } else {
                supply.new.retain(|c| c.id != slot.id);
                supply.new_done += 1;
            }
        }
        assert_eq!(got, want);
    }

    #[test]
    fn siblings_never_share_a_plan() {
        let supply = Supply {
            due: vec![of_family(card(1, 99, 1), 5), of_family(card(2, 100, 6), 5), card(3, 100, 6)],
            due_total: 3,
            new: vec![of_family(card(4, 100, 1), 5), of_family(card(5, 100, 1), 6), of_family(card(6, 100, 1), 6)],
            ..Supply::default()
        };
        let p = plan(supply, Day(100), Limits::default(), 1);
        let mut got = ids(&p);
        got.sort_unstable();
        assert_eq!(got, [1, 3, 5]);
        assert_eq!(p.left, 3);
    }

    #[test]
    fn repeats_wait_for_seven_others_or_the_end() {
        let again = |since| vec![(card(50, 100, 1), since)];
        let due: Vec<Candidate> = (0..20).map(|i| card(i, 100, 6)).collect();
        let at = |since| {
            let supply = Supply { due: due.clone(), due_total: 20, again: again(since), ..Supply::default() };
            ids(&plan(supply, Day(100), Limits::default(), 1)).iter().position(|i| *i == 50)
        };
        assert_eq!((at(0), at(3), at(7), at(30)), (Some(7), Some(4), Some(0), Some(0)));
        let alone = Supply { again: again(0), ..Supply::default() };
        assert_eq!(ids(&plan(alone, Day(100), Limits::default(), 1)), [50]);
    }

    #[test]
    fn a_review_limit_holds() {
        let supply =
            Supply { due: (0..20).map(|i| card(i, 100, 6)).collect(), due_total: 20, due_done: 8, ..Supply::default() };
        let limits = Limits { new_per_day: 0, reviews_per_day: Some(10) };
        let p = plan(supply, Day(100), limits, 1);
        assert_eq!((p.slots.len(), p.left), (2, 2));
    }
}
