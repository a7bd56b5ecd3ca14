//! The study catalog: names, contrast, radiation levels and doses, compiled in.

use crate::model::study::CatalogFile;
use crate::model::{Source, Study};
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

const TEXT: &str = include_str!("../../decks/catalog/studies.json");

/// Every study a card may name. The compiled-in text is read when a study is first asked for: showing a card without
/// studies does not pay for it.
#[derive(Debug)]
pub struct Catalog {
    read: OnceLock<Studies>,
}

#[derive(Debug)]
struct Studies {
    all: Vec<Study>,
    by_id: HashMap<String, usize>,
    sources: BTreeMap<String, Source>,
}

impl Catalog {
    /// The catalog compiled into the program.
    #[must_use]
    pub fn bundled() -> &'static Self {
        static CATALOG: Catalog = Catalog { read: OnceLock::new() };
        &CATALOG
    }

    /// Reads a catalog.
    ///
    /// # Errors
    /// What serde says of the first problem: the catalog is ours, not a user's.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let read = OnceLock::new();
        let _ = read.set(Studies::parse(text)?);
        Ok(Self { read })
    }

    fn studies_read(&self) -> &Studies {
        // A test reads the same text, so this can't fail in a released build.
        self.read.get_or_init(|| Studies::parse(TEXT).expect("the compiled-in catalog is valid"))
    }

    /// The study with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Study> {
        let read = self.studies_read();
        read.by_id.get(id).map(|i| &read.all[*i])
    }

    /// Every study, in the catalog's order.
    #[must_use]
    pub fn studies(&self) -> &[Study] {
        &self.studies_read().all
    }

    /// Where a level or dose comes from.
    #[must_use]
    pub fn source(&self, key: &str) -> Option<&Source> {
        self.studies_read().sources.get(key)
    }

    /// The id most likely meant by `word`: an id, name or alias near it.
    #[must_use]
    pub fn meant_by(&self, word: &str) -> Option<&str> {
        let exact = self.studies().iter().find(|s| {
            s.name.eq_ignore_ascii_case(word)
                || s.short.eq_ignore_ascii_case(word)
                || s.aliases.iter().any(|a| a.eq_ignore_ascii_case(word))
        });
        exact
            .map(|s| s.id.as_str())
            .or_else(|| super::problem::nearest(word, self.studies().iter().map(|s| s.id.as_str())))
    }
}

impl Studies {
    fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let file: CatalogFile = serde_json::from_str(text)?;
        let by_id = file.studies.iter().enumerate().map(|(i, s)| (s.id.clone(), i)).collect();
        Ok(Self { all: file.studies, by_id, sources: file.sources })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_catalog_is_whole() {
        let catalog = Catalog::parse(TEXT).expect("readable");
        assert!(catalog.studies().len() >= 80, "{} studies", catalog.studies().len());
        let (mut ids, mut names) = (HashSet::new(), HashSet::new());
        for s in catalog.studies() {
            assert!(ids.insert(&s.id) && names.insert(s.name.to_lowercase()), "{} stands twice", s.id);
            assert_eq!(crate::model::ids::check_id(&s.id), Ok(()), "{}", s.id);
            assert!(s.name.len() <= 60 && s.short.len() <= 24, "{}: name or short too long", s.id);
            assert!(catalog.source(&s.source).is_some(), "{}: source {} unknown", s.id, s.source);
            assert!(s.dose_msv.low <= s.dose_msv.high, "{}: dose upside down", s.id);
            let radiates = s.rrl.adult.level() > 0;
            assert_eq!(radiates, s.dose_msv.high > 0.0, "{}: RRL and dose disagree", s.id);
            assert_eq!(radiates, s.dose_source.is_some(), "{}: a dose needs a source", s.id);
            if let Some(key) = &s.dose_source {
                assert!(catalog.source(key).is_some(), "{}: source {key} unknown", s.id);
            }
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_understood() {
        let catalog = Catalog::bundled();
        assert_eq!(catalog.meant_by("ct-head-witout"), Some("ct-head-without"));
        assert_eq!(catalog.meant_by("CTPA"), Some("ct-pulmonary-angiography"));
        assert_eq!(catalog.meant_by("zzzz"), None);
    }
}
