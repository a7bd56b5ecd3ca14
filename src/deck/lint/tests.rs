//! Each rule fires on a bad example and is silent on a good one.

use super::{lint, near_duplicates};
use crate::deck::{Catalog, check};
use crate::model::Deck;
use serde_json::{Value, json};

const STEM: &str = "A 54-year-old woman has had two days of pain in the left calf after a long flight. She takes no \
    medicines and has never had a clot. Temperature is 37.0 °C, pulse 84/min and blood pressure 128/76 mm Hg. The calf \
    is swollen by 4 cm and tender along the deep veins. Her Wells score is 3 points.";

fn card() -> Value {
    json!({
        "id": "one", "type": "decision", "domain": "cardiovascular", "vignette": STEM, "question": "What comes first?",
        "options": [
            {"study": "us-leg-veins-proximal", "verdict": "best", "why": "It answers the question at once."},
            {"id": "dimer", "text": "A D-dimer test", "verdict": "wrong", "harm": "delays", "why": "It can't rule it out here."},
            {"study": "xr-knee", "verdict": "wrong", "harm": "wasteful", "why": "It shows bones and no veins."},
            {"id": "wait", "text": "Compression stockings alone", "verdict": "wrong", "harm": "unsafe", "why": "A clot would go untreated."}
        ],
        "rule": "Likely clot: ultrasound first.", "next": {"if_positive": "Treat it.", "if_negative": "Look again in a week."},
        "sources": [{"body": "ASH", "title": "Venous Thromboembolism: Diagnosis", "year": 2018}]
    })
}

fn deck(cards: &[Value]) -> Deck {
    let text = json!({"format": 1, "id": "d", "title": "t", "cards": cards}).to_string();
    check(text.as_bytes(), Catalog::bundled()).deck.expect("readable")
}

fn rules(cards: &[Value]) -> Vec<&'static str> {
    lint(&deck(cards)).into_iter().map(|p| p.rule).collect()
}

#[test]
fn a_good_card_is_let_pass() {
    assert_eq!(lint(&deck(&[card()])), []);
}

#[test]
fn each_careless_habit_is_caught() {
    type Edit = fn(&mut Value);
    let cases: [(&str, Edit); 15] = [
        ("answer-longest", |c| {
            c["options"][0] = json!({"id": "x1", "text": "Compression ultrasound of the deep veins of the thigh and calf, today, before any other test", "verdict": "best", "why": "It answers the question."});
        }),
        ("answer-echo", |c| {
            c["vignette"] = format!("{STEM} She asks about thrombolysis and anticoagulation.").into();
            c["options"][0] = json!({"id": "x1", "text": "Thrombolysis, anticoagulation", "verdict": "best", "why": "It answers the question."});
        }),
        ("stem-length", |c| c["vignette"] = "A woman has calf pain.".into()),
        ("stem-length", |c| c["vignette"] = format!("{STEM} {STEM} {STEM}").into()),
        ("options", |c| c["options"].as_array_mut().expect("a list").truncate(3)),
        ("why-thin", |c| c["options"][1]["why"] = "No use.".into()),
        ("spelling", |c| c["rule"] = "Look for oedema first.".into()),
        ("abbreviation", |c| c["vignette"] = format!("{STEM} The XYZQ score is 2.").into()),
        ("pasted", |c| c["note"] = "Smith et al. showed it in 2019.".into()),
        ("pasted", |c| c["note"] = "a\tb\tc\nd\te\tf".into()),
        ("patient", |c| c["note"] = "Seen with Mr. Miller on the ward.".into()),
        ("patient", |c| c["note"] = "Admitted 03/14/2025 at night.".into()),
        ("patient", |c| c["vignette"] = STEM.replace("54-year-old", "93-year-old").into()),
        ("family-alone", |c| {
            c["family"] = "calf".into();
            c["modifier"] = "after a flight".into();
        }),
        ("superseded-source", |c| {
            c["sources"] = json!([{"body": "USPSTF", "title": "Breast Cancer: Screening", "year": 2016}]);
        }),
    ];
    for (rule, edit) in cases {
        let mut bad = card();
        edit(&mut bad);
        assert!(rules(&[bad.clone()]).contains(&rule), "{rule}: {:?}", lint(&deck(&[bad])));
    }
}

#[test]
fn what_only_looks_alike_is_let_pass() {
    type Edit = fn(&mut Value);
    let cases: [Edit; 4] = [
        |c| c["vignette"] = format!("{STEM} The Extra Yard Zone Quotient (XYZQ) is 2.").into(),
        |c| {
            c["sources"] = json!([
                {"body": "USPSTF", "title": "Breast Cancer: Screening", "year": 2016},
                {"body": "USPSTF", "title": "Breast Cancer: Screening", "year": 2024}
            ]);
        },
        |c| c["note"] = "eGFR 28, 6/12 h, T12, 0.25 mg/kg.".into(),
        |c| c["rule"] = "Hemorrhage, edema and tumor are spelled so.".into(),
    ];
    for (i, edit) in cases.iter().enumerate() {
        let mut good = card();
        edit(&mut good);
        assert_eq!(lint(&deck(&[good])), [], "case {i}");
    }
}

#[test]
fn a_flat_family_and_a_copied_patient() {
    let member = |id: &str, more: &str| {
        let mut c = card();
        c["id"] = id.into();
        c["family"] = "calf".into();
        c["modifier"] = more.into();
        c
    };
    assert!(rules(&[member("one", "a"), member("two", "b")]).contains(&"family-flat"));
    let (a, b) = (deck(&[card()]), deck(&[card()]));
    let found = near_duplicates(&[&a, &b]);
    assert_eq!((found.len(), found[0].0, found[0].1.rule), (1, 1, "near-duplicate"));
    let family = deck(&[member("one", "a"), member("two", "b")]);
    assert_eq!(near_duplicates(&[&family]), [], "siblings share their stem");
}
