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

/// Bytes of a file as text of the same length and the same lines, with a problem for each run that was not UTF-8
/// (placed later, see [`place_all`]).
pub fn to_text(bytes: &[u8], found: &mut Vec<(usize, Problem)>) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if chunk.invalid().is_empty() {
            continue;
        }
        if found.len() < MAX_FOUND {
            let shown: Vec<String> = chunk.invalid().iter().map(|b| format!("0x{b:02x}")).collect();
            let problem = Problem::error("not-utf8", Path::default(), format!("{} is not UTF-8 text", shown.join(" ")));
            found.push((text.len(), problem.hint("save the file as UTF-8")));
        }
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

/// Problems of one kind kept; a file with more is not a deck.
pub const MAX_FOUND: usize = 1_000;

/// Blanks what is nested deeper than [`MAX_DEPTH`] and reports it, so that the rest can be read. Every byte offset and
/// every line stays where it was. Returns where it cut.
pub fn cut_deep(text: &mut String, found: &mut Vec<(usize, Problem)>) -> Vec<usize> {
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
    if cuts.is_empty() {
        return Vec::new();
    }
    let mut blanked = String::with_capacity(text.len());
    let mut done = 0;
    for (from, to) in &cuts {
        blanked.push_str(&text[done..*from]);
        // Brackets and whatever is between them become null (or 0, where that does not fit) and spaces.
        let word = if to - from >= 4 && !text.as_bytes()[*from..from + 4].contains(&b'\n') { "null" } else { "0" };
        blanked.push_str(word);
        blanked.extend(text.as_bytes()[from + word.len()..*to].iter().map(|b| if *b == b'\n' { '\n' } else { ' ' }));
        done = *to;
        if found.len() < MAX_FOUND {
            let cause = format!("nested deeper than {MAX_DEPTH} levels from here on ({} bytes)", to - from);
            let problem = Problem::error("too-deep", Path::default(), cause);
            found.push((*from, problem.hint("a deck needs 5 levels; look for brackets that are never closed")));
        }
    }
    blanked.push_str(&text[done..]);
    *text = blanked;
    cuts.into_iter().map(|(from, _)| from).collect()
}

/// Gives each problem the place of its offset.
pub fn place_all(found: Vec<(usize, Problem)>, lines: &Lines, text: &str) -> Vec<Problem> {
    found.into_iter().map(|(offset, problem)| problem.at(lines.at(text, offset))).collect()
}

/// Bytes between two counts of characters in [`Lines`].
const BLOCK: usize = 4_096;

/// Finds lines and columns, also in a file that is one endless line.
pub struct Lines {
    starts: Vec<usize>,
    /// Characters that begin before each block.
    chars: Vec<usize>,
}

impl Lines {
    /// Indexes a text.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        starts.extend(bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(i, _)| i + 1));
        let mut chars = vec![0];
        for block in bytes.chunks(BLOCK) {
            let before = chars.last().copied().unwrap_or(0);
            chars.push(before + begun(block));
        }
        Self { starts, chars }
    }

    /// The place of a byte offset.
    pub fn at(&self, text: &str, offset: usize) -> Place {
        let line = self.starts.partition_point(|s| *s <= offset).max(1);
        let start = self.starts[line - 1];
        Place { line, column: self.before(text, offset) - self.before(text, start) + 1 }
    }

    /// Characters that begin before `offset`.
    fn before(&self, text: &str, offset: usize) -> usize {
        let offset = offset.min(text.len());
        let block = offset / BLOCK;
        self.chars[block] + begun(&text.as_bytes()[block * BLOCK..offset])
    }
}

/// How many characters begin in these bytes of UTF-8.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| **b & 0xc0 != 0x80).count()
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

/// A value of one token.
fn is_scalar(token: &Token<'_>) -> bool {
    matches!(token, Token::String(_) | Token::Number(_) | Token::Boolean(_) | Token::Null)
}

fn commas(text: &str, lines: &Lines, tokens: &[jsonc_parser::tokens::TokenAndRange<'_>], problems: &mut Vec<Problem>) {
    let mut before: Option<(&Token<'_>, usize, usize)> = None;
    for t in tokens {
        if problems.len() >= MAX_FOUND {
            return;
        }
        let source = &text.as_bytes()[t.range.start..t.range.end];
        if matches!(t.token, Token::String(_)) && source.iter().any(|b| matches!(b, b'\n' | b'\r' | b'\t')) {
            problems.push(
                Problem::error("raw-newline", Path::default(), "a line break or tab inside a text")
                    .hint("write \\n for a new line and \\t for a tab")
                    .at(lines.at(text, t.range.start)),
            );
        }
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
            let opens = matches!(t.token, Token::OpenBrace | Token::OpenBracket) || is_scalar(&t.token);
            let value_ended = matches!(last, Token::CloseBrace | Token::CloseBracket) || is_scalar(last);
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
