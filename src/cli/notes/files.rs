//! Which files of notes hold which ids now: a card moves from one to another together with its comment.

use super::plan;
use crate::interchange::notes;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// The files that are read in one go, and what was looked up of these and others.
#[derive(Default)]
pub struct Files {
    given: Vec<PathBuf>,
    held: HashMap<PathBuf, Option<HashSet<String>>>,
}

impl Files {
    /// Of the files that were named.
    #[must_use]
    pub fn new(given: &[PathBuf]) -> Self {
        Self { given: given.iter().filter_map(|p| p.canonicalize().ok()).collect(), held: HashMap::new() }
    }

    /// Whether a file of notes holds a card of this id. One that is there and can't be read may well hold it.
    pub fn holds(&mut self, source: &str, id: &str) -> bool {
        let path = Path::new(source);
        path.exists() && self.ids(path).is_none_or(|ids| ids.contains(id))
    }

    /// Whether another of the files that are read now holds it.
    pub fn given_holds(&mut self, page: &Path, id: &str) -> bool {
        let others: Vec<PathBuf> = self.given.iter().filter(|p| *p != page).cloned().collect();
        others.iter().any(|path| self.ids(path).is_some_and(|ids| ids.contains(id)))
    }

    fn ids(&mut self, path: &Path) -> Option<&HashSet<String>> {
        self.held.entry(path.to_owned()).or_insert_with(|| ids_of(path)).as_ref()
    }
}

/// The ids that stand in a file, or follow from what it asks.
fn ids_of(path: &Path) -> Option<HashSet<String>> {
    let page = plan::read(path).ok()?;
    let file = notes::read(&page.text, &page.name);
    let fresh = notes::new_ids(&page.name, &file);
    Some(file.items.into_iter().filter_map(|i| i.id).chain(fresh.into_iter().map(|(_, id)| id)).collect())
}
