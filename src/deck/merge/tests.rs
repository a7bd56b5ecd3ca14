use super::*;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::json;

/// Nothing is decided.
fn open(_: &str) -> Option<Side> {
    None
}

fn card(change: impl FnOnce(&mut Value)) -> String {
    let mut value = json!({"id": "a", "type": "decision", "domain": "d", "tags": ["x", "y"],
        "vignette": "A patient.", "question": "Which?",
        "options": [{"study": "ct-head-without", "verdict": "best", "why": "Fast."},
                    {"study": "mri-brain-without", "verdict": "acceptable", "why": "Slow."},
                    {"id": "none", "text": "No imaging", "verdict": "wrong", "harm": "unsafe", "why": "No."}],
        "rule": "CT first.", "next": {"if_positive": "Treat.", "if_negative": "Look on."},
        "sources": [{"body": "ACR", "title": "Head", "year": 2024}]});
    change(&mut value);
    print::canonical(&value.to_string()).expect("a card")
}

fn set_best(card: &mut Value, best: usize) {
    for i in 0..3 {
        let option = card["options"][i].as_object_mut().expect("an option");
        option.remove("harm");
        option.insert("verdict".into(), if i == best { "best" } else { "wrong" }.into());
        if i != best {
            option.insert("harm".into(), "delays".into());
        }
    }
}

#[test]
fn each_side_keeps_what_only_it_changed() {
    let base = card(|_| {});
    let mine = card(|c| {
        c["note"] = "Mine.".into();
        c["tags"] = json!(["x", "y", "me"]);
        c["options"][1]["why"] = "Slower.".into();
    });
    let theirs = card(|c| {
        c["rule"] = "CT comes first.".into();
        c["tags"] = json!(["y", "new"]);
        c["options"][0]["why"] = "Quick.".into();
        c["next"]["if_negative"] = "Look further.".into();
    });
    let merged = merge(Some(&base), &mine, &theirs, &open);
    assert_eq!(merged.conflicts, []);
    let want = card(|c| {
        c["note"] = "Mine.".into();
        c["tags"] = json!(["y", "me", "new"]);
        c["rule"] = "CT comes first.".into();
        c["options"][0]["why"] = "Quick.".into();
        c["options"][1]["why"] = "Slower.".into();
        c["next"]["if_negative"] = "Look further.".into();
    });
    assert_eq!(merged.json, want);
}

#[test]
fn a_field_both_changed_is_a_conflict_and_nothing_is_guessed() {
    let (base, mine, theirs) = (
        card(|_| {}),
        card(|c| c["options"][2]["why"] = "Mine.".into()),
        card(|c| c["options"][2]["why"] = "Theirs.".into()),
    );
    let merged = merge(Some(&base), &mine, &theirs, &open);
    assert_eq!(merged.conflicts.len(), 1);
    let c = &merged.conflicts[0];
    assert_eq!(
        (c.field.as_str(), &c.base, &c.mine, &c.theirs),
        ("options.none.why", &Some("No.".into()), &Some("Mine.".into()), &Some("Theirs.".into()))
    );
    assert_eq!(merged.json, mine, "until decided, mine stands");
    assert_eq!(merge(Some(&base), &mine, &theirs, &|_| Some(Side::Theirs)).json, theirs);
    assert_eq!(merge(Some(&base), &mine, &theirs, &|_| Some(Side::Mine)).json, mine);
}

#[test]
fn two_answers_never_become_one_card() {
    // Field by field this would give two best options.
    let (base, mine, theirs) = (card(|_| {}), card(|c| set_best(c, 1)), card(|c| set_best(c, 2)));
    let merged = merge(Some(&base), &mine, &theirs, &open);
    assert_eq!(merged.conflicts.len(), 1);
    assert_eq!(merged.json, mine);
    assert_eq!(merge(Some(&base), &mine, &theirs, &|_| Some(Side::Theirs)).json, theirs);
}

#[test]
fn fields_that_only_fit_together_are_never_mixed() {
    // I find it acceptable now, so it does no harm; they say it does another harm. Harm without "wrong" breaks a rule.
    let (base, mine, theirs) = (
        card(|_| {}),
        card(|c| {
            c["options"][2]["verdict"] = "acceptable".into();
            c["options"][2].as_object_mut().expect("an option").remove("harm");
        }),
        card(|c| c["options"][2]["harm"] = "delays".into()),
    );
    for side in [Side::Mine, Side::Theirs] {
        let merged = merge(Some(&base), &mine, &theirs, &|_| Some(side));
        assert_eq!(merged.json, if side == Side::Mine { mine.clone() } else { theirs.clone() });
    }
}

#[test]
fn a_new_answer_and_a_new_rule_contradict_each_other_in_sense() {
    // They changed the answer; I changed the rule's content. No field was changed by both.
    let (base, mine, theirs) =
        (card(|_| {}), card(|c| c["rule"] = "CT first, within 25 minutes.".into()), card(|c| set_best(c, 1)));
    let merged = merge(Some(&base), &mine, &theirs, &open);
    assert_eq!(merged.conflicts.len(), 1, "{merged:?}");
    // A mere wording of mine does not stand in the way.
    let wording = card(|c| c["options"][1]["why"] = "Slow!".into());
    assert_eq!(merge(Some(&base), &wording, &theirs, &open).conflicts, []);
}

#[test]
fn without_a_base_every_difference_is_a_conflict() {
    let (mine, theirs) = (card(|c| c["rule"] = "Mine.".into()), card(|c| c["rule"] = "Theirs.".into()));
    let merged = merge(None, &mine, &theirs, &open);
    assert_eq!(merged.conflicts.iter().map(|c| c.field.as_str()).collect::<Vec<_>>(), ["rule"]);
}

#[test]
fn differences_name_fields_and_options() {
    let a = card(|_| {});
    let b = card(|c| {
        c["rule"] = "Other.".into();
        c["options"][2]["why"] = "Other.".into();
        c.as_object_mut().expect("an object").remove("tags");
    });
    let fields: Vec<String> = differences(&a, &b).into_iter().map(|d| d.field).collect();
    assert_eq!(fields, ["tags", "options.none.why", "rule"]);
    let c = card(|c| c["options"].as_array_mut().expect("a list").swap(0, 1));
    assert_eq!(differences(&a, &c).len(), 1, "the order alone");
}

/// A card with any of a few words in each field that may change.
fn any_card() -> impl Strategy<Value = String> {
    let verdicts = proptest::array::uniform3(0..3_usize);
    (0..3_u8, 0..3_u8, 0..3_u8, 0..3_usize, verdicts, proptest::collection::vec(0..4_u8, 0..4)).prop_map(
        |(a, b, w, best, verdicts, tags)| {
            card(|c| {
                c["rule"] = format!("Rule {a}.").into();
                c["vignette"] = format!("Patient {b}.").into();
                c["options"][0]["why"] = format!("Why {w}.").into();
                set_best(c, best);
                for (i, verdict) in verdicts.into_iter().enumerate().filter(|(i, _)| *i != best) {
                    let option = c["options"][i].as_object_mut().expect("an option");
                    match ["unsafe", "delays"].get(verdict) {
                        Some(harm) => option.insert("harm".into(), (*harm).into()),
                        None => {
                            option.remove("harm");
                            option.insert("verdict".into(), "acceptable".into())
                        }
                    };
                }
                let mut tags: Vec<String> = tags.iter().map(|t| format!("t{t}")).collect();
                tags.sort();
                tags.dedup();
                c["tags"] = json!(tags);
            })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

    /// What only one side changed is taken whole, and the sides may be swapped.
    #[test]
    fn laws_of_merging(base in any_card(), mine in any_card(), theirs in any_card()) {
        prop_assert_eq!(merge(Some(&base), &base, &theirs, &open).json, theirs.clone());
        prop_assert_eq!(merge(Some(&base), &mine, &base, &open).json, mine.clone());
        prop_assert_eq!(merge(Some(&base), &mine, &mine, &open).json, mine.clone());
        let one = merge(Some(&base), &mine, &theirs, &open);
        let other = merge(Some(&base), &theirs, &mine, &open);
        prop_assert_eq!(one.conflicts.is_empty(), other.conflicts.is_empty());
        prop_assert!(keep_rules(&one.json, Catalog::bundled()).is_some(), "always a card");
        // Merging the same thing again changes nothing.
        if one.conflicts.is_empty() {
            let again = merge(Some(&theirs), &one.json, &theirs, &open);
            prop_assert_eq!(again.json, one.json);
        }
        for side in [Side::Mine, Side::Theirs] {
            let decided = merge(Some(&base), &mine, &theirs, &|_| Some(side));
            prop_assert!(decided.conflicts.is_empty());
            prop_assert!(keep_rules(&decided.json, Catalog::bundled()).is_some());
        }
    }
}
