//! What things are: ids, cards, grades, days, E-Factors. No I/O, no clock.

pub mod card;
pub mod day;
pub mod ease;
pub mod grade;
pub mod ids;
pub mod outline;
pub mod study;
pub mod text;

pub use card::{Body, Card, Choice, Cloze, Deck, DeckHeader, Next, Source};
pub use day::{Day, Rollover, Stamp};
pub use ease::Ease;
pub use grade::{Confidence, Grade, Harm, Miss, Verdict};
pub use ids::{CardKey, DeckId, IdError};
pub use outline::Outline;
pub use study::{Contrast, Modality, Study};
