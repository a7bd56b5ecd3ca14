//! Any text as a field of HTML.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scanwise::interchange::html::{Converter, to_text};
use scanwise_fuzz::assert_safe;

fuzz_target!(|html: &str| {
    let text = to_text(html);
    assert_safe(&text);
    assert_eq!(text, text.trim(), "blanks at the ends");
    // Bytes that a field may become: entities stand for more than they are, lists and tables get marks.
    assert!(text.len() <= 1_000 + 60 * html.len(), "{} bytes from {}", text.len(), html.len());
    let mut named = Vec::new();
    let mut converter = Converter::default();
    let told = converter.convert(html, &mut |name| {
        named.push(name.to_owned());
        "M".to_owned()
    });
    if told.is_ok() {
        assert!(named.iter().all(|n| !n.is_empty()), "{named:?}");
    }
    let _ = converter.data(html);
});
