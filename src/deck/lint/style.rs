//! How a card is written: length, spelling, abbreviations, what was pasted, and whom it might identify.

use super::{Seen, texts};
use crate::deck::problem::{Path, Problem};
use crate::model::Body;
use crate::privacy;

/// Words a vignette has.
const STEM: std::ops::RangeInclusive<usize> = 40..=110;

/// Starts of words that are spelled otherwise in American English, with the American start.
const BRITISH: &[(&str, &str)] = &[
    ("tumour", "tumor"),
    ("oedema", "edema"),
    ("haem", "hem"),
    ("paediatric", "pediatric"),
    ("ischaem", "ischem"),
    ("anaem", "anem"),
    ("oesoph", "esoph"),
    ("gynaec", "gynec"),
    ("colour", "color"),
    ("litre", "liter"),
    ("diarrhoea", "diarrhea"),
    ("programme", "program"),
    ("centre", "center"),
    ("behaviour", "behavior"),
    ("ionis", "ioniz"),
    ("localis", "localiz"),
    ("characteris", "characteriz"),
    ("foetal", "fetal"),
    ("foetus", "fetus"),
    ("goitre", "goiter"),
    ("uraem", "urem"),
    ("dyspnoea", "dyspnea"),
    ("leucocyt", "leukocyt"),
    ("caesarean", "cesarean"),
];

/// Words that start so in American English too: a genus keeps its Latin.
const NOT_BRITISH: &[&str] = &["programmed", "programmer", "haemophilus"];

/// Abbreviations nobody needs to have spelled out.
const EVERYDAY: &[&str] = &[
    "CT", "MRI", "MR", "CTA", "MRA", "ECG", "EEG", "IV", "IM", "US", "ED", "ICU", "NICU", "HIV", "BMI", "INR", "DNA",
    "RNA", "AST", "ALT", "TSH", "PSA", "ESR", "CRP", "CSF", "UTI", "DVT", "PE", "AIDS", "CPR", "NPO", "PET", "FDG",
    "DXA", "HIDA", "ERCP", "MRCP", "COPD", "AM", "PM", "WBC", "RBC", "LDL", "HDL", "HPV", "TB", "ACR", "AHA", "ASA",
    "ACC", "FDA", "USPSTF", "CDC", "AAP", "ACOG", "PECARN", "NEXUS", "FAST", "RRL", "ASPECTS", "AFP", "BUN", "GFR",
    "CEA", "AP", "PA", "OK", "ID", "II", "III", "VI", "VII", "SIR", "ESC", "ACEP", "LMP", "PTH", "ACTH", "LH", "FSH",
    "CK", "SARS", "NSAID", "ACE", "USA", "CMS", "IUD", "NIH", "WHO", "RSV", "LP", "MRSA", "HEART", "COVID", "RADS",
    "SPECT", "FLAIR", "APOE", "LDH", "HCG", "PCR", "BP",
];

pub(super) fn check(seen: &Seen<'_>, problems: &mut Vec<Problem>) {
    if let Body::Decision { vignette, options, .. } = &seen.card.body {
        let n = vignette.split_whitespace().count();
        if !STEM.contains(&n) {
            let cause = format!("the vignette has {n} words; {} to {} read best", STEM.start(), STEM.end());
            problems.push(
                Problem::warning("stem-length", seen.path.field("vignette"), cause)
                    .hint("say what decides, and no more"),
            );
        }
        if !(4..=5).contains(&options.len()) {
            let cause = format!("{} options; 4 or 5 read best", options.len());
            problems.push(
                Problem::warning("options", seen.path.field("options"), cause)
                    .hint("offer what an intern would consider"),
            );
        }
        for (i, o) in options.iter().enumerate() {
            if o.why.split_whitespace().count() < 4 {
                let path = seen.path.field("options").index(i).field("why");
                problems.push(
                    Problem::warning("why-thin", path, "this says too little").hint("give the reason, in a sentence"),
                );
            }
        }
        abbreviations(seen, problems);
    }
    for (path, text) in texts(seen) {
        spelling(&path, text, problems);
        pasted(&path, text, problems);
        patients(&path, text, problems);
    }
}

fn spelling(path: &Path, text: &str, problems: &mut Vec<Problem>) {
    for word in text.split(|c: char| !c.is_alphabetic()) {
        let lower = word.to_lowercase();
        if NOT_BRITISH.iter().any(|w| lower.starts_with(w)) {
            continue;
        }
        if let Some((british, american)) = BRITISH.iter().find(|(b, _)| lower.starts_with(b)) {
            let cause = format!("\"{word}\" is British spelling ({british}-)");
            problems.push(Problem::warning("spelling", path.clone(), cause).hint(format!("American: {american}-")));
        }
    }
}

/// An abbreviation of the stem is spelled out, there or before: "National Institutes of Health Stroke Scale (NIHSS)".
fn abbreviations(seen: &Seen<'_>, problems: &mut Vec<Problem>) {
    let Body::Decision { vignette, question, .. } = &seen.card.body else { return };
    let stem = format!("{vignette} {question}");
    let mut told = Vec::new();
    for word in stem.split(|c: char| !c.is_alphanumeric()) {
        let short = (3..=6).contains(&word.len()) && word.chars().all(|c| c.is_ascii_uppercase());
        // Whose rule is asked for is spelled out by the source.
        let issuer = seen.card.sources.iter().any(|s| s.body.contains(word) || s.title.contains(word));
        if !short || issuer || EVERYDAY.contains(&word) || told.contains(&word) {
            continue;
        }
        let explained = [format!("({word})"), format!("({word},"), format!("({word};"), format!("{word} (")];
        if !explained.iter().any(|e| stem.contains(e)) {
            told.push(word);
            let cause = format!("\"{word}\" is not spelled out");
            problems.push(
                Problem::warning("abbreviation", seen.path.field("vignette"), cause)
                    .hint(format!("write it out at first use, with ({word}) behind it")),
            );
        }
    }
}

fn pasted(path: &Path, text: &str, problems: &mut Vec<Problem>) {
    let table = text.lines().filter(|l| l.matches('\t').count() >= 2 || l.matches('|').count() >= 2).count() >= 2;
    let references = text.contains("et al.") || text.contains("doi.org/") || text.contains("PMID");
    let bullets =
        text.lines().filter(|l| l.trim_start().starts_with(['\u{2022}', '\u{25aa}', '\u{25cf}'])).count() >= 2;
    if table || references || bullets {
        problems.push(
            Problem::warning("pasted", path.clone(), "this looks pasted from a table or a reference list")
                .hint("say it in your own words; references belong into \"sources\""),
        );
    }
}

/// What could identify a patient. The problem names the kind and the place, and does not repeat the text.
fn patients(path: &Path, text: &str, problems: &mut Vec<Problem>) {
    for finding in privacy::scan(text) {
        let cause = format!("{} could identify a patient", finding.why);
        problems.push(
            Problem::warning("patient", path.clone(), cause)
                .hint("leave it out: no names, dates, numbers; ages over 89 as \"over 89\""),
        );
    }
}
