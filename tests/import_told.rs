//! What `import` says: of which file it speaks, what comes in, what it did, and what has to be taken back first. And
//! what a killed one leaves behind.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;
use common::{App, decision};
use serde_json::json;

#[test]
fn a_flip_gets_no_name_that_a_cloze_has() {
    let app = App::new();
    let cloze = |id: &str, n: u8| {
        format!(r#"{{"id":"{id}","type":"cloze","domain":"neurology","text":"TNK {{{{c{n}::0.25 mg/kg}}}}."}}"#)
    };
    let cards = [decision("pe", ""), cloze("pe-pregnant", 1), cloze("tnk-0-25-mg-kg", 2)].join(",");
    app.write_deck("mine", &common::deck("mine", &cards));
    let out = app.ok(&["edit", "mine/pe", "--flip", "pregnant", "--print"]).out;
    assert!(out.lines().next().unwrap().contains("mine/pe-pregnant-2"), "{out}");
    // One whose only deletion is its second has a name too.
    let added = app.json(&["add", "--cloze", "TNK {{c1::0.25 mg/kg}}"]);
    assert_eq!(added["card"], "mine/tnk-0-25-mg-kg-2", "{added}");
}
