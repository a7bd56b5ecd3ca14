#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use super::*;

fn kinds(text: &str) -> Vec<Kind> {
    scan(text).iter().map(|f| f.kind).collect()
}

fn fixed(text: &str) -> String {
    apply(text, &scan(text))
}

#[test]
fn a_printed_finding_shows_nothing_of_the_text() {
    let text = "Saw Mr. Okonkwo on 3/14/2026, MRN 4482913.";
    let shown = format!("{:?}", scan(text));
    for secret in ["Okonkwo", "3/14", "2026", "4482913"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert_eq!(kinds(text), [Kind::Name, Kind::Date, Kind::Record]);
}

#[test]
fn fixes_read_well() {
    for (before, after) in [
        ("Saw Mr. Okonkwo on 3/14/2026.", "Saw the patient in 2026."),
        ("Mr. Okonkwo's CT was clean.", "The patient's CT was clean."),
        ("My patient Maria G. was seen by Dr. Smith.", "My patient was seen by the doctor."),
        ("A 92-year-old man, 94 yo wife.", "A 90+-year-old man, 90+ yo wife."),
        ("She returned on March 14 with pain.", "She returned one day with pain."),
        ("HD since April 2023, DOB 1/2/1945.", "HD since 2023, DOB [removed]."),
        ("Transferred from the Lakeside Clinic.", "Transferred from the clinic."),
        ("Sent to St. Mary's Hospital at night.", "Sent to a hospital at night."),
        ("In room 412, MRN: 4482913, call (617) 555-0142.", "In room [number], MRN: [removed], call [removed]."),
    ] {
        assert_eq!(fixed(before), after);
        assert!(scan(after).is_empty(), "{after}: {:?}", scan(after));
    }
}

#[test]
fn ages_count_from_ninety() {
    assert_eq!(kinds("An 89-year-old woman, aged 65, age 7, 88 yo"), []);
    assert_eq!(kinds("A 90-year-old, aged 98, age 101"), [Kind::Age; 3]);
    assert_eq!(kinds("90 mL, T 99 F, SpO2 95%, 92 bpm, 97th percentile"), []);
}

#[test]
fn decisions_are_recognized_again_without_the_text() {
    let (one, other) = ("Call Dr. Smith now.", "Later, Dr. Smith came. Then Mr. Jones.");
    let mark = |text: &str, i: usize| fingerprint(text, &scan(text)[i]);
    assert_eq!(mark(one, 0), mark(other, 0));
    assert_ne!(mark(other, 0), mark(other, 1));
    // A fingerprint is stored: this one must never change.
    assert_eq!(mark(one, 0).map(u128::from_be_bytes), Some(0x770f_a30c_4058_36c8_4fc3_17df_4968_bafd));
    assert_eq!(fingerprint("short", &Finding { span: 3..90, kind: Kind::Name, why: "", fix: None }), None);
}

#[test]
fn references_are_no_identifiers() {
    assert_eq!(
        kinds("See https://doi.org/10.1016/j.jacr.2023.02.011 and www.acr.org/x, PMID 31234567, NCT01234567."),
        []
    );
    assert_eq!(kinds("See https://acr.org.example.com/x"), [Kind::Link]);
    assert_eq!(kinds("version 1.2.3.4.5, 10.0.0.300"), []);
}

#[test]
fn what_a_rule_needs_hides_nothing_it_would_find() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/privacy");
    let mut lines = 0;
    for file in std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
        for line in std::fs::read_to_string(file).unwrap().split("\n## ") {
            // Marks of labels out, roughly: only equality is asked for.
            let text: String = line.replace("[[", "").replace("]]", "").replace('|', " ");
            for text in [text.clone(), text.split_once('\n').map_or(text.clone(), |(_, t)| t.to_owned())] {
                assert_eq!(rule::claims(&text), rule::claims_of_all(&text), "{text}");
                lines += 1;
            }
        }
    }
    assert!(lines > 400);
}

/// Each of these would take hours if a rule looked at the rest of the text again from each of its letters.
#[test]
fn no_text_makes_the_check_slow() {
    for piece in [
        "A",
        "a",
        "1",
        "Aa",
        "Aa ",
        "A. ",
        "Mr. ",
        "mrn-",
        "mrn ",
        "1/",
        "1.",
        "1-1-",
        "@",
        "a@",
        "a.",
        "www.",
        "http://acr.org/",
        "of the ",
        "St. ",
        "Aa, ",
        "pt J. ",
        "Dr. Aa Bb ",
        "3/14 ",
        "Clinic of ",
        "in May ",
        "de la ",
        "(",
        "1 1 1 ",
        "\u{e9}",
        "\n",
        " ",
        "May 1 ",
        "90 y ",
    ] {
        let text = piece.repeat(30_000 / piece.len());
        let findings = scan(&text);
        assert!(apply(&text, &findings).len() <= 20 * text.len());
    }
}
