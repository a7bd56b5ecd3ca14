//! Three versions of one card: the laws of merging, and that what comes out is a card that keeps the rules.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use scanwise::deck::merge::{Side, differences, merge};
use scanwise::deck::{Catalog, check, print};
use serde_json::{Value, json};

const STUDIES: [&str; 6] = [
    "ct-head-without",
    "mri-brain-without",
    "us-renal-bladder",
    "xr-abdomen",
    "ct-abdomen-pelvis-without-low-dose",
    "ct-abdomen-pelvis-without-and-with",
];

#[derive(Arbitrary, Debug, Clone)]
struct Made {
    kind: u8,
    words: [u8; 6],
    tags: Vec<u8>,
    options: Vec<(u8, u8, u8)>,
    sources: Vec<u8>,
    family: Option<u8>,
}

#[derive(Arbitrary, Debug)]
struct Three<'a> {
    versions: [Made; 3],
    /// Versions as text, each instead of the one made.
    texts: [Option<&'a str>; 3],
    base: bool,
}

impl Made {
    fn card(&self) -> String {
        let word = |i: usize| format!("Text {} {{{{c1::{}}}}}", self.words[i], self.words[i] % 3);
        let mut tags: Vec<String> = self.tags.iter().take(6).map(|t| format!("t{}", t % 8)).collect();
        tags.sort();
        tags.dedup();
        let sources: Vec<Value> = self
            .sources
            .iter()
            .take(3)
            .chain(&[7])
            .map(|s| json!({"body": "ACR", "title": format!("Title {s}"), "year": 2000 + u16::from(s % 30)}))
            .collect();
        let mut card =
            json!({"id": "a", "domain": format!("d{}", self.words[0] % 3), "tags": tags, "sources": sources});
        let mut put = |name: &str, value: Value| {
            card[name] = value;
        };
        match self.kind % 4 {
            0 => {
                put("type", "basic".into());
                put("front", word(1).into());
                put("back", word(2).into());
            }
            1 => {
                put("type", "cloze".into());
                put("text", word(1).into());
                put("why", word(2).into());
            }
            _ => {
                put("type", "decision".into());
                put("vignette", word(1).into());
                put("question", word(2).into());
                put("rule", word(3).into());
                put("next", json!({"if_positive": word(4), "if_negative": word(5)}));
                if let Some(n) = self.family {
                    put("family", format!("f{}", n % 3).into());
                    put("modifier", format!("M{}", n % 5).into());
                }
                let mut seen = Vec::new();
                let mut options = Vec::new();
                for (what, verdict, why) in self.options.iter().take(8) {
                    let what = what % 12;
                    if seen.contains(&what) {
                        continue;
                    }
                    seen.push(what);
                    let mut option = match STUDIES.get(usize::from(what)) {
                        Some(study) => json!({"study": study}),
                        None => json!({"id": format!("o{what}"), "text": format!("Other {what}")}),
                    };
                    option["verdict"] = ["best", "acceptable", "wrong"][usize::from(verdict % 3)].into();
                    if verdict % 3 == 2 {
                        option["harm"] = ["unsafe", "delays", "wasteful"][usize::from(verdict / 3 % 3)].into();
                    }
                    option["why"] = format!("Why {why}.").into();
                    options.push(option);
                }
                put("options", options.into());
            }
        }
        card.to_string()
    }
}

/// The card in its one form, when it keeps every rule.
fn right(card: &str) -> Option<String> {
    let card = print::canonical(card)?;
    keeps_rules(&card).then_some(card)
}

fn kind(card: &str) -> Option<Value> {
    serde_json::from_str::<Value>(card).ok()?.get("type").cloned()
}

fn keeps_rules(card: &str) -> bool {
    let deck = format!(r#"{{"format":1,"id":"d","title":"D","cards":[{card}]}}"#);
    check(deck.as_bytes(), Catalog::bundled()).deck.is_some()
}

fuzz_target!(|three: Three| {
    let mut cards = three.versions.iter().zip(&three.texts).map(|(made, text)| match text {
        Some(text) => right(text),
        None => right(&made.card()),
    });
    let (Some(Some(base)), Some(Some(mine)), Some(Some(theirs))) = (cards.next(), cards.next(), cards.next()) else {
        return;
    };
    let open = |_: &str| None;
    let from = three.base.then_some(base.as_str());
    if let Some(base) = from {
        // A card that comes back as another type is asked about, always.
        if kind(base) == kind(&theirs) {
            assert_eq!(merge(from, base, &theirs, &open).json, theirs, "only they changed it");
        }
        assert_eq!(merge(from, &mine, base, &open).json, mine, "only I changed it");
    }
    assert_eq!(merge(from, &mine, &mine, &open).json, mine);
    let one = merge(from, &mine, &theirs, &open);
    let other = merge(from, &theirs, &mine, &open);
    if kind(&mine) == kind(&theirs) {
        let same = one.conflicts.is_empty() == other.conflicts.is_empty();
        assert!(same, "the sides may be swapped: {from:?}\n{mine}\n{theirs}\n{one:?}\n{other:?}");
    }
    assert!(keeps_rules(&one.json), "{}", one.json);
    if one.conflicts.is_empty() {
        let again = merge(Some(&theirs), &one.json, &theirs, &open);
        assert_eq!(again.json, one.json, "merged again");
    }
    for side in [Side::Mine, Side::Theirs] {
        let decided = merge(from, &mine, &theirs, &|_| Some(side));
        assert!(decided.conflicts.is_empty());
        assert!(keeps_rules(&decided.json), "{}", decided.json);
    }
    assert!(differences(&mine, &mine).is_empty());
    assert_eq!(differences(&mine, &theirs).is_empty(), mine == theirs);
});
