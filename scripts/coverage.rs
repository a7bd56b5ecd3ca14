//! The decks in the working tree against the coverage map, and their balance. See `scripts/coverage`.

#![allow(clippy::print_stdout, reason = "a tool for authors")]

use scanwise::deck::{Catalog, check};
use scanwise::model::{Body, Deck, Verdict};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

#[derive(Deserialize)]
struct Map {
    points: Vec<Point>,
}

#[derive(Deserialize)]
struct Point {
    id: String,
    deck: String,
    priority: String,
    #[serde(rename = "point")]
    about: String,
}

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("decks");
    let map: Map = serde_json::from_str(&std::fs::read_to_string(root.join("catalog/coverage.json"))?)?;
    let mut decks = Vec::new();
    for entry in std::fs::read_dir(&root)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "json") {
            let checked = check(&std::fs::read(&path)?, Catalog::bundled());
            decks.push(checked.deck.ok_or_else(|| format!("{}: run scanwise check", path.display()))?);
        }
    }
    decks.sort_by(|a, b| a.header.id.as_str().cmp(b.header.id.as_str()));

    let mut cards: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for deck in &decks {
        for card in &deck.cards {
            for point in &card.covers {
                cards.entry(point).or_default().push(format!("{}/{}", deck.header.id, card.id));
            }
        }
    }
    let known: BTreeSet<&str> = map.points.iter().map(|p| p.id.as_str()).collect();
    let mut faults = 0;
    for (point, by) in cards.iter().filter(|(p, _)| !known.contains(*p)) {
        println!("unknown point {point}, named by {}", by.join(", "));
        faults += 1;
    }
    println!("{:<24} {:>9} {:>10} {:>9}", "deck", "core", "extended", "reserve");
    let order: BTreeSet<&str> = map.points.iter().map(|p| p.deck.as_str()).collect();
    let mut totals = [(0, 0); 3];
    for deck in order {
        let mut cells = Vec::new();
        for (i, priority) in ["core", "extended", "reserve"].into_iter().enumerate() {
            let all: Vec<&Point> = map.points.iter().filter(|p| p.deck == deck && p.priority == priority).collect();
            let with = all.iter().filter(|p| cards.contains_key(p.id.as_str())).count();
            totals[i].0 += with;
            totals[i].1 += all.len();
            cells.push(format!("{with}/{}", all.len()));
        }
        println!("{deck:<24} {:>9} {:>10} {:>9}", cells[0], cells[1], cells[2]);
    }
    let cell = |i: usize| format!("{}/{}", totals[i].0, totals[i].1);
    println!("{:<24} {:>9} {:>10} {:>9}", "all", cell(0), cell(1), cell(2));
    for p in map.points.iter().filter(|p| p.priority != "reserve" && !cards.contains_key(p.id.as_str())) {
        println!("bare {}: {} ({}): {}", p.priority, p.id, p.deck, p.about);
        faults += usize::from(p.priority == "core");
    }
    balance(&decks);
    Ok(if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How the best answers are spread; no modality, place or length should give the answer away.
fn balance(decks: &[Deck]) {
    let (mut decisions, mut longest, mut all) = (0_u32, 0_u32, 0_u32);
    let mut best: BTreeMap<&str, u32> = BTreeMap::new();
    let mut place: BTreeMap<usize, u32> = BTreeMap::new();
    let mut families: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for deck in decks {
        for card in &deck.cards {
            all += 1;
            let Body::Decision { options, family, .. } = &card.body else { continue };
            decisions += 1;
            if let Some(f) = family {
                *families.entry((deck.header.id.as_str(), f)).or_default() += 1;
            }
            let Some((at, chosen)) = options.iter().enumerate().find(|(_, o)| o.verdict == Verdict::Best) else {
                continue;
            };
            *place.entry(at + 1).or_default() += 1;
            longest += u32::from(options.iter().all(|o| o.text.len() <= chosen.text.len()));
            let word = match chosen.study.as_deref().and_then(|s| Catalog::bundled().get(s)) {
                Some(study) => study.modality.label(),
                None => "in words (no imaging, a next step, or a plan)",
            };
            *best.entry(word).or_default() += 1;
        }
    }
    println!("\n{all} cards, {decisions} decisions, {} flip families", families.len());
    println!("the best option is the longest in {} % of decisions", longest * 100 / decisions.max(1));
    for (word, n) in best {
        println!("  best {:>3} % {word}", n * 100 / decisions.max(1));
    }
    let places: Vec<String> = place.iter().map(|(p, n)| format!("{p}: {n}")).collect();
    println!("  place of the best option in the file (shuffled when shown): {}", places.join(", "));
}
