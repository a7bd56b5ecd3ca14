//! What could not be used of a package.

use super::limits::MAX_TROUBLES;
use crate::interchange::incoming::Trouble;
use crate::model::text::thousands;
use std::fmt::Display;

/// Troubles, up to a number.
#[derive(Debug, Default)]
pub struct Troubles {
    list: Vec<Trouble>,
    more: u64,
}

impl Troubles {
    /// One more.
    pub fn add(&mut self, place: &(impl Display + ?Sized), cause: impl Into<String>, hint: impl Into<String>) {
        if self.list.len() < MAX_TROUBLES {
            self.list.push(Trouble { place: place.to_string(), cause: cause.into(), hint: hint.into() });
        } else {
            self.more += 1;
        }
    }

    /// All that are told, and how many are not.
    pub fn told(mut self) -> Vec<Trouble> {
        if self.more > 0 {
            self.list.push(Trouble {
                place: "the package".to_owned(),
                cause: format!("{} more like these", thousands(self.more)),
                hint: "mend the first ones and import again".to_owned(),
            });
        }
        self.list
    }
}
