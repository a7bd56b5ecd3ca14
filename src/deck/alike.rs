//! Cards that are nearly the same: duplicates, and contradictions among them.
//!
//! Candidates come from min-hashing (Broder 1997) runs of three words into bands; every candidate is then compared
//! exactly by the share of runs in common (Jaccard index). The index holds the cards that come in, and the collection
//! is streamed past it, so memory follows the import and not the collection.

use super::change::{answer_of, same_words, words};
use crate::model::{Body, Card};
use serde::Serialize;
use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

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

/// Most cards that one card is said to be like.
pub const MAX_LIKES: usize = 3;

/// Share of runs in common from which two prompts are near (the same bound `check` uses for one patient in two decks).
const NEAR: f64 = 0.6;

/// ... and from which two different answers contradict each other: a flip family differs by more than this allows.
const SAME_SCENARIO: f64 = 0.8;

/// ... and from which one may be the other, reworded.
const VERSIONS: f64 = 0.25;

/// Prompts with fewer words are compared whole: a run of three says little there.
const MIN_WORDS: usize = 6;

/// Bands and hashes in each: a pair that shares 60 % of its runs is found with a chance of 1 - (1 - 0.6^3)^12 = 95 %, one
/// that shares 80 % with 99.98 %.
const BANDS: usize = 12;
const ROWS: usize = 3;

/// What is kept of a card to compare it by. Many are moved about, so it is one pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Print(Box<Kept>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    exact: u64,
    plain: u64,
    runs: Box<[u32]>,
    answer: Box<str>,
}

impl Print {
    /// Of a card.
    #[must_use]
    pub fn of(card: &Card) -> Self {
        let (prompt, answer) = (prompt(card), answer_of(card, None));
        let (hashes, plain) = word_hashes(&prompt);
        let mut runs: Vec<u32> = if hashes.len() < MIN_WORDS {
            Vec::new()
        } else {
            hashes.windows(3).map(|run| high(run.iter().fold(SEED, |sum, word| mix(sum, *word)))).collect()
        };
        runs.sort_unstable();
        runs.dedup();
        let (plain, exact) = (KEY.hash_one(plain), KEY.hash_one((&*prompt, &answer)));
        Self(Box::new(Kept { exact, plain, runs: runs.into_boxed_slice(), answer: answer.into_boxed_str() }))
    }

    /// The prompts have the same words, or a good part of their runs in common: one card in two versions.
    #[must_use]
    pub fn resembles(&self, other: &Self) -> bool {
        self.0.plain == other.0.plain || self.shared(other) >= VERSIONS
    }

    /// What it is looked up by: its whole prompt, and each band. Where two prompts happen to have one key they are compared
    /// for nothing, which is rare enough.
    fn keys(&self) -> impl Iterator<Item = u32> {
        let bands = if self.0.runs.is_empty() { None } else { Some(bands(&self.0.runs)) };
        let whole = high(self.0.plain);
        std::iter::once(whole)
            .chain(bands.into_iter().flatten().enumerate().map(|(b, band)| high(mix(b as u64 + 1, u64::from(band)))))
    }

    /// Share of runs in common: 0 to 1.
    fn shared(&self, other: &Self) -> f64 {
        let (ours, theirs) = (&self.0.runs, &other.0.runs);
        let (mut i, mut j, mut both) = (0, 0, 0_u32);
        while i < ours.len() && j < theirs.len() {
            match ours[i].cmp(&theirs[j]) {
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
        let all = (ours.len() + theirs.len()) as f64 - f64::from(both);
        f64::from(both) / all.max(1.0)
    }
}

fn prompt(card: &Card) -> Cow<'_, str> {
    match &card.body {
        Body::Decision { vignette, question, .. } => Cow::Owned(format!("{vignette} {question}")),
        Body::Basic { front, .. } => Cow::Borrowed(front),
        Body::Cloze { text, .. } => Cow::Owned(text.full()),
    }
}

/// Two texts of which one was made to have the number of the other must not pass for the same: nobody knows this key.
static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Fixed: the same text is the same number in every run of this program.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// One step of a multiplicative hash (the finalizer's constants are those of splitmix64), for runs of words: collisions can
/// make two prompts look nearer than they are, and no more.
const fn mix(sum: u64, next: u64) -> u64 {
    let x = (sum ^ next).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ (x >> 29)
}

/// The better half of a hash.
#[allow(clippy::cast_possible_truncation, reason = "that is the point")]
const fn high(x: u64) -> u32 {
    (x.wrapping_mul(0x94d0_49bb_1331_11eb) >> 32) as u32
}

/// A number for each word of a text, by the same rules as [`words`]: case and punctuation don't count. And the words
/// themselves, with a blank behind each.
fn word_hashes(text: &str) -> (Vec<u64>, Vec<u8>) {
    let bytes = text.as_bytes();
    let (mut hashes, mut plain) = (Vec::with_capacity(bytes.len() / 5), Vec::with_capacity(bytes.len() + 1));
    if !text.is_ascii() {
        for word in words(text) {
            hashes.push(word.bytes().fold(SEED, |s, b| mix(s, u64::from(b))));
            plain.extend(word.bytes());
            plain.push(b' ');
        }
        return (hashes, plain);
    }
    // Most cards are plain ASCII, and need no strings to be cut.
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let (mut sum, mut any) = (SEED, false);
    for (i, b) in bytes.iter().enumerate() {
        let joins = matches!(b, b'.' | b'/' | b',') && i > 0 && digit(i - 1) && digit(i + 1);
        if b.is_ascii_alphanumeric() || joins || matches!(b, b'%' | b'<' | b'>') {
            let lower = b.to_ascii_lowercase();
            sum = mix(sum, u64::from(lower));
            plain.push(lower);
            any = true;
        } else if any {
            hashes.push(sum);
            plain.push(b' ');
            (sum, any) = (SEED, false);
        }
    }
    if any {
        hashes.push(sum);
        plain.push(b' ');
    }
    (hashes, plain)
}

fn bands(runs: &[u32]) -> [u32; BANDS] {
    let mut out = [0_u32; BANDS];
    if runs.is_empty() {
        return out;
    }
    let mut least = [u32::MAX; BANDS * ROWS];
    for run in runs {
        let x = run ^ (run >> 15);
        for (slot, k) in least.iter_mut().zip(MULTIPLIERS) {
            *slot = (*slot).min(x.wrapping_mul(k).rotate_left(13));
        }
    }
    for (band, rows) in out.iter_mut().zip(least.chunks_exact(ROWS)) {
        *band = rows.iter().fold(0x9e37_79b9, |sum: u32, l| (sum ^ l).wrapping_mul(0x0100_0193).rotate_left(5));
    }
    out
}

/// Odd multipliers: each is a permutation of the 32-bit numbers.
const MULTIPLIERS: [u32; BANDS * ROWS] = {
    let mut out = [0_u32; BANDS * ROWS];
    let mut x = SEED;
    let mut i = 0;
    while i < out.len() {
        x = mix(x, i as u64 + 1);
        out[i] = high(x) | 1;
        i += 1;
    }
    out
};

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

impl Match {
    /// The share of runs in common, in percent.
    #[must_use]
    pub fn percent(&self) -> u32 {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
        let percent = (self.shared * 100.0).round() as u32;
        percent
    }
}

/// Cards to compare others with: made once, then asked.
#[derive(Debug, Default)]
pub struct Index {
    prints: Vec<Print>,
    /// Each key with the card that has it in its lower half; sorted.
    keys: Vec<u64>,
}

/// Cards of one band beyond this are the same few words again and again: comparing them all would cost quadratic time.
const CROWD: usize = 64;

/// A key and a card in one number.
const fn entry(key: u32, card: u32) -> u64 {
    (key as u64) << 32 | card as u64
}

/// The card of an entry.
#[allow(clippy::cast_possible_truncation, reason = "the lower half is the card")]
const fn card(entry: u64) -> u32 {
    entry as u32
}

impl Index {
    /// Of these cards, which are counted from 0.
    #[must_use]
    pub fn new(prints: Vec<Print>) -> Self {
        let mut keys = Vec::with_capacity(prints.len() * (BANDS + 1));
        for (n, print) in prints.iter().enumerate() {
            let n = u32::try_from(n).unwrap_or(u32::MAX);
            keys.extend(print.keys().map(|key| entry(key, n)));
        }
        keys.sort_unstable();
        Self { prints, keys }
    }

    /// Every pair of cards in the index that are alike: the later card, and the earlier one with how. Runs of one key lie
    /// together, so no card has to be looked up.
    #[must_use]
    pub fn pairs(&self) -> Vec<(usize, Match)> {
        let mut seen: Vec<(u32, u32)> = Vec::new();
        for run in self.keys.chunk_by(|a, b| a >> 32 == b >> 32) {
            for (i, later) in run.iter().enumerate().skip(1) {
                seen.extend(run[..i].iter().take(CROWD).map(|earlier| (card(*later), card(*earlier))));
            }
        }
        seen.sort_unstable();
        seen.dedup();
        let compare = |(later, earlier): (u32, u32)| {
            let print = self.prints.get(later as usize)?;
            Some((later as usize, self.compare(earlier as usize, print)?))
        };
        seen.into_iter().filter_map(compare).collect()
    }

    /// Every card that `print` is like, closest first.
    #[must_use]
    pub fn find(&self, print: &Print) -> Vec<Match> {
        let mut seen: Vec<u32> = Vec::new();
        for key in print.keys() {
            let from = self.keys.partition_point(|e| *e < entry(key, 0));
            let run = self.keys[from..].iter().take(CROWD).take_while(|e| *e >> 32 == u64::from(key));
            seen.extend(run.map(|e| card(*e)));
        }
        seen.sort_unstable();
        seen.dedup();
        let mut out: Vec<Match> = seen.into_iter().filter_map(|n| self.compare(n as usize, print)).collect();
        out.sort_by(|a, b| a.likeness.cmp(&b.likeness).then(b.shared.total_cmp(&a.shared)).then(a.card.cmp(&b.card)));
        out
    }

    fn compare(&self, n: usize, print: &Print) -> Option<Match> {
        let other = self.prints.get(n)?;
        let same_answer = || same_words(&other.0.answer, &print.0.answer);
        if other.0.exact == print.0.exact {
            return Some(Match { card: n, likeness: Likeness::Exact, shared: 1.0, contradicts: false });
        }
        if other.0.plain == print.0.plain {
            return Some(Match { card: n, likeness: Likeness::Normalized, shared: 1.0, contradicts: !same_answer() });
        }
        let shared = print.shared(other);
        (shared >= NEAR).then_some(Match {
            card: n,
            likeness: Likeness::Near,
            shared,
            contradicts: shared >= SAME_SCENARIO && !same_answer(),
        })
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
        let index = Index::new(vec![basic(STEM, "CT angiography of the chest")]);
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
        let index = Index::new(vec![basic(STEM, "CT angiography of the chest")]);
        let found = index.find(&basic(STEM, "Transesophageal echocardiography"));
        assert!(found[0].contradicts, "{found:?}");
        let near = STEM.replace("54-year-old", "57-year-old");
        assert!(index.find(&basic(&near, "Transesophageal echocardiography"))[0].contradicts);
    }

    #[test]
    fn words_are_hashed_by_the_rules_they_are_cut_by() {
        for text in ["CT, 4.5 h: <10 % of 120/80!", "a.b 1.5. x/y 3/4", "", "  ", "A-b_c"] {
            let slow: Vec<u64> =
                words(text).iter().map(|w| w.bytes().fold(SEED, |s, b| mix(s, u64::from(b)))).collect();
            let plain: Vec<u8> = words(text).iter().flat_map(|w| [w.as_bytes(), b" "].concat()).collect();
            assert_eq!(word_hashes(text), (slow, plain), "{text}");
        }
    }

    #[test]
    fn a_crowd_of_equal_cards_costs_no_more_than_its_cap() {
        let index = Index::new(vec![basic(STEM, "x"); 10_000]);
        assert!(index.pairs().len() <= 10_000 * CROWD);
        assert!(index.find(&basic(STEM, "x")).len() <= CROWD * (BANDS + 1));
    }

    #[test]
    fn bundled_decks_hold_no_contradiction() {
        // Two siblings of a family are a scenario and its flip, not a contradiction.
        let mut cards = Vec::new();
        for bundled in crate::deck::bundled::BUNDLED {
            let deck = crate::deck::check(bundled.text.as_bytes(), Catalog::bundled()).deck.expect("a deck");
            cards.extend(deck.cards.into_iter().map(|c| (deck.header.id.clone(), c)));
        }
        let index = Index::new(cards.iter().map(|(_, c)| Print::of(c)).collect());
        let mut pairs = 0;
        for (n, (deck, card)) in cards.iter().enumerate() {
            let earlier: Vec<Match> = index.find(&Print::of(card)).into_iter().filter(|f| f.card < n).collect();
            pairs += earlier.len();
            for found in earlier {
                let (other_deck, other) = &cards[found.card];
                let siblings = deck == other_deck && card.family().is_some() && card.family() == other.family();
                assert!(!found.contradicts || siblings, "{deck}/{} and {other_deck}/{}", card.id, other.id);
            }
        }
        assert_eq!(index.pairs().len(), pairs, "asked one by one or all at once");
        assert!(pairs > 0, "some siblings share their stem");
    }
}
