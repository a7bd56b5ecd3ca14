//! A forgiving look at a broken file: finds what is not JSON and goes on, so that one slip does not hide the rest.
//!
//! Only the slow path comes here. The parser is jsonc-parser's, told to read past commas too many or too few and
//! comments; its tokens then show where those stand. Two things it can't read past are mended in place first, byte
//! for byte so that every offset stays true: bytes that are not UTF-8, and nesting deeper than any deck has.

use super::problem::{Path, Place, Problem, Step};
use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::tokens::Token;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

/// Deepest nesting a deck may have; the format itself needs 5.
pub const MAX_DEPTH: usize = 32;

/// Faults of one kind reported with their place; finding a place takes time, and a file with more is not a deck.
const REPORTED: usize = 100;

/// Bytes of a file as text of the same length, with a problem for each run that was not UTF-8.
pub fn to_text(bytes: &[u8], problems: &mut Vec<Problem>) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut runs = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            runs += 1;
            if runs > REPORTED {
                text.extend(chunk.invalid().iter().map(|_| '?'));
                continue;
            }
            let place = Lines::place(&text, text.len());
            let shown: Vec<String> = chunk.invalid().iter().map(|b| format!("0x{b:02x}")).collect();
            problems.push(
                Problem::error("not-utf8", Path::default(), format!("{} is not UTF-8 text", shown.join(" ")))
                    .hint("save the file as UTF-8")
                    .at(place),
            );
            text.extend(chunk.invalid().iter().map(|_| '?'));
        }
    }
    text
}

/// Blanks what is nested deeper than [`MAX_DEPTH`] and reports it, so that the rest can be read. Returns where.
pub fn cut_deep(text: &mut String, problems: &mut Vec<Problem>) -> Vec<usize> {
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut start = None;
    for (i, b) in text.bytes().enumerate() {
        if in_string {
            match b {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match b {
            b'"' => in_string = true,
            b'[' | b'{' => {
                depth += 1;
                if depth == MAX_DEPTH + 1 {
                    start = Some(i);
                }
            }
            b']' | b'}' => {
                if depth == MAX_DEPTH + 1
                    && let Some(from) = start.take()
                {
                    cuts.push((from, i + 1));
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
    }
    cuts.extend(start.map(|from| (from, text.len())));
    for (i, (from, to)) in cuts.iter().copied().enumerate() {
        if i < REPORTED {
            problems.push(
                Problem::error(
                    "too-deep",
                    Path::default(),
                    format!("nested deeper than {MAX_DEPTH} levels from here on ({} bytes)", to - from),
                )
                .hint("a deck needs 5 levels; look for brackets that are never closed")
                .at(Lines::place(text, from)),
            );
        }
        // Brackets and whatever is between them become null and spaces of the same length.
        let word = if to - from >= 4 { "null" } else { "0" };
        text.replace_range(from..to, &(word.to_owned() + &" ".repeat(to - from - word.len())));
    }
    cuts.into_iter().map(|(from, _)| from).collect()
}

/// Finds lines and columns.
pub struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// Indexes a text.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1));
        Self { starts }
    }

    /// The place of a byte offset.
    pub fn at(&self, text: &str, offset: usize) -> Place {
        let line = self.starts.partition_point(|s| *s <= offset).max(1);
        let start = self.starts[line - 1];
        Place { line, column: column(text, start, offset) }
    }

    /// The place of one offset, without an index.
    pub fn place(text: &str, offset: usize) -> Place {
        let before = &text.as_bytes()[..offset.min(text.len())];
        let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let line = text[..floor(text, offset)].matches('\n').count() + 1;
        Place { line, column: column(text, start, offset) }
    }
}

fn column(text: &str, start: usize, offset: usize) -> usize {
    text[start..floor(text, offset)].chars().count() + 1
}

/// The offset, moved back to the start of the character it points into.
fn floor(text: &str, offset: usize) -> usize {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

/// Reads as much of `text` as can be read; `None` when nothing can.
pub fn parse<'a>(text: &'a str, lines: &Lines, problems: &mut Vec<Problem>) -> Option<Value<'a>> {
    let collect = CollectOptions { comments: CommentCollectionStrategy::AsTokens, tokens: true };
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_missing_commas: true,
        allow_loose_object_property_names: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    match parse_to_ast(text, &collect, &options) {
        Err(error) => {
            let hint = match error.kind() {
                ParseErrorKind::UnterminatedArray | ParseErrorKind::UnterminatedObject => {
                    "a bracket opened here is never closed; what follows could not be checked"
                }
                ParseErrorKind::SingleQuotedStringsNotAllowed => "use double quotes; the rest could not be checked",
                _ => "mend this first; what follows could not be checked",
            };
            problems.push(
                Problem::error(
                    "not-json",
                    Path::default(),
                    format!("not JSON: {}", lower_first(&error.kind().to_string())),
                )
                .hint(hint)
                .at(lines.at(text, error.range().start)),
            );
            None
        }
        Ok(result) => {
            commas(text, lines, result.tokens.as_deref().unwrap_or_default(), problems);
            if result.value.is_none() {
                problems
                    .push(Problem::error("empty", Path::default(), "the file is empty").hint("see `scanwise schema`"));
            }
            result.value
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_lowercase().chain(chars).collect())
}

fn commas(text: &str, lines: &Lines, tokens: &[jsonc_parser::tokens::TokenAndRange<'_>], problems: &mut Vec<Problem>) {
    let mut before: Option<(&Token<'_>, usize, usize)> = None;
    for t in tokens {
        if matches!(t.token, Token::CommentLine(_) | Token::CommentBlock(_)) {
            problems.push(
                Problem::error("comment", Path::default(), "JSON has no comments")
                    .hint("put it into the card's \"note\"")
                    .at(lines.at(text, t.range.start)),
            );
            continue;
        }
        if let Some((last, start, end)) = before {
            let closes = matches!(t.token, Token::CloseBrace | Token::CloseBracket);
            let opens = matches!(
                t.token,
                Token::OpenBrace
                    | Token::OpenBracket
                    | Token::String(_)
                    | Token::Number(_)
                    | Token::Boolean(_)
                    | Token::Null
            );
            let value_ended = matches!(
                last,
                Token::CloseBrace
                    | Token::CloseBracket
                    | Token::String(_)
                    | Token::Number(_)
                    | Token::Boolean(_)
                    | Token::Null
            );
            if matches!(last, Token::Comma) && closes {
                problems.push(
                    Problem::error("trailing-comma", Path::default(), "a comma before a closing bracket")
                        .hint("remove the comma")
                        .at(lines.at(text, start)),
                );
            } else if value_ended && opens {
                problems.push(
                    Problem::error("missing-comma", Path::default(), "a comma is missing after this")
                        .hint("put a comma between the two")
                        .at(lines.at(text, end)),
                );
            }
        }
        before = Some((&t.token, t.range.start, t.range.end));
    }
}

/// The offset of what a path leads to, or of the nearest thing on the way.
pub fn locate(root: &Value<'_>, path: &Path) -> usize {
    let mut here = root;
    for step in &path.0 {
        let next = match (step, here) {
            (Step::Field(name), Value::Object(object)) => {
                object.properties.iter().find(|p| p.name.as_str() == name).map(|p| &p.value)
            }
            (Step::Index(i), Value::Array(array)) => array.elements.get(*i),
            _ => None,
        };
        match next {
            Some(value) => here = value,
            None => break,
        }
    }
    here.range().start
}
