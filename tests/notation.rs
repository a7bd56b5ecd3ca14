//! Notes and editable text against what they must keep.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use scanwise::deck::format::{CardType, RawCard, RawDeck, RawOption};
use scanwise::deck::problem::Path;
use scanwise::interchange::editable::{EditHints, EditProblem, apply_problems, from_text, place_of, to_text};
use scanwise::interchange::notes::{self, NotesFile};
use scanwise::model::{Harm, Next, Source, Verdict};

const NEURO: &str = include_str!("fixtures/notes/neuro.md");

fn shipped_cards() -> Vec<RawCard> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/decks")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "json") {
            let deck: RawDeck = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            out.extend(deck.cards.unwrap());
        }
    }
    assert!(out.len() > 500);
    out
}

#[test]
fn a_page_of_notes_gives_its_cards_and_nothing_else() {
    let file = notes::read(NEURO, "neuro.md");
    assert_eq!(file.troubles, []);
    let kinds: Vec<_> = file.items.iter().map(|i| i.raw.kind.unwrap()).collect();
    assert_eq!(kinds, [CardType::Basic, CardType::Cloze, CardType::Decision, CardType::Decision]);
    assert!(file.items.iter().all(|i| i.raw.domain.as_deref() == Some("neurology")));

    let basic = &file.items[0];
    assert_eq!(
        basic.raw.front.as_deref(),
        Some("Which stroke patients go straight to CT and CT angiography?"),
        "emphasis is gone"
    );
    assert_eq!(
        basic.raw.back.as_deref(),
        Some("Those with signs of a large-vessel occlusion:\n- gaze deviation\n- aphasia or neglect")
    );
    assert_eq!(basic.raw.why.as_deref(), Some("Time lost here is brain; creatinine is not waited for."));
    assert_eq!(basic.raw.tags.as_deref().unwrap(), ["stroke", "lvo"]);
    assert_eq!((basic.line, basic.complete), (9, true));

    let cloze = &file.items[1];
    assert_eq!(
        cloze.raw.text.as_deref(),
        Some("TNK for stroke: {{c1::0.25 mg/kg::dose}}, at most {{c2::25 mg}}, within {{c3::4.5 h}}.")
    );
    assert_eq!(cloze.raw.why.as_deref(), Some("One bolus."));

    let decision = &file.items[2];
    assert_eq!(decision.id.as_deref(), Some("n-abc123def456"));
    assert!(decision.complete, "{:?}", decision.missing);
    assert_eq!(decision.raw.question.as_deref(), Some("Which study comes next?"));
    assert!(decision.raw.vignette.as_deref().unwrap().ends_with("D-dimer 1900 ng/mL."));
    let options = decision.raw.options.as_deref().unwrap();
    let named: Vec<_> = options.iter().map(|o| o.study.as_deref().or(o.id.as_deref()).unwrap()).collect();
    assert_eq!(named, ["ct-pulmonary-angiography", "nm-vq", "repeat-the-d-dimer", "no-imaging"]);
    let verdicts: Vec<_> = options.iter().map(|o| (o.verdict.unwrap(), o.harm)).collect();
    assert_eq!(
        verdicts,
        [
            (Verdict::Best, None),
            (Verdict::Acceptable, None),
            (Verdict::Wrong, Some(Harm::Delays)),
            (Verdict::Wrong, Some(Harm::Unsafe))
        ]
    );
    assert_eq!(options[3].why.as_deref(), Some("an embolism is likely enough to look for"));
    let source = &decision.raw.sources.as_deref().unwrap()[0];
    assert_eq!(source.cite(), "ACR, Suspected Pulmonary Embolism (2022), Variant 2");
    assert_eq!(source.checked.as_deref(), Some("2026-11"));

    let draft = &file.items[3];
    assert!(!draft.complete);
    assert_eq!(draft.missing, ["source", "rule", "next", "why"]);
    assert_eq!(draft.raw.options.as_deref().unwrap()[0].study.as_deref(), Some("ct-head-without"));
    for item in &file.items {
        assert_eq!(NEURO[item.span.clone()].trim(), &NEURO[item.span.clone()]);
    }
}

#[test]
fn every_shipped_card_goes_through_the_notation() {
    let cards = shipped_cards();
    let lost: Vec<_> = cards.iter().filter(|c| !notes::holds(c)).map(|c| c.id.as_deref().unwrap()).collect();
    assert_eq!(lost, Vec::<&str>::new());
    let mut cards = cards;
    let text = notes::write(&cards);
    assert!(text.matches('\\').count() < 100, "escapes only where they are needed: {}", text.matches('\\').count());
    // Ids are unique within a deck only.
    for (i, card) in cards.iter_mut().enumerate() {
        card.id = Some(format!("n-{i}"));
    }
    let read = notes::read(&notes::write(&cards), "all.md");
    assert_eq!(read.troubles, []);
    assert!(read.items.iter().all(|i| i.complete));
    let back: Vec<RawCard> = read.items.into_iter().map(|i| i.raw).collect();
    assert_eq!(back, cards);
}

/// The examples between the fences of the page for students.
fn examples() -> Vec<String> {
    let page = include_str!("../decks/NOTATION.md");
    page.split("```").skip(1).step_by(2).map(|e| e.trim_start_matches('\n').to_owned()).collect()
}

#[test]
fn the_examples_of_the_page_are_cards() {
    let examples = examples();
    for (example, kind) in examples.iter().zip([CardType::Basic, CardType::Cloze, CardType::Decision]) {
        let file = notes::read(example, "em.md");
        assert_eq!(file.troubles, [], "{example}");
        let [item] = file.items.as_slice() else { panic!("{example}: {:?}", file.items) };
        assert_eq!((item.raw.kind, item.complete, item.missing.len()), (Some(kind), true, 0), "{example}");
        assert!(notes::holds(&item.raw), "{example}");
    }
    let tied = format!("{}{}", examples[0], examples[3]);
    assert_eq!(notes::read(&tied, "em.md").items[0].id.as_deref(), Some("n-3f9a0c17be42"));
    let page = notes::read(include_str!("../decks/NOTATION.md"), "NOTATION.md");
    assert_eq!(page.items, [], "code is not read");
}

fn only(text: &str) -> notes::NoteItem {
    let mut file = notes::read(text, "ward notes.md");
    assert_eq!((file.items.len(), file.troubles.as_slice()), (1, [].as_slice()), "{text}");
    file.items.remove(0)
}

#[test]
fn headings_name_domain_and_tags() {
    let text = "Q: a\nA: b\n\n# Chest\n## Embolism\n### Wells score\nQ: c #own\nA: d\n\n## A very long heading indeed\nQ: e\nA: f\n\n# Neuro\nQ: g\nA: h\ndomain: other\n";
    let found: Vec<_> = notes::read(text, "/home/me/Ward 7.md")
        .items
        .into_iter()
        .map(|i| (i.raw.domain.unwrap(), i.raw.tags.unwrap_or_default().join(" ")))
        .collect();
    let want = [("ward-7", ""), ("chest", "embolism wells-score own"), ("chest", ""), ("other", "")];
    assert_eq!(found, want.map(|(d, t)| (d.to_owned(), t.to_owned())));
    assert_eq!(notes::read("Q: a\nA: b", "2026-11-21.md").items[0].raw.domain.as_deref(), Some("notes"));
}

#[test]
fn lines_join_as_markdown_joins_them() {
    let item =
        only("Q: what\nis **it**\\\nreally?\nA: this:\n- one\n- two\n  and more\n1. first\n> why: be\n> cause\n");
    assert_eq!(item.raw.front.as_deref(), Some("what is it\nreally?"));
    assert_eq!(item.raw.back.as_deref(), Some("this:\n- one\n- two and more\n1. first"));
    assert_eq!(item.raw.why.as_deref(), Some("be cause"));
    let item = only("Q: [ACR](https://acr.org) `x` ![ct](a.png) <https://e.org> a*b the #1 cause\nA: \\#no #yes \\*");
    assert_eq!(
        item.raw.front.as_deref(),
        Some("ACR (https://acr.org) x [image: a.png] https://e.org a*b the #1 cause")
    );
    assert_eq!(item.raw.back.as_deref(), Some("#no *"));
    assert_eq!(item.raw.tags.as_deref().unwrap(), ["yes"]);
}

#[test]
fn rules_part_cards_and_hide_none() {
    let cards = "Q: a\nA: b\n---\nQ: c\nA: d\n---\n{{c1::x}}\n===\n***\n";
    for text in [cards.to_owned(), format!("---\n{cards}"), format!("---\ntitle: x\ntags: [a]\n---\n{cards}")] {
        let file = notes::read(&text, "x.md");
        assert_eq!((file.items.len(), file.troubles.as_slice()), (3, [].as_slice()), "{text}");
    }
}

#[test]
fn the_rest_of_a_page_stays_prose() {
    for text in [
        "    Q: a\n    A: b",
        "S: pain\nO: fever\nA: pneumonia\nP: CXR",
        "- [x] sleep\n- [ ] eat\n> a quote\nrule: none",
        "```\nQ: a\nA: b\n```",
        "<!--\nQ: a\nA: b\n-->",
        "x `{{c1::a}}` y",
        "Is this a question?\n\n{{ c1 }} [x] #tag",
        "---\ntitle: {{c1::x}}\n---",
        "<!-- id: n-1 -->",
    ] {
        assert_eq!(notes::read(text, "x.md"), NotesFile::default(), "{text}");
    }
    let after = "Q: a\nA: b\n\nThis is prose.\n> not a reason\nrule: x\n\n- [x] no option\n";
    let file = notes::read(after, "x.md");
    assert_eq!((file.items.len(), &after[file.items[0].span.clone()]), (1, "Q: a\nA: b"));
    assert_eq!(file.items[0].raw.why, None);
}

#[test]
fn written_notes_read_well() {
    let front = |front: &str| RawCard {
        kind: Some(CardType::Basic),
        domain: Some("chest".to_owned()),
        front: Some(front.to_owned()),
        back: Some("Yes, #1:\n- a_b\n- R&D #tag".to_owned()),
        ..RawCard::default()
    };
    let card = front("Is *this* <5 mm?\nA rare thing");
    let want = "# chest\n\nQ: Is \\*this\\* <5 mm?\\\nA rare thing\nA: Yes, #1:\\\n- a_b\\\n- R&D \\#tag\n\n";
    assert_eq!(notes::write(std::slice::from_ref(&card)), want);
    // A line that would begin another card needs more.
    let card = front("One?\nQ: two?");
    assert!(notes::holds(&card));
    assert!(notes::write(&[card]).contains("Q: One\\?\\\nQ\\: two\\?\n"));
    // What it can't hold is said, not hidden.
    for card in
        [front(" spaces "), RawCard { domain: None, ..front("x") }, RawCard { why: Some(String::new()), ..front("x") }]
    {
        assert!(!notes::holds(&card));
    }
    assert!(!notes::holds(&RawCard { note: Some("x".to_owned()), ..RawCard::default() }), "a bare thought");
}

#[test]
fn marks_may_be_bold_and_names_capital() {
    let raw = only("**Q:** what #chest/pe\n**A**: that\n**Source:** ACR, PE (2022)\nDomain: Chest Imaging\n").raw;
    assert_eq!((raw.front.as_deref(), raw.back.as_deref()), (Some("what"), Some("that")));
    assert_eq!((raw.domain.as_deref(), raw.tags.unwrap().join(" ")), (Some("chest-imaging"), "chest-pe".to_owned()));
    assert_eq!(raw.sources.unwrap()[0].cite(), "ACR, PE (2022)");
    let raw = only("? A. B?\n\n- [x] CTPA\nrule: r\nfamily: Chest Pain\n\n- [ ] buy coffee\n").raw;
    assert_eq!(
        (raw.options.unwrap().len(), raw.family.as_deref()),
        (1, Some("chest-pain")),
        "a to-do list is no option"
    );
}

#[test]
fn only_an_exact_name_is_a_study() {
    let text = "? A man. Which?\n- ct pulmonary ANGIOGRAPHY\n- nm-vq\n- CT pulm angio\n- ct-head-witout\n- No imaging (id: stop)\n";
    let options = only(text).raw.options.unwrap();
    let named: Vec<_> = options.iter().map(|o| (o.study.as_deref(), o.id.as_deref(), o.text.as_deref())).collect();
    assert_eq!(
        named,
        [
            (Some("ct-pulmonary-angiography"), None, None),
            (Some("nm-vq"), None, None),
            (None, Some("ct-pulm-angio"), Some("CT pulm angio")),
            (None, Some("ct-head-witout"), Some("ct-head-witout")),
            (None, Some("stop"), Some("No imaging")),
        ]
    );
}

#[test]
fn the_last_question_is_the_question() {
    for (text, vignette, question) in [
        (
            "Man, 40. Pain? Yes. Which is best, MRI vs. CT?",
            Some("Man, 40. Pain? Yes."),
            Some("Which is best, MRI vs. CT?"),
        ),
        ("Which first?", None, Some("Which first?")),
        ("Man, 40. Which first? He is stable.", Some("Man, 40. He is stable."), Some("Which first?")),
        ("Man with pain, T 38.5 °C.", Some("Man with pain, T 38.5 °C."), None),
        ("He asks \"why?\" and leaves. (So what?)", Some("He asks \"why?\" and leaves."), Some("(So what?)")),
    ] {
        let raw = only(&format!("? {text}")).raw;
        assert_eq!((raw.vignette.as_deref(), raw.question.as_deref()), (vignette, question), "{text}");
    }
    let raw = only("? Is it? Yes.\nquestion: And now?\n- [x] CTPA").raw;
    assert_eq!((raw.vignette.as_deref(), raw.question.as_deref()), (Some("Is it? Yes."), Some("And now?")));
    assert_eq!(raw.options.unwrap().len(), 1);
}

#[test]
fn what_cannot_be_used_is_told_with_its_line() {
    let long = "x".repeat(20_001);
    for (text, line, cause) in [
        ("\nQ: a\nA: b\nsource: UpToDate", "line 4", "can't be taken apart"),
        (
            "Q: a\nA: b\n<!-- id: n-1 -->\nQ: c\nA: d\n<!-- id: n-1 -->",
            "line 4",
            "another card of this file has the id",
        ),
        ("Q: a\n\nA: b\u{202e}\u{1b}c", "line 3", "2 invisible characters"),
        ("\n- Q: a\n  A: b", "line 2", "inside a list"),
        ("x\n\n{{c1::a {{c2::b}} c}}", "line 3", "inside another"),
        ("? A. B?\n- [x] CTPA\n- [x] V/Q", "line 1", "2 options are best"),
        (
            "? A. B?\n- [x] CTPA -- a\n- [~] ct-pulmonary-angiography -- b",
            "line 1",
            "the id \"ct-pulmonary-angiography\"",
        ),
        ("? A. B?\nrule: a\nrule: b", "line 3", "stands twice"),
        (&format!("Q: {long}\nA: b"), "line 1", "20,001 characters"),
        (&"x".repeat(notes::MAX_FILE + 1), "the file", "8,388,609 bytes"),
    ] {
        let file = notes::read(text, "x.md");
        assert!(
            file.troubles.iter().any(|t| t.place == line && t.cause.contains(cause)),
            "{cause}: {:?}",
            file.troubles
        );
    }
    let file = notes::read("Q: a\nA: b\nsource: UpToDate", "x.md");
    assert_eq!(file.items[0].raw.note.as_deref(), Some("source: UpToDate"), "nothing is lost");
    assert_eq!(notes::read("Q: a\nA: b\u{202e}\u{1b}c", "x.md").items[0].raw.back.as_deref(), Some("bc"));
}

#[test]
fn a_card_keeps_its_id_however_it_is_reworded() {
    let text = "\u{feff}Q: Which  study?\r\nA: CT\r\n\r\nprose\r\n\r\n- {{c1::x}} y\r\nQ: which study\r\nA: MRI";
    let file = notes::read(text, "a/ward.md");
    assert_eq!(notes::stable_id("b/ward.md", &file.items[0]), notes::stable_id("ward.md", &file.items[2]));
    assert_ne!(notes::stable_id("other.md", &file.items[0]), notes::stable_id("ward.md", &file.items[0]));
    let ids = notes::new_ids("ward.md", &file);
    let names: std::collections::HashSet<_> = ids.iter().map(|(_, id)| id.as_str()).collect();
    assert_eq!(names.len(), 3, "the same question twice is two cards");
    assert!(names.iter().all(|id| id.len() == 14 && id.starts_with("n-")));
    let tied = notes::with_ids(text, &ids);
    assert_eq!(tied.matches("\r\n<!-- id: n-").count(), 3);
    assert_eq!(tied.matches('\n').count(), tied.matches("\r\n").count());
    let reworded = tied.replace("Which  study?", "What comes first?").replace("MRI", "nothing");
    let again = notes::read(&reworded, "renamed.md");
    let kept: Vec<_> = again.items.iter().map(|i| i.id.clone().unwrap()).collect();
    assert_eq!(kept, ids.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
    assert_eq!(notes::new_ids("renamed.md", &again), []);
    assert_eq!(notes::with_ids(text, &[(3..5, "no id!".to_owned()), (0..9_999, "n-1".to_owned())]), text);
}

#[test]
fn one_line_is_a_draft() {
    let item = notes::one_line("CTPA not needed: Wells 2, D-dimer negative #em #Pulmonary_Embolism \u{1b}[31m");
    assert_eq!(item.raw.note.as_deref(), Some("CTPA not needed: Wells 2, D-dimer negative [31m"));
    assert_eq!(item.raw.tags.as_deref().unwrap(), ["em", "pulmonary-embolism"]);
    assert!(!item.complete && item.raw.kind.is_none() && item.raw.id.is_none() && item.missing.contains(&"rule"));
    assert_eq!(notes::one_line("").raw, RawCard::default());
}

const TYPED: &str = "\
# my card
type: decision
domain: pulmonary
tags: pe, \"a, b\"
vignette: A man, 54.
  # not a comment

  D-dimer high.
question:
    Which
      study?
[best] CTPA
Shows the clot.
[unsafe] stop = No imaging
  \"  spaces kept  \"
[?] = Wait
if_positive: Treat: now.
source: ACR
year: 2022
title: \"Unlikely\" embolism
";

#[test]
fn what_hands_type_is_understood() {
    let card = from_text(TYPED).unwrap();
    assert_eq!(card.kind, Some(CardType::Decision));
    assert_eq!(card.tags.as_deref().unwrap(), ["pe", "a, b"]);
    assert_eq!(card.vignette.as_deref(), Some("A man, 54.\n# not a comment\n\nD-dimer high."));
    assert_eq!(card.question.as_deref(), Some("Which\n  study?"));
    let options = card.options.unwrap();
    assert_eq!(
        (options[0].study.as_deref(), options[0].verdict),
        (Some("ct-pulmonary-angiography"), Some(Verdict::Best))
    );
    assert_eq!(options[0].why.as_deref(), Some("Shows the clot."));
    assert_eq!((options[1].verdict, options[1].harm), (Some(Verdict::Wrong), Some(Harm::Unsafe)));
    assert_eq!(options[1].why.as_deref(), Some("  spaces kept  "));
    assert_eq!((options[2].verdict, options[2].text.as_deref()), (None, Some("Wait")));
    assert_eq!(card.next.unwrap().if_positive, "Treat: now.");
    assert_eq!(card.sources.unwrap()[0].title, "\"Unlikely\" embolism");
}

#[test]
fn slips_are_told_at_their_lines() {
    for (text, line, cause, hint) in [
        ("hello", 1, "belongs to no field", "two spaces in"),
        ("rule: a\nrule: b", 2, "written twice, first on line 1", "keep one"),
        ("vignete: a", 1, "not a field", "\"vignette\""),
        ("type: decison", 1, "not a type", "\"decision\""),
        ("\n[bets] ct-head-without", 2, "no verdict", "\"best\""),
        ("[best, best] ct-head-without", 1, "two verdicts", "keep one"),
        ("[best] ct-head-witout", 1, "not in the study catalog", "\"ct-head-without\""),
        ("[best] Nothing at all", 1, "not in the study catalog", "no-imaging = No imaging"),
        ("title: x", 1, "under no source", "source: ACR"),
        ("source: ACR\ntitle: x", 1, "no year", "year: 2024"),
        ("source: ACR\n\nyear: soon", 3, "not a year", "four digits"),
        ("option-why: x", 1, "under no option", "[best]"),
        ("[best] ct-head-without\n  a\noption-why: x", 3, "already written", "keep one"),
        ("options: a, b", 1, "not written here", "[best]"),
    ] {
        let problems = from_text(text).unwrap_err();
        assert!(
            matches!(problems.as_slice(), [p] if p.line == line && p.cause.contains(cause) && p.hint.contains(hint)),
            "{text}: {problems:?}"
        );
    }
    assert_eq!(from_text(&"x".repeat((8 << 20) + 1)).unwrap_err().len(), 1);
    assert!(from_text(&"a: b\n".repeat(10_000)).unwrap_err().len() <= 100);
}

#[test]
fn problems_of_the_rules_stand_under_their_lines() {
    let card = from_text(TYPED).unwrap();
    let mut rules = scanwise::deck::rules::Rules::new(scanwise::deck::Catalog::bundled());
    assert!(rules.card(0, &card).is_none());
    let told: Vec<EditProblem> = rules
        .problems
        .iter()
        .map(|p| EditProblem::new(place_of(TYPED, &p.path).unwrap_or(0), &p.cause, p.hint.clone().unwrap_or_default()))
        .collect();
    let shown = apply_problems(TYPED, &told);
    let above = |cause: &str| {
        let before = shown.split(cause).next().unwrap();
        before.lines().rfind(|l| !l.starts_with("# ^")).unwrap().to_owned()
    };
    assert_eq!(above("lower-case letters, digits and '-' only, not ','"), "tags: pe, \"a, b\"");
    assert_eq!(above("this option has no id"), "[?] = Wait");
    assert_eq!(above("the verdict is missing"), "[?] = Wait");
    assert_eq!(above("this text is empty"), "if_positive: Treat: now.", "the field beside the one that is not there");
    assert!(shown.starts_with("# ^ error: this card has no id"), "what is nowhere stands at the top");
    assert!(shown.contains("# ^ error: \"rule\" is missing\n"));
    assert_eq!(from_text(&shown), Ok(card.clone()), "comments change nothing");
    let once_more = apply_problems(&shown, &[EditProblem::new(1, "x", "")]);
    assert_eq!(once_more.matches("# ^").count(), 1);
    assert_eq!(apply_problems(&shown, &[]), TYPED);
    let hints = EditHints { problems: vec![EditProblem::new(1, "x", "y")], ..EditHints::of("the title", &card) };
    let text = to_text(&card, &hints);
    assert!(text.starts_with("# the title\n# ^ error: x (y)\n"), "{text}");
    assert!(text.contains("[best] ct-pulmonary-angiography\n#   CT pulmonary angiography: RRL "), "{text}");

    let path = |field: &str| Path::default().field("cards").index(0).field("options").index(1).field(field);
    assert_eq!(place_of(TYPED, &path("why")), Some(15));
    assert_eq!(place_of(TYPED, &path("study")), Some(14));
    assert_eq!(place_of(TYPED, &Path::default().field("sources").index(0).field("title")), Some(20));
    assert_eq!(place_of(TYPED, &Path::default().field("front")), None);
}

/// Lines of a page, and whatever else a page may hold.
fn page() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        6 => prop::sample::select(vec![
            "Q: what", "A: that", "A:", "- item", "- [x] CTPA", "- [ ] none (unsafe) -- why", "- [~] V/Q", "> why", "  > reason",
            "? Man, 40. Which?", "?", "rule: r", "source: ACR, T (2022), s", "note: n", "{{c1::x}} is y", "- {{c2::z}}",
            "# Neuro", "## Stroke", "---", "===", "```", "~~~", "<!x", "<?", "<![CDATA[", "- ```", "`<!-- id: n-4 -->`", "prose", "  indented", "    Q: code", "<div>", "<!--", "-->",
            "<!-- id: n-1 -->", "<!-- id: n-2 -->", "<pre>", "| a | b |", "|---|---|", "1. one", "[x]: y", "text\\", "`", "* * *", "\t- deep",
            "url: https://e.org", "**Q:** x", "**rule:** y", "**A:**", "question: Q?", "#tag", "A: x <!-- id: n-3 -->", "$$", "+++",
        ]).prop_map(str::to_owned),
        3 => Just(String::new()),
        1 => "\\PC{0,12}",
    ];
    (prop::collection::vec(line, 0..24), any::<bool>())
        .prop_map(|(lines, crlf)| lines.join(if crlf { "\r\n" } else { "\n" }))
}

fn cards_of(file: &NotesFile) -> Vec<RawCard> {
    file.items.iter().map(|i| RawCard { id: None, ..i.raw.clone() }).collect()
}

/// Without the comments that were put in: what was there before.
fn without(text: &str, ids: &[(std::ops::Range<usize>, String)]) -> String {
    let mut out = text.to_owned();
    for (_, id) in ids {
        for newline in ["\r\n", "\n"] {
            out = out.replace(&format!("{newline}<!-- id: {id} -->"), "");
        }
    }
    out
}

/// As many as asked for with `PROPTEST_CASES`, but enough.
fn cases() -> u32 {
    ProptestConfig::default().cases.max(400)
}

/// Texts as people and machines write them, and worse.
fn odd_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => "[a-zA-Z0-9 .,]{1,12}",
        3 => prop::sample::select(vec![
            "# no comment", "[best]", "rule:", "Q: ", "A:", "? ", "> ", "- [x] ", "\n", "\n\n", " ", "\"", "\\", "*bold*", "_x_", "<b>", "&amp;",
            "{{c1::x}}", "#tag", "1. ", "---", "```", "\u{a0}", "<!-- id: n-1 -->", "[a](b)", "note: ", "\t", " -- ", "(unsafe)", "`", "\u{2013}", "\u{1f9e0}",
            "source: ", "why: ", "**Q:** ", "**note**: ", "= ", "===", "(2020)", "vs. CT?", "https://e.org/a_b", "<https://e.org>", "![i](x.png)", "~", "|", "\n  x", "\n# y",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|v| v.concat())
}

fn maybe<T: std::fmt::Debug + Clone>(s: impl Strategy<Value = T> + 'static) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.7, s)
}

fn study_id() -> impl Strategy<Value = String> {
    let ids: Vec<String> = scanwise::deck::Catalog::bundled().studies().iter().map(|s| s.id.clone()).collect();
    prop::sample::select(ids)
}

fn any_source() -> impl Strategy<Value = Source> {
    (odd_text(), odd_text(), any::<u16>(), maybe(odd_text()), maybe(odd_text()), maybe(odd_text()), maybe(odd_text()))
        .prop_map(|(body, title, year, section, url, checked, basis)| Source {
            body,
            title,
            year,
            section,
            url,
            checked,
            basis,
        })
}

fn any_option() -> impl Strategy<Value = RawOption> {
    let verdict =
        prop::sample::select(vec![None, Some(Verdict::Best), Some(Verdict::Acceptable), Some(Verdict::Wrong)]);
    let harm = prop::sample::select(vec![None, Some(Harm::Unsafe), Some(Harm::Delays), Some(Harm::Wasteful)]);
    (
        maybe(prop_oneof!["[a-z]{1,5}", odd_text()]),
        maybe(study_id()),
        maybe(odd_text()),
        verdict,
        harm,
        maybe(odd_text()),
    )
        .prop_map(|(id, study, text, verdict, harm, why)| RawOption { id, study, text, verdict, harm, why })
}

fn any_card() -> impl Strategy<Value = RawCard> {
    let kind = prop::sample::select(vec![None, Some(CardType::Decision), Some(CardType::Basic), Some(CardType::Cloze)]);
    let texts = prop::collection::vec(maybe(odd_text()), 12);
    let lists = prop::collection::vec(maybe(prop::collection::vec(odd_text(), 0..3)), 2);
    let next = maybe((odd_text(), odd_text()).prop_map(|(if_positive, if_negative)| Next { if_positive, if_negative }));
    let options = maybe(prop::collection::vec(any_option(), 0..4));
    let sources = maybe(prop::collection::vec(any_source(), 0..3));
    (kind, texts, lists, next, options, sources).prop_map(|(kind, mut t, mut l, next, options, sources)| RawCard {
        id: t.pop().unwrap(),
        kind,
        domain: t.pop().unwrap(),
        family: t.pop().unwrap(),
        modifier: t.pop().unwrap(),
        tags: l.pop().unwrap(),
        covers: l.pop().unwrap(),
        vignette: t.pop().unwrap(),
        question: t.pop().unwrap(),
        options,
        rule: t.pop().unwrap(),
        next,
        front: t.pop().unwrap(),
        back: t.pop().unwrap(),
        text: t.pop().unwrap(),
        why: t.pop().unwrap(),
        note: t.pop().unwrap(),
        sources,
    })
}

/// Texts that the notation holds: no spaces at the ends of a line, nothing invisible, something there.
fn plain_text() -> impl Strategy<Value = String> {
    odd_text().prop_map(|t| {
        let lines: Vec<String> = t
            .split('\n')
            .map(|l| l.chars().filter(|c| !scanwise::model::text::is_unsafe(*c)).collect::<String>().trim().to_owned())
            .collect();
        let text = lines.join("\n").trim().to_owned();
        if text.is_empty() { "x".to_owned() } else { text }
    })
}

fn slug() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4}){0,2}"
}

fn held_source() -> impl Strategy<Value = Source> {
    let link = maybe("https://[a-z]{1,8}\\.org/[a-z_*~#&;=()-]{0,12}");
    (
        plain_text(),
        plain_text(),
        1900_u16..2100,
        maybe(plain_text()),
        link,
        maybe("20[0-9]{2}-[01][0-9]"),
        maybe(plain_text()),
    )
        .prop_map(|(body, title, year, section, url, checked, basis)| Source {
            body,
            title,
            year,
            section,
            url,
            checked,
            basis,
        })
}

fn held_option(n: usize) -> impl Strategy<Value = RawOption> {
    let verdict =
        prop::sample::select(vec![None, Some(Verdict::Best), Some(Verdict::Acceptable), Some(Verdict::Wrong)]);
    let harm = prop::sample::select(vec![None, Some(Harm::Unsafe), Some(Harm::Delays), Some(Harm::Wasteful)]);
    let named = prop_oneof![
        study_id().prop_map(|s| (None, Some(s), None)),
        (slug(), study_id()).prop_map(|(id, s)| (Some(id), Some(s), None)),
        (slug(), plain_text()).prop_map(|(id, t)| (Some(id), None, Some(format!("{t} so")))),
    ];
    (named, verdict, harm, maybe(plain_text())).prop_map(move |((id, study, text), verdict, harm, why)| RawOption {
        id: id.map(|id: String| format!("{id}-{n}")),
        study,
        text,
        verdict,
        harm,
        why,
    })
}

/// Every card that the notation can hold.
fn held_card() -> impl Strategy<Value = RawCard> {
    let tags = prop::collection::btree_set(slug(), 1..4).prop_map(|s| s.into_iter().collect::<Vec<_>>());
    let common = (
        maybe(slug()),
        slug(),
        maybe(tags),
        maybe(prop::collection::vec(slug(), 1..3)),
        maybe(plain_text()),
        maybe(prop::collection::vec(held_source(), 1..3)),
    )
        .prop_map(|(id, domain, tags, covers, note, sources)| RawCard {
            id,
            domain: Some(domain),
            tags,
            covers,
            note,
            sources,
            ..RawCard::default()
        });
    let basic = (plain_text(), maybe(plain_text()), maybe(plain_text())).prop_map(|(front, back, why)| RawCard {
        kind: Some(CardType::Basic),
        front: Some(front),
        back,
        why,
        ..RawCard::default()
    });
    let cloze = (plain_text(), plain_text(), maybe(plain_text())).prop_map(|(before, after, why)| RawCard {
        kind: Some(CardType::Cloze),
        text: Some(format!("{before} {{{{c1::x}}}} {after}")),
        why,
        ..RawCard::default()
    });
    let options = maybe((held_option(0), held_option(1), held_option(2)).prop_map(|(a, b, c)| vec![a, b, c]));
    let next =
        maybe((plain_text(), plain_text()).prop_map(|(if_positive, if_negative)| Next { if_positive, if_negative }));
    let decision = (
        maybe(plain_text()),
        maybe(plain_text()),
        options,
        maybe(plain_text()),
        next,
        maybe(slug()),
        maybe(plain_text()),
    )
        .prop_map(|(vignette, question, options, rule, next, family, modifier)| RawCard {
            kind: Some(CardType::Decision),
            vignette,
            question,
            options,
            rule,
            next,
            family,
            modifier,
            ..RawCard::default()
        });
    (common, prop_oneof![basic, cloze, decision]).prop_map(|(common, own)| RawCard {
        id: common.id,
        domain: common.domain,
        tags: common.tags,
        covers: common.covers,
        note: common.note,
        sources: common.sources,
        ..own
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_page(text in any::<String>()) {
        let file = notes::read(&text, "x.md");
        for item in &file.items {
            prop_assert!(text.get(item.span.clone()).is_some());
        }
        let _ = notes::one_line(&text);
    }

    #[test]
    fn ids_change_nothing_but_ids(text in page()) {
        let file = notes::read(&text, "x.md");
        let ids = notes::new_ids("x.md", &file);
        let tied = notes::with_ids(&text, &ids);
        prop_assert_eq!(&without(&tied, &ids), &text);
        let again = notes::read(&tied, "x.md");
        prop_assert_eq!(cards_of(&again), cards_of(&file));
        prop_assert_eq!(notes::with_ids(&tied, &notes::new_ids("x.md", &again)), tied.clone());
        prop_assert_eq!(notes::with_ids(&tied, &again.items.iter().map(|i| (i.span.clone(), "other".to_owned())).filter(|(s, _)| !s.is_empty()).collect::<Vec<_>>()), tied);
    }

    #[test]
    fn notes_keep_what_they_can_hold(mut cards in prop::collection::vec(held_card(), 1..4)) {
        // An id belongs to one card.
        for (i, card) in cards.iter_mut().enumerate() {
            card.id = card.id.take().map(|id| format!("{id}-{i}"));
        }
        let text = notes::write(&cards);
        let back: Vec<RawCard> = notes::read(&text, "x.md").items.into_iter().map(|i| i.raw).collect();
        prop_assert_eq!(&back, &cards, "{}", text);
        prop_assert!(cards.iter().all(notes::holds));
        let crlf = text.replace('\n', "\r\n");
        let back: Vec<RawCard> = notes::read(&crlf, "x.md").items.into_iter().map(|i| i.raw).collect();
        prop_assert_eq!(back, cards);
    }

    #[test]
    fn an_editor_loses_nothing(card in any_card()) {
        let text = to_text(&card, &EditHints::of("a title\n# and more", &card));
        prop_assert!(!text.chars().any(|c| c != '\n' && scanwise::model::text::is_unsafe(c)), "{}", text);
        prop_assert_eq!(from_text(&text), Ok(card.clone()), "{}", text);
        let crlf = text.replace('\n', "\r\n");
        prop_assert_eq!(from_text(&crlf), Ok(card));
    }

    #[test]
    fn any_text_is_a_card_or_problems(text in prop_oneof![any::<String>(), odd_text(), page()], line in 0_usize..9) {
        if let Err(problems) = from_text(&text) {
            prop_assert!(problems.iter().all(|p| p.line >= 1 && p.line <= text.split('\n').count()));
        }
        let _ = place_of(&text, &Path::default().field("cards").index(0).field("options").index(line).field("why"));
        let told = apply_problems(&text, &[EditProblem::new(line, "x\ny", "z")]);
        prop_assert_eq!(from_text(&told).ok(), from_text(&text).ok());
        let again = apply_problems(&told, &[]);
        prop_assert_eq!(apply_problems(&again, &[]), again);
    }
}

#[test]
fn text_joined_to_the_comment_of_a_card_does_not_cost_its_id() {
    // An editor that fills paragraphs does this.
    let text = "Q: Front?\nA: Back.\n<!-- id: n-abc123def456 --> Prose goes on.\n\nQ: Another?\nA: Yes.\n";
    let file = notes::read(text, "page.md");
    let ids: Vec<Option<&str>> = file.items.iter().map(|i| i.id.as_deref()).collect();
    assert_eq!(ids, [Some("n-abc123def456"), None]);
    assert_eq!(file.items[0].raw.back.as_deref(), Some("Back."));
    let named = notes::with_ids(text, &notes::new_ids("page.md", &file));
    assert!(notes::read(&named, "page.md").items.iter().all(|i| i.id.is_some()), "{named}");
}

#[test]
fn a_card_that_starts_like_a_reason_stays_a_card_of_its_own() {
    let page = "Q: Front?\nA: Back.\n\n\\> 5 mm is {{c1::large}}.\n";
    let cards: Vec<RawCard> = notes::read(page, "notes.md").items.into_iter().map(|i| i.raw).collect();
    assert_eq!(cards.len(), 2, "{cards:?}");
    assert_eq!(cards[1].text.as_deref(), Some("> 5 mm is {{c1::large}}."));
    let written = notes::write(&cards);
    let back: Vec<RawCard> = notes::read(&written, "notes.md").items.into_iter().map(|i| i.raw).collect();
    assert_eq!(back, cards, "{written}");
}

#[test]
fn what_is_taken_as_it_stands_holds_nothing_that_steers_a_terminal() {
    let page = "? Which?\n- [x] x (id: a\u{7f}b\u{1b})\ncovers: c\u{7f}\nsource: ACR, T (2022)\nurl: https://a.b/\u{7f}\u{0}\u{1b}[31mx\n";
    let raw = notes::read(page, "notes.md").items.remove(0).raw;
    assert_eq!(raw.options.as_ref().and_then(|o| o[0].id.as_deref()), Some("ab"));
    assert_eq!(raw.covers, Some(vec!["c".to_owned()]));
    assert_eq!(raw.sources.as_ref().and_then(|s| s[0].url.as_deref()), Some("https://a.b/[31mx"));
}

/// What writing the ids of a page, and writing its cards anew, must leave as it was.
fn assert_ids_and_cards_keep(text: &str) {
    let file = notes::read(text, "x.md");
    let tied = notes::with_ids(text, &notes::new_ids("x.md", &file));
    let again = notes::read(&tied, "x.md");
    assert_eq!(cards_of(&again), cards_of(&file), "{tied}");
    assert!(again.items.iter().all(|i| i.id.is_some()), "{tied}");
    let cards: Vec<RawCard> = again.items.into_iter().map(|i| i.raw).filter(notes::holds).collect();
    let written = notes::write(&cards);
    let back: Vec<RawCard> = notes::read(&written, "x.md").items.into_iter().map(|i| i.raw).collect();
    assert_eq!(back, cards, "{written}");
}

#[test]
fn an_id_within_raw_html_ends_nothing_and_is_read() {
    let cards = "Q: Two?\nA: 2\n\n## Tag\n\n> end ?> ]]> </pre>\n\nQ: Three?\nA: 3\n";
    for open in
        ["<!x", "<?x", "<![CDATA[", "<pre>", "<script>", "<div>", "<!--x", "<a title=\"", "x <!--", "`x", "- ```\n"]
    {
        for gap in ["\n", "\n\n"] {
            assert_ids_and_cards_keep(&format!("Q: One?\nA: 1\n\n{open}{gap}{cards}"));
        }
    }
}

#[test]
fn cards_without_ids_are_written_apart() {
    let cloze = |domain: &str, text: &str| RawCard {
        kind: Some(CardType::Cloze),
        domain: Some(domain.to_owned()),
        text: Some(text.to_owned()),
        ..RawCard::default()
    };
    let file = notes::read("? Man, 40. Which?\nsource: ACR, T (2022)\nquestion: q?\n- [~] V/Q\n", "x.md");
    for text in [
        "rule: {{c1::x}}",
        "- [x] {{c1::x}}",
        "> {{c1::x}}",
        "url: {{c1::x}}",
        "Q: {{c1::x}}",
        "<!x {{c1::y}}",
        "<?x {{c1::y}}",
        "<pre>{{c1::y}}",
        "<div>{{c1::y}}",
        "<!-- id: n-1 --> {{c1::y}}",
        "x <!-- {{c1::y}}",
        "{{c1::y}} -->",
        "``` {{c1::y}}",
    ] {
        let cards = [
            file.items[0].raw.clone(),
            cloze("a", text),
            cloze("b", "<!--{{c1::z}}"),
            cloze("b", text),
            cloze("c", text),
        ];
        let written = notes::write(&cards);
        let back: Vec<RawCard> = notes::read(&written, "x.md").items.into_iter().map(|i| i.raw).collect();
        assert_eq!(back, cards, "{written}");
    }
}

#[test]
fn a_comment_names_a_card_where_it_is_a_comment_of_its_own() {
    let id = |text: &str| notes::read(text, "x.md").items.first().and_then(|i| i.id.clone());
    for text in [
        "Q: a\nA: b\n<!-- id: n-1 -->",
        "Q: a\r\nA: b\r\n  <!--id:n-1-->\r\n",
        "Q: a\nA: b <!-- id: n-1 --> <!-- x -->",
        "Q: a\nA: b <!-- x -->\n\n\n<!-- y -->\n<!-- id:\n n-1\n-->",
        "<div>\nQ: a\n<!-- id: n-1 -->\n</div>",
        "? a\n- [x] b\n  - c\n    <!-- id: n-1 -->",
        "Q: a `b\n<!-- id: n-1 -->\nQ: c` d",
    ] {
        assert_eq!(id(text).as_deref(), Some("n-1"), "{text}");
        // What has a name is not named again.
        let file = notes::read(text, "x.md");
        let other = [(file.items[0].span.clone(), "n-2".to_owned())];
        assert_eq!(notes::with_ids(text, &other), text);
    }
    for text in [
        "Q: a\nA: b\n\n```\n<!-- id: n-1 -->\n```",
        "Q: a\nA: b\n\n    <!-- id: n-1 -->",
        "Q: a\nA: b\n\n<!--\nQ: c\n<!-- id: n-1 -->\n-->",
        "Q: a\nA: `<!-- id: n-1 -->`",
        "Q: a\nA: \\<!-- id: n-1 -->",
        "Q: a\nA: b <!-- id: N 1 -->",
    ] {
        assert_eq!(id(text), None, "{text}");
        assert_ids_and_cards_keep(text);
    }
}

#[test]
fn a_comment_that_nothing_closes_is_told() {
    let file = notes::read("Q: a\nA: b\n\n<!-- later\n\nQ: c\nA: d\n<!-- id: n-1 -->\n", "x.md");
    assert_eq!(file.items.len(), 1);
    let told: Vec<_> = file.troubles.iter().map(|t| (t.place.as_str(), t.cause.as_str())).collect();
    assert_eq!(told, [("line 4", "this comment is not closed")]);
}
