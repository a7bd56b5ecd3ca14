//! Text of one field: what a spreadsheet or a browser left in it is dropped, and formulas are disarmed.

use crate::model::text::is_unsafe;
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Sequences that steer a terminal: colors, titles, cursor.
static ESCAPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("\u{1b}(?:\\[[0-?]*[ -/]*[@-~]|\\][^\u{7}\u{1b}]*(?:\u{7}|\u{1b}\\\\)?|[@-Z\\\\^_])").ok()
});

/// The text with plain line ends and without control characters; the flag says that some were dropped.
pub fn clean(text: &str) -> (Cow<'_, str>, bool) {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b) || b == b'\n' || b == b'\t') {
        return (Cow::Borrowed(text), false);
    }
    let text = if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    };
    if !text.chars().any(is_unsafe) {
        return (text, false);
    }
    let bare = match ESCAPES.as_ref() {
        Some(escapes) => escapes.replace_all(&text, ""),
        None => Cow::Borrowed(text.as_ref()),
    };
    (Cow::Owned(bare.chars().filter(|c| !is_unsafe(*c)).collect()), true)
}

/// HTML to plain text.
pub fn plain(html: &str) -> String {
    crate::interchange::html::to_text(html)
}

/// Would a spreadsheet take a cell that starts so for a formula?
fn starts_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\n', '＝', '＋', '－', '＠'])
}

/// A cell that no spreadsheet runs: `'` in front of what looks like a formula. Reading takes it away again.
///
/// A text that starts with `'` and then looks like a formula (or like a guarded one) gets another `'`, so that
/// nothing is lost either way.
#[must_use]
pub fn guard(text: &str) -> Cow<'_, str> {
    let looks_guarded = text.strip_prefix('\'').is_some_and(|rest| starts_formula(rest) || rest.starts_with('\''));
    if starts_formula(text) || looks_guarded { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// What [`guard`] was given.
pub fn bare(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if starts_formula(rest) || rest.starts_with('\'') => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_come_back() {
        for text in ["=1+1", "-5 mm", "@x", "'=1", "''", "'", "'twas", "plain", "", "＝1", "'''=", "\tx", "+", "'\n"] {
            let guarded = guard(text);
            assert!(!starts_formula(&guarded), "{text:?}");
            assert_eq!(bare(&guarded), text);
        }
        assert_eq!(guard("'twas"), "'twas", "an apostrophe is only an apostrophe");
    }

    #[test]
    fn controls_go_and_scripts_stay() {
        assert_eq!(clean("a\r\nb\rc"), ("a\nb\nc".into(), false));
        assert_eq!(clean("\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7}x\0"), ("red x".into(), true));
        assert_eq!(clean("a\u{202e}b"), ("ab".into(), true));
        assert_eq!(clean("כאב חזה ≥ 5"), ("כאב חזה ≥ 5".into(), false));
    }
}
