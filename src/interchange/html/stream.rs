//! Plain markup, as most fields have it, straight from its tags: no tree is made.
//!
//! Where every end tag closes the element opened last, and no element is of a kind that opens, closes or moves others, a
//! browser's tree is the tags as they stand. Anything else is left to the whole parser. A test holds the two together.

use super::page::{Close, Page};
use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

/// What a browser does at a start tag, as far as plain markup goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It stands within a line.
    Inline,
    /// It would end a paragraph that is open.
    Block,
    /// A heading ends another.
    Heading,
    Paragraph,
    /// It would end another item, unless it stands in a list of its own.
    Item,
    Link,
    /// It holds nothing.
    Void,
    /// It holds nothing and would end a paragraph.
    Rule,
}

fn kind(name: &[u8]) -> Option<Kind> {
    Some(match name {
        b"b" | b"i" | b"u" | b"em" | b"strong" | b"s" | b"strike" | b"del" | b"ins" | b"small" | b"big" | b"code"
        | b"tt" | b"font" | b"sup" | b"sub" | b"span" | b"mark" | b"abbr" | b"cite" | b"kbd" | b"q" | b"var" => {
            Kind::Inline
        }
        // Elements that pages define themselves; a few such names mean something within drawings, which are not plain.
        name if name.contains(&b'-') => Kind::Inline,
        b"div" | b"section" | b"article" | b"center" | b"header" | b"footer" | b"address" | b"blockquote" | b"ul"
        | b"ol" | b"details" | b"summary" | b"figure" | b"figcaption" => Kind::Block,
        b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => Kind::Heading,
        b"p" => Kind::Paragraph,
        b"li" => Kind::Item,
        b"a" => Kind::Link,
        b"br" | b"img" => Kind::Void,
        b"hr" => Kind::Rule,
        _ => return None,
    })
}

/// The field as readable text, or nothing when its markup is not plain.
pub fn render(html: &str, media: &mut dyn FnMut(&str) -> String) -> Option<String> {
    // What a browser drops or changes before it looks for tags.
    if html.bytes().any(|b| b == 0 || b == b'\r') {
        return None;
    }
    let mut pictures = false;
    let text = attempt(html, &mut |name| {
        pictures = true;
        name.to_owned()
    })?;
    // Only now is it known that nobody else will ask for the pictures.
    if pictures { attempt(html, media) } else { Some(text) }
}

fn attempt(html: &str, media: &mut dyn FnMut(&str) -> String) -> Option<String> {
    let mut reader = Reader { page: Page::new(), open: Vec::new(), tag: None, wanted: false, media };
    let emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| reader.take(&event).err());
    // The first refusal ends it.
    if Tokenizer::new_with_emitter(html, emitter).next().is_some() {
        return None;
    }
    let Reader { mut page, open, .. } = reader;
    open.into_iter().rev().filter_map(|element| element.close).for_each(|close| page.close(close));
    Some(page.done())
}

/// The markup is not plain.
struct NotPlain;

/// An open element.
struct Element {
    name: Vec<u8>,
    kind: Kind,
    close: Option<Close>,
}

/// A start tag, while its attributes are read.
struct Tag {
    name: Vec<u8>,
    kind: Kind,
    attributes: Vec<(Vec<u8>, String)>,
}

struct Reader<'m> {
    page: Page,
    open: Vec<Element>,
    tag: Option<Tag>,
    /// The attribute whose value comes next is kept.
    wanted: bool,
    media: &'m mut dyn FnMut(&str) -> String,
}

impl Reader<'_> {
    fn take(&mut self, event: &CallbackEvent<'_>) -> Result<(), NotPlain> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                let kind = kind(name).filter(|kind| self.may_open(*kind)).ok_or(NotPlain)?;
                self.tag = Some(Tag { name: name.to_vec(), kind, attributes: Vec::new() });
            }
            CallbackEvent::AttributeName { name } => {
                self.wanted = false;
                if let Some(tag) = &mut self.tag {
                    // Of two with one name the first counts.
                    self.wanted = !tag.attributes.iter().any(|(there, _)| there == name);
                    if self.wanted {
                        tag.attributes.push((name.to_vec(), String::new()));
                    }
                }
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some((_, kept)) = self.tag.as_mut().filter(|_| self.wanted).and_then(|t| t.attributes.last_mut())
                {
                    kept.push_str(text(value)?);
                }
            }
            CallbackEvent::CloseStartTag { .. } => {
                let Tag { name, kind, attributes } = self.tag.take().ok_or(NotPlain)?;
                let attribute = |wanted: &str| {
                    attributes.iter().find(|(name, _)| name == wanted.as_bytes()).map(|(_, value)| value.clone())
                };
                let close = self.page.open(text(&name)?, &attribute, self.media);
                if !matches!(kind, Kind::Void | Kind::Rule) {
                    self.open.push(Element { name, kind, close });
                }
            }
            CallbackEvent::EndTag { name } => {
                let element = self.open.pop().filter(|element| element.name == *name).ok_or(NotPlain)?;
                element.close.into_iter().for_each(|close| self.page.close(close));
            }
            CallbackEvent::String { value } => self.page.flow(text(value)?),
            CallbackEvent::Comment { .. } | CallbackEvent::Error(_) => {}
            CallbackEvent::Doctype { .. } => return Err(NotPlain),
        }
        Ok(())
    }

    /// Would a browser put the element where its tag stands, and close nothing before it?
    fn may_open(&self, kind: Kind) -> bool {
        let is_open = |kind: Kind| self.open.iter().any(|element| element.kind == kind);
        match kind {
            Kind::Inline | Kind::Void => true,
            Kind::Block | Kind::Rule | Kind::Paragraph => !is_open(Kind::Paragraph),
            Kind::Heading => !is_open(Kind::Paragraph) && !is_open(Kind::Heading),
            Kind::Link => !is_open(Kind::Link),
            Kind::Item => self.open.last().is_some_and(|parent| matches!(parent.name.as_slice(), b"ul" | b"ol")),
        }
    }
}

/// Bytes of a text are a text; the tokenizer only cuts it.
fn text(bytes: &[u8]) -> Result<&str, NotPlain> {
    std::str::from_utf8(bytes).map_err(|_| NotPlain)
}
