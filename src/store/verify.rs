//! Is everything in order? The log against itself, and the cache against the log.

use super::error::{Result, StoreError};
use super::settings::set_note;
use super::{Store, state};
use crate::log::Fact;
use crate::schedule::CardState;
use rusqlite::OptionalExtension;
use std::collections::BTreeMap;

/// One way in which the cache and the log disagree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The card (or the tally).
    pub what: String,
    /// What the log says.
    pub log: String,
    /// What the cache says.
    pub cache: String,
}

/// The result of an examination.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// Complaints of `SQLite`'s own check; empty is good.
    pub integrity: Vec<String>,
    /// Events in the log.
    pub events: u64,
    /// Cards with a history.
    pub cards: u64,
    /// Differences, at most 100 of them.
    pub differences: Vec<Difference>,
    /// How many there are in all.
    pub different: u64,
}

impl Health {
    /// Nothing to complain about.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.integrity.is_empty() && self.different == 0
    }

    fn differ(&mut self, what: String, log: String, cache: String) {
        self.different += 1;
        if self.differences.len() < 100 {
            self.differences.push(Difference { what, log, cache });
        }
    }
}

fn show(state: Option<&CardState>) -> String {
    state.map_or("nothing".to_owned(), |s| {
        format!(
            "repetition {}, ease {}, interval {}, due {}, answers {}, lapses {}{}{}{}",
            s.memory.repetition,
            s.memory.ease,
            s.memory.interval,
            s.due.map_or("never".to_owned(), |d| d.to_string()),
            s.answers,
            s.lapses,
            if s.again { ", again" } else { "" },
            if s.suspended { ", suspended" } else { "" },
            if s.flagged { ", flagged" } else { "" },
        )
    })
}

type TallyKey = (i32, String, &'static str, &'static str, u8);

impl Store {
    /// Examines the home without changing it.
    ///
    /// # Errors
    /// When it can't be read, or the log holds something unreadable.
    pub fn examine(&self) -> Result<Health> {
        let sql = self.sql();
        let mut health = Health::default();
        let lines: Vec<String> = self
            .conn
            .prepare("PRAGMA integrity_check")
            .and_then(|mut s| s.query_map([], |r| r.get(0))?.collect())
            .map_err(&sql)?;
        health.integrity.extend(lines.into_iter().filter(|l| l != "ok"));
        let broken: Vec<String> = self
            .conn
            .prepare("PRAGMA foreign_key_check")
            .and_then(|mut s| s.query_map([], |r| Ok(format!("{} points nowhere", r.get::<_, String>(0)?)))?.collect())
            .map_err(&sql)?;
        health.integrity.extend(broken);

        self.guards(&mut health)?;
        let mut tally: BTreeMap<TallyKey, (i64, i64)> = BTreeMap::new();
        let folding = self.folding();
        let mut stateful = 0_u64;
        state::each_card(&self.conn, &self.path, |id, events| {
            health.events += events.len() as u64;
            health.cards += 1;
            let folded = state::fold_card(events, &folding);
            let cached = state::load(&self.conn, id).map_err(&sql)?;
            stateful += u64::from(folded.state.is_some());
            if folded.state != cached {
                let key = events.first().map_or(String::new(), |(_, e)| e.card.to_string());
                health.differ(key, show(folded.state.as_ref()), show(cached.as_ref()));
            } else if folded.state.is_some() {
                let want = state::derived(&self.conn, id, events, &folded).map_err(&sql)?;
                let got = state::derived_cached(&self.conn, id).map_err(&sql)?;
                if got.as_ref() != Some(&want) {
                    let key = events.first().map_or(String::new(), |(_, e)| e.card.to_string());
                    health.differ(key, format!("{want:?}"), format!("{got:?}"));
                }
            }
            let personal = state::load_personal(&self.conn, id).map_err(&sql)?;
            if folded.personal != personal {
                let key = events.first().map_or(String::new(), |(_, e)| e.card.to_string());
                health.differ(key, "own notes and tags".to_owned(), "others".to_owned());
            }
            let domain: String = self
                .conn
                .prepare_cached("SELECT domain FROM card WHERE id = ?1")
                .and_then(|mut s| s.query_row([id], |r| r.get(0)).optional())
                .map_err(&sql)?
                .unwrap_or_default();
            for fact in &folded.facts {
                let sums = tally.entry(key_of(&domain, fact)).or_default();
                sums.0 += 1;
                sums.1 += i64::from(fact.ms);
            }
            Ok(())
        })?;
        let cached: u64 = self.conn.query_row("SELECT count(*) FROM state", [], |r| r.get(0)).map_err(&sql)?;
        if cached != stateful {
            health.differ("cards with a state".to_owned(), stateful.to_string(), cached.to_string());
        }
        let wrong: u64 = self
            .conn
            .query_row(
                "SELECT count(*) FROM card c LEFT JOIN state s ON s.id = c.id
                 WHERE c.fresh <> (c.present AND coalesce(s.first_day IS NULL AND NOT s.suspended, 1))",
                [],
                |r| r.get(0),
            )
            .map_err(&sql)?;
        if wrong > 0 {
            health.differ("cards marked as new".to_owned(), "right".to_owned(), format!("{wrong} wrong"));
        }
        for fault in self.compare_decks()? {
            health.differ(fault, "as in its deck".to_owned(), "missing or different".to_owned());
        }
        for row in self.tally_by_day()? {
            let want = tally.remove(&key_of(&row.domain, &row.fact)).unwrap_or_default();
            let got = (row.n.cast_signed(), row.ms.cast_signed());
            if want != got {
                health.differ(
                    format!("answers of {} on {}", row.domain, row.fact.day),
                    format!("{want:?}"),
                    format!("{got:?}"),
                );
            }
        }
        for ((day, domain, ..), sums) in tally {
            health.differ(
                format!("answers of {domain} on {}", crate::model::Day(day)),
                format!("{sums:?}"),
                "nothing".to_owned(),
            );
        }
        Ok(health)
    }

    /// The triggers that keep the log append-only must be there.
    fn guards(&self, health: &mut Health) -> Result<()> {
        let sql = self.sql();
        let guards: u64 = self
            .conn
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name IN
                     ('event_never_changes', 'event_never_goes', 'name_never_changes', 'name_never_goes')",
                [],
                |r| r.get(0),
            )
            .map_err(&sql)?;
        if guards != 4 {
            health.integrity.push("a guard that keeps the review log append-only is missing".to_owned());
        }
        Ok(())
    }

    /// Makes the cache anew: cards from the decks, state and statistics from the log.
    ///
    /// # Errors
    /// When the home can't be written.
    pub fn repair(&mut self) -> Result<()> {
        self.reread_decks()?;
        let (path, folding, mark) = (self.path.clone(), self.folding(), self.settings.fold_mark());
        self.write(|tx| {
            state::rebuild(tx, &path, &folding)?;
            set_note(tx, "home.folded", &mark).map_err(|e| StoreError::from_sqlite(&path, e))
        })
    }
}

fn key_of(domain: &str, fact: &Fact) -> TallyKey {
    (fact.day.0, domain.to_owned(), fact.stage.word(), fact.confidence.word(), fact.grade.value())
}
