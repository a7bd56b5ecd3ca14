//! Any text before the check for patients' identifiers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanwise::privacy::{apply, clean, fingerprint, scan};

fuzz_target!(|text: &str| {
    let found = scan(text);
    let mut done = 0;
    for finding in &found {
        assert!(finding.span.start >= done && !finding.span.is_empty(), "{finding:?} after {done}");
        assert!(text.get(finding.span.clone()).is_some(), "{finding:?} cuts a character");
        assert!(fingerprint(text, finding).is_some());
        done = finding.span.end;
    }
    assert_eq!(scan(text), found, "the same text, the same findings");
    assert_eq!(apply(text, &[]), text);
    let clean = clean(text);
    let left: Vec<_> = scan(&clean).into_iter().filter(|f| f.fix.is_some()).collect();
    assert!(left.is_empty(), "{left:?} left in {clean:?}");
});
