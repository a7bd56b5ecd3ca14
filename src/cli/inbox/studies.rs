//! Studies of the catalog by a few letters.

use crate::deck::Catalog;
use crate::model::Study;

/// Most studies shown to choose from.
const SHOWN: usize = 7;

/// The study that goes by exactly this, if one does.
#[must_use]
pub fn exactly(letters: &str) -> Option<&'static Study> {
    let id = crate::interchange::notes::study_named(letters)?;
    Catalog::bundled().get(id)
}

/// Studies meant by a few letters, likeliest first: every word of `letters` begins a word of the study's names.
#[must_use]
pub fn like(letters: &str) -> Vec<&'static Study> {
    let wanted = words(letters);
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(usize, usize, &Study)> = Vec::new();
    for study in Catalog::bundled().studies() {
        let names = [study.short.as_str(), study.name.as_str(), study.id.as_str()];
        let best = names
            .into_iter()
            .chain(study.aliases.iter().map(String::as_str))
            .filter_map(|name| rank(&wanted, name))
            .min();
        // Words may also come from several of its names ("ct pe chest").
        let all = || {
            let all: Vec<String> =
                names.iter().copied().chain(study.aliases.iter().map(String::as_str)).flat_map(words).collect();
            wanted.iter().all(|w| all.iter().any(|n| n.starts_with(w.as_str()))).then_some(3)
        };
        if let Some(rank) = best.or_else(all) {
            found.push((rank, study.name.len(), study));
        }
    }
    found.sort_by_key(|(rank, len, _)| (*rank, *len));
    let mut out: Vec<&Study> = found.into_iter().map(|(_, _, s)| s).take(SHOWN).collect();
    if out.is_empty()
        && let Some(near) = Catalog::bundled().meant_by(letters)
    {
        out.extend(Catalog::bundled().get(near));
    }
    out
}

/// How well a name fits: 0 all of it, 1 its beginning, 2 the beginnings of its words.
fn rank(wanted: &[String], name: &str) -> Option<usize> {
    let have = words(name);
    if have == wanted {
        return Some(0);
    }
    let starts = have.iter().zip(wanted).all(|(h, w)| h.starts_with(w.as_str())) && have.len() >= wanted.len();
    if starts {
        return Some(1);
    }
    wanted.iter().all(|w| have.iter().any(|h| h.starts_with(w.as_str()))).then_some(2)
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(letters: &str) -> &'static str {
        like(letters).first().map_or("", |s| s.id.as_str())
    }

    #[test]
    fn a_few_letters_find_a_study() {
        assert_eq!(first("ctpa"), "ct-pulmonary-angiography");
        assert_eq!(first("ct pulm"), "ct-pulmonary-angiography");
        assert_eq!(first("v/q"), "nm-vq");
        assert!(like("ct head").iter().any(|s| s.id == "ct-head-without"));
        assert!(like("head ct").iter().any(|s| s.id == "ct-head-without"), "words in any order");
        assert!(like("us ren").iter().any(|s| s.id == "us-renal-bladder"));
        assert!(like("").is_empty() && like("zzzzqq").is_empty());
        assert!(like("c").len() <= SHOWN);
        assert_eq!(exactly("CTPA").map(|s| s.id.as_str()), Some("ct-pulmonary-angiography"));
        assert!(exactly("ct pulm").is_none());
    }
}
