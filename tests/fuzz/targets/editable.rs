//! Any text as a card in an editor, and any card as such a text: nothing is lost on the way there and back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanwise::deck::format::RawCard;
use scanwise::deck::problem::{Path, Step};
use scanwise::interchange::editable::{EditHints, apply_problems, from_text, place_of, to_text};
use scanwise_fuzz::assert_safe;

fn round(card: &RawCard) {
    let text = to_text(card, &EditHints::of("a card", card));
    assert_safe(&text);
    match from_text(&text) {
        Ok(back) => assert_eq!(&back, card, "{text}"),
        // A study that this catalog does not have is told, not taken.
        Err(problems) => {
            assert!(
                problems.iter().all(|p| p.cause.ends_with("is not in the study catalog")),
                "{problems:?} in {text}"
            );
        }
    }
}

fuzz_target!(|text: &str| {
    if let Ok(card) = serde_json::from_str::<RawCard>(text) {
        round(&card);
    }
    for field in ["id", "options", "sources", "next", "rule"] {
        let _ = place_of(text, &Path(vec![Step::Field(field.to_owned())]));
        let path = Path(vec![Step::Field(field.to_owned()), Step::Index(1), Step::Field("why".to_owned())]);
        if let Some(line) = place_of(text, &path) {
            assert!((1..=text.lines().count()).contains(&line), "{line}");
        }
    }
    match from_text(text) {
        Ok(card) => round(&card),
        Err(problems) => {
            assert!(!problems.is_empty());
            let told = apply_problems(text, &problems);
            for problem in &problems {
                assert_safe(&problem.cause);
                assert_safe(&problem.hint);
            }
            // Without what was told it is the text again; its last line may have got an end.
            let (bare, was) = (apply_problems(&told, &[]), apply_problems(text, &[]));
            assert_eq!(bare.trim_end_matches(['\r', '\n']), was.trim_end_matches(['\r', '\n']), "{told}");
        }
    }
});
