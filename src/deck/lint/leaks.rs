//! What gives the answer away.

use super::Seen;
use crate::deck::problem::Problem;
use crate::model::{Body, Verdict};
use std::collections::HashSet;

/// Words of imaging and of every stem, which give nothing away.
const COMMON: &[&str] = &[
    "abdomen",
    "abdominal",
    "angiography",
    "another",
    "antibiotics",
    "before",
    "catheter",
    "contrast",
    "emergency",
    "examination",
    "follow-up",
    "hospital",
    "imaging",
    "intravenous",
    "minutes",
    "months",
    "neurology",
    "operating",
    "patient",
    "pregnancy",
    "pregnant",
    "pressure",
    "radiograph",
    "screening",
    "surgery",
    "surgical",
    "without",
    "testing",
    "treatment",
    "transvaginal",
    "ultrasound",
    "urinalysis",
    "colonoscopy",
    "mammography",
    "headache",
];

pub(super) fn check(seen: &Seen<'_>, problems: &mut Vec<Problem>) {
    let Body::Decision { vignette, question, options, .. } = &seen.card.body else { return };
    let Some((at, best)) = options.iter().enumerate().find(|(_, o)| o.verdict == Verdict::Best) else { return };
    let path = seen.path.field("options").index(at);
    let others = || options.iter().filter(|o| o.verdict != Verdict::Best);

    let length = best.text.chars().count();
    let next = others().map(|o| o.text.chars().count()).max().unwrap_or(0);
    if length > next + 20 && length * 100 > next * 150 {
        let cause = format!("the best option is the longest by far ({length} characters, the next has {next})");
        problems.push(
            Problem::warning("answer-longest", path.clone(), cause)
                .hint("shorten it, or let another option say as much"),
        );
    }

    let words = |text: &str| -> HashSet<String> {
        text.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|w| w.len() >= 8).map(str::to_lowercase).collect()
    };
    let stem: HashSet<String> = words(vignette).union(&words(question)).cloned().collect();
    let elsewhere: HashSet<String> = others().flat_map(|o| words(&o.text)).collect();
    let mut echoed: Vec<String> = words(&best.text)
        .into_iter()
        .filter(|w| stem.contains(w) && !elsewhere.contains(w) && !COMMON.contains(&w.as_str()))
        .collect();
    echoed.sort();
    // One shared word happens; several, in an option that names no study, point at it.
    if echoed.len() >= 2 && best.study.is_none() {
        let cause = format!("only the best option repeats words of the stem: {}", echoed.join(", "));
        problems.push(
            Problem::warning("answer-echo", path, cause).hint("use other words, or put them into another option too"),
        );
    }
}
