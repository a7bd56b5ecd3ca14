//! Cards that are nearly the same: duplicates, and contradictions among them.
//!
//! Candidates come from min-hashing (Broder 1997) runs of three words into bands; every candidate is then compared
//! exactly by the share of runs in common (Jaccard index). The index holds the cards that come in, and the collection
//! is streamed past it, so memory follows the import and not the collection.

use super::change::{answer_of, same_words, words};
use crate::model::{Body, Card};
use serde::Serialize;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How two cards are alike, closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// The same prompt and answer to the letter.
    Exact,
    /// The same words; case, spacing or punctuation differ.
    Normalized,
    /// Most of the prompt's runs of three words are the same.
    Near,
}

impl Likeness {
    /// The word for people.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Normalized => "normalized",
            Self::Near => "near",
        }
    }
}

/// Share of runs in common from which two prompts are near (the same bound `check` uses for one patient in two decks).
const NEAR: f64 = 0.6;

/// ... and from which two different answers contradict each other: a flip family differs by more than this allows.
const SAME_SCENARIO: f64 = 0.8;

/// Prompts with fewer words are compared whole: a run of three says little there.
const MIN_WORDS: usize = 6;

/// Bands and hashes in each: a pair that shares 60 % of its runs is found with a chance of 1 - (1 - 0.6^3)^20 = 99 %.
const BANDS: usize = 20;
const ROWS: usize = 3;

/// What is kept of a card to compare it by.
#[derive(Debug, Clone)]
pub struct Print {
    exact: u64,
    plain: u64,
    runs: Vec<u32>,
    bands: [u32; BANDS],
    answer: String,
}

impl Print {
    /// Of a card.
    #[must_use]
    pub fn of(card: &Card) -> Self {
        let (prompt, answer) = (prompt(card), answer_of(card, None));
        let words = words(&prompt);
        let mut runs: Vec<u32> = if words.len() < MIN_WORDS {
            Vec::new()
        } else {
            // The low half of a hash is a hash.
            words.windows(3).map(|run| (hash(&run) & 0xffff_ffff) as u32).collect()
        };
        runs.sort_unstable();
        runs.dedup();
        Self { exact: hash(&(&prompt, &answer)), plain: hash(&words), bands: bands(&runs), runs, answer }
    }

    /// Share of runs in common: 0 to 1.
    fn shared(&self, other: &Self) -> f64 {
        let (mut i, mut j, mut both) = (0, 0, 0_u32);
        while i < self.runs.len() && j < other.runs.len() {
            match self.runs[i].cmp(&other.runs[j]) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    both += 1;
                    i += 1;
                    j += 1;
                }
            }
        }
        #[allow(clippy::cast_precision_loss, reason = "counts of words are small")]
        let all = (self.runs.len() + other.runs.len()) as f64 - f64::from(both);
        f64::from(both) / all.max(1.0)
    }
}

fn prompt(card: &Card) -> String {
    match &card.body {
        Body::Decision { vignette, question, .. } => format!("{vignette} {question}"),
        Body::Basic { front, .. } => front.clone(),
        Body::Cloze { text, .. } => text.full(),
    }
}

fn hash(what: &impl Hash) -> u64 {
    // Fixed keys: the same text is the same number in every run of this program.
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

fn bands(runs: &[u32]) -> [u32; BANDS] {
    let mut out = [0_u32; BANDS];
    if runs.is_empty() {
        return out;
    }
    for (b, band) in out.iter_mut().enumerate() {
        let mut sum = 0x9e37_79b9_u32;
        for r in 0..ROWS {
            // Odd multipliers drawn from one another: each is a permutation of the 32-bit numbers.
            let k = (u32::try_from(b * ROWS + r).unwrap_or(0).wrapping_mul(0x85eb_ca6b) ^ 0xc2b2_ae35) | 1;
            let least = runs.iter().map(|x| (x ^ (x >> 15)).wrapping_mul(k).rotate_left(13)).min().unwrap_or(0);
            sum = (sum ^ least).wrapping_mul(0x0100_0193).rotate_left(5);
        }
        *band = sum;
    }
    out
}

/// One pair that is alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// Which card of the index.
    pub card: usize,
    /// How they are alike.
    pub likeness: Likeness,
    /// Share of runs in common; 1 for the same words.
    pub shared: f64,
    /// The same scenario, another answer.
    pub contradicts: bool,
}

/// Cards to compare others with.
#[derive(Debug, Default)]
pub struct Index {
    prints: Vec<Print>,
    plain: HashMap<u64, Vec<u32>>,
    banded: HashMap<(u8, u32), Vec<u32>>,
}

/// Cards of one band beyond this are the same few words again and again: comparing them all would cost quadratic time.
const CROWD: usize = 64;

impl Index {
    /// Adds a card; the first is 0.
    pub fn add(&mut self, print: Print) {
        let n = u32::try_from(self.prints.len()).unwrap_or(u32::MAX);
        push(self.plain.entry(print.plain).or_default(), n);
        if !print.runs.is_empty() {
            for (b, band) in print.bands.iter().enumerate() {
                push(self.banded.entry((u8::try_from(b).unwrap_or(0), *band)).or_default(), n);
            }
        }
        self.prints.push(print);
    }

    /// Every card that `print` is like, closest first.
    #[must_use]
    pub fn find(&self, print: &Print) -> Vec<Match> {
        let mut seen: Vec<u32> = self.plain.get(&print.plain).cloned().unwrap_or_default();
        if !print.runs.is_empty() {
            for (b, band) in print.bands.iter().enumerate() {
                seen.extend(self.banded.get(&(u8::try_from(b).unwrap_or(0), *band)).into_iter().flatten());
            }
        }
        seen.sort_unstable();
        seen.dedup();
        let mut out: Vec<Match> = seen.into_iter().filter_map(|n| self.compare(n as usize, print)).collect();
        out.sort_by(|a, b| a.likeness.cmp(&b.likeness).then(b.shared.total_cmp(&a.shared)).then(a.card.cmp(&b.card)));
        out
    }

    fn compare(&self, n: usize, print: &Print) -> Option<Match> {
        let other = self.prints.get(n)?;
        let same_answer = same_words(&other.answer, &print.answer);
        if other.exact == print.exact {
            return Some(Match { card: n, likeness: Likeness::Exact, shared: 1.0, contradicts: false });
        }
        if other.plain == print.plain {
            return Some(Match { card: n, likeness: Likeness::Normalized, shared: 1.0, contradicts: !same_answer });
        }
        let shared = print.shared(other);
        (shared >= NEAR).then_some(Match {
            card: n,
            likeness: Likeness::Near,
            shared,
            contradicts: shared >= SAME_SCENARIO && !same_answer,
        })
    }
}

fn push(list: &mut Vec<u32>, n: u32) {
    if list.len() < CROWD {
        list.push(n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deck::{Catalog, parse_card};

    fn basic(front: &str, back: &str) -> Print {
        let json = serde_json::json!({"id": "a", "type": "basic", "domain": "d", "front": front, "back": back});
        Print::of(&parse_card(&json.to_string(), Catalog::bundled()).expect("a card"))
    }

    const STEM: &str = "A 54-year-old man has had 3 hours of sudden chest pain that goes through to the back, with a \
                        pulse of 104/min and a blood pressure of 178/96 mm Hg. Which study comes first?";

    #[test]
    fn the_same_card_is_known_again_in_each_degree() {
        let mut index = Index::default();
        index.add(basic(STEM, "CT angiography of the chest"));
        let like =
            |front: &str, back: &str| index.find(&basic(front, back)).first().map(|m| (m.likeness, m.contradicts));
        assert_eq!(like(STEM, "CT angiography of the chest"), Some((Likeness::Exact, false)));
        assert_eq!(like(&STEM.to_uppercase(), "CT angiography of the chest."), Some((Likeness::Normalized, false)));
        let near = STEM.replace("54-year-old", "57-year-old");
        assert_eq!(like(&near, "CT angiography of the chest"), Some((Likeness::Near, false)));
        assert_eq!(like("A child fell off a swing and has a deformed wrist. Which study?", "Radiograph"), None);
    }

    #[test]
    fn the_same_scenario_with_another_answer_contradicts() {
        let mut index = Index::default();
        index.add(basic(STEM, "CT angiography of the chest"));
        let found = index.find(&basic(STEM, "Transesophageal echocardiography"));
        assert!(found[0].contradicts, "{found:?}");
        let near = STEM.replace("54-year-old", "57-year-old");
        assert!(index.find(&basic(&near, "Transesophageal echocardiography"))[0].contradicts);
    }

    #[test]
    fn a_crowd_of_equal_cards_costs_no_more_than_its_cap() {
        let mut index = Index::default();
        for _ in 0..10_000 {
            index.add(basic(STEM, "x"));
        }
        assert!(index.find(&basic(STEM, "x")).len() <= CROWD);
    }

    #[test]
    fn bundled_decks_hold_no_contradiction() {
        // Two siblings of a family are a scenario and its flip, not a contradiction.
        let mut cards = Vec::new();
        for bundled in crate::deck::bundled::BUNDLED {
            let deck = crate::deck::check(bundled.text.as_bytes(), Catalog::bundled()).deck.expect("a deck");
            cards.extend(deck.cards.into_iter().map(|c| (deck.header.id.clone(), c)));
        }
        let mut index = Index::default();
        for (deck, card) in &cards {
            let print = Print::of(card);
            for found in index.find(&print) {
                let (other_deck, other) = &cards[found.card];
                let siblings = deck == other_deck && card.family().is_some() && card.family() == other.family();
                assert!(!found.contradicts || siblings, "{deck}/{} and {other_deck}/{}", card.id, other.id);
            }
            index.add(print);
        }
    }
}
