//! Untrusted text: what may reach a terminal, and cloze markup.

use std::borrow::Cow;

/// Characters that must never reach a terminal from a deck: C0 and C1 controls (but not newline and tab),
/// DEL, bidirectional marks and overrides, line and paragraph separators, and the byte order mark.
/// The zero-width joiner stays: emoji and several scripts need it.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{2028}' | '\u{2029}' | '\u{61c}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Shows every unsafe character as its code (`\u{1b}`); other text is returned as it is.
///
/// Every print of text that came from a deck, a file or the environment passes through here.
#[must_use]
pub fn sanitize(text: &str) -> Cow<'_, str> {
    // ASCII without controls is by far the commonest text, and needs no decoding.
    if !text.bytes().any(|b| (b < 0x20 && b != b'\n' && b != b'\t') || b >= 0x7f) {
        return Cow::Borrowed(text);
    }
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unsafe(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// [`sanitize`] for one-line places: newlines and tabs become spaces too.
#[must_use]
pub fn sanitize_line(text: &str) -> String {
    sanitize(text).replace(['\n', '\t'], " ")
}

/// "1 card", "2 cards".
#[must_use]
pub fn count(n: u64, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{} {noun}s", thousands(n)) }
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [b >> 4, b & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// 1234567 as "1,234,567".
#[must_use]
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_shown_not_sent() {
        assert_eq!(sanitize("plain °C – ≥5 mm\n\tok"), "plain °C – ≥5 mm\n\tok");
        assert_eq!(sanitize("a\u{1b}[31mred"), "a\\u{1b}[31mred");
        assert_eq!(sanitize("\u{9b}2J\u{202e}x\u{7f}\r\u{feff}"), "\\u{9b}2J\\u{202e}x\\u{7f}\\u{d}\\u{feff}");
        assert_eq!(sanitize("👩\u{200d}⚕"), "👩\u{200d}⚕");
        assert_eq!(sanitize_line("a\nb"), "a b");
    }

    #[test]
    fn counts_read_well() {
        assert_eq!(count(1, "card"), "1 card");
        assert_eq!(count(1_234_567, "card"), "1,234,567 cards");
        assert_eq!(count(0, "card"), "0 cards");
    }
}
