//! Repeatable chance: numbers that are a function of recorded facts, the same on every machine and in every release.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

/// FNV-1a over labelled facts, finished by a SplitMix64 round. Not for secrets.
///
/// FNV-1a: Fowler, Noll, Vo; SplitMix64: Steele, Lea, Flood 2014. Written out because the result is part of the
/// data format (shown letters, fuzz): a hasher that may change between releases of a library can't be used.
#[derive(Debug, Clone, Copy)]
pub struct Mixer(u64);

impl Mixer {
    /// Starts a stream of its own for `purpose`.
    #[must_use]
    pub fn new(purpose: &str) -> Self {
        Self(0xcbf2_9ce4_8422_2325).text(purpose)
    }

    /// Adds text (and its end, so that "ab","c" and "a","bc" differ).
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        for byte in text.bytes().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, n: u64) -> Self {
        for byte in n.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self
    }

    /// The number drawn.
    #[must_use]
    pub fn finish(self) -> u64 {
        let mut z = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A generator of many numbers (`ChaCha8`: the same stream on every platform).
    #[must_use]
    pub fn rng(self) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(self.finish())
    }
}

/// A draw as a number in `[0, 1)`.
#[must_use]
pub fn unit(draw: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    let top = (draw >> 11) as f64;
    top / 9_007_199_254_740_992.0
}

/// A fair permutation of `0..n` (Fisher and Yates), from the generator given.
#[must_use]
pub fn permutation(n: usize, mixer: Mixer) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(&mut mixer.rng());
    order
}

/// The order in which a card's options are shown: drawn from the seed, the card and how often it was answered, so that
/// positions are not learned and yet every process shows the same letters.
#[must_use]
pub fn option_order(n: usize, seed: u64, card: &str, answers: u32) -> Vec<usize> {
    permutation(n, Mixer::new("options").number(seed).text(card).number(u64::from(answers)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_facts_give_the_same_draw_for_ever() {
        // Pinned: a change here would change letters and fuzz under users' feet.
        assert_eq!(Mixer::new("a").text("b").number(7).finish(), 5_359_981_951_999_869_545);
        assert_ne!(Mixer::new("a").text("bc").finish(), Mixer::new("ab").text("c").finish());
        assert_eq!(option_order(5, 42, "stroke/wake-up", 0), [2, 1, 3, 4, 0]);
    }

    #[test]
    fn the_shuffle_is_fair() {
        // Each of 4 options in each of 4 places: 4000 draws, 1000 expected, 5 standard deviations = 137.
        let mut table = [[0_i32; 4]; 4];
        for i in 0..4_000 {
            for (place, option) in option_order(4, i, "d/c", 0).into_iter().enumerate() {
                table[option][place] += 1;
            }
        }
        for row in table {
            for cell in row {
                assert!((cell - 1_000).abs() < 137, "{table:?}");
            }
        }
    }
}
