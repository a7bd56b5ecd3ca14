//! Anki's cloze markup to ours, which knows no deletion within another and takes every `{{` for markup.

use std::fmt::Write;

/// A text in our markup.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// The text.
    pub text: String,
    /// What was changed, in words.
    pub changes: Vec<&'static str>,
}

const NESTED: &str = "a deletion stood inside another; they now stand side by side";
const UNCLOSED: &str = "a deletion is not closed; it is shown as plain text";
const NUMBER: &str = "a deletion is numbered outside 1 to 99; it is shown as plain text";
const EMPTY: &str = "a deletion hides nothing; it was taken out";

/// A deletion that is open.
struct Open {
    number: u8,
    /// Where in the output its text starts that has not been wrapped yet.
    start: usize,
    /// Did it hide anything yet?
    hid: bool,
}

/// Rewrites the markup. Nested deletions are set side by side: `{{c1::a {{c2::b}} c}}` hides `a` and `c` together, and
/// `b` by itself.
pub fn mend(source: &str) -> Mended {
    let mut out = Mended::default();
    let mut open: Vec<Open> = Vec::new();
    let mut rest = source;
    while !rest.is_empty() {
        if let Some((number, tail)) = opening(rest) {
            let Some(number) = number else {
                out.note(NUMBER);
                out.plain("{ {");
                rest = &rest[2..];
                continue;
            };
            if let Some(outer) = open.last_mut() {
                out.note(NESTED);
                let (start, n) = (outer.start, outer.number);
                outer.hid |= out.wrap(start, n);
            }
            open.push(Open { number, start: out.text.len(), hid: false });
            rest = tail;
        } else if let Some(tail) = rest.strip_prefix("}}")
            && let Some(inner) = open.pop()
        {
            let hid = out.wrap(inner.start, inner.number);
            if !hid && !inner.hid {
                out.note(EMPTY);
                out.text.truncate(inner.start);
            }
            if let Some(outer) = open.last_mut() {
                outer.start = out.text.len();
                outer.hid = true;
            }
            rest = tail;
        } else if let Some(tail) = rest.strip_prefix("{{") {
            // A formula's braces.
            out.plain("{ {");
            rest = tail;
        } else {
            let n = rest.chars().next().map_or(1, char::len_utf8);
            let end = rest[n..].find(['{', '}']).map_or(rest.len(), |at| at + n);
            out.plain(&rest[..end]);
            rest = &rest[end..];
        }
    }
    if !open.is_empty() {
        out.note(UNCLOSED);
    }
    out
}

impl Mended {
    fn note(&mut self, change: &'static str) {
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    /// Adds text that is no markup, and so must not become one together with what stands before it.
    fn plain(&mut self, text: &str) {
        if self.text.ends_with('{') && text.starts_with('{') {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }

    /// Hides what was written since `start`, unless it is blank.
    fn wrap(&mut self, start: usize, number: u8) -> bool {
        let hidden = self.text.split_off(start);
        let (answer, hint) = hidden.split_once("::").unwrap_or((&hidden, ""));
        if answer.trim().is_empty() {
            self.text.push_str(answer);
            return false;
        }
        if self.text.ends_with('{') {
            self.text.push(' ');
        }
        // Two braces in a row would end the deletion early.
        let answer = answer.replace("}}", "} }");
        let close = if answer.ends_with('}') || hint.ends_with('}') { " }}" } else { "}}" };
        let _ = if hint.trim().is_empty() {
            write!(self.text, "{{{{c{number}::{answer}{close}")
        } else {
            write!(self.text, "{{{{c{number}::{answer}::{hint}{close}")
        };
        true
    }
}

/// `{{c12::` at the start: the number (`None` when it is none of ours), and what follows.
fn opening(text: &str) -> Option<(Option<u8>, &str)> {
    let inner = text.strip_prefix("{{c")?;
    let (digits, tail) = inner.split_once("::")?;
    // Newer Anki lets one deletion have several numbers; the first stands for all.
    let first = digits.split(',').next().unwrap_or_default();
    let numeric = !digits.is_empty() && digits.len() < 20 && digits.bytes().all(|b| b.is_ascii_digit() || b == b',');
    if !numeric {
        return None;
    }
    Some((first.parse::<u8>().ok().filter(|n| (1..=99).contains(n)), tail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Cloze;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    fn text(source: &str) -> String {
        mend(source).text
    }

    #[test]
    fn good_markup_passes_unchanged() {
        for good in ["{{c1::a}} b {{c2::c::hint}}", "no deletion", "{{c12::{x}, y}}"] {
            assert_eq!(mend(good), Mended { text: good.to_owned(), changes: vec![] });
        }
    }

    #[test]
    fn odd_markup_is_mended_and_told() {
        assert_eq!(text("{{c1::a {{c2::b}} c}}"), "{{c1::a }}{{c2::b}}{{c1:: c}}");
        assert_eq!(text("{{c1::{{c2::b}}}}"), "{{c2::b}}");
        assert_eq!(text("{{c1::a {{c2::b}} c::hint}}"), "{{c1::a }}{{c2::b}}{{c1:: c::hint}}");
        assert_eq!(mend("{{c0::a}} {{c1::b}}").changes, [NUMBER]);
        assert_eq!(text("{{c0::a}} {{c1::b}}"), "{ {c0::a}} {{c1::b}}");
        assert_eq!(mend("{{c1::a}} {{c2::b").changes, [UNCLOSED]);
        assert_eq!(text("{{c1::a}} {{c2::b"), "{{c1::a}} b");
        assert_eq!(text("{{c1::}}x{{c2::y}}"), "x{{c2::y}}");
        assert_eq!(text("\\(\\frac{{a}}{b}\\) {{c1::x}}"), "\\(\\frac{ {a}}{b}\\) {{c1::x}}");
        assert_eq!(text("{{c1,3::x}}"), "{{c1::x}}");
        assert_eq!(text("{{c1::a{b}}}"), "{{c1::a{b}}}");
    }

    proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

        #[test]
        fn what_comes_out_is_a_cloze_or_has_none(source in "(\\{\\{c[0-9]{0,3}::|\\}\\}|::|\\{|\\}|[a-c ]){0,30}") {
            use crate::model::card::ClozeError;
            let mended = mend(&source);
            match Cloze::parse(&mended.text) {
                Ok(_) | Err(ClozeError::None) => {}
                Err(e) => prop_assert!(false, "{source:?} -> {:?}: {e}", mended.text),
            }
        }
    }
}
