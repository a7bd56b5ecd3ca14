//! Answers and the SM-2 quality that follows from them.

use std::fmt;

/// SM-2 quality of a response, 0 (did not know) to 5 (right and sure).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grade(u8);

impl Grade {
    /// `None` above 5.
    #[must_use]
    pub const fn new(value: u8) -> Option<Self> {
        if value <= 5 { Some(Self(value)) } else { None }
    }

    /// 0 to 5.
    #[must_use]
    pub const fn value(self) -> u8 {
        self.0
    }

    /// 3 or more: the response was right.
    #[must_use]
    pub const fn passed(self) -> bool {
        self.0 >= 3
    }

    /// 4 or more: the card need not come back today.
    #[must_use]
    pub const fn settled(self) -> bool {
        self.0 >= 4
    }

    /// The grade an answer earns: right answers by confidence (guess 3, think 4, sure 5), wrong ones by the miss
    /// (gap 0, reasoning 1, slip 2; unnamed counts as a gap). A merely acceptable option is not right and is a slip
    /// at worst.
    #[must_use]
    pub fn of(verdict: Verdict, confidence: Confidence, miss: Option<Miss>) -> Self {
        Self(match (verdict, confidence, miss) {
            (Verdict::Best, Confidence::Guess, _) => 3,
            (Verdict::Best, Confidence::Think, _) => 4,
            (Verdict::Best, Confidence::Sure, _) => 5,
            (Verdict::Acceptable, _, _) | (Verdict::Wrong, _, Some(Miss::Slip)) => 2,
            (Verdict::Wrong, _, Some(Miss::Reasoning)) => 1,
            (Verdict::Wrong, _, Some(Miss::Gap) | None) => 0,
        })
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize, ::schemars::JsonSchema)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in the order shown to people.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word used in decks, in the log and on the command line.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value a word stands for.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.word() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// How sure the student was *before* the reveal.
    Confidence {
        /// A coin toss.
        Guess = "guess",
        /// Probably.
        Think = "think",
        /// Would act on it.
        Sure = "sure",
    }
}

words! {
    /// Why a wrong answer was wrong, named in the debrief.
    Miss {
        /// Did not know it.
        Gap = "gap",
        /// Knew it, reasoned wrong.
        Reasoning = "reasoning",
        /// Misread or second-guessed.
        Slip = "slip",
    }
}

words! {
    /// What a card's author says of an option.
    Verdict {
        /// The one best answer.
        Best = "best",
        /// Defensible, but second choice.
        Acceptable = "acceptable",
        /// Wrong; the option's `harm` says how.
        Wrong = "wrong",
    }
}

words! {
    /// What choosing a wrong option would do.
    Harm {
        /// Hurts the patient.
        Unsafe = "unsafe",
        /// The right thing too late.
        Delays = "delays",
        /// No benefit: cost, dose, false positives.
        Wasteful = "wasteful",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_follow_the_contract() {
        use Confidence::{Guess, Sure, Think};
        let right = |c| Grade::of(Verdict::Best, c, None).value();
        assert_eq!((right(Guess), right(Think), right(Sure)), (3, 4, 5));
        let wrong = |m| Grade::of(Verdict::Wrong, Sure, m).value();
        assert_eq!(
            (wrong(Some(Miss::Gap)), wrong(Some(Miss::Reasoning)), wrong(Some(Miss::Slip)), wrong(None)),
            (0, 1, 2, 0)
        );
        for miss in [None, Some(Miss::Gap), Some(Miss::Reasoning), Some(Miss::Slip)] {
            assert_eq!(Grade::of(Verdict::Acceptable, Guess, miss).value(), 2, "a slip at worst");
        }
    }

    #[test]
    fn words_read_back() {
        for c in Confidence::ALL {
            assert_eq!(Confidence::from_word(c.word()), Some(*c));
        }
        assert_eq!(Miss::from_word("Gap"), None);
    }
}
